package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"

	"github.com/alecthomas/kong"
)

// accounts runs the account commands on one database.
type accounts struct {
	*testing.T
	address string
}

func (a accounts) run(args ...string) (out, errOut string, err error) {
	a.Helper()
	var c accountCommand
	parser, err := kong.New(&c)
	if err != nil {
		a.Fatal(err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		a.Fatal(err)
	}
	var o, e bytes.Buffer
	err = chosen.Run(&shop{ctx: context.Background(), program: &program{DB: a.address}, out: &o, err: &e})
	return o.String(), e.String(), err
}

func TestAccountsFromTheCommandLine(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		keys := filepath.Join(t.TempDir(), "keys")
		t.Setenv("HOMEWARD_KEYS", keys)
		if _, err := key.Create(keys); err != nil {
			t.Fatal(err)
		}
		d, err := db.Migrate(context.Background(), address)
		if err != nil {
			t.Fatal(err)
		}
		desk := &work.Desk{DB: d, Keys: key.New()}
		err = desk.Do(context.Background(), operator, "test", func(u *work.Unit) error {
			return agency.Save(u, &agency.Book{}, []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derby Example"}})
		})
		if err != nil {
			t.Fatal(err)
		}
		a := accounts{t, address}
		first := []string{"first", "--agency", "DER", "--name", "Ada Example", "--sign-in", "ada@example.org"}
		out, told, err := a.run(first...)
		if err != nil || !strings.HasPrefix(out, "/join/") || strings.Count(out, "\n") != 1 || strings.Contains(told, strings.TrimSpace(out)) {
			t.Fatalf("%q %q %v", out, told, err)
		}
		accept(t, desk, strings.TrimSpace(strings.TrimPrefix(out, "/join/")))
		if _, _, err := a.run(first...); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a second first administrator: %v", err)
		}
		if out, _, err := a.run("list", "--agency", "DER"); err != nil || !strings.Contains(out, "ada@example.org  Administrator  active") || strings.Contains(out, "argon2") {
			t.Errorf("%q %v", out, err)
		}
		if _, _, err := a.run("end", "Ada@Example.org"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("the last administrator was ended: %v", err)
		}
		if out, _, err := a.run("invite", "ada@example.org"); err != nil || !strings.HasPrefix(out, "/join/") {
			t.Errorf("%q %v", out, err)
		}
		if _, _, err := a.run("invite", "nobody@example.org"); fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.Message(err), "account list") {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}

// accept makes the account that a link invites to.
func accept(t *testing.T, desk *work.Desk, token string) {
	t.Helper()
	ctx := context.Background()
	gate, err := account.New(account.Config{Desk: desk})
	if err != nil {
		t.Fatal(err)
	}
	var i account.Invitation
	if err := desk.Do(ctx, account.Doorkeeper, "test", func(u *work.Unit) (err error) { i, err = account.Invited(u, token); return err }); err != nil {
		t.Fatal(err)
	}
	e, err := gate.NewTOTP(i)
	if err != nil {
		t.Fatal(err)
	}
	code, err := e.Code(desk.Clock())
	if err != nil {
		t.Fatal(err)
	}
	done, err := gate.Accept(ctx, account.Acceptance{Token: token, Password: "glacier tambourine velvet", TOTP: e.Kept, Code: code}, account.Source{})
	if err != nil || done.Outcome != account.SignedIn {
		t.Fatal(done.Outcome, err)
	}
}
