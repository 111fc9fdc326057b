package plan

import (
	"cmp"
	"slices"

	"homeward/internal/match"
)

// Alone is how many families one exclusion or limit alone stands against.
type Alone struct {
	Code     string
	Families int
}

// Change is one exclusion or limit, and what the plan would be if it did not stand
// against a group. It is a prompt for a conversation, never a reason to lift one.
type Change struct {
	Code     string
	Families []int32 // those it would bring in
	Gain     int64   // what the plan would weigh more
	Links    bool    // the group would have a link
}

// Why is why a group has no link.
type Why struct {
	Candidates int // above 0: others were worth more
	Alone      []Alone
	Changes    []Change
}

// Why says why a group has no link in this plan. The families a change would bring
// in are weighed as they are known now, with the priority as it is: if a limit
// falls they may fit better than that.
func (r *Region) Why(g int) (Why, error) {
	why := Why{Candidates: r.candidates[g]}
	for _, reason := range r.Pool.Reasons(g) {
		alone := reason.Alone
		if !r.question.Stretch {
			alone += reason.Stretched
		}
		if alone > 0 {
			why.Alone = append(why.Alone, Alone{reason.Code, alone})
		}
	}
	slices.SortStableFunc(why.Alone, func(a, b Alone) int { return b.Families - a.Families })
	if _, linked := r.solver.Family(g); linked {
		return why, nil // it has what a change would give it
	}
	for _, opening := range r.openings(g) {
		why.Changes = append(why.Changes, r.change(g, opening))
	}
	return why, nil
}

// change tries an opening out: the group, which has no link, looks among those it
// could have and those it would then have for a place that is worth one.
func (r *Region) change(g int, o match.Opening) Change {
	try := r.solver.sketch()
	near := slices.Clone(try.groups.near[g])
	for _, f := range o.Families {
		if !r.solver.barred(int32(g), f) {
			near = append(near, edge{f, int32(r.weight(r.Pool.Pair(g, int(f))))})
		}
	}
	try.groups.near[g] = near
	try.groups.price[g] = try.groups.best(int32(g), &try.families)
	try.groups.loose = append(try.groups.loose, int32(g))
	try.settle()
	_, linked := try.Family(g)
	return Change{Code: o.Code, Families: o.Families, Gain: try.Total() - r.solver.Total(), Links: linked}
}

// openings are what one change would bring into this plan. Without stretches that
// is less than a group's list would gain, and other families: those whom one
// thing alone stands against.
func (r *Region) openings(g int) []match.Opening {
	if r.question.Stretch {
		return r.Pool.OneChange(g)
	}
	var openings []match.Opening
	for _, o := range r.Pool.OneChange(g) {
		o.Families = slices.DeleteFunc(o.Families, func(f int32) bool { return r.Pool.Pair(g, int(f)).Limits > 0 })
		if len(o.Families) > 0 {
			openings = append(openings, o)
		}
	}
	for _, p := range r.Pool.List(g) {
		if p.Outcome != match.Stretch || p.Limits != 1 {
			continue
		}
		code := r.Pool.Explain(g, int(p.Family)).Limits[0]
		i := slices.IndexFunc(openings, func(o match.Opening) bool { return o.Code == code })
		if i < 0 {
			i = len(openings)
			openings = append(openings, match.Opening{Code: code})
		}
		openings[i].Families = append(openings[i].Families, p.Family)
	}
	slices.SortFunc(openings, func(a, b match.Opening) int {
		return cmp.Or(len(b.Families)-len(a.Families), cmp.Compare(a.Code, b.Code))
	})
	return openings
}
