package web

import (
	"bytes"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/work"

	"github.com/pquerna/otp/totp"
)

// invite makes somebody new at an agency and a link for them.
func (s *testSite) invite(name, signIn string) (path string, w agency.Worker) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		if w, err = agency.SaveWorker(u, book, agency.Worker{Agency: "DER", Name: name, Role: access.HomeFinder}); err != nil {
			return err
		}
		token, err := account.Invite(u, w.ID, signIn)
		path = account.LinkPath(token)
		return err
	})
	return path, w
}

var shownSecret = regexp.MustCompile(`<code>([A-Z2-7 ]{30,})</code>`)

// appCode is the code of the secret that a page shows.
func (s *testSite) appCode(page string) string {
	s.t.Helper()
	m := shownSecret.FindStringSubmatch(page)
	if m == nil {
		s.t.Fatalf("no secret on the page: %s", textOf(page))
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(m[1], " ", ""), s.desk.Clock())
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

const goodPassword = "glacier tambourine velvet"

func joining(code string) url.Values {
	return url.Values{"password": {goodPassword}, "again": {goodPassword}, "code": {code}}
}

var recoveryCode = regexp.MustCompile(`<li><code>([0-9A-Z-]{19,})</code></li>`)

func TestAnInvitationMakesAnAccountOnce(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		path, w := s.invite("Nadia New", "nadia@example.org")
		b := s.stranger()
		b.leads(path, nil, "/join")
		page := b.says("/join", nil, "Set up your account", "nadia@example.org", "26 November 2026")
		if strings.Contains(page, strings.TrimPrefix(path, "/join/")) {
			t.Error("the page carries the link's secret on")
		}
		if again := b.says("/join", nil); s.appCode(again) != s.appCode(page) {
			t.Error("the secret changes while the page is open")
		}
		if _, err := png.Decode(bytes.NewReader([]byte(b.get("/join-picture", http.StatusOK)))); err != nil {
			t.Error("no picture:", err)
		}
		for name, c := range map[string]struct {
			form url.Values
			says string
		}{
			"nothing":           {url.Values{}, "Enter"},
			"a short password":  {url.Values{"password": {"short"}, "again": {"short"}, "code": {s.appCode(page)}}, "at least 12 characters"},
			"an obvious one":    {url.Values{"password": {"passwordpassword1"}, "again": {"passwordpassword1"}, "code": {s.appCode(page)}}, "one of the first that would be tried"},
			"two passwords":     {url.Values{"password": {goodPassword}, "again": {goodPassword + "!"}, "code": {s.appCode(page)}}, "not the same"},
			"the wrong code":    {joining("000000"), "not the code your app shows now"},
			"nobody's password": {url.Values{"password": {"nadia@example.org 1"}, "again": {"nadia@example.org 1"}, "code": {s.appCode(page)}}, "without your sign-in name"},
		} {
			if to, body := b.step("/join", c.form); to != "" || !strings.Contains(textOf(body), c.says) || strings.Contains(body, goodPassword) {
				t.Errorf("%s leads to %q: %s", name, to, textOf(body))
			}
		}
		done := b.says("/join", joining(s.appCode(page)), "Your account is ready", "They are not shown again")
		codes := recoveryCode.FindAllStringSubmatch(done, -1)
		if len(codes) != 10 {
			t.Fatalf("%d recovery codes\n%s", len(codes), done)
		}
		b.says("/account", nil, "Nadia New", "10 of 10 left")
		again := s.stranger()
		again.leads(path, nil, "/join")
		again.get("/join", http.StatusNotFound)
		again.get("/join-picture", http.StatusNotFound)
		again.post("/join", joining("000000"), http.StatusNotFound)
		b.get("/join", http.StatusNotFound) // their own session too
		move(time.Minute)
		b.leads("/sign-out", url.Values{}, "/sign-in")
		b.leads("/sign-in", url.Values{"name": {"Nadia@Example.org "}, "password": {goodPassword}}, "/sign-in/code")
		b.leads("/sign-in/code", url.Values{"code": {strings.ToLower(codes[3][1])}}, "/")
		b.says("/", nil, "That recovery code is used up")
		b.says("/account", nil, "9 of 10 left", w.Name)
		if log := s.log.String(); strings.Contains(log, strings.TrimPrefix(path, "/join/")) || strings.Contains(log, "nadia") {
			t.Error("the log holds the link or the name")
		}
	})
}

func TestAnInvitationThatIsNotGoodOpensNothing(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		path, w := s.invite("Nadia New", "nadia@example.org")
		s.stranger().get("/join", http.StatusNotFound)
		changed := []byte(path)
		changed[len(changed)-1] ^= 1
		for _, link := range []string{string(changed), "/join/x"} {
			b := s.stranger()
			b.leads(link, nil, "/join")
			wants(t, b.get("/join", http.StatusNotFound), []string{"This link is no longer good"})
		}
		thief := s.stranger()
		thief.leads("/join/x", nil, "/join")
		victim := s.with(thief.cookie("homeward")) // a planted session
		victim.leads(path, nil, "/join")
		victim.get("/join", http.StatusOK)
		thief.get("/join", http.StatusNotFound)
		s.operate(func(u *work.Unit) error { _, err := account.Invite(u, w.ID, "nadia@example.org"); return err })
		victim.get("/join", http.StatusNotFound) // a newer link took its place
		later, _ := s.invite("Olu Other", "olu@example.org")
		b := s.stranger()
		b.leads(later, nil, "/join")
		b.get("/join", http.StatusOK)
		move(72*time.Hour + time.Minute)
		b.get("/join", http.StatusNotFound)
	})
}

// TestSensitivePagesAskAgainWhoItIs leaves a session alone for longer than a
// proof counts.
func TestSensitivePagesAskAgainWhoItIs(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		b := s.signInByPages(s.openAccount(s.workerOf("DER", access.Manager)))
		b.says("/account/password", nil, "Change your password")
		move(11 * time.Minute)
		sensitive := 0
		for _, r := range accountRoutes {
			method, path, _ := strings.Cut(r.pattern, " ")
			if !strings.HasPrefix(path, "/account/") || strings.Contains(path, "{") || path == "/account/sign-out-everywhere" {
				continue
			}
			var form url.Values
			if method == http.MethodPost {
				form = url.Values{"old": {account.DemonstrationPassword}, "password": {goodPassword}, "again": {goodPassword}}
			}
			b.leads(path, form, "/confirm")
			sensitive++
		}
		if sensitive < 8 {
			t.Errorf("only %d pages were tried", sensitive)
		}
		b.leads("/account/recovery", url.Values{}, "/confirm") // a form comes back to its page
		before := b.cookie("homeward")
		for _, open := range []string{"/confirm?return=//evil.example", "/confirm?return=https://evil.example"} {
			b.says(open, nil, "Confirm that it is you")
		}
		b.says("/confirm", url.Values{"code": {"000000"}, "return": {"//evil.example"}}, "That code is not right")
		b.leads("/confirm", url.Values{"code": {s.code()}, "return": {"//evil.example"}}, "/account/recovery")
		if b.cookie("homeward") == before {
			t.Error("the token is the same after confirming")
		}
		s.with(before).leads("/account", nil, "/sign-in")
		b.says("/account/recovery", nil, "New recovery codes")
		b.leads("/confirm", url.Values{"code": {s.code()}}, "")
		move(time.Minute)
		b.leads("/confirm", url.Values{"code": {s.code()}}, "/account") // nowhere it was on the way to
	})
}

func TestOnlyAPathOfThisSiteIsGoneOnTo(t *testing.T) {
	for path, want := range map[string]string{
		"/people": "/people", "/people?page=2": "/people?page=2", "": "/account", "people": "/account", "//evil.example": "/account", "/\\evil.example": "/account",
		"https://evil.example": "/account", "javascript:alert(1)": "/account", "/x\r\nSet-Cookie: a=b": "/account", "///evil.example": "/account", "/%zz": "/account",
	} {
		if got := ownPath(path, "/account"); got != want {
			t.Errorf("%q goes on to %q", path, got)
		}
	}
}

// TestChangingHowOneSignsInEndsEveryOtherSession changes each thing and looks at
// a session left open elsewhere.
func TestChangingHowOneSignsInEndsEveryOtherSession(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		id := s.workerOf("DER", access.Manager)
		b := s.signInByPages(s.openAccount(id))
		ends := func(what string, change func()) {
			t.Helper()
			elsewhere, mine := s.with(s.session(id)), b.cookie("homeward")
			elsewhere.says("/account", nil, "Manager")
			change()
			if to, _ := elsewhere.step("/account", nil); to != "/sign-in" {
				t.Errorf("after %s another session is still open", what)
			}
			if to, _ := s.with(mine).step("/account", nil); to != "/sign-in" {
				t.Errorf("after %s the token is still the same", what)
			}
			b.says("/account", nil, "Manager")
		}
		ends("a new password", func() {
			form := url.Values{"old": {"wrong"}, "password": {goodPassword}, "again": {goodPassword}}
			b.says("/account/password", form, "Your present password is not right")
			form.Set("old", account.DemonstrationPassword)
			b.leads("/account/password", form, "/account")
			b.says("/account", nil, "Your password is changed. You are signed out everywhere else.")
		})
		ends("new recovery codes", func() {
			if n := len(recoveryCode.FindAllString(b.says("/account/recovery", url.Values{}, "Your new recovery codes"), -1)); n != 10 {
				t.Errorf("%d codes", n)
			}
		})
		ends("another app", func() {
			page := b.says("/account/app", nil, "The app you use now stops working")
			if _, err := png.Decode(bytes.NewReader([]byte(b.get("/account/app/picture", http.StatusOK)))); err != nil {
				t.Error(err)
			}
			b.says("/account/app", url.Values{"code": {"000000"}}, "not the code your app shows now")
			b.leads("/account/app", url.Values{"code": {s.appCode(page)}}, "/account")
		})
		move(time.Minute)
		b.leads("/account/sign-out-everywhere", url.Values{}, "/sign-in")
		b.says("/sign-in", nil, "You have signed out everywhere.")
		c := s.stranger()
		c.leads("/sign-in", url.Values{"name": {"manager.der"}, "password": {goodPassword}}, "/sign-in/code")
		c.says("/sign-in/code", url.Values{"code": {s.code()}}, "That code is not right") // the old app's
	})
}

func TestAResetTakesAwayWhatTheAccountWasOpenedWith(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		id := s.workerOf("DER", access.Manager)
		old := s.signInByPages(s.openAccount(id))
		var path string
		accountID := s.facts(id).Account
		s.operate(func(u *work.Unit) error {
			token, err := account.InviteReset(u, accountID)
			path = account.LinkPath(token)
			return err
		})
		old.says("/account", nil, "Manager") // until it is accepted nothing changes
		b := s.stranger()
		b.leads(path, nil, "/join")
		page := b.says("/join", nil, "Set up your account again", "stop working when you finish")
		b.says("/join", joining(s.appCode(page)), "Your account is ready")
		old.leads("/account", nil, "/sign-in")
		s.stranger().says("/sign-in", credentials("manager.der"), "is not right")
	})
}

func TestAFormOfSigningInFromAnotherSiteIsRefused(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		token := s.session(s.workerOf("DER", access.Manager))
		for _, r := range accountRoutes {
			path, post := strings.CutPrefix(r.pattern, "POST ")
			if !post {
				continue
			}
			handler := s.answers(t, Front{})
			answer := send(handler, http.MethodPost, path, strings.NewReader("issuer=x"), map[string]string{"Sec-Fetch-Site": "cross-site", "Cookie": "homeward=" + token})
			if answer.StatusCode != http.StatusForbidden {
				t.Errorf("%s answers %s", r.pattern, answer.Status)
			}
		}
		s.with(token).says("/account", nil, "Manager")
	})
}
