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
	"agency_code", "child_id", "child_ref", "version", "worker_id", "group_ref", "plan",
	"born", "sex", "languages", "entered_care", "decision_date", "placement_order_date", "status",
}

// Load reads children with who they are, where, their needs, contact, zones and
// milestones, by agency and reference, in a number of statements that does not grow. It asks
// nobody's leave: whoever shows what it gives asks access and notes what was
// seen. Where the database guards rows, what the unit's actor has no business
// with is blank.
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
	err := rows.Scan(&c.Agency, &c.ID, &c.Ref, &c.Version, &c.Worker, &c.GroupRef, &c.Plan,
		&c.Born, &c.Sex, &languages, &c.EnteredCare, &c.DecisionDate, &c.OrderDate, &c.Status)
	c.Languages = SplitList(languages)
	return c, err
}

func (c Child) row() []any {
	return []any{c.Agency, c.ID, c.Ref, c.Version, c.Worker, c.GroupRef, c.Plan,
		c.Born, c.Sex, strings.Join(c.Languages, "|"), c.EnteredCare, c.DecisionDate, c.OrderDate, c.Status}
}

// Where is where one child was, is and must not be placed.
type Where struct {
	HomePostcode string
	Zones        []Zone
}

// Wheres reads what exclusions and distances are reckoned from, for every child
// somebody may know the needs of. It is for reckoning and never for showing: a
// family's side is told that a child is not for them, and never why or where.
func Wheres(tx *db.Tx) (map[string]Where, error) {
	scope := tx.Scope()
	scope.Engine = true
	found := map[string]Where{}
	return found, tx.Within(scope, func() error {
		var id string
		err := tx.Each(func(rows *sql.Rows) error {
			var w Where
			err := rows.Scan(&id, &w.HomePostcode)
			found[id] = w
			return err
		}, "SELECT child_id, home_postcode FROM child_place")
		if err != nil {
			return err
		}
		return tx.Each(func(rows *sql.Rows) error {
			var z Zone
			err := rows.Scan(&id, &z.Postcode, &z.RadiusMiles, &z.Kind, &z.ReviewBy)
			w := found[id]
			w.Zones = append(w.Zones, z)
			found[id] = w
			return err
		}, "SELECT child_id, postcode, radius_miles, kind, review_by FROM child_zone ORDER BY child_id, n")
	})
}

// Closed gives the children whose records are restricted and who are to be placed
// with others, by the agency and reference of their group: half a group is not
// shown to whoever the other half is closed to.
func Closed(tx *db.Tx) (map[[2]string][]string, error) {
	closed := map[[2]string][]string{}
	return closed, tx.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return tx.Each(func(rows *sql.Rows) error {
			var group [2]string
			var id string
			err := rows.Scan(&group[0], &group[1], &id)
			closed[group] = append(closed[group], id)
			return err
		}, `SELECT c.agency_code, c.group_ref, c.child_id FROM child c
			JOIN restriction r ON r.agency_code = c.agency_code AND r.kind = 'child' AND r.subject_id = c.child_id
			WHERE c.group_ref <> '' AND c.plan = 'together'`)
	})
}

// OwnerOf gives the agency of a child, whoever asks, so that a refusal is on the
// record of the agency it concerns. An unknown child has none.
func OwnerOf(tx *db.Tx, id string) (code string, err error) {
	return code, tx.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return tx.Each(func(rows *sql.Rows) error { return rows.Scan(&code) }, "SELECT agency_code FROM child WHERE child_id = $1", id)
	})
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
		var given, family, ethnic, religion string
		err := rows.Scan(&id, &given, &family, &ethnic, &religion)
		c := at[id]
		c.GivenName, c.FamilyName, c.Ethnic, c.Religion = given, family, ethnic, religion
		return err
	}, "SELECT child_id, given_name, family_name, ethnic, religion FROM child_identity"+where, args...)
	if err != nil {
		return err
	}
	err = tx.Each(func(rows *sql.Rows) error {
		var home, placement string
		err := rows.Scan(&id, &home, &placement)
		at[id].HomePostcode, at[id].PlacementPostcode = home, placement
		return err
	}, "SELECT child_id, home_postcode, placement_postcode FROM child_place"+where, args...)
	if err != nil {
		return err
	}
	err = tx.Each(func(rows *sql.Rows) error {
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
	err = tx.Each(func(rows *sql.Rows) error {
		var z Zone
		err := rows.Scan(&id, &z.Postcode, &z.RadiusMiles, &z.Kind, &z.ReviewBy)
		at[id].Zones = append(at[id].Zones, z)
		return err
	}, "SELECT child_id, postcode, radius_miles, kind, review_by FROM child_zone"+where+" ORDER BY child_id, n", args...)
	if err != nil {
		return err
	}
	return tx.Each(func(rows *sql.Rows) error {
		var m Milestone
		err := rows.Scan(&id, &m.What, &m.Day, &m.Detail, &m.Source)
		at[id].Milestones = append(at[id].Milestones, m)
		return err
	}, "SELECT child_id, what, day, detail, source FROM child_milestone"+where+" ORDER BY child_id, day, what", args...)
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
		return Child{}, Missing(u, access.View, id)
	}
	c := list[0]
	if err := u.Allow(access.View, c.Thing(book, access.Child), c.ID); err != nil {
		return Child{}, err
	}
	u.Saw(c.Subject(), "")
	if !access.Can(u.Actor, access.View, c.Thing(book, access.ChildLocations)).Allow {
		c = c.withoutPlaces()
	}
	return c, nil
}

// Missing refuses a child who is not there for the unit's actor, or not at all,
// in the same words.
func Missing(u *work.Unit, act access.Action, id string) error {
	code, err := OwnerOf(u.Tx, id)
	if err != nil {
		return err
	}
	return u.Refuse(act, work.Subject{Kind: access.Child, Agency: code, ID: id})
}

// Thing is a part of the child's record as the access table sees it. What both
// sides of an ask agreed to tell is left out: it tells the first name (Told) and
// opens nothing of the record.
func (c Child) Thing(book *agency.Book, kind access.Kind) access.Thing {
	t := book.Thing(kind, c.Agency, agency.Of{ID: c.ID, Worker: c.Worker})
	t.Disclosed = nil
	return t
}

// Told tells whether an actor who sees what the child needs may know their first
// name, since both sides of an ask agreed to tell. Family name, reference and
// places stay where they are.
func (c Child) Told(actor access.Actor, book *agency.Book) bool {
	t := book.Thing(access.Child, c.Agency, agency.Of{ID: c.ID, Worker: c.Worker})
	return access.Can(actor, access.Profile, c.Thing(book, access.Child)).Allow && access.Can(actor, access.View, t).Allow
}

// FirstNames gives the first names of those children whose the unit's actor has
// been told, and notes that they were shown.
func FirstNames(u *work.Unit, book *agency.Book, ids []string) (names []string, err error) {
	list, err := Load(u.Tx, Query{IDs: ids})
	for _, c := range list {
		if c.Told(u.Actor, book) && c.GivenName != "" {
			u.Saw(c.Subject(), "disclosed: first name")
			names = append(names, c.GivenName)
		}
	}
	return names, err
}

func (c Child) withoutPlaces() Child {
	c.Zones, c.HomePostcode, c.PlacementPostcode = nil, "", ""
	return c
}

// For is the child as far as an actor may see them: all of it, without where they
// are, or what they need and nothing that tells who they are. One they may see
// nothing of is not there.
func (c Child) For(actor access.Actor, book *agency.Book) (seen Child, there bool) {
	switch {
	case access.Can(actor, access.View, c.Thing(book, access.ChildLocations)).Allow:
		return c, true
	case access.Can(actor, access.View, c.Thing(book, access.Child)).Allow:
		return c.withoutPlaces(), true
	}
	return c.profile(), access.Can(actor, access.Profile, c.Thing(book, access.Child)).Allow
}

// profile is what the child needs. The birth date is left for the age.
func (c Child) profile() Child {
	return Child{ID: c.ID, Agency: c.Agency, Worker: c.Worker, Version: c.Version, Plan: c.Plan, Born: c.Born, Sex: c.Sex, Languages: c.Languages,
		DecisionDate: c.DecisionDate, OrderDate: c.OrderDate, Status: c.Status, Needs: c.Needs, Contact: c.Contact}
}

// FindProfile gives what one child needs to somebody who may see that much, and
// notes that it did: neither name nor reference, nor where the child was and is,
// nor anything else that tells who they are, but the first name where both sides
// agreed to tell it. The birth date is left for the age.
func FindProfile(u *work.Unit, book *agency.Book, id string) (Child, error) {
	list, err := Load(u.Tx, Query{IDs: []string{id}})
	if err != nil {
		return Child{}, err
	}
	if len(list) == 0 {
		return Child{}, Missing(u, access.Profile, id)
	}
	c := list[0]
	if err := u.Allow(access.Profile, c.Thing(book, access.Child), c.ID); err != nil {
		return Child{}, err
	}
	u.Saw(c.Subject(), "profile")
	seen := c.profile()
	if c.Told(u.Actor, book) {
		u.Saw(c.Subject(), "disclosed: first name")
		seen.GivenName = c.GivenName
	}
	return seen, nil
}

// Save writes one child as somebody at a screen left it: a new one (no ID), or
// a change of the version they saw. If the record moved on meanwhile, nothing is
// written.
func Save(u *work.Unit, book *agency.Book, c Child) (Child, error) {
	if err := allowChange(u, book, c); err != nil {
		return c, err
	}
	if problems := c.Problems(u.Today); len(problems) > 0 {
		return c, fault.New(fault.Invalid, problems[0].Message)
	}
	return keeper.Save(u, c, func(id string) ([]Child, error) { return Load(u.Tx, Query{IDs: []string{id}}) })
}

// allowChange asks about the child as it is recorded, not as the form says: who
// follows a child decides who may change them. A new child may be given to
// anybody of the agency.
func allowChange(u *work.Unit, book *agency.Book, c Child) error {
	stands := c
	if c.ID != "" {
		before, err := Load(u.Tx, Query{IDs: []string{c.ID}})
		if err != nil {
			return err
		}
		if len(before) == 0 || before[0].Agency != c.Agency {
			return Missing(u, access.Change, c.ID)
		}
		stands = before[0]
	}
	for _, kind := range []access.Kind{access.Child, access.ChildLocations} {
		if err := u.Allow(access.Change, stands.Thing(book, kind), c.ID); err != nil {
			return err
		}
	}
	return nil
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
	{Name: "identity", Table: "child_identity", Columns: []string{"agency_code", "child_id", "given_name", "family_name", "ethnic", "religion"}},
	{Name: "places", Table: "child_place", Columns: []string{"agency_code", "child_id", "home_postcode", "placement_postcode"}},
	{Name: "needs", Table: "child_need", Columns: []string{"agency_code", "child_id", "need", "level"}},
	{Name: "contact", Table: "child_contact", Columns: []string{"agency_code", "child_id", "kind", "times_a_year"}},
	{Name: "zones", Table: "child_zone", Columns: []string{"agency_code", "child_id", "n", "postcode", "radius_miles", "kind", "review_by"}},
	{Name: "milestones", Table: "child_milestone", Columns: []string{"agency_code", "child_id", "what", "day", "detail", "source"}},
}}

// whoIs and whereIs are what two parts of a child's record say.
type whoIs struct{ GivenName, FamilyName, Ethnic, Religion string }
type whereIs struct{ HomePostcode, PlacementPostcode string }

func (c Child) parts() []work.Part {
	alone := c
	alone.Version, alone.Needs, alone.Contact, alone.Zones, alone.Milestones = 0, nil, nil, nil, nil
	alone.GivenName, alone.FamilyName, alone.Ethnic, alone.Religion, alone.HomePostcode, alone.PlacementPostcode = "", "", "", "", "", ""
	return []work.Part{
		{Says: alone, Rows: [][]any{c.row()}},
		{Says: whoIs{c.GivenName, c.FamilyName, c.Ethnic, c.Religion}, Rows: [][]any{{c.Agency, c.ID, c.GivenName, c.FamilyName, c.Ethnic, c.Religion}}},
		{Says: whereIs{c.HomePostcode, c.PlacementPostcode}, Rows: [][]any{{c.Agency, c.ID, c.HomePostcode, c.PlacementPostcode}}},
		{Says: c.Needs, Rows: c.needRows()},
		{Says: c.Contact, Rows: c.contactRows()},
		{Says: c.Zones, Rows: c.zoneRows()},
		{Says: c.Milestones, Rows: MilestoneRows(c.Agency, c.ID, c.Milestones)},
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
	c.Milestones = InOrder(c.Milestones)
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

// MilestoneRows are the rows of a child's or a family's milestones.
func MilestoneRows(agencyCode, id string, list []Milestone) (rows [][]any) {
	for _, m := range list {
		rows = append(rows, []any{agencyCode, id, m.What, m.Day, m.Detail, m.Source})
	}
	return rows
}

// Refs are the references of every child of an agency, of those too whose records
// are closed to the unit's actor, so that none is made a record twice. It is for
// reckoning and never for showing.
func Refs(tx *db.Tx, code string) (refs []string, err error) {
	return refs, tx.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return tx.Each(func(rows *sql.Rows) error {
			var ref string
			err := rows.Scan(&ref)
			refs = append(refs, ref)
			return err
		}, "SELECT child_ref FROM child WHERE agency_code = $1", code)
	})
}
