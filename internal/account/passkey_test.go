package account

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
)

// device is an authenticator made for tests: one ES256 key with a counter.
type device struct {
	*testing.T
	origin, place string
	key           *ecdsa.PrivateKey
	id            []byte
	counter       uint32
	verified      bool // whether it checked who holds it
	holder        []byte
}

func newDevice(t *testing.T) *device {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{T: t, origin: "https://homeward.example.org", place: "homeward.example.org", key: k, id: []byte(rand.Text()), verified: true}
}

var url64 = base64.RawURLEncoding.EncodeToString

// options is what of the options the device reads.
type options struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
		Allow []struct {
			ID string `json:"id"`
		} `json:"allowCredentials"`
		UserVerification string `json:"userVerification"`
	} `json:"publicKey"`
}

func (d *device) read(text []byte) (o options) {
	d.Helper()
	if err := json.Unmarshal(text, &o); err != nil {
		d.Fatal(err)
	}
	return o
}

func (d *device) client(kind, challenge string) []byte {
	text, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	if err != nil {
		d.Fatal(err)
	}
	return text
}

// about is the authenticator data: for which place, what was checked, how often.
func (d *device) about(flags byte) []byte {
	hash := sha256.Sum256([]byte(d.place))
	flags |= 1 // somebody is there
	if d.verified {
		flags |= 4
	}
	d.counter++
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.counter)
}

func (d *device) cbor(v any) []byte {
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		d.Fatal(err)
	}
	return b
}

func (d *device) respond(response map[string]any) []byte {
	text, err := json.Marshal(map[string]any{"id": url64(d.id), "rawId": url64(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		d.Fatal(err)
	}
	return text
}

// create makes a passkey for who the options name.
func (d *device) create(text []byte) []byte {
	o := d.read(text)
	var err error
	if d.holder, err = base64.RawURLEncoding.DecodeString(o.PublicKey.User.ID); err != nil {
		d.Fatal(err)
	}
	public, err := d.key.PublicKey.Bytes()
	if err != nil {
		d.Fatal(err)
	}
	data := append(d.about(0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	data = append(data, d.cbor(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})...)
	return d.respond(map[string]any{
		"clientDataJSON":    url64(d.client("webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": url64(d.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})),
	})
}

// get signs a challenge.
func (d *device) get(text []byte) []byte {
	client, data := d.client("webauthn.get", d.read(text).PublicKey.Challenge), d.about(0)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data, hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		d.Fatal(err)
	}
	return d.respond(map[string]any{
		"clientDataJSON": url64(client), "authenticatorData": url64(data), "signature": url64(signature), "userHandle": url64(d.holder),
	})
}

// joinByPasskey opens an account whose second factor is a passkey.
func (h *house) joinByPasskey(worker string, d *device) (Accepted, error) {
	h.Helper()
	token := h.invite(worker)
	c, err := h.g.NewPasskey(h.invited(token))
	if err != nil {
		h.Fatal(err)
	}
	return h.g.Accept(context.Background(), Acceptance{Token: token, Password: password, Passkey: c.Kept, PasskeyName: "work laptop", Response: d.create(c.Options)}, office)
}

func (h *house) challenge(name string) Ceremony {
	h.Helper()
	c, err := h.g.PasskeyChallenge(context.Background(), name)
	if err != nil {
		h.Fatal(err)
	}
	return c
}

func (h *house) passkey(kept string, response []byte) Result {
	h.Helper()
	r, err := h.g.PasskeySignIn(context.Background(), kept, response, stranger)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func TestAPasskeyAloneSignsIn(t *testing.T) {
	eachHouse(t, func(h *house) {
		d := newDevice(h.T)
		done, err := h.joinByPasskey("wfinder", d)
		if err != nil || done.Outcome != SignedIn || done.Facts.Factor != FactorPasskey {
			h.Fatal(done.Outcome, err)
		}
		for _, name := range []string{"", nameOf("wfinder")} {
			c := h.challenge(name)
			if o := d.read(c.Options); o.PublicKey.UserVerification != "required" || (name != "") != (len(o.PublicKey.Allow) == 1) {
				h.Errorf("options %s", c.Options)
			}
			r := h.passkey(c.Kept, d.get(c.Options))
			if r.Outcome != SignedIn || r.Account.Worker.ID != "wfinder" || !h.recognised(r.Facts) {
				h.Errorf("named %q: %v", name, r.Outcome)
			}
		}
		d.holder = nil // a key that keeps no name of its own
		c := h.challenge(nameOf("wfinder"))
		if r := h.passkey(c.Kept, d.get(c.Options)); r.Outcome != SignedIn {
			h.Errorf("without its holder's name: %v", r.Outcome)
		}
		h.hasEntry("signed in passkey")
	})
}

func TestAPasskeysAnswerIsRefusedUnlessItIsToThisChallengeHere(t *testing.T) {
	eachHouse(t, func(h *house) {
		d := newDevice(h.T)
		if _, err := h.joinByPasskey("wfinder", d); err != nil {
			h.Fatal(err)
		}
		other := newDevice(h.T)
		if _, err := h.joinByPasskey("wother", other); err != nil {
			h.Fatal(err)
		}
		for name, c := range map[string]struct {
			with func(d *device)
			fix  func([]byte) []byte
		}{
			"another page":          {with: func(d *device) { d.origin = "https://homeward.example.net" }},
			"another place":         {with: func(d *device) { d.place = "example.net" }},
			"holder not checked":    {with: func(d *device) { d.verified = false }},
			"another's key":         {with: func(d *device) { d.key = other.key }},
			"another's name":        {with: func(d *device) { d.holder = other.holder }},
			"a key never seen":      {with: func(d *device) { d.id = []byte(rand.Text()) }},
			"counted backwards":     {with: func(d *device) { d.counter = 0 }},
			"no answer at all":      {fix: func([]byte) []byte { return []byte("{}") }},
			"an answer cut short":   {fix: func(b []byte) []byte { return b[:len(b)-9] }},
			"another's key and all": {with: func(d *device) { d.key, d.id = other.key, other.id }},
		} {
			spoilt := *d
			if c.with != nil {
				c.with(&spoilt)
			}
			begun := h.challenge(nameOf("wfinder"))
			answer := spoilt.get(begun.Options)
			if c.fix != nil {
				answer = c.fix(answer)
			}
			d.counter += 5 // as the true device would be ahead by then
			if r := h.passkey(begun.Kept, answer); r.Outcome != Refused || r.Facts.Account != "" {
				h.Errorf("%s: %v", name, r.Outcome)
			}
		}
		c, later := h.challenge(""), h.challenge("")
		answer := d.get(c.Options)
		if r := h.passkey(later.Kept, answer); r.Outcome != Refused {
			h.Errorf("to another challenge: %v", r.Outcome)
		}
		if r := h.passkey("forged", answer); r.Outcome != Refused {
			h.Errorf("to a forged ceremony: %v", r.Outcome)
		}
		if r := h.passkey(c.Kept, answer); r.Outcome != SignedIn {
			h.Fatalf("the right answer: %v", r.Outcome)
		}
		if r := h.passkey(c.Kept, answer); r.Outcome != Refused {
			h.Errorf("the same answer again: %v", r.Outcome)
		}
		h.hasEntry("refused passkey copied")
		c = h.challenge("")
		answer = d.get(c.Options)
		h.later(ceremonyLife + time.Second)
		if r := h.passkey(c.Kept, answer); r.Outcome != Refused {
			h.Errorf("too late: %v", r.Outcome)
		}
	})
}

func TestAPasskeyIsNeverHeldAndAnEndedAccountHasNone(t *testing.T) {
	eachHouse(t, func(h *house) {
		d := newDevice(h.T)
		done, err := h.joinByPasskey("wfinder", d)
		if err != nil {
			h.Fatal(err)
		}
		for range 20 {
			h.password("wfinder", "a guess", stranger)
		}
		c := h.challenge("")
		if r := h.passkey(c.Kept, d.get(c.Options)); r.Outcome != SignedIn {
			h.Errorf("while the name is held: %v", r.Outcome)
		}
		h.do(command, func(u *work.Unit) error { return End(u, done.Facts.Account) })
		c = h.challenge("")
		if r := h.passkey(c.Kept, d.get(c.Options)); r.Outcome != Refused {
			h.Errorf("of an ended account: %v", r.Outcome)
		}
	})
}

func TestWhoHasNoPasskeyLooksLikeSomebodyWhoHasOne(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wother")
		for _, name := range []string{nameOf("wother"), nameOf("nobody")} {
			one, two := newDevice(h.T).read(h.challenge(name).Options), newDevice(h.T).read(h.challenge(name).Options)
			if len(one.PublicKey.Allow) != 1 || len(two.PublicKey.Allow) != 1 || one.PublicKey.Allow[0] != two.PublicKey.Allow[0] {
				h.Errorf("%s: %+v %+v", name, one, two)
			}
		}
	})
}

func TestAPasskeyIsAddedTakenAwayAndNeverTheLastFactor(t *testing.T) {
	eachHouse(t, func(h *house) {
		ctx, first, second := context.Background(), newDevice(h.T), newDevice(h.T)
		done, err := h.joinByPasskey("wfinder", first)
		if err != nil {
			h.Fatal(err)
		}
		keys := func() (list []Passkey) {
			h.do(command, func(u *work.Unit) (err error) { list, err = PasskeysOf(u, done.Facts.Account); return err })
			return list
		}
		_, err = h.g.RemovePasskey(ctx, done.Facts, keys()[0].ID)
		h.refuses(err, fault.Conflict, "only second factor")
		c, err := h.g.PasskeyFor(ctx, done.Facts)
		if err != nil || !strings.Contains(string(c.Options), "excludeCredentials") {
			h.Fatal(err, string(c.Options))
		}
		spoilt := *second
		spoilt.verified = false
		_, err = h.g.AddPasskey(ctx, done.Facts, c.Kept, "phone", spoilt.create(c.Options))
		h.refuses(err, fault.Invalid, "could not be added")
		_, err = h.g.AddPasskey(ctx, done.Facts, c.Kept, " ", second.create(c.Options))
		h.refuses(err, fault.Invalid, "name")
		facts, err := h.g.AddPasskey(ctx, done.Facts, c.Kept, "phone", second.create(c.Options))
		if err != nil || h.recognised(done.Facts) || !h.recognised(facts) {
			h.Fatal("added, and older sessions are still good", err)
		}
		if facts, err = h.g.RemovePasskey(ctx, facts, credentialID(first.id)); err != nil || len(keys()) != 1 {
			h.Fatal(err)
		}
		_, err = h.g.RemovePasskey(ctx, facts, credentialID(first.id))
		h.refuses(err, fault.NotFound, "")
		begun := h.challenge("")
		if r := h.passkey(begun.Kept, first.get(begun.Options)); r.Outcome != Refused {
			h.Errorf("the one taken away: %v", r.Outcome)
		}
		begun = h.challenge("")
		if r, err := h.g.ConfirmPasskey(ctx, facts, begun.Kept, second.get(begun.Options), office); err != nil || r.Outcome != SignedIn {
			h.Errorf("confirming: %v %v", r.Outcome, err)
		}
	})
}

func TestAnothersPasskeyConfirmsNothing(t *testing.T) {
	eachHouse(t, func(h *house) {
		d := newDevice(h.T)
		if _, err := h.joinByPasskey("wother", d); err != nil {
			h.Fatal(err)
		}
		facts := h.join("wfinder").Facts
		c := h.challenge("")
		r, err := h.g.ConfirmPasskey(context.Background(), facts, c.Kept, d.get(c.Options), office)
		if err != nil || r.Outcome != Refused {
			h.Error(r.Outcome, err)
		}
	})
}

func TestAPasskeyPlantedInTheDatabaseOpensNothing(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		d := newDevice(h.T)
		if _, err := h.joinByPasskey("wother", d); err != nil {
			h.Fatal(err)
		}
		// Somebody who can write to the database gives their passkey to another.
		victim := h.account("wfinder").ID
		h.do(command, func(u *work.Unit) error {
			_, err := u.Exec("UPDATE passkey SET account_id = $1", victim)
			return err
		})
		d.holder = []byte(victim)
		c := h.challenge("")
		r, err := h.g.PasskeySignIn(context.Background(), c.Kept, d.get(c.Options), office)
		if err == nil || r.Outcome == SignedIn {
			h.Error(r.Outcome, err)
		}
	})
}

func TestThereAreNoPasskeysAtABareAddress(t *testing.T) {
	eachHouse(t, func(h *house) {
		for _, origin := range []string{"", "http://127.0.0.1:8080", "https://[::1]"} {
			g, err := New(Config{Desk: h.desk, Origin: origin})
			if err != nil || g.Passkeys() {
				h.Errorf("%q: %v", origin, err)
				continue
			}
			_, err = g.PasskeyChallenge(context.Background(), "")
			h.refuses(err, fault.Invalid, "code from an app")
			_, err = g.NewPasskey(Invitation{Account: "a"})
			h.refuses(err, fault.Invalid, "code from an app")
		}
		if g, err := New(Config{Desk: h.desk, Origin: "http://localhost:8080"}); err != nil || !g.Passkeys() {
			h.Error("this machine by its name", err)
		}
	})
}
