package scorecard

import (
	"errors"
	"math"
)

// Standing is where a council lies in the funnel.
type Standing int8

// The standings.
const (
	TooFew    Standing = iota // nothing can be said
	AsChance                  // no further from the whole than chance takes a council of its size
	Unusual                   // outside 95 %: one in twenty would be by chance alone
	Different                 // outside 99.8 %: chance hardly explains it
)

// Limits are how far chance takes a council with so many children.
type Limits struct{ Low95, High95, Low998, High998 float64 }

// Point is one council in the funnel.
type Point struct {
	Area     string
	N        int
	Value    float64 // not rounded
	Limits   Limits
	Standing Standing
}

// Funnel compares councils with all of them together, taking into account that a
// small council's figure moves more by chance.
//
// A percentage's limits are the binomial distribution's own, exact for each
// number of children, and a council stands outside only where the chance of a
// result so far out is below one in forty on that side (one in a thousand). An
// average's are the pooled average and 1.96 (3.09) times the pooled standard
// deviation over the root of the number of children: that takes it that waits
// spread alike everywhere, and that averages of so many are near enough to
// normal, which for fewer than ten waits they are not, so those are not judged.
// In both, every council is part of the whole it is compared with.
type Funnel struct {
	Gives  Kind
	Pooled float64
	Spread float64 // the standard deviation, for an average
	Points []Point
}

// fewestWaits is how many waits an average needs to be judged.
const fewestWaits = 10

// CompareAreas makes the funnel of figures of one indicator and one period.
func CompareAreas(figures []Figure) (Funnel, error) {
	f := Funnel{}
	for i := range figures {
		x := &figures[i]
		if x.Indicator != figures[0].Indicator || x.Period != figures[0].Period {
			return f, errors.New("councils are compared by one indicator over one period: choose figures that share both")
		}
		if x.Gives == Number {
			return f, errors.New("a number depends on a council's size: compare an average or a percentage")
		}
		f.Gives = x.Gives
	}
	f.pool(figures)
	for i := range figures {
		f.Points = append(f.Points, f.point(&figures[i]))
	}
	return f, nil
}

// pool takes the children of all councils together.
func (f *Funnel) pool(figures []Figure) {
	top, all := 0, 0
	for _, x := range figures {
		if x.Why == "" {
			top, all = top+x.Numerator, all+x.Denominator
		}
	}
	if all == 0 {
		return
	}
	f.Pooled = float64(top) / float64(all)
	if f.Gives == Percent || all == 1 {
		return
	}
	squares := 0.0
	for _, x := range figures {
		for _, c := range x.Cases {
			squares += (float64(c.Days) - f.Pooled) * (float64(c.Days) - f.Pooled)
		}
	}
	f.Spread = math.Sqrt(squares / float64(all-1))
}

func (f *Funnel) point(x *Figure) Point {
	p := Point{Area: x.Area, N: x.Denominator}
	if x.Why != "" || x.Denominator == 0 {
		return p
	}
	p.Value, p.Limits = float64(x.Numerator)/float64(x.Denominator), f.At(x.Denominator)
	switch l := p.Limits; {
	case f.Gives == Days && p.N < fewestWaits:
	case p.Value < l.Low998 || p.Value > l.High998:
		p.Standing = Different
	case p.Value < l.Low95 || p.Value > l.High95:
		p.Standing = Unusual
	default:
		p.Standing = AsChance
	}
	return p
}

// At is the limits for a council with n children, to draw the funnel by.
func (f *Funnel) At(n int) Limits {
	if f.Gives == Percent {
		low95, high95 := binomialRange(n, f.Pooled, 0.025)
		low998, high998 := binomialRange(n, f.Pooled, 0.001)
		size := float64(n)
		return Limits{float64(low95) / size, float64(high95) / size, float64(low998) / size, float64(high998) / size}
	}
	one := f.Spread / math.Sqrt(float64(n))
	return Limits{f.Pooled - z95*one, f.Pooled + z95*one, f.Pooled - z998*one, f.Pooled + z998*one}
}

// binomialRange is the smallest and largest number of n that chance gives at a
// probability p: below and above it lies, on each side, no more than tail.
func binomialRange(n int, p, tail float64) (low, high int) {
	if p <= 0 || p >= 1 {
		sure := int(p) * n
		return sure, sure
	}
	for below := 0.0; low < n; low++ {
		if below += binomial(n, low, p); below > tail {
			break
		}
	}
	high = n
	for above := 0.0; high > 0; high-- {
		if above += binomial(n, high, p); above > tail {
			break
		}
	}
	return low, high
}

// binomial is the chance of k out of n.
func binomial(n, k int, p float64) float64 {
	choose := lnFactorial(n) - lnFactorial(k) - lnFactorial(n-k)
	return math.Exp(choose + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
}

func lnFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
