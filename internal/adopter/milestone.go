package adopter

import (
	"fmt"
	"slices"

	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
)

// Milestone is something that happened on a day to a family.
type Milestone = child.Milestone

// Milestones are what can happen to a family: the steps of the two-stage process
// (SI 2005/389 Part 4, since 2013) and what comes after. They are the days that
// list 11 of Ofsted's Annex A and the quarterly collection ask for; the approval
// that stands is a column of the record.
var Milestones = child.CodeSet{
	{Code: "enquired", Label: "Enquired"},
	{Code: "registered", Label: "Registered their interest"},
	{Code: "fast_track", Label: "Registered their interest, on the fast track"},
	{Code: "stage_one", Label: "Stage one began"},
	{Code: "stage_one_ended", Label: "Stage one ended"},
	{Code: "stage_two", Label: "Stage two began"},
	{Code: "applied", Label: "Stage two ended and the application was sent in"},
	{Code: "approved", Label: "Approved to adopt"},
	{Code: "not_approved", Label: "Decision not to approve"},
	{Code: "matched", Label: "Matched with a child"},
	{Code: "placed", Label: "Child placed with them"},
	{Code: "adopted", Label: "Adoption order made"},
	{Code: "left", Label: "Left the process"},
}

// leftWhy is why a family left, in the letters of Annex A list 11.
var leftWhy = child.CodeSet{{Code: "a", Label: "they withdrew"}, {Code: "b", Label: "on hold"}, {Code: "c", Label: "refused"}}

// MilestoneDetails are the codes that say more of a kind of milestone, if there
// are any.
func MilestoneDetails(what string) child.CodeSet {
	if what == "left" {
		return leftWhy
	}
	return nil
}

// MilestoneWords says a family's milestone: "Left the process: they withdrew".
func MilestoneWords(m Milestone) string { return m.Words(Milestones, MilestoneDetails(m.What)) }

// CheckMilestone says what is wrong with a family's milestone by itself.
func CheckMilestone(m Milestone, today date.Date) []fault.Problem {
	k := child.Checker{}
	k.Milestone(m, Milestones, MilestoneDetails(m.What), today)
	return k.Problems
}

// Clash says why a milestone cannot be one of a family's beside those they have,
// and what to mend; nothing where it can.
func (f Family) Clash(m Milestone) string {
	if child.Twice(f.Milestones, m) {
		return fmt.Sprintf("“%s” is there twice for %s. Take one of them out.", MilestoneWords(m), m.Day.Long())
	}
	return ""
}

// MilestoneProblems says which of a family's milestones cannot be together.
func (f Family) MilestoneProblems() (found []fault.Problem) {
	all := f.Milestones
	for i, m := range all {
		f.Milestones = all[:i]
		if message := f.Clash(m); message != "" {
			found = append(found, fault.Problem{Field: "day", Message: message})
		}
	}
	return found
}

// milestoneOrder is what comes before what. A family may come twice, so these
// raise doubts and refuse nothing.
var milestoneOrder = [][2]string{
	{"enquired", "registered"}, {"registered", "stage_one"}, {"stage_one", "stage_one_ended"}, {"stage_one_ended", "stage_two"},
	{"stage_two", "applied"}, {"applied", "approved"}, {"approved", "matched"}, {"matched", "placed"}, {"placed", "adopted"},
}

// MilestoneDoubts says which of a family's milestones are in an order that is
// probably a mistake.
func (f Family) MilestoneDoubts() []string {
	list := f.Milestones
	if f.ApprovedOn.Known() {
		list = append(slices.Clone(list), Milestone{What: "approved", Day: f.ApprovedOn})
	}
	return child.Doubts(list, Milestones, milestoneOrder)
}
