package exchange

import (
	"database/sql"
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/work"
)

// Recorded is what rows may name because it is recorded already: every agency,
// and the children and families of those the actor may import for. The others
// are not told from what does not exist.
func Recorded(u *work.Unit, book *agency.Book) (Known, error) {
	k := Known{Agencies: map[string]bool{}, Children: map[Key]bool{}, Families: map[Key]bool{}}
	for code := range book.Agencies {
		k.Agencies[code] = true
	}
	mine := map[string]bool{}
	for _, code := range book.Where(u.Actor, access.Import, access.Exchange) {
		mine[code] = true
	}
	for query, into := range map[string]map[Key]bool{
		"SELECT agency_code, child_ref FROM child":   k.Children,
		"SELECT agency_code, family_ref FROM family": k.Families,
	} {
		err := u.Each(func(rows *sql.Rows) error {
			var key Key
			err := rows.Scan(&key.Agency, &key.Ref)
			if mine[key.Agency] {
				into[key] = true
			}
			return err
		}, query)
		if err != nil {
			return k, err
		}
	}
	return k, nil
}

// Count is how many records of a kind are new, changed and as they were.
type Count struct{ New, Changed, Same int }

// Result is what an import did, or would do.
type Result struct{ Agencies, Children, Families, Conflicts Count }

// Preview tells what Import would do, and does nothing.
func Preview(u *work.Unit, book *agency.Book, r *Reading) (Result, error) {
	p, err := prepare(u, book, r)
	return p.result, err
}

// Import writes the good rows of a reading in the transaction of the unit.
// Importing the same again changes nothing. Of a child or family already
// recorded, a file that has rows about it says all there is of that part, and a
// file that has none leaves the part as it was: a missing file lifts no zone.
// Conflicts are only added.
func Import(u *work.Unit, book *agency.Book, r *Reading) (Result, error) {
	p, err := prepare(u, book, r)
	if err != nil {
		return p.result, err
	}
	if err := agency.Save(u, book, r.agencies); err != nil {
		return p.result, err
	}
	if err := child.SaveAll(u, p.children); err != nil {
		return p.result, err
	}
	if err := adopter.SaveAll(u, p.families); err != nil {
		return p.result, err
	}
	if err := link.SaveConflicts(u, p.conflicts); err != nil {
		return p.result, err
	}
	return p.result, link.ReviseConflicts(u, p.revised)
}

// prepared is an import worked out and not yet written.
type prepared struct {
	result    Result
	children  []child.Change
	families  []adopter.Change
	conflicts []link.NewConflict
	revised   []link.RevisedConflict
}

func prepare(u *work.Unit, book *agency.Book, r *Reading) (p prepared, err error) {
	agencies := r.named()
	if err := allow(u, book, r, agencies); err != nil {
		return p, err
	}
	for _, a := range r.agencies {
		old, known := book.Agencies[a.Code]
		p.result.Agencies.add(known, !known || !old.Equal(a))
	}
	children, changes, err := settle(u, r, childRecords, agencies, &p.result.Children)
	if err != nil {
		return p, err
	}
	for _, c := range changes {
		if err := mayChange(u, c.Before, func(before child.Child) access.Thing { return before.Thing(book, access.Child) }); err != nil {
			return p, err
		}
		if err := mustStand(c.After.Agency, c.After.Ref, c.After.MilestoneProblems()); err != nil {
			return p, err
		}
		p.children = append(p.children, child.Change(c))
	}
	families, moves, err := settle(u, r, familyRecords, agencies, &p.result.Families)
	if err != nil {
		return p, err
	}
	for _, f := range moves {
		if err := mayChange(u, f.Before, func(before adopter.Family) access.Thing { return before.Thing(book, access.Family) }); err != nil {
			return p, err
		}
		p.families = append(p.families, adopter.Change(f))
	}
	return p, p.compareConflicts(u, r, children, families)
}

// mustStand refuses files whose rows cannot be together with what is recorded of
// a child, and that nobody could tell from the files alone.
func mustStand(agency, ref string, found []fault.Problem) error {
	if len(found) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, fmt.Sprintf("With what is recorded of child %s of %s already: %s Nothing was imported.", quoted(ref), agency, found[0].Message))
}

// mayChange asks leave for a record that a file would change: one that is
// restricted to other people is not changed past them.
func mayChange[T any](u *work.Unit, before *T, thing func(T) access.Thing) error {
	if before == nil {
		return nil
	}
	t := thing(*before)
	if err := u.Allow(access.Change, t, t.ID); err != nil {
		return fault.Wrap(fault.Forbidden, "These files would change a record that you may not change. Nothing was imported. Ask your manager who can.", err)
	}
	return nil
}

func (c *Count) add(known, differs bool) {
	switch {
	case !known:
		c.New++
	case differs:
		c.Changed++
	default:
		c.Same++
	}
}

// named is every agency that anything in the reading belongs to.
func (r *Reading) named() []string {
	var codes []string
	for _, a := range r.agencies {
		codes = append(codes, a.Code)
	}
	for _, e := range r.children.entries {
		codes = append(codes, e.record.Agency)
	}
	for _, e := range r.families.entries {
		codes = append(codes, e.record.Agency)
	}
	for _, c := range r.conflicts {
		codes = append(codes, c.ChildAgency, c.FamilyAgency)
	}
	return child.Set(codes)
}

// allow asks leave for every agency named.
func allow(u *work.Unit, book *agency.Book, r *Reading, codes []string) error {
	for _, code := range codes {
		if err := u.Allow(access.Import, book.Thing(access.Exchange, code), ""); err != nil {
			return fault.Wrap(fault.Forbidden, fmt.Sprintf("You may not import for agency %s. Home finders import for their own agency. Nothing was imported.", quoted(code)), err)
		}
	}
	return allowAgencies(u, book, r.agencies)
}

// allowAgencies keeps whoever is not the operator from opening records to
// themselves by a file: access goes by an agency's pools and by whether it is
// voluntary, so neither its pools nor its kind change here, and no agency is made.
func allowAgencies(u *work.Unit, book *agency.Book, agencies []agency.Agency) error {
	if u.Actor.Role == access.Operator {
		return nil
	}
	for _, a := range agencies {
		old, known := book.Agencies[a.Code]
		if !known || a.Kind != old.Kind || !slices.Equal(child.Set(old.Pools), child.Set(a.Pools)) {
			return fault.New(fault.Forbidden, fmt.Sprintf("Only the operator of this installation changes the kind or the pools of agency %s, or brings in a new one. Nothing was imported.", quoted(a.Code)))
		}
	}
	return nil
}

// records is how the records of one kind are compared with what the files say.
type records[T any] struct {
	owner[T]
	load    func(u *work.Unit, agencies []string) ([]T, error)
	merge   func(r *Reading, before *T, e *entry[T]) T
	differs func(before, after T) []string
}

// change is a record before and after, as child.Change and adopter.Change are.
type change[T any] struct {
	Before *T
	After  T
}

// settle compares what the files say of the records of a kind with what is
// recorded. It gives every record as it will be, and those to be written.
func settle[T any](u *work.Unit, r *Reading, of records[T], agencies []string, count *Count) (map[Key]T, []change[T], error) {
	now := map[Key]T{}
	err := db.InChunks(agencies, func(codes []string) error {
		list, err := of.load(u, codes)
		for i := range list {
			agency, ref := of.key(&list[i])
			now[Key{agency, ref}] = list[i]
		}
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	var changes []change[T]
	for _, e := range of.read(r).entries {
		agency, ref := of.key(&e.record)
		c := change[T]{}
		before, known := now[Key{agency, ref}]
		if known {
			c.Before = &before
		} else if !e.listed {
			return nil, nil, errGone
		}
		c.After = of.merge(r, c.Before, e)
		differs := !known || len(of.differs(before, c.After)) > 0
		count.add(known, differs)
		if differs {
			changes = append(changes, c)
		}
		now[Key{agency, ref}] = c.After
	}
	return now, changes, nil
}

var errGone = fault.New(fault.Conflict, "What is recorded changed while the files were read. Nothing was imported. Import them again.")

var childRecords = records[child.Child]{
	owner: ofChild,
	load: func(u *work.Unit, codes []string) ([]child.Child, error) {
		return child.Load(u.Tx, child.Query{Agencies: codes})
	},
	merge:   mergeChild,
	differs: child.Differs,
}

var familyRecords = records[adopter.Family]{
	owner: ofFamily,
	load: func(u *work.Unit, codes []string) ([]adopter.Family, error) {
		return adopter.Load(u.Tx, adopter.Query{Agencies: codes})
	},
	merge:   mergeFamily,
	differs: adopter.Differs,
}

func mergeChild(r *Reading, before *child.Child, e *entry[child.Child]) child.Child {
	says := e.record
	if before == nil {
		says.ID = work.NewID()
		return says
	}
	now := says
	if !e.listed {
		now = *before
	}
	now.ID, now.Version, now.Worker = before.ID, before.Version, before.Worker
	whole := func(part string) bool { return r.replaced(part, says.Agency, says.Ref) }
	now.Needs = mergePart(whole("needs"), before.Needs, says.Needs, func(n child.Need) string { return n.Code })
	now.Contact = mergePart(whole("contact"), before.Contact, says.Contact, func(p child.Contact) string { return p.Kind })
	now.Zones = mergePart(whole("zones"), before.Zones, says.Zones, zoneKey)
	now.Milestones = mergePart(whole("child_milestones"), before.Milestones, says.Milestones, milestoneKey)
	return now
}

func mergeFamily(r *Reading, before *adopter.Family, e *entry[adopter.Family]) adopter.Family {
	says := e.record
	if before == nil {
		says.ID = work.NewID()
		return says
	}
	now := says
	if !e.listed {
		now = *before
	}
	now.ID, now.Version, now.Worker = before.ID, before.Version, before.Worker
	whole := func(part string) bool { return r.replaced(part, says.Agency, says.Ref) }
	now.Offers = mergePart(whole("offers"), before.Offers, says.Offers, func(o adopter.Offer) string { return o.Code })
	now.Household = mergePart(whole("household"), before.Household, says.Household, date.Date.String)
	now.Places = mergePart(whole("places"), before.Places, says.Places, placeKey)
	now.Milestones = mergePart(whole("family_milestones"), before.Milestones, says.Milestones, milestoneKey)
	return now
}

// mergePart gives what a part of a record will be: what the files say, and where
// they say nothing what it was. Where they are not whole, since rows of them
// were skipped, what it was stays beside what they say.
func mergePart[P any](whole bool, before, says []P, key func(P) string) []P {
	switch {
	case len(says) == 0:
		return before
	case whole:
		return says
	}
	said := map[string]int{}
	for _, p := range says {
		said[key(p)]++
	}
	now := slices.Clone(says)
	for _, p := range before {
		if said[key(p)] > 0 {
			said[key(p)]--
			continue
		}
		now = append(now, p)
	}
	return now
}

// compareConflicts finds the conflicts that are new, and those whose reason is
// put another way.
func (p *prepared) compareConflicts(u *work.Unit, r *Reading, children map[Key]child.Child, families map[Key]adopter.Family) error {
	list, err := link.Conflicts(u.Tx)
	if err != nil {
		return err
	}
	reasons := map[link.Conflict]string{}
	for _, c := range list {
		reason := c.Reason
		c.Reason = ""
		reasons[c] = reason
	}
	for _, c := range r.conflicts {
		kid, ok := children[Key{c.ChildAgency, c.ChildRef}]
		family, found := families[Key{c.FamilyAgency, c.FamilyRef}]
		if !ok || !found {
			return errGone
		}
		now := link.NewConflict{Child: kid, Family: family, Reason: c.Reason}
		c.Reason = ""
		before, known := reasons[c]
		p.result.Conflicts.add(known, before != now.Reason)
		switch {
		case !known:
			p.conflicts = append(p.conflicts, now)
		case before != now.Reason:
			p.revised = append(p.revised, link.RevisedConflict{NewConflict: now, Before: before})
		}
	}
	return nil
}
