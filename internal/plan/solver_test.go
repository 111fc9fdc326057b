package plan

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"homeward/internal/plan/proof"
)

// bruteForce is the weight of the best plan, by trying every one: each group in
// turn has no link or any of those left.
func bruteForce(groups int, pairs []Pair) int64 {
	by := make([][]Pair, groups)
	for _, p := range pairs {
		by[p.Group] = append(by[p.Group], p)
	}
	taken := map[int]bool{}
	var from func(g int) int64
	from = func(g int) int64 {
		if g == groups {
			return 0
		}
		best := from(g + 1)
		for _, p := range by[g] {
			if !taken[p.Family] {
				taken[p.Family] = true
				best = max(best, p.Weight+from(g+1))
				taken[p.Family] = false
			}
		}
		return best
	}
	return from(0)
}

// throw throws an instance of up to so many on either side: often few weights,
// so that many plans are as good; groups with no candidates; empty sides.
func throw(d dice, most int) (groups, families int, pairs []Pair) {
	groups, families = d(most+1), d(most+1)
	low, high := d(1000), 1+d(3)
	if d(3) == 0 {
		low, high = 1000, 1001
	}
	if d(4) == 0 {
		low = 0
	}
	density, shut := 1+d(100), d(2)
	for g := range groups {
		if shut == 1 && d(5) == 0 {
			continue // nobody can take this group
		}
		for f := range families {
			if d(100) < density {
				pairs = append(pairs, Pair{Group: g, Family: f, Weight: int64(low + d(high))})
			}
		}
	}
	return groups, families, pairs
}

// holds fails the test unless the solver's plan is proved.
func holds(t rapid.TB, s *Solver) {
	t.Helper()
	p := s.Plan()
	if err := proof.Verify(s.Instance(), p); err != nil {
		t.Fatalf("%v\n%+v\n%+v", err, s.Instance(), p)
	}
	if p.Total != s.Total() {
		t.Fatalf("the plan weighs %d and Total says %d", p.Total, s.Total())
	}
}

func TestPlanIsTheBestThereIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups, families, pairs := throw(drawn(t), 6)
		s, err := New(groups, families, pairs)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, s)
		if want := bruteForce(groups, pairs); s.Total() != want {
			t.Fatalf("%d, want %d", s.Total(), want)
		}
	})
}

func TestPlanOfARegionIsProved(t *testing.T) {
	for name, pairs := range map[string][]Pair{
		"as many families":    sparse(seeded(1), 1000, 1000, 20, 1000, 2000),
		"too few families":    sparse(seeded(2), 1000, 400, 20, 1000, 2000),
		"too few groups":      sparse(seeded(3), 400, 1000, 20, 1000, 2000),
		"few weights":         sparse(seeded(4), 1000, 1000, 20, 1000, 1003),
		"one weight":          sparse(seeded(5), 1000, 1000, 5, 1000, 1000),
		"heaviest":            sparse(seeded(6), 1000, 1000, 20, Heaviest-1000, Heaviest),
		"everything possible": sparse(seeded(7), 1000, 1000, 20, 0, Heaviest),
	} {
		t.Run(name, func(t *testing.T) {
			s := solved(t, 1000, 1000, pairs)
			holds(t, s)
		})
	}
}

func TestPlanIsTheSameInWhateverOrderPairsAreGiven(t *testing.T) {
	for seed := range uint64(50) {
		groups, families, pairs := throw(seeded(seed), 40)
		want := solved(t, groups, families, pairs).Plan()
		for range 3 {
			rand.New(rand.NewPCG(seed, 9)).Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
			got := solved(t, groups, families, pairs).Plan()
			if !slices.Equal(got.Links, want.Links) || !slices.Equal(got.GroupPrices, want.GroupPrices) || !slices.Equal(got.FamilyPrices, want.FamilyPrices) {
				t.Fatalf("seed %d: another order, another plan", seed)
			}
		}
	}
}

func TestPairsThatCannotBeAreRefused(t *testing.T) {
	for name, pairs := range map[string][]Pair{
		"no such group":  {{Group: 2, Family: 0, Weight: 1}},
		"no such family": {{Group: 0, Family: 2, Weight: 1}},
		"below nobody":   {{Group: -1, Family: 0, Weight: 1}},
		"negative":       {{Group: 0, Family: 0, Weight: -1}},
		"too heavy":      {{Group: 0, Family: 0, Weight: Heaviest + 1}},
		"twice":          {{Group: 0, Family: 0, Weight: 1}, {Group: 1, Family: 1, Weight: 1}, {Group: 0, Family: 0, Weight: 2}},
	} {
		if _, err := New(2, 2, pairs); err == nil {
			t.Errorf("%s: no complaint", name)
		}
	}
}

func TestProofRefusesAPlanWithALinkOrAPriceChanged(t *testing.T) {
	for seed := range uint64(100) {
		d := seeded(seed)
		s := solved(t, 20, 15, sparse(d, 20, 15, 4, 1000, 1050))
		for what, plant := range map[string]func(p *Plan){
			"a link left out":  func(p *Plan) { p.Total -= p.Links[0].Weight; p.Links = p.Links[1:] },
			"a price lower":    func(p *Plan) { p.GroupPrices[p.Links[0].Group]-- },
			"a price higher":   func(p *Plan) { p.FamilyPrices[d(15)]++ },
			"a heavier total":  func(p *Plan) { p.Total++ },
			"a link elsewhere": func(p *Plan) { p.Links[0].Family = (p.Links[0].Family + 1) % 15 },
		} {
			wrong := s.Plan()
			plant(&wrong)
			if proof.Verify(s.Instance(), wrong) == nil {
				t.Fatalf("seed %d: %s, and nothing was said", seed, what)
			}
		}
	}
}
