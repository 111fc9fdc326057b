// Package audit is the append-only record of every read and every change of a
// person's record: who, when, why, what was done, to which record.
//
// Entries are written in the transaction of what they record: if the entry
// cannot be written, the read or the change does not happen. Each entry's hash
// covers the entry before it, so that a changed, removed or moved entry shows.
// An entry names records by Homeward's own random references and carries no
// personal value.
package audit

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"homeward/internal/db"
)

// Who is the person, or the installation's operator, who acted.
type Who struct{ Agency, ID, Role string }

// Entry is one thing done to one record.
type Entry struct {
	At      time.Time
	Who     Who
	Purpose string // the page or command, such as "families for a child"
	Action  string // such as "viewed", "changed", "refused"
	Kind    string // the kind of record, such as "child"
	Agency  string // the agency the record belongs to
	Subject string // the record's reference in Homeward
	Detail  string // counts, versions, codes; never a personal value
}

// hashed is what an entry's hash covers, in this order.
type hashed struct {
	Seq   int64
	At    string
	Entry Entry
	Prev  string
}

func (e Entry) hash(seq int64, prev string) string {
	at := e.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	e.At = time.Time{}
	text, err := json.Marshal(hashed{Seq: seq, At: at, Entry: e, Prev: prev})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

var columns = []string{"seq", "at", "actor_agency", "actor_id", "actor_role", "purpose", "action", "kind", "agency_code", "subject_id", "detail", "hash"}

// Append writes entries at the end of the chain. Taking the head locks it, so
// call it last in a transaction.
func Append(tx *db.Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var seq int64
	var prev string
	if err := tx.QueryRow("UPDATE audit_head SET seq = seq + $1 RETURNING seq, hash", len(entries)).Scan(&seq, &prev); err != nil {
		return fmt.Errorf("take the audit head: %w", err)
	}
	seq -= int64(len(entries))
	rows := make([][]any, len(entries))
	for i, e := range entries {
		seq++
		prev = e.hash(seq, prev)
		rows[i] = []any{seq, db.Instant{Time: e.At}, e.Who.Agency, e.Who.ID, e.Who.Role, e.Purpose, e.Action, e.Kind, e.Agency, e.Subject, e.Detail, prev}
	}
	if err := tx.InsertMany("audit_entry", columns, rows); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE audit_head SET hash = $1", prev)
	return err
}

// Verify walks the chain from its beginning and names the first entry that is
// not as it was written. It gives the number of entries found good.
func Verify(tx *db.Tx) (good int64, err error) {
	prev := ""
	err = tx.Each(func(rows *sql.Rows) error {
		seq, hash, e, err := scanHashed(rows)
		if err != nil {
			return err
		}
		if want := e.hash(good+1, prev); seq != good+1 || hash != want {
			return fmt.Errorf("entry %d of the audit record is not as it was written", good+1)
		}
		good, prev = seq, hash
		return nil
	}, selectEntries+" ORDER BY seq")
	if err != nil {
		return good, err
	}
	return good, checkHead(tx, good, prev)
}

func checkHead(tx *db.Tx, good int64, prev string) error {
	var seq int64
	var hash string
	if err := tx.QueryRow("SELECT seq, hash FROM audit_head").Scan(&seq, &hash); err != nil {
		return err
	}
	if seq != good || hash != prev {
		return fmt.Errorf("the audit record ends at entry %d and its head says %d", good, seq)
	}
	return nil
}

const selectEntries = "SELECT seq, hash, at, actor_agency, actor_id, actor_role, purpose, action, kind, agency_code, subject_id, detail FROM audit_entry"

func scanHashed(rows *sql.Rows) (seq int64, hash string, e Entry, err error) {
	var at db.Instant
	err = rows.Scan(&seq, &hash, &at, &e.Who.Agency, &e.Who.ID, &e.Who.Role, &e.Purpose, &e.Action, &e.Kind, &e.Agency, &e.Subject, &e.Detail)
	e.At = at.Time
	return seq, hash, e, err
}

// Of gives the entries about one record, the newest first, at most limit.
func Of(tx *db.Tx, kind, agency, subject string, limit int) ([]Entry, error) {
	var entries []Entry
	err := tx.Each(func(rows *sql.Rows) error {
		_, _, e, err := scanHashed(rows)
		entries = append(entries, e)
		return err
	}, selectEntries+" WHERE agency_code = $1 AND kind = $2 AND subject_id = $3 ORDER BY seq DESC LIMIT $4", agency, kind, subject, limit)
	return entries, err
}
