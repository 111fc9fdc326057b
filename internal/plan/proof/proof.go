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
	"errors"
	"fmt"
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
	allowed, err := in.allowed()
	if err != nil {
		return err
	}
	if err := in.links(p, allowed); err != nil {
		return err
	}
	sum, err := in.prices(p)
	if err != nil {
		return err
	}
	for at, weight := range allowed {
		if u, v := p.GroupPrices[at.group], p.FamilyPrices[at.family]; weight > u+v {
			return fmt.Errorf("group %d and family %d would weigh %d together, more than their prices %d and %d", at.group, at.family, weight, u, v)
		}
	}
	if sum != p.Total {
		return fmt.Errorf("the prices add up to %d and the links to %d, so nothing is proved", sum, p.Total)
	}
	return nil
}

// allowed is the weight of every pair that may be linked beside the pins: none
// that is forbidden, and of a pinned group or family the pin alone.
func (in Instance) allowed() (map[couple]int64, error) {
	allowed := make(map[couple]int64, len(in.Pairs))
	for _, p := range in.Pairs {
		at := couple{p.Group, p.Family}
		if _, twice := allowed[at]; twice {
			return nil, fmt.Errorf("group %d and family %d are given twice", p.Group, p.Family)
		}
		if p.Group < 0 || p.Group >= in.Groups || p.Family < 0 || p.Family >= in.Families || p.Weight < 0 {
			return nil, fmt.Errorf("group %d and family %d of weight %d are not a pair of this instance", p.Group, p.Family, p.Weight)
		}
		allowed[at] = p.Weight
	}
	for _, p := range in.Forbidden {
		delete(allowed, couple{p.Group, p.Family})
	}
	groups, families := map[int]int{}, map[int]int{}
	for _, p := range in.Pinned {
		_, again := groups[p.Group]
		_, held := families[p.Family]
		if _, ok := allowed[couple{p.Group, p.Family}]; !ok || again || held {
			return nil, fmt.Errorf("group %d and family %d cannot be pinned: they may not be linked, or one of them is pinned already", p.Group, p.Family)
		}
		groups[p.Group], families[p.Family] = p.Family, p.Group
	}
	for at := range allowed {
		family, pinned := groups[at.group]
		group, held := families[at.family]
		if pinned && family != at.family || held && group != at.group {
			delete(allowed, at)
		}
	}
	return allowed, nil
}

// links holds the links to the instance: each allowed and at its weight, nobody
// in two, every pin among them, and the total theirs.
func (in Instance) links(p Plan, allowed map[couple]int64) error {
	linked := make(map[couple]bool, len(p.Links))
	groups, families := map[int]bool{}, map[int]bool{}
	var total int64
	for _, l := range p.Links {
		weight, ok := allowed[couple{l.Group, l.Family}]
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
	for _, pin := range in.Pinned {
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
