package chart

import (
	"fmt"
	"math"
)

// Bars are level bars, longest measure to the right: groups from the top down,
// in each a bar for every series. They lie level so that long names can be read
// and any number of councils can stand below one another.
type Bars struct {
	Title     string
	Of        string // what stands below one another: "Council"
	Measure   string // what the length is: "Average days"
	Decimals  int
	Groups    []string
	Series    []Series // at most 4
	Threshold *Threshold
	// Upto is where the scale ends, if it must take in more than these bars: two
	// charts of one Upto can be laid side by side.
	Upto float64
}

// Name is the chart's title.
func (b Bars) Name() string { return b.Title }

func (b Bars) check() error {
	c := check(b.Title, b.Decimals)
	c.upTo(mostSeries, len(b.Series), "series")
	c.upTo(mostGroups, len(b.Groups), "groups")
	c.series(len(b.Groups), b.Series...)
	c.threshold(b.Threshold)
	c.numbers(b.Upto)
	return c.err
}

func (b Bars) empty() bool {
	_, any := highest(b.Series...)
	return !any
}

func (b Bars) top() float64 {
	top, _ := highest(b.Series...)
	if b.Threshold != nil {
		top = max(top, b.Threshold.At)
	}
	return max(top, b.Upto)
}

// Split divides a chart that is too long for a sheet of paper into several of one
// scale, each of at most so many groups.
func (b Bars) Split(groups int) []Bars {
	if len(b.Groups) <= groups || groups < 1 || b.check() != nil {
		return []Bars{b}
	}
	var parts []Bars
	b.Upto = b.top()
	of := (len(b.Groups) + groups - 1) / groups
	for from := 0; from < len(b.Groups); from += groups {
		to := min(from+groups, len(b.Groups))
		part := b
		part.Title = fmt.Sprintf("%s (%d of %d)", b.Title, len(parts)+1, of)
		part.Groups, part.Series = b.Groups[from:to], nil
		for _, s := range b.Series {
			part.Series = append(part.Series, Series{Name: s.Name, Values: s.Values[from:to]})
		}
		parts = append(parts, part)
	}
	return parts
}

// Describe says what the bars show.
func (b Bars) Describe() string {
	if b.check() != nil || b.empty() {
		return "There are no figures to draw."
	}
	var high, low string
	most, least := math.Inf(-1), math.Inf(1)
	known(b.Series, func(s, place int, n float64) {
		says := b.Groups[place] + b.beside(s) + ", " + number(n, b.Decimals)
		if n > most {
			most, high = n, says
		}
		if n < least {
			least, low = n, says
		}
	})
	text := fmt.Sprintf("Bar chart of %s. Highest: %s. Lowest: %s.", plural(len(b.Groups), "row", "rows"), high, low)
	if b.Threshold != nil {
		text += " " + b.Threshold.text(b.Decimals) + "."
	}
	return text
}

// beside names a bar's series where there is more than one.
func (b Bars) beside(s int) string {
	if len(b.Series) == 1 {
		return ""
	}
	return " " + b.Series[s].Name
}

// Table gives the figures, a row for every group.
func (b Bars) Table() Table { return grid(b.Title, b.Of, b.Groups, b.Decimals, b.Series) }

// grid is a table of series by groups.
func grid(caption, of string, groups []string, decimals int, all []Series) Table {
	t := Table{Caption: caption, Header: []string{of}, Numeric: []bool{false}}
	for _, s := range all {
		t.Header, t.Numeric = append(t.Header, s.Name), append(t.Numeric, true)
	}
	for i, g := range groups {
		row := []string{g}
		for _, s := range all {
			if i < len(s.Values) {
				row = append(row, s.Values[i].text(decimals))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

const (
	barHigh  = 20.0
	barGap   = 14.0
	longName = 0.32 // of the width, that names beside their bars may take
)

func (b Bars) draw(s *scene) {
	if b.Threshold != nil {
		s.key(lineEntry(thresholdInk, b.Threshold.text(b.Decimals)))
	}
	left, right := b.margins(s)
	x := s.across(b.top(), b.Decimals, left, s.width-right)
	rows, bottom := b.rows(s, left)
	x.ticks(func(n float64, _ string) {
		s.lineTo(ink{colour: faint}, 1, point{x.at(n), s.y}, point{x.at(n), bottom})
	})
	b.each(rows, func(v Value, series int, y float64) {
		if v.known {
			s.box(left, y+2, x.at(v.number)-left, barHigh-4, inks[series].area, inks[series].colour)
		}
	})
	if b.Threshold != nil {
		at := x.at(b.Threshold.At)
		s.rule(thresholdInk, point{at, s.y}, point{at, bottom})
	}
	b.each(rows, func(v Value, series int, y float64) { b.figure(s, x, y, v, series) })
	for i, r := range rows {
		b.name(s, b.Groups[i], r, left)
	}
	s.y = bottom
	s.numbersBelow(x)
	s.paragraph(b.Measure, 0)
}

// barRow is where a group stands: its name, and the first of its bars.
type barRow struct {
	name []string
	y    float64 // of the name
	bars float64
}

// rows places the groups below one another and tells where they end. Names stand
// beside their bars or, where there is no room, above them.
func (b Bars) rows(s *scene, left float64) (rows []barRow, bottom float64) {
	y, bars := s.y, barHigh*float64(len(b.Series))
	for _, g := range b.Groups {
		r := barRow{y: y, bars: y}
		if above(left) {
			r.name = s.wrap(g, s.width, 2)
			r.bars += line*float64(len(r.name)) + 2
			y = r.bars + bars
		} else {
			r.name = s.wrap(g, left-12, 2)
			name := line * float64(len(r.name))
			high := max(bars, name)
			r.y, r.bars, y = y+(high-name)/2, y+(high-bars)/2, y+high
		}
		rows = append(rows, r)
		y += barGap
	}
	return rows, y
}

func above(left float64) bool { return left < 10 }

func (b Bars) name(s *scene, name string, r barRow, left float64) {
	for i, l := range r.name {
		x, anchor := left-10, "end"
		if above(left) {
			x, anchor = 0, "start"
			s.box(0, r.y+float64(i)*line+2, s.measure(l)+2, line-2, white, "")
		}
		s.letters(x, r.y+float64(i)*line+letter-1, anchor, l)
	}
}

// each calls fn for every value, with the top of its bar.
func (b Bars) each(rows []barRow, fn func(v Value, series int, y float64)) {
	for i, series := range b.Series {
		for j, v := range series.Values {
			fn(v, i, rows[j].bars+barHigh*float64(i))
		}
	}
}

// figure writes a value, and whose it is, beyond the end of its bar, and beyond
// the threshold if that would run through it.
func (b Bars) figure(s *scene, on scale, y float64, v Value, series int) {
	text := v.text(b.Decimals) + b.beside(series)
	x := on.at(v.number) + 6
	if b.Threshold != nil && v.known {
		if at := on.at(b.Threshold.At); at > x-6 && at < x+s.measure(text)+4 {
			x = at + 6
		}
	}
	for _, l := range s.wrap(text, s.width-x, 1) {
		s.box(x-2, y+2, s.measure(l)+4, barHigh-4, white, "")
		s.letters(x, y+letter-1, "start", l)
	}
}

// margins are what the names take on the left, which on a telephone stand above
// their bars, and the figures on the right.
func (b Bars) margins(s *scene) (left, right float64) {
	for i, series := range b.Series {
		for _, v := range series.Values {
			if v.known { // words in a figure's place have the whole row
				right = max(right, s.measure(v.text(b.Decimals)+b.beside(i)))
			}
		}
	}
	right = min(right, s.width*0.45) + 14
	if s.width < pixels[Wide] {
		return 6, right
	}
	for _, g := range b.Groups {
		left = max(left, s.measure(g))
	}
	return min(left, s.width*longName) + 14, right
}
