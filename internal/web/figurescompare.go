package web

import (
	"fmt"
	"html/template"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/chart"
	"homeward/internal/figures"
	"homeward/internal/scorecard"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// comparedBy are the indicators councils are compared by, the first unless
// another is chosen.
var comparedBy = []string{"A1", "A10", "A2", "A3"}

// figuresCompare sets councils beside one another as far as chance allows, and
// groups of children.
func figuresCompare(v *visit) error {
	p := v.newFigures("Councils compared")
	err := v.withFigures("councils compared", true, func(u *work.Unit, book *agency.Book, of *figuresOf) error {
		indicator := p.form.Select(govuk.Question{Name: "indicator", Label: "Compared by", Options: indicatorOptions()})
		by := p.form.Select(govuk.Question{Name: "by", Label: "Groups of children", Options: characteristicOptions()})
		p.form.Read(v.r.URL.Query())
		p.Fields = [][]template.HTML{{indicator.Render(), by.Render()}}
		if !p.form.Valid() {
			return nil
		}
		c, err := of.Compare(orFirst(indicator.Value, comparedBy[0]))
		if err != nil {
			return err
		}
		p.Lead = c.Definition.Title + ", " + c.Period.String() + "."
		if err := p.addFunnel(c, byCouncil); err != nil {
			return err
		}
		if err := p.addTeams(of, book, u.Actor.Agency, c.Definition.ID); err != nil {
			return err
		}
		return p.addEquality(of, orFirst(by.Value, scorecard.Characteristics()[0].ID))
	})
	if err != nil {
		return err
	}
	return v.showFigures(p)
}

func orFirst(value, first string) string {
	if value == "" {
		return first
	}
	return value
}

func indicatorOptions() []govuk.Option {
	var options []govuk.Option
	for i, id := range comparedBy {
		d, _ := scorecard.Define(id)
		if i == 0 {
			id = ""
		}
		options = append(options, govuk.Option{Value: id, Text: d.ID + ". " + d.Title})
	}
	return options
}

func characteristicOptions() []govuk.Option {
	var options []govuk.Option
	for i, c := range scorecard.Characteristics() {
		if i == 0 {
			c.ID = ""
		}
		options = append(options, govuk.Option{Value: c.ID, Text: c.Title})
	}
	return options
}

// funnelWords say where a council lies in the funnel.
var funnelWords = map[scorecard.Standing]string{
	scorecard.TooFew: "too few children to say", scorecard.AsChance: "within the limits of chance",
	scorecard.Unusual: "outside the 95% limits", scorecard.Different: "outside the 99.8% limits",
}

// funnelOf is what a funnel is of, and the words beside it.
type funnelOf struct {
	id, title, heading, alone string
	words                     []template.HTML
}

var byCouncil = funnelOf{"funnel", " by council", "By council", "There is nobody to compare with: no other agency shares numbers with yours, or too few children are in them.",
	[]template.HTML{"The fewer children, the more a figure moves by chance. A council between the lines has shown nothing by being high or low.",
		"Of other agencies the number of children is to the nearest 5, and none stands alone with 10 children or fewer: one child’s wait could be worked out from it."}}

var byTeam = funnelOf{"teams", " by team", "By team of your agency", "Fewer than two teams follow children of this period.",
	[]template.HTML{"A child is in the team of whoever follows them now, also where another team followed them before. These are your own agency’s numbers: none is hidden.",
		"Teams are small: between the lines is chance, and no reason to praise or blame anybody."}}

// addTeams sets the agency's own teams side by side, where it has several.
func (p *figuresPage) addTeams(of *figuresOf, book *agency.Book, own, indicator string) error {
	teams := 0
	for _, t := range book.Teams {
		if t.Agency == own {
			teams++
		}
	}
	if teams < 2 {
		return nil
	}
	c, err := of.Teams(indicator, func(worker string) string { return book.Teams[book.Workers[worker].Team].Name })
	if err != nil {
		return err
	}
	return p.addFunnel(c, byTeam)
}

func (p *figuresPage) addFunnel(c figures.Compared, of funnelOf) error {
	share := c.Definition.Gives == scorecard.Percent
	scale := map[bool]float64{true: 100, false: 1}[share]
	funnel := chart.Funnel{Title: c.Definition.ID + of.title, Of: "Children", Measure: map[bool]string{true: "Per cent", false: "Average days"}[share], Decimals: 0, Pooled: scale * c.Funnel.Pooled}
	most := 0
	var notes []template.HTML
	for _, r := range c.Rows {
		point := chart.Point{Name: r.Area, N: r.N, Own: r.Own, Value: chart.Of(scale * r.Value), Says: funnelWords[r.Standing]}
		if r.Why != "" {
			point.N, point.Value, point.Says = 0, chart.Instead(r.Why), ""
		}
		most = max(most, point.N)
		funnel.Points = append(funnel.Points, point)
		if len(r.Together) > 0 {
			notes = append(notes, markup("%s: %s. They are one point so that no small number can be worked out.", r.Area, listWords(r.Together)))
		}
	}
	if len(c.Left) > 0 {
		notes = append(notes, markup("Not shown, because even together too few children are in them: %s.", listWords(c.Left)))
	}
	for n := 1; n <= most+most/10+1; n++ {
		at := c.Funnel.At(n)
		funnel.Limits = append(funnel.Limits, chart.Limits{N: n, Low95: scale * max(at.Low95, 0), High95: scale * at.High95, Low998: scale * max(at.Low998, 0), High998: scale * at.High998})
	}
	if len(c.Rows) < 2 {
		notes = append(notes, template.HTML(template.HTMLEscapeString(of.alone)))
	}
	drawn, err := drawFunnel(funnel, of.id)
	t := funnel.Table()
	p.add(figuresPart{ID: of.id, Heading: of.heading, Chart: drawn, Table: tableOf(t, nil), taken: t, Words: of.words, After: notes})
	return err
}

// drawFunnel draws nothing where no council has a figure.
func drawFunnel(f chart.Funnel, id string) (template.HTML, error) {
	for _, p := range f.Points {
		if p.N > 0 {
			return drawChart(f, id, true)
		}
	}
	return "", nil
}

// addEquality shows how long groups of children wait, from the decision to moving
// in, so that what happened before it is not counted against anybody.
func (p *figuresPage) addEquality(of *figuresOf, by string) error {
	list, period, err := of.Equality("decision-placed", by)
	if err != nil {
		return err
	}
	title := ""
	for _, c := range scorecard.Characteristics() {
		if c.ID == by {
			title = c.Title
		}
	}
	t := chart.Table{Caption: "Days from the decision to moving in, by which half of a group had moved in, " + period.String(), Header: []string{title, "Your children", "Half of yours by day", "Between days", "Half of all by day", "Of all, between days"}, Numeric: []bool{false, true, true, true, true, true}}
	for _, g := range list {
		row := []string{g.Own.Group, commas(g.Own.Children), daysOr(g.Own.Half.Day, "not reached"), between(g.Own.Half), "not shown", "not shown"}
		if g.Own.Children == 0 {
			row[1], row[2], row[3] = "no children", "", ""
		}
		if g.AllShown {
			row[4], row[5] = daysOr(g.All.Day, "not reached"), between(g.All)
		}
		t.Rows = append(t.Rows, row)
	}
	p.add(figuresPart{ID: "equality", Heading: "Who waits longer: " + strings.ToLower(title), Table: tableOf(t, nil), taken: t, Words: []template.HTML{
		"Children still waiting count for as long as they have waited. “Between” is where the day may lie, 95 times in 100. Where two groups overlap, nothing says that they wait differently, nor that they wait alike.",
		template.HTML(fmt.Sprintf("“All” is all agencies whose numbers you may see, to the nearest 5 days, shown where more than %d of others’ children are in the group. Fewer could point to one child.", of.Rules.Base))}})
	return nil
}

func between(h scorecard.Half) string {
	if h.Low < 0 && h.High < 0 {
		return ""
	}
	return daysOr(h.Low, "not reached") + " to " + daysOr(h.High, "not reached")
}
