package chart

import (
	"fmt"
	"math"
	"strings"
)

// Ranges draws within what figures lie: for each a mark and the range round it.
// A range says where a figure lies and not how much there is of something, so its
// axis, alone among these, need not begin at nought, and goes below it for changes.
type Ranges struct {
	Title    string
	Of       string // what stands below one another: "Way of pooling"
	Measure  string // what the axis measures
	Decimals int
	Groups   []string
	Series   []Spread // at most 4
	// Nought is what a figure of 0 means: "as many as by itself". With it the axis
	// takes 0 in, and a line stands there.
	Nought string
	// Quiet is what it means that a range is grey.
	Quiet string
}

// Spread is a row of ranges, one for every group.
type Spread struct {
	Name   string
	Ranges []Range
}

// Range is a figure and within what it lies.
type Range struct {
	Mean, Low, High float64
	Says            string // in place of the figures, in words
	Quiet           bool   // it tells nothing: grey, and hollow
}

// Name is the chart's title.
func (c Ranges) Name() string { return c.Title }

func (c Ranges) check() error {
	k := check(c.Title, c.Decimals)
	k.upTo(mostSeries, len(c.Series), "series")
	k.upTo(mostGroups, len(c.Groups), "groups")
	for _, s := range c.Series {
		k.that(len(s.Ranges) == len(c.Groups), "series %q has %d ranges for %d places", s.Name, len(s.Ranges), len(c.Groups))
		for _, r := range s.Ranges {
			k.that(r.Low <= r.Mean && r.Mean <= r.High, "%v does not lie from %v to %v", r.Mean, r.Low, r.High) // nor does NaN
			k.that(math.Abs(r.Low) <= mostNumber && math.Abs(r.High) <= mostNumber, "a range ends beyond %g", mostNumber)
		}
	}
	return k.err
}

func (c Ranges) empty() bool { return len(c.Groups) == 0 || len(c.Series) == 0 }

// each calls fn for every range, group by group.
func (c Ranges) each(fn func(group, series int, r Range)) {
	for g := range c.Groups {
		for s := range c.Series {
			if g < len(c.Series[s].Ranges) {
				fn(g, s, c.Series[s].Ranges[g])
			}
		}
	}
}

// says is a range in words: what it is given, or its figures.
func (c Ranges) says(r Range) string {
	if r.Says != "" {
		return r.Says
	}
	return c.number(r.Mean) + " (" + c.number(r.Low) + " to " + c.number(r.High) + ")"
}

// number writes a figure with commas; what rounds to nothing is 0, and not -0.
func (c Ranges) number(n float64) string {
	text := number(math.Abs(n), c.Decimals)
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	if n < 0 && strings.Trim(text, "0.") != "" {
		return "−" + whole
	}
	return whole
}

// named is whose a range is.
func (c Ranges) named(group, series int) string {
	if len(c.Series) == 1 {
		return c.Groups[group]
	}
	return c.Groups[group] + ", " + c.Series[series].Name
}

// Describe says every range that tells something.
func (c Ranges) Describe() string {
	if c.check() != nil || c.empty() {
		return "There are no figures to draw."
	}
	text, quiet := c.Measure+".", 0
	c.each(func(g, s int, r Range) {
		if r.Quiet {
			quiet++
			return
		}
		text += " " + c.named(g, s) + ": " + c.says(r) + "."
	})
	if quiet > 0 {
		text += fmt.Sprintf(" %s: %s.", plural(quiet, "range", "ranges"), c.Quiet)
	}
	return text
}

// Table gives the figures, a row for every range.
func (c Ranges) Table() Table {
	t := Table{Caption: c.Title, Header: []string{c.Of, "Of", "Mean", "From", "To"}, Numeric: []bool{false, false, true, true, true}}
	worded := false
	c.each(func(_, _ int, r Range) { worded = worded || r.Says != "" })
	c.each(func(g, s int, r Range) {
		row := []string{c.Groups[g], c.Series[s].Name, c.number(r.Mean), c.number(r.Low), c.number(r.High)}
		if worded {
			row = append(row, r.Says)
		}
		t.Rows = append(t.Rows, row)
	})
	if worded {
		t.Header, t.Numeric = append(t.Header, "In words"), append(t.Numeric, false)
	}
	return t
}

const (
	rangeHigh = 22.0
	rangeGap  = 10.0
	longSays  = 0.34 // of the width, that words beside a range may take
)

func (c Ranges) draw(s *scene) {
	c.key(s)
	left, right := c.margins(s)
	x := c.axis(s, left, s.width-right)
	top, y := s.y, s.y
	var rows []func()
	for g := range c.Groups {
		rows = append(rows, c.row(s, g, &y, left, right, x)...)
		y += rangeGap
	}
	if !above(left) {
		c.lines(s, x, top, y)
	}
	for _, draw := range rows {
		draw()
	}
	s.y = y
	for n, text := range x.ticks() {
		s.lineTo(ink{colour: quiet}, 1, point{x.at(n), s.y}, point{x.at(n), s.y + 5})
		s.letters(x.at(n), s.y+5+letter, "middle", text)
	}
	s.y += 5 + line + 2
	s.paragraph(c.Measure, 0)
}

// lines stand at the numbers of the axis and, stronger, at nought: from the top to
// the bottom, or on a telephone, where words stand between, behind each range.
func (c Ranges) lines(s *scene, x axisOf, from, to float64) {
	for n := range x.ticks() {
		s.lineTo(ink{colour: faint}, 1, point{x.at(n), from}, point{x.at(n), to})
	}
	if c.Nought != "" {
		s.lineTo(ink{colour: black}, 1.5, point{x.at(0), from}, point{x.at(0), to})
	}
}

// row places one group from y down and gives what draws it: its name and, for
// every series, words and a range. On a telephone a range stands below its words,
// and these beside the name where they have room.
func (c Ranges) row(s *scene, group int, y *float64, left, right float64, x axisOf) (rows []func()) {
	name, beside := c.Groups[group], !above(left)
	words := func(text string, at, from, width float64) (high float64) {
		lines := s.wrap(text, width, 3)
		rows = append(rows, func() {
			for i, l := range lines {
				s.letters(at, from+float64(i)*line+letter, "start", l)
			}
		})
		return line * float64(len(lines))
	}
	end := *y // of the name
	if beside {
		end += words(name, 0, *y, left-12)
	} else {
		*y += words(name, 0, *y, s.width)
	}
	for i, series := range c.Series {
		r, tall := series.Ranges[group], rangeHigh
		switch text := c.says(r); {
		case beside:
			tall = max(tall, words(text, s.width-right+10, *y, right-10))
		case i == 0 && s.measure(name)+16+s.measure(text) <= s.width:
			words(text, s.width-s.measure(text), *y-line, s.width)
		default:
			*y += words(text, 0, *y, s.width)
		}
		at := *y + rangeHigh/2
		rows = append(rows, func() {
			if !beside {
				c.lines(s, x, at-rangeHigh/2, at+rangeHigh/2)
			}
			c.bar(s, x, r, i, at)
		})
		*y += tall
	}
	*y = max(*y, end)
	return rows
}

// bar draws a range with its ends and its mark.
func (c Ranges) bar(s *scene, x axisOf, r Range, series int, y float64) {
	with, fill := inks[series], inks[series].colour
	if r.Quiet {
		with.colour, fill = quiet, white
	}
	with.dash = nil
	s.lineTo(with, 3, point{x.at(r.Low), y}, point{x.at(r.High), y})
	for _, end := range []float64{r.Low, r.High} {
		s.lineTo(with, 2, point{x.at(end), y - 5}, point{x.at(end), y + 5})
	}
	s.mark(with.mark, point{x.at(r.Mean), y}, 5, fill, with.colour)
}

func (c Ranges) key(s *scene) {
	var entries []entry
	if len(c.Series) > 1 {
		for i, series := range c.Series {
			entries = append(entries, markEntry(inks[i].mark, inks[i].colour, inks[i].colour, series.Name))
		}
	}
	if c.Nought != "" {
		entries = append(entries, lineEntry(ink{colour: black}, "0: "+c.Nought))
	}
	anyQuiet := false
	c.each(func(_, _ int, r Range) { anyQuiet = anyQuiet || r.Quiet })
	if anyQuiet {
		entries = append(entries, markEntry(round, white, quiet, c.Quiet))
	}
	s.key(entries...)
}

// margins are what names take on the left and words on the right; on a telephone
// both stand above their ranges.
func (c Ranges) margins(s *scene) (left, right float64) {
	if s.width < pixels[Wide] {
		return 6, 16
	}
	for _, g := range c.Groups {
		left = max(left, s.measure(g))
	}
	c.each(func(_, _ int, r Range) { right = max(right, s.measure(c.says(r))) })
	return min(left, s.width*longName) + 26, min(right, s.width*longSays) + 24
}

// axisOf is an axis that begins and ends at round numbers round what stands on it.
type axisOf struct {
	low, high, step float64
	from, to        float64
}

func (a axisOf) at(n float64) float64 { return a.from + (a.to-a.from)*(n-a.low)/(a.high-a.low) }

// ticks are the round numbers of the axis and how they are written.
func (a axisOf) ticks() func(func(float64, string) bool) {
	decimals := max(0, int(math.Ceil(-math.Log10(a.step)-1e-9)))
	return func(yield func(float64, string) bool) {
		for i := range int(math.Round((a.high-a.low)/a.step)) + 1 {
			n := a.low + float64(i)*a.step
			if !yield(n, Ranges{Decimals: decimals}.number(n)) {
				return
			}
		}
	}
}

// axis takes all ranges in, with as many numbers as have room beside one another.
func (c Ranges) axis(s *scene, from, to float64) axisOf {
	low, high := math.Inf(1), math.Inf(-1)
	if c.Nought != "" {
		low, high = 0, 0
	}
	c.each(func(_, _ int, r Range) { low, high = min(low, r.Low), max(high, r.High) })
	for steps := 6; ; steps-- {
		a := axisOf{from: from, to: to}
		a.step = newScale(high-low, c.Decimals, steps, 0, 1).step
		a.low, a.high = a.step*math.Floor(low/a.step+1e-9), a.step*math.Ceil(high/a.step-1e-9)
		if a.high <= a.low {
			a.high = a.low + a.step
		}
		wide := 0.0
		for _, text := range a.ticks() {
			wide = max(wide, s.measure(text))
		}
		a.from, a.to = max(from, wide/2), min(to, s.width-wide/2) // the first and last number stand whole
		if steps == 1 || wide+14 <= a.at(a.low+a.step)-a.at(a.low) {
			return a
		}
	}
}
