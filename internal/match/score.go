package match

import (
	"math"
	"slices"
)

// tally is what some criteria add up to: in its low 24 bits the sum of weight
// times value in tenths, in the next 24 the weight of what is not known, above
// them the number of limits. One addition adds all three.
type tally uint64

const (
	unknownAt = 24
	limitsAt  = 48
	field     = 1<<unknownAt - 1
)

func (v verdict) tally() tally {
	var t tally
	if v.value == undecided {
		t = tally(v.weight) << unknownAt
	} else {
		t = tally(v.weight * v.value)
	}
	if v.limit {
		t += 1 << limitsAt
	}
	return t
}

func (t tally) points() int  { return int(t & field) }
func (t tally) unknown() int { return int(t >> unknownAt & field) }
func (t tally) limits() int  { return int(t >> limitsAt) }

// tally adds up all criteria of one pair.
func (p *Pool) tally(g *group, f int) tally {
	r, t := p.rules, &p.traits[f]
	return r.age(g, p.ages.kinds[t.age]).tally() +
		r.sex(g, t.sex).tally() +
		r.capacity(g, p.rooms.kinds[t.room]).tally() +
		r.ageGap(g, p.homes.kinds[t.home]).tally() +
		r.language(g, p.spoken[t.language]).tally() +
		r.training(g, t.training).tally() +
		p.answers(g, f)
}

// answers adds up the criteria that the family's answers decide.
func (p *Pool) answers(g *group, f int) (t tally) {
	for _, n := range g.needs {
		t += p.rules.need(n.level, p.answer(f, n.code)).tally()
	}
	for _, code := range g.contacts {
		t += p.rules.contact(p.answer(f, code)).tally()
	}
	return t
}

// sheet is what every distinct family fact means to one group, so that a whole
// list costs a few look-ups a family.
type sheet struct {
	pool                       *Pool
	group                      *group
	ruledOut                   bitmap  // the families that an exclusion rules out
	free                       []int32 // all others
	age, room, home, languages []tally
	sex                        [wishes]tally
	training                   [schoolings]tally
	said                       []byteSheet
	means                      [][4]tally // of the answers to each code
}

// byteSheet is what every value of one byte of a family's answers means.
type byteSheet struct {
	at   int
	mean [256]tally
}

// sheet is the sheet of a group, on used paper where there is some: a sheet is
// 16 KB, and a region's plan needs thousands one after the other. Hand it back
// to p.sheets when done.
func (p *Pool) sheet(g *group) *sheet {
	s, ok := p.sheets.Get().(*sheet)
	if !ok {
		s = &sheet{pool: p, ruledOut: newBitmap(len(p.c.Families))}
	}
	r := p.rules
	s.group = g
	g.fillRuledOut(s.ruledOut)
	s.free = s.ruledOut.appendAllBut(s.free[:0], len(p.c.Families))
	s.age = tallies(s.age, p.ages.kinds, func(k ageRange) verdict { return r.age(g, k) })
	s.room = tallies(s.room, p.rooms.kinds, func(k Count) verdict { return r.capacity(g, k) })
	s.home = tallies(s.home, p.homes.kinds, func(k atHome) verdict { return r.ageGap(g, k) })
	s.languages = tallies(s.languages, p.spoken, func(k []string) verdict { return r.language(g, k) })
	for k := range wishes {
		s.sex[k] = r.sex(g, k).tally()
	}
	for k := range schoolings {
		s.training[k] = r.training(g, k).tally()
	}
	s.fillSaid()
	return s
}

// tallies is what a verdict on each kind adds, in place of what dst held.
func tallies[K any](dst []tally, kinds []K, say func(K) verdict) []tally {
	dst = dst[:0]
	for _, k := range kinds {
		dst = append(dst, say(k).tally())
	}
	return dst
}

// fillSaid makes a byteSheet of each byte in which the group has a need or a
// contact.
func (s *sheet) fillSaid() {
	r, g, width := s.pool.rules, s.group, s.pool.width
	s.means = append(s.means[:0], make([][4]tally, 4*width)...)
	for a := range Answer(4) {
		for _, n := range g.needs {
			s.means[n.code][a] += r.need(n.level, a).tally()
		}
		for _, code := range g.contacts {
			s.means[code][a] += r.contact(a).tally()
		}
	}
	s.said = slices.Grow(s.said[:0], width)
	for at := range width {
		if means := s.means[4*at : 4*at+4]; slices.ContainsFunc(means, meaning) {
			n := len(s.said)
			s.said = s.said[:n+1]
			s.said[n].at = at
			s.said[n].fill(means)
		}
	}
}

// meaning tells whether the answers to a code mean anything.
func meaning(answers [4]tally) bool { return answers != [4]tally{} }

// fill adds up the meanings of four answers for every byte they could make.
func (b *byteSheet) fill(means [][4]tally) {
	var low, high [16]tally
	for i := range low {
		low[i] = means[0][i&3] + means[1][i>>2]
		high[i] = means[2][i&3] + means[3][i>>2]
	}
	for i := range b.mean {
		b.mean[i] = low[i&15] + high[i>>4]
	}
}

func (s *sheet) tally(f int) tally {
	k := &s.pool.traits[f]
	t := s.age[k.age] + s.room[k.room] + s.home[k.home] + s.languages[k.language] + s.sex[k.sex] + s.training[k.training]
	said := s.pool.said[f*s.pool.width : (f+1)*s.pool.width]
	for i := range s.said {
		b := &s.said[i]
		t += b.mean[said[b.at]]
	}
	return t
}

// rounded is 100 * points / (10 * weight) in tenths of a point, halves up. It is
// whole numbers throughout: a float would round some exact halves down.
func rounded(points, weight int) int16 {
	if weight == 0 {
		return 0
	}
	return int16(uint32(200*points+weight) / uint32(2*weight))
}

// score puts what a tally says into a pair; the exclusions are already there.
func (p *Pool) score(pair *Pair, g *group, t tally) {
	pair.Low = rounded(t.points(), g.weight)
	pair.High = rounded(t.points()+full*t.unknown(), g.weight)
	pair.Limits = uint8(min(t.limits(), math.MaxUint8))
	pair.Outcome = p.rules.outcome(pair.Excluded&^pair.Waived, t.limits())
}

// outcome is what exclusions and limits make of a pair (docs/matching.md, 2).
func (r *Rules) outcome(standing Exclusion, limits int) Outcome {
	switch {
	case standing != 0 || limits > r.StretchLimits.N:
		return RuledOut
	case limits > 0:
		return Stretch
	}
	return Suitable
}

// pairOf is a pair's line but for its score.
func pairOf(i, f int, g *group) Pair {
	pair := Pair{Group: int32(i), Family: int32(f)}
	pair.Excluded, pair.Waived = g.excluded(f)
	pair.ZoneCertain = g.certain.has(f)
	return pair
}

// Pair is what the rules say of one group and one family.
func (p *Pool) Pair(g, f int) Pair {
	gr := &p.groups[g]
	pair := pairOf(g, f, gr)
	p.score(&pair, gr, p.tally(gr, f))
	return pair
}
