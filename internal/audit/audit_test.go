package audit

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
)

var nine = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func entry(n int) Entry {
	return Entry{
		At:  nine.Add(time.Duration(n) * time.Microsecond),
		Who: Who{Agency: "DER", ID: "w1", Role: "home_finder"}, Purpose: "test", Action: "viewed",
		Kind: "child", Agency: "DER", Subject: fmt.Sprint("c", n%3),
	}
}

// open makes a database at an address and works in it as the operator.
func open(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Migrate(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d.As(db.Scope{Role: "operator"})
}

func write(t testing.TB, d *db.DB, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, d *db.DB, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Read(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func fill(t testing.TB, d *db.DB, n int) {
	t.Helper()
	for i := 0; i < n; i += 5 {
		write(t, d, func(tx *db.Tx) error {
			return Append(tx, []Entry{entry(i), entry(i + 1), entry(i + 2), entry(i + 3), entry(i + 4)})
		})
	}
}

func TestTheChainIsWholeAndFoundByRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 20)
		read(t, d, func(tx *db.Tx) error {
			if n, err := Verify(tx); n != 20 || err != nil {
				t.Errorf("verified %d, %v", n, err)
			}
			found, err := Of(tx, "child", "DER", "c1", 3)
			if err != nil || len(found) != 3 || found[0].At.Before(found[1].At) {
				t.Errorf("%v, %v", found, err)
			}
			if none, err := Of(tx, "child", "NOT", "c1", 3); err != nil || len(none) != 0 {
				t.Errorf("another agency's record: %v, %v", none, err)
			}
			return nil
		})
	})
}

func TestAPageOfEntriesGoesOnWhereTheLastEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 20)
		var seen []int64
		read(t, d, func(tx *db.Tx) error {
			for before := int64(0); ; before = seen[len(seen)-1] {
				page, err := OfPage(tx, "child", "DER", "c1", before, 3)
				if err != nil || len(page) == 0 {
					return err
				}
				for _, w := range page {
					if w.Subject != "c1" || w.At != nine.Add(time.Duration(w.Seq-1)*time.Microsecond) {
						t.Errorf("%+v", w)
					}
					seen = append(seen, w.Seq)
				}
			}
		})
		if got := fmt.Sprint(seen); got != "[20 17 14 11 8 5 2]" {
			t.Error(got)
		}
	})
}

func TestOnePersonsActivityIsFoundAndCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 20) // w1 views c0, c1 and c2 over 20 microseconds
		other, family, changed, places := entry(30), entry(31), entry(32), entry(33)
		other.Who.ID = "w2"
		family.Kind, family.Subject = "family", "f1"
		changed.Action, changed.Subject = "changed", "c9"
		places.Kind, places.Subject = "child_locations", "c8"
		write(t, d, func(tx *db.Tx) error { return Append(tx, []Entry{other, family, changed, places}) })
		read(t, d, func(tx *db.Tx) error {
			for _, c := range []struct {
				actor  string
				since  int
				people int
			}{{"w1", 0, 4}, {"w1", 18, 3}, {"w1", 19, 2}, {"w1", 31, 1}, {"w1", 32, 0}, {"w2", 0, 1}, {"w3", 0, 0}} {
				if n, err := CountBy(tx, c.actor, entry(c.since).At); err != nil || n != c.people {
					t.Errorf("%s since %d: %d, %v; want %d", c.actor, c.since, n, err, c.people)
				}
			}
			by, err := By(tx, "w1", 3)
			if err != nil || len(by) != 3 || by[0].Subject != "c8" || by[1].Subject != "c9" || by[2].Subject != "f1" {
				t.Errorf("%+v, %v", by, err)
			}
			return nil
		})
	})
}

func TestAnEntryThatCannotBeWrittenLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 5)
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			if err := Append(tx, []Entry{entry(5)}); err != nil {
				return err
			}
			return fmt.Errorf("the page failed")
		}); err == nil {
			t.Fatal("no error")
		}
		read(t, d, func(tx *db.Tx) error {
			if n, err := Verify(tx); n != 5 || err != nil {
				t.Errorf("verified %d, %v", n, err)
			}
			return nil
		})
	})
}

// TestWhatIsWrittenCannotBeChangedThroughHomeward: the tables refuse, whoever
// asks, unless their owner takes the guards away first.
func TestWhatIsWrittenCannotBeChangedThroughHomeward(t *testing.T) {
	row := "INSERT INTO audit_entry VALUES (7, '2026-11-22T09:00:01Z', '', 'w2', '', '', '', '', '', '', '', '', '')"
	past := "INSERT INTO history (agency_code, kind, subject_id, version, part, at, actor_id, actor_name, before, after) VALUES ('DER', 'child', 'c1', 2, 'needs', '2026-11-22T09:00:01Z', 'w1', '', '{}', '{}')"
	both := []string{
		"UPDATE audit_entry SET actor_id = 'w2' WHERE seq = 7",
		"DELETE FROM audit_entry WHERE seq = 7",
		"DELETE FROM audit_entry",
		row,
		row + " ON CONFLICT (seq) DO UPDATE SET actor_id = 'w2'",
		"UPDATE audit_checkpoint SET note = 'x'",
		"DELETE FROM audit_checkpoint",
		"UPDATE history SET before = '{}'",
		"DELETE FROM history",
		past,
		"DELETE FROM audit_head",
		"INSERT INTO audit_head VALUES (2, 0, '')",
		"UPDATE audit_head SET seq = 9, hash = 'x'",
		"UPDATE audit_head SET seq = 10, hash = 'x'",
		"UPDATE audit_head SET seq = 11",
		"UPDATE audit_head SET id = 2",
	}
	own := map[db.Dialect][]string{
		db.SQLite: {
			strings.Replace(row, "INSERT", "INSERT OR REPLACE", 1),
			strings.Replace(past, "INSERT", "INSERT OR REPLACE", 1),
			"INSERT OR REPLACE INTO audit_head VALUES (1, 0, '')",
			"INSERT OR REPLACE INTO audit_checkpoint SELECT size, edge, 'x' FROM audit_checkpoint",
			"UPDATE OR IGNORE audit_entry SET actor_id = 'w2'",
		},
		db.PostgreSQL: {"TRUNCATE audit_entry", "TRUNCATE audit_head", "TRUNCATE audit_checkpoint", "TRUNCATE history", "TRUNCATE agency CASCADE, audit_entry"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d, 10)
		write(t, d, func(tx *db.Tx) error {
			if _, err := tx.Exec(past); err != nil {
				return err
			}
			_, err := Checkpoint(tx, ring, nine)
			return err
		})
		for _, statement := range append(both, own[d.Dialect]...) {
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err })
			if err == nil {
				t.Errorf("done: %s", statement)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			if n, err := Verify(tx); n != 10 || err != nil {
				t.Errorf("verified %d, %v", n, err)
			}
			return nil
		})
	})
}
