package web

import (
	"net/netip"
	"time"

	"homeward/internal/account"
	"homeward/internal/web/govuk"
)

// signInPage asks for the first of two proofs. It says the same of a name that
// is not there and of a wrong password, and keeps both out of the address.
type signInPage struct {
	Name, Password *govuk.TextField
	Ended          string // why somebody was signed out
	Passkeys       bool
	Councils       bool
	Demonstration  *demonstration
}

// demonstration tells whoever tries Homeward out how to sign in.
type demonstration struct {
	Password string
	Accounts []account.Account
	Code     string // what the app would show now
}

// signIn takes a sign-in name and a password.
func signIn(v *visit) error {
	form := &govuk.Form{}
	p := signInPage{
		Name:     form.Text(govuk.Question{Name: "name", Label: "Sign-in name", Noun: "your sign-in name", Autocomplete: "username", Max: 254}),
		Password: form.Text(govuk.Question{Name: "password", Label: "Password", Noun: "your password", Type: "password", Autocomplete: "current-password"}),
	}
	if v.posted() && form.Parse(v.r) {
		r, err := v.accounts.Password(v.r.Context(), p.Name.Value, p.Password.Value, v.source())
		if err != nil {
			return err
		}
		if r.Outcome == account.NeedsCode {
			return v.owesCode(r.Pending)
		}
		form.Fail(refusal(r), "#name")
	}
	p.Ended = v.sessions.Take(v.r.Context(), keptEnded)
	p.Passkeys = v.passkeys()
	p.Demonstration = v.demonstrated()
	var err error
	if p.Councils, err = v.anyCouncil(); err != nil {
		return err
	}
	return v.show("sign-in", page{Title: "Sign in", Form: form}, p)
}

// refusal says why somebody was not let in; where they must wait, until when.
func refusal(r account.Result) string {
	if r.Outcome == account.Held {
		return r.Words() + " That is at " + clockWords(r.Until.Add(time.Minute-1)) + "."
	}
	return r.Words()
}

// owesCode sends somebody on to the code, under a new token: who planted the one
// before must not take the second step in their place.
func (v *visit) owesCode(pending string) error {
	if err := v.sessions.RenewToken(v.r.Context()); err != nil {
		return err
	}
	v.sessions.Keep(v.r.Context(), keptPending, pending)
	return v.redirect("/sign-in/code")
}

// signInCodePage asks for the second proof.
type signInCodePage struct {
	Code          *govuk.TextField
	Passkeys      bool
	Demonstration *demonstration
}

func codeField(form *govuk.Form) *govuk.TextField {
	return form.Text(govuk.Question{Name: "code", Label: "Code", Noun: "the code", Autocomplete: "one-time-code", Max: 40, Classes: "govuk-input--width-10",
		Hint: "The 6 digits your app shows now, or one of your recovery codes"})
}

// signInCode takes the code that a right password asks for.
func signInCode(v *visit) error {
	pending := v.sessions.Look(v.r.Context(), keptPending)
	if pending == "" {
		return v.redirect("/sign-in")
	}
	form := &govuk.Form{}
	p := signInCodePage{Code: codeField(form), Passkeys: v.passkeys(), Demonstration: v.demonstrated()}
	if v.posted() && form.Parse(v.r) {
		r, err := v.accounts.Code(v.r.Context(), pending, p.Code.Value, v.source())
		if err != nil {
			return err
		}
		switch r.Outcome {
		case account.SignedIn, account.StartAgain, account.IsDormant, account.IsBurnt:
			return v.enterOrSay(r)
		case account.Refused:
			v.sessions.Keep(v.r.Context(), keptPending, r.Pending)
			p.Code.Fail(wrongCode)
		default:
			p.Code.Fail(refusal(r))
		}
		p.Code.Set("") // it is spent or wrong: nobody wants to see it again
	}
	if p.Demonstration != nil {
		p.Code.Set(p.Demonstration.Code)
	}
	return v.show("sign-in-code", page{Title: "Enter your code", Form: form, Back: "/sign-in"}, p)
}

const wrongCode = "That code is not right, or was used already. Wait for your app to show the next one and enter it."

// enterOrSay lets somebody in, or has the sign-in page say why not.
func (v *visit) enterOrSay(r account.Result) error {
	if r.Outcome != account.SignedIn {
		v.sessions.Keep(v.r.Context(), keptPending, "")
		v.sessions.Keep(v.r.Context(), keptEnded, refusal(r))
		return v.redirect("/sign-in")
	}
	if err := v.signedIn(r); err != nil {
		return err
	}
	return v.redirect("/")
}

// demonstrated is how to sign in to a demonstration, told to this machine alone.
func (v *visit) demonstrated() *demonstration {
	from, err := netip.ParseAddrPort(v.r.RemoteAddr)
	if len(v.Demonstration) == 0 || err != nil || !from.Addr().Unmap().IsLoopback() {
		return nil
	}
	code, err := account.DemonstrationCode(v.Desk.Clock())
	if err != nil {
		return nil
	}
	return &demonstration{Password: account.DemonstrationPassword, Accounts: v.Demonstration, Code: code}
}

// signOut ends the session here and on the server.
func signOut(v *visit) error {
	if err := v.accounts.SignOut(v.r.Context(), v.facts); err != nil {
		return err
	}
	if err := v.signedOut("You have signed out."); err != nil {
		return err
	}
	return v.redirect("/sign-in")
}
