package figures

import (
	"fmt"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/scorecard"
)

func TestTeamsAreComparedWithinOnesOwnAgency(t *testing.T) {
	today := date.MustOf(2026, 11, 22)
	r := &Records{Agencies: []string{"DER", "NOT"}, Workers: map[string]string{}}
	adopted := func(code, worker string, children, days int) {
		for range children {
			id := fmt.Sprint(code, len(r.Journeys))
			placed := date.MustOf(2025, 6, 1)
			r.Workers[id] = worker
			r.Journeys = append(r.Journeys, scorecard.Journey{Agency: code, ID: id, EnteredCare: placed.AddDays(-days), Decided: placed.AddDays(-100),
				Ordered: placed.AddDays(-90), Matched: placed.AddDays(-20), Placed: placed, Adopted: date.MustOf(2025, 12, 1)})
		}
	}
	adopted("DER", "north worker", 12, 400)
	adopted("DER", "south worker", 3, 600)
	adopted("DER", "", 5, 900)
	adopted("NOT", "north worker", 7, 100) // not of the agency, whoever follows them
	book := &agency.Book{Agencies: map[string]agency.Agency{"DER": {Code: "DER", Kind: "LA", Name: "Derby"}, "NOT": {Code: "NOT", Kind: "LA", Name: "Nottingham"}}}
	n := r.For(access.Actor{Agency: "DER", Role: access.Manager}, book, today)
	team := func(worker string) string {
		return map[string]string{"north worker": "North", "south worker": "South"}[worker]
	}
	c, err := n.Teams("A1", team)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, row := range c.Rows {
		got += fmt.Sprintf("%s %d children %.0f days; ", row.Area, row.N, row.Value)
	}
	if got != "North 12 children 400 days; South 3 children 600 days; " {
		t.Error(got)
	}
	if c.Rows[1].Standing != scorecard.TooFew {
		t.Error("a team of three is judged:", c.Rows[1].Standing)
	}
	if _, err := n.Teams("A4", team); err == nil {
		t.Error("teams are compared by a share of leavers nobody counts by team")
	}
}
