package web

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familyPage is one family's record as the page shows it.
type familyPage struct {
	Record     record
	Heading    string
	Emergency  inEmergency
	MayChange  bool
	Facts      govuk.SummaryList
	Offers     govuk.SummaryList
	Path       string
	Answered   string // over which days they were given
	Drifts     []driftRow
	Children   familyChildren
	Asks       familyAsks
	Places     *familyPlacesPart
	Milestones *milestonesPart // nil for whoever may not see them
	History    []event
}

// family shows one family: what they have said, the children they could be for,
// and what was asked and answered.
func family(v *visit) error {
	var f adopter.Family
	var p familyPage
	err := v.withSearch("family", v.early(), func(u *work.Unit, b *link.Board) (err error) {
		if f, err = adopter.Find(u, b.Book, v.r.PathValue("id")); err != nil {
			return err
		}
		p.Emergency = v.emergency(f.Thing(b.Book, access.Family))
		return p.fill(v, u, b, f)
	})
	if err != nil {
		return v.closed(access.Family, err)
	}
	return v.show("family", page{Title: p.Heading, Wide: true, Back: "/families"}, p)
}

// early tells whether the page was asked for with early search: families in
// stage two then count as approved ones do.
func (v *visit) early() bool { return v.r.FormValue("early") == "1" }

func (p *familyPage) fill(v *visit, u *work.Unit, b *link.Board, f adopter.Family) error {
	asks, err := link.Asks(u.Tx, link.AskQuery{Families: []string{f.ID}})
	if err != nil {
		return err
	}
	p.Heading = "Family " + f.Name()
	p.Record = v.familyRecord(b.Book, f)
	p.MayChange = v.mayFamily(b, access.Change, access.Family, f)
	p.Facts = familyFacts(b.Book, f, p.MayChange, u.Today)
	p.Offers = offerGroups(f)
	p.Path, p.Answered = familyPath(f.ID), answeredWords(f)
	if v.mayFamily(b, access.View, access.FamilyPlaces, f) {
		p.Places = v.placesPart(f, v.mayFamily(b, access.Change, access.FamilyPlaces, f))
	}
	if v.mayFamily(b, access.View, access.FamilyPlaces, f) { // as adopter.Family.For has it
		p.Milestones = milestonesOf(f.Milestones, adopter.MilestoneWords, f.MilestoneDoubts(), v.mayFamily(b, access.Change, access.FamilyPlaces, f), p.Path)
	}
	p.Children = v.childrenFor(u, b, f)
	p.Asks = v.asksOf(u, b, asks)
	if p.MayChange {
		p.Drifts = driftRows(b, f, asks)
		p.History, err = familyHistory(u, b.Book, f)
	}
	return err
}

// familyRecord heads every page about one family.
func (v *visit) familyRecord(book *agency.Book, f adopter.Family) record {
	stands := midSentence(cmp.Or(adopter.Statuses.Label(f.Status), "status not recorded"))
	if f.Status == "approved" && f.ApprovedOn.Known() {
		stands = "approved " + sinceWords(f.ApprovedOn, v.Desk.Today())
	}
	r := record{Name: f.Name(), Facts: book.Agencies[f.Agency].Name + ", " + stands}
	r.Pages = []recordPage{{"Record", familyPath(f.ID), v.r.URL.Path == familyPath(f.ID)}}
	v.trustPages(&r, f.Thing(book, access.Family))
	return r
}

// familyFacts are what the record and the family say. How many adopters there
// are is for the family's own agency: returns ask for it, and nobody looks for a
// family by it.
func familyFacts(book *agency.Book, f adopter.Family, own bool, today date.Date) govuk.SummaryList {
	list := govuk.SummaryList{}
	for _, fact := range append(recordFacts(book, f, today), fact{"children_at_home", "Children at home", atHomeWords(f, today)}) {
		if fact.Key != "adopters" || own {
			list.Rows = append(list.Rows, govuk.SummaryRow{Key: govuk.Content{Text: fact.Label}, Value: govuk.Content{Text: cmp.Or(fact.Value, notRecorded)}})
		}
	}
	return list
}

// recordFacts are what a family's record says apart from its parts.
func recordFacts(book *agency.Book, f adopter.Family, today date.Date) []fact {
	reserved := f.ReservedUntil.Long()
	if f.ReservedUntil.Known() && f.ReservedUntil <= today {
		reserved += " (past)"
	}
	number := ""
	if f.MaxChildren.Valid {
		number = "Up to " + strconv.Itoa(f.MaxChildren.V)
	}
	return []fact{
		{"status", "Status", adopter.Statuses.Label(f.Status)},
		{"approved_on", "Approved on", f.ApprovedOn.Long()},
		{"reserved_until", "Reserved to their own agency until", reserved},
		{"worker", "Their worker", book.Workers[f.Worker].Name},
		{"max_children", "Number of children", number},
		{"age_min", "Ages", ageRangeWords(f)},
		{"sex", "Sex of the children", adopter.Sexes.Label(f.Sex)},
		{"languages", "Languages", languageWords(f.Languages)},
		{"training", "Therapeutic parenting training", adopter.YesNo.Label(f.Training)},
		{"adopters", "Number of adopters", wholeWords(f.Adopters)},
	}
}

func wholeWords(n sql.Null[int]) string {
	if !n.Valid {
		return ""
	}
	return strconv.Itoa(n.V)
}

// atHomeWords says the children at home by number and age.
func atHomeWords(f adopter.Family, today date.Date) string {
	var ages []string
	for _, born := range f.Household {
		ages = append(ages, ageWords(born, today))
	}
	words := wholeWords(f.ChildrenAtHome)
	if words == "0" {
		words = "None"
	}
	switch {
	case len(ages) == 0:
		return words
	case words == "":
		return "Number not recorded. Ages: " + listWords(ages)
	}
	return words + ". Ages: " + listWords(ages)
}

// offerGroups are every need and kind of contact by what the family has said of
// it. What nobody has asked is a group of its own: it is not a no.
func offerGroups(f adopter.Family) govuk.SummaryList {
	list := govuk.SummaryList{}
	for _, answer := range append(slices.Clone(adopter.Answers), child.Code{Label: "Not asked yet"}) {
		var words []string
		for _, code := range adopter.OfferCodes() {
			if f.Answer(code.Code) == answer.Code {
				words = append(words, offerLabel(code.Code))
			}
		}
		list.Rows = append(list.Rows, govuk.SummaryRow{
			Key:   govuk.Content{Text: fmt.Sprintf("%s (%d)", answer.Label, len(words))},
			Value: govuk.Content{HTML: bullets(words, "None")},
		})
	}
	return list
}

// answeredWords says between which days the answers were given: an old answer is
// worth asking again.
func answeredWords(f adopter.Family) string {
	var first, last date.Date
	for _, o := range f.Offers {
		if d := o.AnsweredOn; d.Known() {
			last = max(last, d)
			if !first.Known() || d < first {
				first = d
			}
		}
	}
	switch {
	case !first.Known():
		return "The days of their answers are not recorded."
	case first == last:
		return "They answered on " + first.Long() + "."
	}
	return "Their oldest answer is of " + first.Long() + ", the newest of " + last.Long() + "."
}
