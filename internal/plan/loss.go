package plan

import "math"

// Never is the loss of one who cannot be moved: pinned, or no longer there. No
// weight less it is above 0.
const Never = math.MaxInt64

// GroupLosses is, for each group, how much less the plan could weigh without it.
func (s *Solver) GroupLosses() []int64 { return s.losses(&s.groups, &s.families) }

// FamilyLosses is, for each family, how much less the plan could weigh without
// it.
func (s *Solver) FamilyLosses() []int64 { return s.losses(&s.families, &s.groups) }

// losses comes of one search for all. Without one of a, its partner in b is free
// at a price: the plan loses the one's own price and what it costs to place the
// partner again. That is the way from the partner to the nearest end, which is
// its own price (it stays out), or another of b giving its place up, or one of a
// that has no link. So a single search back from all ends at once finds it for
// everybody.
func (s *Solver) losses(a, b *side) []int64 {
	w := new(paper) // not the solver's: whoever only asks must be able to ask beside others
	w.grow(max(len(a.near), len(b.near)))
	for to, mate := range b.mate {
		if mate != alone {
			w.reach(int32(to), alone, b.price[to], -1)
		}
	}
	for i, mate := range a.mate {
		if mate == alone && !a.gone[i] {
			w.spread(a, b, int32(i), 0)
		}
	}
	for at := int32(0); ; {
		to, ok := w.next(&at, far)
		if !ok {
			break
		}
		w.spread(a, b, b.mate[to], at)
	}
	lost := make([]int64, len(a.near))
	for i, mate := range a.mate {
		if mate != alone {
			lost[i] = int64(a.price[i]) + int64(w.distance[mate])
		}
		if _, _, pinned := s.pinOf(a, int32(i)); pinned || a.gone[i] {
			lost[i] = Never
		}
	}
	return lost
}

// spread notes what lies one pair back from one of a, itself so far from an end.
func (w *paper) spread(a, b *side, i, at int32) {
	base := at + a.price[i]
	for _, e := range a.near[i] {
		if d := base + b.price[e.to] - e.weight; b.mate[e.to] != alone && d < w.distance[e.to] {
			w.reach(e.to, i, d, -1)
		}
	}
}

// Gain is what the plan would gain by one more family (with the losses of the
// groups) or one more group (with those of the families): exactly
// max(0, max(weight - loss)), because the newcomer is linked with one of its
// candidates or with nobody, and whoever it is linked with is then no longer
// wanted elsewhere. It also says with whom; -1 for nobody.
func Gain(losses []int64, candidates []Candidate) (gain int64, at int) {
	at = alone
	for _, c := range candidates {
		if g := c.Weight - losses[c.At]; g > gain {
			gain, at = g, c.At
		}
	}
	return gain, at
}

// Cost is what linking a pair would cost all others: the plan's weight less that
// of the best plan with the pair in it. It is 0 for a link of the plan, and for
// a pair that another plan as good has.
func (s *Solver) Cost(group, family int) (int64, error) {
	if err := s.mayLink(group, family); err != nil {
		return 0, err
	}
	if f, ok := s.Family(group); ok && f == family {
		return 0, nil
	}
	if err := s.mayPin(group, family); err != nil {
		return 0, err
	}
	g, f := int32(group), int32(family)
	i, _ := find(s.groups.near[g], f)
	others := s.sketch()
	others.leave(&others.groups, &others.families, g)
	others.leave(&others.families, &others.groups, f)
	others.settle()
	return s.Total() - (others.Total() - 2*beyond) - int64(s.groups.near[g][i].weight), nil
}

// beyond is a price at which nobody links with one: above what any pair weighs by
// more than anybody's price, and with two prices and a bar on top still a number
// of 32 bits.
const beyond = 2 * Heaviest

// leave has one of a stand aside: its partner is to be placed again.
func (s *Solver) leave(a, b *side, i int32) {
	if mate := a.mate[i]; mate != alone {
		a.mate[i], b.mate[mate] = alone, alone
		b.loose = append(b.loose, mate)
	}
	a.price[i] = beyond
}
