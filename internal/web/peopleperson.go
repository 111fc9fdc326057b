package web

import (
	"cmp"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// personPage is one person who works for the agency.
type personPage struct {
	Name, Facts string
	Account     govuk.SummaryList
	Deeds       []recordPage // what may be done with them now
	Self        bool
	Followed    string
	Caseload    string // where it is handed over, to those who may
}

// findPerson gives the person of the path to somebody who may do something with
// the people of their agency. An adopter is not one of them.
func (v *visit) findPerson(u *work.Unit, book *agency.Book, act access.Action) (agency.Worker, error) {
	w := book.Workers[v.r.PathValue("id")]
	if w.Role == access.Adopter {
		w = agency.Worker{}
	}
	return w, u.Allow(act, book.Thing(access.Staff, w.Agency), v.r.PathValue("id"))
}

// person shows one person, their account, and what may be done about it.
func person(v *visit) error {
	var p personPage
	err := v.office("person", func(u *work.Unit, book *agency.Book) error {
		w, err := v.findPerson(u, book, access.View)
		if err != nil {
			return err
		}
		u.Saw(w.Subject(), "")
		s, err := staffingOf(u, book)
		if err != nil {
			return err
		}
		p.fill(v, s, w)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("person", page{Title: "A person who works here", Back: "/people"}, p)
}

func (p *personPage) fill(v *visit, s staffing, w agency.Worker) {
	p.Name, p.Facts = w.Name, personFacts(s.book, w)
	p.Self = w.ID == v.actor.ID
	p.Account = s.accountFacts(w)
	p.Followed = followedWords(s.followed[w.ID])
	if access.Can(v.actor, access.View, s.book.Thing(access.Caseload, w.Agency)).Allow {
		p.Caseload = personPath(w.ID) + "/caseload"
	}
	if access.Can(v.actor, access.Change, s.book.Thing(access.Staff, w.Agency)).Allow {
		p.Deeds = s.deeds(w, p.Self)
	}
}

func personFacts(book *agency.Book, w agency.Worker) string {
	return w.Role.Label() + ", " + cmp.Or(book.Teams[w.Team].Name, "no team") + ", " + book.Agencies[w.Agency].Name
}

// personRecord heads the pages about one person.
func personRecord(book *agency.Book, w agency.Worker) record {
	return record{Name: w.Name, Facts: personFacts(book, w)}
}

func (s staffing) accountFacts(w agency.Worker) govuk.SummaryList {
	list := govuk.SummaryList{Card: &govuk.SummaryCard{Title: govuk.CardTitle{Text: "Account"}}}
	add := func(key, value string) {
		list.Rows = append(list.Rows, govuk.SummaryRow{Key: govuk.Content{Text: key}, Value: govuk.Content{Text: value}})
	}
	a, has := s.accounts[w.ID]
	i, invited := s.pending[w.ID]
	list.Rows = append(list.Rows, govuk.SummaryRow{Key: govuk.Content{Text: "State"}, Value: govuk.Content{HTML: accountTag(s.accountState(w))}})
	if w.LeftOn.Known() {
		add("Left on", w.LeftOn.Long())
	}
	if name := cmp.Or(a.SignInName, i.SignInName); name != "" {
		add("Sign-in name", name)
	}
	if has {
		add("Last signed in", lastUse(a.Used))
		add("Second factor", factorWords(a))
	}
	if invited {
		what := map[account.InvitationKind]string{account.Join: "To make an account", account.Reset: "To begin anew"}[i.Kind]
		add("Link not used yet", what+". Good until "+work.Day(i.Expires).Long())
	}
	return list
}

func factorWords(a account.Account) string {
	var words []string
	if a.TOTP {
		words = append(words, "codes from an app")
	}
	if a.Passkeys > 0 {
		words = append(words, count(a.Passkeys, "passkey", "passkeys"))
	}
	return cmp.Or(listWords(words), "None yet") + ". Recovery codes left: " + strconv.Itoa(a.RecoveryLeft)
}

// deeds are what an administrator may do with somebody as they stand now. Of
// themselves they change the name alone.
func (s staffing) deeds(w agency.Worker, self bool) (deeds []recordPage) {
	add := func(text, part string) { deeds = append(deeds, recordPage{Text: text, Href: personPath(w.ID) + part}) }
	state, path := s.accountState(w), personPath(w.ID)
	switch {
	case state == accountLeft:
		return []recordPage{{Text: "They work here again", Href: path + "/return"}}
	case self:
		return []recordPage{{Text: "Change your name", Href: path + "/edit"}}
	}
	add("Change name, role or team", "/edit")
	switch state {
	case accountNone:
		add("Invite them to sign in", "/invite")
	case accountInvited:
		add("Make a new link to sign in", "/invite")
	case string(account.Dormant):
		add("Open their account again", "/reopen")
		fallthrough
	default:
		add("Reset password and second factor", "/reset")
	}
	add("End their work here", "/end")
	return deeds
}
