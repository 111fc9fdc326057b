package ssda903

import (
	"cmp"
	"slices"
	"strings"

	"homeward/internal/date"
)

// rulesSW are the rules SW: social workers.
func rulesSW() []Rule {
	return slices.Concat(workerCellRules(), workerDayRules(), workerOrderRules(), workerCareRules())
}

// workersAsked is the day from which who a child's social worker was, and why
// that changed, is asked.
var workersAsked = civil(2023, 4, 1)

const workerReasons = "MANAGE FCONTA LEFTRL ORGRST TSPROC ABSENC CHCHAN PCCHAN SWDIED OTHERS"

// workerCellRules are the rules of what a row says.
func workerCellRules() []Rule {
	const once = "a blank SW_DECOM is named once, by SW01bSTG1, and an invalid one by SW04STG1; the open validator names each twice or more"
	const wholeDays = "takes whole days only; the open validator lets ZZ stand for unknown parts"
	reasons := strings.Fields(workerReasons)
	return []Rule{
		between(2025, 0, differing(rowRule("SW01aSTG1", SWEpisodes, "SW_ID, the social worker's number, is blank.",
			func(_ *Case, r Row) bool { return earlier(r.Day(SW_DECOM), workersAsked) && r.Blank(SW_ID) }, SW_DECOM, SW_ID), once)),
		between(2025, 0, differing(rowRule("SW01bSTG1", SWEpisodes, "SW_DECOM, the day the social worker became responsible, is blank; or it is since 1 April 2023 and SW_ID or SW_REASON is blank.",
			func(_ *Case, r Row) bool {
				return r.Blank(SW_DECOM) || notAfter(workersAsked, r.Day(SW_DECOM)) && r.AnyBlank(SW_ID, SW_REASON)
			}, SW_DECOM, SW_ID, SW_REASON), once)),
		between(2024, 0, differing(rowRule("SW02STG1", SWEpisodes, "SW_ID must begin with SW, as a social worker's registration number does, or with XX.", wrongWorker, SW_ID),
			"from 2025 passes over a blank SW_ID, which SW01aSTG1 and SW01bSTG1 name")),
		between(2024, 0, differing(mayBeDay("SW04STG1", SWEpisodes, SW_DECOM), wholeDays)),
		between(2024, 0, differing(mayBeDay("SW05STG1", SWEpisodes, SW_DEC), wholeDays)),
		between(2024, 2024, mustBe("SW13STG1", SWEpisodes, SW_REASON, workerReasons)),
		between(2025, 0, differing(rowRule("SW13STG1", SWEpisodes, "SW_REASON must be "+oneOf(reasons)+"; it may be blank only if SW_DECOM is before 1 April 2023.",
			func(_ *Case, r Row) bool {
				return !r.Is(SW_REASON, reasons...) && (r.Filled(SW_REASON) || notAfter(workersAsked, r.Day(SW_DECOM)))
			}, SW_REASON, SW_DECOM), "an invalid SW_DECOM is before or after no day; the open validator crashes on it, and reads dates loosely")),
	}
}

func wrongWorker(c *Case, r Row) bool {
	id := r.Text(SW_ID)
	if id == "" && c.Year >= 2025 {
		return false
	}
	return !strings.HasPrefix(id, "SW") && !strings.HasPrefix(id, "XX")
}

// workerDayRules are the rules of a row's days.
func workerDayRules() []Rule {
	return []Rule{
		between(2024, 0, rowRule("SW06STG2", SWEpisodes, "The social worker became responsible (SW_DECOM) after the collection year ended. Correct SW_DECOM, or keep the row for next year's return.",
			func(c *Case, r Row) bool { return r.Day(SW_DECOM) > c.End }, SW_DECOM)),
		between(2024, 2024, endedOutside(0)),
		between(2025, 0, differing(endedOutside(1), "a year before is one of the calendar, so 1 April of it passes; the open validator takes 365.2425 days")),
		between(2024, 0, differing(rowRule("SW09STG2", SWEpisodes, "The social worker was responsible for less than a day: SW_DECOM and SW_DEC are the same. Correct one of them, or take the row out.",
			func(_ *Case, r Row) bool { return r.Day(SW_DECOM).Known() && r.Day(SW_DECOM) == r.Day(SW_DEC) }, SW_DECOM, SW_DEC),
			"compares days, not text")),
	}
}

// endedOutside is SW07STG2, which looks some years back.
func endedOutside(years int) Rule {
	says := "SW_DEC, the day the social worker ceased to be responsible, is before 1 April of the collection year or after 31 March."
	if years > 0 {
		says = "SW_DEC, the day the social worker ceased to be responsible, is before 1 April of the year before the collection year, or after the collection year."
	}
	return rowRule("SW07STG2", SWEpisodes, says, func(c *Case, r Row) bool {
		return earlier(r.Day(SW_DEC), c.Start.AddMonths(-12*years)) || r.Day(SW_DEC) > c.End
	}, SW_DEC)
}

// workerOrderRules hold a child's social workers against each other.
func workerOrderRules() []Rule {
	return []Rule{
		{Code: "SW08STG2", From: 2024, Fields: []Field{SW_DEC}, Needs: needs(SWEpisodes),
			Says:    "The next social worker became responsible, but this one has no SW_DEC.",
			Differs: "a row without a valid SW_DECOM is not taken for the last, nor named: SW01bSTG1 or SW04STG1 names it",
			Child: func(c *Case) {
				final, _ := lastWorker(c)
				c.findWhere(c.Rows(SWEpisodes), func(r Row) bool {
					return r != final && r.Day(SW_DECOM).Known() && !r.Day(SW_DEC).Known()
				})
			}},
		{Code: "SW10STG2", From: 2024, To: 2024, Fields: []Field{SW_DECOM}, Needs: needs(SWEpisodes),
			Says:    "The social worker became responsible (SW_DECOM) more than 7 days before or after the one before ceased to be (SW_DEC).",
			Differs: "passes over a pair of which either date is missing",
			Child:   handedOver(func(_ Row, days int) bool { return days < -7 || days > 7 })},
		{Code: "SW10STG2", From: 2025, Fields: []Field{SW_DECOM}, Needs: needs(SWEpisodes),
			Says:    "The social worker became responsible (SW_DECOM) more than 7 days before the one before ceased to be (SW_DEC), and SW_REASON is not FCONTA, the first contact.",
			Differs: "passes over a pair of which either date is missing, and a gap, as meant",
			Child:   handedOver(func(r Row, days int) bool { return days < -7 && !r.Is(SW_REASON, "FCONTA") })},
		{Code: "SW11bSTG2", From: 2024, Fields: []Field{SW_DEC}, Needs: needs(SWEpisodes),
			Says:    "The last social worker ceased to be responsible (SW_DEC) in the last five days before 31 March, and no other followed. Add the next one, or correct SW_DEC.",
			Differs: "only the child's last row, and only before 31 March, as its message says; the open validator also names rows that another follows",
			Child: func(c *Case) {
				if r, ok := lastWorker(c); ok && r.Day(SW_DEC) >= c.End.AddDays(-5) && r.Day(SW_DEC) < c.End {
					c.Find(r)
				}
			}},
	}
}

// lastWorker is the row with the latest valid SW_DECOM: the last in the file
// among equals.
func lastWorker(c *Case) (final Row, ok bool) {
	for _, r := range c.Rows(SWEpisodes) {
		if d := r.Day(SW_DECOM); d.Known() && (!ok || d >= final.Day(SW_DECOM)) {
			final, ok = r, true
		}
	}
	return final, ok
}

// handedOver names rows that began a wrong number of days after the one before
// ended; below 0 they overlap.
func handedOver(wrong func(r Row, days int) bool) func(*Case) {
	return func(c *Case) {
		if len(c.Rows(SWEpisodes)) < 2 {
			return
		}
		list := byDay(nil, c.Rows(SWEpisodes), SW_DECOM)
		slices.SortStableFunc(list, func(a, b Row) int {
			return cmp.Or(cmp.Compare(a.Day(SW_DECOM), b.Day(SW_DECOM)), cmp.Compare(orEver(a.Day(SW_DEC)), orEver(b.Day(SW_DEC))))
		})
		for i := 1; i < len(list); i++ {
			if until := list[i-1].Day(SW_DEC); until.Known() && wrong(list[i], list[i].Day(SW_DECOM).DaysSince(until)) {
				c.Find(list[i])
			}
		}
	}
}

// workerCareRules hold a child's social workers against the care.
func workerCareRules() []Rule {
	return []Rule{
		noWorkerSent(2024, 2024, func(*Case, Row) bool { return true }),
		noWorkerSent(2025, 0, func(c *Case, e Row) bool {
			d := e.Day(DEC)
			return !d.Known() || d >= c.Start.AddMonths(-12) && d <= c.End
		}),
		{Code: "SW17STG2", From: 2026, Fields: []Field{SW_DECOM, SW_DEC}, Needs: needs(SWEpisodes), Child: noWorkerLeft,
			Says:    "The child has no social worker at the year end: the last one's row has an end (SW_DEC). Take SW_DEC out, or add the next social worker.",
			Differs: "only children looked after at the year end, if Episodes was given; the open validator names those who have left care too"},
	}
}

// noWorkerSent is SW12STG2 with the episodes it asks about.
func noWorkerSent(from, to int, asked func(c *Case, e Row) bool) Rule {
	return Rule{Code: "SW12STG2", From: from, To: to, Fields: []Field{SW_DECOM, DECOM, DEC}, Needs: needs(SWEpisodes, Episodes),
		Says:    "The child was looked after on 31 March, but no row of SWEpisodes fits this episode by its SW_DECOM. Add the social workers that are missing, or correct SW_DECOM.",
		Differs: "only children looked after at the year end, as its message says; one social worker who fits is enough, and an episode without DEC goes on to the year end",
		Child: func(c *Case) {
			goesOn := func(e Row) bool { return !ShortBreak(e) && c.openAtEnd(e) }
			if !slices.ContainsFunc(c.Rows(Episodes), goesOn) {
				return
			}
			first, latest := workerDays(c)
			c.findWhere(c.Rows(Episodes), func(e Row) bool {
				return !ShortBreak(e) && (e.Is(RNE, "S") || !e.Is(REC, "X1")) && asked(c, e) && !hasWorker(c, e, first, latest)
			})
		}}
}

// workerDays are the first and the last day a social worker became responsible.
func workerDays(c *Case) (first, latest date.Date) {
	f, ok := First(c.Rows(SWEpisodes), SW_DECOM)
	if !ok {
		return 0, 0
	}
	l, _ := Latest(c.Rows(SWEpisodes), SW_DECOM)
	return f.Day(SW_DECOM), l.Day(SW_DECOM)
}

// hasWorker tells whether a social worker became responsible by the end of an
// episode that ends the care, or since the beginning of one that begins it.
func hasWorker(c *Case, e Row, first, latest date.Date) bool {
	until := e.Day(DEC)
	if e.Blank(DEC) {
		until = c.End
	}
	return !e.Is(REC, "X1") && notAfter(first, until) || e.Is(RNE, "S") && notAfter(e.Day(DECOM), latest)
}

// openAtEnd tells an episode that goes on beyond the year end.
func (c *Case) openAtEnd(e Row) bool {
	return notAfter(e.Day(DECOM), c.End) && (e.Blank(DEC) || e.Day(DEC) > c.End)
}

// noWorkerLeft takes the row with the latest SW_DECOM, or the first where none
// has one.
func noWorkerLeft(c *Case) {
	rows := c.Rows(SWEpisodes)
	if len(rows) == 0 || c.has(Episodes) && !slices.ContainsFunc(c.Rows(Episodes), c.openAtEnd) {
		return
	}
	final, ok := Latest(rows, SW_DECOM)
	if !ok {
		final = rows[0]
	}
	if final.Filled(SW_DEC) {
		c.Find(final)
	}
}
