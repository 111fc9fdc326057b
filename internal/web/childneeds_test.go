package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/work"
)

// needsOf is the needs as a browser would send them: all of them, none recorded
// but for those given.
func needsOf(version string, pairs ...string) url.Values {
	form := url.Values{"version": {version}}
	for _, n := range child.Needs {
		form.Set(n.Code, noNeed)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestNeedsAreChangedOnOnePage(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		page := b.get(path+"/needs", http.StatusOK)
		if n := strings.Count(page, "<select"); n != len(child.Needs) {
			t.Errorf("%d questions for %d needs", n, len(child.Needs))
		}
		wants(t, b.post(path+"/needs", needsOf("1", "fasd", "significant", "genetic_risk", "unknown"), http.StatusOK),
			[]string{"The needs are saved.", "Fetal alcohol spectrum disorder (FASD) Significant", "Genetic risk Not known"})
		c := s.child("DER/C1")
		if want := []child.Need{{Code: "fasd", Level: "significant"}, {Code: "genetic_risk", Level: "unknown"}}; !slices.Equal(c.Needs, want) || len(c.Zones) != 1 || c.GivenName != "Asha" {
			t.Errorf("%+v", c)
		}
		page = b.post(path+"/needs", needsOf("1"), http.StatusUnprocessableEntity)
		wants(t, page, []string{"Somebody else changed this record"})
	})
}

func TestALevelThatWasBlankStaysBlank(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.operate(func(u *work.Unit) error {
			before := s.child("DER/C1")
			after := before
			after.Needs = []child.Need{{Code: "fasd"}}
			return child.SaveAll(u, []child.Change{{Before: &before, After: after}})
		})
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		wants(t, b.post(path+"/needs", needsOf("2", "fasd", "unknown"), http.StatusOK), []string{"(FASD) Not known"})
		if c := s.child("DER/C1"); c.Version != 2 || c.Needs[0].Level != "" {
			t.Errorf("nothing was changed and the record says %+v at version %d", c.Needs, c.Version)
		}
	})
}

func TestANeedLeftOutIsNotTakenForNone(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		for _, form := range []url.Values{{"version": {"1"}}, needsOf("1", "fasd", "very")} {
			page := b.post(path+"/needs", form, http.StatusUnprocessableEntity)
			wants(t, page, []string{"Select a level for Fetal alcohol spectrum disorder (FASD)"})
			if !strings.Contains(page, `href="#fasd"`) {
				t.Error("the need is not linked")
			}
		}
		if c := s.child("DER/C1"); len(c.Needs) != 2 {
			t.Errorf("%+v", c.Needs)
		}
	})
}
