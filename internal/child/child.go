// Package child holds the children whose plan is adoption: who they are, what
// they need, the contact planned for them, the places a family must not be
// near, where their plan stands, and what happened to them on which day.
//
// A child waits from the agency decision (SHOBPA) and the placement order until
// a family is found. Brothers and sisters of one agency who share a group
// reference and whose plan is "together" are one group, placed as one. A blank
// is "not known", never no. Basis: Adoption and Children Act 2002, Adoption
// Agencies Regulations 2005; codes follow the SSDA903 return where it has them.
package child

import (
	"cmp"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/work"
)

// Child is one child.
type Child struct {
	ID                string // Homeward's own reference; random
	Agency            string
	Ref               string // the agency's own reference
	Version           int64  // how often the record was written
	Worker            string // the worker who follows the child, if known
	GroupRef          string
	Plan              string
	GivenName         string
	FamilyName        string
	Born              date.Date
	Sex               string
	Ethnic            string
	Religion          string
	Languages         []string
	HomePostcode      string
	PlacementPostcode string
	EnteredCare       date.Date
	DecisionDate      date.Date // the agency decision that the child should be placed for adoption
	OrderDate         date.Date // the placement order
	Status            string
	Needs             []Need
	Contact           []Contact
	Zones             []Zone
	Milestones        []Milestone
}

// Need is one need of a child, and how much of it.
type Need struct {
	Code  string
	Level string // blank is not known
}

// Contact is one kind of contact planned after adoption.
type Contact struct {
	Kind       string
	TimesAYear sql.Null[float64]
}

// Zone is a place the child's family must not be near: who must not find the
// child is never shown to a family's side.
type Zone struct {
	Postcode    string
	RadiusMiles sql.Null[float64]
	Kind        string
	ReviewBy    date.Date // never lifts the zone
}

// Subject names the child for the audit record.
func (c Child) Subject() work.Subject {
	return work.Subject{Kind: access.Child, Agency: c.Agency, ID: c.ID}
}

// Name is what the child is called, or the agency's reference where nobody has
// written a name.
func (c Child) Name() string {
	if name := strings.TrimSpace(c.GivenName + " " + c.FamilyName); name != "" {
		return name
	}
	return c.Agency + "/" + c.Ref
}

// Problems says what is wrong with a child's record, field by field.
func (c Child) Problems(today date.Date) []fault.Problem {
	k := Checker{}
	k.Ref("child_ref", c.Ref)
	k.OneOf("plan", c.Plan, Plans)
	k.OneOf("sex", c.Sex, Sexes)
	k.OneOf("ethnic", c.Ethnic, Ethnicities)
	k.OneOf("status", c.Status, Statuses)
	k.Languages("languages", c.Languages)
	k.Postcode("home_postcode", c.HomePostcode)
	k.Postcode("placement_postcode", c.PlacementPostcode)
	for _, n := range c.Needs {
		k.Problems = append(k.Problems, n.Problems()...)
	}
	for _, p := range c.Contact {
		k.Problems = append(k.Problems, p.Problems()...)
	}
	for _, z := range c.Zones {
		k.Problems = append(k.Problems, z.Problems()...)
	}
	for _, m := range c.Milestones {
		k.Problems = append(k.Problems, CheckMilestone(m, today)...)
	}
	return append(k.Problems, c.MilestoneProblems()...)
}

// Problems says what is wrong with a need.
func (n Need) Problems() []fault.Problem {
	k := Checker{}
	k.Must("need", n.Code, Needs)
	k.OneOf("level", n.Level, Levels)
	return k.Problems
}

// Problems says what is wrong with a planned contact.
func (p Contact) Problems() []fault.Problem {
	k := Checker{}
	k.Must("kind", p.Kind, ContactKinds)
	k.Add(p.TimesAYear.Valid && !(p.TimesAYear.V >= 1), "times_a_year", "Write how many times a year, 1 or more, or leave it blank.")
	return k.Problems
}

// Problems says what is wrong with a zone.
func (z Zone) Problems() []fault.Problem {
	k := Checker{}
	k.Postcode("postcode", z.Postcode)
	k.OneOf("kind", z.Kind, ZoneKinds)
	k.Add(z.RadiusMiles.Valid && !(z.RadiusMiles.V >= 0), "radius_miles", "Write the radius in miles, 0 or more, or leave it blank.")
	return k.Problems
}

// Radius keeps a radius to three decimals, as it is stored and exchanged.
func Radius(miles float64) float64 {
	if miles > 1e12 { // so far a float64 has no three decimals, and the next line would leave its range
		return miles
	}
	return math.Round(miles*1000) / 1000
}

// Checker gathers the problems of a record. A family's record is checked in the
// same words as a child's.
type Checker struct{ Problems []fault.Problem }

// Add notes a problem where something is bad.
func (k *Checker) Add(bad bool, field, message string) {
	if bad {
		k.Problems = append(k.Problems, fault.Problem{Field: field, Message: message})
	}
}

// Ref checks an agency's own reference.
func (k *Checker) Ref(field, ref string) {
	k.Add(ref == "", field, "Give the agency's own reference.")
	k.Add(strings.Contains(ref, "/"), field, "Take the / out of the reference.")
}

// OneOf checks a code that may be blank.
func (k *Checker) OneOf(field, code string, set CodeSet) {
	if code != "" {
		k.Must(field, code, set)
	}
}

// Must checks a code that may not be blank.
func (k *Checker) Must(field, code string, set CodeSet) {
	if !set.Has(code) { // a message costs more than the check, and most codes are good
		k.Add(true, field, Refusal(code, set))
	}
}

// Languages checks a list of language codes.
func (k *Checker) Languages(field string, codes []string) {
	for _, code := range codes {
		if !IsLanguage(code) {
			k.Add(true, field, fmt.Sprintf("%q is not a two-letter ISO 639-1 language code such as pl or ur.", code))
		}
	}
}

// Postcode checks a postcode, sector or outward code that may be blank.
func (k *Checker) Postcode(field, text string) {
	if _, err := gazetteer.Parse(text); err != nil {
		k.Add(true, field, fmt.Sprintf("%q is not a postcode, a sector (NG3 4) or an outward code (NG3).", text))
	}
}

// Refusal is what to say of a code that is not of its set.
func Refusal(code string, set CodeSet) string {
	return fmt.Sprintf("%q is not one of: %s.", code, strings.Join(set.Codes(), " "))
}

// Group is the children to be placed together, by reference in byte order.
type Group []Child

// Groups makes the groups of some children: those of one agency who share a
// group reference that is not blank and whose plan is exactly "together"; any
// other child is a group of one. Groups come by agency, then by first child.
func Groups(children []Child) []Group {
	sorted := slices.Clone(children)
	slices.SortFunc(sorted, func(a, b Child) int {
		return cmp.Or(strings.Compare(a.Agency, b.Agency), strings.Compare(a.Ref, b.Ref))
	})
	var groups []Group
	at := map[[2]string]int{}
	for _, c := range sorted {
		key := [2]string{c.Agency, c.GroupRef}
		together := c.GroupRef != "" && c.Plan == "together"
		if i, ok := at[key]; ok && together {
			groups[i] = append(groups[i], c)
			continue
		}
		if together {
			at[key] = len(groups)
		}
		groups = append(groups, Group{c})
	}
	return groups
}

// IDs are Homeward's references of the children.
func (g Group) IDs() []string {
	ids := make([]string, len(g))
	for i, c := range g {
		ids[i] = c.ID
	}
	return ids
}

// Waits tells whether every child of the group is waiting.
func (g Group) Waits() bool {
	return !slices.ContainsFunc(g, func(c Child) bool { return c.Status != "waiting" })
}

// Ordered is the earliest placement order of the group, if there is one.
func (g Group) Ordered() date.Date {
	return earliest(g, func(c Child) date.Date { return c.OrderDate })
}

// Decided is the earliest agency decision of the group, if there is one.
func (g Group) Decided() date.Date {
	return earliest(g, func(c Child) date.Date { return c.DecisionDate })
}

func earliest(g Group, of func(Child) date.Date) date.Date {
	var first date.Date
	for _, c := range g {
		if d := of(c); d.Known() && (!first.Known() || d < first) {
			first = d
		}
	}
	return first
}
