package web

import (
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// caseloadPage is what names one worker, and the form that hands it over.
type caseloadPage struct {
	Record     record
	Counts     string
	Hidden     string
	None       bool
	Rows       []caseloadRow
	Pagination govuk.Pagination
	Whole      *govuk.ChoiceField
	To         *govuk.ChoiceField
	Nobody     bool // there is nobody to hand it to
	Cancel     string
}

// caseloadRow is one record or ask that can be ticked.
type caseloadRow struct {
	ID     string
	What   template.HTML
	Spoken string // what a ticked box is called
	Facts  string
	Ticked bool
	saw    work.Subject
}

// caseload shows a manager what one worker follows, and hands all of it or a part
// over to another.
func caseload(v *visit) error {
	form := &govuk.Form{}
	p := caseloadPage{Cancel: personPath(v.r.PathValue("id"))}
	handed := 0
	err := v.office("caseload", func(u *work.Unit, book *agency.Book) error {
		c, err := link.CaseloadOf(u, book, v.r.PathValue("id"))
		if err != nil {
			return err
		}
		p.describe(v, u, book, c)
		p.ask(form, book, c)
		if !v.posted() || !form.Parse(v.r) {
			return nil
		}
		ids := v.r.PostForm["record"]
		if p.Whole.Value == "all" {
			ids = c.IDs()
		}
		part, err := link.HandOver(u, book, c.Worker.ID, p.To.Value, ids)
		handed = part.Len()
		return err
	})
	if err == nil && handed > 0 {
		return v.done(p.Cancel+"/caseload", count(handed, "record or ask", "records and asks")+" handed over.")
	}
	if p.To == nil {
		return err
	}
	if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.show("caseload", page{Title: "A person’s work", Back: p.Cancel, Form: form}, p)
}

func (p *caseloadPage) describe(v *visit, u *work.Unit, book *agency.Book, c link.Caseload) {
	p.Record = personRecord(book, c.Worker)
	p.Counts = followedWords(link.Followed{Children: len(c.Children), Families: len(c.Families), Asks: len(c.Asks)})
	if c.Hidden > 0 {
		p.Hidden = count(c.Hidden, "more is", "more are") + " restricted to others. Only somebody named on a restricted record can hand it over."
	}
	rows := caseloadRows(c)
	from, to, pages := v.pageOf(len(rows), "records")
	p.None, p.Rows, p.Pagination = len(rows) == 0, rows[from:to], pages
	for i, r := range p.Rows {
		p.Rows[i].Ticked = slices.Contains(v.r.PostForm["record"], r.ID)
		u.Saw(r.saw, "caseload of worker "+c.Worker.ID)
	}
}

// caseloadRows are the children, the families and the asks.
func caseloadRows(c link.Caseload) (rows []caseloadRow) {
	for _, x := range c.Children {
		rows = append(rows, caseloadRow{ID: x.ID, What: anchor(childPath(x.ID), x.Name()), Spoken: x.Name(), saw: x.Subject(),
			Facts: "Child " + x.Agency + "/" + x.Ref + ", " + midSentence(orUnknown(child.Statuses.Label(x.Status)))})
	}
	for _, x := range c.Families {
		rows = append(rows, caseloadRow{ID: x.ID, What: anchor(familyPath(x.ID), x.Name()), Spoken: "family " + x.Name(), saw: x.Subject(),
			Facts: "Family, " + midSentence(orUnknown(adopter.Statuses.Label(x.Status)))})
	}
	for _, a := range c.Asks {
		rows = append(rows, caseloadRow{ID: a.ID, What: anchor(askPath(a.ID), "Ask of "+a.AskedOn.Long()), Spoken: "ask of " + a.AskedOn.Long(), saw: a.Subject(),
			Facts: "Waiting for an answer by " + a.AnswerBy.Long() + ". It goes with its family"})
	}
	return rows
}

func orUnknown(words string) string {
	if words == "" {
		return "Status not recorded"
	}
	return words
}

// ask puts the questions: to whom, and how much of it.
func (p *caseloadPage) ask(form *govuk.Form, book *agency.Book, c link.Caseload) {
	var options []govuk.Option
	for _, w := range book.Staff(c.Worker.Agency) {
		if actor, ok := book.Actor(w.ID); ok && w.ID != c.Worker.ID && takesOver(actor, book, c) {
			options = append(options, govuk.Option{Value: w.ID, Text: w.Name + ", " + w.Role.Label()})
		}
	}
	p.Nobody = len(options) == 0
	p.Whole = form.Radios(govuk.Question{Name: "whole", Label: "What do you hand over?", Noun: "what you hand over", Options: []govuk.Option{
		{Value: "all", Text: "All of it, on every page of the list"}, {Value: "ticked", Text: "Only what is ticked on this page"}}})
	p.To = form.Select(govuk.Question{Name: "to", Label: "Who takes it over?", Noun: "who takes it over", Options: options})
}

// takesOver tells whether somebody's work lets them take on any of it: which
// records in particular is asked when it is handed over.
func takesOver(a access.Actor, book *agency.Book, c link.Caseload) bool {
	may := func(act access.Action, kind access.Kind) bool {
		return access.Can(a, act, book.Thing(kind, c.Worker.Agency)).Allow
	}
	return len(c.Children) > 0 && may(access.Change, access.Child) || len(c.Families) > 0 && may(access.Change, access.Family) || len(c.Asks) > 0 && may(access.Answer, access.Ask)
}
