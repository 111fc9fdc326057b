package figures

import (
	"testing"
	"time"

	"homeward/internal/date"
	"homeward/internal/scorecard"
)

func TestWhatWasDoneIsCountedInThePeriodItHappenedIn(t *testing.T) {
	day := func(m time.Month, d int) date.Date { return date.MustOf(2025, m, d) }
	decided := date.MustOf(2024, 1, 1)
	journey := func(id string, then scorecard.Journey) scorecard.Journey {
		then.Agency, then.ID, then.Decided = "DER", id, decided
		return then
	}
	r := &Records{Input: scorecard.Input{Journeys: []scorecard.Journey{
		journey("waits", scorecard.Journey{Group: "G"}),
		journey("waits with them", scorecard.Journey{Group: "G"}),
		journey("matched", scorecard.Journey{Matched: day(4, 20)}),
		// Matched and placed in April, disrupted in June, matched again in August.
		journey("disrupted", scorecard.Journey{Matched: day(8, 1)}),
		journey("adopted", scorecard.Journey{Matched: day(1, 1), Placed: day(2, 1), Adopted: day(5, 31)}),
		journey("given up", scorecard.Journey{Reversed: day(5, 1)}),
	}}, Disrupted: map[string][]Attempt{"disrupted": {{Matched: day(4, 1), Placed: day(4, 10), Ended: day(6, 10)}}}}
	area := scorecard.Area{Name: "Derby", Agencies: []string{"DER"}}
	counts := func(first, last date.Date) map[string]int {
		n := map[string]int{}
		for _, c := range r.Activity(area, scorecard.Period{First: first, Last: last}) {
			n[c.ID] = c.N
		}
		return n
	}
	for _, c := range []struct {
		first, last date.Date
		want        map[string]int
	}{
		// In April the disrupted child was placed, and somebody had a family.
		{day(4, 1), day(4, 30), map[string]int{"placed": 1, "matched": 1, "adopted": 0, "plan": 3, "needed": 2, "reversed": 0}},
		// The two who wait, as one family; the child whose placement ended.
		{day(5, 1), day(6, 30), map[string]int{"placed": 0, "matched": 1, "adopted": 1, "plan": 3, "needed": 2, "reversed": 1}},
		{day(8, 1), day(8, 31), map[string]int{"placed": 0, "matched": 2, "adopted": 0, "plan": 2, "needed": 1, "reversed": 0}},
	} {
		got := counts(c.first, c.last)
		for id, want := range c.want {
			if got[id] != want {
				t.Errorf("%s to %s: %s is %d, want %d", c.first, c.last, id, got[id], want)
			}
		}
	}
}
