package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Funnel sets the figure of each council beside the number of children it is made
// of, and draws how far a figure of so many lies from the pooled one by chance:
// a small council that lies within the limits has shown nothing.
type Funnel struct {
	Title    string
	Of       string // what stands along the bottom: "Children"
	Measure  string // what stands upright: "Average days"
	Decimals int
	Points   []Point
	Pooled   float64
	// Limits come in the order of N. Whoever counts them stops at 0.
	Limits []Limits
}

// Point is one council of a funnel. Its own are told by name; the others are in
// the table.
type Point struct {
	Name  string
	N     int
	Value Value
	Own   bool
	Says  string // how it lies to the limits, as whoever counted them found: "above the 99.8% limit"
}

// Limits are the bounds at a number of children.
type Limits struct {
	N                              int
	Low95, High95, Low998, High998 float64
}

// mostPoints is many times the councils of England.
const mostPoints = 2000

// Name is the chart's title.
func (f Funnel) Name() string { return f.Title }

func (f Funnel) check() error {
	c := check(f.Title, f.Decimals)
	c.upTo(mostPoints, len(f.Points), "points")
	c.upTo(mostDots, len(f.Limits), "limits")
	c.numbers(f.Pooled)
	for _, p := range f.Points {
		c.numbers(p.Value.number, float64(p.N))
		c.that(p.Value.known || p.N == 0, "%q holds a number of children beside a figure that is withheld", p.Name)
	}
	for i, l := range f.Limits {
		c.numbers(l.Low95, l.High95, l.Low998, l.High998)
		c.that(l.N > 0 && (i == 0 || l.N > f.Limits[i-1].N), "its limits are not in the order of their numbers")
		c.that(l.Low998 <= l.Low95 && l.Low95 <= l.High95 && l.High95 <= l.High998, "its limits cross at %d", l.N)
	}
	return c.err
}

func (f Funnel) drawn() (points []Point) {
	for _, p := range f.Points {
		if p.Value.known {
			points = append(points, p)
		}
	}
	return points
}

func (f Funnel) empty() bool { return len(f.drawn()) == 0 }

// Describe says what the funnel shows.
func (f Funnel) Describe() string {
	if f.empty() {
		return "There are no figures to draw."
	}
	text := fmt.Sprintf("Funnel plot of %s round a pooled value of %s, with limits of 95%% and 99.8%%.", plural(len(f.drawn()), "point", "points"), number(f.Pooled, f.Decimals))
	for _, p := range f.drawn() {
		if p.Own {
			text += " " + f.named(p) + "."
		}
	}
	return text
}

func (f Funnel) named(p Point) string {
	text := fmt.Sprintf("%s: %s (%s: %d)", p.Name, p.Value.text(f.Decimals), strings.ToLower(f.Of), p.N)
	if p.Says != "" {
		text += ", " + p.Says
	}
	return text
}

// Table gives every point.
func (f Funnel) Table() Table {
	t := Table{Caption: f.Title, Header: []string{"Name", f.Of, f.Measure, "Against the limits"}, Numeric: []bool{false, true, true, false}}
	for _, p := range f.Points {
		n := strconv.Itoa(p.N)
		if !p.Value.known {
			n = p.Value.text(0)
		}
		t.Rows = append(t.Rows, []string{p.Name, n, p.Value.text(f.Decimals), p.Says})
	}
	return t
}

var (
	outer  = ink{colour: quiet}
	inner  = ink{colour: quiet, dash: []float64{5, 4}}
	pooled = ink{colour: black}
)

func (f Funnel) draw(s *scene) {
	own := inks[0].colour
	s.key(markEntry(diamond, own, own, "yours, numbered"), markEntry(round, white, quiet, "others"),
		lineEntry(pooled, "all together: "+number(f.Pooled, f.Decimals)), lineEntry(inner, "95% limits"), lineEntry(outer, "99.8% limits"))
	right, top := 0.0, f.Pooled
	for _, p := range f.drawn() {
		right, top = max(right, float64(p.N)), max(top, p.Value.number)
	}
	for _, l := range f.Limits {
		if float64(l.N) >= right { // where the funnel is narrowest all of it is seen
			top = max(top, l.High998)
			break
		}
	}
	g := s.ground(axis{top: right, name: f.Of}, axis{top: top * 1.1, decimals: f.Decimals, name: f.Measure})
	s.lineTo(pooled, 2, g.at(0, f.Pooled), g.at(g.x.upto, f.Pooled))
	f.curve(s, g, inner, func(l Limits) float64 { return l.Low95 })
	f.curve(s, g, inner, func(l Limits) float64 { return l.High95 })
	f.curve(s, g, outer, func(l Limits) float64 { return l.Low998 })
	f.curve(s, g, outer, func(l Limits) float64 { return l.High998 })
	for _, p := range f.drawn() {
		if !p.Own {
			s.mark(round, g.at(float64(p.N), p.Value.number), 4, white, quiet)
		}
	}
	f.own(s, g)
}

func (f Funnel) curve(s *scene, g plot, i ink, at func(Limits) float64) {
	var path []point
	for _, l := range f.Limits {
		if float64(l.N) <= g.x.upto {
			path = append(path, g.at(float64(l.N), at(l)))
		}
	}
	for _, part := range g.below(path) {
		s.lineTo(i, 1.5, part...)
	}
}

// own draws one's own points, numbered, and says below which they are.
func (f Funnel) own(s *scene, g plot) {
	var taken []point
	for _, p := range f.drawn() {
		taken = append(taken, g.at(float64(p.N), p.Value.number))
	}
	s.y += 8
	n := 0
	for _, p := range f.drawn() {
		if !p.Own {
			continue
		}
		n++
		at, text := g.at(float64(p.N), p.Value.number), strconv.Itoa(n)
		s.mark(diamond, at, 5, inks[0].colour, white)
		free := besides(at, s.measure(text), taken, g.y.at(f.Pooled), g)
		taken = append(taken, free)
		s.letters(free.x, free.y+5, "middle", text)
		s.paragraph(text+". "+f.named(p), 0)
	}
}

// besides finds where a number can stand beside its point with the fewest others,
// and not on the pooled line.
func besides(at point, wide float64, taken []point, pooled float64, g plot) point {
	x := wide/2 + 9
	var best point
	least := math.MaxInt
	for _, away := range []point{{x, 0}, {-x, 0}, {0, -15}, {0, 15}, {x, -11}, {x, 11}, {-x, -11}, {-x, 11}} {
		try := point{at.x + away.x, at.y + away.y}
		clashes := 0
		if try.x+wide/2 > g.x.to+16 || try.x < g.x.from || try.y > g.y.from-8 || math.Abs(try.y-pooled) < 10 {
			clashes = 3
		}
		for _, t := range taken {
			if math.Abs(t.x-try.x) < wide/2+5 && math.Abs(t.y-try.y) < 12 {
				clashes++
			}
		}
		if clashes < least {
			best, least = try, clashes
		}
	}
	return best
}
