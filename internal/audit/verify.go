package audit

import (
	"database/sql"
	"errors"
	"fmt"
	"math"

	"homeward/internal/audit/proof"
	"homeward/internal/db"
	"homeward/internal/fault"
)

// Verify walks the chain from its beginning, past every head given, and names
// the first entry that is not as it was written. It gives the number of entries
// found good. It wants a transaction that sees one state: db.Read.
func Verify(tx *db.Tx, heads ...proof.Head) (good int64, err error) {
	seq, hash, err := end(tx)
	if err != nil {
		return 0, err
	}
	w := proof.NewWalk(heads...)
	if err := follow(tx, w, math.MaxInt64); err != nil {
		return w.Size(), err
	}
	if err := w.End(); err != nil {
		return w.Size(), broken(err)
	}
	return w.Size(), checkEnd(w, seq, hash)
}

// broken gives words to what shows that the record was changed.
func broken(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Conflict, "The audit record is not as it was written: "+err.Error()+
		". Change nothing, keep a copy of this database as it is, and tell whoever answers for information governance at every agency.")
}

// follow goes on along the entries to the one numbered last, and checks each.
func follow(tx *db.Tx, w *proof.Walk, last int64) error {
	return each(tx, func(r row) error { return broken(pass(w, r)) }, "seq > $1 AND seq <= $2 ORDER BY seq", w.Size(), last)
}

func pass(w *proof.Walk, r row) error {
	next := w.Size() + 1
	if r.Seq != next {
		return fmt.Errorf("entry %d is missing", next)
	}
	if r.hash != proof.Hash(r.hashed(next, r.salt, w.Prev()).Text()) {
		return fmt.Errorf("entry %d does not give its hash", next)
	}
	return w.Pass(r.hash)
}

// end gives the number and the hash of the last entry written.
func end(tx *db.Tx) (seq int64, hash string, err error) {
	err = tx.QueryRow("SELECT seq, hash FROM audit_head").Scan(&seq, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = broken(errors.New("where it ends is not recorded"))
	}
	return seq, hash, err
}

func checkEnd(w *proof.Walk, seq int64, hash string) error {
	if seq != w.Size() || hash != w.Prev() {
		return broken(fmt.Errorf("it ends with entry %d, and entries up to %d were written", w.Size(), seq))
	}
	return nil
}
