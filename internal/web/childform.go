package web

import (
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// recordForm is the questions of a child's record, needs, contact and zones
// apart.
type recordForm struct {
	agency, worker, sex, ethnic, status, plan *govuk.ChoiceField
	ref, given, family, religion, languages   *govuk.TextField
	home, placement, group                    *govuk.TextField
	born, enteredCare, decision, order        *govuk.DateField
}

// leaveBlank is what to do where the answer is not known.
const leaveBlank = "Leave blank what is not known. A blank is never read as no."

// childEdit changes a child's record.
func childEdit(v *visit) error {
	e, err := v.openChild("Change the record")
	if err != nil {
		return err
	}
	f := newRecordForm(e, []agency.Agency{e.book.Agencies[e.child.Agency]}, v.Desk.Today())
	e.Intro = []string{leaveBlank, "The reference, " + e.child.Agency + "/" + e.child.Ref + ", cannot be changed here: imports and exports know the child by it."}
	f.fill(e.child)
	if v.sent(e) && f.read(e, v.Desk.Today()) {
		if saved, err := v.saveChild(e, "", "The record is saved."); saved || err != nil {
			return err
		}
	}
	return v.showEditing(e)
}

// childNew adds a child.
func childNew(v *visit) error {
	e := newEditing("Add a child", "Add this child")
	e.Cancel = "/children"
	e.Intro = []string{leaveBlank, "Needs, contact and zones come next, on the child’s page."}
	agencies, err := v.openForNew(e)
	if err != nil {
		return err
	}
	f := newRecordForm(e, agencies, v.Desk.Today())
	e.conflict = f.ref
	if v.sent(e) && f.read(e, v.Desk.Today()) {
		if saved, err := v.saveChild(e, "", "The child is added. Record needs, contact and zones next."); saved || err != nil {
			return err
		}
	}
	return v.showEditing(e)
}

// openForNew gives the agencies that the worker may add a child for.
func (v *visit) openForNew(e *editing) (agencies []agency.Agency, err error) {
	return agencies, v.do("add a child", func(u *work.Unit) (err error) {
		if e.book, err = agency.Open(u); err != nil {
			return err
		}
		agencies = mayAddFor(e.book, u.Actor)
		if len(agencies) == 0 {
			return errNoChildrenHere
		}
		e.child.Agency = agencies[0].Code
		return nil
	})
}

// newRecordForm asks the questions. A new child's agency is asked for only where
// there is a choice, and the reference only once.
func newRecordForm(e *editing, agencies []agency.Agency, today date.Date) *recordForm {
	f := &recordForm{}
	text := func(name, label, hint string, max int) *govuk.TextField {
		return e.Form.Text(govuk.Question{Name: name, Label: label, Hint: hint, Max: max, Autocomplete: "off"})
	}
	choice := func(name, label, hint string, options []govuk.Option) *govuk.ChoiceField {
		return e.Form.Select(govuk.Question{Name: name, Label: label, Hint: hint, Options: options})
	}
	day := func(name, label, hint string, latest date.Date) *govuk.DateField {
		return e.Form.Date(govuk.Question{Name: name, Label: label, Hint: hint, Today: latest})
	}
	if e.child.ID == "" {
		e.Sections = append(e.Sections, f.askReference(e.Form, agencies))
	}
	f.given = text("given_name", "Given name", "", 200)
	f.family = text("family_name", "Family name", "", 200)
	f.born = day("born", "Born", "For a child not yet born, the day the birth is expected", 0)
	f.sex = choice("sex", "Sex", "", codeOptions(child.Sexes, notRecorded))
	f.ethnic = choice("ethnic", "Ethnicity", "For returns and for the child’s identity. No family is ever found or ruled out by it", codeOptions(child.Ethnicities, notRecorded))
	f.religion = text("religion", "Religion", "No family is ever found or ruled out by it", 200)
	f.languages = e.Form.Text(languagesQuestion("Languages"))
	f.status = choice("status", "Status", "Only children who are waiting are in the list of children waiting", codeOptions(child.Statuses, notRecorded))
	f.plan = choice("plan", "Brothers and sisters", "Whether they are to be placed together, as assessed", codeOptions(child.Plans, notRecorded))
	f.group = text("group_ref", "Group reference", "The same for brothers and sisters of your agency. Those with the plan “together” are placed as one", 50)
	f.worker = choice("worker", "Worker", "Who follows this child", staffOptions(e.book, agencies, e.child.Worker))
	f.enteredCare = day("entered_care", "Entered care", "", today)
	f.decision = day("decision_date", "Agency decision", "The decision that the child should be placed for adoption", today)
	f.order = day("placement_order_date", "Placement order", "", today)
	f.home = text("home_postcode", "Home postcode", "Where the birth family lives. Distances are measured from here", 10)
	f.placement = text("placement_postcode", "Placement postcode", "Where the child lives now", 10)
	for _, postcode := range []*govuk.TextField{f.home, f.placement} {
		postcode.Classes = "govuk-input--width-10"
	}
	e.Sections = append(e.Sections,
		formSection{Heading: "Who", Fields: []rendered{f.given, f.family, f.born, f.sex, f.ethnic, f.religion, f.languages}},
		formSection{Heading: "Plan", Fields: []rendered{f.status, f.plan, f.group, f.worker}},
		formSection{Heading: "Dates", Fields: []rendered{f.enteredCare, f.decision, f.order}},
		formSection{Heading: "Places", Intro: "A family’s side never sees these.", Fields: []rendered{f.home, f.placement}})
	return f
}

func (f *recordForm) askReference(form *govuk.Form, agencies []agency.Agency) formSection {
	var s formSection
	if len(agencies) > 1 {
		f.agency = form.Select(govuk.Question{Name: "agency", Label: "Agency", Options: agencyOptions(agencies)})
		s.Fields = append(s.Fields, f.agency)
	}
	f.ref = form.Text(govuk.Question{Name: "child_ref", Label: "Your agency’s reference", Max: 100, Autocomplete: "off",
		Hint: "The reference of your own case system. It cannot be changed later", Classes: "govuk-input--width-10"})
	s.Fields = append(s.Fields, f.ref)
	return s
}

// staffOptions are the workers of some agencies; somebody who has left stays an
// option of the record that names them.
func staffOptions(book *agency.Book, agencies []agency.Agency, current string) []govuk.Option {
	options := []govuk.Option{{Text: notRecorded}}
	listed := current == ""
	for _, a := range agencies {
		for _, w := range book.Staff(a.Code) {
			options = append(options, govuk.Option{Value: w.ID, Text: w.Name + " (" + w.Role.Label() + ", " + a.Code + ")"})
			listed = listed || w.ID == current
		}
	}
	if !listed {
		options = append(options, govuk.Option{Value: current, Text: "The worker recorded now, who is not on the list"})
	}
	return options
}

// fill shows what the record says.
func (f *recordForm) fill(c child.Child) {
	f.given.Set(c.GivenName)
	f.family.Set(c.FamilyName)
	f.born.Set(c.Born)
	f.sex.Set(c.Sex)
	f.ethnic.Set(c.Ethnic)
	f.religion.Set(c.Religion)
	f.languages.Set(languageWords(c.Languages))
	f.status.Set(c.Status)
	f.plan.Set(c.Plan)
	f.group.Set(c.GroupRef)
	f.worker.Set(c.Worker)
	f.enteredCare.Set(c.EnteredCare)
	f.decision.Set(c.DecisionDate)
	f.order.Set(c.OrderDate)
	f.home.Set(c.HomePostcode)
	f.placement.Set(c.PlacementPostcode)
}

// read puts the answers into the child and tells whether the rules of the domain
// find nothing wrong with them.
func (f *recordForm) read(e *editing, today date.Date) bool {
	c := &e.child
	if f.ref != nil {
		c.Ref = f.ref.Value
	}
	if f.agency != nil {
		c.Agency = f.agency.Value
		if c.Agency == "" {
			f.agency.Fail("Select the agency")
		}
	}
	c.GivenName, c.FamilyName, c.Born, c.Sex, c.Ethnic, c.Religion = f.given.Value, f.family.Value, f.born.Value, f.sex.Value, f.ethnic.Value, f.religion.Value
	c.Languages = readLanguages(f.languages)
	c.Status, c.Plan, c.GroupRef, c.Worker = f.status.Value, f.plan.Value, f.group.Value, f.worker.Value
	c.EnteredCare, c.DecisionDate, c.OrderDate = f.enteredCare.Value, f.decision.Value, f.order.Value
	c.HomePostcode, c.PlacementPostcode = f.home.Value, f.placement.Value
	if w := e.book.Workers[c.Worker]; w.Agency != c.Agency && e.child.ID == "" && c.Worker != "" {
		f.worker.Fail("Select a worker of the child’s agency")
	}
	return failFields(e.Form, f.fields(), problemsOf(*c, today))
}

// problemsOf is what is wrong with the record itself; needs, contact and zones
// have forms of their own.
func problemsOf(c child.Child, today date.Date) []fault.Problem {
	c.Needs, c.Contact, c.Zones = nil, nil, nil
	return c.Problems(today)
}

func (f *recordForm) fields() map[string]failing {
	fields := map[string]failing{
		"plan": f.plan, "sex": f.sex, "ethnic": f.ethnic, "status": f.status, "languages": f.languages,
		"home_postcode": f.home, "placement_postcode": f.placement,
	}
	if f.ref != nil {
		fields["child_ref"] = f.ref
	}
	return fields
}
