package match

import (
	"math/bits"
	"slices"
)

// What can stand against a family in a group's list is numbered: the exclusions
// in their order, then age, sex, the needs and the kinds of contact.
const (
	againstAge = len(exclusionCodes) + iota
	againstSex
	againstNeeds
)

// barriers is how many things could stand against a family of the group.
func (g *group) barriers() int { return againstNeeds + len(g.needs) + len(g.contacts) }

// barrier is the code of one of them.
func (p *Pool) barrier(g *group, i int) string {
	switch {
	case i < againstAge:
		return exclusionCodes[i]
	case i == againstAge:
		return "age"
	case i == againstSex:
		return "sex"
	case i < againstNeeds+len(g.needs):
		return "need:" + p.codes[g.needs[i-againstNeeds].code]
	}
	return "contact:" + p.codes[g.contacts[i-againstNeeds-len(g.needs)]]
}

// against adds to dst what stands against a family: exclusions that are not
// waived, and limits.
func (p *Pool) against(pair Pair, dst []int) []int {
	for e := pair.Excluded &^ pair.Waived; e != 0; e &= e - 1 {
		dst = append(dst, bits.TrailingZeros8(uint8(e)))
	}
	if pair.Limits == 0 {
		return dst
	}
	return p.limits(&p.groups[pair.Group], int(pair.Family), dst)
}

// limits adds to dst the limits the family has stated against the group.
func (p *Pool) limits(g *group, f int, dst []int) []int {
	r, t := p.rules, &p.traits[f]
	if r.age(g, p.ages.kinds[t.age]).limit {
		dst = append(dst, againstAge)
	}
	if r.sex(g, t.sex).limit {
		dst = append(dst, againstSex)
	}
	for i, n := range g.needs {
		if r.need(n.level, p.answer(f, n.code)).limit {
			dst = append(dst, againstNeeds+i)
		}
	}
	for i, code := range g.contacts {
		if r.contact(p.answer(f, code)).limit {
			dst = append(dst, againstNeeds+len(g.needs)+i)
		}
	}
	return dst
}

// Reasons is why a group's list is as short as it is: what stands against how
// many families, the commonest first. A family with two things against it is
// alone nowhere.
func (p *Pool) Reasons(g int) []Reason {
	gr := &p.groups[g]
	reasons := make([]Reason, gr.barriers())
	var codes []int
	for _, pair := range p.pairs(g) {
		if pair.Outcome == Suitable {
			continue
		}
		codes = p.against(pair, codes[:0])
		for _, i := range codes {
			reasons[i].count(pair.Outcome, len(codes) == 1)
		}
	}
	for i := range reasons {
		reasons[i].Code = p.barrier(gr, i)
	}
	reasons = slices.DeleteFunc(reasons, func(r Reason) bool { return r.Families+r.Stretched == 0 })
	slices.SortStableFunc(reasons, func(a, b Reason) int { return b.Families - a.Families })
	return reasons
}

// count counts a family it stands against.
func (r *Reason) count(o Outcome, alone bool) {
	if o == RuledOut {
		r.Families++
	}
	if alone && o == RuledOut {
		r.Alone++
	}
	if alone && o == Stretch {
		r.Stretched++
	}
}

// OneChange is what one change would open: for each code, the ruled-out families
// that would be suitable or a stretch without it, where the most families are
// first. A family that is out by one limit too many is opened by each of its
// limits.
func (p *Pool) OneChange(g int) []Opening {
	gr := &p.groups[g]
	openings := make([]Opening, gr.barriers())
	var codes []int
	for _, pair := range p.List(g) {
		if pair.Outcome != RuledOut {
			continue
		}
		codes = p.against(pair, codes[:0])
		for _, i := range p.rules.openers(pair, codes) {
			openings[i].Families = append(openings[i].Families, pair.Family)
		}
	}
	for i := range openings {
		openings[i].Code = p.barrier(gr, i)
	}
	openings = slices.DeleteFunc(openings, func(o Opening) bool { return len(o.Families) == 0 })
	slices.SortStableFunc(openings, func(a, b Opening) int { return len(b.Families) - len(a.Families) })
	return openings
}

// openers are those of a ruled-out pair's codes that each alone keep it out.
func (r *Rules) openers(pair Pair, codes []int) []int {
	exclusions := bits.OnesCount8(uint8(pair.Excluded &^ pair.Waived))
	limits := len(codes) - exclusions
	switch {
	case exclusions == 1 && limits <= r.StretchLimits.N:
		return codes[:1]
	case exclusions == 0 && limits == r.StretchLimits.N+1:
		return codes
	}
	return nil
}
