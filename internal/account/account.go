// Package account is who signs in, and how: one account for each worker, with a
// password, always a second factor, and a session that is asked about on every
// request.
//
// An account is active or ended; one that nobody has used for 45 days is dormant
// until an administrator re-opens it. It begins with an invitation by the
// agency's own administrator and never exists without a second factor: a passkey
// (a factor on its own, since the device has checked who holds it), or a code
// from an app, with one-time recovery codes beside either.
//
// Sources: OWASP ASVS 5.0 chapters V6 and V7, OWASP Password Storage Cheat
// Sheet, NCSC password guidance (no composition rules, a deny list, no forced
// change), NIST SP 800-63B (throttling), RFC 6238 (codes), WebAuthn level 3.
package account

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// kind is what an account is called in the audit record.
const kind = access.Kind("account")

// Doorkeeper is who sign-in acts as while it is not known who is there.
var Doorkeeper = access.Actor{ID: "sign-in", Role: "sign_in"}

// State is what an account is.
type State string

// The states. Dormant is worked out, never written.
const (
	Active  State = "active"
	Ended   State = "ended"
	Dormant State = "dormant"
)

// dormantAfter is how long an account may stay unused.
const dormantAfter = 45 * 24 * time.Hour

// Account is one person's way in.
type Account struct {
	ID            string
	Worker        agency.Worker
	SignInName    string
	State         State // Dormant included, as of the unit's now
	Demonstration bool
	Epoch         int64 // every session carries it; raising it ends them all
	Made, Opened  time.Time
	Used          time.Time // the last sign-in; zero is never
	TOTP          bool      // codes from an app
	Passkeys      int
	RecoveryLeft  int
}

// Outcome is how a try to sign in or to confirm ended. It is a value, not an
// error, because the try must be committed although the answer is no.
type Outcome int

// The outcomes.
const (
	Refused    Outcome = iota // name, password or code is not right: one answer for all
	Held                      // too many wrong tries: wait until Result.Until
	NeedsCode                 // the password is right: ask for a code, keep Result.Pending in the session
	SignedIn                  // put Result.Facts in the session, Result.Device in its cookie
	StartAgain                // too many wrong codes, or too long ago: back to the password
	IsDormant                 // everything was right, and an administrator must re-open the account
	IsBurnt                   // the password is right, but too many wrong codes followed it: it needs a reset
)

// Result is an outcome and what goes with it.
type Result struct {
	Outcome Outcome
	Until   time.Time // Held
	Pending string    // NeedsCode, and Refused after a wrong code: for the session
	Facts   Facts     // SignedIn
	Account Account   // SignedIn
	Device  string    // SignedIn: for the device cookie, kept a year
}

// Words is what to tell the person; empty when signed in.
func (r Result) Words() string {
	return map[Outcome]string{
		Refused:    "The sign-in name, password or code is not right. Check them and try again.",
		Held:       "There were too many wrong tries. Wait until the time shown and try again, use a passkey, or use a computer you have signed in on before.",
		StartAgain: "Sign in again from the beginning: it took too long, or there were too many wrong codes.",
		IsDormant:  "Your account has not been used for 45 days. Ask your agency's administrator to open it again.",
		IsBurnt:    "Too many wrong codes were given after your password, so somebody else may know it. Ask your agency's administrator for a reset link.",
	}[r.Outcome]
}

// Config is what a gate stands on.
type Config struct {
	Desk *work.Desk
	Ring *key.Ring // nil is the desk's
	// Origin is where people find the pages ("https://homeward.example.org").
	// Passkeys belong to it; without one, or at a bare address, there are none.
	Origin string
	Idle   time.Duration // 0 is 30 minutes
}

// Gate is where people sign in. Its methods that take a context open units of
// work of their own: a password is hashed between two, since hashing inside one
// would hold up everybody else who writes. Never call them inside a unit.
type Gate struct {
	desk *work.Desk
	ring *key.Ring
	keys *webauthn.WebAuthn // nil where there are no passkeys
	idle time.Duration
	oven *oven
}

// New makes the gate.
func New(c Config) (*Gate, error) {
	g := &Gate{desk: c.Desk, ring: c.Ring, idle: c.Idle, oven: newOven(current)}
	if g.ring == nil {
		g.ring = c.Desk.Keys
	}
	if g.ring == nil {
		return nil, fault.New(fault.NotReady, "Accounts need the key file of the installation.")
	}
	if g.idle == 0 {
		g.idle = 30 * time.Minute
	}
	origin, err := url.Parse(c.Origin)
	if err != nil || c.Origin != "" && origin.Hostname() == "" {
		return nil, fault.New(fault.Usage, "The address of the pages must be written like https://homeward.example.org.")
	}
	if origin.Hostname() == "" || protocol.ValidateRPID(origin.Hostname()) != nil {
		return g, nil
	}
	g.keys, err = webauthn.New(&webauthn.Config{
		RPID: origin.Hostname(), RPDisplayName: product, RPOrigins: []string{origin.Scheme + "://" + origin.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationRequired,
		},
	})
	return g, err
}

// product is what an authenticator shows beside the sign-in name.
const product = "Homeward"

// Passkeys tells whether passkeys can be used here.
func (g *Gate) Passkeys() bool { return g.keys != nil }

// locked is an account with its secrets, which never leave this room.
type locked struct {
	Account
	password   string
	totp       []byte // sealed
	wrongCodes int
}

const selection = `SELECT a.agency_code, a.account_id, a.worker_id, w.name, w.role, w.team_id, w.left_on, w.family_id, a.sign_in_name, a.state,
	a.demonstration, a.epoch, a.made_at, a.opened_at, a.used_at, a.password, a.totp, a.wrong_codes,
	(SELECT COUNT(*) FROM passkey p WHERE p.agency_code = a.agency_code AND p.account_id = a.account_id),
	(SELECT COUNT(*) FROM recovery_code r WHERE r.agency_code = a.agency_code AND r.account_id = a.account_id AND r.used_at IS NULL)
	FROM account a JOIN worker w ON w.agency_code = a.agency_code AND w.worker_id = a.worker_id WHERE `

func find(u *work.Unit, where string, args ...any) (found []locked, err error) {
	err = u.Each(func(rows *sql.Rows) error {
		var a locked
		var made, opened, used db.Instant
		w := &a.Worker
		err := rows.Scan(&w.Agency, &a.ID, &w.ID, &w.Name, &w.Role, &w.Team, &w.LeftOn, &w.Family, &a.SignInName, &a.State,
			&a.Demonstration, &a.Epoch, &made, &opened, &used, &a.password, &a.totp, &a.wrongCodes, &a.Passkeys, &a.RecoveryLeft)
		a.Made, a.Opened, a.Used, a.TOTP = made.Time, opened.Time, used.Time, len(a.totp) > 0
		a.settle(u.Now, u.Today)
		found = append(found, a)
		return err
	}, selection+where, args...)
	return found, err
}

// settle works out what an account is at a moment: whoever has left has none.
func (a *Account) settle(now time.Time, today date.Date) {
	last := a.Opened
	if a.Used.After(last) {
		last = a.Used
	}
	switch {
	case a.Worker.Gone(today):
		a.State = Ended
	case a.State == Active && now.Sub(last) > dormantAfter:
		a.State = Dormant
	}
}

func findOne(u *work.Unit, where string, args ...any) (locked, bool, error) {
	found, err := find(u, where, args...)
	if err != nil || len(found) == 0 {
		return locked{}, false, err
	}
	return found[0], true, nil
}

func lockedByID(u *work.Unit, id string) (locked, bool, error) {
	return findOne(u, "a.account_id = $1", id)
}

func lockedByName(u *work.Unit, name string) (locked, bool, error) {
	return findOne(u, "a.sign_in_name = $1", name)
}

func byID(u *work.Unit, id string) (Account, bool, error) {
	a, ok, err := lockedByID(u, id)
	return a.Account, ok, err
}

// note writes down something done with an account. The detail holds kinds and
// counts, never a name.
func note(u *work.Unit, action string, a Account, detail string) {
	u.Noted(action, work.Subject{Kind: kind, Agency: a.Worker.Agency, ID: a.ID}, detail)
}

// as has the unit act as the person whose account it is, for what follows.
func as(u *work.Unit, a Account) {
	u.Actor = access.Actor{ID: a.Worker.ID, Name: a.Worker.Name, Agency: a.Worker.Agency, Team: a.Worker.Team, Role: a.Worker.Role, Family: a.Worker.Family}
}

// raise ends every session of an account: each carries the epoch it began in.
// The row stays locked until the unit ends, so what is counted after it stands.
func raise(u *work.Unit, id string) (epoch int64, err error) {
	err = u.QueryRow("UPDATE account SET epoch = epoch + 1 WHERE account_id = $1 RETURNING epoch", id).Scan(&epoch)
	return epoch, err
}

// keep seals what a session holds for the next step of somebody's sign-in, so
// that it says nothing to who reads the table and cannot be forged by who
// writes to it.
func (g *Gate) keep(use string, v any) (string, error) {
	text, err := json.Marshal(v)
	return b64.EncodeToString(g.ring.Seal("step", use, text)), err
}

// kept opens what keep sealed for the same use.
func (g *Gate) kept(use, sealed string, v any) error {
	text, err := b64.DecodeString(sealed)
	if err == nil {
		text, err = g.ring.Unseal("step", use, text)
	}
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errStartAgain, err)
	}
	return nil
}

var errStartAgain = fault.New(fault.Invalid, "That took too long, or was begun in another window. Begin this step again.")
