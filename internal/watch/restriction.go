package watch

import (
	"database/sql"
	"slices"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// Restriction closes one record to everybody but those it names.
type Restriction struct {
	Of     work.Subject
	Reason string // a code
	SetBy  string
	SetAt  time.Time
	Names  []string // workers
}

// Reasons are why a record may be restricted. To confirm with each region.
func Reasons() []Choice {
	return []Choice{
		{"connected", "Somebody who works here is connected to the child or family"},
		{"threat", "Somebody may be trying to find the child or family"},
		{"known", "The child or family is known to the public"},
		{"proceedings", "There is a complaint, an enquiry or a court case"},
	}
}

// Restrict closes a record to everybody but those named, or changes who they
// are. The caller has found the thing.
func Restrict(u *work.Unit, book *agency.Book, thing access.Thing, reason string, names []string) error {
	r := Restriction{Of: subjectOf(thing), Reason: reason, SetBy: u.Actor.ID, SetAt: u.Now, Names: slices.Clone(names)}
	slices.Sort(r.Names)
	r.Names = slices.Compact(r.Names)
	if err := allowRestriction(u, r.Of); err != nil {
		return err
	}
	if problem := r.problem(book, thing); problem != "" {
		return fault.New(fault.Invalid, problem)
	}
	before, restricted, err := hold(u, r.Of)
	if err != nil {
		return err
	}
	if err := r.write(u); err != nil {
		return err
	}
	u.Did("restricted", r.Of, reason)
	if !restricted {
		return keep(u, nil, &r)
	}
	return changed(u, book, &before, &r)
}

// Unrestrict opens a record again to whoever may see it without the restriction.
func Unrestrict(u *work.Unit, book *agency.Book, thing access.Thing) error {
	of := subjectOf(thing)
	if err := allowRestriction(u, of); err != nil {
		return err
	}
	before, restricted, err := hold(u, of)
	if err != nil {
		return err
	}
	if !restricted {
		return fault.New(fault.Conflict, "This record is not restricted.")
	}
	for _, table := range []string{"restriction_name", "restriction"} {
		if _, err := u.Exec("DELETE FROM "+table+" WHERE agency_code = $1 AND kind = $2 AND subject_id = $3", of.Agency, string(of.Kind), of.ID); err != nil {
			return err
		}
	}
	u.Did("unrestricted", of, "")
	return changed(u, book, &before, nil)
}

func allowRestriction(u *work.Unit, of work.Subject) error {
	if !isRecord(of) {
		return u.Refuse(access.Change, work.Subject{Kind: access.Restriction, Agency: of.Agency, ID: of.ID})
	}
	return u.Allow(access.Change, access.Thing{Kind: access.Restriction, Agency: of.Agency, ID: of.ID}, of.ID)
}

func (r Restriction) problem(book *agency.Book, thing access.Thing) string {
	thing.Kind, thing.Restricted = r.Of.Kind, true
	closed := func(id string) bool { return !couldOpen(book, id, thing) }
	switch {
	case !among(Reasons(), r.Reason):
		return "Choose why the record is restricted."
	case len(r.Names) == 0:
		return "Name at least one person who can open the record."
	case slices.ContainsFunc(r.Names, closed):
		return "Name only people who work here, or for the agency that carries this out for you, and whose work lets them open this record."
	}
	return ""
}

// couldOpen tells whether somebody would see a restricted record if they were
// named on it. Naming opens nothing by itself.
func couldOpen(book *agency.Book, id string, restricted access.Thing) bool {
	a, works := book.Actor(id)
	a.NamedOn = []access.Opened{{Kind: restricted.Kind, Agency: restricted.Agency, ID: restricted.ID}}
	return works && access.Can(a, access.View, restricted).Allow
}

// hold reads a restriction as it stands and keeps others from changing it until
// the unit ends.
func hold(u *work.Unit, of work.Subject) (Restriction, bool, error) {
	if _, err := u.Exec("UPDATE restriction SET reason = reason WHERE agency_code = $1 AND kind = $2 AND subject_id = $3", of.Agency, string(of.Kind), of.ID); err != nil {
		return Restriction{}, false, err
	}
	list, err := restrictions(u, "WHERE r.agency_code = $1 AND r.kind = $2 AND r.subject_id = $3", of.Agency, string(of.Kind), of.ID)
	if err != nil || len(list) == 0 {
		return Restriction{}, false, err
	}
	return list[0], true, nil
}

func (r Restriction) write(u *work.Unit) error {
	if _, err := u.Exec(`INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (agency_code, kind, subject_id) DO UPDATE SET reason = EXCLUDED.reason, set_by = EXCLUDED.set_by, set_at = EXCLUDED.set_at`,
		r.Of.Agency, string(r.Of.Kind), r.Of.ID, r.Reason, r.SetBy, db.Instant{Time: r.SetAt}); err != nil {
		return err
	}
	if _, err := u.Exec("DELETE FROM restriction_name WHERE agency_code = $1 AND kind = $2 AND subject_id = $3", r.Of.Agency, string(r.Of.Kind), r.Of.ID); err != nil {
		return err
	}
	rows := make([][]any, len(r.Names))
	for i, name := range r.Names {
		rows[i] = []any{r.Of.Agency, string(r.Of.Kind), r.Of.ID, name}
	}
	return u.InsertMany("restriction_name", []string{"agency_code", "kind", "subject_id", "worker_id"}, rows)
}

// changed keeps what a restriction said before and tells the information lead:
// whoever may change one could name themselves.
func changed(u *work.Unit, book *agency.Book, before, after *Restriction) error {
	if err := keep(u, before, after); err != nil {
		return err
	}
	return notice.Send(u, tell(u, book, before.Of.Agency, access.InformationLead, notice.Notice{Kind: notice.RestrictionChanged, About: before.Of, ActorID: u.Actor.ID})...)
}

// keep notes what a restriction said before, numbered by how often it changed.
// The one or the other is nil.
func keep(u *work.Unit, before, after *Restriction) error {
	r := after
	if r == nil {
		r = before
	}
	subject := work.Subject{Kind: access.Restriction, Agency: r.Of.Agency, ID: r.Of.ID}
	past, err := u.History(subject)
	if err != nil {
		return err
	}
	return u.Keep(subject, int64(len(past)+1), "restriction", before, after)
}

// Restrictions lists an agency's restricted records to those who may see which
// they are, the newest first.
func Restrictions(u *work.Unit, code string) ([]Restriction, error) {
	if err := u.Allow(access.View, access.Thing{Kind: access.Restriction, Agency: code}, ""); err != nil {
		return nil, err
	}
	return restrictions(u, "WHERE r.agency_code = $1", code)
}

func restrictions(u *work.Unit, where string, args ...any) ([]Restriction, error) {
	var list []Restriction
	err := u.Each(func(rows *sql.Rows) error {
		var r Restriction
		var set db.Instant
		var name sql.NullString
		if err := rows.Scan(&r.Of.Agency, &r.Of.Kind, &r.Of.ID, &r.Reason, &r.SetBy, &set, &name); err != nil {
			return err
		}
		r.SetAt = set.Time
		if n := len(list); n == 0 || list[n-1].Of != r.Of {
			list = append(list, r)
		}
		if name.Valid {
			last := &list[len(list)-1]
			last.Names = append(last.Names, name.String)
		}
		return nil
	}, `SELECT r.agency_code, r.kind, r.subject_id, r.reason, r.set_by, r.set_at, n.worker_id FROM restriction r
		LEFT JOIN restriction_name n ON n.agency_code = r.agency_code AND n.kind = r.kind AND n.subject_id = r.subject_id
		`+where+" ORDER BY r.set_at DESC, r.agency_code, r.kind, r.subject_id, n.worker_id", args...)
	return list, err
}

func isRestricted(u *work.Unit, of work.Subject) (yes bool, err error) {
	return yes, unguarded(u, func() error {
		var n int
		err := u.QueryRow("SELECT COUNT(*) FROM restriction WHERE agency_code = $1 AND kind = $2 AND subject_id = $3", of.Agency, string(of.Kind), of.ID).Scan(&n)
		yes = n > 0
		return err
	})
}

// Leaves tells the managers of each restricted record on which nobody who works
// there stays named once a worker is gone. Whoever ends somebody's work, or gives
// them another role, calls it in the same unit.
func Leaves(u *work.Unit, book *agency.Book, workerID string) error {
	var named []Restriction
	err := unguarded(u, func() (err error) {
		named, err = restrictions(u, `WHERE EXISTS (SELECT 1 FROM restriction_name l
			WHERE l.agency_code = r.agency_code AND l.kind = r.kind AND l.subject_id = r.subject_id AND l.worker_id = $1)`, workerID)
		return err
	})
	if err != nil {
		return err
	}
	var list []notice.Notice
	for _, r := range named {
		if !slices.ContainsFunc(r.Names, func(id string) bool { return id != workerID && works(u, book, id) }) {
			list = append(list, tell(u, book, r.Of.Agency, access.Manager, notice.Notice{Kind: notice.NobodyNamed, About: r.Of})...)
		}
	}
	return notice.Send(u, list...)
}

func works(u *work.Unit, book *agency.Book, id string) bool {
	w, known := book.Workers[id]
	return known && !w.Gone(u.Today)
}
