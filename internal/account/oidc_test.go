package account

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	tenant   = "DERBYTENANT1"
	returnTo = "https://homeward.example/sign-in/council/" + tenant
	// canary is what a provider may say of somebody, and no log may hold.
	canary = "jane.canary@derby.example"
)

func testParty() *RelyingParty {
	p := NewRelyingParty(key.New())
	p.Loopback = true
	return p
}

func testIssuer(p *RelyingParty, address, client, secret string) Issuer {
	return Issuer{ID: tenant, Agency: "DER", URL: address, ClientID: client, SecretSealed: p.ring.Seal(oidcSecret, tenant, []byte(secret)), Enabled: true}
}

// refusedFor fails the test unless somebody was refused for this cause, and was
// told nothing of it.
func refusedFor(t *testing.T, err error, cause string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was taken")
	}
	if fault.KindOf(err) != fault.Forbidden || fault.Message(err) != "Your council's sign-in did not complete. Start again." {
		t.Errorf("they are told %q, kind %d", fault.Message(err), fault.KindOf(err))
	}
	if !strings.Contains(err.Error(), cause) {
		t.Errorf("the cause is %q, not %q", err, cause)
	}
	if strings.Contains(err.Error(), canary) || len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("the log holds %q", err)
	}
}

// fakeVisit is one visit to a fake provider, whose steps a test may disturb.
type fakeVisit struct {
	*fakeProvider
	party   *RelyingParty
	issuer  Issuer
	started Started
	later   time.Duration // between going and coming back
	fresh   bool
	address url.Values // what the person was sent with
	back    func(v *fakeVisit)
}

func newFakeVisit(t *testing.T) *fakeVisit {
	p := testParty()
	f := newFakeProvider(t, time.Now())
	return &fakeVisit{fakeProvider: f, party: p, issuer: testIssuer(p, f.URL, "homeward", "shared secret")}
}

func (v *fakeVisit) goAndReturn() (Identity, error) {
	address, started, err := v.party.Begin(context.Background(), v.issuer, returnTo, v.fresh, v.now)
	if err != nil {
		return Identity{}, err
	}
	u, err := url.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	v.address, v.started = u.Query(), started
	v.nonce = v.address.Get("nonce")
	if v.back != nil {
		v.back(v)
	}
	return v.comeBack()
}

func (v *fakeVisit) comeBack() (Identity, error) {
	answer := url.Values{"code": {"c"}, "state": {v.address.Get("state")}}
	if v.answer != nil {
		v.answer(answer)
	}
	return v.party.Finish(context.Background(), v.issuer, v.started, answer, v.now.Add(v.later))
}

func TestWhoTheCouncilNamesIsIssuerAndSubject(t *testing.T) {
	v := newFakeVisit(t)
	v.claims = func(c map[string]any) { c["email"] = canary }
	who, err := v.goAndReturn()
	if err != nil {
		t.Fatal(err)
	}
	if who.IssuerID != tenant || who.Issuer != v.URL || who.Subject != "s-1" || who.SecondFactor || !who.AuthTime.IsZero() {
		t.Errorf("%+v", who)
	}
	if q := v.address; q.Get("scope") != "openid" || q.Get("code_challenge_method") != "S256" || q.Get("redirect_uri") != returnTo || q.Get("response_type") != "code" {
		t.Errorf("sent with %v", q)
	}
	if v.address.Get("code_challenge") == v.started.Verifier || strings.Contains(v.address.Encode(), v.started.Verifier) {
		t.Error("the verifier went with the person")
	}
}

func TestATokenThatIsNotForThisSessionIsRefused(t *testing.T) {
	claim := func(name string, value any) func(*fakeVisit) {
		return func(v *fakeVisit) { v.claims = func(c map[string]any) { c[name] = value } }
	}
	without := func(name string) func(*fakeVisit) {
		return func(v *fakeVisit) { v.claims = func(c map[string]any) { delete(c, name) } }
	}
	at := func(name string, from time.Duration) func(*fakeVisit) {
		return func(v *fakeVisit) {
			v.claims = func(c map[string]any) { c[name] = v.now.Add(from).Unix() }
		}
	}
	for _, c := range []struct {
		name, cause string
		fault       func(*fakeVisit)
	}{
		{"of another issuer", "different provider", claim("iss", "https://login.example/other")},
		{"of the same issuer with a slash", "different provider", func(v *fakeVisit) { claim("iss", v.URL+"/")(v) }},
		{"of no issuer", "different provider", without("iss")},
		{"for another client", "expected audience", claim("aud", "other")},
		{"for nobody", "expected audience", without("aud")},
		{"for several, not saying for whom", "another client", claim("aud", []string{"homeward", "other"})},
		{"made out to another client", "another client", claim("azp", "other")},
		{"without a nonce", "the nonce of another session", without("nonce")},
		{"without a nonce, where the session has none", "the nonce of another session", func(v *fakeVisit) {
			without("nonce")(v)
			v.back = func(v *fakeVisit) { v.started.Nonce = "" }
		}},
		{"with another nonce", "the nonce of another session", claim("nonce", "another")},
		{"expired", "token is expired", at("exp", -2*time.Minute)},
		{"without an expiry", "token is expired", without("exp")},
		{"not valid yet", "not before", at("nbf", time.Hour)},
		{"made in the future", "made in the future", at("iat", 2*time.Minute)},
		{"made before they set out", "made before they set out", at("iat", -2*time.Minute)},
		{"that does not say when it was made", "made before they set out", without("iat")},
		{"of no subject", "no proper subject", without("sub")},
		{"of a subject of two lines", "no proper subject", claim("sub", "s-1\ns-2")},
		{"of a subject too long", "no proper subject", claim("sub", strings.Repeat("s", 256))},
		{"with a second factor in another form", "unmarshal", claim("amr", "mfa")},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newFakeVisit(t)
			c.fault(v)
			_, err := v.goAndReturn()
			refusedFor(t, err, c.cause)
		})
	}
}

func TestAnIssuerWithoutItsSchemeIsAnother(t *testing.T) {
	token := &oidc.IDToken{Issuer: "accounts.google.com"} // which the library takes
	if wrong := (oidcClaims{}).wrong(token, Issuer{URL: "https://accounts.google.com"}, Started{}, time.Now()); wrong != "another issuer" {
		t.Errorf("it is %q", wrong)
	}
}

func TestATokenThatIsNotSignedByTheIssuersKeyIsRefused(t *testing.T) {
	alg := func(name string) func(map[string]any) { return func(h map[string]any) { h["alg"] = name } }
	for _, c := range []struct {
		name, cause string
		fault       func(*fakeVisit)
	}{
		{"algorithm none", "unexpected signature algorithm", func(v *fakeVisit) {
			v.header, v.sign = alg("none"), func(string) []byte { return nil }
		}},
		{"no signature", "failed to verify", func(v *fakeVisit) { v.sign = func(string) []byte { return nil } }},
		{"the public key as a shared secret", "unexpected signature algorithm", func(v *fakeVisit) {
			der, err := x509.MarshalPKIXPublicKey(&v.keys[v.kid].PublicKey)
			if err != nil {
				v.t.Fatal(err)
			}
			public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
			v.header, v.sign = alg("HS256"), func(input string) []byte { return hs256(public, input) }
		}},
		{"the client's secret as a shared secret", "unexpected signature algorithm", func(v *fakeVisit) {
			v.header, v.sign = alg("HS256"), func(input string) []byte { return hs256([]byte("shared secret"), input) }
		}},
		{"another's key under the same name", "failed to verify", func(v *fakeVisit) {
			other := fakeKey("other")
			v.sign = func(input string) []byte { return rs256(v.t, other, input) }
		}},
		{"claims changed after signing", "failed to verify", func(v *fakeVisit) {
			v.sign = func(input string) []byte { return rs256(v.t, v.keys[v.kid], input+"x") }
		}},
		{"a key the token brings with it", "failed to verify", func(v *fakeVisit) {
			other := fakeKey("other")
			v.header = func(h map[string]any) {
				h["jwk"] = map[string]any{"kty": "RSA", "n": encode(other.N.Bytes()), "e": "AQAB"}
			}
			v.sign = func(input string) []byte { return rs256(v.t, other, input) }
		}},
		{"keys in a page", "decode keys", func(v *fakeVisit) { v.documents["/keys"] = page }},
		{"keys without end", "too large", func(v *fakeVisit) { v.documents["/keys"] = endless }},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newFakeVisit(t)
			c.fault(v)
			_, err := v.goAndReturn()
			refusedFor(t, err, c.cause)
		})
	}
}

func reply(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprint(w, text)
	}
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<p>Sign in</p>\r\n", strings.Repeat(" ", 300), canary)
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"access_token":"`, strings.Repeat("x", 2*oidcBody), `"}`)
}

func TestAProviderThatMisbehavesIsRefused(t *testing.T) {
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	away := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}
	const discovery = "/.well-known/openid-configuration"
	says := func(name string, value any) func(*fakeVisit) {
		return func(v *fakeVisit) { v.discovery = func(about map[string]any) { about[name] = value } }
	}
	document := func(path string, serve http.HandlerFunc) func(*fakeVisit) {
		return func(v *fakeVisit) { v.documents[path] = serve }
	}
	for _, c := range []struct {
		name, cause string
		fault       func(*fakeVisit)
	}{
		{"discovery names another issuer", "did not match", says("issuer", "https://login.example/other")},
		{"discovery names a template of issuers", "did not match", says("issuer", "https://login.example/{tenantid}/v2.0")},
		{"discovery is a page", "discovery of issuer", document(discovery, page)},
		{"discovery without end", "too large", document(discovery, endless)},
		{"discovery elsewhere", "discovery of issuer", document(discovery, away)},
		{"codes to be sent in clear", "an endpoint is not https", says("token_endpoint", "http://login.example/token")},
		{"keys to be had in clear", "an endpoint is not https", says("jwks_uri", "http://login.example/keys")},
		{"people to be sent to a script", "an endpoint is not https", says("authorization_endpoint", "javascript:alert(1)")},
		{"token endpoint is a page", "cannot parse json", document("/token", page)},
		{"token endpoint without end", "too large", document("/token", endless)},
		{"token endpoint elsewhere", "answered 307", document("/token", away)},
		{"token endpoint refuses, with a name", "answered 400 invalid_grant", document("/token", reply(http.StatusBadRequest, `{"error":"invalid_grant","error_description":"`+canary+`"}`))},
		{"no identity token", "no identity token", document("/token", reply(http.StatusOK, `{"access_token":"a"}`))},
		{"gone", "connection refused", func(v *fakeVisit) { v.Close() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newFakeVisit(t)
			c.fault(v)
			_, err := v.goAndReturn()
			refusedFor(t, err, c.cause)
			if v.asked.Load() > 1 {
				t.Errorf("the code was sent %d times", v.asked.Load())
			}
		})
	}
	if elsewhere > 0 {
		t.Errorf("another host was asked %d times", elsewhere)
	}
}

func TestAnAnswerThatIsNotThisSessionsIsRefusedBeforeTheProviderIsAsked(t *testing.T) {
	answer := func(change func(url.Values)) func(*fakeVisit) { return func(v *fakeVisit) { v.answer = change } }
	set := func(name string, values ...string) func(*fakeVisit) {
		return answer(func(a url.Values) { a[name] = values })
	}
	for _, c := range []struct {
		name, cause string
		fault       func(*fakeVisit)
	}{
		{"state of another session", "state of another session", set("state", "another")},
		{"no state", "state of another session", answer(func(a url.Values) { a.Del("state") })},
		{"two states", "state of another session", answer(func(a url.Values) { a.Add("state", a.Get("state")) })},
		{"a session that never set out", "nobody of this session", func(v *fakeVisit) {
			v.back = func(v *fakeVisit) { v.started = Started{IssuerID: tenant, At: v.now} }
			v.answer = func(a url.Values) { a.Set("state", "") }
		}},
		{"a session that set out for another council", "nobody of this session", func(v *fakeVisit) {
			v.back = func(v *fakeVisit) { v.issuer.ID = "LEICSTENANT1" }
		}},
		{"away too long", "too long ago", func(v *fakeVisit) { v.later = oidcAway + time.Second }},
		{"back before they went", "too long ago", func(v *fakeVisit) { v.later = -2 * oidcLeeway }},
		{"another issuer named", "does not name issuer", set("iss", "https://login.example/other")},
		{"two issuers named", "does not name issuer", func(v *fakeVisit) {
			v.answer = func(a url.Values) { a["iss"] = []string{v.URL, "https://login.example/other"} }
		}},
		{"no issuer named by one that always does", "does not name issuer", func(v *fakeVisit) {
			v.discovery = func(about map[string]any) { about["authorization_response_iss_parameter_supported"] = true }
		}},
		{"refused by the council", "answered access_denied", func(v *fakeVisit) {
			v.answer = func(a url.Values) { a.Set("error", "access_denied\r\n"); a.Set("error_description", canary) }
		}},
		{"no code", "without one code", answer(func(a url.Values) { a.Del("code") })},
		{"two codes", "without one code", answer(func(a url.Values) { a.Add("code", "d") })},
		{"an issuer turned off meanwhile", "turned off", func(v *fakeVisit) {
			v.back = func(v *fakeVisit) { v.issuer.Enabled = false }
		}},
		{"a secret sealed for another issuer", "the secret of issuer", func(v *fakeVisit) {
			v.issuer.SecretSealed = v.party.ring.Seal(oidcSecret, "LEICSTENANT1", []byte("shared secret"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newFakeVisit(t)
			c.fault(v)
			_, err := v.goAndReturn()
			refusedFor(t, err, c.cause)
			if v.asked.Load() > 0 {
				t.Error("the provider was asked")
			}
		})
	}
}

func TestAReturnIsGoodOnce(t *testing.T) {
	v := newFakeVisit(t)
	if _, err := v.goAndReturn(); err != nil {
		t.Fatal(err)
	}
	_, err := v.comeBack()
	refusedFor(t, err, "state replayed")
	if v.asked.Load() != 1 {
		t.Errorf("the code was sent %d times", v.asked.Load())
	}
	v.now = v.now.Add(oidcAway)
	if _, err := v.goAndReturn(); err != nil || len(v.party.spent) != 2 {
		t.Fatalf("%v, %d states kept", err, len(v.party.spent))
	}
	v.now = v.now.Add(2 * oidcAway)
	if _, err := v.goAndReturn(); err != nil || len(v.party.spent) != 1 {
		t.Errorf("%v, %d states kept of people long back", err, len(v.party.spent))
	}
}

func TestAProviderThatNamesItselfInItsAnswerIsTaken(t *testing.T) {
	v := newFakeVisit(t)
	v.discovery = func(about map[string]any) { about["authorization_response_iss_parameter_supported"] = true }
	v.answer = func(a url.Values) { a.Set("iss", v.URL) }
	if _, err := v.goAndReturn(); err != nil {
		t.Error(err)
	}
}

func TestANewKeyIsTakenAndAWithdrawnOneIsNot(t *testing.T) {
	v := newFakeVisit(t)
	old := v.keys[v.kid]
	if _, err := v.goAndReturn(); err != nil {
		t.Fatal(err)
	}
	v.rotate("second")
	if _, err := v.goAndReturn(); err != nil {
		t.Fatalf("after the key changed: %v", err)
	}
	v.header = func(h map[string]any) { h["kid"] = "first" }
	v.sign = func(input string) []byte { return rs256(t, old, input) }
	_, err := v.goAndReturn()
	refusedFor(t, err, "failed to verify")
}

func TestWhatAProviderSaidIsBelievedForAnHour(t *testing.T) {
	v := newFakeVisit(t)
	if _, err := v.goAndReturn(); err != nil {
		t.Fatal(err)
	}
	v.discovery = func(about map[string]any) { about["issuer"] = "https://login.example/other" }
	v.now = v.now.Add(oidcKnown - time.Second)
	if _, err := v.goAndReturn(); err != nil {
		t.Errorf("within the hour: %v", err)
	}
	v.now = v.now.Add(time.Second)
	_, err := v.goAndReturn()
	refusedFor(t, err, "did not match")
}

func TestTheCouncilsSecondFactorCountsWhereItsRowSaysSo(t *testing.T) {
	for _, c := range []struct {
		name string
		mfa  []string
		amr  []string
		acr  string
		want bool
	}{
		{"a row that trusts nothing", nil, []string{"pwd", "mfa"}, "strong", false},
		{"a method the row names", []string{"mfa"}, []string{"pwd", "mfa"}, "", true},
		{"a level the row names", []string{"mfa", "strong"}, []string{"pwd"}, "strong", true},
		{"a password alone", []string{"mfa"}, []string{"pwd"}, "", false},
		{"a token that does not say", []string{"mfa"}, nil, "", false},
		{"part of a word", []string{"mfa"}, []string{"no-mfa"}, "mfalse", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := newFakeVisit(t)
			v.issuer.MFA = c.mfa
			v.claims = func(claims map[string]any) { claims["amr"], claims["acr"] = c.amr, c.acr }
			who, err := v.goAndReturn()
			if err != nil || who.SecondFactor != c.want {
				t.Errorf("%v, %v", who.SecondFactor, err)
			}
		})
	}
}

func TestASensitiveActNeedsANewProofOfWho(t *testing.T) {
	v := newFakeVisit(t)
	v.fresh = true
	_, err := v.goAndReturn()
	refusedFor(t, err, "not asked again")
	if v.address.Get("prompt") != "login" || v.address.Get("max_age") != "0" {
		t.Errorf("sent with %v", v.address)
	}
	v.claims = func(c map[string]any) { c["auth_time"] = v.now.Add(-time.Hour).Unix() }
	_, err = v.goAndReturn()
	refusedFor(t, err, "not asked again")
	v.claims = func(c map[string]any) { c["auth_time"] = v.now.Unix() }
	who, err := v.goAndReturn()
	if err != nil || who.AuthTime.Unix() != v.now.Unix() {
		t.Errorf("%v, %v", who.AuthTime, err)
	}
}

func TestOnlyHTTPSOutsideADemonstration(t *testing.T) {
	p := NewRelyingParty(key.New())
	i := testIssuer(p, "http://127.0.0.1:1", "homeward", "s")
	_, _, err := p.Begin(context.Background(), i, returnTo, false, time.Now())
	refusedFor(t, err, "is not https")
	for _, back := range []string{"http://homeward.example/" + tenant, "https://homeward.example/", "/" + tenant, "https://a@homeward.example/" + tenant} {
		_, _, err = p.Begin(context.Background(), i, back, false, time.Now())
		refusedFor(t, err, "address to come back to")
	}
	p.Loopback = true
	for _, address := range []string{"http://login.example", "http://127.0.0.1.login.example", "http://10.0.0.1", "https://", "https://a@login.example", "https://login.example/#t", "ftp://127.0.0.1"} {
		if p.safe(address) {
			t.Errorf("%s is taken", address)
		}
	}
	for _, address := range []string{"http://127.0.0.1:5556/dex", "http://localhost", "http://[::1]:1", "https://login.example/t"} {
		if !p.safe(address) {
			t.Errorf("%s is refused", address)
		}
	}
}

// The storage of issuers and identities.

func oidcDesk(t *testing.T, d *db.DB) func(fn func(*work.Unit) error) error {
	operator := access.Actor{ID: "operator", Name: "Operator", Role: access.Operator}
	desk := &work.Desk{DB: d}
	do := func(fn func(*work.Unit) error) error {
		return desk.Do(context.Background(), operator, "test", fn)
	}
	err := do(func(u *work.Unit) error {
		for _, agency := range []string{"DER", "LEI"} {
			if _, err := u.Exec("INSERT INTO agency (agency_code, kind, name, gss) VALUES ($1, 'la', $1, '')", agency); err != nil {
				return err
			}
			for _, n := range []string{"1", "2"} {
				if _, err := u.Exec("INSERT INTO account (agency_code, account_id, worker_id, sign_in_name, password, state, demonstration, totp_step, wrong_codes, epoch, made_at, opened_at) VALUES ($1, $2, $2, $2, '', 'active', false, 0, 0, 0, $3, $3)", agency, agency+n, db.Instant{Time: u.Now}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return do
}

func savedIssuer(t *testing.T, do func(func(*work.Unit) error) error, p *RelyingParty, i Issuer, secret string) (saved Issuer, err error) {
	t.Helper()
	err = do(func(u *work.Unit) (err error) {
		saved, err = p.SaveIssuer(u, i, secret)
		return err
	})
	return saved, err
}

func TestAnIssuerIsKeptWithItsSecretSealed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		do, p := oidcDesk(t, d), NewRelyingParty(key.New())
		i, err := savedIssuer(t, do, p, Issuer{Agency: "DER", URL: "https://login.example/der/v2.0", ClientID: "homeward", MFA: []string{"mfa", "strong"}, Enabled: true}, "shared secret")
		if err != nil {
			t.Fatal(err)
		}
		i.ClientID, i.Enabled, i.SecretSealed = "homeward-2", false, nil
		if i, err = savedIssuer(t, do, p, i, ""); err != nil {
			t.Fatal(err)
		}
		var found Issuer
		var list, none []Issuer
		err = do(func(u *work.Unit) (err error) {
			found, err = IssuerByID(u.Tx, i.ID)
			if err == nil {
				list, err = Issuers(u.Tx, "DER")
			}
			if err == nil {
				none, err = Issuers(u.Tx, "LEI")
			}
			return err
		})
		if err != nil || len(list) != 1 || len(none) != 0 || found.ClientID != "homeward-2" || found.Enabled || len(found.MFA) != 2 {
			t.Errorf("%+v, %d of DER, %d of LEI, %v", found, len(list), len(none), err)
		}
		if strings.Contains(string(found.SecretSealed), "shared") {
			t.Error("the secret is kept in clear")
		}
		if secret, err := p.ring.Unseal(oidcSecret, i.ID, found.SecretSealed); err != nil || string(secret) != "shared secret" {
			t.Errorf("%q, %v", secret, err)
		}
		if err := do(func(u *work.Unit) error { _, err := IssuerByID(u.Tx, "nothing"); return err }); fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	})
}

func TestAnIssuerThatWouldLetOthersInIsNotSaved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		do, p := oidcDesk(t, d), NewRelyingParty(key.New())
		good := Issuer{Agency: "DER", URL: "https://login.example/der", ClientID: "homeward", Enabled: true}
		saved, err := savedIssuer(t, do, p, good, "s")
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			change func(*Issuer)
			secret string
			kind   fault.Kind
		}{
			"in clear":                        {func(i *Issuer) { i.URL = "http://login.example/der" }, "s", fault.Invalid},
			"on this machine":                 {func(i *Issuer) { i.URL = "http://127.0.0.1/der" }, "s", fault.Invalid},
			"of any tenant":                   {func(i *Issuer) { i.URL = "https://login.example/{tenantid}/v2.0" }, "s", fault.Invalid},
			"with a question":                 {func(i *Issuer) { i.URL = "https://login.example/?t=1" }, "s", fault.Invalid},
			"without a client":                {func(i *Issuer) { i.ClientID = "" }, "s", fault.Invalid},
			"without a secret":                {func(*Issuer) {}, "", fault.Invalid},
			"a password for a second factor":  {func(i *Issuer) { i.MFA = []string{"mfa", "pwd"} }, "s", fault.Invalid},
			"nothing for a second factor":     {func(i *Issuer) { i.MFA = []string{""} }, "s", fault.Invalid},
			"two words for a second factor":   {func(i *Issuer) { i.MFA = []string{"mfa pwd"} }, "s", fault.Invalid},
			"another provider under one name": {func(i *Issuer) { i.ID, i.URL = saved.ID, "https://evil.example/der" }, "", fault.Invalid},
			"another agency's":                {func(i *Issuer) { i.ID, i.Agency = saved.ID, "LEI" }, "", fault.NotFound},
			"one there is not":                {func(i *Issuer) { i.ID = "nothing" }, "", fault.NotFound},
		} {
			i := good
			c.change(&i)
			if _, err := savedIssuer(t, do, p, i, c.secret); fault.KindOf(err) != c.kind || err == nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAnAccountIsJoinedToOneSubjectOfItsOwnAgencysIssuer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		do, p := oidcDesk(t, d), NewRelyingParty(key.New())
		i, err := savedIssuer(t, do, p, Issuer{Agency: "DER", URL: "https://login.example/der", ClientID: "homeward", Enabled: true}, "s")
		if err != nil {
			t.Fatal(err)
		}
		link := func(agency, account, issuer, subject string) error {
			return do(func(u *work.Unit) error {
				return LinkIdentity(u, agency, account, Identity{IssuerID: i.ID, Issuer: issuer, Subject: subject})
			})
		}
		account := func(subject string) (agency, id string, err error) {
			err = do(func(u *work.Unit) (err error) {
				agency, id, err = AccountOf(u.Tx, i.ID, subject)
				return err
			})
			return agency, id, err
		}
		for range 2 { // the second time it is so already
			if err := link("DER", "DER1", i.URL, "s-1"); err != nil {
				t.Fatal(err)
			}
		}
		for name, c := range map[string]struct {
			err  error
			kind fault.Kind
		}{
			"another account for the subject": {link("DER", "DER2", i.URL, "s-1"), fault.Conflict},
			"another subject for the account": {link("DER", "DER1", i.URL, "s-2"), fault.Conflict},
			"another agency's account":        {link("LEI", "LEI1", i.URL, "s-3"), fault.NotFound},
			"a subject of another provider":   {link("DER", "DER2", "https://evil.example/der", "s-3"), fault.NotFound},
			"no subject":                      {link("DER", "DER2", i.URL, ""), fault.NotFound},
		} {
			if c.err == nil || fault.KindOf(c.err) != c.kind {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		if agency, id, err := account("s-1"); err != nil || agency != "DER" || id != "DER1" {
			t.Errorf("%s %s, %v", agency, id, err)
		}
		if _, _, err := account("S-1"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a subject in other letters: %v", err)
		}
		i.Enabled = false
		if _, err := savedIssuer(t, do, p, i, ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := account("s-1"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an issuer turned off: %v", err)
		}
		if err := do(func(u *work.Unit) error { return UnlinkIdentity(u, "DER", "DER1", i.ID) }); err != nil {
			t.Fatal(err)
		}
		if err := link("DER", "DER2", i.URL, "s-1"); err != nil {
			t.Errorf("after it was taken away: %v", err)
		}
	})
}

func TestWhatASessionKeepsComesBackFromItWhole(t *testing.T) {
	v := newFakeVisit(t)
	v.back = func(v *fakeVisit) {
		kept, err := json.Marshal(v.started)
		if err == nil {
			v.started = Started{}
			err = json.Unmarshal(kept, &v.started)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.goAndReturn(); err != nil {
		t.Error(err)
	}
}
