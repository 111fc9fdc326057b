package adopter

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/work"
)

// Query says which families to load. Empty lists mean all.
type Query struct{ Agencies, IDs []string }

var columns = []string{
	"agency_code", "family_id", "family_ref", "version", "worker_id", "adopters", "approved_on", "status", "max_children",
	"age_min", "age_max", "sex", "languages", "children_at_home", "training", "reserved_until",
}

// Load reads families with their offers, household, places and milestones, by
// agency and reference, in a number of statements that does not grow. It asks nobody's
// leave: whoever shows what it gives asks access and notes what was seen.
func Load(tx *db.Tx, q Query) ([]Family, error) {
	where, args := db.Where(db.In{Column: "agency_code", Values: q.Agencies}, db.In{Column: "family_id", Values: q.IDs})
	var list []Family
	err := tx.Each(func(rows *sql.Rows) error {
		f, err := scan(rows)
		list = append(list, f)
		return err
	}, "SELECT "+strings.Join(columns, ", ")+" FROM family"+where, args...)
	if err != nil {
		return nil, err
	}
	at := make(map[string]*Family, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	if err := loadParts(tx, where, args, at); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b Family) int {
		return cmp.Or(strings.Compare(a.Agency, b.Agency), strings.Compare(a.Ref, b.Ref))
	})
	return list, nil
}

func scan(rows *sql.Rows) (Family, error) {
	var f Family
	var languages string
	err := rows.Scan(&f.Agency, &f.ID, &f.Ref, &f.Version, &f.Worker, &f.Adopters, &f.ApprovedOn, &f.Status, &f.MaxChildren,
		&f.AgeMin, &f.AgeMax, &f.Sex, &languages, &f.ChildrenAtHome, &f.Training, &f.ReservedUntil)
	f.Languages = child.SplitList(languages)
	return f, err
}

func (f Family) row() []any {
	return []any{f.Agency, f.ID, f.Ref, f.Version, f.Worker, f.Adopters, f.ApprovedOn, f.Status, f.MaxChildren,
		f.AgeMin, f.AgeMax, f.Sex, strings.Join(f.Languages, "|"), f.ChildrenAtHome, f.Training, f.ReservedUntil}
}

func loadParts(tx *db.Tx, where string, args []any, at map[string]*Family) error {
	var id string
	err := tx.Each(func(rows *sql.Rows) error {
		var o Offer
		err := rows.Scan(&id, &o.Code, &o.Answer, &o.AnsweredOn)
		at[id].Offers = append(at[id].Offers, o)
		return err
	}, "SELECT family_id, code, answer, answered_on FROM family_offer"+where+" ORDER BY family_id, code", args...)
	if err != nil {
		return err
	}
	err = tx.Each(func(rows *sql.Rows) error {
		var born date.Date
		err := rows.Scan(&id, &born)
		at[id].Household = append(at[id].Household, born)
		return err
	}, "SELECT family_id, born FROM family_household"+where+" ORDER BY family_id, n", args...)
	if err != nil {
		return err
	}
	err = tx.Each(func(rows *sql.Rows) error {
		var p Place
		err := rows.Scan(&id, &p.Kind, &p.Postcode)
		at[id].Places = append(at[id].Places, p)
		return err
	}, "SELECT family_id, kind, postcode FROM family_place"+where+" ORDER BY family_id, n", args...)
	if err != nil {
		return err
	}
	return tx.Each(func(rows *sql.Rows) error {
		var m Milestone
		err := rows.Scan(&id, &m.What, &m.Day, &m.Detail, &m.Source)
		at[id].Milestones = append(at[id].Milestones, m)
		return err
	}, "SELECT family_id, what, day, detail, source FROM family_milestone"+where+" ORDER BY family_id, day, what", args...)
}

// Find gives one family to somebody who may see it, and notes that it did.
// Whoever may not see where the family lives gets neither places nor milestones.
func Find(u *work.Unit, book *agency.Book, id string) (Family, error) {
	list, err := Load(u.Tx, Query{IDs: []string{id}})
	if err != nil {
		return Family{}, err
	}
	if len(list) == 0 {
		return Family{}, Missing(u, access.View, id)
	}
	f := list[0]
	if err := u.Allow(access.View, f.Thing(book, access.Family), f.ID); err != nil {
		return Family{}, err
	}
	u.Saw(f.Subject(), "")
	f, _ = f.For(u.Actor, book)
	return f, nil
}

// PlacesOf reads where every family lives that somebody may know the offers of.
// It is for reckoning distances and exclusions, and never for showing.
func PlacesOf(tx *db.Tx) (map[string][]Place, error) {
	scope := tx.Scope()
	scope.Engine = true
	found := map[string][]Place{}
	return found, tx.Within(scope, func() error {
		return tx.Each(func(rows *sql.Rows) error {
			var id string
			var p Place
			err := rows.Scan(&id, &p.Kind, &p.Postcode)
			found[id] = append(found[id], p)
			return err
		}, "SELECT family_id, kind, postcode FROM family_place ORDER BY family_id, n")
	})
}

// Missing refuses a family that is not there for the unit's actor, or not at
// all, in the same words.
func Missing(u *work.Unit, act access.Action, id string) error {
	var code string
	err := u.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return u.Each(func(rows *sql.Rows) error { return rows.Scan(&code) }, "SELECT agency_code FROM family WHERE family_id = $1", id)
	})
	if err != nil {
		return err
	}
	return u.Refuse(act, work.Subject{Kind: access.Family, Agency: code, ID: id})
}

// Thing is a part of the family's record as the access table sees it.
func (f Family) Thing(book *agency.Book, kind access.Kind) access.Thing {
	return book.Thing(kind, f.Agency, agency.Of{ID: f.ID, Worker: f.Worker})
}

// For is the family as far as an actor may see it: all of it, or without where
// they live and the days of their way to approval and after: their own agency's,
// and no part of what it shares. One they may see nothing of is not there.
func (f Family) For(actor access.Actor, book *agency.Book) (seen Family, there bool) {
	if !access.Can(actor, access.View, f.Thing(book, access.FamilyPlaces)).Allow {
		f.Places, f.Milestones = nil, nil
	}
	return f, access.Can(actor, access.View, f.Thing(book, access.Family)).Allow
}

// Save writes one family as somebody at a screen left it: a new one (no ID), or
// a change of the version they saw.
func Save(u *work.Unit, book *agency.Book, f Family) (Family, error) {
	if err := allowChange(u, book, f); err != nil {
		return f, err
	}
	if problems := f.Problems(u.Today); len(problems) > 0 {
		return f, fault.New(fault.Invalid, problems[0].Message)
	}
	return keeper.Save(u, f, func(id string) ([]Family, error) { return Load(u.Tx, Query{IDs: []string{id}}) })
}

// allowChange asks about the family as it is recorded, not as the form says: who
// supports a family decides who may change it.
func allowChange(u *work.Unit, book *agency.Book, f Family) error {
	stands := f
	if f.ID != "" {
		before, err := Load(u.Tx, Query{IDs: []string{f.ID}})
		if err != nil {
			return err
		}
		if len(before) == 0 || before[0].Agency != f.Agency {
			return Missing(u, access.Change, f.ID)
		}
		stands = before[0]
	}
	for _, kind := range []access.Kind{access.Family, access.FamilyPlaces} {
		if err := u.Allow(access.Change, stands.Thing(book, kind), f.ID); err != nil {
			return err
		}
	}
	return nil
}

// Change is a family before and after; Before is nil for a new one.
type Change = work.Revised[Family]

// SaveAll writes many families in few statements, with what they said before kept.
// It asks nobody's leave: Save and the import do.
func SaveAll(u *work.Unit, changes []Change) error { return keeper.SaveAll(u, changes) }

// Differs names the parts of a record in which two families differ by meaning.
func Differs(before, after Family) []string { return keeper.Differs(before, after) }

var keeper = work.Keeper[Family]{
	Shape: shape, Kind: "family", Subject: Family.Subject, Normal: Family.normal, Parts: Family.parts,
	ID:      func(f *Family) *string { return &f.ID },
	Version: func(f *Family) *int64 { return &f.Version },
}

var shape = work.Shape{Table: "family", Columns: columns, Parts: []work.PartShape{
	{Name: "offers", Table: "family_offer", Columns: []string{"agency_code", "family_id", "code", "answer", "answered_on"}},
	{Name: "household", Table: "family_household", Columns: []string{"agency_code", "family_id", "n", "born"}},
	{Name: "places", Table: "family_place", Columns: []string{"agency_code", "family_id", "n", "kind", "postcode"}},
	{Name: "milestones", Table: "family_milestone", Columns: []string{"agency_code", "family_id", "what", "day", "detail", "source"}},
}}

func (f Family) parts() []work.Part {
	alone := f
	alone.Version, alone.Offers, alone.Household, alone.Places, alone.Milestones = 0, nil, nil, nil, nil
	var offers, household, places [][]any
	for _, o := range f.Offers {
		offers = append(offers, []any{f.Agency, f.ID, o.Code, o.Answer, o.AnsweredOn})
	}
	for i, born := range f.Household {
		household = append(household, []any{f.Agency, f.ID, i, born})
	}
	for i, p := range f.Places {
		places = append(places, []any{f.Agency, f.ID, i, p.Kind, p.Postcode})
	}
	return []work.Part{
		{Says: alone, Rows: [][]any{f.row()}},
		{Says: f.Offers, Rows: offers}, {Says: f.Household, Rows: household}, {Says: f.Places, Rows: places},
		{Says: f.Milestones, Rows: child.MilestoneRows(f.Agency, f.ID, f.Milestones)},
	}
}

// normal is the family with lists in one order and postcodes in one form, so
// that what means the same is the same.
func (f Family) normal() Family {
	f.Languages = child.Set(f.Languages)
	f.Offers = child.Order(f.Offers, func(o Offer) string { return o.Code })
	f.Household = child.Order(f.Household, date.Date.String)
	places := slices.Clone(f.Places)
	for i := range places {
		places[i].Postcode = gazetteer.Canonical(places[i].Postcode)
	}
	f.Places = child.Order(places, func(p Place) string { return p.Kind + " " + p.Postcode })
	f.Milestones = child.InOrder(f.Milestones)
	return f
}
