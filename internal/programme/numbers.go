package programme

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/scorecard"
)

// headline are the indicators of the scorecard that a pack shows.
var headline = []string{"A10", "A2", "A3"}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// told is a figure as a pack may tell it: an average of more than Base, a share
// of which enough did and enough did not.
type told struct {
	scorecard.Figure
	hides bool
}

func (m *maker) figure(id string, area scorecard.Area, p scorecard.Period) (told, error) {
	f, err := m.book.Figure(id, area, p)
	hides := f.Why != "" || f.Denominator <= m.rules.Base || f.Gives == scorecard.Percent && m.rules.HidesShare(f.Numerator, f.Denominator)
	return told{f, hides}, err
}

func (t told) text() string {
	switch {
	case t.hides:
		return hidden
	case t.Gives == scorecard.Percent:
		return strconv.FormatFloat(t.Value, 'f', t.Decimals, 64) + "%"
	}
	return strconv.FormatFloat(t.Value, 'f', t.Decimals, 64)
}

func (t told) children() string {
	if t.hides {
		return hidden
	}
	return about(t.Denominator)
}

func (t told) value() Value {
	if t.hides {
		return Value{Hidden: true}
	}
	return Value{N: t.Value}
}

// against says how a figure stands to its threshold.
func (t told) against() string {
	switch {
	case t.Threshold == nil:
		return "no threshold"
	case t.hides || !t.Judged:
		return "not judged"
	case t.Met:
		return "met"
	}
	return "not met"
}

func (t told) threshold() string {
	if t.Threshold == nil {
		return "none"
	}
	return strconv.Itoa(t.Threshold.Days)
}

// titled names an indicator with its unit.
func (t told) titled() string {
	if t.Gives == scorecard.Days {
		return t.Indicator + ": " + t.Title + ", days"
	}
	return t.Indicator + ": " + t.Title
}

// scorecard is the headline indicators of three reporting years, and as they have
// moved since.
func (m *maker) scorecard() (Section, error) {
	year := m.year()
	s := Section{ID: "scorecard", Heading: "The adoption scorecard"}
	t := Table{ID: "scorecard", Caption: fmt.Sprintf("Three reporting years to 31 March %d", year),
		Header: []string{"Indicator", fmt.Sprintf("To March %d", year-1), fmt.Sprintf("To March %d", year), "Children, to the nearest 5", "Threshold", "Against the threshold"}}
	since := Table{ID: "rolling", Caption: "Three years to the end of the quarter",
		Header: []string{"Indicator", "To " + shortDay(m.quarter.Back(1)), "To " + shortDay(m.quarter), "Children, to the nearest 5"}}
	for _, id := range headline {
		var list []told
		for _, p := range []scorecard.Period{scorecard.ThreeYears(year - 1), scorecard.ThreeYears(year), m.rolling(m.quarter.Back(1), 36), m.rolling(m.quarter, 36)} {
			f, err := m.figure(id, m.area.counted(), p)
			if err != nil {
				return s, err
			}
			list = append(list, f)
		}
		f := list[1]
		t.Rows = append(t.Rows, []string{f.titled(), list[0].text(), f.text(), f.children(), f.threshold(), f.against()})
		since.Rows = append(since.Rows, []string{f.titled(), list[2].text(), list[3].text(), list[3].children()})
		s.Words = append(s.Words, f.words())
	}
	s.Tables = []Table{t, since}
	years, drawings, err := m.years(year)
	s.Tables, s.Drawings = append(s.Tables, years), drawings
	return s, err
}

// words say a figure with its threshold and what it rests on.
func (t told) words() string {
	if t.hides {
		return fmt.Sprintf("%s: too few children to show.", t.Title)
	}
	unit := "%"
	if t.Gives == scorecard.Days {
		unit = " days"
	}
	text := fmt.Sprintf("%s: %s%s, for about %s children.", t.Title, strconv.FormatFloat(t.Value, 'f', t.Decimals, 64), unit, t.children())
	switch {
	case !t.Judged:
		return text
	case t.Met:
		return text + fmt.Sprintf(" The threshold of %d days is met.", t.Threshold.Days)
	}
	return text + fmt.Sprintf(" The threshold of %d days is not met.", t.Threshold.Days)
}

func shortDay(q Quarter) string { return q.Period().Last.Time().Format("January 2006") }

func (m *maker) rolling(q Quarter, months int) scorecard.Period {
	return scorecard.Rolling(q.Period().Last, months)
}

// years are the two averages over the last five periods of three years, beside
// their thresholds as they were.
func (m *maker) years(last int) (Table, []Drawing, error) {
	t := Table{ID: "years", Caption: "Averages of three reporting years, in days", Header: []string{"Three years to"}}
	for y := last - 4; y <= last; y++ {
		t.Rows = append(t.Rows, []string{fmt.Sprintf("March %d", y)})
	}
	var drawings []Drawing
	for _, id := range []string{"A10", "A2"} {
		t.Header = append(t.Header, id, id+" threshold")
		d := Drawing{ID: "years-" + id, Table: t.ID, Of: "Three years to", Measure: "Average days", Series: []Series{{Name: id}}, Threshold: &Series{Name: "threshold"}}
		for i, y := 0, last-4; y <= last; i, y = i+1, y+1 {
			f, err := m.figure(id, m.area.counted(), scorecard.ThreeYears(y))
			if err != nil {
				return t, nil, err
			}
			limit := Value{Hidden: true}
			if f.Threshold != nil {
				limit = Value{N: float64(f.Threshold.Days)}
			}
			d.Title = f.Title
			d.Places = append(d.Places, t.Rows[i][0])
			d.Series[0].Values, d.Threshold.Values = append(d.Series[0].Values, f.value()), append(d.Threshold.Values, limit)
			t.Rows[i] = append(t.Rows[i], f.text(), f.threshold())
		}
		if d.shows() {
			drawings = append(drawings, d)
		}
	}
	return t, drawings, nil
}

// equality is how long groups of children wait, in months and without a count.
func (m *maker) equality() (Section, error) {
	p := m.rolling(m.quarter, 36)
	s := Section{ID: "equality", Heading: "Whether some children wait longer", Words: []string{
		"By when half of a group had moved in, counted from the decision that a child should be placed for adoption, in the three years to " + p.Last.Long() + ". Those still waiting count for as long as they have waited.",
		"Where two spans overlap, the numbers do not show that the groups wait differently, nor that they wait alike.",
	}}
	t := Table{ID: "equality", Caption: "Months from the decision until half had moved in", Header: []string{"Group", "Months", "Could be"}}
	for _, c := range scorecard.Characteristics() {
		list, err := m.book.Equality("decision-placed", c.ID, m.area.counted(), p)
		if err != nil {
			return s, err
		}
		for _, g := range list {
			row := []string{c.Title + ": " + g.Group, hidden, hidden}
			if g.Children > m.rules.Base {
				row[1], row[2] = months(g.Half.Day), span(g.Half)
			}
			t.Rows = append(t.Rows, row)
		}
	}
	s.Tables = []Table{t}
	return s, nil
}

func months(days int) string {
	if days < 0 {
		return unknownYet
	}
	return strconv.Itoa(int(math.Round(float64(days) / (365.25 / 12))))
}

// span is how far the months could lie apart.
func span(h scorecard.Half) string {
	switch {
	case h.Low < 0:
		return unknownYet
	case h.High < 0:
		return months(h.Low) + " or more"
	case months(h.Low) == months(h.High):
		return months(h.Low)
	}
	return months(h.Low) + " to " + months(h.High)
}

const unknownYet = "not known yet"

// councils sets the councils of an area side by side, with how far chance goes.
func (m *maker) councils() (Section, error) {
	s := Section{ID: "councils", Heading: "Councils side by side"}
	var list []Member
	for _, a := range m.area.Agencies {
		if m.register.Agencies[a.Code].Kind == "LA" {
			list = append(list, a)
		}
	}
	if len(list) < 2 {
		return Section{}, nil
	}
	s.Words = []string{
		"A council with few children lies further from the average by chance alone. Within the curves of a funnel a council has shown nothing: one in twenty lies outside the inner ones by chance, one in five hundred outside the outer ones.",
		"Where a council’s number is not shown, it rests on too few children.",
	}
	for _, id := range []string{"A3", "A10"} {
		if err := m.funnel(&s, id, list); err != nil {
			return s, err
		}
	}
	return s, nil
}

var standings = map[scorecard.Standing]string{
	scorecard.TooFew: "too few to say", scorecard.AsChance: "no further than chance", scorecard.Unusual: "outside 95%", scorecard.Different: "outside 99.8%",
}

func (m *maker) funnel(s *Section, id string, list []Member) error {
	p := scorecard.ThreeYears(m.year())
	var exact []scorecard.Figure
	var shown []told
	for _, a := range list {
		f, err := m.figure(id, scorecard.Area{Name: a.Name, Agencies: []string{a.Code}}, p)
		if err != nil {
			return err
		}
		shown, exact = append(shown, f), append(exact, f.Figure)
	}
	funnel, err := scorecard.CompareAreas(exact)
	if err != nil {
		return err
	}
	d, most := Drawing{ID: "funnel-" + id, Table: "councils-" + id, Title: shown[0].titled(), Of: "Children, to the nearest 5", Measure: measures[funnel.Gives]}, 0
	t := Table{ID: d.Table, Caption: fmt.Sprintf("%s, three years to 31 March %d", shown[0].titled(), m.year()), Header: []string{"Council", d.Of, d.Measure, "Against chance"}}
	scale := map[scorecard.Kind]float64{scorecard.Days: 1, scorecard.Percent: 100}[funnel.Gives]
	d.Funnel = &FunnelShape{Pooled: math.Round(funnel.Pooled * scale)}
	for i, f := range shown {
		point := Point{Name: f.Area, Value: f.value(), Own: list[i].Code == m.publisher, Says: standings[funnel.Points[i].Standing]}
		if f.hides {
			point.Says = "not shown"
		} else {
			point.N = rounded(f.Denominator)
			most = max(most, point.N)
		}
		d.Funnel.Points = append(d.Funnel.Points, point)
		t.Rows = append(t.Rows, []string{f.Area, f.children(), f.text(), point.Says})
	}
	if most == 0 {
		s.Words = append(s.Words, shown[0].Title+": there are too few children to compare councils.")
		return nil
	}
	for n := nearest; n <= most+nearest; n += max(1, most/60) {
		l := funnel.At(n)
		at := func(x float64) float64 { return max(0, math.Round(x*scale*10)/10) }
		d.Funnel.Limits = append(d.Funnel.Limits, Limits{n, at(l.Low95), at(l.High95), at(l.Low998), at(l.High998)})
	}
	s.Tables, s.Drawings = append(s.Tables, t), append(s.Drawings, d)
	return nil
}

var measures = map[scorecard.Kind]string{scorecard.Days: "Average days", scorecard.Percent: "Per cent"}

// placements is where the children placed in twelve months moved to, and what
// that cost (M18).
func (m *maker) placements() (Section, error) {
	p := m.rolling(m.quarter, 12)
	s := Section{ID: "placements", Heading: "Inside and outside the area", Words: []string{
		"Children placed in the 12 months to " + p.Last.Long() + ", to the nearest 5. Inside and outside are as the council’s return says.",
	}}
	t := scorecard.Table{Cols: []string{"With a health need", "With none known"}}
	children, pounds, unsure, unpriced := 0, 0, 0, 0
	for i, side := range m.records.Placed(m.area.counted(), p) {
		pounds, unsure, unpriced = pounds+side.Pounds, unsure+side.ToConfirm, unpriced+side.Unpriced
		for _, id := range side.IDs {
			if provider := m.records.Placements[id].Provider; provider != "" && provider != "PR0" && provider != "PR1" {
				children++
			}
		}
		if i < 2 || side.Children > 0 {
			t.Rows, t.Counts = append(t.Rows, side.Where), append(t.Counts, []int{side.Health, side.Children - side.Health})
		}
	}
	r := m.rules
	r.RoundTo = nearest
	masked := scorecard.Mask(t, r)
	out := Table{ID: "placements", Caption: "Children placed for adoption in 12 months", Header: append([]string{"Where they moved to"}, masked.Cols...)}
	for i, name := range masked.Rows {
		row := []string{name}
		for _, c := range masked.Cells[i] {
			row = append(row, c.String())
		}
		out.Rows = append(out.Rows, row)
	}
	fees := Table{ID: "fees", Caption: "Fees to other agencies in 12 months", Header: []string{"What", "Pounds, to the nearest 100,000"}, Rows: [][]string{{"Fees for children who moved in with another agency’s family", hidden}}}
	if children > m.rules.Few {
		fees.Rows[0][1] = strconv.Itoa((pounds + 50_000) / 100_000 * 100_000)
		s.Words = append(s.Words, feeWords(unsure, unpriced)...)
	}
	s.Tables = []Table{out, fees}
	return s, nil
}

func feeWords(unsure, unpriced int) (words []string) {
	if unsure > 0 {
		words = append(words, "Some of the fees rest on rates that are still to be confirmed.")
	}
	if unpriced > 0 {
		words = append(words, "For some children the fee is not known. They are not in the sum.")
	}
	return words
}

// openFindings counts what the rules of the SSDA903 find in a council's latest
// return, for its own pack alone; nil where nobody may read it.
func (m *maker) openFindings() (*Table, error) {
	code := m.area.Agencies[0].Code
	if m.area.several() || m.register.Agencies[code].Kind != "LA" || !access.Can(m.u.Actor, access.View, m.register.Thing(access.Return, code)).Allow {
		return nil, nil
	}
	year, open, err := m.checked(code)
	return &Table{ID: "findings", Caption: "What the rules of the SSDA903 find", Header: []string{"Latest return", "As given"}, Rows: [][]string{{"Collection year", year}, {"Findings still open", open}}}, err
}

// checked runs the rules over the latest return they are published for.
func (m *maker) checked(code string) (year, open string, err error) {
	list, err := returns.Readings(m.u, m.register, code)
	i := slices.IndexFunc(list, func(r returns.Reading) bool { return r.State != returns.Replaced && ssda903.RulesKnown(r.Year) == nil })
	if err != nil || i < 0 {
		return "none given", "not known", err
	}
	c, err := returns.Check(m.u, m.register, list[i], ssda903.Aids{})
	if err != nil {
		return "", "", err
	}
	if c.Open() <= m.rules.Few {
		return ssda903.YearName(list[i].Year), fmt.Sprintf("%d or fewer", m.rules.Few), nil
	}
	return ssda903.YearName(list[i].Year), strconv.Itoa(c.Open()), nil
}

// definitions say what is counted, and on whose word.
func (m *maker) definitions() (Section, error) {
	s := Section{ID: "definitions", Heading: "What is counted"}
	t := Table{ID: "definitions", Caption: "Indicators of the scorecard", Header: []string{"Indicator", "What it is", "From", "To", "Source", "How sure"}}
	for _, id := range headline {
		d, _ := scorecard.Define(id)
		t.Rows = append(t.Rows, []string{d.ID, d.Title, d.Start.String(), d.Stop.String(), d.Source, string(d.Status)})
	}
	rules := Table{ID: "rules", Caption: "Rules used", Header: []string{"Rule", "As set"}}
	for _, id := range headline {
		f, err := m.book.Figure(id, m.area.counted(), scorecard.ThreeYears(m.year()))
		if err != nil {
			return s, err
		}
		for i, words := range f.Rules {
			rules.Rows = append(rules.Rows, []string{fmt.Sprintf("%s, rule %d", id, i+1), words})
		}
	}
	rules.Rows = append(rules.Rows, []string{"Counts not shown", fmt.Sprintf("%d or fewer", m.rules.Few)}, []string{"Averages and shares not shown", fmt.Sprintf("of %d children or fewer", m.rules.Base)})
	s.Words = []string{"The other counts are Homeward’s own, from the days in the records: a count of the quarter has its day in the quarter, and a count at the end is how things stood on the last day."}
	s.Tables = []Table{t, rules}
	return s, nil
}

// reading says how small numbers are kept back.
func (m *maker) reading() (Section, error) {
	s := Section{ID: "reading", Heading: "How to read this", Words: []string{
		fmt.Sprintf("“%s” stands for a number that is not shown: %d or fewer, nought among them, or one that would give such a number away.", hidden, m.rules.Few),
		"Numbers at the end of a quarter, and those that overlap with the next pack’s, are given to the nearest 5, and waits of groups in months, so that packs cannot be subtracted from one another to find one child.",
		"Nothing here predicts what will become of a child.",
	}}
	if m.area.several() {
		s.Words = append(s.Words, "Counts of this area are given to the nearest 5, and only where packs of single councils cannot be taken from them to leave a small number.")
	}
	return s, nil
}
