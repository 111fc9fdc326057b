package lab

import (
	"slices"

	"homeward/internal/child"
	"homeward/internal/date"
)

// madeUp is where every milestone here comes from.
const madeUp = "Synthetic region"

// history is milestones in the making.
type history []child.Milestone

func (h *history) add(what, detail string, day date.Date) {
	*h = append(*h, child.Milestone{What: what, Day: day, Detail: detail, Source: madeUp})
}

// happened is what a group's course says happened: brothers and sisters share it.
// Everything has a stream of its own and hangs on the days of the course.
func (w *world) happened(g *group, c course) (h history) {
	if span := c.decided.DaysSince(c.entered); span >= leastBefore && g.chance("decided before", value("milestone.decided_before")) {
		h.add("decided", "", c.entered.AddDays(span*2/5))
		h.add("reversed", one(g.of("reversed why"), child.MilestoneDetails("reversed").Codes()), c.entered.AddDays(span*7/10))
	}
	if !c.matched.Known() {
		return h
	}
	staying := w.movedIn(g, c, &h)
	h.add("matched", "", c.matched)
	if g.status == "placed" {
		moving := 0.5 + g.of("moving in").Float64() // of the mean: half to one and a half
		with := map[bool]string{true: "A5", false: "A6"}[staying]
		h.add("placed", with, min(w.asOf, c.matched.AddDays(int(moving*daysPerMonth*value("stage.match_to_placed")))))
	}
	return h
}

// leastBefore is the fewest days between entry and decision in which there was
// room for another decision.
const leastBefore = 90

// movedIn tells whether the group lived with their family before the match, and
// notes since when.
func (w *world) movedIn(g *group, c course, h *history) bool {
	span := float64(c.matched.DaysSince(c.entered))
	part := g.of("moved in").Float64()
	switch {
	case g.lot.years == 0 && g.chance("early", value("milestone.early")):
		h.add("early_placed", "U5", c.entered.AddDays(int(min(span, part*daysPerMonth))))
	case g.chance("fostered", value("milestone.fostered")):
		h.add("fostered", "", c.entered.AddDays(int(part*span)))
	default:
		return false
	}
	return true
}

// step is one of a family's steps, and the moment that says how many days it is
// to the next.
type step struct{ what, next string }

var (
	toApproval = []step{
		{"enquired", "path.enquiry"}, {"registered", "path.accepting"}, {"stage_one", "path.stage_one"},
		{"stage_one_ended", "path.between"}, {"stage_two", "path.stage_two"}, {"applied", "path.decision"},
	}
	fastTrack = []step{{"enquired", "path.enquiry"}, {"fast_track", "path.between"}, {"stage_two", "path.stage_two"}, {"applied", "path.decision"}}
)

// steps are the days of a family's steps, told backwards from their approval or,
// for those under way, from today.
func (w *world) steps(h household, approved date.Date) (list history) {
	path, day := toApproval, approved
	if (approved.Known() || h.status == "stage_two") && h.chance("fast track", value("path.fast_track")) {
		path = fastTrack
	}
	for _, s := range slices.Backward(w.pathOf(h, path)) {
		length := h.of("step " + s.what)
		if day.Known() {
			day = day.AddDays(-int(gamma(length, value(s.next), value("path.cv"))))
		} else {
			day = w.ago(gammaElapsed(length, value(s.next), value("path.cv")))
		}
		list.add(s.what, "", day)
	}
	slices.Reverse(list)
	w.withChild(h, approved, &list)
	return list
}

// pathOf is as much of a path as a family has gone.
func (w *world) pathOf(h household, path []step) []step {
	status := unless(h.pathway == "approved", h.status)
	if status == "enquiry" {
		status = "enquired"
	}
	if at := slices.IndexFunc(path, func(s step) bool { return s.what == status }); at >= 0 {
		return path[:at+1]
	}
	return path
}

// withChild is what came after approval.
func (w *world) withChild(h household, approved date.Date, list *history) {
	since := h.of("since match or placement").Float64()
	toPlaced := daysPerMonth * value("stage.match_to_placed")
	switch h.status {
	case "matched":
		list.add("matched", "", max(approved, w.ago(since*toPlaced)))
	case "placed":
		placed := max(approved, w.ago(since*daysPerMonth*value("stage.placed_to_adopted")))
		list.add("matched", "", max(approved, placed.AddDays(-int(toPlaced))))
		list.add("placed", "", placed)
	}
}
