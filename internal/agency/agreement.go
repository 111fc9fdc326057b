package agency

import (
	"database/sql"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Agreement is an information sharing agreement as data that access is reckoned
// from: between the parties that have signed it and not left, on the days it
// holds, it opens what it covers and nothing else. Ending it, or one party's
// leaving, closes that at the next request.
type Agreement struct {
	ID      string
	Name    string
	Pool    string // only members of this pool share, where it is given
	Purpose string // what sharing is for, in the agreement's words
	Covers  []access.Cover
	From    date.Date
	Until   date.Date // the first day it no longer holds
	Parties []Party
}

// Party is one agency's side of an agreement.
type Party struct {
	Agency           string
	SignedBy, LeftBy string // workers
	Signed, Left     db.Instant
}

// InForce tells whether a party has signed and not left.
func (p Party) InForce() bool { return !p.Signed.IsZero() && p.Left.IsZero() }

// Holds tells whether the agreement's days include one.
func (a Agreement) Holds(day date.Date) bool { return within(day, a.From, a.Until) }

// Party gives an agency's side.
func (a Agreement) Party(code string) (Party, bool) {
	i := slices.IndexFunc(a.Parties, func(p Party) bool { return p.Agency == code })
	if i < 0 {
		return Party{}, false
	}
	return a.Parties[i], true
}

func (b *Book) loadAgreements(tx *db.Tx) error {
	return tx.Each(func(rows *sql.Rows) error {
		var a Agreement
		var covers string
		err := rows.Scan(&a.ID, &a.Name, &a.Pool, &a.Purpose, &covers, &a.From, &a.Until)
		for c := range strings.FieldsSeq(covers) {
			a.Covers = append(a.Covers, access.Cover(c))
		}
		b.Agreements = append(b.Agreements, a)
		return err
	}, "SELECT agreement_id, name, pool, purpose, covers, from_day, until_day FROM agreement ORDER BY from_day, agreement_id")
}

func (b *Book) loadParties(tx *db.Tx) error {
	at := map[string]*Agreement{}
	for i := range b.Agreements {
		at[b.Agreements[i].ID] = &b.Agreements[i]
	}
	return tx.Each(func(rows *sql.Rows) error {
		var id string
		var p Party
		err := rows.Scan(&id, &p.Agency, &p.SignedBy, &p.Signed, &p.LeftBy, &p.Left)
		at[id].Parties = append(at[id].Parties, p)
		return err
	}, "SELECT agreement_id, agency_code, signed_by, signed_at, left_by, left_at FROM agreement_party ORDER BY agency_code")
}

// Agreement finds an agreement of the book.
func (b *Book) Agreement(id string) (Agreement, bool) {
	i := slices.IndexFunc(b.Agreements, func(a Agreement) bool { return a.ID == id })
	if i < 0 {
		return Agreement{}, false
	}
	return b.Agreements[i], true
}

func (a Agreement) problem(book *Book) string {
	unknown := func(p Party) bool { _, ok := book.Agencies[p.Agency]; return !ok }
	switch {
	case strings.TrimSpace(a.Name) == "":
		return "Enter the agreement's name."
	case strings.TrimSpace(a.Purpose) == "":
		return "Say what the sharing is for."
	case len(a.Covers) == 0 || slices.ContainsFunc(a.Covers, func(c access.Cover) bool { return !slices.Contains(access.Covers(), c) }):
		return "Choose what is shared."
	case len(a.Parties) < 2 || slices.ContainsFunc(a.Parties, unknown):
		return "Choose two agencies or more."
	case !a.From.Known():
		return "Enter the day the agreement begins."
	case a.Until.Known() && a.Until <= a.From:
		return "The agreement must end after it begins."
	}
	return ""
}

// Among is an agreement that shares all that can be shared among the present
// members of a pool.
func (b *Book) Among(pool string) Agreement {
	a := Agreement{Name: "Sharing in " + pool, Pool: pool, Purpose: "Finding families for children whose plan is adoption.", Covers: access.Covers(), From: b.day}
	for _, m := range b.List() {
		if slices.Contains(m.Pools, pool) {
			a.Parties = append(a.Parties, Party{Agency: m.Code})
		}
	}
	return a
}

// Propose records an agreement for its parties to sign. The proposer's own
// agency is a party and signs with it; the others' sides stay closed until their
// own information leads sign. The operator, who records agreements signed on
// paper, signs for all.
func Propose(u *work.Unit, book *Book, a Agreement) (Agreement, error) {
	operator := u.Actor.Role == access.Operator
	if !operator {
		if err := u.Allow(access.Change, book.Thing(access.Agreement, u.Actor.Agency), ""); err != nil {
			return a, err
		}
		if _, ok := a.Party(u.Actor.Agency); !ok {
			a.Parties = append(a.Parties, Party{Agency: u.Actor.Agency})
		}
	}
	if problem := a.problem(book); problem != "" {
		return a, fault.New(fault.Invalid, problem)
	}
	a.ID = work.NewID()
	covers := make([]string, len(a.Covers))
	for i, c := range a.Covers {
		covers[i] = string(c)
	}
	if _, err := u.Exec("INSERT INTO agreement (agreement_id, name, pool, purpose, covers, from_day, until_day, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		a.ID, a.Name, a.Pool, a.Purpose, strings.Join(covers, " "), a.From, a.Until, u.Actor.ID, db.Instant{Time: u.Now}); err != nil {
		return a, err
	}
	return a, a.addParties(u, operator)
}

func (a Agreement) addParties(u *work.Unit, operator bool) error {
	var rows [][]any
	for i, p := range a.Parties {
		if operator || p.Agency == u.Actor.Agency {
			p.SignedBy, p.Signed = u.Actor.ID, db.Instant{Time: u.Now}
			a.Parties[i] = p
			u.Did("signed", a.subject(p.Agency), "")
		}
		rows = append(rows, []any{a.ID, p.Agency, p.SignedBy, p.Signed, "", db.Instant{}})
	}
	return u.InsertMany("agreement_party", []string{"agreement_id", "agency_code", "signed_by", "signed_at", "left_by", "left_at"}, rows)
}

func (a Agreement) subject(code string) work.Subject {
	return work.Subject{Kind: access.Agreement, Agency: code, ID: a.ID}
}

// Sign puts the actor's agency's name to an agreement, again after leaving too.
func Sign(u *work.Unit, book *Book, id string) error {
	a, p, err := ownSide(u, book, id)
	if err != nil {
		return err
	}
	if p.InForce() {
		return fault.New(fault.Conflict, "Your agency has signed this agreement already.")
	}
	u.Did("signed", a.subject(p.Agency), "")
	_, err = u.Exec("UPDATE agreement_party SET signed_by = $1, signed_at = $2, left_by = '', left_at = NULL WHERE agreement_id = $3 AND agency_code = $4",
		u.Actor.ID, db.Instant{Time: u.Now}, a.ID, p.Agency)
	return err
}

// Leave ends what an agreement opens to and of the actor's agency, from this
// moment.
func Leave(u *work.Unit, book *Book, id string) error {
	a, p, err := ownSide(u, book, id)
	if err != nil {
		return err
	}
	if !p.InForce() {
		return fault.New(fault.Conflict, "Your agency is not sharing under this agreement.")
	}
	u.Did("left", a.subject(p.Agency), "")
	_, err = u.Exec("UPDATE agreement_party SET left_by = $1, left_at = $2 WHERE agreement_id = $3 AND agency_code = $4", u.Actor.ID, db.Instant{Time: u.Now}, a.ID, p.Agency)
	return err
}

func ownSide(u *work.Unit, book *Book, id string) (Agreement, Party, error) {
	a, known := book.Agreement(id)
	p, party := a.Party(u.Actor.Agency)
	if !known || !party {
		return a, p, work.ErrNotFound
	}
	return a, p, u.Allow(access.Change, book.Thing(access.Agreement, u.Actor.Agency), id)
}
