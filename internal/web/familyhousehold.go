package web

import (
	"fmt"

	"homeward/internal/adopter"
	"homeward/internal/date"
	"homeward/internal/web/govuk"
)

// householdForm asks how many children are at home and when they were born.
type householdForm struct {
	*govuk.Form
	Number   *govuk.NumberField[int]
	Children []householdChild // those recorded
	Another  *govuk.DateField
}

type householdChild struct {
	Born   *govuk.DateField
	Remove *govuk.ChoicesField
}

func newHouseholdForm(f adopter.Family, today date.Date) *householdForm {
	form := &householdForm{Form: &govuk.Form{}}
	form.Number = form.WholeNumber(govuk.Question{Name: "children_at_home", Label: "How many children live at home?", Noun: "the number of children at home",
		Optional: true, Max: mostAnswer, Hint: "Enter 0 if there are none. Leave it empty if it is not known"})
	setNumber(form.Number, f.ChildrenAtHome)
	for i, born := range f.Household {
		child := householdChild{
			Born: form.Date(govuk.Question{Name: fmt.Sprintf("born-%d", i), Label: fmt.Sprintf("Child %d: date of birth", i+1), Today: today}),
			Remove: form.Checkboxes(govuk.Question{Name: fmt.Sprintf("remove-%d", i), Label: fmt.Sprintf("Is child %d still at home?", i+1), Optional: true,
				Classes: "govuk-checkboxes--small", Options: []govuk.Option{{Value: "yes", Text: "Remove this child"}}}),
		}
		child.Born.Set(born)
		form.Children = append(form.Children, child)
	}
	form.Another = form.Date(govuk.Question{Name: "another", Label: "Another child: date of birth", Noun: "the date of birth", Optional: true, Today: today})
	return form
}

// read reads the answers. What is wrong with the birth date of a child who is
// taken out does not matter.
func (form *householdForm) read(v *visit) bool {
	form.Parse(v.r)
	for _, c := range form.Children {
		if c.Remove.Has("yes") {
			c.Born.Error = ""
		}
	}
	return form.Valid()
}

// writeTo puts the answers into a family and tells whether they can stand.
func (form *householdForm) writeTo(f *adopter.Family) bool {
	f.ChildrenAtHome, f.Household = number(form.Number), nil
	for _, c := range form.Children {
		if !c.Remove.Has("yes") {
			f.Household = append(f.Household, c.Born.Value)
		}
	}
	if form.Another.Value.Known() {
		f.Household = append(f.Household, form.Another.Value)
	}
	if n := len(f.Household); form.Number.Given && form.Number.Value < n {
		form.Number.Fail(fmt.Sprintf("There are birth dates of %s here: enter %d or more, or remove a child", count(n, "child", "children"), n))
	}
	return form.Valid()
}

// familyHousehold records the children who are at home already.
func familyHousehold(v *visit) error {
	f, book, err := v.changing("family household")
	if err != nil {
		return err
	}
	body := struct {
		familyHead
		Form *householdForm
	}{v.headOf(book, &f), newHouseholdForm(f, v.Desk.Today())}
	if v.posted() && body.Form.read(v) && body.Form.writeTo(&f) {
		part, message := "", "The children at home were saved"
		if v.r.PostFormValue("then") == "another" {
			part, message = "/household", message+". Add the next one"
		}
		if gone, err := v.saveFamily(body.Form.Form, f, part, message); err != nil || gone {
			return err
		}
	}
	return v.show("familyhousehold", page{Title: "Children at home of family " + f.Name(), Form: body.Form.Form, Back: familyPath(f.ID)}, body)
}
