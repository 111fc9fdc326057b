package work

import (
	"fmt"

	"homeward/internal/fault"
)

// Keeper saves the records of one type in their shape: whole, with versions, and
// with what they said before kept.
type Keeper[T any] struct {
	Shape   Shape
	Kind    string // what the record is called in messages: "child"
	Subject func(T) Subject
	ID      func(*T) *string
	Version func(*T) *int64
	Normal  func(T) T      // in one form, so that what means the same is the same
	Parts   func(T) []Part // the record itself first, then the shape's parts
}

// Revised is a record before and after; Before is nil for a new one.
type Revised[T any] struct {
	Before *T
	After  T
}

// SaveAll writes many records in few statements. It asks nobody's leave.
func (k Keeper[T]) SaveAll(u *Unit, revised []Revised[T]) error {
	changes := make([]Change, len(revised))
	for i, r := range revised {
		c := Change{Subject: k.Subject(r.After)}
		after := k.Normal(r.After)
		if r.Before != nil {
			c.Version = *k.Version(r.Before)
			c.Before = k.Parts(k.Normal(*r.Before))
		}
		*k.Version(&after) = c.Version + 1
		c.After = k.Parts(after)
		changes[i] = c
	}
	return k.Shape.Save(u, changes)
}

// Differs names the parts of a record in which two differ by meaning.
func (k Keeper[T]) Differs(before, after T) []string {
	return k.Shape.Differs(k.Parts(k.Normal(before)), k.Parts(k.Normal(after)))
}

// Save writes one record as somebody at a screen left it: a new one (no ID), or
// a change of the version they saw. If the record moved on meanwhile, nothing is
// written. It asks nobody's leave.
func (k Keeper[T]) Save(u *Unit, record T, load func(id string) ([]T, error)) (T, error) {
	s := k.Subject(record)
	if s.ID == "" {
		return k.saveNew(u, record)
	}
	before, err := load(s.ID)
	if err != nil {
		return record, err
	}
	if len(before) == 0 || k.Subject(before[0]).Agency != s.Agency {
		return record, ErrNotFound
	}
	if *k.Version(&before[0]) != *k.Version(&record) {
		return record, ErrMoved
	}
	return record, k.SaveAll(u, []Revised[T]{{Before: &before[0], After: record}})
}

// saveNew refuses a second record of one reference: the third column of a shape
// is the agency's own reference.
func (k Keeper[T]) saveNew(u *Unit, record T) (T, error) {
	agency, ref := k.Shape.Columns[0], k.Shape.Columns[2]
	row := k.Parts(k.Normal(record))[0].Rows[0]
	var n int
	query := fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s = $1 AND %s = $2", k.Shape.Table, agency, ref)
	if err := u.QueryRow(query, row[0], row[2]).Scan(&n); err != nil {
		return record, err
	}
	if n > 0 {
		return record, fault.New(fault.Conflict, fmt.Sprintf("A %s with this reference is already recorded. Open that record instead.", k.Kind))
	}
	*k.ID(&record) = NewID()
	return record, k.SaveAll(u, []Revised[T]{{After: record}})
}
