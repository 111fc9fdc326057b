// Package agency holds the organisations that adoption is done by: local
// authorities (LA), voluntary adoption agencies (VAA) and regional adoption
// agencies (RAA), the pools they share, and the people who work for them.
//
// A pool is a set of agencies whose home finders look for families across all
// of them; an agency may be in several (D2N2 inside the East Midlands).
package agency

import (
	"database/sql"
	"maps"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Agency is one organisation.
type Agency struct {
	Code  string
	Kind  string // LA, VAA or RAA
	Name  string
	GSS   string // the council's code in national statistics, for an LA
	Pools []string
}

// Kinds lists what an agency may be.
func Kinds() []string { return []string{"LA", "VAA", "RAA"} }

// Problems says what is wrong with an agency, field by field.
func (a Agency) Problems() []fault.Problem {
	var found []fault.Problem
	add := func(bad bool, field, message string) {
		if bad {
			found = append(found, fault.Problem{Field: field, Message: message})
		}
	}
	add(a.Code == "", "agency_code", "Give the agency's code.")
	add(strings.Contains(a.Code, "/"), "agency_code", "Take the / out of the agency's code.")
	add(!slices.Contains(Kinds(), a.Kind), "kind", "Write LA, VAA or RAA.")
	add(a.Name == "", "name", "Give the agency's name.")
	return found
}

// Equal tells whether two agencies say the same; pools are a set.
func (a Agency) Equal(b Agency) bool {
	return a.Code == b.Code && a.Kind == b.Kind && a.Name == b.Name && a.GSS == b.GSS && slices.Equal(sorted(a.Pools), sorted(b.Pools))
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// Worker is somebody who works for an agency. Until accounts exist they sign in
// by choosing themselves from a list, on the machine Homeward runs on.
type Worker struct {
	ID, Agency, Name string
	Role             access.Role
}

// Book is every agency and worker, by code and by reference.
type Book struct {
	Agencies map[string]Agency
	Workers  map[string]Worker
}

// Open reads the book.
func Open(u *work.Unit) (*Book, error) {
	b := &Book{Agencies: map[string]Agency{}, Workers: map[string]Worker{}}
	err := u.Each(func(rows *sql.Rows) error {
		var a Agency
		err := rows.Scan(&a.Code, &a.Kind, &a.Name, &a.GSS)
		b.Agencies[a.Code] = a
		return err
	}, "SELECT agency_code, kind, name, gss FROM agency")
	if err != nil {
		return nil, err
	}
	err = u.Each(func(rows *sql.Rows) error {
		var code, pool string
		err := rows.Scan(&code, &pool)
		a := b.Agencies[code]
		a.Pools = append(a.Pools, pool)
		b.Agencies[code] = a
		return err
	}, "SELECT agency_code, pool FROM agency_pool ORDER BY agency_code, pool")
	if err != nil {
		return nil, err
	}
	return b, u.Each(func(rows *sql.Rows) error {
		var w Worker
		err := rows.Scan(&w.Agency, &w.ID, &w.Name, &w.Role)
		b.Workers[w.ID] = w
		return err
	}, "SELECT agency_code, worker_id, name, role FROM worker")
}

// List gives the agencies by code.
func (b *Book) List() []Agency {
	list := slices.Collect(maps.Values(b.Agencies))
	slices.SortFunc(list, func(x, y Agency) int { return strings.Compare(x.Code, y.Code) })
	return list
}

// Staff gives the workers of an agency by name; an empty code means all.
func (b *Book) Staff(code string) []Worker {
	var list []Worker
	for _, w := range b.Workers {
		if code == "" || w.Agency == code {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(x, y Worker) int {
		return strings.Compare(x.Agency+"\x00"+x.Name+x.ID, y.Agency+"\x00"+y.Name+y.ID)
	})
	return list
}

// Actor is a worker as the access table sees them.
func (b *Book) Actor(workerID string) (access.Actor, bool) {
	w, ok := b.Workers[workerID]
	if !ok {
		return access.Actor{}, false
	}
	return access.Actor{ID: w.ID, Name: w.Name, Agency: w.Agency, Role: w.Role, Pools: b.Agencies[w.Agency].Pools, Voluntary: b.Agencies[w.Agency].Kind == "VAA"}, true
}

// Thing is something that belongs to an agency, as the access table sees it.
func (b *Book) Thing(kind access.Kind, code string) access.Thing {
	return access.Thing{Kind: kind, Agency: code, Pools: b.Agencies[code].Pools}
}

// Where gives the codes of the agencies whose things of a kind an actor may do
// something to.
func (b *Book) Where(actor access.Actor, act access.Action, kind access.Kind) []string {
	var codes []string
	for _, a := range b.List() {
		if access.Can(actor, act, b.Thing(kind, a.Code)).Allow {
			codes = append(codes, a.Code)
		}
	}
	return codes
}

// Save writes agencies that are new or say something else than before. A new one
// gets those of the staff who work for it, or else a worker of each role, so
// that somebody can sign in for it.
func Save(u *work.Unit, before *Book, agencies []Agency, staff ...Worker) error {
	var added []Worker
	for _, a := range agencies {
		old, known := before.Agencies[a.Code]
		if known && old.Equal(a) {
			continue
		}
		if err := write(u, old, a, known); err != nil {
			return err
		}
		if !known {
			added = append(added, staffOf(a, staff)...)
		}
	}
	return saveWorkers(u, added)
}

func staffOf(a Agency, staff []Worker) []Worker {
	var own []Worker
	for _, w := range staff {
		if w.Agency == a.Code {
			own = append(own, w)
		}
	}
	if len(own) > 0 {
		return own
	}
	return standing(a)
}

func write(u *work.Unit, old, a Agency, known bool) error {
	subject := work.Subject{Kind: "agency", Agency: a.Code, ID: a.Code}
	query := "INSERT INTO agency (agency_code, kind, name, gss) VALUES ($1, $2, $3, $4)"
	action := "added"
	if known {
		query = "UPDATE agency SET kind = $2, name = $3, gss = $4 WHERE agency_code = $1"
		action = "changed"
		past, err := u.History(subject)
		if err != nil {
			return err
		}
		if err := u.Keep(subject, int64(len(past)+1), "record", old, a); err != nil {
			return err
		}
	}
	if _, err := u.Exec(query, a.Code, a.Kind, a.Name, a.GSS); err != nil {
		return err
	}
	u.Did(action, subject, "")
	return writePools(u, a)
}

func writePools(u *work.Unit, a Agency) error {
	if _, err := u.Exec("DELETE FROM agency_pool WHERE agency_code = $1", a.Code); err != nil {
		return err
	}
	var rows [][]any
	for _, p := range sorted(a.Pools) {
		rows = append(rows, []any{a.Code, p})
	}
	return u.InsertMany("agency_pool", []string{"agency_code", "pool"}, rows)
}

// standing is one worker of each role, named by it. A VAA has no children of its
// own, so nobody there follows one.
func standing(a Agency) []Worker {
	var staff []Worker
	for _, role := range access.Roles() {
		if a.Kind == "VAA" && role == access.PermanenceWorker {
			continue
		}
		staff = append(staff, Worker{ID: work.NewID(), Agency: a.Code, Name: role.Label() + ", " + a.Code, Role: role})
	}
	return staff
}

func saveWorkers(u *work.Unit, workers []Worker) error {
	rows := make([][]any, len(workers))
	for i, w := range workers {
		rows[i] = []any{w.Agency, w.ID, w.Name, string(w.Role)}
		u.Did("added", work.Subject{Kind: "worker", Agency: w.Agency, ID: w.ID}, string(w.Role))
	}
	return u.InsertMany("worker", []string{"agency_code", "worker_id", "name", "role"}, rows)
}
