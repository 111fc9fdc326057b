package ssda903

import (
	"slices"

	"homeward/internal/date"
)

// rules700 are the rules 700 to 710: deprivation of liberty. They came with
// their table.
func rules700() []Rule {
	list := slices.Concat(orderRules(), orderCareRules())
	for i := range list {
		list[i].From = layouts[DoLo].from
	}
	return list
}

// orderRules hold the orders that deprive a child of liberty against themselves,
// the year and the year before.
func orderRules() []Rule {
	return []Rule{
		mustBeDay("700", DoLo, DOLO_START),
		mayBeDay("701", DoLo, DOLO_END),
		rowRule("702", DoLo, "The order ends (DOLO_END) before it begins (DOLO_START), or on the same day.",
			func(_ *Case, r Row) bool { return notAfter(r.Day(DOLO_END), r.Day(DOLO_START)) }, DOLO_START, DOLO_END),
		rowRule("703", DoLo, "The order begins (DOLO_START) after the collection year ended. Put the day right, or keep the order for next year's return.",
			func(c *Case, r Row) bool { return r.Day(DOLO_START) > c.End }, DOLO_START),
		rowRule("704", DoLo, "The order ends (DOLO_END) before the collection year began or after it ended. Put the day right, or leave it blank if the order goes on.",
			func(c *Case, r Row) bool { return earlier(r.Day(DOLO_END), c.Start) || r.Day(DOLO_END) > c.End }, DOLO_END),
		{Code: "705", Fields: []Field{DOLO_START, DOLO_END}, Needs: needs(DoLo), Child: clashing(DoLo, DOLO_START, DOLO_END),
			Says: "The order begins (DOLO_START) before the one before it ended (DOLO_END), or that one has no end."},
		{Code: "706", Fields: []Field{DOLO_START, DOLO_END}, Needs: append(needs(DoLo), last(DoLo)), Child: ordersForgotten,
			Says:    "Last year's return has this order as going on, and none of this year begins on the same day (DOLO_START). Return it again, with DOLO_END if it has ended.",
			Differs: "compares days and names last year's row; the open validator compares text, names another child's row, and crashes"},
		rowRule("708", DoLo, "The order begins (DOLO_START) on or before the day of birth (DOB).",
			func(_ *Case, r Row) bool { return notAfter(r.Day(DOLO_START), r.Day(DOB)) }, DOB, DOLO_START),
	}
}

// orderCareRules hold the orders against where the child lived.
func orderCareRules() []Rule {
	const isRun = "is run: the open validator crashes, for it reads a column that is not there"
	cells := []Field{DOLO_START, DOLO_END, PLACE}
	return []Rule{
		{Code: "707", Fields: cells[:2], Needs: needs(DoLo, Episodes), Child: outsideCare(DoLo, DOLO_START, DOLO_END),
			Says: "The order goes on, or ends (DOLO_END), when the child was not looked after."},
		{Code: "709", Fields: cells, Needs: needs(DoLo, Episodes), Differs: isRun,
			Says:  "While the order was in force the child's PLACE was other than K2, Z12 or Z13, which is unusual. Check the order's days and PLACE.",
			Child: orderedWhile(func(e Row) bool { return !e.Is(PLACE, "K2", "Z12", "Z13") })},
		{Code: "710", Fields: cells, Needs: needs(DoLo, Episodes), Differs: isRun,
			Says:  "While the order was in force the child was in a secure home, with parents, in a young offender institution or in supported accommodation (PLACE K1, P1, R5 or K3), where none is made. Check the order's days and PLACE.",
			Child: orderedWhile(func(e Row) bool { return e.Is(PLACE, "K1", "P1", "R5", "K3") })},
	}
}

func ordersForgotten(c *Case) {
	if len(c.LastRows(DoLo)) == 0 {
		return
	}
	again := daySet(c.Rows(DoLo), DOLO_START)
	c.findWhere(c.LastRows(DoLo), func(o Row) bool {
		return o.Blank(DOLO_END) && o.Day(DOLO_START).Known() && !again[o.Day(DOLO_START)]
	})
}

// orderedWhile names the orders that overlap one of the child's episodes of some
// kind, and those episodes.
func orderedWhile(kind func(Row) bool) func(*Case) {
	return func(c *Case) {
		if len(c.Rows(DoLo)) == 0 {
			return
		}
		orders := slices.DeleteFunc(byDay(nil, c.Rows(DoLo), DOLO_START), func(o Row) bool { return !o.Day(DOLO_END).Known() })
		episodes := slices.DeleteFunc(slices.Clone(c.Dated), func(e Row) bool { return !kind(e) })
		ordered, lived := reaches(orders, DOLO_START, DOLO_END), reaches(episodes, DECOM, DEC)
		c.findWhere(orders, func(o Row) bool { return reached(lived, o.Day(DOLO_END)) >= o.Day(DOLO_START) })
		c.findWhere(episodes, func(e Row) bool { return reached(ordered, min(orEver(e.Day(DEC)), ever-1)) >= e.Day(DECOM) })
	}
}

// reaches are the times of rows that come by the day they began, each with the
// last day that it or one before it reaches; ever if one goes on.
func reaches(rows []Row, from, until Field) (list []spell) {
	var most date.Date
	for _, r := range rows {
		most = max(most, orEver(r.Day(until)))
		list = append(list, spell{r.Day(from), most})
	}
	return list
}
