package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"homeward/internal/db/dbtest"
)

// collections is an installation with a small synthetic region in it.
type collections struct {
	*testing.T
	dir string
}

func (c collections) path(name string) string { return filepath.Join(c.dir, name) }

// does runs a command that must end with an exit code, and gives what it wrote.
func (c collections) does(code int, args ...string) (out, notes string) {
	c.Helper()
	var o, e bytes.Buffer
	if got := run(context.Background(), args, &o, &e); got != code {
		c.Fatalf("homeward %s: exit %d and not %d\n%s", strings.Join(args, " "), got, code, e.String())
	}
	return o.String(), e.String()
}

func eachCollections(t *testing.T, fn func(c collections)) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		c := collections{t, t.TempDir()}
		t.Setenv("HOMEWARD_DB", address)
		t.Setenv("HOMEWARD_KEYS", c.path("keys"))
		c.does(0, "region", "write", c.path("pilot"), "--as-of", "2026-11-21", "--seed", "7")
		c.does(0, "migrate")
		c.does(0, "gazetteer", "load", c.path("pilot/gazetteer.csv"))
		c.does(0, "import", c.path("pilot"))
		fn(c)
	})
}

// notValues is what no part of a workbook of values has.
var notValues = regexp.MustCompile(`(?i)<f[ >/]|hidden|comment|creator|lastModifiedBy|definedName|docProps|externalLink|<oleObject|macro`)

// holdsValuesAlone unzips a workbook.
func (c collections) holdsValuesAlone(name string) {
	c.Helper()
	book, err := zip.OpenReader(c.path(name))
	if err != nil {
		c.Fatal(err)
	}
	defer book.Close()
	for _, f := range book.File {
		in, err := f.Open()
		if err != nil {
			c.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			c.Fatal(err)
		}
		if found := notValues.FindString(f.Name + string(text)); found != "" {
			c.Errorf("%s: %s has %s", name, f.Name, found)
		}
		// Every cell is words: nothing in it is reckoned or shown otherwise.
		if strings.HasPrefix(f.Name, "xl/worksheets/") && (strings.Contains(string(text), "<v>") || !strings.Contains(string(text), `t="inlineStr"`)) {
			c.Errorf("%s: %s has cells that are no text", name, f.Name)
		}
	}
	if info, err := os.Stat(c.path(name)); err != nil || info.Mode().Perm() != 0o600 {
		c.Errorf("%s can be read by others: %v", name, info.Mode())
	}
}

func TestACollectionIsWrittenAsAWorkbookOfValuesOrAsCSV(t *testing.T) {
	eachCollections(t, func(c collections) {
		out, notes := c.does(0, "returns", "quarterly", c.path("q.xlsx"), "--la", "831", "--quarter", "2026/27-Q2", "--as-of", "2026-11-21")
		if !regexp.MustCompile(`(?m)^Adoptions: [1-9]\d* rows$`).MatchString(out) || !strings.Contains(notes, "831LLLL_EDUCVA1_ALBQ2202627.xlsx") || !strings.Contains(notes, "never by e-mail") {
			c.Error(out, notes)
		}
		c.does(0, "returns", "annex-a", c.path("a.xlsx"), "--la", "DER", "--on", "2026-11-21", "--as-of", "2026-11-21")
		c.holdsValuesAlone("q.xlsx")
		c.holdsValuesAlone("a.xlsx")
		c.does(0, "returns", "annex-a", c.path("a"), "--la", "DER", "--on", "2026-11-21", "--as-of", "2026-11-21")
		text, err := os.ReadFile(c.path("a/annex_a_lists_10_and_11_List_11.csv"))
		if err != nil || !strings.HasPrefix(string(text), "Individual adopter identifier,Family identifier,") || strings.Count(string(text), "\n") < 2 {
			c.Errorf("%.200s: %v", text, err)
		}
		if _, notes := c.does(3, "returns", "annex-a", c.path("a"), "--la", "DER", "--on", "2026-11-21", "--as-of", "2026-11-21"); !strings.Contains(notes, "not empty") {
			c.Error("a folder that holds something is written to:", notes)
		}
	})
}

func TestACollectionThatCannotBeMadeWritesNothing(t *testing.T) {
	eachCollections(t, func(c collections) {
		mapping, _ := c.does(0, "returns", "mapping")
		own := c.path("own.csv")
		for name, bad := range map[string]struct {
			mapping, quarter, la, want string
		}{
			"mapping": {strings.Replace(mapping, "child.ref", "child.shoe", 1), "2026/27-Q2", "DER", `source: There is no value "child.shoe"`},
			"quarter": {mapping, "2026-Q2", "DER", "is no quarter"},
			"to come": {mapping, "2026/27-Q4", "DER", "has not begun"},
			"agency":  {mapping, "2026/27-Q2", "999", "999"},
		} {
			if err := os.WriteFile(own, []byte(bad.mapping), 0o600); err != nil {
				c.Fatal(err)
			}
			_, notes := c.does(3, "returns", "quarterly", c.path("no.xlsx"), "--la", bad.la, "--quarter", bad.quarter, "--mapping", own, "--as-of", "2026-11-21")
			if !strings.Contains(notes, bad.want) {
				c.Errorf("%s: %s", name, notes)
			}
			if _, err := os.Stat(c.path("no.xlsx")); !os.IsNotExist(err) {
				c.Errorf("%s: something is written: %v", name, err)
			}
		}
		if err := os.WriteFile(own, []byte(mapping), 0o600); err != nil {
			c.Fatal(err)
		}
		c.does(0, "returns", "quarterly", c.path("own"), "--la", "DER", "--quarter", "2026/27-Q2", "--mapping", own, "--as-of", "2026-11-21")
		c.does(3, "returns", "annex-a", c.path("no.xlsx"), "--la", "DER", "--on", "2026-11-22", "--as-of", "2026-11-21")
	})
}
