package plan

import (
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time this process has used: what a machine with other work
// to do does not stretch.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// onCPU reports the processor time of each turn of a benchmark, its start-up apart.
func onCPU(b *testing.B, fn func()) {
	started := cpu()
	for b.Loop() {
		fn()
	}
	b.ReportMetric(float64((cpu()-started).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// region throws the instance of the published figures: as many families as
// groups, 20 candidates a group, weights 1000 to 2000, seed 1.
func region(n int) []Pair { return sparse(seeded(1), n, n, 20, 1000, 2000) }

func solved(t testing.TB, groups, families int, pairs []Pair) *Solver {
	t.Helper()
	s, err := New(groups, families, pairs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func BenchmarkSolve(b *testing.B) {
	for _, n := range []int{3000, 10000} {
		pairs := region(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) { onCPU(b, func() { solved(b, n, n, pairs) }) })
	}
}

// BenchmarkScarce has the shape of June 2025: 1,460 groups, 680 families.
func BenchmarkScarce(b *testing.B) {
	pairs := sparse(seeded(1), 1460, 680, 20, 1000, 2000)
	onCPU(b, func() { solved(b, 1460, 680, pairs) })
}

// BenchmarkChange makes one change after another to the solved plan of 3,000 and
// says how long the slowest in a hundred took. After a hundred changes it takes
// the plan as it was again: thousands of arrivals would make another instance.
func BenchmarkChange(b *testing.B) {
	fresh := solved(b, 3000, 3000, region(3000))
	for _, c := range []struct {
		name   string
		change func(*Solver, dice) error
	}{
		{"group", func(s *Solver, d dice) error { _, err := s.AddGroup(candidates(d, 3000, 20)); return err }},
		{"family", func(s *Solver, d dice) error { _, err := s.AddFamily(candidates(d, 3000, 20)); return err }},
		{"score", func(s *Solver, d dice) error {
			g := d(3000)
			return s.SetWeight(Pair{Group: g, Family: int(s.groups.near[g][d(20)].to), Weight: int64(1000 + d(1001))})
		}},
		{"leaving", func(s *Solver, d dice) error {
			for {
				if f := d(3000); !s.families.gone[f] {
					return s.RemoveFamily(f)
				}
			}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			d, s := seeded(2), fresh.Copy()
			var took []time.Duration
			for b.Loop() {
				from := time.Now()
				if err := c.change(s, d); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(from))
				if len(took)%100 == 0 {
					b.StopTimer()
					s = fresh.Copy()
					b.StartTimer()
				}
			}
			report(b, took)
		})
	}
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1e6, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1e6, "p99-ms")
}

func candidates(d dice, n, many int) []Candidate {
	var list []Candidate
	for _, p := range sparse(d, 1, n, many, 1000, 2000) {
		list = append(list, Candidate{At: p.Family, Weight: p.Weight})
	}
	return list
}

// BenchmarkGains asks 10,000 families that do not exist yet, of 200 candidates
// each, what they would add.
func BenchmarkGains(b *testing.B) {
	s := solved(b, 3000, 3000, region(3000))
	d := seeded(3)
	var offers [][]Candidate
	for range 10000 {
		offers = append(offers, candidates(d, 3000, 200))
	}
	onCPU(b, func() {
		losses := s.GroupLosses()
		for _, offer := range offers {
			Gain(losses, offer)
		}
	})
}

// BenchmarkSplits is a region of 500 groups of which one in eight may be placed in
// parts, at the number of families where that is hardest to decide.
func BenchmarkSplits(b *testing.B) {
	groups, pairs, splits := throwSplits(seeded(100), 500, 560, 20)
	onCPU(b, func() {
		if p, err := SolveSplits(groups, 560, pairs, splits, 20000); err != nil || !p.Proven() {
			b.Fatal(p.Total, p.Bound, err)
		}
	})
}

// BenchmarkRegion is a question from facts to plan, and then what 10,000 offers
// would add to it, their scores worked out.
func BenchmarkRegion(b *testing.B) {
	d := seeded(4)
	q := throwQuestion(d, 200, 150)
	q.Stretch = true
	b.Run("plan", func(b *testing.B) { onCPU(b, func() { planned(b, q) }) })
	r, offers := planned(b, q), throwOffers(d, 10000)
	m := r.Missing(offers)
	b.Run("offers", func(b *testing.B) { onCPU(b, func() { r.Missing(offers) }) })
	b.Run("gains", func(b *testing.B) { onCPU(b, func() { m.Gains() }) })
}
