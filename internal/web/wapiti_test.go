package web

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"homeward/internal/access"
	"homeward/internal/lab"
)

// scannedAs are the roles whose pages the scanner goes through: between them they
// reach every page there is.
var scannedAs = []access.Role{access.HomeFinder, access.AdopterWorker, access.Manager, access.Administrator, access.InformationLead}

// TestTheScannerFindsNothing lets Debian's wapiti crawl and attack the site,
// signed in, as each role. It takes minutes and belongs to the soak.
func TestTheScannerFindsNothing(t *testing.T) {
	if !soak {
		t.Skip("a scan takes minutes: make soak runs it")
	}
	for _, role := range scannedAs {
		t.Run(string(role), func(t *testing.T) {
			s := labSite(t, lab.Pilot)
			b := s.as("DER", role)
			var asked, shown atomic.Int64
			door := httptest.NewServer(counted(staying(s.http.Config.Handler), &asked, &shown))
			defer door.Close()
			address, err := url.Parse(s.http.URL)
			if err != nil {
				t.Fatal(err)
			}
			cookies := ""
			for _, c := range b.client.Jar.Cookies(address) {
				cookies += c.Name + "=" + c.Value + "; "
			}
			dir := t.TempDir()
			report := filepath.Join(dir, "report.json")
			// Headers and cookie flags are held by our own tests, with TLS and without;
			// the scanner asks for two that are abandoned. Its sql module does not run
			// on this Python.
			scan := exec.CommandContext(t.Context(), "wapiti", "-u", door.URL+"/", "--scope", "folder", "-H", "Cookie: "+cookies, "-f", "json", "-o", report,
				"-d", "6", "--max-links-per-page", "40", "--max-files-per-dir", "60",
				"--max-scan-time", "90", "--max-attack-time", "20", "--store-session", filepath.Join(dir, "session"), "-v", "0",
				"-m", "backup,blindsql,crlf,csp,exec,file,htaccess,permanentxss,redirect,ssrf,xss,xxe")
			scan.Env = append(os.Environ(), "HOME="+dir)
			if out, err := scan.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if asked.Load() < 500 || shown.Load() < 50 {
				t.Errorf("the scanner asked %d times and was shown %d pages: was it signed in?", asked.Load(), shown.Load())
			}
			t.Logf("%d requests, %d of them shown a page", asked.Load(), shown.Load())
			readScan(t, report)
		})
	}
}

// counted counts what a scanner asked for, and what it was shown signed in.
func counted(next http.Handler, asked, shown *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		asked.Add(1)
		if answer.Code == http.StatusOK && strings.Contains(answer.Body.String(), "Signed in as") {
			shown.Add(1)
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// staying keeps the scanner signed in: what would end its session, or change how
// it signs in, is not there for it.
func staying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && (strings.HasPrefix(r.URL.Path, "/sign-out") || strings.HasPrefix(r.URL.Path, "/account")) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func readScan(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var found struct {
		Vulnerabilities map[string][]struct {
			Method, Path, Info, Parameter string
			Level                         int
		}
		Anomalies map[string][]struct{ Method, Path, Info string }
	}
	if err := json.Unmarshal(text, &found); err != nil {
		t.Fatal(err)
	}
	n := 0
	for kind, list := range found.Vulnerabilities {
		for _, v := range list {
			n++
			t.Errorf("%s: %s %s %s: %s", kind, v.Method, v.Path, v.Parameter, v.Info)
		}
	}
	for kind, list := range found.Anomalies {
		for _, a := range list {
			n++
			t.Errorf("%s: %s %s: %s", kind, a.Method, a.Path, a.Info)
		}
	}
	t.Logf("%d findings", n)
}
