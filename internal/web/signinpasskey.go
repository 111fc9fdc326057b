package web

import (
	"homeward/internal/account"
	"homeward/internal/web/govuk"
)

// passkeyPage is a page on which somebody's device is asked for a passkey. It is
// the one place where the site runs a script of its own, since a page without
// one cannot speak to a device.
type passkeyPage struct {
	Heading string
	Intro   string
	Action  string // where the form goes
	Options string // for the device, as JSON
	Use     string // "get" or "create"
	Button  string
	Name    *govuk.TextField // of a key that holds no name, or of the new passkey
	Other   otherWay         // the way without a passkey
}

// otherWay is the way without a passkey.
type otherWay struct{ Href, Text string }

// signInPasskey signs somebody in with a passkey, which is both proofs in one.
func signInPasskey(v *visit) error {
	if !v.passkeys() {
		return errNoPage
	}
	form := &govuk.Form{}
	name := form.Text(govuk.Question{Name: "name", Label: "Sign-in name", Optional: true, Autocomplete: "username webauthn", Max: 254,
		Hint: "Only where your passkey is not found without it"})
	if v.posted() && form.Parse(v.r) {
		if response := v.r.PostFormValue("response"); response != "" {
			r, err := v.accounts.PasskeySignIn(v.r.Context(), v.sessions.Take(v.r.Context(), keptPasskey), []byte(response), v.source())
			if err != nil {
				return err
			}
			if r.Outcome != account.Refused {
				return v.enterOrSay(r)
			}
			form.Fail(wrongPasskey, "")
		}
	}
	c, err := v.accounts.PasskeyChallenge(v.r.Context(), name.Value)
	if err != nil {
		return err
	}
	return v.showPasskey(form, c, passkeyPage{Heading: "Sign in with a passkey", Action: "/sign-in/passkey", Use: "get", Button: "Use your passkey", Name: name,
		Intro: "Your device asks for your fingerprint, your face or its PIN.", Other: otherWay{"/sign-in", "Sign in with a password and a code"}})
}

const wrongPasskey = "That passkey was not accepted. Try again, or sign in with a password and a code."

// showPasskey keeps what the device is asked and shows the page that asks it.
func (v *visit) showPasskey(form *govuk.Form, c account.Ceremony, p passkeyPage) error {
	v.sessions.Keep(v.r.Context(), keptPasskey, c.Kept)
	p.Options = string(c.Options)
	return v.show("passkey", page{Title: p.Heading, Form: form, Back: p.Other.Href}, p)
}
