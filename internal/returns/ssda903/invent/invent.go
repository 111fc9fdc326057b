// Package invent makes up SSDA903 returns: those of a council and a collection
// year, with the year before, whole and consistent, of children who never were.
//
// Councils' returns cannot be had for tests, and must not be. A return made here
// breaks none of the collection's rules; Plant then spoils single rows so that a
// known rule must name a known row. The conditions are those the rules follow,
// worked out from their wording, not by running them: what is checked by this is
// the checks.
//
// Everything follows from the seed. Each child lives a life of two years, and a
// year's return is what had been seen of it by 31 March.
package invent

import (
	"fmt"
	"math/rand/v2"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// Options say what return is wanted.
type Options struct {
	Seed     uint64
	Children int // in this year's Header
	Year     int // the year the collection ends in, 2023 to 2027
	Episodes int // about how many for each child this year; 0 is 2
}

// Return makes a council's return of a year and of the year before.
func Return(o Options) (now, last *ssda903.Return) {
	if o.Episodes == 0 {
		o.Episodes = 2
	}
	this, before := newView(o.Year), newView(o.Year-1)
	for n := range o.Children {
		c := o.child(n, kindOf(n))
		this.add(c)
		before.add(c)
		if n%8 == 0 { // who left last year stands in last year's return alone
			before.add(o.child(o.Children+n, gone))
		}
	}
	return this.draft.Return(), before.draft.Return()
}

// dice are one child's, so that no child changes another.
type dice struct{ *rand.Rand }

func newDice(seed uint64, n int) dice {
	return dice{rand.New(rand.NewPCG(seed*0x9e3779b97f4a7c15+1, uint64(n)*0xbf58476d1ce4e5b9+1))}
}

func pick[T any](d dice, list ...T) T { return list[d.IntN(len(list))] }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// between is a day of a span, both ends with it.
func (d dice) between(from, to date.Date) date.Date {
	if to <= from {
		return from
	}
	return from + date.Date(d.IntN(int(to-from)+1))
}

// kind is the course a child's life takes.
type kind int

const (
	steady kind = iota
	newcomer
	leaver
	returned
	adopted
	alone // an unaccompanied asylum-seeking child
	respite
	longRespite
	careLeaver
	gone
)

// kinds are how many of a hundred children go which way.
var kinds = []struct {
	kind kind
	of   int
}{{steady, 52}, {newcomer, 13}, {leaver, 9}, {returned, 3}, {adopted, 9}, {alone, 4}, {respite, 3}, {longRespite, 2}, {careLeaver, 5}}

// kindOf spreads the kinds evenly, so that a small return has all of them.
func kindOf(n int) kind {
	at := n * 37 % 100
	for _, k := range kinds {
		if at -= k.of; at < 0 {
			return k.kind
		}
	}
	return steady
}

// child lives a life.
func (o Options) child(n int, k kind) *child {
	d := newDice(o.Seed, n)
	l := &life{
		dice: d, year: o.Year, kind: k,
		before: date.MustOf(o.Year-2, 4, 1), begun: date.MustOf(o.Year-1, 4, 1), end: date.MustOf(o.Year, 3, 31),
		gap: max(1, 366/o.Episodes),
		child: &child{
			id: fmt.Sprintf("HW%06d", n+1), number: uint64(n), sex: pick(d, "F", "M"), cin: fmt.Sprintf("N%d", 1+d.IntN(7)),
			ethnic: pick(d, ethnicities...), home: homes.post(d.IntN(units)),
		},
	}
	l.live()
	l.detail()
	return l.child
}

var ethnicities = []string{"WBRI", "WBRI", "WBRI", "WBRI", "WBRI", "WBRI", "WIRI", "WOTH", "WIRT", "WROM", "MWBC", "MWBA", "MWAS", "MOTH", "AIND", "APKN", "ABAN",
	"AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH", "REFU", "NOBT"}
