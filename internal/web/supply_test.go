package web

import (
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/link"
)

// supplyRow is the text of one row of the supply map.
func supplyRow(t *testing.T, page, label string) string {
	t.Helper()
	_, row, ok := strings.Cut(page, `rowheader">`+label)
	if !ok {
		t.Fatalf("no row %s:\n%s", label, textOf(page))
	}
	row, _, _ = strings.Cut(row, "</tr>")
	return textOf(row)
}

func TestSupplyMap(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		page := b.get("/supply", http.StatusOK)
		wants(t, page, []string{"Supply map", "Children waiting with 3 agencies and approved families of 3 agencies", "What the columns count", "Yes, with support"}, "VAA1/F1", "Asha")
		// C1 has possible FASD and known neglect: F1 said yes to both, F2 yes with support to neglect.
		if row := supplyRow(t, page, "Fetal alcohol"); !strings.Contains(row, "1 1 yes, 0 with support, 0 no, 2 not asked 1 0 0 0 0") {
			t.Error("FASD: " + row)
		}
		if row := supplyRow(t, page, "Neglect"); !strings.Contains(row, "1 1 yes, 1 with support, 0 no, 1 not asked 2 −1 0 0 0") {
			t.Error("neglect: " + row)
		}
		a := s.ask("DER/C1", "VAA1/F1")[0]
		s.close(a, link.Closing{State: link.No, ReasonCode: "need", ReasonAbout: "fasd"})
		page = b.get("/supply", http.StatusOK)
		if row := supplyRow(t, page, "Fetal alcohol"); !strings.Contains(row, "1 1 yes, 0 with support, 0 no, 2 not asked 0 1 1 0 1") {
			t.Error("FASD after a no: " + row)
		}
		wants(t, page, []string{"The widest gap is fetal alcohol spectrum disorder (FASD) (1 child waits, 0 families are willing). No other need has one."})
	})
}

func TestSupplyMapFiltered(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get("/supply?kind=VAA", http.StatusOK), []string{"Kind of agency: Voluntary adoption agencies", "approved families of 1 agency"})
		wants(t, b.get("/supply?kind=RAA", http.StatusOK), []string{"There are no children waiting and no approved families to count here"})
		wants(t, b.get("/supply?pool=D2N2&sort=children&kind=x", http.StatusOK), []string{"Pool: D2N2"}, "Kind of agency: ")
		wants(t, b.get("/supply?pool=EM2&sort=name", http.StatusOK), []string{"Children waiting with 3 agencies"}, "Pool: EM2") // not a pool one sees
	})
}

// What a family of another agency was asked and said is not counted where the
// worker sees that agency's children alone.
func TestSupplyMapCountsOnlyWhatMayBeSeen(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		s.close(a, link.Closing{State: link.No, ReasonCode: "need", ReasonAbout: "fasd"})
		other := s.as("NOT", access.AdopterWorker).get("/supply", http.StatusOK)
		if row := supplyRow(t, other, "Fetal alcohol"); !strings.Contains(row, "1 0 yes, 0 with support, 0 no, 0 not asked 0 1 0 0 0") {
			t.Error("FASD: " + row)
		}
		leicester := s.as("LEI", access.HomeFinder).get("/supply", http.StatusOK)
		if row := supplyRow(t, leicester, "Fetal alcohol"); !strings.Contains(row, "0 0 yes, 0 with support, 0 no, 1 not asked 0 0 0 0 0") {
			t.Error("FASD: " + row)
		}
		// A filter that leaves no agency counts nobody, rather than everybody.
		wants(t, s.as("LEI", access.HomeFinder).get("/supply?kind=VAA", http.StatusOK), []string{"Take the filter off"}, "Declined for it")
	})
}
