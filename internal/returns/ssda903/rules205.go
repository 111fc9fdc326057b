package ssda903

import "slices"

// rules205 are the rules 205A to 205D: who is an unaccompanied child (UASC) this
// year and last.
func rules205() []Rule {
	both := append(needs(Unaccompanied), last(Unaccompanied))
	rule := func(code, says, differs string, needs []Need, child func(c *Case)) Rule {
		return Rule{Code: code, From: 2023, Says: says, Fields: []Field{DUC, UASC}, Needs: needs, When: flagged, Differs: differs, Child: child}
	}
	return []Rule{
		rule("205A", "The child was unaccompanied (UASC) last year and is not this year, and no date (DUC) of last year says when that ended.",
			"driven from Header, so that a child who is in last year's UASC and not in this year's is tested; the open validator looks only at children who still have a row", both,
			func(c *Case) {
				now, here := c.uasc(c.Now, &c.now)
				before, was := c.uasc(c.Last, &c.last)
				if here && was && before == "1" && now != "1" && !c.endedLastYear() {
					c.Find(append(slices.Clone(c.Rows(Unaccompanied)), c.Rows(Header)...)...)
				}
			}),
		rule("205B", "The child is unaccompanied (UASC) in both years. Last year's DUC must be the 18th birthday, and this year's must be in the year or the same as last year's.", "", both,
			func(c *Case) {
				now, _ := c.uasc(c.Now, &c.now)
				before, _ := c.uasc(c.Last, &c.last)
				if now != "1" || before != "1" {
					return
				}
				for _, r := range c.Rows(Unaccompanied) {
					if slices.ContainsFunc(c.LastRows(Unaccompanied), func(p Row) bool { return !c.grownUp(r, p) }) {
						c.Find(r)
						c.Find(c.Rows(Header)...)
					}
				}
			}),
		rule("205C", "A date (DUC) is given for a child who is unaccompanied (UASC) in neither year.", "a DUC that is no day counts as given", both,
			func(c *Case) {
				now, _ := c.uasc(c.Now, &c.now)
				before, _ := c.uasc(c.Last, &c.last)
				if neither := (now == "0" || now == "") && (before == "0" || before == ""); !neither {
					return
				}
				given := slices.ContainsFunc(c.LastRows(Unaccompanied), func(p Row) bool { return p.Filled(DUC) })
				for _, r := range c.Rows(Unaccompanied) {
					if len(c.LastRows(Unaccompanied)) > 0 && (given || r.Filled(DUC)) {
						c.Find(r)
						c.Find(c.Rows(Header)...)
					}
				}
			}),
		rule("205D", "The child is unaccompanied (UASC) this year and was in last year's return as a child who is not.", "", nil,
			func(c *Case) {
				now, here := c.uasc(c.Now, &c.now)
				before, was := c.uasc(c.Last, &c.last)
				switch {
				case !here || !was || now != "1" || before == "1":
				case c.Now.Sheets[Header] != nil:
					c.Find(c.Rows(Header)...)
				default:
					c.Find(c.Rows(Unaccompanied)...)
				}
			}),
	}
}

// flagged is for Rule.When: both years must say who is unaccompanied.
func flagged(s *Setup) string {
	switch {
	case !s.Now.tellsUASC():
		return "this year does not say which children are unaccompanied (UASC)"
	case !s.Last.tellsUASC():
		return "last year does not say which children were unaccompanied (UASC)"
	}
	return ""
}

// uasc is the flag of a year, and whether the child is in it: by Header, or where
// there is none by the rows of UASC.
func (c *Case) uasc(y *Return, x *index) (flag string, there bool) {
	header, own := x.of(c.child, Header), x.of(c.child, Unaccompanied)
	switch {
	case y.XML && len(header) > 0:
		return header[0].Text(UASC), true
	case y.Sheets[Header] != nil && len(header) == 0:
		return "", false
	case y.Sheets[Header] != nil:
		return map[bool]string{true: "1", false: "0"}[len(own) > 0], true
	}
	filled := slices.ContainsFunc(own, func(r Row) bool { return r.AnyFilled(SEX, DUC) })
	return map[bool]string{true: "1", false: "0"}[filled], len(own) > 0
}

// endedLastYear tells whether a DUC of last year lies in that year, and this year
// gives none.
func (c *Case) endedLastYear() bool {
	from, until := start(c.Year-1), end(c.Year-1)
	ended := slices.ContainsFunc(c.LastRows(Unaccompanied), func(p Row) bool { return p.Day(DUC) >= from && p.Day(DUC) <= until })
	return ended && !slices.ContainsFunc(c.Rows(Unaccompanied), func(r Row) bool { return r.Filled(DUC) })
}

// grownUp tells whether last year's DUC is the 18th birthday, and this year's in
// the year or the same.
func (c *Case) grownUp(now, before Row) bool {
	d, was := now.Day(DUC), before.Day(DUC)
	return was.Known() && was == Birthday(before.Day(DOB), 18) && d.Known() && (d == was || d >= c.Start && d <= c.End)
}
