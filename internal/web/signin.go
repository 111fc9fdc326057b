package web

import (
	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// signIn lets somebody at this machine choose which worker they are. It stands
// in for accounts, and is why the server answers this machine alone until they
// exist: first the agency, then the worker.
func signIn(v *visit) error {
	v.actor = access.Actor{Role: access.Operator, ID: "", Name: "sign-in"}
	var book *agency.Book
	err := v.do("sign-in", func(u *work.Unit) (err error) { book, err = agency.Open(u); return err })
	v.actor = access.Actor{}
	if err != nil {
		return err
	}
	if v.posted() {
		return v.signInAs(book, v.r.PostFormValue("worker"))
	}
	body := struct {
		Agencies []agency.Agency
		Agency   agency.Agency
		Staff    []staffRow
		Choose   *govuk.ChoiceField
	}{Agencies: book.List(), Agency: book.Agencies[v.r.URL.Query().Get("agency")]}
	form := &govuk.Form{Filter: true}
	body.Choose = form.Select(govuk.Question{Name: "agency", Label: "Which agency do you work for?", Options: agencyOptions(body.Agencies)})
	body.Choose.Set(body.Agency.Code)
	if body.Agency.Code != "" {
		for _, w := range book.Staff(body.Agency.Code) {
			body.Staff = append(body.Staff, staffRow{w, w.Role.Label()})
		}
	}
	return v.show("sign-in", page{Title: "Sign in"}, body)
}

type staffRow struct {
	agency.Worker
	RoleLabel string
}

func agencyOptions(list []agency.Agency) []govuk.Option {
	options := make([]govuk.Option, len(list))
	for i, a := range list {
		options[i] = govuk.Option{Value: a.Code, Text: a.Name + " (" + a.Code + ")"}
	}
	return options
}

func (v *visit) signInAs(book *agency.Book, id string) error {
	actor, ok := book.Actor(id)
	if !ok {
		return work.ErrNotFound
	}
	// A new token: one that somebody planted before is worth nothing after.
	if err := v.sessions.RenewToken(v.r.Context()); err != nil {
		return err
	}
	v.sessions.Put(v.r.Context(), sessionWorker, actor.ID)
	v.actor = actor
	if err := v.do("sign-in", func(u *work.Unit) error {
		u.Saw(work.Subject{Kind: "worker", Agency: actor.Agency, ID: actor.ID}, "signed in")
		return nil
	}); err != nil {
		return err
	}
	return v.redirect("/")
}

func signOut(v *visit) error {
	if err := v.sessions.Destroy(v.r.Context()); err != nil {
		return err
	}
	return v.redirect("/sign-in")
}
