package scorecard

import (
	"fmt"
	"math"
	"testing"
)

func TestBinomialLimitsByHand(t *testing.T) {
	// Ten tosses: P(0 or 1) = 11/1024 = 0.011, P(up to 2) = 56/1024 = 0.055.
	if low, high := binomialRange(10, 0.5, 0.025); low != 2 || high != 8 {
		t.Errorf("%d to %d, want 2 to 8", low, high)
	}
	for p, want := range map[float64]int{0: 0, 1: 7} {
		if low, high := binomialRange(7, p, 0.025); low != want || high != want {
			t.Errorf("at %v: %d to %d", p, low, high)
		}
	}
}

func TestChanceShamesACouncilNoMoreOftenThanPromised(t *testing.T) {
	for _, tail := range []float64{0.025, 0.001} {
		for _, p := range []float64{0.02, 0.3, 0.55, 0.9} {
			for n := 1; n <= 150; n++ {
				low, high := binomialRange(n, p, tail)
				below, above := 0.0, 0.0
				for k := range n + 1 {
					chance := choose(n, k) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
					if k < low {
						below += chance
					}
					if k > high {
						above += chance
					}
				}
				if below > tail+1e-9 || above > tail+1e-9 {
					t.Fatalf("n %d, p %v: outside by chance %v and %v, promised %v", n, p, below, above, tail)
				}
			}
		}
	}
}

func choose(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}

// share is a figure of a percentage.
func share(area string, did, of int) Figure {
	f := Figure{Indicator: "A3", Area: area, Gives: Percent, Numerator: did, Denominator: of}
	if of == 0 {
		f.Why = "no children"
	}
	return f
}

func TestASmallCouncilIsNotShamedByChance(t *testing.T) {
	f, err := CompareAreas([]Figure{share("big", 600, 1000), share("small", 0, 3), share("also", 0, 30), share("low", 9, 27), share("none", 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	// The whole is 609 of 1,060 = 0.575. 0 of 3: 0.425³ = 0.077, not unusual. 0 of
	// 30: less than one in a thousand. 9 of 27: about 0.01, unusual and no more.
	for i, want := range []Standing{AsChance, AsChance, Different, Unusual, TooFew} {
		if f.Points[i].Standing != want {
			t.Errorf("%s stands %d, want %d (%+v)", f.Points[i].Area, f.Points[i].Standing, want, f.Points[i].Limits)
		}
	}
	if f.Points[4].N != 0 || math.IsNaN(f.Points[4].Value) {
		t.Errorf("%+v", f.Points[4])
	}
}

// average is a figure of waits.
func average(area string, waits ...int) Figure {
	f := Figure{Indicator: "A1", Area: area, Gives: Days, Denominator: len(waits)}
	for i, w := range waits {
		f.Cases, f.Numerator = append(f.Cases, Case{ID: fmt.Sprint(area, i), Days: w}), f.Numerator+w
	}
	return f
}

func TestAnAverageIsJudgedByThePooledSpread(t *testing.T) {
	var even, late []int
	for range 50 {
		even = append(even, 300, 500)
	}
	for range 10 {
		late = append(late, 500)
	}
	f, err := CompareAreas([]Figure{average("even", even...), average("late", late...), average("few", 900)})
	if err != nil {
		t.Fatal(err)
	}
	// 100 waits averaging 400, 10 of 500 and one of 900: 45,900 / 111 = 413.5. The
	// squares: 50·113.5² + 50·86.5² + 10·86.5² + 486.5² = 1,329,730; / 110, root: 109.9.
	if math.Abs(f.Pooled-413.51) > 0.01 || math.Abs(f.Spread-109.95) > 0.05 {
		t.Errorf("pooled %v, spread %v", f.Pooled, f.Spread)
	}
	// Ten: 413.5 ± 1.96·109.9/√10 = 345 to 482 (95 %), ± 3.09: 306 to 521.
	for i, want := range []Standing{AsChance, Unusual, TooFew} {
		if f.Points[i].Standing != want {
			t.Errorf("%s stands %d, want %d (%+v)", f.Points[i].Area, f.Points[i].Standing, want, f.Points[i].Limits)
		}
	}
}

func TestOnlyLikeIsCompared(t *testing.T) {
	other := share("b", 1, 2)
	other.Period = Year(2026)
	number := share("c", 1, 2)
	number.Gives = Number
	for _, list := range [][]Figure{{share("a", 1, 2), other}, {share("a", 1, 2), average("b", 3)}, {number}} {
		if f, err := CompareAreas(list); err == nil {
			t.Errorf("compared: %+v", f)
		}
	}
	if f, err := CompareAreas(nil); err != nil || len(f.Points) != 0 {
		t.Errorf("nobody compared: %+v, %v", f, err)
	}
}
