package web

import (
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/chart"
	"homeward/internal/date"
	"homeward/internal/figures"
	"homeward/internal/scorecard"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// figuresScorecard is the adoption scorecard of an area and a year: every
// indicator with what it is made of, and the waits behind the averages.
func figuresScorecard(v *visit) error {
	p := v.newFigures("Adoption scorecard")
	today := v.Desk.Today()
	err := v.withFigures("scorecard", false, func(_ *work.Unit, _ *agency.Book, of *figuresOf) error {
		area, year := p.areaField(of), p.yearField(today)
		p.form.Read(v.r.URL.Query())
		p.Fields = [][]template.HTML{{area.Render(), year.Render()}}
		ends := figures.LastYear(today)
		if n, err := strconv.Atoi(year.Value); err == nil && of.own {
			ends = n
		}
		if !p.form.Valid() {
			return nil
		}
		if !of.own {
			p.Notes = append(p.Notes, ofOthers)
		}
		p.Lead = areaName(of.area) + ", year to 31 March " + strconv.Itoa(ends) + "."
		if err := p.addScorecard(of, ends); err != nil || !of.own {
			return err
		}
		for _, id := range spread {
			if err := p.addSpread(of, id, ends, today); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.showFigures(p)
}

// spread are the indicators shown by themselves below the table: those judged,
// and the two that are shares.
var spread = []string{"A10", "A1", "A2", "A3", "A4"}

// trendYears is how many years a trend goes back.
const trendYears = 6

func (p *figuresPage) yearField(today date.Date) *govuk.ChoiceField {
	options := []govuk.Option{}
	last := figures.LastYear(today)
	for y := last; y > last-trendYears; y-- {
		value := strconv.Itoa(y)
		if y == last {
			value = ""
		}
		options = append(options, govuk.Option{Value: value, Text: "31 March " + strconv.Itoa(y)})
	}
	return p.form.Select(govuk.Question{Name: "year", Label: "Year to", Options: options})
}

func yearsOf(d scorecard.Definition, ends int) scorecard.Period {
	if d.Years == 3 {
		return scorecard.ThreeYears(ends)
	}
	return scorecard.Year(ends)
}

func (p *figuresPage) addScorecard(of *figuresOf, ends int) error {
	t := chart.Table{Caption: "Every indicator", Header: []string{"Indicator", "Over", "Figure", "Made of", "Against the threshold"}}
	if of.own {
		t.Header = append(t.Header, "Left out")
	}
	links := map[[2]int]template.HTML{}
	for i, d := range scorecard.Definitions() {
		f, err := of.Figure(d.ID, of.area, yearsOf(d, ends))
		if err != nil {
			return err
		}
		left := "none"
		if n := leftOut(f); n > 0 {
			left = commas(n)
		}
		t.Rows = append(t.Rows, []string{f.Indicator + ". " + f.Title, strings.ReplaceAll(count(d.Years, "year", "years"), " ", "\u00a0"), figureWords(f), madeOf(f, of.own), judged(f)})
		if of.own {
			t.Rows[i] = append(t.Rows[i], left)
		}
		if d.Status == scorecard.ToConfirm {
			links[[2]int{i, 0}] = markup(`%s %s`, t.Rows[i][0], govuk.Tag{Text: "Definition to confirm", Classes: "govuk-tag--grey hw-tag--whole"}.Render())
		}
		links[[2]int{i, 4}] = judgedTag(f)
		if of.own && len(f.Cases)+leftOut(f) > 0 {
			links[[2]int{i, 2}] = markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden">, %s: see them</span></a>`, behindFigure(d, of, f.Period), figureWords(f), f.Title)
		}
	}
	p.add(figuresPart{ID: "scorecard", Table: tableOf(t, links), taken: t, After: []template.HTML{
		"The Department for Education judges A10, A1 and A2 by the average of three years. “Definition to confirm” marks our reading of an indicator whose own text we have not seen."}})
	return nil
}

// figureWords says a figure; of nobody it says so.
func figureWords(f scorecard.Figure) string {
	if f.Why == "" && f.Gives == scorecard.Number && f.Value == 0 {
		return "no " + f.Unit
	}
	return f.String()
}

func behindFigure(d scorecard.Definition, of *figuresOf, p scorecard.Period) string {
	kind := figures.Children
	if d.Families {
		kind = figures.Families
	}
	return behindPath(kind, "indicator", d.ID, of, p)
}

func leftOut(f scorecard.Figure) (n int) {
	for _, ids := range f.LeftOut {
		n += len(ids)
	}
	return n
}

// madeOf says what a figure is made of, so that it can be checked by hand.
func madeOf(f scorecard.Figure, own bool) string {
	whom := "children"
	if d, _ := scorecard.Define(f.Indicator); d.Families {
		whom = "families"
	}
	switch {
	case f.Gives == scorecard.Number:
		return "a count"
	case f.Denominator == 0:
		return "nothing"
	case !own:
		return "about " + commas(f.Denominator) + " " + whom
	case f.Gives == scorecard.Percent:
		return commas(f.Numerator) + " of " + commas(f.Denominator) + " " + whom
	}
	return commas(f.Numerator) + " days over " + commas(f.Denominator) + " " + whom
}

// judged says in words whether a threshold is met.
func judged(f scorecard.Figure) string {
	switch {
	case f.Threshold == nil:
		return "no threshold"
	case !f.Judged:
		return fmt.Sprintf("%d days, not judged", f.Threshold.Days)
	case f.Met:
		return fmt.Sprintf("%d days, met", f.Threshold.Days)
	}
	return fmt.Sprintf("%d days, not met", f.Threshold.Days)
}

// judgedTag is judged with its word in a colour; nothing where there is no
// threshold.
func judgedTag(f scorecard.Figure) template.HTML {
	if f.Threshold == nil || !f.Judged {
		return ""
	}
	tag := govuk.Tag{Text: "Not met", Classes: "govuk-tag--red"}
	if f.Met {
		tag = govuk.Tag{Text: "Met", Classes: "govuk-tag--green"}
	}
	status := ""
	if f.Threshold.Status == scorecard.ToConfirm {
		status = " (threshold to confirm)"
	}
	return markup(`%s days%s %s`, strconv.Itoa(f.Threshold.Days), status, tag.Render())
}

// addSpread shows one indicator by itself: the year, three years and the last
// twelve months; every wait; the years before; and what others have published.
func (p *figuresPage) addSpread(of *figuresOf, id string, ends int, today date.Date) error {
	d, _ := scorecard.Define(id)
	part := figuresPart{ID: id, Heading: id + ". " + d.Title}
	periods := []struct {
		name   string
		period scorecard.Period
	}{{"Three years to 31 March " + strconv.Itoa(ends), scorecard.ThreeYears(ends)}, {"Year to 31 March " + strconv.Itoa(ends), scorecard.Year(ends)}, {"Twelve months to " + today.Long(), scorecard.Rolling(today, 12)}}
	t := chart.Table{Caption: id + " over three periods", Header: []string{"Period", "Figure", "Made of", "Against the threshold", "A quarter waited up to", "Half waited up to", "Three quarters waited up to"}, Numeric: []bool{false, false, false, false, true, true, true}}
	links := map[[2]int]template.HTML{}
	var three scorecard.Figure
	for i, at := range periods {
		f, err := of.Figure(id, of.area, at.period)
		if err != nil {
			return err
		}
		if i == 0 {
			three = f
		}
		t.Rows = append(t.Rows, append([]string{at.name, f.String(), madeOf(f, true), judged(f)}, quartiles(f)...))
		if len(f.Cases)+leftOut(f) > 0 {
			links[[2]int{i, 1}] = markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden">, %s, %s: see them</span></a>`, behindFigure(d, of, f.Period), f.String(), id, at.name)
		}
		links[[2]int{i, 3}] = judgedTag(f)
	}
	part.Table, part.taken = tableOf(t, links), t
	strip, err := stripOf(three, id)
	if err != nil {
		return err
	}
	trend, err := trendOf(of, d, ends)
	part.Chart = strip + trend
	part.Below, part.After = rulesWords(three, d), publishedWords(of.area.Name, id)
	p.add(part)
	return err
}

func quartiles(f scorecard.Figure) []string {
	if len(f.Cases) == 0 || f.Indicator == "A4" {
		return []string{"none", "none", "none"}
	}
	var cells []string
	for _, q := range []float64{f.Lower, f.Median, f.Upper} {
		cells = append(cells, strconv.FormatFloat(q, 'f', -1, 64)+" days")
	}
	return cells
}

// stripOf draws a child as a dot: of one's own only. Its table counts them by
// how long they waited.
func stripOf(f scorecard.Figure, id string) (template.HTML, error) {
	if len(f.Cases) == 0 || f.Indicator == "A4" {
		return "", nil
	}
	line := chart.Line{Name: f.Period.String(), Median: chart.Of(f.Median)}
	for _, c := range f.Cases {
		line.Dots = append(line.Dots, chart.Dot{Days: float64(max(c.Days, 0))})
	}
	strip := chart.Strip{Title: id + ": every child’s wait", Measure: "Days", Lines: []chart.Line{line}}
	if f.Threshold != nil {
		strip.Threshold = &chart.Threshold{Name: "Threshold for the average", At: float64(f.Threshold.Days)}
	}
	drawn, err := drawChart(strip, "strip-"+id, true)
	return drawn + govuk.Details{SummaryText: "Figures of this chart: " + strip.Title, HTML: tableOf(waitBands(f), nil).Render()}.Render(), err
}

// bandDays is the width of a band in the table of a strip.
const bandDays = 100

func waitBands(f scorecard.Figure) chart.Table {
	t := chart.Table{Caption: "Children by how long they waited", Header: []string{"Days", "Children"}, Numeric: []bool{false, true}}
	in := map[int]int{}
	for _, c := range f.Cases {
		in[max(c.Days, 0)/bandDays]++
	}
	for band := 0; band <= max(f.Cases[len(f.Cases)-1].Days, 0)/bandDays; band++ {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("%d to %d", band*bandDays, band*bandDays+bandDays-1), commas(in[band])})
	}
	return t
}

// trendOf draws the years before, what was published of them as hollow marks.
func trendOf(of *figuresOf, d scorecard.Definition, ends int) (template.HTML, error) {
	trend := chart.Trend{Title: d.ID + " over the years", Of: "Year to 31 March", Measure: map[bool]string{true: "Per cent", false: "Average days"}[d.Gives == scorecard.Percent], Decimals: d.Decimals,
		Series: []chart.Series{{Name: "three years to then"}, {Name: "that year"}}}
	limit := chart.Series{Name: "Threshold"}
	judges, has := false, false
	for y := ends - trendYears + 1; y <= ends; y++ {
		trend.Periods = append(trend.Periods, strconv.Itoa(y))
		for i, period := range []scorecard.Period{scorecard.ThreeYears(y), scorecard.Year(y)} {
			f, err := of.Figure(d.ID, of.area, period)
			if err != nil {
				return "", err
			}
			trend.Series[i].Values = append(trend.Series[i].Values, figureValue(f))
			has = has || f.Why == ""
		}
		at := chart.Instead("none")
		if t, ok := scorecard.ThresholdOf(d.ID, scorecard.Year(y).Last); ok {
			at, judges = chart.Of(float64(t.Days)), true
		}
		limit.Values = append(limit.Values, at)
	}
	if judges {
		trend.Threshold = &limit
	}
	for _, area := range slices.Compact([]string{of.area.Name, "England"}) {
		if s, any := publishedSeries(area, d.ID, ends); any {
			trend.Published = append(trend.Published, s)
		}
	}
	if !has && len(trend.Published) == 0 {
		return "", nil
	}
	return drawChart(trend, "trend-"+d.ID, false)
}

func figureValue(f scorecard.Figure) chart.Value {
	if f.Why != "" {
		return chart.Instead(f.Why)
	}
	return chart.Of(max(f.Value, 0))
}

// publishedSeries are the published values of three years that end in the years
// of a trend; the first where sources disagree, all of them in the list below.
func publishedSeries(area, id string, ends int) (s chart.Series, any bool) {
	s.Name = area
	for y := ends - trendYears + 1; y <= ends; y++ {
		value := chart.Instead("not published")
		for _, p := range slices.Backward(scorecard.PublishedOf(area, id)) {
			if p.Period == scorecard.ThreeYears(y) {
				value, any = chart.Of(p.Value), true
			}
		}
		s.Values = append(s.Values, value)
	}
	return s, any
}

// rulesWords say how the open questions were answered, who says what counts, and
// who was left out.
func rulesWords(f scorecard.Figure, d scorecard.Definition) template.HTML {
	words := append(slices.Clone(f.Rules), "Definition: "+f.Source+" ("+string(d.Status)+")")
	if f.Threshold != nil {
		words = append(words, "Threshold: "+f.Threshold.Source+" ("+string(f.Threshold.Status)+")")
	}
	for _, reason := range slices.Sorted(maps.Keys(f.LeftOut)) {
		words = append(words, "Left out: "+count(len(f.LeftOut[reason]), "child", "children")+", "+reason)
	}
	var list template.HTML
	for _, w := range words {
		list += markup(`<li>%s</li>`, w)
	}
	return govuk.Details{SummaryText: "How " + d.ID + " is counted", HTML: markup(`<ul class="govuk-list govuk-list--bullet hw-break">%s</ul>`, list)}.Render()
}

// publishedWords list what others have published, each with its source and day.
func publishedWords(area, id string) (list []template.HTML) {
	for _, name := range slices.Compact([]string{area, "England"}) {
		for _, p := range scorecard.PublishedOf(name, id) {
			when := "the day it was published is not known"
			if p.On.Known() {
				when = "published on " + p.On.Long()
			}
			note := ""
			if p.Note != "" {
				note = " (" + p.Note + ")"
			}
			list = append(list, markup("Published for %s, %s: %s %s%s. %s; %s.", name, periodWords(p.Period), strconv.FormatFloat(p.Value, 'f', -1, 64), p.Unit, note, p.Source, when))
		}
	}
	return list
}

// periodWords says a period of which a day may not be known.
func periodWords(p scorecard.Period) string {
	switch {
	case p.First.Known() && p.Last.Known():
		return p.String()
	case p.Last.Known():
		return "up to " + p.Last.Long()
	}
	return "period not said"
}
