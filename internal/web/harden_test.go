package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/fault"

	"golang.org/x/net/html"
)

// answers gives the whole site, without the line, as a handler.
func (s *testSite) answers(t *testing.T, front Front) http.Handler {
	t.Helper()
	handler, err := (&Site{Desk: s.desk, Front: front, Log: slog.New(slog.NewTextHandler(s.log, nil))}).Handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// send sends one request to a handler.
func send(handler http.Handler, method, path string, body io.Reader, header map[string]string) *http.Response {
	r := httptest.NewRequest(method, path, body)
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range header {
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Result()
}

// paths is the route table as methods and paths of records that exist.
func (s *testSite) paths() (list [][2]string) {
	for _, r := range routes {
		method, path, _ := strings.Cut(r.pattern, " ")
		id := s.id["DER/C1"]
		if strings.HasPrefix(path, "/families/") {
			id = s.id["family VAA1/F1"]
		}
		path = strings.NewReplacer("{$}", "", "{id}", id, "{family}", s.id["family VAA1/F1"], "{n}", "1").Replace(path)
		list = append(list, [2]string{method, path})
	}
	return list
}

// signedIn signs in and gives the header that says so.
func (s *testSite) signedIn(t *testing.T, handler http.Handler, agencyCode string, role access.Role) string {
	t.Helper()
	return "homeward=" + s.session(s.workerOf(agencyCode, role))
}

// hardened checks what every answer must carry.
func hardened(t *testing.T, what string, answer *http.Response) {
	t.Helper()
	for name, want := range map[string][]string{
		"Content-Security-Policy":      {"default-src 'none'", "script-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"},
		"X-Content-Type-Options":       {"nosniff"},
		"Referrer-Policy":              {"no-referrer"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=()", "geolocation=()", "microphone=()"},
		"Cache-Control":                {"no-store"},
		"X-Robots-Tag":                 {"noindex"},
	} {
		for _, w := range want {
			if got := answer.Header.Get(name); !strings.Contains(got, w) {
				t.Errorf("%s (%d): %s is %q, without %q", what, answer.StatusCode, name, got, w)
			}
		}
	}
	if strings.Contains(answer.Header.Get("Content-Security-Policy"), "unsafe") {
		t.Errorf("%s: the policy allows something unsafe", what)
	}
}

// TestEveryRouteIsHardened asks every row of the route table in every way it
// must withstand, signed out and signed in (ASVS 5.0 V3.4, V3.5, V4.1).
func TestEveryRouteIsHardened(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		handler := s.answers(t, Front{})
		cookie := s.signedIn(t, handler, "DER", access.Manager)
		asked := 0
		for _, who := range []string{"", cookie} {
			for _, p := range s.paths() {
				method, path := p[0], p[1]
				what := fmt.Sprintf("%s %s (signed in: %t)", method, path, who != "")
				asked++
				hardened(t, what, send(handler, method, path, nil, map[string]string{"Cookie": who}))
				if method == http.MethodPost {
					s.refusesOthers(t, handler, what, path, who)
				}
			}
		}
		if asked < 2*len(routes) || len(routes) < 30 {
			t.Errorf("%d of %d routes were asked", asked, len(routes))
		}
		t.Logf("%d routes, signed out and in", len(routes))
	})
}

// refusesOthers sends a form as another site's page would.
func (s *testSite) refusesOthers(t *testing.T, handler http.Handler, what, path, cookie string) {
	t.Helper()
	before := s.log.Len()
	for name, header := range map[string]map[string]string{
		"cross-site": {"Sec-Fetch-Site": "cross-site"}, "another name of the same site": {"Sec-Fetch-Site": "same-site"},
		"an older browser": {"Origin": "https://evil.example"}, "a page without an origin": {"Origin": "null"},
	} {
		header["Cookie"] = cookie
		answer := send(handler, http.MethodPost, path, strings.NewReader("worker=x"), header)
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s from %s answers %d", what, name, answer.StatusCode)
		}
		hardened(t, what+" from "+name, answer)
	}
	if s.log.Len() != before {
		t.Errorf("%s from another site was worked on", what)
	}
}

func TestAWrongWayOfAskingIsRefusedEverywhere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		handler := s.answers(t, Front{})
		allowed := map[string][]string{"/robots.txt": {"GET", "HEAD"}, "/static/icon.svg": {"GET", "HEAD"}}
		for _, p := range s.paths() {
			allowed[p[1]] = append(allowed[p[1]], p[0])
			if p[0] == http.MethodGet {
				allowed[p[1]] = append(allowed[p[1]], http.MethodHead)
			}
		}
		for path, methods := range allowed {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"} {
				if slices.Contains(methods, method) {
					continue
				}
				answer := send(handler, method, path, nil, nil)
				if answer.StatusCode != http.StatusMethodNotAllowed {
					t.Errorf("%s %s answers %d", method, path, answer.StatusCode)
				}
				for _, m := range methods {
					if !strings.Contains(answer.Header.Get("Allow"), m) {
						t.Errorf("%s %s: Allow is %q, without %s", method, path, answer.Header.Get("Allow"), m)
					}
				}
				hardened(t, method+" "+path, answer)
			}
		}
	})
}

func TestWhatIsNoPageIsHardenedToo(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		handler := s.answers(t, Front{})
		for path, status := range map[string]int{
			"/no-such-page": 404, "/children/": 303, "//sign-in": 307, "/help/../sign-in": 307, "/static": 307, "/static/": 404, "/static/built/": 404,
			"/static/nothing.css": 404, "/static/README.md": 404, "/static/../web.go": 307, "/static/..%2fweb.go": 404, "/static/%2e%2e/web.go": 404,
			"/.git/config": 404, "/debug/pprof/": 404, "/sign-in?%zz": 200,
		} {
			answer := send(handler, http.MethodGet, path, nil, nil)
			if answer.StatusCode != status && (path != "/children/" || answer.StatusCode != 404) {
				t.Errorf("%s answers %d, want %d", path, answer.StatusCode, status)
			}
			hardened(t, path, answer)
			body, err := io.ReadAll(answer.Body)
			if err != nil || bytes.Contains(body, []byte("<pre>")) || bytes.Contains(body, []byte("package web")) {
				t.Errorf("%s lists a folder or gives a source: %s %v", path, body, err)
			}
		}
	})
}

func TestOnlyStaticFilesMayBeKept(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		handler := s.answers(t, Front{})
		answer := send(handler, http.MethodGet, "/static/icon.svg", nil, nil)
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(answer.Header.Get("Cache-Control"), "max-age=") {
			t.Errorf("%s %v", answer.Status, answer.Header)
		}
		again := send(handler, http.MethodGet, "/static/icon.svg", nil, map[string]string{"If-None-Match": answer.Header.Get("ETag")})
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("asked again: %s", again.Status)
		}
		if part := send(handler, http.MethodGet, "/static/icon.svg", nil, map[string]string{"Range": "bytes=900000-"}); part.StatusCode != http.StatusOK {
			t.Errorf("asked for a part: %s", part.Status)
		}
		robots := send(handler, http.MethodGet, "/robots.txt", nil, nil)
		body, err := io.ReadAll(robots.Body)
		if err != nil || string(body) != "User-agent: *\nDisallow: /\n" {
			t.Errorf("robots.txt: %q, %v", body, err)
		}
		hardened(t, "/robots.txt", robots)
	})
}

// endless is a body whose length nobody is told.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range p[:n] {
		p[i] = 'a'
	}
	e.left -= n
	return n, nil
}

func TestEveryFormRefusesABodyOverItsLimit(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		handler := s.answers(t, Front{})
		asked := 0
		for i, p := range s.paths() {
			if p[0] != http.MethodPost || routes[i].large {
				continue
			}
			for name, body := range map[string]io.Reader{"a form": strings.NewReader(strings.Repeat("a", maxBody+1)), "a form of unknown length": io.MultiReader(strings.NewReader("a="), &endless{maxBody})} {
				cookie := s.signedIn(t, handler, "DER", access.Manager) // each time: one of the routes signs out
				answer := send(handler, p[0], p[1], body, map[string]string{"Cookie": cookie})
				page, err := io.ReadAll(answer.Body)
				if err != nil || answer.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(textOf(string(page)), "Nothing was changed") {
					t.Errorf("%s %s with %s answers %s: %s", p[0], p[1], name, answer.Status, textOf(string(page)))
				}
				hardened(t, p[1], answer)
				asked++
			}
		}
		if asked < 20 {
			t.Errorf("%d forms were asked", asked)
		}
		cookie := s.signedIn(t, handler, "DER", access.HomeFinder)
		parts := io.MultiReader(strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.csv\"\r\n\r\n"), &endless{maxImportBody}, strings.NewReader("\r\n--b--\r\n"))
		answer := send(handler, http.MethodPost, "/import", parts, map[string]string{"Cookie": cookie, "Content-Type": "multipart/form-data; boundary=b"})
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("an import over its limit answers %s", answer.Status)
		}
	})
}

func TestAFormThatIsCutOffIsRefusedInWords(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		handler := s.answers(t, Front{})
		cookie := s.signedIn(t, handler, "DER", access.Manager)
		for name, header := range map[string]map[string]string{"not a form": {}, "a part without its end": {"Content-Type": "multipart/form-data; boundary=b"}} {
			header["Cookie"] = cookie
			body := "a=%zz"
			if name != "not a form" {
				body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf"
			}
			answer := send(handler, http.MethodPost, "/children/new", strings.NewReader(body), header)
			if page, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(textOf(string(page)), "nothing was changed") {
				t.Errorf("%s answers %s: %s", name, answer.Status, textOf(string(page)))
			}
		}
	})
}

func TestARequestEndsInItsTime(t *testing.T) {
	answered := false
	w, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	for _, rt := range []route{{}, {large: true}} {
		r, done := rt.limit(w, request)
		if _, ok := r.Context().Deadline(); !ok {
			t.Errorf("%+v has no end", rt)
		}
		done()
		answered = true
		if !errors.Is(r.Context().Err(), context.Canceled) {
			t.Error("what a request began goes on after it")
		}
	}
	err := inTime(fmt.Errorf("begin: %w", context.DeadlineExceeded))
	if !answered || fault.HTTPStatus(err) != http.StatusServiceUnavailable || !strings.Contains(fault.Message(err), "Look whether it was done") {
		t.Errorf("%v", err)
	}
	if other := errors.New("x"); inTime(other) != other || inTime(nil) != nil {
		t.Error("another error was changed")
	}
}

func TestAPageMayAskForTheSitesOwnScriptAndNoOther(t *testing.T) {
	w := httptest.NewRecorder()
	letScript(w)
	got := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(got, "script-src 'self';") || strings.Contains(got, "unsafe") || !strings.Contains(got, "default-src 'none'") {
		t.Error(got)
	}
}

func TestTLSIsHeldToAndCookiesAreItsOwn(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		for _, secure := range []bool{false, true} {
			handler := s.answers(t, Front{Secure: secure})
			for _, path := range []string{"/sign-in", "/", "/nothing", "/static/icon.svg", "//x"} {
				answer := send(handler, http.MethodGet, path, nil, nil)
				if got := answer.Header.Get("Strict-Transport-Security"); strings.Contains(got, "max-age=31536000") != secure {
					t.Errorf("secure %t: %s has %q", secure, path, got)
				}
			}
			answer := send(handler, http.MethodGet, "/join/nothing", nil, nil)
			c := answer.Cookies()[0]
			if c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || strings.HasPrefix(c.Name, "__Host-") != secure {
				t.Errorf("secure %t: the cookie is %v", secure, c)
			}
		}
	})
}

var behind = Front{Secure: true, Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::7/128")}}

func TestBehindAProxyNobodyElseIsAnswered(t *testing.T) {
	reached := ""
	handler := behind.guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached = r.RemoteAddr + fmt.Sprint(r.Header)
	}))
	for name, c := range map[string]struct {
		peer   string
		header [][2]string
		client string // "": refused
	}{
		"the proxy, by https":                 {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "198.51.100.4"}}, "198.51.100.4"},
		"the other proxy":                     {"[2001:db8::7]:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "[2001:db8:1::9]:443"}}, "2001:db8:1::9"},
		"an address in the other notation":    {"[::ffff:192.0.2.1]:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "::ffff:198.51.100.4"}}, "198.51.100.4"},
		"two proxies":                         {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "198.51.100.4, 192.0.2.9"}}, "198.51.100.4"},
		"a client that writes its own chain":  {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "127.0.0.1, 192.0.2.1, 198.51.100.4"}}, "198.51.100.4"},
		"a chain in two headers":              {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", "198.51.100.4"}}, "198.51.100.4"},
		"a chain that is no address":          {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "198.51.100.4, unknown"}}, "192.0.2.1"},
		"no chain":                            {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}}, "192.0.2.1"},
		"the proxy, by http":                  {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "http"}}, ""},
		"the proxy, not saying how":           {"192.0.2.1:5000", nil, ""},
		"the proxy, saying both":              {"192.0.2.1:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-Proto", "http"}}, ""},
		"a stranger who says what proxies do": {"203.0.113.5:5000", [][2]string{{"X-Forwarded-Proto", "https"}, {"X-Forwarded-For", "192.0.2.1"}}, ""},
		"a peer without an address":           {"@", [][2]string{{"X-Forwarded-Proto", "https"}}, ""},
	} {
		reached = ""
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		for _, h := range c.header {
			r.Header.Add(h[0], h[1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		hardenedHeadersOnly(t, name, w.Result())
		if c.client == "" {
			if reached != "" || w.Code != http.StatusForbidden {
				t.Errorf("%s is answered %d", name, w.Code)
			}
			continue
		}
		if addr, err := netip.ParseAddrPort(strings.TrimSuffix(reached, "map[]")); err != nil || addr.Addr().String() != c.client {
			t.Errorf("%s: the pages are told %q, want %s and no header", name, reached, c.client)
		}
	}
}

func hardenedHeadersOnly(t *testing.T, what string, answer *http.Response) {
	t.Helper()
	for _, h := range headers {
		if answer.Header.Get(h[0]) != h[1] {
			t.Errorf("%s: %s is %q", what, h[0], answer.Header.Get(h[0]))
		}
	}
}

func TestWithoutAProxyNobodyIsBelieved(t *testing.T) {
	handler := Front{}.guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.RemoteAddr != "203.0.113.5:5000" || r.Header.Get("X-Forwarded-For")+r.Header.Get("Forwarded")+r.Header.Get("X-Real-IP") != "" {
			t.Errorf("the pages are told %s, %v", r.RemoteAddr, r.Header)
		}
	}))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "203.0.113.5:5000"
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded"} {
		r.Header.Set(name, "127.0.0.1")
	}
	handler.ServeHTTP(httptest.NewRecorder(), r)
}

func TestASiteOfThisMachineAnswersToItsNamesAlone(t *testing.T) {
	handler := Front{Hosts: []string{"127.0.0.1", "localhost", "::1"}}.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{"127.0.0.1:8080": 200, "localhost:8080": 200, "localhost": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example:8080": 421, "127.0.0.1.evil.example": 421, "": 421, "localhost.evil.example:8080": 421} {
		answer := send(handler, http.MethodGet, "/", nil, map[string]string{"Host": host})
		if answer.StatusCode != want {
			t.Errorf("%q is answered %d, want %d", host, answer.StatusCode, want)
		}
		hardenedHeadersOnly(t, host, answer)
	}
}

// personal are the values of the region that no address of a page may carry: as
// a part of it, or as a whole word of it.
var personal = struct{ parts, words []string }{
	parts: []string{"asha", "testname", "samplesson", "noor", "inventham", "elsewhere", "de22", "3cv", "3co", "ng1", "s1+1cc", "s1%201cc", "1cc", "2022-05-04", "2020-02-29"},
	words: []string{"c1", "c2", "c3", "c9", "n1", "l1", "f1", "f2", "f3", "g1", "ben", "cora"},
}

func personalIn(address string) string {
	lower := strings.ToLower(address)
	for _, p := range personal.parts {
		if strings.Contains(lower, p) {
			return p
		}
	}
	for word := range strings.FieldsFuncSeq(lower, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		if slices.Contains(personal.words, word) {
			return word
		}
	}
	return ""
}

// TestNoAddressCarriesAPersonalValue follows every link of the site as each
// role, and reads where every link, form and redirect leads: an address stays in
// the browser's history, in the proxy's log, and in a printed page's foot.
func TestNoAddressCarriesAPersonalValue(t *testing.T) {
	if personalIn("/children/x?q=DE22+3CV") == "" || personalIn("/families/F1/edit") == "" || personalIn("/families/HF1K/edit") != "" {
		t.Fatal("the test finds nothing")
	}
	eachSite(t, func(t *testing.T, s *testSite) {
		s.ask("DER/C1", "VAA1/F1")
		pages, addresses, patterns := 0, map[string]bool{}, map[string]bool{}
		for _, who := range []struct {
			agency string
			role   access.Role
		}{{"DER", access.Manager}, {"DER", access.HomeFinder}, {"DER", access.PermanenceWorker}, {"VAA1", access.AdopterWorker}} {
			b := s.as(who.agency, who.role)
			b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
				if p := personalIn(r.URL.RequestURI()); p != "" {
					t.Errorf("a redirect leads to %s, which holds %q", r.URL, p)
				}
				return nil
			}
			been, queue := map[string]bool{}, []string{"/", "/sign-in", "/help/matching"}
			for ; len(queue) > 0; queue = queue[1:] {
				at, _, _ := strings.Cut(queue[0], "#")
				if been[at] || !strings.HasPrefix(at, "/") || strings.HasPrefix(at, "/static/") {
					continue
				}
				been[at] = true
				pages++
				patterns[patternOf(at)] = true
				queue = append(queue, s.addressesOn(t, at, b.page(at), addresses)...)
			}
		}
		for _, r := range routes {
			if strings.HasPrefix(r.pattern, "GET ") && !patterns[r.pattern] {
				t.Logf("no link led to %s", r.pattern)
			}
		}
		if pages < 40 || len(addresses) < 60 || len(patterns) < 15 {
			t.Errorf("only %d pages of %d kinds with %d addresses were read", pages, len(patterns), len(addresses))
		}
		t.Logf("%d pages of %d kinds read, %d addresses: none personal", pages, len(patterns), len(addresses))
	})
}

// page is what a path answers, whatever its status.
func (b *browser) page(path string) string {
	b.t.Helper()
	answer, err := b.client.Get(b.http.URL + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(body)
}

// addressesOn reads where a page leads, holds each address to the rule, and
// gives those to follow. A form that is sent by its address may have no box to
// type in: somebody would type a name.
func (s *testSite) addressesOn(t *testing.T, at, page string, all map[string]bool) (follow []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		for _, name := range []string{"href", "action", "formaction", "src"} {
			to, ok := attr[name]
			if !ok {
				continue
			}
			all[to] = true
			if p := personalIn(to); p != "" {
				t.Errorf("%s: %s=%q holds %q", at, name, to, p)
			}
			if name == "href" {
				follow = append(follow, to)
			}
		}
		if n.Data == "form" && attr["method"] != "post" {
			s.asksNothingPersonal(t, at, n)
		}
	}
	return follow
}

// choosing are the controls that send only what the page itself offers, and a
// number of days.
var choosing = []string{"checkbox", "radio", "hidden", "submit"}

// typedNumbers are the boxes of forms sent by address, each looked at by a
// person: it takes a number that is nobody's. The days of a period of numbers are
// the council's, and no child's.
var typedNumbers = []string{"longer", "from-day", "from-month", "from-year", "to-day", "to-month", "to-year", "priority", "children", "age-from", "age-to"}

func (s *testSite) asksNothingPersonal(t *testing.T, at string, form *html.Node) {
	t.Helper()
	for n := range form.Descendants() {
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch {
		case n.Data == "textarea", n.Data == "input" && !slices.Contains(choosing, attr["type"]) && !slices.Contains(typedNumbers, attr["name"]):
			t.Errorf("%s: the form sent by its address has a box %q", at, attr["name"])
		case n.Data == "input" || n.Data == "option" || n.Data == "button":
			if p := personalIn(attr["value"]); p != "" {
				t.Errorf("%s: the form sent by its address sends %q of %v", at, p, slices.Sorted(maps.Keys(attr)))
			}
		}
	}
}
