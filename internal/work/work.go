// Package work is the unit of work: who acts, for what purpose, at one fixed
// now, in one transaction, with the audit entries that commit with it.
//
// Every read of a person's record and every change goes through Desk.Do. What
// was seen or done is noted on the Unit; if the entries cannot be written, the
// transaction fails and nobody sees anything. A refusal rolls everything back
// and is then written down on its own.
package work

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // England's clock on a machine without zone files

	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/key"
)

// Desk is where work is done: a database and a clock.
type Desk struct {
	DB *db.DB
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// AsOf fixes the day; 0 is today in England.
	AsOf date.Date
	// Keys are the installation's secrets; nil makes some that last as long as
	// the program.
	Keys *key.Ring
}

// england is where "today" is.
var england = mustLocation("Europe/London")

func mustLocation(name string) *time.Location {
	place, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the zone is embedded in the program
	}
	return place
}

// Unit is one unit of work under way.
type Unit struct {
	*db.Tx
	Actor   access.Actor
	Purpose string
	Now     time.Time // the one instant of this unit
	Today   date.Date // the day everything is reckoned on
	entries []audit.Entry
	refused []audit.Entry
	changed bool
	history [][]any
	keys    *key.Ring
}

// Day is the day in England of an instant.
func Day(t time.Time) date.Date { return date.In(t, england) }

// Today is the day everything is reckoned on.
func (d *Desk) Today() date.Date {
	if d.AsOf.Known() {
		return d.AsOf
	}
	return Day(d.Clock())
}

// Clock is the instant it is.
func (d *Desk) Clock() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

// spare is the ring of desks without one of their own.
var spare = sync.OnceValue(key.New)

func (d *Desk) ring() *key.Ring {
	if d.Keys != nil {
		return d.Keys
	}
	return spare()
}

// Do runs fn as one unit of work.
func (d *Desk) Do(ctx context.Context, actor access.Actor, purpose string, fn func(*Unit) error) error {
	var u *Unit
	now := d.Clock().UTC()
	own := d.DB.As(db.Scope{Actor: actor.ID, Agency: actor.Agency, Role: string(actor.Role), Day: d.Today(), Now: now})
	err := own.Write(ctx, func(tx *db.Tx) error {
		u = &Unit{Tx: tx, Actor: actor, Purpose: purpose, Now: now, Today: d.Today(), keys: d.ring()}
		if err := fn(u); err != nil {
			return err
		}
		return u.finish()
	})
	if err != nil && u != nil && len(u.refused) > 0 {
		refusals := own.Write(ctx, func(tx *db.Tx) error { return audit.Append(tx, u.refused) })
		return errors.Join(err, refusals)
	}
	return err
}

func (u *Unit) finish() error {
	if u.changed {
		if _, err := u.Exec("UPDATE revision SET n = n + 1"); err != nil {
			return err
		}
	}
	if err := u.InsertMany("history", historyColumns, u.history); err != nil {
		return err
	}
	return audit.Append(u.Tx, append(u.entries, u.refused...))
}

// Revision counts the changes so far: what is kept in memory is good as long as
// it has not moved.
func (u *Unit) Revision() (n int64, err error) {
	err = u.QueryRow("SELECT n FROM revision").Scan(&n)
	return n, err
}

// Changed tells whether this unit has changed anything yet.
func (u *Unit) Changed() bool { return u.changed }

// Subject names one record: its kind, whose it is and its reference in Homeward.
type Subject struct {
	Kind       access.Kind
	Agency, ID string
}

func (u *Unit) entry(action string, s Subject, detail string) audit.Entry {
	return audit.Entry{
		At: u.Now, Who: audit.Who{Agency: u.Actor.Agency, ID: u.Actor.ID, Role: string(u.Actor.Role)},
		Purpose: u.Purpose, Action: action, Kind: string(s.Kind), Agency: s.Agency, Subject: s.ID, Detail: detail,
	}
}

// Saw notes that a record was read. Detail holds counts, versions and codes,
// never a personal value.
func (u *Unit) Saw(s Subject, detail string) {
	u.entries = append(u.entries, u.entry("viewed", s, detail))
}

// Did notes a change. An ask changes nothing the engine looks at, so what is
// kept in memory stays good.
func (u *Unit) Did(action string, s Subject, detail string) {
	u.changed = u.changed || s.Kind != access.Ask
	u.Noted(action, s, detail)
}

// Noted notes something done that changes no record: a sign-in, an alert shown,
// a notice settled. What is kept in memory stays good.
func (u *Unit) Noted(action string, s Subject, detail string) {
	u.entries = append(u.entries, u.entry(action, s, detail))
}

// Searched notes a search and what was found: how many, and of what was looked
// for a keyed hash alone, so that "did anybody search for this name" can be
// answered by whoever holds the key and the name.
func (u *Unit) Searched(kind access.Kind, terms string, found int) {
	detail := fmt.Sprintf("%d found", found)
	if terms != "" {
		detail += ", terms " + u.Hash("search", strings.ToLower(terms))
	}
	u.entries = append(u.entries, u.entry("searched", Subject{Kind: kind, Agency: u.Actor.Agency}, detail))
}

// Hash is the installation's keyed hash of a value for one use.
func (u *Unit) Hash(use, value string) string { return u.keys.Hash(use, value) }

// Keys are the installation's secrets.
func (u *Unit) Keys() *key.Ring { return u.keys }

// Refuse notes that somebody asked for a record that is not there for them, and
// gives the words for it.
func (u *Unit) Refuse(act access.Action, s Subject) error {
	u.refused = append(u.refused, u.entry("refused", s, string(act)))
	return ErrNotFound
}

// Allow asks the access table and notes a refusal. A thing that the actor may
// not even see is "not found", so that its existence is not told.
func (u *Unit) Allow(act access.Action, t access.Thing, subject string) error {
	decision := access.Can(u.Actor, act, t)
	if decision.Allow {
		return nil
	}
	u.refused = append(u.refused, u.entry("refused", Subject{t.Kind, t.Agency, subject}, string(act)))
	for _, see := range []access.Action{access.View, access.Profile} {
		if access.Can(u.Actor, see, t).Allow {
			return fault.New(fault.Forbidden, "You may see this but not do that. "+decision.Reason)
		}
	}
	return ErrNotFound
}

// ErrNotFound is what there is to say of a record that does not exist, and of
// one that exists and is not for this person: the same words.
var ErrNotFound = fault.New(fault.NotFound, "There is no such record, or it is not one you may see.")

// idLetters leaves out vowels and look-alikes: no words, no misreadings.
const idLetters = "23456789BCDFGHJKLMNPQRSTVWXZ"

// NewID makes a random reference: Homeward's own, carrying nothing of anyone.
func NewID() string {
	random := make([]byte, 12)
	rand.Read(random) // never fails: see crypto/rand
	for i, b := range random {
		random[i] = idLetters[int(b)%len(idLetters)]
	}
	return string(random)
}
