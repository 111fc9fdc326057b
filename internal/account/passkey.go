package account

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// A passkey (WebAuthn level 3) is a key on somebody's device, which the device
// uses only after it has checked who holds it. That is two factors in one, and
// nothing that a false page could ask for.

// Ceremony is one exchange with somebody's device, under way.
type Ceremony struct {
	Options []byte // JSON for navigator.credentials.create or .get
	Kept    string // for the session, to be taken out of it once
}

// ceremonyLife is how long a device may take.
const ceremonyLife = 5 * time.Minute

type keptCeremony struct {
	webauthn.SessionData
	At time.Time
}

// holder is an account as the WebAuthn library sees it.
type holder struct {
	id, name    string
	credentials []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.id) }
func (h holder) WebAuthnName() string                       { return h.name }
func (h holder) WebAuthnDisplayName() string                { return h.name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

var errNoPasskeys = fault.New(fault.Invalid, "Passkeys cannot be used here. Use a code from an app.")

// errPasskey is all that is told of a passkey that could not be added.
var errPasskey = fault.New(fault.Invalid, "The passkey could not be added. Try again, or use a code from an app.")

func (g *Gate) ceremony(use string, options any, s *webauthn.SessionData) (c Ceremony, err error) {
	if c.Options, err = json.Marshal(options); err != nil {
		return c, err
	}
	c.Kept, err = g.keep(use, keptCeremony{*s, g.desk.Clock().UTC()})
	return c, err
}

// resume opens what a ceremony left in the session, if it is not too old.
func (g *Gate) resume(use, kept string, now time.Time) (webauthn.SessionData, error) {
	var k keptCeremony
	if err := g.kept(use, kept, &k); err != nil {
		return k.SessionData, err
	}
	if age := now.Sub(k.At); age > ceremonyLife || age < -time.Minute {
		return k.SessionData, errStartAgain
	}
	return k.SessionData, nil
}

// offer begins adding a passkey to an account, which may not be there yet.
func (g *Gate) offer(h holder) (Ceremony, error) {
	if g.keys == nil {
		return Ceremony{}, errNoPasskeys
	}
	exclude := webauthn.Credentials(h.credentials).CredentialDescriptors()
	options, s, err := g.keys.BeginRegistration(h, webauthn.WithExclusions(exclude))
	if err != nil {
		return Ceremony{}, err
	}
	return g.ceremony("new passkey", options, s)
}

// newPasskey reads a device's answer to an offer.
func (g *Gate) newPasskey(h holder, kept string, response []byte, now time.Time) (*webauthn.Credential, error) {
	if g.keys == nil {
		return nil, errNoPasskeys
	}
	s, err := g.resume("new passkey", kept, now)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fault.Message(errPasskey), err)
	}
	c, err := g.keys.CreateCredential(h, s, parsed)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fault.Message(errPasskey), err)
	}
	return c, nil
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

func (g *Gate) sealCredential(account string, c *webauthn.Credential) ([]byte, error) {
	text, err := json.Marshal(c)
	return g.ring.Seal("passkey", account, text), err
}

func (g *Gate) openCredential(account string, sealed []byte) (c webauthn.Credential, err error) {
	text, err := g.ring.Unseal("passkey", account, sealed)
	if err != nil {
		return c, fault.Wrap(fault.NotReady, "Passkeys cannot be checked: the key file is not the one they were sealed with. Tell whoever runs Homeward.", err)
	}
	return c, json.Unmarshal(text, &c)
}

// writePasskey keeps a passkey, sealed, so that nobody who can write to the
// database can plant one of their own.
func (g *Gate) writePasskey(u *work.Unit, agencyCode, account, name string, c *webauthn.Credential) error {
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 60 {
		return fault.New(fault.Invalid, "Give the passkey a name of up to 60 characters, such as \"work laptop\".")
	}
	sealed, err := g.sealCredential(account, c)
	if err != nil {
		return err
	}
	return u.InsertMany("passkey", []string{"agency_code", "account_id", "credential_id", "credential", "name", "added_at"},
		[][]any{{agencyCode, account, credentialID(c.ID), sealed, name, db.Instant{Time: u.Now}}})
}

// holder reads an account with its passkeys.
func (g *Gate) holder(u *work.Unit, a Account) (holder, error) {
	h := holder{id: a.ID, name: a.SignInName}
	return h, u.Each(func(rows *sql.Rows) error {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return err
		}
		c, err := g.openCredential(a.ID, sealed)
		h.credentials = append(h.credentials, c)
		return err
	}, "SELECT credential FROM passkey WHERE agency_code = $1 AND account_id = $2 ORDER BY credential_id", a.Worker.Agency, a.ID)
}

// PasskeyChallenge begins signing in with a passkey. Without a name the device
// offers those it has for this place; a name makes keys work that hold no name
// themselves. A name that is not there, or has none, gets a passkey made up for
// it, the same each time, so that nobody learns who has an account.
func (g *Gate) PasskeyChallenge(ctx context.Context, name string) (Ceremony, error) {
	if g.keys == nil {
		return Ceremony{}, errNoPasskeys
	}
	var allowed []protocol.CredentialDescriptor
	if name = normal(name); name != "" {
		err := g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error {
			a, _, err := lockedByName(u, name)
			if err != nil {
				return err
			}
			h, err := g.holder(u, a.Account)
			for _, c := range h.credentials {
				allowed = append(allowed, protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: c.ID})
			}
			return err
		})
		if err != nil {
			return Ceremony{}, err
		}
		if len(allowed) == 0 {
			made := []byte(g.ring.Hash("no passkey", name))
			allowed = []protocol.CredentialDescriptor{{Type: protocol.PublicKeyCredentialType, CredentialID: made}}
		}
	}
	options, s, err := g.keys.BeginDiscoverableLogin(webauthn.WithAllowedCredentials(allowed))
	if err != nil {
		return Ceremony{}, err
	}
	return g.ceremony("passkey", options, s)
}

// PasskeySignIn reads a device's answer. Nobody guesses a passkey, so that it is
// never held.
func (g *Gate) PasskeySignIn(ctx context.Context, kept string, response []byte, from Source) (r Result, err error) {
	err = g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) error {
		a, ok, err := g.checkPasskey(u, kept, response, from)
		if err != nil || !ok {
			return err
		}
		r, err = g.admit(u, a, FactorPasskey, from)
		return err
	})
	return r, err
}

// ConfirmPasskey is ConfirmPassword with a passkey: of the same account.
func (g *Gate) ConfirmPasskey(ctx context.Context, f Facts, kept string, response []byte, from Source) (r Result, err error) {
	err = g.desk.Do(ctx, Doorkeeper, "confirm", func(u *work.Unit) error {
		if _, r, err = g.recogniseLocked(u, f); err != nil || r.Outcome == StartAgain {
			return err
		}
		a, ok, err := g.checkPasskey(u, kept, response, from)
		if err != nil || !ok || a.ID != f.Account {
			return err
		}
		r = confirmed(u, f, a, string(FactorPasskey))
		return nil
	})
	return r, err
}

// checkPasskey tells whose passkey answered. What is wrong with an answer is
// for the record alone.
func (g *Gate) checkPasskey(u *work.Unit, kept string, response []byte, from Source) (Account, bool, error) {
	if g.keys == nil {
		return Account{}, false, errNoPasskeys
	}
	a, sealed, parsed, err := g.answering(u, response)
	if err != nil {
		return a, false, err
	}
	s, stale := g.resume("passkey", kept, u.Now)
	if stale != nil || a.ID == "" {
		return a, false, g.refusePasskey(u, a, "passkey", from)
	}
	h, err := g.holder(u, a)
	if err != nil {
		return a, false, err
	}
	s.UserID = []byte(a.ID) // whose it is follows from the key that answered
	used, err := g.keys.ValidateLogin(h, s, parsed)
	switch {
	case err != nil:
		return a, false, g.refusePasskey(u, a, "passkey", from)
	case used.Authenticator.CloneWarning:
		return a, false, g.refusePasskey(u, a, "passkey copied", from)
	}
	fresh, err := g.sealCredential(a.ID, used)
	if err != nil {
		return a, false, err
	}
	// Of two answers at the same moment one is first; the other is a replay.
	first, err := changedOne(u.Exec("UPDATE passkey SET credential = $3, used_at = $4 WHERE credential_id = $1 AND credential = $2",
		credentialID(used.ID), sealed, fresh, db.Instant{Time: u.Now}))
	return a, first, err
}

// answering finds the passkey that an answer names, and whose it is.
func (g *Gate) answering(u *work.Unit, response []byte) (a Account, sealed []byte, parsed *protocol.ParsedCredentialAssertionData, err error) {
	if parsed, err = protocol.ParseCredentialRequestResponseBytes(response); err != nil {
		return a, nil, nil, nil //nolint:nilerr // an answer that cannot be read is refused like any other
	}
	var id string
	err = u.QueryRow("SELECT account_id, credential FROM passkey WHERE credential_id = $1", credentialID(parsed.RawID)).Scan(&id, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil, parsed, nil
	}
	if err == nil {
		a, _, err = byID(u, id)
	}
	return a, sealed, parsed, err
}

// refusePasskey writes a refusal down, as long as the address does not flood.
func (g *Gate) refusePasskey(u *work.Unit, a Account, why string, from Source) error {
	source, err := readTally(u, g.sourceKey(from), sourceWindow, false)
	if err != nil || source.wrong >= sourceFlood {
		return err
	}
	_, err = admitTry(u, time.Time{}, source)
	note(u, "refused", a, why)
	return err
}

// Passkey is one of an account's passkeys, as its owner sees it.
type Passkey struct {
	ID, Name    string
	Added, Used time.Time
}

// PasskeysOf lists an account's passkeys.
func PasskeysOf(u *work.Unit, accountID string) (list []Passkey, err error) {
	err = u.Each(func(rows *sql.Rows) error {
		var p Passkey
		var added, used db.Instant
		err := rows.Scan(&p.ID, &p.Name, &added, &used)
		p.Added, p.Used = added.Time, used.Time
		list = append(list, p)
		return err
	}, "SELECT credential_id, name, added_at, used_at FROM passkey WHERE account_id = $1 ORDER BY added_at, credential_id", accountID)
	return list, err
}
