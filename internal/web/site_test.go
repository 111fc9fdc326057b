package web

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/gazetteer"
	"homeward/internal/key"
	"homeward/internal/link"
	"homeward/internal/work"

	"golang.org/x/net/html"
)

// today is the day the test site stands on.
var today = date.MustOf(2026, 11, 23)

// testSite is the whole site over a small region made by hand:
//
//	DER  a council in D2N2 and EM: child C1 (4, possible FASD, a zone), and the
//	     group G1 of C2 (6) and C3 (1); C9 is placed
//	NOT  a council in D2N2 and EM: child N1; family F1
//	VAA1 a voluntary agency in D2N2 and EM: families F1 (could take two), F2
//	     (takes one, has not been asked about FASD), F3 (lives in C1's zone)
//	LEI  a council in EM2 only: child L1, family L1. Nobody else may see them.
type testSite struct {
	t    testing.TB
	desk *work.Desk
	site *Site
	http *httptest.Server
	log  *bytes.Buffer
	id   map[string]string // "DER/C1" and "VAA1/F1" to Homeward's references
}

// operator sets the region up.
var operator = access.Actor{ID: "operator", Name: "Operator", Role: access.Operator}

// eachSite runs fn on a test site over each database.
func eachSite(t *testing.T, fn func(t *testing.T, s *testSite)) {
	t.Helper()
	t.Parallel() // a test waits for its database more than it reckons
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, newTestSite(t, d)) })
}

func newTestSite(t *testing.T, d *db.DB) *testSite {
	t.Helper()
	return newSite(t, d, (*testSite).fill)
}

// newSite is a site over records of one's own.
func newSite(t *testing.T, d *db.DB, fill func(*testSite, *work.Unit) error) *testSite {
	t.Helper()
	s := &testSite{t: t, desk: &work.Desk{DB: d, AsOf: today, Keys: key.New()}, log: &bytes.Buffer{}, id: map[string]string{}}
	if err := s.desk.Do(context.Background(), operator, "test", func(u *work.Unit) error { return fill(s, u) }); err != nil {
		t.Fatal(err)
	}
	s.site = &Site{Desk: s.desk, Log: slog.New(slog.NewTextHandler(s.log, nil)), Synthetic: true}
	handler, err := s.site.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s.http = httptest.NewServer(handler)
	t.Cleanup(s.http.Close)
	return s
}

func whole(n int) sql.Null[int] { return sql.Null[int]{V: n, Valid: true} }

func (s *testSite) fill(u *work.Unit) error {
	if err := s.placePostcodes(u, testPostcodes); err != nil {
		return err
	}
	d2n2 := []string{"D2N2", "EM"}
	err := agency.Save(u, &agency.Book{}, []agency.Agency{
		{Code: "DER", Kind: "LA", Name: "Derby", Pools: d2n2}, {Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: d2n2},
		{Code: "VAA1", Kind: "VAA", Name: "Lantern Adoption", Pools: d2n2}, {Code: "LEI", Kind: "LA", Name: "Leicester", Pools: []string{"EM2"}},
	})
	if err != nil {
		return err
	}
	children := []child.Child{
		{Agency: "DER", Ref: "C1", GivenName: "Asha", FamilyName: "Testname", Born: date.MustOf(2022, 5, 4), Sex: "F", Status: "waiting", Plan: "undecided",
			HomePostcode: "DE22 3CV", EnteredCare: date.MustOf(2025, 3, 1), DecisionDate: date.MustOf(2025, 11, 3), OrderDate: date.MustOf(2026, 2, 2),
			Needs:   []child.Need{{Code: "fasd", Level: "possible"}, {Code: "neglect", Level: "known"}},
			Contact: []child.Contact{{Kind: "letterbox", TimesAYear: sql.Null[float64]{V: 2, Valid: true}}},
			Zones:   []child.Zone{{Postcode: "DE22 3CV", RadiusMiles: sql.Null[float64]{V: 5, Valid: true}, Kind: "birth_home"}}},
		{Agency: "DER", Ref: "C2", GroupRef: "G1", Plan: "together", GivenName: "Ben", FamilyName: "Samplesson", Born: date.MustOf(2020, 2, 29), Sex: "M", Status: "waiting", DecisionDate: date.MustOf(2026, 1, 5)},
		{Agency: "DER", Ref: "C3", GroupRef: "G1", Plan: "together", GivenName: "Cora", FamilyName: "Samplesson", Born: date.MustOf(2025, 6, 1), Sex: "F", Status: "waiting", DecisionDate: date.MustOf(2026, 1, 5)},
		{Agency: "DER", Ref: "C9", GivenName: "Placed", FamilyName: "Already", Status: "placed"},
		{Agency: "NOT", Ref: "N1", GivenName: "Noor", FamilyName: "Inventham", Born: date.MustOf(2021, 1, 1), Sex: "F", Status: "waiting", Languages: []string{"ur"}},
		{Agency: "LEI", Ref: "L1", GivenName: "Hidden", FamilyName: "Elsewhere", Status: "waiting"},
	}
	if err := share(u, "EM"); err != nil {
		return err
	}
	families := []adopter.Family{
		{Agency: "VAA1", Ref: "F1", Adopters: whole(2), ApprovedOn: date.MustOf(2026, 4, 1), Status: "approved", MaxChildren: whole(2), AgeMin: whole(0), AgeMax: whole(6), Sex: "any",
			ChildrenAtHome: whole(0), Training: "yes", Languages: []string{"en", "ur"}, Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}},
			Offers: []adopter.Offer{{Code: "fasd", Answer: "yes"}, {Code: "neglect", Answer: "yes"}, {Code: "letterbox", Answer: "yes"}}},
		{Agency: "VAA1", Ref: "F2", Adopters: whole(1), ApprovedOn: date.MustOf(2026, 5, 1), Status: "approved", MaxChildren: whole(1), AgeMin: whole(0), AgeMax: whole(3), Sex: "any", Places: []adopter.Place{{Kind: "home", Postcode: "NG1 1CC"}},
			Offers: []adopter.Offer{{Code: "neglect", Answer: "support"}}},
		{Agency: "VAA1", Ref: "F3", Status: "approved", MaxChildren: whole(1), Places: []adopter.Place{{Kind: "home", Postcode: "DE22 3CO"}}},
		{Agency: "NOT", Ref: "F1", Status: "stage_two", MaxChildren: whole(3)},
		{Agency: "LEI", Ref: "L1", Status: "approved"},
	}
	return s.save(u, children, families)
}

// share has the agencies of a pool agree to share.
func share(u *work.Unit, pool string) error {
	book, err := agency.Open(u)
	if err != nil {
		return err
	}
	_, err = agency.Propose(u, book, book.Among(pool))
	return err
}

// do runs fn as somebody, with what the book says of them.
func (s *testSite) do(a access.Actor, fn func(*work.Unit) error) error {
	return s.desk.Do(context.Background(), a, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		u.Actor = book.As(u.Actor)
		return fn(u)
	})
}

// handHomeFinding has another agency find homes on a council's behalf.
func (s *testSite) handHomeFinding(council, holder string) {
	s.t.Helper()
	lead := access.Actor{ID: "lead", Agency: council, Role: access.InformationLead}
	if err := s.do(lead, func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return agency.HandFunction(u, book, agency.Held{Agency: council, Function: access.HomeFinding, Holder: holder})
	}); err != nil {
		s.t.Fatal(err)
	}
}

// testPostcodes have unit letters that cannot exist.
const testPostcodes = `DE22 3CV,434000,336000,1,
DE22 3CO,434100,336100,1,
NG1 1CC,457000,340000,1,
LE1 1CC,458000,304000,1,
S1 1CC,435000,387000,1,
`

func (s *testSite) placePostcodes(u *work.Unit, lines string) error {
	path := filepath.Join(s.t.TempDir(), "gazetteer.csv")
	if err := os.WriteFile(path, []byte("pcds,east1m,north1m,gridind,doterm\n"+lines), 0o600); err != nil {
		return err
	}
	_, err := gazetteer.Load(u.Tx, path, u.Today)
	return err
}

func (s *testSite) save(u *work.Unit, children []child.Child, families []adopter.Family) error {
	var cs []child.Change
	for _, c := range children {
		c.ID = work.NewID()
		s.id[c.Agency+"/"+c.Ref] = c.ID
		cs = append(cs, child.Change{After: c})
	}
	var fs []adopter.Change
	for _, f := range families {
		f.ID = work.NewID()
		s.id["family "+f.Agency+"/"+f.Ref] = f.ID
		fs = append(fs, adopter.Change{After: f})
	}
	if err := child.SaveAll(u, cs); err != nil {
		return err
	}
	return adopter.SaveAll(u, fs)
}

// browser is somebody signed in, by agency and role.
type browser struct {
	*testSite
	client *http.Client
}

// as signs in the standing worker of an agency and role.
func (s *testSite) as(agencyCode string, role access.Role) *browser {
	s.t.Helper()
	return s.asWorker(s.workerOf(agencyCode, role))
}

// asWorker signs in one worker.
func (s *testSite) asWorker(id string) *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	at, err := url.Parse(s.http.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: "homeward", Value: s.session(id), Path: "/"}})
	return &browser{s, &http.Client{Jar: jar}}
}

// get fetches a page and expects a status; it gives the body.
func (b *browser) get(path string, status int) string {
	b.t.Helper()
	answer, err := b.client.Get(b.http.URL + path)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer, path, status)
}

// post sends a form, follows the redirect, and expects a status at its end.
func (b *browser) post(path string, form url.Values, status int) string {
	b.t.Helper()
	answer, err := b.client.PostForm(b.http.URL+path, form)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.read(answer, path, status)
}

func (b *browser) read(answer *http.Response, path string, status int) string {
	b.t.Helper()
	defer answer.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(answer.Body); err != nil {
		b.t.Fatal(err)
	}
	if answer.StatusCode != status {
		b.t.Errorf("%s answered %d, want %d\n%s\n%s", path, answer.StatusCode, status, textOf(body.String()), b.log.String())
	}
	if strings.Contains(body.String(), "hw-not-drawn") {
		b.t.Errorf("%s: a part of the page was not drawn", path)
	}
	return body.String()
}

// textOf is what a person reads of a page, with white space folded.
func textOf(page string) string {
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return err.Error()
	}
	var words []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(doc)
	return strings.Join(words, " ")
}

// wants checks that a page says some things and leaves others out.
func wants(t *testing.T, page string, says []string, not ...string) {
	t.Helper()
	text := textOf(page)
	for _, s := range says {
		if !strings.Contains(text, s) {
			t.Errorf("the page does not say %q:\n%s", s, text)
		}
	}
	for _, s := range not {
		if strings.Contains(page, s) {
			t.Errorf("the page holds %q", s)
		}
	}
}

// entries gives what the audit record says of one record, newest first.
func (s *testSite) entries(kind access.Kind, agencyCode, id string) []audit.Entry {
	s.t.Helper()
	var list []audit.Entry
	if err := s.desk.DB.Read(context.Background(), func(tx *db.Tx) (err error) {
		list, err = audit.Of(tx, string(kind), agencyCode, id, 100)
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestNobodySeesAnythingBeforeSigningIn(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		for _, r := range routes {
			if r.open {
				continue
			}
			method, path, _ := strings.Cut(r.pattern, " ")
			path = strings.NewReplacer("{$}", "", "{id}", s.id["DER/C1"]).Replace(path)
			request, err := http.NewRequest(method, s.http.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/sign-in" {
				t.Errorf("%s answers %d before signing in", r.pattern, answer.StatusCode)
			}
		}
	})
}

func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		for _, path := range []string{"/sign-in", "/", "/no-such-page"} {
			answer, err := http.Get(s.http.URL + path)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			for name, want := range map[string]string{"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"} {
				if got := answer.Header.Get(name); !strings.Contains(got, want) {
					t.Errorf("%s: %s is %q", path, name, got)
				}
			}
		}
	})
}

func TestAFormFromAnotherSiteIsRefused(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		request, err := http.NewRequest(http.MethodPost, s.http.URL+"/sign-in", strings.NewReader("worker=x"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden {
			t.Errorf("answered %d", answer.StatusCode)
		}
	})
}

// ask puts an ask into the database, as the domain does it.
func (s *testSite) ask(childKey string, families ...string) []link.Ask {
	s.t.Helper()
	var asks []link.Ask
	code, _, _ := strings.Cut(childKey, "/")
	finder := access.Actor{ID: "finder", Name: "Fay Finder", Agency: code, Role: access.HomeFinder}
	request := link.AskRequest{ChildID: s.id[childKey]}
	for _, f := range families {
		request.Families = append(request.Families, s.id["family "+f])
	}
	err := s.do(finder, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		asks, err = b.Ask(u, request)
		return err
	})
	if err != nil {
		s.t.Fatal(fmt.Errorf("ask: %w", err))
	}
	return asks
}

// statementsFor gets a page and counts the statements it sent to the database:
// however many records it shows, there must be no more of them.
func (b *browser) statementsFor(path string) int {
	b.t.Helper()
	b.get(path, http.StatusOK)
	_, after, _ := strings.Cut(b.log.String()[strings.LastIndex(b.log.String(), "statements="):], "=")
	var n int
	if _, err := fmt.Sscan(after, &n); err != nil {
		b.t.Fatal(err)
	}
	return n
}
