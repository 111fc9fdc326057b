package web

import (
	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// invited is a link that was made for somebody. It is shown in the answer to the
// form that made it and nowhere else: the database keeps its hash alone, and it
// is in no address and no log.
type invited struct {
	Record record
	Link   string
	Until  string
	Back   string
}

func (v *visit) invite(u *work.Unit, w agency.Worker, signInName string) (invited, error) {
	token, err := account.Invite(u, w.ID, signInName)
	return v.invitedBy(u, w, token), err
}

func (v *visit) invitedBy(u *work.Unit, w agency.Worker, token string) invited {
	return invited{Record: record{Name: w.Name, Facts: w.Role.Label()}, Link: v.address() + account.LinkPath(token),
		Until: work.Day(u.Now.AddDate(0, 0, 3)).Long(), Back: personPath(w.ID)}
}

// address is where people find the site.
func (v *visit) address() string {
	switch {
	case v.Origin != "":
		return v.Origin
	case v.Secure:
		return "https://" + v.r.Host
	}
	return "http://" + v.r.Host
}

func (v *visit) showInvited(i invited) error {
	return v.show("personinvited", page{Title: "A link to sign in"}, i)
}

// personInvite makes the link by which somebody without an account makes one. A
// new link takes the place of the one before.
func personInvite(v *visit) error {
	f := &govuk.Form{}
	p := struct {
		Record     record
		SignInName *govuk.TextField
		Cancel     string
	}{SignInName: f.Text(signInNameQuestion), Cancel: personPath(v.r.PathValue("id"))}
	var link invited
	err := v.office("invite a person", func(u *work.Unit, book *agency.Book) error {
		w, err := v.findPerson(u, book, access.Change)
		if err != nil {
			return err
		}
		p.Record = personRecord(book, w)
		if v.posted() && f.Parse(v.r) {
			link, err = v.invite(u, w, p.SignInName.Value)
			return err
		}
		if pending, err := account.Pending(u, w.Agency); err != nil || v.posted() {
			return err
		} else if i, ok := pending[w.ID]; ok {
			p.SignInName.Set(i.SignInName)
		}
		return nil
	})
	if err := unlessFault(f, err); err != nil {
		return err
	}
	if link.Link != "" && err == nil {
		return v.showInvited(link)
	}
	return v.show("personinvite", page{Title: "Invite a person to sign in", Back: p.Cancel, Form: f}, p)
}

// personDeed is something an administrator does about one person after a page
// that says what it does.
type personDeed struct {
	purpose string
	ask     func(agency.Worker, staffing) officeConfirm
	do      func(*work.Unit, staffing, agency.Worker) error
}

// personDo shows the question, or does what it asked and goes on.
func (v *visit) personDo(d personDeed, goOn func() error) error {
	var c officeConfirm
	form := &govuk.Form{}
	err := v.office(d.purpose, func(u *work.Unit, book *agency.Book) error {
		w, err := v.findPerson(u, book, access.Change)
		if err != nil {
			return err
		}
		s, err := staffingOf(u, book)
		if err != nil {
			return err
		}
		c = d.ask(w, s)
		c.Record, c.Cancel = personRecord(book, w), personPath(w.ID)
		if w.ID == v.actor.ID {
			return errOneself
		}
		if v.posted() {
			return d.do(u, s, w)
		}
		u.Saw(w.Subject(), d.purpose)
		return nil
	})
	if err == nil && v.posted() {
		return goOn()
	}
	if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.showConfirm(c.Heading, c, page{Form: form})
}

// accountOf is somebody's account, which what was asked for needs.
func (s staffing) accountOf(w agency.Worker) (account.Account, error) {
	a, has := s.accounts[w.ID]
	if !has {
		return a, fault.New(fault.Conflict, "This person has no account. Invite them to make one.")
	}
	return a, nil
}

// personReset makes a link by which somebody begins anew.
func personReset(v *visit) error {
	var link invited
	return v.personDo(personDeed{purpose: "reset an account",
		ask: func(agency.Worker, staffing) officeConfirm {
			return officeConfirm{Heading: "Reset password and second factor", Button: "Make a reset link", Warning: true, Lines: []string{
				"You get a link to pass on. Whoever opens it chooses a new password and a new second factor, and the old ones stop working then.",
				"Be sure whom you pass it to: speak to them face to face or on a number that you know. It works once, for 72 hours.",
			}}
		},
		do: func(u *work.Unit, s staffing, w agency.Worker) error {
			a, err := s.accountOf(w)
			if err != nil {
				return err
			}
			token, err := account.InviteReset(u, a.ID)
			link = v.invitedBy(u, w, token)
			return err
		},
	}, func() error { return v.showInvited(link) })
}

// personReopen opens a dormant account again.
func personReopen(v *visit) error {
	return v.personDo(personDeed{purpose: "open an account again",
		ask: func(agency.Worker, staffing) officeConfirm {
			return officeConfirm{Heading: "Open this account again", Button: "Open it again", Lines: []string{
				"Nobody has signed in with this account for 45 days. Open it again only if the person still needs it for their work: ask their manager.",
				"Their password and second factor stay as they are.",
			}}
		},
		do: func(u *work.Unit, s staffing, w agency.Worker) error {
			a, err := s.accountOf(w)
			if err != nil {
				return err
			}
			return account.Reopen(u, a.ID)
		},
	}, v.doneWith("The account is open again."))
}

// personEnd ends somebody's work here, from today: their sessions stop at the
// next page, and what names them waits for a manager to hand it over.
func personEnd(v *visit) error {
	return v.personDo(personDeed{purpose: "end somebody's work",
		ask: func(w agency.Worker, s staffing) officeConfirm {
			c := officeConfirm{Heading: "End this person’s work here", Button: "End their work today", Warning: true, Lines: []string{
				"From today they do not work for your agency. They are signed out at their next page and cannot sign in again. Links they were sent stop working. What they did stays on the record.",
			}}
			if f := s.followed[w.ID]; f.Any() {
				c.Lines = append(c.Lines, "This work is still in their name: "+followedWords(f)+". A manager can hand it over to somebody else first. If you go on now it stays in their name, nobody is given it, and every manager is shown it under People until it is handed over.")
				c.Points = managersOf(s.book, w)
			}
			return c
		},
		do: endWork,
	}, v.doneWith("Their work here has ended."))
}

// managersOf says who can hand work over.
func managersOf(book *agency.Book, leaver agency.Worker) (lines []string) {
	for _, w := range book.Staff(leaver.Agency) {
		if actor, ok := book.Actor(w.ID); ok && w.ID != leaver.ID && access.Can(actor, access.Change, book.Thing(access.Caseload, w.Agency)).Allow {
			lines = append(lines, w.Name+" can hand it over")
		}
	}
	return lines
}

func endWork(u *work.Unit, s staffing, w agency.Worker) error {
	if w.Gone(u.Today) {
		return fault.New(fault.Conflict, "Their work here has ended already.")
	}
	if a, has := s.accounts[w.ID]; has && a.State != account.Ended {
		if err := account.End(u, a.ID); err != nil {
			return err
		}
	}
	gone := w
	gone.LeftOn = u.Today
	return savePerson(u, s.book, w, gone)
}

// personReturn takes the day somebody left off their record.
func personReturn(v *visit) error {
	return v.personDo(personDeed{purpose: "take somebody back",
		ask: func(agency.Worker, staffing) officeConfirm {
			return officeConfirm{Heading: "They work here again", Button: "They work here again", Lines: []string{
				"The day they left is taken off their record. They can sign in once you have made them a new link.",
			}}
		},
		do: func(u *work.Unit, s staffing, w agency.Worker) error {
			if !w.Gone(u.Today) {
				return fault.New(fault.Conflict, "They work here.")
			}
			back := w
			back.LeftOn = date.Date(0)
			return savePerson(u, s.book, w, back)
		},
	}, v.doneWith("They work here again. Make them a link, so that they can sign in."))
}

// doneWith goes back to the person with a message.
func (v *visit) doneWith(message string) func() error {
	return func() error { return v.done(personPath(v.r.PathValue("id")), message) }
}

var errOneself = fault.New(fault.Invalid, "You cannot do this to yourself. Ask another administrator.")
