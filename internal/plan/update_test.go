package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"homeward/internal/fault"
)

// again solves what a solver plans for from nothing: the pins taken out with
// their weights, the forbidden pairs left out.
func again(t rapid.TB, s *Solver) int64 {
	t.Helper()
	in := s.Instance()
	var pinned int64
	pairs := slices.DeleteFunc(slices.Clone(in.Pairs), func(p Pair) bool { return s.barred(int32(p.Group), int32(p.Family)) })
	for _, pin := range in.Pinned {
		pinned += pin.Weight
		pairs = slices.DeleteFunc(pairs, func(p Pair) bool { return p.Group == pin.Group || p.Family == pin.Family })
	}
	full, err := New(in.Groups, in.Families, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return pinned + full.Total()
}

// change makes one change that the dice say. A change that cannot be made is
// refused and changes nothing, which is checked like any other.
func change(s *Solver, d dice) error {
	g, f := d(s.Groups()+1), d(s.Families()+1)
	if near := s.groups.near; g < len(near) && len(near[g]) > 0 && d(4) > 0 {
		f = int(near[g][d(len(near[g]))].to) // mostly a pair that there is
	}
	switch weight := int64(d(2)*1000 + d(4)); d(10) {
	case 0:
		_, err := s.AddGroup(someOf(s.families.gone, d))
		return err
	case 1:
		_, err := s.AddFamily(someOf(s.groups.gone, d))
		return err
	case 2:
		return s.RemoveGroup(g)
	case 3:
		return s.RemoveFamily(f)
	case 4:
		return s.Pin(g, f)
	case 5:
		return s.Forbid(g, f)
	case 6:
		return s.Release(g, f)
	default:
		return s.SetWeight(Pair{Group: g, Family: f, Weight: weight})
	}
}

func someOf(gone []bool, d dice) (list []Candidate) {
	for at, away := range gone {
		if !away && d(3) == 0 {
			list = append(list, Candidate{At: at, Weight: int64(d(2)*1000 + d(4))})
		}
	}
	return list
}

func TestPlanAfterAChangeIsAsGoodAsANewOne(t *testing.T) {
	updates, refused := 0, 0
	for seed := uint64(0); updates < 10000; seed++ {
		d := seeded(seed)
		groups, families, pairs := throw(d, 12)
		s := solved(t, groups, families, pairs)
		for range 25 {
			err := change(s, d)
			if err != nil {
				refused++
				if fault.KindOf(err) == fault.Internal {
					t.Fatal(err)
				}
			} else {
				updates++
			}
			holds(t, s)
			if got, want := s.Total(), again(t, s); got != want {
				t.Fatalf("seed %d: after %d updates %d, want %d", seed, updates, got, want)
			}
		}
	}
	t.Logf("%d updates, %d refused", updates, refused)
}

func TestPlanSurvivesAnyHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		groups, families, pairs := throw(d, 4)
		s, err := New(groups, families, pairs)
		if err != nil {
			t.Fatal(err)
		}
		for range d(12) {
			_ = change(s, d)
		}
		holds(t, s)
		if got, want := s.Total(), again(t, s); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}

func TestPlanOfARegionStaysProvedThroughChanges(t *testing.T) {
	d := seeded(1)
	s := solved(t, 500, 400, sparse(d, 500, 400, 20, 1000, 2000))
	for range 400 {
		_ = change(s, d)
	}
	holds(t, s)
	if got, want := s.Total(), again(t, s); got != want {
		t.Fatalf("%d, want %d", got, want)
	}
}

func TestPinsAndBarsThatCannotBeAreRefused(t *testing.T) {
	var pairs []Pair
	for i, weight := range []int64{1500, 1400, 1300, 1200} {
		pairs = append(pairs, Pair{Group: i / 2, Family: i % 2, Weight: weight})
	}
	for name, try := range map[string]func(s *Solver) error{
		"pin a pair that may not be linked": func(s *Solver) error { return s.Pin(2, 0) },
		"pin nobody":                        func(s *Solver) error { return s.Pin(7, 0) },
		"pin a pinned group elsewhere":      func(s *Solver) error { return s.Pin(0, 0) },
		"pin a pinned family to another":    func(s *Solver) error { return s.Pin(1, 1) },
		"forbid a pin":                      func(s *Solver) error { return s.Forbid(0, 1) },
		"forbid nobody":                     func(s *Solver) error { return s.Forbid(0, -1) },
		"remove nobody":                     func(s *Solver) error { return s.RemoveGroup(3) },
		"too heavy":                         func(s *Solver) error { return s.SetWeight(Pair{Weight: Heaviest + 1}) },
		"an arrival with nobody":            func(s *Solver) error { _, err := s.AddGroup([]Candidate{{At: 2}}); return err },
		"an arrival with somebody twice":    func(s *Solver) error { _, err := s.AddFamily([]Candidate{{At: 2}, {At: 2}}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			s := solved(t, 3, 2, pairs)
			if err := s.Pin(0, 1); err != nil {
				t.Fatal(err)
			}
			before := s.Plan()
			if try(s) == nil {
				t.Error("no complaint")
			}
			holds(t, s)
			if s.Total() != before.Total || s.Groups() != 3 {
				t.Error("something changed")
			}
		})
	}
}

func TestCopyLeavesThePlanAlone(t *testing.T) {
	d := seeded(4)
	s := solved(t, 30, 20, sparse(d, 30, 20, 5, 1000, 1100))
	before := s.Plan()
	c := s.Copy()
	for range 50 {
		_ = change(c, d)
	}
	holds(t, s)
	if !slices.Equal(s.Plan().Links, before.Links) {
		t.Error("a change to the copy changed the plan")
	}
}
