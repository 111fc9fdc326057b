package work

import (
	"database/sql"
	"encoding/json"
	"time"

	"homeward/internal/db"
)

// Past is what one part of a record said before and after one change.
type Past struct {
	Version       int64
	Part          string
	At            time.Time
	ActorID       string
	ActorName     string
	Before, After string // JSON of the part
}

var historyColumns = []string{"agency_code", "kind", "subject_id", "version", "part", "at", "actor_id", "actor_name", "before", "after"}

// Keep notes what a part of a record said before the change that makes it
// version: nothing that was ever recorded is lost.
func (u *Unit) Keep(s Subject, version int64, part string, before, after any) error {
	b, err := json.Marshal(before)
	if err != nil {
		return err
	}
	a, err := json.Marshal(after)
	if err != nil {
		return err
	}
	u.history = append(u.history, []any{s.Agency, string(s.Kind), s.ID, version, part, db.Instant{Time: u.Now}, u.Actor.ID, u.Actor.Name, string(b), string(a)})
	return nil
}

// History gives what was kept of a record, the newest first.
func (u *Unit) History(s Subject) ([]Past, error) {
	var past []Past
	err := u.Each(func(rows *sql.Rows) error {
		var p Past
		var at db.Instant
		err := rows.Scan(&p.Version, &p.Part, &at, &p.ActorID, &p.ActorName, &p.Before, &p.After)
		p.At = at.Time
		past = append(past, p)
		return err
	}, "SELECT version, part, at, actor_id, actor_name, before, after FROM history WHERE agency_code = $1 AND kind = $2 AND subject_id = $3 ORDER BY version DESC, part",
		s.Agency, string(s.Kind), s.ID)
	return past, err
}
