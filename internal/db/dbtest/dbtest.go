// Package dbtest gives a test a fresh migrated database, on SQLite and on a
// real PostgreSQL, so that whatever touches storage is proved on both.
//
// PostgreSQL is the server at HOMEWARD_TEST_POSTGRES, which scripts/with-postgres
// starts from Debian's package in a temporary folder. Without it the PostgreSQL
// half is skipped and says so, except where HOMEWARD_TEST_REQUIRE is set (as
// make test does), where its absence fails.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"homeward/internal/db"
)

// Each runs fn as a subtest on each database.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, open(t, sqliteFile(t))) })
	t.Run("postgres", func(t *testing.T) { fn(t, open(t, copied(t))) })
}

// open opens a database on the operator's behalf, unless a desk says on whose:
// tests look at every row.
func open(t *testing.T, address string) *db.DB {
	t.Helper()
	d, err := db.Migrate(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	operator := d.As(db.Scope{Role: "operator"})
	addresses.Store(operator, address)
	t.Cleanup(func() { addresses.Delete(operator) })
	return operator
}

func sqliteFile(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "homeward.db") }

// addresses is where the databases given to tests are.
var addresses sync.Map

// Address is where a database that Each gave is.
func Address(t testing.TB, d *db.DB) string {
	t.Helper()
	address, ok := addresses.Load(d)
	if !ok {
		t.Fatal("not a database that dbtest.Each gave")
	}
	return address.(string)
}

// Owner runs a statement as the owner of the database at an address, who may do
// what Homeward may not: make and drop tables, rewrite what takes new rows only.
func Owner(t testing.TB, address, statement string, args ...any) {
	t.Helper()
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		execute(t, "sqlite", "file:"+path+"?_pragma=busy_timeout(15000)", statement, args...)
		return
	}
	execute(t, "pgx", address, statement, args...)
}

// EachAddress runs fn as a subtest with the address of an empty database of each
// kind.
func EachAddress(t *testing.T, fn func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, sqliteFile(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, postgres(t, "template1")) })
}

// pattern is the database that was migrated once for all tests of one server;
// copying it takes a tenth of the time of migrating another.
const pattern = "homeward_pattern"

// copied makes a migrated database for one test.
func copied(t *testing.T) string {
	t.Helper()
	pool, err := sql.Open("pgx", server(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := makePattern(pool, server(t)); err != nil {
		t.Fatal(err)
	}
	return postgres(t, pattern)
}

// makePattern migrates the pattern unless a test, of this package or of another
// that runs beside it, has done so.
func makePattern(pool *sql.DB, server string) error {
	ctx := context.Background()
	one, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer one.Close() // ends the lock with the connection
	if _, err := one.ExecContext(ctx, "SELECT pg_advisory_lock(1)"); err != nil {
		return err
	}
	var there bool
	if err := one.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", pattern).Scan(&there); err != nil || there {
		return err
	}
	if _, err := one.ExecContext(ctx, "CREATE DATABASE "+pattern+"_new"); err != nil {
		return err
	}
	d, err := db.Migrate(ctx, named(server, pattern+"_new"))
	if err != nil {
		return err
	}
	if err := d.Close(); err != nil {
		return err
	}
	_, err = one.ExecContext(ctx, "ALTER DATABASE "+pattern+"_new RENAME TO "+pattern)
	return err
}

// server is the address of the PostgreSQL server of the tests.
func server(t *testing.T) string {
	t.Helper()
	address := os.Getenv("HOMEWARD_TEST_POSTGRES")
	if address == "" {
		if os.Getenv("HOMEWARD_TEST_REQUIRE") != "" {
			t.Fatal("HOMEWARD_TEST_POSTGRES names no server: run the tests with make test")
		}
		t.Skip("no PostgreSQL: run the tests with make test, or through scripts/with-postgres")
	}
	return address
}

// postgres copies a database for one test and gives the address of the copy.
func postgres(t *testing.T, of string) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text())
	execute(t, "pgx", server(t), "CREATE DATABASE "+name+" TEMPLATE "+of)
	t.Cleanup(func() { execute(t, "pgx", server(t), "DROP DATABASE "+name+" WITH (FORCE)") })
	return named(server(t), name)
}

// named is the address of another database of the same server.
func named(server, name string) string {
	address, err := url.Parse(server)
	if err != nil {
		panic(err) // the server's own address was read before
	}
	address.Path = "/" + name
	return address.String()
}

func execute(t testing.TB, driver, source, statement string, args ...any) {
	t.Helper()
	pool, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(statement, args...); err != nil {
		t.Fatal(err)
	}
}
