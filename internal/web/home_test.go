package web

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
)

func TestHomeOfAHomeFinder(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		page := s.as("DER", access.HomeFinder).get("/", http.StatusOK)
		wants(t, page, []string{"Home", "Monday 23 November 2026", "What needs you today", "1 group has waited over 90 days with nobody asked",
			"Asha Testname : 294 days since the placement order; 1 suitable family", "My children", "Asha ,", "Ben ,", "All children waiting"},
			"Noor", "Placed", "Hidden", "My families", "DE22")
		if strings.Index(page, "Asha</a>") > strings.Index(page, "Ben</a>") {
			t.Error("who has waited longest does not come first")
		}
		if s.entries(access.Child, "DER", s.id["DER/C1"])[0].Action != "viewed" {
			t.Error("a child on the page is not noted as seen")
		}
		if _, foot, _ := strings.Cut(page, "<title>"); strings.Contains(foot[:strings.Index(foot, "</title>")], "Asha") {
			t.Error("a name stands in the title")
		}
	})
}

func TestNothingNeedsYouToday(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		wants(t, s.as("NOT", access.Manager).get("/", http.StatusOK), []string{"Nothing needs you today.", "Noor ,"}, "Asha")
		wants(t, s.as("VAA1", access.AdopterWorker).get("/", http.StatusOK), []string{"Nothing needs you today.", "My families", "VAA1/F1", "3 suitable, 0 stretch", "All families"}, "My children", "NOT/F1")
		wants(t, s.as("VAA1", access.HomeFinder).get("/", http.StatusOK), []string{"Nothing needs you today."}, "My children", "Asha")
		wants(t, s.as("LEI", access.PermanenceWorker).get("/", http.StatusOK), []string{"Hidden"}, "Asha", "Noor")
	})
}

func TestAsksOnTheHomePages(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		b.post(newAskPath(s.id["DER/C1"]), s.asking(date.MustOf(2026, 11, 27), "VAA1/F1", "VAA1/F2"), http.StatusOK)
		wants(t, b.get("/", http.StatusOK), []string{"Nothing needs you today."})
		s.desk.AsOf = date.MustOf(2026, 11, 27) // a Friday
		for _, a := range s.allAsks() {
			if a.FamilyID == s.id["family VAA1/F2"] {
				s.close(a, link.Closing{State: link.No, ReasonCode: "sex"})
			}
		}
		s.desk.AsOf = date.MustOf(2026, 11, 30)
		wants(t, b.get("/", http.StatusOK), []string{"1 ask of yours is overdue", "Overdue VAA1/F1 for Asha Testname : 27 November 2026, 3 days ago",
			"1 new answer", "Answered since Friday 27 November 2026.", "VAA1/F2 for Asha Testname : 27 November 2026: sex"})
		wants(t, s.as("VAA1", access.AdopterWorker).get("/", http.StatusOK), []string{"1 ask to answer", "VAA1/F1: child " + s.id["DER/C1"], "answer by 27 November 2026, 3 days ago",
			"1 family has preferences to talk through", "VAA1/F2 : sex"}, "Asha")
		wants(t, s.as("DER", access.Manager).get("/", http.StatusOK), []string{"Nothing needs you today."})
	})
}

func TestZonesAndWaiversOnTheHomePage(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		review := func(ref, status string, by date.Date) {
			zone := child.Zone{Postcode: "DE22 3CV", RadiusMiles: sql.Null[float64]{V: 3, Valid: true}, ReviewBy: by}
			if err := s.addChild(child.Child{Agency: "DER", Ref: ref, GivenName: "Zed" + ref, Status: status, Zones: []child.Zone{zone}}); err != nil {
				t.Fatal(err)
			}
		}
		review("Z1", "waiting", date.MustOf(2026, 11, 1))
		review("Z2", "waiting", today)
		review("Z3", "placed", date.MustOf(2020, 1, 1))
		manager := s.as("DER", access.Manager)
		manager.post(s.waivePath("DER/C1", "VAA1/F3"), foundForm("zone", "waived", "Moved", date.MustOf(2026, 12, 7)), http.StatusOK)
		page := manager.get("/", http.StatusOK)
		today, _, _ := strings.Cut(page, "My children")
		wants(t, today, []string{"1 child has a zone to review", "ZedZ1 : review was due 1 November 2026 (22 days ago)", "1 waiver expires within two weeks", "VAA1/F3 for Asha Testname : expires on 7 December 2026"}, "ZedZ2", "ZedZ3", "DE22")
		wants(t, s.as("NOT", access.HomeFinder).get("/", http.StatusOK), []string{"Nothing needs you today."}, "Zed")
	})
}

func TestLongListsOfTodayOpenAsPages(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		b.get("/", http.StatusOK)
		few := b.statementsFor("/")
		for i := range 30 {
			if err := s.addChild(child.Child{Agency: "DER", Ref: "W" + strings.Repeat("i", i), GivenName: "Wait<er>", Status: "waiting", OrderDate: date.MustOf(2026, 6, 1)}); err != nil {
				t.Fatal(err)
			}
		}
		b.get("/", http.StatusOK)
		if many := b.statementsFor("/"); many != few {
			t.Errorf("%d statements for many children, %d for few", many, few)
		}
		page := b.get("/", http.StatusOK)
		wants(t, page, []string{"31 groups have waited over 90 days with nobody asked", "See all 31", "All children waiting, 32 groups of yours among them"}, "Wait<er>")
		wants(t, b.get("/?show=unasked&page=2", http.StatusOK), []string{"31 groups have waited", "Back"}, "Asha", "My children")
		wants(t, b.get("/?show=nonsense&page=9", http.StatusOK), []string{"My children"})
	})
}

func TestHomeShowsOnesOwnChildrenAndFamilies(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		mine, worker := s.as("DER", access.PermanenceWorker), s.as("VAA1", access.AdopterWorker)
		for _, c := range []child.Child{{Agency: "DER", Ref: "P1", GivenName: "Elses", Status: "waiting", Worker: "somebody"}, {Agency: "DER", Ref: "P2", GivenName: "Nobodys", Status: "waiting"}} {
			if err := s.addChild(c); err != nil {
				t.Fatal(err)
			}
		}
		s.addFamily(adopter.Family{Agency: "VAA1", Ref: "ELSES", Status: "approved", Worker: "somebody"})
		wants(t, mine.get("/", http.StatusOK), []string{"Nobodys"}, "Elses")
		wants(t, worker.get("/", http.StatusOK), []string{"VAA1/F1"}, "VAA1/ELSES")
	})
}
