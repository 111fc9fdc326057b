package audit

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"homeward/internal/audit/proof"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
)

var ring = key.New()

func checkpoint(t testing.TB, d *db.DB, at time.Time) (s Signed) {
	t.Helper()
	write(t, d, func(tx *db.Tx) (err error) {
		s, err = Checkpoint(tx, ring, at)
		return err
	})
	return s
}

// wholly verifies as the command does: the kept heads, those from elsewhere, the
// chain.
func wholly(d *db.DB, outside ...proof.Head) (good int64, err error) {
	err = d.Read(context.Background(), func(tx *db.Tx) error {
		heads, err := Heads(tx, PublicKey(ring))
		if err != nil {
			return err
		}
		good, err = Verify(tx, append(heads, outside...)...)
		return err
	})
	return good, err
}

func export(t testing.TB, d *db.DB, agency string, head proof.Head) ([]byte, int64) {
	t.Helper()
	var out bytes.Buffer
	var shown int64
	read(t, d, func(tx *db.Tx) (err error) {
		shown, err = Export(tx, &out, agency, head)
		return err
	})
	return out.Bytes(), shown
}

func TestAHeadGoesOnFromTheOneBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := Checkpoint(tx, ring, nine); return err })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("an empty record was signed: %v", err)
		}
		var signed []Signed
		for _, n := range []int{5, 15, 10, 35} {
			fill(t, d, n)
			signed = append(signed, checkpoint(t, d, nine))
		}
		whole := proof.NewWalk()
		read(t, d, func(tx *db.Tx) error {
			return each(tx, func(r row) error { return whole.Pass(r.hash) }, "seq > $1 ORDER BY seq", 0)
		})
		if last := signed[3]; last.Size != 65 || last.Head != whole.Head(nine) {
			t.Errorf("grown bit by bit %v, whole %v", last.Head, whole.Head(nine))
		}
		if n, err := wholly(d, signed[1].Head); n != 65 || err != nil {
			t.Errorf("verified %d, %v", n, err)
		}
		stranger := key.New()
		read(t, d, func(tx *db.Tx) error {
			if _, err := Heads(tx, PublicKey(stranger)); err == nil || !strings.Contains(err.Error(), "another key") {
				t.Errorf("another installation's key: %v", err)
			}
			return nil
		})
	})
}

func TestAnAgencysExportShowsItsOwnEntriesAndHidesTheRest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		entries := make([]Entry, 4)
		for i := range entries {
			entries[i] = entry(i)
			entries[i].Purpose = []string{"canary-0", "canary-1", "canary-2", "canary-3"}[i]
		}
		entries[1].Who.Agency = "NOT"                           // another's worker at our record: ours to see
		entries[2].Agency = "NOT"                               // our worker at another's record: ours to see
		entries[3].Agency, entries[3].Who.Agency = "NOT", "LEI" // nothing to do with us
		write(t, d, func(tx *db.Tx) error { return Append(tx, entries) })
		s := checkpoint(t, d, nine)
		fill(t, d, 5) // after the head: in no export of it
		for agency, sees := range map[string]string{"DER": "012", "NOT": "123", "LEI": "3", "XXX": "", "": "0123"} {
			out, shown := export(t, d, agency, s.Head)
			for i := range entries {
				canary := "canary-" + string(rune('0'+i))
				if got, want := bytes.Contains(out, []byte(canary)), strings.ContainsRune(sees, rune('0'+i)); got != want {
					t.Errorf("export for %q shows entry %d: %v", agency, i, got)
				}
			}
			r, err := proof.Check(bytes.NewReader(out), []byte(s.Note), PublicKey(ring))
			if err != nil || r.Shown != shown || shown != int64(len(sees)) || r.Shown+r.Hidden != 4 {
				t.Errorf("export for %q: %+v, %d, %v", agency, r, shown, err)
			}
		}
	})
}

// Two entries that say the same have other hashes, so that who knows what an
// entry may say cannot try it out on the hash.
func TestAHashAloneDoesNotTellWhatAnEntrySays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return Append(tx, []Entry{entry(1), entry(1)}) })
		salts := map[string]bool{}
		read(t, d, func(tx *db.Tx) error {
			return each(tx, func(r row) error { salts[r.salt] = len(r.salt) >= 26; return nil }, "seq > $1", 0)
		})
		if len(salts) != 2 {
			t.Errorf("salts %v", salts)
		}
	})
}
