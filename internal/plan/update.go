package plan

import (
	"fmt"
	"slices"

	"homeward/internal/fault"
)

// Candidate is one whom a group or family may be linked with, by place, and what
// the link would weigh.
type Candidate struct {
	At     int
	Weight int64
}

// AddGroup adds a group and says which place it has.
func (s *Solver) AddGroup(families []Candidate) (int, error) {
	return s.add(&s.groups, &s.families, families)
}

// AddFamily adds a family and says which place it has.
func (s *Solver) AddFamily(groups []Candidate) (int, error) {
	return s.add(&s.families, &s.groups, groups)
}

func (s *Solver) add(a, b *side, candidates []Candidate) (int, error) {
	near := make([]edge, 0, len(candidates))
	for _, c := range candidates {
		if c.At < 0 || c.At >= len(b.near) || b.gone[c.At] {
			return 0, fault.New(fault.Invalid, fmt.Sprintf("There is nobody in place %d to be linked with.", c.At))
		}
		if err := mayWeigh(c.Weight); err != nil {
			return 0, err
		}
		near = append(near, edge{int32(c.At), int32(c.Weight)})
	}
	slices.SortFunc(near, func(x, y edge) int { return int(x.to - y.to) })
	for i := 1; i < len(near); i++ {
		if near[i].to == near[i-1].to {
			return 0, fault.New(fault.Invalid, fmt.Sprintf("Place %d is given twice.", near[i].to))
		}
	}
	at := int32(len(a.near))
	a.near, a.price, a.mate, a.gone = append(a.near, near), append(a.price, 0), append(a.mate, alone), append(a.gone, false)
	for i, e := range near {
		b.near[e.to] = append(b.near[e.to], edge{at, e.weight}) // the last place: still in order
		if s.bars(a, at, e.to) {
			near[i].weight -= barring
			b.near[e.to][len(b.near[e.to])-1].weight -= barring
		}
	}
	a.price[at] = a.best(at, b)
	a.loose = append(a.loose, at)
	s.settle()
	return int(at), nil
}

// RemoveGroup takes a group out of the plan. Its place stays empty.
func (s *Solver) RemoveGroup(group int) error { return s.remove(&s.groups, &s.families, group) }

// RemoveFamily takes a family out of the plan. Its place stays empty.
func (s *Solver) RemoveFamily(family int) error { return s.remove(&s.families, &s.groups, family) }

func (s *Solver) remove(a, b *side, place int) error {
	if place < 0 || place >= len(a.near) || a.gone[place] {
		return fault.New(fault.NotFound, fmt.Sprintf("There is nobody in place %d to take out of the plan.", place))
	}
	at := int32(place)
	if g, f, pinned := s.pinOf(a, at); pinned {
		s.unpin(g, f)
	}
	s.part(a, b, at)
	for _, e := range a.near[at] {
		i, _ := find(b.near[e.to], at)
		b.near[e.to] = slices.Delete(b.near[e.to], i, i+1)
	}
	a.near[at], a.price[at], a.gone[at] = nil, 0, true
	s.settle()
	return nil
}

// part takes away the link one of a has and leaves both loose.
func (s *Solver) part(a, b *side, i int32) {
	mate := a.mate[i]
	a.loose = append(a.loose, i)
	if mate != alone {
		a.mate[i], b.mate[mate] = alone, alone
		b.loose = append(b.loose, mate)
	}
}

// SetWeight changes what a link of a pair weighs. A pair that could not be
// linked so far can be from now on.
func (s *Solver) SetWeight(p Pair) error {
	if err := mayWeigh(p.Weight); err != nil {
		return err
	}
	if !s.here(p.Group, p.Family) {
		return nobodyThere(p.Group, p.Family)
	}
	g, f, weight := int32(p.Group), int32(p.Family), int32(p.Weight)
	if _, ok := find(s.groups.near[g], f); !ok {
		s.groups.join(g, f)
		s.families.join(f, g)
	}
	if s.barred(g, f) {
		weight -= barring
	}
	s.weigh(g, f, weight)
	s.settle()
	return nil
}

func (s *Solver) here(group, family int) bool {
	return group >= 0 && group < len(s.groups.near) && !s.groups.gone[group] && family >= 0 && family < len(s.families.near) && !s.families.gone[family]
}

func nobodyThere(group, family int) error {
	return fault.New(fault.NotFound, fmt.Sprintf("Group %d or family %d is not in this plan.", group, family))
}

// join adds a barred edge, in its order.
func (a *side) join(i, to int32) {
	at, _ := find(a.near[i], to)
	a.near[i] = slices.Insert(slices.Clip(a.near[i]), at, edge{to, -barring})
}

// weigh gives an edge a weight and mends what that breaks: a link that is worth
// more raises its group's price, one that is worth less is undone, and a pair now
// worth more than its prices leaves its group to be placed again.
func (s *Solver) weigh(g, f, weight int32) {
	i, _ := find(s.groups.near[g], f)
	j, _ := find(s.families.near[f], g)
	old := s.groups.near[g][i].weight
	s.groups.near[g][i].weight, s.families.near[f][j].weight = weight, weight
	linked, above := s.groups.mate[g] == f, weight-s.groups.price[g]-s.families.price[f]
	if linked && weight < old {
		s.part(&s.groups, &s.families, g)
	}
	if above <= 0 {
		return
	}
	if !linked {
		s.part(&s.groups, &s.families, g)
	}
	s.groups.price[g] += above
}

// Pin links a pair whatever it costs the others, until it is released.
func (s *Solver) Pin(group, family int) error {
	if err := s.mayPin(group, family); err != nil {
		return err
	}
	g, f := int32(group), int32(family)
	s.pins[g], s.held[f] = f, g
	s.rebar(g, f)
	return nil
}

func (s *Solver) mayPin(group, family int) error {
	if err := s.mayLink(group, family); err != nil {
		return err
	}
	g, f := int32(group), int32(family)
	_, pinned := s.pins[g]
	_, held := s.held[f]
	if pinned || held || s.forbidden[[2]int32{g, f}] {
		return fault.New(fault.Conflict, "One of the two is pinned already, or the pair is kept apart. Release that first.")
	}
	return nil
}

// Forbid keeps a pair apart until it is released.
func (s *Solver) Forbid(group, family int) error {
	if err := s.mayLink(group, family); err != nil {
		return err
	}
	g, f := int32(group), int32(family)
	if to, pinned := s.pins[g]; pinned && to == f {
		return fault.New(fault.Conflict, "The pair is pinned. Release it first.")
	}
	s.forbidden[[2]int32{g, f}] = true
	s.rebar(g, f)
	return nil
}

// Release undoes Pin or Forbid for a pair.
func (s *Solver) Release(group, family int) error {
	if err := s.mayLink(group, family); err != nil {
		return err
	}
	g, f := int32(group), int32(family)
	if to, pinned := s.pins[g]; pinned && to == f {
		s.unpin(g, f)
	}
	delete(s.forbidden, [2]int32{g, f})
	s.rebar(g, f)
	return nil
}

func (s *Solver) mayLink(group, family int) error {
	if !s.here(group, family) {
		return nobodyThere(group, family)
	}
	if _, ok := find(s.groups.near[group], int32(family)); !ok {
		return fault.New(fault.Invalid, fmt.Sprintf("Group %d and family %d cannot be linked in this plan. Add the pair first.", group, family))
	}
	return nil
}

func (s *Solver) unpin(g, f int32) {
	delete(s.pins, g)
	delete(s.held, f)
	s.rebar(g, f)
}

// rebar bars and frees the pairs of a group and a family as the pins and bars
// now say.
func (s *Solver) rebar(g, f int32) {
	for _, e := range s.groups.near[g] {
		s.rebarPair(g, e.to)
	}
	for _, e := range s.families.near[f] {
		s.rebarPair(e.to, f)
	}
	s.settle()
}

func (s *Solver) rebarPair(g, f int32) {
	i, _ := find(s.groups.near[g], f)
	e := s.groups.near[g][i]
	weight := e.real()
	if s.barred(g, f) {
		weight -= barring
	}
	if weight != e.weight {
		s.weigh(g, f, weight)
	}
}

// barred tells whether a pair must not be linked: it is forbidden, or one of the
// two is pinned to another.
func (s *Solver) barred(g, f int32) bool {
	to, pinned := s.pins[g]
	by, held := s.held[f]
	return s.forbidden[[2]int32{g, f}] || pinned && to != f || held && by != g
}

// bars is barred for one of a, which may be either side.
func (s *Solver) bars(a *side, i, to int32) bool {
	if a == &s.groups {
		return s.barred(i, to)
	}
	return s.barred(to, i)
}

func (s *Solver) pinOf(a *side, i int32) (g, f int32, pinned bool) {
	if a == &s.groups {
		f, pinned = s.pins[i]
		return i, f, pinned
	}
	g, pinned = s.held[i]
	return g, i, pinned
}

// linkPins links pins that are worth nothing: no price would bring them about.
func (s *Solver) linkPins() {
	for g, f := range s.pins {
		if s.groups.mate[g] == alone {
			s.groups.mate[g], s.families.mate[f] = f, g
		}
	}
}
