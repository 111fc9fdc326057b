package web

import (
	"cmp"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// errKnown is what somebody reads of a record they said they have a tie to.
var errKnown = fault.New(fault.NotFound, "This record is closed to you, because you said that you know the child or family. If that was a mistake, ask a manager to open it to you again.")

// knowingPage asks whether the reader knows a child or a family. It says how
// they might, and never what it was that is the same.
type knowingPage struct {
	Matched []string
	Asked   bool // before the record was shown, rather than by the reader
	Who     string
	Form    *govuk.Form
	Answer  *govuk.ChoiceField
	Path    string
	Back    string
}

// matchWords say how somebody may know a child or family.
var matchWords = map[watch.Match]string{
	watch.Surname:  "a surname in the record is one of yours, or one you have declared",
	watch.Postcode: "a postcode in the record is one you have declared",
	watch.Known:    "you have declared this record itself",
}

func seenFamily(u *work.Unit, book *agency.Book, id string) (r watch.Record, there bool, err error) {
	list, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{id}})
	if err != nil || len(list) == 0 {
		return r, false, err
	}
	f, there := list[0].For(u.Actor, book)
	r = watch.Record{Of: list[0].Subject()}
	for _, p := range f.Places {
		r.Postcodes = append(r.Postcodes, present(p.Postcode)...)
	}
	return r, there, nil
}

// answerSeparator stands between an answer and its reason in one option.
const answerSeparator = " "

func newKnowingPage(kind access.Kind, id string) *knowingPage {
	p := &knowingPage{Form: &govuk.Form{}, Who: "child", Back: childPath(id)}
	if kind == access.Family {
		p.Who, p.Back = "family", familyPath(id)
	}
	p.Path = p.Back + "/knowing"
	p.Answer = p.Form.Radios(govuk.Question{Name: "answer", Label: "Do you know this " + p.Who + "?", Noun: "whether you know this " + p.Who})
	return p
}

// offer puts the answers that can be given on the form: that they are known may
// always be said.
func (p *knowingPage) offer(a watch.Alert) {
	p.Asked = a.Raised()
	for _, m := range a.Matched {
		p.Matched = append(p.Matched, matchWords[m])
	}
	for _, answer := range watch.Answers() {
		if answer.Code == "no_tie" && !a.Raised() {
			continue
		}
		for _, reason := range watch.ReasonsFor(answer.Code) {
			prefix := map[bool]string{true: "No: ", false: "Yes, or I may do: "}[answer.Code == "no_tie"]
			p.Answer.Options = append(p.Answer.Options, govuk.Option{Value: answer.Code + answerSeparator + reason.Code, Text: prefix + reason.Label})
		}
	}
}

// askWhetherKnown stands in place of a page.
func (v *visit) askWhetherKnown(a watch.Alert) error {
	kind, id := v.recordOfPath()
	p := newKnowingPage(kind, id)
	p.offer(a)
	return v.showKnowing(p)
}

func (v *visit) showKnowing(p *knowingPage) error {
	title, back := "Do you know this "+p.Who+"?", p.Back
	if p.Asked {
		title, back = "You may know this "+p.Who, "/"
	}
	return v.show("knowing", page{Title: title, Back: back, Form: p.Form}, p)
}

// knowing is where somebody says whether they know a child or family: asked
// before they open the record, or by themselves.
func knowing(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		p := newKnowingPage(kind, v.r.PathValue("id"))
		var alert watch.Alert
		err := v.do("whether they know them", func(u *work.Unit) error {
			_, r, err := v.knownRecord(u, kind)
			if err != nil {
				return err
			}
			alert, err = watch.Check(u, r)
			return err
		})
		switch {
		case err != nil:
			return err
		case alert.Closed:
			return errKnown
		}
		p.offer(alert)
		if !v.posted() || !p.Form.Parse(v.r) {
			return v.showKnowing(p)
		}
		return v.answerKnowing(p, kind)
	}
}

// knownRecord opens the record of the path to whoever may see any of it.
func (v *visit) knownRecord(u *work.Unit, kind access.Kind) (*agency.Book, watch.Record, error) {
	id := v.r.PathValue("id")
	book, err := agency.Open(u)
	if err != nil {
		return nil, watch.Record{}, err
	}
	r, there, err := seenRecord(u, book, kind, id)
	if err == nil && !there {
		err = missing(u, kind, access.View, id)
	}
	return book, r, err
}

func (v *visit) answerKnowing(p *knowingPage, kind access.Kind) error {
	answer, reason := p.answer()
	err := v.do("whether they know them", func(u *work.Unit) error {
		book, r, err := v.knownRecord(u, kind)
		if err != nil {
			return err
		}
		return watch.Answer(u, book, r, answer, reason)
	})
	switch {
	case err == nil && answer == "no_tie":
		return v.done(p.Back, "Your answer is on the record. You can open this record.")
	case err == nil:
		return v.done("/", "Your answer is on the record. The record is closed to you, and a manager has been told.")
	}
	if err := unlessFault(p.Form, err); err != nil {
		return err
	}
	return v.showKnowing(p)
}

func (p *knowingPage) answer() (answer, reason string) {
	for _, a := range watch.Answers() {
		for _, r := range watch.ReasonsFor(a.Code) {
			if p.Answer.Value == a.Code+answerSeparator+r.Code {
				answer, reason = a.Code, r.Code
			}
		}
	}
	return answer, reason
}

// declarationsPage is what somebody has declared about people they know.
type declarationsPage struct {
	Table govuk.Table
	None  bool
	Rows  []declarationRow
	Form  *govuk.Form
	Kind  *govuk.ChoiceField
	Value *govuk.TextField
}

// declarationRow is one declaration: of what kind and when, and not what.
type declarationRow struct{ ID, Kind, Day string }

// declarations lists what the reader has declared and takes one more. What it
// was cannot be read again by anybody.
func declarations(v *visit) error {
	p := declarationsPage{Form: &govuk.Form{}}
	var kinds []govuk.Option
	for _, c := range watch.Declarable() {
		kinds = append(kinds, govuk.Option{Value: c.Code, Text: c.Label})
	}
	p.Kind = p.Form.Radios(govuk.Question{Name: "kind", Label: "What do you want to declare?", Noun: "what you want to declare", Options: kinds})
	p.Value = p.Form.Text(govuk.Question{Name: "value", Label: "The surname, postcode or reference", Noun: "the surname, postcode or reference", Max: 100, Autocomplete: "off",
		Hint: "It is kept in a form that nobody can read, you and we included. It can only be compared", Classes: "govuk-input--width-20"})
	if v.posted() && p.Form.Parse(v.r) {
		err := v.do("declarations", func(u *work.Unit) error { return watch.Declare(u, watch.Match(p.Kind.Value), p.Value.Value) })
		if err == nil {
			return v.done("/account/declarations", "Declared. You are asked before you open a record that it is in.")
		}
		if fault.KindOf(err) == fault.Invalid {
			p.Value.Fail(fault.Message(err))
		} else if err := unlessFault(p.Form, err); err != nil {
			return err
		}
	}
	if err := v.do("declarations", func(u *work.Unit) (err error) { p.Rows, err = declarationRows(u); return err }); err != nil {
		return err
	}
	return v.show("declarations", page{Title: "People and places you know", Form: p.Form, Back: "/"}, p)
}

var declarationWords = map[watch.Match]string{watch.Surname: "A surname", watch.Postcode: "A postcode", watch.Known: "A child or family here"}

func declarationRows(u *work.Unit) ([]declarationRow, error) {
	list, err := watch.Declarations(u)
	var rows []declarationRow
	for _, d := range list {
		rows = append(rows, declarationRow{d.ID, cmp.Or(declarationWords[d.Kind], string(d.Kind)), work.Day(d.Made).Long()})
	}
	return rows, err
}

// takeBack ends one of the reader's own declarations.
func takeBack(v *visit) error {
	err := v.do("declarations", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return watch.TakeBack(u, book, v.r.PathValue("id"))
	})
	if err != nil {
		return err
	}
	return v.done("/account/declarations", "Taken back. Your manager is told that you took something back, and not what it was.")
}
