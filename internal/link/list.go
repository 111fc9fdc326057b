package link

import (
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/match"
	"homeward/internal/work"
)

// List is the families for one child's group, as one worker sees them.
type List struct {
	*Board
	G     int
	Group child.Group
	Pairs []match.Pair // in the order of the list
}

// FamiliesFor opens the list for a child's group. That it was shown is noted,
// with the version of the rules.
func (b *Board) FamiliesFor(u *work.Unit, childID string) (*List, error) {
	g, err := b.FindGroup(u, access.FindFamilies, childID)
	if err != nil {
		return nil, err
	}
	l := &List{Board: b, G: g, Group: b.Groups[g], Pairs: b.Pool.List(g)}
	l.note(u)
	return l, nil
}

// note writes down that the list of a group was shown.
func (l *List) note(u *work.Unit) {
	c := l.Counts[l.G]
	detail := fmt.Sprintf("families for the child: rules %s, as of %s, %d suitable, %d stretch, %d ruled out",
		l.Pool.Rules().Version, l.asOf, c.Suitable, c.Stretch, c.RuledOut)
	for _, child := range l.Group {
		u.Saw(child.Subject(), detail)
	}
}

// Waiting gives the places of the groups that wait and whose children the actor
// may see.
func (b *Board) Waiting(u *work.Unit) []int {
	return slices.DeleteFunc(b.waiting(), func(g int) bool { return !b.SeesWho(u.Actor, g) })
}

// SeesWho tells whether an actor may see who the children of a group are.
func (b *Board) SeesWho(actor access.Actor, g int) bool {
	return !slices.ContainsFunc(b.Groups[g], func(c child.Child) bool { return !access.Can(actor, access.View, c.Thing(b.Book, access.Child)).Allow })
}

// waiting gives the places of all groups that wait.
func (b *Board) waiting() []int {
	var list []int
	for g, group := range b.Groups {
		if group.Waits() {
			list = append(list, g)
		}
	}
	return list
}

// CouldBeFor counts, for every family, the waiting groups by what the rules say
// of it and them. It is worked out when first asked for.
func (b *Board) CouldBeFor() []match.Counts { return b.couldBeFor() }

// ChildrenFor gives the waiting groups one family could be for, best first, the
// ruled-out ones left out.
func (b *Board) ChildrenFor(f int) []match.Pair {
	var list []match.Pair
	for _, pair := range b.Pool.ForFamily(f) {
		if pair.Outcome != match.RuledOut && b.Groups[pair.Group].Waits() {
			list = append(list, pair)
		}
	}
	return list
}

// AsOf is the day the board is reckoned on.
func (b *Board) AsOf() date.Date { return b.asOf }
