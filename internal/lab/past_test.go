package lab

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
)

// yearsEnd is a day on which a reporting year ends.
var yearsEnd = date.MustOf(2025, time.March, 31)

var (
	pastChildren = sync.OnceValue(func() []child.Child { return Past(England, 1, yearsEnd, 10) })
	pastFamilies = sync.OnceValue(func() []adopter.Family { return PastFamilies(England, 1, yearsEnd, 10) })
)

// told is an adopted child's past as days.
type told struct {
	child.Child
	matched, placed, adopted, fostered date.Date
	how                                string // E11 or E12
	where                              string // A3 to A6
}

func tell(c child.Child) told {
	d := told{Child: c}
	for _, m := range child.InOrder(c.Milestones) {
		switch m.What {
		case "matched":
			d.matched = m.Day
		case "placed":
			d.placed, d.where = m.Day, m.Detail
		case "adopted":
			d.adopted, d.how = m.Day, m.Detail
		case "fostered":
			d.fostered = m.Day
		}
	}
	return d
}

// adoptedIn are the children adopted in some reporting years of whom all days are
// known.
func adoptedIn(from, to int) (list []told) {
	for _, c := range pastChildren() {
		if d := tell(c); d.adopted.Known() && reportingYear(d.adopted) >= from && reportingYear(d.adopted) <= to && c.Born.Known() && c.EnteredCare.Known() && c.DecisionDate.Known() {
			list = append(list, d)
		}
	}
	return list
}

func stage(between func(told) (from, to date.Date)) func([]told, string) float64 {
	return func(list []told, age string) float64 {
		var waits []float64
		for _, d := range list {
			if from, to := between(d); age == "" || strconv.Itoa(min(7, d.Born.YearsOn(d.EnteredCare))) == age {
				waits = append(waits, float64(to.DaysSince(from))/daysPerMonth)
			}
		}
		return mean(waits).got
	}
}

func shareOf(holds func(told) bool) func([]told, string) float64 {
	return func(list []told, _ string) float64 { return share(list, holds).got }
}

var (
	toDecision = stage(func(d told) (date.Date, date.Date) { return d.EnteredCare, d.DecisionDate })
	toMatch    = stage(func(d told) (date.Date, date.Date) { return d.DecisionDate, d.matched })
	toOrder    = stage(func(d told) (date.Date, date.Date) { return d.placed, d.adopted })
	toPlaced   = stage(func(d told) (date.Date, date.Date) { return d.EnteredCare, d.placed })
)

func aged(from, to int) func([]told, string) float64 {
	return shareOf(func(d told) bool { y := d.Born.YearsOn(d.adopted); return y >= from && y <= to })
}

// pastGauges measure the figures of the past that have a tolerance, over the
// three years to March 2025; by id, or by what stands before the last point.
var pastGauges = map[string]func(list []told, name string) float64{
	"adopted": func(_ []told, year string) float64 {
		n := 0
		for _, c := range pastChildren() {
			if d := tell(c); d.adopted.Known() && strconv.Itoa(reportingYear(d.adopted)) == year {
				n++
			}
		}
		return float64(n)
	},
	"decision": toDecision, "match": toMatch, "order": toOrder,
	"placing":      stage(func(d told) (date.Date, date.Date) { return d.matched, d.placed }),
	"all.decision": toDecision, "all.match": toMatch, "all.order": toOrder, "all.placed": toPlaced,
	"all.whole": stage(func(d told) (date.Date, date.Date) { return d.EnteredCare, d.adopted }),
	"all.soon":  shareOf(func(d told) bool { return d.placed <= d.DecisionDate.AddMonths(12) }),
	"all.a1":    func([]told, string) float64 { return toPlaced(adoptedIn(2016, 2018), "") * daysPerMonth },
	"all.a2": func([]told, string) float64 {
		var waits []float64
		for _, d := range adoptedIn(2022, 2024) {
			if d.OrderDate.Known() {
				waits = append(waits, float64(max(0, d.matched.DaysSince(d.OrderDate))))
			}
		}
		return mean(waits).got
	},
	"age.young": aged(1, 4), "age.older": aged(5, 9),
	"age.mean":  stage(func(d told) (date.Date, date.Date) { return d.Born, d.adopted }),
	"unopposed": shareOf(func(d told) bool { return d.how == "E11" }),
	"consent":   shareOf(func(d told) bool { return d.where == "A3" || d.where == "A4" }),
	"fostered":  shareOf(func(d told) bool { return d.fostered.Known() }),
}

// TestThePast measures every figure of the past that has a tolerance. Run it with
// -v for the table.
func TestThePast(t *testing.T) {
	list := adoptedIn(2023, 2025)
	for _, m := range before().figures {
		if math.IsNaN(m.tolerance) {
			continue
		}
		g, name := pastGauges[m.id], ""
		if g == nil {
			kind, last, _ := strings.Cut(m.id, ".")
			g, name = pastGauges[kind], last
		}
		if g == nil {
			t.Errorf("nothing measures %s", m.id)
			continue
		}
		got := g(list, name)
		t.Logf("%-14s got %8.3f  want %8.3f  tolerance %.3f  %s", m.id, got, m.value, m.tolerance, m.unit)
		if !(math.Abs(got-m.value) <= m.tolerance) {
			t.Errorf("%s: got %.3f, want %.3f within %.3f", m.id, got, m.value, m.tolerance)
		}
	}
}

func TestThePastIsTheSameFromTheSameSeed(t *testing.T) {
	text := func(seed uint64, years int) string {
		b, err := json.Marshal([]any{Past(Pilot, seed, day, years), PastFamilies(Pilot, seed, day, years)})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if first := text(7, 5); first != text(7, 5) {
		t.Error("the same seed and day gave another past")
	}
	if text(7, 5) == text(8, 5) {
		t.Error("another seed gave the same past")
	}
}

// Who asks for more years gets more children; the others have the same lives.
func TestMoreYearsChangeNobody(t *testing.T) {
	lives := func(years int) map[string]int {
		found := map[string]int{}
		for _, c := range Past(Pilot, 3, day, years) {
			c.Ref, c.GroupRef = "", ""
			found[fmt.Sprint(c)]++
		}
		return found
	}
	short, long := lives(3), lives(6)
	if len(long) <= len(short) {
		t.Fatalf("%d lives in three years, %d in six", len(short), len(long))
	}
	for life, n := range short {
		if long[life] != n {
			t.Fatalf("is not in the longer past: %s", life)
		}
	}
}

func TestARegionHasNothingOfThePast(t *testing.T) {
	past := map[string]bool{}
	for _, c := range Past(Region, 1, day, 10) {
		past[c.Agency+"/"+c.Ref] = true
	}
	for _, c := range made[Region]().Region.Children {
		if past[c.Agency+"/"+c.Ref] {
			t.Errorf("%s/%s is of the region and of its past", c.Agency, c.Ref)
		}
	}
}

// Every record is one that the import would take, whose days are in order and not
// to come.
func TestThePastIsOnRecordAsItCouldHaveHappened(t *testing.T) {
	seen, refs := map[string]int{}, map[string]bool{}
	for _, c := range pastChildren() {
		if refs[c.Agency+"/"+c.Ref] {
			t.Errorf("%s/%s is there twice", c.Agency, c.Ref)
		}
		refs[c.Agency+"/"+c.Ref] = true
		if p, d := c.Problems(yearsEnd), c.MilestoneDoubts(); len(p)+len(d) > 0 {
			t.Errorf("%s/%s: %v %q", c.Agency, c.Ref, p, d)
		}
		for what, holds := range map[string]bool{
			"match before the order":       tell(c).matched.Known() && tell(c).matched < c.OrderDate,
			"adopted with no order":        c.Status == "adopted" && !c.OrderDate.Known(),
			"given up with no order":       c.Status == "plan_changed" && !c.OrderDate.Known(),
			"given up after a placement":   c.Status == "plan_changed" && tell(c).placed.Known(),
			"decided again and adopted":    c.Status == "adopted" && on(c.Milestones, "reversed").Known(),
			"placed again":                 c.Status == "adopted" && on(c.Milestones, "disrupted").Known(),
			"born on 29 February":          c.Born.Known() && c.Born.String()[5:] == "02-29",
			"with a day that nobody knows": !c.EnteredCare.Known() || !c.DecisionDate.Known(),
			"left care another way":        on(c.Milestones, "left_care").Known(),
			"moved in early":               on(c.Milestones, "early_placed").Known(),
			"ordered after being placed":   tell(c).placed.Known() && c.OrderDate > tell(c).placed,
		} {
			if holds {
				seen[what]++
			}
		}
	}
	t.Log(len(refs), "children:", seen)
	if seen["ordered after being placed"] > 0 {
		t.Error("nobody is placed under an order that comes later")
	}
	delete(seen, "ordered after being placed")
	for what, n := range seen {
		if n < 5 {
			t.Errorf("%d %s", n, what)
		}
	}
	if len(seen) != 10 {
		t.Errorf("only these edges are there: %v", seen)
	}
}

// The families of the past adopted the children of the past: as many on each day.
func TestThePastsFamiliesAdoptedItsChildren(t *testing.T) {
	groups, adopted := map[date.Date]int{}, map[date.Date]int{}
	of := map[string]bool{}
	for _, c := range pastChildren() {
		if key := c.Agency + "/" + c.GroupRef; c.Status == "adopted" && (c.GroupRef == "" || !of[key]) {
			of[key] = true
			groups[on(c.Milestones, "adopted")]++
		}
	}
	closed := 0
	for _, f := range pastFamilies() {
		if p, d := f.Problems(yearsEnd), f.MilestoneDoubts(); len(p)+len(d) > 0 {
			t.Fatalf("%s/%s: %v %q %v", f.Agency, f.Ref, p, d, f.Milestones)
		}
		if f.Status == "closed" {
			closed++
			continue
		}
		adopted[on(f.Milestones, "adopted")]++
		if !slices.ContainsFunc(f.Milestones, func(m child.Milestone) bool { return m.What == "registered" || m.What == "fast_track" }) {
			t.Errorf("%s/%s never registered", f.Agency, f.Ref)
		}
	}
	if fmt.Sprint(groups) != fmt.Sprint(adopted) {
		t.Error("groups and families were not adopted on the same days")
	}
	if closed < 1000 {
		t.Errorf("%d families left or were refused", closed)
	}
}
