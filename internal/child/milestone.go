package child

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"homeward/internal/date"
	"homeward/internal/fault"
)

// Milestone is something that happened on a day to a child, or to a family, and
// where that fact comes from. The scorecard and the returns are counted from
// them. A history may have gaps.
type Milestone struct {
	What   string
	Day    date.Date
	Detail string // a code of the kind; blank is not known
	Source string // "SSDA903 2025/26 Episodes row 12": never anybody's name
}

// ByWorker is the source of what a worker wrote on a page.
const ByWorker = "Entered by a worker"

// longestSource is in characters.
const longestSource = 200

// Milestones are what can happen to a child. Entry into care, the agency decision
// that stands and the placement order are columns of the record.
var Milestones = CodeSet{
	// The agency decision that the child should be placed for adoption, where
	// another has taken its place since (SI 2005/389 regulation 19; SSDA903
	// DATE_PLACED).
	{"decided", "Decision that the child should be placed for adoption"},
	// SSDA903 DATE_PLACED_CEASED.
	{"reversed", "Decision that the child should no longer be placed for adoption"},
	// The agency decision that a family is right for the child (SI 2005/389
	// regulation 33; SSDA903 DATE_MATCH).
	{"matched", "Decision to match with a family"},
	// The scorecard stops the clock here for a child whose foster carers adopt.
	{"fostered", "Moved in as a foster child with those who then adopt"},
	// Children Act 1989 section 22C(9A) and (9B); SSDA903 PLACE U2 and U5.
	{"early_placed", "Moved in for early permanence: fostering for adoption or concurrent planning"},
	// Adoption and Children Act 2002 sections 18 to 21: the first day of SSDA903
	// PLACE A3 to A6.
	{"placed", "Placed for adoption"},
	{"disrupted", "Placement for adoption ended without an order"},
	// Adoption and Children Act 2002 section 46; SSDA903 REC E11 and E12.
	{"adopted", "Adoption order made"},
	// SSDA903 REC.
	{"left_care", "Left care, not by adoption"},
	{"returned", "Came back into care"},
}

// milestoneDetails are the codes that say more of a milestone, as the SSDA903
// return has them (collection years 2018/19 to 2026/27).
var milestoneDetails = map[string]CodeSet{
	"reversed": {
		{"RD1", "the child’s needs changed"}, {"RD2", "the court made no placement order"},
		{"RD3", "no adopters could be found"}, {"RD4", "another reason"},
	},
	"early_placed": {{"U2", "with a relative or friend"}, {"U5", "with other carers"}},
	"placed": {
		{"A3", "with consent, with their foster carers"}, {"A4", "with consent, with a new family"},
		{"A5", "under a placement order, with their foster carers"}, {"A6", "under a placement order, with a new family"},
	},
	"adopted": {{"E11", "unopposed"}, {"E12", "consent dispensed with"}},
	"left_care": {
		{"E2", "died"}, {"E3", "another council took over"}, {"E4A", "went home to parents, as planned"}, {"E4B", "went home to parents, not planned"},
		{"E13", "to relatives or others without parental responsibility"}, {"E41", "residence or child arrangements order"},
		{"E45", "special guardianship, foster carer who is a relative or friend"}, {"E46", "special guardianship, other foster carer"},
		{"E47", "special guardianship, another relative or friend"}, {"E48", "special guardianship, somebody else"},
		{"E5", "living by themselves with support"}, {"E6", "living by themselves without support"}, {"E7", "adult social care"}, {"E8", "another reason"},
		{"E9", "custody"}, {"E14", "remand ended"}, {"E15", "found to be 18 or over"}, {"E16", "moved abroad"}, {"E17", "18, stayed with their carers"},
	},
}

// MilestoneDetails are the codes that say more of a kind of milestone, if there
// are any.
func MilestoneDetails(what string) CodeSet { return milestoneDetails[what] }

// Words says a milestone of a set of kinds: "Adoption order made: unopposed".
func (m Milestone) Words(kinds, details CodeSet) string {
	words := kinds.Label(m.What)
	if m.Detail != "" {
		words += ": " + details.Label(m.Detail)
	}
	return words
}

// MilestoneWords says a child's milestone.
func MilestoneWords(m Milestone) string { return m.Words(Milestones, MilestoneDetails(m.What)) }

// CheckMilestone says what is wrong with a child's milestone by itself.
func CheckMilestone(m Milestone, today date.Date) []fault.Problem {
	k := Checker{}
	k.Milestone(m, Milestones, MilestoneDetails(m.What), today)
	return k.Problems
}

// Milestone checks what is true of every milestone, a child's or a family's.
func (k *Checker) Milestone(m Milestone, kinds, details CodeSet, today date.Date) {
	k.Must("what", m.What, kinds)
	k.Add(!m.Day.Known(), "day", "Give the day on which it happened.")
	k.Add(m.Day > today, "day", "This day is to come: write the day on which it happened.")
	if details == nil {
		k.Add(m.Detail != "" && kinds.Has(m.What), "detail", "Leave this blank: there is no more to say of "+m.What+".")
	} else {
		k.OneOf("detail", m.Detail, details)
	}
	k.Add(utf8.RuneCountInString(m.Source) > longestSource, "source", fmt.Sprintf("Shorten this to %d characters.", longestSource))
}

// Clash says why a milestone cannot be one of a child's beside those they have,
// and what to mend; nothing where it can.
func (c Child) Clash(m Milestone) string {
	undone := func(a, b string) bool {
		return m.What == a && slices.ContainsFunc(c.Milestones, func(o Milestone) bool { return o.What == b && o.Day == m.Day })
	}
	switch {
	case c.Born.Known() && m.Day.Known() && m.Day < c.Born:
		return fmt.Sprintf("“%s” is dated %s, before the child was born. Correct this day or the day of birth.", MilestoneWords(m), m.Day.Long())
	case undone("reversed", "adopted") || undone("adopted", "reversed"):
		return fmt.Sprintf("The child cannot be adopted and no longer be for adoption on one day, %s. Correct one of them.", m.Day.Long())
	case Twice(c.Milestones, m):
		return fmt.Sprintf("“%s” is there twice for %s. Take one of them out.", MilestoneWords(m), m.Day.Long())
	}
	return ""
}

// Twice tells whether a list has a milestone of the same kind and day.
func Twice(list []Milestone, m Milestone) bool {
	return slices.ContainsFunc(list, func(o Milestone) bool { return o.What == m.What && o.Day == m.Day })
}

// MilestoneProblems says which of a child's milestones cannot be together.
func (c Child) MilestoneProblems() (found []fault.Problem) {
	all := c.Milestones
	for i, m := range all {
		c.Milestones = all[:i]
		if message := c.Clash(m); message != "" {
			found = append(found, fault.Problem{Field: "day", Message: message})
		}
	}
	return found
}

// milestoneOrder is what comes before what. A decision may have been made again
// since, so these raise doubts and refuse nothing.
var milestoneOrder = [][2]string{
	{"decided", "matched"}, {"decided", "reversed"}, {"matched", "placed"}, {"placed", "disrupted"}, {"placed", "adopted"}, {"left_care", "returned"},
}

// MilestoneDoubts says which of a child's milestones are in an order that is
// probably a mistake.
func (c Child) MilestoneDoubts() []string {
	list := c.Milestones
	if c.DecisionDate.Known() {
		list = append(slices.Clone(list), Milestone{What: "decided", Day: c.DecisionDate})
	}
	return Doubts(list, Milestones, milestoneOrder)
}

// Doubts says where the first of one kind comes after the first of the next.
func Doubts(list []Milestone, kinds CodeSet, order [][2]string) (doubts []string) {
	first := map[string]date.Date{}
	for _, m := range list {
		if at, ok := first[m.What]; !ok || m.Day < at {
			first[m.What] = m.Day
		}
	}
	for _, o := range order {
		before, after := first[o[0]], first[o[1]]
		if before.Known() && after.Known() && after < before {
			doubts = append(doubts, fmt.Sprintf("“%s” (%s) comes before “%s” (%s).", kinds.Label(o[1]), after.Long(), kinds.Label(o[0]), before.Long()))
		}
	}
	return doubts
}

// InOrder puts milestones into the order they happened in.
func InOrder(list []Milestone) []Milestone {
	return Order(list, func(m Milestone) string { return m.Day.String() + " " + m.What })
}
