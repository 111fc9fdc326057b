package web

import (
	"strconv"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familyMilestones changes what has happened to a family, from their enquiry on.
func familyMilestones(v *visit) error {
	f, book, err := v.changing("family milestones")
	if err != nil {
		return err
	}
	head, r := familyPath(f.ID), v.familyRecord(book, f)
	e := &editing{Form: &govuk.Form{NoneRequired: true}, Record: &r, Heading: "What has happened", Version: strconv.FormatInt(f.Version, 10), Button: "Save", Cancel: head}
	e.Intro = []string{
		"The days of each step, from the enquiry on. Returns are counted from them. Leave out what is not known.",
		"The approval that stands is on the record itself. An earlier approval goes here.",
	}
	var form *milestoneForm
	form, e.Sections = askMilestones(e.Form, f.Milestones, milestoneOptions(adopter.Milestones, adopter.MilestoneDetails), adopter.MilestoneWords, v.Desk.Today())
	if v.posted() && v.r.PostFormValue("version") != e.Version {
		e.Form.Fail(fault.Message(work.ErrMoved), v.r.URL.Path) // the entries are other ones than those that were seen
	} else if v.posted() {
		if gone, err := v.saveFamilyMilestones(e.Form, form, f); gone || err != nil {
			return err
		}
	}
	return v.show("milestones", page{Title: "What has happened to family " + f.Name(), Back: head, Form: e.Form}, e)
}

func (v *visit) saveFamilyMilestones(form *govuk.Form, entries *milestoneForm, f adopter.Family) (gone bool, err error) {
	form.Parse(v.r)
	list, good := entries.read(func(before []child.Milestone, m child.Milestone) string {
		return adopter.Family{Milestones: before}.Clash(m)
	})
	if !good {
		return false, nil
	}
	f.Milestones = list
	more, message := v.another()
	part := ""
	if more {
		part = "/milestones"
	}
	return v.saveFamily(form, f, part, message)
}
