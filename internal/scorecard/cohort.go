package scorecard

import "homeward/internal/date"

// each calls fn for everybody an indicator looks at: with a case, or with the
// reason for leaving it out.
func (b *Book) each(d *Definition, a Area, p Period, fn func(l *life, c Case, reason string)) {
	people := b.children
	if d.Families {
		people = b.families
	}
	for _, agency := range a.once() {
		list := people[agency]
		for i := range list {
			l := &list[i]
			if d.Every {
				for range l.times(d.In, p) {
					fn(l, Case{ID: l.id}, "")
				}
				continue
			}
			happens := d.In != noEvent && p.Contains(l.at[d.In])
			if happens || d.Since != nil && l.stands(d, p.Last) {
				c, reason := b.judge(d, l, happens, p.Last)
				fn(l, c, reason)
			}
		}
	}
}

// times counts the decisions, or the reversals, of a child in a period: the
// latest and all before it.
func (l *life) times(e event, p Period) int {
	n := 0
	if p.Contains(l.at[e]) {
		n++
	}
	for _, r := range l.rounds {
		day := r.Decided
		if e == reversed {
			day = r.Reversed
		}
		if p.Contains(day) {
			n++
		}
	}
	return n
}

// stands tells whether a child or family is, at the end of a day, in the state
// an indicator counts.
func (l *life) stands(d *Definition, on date.Date) bool {
	for _, e := range d.Unless {
		if happened(l.at[e], on) {
			return false
		}
	}
	for _, e := range d.Since {
		if e == decided && !l.decisionStands(on) || e != decided && !happened(l.at[e], on) {
			return false
		}
	}
	return true
}

// decisionStands tells whether, on a day, the latest decision made had not been
// given up. A day of long ago may fall into an earlier round.
func (l *life) decisionStands(on date.Date) bool {
	if len(l.rounds) == 0 {
		return happened(l.at[decided], on) && !happened(l.at[reversed], on)
	}
	r, made := l.child.round(on)
	return made && !happened(r.Reversed, on)
}

// judge takes the wait, or says why it cannot be taken. ended is whether the
// child's way has ended in the period; if not, the wait may be running still.
func (b *Book) judge(d *Definition, l *life, ended bool, last date.Date) (Case, string) {
	c := Case{ID: l.id}
	for _, x := range d.Except {
		if x.applies(l) {
			return c, x.Reason
		}
	}
	start, stop := l.at[d.Start], l.at[d.Stop]
	if d.Start != noEvent {
		if d.Running && !ended && !happened(stop, last) {
			stop = last
		}
		if !start.Known() {
			return c, unknownDay(d.Start)
		}
		if !stop.Known() {
			return c, unknownDay(d.Stop)
		}
		var reason string
		if c.Days, reason = b.wait(d, stop.DaysSince(start)); reason != "" {
			return c, reason
		}
	}
	c.Counted = d.Hit.ok != nil && d.Hit.ok(l, start, stop) || d.Leavers
	return c, ""
}

func unknownDay(e event) string { return "the day of " + e.String() + " is not known" }

// wait puts right a wait that ends before it begins, as defined or as the rules
// say.
func (b *Book) wait(d *Definition, days int) (int, string) {
	switch {
	case days >= 0:
		return days, ""
	case d.Floor || b.rules.Negative == NegativeZero:
		return 0, ""
	case b.rules.Negative == NegativeKept:
		return days, ""
	default:
		return 0, d.Stop.String() + " is before " + d.Start.String() + ": check the days"
	}
}
