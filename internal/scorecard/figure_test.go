package scorecard

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"homeward/internal/date"
)

func day(s string) date.Date {
	d, err := date.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// child is an adopted child with nothing unusual: 300 days in care before moving
// in, 100 from order to match.
func child(id string) Journey {
	return Journey{
		Agency: "DER", ID: id, Born: day("2022-01-10"), Sex: "F", Ethnic: "WBRI",
		EnteredCare: day("2024-01-01"), Decided: day("2024-05-01"), Ordered: day("2024-06-01"),
		Matched: day("2024-09-09"), // 100 days after 1 June: 29 + 31 + 31 + 9
		Placed:  day("2024-10-27"), // 300 days after 1 January 2024, a leap year
		Adopted: day("2025-06-01"), LeftCare: day("2025-06-01"), InsideArea: Inside,
	}
}

var derby = Area{"Derby", []string{"DER"}}

func figureOf(t *testing.T, id string, p Period, r Rules, journeys ...Journey) Figure {
	t.Helper()
	f, err := New(Input{Journeys: journeys}, r).Figure(id, derby, p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wants checks a figure's text and the IDs behind it.
func wants(t *testing.T, f Figure, text string, ids ...string) {
	t.Helper()
	got := f.IDs()
	slices.Sort(got)
	if f.String() != text || !slices.Equal(got, ids) && len(got)+len(ids) > 0 {
		t.Errorf("%s for %s is %q of %v, want %q of %v (left out: %v)", f.Indicator, f.Period, f, got, text, ids, f.LeftOut)
	}
}

func wantsLeftOut(t *testing.T, f Figure, reason string, ids ...string) {
	t.Helper()
	if !slices.Equal(f.LeftOut[reason], ids) {
		t.Errorf("%s left out %v, want %v because %q", f.Indicator, f.LeftOut, ids, reason)
	}
}

func TestTheOrdinaryChildHasTheOrdinaryWaits(t *testing.T) {
	c := child("a")
	wants(t, figureOf(t, "A1", ThreeYears(2026), Usual(), c), "300 days", "a")
	wants(t, figureOf(t, "A10", ThreeYears(2026), Usual(), c), "300 days", "a")
	wants(t, figureOf(t, "A2", ThreeYears(2026), Usual(), c), "100 days", "a")
	wants(t, figureOf(t, "A3", ThreeYears(2026), Usual(), c), "100%", "a")
	wants(t, figureOf(t, "H7", Year(2026), Usual(), c), "1 child", "a")
}

func TestA2MatchBeforeTheOrderCountsNought(t *testing.T) {
	early := child("early")
	early.Matched = day("2024-05-20") // 12 days before the order
	f := figureOf(t, "A2", ThreeYears(2026), Usual(), child("a"), early)
	wants(t, f, "50 days", "a", "early") // (100 + 0) / 2, not (100 - 12) / 2 = 44
	if w := f.Waits(); w[0] != 0 || w[1] != 100 {
		t.Errorf("the waits are %v", w)
	}
}

func TestA2LeavesOutChildrenWithoutOrderOrPlacement(t *testing.T) {
	unordered, unplaced, late, unmatched := child("unordered"), child("unplaced"), child("late"), child("unmatched")
	unordered.Ordered = 0
	unplaced.Placed = 0
	late.Placed = late.Adopted
	unmatched.Matched = 0
	f := figureOf(t, "A2", ThreeYears(2026), Usual(), child("a"), unordered, unplaced, late, unmatched)
	wants(t, f, "100 days", "a")
	wantsLeftOut(t, f, "no placement order", "unordered")
	wantsLeftOut(t, f, "not placed before the adoption order", "unplaced", "late")
	wantsLeftOut(t, f, "the day of the match is not known", "unmatched")
}

func TestOrderWithoutPlacementIsLeftOutOfA1AndListed(t *testing.T) {
	unplaced := child("unplaced")
	unplaced.Placed = 0
	for _, id := range []string{"A1", "A10", "A3"} {
		f := figureOf(t, id, ThreeYears(2026), Usual(), child("a"), unplaced)
		wantsLeftOut(t, f, "the day of moving in is not known", "unplaced")
		if len(f.Cases) != 1 {
			t.Errorf("%s counts %v", id, f.IDs())
		}
	}
}

func TestA10StopsTheClockWhereFosterCarersBecameCarers(t *testing.T) {
	fostered, unknown := child("fostered"), child("unknown")
	fostered.FosterCarer, fostered.Fostered = true, day("2024-02-10") // 40 days after 1 January
	unknown.FosterCarer = true
	wants(t, figureOf(t, "A1", ThreeYears(2026), Usual(), child("a"), fostered), "300 days", "a", "fostered")
	wants(t, figureOf(t, "A10", ThreeYears(2026), Usual(), child("a"), fostered), "170 days", "a", "fostered") // (300 + 40) / 2
	f := figureOf(t, "A10", ThreeYears(2026), Usual(), unknown)
	wants(t, f, "no children")
	wantsLeftOut(t, f, "the day of moving in is not known", "unknown")
}

func TestFosteringBeforehandByOthersDoesNotStopA10(t *testing.T) {
	c := child("a")
	c.Fostered = day("2024-02-10") // but another family adopted
	wants(t, figureOf(t, "A10", ThreeYears(2026), Usual(), c), "300 days", "a")
}

func TestEarlyPlacementStopsA10OnlyByTheSwitchAndTheFigureSaysSo(t *testing.T) {
	c := child("early")
	c.EarlyPlaced = day("2024-01-11") // 10 days
	stops := Usual()
	stops.EarlyStopsA10 = true
	before, after := figureOf(t, "A10", ThreeYears(2026), Usual(), c), figureOf(t, "A10", ThreeYears(2026), stops, c)
	wants(t, before, "300 days", "early")
	wants(t, after, "10 days", "early")
	wants(t, figureOf(t, "A1", ThreeYears(2026), stops, c), "300 days", "early")
	wants(t, figureOf(t, "A10", ThreeYears(2026), stops, child("a")), "300 days", "a") // never placed early
	if slices.Equal(before.Rules, after.Rules) || len(after.Rules) == 0 {
		t.Errorf("both figures say %v", after.Rules)
	}
}

func TestMovingInBeforeEnteringCareGoesByTheSwitch(t *testing.T) {
	c := child("odd")
	c.EnteredCare = day("2024-10-30") // moved in 3 days before
	for rule, text := range map[Negative]string{NegativeLeftOut: "300 days", NegativeZero: "150 days", NegativeKept: "149 days"} {
		r := Usual()
		r.Negative = rule
		f := figureOf(t, "A1", ThreeYears(2026), r, child("a"), c) // (300-3)/2 = 148.5, a half goes up
		if f.String() != text {
			t.Errorf("rule %d gives %s, want %s", rule, f, text)
		}
		if rule == NegativeLeftOut {
			wantsLeftOut(t, f, "moving in is before entering care: check the days", "odd")
		}
	}
}

func TestReversedAndDecidedAgainCountsEachInItsPeriodAndWaitsOnce(t *testing.T) {
	c := Journey{Agency: "DER", ID: "twice", EnteredCare: day("2022-06-01"), Decided: day("2025-01-15"),
		Earlier: []Round{{day("2022-10-01"), day("2023-07-01"), "RD3"}, {day("2023-09-01"), day("2024-02-01"), "RD1"}}}
	for year, want := range map[int][3]int{ // decisions, reversals, waiting at the end
		2023: {1, 0, 1}, // decided October 2022, standing on 31 March 2023
		2024: {1, 2, 0}, // decided September 2023; reversed July 2023 and February 2024
		2025: {1, 0, 1}, // decided January 2025
		2026: {0, 0, 1},
	} {
		for i, id := range []string{"A15", "A5", "A9"} {
			if f := figureOf(t, id, Year(year), Usual(), c); int(f.Value) != want[i] {
				t.Errorf("%s of %d is %s, want %d", id, year, f, want[i])
			}
		}
	}
	// A3: one child, waiting since 1 June 2022, 1,034 days to 31 March 2025.
	f := figureOf(t, "A3", ThreeYears(2025), Usual(), c)
	wants(t, f, "0%", "twice")
	if f.Waits()[0] != day("2025-03-31").DaysSince(day("2022-06-01")) || f.Waits()[0] != 1034 {
		t.Errorf("waits %v", f.Waits())
	}
	c.Reversed = day("2025-03-31") // given up on the last day: no longer waiting
	wants(t, figureOf(t, "A9", Year(2025), Usual(), c), "0 children")
	wants(t, figureOf(t, "A5", Year(2025), Usual(), c), "1 decision", "twice")
	wants(t, figureOf(t, "A3", ThreeYears(2025), Usual(), c), "no children")
}

func TestTwinsAreTwoChildren(t *testing.T) {
	one, two := child("one"), child("two")
	one.Group, two.Group = "g", "g"
	f := figureOf(t, "A1", ThreeYears(2026), Usual(), one, two)
	wants(t, f, "300 days", "one", "two")
	if f.Denominator != 2 || f.Numerator != 600 {
		t.Errorf("%d/%d", f.Numerator, f.Denominator)
	}
}

func TestPlacedInScotlandChangesNoTimeAndIsOutside(t *testing.T) {
	c := child("north")
	c.InsideArea = Outside
	wants(t, figureOf(t, "A1", ThreeYears(2026), Usual(), c), "300 days", "north")
	unknown := child("unknown")
	unknown.InsideArea = SideUnknown
	f := figureOf(t, "H5", Year(2025), Usual(), c, child("a"), unknown) // placed 27 October 2024; 1 of 2
	wants(t, f, "50%", "a", "north")
	wantsLeftOut(t, f, "not known whether inside or outside the area", "unknown")
}

func TestTheLeapDayCounts(t *testing.T) {
	c := child("leap")
	c.EnteredCare, c.Placed = day("2024-02-28"), day("2024-03-01")
	wants(t, figureOf(t, "A1", ThreeYears(2026), Usual(), c), "2 days", "leap") // 29 February between
	c.EnteredCare, c.Placed = day("2024-02-29"), day("2025-02-28")
	wants(t, figureOf(t, "A1", ThreeYears(2026), Usual(), c), "365 days", "leap")
}

func TestTheYearEndsOn31MarchAndBeginsOn1April(t *testing.T) {
	last, first := child("last"), child("first")
	last.Adopted, first.Adopted = day("2025-03-31"), day("2025-04-01")
	wants(t, figureOf(t, "H7", Year(2025), Usual(), last, first), "1 child", "last")
	wants(t, figureOf(t, "H7", Year(2026), Usual(), last, first), "1 child", "first")
	wants(t, figureOf(t, "A1", ThreeYears(2025), Usual(), last, first), "300 days", "last")
	wants(t, figureOf(t, "A1", ThreeYears(2028), Usual(), last, first), "300 days", "first") // from 1 April 2025
}

func TestNobodyIsNotNought(t *testing.T) {
	b := New(Input{}, Usual())
	for _, f := range b.Scorecard(derby, 2026) {
		d, _ := Define(f.Indicator)
		switch {
		case f.Gives == Number && f.String() != "0 "+d.Unit:
			t.Errorf("%s of nobody is %q", f.Indicator, f)
		case d.Leavers && !strings.Contains(f.Why, "not known for DER"):
			t.Errorf("%s says %q", f.Indicator, f)
		case f.Gives != Number && !d.Leavers && f.Why != d.nobody():
			t.Errorf("%s of nobody is %q", f.Indicator, f)
		}
		if f.Met || math.IsNaN(f.Value) {
			t.Errorf("%s of nobody is %v, met %t", f.Indicator, f.Value, f.Met)
		}
	}
	if _, err := b.Figure("A20", derby, Year(2026)); err == nil {
		t.Error("a figure for an indicator nobody has defined")
	}
}

func TestA3CountsThoseStillWaitingToTheLastDay(t *testing.T) {
	short, long, in := child("short"), child("long"), child("in")
	for _, c := range []*Journey{&short, &long, &in} {
		c.Adopted, c.LeftCare = 0, 0
	}
	// On 31 March 2025: 425 days since 31 January 2024, 426 since the day before.
	short.EnteredCare, short.Placed = day("2024-01-31"), 0
	long.EnteredCare, long.Placed = day("2024-01-30"), 0
	f := figureOf(t, "A3", ThreeYears(2025), Usual(), short, long, in)
	wants(t, f, "67%", "in", "long", "short") // in (300) and short; 2 of 3
	for _, c := range f.Cases {
		if c.Counted != (c.ID != "long") {
			t.Errorf("%s waited %d days and counts: %t", c.ID, c.Days, c.Counted)
		}
	}
	short.LeftCare = day("2025-03-31") // went home without an order or a reversal
	wants(t, figureOf(t, "A3", ThreeYears(2025), Usual(), short), "no children")
}

func TestA4CountsEachChildAtTheLastLeaving(t *testing.T) {
	back := child("back") // adopted in June 2025, back in care and out again the same year
	again := Journey{Agency: "DER", ID: "back", EnteredCare: day("2025-09-01"), LeftCare: day("2026-01-01")}
	in := Input{Journeys: []Journey{child("a"), back, again}, Leavers: map[string]map[int]int{"DER": {2024: 40, 2025: 30, 2026: 30}}}
	f, _ := New(in, Usual()).Figure("A4", derby, Year(2026))
	wants(t, f, "3.3%", "a") // 1 of 30
	wantsLeftOut(t, f, "left care again later in the same year", "back")
	in.Journeys[2].LeftCare = day("2026-04-01") // out again, but in the next year
	f, _ = New(in, Usual()).Figure("A4", derby, ThreeYears(2026))
	wants(t, f, "2.0%", "a", "back") // 2 of 100
	if f, _ = New(in, Usual()).Figure("A4", derby, Rolling(day("2026-06-30"), 12)); f.Why == "" {
		t.Errorf("leavers of a rolling year are known to nobody, and yet %s", f)
	}
	in.Leavers["DER"][2026] = 1
	if f, _ = New(in, Usual()).Figure("A4", derby, Year(2026)); f.Why == "" {
		t.Errorf("two adopted of one who left is %s", f)
	}
}

func TestRegionsAverageOverChildrenNotOverCouncils(t *testing.T) {
	other := child("other")
	other.Agency, other.Placed = "NGM", other.EnteredCare.AddDays(600)
	b := New(Input{Journeys: []Journey{child("a"), child("b"), child("c"), other}}, Usual())
	region := Area{"Region", []string{"DER", "NGM", "DER", "NTT"}} // Derby twice, and a council without children
	f, _ := b.Figure("A1", region, ThreeYears(2026))
	wants(t, f, "375 days", "a", "b", "c", "other") // (3·300 + 600) / 4; the mean of means would be 450
}

func TestTheSpreadStandsBesideTheAverage(t *testing.T) {
	var list []Journey
	for i, days := range []int{100, 200, 300, 1000} {
		c := child(fmt.Sprint(i))
		c.Placed = c.EnteredCare.AddDays(days)
		list = append(list, c)
	}
	f := figureOf(t, "A1", ThreeYears(2028), Usual(), list...)
	// Quartiles between the 4 waits: 100 + ¾·100, between 200 and 300, 300 + ¼·700.
	if f.Value != 400 || f.Lower != 175 || f.Median != 250 || f.Upper != 475 {
		t.Errorf("average %v, quartiles %v %v %v", f.Value, f.Lower, f.Median, f.Upper)
	}
}

func TestAThresholdJudgesThreeYearsAlone(t *testing.T) {
	c := child("a")
	c.Placed = c.EnteredCare.AddDays(426)
	f := figureOf(t, "A1", ThreeYears(2026), Usual(), c)
	if !f.Judged || !f.Met || f.Threshold.Days != 426 {
		t.Errorf("426 days: judged %t, met %t", f.Judged, f.Met)
	}
	c.Placed++
	if f = figureOf(t, "A10", ThreeYears(2026), Usual(), c); !f.Judged || f.Met {
		t.Errorf("427 days: judged %t, met %t", f.Judged, f.Met)
	}
	if f = figureOf(t, "A1", Year(2026), Usual(), c); f.Judged || f.Met || f.Threshold == nil {
		t.Error("one year is judged by a threshold for three")
	}
}

func TestThresholdsGoByThePeriod(t *testing.T) {
	for end, want := range map[int][2]int{2010: {}, 2011: {639, 213}, 2012: {639, 213}, 2013: {}, 2014: {547, 182}, 2015: {487, 152}, 2016: {426, 121}, 2026: {426, 121}} {
		for i, id := range []string{"A1", "A2"} {
			got, ok := ThresholdOf(id, ThreeYears(end).Last)
			if got.Days != want[i] || ok != (want[i] != 0) || ok && got.Source == "" {
				t.Errorf("%s to %d: %d, want %d", id, end, got.Days, want[i])
			}
		}
	}
}

func TestFamilies(t *testing.T) {
	list := []Household{
		{ID: "quick", Registered: day("2025-08-31"), StageOne: day("2025-08-31"), Approved: day("2026-02-28"), Matched: day("2026-03-01")}, // six months, clipped
		{ID: "slow", Registered: day("2025-08-31"), Approved: day("2026-03-01")},
		{ID: "fast", FastTrack: true, Registered: day("2025-12-01"), Approved: day("2026-01-01")},
		{ID: "whole", FastTrack: true, Registered: day("2025-12-01"), StageOne: day("2025-12-01"), StageOneEnded: day("2025-12-20"), Approved: day("2026-01-01"), Left: day("2026-02-01")},
		{ID: "unknown", Approved: day("2026-01-01"), Matched: day("2026-04-01")},
		{ID: "waited", Approved: day("2025-10-15"), Matched: day("2026-01-15")},
		{ID: "applying", Registered: day("2026-03-31")},
		{ID: "withdrew", Registered: day("2026-01-01"), Left: day("2026-03-31")},
	}
	for i := range list {
		list[i].Agency = "DER"
	}
	b := New(Input{Households: list}, Usual())
	of := func(id string) Figure { f, _ := b.Figure(id, derby, Year(2026)); return f }
	f := of("F1")
	wants(t, f, "67%", "quick", "slow", "whole") // two of three
	wantsLeftOut(t, f, "fast track, with no dates of stage one", "fast")
	wantsLeftOut(t, f, "the day of registering is not known", "unknown", "waited")
	wants(t, of("F2"), "100%", "quick", "waited") // to the day
	wants(t, of("A12"), "50%", "quick", "waited") // three months to the day are three months
	wants(t, of("A11"), "3 families", "fast", "slow", "unknown")
	wants(t, of("A13"), "1 family", "applying")
	wants(t, of("H4"), "6 families", "fast", "quick", "slow", "unknown", "waited", "whole")
}

func TestWaitingWithAnOrderIsPartOfWaiting(t *testing.T) {
	waiting, ordered := child("waiting"), child("ordered")
	for _, c := range []*Journey{&waiting, &ordered} {
		c.Placed, c.Adopted, c.LeftCare = 0, 0, 0
	}
	waiting.Ordered, waiting.Matched = 0, 0
	list := []Journey{waiting, ordered, child("adopted")}
	wants(t, figureOf(t, "A9", Year(2026), Usual(), list...), "2 children", "ordered", "waiting")
	wants(t, figureOf(t, "A14", Year(2026), Usual(), list...), "1 child", "ordered")
	wants(t, figureOf(t, "H1", Year(2026), Usual(), list...), "2 children", "ordered", "waiting")
	wants(t, figureOf(t, "H3", Year(2026), Usual(), list...), "1 child", "ordered")
	wants(t, figureOf(t, "A9", Year(2025), Usual(), list...), "2 children", "ordered", "waiting") // the third was placed in October 2024
	wants(t, figureOf(t, "A9", Period{day("2024-09-30"), day("2024-10-26")}, Usual(), list...), "3 children", "adopted", "ordered", "waiting")
}

func TestNoDefinitionIsMadeUp(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Definitions() {
		if d.ID == "A20" {
			t.Error("A20 has a definition that nobody has shown us")
		}
		if seen[d.ID] || d.Title == "" || d.Source == "" || d.Unit == "" || d.Years == 0 || d.Status != Verified && d.Status != ToConfirm {
			t.Errorf("%s is not fully defined, or twice", d.ID)
		}
		if d.In == noEvent && d.Since == nil || d.Gives == Days && d.Stop == noEvent || d.Gives == Percent && d.Hit.ok == nil && !d.Leavers {
			t.Errorf("%s counts nobody or nothing", d.ID)
		}
		if d.Gives != Percent && single[d.Unit] == "" {
			t.Errorf("nobody knows what one of %q is called", d.Unit)
		}
		seen[d.ID] = true
	}
	for _, id := range strings.Fields("A1 A10 A2 A3 A4 A5 A9 A11 A12 A13 A14 A15 A16") {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

func TestPeriodsIncludeBothTheirEnds(t *testing.T) {
	for want, p := range map[string]Period{
		"1 April 2025 to 31 March 2026":    Year(2026),
		"1 April 2023 to 31 March 2026":    ThreeYears(2026),
		"1 July 2025 to 30 June 2026":      Rolling(day("2026-06-30"), 12),
		"1 March 2023 to 29 February 2024": Rolling(day("2024-02-29"), 12),
	} {
		if p.String() != want || !p.Contains(p.First) || !p.Contains(p.Last) || p.Contains(p.First-1) || p.Contains(p.Last+1) || p.Contains(0) {
			t.Errorf("%s, want %s", p, want)
		}
	}
	var ends []string
	for _, p := range RollingQuarters(day("2026-03-31"), 12, 5) {
		ends = append(ends, p.First.String()+"/"+p.Last.String())
	}
	if want := "2024-04-01/2025-03-31 2024-07-01/2025-06-30 2024-10-01/2025-09-30 2025-01-01/2025-12-31 2025-04-01/2026-03-31"; strings.Join(ends, " ") != want {
		t.Errorf("%v", ends)
	}
}

func TestHalvesAreRoundedUp(t *testing.T) {
	for _, c := range []struct {
		n, d, decimals int
		want           float64
	}{{3, 2, 0, 2}, {1, 3, 0, 0}, {-3, 2, 0, -1}, {-7, 4, 0, -2}, {100, 30, 1, 3.3}, {25, 100, 1, 0.3}, {297, 2, 0, 149}} {
		if got := divide(c.n, c.d, c.decimals); got != c.want {
			t.Errorf("%d/%d is %v, want %v", c.n, c.d, got, c.want)
		}
	}
}
