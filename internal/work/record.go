package work

import (
	"fmt"
	"reflect"
	"strings"

	"homeward/internal/fault"
)

// Shape is how a record is stored: a row of its own table and, part by part,
// rows of others. The first two columns are the agency's code and the record's
// reference, in every table.
type Shape struct {
	Table   string
	Columns []string // of the record's row; Version is among them
	Parts   []PartShape
}

// PartShape is the table one part of a record is kept in.
type PartShape struct {
	Name, Table string
	Columns     []string
}

// Part is what a part of a record says, and how it is stored.
type Part struct {
	Says any     // compared, and kept as history when it changes
	Rows [][]any // for the record itself, its one row
}

// Change is a record before and after. Parts come in the order "the record
// itself, then the shape's parts"; Before is nil for a new record.
type Change struct {
	Subject       Subject
	Version       int64 // what the row says before; 0 for a new record
	Before, After []Part
}

// Save writes many changes in few statements: the new records, and what changed
// of the others, with what it said before kept. It asks nobody's leave.
func (s Shape) Save(u *Unit, changes []Change) error {
	added := make([][][]any, 1+len(s.Parts))
	for _, c := range changes {
		moved, err := s.move(u, c)
		if err != nil {
			return err
		}
		for i := range added {
			if moved[i] && (i > 0 || c.Version == 0) {
				added[i] = append(added[i], c.After[i].Rows...)
			}
		}
	}
	if err := u.InsertMany(s.Table, s.Columns, added[0]); err != nil {
		return err
	}
	for i, p := range s.Parts {
		if err := u.InsertMany(p.Table, p.Columns, added[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// move tells which parts of a record say something new, and makes way for them.
func (s Shape) move(u *Unit, c Change) (moved []bool, err error) {
	moved = make([]bool, 1+len(s.Parts))
	var names []string
	for i := range moved {
		if c.Version == 0 || !reflect.DeepEqual(c.Before[i].Says, c.After[i].Says) {
			moved[i] = true
			names = append(names, s.partName(i))
		}
	}
	switch {
	case len(names) == 0:
		return moved, nil
	case c.Version == 0:
		u.Did("added", c.Subject, "")
		return moved, nil
	}
	u.Did("changed", c.Subject, strings.Join(names, " "))
	return moved, s.update(u, c, moved)
}

func (s Shape) partName(i int) string {
	if i == 0 {
		return "record"
	}
	return s.Parts[i-1].Name
}

func (s Shape) update(u *Unit, c Change, moved []bool) error {
	set := make([]string, len(s.Columns))
	for i, column := range s.Columns {
		set[i] = fmt.Sprintf("%s = $%d", column, i+1)
	}
	args := append(c.After[0].Rows[0], c.Version)
	query := fmt.Sprintf("UPDATE %s SET %s WHERE %s AND %s AND version = $%d", s.Table, strings.Join(set[2:], ", "), set[0], set[1], len(args))
	result, err := u.Exec(query, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n != 1 {
		return ErrMoved
	}
	for i := range moved {
		if !moved[i] {
			continue
		}
		if err := u.Keep(c.Subject, c.Version+1, s.partName(i), c.Before[i].Says, c.After[i].Says); err != nil {
			return err
		}
		if err := s.clear(u, c, i); err != nil {
			return err
		}
	}
	return nil
}

func (s Shape) clear(u *Unit, c Change, i int) error {
	if i == 0 {
		return nil
	}
	p := s.Parts[i-1]
	_, err := u.Exec(fmt.Sprintf("DELETE FROM %s WHERE %s = $1 AND %s = $2", p.Table, p.Columns[0], p.Columns[1]), c.Subject.Agency, c.Subject.ID)
	return err
}

// Differs names the parts in which a record says something else than before.
func (s Shape) Differs(before, after []Part) []string {
	var names []string
	for i := range before {
		if !reflect.DeepEqual(before[i].Says, after[i].Says) {
			names = append(names, s.partName(i))
		}
	}
	return names
}

// ErrMoved is what to say when a record is not the version somebody saw.
var ErrMoved = fault.New(fault.Conflict, "Somebody else changed this record while you had it open. Nothing was changed. Open it again and make your change to what it says now.")
