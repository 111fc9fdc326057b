package web

import (
	"context"
	"net/http"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/work"
)

// opened puts it on the record that a worker opened so many records just now.
func (s *testSite) opened(a access.Actor, n int) {
	s.t.Helper()
	if err := s.desk.Do(context.Background(), a, "child's record", func(u *work.Unit) error {
		for range n {
			u.Saw(work.Subject{Kind: access.Child, Agency: a.Agency, ID: work.NewID()}, "")
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
}

func TestWhoeverOpensTooManyRecordsWaitsAndTheLeadIsTold(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.later(0)
		record, finder := childPath(s.id["DER/C1"]), s.actor("DER", access.HomeFinder)
		b, lead := s.as("DER", access.HomeFinder), s.as("DER", access.InformationLead)
		s.opened(finder, 99)
		b.get(record, http.StatusOK)
		wants(t, lead.get("/", http.StatusOK), nil, "many records")
		b.get(record, http.StatusOK)
		wants(t, lead.get("/", http.StatusOK), []string{"Somebody in your agency is opening many records in a short time.", "What they looked at"}, finder.Name)
		b.get(record, http.StatusOK)

		s.opened(finder, 200)
		for _, path := range []string{record, "/children", "/families", "/asks", "/", familyPath(s.id["family VAA1/F1"]), "/plan", "/plan/saved"} {
			wants(t, b.get(path, http.StatusTooManyRequests), []string{"You have to wait before you open more records", "Your information lead has been told.", "Try again in"}, derCanaries...)
		}
		b.get("/account/declarations", http.StatusOK)
		b.get("/help/matching", http.StatusOK)
		s.as("DER", access.PermanenceWorker).get(record, http.StatusOK)
		wants(t, lead.get("/notices", http.StatusOK), []string{"was stopped for a while"})
		wants(t, lead.get("/looks/by/"+finder.ID, http.StatusOK), []string{"Home finder, DER", "Opened the record"}, "Asha")

		s.later(11 * time.Minute)
		b.get(record, http.StatusOK)
	})
}

func TestOrdinaryWorkNeverWaits(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		for range 40 {
			b.get("/children", http.StatusOK)
			b.get("/families", http.StatusOK)
			b.get(childPath(s.id["DER/C1"]), http.StatusOK)
		}
		wants(t, s.as("DER", access.InformationLead).get("/notices", http.StatusOK), []string{"There is nothing you must be told."})
	})
}
