package web

import (
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/link"
)

func (s *testSite) compare(childKey string, families ...string) string {
	return comparePath(s.id[childKey]) + "?" + s.families(families...).Encode()
}

func TestFamiliesSideBySide(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F2")[0]
		s.close(a, link.Closing{State: link.No, ReasonCode: "age"})
		b := s.as("DER", access.HomeFinder)
		page := b.get(s.compare("DER/C1", "VAA1/F1", "VAA1/F2", "VAA1/F3"), http.StatusOK)
		wants(t, page, []string{"Asha Testname", "3 families side by side", "This child", "VAA1/F1 Lantern Adoption", "Suitable", "Stretch", "Ruled out",
			"Age 4 0 to 6 Met 0 to 3 Partly met Not recorded Not known", "A place of theirs is inside a zone", "No, 23 November 2026: age", "Cannot be asked now", "Ask the selected families"},
			"DE22", "Number of adopters")
		if n := strings.Count(page, `scope="col"`); n != 5 {
			t.Errorf("%d columns, want 5", n)
		}
		if s.lastAction("VAA1/F3") != "viewed" || s.entries(access.Child, "DER", s.id["DER/C1"])[0].Action != "viewed" {
			t.Error("not everybody compared is noted as seen")
		}
	})
}

func TestOtherThanTwoToFourFamiliesIsSaid(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		s.manyFamilies(2)
		wants(t, b.get(s.compare("DER/C1", "VAA1/F1", "VAA1/F2", "VAA1/F3", "NOT/F1", "NOT/M"), http.StatusOK), []string{"5 families were selected. The first four are compared", "4 families side by side"}, "NOT/M")
		wants(t, b.get(s.compare("DER/C1", "VAA1/F1", "VAA1/F1"), http.StatusOK), []string{"Only one family was selected", "VAA1/F1"})
		wants(t, b.get(s.compare("DER/C1"), http.StatusOK), []string{"No family was selected", "Go back to the list"}, "<table")
		// A family of another region is as good as none.
		wants(t, b.get(s.compare("DER/C1", "LEI/L1"), http.StatusOK), []string{"No family was selected"}, "LEI/L1")
		s.as("LEI", access.HomeFinder).get(s.compare("DER/C1", "LEI/L1"), http.StatusNotFound)
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "refused" {
			t.Errorf("the refusal is on the record as %+v", e)
		}
	})
}
