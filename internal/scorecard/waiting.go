package scorecard

import (
	"cmp"
	"fmt"
	"slices"

	"homeward/internal/date"
)

// Clock is a wait: from one day to another, of children seen from a third on.
type Clock struct {
	ID, Title         string
	start, from, stop event
	judgedBy          string // the indicator whose threshold says what late is
}

// The clocks. They run for children with a decision.
var clocks = []Clock{
	{"care-placed", "From entering care to moving in", enteredCare, decided, placed, "A1"},
	{"order-match", "From the placement order to the match", ordered, ordered, matched, "A2"},
	{"decision-placed", "From the decision to moving in", decided, decided, placed, ""},
}

// Clocks lists the waits there are.
func Clocks() []Clock { return slices.Clone(clocks) }

func clock(id string) (Clock, error) {
	for _, c := range clocks {
		if c.ID == id {
			return c, nil
		}
	}
	return Clock{}, fmt.Errorf("there is no wait %q: choose one of those listed", id)
}

// nearDays is how far ahead the list of those about to be late looks.
const nearDays = 90

// Wait is one child's waiting so far.
type Wait struct {
	ID         string
	Days, Left int // so far, and until the threshold; below 0 past it
}

// Outlook is how children wait who have a decision: those waiting now, the ones
// past the threshold or near it, and how long it took the others. The lists are
// of fact: a day passed, or a day that will pass if nothing happens first. The
// curve is what became of a group, at the pace of the period; it says nothing of
// any child.
type Outlook struct {
	Clock      Clock
	Area       string
	Period     Period
	Limit      int // days; 0 where there is no threshold to be late by
	Waiting    int
	Past, Near []Wait // the longest first
	LeftOut    map[string][]string
	Curve      Curve
}

// StillAtLimit is the share still waiting when the threshold passes, where the
// curve tells.
func (o Outlook) StillAtLimit() (float64, bool) {
	s, ok := o.Curve.By(o.Limit)
	return s.Still, ok && o.Limit > 0
}

// Outlook looks at an area's open waits on the last day of a period; the pace is
// the period's.
func (b *Book) Outlook(clockID string, a Area, p Period) (Outlook, error) {
	c, err := clock(clockID)
	if err != nil {
		return Outlook{}, err
	}
	o := Outlook{Clock: c, Area: a.Name, Period: p, LeftOut: map[string][]string{}}
	if t, ok := ThresholdOf(c.judgedBy, p.Last); ok {
		o.Limit = t.Days
	}
	var spells []spell
	b.spells(c, a, p, func(l *life, s spell, reason string) {
		if reason != "" {
			o.LeftOut[reason] = append(o.LeftOut[reason], l.id)
			return
		}
		if s.enter < s.exit {
			spells = append(spells, s)
		}
		if s.end == stillWaiting && l.waitsOn(p.Last) {
			o.list(l.id, s.exit)
		}
	})
	longest := func(x, y Wait) int { return cmp.Or(cmp.Compare(y.Days, x.Days), cmp.Compare(x.ID, y.ID)) }
	slices.SortFunc(o.Past, longest)
	slices.SortFunc(o.Near, longest)
	o.Curve = estimate(spells, b.rules.MinAtRisk)
	return o, nil
}

func (o *Outlook) list(id string, days int) {
	o.Waiting++
	w := Wait{id, days, o.Limit - days}
	switch {
	case o.Limit == 0:
	case w.Left < 0:
		o.Past = append(o.Past, w)
	case w.Left <= nearDays:
		o.Near = append(o.Near, w)
	}
}

// waitsOn tells whether a child has neither moved in nor left care by a day.
func (l *life) waitsOn(day date.Date) bool {
	return !happened(l.at[placed], day) && !happened(l.at[adopted], day) && !happened(l.at[leftCare], day)
}

// spells calls fn for every child of an area who waited in the period, or with
// the reason why nobody can tell.
func (b *Book) spells(c Clock, a Area, p Period, fn func(l *life, s spell, reason string)) {
	for _, agency := range a.once() {
		list := b.children[agency]
		for i := range list {
			if s, reason, ok := list[i].spell(c, p); ok {
				fn(&list[i], s, reason)
			}
		}
	}
}

// spell is the part of a child's wait that falls into a period, under the latest
// decision made by its end. A wait over before it, or not begun, is not there.
func (l *life) spell(c Clock, p Period) (s spell, reason string, ok bool) {
	round, made := l.child.round(p.Last)
	start, from, stop := l.day(c.start, round), l.day(c.from, round), l.day(c.stop, round)
	if !made || !happened(from, p.Last) {
		return s, "", false
	}
	end, last := l.ended(stop, round, p.Last)
	if last < from && c.from == c.start {
		last = from // matched before the order: no days of waiting, as in A2
	}
	switch {
	case last < p.First:
		return s, "", false
	case !start.Known():
		return s, unknownDay(c.start), true
	case end != done && (happened(l.at[placed], last) || happened(l.at[adopted], last)):
		return s, "the day of " + c.stop.String() + " is missing, or after what follows it", true
	case last < from:
		return s, "the wait ends before the decision: check the days", true
	case from < start:
		return s, c.from.String() + " is before " + c.start.String() + ": check the days", true
	}
	return spell{max(from, p.First).DaysSince(start) - 1, last.DaysSince(start), end}, "", true
}

// day is an event's day; that of the decision is the round's.
func (l *life) day(e event, r Round) date.Date {
	if e == decided {
		return r.Decided
	}
	return l.at[e]
}

// ended is how and when a wait ended by the last day of a period, or that it runs.
func (l *life) ended(stop date.Date, r Round, last date.Date) (ending, date.Date) {
	changed := earliest(r.Reversed, l.at[leftCare])
	switch {
	case happened(stop, last) && !(changed.Known() && changed < stop):
		return done, stop
	case happened(changed, last):
		return planChanged, changed
	default:
		return stillWaiting, last
	}
}
