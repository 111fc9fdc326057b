package match

import (
	"math/bits"
	"slices"
)

// exclusionCodes are the codes of the exclusions in the order of their bits,
// which is the order they are listed in (docs/matching.md, 1).
var exclusionCodes = [...]string{"status", "capacity", "zone", "conflict", "reserved"}

// Code is the code of one exclusion; of a set, that of its first.
func (e Exclusion) Code() string {
	if i := bits.TrailingZeros8(uint8(e)); i < len(exclusionCodes) {
		return exclusionCodes[i]
	}
	return ""
}

// Codes are the codes of a set of exclusions, in the order they are listed in.
func (e Exclusion) Codes() []string {
	codes := make([]string, 0, len(exclusionCodes))
	for ; e != 0; e &= e - 1 {
		codes = append(codes, e.Code())
	}
	return codes
}

// ExclusionOf reads the code of an exclusion.
func ExclusionOf(code string) (Exclusion, bool) {
	i := slices.Index(exclusionCodes[:], code)
	if i < 0 {
		return 0, false
	}
	return 1 << i, true
}

// Code is the outcome as the exchange folder and the JSON write it.
func (o Outcome) Code() string {
	return [...]string{"suitable", "stretch", "ruled_out"}[o]
}

// The outcomes of a criterion.
const (
	Met       = "met"
	Partly    = "partly"
	NotMet    = "not_met"
	NotKnown  = "unknown"
	full      = 10 // the whole value of a criterion, in tenths
	undecided = -1 // in place of a value: nobody knows
)

// outcomeOf names the outcome of a value in tenths.
func outcomeOf(value int) string {
	switch {
	case value == undecided:
		return NotKnown
	case value >= full:
		return Met
	case value > 0:
		return Partly
	}
	return NotMet
}
