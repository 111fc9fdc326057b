package match

import "slices"

// List is a group's whole list, the ruled-out families too, in order: suitable,
// stretch, ruled out; within each the lower bound, then the upper, both falling;
// then the wait since approval, agency and reference. Nothing of another family
// has any part in it (docs/matching.md, 4).
func (p *Pool) List(g int) []Pair {
	return inOrder(p.pairs(g), p.familyOrder)
}

// pairs are all pairs of a group, by place in Case.Families.
func (p *Pool) pairs(g int) []Pair {
	gr := &p.groups[g]
	s := p.sheet(gr)
	defer p.sheets.Put(s)
	pairs := make([]Pair, len(p.c.Families))
	for f := range pairs {
		pairs[f] = pairOf(g, f, gr)
		p.score(&pairs[f], gr, s.tally(f))
	}
	return pairs
}

// ForFamily is the same seen from a family: every group, in the order of the
// list but for its end, which is the group's agency and first reference.
func (p *Pool) ForFamily(f int) []Pair {
	pairs := make([]Pair, len(p.groups))
	for g := range pairs {
		pairs[g] = p.Pair(g, f)
	}
	return inOrder(pairs, p.groupOrder)
}

// inOrder sorts pairs; order is what comes first among equals, as places in
// pairs. A pair's whole rank is one number, so sorting compares nothing else.
func inOrder(pairs []Pair, order []int32) []Pair {
	keys := make([]uint64, len(order))
	for rank, i := range order {
		x := &pairs[i]
		keys[rank] = uint64(x.Outcome)<<60 | uint64(1000-x.Low)<<48 | uint64(1000-x.High)<<36 | uint64(rank)
	}
	slices.Sort(keys)
	sorted := make([]Pair, len(pairs))
	for i, key := range keys {
		sorted[i] = pairs[order[key&(1<<36-1)]]
	}
	return sorted
}

// Survivors adds to dst the pairs of a group that no exclusion rules out, by
// place in Case.Families. Too many limits may still rule one out: its Outcome
// says so. The region's plan is made of these.
func (p *Pool) Survivors(g int, dst []Pair) []Pair {
	gr := &p.groups[g]
	s := p.sheet(gr)
	defer p.sheets.Put(s)
	first := len(dst)
	dst = slices.Grow(dst, len(s.free))[:first+len(s.free)]
	for i, f := range s.free {
		pair := Pair{Group: int32(g), Family: f}
		p.score(&pair, gr, s.tally(int(f)))
		dst[first+i] = pair
	}
	p.noteWaived(gr, dst[first:])
	return dst
}

// noteWaived puts the exclusions into survivors, which have none but waived ones.
func (p *Pool) noteWaived(g *group, survivors []Pair) {
	for f := range g.waivers {
		i, ok := slices.BinarySearchFunc(survivors, f, func(x Pair, f int32) int { return int(x.Family - f) })
		if ok {
			x := &survivors[i]
			x.Excluded, x.Waived = g.excluded(int(f))
			x.ZoneCertain = g.certain.has(int(f))
		}
	}
}

// Counts is how many families of a group's list have each outcome.
func (p *Pool) Counts(g int) Counts {
	gr := &p.groups[g]
	s := p.sheet(gr)
	defer p.sheets.Put(s)
	var counts Counts
	for _, f := range s.free {
		switch p.rules.outcome(0, s.tally(int(f)).limits()) {
		case Suitable:
			counts.Suitable++
		case Stretch:
			counts.Stretch++
		}
	}
	counts.RuledOut = len(p.c.Families) - counts.Suitable - counts.Stretch
	return counts
}

// FamilyCounts are, for every family, how many of some groups have each outcome
// with it.
func (p *Pool) FamilyCounts(groups []int) []Counts {
	all := make([]Counts, len(p.c.Families))
	for _, g := range groups {
		s := p.sheet(&p.groups[g])
		for _, f := range s.free {
			switch p.rules.outcome(0, s.tally(int(f)).limits()) {
			case Suitable:
				all[f].Suitable++
			case Stretch:
				all[f].Stretch++
			}
		}
		p.sheets.Put(s)
	}
	for f := range all {
		all[f].RuledOut = len(groups) - all[f].Suitable - all[f].Stretch
	}
	return all
}

// AllCounts are the counts of every group.
func (p *Pool) AllCounts() []Counts {
	all := make([]Counts, len(p.groups))
	for g := range all {
		all[g] = p.Counts(g)
	}
	return all
}
