package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/exchange"
	"homeward/internal/gazetteer"
	"homeward/internal/key"
	"homeward/internal/lab"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/work"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"
)

// labSite is the whole site over a synthetic region, imported as a person would,
// on SQLite, with somebody's caseload and a few asks.
func labSite(t testing.TB, scale lab.Scale) *testSite {
	t.Helper()
	d, err := db.Migrate(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "homeward.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &testSite{t: t, desk: &work.Desk{DB: d, AsOf: today, Keys: key.New()}, id: map[string]string{}}
	s.site = &Site{Desk: s.desk, Synthetic: true}
	handler, err := s.site.Handler()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	region := lab.Generate(scale, 1, today)
	if err := exchange.WriteFolder(folder, region.Region); err != nil {
		t.Fatal(err)
	}
	reading, err := exchange.ReadPath(folder, exchange.Options{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	s.operate(func(u *work.Unit) error { return s.settle(u, region, reading) })
	s.operate(s.caseloads)
	s.operate(s.someAsks)
	s.operate(s.somePacks)
	s.operate(s.someReturn)
	s.someStudies("DER")
	s.http = httptest.NewServer(handler)
	t.Cleanup(s.http.Close)
	return s
}

func (s *testSite) operate(fn func(*work.Unit) error) {
	s.t.Helper()
	if err := s.desk.Do(context.Background(), operator, "test", fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *testSite) settle(u *work.Unit, region *lab.Synthetic, reading *exchange.Reading) error {
	path := filepath.Join(s.t.TempDir(), "gazetteer.csv")
	if err := writeFile(path, region.WriteGazetteer); err != nil {
		return err
	}
	if _, err := gazetteer.Load(u.Tx, path, u.Today); err != nil {
		return err
	}
	if _, err := exchange.Import(u, &agency.Book{}, reading); err != nil {
		return err
	}
	return shareAll(u)
}

// shareAll has the members of every pool agree to share.
func shareAll(u *work.Unit) error {
	book, err := agency.Open(u)
	if err != nil {
		return err
	}
	shared := map[string]bool{}
	for _, a := range book.List() {
		for _, pool := range a.Pools {
			if agreement := book.Among(pool); !shared[pool] && len(agreement.Parties) > 1 {
				shared[pool] = true
				if _, err := agency.Propose(u, book, agreement); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// caseloads gives every record to its agency's standing worker.
func (s *testSite) caseloads(u *work.Unit) error {
	book, err := agency.Open(u)
	if err != nil {
		return err
	}
	who := func(code string, role access.Role) string {
		for _, w := range book.Staff(code) {
			if w.Role == role {
				return w.ID
			}
		}
		return ""
	}
	list, err := child.Load(u.Tx, child.Query{})
	if err != nil {
		return err
	}
	var cs []child.Change
	for i, c := range list {
		s.id[c.Agency+"/"+c.Ref] = c.ID
		c.Worker = who(c.Agency, access.PermanenceWorker)
		cs = append(cs, child.Change{Before: &list[i], After: c})
	}
	families, err := adopter.Load(u.Tx, adopter.Query{})
	if err != nil {
		return err
	}
	var fs []adopter.Change
	for i, f := range families {
		s.id["family "+f.Agency+"/"+f.Ref] = f.ID
		f.Worker = who(f.Agency, access.AdopterWorker)
		fs = append(fs, adopter.Change{Before: &families[i], After: f})
	}
	if err := child.SaveAll(u, cs); err != nil {
		return err
	}
	return adopter.SaveAll(u, fs)
}

// someAsks asks about every tenth group, and every other ask is declined.
func (s *testSite) someAsks(u *work.Unit) error {
	b, err := s.site.finder.Board(u, false)
	if err != nil {
		return err
	}
	for i, g := range b.Waiting(u) {
		if i%10 != 0 {
			continue
		}
		pairs := b.Pool.List(g)
		if pairs[0].Outcome == match.RuledOut {
			continue
		}
		asks, err := b.Ask(u, link.AskRequest{ChildID: b.Groups[g][0].ID, Families: []string{b.Families[pairs[0].Family].ID}})
		if err != nil {
			return err
		}
		if i%20 != 0 {
			continue
		}
		if err := b.Close(u, asks[0].ID, link.Closing{State: link.No, ReasonCode: "age"}); err != nil {
			return err
		}
	}
	return nil
}

// patternOf says which route a path belongs to.
func patternOf(path string) string {
	mux := http.NewServeMux()
	for _, r := range routes {
		mux.HandleFunc(r.pattern, func(http.ResponseWriter, *http.Request) {})
	}
	_, pattern := mux.Handler(httptest.NewRequest(http.MethodGet, path, nil))
	return pattern
}

// TestEveryPageIsAccessible follows the links of every role through the whole
// site. On every kind of page axe finds nothing at desktop and phone width, the
// page scrolls one way only at 320 pixels (400% zoom), and the browser finds
// nothing to complain of. It fails if it did not come by some page at all.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel() // it waits for a browser or a database more than it reckons
	s := labSite(t, lab.Pilot)
	s.somePlans()
	b := chromium(t, s)
	// A page is looked at from the child's side and from the family's.
	childs, familys := map[string]bool{}, map[string]bool{}
	for _, who := range []struct {
		agency string
		role   access.Role
		looked map[string]bool
	}{{"DER", access.Manager, childs}, {"DER", access.HomeFinder, childs}, {b.site.someVAA(), access.AdopterWorker, familys}, {"DER", access.PermanenceWorker, childs}} {
		b.signIn(who.agency, who.role)
		b.crawl(b.site.as(who.agency, who.role), string(who.role), who.looked)
	}
	for _, r := range routes {
		if strings.HasPrefix(r.pattern, "GET ") && !childs[r.pattern] && !familys[r.pattern] && !slices.Contains(lookedAtElsewhere, r.pattern) {
			t.Errorf("no link leads to %s: it was not looked at", r.pattern)
		}
	}
}

func (s *testSite) someVAA() (code string) {
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		for _, a := range book.List() {
			if a.Kind == "VAA" {
				code = a.Code
			}
		}
		return nil
	})
	return code
}

// followed is how many pages of a kind the crawl takes links from: not every
// family can be corrected, not every pair waived. Two pages are of a kind if they
// have the same pattern and ask for the same parameters.
const followed = 3

func kindOf(pattern, path string) string {
	_, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return pattern
	}
	return pattern + " " + strings.Join(slices.Sorted(maps.Keys(values)), " ")
}

// crawl looks at one page of every kind that links from the home page lead to.
// The browser opens what is looked at alone; links are read without it.
func (b *tab) crawl(reader *browser, role string, looked map[string]bool) {
	b.t.Helper()
	came, been, queue := map[string]int{}, map[string]bool{}, []string{"/", "/sign-in"}
	for len(queue) > 0 {
		path, _, _ := strings.Cut(queue[0], "#")
		queue = queue[1:]
		pattern := patternOf(path)
		if pattern == "" || been[path] || came[kindOf(pattern, path)] == followed {
			continue
		}
		been[path] = true
		came[kindOf(pattern, path)]++
		queue = append(queue, reader.links(path)...)
		if looked[pattern] {
			continue
		}
		looked[pattern] = true
		b.width(1280)
		b.open(path)
		b.look(role+" "+pattern, role+strings.NewReplacer("/", "-", "{", "", "}", "", "GET ", "", "$", "home").Replace(pattern))
	}
}

// links are where a page leads to by GET: its links, and its forms with their
// first two boxes ticked. What is kept for a download is not followed.
func (b *browser) links(path string) (list []string) {
	b.t.Helper()
	answer, err := b.client.Get(b.http.URL + path)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := html.Parse(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		b.t.Fatal(err)
	}
	here, _, _ := strings.Cut(path, "?")
	for n := range doc.Descendants() {
		href, ok := attribute(n, "href")
		if _, download := attribute(n, "download"); ok && n.Data == "a" && strings.HasPrefix(href, "/") && !download {
			list = append(list, href)
		}
		if method, _ := attribute(n, "method"); n.Data == "form" && method == "get" {
			list = append(list, formLinks(n, here)...)
		}
	}
	return list
}

// formLinks are where the buttons of a form lead to.
func formLinks(form *html.Node, here string) (list []string) {
	action, _ := attribute(form, "action")
	list = append(list, cmp.Or(action, here))
	boxes, ticked := url.Values{}, 0
	for n := range form.Descendants() {
		name, _ := attribute(n, "name")
		if kind, _ := attribute(n, "type"); n.Data == "input" && kind == "checkbox" && ticked < 2 {
			value, _ := attribute(n, "value")
			boxes.Add(name, value)
			ticked++
		}
		if to, ok := attribute(n, "formaction"); ok {
			list = append(list, to)
		}
	}
	if ticked > 0 {
		for i := range list {
			list[i] += "?" + boxes.Encode()
		}
	}
	return list
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

// look checks one page as it stands, at three widths.
func (b *tab) look(where, picture string) {
	b.t.Helper()
	b.accessible(where + " at 1280")
	b.picture(picture + "-desktop")
	b.width(375)
	b.accessible(where + " at 375")
	b.fits(where + " at 375")
	b.picture(picture + "-phone")
	b.width(320)
	b.fits(where + " at 320")
	b.clean(where)
}

// TestMistakesAreAccessible sends forms empty: the page says so, axe finds
// nothing, and the summary has the focus.
func TestMistakesAreAccessible(t *testing.T) {
	t.Parallel() // it waits for a browser or a database more than it reckons
	b := chromium(t, labSite(t, lab.Pilot))
	b.signIn("DER", access.Manager)
	for _, path := range []string{"/children/new", "/families/new"} {
		b.open(path)
		if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(`main form[method="post"] button`, chromedp.NodeVisible)); err != nil {
			t.Fatal(path, err)
		}
		if title := evaluate[string](b, "document.title"); !strings.HasPrefix(title, "Error: ") {
			t.Errorf("%s sent empty is titled %q", path, title)
		}
		if !evaluate[bool](b, `document.activeElement.classList.contains("govuk-error-summary")`) {
			t.Errorf("%s: the error summary has not the focus", path)
		}
		b.look("mistakes on "+path, "mistakes"+strings.ReplaceAll(path, "/", "-"))
	}
}

// TestTheAskJourneyByKeyboardWithoutJavaScript asks a family and answers, with
// no mouse and no script: from the home page to the answer in the ask log.
func TestTheAskJourneyByKeyboardWithoutJavaScript(t *testing.T) {
	k := chromium(t, browserSite(t)).withoutJavaScript()
	k.signIn("DER", access.HomeFinder)
	k.follow("Children waiting")
	k.follow("Asha")
	k.follow("Families for this child")
	k.says("VAA1/F1")
	k.follow("Ask this family")
	k.says("Who is asked", "VAA1/F1")
	k.reach("note")
	k.do(chromedp.KeyEvent("Could this be a family for her?"))
	k.follow("Ask 1 family")
	k.says("Done", "1 family asked")
	k.follow("Sign out")
	k.signIn("VAA1", access.AdopterWorker)
	k.follow("Asks")
	k.follow(k.site.id["DER/C1"]) // the family's side knows the child by Homeward's reference
	k.says("What the family’s worker sees", "Could this be a family for her?")
	k.says("Fetal alcohol spectrum disorder")
	for _, secret := range []string{"Asha", "Testname", "DE22", "DER/C1"} {
		if strings.Contains(evaluate[string](k.tab, "document.documentElement.outerHTML"), secret) {
			t.Errorf("the family's side is told %q", secret)
		}
	}
	k.reach("Yes")
	k.do(chromedp.KeyEvent(" "))
	k.follow("Record the answer")
	k.says("Done", "Yes")
	k.clean("the ask journey")
}

func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
