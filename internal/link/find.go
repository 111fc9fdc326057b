package link

import (
	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/work"
)

// FindGroup gives the place of the group a child is in to somebody who may do
// something to the child. A child who is not on the board is one the actor may
// not see: they are told there is no such record, and that they asked is noted.
func (b *Board) FindGroup(u *work.Unit, act access.Action, childID string) (int, error) {
	g, ok := b.Group(childID)
	if !ok {
		return 0, child.Missing(u, act, childID)
	}
	for _, c := range b.Groups[g] { // what is done to one is done to those placed with them
		if err := u.Allow(act, c.Thing(b.Book, access.Child), c.ID); err != nil {
			return 0, err
		}
	}
	return g, nil
}

// childThing is a child as the access table sees them; one who is not on the
// board is any of the agency's.
func (b *Board) childThing(code, id string) access.Thing {
	if g, ok := b.Group(id); ok {
		for _, c := range b.Groups[g] {
			if c.ID == id {
				return c.Thing(b.Book, access.Child)
			}
		}
	}
	return b.Book.Thing(access.Child, code, agency.Of{ID: id})
}

// FindFamily is the same for a family.
func (b *Board) FindFamily(u *work.Unit, familyID string) (int, error) {
	f, ok := b.Family(familyID)
	if !ok {
		return 0, adopter.Missing(u, access.View, familyID)
	}
	return f, u.Allow(access.View, b.Families[f].Thing(b.Book, access.Family), familyID)
}

// FamilyName is how a family on the board is spoken of; one that is not there is
// not named.
func (b *Board) FamilyName(familyID string) string {
	if f, ok := b.Family(familyID); ok {
		return b.Families[f].Name()
	}
	return "A family"
}
