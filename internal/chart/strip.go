package chart

import (
	"cmp"
	"fmt"
	"slices"
)

// Strip shows each child as a dot on a line of days, so that nobody disappears
// in an average. It is for those who may see the children it is drawn of: a dot
// is a child.
type Strip struct {
	Title     string
	Measure   string // "Days from the placement order to the match"
	Decimals  int
	Lines     []Line
	Threshold *Threshold
}

// Line is one line of dots. Its median is the caller's, who knows how those that
// still wait are counted.
type Line struct {
	Name   string
	Dots   []Dot
	Median Value
}

// Dot is one child. Open is one whose days still run.
type Dot struct {
	Name string // what the table calls the child, blank for nothing
	Days float64
	Open bool
}

// Name is the chart's title.
func (c Strip) Name() string { return c.Title }

func (c Strip) check() error {
	k := check(c.Title, c.Decimals)
	k.upTo(mostGroups, len(c.Lines), "lines")
	k.threshold(c.Threshold)
	dots := 0
	for _, l := range c.Lines {
		dots += len(l.Dots)
		k.numbers(l.Median.number)
		for _, d := range l.Dots {
			k.numbers(d.Days)
		}
	}
	k.upTo(mostDots, dots, "dots")
	return k.err
}

func (c Strip) empty() bool {
	for _, l := range c.Lines {
		if len(l.Dots) > 0 {
			return false
		}
	}
	return true
}

func (c Strip) says(l Line) string {
	text := l.Name + ": " + plural(len(l.Dots), "child", "children")
	if l.Median.known || l.Median.instead != "" {
		text += ", median " + l.Median.text(c.Decimals)
	}
	return text
}

// inOrder gives a line's dots by their days; what is equal stays as it came.
func (l Line) inOrder() []Dot {
	dots := slices.Clone(l.Dots)
	slices.SortStableFunc(dots, func(a, b Dot) int { return cmp.Compare(a.Days, b.Days) })
	return dots
}

// Describe says how many dots there are and between what.
func (c Strip) Describe() string {
	if c.empty() {
		return "There are no figures to draw."
	}
	text := "A dot for each child on a line. " + c.Measure + "."
	for _, l := range c.Lines {
		text += " " + c.says(l)
		if dots := l.inOrder(); len(dots) > 0 {
			text += fmt.Sprintf(", from %s to %s", number(dots[0].Days, c.Decimals), number(dots[len(dots)-1].Days, c.Decimals))
		}
		text += "."
	}
	if c.Threshold != nil {
		text += " " + c.Threshold.text(c.Decimals) + "."
	}
	return text
}

// Table gives every child, by their days.
func (c Strip) Table() Table {
	t := Table{Caption: c.Title, Header: []string{"Line", "Child", c.Measure, "Still running"}, Numeric: []bool{false, false, true, false}}
	for _, l := range c.Lines {
		for _, d := range l.inOrder() {
			running := "no"
			if d.Open {
				running = "yes"
			}
			t.Rows = append(t.Rows, []string{l.Name, d.Name, number(d.Days, c.Decimals), running})
		}
	}
	return t
}

const (
	largestDot  = 4.0
	smallestDot = 1.5
	mostHigh    = 110.0 // of the dots of one line
)

func (c Strip) draw(s *scene) {
	c.key(s)
	top := 0.0
	for _, l := range c.Lines {
		for _, d := range l.Dots {
			top = max(top, d.Days)
		}
		top = max(top, l.Median.number)
	}
	if c.Threshold != nil {
		top = max(top, c.Threshold.At)
	}
	x := s.across(top, c.Decimals, 12, s.width-22)
	for _, l := range c.Lines {
		c.line(s, x, l)
	}
	s.numbersBelow(x)
	s.paragraph(c.Measure, 0)
}

func (c Strip) key(s *scene) {
	colour := inks[0].colour
	entries := []entry{markEntry(round, colour, white, "a child")}
	median, open := false, false
	for _, l := range c.Lines {
		median = median || l.Median.known
		open = open || slices.ContainsFunc(l.Dots, func(d Dot) bool { return d.Open })
	}
	if open {
		entries = append(entries, markEntry(round, white, colour, "a child whose days still run"))
	}
	if median {
		entries = append(entries, lineEntry(ink{colour: black}, "median"))
	}
	if c.Threshold != nil {
		entries = append(entries, lineEntry(thresholdInk, c.Threshold.text(c.Decimals)))
	}
	s.key(entries...)
}

// line draws one line: its words, and its dots upon one another where their days
// are nearly the same.
func (c Strip) line(s *scene, x scale, l Line) {
	s.paragraph(c.says(l), 0)
	p := l.pile(x)
	from := s.y + 4
	s.y = from + max(24, p.high+largestDot+10)
	if l.Median.known { // strong above and below the dots, thin where they stand on it
		at := x.at(l.Median.number)
		s.lineTo(ink{colour: black}, 1, point{at, from}, point{at, s.y})
		s.lineTo(ink{colour: black}, 3, point{at, from}, point{at, from + 9})
		s.lineTo(ink{colour: black}, 3, point{at, s.y}, point{at, s.y + 8})
	}
	if c.Threshold != nil {
		s.rule(thresholdInk, point{x.at(c.Threshold.At), from}, point{x.at(c.Threshold.At), s.y})
	}
	for i, d := range l.inOrder() {
		fill, edge := inks[0].colour, white
		switch {
		case d.Open:
			fill, edge = white, inks[0].colour
		case p.radius < largestDot-1:
			edge = ""
		}
		s.add(shape{path: []point{{x.at(d.Days), s.y - p.radius - 2 - p.up[i]}}, radius: p.radius, fill: fill, stroke: edge, width: 1})
	}
	s.lineTo(ink{colour: quiet}, 1, point{x.from, s.y}, point{x.to, s.y})
	s.y += 10
}

// pile is how high the dots of a line stand, in the order of their days.
type pile struct {
	radius, high float64
	up           []float64
}

// pile makes the dots as large as lets them all be seen.
func (l Line) pile(x scale) pile {
	dots := l.inOrder()
	for radius := largestDot; ; radius -= 0.5 {
		wide, most := 2*radius+1, 0
		rank, in := make([]int, len(dots)), map[int]int{}
		for i, d := range dots {
			column := int((x.at(d.Days) - x.from) / wide)
			rank[i] = in[column]
			in[column]++
			most = max(most, in[column])
		}
		pitch := min(wide, mostHigh/float64(max(most, 1)))
		if pitch < wide && radius > smallestDot {
			continue
		}
		p := pile{radius: radius, high: pitch * float64(most)}
		for _, r := range rank {
			p.up = append(p.up, pitch*float64(r))
		}
		return p
	}
}
