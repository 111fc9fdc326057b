package plan

import (
	"slices"
	"testing"
)

// throwSplits throws groups of which some may be placed in two parts or three,
// the parts after all groups, as they would come from assessments.
func throwSplits(d dice, groups, families, candidates int) (all int, pairs []Pair, splits []Split) {
	all = groups
	for g := range groups {
		if d(10) >= 4 || d(10) >= 3 {
			continue
		}
		s := Split{Whole: g}
		for range 2 + d(4)/3 {
			s.Parts = append(s.Parts, all)
			all++
		}
		splits = append(splits, s)
	}
	pairs = sparse(d, all, families, candidates, 1000, 2000)
	for i := range pairs {
		for _, s := range splits {
			if slices.Contains(s.Parts, pairs[i].Group) {
				pairs[i].Weight = pairs[i].Weight * 6 / 10
			}
		}
	}
	return all, pairs, splits
}

// naiveSplits tries every way to decide.
func naiveSplits(t *testing.T, groups, families int, pairs []Pair, splits []Split) (best int64) {
	for ways := range 1 << len(splits) {
		out := map[int]bool{}
		for i, s := range splits {
			if ways>>i&1 == 0 {
				for _, part := range s.Parts {
					out[part] = true
				}
			} else {
				out[s.Whole] = true
			}
		}
		left := slices.DeleteFunc(slices.Clone(pairs), func(p Pair) bool { return out[p.Group] })
		best = max(best, solved(t, groups, families, left).Total())
	}
	return best
}

// obeys fails the test unless a split plan's links may be.
func obeys(t *testing.T, p SplitPlan, pairs []Pair, splits []Split) {
	t.Helper()
	groups, families, total := map[int]bool{}, map[int]bool{}, int64(0)
	for _, l := range p.Links {
		if !slices.Contains(pairs, l) || groups[l.Group] || families[l.Family] {
			t.Fatalf("the link %v may not be", l)
		}
		groups[l.Group], families[l.Family] = true, true
		total += l.Weight
	}
	for i, s := range splits {
		parts := slices.ContainsFunc(s.Parts, func(part int) bool { return groups[part] })
		if groups[s.Whole] && parts || p.Apart[i] != parts {
			t.Fatalf("split %v: whole %v, in parts %v, said %v", s, groups[s.Whole], parts, p.Apart[i])
		}
	}
	if total != p.Total || p.Bound < p.Total {
		t.Fatalf("the links weigh %d, the plan says %d of %d", total, p.Total, p.Bound)
	}
}

func TestSplitPlanIsTheBestOfAllWaysToDecide(t *testing.T) {
	split := 0
	for seed := range uint64(400) {
		d := seeded(seed)
		n := 2 + d(14)
		groups, pairs, splits := throwSplits(d, n, 1+d(n+2), 1+d(4))
		if len(splits) > 7 {
			continue
		}
		families := 0
		for _, p := range pairs {
			families = max(families, p.Family+1)
		}
		p, err := SolveSplits(groups, families, pairs, splits, 20000)
		if err != nil {
			t.Fatal(err)
		}
		obeys(t, p, pairs, splits)
		if want := naiveSplits(t, groups, families, pairs, splits); p.Total != want || !p.Proven() {
			t.Fatalf("seed %d: %d of %d after %d tries, want %d", seed, p.Total, p.Bound, p.Tried, want)
		}
		if slices.Contains(p.Apart, true) {
			split++
		}
	}
	if split < 50 {
		t.Errorf("only %d plans had anybody in parts", split)
	}
}

func TestSplitPlanIsTheBestHoweverMuchIsLeftToBranching(t *testing.T) {
	branched := 0
	for seed := range uint64(600) {
		d := seeded(seed)
		groups, _, splits := throwSplits(d, 4+d(8), 1, 1)
		if len(splits) > 6 {
			continue
		}
		families := 3 + d(groups)
		pairs := sparse(d, groups, families, 1+d(3), 1, 1+d(3))
		want := naiveSplits(t, groups, families, pairs, splits)
		for rounds := 1; rounds < 4; rounds++ {
			p, err := solveSplits(groups, families, pairs, splits, 20000, rounds, rounds)
			if err != nil {
				t.Fatal(err)
			}
			obeys(t, p, pairs, splits)
			if p.Total != want || !p.Proven() {
				t.Fatalf("seed %d, %d rounds: %d of %d after %d tries, want %d", seed, rounds, p.Total, p.Bound, p.Tried, want)
			}
			if p.Tried > 3*rounds {
				branched++
			}
		}
	}
	if branched < 30 {
		t.Errorf("branched only %d times", branched)
	}
}

func TestSplitPlanSaysWhenItIsNotProven(t *testing.T) {
	unproven := 0
	for seed := range uint64(5) {
		d := seeded(seed)
		groups, pairs, splits := throwSplits(d, 200, 224, 20)
		best, err := SolveSplits(groups, 224, pairs, splits, 20000)
		if err != nil || !best.Proven() {
			t.Fatal(best.Total, best.Bound, err)
		}
		for _, effort := range []int{-1, 1, 2, 5, 10, 20, 40} {
			p, err := SolveSplits(groups, 224, pairs, splits, effort)
			if err != nil {
				t.Fatal(err)
			}
			obeys(t, p, pairs, splits)
			if p.Total > best.Total || p.Bound < best.Total || p.Tried > max(effort, 1) {
				t.Fatalf("seed %d: after %d tries %d of %d, and the best is %d", seed, p.Tried, p.Total, p.Bound, best.Total)
			}
			if !p.Proven() {
				unproven++
			}
		}
	}
	if unproven < 5 {
		t.Errorf("only %d plans were not proven", unproven)
	}
}

func TestSplitPlanOfARegionIsProven(t *testing.T) {
	for i, families := range []int{400, 520, 560, 600, 700} {
		groups, pairs, splits := throwSplits(seeded(uint64(i)), 500, families, 20)
		p, err := SolveSplits(groups, families, pairs, splits, 20000)
		if err != nil {
			t.Fatal(err)
		}
		obeys(t, p, pairs, splits)
		if !p.Proven() {
			t.Errorf("%d families: %d of %d after %d tries", families, p.Total, p.Bound, p.Tried)
		}
	}
}

func TestSplitsThatCannotBeAreRefused(t *testing.T) {
	for name, splits := range map[string][]Split{
		"nobody":        {{Whole: 3, Parts: []int{1}}},
		"in two splits": {{Whole: 0, Parts: []int{1}}, {Whole: 2, Parts: []int{1}}},
		"its own part":  {{Whole: 0, Parts: []int{0}}},
	} {
		if _, err := SolveSplits(3, 1, nil, splits, 10); err == nil {
			t.Errorf("%s: no complaint", name)
		}
	}
	if _, err := SolveSplits(1, 1, []Pair{{Weight: Heaviest}}, nil, 10); err == nil {
		t.Error("too heavy: no complaint")
	}
}
