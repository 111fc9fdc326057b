package main

import (
	"cmp"
	"crypto/tls"
	"database/sql"
	"errors"
	"os"
	"time"

	"homeward/internal/db"
	"homeward/internal/web"
	"homeward/internal/work"

	"github.com/jackc/pgx/v5/pgconn"
)

// facts is what the doctor goes by: gathered once, so that each check is a plain
// function of it.
type facts struct {
	now          time.Time
	fixedDay     bool
	england      *time.Location
	uid          int
	executable   string
	temp         string
	environment  func(string) string
	args         []string
	styled       bool
	installation web.Installation

	keys        string
	door        door
	certificate *tls.Certificate // nil where there is none that can be used
	certError   error

	address  string // of the database
	opened   error  // why it cannot be used
	postgres *pgconn.Config
	*innards // of a database that can be used
}

// innards is what the database says of itself.
type innards struct {
	dialect    db.Dialect
	settings   map[string]string
	apart      time.Duration // its clock and ours
	newest     time.Time     // audit entry
	unsigned   time.Time     // the oldest audit entry that no checkpoint covers
	checkpoint bool          // whether there are checkpoints to ask about
	accounts   *accountFacts // nil before there are accounts

	damage   []string // what SQLite finds wrong with itself
	orphans  int      // references that lead nowhere
	roles    []role   // the one that statements run as, then the login if it is another
	grants   int      // tables of ours that a role which is not their owner may read
	public   int      // tables of ours that every role may use
	unforced []string // tables of an agency's without forced row security
	damaged  int      // pages that PostgreSQL found damaged
}

type role struct {
	name                 string
	super, bypass, owner bool
}

type accountFacts struct{ demonstration, withoutSecond, plainIssuers int }

func (s *shop) gather(c doctorCommand) *facts {
	f := &facts{
		now: time.Now(), fixedDay: s.program.AsOf.Known(), uid: os.Getuid(), temp: os.TempDir(), environment: os.Getenv, args: os.Args,
		styled: web.Styled(), installation: web.Installation{Organisation: c.Organisation, Email: c.Email, Phone: c.Phone, Tested: c.Tested},
		keys: s.keyFile(), door: c.door, address: s.program.DB,
	}
	f.executable, _ = os.Executable()
	if f.england, _ = time.LoadLocation("Europe/London"); f.england == nil {
		f.england = time.UTC
	}
	if c.TLSCert != "" && c.TLSKey != "" {
		f.readCertificate()
	}
	if onPostgres(f) {
		f.postgres, _ = pgconn.ParseConfig(f.address)
	}
	f.opened = f.look(s)
	return f
}

func (f *facts) readCertificate() {
	pair, err := tls.LoadX509KeyPair(f.door.TLSCert, f.door.TLSKey)
	if f.certError = err; err == nil {
		f.certificate = &pair
	}
}

// look asks the database about itself. It changes nothing, and holds up nobody
// who is being served for long.
func (f *facts) look(s *shop) (err error) {
	desk, err := s.deskWithoutKeys()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	in := &innards{dialect: desk.DB.Dialect, settings: map[string]string{}}
	err = desk.DB.Read(s.ctx, func(tx *db.Tx) error {
		if err := in.clock(tx); err != nil {
			return err
		}
		if tx.Dialect == db.SQLite {
			return in.sqlite(tx)
		}
		return in.postgres(tx)
	})
	if err == nil {
		err = desk.Do(s.ctx, operator, "doctor", in.records)
	}
	if err == nil {
		f.innards = in
	}
	return err
}

// clock holds the database's clock to ours, which may move while it answers.
func (in *innards) clock(tx *db.Tx) error {
	ask := "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
	if tx.Dialect == db.PostgreSQL {
		ask = "SELECT clock_timestamp()"
	}
	var at db.Instant
	before := time.Now()
	err := tx.QueryRow(ask).Scan(&at)
	if early := at.Sub(before); early < 0 {
		in.apart = early
	} else if late := time.Until(at.Time); late > 0 {
		in.apart = late
	}
	return err
}

func (in *innards) sqlite(tx *db.Tx) error {
	for _, name := range []string{"journal_mode", "synchronous", "foreign_keys"} {
		var value string
		if err := tx.QueryRow("PRAGMA " + name).Scan(&value); err != nil {
			return err
		}
		in.settings[name] = value
	}
	err := tx.Each(func(rows *sql.Rows) error {
		var line string
		err := rows.Scan(&line)
		if line != "ok" {
			in.damage = append(in.damage, line)
		}
		return err
	}, "PRAGMA quick_check")
	if err != nil {
		return err
	}
	return tx.Each(func(*sql.Rows) error { in.orphans++; return nil }, "PRAGMA foreign_key_check")
}

// The questions to PostgreSQL's catalogue. Our tables are those of the schema
// that the login works in.
const (
	askSettings = "SELECT name, setting FROM pg_settings"
	askRoles    = `SELECT r.rolname, r.rolsuper, r.rolbypassrls,
		EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'USAGE'))
		FROM pg_roles r WHERE r.rolname IN (current_user, session_user) ORDER BY r.rolname <> current_user`
	askGrants = `SELECT count(DISTINCT c.oid) FILTER (WHERE a.grantee <> 0), count(DISTINCT c.oid) FILTER (WHERE a.grantee = 0)
		FROM pg_class c, aclexplode(c.relacl) a
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.grantee <> c.relowner`
	askUnforced = `SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
		AND a.attname IN ('agency_code', 'child_agency', 'family_agency') AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY c.relname`
	askDamaged = "SELECT COALESCE(sum(checksum_failures), 0) FROM pg_stat_database"
)

func (in *innards) postgres(tx *db.Tx) error {
	settings := func(rows *sql.Rows) error {
		var name string
		var value sql.NullString
		err := rows.Scan(&name, &value)
		in.settings[name] = value.String
		return err
	}
	roles := func(rows *sql.Rows) error {
		var r role
		err := rows.Scan(&r.name, &r.super, &r.bypass, &r.owner)
		in.roles = append(in.roles, r)
		return err
	}
	unforced := func(rows *sql.Rows) error {
		var table string
		err := rows.Scan(&table)
		in.unforced = append(in.unforced, table)
		return err
	}
	return cmp.Or(
		tx.Each(settings, askSettings), tx.Each(roles, askRoles), tx.Each(unforced, askUnforced),
		tx.QueryRow(askGrants).Scan(&in.grants, &in.public), tx.QueryRow(askDamaged).Scan(&in.damaged))
}

// records asks Homeward's own tables: how many and when, never who.
func (in *innards) records(u *work.Unit) error {
	var newest, unsigned db.Instant
	if err := u.QueryRow("SELECT max(at) FROM audit_entry").Scan(&newest); err != nil {
		return err
	}
	in.newest = newest.Time
	var err error
	if in.checkpoint, err = hasTable(u.Tx, "audit_checkpoint"); err != nil {
		return err
	}
	if in.checkpoint {
		if err := u.QueryRow("SELECT min(at) FROM audit_entry WHERE seq > (SELECT COALESCE(max(size), 0) FROM audit_checkpoint)").Scan(&unsigned); err != nil {
			return err
		}
	}
	in.unsigned = unsigned.Time
	if there, err := hasTable(u.Tx, "account"); err != nil || !there {
		return err
	}
	in.accounts = &accountFacts{}
	return in.accounts.ask(u)
}

func (a *accountFacts) ask(u *work.Unit) error {
	return cmp.Or(
		u.QueryRow("SELECT count(*) FROM account WHERE demonstration = $1", true).Scan(&a.demonstration),
		u.QueryRow(`SELECT count(*) FROM account WHERE state <> 'ended' AND password <> '' AND totp IS NULL AND NOT EXISTS
			(SELECT 1 FROM passkey WHERE passkey.agency_code = account.agency_code AND passkey.account_id = account.account_id)`).Scan(&a.withoutSecond),
		u.QueryRow("SELECT count(*) FROM issuer WHERE enabled = $1 AND url NOT LIKE 'https://%'", true).Scan(&a.plainIssuers))
}

// hasTable tells whether the database has come so far: a database that is just
// being brought up may be asked too.
func hasTable(tx *db.Tx, table string) (there bool, err error) {
	ask := "SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = $1"
	if tx.Dialect == db.PostgreSQL {
		ask = "SELECT to_regclass($1) IS NOT NULL"
	}
	err = tx.QueryRow(ask, table).Scan(&there)
	return there, err
}
