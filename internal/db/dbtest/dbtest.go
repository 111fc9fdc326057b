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
	"testing"

	"homeward/internal/db"
)

// Each runs fn as a subtest on each database.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachAddress(t, func(t *testing.T, address string) {
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		fn(t, d)
	})
}

// EachAddress runs fn as a subtest with the address of an empty database of each
// kind.
func EachAddress(t *testing.T, fn func(t *testing.T, address string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		fn(t, "sqlite:"+filepath.Join(t.TempDir(), "homeward.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		fn(t, postgresSchema(t))
	})
}

// postgresSchema makes a schema for one test and gives the address that leads
// to it alone.
func postgresSchema(t *testing.T) string {
	t.Helper()
	server := os.Getenv("HOMEWARD_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("HOMEWARD_TEST_REQUIRE") != "" {
			t.Fatal("HOMEWARD_TEST_POSTGRES names no server: run the tests with make test")
		}
		t.Skip("no PostgreSQL: run the tests with make test, or through scripts/with-postgres")
	}
	schema := "t_" + strings.ToLower(rand.Text())
	admin(t, server, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { admin(t, server, "DROP SCHEMA "+schema+" CASCADE") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("search_path", schema)
	address.RawQuery = query.Encode()
	return address.String()
}

func admin(t *testing.T, server, statement string) {
	t.Helper()
	pool, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(statement); err != nil {
		t.Fatal(err)
	}
}
