package scorecard

import (
	"fmt"
	"math/rand/v2"

	"homeward/internal/date"
)

// dice throws journeys for tests: the same seed, the same children.
type dice struct{ *rand.Rand }

func seeded(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 20261121))} }

// after is a day up to so many days after another.
func (d dice) after(from date.Date, days int) date.Date { return from.AddDays(d.IntN(days)) }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// muddle is a child whose days may be missing and in any order, as in records
// nobody has checked.
func (d dice) muddle(agency string, i int) Journey {
	from := day("2018-04-01")
	any := func(percent int) date.Date {
		if !d.chance(percent) {
			return 0
		}
		return d.after(from, 3000)
	}
	j := Journey{Agency: agency, ID: fmt.Sprintf("%s-%d", agency, i), EnteredCare: any(95), FosterCarer: d.chance(25)}
	step := func(on date.Date, percent, days int) date.Date {
		if !on.Known() || d.chance(5) {
			return any(percent / 3)
		}
		if !d.chance(percent) {
			return 0
		}
		return on.AddDays(d.IntN(days) - days/20)
	}
	j.Decided = step(j.EnteredCare, 95, 500)
	j.Ordered = step(j.Decided, 90, 200)
	j.Matched = step(j.Ordered, 75, 500)
	j.Placed = step(j.Matched, 85, 90)
	j.Adopted = step(j.Placed, 80, 500)
	j.Fostered = step(j.EnteredCare, 50, 300)
	j.EarlyPlaced = step(j.EnteredCare, 20, 300)
	if !j.Adopted.Known() {
		j.Reversed, j.LeftCare = step(j.Decided, 20, 700), step(j.Decided, 15, 900)
	}
	// Rounds before the latest, each decided later than the one before; the
	// latest decision later than all.
	for on := any(20); on.Known() && len(j.Earlier) < 3; {
		round := Round{Decided: on, Reversed: d.after(on, 400), Why: "RD4"}
		j.Earlier = append(j.Earlier, round)
		on = round.Decided.AddDays(1 + d.IntN(500))
		if j.Decided.Known() && j.Decided <= round.Decided {
			j.Decided = on
		}
	}
	return j
}

func (d dice) muddles(agencies, each int) []Journey {
	var list []Journey
	for a := range agencies {
		for i := range each {
			list = append(list, d.muddle(fmt.Sprintf("L%02d", a), i))
		}
	}
	return list
}

// england is ten years of a country of 153 councils: 40,000 children adopted,
// some whose plan changed, those waiting, and the families, at about the pace of
// the published stage times (national averages to March 2025).
func (d dice) england() Input {
	in := Input{Leavers: map[string]map[int]int{}}
	first := day("2015-04-01")
	for i := range 60000 {
		agency := fmt.Sprintf("%03d", d.IntN(153))
		j := Journey{Agency: agency, ID: fmt.Sprint("c", i), EnteredCare: d.after(first, 3650), Sex: []string{"F", "M"}[d.IntN(2)],
			Ethnic: []string{"WBRI", "WBRI", "WBRI", "WBRI", "MWBC", "AIND", "BAFR", "OOTH", "REFU"}[d.IntN(9)], Disabled: d.chance(4), Health: d.chance(30), InsideArea: Side(d.IntN(3))}
		j.Born = j.EnteredCare.AddDays(-d.IntN(2500))
		j.Decided = j.EnteredCare.AddDays(100 + d.IntN(340))
		j.Ordered = j.Decided.AddDays(d.IntN(120))
		if d.chance(55) {
			j.Group = fmt.Sprint("g", i/2)
		}
		switch {
		case d.chance(12):
			j.Reversed, j.ReversedWhy = j.Ordered.AddDays(100+d.IntN(500)), "RD3"
		default:
			j.Matched = j.Ordered.AddDays(d.IntN(400))
			j.Placed = j.Matched.AddDays(10 + d.IntN(40))
			if j.FosterCarer = d.chance(12); j.FosterCarer {
				j.Fostered = d.after(j.EnteredCare, 120)
			}
			j.Adopted = j.Placed.AddDays(120 + d.IntN(300))
		}
		in.Journeys = append(in.Journeys, j.until(day("2025-03-31")))
	}
	for i := range 30000 {
		h := Household{Agency: fmt.Sprintf("%03d", d.IntN(153)), ID: fmt.Sprint("f", i), Registered: d.after(first, 3650), FastTrack: d.chance(10)}
		h.Approved = h.Registered.AddDays(100 + d.IntN(200))
		h.Matched = h.Approved.AddDays(d.IntN(400))
		in.Households = append(in.Households, h)
	}
	for a := range 153 {
		in.Leavers[fmt.Sprintf("%03d", a)] = map[int]int{}
		for y := range 13 {
			in.Leavers[fmt.Sprintf("%03d", a)][2013+y] = 100 + d.IntN(300)
		}
	}
	return in
}

// until forgets what has not happened by a day.
func (j Journey) until(last date.Date) Journey {
	for _, d := range []*date.Date{&j.EnteredCare, &j.Decided, &j.Ordered, &j.Matched, &j.Fostered, &j.Placed, &j.Adopted, &j.Reversed} {
		if *d > last {
			*d = 0
		}
	}
	return j
}
