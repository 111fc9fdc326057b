package watch

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// Match is how a worker may know a child or family: what of theirs is the same.
type Match string

// The matches, and what a worker may declare.
const (
	Surname  Match = "surname"
	Postcode Match = "postcode"
	Known    Match = "record" // they declared that very record
)

// Declarable lists what a worker may declare that they have a tie to.
func Declarable() []Choice {
	return []Choice{
		{string(Surname), "A surname of my family or of somebody close to me"},
		{string(Postcode), "A postcode where I live or have lived, or where somebody close to me does"},
		{string(Known), "A child or family here, by the reference Homeward gives them"},
	}
}

// Declaration is something that a worker said they have a tie to. What it was is
// kept as keyed hashes alone, so that it can be compared and not read.
type Declaration struct {
	ID     string
	Kind   Match
	Made   time.Time
	hashes string // of each key, with spaces between
}

func (d Declaration) subject(code string) work.Subject {
	return work.Subject{Kind: "declaration", Agency: code, ID: d.ID}
}

// keysOf are what a value of a kind is compared by; none if it is not of it.
func keysOf(kind Match, value string) []string {
	switch kind {
	case Surname:
		return surnameKeys(value)
	case Postcode:
		if key, whole := postcodeKey(value); whole {
			return []string{key}
		}
	case Known:
		if key := strings.ToUpper(strings.Join(strings.Fields(value), "")); reference.MatchString(key) {
			return []string{key}
		}
	}
	return nil
}

// reference is what Homeward's own references look like.
var reference = regexp.MustCompile("^[A-Z0-9]{12}$")

func hashOf(u *work.Unit, kind Match, key string) string {
	return u.Hash("declaration "+string(kind), key)
}

var mend = map[Match]string{
	Surname:  "Enter a surname.",
	Postcode: "Enter a whole postcode, such as DE22 3CV.",
	Known:    "Enter the reference that Homeward gives the child or family. It has 12 letters and numbers.",
}

// Declare keeps that the unit's actor has a tie to a surname, a postcode or a
// record. A surname of several parts counts as a whole and by each of them.
// Whether there is a record of that reference is not looked up and so not told.
func Declare(u *work.Unit, kind Match, value string) error {
	if mend[kind] == "" {
		return fault.New(fault.Invalid, "Choose what you want to declare.")
	}
	d := Declaration{ID: work.NewID(), Kind: kind}
	for _, key := range keysOf(kind, value) {
		d.hashes = strings.TrimSpace(d.hashes + " " + hashOf(u, kind, key))
	}
	if d.hashes == "" {
		return fault.New(fault.Invalid, mend[kind])
	}
	had, err := Declarations(u)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(had, func(h Declaration) bool { return h.Kind == kind && h.hashes == d.hashes }) {
		return fault.New(fault.Conflict, "You have declared this already.")
	}
	u.Noted("declared", d.subject(u.Actor.Agency), string(kind))
	_, err = u.Exec("INSERT INTO declaration (agency_code, declaration_id, worker_id, kind, value_hash, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
		u.Actor.Agency, d.ID, u.Actor.ID, string(kind), d.hashes, db.Instant{Time: u.Now})
	return err
}

// Declarations lists what the unit's actor has declared and not taken back, the
// oldest first.
func Declarations(u *work.Unit) ([]Declaration, error) {
	var list []Declaration
	err := u.Each(func(rows *sql.Rows) error {
		var d Declaration
		var made db.Instant
		err := rows.Scan(&d.ID, &d.Kind, &made, &d.hashes)
		d.Made = made.Time
		list = append(list, d)
		return err
	}, `SELECT declaration_id, kind, made_at, value_hash FROM declaration
		WHERE agency_code = $1 AND worker_id = $2 AND ended_at IS NULL ORDER BY made_at, declaration_id`, u.Actor.Agency, u.Actor.ID)
	return list, err
}

// TakeBack ends one of the actor's own declarations. Their managers are told:
// somebody could take one back to look without being asked.
func TakeBack(u *work.Unit, book *agency.Book, id string) error {
	d := Declaration{ID: id}
	result, err := u.Exec("UPDATE declaration SET ended_at = $1 WHERE agency_code = $2 AND declaration_id = $3 AND worker_id = $4 AND ended_at IS NULL",
		db.Instant{Time: u.Now}, u.Actor.Agency, id, u.Actor.ID)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return u.Refuse(access.Change, d.subject(u.Actor.Agency))
	}
	u.Noted("ended", d.subject(u.Actor.Agency), "")
	return notice.Send(u, tell(u, book, u.Actor.Agency, access.Manager,
		notice.Notice{Kind: notice.DeclarationEnded, About: d.subject(u.Actor.Agency), ActorID: u.Actor.ID})...)
}
