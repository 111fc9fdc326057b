package web

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/work"
)

// stopClock sets the clock of a site, which then stands until it is moved.
func (s *testSite) stopClock() (move func(time.Duration)) {
	var now atomic.Int64
	now.Store(time.Date(2026, 11, 23, 9, 0, 7, 0, time.UTC).UnixNano())
	s.desk.Now = func() time.Time { return time.Unix(0, now.Load()).UTC() }
	return func(d time.Duration) { now.Add(int64(d)) }
}

// openAccount makes an account that can be signed in to by the pages, and gives
// its sign-in name.
func (s *testSite) openAccount(workerID string) (name string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		made, err := s.site.accounts.Demonstrate(s.t.Context(), u, []agency.Worker{book.Workers[workerID]})
		if err == nil {
			name = made[0].SignInName
		}
		return err
	})
	return name
}

func (s *testSite) code() string {
	s.t.Helper()
	code, err := account.DemonstrationCode(s.desk.Clock())
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// stranger is a browser that nobody has signed in on. It follows no redirect by
// itself.
func (s *testSite) stranger() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return (&browser{s, &http.Client{Jar: jar}}).byStep()
}

// byStep stops a browser from following redirects.
func (b *browser) byStep() *browser {
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// step sends one request and gives its answer: where it leads, or its page.
func (b *browser) step(path string, form url.Values) (to, body string) {
	b.t.Helper()
	var answer *http.Response
	var err error
	if form == nil {
		answer, err = b.client.Get(b.http.URL + path)
	} else {
		answer, err = b.client.PostForm(b.http.URL+path, form)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.Header.Get("Location"), b.read(answer, path, answer.StatusCode)
}

// leads checks that a request leads somewhere.
func (b *browser) leads(path string, form url.Values, want string) {
	b.t.Helper()
	if to, body := b.step(path, form); to != want {
		b.t.Fatalf("%s leads to %q, want %q\n%s", path, to, want, textOf(body))
	}
}

// says checks that a request is answered with a page that says something.
func (b *browser) says(path string, form url.Values, words ...string) string {
	b.t.Helper()
	to, body := b.step(path, form)
	for _, w := range words {
		if to != "" || !strings.Contains(textOf(body), w) {
			b.t.Errorf("%s leads to %q, and does not say %q:\n%s", path, to, w, textOf(body))
		}
	}
	return body
}

// cookie is the value of a cookie the browser holds.
func (b *browser) cookie(name string) string {
	b.t.Helper()
	at, err := url.Parse(b.http.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func credentials(name string) url.Values {
	return url.Values{"name": {name}, "password": {account.DemonstrationPassword}}
}

// signInByPages signs somebody in as they would.
func (s *testSite) signInByPages(name string) *browser {
	s.t.Helper()
	b := s.stranger()
	b.leads("/sign-in", credentials(name), "/sign-in/code")
	b.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/")
	return b
}

// with is another browser that has come by a session's token.
func (s *testSite) with(token string) *browser {
	s.t.Helper()
	b := s.stranger()
	at, err := url.Parse(s.http.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "homeward", Value: token, Path: "/"}})
	return b
}

func TestSigningInTakesTwoProofsAndSigningOutEndsItOnTheServer(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		worker := s.workerOf("DER", access.HomeFinder)
		b := s.signInByPages(s.openAccount(worker))
		b.says("/", nil, "Home finder", "DER", "Sign out", "Everyone here is invented")
		stolen := b.cookie("homeward")
		if b.cookie("homeward-device") == "" {
			t.Error("the device is not known again")
		}
		s.with(stolen).says("/account", nil, "Home finder, DER")
		b.leads("/sign-out", url.Values{}, "/sign-in")
		b.says("/sign-in", nil, "You have signed out.")
		b.leads("/", nil, "/sign-in")
		s.with(stolen).leads("/account", nil, "/sign-in")
		for _, action := range []string{"signed in", "signed out"} {
			a := s.facts(worker).Account
			if !slices.ContainsFunc(s.entries("account", "DER", a), func(e audit.Entry) bool { return e.Action == action }) {
				t.Errorf("the record does not say %q", action)
			}
		}
	})
}

// TestAfterThePasswordAloneEveryPageIsClosed asks every row of the route table
// between the two proofs.
func TestAfterThePasswordAloneEveryPageIsClosed(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		b := s.stranger()
		b.leads("/sign-in", credentials(name), "/sign-in/code")
		asked, reached := 0, 0
		for i, p := range s.paths() {
			if routes[i].open {
				continue
			}
			var form url.Values
			if p[0] == http.MethodPost {
				form = url.Values{}
			}
			asked++
			if to, body := b.step(p[1], form); to != "/sign-in" || strings.Contains(body, "Sign out") {
				reached++
				t.Errorf("%s is reached with a password alone: %q", routes[i].pattern, to)
			}
		}
		if asked < 100 {
			t.Errorf("only %d routes were asked", asked)
		}
		t.Logf("%d routes asked with a password alone, %d reached", asked, reached)
		b.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/") // the same browser gets in with the code
	})
}

func TestWhoIsNotThereIsAnsweredLikeAWrongPassword(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		answers := map[string]string{}
		for _, asked := range []string{name, "nobody.here"} {
			to, body := s.stranger().step("/sign-in", url.Values{"name": {asked}, "password": {"not the password"}})
			if to != "" {
				t.Fatal(to)
			}
			answers[asked] = strings.ReplaceAll(body, asked, "NAME")
		}
		if answers[name] != answers["nobody.here"] {
			t.Error("an unknown name and a wrong password are answered differently")
		}
		wants(t, answers[name], []string{"The sign-in name, password or code is not right"})
		if strings.Contains(s.log.String(), name) {
			t.Error("the log holds a sign-in name")
		}
	})
}

func TestTooManyTriesSayUntilWhenToWait(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		known := s.signInByPages(name)
		b := s.stranger()
		for range 5 {
			b.says("/sign-in", url.Values{"name": {name}, "password": {"wrong"}}, "is not right")
		}
		b.says("/sign-in", credentials(name), "too many wrong tries", "That is at 09:02.")
		known.leads("/sign-in", credentials(name), "/sign-in/code") // the device cookie
		move(2 * time.Minute)
		b.leads("/sign-in", credentials(name), "/sign-in/code")
	})
}

func TestAWrongOrUsedCodeIsRefusedInOneSentence(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		used := s.code()
		s.signInByPages(name)
		b := s.stranger()
		b.leads("/sign-in/code", nil, "/sign-in") // no password yet
		b.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/sign-in")
		b.leads("/sign-in", credentials(name), "/sign-in/code")
		for _, code := range []string{used, "000000", "ABCD-EFGH-JKLM-NPQR"} {
			b.says("/sign-in/code", url.Values{"code": {code}}, "That code is not right, or was used already")
		}
		b.says("/sign-in/code", url.Values{"code": {""}}, "Enter the code")
		move(time.Minute)
		b.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/")
		c := s.stranger()
		c.leads("/sign-in", credentials(name), "/sign-in/code")
		move(11 * time.Minute)
		c.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/sign-in")
		c.says("/sign-in", nil, "Sign in again from the beginning")
	})
}

// TestAPlantedTokenIsNeverTheOneSignedIn plants a session in somebody's browser
// and watches it at each step (session fixation).
func TestAPlantedTokenIsNeverTheOneSignedIn(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		thief := s.stranger()
		thief.leads("/join/nothing", nil, "/join")
		planted := thief.cookie("homeward")
		victim := s.with(planted)
		victim.leads("/sign-in", credentials(name), "/sign-in/code")
		thief.leads("/sign-in/code", nil, "/sign-in")
		half := s.with(victim.cookie("homeward")) // somebody saw the token between the steps
		victim.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/")
		half.leads("/account", nil, "/sign-in")
		thief.leads("/account", nil, "/sign-in")
		victim.says("/account", nil, "Manager, DER")
		made := s.with("made-up-by-somebody")
		made.leads("/sign-in", credentials(name), "/sign-in/code")
		if made.cookie("homeward") == "made-up-by-somebody" {
			t.Error("a token of the visitor's own is taken")
		}
	})
}

// TestAStolenSessionIsWorthNothingAfterAChange takes the token of a session and
// tries it after everything that must end it.
func TestAStolenSessionIsWorthNothingAfterAChange(t *testing.T) {
	worker := func(u *work.Unit, id string) (*agency.Book, agency.Worker, error) {
		book, err := agency.Open(u)
		if err != nil {
			return nil, agency.Worker{}, err
		}
		return book, book.Workers[id], nil
	}
	changes := map[string]func(u *work.Unit, workerID, accountID string) error{
		"the account is ended":        func(u *work.Unit, _, a string) error { return account.End(u, a) },
		"it is signed out everywhere": func(u *work.Unit, _, a string) error { return account.EndSessions(u, a) },
		"another role is given": func(u *work.Unit, id, _ string) error {
			book, w, err := worker(u, id)
			if err != nil {
				return err
			}
			w.Role = access.AdopterWorker
			_, err = account.SaveWorker(u, book, w)
			return err
		},
		"their work ends": func(u *work.Unit, id, _ string) error {
			book, w, err := worker(u, id)
			if err != nil {
				return err
			}
			w.LeftOn = u.Today
			_, err = account.SaveWorker(u, book, w)
			return err
		},
	}
	eachSite(t, func(t *testing.T, s *testSite) {
		for name, change := range changes {
			var id string
			s.operate(func(u *work.Unit) error {
				book, err := agency.Open(u)
				if err != nil {
					return err
				}
				w, err := agency.SaveWorker(u, book, agency.Worker{Agency: "DER", Name: "Temporary " + name, Role: access.HomeFinder})
				id = w.ID
				return err
			})
			b := s.with(s.session(id))
			b.says("/account", nil, "Home finder")
			facts := s.facts(id)
			s.operate(func(u *work.Unit) error { return change(u, id, facts.Account) })
			if to, _ := b.step("/account", nil); to != "/sign-in" {
				t.Errorf("after %s the session still opens %q", name, to)
			}
			b.says("/sign-in", nil, "You were signed out because your account, or what you may do here, was changed.")
		}
	})
}

func TestWhatAnAgreementOpenedClosesAtTheNextRequest(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("NOT", access.HomeFinder)
		path := childPath(s.id["DER/C1"])
		b.get(path, http.StatusOK)
		lead := access.Actor{ID: "lead", Agency: "NOT", Role: access.InformationLead}
		if err := s.do(lead, func(u *work.Unit) error {
			book, err := agency.Open(u)
			if err != nil {
				return err
			}
			return agency.Leave(u, book, book.Agreements[0].ID)
		}); err != nil {
			t.Fatal(err)
		}
		b.get(path, http.StatusNotFound)
	})
}

func TestASessionEndsByTheClockAndSaysSo(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		move := s.stopClock()
		id := s.workerOf("DER", access.Manager)
		b := s.with(s.session(id))
		for range 3 {
			move(29 * time.Minute)
			b.says("/account", nil, "Manager")
		}
		move(30 * time.Minute)
		b.leads("/account", nil, "/sign-in")
		b.says("/sign-in", nil, "You were signed out because you did nothing here for 30 minutes.")
		c := s.with(s.session(id))
		for range 28 {
			move(25 * time.Minute)
			c.says("/account", nil, "Manager")
		}
		move(25 * time.Minute)
		c.leads("/account", nil, "/sign-in")
		c.says("/sign-in", nil, "You were signed out because 12 hours had gone by")
	})
}

func TestWhatSomebodyIsLetInByIsAStrictCookie(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		for _, secure := range []bool{false, true} {
			handler := s.answers(t, Front{Secure: secure})
			answer := send(handler, http.MethodPost, "/sign-in", strings.NewReader(credentials(name).Encode()), nil)
			c := answer.Cookies()[0]
			answer = send(handler, http.MethodPost, "/sign-in/code", strings.NewReader(url.Values{"code": {s.code()}}.Encode()), map[string]string{"Cookie": c.Name + "=" + c.Value})
			if len(answer.Cookies()) != 2 {
				t.Fatalf("%s %v", answer.Status, answer.Cookies())
			}
			for _, c := range answer.Cookies() {
				if c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || strings.HasPrefix(c.Name, "__Host-") != secure {
					t.Errorf("secure %t: %v", secure, c)
				}
				if device := strings.Contains(c.Name, "device"); device != (c.MaxAge > 0) {
					t.Errorf("%s is kept %d seconds", c.Name, c.MaxAge)
				}
			}
			s.operate(func(u *work.Unit) error { _, err := u.Exec("UPDATE account SET totp_step = 0"); return err })
		}
	})
}

func TestTheDatabaseHoldsNoTokenAndNoName(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		b := s.signInByPages(name)
		s.operate(func(u *work.Unit) error {
			var n int
			if err := u.QueryRow("SELECT COUNT(*) FROM session WHERE token = $1", b.cookie("homeward")).Scan(&n); err != nil || n != 0 {
				t.Errorf("the token stands in the database as the browser knows it (%d, %v)", n, err)
			}
			rows, err := u.Query("SELECT data FROM session")
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var data []byte
				if err := rows.Scan(&data); err != nil {
					return err
				}
				if bytes.Contains(data, []byte(name)) || bytes.Contains(data, []byte("Manager")) {
					t.Error("a session holds a name")
				}
			}
			return rows.Err()
		})
	})
}

func TestNothingOfADemonstrationIsShownElsewhere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		s.site.Demonstration = []account.Account{{SignInName: "manager.der", Worker: agency.Worker{Role: access.Manager}}}
		name := s.openAccount(s.workerOf("DER", access.Manager))
		b := s.stranger()
		b.says("/sign-in", nil, account.DemonstrationPassword, "manager.der")
		b.leads("/sign-in", credentials(name), "/sign-in/code")
		b.says("/sign-in/code", nil, "An app would show "+s.code())
		handler := s.site.serve(routes[slices.IndexFunc(routes, func(r route) bool { return r.pattern == "GET /sign-in" })])
		for from, shown := range map[string]bool{"127.0.0.1:5000": true, "[::1]:5000": true, "192.0.2.7:5000": false, "10.0.0.1:80": false, "@": false} {
			body := sendFrom(s.site.sessions.LoadAndSave(handler), "/sign-in", from)
			if strings.Contains(body, account.DemonstrationPassword) != shown {
				t.Errorf("shown to %s: %t", from, !shown)
			}
		}
		s.site.Demonstration = nil
		if strings.Contains(b.says("/sign-in", nil, "Sign in"), account.DemonstrationPassword) {
			t.Error("shown where there is no demonstration")
		}
		b.leads("/sign-in", credentials(name), "/sign-in/code")
		if strings.Contains(b.says("/sign-in/code", nil, "Enter your code"), s.code()) {
			t.Error("the code is shown where there is no demonstration")
		}
	})
}

func TestNoSignInPageSaysWhoItIsAboutInItsAddressOrTitle(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.stopClock()
		name := s.openAccount(s.workerOf("DER", access.Manager))
		b := s.stranger()
		for _, path := range []string{"/sign-in", "/sign-in/code"} {
			page := b.says(path, nil, "")
			if title, _, _ := strings.Cut(page[strings.Index(page, "<title>"):], "</title>"); strings.Contains(title, name) {
				t.Error(title)
			}
			if strings.Contains(page, `method="get"`) {
				t.Errorf("%s sends what is typed by its address", path)
			}
			b.leads("/sign-in", credentials(name), "/sign-in/code")
		}
		for _, line := range strings.Split(s.log.String(), "\n") {
			if strings.Contains(line, name) || strings.Contains(line, account.DemonstrationPassword) {
				t.Error(line)
			}
		}
	})
}
