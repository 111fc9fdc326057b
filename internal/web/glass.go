package web

import (
	"errors"
	"html/template"
	"math"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// recordPath is the page of a record of a kind.
func recordPath(kind access.Kind, id string) string {
	if access.RecordOf(kind) == access.Family {
		return familyPath(id)
	}
	return childPath(id)
}

// recordWords names a record by Homeward's reference alone.
func recordWords(kind access.Kind, id string) string {
	return map[access.Kind]string{access.Child: "Child ", access.Family: "Family "}[access.RecordOf(kind)] + id
}

// missing refuses a record that is not there, or not for the reader, in the same
// words.
func missing(u *work.Unit, kind access.Kind, act access.Action, id string) error {
	if kind == access.Family {
		return adopter.Missing(u, act, id)
	}
	return child.Missing(u, act, id)
}

// thingOf finds a record whoever may see it, so that rules which do not show it
// can be asked: who follows it, and whether it is restricted. Nothing else of it
// comes out.
func thingOf(u *work.Unit, kind access.Kind, id string) (book *agency.Book, t access.Thing, there bool, err error) {
	err = u.Within(db.Scope{Role: string(access.Operator), Day: u.Today, Now: u.Now}, func() error {
		if book, err = agency.Open(u); err != nil {
			return err
		}
		if kind == access.Family {
			list, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{id}})
			if err == nil && len(list) == 1 {
				t, there = list[0].Thing(book, kind), true
			}
			return err
		}
		list, err := child.Load(u.Tx, child.Query{IDs: []string{id}})
		if err == nil && len(list) == 1 {
			t, there = list[0].Thing(book, kind), true
		}
		return err
	})
	return book, t, there, err
}

// inEmergency is where the page of a record that is closed to its reader, wholly
// or in part, may be opened by breaking the glass.
type inEmergency struct{ Href string }

// emergency offers it to whom the glass may be broken by.
func (v *visit) emergency(t access.Thing) inEmergency {
	if !watch.Breakable(v.actor, t) {
		return inEmergency{}
	}
	return inEmergency{recordPath(t.Kind, t.ID) + "/glass"}
}

// closed stands in place of the page of a record that is not there for its
// reader. Whoever may break its glass is told that it is restricted; nobody else
// is told anything.
func (v *visit) closed(kind access.Kind, refused error) error {
	if fault.KindOf(refused) != fault.NotFound {
		return refused
	}
	var offer inEmergency
	err := v.do("closed record", func(u *work.Unit) error {
		_, t, there, err := thingOf(u, kind, v.r.PathValue("id"))
		if there && t.Restricted {
			offer = v.emergency(t)
		}
		return err
	})
	if err != nil || offer.Href == "" {
		return errors.Join(err, refused)
	}
	body := struct{ Message, Glass string }{fault.Message(watch.ErrRestricted), offer.Href}
	return v.showStatus(fault.HTTPStatus(watch.ErrRestricted), "closed", page{Title: "Restricted record", Back: "/"}, body)
}

// glassPage asks why a record is to be opened in an emergency.
type glassPage struct {
	Record, Path, Back string
	Form               *govuk.Form
	Reason             *govuk.TextField
	Leads              string // who is told
}

// breakGlass opens a record that is closed to its reader, for a short time and
// with a reason.
func breakGlass(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		id := v.r.PathValue("id")
		p := glassPage{Record: recordWords(kind, id), Path: recordPath(kind, id) + "/glass", Back: recordPath(kind, id), Form: &govuk.Form{}}
		p.Reason = p.Form.TextArea(govuk.Question{Name: "reason", Label: "Why do you need to open this record now?", Noun: "why you need to open this record now",
			Hint: "At least 20 characters. The information leads read it", Min: watch.ReasonLeast, Max: watch.ReasonMost, Rows: 4})
		if err := v.mayBreak(kind, id, &p); err != nil {
			return err
		}
		if ok, err := v.confirmed(); !ok || err != nil {
			return err
		}
		if !v.posted() || !p.Form.Parse(v.r) {
			return v.show("glass", page{Title: "Open in an emergency", Back: p.Back, Form: p.Form}, p)
		}
		return v.breakIt(kind, p)
	}
}

// mayBreak refuses whoever cannot break the glass of a record.
func (v *visit) mayBreak(kind access.Kind, id string, p *glassPage) error {
	return v.do("break glass", func(u *work.Unit) error {
		book, t, err := breakable(u, kind, id)
		if err == nil {
			p.Leads = leadsWords(book, t.Agency, v.actor.Agency)
		}
		return err
	})
}

// breakable finds a record whose glass the unit's actor may break.
func breakable(u *work.Unit, kind access.Kind, id string) (*agency.Book, access.Thing, error) {
	book, t, there, err := thingOf(u, kind, id)
	switch {
	case err != nil:
		return nil, t, err
	case !there:
		return nil, t, missing(u, kind, access.BreakGlass, id)
	case watch.Breakable(u.Actor, t):
		return book, t, nil
	case !access.Can(u.Actor, access.BreakGlass, t).Allow:
		return nil, t, u.Allow(access.BreakGlass, t, id)
	case access.Can(u.Actor, access.View, t).Allow:
		return nil, t, fault.New(fault.Conflict, "This record is open to you already. There is no glass to break.")
	}
	return nil, t, u.Refuse(access.BreakGlass, work.Subject{Kind: kind, Agency: t.Agency, ID: id})
}

func leadsWords(book *agency.Book, owner, own string) string {
	words := "the information lead of " + book.Agencies[owner].Name
	if owner != own {
		words += ", the information lead of " + book.Agencies[own].Name
	}
	return words
}

func (v *visit) breakIt(kind access.Kind, p glassPage) error {
	err := v.do("break glass", func(u *work.Unit) error {
		book, t, err := breakable(u, kind, v.r.PathValue("id"))
		if err != nil {
			return err
		}
		_, err = watch.Break(u, book, t, p.Reason.Value, v.confirmedAt())
		return err
	})
	if err == nil {
		return v.done(p.Back, "The record is open to you for 60 minutes. Others have been told.")
	}
	if err := unlessFault(p.Form, err); err != nil {
		return err
	}
	return v.show("glass", page{Title: "Open in an emergency", Back: p.Back, Form: p.Form}, p)
}

// glassOf notes until when the record of the page is open to the reader because
// they broke its glass.
func (v *visit) glassOf(u *work.Unit, id string) error {
	if !slices.ContainsFunc(v.actor.Opened, func(o access.Opened) bool { return o.ID == id }) {
		return nil
	}
	mine, err := watch.Mine(u)
	for _, g := range mine {
		if g.Of.ID == id {
			v.glassUntil = g.Until
		}
	}
	return err
}

// warnings head every page of a record that is not open to everybody whose work
// would open it.
func (v *visit) warnings(t access.Thing) []template.HTML {
	var list []template.HTML
	if left := v.glassUntil.Sub(v.Desk.Clock()); left > 0 {
		minutes := int(math.Ceil(left.Minutes()))
		list = append(list, markup(`<p class="hw-alarm" role="status"><strong>Opened in an emergency.</strong> It closes in %s, at %s. Others have been told that you opened it.</p>`,
			count(minutes, "minute", "minutes"), clockWords(v.glassUntil)))
	}
	if t.Restricted {
		list = append(list, markup(`<p class="hw-alarm"><strong>Restricted.</strong> Only the people named on this record can open it. Do not speak of it to others.</p>`))
	}
	return list
}

// glassRow is one broken glass as a review shows it.
type glassRow struct {
	ID, Record, When, Who, Reason string
	Tag                           template.HTML
	Looks                         string // who looked at the record, for its own agency
	Review                        *govuk.ChoiceField
	Mine                          bool   // the reader broke it: somebody else reviews it
	Found                         string // what a review found, and by whom
}

// glassListPage is the glass broken on the reader's agency's records, and by its
// people elsewhere.
type glassListPage struct {
	Waiting, Done, Elsewhere []glassRow
	Days                     int
	Form                     *govuk.Form
}

// glassList lists it for the information lead: overdue first.
func glassList(v *visit) error { return v.showGlassList(&govuk.Form{}, "") }

func (v *visit) showGlassList(form *govuk.Form, failed string) error {
	p := glassListPage{Days: int(watch.ReviewWithin.Hours() / 24), Form: form}
	err := v.do("broken glass", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		ours, err := watch.Glasses(u, u.Actor.Agency)
		if err != nil {
			return err
		}
		elsewhere, err := watch.GlassesBy(u, u.Actor.Agency)
		p.fill(u, book, ours, elsewhere)
		return err
	})
	if err != nil {
		return err
	}
	p.mistake(failed)
	return v.show("glasslist", page{Title: "Records opened in an emergency", Form: form, Back: "/looks"}, p)
}

func (p *glassListPage) fill(u *work.Unit, book *agency.Book, ours, elsewhere []watch.Glass) {
	slices.SortStableFunc(ours, func(x, y watch.Glass) int { return rank(y.Overdue(u.Now)) - rank(x.Overdue(u.Now)) })
	for _, g := range ours {
		row := p.row(u, book, g)
		if g.Reviewed.IsZero() {
			p.Waiting = append(p.Waiting, row)
		} else {
			p.Done = append(p.Done, row)
		}
	}
	for _, g := range elsewhere {
		row := p.row(u, book, g)
		row.Looks, row.Review = "", nil
		p.Elsewhere = append(p.Elsewhere, row)
	}
}

func (p *glassListPage) row(u *work.Unit, book *agency.Book, g watch.Glass) glassRow {
	row := glassRow{ID: g.ID, Record: recordWords(g.Of.Kind, g.Of.ID) + ", " + g.Of.Agency, When: momentWords(g.Opened) + " until " + clockWords(g.Until),
		Who: personWords(book, g.ActorID, g.ActorAgency), Reason: g.Reason, Looks: recordPath(g.Of.Kind, g.Of.ID) + "/looks", Mine: g.ActorID == u.Actor.ID}
	switch {
	case !g.Reviewed.IsZero():
		row.Found = findingWords(g.Finding) + ", " + personWords(book, g.ReviewedBy, g.Of.Agency) + ", " + momentWords(g.Reviewed)
	case g.Overdue(u.Now):
		row.Tag = govuk.Tag{Text: "Review overdue", Classes: "govuk-tag--red"}.Render()
	default:
		row.Tag = govuk.Tag{Text: "To review", Classes: "govuk-tag--orange"}.Render()
	}
	if g.Reviewed.IsZero() && !row.Mine && g.Of.Agency == u.Actor.Agency {
		row.Review = p.question(g.ID)
	}
	return row
}

// question is what a review finds. Each glass has its own, on a form of its own.
func (p *glassListPage) question(id string) *govuk.ChoiceField {
	var options []govuk.Option
	for _, f := range watch.Findings() {
		options = append(options, govuk.Option{Value: f.Code, Text: f.Label})
	}
	return (&govuk.Form{}).Radios(govuk.Question{Name: "finding-" + id, Label: "What do you find?", Noun: "what you find", Options: options, Classes: "govuk-radios--small"})
}

// mistake says on a glass's form that nothing was chosen.
func (p *glassListPage) mistake(id string) {
	for _, row := range p.Waiting {
		if row.ID == id && row.Review != nil {
			row.Review.Fail("Select what you find")
		}
	}
}

func findingWords(code string) string {
	for _, f := range watch.Findings() {
		if f.Code == code {
			return f.Label
		}
	}
	return code
}

// reviewGlass records what an information lead finds.
func reviewGlass(v *visit) error {
	id := v.r.PathValue("id")
	finding := strings.TrimSpace(v.r.PostFormValue("finding-" + id))
	err := v.do("review of broken glass", func(u *work.Unit) error { return watch.Review(u, id, finding) })
	if err == nil {
		return v.done("/glass", "Your finding is recorded.")
	}
	form, failed := &govuk.Form{}, ""
	if fault.KindOf(err) == fault.Invalid {
		failed = id
		form.Fail("Select what you find", "#finding-"+id)
	} else if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.showGlassList(form, failed)
}
