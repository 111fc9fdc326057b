package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
)

func TestARestrictedRecordIsOnNoListOfThoseWhoAreNotNamed(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		ask := s.ask("DER/C1", "VAA1/F1")[0]
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
		secrets := append([]string{s.id["DER/C1"], ask.ID, "DER/C1"}, derCanaries...)
		lists := []string{"/", "/children", "/children?status=all", "/children?q=Asha", "/families", "/asks", "/asks?state=all", "/asks?box=agency&state=all", "/asks?box=answer&state=all", "/supply",
			familyPath(s.id["family VAA1/F1"]), childPath(s.id["DER/C2"])}
		for _, who := range []struct {
			code string
			role access.Role
		}{{"DER", access.HomeFinder}, {"DER", access.Manager}, {"DER", access.AdopterWorker}, {"NOT", access.HomeFinder}, {"VAA1", access.AdopterWorker}, {"VAA1", access.Manager}} {
			b := s.as(who.code, who.role)
			for _, path := range lists {
				if who.code == "VAA1" && strings.HasPrefix(path, "/children") && !strings.Contains(path, s.id["DER/C2"]) {
					continue
				}
				page := b.getAny(path)
				for _, secret := range secrets {
					if strings.Contains(page, secret) && !strings.Contains(path, secret) {
						t.Errorf("%s tells a %s of %s %q", path, who.role, who.code, secret)
					}
				}
			}
			b.get(askPath(ask.ID), http.StatusNotFound)
		}
		finder := s.as("DER", access.HomeFinder)
		wants(t, finder.get("/children", http.StatusOK), []string{"1 group, 2 children"})
		if row := supplyRow(t, finder.get("/supply", http.StatusOK), "Fetal alcohol"); !strings.Contains(row, "(FASD) 0 1 yes") {
			t.Errorf("the supply map counts the restricted child: %s", row)
		}
		wants(t, s.as("DER", access.PermanenceWorker).get("/children", http.StatusOK), []string{"Asha"})
	})
}

func TestAManagerRestrictsARecordAndLiftsIt(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := childPath(s.id["DER/C1"])
		path, manager, worker := record+"/restrict", s.worker("DER", access.Manager), s.worker("DER", access.PermanenceWorker)
		b := s.asWorker(manager)
		wants(t, b.get(record, http.StatusOK), []string{"Who can open it"})
		wants(t, b.get(path, http.StatusOK), []string{"The record is not restricted", "Child " + s.id["DER/C1"], "Restrict this record"}, append(derCanaries, "Administrator, DER", "Leicester", "Lantern")...)
		form := url.Values{"reason": {"threat"}, "names": {manager, worker}}
		for name, bad := range map[string]url.Values{"no reason": {"names": {manager}}, "nobody": {"reason": {"threat"}}, "another agency's": {"reason": {"threat"}, "names": {s.worker("LEI", access.Manager)}},
			"an administrator": {"reason": {"threat"}, "names": {s.worker("DER", access.Administrator)}}} {
			if page := b.post(path, bad, http.StatusUnprocessableEntity); !strings.Contains(page, "There is a problem") {
				t.Errorf("%s: no problem", name)
			}
		}
		wants(t, b.post(path, form, http.StatusOK), []string{"The record is restricted to 2 people.", "Restricted.", "Permanence worker, DER", "Somebody may be trying to find the child or family"})
		wants(t, b.get(record, http.StatusOK), []string{"Restricted.", "Asha"})
		s.as("DER", access.HomeFinder).get(record, http.StatusForbidden)
		wants(t, s.as("DER", access.InformationLead).get(path, http.StatusOK), []string{"Restricted.", "Permanence worker, DER"}, append(derCanaries, "Lift the restriction", "Change who can open it")...)

		for _, who := range []struct {
			code string
			role access.Role
		}{{"DER", access.HomeFinder}, {"DER", access.PermanenceWorker}, {"NOT", access.Manager}, {"VAA1", access.Manager}, {"LEI", access.Manager}} {
			other := s.as(who.code, who.role)
			other.get(path, http.StatusNotFound)
			other.post(path, form, http.StatusNotFound)
			other.post(path+"/end", nil, http.StatusNotFound)
			other.post(path+"/reopen", url.Values{"worker": {manager}}, http.StatusNotFound)
		}
		s.as("DER", access.InformationLead).post(path+"/end", nil, http.StatusForbidden)
		wants(t, b.post(path+"/end", nil, http.StatusOK), []string{"The restriction is lifted.", "The record is not restricted"})
		b.post(path+"/end", nil, http.StatusConflict)
		s.as("DER", access.HomeFinder).get(record, http.StatusOK)
		wants(t, s.as("DER", access.InformationLead).get("/", http.StatusOK), []string{"The restriction of a record was changed or lifted."}, derCanaries...)
	})
}
