package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/chart"
	"homeward/internal/date"
	"homeward/internal/exchange"
	"homeward/internal/figures"
	"homeward/internal/scorecard"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// figuresPage is a page of numbers: what is asked, then parts of words, charts
// and tables. Every table can be taken away as CSV.
type figuresPage struct {
	Heading string
	Pages   []recordPage // the other pages of numbers
	Path    string
	Fields  [][]template.HTML // of the form, in rows; none is no form
	Kept    []govuk.Option    // what of the query the download repeats
	Lead    string
	Notes   []string
	Parts   []figuresPart

	form *govuk.Form
}

// figuresPart is one number or table with what belongs to it.
type figuresPart struct {
	ID, Heading string
	Words       []template.HTML
	Chart       template.HTML
	Table       govuk.Table
	Below       template.HTML // details
	After       []template.HTML
	Pages       govuk.Pagination

	taken chart.Table // as it is downloaded; none leaves it out
}

// newFigures begins a page of numbers; what the pages are called stands here.
func (v *visit) newFigures(heading string) *figuresPage {
	p := &figuresPage{Heading: heading, Path: v.r.URL.Path, form: &govuk.Form{NoneRequired: true}}
	for _, at := range []recordPage{{Text: "What was done", Href: "/numbers"}, {Text: "Scorecard", Href: "/numbers/scorecard"},
		{Text: "Who waits", Href: "/numbers/waiting"}, {Text: "Councils compared", Href: "/numbers/compare"}, {Text: "Packs", Href: "/packs"}, {Text: "Laboratory", Href: "/laboratory"}} {
		at.Current = at.Href == p.Path
		p.Pages = append(p.Pages, at)
	}
	query := v.r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if name != "csv" && name != "page" {
			p.Kept = append(p.Kept, govuk.Option{Value: name, Text: query.Get(name)})
		}
	}
	return p
}

// showFigures shows the page, or gives its tables as CSV where that is asked.
func (v *visit) showFigures(p *figuresPage) error {
	if v.r.URL.Query().Get("csv") != "" && p.form.Valid() {
		return v.giveTables(p)
	}
	return v.show("figures", page{Title: p.Heading, Form: p.form, Wide: true}, p)
}

// giveTables sends the tables of a page, one below the other, each under its
// title. No cell can be run by a spreadsheet.
func (v *visit) giveTables(p *figuresPage) error {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	line := func(cells []string) {
		cells = slices.Clone(cells)
		for i := range cells {
			cells[i] = exchange.Disarm(cells[i])
		}
		_ = out.Write(cells) // a buffer takes everything
	}
	for _, part := range p.Parts {
		if len(part.taken.Rows) == 0 {
			continue
		}
		if b.Len() > 0 {
			line([]string{""})
		}
		line([]string{part.taken.Caption})
		line(part.taken.Header)
		for _, row := range part.taken.Rows {
			line(row)
		}
		out.Flush()
	}
	name := "homeward" + strings.ReplaceAll(p.Path, "/", "-") + ".csv"
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	v.status = 200
	_, err := v.w.Write(b.Bytes())
	return err
}

// add puts a part on the page; its table is the chart's own form of it.
func (p *figuresPage) add(part figuresPart) { p.Parts = append(p.Parts, part) }

// tableOf shows a table of figures. A cell may stand in another form, a link, by
// its row and column.
func tableOf(t chart.Table, instead map[[2]int]template.HTML) govuk.Table {
	shown := govuk.Table{Caption: t.Caption, CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: len(t.Header) > 3}
	format := func(i int) string {
		if i < len(t.Numeric) && t.Numeric[i] {
			return "numeric"
		}
		return ""
	}
	for i, h := range t.Header {
		shown.Head = append(shown.Head, govuk.Cell{Text: h, Format: format(i)})
	}
	for r, row := range t.Rows {
		var cells []govuk.Cell
		for i, text := range row {
			cells = append(cells, govuk.Cell{Text: text, HTML: instead[[2]int{r, i}], Format: format(i)})
		}
		shown.Rows = append(shown.Rows, cells)
	}
	return shown
}

// drawChart draws a chart for a page, for a wide window and for a telephone; the
// figures stand in a table below it that can be opened, unless they stand beside.
func drawChart(c chart.Chart, id string, beside bool) (template.HTML, error) {
	var drawn template.HTML
	for _, width := range []chart.Width{chart.Wide, chart.Narrow} {
		svg, err := chart.SVG(c, id, width)
		if err != nil {
			return "", err
		}
		drawn += template.HTML(svg) // ours, and escaped there
	}
	if !beside {
		t := c.Table()
		drawn += govuk.Details{SummaryText: "Figures of this chart: " + t.Caption, HTML: tableOf(t, nil).Render()}.Render()
	}
	return markup(`<div class="hw-chart">%s</div>`, drawn), nil
}

// figuresOf is what a page counts from: the area asked for and the numbers the
// reader may see.
type figuresOf struct {
	*figures.Numbers
	area  scorecard.Area
	id    string // of the area
	own   bool
	areas []scorecard.Area
}

// areaID is an area in the query: an agency's code, or a pool.
func areaID(a scorecard.Area) string {
	if len(a.Agencies) == 1 {
		return a.Agencies[0]
	}
	return "pool:" + a.Name
}

// areaName says an area to choose from.
func areaName(a scorecard.Area) string {
	if len(a.Agencies) == 1 {
		return a.Name
	}
	return fmt.Sprintf("%s, the %d agencies of it whose numbers you may see", a.Name, len(a.Agencies))
}

// withFigures counts for the area of the query, the reader's own agency unless
// another is asked for, in one unit of work. Of one's own only its records are
// read; of others those of all, since what may be shown of one hangs on the rest.
func (v *visit) withFigures(purpose string, everybody bool, fn func(*work.Unit, *agency.Book, *figuresOf) error) error {
	return v.office(purpose, func(u *work.Unit, book *agency.Book) error {
		codes, err := figures.Reachable(u, book)
		if err != nil {
			return err
		}
		of := &figuresOf{areas: figures.Areas(u.Actor, book, codes)}
		asked := v.r.URL.Query().Get("area")
		i := slices.IndexFunc(of.areas, func(a scorecard.Area) bool { return asked == "" || areaID(a) == asked })
		if i < 0 {
			return u.Refuse(access.View, work.Subject{Kind: access.Figures, Agency: u.Actor.Agency})
		}
		of.area, of.id = of.areas[i], areaID(of.areas[i])
		of.own = figures.Own(u.Actor, of.area.Agencies)
		if of.own && !everybody {
			codes = of.area.Agencies
		}
		records, err := figures.Load(u, book, codes...)
		if err != nil {
			return err
		}
		of.Numbers = records.For(u.Actor, book, u.Today)
		return fn(u, book, of)
	})
}

// areaField asks for the area.
func (p *figuresPage) areaField(of *figuresOf) *govuk.ChoiceField {
	var options []govuk.Option
	for i, a := range of.areas {
		value := areaID(a)
		if i == 0 {
			value = "" // the first is the usual one
		}
		options = append(options, govuk.Option{Value: value, Text: areaName(a)})
	}
	f := p.form.Select(govuk.Question{Name: "area", Label: "Whose numbers", Options: options})
	if of.id != areaID(of.areas[0]) {
		f.Set(of.id)
	}
	return f
}

// ofOthers says why less is shown of others.
const ofOthers = "These are not only your own agency’s numbers. Of others you see the last full year, April to March, or the three years that end with it; counts are rounded to the nearest 5, and a number that is small, or that could give a small one away, is not shown. No children are listed."

// figuresQuarter is the quarter of a year that a day is in.
func figuresQuarter(day date.Date) scorecard.Period {
	year, month, _ := day.Parts()
	first := date.MustOf(year, (month-1)/3*3+1, 1)
	return scorecard.Period{First: first, Last: first.AddMonths(3).AddDays(-1)}
}

// daysOr writes a day of a curve, or that it is not reached.
func daysOr(day int, otherwise string) string {
	if day < 0 {
		return otherwise
	}
	return commas(day)
}
