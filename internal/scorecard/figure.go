package scorecard

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"homeward/internal/date"
)

// Case is one child or family behind a figure.
type Case struct {
	ID      string
	Days    int  // the wait, where the indicator takes one
	Counted bool // in a percentage: it did
}

// Figure is an indicator for an area and a period, with everything needed to
// check it by hand.
type Figure struct {
	Indicator, Title, Area string
	Period                 Period
	Gives                  Kind
	Unit                   string
	Decimals               int

	Why         string              // no value, because; blank where there is one
	Value       float64             // rounded as defined
	Numerator   int                 // the days, those who did, or how many
	Denominator int                 // of so many; 0 for a number
	Cases       []Case              // the shortest wait first, where there are waits
	LeftOut     map[string][]string // the reason, and the IDs

	// The spread of the waits, where there are any: an average hides who waited
	// longest. Quartiles lie between two waits in proportion.
	Lower, Median, Upper float64

	Threshold   *Threshold // of the year the period ends in
	Judged, Met bool       // a threshold judges an average of three years alone

	Rules  []string // how the open questions were answered
	Source string
	Status Status
}

// IDs are the children or families behind the figure.
func (f Figure) IDs() []string {
	list := make([]string, len(f.Cases))
	for i, c := range f.Cases {
		list[i] = c.ID
	}
	return list
}

// Waits are the waits behind the figure, the shortest first.
func (f Figure) Waits() []int {
	list := make([]int, len(f.Cases))
	for i, c := range f.Cases {
		list[i] = c.Days
	}
	return list
}

// String is the figure as people read it.
func (f Figure) String() string {
	if f.Why != "" {
		return f.Why
	}
	if f.Gives == Percent {
		return fmt.Sprintf("%.*f%%", f.Decimals, f.Value)
	}
	unit := f.Unit
	if f.Value == 1 {
		unit = single[unit]
	}
	return fmt.Sprintf("%.*f %s", f.Decimals, f.Value, unit)
}

var single = map[string]string{"days": "day", "children": "child", "families": "family", "decisions": "decision", "orders": "order"}

// Book is the journeys sorted by agency, ready for any number of figures.
type Book struct {
	rules              Rules
	children, families map[string][]life
	leavers            map[string]map[int]int
}

// New makes the book. The input must not change afterwards.
func New(in Input, r Rules) *Book {
	b := &Book{rules: r, children: map[string][]life{}, families: map[string][]life{}, leavers: in.Leavers}
	last := lastLeavings(in.Journeys)
	for i := range in.Journeys {
		j := &in.Journeys[i]
		l := childLife(j, r)
		if day := j.leftCare(); day.Known() {
			l.leftAgain = last[leaving{j.Agency, j.ID, yearOf(day)}] > day
		}
		b.children[j.Agency] = append(b.children[j.Agency], l)
	}
	for i := range in.Households {
		h := &in.Households[i]
		b.families[h.Agency] = append(b.families[h.Agency], familyLife(h))
	}
	return b
}

type leaving struct {
	agency, id string
	year       int
}

// lastLeavings is the last day each child left care in each reporting year.
func lastLeavings(journeys []Journey) map[leaving]date.Date {
	last := make(map[leaving]date.Date, len(journeys))
	for i := range journeys {
		j := &journeys[i]
		if day := j.leftCare(); day.Known() {
			key := leaving{j.Agency, j.ID, yearOf(day)}
			last[key] = max(last[key], day)
		}
	}
	return last
}

// Agencies lists the agencies the book knows, in order.
func (b *Book) Agencies() []string {
	seen := map[string]bool{}
	for a := range b.children {
		seen[a] = true
	}
	for a := range b.families {
		seen[a] = true
	}
	list := make([]string, 0, len(seen))
	for a := range seen {
		list = append(list, a)
	}
	slices.Sort(list)
	return list
}

// Scorecard is every indicator for the reporting year that ends in a calendar
// year, each over as many years as the scorecard takes together.
func (b *Book) Scorecard(a Area, ends int) []Figure {
	list := make([]Figure, len(definitions))
	for i := range definitions {
		list[i] = b.figure(&definitions[i], a, years(ends, definitions[i].Years))
	}
	return list
}

// Figure is one indicator for an area and any period.
func (b *Book) Figure(indicator string, a Area, p Period) (Figure, error) {
	d := define(indicator)
	if d == nil {
		return Figure{}, unknownIndicator(indicator)
	}
	return b.figure(d, a, p), nil
}

func unknownIndicator(id string) error {
	return fmt.Errorf("there is no indicator %q: choose one of those listed", id)
}

func (b *Book) figure(d *Definition, a Area, p Period) Figure {
	f := Figure{Indicator: d.ID, Title: d.Title, Area: a.Name, Period: p, Gives: d.Gives, Unit: d.Unit, Decimals: d.Decimals,
		LeftOut: map[string][]string{}, Rules: b.rules.of(d), Source: d.Source, Status: d.Status}
	b.each(d, a, p, func(l *life, c Case, reason string) {
		if reason != "" {
			f.LeftOut[reason] = append(f.LeftOut[reason], l.id)
			return
		}
		f.Cases = append(f.Cases, c)
	})
	if d.Start != noEvent {
		slices.SortFunc(f.Cases, byWait)
	}
	f.sum()
	if d.Leavers {
		f.Denominator, f.Why = b.left(a, p)
	}
	f.finish(d)
	return f
}

func byWait(x, y Case) int {
	if x.Days != y.Days {
		return x.Days - y.Days
	}
	return cmp.Compare(x.ID, y.ID)
}

// sum adds up the cases.
func (f *Figure) sum() {
	for _, c := range f.Cases {
		switch {
		case f.Gives == Days:
			f.Numerator += c.Days
		case f.Gives == Number || c.Counted:
			f.Numerator++
		}
	}
	if f.Gives != Number {
		f.Denominator = len(f.Cases)
	}
}

// finish divides, rounds and judges.
func (f *Figure) finish(d *Definition) {
	if d.Start != noEvent && len(f.Cases) > 0 {
		f.Lower, f.Median, f.Upper = f.quantile(1), f.quantile(2), f.quantile(3)
	}
	switch {
	case f.Why != "":
	case f.Gives == Number:
		f.Value = float64(f.Numerator)
	case f.Denominator == 0:
		f.Why = d.nobody()
	case d.Leavers && f.Numerator > f.Denominator:
		f.Why = "more children were adopted than are said to have left care: check both numbers"
	case f.Gives == Percent:
		f.Value = divide(100*f.Numerator, f.Denominator, f.Decimals)
	default:
		f.Value = divide(f.Numerator, f.Denominator, f.Decimals)
	}
	if t, ok := ThresholdOf(f.Indicator, f.Period.Last); ok {
		f.Threshold = &t
		f.Judged = f.Why == "" && len(f.Period.reportingYears()) == 3
		f.Met = f.Judged && f.Value <= float64(t.Days)
	}
}

func (d *Definition) nobody() string {
	if d.Families {
		return "no families"
	}
	return "no children"
}

// quantile is the quarter-th quartile of the waits; one that falls between two
// waits lies between them in proportion.
func (f *Figure) quantile(quarter int) float64 {
	at := quarter * (len(f.Cases) - 1)
	low, rest := f.Cases[at/4].Days, at%4
	if rest == 0 {
		return float64(low)
	}
	return float64(low) + float64(f.Cases[at/4+1].Days-low)*float64(rest)/4
}

// divide is n/d rounded half up, in whole numbers until the last moment so that
// a half is a half.
func divide(n, d, decimals int) float64 {
	scale := int(math.Pow10(decimals))
	top, bottom := 2*n*scale+d, 2*d
	whole := top / bottom
	if top%bottom < 0 {
		whole--
	}
	return float64(whole) / float64(scale)
}

// left is how many children left care in the period, or why nobody can tell.
func (b *Book) left(a Area, p Period) (int, string) {
	list, total := p.reportingYears(), 0
	if list == nil {
		return 0, "the number who left care is known for whole reporting years only"
	}
	for _, agency := range a.once() {
		for _, y := range list {
			n, ok := b.leavers[agency][y]
			if !ok {
				return 0, fmt.Sprintf("the number who left care is not known for %s in the year to March %d", agency, y)
			}
			total += n
		}
	}
	return total, ""
}

// once is the area's agencies, each once: nobody is counted twice.
func (a Area) once() []string {
	list := slices.Clone(a.Agencies)
	slices.Sort(list)
	return slices.Compact(list)
}
