package account

import (
	"database/sql"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// What an agency's administrators do with its accounts, and whoever runs the
// installation. The caller has asked access; another agency's account is not
// found here whatever the answer was.

// List gives an agency's accounts, by sign-in name.
func List(u *work.Unit, agencyCode string) ([]Account, error) {
	if !may(u, agencyCode) {
		return nil, u.Refuse(access.View, work.Subject{Kind: kind, Agency: agencyCode})
	}
	found, err := find(u, "a.agency_code = $1 ORDER BY a.sign_in_name", agencyCode)
	list := make([]Account, len(found))
	for i, a := range found {
		list[i] = a.Account
	}
	u.Saw(work.Subject{Kind: access.Staff, Agency: agencyCode}, "accounts")
	return list, err
}

// Open gives one account of the actor's agency.
func Open(u *work.Unit, accountID string) (Account, error) {
	a, ok, err := byID(u, accountID)
	return allowed(u, a, ok, err)
}

// OfName gives one account of the actor's agency by its sign-in name.
func OfName(u *work.Unit, signInName string) (Account, error) {
	a, ok, err := lockedByName(u, normal(signInName))
	return allowed(u, a.Account, ok, err)
}

func allowed(u *work.Unit, a Account, ok bool, err error) (Account, error) {
	if err == nil && (!ok || !may(u, a.Worker.Agency)) {
		return Account{}, u.Refuse(access.View, work.Subject{Kind: kind, Agency: a.Worker.Agency, ID: a.ID})
	}
	return a, err
}

// OfWorker gives the account of a worker of the actor's agency, if they have one.
func OfWorker(u *work.Unit, workerID string) (Account, bool, error) {
	var agencyCode string
	err := u.Each(func(rows *sql.Rows) error { return rows.Scan(&agencyCode) }, "SELECT agency_code FROM worker WHERE worker_id = $1", workerID)
	if err == nil && !may(u, agencyCode) {
		err = work.ErrNotFound
	}
	if err != nil {
		return Account{}, false, err
	}
	a, ok, err := findOne(u, "a.worker_id = $1", workerID)
	return a.Account, ok, err
}

// End ends an account: its sessions stop at their next request, its links are
// worth nothing.
func End(u *work.Unit, accountID string) error {
	a, err := Open(u, accountID)
	if err != nil {
		return err
	}
	if err := notLast(u, a); err != nil {
		return err
	}
	if _, err := raise(u, a.ID); err != nil {
		return err
	}
	if _, err := u.Exec("UPDATE account SET state = $2 WHERE account_id = $1", a.ID, string(Ended)); err != nil {
		return err
	}
	note(u, "ended", a, "")
	if err := forget(u, a.Worker.Agency, a.ID, "sign_in_device"); err != nil {
		return err
	}
	return withdraw(u, a.Worker.ID)
}

// Reopen opens an account that was dormant. One that was ended needs a reset:
// somebody else may have its password by now.
func Reopen(u *work.Unit, accountID string) error {
	a, err := Open(u, accountID)
	if err != nil {
		return err
	}
	if a.State != Dormant {
		return fault.New(fault.Conflict, "Only a dormant account can be opened again. For one that was ended make a reset link.")
	}
	note(u, "reopened", a, "")
	_, err = u.Exec("UPDATE account SET opened_at = $2 WHERE account_id = $1", a.ID, db.Instant{Time: u.Now})
	return err
}

// EndSessions signs somebody out everywhere.
func EndSessions(u *work.Unit, accountID string) error {
	a, err := Open(u, accountID)
	if err != nil {
		return err
	}
	note(u, "signed out everywhere", a, "")
	_, err = raise(u, a.ID)
	return err
}

// SaveWorker is agency.SaveWorker for somebody who may have an account: what
// they may do changes at their next request, and the last administrator stays
// one.
func SaveWorker(u *work.Unit, book *agency.Book, w agency.Worker) (agency.Worker, error) {
	a, has, err := OfWorker(u, w.ID)
	if err != nil {
		return w, err
	}
	leaves := w.LeftOn.Known() && w.LeftOn != a.Worker.LeftOn
	if !has || a.Worker.Role == w.Role && a.Worker.Team == w.Team && a.Worker.Family == w.Family && !leaves {
		return agency.SaveWorker(u, book, w)
	}
	if a.Worker.Role != w.Role || leaves {
		if err := notLast(u, a); err != nil {
			return w, err
		}
	}
	if _, err := raise(u, a.ID); err != nil {
		return w, err
	}
	return agency.SaveWorker(u, book, w)
}

// notLast refuses to take away the last account by which an agency can be
// administered: nobody there could open another.
func notLast(u *work.Unit, a Account) error {
	if a.Worker.Role != access.Administrator || a.State != Active {
		return nil
	}
	// An agency's first account is never taken away, so that its row serves as the
	// latch: of two who do this at once, the second sees what the first did.
	if _, err := u.Exec("UPDATE account SET epoch = epoch WHERE account_id = (SELECT account_id FROM account WHERE agency_code = $1 ORDER BY made_at, account_id LIMIT 1)", a.Worker.Agency); err != nil {
		return err
	}
	others, err := administrators(u, a.Worker.Agency)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID != a.ID {
			return nil
		}
	}
	return fault.New(fault.Conflict, "This is the agency's last administrator who can sign in. Make somebody else one first.")
}

// administrators gives those of an agency who can sign in and will not have left.
func administrators(u *work.Unit, agencyCode string) (able []Account, err error) {
	found, err := find(u, "a.agency_code = $1 AND w.role = $2", agencyCode, string(access.Administrator))
	for _, a := range found {
		if a.State == Active && !a.Worker.LeftOn.Known() {
			able = append(able, a.Account)
		}
	}
	return able, err
}

// First invites the first administrator of an agency, from the command line. It
// refuses where there is one who can sign in, or whom the operator can let in
// again by a reset.
func First(u *work.Unit, agencyCode, name, signInName string) (token string, err error) {
	book, err := agency.Open(u)
	if err != nil {
		return "", err
	}
	if _, known := book.Agencies[agencyCode]; !known {
		return "", fault.New(fault.NotFound, "There is no agency with this code. Import the region first, or look at the codes in agencies.csv.")
	}
	found, err := find(u, "a.agency_code = $1 AND w.role = $2", agencyCode, string(access.Administrator))
	if err != nil {
		return "", err
	}
	for _, a := range found {
		if a.State != Ended {
			return "", fault.New(fault.Conflict, "This agency has an administrator. They invite others; if they cannot sign in, make a reset link with: homeward account invite")
		}
	}
	w, err := firstWorker(u, book, agencyCode, name)
	if err != nil {
		return "", err
	}
	return Invite(u, w.ID, signInName)
}

// firstWorker finds the administrator by name who was entered already, or enters
// them.
func firstWorker(u *work.Unit, book *agency.Book, agencyCode, name string) (agency.Worker, error) {
	for _, w := range book.Staff(agencyCode) {
		if _, has, err := OfWorker(u, w.ID); err != nil || w.Name == name && w.Role == access.Administrator && !has {
			return w, err
		}
	}
	return agency.SaveWorker(u, book, agency.Worker{Agency: agencyCode, Name: name, Role: access.Administrator})
}
