package link

import (
	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/work"
)

// FindGroup gives the place of the group a child is in to somebody who may do
// something to the child. A child who is not on the board is one the actor may
// not see: they are told there is no such record, and that they asked is noted.
func (b *Board) FindGroup(u *work.Unit, act access.Action, childID string) (int, error) {
	if g, ok := b.Group(childID); ok {
		return g, u.Allow(act, b.Book.Thing(access.Child, b.Groups[g][0].Agency), childID)
	}
	list, err := child.Load(u.Tx, child.Query{IDs: []string{childID}})
	if err != nil {
		return 0, err
	}
	for _, c := range list {
		if err := u.Allow(act, b.Book.Thing(access.Child, c.Agency), childID); err != nil {
			return 0, err
		}
	}
	return 0, work.ErrNotFound
}

// FindFamily is the same for a family.
func (b *Board) FindFamily(u *work.Unit, familyID string) (int, error) {
	if f, ok := b.Family(familyID); ok {
		return f, u.Allow(access.View, b.Book.Thing(access.Family, b.Families[f].Agency), familyID)
	}
	list, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{familyID}})
	if err != nil {
		return 0, err
	}
	for _, f := range list {
		if err := u.Allow(access.View, b.Book.Thing(access.Family, f.Agency), familyID); err != nil {
			return 0, err
		}
	}
	return 0, work.ErrNotFound
}

// FamilyName is how a family on the board is spoken of; one that is not there is
// not named.
func (b *Board) FamilyName(familyID string) string {
	if f, ok := b.Family(familyID); ok {
		return b.Families[f].Name()
	}
	return "A family"
}
