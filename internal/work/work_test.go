package work

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
)

var (
	finder = access.Actor{ID: "w1", Name: "Ann Example", Agency: "DER", Role: access.HomeFinder}
	child  = Subject{Kind: access.Child, Agency: "DER", ID: "c1"}
)

func entries(t *testing.T, d *db.DB) []audit.Entry {
	t.Helper()
	var found []audit.Entry
	if err := d.Read(context.Background(), func(tx *db.Tx) (err error) {
		found, err = audit.Of(tx, "child", "DER", "c1", 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWhatWasSeenAndDoneCommitsWithItsEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk := &Desk{DB: d}
		var before, after int64
		err := desk.Do(context.Background(), finder, "a page", func(u *Unit) (err error) {
			u.Saw(child, "")
			u.Did("changed", child, "needs")
			before, err = u.Revision()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got := entries(t, d)
		if len(got) != 2 || got[0].Action != "changed" || got[1].Action != "viewed" || got[0].Who.ID != "w1" || got[0].Purpose != "a page" {
			t.Errorf("entries %+v", got)
		}
		if err := desk.Do(context.Background(), finder, "", func(u *Unit) (err error) { after, err = u.Revision(); return err }); err != nil || after != before+1 {
			t.Errorf("revision went from %d to %d, %v", before, after, err)
		}
	})
}

func TestAFailureLeavesNoEntryAndARefusalLeavesOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		desk, boom := &Desk{DB: d}, errors.New("boom")
		err := desk.Do(context.Background(), finder, "", func(u *Unit) error { u.Did("changed", child, ""); return boom })
		if !errors.Is(err, boom) || len(entries(t, d)) != 0 {
			t.Errorf("%v, %d entries", err, len(entries(t, d)))
		}
		stranger := access.Actor{ID: "w9", Agency: "LEI", Role: access.PermanenceWorker}
		err = desk.Do(context.Background(), stranger, "", func(u *Unit) error {
			return u.Allow(access.View, access.Thing{Kind: access.Child, Agency: "DER"}, "c1")
		})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger is told %v", err)
		}
		if got := entries(t, d); len(got) != 1 || got[0].Action != "refused" || got[0].Who.ID != "w9" {
			t.Errorf("entries %+v", got)
		}
	})
}

func TestIfTheEntryCannotBeWrittenNothingHappens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dbtest.Owner(t, dbtest.Address(t, d), "DROP TABLE audit_entry")
		err := (&Desk{DB: d}).Do(context.Background(), finder, "", func(u *Unit) error { u.Did("changed", child, ""); return nil })
		if err == nil {
			t.Error("a change without its entry was taken")
		}
		var n int
		if err := d.Read(context.Background(), func(tx *db.Tx) error { return tx.QueryRow("SELECT n FROM revision").Scan(&n) }); err != nil || n != 0 {
			t.Errorf("revision %d, %v", n, err)
		}
	})
}

func TestTodayIsEnglandsAndCanBeFixed(t *testing.T) {
	summer := func() time.Time { return time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC) }
	if got := (&Desk{Now: summer}).Today(); got != date.MustOf(2026, 7, 2) {
		t.Errorf("half past midnight in Derby is %s", got)
	}
	if got := (&Desk{Now: summer, AsOf: date.MustOf(2025, 1, 1)}).Today(); got != date.MustOf(2025, 1, 1) {
		t.Errorf("as of: %s", got)
	}
}

func TestReferencesCarryNothing(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		id := NewID()
		if len(id) != 12 || strings.ContainsAny(id, "AEIOU01Y") || seen[id] {
			t.Fatalf("reference %q", id)
		}
		seen[id] = true
	}
}
