package main

import (
	"bytes"
	"context"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"homeward/internal/audit/proof"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"

	"github.com/alecthomas/kong"
)

// auditShop runs audit commands over a database of its own with a key file.
type auditShop struct {
	t       *testing.T
	address string
	dir     string
}

func eachAuditShop(t *testing.T, fn func(a auditShop)) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		a := auditShop{t, address, t.TempDir()}
		t.Setenv("HOMEWARD_KEYS", a.path("keys"))
		if _, err := key.Create(a.path("keys")); err != nil {
			t.Fatal(err)
		}
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		fn(a)
	})
}

func (a auditShop) path(name string) string { return filepath.Join(a.dir, name) }

func (a auditShop) run(args ...string) (out string, err error) {
	a.t.Helper()
	var p struct {
		Audit auditCommand `cmd:""`
	}
	parser, err := kong.New(&p)
	if err != nil {
		a.t.Fatal(err)
	}
	chosen, err := parser.Parse(append([]string{"audit"}, args...))
	if err != nil {
		a.t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	s := &shop{ctx: context.Background(), program: &program{DB: a.address}, out: &stdout, err: &stderr, log: slog.New(slog.DiscardHandler)}
	err = chosen.Run(s)
	return stdout.String(), err
}

func (a auditShop) must(args ...string) string {
	a.t.Helper()
	out, err := a.run(args...)
	if err != nil {
		a.t.Fatalf("%v: %v", args, err)
	}
	return out
}

// look has a record looked at.
func (a auditShop) look(agency, id string) {
	a.t.Helper()
	s := &shop{ctx: context.Background(), program: &program{DB: a.address}}
	if err := s.withDesk("a look", func(u *work.Unit) error {
		u.Saw(work.Subject{Kind: "child", Agency: agency, ID: id}, "")
		return nil
	}); err != nil {
		a.t.Fatal(err)
	}
}

func (a auditShop) file(name string) string {
	a.t.Helper()
	text, err := os.ReadFile(a.path(name))
	if err != nil {
		a.t.Fatal(err)
	}
	return string(text)
}

func TestAnExportIsCheckedElsewhereWithTheKeyAndAHeadKeptThere(t *testing.T) {
	eachAuditShop(t, func(a auditShop) {
		public := a.must("key")
		a.look("DER", "c1")
		a.look("NOT", "c2")
		kept := a.must("checkpoint")
		a.must("checkpoint", "--out", a.path("later"))
		a.look("DER", "c3")
		a.must("export", a.path("export"), "--agency", "DER")

		entries := a.file("export/" + proof.EntriesFile)
		r, err := proof.Check(strings.NewReader(entries), []byte(a.file("export/"+proof.HeadFile)), public, []byte(kept), []byte(a.file("later")))
		if err != nil || r.Older[0].Size != 2 || r.Older[1].Size != 3 || r.Head.Size != 6 {
			a.t.Errorf("%+v, %v", r, err)
		}
		if !strings.Contains(entries, `"subject":"c1"`) || !strings.Contains(entries, `"subject":"c3"`) || strings.Contains(entries, `"c2"`) {
			a.t.Errorf("%s", entries)
		}
		if !strings.Contains(entries, `"purpose":"audit export"`) {
			a.t.Error("the export is not recorded in what it exports")
		}
		if a.file("export/"+proof.KeyFile) != public {
			a.t.Error("another public key")
		}
		for _, name := range []string{proof.EntriesFile, proof.HeadFile, proof.KeyFile} {
			if info, err := os.Stat(a.path("export/" + name)); err != nil || info.Mode().Perm() != 0o600 {
				a.t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
		if _, err := a.run("export", a.path("export")); fault.ExitCode(err) != 3 {
			a.t.Errorf("written over a folder that is there: %v", err)
		}
		if out := a.must("verify", "--head", a.path("later")); out != "The audit record is as it was written: 7 entries, 3 heads signed here, 1 kept elsewhere.\n" {
			a.t.Error(out)
		}
	})
}

func TestVerifyNamesWhatIsNotAsWrittenAndEndsWithOne(t *testing.T) {
	eachAuditShop(t, func(a auditShop) {
		for range 5 {
			a.look("DER", "c1")
		}
		a.must("checkpoint", "--out", a.path("head"))
		if err := os.WriteFile(a.path("public"), []byte(a.must("key")), 0o600); err != nil {
			a.t.Fatal(err)
		}
		a.asOwner("UPDATE audit_entry SET subject_id = 'c2' WHERE seq = 3")
		_, err := a.run("verify", "--key", a.path("public"))
		if fault.ExitCode(err) != 1 || !strings.Contains(fault.Message(err), "entry 3 does not give its hash") {
			a.t.Errorf("%v", err)
		}
		a.asOwner("UPDATE audit_entry SET subject_id = 'c1' WHERE seq = 3")
		a.must("verify", "--head", a.path("head"))
		a.asOwner("DELETE FROM audit_entry WHERE seq > 2", "DELETE FROM audit_checkpoint",
			"UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)")
		a.must("verify") // cut cleanly: nothing here can tell
		_, err = a.run("verify", "--head", a.path("head"))
		if fault.ExitCode(err) != 1 || !strings.Contains(fault.Message(err), "entry 3 is missing") {
			a.t.Errorf("%v", err)
		}
	})
}

func TestAHeadThatIsNotOursIsRefusedAsInput(t *testing.T) {
	eachAuditShop(t, func(a auditShop) {
		a.look("DER", "c1")
		signer, _ := proof.Signer(bytes.Repeat([]byte{1}, 32))
		foreign, err := proof.Head{Size: 1}.Sign(signer)
		if err != nil {
			a.t.Fatal(err)
		}
		if err := os.WriteFile(a.path("foreign"), []byte(foreign), 0o600); err != nil {
			a.t.Fatal(err)
		}
		for _, head := range []string{"foreign", "nowhere", "keys"} {
			if _, err := a.run("verify", "--head", a.path(head)); fault.ExitCode(err) != 3 {
				a.t.Errorf("%s: %v", head, err)
			}
		}
		if err := os.Remove(a.path("keys")); err != nil {
			a.t.Fatal(err)
		}
		for _, command := range []string{"verify", "checkpoint", "key"} {
			if _, err := a.run(command); fault.KindOf(err) != fault.NotReady {
				a.t.Errorf("%s without keys: %v", command, err)
			}
		}
	})
}

// asOwner does what only the owner of the database can: without the guards.
func (a auditShop) asOwner(statements ...string) {
	a.t.Helper()
	driver, address := "pgx", a.address
	statements = append([]string{"ALTER TABLE audit_entry DISABLE TRIGGER ALL", "ALTER TABLE audit_head DISABLE TRIGGER ALL", "ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL"}, statements...)
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, address = "sqlite", path
		statements = statements[3:]
		for _, guard := range []string{"audit_entry_update", "audit_entry_delete", "audit_head_update", "audit_checkpoint_delete"} {
			statements = append([]string{"DROP TRIGGER IF EXISTS " + guard}, statements...)
		}
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		a.t.Fatal(err)
	}
	defer pool.Close()
	for _, statement := range statements {
		if _, err := pool.Exec(statement); err != nil {
			a.t.Fatalf("%s: %v", statement, err)
		}
	}
}
