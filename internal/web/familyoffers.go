package web

import (
	"cmp"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/web/govuk"
)

// offersForm asks for a family's answer about every need and kind of contact.
type offersForm struct {
	*govuk.Form
	Needs, Contact []*govuk.ChoiceField
}

// notAsked is the answer that nobody has asked for: it is kept as no answer.
const notAsked = "not_asked"

func newOffersForm(f adopter.Family) *offersForm {
	form := &offersForm{Form: &govuk.Form{}}
	form.Needs, form.Contact = form.ask(f, child.Needs), form.ask(f, child.ContactKinds)
	return form
}

func (form *offersForm) ask(f adopter.Family, codes child.CodeSet) []*govuk.ChoiceField {
	options := append(codeOptions(adopter.Answers, ""), govuk.Option{Value: notAsked, Text: "Not asked"})
	var fields []*govuk.ChoiceField
	for _, c := range codes {
		field := form.Radios(govuk.Question{Name: c.Code, Label: c.Label, Noun: "an answer about " + midSentence(c.Label), Options: options,
			Classes: "govuk-radios--inline govuk-radios--small"})
		field.Set(cmp.Or(f.Answer(c.Code), notAsked))
		fields = append(fields, field)
	}
	return fields
}

// writeTo puts the answers into a family. An answer that changed was given
// today; one that did not keeps its day.
func (form *offersForm) writeTo(f *adopter.Family, today date.Date) {
	before := map[string]adopter.Offer{}
	for _, o := range f.Offers {
		before[o.Code] = o
	}
	f.Offers = nil
	for _, field := range append(form.Needs, form.Contact...) {
		offer, kept := before[field.Name]
		switch answer := field.Value; {
		case kept && (answer == offer.Answer || answer == notAsked && offer.Answer == ""):
			f.Offers = append(f.Offers, offer)
		case answer != notAsked:
			f.Offers = append(f.Offers, adopter.Offer{Code: field.Name, Answer: answer, AnsweredOn: today})
		}
	}
}

// familyOffers corrects what a family has said.
func familyOffers(v *visit) error {
	f, book, err := v.changing("family offers")
	if err != nil {
		return err
	}
	body := struct {
		familyHead
		Form *offersForm
	}{v.headOf(book, &f), newOffersForm(f)}
	if v.posted() && body.Form.Parse(v.r) {
		body.Form.writeTo(&f, v.Desk.Today())
		if gone, err := v.saveFamily(body.Form.Form, f, "", "What they have said was saved"); err != nil || gone {
			return err
		}
	}
	return v.show("familyoffers", page{Title: "What family " + f.Name() + " has said", Form: body.Form.Form, Back: familyPath(f.ID)}, body)
}
