package pool

import "homeward/internal/plan"

// Exact takes the links that are worth most together: the plan that package plan
// proves the best. It is solved anew each time. Those whom a plan links are asked and
// are not in the next one; whoever it leaves has the price 0, which is where a new
// solution begins. Keeping the solver from week to week gave plans of the same worth
// and took three to thirty times as long (docs/laboratory.md, "Speed").
func Exact(groups, families int, pairs []Pair, links []int32) {
	solver, err := plan.New(groups, families, weighed(pairs))
	if err != nil {
		panic(err) // the pairs are of the simulation's making
	}
	for g := range links {
		links[g] = none
		if family, ok := solver.Family(g); ok {
			links[g] = int32(family)
		}
	}
}

func weighed(pairs []Pair) []plan.Pair {
	list := make([]plan.Pair, len(pairs))
	for i, p := range pairs {
		list[i] = plan.Pair{Group: int(p.Group), Family: int(p.Family), Weight: int64(p.Worth)}
	}
	return list
}
