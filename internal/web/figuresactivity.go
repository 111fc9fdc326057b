package web

import (
	"fmt"
	"html/template"

	"homeward/internal/agency"
	"homeward/internal/chart"
	"homeward/internal/date"
	"homeward/internal/figures"
	"homeward/internal/scorecard"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// figuresActivity is what was done in a period and how things stood at its end:
// the page a council's members are given (M15), and where children were placed
// and at what cost (M18).
func figuresActivity(v *visit) error {
	p := v.newFigures("How we are doing")
	err := v.withFigures("numbers", false, func(_ *work.Unit, _ *agency.Book, of *figuresOf) error {
		area := p.areaField(of)
		ask := p.periodFields(v.Desk.Today())
		p.form.Read(v.r.URL.Query())
		period, ok := ask.period(v.Desk.Today())
		p.Fields = [][]template.HTML{{area.Render(), ask.Preset.Render()}, {ask.First.Render(), ask.Last.Render()}}
		switch {
		case !ok:
			return nil
		case !of.own:
			period = scorecard.Year(figures.LastYear(v.Desk.Today()))
			p.Notes = append(p.Notes, ofOthers)
		}
		p.Lead = areaName(of.area) + ", " + period.String() + "."
		if err := p.addActivity(of, period); err != nil || !of.own {
			return err
		}
		p.addPlaced(of, period)
		return nil
	})
	if err != nil {
		return err
	}
	return v.showFigures(p)
}

// periodAsked is the days that a page of numbers is for.
type periodAsked struct {
	form        *govuk.Form
	Preset      *govuk.ChoiceField
	First, Last *govuk.DateField
}

func (p *figuresPage) periodFields(today date.Date) *periodAsked {
	return &periodAsked{form: p.form,
		Preset: p.form.Select(govuk.Question{Name: "period", Label: "Period", Options: []govuk.Option{{Text: "This financial year so far"}, {Value: "this-quarter", Text: "This quarter so far"},
			{Value: "last-quarter", Text: "Last quarter"}, {Value: "last-year", Text: "Last financial year"}, {Value: "three-years", Text: "Last three financial years"}, {Value: "chosen", Text: "The days I give below"}}}),
		First: p.form.Date(govuk.Question{Name: "from", Label: "First day", Hint: "For example, 1 4 2013", NotAfter: today}),
		Last:  p.form.Date(govuk.Question{Name: "to", Label: "Last day", Hint: "For example, 31 7 2013", NotAfter: today}),
	}
}

// period is the period asked for. Days that are given count without the choice
// that says so; another choice counts before them.
func (a *periodAsked) period(today date.Date) (scorecard.Period, bool) {
	last := figures.LastYear(today)
	switch {
	case !a.form.Valid():
		return scorecard.Period{}, false
	case a.Preset.Value == "chosen", a.Preset.Value == "" && (a.First.Value.Known() || a.Last.Value.Known()):
		return a.chosen()
	}
	a.First.Set(0)
	a.Last.Set(0)
	switch a.Preset.Value {
	case "this-quarter":
		return scorecard.Period{First: figuresQuarter(today).First, Last: today}, true
	case "last-quarter":
		return figuresQuarter(figuresQuarter(today).First.AddDays(-1)), true
	case "last-year":
		return scorecard.Year(last), true
	case "three-years":
		return scorecard.ThreeYears(last), true
	}
	return scorecard.Period{First: scorecard.Year(last + 1).First, Last: today}, true
}

func (a *periodAsked) chosen() (scorecard.Period, bool) {
	a.Preset.Set("chosen")
	switch {
	case !a.First.Value.Known():
		a.First.Fail("Enter the first day")
	case !a.Last.Value.Known():
		a.Last.Fail("Enter the last day")
	case a.Last.Value < a.First.Value:
		a.Last.Fail("The last day must not be before the first day")
	}
	return scorecard.Period{First: a.First.Value, Last: a.Last.Value}, a.form.Valid()
}

// behindPath is where the children or families of a number are listed.
func behindPath(kind, name, id string, of *figuresOf, p scorecard.Period) string {
	path := "/numbers/children"
	if kind == figures.Families {
		path = "/numbers/families"
	}
	return withQuery(path, name, id, "area", of.id, "from", p.First.String(), "to", p.Last.String())
}

func (p *figuresPage) addActivity(of *figuresOf, period scorecard.Period) error {
	list := of.Activity(of.area, period)
	bars := chart.Bars{Title: "What was done, " + period.String(), Of: "What", Measure: "How many", Series: []chart.Series{{Name: "Number"}}}
	links := map[[2]int]template.HTML{}
	for i, c := range list {
		bars.Groups = append(bars.Groups, c.Title)
		value := chart.Of(float64(c.N))
		if c.Hidden {
			value = chart.Instead(figures.NotShown)
		}
		bars.Series[0].Values = append(bars.Series[0].Values, value)
		if len(c.IDs) > 0 {
			links[[2]int{i, 1}] = markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden"> %s: see them</span></a>`, behindPath(c.Of, "count", c.ID, of, period), commas(c.N), c.Title)
		}
	}
	drawn, err := drawChart(bars, "activity", true)
	t := bars.Table()
	part := figuresPart{ID: "activity", Chart: drawn, Table: tableOf(t, links), taken: t}
	if of.own {
		part.After = []template.HTML{"A number leads to the children or families it is made of, as far as you may open them. Restricted records are counted. “At the end”, no family yet and the families needed are as things stood at the end of the last day."}
	}
	p.add(part)
	return err
}

// addPlaced shows where children were placed, and what is known of the cost.
func (p *figuresPage) addPlaced(of *figuresOf, period scorecard.Period) {
	t := chart.Table{Caption: "Children placed, inside and outside the area, " + period.String(), Header: []string{"Where", "Children", "With a health need", "Fees to other agencies", "Of that on a rate to be confirmed", "Children whose fee is not known"},
		Numeric: []bool{false, true, true, true, true, true}}
	links := map[[2]int]template.HTML{}
	children, unknown, unpriced := 0, 0, 0
	for i, w := range of.Placed(of.area, period) {
		t.Rows = append(t.Rows, []string{w.Where, commas(w.Children), commas(w.Health), pounds(w), "£" + commas(w.ToConfirm), commas(w.Unpriced)})
		if w.Children > 0 {
			links[[2]int{i, 1}] = markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden"> %s: see them</span></a>`, behindPath(figures.Children, "placed", w.Side, of, period), commas(w.Children), w.Where)
		}
		children, unpriced = children+w.Children, unpriced+w.Unpriced
		if w.Side == "unknown" {
			unknown = w.Children
		}
	}
	part := figuresPart{ID: "placed", Heading: "Where children were placed, and what it cost", Table: tableOf(t, links), taken: t}
	switch {
	case children == 0:
		part.Table, part.Words = govuk.Table{}, []template.HTML{"No children were placed in this period."}
	default:
		part.Words = []template.HTML{template.HTML(fmt.Sprintf("Where a child was placed, and with whose family, comes from the return. Of %s it is not known whether they were placed inside the area, and of %s what was paid. What is not known is not in the sums.",
			count(unknown, "child", "children"), count(unpriced, "child", "children")))}
		part.After = []template.HTML{"A fee is what one agency pays another for a family, for brothers and sisters who move in together once. A council’s own families cost no fee; what else they cost is not counted here. Health needs are those recorded as known or significant."}
	}
	p.add(part)
}

// pounds writes the fees of some placements, or that none is known.
func pounds(w figures.Placements) string {
	if w.Children > 0 && w.Unpriced == w.Children {
		return "not known"
	}
	return "£" + commas(w.Pounds)
}
