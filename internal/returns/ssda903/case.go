package ssda903

import (
	"slices"

	"homeward/internal/date"
)

// roll numbers the children of both years by their exact CHILD.
type roll struct {
	at  map[string]int32
	ids []string
}

func newRoll(years ...*Return) *roll {
	r := &roll{at: map[string]int32{}}
	for _, y := range years {
		if y == nil {
			continue
		}
		for _, s := range y.Sheets {
			for row := range s.Rows() {
				r.number(row.Text(CHILD))
			}
		}
	}
	return r
}

func (r *roll) number(id string) int32 {
	n, known := r.at[id]
	if !known {
		n = int32(len(r.ids))
		r.at[id] = n
		r.ids = append(r.ids, id)
	}
	return n
}

// index is a year's rows by child, in the order of the file.
type index struct {
	roll *roll
	rows [tables][]Row
	from [tables][]int32 // where each child's rows begin, and the last end
}

func (r *roll) index(y *Return) index {
	x := index{roll: r}
	if y == nil {
		return x
	}
	for t, s := range y.Sheets {
		if s != nil {
			x.rows[t], x.from[t] = r.sort(s)
		}
	}
	return x
}

// sort is a counting sort: linear, and it keeps the order of the file.
func (r *roll) sort(s *Sheet) ([]Row, []int32) {
	from := make([]int32, len(r.ids)+1)
	child := make([]int32, s.Len())
	for row := range s.Rows() {
		child[row.N] = r.at[row.Text(CHILD)]
		from[child[row.N]+1]++
	}
	for i := range r.ids {
		from[i+1] += from[i]
	}
	next := slices.Clone(from)
	rows := make([]Row, s.Len())
	for row := range s.Rows() {
		rows[next[child[row.N]]] = row
		next[child[row.N]]++
	}
	return rows, from
}

func (x *index) of(child int32, t Table) []Row {
	if x.from[t] == nil {
		return nil
	}
	return x.rows[t][x.from[t][child]:x.from[t][child+1]]
}

// Case is one child of the return, as a rule sees them.
type Case struct {
	*run
	ID    string
	child int32

	rule     *Rule
	question uint32 // one for each rule and child

	// Dated are this year's episodes with a day in DECOM, by that day, those of
	// one day in the order of the file. LastDated are last year's.
	Dated, LastDated []Row
	claKnown, cla    bool
}

// turn brings up a child.
func (c *Case) turn(child int32) {
	c.child, c.ID = child, c.now.roll.ids[child]
	c.Dated = byDay(c.Dated[:0], c.Rows(Episodes), DECOM)
	c.LastDated = byDay(c.LastDated[:0], c.LastRows(Episodes), DECOM)
	c.claKnown = false
}

// ask puts a rule to the child.
func (c *Case) ask(rule *Rule) {
	c.rule = rule
	c.question++
	switch {
	case rule.Row != nil:
		for _, r := range c.Rows(rule.Of) {
			rule.Row(c, r)
		}
	case rule.Child != nil && (c.ID != "" || rule.Nameless):
		rule.Child(c)
	}
}

// byDay gives those rows that have a day in a field, by that day, those of one
// day in the order of the file. It uses the list it is given.
func byDay(list, rows []Row, f Field) []Row {
	for _, r := range rows {
		if r.Day(f).Known() {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b Row) int { return int(a.Day(f)) - int(b.Day(f)) })
	return list
}

// Rows are the child's rows of a table in the order of the file; none if the
// table was not given.
func (c *Case) Rows(t Table) []Row { return c.now.of(c.child, t) }

// LastRows are the child's rows in last year's table.
func (c *Case) LastRows(t Table) []Row { return c.last.of(c.child, t) }

// Find names rows as wrong. Each is reported once for a rule; the cells are those
// of the rule's fields that the row's table has.
func (c *Case) Find(rows ...Row) {
	for _, r := range rows {
		c.FindIn(r, c.rule.Fields...)
	}
}

// FindIn names a row and the cells of it. Cells the table does not have are left
// out; where none is left it is the child's reference.
func (c *Case) FindIn(r Row, list ...Field) {
	if r.Sheet.marks[r.N] == c.question {
		return
	}
	r.Sheet.marks[r.N] = c.question
	f := Finding{Rule: c.rule, Row: r, Prior: c.Now.Sheets[r.Sheet.Table] != r.Sheet}
	for _, field := range list {
		if r.Sheet.Has(field) {
			f.fields |= 1 << field
		}
	}
	if f.fields == 0 {
		f.fields = 1 << CHILD
	}
	c.found = append(c.found, f)
}

// First is the earliest of rows by a day: the first in the file among equals.
func First(rows []Row, f Field) (first Row, ok bool) {
	for _, r := range rows {
		if d := r.Day(f); d.Known() && (!ok || d < first.Day(f)) {
			first, ok = r, true
		}
	}
	return first, ok
}

// Latest is the latest of rows by a day: the first in the file among equals.
func Latest(rows []Row, f Field) (latest Row, ok bool) {
	for _, r := range rows {
		if d := r.Day(f); d.Known() && (!ok || d > latest.Day(f)) {
			latest, ok = r, true
		}
	}
	return latest, ok
}

// Header is the child's first row in this year's Header.
func (c *Case) Header() (Row, bool) {
	rows := c.Rows(Header)
	if len(rows) == 0 {
		return Row{}, false
	}
	return rows[0], true
}

// Born is the birth date in this year's Header; unknown where there is none.
func (c *Case) Born() date.Date {
	h, ok := c.Header()
	if !ok {
		return 0
	}
	return h.Day(DOB)
}

// Birthday is a birth date so many years on: 29 February is 28 February in a
// common year. The birthday of an unknown date is unknown.
func Birthday(born date.Date, years int) date.Date {
	if !born.Known() {
		return 0
	}
	return born.AddMonths(12 * years)
}

// ShortBreak tells an episode under an agreed series of short breaks (V3, V4).
func ShortBreak(e Row) bool { return e.Is(LS, "V3", "V4") }

// inYear tells whether an episode touches the collection year; one without a
// valid end is taken to go on.
func (c *Case) inYear(e Row) bool {
	d, until := e.Day(DECOM), e.Day(DEC)
	return d.Known() && d <= c.End && (!until.Known() || until >= c.Start)
}

// CLA tells whether the child was looked after all year ("continuously looked
// after"): some episode is in the year and none breaks it, by beginning a period
// of care after 1 April, ending one before 31 March, or being a short break.
func (c *Case) CLA() bool {
	if c.claKnown {
		return c.cla
	}
	c.claKnown, c.cla = true, false
	for _, e := range c.Rows(Episodes) {
		d, until := e.Day(DECOM), e.Day(DEC)
		switch {
		case e.Is(RNE, "S") && d > c.Start && d <= c.End,
			!e.Is(REC, "X1") && until >= c.Start && until < c.End,
			ShortBreak(e) && c.inYear(e):
			c.cla = false
			return false
		case c.inYear(e):
			c.cla = true
		}
	}
	return c.cla
}

// Flag is whether the child is an unaccompanied asylum-seeking child (UASC) this
// year: "1", "0", or whatever the XML header says; unknown where the return does
// not tell.
func (c *Case) Flag() (flag string, known bool) { return c.flag(c.Now, &c.now) }

// LastFlag is Flag of last year.
func (c *Case) LastFlag() (flag string, known bool) { return c.flag(c.Last, &c.last) }

func (c *Case) flag(y *Return, x *index) (string, bool) {
	if !y.tellsUASC() {
		return "", false
	}
	header, own := x.of(c.child, Header), x.of(c.child, Unaccompanied)
	switch {
	case y.XML && len(header) > 0:
		return header[0].Text(UASC), true
	case y.XML:
		return "", true
	case y.Sheets[Header] != nil:
		return map[bool]string{true: "1", false: "0"}[len(own) > 0], len(header) > 0
	}
	filled := slices.ContainsFunc(own, func(r Row) bool { return r.AnyFilled(SEX, DOB, DUC) })
	return map[bool]string{true: "1", false: "0"}[filled], true
}

// tellsUASC tells whether a return says who is an unaccompanied child.
func (y *Return) tellsUASC() bool {
	return y != nil && (y.XML || y.Sheets[Unaccompanied] != nil)
}

// WasUASC tells whether the child is flagged this year or last.
func (c *Case) WasUASC() bool {
	now, known := c.Flag()
	before, knownBefore := c.LastFlag()
	return known && now == "1" || knownBefore && before == "1"
}

// anyUASC is for Rule.When: the rule needs to know who is unaccompanied.
func anyUASC(s *Setup) string {
	if s.Now.tellsUASC() || s.Last.tellsUASC() {
		return ""
	}
	return "neither year says which children are unaccompanied (UASC)"
}
