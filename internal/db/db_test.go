package db_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
)

func TestWhatIsWrittenComesBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		born, now := date.MustOf(2020, 2, 29), db.Instant{Time: time.Date(2026, 11, 22, 1, 2, 3, 456789000, time.UTC)}
		dbtest.Owner(t, dbtest.Address(t, d), "CREATE TABLE thing (a TEXT, day DATE, none DATE, at TIMESTAMPTZ, yes BOOLEAN, packed BYTEA)")
		if d.Dialect == db.PostgreSQL {
			dbtest.Owner(t, dbtest.Address(t, d), "GRANT SELECT, INSERT ON thing TO homeward_app")
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.InsertMany("thing", []string{"a", "day", "none", "at", "yes", "packed"}, [][]any{
				{"O'Neil", born, date.Date(0), now, true, []byte{0, 1, 255}},
				{"", born, born, now, false, []byte{}},
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(ctx, func(tx *db.Tx) error {
			var a string
			var day, none date.Date
			var at db.Instant
			var yes bool
			var packed []byte
			// $2 before $1: the order of placeholders is free in both databases.
			row := tx.QueryRow("SELECT a, day, none, at, yes, packed FROM thing WHERE day = $2 AND a = $1 AND day = $2", "O'Neil", born)
			if err := row.Scan(&a, &day, &none, &at, &yes, &packed); err != nil {
				return err
			}
			if a != "O'Neil" || day != born || none.Known() || !at.Equal(now.Time) || !yes || len(packed) != 3 {
				t.Errorf("read back %q %v %v %v %v %v", a, day, none, at, yes, packed)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFailedWriteLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, boom := context.Background(), errors.New("boom")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec("UPDATE revision SET n = 99"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = d.Write(ctx, func(tx *db.Tx) error {
				_, _ = tx.Exec("UPDATE revision SET n = 98")
				panic("boom")
			})
		}()
		var n int
		if err := d.Read(ctx, func(tx *db.Tx) error { return tx.QueryRow("SELECT n FROM revision").Scan(&n) }); err != nil || n != 0 {
			t.Errorf("revision is %d, %v", n, err)
		}
	})
}

func TestAReadCannotWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE revision SET n = 5")
			return err
		})
		if err == nil {
			t.Error("a read changed a row")
		}
	})
}

func TestForeignKeysHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO agency_pool (agency_code, pool) VALUES ('NOWHERE', 'EM')")
			return err
		})
		if err == nil {
			t.Error("a pool row without its agency was taken")
		}
	})
}

func TestTwoOfTheSameKeyIsAConflictInWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			row := []any{"DER", "LA", "Derby", ""}
			return tx.InsertMany("agency", []string{"agency_code", "kind", "name", "gss"}, [][]any{row, row})
		})
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Message(err), "Nothing was changed") {
			t.Errorf("%v", err)
		}
	})
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		ctx := context.Background()
		d, err := db.Migrate(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		dbtest.Owner(t, address, "INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", 90001, true)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		for name, open := range map[string]func(context.Context, string) (*db.DB, error){"open": db.Open, "migrate": db.Migrate} {
			_, err := open(ctx, address)
			if fault.KindOf(err) != fault.NotReady || !strings.Contains(fault.Message(err), "newer Homeward") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestADatabaseNotMigratedIsRefused(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
			if _, err := db.Open(context.Background(), address); !strings.Contains(fault.Message(err), "no database") {
				t.Errorf("a missing file: %v", err)
			}
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Open(context.Background(), address); !strings.Contains(fault.Message(err), "homeward migrate") {
			t.Errorf("an empty database: %v", err)
		}
	})
}

func TestAFileThatIsNoDatabaseIsRefusedPlainly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("Dear all, ", 900)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(context.Context, string) (*db.DB, error){"open": db.Open, "migrate": db.Migrate} {
		_, err := open(context.Background(), "sqlite:"+path)
		if fault.KindOf(err) != fault.NotReady {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOpeningAFileWithAHashAndAQuestionMarkInItsName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "East Midlands #1? 100%.db")
	d, err := db.Migrate(context.Background(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestSQLiteKeepsWhatItAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	d, err := db.Migrate(context.Background(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return tx.QueryRow("PRAGMA " + pragma).Scan(&got) }); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", pragma, got, err, want)
		}
	}
}

func TestParamsAndChunks(t *testing.T) {
	if got := db.Params(3, 3); got != "$3,$4,$5" {
		t.Error(got)
	}
	var sizes []int
	if err := db.InChunks(make([]int, 20000), func(l []int) error { sizes = append(sizes, len(l)); return nil }); err != nil || len(sizes) != 3 {
		t.Errorf("%v %v", sizes, err)
	}
	var i db.Instant
	if err := i.Scan(sql.NullInt64{}); err == nil {
		t.Error("an instant was read from a number")
	}
}
