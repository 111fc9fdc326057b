package db_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
)

// TestADeployment is PostgreSQL as a council would run it: an owner and a sign-in
// that are nobody in particular, instead of a superuser.
func TestADeployment(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, super string) {
		if strings.HasPrefix(super, "sqlite:") {
			t.Skip("SQLite has no roles")
		}
		ctx, name := context.Background(), strings.ToLower(rand.Text())
		owner, signIn, schema := "owner_"+name, "sign_in_"+name, "s_"+name
		at := func(role string) string {
			address, _ := url.Parse(super)
			query := address.Query()
			query.Set("search_path", schema)
			query.Set("user", role)
			address.User, address.RawQuery = url.User(role), query.Encode()
			return address.String()
		}
		first, err := db.Migrate(ctx, super) // somebody else's database makes the role
		if err != nil {
			t.Fatal(err)
		}
		first.Close()
		do := func(statement string) { t.Helper(); dbtest.Owner(t, super, statement) }
		do("CREATE ROLE " + owner + " LOGIN")
		do("CREATE ROLE " + signIn + " LOGIN")
		do("CREATE SCHEMA " + schema + " AUTHORIZATION " + owner)
		t.Cleanup(func() {
			do("DROP SCHEMA " + schema + " CASCADE")
			do("DROP ROLE " + owner)
			do("DROP ROLE " + signIn)
		})
		refused := func(what string, err error) {
			t.Helper()
			if fault.KindOf(err) != fault.NotReady || !strings.Contains(fault.Message(err), "homeward_app") {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err = db.Migrate(ctx, at(owner))
		refused("an owner who cannot take the role", err)
		do("GRANT homeward_app TO " + owner)
		d, err := db.Migrate(ctx, at(owner))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		fill := func(d *db.DB, code string) error {
			return d.As(db.Scope{Role: "operator"}).Write(ctx, func(tx *db.Tx) error {
				for _, query := range []string{
					"INSERT INTO agency (agency_code, kind, name, gss) VALUES ($1, 'LA', '', '')",
					"INSERT INTO child (agency_code, child_id, child_ref, version, worker_id, group_ref, plan, sex, languages, status) VALUES ($1, $1, '', 1, '', '', '', '', '', '')",
					"INSERT INTO child_place (agency_code, child_id, home_postcode, placement_postcode) VALUES ($1, $1, '', '')", // whose foreign key the policies must not hide
				} {
					if _, err := tx.Exec(query, code); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := fill(d, "DER"); err != nil {
			t.Fatal(err)
		}
		if n := raw(t, at(owner), "SELECT COUNT(*) FROM child"); n != 0 {
			t.Errorf("the owner itself reads %d children past the policies", n)
		}

		_, err = db.Open(ctx, at(signIn))
		refused("a sign-in that is no member", err)
		do("GRANT homeward_app TO " + signIn)
		d, err = db.Open(ctx, at(signIn))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := fill(d, "NOT"); err != nil {
			t.Fatal(err)
		}
		var n int
		for role, want := range map[string]int{"": 0, "home_finder": 1, "operator": 2} {
			if err := d.As(db.Scope{Agency: "DER", Role: role}).Read(ctx, func(tx *db.Tx) error { return tx.QueryRow("SELECT COUNT(*) FROM child").Scan(&n) }); err != nil || n != want {
				t.Errorf("%q through the sign-in gets %d children, %v", role, n, err)
			}
		}
		if n := raw(t, at(signIn), "SELECT COUNT(*) FROM child"); n != 0 {
			t.Errorf("the sign-in alone, outside any transaction of Homeward's, reads %d children", n)
		}
		if err := d.As(db.Scope{Role: "operator"}).Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec("ALTER TABLE child DISABLE ROW LEVEL SECURITY"); return err }); err == nil {
			t.Error("homeward_app took the policies away")
		}
	})
}

func raw(t *testing.T, address, query string) (n int) {
	t.Helper()
	pool, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestManyMigrateAtOnce: the role belongs to the server, and databases come up
// together.
func TestManyMigrateAtOnce(t *testing.T) {
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			dbtest.EachAddress(t, func(t *testing.T, address string) {
				d, err := db.Migrate(context.Background(), address)
				if err != nil {
					t.Fatal(err)
				}
				d.Close()
			})
		})
	}
}
