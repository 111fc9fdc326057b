package child

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/work"
)

// Query says which children to load. Empty lists mean all.
type Query struct{ Agencies, IDs []string }

var columns = []string{
	"agency_code", "child_id", "child_ref", "version", "worker_id", "group_ref", "plan", "given_name", "family_name",
	"born", "sex", "ethnic", "religion", "languages", "home_postcode", "placement_postcode",
	"entered_care", "decision_date", "placement_order_date", "status",
}

// Load reads children with their needs, contact and zones, by agency and
// reference, in a number of statements that does not grow. It asks nobody's
// leave: whoever shows what it gives asks access and notes what was seen.
func Load(tx *db.Tx, q Query) ([]Child, error) {
	where, args := db.Where(db.In{Column: "agency_code", Values: q.Agencies}, db.In{Column: "child_id", Values: q.IDs})
	var list []Child
	err := tx.Each(func(rows *sql.Rows) error {
		c, err := scan(rows)
		list = append(list, c)
		return err
	}, "SELECT "+strings.Join(columns, ", ")+" FROM child"+where, args...)
	if err != nil {
		return nil, err
	}
	at := make(map[string]*Child, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	if err := loadParts(tx, where, args, at); err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b Child) int {
		return cmp.Or(strings.Compare(a.Agency, b.Agency), strings.Compare(a.Ref, b.Ref))
	})
	return list, nil
}

func scan(rows *sql.Rows) (Child, error) {
	var c Child
	var languages string
	err := rows.Scan(&c.Agency, &c.ID, &c.Ref, &c.Version, &c.Worker, &c.GroupRef, &c.Plan, &c.GivenName, &c.FamilyName,
		&c.Born, &c.Sex, &c.Ethnic, &c.Religion, &languages, &c.HomePostcode, &c.PlacementPostcode,
		&c.EnteredCare, &c.DecisionDate, &c.OrderDate, &c.Status)
	c.Languages = SplitList(languages)
	return c, err
}

func (c Child) row() []any {
	return []any{c.Agency, c.ID, c.Ref, c.Version, c.Worker, c.GroupRef, c.Plan, c.GivenName, c.FamilyName,
		c.Born, c.Sex, c.Ethnic, c.Religion, strings.Join(c.Languages, "|"), c.HomePostcode, c.PlacementPostcode,
		c.EnteredCare, c.DecisionDate, c.OrderDate, c.Status}
}

// SplitList reads a list as the exchange folder and the tables keep it.
func SplitList(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "|")
}

func loadParts(tx *db.Tx, where string, args []any, at map[string]*Child) error {
	var id string
	err := tx.Each(func(rows *sql.Rows) error {
		var n Need
		err := rows.Scan(&id, &n.Code, &n.Level)
		at[id].Needs = append(at[id].Needs, n)
		return err
	}, "SELECT child_id, need, level FROM child_need"+where+" ORDER BY child_id, need", args...)
	if err != nil {
		return err
	}
	err = tx.Each(func(rows *sql.Rows) error {
		var p Contact
		err := rows.Scan(&id, &p.Kind, &p.TimesAYear)
		at[id].Contact = append(at[id].Contact, p)
		return err
	}, "SELECT child_id, kind, times_a_year FROM child_contact"+where+" ORDER BY child_id, kind", args...)
	if err != nil {
		return err
	}
	return tx.Each(func(rows *sql.Rows) error {
		var z Zone
		err := rows.Scan(&id, &z.Postcode, &z.RadiusMiles, &z.Kind, &z.ReviewBy)
		at[id].Zones = append(at[id].Zones, z)
		return err
	}, "SELECT child_id, postcode, radius_miles, kind, review_by FROM child_zone"+where+" ORDER BY child_id, n", args...)
}

// Find gives one child to somebody who may see them, and notes that it did.
// Whoever may not see where the child was and is gets neither postcodes nor
// zones.
func Find(u *work.Unit, book *agency.Book, id string) (Child, error) {
	list, err := Load(u.Tx, Query{IDs: []string{id}})
	if err != nil {
		return Child{}, err
	}
	if len(list) == 0 {
		return Child{}, work.ErrNotFound
	}
	c := list[0]
	if err := u.Allow(access.View, book.Thing(access.Child, c.Agency), c.ID); err != nil {
		return Child{}, err
	}
	u.Saw(c.Subject(), "")
	if !access.Can(u.Actor, access.View, book.Thing(access.ChildLocations, c.Agency)).Allow {
		c.Zones, c.HomePostcode, c.PlacementPostcode = nil, "", ""
	}
	return c, nil
}

// FindProfile gives what one child needs to somebody who may see that much, and
// notes that it did: neither name nor reference, nor where the child was and is,
// nor anything else that tells who they are. The birth date is left for the age.
func FindProfile(u *work.Unit, book *agency.Book, id string) (Child, error) {
	list, err := Load(u.Tx, Query{IDs: []string{id}})
	if err != nil {
		return Child{}, err
	}
	if len(list) == 0 {
		return Child{}, work.ErrNotFound
	}
	c := list[0]
	if err := u.Allow(access.Profile, book.Thing(access.Child, c.Agency), c.ID); err != nil {
		return Child{}, err
	}
	u.Saw(c.Subject(), "profile")
	return Child{ID: c.ID, Agency: c.Agency, Version: c.Version, Plan: c.Plan, Born: c.Born, Sex: c.Sex, Languages: c.Languages,
		DecisionDate: c.DecisionDate, OrderDate: c.OrderDate, Status: c.Status, Needs: c.Needs, Contact: c.Contact}, nil
}

// Save writes one child as somebody at a screen left it: a new one (no ID), or
// a change of the version they saw. If the record moved on meanwhile, nothing is
// written.
func Save(u *work.Unit, book *agency.Book, c Child) (Child, error) {
	if err := u.Allow(access.Change, book.Thing(access.Child, c.Agency), c.ID); err != nil {
		return c, err
	}
	if err := u.Allow(access.Change, book.Thing(access.ChildLocations, c.Agency), c.ID); err != nil {
		return c, err
	}
	if problems := c.Problems(u.Today); len(problems) > 0 {
		return c, fault.New(fault.Invalid, problems[0].Message)
	}
	return keeper.Save(u, c, func(id string) ([]Child, error) { return Load(u.Tx, Query{IDs: []string{id}}) })
}

// Change is a child before and after; Before is nil for a new one.
type Change = work.Revised[Child]

// SaveAll writes many children in few statements, with what they said before kept.
// It asks nobody's leave: Save and the import do.
func SaveAll(u *work.Unit, changes []Change) error { return keeper.SaveAll(u, changes) }

// Differs names the parts of a record in which two children differ by meaning.
func Differs(before, after Child) []string { return keeper.Differs(before, after) }

var keeper = work.Keeper[Child]{
	Shape: shape, Kind: "child", Subject: Child.Subject, Normal: Child.normal, Parts: Child.parts,
	ID:      func(c *Child) *string { return &c.ID },
	Version: func(c *Child) *int64 { return &c.Version },
}

var shape = work.Shape{Table: "child", Columns: columns, Parts: []work.PartShape{
	{Name: "needs", Table: "child_need", Columns: []string{"agency_code", "child_id", "need", "level"}},
	{Name: "contact", Table: "child_contact", Columns: []string{"agency_code", "child_id", "kind", "times_a_year"}},
	{Name: "zones", Table: "child_zone", Columns: []string{"agency_code", "child_id", "n", "postcode", "radius_miles", "kind", "review_by"}},
}}

func (c Child) parts() []work.Part {
	alone := c
	alone.Version, alone.Needs, alone.Contact, alone.Zones = 0, nil, nil, nil
	return []work.Part{
		{Says: alone, Rows: [][]any{c.row()}},
		{Says: c.Needs, Rows: c.needRows()},
		{Says: c.Contact, Rows: c.contactRows()},
		{Says: c.Zones, Rows: c.zoneRows()},
	}
}

// normal is the child with lists in one order and postcodes in one form, so that
// what means the same is the same.
func (c Child) normal() Child {
	c.HomePostcode, c.PlacementPostcode = gazetteer.Canonical(c.HomePostcode), gazetteer.Canonical(c.PlacementPostcode)
	c.Languages = Set(c.Languages)
	c.Needs = Order(c.Needs, func(n Need) string { return n.Code })
	c.Contact = Order(c.Contact, func(p Contact) string { return p.Kind })
	zones := slices.Clone(c.Zones)
	for i := range zones {
		zones[i].Postcode = gazetteer.Canonical(zones[i].Postcode)
		zones[i].RadiusMiles.V = Radius(zones[i].RadiusMiles.V)
	}
	c.Zones = Order(zones, func(z Zone) string { return fmt.Sprint(z.Postcode, z.Kind, z.RadiusMiles, z.ReviewBy) })
	return c
}

// Set is a list as a set: in order, each once, nil where empty.
func Set(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) == 0 {
		return nil
	}
	return list
}

// Order is a list in the order of a key, nil where empty.
func Order[T any](list []T, key func(T) string) []T {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return list
}

func (c Child) needRows() (rows [][]any) {
	for _, n := range c.Needs {
		rows = append(rows, []any{c.Agency, c.ID, n.Code, n.Level})
	}
	return rows
}

func (c Child) contactRows() (rows [][]any) {
	for _, p := range c.Contact {
		rows = append(rows, []any{c.Agency, c.ID, p.Kind, p.TimesAYear})
	}
	return rows
}

func (c Child) zoneRows() (rows [][]any) {
	for i, z := range c.Zones {
		rows = append(rows, []any{c.Agency, c.ID, i, z.Postcode, z.RadiusMiles, z.Kind, z.ReviewBy})
	}
	return rows
}
