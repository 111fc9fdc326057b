package account

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// fakeProvider is a provider that does what no honest one would. Each of its
// faults is a function that a test sets.
type fakeProvider struct {
	*httptest.Server
	t         *testing.T
	kid       string
	keys      map[string]*rsa.PrivateKey // those it publishes
	now       time.Time
	nonce     string
	asked     atomic.Int64 // how often the token endpoint was
	discovery func(about map[string]any)
	header    func(header map[string]any)
	claims    func(claims map[string]any)
	sign      func(input string) []byte
	answer    func(answer url.Values)
	documents map[string]http.HandlerFunc // in the place of its own, by path
}

func newFakeProvider(t *testing.T, now time.Time) *fakeProvider {
	f := &fakeProvider{t: t, now: now, keys: map[string]*rsa.PrivateKey{}, documents: map[string]http.HandlerFunc{}}
	f.rotate("first")
	own := map[string]http.HandlerFunc{"/.well-known/openid-configuration": f.serveDiscovery, "/keys": f.serveKeys, "/token": f.serveToken}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			f.asked.Add(1)
		}
		for _, documents := range []map[string]http.HandlerFunc{f.documents, own} {
			if serve, ok := documents[r.URL.Path]; ok {
				serve(w, r)
				return
			}
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// rotate makes a new key the only one.
func (f *fakeProvider) rotate(kid string) {
	f.kid = kid
	clear(f.keys)
	f.keys[kid] = fakeKey(kid)
}

var fakeKeys sync.Map

// fakeKey gives the key of a name, made once for all tests: making one is slow.
func fakeKey(kid string) *rsa.PrivateKey {
	once, _ := fakeKeys.LoadOrStore(kid, sync.OnceValue(func() *rsa.PrivateKey {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		return made
	}))
	return once.(func() *rsa.PrivateKey)()
}

func (f *fakeProvider) serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	about := map[string]any{
		"issuer": f.URL, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/keys",
		// It advertises what nobody should take.
		"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
	}
	if f.discovery != nil {
		f.discovery(about)
	}
	f.write(w, about)
}

func (f *fakeProvider) serveKeys(w http.ResponseWriter, _ *http.Request) {
	var keys []map[string]any
	for kid, k := range f.keys {
		keys = append(keys, map[string]any{"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": encode(k.N.Bytes()), "e": encode(big.NewInt(int64(k.E)).Bytes())})
	}
	f.write(w, map[string]any{"keys": keys})
}

func (f *fakeProvider) serveToken(w http.ResponseWriter, _ *http.Request) {
	f.write(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": f.token()})
}

func (f *fakeProvider) token() string {
	header := map[string]any{"alg": "RS256", "kid": f.kid}
	claims := map[string]any{"iss": f.URL, "aud": "homeward", "sub": "s-1", "nonce": f.nonce, "iat": f.now.Unix(), "exp": f.now.Add(5 * time.Minute).Unix()}
	if f.header != nil {
		f.header(header)
	}
	if f.claims != nil {
		f.claims(claims)
	}
	input := f.part(header) + "." + f.part(claims)
	if f.sign != nil {
		return input + "." + encode(f.sign(input))
	}
	return input + "." + encode(rs256(f.t, f.keys[f.kid], input))
}

func (f *fakeProvider) part(values map[string]any) string {
	text, err := json.Marshal(values)
	if err != nil {
		f.t.Error(err)
	}
	return encode(text)
}

func (f *fakeProvider) write(w http.ResponseWriter, values map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(values); err != nil {
		f.t.Error(err)
	}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func rs256(t *testing.T, k *rsa.PrivateKey, input string) []byte {
	sum := sha256.Sum256([]byte(input))
	signed, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	if err != nil {
		t.Error(err)
	}
	return signed
}

func hs256(secret []byte, input string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(input))
	return mac.Sum(nil)
}
