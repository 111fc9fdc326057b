package plan

import "testing"

func TestWhatIfGainsEqualSolvingAgain(t *testing.T) {
	cases := 0
	for seed := uint64(0); cases < 2000; seed++ {
		d := seeded(seed)
		groups, families, pairs := throw(d, 7)
		s := solved(t, groups, families, pairs)
		for range d(4) {
			_ = change(s, d)
		}
		groupLosses, familyLosses := s.GroupLosses(), s.FamilyLosses()
		for range 4 {
			cases += 2
			newcomer := someOf(s.groups.gone, d)
			with := s.Copy()
			if _, err := with.AddFamily(newcomer); err != nil {
				t.Fatal(err)
			}
			if gain, _ := Gain(groupLosses, newcomer); gain != again(t, with)-s.Total() {
				t.Fatalf("seed %d: a family gains %d, want %d", seed, gain, with.Total()-s.Total())
			}
			newcomer = someOf(s.families.gone, d)
			with = s.Copy()
			if _, err := with.AddGroup(newcomer); err != nil {
				t.Fatal(err)
			}
			if gain, _ := Gain(familyLosses, newcomer); gain != again(t, with)-s.Total() {
				t.Fatalf("seed %d: a group gains %d, want %d", seed, gain, with.Total()-s.Total())
			}
		}
	}
}

func TestGainsEqualBruteForce(t *testing.T) {
	for seed := range uint64(2000) {
		d := seeded(seed)
		groups, families, pairs := throw(d, 5)
		s := solved(t, groups, families, pairs)
		newcomer := someOf(s.groups.gone, d)
		more := pairs
		for _, c := range newcomer {
			more = append(more, Pair{Group: c.At, Family: families, Weight: c.Weight})
		}
		gain, _ := Gain(s.GroupLosses(), newcomer)
		if want := bruteForce(groups, more) - bruteForce(groups, pairs); gain != want {
			t.Fatalf("seed %d: %d, want %d", seed, gain, want)
		}
	}
}

func TestLossIsWhatThePlanLosesWithoutOne(t *testing.T) {
	for seed := range uint64(300) {
		d := seeded(seed)
		groups, families, pairs := throw(d, 8)
		s := solved(t, groups, families, pairs)
		for g, loss := range s.GroupLosses() {
			without := s.Copy()
			if err := without.RemoveGroup(g); err != nil {
				t.Fatal(err)
			}
			if s.Total()-again(t, without) != loss {
				t.Fatalf("seed %d: group %d loses %d, want %d", seed, g, loss, s.Total()-without.Total())
			}
		}
	}
}

func TestCostOfAPairIsWhatThePlanLosesByIt(t *testing.T) {
	for seed := range uint64(300) {
		groups, families, pairs := throw(seeded(seed), 6)
		s := solved(t, groups, families, pairs)
		for _, pin := range pairs {
			var rest []Pair
			for _, p := range pairs {
				if p.Group != pin.Group && p.Family != pin.Family {
					rest = append(rest, p)
				}
			}
			want := s.Total() - pin.Weight - solved(t, groups, families, rest).Total()
			if got, err := s.Cost(pin.Group, pin.Family); err != nil || got != want {
				t.Fatalf("seed %d: %v costs %d (%v), want %d", seed, pin, got, err, want)
			}
		}
	}
	s := solved(t, 1, 1, nil)
	if _, err := s.Cost(0, 0); err == nil {
		t.Error("a pair that may not be linked has no cost")
	}
}
