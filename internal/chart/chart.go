// Package chart draws figures. A chart is data; one geometry of it is written
// out as SVG for a page and as PNG for a document, and its Table holds the same
// figures for whoever cannot see it, or wants to count for themselves.
//
// Nothing is told by colour alone (WCAG 2.2, 1.4.1): series differ in shape, dash
// and lightness, and in words. Every axis that measures begins at nought, but for Ranges'. A
// figure that is withheld is drawn nowhere and moves no axis: a Value that says
// why there is none holds no number.
//
// The kinds are Bars, Funnel, Ranges, Steps, Strip and Trend. The funnel and its limits
// follow Spiegelhalter, "Funnel plots for comparing institutional performance"
// (Statistics in Medicine, 2005); what the limits are is for the room that counts.
package chart

import (
	"fmt"
	"math"
	"strconv"
)

// Chart is one of the kinds of this package.
type Chart interface {
	Name() string     // its title
	Describe() string // what it shows, for those who do not see it
	Table() Table     // its figures
	check() error
	empty() bool // whether it has no figure to draw
	draw(*scene)
}

// Table is rows of text under headings. Numeric tells which columns hold
// numbers, from the left; the first column names the row.
type Table struct {
	Caption string
	Header  []string
	Rows    [][]string
	Numeric []bool
}

// Value is a figure, or the words that stand in its place. The zero Value is not
// known.
type Value struct {
	number  float64
	known   bool
	instead string
}

// Of is a figure.
func Of(number float64) Value { return Value{number: number, known: true} }

// Instead is no figure but why there is none: "fewer than 6", "no children".
func Instead(words string) Value { return Value{instead: words} }

func (v Value) text(decimals int) string {
	switch {
	case v.known:
		return number(v.number, decimals)
	case v.instead == "":
		return "not known"
	}
	return v.instead
}

// Series is a row of values, one for every group or period.
type Series struct {
	Name   string
	Values []Value
}

// Threshold is a line that figures are held against.
type Threshold struct {
	Name string
	At   float64
}

func number(n float64, decimals int) string { return strconv.FormatFloat(n, 'f', decimals, 64) }

// The most that a chart is drawn of: beyond it nobody could read one.
const (
	mostSeries   = 4
	mostGroups   = 1000
	mostDots     = 5000
	mostNumber   = 1e12
	mostDecimals = 6
)

// checked gathers what is wrong with a chart; the first is enough.
type checked struct {
	name string
	err  error
}

func check(name string, decimals int) *checked {
	c := &checked{name: name}
	c.that(name != "", "it has no title")
	c.that(decimals >= 0 && decimals <= mostDecimals, "%d decimals cannot be shown", decimals)
	return c
}

func (c *checked) that(right bool, wrong string, about ...any) {
	if !right && c.err == nil {
		c.err = fmt.Errorf("chart %q: "+wrong, append([]any{c.name}, about...)...)
	}
}

func (c *checked) numbers(numbers ...float64) {
	for _, n := range numbers {
		c.that(!math.IsNaN(n) && n >= 0 && n <= mostNumber, "%v is not a number from 0 to %g", n, mostNumber)
	}
}

func (c *checked) upTo(most, have int, what string) {
	c.that(have <= most, "%d %s are more than the %d that can be drawn: divide it", have, what, most)
}

// series holds every series to its values, one for each place.
func (c *checked) series(places int, all ...Series) {
	for _, s := range all {
		c.that(len(s.Values) == places, "series %q has %d values for %d places", s.Name, len(s.Values), places)
		for _, v := range s.Values {
			c.numbers(v.number)
		}
	}
}

func (c *checked) threshold(t *Threshold) {
	if t != nil {
		c.numbers(t.At)
	}
}

func (t *Threshold) text(decimals int) string { return t.Name + ": " + number(t.At, decimals) }

// known calls fn for every figure of some series.
func known(all []Series, fn func(s, place int, n float64)) {
	for i, s := range all {
		for j, v := range s.Values {
			if v.known {
				fn(i, j, v.number)
			}
		}
	}
}

// highest gives the highest figure of some series, and whether there is any.
func highest(all ...Series) (top float64, any bool) {
	known(all, func(_, _ int, n float64) { top, any = max(top, n), true })
	return top, any
}

// plural counts things.
func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}
