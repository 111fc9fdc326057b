package lab

import (
	"slices"
	"testing"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/exchange"
)

// on is the first day of a kind of milestone, if there is one.
func on(list []child.Milestone, what string) date.Date {
	for _, m := range child.InOrder(list) {
		if m.What == what {
			return m.Day
		}
	}
	return 0
}

func TestMilestonesGoWithWhereAChildStands(t *testing.T) {
	seen := map[string]int{}
	for _, scale := range Scales() {
		for _, c := range made[scale]().Region.Children {
			matched, placed := on(c.Milestones, "matched"), on(c.Milestones, "placed")
			if matched.Known() != (c.Status == "matched" || c.Status == "placed") || placed.Known() != (c.Status == "placed") {
				t.Errorf("%s: %s/%s is %s, with %v", scale, c.Agency, c.Ref, c.Status, c.Milestones)
			}
			if matched.Known() && matched < c.OrderDate || placed.Known() && placed < matched {
				t.Errorf("%s: %s/%s was ordered %s, matched %s, placed %s", scale, c.Agency, c.Ref, c.OrderDate, matched, placed)
			}
			if d := c.MilestoneDoubts(); len(d) > 0 {
				t.Errorf("%s: %s/%s: %q", scale, c.Agency, c.Ref, d)
			}
			for _, m := range c.Milestones {
				seen[m.What]++
				if c.EnteredCare.Known() && m.Day < c.EnteredCare || m.Source != madeUp {
					t.Errorf("%s: %s/%s, in care since %s: %v", scale, c.Agency, c.Ref, c.EnteredCare, m)
				}
			}
		}
	}
	for _, what := range []string{"decided", "reversed", "matched", "early_placed", "fostered", "placed"} {
		if seen[what] < 10 {
			t.Errorf("%d children have %s: %v", seen[what], what, seen)
		}
	}
}

func TestMilestonesGoWithWhereAFamilyStands(t *testing.T) {
	reached := map[string][]string{
		"enquiry": {"enquired"}, "registered": {"enquired", "registered"}, "stage_one": {"enquired", "registered", "stage_one"},
		"stage_two": {"enquired", "stage_two"}, "approved": {"enquired", "stage_two", "applied"}, "on_hold": {"enquired", "applied"}, "linked": {"applied"},
		"matched": {"applied", "matched"}, "placed": {"applied", "matched", "placed"},
	}
	fast := 0
	for _, scale := range Scales() {
		for _, f := range made[scale]().Region.Families {
			has := map[string]bool{}
			for _, m := range f.Milestones {
				has[m.What] = true
			}
			steps := reached[f.Status]
			if len(steps) == 0 || slices.ContainsFunc(steps, func(what string) bool { return !has[what] }) || has["placed"] != (f.Status == "placed") || has["applied"] && f.Status == "stage_two" {
				t.Errorf("%s: %s/%s is %s, with %v", scale, f.Agency, f.Ref, f.Status, f.Milestones)
			}
			if has["fast_track"] {
				fast++
			}
			if d := f.MilestoneDoubts(); len(d) > 0 || !slices.Equal(f.Milestones, child.InOrder(f.Milestones)) && !sameDays(f) {
				t.Errorf("%s: %s/%s: %q %v", scale, f.Agency, f.Ref, d, f.Milestones)
			}
		}
	}
	if fast < 50 {
		t.Errorf("%d on the fast track", fast)
	}
}

// sameDays tells whether only steps of one day are in another order.
func sameDays(f adopter.Family) bool {
	return slices.IsSortedFunc(f.Milestones, func(a, b child.Milestone) int { return int(a.Day) - int(b.Day) })
}

func TestMilestonesComeOutOfAFolder(t *testing.T) {
	dir := t.TempDir()
	s := made[Pilot]()
	if err := exchange.WriteFolder(dir, s.Region); err != nil {
		t.Fatal(err)
	}
	r, err := exchange.ReadPath(dir, exchange.Options{Today: day})
	if err != nil || r.Count > 0 {
		t.Fatal(r.Problems, err)
	}
	for i, c := range r.Region().Children {
		if len(c.Milestones) != len(s.Region.Children[i].Milestones) {
			t.Errorf("%s/%s came back with %v", c.Agency, c.Ref, c.Milestones)
		}
	}
}
