package web

import (
	"html/template"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// whySeePage answers why one person may see one record, part by part, and shows
// nothing of the record but its kind and whose it is.
type whySeePage struct {
	Person    *govuk.ChoiceField
	Reference *govuk.TextField
	Answer    *whySeeAnswer
}

type whySeeAnswer struct {
	Heading string
	Table   govuk.Table
}

// recordPart is one part of a record as it is asked about.
type recordPart struct {
	what string
	act  access.Action
	kind access.Kind
}

// recordParts are the parts of each kind of record.
var recordParts = map[access.Kind][]recordPart{
	access.Child: {
		{"What the child needs", access.Profile, access.Child}, {"Who the child is", access.View, access.Child}, {"Where the child is, and zones", access.View, access.ChildLocations},
		{"Health reports", access.View, access.ChildHealth}, {"Who the birth relatives are", access.View, access.BirthFamily}, {"Change the record", access.Change, access.Child},
	},
	access.Family: {
		{"What the family can offer", access.View, access.Family}, {"Who the family are", access.View, access.FamilyIdentity},
		{"Where the family lives", access.View, access.FamilyPlaces}, {"Change the record", access.Change, access.Family},
	},
}

// whySee asks for a person and a reference, in a form that is posted: neither is
// ever in an address.
func whySee(v *visit) error {
	form := &govuk.Form{}
	var p whySeePage
	err := v.office("why a person sees a record", func(u *work.Unit, book *agency.Book) error {
		if err := u.Allow(access.View, book.Thing(access.Staff, v.actor.Agency), ""); err != nil {
			return err
		}
		var options []govuk.Option
		for _, w := range book.Staff(v.actor.Agency) {
			options = append(options, govuk.Option{Value: w.ID, Text: w.Name + ", " + w.Role.Label()})
		}
		p.Person = form.Select(govuk.Question{Name: "person", Label: "Who?", Noun: "a person", Options: options})
		p.Reference = form.Text(govuk.Question{Name: "reference", Label: "Which record? Give Homeward’s reference", Noun: "Homeward’s reference of the record", Max: 20,
			Hint: "12 letters and digits, as in the address of the record’s page", Classes: "govuk-input--width-20", Autocomplete: "off"})
		if !v.posted() || !form.Parse(v.r) {
			return nil
		}
		var err error
		p.Answer, err = v.whySeeAnswer(u, book, p.Person.Value, p.Reference.Value)
		return err
	})
	if err != nil {
		return err
	}
	return v.show("whysee", page{Title: "Why can this person see this record?", Back: "/people", Form: form}, p)
}

func (v *visit) whySeeAnswer(u *work.Unit, book *agency.Book, person, reference string) (*whySeeAnswer, error) {
	s, worker, err := link.Whose(u, reference)
	if err != nil {
		return nil, err
	}
	actor, works := book.Actor(person)
	if s.Agency != v.actor.Agency || !works || actor.Agency != v.actor.Agency {
		return nil, u.Refuse(access.View, work.Subject{Kind: s.Kind, Agency: s.Agency, ID: s.ID})
	}
	u.Saw(s, "why worker "+actor.ID+" sees it")
	a := &whySeeAnswer{Heading: actor.Name + " and a " + string(s.Kind) + "’s record of " + book.Agencies[s.Agency].Name}
	a.Table = govuk.Table{Caption: "Part by part", Stack: true, FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "Part"}, {Text: "Open"}, {Text: "Why"}}}
	for _, part := range recordParts[s.Kind] {
		d := access.Can(actor, part.act, book.Thing(part.kind, s.Agency, agency.Of{ID: s.ID, Worker: worker}))
		a.Table.Rows = append(a.Table.Rows, []govuk.Cell{{Text: part.what}, {HTML: yesNoTag(d.Allow)}, {Text: d.Reason}})
	}
	return a, nil
}

func yesNoTag(yes bool) template.HTML {
	if yes {
		return govuk.Tag{Text: "Yes", Classes: "govuk-tag--green"}.Render()
	}
	return govuk.Tag{Text: "No", Classes: "govuk-tag--grey"}.Render()
}
