package account

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"

	"golang.org/x/text/unicode/norm"
)

// normal is a sign-in name in its one form, however it was typed.
func normal(name string) string {
	return norm.NFKC.String(strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))))
}

// namesProblem says what is wrong with a new sign-in name, in its one form.
func nameProblem(name string) string {
	strange := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_@+'", r)
	}
	switch n := utf8.RuneCountInString(name); {
	case n < 3 || n > 254:
		return "Give a sign-in name of 3 to 254 characters, such as a work e-mail address."
	case strings.ContainsFunc(name, strange):
		return "A sign-in name has letters, digits and . - _ @ + ' in it, and no spaces."
	}
	return ""
}

// Password takes the first step of signing in. A name that is not there costs
// the same work and gets the same answer as a wrong password.
func (g *Gate) Password(ctx context.Context, name, password string, from Source) (r Result, err error) {
	name = normal(name)
	t, a, err := g.begin(ctx, name, from)
	if err != nil || t.held() {
		return Result{Outcome: Held, Until: t.until}, err
	}
	right, err := g.check(ctx, t, a, password)
	if err != nil {
		return r, err
	}
	err = g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error {
		switch {
		case a.ID == "":
			note(u, "refused", Account{}, "unknown name "+g.ring.Hash("sign-in name", name))
		case !right:
			note(u, "refused", a.Account, "password")
		case a.State == Ended:
			note(u, "refused", a.Account, "ended")
		case a.wrongCodes >= burntAfter:
			note(u, "refused", a.Account, "too many codes")
			r.Outcome = IsBurnt
			return uncount(u, t)
		default:
			r.Outcome = NeedsCode
			return uncount(u, t)
		}
		return nil
	})
	if err == nil && r.Outcome == NeedsCode {
		r.Pending, err = g.keep("pending", pendingSignIn{Account: a.ID, Epoch: a.Epoch, At: g.desk.Clock().UTC()})
	}
	return r, err
}

// begin counts a try by name and finds the account, if there is one.
func (g *Gate) begin(ctx context.Context, name string, from Source) (t ticket, a locked, err error) {
	err = g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error {
		if t, err = g.count(u, name, from); err != nil {
			return err
		}
		if a, _, err = lockedByName(u, name); err != nil {
			return err
		}
		if t.held() && t.tell {
			detail := ""
			if a.ID == "" {
				detail = "unknown name " + g.ring.Hash("sign-in name", name)
			}
			note(u, "held", a.Account, detail)
		}
		return nil
	})
	return t, a, err
}

// check compares a password, outside any unit of work, and hashes it anew where
// the hash is of an old strength. A check that could not be made is not counted.
func (g *Gate) check(ctx context.Context, t ticket, a locked, password string) (bool, error) {
	right, stale, err := g.oven.check(ctx, a.password, password)
	if err != nil {
		undo := g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error { return uncount(u, t) })
		return false, errorsFirst(err, undo)
	}
	if !stale {
		return right, nil
	}
	fresh, err := g.oven.make(ctx, password)
	if err != nil {
		return right, nil // next time
	}
	return right, g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error {
		_, err := u.Exec("UPDATE account SET password = $3 WHERE account_id = $1 AND password = $2", a.ID, a.password, fresh)
		return err
	})
}

// errorsFirst keeps the first error's words for the person.
func errorsFirst(first, second error) error {
	if second != nil {
		return fault.Wrap(fault.KindOf(first), fault.Message(first), second)
	}
	return first
}

// admit lets somebody in who has proved who they are.
func (g *Gate) admit(u *work.Unit, a Account, f Factor, from Source) (Result, error) {
	switch a.State {
	case Dormant:
		note(u, "refused", a, "dormant")
		return Result{Outcome: IsDormant}, nil
	case Active:
	default:
		note(u, "refused", a, "ended")
		return Result{Outcome: Refused}, nil
	}
	query := "UPDATE account SET used_at = $2, wrong_codes = 0 WHERE account_id = $1"
	if f == FactorPasskey || f == FactorOIDC { // says nothing about who knows the password
		query = "UPDATE account SET used_at = $2 WHERE account_id = $1"
	}
	if _, err := u.Exec(query, a.ID, db.Instant{Time: u.Now}); err != nil {
		return Result{}, err
	}
	if from.Device == "" {
		from.Device = rand.Text()
	}
	if err := g.remember(u, a, from.Device); err != nil {
		return Result{}, err
	}
	as(u, a)
	note(u, "signed in", a, string(f))
	facts := Facts{Account: a.ID, Epoch: a.Epoch, Factor: f, Begun: u.Now, Seen: u.Now, Confirmed: u.Now}
	return Result{Outcome: SignedIn, Facts: facts, Account: a, Device: from.Device}, nil
}

// SignOut writes down that somebody went; Sessions.SignOut ends their session.
func (g *Gate) SignOut(ctx context.Context, f Facts) error {
	return g.desk.Do(ctx, Doorkeeper, "sign out", func(u *work.Unit) error {
		a, ok, err := g.Recognise(u, f)
		if ok {
			as(u, a)
			note(u, "signed out", a, "")
		}
		return err
	})
}

// StepUp is how long it counts that somebody has just proved who they are.
const StepUp = 10 * time.Minute

// ConfirmPassword has somebody who is signed in prove again who they are.
func (g *Gate) ConfirmPassword(ctx context.Context, f Facts, password string, from Source) (r Result, err error) {
	var t ticket
	var a locked
	err = g.desk.Do(ctx, Doorkeeper, "confirm", func(u *work.Unit) (err error) {
		if a, r, err = g.recogniseLocked(u, f); err != nil || r.Outcome == StartAgain {
			return err
		}
		t, err = g.count(u, a.SignInName, from)
		if t.held() {
			r = g.holds(u, t, a)
		}
		return err
	})
	if err != nil || r.Outcome == StartAgain || r.Outcome == Held {
		return r, err
	}
	right, err := g.check(ctx, t, a, password)
	if err != nil {
		return r, err
	}
	err = g.desk.Do(ctx, Doorkeeper, "confirm", func(u *work.Unit) error {
		if !right {
			note(u, "refused", a.Account, "password, confirming")
			return nil
		}
		r = confirmed(u, f, a.Account, "password")
		return uncount(u, t)
	})
	return r, err
}

// ConfirmCode is ConfirmPassword with a code.
func (g *Gate) ConfirmCode(ctx context.Context, f Facts, code string, from Source) (r Result, err error) {
	err = g.desk.Do(ctx, Doorkeeper, "confirm", func(u *work.Unit) error {
		var a locked
		if a, r, err = g.recogniseLocked(u, f); err != nil || r.Outcome == StartAgain {
			return err
		}
		var by Factor
		by, r, err = g.tryCode(u, a, code, from)
		if err == nil && r.Outcome == SignedIn {
			r = confirmed(u, f, a.Account, string(by))
		}
		return err
	})
	return r, err
}

// recogniseLocked is Recognise with the secrets; StartAgain is for a session
// that is no longer good, Refused for one that is.
func (g *Gate) recogniseLocked(u *work.Unit, f Facts) (locked, Result, error) {
	a, ok, err := lockedByID(u, f.Account)
	if err == nil && (!ok || !g.good(u, a.Account, f)) {
		return a, Result{Outcome: StartAgain}, nil
	}
	return a, Result{}, err
}

func confirmed(u *work.Unit, f Facts, a Account, by string) Result {
	as(u, a)
	note(u, "confirmed", a, by)
	f.Confirmed, f.Seen = u.Now, u.Now
	return Result{Outcome: SignedIn, Facts: f, Account: a}
}

// CouncilSignIn lets in whom their own council vouches for. Where the council
// proved no second factor, Homeward asks for its own.
func (g *Gate) CouncilSignIn(ctx context.Context, who Identity, from Source) (r Result, err error) {
	err = g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error {
		_, id, err := AccountOf(u.Tx, who.IssuerID, who.Subject)
		if err != nil {
			return err
		}
		a, _, err := byID(u, id)
		if err != nil {
			return err
		}
		if !who.SecondFactor && a.State != Ended {
			r.Outcome = NeedsCode
			r.Pending, err = g.keep("pending", pendingSignIn{Account: a.ID, Epoch: a.Epoch, At: u.Now})
			return err
		}
		r, err = g.admit(u, a, FactorOIDC, from)
		return err
	})
	return r, err
}

// ConfirmCouncil is ConfirmPassword for somebody whose council has just asked
// them again who they are.
func (g *Gate) ConfirmCouncil(ctx context.Context, f Facts, who Identity) (r Result, err error) {
	err = g.desk.Do(ctx, Doorkeeper, "confirm", func(u *work.Unit) error {
		var a locked
		if a, r, err = g.recogniseLocked(u, f); err != nil || r.Outcome == StartAgain {
			return err
		}
		_, id, err := AccountOf(u.Tx, who.IssuerID, who.Subject)
		if err != nil {
			return err
		}
		if id != a.ID {
			note(u, "refused", a.Account, "another's council sign-in")
			return nil
		}
		r = confirmed(u, f, a.Account, string(FactorOIDC))
		return nil
	})
	return r, err
}
