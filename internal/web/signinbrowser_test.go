package web

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

func TestSigningInByKeyboardWithoutJavaScript(t *testing.T) {
	s := browserSite(t)
	name := s.openAccount(s.workerOf("DER", access.HomeFinder))
	k := chromium(t, s).withoutJavaScript()
	k.open("/sign-in")
	k.reach("Sign-in name")
	k.do(chromedp.KeyEvent(name))
	k.reach("Password")
	k.do(chromedp.KeyEvent(account.DemonstrationPassword))
	k.follow("Continue")
	k.says("Enter your code")
	k.reach("Code")
	k.do(chromedp.KeyEvent(s.code()))
	k.follow("Sign in")
	k.says("Signed in as Home finder, DER")
	k.follow("Your account")
	k.says("How you sign in")
	k.follow("Sign out")
	k.says("You have signed out.")
	k.clean("sign-in")
}

// forget takes every cookie out of the browser.
func (b *tab) forget() {
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{})
		return chromedp.Void{}, err
	})
}

// enter types into boxes by their names and sends the form of the last.
func (b *tab) enter(pairs ...string) {
	b.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		b.do(chromedp.SendKeys(`main [name="`+pairs[i]+`"]`, pairs[i+1], chromedp.NodeVisible))
	}
	b.press(`main form[method="post"] button:not([hidden])`)
}

// press follows a button to the next page.
func (b *tab) press(selector string) {
	b.t.Helper()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(selector, chromedp.NodeVisible)); err != nil {
		b.t.Fatalf("%s: %v", selector, err)
	}
}

// lookAt is look, however wide the last page was looked at.
func (b *tab) lookAt(where, picture string) {
	b.t.Helper()
	b.width(1280)
	b.look(where, picture)
}

func (b *tab) heading() string { return evaluate[string](b, `document.querySelector("h1").innerText`) }

// TestSigningInIsAccessible looks at the pages that no link leads to: each step,
// its mistakes, an invitation, the recovery codes, and confirming again.
func TestSigningInIsAccessible(t *testing.T) {
	s := browserSite(t)
	name := s.openAccount(s.workerOf("DER", access.Manager))
	s.site.Demonstration = []account.Account{{SignInName: name, Worker: agency.Worker{Role: access.Manager}}}
	b := chromium(t, s)
	b.open("/sign-in")
	b.lookAt("sign-in in a demonstration", "sign-in-demonstration")
	b.enter("name", name, "password", "wrong")
	b.lookAt("sign-in refused", "sign-in-refused")
	b.enter("password", account.DemonstrationPassword)
	b.lookAt("the code", "sign-in-code")
	s.site.Demonstration = nil
	b.open("/sign-in/code")
	b.enter("code", "000000")
	b.lookAt("the code refused", "sign-in-code-refused")
	b.enter("code", s.code())
	if b.heading() != "Home" {
		t.Fatal(b.heading())
	}
	f := s.facts(s.workerOf("DER", access.Manager))
	f.Confirmed = f.Confirmed.Add(-time.Hour)
	b.setSession(s.sessionWith(f))
	b.open("/account/password")
	b.lookAt("confirm", "confirm")
	b.forget()
	path, _ := s.invite("Nadia New", "nadia@example.org")
	b.open(path)
	b.lookAt("an invitation", "join")
	code := s.appCode(evaluate[string](b, "document.documentElement.outerHTML"))
	b.enter("password", goodPassword, "again", "another", "code", code)
	b.lookAt("an invitation with a mistake", "join-mistake")
	b.enter("password", goodPassword, "again", goodPassword, "code", code)
	b.lookAt("recovery codes", "recovery-codes")
	b.open("/sign-in/council")
	b.lookAt("no council", "sign-in-council")
	b.clean("signing in")
}

// namedSite is a test site at an address with a name, to which passkeys can
// belong.
func namedSite(t *testing.T) *testSite {
	t.Helper()
	s := browserSite(t)
	server := httptest.NewUnstartedServer(nil)
	at, err := url.Parse("http://" + server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s.site = &Site{Desk: s.desk, Synthetic: true, Origin: "http://localhost:" + at.Port()}
	if server.Config.Handler, err = s.site.Handler(); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)
	server.URL, s.http = s.site.Origin, server
	return s
}

// TestPasskeysInABrowser makes a passkey by an invitation, signs in with it,
// confirms with it, adds another and takes it away.
func TestPasskeysInABrowser(t *testing.T) {
	s := namedSite(t)
	b := chromium(t, s)
	b.do(func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
		return chromedp.Void{}, err
	})
	path, w := s.invite("Nadia New", "nadia@example.org")
	b.open(path)
	b.press(`main a[href="/join-passkey"]`)
	b.lookAt("an invitation with a passkey", "join-passkey")
	b.do(chromedp.SendKeys(`[name="password"]`, goodPassword), chromedp.SendKeys(`[name="again"]`, goodPassword), chromedp.SendKeys(`[name="passkey_name"]`, "work laptop"))
	b.press("[data-passkey-button]")
	if b.heading() != "Your account is ready" {
		t.Fatal(b.heading(), evaluate[string](b, "document.body.innerText"))
	}
	b.open("/account")
	b.lookAt("an account with a passkey", "account-passkeys")
	b.press(`form[action="/sign-out"] button`)
	b.press(`main a[href="/sign-in/passkey"]`)
	b.lookAt("sign in with a passkey", "sign-in-passkey")
	b.press("[data-passkey-button]")
	if b.heading() != "Home" {
		t.Fatal(b.heading(), evaluate[string](b, "document.body.innerText"))
	}
	f := s.facts(w.ID)
	f.Confirmed = f.Confirmed.Add(-time.Hour)
	b.setSession(s.sessionWith(f))
	b.open("/account/passkey")
	b.press(`main a[href="/confirm/passkey"]`)
	b.lookAt("confirm with a passkey", "confirm-passkey")
	b.press("[data-passkey-button]")
	b.lookAt("add a passkey", "account-passkey")
	b.do(chromedp.SendKeys(`[name="passkey_name"]`, "again"), chromedp.Click("[data-passkey-button]"))
	b.do(chromedp.WaitVisible(`//*[contains(@role, "alert") and contains(., "Your device did not give a passkey")]`)) // it has one already
	b.open("/account")
	b.press(`form[action="/account/passkey/remove"] button`)
	if text := evaluate[string](b, "document.body.innerText"); !strings.Contains(text, "This is your only second factor") {
		t.Error(text)
	}
	b.clean("passkeys")
}
