package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"homeward/internal/fault"
	"homeward/internal/key"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Staff may sign in through their own council (OpenID Connect Core 1.0, the
// authorization code flow with PKCE, as RFC 9700 advises). There is one issuer
// row for each council tenant, held to the letter: a person is the issuer and
// the subject it gives them, never an e-mail address, which a provider may hand
// on to somebody else.

// Issuer is one council tenant's own sign-in.
type Issuer struct {
	ID, Agency    string
	URL, ClientID string
	SecretSealed  []byte
	// MFA lists the values of amr and acr that this council's tokens carry when a
	// second factor was used. Empty: Homeward asks for its own afterwards.
	MFA     []string
	Enabled bool
}

// Started is what the visitor's own session keeps while they are away at their
// council. It is good for one return: whoever keeps it takes it out of the
// session before calling Finish.
type Started struct {
	IssuerID, State, Nonce, Verifier, RedirectURL string
	Fresh                                         bool
	At                                            time.Time
}

// Identity is who a council says has signed in, and how.
type Identity struct {
	IssuerID, Issuer, Subject string
	AMR                       []string
	ACR                       string
	AuthTime                  time.Time // zero where the council does not tell
	// SecondFactor says that the council proved one, in a way its row accepts.
	SecondFactor bool
}

const (
	oidcAway   = 10 * time.Minute // how long somebody may be away at their council
	oidcLeeway = time.Minute      // how far two clocks may be apart
	oidcKnown  = time.Hour        // how long a discovery document is believed
	oidcBody   = 256 << 10        // the most one answer of a provider may be
)

// oidcAlgorithms are those a public key proves. What a provider advertises adds
// nothing to them.
var oidcAlgorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// RelyingParty sends people to their councils and takes them back.
type RelyingParty struct {
	// Loopback lets a provider be plain HTTP on this machine: for demonstrations
	// and tests only.
	Loopback bool
	ring     *key.Ring
	client   *http.Client
	mu       sync.Mutex
	known    map[string]*oidcProvider // by issuer URL
	spent    map[string]time.Time     // states that came back, until they are too old anyway
}

// NewRelyingParty opens issuers' secrets with the ring that sealed them.
func NewRelyingParty(ring *key.Ring) *RelyingParty {
	return &RelyingParty{
		ring: ring, known: map[string]*oidcProvider{}, spent: map[string]time.Time{},
		client: &http.Client{
			Timeout:   10 * time.Second,
			Transport: oidcTransport{http.DefaultTransport},
			// A redirect could carry the client's secret to another host, and no
			// endpoint has need of one.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// oidcTransport bounds what a provider may send.
type oidcTransport struct{ http.RoundTripper }

func (t oidcTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.RoundTripper.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, oidcBody)
	}
	return response, err
}

// Begin gives the address to send somebody to, and what their session keeps. The
// address they come back to ends with the issuer's reference, so that one
// council's answer cannot be taken for another's. Fresh asks the council to ask
// them again who they are, for a sensitive act.
func (p *RelyingParty) Begin(ctx context.Context, i Issuer, redirectURL string, fresh bool, now time.Time) (string, Started, error) {
	if !p.safe(redirectURL) || path.Base(redirectURL) != i.ID {
		return "", Started{}, oidcRefused("the address to come back to is not https, or does not end with issuer %s", i.ID)
	}
	provider, err := p.provider(ctx, i, now)
	if err != nil {
		return "", Started{}, err
	}
	s := Started{IssuerID: i.ID, State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), RedirectURL: redirectURL, Fresh: fresh, At: now}
	options := []oauth2.AuthCodeOption{oidc.Nonce(s.Nonce), oauth2.S256ChallengeOption(s.Verifier)}
	if fresh {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return provider.config(i, "", s).AuthCodeURL(s.State, options...), s, nil
}

// Finish takes the answer somebody came back with. Whatever is wrong with it,
// they are told the same; the cause is for the log.
func (p *RelyingParty) Finish(ctx context.Context, i Issuer, s Started, answer url.Values, now time.Time) (Identity, error) {
	if err := p.returned(i, s, answer, now); err != nil {
		return Identity{}, err
	}
	provider, err := p.provider(ctx, i, now)
	if err != nil {
		return Identity{}, err
	}
	code, err := provider.code(i, answer)
	if err != nil {
		return Identity{}, err
	}
	raw, err := p.exchange(ctx, provider, i, s, code)
	if err != nil {
		return Identity{}, err
	}
	return provider.identity(ctx, i, s, raw, now)
}

// returned asks whether this is the return of who set out: within the time, with
// their own state, for the first time.
func (p *RelyingParty) returned(i Issuer, s Started, answer url.Values, now time.Time) error {
	switch state := answer["state"]; {
	case s.State == "" || s.IssuerID != i.ID:
		return oidcRefused("nobody of this session set out for issuer %s", i.ID)
	case now.Sub(s.At) > oidcAway || s.At.Sub(now) > oidcLeeway:
		return oidcRefused("set out for issuer %s too long ago", i.ID)
	case len(state) != 1 || subtle.ConstantTimeCompare([]byte(state[0]), []byte(s.State)) != 1:
		return oidcRefused("state of another session, issuer %s", i.ID)
	case !p.spend(s.State, now):
		return oidcRefused("state replayed, issuer %s", i.ID)
	}
	return nil
}

// spend notes that a state came back, and tells whether it is the first time.
func (p *RelyingParty) spend(state string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.spent, func(_ string, until time.Time) bool { return now.After(until) })
	_, before := p.spent[state]
	p.spent[state] = now.Add(oidcAway + oidcLeeway)
	return !before
}

// oidcProvider is what an issuer's discovery document says.
type oidcProvider struct {
	*oidc.Provider
	style  oauth2.AuthStyle
	saysIt bool // it names itself in every answer (RFC 9207)
	until  time.Time
}

func (p *RelyingParty) provider(ctx context.Context, i Issuer, now time.Time) (*oidcProvider, error) {
	if !i.Enabled {
		return nil, oidcRefused("issuer %s is turned off", i.ID)
	}
	p.mu.Lock()
	known := p.known[i.URL]
	p.mu.Unlock()
	if known != nil && now.Before(known.until) {
		return known, nil
	}
	known, err := p.discover(ctx, i)
	if err != nil {
		return nil, err
	}
	known.until = now.Add(oidcKnown)
	p.mu.Lock()
	p.known[i.URL] = known
	p.mu.Unlock()
	return known, nil
}

// discover reads the document in which an issuer says where its endpoints are.
func (p *RelyingParty) discover(ctx context.Context, i Issuer) (*oidcProvider, error) {
	if !p.safe(i.URL) {
		return nil, oidcRefused("issuer %s is not https", i.ID)
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), i.URL)
	if err != nil {
		return nil, oidcRefused("discovery of issuer %s: %s", i.ID, oidcLine(err.Error()))
	}
	var about struct {
		Keys    string   `json:"jwks_uri"`
		SaysIt  bool     `json:"authorization_response_iss_parameter_supported"`
		Methods []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := found.Claims(&about); err != nil {
		return nil, oidcRefused("discovery of issuer %s: %s", i.ID, oidcLine(err.Error()))
	}
	for _, address := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL, about.Keys} {
		if !p.safe(address) {
			return nil, oidcRefused("discovery of issuer %s: an endpoint is not https", i.ID)
		}
	}
	// The style is settled here: left open, the library would send a code that was
	// refused a second time.
	style := oauth2.AuthStyleInHeader
	if len(about.Methods) > 0 && !slices.Contains(about.Methods, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	return &oidcProvider{Provider: found, style: style, saysIt: about.SaysIt}, nil
}

// safe asks whether an address may be used: https, or where allowed plain HTTP
// on this machine.
func (p *RelyingParty) safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	here := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	return u.Scheme == "https" || p.Loopback && here && u.Scheme == "http"
}

func (o *oidcProvider) config(i Issuer, secret string, s Started) *oauth2.Config {
	endpoint := o.Endpoint()
	endpoint.AuthStyle = o.style
	return &oauth2.Config{ClientID: i.ClientID, ClientSecret: secret, RedirectURL: s.RedirectURL, Endpoint: endpoint, Scopes: []string{oidc.ScopeOpenID}}
}

// code reads the code out of an answer that this issuer gave, and no other: an
// answer that names another issuer is one council's taken for another's.
func (o *oidcProvider) code(i Issuer, answer url.Values) (string, error) {
	switch named, code := answer["iss"], answer["code"]; {
	case len(named) > 1 || len(named) == 1 && named[0] != i.URL || len(named) == 0 && o.saysIt:
		return "", oidcRefused("the answer does not name issuer %s", i.ID)
	case answer.Has("error"):
		// Never its description: providers write people's names there.
		return "", oidcRefused("issuer %s answered %s", i.ID, oidcLine(answer.Get("error")))
	case len(code) != 1 || code[0] == "":
		return "", oidcRefused("issuer %s answered without one code", i.ID)
	default:
		return code[0], nil
	}
}

// exchange gives the code for an identity token.
func (p *RelyingParty) exchange(ctx context.Context, o *oidcProvider, i Issuer, s Started, code string) (string, error) {
	secret, err := p.ring.Unseal(oidcSecret, i.ID, i.SecretSealed)
	if err != nil {
		return "", oidcRefused("the secret of issuer %s: %v", i.ID, err)
	}
	tokens, err := o.config(i, string(secret), s).Exchange(oidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(s.Verifier))
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return "", oidcRefused("the token endpoint of issuer %s answered %d %s", i.ID, refused.Response.StatusCode, oidcLine(refused.ErrorCode))
	}
	if err != nil {
		return "", oidcRefused("the token endpoint of issuer %s: %s", i.ID, oidcLine(err.Error()))
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return "", oidcRefused("issuer %s gave no identity token", i.ID)
	}
	return raw, nil
}

// identity reads a token: signed by a key of the issuer, for this client alone,
// made after this person set out, not yet expired.
func (o *oidcProvider) identity(ctx context.Context, i Issuer, s Started, raw string, now time.Time) (Identity, error) {
	early := func() time.Time { return now.Add(-oidcLeeway) }
	token, err := o.Verifier(&oidc.Config{ClientID: i.ClientID, SupportedSigningAlgs: oidcAlgorithms, Now: early}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, oidcRefused("the token of issuer %s: %s", i.ID, oidcLine(err.Error()))
	}
	var says oidcClaims
	if err := token.Claims(&says); err != nil {
		return Identity{}, oidcRefused("the token of issuer %s: %s", i.ID, oidcLine(err.Error()))
	}
	if wrong := says.wrong(token, i, s, now); wrong != "" {
		return Identity{}, oidcRefused("the token of issuer %s: %s", i.ID, wrong)
	}
	who := Identity{IssuerID: i.ID, Issuer: i.URL, Subject: token.Subject, AMR: says.AMR, ACR: says.ACR}
	if says.AuthTime > 0 {
		who.AuthTime = time.Unix(says.AuthTime, 0).UTC()
	}
	who.SecondFactor = slices.ContainsFunc(i.MFA, func(proof string) bool { return proof == says.ACR || slices.Contains(says.AMR, proof) })
	return who, nil
}

// oidcClaims are those the library does not read.
type oidcClaims struct {
	AZP      string   `json:"azp"`
	AMR      []string `json:"amr"`
	ACR      string   `json:"acr"`
	AuthTime int64    `json:"auth_time"`
}

// wrong names what is wrong with a token that is well signed.
func (c oidcClaims) wrong(token *oidc.IDToken, i Issuer, s Started, now time.Time) string {
	setOut := s.At.Add(-oidcLeeway)
	switch {
	case token.Issuer != i.URL: // the library lets one provider leave out the scheme
		return "another issuer"
	case c.AZP != i.ClientID && (c.AZP != "" || len(token.Audience) != 1):
		return "for another client"
	case s.Nonce == "" || subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(s.Nonce)) != 1:
		return "the nonce of another session"
	case token.IssuedAt.Before(setOut):
		return "made before they set out"
	case token.IssuedAt.After(now.Add(oidcLeeway)):
		return "made in the future"
	case s.Fresh && time.Unix(c.AuthTime, 0).Before(setOut):
		return "not asked again who they are"
	case token.Subject == "" || len(token.Subject) > 255 || strings.ContainsFunc(token.Subject, oidcStrange):
		return "no proper subject"
	}
	return ""
}

// oidcRefused is all that a person is told, with the cause for the log. No cause
// holds what a token or a provider says of somebody.
func oidcRefused(format string, args ...any) error {
	return fault.Wrap(fault.Forbidden, "Your council's sign-in did not complete. Start again.", fmt.Errorf("oidc: "+format, args...))
}

// oidcLine makes words that came from outside one short line, so that they can
// neither fill a log nor forge a line of it.
func oidcLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, oidcStrange), " ")
	return text[:min(len(text), 200)]
}

// oidcStrange is what neither a line of a log nor a subject has in it.
func oidcStrange(r rune) bool { return r < ' ' || r > '~' }
