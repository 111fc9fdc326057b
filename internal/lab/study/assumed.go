package study

import (
	"slices"
	"strings"

	"homeward/internal/lab/pool"
)

// Assumption is a number that a study's answer hangs on and that is evidence for
// nothing: what its scenario sets, and what nobody has published.
type Assumption struct {
	pool.Parameter         // with the value the study is played with, and its source
	Usual          float64 // where no scenario says otherwise
	Changed        bool    // by the scenario
}

// Of tells whether a number is another of the same kind, told apart by what stands
// after the point: age_max.4 beside age_max.2.
func (a Assumption) Of(b Assumption) bool {
	stem, _, several := strings.Cut(a.ID, ".")
	return several && a.Changed == b.Changed && strings.HasPrefix(b.ID, stem+".")
}

// Assumptions are those of a study: what its scenario changes first, then, in the
// order of the table, what is assumed.
func (s Study) Assumptions() (list []Assumption) {
	for _, p := range pool.Parameters() {
		a := Assumption{Parameter: p, Usual: p.Value}
		if set, changed := s.Scenario.Parameters[p.ID]; changed && set.Value != nil {
			a.Value, a.Mark, a.Source, a.Changed = *set.Value, set.Mark, set.Source, true
		}
		if a.Changed || a.Mark == "assumed" {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b Assumption) int { return rank(a) - rank(b) })
	return list
}

func rank(a Assumption) int {
	if a.Changed {
		return 0
	}
	return 1
}
