package web

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// joinLink takes the invitation out of the address at once, so that it does not
// stay in view, and puts it into a session under a new token: whoever planted
// the one before must not accept it in their place.
func joinLink(v *visit) error {
	if err := v.sessions.RenewToken(v.r.Context()); err != nil {
		return err
	}
	sealed := v.Desk.Keys.Seal("invitation in session", "", []byte(v.r.PathValue("token")))
	v.sessions.Keep(v.r.Context(), keptInvitation, base64.RawStdEncoding.EncodeToString(sealed))
	return v.redirect("/join")
}

// invited is the invitation that the session came by.
func (v *visit) invited() (token string, i account.Invitation, err error) {
	sealed, err := base64.RawStdEncoding.DecodeString(v.sessions.Look(v.r.Context(), keptInvitation))
	if err == nil {
		var opened []byte
		opened, err = v.Desk.Keys.Unseal("invitation in session", "", sealed)
		token = string(opened)
	}
	if err != nil {
		return "", i, fault.Wrap(fault.NotFound, "Open the link you were given again, in this browser.", err)
	}
	err = v.atTheDoor(func(u *work.Unit, _ *agency.Book) (err error) {
		i, err = account.Invited(u, token)
		return err
	})
	return token, i, err
}

// joinPage asks for a password and a second factor. Both are on one page, so that
// a password never waits anywhere for the other.
type joinPage struct {
	Heading         string
	Name            string
	Password, Again *govuk.TextField
	Code            *govuk.TextField
	Secret, Picture string
	Passkeys        bool
	PasskeyName     *govuk.TextField
	Options         string // for the device, where it is asked instead of the app
	Expires         string
	Reset           bool
}

func passwordField(form *govuk.Form, name, label string) *govuk.TextField {
	q := govuk.Question{Name: name, Label: label, Type: "password", Autocomplete: "new-password"}
	if name == "password" {
		q.Hint = "At least 12 characters. Three random words make a good one"
	}
	return form.Text(q)
}

// matches says where two new passwords are not the same.
func matches(password, again *govuk.TextField) bool {
	if password.Value != again.Value {
		again.Fail("This is not the same as the password above. Enter both again")
		return false
	}
	return true
}

// join makes or resets an account with a password and codes from an app.
func join(v *visit) error {
	token, i, err := v.invited()
	if err != nil {
		return err
	}
	e, err := v.enrolment(i)
	if err != nil {
		return err
	}
	form := &govuk.Form{}
	p := newJoinPage(v, form, i)
	p.Code, p.Secret, p.Picture = newCodeField(form), spaced(e.Secret), "/join-picture"
	if v.posted() && form.Parse(v.r) && matches(p.Password, p.Again) {
		done, err := v.accounts.Accept(v.r.Context(), account.Acceptance{Token: token, Password: p.Password.Value, TOTP: e.Kept, Code: p.Code.Value}, v.source())
		if err == nil {
			return v.joined(done)
		}
		if err := unlessFault(form, err); err != nil {
			return err
		}
	}
	p.Code.Set("") // another by the time the page is sent again
	return v.show("join", page{Title: p.Heading, Form: form}, p)
}

func newJoinPage(v *visit, form *govuk.Form, i account.Invitation) joinPage {
	p := joinPage{Heading: "Set up your account", Name: i.SignInName, Passkeys: v.passkeys(), Reset: i.Kind == account.Reset, Expires: momentWords(i.Expires)}
	if p.Reset {
		p.Heading = "Set up your account again"
	}
	p.Password = passwordField(form, "password", "Choose a password")
	p.Again = passwordField(form, "again", "Enter it again")
	return p
}

func newCodeField(form *govuk.Form) *govuk.TextField {
	return form.Text(govuk.Question{Name: "code", Label: "Enter the code your app shows now", Noun: "the code your app shows now", Autocomplete: "one-time-code", Max: 12,
		Classes: "govuk-input--width-5", Hint: "6 digits"})
}

// enrolment is the secret that the session is about to give an app: the same
// until it is used, so that a mistake elsewhere does not ask for a new picture.
func (v *visit) enrolment(i account.Invitation) (account.Enrolment, error) {
	if e, err := v.accounts.Shown(i, v.sessions.Look(v.r.Context(), keptTOTP)); err == nil {
		return e, nil
	}
	e, err := v.accounts.NewTOTP(i)
	v.sessions.Keep(v.r.Context(), keptTOTP, e.Kept)
	return e, err
}

// spaced writes a secret in groups of four, for whoever types it.
func spaced(secret string) string {
	var groups []string
	for len(secret) > 4 {
		groups, secret = append(groups, secret[:4]), secret[4:]
	}
	return strings.Join(append(groups, secret), " ")
}

// joinQR draws the secret for the app's camera.
func joinQR(v *visit) error {
	_, i, err := v.invited()
	if err != nil {
		return err
	}
	e, err := v.accounts.Shown(i, v.sessions.Look(v.r.Context(), keptTOTP))
	if err != nil {
		return work.ErrNotFound
	}
	return v.showQR(e)
}

func (v *visit) showQR(e account.Enrolment) error {
	picture, err := e.QR()
	if err != nil {
		return err
	}
	v.status = http.StatusOK
	v.w.Header().Set("Content-Type", "image/png")
	if _, err := v.w.Write(picture); err != nil {
		v.Log.Info("answer not sent", "error", err)
	}
	return nil
}

// joinPasskey makes or resets an account with a password and a passkey.
func joinPasskey(v *visit) error {
	token, i, err := v.invited()
	if err != nil {
		return err
	}
	if !v.passkeys() {
		return errNoPage
	}
	form := &govuk.Form{}
	p := newJoinPage(v, form, i)
	p.PasskeyName = passkeyNameField(form)
	if v.posted() {
		kept := v.sessions.Take(v.r.Context(), keptPasskey)
		if form.Parse(v.r) && matches(p.Password, p.Again) {
			done, err := v.accounts.Accept(v.r.Context(), account.Acceptance{Token: token, Password: p.Password.Value,
				Passkey: kept, PasskeyName: p.PasskeyName.Value, Response: []byte(v.r.PostFormValue("response"))}, v.source())
			if err == nil {
				return v.joined(done)
			}
			if err := unlessFault(form, err); err != nil {
				return err
			}
		}
	}
	c, err := v.accounts.NewPasskey(i)
	if err != nil {
		return err
	}
	v.sessions.Keep(v.r.Context(), keptPasskey, c.Kept)
	p.Options = string(c.Options)
	return v.show("join", page{Title: p.Heading, Form: form, Back: "/join"}, p)
}

func passkeyNameField(form *govuk.Form) *govuk.TextField {
	return form.Text(govuk.Question{Name: "passkey_name", Label: "What do you call this device or key?", Noun: "what you call this device or key", Max: 60, Hint: "Such as “work laptop”"})
}

// joined signs the holder of a new account in and shows the recovery codes, this
// once.
func (v *visit) joined(done account.Accepted) error {
	if done.Outcome != account.SignedIn {
		return v.enterOrSay(done.Result)
	}
	if err := v.signedIn(done.Result); err != nil {
		return err
	}
	v.becomes(done.Result)
	return v.showRecovery(done.Recovery, "Your account is ready", "/")
}

// becomes has the rest of this request know who has just signed in.
func (v *visit) becomes(r account.Result) {
	v.account, v.facts, v.worker = r.Account, r.Facts, r.Account.Worker
}

// recoveryPage shows new recovery codes.
type recoveryPage struct {
	Heading, Next string
	Codes         []string
	Name          string
}

func (v *visit) showRecovery(codes []string, heading, next string) error {
	return v.show("recovery-codes", page{Title: heading}, recoveryPage{heading, next, codes, v.account.SignInName})
}

// codesLeft says how many recovery codes there are.
func codesLeft(n int) string { return fmt.Sprintf("%d of 10 left", n) }
