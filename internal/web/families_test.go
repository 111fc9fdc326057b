package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/work"
)

func TestFamilies(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		page := b.get("/families", http.StatusOK)
		wants(t, page, []string{"3 families", "VAA1/F1", "VAA1/F2", "VAA1/F3", "Lantern Adoption", "1 April 2026", "1 family has another status", "Up to 2, aged 0 to 6", "Add a family"},
			"NOT/F1", "LEI/L1", "S1 1CC", s.id["family LEI/L1"])
		if first, second := strings.Index(page, "VAA1/F1"), strings.Index(page, "VAA1/F2"); first > second {
			t.Error("the family approved first does not come first")
		}
		if s.lastAction("VAA1/F3") != "viewed" {
			t.Error("that a family was shown in the list is not on its record")
		}
	})
}

func TestFamiliesFiltered(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		for _, c := range []struct {
			query string
			says  []string
			not   []string
		}{
			{"?status=any", []string{"4 families", "NOT/F1"}, nil},
			{"?status=stage_two", []string{"1 family", "NOT/F1"}, []string{"VAA1/F1"}},
			{"?agency=NOT&status=any", []string{"1 family", "NOT/F1", "Agency: Nottingham (NOT)"}, []string{"VAA1/F1"}},
			{"?number=2", []string{"1 family", "VAA1/F1"}, []string{"VAA1/F2"}},
			{"?need=neglect", []string{"2 families", "VAA1/F1", "VAA1/F2"}, []string{"VAA1/F3"}},
			{"?need=fasd", []string{"1 family", "VAA1/F1"}, []string{"VAA1/F2"}},
			{"?need=sexual_abuse", []string{"0 families", "No family fits this filter"}, []string{"VAA1/F1"}},
			{"?agency=LEI&status=nonsense&number=-1&need=ethnicity&sort=religion&page=99", []string{"3 families", "VAA1/F1"}, []string{"LEI/L1"}},
			{"?sort=reference&page=x", []string{"3 families"}, nil},
			{"?sort=children", []string{"3 families"}, nil},
		} {
			wants(t, b.get("/families"+c.query, http.StatusOK), c.says, c.not...)
		}
		byName := b.get("/families?sort=reference&status=any", http.StatusOK)
		if strings.Index(byName, "NOT/F1") > strings.Index(byName, "VAA1/F1") {
			t.Error("not in the order of their references")
		}
	})
}

func TestFamiliesOfOnesOwnAgencyComeFirst(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		page := s.as("NOT", access.HomeFinder).get("/families?status=any", http.StatusOK)
		if strings.Index(page, "NOT/F1") > strings.Index(page, "VAA1/F1") {
			t.Error("the family of the own agency does not come first")
		}
		wants(t, s.as("VAA1", access.AdopterWorker).get("/families?status=any", http.StatusOK), []string{"3 families", "Add a family"}, "NOT/F1", "LEI/L1")
		wants(t, s.as("DER", access.PermanenceWorker).get("/families", http.StatusOK), []string{"3 families"}, "Add a family")
	})
}

// lastAction is what the audit record says was done last to a family.
func (s *testSite) lastAction(name string) string {
	s.t.Helper()
	agencyCode, _, _ := strings.Cut(name, "/")
	list := s.entries(access.Family, agencyCode, s.id["family "+name])
	if len(list) == 0 {
		return ""
	}
	return list[0].Action
}

// manyFamilies adds families so that a list has several pages.
func (s *testSite) manyFamilies(n int) {
	s.t.Helper()
	if err := s.desk.Do(context.Background(), operator, "test", func(u *work.Unit) error {
		var list []adopter.Family
		for i := range n {
			list = append(list, adopter.Family{Agency: "NOT", Ref: "M" + strings.Repeat("i", i), Status: "approved", MaxChildren: whole(2), Sex: "any"})
		}
		return s.save(u, nil, list)
	}); err != nil {
		s.t.Fatal(err)
	}
}

func TestFamiliesArePaged(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		b.get("/families", http.StatusOK) // the board is made
		few := b.statementsFor("/families")
		s.manyFamilies(40)
		b.get("/families", http.StatusOK) // the board is made anew
		page := b.get("/families?page=2", http.StatusOK)
		wants(t, page, []string{"43 families"}, "VAA1/F1")
		if n := strings.Count(page, `role="rowheader"`); n != 18 {
			t.Errorf("the second page shows %d families, not 18", n)
		}
		if many := b.statementsFor("/families"); many != few {
			t.Errorf("%d statements for 25 families, %d for 3", many, few)
		}
		if s.lastAction("NOT/M") != "viewed" {
			t.Error("a family on a page is not noted as seen")
		}
	})
}
