package returns

import (
	"database/sql"
	"strings"
	"time"

	"homeward/internal/db"
	"homeward/internal/work"
)

// Decision is that somebody kept what Homeward says against a return. It rests on
// both values, by keyed hash, and is asked again when either changes.
type Decision struct {
	By string
	At time.Time

	restsOn string
}

// earlier is what returns last said of the records, and what somebody decided
// against them, by child and field.
type earlier struct {
	said    map[[2]string]string
	decided map[[2]string]Decision
	hash    func(use, value string) string
}

func (r Reading) earlier(u *work.Unit) (earlier, error) {
	e := earlier{map[[2]string]string{}, map[[2]string]Decision{}, u.Hash}
	err := u.Each(func(rows *sql.Rows) error {
		var id, field, value string
		err := rows.Scan(&id, &field, &value)
		e.said[[2]string{id, field}] = value
		return err
	}, "SELECT child_id, field, value FROM return_fact WHERE agency_code = $1", r.Agency)
	if err != nil {
		return e, err
	}
	return e, u.Each(func(rows *sql.Rows) error {
		var id, fact string
		var d Decision
		var at db.Instant
		err := rows.Scan(&id, &fact, &d.restsOn, &d.By, &at)
		d.At = at.Time
		e.decided[[2]string{id, fact}] = d
		return err
	}, "SELECT child_id, fact, rests_on, decided_by_name, decided_at FROM return_decision WHERE agency_code = $1", r.Agency)
}

// before gives the decision made before about a conflict, if there is one and
// both sides still say what they said then.
func (e earlier) before(id string, d Difference) *Decision {
	was, there := e.decided[[2]string{id, d.about(e.hash, id)}]
	if !there || was.restsOn != d.restsOn(e.hash, id) {
		return nil
	}
	return &was
}

// about names what a decision is about: a field, or what happened, where the day
// the return says is told by keyed hash alone.
func (d Difference) about(hash func(use, value string) string, id string) string {
	if d.Field != milestone {
		return d.Field
	}
	return d.Milestone.What + " " + hash("return milestone", id+"\x00"+d.Value)
}

func (d Difference) restsOn(hash func(use, value string) string, id string) string {
	return hash("return decision", strings.Join([]string{id, d.Field, d.Record, d.Value, d.Milestone.Detail}, "\x00"))
}

// remember keeps what was decided against the return, and forgets what was
// decided for it: the record then says the same.
func (t *taking) remember() error {
	columns := []string{"agency_code", "child_id", "fact", "rests_on", "decided_by", "decided_by_name", "decided_at"}
	for _, d := range append(t.decisions, t.undone...) {
		if _, err := t.Exec("DELETE FROM return_decision WHERE agency_code = $1 AND child_id = $2 AND fact = $3", d[:3]...); err != nil {
			return err
		}
	}
	return t.InsertMany("return_decision", columns, t.decisions)
}
