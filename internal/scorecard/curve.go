package scorecard

import (
	"cmp"
	"math"
	"slices"
)

// ending is how a child's waiting ended, if it has.
type ending int8

const (
	stillWaiting ending = iota
	done
	planChanged
)

// spell is one child's waiting as far as it was seen: at risk after day enter, to
// and with day exit, counted from the clock's start.
type spell struct {
	enter, exit int
	end         ending
}

// Step is the curve from one day on.
type Step struct {
	Day, AtRisk   int
	Done, Changed int     // that day
	Still         float64 // share still waiting
	DoneBy        float64 // share whose wait has ended in what they waited for
	ChangedBy     float64 // share whose plan has changed
	Low, High     float64 // DoneBy's confidence band, 95 %
}

// Curve is the share of children whose wait is over by each day.
//
// It is the Aalen-Johansen estimate of two ends that compete: what the child
// waits for, and the plan's being given up. A plain Kaplan-Meier curve would
// treat a reversal like the end of the records, as if those children would still
// be placed at the same pace as the rest; one minus that curve says that more
// children will be placed than ever are. Those still waiting count while they
// wait and then leave without an end; a child joins on the day the decision
// brought it in sight, since one placed before a decision could not have been
// seen. The estimate takes it that when a decision falls tells nothing about the
// pace after it.
//
// The band is the delta method's (Dinse and Larson 1986; with one end and nobody
// joining late it is Greenwood's), on the scale of log(-log(1-DoneBy)) so that
// it stays between 0 and 1.
type Curve struct {
	Steps    []Step
	Children int
}

// z95 and z998 are the normal distribution's bounds of 95 % and 99.8 %.
const (
	z95  = 1.959963984540054
	z998 = 3.090232306167813
)

// estimate makes the curve. It begins on the first day with an end on which as
// many as atRisk children wait: before that one child's placement would move the
// whole curve.
func estimate(spells []spell, atRisk int) Curve {
	enters, exits := make([]int, len(spells)), slices.Clone(spells)
	for i, s := range spells {
		enters[i] = s.enter
	}
	slices.Sort(enters)
	slices.SortFunc(exits, func(a, b spell) int { return cmp.Compare(a.exit, b.exit) })
	c := Curve{Children: len(spells)}
	now, joined := tally{still: 1}, 0
	for i := 0; i < len(exits); {
		day, gone := exits[i].exit, i
		var ends [planChanged + 1]int
		for ; i < len(exits) && exits[i].exit == day; i++ {
			ends[exits[i].end]++
		}
		for joined < len(enters) && enters[joined] < day {
			joined++
		}
		n := joined - gone
		if ends[done]+ends[planChanged] == 0 || len(c.Steps) == 0 && n < atRisk {
			continue
		}
		now.add(n, ends[done], ends[planChanged])
		c.Steps = append(c.Steps, now.step(day, n, ends[done], ends[planChanged]))
	}
	return c
}

// tally carries the estimate and the sums of its variance from day to day, so
// that a curve costs no more than its children.
type tally struct {
	still, done, changed float64
	// sums over the days so far, F being done on that day: of a, aF and aF²
	// with a = d/(n(n-d)); of S²d₁(n-d₁)/n³; of b and bF with b = S·d₁/n².
	a, aF, aFF, own, b, bF float64
}

func (t *tally) add(n, done, changed int) {
	all, d1, d := float64(n), float64(done), float64(done+changed)
	before := t.still
	t.done = min(1, t.done+before*d1/all) // sums of fractions may end a hair above 1
	t.changed = min(1, t.changed+before*float64(changed)/all)
	t.still *= (all - d) / all
	if n > done+changed { // with nobody left nothing moves after this day
		a := d / (all * (all - d))
		t.a, t.aF, t.aFF = t.a+a, t.aF+a*t.done, t.aFF+a*t.done*t.done
	}
	t.own += before * before * d1 * (all - d1) / (all * all * all)
	b := before * d1 / (all * all)
	t.b, t.bF = t.b+b, t.bF+b*t.done
}

func (t *tally) variance() float64 {
	f := t.done
	return max(0, f*f*t.a-2*f*t.aF+t.aFF+t.own-2*(f*t.b-t.bF))
}

func (t *tally) step(day, n, done, changed int) Step {
	s := Step{Day: day, AtRisk: n, Done: done, Changed: changed, Still: t.still, DoneBy: t.done, ChangedBy: t.changed, Low: t.done, High: t.done}
	if rest := 1 - t.done; t.done > 0 && rest > 1e-12 {
		at, width := math.Log(-math.Log(rest)), z95*math.Sqrt(t.variance())/(rest*-math.Log(rest))
		s.Low, s.High = 1-math.Exp(-math.Exp(at-width)), 1-math.Exp(-math.Exp(at+width))
	}
	return s
}

// By is the curve as it stands at the end of a day, and whether it reaches back
// so far.
func (c Curve) By(day int) (Step, bool) {
	i, found := slices.BinarySearchFunc(c.Steps, day, func(s Step, d int) int { return cmp.Compare(s.Day, d) })
	if found {
		return c.Steps[i], true
	}
	if i == 0 {
		return Step{Still: 1}, false
	}
	return c.Steps[i-1], true
}

// Half is the day by which half the children's wait is over, with its interval
// of 95 %; a part that the curve does not reach is not known (-1).
//
// The interval is Brookmeyer and Crowley's: the days at which a half lies within
// the curve's band. It needs no chance, so the same records always give the same
// interval, which a bootstrap would do only by the grace of its seed.
type Half struct{ Day, Low, High int }

// Half reads the day off the curve.
func (c Curve) Half() Half {
	first := func(share func(Step) float64) int {
		for _, s := range c.Steps {
			if share(s) >= 0.5-1e-9 {
				return s.Day
			}
		}
		return -1
	}
	return Half{
		Day:  first(func(s Step) float64 { return s.DoneBy }),
		Low:  first(func(s Step) float64 { return s.High }),
		High: first(func(s Step) float64 { return s.Low }),
	}
}
