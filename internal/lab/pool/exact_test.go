package pool

import (
	"testing"

	"homeward/internal/plan"
	"homeward/internal/plan/proof"
)

// TestExactPlanIsWorthNoLessThanAnyOther holds it to going through all plans.
func TestExactPlanIsWorthNoLessThanAnyOther(t *testing.T) {
	var d dice
	var greedy, exact int32
	for n := range uint64(300) {
		d.seed(1, n, "plans", "")
		groups, families := int(d.source.Uint64()%6), int(d.source.Uint64()%6)
		var pairs []Pair
		for g := range groups {
			for f := range families {
				if d.chance(0.5) {
					pairs = append(pairs, Pair{int32(g), int32(f), linkWorth + int32(d.source.Uint64()%100)})
				}
			}
		}
		got, best := planWorth(t, Exact, groups, families, pairs), bestWorth(pairs, 0, 0)
		if got != best {
			t.Fatalf("%d groups, %d families, %v: worth %d, the best %d", groups, families, pairs, got, best)
		}
		exact, greedy = exact+got, greedy+planWorth(t, Greedy, groups, families, pairs)
	}
	if exact <= greedy {
		t.Errorf("the exact plans are worth %d, greedy ones %d", exact, greedy)
	}
}

// planWorth is what a planner's links are worth; none may be of its own making.
func planWorth(t *testing.T, planner Planner, groups, families int, pairs []Pair) (sum int32) {
	t.Helper()
	links := make([]int32, groups)
	planner(groups, families, pairs, links)
	taken := map[int32]bool{none: false}
	for _, p := range pairs {
		if links[p.Group] == p.Family {
			sum += p.Worth
			if taken[p.Family] {
				t.Fatal("a family has two links")
			}
			taken[p.Family] = true
			links[p.Group] = none
		}
	}
	for _, link := range links {
		if link != none {
			t.Fatal("a link that may not be")
		}
	}
	return sum
}

func bestWorth(pairs []Pair, groups, families int) int32 {
	if len(pairs) == 0 {
		return 0
	}
	p, best := pairs[0], bestWorth(pairs[1:], groups, families)
	if groups&(1<<p.Group) == 0 && families&(1<<p.Family) == 0 {
		best = max(best, p.Worth+bestWorth(pairs[1:], groups|1<<p.Group, families|1<<p.Family))
	}
	return best
}

// TestWeeklyPlansAgainstHindsight says how much of what somebody could bring about
// who knew all that comes is brought about by plans made week by week. Twice: as it
// is played, where hindsight also knows every answer, and with nobody saying no
// to what they said they would take, where it knows no more than who comes and
// when each gives up.
func TestWeeklyPlansAgainstHindsight(t *testing.T) {
	for _, regime := range []string{"balanced", "scarcity-2025"} {
		for _, agreed := range []bool{false, true} {
			var greedy, exact, more []float64
			for i := range 10 {
				g, most := played4Years(t, regime, "greedy", agreed, i)
				e, same := played4Years(t, regime, "exact", agreed, i)
				if most != same || g > most || e > most {
					t.Errorf("greedy %d of %d, exact %d of %d", g, most, e, same)
				}
				greedy, exact, more = append(greedy, inHundred(g, most)), append(exact, inHundred(e, most)), append(more, inHundred(e-g, most))
			}
			for i, name := range []string{"greedy", "exact", "exact less greedy"} {
				of := Estimate([][]float64{greedy, exact, more}[i])
				t.Logf("%s, all agree: %v, %s: %.2f in 100 of hindsight (%.2f to %.2f)", regime, agreed, name, of.Mean, of.Low, of.High)
			}
			if low := Estimate(exact).Low; low < 85 || agreed && low < 95 {
				t.Errorf("%s, all agree: %v: exact plans reach %.1f in 100 of hindsight at least", regime, agreed, low)
			}
		}
	}
}

// played4Years plays the East Midlands as one pool, four years and the two that
// follow, and gives what the links were worth and what they could have been.
func played4Years(t *testing.T, regime, planner string, agreed bool, replication int) (got, most int64) {
	t.Helper()
	s := supply(t, regime, "EM", 1)
	s.WarmUpYears, s.Periods, s.Pools = 0, 4, [][]string{{"EM"}}
	s.Policy.Search, s.Policy.Planner, s.Policy.Beyond, s.Policy.OwnDays = ByPlan, planner, false, 0
	if agreed {
		for id, value := range map[string]float64{"information": 1, "unasked": 0, "accepts": 1, "accepts_more": 1, "accepts_older": 1, "ask_days": 1} {
			s = s.with(id, value)
		}
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	m := newSetup(s, planners[planner])
	m.p.falls, m.p.disrupts = 0, 0 // one link a group
	player := newSim(m)
	if _, err := player.play(t.Context(), replication); err != nil {
		t.Fatal(err)
	}
	for i := range player.groups {
		if g := &player.groups[i]; g.family != none {
			got += int64(linkWorth + fit(g, &player.families[g.family].offer))
		}
	}
	return got, worthInHindsight(t, player)
}

// worthInHindsight is the most that links could have been worth, each pair once.
func worthInHindsight(t *testing.T, s *sim) int64 {
	t.Helper()
	var pairs []plan.Pair
	for i := range s.groups {
		for j := range s.families {
			if g, f := &s.groups[i], &s.families[j]; s.couldLink(g, f) {
				pairs = append(pairs, plan.Pair{Group: i, Family: j, Weight: int64(linkWorth + fit(g, &f.offer))})
			}
		}
	}
	solver, err := plan.New(len(s.groups), len(s.families), pairs)
	if err != nil {
		t.Fatal(err)
	}
	return solver.Total()
}

// TestEveryWeeksPlanIsProvedTheBest plays years of weekly plans and holds each to
// its proof. Whoever a plan leaves without a link has the price 0 in it, and those
// with a link are asked and gone: so no price is left over from which the next week
// could begin, and each plan is solved anew.
func TestEveryWeeksPlanIsProvedTheBest(t *testing.T) {
	for _, regime := range []string{"balanced", "scarcity-2025"} {
		s := supply(t, regime, "EM", 1)
		s.WarmUpYears, s.Periods, s.Policy.Search, s.Policy.Priority = 0, 3, ByPlan, 0.3
		plans, links := 0, 0
		proved := func(groups, families int, pairs []Pair, chosen []int32) {
			Exact(groups, families, pairs, chosen)
			solver, err := plan.New(groups, families, weighed(pairs))
			if err != nil {
				t.Fatal(err)
			}
			p := solver.Plan()
			if err := proof.Verify(solver.Instance(), p); err != nil {
				t.Fatalf("%s, plan %d: %v", regime, plans, err)
			}
			var worth int64
			for _, pair := range pairs {
				if chosen[pair.Group] == pair.Family {
					worth += int64(pair.Worth)
				}
			}
			if worth != p.Total {
				t.Fatalf("%s, plan %d: the links chosen are worth %d, those proved %d", regime, plans, worth, p.Total)
			}
			linked := make([]bool, families)
			for _, l := range p.Links {
				linked[l.Family] = true
			}
			for g, link := range chosen {
				if link == none && p.GroupPrices[g] != 0 {
					t.Fatalf("%s, plan %d: a group without a link has a price", regime, plans)
				}
			}
			for f, price := range p.FamilyPrices {
				if !linked[f] && price != 0 {
					t.Fatalf("%s, plan %d: a family without a link has a price", regime, plans)
				}
			}
			plans, links = plans+1, links+len(p.Links)
		}
		if _, err := newSim(newSetup(s, proved)).play(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if plans < 250 || links < 2000 {
			t.Errorf("%s: %d plans of %d links", regime, plans, links)
		}
	}
}
