package figures

import (
	"slices"

	"homeward/internal/date"
	"homeward/internal/scorecard"
)

// Count is one number of what was done, and whose it is made of.
type Count struct {
	ID, Title string
	Of        string // Children, Families or Groups
	N         int
	IDs       []string // of the children or families
	Hidden    bool     // of others, and not shown: N is 0
	Rounded   bool     // of others
}

// What a count counts.
const (
	Children = "children"
	Families = "families"
	Groups   = "groups"
)

// Activity is what was done in a period and how things stood at its end: the
// numbers a council's members are given every quarter (Derby 2013: orders,
// placed, matched, approved, under way, waiting and the families they need).
func (r *Records) Activity(a scorecard.Area, p scorecard.Period) []Count {
	list := []Count{
		{ID: "adopted", Title: "Adoption orders granted", Of: Children},
		{ID: "placed", Title: "Children placed for adoption", Of: Children},
		{ID: "matched", Title: "Children matched and not yet placed, at the end", Of: Children},
		{ID: "decided", Title: "New decisions that a child should be placed for adoption", Of: Children},
		{ID: "ordered", Title: "Placement orders made", Of: Children},
		{ID: "reversed", Title: "Plans changed away from adoption", Of: Children},
		{ID: "plan", Title: "Children whose plan is adoption, no family yet", Of: Children},
		{ID: "needed", Title: "Families those children need", Of: Groups},
		{ID: "approved", Title: "Adoptive families approved", Of: Families},
		{ID: "assessed", Title: "Assessments under way, at the end", Of: Families},
	}
	at := map[string]*Count{}
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	add := func(yes bool, count, id string) {
		if yes {
			at[count].N++
			at[count].IDs = append(at[count].IDs, id)
		}
	}
	groups := map[[2]string]bool{}
	for _, j := range r.Journeys {
		if !slices.Contains(a.Agencies, j.Agency) {
			continue
		}
		add(p.Contains(j.Adopted), "adopted", j.ID)
		before := r.Disrupted[j.ID]
		add(p.Contains(j.Placed), "placed", j.ID)
		for _, b := range before {
			add(p.Contains(b.Placed), "placed", j.ID)
		}
		add(matchedOnly(j, before, p.Last), "matched", j.ID)
		add(p.Contains(j.Ordered), "ordered", j.ID)
		for _, d := range append(slices.Clone(j.Earlier), scorecard.Round{Decided: j.Decided, Reversed: j.Reversed}) {
			add(p.Contains(d.Decided), "decided", j.ID)
			add(p.Contains(d.Reversed), "reversed", j.ID)
		}
		if waits := needsFamily(j, before, p.Last); waits {
			add(true, "plan", j.ID)
			if group := [2]string{j.Agency, j.Group}; j.Group == "" || !groups[group] {
				groups[group] = true
				add(true, "needed", j.ID)
			}
		}
	}
	for _, h := range r.Households {
		if slices.Contains(a.Agencies, h.Agency) {
			add(p.Contains(h.Approved), "approved", h.ID)
			add(assessed(h, p.Last), "assessed", h.ID)
		}
	}
	return list
}

// by tells whether something had happened by a day.
func by(d, day date.Date) bool { return d.Known() && d <= day }

// standing tells whether a child's plan was adoption on a day.
func standing(j scorecard.Journey, day date.Date) bool {
	if by(j.Adopted, day) || by(j.LeftCare, day) {
		return false
	}
	if by(j.Decided, day) {
		return !by(j.Reversed, day)
	}
	return slices.ContainsFunc(j.Earlier, func(d scorecard.Round) bool { return by(d.Decided, day) && !by(d.Reversed, day) })
}

// attempt is the match that stood on a day, be it the last or one that ended.
func attempt(j scorecard.Journey, before []Attempt, day date.Date) Attempt {
	for _, b := range before {
		if (by(b.Matched, day) || by(b.Placed, day)) && day < b.Ended {
			return b
		}
	}
	return Attempt{Matched: j.Matched, Placed: j.Placed}
}

func matchedOnly(j scorecard.Journey, before []Attempt, day date.Date) bool {
	now := attempt(j, before, day)
	return standing(j, day) && by(now.Matched, day) && !by(now.Placed, day)
}

func needsFamily(j scorecard.Journey, before []Attempt, day date.Date) bool {
	now := attempt(j, before, day)
	return standing(j, day) && !by(now.Matched, day) && !by(now.Placed, day)
}

// assessed tells whether a family's assessment was under way on a day: begun, by
// registering or by a stage of it, and neither approved nor left.
func assessed(h scorecard.Household, day date.Date) bool {
	begun := by(h.Registered, day) || by(h.StageOne, day) || by(h.StageTwo, day)
	return begun && !by(h.Approved, day) && !by(h.Left, day)
}
