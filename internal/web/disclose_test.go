package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/link"
)

func TestEachSideIsToldItsPartOnceBothAgree(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		ask := s.ask("DER/C1", "VAA1/F1")[0]
		path := askPath(ask.ID)
		finder, worker := s.as("DER", access.HomeFinder), s.as("VAA1", access.AdopterWorker)
		wants(t, finder.get(path, http.StatusOK), nil, "Telling each other")
		finder.post(path+"/disclose/child", nil, http.StatusUnprocessableEntity)
		worker.post(path+"/answer", url.Values{"reason_code": {"fits"}}, http.StatusOK)
		wants(t, finder.get(path, http.StatusOK), []string{"Telling each other who and where", "the child’s first name", "Has not agreed yet", "Agree for the child’s side"}, "Agree for the family’s side", "Stop telling", "Where the family lives", "S1")
		wants(t, finder.post(path+"/disclose/child", nil, http.StatusOK), []string{"Your side’s agreement is recorded.", "Agreed on", "Home finder, DER"}, "Where the family lives")
		worker.post(path+"/disclose/child", nil, http.StatusForbidden)
		worker.post(path+"/disclose/child/end", nil, http.StatusForbidden)
		worker.post(path+"/disclose/nobody", nil, http.StatusNotFound)
		s.nothingOfTheChild(t, worker, ask)
		wants(t, worker.post(path+"/disclose/family", nil, http.StatusOK), []string{"The child’s first name Asha"}, "Testname", "DER/C1", "DE22", "birth_home")
		wants(t, finder.get(path, http.StatusOK), []string{"Where the family lives S1", "Stop telling each other"}, "S1 1CC", "S11CC")
		s.firstNameAndNoMore(t, ask)
		seen := 0
		for _, e := range s.entries(access.Child, "DER", s.id["DER/C1"]) {
			if e.Detail == "disclosed: first name" && e.Who.Agency == "VAA1" {
				seen++
			}
		}
		if seen == 0 {
			t.Error("no look at what was disclosed is on the record")
		}
		wants(t, worker.post(path+"/disclose/family/end", nil, http.StatusOK), []string{"Nothing more is told.", "Has not agreed yet"}, "Asha")
		s.nothingOfTheChild(t, worker, ask)
		wants(t, finder.get(path, http.StatusOK), nil, "Where the family lives")
	})
}

// firstNameAndNoMore looks at every page of the family's side that was told.
func (s *testSite) firstNameAndNoMore(t *testing.T, ask link.Ask) {
	t.Helper()
	record := childPath(s.id["DER/C1"])
	for _, role := range []access.Role{access.AdopterWorker, access.HomeFinder, access.Manager} {
		b := s.as("VAA1", role)
		wants(t, b.get(record, http.StatusOK), []string{"What this child needs", "First name", "Asha"})
		for _, path := range []string{"/", "/families", familyPath(s.id["family VAA1/F1"]), "/asks", "/asks?state=all", askPath(ask.ID), record, "/supply"} {
			page := b.get(path, http.StatusOK)
			for _, secret := range []string{"Testname", "DER/C1", "DE22", "birth_home", "Birth family", "4 May 2022"} {
				if strings.Contains(page, secret) {
					t.Errorf("%s tells a %s of the family's side %q", path, role, secret)
				}
			}
		}
		for _, path := range []string{"/families", "/zones", "/edit", "/looks", "/restrict", "/glass"} {
			if page := textOf(b.getAny(record + path)); strings.Contains(page, "Testname") || strings.Contains(page, "DE22") || strings.Contains(page, "Asha") {
				t.Errorf("%s tells a %s of the family's side who the child is", path, role)
			}
		}
	}
	other := s.as("NOT", access.HomeFinder)
	wants(t, other.get(record, http.StatusOK), []string{"What this child needs"}, "Asha", "Testname")
	other.get(askPath(ask.ID), http.StatusNotFound)
	s.as("LEI", access.HomeFinder).get(askPath(ask.ID), http.StatusNotFound)
	for _, path := range []string{"/disclose/child", "/disclose/family", "/disclose/child/end", "/disclose/family/end"} {
		s.as("LEI", access.HomeFinder).post(askPath(ask.ID)+path, nil, http.StatusNotFound)
		s.as("LEI", access.AdopterWorker).post(askPath(ask.ID)+path, nil, http.StatusNotFound)
	}
}

// getAny fetches a page whatever it answers.
func (b *browser) getAny(path string) string {
	b.t.Helper()
	answer, err := b.client.Get(b.http.URL + path)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer, path, answer.StatusCode)
}
