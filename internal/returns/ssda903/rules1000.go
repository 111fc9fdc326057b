package ssda903

import (
	"cmp"
	"slices"

	"homeward/internal/date"
)

// rules1000 are the rules 1000 to 3001: care leavers, and what is left.
func rules1000() []Rule {
	return slices.Concat(leaverRules(), leaverAgeRules(), leaverTablesRules(), otherRules1000())
}

const anyItem = "only where IN_TOUCH, ACTIV or ACCOM is filled, as its message says; the open validator does not look"

// ofLeavers finishes a rule of the children of whom OC3 says anything.
func ofLeavers(rule Rule, wrong func(c *Case) bool) Rule {
	rule.From, rule.Fields = FirstRulesYear, oc3Items
	rule.Needs = append(needs(Episodes, OC3), rule.Needs...)
	rule.Child = func(c *Case) {
		if slices.ContainsFunc(c.Rows(OC3), leaver) && wrong(c) {
			c.findWhere(c.Rows(OC3), leaver)
		}
	}
	return rule
}

// leaverRules hold OC3 against the child's episodes.
func leaverRules() []Rule {
	return []Rule{
		ofLeavers(Rule{Code: "1000", Differs: anyItem,
			Says: "The child died in care (REC E2), so IN_TOUCH, ACTIV and ACCOM must be blank; or REC is wrong."},
			func(c *Case) bool {
				died := func(e Row) bool { return e.Is(REC, "E2") }
				return slices.ContainsFunc(c.Rows(Episodes), died) || slices.ContainsFunc(c.LastRows(Episodes), died)
			}),
		ofLeavers(Rule{Code: "1001", Needs: append(needs(Header), last(Episodes)), When: careTold,
			Says: "By the episodes of this year and last the young person has no 13 weeks in care since turning 14 with a day of it since turning 16, or was adopted (REC E11 or E12), so IN_TOUCH, ACTIV and ACCOM must be blank. " +
				"Nothing is wrong where there was care in earlier years.",
			Differs: "passes over those of 20 or over and those without a DOB in Header, as meant, episodes without a day of beginning, and rows that say nothing; never drops another child's episodes"},
			neverRelevant),
		ofLeavers(Rule{Code: "1002", Needs: []Need{last(Episodes)}, Differs: anyItem,
			Says: "The young person has no episode this year or last, so IN_TOUCH, ACTIV and ACCOM must be blank; or episodes are missing. Nothing is wrong where there was care in earlier years."},
			func(c *Case) bool { return len(c.Rows(Episodes)) == 0 && len(c.LastRows(Episodes)) == 0 }),
		ofLeavers(Rule{Code: "1010", Needs: []Need{last(Episodes)}, Differs: anyItem,
			Says: "IN_TOUCH, ACTIV or ACCOM is filled, but the last episode of last year's return goes on and there is none this year. Return it again, with DEC and REC."},
			func(c *Case) bool {
				n := len(c.LastDated)
				return len(c.Rows(Episodes)) == 0 && n > 0 && c.LastDated[n-1].Blank(DEC)
			}),
		ofLeavers(Rule{Code: "1011", Differs: "passes over episodes without a day of beginning, on which the open validator crashes",
			Says: "Another council took over the child's care (REC E3), so IN_TOUCH, ACTIV and ACCOM must be blank; or REC is wrong."},
			func(c *Case) bool {
				final, ok := Latest(c.Dated, DECOM)
				return ok && final.Is(REC, "E3")
			}),
	}
}

// careTold tells whether there is anything to reckon rule 1001 from.
func careTold(s *Setup) string {
	for _, t := range []Table{Episodes, OC3, Header} {
		if s.Now.Sheets[t].Len() == 0 {
			return t.String() + " has no rows"
		}
	}
	if s.Last.Sheets[Episodes].Len() == 0 {
		return "last year's Episodes has no rows"
	}
	return ""
}

// weeks13 are the days in care since turning 14 that make a young person
// relevant. Source: Children Act 1989, section 23A, and the Care Leavers
// (England) Regulations 2010.
const weeks13 = 91

// neverRelevant tells whether a young person under 20 was in care too little to
// be a care leaver in law. The last episode goes on to the year end.
func neverRelevant(c *Case) bool {
	born := c.Born()
	if Birthday(born, 20) <= c.End { // true of an unknown one
		return false
	}
	episodes := bothYears(c)
	since14, since16 := 0, 0
	for i, e := range episodes {
		until := e.Day(DEC)
		if i == len(episodes)-1 {
			if until = endOf(c, e); e.Is(REC, "E11", "E12") {
				return true
			}
		}
		if !ShortBreak(e) {
			since14 += max(0, until.DaysSince(max(e.Day(DECOM), Birthday(born, 14))))
			since16 += max(0, until.DaysSince(max(e.Day(DECOM), Birthday(born, 16))))
		}
	}
	return since14 < weeks13 || since16 < 1
}

// bothYears are the child's episodes of two years by DECOM. Of those that began
// on one day the first to end stands for all, or this year's if none has ended.
func bothYears(c *Case) []Row {
	all := slices.Concat(c.Dated, c.LastDated)
	slices.SortStableFunc(all, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Day(DECOM), b.Day(DECOM)), cmp.Compare(orEver(a.Day(DEC)), orEver(b.Day(DEC))))
	})
	return slices.CompactFunc(all, func(a, b Row) bool { return a.Day(DECOM) == b.Day(DECOM) })
}

// leaverAgeRules hold OC3 against the care on a young person's last birthday.
func leaverAgeRules() []Rule {
	return []Rule{
		{Code: "1007", From: 2023, Fields: []Field{DOB, IN_TOUCH, ACTIV, ACCOM}, Needs: needs(Episodes, OC3), Child: inCareOnBirthday,
			Says:    "The young person of 17 or 18 was still looked after on that birthday, so IN_TOUCH, ACTIV and ACCOM must be blank; or DEC or DOB is wrong.",
			Differs: "an episode without DEC goes on, where the open validator never finds one; who was born on 29 February has a birthday on the 28th, and an invalid date crashes nothing"},
		{Code: "1016", From: 2024, Fields: []Field{DOB, IN_TOUCH, ACTIV, ACCOM}, Needs: needs(Episodes, OC3), Child: leftAfterBirthday,
			Says:    "The young person of 17 or 18 left care (DEC) on that birthday or after it, so IN_TOUCH, ACTIV and ACCOM must be blank; or DEC or DOB is wrong.",
			Differs: "reckons ages by the calendar; the open validator by years of 365.2425 days, which misplaces birthdays at the year end, and crashes on an invalid DOB"},
	}
}

// turned is the last birthday by the year end of a young person who is then 17 or
// 18; unknown for others.
func turned(c *Case, r Row) date.Date {
	born := r.Day(DOB)
	switch {
	case Birthday(born, 19) <= c.End, Birthday(born, 17) > c.End: // the first is true of an unknown one
		return 0
	case Birthday(born, 18) <= c.End:
		return Birthday(born, 18)
	}
	return Birthday(born, 17)
}

func inCareOnBirthday(c *Case) {
	if len(c.Rows(OC3)) == 0 || len(c.Dated) == 0 {
		return
	}
	lasting := slices.DeleteFunc(slices.Clone(c.Dated), func(e Row) bool { return e.Filled(DEC) && !e.Day(DEC).Known() })
	care := reaches(lasting, DECOM, DEC)
	c.findWhere(c.Rows(OC3), func(r Row) bool {
		day := turned(c, r)
		return leaver(r) && day.Known() && reached(care, day) > day
	})
}

func leftAfterBirthday(c *Case) {
	left, ok := Latest(c.Rows(Episodes), DEC)
	if !ok {
		return
	}
	c.findWhere(c.Rows(OC3), func(r Row) bool { return leaver(r) && notAfter(turned(c, r), left.Day(DEC)) })
}

// beside are the tables that rule 1012 wants episodes for.
var beside = []Table{PlacedAdoption, Missing, Reviews, AD1, PrevPerm, OC2}

// leaverTablesRules hold OC3 against the other tables.
func leaverTablesRules() []Rule {
	return []Rule{
		{Code: "1012", From: 2023, Fields: []Field{CHILD}, Needs: needs(Episodes), Child: recordsOnly,
			Says:    "The child has no episode this year, so only OC3 may say anything of them. Add the episodes, or take this row out.",
			Differs: "only children in OC3, whom its message is about, if OC3 was given; the others are named by EPI",
			When: func(s *Setup) string {
				if slices.ContainsFunc(beside, s.has) {
					return ""
				}
				return "none of PlacedAdoption, Missing, Reviews, AD1, PrevPerm and OC2 was given"
			}},
		{Code: "1014", From: 2023, Fields: []Field{DUC, IN_TOUCH, ACTIV, ACCOM}, Needs: needs(Episodes, Unaccompanied, OC3),
			Says:    "The young person is in OC3 as a care leaver and was not looked after in the year, so there must be no row in UASC; or episodes are missing.",
			Differs: "also who has no episode at all, as most care leavers have none; the open validator passes them over",
			Child: func(c *Case) {
				flag, _ := c.Flag() // in XML everybody has a row, the flag tells who is meant
				if !(c.Now.XML && flag != "1") && !slices.ContainsFunc(c.Rows(Episodes), c.inYear) {
					bothThere(c, c.Rows(Unaccompanied), filledIn(c.Rows(OC3), oc3Items...))
				}
			}},
		{Code: "3001", From: 2023, Fields: []Field{ACCOM}, Needs: needs(Header, OC3),
			Says:    "The young person turned 17 in the year, so ACCOM cannot be Z1 or Z2: a former foster carer is one only from the 18th birthday. Put ACCOM or the DOB of Header right.",
			Differs: "one row of Header is enough where a child has several, on whom the open validator crashes; names ACCOM, not REC",
			Child: func(c *Case) {
				turned17 := func(h Row) bool { d := Birthday(h.Day(DOB), 17); return d >= c.Start && d <= c.End }
				if slices.ContainsFunc(c.Rows(Header), turned17) {
					c.findWhere(c.Rows(OC3), func(r Row) bool { return r.Is(ACCOM, "Z1", "Z2") })
				}
			}},
	}
}

func recordsOnly(c *Case) {
	if len(c.Rows(Episodes)) > 0 || c.has(OC3) && len(c.Rows(OC3)) == 0 {
		return
	}
	for _, t := range beside {
		c.Find(c.Rows(t)...)
	}
}

// otherRules1000 are the rules that are not about care leavers.
func otherRules1000() []Rule {
	return []Rule{
		{Code: "1003", From: 2023, Fields: []Field{DATE_PLACED, DECOM, RNE}, Needs: needs(Episodes, PlacedAdoption), Child: placedBeforeCare,
			Says:    "DATE_PLACED, the day the child was placed for adoption, is before the child first came into care (RNE S). Correct the one or the other.",
			Differs: "passes over a child whose starts of care all lack a valid DECOM; the open validator crashes"},
		mustBeDay("1004", Missing, MIS_START),
		mayBeDay("1005", Missing, MIS_END),
		mayBe("1006", Missing, MISSING, "M A"),
		rowOf(Episodes, Rule{Code: "1008", From: 2023, Fields: []Field{URN}, Needs: []Need{NeedsProviders},
			Says:    "URN is not in the list of providers. Correct it, or put XXXXXXX if the provider's number is awaited.",
			Differs: "compares as text without spaces around it; the open validator misses numbers that a workbook holds as such, or crashes"},
			func(c *Case, e Row) bool { return namesProvider(e) && len(c.registrations(e)) == 0 }),
		mayBe("1009", Episodes, REASON_PLACE_CHANGE, "CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER"),
		rowOf(Episodes, Rule{Code: "1015", From: 2023, Fields: []Field{PLACE, PLACE_PROVIDER, PL_POST}, Needs: []Need{NeedsAuthorities, NeedsOwnAuthority},
			Says:    "PLACE_PROVIDER says the council's own provision (PR1), but PL_POST lies in another authority. It may be right where the council has a home beyond its boundary: check it.",
			Differs: "passes over a placement whose authority cannot be told; the open validator takes it for outside"}, ownHomeElsewhere),
	}
}

func placedBeforeCare(c *Case) {
	at := slices.IndexFunc(c.Dated, func(e Row) bool { return e.Is(RNE, "S") })
	if at < 0 {
		return
	}
	for _, p := range c.Rows(PlacedAdoption) {
		if earlier(p.Day(DATE_PLACED), c.Dated[at].Day(DECOM)) {
			c.Find(c.Dated[at], p)
		}
	}
}

// ownHomeElsewhere leaves out carers and adopters, who may live anywhere.
func ownHomeElsewhere(c *Case, e Row) bool {
	if !e.Is(PLACE_PROVIDER, "PR1") || e.AnyBlank(PLACE, LS) || ShortBreak(e) ||
		e.Is(PLACE, "A3", "A4", "A5", "A6", "U1", "U2", "U3", "U4", "U5", "U6") {
		return false
	}
	authority, known := c.authority(e)
	return known && authority != c.Aids.Authority
}
