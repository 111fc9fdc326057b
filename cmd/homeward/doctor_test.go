package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/web"
	"homeward/internal/work"

	"github.com/jackc/pgx/v5/pgconn"
)

// clinic makes installations that are well, to be spoilt one setting at a time.
type clinic struct {
	*testing.T
	now time.Time
	dir string
}

func (c clinic) file(name string) string {
	c.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

func (c clinic) chmod(path string, m os.FileMode) {
	c.Helper()
	if err := os.Chmod(path, m); err != nil {
		c.Fatal(err)
	}
}

func (c clinic) certified(f *facts, from, until time.Duration, key crypto.Signer, by *made) {
	c.Helper()
	m := certify(c.T, c.dir, "leaf", c.now.Add(from), c.now.Add(until), key, by)
	f.door.TLSCert, f.door.TLSKey, f.door.Listen = m.pair[0], m.pair[1], ":443"
	f.readCertificate()
}

const months = 60 * 24 * time.Hour

// healthy is an installation with nothing to find but the backup that nobody can
// see: TLS done here, a key file apart, and a database of one kind.
func healthy(t *testing.T, dialect db.Dialect) (clinic, *facts) {
	c := clinic{t, time.Now(), t.TempDir()}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	f := &facts{
		now: c.now, england: zone, uid: 1000, executable: c.file("bin/homeward"), temp: filepath.Dir(c.file("temp/x")), environment: func(string) string { return "" },
		args: []string{"homeward", "doctor"}, styled: true, installation: web.Installation{Organisation: "An agency", Email: "a@agency.example"},
		keys: filepath.Join(c.dir, "keys/homeward.key"),
		innards: &innards{
			dialect: dialect, checkpoint: true, newest: c.now.Add(-time.Minute), unsigned: c.now.Add(-25 * time.Hour), accounts: &accountFacts{},
			settings: map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"},
		},
	}
	c.file("keys/x")
	if _, err := key.Create(f.keys); err != nil {
		t.Fatal(err)
	}
	authority := certify(t, c.dir, "authority", c.now.Add(-months), c.now.Add(months), curveKey(t), nil)
	c.certified(f, -time.Hour, months, curveKey(t), authority)
	f.address = "sqlite:" + c.file("data/homeward.db")
	if dialect == db.PostgreSQL {
		c.onPostgres(f, "postgres://homeward_serves:a-long-random-password@db.example/homeward?sslmode=verify-full")
		f.roles, f.grants = []role{{name: "homeward_serves"}}, 12
		f.settings = map[string]string{
			"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "data_sync_retry": "off", "data_checksums": "on",
			"log_statement": "none", "log_min_duration_statement": "-1", "log_min_duration_sample": "-1", "log_parameter_max_length": "-1", "log_parameter_max_length_on_error": "0",
		}
	}
	return c, f
}

func (c clinic) onPostgres(f *facts, address string) {
	c.Helper()
	var err error
	f.address = address
	if f.postgres, err = pgconn.ParseConfig(address); err != nil {
		c.Fatal(err)
	}
}

// environment is one with a variable set.
func environment(name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return ""
	}
}

// spoilt is one way an installation is unsafe, and the check that must name it.
type spoilt struct {
	id    string
	state state
	spoil func(c clinic, f *facts)
}

var spoiltAnywhere = []spoilt{
	{"root", warning, func(_ clinic, f *facts) { f.uid = 0 }},
	{"program", danger, func(c clinic, f *facts) { c.chmod(f.executable, 0o757) }},
	{"program", warning, func(c clinic, f *facts) { c.chmod(f.executable, 0o775) }},
	{"program-folder", danger, func(c clinic, f *facts) { c.chmod(filepath.Dir(f.executable), 0o777) }},
	{"temp-folder", warning, func(c clinic, f *facts) { c.chmod(f.temp, 0o777) }},
	{"zone", danger, func(_ clinic, f *facts) { f.england = time.UTC }},
	{"year", danger, func(_ clinic, f *facts) { f.now = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) }},
	{"year", danger, func(_ clinic, f *facts) { f.now = time.Date(2126, 1, 1, 0, 0, 0, 0, time.UTC) }},
	{"fixed-day", warning, func(_ clinic, f *facts) { f.fixedDay = true }},
	{"crash-dumps", danger, func(_ clinic, f *facts) { f.environment = environment("GOTRACEBACK", "crash") }},
	{"debugging", warning, func(_ clinic, f *facts) { f.environment = environment("GODEBUG", "http2debug=2") }},
	{"password-shown", warning, func(_ clinic, f *facts) { f.args = append(f.args, "--db=postgres://h:secret@db/h") }},
	{"password-shown", warning, func(_ clinic, f *facts) { f.args = append(f.args, "--db", "postgresql://db/h?password=secret") }},
	{"styles", warning, func(_ clinic, f *facts) { f.styled = false }},
	{"statement", warning, func(_ clinic, f *facts) { f.installation.Organisation = "" }},
	{"statement", warning, func(_ clinic, f *facts) { f.installation.Email = "" }},
	{"keys", danger, func(_ clinic, f *facts) { f.keys += ".gone" }},
	{"keys-private", danger, func(c clinic, f *facts) { c.chmod(f.keys, 0o640) }},
	{"keys-whole", danger, func(c clinic, f *facts) { f.keys = c.file("keys/other.key") }},
	{"keys-folder", danger, func(c clinic, f *facts) { c.chmod(filepath.Dir(f.keys), 0o707) }},
	{"listen", danger, func(_ clinic, f *facts) { f.door = door{Listen: "0.0.0.0:8080"} }},
	{"listen", danger, func(_ clinic, f *facts) { f.door = door{Listen: "0.0.0.0:8080", BehindProxy: []string{"10.0.0.1"}} }},
	{"proxies", warning, func(_ clinic, f *facts) {
		f.door = door{Listen: "10.0.0.5:8080", BehindProxy: []string{"10.0.0.1", "10.0.0.0/8"}}
	}},
	{"certificate", danger, func(c clinic, f *facts) {
		f.door.TLSKey = c.file("not-a-key")
		f.certificate = nil
		f.readCertificate()
	}},
	{"certificate-valid", danger, func(c clinic, f *facts) { c.certifiedAgain(f, -months, -time.Hour) }},
	{"certificate-valid", danger, func(c clinic, f *facts) { c.certifiedAgain(f, time.Hour, months) }},
	{"certificate-renewal", warning, func(c clinic, f *facts) { c.certifiedAgain(f, -months, 20*24*time.Hour) }},
	{"certificate-issuer", warning, func(c clinic, f *facts) { c.certified(f, -time.Hour, months, curveKey(c.T), nil) }},
	{"certificate-strength", danger, func(c clinic, f *facts) {
		weak, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			c.Fatal(err)
		}
		c.certified(f, -time.Hour, months, weak, certify(c.T, c.dir, "authority", c.now.Add(-months), c.now.Add(months), curveKey(c.T), nil))
	}},
	{"certificate-key", danger, func(c clinic, f *facts) { c.chmod(f.door.TLSKey, 0o644) }},
	{"database", danger, func(_ clinic, f *facts) {
		f.opened, f.innards = fault.New(fault.NotReady, "There is no database at x."), nil
	}},
	{"clock", danger, func(_ clinic, f *facts) { f.apart = 121 * time.Second }},
	{"clock", danger, func(_ clinic, f *facts) { f.apart = -121 * time.Second }},
	{"clock-back", warning, func(c clinic, f *facts) { f.newest = c.now.Add(time.Hour) }},
	{"demonstration", danger, func(_ clinic, f *facts) { f.accounts.demonstration = 1 }},
	{"demonstration", warning, func(_ clinic, f *facts) { f.accounts.demonstration, f.door = 1, door{Listen: "127.0.0.1:8080"} }},
	{"demonstration", danger, func(_ clinic, f *facts) {
		f.accounts.demonstration, f.door = 1, door{Listen: "127.0.0.1:8080", BehindProxy: []string{"127.0.0.1"}}
	}},
	{"second-factor", danger, func(_ clinic, f *facts) { f.accounts.withoutSecond = 2 }},
	{"issuers", danger, func(_ clinic, f *facts) { f.accounts.plainIssuers = 1 }},
	{"checkpoint", warning, func(c clinic, f *facts) { f.unsigned = c.now.Add(-27 * time.Hour) }},
	{"checkpoint", unknown, func(_ clinic, f *facts) { f.checkpoint = false }},
	{"backup", unknown, func(clinic, *facts) {}},
}

func (c clinic) certifiedAgain(f *facts, from, until time.Duration) {
	c.Helper()
	c.certified(f, from, until, curveKey(c.T), certify(c.T, c.dir, "authority", c.now.Add(-months), c.now.Add(months), curveKey(c.T), nil))
}

var spoiltSQLite = []spoilt{
	{"keys-apart", warning, func(c clinic, f *facts) { f.address = "sqlite:" + c.file("keys/homeward.db") }},
	{"sqlite-private", danger, func(c clinic, f *facts) { c.chmod(sqlitePath(f), 0o644) }},
	{"sqlite-private", danger, func(c clinic, _ *facts) { c.chmod(c.file("data/homeward.db-wal"), 0o604) }},
	{"sqlite-folder", danger, func(c clinic, f *facts) { c.chmod(filepath.Dir(sqlitePath(f)), 0o777) }},
	{"sqlite-folder", warning, func(c clinic, f *facts) { c.chmod(filepath.Dir(sqlitePath(f)), 0o770) }},
	{"sqlite-journal", danger, func(_ clinic, f *facts) { f.settings["journal_mode"] = "delete" }},
	{"sqlite-synchronous", danger, func(_ clinic, f *facts) { f.settings["synchronous"] = "1" }},
	{"sqlite-foreign-keys", danger, func(_ clinic, f *facts) { f.settings["foreign_keys"] = "0" }},
	{"sqlite-whole", danger, func(_ clinic, f *facts) { f.damage = []string{"row 1 missing from index"} }},
	{"sqlite-references", danger, func(_ clinic, f *facts) { f.orphans = 1 }},
}

// set spoils one setting of PostgreSQL's.
func set(name, value string) func(clinic, *facts) {
	return func(_ clinic, f *facts) { f.settings[name] = value }
}

func at(address string) func(clinic, *facts) {
	return func(c clinic, f *facts) { c.onPostgres(f, address) }
}

var spoiltPostgres = []spoilt{
	{"postgres-superuser", danger, func(_ clinic, f *facts) { f.roles = []role{{name: "app"}, {"postgres", true, true, true}} }},
	{"postgres-bypass", danger, func(_ clinic, f *facts) { f.roles[0].bypass = true }},
	{"postgres-owner", danger, func(_ clinic, f *facts) { f.roles[0].owner = true }},
	{"postgres-owner", warning, func(_ clinic, f *facts) { f.roles = append(f.roles, role{name: "owner", owner: true}) }},
	{"postgres-app-role", danger, func(_ clinic, f *facts) { f.grants = 0 }},
	{"postgres-public", danger, func(_ clinic, f *facts) { f.public = 1 }},
	{"postgres-row-security", danger, func(_ clinic, f *facts) { f.unforced = []string{"child"} }},
	{"postgres-fsync", danger, set("fsync", "off")},
	{"postgres-commit", danger, set("synchronous_commit", "off")},
	{"postgres-pages", danger, set("full_page_writes", "off")},
	{"postgres-retry", danger, set("data_sync_retry", "on")},
	{"postgres-checksums", warning, set("data_checksums", "off")},
	{"postgres-damage", danger, func(_ clinic, f *facts) { f.damaged = 3 }},
	{"postgres-statements", danger, set("log_statement", "all")},
	{"postgres-statements", danger, set("log_statement", "mod")},
	{"postgres-slow-statements", warning, set("log_min_duration_statement", "200")},
	{"postgres-slow-statements", warning, set("log_parameter_max_length_on_error", "-1")},
	{"postgres-tls", danger, at("postgres://h:a-long-random-password@db.example/h?sslmode=disable")},
	{"postgres-tls", danger, at("postgres://h:a-long-random-password@db.example/h")},
	{"postgres-tls", danger, at("postgres://h:a-long-random-password@localhost,db.example/h?sslmode=prefer")},
	{"postgres-tls", warning, at("postgres://h:a-long-random-password@db.example/h?sslmode=require")},
	{"postgres-password", danger, at("postgres://h:postgres@db.example/h?sslmode=verify-full")},
	{"postgres-password", danger, at("postgres://h:short@localhost/h")},
	{"postgres-password", danger, at("postgres://homeward_serves:homeward_serves@localhost/h")},
	{"postgres-password", danger, at("postgres://h:Password12345!@localhost/h")},
}

// notWell are the checks that are not well, but for the backup that nobody sees.
func notWell(r report) (ids []string) {
	for _, row := range r {
		if row.State != well && row.ID != "backup" {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

func TestTheDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	for _, dialect := range []db.Dialect{db.SQLite, db.PostgreSQL} {
		_, f := healthy(t, dialect)
		r := examine(f)
		if ids := notWell(r); len(ids) > 0 || len(r) < 30 {
			t.Errorf("%v: %v of %d checks", dialect, ids, len(r))
		}
	}
	for _, d := range []door{{Listen: "127.0.0.1:8080"}, {Listen: "10.0.0.5:8080", BehindProxy: []string{"10.0.0.4", "10.1.0.0/24"}}} {
		_, f := healthy(t, db.SQLite)
		f.door, f.certificate = d, nil
		if ids := notWell(examine(f)); len(ids) > 0 {
			t.Errorf("%+v: %v", d, ids)
		}
	}
	c, f := healthy(t, db.PostgreSQL)
	for _, address := range []string{"postgres:///homeward?host=/run/postgresql", "postgres://homeward@localhost/homeward?sslmode=disable", "postgres://homeward@127.0.0.1/homeward?sslmode=disable"} {
		c.onPostgres(f, address)
		if ids := notWell(examine(f)); len(ids) > 0 {
			t.Errorf("%s: %v", address, ids)
		}
	}
}

// TestTheDoctorNamesEachBadConfiguration spoils a healthy installation one
// setting at a time: that check and no other names it, with what to do about it.
// A check that nothing here spoils fails.
func TestTheDoctorNamesEachBadConfiguration(t *testing.T) {
	named, configurations := map[string]bool{}, 0
	try := func(dialect db.Dialect, list []spoilt) {
		for _, s := range list {
			c, f := healthy(t, dialect)
			s.spoil(c, f)
			configurations++
			r := examine(f)
			i := slices.IndexFunc(r, func(row row) bool { return row.ID == s.id })
			if i < 0 || r[i].State != s.state {
				t.Errorf("%v: %s is not %s: %+v", dialect, s.id, s.state, r)
				continue
			}
			named[s.id] = true
			if others := slices.DeleteFunc(notWell(r), func(id string) bool { return id == s.id }); len(others) > 0 && s.id != "year" { // with a wrong year much is wrong
				t.Errorf("%v: spoiling %s is also laid to %v", dialect, s.id, others)
			}
			if r[i].Found == "" || r[i].Mend == "" && s.id != "listen" && s.state != unknown || strings.Contains(r[i].Found+r[i].Mend, "%!") {
				t.Errorf("%s does not say what it found and how to mend it: %+v", s.id, r[i])
			}
		}
	}
	try(db.SQLite, append(slices.Clone(spoiltAnywhere), spoiltSQLite...))
	try(db.PostgreSQL, append(slices.Clone(spoiltAnywhere), spoiltPostgres...))
	for _, c := range checks {
		if !named[c.id] {
			t.Errorf("no configuration here is found by %s", c.id)
		}
	}
	t.Logf("%d bad configurations, %d of %d checks found theirs", configurations, len(named), len(checks))
}

func TestEveryCheckHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks {
		if seen[c.id] || !strings.HasSuffix(c.question, "?") {
			t.Errorf("%s: %s", c.id, c.question)
		}
		seen[c.id] = true
	}
}

// doctorOf has the doctor look at a database as the command does.
func doctorOf(t *testing.T, address string) (report, *facts) {
	t.Helper()
	s := &shop{ctx: context.Background(), program: &program{DB: address}, out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	f := s.gather(doctorCommand{serveCommand: serveCommand{door: door{Listen: "127.0.0.1:8080"}}})
	return examine(f), f
}

func TestASoundInstallationIsNotStopped(t *testing.T) {
	address, keys := "sqlite:"+filepath.Join(t.TempDir(), "homeward.db"), filepath.Join(t.TempDir(), "homeward.key")
	t.Setenv("HOMEWARD_KEYS", keys)
	d, err := db.Migrate(context.Background(), address)
	if err == nil {
		err = d.Close()
	}
	if err == nil {
		_, err = key.Create(keys)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := &shop{ctx: context.Background(), program: &program{DB: address}, out: &out, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	command := doctorCommand{serveCommand: serveCommand{door: door{Listen: "127.0.0.1:8080"}}}
	if err := command.Run(s); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := os.Chmod(keys, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := command.Run(s); fault.ExitCode(err) != 1 || !strings.Contains(out.String(), "chmod 600") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func stateOf(r report, id string) state {
	for _, row := range r {
		if row.ID == id {
			return row.State
		}
	}
	return ""
}

func TestTheDoctorLooksIntoARealDatabase(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		r, f := doctorOf(t, address)
		if stateOf(r, "database") != danger || f.innards != nil {
			t.Error("a database that is not there is found to be well")
		}
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		r, f = doctorOf(t, address)
		if stateOf(r, "database") != well || stateOf(r, "clock") != well || f.newest.After(f.now) {
			t.Fatalf("%v %+v", f.opened, r)
		}
		if strings.HasPrefix(address, "sqlite:") {
			for _, row := range r {
				if strings.HasPrefix(row.ID, "sqlite-") && row.ID != "sqlite-folder" && row.State != well {
					t.Errorf("%+v", row)
				}
			}
			return
		}
		// The tests' server writes nothing to the disk, and its login may do anything.
		for _, id := range []string{"postgres-fsync", "postgres-superuser"} {
			if stateOf(r, id) != danger {
				t.Errorf("%s is %s on the tests' server", id, stateOf(r, id))
			}
		}
		for _, id := range []string{"postgres-commit", "postgres-pages", "postgres-retry", "postgres-tls", "postgres-statements", "postgres-damage", "postgres-public"} {
			if stateOf(r, id) != well {
				t.Errorf("%s is %s on the tests' server", id, stateOf(r, id))
			}
		}
		if len(f.roles) == 0 || f.roles[0].name == "" {
			t.Errorf("roles %+v", f.roles)
		}
	})
}

func TestTheDoctorCountsUnsafeAccounts(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		account := []string{"agency_code", "account_id", "worker_id", "sign_in_name", "password", "state", "demonstration", "totp", "totp_step", "wrong_codes", "epoch", "made_at", "opened_at"}
		now := db.Instant{Time: time.Now()}
		err = (&work.Desk{DB: d}).Do(context.Background(), operator, "test", func(u *work.Unit) error {
			return cmp.Or(
				u.InsertMany("agency", []string{"agency_code", "kind", "name", "gss"}, [][]any{{"DER", "LA", "Derby", ""}}),
				u.InsertMany("account", account, [][]any{
					{"DER", "demo", "w1", "a", "hash", "active", true, []byte("sealed"), 0, 0, 0, now, now},
					{"DER", "bare", "w2", "b", "hash", "active", false, nil, 0, 0, 0, now, now},
					{"DER", "gone", "w3", "c", "hash", "ended", false, nil, 0, 0, 0, now, now},
					{"DER", "council", "w4", "d", "", "active", false, nil, 0, 0, 0, now, now},
					{"DER", "key", "w5", "e", "hash", "active", false, nil, 0, 0, 0, now, now},
				}),
				u.InsertMany("passkey", []string{"agency_code", "account_id", "credential_id", "credential", "name", "added_at"}, [][]any{{"DER", "key", "c", []byte("{}"), "", now}}),
				u.InsertMany("issuer", []string{"agency_code", "issuer_id", "url", "client_id", "secret", "mfa", "enabled"}, [][]any{
					{"DER", "i1", "http://council.example", "x", []byte("s"), "", true}, {"DER", "i2", "https://council.example", "x", []byte("s"), "", true},
				}))
		})
		if err := errors.Join(err, d.Close()); err != nil {
			t.Fatal(err)
		}
		r, f := doctorOf(t, address)
		if f.innards == nil || f.accounts == nil || *f.accounts != (accountFacts{demonstration: 1, withoutSecond: 1, plainIssuers: 1}) {
			t.Fatalf("%+v, %v", f.innards, f.opened)
		}
		if stateOf(r, "second-factor") != danger || stateOf(r, "issuers") != danger || stateOf(r, "demonstration") != warning {
			t.Errorf("%+v", r)
		}
	})
}

func TestTheDoctorFindsARealFaultInTheCatalogue(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		if d.Dialect == db.SQLite {
			if err := os.Chmod(sqlitePath(&facts{address: address}), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if r, _ := doctorOf(t, address); stateOf(r, "sqlite-private") != danger {
				t.Error("a database that others may read is well")
			}
			return
		}
		for _, statement := range []string{"CREATE TABLE unguarded (agency_code TEXT)", "CREATE TABLE guarded (child_agency TEXT)", "ALTER TABLE guarded ENABLE ROW LEVEL SECURITY",
			"ALTER TABLE guarded FORCE ROW LEVEL SECURITY", "GRANT SELECT ON unguarded TO PUBLIC"} {
			dbtest.Owner(t, address, statement)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		r, f := doctorOf(t, address)
		if !slices.Contains(f.unforced, "unguarded") || slices.Contains(f.unforced, "guarded") || stateOf(r, "postgres-public") != danger || f.public != 1 {
			t.Errorf("%v, %d tables are public", f.unforced, f.public)
		}
	})
}

func TestTheDoctorsWords(t *testing.T) {
	_, f := healthy(t, db.SQLite)
	f.uid, f.orphans = 0, 2
	r := examine(f)
	var out bytes.Buffer
	s := &shop{out: &out}
	if err := r.write(s, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"warning  root: it runs as root", "danger   sqlite-references: 2 references lead nowhere", "unknown  backup:", "1 dangerous, 1 warning, 1 unknown."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "styles") {
		t.Error("the report speaks of what is well")
	}
	out.Reset()
	if err := r.write(s, true); err != nil {
		t.Fatal(err)
	}
	var read struct{ Checks []map[string]string }
	if err := json.Unmarshal(out.Bytes(), &read); err != nil || len(read.Checks) != len(r) || read.Checks[0]["id"] != "root" || read.Checks[0]["state"] != "warning" || read.Checks[0]["mend"] == "" {
		t.Errorf("%v, %v", read, err)
	}
}

func TestWhatTheDoctorCannotReadIsNotCalledWell(t *testing.T) {
	_, f := healthy(t, db.PostgreSQL)
	f.postgres, f.opened, f.innards = nil, errors.New("connection refused"), nil
	r := examine(f)
	if stateOf(r, "postgres-tls") != unknown || stateOf(r, "database") != danger || stateOf(r, "postgres-fsync") != "" {
		t.Errorf("%+v", r)
	}
	_, f = healthy(t, db.SQLite)
	f.certificate = nil
	if r := examine(f); stateOf(r, "certificate") != danger || stateOf(r, "certificate-valid") != "" {
		t.Errorf("%+v", r)
	}
}
