// Package internal holds no code: its one test holds the house to its plan.
package internal

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms is the house from the ground up: a room imports only rooms above it in
// this list, that is, lower in the house. See docs/adr/0001-the-house.md.
var rooms = []string{
	// the ground: knows nothing of adoption
	"fault", "key", "date", "geo", "db", "db/dbtest", "gazetteer", "upload",
	// the people who work
	"audit/proof", "audit", "access", "work", "agency", "notice", "watch", "account",
	// the children and the families
	"child", "adopter", "match", "plan/proof", "plan", "link",
	// the numbers
	"exchange", "scorecard", "returns/ssda903/aids", "returns/ssda903", "returns/ssda903/invent", "returns", "figures", "chart", "programme", "lab", "lab/pool", "lab/study",
	// the doors
	"letter", "web/govuk", "web",
}

// pure rooms take values and give values: no database, no clock, no I/O.
var pure = []string{"date", "geo", "audit/proof", "access", "match", "plan/proof", "plan", "scorecard", "returns/ssda903/invent", "lab", "lab/pool"}

// impure is what a pure room must not import, whole or as the beginning.
var impure = []string{"database/sql", "net", "os", "syscall", "log", "math/rand", "crypto/rand", "homeward/internal/db", "homeward/internal/work"}

// inPure is what a pure room may import although it begins like something impure.
var inPure = []string{"database/sql/driver", "math/rand/v2"}

// inLab is what the lab needs of impure rooms: the types it makes values of.
var inLab = []string{"database/sql", "homeward/internal/work"}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "homeward/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func room(path string) (string, bool) { return strings.CutPrefix(path, "homeward/internal/") }

func TestImportsOnlyGoDown(t *testing.T) {
	list := packages(t)
	if len(list) < len(rooms) {
		t.Fatalf("only %d packages listed", len(list))
	}
	for _, p := range list {
		name, ok := room(p.ImportPath)
		if !ok {
			continue // the command sees everything
		}
		at := slices.Index(rooms, name)
		if at < 0 {
			t.Errorf("room %s has no place in the house: write it into the list in internal/house_test.go", name)
			continue
		}
		for _, i := range p.Imports {
			below, ok := room(i)
			if ok && slices.Index(rooms, below) >= at {
				t.Errorf("%s imports %s, which is above it or beside it", name, below)
			}
			if ok && below == "db/dbtest" {
				t.Errorf("%s imports the test databases into the product", name)
			}
			if strings.HasPrefix(i, "homeward/cmd") {
				t.Errorf("%s imports the command", name)
			}
		}
	}
}

func TestPureRoomsArePure(t *testing.T) {
	for _, p := range packages(t) {
		name, ok := room(p.ImportPath)
		if !ok || !slices.Contains(pure, name) {
			continue
		}
		for _, i := range p.Imports {
			for _, bad := range impure {
				if (i == bad || strings.HasPrefix(i, bad+"/")) && !slices.Contains(inPure, i) && !(name == "lab" && slices.Contains(inLab, i)) {
					t.Errorf("%s is pure and imports %s", name, i)
				}
			}
		}
	}
}

// sources calls fn for every line of Go outside tests.
func sources(t *testing.T, fn func(path string, n int, line string)) {
	t.Helper()
	for _, root := range []string{".", "../cmd"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			lines := bufio.NewScanner(file)
			for n := 1; lines.Scan(); n++ {
				fn(path, n, lines.Text())
			}
			return lines.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTimeComesFromTheUnitOfWork(t *testing.T) {
	found := false
	sources(t, func(path string, n int, line string) {
		if !strings.Contains(line, "time.Now(") {
			return
		}
		found = true
		if !strings.HasPrefix(path, "work/") && !strings.HasPrefix(path, "../cmd/") {
			t.Errorf("%s:%d reads the clock: time comes from the unit of work", path, n)
		}
	})
	if !found {
		t.Error("nobody reads the clock: this test looks in the wrong place")
	}
}

func TestEveryRoomSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	sources(t, func(path string, _ int, line string) {
		if strings.HasPrefix(line, "// Package ") || strings.HasPrefix(line, "// Command ") {
			documented[filepath.Dir(path)] = true
		}
	})
	for _, name := range rooms {
		if !documented[name] {
			t.Errorf("room %s has no package comment", name)
		}
	}
}
