package invent

import (
	"fmt"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// view is a year's return being put together of what was known by its end.
type view struct {
	year       int
	begun, end date.Date
	draft      *ssda903.Draft
}

func newView(year int) *view {
	return &view{year, date.MustOf(year-1, 4, 1), date.MustOf(year, 3, 31), ssda903.NewDraft(year)}
}

// holds tells a time that touches the year.
func (v *view) holds(from, to date.Date) bool {
	return from <= v.end && (!to.Known() || to >= v.begun)
}

// known is a day the year's end could see.
func (v *view) known(d date.Date) date.Date {
	if d > v.end {
		return 0
	}
	return d
}

func (v *view) day(d date.Date) string { return ssda903.Written(v.known(d)) }

func (v *view) add(c *child) {
	var stays []stay
	for _, s := range c.stays {
		if v.holds(s.from, s.to) {
			if s.to > v.end {
				s.to, s.rec, s.reason = 0, "", ""
			}
			stays = append(stays, s)
		}
	}
	dob := ssda903.Written(c.dob)
	switch last := c.stays[len(c.stays)-1].to; {
	case len(stays) > 0:
		v.header(c, dob, true)
		v.lookedAfter(c, dob, stays)
	case c.after != nil && last.Known() && last < v.begun:
		v.header(c, dob, false)
		v.draft.Add(ssda903.OC3, append([]string{c.id, dob}, c.after...)...)
	}
}

func (v *view) sex(c *child) string {
	if v.year < 2025 {
		return map[string]string{"M": "1", "F": "2"}[c.sex]
	}
	return c.sex
}

func (v *view) header(c *child, dob string, inCare bool) {
	mother, born := "", ""
	if c.sex == "F" && inCare && !c.short {
		mother, born = "0", v.day(c.mother)
		if born != "" {
			mother = "1"
		}
	}
	v.draft.Add(ssda903.Header, c.id, v.sex(c), dob, c.ethnic, c.upnIn(v.year), mother, born)
}

func (v *view) lookedAfter(c *child, dob string, stays []stay) {
	v.episodes(c, stays)
	if c.uasc {
		v.draft.Add(ssda903.Unaccompanied, c.id, v.sex(c), dob, ssda903.Written(ssda903.Birthday(c.dob, 18)))
	}
	if !c.short && v.allYear(stays) {
		v.health(c, dob)
	}
	for _, d := range c.reviews {
		if v.begun <= d && d <= v.end {
			v.draft.Add(ssda903.Reviews, c.id, dob, ssda903.Written(d), c.tookPart(d))
		}
	}
	if court := stays[len(stays)-1].to; c.adoption != nil && court.Known() {
		v.draft.Add(ssda903.AD1, append([]string{c.id, dob, ssda903.Written(c.decided)}, c.adoption...)...)
	}
	if c.decided.Known() && v.holds(c.decided, c.reversed) {
		why := c.why
		if !v.known(c.reversed).Known() {
			why = ""
		}
		v.draft.Add(ssda903.PlacedAdoption, c.id, dob, ssda903.Written(c.decided), v.day(c.reversed), why)
	}
	if c.perm != nil {
		v.draft.Add(ssda903.PrevPerm, append([]string{c.id, dob}, c.perm...)...)
	}
	v.spells(c, dob)
}

func (v *view) episodes(c *child, stays []stay) {
	home := c.home
	if c.short || c.uasc {
		home = ""
	}
	for _, s := range stays {
		v.draft.Add(ssda903.Episodes, c.id, ssda903.Written(s.from), s.rne, s.ls, c.cin, placeIn(s.place, v.year), s.provider, ssda903.Written(s.to), s.rec, s.reason, home, s.post, s.urn)
	}
}

func (v *view) spells(c *child, dob string) {
	for _, s := range c.missing {
		if v.holds(s.from, s.to) {
			v.draft.Add(ssda903.Missing, c.id, dob, s.code, ssda903.Written(s.from), v.day(s.to))
		}
	}
	for _, s := range c.workers {
		if v.year >= 2024 && v.holds(s.from, s.to) {
			v.draft.Add(ssda903.SWEpisodes, c.id, dob, s.by, ssda903.Written(s.from), v.day(s.to), s.code)
		}
	}
	for _, s := range c.liberty {
		if v.year >= 2027 && v.holds(s.from, s.to) {
			v.draft.Add(ssda903.DoLo, c.id, dob, ssda903.Written(s.from), v.day(s.to))
		}
	}
}

// allYear tells a child who was looked after from the year's first day to its
// last: only of them is health asked.
func (v *view) allYear(stays []stay) bool {
	for _, s := range stays {
		if s.rne == "S" && s.from > v.begun || s.rec != "" && s.rec != "X1" && s.to < v.end {
			return false
		}
	}
	return true
}

// health is the OC2, by the child's age.
func (v *view) health(c *child, dob string) {
	d := newDice(uint64(v.year), int(c.number))
	score, why, convicted, checked := "", "", "", ""
	if ssda903.Birthday(c.dob, 4) <= v.end && ssda903.Birthday(c.dob, 17) >= v.begun {
		score = fmt.Sprint(d.IntN(41))
		if d.chance(15) {
			score, why = "", fmt.Sprintf("SDQ%d", 2+d.IntN(4))
		}
	}
	if ssda903.Birthday(c.dob, 10) <= v.end {
		convicted = d.mostly("0")
	}
	if ssda903.Birthday(c.dob, 5) > v.end {
		checked = d.mostly("1")
	}
	misuse, received, offered := "0", "", ""
	if c.dob.YearsOn(v.end) >= 11 && d.chance(15) {
		misuse, received = "1", "1"
		if d.chance(40) {
			received, offered = "0", d.mostly("1")
		}
	}
	v.draft.Add(ssda903.OC2, c.id, dob, score, why, convicted, checked, d.mostly("1"), d.mostly("1"), d.mostly("1"), misuse, received, offered)
}

// mostly is one answer, and now and then the other.
func (d dice) mostly(answer string) string {
	if d.chance(88) {
		return answer
	}
	return map[string]string{"0": "1", "1": "0"}[answer]
}

// tookPart is how the child took part in a review.
func (c *child) tookPart(d date.Date) string {
	if d < ssda903.Birthday(c.dob, 4) {
		return "PN0"
	}
	return fmt.Sprintf("PN%d", 1+(int(c.number)+int(d))%7)
}
