package account

import (
	"context"

	"homeward/internal/fault"
	"homeward/internal/work"
)

// What somebody changes of their own account. Each asks for a session that was
// confirmed not long ago, ends every session but theirs, and gives the facts
// theirs goes on with, under a new token.

var (
	errSession = fault.New(fault.Forbidden, "Your session has ended. Sign in again.")
	errConfirm = fault.New(fault.Forbidden, "Confirm that it is you first.")
)

// own runs fn for the account of a session that was confirmed not long ago.
func (g *Gate) own(ctx context.Context, f Facts, fn func(*work.Unit, locked) error) error {
	return g.desk.Do(ctx, Doorkeeper, "own account", func(u *work.Unit) error {
		a, r, err := g.recogniseLocked(u, f)
		switch {
		case err != nil:
			return err
		case r.Outcome == StartAgain:
			return errSession
		case !f.ConfirmedWithin(u.Now, StepUp):
			return errConfirm
		}
		as(u, a.Account)
		return fn(u, a)
	})
}

// change is own for what ends every other session.
func (g *Gate) change(ctx context.Context, f Facts, what string, fn func(*work.Unit, locked) error) (Facts, error) {
	err := g.own(ctx, f, func(u *work.Unit, a locked) (err error) {
		// First, so that of two changes at the same moment one sees the other.
		if f.Epoch, err = raise(u, a.ID); err != nil {
			return err
		}
		note(u, "changed", a.Account, what)
		return fn(u, a)
	})
	return f, err
}

// ChangePassword takes the old password and a new one.
func (g *Gate) ChangePassword(ctx context.Context, f Facts, old, fresh string, from Source) (Facts, error) {
	var wrong string
	err := g.own(ctx, f, func(u *work.Unit, a locked) error {
		var agencyName string
		err := u.QueryRow("SELECT name FROM agency WHERE agency_code = $1", a.Worker.Agency).Scan(&agencyName)
		wrong = problem(fresh, a.SignInName, agencyName, a.Worker.Agency)
		return err
	})
	if err != nil {
		return f, err
	}
	if wrong != "" {
		return f, fault.New(fault.Invalid, wrong)
	}
	r, err := g.ConfirmPassword(ctx, f, old, from)
	switch {
	case err != nil:
		return f, err
	case r.Outcome == Held:
		return f, fault.New(fault.Forbidden, r.Words())
	case r.Outcome != SignedIn:
		return f, fault.New(fault.Invalid, "Your present password is not right.")
	}
	hash, err := g.oven.make(ctx, fresh)
	if err != nil {
		return f, err
	}
	return g.change(ctx, r.Facts, "password", func(u *work.Unit, a locked) error {
		_, err := u.Exec("UPDATE account SET password = $2 WHERE account_id = $1", a.ID, hash)
		return err
	})
}

// TOTPFor begins new codes from an app.
func (g *Gate) TOTPFor(ctx context.Context, f Facts) (e Enrolment, err error) {
	err = g.own(ctx, f, func(_ *work.Unit, a locked) error {
		e, err = g.newTOTP(a.ID, a.SignInName)
		return err
	})
	return e, err
}

// ChangeTOTP has codes come from the app that gives this one.
func (g *Gate) ChangeTOTP(ctx context.Context, f Facts, kept, code string) (Facts, error) {
	return g.change(ctx, f, "totp", func(u *work.Unit, a locked) error {
		e, err := g.shown(a.ID, kept)
		if err != nil {
			return err
		}
		step, err := e.prove(code, u.Now)
		if err != nil {
			return err
		}
		return g.writeTOTP(u, a.ID, e.Secret, step)
	})
}

// PasskeyFor begins another passkey.
func (g *Gate) PasskeyFor(ctx context.Context, f Facts) (c Ceremony, err error) {
	err = g.own(ctx, f, func(u *work.Unit, a locked) error {
		h, err := g.holder(u, a.Account)
		if err != nil {
			return err
		}
		c, err = g.offer(h)
		return err
	})
	return c, err
}

// AddPasskey adds the passkey that a device answered with.
func (g *Gate) AddPasskey(ctx context.Context, f Facts, kept, name string, response []byte) (Facts, error) {
	return g.change(ctx, f, "passkey added", func(u *work.Unit, a locked) error {
		h, err := g.holder(u, a.Account)
		if err != nil {
			return err
		}
		c, err := g.newPasskey(h, kept, response, u.Now)
		if err != nil {
			return err
		}
		return g.writePasskey(u, a.Worker.Agency, a.ID, name, c)
	})
}

// RemovePasskey takes a passkey away, unless there would be no second factor.
func (g *Gate) RemovePasskey(ctx context.Context, f Facts, credentialID string) (Facts, error) {
	return g.change(ctx, f, "passkey removed", func(u *work.Unit, a locked) error {
		gone, err := changedOne(u.Exec("DELETE FROM passkey WHERE agency_code = $1 AND account_id = $2 AND credential_id = $3", a.Worker.Agency, a.ID, credentialID))
		if err != nil {
			return err
		}
		if !gone {
			return work.ErrNotFound
		}
		left, _, err := byID(u, a.ID)
		if err == nil && left.Passkeys == 0 && !left.TOTP {
			err = fault.New(fault.Conflict, "This is your only second factor. Add another passkey or codes from an app first.")
		}
		return err
	})
}

// NewRecoveryCodes replaces the recovery codes and gives the new ones, to be
// shown once.
func (g *Gate) NewRecoveryCodes(ctx context.Context, f Facts) (after Facts, codes []string, err error) {
	after, err = g.change(ctx, f, "recovery codes", func(u *work.Unit, a locked) error {
		codes, err = g.newRecovery(u, a.Worker.Agency, a.ID)
		return err
	})
	return after, codes, err
}
