// Package adopter holds the families: a household that has asked to adopt, from
// first enquiry to approval and after, and what it has said it can offer.
//
// A family is an enquiry, registered, in stage one, in stage two, approved, then
// linked, matched, placed and adopted, or on hold or closed (Adoption Agencies
// Regulations 2005, Part 4). What it has not been asked is not known, never no.
// The number of adopters is kept because returns ask for it; nothing orders or
// excludes by it.
package adopter

import (
	"database/sql"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Family is one household.
type Family struct {
	ID             string // Homeward's own reference; random
	Agency         string
	Ref            string // the agency's own reference
	Version        int64
	Worker         string // the worker who answers for the family, if known
	Adopters       sql.Null[int]
	ApprovedOn     date.Date
	Status         string
	MaxChildren    sql.Null[int]
	AgeMin, AgeMax sql.Null[int] // completed years
	Sex            string        // of the children they could take: M, F or any
	Languages      []string
	ChildrenAtHome sql.Null[int]
	Training       string // therapeutic parenting training: yes or no
	ReservedUntil  date.Date
	Offers         []Offer
	Household      []date.Date // birth dates of the children at home
	Places         []Place
	Milestones     []Milestone
}

// Offer is a family's answer about one need or one kind of contact.
type Offer struct {
	Code       string
	Answer     string
	AnsweredOn date.Date
}

// Place is somewhere the family is to be found.
type Place struct{ Kind, Postcode string }

// The code sets of families.
var (
	// Statuses are the steps of the pathway.
	Statuses = child.CodeSet{
		{Code: "enquiry", Label: "Enquiry"}, {Code: "registered", Label: "Registered"},
		{Code: "stage_one", Label: "Stage one"}, {Code: "stage_two", Label: "Stage two"},
		{Code: "approved", Label: "Approved"}, {Code: "on_hold", Label: "On hold"},
		{Code: "linked", Label: "Linked"}, {Code: "matched", Label: "Matched"},
		{Code: "placed", Label: "Placed"}, {Code: "adopted", Label: "Adopted"}, {Code: "closed", Label: "Closed"},
	}
	// Sexes are of the children a family could take.
	Sexes = child.CodeSet{{Code: "any", Label: "Any"}, {Code: "F", Label: "Girls only"}, {Code: "M", Label: "Boys only"}}
	// Answers are what a family can say about a need or a kind of contact.
	Answers = child.CodeSet{{Code: "yes", Label: "Yes"}, {Code: "support", Label: "Yes, with support"}, {Code: "no", Label: "No"}}
	// YesNo answers the question about training.
	YesNo = child.CodeSet{{Code: "yes", Label: "Yes"}, {Code: "no", Label: "No"}}
	// PlaceKinds are where a family is to be found.
	PlaceKinds = child.CodeSet{
		{Code: "home", Label: "Home"}, {Code: "school", Label: "School or nursery"},
		{Code: "work", Label: "Work"}, {Code: "relative", Label: "A relative's home"},
	}
)

// OfferCodes are what a family may be asked: every need and every kind of
// contact.
func OfferCodes() child.CodeSet {
	return append(append(child.CodeSet{}, child.Needs...), child.ContactKinds...)
}

// Subject names the family for the audit record.
func (f Family) Subject() work.Subject {
	return work.Subject{Kind: access.Family, Agency: f.Agency, ID: f.ID}
}

// Name is how a family is spoken of: by its agency's own reference.
func (f Family) Name() string { return f.Agency + "/" + f.Ref }

// Answer is what the family has said about a need or a kind of contact; blank
// is not known.
func (f Family) Answer(code string) string {
	for _, o := range f.Offers {
		if o.Code == code {
			return o.Answer
		}
	}
	return ""
}

// Problems says what is wrong with a family's record, field by field.
func (f Family) Problems(today date.Date) []fault.Problem {
	k := child.Checker{}
	k.Ref("family_ref", f.Ref)
	k.Add(f.Adopters.Valid && f.Adopters.V != 1 && f.Adopters.V != 2, "adopters", "Write 1 or 2, or leave it blank.")
	k.OneOf("status", f.Status, Statuses)
	k.OneOf("sex", f.Sex, Sexes)
	k.OneOf("training", f.Training, YesNo)
	k.Languages("languages", f.Languages)
	k.Add(negative(f.MaxChildren), "max_children", "Write how many children, 0 or more, or leave it blank.")
	k.Add(negative(f.ChildrenAtHome), "children_at_home", "Write how many children, 0 or more, or leave it blank.")
	k.Add(negative(f.AgeMin), "age_min", "Write an age in years, 0 or more, or leave it blank.")
	k.Add(negative(f.AgeMax), "age_max", "Write an age in years, 0 or more, or leave it blank.")
	k.Add(f.AgeMin.Valid && f.AgeMax.Valid && f.AgeMin.V > f.AgeMax.V, "age_min", "Write an age_min that is not above age_max.")
	for _, o := range f.Offers {
		k.Problems = append(k.Problems, o.Problems()...)
	}
	for _, born := range f.Household {
		k.Problems = append(k.Problems, HouseholdProblems(born, today)...)
	}
	homes := 0
	for _, p := range f.Places {
		k.Problems = append(k.Problems, p.Problems()...)
		if p.Kind == "home" {
			homes++
		}
	}
	k.Add(homes > 1, "kind", "A family has one home: give the others another kind.")
	for _, m := range f.Milestones {
		k.Problems = append(k.Problems, CheckMilestone(m, today)...)
	}
	return append(k.Problems, f.MilestoneProblems()...)
}

func negative(n sql.Null[int]) bool { return n.Valid && n.V < 0 }

// Problems says what is wrong with an answer.
func (o Offer) Problems() []fault.Problem {
	k := child.Checker{}
	k.Must("code", o.Code, OfferCodes())
	k.OneOf("answer", o.Answer, Answers)
	return k.Problems
}

// HouseholdProblems says what is wrong with the birth date of a child at home.
func HouseholdProblems(born, today date.Date) []fault.Problem {
	k := child.Checker{}
	k.Add(born > today, "born", "Write a birth date that is not to come: a child at home has been born.")
	return k.Problems
}

// Problems says what is wrong with a place.
func (p Place) Problems() []fault.Problem {
	k := child.Checker{}
	k.Must("kind", p.Kind, PlaceKinds)
	k.Postcode("postcode", p.Postcode)
	return k.Problems
}
