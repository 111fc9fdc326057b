package exchange

import (
	"database/sql"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
)

type (
	nullInt   = sql.Null[int]
	nullFloat = sql.Null[float64]
)

// owner is how the parts of a child, or of a family, find whose they are.
type owner[T any] struct {
	kind    kind
	refName string
	key     func(*T) (agency, ref string)
	in      func(*Region) []T
	read    func(*Reading) *roll[T]
}

var ofChild = owner[child.Child]{
	kind: aChild, refName: "child_ref",
	key:  func(c *child.Child) (string, string) { return c.Agency, c.Ref },
	in:   func(r *Region) []child.Child { return r.Children },
	read: func(r *Reading) *roll[child.Child] { return &r.children },
}

var ofFamily = owner[adopter.Family]{
	kind: aFamily, refName: "family_ref",
	key:  func(f *adopter.Family) (string, string) { return f.Agency, f.Ref },
	in:   func(r *Region) []adopter.Family { return r.Families },
	read: func(r *Reading) *roll[adopter.Family] { return &r.families },
}

// partRow is one row of a part: whose it is, and what it says.
type partRow[P any] struct {
	Agency, Ref string
	Says        P
}

// partOf makes the table of one part of a child or a family from the columns and
// rules of the part alone.
func partOf[T, P any](of owner[T], p table[P], rows func(*T) *[]P) table[partRow[P]] {
	t := table[partRow[P]]{
		name: p.name, second: p.second, optional: p.optional,
		columns: []column[partRow[P]]{
			word("agency_code", func(r *partRow[P]) *string { return &r.Agency }),
			word(of.refName, func(r *partRow[P]) *string { return &r.Ref }),
		},
		problems: func(r partRow[P], today date.Date) []fault.Problem {
			return blank(p.problems(r.Says, today), "agency_code", r.Agency, of.refName, r.Ref)
		},
		names: func(r partRow[P]) []mention {
			return []mention{{subject{of.kind, r.Agency, r.Ref}, "agency_code", of.refName}}
		},
		keep: func(r *Reading, row partRow[P]) {
			part := rows(&of.read(r).at(row.Agency, row.Ref).record)
			*part = append(*part, row.Says)
		},
		each: func(r *Region, put func(partRow[P]) error) error {
			return eachPart(of, rows, r, put)
		},
	}
	if p.key != nil {
		t.key = func(r partRow[P]) string { return key(r.Agency, r.Ref, p.key(r.Says)) }
	}
	for _, c := range p.columns {
		t.columns = append(t.columns, column[partRow[P]]{
			name: c.name,
			get:  func(r *partRow[P]) string { return c.get(&r.Says) },
			set:  func(r *partRow[P], cell string) string { return c.set(&r.Says, cell) },
		})
	}
	return t
}

func eachPart[T, P any](of owner[T], rows func(*T) *[]P, r *Region, put func(partRow[P]) error) error {
	records := of.in(r)
	for i := range records {
		agency, ref := of.key(&records[i])
		for _, says := range *rows(&records[i]) {
			if err := put(partRow[P]{agency, ref, says}); err != nil {
				return err
			}
		}
	}
	return nil
}
