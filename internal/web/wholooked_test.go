package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/work"
)

func TestWhoLookedSaysWhoWhenWhatAndWhatFor(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := childPath(s.id["DER/C1"])
		s.as("DER", access.HomeFinder).get(record, http.StatusOK)
		s.as("VAA1", access.AdopterWorker).get(record, http.StatusOK)
		s.as("LEI", access.HomeFinder).get(record, http.StatusNotFound)
		manager := s.as("DER", access.Manager)
		wants(t, manager.get(record, http.StatusOK), []string{"Who looked"})
		page := manager.get(record+"/looks", http.StatusOK)
		wants(t, page, []string{"Child " + s.id["DER/C1"], "Home finder, DER, Home finder, Derby", "Opened the record", "Child's record",
			"Adopters' worker, VAA1, Adopters' worker, Lantern Adoption", "Saw what the child needs", "Refused Asked to see it and was refused", "Leicester",
			"That you looked at this page is on the record too."}, derCanaries...)
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Detail != "who looked" || e.Who.Role != string(access.Manager) {
			t.Errorf("looking at who looked is on the record as %+v", e)
		}
		family := familyPath(s.id["family VAA1/F1"])
		s.as("VAA1", access.HomeFinder).get(family, http.StatusOK)
		wants(t, s.as("VAA1", access.Manager).get(family+"/looks", http.StatusOK), []string{"Family " + s.id["family VAA1/F1"], "Opened the record"}, "S1 1CC", "VAA1/F1")
	})
}

func TestAnInformationLeadSeesWhoLookedAndNotTheRecord(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id := s.id["DER/C1"]
		s.as("DER", access.HomeFinder).get(childPath(id), http.StatusOK)
		s.as("LEI", access.HomeFinder).get(childPath(id), http.StatusNotFound)
		lead := s.as("DER", access.InformationLead)
		wants(t, lead.get("/looks", http.StatusOK), []string{"What stands out", "Refused", "Leicester", "Child " + id, "Records opened in an emergency"}, derCanaries...)
		page := lead.post("/looks", url.Values{"reference": {" " + strings.ToLower(id) + " "}}, http.StatusOK)
		wants(t, page, []string{"Opened the record", "Home finder, DER"}, derCanaries...)
		lead.no(childPath(id), derCanaries...)
		unknown := textOf(lead.post("/looks", url.Values{"reference": {"BCDFGHJKLMNP"}}, http.StatusUnprocessableEntity))
		theirs := textOf(lead.post("/looks", url.Values{"reference": {s.id["LEI/L1"]}}, http.StatusUnprocessableEntity))
		if !strings.Contains(unknown, "There is no record of your agency with this reference") || strings.ReplaceAll(unknown, "BCDFGHJKLMNP", s.id["LEI/L1"]) != theirs {
			t.Errorf("another agency's reference is told from one that does not exist:\n%s\n%s", unknown, theirs)
		}
		lead.post("/looks", url.Values{"reference": {""}}, http.StatusUnprocessableEntity)
		finder := s.worker("DER", access.HomeFinder)
		wants(t, lead.get("/looks/by/"+finder, http.StatusOK), []string{"Home finder, DER", "Opened the record", "Child " + id}, derCanaries...)
		lead.get("/looks/by/"+s.worker("LEI", access.HomeFinder), http.StatusNotFound)
		lead.get("/looks/by/nobody", http.StatusNotFound)
	})
}

func TestNobodyElseSeesWhoLooked(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		looks := childPath(s.id["DER/C1"]) + "/looks"
		for _, who := range []struct {
			code string
			role access.Role
		}{{"DER", access.HomeFinder}, {"DER", access.PermanenceWorker}, {"DER", access.AdopterWorker}, {"DER", access.Administrator},
			{"NOT", access.Manager}, {"NOT", access.InformationLead}, {"VAA1", access.Manager}, {"VAA1", access.InformationLead}, {"LEI", access.Manager}, {"LEI", access.InformationLead}} {
			s.as(who.code, who.role).no(looks, derCanaries...)
		}
		for _, role := range []access.Role{access.HomeFinder, access.PermanenceWorker, access.AdopterWorker, access.Administrator} {
			s.as("DER", role).get("/looks", http.StatusNotFound)
		}
		s.as("DER", access.Manager).no(childPath("BCDFGHJKLMNP") + "/looks")
	})
}

func TestAManagerWhoIsNotNamedDoesNotSeeWhoLookedAtARestrictedRecord(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		looks := childPath(s.id["DER/C1"]) + "/looks"
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
		s.as("DER", access.HomeFinder).get(childPath(s.id["DER/C1"]), http.StatusForbidden)
		manager := s.as("DER", access.Manager)
		manager.no(looks)
		wants(t, manager.get("/looks", http.StatusOK), []string{"Nothing stands out"}, s.id["DER/C1"])
		wants(t, s.as("DER", access.InformationLead).get(looks, http.StatusOK), []string{"Restricted the record", "Refused"}, derCanaries...)
	})
}

func TestALongRecordOfLooksHasPagesAndNoMoreStatements(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		looks := childPath(s.id["DER/C1"]) + "/looks"
		manager := s.as("DER", access.Manager)
		few := manager.statementsFor(looks)
		finder := s.actor("DER", access.HomeFinder)
		if err := s.desk.Do(context.Background(), finder, "child's record", func(u *work.Unit) error {
			for range 120 {
				u.Saw(work.Subject{Kind: access.Child, Agency: "DER", ID: s.id["DER/C1"]}, "")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if many := manager.statementsFor(looks); many != few {
			t.Errorf("%d statements for few entries and %d for many", few, many)
		}
		page := manager.get(looks, http.StatusOK)
		wants(t, page, []string{"Show earlier entries"}, "Go back to the newest")
		older := page[strings.Index(page, `href="`+looks+`?before=`)+len(`href="`):]
		older = older[:strings.IndexByte(older, '"')]
		wants(t, manager.get(older, http.StatusOK), []string{"Go back to the newest entries", "Show earlier entries"})
		manager.get(looks+"?before=nonsense", http.StatusOK)
		manager.get(looks+"?before=-4", http.StatusOK)
	})
}
