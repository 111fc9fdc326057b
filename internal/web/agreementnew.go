package web

import (
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// agreementForm is what an information lead proposes to other agencies.
type agreementForm struct {
	*govuk.Form
	Name, Purpose   *govuk.TextField
	Covers, Parties *govuk.ChoicesField
	Pool            *govuk.ChoiceField
	From, Until     *govuk.DateField
}

func newAgreementForm(book *agency.Book, own string) *agreementForm {
	f := &agreementForm{Form: &govuk.Form{}}
	f.Name = f.Text(govuk.Question{Name: "name", Label: "Name of the agreement", Noun: "the agreement’s name", Max: 200})
	f.Purpose = f.TextArea(govuk.Question{Name: "purpose", Label: "What is the sharing for?", Noun: "what the sharing is for", Max: 2000, Rows: 4,
		Hint: "In the words of the agreement that your agencies have made. Everybody who may see the agreement reads it"})
	var covers, parties []govuk.Option
	for _, c := range access.Covers() {
		covers = append(covers, govuk.Option{Value: string(c), Text: upperFirst(c.Label())})
	}
	for _, a := range book.List() {
		if a.Code != own {
			parties = append(parties, govuk.Option{Value: a.Code, Text: a.Name, Hint: strings.Join(a.Pools, ", ")})
		}
	}
	f.Covers = f.Checkboxes(govuk.Question{Name: "covers", Label: "What is shared?", Noun: "what is shared", Options: covers, Hint: "Nothing else is shared, and never a name, an address or a zone"})
	f.Parties = f.Checkboxes(govuk.Question{Name: "party", Label: "With which agencies?", Noun: "the agencies you share with", Options: parties, Hint: "Your own agency signs now. Nothing is shared with another until it has signed too"})
	f.Pool = f.Select(govuk.Question{Name: "pool", Label: "Only while both are members of a pool", Noun: "the pool", Optional: true, Options: poolOptions(book)})
	f.From = f.Date(govuk.Question{Name: "from", Label: "First day", Noun: "the first day"})
	f.Until = f.Date(govuk.Question{Name: "until", Label: "Day it ends", Noun: "the day it ends", Optional: true, Hint: "The first day on which nothing is shared any more"})
	return f
}

func poolOptions(book *agency.Book) []govuk.Option {
	var pools []string
	for _, a := range book.Agencies {
		pools = append(pools, a.Pools...)
	}
	slices.Sort(pools)
	options := []govuk.Option{{Text: "No, whichever pool they are in"}}
	for _, p := range slices.Compact(pools) {
		options = append(options, govuk.Option{Value: p, Text: p})
	}
	return options
}

// of is the agreement as the form says it.
func (f *agreementForm) of() agency.Agreement {
	a := agency.Agreement{Name: f.Name.Value, Purpose: f.Purpose.Value, Pool: f.Pool.Value, From: f.From.Value, Until: f.Until.Value}
	for _, c := range f.Covers.Values {
		a.Covers = append(a.Covers, access.Cover(c))
	}
	for _, code := range f.Parties.Values {
		a.Parties = append(a.Parties, agency.Party{Agency: code})
	}
	return a
}

// agreementNew proposes an agreement: the proposer's agency has signed it, and
// each other does for itself.
func agreementNew(v *visit) error {
	var f *agreementForm
	var made agency.Agreement
	err := v.office("propose an agreement", func(u *work.Unit, book *agency.Book) (err error) {
		if err := u.Allow(access.Change, book.Thing(access.Agreement, v.actor.Agency), ""); err != nil {
			return err
		}
		f = newAgreementForm(book, v.actor.Agency)
		if !v.posted() {
			f.From.Set(u.Today)
			return nil
		}
		if f.Parse(v.r) {
			made, err = agency.Propose(u, book, f.of())
		}
		return err
	})
	if f == nil {
		return err
	}
	if err == nil && made.ID != "" {
		return v.done(agreementPath(made.ID), "Proposed, and signed for your agency. It opens nothing until another party signs.")
	}
	if err := unlessFault(f.Form, err); err != nil {
		return err
	}
	return v.show("agreementnew", page{Title: "Propose an agreement", Back: "/agreements", Form: f.Form}, f)
}
