package db_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
)

// open are the tables without row policies: nobody's rows in particular.
var open = []string{
	"audit_head", "audit_checkpoint", // the end of the record and its signed heads: hashes
	"gazetteer_area", "gazetteer_centre", "gazetteer_load", // published by the ONS
	"revision", "goose_db_version", // numbers
}

// insertOnly are the tables of which nothing is changed or taken away.
var insertOnly = []string{"audit_entry", "audit_entry_first", "audit_checkpoint", "history", "return_file", "pack", "plan_saved", "plan_saved_link", "plan_saved_without", "plan_saved_family"}

// told are the unique keys that do not begin with an agency: whoever adds a row
// may learn from a clash that another agency's exists. Each says why that is
// borne. docs/adr/0012-second-line.md
var told = map[string]string{
	"account(sign_in_name)":                     "people sign in before it is known which agency is theirs",
	"account(worker_id)":                        "a random reference",
	"account(account_id)":                       "a random reference",
	"agreement(agreement_id)":                   "a random reference, and the register is open",
	"agreement_party(agreement_id,agency_code)": "the register is open",
	"ask(ask_id)":                               "a random reference",
	"audit_entry(seq)":                          "a running number",
	"audit_entry_first(seq)":                    "a running number",
	"child(child_id)":                           "a random reference",
	"declaration(declaration_id)":               "a random reference",
	"family(family_id)":                         "a random reference",
	"glass(glass_id)":                           "a random reference",
	"identity(issuer_id,subject)":               "one person of one issuer has one account; only who signs in there can try",
	"invitation(invitation_id)":                 "a random reference",
	"invitation(token_hash)":                    "a keyed hash of 128 random bits",
	"issuer(issuer_id)":                         "a random reference",
	"notice(notice_id)":                         "a random reference",
	"pack(pack_id)":                             "a random reference",
	"passkey(credential_id)":                    "random, made by the device",
	"return_mark(mark_id)":                      "a random reference",
	"return_reading(reading_id)":                "a random reference",
	"session(token)":                            "a hash of a random token",
	"sign_in_try(key_hash)":                     "a keyed hash",
	"study(study_id)":                           "a random reference",
	"team(team_id)":                             "a random reference",
	"worker(worker_id)":                         "a random reference",
}

// catalog is what PostgreSQL says of the schema, one row of text a fact.
type catalog struct {
	t  *testing.T
	tx *db.Tx
}

func (c catalog) list(query string) (found []string) {
	c.t.Helper()
	if err := c.tx.Each(func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		found = append(found, text)
		return err
	}, query); err != nil {
		c.t.Fatal(err)
	}
	return found
}

const (
	ours   = " AND n.nspname = current_schema() "
	tables = "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')" + ours
)

// faults are what is wrong with the catalogue; looked is how many tables were
// looked at.
func (c catalog) faults() (faults []string, looked int) {
	add := func(what string, list []string) {
		for _, name := range list {
			faults = append(faults, name+" "+what)
		}
	}
	all := c.list(tables)
	guarded := c.list(tables + ` AND c.relrowsecurity AND c.relforcerowsecurity AND NOT EXISTS (
		SELECT 1 FROM unnest('{r,a,w,d}'::TEXT[]) command
		WHERE NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd::TEXT IN (command, '*')))`)
	add("has no forced row policies for all that is done to it, and is not on the open list", slices.DeleteFunc(slices.Clone(all), func(name string) bool {
		return slices.Contains(guarded, name) || slices.Contains(open, name)
	}))
	add("is on the open list and belongs to an agency", c.list(`SELECT DISTINCT table_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND column_name LIKE '%agency%' AND table_name IN ('`+strings.Join(open, "','")+"')"))
	add("has a policy that is open to everybody", c.list("SELECT DISTINCT tablename FROM pg_policies WHERE schemaname = current_schema() AND qual = 'true'"))
	add("may do more than homeward_app should", c.list("SELECT rolname FROM pg_roles WHERE rolname = 'homeward_app' AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolinherit)"))
	add("is a role that homeward_app may take", c.list("SELECT roleid::regrole::TEXT FROM pg_auth_members WHERE member = 'homeward_app'::regrole"))
	add("is owned by homeward_app", c.list(`SELECT c.relname FROM pg_class c WHERE c.relowner = 'homeward_app'::regrole UNION SELECT p.proname FROM pg_proc p WHERE p.proowner = 'homeward_app'::regrole
		UNION SELECT n.nspname FROM pg_namespace n WHERE n.nspowner = 'homeward_app'::regrole`))
	add("is a view that looks with its owner's eyes", c.list(`SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE (c.relkind = 'm' OR c.relkind = 'v' AND NOT COALESCE(c.reloptions::TEXT LIKE '%security_invoker=true%', false))`+ours))
	add("is a function that acts as its owner", c.list("SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef"+ours))
	add("is a function that says who acts", c.list("SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE (p.proconfig IS NOT NULL OR p.prosrc ~ 'set_config|SET ') AND p.proname NOT IN ('closed_records', 'keep', 'guard_rows')"+ours))
	add("may be emptied, referred to or given triggers by homeward_app", c.list(tables+" AND has_table_privilege('homeward_app', c.oid, 'TRUNCATE,REFERENCES,TRIGGER')"))
	add("takes new rows only, and may be changed by homeward_app", c.list(tables+" AND c.relname IN ('"+strings.Join(insertOnly, "','")+"') AND has_table_privilege('homeward_app', c.oid, 'UPDATE,DELETE')"))
	add("is open to everybody who connects", c.list(tables+" AND EXISTS (SELECT 1 FROM aclexplode(c.relacl) WHERE grantee = 0)"))
	for _, key := range c.list(`SELECT c.relname || '(' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey::INT[]) WITH ORDINALITY k (attnum, n)
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) || ')'
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE i.indisunique AND c.relrowsecurity` + ours) {
		_, columns, _ := strings.Cut(key, "(")
		if !strings.HasPrefix(columns, "agency_code") && !strings.HasPrefix(columns, "child_agency") && told[key] == "" {
			faults = append(faults, key+" is a key across agencies: a clash tells that another's row is there")
		}
	}
	return faults, len(all)
}

// TestTheCatalogueHoldsTheSecondLine reads what PostgreSQL itself says, so that a
// table that comes later without policies, or a grant too many, fails here.
func TestTheCatalogueHoldsTheSecondLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect != db.PostgreSQL {
			t.Skip("SQLite guards no rows")
		}
		look := func() (faults []string) {
			if err := d.Read(context.Background(), func(tx *db.Tx) error {
				var looked int
				faults, looked = catalog{t, tx}.faults()
				t.Logf("%d tables looked at, %d faults", looked, len(faults))
				if looked < 40 {
					t.Errorf("only %d tables were found", looked)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return faults
		}
		for _, f := range look() {
			t.Error(f)
		}
		// The control: each fault, planted, is found.
		for plant, want := range map[string]string{
			"CREATE TABLE letter (agency_code TEXT PRIMARY KEY)":                                                 "letter has no forced row policies",
			"ALTER TABLE child NO FORCE ROW LEVEL SECURITY":                                                      "child has no forced row policies",
			"DROP POLICY taking_away ON family":                                                                  "family has no forced row policies",
			"ALTER TABLE revision ADD COLUMN family_agency TEXT":                                                 "revision is on the open list",
			"CREATE POLICY wide ON child_identity USING (true)":                                                  "child_identity has a policy that is open",
			"CREATE VIEW all_children AS SELECT * FROM child":                                                    "all_children is a view",
			"CREATE FUNCTION peek() RETURNS TEXT LANGUAGE sql SECURITY DEFINER AS $$ SELECT '' $$":               "peek is a function that acts as its owner",
			"CREATE FUNCTION pose() RETURNS TEXT LANGUAGE sql SET homeward.role = 'operator' AS $$ SELECT '' $$": "pose is a function that says who acts",
			"GRANT UPDATE ON history TO homeward_app":                                                            "history takes new rows only",
			"GRANT TRUNCATE ON audit_entry TO homeward_app":                                                      "audit_entry may be emptied",
			"GRANT SELECT ON child TO PUBLIC":                                                                    "child is open to everybody",
			"ALTER TABLE team OWNER TO homeward_app":                                                             "team is owned by homeward_app",
			"CREATE UNIQUE INDEX one_name ON child_identity (given_name)":                                        "child_identity(given_name) is a key across agencies",
		} {
			dbtest.Owner(t, dbtest.Address(t, d), plant)
			if found := look(); !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, want) }) {
				t.Errorf("%s: not found among %q", plant, found)
			}
		}
	})
}

// TestEveryAgencysTableIsAmongTheCanaries: a table that comes later is looked at
// by the tests of rows, too.
func TestEveryAgencysTableIsAmongTheCanaries(t *testing.T) {
	onPostgres(t, func(r *region) {
		for table, columns := range r.columns {
			belongs := slices.ContainsFunc(columns, func(c [2]string) bool { return c[0] == "agency_code" || c[0] == "child_agency" })
			looked := false
			for _, g := range groups {
				looked = looked || slices.ContainsFunc(g.tables, func(part string) bool { name, _, _ := strings.Cut(part, " "); return name == table })
			}
			if belongs && !looked && table != "audit_entry_first" { // no row is ever added to it
				t.Errorf("whose rows of %s anybody gets is not tested", table)
			}
		}
	})
}
