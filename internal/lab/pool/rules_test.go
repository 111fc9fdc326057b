package pool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"testing"
)

// TestTheSameRulesGiveTheSameResults holds what each way of looking comes to, so
// that a change made for speed shows itself if it is more than that. One that is
// meant to give other results raises rules in scenario.go and writes them down anew.
func TestTheSameRulesGiveTheSameResults(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("other processors may round the last bit of a distance otherwise")
	}
	want := map[string]string{
		"balanced worker":       "3c22cc1174be06c9",
		"balanced adopter":      "c61fbaea63549c3e",
		"balanced greedy":       "00ec828cf3b8acdd",
		"balanced exact":        "f237463bc08a68b9",
		"scarcity-2025 worker":  "af203a3d31d53a4a",
		"scarcity-2025 adopter": "0ab5c37fa221d6c2",
		"scarcity-2025 greedy":  "84300a6c2e569f8d",
		"scarcity-2025 exact":   "ecea0d6b4c005e21",
	}
	for _, regime := range []string{"balanced", "scarcity-2025"} {
		for _, search := range []string{ByWorker, ByAdopter, "greedy", "exact"} {
			s := supply(t, regime, "EM", 2)
			s.WarmUpYears, s.Periods, s.Policy.Search, s.Policy.OpenLinks = 1, 2, search, 2
			if search == "greedy" || search == "exact" {
				s.Policy.Search, s.Policy.Planner, s.Policy.Priority = ByPlan, search, 0.5
			}
			_, results, _ := bytes.Cut(written(t, s, Options{Processors: 2}), []byte("\n"))
			sum := sha256.Sum256(results)
			if got := hex.EncodeToString(sum[:8]); got != want[regime+" "+search] {
				t.Errorf("%s %s: %s", regime, search, got)
			}
		}
	}
}
