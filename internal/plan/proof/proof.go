// Package proof tells whether a region's plan is the best there is, without
// solving it again and without a line of the code that did.
//
// A plan comes with a price for every group and every family. If no price is
// negative and no pair that may be linked weighs more than its two prices
// together, then the links of any plan whatever weigh no more than all prices
// added up, because each group and each family is in at most one of them. A plan
// that weighs just that much cannot be bettered. That argument (the duality of
// linear programming; for matchings, Egerváry 1931) is the whole of this package,
// so that anyone who can read it can believe a plan.
package proof

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Pair is a group and a family, by their places, and what a link of the two
// would weigh.
type Pair struct {
	Group, Family int
	Weight        int64
}

// Instance is what a plan is made from.
type Instance struct {
	Groups, Families int
	Pairs            []Pair // those that may be linked
	Pinned           []Pair // to be linked whatever it costs; their weights are those of Pairs
	Forbidden        []Pair // not to be linked
}

// Plan is a set of links and the prices that prove it.
type Plan struct {
	Links        []Pair // by group
	Total        int64  // of their weights
	GroupPrices  []int64
	FamilyPrices []int64
}

// couple is a pair without its weight.
type couple struct{ group, family int }

// Verify returns nothing if the plan obeys its pins and bars and no other plan
// that does weighs more. Otherwise it says the first thing that is wrong.
func Verify(in Instance, p Plan) error {
	r, err := in.read()
	if err != nil {
		return err
	}
	if err := r.links(p); err != nil {
		return err
	}
	sum, err := in.prices(p)
	if err != nil {
		return err
	}
	for _, x := range r.pairs {
		if u, v := p.GroupPrices[x.Group], p.FamilyPrices[x.Family]; x.Weight > u+v && r.allows(couple{x.Group, x.Family}) {
			return fmt.Errorf("group %d and family %d would weigh %d together, more than their prices %d and %d", x.Group, x.Family, x.Weight, u, v)
		}
	}
	if sum != p.Total {
		return fmt.Errorf("the prices add up to %d and the links to %d, so nothing is proved", sum, p.Total)
	}
	return nil
}

// reading is an instance that has been looked through: its pairs in order, each
// once, and what its pins and bars say. A country has millions of pairs, so they
// are sorted rather than mapped.
type reading struct {
	pairs            []Pair
	forbidden        map[couple]bool
	groups, families map[int]int // whom each is pinned to
	pinned           []Pair
}

func (in Instance) read() (*reading, error) {
	r := &reading{pairs: in.Pairs, forbidden: map[couple]bool{}, groups: map[int]int{}, families: map[int]int{}, pinned: in.Pinned}
	if !slices.IsSortedFunc(r.pairs, inOrder) {
		r.pairs = slices.Clone(r.pairs)
		slices.SortFunc(r.pairs, inOrder)
	}
	for i, p := range r.pairs {
		if i > 0 && inOrder(r.pairs[i-1], p) == 0 {
			return nil, fmt.Errorf("group %d and family %d are given twice", p.Group, p.Family)
		}
		if p.Group < 0 || p.Group >= in.Groups || p.Family < 0 || p.Family >= in.Families || p.Weight < 0 {
			return nil, fmt.Errorf("group %d and family %d of weight %d are not a pair of this instance", p.Group, p.Family, p.Weight)
		}
	}
	for _, p := range in.Forbidden {
		r.forbidden[couple{p.Group, p.Family}] = true
	}
	for _, p := range in.Pinned {
		_, again := r.groups[p.Group]
		_, held := r.families[p.Family]
		if _, ok := r.weight(p); !ok || again || held {
			return nil, fmt.Errorf("group %d and family %d cannot be pinned: they may not be linked, or one of them is pinned already", p.Group, p.Family)
		}
		r.groups[p.Group], r.families[p.Family] = p.Family, p.Group
	}
	return r, nil
}

func inOrder(a, b Pair) int { return cmp.Or(a.Group-b.Group, a.Family-b.Family) }

// allows tells whether a pair may be linked beside the pins: it is not forbidden,
// and of a pinned group or family it is the pin.
func (r *reading) allows(at couple) bool {
	family, pinned := r.groups[at.group]
	group, held := r.families[at.family]
	return !r.forbidden[at] && (!pinned || family == at.family) && (!held || group == at.group)
}

// weight is what a pair weighs by the instance, if it may be linked.
func (r *reading) weight(p Pair) (int64, bool) {
	i, there := slices.BinarySearchFunc(r.pairs, p, inOrder)
	if !there || !r.allows(couple{p.Group, p.Family}) {
		return 0, false
	}
	return r.pairs[i].Weight, true
}

// links holds the links to the instance: each allowed and at its weight, nobody
// in two, every pin among them, and the total theirs.
func (r *reading) links(p Plan) error {
	linked := make(map[couple]bool, len(p.Links))
	groups, families := map[int]bool{}, map[int]bool{}
	var total int64
	for _, l := range p.Links {
		weight, ok := r.weight(l)
		switch {
		case !ok:
			return fmt.Errorf("group %d and family %d are linked and may not be", l.Group, l.Family)
		case weight != l.Weight:
			return fmt.Errorf("the link of group %d and family %d says %d and weighs %d", l.Group, l.Family, l.Weight, weight)
		case groups[l.Group]:
			return fmt.Errorf("group %d has two links", l.Group)
		case families[l.Family]:
			return fmt.Errorf("family %d has two links", l.Family)
		}
		groups[l.Group], families[l.Family] = true, true
		linked[couple{l.Group, l.Family}] = true
		if total += weight; total < 0 {
			return errors.New("the links weigh more than can be counted")
		}
	}
	for _, pin := range r.pinned {
		if !linked[couple{pin.Group, pin.Family}] {
			return fmt.Errorf("group %d and family %d are pinned and not linked", pin.Group, pin.Family)
		}
	}
	if total != p.Total {
		return fmt.Errorf("the links add up to %d and the plan says %d", total, p.Total)
	}
	return nil
}

// prices adds up the prices: one for each, none below 0.
func (in Instance) prices(p Plan) (int64, error) {
	if len(p.GroupPrices) != in.Groups || len(p.FamilyPrices) != in.Families {
		return 0, errors.New("there is not one price for each group and each family")
	}
	groups, err := sum("group", p.GroupPrices)
	if err != nil {
		return 0, err
	}
	families, err := sum("family", p.FamilyPrices)
	if err != nil {
		return 0, err
	}
	return sum("side", []int64{groups, families})
}

// sum adds up prices. One that passes the largest number there is turns negative
// and is refused: a sum that wraps round would prove anything.
func sum(of string, prices []int64) (int64, error) {
	var sum int64
	for i, price := range prices {
		if price < 0 {
			return 0, fmt.Errorf("the price of %s %d is %d, below 0", of, i, price)
		}
		if sum += price; sum < 0 {
			return 0, errors.New("the prices add up to more than can be counted")
		}
	}
	return sum, nil
}
