package link

import (
	"slices"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/match"
	"homeward/internal/work"
)

// What may have become of a link that a saved plan suggested.
const (
	NotAsked        = "not_asked"
	StillAsked      = "asked"      // and not answered yet
	Unanswered      = "unanswered" // asked, and closed without an answer
	SaidYes         = "yes"
	SaidNo          = "no" // or not now
	AskTakenBack    = "withdrawn"
	LinkedElsewhere = "elsewhere" // the children are linked with another family
	NotWaiting      = "not_waiting"
	FamilyTaken     = "family"   // it is not there to be linked, or is reserved
	RuledOutSince   = "excluded" // an exclusion stands between them
)

// Fates are these in the order a meeting goes through them: what is still to do
// first, what something else has overtaken last.
var Fates = child.CodeSet{
	{Code: NotAsked, Label: "Not asked yet"}, {Code: StillAsked, Label: "Asked, no answer yet"}, {Code: Unanswered, Label: "Asked, no answer"},
	{Code: SaidYes, Label: "Yes"}, {Code: SaidNo, Label: "No or not now"},
	{Code: AskTakenBack, Label: "Ask withdrawn"}, {Code: LinkedElsewhere, Label: "Linked with another family"}, {Code: NotWaiting, Label: "Not waiting now"},
	{Code: FamilyTaken, Label: "Family not available"}, {Code: RuledOutSince, Label: "Ruled out now"},
}

// Fate is what became of a suggestion, from asks and records as they stand.
type Fate struct {
	Code       string
	Ask        *Ask     // of the family about the children, open when the plan was saved or made since
	Before     *Ask     // an ask that had ended before that, where there is none since
	Exclusions []string // codes of those that stand
}

// standing is what a fate rests on.
type standing struct {
	saved    date.Date       // when the plan was
	children child.Group     // as they are today
	family   string          // its reference
	asks     []Ask           // of any family about any of the children
	excluded match.Exclusion // what stands between them, waived ones left out
}

// away are the exclusions that say that the family is not there to be linked; the
// others stand between it and these children.
const away = match.ExcludedByStatus | match.ExcludedByReserved

// fate works out what became of a suggestion. An answer outlives what happened
// after it, but that an exclusion stands between the two is said even after a yes.
func (s standing) fate() Fate {
	var f Fate
	f.Ask, f.Before = s.asked()
	state := ""
	if f.Ask != nil {
		state = f.Ask.State
	}
	switch {
	case state == No || state == NotNow:
		f.Code = SaidNo
	case state == Withdrawn && f.Ask.ReasonCode == "linked_elsewhere":
		f.Code = LinkedElsewhere
	case state == Withdrawn:
		f.Code = AskTakenBack
	case s.excluded&^away != 0:
		f.Code, f.Exclusions = RuledOutSince, (s.excluded &^ away).Codes()
	case state == Yes:
		f.Code = SaidYes
	case !s.children.Waits() && s.anotherSaidYes():
		f.Code = LinkedElsewhere
	case !s.children.Waits():
		f.Code = NotWaiting
	case s.excluded != 0:
		f.Code, f.Exclusions = FamilyTaken, s.excluded.Codes()
	case state == NoAnswer:
		f.Code = Unanswered
	case state == Open:
		f.Code = StillAsked
	default:
		f.Code = NotAsked
	}
	return f
}

// since tells whether an ask was open when the plan was saved, or was made later.
func (s standing) since(a Ask) bool { return a.State == Open || a.ClosedOn >= s.saved }

// asked finds the family's ask: one that is open, or the one that ended last.
func (s standing) asked() (since, before *Ask) {
	var last *Ask
	for i, a := range s.asks {
		if a.FamilyID == s.family && (last == nil || a.State == Open || last.State != Open && a.ClosedOn > last.ClosedOn) {
			last = &s.asks[i]
		}
	}
	if last == nil || s.since(*last) {
		return last, nil
	}
	return nil, last
}

func (s standing) anotherSaidYes() bool {
	return slices.ContainsFunc(s.asks, func(a Ask) bool { return a.FamilyID != s.family && a.State == Yes && s.since(a) })
}

// Suggestion is one link of a saved plan, as its reader may see it today.
type Suggestion struct {
	Children  child.Group // of then, as they are today
	Family    adopter.Family
	Grouped   bool // they are a group today as they were then
	Kept      bool // together by the meeting
	Low, High int16
	Fate      Fate

	group, place int // of the first child and of the family, on the board
}

// FollowedPlan is a saved plan with what became of what it suggests.
type FollowedPlan struct {
	SavedPlan
	Suggestions []Suggestion // in the order of Fates, then of the plan
	Hidden      int          // that the reader may not see today
}

// SavedPlan gives a plan of the reader's agency with what became of each of its
// links: of children the reader may find families for today, and families of
// their board. The others are counted.
func (b *Board) SavedPlan(u *work.Unit, id string) (*FollowedPlan, error) {
	k, err := b.findPlan(u, id)
	if err != nil {
		return nil, err
	}
	list, err := b.follow(u, k, u.Today)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(x, y Suggestion) int { return x.Fate.order() - y.Fate.order() })
	return &FollowedPlan{SavedPlan: k.SavedPlan, Suggestions: list, Hidden: k.Links - len(list)}, nil
}

func (f Fate) order() int {
	return slices.IndexFunc(Fates, func(c child.Code) bool { return c.Code == f.Code })
}

// follow gives the links of a plan whose children and family the reader may see,
// with what had become of them by a day as far as asks tell.
func (b *Board) follow(u *work.Unit, k *keptPlan, by date.Date) ([]Suggestion, error) {
	var list []Suggestion
	var councils []string
	for _, l := range k.links {
		if s, there := b.suggestion(u, l); there {
			list, councils = append(list, s), append(councils, s.Children[0].Agency)
		}
	}
	if len(list) == 0 {
		return nil, nil // a query for no agency would be one for all
	}
	slices.Sort(councils)
	asks, err := Asks(u.Tx, AskQuery{ChildAgencies: slices.Compact(councils)})
	if err != nil {
		return nil, err
	}
	about := map[string][]Ask{}
	for _, a := range asks {
		if a.AskedOn > by {
			continue
		}
		for _, id := range a.Children {
			about[id] = append(about[id], a)
		}
	}
	for i := range list {
		s := &list[i]
		pair := b.Pool.Pair(s.group, s.place)
		on := standing{saved: k.SavedOn, children: s.Children, family: s.Family.ID, excluded: pair.Excluded &^ pair.Waived}
		for _, c := range s.Children {
			on.asks = append(on.asks, about[c.ID]...)
		}
		s.Fate = on.fate()
	}
	return list, nil
}

// suggestion looks a link up on the board. Where one of its children is not there,
// or is not one the reader may find families for, or the family is not there, the
// whole link is not: half of it would tell of the rest.
func (b *Board) suggestion(u *work.Unit, l keptLink) (s Suggestion, there bool) {
	if s.place, there = b.Family(l.family); !there {
		return s, false
	}
	s.Family, s.Kept, s.Low, s.High = b.Families[s.place], l.kept, l.low, l.high
	for i, id := range l.children {
		g, there := b.Group(id)
		if !there || !b.mayFind(u.Actor, g) {
			return s, false
		}
		if i == 0 {
			s.group = g
		}
		at := slices.IndexFunc(b.Groups[g], func(c child.Child) bool { return c.ID == id })
		s.Children = append(s.Children, b.Groups[g][at])
	}
	s.Grouped = slices.Equal(b.Groups[s.group].IDs(), l.children)
	return s, len(s.Children) > 0
}

// Show notes that somebody was shown a suggestion of a saved plan.
func (s Suggestion) Show(u *work.Unit, of SavedPlan) {
	detail := "the region's plan as it was saved: " + of.ID
	for _, c := range s.Children {
		u.Saw(c.Subject(), detail)
	}
	u.Saw(s.Family.Subject(), detail)
	for _, a := range []*Ask{s.Fate.Ask, s.Fate.Before} {
		if a != nil {
			u.Saw(a.Subject(), detail)
		}
	}
}
