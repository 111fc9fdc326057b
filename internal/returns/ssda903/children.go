package ssda903

import "iter"

// Child is one child's rows in a return.
type Child struct {
	ID  string // CHILD, in capitals
	Raw string // CHILD as it was written

	index  *index
	number int32
}

// Rows are the child's rows of a table in the order of the file.
func (c Child) Rows(t Table) []Row { return c.index.of(c.number, t) }

// Children are the children of a return, in the order they come up in its tables.
func (y *Return) Children() iter.Seq[Child] {
	roll := newRoll(y)
	x := roll.index(y)
	return func(yield func(Child) bool) {
		for n, id := range roll.ids {
			c := Child{ID: id, index: &x, number: int32(n)}
			for t := range tables {
				if rows := c.Rows(t); len(rows) > 0 {
					c.Raw = rows[0].Raw(CHILD)
					break
				}
			}
			if !yield(c) {
				return
			}
		}
	}
}

// ByDay gives those rows that have a day in a field, by that day, those of one
// day in the order of the file.
func ByDay(rows []Row, f Field) []Row { return byDay(nil, rows, f) }
