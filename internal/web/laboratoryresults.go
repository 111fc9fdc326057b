package web

import (
	"fmt"
	"math"
	"strings"

	"homeward/internal/chart"
	"homeward/internal/lab/pool"
	"homeward/internal/lab/study"
)

// studyPart is a part of a study's results, for the page and for the report: what
// one says, the other does.
type studyPart struct {
	ID, Heading string
	Words       []string
	Points      []string
	Charts      []chart.Ranges
	Tables      []chart.Table
	Aside       []chart.Table // of more detail: behind a summary on the page
}

// fewReplications is below how many the results say that they are few.
const fewReplications = 10

// studyParts are the results of a study.
func studyParts(s study.Study, t *pool.Table) []studyPart {
	parts := []studyPart{poolingPart(t)}
	for i, r := range t.Rows[1:] {
		parts = append(parts, optionPart(i+1, t.Base, r))
	}
	return append(parts, assumedPart(s), readingPart())
}

// poolingPart sets the ways of pooling side by side.
func poolingPart(t *pool.Table) studyPart {
	p := studyPart{ID: "ways", Heading: "The ways of pooling", Words: []string{
		"A mean and, in brackets, the range that holds the true mean 95 times in 100, if what the laboratory assumes is true. It is not the range of what one council may see in a year, which is many times wider.",
		"Where two ranges overlap, this does not tell the two ways from one another.",
	}}
	if t.Replications < fewReplications {
		p.Words = append(p.Words, fmt.Sprintf("%d replications are few: the ranges are rough, some of them too narrow by chance. Play it 20 times before you rely on one.", t.Replications))
	}
	p.Tables = []chart.Table{optionTable(t)}
	base := "as with " + t.Base
	others := t.Rows[1:]
	p.Charts = []chart.Ranges{
		rangesOf("Children placed", "Of 100 children with a placement order", t.Rows, measured{"within two years", func(r pool.Row) pool.Interval { return r.Placed }}, measured{"within one year", func(r pool.Row) pool.Interval { return r.InYear }}),
		rangesOf("Days to placement", "Days from the placement order, of those placed within two years", t.Rows, measured{"", func(r pool.Row) pool.Interval { return r.Days }}),
		changesOf("More children of these councils placed, a year", "Children a year, more than with "+t.Base, base, others, measured{"within two years", func(r pool.Row) pool.Interval { return r.MorePlaced }}, measured{"within one year", func(r pool.Row) pool.Interval { return r.MoreInYear }}),
		changesOf("More children of all other councils placed, a year", "Children a year within two years, more than with "+t.Base, base, others, measured{"", func(r pool.Row) pool.Interval { return r.ElsewhereMore }}),
		rangesOf("Fees", "Pounds for each placement, over all councils of the scenario", t.Rows, measured{"", func(r pool.Row) pool.Interval { return r.PoundsEach }}),
	}
	fees := &p.Charts[len(p.Charts)-1]
	fees.Decimals = 0
	for i, r := range t.Rows {
		fees.Series[0].Ranges[i].Says = inPounds(r.PoundsEach)
	}
	return p
}

// measured is one figure of every row.
type measured struct {
	name string
	of   func(pool.Row) pool.Interval
}

func rangesOf(title, measure string, rows []pool.Row, figures ...measured) chart.Ranges {
	c := chart.Ranges{Title: title, Of: "Way of pooling", Measure: measure, Decimals: 1}
	for _, r := range rows {
		c.Groups = append(c.Groups, upperFirst(r.Option))
	}
	for _, s := range figures {
		series := chart.Spread{Name: s.name}
		for _, r := range rows {
			i := s.of(r)
			series.Ranges = append(series.Ranges, chart.Range{Mean: i.Mean, Low: i.Low, High: i.High})
		}
		c.Series = append(c.Series, series)
	}
	return c
}

// byChance is said of every range that holds nothing.
const byChance = "cannot be told from chance"

// changesOf is rangesOf for changes: those that hold nothing are grey, and say so.
func changesOf(title, measure, nought string, rows []pool.Row, figures ...measured) chart.Ranges {
	c := rangesOf(title, measure, rows, figures...)
	c.Nought, c.Quiet = nought, byChance
	for _, s := range c.Series {
		for i := range s.Ranges {
			r := &s.Ranges[i]
			r.Says, r.Quiet = changeWords(pool.Interval{Mean: r.Mean, Low: r.Low, High: r.High})
		}
	}
	return c
}

// changeWords say a change as far as its range lets them, and whether it tells
// nothing.
func changeWords(i pool.Interval) (says string, quiet bool) {
	if !i.Tells() {
		return byChance, true
	}
	word, low, high := "more", i.Low, i.High
	if i.Mean < 0 {
		word, low, high = "fewer", -i.High, -i.Low
	}
	if fmt.Sprintf("%.1f", low) == "0.0" {
		return fmt.Sprintf("at most %.1f %s", high, word), false
	}
	return fmt.Sprintf("%.1f to %.1f %s", low, high, word), false
}

// ranged writes an interval; what rounds to nothing is 0, and not -0.
func ranged(i pool.Interval) string {
	return fmt.Sprintf("%s (%s to %s)", oneDecimal(i.Mean), oneDecimal(i.Low), oneDecimal(i.High))
}

func oneDecimal(f float64) string {
	return strings.Replace(fmt.Sprintf("%.1f", math.Round(f*10)/10+0), "-", "−", 1)
}

func inPounds(i pool.Interval) string {
	whole := func(f float64) string { return "£" + commas(int(math.Round(max(0, f)))) }
	return fmt.Sprintf("%s (%s to %s)", whole(i.Mean), whole(i.Low), whole(i.High))
}

// optionTable is the table councils decide from.
func optionTable(t *pool.Table) chart.Table {
	shown := chart.Table{Caption: "For children of " + listWords(councilNames(t.Focus)), Header: []string{"Way of pooling", "Placed within two years, of 100", "Within one year, of 100", "Days to placement",
		"More placed within two years, a year", "More within one year, a year", "Other councils: more placed, a year", "Fee for each placement, all councils"}}
	for i, r := range t.Rows {
		row := []string{upperFirst(r.Option), ranged(r.Placed), ranged(r.InYear), ranged(r.Days), "–", "–", "–", inPounds(r.PoundsEach)}
		if i > 0 {
			row[4], row[5], row[6] = ranged(r.MorePlaced), ranged(r.MoreInYear), ranged(r.ElsewhereMore)
		}
		shown.Rows = append(shown.Rows, row)
	}
	return shown
}

// kindNames say by what children are told apart.
var kindNames = map[string]string{"age": "Age", "siblings": "Brothers and sisters", "needs": "Needs", "ethnicity": "Ethnic group", "council": "Council"}

// optionPart is what one way changes, and for whom.
func optionPart(n int, base string, r pool.Row) studyPart {
	p := studyPart{ID: fmt.Sprintf("way-%d", n), Heading: fmt.Sprintf("%s, against %s", upperFirst(r.Option), base), Points: append(r.InAll(), kindsWords(r.Kinds))}
	c := chart.Ranges{Title: "Who gains and who loses: " + upperFirst(r.Option), Of: "Children of these councils", Measure: "More placed within two years, of 100 of their kind", Decimals: 1, Nought: "as with " + base, Quiet: byChance, Series: []chart.Spread{{Name: "More placed"}}}
	figures := chart.Table{Caption: "Figures: " + upperFirst(r.Option), Header: []string{"Children of these councils", "In a replication", "More placed, of 100", "From", "To", "In words"}, Numeric: []bool{false, true, true, true, true, false}}
	for _, k := range r.Kinds {
		name := kindNames[k.Of] + ": " + k.Name
		says, quiet := changeWords(k.Change)
		c.Groups = append(c.Groups, name)
		c.Series[0].Ranges = append(c.Series[0].Ranges, chart.Range{Mean: k.Change.Mean, Low: k.Change.Low, High: k.Change.High, Says: says, Quiet: quiet})
		figures.Rows = append(figures.Rows, []string{name, commas(int(math.Round(k.Children))), oneDecimal(k.Change.Mean), oneDecimal(k.Change.Low), oneDecimal(k.Change.High), says})
	}
	p.Charts, p.Aside = []chart.Ranges{c}, []chart.Table{figures}
	return p
}

// kindsWords count for how many kinds of child a change can be told.
func kindsWords(kinds []pool.Kind) string {
	more, fewer := 0, 0
	for _, k := range kinds {
		switch {
		case k.Change.Low > 0:
			more++
		case k.Change.High < 0:
			fewer++
		}
	}
	return fmt.Sprintf("Of %d kinds of child below, more of %d are placed and fewer of %d; of %d it cannot be told from chance.", len(kinds), more, fewer, len(kinds)-more-fewer)
}

// assumedPart is what the answer hangs on that is evidence for nothing.
func assumedPart(s study.Study) studyPart {
	p := studyPart{ID: "assumed", Heading: "What the answer hangs on"}
	header := []string{"What", "Its name in a scenario", "Value", "Unit", "Where it is from"}
	changed := chart.Table{Caption: "What this scenario sets", Header: append(header, "Usual value")}
	assumed := chart.Table{Caption: "What is assumed", Header: header}
	list := s.Assumptions()
	for i, a := range list {
		what := upperFirst(a.What)
		if i > 0 && a.Of(list[i-1]) {
			what = "The same: " + a.What
		}
		row := []string{what, a.ID, figure(a.Value), a.Unit, upperFirst(a.Mark) + ": " + a.Source}
		if a.Changed {
			changed.Rows = append(changed.Rows, append(row, figure(a.Usual)))
		} else {
			assumed.Rows = append(assumed.Rows, row)
		}
	}
	p.Words = []string{fmt.Sprintf("%d of the laboratory’s %d numbers are assumed: nothing published was found for them. Change one in the scenario and play it again to see how much the answer hangs on it.", len(assumed.Rows), len(pool.Parameters()))}
	if len(changed.Rows) > 0 {
		p.Tables = []chart.Table{changed}
	} else {
		p.Words = append(p.Words, "This scenario sets none of them itself.")
	}
	p.Aside = []chart.Table{assumed}
	return p
}

func figure(f float64) string { return fmt.Sprintf("%g", f) }

func readingPart() studyPart {
	return studyPart{ID: "reading", Heading: "How to read this", Points: []string{
		"Every figure is a mean over replications. Its range holds the true mean 95 times in 100, if what is assumed is true. What one council sees in one year lies many times wider.",
		"A change is grey where its range holds 0: this study cannot tell it from chance. That is not the same as no change.",
		"With so many ranges some will miss by chance alone. One kind of child that stands out by itself shows little.",
		"The children and families are the same under every way of pooling, so a change is the way’s and not theirs.",
		"Workers have time for every look, and a bigger pool costs none. This flatters big pools. The model card lists what else differs from life.",
		"A child’s ethnic group is drawn so that it can be counted here. Nothing else reads it.",
	}}
}
