package returns

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// Standing is how what a return says stands to what the record says.
type Standing string

// The standings. What is new or has changed in the return can be taken in as it
// stands; where the record says something that came from elsewhere, somebody has
// to decide.
const (
	Same        Standing = "same"
	New         Standing = "new"
	Changed     Standing = "changed"     // the record has what an earlier return said
	Conflicting Standing = "conflicting" // the record has what somebody wrote in Homeward
	Decided     Standing = "decided"     // conflicting, and somebody kept the record's side before
)

// asked tells whether a standing is somebody's to decide, anew if need be.
func (s Standing) asked() bool { return s == Conflicting || s == Decided }

// Difference is one fact a return tells beside what the record says.
type Difference struct {
	Fact
	Record   string // what the record says; blank if nothing
	Standing Standing
	Before   *Decision       // where it was decided before
	replaces child.Milestone // for a milestone on another day
}

// Key names the difference on a form.
func (d Difference) Key(ref string) string {
	return strings.Join([]string{ref, d.Field, d.Milestone.What, d.Milestone.Day.String()}, "|")
}

// Compared is one child of a return beside their record.
type Compared struct {
	Told
	Record      *child.Child // nil for a child who is new to Homeward
	Differences []Difference // what is not the same, in the order of the record
}

// Of counts the differences of one standing.
func (c Compared) Of(s Standing) (n int) {
	for _, d := range c.Differences {
		if d.Standing == s {
			n++
		}
	}
	return n
}

// Conflicts counts what somebody has to decide.
func (c *Comparison) Conflicts() (n int) {
	for _, one := range c.Children {
		n += one.Of(Conflicting)
	}
	return n
}

// Comparison is a return beside the records.
type Comparison struct {
	Reading    Reading
	Children   []Compared // with something to take in or to decide
	SetAside   []SetAside // children who can be no record whatever is decided
	Unchanged  int
	Restricted int // children whose records are closed to whoever compares

	today date.Date
	aside map[string][]Fact       // by reference
	known map[string]*child.Child // by reference
}

// Compare puts a return beside the records of its agency's children, and changes
// nothing.
func Compare(u *work.Unit, book *agency.Book, r Reading) (*Comparison, error) {
	if err := u.Allow(access.Change, book.Thing(access.Return, r.Agency), r.ID); err != nil {
		return nil, err
	}
	said, err := r.Open(u)
	if err != nil {
		return nil, err
	}
	return r.beside(u, said)
}

// beside puts what a return says beside the records.
func (r Reading) beside(u *work.Unit, said *ssda903.Return) (*Comparison, error) {
	records, closed, err := r.records(u)
	if err != nil {
		return nil, err
	}
	before, err := r.earlier(u)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Reading: r, today: u.Today, aside: map[string][]Fact{}, known: records}
	for _, told := range Tell(said, func(ref string) bool { return records[ref] != nil || closed[ref] }, r.Around) {
		if closed[told.Ref] {
			c.Restricted++
			continue
		}
		c.add(compare(told, records[told.Ref], before))
	}
	u.Searched(access.Child, "", len(c.Children)+len(c.SetAside)+c.Unchanged)
	slices.SortFunc(c.Children, func(a, b Compared) int { return strings.Compare(a.Ref, b.Ref) })
	return c, nil
}

// add puts a child where they belong: with something to take in, set aside, or
// unchanged.
func (c *Comparison) add(one Compared) {
	if len(one.Differences) == 0 {
		c.Unchanged++
	} else if problems := one.never(c.Reading.Agency, c.today); len(problems) > 0 {
		c.SetAside = append(c.SetAside, SetAside{one.Ref, problems, one.Record})
		return
	} else {
		c.Children = append(c.Children, one)
	}
	c.aside[one.Ref] = one.Aside
}

// records are the agency's children by their reference, and those whose records
// are closed to whoever compares: they are there, and are not to be made anew.
func (r Reading) records(u *work.Unit) (map[string]*child.Child, map[string]bool, error) {
	list, err := child.Load(u.Tx, child.Query{Agencies: []string{r.Agency}})
	if err != nil {
		return nil, nil, err
	}
	book, err := agency.Open(u)
	if err != nil {
		return nil, nil, err
	}
	records, closed := map[string]*child.Child{}, map[string]bool{}
	for i, c := range list {
		if access.Can(u.Actor, access.View, c.Thing(book, access.Child)).Allow {
			records[c.Ref] = &list[i]
		}
	}
	refs, err := child.Refs(u.Tx, r.Agency)
	for _, ref := range refs {
		closed[ref] = records[ref] == nil
	}
	return records, closed, err
}

func compare(told Told, record *child.Child, before earlier) Compared {
	c := Compared{Told: told, Record: record}
	if record == nil {
		for _, f := range told.Facts {
			c.Differences = append(c.Differences, Difference{Fact: f, Standing: New})
		}
		return c
	}
	for _, f := range told.Facts {
		d := Difference{Fact: f}
		if f.Field == milestone {
			d = happened(record, f)
		} else {
			d.Record = value(record, f.Field)
			d.Standing = standing(d.Record, f.Value, before.said[[2]string{record.ID, f.Field}])
		}
		if d.Standing == Conflicting {
			if d.Before = before.before(record.ID, d); d.Before != nil {
				d.Standing = Decided
			}
		}
		if f.Field == "status" && !ahead(f.Value, d.Record) {
			continue
		}
		if d.Standing != Same {
			c.Differences = append(c.Differences, d)
		}
	}
	return c
}

func standing(record, says, before string) Standing {
	switch record {
	case says:
		return Same
	case "":
		return New
	case before:
		return Changed
	}
	return Conflicting
}

// steps are the statuses a return can tell of, in the order they come.
var steps = []string{"waiting", "on_hold", "linked", "matched", "placed", "adopted"}

// ahead tells whether a return says of a child's status what the record does not
// know yet. A return knows few statuses: it never takes one back.
func ahead(says, record string) bool {
	return record == "" || says == "plan_changed" && record != "plan_changed" || slices.Index(steps, says) > slices.Index(steps, record) && record != "plan_changed"
}

// once are the milestones there is one of on the way to an adoption.
var once = []string{"matched", "fostered", "placed", "adopted"}

// happened compares something that happened on a day: the same day is the same;
// another day of what can happen once is a change.
func happened(record *child.Child, f Fact) Difference {
	d := Difference{Fact: f, Standing: New}
	disrupted := date.Date(0)
	for _, m := range record.Milestones {
		if m.What == "disrupted" {
			disrupted = max(disrupted, m.Day)
		}
	}
	for _, m := range record.Milestones {
		switch {
		case m.What != f.Milestone.What:
		case m.Day == f.Milestone.Day && (m.Detail == f.Milestone.Detail || f.Milestone.Detail == ""):
			return Difference{Fact: f, Standing: Same}
		case m.Day == f.Milestone.Day, slices.Contains(once, m.What) && m.Day > disrupted && f.Milestone.Day > disrupted:
			d.Record, d.replaces = child.MilestoneWords(m)+", "+m.Day.Long(), m
			d.Standing = Conflicting
			if m.Detail == "" && m.Day == f.Milestone.Day || strings.HasPrefix(m.Source, "SSDA903 ") {
				d.Standing = Changed
			}
		}
	}
	return d
}

// value is a field of a record as a return would say it.
func value(c *child.Child, field string) string {
	switch field {
	case "born":
		return c.Born.String()
	case "sex":
		return c.Sex
	case "ethnic":
		return c.Ethnic
	case "entered_care":
		return c.EnteredCare.String()
	case "decision_date":
		return c.DecisionDate.String()
	case "placement_order_date":
		return c.OrderDate.String()
	}
	return c.Status
}

// set writes a field of a record; what is no date of it was refused before.
func set(c *child.Child, field, says string) {
	day, _ := date.Parse(says)
	switch field {
	case "born":
		c.Born = day
	case "sex":
		c.Sex = says
	case "ethnic":
		c.Ethnic = says
	case "entered_care":
		c.EnteredCare = day
	case "decision_date":
		c.DecisionDate = day
	case "placement_order_date":
		c.OrderDate = day
	default:
		c.Status = says
	}
}

// Decide says of a difference that is somebody's to decide, by its key, whether
// the return is to be believed; known is false where nobody has decided now. What
// was decided before then stays so.
type Decide func(key string, s Standing) (take, known bool)

// decided says which differences of a child are taken; known is false where a
// conflict is undecided.
func (c Compared) decided(decide Decide) (take func(Difference) bool, known bool) {
	left := map[string]bool{}
	for _, d := range c.Differences {
		if !d.Standing.asked() {
			continue
		}
		take, known := decide(d.Key(c.Ref), d.Standing)
		if !known && d.Standing == Conflicting {
			return nil, false
		}
		left[d.Key(c.Ref)] = !take || !known
	}
	return func(d Difference) bool { return !left[d.Key(c.Ref)] }, true
}

// Outcome counts what was taken in.
type Outcome struct{ Added, Changed, Facts, Kept, SetAside int }

// taking is a return being taken in.
type taking struct {
	*work.Unit
	Reading
	out     Outcome
	changes []child.Change
	facts   [][]any

	decisions, undone [][]any // rows of return_decision, and the keys of others
}

// Take takes a return in: children who are new become records, what is new or has
// changed is written, and each conflict goes as somebody decided. If one is
// undecided nothing is taken in. Who can be no record is set aside whole, if
// whoever takes the return in knows of so many.
func Take(u *work.Unit, book *agency.Book, r Reading, decide Decide, without int) (Outcome, error) {
	t := &taking{Unit: u, Reading: r}
	if r.State == Replaced {
		return t.out, fault.New(fault.Conflict, "This return was replaced by a later one of the same year. Take that one in.")
	}
	c, err := Compare(u, book, r)
	if err != nil {
		return t.out, err
	}
	aside := c.Without(decide)
	for _, one := range c.Children {
		take, known := one.decided(decide)
		if !known {
			return t.out, fault.New(fault.Invalid, "The return and the record of "+one.Ref+" say different things of one fact. Decide which is right, then take the return in.")
		}
		if !slices.ContainsFunc(aside, func(s SetAside) bool { return s.Ref == one.Ref }) {
			t.child(one, take)
		}
	}
	if t.out.SetAside = len(aside); len(aside) != without {
		return Outcome{}, fault.New(fault.Conflict, fmt.Sprintf("No record can hold what the return says of %d children, and you said that %d are set aside. Look at them again. Nothing was taken in.", len(aside), without))
	}
	if err := child.SaveAll(u, t.changes); err != nil {
		return Outcome{}, err
	}
	t.facts = append(t.facts, c.beside(u, t.changes, aside)...)
	if err := t.remember(); err != nil {
		return Outcome{}, err
	}
	return t.out, r.settle(u, t.facts, aside)
}

// beside are the facts no record has a place for, of every child who has one now.
func (c *Comparison) beside(u *work.Unit, changes []child.Change, without []SetAside) (facts [][]any) {
	ids := map[string]string{}
	for ref, known := range c.known {
		if known != nil {
			ids[ref] = known.ID
		}
	}
	for _, change := range changes {
		ids[change.After.Ref] = change.After.ID
	}
	for _, s := range without {
		delete(ids, s.Ref)
	}
	for _, ref := range slices.Sorted(maps.Keys(c.aside)) {
		for _, f := range c.aside[ref] {
			if ids[ref] != "" {
				facts = append(facts, []any{c.Reading.Agency, ids[ref], f.Field, f.Value, f.Source, db.Instant{Time: u.Now}})
			}
		}
	}
	return facts
}

// child makes one child's change.
func (t *taking) child(c Compared, take func(Difference) bool) {
	after := c.with(t.Agency, take)
	if c.Record == nil {
		after.ID = work.NewID()
	}
	now := db.Instant{Time: t.Now}
	for _, d := range c.Differences {
		if d.Standing.asked() {
			t.decided(after.ID, d, take(d))
		}
		if !take(d) {
			t.out.Kept++
			continue
		}
		t.out.Facts++
		if d.Field != milestone {
			t.facts = append(t.facts, []any{t.Agency, after.ID, d.Field, d.Value, d.Source, now})
		}
	}
	switch {
	case c.Record == nil:
		t.out.Added++
	case len(child.Differs(*c.Record, after)) == 0:
		return
	default:
		t.out.Changed++
	}
	t.changes = append(t.changes, child.Change{Before: c.Record, After: after})
}

// decided notes what was decided of a difference. What was kept before, and is
// kept again, stays with who kept it first.
func (t *taking) decided(id string, d Difference, take bool) {
	about := []any{t.Agency, id, d.about(t.Hash, id)}
	switch {
	case take:
		t.undone = append(t.undone, about)
	case d.Standing == Conflicting:
		t.decisions = append(t.decisions, append(about, d.restsOn(t.Hash, id), t.Actor.ID, t.Actor.Name, db.Instant{Time: t.Now}))
	}
}

// apply writes a difference into a record.
func (d Difference) apply(c *child.Child) {
	if d.Field != milestone {
		set(c, d.Field, d.Value)
		return
	}
	c.Milestones = slices.DeleteFunc(c.Milestones, func(m child.Milestone) bool { return d.replaces.What != "" && m == d.replaces })
	c.Milestones = append(c.Milestones, d.Milestone)
	slices.SortStableFunc(c.Milestones, func(a, b child.Milestone) int { return cmp.Compare(a.Day, b.Day) })
}

// settle notes what was taken in, and that earlier readings of the year are
// replaced.
func (r Reading) settle(u *work.Unit, facts [][]any, without []SetAside) error {
	columns := []string{"agency_code", "child_id", "field", "value", "source", "taken_at"}
	for _, f := range facts {
		if _, err := u.Exec("DELETE FROM return_fact WHERE agency_code = $1 AND child_id = $2 AND field = $3", f[:3]...); err != nil {
			return err
		}
	}
	if err := u.InsertMany("return_fact", columns, facts); err != nil {
		return err
	}
	said, err := r.Open(u)
	if err != nil {
		return err
	}
	if err := r.leavers(u, said); err != nil {
		return err
	}
	if _, err := u.Exec("UPDATE return_reading SET state = $4 WHERE agency_code = $1 AND year = $2 AND reading_id <> $3 AND state = $5", r.Agency, r.Year, r.ID, Replaced, Taken); err != nil {
		return err
	}
	sealed, err := r.sealSetAside(u, without)
	if err != nil {
		return err
	}
	_, err = u.Exec("UPDATE return_reading SET state = $3, taken_by = $4, taken_at = $5, set_aside = $6, set_aside_sealed = $7 WHERE agency_code = $1 AND reading_id = $2",
		r.Agency, r.ID, Taken, u.Actor.ID, db.Instant{Time: u.Now}, len(without), sealed)
	detail := ""
	if len(without) > 0 {
		detail = fmt.Sprintf("%d set aside", len(without))
	}
	u.Did("took in", r.Subject(), detail)
	return err
}

// leavers counts the children who left care in the year: each once, whatever
// becomes of them afterwards (only the last leaving counts), short breaks apart.
func (r Reading) leavers(u *work.Unit, said *ssda903.Return) error {
	n := 0
	for c := range said.Children() {
		if slices.ContainsFunc(c.Rows(ssda903.Episodes), func(e ssda903.Row) bool {
			day := e.Day(ssda903.DEC)
			return e.Filled(ssda903.REC) && !e.Is(ssda903.REC, "X1") && !ssda903.ShortBreak(e) && day > yearEnd(r.Year-1) && day <= yearEnd(r.Year)
		}) {
			n++
		}
	}
	source := "SSDA903 " + ssda903.YearName(r.Year)
	done, err := u.Exec("UPDATE return_leavers SET children = $3, source = $4 WHERE agency_code = $1 AND year = $2", r.Agency, r.Year, n, source)
	if err != nil {
		return err
	}
	if known, err := done.RowsAffected(); err != nil || known > 0 {
		return err
	}
	_, err = u.Exec("INSERT INTO return_leavers (agency_code, year, children, source) VALUES ($1, $2, $3, $4)", r.Agency, r.Year, n, source)
	return err
}
