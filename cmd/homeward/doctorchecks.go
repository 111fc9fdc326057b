package main

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/key"

	"github.com/jackc/pgx/v5/pgconn"
)

// What others may do with a file, by its permissions.
const (
	othersTouch = 0o077 // anything at all
	groupWrite  = 0o020
	anyoneWrite = 0o002
)

// mode gives the permissions of a file; one that is not there has none.
func mode(path string) fs.FileMode {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Mode()
}

// changeable finds that others may change a file, or put another in its place in
// a folder, where the sticky bit does not stop them. A group may hold one user
// alone, so it is for somebody to weigh.
func changeable(path string) finding {
	s, m := well, mode(path)
	switch {
	case m&fs.ModeSticky != 0:
	case m.Perm()&anyoneWrite != 0:
		s = danger
	case m.Perm()&groupWrite != 0:
		s = warning
	}
	if s == well {
		return good
	}
	return bad(s, "others may write to %s", "Mend it with: chmod go-w "+path, path)
}

// This machine.

func root(f *facts) finding {
	if f.uid != 0 {
		return good
	}
	return bad(warning, "it runs as root", "Make a user for Homeward alone, give it the database and the key file, and run Homeward as that user.")
}

func programFile(f *facts) finding   { return changeable(f.executable) }
func programFolder(f *facts) finding { return changeable(filepath.Dir(f.executable)) }

func tempFolder(f *facts) finding {
	if m := mode(f.temp); m.Perm()&anyoneWrite == 0 || m&fs.ModeSticky != 0 {
		return good
	}
	return bad(warning, "in %s everybody may take away everybody's files", "Mend it with: chmod +t "+f.temp, f.temp)
}

func zone(f *facts) finding {
	summer := time.Date(2026, 7, 1, 12, 0, 0, 0, f.england)
	if _, offset := summer.Zone(); offset == 3600 {
		return good
	}
	return bad(danger, "it does not: days would begin at the wrong hour", "Mend the time zone files of this machine (ZONEINFO), or build Homeward with: make build")
}

func year(f *facts) finding {
	if f.now.Year() >= 2026 && f.now.Year() < 2126 {
		return good
	}
	return bad(danger, "it says %s", "Set the clock, and let the machine keep it (NTP).", f.now.Format(time.DateOnly))
}

func fixedDay(f *facts) finding {
	if !f.fixedDay {
		return good
	}
	return bad(warning, "--as-of fixes the day", "Leave --as-of out where real work is done: reservations and sharing agreements would not end.")
}

func crashDumps(f *facts) finding {
	if v := f.environment("GOTRACEBACK"); v == "crash" || v == "wer" {
		return bad(danger, "GOTRACEBACK=%s writes the memory to a file", "Take GOTRACEBACK out of the environment.", v)
	}
	return good
}

func debugging(f *facts) finding {
	if v := f.environment("GODEBUG"); v != "" {
		return bad(warning, "GODEBUG=%s changes how the program works", "Take GODEBUG out of the environment: it can weaken TLS and write what is sent to the log.", v)
	}
	return good
}

func passwordShown(f *facts) finding {
	for _, arg := range f.args {
		_, written, _ := strings.Cut(arg, "postgres")
		address, err := url.Parse("postgres" + written)
		if written == "" || err != nil {
			continue
		}
		if _, has := address.User.Password(); has || address.Query().Has("password") {
			return bad(warning, "it stands on the command line, where every user of this machine sees it", "Set HOMEWARD_DB instead of --db, or keep the password in a file named by PGPASSFILE.")
		}
	}
	return good
}

func styles(f *facts) finding {
	if f.styled {
		return good
	}
	return bad(warning, "they are not", "Build Homeward with: make build")
}

func statement(f *facts) finding {
	if i := f.installation; i.Organisation != "" && (i.Email != "" || i.Phone != "") {
		return good
	}
	return bad(warning, "it names no organisation, or no way to reach it", "Set HOMEWARD_ORGANISATION, and HOMEWARD_ACCESSIBILITY_EMAIL or HOMEWARD_ACCESSIBILITY_PHONE.")
}

// The key file.

func keysExist(f *facts) bool {
	_, err := os.Stat(f.keys)
	return err == nil
}

func keysReadable(f *facts) bool { return keysExist(f) && mode(f.keys).Perm()&othersTouch == 0 }

func keysBesideSQLite(f *facts) bool { return keysExist(f) && onSQLite(f) }

func keysThere(f *facts) finding {
	if keysExist(f) {
		return good
	}
	return bad(danger, "there is none at %s", "Put it back from where you keep its copy, or name it with HOMEWARD_KEYS. A new installation makes it with: homeward migrate", f.keys)
}

func keysPrivate(f *facts) finding {
	if keysReadable(f) {
		return good
	}
	return bad(danger, "others may use %s", "Mend it with: chmod 600 "+f.keys, f.keys)
}

func keysWhole(f *facts) finding {
	if _, err := key.Open(f.keys); err != nil {
		return bad(danger, "%s", "Put it back from where you keep its copy.", fault.Message(err))
	}
	return good
}

func keysApart(f *facts) finding {
	keys, err := filepath.Abs(f.keys)
	database, err2 := filepath.Abs(sqlitePath(f))
	if err == nil && err2 == nil && filepath.Dir(keys) != filepath.Dir(database) {
		return good
	}
	return bad(warning, "both are in %s, so one stolen copy or one backup opens what is sealed", "Move the key file to a folder of its own and name it with HOMEWARD_KEYS.", filepath.Dir(database))
}

func keysFolder(f *facts) finding { return changeable(filepath.Dir(f.keys)) }

// The door.

func behindProxy(f *facts) bool     { return len(f.door.BehindProxy) > 0 }
func withTLS(f *facts) bool         { return f.door.TLSCert != "" && f.door.TLSKey != "" }
func withCertificate(f *facts) bool { return f.certificate != nil }

func listen(f *facts) finding {
	if _, err := f.door.front(); err != nil {
		return bad(danger, "%s", "", fault.Message(err))
	}
	return good
}

func proxies(f *facts) finding {
	for _, written := range f.door.BehindProxy {
		if p, err := netip.ParsePrefix(written); err == nil && p.Addr().BitLen()-p.Bits() > 8 {
			return bad(warning, "%s are %d or more addresses that may say who asks and how", "Name the proxies' own addresses.", written, 1<<min(30, p.Addr().BitLen()-p.Bits()))
		}
	}
	return good
}

func certificateUsable(f *facts) finding {
	if f.certificate != nil {
		return good
	}
	return bad(danger, "%s cannot be used with %s", "Give the PEM file of the certificate with its chain, and that of its own key.", f.door.TLSCert, f.door.TLSKey)
}

func certificateValid(f *facts) finding {
	c := f.certificate.Leaf
	switch {
	case f.now.After(c.NotAfter):
		return bad(danger, "it ended on %s", "Renew the certificate. Homeward takes the new files up by itself.", c.NotAfter.Format(time.DateOnly))
	case f.now.Before(c.NotBefore):
		return bad(danger, "it begins on %s", "Look at this machine's clock, or wait for the certificate's first day.", c.NotBefore.Format(time.DateOnly))
	}
	return good
}

// renewedBefore is how long before its end a certificate should have been
// renewed: the usual ones of 90 days are renewed at 60.
const renewedBefore = 21 * 24 * time.Hour

func certificateRenewal(f *facts) finding {
	end := f.certificate.Leaf.NotAfter
	if f.now.After(end) || f.now.Add(renewedBefore).Before(end) {
		return good
	}
	return bad(warning, "it ends on %s", "See why it has not been renewed by itself.", end.Format(time.DateOnly))
}

func certificateIssuer(f *facts) finding {
	if c := f.certificate.Leaf; !bytes.Equal(c.RawIssuer, c.RawSubject) {
		return good
	}
	return bad(warning, "it is signed by itself: people learn to click warnings away", "Get a certificate from your organisation's authority or a public one.")
}

func certificateStrength(f *facts) finding {
	c := f.certificate.Leaf
	public, isRSA := c.PublicKey.(*rsa.PublicKey)
	weak := []x509.SignatureAlgorithm{x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.MD5WithRSA, x509.DSAWithSHA1}
	if isRSA && public.N.BitLen() < 2048 || slices.Contains(weak, c.SignatureAlgorithm) {
		return bad(danger, "its key or its signature can be broken", "Get one with an elliptic curve key, or an RSA key of 2048 bits or more, signed with SHA-256.")
	}
	return good
}

func certificateKey(f *facts) finding {
	if mode(f.door.TLSKey).Perm()&othersTouch == 0 {
		return good
	}
	return bad(danger, "others may use %s", "Mend it with: chmod 600 "+f.door.TLSKey, f.door.TLSKey)
}

// The database, whichever it is.

func openDatabase(f *facts) bool { return f.innards != nil }
func withAccounts(f *facts) bool { return openDatabase(f) && f.accounts != nil }

func database(f *facts) finding {
	if f.opened == nil {
		return good
	}
	message := fault.Message(f.opened)
	if fault.KindOf(f.opened) == fault.Internal {
		message = f.opened.Error() // its reader runs the installation
	}
	return bad(danger, "%s", "Mend this first: what can be seen from inside the database was not looked at.", message)
}

// setting is the check of one setting that must have one value.
func setting(name string, s state, want, mend string) func(*facts) finding {
	return func(f *facts) finding {
		if f.settings[name] == want {
			return good
		}
		return bad(s, "%s is %q", mend, name, f.settings[name])
	}
}

// settingNot is the check of one setting that must not have one value.
func settingNot(name string, s state, wrong, mend string) func(*facts) finding {
	return func(f *facts) finding {
		if f.settings[name] != wrong {
			return good
		}
		return bad(s, "%s is %q", mend, name, wrong)
	}
}

// mostApart is how far two clocks may differ: beyond it codes that go by the
// time are refused, and entries stand in the wrong order.
const mostApart = 2 * time.Minute

func clocks(f *facts) finding {
	if f.apart.Abs() <= mostApart {
		return good
	}
	return bad(danger, "they differ by %s", "Let both machines keep their clocks (NTP).", f.apart.Abs().Round(time.Second))
}

func clockBack(f *facts) finding {
	if !f.newest.After(f.now.Add(mostApart)) {
		return good
	}
	return bad(warning, "the audit record has an entry of %s, which is yet to come", "Look at this machine's clock.", f.newest.Format(time.RFC3339))
}

func demonstrationAccounts(f *facts) finding {
	switch {
	case f.accounts.demonstration == 0:
		return good
	case f.door.ours():
		return bad(warning, "there are %d, and this machine alone is answered", "Make a new database for real work: homeward --db … migrate", f.accounts.demonstration)
	}
	return bad(danger, "there are %d", "Make a new database for real work: homeward --db … migrate", f.accounts.demonstration)
}

func secured(f *facts) finding {
	if f.accounts.withoutSecond == 0 {
		return good
	}
	return bad(danger, "%s none", "Have their agencies' administrators invite these people again.", plural(f.accounts.withoutSecond, "account has", "accounts have"))
}

func issuers(f *facts) finding {
	if f.accounts.plainIssuers == 0 {
		return good
	}
	return bad(danger, "%s not", "Set the council's sign-in address to its https:// one.", plural(f.accounts.plainIssuers, "does", "do"))
}

// mostUnsigned is how old an audit entry may be before a signed checkpoint
// covers it: a day, and time for a nightly job.
const mostUnsigned = 26 * time.Hour

func checkpoints(f *facts) finding {
	switch {
	case !f.innards.checkpoint:
		return finding{State: unknown, Found: "this database has no checkpoints yet"}
	case f.unsigned.IsZero() || f.now.Sub(f.unsigned) <= mostUnsigned:
		return good
	}
	return bad(warning, "entries since %s are not covered by a signed checkpoint", "Sign one each night, and keep it away from this machine.", f.unsigned.Format(time.RFC3339))
}

func backups(*facts) finding {
	return finding{State: unknown, Found: "Homeward does not make backups yet, and cannot see yours",
		Mend: "Back the database and the key file up each night, apart from one another, and restore one regularly to see that it can be done."}
}

// SQLite.

func sqlitePath(f *facts) string { return strings.TrimPrefix(f.address, "sqlite:") }
func onSQLite(f *facts) bool     { return strings.HasPrefix(f.address, "sqlite:") }
func openSQLite(f *facts) bool   { return openDatabase(f) && f.dialect == db.SQLite }

func sqlitePrivate(f *facts) finding {
	for _, ending := range []string{"", "-wal", "-shm"} {
		if path := sqlitePath(f) + ending; mode(path).Perm()&othersTouch != 0 {
			return bad(danger, "others may use %s", "Mend it with: chmod 600 "+path, path)
		}
	}
	return good
}

func sqliteFolder(f *facts) finding { return changeable(filepath.Dir(sqlitePath(f))) }

// sqliteSynchronous wants FULL or EXTRA: see docs/adr/0005-sqlite-durability.md.
func sqliteSynchronous(f *facts) finding {
	if s := f.settings["synchronous"]; s == "2" || s == "3" {
		return good
	}
	return bad(danger, "synchronous is %q", "This program is not as it was built: install it again.", f.settings["synchronous"])
}

func whole(f *facts) finding {
	if len(f.damage) == 0 {
		return good
	}
	return bad(danger, "SQLite finds %s", "Stop Homeward, keep this file as it is, and restore the last good backup.", plural(len(f.damage), "fault in it", "faults in it"))
}

func references(f *facts) finding {
	if f.orphans == 0 {
		return good
	}
	return bad(danger, "%s", "Something else than Homeward has written to the database. Restore the last good backup.", plural(f.orphans, "reference leads nowhere", "references lead nowhere"))
}

// PostgreSQL.

func onPostgres(f *facts) bool   { return strings.HasPrefix(f.address, "postgres") }
func openPostgres(f *facts) bool { return openDatabase(f) && f.dialect == db.PostgreSQL }

// roleThat finds a role in use of which something is true.
func (f *facts) roleThat(is func(role) bool) (role, bool) {
	i := slices.IndexFunc(f.roles, is)
	if i < 0 {
		return role{}, false
	}
	return f.roles[i], true
}

func superuser(f *facts) finding {
	if r, found := f.roleThat(func(r role) bool { return r.super }); found {
		return bad(danger, "%s is a superuser, for whom no rule of the database holds", "Let Homeward sign in as a role of its own: see docs/operations.md.", r.name)
	}
	return good
}

func bypass(f *facts) finding {
	if r, found := f.roleThat(func(r role) bool { return r.bypass && !r.super }); found {
		return bad(danger, "%s may pass row security by", "Mend it with: ALTER ROLE … NOBYPASSRLS", r.name)
	}
	return good
}

func owner(f *facts) finding {
	r, found := f.roleThat(func(r role) bool { return r.owner && !r.super })
	switch {
	case !found:
		return good
	case r == f.roles[0]:
		return bad(danger, "%s owns the tables and could lift their rules", "Migrate as the owner, and serve as a role that owns nothing: see docs/operations.md.", r.name)
	}
	return bad(warning, "the login %s owns the tables, although statements run as %s", "Serve with a login that owns nothing: see docs/operations.md.", r.name, f.roles[0].name)
}

func appRole(f *facts) finding {
	if f.grants > 0 {
		return good
	}
	return bad(danger, "no role but the owner of the tables may use them", "Run homeward migrate as the owner, which makes the role, and serve as that role.")
}

func public(f *facts) finding {
	if f.public == 0 {
		return good
	}
	return bad(danger, "%s to every role of this server", "Mend it with: REVOKE ALL ON ALL TABLES IN SCHEMA … FROM PUBLIC", plural(f.public, "table is open", "tables are open"))
}

func rowSecurity(f *facts) finding {
	if len(f.unforced) == 0 {
		return good
	}
	return bad(danger, "not on %s", "Bring the database up with: homeward migrate", strings.Join(f.unforced, ", "))
}

func damagedPages(f *facts) finding {
	if f.damaged == 0 {
		return good
	}
	return bad(danger, "it has found %s", "Look after the disk, and restore the last good backup.", plural(f.damaged, "one", "of them"))
}

// Statements are sent with their values apart, and PostgreSQL writes both where
// it logs a statement, unless it is told to leave the values out.

func loggedStatements(f *facts) finding {
	if s := f.settings["log_statement"]; (s == "all" || s == "mod") && f.settings["log_parameter_max_length"] != "0" {
		return bad(danger, "log_statement = %s writes names and addresses to the server's log", "Set log_statement = none, or log_parameter_max_length = 0, in postgresql.conf.", s)
	}
	return good
}

func loggedSlow(f *facts) finding {
	off := func(name string) bool { return f.settings[name] == "-1" || f.settings[name] == "" }
	duration := f.settings["log_duration"] == "on" && !off("log_min_duration_statement")
	slow := !off("log_min_duration_statement") || !off("log_min_duration_sample") || duration
	errors := f.settings["log_parameter_max_length_on_error"]
	if slow && f.settings["log_parameter_max_length"] != "0" || errors != "0" && errors != "" {
		return bad(warning, "slow or failed statements are logged with names and addresses", "Set log_parameter_max_length = 0 and log_parameter_max_length_on_error = 0 in postgresql.conf.")
	}
	return good
}

// local tells whether the way to the server does not leave this machine.
func local(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || err == nil && addr.IsLoopback()
}

func databaseTLS(f *facts) finding {
	if f.postgres == nil {
		return finding{State: unknown, Found: "the database's address cannot be read"}
	}
	ways := append([]*pgconn.FallbackConfig{{Host: f.postgres.Host, TLSConfig: f.postgres.TLSConfig}}, f.postgres.Fallbacks...)
	result := good
	for _, way := range ways {
		const mend = "Add sslmode=verify-full to the database's address, and sslrootcert where your organisation issues its own certificates."
		switch c := way.TLSConfig; {
		case local(way.Host):
		case c == nil:
			return bad(danger, "what goes to %s may go in the clear", mend, way.Host)
		case c.InsecureSkipVerify:
			result = bad(warning, "whoever answers for %s is believed to be it", mend, way.Host)
		}
	}
	return result
}

// guessable are passwords that everybody tries first.
var guessable = []string{"postgres", "postgresql", "password", "homeward", "admin", "secret", "changeme", "test", "letmein", "example"}

func databasePassword(f *facts) finding {
	if f.postgres == nil || f.postgres.Password == "" { // a certificate, a socket or none at all: the server's to say
		return good
	}
	p := strings.ToLower(f.postgres.Password)
	if len(p) < 12 || p == strings.ToLower(f.postgres.User) || slices.ContainsFunc(guessable, func(g string) bool { return strings.Trim(p, "0123456789!") == g }) {
		return bad(danger, "it is short, or one that everybody tries", "Give the role a long random password: \\password in psql.")
	}
	return good
}
