package ssda903

import (
	"slices"

	"homeward/internal/date"
)

// rules300 are the rules 301 to 364: dates and legal status.
func rules300() []Rule {
	return slices.Concat(rulesBirth(), rulesAdoptionDays(), rulesOC3(), rulesEpisodeDays(), rulesSpells())
}

// endOf is the day an episode ended; one without is taken to last to the year
// end.
func endOf(c *Case, e Row) date.Date {
	if d := e.Day(DEC); d.Known() {
		return d
	}
	return c.End
}

// rulesBirth are the rules on how old the child is.
func rulesBirth() []Rule {
	return []Rule{
		rowOf(Header, Rule{Code: "301", From: 2023, Fields: []Field{DOB}, Says: "DOB is after the year end. Correct it, or take the child out of this year's return."},
			func(c *Case, r Row) bool { return r.Day(DOB) > c.End }),
		{Code: "302", From: 2023, Fields: []Field{DECOM, DOB}, Needs: needs(Header, Episodes),
			Says:    "The child's first episode begins before the child was born. Correct DECOM or DOB.",
			Differs: "passes over a child without a valid DECOM; the open validator crashes",
			Child: func(c *Case) {
				if len(c.Dated) > 0 && c.Dated[0].Day(DECOM) < c.Born() {
					h, _ := c.Header()
					c.Find(c.Dated[0], h)
				}
			}},
		{Code: "303", From: 2023, Fields: []Field{DUC, UASC}, Needs: needs(Unaccompanied, Header),
			Says: "The child has a day on which being an unaccompanied asylum-seeking child ended (DUC), but the UASC flag is not 1. Correct the one or the other.",
			Child: func(c *Case) {
				if c.Now.XML { // in CSV the row that has DUC is itself the flag
					bothThere(c, filledIn(c.Rows(Unaccompanied), DUC), notFlagged(c.Rows(Header)))
				}
			}},
		rowOf(Unaccompanied, Rule{Code: "304", From: 2023, Fields: []Field{DUC, DOB}, Says: "DUC is after the child's 18th birthday, when being an unaccompanied asylum-seeking child ends. Correct DUC or DOB."},
			func(c *Case, r Row) bool { return earlier(Birthday(r.Day(DOB), 18), r.Day(DUC)) }),
		rowOf(Header, Rule{Code: "351", From: 2023, Fields: []Field{DOB}, Says: "The person was over 25 when the year began. Correct DOB, or take them out of this year's return."},
			func(c *Case, r Row) bool { return earlier(Birthday(r.Day(DOB), 25), c.Start) }),
		{Code: "352", From: 2023, Fields: []Field{DECOM, RNE}, Needs: needs(Header, Episodes),
			Says: "A period of being looked after (RNE S) begins at 18 or older. Correct DECOM, RNE or DOB.",
			Child: func(c *Case) {
				adult := Birthday(c.Born(), 18)
				for _, e := range c.Rows(Episodes) {
					if adult.Known() && e.Is(RNE, "S") && e.Day(DECOM) >= adult {
						c.Find(e)
					}
				}
			}},
		{Code: "358", From: 2023, Fields: []Field{DECOM, LS, DOB}, Needs: needs(Episodes, Header),
			Says:    "The legal status is one of youth justice (LS J1, J2 or J3) from before the child was 10, the age of criminal responsibility. Correct LS, DECOM or DOB.",
			Differs: "an episode may begin on the 10th birthday, as its message allows",
			Child: func(c *Case) {
				tenth := Birthday(c.Born(), 10)
				for _, e := range c.Rows(Episodes) {
					if e.Is(LS, "J1", "J2", "J3") && earlier(e.Day(DECOM), tenth) {
						h, _ := c.Header()
						c.Find(e, h)
					}
				}
			}},
		{Code: "359", From: 2023, Fields: []Field{DEC, LS, PLACE}, Needs: needs(Episodes, Header),
			Says: "The child turned 18 before the year end, but the episode has not ended. Beyond 18 only accommodation under section 20 (LS V2) in a children's home (PLACE K2) goes on. Give DEC, or correct DOB.",
			Child: func(c *Case) {
				if !earlier(Birthday(c.Born(), 18), c.End) {
					return
				}
				for _, e := range c.Rows(Episodes) {
					if e.Blank(DEC) && !(e.Is(LS, "V2") && e.Is(PLACE, "K2")) {
						c.Find(e)
					}
				}
			}},
	}
}

// notFlagged are the rows of an XML header whose UASC flag is not 1.
func notFlagged(headers []Row) (list []Row) {
	for _, h := range headers {
		if n, ok := wholeNumber(h.Text(UASC)); !ok || n != 1 {
			list = append(list, h)
		}
	}
	return list
}

// rulesAdoptionDays are the rules that hold AD1 against the episodes.
func rulesAdoptionDays() []Rule {
	return []Rule{
		{Code: "331", From: 2023, Fields: []Field{DATE_MATCH, DECOM, REC}, Needs: needs(AD1, Episodes),
			Says: "The child was matched with the adopters (DATE_MATCH) after the placement that ended in adoption had begun (DECOM). Correct the one or the other.",
			Child: func(c *Case) {
				later(c, c.Rows(AD1), DATE_MATCH, where(c.Rows(Episodes), REC, "E11", "E12"), DECOM)
			}},
		rowOf(AD1, Rule{Code: "333", From: 2023, Fields: []Field{DATE_INT, DATE_MATCH}, Says: "The decision that the child should be placed for adoption (DATE_INT) is not given, or is after the match (DATE_MATCH). Correct the one or the other."},
			func(c *Case, r Row) bool {
				decided, matched := r.Day(DATE_INT), r.Day(DATE_MATCH)
				return matched.Known() && (!decided.Known() || decided > matched)
			}),
		{Code: "334", From: 2023, Fields: []Field{DATE_INT, DECOM, RNE}, Needs: needs(Episodes, AD1),
			Says:    "The decision that the child should be placed for adoption (DATE_INT) is before the child's latest period of care began (RNE S). Correct the one or the other.",
			Differs: "passes over a child whose periods of care all lack a valid DECOM; the open validator crashes",
			Child: func(c *Case) {
				if len(c.Rows(AD1)) == 0 {
					return
				}
				if began, ok := Latest(where(c.Rows(Episodes), RNE, "S"), DECOM); ok {
					later(c, []Row{began}, DECOM, c.Rows(AD1), DATE_INT)
				}
			}},
		{Code: "335", From: 2023, Fields: []Field{PLACE, FOSTER_CARE}, Needs: needs(Episodes, AD1),
			Says: "FOSTER_CARE says whether the adopters were the child's foster carers, but PLACE of the episode that ended in adoption says otherwise. Correct the one or the other.",
			Child: func(c *Case) {
				adopted, ad := where(c.Rows(Episodes), REC, "E1", "E11", "E12"), c.Rows(AD1)
				bothThere(c, where(adopted, PLACE, "A2", "A3", "A5"), where(ad, FOSTER_CARE, "0"))
				bothThere(c, where(adopted, PLACE, "A1", "A4", "A6"), where(ad, FOSTER_CARE, "1"))
			}},
		{Code: "336", From: 2023, Fields: []Field{PLACE}, Needs: needs(Episodes),
			Says:    "The child is placed for adoption with the current foster carer (PLACE A3 or A5), but the episode before is no foster placement and no placement for adoption. Check PLACE of both.",
			Differs: "tests A3 and A5, as its message says, where the open validator tests A3 and A4; leaves out episodes without a valid DECOM",
			Child: func(c *Case) {
				for i := 1; i < len(c.Dated); i++ {
					if c.Dated[i].Is(PLACE, "A3", "A5") && !c.Dated[i-1].Is(PLACE, "A3", "A4", "A5", "A6", "U1", "U2", "U3", "U4", "U5", "U6") {
						c.Find(c.Dated[i])
					}
				}
			}},
	}
}

// later names those of some rows whose day is after the day of one of others, and
// those others.
func later(c *Case, late []Row, lateDay Field, early []Row, earlyDay Field) {
	least, ok := First(early, earlyDay)
	most, okMost := Latest(late, lateDay)
	if !ok || !okMost {
		return
	}
	for _, r := range late {
		if r.Day(lateDay) > least.Day(earlyDay) {
			c.Find(r)
		}
	}
	for _, r := range early {
		if earlier(r.Day(earlyDay), most.Day(lateDay)) {
			c.Find(r)
		}
	}
}

// rulesOC3 are the rules on what is said of care leavers.
func rulesOC3() []Rule {
	all := []Field{IN_TOUCH, ACTIV, ACCOM}
	return []Rule{
		rowOf(OC3, Rule{Code: "344", From: 2023, Fields: all, Says: "The care leaver died or returned home (IN_TOUCH DIED or RHOM): ACTIV and ACCOM must both be 0."},
			func(c *Case, r Row) bool {
				return r.Is(IN_TOUCH, "DIED", "RHOM") && !(r.Is(ACTIV, "0") && r.Is(ACCOM, "0"))
			}),
		rowOf(OC3, Rule{Code: "345", From: 2023, Fields: all, Says: "The council is in touch with the care leaver (IN_TOUCH YES): ACTIV and ACCOM must say what they do and where they live, not 0."},
			func(c *Case, r Row) bool { return r.Is(IN_TOUCH, "YES") && (r.Is(ACTIV, "0") || r.Is(ACCOM, "0")) }),
		rowOf(OC3, Rule{Code: "347", From: 2024, Fields: []Field{ACCOM, DOB}, Says: "The young person was under 18 when the year began, but is returned as a care leaver in a foyer or the like (ACCOM T1 or T2). Correct ACCOM or DOB.",
			Differs: "tests the codes T1 and T2 and the 18th birthday; the open validator tests T, which is no code, and crashes on an invalid DOB"},
			func(c *Case, r Row) bool { return r.Is(ACCOM, "T1", "T2") && Birthday(r.Day(DOB), 18) > c.Start }),
		{Code: "348", From: 2026, Fields: []Field{IN_TOUCH}, Needs: []Need{Need(OC3), last(OC3)}, Child: neverAgainNot(OC3, IN_TOUCH, "DIED"),
			Says: "Last year the care leaver had died (IN_TOUCH DIED), this year not. Check which is right."},
	}
}

// rulesEpisodeDays are the rules on when an episode begins and ends.
func rulesEpisodeDays() []Rule {
	return []Rule{
		rowOf(Episodes, Rule{Code: "353", From: 2023, Fields: []Field{DECOM}, Says: "The episode begins before 14 October 1991, when the Children Act 1989 came into force. Correct DECOM."},
			func(c *Case, e Row) bool { return earlier(e.Day(DECOM), civil(1991, 10, 14)) }),
		rowOf(Episodes, Rule{Code: "354", From: 2023, Fields: []Field{DECOM}, Says: "The episode begins after the year end. Correct DECOM, or keep the episode for next year's return."},
			func(c *Case, e Row) bool { return e.Day(DECOM) > c.End }),
		rowOf(Episodes, Rule{Code: "355", From: 2023, Fields: []Field{DECOM, DEC}, Says: "The episode ends the day it begins. Correct DECOM or DEC, or take the episode away.",
			Differs: "compares days, not text: blanks are not alike, and 1/5/2025 is 01/05/2025"},
			func(c *Case, e Row) bool { return e.Day(DECOM).Known() && e.Day(DECOM) == e.Day(DEC) }),
		rowOf(Episodes, Rule{Code: "356", From: 2023, Fields: []Field{DECOM, DEC}, Says: "The episode ends before it begins. Correct DECOM or DEC."},
			func(c *Case, e Row) bool { return earlier(e.Day(DEC), e.Day(DECOM)) }),
		{Code: "357", From: 2023, Fields: []Field{DECOM, RNE}, Needs: needs(Episodes),
			Says: "The child's first episode began this year, so it must begin with starting to be looked after (RNE S). Correct RNE, or give the episodes before it.",
			Child: func(c *Case) {
				if len(c.Dated) > 0 && c.Dated[0].Day(DECOM) >= c.Start && !c.Dated[0].Is(RNE, "S") {
					c.Find(c.Dated[0])
				}
			}},
	}
}

// rulesSpells are the rules on how long a legal status may last.
func rulesSpells() []Rule {
	const follows = "a spell goes on only in the next episode of the same status, not across one of another"
	const ordered = "takes the episodes by DECOM, not as they stand in the file, and leaves out those with an invalid DEC"
	return []Rule{
		{Code: "361", From: 2023, Fields: []Field{DECOM, LS, DEC}, Needs: needs(Episodes), Differs: follows, Child: unbroken("L1", 3),
			Says: "Police protection (LS L1) lasts for more than 3 days: it ends after 72 hours. Correct LS or the dates."},
		{Code: "362", From: 2023, Fields: []Field{DECOM, LS, DEC}, Needs: needs(Episodes), Differs: follows, Child: unbroken("L2", 21),
			Says: "An emergency protection order (LS L2) lasts for more than 21 days. Correct LS or the dates."},
		{Code: "363", From: 2023, Fields: []Field{DECOM, LS, DEC}, Needs: needs(Episodes), Differs: ordered, Child: addedUp("L3", 7),
			Says: "A child assessment order (LS L3) lasts for more than 7 days. Correct LS or the dates."},
		{Code: "364", From: 2023, Fields: []Field{DECOM, LS, DEC}, Needs: needs(Episodes), Differs: ordered, Child: addedUp("J2", 21),
			Says: "Detention by the police (LS J2) lasts for more than 21 days. Correct LS or the dates."},
	}
}

// unbroken names the episodes of a status that follow directly on each other and
// together last longer than a number of days, from the first day to the last.
func unbroken(status string, most int) func(*Case) {
	return func(c *Case) {
		from, until := 0, date.Date(0)
		for i, e := range c.Dated {
			if !e.Is(LS, status) {
				from, until = i+1, 0
				continue
			}
			until = max(until, endOf(c, e))
			if i+1 < len(c.Dated) && c.Dated[i+1].Is(LS, status) && c.Dated[i+1].Day(DECOM) == endOf(c, e) {
				continue
			}
			if until.DaysSince(c.Dated[from].Day(DECOM)) > most {
				c.Find(c.Dated[from : i+1]...)
			}
			from, until = i+1, 0
		}
	}
}

// addedUp names the episodes of a status with no gap between them that together
// have more than a number of days, whatever lies beside them.
func addedUp(status string, most int) func(*Case) {
	return func(c *Case) {
		list := slices.DeleteFunc(where(c.Dated, LS, status), func(e Row) bool { return e.Filled(DEC) && !e.Day(DEC).Known() })
		from, days := 0, 0
		for i, e := range list {
			days += endOf(c, e).DaysSince(e.Day(DECOM))
			if i+1 < len(list) && list[i+1].Day(DECOM) <= endOf(c, e) {
				continue
			}
			if days > most {
				c.Find(list[from : i+1]...)
			}
			from, days = i+1, 0
		}
	}
}
