package ssda903

import (
	"cmp"
	"slices"

	"homeward/internal/date"
)

// rules500 are the rules 511 to 586: adopters, decisions, missing.
func rules500() []Rule {
	return slices.Concat(adopterRules(), carerRules(), healthRules(), placedRules(), decisionRules(), decisionYearsRules(), missingRules(), missingCareRules())
}

// daySet are the days some rows say in a field; nil if none.
func daySet(rows []Row, f Field) (days map[date.Date]bool) {
	for _, r := range rows {
		if d := r.Day(f); d.Known() {
			if days == nil {
				days = map[date.Date]bool{}
			}
			days[d] = true
		}
	}
	return days
}

// adopterRules hold AD1 against itself.
func adopterRules() []Rule {
	list := []Rule{
		alone(Rule{Code: "511", From: 2023, Of: AD1, Fields: []Field{NB_ADOPTR, SEX_ADOPTR},
			Says: "NB_ADOPTR says there are two adopters, but SEX_ADOPTR is a code for one (M1 or F1). It should be MM, FF or MF."},
			func(_ *Case, r Row) bool { return r.Is(NB_ADOPTR, "2") && r.Is(SEX_ADOPTR, "M1", "F1") }),
	}
	for _, of := range []struct {
		code, status, says string
		sexes              []string
	}{
		{"514", "L0", "LS_ADOPTR says a single adopter (L0), but SEX_ADOPTR is not M1 or F1.", []string{"M1", "F1"}},
		{"517", "L3", "LS_ADOPTR says an unmarried couple of different sexes (L3), but SEX_ADOPTR is not MF.", []string{"MF"}},
		{"518", "L4", "LS_ADOPTR says a couple of the same sex, neither married nor in a civil partnership (L4), but SEX_ADOPTR is not MM or FF.", []string{"MM", "FF"}},
		{"519", "L2", "LS_ADOPTR says civil partners (L2), but SEX_ADOPTR is not MM, FF or MF.", []string{"MM", "FF", "MF"}},
		{"520", "L11", "LS_ADOPTR says a married couple of different sexes (L11), but SEX_ADOPTR is not MF.", []string{"MF"}},
		{"524", "L12", "LS_ADOPTR says a married couple of the same sex (L12), but SEX_ADOPTR is not MM or FF.", []string{"MM", "FF"}},
	} {
		list = append(list, alone(Rule{Code: of.code, From: 2023, Of: AD1, Says: of.says, Fields: []Field{LS_ADOPTR, SEX_ADOPTR}},
			func(_ *Case, r Row) bool { return r.Is(LS_ADOPTR, of.status) && !r.Is(SEX_ADOPTR, of.sexes...) }))
	}
	return list
}

// carerRules hold who provides a placement against what it is.
func carerRules() []Rule {
	list := []Rule{
		alone(Rule{Code: "516", From: 2023, Of: Episodes, Fields: []Field{REC, PLACE},
			Says: "The episode ended with a special guardianship order to the former foster carer (REC E45 or E46), but the placement was not foster care (PLACE U1 to U6)."},
			func(_ *Case, r Row) bool {
				return r.Is(REC, "E45", "E46") && !r.Is(PLACE, "U1", "U2", "U3", "U4", "U5", "U6")
			}),
		alone(Rule{Code: "550", From: 2023, Of: Episodes, Fields: []Field{PLACE, PLACE_PROVIDER},
			Says: "PLACE_PROVIDER says the parents (PR0), but the child is not placed with them (PLACE is not P1)."},
			func(_ *Case, r Row) bool { return r.Is(PLACE_PROVIDER, "PR0") && !r.Is(PLACE, "P1") }),
		noProvider(2023, 2025, "temporary moves (T0 to T4) and other placements (Z1)", "T0", "T1", "T2", "T3", "T4", "Z1"),
		noProvider(2026, 0, "temporary moves (T0 to T4) and other placements (Z11 to Z14)", "T0", "T1", "T2", "T3", "T4", "Z11", "Z12", "Z13", "Z14"),
	}
	for _, of := range []struct {
		code, provider, says string
		places               []string
	}{
		{"527", "PR1", "PLACE_PROVIDER says the council's own provision (PR1), which cannot be for a placement with parents, in the NHS or in a young offender institution (PLACE P1, R2 or R5).", []string{"P1", "R2", "R5"}},
		{"528", "PR2", "PLACE_PROVIDER says another council's provision (PR2), which cannot be for a placement with parents, in the NHS or in a young offender institution (PLACE P1, R2 or R5).", []string{"P1", "R2", "R5"}},
		{"529", "PR3", "PLACE_PROVIDER says another public body (PR3), which cannot be for a placement with parents, for adoption, in foster care or in a children's home (PLACE P1, A3 to A6, U1 to U6, K1 or K2).", []string{"A3", "A4", "A5", "A6", "K1", "K2", "P1", "U1", "U2", "U3", "U4", "U5", "U6"}},
		{"530", "PR4", "PLACE_PROVIDER says a private provider (PR4), which cannot be for a placement with parents (PLACE P1).", []string{"P1"}},
		{"531", "PR5", "PLACE_PROVIDER says a voluntary provider (PR5), which cannot be for a placement with parents (PLACE P1).", []string{"P1"}},
	} {
		list = append(list, alone(Rule{Code: of.code, From: 2023, Of: Episodes, Says: of.says, Fields: []Field{PLACE, PLACE_PROVIDER}},
			func(_ *Case, r Row) bool { return r.Is(PLACE_PROVIDER, of.provider) && r.Is(PLACE, of.places...) }))
	}
	return list
}

// noProvider is rule 526 with the placements that need no provider.
func noProvider(from, to int, words string, places ...string) Rule {
	return alone(Rule{Code: "526", From: from, To: to, Of: Episodes, Fields: []Field{PLACE, PLACE_PROVIDER},
		Says: "PLACE_PROVIDER is blank. Every placement says who provides it, except " + words + "."},
		func(_ *Case, r Row) bool { return r.Blank(PLACE_PROVIDER) && !r.Is(PLACE, places...) })
}

// healthRules hold OC2 against the child's age.
func healthRules() []Rule {
	return []Rule{
		alone(Rule{Code: "542", From: 2023, Of: OC2, Fields: []Field{DOB, CONVICTED},
			Says: "CONVICTED is filled for a child who was not yet 10 on 31 March. Leave it blank, or mend the date of birth."},
			func(c *Case, r Row) bool { return Birthday(r.Day(DOB), 10) > c.End && r.Filled(CONVICTED) }),
		allYear(Rule{Code: "543", From: 2023, Fields: []Field{DOB, CONVICTED},
			Says:    "CONVICTED is blank for a child of 10 or over who was looked after all year.",
			Differs: "a child who turns 10 on 31 March is 10; the open validator passes that one"},
			func(c *Case, r Row) bool { return notAfter(Birthday(r.Day(DOB), 10), c.End) && r.Blank(CONVICTED) }),
		healthTogether("544", CONVICTED),
		allYear(Rule{Code: "545", From: 2023, Fields: []Field{DOB, HEALTH_CHECK},
			Says: "HEALTH_CHECK is blank for a child who was under 5 on 31 March and looked after all year."},
			func(c *Case, r Row) bool { return Birthday(r.Day(DOB), 5) > c.End && r.Blank(HEALTH_CHECK) }),
		allYear(Rule{Code: "546", From: 2023, Fields: []Field{DOB, HEALTH_CHECK},
			Says: "HEALTH_CHECK is filled for a child who was 5 or over on 31 March. It is only for children under 5."},
			func(c *Case, r Row) bool { return notAfter(Birthday(r.Day(DOB), 5), c.End) && r.Filled(HEALTH_CHECK) }),
		healthTogether("547", HEALTH_CHECK),
	}
}

// allYear finishes a rule over the OC2 rows of a child looked after all year.
func allYear(rule Rule, bad func(c *Case, r Row) bool) Rule {
	rule.Needs = needs(OC2, Episodes)
	rule.Child = func(c *Case) {
		for _, r := range c.Rows(OC2) {
			if bad(c, r) && c.CLA() {
				c.Find(r)
			}
		}
	}
	return rule
}

// healthTogether is a rule that one cell of OC2 calls for the others.
func healthTogether(code string, f Field) Rule {
	others := []Field{IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE}
	return alone(Rule{Code: code, From: 2023, Of: OC2, Fields: append([]Field{f}, others...),
		Says:    f.String() + " is filled, but one of IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT and SUBSTANCE_MISUSE is blank. Fill all of them.",
		Differs: "any value of " + f.String() + " calls for the others; the open validator looks only at 1"},
		func(_ *Case, r Row) bool { return r.Filled(f) && r.AnyBlank(others...) })
}

// forAdoption tells a placement for adoption.
func forAdoption(e Row) bool { return e.Is(PLACE, "A3", "A4", "A5", "A6") }

// placementOrder tells an episode under a placement order.
func placementOrder(e Row) bool { return e.Is(LS, "E1") }

// reversed tells a decision with anything about its end, whatever it says.
func reversed(p Row) bool { return p.AnyFilled(DATE_PLACED_CEASED, REASON_PLACED_CEASED) }

// half tells a decision whose reversal lacks its date or its reason.
func half(p Row) bool { return p.AnyBlank(DATE_PLACED_CEASED, REASON_PLACED_CEASED) }

// latestDecision is the child's last decision that has a date.
func latestDecision(c *Case) (Row, bool) { return Latest(c.Rows(PlacedAdoption), DATE_PLACED) }

// placedRules hold AD1 and the episodes against each other and against the
// decisions that the child should be placed for adoption.
func placedRules() []Rule {
	return []Rule{
		{Code: "521", From: 2023, Fields: []Field{PLACE, DECOM, DATE_INT}, Needs: needs(Episodes, AD1), Child: rule521,
			Says: "The adoption record's decision date (DATE_INT) is after a placement for adoption (PLACE A3 to A6) began."},
		{Code: "523", From: 2023, Fields: []Field{DATE_PLACED, DATE_INT}, Needs: needs(PlacedAdoption, AD1), Child: rule523,
			Says:    "The date in the adoption record (DATE_INT) is not the date of the child's latest decision (DATE_PLACED).",
			Differs: "compares with the latest decision; the open validator compares with earlier, reversed decisions too"},
		{Code: "525", From: 2023, Fields: []Field{DATE_PLACED_CEASED, DATE_INT, DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR, LS_ADOPTR}, Needs: needs(PlacedAdoption, AD1), Child: rule525,
			Says:    "The child's latest decision was reversed (DATE_PLACED_CEASED), yet there is an adoption record for the child in AD1.",
			Differs: "looks at the latest decision; the open validator also faults a reversal that a new decision followed"},
		{Code: "551", From: 2023, Fields: []Field{PLACE, DATE_PLACED}, Needs: needs(Episodes, PlacedAdoption), Child: rule551,
			Says:    "The child is placed for adoption (PLACE A3 to A6), but no decision with a date (DATE_PLACED) is recorded.",
			Differs: "one decision with a real date is enough; the open validator faults the child if another row is blank, and takes any text for a date"},
		{Code: "552", From: 2023, Fields: []Field{DECOM, DATE_PLACED}, Needs: needs(Episodes, PlacedAdoption), Child: rule552,
			Says:    "A placement for adoption (PLACE A3 to A6) began before there was a decision (DATE_PLACED).",
			Differs: "every placement must have a decision on or before its start; the open validator compares the first placement with the last decision"},
		{Code: "553", From: 2023, Fields: []Field{LS, DATE_PLACED_CEASED, REASON_PLACED_CEASED}, Needs: needs(Episodes, PlacedAdoption), Child: rule553,
			Says:    "The child is under a placement order (LS E1), but no decision with a date (DATE_PLACED) is recorded, or a decision is marked as reversed while the order goes on.",
			Differs: "a decision without a real date is none; the open validator passes it"},
		{Code: "554", From: 2023, Fields: []Field{LS, DECOM, DATE_PLACED}, Needs: needs(Episodes, PlacedAdoption), Child: rule554,
			Says:    "A decision (DATE_PLACED) is after the placement order (LS E1) began.",
			Differs: "a placement order without a start is passed over; the open validator crashes"},
		leftUnadopted(2023, 2024, "the child was placed for adoption or freed or under a placement order (PLACE A3 to A6, LS D1 or E1)", "D1", "E1"),
		leftUnadopted(2025, 0, "the child was placed for adoption or under a placement order (PLACE A3 to A6, LS E1)", "E1"),
		{Code: "558", From: 2023, Fields: []Field{REC}, Needs: needs(Episodes, PlacedAdoption), Child: rule558,
			Says:    "The child left care adopted (REC E11 or E12), yet the latest decision is recorded as reversed (DATE_PLACED_CEASED).",
			Differs: "looks at the latest decision; the open validator counts joined rows, so passes a single reversal"},
	}
}

// rule521 holds every placement for adoption against every AD1 row: one fails if
// it fails against the worst of the others.
func rule521(c *Case) {
	decided, ok := Latest(c.Rows(AD1), DATE_INT)
	if !ok {
		return
	}
	first := ever
	for _, e := range c.Dated {
		if d := e.Day(DECOM); forAdoption(e) && d < decided.Day(DATE_INT) {
			first = min(first, d)
			c.Find(e)
		}
	}
	for _, ad := range c.Rows(AD1) {
		if ad.Day(DATE_INT) > first {
			c.Find(ad)
		}
	}
}

func rule523(c *Case) {
	latest, ok := latestDecision(c)
	if !ok {
		return
	}
	for _, ad := range c.Rows(AD1) {
		if d := ad.Day(DATE_INT); d.Known() && d != latest.Day(DATE_PLACED) {
			c.Find(latest, ad)
		}
	}
}

func rule525(c *Case) {
	latest, ok := latestDecision(c)
	if !ok || latest.Blank(DATE_PLACED_CEASED) {
		return
	}
	for _, ad := range c.Rows(AD1) {
		if ad.AnyFilled(DATE_INT, DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR, LS_ADOPTR) {
			c.Find(latest, ad)
		}
	}
}

func rule551(c *Case) {
	if _, decided := latestDecision(c); decided {
		return
	}
	c.findWhere(c.Rows(Episodes), forAdoption)
}

func rule552(c *Case) {
	first, ok := First(c.Rows(PlacedAdoption), DATE_PLACED)
	if !ok {
		return
	}
	latest, _ := latestDecision(c)
	for _, e := range c.Dated {
		if forAdoption(e) && e.Day(DECOM) < first.Day(DATE_PLACED) {
			c.Find(e, latest)
		}
	}
}

func rule553(c *Case) {
	_, decided := latestDecision(c)
	open := false
	for _, e := range c.Rows(Episodes) {
		if !placementOrder(e) {
			continue
		}
		open = open || e.Blank(DEC)
		if !decided {
			c.Find(e)
		}
	}
	if open {
		c.findWhere(c.Rows(PlacedAdoption), reversed)
	}
}

func rule554(c *Case) {
	at := slices.IndexFunc(c.Dated, placementOrder)
	if at < 0 {
		return
	}
	for _, p := range c.Rows(PlacedAdoption) {
		if p.Day(DATE_PLACED) > c.Dated[at].Day(DECOM) {
			c.Find(c.Dated[at], p)
		}
	}
}

// leftUnadopted is rule 557 with the legal statuses that mean adoption.
func leftUnadopted(from, to int, words string, statuses ...string) Rule {
	return Rule{Code: "557", From: from, To: to, Fields: []Field{PLACE, LS, REC, DATE_PLACED_CEASED, REASON_PLACED_CEASED}, Needs: needs(Episodes, PlacedAdoption),
		Says:    "The child left care without being adopted, though " + words + ". The latest decision needs the date and the reason of its reversal (DATE_PLACED_CEASED, REASON_PLACED_CEASED).",
		Differs: "looks at the latest decision; the open validator faults the child for any row without a reversal",
		Child: func(c *Case) {
			left := func(e Row) bool {
				return (forAdoption(e) || e.Is(LS, statuses...)) && !e.Is(REC, "", "X1", "E11", "E12")
			}
			if !slices.ContainsFunc(c.Rows(Episodes), left) {
				return
			}
			decisions := c.Rows(PlacedAdoption)
			if latest, ok := latestDecision(c); ok {
				decisions = []Row{latest}
			}
			if len(decisions) > 0 && !slices.ContainsFunc(decisions, half) {
				return
			}
			c.findWhere(c.Rows(Episodes), left)
			c.findWhere(decisions, half)
		}}
}

func rule558(c *Case) {
	if latest, ok := latestDecision(c); ok && latest.Filled(DATE_PLACED_CEASED) {
		c.findWhere(c.Rows(Episodes), func(e Row) bool { return e.Is(REC, "E11", "E12") })
	}
}

// decisionRules hold the decisions against each other.
func decisionRules() []Rule {
	return []Rule{
		alone(Rule{Code: "522", From: 2023, Of: PlacedAdoption, Fields: []Field{DATE_PLACED, DATE_PLACED_CEASED},
			Says: "The decision was reversed (DATE_PLACED_CEASED) before it was made (DATE_PLACED)."},
			func(_ *Case, r Row) bool { return earlier(r.Day(DATE_PLACED_CEASED), r.Day(DATE_PLACED)) }),
		alone(Rule{Code: "563", From: 2023, Of: PlacedAdoption, Fields: []Field{DATE_PLACED, DATE_PLACED_CEASED, REASON_PLACED_CEASED},
			Says: "The decision has the date and reason of a reversal, but no date of its own (DATE_PLACED is blank)."},
			func(_ *Case, r Row) bool {
				return r.Blank(DATE_PLACED) && r.Filled(DATE_PLACED_CEASED) && r.Filled(REASON_PLACED_CEASED)
			}),
		{Code: "579", From: 2023, Fields: []Field{DATE_PLACED, DATE_PLACED_CEASED}, Needs: needs(PlacedAdoption), Child: rule579,
			Says:    "This decision (DATE_PLACED) was made before the one before it was reversed (DATE_PLACED_CEASED).",
			Differs: "a row without a date of decision is passed over; the open validator takes it for a new decision"},
		{Code: "582", From: 2023, Fields: []Field{DEC}, Needs: needs(Episodes, AD1), Child: rule582,
			Says:    "The child was adopted (REC E11 or E12, DEC) on the very day of the match (DATE_MATCH). Check both dates.",
			Differs: "compares days; the open validator compares text, so 1/4/2025 is not 01/04/2025"},
		{Code: "583", From: 2023, Fields: []Field{DATE_PLACED, DATE_PLACED_CEASED}, Needs: needs(PlacedAdoption), Child: rule583,
			Says:    "A later decision is recorded, but this earlier one has no date of reversal (DATE_PLACED_CEASED).",
			Differs: "orders decisions by day and passes over those without one; the open validator orders them as text"},
	}
}

func rule579(c *Case) {
	decisions := c.Rows(PlacedAdoption)
	if len(decisions) < 2 {
		return
	}
	decisions = byDay(nil, decisions, DATE_PLACED)
	for i := 1; i < len(decisions); i++ {
		if decisions[i].Day(DATE_PLACED) < orEver(decisions[i-1].Day(DATE_PLACED_CEASED)) {
			c.Find(decisions[i])
		}
	}
}

func rule582(c *Case) {
	if matched := daySet(c.Rows(AD1), DATE_MATCH); matched != nil {
		c.findWhere(c.Rows(Episodes), func(e Row) bool { return e.Is(REC, "E11", "E12") && matched[e.Day(DEC)] })
	}
}

func rule583(c *Case) {
	latest, ok := latestDecision(c)
	if !ok {
		return
	}
	for _, p := range c.Rows(PlacedAdoption) {
		if p != latest && p.Day(DATE_PLACED).Known() && p.Blank(DATE_PLACED_CEASED) {
			c.Find(p)
		}
	}
}

// decisionYearsRules hold this year's decisions and episodes against last year's.
func decisionYearsRules() []Rule {
	return []Rule{
		{Code: "559", From: 2023, Fields: []Field{DATE_PLACED}, Needs: []Need{Need(PlacedAdoption), last(PlacedAdoption)}, Child: rule559,
			Says:    "The decision (DATE_PLACED) was made before this collection year, but last year's return has no decision for the child.",
			Differs: "one decision with a date last year is enough; the open validator faults the child if another row of last year is blank"},
		{Code: "560", From: 2023, Fields: []Field{DATE_PLACED, DATE_PLACED_CEASED}, Needs: []Need{Need(PlacedAdoption), last(PlacedAdoption)}, Child: rule560,
			Says:    "Last year's return has a decision that was not reversed, and no decision this year has the same date (DATE_PLACED).",
			Differs: "compares days, and lets one row carry last year's decision on; the open validator compares text, and faults every other row"},
		{Code: "561", From: 2023, Fields: []Field{DATE_PLACED}, Needs: []Need{Need(PlacedAdoption), last(PlacedAdoption)}, Child: rule561,
			Says:    "The decision (DATE_PLACED) has the date of one that last year's return says was reversed.",
			Differs: "compares days; the open validator compares text, so 1/4/2025 is not 01/04/2025"},
		{Code: "562", From: 2023, Fields: []Field{DECOM}, Needs: []Need{Need(Episodes), last(Episodes)}, Child: rule562,
			Says:    "The child's first episode began before this collection year, but is not the last one of last year's return (DECOM).",
			Differs: "passes over episodes without a start; the open validator crashes when a child has no other last year"},
		{Code: "584", From: 2023, Fields: []Field{DATE_PLACED}, Needs: []Need{Need(PlacedAdoption), last(PlacedAdoption)}, Child: rule584,
			Says:    "Last year's return says a decision was reversed. A decision this year needs a date (DATE_PLACED) after that one's.",
			Differs: "compares days and names the row that fails; the open validator compares text and names another child's row"},
	}
}

func rule559(c *Case) {
	if _, decided := Latest(c.LastRows(PlacedAdoption), DATE_PLACED); !decided {
		c.findWhere(c.Rows(PlacedAdoption), func(p Row) bool { return earlier(p.Day(DATE_PLACED), c.Start) })
	}
}

func rule560(c *Case) {
	if len(c.Rows(PlacedAdoption)) == 0 || len(c.LastRows(PlacedAdoption)) == 0 {
		return
	}
	carried := daySet(c.Rows(PlacedAdoption), DATE_PLACED)
	for _, p := range c.LastRows(PlacedAdoption) {
		if d := p.Day(DATE_PLACED); d.Known() && p.Blank(DATE_PLACED_CEASED) && !carried[d] {
			c.Find(c.Rows(PlacedAdoption)...)
			return
		}
	}
}

func rule561(c *Case) {
	ended := daySet(reversedOf(c.LastRows(PlacedAdoption)), DATE_PLACED)
	c.findWhere(c.Rows(PlacedAdoption), func(p Row) bool { return ended[p.Day(DATE_PLACED)] })
}

// reversedOf are the decisions that were reversed.
func reversedOf(rows []Row) (list []Row) {
	for _, p := range rows {
		if reversed(p) {
			list = append(list, p)
		}
	}
	return list
}

func rule562(c *Case) {
	if len(c.Dated) == 0 || c.Dated[0].Day(DECOM) >= c.Start {
		return
	}
	if n := len(c.LastDated); n == 0 || c.LastDated[n-1].Day(DECOM) != c.Dated[0].Day(DECOM) {
		c.Find(c.Dated[0])
	}
}

func rule584(c *Case) {
	ended := reversedOf(c.LastRows(PlacedAdoption))
	if len(ended) == 0 {
		return
	}
	var until date.Date
	if latest, ok := Latest(ended, DATE_PLACED); ok {
		until = latest.Day(DATE_PLACED)
	}
	c.findWhere(c.Rows(PlacedAdoption), func(p Row) bool { return p.Blank(DATE_PLACED) || notAfter(p.Day(DATE_PLACED), until) })
}

// missingRules hold the times a child was missing against themselves and the
// year.
func missingRules() []Rule {
	return []Rule{
		alone(Rule{Code: "564", From: 2023, Of: Missing, Fields: []Field{MISSING, MIS_START},
			Says: "MISSING says the child was missing or away (M or A), but MIS_START is blank."},
			func(_ *Case, r Row) bool { return r.Is(MISSING, "M", "A") && r.Blank(MIS_START) }),
		alone(Rule{Code: "565", From: 2023, Of: Missing, Fields: []Field{MISSING, MIS_START},
			Says: "MIS_START is filled, but MISSING does not say whether the child was missing (M) or away (A)."},
			func(_ *Case, r Row) bool { return r.Filled(MIS_START) && r.Blank(MISSING) }),
		alone(Rule{Code: "566", From: 2023, Of: Missing, Fields: []Field{MISSING, MIS_END},
			Says: "MIS_END is filled, but MISSING does not say whether the child was missing (M) or away (A)."},
			func(_ *Case, r Row) bool { return r.Filled(MIS_END) && r.Blank(MISSING) }),
		alone(Rule{Code: "567", From: 2023, Of: Missing, Fields: []Field{MIS_START, MIS_END},
			Says: "The child came back (MIS_END) before going missing (MIS_START)."},
			func(_ *Case, r Row) bool { return earlier(r.Day(MIS_END), r.Day(MIS_START)) }),
		alone(Rule{Code: "570", From: 2023, Of: Missing, Fields: []Field{MIS_START},
			Says: "The child went missing (MIS_START) after the collection year ended."},
			func(c *Case, r Row) bool { return r.Day(MIS_START) > c.End }),
		alone(Rule{Code: "571", From: 2023, Of: Missing, Fields: []Field{MIS_END},
			Says: "The child came back (MIS_END) before the collection year began or after it ended."},
			func(c *Case, r Row) bool { return earlier(r.Day(MIS_END), c.Start) || r.Day(MIS_END) > c.End }),
		{Code: "574", From: 2023, Fields: []Field{MIS_START, MIS_END}, Needs: needs(Missing), Child: clashing(Missing, MIS_START, MIS_END),
			Says: "The child went missing (MIS_START) before coming back from the time before (MIS_END)."},
		alone(Rule{Code: "586", From: 2023, Of: Missing, Fields: []Field{DOB, MIS_START},
			Says: "The child went missing (MIS_START) on or before the day of birth (DOB)."},
			func(_ *Case, r Row) bool { return notAfter(r.Day(MIS_START), r.Day(DOB)) }),
	}
}

// missingCareRules hold the times a child was missing against when the child was
// looked after, and against last year.
func missingCareRules() []Rule {
	return []Rule{
		{Code: "575", From: 2023, Fields: []Field{MIS_START, MIS_END}, Needs: needs(Episodes, Missing), Child: rule575,
			Says:    "The placement the child went missing from (MIS_START) has ended, but MIS_END is blank.",
			Differs: "a child who went missing on the day a new episode began is missing from that one; the open validator counts the one that ended too"},
		{Code: "576", From: 2023, Fields: []Field{MIS_START, MIS_END}, Needs: []Need{Need(Missing), last(Missing)}, Child: rule576,
			Says:    "Last year's return has the child still missing, but no time of this year begins on the same day (MIS_START).",
			Differs: "also names last year's row of a child who has no row this year; the open validator passes that one"},
		{Code: "577", From: 2023, Fields: []Field{MIS_START, MIS_END}, Needs: needs(Episodes, Missing), Child: outsideCare(Missing, MIS_START, MIS_END),
			Says: "The time missing goes on, or ends (MIS_END), when the child was not looked after."},
		{Code: "578", From: 2023, Fields: []Field{MIS_START}, Needs: needs(Episodes, Missing), Child: rule578,
			Says: "The child went missing (MIS_START) when not looked after."},
		{Code: "580", From: 2023, Fields: []Field{REC, DEC}, Needs: needs(Episodes, Missing), Child: rule580,
			Says: "Care ended on the child's 18th birthday while the child was missing (MIS_END), but REC is not E8."},
		{Code: "581", From: 2023, Fields: []Field{MIS_START}, Needs: needs(Episodes, Missing), Child: rule581,
			Says:    "The child went missing (MIS_START) before care began (the first DECOM).",
			Differs: "looks only at what is before care; the open validator also faults gaps, what is after, and blanks"},
	}
}

// rule575 walks the times missing and the episodes together, so that each is
// seen once.
func rule575(c *Case) {
	next, until := 0, date.Date(0)
	for _, m := range byDay(nil, c.Rows(Missing), MIS_START) {
		from := m.Day(MIS_START)
		for ; next < len(c.Dated) && c.Dated[next].Day(DECOM) <= from; next++ {
			until = max(until, c.Dated[next].Day(DEC))
		}
		if m.Blank(MIS_END) && (until > from || until == from && !moved(c.Dated[:next], from)) {
			c.Find(m)
		}
	}
}

// moved tells whether every episode that ended on a day has another that began
// on it. The episodes are by their start, none after that day.
func moved(episodes []Row, day date.Date) bool {
	n := len(episodes)
	began := func(i int) bool { return i >= 0 && episodes[i].Day(DECOM) == day }
	return began(n-2) && began(n-1) || began(n-1) && episodes[n-1].Day(DEC) != day
}

func rule576(c *Case) {
	rows := c.Rows(Missing)
	var kept date.Date
	first, ok := First(rows, MIS_START)
	if ok {
		kept = first.Day(MIS_START)
	} else if len(rows) > 0 {
		first = rows[0]
	}
	for _, m := range c.LastRows(Missing) {
		switch d := m.Day(MIS_START); {
		case m.Filled(MIS_END) || !d.Known() || d == kept:
		case len(rows) == 0:
			c.Find(m)
		default:
			c.Find(first)
		}
	}
}

// spell is a period of care; until is the last day that it or an earlier one
// reaches, ever if one goes on.
type spell struct{ from, until date.Date }

// spells are the child's periods of care by their start. One begins with an
// episode after the end of the one before it, whatever the reason was.
func spells(c *Case) (list []spell) {
	var ended date.Date
	for i, e := range c.Dated {
		if i == 0 || earlier(ended, e.Day(DECOM)) {
			list = append(list, spell{from: e.Day(DECOM)})
		}
		ended = e.Day(DEC)
		list[len(list)-1].until = orEver(ended)
	}
	for i := 1; i < len(list); i++ {
		list[i].until = max(list[i].until, list[i-1].until)
	}
	return list
}

// reached is the last day of the periods that have begun by a day.
func reached(list []spell, day date.Date) date.Date {
	n, _ := slices.BinarySearchFunc(list, day+1, func(s spell, d date.Date) int { return cmp.Compare(s.from, d) })
	if n == 0 {
		return 0
	}
	return list[n-1].until
}

func rule578(c *Case) {
	if len(c.Rows(Missing)) == 0 || len(c.Dated) == 0 {
		return
	}
	care := spells(c)
	c.findWhere(c.Rows(Missing), func(m Row) bool { return reached(care, m.Day(MIS_START)) < m.Day(MIS_START) })
}

func rule580(c *Case) {
	var days map[date.Date]bool
	for _, m := range c.Rows(Missing) {
		if d := m.Day(MIS_END); d.Known() && d == Birthday(m.Day(DOB), 18) {
			if days == nil {
				days = map[date.Date]bool{}
			}
			days[d] = true
		}
	}
	if days != nil {
		c.findWhere(c.Rows(Episodes), func(e Row) bool { return days[e.Day(DEC)] && !e.Is(REC, "E8") })
	}
}

func rule581(c *Case) {
	if len(c.Dated) > 0 {
		c.findWhere(c.Rows(Missing), func(m Row) bool { return earlier(m.Day(MIS_START), c.Dated[0].Day(DECOM)) })
	}
}
