package plan

import (
	"fmt"
	"strings"

	"homeward/internal/date"
	"homeward/internal/fault"
)

// Base is what a link weighs beside its fit. The fit is at most as much, so that
// two links are never worth less than one.
const Base = 1000

// Priority is how far a plan favours the children who wait longest and have the
// fewest families, from 0 to 1, in millionths: a published number, so that
// everybody can see what it is and what it costs.
type Priority int32

// mostPriority is 1.
const mostPriority Priority = 1_000_000

const placesOfPriority = 6

// ParsePriority reads a priority such as 0.25.
func ParsePriority(text string) (Priority, error) {
	whole, part, _ := strings.Cut(text, ".")
	wrong := fault.New(fault.Invalid, fmt.Sprintf("%q is not a priority: give a number from 0 to 1 with at most six decimals, such as 0.25.", text))
	if whole != "0" && whole != "1" || len(part) > placesOfPriority || strings.HasSuffix(text, ".") {
		return 0, wrong
	}
	p := Priority(0)
	for _, digit := range whole + part + strings.Repeat("0", placesOfPriority-len(part)) {
		if digit < '0' || digit > '9' {
			return 0, wrong
		}
		p = p*10 + Priority(digit-'0')
	}
	if p > mostPriority {
		return 0, wrong
	}
	return p, nil
}

// String is the priority as ParsePriority reads it.
func (p Priority) String() string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%06d", p/mostPriority, p%mostPriority), "0"), ".")
}

// The numbers of docs/matching.md on the plan: half of the most a priority can
// add is for scarcity, of which so many candidates leave nothing, and half for
// the wait, of which so many days are all.
const (
	half           = 500
	plenty         = 20
	longest        = 730
	waitDivisor    = longest / 10 // half/longest is 50/73
	waitNumerator  = half / 10
	scarcityOfEach = half / plenty
)

// Bonus is what a priority adds to each link of a group with so many candidates
// that has waited so many days: round(p * (500*scarcity + 500*wait)), halves up,
// in whole numbers throughout.
func (p Priority) Bonus(candidates, waited int) int64 {
	scarcity := int64(half - scarcityOfEach*min(candidates, plenty))
	wait := int64(min(max(waited, 0), longest))
	sum := scarcity*waitDivisor + wait*waitNumerator // in 73rds
	one := int64(mostPriority) * waitDivisor
	return (2*int64(p)*sum + one) / (2 * one)
}

// waited is the days since a placement order; none without one, and below 0, which
// counts as none, where it is still to come.
func waited(ordered, asOf date.Date) int {
	if !ordered.Known() {
		return 0
	}
	return asOf.DaysSince(ordered)
}
