package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/work"
)

// How long a session lasts that nobody uses, and how long the busiest: as package
// account holds it.
const (
	sessionIdle = 30 * time.Minute
	sessionLife = 12 * time.Hour
)

// What a session keeps between two requests of one step.
const (
	keptEnded      = "ended"      // why somebody is on the sign-in page
	keptPending    = "pending"    // who owes a code
	keptPasskey    = "passkey"    // what a device was asked
	keptTOTP       = "totp"       // a secret on its way to an app
	keptInvitation = "invitation" // the link somebody came by, sealed
	keptCouncil    = "council"    // where somebody is while they are at their council
	keptReturn     = "return"     // where to go on after confirming
)

// openDoors makes what people sign in by.
func (s *Site) openDoors() (err error) {
	s.sessions = account.NewSessions(s.Desk, s.Secure)
	s.accounts, err = account.New(account.Config{Desk: s.Desk, Origin: s.Origin, Idle: sessionIdle})
	if err != nil {
		return err
	}
	s.councils = account.NewRelyingParty(s.Desk.Keys)
	return nil
}

// recognise finds out who is signed in, if anybody is. It is asked on every
// request: whoever was ended or given another role meanwhile is out at once, and
// what they may see is reckoned from the agreements of this moment.
func (v *visit) recognise() (known bool, err error) {
	f, ok := v.sessions.Facts(v.r.Context())
	if !ok {
		return false, nil
	}
	var now time.Time
	err = v.Desk.Do(v.r.Context(), account.Doorkeeper, "recognise", func(u *work.Unit) error {
		defer func() { v.statements += u.Statements }()
		now = u.Now
		a, good, err := v.accounts.Recognise(u, f)
		if err != nil || !good {
			return err
		}
		w := a.Worker
		theirs := db.Scope{Actor: w.ID, Agency: w.Agency, Role: string(w.Role), Day: u.Today, Now: u.Now}
		return u.Within(theirs, func() error {
			book, err := agency.Open(u)
			if err != nil {
				return err
			}
			if v.actor, known = book.Actor(w.ID); known {
				v.book, v.worker, v.account, v.facts = book, w, a, f
			}
			return nil
		})
	})
	switch {
	case err != nil:
		return false, err
	case known:
		return true, v.sessions.Touch(v.r.Context(), f, now)
	}
	return false, v.ended(f, now)
}

// ended takes away a session that is no longer good, and has the sign-in page
// say why.
func (v *visit) ended(f account.Facts, now time.Time) error {
	why := "You were signed out because your account, or what you may do here, was changed. Sign in again."
	switch {
	case now.Sub(f.Seen) >= sessionIdle:
		why = fmt.Sprintf("You were signed out because you did nothing here for %d minutes.", int(sessionIdle.Minutes()))
	case now.Sub(f.Begun) >= sessionLife:
		why = "You were signed out because 12 hours had gone by since you signed in."
	}
	return v.signedOut(why)
}

// signedOut ends the session on the server and keeps, for the sign-in page, why.
func (v *visit) signedOut(why string) error {
	if err := v.sessions.SignOut(v.r.Context()); err != nil {
		return err
	}
	v.sessions.Keep(v.r.Context(), keptEnded, why)
	return nil
}

// signedIn begins the session of somebody who has proved who they are.
func (v *visit) signedIn(r account.Result) error {
	if err := v.sessions.SignIn(v.r.Context(), r.Facts); err != nil {
		return err
	}
	http.SetCookie(v.w, &http.Cookie{Name: v.deviceCookie(), Value: r.Device, Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: v.Secure, SameSite: http.SameSiteLaxMode})
	if r.Facts.Factor == account.FactorRecovery {
		v.sessions.Put(v.r.Context(), "done", "You are signed in. That recovery code is used up: under “Your account” you can make new ones, or set up a new app.")
	}
	return nil
}

// goOn puts new facts into the session, under a new token: what somebody may do
// has changed, or they have proved again who they are.
func (v *visit) goOn(f account.Facts) error {
	v.facts = f
	return v.sessions.SignIn(v.r.Context(), f)
}

// deviceCookie is the name of the cookie that knows a device its person has
// signed in on. It opens nothing: wrong tries from elsewhere do not hold it.
func (v *visit) deviceCookie() string {
	if v.Secure {
		return "__Host-homeward-device"
	}
	return "homeward-device"
}

// source is where a try to sign in comes from.
func (v *visit) source() (from account.Source) {
	if c, err := v.r.Cookie(v.deviceCookie()); err == nil {
		from.Device = c.Value
	}
	from.Address, _ = addressOf(v.r.RemoteAddr)
	return from
}

// confirmed tells whether somebody proved not long ago who they are. If not, it
// has sent them to do so, and they come back to this page: to the form, if they
// sent one.
func (v *visit) confirmed() (bool, error) {
	if v.facts.ConfirmedWithin(v.Desk.Clock(), account.StepUp) {
		return true, nil
	}
	v.sessions.Keep(v.r.Context(), keptReturn, v.here())
	return false, v.redirect("/confirm")
}

// confirmedAt is when somebody last proved who they are.
func (v *visit) confirmedAt() time.Time { return v.facts.Confirmed }

// here is the path of this request, or of the page its form stands on.
func (v *visit) here() string {
	if !v.posted() {
		return v.r.URL.RequestURI()
	}
	if _, pattern, _ := strings.Cut(v.route.pattern, " "); v.shown[pattern] {
		return v.r.URL.EscapedPath()
	}
	return "/account"
}

// ownPath is a path of this site, or another one instead: never an address
// elsewhere.
func ownPath(path, instead string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return instead
	}
	return path
}

// passkeys tells whether this visitor can use passkeys: they came by the address
// that passkeys belong to.
func (v *visit) passkeys() bool {
	origin, err := url.Parse(v.Origin)
	return err == nil && v.accounts.Passkeys() && origin.Host == v.r.Host
}
