package web

import (
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// returnPage is one return in short: what the rules find in it, and how it
// stands to the records.
type returnPage struct {
	Record   record
	Heading  string
	Path     string
	Replaced bool
	Year     int
	YearName string
	Known    bool // the rules of the year are published
	Sentence string
	None     bool // nothing was found
	Rules    govuk.Table
	NotRun   []notRunRow
	NotRunIn string
	Compared *govuk.SummaryList // nil for a return that was replaced, or a reader who may not take it in
	Counts   returnCounts

	SetAsideIn     string       // how many a return was taken in without; blank for none
	SetAside       *govuk.Table // and who, as far as they may be seen
	SetAsideClosed int          // of whom nothing is told: their records are closed to the reader
}

// notRunRow is the rules that were not run for one reason.
type notRunRow struct {
	Why   string
	Rules []string
}

// returnReading shows one return in short.
func returnReading(v *visit) error {
	var p returnPage
	err := v.withReturn("a return", access.View, func(u *work.Unit, book *agency.Book, r returns.Reading) error {
		p = returnPage{Record: v.returnRecord(book, r, v.r.URL.Path), Heading: "Summary of the return", Path: returnPath(r.ID), Replaced: r.State == returns.Replaced,
			Year: r.Year, YearName: ssda903.YearName(r.Year), Known: rulesKnown(r.Year)}
		if err := p.check(u, book, r); err != nil {
			return err
		}
		if err := p.takenWithout(u, r); err != nil {
			return err
		}
		return p.compare(u, book, r)
	})
	if err != nil {
		return err
	}
	return v.show("returnreading", page{Title: p.Heading + ", " + p.YearName, Back: "/returns", Wide: true}, p)
}

func (p *returnPage) check(u *work.Unit, book *agency.Book, r returns.Reading) error {
	if !p.Known {
		return nil
	}
	c, err := returns.Check(u, book, r, ssda903.Aids{})
	if err != nil {
		return err
	}
	p.None = len(c.Findings) == 0
	p.Sentence = fmt.Sprintf("%s run, %s. %s still open, %s checked and true.", count(c.Run, "rule was", "rules were"), count(len(c.Findings), "finding", "findings"),
		count(c.Open(), "is", "are"), commas(len(c.Findings)-c.Open()))
	if c.Closed > 0 {
		p.Sentence += fmt.Sprintf(" %s about children whose records are restricted %s left out.", count(c.Closed, "finding", "findings"), map[bool]string{true: "is", false: "are"}[c.Closed == 1])
	}
	p.Rules = rulesTable(c, p.Path)
	p.NotRun = notRunRows(c.NotRun)
	p.NotRunIn = count(len(c.NotRun), "rule was not run", "rules were not run")
	return nil
}

// rulesTable counts the findings of each rule that found something.
func rulesTable(c *returns.Checked, path string) govuk.Table {
	t := govuk.Table{Caption: "Findings by rule", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true, Classes: "hw-bars",
		Head: []govuk.Cell{{Text: "Rule"}, {Text: "What is wrong"}, {Text: "Open"}, {Text: "Checked"}, {Text: "Open, then checked"}}}
	type tally struct {
		rule          *ssda903.Rule
		open, checked int
	}
	var list []tally
	at, largest := map[string]int{}, 0
	for _, f := range c.Findings {
		i, known := at[f.Rule.Code]
		if !known {
			i = len(list)
			at[f.Rule.Code], list = i, append(list, tally{rule: f.Rule})
		}
		if f.Mark == nil {
			list[i].open++
		} else {
			list[i].checked++
		}
		largest = max(largest, list[i].open+list[i].checked)
	}
	for _, n := range list {
		link := markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden">: findings of this rule</span></a>`, withQuery(path+"/findings", "rule", n.rule.Code), n.rule.Code)
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: link}, {Text: n.rule.Says}, numeric(commas(n.open)), numeric(commas(n.checked)),
			{HTML: drawStack(largest, n.open, n.checked), Classes: "hw-bars__bar"}})
	}
	return t
}

// notRunRows groups the rules that were not run by the reason.
func notRunRows(list []ssda903.NotRun) (rows []notRunRow) {
	for _, n := range list {
		i := slices.IndexFunc(rows, func(r notRunRow) bool { return r.Why == n.Why })
		if i < 0 {
			i, rows = len(rows), append(rows, notRunRow{Why: n.Why})
		}
		rows[i].Rules = append(rows[i].Rules, n.Rule)
	}
	return rows
}

// takenWithout lists who the return was taken in without.
func (p *returnPage) takenWithout(u *work.Unit, r returns.Reading) error {
	list, closed, err := r.TakenWithout(u)
	if r.SetAside == 0 || err != nil {
		return err
	}
	sawSetAside(u, list)
	p.SetAsideIn, p.SetAsideClosed = count(r.SetAside, "child", "children"), closed
	if len(list) > 0 {
		p.SetAside = new(setAsideTable(list))
	}
	return nil
}

// compare says in short how the return stands to the records.
func (p *returnPage) compare(u *work.Unit, book *agency.Book, r returns.Reading) error {
	if p.Replaced || !access.Can(u.Actor, access.Change, book.Thing(access.Return, r.Agency)).Allow {
		return nil
	}
	c, err := returns.Compare(u, book, r)
	if err != nil {
		return err
	}
	p.Counts = countsOf(c)
	p.Compared = p.Counts.summary()
	return nil
}

// returnCounts is a comparison in numbers of children.
type returnCounts struct{ New, Changed, Conflicts, Decided, SetAside, Unchanged, Restricted int }

func countsOf(c *returns.Comparison) returnCounts {
	n := returnCounts{SetAside: len(c.SetAside), Unchanged: c.Unchanged, Restricted: c.Restricted}
	for _, one := range c.Children {
		switch {
		case one.Record == nil:
			n.New++
		case one.Of(returns.Conflicting) > 0:
			n.Conflicts++
		case one.Of(returns.Decided) == len(one.Differences):
			n.Decided++
		default:
			n.Changed++
		}
	}
	return n
}

func (n returnCounts) summary() *govuk.SummaryList {
	s := &govuk.SummaryList{}
	add := func(label string, number int) {
		s.Rows = append(s.Rows, govuk.SummaryRow{Key: govuk.Content{Text: label}, Value: govuk.Content{Text: commas(number)}})
	}
	add("Children who are new to Homeward", n.New)
	add("Children of whom the return says more, or something else than an earlier return", n.Changed)
	add("Children with something to decide", n.Conflicts)
	add("Children of whom all that differs was decided before", n.Decided)
	add("Children set aside: no record can hold what the return says of them", n.SetAside)
	add("Children of whom both say the same", n.Unchanged)
	add("Children left out: their records are closed to you", n.Restricted)
	return s
}
