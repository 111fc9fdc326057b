package link

import (
	"database/sql"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/work"
)

// Side is one of the two sides of an ask.
type Side string

// The sides.
const (
	ChildSide  Side = "child"
	FamilySide Side = "family"
)

// Disclosure is that both sides of an ask agreed to tell each other a little of
// who and where: the family's side the children's first names, the child's side
// the outward code of where the family lives. What each needs before matching is
// needs first, then a name and a town; family name, reference and address are
// for after it, and not for this. To confirm with each pool.
type Disclosure struct {
	ChildBy, FamilyBy, EndedBy string // workers
	ChildAt, FamilyAt, EndedAt time.Time
}

// Open tells whether both sides have agreed and neither has ended it.
func (d Disclosure) Open() bool {
	return !d.ChildAt.IsZero() && !d.FamilyAt.IsZero() && d.EndedAt.IsZero()
}

// Begun tells whether a side has agreed and nobody has ended it.
func (d Disclosure) Begun() bool {
	return d.EndedAt.IsZero() && !(d.ChildAt.IsZero() && d.FamilyAt.IsZero())
}

// Agreed tells whether a side has agreed, who and when, in what has not ended.
func (d Disclosure) Agreed(side Side) (by string, at time.Time, agreed bool) {
	by, at = d.ChildBy, d.ChildAt
	if side == FamilySide {
		by, at = d.FamilyBy, d.FamilyAt
	}
	return by, at, d.EndedAt.IsZero() && !at.IsZero()
}

// DisclosureOf reads how the disclosure of an ask stands. It asks nobody's leave.
func DisclosureOf(u *work.Unit, a Ask) (d Disclosure, err error) {
	return d, u.Each(func(rows *sql.Rows) error {
		var childAt, familyAt, endedAt db.Instant
		err := rows.Scan(&d.ChildBy, &childAt, &d.FamilyBy, &familyAt, &d.EndedBy, &endedAt)
		d.ChildAt, d.FamilyAt, d.EndedAt = childAt.Time, familyAt.Time, endedAt.Time
		return err
	}, "SELECT child_by, child_at, family_by, family_at, ended_by, ended_at FROM disclosure WHERE child_agency = $1 AND ask_id = $2", a.ChildAgency, a.ID)
}

// MayAgree tells whether an actor may agree for a side of an ask.
func (b *Board) MayAgree(actor access.Actor, a Ask, side Side) bool {
	if side == FamilySide {
		return access.Can(actor, access.Disclose, b.familySide(a)).Allow
	}
	for _, id := range a.Children {
		if _, there := b.Group(id); !there || !access.Can(actor, access.Disclose, b.childThing(a.ChildAgency, id)).Allow {
			return false
		}
	}
	return len(a.Children) > 0
}

// familySide is the ask, as restricted as the family it is to.
func (b *Board) familySide(a Ask) access.Thing {
	t := b.Book.Thing(access.Ask, a.FamilyAgency, agency.Of{ID: a.ID})
	_, there := b.Family(a.FamilyID)
	t.Restricted = !there
	return t
}

func (b *Board) allowAgree(u *work.Unit, a Ask, side Side) error {
	if side == FamilySide {
		return u.Allow(access.Disclose, b.familySide(a), a.ID)
	}
	if len(a.Children) == 0 {
		return child.Missing(u, access.Disclose, a.ChildID)
	}
	for _, id := range a.Children {
		if _, there := b.Group(id); !there {
			return child.Missing(u, access.Disclose, id)
		}
		if err := u.Allow(access.Disclose, b.childThing(a.ChildAgency, id), id); err != nil {
			return err
		}
	}
	return nil
}

// Agree records that a side of an ask that was answered yes agrees to tell. The
// two sides are two people, whoever they work for.
func (b *Board) Agree(u *work.Unit, askID string, side Side) error {
	a, err := FindAsk(u, askID)
	if err != nil {
		return err
	}
	if err := b.allowAgree(u, a, side); err != nil {
		return err
	}
	if a.State != Yes {
		return fault.New(fault.Conflict, "Each side can agree to tell once the family has answered yes.")
	}
	if err := begin(u, a); err != nil {
		return err
	}
	if err := agree(u, a, side); err != nil {
		return err
	}
	b.noteDisclosure(u, a, "agreed to tell", string(side)+" side")
	return nil
}

// begin makes the row of an ask, or empties that of a disclosure which ended, so
// that both sides are asked again. What was agreed before is on the audit record.
func begin(u *work.Unit, a Ask) error {
	if _, err := u.Exec(`INSERT INTO disclosure (child_agency, ask_id, family_agency, child_by, family_by, ended_by) VALUES ($1, $2, $3, '', '', '')
		ON CONFLICT (child_agency, ask_id) DO NOTHING`, a.ChildAgency, a.ID, a.FamilyAgency); err != nil {
		return err
	}
	_, err := u.Exec(`UPDATE disclosure SET child_by = '', child_at = NULL, family_by = '', family_at = NULL, ended_by = '', ended_at = NULL
		WHERE child_agency = $1 AND ask_id = $2 AND ended_at IS NOT NULL`, a.ChildAgency, a.ID)
	return err
}

// agreeing says a side's agreement in the row, unless it is there or the same
// person agreed for the other side.
var agreeing = map[Side]string{
	ChildSide:  "UPDATE disclosure SET child_by = $1, child_at = $2 WHERE child_agency = $3 AND ask_id = $4 AND child_at IS NULL AND family_by <> $1",
	FamilySide: "UPDATE disclosure SET family_by = $1, family_at = $2 WHERE child_agency = $3 AND ask_id = $4 AND family_at IS NULL AND child_by <> $1",
}

func agree(u *work.Unit, a Ask, side Side) error {
	result, err := u.Exec(agreeing[side], u.Actor.ID, db.Instant{Time: u.Now}, a.ChildAgency, a.ID)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	d, err := DisclosureOf(u, a)
	if err != nil {
		return err
	}
	if _, _, agreed := d.Agreed(side); agreed {
		return fault.New(fault.Conflict, "This side has agreed already.")
	}
	return fault.New(fault.Conflict, "You agreed for the other side. Somebody else has to agree for this one.")
}

// EndDisclosure ends what was agreed. Whoever may agree for a side may end it,
// and from the next request on nothing more is told.
func (b *Board) EndDisclosure(u *work.Unit, askID string, side Side) error {
	a, err := FindAsk(u, askID)
	if err != nil {
		return err
	}
	if err := b.allowAgree(u, a, side); err != nil {
		return err
	}
	result, err := u.Exec(`UPDATE disclosure SET ended_by = $1, ended_at = $2
		WHERE child_agency = $3 AND ask_id = $4 AND ended_at IS NULL AND (child_at IS NOT NULL OR family_at IS NOT NULL)`,
		u.Actor.ID, db.Instant{Time: u.Now}, a.ChildAgency, a.ID)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fault.New(fault.Conflict, "Nothing has been agreed here, or it has ended already.")
	}
	b.noteDisclosure(u, a, "ended telling", string(side)+" side")
	return nil
}

// noteDisclosure writes it down for the ask and for everybody it is about. That
// it is about records is why boards kept in memory are made anew.
func (b *Board) noteDisclosure(u *work.Unit, a Ask, action, detail string) {
	u.Did(action, a.Subject(), detail)
	for _, id := range a.Children {
		u.Did(action, work.Subject{Kind: access.Child, Agency: a.ChildAgency, ID: id}, detail)
	}
	u.Did(action, work.Subject{Kind: access.Family, Agency: a.FamilyAgency, ID: a.FamilyID}, detail)
}

// FirstNames gives the family's side the first names of the children of an ask,
// where both sides agreed to tell them, and notes that it did.
func (b *Board) FirstNames(u *work.Unit, a Ask) ([]string, error) {
	d, err := DisclosureOf(u, a)
	if err != nil || !d.Open() {
		return nil, err
	}
	return child.FirstNames(u, b.Book, a.Children)
}

// HomeArea gives the child's side the outward code of where the family of an ask
// lives, where both sides agreed to tell it, and notes that it did: to those of
// the child's agency, and to those who find homes on its behalf. The postcode
// itself is read for reckoning and stays here.
func (b *Board) HomeArea(u *work.Unit, a Ask) (string, error) {
	d, err := DisclosureOf(u, a)
	f, there := b.Family(a.FamilyID)
	if err != nil || !d.Open() || !there {
		return "", err
	}
	told := access.Can(u.Actor, access.View, b.Families[f].Thing(b.Book, access.FamilyIdentity)).Allow
	if !told && !b.MayAgree(u.Actor, a, ChildSide) {
		return "", nil
	}
	area := outwardOf(b.feed.places[a.FamilyID])
	if area != "" {
		u.Saw(b.Families[f].Subject(), "disclosed: area")
	}
	return area, nil
}

// outwardOf is the outward code of a home: a town or a district of one.
func outwardOf(places []adopter.Place) string {
	for _, p := range places {
		if postcode, err := gazetteer.Parse(p.Postcode); p.Kind == "home" && err == nil {
			return postcode.Outward().Canonical()
		}
	}
	return ""
}

// Hides tells whether an ask is about a child or to a family whose record is
// restricted to others than an actor. Its child or family is on no list of
// theirs, and so the ask is on none.
func (b *Board) Hides(actor access.Actor, a Ask) bool {
	hidden := func(kind access.Kind, code, id string) bool {
		t := b.Book.Thing(kind, code, agency.Of{ID: id})
		return t.Restricted && !access.Can(actor, access.View, t).Allow && !access.Can(actor, access.Profile, t).Allow
	}
	for _, id := range a.Children {
		if _, there := b.Group(id); !there && hidden(access.Child, a.ChildAgency, id) {
			return true
		}
	}
	_, there := b.Family(a.FamilyID)
	return !there && hidden(access.Family, a.FamilyAgency, a.FamilyID)
}
