package plan

import (
	"fmt"

	"homeward/internal/fault"
)

// Split is a sibling group of which a recorded assessment says that it may be
// placed together or in parts. Whole and Parts are places of groups: the parts are
// groups of their own in the instance. Some parts may be linked and others wait.
type Split struct {
	Whole int
	Parts []int
}

// SplitPlan is the best plan where some groups may be placed in parts.
type SplitPlan struct {
	Links []Pair // a part's link has the part's place as its group
	Total int64
	Apart []bool // of each split: it is in parts in this plan
	Bound int64  // no such plan weighs more
	Tried int    // how many relaxed plans were solved
}

// Proven tells whether there is no better plan. If not, Bound says how much better
// one could be at most.
func (p SplitPlan) Proven() bool { return p.Total == p.Bound }

// SolveSplits finds the best plan in which each split group is either whole or in
// parts, trying up to so many relaxed plans, and at least one.
//
// It is branch and bound. The relaxed plan lets the whole and its parts be linked
// side by side, but pays for each part what a multiplier says if both or neither
// of them stay out (Lagrangian relaxation of "the whole and a part are not both
// linked"). Matchings being what they are, the best multipliers give the bound of
// the linear programme. They enter as a family of one's own, linked with whom
// means staying out, so that the warm solver does all the work.
func SolveSplits(groups, families int, pairs []Pair, splits []Split, effort int) (SplitPlan, error) {
	return solveSplits(groups, families, pairs, splits, max(effort, 1), rootRounds, nodeRounds)
}

func solveSplits(groups, families int, pairs []Pair, splits []Split, effort, root, rounds int) (SplitPlan, error) {
	x := &splitter{splits: splits, own: map[int]int32{}, left: effort, effort: effort, rounds: rounds, tried: map[string]bool{}, families: families}
	if err := x.begin(groups, pairs); err != nil {
		return SplitPlan{}, err
	}
	x.node(root, unbounded)
	x.best.Bound = max(x.bound, x.best.Total)
	x.best.Tried = x.effort - x.left
	return x.best, nil
}

const (
	fine       = 32           // multipliers are in parts of a point of weight
	shutOut    = Heaviest / 2 // staying out at this price is staying out
	unbounded  = 1 << 62
	rootRounds = 500
	nodeRounds = 40
	patience   = 10 // rounds without a better bound before steps are halved
)

// decision is what a branch has decided of a split.
type decision byte

const (
	undecided decision = iota
	together
	apart
)

type splitter struct {
	solver   *Solver
	families int
	splits   []Split
	own      map[int]int32 // the family of staying out, by group
	decided  []decision
	pays     [][]int64 // the multipliers, in parts of a point
	best     SplitPlan
	bound    int64 // of what was left unsearched
	left     int
	effort   int
	rounds   int             // of better multipliers at a branch
	tried    map[string]bool // roundings
}

func (x *splitter) begin(groups int, pairs []Pair) error {
	finer := make([]Pair, len(pairs))
	for i, p := range pairs {
		if p.Weight > shutOut/fine/4 {
			return fault.New(fault.Invalid, fmt.Sprintf("A link cannot weigh %d where groups may be split: give it at most %d.", p.Weight, shutOut/fine/4))
		}
		p.Weight *= fine
		finer[i] = p
	}
	n := x.families
	for _, s := range x.splits {
		for _, g := range append([]int{s.Whole}, s.Parts...) {
			if _, twice := x.own[g]; twice || g < 0 || g >= groups {
				return fault.New(fault.Invalid, fmt.Sprintf("Group %d is not in this plan, or is in two splits.", g))
			}
			x.own[g] = int32(n)
			finer = append(finer, Pair{Group: g, Family: n})
			n++
		}
		x.pays = append(x.pays, make([]int64, len(s.Parts)))
	}
	x.decided = make([]decision, len(x.splits))
	x.best = SplitPlan{Apart: make([]bool, len(x.splits))}
	var err error
	x.solver, err = New(groups, n, finer)
	return err
}

// relax solves the relaxed plan as it is decided and paid for, and says what no
// plan so decided can weigh more than, in parts of a point.
func (x *splitter) relax() int64 {
	x.left--
	bound := int64(0)
	for i, s := range x.splits {
		whole := int64(0)
		for k, part := range s.Parts {
			pay := x.pays[i][k]
			switch x.decided[i] {
			case undecided:
				bound -= pay
				whole += pay
				x.stayOutAt(part, pay)
			case together:
				bound -= shutOut
				x.stayOutAt(part, shutOut)
			case apart:
				x.stayOutAt(part, 0)
			}
		}
		if x.decided[i] == apart {
			bound -= shutOut
			whole = shutOut
		}
		x.stayOutAt(s.Whole, whole)
	}
	x.solver.settle()
	return bound + x.solver.Total()
}

func (x *splitter) stayOutAt(group int, price int64) {
	own := x.own[group]
	i, _ := find(x.solver.groups.near[group], own)
	if int64(x.solver.groups.near[group][i].weight) != price {
		x.solver.weigh(int32(group), own, int32(price))
	}
}

// linked tells whether a group has a family that is not its own staying out.
func (x *splitter) linked(group int) bool {
	f, ok := x.solver.Family(group)
	return ok && f < x.families
}

// node searches all plans with what is decided so far; none weighs more than bound.
func (x *splitter) node(rounds int, bound int64) {
	slow, shift := 0, 0
	for range rounds {
		if x.left <= 0 {
			break
		}
		now := x.relax()
		if slow++; now < bound {
			bound, slow = now, 0
		} else if slow > patience {
			slow, shift = 0, shift+1
		}
		wish := x.wish()
		if !x.step(now-x.best.Total*fine, shift) {
			x.keep() // nobody is both whole and in parts, and nothing was paid in vain
			break
		}
		x.round(wish)
		if bound/fine <= x.best.Total {
			return
		}
	}
	if bound/fine <= x.best.Total {
		return
	}
	i := x.fork()
	if x.left <= 0 || i < 0 {
		x.bound = max(x.bound, bound/fine)
		return
	}
	x.branch(i, bound)
}

// branch decides a split one way and then the other, the likelier first.
func (x *splitter) branch(i int, bound int64) {
	first, second := together, apart
	if x.wish()[i] == apart {
		first, second = second, first
	}
	kept := make([][]int64, len(x.pays))
	for k, pays := range x.pays {
		kept[k] = append([]int64(nil), pays...)
	}
	for _, d := range []decision{first, second} {
		x.decided[i] = d
		x.node(x.rounds, bound)
		for k := range kept {
			copy(x.pays[k], kept[k])
		}
	}
	x.decided[i] = undecided
}

// fork is the undecided split that is most at odds with itself: the one that pays
// most where several are, or none is; -1 where all are decided.
func (x *splitter) fork() int {
	fork, most := -1, int64(-1)
	for i, s := range x.splits {
		if x.decided[i] != undecided {
			continue
		}
		weight := int64(0)
		for k, part := range s.Parts {
			weight += x.pays[i][k]
			if x.linked(s.Whole) && x.linked(part) {
				weight += Heaviest
			}
		}
		if weight > most {
			fork, most = i, weight
		}
	}
	return fork
}

// step moves the multipliers against what the relaxed plan does wrong, by the
// gap over the number of wrongs, halved as often as shift says. It says whether
// anything was wrong.
func (x *splitter) step(gap int64, shift int) bool {
	wrongs := int64(0)
	each := func(do func(pay *int64, wrong int64)) {
		for i, s := range x.splits {
			for k, part := range s.Parts {
				if x.decided[i] != undecided {
					continue
				}
				pay := &x.pays[i][k]
				switch whole, part := x.linked(s.Whole), x.linked(part); {
				case whole && part:
					do(pay, 1)
				case !whole && !part && *pay > 0:
					do(pay, -1)
				}
			}
		}
	}
	each(func(*int64, int64) { wrongs++ })
	if wrongs == 0 {
		return false
	}
	by := max((gap>>shift)/wrongs, 1)
	each(func(pay *int64, wrong int64) { *pay = min(max(*pay+wrong*by, 0), shutOut/8) })
	return true
}

// wish is what the relaxed plan would decide of each split: a whole and parts
// that are both linked go by which weigh more.
func (x *splitter) wish() []decision {
	wish := append([]decision(nil), x.decided...)
	for i, s := range x.splits {
		if wish[i] != undecided {
			continue
		}
		weight := int64(0)
		for _, part := range s.Parts {
			weight += x.weighs(part)
		}
		wish[i] = together
		if weight > x.weighs(s.Whole) {
			wish[i] = apart
		}
	}
	return wish
}

func (x *splitter) weighs(group int) int64 {
	if !x.linked(group) {
		return 0
	}
	f, _ := x.solver.Family(group)
	return x.solver.weightOf(group, f)
}

// round solves the plan that is decided as wished, unless it was already.
func (x *splitter) round(wish []decision) {
	key := make([]byte, len(wish))
	for i, d := range wish {
		key[i] = byte(d)
	}
	if x.tried[string(key)] || x.left <= 0 {
		return
	}
	x.tried[string(key)] = true
	decided := x.decided
	x.decided = wish
	x.relax()
	x.keep()
	x.decided = decided
}

// keep keeps the plan as it stands if it is the best so far. Nobody in it is both
// whole and in parts.
func (x *splitter) keep() {
	total := int64(0)
	var links []Pair
	for _, p := range x.solver.Plan().Links {
		if p.Family < x.families {
			p.Weight /= fine
			total += p.Weight
			links = append(links, p)
		}
	}
	if total < x.best.Total || total == x.best.Total && x.best.Links != nil {
		return
	}
	x.best.Links, x.best.Total = links, total
	for i, s := range x.splits {
		x.best.Apart[i] = false
		for _, part := range s.Parts {
			x.best.Apart[i] = x.best.Apart[i] || x.linked(part)
		}
	}
}
