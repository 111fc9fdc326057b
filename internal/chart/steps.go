package chart

import (
	"fmt"
	"strconv"
)

// Steps draws shares that change on days: how many of those who began still wait
// (survival), or how many something has happened to (cumulative incidence).
type Steps struct {
	Title     string
	Days      string // what the days are counted from: "Days since the placement order"
	Measure   string // what the share is of: "Children still waiting"
	Curves    []Curve
	Threshold *Threshold // a day
}

// Curve is one line of steps. Its first step says where it begins, on day 0.
type Curve struct {
	Name  string
	Steps []Step
	// Left are days on which somebody left without it having happened: they still
	// wait, or their plan changed.
	Left []int
}

// Step is the share from a day on, from 0 to 1, how far it could lie from there,
// and how many were still counted on that day.
type Step struct {
	Day              int
	Share, Low, High float64
	AtRisk           int
}

// Name is the chart's title.
func (c Steps) Name() string { return c.Title }

func (c Steps) check() error {
	k := check(c.Title, 0)
	k.upTo(mostSeries, len(c.Curves), "curves")
	k.threshold(c.Threshold)
	for _, v := range c.Curves {
		k.upTo(mostDots, len(v.Steps)+len(v.Left), "steps")
		for i, s := range v.Steps {
			k.that(i > 0 || s.Day == 0, "%q does not begin on day 0", v.Name)
			k.that(i == 0 || s.Day > v.Steps[i-1].Day, "the days of %q are not in order", v.Name)
			k.that(s.Day >= 0 && s.AtRisk >= 0, "%q has a number below 0", v.Name)
			k.numbers(s.Share, s.Low, s.High, float64(s.Day))
			k.that(s.Low <= s.Share && s.Share <= s.High && s.High <= 1, "a share of %q lies outside its band, or above 1", v.Name)
		}
		for _, day := range v.Left {
			k.numbers(float64(day))
		}
	}
	return k.err
}

func (c Steps) empty() bool {
	for _, v := range c.Curves {
		if len(v.Steps) > 0 {
			return false
		}
	}
	return true
}

func (v Curve) end() int {
	end := v.Steps[len(v.Steps)-1].Day
	for _, day := range v.Left {
		end = max(end, day)
	}
	return end
}

func percent(share float64) string { return number(100*share, 1) }

// Describe says where each curve ends.
func (c Steps) Describe() string {
	if c.empty() {
		return "There are no figures to draw."
	}
	text := "Curve in steps of " + c.Measure + ", in per cent."
	for _, v := range c.Curves {
		if len(v.Steps) == 0 {
			continue
		}
		first, last := v.Steps[0], v.Steps[len(v.Steps)-1]
		text += fmt.Sprintf(" %s: from %s%% to %s%% on day %d.", v.Name, percent(first.Share), percent(last.Share), v.end())
	}
	if c.Threshold != nil {
		text += " " + c.Threshold.text(0) + "."
	}
	return text
}

// Table gives every step.
func (c Steps) Table() Table {
	t := Table{Caption: c.Title, Header: []string{"Curve", "Day", c.Measure + ", %", "Low, %", "High, %", "Still counted"}, Numeric: []bool{false, true, true, true, true, true}}
	for _, v := range c.Curves {
		for _, s := range v.Steps {
			t.Rows = append(t.Rows, []string{v.Name, strconv.Itoa(s.Day), percent(s.Share), percent(s.Low), percent(s.High), strconv.Itoa(s.AtRisk)})
		}
	}
	return t
}

func (c Steps) draw(s *scene) {
	var entries []entry
	end, left := 0, false
	for i, v := range c.Curves {
		if len(v.Steps) > 0 {
			entries = append(entries, lineEntry(inks[i], v.Name))
			end, left = max(end, v.end()), left || len(v.Left) > 0
		}
	}
	if left {
		entries = append(entries, entry{func(s *scene, at point) { tick(s, point{at.x + 13, at.y}, black) }, "left before it happened"})
	}
	far := float64(end)
	if c.Threshold != nil {
		far = max(far, c.Threshold.At)
		entries = append(entries, lineEntry(thresholdInk, c.Threshold.text(0)))
	}
	s.key(entries...)
	g := s.ground(axis{top: far, name: c.Days}, axis{top: 100, name: c.Measure, sign: "%"})
	for i, v := range c.Curves {
		s.add(shape{path: v.band(g), closed: true, fill: inks[i].colour, thin: true})
	}
	if c.Threshold != nil {
		s.rule(thresholdInk, g.at(c.Threshold.At, 0), g.at(c.Threshold.At, 100))
	}
	for i, v := range c.Curves {
		v.draw(s, g, inks[i])
	}
}

func tick(s *scene, at point, colour string) {
	s.lineTo(ink{colour: colour}, 1.5, point{at.x, at.y - 5}, point{at.x, at.y + 5})
}

// path is a line of steps to the curve's end.
func (v Curve) path(g plot, of func(Step) float64) []point {
	var path []point
	for i, s := range v.Steps {
		until := v.end()
		if i+1 < len(v.Steps) {
			until = v.Steps[i+1].Day
		}
		path = append(path, g.at(float64(s.Day), 100*of(s)), g.at(float64(until), 100*of(s)))
	}
	return path
}

func (v Curve) band(g plot) []point {
	path := v.path(g, func(s Step) float64 { return s.High })
	low := v.path(g, func(s Step) float64 { return s.Low })
	for i := range low {
		path = append(path, low[len(low)-1-i])
	}
	return path
}

func (v Curve) draw(s *scene, g plot, with ink) {
	if len(v.Steps) == 0 {
		return
	}
	path := v.path(g, func(s Step) float64 { return s.Share })
	s.lineTo(with, 2.5, path...)
	s.mark(with.mark, path[len(path)-1], 4, with.colour, white)
	for _, day := range v.Left {
		tick(s, g.at(float64(day), 100*v.on(day)), with.colour)
	}
}

// on is the share on a day.
func (v Curve) on(day int) float64 {
	share := v.Steps[0].Share
	for _, s := range v.Steps {
		if s.Day > day {
			break
		}
		share = s.Share
	}
	return share
}
