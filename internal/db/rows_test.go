package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
)

var (
	day = date.MustOf(2026, 11, 23)
	now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
)

// groups is every table of agencies' rows, put together by what is in it. A part
// of a table is written "table where condition".
var groups = []struct {
	name   string
	tables []string
}{
	{"register", []string{"agency", "membership", "team", "function_held", "agreement_party", "worker where role <> 'adopter'"}},
	{"adopters", []string{"worker where role = 'adopter'"}},
	{"needs", []string{"child", "child_need", "child_contact"}},
	{"who", []string{"child_identity", "child_milestone", "history where kind = 'child'"}},
	{"where", []string{"child_place", "child_zone"}},
	{"families", []string{"family", "family_offer", "family_household"}},
	{"homes", []string{"family_place"}},
	{"steps", []string{"family_milestone"}},
	{"past", []string{"history where kind = 'family'"}},
	{"asks", []string{"ask", "ask_child"}},
	{"told", []string{"disclosure"}},
	{"pairs", []string{"conflict", "waiver", "plan_pair"}},
	{"plans", []string{"plan_saved", "plan_saved_link", "plan_saved_without", "plan_saved_family"}},
	{"office", []string{"declaration", "notice", "glass", "knowing", "audit_entry", "history where kind = 'worker'"}},
	{"studies", []string{"study", "study_result"}},
	{"restricted", []string{"restriction"}},
	{"named", []string{"restriction_name"}},
	{"returns", []string{"return_reading", "return_file", "return_fact", "return_mark", "return_decision"}},
	{"numbers", []string{"return_leavers", "pack"}},
	{"accounts", []string{"account", "passkey", "recovery_code", "invitation", "sign_in_device", "issuer", "identity"}},
}

// region is four agencies with one of everything each, every text of it a canary
// that names its agency. Derby shares with Nottingham and with the voluntary
// agency; Leicester has signed nothing that anybody else has.
type region struct {
	t       *testing.T
	d       *db.DB
	address string
	columns map[string][][2]string // by table: name and type
}

var agencies = []string{"DER", "NOT", "VAA1", "LEI"}

// onPostgres runs fn on a region on PostgreSQL.
func onPostgres(t *testing.T, fn func(*region)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect != db.PostgreSQL {
			t.Skip("SQLite guards no rows")
		}
		r := &region{t: t, d: d, address: dbtest.Address(t, d), columns: map[string][][2]string{}}
		r.as(db.Scope{Role: "operator"}, func(tx *db.Tx) error {
			return tx.Each(func(rows *sql.Rows) error {
				var table, column, kind string
				err := rows.Scan(&table, &column, &kind)
				r.columns[table] = append(r.columns[table], [2]string{column, kind})
				return err
			}, "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position")
		})
		for i, code := range agencies {
			r.agency(code, i)
		}
		r.agreement("A1", "EM", "DER", "NOT")
		r.agreement("A2", "", "DER", "VAA1")
		r.agreement("A3", "", "DER", "LEI")
		r.operator("UPDATE agreement_party SET signed_at = NULL WHERE agreement_id = 'A3' AND agency_code = 'LEI'")
		fn(r)
	})
}

// try runs fn on somebody's behalf.
func (r *region) try(s db.Scope, fn func(*db.Tx) error) error {
	if s.Role != "" {
		s.Day, s.Now = day, now
	}
	return r.d.As(s).Write(context.Background(), fn)
}

func (r *region) as(s db.Scope, fn func(*db.Tx) error) {
	r.t.Helper()
	if err := r.try(s, fn); err != nil {
		r.t.Fatal(err)
	}
}

func (r *region) operator(query string, args ...any) {
	r.t.Helper()
	r.as(db.Scope{Role: "operator"}, func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err })
}

// exec runs one statement on somebody's behalf and tells how many rows it reached.
func (r *region) exec(s db.Scope, query string, args ...any) (n int64, err error) {
	return n, r.try(s, func(tx *db.Tx) error {
		result, err := tx.Exec(query, args...)
		if err == nil {
			n, err = result.RowsAffected()
		}
		return err
	})
}

// count counts what a query gives somebody.
func (r *region) count(s db.Scope, query string, args ...any) (n int) {
	r.t.Helper()
	r.as(s, func(tx *db.Tx) error { return tx.QueryRow("SELECT COUNT(*) FROM "+query, args...).Scan(&n) })
	return n
}

// put inserts a row: what is not said is a canary, a day, a number.
func (r *region) put(table, code string, says map[string]any) {
	r.t.Helper()
	var names []string
	var values []any
	for _, c := range r.columns[table] {
		v, said := says[c[0]]
		if !said {
			v = r.filler(code, table, c[0], c[1])
		}
		names, values = append(names, c[0]), append(values, v)
	}
	if len(names) == 0 {
		r.t.Fatalf("no table %s", table)
	}
	r.as(db.Scope{Role: "operator"}, func(tx *db.Tx) error { return tx.InsertMany(table, names, [][]any{values}) })
}

func (r *region) filler(code, table, column, kind string) any {
	canary := fmt.Sprintf("canary-%s-%s-%s", code, table, column)
	switch kind {
	case "text":
		return canary
	case "bytea":
		return []byte(canary)
	case "boolean":
		return false
	case "date":
		return day
	case "timestamp with time zone":
		return db.Instant{Time: now}
	case "integer", "bigint", "double precision":
		return 1
	}
	r.t.Fatalf("%s.%s: nothing to put into a %s", table, column, kind)
	return nil
}

// ids of an agency's child, family and so on.
func of(code, what string) string { return "canary-" + code + "-" + what }

func (r *region) agency(code string, n int) {
	kind := "LA"
	if code == "VAA1" {
		kind = "VAA"
	}
	pool := "EM"
	if code == "LEI" {
		pool = "NW"
	}
	own := map[string]any{
		"agency_code": code, "child_agency": code, "family_agency": code, "worker_agency": code, "actor_agency": code, "about_agency": code,
		"child_id": of(code, "child"), "family_id": of(code, "family"), "ask_id": of(code, "ask"), "account_id": of(code, "account"), "issuer_id": of(code, "issuer"),
		"reading_id": of(code, "reading"), "study_id": of(code, "study"), "plan_id": of(code, "plan"), "child_ids": of(code, "child"), "until_day": date.Date(0), "left_on": date.Date(0), "n": n, "seq": n + 1, "version": 1,
	}
	with := func(table string, more map[string]any) {
		says := map[string]any{}
		for _, m := range []map[string]any{own, more} {
			for k, v := range m {
				says[k] = v
			}
		}
		r.put(table, code, says)
	}
	with("agency", map[string]any{"kind": kind})
	with("membership", map[string]any{"pool": pool})
	with("team", nil)
	with("function_held", map[string]any{"function": "letterbox", "holder": code})
	with("worker", map[string]any{"worker_id": of(code, "worker"), "role": "home_finder", "family_id": ""})
	with("worker", map[string]any{"worker_id": of(code, "adopter"), "role": "adopter"})
	for _, table := range []string{"child", "child_identity", "child_place", "child_need", "child_contact", "child_zone", "child_milestone",
		"family", "family_offer", "family_household", "family_place", "family_milestone",
		"conflict", "waiver", "plan_pair", "ask", "ask_child", "declaration", "notice", "knowing", "audit_entry", "account", "passkey", "recovery_code", "invitation", "sign_in_device", "issuer", "identity",
		"return_reading", "return_file", "return_fact", "return_mark", "return_decision", "return_leavers", "pack", "plan_saved", "plan_saved_link", "plan_saved_without", "plan_saved_family", "study", "study_result"} {
		with(table, nil)
	}
	with("disclosure", map[string]any{"child_at": db.Instant{}, "family_at": db.Instant{}, "ended_at": db.Instant{}})
	with("glass", map[string]any{"until_at": db.Instant{Time: now.Add(-time.Minute)}})
	for _, kind := range []string{"child", "family", "worker"} {
		with("history", map[string]any{"kind": kind, "subject_id": of(code, kind)})
	}
	with("restriction", map[string]any{"kind": "child", "subject_id": of(code, "closed")})
	with("restriction_name", map[string]any{"kind": "child", "subject_id": of(code, "closed")})
}

// agreement is in force between parties, for both kinds of profile.
func (r *region) agreement(id, pool string, parties ...string) {
	r.put("agreement", "", map[string]any{"agreement_id": id, "pool": pool, "covers": "child_profiles family_profiles", "until_day": date.Date(0)})
	for _, code := range parties {
		r.put("agreement_party", code, map[string]any{"agreement_id": id, "agency_code": code, "left_at": db.Instant{}})
	}
}

func worker(code, role string) db.Scope {
	return db.Scope{Actor: of(code, "worker"), Agency: code, Role: role}
}

// canary finds an agency's canary, or in a row of codes alone the agency.
var canary = regexp.MustCompile(`\b(?:canary-)?(DER|NOT|VAA1|LEI)\b`)

// seen tells whose canaries somebody gets from each group of tables: "needs DER
// NOT, who DER".
func (r *region) seen(s db.Scope) string {
	r.t.Helper()
	var parts []string
	r.as(s, func(tx *db.Tx) error {
		for _, g := range groups {
			var whose []string
			for i, table := range g.tables {
				name, _, _ := strings.Cut(table, " ")
				codes, err := canaries(tx, "SELECT CAST("+name+" AS TEXT) FROM "+table)
				if err != nil {
					return err
				}
				if i > 0 && !slices.Equal(codes, whose) {
					r.t.Errorf("%+v: of %s it gets %v, of %s %v", s, table, codes, g.tables[0], whose)
				}
				whose = codes
			}
			if len(whose) > 0 {
				parts = append(parts, g.name+" "+strings.Join(whose, " "))
			}
		}
		return nil
	})
	return strings.Join(parts, ", ")
}

// canaries tells whose canaries are in what a query gives, bytes too.
func canaries(tx *db.Tx, query string) (codes []string, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		var text string
		err := rows.Scan(&text)
		for _, found := range canary.FindAllStringSubmatch(text, -1) {
			codes = append(codes, found[1])
		}
		return err
	}, query)
	slices.Sort(codes)
	return slices.Compact(codes), err
}

const everybody = "DER LEI NOT VAA1"

// TestWhoseRowsThereAre is the whole of what row policies give: who, of which
// agency, gets whose canaries from what.
func TestWhoseRowsThereAre(t *testing.T) {
	onPostgres(t, func(r *region) {
		register := "register " + everybody + ", "
		office := func(code string) string { return "office " + code + ", studies " + code + ", " }
		all := "register X, adopters X, needs X, who X, where X, families X, homes X, steps X, past X, asks X, told X, pairs X, plans X, office X, studies X, restricted X, named X, returns X, numbers X, accounts X"
		engine := worker("DER", "home_finder")
		engine.Engine = true
		voluntaryEngine := worker("VAA1", "home_finder")
		voluntaryEngine.Engine = true
		adopter := db.Scope{Actor: of("DER", "adopter"), Agency: "DER", Role: "adopter"}
		accountsOf := func(code string) string { return "accounts " + code }
		for _, c := range []struct {
			s    db.Scope
			want string
		}{
			{db.Scope{}, ""},
			{db.Scope{Actor: of("DER", "worker"), Agency: "DER"}, ""},
			{db.Scope{Role: "sign_in"}, register + "adopters " + everybody + ", accounts " + everybody},
			{db.Scope{Role: "laboratory"}, register + "studies " + everybody},
			{db.Scope{Role: "operator"}, strings.ReplaceAll(all, "X", everybody)},

			{worker("DER", "home_finder"), register + "adopters DER, needs DER NOT VAA1, who DER, where DER, families DER NOT VAA1, homes DER, steps DER, past DER, asks DER, told DER, pairs DER NOT VAA1, plans DER, " + office("DER") + "restricted DER NOT VAA1, numbers DER, " + accountsOf("DER")},
			{worker("DER", "permanence_worker"), register + "adopters DER, needs DER, who DER, where DER, families DER NOT VAA1, asks DER, told DER, pairs DER, plans DER, " + office("DER") + "restricted DER NOT VAA1, numbers DER, " + accountsOf("DER")},
			{worker("DER", "adopter_worker"), register + "adopters DER, needs DER NOT VAA1, families DER, homes DER, steps DER, past DER, asks DER, told DER, pairs DER, " + office("DER") + "restricted DER NOT VAA1, numbers DER, " + accountsOf("DER")},
			{worker("DER", "manager"), register + "adopters DER, needs DER NOT VAA1, who DER, where DER, families DER NOT VAA1, homes DER, steps DER, past DER, asks DER, told DER, pairs DER NOT VAA1, plans DER, " + office("DER") + "restricted DER NOT VAA1, named DER, returns DER, numbers DER, " + accountsOf("DER")},
			{worker("DER", "data_officer"), register + "adopters DER, needs DER, who DER, where DER, " + office("DER") + "restricted DER, returns DER, numbers DER, " + accountsOf("DER")},
			{worker("DER", "administrator"), register + "adopters DER, " + office("DER") + "restricted DER, named DER, " + accountsOf("DER")},
			{worker("DER", "information_lead"), register + "adopters DER, " + office("DER") + "restricted DER, named DER, " + accountsOf("DER")},
			{worker("DER", "head_of_service"), register + "adopters DER, " + office("DER") + accountsOf("DER")},
			{adopter, register + "adopters DER, families DER, homes DER, steps DER, " + office("DER") + accountsOf("DER")},
			{engine, register + "adopters DER, needs DER NOT VAA1, who DER, where DER NOT VAA1, families DER NOT VAA1, homes DER NOT VAA1, steps DER, past DER, asks DER NOT VAA1, told DER, pairs DER NOT VAA1, plans DER, " + office("DER") + "restricted DER NOT VAA1, numbers DER, " + accountsOf("DER")},

			{worker("NOT", "home_finder"), register + "adopters NOT, needs DER NOT, who NOT, where NOT, families DER NOT, homes NOT, steps NOT, past NOT, asks NOT, told NOT, pairs DER NOT, plans NOT, " + office("NOT") + "restricted DER NOT, numbers NOT, " + accountsOf("NOT")},
			{worker("VAA1", "home_finder"), register + "adopters VAA1, needs DER VAA1, who VAA1, where VAA1, families VAA1, homes VAA1, steps VAA1, past VAA1, asks VAA1, told VAA1, pairs VAA1, plans VAA1, " + office("VAA1") + "restricted DER VAA1, numbers VAA1, " + accountsOf("VAA1")},
			{voluntaryEngine, register + "adopters VAA1, needs DER VAA1, who VAA1, where DER VAA1, families VAA1, homes VAA1, steps VAA1, past VAA1, asks VAA1, told VAA1, pairs VAA1, plans VAA1, " + office("VAA1") + "restricted DER VAA1, numbers VAA1, " + accountsOf("VAA1")},
			{worker("VAA1", "manager"), register + "adopters VAA1, needs DER VAA1, who VAA1, where VAA1, families VAA1, homes VAA1, steps VAA1, past VAA1, asks VAA1, told VAA1, pairs VAA1, plans VAA1, " + office("VAA1") + "restricted DER VAA1, named VAA1, returns VAA1, numbers VAA1, " + accountsOf("VAA1")},
			{worker("LEI", "home_finder"), register + "adopters LEI, needs LEI, who LEI, where LEI, families LEI, homes LEI, steps LEI, past LEI, asks LEI, told LEI, pairs LEI, plans LEI, " + office("LEI") + "restricted LEI, numbers LEI, " + accountsOf("LEI")},
			{worker("LEI", "manager"), register + "adopters LEI, needs LEI, who LEI, where LEI, families LEI, homes LEI, steps LEI, past LEI, asks LEI, told LEI, pairs LEI, plans LEI, " + office("LEI") + "restricted LEI, named LEI, returns LEI, numbers LEI, " + accountsOf("LEI")},
		} {
			if got := r.seen(c.s); got != c.want {
				t.Errorf("%+v gets\n%s\nwant\n%s", c.s, got, c.want)
			}
		}
	})
}

// TestNobodyWritesAnothersRows tries to change, take away and add rows of
// another agency in every table, as every role.
func TestNobodyWritesAnothersRows(t *testing.T) {
	onPostgres(t, func(r *region) {
		tried, reached := 0, 0
		for _, role := range []string{"home_finder", "permanence_worker", "adopter_worker", "manager", "data_officer", "administrator", "information_lead", "adopter", "sign_in", ""} {
			s := worker("NOT", role) // who shares with Derby
			if role == "sign_in" {
				s = db.Scope{Role: role}
			}
			for _, g := range groups {
				if role == "sign_in" && g.name == "accounts" {
					continue // they are its own
				}
				for _, part := range g.tables {
					table, _, _ := strings.Cut(part, " ")
					owner := r.ownerColumn(table)
					for _, query := range []string{
						"UPDATE %[1]s SET %[2]s = %[2]s WHERE %[2]s = 'DER'", "UPDATE %[1]s SET %[2]s = 'NOT' WHERE %[2]s = 'DER'", "DELETE FROM %[1]s WHERE %[2]s = 'DER'",
					} {
						n, err := r.exec(s, fmt.Sprintf(query, table, owner))
						tried++
						if err == nil && n > 0 {
							reached++
							t.Errorf("%s of NOT: %s reached %d rows", role, fmt.Sprintf(query, table, owner), n)
						}
					}
				}
			}
		}
		t.Logf("%d tried, %d reached a row", tried, reached)
		for table := range r.columns { // the control: the rows are there to be reached
			if owner := r.ownerColumn(table); owner != "" && !slices.Contains(insertOnly, table) {
				query := fmt.Sprintf("UPDATE %s SET %[2]s = %[2]s WHERE %[2]s = 'DER'", table, owner)
				if n, err := r.exec(db.Scope{Role: "operator"}, query); err != nil || n == 0 {
					t.Errorf("the operator: %s: %d, %v", query, n, err)
				}
			}
		}
	})
}

// ownerColumn is the column that says whose a table's rows are, if it has one.
func (r *region) ownerColumn(table string) string {
	for _, c := range r.columns[table] {
		if c[0] == "agency_code" || c[0] == "child_agency" {
			return c[0]
		}
	}
	return ""
}

// TestWhoAddsWhat: one row of each kind that people try to slip in.
func TestWhoAddsWhat(t *testing.T) {
	onPostgres(t, func(r *region) {
		lead, manager, admin, finder := worker("NOT", "information_lead"), worker("NOT", "manager"), worker("NOT", "administrator"), worker("NOT", "home_finder")
		const signed = "INSERT INTO agreement_party (agreement_id, agency_code, signed_by, signed_at, left_by) VALUES ('A4', $1, '', $2, '')"
		r.agreement("A4", "")
		at := db.Instant{Time: now}
		for _, c := range []struct {
			s     db.Scope
			may   bool
			query string
			args  []any
		}{
			{finder, false, "INSERT INTO child_need (agency_code, child_id, need, level) VALUES ('DER', $1, 'x', '')", []any{of("DER", "child")}},
			{finder, true, "INSERT INTO child_need (agency_code, child_id, need, level) VALUES ('NOT', $1, 'x', '')", []any{of("NOT", "child")}},
			{finder, false, "INSERT INTO family_place (agency_code, family_id, n, kind, postcode) VALUES ('VAA1', $1, 9, '', '')", []any{of("VAA1", "family")}},
			{finder, false, "INSERT INTO waiver SELECT child_agency, 'w2', child_id, family_agency, family_id, exclusion, finding, reason, basis, manager_id, manager_name, decided_on, expires_on FROM waiver WHERE child_agency = 'NOT'", nil},
			{manager, true, "INSERT INTO waiver SELECT child_agency, 'w2', child_id, family_agency, family_id, exclusion, finding, reason, basis, manager_id, manager_name, decided_on, expires_on FROM waiver WHERE child_agency = 'NOT'", nil},
			{lead, false, signed, []any{"LEI", at}},
			{lead, true, signed, []any{"LEI", db.Instant{}}},
			{finder, false, signed, []any{"NOT", at}},
			{lead, true, signed, []any{"NOT", at}},
			{lead, false, "UPDATE agreement SET covers = 'child_profiles'", nil},
			{lead, false, "INSERT INTO membership (agency_code, pool, from_day) VALUES ('NOT', 'NW', '2026-01-01')", nil},
			{lead, false, "INSERT INTO function_held (agency_code, function, holder, from_day) VALUES ('DER', 'home_finding', 'NOT', '2026-01-01')", nil},
			{admin, false, "INSERT INTO agency (agency_code, kind, name, gss) VALUES ('NEW', 'LA', '', '')", nil},
			{admin, false, "INSERT INTO worker (agency_code, worker_id, name, role) VALUES ('DER', 'spy', '', 'home_finder')", nil},
			{finder, false, "INSERT INTO worker (agency_code, worker_id, name, role) VALUES ('NOT', 'spy', '', 'manager')", nil},
			{admin, true, "INSERT INTO worker (agency_code, worker_id, name, role) VALUES ('NOT', 'new', '', 'manager')", nil},
			{admin, false, "INSERT INTO account (agency_code, account_id, worker_id, sign_in_name, password, state, demonstration, totp_step, wrong_codes, epoch, made_at, opened_at) VALUES ('DER', 'a', 'a', 'a', '', '', false, 0, 0, 0, $1, $1)", []any{at}},
			{finder, false, "DELETE FROM restriction", nil},
			{finder, false, "DELETE FROM restriction_name", nil},
			{finder, false, "INSERT INTO restriction_name (agency_code, kind, subject_id, worker_id) VALUES ('NOT', 'child', $1, $2)", []any{of("NOT", "closed"), of("NOT", "worker") + "2"}},

			// What is written for another agency to read, in one's own name alone.
			{finder, true, glassRow, []any{"DER", of("DER", "child"), "NOT", of("NOT", "worker"), at}},
			{finder, false, glassRow, []any{"DER", of("DER", "child"), "DER", of("DER", "worker"), at}},
			{finder, false, glassRow, []any{"DER", of("DER", "child"), "NOT", of("NOT", "another"), at}},
			{finder, true, "INSERT INTO knowing (agency_code, kind, subject_id, worker_id, worker_agency, answer, reason, at) VALUES ('DER', 'child', 'c', $1, 'NOT', 'tie', '', $2)", []any{of("NOT", "worker"), at}},
			{finder, false, "INSERT INTO knowing (agency_code, kind, subject_id, worker_id, worker_agency, answer, reason, at) VALUES ('DER', 'child', 'c', $1, 'NOT', 'tie', '', $2)", []any{of("NOT", "another"), at}},
			{finder, true, "INSERT INTO notice (agency_code, notice_id, role, worker_id, kind, about_kind, about_agency, about_id, actor_id, made_at, done_by) VALUES ('DER', 'n', '', '', '', '', '', '', '', $1, '')", []any{at}},
			{db.Scope{}, false, "INSERT INTO notice (agency_code, notice_id, role, worker_id, kind, about_kind, about_agency, about_id, actor_id, made_at, done_by) VALUES ('DER', 'n2', '', '', '', '', '', '', '', $1, '')", []any{at}},
			{db.Scope{}, true, "INSERT INTO audit_entry (seq, at, actor_agency, actor_id, actor_role, purpose, action, kind, agency_code, subject_id, detail, salt, hash) VALUES (99, $1, '', '', '', '', 'refused', '', '', '', '', '', '')", []any{at}},
		} {
			n, err := r.exec(c.s, c.query, c.args...)
			if did := err == nil && n > 0; did != c.may {
				t.Errorf("%s of %s: %s %v: %d rows, %v", c.s.Role, c.s.Agency, c.query, c.args, n, err)
			}
		}
		if n := r.count(finder, "notice WHERE agency_code = 'DER'") + r.count(finder, "knowing WHERE agency_code = 'DER' AND worker_id <> $1", finder.Actor); n != 0 {
			t.Errorf("%d of another agency's notices are read back", n)
		}
	})
}

const glassRow = `INSERT INTO glass (agency_code, glass_id, kind, subject_id, actor_agency, actor_id, reason, opened_at, until_at, reviewed_by, finding)
	VALUES ($1, 'g' || $4, 'child', $2, $3, $4, '', $5, $5, '', '')`

// TestWhatEndsIsClosedInTheNextTransaction ends, one after the other, each thing
// that opens another agency's rows.
func TestWhatEndsIsClosedInTheNextTransaction(t *testing.T) {
	onPostgres(t, func(r *region) {
		finder, manager := worker("NOT", "home_finder"), worker("NOT", "manager")
		needs := func(s db.Scope) int { return r.count(s, "child WHERE agency_code = 'DER'") }
		who := func(s db.Scope) int { return r.count(s, "child_identity WHERE agency_code = 'DER'") }
		homes := func(s db.Scope) int { return r.count(s, "family_place WHERE agency_code = 'DER'") }
		tomorrow := day.AddDays(1)
		for _, c := range []struct {
			what       string
			see        func(db.Scope) int
			s          db.Scope
			begin, end string
			on         any
		}{
			{"an agreement that has ended", needs, finder, "UPDATE agreement SET until_day = NULL WHERE agreement_id = 'A1'", "UPDATE agreement SET until_day = $1 WHERE agreement_id = 'A1'", day},
			{"an agreement that has not begun", needs, finder, "UPDATE agreement SET from_day = '2026-01-01' WHERE agreement_id = 'A1'", "UPDATE agreement SET from_day = $1 WHERE agreement_id = 'A1'", tomorrow},
			{"an agreement that covers families alone", needs, finder, "UPDATE agreement SET covers = 'child_profiles family_profiles' WHERE agreement_id = 'A1'", "UPDATE agreement SET covers = $1 WHERE agreement_id = 'A1'", "family_profiles"},
			{"the other party left", needs, finder, "UPDATE agreement_party SET left_at = NULL WHERE agreement_id = 'A1'", "UPDATE agreement_party SET left_at = $1 WHERE agreement_id = 'A1' AND agency_code = 'DER'", db.Instant{Time: now}},
			{"its own agency left", needs, finder, "UPDATE agreement_party SET left_at = NULL WHERE agreement_id = 'A1'", "UPDATE agreement_party SET left_at = $1 WHERE agreement_id = 'A1' AND agency_code = 'NOT'", db.Instant{Time: now}},
			{"the other party has not signed", needs, finder, "UPDATE agreement_party SET signed_at = '2026-01-01' WHERE agreement_id = 'A1'", "UPDATE agreement_party SET signed_at = NULL WHERE agreement_id = 'A1' AND agency_code = $1", "DER"},
			{"the other party is out of the pool", needs, finder, "UPDATE membership SET until_day = NULL WHERE agency_code = 'DER'", "UPDATE membership SET until_day = $1 WHERE agency_code = 'DER'", day},
			{"its own agency is out of the pool", needs, finder, "UPDATE membership SET until_day = NULL WHERE agency_code = 'NOT'", "UPDATE membership SET until_day = $1 WHERE agency_code = 'NOT'", day},
			{"home finding was taken back", who, finder, "UPDATE function_held SET function = 'home_finding', holder = 'NOT', until_day = NULL WHERE agency_code = 'DER'", "UPDATE function_held SET until_day = $1 WHERE agency_code = 'DER'", day},
			{"home finding was handed to another", who, manager, "UPDATE function_held SET function = 'home_finding', holder = 'NOT', until_day = NULL WHERE agency_code = 'DER'", "UPDATE function_held SET holder = $1 WHERE agency_code = 'DER'", "LEI"},
			{"recruitment was taken back", homes, manager, "UPDATE function_held SET function = 'recruitment', holder = 'NOT', until_day = NULL WHERE agency_code = 'DER'", "UPDATE function_held SET until_day = $1 WHERE agency_code = 'DER'", day},
			{"its agency became a voluntary one", who, finder, "UPDATE function_held SET function = 'home_finding', holder = 'NOT', until_day = NULL WHERE agency_code = 'DER'", "UPDATE agency SET kind = $1 WHERE agency_code = 'NOT'", "VAA"},
		} {
			r.operator(c.begin)
			if n := c.see(c.s); n != 1 {
				t.Errorf("before %s: %d rows", c.what, n)
			}
			r.operator(c.end, c.on)
			if n := c.see(c.s); n != 0 {
				t.Errorf("%s: %d rows still there", c.what, n)
			}
			r.operator(c.begin)
		}
	})
}

// TestWhatIsOpenToSomebodyInParticular: glass while it lasts, what both sides
// agreed to tell, and restricted records.
func TestWhatIsOpenToSomebodyInParticular(t *testing.T) {
	onPostgres(t, func(r *region) {
		child := of("DER", "child")
		rows := func(s db.Scope, table string) int { return r.count(s, table+" WHERE child_id = $1", child) }
		stranger, partner := worker("LEI", "home_finder"), worker("NOT", "adopter_worker")
		expect := func(what string, s db.Scope, needs, who, where int) {
			t.Helper()
			for table, want := range map[string]int{"child": needs, "child_need": needs, "child_contact": needs, "child_identity": who, "child_place": where, "child_zone": where, "child_milestone": where} {
				if got := rows(s, table); got != want {
					t.Errorf("%s: %d rows of %s, want %d", what, got, table, want)
				}
			}
		}
		expect("a stranger", stranger, 0, 0, 0)
		expect("a partner", partner, 1, 0, 0)

		another := stranger
		another.Actor = "another"
		if _, err := r.exec(stranger, glassRow, "DER", child, "LEI", stranger.Actor, db.Instant{Time: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		expect("who broke the glass", stranger, 1, 1, 1)
		expect("their colleague", another, 0, 0, 0)
		r.operator("UPDATE glass SET until_at = $1 WHERE actor_agency = 'LEI'", db.Instant{Time: now})
		expect("when it is over", stranger, 0, 0, 0)

		r.put("ask", "DER", map[string]any{"child_agency": "DER", "ask_id": "told", "child_id": child, "family_agency": "NOT", "family_id": of("NOT", "family"), "state": "yes"})
		r.put("ask_child", "DER", map[string]any{"child_agency": "DER", "ask_id": "told", "child_id": child})
		r.put("disclosure", "DER", map[string]any{"child_agency": "DER", "ask_id": "told", "family_agency": "NOT", "family_at": db.Instant{}, "ended_at": db.Instant{}})
		expect("one side agreed", partner, 1, 0, 0)
		r.operator("UPDATE disclosure SET family_at = $1 WHERE ask_id = 'told'", db.Instant{Time: now})
		expect("both sides agreed", partner, 1, 1, 0)
		r.operator("UPDATE agreement SET until_day = $1", day)
		expect("the agreement ended, what was agreed did not", partner, 1, 1, 0)
		r.operator("UPDATE disclosure SET ended_at = $1 WHERE ask_id = 'told'", db.Instant{Time: now})
		expect("it ended", partner, 0, 0, 0)

		own, named := worker("DER", "home_finder"), worker("DER", "home_finder")
		named.Actor = "named"
		past := func(s db.Scope) int { return r.count(s, "history WHERE subject_id = $1", child) }
		expect("their own", own, 1, 1, 1)
		r.put("restriction", "DER", map[string]any{"agency_code": "DER", "kind": "child", "subject_id": child})
		r.put("restriction_name", "DER", map[string]any{"agency_code": "DER", "kind": "child", "subject_id": child, "worker_id": "named"})
		expect("not named on the restriction", own, 0, 0, 0)
		expect("named on it", named, 1, 1, 1)
		if a, b := past(own), past(named); a != 0 || b != 1 {
			t.Errorf("of what it said before: %d, %d", a, b)
		}
		if n := r.count(own, "restriction_name WHERE subject_id = $1", child) + r.count(stranger, "restriction WHERE subject_id = $1", child); n != 0 {
			t.Error("who is not named is told who is, or a stranger that it is restricted")
		}
		if n, err := r.exec(own, "UPDATE child SET status = '' WHERE child_id = $1", child); n != 0 || err != nil {
			t.Errorf("who is not named changes it: %d, %v", n, err)
		}
		engine := own
		engine.Engine = true
		expect("the engine", engine, 0, 0, 0)
		if _, err := r.exec(own, glassRow, "DER", child, "DER", own.Actor, db.Instant{Time: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		expect("who broke its glass", own, 1, 1, 1)
		r.operator("UPDATE glass SET until_at = $1 WHERE actor_agency = 'DER'", db.Instant{Time: now})
		expect("when that is over", own, 0, 0, 0)
	})
}

// TestOnesOwnBehalfEndsWithTheTransaction: what a transaction said of itself is
// gone when it ends, well or not, on the one connection there is.
func TestOnesOwnBehalfEndsWithTheTransaction(t *testing.T) {
	onPostgres(t, func(r *region) {
		ctx := context.Background()
		one, err := db.Open(ctx, r.address)
		if err != nil {
			t.Fatal(err)
		}
		defer one.Close()
		one.OneConnection()
		count := func(s db.Scope) (n int) {
			if err := one.As(s).Read(ctx, func(tx *db.Tx) error { return tx.QueryRow("SELECT COUNT(*) FROM child").Scan(&n) }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		finder := worker("DER", "home_finder")
		finder.Day, finder.Now = day, now
		for range 2 {
			if a, b := count(finder), count(db.Scope{}); a != 3 || b != 0 {
				t.Errorf("a home finder gets %d children, nobody after them %d", a, b)
			}
		}
		_ = one.As(db.Scope{Role: "operator"}).Write(ctx, func(*db.Tx) error { return context.Canceled })
		if left, role := one.Left(ctx); left != "" || role != "none" {
			t.Errorf("after a transaction that failed the connection still acts as %q, in the role %q", left, role)
		}
		// Two at once on two connections do not hear of one another.
		outer := r.d.As(finder)
		err = outer.Write(ctx, func(tx *db.Tx) error {
			if n := r.count(worker("LEI", "home_finder"), "child"); n != 1 {
				t.Errorf("within another's transaction a stranger gets %d", n)
			}
			var n int
			err := tx.QueryRow("SELECT COUNT(*) FROM child").Scan(&n)
			if n != 3 {
				t.Errorf("and the home finder %d", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestWithinGoesBack: acting as the operator for a moment ends, whatever happened
// in it.
func TestWithinGoesBack(t *testing.T) {
	onPostgres(t, func(r *region) {
		r.as(worker("LEI", "home_finder"), func(tx *db.Tx) error {
			count := func() (n int) {
				if err := tx.QueryRow("SELECT COUNT(*) FROM child").Scan(&n); err != nil {
					t.Error(err)
				}
				return n
			}
			for _, fails := range []error{nil, context.Canceled} {
				err := tx.Within(db.Scope{Role: "operator"}, func() error {
					if n := count(); n != len(agencies) {
						t.Errorf("the operator gets %d", n)
					}
					return fails
				})
				if err != fails || count() != 1 || tx.Scope().Agency != "LEI" {
					t.Errorf("after %v: %v, %d children, %+v", fails, err, count(), tx.Scope())
				}
			}
			func() {
				defer func() { _ = recover() }()
				_ = tx.Within(db.Scope{Role: "operator"}, func() error { panic("boom") })
			}()
			if n := count(); n != 1 {
				t.Errorf("after a panic: %d", n)
			}
			return nil
		})
	})
}

// TestPoliciesAreAnsweredOnceAStatement: what they ask stands in sub-plans and is
// not asked of every row.
func TestPoliciesAreAnsweredOnceAStatement(t *testing.T) {
	onPostgres(t, func(r *region) {
		filters := 0
		r.as(worker("DER", "home_finder"), func(tx *db.Tx) error {
			for table := range r.columns {
				if r.ownerColumn(table) == "" {
					continue
				}
				if err := tx.Each(func(rows *sql.Rows) error {
					var line string
					err := rows.Scan(&line)
					_, filter, found := strings.Cut(line, "Filter: ")
					if found {
						filters++
					}
					for _, asked := range []string{"acting", "reach", "opened_records", "told_children", "closed_records", "own_family", "current_setting"} {
						if strings.Contains(filter, asked) {
							t.Errorf("every row of %s asks: %s", table, filter)
						}
					}
					return err
				}, "EXPLAIN SELECT * FROM "+table); err != nil {
					return err
				}
			}
			return nil
		})
		if filters < 35 {
			t.Errorf("only %d filters were looked at", filters)
		}
	})
}
