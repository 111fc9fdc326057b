// Package plan finds the set of links that is best for all children and families
// of a region together, and proves that none is better. It is pure.
//
// A plan is a list to talk about at a regional meeting and not a decision: it is
// made of pairs that the rules of package match allow, weighed by how much is
// known to fit (docs/matching.md), each group and each family in at most one
// link. Beside it stands what it would cost others to do otherwise, why each
// group has no link, and which family that nobody has recruited yet would add
// most.
//
// The best plan is a maximum-weight matching of a sparse bipartite graph. Solver
// finds it with shortest augmenting paths and prices (Jonker and Volgenant 1987;
// the prices are the dual of the linear programme) and keeps it the best through
// every change. Package proof checks it and shares no code with it.
package plan

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync"

	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/plan/proof"
)

// Question is what a plan is asked for.
type Question struct {
	Case     match.Case  // the groups that wait, and all families
	Ordered  []date.Date // each group's earliest placement order, 0 for none; nil for none at all
	Stretch  bool        // allow pairs that are a stretch too
	Priority Priority
}

// Region is a question with its plan. Groups and families go by their places in
// the question's case. A meeting may pin and forbid pairs; when somebody arrives or
// a fact changes, ask again. Like its Solver it is for one goroutine at a time; any
// number may have one that Shared gives.
type Region struct {
	Pool *match.Pool

	solver     *Solver
	question   Question
	candidates []int   // of each group
	bonus      []int64 // what the priority adds to each group's links
	shared     bool    // the solver is others' too: to change it takes a copy
	told       *told
}

// told is what a plan has said of itself, kept for whoever asks again. Every
// change of the plan begins a new one.
type told struct {
	mu         sync.Mutex
	most, pure *Figures
}

// keep gives what was said before, or works it out.
func (t *told) keep(at **Figures, work func() (Figures, error)) (Figures, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *at == nil {
		f, err := work()
		if err != nil {
			return f, err
		}
		*at = &f
	}
	return **at, nil
}

// Shared is the region as it stands for one more reader: what one of them pins or
// forbids from now on the others do not have. The region it is taken from must not
// change any more.
func (r *Region) Shared() *Region {
	s := *r
	s.shared = true
	return &s
}

// own makes the plan the region's own, to be changed.
func (r *Region) own() *Solver {
	if r.shared {
		r.solver, r.shared = r.solver.Copy(), false
	}
	r.told = &told{}
	return r.solver
}

// For answers a question.
func For(q Question) (*Region, error) { return with(q, match.New(q.Case)) }

// Stretched is the question with pairs that are a stretch allowed too, without
// pins and bars.
func (r *Region) Stretched() (*Region, error) {
	q := r.question
	q.Stretch = true
	return with(q, r.Pool)
}

// with answers a question of a pool's groups and families.
func with(q Question, pool *match.Pool) (*Region, error) {
	if q.Ordered == nil {
		q.Ordered = make([]date.Date, len(q.Case.Groups))
	}
	if len(q.Ordered) != len(q.Case.Groups) {
		return nil, fault.New(fault.Invalid, "Give one placement order, or none, for each group.")
	}
	r := &Region{Pool: pool, question: q, told: &told{}}
	var pairs []Pair
	var survivors []match.Pair
	for g := range q.Case.Groups {
		first := len(pairs)
		survivors = r.Pool.Survivors(g, survivors[:0])
		if cap(pairs)-first < len(survivors) {
			pairs = slices.Grow(pairs, first+len(survivors)) // twice as many: a country has millions
		}
		for _, p := range survivors {
			if r.allows(p) {
				pairs = append(pairs, Pair{Group: g, Family: int(p.Family), Weight: Base + int64(p.Low)})
			}
		}
		r.add(pairs[first:], g)
	}
	var err error
	if r.solver, err = scarceFirst(len(q.Case.Groups), len(q.Case.Families), pairs); err != nil {
		return nil, err
	}
	return r, nil
}

// add adds the priority to a group's pairs.
func (r *Region) add(pairs []Pair, g int) {
	q := &r.question
	bonus := q.Priority.Bonus(len(pairs), waited(q.Ordered[g], q.Case.AsOf))
	r.candidates, r.bonus = append(r.candidates, len(pairs)), append(r.bonus, bonus)
	for i := range pairs {
		pairs[i].Weight += bonus
	}
}

// allows tells whether a pair may be in the plan.
func (r *Region) allows(p match.Pair) bool {
	return p.Outcome == match.Suitable || p.Outcome == match.Stretch && r.question.Stretch
}

// weight is what a pair's link weighs, or would if it were allowed.
func (r *Region) weight(p match.Pair) int64 { return Base + int64(p.Low) + r.bonus[p.Group] }

// Plan is the plan as it stands.
func (r *Region) Plan() Plan { return r.solver.Plan() }

// Family is the family a group is linked with in the plan, if it is.
func (r *Region) Family(group int) (int, bool) { return r.solver.Family(group) }

// Instance is what the plan is made from, for its proof.
func (r *Region) Instance() proof.Instance { return r.solver.Instance() }

// Pin links a pair whatever it costs the others, until it is released.
func (r *Region) Pin(group, family int) error { return r.own().Pin(group, family) }

// Forbid keeps a pair apart until it is released.
func (r *Region) Forbid(group, family int) error { return r.own().Forbid(group, family) }

// Release undoes Pin or Forbid for a pair.
func (r *Region) Release(group, family int) error { return r.own().Release(group, family) }

// Candidates is how many pairs a group had in the question.
func (r *Region) Candidates(g int) int { return r.candidates[g] }

// Near goes through the families that a group could be linked with, by place:
// those that a pin or a bar keeps away are left out.
func (r *Region) Near(g int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, e := range r.solver.groups.near[g] {
			if e.weight >= 0 && !yield(int(e.to)) {
				return
			}
		}
	}
}

// Bonus is what the priority adds to each link of a group.
func (r *Region) Bonus(g int) int64 { return r.bonus[g] }

// Figures are a plan in numbers.
type Figures struct {
	Links, Children int
	Weight          int64 // the priority in it
	Fit             int64 // the weight without the priority
}

// Figures are those of the plan as it stands.
func (r *Region) Figures() Figures { return r.figures(r.solver, r.solver) }

// figures are those of one solver's links at another's weights.
func (r *Region) figures(links, weights *Solver) (f Figures) {
	for g := range r.question.Case.Groups {
		if family, linked := links.Family(g); linked {
			weight := weights.weightOf(g, family)
			f.Links++
			f.Children += len(r.question.Case.Groups[g].Children)
			f.Weight += weight
			f.Fit += weight - r.bonus[g]
		}
	}
	return f
}

// weightOf is what a link of a pair of this solver weighs.
func (s *Solver) weightOf(g, f int) int64 {
	i, _ := find(s.groups.near[g], int32(f))
	return int64(s.groups.near[g][i].real())
}

// WithoutPriority is the plan that the same pins and bars would have without the
// priority. What the priority costs is the difference of the two fits.
func (r *Region) WithoutPriority() (Figures, error) {
	return r.told.keep(&r.told.pure, r.withoutPriority)
}

func (r *Region) withoutPriority() (Figures, error) {
	s, err := r.weighed(func(p Pair) int64 { return p.Weight - r.bonus[p.Group] })
	if err != nil {
		return Figures{}, err
	}
	f := r.figures(s, r.solver)
	f.Weight = f.Fit
	return f, nil
}

// MostLinks is the plan with as many links as there can be, and of those the
// best: the most groups that could be placed, and at what cost in fit.
func (r *Region) MostLinks() (Figures, error) {
	return r.told.keep(&r.told.most, r.mostLinks)
}

func (r *Region) mostLinks() (Figures, error) {
	heaviest := int64(0)
	in := r.solver.Instance()
	for _, p := range in.Pairs {
		heaviest = max(heaviest, p.Weight)
	}
	outweighing := int64(min(in.Groups, in.Families))*heaviest + 1 // one more link is worth all the fit there is
	if outweighing+heaviest > Heaviest {
		return Figures{}, fault.New(fault.TooLarge, fmt.Sprintf("A plan of %d groups is too large to count its most links.", in.Groups))
	}
	s, err := r.weighed(func(p Pair) int64 { return p.Weight + outweighing })
	if err != nil {
		return Figures{}, err
	}
	return r.figures(s, r.solver), nil
}

// weighed solves for other weights under the same pins and bars.
func (r *Region) weighed(weight func(Pair) int64) (*Solver, error) {
	in := r.solver.Instance()
	for i := range in.Pairs {
		in.Pairs[i].Weight = weight(in.Pairs[i])
	}
	s, err := scarceFirst(in.Groups, in.Families, in.Pairs)
	if err != nil {
		return nil, err
	}
	for _, p := range in.Forbidden {
		if err := s.Forbid(p.Group, p.Family); err != nil {
			return nil, err
		}
	}
	for _, p := range in.Pinned {
		if err := s.Pin(p.Group, p.Family); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Alternative is another family a group could be linked with.
type Alternative struct {
	Family int
	Weight int64
	Cost   int64 // what all others would lose by it, this group's gain taken off
}

// Alternatives are up to so many other families for a group, those that fit best
// first, and what each would cost. Families that a pin or a bar keeps away are
// left out.
func (r *Region) Alternatives(g, most int) ([]Alternative, error) {
	linked, _ := r.solver.Family(g)
	var list []Alternative
	for _, e := range r.solver.groups.near[g] {
		if e.weight >= 0 && int(e.to) != linked {
			list = append(list, Alternative{Family: int(e.to), Weight: int64(e.weight)})
		}
	}
	slices.SortStableFunc(list, func(a, b Alternative) int { return cmp.Compare(b.Weight, a.Weight) })
	list = list[:min(most, len(list))]
	for i := range list {
		cost, err := r.solver.Cost(g, list[i].Family)
		if err != nil {
			return nil, err
		}
		list[i].Cost = cost
	}
	return list, nil
}
