package account

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

const (
	oidcSecret                = "issuer secret" // the use the ring seals secrets for
	oidcKind      access.Kind = "issuer"
	oidcSelection             = "SELECT agency_code, issuer_id, url, client_id, secret, mfa, enabled FROM issuer"
)

// weakProofs prove one factor at most: no council's word on a second factor can
// rest on one of them.
var weakProofs = []string{"pwd", "pin", "kba", "rba", "geo", "user", "wia", "0", "1"}

// SaveIssuer adds an issuer (no ID) or changes one; an empty secret keeps the
// one there is. It asks nobody's leave: the caller asks it for an administrator
// of the agency. Whoever turns an issuer off ends the sessions it let in.
func (p *RelyingParty) SaveIssuer(u *work.Unit, i Issuer, secret string) (Issuer, error) {
	if err := p.checkIssuer(i); err != nil {
		return i, err
	}
	if i.ID == "" {
		return p.addIssuer(u, i, secret)
	}
	before, err := IssuerByID(u.Tx, i.ID)
	switch {
	case err != nil:
		return i, err
	case before.Agency != i.Agency:
		return i, work.ErrNotFound
	case before.URL != i.URL:
		// The people joined to it are known by its subjects; another provider's
		// subjects are other people.
		return i, fault.New(fault.Invalid, "The address of a council's sign-in cannot be changed. Turn this one off and add the other.")
	}
	i.SecretSealed = before.SecretSealed
	changed := oidcChanged(before, i)
	if secret != "" {
		i.SecretSealed, changed = p.ring.Seal(oidcSecret, i.ID, []byte(secret)), append(changed, "secret")
	}
	if len(changed) == 0 {
		return i, nil
	}
	u.Noted("changed", work.Subject{Kind: oidcKind, Agency: i.Agency, ID: i.ID}, strings.Join(changed, " "))
	_, err = u.Exec("UPDATE issuer SET client_id = $1, secret = $2, mfa = $3, enabled = $4 WHERE agency_code = $5 AND issuer_id = $6",
		i.ClientID, i.SecretSealed, strings.Join(i.MFA, " "), i.Enabled, i.Agency, i.ID)
	return i, err
}

func (p *RelyingParty) addIssuer(u *work.Unit, i Issuer, secret string) (Issuer, error) {
	if secret == "" {
		return i, fault.New(fault.Invalid, "Give the client secret that the council's provider made for Homeward.")
	}
	i.ID = work.NewID()
	i.SecretSealed = p.ring.Seal(oidcSecret, i.ID, []byte(secret))
	u.Noted("added", work.Subject{Kind: oidcKind, Agency: i.Agency, ID: i.ID}, "")
	return i, u.InsertMany("issuer", []string{"agency_code", "issuer_id", "url", "client_id", "secret", "mfa", "enabled"},
		[][]any{{i.Agency, i.ID, i.URL, i.ClientID, i.SecretSealed, strings.Join(i.MFA, " "), i.Enabled}})
}

func (p *RelyingParty) checkIssuer(i Issuer) error {
	switch {
	case !p.safe(i.URL) || strings.ContainsAny(i.URL, "?{}"):
		return fault.New(fault.Invalid, "The address of a council's sign-in begins with https:// and is that of one tenant: the issuer its discovery document names, without a question mark or braces.")
	case i.ClientID == "" || strings.ContainsFunc(i.ClientID, oidcStrange):
		return fault.New(fault.Invalid, "Give the client ID by which the council's provider knows Homeward.")
	case slices.ContainsFunc(i.MFA, func(proof string) bool { return slices.Contains(weakProofs, proof) || len(strings.Fields(proof)) != 1 }):
		return fault.New(fault.Invalid, "Of the values that prove a second factor, one proves a single factor or is not one word. Leave it out: Homeward then asks for its own second factor.")
	}
	return nil
}

func oidcChanged(before, after Issuer) (names []string) {
	if before.ClientID != after.ClientID {
		names = append(names, "client_id")
	}
	if !slices.Equal(before.MFA, after.MFA) {
		names = append(names, "mfa")
	}
	if before.Enabled != after.Enabled {
		names = append(names, "enabled")
	}
	return names
}

// Issuers lists the issuers of some agencies; of all, where none is named.
func Issuers(tx *db.Tx, agencies ...string) ([]Issuer, error) {
	where, args := db.Where(db.In{Column: "agency_code", Values: agencies})
	return oidcIssuers(tx, where+" ORDER BY agency_code, url, issuer_id", args...)
}

// IssuerByID gives one issuer.
func IssuerByID(tx *db.Tx, id string) (Issuer, error) {
	found, err := oidcIssuers(tx, " WHERE issuer_id = $1", id)
	if err == nil && len(found) == 0 {
		err = work.ErrNotFound
	}
	if err != nil {
		return Issuer{}, err
	}
	return found[0], nil
}

func oidcIssuers(tx *db.Tx, where string, args ...any) (found []Issuer, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		var i Issuer
		var mfa string
		err := rows.Scan(&i.Agency, &i.ID, &i.URL, &i.ClientID, &i.SecretSealed, &mfa, &i.Enabled)
		i.MFA = strings.Fields(mfa)
		found = append(found, i)
		return err
	}, oidcSelection+where, args...)
	return found, err
}

// LinkIdentity joins an account to who its council says has signed in. It asks
// nobody's leave: the caller has an invitation, or the account signed in.
func LinkIdentity(u *work.Unit, agency, accountID string, who Identity) error {
	issuer, err := IssuerByID(u.Tx, who.IssuerID)
	if err != nil {
		return err
	}
	if issuer.Agency != agency || issuer.URL != who.Issuer || who.Subject == "" {
		return work.ErrNotFound
	}
	var of, subject string
	err = u.QueryRow("SELECT account_id, subject FROM identity WHERE issuer_id = $1 AND (subject = $2 OR account_id = $3)", who.IssuerID, who.Subject, accountID).Scan(&of, &subject)
	switch {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return err
	case of == accountID && subject == who.Subject:
		return nil
	default:
		return fault.New(fault.Conflict, "This account or this council sign-in is already joined to another. Ask your administrator to take the old one away first.")
	}
	u.Noted("linked", work.Subject{Kind: "account", Agency: agency, ID: accountID}, "issuer "+who.IssuerID)
	return u.InsertMany("identity", []string{"agency_code", "account_id", "issuer_id", "subject", "linked_at"},
		[][]any{{agency, accountID, who.IssuerID, who.Subject, db.Instant{Time: u.Now}}})
}

// UnlinkIdentity takes an account's council sign-in away.
func UnlinkIdentity(u *work.Unit, agency, accountID, issuerID string) error {
	u.Noted("unlinked", work.Subject{Kind: "account", Agency: agency, ID: accountID}, "issuer "+issuerID)
	_, err := u.Exec("DELETE FROM identity WHERE agency_code = $1 AND account_id = $2 AND issuer_id = $3", agency, accountID, issuerID)
	return err
}

// AccountOf gives the account that a subject of an issuer is joined to, as long
// as the issuer is turned on.
func AccountOf(tx *db.Tx, issuerID, subject string) (agency, accountID string, err error) {
	err = tx.QueryRow("SELECT d.agency_code, d.account_id FROM identity d JOIN issuer i ON i.issuer_id = d.issuer_id AND i.agency_code = d.agency_code WHERE d.issuer_id = $1 AND d.subject = $2 AND i.enabled",
		issuerID, subject).Scan(&agency, &accountID)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.Wrap(fault.NotFound, "Your council knows you, but no account here is joined to its sign-in. Ask your agency's administrator for an invitation.", err)
	}
	return agency, accountID, err
}

// TurnOff turns an issuer off and ends every session of the accounts joined to
// it, however they signed in. It gives how many accounts that is.
func (p *RelyingParty) TurnOff(u *work.Unit, issuerID string) (int, error) {
	i, err := IssuerByID(u.Tx, issuerID)
	if err != nil {
		return 0, err
	}
	i.Enabled = false
	if _, err := p.SaveIssuer(u, i, ""); err != nil {
		return 0, err
	}
	var joined []string
	err = u.Each(func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		joined = append(joined, id)
		return err
	}, "SELECT account_id FROM identity WHERE agency_code = $1 AND issuer_id = $2", i.Agency, i.ID)
	for _, id := range joined {
		if err == nil {
			err = EndSessions(u, id)
		}
	}
	return len(joined), err
}
