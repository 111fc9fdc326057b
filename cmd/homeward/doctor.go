package main

import (
	"encoding/json"
	"fmt"

	"homeward/internal/fault"
)

type doctorCommand struct {
	// The doctor looks at what serve would do with the same flags.
	serveCommand
	JSON bool `help:"Write every check as JSON."`
}

// Run looks at every setting and says how to mend what is unsafe.
func (c doctorCommand) Run(s *shop) error {
	report := examine(s.gather(c))
	if err := report.write(s, c.JSON); err != nil {
		return err
	}
	if n := report.count(danger); n > 0 {
		return fault.New(fault.NotReady, fmt.Sprintf("%s. Mend what is marked %s before real people's records are here.", plural(n, "setting is dangerous", "settings are dangerous"), danger))
	}
	return nil
}

// state is how a setting stands.
type state string

// The states. A warning is for somebody to weigh; what is dangerous loses
// records or shows them to others.
const (
	well    state = "well"
	warning state = "warning"
	danger  state = "danger"
	unknown state = "unknown"
)

// finding is the answer to one question.
type finding struct {
	State state  `json:"state"`
	Found string `json:"found,omitempty"`
	Mend  string `json:"mend,omitempty"`
}

// bad is an unsafe finding.
func bad(s state, found, mend string, args ...any) finding {
	return finding{s, fmt.Sprintf(found, args...), mend}
}

var good = finding{State: well}

// check is one row of the doctor's table: a question about the installation.
type check struct {
	id, question string
	on           func(*facts) bool // whether it is a question here; nil: always
	run          func(*facts) finding
}

// checks is everything the doctor looks at.
var checks = []check{
	{"root", "Does Homeward run as a user of its own?", nil, root},
	{"program", "Can nobody else change the program?", nil, programFile},
	{"program-folder", "Can nobody else put another program in its place?", nil, programFolder},
	{"temp-folder", "Are the temporary files of each user their own?", nil, tempFolder},
	{"zone", "Does the program know England's clock?", nil, zone},
	{"year", "Is this machine's clock of this time?", nil, year},
	{"fixed-day", "Is everything reckoned on today?", nil, fixedDay},
	{"crash-dumps", "Does a crash keep what was in memory to itself?", nil, crashDumps},
	{"debugging", "Is debugging off?", nil, debugging},
	{"password-shown", "Is the database's password out of sight of other users?", nil, passwordShown},
	{"styles", "Are the pages' styles in the program?", nil, styles},
	{"statement", "Does the accessibility statement say who to turn to?", nil, statement},

	{"keys", "Is the key file there?", nil, keysThere},
	{"keys-private", "Can nobody else read the key file?", keysExist, keysPrivate},
	{"keys-whole", "Is the key file whole?", keysReadable, keysWhole},
	{"keys-apart", "Are the keys kept apart from the database?", keysBesideSQLite, keysApart},
	{"keys-folder", "Can nobody else replace the key file?", keysExist, keysFolder},

	{"listen", "Do people come in by TLS, or from this machine alone?", nil, listen},
	{"proxies", "Is only a proxy believed?", behindProxy, proxies},
	{"certificate", "Can the certificate be used?", withTLS, certificateUsable},
	{"certificate-valid", "Is the certificate in force?", withCertificate, certificateValid},
	{"certificate-renewal", "Has the certificate been renewed in time?", withCertificate, certificateRenewal},
	{"certificate-issuer", "Do browsers trust who issued the certificate?", withCertificate, certificateIssuer},
	{"certificate-strength", "Is the certificate strong enough?", withCertificate, certificateStrength},
	{"certificate-key", "Can nobody else read the certificate's key?", withTLS, certificateKey},

	{"database", "Is the database there, and of this version?", nil, database},
	{"sqlite-private", "Can nobody else read the database?", onSQLite, sqlitePrivate},
	{"sqlite-folder", "Can nobody else replace the database?", onSQLite, sqliteFolder},
	{"sqlite-journal", "Does the database write ahead?", openSQLite, setting("journal_mode", danger, "wal", "The disk may not allow it: keep the database on a disk of this machine, not on a network folder.")},
	{"sqlite-synchronous", "Does the database keep what it acknowledged, through a power cut?", openSQLite, sqliteSynchronous},
	{"sqlite-foreign-keys", "Are references held?", openSQLite, setting("foreign_keys", danger, "1", "This program is not as it was built: install it again.")},
	{"sqlite-whole", "Is the database whole?", openSQLite, whole},
	{"sqlite-references", "Does every record belong to one that is there?", openSQLite, references},

	{"postgres-superuser", "Is the database's login an ordinary one?", openPostgres, superuser},
	{"postgres-bypass", "Do the row policies hold for the login?", openPostgres, bypass},
	{"postgres-owner", "Does the login own nothing?", openPostgres, owner},
	{"postgres-app-role", "Is there a role for the application?", openPostgres, appRole},
	{"postgres-public", "Are the tables closed to other roles?", openPostgres, public},
	{"postgres-row-security", "Is row security forced on every table of an agency's?", openPostgres, rowSecurity},
	{"postgres-fsync", "Does the database write to the disk?", openPostgres, setting("fsync", danger, "on", "Set fsync = on in postgresql.conf.")},
	{"postgres-commit", "Does the database keep what it acknowledged?", openPostgres, settingNot("synchronous_commit", danger, "off", "Set synchronous_commit = on in postgresql.conf, and for the login's role.")},
	{"postgres-pages", "Does the database survive half a page written?", openPostgres, setting("full_page_writes", danger, "on", "Set full_page_writes = on in postgresql.conf.")},
	{"postgres-retry", "Does the database stop when the disk fails it?", openPostgres, setting("data_sync_retry", danger, "off", "Set data_sync_retry = off in postgresql.conf.")},
	{"postgres-checksums", "Would the database notice a damaged page?", openPostgres, setting("data_checksums", warning, "on", "Stop the server and run: pg_checksums --enable")},
	{"postgres-damage", "Has the database found no damaged page?", openPostgres, damagedPages},
	{"postgres-statements", "Do the database's logs keep out what is written?", openPostgres, loggedStatements},
	{"postgres-slow-statements", "Do the logs of slow statements keep out what is written?", openPostgres, loggedSlow},
	{"postgres-tls", "Is the way to the database closed to listeners?", onPostgres, databaseTLS},
	{"postgres-password", "Is the database's password not to be guessed?", onPostgres, databasePassword},

	{"clock", "Do this machine and the database agree on the time?", openDatabase, clocks},
	{"clock-back", "Has the clock not been put back?", openDatabase, clockBack},
	{"demonstration", "Are there no accounts that anybody may sign in as?", withAccounts, demonstrationAccounts},
	{"second-factor", "Has every account a second factor?", withAccounts, secured},
	{"issuers", "Do councils' own sign-in pages use TLS?", withAccounts, issuers},
	{"checkpoint", "Was the audit record signed within a day?", openDatabase, checkpoints},
	{"backup", "Was there a backup within a day?", nil, backups},
}

// row is one check with its answer.
type row struct {
	ID       string `json:"id"`
	Question string `json:"question"`
	finding
}

type report []row

func examine(f *facts) report {
	var r report
	for _, c := range checks {
		if c.on == nil || c.on(f) {
			r = append(r, row{c.id, c.question, c.run(f)})
		}
	}
	return r
}

func (r report) count(s state) (n int) {
	for _, row := range r {
		if row.State == s {
			n++
		}
	}
	return n
}

// write gives all as JSON, or in words what is not well.
func (r report) write(s *shop, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(struct {
			Checks report `json:"checks"`
		}{r})
	}
	for _, row := range r {
		if row.State == well {
			continue
		}
		fmt.Fprintf(s.out, "%-8s %s: %s\n", row.State, row.ID, row.Found)
		if row.Mend != "" {
			fmt.Fprintf(s.out, "         %s\n", row.Mend)
		}
	}
	_, err := fmt.Fprintf(s.out, "%d checks: %d well, %d dangerous, %s, %d unknown.\n",
		len(r), r.count(well), r.count(danger), plural(r.count(warning), "warning", "warnings"), r.count(unknown))
	return err
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}
