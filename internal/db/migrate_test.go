package db_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
)

// atFirst is what a database of the first version held: a child of a council in
// a pool, followed by a worker, and one entry.
var atFirst = []string{
	"INSERT INTO agency (agency_code, kind, name, gss) VALUES ('DER', 'LA', 'Derby', '')",
	"INSERT INTO agency_pool (agency_code, pool) VALUES ('DER', 'EM')",
	"INSERT INTO worker (agency_code, worker_id, name, role) VALUES ('DER', 'w', 'A Worker', 'manager')",
	`INSERT INTO child (agency_code, child_id, child_ref, version, worker_id, group_ref, plan, given_name, family_name, born, sex, ethnic, religion, languages,
		home_postcode, placement_postcode, entered_care, decision_date, placement_order_date, status)
		VALUES ('DER', 'c', 'C1', 3, 'w', '', 'undecided', 'Asha', 'Testname', '2022-05-04', 'F', 'AIND', 'hindu', 'en', 'DE22 3CV', 'NG1 1CC', NULL, NULL, NULL, 'waiting')`,
	"INSERT INTO audit_entry (seq, at, actor_agency, actor_id, actor_role, purpose, action, kind, agency_code, subject_id, detail, hash) VALUES (1, '2026-11-01T00:00:00.000000Z', 'DER', 'w', 'manager', '', 'added', 'child', 'DER', 'c', '', 'h')",
	"UPDATE audit_head SET seq = 1, hash = 'h'",
}

func TestAMigrationLosesNothing(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		ctx := context.Background()
		if err := db.MigrateTo(ctx, address, 1, atFirst...); err != nil {
			t.Fatal(err)
		}
		d, err := db.Migrate(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var got []string
		if err := d.As(db.Scope{Role: "operator"}).Read(ctx, func(tx *db.Tx) error {
			return tx.Each(func(rows *sql.Rows) error {
				var text string
				err := rows.Scan(&text)
				got = append(got, text)
				return err
			}, `SELECT i.given_name || ' ' || i.family_name || ' ' || i.ethnic || ' ' || i.religion || ' ' || p.home_postcode || ' ' || p.placement_postcode || ' ' || m.pool || ' ' || w.team_id || e.action || ' ' || c.child_ref
				FROM child c JOIN child_identity i ON i.child_id = c.child_id JOIN child_place p ON p.child_id = c.child_id
				JOIN membership m ON m.agency_code = c.agency_code JOIN worker w ON w.worker_id = c.worker_id JOIN audit_entry_first e ON e.subject_id = c.child_id`)
		}); err != nil {
			t.Fatal(err)
		}
		if want := "Asha Testname AIND hindu DE22 3CV NG1 1CC EM added C1"; strings.Join(got, "|") != want {
			t.Errorf("after the migration: %q, want %q", got, want)
		}
	})
}
