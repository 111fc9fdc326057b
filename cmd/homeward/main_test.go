package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/db/dbtest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"homeward": main})
}

// TestScripts runs every script of testdata/script on each database: what the
// command promises to those who call it from scripts of their own.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	data, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".txtar"), func(t *testing.T) {
			dbtest.EachAddress(t, func(t *testing.T, address string) {
				testscript.Run(t, testscript.Params{
					Files: []string{script}, RequireExplicitExec: true,
					Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "jsonhas": jsonHas, "samelines": sameLines},
					Setup: func(e *testscript.Env) error {
						e.Setenv("HOMEWARD_DB", address)
						e.Setenv("DATA", data)
						return nil
					},
				})
			})
		})
	}
}

// exits runs the command and holds it to an exit code: exits 3 homeward import x.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if e, ok := err.(*exec.ExitError); ok {
		code = e.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit %d, want %s\n%s%s", code, args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// jsonHas looks a family up in a list: jsonhas FILE AGENCY/REF KEY=TEXT, where
// the text must be part of the key's JSON.
func jsonHas(ts *testscript.TestScript, neg bool, args []string) {
	var list struct{ Families []map[string]json.RawMessage }
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &list); err != nil {
		ts.Fatalf("%v", err)
	}
	for _, f := range list.Families {
		if strings.Trim(string(f["agency"]), `"`)+"/"+strings.Trim(string(f["ref"]), `"`) != args[1] {
			continue
		}
		for _, want := range args[2:] {
			key, text, _ := strings.Cut(want, "=")
			if strings.Contains(string(f[key]), text) == neg {
				ts.Fatalf("%s: %s is %s, want %q (%v)", args[1], key, f[key], text, !neg)
			}
		}
		return
	}
	ts.Fatalf("no family %s", args[1])
}

// sameLines compares two files as multisets of lines.
func sameLines(ts *testscript.TestScript, neg bool, args []string) {
	count := map[string]int{}
	for _, line := range strings.Split(ts.ReadFile(args[0]), "\n") {
		count[line]++
	}
	for _, line := range strings.Split(ts.ReadFile(args[1]), "\n") {
		count[line]--
	}
	for line, n := range count {
		if (n != 0) != neg {
			ts.Fatalf("%s and %s differ in %q", args[0], args[1], line)
		}
	}
}

// TestDemoServesAWorkingRegion runs the demonstration as people do: the address
// it prints answers, and it goes when it is told to.
func TestDemoServesAWorkingRegion(t *testing.T) {
	// testscript.Main put the command on the path as "homeward".
	command := exec.Command("homeward", "demo", "--listen", "127.0.0.1:0")
	var out, errOut shared
	command.Stdout, command.Stderr = &out, &errOut
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	address := waitForAddress(t, &out, &errOut)
	for _, name := range signInNames.FindAllString(out.String(), -1) {
		signInToDemo(t, address, name)
	}
	if n := len(signInNames.FindAllString(out.String(), -1)); n != len(access.Roles()) {
		t.Errorf("%d sign-in names are printed, want one for each role:\n%s", n, out.String())
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("ends with %v: %s", err, errOut.String())
	}
	for _, word := range []string{"Nobody in it is real", "Home finder"} {
		if !strings.Contains(out.String(), word) {
			t.Errorf("the demonstration does not say %q:\n%s", word, out.String())
		}
	}
}

var (
	signInNames = regexp.MustCompile(`[a-z-]+\.[a-z0-9]+\n`)
	shownCode   = regexp.MustCompile(`<strong>(\d{6})</strong>`)
)

// signInToDemo signs in as the pages say, and opens the home page.
func signInToDemo(t *testing.T, address, name string) {
	t.Helper()
	name = strings.TrimSpace(name)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	page := func(answer *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s %v\n%s", name, answer.Status, err, body)
		}
		return string(body)
	}
	if body := page(client.Get(address + "sign-in")); !strings.Contains(body, account.DemonstrationPassword) {
		t.Error("the sign-in page does not say the demonstration's password")
	}
	code := shownCode.FindStringSubmatch(page(client.PostForm(address+"sign-in", url.Values{"name": {name}, "password": {account.DemonstrationPassword}})))
	if code == nil {
		t.Fatalf("%s: no code is shown", name)
	}
	if home := page(client.PostForm(address+"sign-in/code", url.Values{"code": {code[1]}})); !strings.Contains(home, "Sign out") {
		t.Errorf("%s is not signed in", name)
	}
}

// shared is output that is read while it is written.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var addressLine = regexp.MustCompile(`Homeward is at (http://127\.0\.0\.1:\d+/)`)

func waitForAddress(t *testing.T, out, errOut fmt.Stringer) string {
	t.Helper()
	for range 600 {
		if m := addressLine.FindStringSubmatch(out.String()); m != nil {
			return m[1]
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("no address printed:\n%s%s", out, errOut)
	return ""
}
