package plan

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"homeward/internal/fault"
	"homeward/internal/plan/proof"
)

// Pair is a group and a family, by their places, and what their link weighs.
type Pair = proof.Pair

// Plan is a set of links and the prices that prove it the best.
type Plan = proof.Plan

// Heaviest is the most a pair may weigh. It leaves room to add four weights in
// 32 bits, so that a pair takes eight bytes.
const Heaviest = 1 << 28

// barring is taken off the weight of a pair that must not be linked: below 0 it
// can never be worth its two prices, and adding it again gives the weight back.
const barring = 1 << 30

// edge is a pair seen from one of its ends.
type edge struct{ to, weight int32 }

// side is the groups or the families.
type side struct {
	near  [][]edge // whom each may be linked with, by place
	price []int32
	mate  []int32 // whom each is linked with, or alone
	gone  []bool
	loose []int32 // to be placed by settle
}

const alone = -1

// Solver holds a plan that is the best for its pairs, and keeps it so through
// every change. Between two changes this holds, and proves it:
//
//   - no price is below 0, and no pair weighs more than its two prices;
//   - a link weighs just its two prices;
//   - whoever has no link has the price 0.
//
// A change may leave somebody without a link at a price above 0. Such a one is
// placed by one search (search.go), whichever side it is of.
//
// Of plans that weigh the same, New always finds the same one for the same
// pairs, in whatever order they are given: groups are placed in their order, and
// of two families as near the one in the lower place is looked at first. After a
// change the plan is as good as a new one, but among equals it may be another:
// it stays near the plan before. One goroutine at a time may use a solver, for
// questions too; Copy makes another.
type Solver struct {
	groups, families side
	pins             map[int32]int32 // family by group
	held             map[int32]int32 // group by family
	forbidden        map[[2]int32]bool
	paper            paper
}

// New solves. Groups and families are counted from 0; a pair may be given once.
func New(groups, families int, pairs []Pair) (*Solver, error) {
	return solve(groups, families, pairs, false)
}

// scarceFirst is New, placing whoever there are fewer of: where groups cannot all
// have a link, families look for them instead, and nobody has to find out by a
// long search that there is no place. A country is solved ten times as fast. Among
// plans that weigh the same it may find another than New, always the same one.
func scarceFirst(groups, families int, pairs []Pair) (*Solver, error) {
	return solve(groups, families, pairs, families < groups)
}

func solve(groups, families int, pairs []Pair, byFamily bool) (*Solver, error) {
	s := &Solver{pins: map[int32]int32{}, held: map[int32]int32{}, forbidden: map[[2]int32]bool{}}
	for _, p := range pairs {
		if p.Group < 0 || p.Group >= groups || p.Family < 0 || p.Family >= families {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("Group %d and family %d are not in this plan of %d groups and %d families.", p.Group, p.Family, groups, families))
		}
		if err := mayWeigh(p.Weight); err != nil {
			return nil, err
		}
	}
	s.groups, s.families = newSide(groups), newSide(families)
	s.lay(pairs)
	for g, near := range s.groups.near {
		for i := 1; i < len(near); i++ {
			if near[i].to == near[i-1].to {
				return nil, fault.New(fault.Invalid, fmt.Sprintf("Group %d and family %d are given twice.", g, near[i].to))
			}
		}
	}
	if byFamily {
		s.families.start(&s.groups)
	} else {
		s.groups.start(&s.families)
	}
	s.settle()
	return s, nil
}

func mayWeigh(w int64) error {
	if w < 0 || w > Heaviest {
		return fault.New(fault.Invalid, fmt.Sprintf("A link cannot weigh %d: give it 0 to %d.", w, Heaviest))
	}
	return nil
}

func newSide(n int) side {
	s := side{near: make([][]edge, n), price: make([]int32, n), mate: make([]int32, n), gone: make([]bool, n)}
	for i := range s.mate {
		s.mate[i] = alone
	}
	return s
}

// lay lays the pairs out from both ends, each end's by place. Dealing them from
// one side to the other sorts them, in time that grows with the pairs alone.
func (s *Solver) lay(pairs []Pair) {
	byGroup, byFamily := make([]int, len(s.groups.near)), make([]int, len(s.families.near))
	for _, p := range pairs {
		byGroup[p.Group]++
		byFamily[p.Family]++
	}
	s.groups.room(byGroup, len(pairs))
	s.families.room(byFamily, len(pairs))
	for _, p := range pairs {
		s.families.near[p.Family] = append(s.families.near[p.Family], edge{int32(p.Group), int32(p.Weight)})
	}
	s.families.deal(&s.groups)
	s.families.room(byFamily, len(pairs))
	s.groups.deal(&s.families)
}

// room makes empty lists of the lengths to come, all in one piece.
func (a *side) room(lengths []int, n int) {
	all, at := make([]edge, n), 0
	for i, length := range lengths {
		a.near[i] = all[at : at : at+length]
		at += length
	}
}

func (a *side) deal(b *side) {
	for i, near := range a.near {
		for _, e := range near {
			b.near[e.to] = append(b.near[e.to], edge{int32(i), e.weight})
		}
	}
}

// bids is how many bids each may set off on average before searches take
// over: they find what bidding among many equals would only creep towards.
const bids = 8

// start links most of a cheaply, as the row reduction of Jonker and Volgenant
// (1987) does: each takes the one of b worth most to it and raises its price by
// what that is worth above the second best; whoever had that one bids again.
// Those still without a link at a price are left loose.
func (a *side) start(b *side) {
	left := bids * len(a.near)
	for first := range a.near {
		for i, drawn := int32(first), false; i != alone && !drawn && left > 0; left-- {
			i, drawn = a.bid(b, i)
		}
	}
	for i, mate := range a.mate {
		if mate == alone {
			a.price[i] = a.best(int32(i), b)
			a.loose = append(a.loose, int32(i))
		}
	}
}

// bid links one of a as well as it can be at the present prices. It says who was
// ousted, and whether the first and the second best were as good: then the next
// bid would only hand the same one back.
func (a *side) bid(b *side, i int32) (ousted int32, drawn bool) {
	first, second := int32(0), int32(0) // having no link is worth 0
	to, other := int32(alone), int32(alone)
	for _, e := range a.near[i] {
		switch worth := e.weight - b.price[e.to]; {
		case worth > first:
			first, second, to, other = worth, first, e.to, to
		case worth > second:
			second, other = worth, e.to
		case worth == first && other == alone:
			other = e.to
		}
	}
	a.price[i] = second
	if to == alone {
		return alone, false
	}
	if drawn = first == second; drawn && b.mate[to] != alone && other != alone {
		to = other
	}
	b.price[to] += first - second
	ousted = b.mate[to]
	if ousted != alone {
		a.mate[ousted] = alone
	}
	a.mate[i], b.mate[to] = to, i
	return ousted, drawn
}

// best is the most a link of one of a is worth above its partner's price; no
// link is worth 0.
func (a *side) best(i int32, b *side) int32 {
	var best int32
	for _, e := range a.near[i] {
		best = max(best, e.weight-b.price[e.to])
	}
	return best
}

// Groups is how many groups there have been, those removed too.
func (s *Solver) Groups() int { return len(s.groups.near) }

// Families is how many families there have been, those removed too.
func (s *Solver) Families() int { return len(s.families.near) }

// Plan is the plan as it stands.
func (s *Solver) Plan() Plan {
	p := Plan{GroupPrices: widen(s.groups.price), FamilyPrices: widen(s.families.price)}
	for g, f := range s.groups.mate {
		if f != alone {
			weight := int64(s.groups.price[g]) + int64(s.families.price[f])
			p.Links = append(p.Links, Pair{Group: g, Family: int(f), Weight: weight})
			p.Total += weight
		}
	}
	return p
}

// Total is what the plan weighs.
func (s *Solver) Total() (total int64) {
	for _, price := range s.groups.price {
		total += int64(price)
	}
	for _, price := range s.families.price {
		total += int64(price)
	}
	return total
}

// Family is the family a group is linked with, if it is.
func (s *Solver) Family(group int) (int, bool) {
	f := s.groups.mate[group]
	return int(f), f != alone
}

// Instance is what the solver plans for, in the words of the proof.
func (s *Solver) Instance() proof.Instance {
	in := proof.Instance{Groups: s.Groups(), Families: s.Families()}
	n := 0
	for _, near := range s.groups.near {
		n += len(near)
	}
	in.Pairs = make([]Pair, 0, n)
	for g, near := range s.groups.near {
		for _, e := range near {
			p := Pair{Group: g, Family: int(e.to), Weight: int64(e.real())}
			in.Pairs = append(in.Pairs, p)
			if s.forbidden[[2]int32{int32(g), e.to}] {
				in.Forbidden = append(in.Forbidden, p)
			} else if f, ok := s.pins[int32(g)]; ok && f == e.to {
				in.Pinned = append(in.Pinned, p)
			}
		}
	}
	return in
}

// real is the weight of an edge, barred or not.
func (e edge) real() int32 {
	if e.weight < 0 {
		return e.weight + barring
	}
	return e.weight
}

// Copy is a solver to try something out on.
func (s *Solver) Copy() *Solver {
	c := &Solver{groups: s.groups.copy(), families: s.families.copy(), pins: map[int32]int32{}, held: map[int32]int32{}, forbidden: map[[2]int32]bool{}}
	for g, f := range s.pins {
		c.pins[g], c.held[f] = f, g
	}
	for at := range s.forbidden {
		c.forbidden[at] = true
	}
	return c
}

// sketch is a solver to work a question out on that changes no pair: it has prices
// and links of its own and shares the lists of pairs, which it may make longer and
// must not write in.
func (s *Solver) sketch() *Solver {
	return &Solver{groups: s.groups.sketch(), families: s.families.sketch(), pins: s.pins, held: s.held, forbidden: s.forbidden}
}

func (a *side) sketch() side {
	return side{near: slices.Clone(a.near), price: slices.Clone(a.price), mate: slices.Clone(a.mate), gone: slices.Clone(a.gone)}
}

func (a *side) copy() side {
	lengths, n := make([]int, len(a.near)), 0
	for i, near := range a.near {
		lengths[i] = len(near)
		n += len(near)
	}
	c := side{near: make([][]edge, len(a.near)), price: slices.Clone(a.price), mate: slices.Clone(a.mate), gone: slices.Clone(a.gone)}
	c.room(lengths, n)
	for i, near := range a.near {
		c.near[i] = append(c.near[i], near...)
	}
	return c
}

func widen(prices []int32) []int64 {
	wide := make([]int64, len(prices))
	for i, p := range prices {
		wide[i] = int64(p)
	}
	return wide
}

// find is where the edge to a place stands in a list.
func find(near []edge, to int32) (int, bool) {
	return slices.BinarySearchFunc(near, to, func(e edge, to int32) int { return cmp.Compare(e.to, to) })
}

// far is further than any search goes.
const far = math.MaxInt32
