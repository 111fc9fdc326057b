package key

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAKeyFileKeepsItsSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "homeward.key")
	made, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if made.Hash("names", "Testname") != opened.Hash("names", "Testname") {
		t.Error("the file gives another key than was made")
	}
	if made.Hash("names", "Testname") == made.Hash("postcodes", "Testname") || made.Hash("names", "Testname") == New().Hash("names", "Testname") {
		t.Error("hashes for two uses, or of two installations, are the same")
	}
	if _, err := Create(path); err == nil {
		t.Error("a key file was written over")
	}
}

func TestWhatIsSealedOpensForItsOwnerAlone(t *testing.T) {
	r := New()
	sealed := r.Seal("totp", "account 1", []byte("secret"))
	if bytes.Contains(sealed, []byte("secret")) {
		t.Fatal("the secret stands in what is sealed")
	}
	if got, err := r.Unseal("totp", "account 1", sealed); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another owner": func() ([]byte, error) { return r.Unseal("totp", "account 2", sealed) },
		"another use":   func() ([]byte, error) { return r.Unseal("issuer", "account 1", sealed) },
		"another key":   func() ([]byte, error) { return New().Unseal("totp", "account 1", sealed) },
		"cut short":     func() ([]byte, error) { return r.Unseal("totp", "account 1", sealed[:8]) },
		"one bit":       func() ([]byte, error) { sealed[len(sealed)-1] ^= 1; return r.Unseal("totp", "account 1", sealed) },
	} {
		if got, err := open(); err == nil {
			t.Errorf("%s opened it: %q", name, got)
		}
	}
}

func TestABadKeyFileIsRefusedWithTheMend(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	if _, err := Create(good); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		says string
	}{
		"others may read it": {string(text), 0o644, "chmod 600"},
		"another file":       {"something else\n", 0o600, "not a key file"},
		"damaged":            {string(text[:len(text)-9]), 0o600, "damaged"},
	} {
		path := filepath.Join(dir, "bad")
		os.Remove(path)
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "nowhere")); err == nil || !strings.Contains(err.Error(), "homeward migrate") {
		t.Errorf("missing: %v", err)
	}
}
