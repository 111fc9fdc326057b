package web

import (
	"net/http"
	"net/url"
	"testing"

	"homeward/internal/access"
)

func TestAManagerHandsACaseloadOver(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		from, to := s.workerOf("DER", access.PermanenceWorker), s.workerOf("DER", access.HomeFinder)
		s.followedBy(from, "DER/C1", "DER/C2")
		b, path := s.as("DER", access.Manager), personPath(from)+"/caseload"
		wants(t, b.get(path, http.StatusOK), []string{"2 children.", "Asha Testname", "Ben Samplesson", "Home finder, DER, Home finder"}, "Administrator, DER, Administrator", "LEI")
		for what, form := range map[string]url.Values{
			"another agency's worker": {"whole": {"all"}, "to": {s.workerOf("LEI", access.HomeFinder)}}, "somebody who cannot": {"whole": {"all"}, "to": {s.workerOf("DER", access.Administrator)}},
			"nothing ticked": {"whole": {"ticked"}, "to": {to}}, "nobody": {"whole": {"all"}}, "no answer how much": {"to": {to}},
		} {
			b.post(path, form, http.StatusUnprocessableEntity)
			if s.child("DER/C1").Worker != from {
				t.Fatal("handed over: ", what)
			}
		}
		b.post(path, url.Values{"whole": {"ticked"}, "to": {to}, "record": {s.id["DER/C1"], s.id["LEI/L1"]}}, http.StatusNotFound)
		if s.child("DER/C1").Worker != from || s.child("LEI/L1").Worker != "" {
			t.Error("another agency's child was named, and something was handed over")
		}
		wants(t, b.post(path, url.Values{"whole": {"ticked"}, "to": {to}, "record": {s.id["DER/C2"]}}, http.StatusOK), []string{"1 record or ask handed over.", "1 child."}, "Ben Samplesson")
		wants(t, b.post(path, url.Values{"whole": {"all"}, "to": {to}}, http.StatusOK), []string{"There is nothing to hand over"})
		if s.child("DER/C1").Worker != to || s.child("DER/C2").Worker != to {
			t.Error("not handed over")
		}
		if e := s.entries(access.Caseload, "DER", from); len(e) != 3 || e[2].Action != "refused" || e[0].Action != "handed over" {
			t.Errorf("on the record: %+v", e)
		}
		s.as("DER", access.Administrator).get(path, http.StatusNotFound)
		s.as("LEI", access.Manager).get(path, http.StatusNotFound)
	})
}
