package ssda903

import (
	"cmp"
	"slices"
	"strings"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903/aids"
)

// rules200 are the rules 202 to 234: against last year, UPN, URN and providers.
func rules200() []Rule {
	return slices.Concat(rulesLastYear(), rulesUPN(), rulesURN(), rulesProviders(), rulesMoves(), []Rule{
		rowOf(Episodes, Rule{Code: "217", From: 2023, Fields: []Field{PLACE, DECOM, RNE},
			Says: "A placement for adoption with the current foster carer (PLACE A3 or A5) that began since 1 April 2015 must begin with RNE S, T or U: the child stays with the same carer, or starts to be looked after."},
			func(c *Case, e Row) bool {
				return e.Is(PLACE, "A3", "A5") && e.Day(DECOM) >= civil(2015, 4, 1) && !e.Is(RNE, "S", "T", "U")
			}),
		{Code: "215", From: 2023, Fields: []Field{IN_TOUCH, ACTIV, ACCOM, CONVICTED, HEALTH_CHECK, IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE, INTERVENTION_RECEIVED, INTERVENTION_OFFERED},
			Says:  "A young person returned as a care leaver (OC3) also has health and offending items (OC2), which are for children looked after now. Take one of the two away.",
			Needs: needs(OC2, OC3), Child: func(c *Case) {
				bothThere(c, filledIn(c.Rows(OC3), IN_TOUCH, ACTIV, ACCOM),
					filledIn(c.Rows(OC2), CONVICTED, HEALTH_CHECK, IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE, INTERVENTION_RECEIVED, INTERVENTION_OFFERED))
			}},
		rowOf(Header, Rule{Code: "231", From: 2025, Fields: []Field{DOB, UASC},
			Says: "An unaccompanied asylum-seeking child (UASC) is under 11 at the year end, which is rare. Check DOB and whether the child came alone.",
			When: func(s *Setup) string {
				if s.Now.tellsUASC() {
					return ""
				}
				return "UASC was not given"
			},
			Differs: "is run: the open validator crashes, for it reads a column that is not there"},
			func(c *Case, r Row) bool { return c.unaccompanied(r) && r.Day(DOB) > c.End.AddMonths(-11*12) }),
		rowOf(Header, Rule{Code: "232", From: 2025, Fields: []Field{SEX},
			Says: "SEX is returned as unknown (U). Check whether it is known by now."},
			func(c *Case, r Row) bool { return r.Is(SEX, "U") }),
	})
}

// edition is a rule's list of codes for some collection years.
type edition struct {
	from, to int
	codes    string
}

// editions makes a rule for each list of codes.
func editions(rule func(codes []string) Rule, list ...edition) (all []Rule) {
	for _, e := range list {
		r := rule(strings.Fields(e.codes))
		r.From, r.To = e.from, e.to
		all = append(all, r)
	}
	return all
}

// bothThere names two lists of rows that may not both have any.
func bothThere(c *Case, a, b []Row) {
	if len(a) > 0 && len(b) > 0 {
		c.Find(a...)
		c.Find(b...)
	}
}

// filledIn are the rows that have one of some cells filled.
func filledIn(rows []Row, list ...Field) (filled []Row) {
	for _, r := range rows {
		if r.AnyFilled(list...) {
			filled = append(filled, r)
		}
	}
	return filled
}

// unaccompanied tells whether a row of Header is flagged as UASC.
func (c *Case) unaccompanied(header Row) bool {
	if c.Now.XML {
		return header.Is(UASC, "1")
	}
	return c.ID != "" && len(c.Rows(Unaccompanied)) > 0
}

// rulesLastYear are the rules on what may not change from one year to the next.
func rulesLastYear() []Rule {
	different := func(before, now string) bool { return before != now }
	const twice = "a child listed twice last year is held against both rows; the open validator crashes"
	return []Rule{
		{Code: "202", From: 2023, Says: "SEX is not what it was last year. Check which is right.", Fields: []Field{SEX}, Needs: []Need{Need(Header), last(Header)},
			Child: sinceLast(Header, sexByLetter, different), Differs: "1 is M and 2 is F: the codes changed in 2025, which is no change of a child's sex"},
		{Code: "203", From: 2023, Says: "DOB is not what it was last year. Check which is right.", Fields: []Field{DOB}, Needs: []Need{Need(Header), last(Header)},
			Child: sinceLast(Header, func(r Row) date.Date { return r.Day(DOB) }, func(before, now date.Date) bool { return before != now }), Differs: twice},
		{Code: "204", From: 2023, Says: "ETHNIC is not what it was last year. Check which is right.", Fields: []Field{ETHNIC}, Needs: []Need{Need(Header), last(Header)},
			Child: sinceLast(Header, func(r Row) string { return r.Text(ETHNIC) }, different), Differs: twice},
		{Code: "207", From: 2023, Says: "Last year the child was a mother (MOTHER 1), this year not. Check which is right.", Fields: []Field{MOTHER}, Needs: []Need{Need(Header), last(Header), Need(Episodes)},
			Child: func(c *Case) {
				if len(c.Rows(Episodes)) > 0 {
					mother(c)
				}
			}},
		{Code: "208", From: 2023, Says: "UPN is not what it was last year, and this is no change that may be expected, such as a number in the place of UN1. Check which is right.", Fields: []Field{UPN}, Needs: []Need{Need(Header), last(Header)},
			Child:   sinceLast(Header, func(r Row) string { return r.Text(UPN) }, func(before, now string) bool { return !mayBecome(before, now) }),
			Differs: "UN1 may follow a blank, which the open validator means to allow; " + twice},
	}
}

// mother is rule 207 for a child looked after this year.
var mother = neverAgainNot(Header, MOTHER, "1")

// sinceLast holds each row against every row of last year. What is compared is
// told apart first, so that many rows of one child cannot make the work square:
// a row then meets one it may not follow within a few.
func sinceLast[K cmp.Ordered](t Table, key func(Row) K, wrong func(before, now K) bool) func(*Case) {
	return func(c *Case) {
		known := make([]K, 0, 2)
		for _, r := range c.LastRows(t) {
			known = append(known, key(r))
		}
		slices.Sort(known)
		known = slices.Compact(known)
		for _, r := range c.Rows(t) {
			now := key(r)
			if slices.ContainsFunc(known, func(before K) bool { return wrong(before, now) }) {
				c.Find(r)
			}
		}
	}
}

// neverAgainNot is for a code that stays once it was given.
func neverAgainNot(t Table, f Field, code string) func(*Case) {
	given := func(r Row) string {
		if r.Is(f, code) {
			return code
		}
		return ""
	}
	return sinceLast(t, given, func(before, now string) bool { return before == code && now != code })
}

func sexByLetter(r Row) string {
	switch sex := r.Text(SEX); sex {
	case "1":
		return "M"
	case "2":
		return "F"
	default:
		return sex
	}
}

// stopgap tells a code that says why there is no UPN.
func stopgap(upn string) bool {
	return len(upn) == 3 && upn[:2] == "UN" && upn[2] >= '1' && upn[2] <= '5'
}

// mayBecome tells whether a UPN may follow another. A number stays; what is not
// a number may become one; UN1, not of school age, ends at school age.
func mayBecome(before, now string) bool {
	switch {
	case before == now:
		return true
	case before != "" && !stopgap(before), now == "":
		return false
	case !stopgap(now):
		return true
	}
	return before == "" || before == "UN1"
}

func rulesUPN() []Rule {
	return []Rule{
		rowOf(Header, Rule{Code: "209", From: 2023, Fields: []Field{UPN, DOB},
			Says: "UPN is UN1 (not of school age), but the child was 4 by 31 August of the year before. Give the UPN, or the code that says why there is none."},
			func(c *Case, r Row) bool {
				fourth := Birthday(r.Day(DOB), 4)
				return r.Is(UPN, "UN1") && fourth.Known() && fourth <= civil(c.Year-2, 8, 31)
			}),
		{Code: "210", From: 2023, Fields: []Field{UPN, DECOM, DEC}, Needs: needs(Header, Episodes),
			Says:    "UPN is UN4 (looked after for less than a week), but at the year end the child had been looked after for longer. Give the UPN, or another code.",
			Differs: "names the children looked after for over a week on 31 March, those in care since an earlier year too, as its message says; the open validator names those who are new",
			Child: func(c *Case) {
				recent := where(c.Rows(Header), UPN, "UN4")
				if len(recent) == 0 {
					return
				}
				began, ok := Latest(where(c.Rows(Episodes), RNE, "S"), DECOM)
				if !ok && len(c.Dated) > 0 {
					began, ok = c.Dated[0], true // care began in an earlier year
				}
				if ok && began.Day(DECOM) < civil(c.Year, 3, 24) {
					bothThere(c, recent, c.goingOn())
				}
			}},
	}
}

// goingOn are the episodes of the year end: begun and not over.
func (c *Case) goingOn() (list []Row) {
	for _, e := range c.Rows(Episodes) {
		if d := e.Day(DEC); e.Day(DECOM) <= c.End && (!d.Known() || d > c.End) {
			list = append(list, e)
		}
	}
	return list
}

// The placements without a URN.
const (
	noURN2023 = "H5 P1 P2 P3 R1 R2 R5 T0 T1 T2 T3 T4 Z1"
	noURN2024 = "P1 P2 P3 R1 R2 R5 T0 T1 T2 T3 T4 Z1"
	noURN2025 = "P1 P3 R1 R2 R5 T0 T1 T2 T3 T4 Z1"
	noURN2026 = "P1 P3 R1 R2 R5 T0 T1 T2 T3 T4 Z11 Z12 Z13 Z14"
)

// rulesURN are the rules on what stands with what kind of placement.
func rulesURN() []Rule {
	return slices.Concat(
		editions(func(codes []string) Rule {
			return rowOf(Episodes, Rule{Code: "213", Fields: []Field{PLACE, PLACE_PROVIDER},
				Says: "PLACE_PROVIDER is given for a kind of placement that has none, such as a temporary move. Take it away, or correct PLACE."},
				func(c *Case, e Row) bool { return e.Is(PLACE, codes...) && e.Filled(PLACE_PROVIDER) })
		}, edition{2023, 2025, "T0 T1 T2 T3 T4"}, edition{2026, 0, "T0 T1 T2 T3 T4 Z11 Z12 Z13 Z14"}),
		[]Rule{rowOf(Episodes, Rule{Code: "214", From: 2023, Fields: []Field{LS, PL_POST, URN},
			Says: "A short break (LS V3 or V4) has no PL_POST and no URN. Take them away, or correct LS."},
			func(c *Case, e Row) bool { return ShortBreak(e) && e.AnyFilled(PL_POST, URN) })},
		editions(lacksURN(false), edition{2023, 2024, noURN2023}, edition{2025, 2025, noURN2025}),
		editions(lacksURN(true), edition{2026, 0, noURN2026}),
		editions(func(codes []string) Rule {
			return rowOf(Episodes, Rule{Code: "222", Fields: []Field{PLACE, URN},
				Says: "A URN is given for a kind of placement that has none. Take it away, or correct PLACE."},
				func(c *Case, e Row) bool { return namesProvider(e) && e.Is(PLACE, codes...) })
		}, edition{2023, 2023, noURN2023}, edition{2024, 2024, noURN2024}, edition{2025, 2025, noURN2025}, edition{2026, 0, noURN2026}),
	)
}

// lacksURN is rule 218. Where the authority of the placement is not known the
// years differ in whether it is taken to be in England.
func lacksURN(unknownToo bool) func(none []string) Rule {
	return func(none []string) Rule {
		return rowOf(Episodes, Rule{Code: "218", Fields: []Field{PLACE, PL_POST, URN}, Needs: []Need{NeedsAuthorities},
			Says:    "There is no URN, which a placement of this kind in England needs. Give it, or correct PLACE or PL_POST.",
			Differs: "asks no URN for short breaks (LS V3, V4), for which rule 214 forbids one"},
			func(c *Case, e Row) bool {
				if e.Filled(URN) || ShortBreak(e) || e.Is(PLACE, none...) || e.Filled(DEC) && e.Day(DEC) < c.Start {
					return false
				}
				authority, known := c.authority(e)
				return inEngland(authority) && (known || unknownToo)
			})
	}
}

// namesProvider tells whether an episode has a URN to look up: XXXXXXX says
// that the provider's is awaited.
func namesProvider(e Row) bool { return e.Filled(URN) && !e.Is(URN, "XXXXXXX") }

// registrations are the entries of the list of providers for an episode's URN.
func (c *Case) registrations(e Row) []aids.Provider {
	return c.Aids.Providers[strings.TrimSpace(e.Text(URN))]
}

// rulesProviders are the rules that hold an episode against the list of
// providers. A URN may be there several times: one entry that fits is enough.
func rulesProviders() []Rule {
	const anyEntry = "a URN listed several times passes if one entry fits, not only if all do"
	fits := func(rule Rule, fit func(e Row, p aids.Provider) bool) Rule {
		rule.Needs, rule.Differs = []Need{NeedsProviders}, anyEntry
		return rowOf(Episodes, rule, func(c *Case, e Row) bool {
			return namesProvider(e) && !slices.ContainsFunc(c.registrations(e), func(p aids.Provider) bool { return fit(e, p) })
		})
	}
	open := func(rule Rule, night func(c *Case, e Row) date.Date) Rule {
		rule.Needs, rule.Differs = []Need{NeedsProviders}, anyEntry
		return rowOf(Episodes, rule, func(c *Case, e Row) bool {
			at, list := night(c, e), c.registrations(e)
			return namesProvider(e) && at.Known() && len(list) > 0 &&
				!slices.ContainsFunc(list, func(p aids.Provider) bool { return !p.Closed.Known() || at < p.Closed })
		})
	}
	return slices.Concat([]Rule{
		fits(Rule{Code: "219", From: 2023, Fields: []Field{URN, PLACE}, Says: "PLACE is not a kind of placement the list of providers has for this URN. Correct the one or the other."},
			func(e Row, p aids.Provider) bool { return slices.Contains(p.Places, e.Text(PLACE)) }),
		fits(Rule{Code: "224", From: 2023, Fields: []Field{URN, PLACE_PROVIDER}, Says: "PLACE_PROVIDER is not a kind of provider the list of providers has for this URN. Correct the one or the other."},
			func(e Row, p aids.Provider) bool { return slices.Contains(p.Providers, e.Text(PLACE_PROVIDER)) }),
		open(Rule{Code: "227", From: 2023, Fields: []Field{URN, DECOM}, Says: "The provider of this URN had closed by the day the episode began. Correct URN or DECOM."},
			func(c *Case, e Row) date.Date { return e.Day(DECOM) }),
		open(Rule{Code: "228", From: 2023, Fields: []Field{URN, DEC}, Says: "The provider of this URN closed before the episode ended. Correct URN, or give the day it ended in DEC."},
			// The child may leave on the day the provider closes.
			func(c *Case, e Row) date.Date { return endOf(c, e).AddDays(-1) }),
		rowOf(Episodes, Rule{Code: "229", From: 2023, Fields: []Field{URN, PLACE_PROVIDER}, Needs: []Need{NeedsProviders, NeedsAuthorities, NeedsOwnAuthority},
			Says:    "PLACE_PROVIDER says that the council's own provision was used (PR1) or another council's (PR2), but by its postcode the provider of this URN lies elsewhere. It may be right where a council has a home beyond its boundary: check it.",
			Differs: "a provider whose authority is not known is not tested; " + anyEntry}, ownProvisionElsewhere),
	}, editions(func(codes []string) Rule {
		return fits(Rule{Code: "221", Fields: []Field{URN, PL_POST}, Says: "PL_POST is not the postcode the list of providers has for this URN. Correct the one or the other."},
			func(e Row, p aids.Provider) bool {
				return ShortBreak(e) || !e.Is(PLACE, codes...) || e.Blank(PL_POST) || p.Postcode != "" && p.Postcode == strings.ReplaceAll(e.Text(PL_POST), " ", "")
			})
	}, edition{2023, 2023, "K1 K2 R3 S1"}, edition{2024, 2024, "H5 K1 K2 R3 S1"}, edition{2025, 0, "K1 K2 K3 R3 S1"}))
}

// ownProvisionElsewhere is rule 229.
func ownProvisionElsewhere(c *Case, e Row) bool {
	if !namesProvider(e) || !e.Is(PLACE_PROVIDER, "PR1", "PR2") {
		return false
	}
	known := false
	for _, p := range c.registrations(e) {
		place, _ := c.Aids.Places.Find(p.Postcode)
		if place.Authority == "" {
			continue
		}
		if known = true; (place.Authority == c.Aids.Authority) == e.Is(PLACE_PROVIDER, "PR1") {
			return false
		}
	}
	return known
}

// rulesMoves are the rules on why a placement changed.
func rulesMoves() []Rule {
	const dated = "an episode without a valid DECOM comes before or after no other"
	return []Rule{
		{Code: "225", From: 2023, Fields: []Field{REASON_PLACE_CHANGE}, Needs: needs(Episodes), Differs: dated,
			Says: "The next episode is a new placement, but this one does not say why it changed. Give REASON_PLACE_CHANGE.",
			Child: func(c *Case) {
				for i := 1; i < len(c.Dated); i++ {
					e, next := c.Dated[i-1], c.Dated[i]
					if e.Is(REC, "X1") && e.Blank(REASON_PLACE_CHANGE) && !temporary(e) && next.Is(RNE, "P", "B", "T", "U") && !temporary(next) {
						c.Find(e)
					}
				}
			}},
		{Code: "226", From: 2023, Fields: []Field{REASON_PLACE_CHANGE, PLACE}, Needs: needs(Episodes), Differs: dated,
			Says: "A temporary placement (PLACE T0 to T4) needs no reason for the change, but it has one, or the episode before it. Take REASON_PLACE_CHANGE away.",
			Child: func(c *Case) {
				for _, e := range c.Rows(Episodes) {
					if temporary(e) && e.Filled(REASON_PLACE_CHANGE) {
						c.Find(e)
					}
				}
				for i := 1; i < len(c.Dated); i++ {
					if temporary(c.Dated[i]) && c.Dated[i-1].Filled(REASON_PLACE_CHANGE) {
						c.Find(c.Dated[i])
					}
				}
			}},
		rowOf(Episodes, Rule{Code: "233", From: 2026, Fields: []Field{REASON_PLACE_CHANGE, DEC},
			Says:    "The episode has not ended, but has a reason why the placement changed. Give DEC, or take REASON_PLACE_CHANGE away.",
			Differs: "is run: the open validator crashes, for it reads a column that is not there"},
			func(c *Case, e Row) bool { return e.Blank(DEC) && e.Filled(REASON_PLACE_CHANGE) }),
		{Code: "234", From: 2026, Fields: []Field{REASON_PLACE_CHANGE, DEC, DOB}, Needs: needs(Episodes, Header),
			Says:    "The placement changed because of custody (REASON_PLACE_CHANGE CUSTOD) before the child was 10, the age of criminal responsibility. Correct the reason or DOB.",
			Differs: "looks at the day of the change, where the next episode begins; the open validator at the day the episode before it began",
			Child: func(c *Case) {
				tenth := Birthday(c.Born(), 10)
				for i, e := range c.Dated {
					change := e.Day(DEC)
					if i+1 < len(c.Dated) {
						change = c.Dated[i+1].Day(DECOM)
					}
					if e.Is(REASON_PLACE_CHANGE, "CUSTOD") && earlier(change, tenth) {
						h, _ := c.Header()
						c.Find(e, h)
					}
				}
			}},
	}
}
