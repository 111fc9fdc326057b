package account

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

const (
	dexLogin, dexPassword = "worker@derby.example", "correct horse battery"
	otherReturn           = "https://other.example/sign-in/council/" + tenant
)

// buildDex builds the real provider; the go command's cache makes this short
// after the first time. Without its modules the test is skipped, loudly, except
// where nothing may be skipped.
func buildDex(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "dex")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = "../tools/dex"
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		if os.Getenv("HOMEWARD_TEST_REQUIRE") != "" {
			t.Fatalf("the real OIDC provider does not build: %v\n%s", err, out)
		}
		t.Skipf("NOT TESTED against a real OIDC provider, which does not build: %v\n%s", err, out)
	}
	return binary
}

// startDex gives the issuer of a provider that lives as long as the test.
func startDex(t *testing.T, binary string, tokensValidFor time.Duration) string {
	t.Helper()
	settings, err := json.Marshal(map[string]any{
		"Login": dexLogin, "Password": dexPassword, "Subject": "worker-1", "TokensValidFor": tokensValidFor,
		"Clients": []map[string]any{
			{"id": "homeward", "secret": "shared secret", "name": "Homeward", "redirectURIs": []string{returnTo}},
			{"id": "other", "secret": "other secret", "name": "Other", "redirectURIs": []string{otherReturn}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	dex := exec.Command(binary)
	dex.Stderr = os.Stderr
	in, err := dex.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := dex.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := dex.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := dex.Wait(); err != nil {
			t.Error(err)
		}
	})
	if _, err := in.Write(settings); err != nil {
		t.Fatal(err)
	}
	issuer, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(issuer)
}

// signInAtDex is a person at the provider: it follows the address, fills in the
// form and gives what they come back with, or nothing where the provider does
// not send them back.
func signInAtDex(t *testing.T, address, back string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var answer url.Values
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), back+"?") {
			answer = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	form, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer form.Body.Close()
	if form.StatusCode != http.StatusOK {
		return nil
	}
	filled, err := browser.PostForm(form.Request.URL.String(), url.Values{"login": {dexLogin}, "password": {dexPassword}})
	if err != nil {
		t.Fatal(err)
	}
	defer filled.Body.Close()
	if answer == nil {
		text, _ := io.ReadAll(filled.Body)
		t.Fatalf("nobody came back: %s %s", filled.Status, text)
	}
	return answer
}

// dexVisit is one visit to a real provider, up to the return.
type dexVisit struct {
	party   *RelyingParty
	issuer  Issuer
	started Started
	answer  url.Values
}

func visitDex(t *testing.T, p *RelyingParty, i Issuer, back string, now time.Time) dexVisit {
	t.Helper()
	address, started, err := p.Begin(context.Background(), i, back, false, now)
	if err != nil {
		t.Fatal(err)
	}
	return dexVisit{p, i, started, signInAtDex(t, address, back)}
}

func (v dexVisit) finish(now time.Time) (Identity, error) {
	return v.party.Finish(context.Background(), v.issuer, v.started, v.answer, now)
}

func TestARealProvider(t *testing.T) {
	binary := buildDex(t)
	address := startDex(t, binary, time.Minute)
	p := testParty()
	homeward := testIssuer(p, address, "homeward", "shared secret")
	other := testIssuer(p, address, "other", "other secret")
	now := time.Now()

	t.Run("signs somebody in, the same each time", func(t *testing.T) {
		first, err := visitDex(t, p, homeward, returnTo, now).finish(now)
		if err != nil {
			t.Fatal(err)
		}
		second, err := visitDex(t, p, homeward, returnTo, now).finish(now)
		if err != nil {
			t.Fatal(err)
		}
		if first.Subject == "" || first.Subject != second.Subject || first.Issuer != address || first.SecondFactor {
			t.Errorf("%+v, then %+v", first, second)
		}
	})
	for _, c := range []struct {
		name, cause string
		fault       func(t *testing.T, v *dexVisit)
	}{
		{"state of another session", "state of another session", func(t *testing.T, v *dexVisit) {
			v.answer.Set("state", visitDex(t, p, homeward, returnTo, now).answer.Get("state"))
		}},
		{"code of another session", "answered 400 invalid_grant", func(t *testing.T, v *dexVisit) {
			v.answer.Set("code", visitDex(t, p, homeward, returnTo, now).answer.Get("code"))
		}},
		{"code made up", "answered 400 invalid_", func(t *testing.T, v *dexVisit) { v.answer.Set("code", "made-up") }},
		{"another verifier", "answered 400 invalid_grant", func(t *testing.T, v *dexVisit) { v.started.Verifier = oauth2.GenerateVerifier() }},
		{"no verifier", "answered 400 invalid_grant", func(t *testing.T, v *dexVisit) { v.started.Verifier = "" }},
		{"another nonce", "the nonce of another session", func(t *testing.T, v *dexVisit) { v.started.Nonce = "another" }},
		{"no nonce", "the nonce of another session", func(t *testing.T, v *dexVisit) { v.started.Nonce = "" }},
		{"another address to come back to", "answered 400 invalid_request", func(t *testing.T, v *dexVisit) { v.started.RedirectURL = otherReturn }},
		{"a wrong secret", "answered 401 invalid_client", func(t *testing.T, v *dexVisit) {
			v.issuer.SecretSealed = p.ring.Seal(oidcSecret, tenant, []byte("guessed"))
		}},
		{"code made for another client", "answered 400 invalid_grant", func(t *testing.T, v *dexVisit) { v.issuer = other }},
		{"named by another issuer", "does not name issuer", func(t *testing.T, v *dexVisit) { v.answer.Set("iss", "https://login.example/other") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := visitDex(t, p, homeward, returnTo, now)
			c.fault(t, &v)
			_, err := v.finish(now)
			refusedFor(t, err, c.cause)
		})
	}
	t.Run("a code replayed", func(t *testing.T) {
		v := visitDex(t, p, homeward, returnTo, now)
		if _, err := v.finish(now); err != nil {
			t.Fatal(err)
		}
		_, err := v.finish(now)
		refusedFor(t, err, "state replayed")
		_, err = dexVisit{testParty(), v.issuer, v.started, v.answer}.finish(now)
		refusedFor(t, err, "the secret of issuer") // another installation's ring
		clear(p.spent)                             // as another process, which has not seen the state
		_, err = v.finish(now)
		refusedFor(t, err, "answered 400 invalid_grant")
	})
	t.Run("a token expired", func(t *testing.T) {
		v := visitDex(t, p, homeward, returnTo, now)
		_, err := v.finish(now.Add(5 * time.Minute))
		refusedFor(t, err, "token is expired")
	})
	t.Run("away too long", func(t *testing.T) {
		v := visitDex(t, p, homeward, returnTo, now)
		_, err := v.finish(now.Add(oidcAway + time.Minute))
		refusedFor(t, err, "too long ago")
	})
	t.Run("an address to come back to that is not registered", func(t *testing.T) {
		begun, _, err := p.Begin(context.Background(), homeward, otherReturn, false, now)
		if err != nil {
			t.Fatal(err)
		}
		if answer := signInAtDex(t, begun, otherReturn); answer != nil {
			t.Error("the provider sent them back there")
		}
	})
	t.Run("wrong audience: a token made for another client", func(t *testing.T) {
		v := visitDex(t, p, other, otherReturn, now)
		provider, raw := exchanged(t, v, now)
		if _, err := provider.identity(context.Background(), other, v.started, raw, now); err != nil {
			t.Fatalf("for its own client: %v", err)
		}
		_, err := provider.identity(context.Background(), homeward, v.started, raw, now)
		refusedFor(t, err, "expected audience")
	})
	t.Run("wrong issuer: another provider's token, and its code", func(t *testing.T) {
		stranger := testIssuer(p, startDex(t, binary, time.Minute), "homeward", "shared secret")
		v := visitDex(t, p, stranger, returnTo, now)
		_, raw := exchanged(t, v, now)
		provider, err := p.provider(context.Background(), homeward, now)
		if err != nil {
			t.Fatal(err)
		}
		_, err = provider.identity(context.Background(), homeward, v.started, raw, now)
		refusedFor(t, err, "failed to verify")
		v = visitDex(t, p, stranger, returnTo, now)
		v.issuer = homeward
		_, err = v.finish(now)
		refusedFor(t, err, "answered 400 invalid_")
	})
}

// exchanged gives the token itself, which Finish gives nobody.
func exchanged(t *testing.T, v dexVisit, now time.Time) (*oidcProvider, string) {
	t.Helper()
	provider, err := v.party.provider(context.Background(), v.issuer, now)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := v.party.exchange(context.Background(), provider, v.issuer, v.started, v.answer.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	return provider, raw
}
