// Package agency holds the organisations that adoption is done by: local
// authorities (LA), voluntary adoption agencies (VAA) and regional adoption
// agencies (RAA); their teams and the people who work for them; the pools they
// share; and the two things that let one see anything of another's: a sharing
// agreement that both have signed, and a function that one carries out on the
// other's behalf.
//
// A pool is a dated set of agencies (D2N2 inside the East Midlands). Membership
// opens nothing by itself.
package agency

import (
	"database/sql"
	"maps"
	"slices"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Agency is one organisation.
type Agency struct {
	Code  string
	Kind  string // LA, VAA or RAA
	Name  string
	GSS   string   // the council's code in national statistics, for an LA
	Pools []string // it is a member of on the book's day
}

// Kinds lists what an agency may be.
func Kinds() []string { return []string{"LA", "VAA", "RAA"} }

// Problems says what is wrong with an agency, field by field.
func (a Agency) Problems() []fault.Problem {
	var found []fault.Problem
	add := func(bad bool, field, message string) {
		if bad {
			found = append(found, fault.Problem{Field: field, Message: message})
		}
	}
	add(a.Code == "", "agency_code", "Give the agency's code.")
	add(strings.Contains(a.Code, "/"), "agency_code", "Take the / out of the agency's code.")
	add(!slices.Contains(Kinds(), a.Kind), "kind", "Write LA, VAA or RAA.")
	add(a.Name == "", "name", "Give the agency's name.")
	return found
}

// Equal tells whether two agencies say the same; pools are a set.
func (a Agency) Equal(b Agency) bool {
	return a.Code == b.Code && a.Kind == b.Kind && a.Name == b.Name && a.GSS == b.GSS && slices.Equal(sorted(a.Pools), sorted(b.Pools))
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// Book is every agency, worker, team, agreement and function, and what each
// opens on one day.
type Book struct {
	Agencies   map[string]Agency
	Workers    map[string]Worker
	Teams      map[string]Team
	Agreements []Agreement
	Functions  []Held

	day        date.Date
	restricted map[access.Opened]bool     // restricted to the people it names
	named      map[string][]access.Opened // by worker: restricted records that name them
	glass      map[string][]access.Opened // by worker: records opened and still open
	disclosed  map[access.Opened][]string // the agencies both sides agreed to tell who and where
}

// Open reads the book as it stands on the unit's day.
func Open(u *work.Unit) (*Book, error) {
	b := &Book{Agencies: map[string]Agency{}, Workers: map[string]Worker{}, Teams: map[string]Team{}, day: u.Today}
	for _, load := range []func(*db.Tx) error{b.loadAgencies, b.loadPools, b.loadWorkers, b.loadTeams, b.loadAgreements, b.loadParties, b.loadFunctions, b.loadRestrictions, b.loadDisclosed} {
		if err := load(u.Tx); err != nil {
			return nil, err
		}
	}
	return b, b.loadGlass(u.Tx, u.Now)
}

func (b *Book) loadAgencies(tx *db.Tx) error {
	return tx.Each(func(rows *sql.Rows) error {
		var a Agency
		err := rows.Scan(&a.Code, &a.Kind, &a.Name, &a.GSS)
		b.Agencies[a.Code] = a
		return err
	}, "SELECT agency_code, kind, name, gss FROM agency")
}

func (b *Book) loadPools(tx *db.Tx) error {
	return tx.Each(func(rows *sql.Rows) error {
		var code, pool string
		var from, until date.Date
		err := rows.Scan(&code, &pool, &from, &until)
		if a := b.Agencies[code]; within(b.day, from, until) {
			a.Pools = append(a.Pools, pool)
			b.Agencies[code] = a
		}
		return err
	}, "SELECT agency_code, pool, from_day, until_day FROM membership ORDER BY agency_code, pool, from_day")
}

// within tells whether something holds on a day: from its first day until the
// first on which it no longer does, if that is known.
func within(day, from, until date.Date) bool { return from <= day && (!until.Known() || day < until) }

func (b *Book) loadRestrictions(tx *db.Tx) error {
	b.restricted, b.named = map[access.Opened]bool{}, map[string][]access.Opened{}
	return tx.Each(func(rows *sql.Rows) error {
		var of access.Opened
		var worker sql.NullString
		err := rows.Scan(&of.Agency, &of.Kind, &of.ID, &worker)
		b.restricted[of] = true
		b.named[worker.String] = append(b.named[worker.String], of)
		return err
	}, `SELECT r.agency_code, r.kind, r.subject_id, n.worker_id FROM restriction r
		LEFT JOIN restriction_name n ON n.agency_code = r.agency_code AND n.kind = r.kind AND n.subject_id = r.subject_id`)
}

func (b *Book) loadGlass(tx *db.Tx, now time.Time) error {
	b.glass = map[string][]access.Opened{}
	return tx.Each(func(rows *sql.Rows) error {
		var worker string
		var of access.Opened
		err := rows.Scan(&worker, &of.Agency, &of.Kind, &of.ID)
		b.glass[worker] = append(b.glass[worker], of)
		return err
	}, "SELECT actor_id, agency_code, kind, subject_id FROM glass WHERE until_at > $1", db.Instant{Time: now})
}

func (b *Book) loadDisclosed(tx *db.Tx) error {
	b.disclosed = map[access.Opened][]string{}
	return tx.Each(func(rows *sql.Rows) error {
		c, f := access.Opened{Kind: access.Child}, access.Opened{Kind: access.Family}
		err := rows.Scan(&c.Agency, &c.ID, &f.Agency, &f.ID)
		b.disclosed[c] = append(b.disclosed[c], f.Agency)
		b.disclosed[f] = append(b.disclosed[f], c.Agency)
		return err
	}, `SELECT c.child_agency, c.child_id, a.family_agency, a.family_id FROM disclosure d
		JOIN ask a ON a.child_agency = d.child_agency AND a.ask_id = d.ask_id
		JOIN ask_child c ON c.child_agency = d.child_agency AND c.ask_id = d.ask_id
		WHERE d.child_at IS NOT NULL AND d.family_at IS NOT NULL AND d.ended_at IS NULL`)
}

// List gives the agencies by code.
func (b *Book) List() []Agency {
	list := slices.Collect(maps.Values(b.Agencies))
	slices.SortFunc(list, func(x, y Agency) int { return strings.Compare(x.Code, y.Code) })
	return list
}

// Actor is a worker as the access table sees them on the book's day: with the
// ties of their agency and the records whose glass they have broken. One who has
// left is nobody.
func (b *Book) Actor(workerID string) (access.Actor, bool) {
	w, ok := b.Workers[workerID]
	if !ok || w.Gone(b.day) {
		return access.Actor{}, false
	}
	return b.As(access.Actor{ID: w.ID, Name: w.Name, Agency: w.Agency, Team: w.Team, Role: w.Role, Family: w.Family}), true
}

// As is an actor with what the book says of them and their agency.
func (b *Book) As(a access.Actor) access.Actor {
	a.Voluntary, a.Ties = b.Agencies[a.Agency].Kind == "VAA", b.Ties(a.Agency)
	a.Opened, a.NamedOn = b.glass[a.ID], b.named[a.ID]
	return a
}

// Ties are the reasons why things of other agencies may be open to an agency on
// the book's day.
func (b *Book) Ties(code string) []access.Tie {
	var ties []access.Tie
	for _, h := range b.Functions {
		if h.Holder == code && h.Holds(b.day) {
			ties = append(ties, access.Tie{Agency: h.Agency, Function: h.Function})
		}
	}
	for _, a := range b.Agreements {
		if !a.Holds(b.day) || !b.party(a, code) {
			continue
		}
		for _, p := range a.Parties {
			if p.Agency != code && b.party(a, p.Agency) {
				ties = append(ties, access.Tie{Agency: p.Agency, Name: a.Name, Covers: a.Covers})
			}
		}
	}
	return ties
}

// party tells whether an agency has signed an agreement, has not left it, and is
// in the pool the agreement is for.
func (b *Book) party(a Agreement, code string) bool {
	inPool := a.Pool == "" || slices.Contains(b.Agencies[code].Pools, a.Pool)
	return inPool && slices.ContainsFunc(a.Parties, func(p Party) bool { return p.Agency == code && p.InForce() })
}

// Thing is things of a kind that belong to an agency, as the access table sees
// them: one of them where of says which, else any.
func (b *Book) Thing(kind access.Kind, code string, of ...Of) access.Thing {
	t := access.Thing{Kind: kind, Agency: code}
	for _, o := range of {
		record := access.Opened{Kind: access.RecordOf(kind), Agency: code, ID: o.ID}
		t.ID, t.Worker, t.Team = o.ID, o.Worker, b.Workers[o.Worker].Team
		t.Restricted = b.restricted[record]
		t.Disclosed = b.disclosed[record]
	}
	return t
}

// Of says which thing, and who follows it.
type Of struct{ ID, Worker string }

// Where gives the codes of the agencies some of whose things of a kind an actor
// may do something to.
func (b *Book) Where(actor access.Actor, act access.Action, kind access.Kind) []string {
	var codes []string
	for _, a := range b.List() {
		if access.Can(actor, act, b.Thing(kind, a.Code)).Allow {
			codes = append(codes, a.Code)
		}
	}
	return codes
}

// Save writes agencies that are new or say something else than before. A new one
// gets those of the staff who work for it, or else a post of each kind, so that
// somebody can be invited to it.
func Save(u *work.Unit, before *Book, agencies []Agency, staff ...Worker) error {
	var added []Worker
	for _, a := range agencies {
		old, known := before.Agencies[a.Code]
		if known && old.Equal(a) {
			continue
		}
		if err := write(u, old, a, known); err != nil {
			return err
		}
		if !known {
			added = append(added, staffOf(a, staff)...)
		}
	}
	return addWorkers(u, added)
}

func write(u *work.Unit, old, a Agency, known bool) error {
	subject := work.Subject{Kind: "agency", Agency: a.Code, ID: a.Code}
	query := "INSERT INTO agency (agency_code, kind, name, gss) VALUES ($1, $2, $3, $4)"
	action := "added"
	if known {
		query = "UPDATE agency SET kind = $2, name = $3, gss = $4 WHERE agency_code = $1"
		action = "changed"
		if err := keep(u, subject, old, a); err != nil {
			return err
		}
	}
	if _, err := u.Exec(query, a.Code, a.Kind, a.Name, a.GSS); err != nil {
		return err
	}
	u.Did(action, subject, "")
	return writePools(u, old, a)
}

// keep notes what something of an agency's said before, numbered by how often it
// has changed.
func keep(u *work.Unit, subject work.Subject, before, after any) error {
	past, err := u.History(subject)
	if err != nil {
		return err
	}
	return u.Keep(subject, int64(len(past)+1), "record", before, after)
}

// writePools ends the memberships that are no more and begins the new ones, on
// the unit's day. Membership that began and ended on one day is that of the day.
func writePools(u *work.Unit, old, a Agency) error {
	for _, p := range old.Pools {
		if slices.Contains(a.Pools, p) {
			continue
		}
		if _, err := u.Exec("UPDATE membership SET until_day = $1 WHERE agency_code = $2 AND pool = $3 AND until_day IS NULL", u.Today, a.Code, p); err != nil {
			return err
		}
	}
	for _, p := range sorted(a.Pools) {
		if slices.Contains(old.Pools, p) {
			continue
		}
		if _, err := u.Exec(`INSERT INTO membership (agency_code, pool, from_day) VALUES ($1, $2, $3)
			ON CONFLICT (agency_code, pool, from_day) DO UPDATE SET until_day = NULL`, a.Code, p, u.Today); err != nil {
			return err
		}
	}
	return nil
}
