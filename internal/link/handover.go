package link

import (
	"database/sql"
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Followed is how many records and open asks name one worker.
type Followed struct{ Children, Families, Asks int }

// Any tells whether anything does.
func (f Followed) Any() bool { return f != Followed{} }

// FollowedBy counts what names each worker of an agency, for whoever may see its
// people. It is counts alone: whoever ends somebody's work has to know that
// something is left, and not what.
func FollowedBy(u *work.Unit, book *agency.Book, code string) (map[string]Followed, error) {
	if err := u.Allow(access.View, book.Thing(access.Staff, code), ""); err != nil {
		return nil, err
	}
	found := map[string]Followed{}
	return found, everything(u, func() error {
		return u.Each(func(rows *sql.Rows) error {
			var worker string
			var f Followed
			err := rows.Scan(&worker, &f.Children, &f.Families, &f.Asks)
			found[worker] = f
			return err
		}, `SELECT worker_id, SUM(children), SUM(families), SUM(asks) FROM (
				SELECT worker_id, 1 AS children, 0 AS families, 0 AS asks FROM child WHERE agency_code = $1
				UNION ALL SELECT worker_id, 0, 1, 0 FROM family WHERE agency_code = $1
				UNION ALL SELECT recipient_id, 0, 0, 1 FROM ask WHERE family_agency = $1 AND state = 'open') followed
			WHERE worker_id <> '' GROUP BY worker_id`, code)
	})
}

// everything runs fn on all rows, restricted ones too, which the unit's actor may
// not even be told of by the database. What it finds is counted and never shown.
func everything(u *work.Unit, fn func() error) error {
	return u.Within(db.Scope{Role: string(access.Operator)}, fn)
}

// Caseload is what names one worker, as far as a manager may see it.
type Caseload struct {
	Worker   agency.Worker
	Children []child.Child
	Families []adopter.Family
	Asks     []Ask // open, waiting for this worker's answer
	Hidden   int   // restricted to others
}

// CaseloadOf opens what a worker follows to a manager of their agency. Whoever
// shows it notes what was seen.
func CaseloadOf(u *work.Unit, book *agency.Book, workerID string) (Caseload, error) {
	c := Caseload{Worker: book.Workers[workerID]}
	if err := u.Allow(access.View, book.Thing(access.Caseload, c.Worker.Agency), workerID); err != nil {
		return c, err
	}
	children, families, err := c.references(u)
	if err != nil {
		return c, err
	}
	if err := c.load(u, book, children, families); err != nil {
		return c, err
	}
	c.Hidden = len(children) + len(families) - len(c.Children) - len(c.Families)
	return c, c.loadAsks(u, book)
}

func (c *Caseload) references(u *work.Unit) (children, families []string, err error) {
	return children, families, everything(u, func() error {
		return u.Each(func(rows *sql.Rows) error {
			var kind access.Kind
			var id string
			err := rows.Scan(&kind, &id)
			if kind == access.Child {
				children = append(children, id)
			} else {
				families = append(families, id)
			}
			return err
		}, `SELECT 'child', child_id FROM child WHERE agency_code = $1 AND worker_id = $2
			UNION ALL SELECT 'family', family_id FROM family WHERE agency_code = $1 AND worker_id = $2`, c.Worker.Agency, c.Worker.ID)
	})
}

// load reads what the actor may see of some records: all of the agency's own but
// those restricted to others.
func (c *Caseload) load(u *work.Unit, book *agency.Book, children, families []string) error {
	err := db.InChunks(children, func(ids []string) error {
		list, err := child.Load(u.Tx, child.Query{IDs: ids})
		c.Children = append(c.Children, slices.DeleteFunc(list, func(x child.Child) bool {
			return !access.Can(u.Actor, access.View, x.Thing(book, access.Child)).Allow
		})...)
		return err
	})
	if err != nil {
		return err
	}
	return db.InChunks(families, func(ids []string) error {
		list, err := adopter.Load(u.Tx, adopter.Query{IDs: ids})
		c.Families = append(c.Families, slices.DeleteFunc(list, func(x adopter.Family) bool {
			return !access.Can(u.Actor, access.View, x.Thing(book, access.Family)).Allow
		})...)
		return err
	})
}

// loadAsks reads the open asks that wait for the worker. One about a family that
// is restricted to others counts among what is hidden.
func (c *Caseload) loadAsks(u *work.Unit, book *agency.Book) error {
	return everything(u, func() error {
		open, err := Asks(u.Tx, AskQuery{FamilyAgencies: []string{c.Worker.Agency}, States: []string{Open}})
		for _, a := range open {
			family := book.Thing(access.Family, a.FamilyAgency, agency.Of{ID: a.FamilyID})
			switch {
			case a.Recipient != c.Worker.ID:
			case access.Can(u.Actor, access.View, family).Allow:
				c.Asks = append(c.Asks, a)
			default:
				c.Hidden++
			}
		}
		return err
	})
}

// IDs are the references of all of it.
func (c Caseload) IDs() (ids []string) {
	for _, x := range c.Children {
		ids = append(ids, x.ID)
	}
	for _, x := range c.Families {
		ids = append(ids, x.ID)
	}
	for _, a := range c.Asks {
		ids = append(ids, a.ID)
	}
	return ids
}

// Len is how many records and asks it is.
func (c Caseload) Len() int { return len(c.Children) + len(c.Families) + len(c.Asks) }

// only leaves what is named. An ask about a family that is named goes with it.
func (c Caseload) only(ids []string) Caseload {
	named := func(id string) bool { return slices.Contains(ids, id) }
	part := Caseload{Worker: c.Worker}
	for _, x := range c.Children {
		if named(x.ID) {
			part.Children = append(part.Children, x)
		}
	}
	for _, x := range c.Families {
		if named(x.ID) {
			part.Families = append(part.Families, x)
		}
	}
	for _, a := range c.Asks {
		if named(a.ID) || named(a.FamilyID) {
			part.Asks = append(part.Asks, a)
		}
	}
	return part
}

// HandOver gives records and open asks, named by reference, from one worker to
// another of the same agency: all of them or, if any cannot go, none. Asks about
// a family that is handed over go with it.
func HandOver(u *work.Unit, book *agency.Book, from, to string, ids []string) (Caseload, error) {
	all, err := CaseloadOf(u, book, from)
	if err != nil {
		return all, err
	}
	load := book.Thing(access.Caseload, all.Worker.Agency)
	if err := u.Allow(access.Change, load, from); err != nil {
		return all, err
	}
	known := all.IDs()
	if slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(known, id) }) {
		return all, u.Refuse(access.Change, work.Subject{Kind: access.Caseload, Agency: all.Worker.Agency, ID: from})
	}
	part := all.only(ids)
	if problem := part.problem(book, to); problem != "" {
		return part, fault.New(fault.Invalid, problem)
	}
	return part, part.write(u, to)
}

// problem says why a worker cannot take a caseload over: they must be able to do
// the work on every record once it names them.
func (c Caseload) problem(book *agency.Book, to string) string {
	actor, works := book.Actor(to)
	could := func(act access.Action, t access.Thing) bool { return access.Can(actor, act, t).Allow }
	switch {
	case c.Len() == 0:
		return "Choose what is handed over."
	case !works || actor.Agency != c.Worker.Agency || to == c.Worker.ID:
		return "Choose somebody else who works for this agency."
	}
	able := true
	for _, x := range c.Children {
		x.Worker = to
		able = able && could(access.Change, x.Thing(book, access.Child))
	}
	for _, x := range c.Families {
		x.Worker = to
		able = able && could(access.Change, x.Thing(book, access.Family))
	}
	for _, a := range c.Asks {
		family := book.Thing(access.Family, a.FamilyAgency, agency.Of{ID: a.FamilyID, Worker: to})
		able = able && could(access.Answer, book.Thing(access.Ask, a.FamilyAgency)) && could(access.View, family)
	}
	if !able {
		return "Nothing was handed over. " + actor.Name + " could not work on all of it: because of what they work as, or because a record is restricted to others. Choose somebody else, or leave those records out."
	}
	return ""
}

func (c Caseload) write(u *work.Unit, to string) error {
	children, families := make([]child.Change, len(c.Children)), make([]adopter.Change, len(c.Families))
	for i, x := range c.Children {
		children[i] = child.Change{Before: &c.Children[i], After: x}
		children[i].After.Worker = to
	}
	for i, x := range c.Families {
		families[i] = adopter.Change{Before: &c.Families[i], After: x}
		families[i].After.Worker = to
	}
	if err := child.SaveAll(u, children); err != nil {
		return err
	}
	if err := adopter.SaveAll(u, families); err != nil {
		return err
	}
	if err := c.writeAsks(u, to); err != nil {
		return err
	}
	u.Did("handed over", work.Subject{Kind: access.Caseload, Agency: c.Worker.Agency, ID: c.Worker.ID},
		fmt.Sprintf("%d children, %d families, %d asks to %s", len(c.Children), len(c.Families), len(c.Asks), to))
	return nil
}

// writeAsks has the asks wait for another worker. An ask that was answered
// meanwhile is no longer to be handed over, and neither is the rest.
func (c Caseload) writeAsks(u *work.Unit, to string) error {
	for _, a := range c.Asks {
		result, err := u.Exec("UPDATE ask SET recipient_id = $1 WHERE child_agency = $2 AND ask_id = $3 AND recipient_id = $4 AND state = 'open'",
			to, a.ChildAgency, a.ID, c.Worker.ID)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n != 1 {
			return work.ErrMoved
		}
		u.Did("handed over", a.Subject(), "from "+c.Worker.ID+" to "+to)
	}
	return nil
}

// Whose tells what a reference of Homeward's names and who follows it, whoever
// asks: for a page that says who could open the record, and shows nothing of it.
// An unknown reference names nothing.
func Whose(u *work.Unit, id string) (s work.Subject, worker string, err error) {
	return s, worker, everything(u, func() error {
		return u.Each(func(rows *sql.Rows) error { return rows.Scan(&s.Kind, &s.Agency, &s.ID, &worker) },
			`SELECT 'child', agency_code, child_id, worker_id FROM child WHERE child_id = $1
			UNION ALL SELECT 'family', agency_code, family_id, worker_id FROM family WHERE family_id = $1`, id)
	})
}
