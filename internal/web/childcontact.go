package web

import (
	"database/sql"

	"homeward/internal/child"
	"homeward/internal/web/govuk"
)

// contactField is one kind of contact: whether it is planned, and how often.
type contactField struct {
	kind    string
	planned *govuk.ChoicesField
	times   *govuk.NumberField[float64]
}

// childContact changes the contact planned after adoption.
func childContact(v *visit) error {
	e, err := v.openChild("Contact planned")
	if err != nil {
		return err
	}
	e.Intro = []string{"Contact that is planned after adoption, and how often. Families are asked about each kind that is planned."}
	fields := askContact(e)
	if v.sent(e) && checkContact(e, fields) {
		e.child.Contact = readContact(fields)
		if saved, err := v.saveChild(e, "", "The contact plan is saved."); saved || err != nil {
			return err
		}
	}
	return v.showEditing(e)
}

func askContact(e *editing) []contactField {
	planned := map[string]child.Contact{}
	for _, p := range e.child.Contact {
		planned[p.Kind] = p
	}
	var fields []contactField
	for _, kind := range child.ContactKinds {
		f := contactField{kind: kind.Code}
		f.planned = e.Form.Checkboxes(govuk.Question{Name: kind.Code, Label: kind.Label, Noun: "whether this is planned", Options: []govuk.Option{{Value: "yes", Text: "Planned"}}})
		f.times = e.Form.Number(govuk.Question{Name: kind.Code + "_times", Label: "Times a year: " + midSentence(kind.Label), Noun: "times a year for " + midSentence(kind.Label), Min: 1, Max: 366})
		if p, ok := planned[kind.Code]; ok {
			f.planned.Set("yes")
			if p.TimesAYear.Valid {
				f.times.Set(p.TimesAYear.V)
			}
		}
		fields = append(fields, f)
		e.Sections = append(e.Sections, formSection{Fields: []rendered{f.planned, f.times}})
	}
	return fields
}

// checkContact refuses how often something happens that is not planned.
func checkContact(e *editing, fields []contactField) bool {
	for _, f := range fields {
		if f.times.Given && !f.planned.Has("yes") {
			f.planned.Fail("Select “Planned” for " + midSentence(child.ContactKinds.Label(f.kind)) + ", or take the number out")
		}
	}
	return e.Form.Valid()
}

func readContact(fields []contactField) []child.Contact {
	var contact []child.Contact
	for _, f := range fields {
		if f.planned.Has("yes") {
			contact = append(contact, child.Contact{Kind: f.kind, TimesAYear: sql.Null[float64]{V: f.times.Value, Valid: f.times.Given}})
		}
	}
	return contact
}
