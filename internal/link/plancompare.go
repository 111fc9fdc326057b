package link

import (
	"database/sql"
	"slices"

	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/work"
)

// Why a link is in the later of two saved plans alone.
const (
	ChildrenNew  = "children_new" // they were not in the earlier plan
	FamilyNew    = "family_new"   // nobody in the earlier plan could be linked with it
	WasApart     = "was_apart"    // kept apart by the meeting then
	KeptByThem   = "kept"         // kept together by the meeting now
	NobodyThen   = "nobody_then"  // no family could be theirs then
	RearrangedIn = "rearranged_in"
)

// Why a link is in the earlier of two saved plans alone.
const (
	AnsweredYes   = "answered_yes"
	AnsweredNo    = "answered_no" // or not now
	ApartNow      = "apart"       // kept apart by the meeting now
	ChildrenGone  = "children_gone"
	FamilyGone    = "family_gone" // nobody in the later plan could be linked with it
	NotAllowed    = "not_allowed" // ruled out today, or a stretch where those do not count
	RearrangedOut = "rearranged_out"
)

// PlanMove is a link of one or both of two saved plans.
type PlanMove struct {
	Suggestion
	Why string // it is in one of them alone
}

// PlanComparison is what is the same and what is other in two saved plans, as far
// as the reader may see it today.
type PlanComparison struct {
	Before, After   SavedPlan
	Both, New, Gone []PlanMove
	Hidden          int // links of either that the reader may not see
}

// ComparePlans sets a saved plan beside one that was saved before it. Pairs are the
// same by the family and any of the children, however these are grouped.
func (b *Board) ComparePlans(u *work.Unit, earlierID, laterID string) (*PlanComparison, error) {
	earlier, err := b.findPlan(u, earlierID)
	if err != nil {
		return nil, err
	}
	later, err := b.findPlan(u, laterID)
	if err != nil {
		return nil, err
	}
	if !earlier.SavedAt.Before(later.SavedAt) {
		return nil, fault.New(fault.Invalid, "A plan is compared with one that was saved before it.")
	}
	was, err := b.follow(u, earlier, later.SavedOn)
	if err != nil {
		return nil, err
	}
	is, err := b.follow(u, later, u.Today)
	if err != nil {
		return nil, err
	}
	c := &PlanComparison{Before: earlier.SavedPlan, After: later.SavedPlan, Hidden: earlier.Links + later.Links - len(was) - len(is)}
	apart, err := keptApart(u)
	if err != nil {
		return nil, err
	}
	pairsThen, pairsNow := pairs(was), pairs(is)
	for _, s := range is {
		if s.in(pairsThen) {
			c.Both = append(c.Both, PlanMove{Suggestion: s})
		} else {
			c.New = append(c.New, PlanMove{s, whyNew(s, earlier, apart)})
		}
	}
	for _, s := range was {
		if !s.in(pairsNow) {
			c.Gone = append(c.Gone, PlanMove{s, b.whyGone(s, later, apart)})
		}
	}
	return c, nil
}

// pairs are the children and families of some suggestions.
func pairs(list []Suggestion) map[[2]string]bool {
	found := map[[2]string]bool{}
	for _, s := range list {
		for _, c := range s.Children {
			found[[2]string{c.ID, s.Family.ID}] = true
		}
	}
	return found
}

// any tells whether something holds for any child of the suggestion.
func (s Suggestion) any(holds func(childID string) bool) bool {
	return slices.ContainsFunc(s.Children, func(c child.Child) bool { return holds(c.ID) })
}

// in tells whether a suggestion is one of some pairs.
func (s Suggestion) in(pairs map[[2]string]bool) bool {
	return s.any(func(id string) bool { return pairs[[2]string{id, s.Family.ID}] })
}

func whyNew(s Suggestion, earlier *keptPlan, apart []saidApart) string {
	first := s.Children[0].ID
	candidates, without := earlier.without[first]
	switch {
	case !s.any(func(id string) bool { return earlier.children[id] }):
		return ChildrenNew
	case !earlier.families[s.Family.ID]:
		return FamilyNew
	case slices.ContainsFunc(apart, func(x saidApart) bool { return x.of(s) && x.on(earlier.SavedOn) }):
		return WasApart
	case s.Kept:
		return KeptByThem
	case without && candidates == 0:
		return NobodyThen
	}
	return RearrangedIn
}

func (b *Board) whyGone(s Suggestion, later *keptPlan, apart []saidApart) string {
	outcome := b.Pool.Pair(s.group, s.place).Outcome
	switch ask := s.Fate.Ask; {
	case ask != nil && ask.State == Yes && ask.ClosedOn <= later.SavedOn:
		return AnsweredYes
	case ask != nil && declines(*ask) && ask.ClosedOn <= later.SavedOn:
		return AnsweredNo
	case slices.ContainsFunc(apart, func(x saidApart) bool { return x.of(s) && x.on(later.SavedOn) }):
		return ApartNow
	case !s.any(func(id string) bool { return later.children[id] }):
		return ChildrenGone
	case !later.families[s.Family.ID]:
		return FamilyGone
	case outcome == match.RuledOut || outcome == match.Stretch && !later.Wish.Stretch:
		return NotAllowed
	}
	return RearrangedOut
}

// saidApart is that a meeting kept a pair apart, and for how long.
type saidApart struct {
	child, family string
	madeOn, ended date.Date
}

func (x saidApart) of(s Suggestion) bool {
	return x.family == s.Family.ID && s.any(func(id string) bool { return id == x.child })
}

// on tells whether it held at the end of a day.
func (x saidApart) on(day date.Date) bool {
	return x.madeOn <= day && (!x.ended.Known() || x.ended > day)
}

func keptApart(u *work.Unit) (list []saidApart, err error) {
	return list, u.Each(func(rows *sql.Rows) error {
		var x saidApart
		err := rows.Scan(&x.child, &x.family, &x.madeOn, &x.ended)
		list = append(list, x)
		return err
	}, "SELECT child_id, family_id, made_on, ended_on FROM plan_pair WHERE verdict = $1", KeptApart)
}
