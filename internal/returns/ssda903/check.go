package ssda903

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"homeward/internal/date"
	"homeward/internal/gazetteer"
	"homeward/internal/returns/ssda903/aids"
)

// Return is one year's tables. A table that was not given is nil: a rule that
// needs it is not run, and says so.
type Return struct {
	Year   int
	XML    bool // read from XML, whose header carries the UASC flag
	Sheets [tables]*Sheet
}

// Aids are what some rules need beside the return. A nil one was not given.
type Aids struct {
	Places    *gazetteer.Places
	Providers map[string][]aids.Provider // by URN
	Authority string                     // the council's own code, GSS: E06000015
}

// Need is what a rule cannot run without.
type Need uint16

// Last year's tables, and the aids.
const (
	lastYear Need = 1 << 8 << iota
	NeedsPlaces
	NeedsAuthorities // a gazetteer that also tells the authority
	NeedsProviders
	NeedsOwnAuthority
)

// needs lists tables of this year.
func needs(list ...Table) (n []Need) {
	for _, t := range list {
		n = append(n, Need(t))
	}
	return n
}

// last is a table of the year before.
func last(t Table) Need { return lastYear | Need(t) }

// Rule is one validation rule, as it stands for some collection years.
type Rule struct {
	Code     string
	From, To int    // first and last collection year; no last is 0
	Says     string // what is wrong, and so how to mend it, in plain words
	Fields   []Field
	Needs    []Need
	When     func(*Setup) (whyNot string) // more it needs, if anything
	Differs  string                       // how and why it differs from the open validator

	// One of these. Row sees every row of a table by itself, Child one child's
	// rows of both years, Whole everything at once.
	Of    Table
	Row   func(c *Case, r Row)
	Child func(c *Case)
	Whole func(c *Case, all *Return)
	// Nameless: Child also sees rows without CHILD, together.
	Nameless bool
}

func (r *Rule) inForce(year int) bool { return r.From <= year && (r.To == 0 || year <= r.To) }

// Setup is what a run has to go by.
type Setup struct {
	Year       int
	Start, End date.Date // 1 April and 31 March
	Now, Last  *Return   // Last may be nil
	Aids       Aids
}

func (s *Setup) has(t Table) bool     { return s.Now.Sheets[t] != nil }
func (s *Setup) hasLast(t Table) bool { return s.Last != nil && s.Last.Sheets[t] != nil }

// lacks says in words what of a need is missing.
func (s *Setup) lacks(n Need) string {
	t := Table(n & 0xff)
	switch {
	case n == NeedsPlaces && s.Aids.Places == nil:
		return "no gazetteer was given"
	case n == NeedsAuthorities && (s.Aids.Places == nil || !s.Aids.Places.HasAuthorities()):
		return "no gazetteer that tells the authority of a postcode was given"
	case n == NeedsProviders && s.Aids.Providers == nil:
		return "no list of providers was given"
	case n == NeedsOwnAuthority && s.Aids.Authority == "":
		return "the council's own code was not given"
	case n == NeedsOwnAuthority && s.Aids.Places != nil && !s.Aids.Places.HoldsAuthority(s.Aids.Authority):
		return "the gazetteer has no postcode of the council, so that every place would seem to be outside it"
	case n&lastYear != 0 && n&^lastYear < Need(tables) && !s.hasLast(t):
		return "last year's " + t.String() + " was not given"
	case n < Need(tables) && !s.has(t):
		return t.String() + " was not given"
	}
	return ""
}

func (s *Setup) whyNot(r *Rule) string {
	var list []string
	for _, n := range r.Needs {
		if lack := s.lacks(n); lack != "" {
			list = append(list, lack)
		}
	}
	if len(list) == 0 && r.When != nil {
		if why := r.When(s); why != "" {
			list = append(list, why)
		}
	}
	return strings.Join(list, "; ")
}

// Finding is one row a rule names.
type Finding struct {
	Rule   *Rule
	Row    Row
	Prior  bool   // a row of last year's file
	fields uint64 // which cells, as a set
}

// Fields are the cells the finding is about.
func (f Finding) Fields() (list []Field) {
	for i := range fields {
		if f.fields&(1<<i) != 0 {
			list = append(list, i)
		}
	}
	return list
}

// NotRun is a rule of the year that could not be run, and why.
type NotRun struct{ Rule, Why string }

// Result is what a check found.
type Result struct {
	Year     int
	Findings []Finding // by rule, table and row
	Prior    []Finding // on rows of last year's files that have no match this year
	Run      int
	NotRun   []NotRun
}

// Check runs the rules of a collection year.
func Check(now, last *Return, aids Aids) (*Result, error) {
	if err := RulesKnown(now.Year); err != nil {
		return nil, err
	}
	run := newRun(&Setup{Year: now.Year, Start: start(now.Year), End: end(now.Year), Now: now, Last: last, Aids: aids})
	run.children()
	return run.result(), nil
}

func start(year int) date.Date { return civil(year-1, 4, 1) }
func end(year int) date.Date   { return civil(year, 3, 31) }

// run is one check as it goes.
type run struct {
	Setup
	now, last index
	rules     []*Rule
	notRun    []NotRun
	found     []Finding
}

func newRun(s *Setup) *run {
	r := &run{Setup: *s}
	for i := range rules {
		rule := &rules[i]
		if !rule.inForce(s.Year) {
			continue
		}
		if why := s.whyNot(rule); why != "" {
			r.notRun = append(r.notRun, NotRun{rule.Code, why})
			continue
		}
		r.rules = append(r.rules, rule)
	}
	roll := newRoll(s.Now, s.Last)
	r.now, r.last = roll.index(s.Now), roll.index(s.Last)
	return r
}

// children goes through the rules child by child, then through what needs more
// than a child.
func (r *run) children() {
	c := &Case{run: r}
	for child := range int32(len(r.now.roll.ids)) {
		c.turn(child)
		for _, rule := range r.rules {
			c.ask(rule)
		}
	}
	for _, rule := range r.rules {
		if rule.Whole != nil {
			c.rule = rule
			c.question++
			rule.Whole(c, r.Now)
		}
	}
}

func (r *run) result() *Result {
	out := &Result{Year: r.Year, Run: len(r.rules), NotRun: r.notRun}
	slices.SortStableFunc(r.found, func(a, b Finding) int {
		return cmp.Or(compareCodes(a.Rule.Code, b.Rule.Code), cmp.Compare(a.Row.Sheet.Table, b.Row.Sheet.Table), cmp.Compare(a.Row.N, b.Row.N))
	})
	for _, f := range r.found {
		if f.Prior {
			out.Prior = append(out.Prior, f)
		} else {
			out.Findings = append(out.Findings, f)
		}
	}
	slices.SortFunc(out.NotRun, func(a, b NotRun) int { return compareCodes(a.Rule, b.Rule) })
	return out
}

// compareCodes puts rules in the order people look for them: 119 before 1003,
// letters last.
func compareCodes(a, b string) int {
	na, ra, oka := number(a, 9)
	nb, rb, okb := number(b, 9)
	if oka != okb {
		return map[bool]int{true: -1, false: 1}[oka]
	}
	return cmp.Or(cmp.Compare(na, nb), strings.Compare(ra, rb))
}

// RulesIn lists the rules in force in a collection year.
func RulesIn(year int) (list []*Rule) {
	for i := range rules {
		if rules[i].inForce(year) {
			list = append(list, &rules[i])
		}
	}
	sortByCode(list)
	return list
}

func sortByCode(list []*Rule) {
	slices.SortStableFunc(list, func(a, b *Rule) int { return cmp.Or(compareCodes(a.Code, b.Code), cmp.Compare(a.From, b.From)) })
}

// RulesKnown tells whether a collection year's rules are published.
func RulesKnown(year int) error {
	if FirstRulesYear <= year && year <= LastYear {
		return nil
	}
	return invalid(fmt.Sprintf("There are no published rules for the collection year %s (%d). Rules are known from %s (%d) to %s (%d).",
		YearName(year), year, YearName(FirstRulesYear), FirstRulesYear, YearName(LastYear), LastYear))
}

// doubtful is how many dated rows a table needs before most of them can be in
// the wrong year by more than chance.
const doubtful = 20

// Doubts says where most of a table's dates lie in another collection year than
// the one that was named, so that last year's file is not checked as this year's.
func (y *Return) Doubts() (notes []string) {
	for _, of := range []struct {
		table Table
		field Field
	}{{Episodes, DECOM}, {Reviews, REVIEW}, {Missing, MIS_START}} {
		dated, later, touching := 0, 0, 0
		s := y.Sheets[of.table]
		for r := range s.Rows() {
			d := r.Day(of.field)
			if !d.Known() {
				continue
			}
			dated++
			if d > end(y.Year) {
				later++
			}
			if d >= start(y.Year) || of.table == Episodes && (r.Blank(DEC) || r.Day(DEC) >= start(y.Year)) {
				touching++
			}
		}
		if dated >= doubtful && (later*2 > dated || touching*2 < dated) {
			notes = append(notes, fmt.Sprintf("most dates of %s lie outside %s. Is it the return of another year?", s.File, YearName(y.Year)))
		}
	}
	return notes
}
