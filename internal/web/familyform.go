package web

import (
	"database/sql"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familyForm asks for a family's record. Its controls have the names the
// exchange folder gives the columns.
type familyForm struct {
	*govuk.Form
	Ref, Languages                          *govuk.TextField
	Status, Worker, Sex, Training, Adopters *govuk.ChoiceField
	ApprovedOn, ReservedUntil               *govuk.DateField
	MaxChildren, AgeMin, AgeMax             *govuk.NumberField[int]
}

// mostAnswer bounds the numbers of the form: ages and children.
const mostAnswer = 99

func newFamilyForm(book *agency.Book, f adopter.Family, today date.Date) *familyForm {
	form := &familyForm{Form: &govuk.Form{}}
	if f.ID == "" {
		form.Ref = form.Text(govuk.Question{Name: "family_ref", Label: "Your agency’s reference for the family", Max: 50, Classes: "govuk-input--width-20",
			Hint: "As it stands in your own records. It cannot be changed here later"})
	}
	form.Status = form.Select(govuk.Question{Name: "status", Label: "Status", Optional: true, Options: codeOptions(adopter.Statuses, notRecorded)})
	form.ApprovedOn = form.Date(govuk.Question{Name: "approved_on", Label: "Approved on", Noun: "the day they were approved", Optional: true, Today: today,
		Hint: "The day of the agency decision. Lists put the family who has waited longest first"})
	form.ReservedUntil = form.Date(govuk.Question{Name: "reserved_until", Label: "Reserved to your own agency until", Noun: "the day they are reserved until", Optional: true,
		Hint: "Until that day they are ruled out for children of other agencies"})
	form.Worker = form.Select(govuk.Question{Name: "worker", Label: "Their worker", Optional: true, Hint: "Who is asked about children they could be for", Options: familyWorkers(book, f.Agency)})
	form.MaxChildren = form.WholeNumber(govuk.Question{Name: "max_children", Label: "How many children could they take?", Noun: "the number of children", Optional: true, Max: mostAnswer})
	form.AgeMin = form.WholeNumber(govuk.Question{Name: "age_min", Label: "Youngest age they could take", Optional: true, Max: mostAnswer, Suffix: "years"})
	form.AgeMax = form.WholeNumber(govuk.Question{Name: "age_max", Label: "Oldest age they could take", Optional: true, Max: mostAnswer, Suffix: "years"})
	form.Sex = form.Select(govuk.Question{Name: "sex", Label: "Sex of the children they could take", Optional: true, Options: codeOptions(adopter.Sexes, "Not asked")})
	form.Languages = form.Text(languagesQuestion("Languages the family speaks"))
	form.Training = form.Select(govuk.Question{Name: "training", Label: "Have they had therapeutic parenting training?", Noun: "whether they have had training", Optional: true, Options: codeOptions(adopter.YesNo, notRecorded)})
	form.Adopters = form.Select(govuk.Question{Name: "adopters", Label: "How many adopters are there?", Noun: "how many adopters there are", Optional: true,
		Hint: "For returns to the Department for Education. Nobody can look for a family by it", Options: []govuk.Option{{Text: notRecorded}, {Value: "1", Text: "1"}, {Value: "2", Text: "2"}}})
	form.fill(f)
	return form
}

// familyWorkers are the workers of an agency who may answer for a family.
func familyWorkers(book *agency.Book, agencyCode string) []govuk.Option {
	options := []govuk.Option{{Text: notRecorded}}
	for _, w := range book.Staff(agencyCode) {
		if actor, ok := book.Actor(w.ID); ok && access.Can(actor, access.Answer, book.Thing(access.Ask, agencyCode)).Allow {
			options = append(options, govuk.Option{Value: w.ID, Text: w.Name})
		}
	}
	return options
}

// fill shows what the record says.
func (form *familyForm) fill(f adopter.Family) {
	form.Status.Set(f.Status)
	form.ApprovedOn.Set(f.ApprovedOn)
	form.ReservedUntil.Set(f.ReservedUntil)
	form.Worker.Set(f.Worker)
	setNumber(form.MaxChildren, f.MaxChildren)
	setNumber(form.AgeMin, f.AgeMin)
	setNumber(form.AgeMax, f.AgeMax)
	form.Sex.Set(f.Sex)
	form.Languages.Set(languageWords(f.Languages))
	form.Training.Set(f.Training)
	form.Adopters.Set(wholeWords(f.Adopters))
}

func setNumber(field *govuk.NumberField[int], n sql.Null[int]) {
	if n.Valid {
		field.Set(n.V)
	}
}

func number(field *govuk.NumberField[int]) sql.Null[int] {
	return sql.Null[int]{V: field.Value, Valid: field.Given}
}

// writeTo puts the answers into a family and tells whether they can stand.
func (form *familyForm) writeTo(f *adopter.Family, today date.Date) bool {
	if form.Ref != nil {
		f.Ref = form.Ref.Value
	}
	f.Status, f.ApprovedOn, f.ReservedUntil, f.Worker = form.Status.Value, form.ApprovedOn.Value, form.ReservedUntil.Value, form.Worker.Value
	f.MaxChildren, f.AgeMin, f.AgeMax = number(form.MaxChildren), number(form.AgeMin), number(form.AgeMax)
	f.Sex, f.Training, f.Languages = form.Sex.Value, form.Training.Value, readLanguages(form.Languages)
	f.Adopters = sql.Null[int]{V: len(form.Adopters.Value), Valid: form.Adopters.Value != ""}
	if form.Adopters.Value == "2" {
		f.Adopters.V = 2
	}
	if f.AgeMin.Valid && f.AgeMax.Valid && f.AgeMin.V > f.AgeMax.V {
		form.AgeMin.Fail("Youngest age must be the same as or below the oldest age")
	}
	if !form.Valid() {
		return false
	}
	fields := map[string]failing{"status": form.Status, "languages": form.Languages, "sex": form.Sex, "training": form.Training}
	if form.Ref != nil {
		fields["family_ref"] = form.Ref
	}
	return failFields(form.Form, fields, f.Problems(today))
}

// familyFormBody is the page of a family's record, new or not.
type familyFormBody struct {
	familyHead
	Form    *familyForm
	Heading string
	New     bool
}

// familyEdit corrects a family's record.
func familyEdit(v *visit) error {
	f, book, err := v.changing("family record")
	if err != nil {
		return err
	}
	body := familyFormBody{familyHead: v.headOf(book, &f), Form: newFamilyForm(book, f, v.Desk.Today()), Heading: "Correct the record"}
	if v.posted() && body.Form.Parse(v.r) && body.Form.writeTo(&f, v.Desk.Today()) {
		if gone, err := v.saveFamily(body.Form.Form, f, "", "The record was saved"); err != nil || gone {
			return err
		}
	}
	return v.show("familyform", page{Title: "Correct the record of family " + f.Name(), Form: body.Form.Form, Back: familyPath(f.ID)}, body)
}

// familyNew adds a family of the worker's own agency.
func familyNew(v *visit) error {
	f := adopter.Family{Agency: v.actor.Agency}
	var book *agency.Book
	err := v.do("new family", func(u *work.Unit) (err error) {
		if book, err = agency.Open(u); err != nil {
			return err
		}
		return u.Allow(access.Change, book.Thing(access.Family, f.Agency), "")
	})
	if err != nil {
		return err
	}
	body := familyFormBody{familyHead: familyHead{Cancel: "/families"}, Form: newFamilyForm(book, f, v.Desk.Today()), Heading: "Add a family", New: true}
	if v.posted() && body.Form.Parse(v.r) && body.Form.writeTo(&f, v.Desk.Today()) {
		message := "The family was added. Next, record what they have said about needs and contact, the children at home, and their places."
		if gone, err := v.saveFamily(body.Form.Form, f, "", message); err != nil || gone {
			return err
		}
	}
	return v.show("familyform", page{Title: strings.TrimSpace(body.Heading), Form: body.Form.Form, Back: "/families"}, body)
}
