package web

import (
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
)

func TestTheAskLogOfEachSide(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.ask("DER/C1", "VAA1/F1", "VAA1/F2")
		own := s.as("VAA1", access.AdopterWorker).get("/asks", http.StatusOK)
		wants(t, own, []string{"To answer", "2 asks", s.id["DER/C1"], "4 years", "VAA1/F1", "VAA1/F2", "7 December 2026, in 14 days", "Fay Finder", "Anyone who answers for VAA1"},
			"Asha", "DER/C1", "Asked by me", "of them overdue")
		council := s.as("DER", access.HomeFinder)
		wants(t, council.get("/asks?box=agency", http.StatusOK), []string{"My agency’s asks", "2 asks", "Asha Testname", "VAA1/F1"})
		wants(t, council.get("/asks?box=mine", http.StatusOK), []string{"You have no asks like this"}, "Asha")
		wants(t, council.get("/asks", http.StatusOK), []string{"There is nothing here to answer."}, "Asha")
		wants(t, s.as("DER", access.PermanenceWorker).get("/asks?box=answer", http.StatusOK), []string{"Asked by me"}, "To answer</a>")
		for _, other := range []string{"LEI", "NOT"} {
			wants(t, s.as(other, access.Manager).get("/asks?box=agency&state=all", http.StatusOK), []string{"There are no asks like this"}, "Asha", s.id["DER/C1"])
		}
		wants(t, s.as("VAA1", access.Manager).get("/asks?box=zzz&state=zzz&page=zzz", http.StatusOK), []string{"2 asks"})
		if s.lastAction("VAA1/F2") != "viewed" || s.entries(access.Child, "DER", s.id["DER/C1"])[0].Detail != "ask log" {
			t.Error("whoever is shown is not noted as seen")
		}
	})
}

func TestOverdueAsksStandFirstAndSaySo(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.ask("NOT/N1", "VAA1/F1")
		answered := s.ask("DER/C1", "VAA1/F1")[0]
		s.close(answered, link.Closing{State: link.Yes, ReasonCode: "fits"})
		s.desk.AsOf = date.MustOf(2026, 12, 9)
		s.ask("DER/C2", "VAA1/F1")
		b := s.as("VAA1", access.AdopterWorker)
		page := b.get("/asks", http.StatusOK)
		wants(t, page, []string{"2 asks, 1 of them overdue", "Overdue", "7 December 2026, 2 days ago", "23 December 2026, in 14 days", "6 years and 18 months"}, s.id["DER/C1"])
		if strings.Index(page, s.id["NOT/N1"]) > strings.Index(page, s.id["DER/C2"]) {
			t.Error("what is overdue does not stand first")
		}
		wants(t, b.get("/asks?state=overdue", http.StatusOK), []string{"1 ask, 1 of them overdue", s.id["NOT/N1"]}, s.id["DER/C2"])
		wants(t, b.get("/asks?state=answered", http.StatusOK), []string{"1 ask", "Yes", "23 November 2026: what the family hoped for", s.id["DER/C1"]}, s.id["NOT/N1"])
		wants(t, b.get("/asks?state=closed", http.StatusOK), []string{"There is nothing here to answer."})
		wants(t, b.get("/asks?state=all", http.StatusOK), []string{"3 asks"})
	})
}

func TestTheAskLogIsPagedInAFixedNumberOfStatements(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.ask("DER/C1", "VAA1/F1")
		b := s.as("VAA1", access.AdopterWorker)
		b.get("/asks", http.StatusOK)
		few := b.statementsFor("/asks")
		for i := range 30 {
			ref := "M" + strings.Repeat("i", i)
			if err := s.addChild(child.Child{Agency: "DER", Ref: ref, Status: "waiting", GivenName: "<b>bold</b>"}); err != nil {
				t.Fatal(err)
			}
			s.ask("DER/"+ref, "VAA1/F1")
		}
		b.get("/asks", http.StatusOK)
		if many := b.statementsFor("/asks"); many != few {
			t.Errorf("%d statements for 25 asks, %d for one", many, few)
		}
		if n := strings.Count(b.get("/asks?page=2", http.StatusOK), `role="rowheader"`); n != 6 {
			t.Errorf("the second page shows %d asks, not 6", n)
		}
		if strings.Contains(s.as("DER", access.HomeFinder).get("/asks?box=agency", http.StatusOK), "<b>bold") {
			t.Error("what somebody wrote is read as markup")
		}
	})
}
