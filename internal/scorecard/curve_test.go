package scorecard

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestReversalsCompeteAndAreNotForgotten(t *testing.T) {
	// Four children. Day 2: 4 at risk, one placed: 1/4. Day 3: 3 at risk, one
	// plan changed: 1/4 of all, 2/4 still wait. Day 4: one's records end. Day 5:
	// 1 at risk and placed: 1/4 + 2/4 = 3/4. Plain Kaplan-Meier would say
	// 1 - 3/4·0 = all of them, the one whose plan changed too.
	c := estimate([]spell{{-1, 5, done}, {-1, 3, planChanged}, {-1, 2, done}, {-1, 4, stillWaiting}}, 1)
	want := []Step{{Day: 2, AtRisk: 4, DoneBy: 0.25, Still: 0.75}, {Day: 3, AtRisk: 3, DoneBy: 0.25, ChangedBy: 0.25, Still: 0.5}, {Day: 5, AtRisk: 1, DoneBy: 0.75, ChangedBy: 0.25}}
	if len(c.Steps) != len(want) {
		t.Fatalf("steps %+v", c.Steps)
	}
	for i, w := range want {
		if g := c.Steps[i]; g.Day != w.Day || g.AtRisk != w.AtRisk || !near(g.DoneBy, w.DoneBy) || !near(g.ChangedBy, w.ChangedBy) || !near(g.Still, w.Still) {
			t.Errorf("step %d is %+v, want %+v", i, g, w)
		}
	}
	if s, ok := c.By(4); !ok || s.Day != 3 {
		t.Errorf("day 4 reads %+v", s)
	}
	if _, ok := c.By(1); ok {
		t.Error("the curve tells of a day before it begins")
	}
}

func TestAChildJoinsOnTheDayOfTheDecision(t *testing.T) {
	// The second child's decision came on day 11, so on day 10 only the first
	// and third were there to be placed: 1/2, and then 1/2·1/2 of the rest.
	c := estimate([]spell{{-1, 10, done}, {10, 20, done}, {-1, 30, stillWaiting}}, 1)
	if c.Steps[0].AtRisk != 2 || !near(c.Steps[0].DoneBy, 0.5) || c.Steps[1].AtRisk != 2 || !near(c.Steps[1].DoneBy, 0.75) {
		t.Errorf("%+v", c.Steps)
	}
}

func TestACurveBeginsWhereEnoughChildrenWait(t *testing.T) {
	spells := []spell{{-1, 1, done}} // alone on day 1
	for range 10 {
		spells = append(spells, spell{4, 9, done})
	}
	if c := estimate(spells, 10); len(c.Steps) != 1 || c.Steps[0].Day != 9 || c.Steps[0].AtRisk != 10 {
		t.Errorf("%+v", c.Steps)
	}
	if c := estimate(spells[:10], 10); len(c.Steps) != 0 || c.Half().Day != -1 {
		t.Errorf("nine children have a curve: %+v", c.Steps)
	}
}

// drawn are spells at random, ties and late joins among them.
func drawn(t *rapid.T) []spell {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) spell {
		enter := rapid.IntRange(-1, 20).Draw(t, "enter")
		return spell{enter, rapid.IntRange(enter+1, 40).Draw(t, "exit"), ending(rapid.IntRange(0, 2).Draw(t, "end"))}
	}), 1, 40).Draw(t, "spells")
}

func TestTheSharesAddUpAndTheBandHoldsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		last := Step{Still: 1}
		for _, s := range estimate(drawn(t), 1).Steps {
			if !near(s.Still+s.DoneBy+s.ChangedBy, 1) || s.DoneBy < last.DoneBy || s.Still > last.Still {
				t.Fatalf("%+v after %+v", s, last)
			}
			if !(0 <= s.Low && s.Low <= s.DoneBy+1e-12 && s.DoneBy <= s.High+1e-12 && s.High <= 1) {
				t.Fatalf("the band of %+v", s)
			}
			last = s
		}
	})
}

// slowly is the delta method's variance at every step, summed afresh each time
// as it stands in the literature.
func slowly(steps []Step) []float64 {
	var out []float64
	for _, at := range steps {
		v, before := 0.0, 1.0
		for _, s := range steps {
			if s.Day > at.Day {
				break
			}
			n, d1, d := float64(s.AtRisk), float64(s.Done), float64(s.Done+s.Changed)
			rest := at.DoneBy - s.DoneBy
			if n > d {
				v += rest * rest * d / (n * (n - d))
			}
			v += before*before*d1*(n-d1)/(n*n*n) - 2*rest*before*d1/(n*n)
			before = s.Still
		}
		out = append(out, v)
	}
	return out
}

func TestTheRunningVarianceIsTheDeltaMethods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := estimate(drawn(t), 1).Steps
		now := tally{still: 1}
		for i, want := range slowly(steps) {
			now.add(steps[i].AtRisk, steps[i].Done, steps[i].Changed)
			if got := now.variance(); math.Abs(got-max(0, want)) > 1e-9 {
				t.Fatalf("step %d: %v, want %v", i, got, want)
			}
		}
	})
}

func TestWithNobodyWaitingTheVarianceIsThatOfAShare(t *testing.T) {
	// Nobody joins late and nobody's records end: the curve is a plain share of
	// n children, whose variance is F(1-F)/n.
	d, spells := seeded(4), []spell{}
	for range 60 {
		spells = append(spells, spell{-1, d.IntN(25), done + ending(d.IntN(2))})
	}
	now := tally{still: 1}
	for _, s := range estimate(spells, 1).Steps {
		now.add(s.AtRisk, s.Done, s.Changed)
		placed := 0
		for _, x := range spells {
			if x.end == done && x.exit <= s.Day {
				placed++
			}
		}
		f := float64(placed) / 60
		if !near(s.DoneBy, f) || !near(now.variance(), f*(1-f)/60) {
			t.Fatalf("day %d: %v, want %v; variance %v, want %v", s.Day, s.DoneBy, f, now.variance(), f*(1-f)/60)
		}
	}
}

func TestTheBandHoldsTheTruthAboutNineteenTimesInTwenty(t *testing.T) {
	// Each day a waiting child is placed with chance 0.010, the plan changed with
	// 0.003, and the records end with 0.004; half of the children join late.
	place, change := 0.010, 0.003
	truth := place / (place + change) * (1 - math.Pow(1-place-change, 100))
	d, held, runs := seeded(7), 0, 1000
	for range runs {
		var spells []spell
		for len(spells) < 150 {
			s := spell{enter: -1}
			if d.IntN(2) == 0 {
				s.enter = d.IntN(60)
			}
			for s.exit = 1; s.exit < 400 && s.end == stillWaiting; s.exit++ {
				switch x := d.Float64(); {
				case x < place:
					s.end = done
				case x < place+change:
					s.end = planChanged
				case x < place+change+0.004:
					s.exit += 1000 // the records end: an exit without an end
				}
			}
			if s.exit = s.exit - 1; s.exit >= 1000 {
				s.exit -= 1000
			}
			if s.exit > s.enter {
				spells = append(spells, s)
			}
		}
		if s, ok := estimate(spells, 1).By(100); ok && s.Low <= truth && truth <= s.High {
			held++
		}
	}
	if held < 925 || held > 975 {
		t.Errorf("the band of 95 %% held the truth %d times of %d", held, runs)
	}
}

func TestHalfIsReadOffTheCurveAndItsBand(t *testing.T) {
	c := Curve{Steps: []Step{{Day: 10, DoneBy: 0.2, Low: 0.1, High: 0.4}, {Day: 20, DoneBy: 0.4, Low: 0.3, High: 0.6}, {Day: 30, DoneBy: 0.5, Low: 0.4, High: 0.7}}}
	if got := c.Half(); got != (Half{30, 20, -1}) {
		t.Errorf("%+v: half by day 30, the interval from day 20 to a day not yet seen", got)
	}
	c.Steps = append(c.Steps, Step{Day: 50, DoneBy: 0.9, Low: 0.8, High: 0.95})
	if got := c.Half(); got != (Half{30, 20, 50}) {
		t.Errorf("%+v", got)
	}
}

// waiting is a child whose plan is adoption, in care for so many days on 31
// March 2026.
func waiting(id string, days int) Journey {
	entered := day("2026-03-31").AddDays(-days)
	return Journey{Agency: "DER", ID: id, EnteredCare: entered, Decided: entered.AddDays(100), Ordered: entered.AddDays(150)}
}

func outlook(t *testing.T, clock string, p Period, list ...Journey) Outlook {
	t.Helper()
	r := Usual()
	r.MinAtRisk = 1
	o, err := New(Input{Journeys: list}, r).Outlook(clock, derby, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestLateIsADayPassedAndNearIsNinetyDaysAhead(t *testing.T) {
	reversed, earlier, adopted := waiting("reversed", 500), waiting("earlier", 800), waiting("adopted", 900)
	reversed.Reversed = day("2026-03-31")
	earlier.Earlier = []Round{{earlier.Decided, earlier.Decided.AddDays(200), "RD3"}}
	earlier.Decided = earlier.Decided.AddDays(300)
	adopted.Adopted = day("2026-01-01") // nobody knows when placed
	o := outlook(t, "care-placed", Year(2026), waiting("long", 600), waiting("past", 427), waiting("due", 426), waiting("near", 336), waiting("far", 335), reversed, earlier, adopted)
	if got := fmt.Sprint(o.Past, o.Near, o.Waiting, o.Limit); got != "[{earlier 800 -374} {long 600 -174} {past 427 -1}] [{due 426 0} {near 336 90}] 6 426" {
		t.Errorf("late and nearly late: %s", got)
	}
	if got := o.LeftOut["the day of moving in is missing, or after what follows it"]; !slices.Equal(got, []string{"adopted"}) {
		t.Errorf("left out %v", o.LeftOut)
	}
	if o.Curve.Children != 7 {
		t.Errorf("%d children in the curve", o.Curve.Children)
	}
}

func TestAnOrderAfterTheMatchIsNoWait(t *testing.T) {
	c := waiting("a", 300) // ordered on day 150 of care
	c.Matched, c.Placed = c.Ordered.AddDays(-10), c.Ordered.AddDays(20)
	o := outlook(t, "order-match", Year(2026), c, waiting("b", 300))
	if len(o.Curve.Steps) != 1 || o.Curve.Steps[0].Day != 0 || o.Curve.Steps[0].AtRisk != 2 || o.Limit != 121 || o.Waiting != 1 {
		t.Errorf("%+v", o)
	}
	if fmt.Sprint(o.Past) != "[{b 150 -29}]" {
		t.Errorf("waiting 150 days for a match: %v", o.Past)
	}
}

func TestThePaceIsThatOfThePeriod(t *testing.T) {
	before, in, spans := child("before"), child("in"), child("spans")
	before.Placed = day("2025-03-31")
	in.EnteredCare, in.Decided, in.Placed, in.Adopted, in.LeftCare = day("2025-05-01"), day("2025-06-01"), day("2025-12-01"), 0, 0
	spans.EnteredCare, spans.Placed = day("2024-04-01"), day("2025-04-01") // 365 days
	o := outlook(t, "care-placed", Year(2026), before, in, spans)
	// In the year two were placed: one after 214 days, when the other was past that already.
	if s := o.Curve.Steps; len(s) != 2 || s[0].Day != 214 || s[0].AtRisk != 1 || s[1].Day != 365 {
		t.Errorf("%+v", s)
	}
	if _, err := New(Input{}, Usual()).Outlook("A20", derby, Year(2026)); err == nil {
		t.Error("a wait nobody defined")
	}
}

func TestEqualityPutsEveryChildInOneGroup(t *testing.T) {
	list := seeded(3).england().Journeys[:5000]
	all := Area{"all", New(Input{Journeys: list}, Usual()).Agencies()}
	b := New(Input{Journeys: list}, Usual())
	whole, err := b.Outlook("decision-placed", all, ThreeYears(2025))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Characteristics() {
		groups, err := b.Equality("decision-placed", c.ID, all, ThreeYears(2025))
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, g := range groups {
			sum += g.Children
			if h := g.Half; h.Day >= 0 && (h.Low > h.Day || h.High >= 0 && h.High < h.Day) {
				t.Errorf("%s, %s: half by %+v", c.ID, g.Group, h)
			}
		}
		if sum != whole.Curve.Children || sum == 0 {
			t.Errorf("%s: %d children in groups, %d in all", c.ID, sum, whole.Curve.Children)
		}
	}
	if _, err := b.Equality("decision-placed", "postcode", all, Year(2025)); err == nil {
		t.Error("children compared by something nobody chose")
	}
}

func TestGroupsAreThoseOfThePublishedTables(t *testing.T) {
	for code, want := range map[string]string{"WROM": "White", "MWAS": "Mixed", "CHNE": "Asian", "ABAN": "Asian", "BAFR": "Black", "OOTH": "Other", "REFU": notKnown, "NOBT": notKnown, "": notKnown, "X": notKnown} {
		if got := ethnicGroups[ethnicGroup(&Journey{Ethnic: code})]; got != want {
			t.Errorf("%q is %s, want %s", code, got, want)
		}
	}
	born := day("2020-02-29") // a year older on 1 March
	for decided, want := range map[string]int{"2021-02-28": 0, "2021-03-01": 1, "2025-02-28": 1, "2025-03-01": 2, "2030-03-01": 3, "": 4} {
		if got := ageGroup(&Journey{Born: born, Decided: day(decided)}); got != want {
			t.Errorf("decided %s: group %d, want %d", decided, got, want)
		}
	}
}

func TestAWaitThatNobodyCanTellIsListedWithItsReason(t *testing.T) {
	unknown, early, odd, over, unordered := waiting("unknown", 300), waiting("early", 300), waiting("odd", 300), waiting("over", 300), waiting("unordered", 300)
	unknown.EnteredCare = 0
	early.Placed = early.Decided.AddDays(-1)
	odd.Decided = odd.EnteredCare.AddDays(-1)
	over.Reversed = day("2025-03-31") // before the year: not in it at all
	over.EnteredCare, over.Decided = day("2024-01-01"), day("2024-05-01")
	o := outlook(t, "care-placed", Year(2026), unknown, early, odd, over, unordered)
	for reason, id := range map[string]string{
		"the day of entering care is not known":                "unknown",
		"the wait ends before the decision: check the days":    "early",
		"the decision is before entering care: check the days": "odd",
	} {
		if !slices.Equal(o.LeftOut[reason], []string{id}) {
			t.Errorf("left out %v, want %s because %q", o.LeftOut, id, reason)
		}
	}
	if o.Waiting != 1 || o.Curve.Children != 1 {
		t.Errorf("%d wait, %d in the curve", o.Waiting, o.Curve.Children)
	}
	unordered.Ordered = 0
	if o = outlook(t, "order-match", Year(2026), unordered); o.Waiting != 0 || len(o.LeftOut) != 0 {
		t.Errorf("a child without an order waits from the order: %+v", o)
	}
}

func TestTheShareStillWaitingAtTheThreshold(t *testing.T) {
	placed, changed := waiting("placed", 600), waiting("changed", 600)
	placed.Placed = placed.EnteredCare.AddDays(400)
	changed.Reversed = changed.EnteredCare.AddDays(420)
	o := outlook(t, "care-placed", ThreeYears(2026), placed, changed, waiting("a", 600), waiting("b", 600))
	if share, ok := o.StillAtLimit(); !ok || !near(share, 0.5) {
		t.Errorf("%v still waiting on day 426, %t", share, ok)
	}
	o = outlook(t, "decision-placed", ThreeYears(2026), placed)
	if _, ok := o.StillAtLimit(); ok || len(Clocks()) != 3 {
		t.Error("a wait without a threshold has a share at it")
	}
}
