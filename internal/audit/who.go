package audit

import (
	"database/sql"
	"math"
	"time"

	"homeward/internal/db"
)

// Written is an entry with its place in the record.
type Written struct {
	Seq int64
	Entry
}

// row is an entry as the table holds it.
type row struct {
	Written
	salt, hash string
}

const selectRows = "SELECT seq, at, actor_agency, actor_id, actor_role, purpose, action, kind, agency_code, subject_id, detail, salt, hash FROM audit_entry"

func each(tx *db.Tx, see func(row) error, where string, args ...any) error {
	return tx.Each(func(rows *sql.Rows) error {
		var r row
		var at db.Instant
		if err := rows.Scan(&r.Seq, &at, &r.Who.Agency, &r.Who.ID, &r.Who.Role, &r.Purpose, &r.Action, &r.Kind, &r.Agency, &r.Subject, &r.Detail, &r.salt, &r.hash); err != nil {
			return err
		}
		r.At = at.Time
		return see(r)
	}, selectRows+" WHERE "+where, args...)
}

func list(tx *db.Tx, where string, args ...any) (found []Written, err error) {
	err = each(tx, func(r row) error { found = append(found, r.Written); return nil }, where, args...)
	return found, err
}

// Of gives the entries about one record, the newest first, at most limit.
func Of(tx *db.Tx, kind, agency, subject string, limit int) ([]Entry, error) {
	found, err := OfPage(tx, kind, agency, subject, 0, limit)
	entries := make([]Entry, len(found))
	for i, w := range found {
		entries[i] = w.Entry
	}
	return entries, err
}

// OfPage gives the entries about one record that were written before one of
// them, the newest first, at most limit; before the entry 0 is from the newest.
func OfPage(tx *db.Tx, kind, agency, subject string, before int64, limit int) ([]Written, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return list(tx, "agency_code = $1 AND kind = $2 AND subject_id = $3 AND seq < $4 ORDER BY seq DESC LIMIT $5", agency, kind, subject, before, limit)
}

// By gives what one person did, the newest first, at most limit.
func By(tx *db.Tx, actorID string, limit int) ([]Written, error) {
	return list(tx, "actor_id = $1 ORDER BY at DESC, seq DESC LIMIT $2", actorID, limit)
}

// CountBy counts the people whose records one person has viewed since an
// instant: children and families, each once however often they were opened.
func CountBy(tx *db.Tx, actorID string, since time.Time) (people int, err error) {
	err = tx.QueryRow("SELECT COUNT(DISTINCT subject_id) FROM audit_entry WHERE actor_id = $1 AND at >= $2 AND action = 'viewed' AND kind IN ('child', 'family')",
		actorID, db.Instant{Time: since}).Scan(&people)
	return people, err
}
