// Package watch keeps an eye on those who may look: on records opened by
// breaking glass, on records restricted to the people named on them, on workers
// who may know the child or family whose record they open, and on how many
// records somebody opens.
//
// Each is a rule and a record of what happened, and each tells somebody else
// (package notice). Why: children's records were read at Redcar and Cleveland by
// a worker who knew them, and nobody looked (docs/adr/0013-glass-and-watch.md).
package watch

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// Choice is one value of a code set, and how people say it. Free text would
// carry people into rows that partners read.
type Choice struct{ Code, Label string }

func among(list []Choice, code string) bool {
	return slices.ContainsFunc(list, func(c Choice) bool { return c.Code == code })
}

// subjectOf is the record a thing is, or is part of.
func subjectOf(t access.Thing) work.Subject {
	return work.Subject{Kind: access.RecordOf(t.Kind), Agency: t.Agency, ID: t.ID}
}

// isRecord tells whether a subject is one record that can be guarded.
func isRecord(s work.Subject) bool {
	return s.ID != "" && s.Agency != "" && (s.Kind == access.Child || s.Kind == access.Family)
}

// deputy is who is told as well where nobody else works as somebody.
var deputy = map[access.Role]access.Role{access.InformationLead: access.Manager, access.Manager: access.InformationLead}

// tell makes the notices for those who work as something in an agency. Where
// nobody does but the one it tells of, their deputies are told as well: that
// nobody is there must not mean that nobody is told.
func tell(u *work.Unit, book *agency.Book, code string, role access.Role, n notice.Notice) []notice.Notice {
	n.Agency, n.Role = code, role
	list := []notice.Notice{n}
	if !slices.ContainsFunc(book.Staff(code), func(w agency.Worker) bool { return w.Role == role && w.ID != n.ActorID }) {
		n.Role = deputy[role]
		list = append(list, n)
	}
	return list
}

// unguarded reads what the rooms' own rules rest on, whoever acts: whether a
// record is restricted is not for everybody to read, and holds for everybody.
func unguarded(u *work.Unit, fn func() error) error {
	return u.Within(db.Scope{Role: string(access.Operator)}, fn)
}
