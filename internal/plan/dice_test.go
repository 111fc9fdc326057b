package plan

import (
	"math/rand/v2"

	"pgregory.net/rapid"
)

// dice gives a number of 0 to n-1, whether rapid holds them or a seed does.
type dice func(n int) int

func seeded(seed uint64) dice { return rand.New(rand.NewPCG(seed, seed)).IntN }

func drawn(t *rapid.T) dice {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "") }
}

// sparse throws the candidates of each group: so many different families, and
// weights of low to high.
func sparse(d dice, groups, families, candidates, low, high int) []Pair {
	pairs := make([]Pair, 0, groups*candidates)
	for g := range groups {
		taken := map[int]bool{}
		for len(taken) < min(candidates, families) {
			f := d(families)
			if taken[f] {
				continue
			}
			taken[f] = true
			pairs = append(pairs, Pair{Group: g, Family: f, Weight: int64(low + d(high-low+1))})
		}
	}
	return pairs
}
