package account

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/work"
)

func TestAnInvitationIsGoodOnceAndFor72Hours(t *testing.T) {
	eachHouse(t, func(h *house) {
		token := h.invite("wfinder")
		i := h.invited(token)
		if i.Kind != Join || i.SignInName != nameOf("wfinder") || len(token) < 26 {
			h.Fatalf("%+v", i)
		}
		gone := func(token string) {
			h.Helper()
			h.refuses(h.try(Doorkeeper, func(u *work.Unit) error { _, err := Invited(u, token); return err }), fault.NotFound, "no longer good")
		}
		gone("")
		gone(token[1:])
		gone(tokenHash(token))
		h.later(invitationLife - time.Second)
		h.invited(token)
		h.later(time.Second)
		gone(token)

		old := h.invite("wfinder")
		token = h.invite("wfinder")
		gone(old)
		if _, err := h.accept(token, password, office); err != nil {
			h.Fatal(err)
		}
		gone(token)
		h.hasEntry("invited join")
		h.hasEntry("accepted join")
		h.nothingSaid()
	})
}

func TestOfManyWhoTakeOneInvitationOneGetsTheAccount(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.takeAtOnce(h.invite("wfinder"))
		h.later(time.Minute)
		var token string
		h.do(command, func(u *work.Unit) (err error) { token, err = InviteReset(u, h.g.mustID(u, "wfinder")); return err })
		h.takeAtOnce(token)
	})
}

// takeAtOnce has four people accept one invitation at the same moment.
func (h *house) takeAtOnce(token string) {
	h.Helper()
	e, err := h.g.NewTOTP(h.invited(token))
	if err != nil {
		h.Fatal(err)
	}
	h.secrets["wfinder"] = e.Secret
	var all sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 4 {
		all.Go(func() {
			done, err := h.g.Accept(context.Background(), Acceptance{Token: token, Password: password, TOTP: e.Kept, Code: h.code("wfinder")}, office)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && done.Outcome == SignedIn {
				won++
			} else if k := fault.KindOf(err); k != fault.NotFound && k != fault.Conflict {
				h.Error(err)
			}
		})
	}
	all.Wait()
	if won != 1 {
		h.Errorf("%d took it", won)
	}
}

func TestNoAccountWithoutASecondFactor(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx, token := context.Background(), h.invite("wfinder")
		i := h.invited(token)
		e, err := h.g.NewTOTP(i)
		if err != nil {
			h.Fatal(err)
		}
		elsewhere, err := h.g.NewTOTP(h.invited(h.invite("wother")))
		if err != nil {
			h.Fatal(err)
		}
		h.secrets["wfinder"] = e.Secret
		for name, a := range map[string]Acceptance{
			"no factor":               {Password: password},
			"a wrong code":            {Password: password, TOTP: e.Kept, Code: "000000"},
			"no code":                 {Password: password, TOTP: e.Kept},
			"another's secret":        {Password: password, TOTP: elsewhere.Kept, Code: h.code("wfinder")},
			"a forged secret":         {Password: password, TOTP: "AAAA", Code: h.code("wfinder")},
			"a forged passkey":        {Password: password, Passkey: "AAAA", PasskeyName: "x", Response: []byte("{}")},
			"a short password":        {Password: "elevenchars", TOTP: e.Kept, Code: h.code("wfinder")},
			"the agency's name in it": {Password: "derbyshire velvet plinth", TOTP: e.Kept, Code: h.code("wfinder")},
		} {
			a.Token = token
			_, err := h.g.Accept(ctx, a, office)
			if fault.KindOf(err) != fault.Invalid {
				h.Errorf("%s: %v", name, err)
			}
		}
		h.do(command, func(u *work.Unit) error {
			if _, has, err := OfWorker(u, "wfinder"); has {
				h.Error("there is an account")
			} else {
				return err
			}
			return nil
		})
		h.invited(token) // still good
		again, err := h.g.Shown(i, e.Kept)
		if err != nil || again != e {
			h.Errorf("shown again: %+v %v", again, err)
		}
		if png, err := again.QR(); err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
			h.Error("no picture", err)
		}
		if strings.Contains(e.Kept, e.Secret) {
			h.Error("the session would hold the secret")
		}
	})
}

func TestAnAdministratorInvitesForTheirOwnAgencyAlone(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		id := h.account("wfinder").ID
		lei, der := actor("wlei"), actor("wadmin")
		for name, fn := range map[string]func(u *work.Unit) error{
			"invite":      func(u *work.Unit) error { _, err := Invite(u, "wother", "x@example.org"); return err },
			"reset":       func(u *work.Unit) error { _, err := InviteReset(u, id); return err },
			"list":        func(u *work.Unit) error { _, err := List(u, "DER"); return err },
			"open":        func(u *work.Unit) error { _, err := Open(u, id); return err },
			"by name":     func(u *work.Unit) error { _, err := OfName(u, nameOf("wfinder")); return err },
			"of worker":   func(u *work.Unit) error { _, _, err := OfWorker(u, "wfinder"); return err },
			"end":         func(u *work.Unit) error { return End(u, id) },
			"sign out":    func(u *work.Unit) error { return EndSessions(u, id) },
			"nobody's":    func(u *work.Unit) error { return End(u, "nobody") },
			"no worker":   func(u *work.Unit) error { _, err := Invite(u, "nobody", "x@example.org"); return err },
			"everybody's": func(u *work.Unit) error { _, err := List(u, ""); return err },
		} {
			if err := h.try(lei, fn); fault.KindOf(err) != fault.NotFound {
				h.Errorf("%s from another agency: %v", name, err)
			}
			if err := h.try(Doorkeeper, fn); fault.KindOf(err) != fault.NotFound {
				h.Errorf("%s by nobody: %v", name, err)
			}
		}
		for says, fn := range map[string]func(u *work.Unit) error{
			"account already": func(u *work.Unit) error { _, err := Invite(u, "wfinder", "x@example.org"); return err },
			"is taken": func(u *work.Unit) error {
				_, err := Invite(u, "wother", strings.ToUpper(nameOf("wfinder")))
				return err
			},
		} {
			h.refuses(h.try(der, fn), fault.Conflict, says)
		}
		for _, name := range []string{"", "ab", "has a space", strings.Repeat("x", 255), "semi;colon"} {
			if err := h.try(der, func(u *work.Unit) error { _, err := Invite(u, "wother", name); return err }); fault.KindOf(err) != fault.Invalid {
				h.Errorf("sign-in name %q: %v", name, err)
			}
		}
		h.do(der, func(u *work.Unit) error { _, err := Invite(u, "wother", "first@example.org"); return err })
		h.refuses(h.try(command, func(u *work.Unit) error { _, err := Invite(u, "wlei", "first@example.org"); return err }), fault.Conflict, "is taken")
	})
}

func TestAResetTakesEverythingAway(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wadmin")
		before := h.join("wfinder")
		own := Source{Device: before.Device, Address: office.Address}
		pending := h.password("wfinder", password, office).Pending
		old := h.secrets["wfinder"]
		var token string
		h.do(actor("wadmin"), func(u *work.Unit) (err error) {
			token, err = InviteReset(u, before.Facts.Account)
			return err
		})
		if !h.recognised(before.Facts) {
			h.Error("a link that nobody used ended a session")
		}
		after, err := h.accept(token, another, stranger)
		if err != nil || after.Outcome != SignedIn || after.Facts.Account != before.Facts.Account {
			h.Fatal(after.Outcome, err)
		}
		h.later(time.Minute)
		if h.recognised(before.Facts) || !h.recognised(after.Facts) {
			h.Error("an older session is good")
		}
		if r := h.password("wfinder", password, own); r.Outcome != Refused {
			h.Errorf("the old password: %v", r.Outcome)
		}
		h.secrets["wfinder"], old = old, h.secrets["wfinder"]
		pendingNow := h.password("wfinder", another, stranger).Pending
		if r := h.give(pendingNow, h.code("wfinder"), stranger); r.Outcome != Refused {
			h.Errorf("the old app: %v", r.Outcome)
		}
		if r := h.give(pendingNow, before.Recovery[0], stranger); r.Outcome != Refused {
			h.Errorf("an old recovery code: %v", r.Outcome)
		}
		h.secrets["wfinder"] = old
		if r := h.give(pending, h.code("wfinder"), office); r.Outcome != StartAgain {
			h.Errorf("a sign-in begun before: %v", r.Outcome)
		}
		for range freeTries {
			h.password("wfinder", "a guess", stranger)
		}
		if r := h.password("wfinder", another, own); r.Outcome != Held {
			h.Errorf("a device of before is still known: %v", r.Outcome)
		}
		h.nothingSaid()
	})
}

func TestAnEndedAccountIsOutAtTheNextRequest(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wadmin")
		facts := h.join("wfinder").Facts
		var token string
		h.do(actor("wadmin"), func(u *work.Unit) (err error) { token, err = InviteReset(u, facts.Account); return err })
		h.do(actor("wadmin"), func(u *work.Unit) error { return End(u, facts.Account) })
		if h.recognised(facts) {
			h.Error("the session is still good")
		}
		if r := h.password("wfinder", password, office); r.Outcome != Refused {
			h.Errorf("%v", r.Outcome)
		}
		h.refuses(h.try(Doorkeeper, func(u *work.Unit) error { _, err := Invited(u, token); return err }), fault.NotFound, "")
		h.refuses(h.try(actor("wadmin"), func(u *work.Unit) error { return Reopen(u, facts.Account) }), fault.Conflict, "reset link")
		h.do(actor("wadmin"), func(u *work.Unit) (err error) { token, err = InviteReset(u, facts.Account); return err })
		if done, err := h.accept(token, another, office); err != nil || done.Outcome != SignedIn {
			h.Error("begun anew", done.Outcome, err)
		}
		h.hasEntry("ended")
	})
}

func TestWhoeverHasLeftIsOut(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wadmin")
		facts := h.join("wfinder").Facts
		token := h.invite("wother")
		today := work.Day(h.now)
		h.do(command, func(u *work.Unit) error {
			_, err := u.Exec("UPDATE worker SET left_on = $1 WHERE worker_id IN ('wfinder', 'wother')", today)
			return err
		})
		if h.recognised(facts) || h.signIn("wfinder", office).Outcome != Refused {
			h.Error("somebody who left is in")
		}
		h.refuses(h.try(Doorkeeper, func(u *work.Unit) error { _, err := Invited(u, token); return err }), fault.NotFound, "")
		h.refuses(h.try(command, func(u *work.Unit) error { _, err := InviteReset(u, facts.Account); return err }), fault.Conflict, "has left")
	})
}

func save(worker string, change func(*agency.Worker)) func(u *work.Unit) error {
	return func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		w := book.Workers[worker]
		change(&w)
		_, err = SaveWorker(u, book, w)
		return err
	}
}

func TestAnotherRoleEndsTheSessionsItBeganWith(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wadmin")
		facts := h.join("wfinder").Facts
		h.do(actor("wadmin"), save("wfinder", func(w *agency.Worker) { w.Name = "Fay Another" }))
		if !h.recognised(facts) {
			h.Error("another name ended a session")
		}
		h.do(actor("wadmin"), save("wfinder", func(w *agency.Worker) { w.Role = access.Manager }))
		if h.recognised(facts) {
			h.Error("the session goes on in another role")
		}
		if r := h.signIn("wfinder", office); r.Account.Worker.Role != access.Manager {
			h.Errorf("%+v", r)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	eachHouse(t, func(h *house) {
		first := h.join("wadmin").Facts.Account
		says := "last administrator"
		for name, fn := range map[string]func(u *work.Unit) error{
			"ended":        func(u *work.Unit) error { return End(u, first) },
			"another role": save("wadmin", func(w *agency.Worker) { w.Role = access.Manager }),
			"left":         save("wadmin", func(w *agency.Worker) { w.LeftOn = date.MustOf(2026, 12, 1) }),
		} {
			if err := h.try(command, fn); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Message(err), says) {
				h.Errorf("%s: %v", name, err)
			}
		}
		h.join("wlei") // another agency's is no help
		h.refuses(h.try(command, func(u *work.Unit) error { return End(u, first) }), fault.Conflict, says)
		second := h.join("wsecond").Facts.Account
		h.later(dormantAfter + time.Hour)
		for range 2 {
			h.later(time.Minute)
			h.do(command, func(u *work.Unit) error {
				_, err := u.Exec("UPDATE account SET used_at = $1 WHERE account_id = $2", instant(h.now), first)
				return err
			})
		}
		h.refuses(h.try(command, func(u *work.Unit) error { return End(u, first) }), fault.Conflict, says) // the other is dormant
		h.do(command, func(u *work.Unit) error { return Reopen(u, second) })
		h.do(command, func(u *work.Unit) error { return End(u, first) })
		h.refuses(h.try(command, func(u *work.Unit) error { return End(u, second) }), fault.Conflict, says)
	})
}

func TestOfTwoAdministratorsWhoEndEachOtherOneStays(t *testing.T) {
	eachHouse(t, func(h *house) {
		one, two := h.join("wadmin").Facts.Account, h.join("wsecond").Facts.Account
		for range 8 {
			var all sync.WaitGroup
			for _, act := range []struct{ who, whom string }{{"wadmin", two}, {"wsecond", one}} {
				all.Go(func() {
					err := h.try(actor(act.who), func(u *work.Unit) error { return End(u, act.whom) })
					if err != nil && fault.KindOf(err) != fault.Conflict {
						h.Error(err)
					}
				})
			}
			all.Wait()
			h.do(command, func(u *work.Unit) error {
				able, err := administrators(u, "DER")
				if len(able) != 1 {
					h.Fatalf("%d administrators are left", len(able))
				}
				if err == nil {
					_, err = u.Exec("UPDATE account SET state = 'active'")
				}
				return err
			})
		}
	})
}

func TestTheFirstAdministratorIsMadeOnce(t *testing.T) {
	eachHouse(t, func(h *house) {
		first := func(code, name string) (token string, err error) {
			err = h.try(command, func(u *work.Unit) (err error) { token, err = First(u, code, name, "new@example.org"); return err })
			return token, err
		}
		_, err := first("XXX", "Ida Example")
		h.refuses(err, fault.NotFound, "no agency")
		old, err := first("DER", "Ida Example")
		if err != nil {
			h.Fatal(err)
		}
		token, err := first("DER", "Ida Example") // the link was lost
		if err != nil || token == old {
			h.Fatal(err)
		}
		i := h.invited(token)
		done, err := h.accept(token, password, office)
		if err != nil || done.Account.Worker.Role != access.Administrator || done.Account.Worker.Agency != "DER" {
			h.Fatalf("%+v %v", done.Account, err)
		}
		_, err = first("DER", "Ira Example")
		h.refuses(err, fault.Conflict, "has an administrator")
		h.later(dormantAfter + time.Hour)
		_, err = first("DER", "Ira Example")
		h.refuses(err, fault.Conflict, "reset link")
		if _, err = first("LEI", "Lou Example"); fault.KindOf(err) != fault.Conflict { // the name is taken
			h.Error(err)
		}
		var n int
		h.do(command, func(u *work.Unit) error {
			return u.QueryRow("SELECT COUNT(*) FROM worker WHERE name = 'Ida Example'").Scan(&n)
		})
		if n != 1 || i.WorkerID == "" {
			h.Errorf("%d workers of that name", n)
		}
	})
}

func TestASessionEndsByTheClock(t *testing.T) {
	eachHouse(t, func(h *house) {
		facts := h.join("wfinder").Facts
		h.later(-time.Minute)
		begin := h.now
		at := func(d time.Duration) { h.later(begin.Add(d).Sub(h.now)) }
		at(30*time.Minute - time.Second)
		if !h.recognised(facts) {
			h.Error("out before half an hour")
		}
		at(30 * time.Minute)
		if h.recognised(facts) {
			h.Error("idle for half an hour")
		}
		facts.Seen = begin.Add(12*time.Hour - time.Minute)
		at(12*time.Hour - time.Second)
		if !h.recognised(facts) {
			h.Error("out before twelve hours")
		}
		at(12 * time.Hour)
		if h.recognised(facts) {
			h.Error("twelve hours old")
		}
		at(-time.Hour)
		if facts.Seen = begin; h.recognised(facts) {
			h.Error("begun in the future")
		}
		if h.recognised(Facts{}) || h.recognised(Facts{Account: "nobody", Begun: h.now, Seen: h.now}) {
			h.Error("nobody is recognised")
		}
	})
}

func TestSensitiveActsAskForANewProof(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx, facts := context.Background(), h.join("wfinder").Facts
		own := office
		if !facts.ConfirmedWithin(h.now, StepUp) || facts.ConfirmedWithin(facts.Confirmed.Add(StepUp+time.Second), StepUp) || facts.ConfirmedWithin(facts.Confirmed.Add(-time.Second), StepUp) {
			h.Error("confirmed within")
		}
		h.later(StepUp)
		_, _, err := h.g.NewRecoveryCodes(ctx, facts)
		h.refuses(err, fault.Forbidden, "Confirm")
		_, err = h.g.ChangePassword(ctx, facts, password, another, own)
		h.refuses(err, fault.Forbidden, "Confirm")
		if r, err := h.g.ConfirmPassword(ctx, facts, "a guess", own); err != nil || r.Outcome != Refused {
			h.Error(r.Outcome, err)
		}
		if r, err := h.g.ConfirmCode(ctx, facts, "000000", own); err != nil || r.Outcome != Refused {
			h.Error(r.Outcome, err)
		}
		byCode, err := h.g.ConfirmCode(ctx, facts, h.code("wfinder"), own)
		if err != nil || byCode.Outcome != SignedIn || !byCode.Facts.ConfirmedWithin(h.now, StepUp) || !byCode.Facts.Begun.Equal(facts.Begun) {
			h.Error(byCode.Outcome, err)
		}
		if r, err := h.g.ConfirmCode(ctx, facts, h.code("wfinder"), own); err != nil || r.Outcome != Refused {
			h.Error("the same code again", r.Outcome, err)
		}
		byPassword, err := h.g.ConfirmPassword(ctx, facts, password, own)
		if err != nil || byPassword.Outcome != SignedIn {
			h.Error(byPassword.Outcome, err)
		}
		for range freeTries {
			if _, err := h.g.ConfirmPassword(ctx, facts, "a guess", own); err != nil {
				h.Fatal(err)
			}
		}
		if r, err := h.g.ConfirmPassword(ctx, facts, password, own); err != nil || r.Outcome != Held || r.Until.IsZero() {
			h.Error(r.Outcome, err)
		}
		h.do(command, func(u *work.Unit) error { return EndSessions(u, facts.Account) })
		if r, err := h.g.ConfirmCode(ctx, facts, h.code("wfinder"), own); err != nil || r.Outcome != StartAgain {
			h.Error("of a session that was ended", r.Outcome, err)
		}
		h.hasEntry("confirmed password")
		h.hasEntry("signed out everywhere")
	})
}

func TestWhatIsChangedOfAnAccountEndsEveryOtherSession(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx := context.Background()
		first := h.join("wfinder")
		for name, change := range map[string]func(Facts) (Facts, error){
			"password": func(f Facts) (Facts, error) { return h.g.ChangePassword(ctx, f, password, another, office) },
			"recovery": func(f Facts) (Facts, error) {
				f, codes, err := h.g.NewRecoveryCodes(ctx, f)
				if len(codes) != recoveryCodes || codes[0] == first.Recovery[0] {
					h.Error("recovery codes", codes)
				}
				return f, err
			},
			"totp": func(f Facts) (Facts, error) {
				e, err := h.g.TOTPFor(ctx, f)
				if err != nil {
					return f, err
				}
				_, err = h.g.ChangeTOTP(ctx, f, e.Kept, "000000")
				h.refuses(err, fault.Invalid, "not the code")
				h.secrets["wfinder"] = e.Secret
				return h.g.ChangeTOTP(ctx, f, e.Kept, h.code("wfinder"))
			},
		} {
			h.later(time.Minute)
			var stolen Facts
			for _, secret := range []string{password, another} {
				h.later(time.Minute)
				if r := h.password("wfinder", secret, office); r.Outcome == NeedsCode {
					stolen = h.give(r.Pending, h.code("wfinder"), office).Facts
				}
			}
			h.later(time.Minute)
			mine, err := change(stolen)
			if err != nil || h.recognised(stolen) || !h.recognised(mine) {
				h.Errorf("%s: %v, the other session %v, this one %v", name, err, h.recognised(stolen), h.recognised(mine))
			}
			h.hasEntry("changed " + map[string]string{"password": "password", "recovery": "recovery codes", "totp": "totp"}[name])
		}
	})
}

func TestANewPasswordNeedsTheOldOneAndMustDo(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx, facts := context.Background(), h.join("wfinder").Facts
		_, err := h.g.ChangePassword(ctx, facts, "a guess", another, office)
		h.refuses(err, fault.Invalid, "present password")
		_, err = h.g.ChangePassword(ctx, facts, password, "short", office)
		h.refuses(err, fault.Invalid, "at least 12")
		if r := h.password("wfinder", password, office); r.Outcome != NeedsCode {
			h.Error("the password changed", r.Outcome)
		}
	})
}

// browser keeps the cookies of one browser.
type browser struct {
	*testing.T
	site   http.Handler
	cookie *http.Cookie
}

func (b *browser) get(path string) string {
	b.Helper()
	r := httptest.NewRequest("GET", path, nil)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookie = c
	}
	return w.Body.String()
}

func sessionSite(h *house, s *Sessions, facts Facts) http.Handler {
	mux := http.NewServeMux()
	handle := func(path string, fn func(ctx context.Context) (string, error)) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			text, err := fn(r.Context())
			if err != nil {
				h.Error(err)
			}
			if _, err := w.Write([]byte(text)); err != nil {
				h.Error(err)
			}
		})
	}
	handle("/step", func(ctx context.Context) (string, error) { s.Keep(ctx, "pending", "x"); return "", nil })
	handle("/take", func(ctx context.Context) (string, error) { return s.Take(ctx, "pending"), nil })
	handle("/in", func(ctx context.Context) (string, error) { return "", s.SignIn(ctx, facts) })
	handle("/out", func(ctx context.Context) (string, error) { return "", s.SignOut(ctx) })
	handle("/who", func(ctx context.Context) (string, error) { f, _ := s.Facts(ctx); return f.Account, nil })
	handle("/touch", func(ctx context.Context) (string, error) {
		f, _ := s.Facts(ctx)
		return f.Seen.Format(time.TimeOnly), s.Touch(ctx, f, h.clock())
	})
	return s.LoadAndSave(mux)
}

func TestASessionBeginsUnderANewTokenAndEndsForGood(t *testing.T) {
	eachHouse(t, func(h *house) {
		facts := h.join("wfinder").Facts
		s := NewSessions(h.desk, true)
		site := sessionSite(h, s, facts)
		planted := &browser{T: h.T, site: site, cookie: &http.Cookie{Name: "__Host-homeward", Value: "planted-by-somebody"}}
		planted.get("/step")
		before := *planted.cookie
		if before.Value == "planted-by-somebody" || !before.Secure || !before.HttpOnly || before.SameSite != http.SameSiteLaxMode || !before.Expires.IsZero() {
			h.Errorf("cookie %+v", before)
		}
		planted.get("/in")
		if planted.cookie.Value == before.Value {
			h.Error("signed in under the token it had before")
		}
		if got := planted.get("/who"); got != facts.Account {
			h.Errorf("who: %q", got)
		}
		if got := planted.get("/take"); got != "" {
			h.Errorf("a step of before signing in is still there: %q", got)
		}
		if got := (&browser{T: h.T, site: site, cookie: &before}).get("/who"); got != "" {
			h.Errorf("the token of before signing in is %q", got)
		}
		stolen := *planted.cookie
		h.do(command, func(u *work.Unit) error {
			text, err := dump(u, "session")
			if strings.Contains(text, stolen.Value) || strings.Contains(text, "example") || !strings.Contains(text, facts.Account) {
				h.Errorf("the table says %q", text)
			}
			return err
		})
		planted.get("/out")
		if got := (&browser{T: h.T, site: site, cookie: &stolen}).get("/who"); got != "" {
			h.Errorf("signed out, and the cookie is still %q", got)
		}
	})
}

func TestASessionThatWasEndedIsNotBroughtBack(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx, s := context.Background(), shelf{h.desk}
		for _, err := range []error{s.CommitCtx(ctx, "t", []byte("data"), time.Time{}), s.DeleteCtx(ctx, "t"), s.CommitCtx(ctx, "t", []byte("data"), time.Time{})} {
			if err != nil {
				h.Fatal(err)
			}
		}
		if _, found, err := s.FindCtx(ctx, "t"); found || err != nil {
			h.Error("a request under way brought it back", err)
		}
		if err := s.CommitCtx(ctx, "other", []byte("data"), time.Time{}); err != nil {
			h.Fatal(err)
		}
		h.later(sessionLife)
		if _, found, err := s.FindCtx(ctx, "other"); found || err != nil {
			h.Error("found after its life", err)
		}
		h.do(command, Sweep)
		h.do(command, func(u *work.Unit) error {
			text, err := dump(u, "session")
			if text != "" {
				h.Errorf("still there: %q", text)
			}
			return err
		})
	})
}

func TestASessionIsTouchedOnceAMinute(t *testing.T) {
	eachHouse(t, func(h *house) {
		facts := h.join("wfinder").Facts
		facts.Seen = h.now
		b := &browser{T: h.T, site: sessionSite(h, NewSessions(h.desk, false), facts)}
		b.get("/in")
		for _, c := range []struct {
			wait time.Duration
			says string
		}{{59 * time.Second, "09:01:00"}, {time.Second, "09:01:00"}, {0, "09:02:00"}} {
			h.later(c.wait)
			if got := b.get("/touch"); got != c.says {
				h.Errorf("after %s: seen %s", c.wait, got)
			}
		}
	})
}

func TestSigningOutIsWrittenDown(t *testing.T) {
	eachHouse(t, func(h *house) {
		facts := h.join("wfinder").Facts
		if err := h.g.SignOut(context.Background(), facts); err != nil {
			h.Fatal(err)
		}
		h.hasEntry("signed out")
	})
}

func TestTheListSaysWhatAnAdministratorNeeds(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wadmin")
		h.later(dormantAfter)
		h.join("wfinder")
		var list []Account
		h.do(actor("wadmin"), func(u *work.Unit) (err error) { list, err = List(u, "DER"); return err })
		if len(list) != 2 || list[0].State != Dormant || list[1].State != Active || !list[1].TOTP || list[1].RecoveryLeft != 10 {
			h.Errorf("%+v", list)
		}
	})
}

func TestACouncilsWordLetsInWhoIsJoinedToIt(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx, facts := context.Background(), h.join("wfinder").Facts
		party := NewRelyingParty(h.desk.Keys)
		var issuer Issuer
		h.do(command, func(u *work.Unit) (err error) {
			issuer, err = party.SaveIssuer(u, Issuer{Agency: "DER", URL: "https://id.example.org/t", ClientID: "homeward", Enabled: true}, "made up")
			if err != nil {
				return err
			}
			return LinkIdentity(u, "DER", facts.Account, Identity{IssuerID: issuer.ID, Issuer: issuer.URL, Subject: "s1"})
		})
		who := Identity{IssuerID: issuer.ID, Issuer: issuer.URL, Subject: "s1", SecondFactor: true}
		r, err := h.g.CouncilSignIn(ctx, who, office)
		if err != nil || r.Outcome != SignedIn || r.Facts.Factor != FactorOIDC || !h.recognised(r.Facts) {
			h.Fatal(r.Outcome, err)
		}
		if r, err := h.g.ConfirmCouncil(ctx, facts, who); err != nil || r.Outcome != SignedIn {
			h.Error(r.Outcome, err)
		}
		other := h.join("wother").Facts
		if r, err := h.g.ConfirmCouncil(ctx, other, who); err != nil || r.Outcome != Refused {
			h.Error("another's council sign-in confirms", r.Outcome, err)
		}
		who.SecondFactor = false
		if r, err = h.g.CouncilSignIn(ctx, who, office); err != nil || r.Outcome != NeedsCode {
			h.Fatal("without a second factor", r.Outcome, err)
		}
		if r := h.give(r.Pending, h.code("wfinder"), office); r.Outcome != SignedIn {
			h.Error("with ours beside it", r.Outcome)
		}
		who.Subject = "s2"
		_, err = h.g.CouncilSignIn(ctx, who, office)
		h.refuses(err, fault.NotFound, "invitation")
		h.do(command, func(u *work.Unit) error { return End(u, facts.Account) })
		who.Subject, who.SecondFactor = "s1", true
		if r, err := h.g.CouncilSignIn(ctx, who, office); err != nil || r.Outcome != Refused {
			h.Error("an ended account", r.Outcome, err)
		}
	})
}
