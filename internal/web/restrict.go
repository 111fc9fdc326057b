package web

import (
	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/watch"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// restrictPage is who may open one record where that is not everybody whose work
// would: whom it is restricted to, and to whom it is closed since they know the
// child or family. It names the record by Homeward's reference alone.
type restrictPage struct {
	Record, Path string
	Restricted   bool
	Why, Set     string
	Names        []string
	Form         *restrictForm // for whoever may change it
	Closed       []closedRow
	Ended        string // of a form that ends it
}

// closedRow is one worker to whom the record is closed.
type closedRow struct {
	ID, Name, Words string
	MayReopen       bool
}

// restrictForm is why, and who can still open the record.
type restrictForm struct {
	Form   *govuk.Form
	Reason *govuk.ChoiceField
	Names  *govuk.ChoicesField
}

func choiceOptions(list []watch.Choice) []govuk.Option {
	options := make([]govuk.Option, len(list))
	for i, c := range list {
		options[i] = govuk.Option{Value: c.Code, Text: c.Label}
	}
	return options
}

func choiceWords(list []watch.Choice, code string) string {
	for _, c := range list {
		if c.Code == code {
			return c.Label
		}
	}
	return code
}

// newRestrictForm offers those who would see the record if they were named.
func newRestrictForm(book *agency.Book, t access.Thing) *restrictForm {
	f := &restrictForm{Form: &govuk.Form{}}
	f.Reason = f.Form.Radios(govuk.Question{Name: "reason", Label: "Why is the record restricted?", Noun: "why the record is restricted", Options: choiceOptions(watch.Reasons())})
	f.Names = f.Form.Checkboxes(govuk.Question{Name: "names", Label: "Who can open it?", Noun: "who can open it",
		Hint: "Nobody else can, whatever they work as. Name yourself if you have to see it", Options: nameable(book, t)})
	return f
}

func nameable(book *agency.Book, t access.Thing) []govuk.Option {
	var options []govuk.Option
	for _, w := range book.Staff("") {
		actor, works := book.Actor(w.ID)
		actor.NamedOn, actor.Opened = []access.Opened{{Kind: t.Kind, Agency: t.Agency, ID: t.ID}}, nil
		named := t
		named.Restricted = true
		// Of another agency's people those who carry its work out for it, not those
		// an agreement shows what a family can offer.
		theirs := t.Kind == access.Child || access.Can(actor, access.Change, named).Allow
		if works && access.Can(actor, access.View, named).Allow && (w.Agency == t.Agency || theirs) {
			options = append(options, govuk.Option{Value: w.ID, Text: personWords(book, w.ID, w.Agency)})
		}
	}
	return options
}

// guardedRecord finds the record of the path for somebody who may do something to
// its restriction.
func (v *visit) guardedRecord(u *work.Unit, kind access.Kind, act access.Action) (*agency.Book, access.Thing, error) {
	id := v.r.PathValue("id")
	book, t, there, err := thingOf(u, kind, id)
	if err != nil {
		return nil, t, err
	}
	if !there {
		return nil, t, missing(u, kind, act, id)
	}
	return book, t, u.Allow(act, access.Thing{Kind: access.Restriction, Agency: t.Agency, ID: t.ID}, t.ID)
}

// whoCanOpen shows who may open a record and changes it.
func whoCanOpen(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		id := v.r.PathValue("id")
		p := restrictPage{Record: recordWords(kind, id), Path: recordPath(kind, id) + "/restrict"}
		if err := v.do("restriction", func(u *work.Unit) error { return p.fill(v, u, kind) }); err != nil {
			return err
		}
		if v.posted() && p.Form != nil && p.Form.Form.Parse(v.r) {
			err := v.do("restriction", func(u *work.Unit) error {
				book, t, err := v.guardedRecord(u, kind, access.Change)
				if err != nil {
					return err
				}
				return watch.Restrict(u, book, t, p.Form.Reason.Value, p.Form.Names.Values)
			})
			if err == nil {
				return v.done(p.Path, "The record is restricted to "+count(len(p.Form.Names.Values), "person", "people")+".")
			}
			if err := unlessFault(p.Form.Form, err); err != nil {
				return err
			}
		}
		return p.show(v, kind)
	}
}

func (p *restrictPage) show(v *visit, kind access.Kind) error {
	view := page{Title: "Who can open " + midSentence(p.Record), Back: v.looksBack(kind, v.r.PathValue("id"))}
	if p.Form != nil {
		view.Form = p.Form.Form
	}
	return v.show("restrict", view, p)
}

func (p *restrictPage) fill(v *visit, u *work.Unit, kind access.Kind) error {
	act := access.View
	if v.posted() {
		act = access.Change
	}
	book, t, err := v.guardedRecord(u, kind, act)
	if err != nil {
		return err
	}
	of := work.Subject{Kind: kind, Agency: t.Agency, ID: t.ID}
	r, restricted, err := watch.RestrictionOf(u, of)
	if err != nil {
		return err
	}
	u.Saw(work.Subject{Kind: access.Restriction, Agency: t.Agency, ID: t.ID}, "")
	p.stands(book, r, restricted)
	mayChange := access.Can(u.Actor, access.Change, access.Thing{Kind: access.Restriction, Agency: t.Agency, ID: t.ID}).Allow
	if mayChange {
		p.Form = newRestrictForm(book, t)
		p.Form.Reason.Set(r.Reason)
		p.Form.Names.Set(r.Names...)
	}
	return p.closedTo(u, book, of, mayChange)
}

func (p *restrictPage) stands(book *agency.Book, r watch.Restriction, restricted bool) {
	if p.Restricted = restricted; !restricted {
		return
	}
	p.Why = choiceWords(watch.Reasons(), r.Reason)
	p.Set = personWords(book, r.SetBy, r.Of.Agency) + ", " + momentWords(r.SetAt)
	for _, id := range r.Names {
		p.Names = append(p.Names, personWords(book, id, r.Of.Agency))
	}
}

// closedTo adds those who answered that they know the child or family.
func (p *restrictPage) closedTo(u *work.Unit, book *agency.Book, of work.Subject, mayChange bool) error {
	list, err := watch.AnswersOf(u, of.Agency)
	for _, a := range list {
		if a.Of != of || a.Answer != "tie" {
			continue
		}
		p.Closed = append(p.Closed, closedRow{a.WorkerID, personWords(book, a.WorkerID, a.WorkerFrom),
			choiceWords(watch.ReasonsFor(a.Answer), a.Reason) + ". Answered on " + momentWords(a.At), mayChange && a.WorkerID != u.Actor.ID})
	}
	return err
}

// unrestrict lifts the restriction of a record.
func unrestrict(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		err := v.do("restriction", func(u *work.Unit) error {
			book, t, err := v.guardedRecord(u, kind, access.Change)
			if err != nil {
				return err
			}
			return watch.Unrestrict(u, book, t)
		})
		if err != nil {
			return err
		}
		return v.done(recordPath(kind, v.r.PathValue("id"))+"/restrict", "The restriction is lifted. Whoever’s work opens this record can open it again.")
	}
}

// reopen opens a record again to somebody who said that they know the child or
// family.
func reopen(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		err := v.do("restriction", func(u *work.Unit) error {
			book, t, err := v.guardedRecord(u, kind, access.Change)
			if err != nil {
				return err
			}
			return watch.Reopen(u, book, work.Subject{Kind: kind, Agency: t.Agency, ID: t.ID}, v.r.PostFormValue("worker"))
		})
		if err != nil {
			return err
		}
		return v.done(recordPath(kind, v.r.PathValue("id"))+"/restrict", "The record is open to them again. The information lead is told.")
	}
}

// trustPages adds the pages about who may see a record and who did.
func (v *visit) trustPages(r *record, t access.Thing) {
	path := recordPath(t.Kind, t.ID)
	add := func(text, href string) { r.Pages = append(r.Pages, recordPage{text, href, false}) }
	own := access.Thing{Kind: access.AuditRecord, Agency: t.Agency, ID: t.ID}
	if access.Can(v.actor, access.View, own).Allow {
		add("Who looked", path+"/looks")
	}
	if own.Kind = access.Restriction; access.Can(v.actor, access.View, own).Allow {
		add("Who can open it", path+"/restrict")
	}
	add("Do you know them?", path+"/knowing")
	r.Warnings = v.warnings(t)
}
