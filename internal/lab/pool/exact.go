package pool

import "homeward/internal/plan"

// Exact takes the links that are worth most together: the plan that package plan
// proves the best. It is solved anew each time: a planner keeps nothing from one
// plan to the next.
func Exact(groups, families int, pairs []Pair, links []int32) {
	weighed := make([]plan.Pair, len(pairs))
	for i, p := range pairs {
		weighed[i] = plan.Pair{Group: int(p.Group), Family: int(p.Family), Weight: int64(p.Worth)}
	}
	solver, err := plan.New(groups, families, weighed)
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
