package web

import (
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/chart"
	"homeward/internal/scorecard"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// paceMonths is how far back the pace is taken from.
const paceMonths = 36

// figuresWaiting is who waits past a threshold or will soon, and how long it took
// others. It is of the reader's own agency: a step of the curve is a child.
func figuresWaiting(v *visit) error {
	p := v.newFigures("Who waits, and how long it takes")
	err := v.withFigures("who waits", false, func(u *work.Unit, book *agency.Book, of *figuresOf) error {
		if !of.own {
			return u.Refuse(access.View, work.Subject{Kind: access.Figures, Agency: of.area.Agencies[0]})
		}
		clock := p.form.Select(govuk.Question{Name: "clock", Label: "Which wait", Options: clockOptions()})
		p.form.Read(v.r.URL.Query())
		p.Fields = [][]template.HTML{{clock.Render()}}
		if !p.form.Valid() {
			return nil
		}
		id := clock.Value
		if id == "" {
			id = scorecard.Clocks()[0].ID
		}
		o, err := of.Book.Outlook(id, of.area, scorecard.Rolling(u.Today, paceMonths))
		if err != nil {
			return err
		}
		p.Lead = fmt.Sprintf("%s, %s. %s %s waiting.", of.area.Name, u.Today.Long(), count(o.Waiting, "child", "children"), noun(o.Waiting, "is", "are"))
		if err := v.addWaits(u, book, p, o); err != nil {
			return err
		}
		o.Curve = of.Enough(o.Curve)
		return p.addCurve(o, of.Rules.MinAtRisk)
	})
	if err != nil {
		return err
	}
	return v.showFigures(p)
}

func clockOptions() []govuk.Option {
	var options []govuk.Option
	for i, c := range scorecard.Clocks() {
		value := c.ID
		if i == 0 {
			value = ""
		}
		options = append(options, govuk.Option{Value: value, Text: c.Title})
	}
	return options
}

// addWaits lists those past the threshold or near it whom the reader may open.
func (v *visit) addWaits(u *work.Unit, book *agency.Book, p *figuresPage, o scorecard.Outlook) error {
	part := figuresPart{ID: "late", Heading: "Past the threshold, or near it"}
	waits := append(append([]scorecard.Wait{}, o.Past...), o.Near...)
	switch {
	case o.Limit == 0:
		part.Words = []template.HTML{"There is no threshold for this wait, so nobody is late by it."}
	case len(waits) == 0:
		part.Words = []template.HTML{markup("No child is past the threshold of %s days, or will be within 90 days.", commas(o.Limit))}
	default:
		part.Words = []template.HTML{markup("%s past the threshold of %s days; %s will pass it within 90 days if nothing happens first.", count(len(o.Past), "child is", "children are"), commas(o.Limit), count(len(o.Near), "child", "children"))}
	}
	open, closed, err := openRecords(u, book, access.Child, waitIDs(waits))
	if err != nil {
		return err
	}
	t := chart.Table{Caption: "Children past the threshold or near it, the longest wait first", Header: []string{"Child", "Days so far", "Against the threshold", "Today"}, Numeric: []bool{false, true}}
	var records []opened
	for _, w := range waits {
		if c, ok := open[w.ID]; ok {
			records = append(records, c)
			t.Rows = append(t.Rows, []string{c.name, commas(w.Days), leftWords(w.Left), c.status})
		}
	}
	v.openTable(u, &part, t, records)
	if closed > 0 {
		part.After = append(part.After, notOpen(closed))
	}
	for _, reason := range slices.Sorted(maps.Keys(o.LeftOut)) {
		part.After = append(part.After, markup("Not counted: %s, %s.", count(len(o.LeftOut[reason]), "child", "children"), reason))
	}
	p.add(part)
	return nil
}

func waitIDs(list []scorecard.Wait) (ids []string) {
	for _, w := range list {
		ids = append(ids, w.ID)
	}
	return ids
}

func leftWords(left int) string {
	if left < 0 {
		return "Past it by " + count(-left, "day", "days")
	}
	return count(left, "day", "days") + " left"
}

func (p *figuresPage) addCurve(o scorecard.Outlook, few int) error {
	part := figuresPart{ID: "curve", Heading: "How long it took"}
	if len(o.Curve.Steps) == 0 {
		part.Words = []template.HTML{markup("No wait ended in these three years while %s children or more were waiting, so there is nothing to draw.", strconv.Itoa(few))}
		p.add(part)
		return nil
	}
	what := map[string]string{"order-match": "matched"}[o.Clock.ID]
	if what == "" {
		what = "moved in"
	}
	steps := chart.Steps{Title: o.Clock.Title + ", " + o.Period.String(), Days: "Days", Measure: "Children", Curves: curvesOf(o.Curve, what)}
	if o.Limit > 0 {
		steps.Threshold = &chart.Threshold{Name: "Threshold", At: float64(o.Limit)}
	}
	drawn, err := drawChart(steps, "curve", false)
	part.Chart, part.taken = drawn, steps.Table()
	part.Words = []template.HTML{markup("Of %s who waited in these three years, half had %s %s.", count(o.Curve.Children, "child", "children"), what, halfWords(o.Curve.Half()))}
	if still, ok := o.StillAtLimit(); ok {
		part.Words = append(part.Words, markup("When the threshold of %s days passed, %s in 100 were still waiting.", commas(o.Limit), strconv.Itoa(int(math.Round(100*still)))))
	}
	part.Words = append(part.Words, "This says how long it took a group of children, at the pace of these three years. It says nothing of any one child, and is no forecast. Children still waiting count for as long as they have waited; a change of plan ends a wait another way and is drawn by itself. The lines end where fewer than 10 children waited.")
	p.add(part)
	return err
}

// halfWords say by when half of a group had done waiting.
func halfWords(h scorecard.Half) string {
	if h.Day < 0 {
		return "by no day on which enough children were still seen"
	}
	return "by day " + commas(h.Day) + " (with so few children it may lie from day " + daysOr(h.Low, "not reached") + " to day " + daysOr(h.High, "not reached") + ")"
}

// curvesOf draws the two ways a wait ends.
func curvesOf(c scorecard.Curve, what string) []chart.Curve {
	begin := chart.Step{AtRisk: c.Steps[0].AtRisk}
	ended, changed := chart.Curve{Name: what, Steps: []chart.Step{begin}}, chart.Curve{Name: "plan changed", Steps: []chart.Step{begin}}
	for _, s := range c.Steps {
		if s.Day <= 0 {
			ended.Steps, changed.Steps = nil, nil
		}
		day := max(s.Day, 0)
		ended.Steps = append(ended.Steps, chart.Step{Day: day, Share: s.DoneBy, Low: min(s.Low, s.DoneBy), High: min(1, max(s.High, s.DoneBy)), AtRisk: s.AtRisk})
		changed.Steps = append(changed.Steps, chart.Step{Day: day, Share: s.ChangedBy, Low: s.ChangedBy, High: s.ChangedBy, AtRisk: s.AtRisk})
	}
	return []chart.Curve{ended, changed}
}
