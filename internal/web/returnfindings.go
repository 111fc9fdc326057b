package web

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/exchange"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// findingsShown is how many findings one page shows.
const findingsShown = 50

// returnFindingsPage is what the rules find in one return, row by row.
type returnFindingsPage struct {
	Record     record
	Path       string
	Rule, Show *govuk.ChoiceField
	Chosen     []chosen
	Summary    string
	Rows       []findingLine
	Pagination govuk.Pagination
	None       bool // nothing was found at all
	MayChange  bool
}

// findingLine is one finding, and what was made of it.
type findingLine struct {
	Rule, Says, Where, Child string
	Cells                    template.HTML
	Mark                     *returns.Mark
	MarkedOn                 string
	Path                     string // where it is marked as true
}

// withChecked is withReturn with the rules run over it.
func (v *visit) withChecked(purpose string, act access.Action, fn func(*work.Unit, *agency.Book, *returns.Checked) error) error {
	return v.withReturn(purpose, act, func(u *work.Unit, book *agency.Book, r returns.Reading) error {
		c, err := returns.Check(u, book, r, ssda903.Aids{})
		if err != nil {
			return err
		}
		return fn(u, book, c)
	})
}

// returnFindings lists what the rules find in a return.
func returnFindings(v *visit) error {
	var p returnFindingsPage
	err := v.withChecked("findings of a return", access.View, func(u *work.Unit, book *agency.Book, c *returns.Checked) error {
		p = returnFindingsPage{Record: v.returnRecord(book, c.Reading, v.r.URL.Path), Path: v.r.URL.Path, None: len(c.Findings) == 0,
			MayChange: access.Can(u.Actor, access.Change, book.Thing(access.Return, c.Reading.Agency)).Allow}
		p.ask(v, c.Findings)
		list := slices.DeleteFunc(slices.Clone(c.Findings), func(f returns.Finding) bool { return !p.fits(f) })
		from, to, pages := v.pageBy(findingsShown, len(list), "total")
		p.Summary, p.Pagination = count(len(list), "finding", "findings"), pages
		for _, f := range list[from:to] {
			p.Rows = append(p.Rows, lineFor(c.Reading, f))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("returnfindings", page{Title: "Findings", Back: returnPath(v.r.PathValue("reading")), Wide: true}, p)
}

// ask reads what the list is narrowed to.
func (p *returnFindingsPage) ask(v *visit, list []returns.Finding) {
	rules, form := []govuk.Option{{Text: "Every rule"}}, &govuk.Form{Filter: true}
	for _, f := range list {
		if rules[len(rules)-1].Value != f.Rule.Code && !slices.ContainsFunc(rules, func(o govuk.Option) bool { return o.Value == f.Rule.Code }) {
			rules = append(rules, govuk.Option{Value: f.Rule.Code, Text: "Rule " + f.Rule.Code})
		}
	}
	p.Rule = form.Select(govuk.Question{Name: "rule", Label: "Rule", Options: rules})
	p.Show = form.Select(govuk.Question{Name: "show", Label: "Findings", Options: []govuk.Option{{Text: "Open and checked"}, {Value: "open", Text: "Open"}, {Value: "checked", Text: "Checked and true"}}})
	form.Read(v.r.URL.Query())
	for _, c := range []*govuk.ChoiceField{p.Rule, p.Show} {
		if c.Value != "" {
			p.Chosen = append(p.Chosen, chosen{optionText(c), v.queryWith(c.Name, "")})
		}
	}
}

func (p *returnFindingsPage) fits(f returns.Finding) bool {
	return (p.Rule.Value == "" || p.Rule.Value == f.Rule.Code) && (p.Show.Value == "" || (p.Show.Value == "open") == (f.Mark == nil))
}

func lineFor(r returns.Reading, f returns.Finding) findingLine {
	l := findingLine{Rule: f.Rule.Code, Says: f.Rule.Says, Where: lineOf(f), Child: cmp.Or(f.Row.Raw(ssda903.CHILD), "no reference"), Cells: cellsOf(f, r.Year),
		Mark: f.Mark, Path: returnPath(r.ID) + "/findings/" + f.Key() + "/true"}
	if f.Mark != nil {
		l.MarkedOn = work.Day(f.Mark.At).Long()
	}
	return l
}

// lineOf is where a finding stands.
func lineOf(f returns.Finding) string {
	words := fmt.Sprintf("%s, %s line %d", f.Row.Sheet.Table, f.Row.Sheet.File, f.Row.Line())
	if f.Prior {
		words = "Last year’s return: " + words
	}
	return words
}

// cellsOf are the cells a finding is about, with what they say.
func cellsOf(f returns.Finding, year int) (lines template.HTML) {
	for i, field := range f.Fields() {
		if i > 0 {
			lines += "<br>"
		}
		says := f.Row.Raw(field)
		switch label := ssda903.Label(field, says, year); {
		case says == "":
			lines += markup(`%s is blank`, field)
		case label == "":
			lines += markup(`%s is <strong>%s</strong>`, field, says)
		default:
			lines += markup(`%s is <strong>%s</strong> (%s)`, field, says, label)
		}
	}
	return lines
}

// returnFindingsCSV gives the findings of a return as a file for a spreadsheet: a
// row for each cell they are about.
func returnFindingsCSV(v *visit) error {
	var text bytes.Buffer
	name := ""
	err := v.withChecked("findings of a return", access.View, func(u *work.Unit, _ *agency.Book, c *returns.Checked) error {
		name = fmt.Sprintf("findings-%s-%d.csv", c.Reading.Agency, c.Reading.Year)
		u.Noted("downloaded", c.Reading.Subject(), count(len(c.Findings), "finding", "findings"))
		return writeFindings(csv.NewWriter(&text), c.Findings)
	})
	if err != nil {
		return err
	}
	return v.download(name, "text/csv; charset=utf-8", text.Bytes())
}

func writeFindings(out *csv.Writer, list []returns.Finding) error {
	_ = out.Write([]string{"rule", "problem", "where", "child", "field", "says", "checked", "reason", "by"}) // Error tells
	for _, f := range list {
		checked := make([]string, 3)
		if f.Mark != nil {
			checked = []string{work.Day(f.Mark.At).String(), exchange.Disarm(f.Mark.Reason), exchange.Disarm(f.Mark.By)}
		}
		for _, field := range f.Fields() {
			_ = out.Write(append([]string{f.Rule.Code, f.Rule.Says, exchange.Disarm(lineOf(f)), exchange.Disarm(f.Row.Raw(ssda903.CHILD)), field.String(), exchange.Disarm(f.Row.Raw(field))}, checked...))
		}
	}
	out.Flush()
	return out.Error()
}

// download answers with a file to keep.
func (v *visit) download(name, kind string, data []byte) error {
	v.status = http.StatusOK
	v.w.Header().Set("Content-Type", kind)
	v.w.Header().Set("Content-Disposition", "attachment; filename="+strconv.Quote(name))
	v.w.Header().Set("Cache-Control", "no-store")
	if _, err := v.w.Write(data); err != nil {
		v.Log.Info("answer not sent", "error", err)
	}
	return nil
}
