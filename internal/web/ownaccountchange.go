package web

import (
	"homeward/internal/account"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// What somebody changes of how they sign in. Each asks first for a proof that is
// not old, and ends every session but this one, which goes on under a new token.

// own is a page that changes one's own account: it is for whoever proved not
// long ago who they are.
func own(p func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		if ok, err := v.confirmed(); !ok || err != nil {
			return err
		}
		return p(v)
	}
}

// changed goes on with new facts and says what was done.
func (v *visit) changed(f account.Facts, message string) error {
	if err := v.goOn(f); err != nil {
		return err
	}
	return v.done("/account", message)
}

type ownPasswordPage struct {
	Old, Password, Again *govuk.TextField
	Name                 string
}

// ownPassword changes one's own password.
func ownPassword(v *visit) error {
	form := &govuk.Form{}
	p := ownPasswordPage{Name: v.account.SignInName,
		Old:      form.Text(govuk.Question{Name: "old", Label: "Your present password", Type: "password", Autocomplete: "current-password"}),
		Password: passwordField(form, "password", "New password"), Again: passwordField(form, "again", "Enter the new password again")}
	if v.posted() && form.Parse(v.r) && matches(p.Password, p.Again) {
		f, err := v.accounts.ChangePassword(v.r.Context(), v.facts, p.Old.Value, p.Password.Value, v.source())
		if err == nil {
			return v.changed(f, "Your password is changed. You are signed out everywhere else.")
		}
		if err := unlessFault(form, err); err != nil {
			return err
		}
	}
	return v.show("account-password", page{Title: "Change your password", Form: form, Back: "/account"}, p)
}

type ownAppPage struct {
	Code            *govuk.TextField
	Secret, Picture string
	Change          bool
}

// ownApp has one's codes come from another app.
func ownApp(v *visit) error {
	e, err := v.ownEnrolment()
	if err != nil {
		return err
	}
	form := &govuk.Form{}
	p := ownAppPage{newCodeField(form), spaced(e.Secret), "/account/app/picture", v.account.TOTP}
	if v.posted() && form.Parse(v.r) {
		f, err := v.accounts.ChangeTOTP(v.r.Context(), v.facts, e.Kept, p.Code.Value)
		if err == nil {
			return v.changed(f, "From now on your codes come from this app. You are signed out everywhere else.")
		}
		if err := unlessFault(form, err); err != nil {
			return err
		}
	}
	p.Code.Set("")
	return v.show("account-app", page{Title: "Set up an app for codes", Form: form, Back: "/account"}, p)
}

// ownEnrolment is the secret this session is about to give an app.
func (v *visit) ownEnrolment() (account.Enrolment, error) {
	if e, err := v.accounts.Shown(account.Invitation{Account: v.account.ID}, v.sessions.Look(v.r.Context(), keptTOTP)); err == nil {
		return e, nil
	}
	e, err := v.accounts.TOTPFor(v.r.Context(), v.facts)
	v.sessions.Keep(v.r.Context(), keptTOTP, e.Kept)
	return e, err
}

// ownAppQR draws that secret.
func ownAppQR(v *visit) error {
	e, err := v.accounts.Shown(account.Invitation{Account: v.account.ID}, v.sessions.Look(v.r.Context(), keptTOTP))
	if err != nil {
		return work.ErrNotFound
	}
	return v.showQR(e)
}

// ownPasskey adds a passkey.
func ownPasskey(v *visit) error {
	if !v.passkeys() {
		return errNoPage
	}
	form := &govuk.Form{}
	name := passkeyNameField(form)
	if v.posted() {
		kept := v.sessions.Take(v.r.Context(), keptPasskey)
		if form.Parse(v.r) {
			f, err := v.accounts.AddPasskey(v.r.Context(), v.facts, kept, name.Value, []byte(v.r.PostFormValue("response")))
			if err == nil {
				return v.changed(f, "The passkey is added. You are signed out everywhere else.")
			}
			if err := unlessFault(form, err); err != nil {
				return err
			}
		}
	}
	c, err := v.accounts.PasskeyFor(v.r.Context(), v.facts)
	if err != nil {
		return err
	}
	return v.showPasskey(form, c, passkeyPage{Heading: "Add a passkey", Action: "/account/passkey", Use: "create", Button: "Make a passkey", Name: name,
		Intro: "Your device asks for your fingerprint, your face or its PIN, and keeps the passkey. From then on it signs you in without a password.", Other: otherWay{"/account", "Go back to your account"}})
}

// ownPasskeyRemove takes a passkey away.
func ownPasskeyRemove(v *visit) error {
	f, err := v.accounts.RemovePasskey(v.r.Context(), v.facts, v.r.PostFormValue("passkey"))
	if err != nil {
		return err
	}
	return v.changed(f, "The passkey is removed. You are signed out everywhere else.")
}

// ownRecovery makes new recovery codes and shows them, this once.
func ownRecovery(v *visit) error {
	if !v.posted() {
		return v.show("account-recovery", page{Title: "New recovery codes", Back: "/account"}, codesLeft(v.account.RecoveryLeft))
	}
	f, codes, err := v.accounts.NewRecoveryCodes(v.r.Context(), v.facts)
	if err != nil {
		return err
	}
	if err := v.goOn(f); err != nil {
		return err
	}
	return v.showRecovery(codes, "Your new recovery codes", "/account")
}
