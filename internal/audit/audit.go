// Package audit is the append-only record of every read and every change of a
// person's record: who, when, why, what was done, to which record.
//
// Entries are written in the transaction of what they record: if the entry
// cannot be written, the read or the change does not happen. Each entry's hash
// covers the entry before it, so that a changed, removed or moved entry shows; a
// Merkle tree stands over the hashes, and its signed heads, kept elsewhere, show
// a record rewritten or cut. The tables take new rows only. An entry names records by Homeward's own random references and carries no
// personal value.
package audit

import (
	"crypto/rand"
	"fmt"
	"time"

	"homeward/internal/audit/proof"
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

// instant is how an entry's time is written where it is hashed.
const instant = "2006-01-02T15:04:05.000000Z"

// hashed is the entry as its hash covers it.
func (e Entry) hashed(seq int64, salt, prev string) proof.Entry {
	return proof.Entry{
		Seq: seq, At: e.At.UTC().Format(instant), ActorAgency: e.Who.Agency, ActorID: e.Who.ID, ActorRole: e.Who.Role,
		Purpose: e.Purpose, Action: e.Action, Kind: e.Kind, Agency: e.Agency, Subject: e.Subject, Detail: e.Detail, Salt: salt, Prev: prev,
	}
}

var columns = []string{"seq", "at", "actor_agency", "actor_id", "actor_role", "purpose", "action", "kind", "agency_code", "subject_id", "detail", "salt", "hash"}

// Append writes entries at the end of the chain. Taking the head locks it, so
// call it last in a transaction.
func Append(tx *db.Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var seq int64
	var prev string
	if err := tx.QueryRow("UPDATE audit_head SET seq = seq RETURNING seq, hash").Scan(&seq, &prev); err != nil {
		return fmt.Errorf("take the audit head: %w", err)
	}
	rows := make([][]any, len(entries))
	for i, e := range entries {
		seq++
		salt := rand.Text()
		prev = proof.Hash(e.hashed(seq, salt, prev).Text())
		rows[i] = []any{seq, db.Instant{Time: e.At}, e.Who.Agency, e.Who.ID, e.Who.Role, e.Purpose, e.Action, e.Kind, e.Agency, e.Subject, e.Detail, salt, prev}
	}
	if err := tx.InsertMany("audit_entry", columns, rows); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE audit_head SET seq = $1, hash = $2", seq, prev)
	return err
}
