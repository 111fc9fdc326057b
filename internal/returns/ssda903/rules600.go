package ssda903

import (
	"slices"
	"strings"

	"homeward/internal/date"
)

// rules600 are the rules 601 to 635: adoption, mothers, earlier permanence.
func rules600() []Rule {
	return slices.Concat(adoptedRules(), motherRules(), motherYearsRules(), permanenceRules())
}

// adoptionCells are what an AD1 row says of an adoption.
var adoptionCells = []Field{DATE_INT, DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR, LS_ADOPTR}

// adoptedRules hold adoptions of the year against AD1.
func adoptedRules() []Rule {
	return []Rule{
		{Code: "601", From: 2023, Fields: append([]Field{REC}, adoptionCells...), Needs: needs(Episodes, AD1), Child: rule601,
			Says:    "The child was adopted in the year (REC E11 or E12), but the adoption record in AD1 is missing or has blank cells.",
			Differs: "also names the episode of a child who has no row in AD1 at all; the open validator passes that one"},
		{Code: "602", From: 2023, Fields: adoptionCells, Needs: needs(Episodes, AD1), Child: rule602,
			Says: "There is an adoption record in AD1, but no episode of the child ended with adoption in the year (REC E11 or E12)."},
	}
}

// adopted tells an episode that ended with adoption in the year.
func (c *Case) adopted(e Row) bool {
	return e.Is(REC, "E11", "E12") && e.Day(DEC) >= c.Start && e.Day(DEC) <= c.End
}

func rule601(c *Case) {
	if !slices.ContainsFunc(c.Rows(Episodes), c.adopted) {
		return
	}
	gaps := func(ad Row) bool { return ad.AnyBlank(adoptionCells...) }
	if ads := c.Rows(AD1); len(ads) == 0 || slices.ContainsFunc(ads, gaps) {
		c.findWhere(c.Rows(Episodes), c.adopted)
		c.findWhere(ads, gaps)
	}
}

func rule602(c *Case) {
	if len(c.Rows(AD1)) > 0 && !slices.ContainsFunc(c.Rows(Episodes), c.adopted) {
		c.findWhere(c.Rows(AD1), func(ad Row) bool { return ad.AnyFilled(adoptionCells...) })
	}
}

// motherRules are about girls in care who are mothers.
func motherRules() []Rule {
	return []Rule{
		leftNoMother(2023, 2024, "2"),
		leftNoMother(2025, 0, "F"),
		alone(Rule{Code: "611", From: 2023, Of: Header, Fields: []Field{MOTHER, MC_DOB},
			Says: "MOTHER says the girl is a mother (1), but her child's date of birth (MC_DOB) is blank."},
			func(_ *Case, r Row) bool { return r.Is(MOTHER, "1") && r.Blank(MC_DOB) }),
		childNoMother(2023, 2024, "2"),
		childNoMother(2025, 0, "F"),
		alone(Rule{Code: "620", From: 2023, Of: Header, Fields: []Field{DOB, MOTHER},
			Says: "MOTHER says the girl is a mother (1), but she was not yet 11 when the collection year began. Check MOTHER and DOB."},
			func(c *Case, r Row) bool { return r.Is(MOTHER, "1") && Birthday(r.Day(DOB), 11) > c.Start }),
		alone(Rule{Code: "621", From: 2023, Of: Header, Fields: []Field{DOB, MC_DOB},
			Says:    "The mother's child was born (MC_DOB) before her or on the same day (DOB).",
			Differs: "compares only where both dates are real; the open validator also faults a blank DOB"},
			func(_ *Case, r Row) bool { return notAfter(r.Day(MC_DOB), r.Day(DOB)) }),
		{Code: "625", From: 2023, Fields: []Field{MC_DOB, DEC}, Needs: needs(Episodes, Header), Child: rule625,
			Says:    "The mother's child was born (MC_DOB) after the collection year, or after the mother left care (DEC).",
			Differs: "looks at the episode that began last, and always at the year's end; the open validator passes over episodes that go on"},
		{Code: "628", From: 2023, Fields: []Field{MOTHER}, Needs: needs(Episodes, Header, OC3), Child: rule628,
			Says: "MOTHER is filled for a care leaver who was not looked after in the year. Leave it blank."},
	}
}

// leftNoMother is rule 607 with the code of a girl.
func leftNoMother(from, to int, girl string) Rule {
	return Rule{Code: "607", From: from, To: to, Fields: []Field{LS, DEC, REC, SEX, MOTHER}, Needs: needs(Episodes, Header),
		Says: "The girl left care in the year, but MOTHER does not say whether she is a mother.",
		Child: func(c *Case) {
			silent := func(h Row) bool { return h.Is(SEX, girl) && h.Blank(MOTHER) }
			left := func(e Row) bool {
				return e.Day(DEC) >= c.Start && e.Day(DEC) <= c.End && !e.Is(REC, "", "X1") && !ShortBreak(e)
			}
			if slices.ContainsFunc(c.Rows(Header), silent) && slices.ContainsFunc(c.Rows(Episodes), left) {
				c.findWhere(c.Rows(Header), silent)
				c.findWhere(c.Rows(Episodes), left)
			}
		}}
}

// childNoMother is rule 612 with the code of a girl.
func childNoMother(from, to int, girl string) Rule {
	return alone(Rule{Code: "612", From: from, To: to, Of: Header, Fields: []Field{SEX, MOTHER, MC_DOB},
		Says: "The girl's child has a date of birth (MC_DOB), but MOTHER does not say that she is a mother (1)."},
		func(_ *Case, r Row) bool { return r.Is(SEX, girl) && r.Is(MOTHER, "", "0") && r.Filled(MC_DOB) })
}

func rule625(c *Case) {
	episode, inCare := Latest(c.Dated, DECOM)
	until := c.End
	if inCare {
		until = min(until, orEver(episode.Day(DEC)))
	}
	for _, h := range c.Rows(Header) {
		if h.Day(MC_DOB) <= until {
			continue
		}
		c.Find(h)
		if inCare {
			c.Find(episode)
		}
	}
}

func rule628(c *Case) {
	told := func(r Row) bool { return r.AnyFilled(IN_TOUCH, ACTIV, ACCOM) }
	if len(c.Rows(Episodes)) == 0 && slices.ContainsFunc(c.Rows(OC3), told) {
		c.findWhere(c.Rows(Header), func(h Row) bool { return h.Filled(MOTHER) })
	}
}

// motherYearsRules hold what is said of mothers against last year's return.
func motherYearsRules() []Rule {
	return []Rule{
		{Code: "624", From: 2023, Fields: []Field{MC_DOB}, Needs: []Need{Need(Header), last(Header)}, Child: rule624,
			Says:    "The date of birth of the mother's child (MC_DOB) is not what last year's return says.",
			Differs: "compares days; the open validator compares text, so 1/4/2025 is not 01/04/2025"},
		{Code: "626", From: 2023, Fields: []Field{MOTHER, MC_DOB}, Needs: []Need{Need(Header), last(Header)}, Child: rule626,
			Says: "The girl became a mother (MC_DOB) before this collection year, but last year's return says she was none (MOTHER 0)."},
	}
}

// rule624 holds every row against every one of last year's: if last year's differ
// from each other, none of this year's can agree with all.
func rule624(c *Case) {
	before := c.LastRows(Header)
	at := slices.IndexFunc(before, func(h Row) bool { return h.Filled(MC_DOB) })
	if at < 0 {
		return
	}
	other := func(h Row) bool { return !sameChild(before[at], h) }
	torn := slices.ContainsFunc(before, func(h Row) bool { return h.Filled(MC_DOB) && other(h) })
	c.findWhere(c.Rows(Header), func(h Row) bool { return torn || other(h) })
}

// sameChild tells whether two rows give one MC_DOB: one day, or one text where
// that is no day.
func sameChild(a, b Row) bool {
	return a.Text(MC_DOB) == b.Text(MC_DOB) || a.Day(MC_DOB).Known() && a.Day(MC_DOB) == b.Day(MC_DOB)
}

func rule626(c *Case) {
	flag := func(h Row, want int) bool {
		if h.Blank(MOTHER) {
			return false
		}
		n, ok := wholeNumber(h.Text(MOTHER))
		return ok && n == want
	}
	if slices.ContainsFunc(c.LastRows(Header), func(h Row) bool { return flag(h, 0) }) {
		c.findWhere(c.Rows(Header), func(h Row) bool { return flag(h, 1) && earlier(h.Day(MC_DOB), c.Start) })
	}
}

// permanenceRules are about the children who come back into care from adoption,
// guardianship or another lasting home.
func permanenceRules() []Rule {
	return []Rule{
		{Code: "630", From: 2023, Fields: []Field{DECOM, RNE}, Needs: needs(Episodes, PrevPerm), Child: rule630,
			Says: "Care began in the year (RNE S), but PrevPerm has no row for the child, or one where PREV_PERM is blank, or where LA_PERM or DATE_PERM is blank though PREV_PERM is not Z1."},
		alone(Rule{Code: "631", From: 2023, Of: PrevPerm, Fields: []Field{PREV_PERM},
			Says: "PREV_PERM must be P1, P2, P3, P4 or Z1."},
			func(_ *Case, r Row) bool { return !r.Is(PREV_PERM, "", "P1", "P2", "P3", "P4", "Z1") }),
		{Code: "632", From: 2023, Fields: []Field{DATE_PERM, DECOM}, Needs: needs(Episodes, PrevPerm), Child: rule632,
			Says:    "DATE_PERM is no date (DD/MM/YYYY, with ZZ for an unknown day or month and ZZZZ for an unknown year), or is not before the child's first episode began (DECOM).",
			Differs: "takes the earliest day a date with unknown parts may mean, and compares none without a year; the open validator takes the last day, and the year 2000"},
		alone(Rule{Code: "633", From: 2023, Of: PrevPerm, Fields: []Field{LA_PERM},
			Says:    "LA_PERM must be the three-digit number of a council in England, or WAL, SCO, NIR or NUK.",
			Differs: "also knows councils made since 2019 (838, 839, 940 to 943), which the open validator refuses"},
			func(_ *Case, r Row) bool {
				return r.Filled(LA_PERM) && !councilNumbers[r.Text(LA_PERM)]
			}),
		{Code: "634", From: 2023, Fields: []Field{PREV_PERM, LA_PERM, DATE_PERM, DECOM}, Needs: needs(Episodes, PrevPerm), Child: rule634,
			Says:    "PrevPerm is filled, but none of the child's episodes began since 1 April 2016, when it was first asked for.",
			Differs: "goes by 1 April 2016, as published; the open validator goes by the start of the collection year"},
		alone(Rule{Code: "635", From: 2023, Of: PrevPerm, Fields: []Field{PREV_PERM, LA_PERM, DATE_PERM},
			Says:    "LA_PERM or DATE_PERM is filled, but PREV_PERM says there was no earlier permanence (Z1), or nothing.",
			Differs: "also tests Z1, as published; the open validator tests only blank"},
			func(_ *Case, r Row) bool { return r.AnyFilled(LA_PERM, DATE_PERM) && r.Is(PREV_PERM, "", "Z1") }),
	}
}

func rule630(c *Case) {
	perms := c.Rows(PrevPerm)
	gaps := func(p Row) bool {
		return p.Blank(PREV_PERM) || !p.Is(PREV_PERM, "Z1") && p.AnyBlank(LA_PERM, DATE_PERM)
	}
	if len(perms) == 0 || slices.ContainsFunc(perms, gaps) {
		c.findWhere(c.Rows(Episodes), func(e Row) bool { return e.Is(RNE, "S") && e.Day(DECOM) >= c.Start })
	}
}

func rule632(c *Case) {
	for _, p := range c.Rows(PrevPerm) {
		if p.Blank(DATE_PERM) {
			continue
		}
		earliest, valid := partDay(p.Text(DATE_PERM))
		if valid && (len(c.Dated) == 0 || !notAfter(c.Dated[0].Day(DECOM), earliest)) {
			continue
		}
		c.Find(p)
		if len(c.Dated) > 0 {
			c.Find(c.Dated[0])
		}
	}
}

// partDay reads a date whose day and month may be ZZ and whose year ZZZZ: the
// earliest day it may mean, unknown without a year. Every day of a month there is
// also one of January, and what a year lacks a leap year has.
func partDay(text string) (earliest date.Date, valid bool) {
	day, rest, _ := strings.Cut(text, "/")
	month, year, _ := strings.Cut(rest, "/")
	if year == "ZZZZ" {
		_, valid = partDay(day + "/" + month + "/2000")
		return 0, valid
	}
	if day == "ZZ" {
		day = "1"
	}
	if month == "ZZ" {
		month = "1"
	}
	earliest = Day(day + "/" + month + "/" + year)
	return earliest, earliest.Known()
}

// councilNumbers are the three-digit numbers of councils in England that are or
// were, and the codes of the other nations. Source: the open validator's list,
// and the councils made since by reorganisation.
var councilNumbers = func() map[string]bool {
	numbers := map[string]bool{}
	for _, code := range strings.Fields(`WAL SCO NIR NUK
		201 202 203 204 205 206 207 208 209 210 211 212 213
		301 302 303 304 305 306 307 308 309 310 311 312 313 314 315 316 317 318 319 320
		330 331 332 333 334 335 336 340 341 342 343 344 350 351 352 353 354 355 356 357 358 359
		370 371 372 373 380 381 382 383 384 390 391 392 393 394 420
		800 801 802 803 805 806 807 808 810 811 812 813 815 816 821 822 823 825 826 830 831 835 836 837 838 839
		840 841 845 846 850 851 852 855 856 857 860 861 865 866 867 868 869 870 871 872 873 874
		876 877 878 879 880 881 882 883 884 885 886 887 888 889 890 891 892 893 894 895 896
		908 909 916 919 921 925 926 928 929 931 933 935 936 937 938 940 941 942 943 999`) {
		numbers[code] = true
	}
	return numbers
}()

// permanenceAsked is the day from which starts of care are asked about earlier
// permanence.
var permanenceAsked = civil(2016, 4, 1)

func rule634(c *Case) {
	if len(c.Dated) == 0 || c.Dated[len(c.Dated)-1].Day(DECOM) >= permanenceAsked {
		return
	}
	filled := func(p Row) bool { return p.AnyFilled(PREV_PERM, LA_PERM, DATE_PERM) }
	if slices.ContainsFunc(c.Rows(PrevPerm), filled) {
		c.findWhere(c.Rows(PrevPerm), filled)
		c.Find(c.Rows(Episodes)...)
	}
}
