package web

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/work"
)

// council is a council's own sign-in: it vouches for one subject.
type council struct {
	*httptest.Server
	key     *rsa.PrivateKey
	nonce   string
	subject string
	amr     []string
	now     func() time.Time
}

func newCouncil(t *testing.T, now func() time.Time) *council {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &council{key: key, subject: "subject-1", now: now}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{"issuer": c.URL, "authorization_endpoint": c.URL + "/auth", "token_endpoint": c.URL + "/token", "jwks_uri": c.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": "AQAB"}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": c.token(t)})
	})
	c.Server = httptest.NewServer(mux)
	t.Cleanup(c.Close)
	return c
}

func answerJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func (c *council) token(t *testing.T) string {
	claims := map[string]any{"iss": c.URL, "aud": "homeward", "sub": c.subject, "nonce": c.nonce, "amr": c.amr,
		"iat": c.now().Unix(), "auth_time": c.now().Unix(), "exp": c.now().Add(time.Minute).Unix()}
	var parts []string
	for _, part := range []any{map[string]any{"alg": "RS256", "kid": "k", "typ": "JWT"}, claims} {
		text, err := json.Marshal(part)
		if err != nil {
			t.Error(err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(text))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, ".")))
	signature, err := rsa.SignPKCS1v15(rand.Reader, c.key, crypto.SHA256, sum[:])
	if err != nil {
		t.Error(err)
	}
	return strings.Join(append(parts, base64.RawURLEncoding.EncodeToString(signature)), ".")
}

// withCouncil turns a council's own sign-in on.
func (s *testSite) withCouncil(t *testing.T) (*council, account.Issuer) {
	t.Helper()
	s.stopClock()
	c := newCouncil(t, s.desk.Clock)
	s.site.Origin, s.site.councils.Loopback = s.http.URL, true
	return c, s.saveIssuer(account.Issuer{Agency: "DER", URL: c.URL, ClientID: "homeward", MFA: []string{"otp"}, Enabled: true})
}

func (s *testSite) saveIssuer(i account.Issuer) account.Issuer {
	s.t.Helper()
	s.operate(func(u *work.Unit) (err error) { i, err = s.site.councils.SaveIssuer(u, i, "secret"); return err })
	return i
}

// goes sends a browser to the council and gives where it comes back to.
func (c *council) goes(b *browser, start string) (back string) {
	b.t.Helper()
	to, body := b.step(start, nil)
	at, err := url.Parse(to)
	if err != nil || !strings.HasPrefix(to, c.URL+"/auth?") {
		b.t.Fatalf("%s leads to %q: %s", start, to, textOf(body))
	}
	q := at.Query()
	c.nonce = q.Get("nonce")
	returns, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		b.t.Fatal(err)
	}
	return returns.Path + "?" + url.Values{"code": {"a-code"}, "state": {q.Get("state")}}.Encode()
}

func TestSigningInThroughOnesCouncil(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		c, issuer := s.withCouncil(t)
		name := s.openAccount(s.workerOf("DER", access.Manager))
		start := councilPath(issuer.ID) + "/start"
		b := s.stranger()
		b.says("/sign-in", nil, "Sign in with your council")
		b.says("/sign-in/council", nil, "Derby")
		b.leads(c.goes(b, start), nil, "/sign-in")
		b.says("/sign-in", nil, "no account here is joined to its sign-in")

		b.leads("/sign-in", credentials(name), "/sign-in/code")
		b.leads("/sign-in/code", url.Values{"code": {s.code()}}, "/")
		b.leads(c.goes(b, "/account/council/"+issuer.ID), nil, "/account")
		b.says("/account", nil, "From now on you can sign in through your council.", "You can sign in through Derby.")

		c.amr = []string{"pwd", "otp"}
		d := s.stranger()
		d.leads(c.goes(d, start), nil, "/")
		d.says("/account", nil, "Manager")

		c.amr = []string{"pwd"} // no second factor: Homeward asks for its own
		e := s.stranger()
		e.leads(c.goes(e, start), nil, "/sign-in/code")
		e.leads("/account", nil, "/sign-in")

		b.leads("/account/leave-council", url.Values{"issuer": {issuer.ID}}, "/account")
		f := s.stranger()
		f.leads(c.goes(f, start), nil, "/sign-in")
		if strings.Contains(s.log.String(), c.subject) || strings.Contains(s.log.String(), "a-code") {
			t.Error("the log holds who somebody is at their council")
		}
	})
}

func TestAReturnThatNobodySetOutForIsRefused(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		c, issuer := s.withCouncil(t)
		refused := func(what string, b *browser, back string) {
			t.Helper()
			if to, body := b.step(back, nil); to != "/sign-in" {
				t.Errorf("%s leads to %q: %s", what, to, textOf(body))
			}
			b.says("/sign-in", nil, "Your council's sign-in did not complete. Start again.")
		}
		start := councilPath(issuer.ID) + "/start"
		b := s.stranger()
		back := c.goes(b, start)
		refused("another's state", s.stranger(), back)
		other := s.stranger()
		c.goes(other, start)
		refused("a foreign state in a session that set out", other, back)
		wrong := s.stranger()
		refused("a state made up", wrong, strings.Split(c.goes(wrong, start), "state=")[0]+"state=x")
		c.goes(b, start)
		refused("without an answer", b, councilPath(issuer.ID))
		twice := s.stranger()
		back = c.goes(twice, start)
		twice.step(back, nil)
		refused("the same return twice", twice, back)

		off := s.stranger()
		back = c.goes(off, start)
		issuer.Enabled = false
		s.saveIssuer(issuer)
		refused("a council turned off meanwhile", off, back)
		off.get(start, http.StatusNotFound)
		off.get(councilPath("no-such")+"/start", http.StatusNotFound)
		if strings.Contains(off.says("/sign-in/council", nil, "No council has its own sign-in here yet"), start) {
			t.Error("a council that is turned off is offered")
		}
	})
}

func TestConfirmingThroughOnesCouncilIsForThatPersonAlone(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		c, issuer := s.withCouncil(t)
		c.amr = []string{"otp"}
		b := s.as("DER", access.Manager).byStep()
		b.leads(c.goes(b, "/account/council/"+issuer.ID), nil, "/account")
		f := s.facts(s.workerOf("DER", access.Manager))
		f.Confirmed = f.Confirmed.Add(-time.Hour)
		old := s.with(s.sessionWith(f))
		old.leads("/account/recovery", nil, "/confirm")
		old.says("/confirm", nil, "Through the sign-in of Derby")
		c.subject = "somebody else"
		old.get(c.goes(old, "/confirm/council/"+issuer.ID), http.StatusNotFound)
		c.subject = "subject-1"
		old.leads(c.goes(old, "/confirm/council/"+issuer.ID), nil, "/account/recovery")
		old.says("/account/recovery", nil, "New recovery codes")
		lead := s.as("NOT", access.InformationLead).byStep()
		lead.get("/account/council/"+issuer.ID, http.StatusNotFound) // another agency's
	})
}
