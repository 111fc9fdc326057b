package web

import (
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// confirmPage asks somebody who is signed in to prove again who they are, before
// something that could not be taken back.
type confirmPage struct {
	Code, Password *govuk.TextField // one of them
	Passkeys       bool
	Councils       []councilRow
	Demonstration  *demonstration
}

// confirm takes a code, or where there is no app for codes the password.
func confirm(v *visit) error {
	form := &govuk.Form{}
	p := confirmPage{Passkeys: v.passkeys() && v.account.Passkeys > 0}
	if v.account.TOTP {
		p.Code, p.Demonstration = codeField(form), v.demonstrated()
	} else {
		p.Password = form.Text(govuk.Question{Name: "password", Label: "Password", Noun: "your password", Type: "password", Autocomplete: "current-password"})
	}
	if v.posted() && form.Parse(v.r) {
		r, err := p.try(v)
		if err != nil {
			return err
		}
		if r.Outcome != account.Refused && r.Outcome != account.Held {
			return v.confirmedOrOut(r)
		}
		p.refuse(r)
		if p.Code != nil {
			p.Code.Set("")
		}
	}
	if p.Demonstration != nil {
		p.Code.Set(p.Demonstration.Code)
	}
	var err error
	if p.Councils, err = v.joinedCouncils("/confirm/council/"); err != nil {
		return err
	}
	return v.show("confirm", page{Title: "Confirm that it is you", Form: form, Back: "/account"}, p)
}

func (p confirmPage) try(v *visit) (account.Result, error) {
	if p.Code != nil {
		return v.accounts.ConfirmCode(v.r.Context(), v.facts, p.Code.Value, v.source())
	}
	return v.accounts.ConfirmPassword(v.r.Context(), v.facts, p.Password.Value, v.source())
}

func (p confirmPage) refuse(r account.Result) {
	switch {
	case p.Code != nil && r.Outcome == account.Refused:
		p.Code.Fail(wrongCode)
	case p.Code != nil:
		p.Code.Fail(refusal(r))
	case r.Outcome == account.Refused:
		p.Password.Fail("That is not your password")
	default:
		p.Password.Fail(refusal(r))
	}
}

// confirmedOrOut goes on to where somebody was on the way to; one whose session
// is no longer good is out.
func (v *visit) confirmedOrOut(r account.Result) error {
	if r.Outcome != account.SignedIn {
		if err := v.signedOut(refusal(r)); err != nil {
			return err
		}
		return v.redirect("/sign-in")
	}
	return v.goOnTo(r.Facts, v.sessions.Look(v.r.Context(), keptReturn))
}

// goOnTo is goOn, to a page of this site.
func (v *visit) goOnTo(f account.Facts, to string) error {
	if err := v.goOn(f); err != nil {
		return err
	}
	return v.redirect(ownPath(to, "/account"))
}

// confirmPasskey is confirm with a passkey.
func confirmPasskey(v *visit) error {
	if !v.passkeys() || v.account.Passkeys == 0 {
		return errNoPage
	}
	form := &govuk.Form{}
	if v.posted() {
		r, err := v.accounts.ConfirmPasskey(v.r.Context(), v.facts, v.sessions.Take(v.r.Context(), keptPasskey), []byte(v.r.PostFormValue("response")), v.source())
		if err != nil {
			return err
		}
		if r.Outcome != account.Refused {
			return v.confirmedOrOut(r)
		}
		form.Fail(wrongPasskey, "")
	}
	c, err := v.accounts.PasskeyChallenge(v.r.Context(), v.account.SignInName)
	if err != nil {
		return err
	}
	return v.showPasskey(form, c, passkeyPage{Heading: "Confirm that it is you", Action: "/confirm/passkey", Use: "get", Button: "Use your passkey",
		Intro: "Your device asks for your fingerprint, your face or its PIN.", Other: otherWay{"/confirm", "Confirm another way"}})
}

// joinedCouncils are the councils' sign-ins the account is joined to; under says
// where each leads.
func (v *visit) joinedCouncils(under string) (list []councilRow, err error) {
	if v.Origin == "" {
		return nil, nil
	}
	err = v.do("own account", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		issuers, err := account.IssuersOf(u.Tx, v.account.ID)
		list = councilRows(book, issuers)
		return err
	})
	for i := range list {
		list[i].Href = under + list[i].ID
	}
	return list, err
}
