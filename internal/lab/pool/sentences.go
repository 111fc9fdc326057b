package pool

import (
	"fmt"
	"math"
	"strings"
)

// sentences say what a row shows and no more: a change whose interval holds
// nothing is said to be no difference that the run can tell from chance, and one
// whose whole interval is too small to matter is not called a gain.
func (r *Row) sentences() []string {
	list := r.InAll()
	if s := r.whoGains(); s != "" {
		list = append(list, s)
	}
	return append(list, Promise)
}

// Promise is said wherever a change is.
const Promise = "These are changes in an invented England built on the figures and assumptions listed with it; " +
	"they are no promise of adoptions and say nothing about any child."

// InAll are the sentences of a row that are of all children, whatever their kind.
func (r *Row) InAll() []string {
	return []string{
		change("Children of these councils placed within two years of their order", r.MorePlaced, "a year", 1),
		change("Children of these councils placed within one year of it", r.MoreInYear, "a year", 1),
		change("Children of the other councils placed within two years", r.ElsewhereMore, "a year", 1),
	}
}

// change puts an interval into words.
func change(what string, i Interval, per string, decimals int) string {
	if !i.Tells() {
		if math.IsInf(i.Low, 0) || math.IsInf(i.High, 0) {
			return what + ": too few replications to tell."
		}
		return fmt.Sprintf("%s: no difference that this run can tell from chance (from %s to %s %s).",
			what, signed(i.Low, decimals), signed(i.High, decimals), per)
	}
	word := "more"
	low, high := i.Low, i.High
	if i.Mean < 0 {
		word, low, high = "fewer", -i.High, -i.Low
	}
	if fmt.Sprintf("%.*f", decimals, low) == fmt.Sprintf("%.*f", decimals, 0.0) {
		return fmt.Sprintf("%s: hardly a difference (at most %.*f %s %s).", what, decimals, high, word, per)
	}
	return fmt.Sprintf("%s: %.*f to %.*f %s %s.", what, decimals, low, decimals, high, word, per)
}

func signed(f float64, decimals int) string {
	switch text := fmt.Sprintf("%.*f", decimals, math.Abs(f)); {
	case text == fmt.Sprintf("%.*f", decimals, 0.0):
		return "0"
	case f < 0:
		return text + " fewer"
	default:
		return text + " more"
	}
}

// whoGains names the kinds of children of the councils that decide, and those
// councils themselves, whose share placed surely changes by half a child in 100 or more.
func (r *Row) whoGains() string {
	var more, fewer []string
	for _, k := range r.Kinds {
		text := fmt.Sprintf("%s (%.1f to %.1f in 100)", k.Name, min(math.Abs(k.Change.Low), math.Abs(k.Change.High)), max(math.Abs(k.Change.Low), math.Abs(k.Change.High)))
		switch {
		case k.Change.Low >= 0.5:
			more = append(more, text)
		case k.Change.High <= -0.5:
			fewer = append(fewer, text)
		}
	}
	var says []string
	if more != nil {
		says = append(says, "More of these children of these councils are placed: "+strings.Join(more, ", ")+".")
	}
	if fewer != nil {
		says = append(says, "Fewer of these: "+strings.Join(fewer, ", ")+".")
	}
	return strings.Join(says, " ")
}
