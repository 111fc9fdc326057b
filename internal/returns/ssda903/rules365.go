package ssda903

import (
	"fmt"
	"slices"
	"strings"

	"homeward/internal/date"
)

// rules365 are the rules 365 to 399: placements.
func rules365() []Rule {
	return []Rule{
		{Code: "365", From: 2023, Says: "A short break (LS V3) lasts more than 17 days from DECOM to DEC. Check both dates and the legal status.", Fields: []Field{LS, DECOM, DEC}, Needs: needs(Episodes),
			Differs: "leaves the data as they are: the open validator writes the year's end into every blank DEC, which changes what later rules find",
			Of:      Episodes, Row: func(c *Case, e Row) {
				if e.Is(LS, "V3") && longerThan(c, e, 17) {
					c.Find(e)
				}
			}},
		{Code: "366", From: 2023, Says: "A short break (LS V3) cannot change its placement: each is an episode of its own, so RNE must be S.", Fields: []Field{LS, RNE}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return e.Is(LS, "V3") && !e.Is(RNE, "S") })},
		{Code: "367", From: 2023, Says: "The child's short breaks (LS V3) come to more than 75 days in the year. Check DECOM and DEC of each, and the legal status.", Fields: []Field{LS, DECOM, DEC}, Needs: needs(Episodes),
			Child: shortBreakDays},

		tooYoung("371", 2023, 2023, "H5", "semi-independent living", 14),
		tooYoung("371", 2024, 2024, "H5", "semi-independent living", 16),
		tooYoung("371", 2025, 0, "K3", "supported accommodation", 16),
		tooYoung("372", 2023, 0, "R5", "young offender institution", 10),
		tooYoung("373", 2023, 0, "S1", "residential school", 4),
		tooYoung("374", 2023, 0, "P3", "residential employment", 14),
		tooLong("375", "T1", "a temporary stay in hospital", 42),
		tooLong("376", "T3", "a temporary move while the carer is on holiday", 21),
		{Code: "377", From: 2023, Says: "The child has more than two placements with PLACE T3 (while the carer is on holiday) in 12 months.", Fields: []Field{PLACE}, Needs: needs(Episodes),
			Differs: "counts the T3 placements that began within 12 months, where the open validator counts the T3 rows of the file whatever their dates",
			Child:   carerHolidays},
		{Code: "378", From: 2023, Says: "A child placed with parents (PLACE P1) cannot be accommodated by agreement (LS V2). Check both.", Fields: []Field{PLACE, LS}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return e.Is(PLACE, "P1") && e.Is(LS, "V2") })},
		tooLong("379", "T4", "another temporary move", 7),
		{Code: "380", From: 2023, Says: "A temporary placement (PLACE T0 to T4) follows another placement, so RNE must be P or B.", Fields: []Field{PLACE, RNE}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return temporary(e) && !e.Is(RNE, "P", "B") })},
		{Code: "381", From: 2023, Says: "Care cannot end from a temporary placement (PLACE T0 to T4): REC must be X1, or blank if the episode goes on.", Fields: []Field{PLACE, REC}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return temporary(e) && e.Filled(REC) && !e.Is(REC, "X1") })},
		{Code: "382", From: 2023, Says: "A child on short breaks (LS V3 or V4) cannot be in a temporary placement (PLACE T0 to T4).", Fields: []Field{LS, PLACE}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return ShortBreak(e) && temporary(e) })},
		{Code: "383", From: 2023, To: 2025, Says: "After a temporary placement (PLACE T0 to T4) the child must go back to the placement before it: RNE must be P and PLACE as it was.", Fields: []Field{PLACE, RNE}, Needs: needs(Episodes),
			Differs: "two blank PLACEs are equal, and DECOM must be a real day written D/M/YYYY for its row to have a place in the order",
			Child:   comesBack(func(before, e Row) bool { return same(before, e, PLACE) })},
		{Code: "383", From: 2026, Says: "After a temporary placement (PLACE T0 to T4) the child must go back to the placement before it: RNE must be P, PLACE and PL_POST as they were.", Fields: []Field{PLACE, RNE, PL_POST}, Needs: needs(Episodes),
			Differs: "two blanks are equal, postcodes are compared without spaces, and DECOM must be a real day written D/M/YYYY for its row to have a place in the order",
			Child: comesBack(func(before, e Row) bool {
				return same(before, e, PLACE) && samePostcode(before.Text(PL_POST), e.Text(PL_POST))
			})},
		{Code: "384", From: 2023, Says: "A child on short breaks (LS V3 or V4) cannot be in long-term fostering (PLACE U1 or U4).", Fields: []Field{LS, PLACE}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return ShortBreak(e) && e.Is(PLACE, "U1", "U4") })},
		{Code: "385", From: 2023, Says: "The episode ends (DEC) after the 31 March the collection year ends with. If it goes on, leave DEC blank.", Fields: []Field{DEC}, Needs: needs(Episodes),
			Of: Episodes, Row: func(c *Case, e Row) {
				if e.Day(DEC) > c.End {
					c.Find(e)
				}
			}},
		{Code: "386", From: 2023, Says: "The child left care adopted (REC E11 or E12) but was 18 or older on that day (DEC). Check REC, DEC and DOB.", Fields: []Field{REC, DEC}, Needs: needs(Episodes, Header),
			Child: func(c *Case) { findLeavers(c, 18, atLeast, "E11", "E12") }},
		{Code: "387", From: 2023, Says: "The child left care for independent living (REC E5 or E6) but was under 14 on that day (DEC). Check REC, DEC and DOB.", Fields: []Field{REC, DEC}, Needs: needs(Episodes, Header),
			Differs: "only where DOB is known: the open validator also reports children of unknown age",
			Child:   func(c *Case) { findLeavers(c, 14, under, "E5", "E6") }},
		{Code: "388", From: 2023, Says: "REC X1 means that another episode begins on the day this one ends (DEC); any other REC means that none does. Check REC against the next episode's DECOM.", Fields: []Field{REC, DEC}, Needs: needs(Episodes),
			Differs: "leaves out rows without a real DECOM, which have no next row; and an open X1 row is never reported (see 365)",
			Child:   brokenChain},
		{Code: "389", From: 2023, Says: "The child left care for adult social care (REC E7) but was under 16 on that day (DEC). Check REC, DEC and DOB.", Fields: []Field{REC, DEC}, Needs: needs(Episodes, Header),
			Differs: "only where DEC and DOB are known: the open validator also reports unknown ages",
			Child:   func(c *Case) { findLeavers(c, 16, under, "E7") }},
		{Code: "390", From: 2023, Says: "The child left care adopted (REC E11 or E12), but the last placement is none for adoption: PLACE must be A3, A4, A5 or A6.", Fields: []Field{REC, PLACE}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return e.Is(REC, "E11", "E12") && !e.Is(PLACE, "A3", "A4", "A5", "A6") })},
		{Code: "391", From: 2023, Says: "OC3 is for young people of 17 and over, and this one was not yet 17 on 31 March. Clear IN_TOUCH, ACTIV and ACCOM, or mend DOB.", Fields: []Field{DOB, IN_TOUCH, ACTIV, ACCOM}, Needs: needs(OC3),
			Of: OC3, Row: func(c *Case, r Row) {
				if r.AnyFilled(IN_TOUCH, ACTIV, ACCOM) && Birthday(r.Day(DOB), 17) > c.End {
					c.Find(r)
				}
			}},
		{Code: "392a", From: 2023, Says: "The distance from home to placement cannot be told. Give both HOME_POST and PL_POST, as whole postcodes in use.", Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), NeedsPlaces), When: anyUASC,
			Child: findUnlessUASC(func(c *Case, e Row) bool {
				_, known := c.tenths(e)
				return !ShortBreak(e) && !known
			})},
		{Code: "392b", From: 2023, Says: "HOME_POST or PL_POST is blank. Both are needed for every child but those on short breaks and unaccompanied asylum-seeking children.", Fields: []Field{HOME_POST, PL_POST}, Needs: needs(Episodes),
			Child: findUnlessUASC(func(_ *Case, e Row) bool { return !ShortBreak(e) && e.AnyBlank(HOME_POST, PL_POST) })},
		{Code: "392c", From: 2023, Says: "HOME_POST or PL_POST is no known postcode.", Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), NeedsPlaces),
			Differs: "tests only postcodes of postal areas that the gazetteer covers",
			Of:      Episodes, Row: unknownPostcode},
		{Code: "392d", From: 2023, Says: "HOME_POST and PL_POST are the same, which they can be only where the child is placed with parents (PLACE P1).", Fields: []Field{HOME_POST, PL_POST, PLACE}, Needs: needs(Episodes),
			Differs: "compares postcodes without their spaces",
			Of:      Episodes, Row: wrongIf(func(e Row) bool {
				return !e.Is(PLACE, "P1") && !e.AnyBlank(HOME_POST, PL_POST) && samePostcode(e.Text(HOME_POST), e.Text(PL_POST))
			})},
		motherBlank(2023, 2024, "2"),
		motherBlank(2025, 0, "F"),
		{Code: "398", From: 2023, Says: "Leave HOME_POST and PL_POST blank for short breaks (LS V3 or V4).", Fields: []Field{LS, HOME_POST, PL_POST}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return ShortBreak(e) && e.AnyFilled(HOME_POST, PL_POST) })},
		{Code: "399", From: 2023, Says: "All the child's episodes are short breaks (LS V3 or V4), so MOTHER, REVIEW and REVIEW_CODE must be blank.", Fields: []Field{LS, MOTHER, REVIEW, REVIEW_CODE}, Needs: needs(Episodes, Header, Reviews),
			Differs: "of the reviews, names only those that are filled",
			Child:   onlyShortBreaks},
	}
}

// wrongIf names each row that fails a test of that row alone.
func wrongIf(test func(Row) bool) func(*Case, Row) {
	return func(c *Case, r Row) {
		if test(r) {
			c.Find(r)
		}
	}
}

// same tells whether a cell says the same in two rows; two blanks do.
func same(a, b Row, f Field) bool { return a.Text(f) == b.Text(f) }

// samePostcode compares postcodes as written, but for their spaces.
func samePostcode(a, b string) bool {
	return a == b || strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", "")
}

// inOrder are the child's episodes by DECOM, those without a real one last, ties
// in the order of the file.
func inOrder(c *Case) []Row {
	all := c.Rows(Episodes)
	if len(c.Dated) == len(all) {
		return c.Dated
	}
	list := slices.Clone(c.Dated)
	for _, e := range all {
		if !e.Day(DECOM).Known() {
			list = append(list, e)
		}
	}
	return list
}

// lastDay is when an episode ends, or 31 March if it goes on; unknown if DEC is
// no date.
func lastDay(c *Case, e Row) date.Date {
	if e.Blank(DEC) {
		return c.End
	}
	return e.Day(DEC)
}

func longerThan(c *Case, e Row, days int) bool {
	from, to := e.Day(DECOM), lastDay(c, e)
	return from.Known() && to.Known() && to.DaysSince(from) > days
}

func shortBreakDays(c *Case) {
	inYear := func(e Row) int {
		from, to := e.Day(DECOM), lastDay(c, e)
		if !e.Is(LS, "V3") || !from.Known() || !to.Known() {
			return 0
		}
		return max(0, min(to, c.End).DaysSince(max(from, c.Start)))
	}
	days := 0
	for _, e := range c.Rows(Episodes) {
		days += inYear(e)
	}
	if days <= 75 {
		return
	}
	for _, e := range c.Rows(Episodes) {
		if inYear(e) > 0 {
			c.Find(e)
		}
	}
}

// tooYoung makes the rules on the least age for a placement.
func tooYoung(code string, from, to int, place, name string, years int) Rule {
	return Rule{Code: code, From: from, To: to, Fields: []Field{DECOM, PLACE}, Needs: needs(Episodes, Header),
		Says:    fmt.Sprintf("PLACE is %s (%s), but the child was under %d when the episode began (DECOM). Check PLACE, DECOM and DOB.", place, name, years),
		Differs: "also tests open episodes: the open validator asks for a DEC, which plays no part",
		Child: func(c *Case) {
			for _, e := range c.Rows(Episodes) {
				if d := e.Day(DECOM); e.Is(PLACE, place) && d.Known() && d < Birthday(c.Born(), years) {
					c.Find(e)
				}
			}
		}}
}

// tooLong makes the rules on how long a temporary placement may last.
func tooLong(code, place, name string, days int) Rule {
	return Rule{Code: code, From: 2023, Fields: []Field{PLACE, DECOM, DEC}, Needs: needs(Episodes),
		Says:    fmt.Sprintf("PLACE %s, %s, may last %d days at most, and this one lasts longer. Check PLACE, DECOM and DEC.", place, name, days),
		Differs: "also tests open episodes, up to 31 March, and children without a DOB, which plays no part",
		Of:      Episodes, Row: func(c *Case, e Row) {
			if e.Is(PLACE, place) && longerThan(c, e, days) {
				c.Find(e)
			}
		}}
}

// carerHolidays looks for three T3 placements begun within 12 months. A row that
// changes only the legal status (RNE L) goes on with the placement before.
func carerHolidays(c *Case) {
	var before [2]date.Date
	for i, e := range c.Dated {
		goesOn := i > 0 && e.Is(RNE, "L") && c.Dated[i-1].Is(PLACE, "T3")
		if !e.Is(PLACE, "T3") || goesOn {
			continue
		}
		d := e.Day(DECOM)
		if d < Birthday(before[0], 1) {
			c.Find(where(c.Rows(Episodes), PLACE, "T3")...)
			return
		}
		before = [2]date.Date{before[1], d}
	}
}

// comesBack names the row after a temporary placement unless the child went back
// to the placement before it.
func comesBack(there func(before, e Row) bool) func(*Case) {
	return func(c *Case) {
		rows := inOrder(c)
		for i := 2; i < len(rows); i++ {
			if temporary(rows[i-1]) && !(rows[i].Is(RNE, "P") && there(rows[i-2], rows[i])) {
				c.Find(rows[i])
			}
		}
	}
}

// side is which side of a birthday a day lies; the birthday itself is atLeast.
type side bool

const (
	under   side = true
	atLeast side = false
)

// findLeavers names the episodes that ended for one of some reasons on the wrong
// side of a birthday, and tells whether there are any.
func findLeavers(c *Case, years int, wrong side, reasons ...string) (found bool) {
	for _, e := range c.Rows(Episodes) {
		d := e.Day(DEC)
		if !d.Known() || !e.Is(REC, reasons...) {
			continue
		}
		if birthday := Birthday(c.Born(), years); birthday.Known() && side(d < birthday) == wrong {
			c.Find(e)
			found = true
		}
	}
	return found
}

func brokenChain(c *Case) {
	for i, e := range c.Dated {
		if !e.Day(DEC).Known() || e.Blank(REC) {
			continue
		}
		goesOn := i+1 < len(c.Dated) && c.Dated[i+1].Day(DECOM) == e.Day(DEC)
		if goesOn != e.Is(REC, "X1") {
			c.Find(e)
		}
	}
}

func findUnlessUASC(test func(*Case, Row) bool) func(*Case) {
	return func(c *Case) {
		if c.WasUASC() {
			return
		}
		for _, e := range c.Rows(Episodes) {
			if test(c, e) {
				c.Find(e)
			}
		}
	}
}

func unknownPostcode(c *Case, e Row) {
	var list []Field
	for _, f := range []Field{HOME_POST, PL_POST} {
		if _, ok := c.Aids.Places.Find(e.Text(f)); !ok && e.Filled(f) && c.Aids.Places.Covers(e.Text(f)) {
			list = append(list, f)
		}
	}
	if list != nil {
		c.FindIn(e, list...)
	}
}

// hasCare tells a child with an episode that is no short break.
func hasCare(c *Case) bool {
	return slices.ContainsFunc(c.Rows(Episodes), func(e Row) bool { return !ShortBreak(e) })
}

// headerBlank names a Header row that leaves a field blank (if the row is one of
// those the field is for), where the child is in care beyond short breaks.
func headerBlank(f Field, due func(Row) bool) func(*Case) {
	return func(c *Case) {
		for _, h := range c.Rows(Header) {
			if h.Blank(f) && due(h) && hasCare(c) {
				c.Find(h)
			}
		}
	}
}

func motherBlank(from, to int, female string) Rule {
	return Rule{Code: "393", From: from, To: to, Fields: []Field{MOTHER}, Needs: needs(Header, Episodes),
		Says:  "MOTHER is blank. Every girl or young woman looked after, other than for short breaks alone, needs 0 or 1.",
		Child: headerBlank(MOTHER, func(h Row) bool { return h.Is(SEX, female) })}
}

func onlyShortBreaks(c *Case) {
	if hasCare(c) || len(c.Rows(Episodes)) == 0 {
		return
	}
	found, reviewed := false, false
	for _, r := range c.Rows(Reviews) {
		if r.AnyFilled(REVIEW, REVIEW_CODE) {
			c.Find(r)
			found, reviewed = true, true
		}
	}
	for _, h := range c.Rows(Header) {
		if reviewed || h.Filled(MOTHER) {
			c.Find(h)
			found = true
		}
	}
	if found {
		c.Find(c.Rows(Episodes)...)
	}
}
