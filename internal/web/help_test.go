package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/match"
)

func TestHelpMatchingSaysWhatTheEngineDoes(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := &browser{s, &http.Client{}}
		page := b.get("/help/matching", http.StatusOK)
		rules := match.RulesOn(today)
		wants(t, page, []string{"How families are found", "version " + rules.Version, rules.From.Long(), "on 23 November 2026", "ethnicity", "religion", "the fee between agencies"})
		for i, code := range match.Exclusion(1<<8 - 1).Codes() {
			if code != "" && (i >= len(exclusionHelp) || exclusionHelp[i].Code != code || exclusionLabel(code) == "") {
				t.Errorf("the exclusion %q is not explained", code)
			}
		}
		weights := []match.Setting{rules.Age, rules.Sex, rules.Capacity, rules.Contact, rules.AgeGap, rules.Language, rules.Training}
		weights = append(weights, rules.Need[match.LevelUnknown:]...)
		if n := strings.Count(page, `role="rowheader"`); n != len(weights) {
			t.Errorf("%d criteria, want %d", n, len(weights))
		}
		for _, w := range weights {
			if text := textOf(page); !strings.Contains(text, upperFirst(w.Source)) || !strings.Contains(text, fmt.Sprint(w.N)) {
				t.Errorf("the weight %d is not on the page: %s", w.N, w.Source)
			}
		}
	})
}

func TestHelpIsForEverybody(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.site.Installation = Installation{Organisation: "Adoption <East> Midlands", Email: "help@example.org"}
		stranger := &browser{s, &http.Client{}}
		wants(t, stranger.get("/help/accessibility", http.StatusOK), []string{"Adoption <East> Midlands", "help@example.org", "To be completed by this installation", "AA"}, "Sign out", "<East>")
		wants(t, s.as("DER", access.HomeFinder).get("/help/accessibility", http.StatusOK), []string{"Sign out", "Families"})
	})
}
