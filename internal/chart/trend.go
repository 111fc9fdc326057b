package chart

import (
	"fmt"
	"math"
	"slices"
)

// Trend draws figures by year. What others have published of the same years
// stands beside as hollow marks: it is theirs, and no line is drawn through it.
type Trend struct {
	Title     string
	Of        string // what a period is: "Year ending 31 March"
	Measure   string
	Decimals  int
	Periods   []string
	Series    []Series // at most 4
	Published []Series // at most 4, named by their sources
	// Threshold has a value for every period, for it has been lowered; nil is none.
	Threshold *Series
}

// Name is the chart's title.
func (c Trend) Name() string { return c.Title }

// all is every series in the order of the table.
func (c Trend) all() []Series {
	all := append(slices.Clone(c.Series), c.Published...)
	if c.Threshold != nil {
		all = append(all, *c.Threshold)
	}
	return all
}

func (c Trend) check() error {
	k := check(c.Title, c.Decimals)
	k.upTo(mostSeries, len(c.Series), "series")
	k.upTo(mostSeries, len(c.Published), "published series")
	k.upTo(mostGroups, len(c.Periods), "periods")
	k.series(len(c.Periods), c.all()...)
	return k.err
}

func (c Trend) empty() bool {
	_, any := highest(append(slices.Clone(c.Series), c.Published...)...)
	return !any
}

// Describe says where each series begins and ends.
func (c Trend) Describe() string {
	if c.check() != nil || c.empty() {
		return "There are no figures to draw."
	}
	text := "Line chart of " + c.Measure + "."
	for _, s := range c.all() {
		first, last := -1, -1
		known([]Series{s}, func(_, place int, _ float64) {
			if first < 0 {
				first = place
			}
			last = place
		})
		if last >= 0 {
			text += fmt.Sprintf(" %s: %s in %s", s.Name, s.Values[first].text(c.Decimals), c.Periods[first])
		}
		if last > first {
			text += fmt.Sprintf(", %s in %s", s.Values[last].text(c.Decimals), c.Periods[last])
		}
		if last >= 0 {
			text += "."
		}
	}
	return text
}

// Table gives the figures, a row for every period.
func (c Trend) Table() Table {
	t := grid(c.Title, c.Of, c.Periods, c.Decimals, c.all())
	for i := range c.Published {
		t.Header[1+len(c.Series)+i] += " (published)"
	}
	return t
}

func (c Trend) draw(s *scene) {
	c.key(s)
	top, _ := highest(c.all()...)
	g := s.ground(axis{}, axis{top: top, decimals: c.Decimals, name: c.Measure})
	// Periods stand in the middle of equal parts of the axis.
	part := (g.x.to - g.x.from) / float64(len(c.Periods))
	at := func(place int, n float64) point { return point{g.x.from + part*(float64(place)+.5), g.y.at(n)} }
	if c.Threshold != nil {
		known([]Series{*c.Threshold}, func(_, place int, n float64) {
			m := at(place, n)
			s.rule(thresholdInk, point{m.x - part/2, m.y}, point{m.x + part/2, m.y})
		})
	}
	for i, series := range c.Series {
		c.draws(s, series, inks[i], at)
	}
	known(c.Published, func(i, place int, n float64) { s.mark(inks[i].mark, at(place, n), 6.5, "", black) })
	c.periods(s, part, g)
}

func (c Trend) key(s *scene) {
	var entries []entry
	for i, series := range c.Series {
		entries = append(entries, entry{func(s *scene, at point) {
			s.lineTo(inks[i], 2.5, at, point{at.x + 26, at.y})
			s.mark(inks[i].mark, point{at.x + 13, at.y}, 4.5, inks[i].colour, white)
		}, series.Name})
	}
	for i, series := range c.Published {
		entries = append(entries, markEntry(inks[i].mark, "", black, "published: "+series.Name))
	}
	if c.Threshold != nil {
		entries = append(entries, lineEntry(thresholdInk, c.Threshold.Name))
	}
	s.key(entries...)
}

// draws draws one series; where a value is not known its line has a gap.
func (c Trend) draws(s *scene, series Series, with ink, at func(int, float64) point) {
	for i := 1; i < len(series.Values); i++ {
		if a, b := series.Values[i-1], series.Values[i]; a.known && b.known {
			s.lineTo(with, 2.5, at(i-1, a.number), at(i, b.number))
		}
	}
	known([]Series{series}, func(_, place int, n float64) { s.mark(with.mark, at(place, n), 4.5, with.colour, white) })
}

// periods writes as many periods below the axis as there is room for, counted
// back from the last.
func (c Trend) periods(s *scene, part float64, g plot) {
	wide, lines := 0.0, 1
	room := max(part, 64) - 8
	for _, p := range c.Periods {
		for _, l := range s.wrap(p, room, 3) {
			wide = max(wide, s.measure(l))
		}
		lines = max(lines, len(s.wrap(p, room, 3)))
	}
	every := max(1, int(math.Ceil((wide+8)/part)))
	for i := len(c.Periods) - 1; i >= 0; i -= every {
		x := g.x.from + part*(float64(i)+.5)
		s.lineTo(ink{colour: quiet}, 1, point{x, s.y}, point{x, s.y + 5})
		for j, l := range s.wrap(c.Periods[i], room, 3) {
			s.letters(x, s.y+5+letter+float64(j)*line, "middle", l)
		}
	}
	s.y += 5 + line*float64(lines) + 2
	s.paragraph(c.Of, g.x.from)
}
