package pool

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// reduced is the model scripts/pool-peer plays with a heap in Python: children of
// ten types and families who take some of them, first come first served; a link
// lasts 60 days and holds 85 times in 100; who waits too long leaves.
type reduced struct {
	queue
	dice     *rand.Rand
	children [10][]int32 // waiting, by type, the first first
	waits    []int32     // families
	leaves   []int32     // the day each child leaves; 0 when it waits no more
	kind     []uint8
	accepts  []uint16
	gone     []int32    // the same of families
	next     [2]float64 // days: when the next child and family come
	placed   int
	events   int
}

const reducedDays = 20 * daysPerYear

func (r *reduced) run(seed uint64) {
	*r = reduced{queue: r.queue, dice: rand.New(rand.NewPCG(seed, 1))}
	r.reset(reducedDays)
	r.put(0, 0, 0, 0)
	r.put(0, 1, 0, 0)
	for r.day = range int32(reducedDays) {
		for e, ok := r.take(); ok; e, ok = r.take() {
			r.events++
			r.happens(e)
		}
	}
}

func (r *reduced) comes(what uint8, aYear float64) {
	r.next[what] += r.dice.ExpFloat64() * 365 / aYear
	r.put(int32(r.next[what]), what, 0, 0)
}

func (r *reduced) in(days float64) int32 { return r.day + int32(r.dice.ExpFloat64()*days) }

func (r *reduced) happens(e event) {
	switch e.kind {
	case 0: // a child comes
		r.comes(0, 3000)
		child := int32(len(r.kind))
		r.kind = append(r.kind, uint8(r.dice.IntN(10)))
		r.leaves = append(r.leaves, r.in(1000)+1)
		r.put(r.leaves[child], 2, child, 0)
		r.childWaits(child)
	case 1: // a family comes
		r.comes(1, 2700)
		family := int32(len(r.accepts))
		var accepts uint16
		for kind := range 10 {
			if r.dice.Float64() < 0.9-0.08*float64(kind) {
				accepts |= 1 << kind
			}
		}
		r.accepts = append(r.accepts, accepts)
		r.gone = append(r.gone, r.in(700)+1)
		r.put(r.gone[family], 3, family, 0)
		r.familyWaits(family)
	case 2: // a child leaves
		if r.leaves[e.who] == r.day {
			r.leaves[e.who] = 0
		}
	case 3:
		if r.gone[e.who] == r.day {
			r.gone[e.who] = 0
		}
	case 4: // a link ends
		if r.dice.Float64() < 0.85 {
			r.placed++
			return
		}
		r.leaves[e.who], r.gone[e.stamp] = r.in(1000)+1, r.in(700)+1
		r.put(r.leaves[e.who], 2, e.who, 0)
		r.put(r.gone[e.stamp], 3, e.stamp, 0)
		r.childWaits(e.who)
		r.familyWaits(e.stamp)
	}
}

func (r *reduced) link(child, family int32) {
	r.leaves[child], r.gone[family] = 0, 0
	r.put(r.day+60, 4, child, family)
}

func (r *reduced) childWaits(child int32) {
	kept := r.waits[:0]
	for i, family := range r.waits {
		if r.gone[family] == 0 {
			continue
		}
		if r.accepts[family]&(1<<r.kind[child]) != 0 {
			kept = append(kept, r.waits[i+1:]...)
			r.waits = kept
			r.link(child, family)
			return
		}
		kept = append(kept, family)
	}
	r.waits = kept
	r.children[r.kind[child]] = append(r.children[r.kind[child]], child)
}

func (r *reduced) familyWaits(family int32) {
	first, of := int32(none), 0
	for kind := range r.children {
		if r.accepts[family]&(1<<kind) == 0 {
			continue
		}
		for len(r.children[kind]) > 0 && r.leaves[r.children[kind][0]] == 0 {
			r.children[kind] = r.children[kind][1:]
		}
		if len(r.children[kind]) > 0 && (first == none || r.children[kind][0] < first) {
			first, of = r.children[kind][0], kind
		}
	}
	if first == none {
		r.waits = append(r.waits, family)
		return
	}
	r.children[of] = r.children[of][1:]
	r.link(first, family)
}

func cpu() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkCore is the queue under the reduced model; scripts/pool-peer runs it
// beside its own.
func BenchmarkCore(b *testing.B) {
	var r reduced
	events, began := 0, cpu()
	for i := 0; b.Loop(); i++ {
		r.run(uint64(i))
		events += r.events
	}
	b.ReportMetric(float64(events)/(cpu()-began).Seconds(), "events/cpu-s")
	b.ReportMetric(100*float64(r.placed)/float64(len(r.kind)), "%placed")
	b.ReportMetric(float64(len(r.queue.events)), "queue-slots")
}

// A benchmark of 20 years of England: one replication a round.
func benchmarkEngland(b *testing.B, change func(*Scenario)) {
	s, err := Supply("balanced")
	if err != nil {
		b.Fatal(err)
	}
	s.WarmUpYears, s.Periods = 3, 15 // and two to follow: 20
	change(s)
	player := newSim(newSetup(s, planners[s.Policy.Planner]))
	events, rounds, began := int64(0), 0, cpu()
	for ; b.Loop(); rounds++ {
		r, err := player.play(b.Context(), rounds)
		if err != nil {
			b.Fatal(err)
		}
		events += r.Events
	}
	used := (cpu() - began).Seconds()
	b.ReportMetric(float64(events)/used, "events/cpu-s")
	b.ReportMetric(100*used/float64(rounds)/2, "s/100-on-2-cores")
}

func BenchmarkEnglandByWorker(b *testing.B) { benchmarkEngland(b, func(*Scenario) {}) }

func BenchmarkEnglandByAdopter(b *testing.B) {
	benchmarkEngland(b, func(s *Scenario) { s.Policy.Search = ByAdopter })
}

func BenchmarkEnglandByGreedyPlan(b *testing.B) {
	benchmarkEngland(b, func(s *Scenario) { s.Policy.Search = ByPlan })
}

func BenchmarkEnglandByExactPlan(b *testing.B) {
	benchmarkEngland(b, func(s *Scenario) { s.Policy.Search, s.Policy.Planner = ByPlan, "exact" })
}

func BenchmarkEnglandOnePool(b *testing.B) {
	benchmarkEngland(b, func(s *Scenario) { s.Pools = [][]string{{England}}; s.Policy.OwnDays = 0 })
}

func BenchmarkEastMidlandsByWorker(b *testing.B) {
	benchmarkEngland(b, func(s *Scenario) { s.Councils = []string{"EM"} })
}
