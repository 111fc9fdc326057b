package ssda903

import (
	"cmp"
	"fmt"
	"slices"

	"homeward/internal/date"
)

// rules400 are the rules 406 to 504: episodes in a row, and against last year.
func rules400() []Rule {
	return []Rule{
		{Code: "406", From: 2023, Says: "Leave HOME_POST or PL_POST blank for a child who is, or was last year, an unaccompanied asylum-seeking child: there is no distance from home to give.", Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), NeedsPlaces), When: anyUASC,
			Child: func(c *Case) {
				if !c.WasUASC() {
					return
				}
				for _, e := range c.Rows(Episodes) {
					if _, known := c.tenths(e); known {
						c.Find(e)
					}
				}
			}},
		{Code: "407", From: 2023, Says: "The child left care under special guardianship (REC E45 to E48) but was 18 or older on that day (DEC). Check REC, DEC and DOB.", Fields: []Field{REC, DEC, DOB}, Needs: needs(Episodes, Header),
			Differs: "the 18th birthday itself is too late, as in 386; the open validator lets that day pass",
			Child: func(c *Case) {
				if findLeavers(c, 18, atLeast, "E45", "E46", "E47", "E48") {
					h, _ := c.Header()
					c.Find(h)
				}
			}},
		{Code: "408", From: 2023, Says: "The child is placed for adoption under a placement order (PLACE A5 or A6), so LS must be E1.", Fields: []Field{PLACE, LS}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool { return e.Is(PLACE, "A5", "A6") && !e.Is(LS, "E1") })},
		{Code: "411", From: 2023, Says: "Whether the placement is inside the authority must agree with the authority PL_POST lies in.", Fields: []Field{PL_POST}, Needs: append(needs(Episodes), NeedsAuthorities),
			Differs: "never fires: both are derived from PL_POST and cannot disagree",
			Of:      Episodes, Row: wrongIf(func(Row) bool { return false })},
		{Code: "420", From: 2023, Says: "Leave PL_POST blank for short breaks (LS V3 or V4): no placement authority is to be given.", Fields: []Field{LS, PL_POST}, Needs: append(needs(Episodes), NeedsAuthorities),
			Of: Episodes, Row: func(c *Case, e Row) {
				if _, known := c.authority(e); known && ShortBreak(e) {
					c.Find(e)
				}
			}},
		{Code: "426", From: 2023, Says: "The child has short breaks of both kinds (LS V3 and V4) in one year. Use one of them.", Fields: []Field{LS}, Needs: needs(Episodes),
			Child: func(c *Case) {
				has := func(status string) bool {
					return slices.ContainsFunc(c.Rows(Episodes), func(e Row) bool { return e.Is(LS, status) })
				}
				if has("V3") && has("V4") {
					c.Find(where(c.Rows(Episodes), LS, "V3", "V4")...)
				}
			}},
		{Code: "431", From: 2023, Says: "RNE S begins a new period of care, but the episode before ended on that day (DECOM) or later. Check RNE and the dates.", Fields: []Field{RNE, DECOM}, Needs: needs(Episodes),
			Child: eachNext(func(before, e Row) bool {
				d, ended := e.Day(DECOM), before.Day(DEC)
				return e.Is(RNE, "S") && d.Known() && ended >= d
			})},
		{Code: "432", From: 2023, Says: "The episode before ended the child's care (its REC is not X1), so this one begins a new period of care: RNE must be S.", Fields: []Field{RNE}, Needs: needs(Episodes),
			Child: eachNext(func(before, e Row) bool { return !e.Is(RNE, "S") && endsCare(before) })},
		{Code: "433", From: 2023, Says: "RNE says that the episode follows on from the one before, but it does not begin (DECOM) on the day that one ended (DEC).", Fields: []Field{RNE, DECOM}, Needs: needs(Episodes),
			Differs: "compares days, where the open validator compares the text of the cells",
			Child:   notFollowingOn},
		{Code: "434", From: 2023, Says: "RNE L means that only the legal status changed: LS must differ from the episode before, and PLACE, PL_POST, URN and PLACE_PROVIDER must not.", Fields: []Field{RNE, LS, PLACE, PL_POST, URN, PLACE_PROVIDER}, Needs: needs(Episodes),
			Differs: "compares postcodes without their spaces; two blanks are equal, as in 436",
			Child: eachNext(func(before, e Row) bool {
				return e.Is(RNE, "L") && (same(before, e, LS) || !samePlacement(before, e))
			})},
		{Code: "435", From: 2023, Says: "RNE P or T means that only the placement changed: LS must be as in the episode before, and PLACE, PL_POST, URN or PLACE_PROVIDER must differ.", Fields: []Field{RNE, LS, PLACE, PL_POST, URN, PLACE_PROVIDER}, Needs: needs(Episodes),
			Differs: "two blanks are equal; the open validator takes them to differ; compares postcodes without their spaces, as 434",
			Child: eachNext(func(before, e Row) bool {
				return e.Is(RNE, "P", "T") && (!same(before, e, LS) || samePlacement(before, e))
			})},
		{Code: "436", From: 2023, Says: "RNE B or U means that legal status and placement changed: LS must differ from the episode before, and so must PLACE, PL_POST, URN or PLACE_PROVIDER.", Fields: []Field{RNE, LS, PLACE, PL_POST, URN, PLACE_PROVIDER}, Needs: needs(Episodes),
			Child: eachNext(func(before, e Row) bool {
				return e.Is(RNE, "B", "U") && (same(before, e, LS) || samePlacement(before, e))
			})},
		{Code: "437", From: 2023, Says: "REC says that the child died (E2) or was found to be 18 or over (E15), but later episodes follow. Check REC.", Fields: []Field{REC}, Needs: needs(Episodes),
			Child: func(c *Case) {
				for i, e := range c.Dated {
					if e.Is(REC, "E2", "E15") && i+1 < len(c.Rows(Episodes)) {
						c.Find(e)
					}
				}
			}},
		{Code: "440", From: 2023, Says: "REVIEW_CODE PN0 is for children under 4, and the child was 4 or older on the day of the REVIEW.", Fields: []Field{DOB, REVIEW, REVIEW_CODE}, Needs: needs(Reviews),
			Differs: "a child is 4 on the 4th birthday, which the open validator lets pass",
			Of:      Reviews, Row: wrongIf(func(r Row) bool {
				four := Birthday(r.Day(DOB), 4)
				return r.Is(REVIEW_CODE, "PN0") && four.Known() && r.Day(REVIEW) >= four
			})},
		{Code: "441", From: 2023, Says: "REVIEW_CODE PN1 to PN7 is for children of 4 and over, and the child was under 4 on the day of the REVIEW.", Fields: []Field{DOB, REVIEW, REVIEW_CODE}, Needs: needs(Reviews),
			Of: Reviews, Row: wrongIf(func(r Row) bool {
				d := r.Day(REVIEW)
				return r.Is(REVIEW_CODE, "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7") && d.Known() && d < Birthday(r.Day(DOB), 4)
			})},
		{Code: "442", From: 2023, Says: "UPN is blank. Give the child's unique pupil number, or the code for why there is none (UN1 to UN5).", Fields: []Field{UPN}, Needs: needs(Episodes, Header),
			Child: headerBlank(UPN, func(Row) bool { return true })},
		{Code: "444", From: 2026, Says: "Two children have the same UPN. Find out whose it is, and mend the other.", Fields: []Field{UPN}, Needs: needs(Header),
			Differs: "counts children, not rows: a child listed twice is rule INT32's",
			Whole:   sharedUPN},
		{Code: "446", From: 2023, Says: "There were no placement orders (LS E1) before 1 December 2005. Check LS and DECOM.", Fields: []Field{LS, DECOM}, Needs: needs(Episodes),
			Of: Episodes, Row: wrongIf(func(e Row) bool {
				d := e.Day(DECOM)
				return e.Is(LS, "E1") && d.Known() && d < placementOrders
			})},
		{Code: "452", From: 2023, Says: "The child's last episode of last year goes on with the same RNE, but PL_POST now lies in another authority. Check PL_POST.", Fields: []Field{PL_POST}, Needs: append(needs(Episodes), last(Episodes), NeedsAuthorities),
			Differs: "a DEC that is no date is open, as in 453 and 503; and " + skipsUndated,
			Child: sinceLastYear(func(c *Case, before, e Row) bool {
				return sameReason(before, e) && authorityDiffers(c, before, e)
			})},
		{Code: "453", From: 2023, Says: "The child's last episode of last year goes on with the same RNE, but the distance from home to placement is another. Check HOME_POST and PL_POST.", Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), last(Episodes), NeedsPlaces),
			Differs: distancesDiffer,
			Child: sinceLastYear(func(c *Case, before, e Row) bool {
				return sameReason(before, e) && distanceDiffers(c, before, e)
			})},
		{Code: "454", From: 2026, Says: "The placement is more than 350 miles from home. Check HOME_POST and PL_POST.", Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), NeedsPlaces),
			Of: Episodes, Row: func(c *Case, e Row) {
				if n, known := c.tenths(e); known && n > 3500 && n != 9999 {
					c.Find(e)
				}
			}},
		{Code: "460", From: 2023, Says: "The child stayed with the carers at 18 (REC E17) but was under 18 on that day (DEC). Check REC, DEC and DOB.", Fields: []Field{REC, DEC}, Needs: needs(Episodes, Header),
			Differs: "goes by one Header row: the open validator stops where a child has two",
			Child:   func(c *Case) { findLeavers(c, 18, under, "E17") }},
		{Code: "501", From: 2023, Says: "The episode begins (DECOM) before the one before it ends (DEC).", Fields: []Field{DECOM, DEC}, Needs: needs(Episodes),
			Child: eachNext(func(before, e Row) bool {
				d, ended := e.Day(DECOM), before.Day(DEC)
				return d.Known() && ended > d
			})},
		{Code: "502", From: 2023, Says: "Last year's return left an episode open: this year's first must be the same one and begin on the same day. Check DECOM.", Fields: []Field{DECOM}, Needs: append(needs(Episodes), last(Episodes)),
			Differs: "goes by the latest of last year's open episodes, where the open validator compares them all; and " + skipsUndated,
			Child:   openNotRepeated},
		cellCarried("503A", 2023, 0, RNE),
		cellCarried("503B", 2023, 0, LS),
		cellCarried("503C", 2023, 0, CIN),
		cellCarried("503D", 2023, 2023, PLACE),
		cellCarried("503D", 2024, 2025, PLACE, "H5 K3"),
		cellCarried("503D", 2026, 2026, PLACE, "Z1 Z11", "Z1 Z12", "Z1 Z13", "Z1 Z14"),
		cellCarried("503D", 2027, 0, PLACE),
		cellCarried("503E", 2023, 0, PLACE_PROVIDER),
		cellCarried("503F", 2023, 0, URN),
		{Code: "503G", From: 2023, Says: "The child's last episode of last year goes on, but the distance from home to placement is another. Check HOME_POST and PL_POST.", Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), last(Episodes), NeedsPlaces),
			Differs: distancesDiffer,
			Child:   sinceLastYear(distanceDiffers)},
		{Code: "503H", From: 2023, Says: "The child's last episode of last year goes on, but PL_POST now lies in another authority. Check PL_POST.", Fields: []Field{PL_POST}, Needs: append(needs(Episodes), last(Episodes), NeedsAuthorities),
			Differs: skipsUndated,
			Child:   sinceLastYear(authorityDiffers)},
		{Code: "503J", From: 2023, Says: "The child's last episode of last year goes on, but PL_POST was inside the authority and is now outside, or the other way round. Check PL_POST.", Fields: []Field{PL_POST}, Needs: append(needs(Episodes), last(Episodes), NeedsAuthorities, NeedsOwnAuthority),
			Differs: skipsUndated,
			Child: sinceLastYear(func(c *Case, before, e Row) bool {
				return location(c, before) != location(c, e)
			})},
		{Code: "504", From: 2023, Says: "CIN is why the child came into care and stays as it was until care ends, but it differs from the episode before.", Fields: []Field{CIN}, Needs: needs(Episodes),
			Differs: "two blank CINs are equal; the open validator takes them to differ",
			Child: eachNext(func(before, e Row) bool {
				d := before.Day(DEC)
				return before.Is(REC, "X1") && d.Known() && d == e.Day(DECOM) && !same(before, e, CIN)
			})},
	}
}

// placementOrders is the first day of the Adoption and Children Act 2002's orders,
// as the return has it.
var placementOrders = date.MustOf(2005, 12, 1)

// How several rules against last year differ from the open validator.
const (
	skipsUndated    = "passes over a child without any dated episode, for whom the open validator loses the whole rule"
	distancesDiffer = "a distance known in one year only differs, whichever it is, and tenths of a mile are compared whole; and " + skipsUndated
)

// eachNext puts every episode to a test with the one before it.
func eachNext(wrong func(before, e Row) bool) func(*Case) {
	return func(c *Case) { findNext(c, inOrder(c), wrong) }
}

func findNext(c *Case, rows []Row, wrong func(before, e Row) bool) {
	for i := 1; i < len(rows); i++ {
		if wrong(rows[i-1], rows[i]) {
			c.Find(rows[i])
		}
	}
}

// endsCare tells an episode after which the child was no longer looked after.
func endsCare(e Row) bool {
	return e.Is(REC, "E2", "E3", "E4A", "E4B", "E5", "E6", "E7", "E8", "E9", "E11", "E12", "E13", "E14", "E15", "E16", "E17", "E41", "E45", "E46", "E47", "E48")
}

// notFollowingOn goes by DECOM and then DEC, either last if it is no date.
func notFollowingOn(c *Case) {
	order := func(a, b Row) int {
		return cmp.Or(compareDays(a.Day(DECOM), b.Day(DECOM)), compareDays(a.Day(DEC), b.Day(DEC)))
	}
	rows := inOrder(c)
	if !slices.IsSortedFunc(rows, order) {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, order)
	}
	findNext(c, rows, func(before, e Row) bool {
		d := e.Day(DECOM)
		return e.Is(RNE, "P", "L", "T", "U", "B") && (!d.Known() || before.Day(DEC) != d)
	})
}

// compareDays puts an unknown day last.
func compareDays(a, b date.Date) int {
	if a.Known() != b.Known() {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(a, b)
}

// samePlacement compares a placement, its postcode without spaces: 434 asks for
// it, and 435 and 436 are its other side.
func samePlacement(a, b Row) bool {
	return same(a, b, PLACE) && samePostcode(a.Text(PL_POST), b.Text(PL_POST)) && same(a, b, URN) && same(a, b, PLACE_PROVIDER)
}

// sharedUPN names every row whose UPN is another child's too.
func sharedUPN(c *Case, all *Return) {
	holder := map[string]string{}
	shared := map[string]bool{}
	counts := func(r Row) bool {
		return r.Filled(CHILD) && r.Filled(UPN) && !r.Is(UPN, "UN1", "UN2", "UN3", "UN4", "UN5")
	}
	for r := range all.Sheets[Header].Rows() {
		if !counts(r) {
			continue
		}
		upn, child := r.Text(UPN), r.Text(CHILD)
		if first, known := holder[upn]; !known {
			holder[upn] = child
		} else if first != child {
			shared[upn] = true
		}
	}
	for r := range all.Sheets[Header].Rows() {
		if counts(r) && shared[r.Text(UPN)] {
			c.Find(r)
		}
	}
}

// sinceLastYear puts a child's first episode of this year to a test with the last
// of last year, if that one was left open.
func sinceLastYear(wrong func(c *Case, before, e Row) bool) func(*Case) {
	return func(c *Case) {
		before, ok := Latest(c.LastDated, DECOM)
		if !ok || len(c.Dated) == 0 || before.Day(DEC).Known() {
			return
		}
		if e := c.Dated[0]; wrong(c, before, e) {
			c.Find(e)
		}
	}
}

// cellCarried makes the rules that a cell of the open episode stays as it was,
// but for a code that took the place of another ("H5 K3").
func cellCarried(code string, from, to int, f Field, renamed ...string) Rule {
	return Rule{Code: code, From: from, To: to, Fields: []Field{f}, Needs: append(needs(Episodes), last(Episodes)),
		Says:    fmt.Sprintf("The child's last episode of last year goes on, but its %s was another then. Check %s, here or in last year's return.", f, f),
		Differs: skipsUndated,
		Child: sinceLastYear(func(_ *Case, before, e Row) bool {
			return !same(before, e, f) && (renamed == nil || !slices.Contains(renamed, before.Text(f)+" "+e.Text(f)))
		})}
}

func sameReason(before, e Row) bool { return e.Filled(RNE) && same(before, e, RNE) }

func authorityDiffers(c *Case, before, e Row) bool {
	then, _ := c.authority(before)
	now, _ := c.authority(e)
	return then != now
}

// distanceDiffers allows for a tenth of a mile.
func distanceDiffers(c *Case, before, e Row) bool {
	then, known := c.tenths(before)
	now, knownNow := c.tenths(e)
	return known != knownNow || max(then-now, now-then) >= 2
}

// location is PL_LOCATION, derived: a place in no authority at all is outside.
func location(c *Case, e Row) string {
	place, ok := c.Aids.Places.Find(e.Text(PL_POST))
	switch {
	case !ok:
		return ""
	case place.Authority == c.Aids.Authority:
		return "IN"
	}
	return "OUT"
}

// openNotRepeated looks at the latest of last year's open episodes; one without a
// real DECOM counts only if there is no other, and then differs from any.
func openNotRepeated(c *Case) {
	if len(c.Dated) == 0 {
		return
	}
	open, latest := false, date.Date(0)
	for _, e := range c.LastRows(Episodes) {
		if e.Blank(DEC) {
			open, latest = true, max(latest, e.Day(DECOM))
		}
	}
	if e := c.Dated[0]; open && latest != e.Day(DECOM) {
		c.Find(e)
	}
}
