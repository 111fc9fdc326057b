package audit

import (
	"context"
	"fmt"
	"testing"
	"time"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
)

func entry(n int) Entry {
	return Entry{
		At:  time.Date(2026, 11, 22, 9, 0, 0, n*1000, time.UTC),
		Who: Who{Agency: "DER", ID: "w1", Role: "home_finder"}, Purpose: "test", Action: "viewed",
		Kind: "child", Agency: "DER", Subject: fmt.Sprint("c", n%3),
	}
}

func write(t *testing.T, d *db.DB, fn func(*db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func fill(t *testing.T, d *db.DB, n int) {
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
		write(t, d, func(tx *db.Tx) error {
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

func TestEveryTamperingShows(t *testing.T) {
	for name, statement := range map[string]string{
		"a changed actor":   "UPDATE audit_entry SET actor_id = 'w2' WHERE seq = 7",
		"a changed instant": "UPDATE audit_entry SET at = '2026-11-22T09:00:01.000000Z' WHERE seq = 7",
		"a removed entry":   "DELETE FROM audit_entry WHERE seq = 7",
		"a cut end":         "DELETE FROM audit_entry WHERE seq > 7",
		"a moved entry":     "UPDATE audit_entry SET seq = 99 WHERE seq = 7",
		"a wiped record":    "DELETE FROM audit_entry",
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				fill(t, d, 10)
				write(t, d, func(tx *db.Tx) error {
					if _, err := tx.Exec(statement); err != nil {
						return err
					}
					if _, err := Verify(tx); err == nil {
						t.Error("not noticed")
					}
					return nil
				})
			})
		})
	}
}
