package web

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/db"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is one tab of a real Chromium, on one test site.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site *testSite

	mu    sync.Mutex
	wrong []string // what the browser complained of or fetched elsewhere
}

// chromium starts a browser for one test. Without one the test is skipped, and
// says so; make test requires it.
func chromium(t *testing.T, s *testSite) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("HOMEWARD_TEST_REQUIRE") != "" {
			t.Fatal("no chromium: run the tests with make test")
		}
		t.Skip("no chromium: run the tests with make test")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	b := &tab{t: t, site: s}
	ctx, closeTab := chromedp.NewContext(ctx, chromedp.WithListener(b.listen))
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Log("closing chromium:", err)
		}
		closeTab()
	})
	ctx, cancel := context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(cancel)
	b.ctx = ctx
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return chromedp.Void{}, err
	})
	return b
}

// listen keeps what a page must not do: break its content security policy, log
// an error, or fetch anything from elsewhere.
func (b *tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "the server responded with a status of 4") {
			b.wrong = append(b.wrong, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.site.http.URL) && !strings.HasPrefix(u, "data:,") && u != "about:blank" {
			b.wrong = append(b.wrong, "fetched "+u)
		}
	}
}

func (b *tab) clean(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, w := range b.wrong {
		b.t.Errorf("%s: %s", where, w)
	}
	b.wrong = nil
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func evaluate[T any](b *tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%.80s: %v", script, err)
	}
	return v
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.site.http.URL + path))
}

func (b *tab) width(pixels int64) { b.do(chromedp.EmulateViewport(pixels, 900)) }

// signIn puts the session of the standing worker of an agency and role into the
// browser.
func (b *tab) signIn(agencyCode string, role access.Role) {
	b.t.Helper()
	b.setSession(b.site.session(b.site.workerOf(agencyCode, role)))
	b.open("/")
	b.do(chromedp.WaitVisible(`//button[contains(., "Sign out")]`))
}

func (b *tab) setSession(token string) {
	b.t.Helper()
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "homeward", Value: token, URL: b.site.http.URL})
		return chromedp.Void{}, err
	})
}

// picture keeps what a page looks like, where somebody wants to look at it.
func (b *tab) picture(name string) {
	folder := os.Getenv("HOMEWARD_SCREENSHOTS")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// axe is the script of axe-core.
var axe = sync.OnceValues(func() (string, error) {
	script, err := os.ReadFile("../../node_modules/axe-core/axe.min.js")
	return string(script), err
})

// axeFinding is one thing axe found.
type axeFinding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// loadAxe puts axe into the page, unless it is there from another width.
func (b *tab) loadAxe() {
	b.t.Helper()
	if evaluate[bool](b, "typeof axe === 'object'") {
		return
	}
	script, err := axe()
	if err != nil {
		b.t.Fatal("axe-core is missing, run the tests with make test: ", err)
	}
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](script+"; true")); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) accessible(where string) {
	b.t.Helper()
	b.loadAxe()
	found := evaluate[[]axeFinding](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.map(n => ({html: n.html}))})))`)
	for _, f := range found {
		b.t.Errorf("%s: axe %s: %s\n%s", where, f.ID, f.Help, f.Nodes[0].HTML)
	}
}

// fits checks that a page scrolls one way only.
func (b *tab) fits(where string) {
	b.t.Helper()
	if over := evaluate[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		b.t.Errorf("%s is %d pixels too wide", where, over)
	}
}

func TestAxeFindsWhatIsPlanted(t *testing.T) {
	b := chromium(t, browserSite(t))
	b.open("/sign-in")
	evaluate[bool](b, `document.querySelector("main").innerHTML += '<img src="data:,"><input type="text">'; true`)
	b.loadAxe()
	if n := evaluate[int](b, `axe.run(document).then(r => r.violations.filter(v => v.id == "image-alt" || v.id == "label").length)`); n != 2 {
		t.Errorf("axe found %d of 2 planted faults: the check does not check", n)
	}
}

// keyboard is somebody who has no mouse, in a browser without JavaScript.
type keyboard struct{ *tab }

func (b *tab) withoutJavaScript() keyboard {
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return chromedp.Void{}, err
	})
	return keyboard{b}
}

// maxTabs is how many presses anything on a page may be away.
const maxTabs = 200

// reach presses Tab until the focus is on something whose text, label or name
// holds some words.
func (k keyboard) reach(words string) {
	k.t.Helper()
	for range maxTabs {
		k.do(chromedp.KeyEvent(kb.Tab))
		here := evaluate[string](k.tab, `(e => [e.innerText, e.name, e.id, e.value, e.labels && e.labels.length ? e.labels[0].innerText : ""].join(" ").replace(/\s+/g, " "))(document.activeElement)`)
		if strings.Contains(here, words) {
			if evaluate[string](k.tab, `getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow`) == "nonenone" {
				k.t.Errorf("%q does not show that it has the focus", words)
			}
			return
		}
	}
	k.picture("keyboard-lost")
	k.t.Fatalf("no key press reaches %q on %s", words, evaluate[string](k.tab, "document.title"))
}

// follow reaches something and presses Enter, and waits for the next page.
func (k keyboard) follow(words string) {
	k.t.Helper()
	k.reach(words)
	if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
		k.t.Fatalf("after Enter on %q: %v", words, err)
	}
}

func (k keyboard) says(words ...string) {
	k.t.Helper()
	text := strings.Join(strings.Fields(evaluate[string](k.tab, "document.body.innerText")), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			k.t.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}

// browserSite is a test site on SQLite: the browser sees the same pages from
// either database.
func browserSite(t *testing.T) *testSite {
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
	return newTestSite(t, d)
}
