package web

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/web/govuk"
)

// milestonesPart is what has happened to a child or a family, the oldest first,
// on their page.
type milestonesPart struct {
	Table  govuk.Table
	None   bool
	Doubts []string // what is probably a mistake
	Change string   // where it is changed, if the reader may
}

func milestonesOf(list []child.Milestone, words func(child.Milestone) string, doubts []string, mayChange bool, path string) *milestonesPart {
	p := &milestonesPart{None: len(list) == 0, Doubts: doubts}
	p.Table = govuk.Table{Caption: "What has happened", CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "What"}, {Text: "Day"}, {Text: "Where this is from"}}}
	for _, m := range child.InOrder(list) {
		p.Table.Rows = append(p.Table.Rows, []govuk.Cell{{Text: words(m)}, {Text: m.Day.Long()}, {Text: cmp.Or(m.Source, notRecorded)}})
	}
	if mayChange {
		p.Change = path + "/milestones"
	}
	return p
}

// milestoneFacts are milestones for a chronology. One of a kind and a day is the
// same one, whatever else is said of it.
func milestoneFacts(list []child.Milestone, words func(child.Milestone) string) []fact {
	var facts []fact
	for _, m := range list {
		value := m.Day.Long()
		if m.Source != "" {
			value += " (" + m.Source + ")"
		}
		facts = append(facts, fact{m.What + m.Day.String() + m.Detail, words(m), value})
	}
	return facts
}

// milestoneEvents are milestones as entries of a chronology.
func milestoneEvents(list []child.Milestone, words func(child.Milestone) string) []event {
	var events []event
	for _, m := range slices.Backward(list) {
		events = append(events, event{Day: m.Day, Title: words(m)})
	}
	return events
}

// milestoneForm asks what happened and when: each entry there is, with a way to
// take it out, and one more.
type milestoneForm struct {
	form    *govuk.Form
	entries []milestoneEntry
}

type milestoneEntry struct {
	before child.Milestone // nothing for the one to be added
	what   *govuk.ChoiceField
	day    *govuk.DateField
	remove *govuk.ChoicesField // nil for the one to be added
}

// askMilestones makes the questions, and the sections they stand in.
func askMilestones(form *govuk.Form, list []child.Milestone, options []govuk.Option, words func(child.Milestone) string, today date.Date) (*milestoneForm, []formSection) {
	f := &milestoneForm{form: form}
	var sections []formSection
	for i, m := range list {
		e := f.ask(fmt.Sprintf("-%d", i), fmt.Sprintf("Entry %d: ", i+1), options, today)
		e.before = m
		e.what.Set(milestoneValue(m))
		e.day.Set(m.Day)
		e.remove = form.Checkboxes(govuk.Question{Name: fmt.Sprintf("remove-%d", i), Label: fmt.Sprintf("Entry %d: did this happen?", i+1), Noun: "whether to take it out", Optional: true,
			Classes: "govuk-checkboxes--small", Options: []govuk.Option{{Value: "yes", Text: "It did not: take it out"}}})
		f.entries = append(f.entries, e)
		sections = append(sections, formSection{Heading: words(m) + ", " + m.Day.Long(), Intro: "Where this is from: " + midSentence(cmp.Or(m.Source, notRecorded)) + ".",
			Fields: []rendered{e.what, e.day, e.remove}})
	}
	e := f.ask("", "", options, today)
	f.entries = append(f.entries, e)
	return f, append(sections, formSection{Heading: "Add something that happened", Fields: []rendered{e.what, e.day}})
}

func (f *milestoneForm) ask(suffix, prefix string, options []govuk.Option, today date.Date) milestoneEntry {
	label := func(words string) string {
		if prefix == "" {
			return words
		}
		return prefix + midSentence(words)
	}
	return milestoneEntry{
		what: f.form.Select(govuk.Question{Name: "what" + suffix, Label: label("What happened"), Noun: "what happened", Options: options, Optional: true}),
		day:  f.form.Date(govuk.Question{Name: "day" + suffix, Label: label("The day it happened"), Noun: "the day it happened", Today: today, Optional: true}),
	}
}

// milestoneOptions are the kinds of milestone, each followed by what more may be
// said of it.
func milestoneOptions(kinds child.CodeSet, details func(string) child.CodeSet) []govuk.Option {
	var options []govuk.Option
	for _, k := range kinds {
		options = append(options, govuk.Option{Value: k.Code, Text: k.Label})
		for _, d := range details(k.Code) {
			m := child.Milestone{What: k.Code, Detail: d.Code}
			options = append(options, govuk.Option{Value: milestoneValue(m), Text: m.Words(kinds, details(k.Code))})
		}
	}
	return options
}

func milestoneValue(m child.Milestone) string { return strings.TrimSuffix(m.What+":"+m.Detail, ":") }

// read gives the milestones that the form leaves, and tells whether they can
// stand. clash says why one cannot stand beside those before it. One that was
// changed or added comes from a worker; the others keep where they are from.
func (f *milestoneForm) read(clash func(list []child.Milestone, m child.Milestone) string) (list []child.Milestone, good bool) {
	for _, e := range f.entries {
		switch {
		case e.remove != nil && e.remove.Has("yes"):
			e.what.Error, e.day.Error = "", "" // what is wrong with one that is taken out does not matter
			continue
		case e.remove == nil && e.empty():
			continue
		}
		m := e.milestone()
		if message := clash(list, m); message != "" && m.Day.Known() {
			e.day.Fail(message)
		}
		list = append(list, m)
	}
	return list, f.form.Valid()
}

func (e milestoneEntry) empty() bool {
	return e.what.Value == "" && e.what.Error == "" && !e.day.Value.Known() && e.day.Error == ""
}

func (e milestoneEntry) milestone() child.Milestone {
	m := child.Milestone{Day: e.day.Value, Source: e.before.Source}
	m.What, m.Detail, _ = strings.Cut(e.what.Value, ":")
	if m.What == "" {
		e.what.Fail("Select what happened")
	}
	if !m.Day.Known() {
		e.day.Fail("Enter the day it happened")
	}
	if m != e.before {
		m.Source = child.ByWorker
	}
	return m
}

// another tells whether somebody means to go on adding, and what to tell them.
func (v *visit) another() (more bool, message string) {
	if more = v.r.PostFormValue("then") == "another"; more {
		return more, "What has happened is saved. Add the next one."
	}
	return more, "What has happened is saved."
}
