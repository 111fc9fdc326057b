package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/work"
)

// workerOf is the standing worker of an agency and role.
func (s *testSite) workerOf(code string, role access.Role) (id string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		for _, w := range book.Staff(code) {
			if w.Role == role {
				id = w.ID
			}
		}
		return nil
	})
	if id == "" {
		s.t.Fatalf("nobody works for %s as %s", code, role)
	}
	return id
}

// session begins a session for a worker and gives its token: what signing in
// ends with. The pages by which people sign in have tests of their own.
func (s *testSite) session(workerID string) (token string) {
	s.t.Helper()
	return s.sessionWith(s.facts(workerID))
}

// facts are what the session of a worker knows who has just signed in.
func (s *testSite) facts(workerID string) (f account.Facts) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		a, err := s.accountOf(u, workerID)
		f = account.Facts{Account: a.ID, Epoch: a.Epoch, Factor: account.FactorTOTP, Begun: u.Now, Seen: u.Now, Confirmed: u.Now}
		return err
	})
	return f
}

func (s *testSite) sessionWith(f account.Facts) string {
	s.t.Helper()
	ctx, err := s.site.sessions.Load(context.Background(), "")
	if err == nil {
		err = s.site.sessions.SignIn(ctx, f)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	token, _, err := s.site.sessions.Commit(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

// accountOf is a worker's account. One that nobody made yet is made without a
// password: a hash costs more than the whole rest of most tests.
func (s *testSite) accountOf(u *work.Unit, workerID string) (account.Account, error) {
	a, ok, err := account.OfWorker(u, workerID)
	if ok || err != nil {
		return a, err
	}
	book, err := agency.Open(u)
	if err != nil {
		return a, err
	}
	w, now := book.Workers[workerID], db.Instant{Time: u.Now}
	_, err = u.Exec(`INSERT INTO account (agency_code, account_id, worker_id, sign_in_name, password, state, demonstration, totp_step, wrong_codes, epoch, made_at, opened_at)
		VALUES ($1, $2, $3, $4, '', 'active', $5, 0, 0, 1, $6, $6)`, w.Agency, work.NewID(), w.ID, "worker-"+strings.ToLower(w.ID), true, now)
	if err != nil {
		return a, err
	}
	a, _, err = account.OfWorker(u, workerID)
	return a, err
}

// lookedAtElsewhere are pages that no link leads to, looked at by tests of their
// own; and those that show no page but lead on.
var lookedAtElsewhere = []string{
	"GET /sign-in/code", "GET /join", "GET /confirm", // TestSigningInIsAccessible
	"GET /sign-in/passkey", "GET /join-passkey", "GET /account/passkey", "GET /confirm/passkey", // TestPasskeysInABrowser
	"GET /sign-in/council", "GET /sign-in/council/{issuer}/start", "GET /sign-in/council/{issuer}", "GET /confirm/council/{issuer}", "GET /account/council/{issuer}",
	"GET /join/{token}", "GET /join-picture", "GET /account/app/picture", "GET /returns/{reading}/findings.csv",
	"GET /looks", "GET /looks/by/{worker}", "GET /glass", "GET /children/{id}/glass", "GET /families/{id}/glass", // TestTheTrustPagesAreAccessible
	"GET /people/new", "GET /people/{id}/edit", "GET /people/{id}/invite", "GET /people/{id}/reset", "GET /people/{id}/reopen", "GET /people/{id}/end", "GET /people/{id}/return", // TestKeepingTheHouseIsAccessible
	"GET /packs/{pack}/pack.docx", "GET /packs/{pack}/tables.zip", // files, not pages
	"GET /laboratory/{study}/report.docx", "GET /laboratory/{study}/results.csv", "GET /laboratory/{study}/results.json", "GET /laboratory/{study}/scenario.json",
	"GET /teams/{id}", "GET /agreements/new", "GET /agreements/{id}", "GET /agreements/{id}/sign", "GET /agreements/{id}/leave", "GET /functions/{agency}/{function}",
}

// sendFrom asks for a page from a network address.
func sendFrom(handler http.Handler, path, address string) string {
	r, w := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
	r.RemoteAddr = address
	handler.ServeHTTP(w, r)
	return w.Body.String()
}
