package chart

import (
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
)

// The widths a chart is laid out for, in CSS pixels: a page shows one of the two,
// by the width of its window, so that letters are as large on both.
type Width string

const (
	Wide   Width = "wide"
	Narrow Width = "narrow" // a telephone
)

var pixels = map[Width]float64{Wide: 720, Narrow: 345}

// Letters have one size, that of the page's charts.
const (
	letter = 16.0
	line   = 20.0
)

const (
	black = "#0b0c0c"
	quiet = "#505a5f"
	faint = "#d8dcde"
	white = "#ffffff"
	limit = "#a4262c"
)

// ink is how a series is told from the others: in colour, dash, shape and, where
// it is an area, lightness.
type ink struct {
	colour string
	dash   []float64
	mark   marker
	area   string
}

var inks = [mostSeries]ink{
	{"#0b4f4a", nil, round, "#0b4f4a"},
	{"#a8500a", []float64{9, 4}, square, "#f7cfa6"},
	{"#1d70b8", []float64{3, 3}, triangle, "#5f9fd6"},
	{"#54319f", []float64{12, 4, 3, 4}, diamond, "#eee9f8"},
}

var thresholdInk = ink{colour: limit, dash: []float64{6, 4}}

type point struct{ x, y float64 }

// shape is one thing drawn: a path, a disc or a line of letters.
type shape struct {
	path   []point
	closed bool
	radius float64 // of a disc round path[0]
	text   string  // at path[0]
	anchor string  // start, middle or end

	fill, stroke string
	thin         bool // filled so that what is below can be seen
	width        float64
	dash         []float64
}

// scene is a chart as shapes, from the top down. y is where the next part begins.
type scene struct {
	width, y float64
	shapes   []shape
	face     font.Face
}

var typeface = sync.OnceValue(func() *opentype.Font {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		panic(err) // it is compiled in
	}
	return parsed
})

func newFace(size float64) font.Face {
	face, err := opentype.NewFace(typeface(), &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // of a size that is written here
	}
	return face
}

// lay checks a chart and lays it out.
func lay(c Chart, width float64) (*scene, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &scene{width: width, y: 4, face: newFace(letter)}
	if c.empty() {
		s.paragraph("There are no figures to draw.", 0)
	} else {
		c.draw(s)
	}
	s.y = math.Ceil(s.y + 4)
	return s, nil
}

func (s *scene) add(shapes ...shape) { s.shapes = append(s.shapes, shapes...) }

func (s *scene) lineTo(i ink, width float64, path ...point) {
	s.add(shape{path: path, stroke: i.colour, width: width, dash: i.dash})
}

// rule draws a line that is seen on any ground.
func (s *scene) rule(i ink, path ...point) {
	s.lineTo(ink{colour: white}, 5, path...)
	s.lineTo(i, 2.5, path...)
}

func (s *scene) box(x, y, width, height float64, fill, stroke string) {
	s.add(shape{path: []point{{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}}, closed: true, fill: fill, stroke: stroke, width: 1.5})
}

func (s *scene) letters(x, y float64, anchor, text string) {
	if text != "" {
		s.add(shape{path: []point{{x, y}}, text: clean(text), anchor: anchor, fill: black})
	}
}

// paragraph writes words from an indent to the right edge.
func (s *scene) paragraph(text string, indent float64) {
	for _, l := range s.wrap(text, s.width-indent, 0) {
		s.letters(indent, s.y+letter, "start", l)
		s.y += line
	}
}

func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

func (s *scene) measure(text string) float64 {
	return float64(font.MeasureString(s.face, text)) / 64
}

// wrap breaks words into lines no wider than width; of more lines than most,
// where most is not 0, the rest is left to the table.
func (s *scene) wrap(text string, width float64, most int) []string {
	lines := []string{}
	for _, word := range strings.Fields(clean(text)) {
		for s.measure(word) > width && len(word) > 1 {
			part := s.fitting(word, width)
			lines = append(lines, part)
			word = word[len(part):]
		}
		last := len(lines) - 1
		if word == "" {
			continue
		}
		if last >= 0 && s.measure(lines[last]+" "+word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	if most > 0 && len(lines) > most {
		lines = lines[:most]
		lines[most-1] = s.fitting(lines[most-1], width-s.measure("…")) + "…"
	}
	return lines
}

// fitting is the beginning of a text that fits, at least one letter.
func (s *scene) fitting(text string, width float64) string {
	end := 0
	for i, r := range text {
		next := i + len(string(r))
		if i > 0 && s.measure(text[:next]) > width {
			break
		}
		end = next
	}
	return text[:end]
}

// marker is the shape of a point.
type marker int

const (
	round marker = iota
	square
	triangle
	diamond
)

// corners of the markers, on a unit circle or a little out of it.
var corners = map[marker][]point{
	square:   {{-.9, -.9}, {.9, -.9}, {.9, .9}, {-.9, .9}},
	triangle: {{0, -1.2}, {1.1, .9}, {-1.1, .9}},
	diamond:  {{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}},
}

func (s *scene) mark(m marker, at point, size float64, fill, stroke string) {
	if m == round {
		s.add(shape{path: []point{at}, radius: size, fill: fill, stroke: stroke, width: 1.5})
		return
	}
	path := slices.Clone(corners[m])
	for i, p := range path {
		path[i] = point{at.x + p.x*size, at.y + p.y*size}
	}
	s.add(shape{path: path, closed: true, fill: fill, stroke: stroke, width: 1.5})
}

// entry is one thing of the key: what it looks like, drawn from the left of a
// line's middle on, and what it means.
type entry struct {
	sample func(s *scene, at point)
	means  string
}

const sampleWide = 34.0

// key writes what the shapes mean, above them.
func (s *scene) key(entries ...entry) {
	x := 0.0
	for i, e := range entries {
		lines := s.wrap(e.means, s.width-sampleWide, 0)
		wide := sampleWide
		for _, l := range lines {
			wide = max(wide, sampleWide+s.measure(l))
		}
		if i > 0 && (x+wide > s.width || len(lines) > 1) {
			x, s.y = 0, s.y+line+2
		}
		e.sample(s, point{x, s.y + line/2})
		for j, l := range lines {
			s.letters(x+sampleWide, s.y+letter+float64(j)*line, "start", l)
		}
		x += wide + 18
		s.y += float64(len(lines)-1) * line
	}
	if len(entries) > 0 {
		s.y += line + 8
	}
}

func lineEntry(i ink, means string) entry {
	return entry{func(s *scene, at point) { s.lineTo(i, 2.5, at, point{at.x + 26, at.y}) }, means}
}

func markEntry(m marker, fill, stroke, means string) entry {
	return entry{func(s *scene, at point) { s.mark(m, point{at.x + 13, at.y}, 5, fill, stroke) }, means}
}

// scale places numbers from 0 to upto between two edges.
type scale struct{ upto, step, from, to float64 }

func (c scale) at(n float64) float64 { return c.from + (c.to-c.from)*n/c.upto }

// newScale makes a scale that takes in top, with about so many round steps, none
// finer than the figures are.
func newScale(top float64, decimals, steps int, from, to float64) scale {
	finest := math.Pow(10, -float64(decimals))
	if top <= 0 {
		top = finest
	}
	raw := max(finest, top/float64(steps))
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * power
	for _, n := range []float64{1, 2, 5} {
		if raw <= n*power*(1+1e-9) {
			step = n * power
			break
		}
	}
	return scale{step * max(1, math.Ceil(top/step-1e-9)), step, from, to}
}

// ticks gives the round numbers of a scale and how they are written.
func (c scale) ticks(fn func(n float64, text string)) {
	decimals := 0
	if c.step < 1 {
		decimals = int(math.Ceil(-math.Log10(c.step) - 1e-9))
	}
	for i := range int(math.Round(c.upto/c.step)) + 1 {
		n := float64(i) * c.step
		fn(n, number(n, decimals))
	}
}

// widest is the width of the widest of a scale's numbers.
func (s *scene) widest(c scale, sign string) float64 {
	wide := 0.0
	c.ticks(func(_ float64, text string) { wide = max(wide, s.measure(text+sign)) })
	return wide
}

// plot is the ground of a chart with two axes.
type plot struct{ x, y scale }

// axis is what stands along one: how far it goes, how fine its figures are, what
// they are and the sign behind each.
type axis struct {
	top      float64
	decimals int
	name     string
	sign     string
}

// ground draws the axes and their numbers. The words of the upright axis stand
// above it, not beside it, so that they can be read and take no width.
func (s *scene) ground(level, upright axis) plot {
	s.paragraph(upright.name, 0)
	height := max(240, s.width*0.45)
	y := newScale(upright.top, upright.decimals, 5, s.y+height, s.y+8)
	left := s.widest(y, upright.sign) + 10
	x := s.across(level.top, level.decimals, left, s.width-16)
	y.ticks(func(n float64, text string) {
		s.lineTo(ink{colour: faint}, 1, point{left, y.at(n)}, point{x.to, y.at(n)})
		s.letters(left-8, y.at(n)+5, "end", text+upright.sign)
	})
	s.lineTo(ink{colour: quiet}, 1, point{left, y.to}, point{left, y.from}, point{x.to, y.from})
	s.y = y.from
	if level.name != "" {
		s.numbersBelow(x)
		s.paragraph(level.name, left)
	}
	return plot{x, y}
}

// across makes a scale whose numbers stand beside one another with room between.
func (s *scene) across(top float64, decimals int, from, to float64) scale {
	for steps := 8; ; steps-- {
		c := newScale(top, decimals, steps, from, to)
		if steps == 1 || s.widest(c, "")+14 <= math.Abs(c.at(c.step)-c.at(0)) {
			return c
		}
	}
}

// numbersBelow writes the numbers of a level scale.
func (s *scene) numbersBelow(x scale) {
	x.ticks(func(n float64, text string) {
		s.lineTo(ink{colour: quiet}, 1, point{x.at(n), s.y}, point{x.at(n), s.y + 5})
		s.letters(x.at(n), s.y+5+letter, "middle", text)
	})
	s.y += 5 + line + 2
}

func (p plot) at(x, y float64) point { return point{p.x.at(x), p.y.at(y)} }

// below cuts a path at the top of the plot: what leaves it is not drawn, and
// what comes back begins anew.
func (p plot) below(path []point) [][]point {
	var parts [][]point
	var part []point
	for i, at := range path {
		if i > 0 {
			before := path[i-1]
			if (before.y < p.y.to) != (at.y < p.y.to) {
				t := (p.y.to - before.y) / (at.y - before.y)
				part = append(part, point{before.x + t*(at.x-before.x), p.y.to})
			}
		}
		switch {
		case at.y >= p.y.to:
			part = append(part, at)
		case len(part) > 0:
			parts, part = append(parts, part), nil
		}
	}
	if len(part) > 1 {
		parts = append(parts, part)
	}
	return parts
}
