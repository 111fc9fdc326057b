package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/go-webauthn/webauthn/webauthn"
)

// An invitation is a link that its maker passes on: good once, for 72 hours, of
// which the database keeps the hash alone. To join makes an account; to reset
// gives one a new password and a new second factor and takes the old ones away.
const invitationLife = 72 * time.Hour

// InvitationKind is what a link is for.
type InvitationKind string

// The kinds.
const (
	Join  InvitationKind = "join"
	Reset InvitationKind = "reset"
)

// Invitation is a link that is still good.
type Invitation struct {
	ID, Agency, WorkerID string
	Account              string // the account it makes or resets
	SignInName           string
	Kind                 InvitationKind
	Made, Expires        time.Time
}

// LinkPath is where a token leads.
func LinkPath(token string) string { return "/join/" + token }

var errInvitation = fault.New(fault.NotFound, "This link is no longer good: it was used, has run out, or a newer one took its place. Ask your agency's administrator for another.")

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// may tells whether the unit's actor has to do with accounts of an agency: it is
// their own, or they run the installation. What they may do there the caller
// has asked of access.
func may(u *work.Unit, agencyCode string) bool {
	return u.Actor.Role == access.Operator || agencyCode != "" && u.Actor.Agency == agencyCode
}

// Invite makes a link by which somebody who works here, and has no account,
// makes one. The token is shown once.
func Invite(u *work.Unit, workerID, signInName string) (token string, err error) {
	var w agency.Worker
	err = u.QueryRow("SELECT agency_code, worker_id, name, role, left_on FROM worker WHERE worker_id = $1", workerID).Scan(&w.Agency, &w.ID, &w.Name, &w.Role, &w.LeftOn)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (!may(u, w.Agency) || w.Gone(u.Today)) {
		return "", work.ErrNotFound
	}
	if err != nil {
		return "", err
	}
	if _, has, err := OfWorker(u, w.ID); err != nil {
		return "", err
	} else if has {
		return "", fault.New(fault.Conflict, "This person has an account already. Make a reset link instead.")
	}
	name := normal(signInName)
	if wrong := nameProblem(name); wrong != "" {
		return "", fault.New(fault.Invalid, wrong)
	}
	if err := nameFree(u, w.ID, name); err != nil {
		return "", err
	}
	return invite(u, Invitation{ID: work.NewID(), Agency: w.Agency, WorkerID: w.ID, SignInName: name, Kind: Join})
}

// nameFree refuses a sign-in name that another has, or is invited by.
func nameFree(u *work.Unit, workerID, name string) error {
	var n int
	err := u.QueryRow(`SELECT (SELECT COUNT(*) FROM account WHERE sign_in_name = $1 AND worker_id <> $2)
		+ (SELECT COUNT(*) FROM invitation WHERE sign_in_name = $1 AND worker_id <> $2 AND used_at IS NULL AND expires_at > $3)`,
		name, workerID, db.Instant{Time: u.Now}).Scan(&n)
	if err == nil && n > 0 {
		err = fault.New(fault.Conflict, "This sign-in name is taken. Choose another.")
	}
	return err
}

// InviteReset makes a link by which the holder of an account, ended ones too,
// begins anew.
func InviteReset(u *work.Unit, accountID string) (token string, err error) {
	a, err := Open(u, accountID)
	if err != nil {
		return "", err
	}
	if a.Worker.Gone(u.Today) {
		return "", fault.New(fault.Conflict, "This person has left. Take the day they left off their record first.")
	}
	return invite(u, Invitation{ID: work.NewID(), Agency: a.Worker.Agency, WorkerID: a.Worker.ID, Account: a.ID, SignInName: a.SignInName, Kind: Reset})
}

// invite writes an invitation in the place of earlier ones for the same person.
func invite(u *work.Unit, i Invitation) (token string, err error) {
	if err := withdraw(u, i.WorkerID); err != nil {
		return "", err
	}
	if i.Account == "" {
		i.Account = i.ID // an account takes the reference of the invitation it began with
	}
	note(u, "invited", Account{ID: i.Account, Worker: agency.Worker{Agency: i.Agency}}, string(i.Kind))
	token = rand.Text() + rand.Text()[:4] // 150 bits
	return token, u.InsertMany("invitation", []string{"agency_code", "invitation_id", "token_hash", "worker_id", "sign_in_name", "kind", "made_by", "made_at", "expires_at"},
		[][]any{{i.Agency, i.ID, tokenHash(token), i.WorkerID, i.SignInName, string(i.Kind), u.Actor.ID, db.Instant{Time: u.Now}, db.Instant{Time: u.Now.Add(invitationLife)}}})
}

// withdraw makes the links somebody has not used worth nothing.
func withdraw(u *work.Unit, workerID string) error {
	_, err := u.Exec("UPDATE invitation SET expires_at = $2 WHERE worker_id = $1 AND used_at IS NULL AND expires_at > $2", workerID, db.Instant{Time: u.Now})
	return err
}

// Invited gives the invitation of a token, as long as it is good.
func Invited(u *work.Unit, token string) (i Invitation, err error) {
	var made, expires db.Instant
	var account sql.NullString
	err = u.QueryRow(`SELECT i.agency_code, i.invitation_id, i.worker_id, a.account_id, i.sign_in_name, i.kind, i.made_at, i.expires_at
		FROM invitation i JOIN worker w ON w.agency_code = i.agency_code AND w.worker_id = i.worker_id AND (w.left_on IS NULL OR w.left_on > $3)
		LEFT JOIN account a ON a.agency_code = i.agency_code AND a.worker_id = i.worker_id
		WHERE i.token_hash = $1 AND i.used_at IS NULL AND i.expires_at > $2`, tokenHash(token), db.Instant{Time: u.Now}, u.Today).
		Scan(&i.Agency, &i.ID, &i.WorkerID, &account, &i.SignInName, &i.Kind, &made, &expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (i.Kind == Reset) != account.Valid {
		return Invitation{}, errInvitation
	}
	i.Made, i.Expires, i.Account = made.Time, expires.Time, i.ID
	if account.Valid {
		i.Account = account.String
	}
	return i, err
}

// NewTOTP begins codes from an app for an invitation.
func (g *Gate) NewTOTP(i Invitation) (Enrolment, error) { return g.newTOTP(i.Account, i.SignInName) }

// Shown is the enrolment that was kept, to be shown again.
func (g *Gate) Shown(i Invitation, kept string) (Enrolment, error) { return g.shown(i.Account, kept) }

// NewPasskey begins a passkey for an invitation.
func (g *Gate) NewPasskey(i Invitation) (Ceremony, error) {
	return g.offer(holder{id: i.Account, name: i.SignInName})
}

// Acceptance is what somebody brings to an invitation: a password, and a passkey
// or a code from their app.
type Acceptance struct {
	Token, Password string

	TOTP, Code string // Enrolment.Kept, and a code it makes

	Passkey, PasskeyName string // Ceremony.Kept, and what to call it
	Response             []byte // of the device
}

// Accepted is an account begun: its holder is signed in, and is shown the
// recovery codes once.
type Accepted struct {
	Result
	Recovery []string
}

// Accept makes or resets an account. Whatever is wrong, nothing has happened and
// the link is still good.
func (g *Gate) Accept(ctx context.Context, a Acceptance, from Source) (done Accepted, err error) {
	var i Invitation
	var agencyName string
	var now time.Time
	err = g.desk.Do(ctx, Doorkeeper, "invitation", func(u *work.Unit) error {
		now = u.Now
		if i, err = Invited(u, a.Token); err != nil {
			return err
		}
		return u.QueryRow("SELECT name FROM agency WHERE agency_code = $1", i.Agency).Scan(&agencyName)
	})
	if err != nil {
		return done, err
	}
	if wrong := problem(a.Password, i.SignInName, agencyName, i.Agency); wrong != "" {
		return done, fault.New(fault.Invalid, wrong)
	}
	second, err := g.secondOf(i, a, now)
	if err != nil {
		return done, err
	}
	hash, err := g.oven.make(ctx, a.Password)
	if err != nil {
		return done, err
	}
	err = g.desk.Do(ctx, Doorkeeper, "invitation", func(u *work.Unit) error {
		done, err = g.accept(u, i, hash, second, from)
		return err
	})
	return done, err
}

// PasswordProblem says what is wrong with a password for an invitation, or
// nothing.
func (g *Gate) PasswordProblem(password string, i Invitation) string {
	return problem(password, i.SignInName, i.Agency)
}

// second is a second factor that has been proved and is not yet anybody's.
type second struct {
	secret  string // of codes from an app
	step    int64
	passkey *webauthn.Credential
	name    string
}

func (g *Gate) secondOf(i Invitation, a Acceptance, now time.Time) (s second, err error) {
	if a.Passkey != "" {
		s.name = a.PasskeyName
		s.passkey, err = g.newPasskey(holder{id: i.Account, name: i.SignInName}, a.Passkey, a.Response, now)
		return s, err
	}
	e, err := g.shown(i.Account, a.TOTP)
	if err != nil {
		return s, err
	}
	s.secret = e.Secret
	s.step, err = e.prove(a.Code, now)
	return s, err
}

func (g *Gate) accept(u *work.Unit, i Invitation, hash string, s second, from Source) (done Accepted, err error) {
	taken, err := changedOne(u.Exec("UPDATE invitation SET used_at = $2 WHERE invitation_id = $1 AND used_at IS NULL AND expires_at > $2", i.ID, db.Instant{Time: u.Now}))
	if err != nil {
		return done, err
	}
	if !taken {
		return done, errInvitation
	}
	write := g.join
	if i.Kind == Reset {
		write = g.reset
	}
	if err := write(u, i, hash); err != nil {
		return done, err
	}
	if err := g.writeSecond(u, i, s); err != nil {
		return done, err
	}
	if done.Recovery, err = g.newRecovery(u, i.Agency, i.Account); err != nil {
		return done, err
	}
	a, _, err := byID(u, i.Account)
	if err != nil {
		return done, err
	}
	note(u, "accepted", a, string(i.Kind))
	factor := FactorTOTP
	if s.passkey != nil {
		factor = FactorPasskey
	}
	done.Result, err = g.admit(u, a, factor, from)
	return done, err
}

func (g *Gate) join(u *work.Unit, i Invitation, hash string) error {
	if err := nameFree(u, i.WorkerID, i.SignInName); err != nil {
		return err
	}
	return insert(u, newAccount{i.Account, i.Agency, i.WorkerID, i.SignInName, hash, false})
}

type newAccount struct {
	id, agency, worker, name, hash string
	demonstration                  bool
}

var columns = []string{"agency_code", "account_id", "worker_id", "sign_in_name", "password", "state", "demonstration", "totp_step", "wrong_codes", "epoch", "made_at", "opened_at"}

func insert(u *work.Unit, list ...newAccount) error {
	now, rows := db.Instant{Time: u.Now}, make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{a.agency, a.id, a.worker, a.name, a.hash, string(Active), a.demonstration, 0, 0, 1, now, now}
	}
	return u.InsertMany("account", columns, rows)
}

// reset takes everything away that an account was opened with before.
func (g *Gate) reset(u *work.Unit, i Invitation, hash string) error {
	if _, err := u.Exec(`UPDATE account SET password = $2, state = $3, totp = NULL, totp_step = 0, wrong_codes = 0, opened_at = $4, epoch = epoch + 1 WHERE account_id = $1`,
		i.Account, hash, string(Active), db.Instant{Time: u.Now}); err != nil {
		return err
	}
	return forget(u, i.Agency, i.Account, "passkey", "recovery_code", "sign_in_device")
}

func forget(u *work.Unit, agencyCode, id string, tables ...string) error {
	for _, table := range tables {
		if _, err := u.Exec("DELETE FROM "+table+" WHERE agency_code = $1 AND account_id = $2", agencyCode, id); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gate) writeSecond(u *work.Unit, i Invitation, s second) error {
	if s.passkey != nil {
		return g.writePasskey(u, i.Agency, i.Account, s.name, s.passkey)
	}
	return g.writeTOTP(u, i.Account, s.secret, s.step)
}
