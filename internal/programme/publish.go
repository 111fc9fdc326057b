package programme

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Published is a pack as it was published.
type Published struct {
	Pack
	ID, By string // the name of who published it
	At     time.Time
	SHA256 string
	Bytes  []byte // the pack's JSON as it is kept
}

// Listed is a pack in a list.
type Listed struct {
	Publisher, ID, Area, By string
	Quarter                 Quarter
	Version                 int
	At                      time.Time
}

func subject(code, id string) work.Subject {
	return work.Subject{Kind: access.Figures, Agency: code, ID: id}
}

// Seal is the sum of what a pack says, whoever publishes it and whenever: two
// packs of one seal say the same.
func (p Pack) Seal() (string, error) {
	p.Version, p.Published, p.AsOf, p.Revision = 0, "", "", 0
	body, err := json.Marshal(p)
	return sum(body), err
}

func sum(body []byte) string {
	s := sha256.Sum256(body)
	return hex.EncodeToString(s[:])
}

// Publish makes the pack of an area and a quarter and keeps it for good. seal is
// that of the pack somebody looked at before: what they did not see is not
// published.
func Publish(u *work.Unit, book *agency.Book, publisher string, area Area, q Quarter, seal string) (Published, error) {
	if err := u.Allow(access.Change, book.Thing(access.Figures, publisher), ""); err != nil {
		return Published{}, err
	}
	if q.Period().Last >= u.Today {
		return Published{}, fault.New(fault.Invalid, fmt.Sprintf("%s has not ended yet. A pack is published of a quarter that has.", q.Words()))
	}
	p, err := Make(u, book, publisher, area, q)
	if err != nil {
		return Published{}, err
	}
	if now, err := p.Seal(); err != nil {
		return Published{}, err
	} else if now != seal {
		return Published{}, fault.New(fault.Conflict, "The numbers have changed since you looked at this pack. Nothing was published: look at it again.")
	}
	last, err := latest(u, publisher, area.ID, q)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return Published{}, err
	case err == nil && len(Changes(last.Pack, p)) == 0:
		return Published{}, fault.New(fault.Conflict, fmt.Sprintf("Nothing has changed since version %d was published on %s, so there is nothing new to publish.", last.Version, work.Day(last.At).Long()))
	}
	p.Version, p.Published = last.Version+1, u.Today.String()
	return keep(u, p)
}

func keep(u *work.Unit, p Pack) (Published, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return Published{}, err
	}
	out := Published{Pack: p, ID: work.NewID(), By: u.Actor.Name, At: u.Now, SHA256: sum(body), Bytes: body}
	asOf, err := date.Parse(p.AsOf)
	if err != nil {
		return out, err
	}
	_, err = u.Exec(`INSERT INTO pack (agency_code, pack_id, area, area_name, quarter, version, published_by, published_by_name, published_at, data_as_of, revision, rules, sha256, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.Publisher.Code, out.ID, p.Area.ID, p.Area.Name, p.Quarter.String(), p.Version, u.Actor.ID, out.By, db.Instant{Time: u.Now}, asOf, p.Revision, p.Rules, out.SHA256, body)
	u.Noted("published", subject(p.Publisher.Code, out.ID), fmt.Sprintf("%s version %d, sha256 %s", p.Quarter, p.Version, out.SHA256))
	return out, err
}

// List gives the packs of the agencies whose numbers the actor may see, the latest
// quarter first.
func List(u *work.Unit, book *agency.Book) (list []Listed, err error) {
	codes := book.Where(u.Actor, access.View, access.Figures)
	if len(codes) == 0 {
		return nil, nil
	}
	where, args := db.Where(db.In{Column: "agency_code", Values: codes})
	return list, u.Each(func(rows *sql.Rows) error {
		var l Listed
		var at db.Instant
		var quarter string
		if err := rows.Scan(&l.Publisher, &l.ID, &l.Area, &quarter, &l.Version, &l.By, &at); err != nil {
			return err
		}
		l.At = at.Time
		list = append(list, l)
		return list[len(list)-1].Quarter.UnmarshalText([]byte(quarter))
	}, "SELECT agency_code, pack_id, area_name, quarter, version, published_by_name, published_at FROM pack"+where+" ORDER BY quarter DESC, agency_code, area, version DESC", args...)
}

// Find gives a pack to somebody who may see the numbers of who published it.
func Find(u *work.Unit, book *agency.Book, id string) (Published, error) {
	return find(u, book, access.View, id)
}

// Again gives the bytes of a pack as it was published, and what would differ if it
// were made now, to whoever may publish the next version.
func Again(u *work.Unit, book *agency.Book, id string) (original []byte, changes []Change, err error) {
	p, err := find(u, book, access.Change, id)
	if err != nil {
		return nil, nil, err
	}
	area, err := FindArea(u, book, p.Publisher.Code, p.Area.ID)
	if errors.Is(err, work.ErrNotFound) {
		area = p.Area // the pool is no more
	}
	now, err := Make(u, book, p.Publisher.Code, area, p.Quarter)
	return p.Bytes, Changes(p.Pack, now), err
}

// Before gives the version before a pack, if there is one.
func Before(u *work.Unit, p Published) (Published, bool, error) {
	before, err := load(u, "agency_code = $1 AND area = $2 AND quarter = $3 AND version = $4", p.Publisher.Code, p.Area.ID, p.Quarter.String(), p.Version-1)
	if errors.Is(err, sql.ErrNoRows) {
		return before, false, nil
	}
	return before, err == nil, err
}

// Latest tells whether a pack is the latest version of its area and quarter.
func Latest(u *work.Unit, p Published) (bool, error) {
	last, err := latest(u, p.Publisher.Code, p.Area.ID, p.Quarter)
	return last.ID == p.ID, err
}

func find(u *work.Unit, book *agency.Book, act access.Action, id string) (Published, error) {
	p, err := load(u, "pack_id = $1", id)
	if errors.Is(err, sql.ErrNoRows) {
		return p, u.Refuse(act, subject("", id))
	}
	if err != nil {
		return p, err
	}
	if err := u.Allow(act, book.Thing(access.Figures, p.Publisher.Code), id); err != nil {
		return Published{}, err
	}
	u.Saw(subject(p.Publisher.Code, id), fmt.Sprintf("%s version %d", p.Quarter, p.Version))
	return p, nil
}

func latest(u *work.Unit, publisher, area string, q Quarter) (Published, error) {
	return load(u, "agency_code = $1 AND area = $2 AND quarter = $3 ORDER BY version DESC LIMIT 1", publisher, area, q.String())
}

// load reads one pack, and holds it to its sum.
func load(u *work.Unit, where string, args ...any) (p Published, err error) {
	var at db.Instant
	err = u.QueryRow("SELECT pack_id, published_by_name, published_at, sha256, content FROM pack WHERE "+where, args...).Scan(&p.ID, &p.By, &at, &p.SHA256, &p.Bytes)
	if err != nil {
		return p, err
	}
	p.At = at.Time
	if sum(p.Bytes) != p.SHA256 {
		return Published{}, fault.New(fault.Conflict, "This pack is not what was published: it was changed outside Homeward. Tell whoever looks after this installation.")
	}
	return p, json.Unmarshal(p.Bytes, &p.Pack)
}

// Subject names the pack for the audit record.
func (p Published) Subject() work.Subject { return subject(p.Publisher.Code, p.ID) }
