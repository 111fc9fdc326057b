package web

import (
	"encoding/json"
	"errors"

	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// away is somebody who has gone to their council's own sign-in, and what for.
type away struct {
	Started account.Started
	For     string
	Return  string // for toConfirm
}

// What somebody goes to their council's sign-in for.
const (
	toSignIn  = "sign in"
	toConfirm = "confirm"
	toJoin    = "join" // their account to it
)

// councilRow is one council's own sign-in.
type councilRow struct{ Name, Href, ID string }

func councilPath(issuerID string) string { return "/sign-in/council/" + issuerID }

// anyCouncil tells whether some council's own sign-in can be used here.
func (v *visit) anyCouncil() (bool, error) {
	list, err := v.allCouncils()
	return len(list) > 0, err
}

func (v *visit) allCouncils() (list []councilRow, err error) {
	if v.Origin == "" {
		return nil, nil
	}
	err = v.atTheDoor(func(u *work.Unit, book *agency.Book) error {
		issuers, err := account.Issuers(u.Tx)
		list = councilRows(book, issuers)
		return err
	})
	return list, err
}

// atTheDoor runs one unit of work while it is not known who is there.
func (v *visit) atTheDoor(fn func(*work.Unit, *agency.Book) error) error {
	return v.Desk.Do(v.r.Context(), account.Doorkeeper, "sign in", func(u *work.Unit) error {
		defer func() { v.statements += u.Statements }()
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return fn(u, book)
	})
}

func councilRows(book *agency.Book, issuers []account.Issuer) (list []councilRow) {
	for _, i := range issuers {
		if i.Enabled {
			list = append(list, councilRow{book.Agencies[i.Agency].Name, councilPath(i.ID) + "/start", i.ID})
		}
	}
	return list
}

// signInCouncils lists the councils whose own sign-in can be used.
func signInCouncils(v *visit) error {
	list, err := v.allCouncils()
	if err != nil {
		return err
	}
	return v.show("sign-in-council", page{Title: "Sign in with your council", Back: "/sign-in"}, list)
}

// councilStart sends somebody to their council, to sign in.
func councilStart(v *visit) error { return v.toCouncil(toSignIn) }

// councilConfirm sends somebody to their council to prove again who they are.
func councilConfirm(v *visit) error { return v.toCouncil(toConfirm) }

// councilJoin sends somebody to their council, to join their account to it.
func councilJoin(v *visit) error { return v.toCouncil(toJoin) }

func (v *visit) toCouncil(what string) error {
	var issuer account.Issuer
	err := v.atTheDoor(func(u *work.Unit, _ *agency.Book) (err error) {
		issuer, err = account.IssuerByID(u.Tx, v.r.PathValue("issuer"))
		return err
	})
	switch {
	case err != nil:
		return err
	case !issuer.Enabled || v.Origin == "" || what == toJoin && issuer.Agency != v.actor.Agency:
		return work.ErrNotFound
	}
	address, started, err := v.councils.Begin(v.r.Context(), issuer, v.Origin+councilPath(issuer.ID), what != toSignIn, v.Desk.Clock())
	if err != nil {
		return v.councilFault(err, what)
	}
	kept, err := json.Marshal(away{started, what, v.sessions.Look(v.r.Context(), keptReturn)})
	if err != nil {
		return err
	}
	if what == toSignIn { // whoever planted the token before gets nothing of what follows
		if err := v.sessions.RenewToken(v.r.Context()); err != nil {
			return err
		}
	}
	v.sessions.Keep(v.r.Context(), keptCouncil, string(kept))
	return v.redirect(address)
}

// councilFault says on the page they came from that their council's sign-in did
// not complete. Why is for the log, and names nobody.
func (v *visit) councilFault(err error, what string) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	v.Log.Info("council sign-in refused", "for", what, "error", errors.Unwrap(err))
	if v.actor.ID != "" && what != toSignIn {
		return fault.Wrap(fault.KindOf(err), fault.Message(err), err)
	}
	v.sessions.Keep(v.r.Context(), keptEnded, fault.Message(err))
	return v.redirect("/sign-in")
}

var errNotAway = fault.New(fault.Forbidden, "Your council's sign-in did not complete. Start again.")

// councilReturn takes back somebody who was at their council.
func councilReturn(v *visit) error {
	var a away
	// Taken before anything is asked of it: good once.
	if json.Unmarshal([]byte(v.sessions.Take(v.r.Context(), keptCouncil)), &a) != nil || a.For != toSignIn && v.actor.ID == "" {
		return v.councilFault(errNotAway, toSignIn)
	}
	var issuer account.Issuer
	err := v.atTheDoor(func(u *work.Unit, _ *agency.Book) (err error) {
		issuer, err = account.IssuerByID(u.Tx, v.r.PathValue("issuer"))
		return err
	})
	if err != nil {
		return err
	}
	who, err := v.councils.Finish(v.r.Context(), issuer, a.Started, v.r.URL.Query(), v.Desk.Clock())
	if err != nil {
		return v.councilFault(err, a.For)
	}
	switch a.For {
	case toConfirm:
		return v.councilConfirmed(who, a.Return)
	case toJoin:
		return v.councilJoined(who)
	}
	return v.councilSignedIn(who)
}

func (v *visit) councilSignedIn(who account.Identity) error {
	r, err := v.accounts.CouncilSignIn(v.r.Context(), who, v.source())
	switch {
	case err != nil:
		return v.councilFault(err, toSignIn)
	case r.Outcome == account.NeedsCode:
		return v.owesCode(r.Pending)
	}
	return v.enterOrSay(r)
}

func (v *visit) councilConfirmed(who account.Identity, to string) error {
	r, err := v.accounts.ConfirmCouncil(v.r.Context(), v.facts, who)
	if err != nil {
		return v.councilFault(err, toConfirm)
	}
	if r.Outcome != account.SignedIn {
		return v.councilFault(fault.New(fault.Forbidden, "Your council says that somebody else signed in. Start again."), toConfirm)
	}
	return v.goOnTo(r.Facts, to)
}

func (v *visit) councilJoined(who account.Identity) error {
	if !v.facts.ConfirmedWithin(v.Desk.Clock(), account.StepUp) {
		return v.councilFault(errNotAway, toJoin)
	}
	err := v.do("own account", func(u *work.Unit) error { return account.LinkIdentity(u, v.actor.Agency, v.account.ID, who) })
	if err != nil {
		return v.councilFault(err, toJoin)
	}
	if err := v.goOn(v.facts); err != nil {
		return err
	}
	return v.done("/account", "From now on you can sign in through your council.")
}

// councilLeave takes a council's sign-in away from one's own account.
func councilLeave(v *visit) error {
	err := v.do("own account", func(u *work.Unit) error {
		return account.UnlinkIdentity(u, v.actor.Agency, v.account.ID, v.r.PostFormValue("issuer"))
	})
	if err != nil {
		return err
	}
	return v.done("/account", "You no longer sign in through your council.")
}
