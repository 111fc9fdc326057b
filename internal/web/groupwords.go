package web

import (
	"cmp"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/link"
	"homeward/internal/work"
)

// groupBrief is who some children to be placed together are, in short.
type groupBrief struct{ Needs, Contact, Waiting string }

// briefOf says what families are asked about, the heaviest needs first.
func (v *visit) briefOf(group child.Group) groupBrief {
	return groupBrief{
		Needs:   cmp.Or(strings.Join(needsWords(group), ", "), "none recorded"),
		Contact: cmp.Or(strings.Join(contactWords(group), ", "), "none recorded"),
		Waiting: v.waitingWords(group),
	}
}

// groupRecord heads a page about a child's group; current is its path.
func (v *visit) groupRecord(book *agency.Book, group child.Group, id, current string) record {
	i := max(0, slices.IndexFunc(group, func(c child.Child) bool { return c.ID == id }))
	r := v.childRecord(book, group[i], current)
	if len(group) == 1 {
		return r
	}
	var names, facts []string
	for _, c := range group {
		names = append(names, c.Name())
		facts = append(facts, c.Agency+"/"+c.Ref+" ("+ageWords(c.Born, v.Desk.Today())+")")
	}
	r.Name, r.Facts = listWords(names), strings.Join(facts, ", ")+", to be placed together"
	return r
}

// groupTitle says which children a page is about in its title, where no name
// may stand.
func groupTitle(group child.Group) string {
	var refs []string
	for _, c := range group {
		refs = append(refs, c.Agency+"/"+c.Ref)
	}
	return listWords(refs)
}

// theseChildren is "this child" for one and "these children" for more.
func theseChildren(n int) string {
	if n == 1 {
		return "this child"
	}
	return "these children"
}

// childrenWords names the children of a group to somebody who may see who they
// are, and gives Homeward's references to anybody else.
func (v *visit) childrenWords(b *link.Board, group child.Group) string {
	may := v.mayGroup(b, access.View, access.Child, group)
	var words []string
	for _, c := range group {
		if may {
			words = append(words, c.Name())
		} else {
			words = append(words, c.ID)
		}
	}
	return listWords(words)
}

// mayGroup asks the access table about every child of a group.
func (v *visit) mayGroup(b *link.Board, act access.Action, kind access.Kind, group child.Group) bool {
	return !slices.ContainsFunc(group, func(c child.Child) bool { return !access.Can(v.actor, act, c.Thing(b.Book, kind)).Allow })
}

// mayFamily asks the access table about a part of a family's record.
func (v *visit) mayFamily(b *link.Board, act access.Action, kind access.Kind, f adopter.Family) bool {
	return access.Can(v.actor, act, f.Thing(b.Book, kind)).Allow
}

// may asks the access table about an agency's things in general. What to do is
// asked of a unit.
func (v *visit) may(b *link.Board, act access.Action, kind access.Kind, agencyCode string) bool {
	return access.Can(v.actor, act, b.Book.Thing(kind, agencyCode)).Allow
}

// agesWords are the children's ages, in the order of the group.
func (v *visit) agesWords(group child.Group) string {
	var ages []string
	for _, c := range group {
		ages = append(ages, ageWords(c.Born, v.Desk.Today()))
	}
	return listWords(ages)
}

// needsWords are the needs of a group, each at the highest level of any child.
func needsWords(group child.Group) []string {
	levels := map[string]int{}
	for _, c := range group {
		for _, n := range c.Needs {
			levels[n.Code] = max(levels[n.Code], 1+slices.Index(child.Levels.Codes(), cmp.Or(n.Level, "unknown")))
		}
	}
	var words []string
	for at := len(child.Levels); at > 0; at-- {
		for _, code := range child.Needs {
			if levels[code.Code] == at {
				words = append(words, code.Label+" ("+strings.ToLower(child.Levels[at-1].Label)+")")
			}
		}
	}
	return words
}

// contactWords are the kinds of contact planned for any child of a group.
func contactWords(group child.Group) []string {
	var words []string
	for _, kind := range child.ContactKinds {
		if slices.ContainsFunc(group, func(c child.Child) bool {
			return slices.ContainsFunc(c.Contact, func(p child.Contact) bool { return p.Kind == kind.Code })
		}) {
			words = append(words, kind.Label)
		}
	}
	return words
}

// waitingWords is how long a group has waited.
func (v *visit) waitingWords(group child.Group) string {
	switch today, ordered, decided := v.Desk.Today(), group.Ordered(), group.Decided(); {
	case ordered.Known():
		return count(max(0, today.DaysSince(ordered)), "day", "days") + " since the placement order"
	case decided.Known():
		return count(max(0, today.DaysSince(decided)), "day", "days") + " since the agency decision, no placement order recorded"
	}
	return "no decision or order recorded"
}

// sawGroup notes that the children of a group were shown.
func sawGroup(u *work.Unit, group child.Group, detail string) {
	for _, c := range group {
		u.Saw(c.Subject(), detail)
	}
}

// listWords joins words as a sentence does: "a, b and c".
func listWords(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// only is one child of a group.
func only(group child.Group, id string) child.Group {
	i := slices.IndexFunc(group, func(c child.Child) bool { return c.ID == id })
	return group[i : i+1]
}
