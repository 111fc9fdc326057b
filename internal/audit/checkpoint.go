package audit

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"homeward/internal/audit/proof"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/key"
)

// signing is the use that the key of the heads is derived for.
const signing = "audit signing"

// PublicKey is what anybody can check this installation's heads by.
func PublicKey(ring *key.Ring) string {
	_, public := proof.Signer(ring.Derive(signing))
	return public
}

// Signed is a head and the note it was signed in.
type Signed struct {
	proof.Head
	Note string
}

// Checkpoint signs a head over everything written so far and keeps it. It goes
// on from the head before, checks the entries since, and signs nothing that is
// not as it was written.
func Checkpoint(tx *db.Tx, ring *key.Ring, now time.Time) (s Signed, err error) {
	last, hash, err := end(tx)
	if err != nil {
		return s, err
	}
	if last == 0 {
		return s, fault.New(fault.Conflict, "Nothing has been recorded yet, so there is nothing to sign.")
	}
	w, err := resume(tx, PublicKey(ring))
	if err != nil {
		return s, err
	}
	if err := follow(tx, w, last); err != nil {
		return s, err
	}
	if err := checkEnd(w, last, hash); err != nil {
		return s, err
	}
	signer, _ := proof.Signer(ring.Derive(signing))
	s.Head = w.Head(now)
	if s.Note, err = s.Head.Sign(signer); err != nil {
		return s, err
	}
	_, err = tx.Exec("INSERT INTO audit_checkpoint (size, edge, note) VALUES ($1, $2, $3)", s.Size, w.Edge(), s.Note)
	return s, err
}

// resume gives a walk that stands where the newest head was signed.
func resume(tx *db.Tx, public string) (*proof.Walk, error) {
	var edge, note, prev string
	err := tx.QueryRow("SELECT edge, note, COALESCE(hash, '') FROM audit_checkpoint LEFT JOIN audit_entry ON seq = size ORDER BY size DESC LIMIT 1").Scan(&edge, &note, &prev)
	if errors.Is(err, sql.ErrNoRows) {
		return proof.NewWalk(), nil
	}
	if err != nil {
		return nil, err
	}
	head, err := proof.OpenHead([]byte(note), public)
	if err != nil {
		return nil, broken(err)
	}
	w, err := proof.Resume(head, edge, prev)
	return w, broken(err)
}

// Heads gives every head that was kept, the oldest first, if each is as the key
// signed it.
func Heads(tx *db.Tx, public string) ([]proof.Head, error) {
	var heads []proof.Head
	err := tx.Each(func(rows *sql.Rows) error {
		var size int64
		var edge, note string
		if err := rows.Scan(&size, &edge, &note); err != nil {
			return err
		}
		head, err := proof.OpenHead([]byte(note), public)
		if err == nil && head.Size != size {
			err = fmt.Errorf("it covers %d entries", head.Size)
		}
		if err == nil {
			_, err = proof.Resume(head, edge, "")
		}
		if err != nil {
			return broken(fmt.Errorf("the head kept over %d entries is not good: %w", size, err))
		}
		heads = append(heads, head)
		return nil
	}, "SELECT size, edge, note FROM audit_checkpoint ORDER BY size")
	return heads, err
}

// Export writes the entries that a head was signed over, a line each: in full
// those of an agency's own records or people, of the others the hash alone. For
// no agency everything is in full. It gives how many are.
func Export(tx *db.Tx, out io.Writer, agency string, head proof.Head) (shown int64, err error) {
	prev := ""
	err = each(tx, func(r row) error {
		line := proof.Hidden(r.Seq, r.hash, prev)
		if agency == "" || r.Agency == agency || r.Who.Agency == agency {
			line = r.hashed(r.Seq, r.salt, prev).Text()
			shown++
		}
		prev = r.hash
		_, err := out.Write(append(line, '\n'))
		return err
	}, "seq <= $1 ORDER BY seq", head.Size)
	return shown, err
}
