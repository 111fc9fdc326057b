package plan

import (
	"slices"
	"testing"
)

func throwOffers(d dice, n int) (list []Offer) {
	for range n {
		list = append(list, throwOffer(d))
	}
	return list
}

func TestGainOfAnOfferIsWhatThePlanGainsByIt(t *testing.T) {
	gained := 0
	for seed := range uint64(150) {
		d := seeded(seed)
		q := throwQuestion(d, 10, 6)
		q.Priority = 0
		r := planned(t, q)
		offers := throwOffers(d, 5)
		for i, g := range r.Missing(offers).Gains() {
			more := q
			more.Case.Families = append(q.Case.Families[:6:6], offers[i].Family(q.Case.AsOf))
			with := planned(t, more)
			if want := with.Plan().Total - r.Plan().Total; g.Offer != i || g.Gain != want || g.Group == alone != (want == 0) {
				t.Fatalf("seed %d, offer %d: %+v, want %d", seed, i, g, want)
			}
			if g.Gain > 0 {
				gained++
			}
		}
	}
	if gained < 100 {
		t.Errorf("only %d offers gained anything", gained)
	}
}

func TestListOfRecruitsKeepsItsGuarantee(t *testing.T) {
	const k = 3
	longer := 0
	for seed := range uint64(60) {
		d := seeded(seed)
		q := throwQuestion(d, 8, 3)
		r := planned(t, q)
		offers := throwOffers(d, 4)
		m := r.Missing(offers)
		list, err := m.Best(k)
		if err != nil {
			t.Fatal(err)
		}
		s, children := r.solver.Copy(), r.Figures().Children
		for i, recruit := range list {
			if _, err := s.AddFamily(m.candidates(s, recruit.Offer)); err != nil {
				t.Fatal(err)
			}
			holds(t, s)
			if i > 0 && recruit.Gain > list[i-1].Gain {
				t.Fatalf("seed %d: a later family adds more: %+v", seed, list)
			}
			children += recruit.Children
		}
		got := int64(0)
		for _, recruit := range list {
			got += recruit.Gain
		}
		if s.Total()-r.solver.Total() != got || r.figures(s, s).Children != children {
			t.Fatalf("seed %d: the list says %d and the plan gains %d", seed, got, s.Total()-r.solver.Total())
		}
		if best := bestTogether(t, m, k); float64(got) < (1-1/2.718281828)*float64(best) {
			t.Fatalf("seed %d: %d of %d", seed, got, best)
		}
		if len(list) > 1 {
			longer++
		}
	}
	if longer < 20 {
		t.Errorf("only %d lists of more than one", longer)
	}
}

// bestTogether is the most that any k offers add together, by trying them all.
func bestTogether(t *testing.T, m *Missing, k int) (best int64) {
	t.Helper()
	var try func(s *Solver, from, left int)
	try = func(s *Solver, from, left int) {
		best = max(best, s.Total()-m.region.solver.Total())
		if left == 0 {
			return
		}
		for offer := from; offer < m.offers; offer++ {
			with := s.Copy()
			if _, err := with.AddFamily(m.candidates(with, offer)); err != nil {
				t.Fatal(err)
			}
			try(with, offer, left-1)
		}
	}
	try(m.region.solver, 0, k)
	return best
}

func TestPinnedGroupNeedsNoOtherFamily(t *testing.T) {
	for seed := range uint64(50) {
		d := seeded(seed)
		r := planned(t, throwQuestion(d, 6, 4))
		if len(r.Plan().Links) == 0 {
			continue
		}
		link := r.Plan().Links[0]
		if err := r.Pin(link.Group, link.Family); err != nil {
			t.Fatal(err)
		}
		for _, g := range r.Missing(throwOffers(d, 10)).Gains() {
			if g.Group == link.Group {
				t.Fatalf("seed %d: an offer for a group that is pinned", seed)
			}
		}
	}
}

func TestFamiliesForOnePartOfARegionAddWhatThatPartGains(t *testing.T) {
	gained := 0
	for seed := range uint64(100) {
		q := throwQuestion(seeded(seed), 10, 6)
		r := planned(t, q)
		m := r.Missing(throwOffers(seeded(seed+1000), 6))
		part := func(g int) int { return g % 3 }
		for at, got := range m.BestOf(3, part) {
			own := m.For(func(g int) bool { return part(g) == at })
			if want := best(own.Gains()); got != want {
				t.Fatalf("seed %d, part %d: %+v, want %+v", seed, at, got, want)
			}
			list, err := own.Best(2)
			if err != nil {
				t.Fatal(err)
			}
			if got.Group == alone {
				if len(list) != 0 {
					t.Fatalf("seed %d, part %d: nothing is gained by %+v", seed, at, list)
				}
				continue
			}
			gained++
			// What is gained is what the whole plan gains if only this part may have it.
			with := r.solver.Copy()
			var only []Candidate
			for _, c := range m.candidates(with, got.Offer) {
				if part(c.At) == at {
					only = append(only, c)
				}
			}
			if _, err := with.AddFamily(only); err != nil || with.Total()-r.solver.Total() != got.Gain || list[0].Gain != got.Gain {
				t.Fatalf("seed %d, part %d: %+v and %+v, the plan gains %d (%v)", seed, at, got, list, with.Total()-r.solver.Total(), err)
			}
		}
	}
	if gained < 100 {
		t.Errorf("only %d parts gained anything", gained)
	}
}

func TestGroupsAnOfferIsWorthSomethingToAreItsCandidates(t *testing.T) {
	for seed := range uint64(60) {
		r := planned(t, throwQuestion(seeded(seed), 10, 6))
		m := r.Missing(throwOffers(seeded(seed+1000), 4))
		for offer, gained := range m.Gains() {
			groups, most := m.Groups(offer), int64(0)
			for _, gain := range m.Worth(offer) {
				most = max(most, gain)
			}
			if len(groups) != len(m.candidates(r.solver, offer)) || most != gained.Gain {
				t.Fatalf("seed %d, offer %d: %v, want %d candidates and %+v", seed, offer, groups, len(m.candidates(r.solver, offer)), gained)
			}
		}
	}
}

func TestWhatIsAskedOfAPlanChangesNothingInIt(t *testing.T) {
	for seed := range uint64(40) {
		q := throwQuestion(seeded(seed), 10, 5)
		r := planned(t, q)
		before := r.solver.Copy()
		if _, err := r.Missing(throwOffers(seeded(seed+1000), 5)).Best(4); err != nil {
			t.Fatal(err)
		}
		for g := range q.Case.Groups {
			if _, err := r.Why(g); err != nil {
				t.Fatal(err)
			}
			if _, err := r.Alternatives(g, 5); err != nil {
				t.Fatal(err)
			}
		}
		for i, near := range before.groups.near {
			if !slices.Equal(near, r.solver.groups.near[i]) || before.groups.mate[i] != r.solver.groups.mate[i] || before.groups.price[i] != r.solver.groups.price[i] {
				t.Fatalf("seed %d: group %d is no longer as it was", seed, i)
			}
		}
		for i, near := range before.families.near {
			if !slices.Equal(near, r.solver.families.near[i]) || before.families.mate[i] != r.solver.families.mate[i] || before.families.price[i] != r.solver.families.price[i] {
				t.Fatalf("seed %d: family %d is no longer as it was", seed, i)
			}
		}
	}
}
