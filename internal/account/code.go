package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"database/sql"
	"fmt"
	"image/png"
	"strings"
	"time"

	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// Factor is how somebody proved who they are, beside or instead of a password.
type Factor string

// The factors.
const (
	FactorTOTP     Factor = "totp"
	FactorRecovery Factor = "recovery"
	FactorPasskey  Factor = "passkey"
	FactorOIDC     Factor = "oidc"
)

// Codes from an app (RFC 6238): six digits, a new one every 30 seconds. One step
// either side is taken, since clocks differ, and none a second time.
const (
	codeStep   = 30 // seconds
	codeDigits = 6
	codeSkew   = 1
)

// Enrolment is a secret for codes on its way to becoming somebody's.
type Enrolment struct {
	Secret string // to type into the app
	URL    string // to show it as a picture
	Kept   string // for the session, until a code has proved it
}

// QR draws the secret for an app's camera, as PNG.
func (e Enrolment) QR() ([]byte, error) {
	k, err := otp.NewKeyFromURL(e.URL)
	if err != nil {
		return nil, err
	}
	picture, err := k.Image(240, 240)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = png.Encode(&b, picture)
	return b.Bytes(), err
}

// Code is the code that the app shows at a moment, for demonstrations and tests.
func (e Enrolment) Code(now time.Time) (string, error) { return totp.GenerateCode(e.Secret, now) }

// keptSecret is an enrolment as the session keeps it, sealed.
type keptSecret struct{ Account, URL string }

func (g *Gate) newTOTP(account, name string) (Enrolment, error) {
	k, err := totp.Generate(totp.GenerateOpts{Issuer: product, AccountName: name})
	if err != nil {
		return Enrolment{}, err
	}
	kept, err := g.keep("totp", keptSecret{account, k.URL()})
	return Enrolment{Secret: k.Secret(), URL: k.URL(), Kept: kept}, err
}

// shown is the enrolment that was kept, if it is for this account.
func (g *Gate) shown(account, kept string) (Enrolment, error) {
	var s keptSecret
	if err := g.kept("totp", kept, &s); err != nil {
		return Enrolment{}, err
	}
	k, err := otp.NewKeyFromURL(s.URL)
	if err != nil || s.Account != account {
		return Enrolment{}, errStartAgain
	}
	return Enrolment{Secret: k.Secret(), URL: s.URL, Kept: kept}, nil
}

// prove checks the first code of a new secret.
func (e Enrolment) prove(code string, now time.Time) (step int64, err error) {
	if step = matchingStep(e.Secret, squeeze(code), now); step == 0 {
		return 0, fault.New(fault.Invalid, "That is not the code your app shows now. Check that your phone sets its clock by itself, and enter the newest code.")
	}
	return step, nil
}

// squeeze takes out what people put between the characters of a code.
func squeeze(code string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "").Replace(code))
}

// matchingStep is the step whose code this is, or 0.
func matchingStep(secret, code string, now time.Time) (step int64) {
	at := now.Unix() / codeStep
	for s := at - codeSkew; s <= at+codeSkew; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step = s
		}
	}
	return step
}

// writeTOTP makes a proved secret an account's own; the code that proved it is
// spent.
func (g *Gate) writeTOTP(u *work.Unit, id, secret string, step int64) error {
	_, err := u.Exec("UPDATE account SET totp = $2, totp_step = $3 WHERE account_id = $1", id, g.ring.Seal("totp", id, []byte(secret)), step)
	return err
}

// spendCode checks a code, from an app or of recovery, and spends it.
func (g *Gate) spendCode(u *work.Unit, a locked, code string) (f Factor, right bool, err error) {
	code = squeeze(code)
	if len(code) != codeDigits {
		right, err = g.spendRecovery(u, a, code)
		return FactorRecovery, right, err
	}
	if !a.TOTP {
		return FactorTOTP, false, nil
	}
	secret, err := g.ring.Unseal("totp", a.ID, a.totp)
	if err != nil {
		return FactorTOTP, false, fault.Wrap(fault.NotReady, "Codes cannot be checked: the key file is not the one they were sealed with. Tell whoever runs Homeward.", err)
	}
	step := matchingStep(string(secret), code, u.Now)
	if step == 0 {
		return FactorTOTP, false, nil
	}
	right, err = changedOne(u.Exec("UPDATE account SET totp_step = $2 WHERE account_id = $1 AND totp_step < $2", a.ID, step))
	return FactorTOTP, right, err
}

func changedOne(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Recovery codes are for the day the phone is lost: ten, each good once, of 24
// letters in groups of four. They carry 115 bits, so that a plain keyed hash keeps
// them (ASVS 5.0 6.5.2 asks 112 for that).
const (
	recoveryCodes  = 10
	recoveryLength = 24
	codeLetters    = "23456789BCDFGHJKLMNPQRSTVWXZ"
)

func newRecoveryCode() string {
	var b strings.Builder
	for b.Len() < recoveryLength+recoveryLength/4-1 {
		if b.Len()%5 == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[letter()])
	}
	return b.String()
}

// letter is a random place in codeLetters, each as likely as another.
func letter() int {
	random := make([]byte, 1)
	for {
		rand.Read(random) // never fails: see crypto/rand
		if int(random[0]) < 256/len(codeLetters)*len(codeLetters) {
			return int(random[0]) % len(codeLetters)
		}
	}
}

func (g *Gate) recoveryHash(id, code string) string {
	return g.ring.Hash("recovery code", id+"\x00"+squeeze(code))
}

// newRecovery replaces an account's recovery codes and gives the new ones, to be
// shown once.
func (g *Gate) newRecovery(u *work.Unit, agencyCode, id string) ([]string, error) {
	if _, err := u.Exec("DELETE FROM recovery_code WHERE agency_code = $1 AND account_id = $2", agencyCode, id); err != nil {
		return nil, err
	}
	codes, rows := make([]string, recoveryCodes), make([][]any, recoveryCodes)
	for i := range codes {
		codes[i] = newRecoveryCode()
		rows[i] = []any{agencyCode, id, i + 1, g.recoveryHash(id, codes[i])}
	}
	return codes, u.InsertMany("recovery_code", []string{"agency_code", "account_id", "n", "hash"}, rows)
}

func (g *Gate) spendRecovery(u *work.Unit, a locked, code string) (bool, error) {
	return changedOne(u.Exec("UPDATE recovery_code SET used_at = $3 WHERE agency_code = $4 AND account_id = $1 AND hash = $2 AND used_at IS NULL",
		a.ID, g.recoveryHash(a.ID, code), db.Instant{Time: u.Now}, a.Worker.Agency))
}

// The steps between password and code.
const (
	pendingLife = 10 * time.Minute
	pendingTry  = 5  // wrong codes, then from the beginning
	burntAfter  = 20 // wrong codes in a row after the right password
)

// pendingSignIn is who has given the right password and owes a code.
type pendingSignIn struct {
	Account string
	Epoch   int64
	At      time.Time
	Wrong   int
}

// Code takes the code that a right password asks for: from an app, or one of
// recovery.
func (g *Gate) Code(ctx context.Context, pending, code string, from Source) (r Result, err error) {
	var p pendingSignIn
	if g.kept("pending", pending, &p) != nil {
		return Result{Outcome: StartAgain}, nil
	}
	err = g.desk.Do(ctx, Doorkeeper, "sign in", func(u *work.Unit) (err error) {
		r, err = g.code(u, p, code, from)
		return err
	})
	if err == nil && r.Outcome == Refused {
		if p.Wrong++; p.Wrong >= pendingTry {
			return Result{Outcome: StartAgain}, nil
		}
		r.Pending, err = g.keep("pending", p)
	}
	return r, err
}

func (g *Gate) code(u *work.Unit, p pendingSignIn, code string, from Source) (Result, error) {
	a, ok, err := lockedByID(u, p.Account)
	if err != nil {
		return Result{}, err
	}
	if !ok || a.Epoch != p.Epoch || a.State == Ended || u.Now.Sub(p.At) > pendingLife || p.At.After(u.Now) {
		return Result{Outcome: StartAgain}, nil
	}
	f, r, err := g.tryCode(u, a, code, from)
	if err != nil || r.Outcome != SignedIn {
		return r, err
	}
	return g.admit(u, a.Account, f, from)
}

// tryCode counts, checks and spends a code. Too many wrong ones after the right
// password mean that somebody else knows it.
func (g *Gate) tryCode(u *work.Unit, a locked, code string, from Source) (Factor, Result, error) {
	if a.wrongCodes >= burntAfter {
		return "", Result{Outcome: IsBurnt}, nil
	}
	t, err := g.count(u, a.SignInName, from)
	if err != nil || t.held() {
		return "", g.holds(u, t, a), err
	}
	f, right, err := g.spendCode(u, a, code)
	if err != nil {
		return f, Result{}, err
	}
	if !right {
		note(u, "refused", a.Account, "code")
		_, err := u.Exec("UPDATE account SET wrong_codes = wrong_codes + 1 WHERE account_id = $1", a.ID)
		return f, Result{Outcome: Refused}, err
	}
	if f == FactorRecovery {
		note(u, "used a recovery code", a.Account, fmt.Sprintf("%d left", a.RecoveryLeft-1))
	}
	return f, Result{Outcome: SignedIn}, uncount(u, t)
}

// holds is the answer to a held try. The record says so once for each hold: a
// flood of tries must not become a flood of entries.
func (g *Gate) holds(u *work.Unit, t ticket, a locked) Result {
	if t.held() && t.tell {
		note(u, "held", a.Account, "")
	}
	return Result{Outcome: Held, Until: t.until}
}
