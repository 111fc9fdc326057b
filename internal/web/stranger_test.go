package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/link"
)

// TestAStrangerGetsNothingAnywhere tries every route that names a record, as
// every role of an agency that shares no pool with the record's: each answers as
// if there were no such record, and nothing of it is in the answer.
func TestAStrangerGetsNothingAnywhere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		ask := s.ask("DER/C1", "VAA1/F1")[0]
		tried := 0
		for _, role := range access.StaffRoles() {
			b := s.as("LEI", role)
			for _, r := range routes {
				method, path, _ := strings.Cut(r.pattern, " ")
				if !strings.Contains(path, "{id}") {
					continue
				}
				id := map[bool]string{true: s.id["family VAA1/F1"], false: s.id["DER/C1"]}[strings.HasPrefix(path, "/families")]
				if strings.HasPrefix(path, "/asks") {
					id = ask.ID
				}
				path = strings.NewReplacer("{id}", id, "{family}", s.id["family VAA1/F1"], "{n}", "0").Replace(path)
				tried++
				var page string
				if method == http.MethodGet {
					page = b.get(path, http.StatusNotFound)
				} else {
					page = b.post(path, url.Values{"version": {"1"}, "family": {s.id["family VAA1/F1"]}}, http.StatusNotFound)
				}
				for _, secret := range []string{"Asha", "Testname", "DE22", "DER/C1", "VAA1/F1", "Lantern"} {
					if strings.Contains(page, secret) {
						t.Errorf("%s tells a stranger %q", r.pattern, secret)
					}
				}
			}
			for _, path := range []string{"/", "/children", "/families", "/asks?state=all", "/supply"} {
				page := b.get(path, http.StatusOK)
				for _, secret := range []string{"Asha", "DER/C1", "VAA1/F1", "Lantern"} {
					if strings.Contains(page, secret) {
						t.Errorf("%s tells a stranger of role %s %q", path, role, secret)
					}
				}
			}
		}
		if tried < 4*25 {
			t.Errorf("only %d requests tried", tried)
		}
		refusals := 0
		for _, e := range s.entries(access.Child, "DER", s.id["DER/C1"]) {
			if e.Action == "refused" && e.Who.Agency == "LEI" {
				refusals++
			}
		}
		if refusals == 0 {
			t.Error("no refusal is on the record")
		}
	})
}

// TestTheFamilysSideIsNeverToldWhoOrWhere looks at every page an adopters' worker
// can open about a child they have been asked about: no name, no reference of the
// agency, no postcode, no zone.
func TestTheFamilysSideIsNeverToldWhoOrWhere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		ask := s.ask("DER/C1", "VAA1/F1")[0]
		for _, role := range []access.Role{access.AdopterWorker, access.HomeFinder, access.Manager} {
			s.nothingOfTheChild(t, s.as("VAA1", role), ask)
		}
	})
}

func (s *testSite) nothingOfTheChild(t *testing.T, b *browser, ask link.Ask) {
	t.Helper()
	for _, path := range []string{"/", "/families", familyPath(s.id["family VAA1/F1"]), familyPath(s.id["family VAA1/F3"]), "/asks", askPath(ask.ID), childPath(s.id["DER/C1"]), "/supply"} {
		page := b.get(path, http.StatusOK)
		for _, secret := range []string{"Asha", "Testname", "DER/C1", "DE22 3CV", "birth_home", "Birth family"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s tells the family's side %q", path, secret)
			}
		}
	}
	for _, path := range []string{childFamiliesPath(s.id["DER/C1"]), childPath(s.id["DER/C1"]) + "/zones", childPath(s.id["DER/C1"]) + "/edit"} {
		b.get(path, http.StatusForbidden)
	}
}
