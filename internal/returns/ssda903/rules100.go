package ssda903

import (
	"regexp"
	"slices"
	"strings"

	"homeward/internal/date"
)

// rules100 are the rules 101 to 199: is each cell what it may be, and OC2.
func rules100() []Rule {
	return slices.Concat(cellRules100(), rowRules100(), placeRules100(), adoptionRules100(), childRules100(), oc2Rules100(), lookedAfterRules100())
}

// The items of a table that are filled together.
var (
	ad1Items    = []Field{DATE_INT, DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR, LS_ADOPTR}
	oc3Items    = []Field{IN_TOUCH, ACTIV, ACCOM}
	healthItems = []Field{IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE}
	ifAnyItems  = []Field{CONVICTED, HEALTH_CHECK, INTERVENTION_RECEIVED, INTERVENTION_OFFERED}
	oc2Items    = slices.Concat(healthItems, ifAnyItems)
)

// wrongRow tells whether a row is wrong.
type wrongRow func(c *Case, r Row) bool

// rowRule is a rule of each row of a table by itself.
func rowRule(code string, t Table, says string, wrong wrongRow, list ...Field) Rule {
	return rowOf(t, Rule{Code: code, From: FirstRulesYear, Says: says, Fields: list}, wrong)
}

// between is a rule as it stands from one year to another; to none if that is 0.
func between(from, to int, r Rule) Rule {
	r.From, r.To = from, to
	return r
}

// differing is a rule that does not do as the open validator does.
func differing(r Rule, how string) Rule {
	r.Differs = how
	return r
}

// oneOf lists codes as people say them: A, B or C.
func oneOf(codes []string) string {
	most := len(codes) - 1
	return strings.Join(codes[:most], ", ") + " or " + codes[most]
}

// mustBe is the rule that a cell is one of some codes.
func mustBe(code string, t Table, f Field, codes string) Rule {
	list := strings.Fields(codes)
	return rowRule(code, t, f.String()+" must be "+oneOf(list)+"; it may not be blank.", func(_ *Case, r Row) bool { return !r.Is(f, list...) }, f)
}

// mayBe is the rule that a cell is one of some codes if it is filled.
func mayBe(code string, t Table, f Field, codes string) Rule {
	list := strings.Fields(codes)
	return rowRule(code, t, f.String()+" must be "+oneOf(list)+".", func(_ *Case, r Row) bool { return r.Filled(f) && !r.Is(f, list...) }, f)
}

// mustBeDay is the rule that a cell is a day.
func mustBeDay(code string, t Table, f Field) Rule {
	return rowRule(code, t, f.String()+" must be a day of the calendar, written DD/MM/YYYY; it may not be blank.",
		func(_ *Case, r Row) bool { return !r.Day(f).Known() }, f)
}

// mayBeDay is the rule that a cell is a day if it is filled.
func mayBeDay(code string, t Table, f Field) Rule {
	return rowRule(code, t, f.String()+" must be a day of the calendar, written DD/MM/YYYY.",
		func(_ *Case, r Row) bool { return r.Filled(f) && !r.Day(f).Known() }, f)
}

// together is the rule that of some cells all are filled or none.
func together(code string, t Table, says string, list ...Field) Rule {
	return rowRule(code, t, says, func(_ *Case, r Row) bool { return r.AnyFilled(list...) && r.AnyBlank(list...) }, list...)
}

// Where a child lives. The first are those of every year.
const placements = "A3 A4 A5 A6 K1 K2 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 "

// cellRules100 are the rules of one cell.
func cellRules100() []Rule {
	return []Rule{
		between(2023, 2024, mustBe("101", Header, SEX, "1 2")),
		between(2025, 0, mustBe("101", Header, SEX, "M F U")),
		mustBeDay("102", Header, DOB),
		mustBe("103", Header, ETHNIC, "WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT"),
		mayBeDay("112", AD1, DATE_INT),
		mayBeDay("113", AD1, DATE_MATCH),
		mayBe("114", AD1, FOSTER_CARE, "0 1"),
		mayBeDay("115", PlacedAdoption, DATE_PLACED),
		mayBeDay("116", PlacedAdoption, DATE_PLACED_CEASED),
		mayBe("120", PlacedAdoption, REASON_PLACED_CEASED, "RD1 RD2 RD3 RD4"),
		mustBe("131", OC3, IN_TOUCH, "YES NO DIED REFU NREQ RHOM"),
		mustBe("132", OC3, ACTIV, "F1 P1 F2 P2 F4 P4 F5 P5 G4 G5 G6 0"),
		mustBe("133", OC3, ACCOM, "B1 B2 C1 C2 D1 D2 E1 E2 G1 G2 H1 H2 K1 K2 R1 R2 S2 T1 T2 U1 U2 V1 V2 W1 W2 X2 Y1 Y2 Z1 Z2 0"),
		mayBeDay("141", Episodes, DECOM),
		mayBe("143", Episodes, RNE, "S P L T U B"),
		mayBe("144", Episodes, LS, "C1 C2 D1 E1 V2 V3 V4 J1 J2 J3 L1 L2 L3"),
		mayBe("145", Episodes, CIN, "N1 N2 N3 N4 N5 N6 N7 N8"),
		between(2023, 2024, mayBe("146", Episodes, PLACE, placements+"H5 P2 Z1")),
		differing(between(2025, 2025, mayBe("146", Episodes, PLACE, placements+"H5 P2 K3 Z1")), "takes K3, which the open validator refuses in this year because of a slip of case"),
		between(2026, 0, mayBe("146", Episodes, PLACE, placements+"K3 Z11 Z12 Z13 Z14")),
		mayBeDay("147", Episodes, DEC),
		mayBe("149", Episodes, REC, "E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E8 E9 E14 E15 E16 E17 X1"),
		mustBeDay("166", Reviews, REVIEW),
		mayBeDay("171", Header, MC_DOB),
		mayBe("175", AD1, NB_ADOPTR, "1 2"),
		mayBe("176", AD1, SEX_ADOPTR, "M1 F1 MM FF MF"),
		mayBe("177", AD1, LS_ADOPTR, "L0 L11 L12 L2 L3 L4"),
		mayBe("196", OC2, SDQ_REASON, "SDQ1 SDQ2 SDQ3 SDQ4 SDQ5"),
	}
}

// wholeUPN is a unique pupil number, permanent or temporary, or why there is
// none. The check letter is not tested.
var wholeUPN = regexp.MustCompile(`^(UN[1-5]|[A-HJ-NP-RT-Z][0-9]{11}[0-9A-Z])$`)

// rowRules100 are the rules of cells of a row, one with another.
func rowRules100() []Rule {
	return []Rule{
		rowRule("104", Unaccompanied, "DUC, the day the child ceased to be unaccompanied, must be a day of the calendar, written DD/MM/YYYY, and not before 1 April of the collection year.",
			func(c *Case, r Row) bool { return r.Filled(DUC) && r.Day(DUC) < c.Start }, DUC), // what is no day is before every day
		{Code: "105", From: 2023, Says: "The UASC flag must be 0 or 1.", Fields: []Field{UASC}, Needs: needs(Header),
			When: func(s *Setup) string {
				if s.Now.XML {
					return ""
				}
				return "not applicable: in CSV the flag is the presence of a row in UASC"
			},
			Of: Header, Row: func(c *Case, r Row) {
				if n, ok := wholeNumber(r.Text(UASC)); !ok || n > 1 {
					c.Find(r)
				}
			}},
		together("119", PlacedAdoption, "The day a placement for adoption ended (DATE_PLACED_CEASED) and why (REASON_PLACED_CEASED) must be given together or not at all.", DATE_PLACED_CEASED, REASON_PLACED_CEASED),
		together("148", Episodes, "The day an episode ended (DEC) and why (REC) must be given together or not at all.", DEC, REC),
		together("151", AD1, "The adoption items are filled in part. Give all six, or none.", ad1Items...),
		together("153", OC3, "The care leaver items are filled in part. Give all three, or none.", oc3Items...),
		rowRule("167", Reviews, "A review needs REVIEW_CODE, PN0 to PN7, and REVIEW_CODE needs the day of the review.",
			func(_ *Case, r Row) bool {
				if r.Blank(REVIEW) {
					return r.Filled(REVIEW_CODE)
				}
				return !r.Is(REVIEW_CODE, "PN0", "PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7")
			}, REVIEW, REVIEW_CODE),
		differing(rowRule("168", Header, "UPN must be a unique pupil number of 13 characters, or UN1 to UN5 for why there is none.",
			func(_ *Case, r Row) bool { return r.Filled(UPN) && !wholeUPN.MatchString(r.Text(UPN)) }, UPN), "a line feed at the end is wrong too"),
		between(2023, 2024, notMother("1")),
		between(2025, 0, notMother("M")),
		between(2023, 2025, provided("T0", "T1", "T2", "T3", "T4", "Z1")),
		between(2026, 0, provided("T0", "T1", "T2", "T3", "Z11", "Z12", "Z13", "Z14")),
	}
}

func notMother(male string) Rule {
	return rowRule("174", Header, "MC_DOB, the birth date of a mother's child, is given for a male child. Take it out, or put SEX right.",
		func(_ *Case, r Row) bool { return r.Is(SEX, male) && r.Filled(MC_DOB) }, SEX, MC_DOB)
}

// provided is the rule of who provides a placement; some have no provider.
func provided(byNobody ...string) Rule {
	return rowRule("178", Episodes, "PLACE_PROVIDER must be PR0 to PR5, and blank where PLACE is "+oneOf(byNobody)+".",
		func(_ *Case, r Row) bool {
			return r.Filled(PLACE_PROVIDER) && (!r.Is(PLACE_PROVIDER, "PR0", "PR1", "PR2", "PR3", "PR4", "PR5") || r.Is(PLACE, byNobody...))
		}, PLACE_PROVIDER, PLACE)
}

// mostTenths is the longest distance a return can say, in tenths of a mile.
const mostTenths = 9999

// placeRules100 are the rules of where a placement is.
func placeRules100() []Rule {
	authority := rowRule("169", Episodes, "PL_POST, the postcode of the placement, is blank, unknown, or in no council's area. Give the whole postcode.",
		func(c *Case, r Row) bool {
			if ShortBreak(r) {
				return false
			}
			_, known := c.authority(r)
			return !known
		}, PL_POST)
	authority.Needs = append(authority.Needs, NeedsAuthorities)
	location := rowRule("179", Episodes, "PL_POST, the postcode of the placement, is blank or unknown, so that nobody can tell whether it is in the council's area. Give the whole postcode.",
		func(c *Case, r Row) bool {
			if ShortBreak(r) {
				return false
			}
			_, known := c.Aids.Places.Find(r.Text(PL_POST))
			return !known
		}, PL_POST)
	location.Needs = append(location.Needs, NeedsPlaces)
	return []Rule{authority, location,
		{Code: "164", From: 2023, Says: "There is no distance from home to the placement, of 0 to 999.9 miles: HOME_POST or PL_POST is blank or unknown. Give both whole postcodes. Nothing is wrong if the child was unaccompanied (UASC), though not this year or last.",
			Fields: []Field{HOME_POST, PL_POST}, Needs: append(needs(Episodes), NeedsPlaces), When: anyUASC,
			Differs: "a distance that cannot be worked out is wrong, and episodes of short breaks (V3, V4) are passed over; the open validator can never find anything",
			Child: func(c *Case) {
				if c.WasUASC() {
					return
				}
				for _, e := range c.Rows(Episodes) {
					if ShortBreak(e) {
						continue
					}
					if n, known := c.tenths(e); !known || n > mostTenths {
						c.Find(e)
					}
				}
			}},
	}
}

// adoptionRules100 are the rules of a child's placements for adoption against
// the care before.
func adoptionRules100() []Rule {
	return []Rule{
		{Code: "117", From: 2023, Says: "DATE_PLACED or DATE_PLACED_CEASED is after 31 March of the collection year, or after the child left care (DEC).",
			Fields: []Field{DATE_PLACED, DATE_PLACED_CEASED, DEC}, Needs: needs(Episodes, PlacedAdoption),
			Differs: "also tests against 31 March where no episode says when care ended",
			Child:   placedTooLate},
		{Code: "118", From: 2023, Says: "DATE_PLACED_CEASED is before 1 April of the collection year, or before the child's care began (DECOM).",
			Fields: []Field{DATE_PLACED_CEASED, DECOM}, Needs: needs(Episodes, PlacedAdoption),
			Differs: "passes over a child whose care has no day of beginning, on which the open validator crashes",
			Child: func(c *Case) {
				at := slices.IndexFunc(c.Dated, func(e Row) bool { return !ShortBreak(e) })
				if at < 0 {
					return
				}
				began := c.Dated[at]
				from := max(began.Day(DECOM), c.Start)
				for _, p := range c.Rows(PlacedAdoption) {
					if d := p.Day(DATE_PLACED_CEASED); d.Known() && d < from {
						c.Find(began, p)
					}
				}
			}},
		{Code: "184", From: 2023, Says: "DATE_PLACED, the day the child was placed for adoption, is before the child was born. Put it or the DOB of Header right.",
			Fields: []Field{DATE_PLACED}, Needs: needs(Header, PlacedAdoption),
			Differs: "goes by the DOB of Header, and finds nothing where that is missing; the open validator takes the copy in PlacedAdoption",
			Child: func(c *Case) {
				born := c.Born()
				for _, p := range c.Rows(PlacedAdoption) {
					if d := p.Day(DATE_PLACED); d.Known() && d < born {
						c.Find(p)
					}
				}
			}},
		{Code: "199", From: 2023, Says: "An episode begins after the child left care by adoption (REC E11 or E12). Put REC right, or take this episode out: an adopted child who comes into care again has a new CHILD.",
			Fields: []Field{DECOM, REC}, Needs: needs(Episodes),
			Differs: "an episode told in both years' returns counts once",
			Child:   afterAdoption},
	}
}

// lastStay is the latest episode that no other follows by its own word (X1).
func lastStay(c *Case) (latest Row, ok bool) {
	for _, e := range c.Dated {
		if !e.Is(REC, "X1") && (!ok || e.Day(DECOM) > latest.Day(DECOM)) {
			latest, ok = e, true
		}
	}
	return latest, ok
}

func placedTooLate(c *Case) {
	left, ok := lastStay(c)
	by := c.End
	if ok && left.Day(DEC).Known() {
		by = min(by, left.Day(DEC))
	}
	for _, p := range c.Rows(PlacedAdoption) {
		if p.Day(DATE_PLACED) <= by && p.Day(DATE_PLACED_CEASED) <= by {
			continue
		}
		if c.Find(p); ok {
			c.Find(left)
		}
	}
}

// afterAdoption finds this year's episodes after the first adoption of the two
// years. One that began on the day of last year's adoption episode is that
// episode, told again.
func afterAdoption(c *Case) {
	adoption := func(e Row) bool { return e.Is(REC, "E11", "E12") }
	var before date.Date
	if at := slices.IndexFunc(c.LastDated, adoption); at >= 0 {
		before = c.LastDated[at].Day(DECOM)
	}
	adopted := false
	for _, e := range c.Dated {
		if adopted || before.Known() && e.Day(DECOM) > before {
			c.Find(e)
		}
		adopted = adopted || adoption(e)
	}
}

// childRules100 are the other rules that take a child's tables together.
func childRules100() []Rule {
	return []Rule{
		{Code: "134", From: 2023, Says: "The adoption items (AD1) are filled for a young person who is in OC3 as a care leaver. Take out whichever is wrong.",
			Fields: ad1Items, Needs: needs(OC3, AD1),
			Child: func(c *Case) {
				if !slices.ContainsFunc(c.Rows(OC3), leaver) {
					return
				}
				for _, ad := range c.Rows(AD1) {
					if ad.AnyFilled(ad1Items...) {
						c.Find(ad)
					}
				}
			}},
		{Code: "142", From: 2023, Says: "A later episode has begun but this one has no end. Give DEC and REC.",
			Fields: []Field{DEC, REC}, Needs: needs(Episodes),
			Differs: "an episode without a day of beginning is not taken for the last: it is rule 141's",
			Child: func(c *Case) {
				for i, e := range c.Dated {
					if i < len(c.Dated)-1 && (!e.Day(DEC).Known() || e.Blank(REC)) {
						c.Find(e)
					}
				}
			}},
		{Code: "165", From: 2023, Says: "MOTHER must be 0 or 1, and given, for a female child who was looked after in the year other than in short breaks. It must be blank for a male child, and for a female care leaver (OC3) who was not.",
			Fields: []Field{MOTHER, SEX, IN_TOUCH, ACTIV, ACCOM}, Needs: needs(Header, Episodes, OC3),
			Differs: "knows SEX by its letters from 2025, and tests children without episodes too",
			Child:   mothers},
	}
}

// leaver tells whether a row of OC3 says anything.
func leaver(r Row) bool { return r.AnyFilled(oc3Items...) }

func mothers(c *Case) {
	inCare := slices.ContainsFunc(c.Rows(Episodes), func(e Row) bool { return !ShortBreak(e) && c.inYear(e) })
	left := slices.ContainsFunc(c.Rows(OC3), leaver)
	found := false
	for _, h := range c.Rows(Header) {
		if wrongMother(h, c.Year, inCare, left) {
			c.Find(h)
			found = true
		}
	}
	if found {
		c.Find(c.Rows(OC3)...)
	}
}

func wrongMother(h Row, year int, inCare, left bool) bool {
	male, female := "1", "2"
	if year >= 2025 {
		male, female = "M", "F"
	}
	switch {
	case h.Filled(MOTHER) && (!h.Is(MOTHER, "0", "1") || h.Is(SEX, male)):
		return true
	case !h.Is(SEX, female):
		return false
	case h.Blank(MOTHER):
		return inCare
	}
	return left && !inCare
}

// oc2Rules100 are the rules of a row of OC2 by itself.
func oc2Rules100() []Rule {
	sdq := []Field{SDQ_SCORE, SDQ_REASON}
	return []Rule{
		rowRule("158", OC2, "INTERVENTION_OFFERED must be blank where INTERVENTION_RECEIVED is 1.",
			func(_ *Case, r Row) bool { return r.Is(INTERVENTION_RECEIVED, "1") && r.Filled(INTERVENTION_OFFERED) }, INTERVENTION_RECEIVED, INTERVENTION_OFFERED),
		rowRule("159", OC2, "A child who misused substances and received no intervention: say in INTERVENTION_OFFERED whether one was offered.",
			func(_ *Case, r Row) bool {
				return r.Is(SUBSTANCE_MISUSE, "1") && r.Is(INTERVENTION_RECEIVED, "0") && r.Blank(INTERVENTION_OFFERED)
			}, SUBSTANCE_MISUSE, INTERVENTION_RECEIVED, INTERVENTION_OFFERED),
		rowRule("180", OC2, "SDQ_SCORE must be a whole number from 0 to 40.",
			func(_ *Case, r Row) bool {
				if r.Blank(SDQ_SCORE) {
					return false
				}
				n, ok := wholeNumber(r.Text(SDQ_SCORE))
				return !ok || n > 40
			}, SDQ_SCORE),
		rowRule("181", OC2, "The items of OC2 about offences, health and substances must be 0 or 1.",
			func(_ *Case, r Row) bool {
				return slices.ContainsFunc(oc2Items, func(f Field) bool { return r.Filled(f) && !r.Is(f, "0", "1") })
			}, oc2Items...),
		rowRule("182", OC2, "IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT and SUBSTANCE_MISUSE must all be given where another item about offences, health or intervention is.",
			func(_ *Case, r Row) bool { return r.AnyBlank(healthItems...) && r.AnyFilled(ifAnyItems...) }, oc2Items...),
		rowRule("188", OC2, "SDQ_SCORE and SDQ_REASON must be blank for a child under 4 on 31 March, or DOB is wrong.",
			func(c *Case, r Row) bool { return r.AnyFilled(sdq...) && Birthday(r.Day(DOB), 4) > c.End }, SDQ_SCORE, SDQ_REASON, DOB),
		differing(rowRule("189", OC2, "SDQ_SCORE and SDQ_REASON must be blank for a young person of 17 or over on 1 April, or DOB is wrong.",
			func(c *Case, r Row) bool {
				b := Birthday(r.Day(DOB), 17)
				return r.AnyFilled(sdq...) && b.Known() && b <= c.Start
			}, SDQ_SCORE, SDQ_REASON, DOB), "who is 17 on 1 April itself counts as 17"),
		rowRule("192", OC2, "A child who misused substances: say in INTERVENTION_RECEIVED whether they received an intervention.",
			func(_ *Case, r Row) bool { return r.Is(SUBSTANCE_MISUSE, "1") && r.Blank(INTERVENTION_RECEIVED) }, SUBSTANCE_MISUSE, INTERVENTION_RECEIVED),
		rowRule("193", OC2, "INTERVENTION_RECEIVED and INTERVENTION_OFFERED must be blank for a child who did not misuse substances, or SUBSTANCE_MISUSE is wrong.",
			func(_ *Case, r Row) bool {
				return r.Is(SUBSTANCE_MISUSE, "", "0") && r.AnyFilled(INTERVENTION_RECEIVED, INTERVENTION_OFFERED)
			}, SUBSTANCE_MISUSE, INTERVENTION_RECEIVED, INTERVENTION_OFFERED),
		rowRule("197a", OC2, "There is a score (SDQ_SCORE), so there must be no reason for having none (SDQ_REASON).",
			func(_ *Case, r Row) bool { return r.Filled(SDQ_SCORE) && r.Filled(SDQ_REASON) }, sdq...),
	}
}

// lookedAfter is a rule of the rows in OC2 of children looked after all year, or
// of those who were not.
func lookedAfter(code string, allYear bool, says string, wrong wrongRow, list ...Field) Rule {
	return Rule{Code: code, From: FirstRulesYear, Says: says, Fields: list, Needs: needs(OC2, Episodes),
		Child: func(c *Case) {
			for _, r := range c.Rows(OC2) {
				if wrong(c, r) && c.CLA() == allYear {
					c.Find(r)
				}
			}
		}}
}

// sdqAge tells whether a child is from 4 to 16 all year: one who is to have a
// score.
func sdqAge(c *Case, r Row) bool {
	b := r.Day(DOB)
	return b.Known() && Birthday(b, 4) <= c.Start && Birthday(b, 17) > c.End
}

// noSDQ tells whether a row gives neither a score nor a reason for having none.
func noSDQ(r Row) bool { return r.Blank(SDQ_SCORE) && r.Blank(SDQ_REASON) }

// lookedAfterRules100 are the rules of who must be in OC2, and who may not.
func lookedAfterRules100() []Rule {
	return []Rule{
		differing(lookedAfter("157", true, "SDQ_REASON says SDQ1, the wrong age, but the child is from 4 to 16. Give SDQ_SCORE or another reason, or put DOB right.",
			func(c *Case, r Row) bool { return r.Is(SDQ_REASON, "SDQ1") && r.Blank(SDQ_SCORE) && sdqAge(c, r) }, SDQ_REASON, DOB),
			"goes up to the 17th birthday, as the published rule does; the open validator stops at the 16th"),
		lookedAfter("185", false, "SDQ_SCORE is given for a child who was not looked after all year. Take it out, or put the episodes right.",
			func(_ *Case, r Row) bool { return r.Filled(SDQ_SCORE) }, SDQ_SCORE),
		lookedAfter("186", true, "A child from 4 to 16 was looked after all year and has no SDQ_SCORE. Give it, or in SDQ_REASON why there is none.",
			func(c *Case, r Row) bool { return noSDQ(r) && sdqAge(c, r) }, SDQ_SCORE, SDQ_REASON),
		{Code: "187", From: 2023, Says: "The child was looked after all year, so OC3 and AD1, which are about leaving care, must be blank; or the episodes are wrong.",
			Fields: slices.Concat(oc3Items, ad1Items), Needs: needs(Episodes),
			When: func(s *Setup) string {
				if s.has(OC3) || s.has(AD1) {
					return ""
				}
				return "neither OC3 nor AD1 was given"
			},
			Differs: "tests OC3 or AD1 where only one of them was given",
			Child:   inCareYetLeft},
		lookedAfter("190", false, "The items of OC2 about offences, health and substances are given for a child who was not looked after all year. Take them out, or put the episodes right.",
			func(_ *Case, r Row) bool { return r.AnyFilled(oc2Items...) }, oc2Items...),
		{Code: "191", From: 2023, Says: "The child was looked after all year: give IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT and SUBSTANCE_MISUSE in OC2, or put the episodes right.",
			Fields: healthItems, Needs: needs(OC2, Episodes),
			Differs: "passes over a child without a day of beginning, on which the open validator crashes",
			Child:   healthUntold},
		lookedAfter("197B", true, "The child turned 4 or 17 in the year and was looked after throughout: give SDQ_SCORE, or in SDQ_REASON why there is none.",
			func(c *Case, r Row) bool { return noSDQ(r) && (turns(c, r, 4) || turns(c, r, 17)) }, SDQ_SCORE, SDQ_REASON, DOB),
		lookedAfter("198", false, "SDQ_REASON is given for a child who was not looked after all year. Take it out, or put the episodes right.",
			func(_ *Case, r Row) bool { return r.Filled(SDQ_REASON) }, SDQ_REASON),
	}
}

func inCareYetLeft(c *Case) {
	for _, r := range c.Rows(OC3) {
		if leaver(r) && c.CLA() {
			c.Find(r)
		}
	}
	for _, r := range c.Rows(AD1) {
		if r.AnyFilled(ad1Items...) && c.CLA() {
			c.Find(r)
		}
	}
}

func healthUntold(c *Case) {
	if !c.CLA() {
		return
	}
	for _, r := range c.Rows(OC2) {
		if r.AnyBlank(healthItems...) {
			c.Find(r)
		}
	}
	if len(c.Rows(OC2)) == 0 {
		c.Find(c.Dated[0]) // who was looked after in the year has a dated episode
	}
}

// turns tells whether a child has a birthday in the collection year.
func turns(c *Case, r Row, years int) bool {
	b := Birthday(r.Day(DOB), years)
	return c.Start <= b && b <= c.End
}
