package plan

import (
	"slices"
	"testing"

	"homeward/internal/match"
)

func TestSecondPlanPlacesAssessedGroupsWholeOrInParts(t *testing.T) {
	split, better := 0, 0
	for seed := range uint64(200) {
		d := seeded(seed)
		q := throwQuestion(d, 7, 6)
		r := planned(t, q)
		before := r.Plan()
		var assessed []Assessed
		for g, group := range q.Case.Groups {
			if len(group.Children) == 2 {
				assessed = append(assessed, Assessed{Group: g, Parts: [][]int{{1}, {0}}})
			}
		}
		a, err := r.Apart(assessed, 20000)
		if err != nil {
			t.Fatal(err)
		}
		pairs := naivePairsApart(r, assessed)
		obeys(t, a.SplitPlan, pairs, a.Splits)
		if want := naiveSplits(t, 7+len(a.Parts), 6, pairs, a.Splits); a.Total != want || !a.Proven() || a.Total < before.Total {
			t.Fatalf("seed %d: %d of %d, want %d and no less than %d", seed, a.Total, a.Bound, want, before.Total)
		}
		if after := r.Plan(); !slices.Equal(before.Links, after.Links) {
			t.Fatalf("seed %d: the second plan changed the plan", seed)
		}
		if slices.Contains(a.Apart, true) {
			split++
		}
		if a.Total > before.Total {
			better++
		}
	}
	if split < 20 || better < 20 {
		t.Errorf("%d plans split anybody, %d were better by it: too few", split, better)
	}
}

// naivePairsApart asks the rules about every part by itself.
func naivePairsApart(r *Region, assessed []Assessed) []Pair {
	pairs := slices.Clone(r.Instance().Pairs)
	next := len(r.question.Case.Groups)
	for _, a := range assessed {
		for _, part := range a.Parts {
			c := r.question.Case
			c.Groups = []match.Group{{Children: []match.Child{c.Groups[a.Group].Children[part[0]]}}}
			for _, p := range match.New(c).List(0) {
				if r.allows(p) {
					whole := 1000 + int64(p.Low) + r.Bonus(a.Group)
					pairs = append(pairs, Pair{Group: next, Family: int(p.Family), Weight: whole / 2})
				}
			}
			next++
		}
	}
	return pairs
}

func TestAssessmentsThatDoNotFitAreRefused(t *testing.T) {
	q := throwQuestion(seeded(1), 4, 3)
	q.Case.Groups[2].Children = make([]match.Child, 3)
	r := planned(t, q)
	for name, a := range map[string][]Assessed{
		"no such group":   {{Group: 4, Parts: [][]int{{0}, {1}}}},
		"no such child":   {{Group: 2, Parts: [][]int{{0, 1}, {3}}}},
		"a child twice":   {{Group: 2, Parts: [][]int{{0, 1}, {1, 2}}}},
		"a child missing": {{Group: 2, Parts: [][]int{{0}, {1}}}},
		"one part":        {{Group: 2, Parts: [][]int{{0, 1, 2}}}},
		"a group twice":   {{Group: 2, Parts: [][]int{{0, 1}, {2}}}, {Group: 2, Parts: [][]int{{0}, {1, 2}}}},
	} {
		if _, err := r.Apart(a, 10); err == nil {
			t.Errorf("%s: no complaint", name)
		}
	}
}
