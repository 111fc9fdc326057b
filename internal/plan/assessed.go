package plan

import (
	"fmt"

	"homeward/internal/fault"
	"homeward/internal/match"
)

// Assessed is a group of which a recorded assessment says that its children may be
// placed in these parts: their places among the group's children, each once.
type Assessed struct {
	Group int
	Parts [][]int
}

// Apart is a second plan of a region, in which assessed groups may be placed in
// parts. It is never the plan: it is worked out when somebody asks for it, and
// stands beside it.
type Apart struct {
	SplitPlan
	Splits []Split       // as Assessed was given; the parts' places follow the groups'
	Parts  []match.Group // in their order
}

// Apart works the second plan out, trying up to so many relaxed plans. Pins and
// bars hold no part in it.
//
// A part's link weighs its children's share of what a link of the group with that
// family would weigh if its score were the part's, halves up. So parts that fit as well as the
// whole weigh no more than it does, and a split is suggested only where parts fit
// better, or where some or all of the children would have no family otherwise.
func (r *Region) Apart(assessed []Assessed, effort int) (Apart, error) {
	var out Apart
	groups := len(r.question.Case.Groups)
	for _, a := range assessed {
		parts, err := r.parts(a)
		if err != nil {
			return Apart{}, err
		}
		split := Split{Whole: a.Group}
		for _, part := range parts {
			split.Parts = append(split.Parts, groups+len(out.Parts))
			out.Parts = append(out.Parts, part)
		}
		out.Splits = append(out.Splits, split)
	}
	pairs := append(r.solver.Instance().Pairs, r.pairsOfParts(out)...)
	var err error
	out.SplitPlan, err = SolveSplits(groups+len(out.Parts), len(r.question.Case.Families), pairs, out.Splits, effort)
	return out, err
}

// parts are the parts as groups.
func (r *Region) parts(a Assessed) ([]match.Group, error) {
	if a.Group < 0 || a.Group >= len(r.question.Case.Groups) {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("There is no group %d in this plan to be placed in parts.", a.Group))
	}
	children := r.question.Case.Groups[a.Group].Children
	seen := make([]bool, len(children))
	var parts []match.Group
	count := 0
	for _, places := range a.Parts {
		var part match.Group
		for _, at := range places {
			if at < 0 || at >= len(children) || seen[at] {
				return nil, fault.New(fault.Invalid, fmt.Sprintf("The parts of group %d name a child twice, or one it does not have.", a.Group))
			}
			seen[at] = true
			count++
			part.Children = append(part.Children, children[at])
		}
		parts = append(parts, part)
	}
	if count != len(children) || len(parts) < 2 {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Name every child of group %d in one of two parts or more.", a.Group))
	}
	return parts, nil
}

// pairsOfParts are the allowed pairs of the parts. The rules are asked about them in
// a pool of their own: a pool knows a child by its reference, and a conflict of a
// child that stood in it twice would hold for one of the two alone.
func (r *Region) pairsOfParts(a Apart) (pairs []Pair) {
	c := r.question.Case
	c.Groups = a.Parts
	pool := match.New(c)
	var survivors []match.Pair
	for _, s := range a.Splits {
		size := int64(len(r.question.Case.Groups[s.Whole].Children))
		for _, at := range s.Parts {
			part := at - len(r.question.Case.Groups)
			survivors = pool.Survivors(part, survivors[:0])
			for _, p := range survivors {
				if r.allows(p) {
					weight := Base + int64(p.Low) + r.bonus[s.Whole]
					pairs = append(pairs, Pair{Group: at, Family: int(p.Family), Weight: share(weight, int64(len(a.Parts[part].Children)), size)})
				}
			}
		}
	}
	return pairs
}

// share is weight*of/size, rounded down: parts together never weigh more than the
// whole by rounding alone.
func share(weight, of, size int64) int64 { return weight * of / size }
