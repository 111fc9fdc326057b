package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/work"
)

func TestChildrenWaitingAreListedInGroups(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.ask("DER/C1", "VAA1/F1")
		s.handHomeFinding("DER", "NOT")
		page := s.as("NOT", access.HomeFinder).get("/children", http.StatusOK)
		wants(t, page, []string{
			"3 groups, 4 children", "4 children waiting, in 3 groups",
			"Asha , 4 years DER/C1", "Ben , 6 years DER/C2 Cora , 17 months DER/C3", "Together, 2 children",
			"Derby", "Nottingham", "294", "385", "322", "1 suitable, 0 stretch for Ben and Cora",
		}, "Testname", "Already", "DER/C9", "Hidden", "LEI")
		for _, key := range []string{"DER/C1", "DER/C2", "DER/C3", "NOT/N1"} {
			code, _, _ := strings.Cut(key, "/")
			if e := s.entries(access.Child, code, s.id[key]); e[0].Action != "viewed" || e[0].Purpose != "children waiting" {
				t.Errorf("%s: %+v", key, e[0])
			}
		}
		for _, key := range []string{"DER/C9", "LEI/L1"} {
			code, _, _ := strings.Cut(key, "/")
			if e := s.entries(access.Child, code, s.id[key]); e[0].Action != "added" {
				t.Errorf("%s is not in the list and is noted as seen: %+v", key, e[0])
			}
		}
	})
}

func TestChildrenOrdersAndFilters(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.handHomeFinding("NOT", "DER")
		b := s.as("DER", access.HomeFinder)
		for query, want := range map[string]string{
			"":              "Asha Ben Noor",
			"sort=decision": "Asha Ben Noor",
			"sort=fewest":   "Ben Asha Noor",
			"sort=youngest": "Ben Asha Noor",
			"sort=oldest":   "Ben Noor Asha",
			"agency=NOT":    "Noor",
			"youngest=1-2":  "Ben",
			"oldest=5-6":    "Ben Noor",
			"youngest=3-4":  "Asha",
			"size=1":        "Asha Noor",
			"size=2":        "Ben",
			"need=fasd":     "Asha",
			"longer=293":    "Asha",
			"longer=294":    "",
			"unsuited=yes":  "",
			"agency=NOT&agency=DER&sort=none&size=99&need='--&page=x&longer=-4&oldest=": "Noor",
			"page=400":             "Asha Ben Noor",
			"page=-1&longer=many":  "Asha Ben Noor",
			"agency=LEI":           "Asha Ben Noor",
			"youngest=unknown":     "",
			"agency=DER&need=fasd": "Asha",
		} {
			page := b.get("/children?"+query, http.StatusOK)
			if got := strings.Join(firstNames(page), " "); got != want {
				t.Errorf("%q lists %q, want %q", query, got, want)
			}
		}
		page := b.get("/children?agency=DER&need=fasd&longer=1", http.StatusOK)
		wants(t, page, []string{"Remove Agency: Derby (DER)", "Remove Need, possible or more: Fetal alcohol spectrum disorder (FASD)", "Remove Waiting longer than 1 day", "Clear all filters"})
		wants(t, b.get("/children?longer=9999", http.StatusOK), []string{"No children fit this filter", "start again", "0 groups, 0 children"})
	})
}

// firstNames gives the first child of each row.
func firstNames(page string) []string {
	var names []string
	for _, row := range strings.Split(page, `<th scope="row"`)[1:] {
		_, after, _ := strings.Cut(row, "govuk-!-font-weight-bold")
		_, after, _ = strings.Cut(after, ">")
		name, _, _ := strings.Cut(after, "<")
		names = append(names, name)
	}
	return names
}

func TestChildrenOfEachRole(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		wants(t, s.as("LEI", access.HomeFinder).get("/children", http.StatusOK), []string{"1 group, 1 child", "Hidden"}, "Asha", "Derby")
		wants(t, s.as("DER", access.PermanenceWorker).get("/children", http.StatusOK), []string{"2 groups, 3 children", "Asha", "Add a child"}, "Noor")
		wants(t, s.as("DER", access.Manager).get("/children", http.StatusOK), []string{"Asha"}, "Noor") // whose needs they may see, not who they are
		wants(t, s.as("VAA1", access.AdopterWorker).get("/children", http.StatusOK), []string{"Your role does not list children"}, "Asha", "Noor", "Add a child")
		wants(t, s.as("VAA1", access.HomeFinder).get("/children", http.StatusOK), []string{"No child is waiting"}, "Asha", "Noor", "Add a child")
	})
}

func TestChildrenArePagedInAFixedNumberOfStatements(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.handHomeFinding("NOT", "DER")
		b := s.as("DER", access.HomeFinder)
		b.get("/children", http.StatusOK) // makes the board
		few := b.statementsFor("/children")
		s.operate(func(u *work.Unit) error {
			var list []child.Child
			for i := range 60 {
				list = append(list, child.Child{Agency: "NOT", Ref: fmt.Sprintf("X%02d", i), GivenName: fmt.Sprintf("Name%02d", i), Status: "waiting", OrderDate: today.AddDays(-i)})
			}
			return s.save(u, list, nil)
		})
		b.get("/children", http.StatusOK)
		if many := b.statementsFor("/children"); many != few {
			t.Errorf("%d statements for 25 rows, %d for 3", many, few)
		}
		page := b.get("/children?page=2&agency=NOT", http.StatusOK)
		wants(t, page, []string{"61 groups, 61 children", "Groups 26 to 50."})
		if n := len(firstNames(page)); n != 25 {
			t.Errorf("%d rows on a page", n)
		}
		if !strings.Contains(page, `href="/children?agency=NOT&amp;page=3#total"`) {
			t.Error("the third page is not linked with the filter kept")
		}
		last := firstNames(b.get("/children?page=3", http.StatusOK))
		if n := len(last); n != 13 || !slices.Contains(last, "Noor") {
			t.Errorf("the last page holds %v", last)
		}
	})
}

func TestAsksAreCountedAndOverdueOnesSaid(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		asks := s.ask("DER/C2", "VAA1/F1")
		s.operate(func(u *work.Unit) error {
			_, err := u.Exec("UPDATE ask SET answer_by = $1 WHERE ask_id = $2", today.AddDays(-1), asks[0].ID)
			return err
		})
		wants(t, s.as("DER", access.HomeFinder).get("/children", http.StatusOK), []string{"1 1 overdue"})
	})
}

func TestChildrenWhereNobodyWaits(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.operate(func(u *work.Unit) error { _, err := u.Exec("UPDATE child SET status = 'on_hold'"); return err })
		s.operate(func(u *work.Unit) error { _, err := u.Exec("UPDATE revision SET n = n + 1"); return err })
		wants(t, s.as("DER", access.HomeFinder).get("/children", http.StatusOK), []string{"No child is waiting in the agencies you find families for"})
	})
}

func TestNothingWrittenInARecordIsReadAsMarkup(t *testing.T) {
	const hostile = `"><script>alert(1)</script>{{.}}`
	eachSite(t, func(t *testing.T, s *testSite) {
		s.operate(func(u *work.Unit) error {
			return s.save(u, []child.Child{{Agency: "DER", Ref: hostile, GivenName: hostile, FamilyName: hostile, Religion: hostile, GroupRef: hostile, Status: "waiting"}}, nil)
		})
		b := s.as("DER", access.HomeFinder)
		path := "/children/" + s.id["DER/"+hostile]
		for _, p := range []string{"/children", path, path + "/edit", path + "/needs", path + "/contact", path + "/zones", "/children?agency=" + url.QueryEscape(hostile) + "&sort=" + url.QueryEscape(hostile)} {
			if page := b.get(p, http.StatusOK); strings.Contains(page, "<script") {
				t.Errorf("%s shows markup from a record", p)
			}
		}
	})
}

func TestAgeWords(t *testing.T) {
	for _, c := range []struct {
		born, on date.Date
		want     string
	}{
		{0, today, "age not known"}, {today.AddDays(30), today, "not yet born"}, {today, today, "0 months"}, {today.AddMonths(-1), today, "1 month"},
		{date.MustOf(2024, 11, 24), today, "23 months"}, {date.MustOf(2024, 11, 23), today, "2 years"}, {date.MustOf(2020, 2, 29), date.MustOf(2026, 2, 28), "5 years"},
	} {
		if got := ageWords(c.born, c.on); got != c.want {
			t.Errorf("born %s on %s: %q, want %q", c.born, c.on, got, c.want)
		}
	}
}

func TestAgesOfAGroupAreNotKnownWhileOneIsNot(t *testing.T) {
	young, old := date.MustOf(2025, 1, 1), date.MustOf(2019, 1, 1)
	if y, o := births(child.Group{{Born: old}, {Born: young}}); y != young || o != old {
		t.Errorf("%s %s", y, o)
	}
	if y, o := births(child.Group{{Born: old}, {}}); y.Known() || o.Known() || bandOf(y, today) != unknownAge {
		t.Errorf("%s %s", y, o)
	}
}
