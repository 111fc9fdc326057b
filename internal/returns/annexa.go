package returns

import (
	"database/sql"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

//go:embed annexa_columns.csv
var annexACSV string

var annexAMapping = builtIn(&annexACSV)

// AnnexA makes lists 10 and 11 of Annex A, which Ofsted asks for at an
// inspection: the children and the prospective adopters of an agency as they
// stood on a day, over the twelve months before it.
//
// List 10 has each child who in that time was adopted, was to be placed for
// adoption and not yet adopted, or for whom that decision was reversed, with the
// decision that stands or stood last. List 11 has each person, not each couple,
// of a family on its way to adopt in that time. Homeward holds how many adopters
// a family has and nothing of either of them, so gender, ethnicity and disability
// stay blank, and the two are told apart by -1 and -2; a family that has not said
// how many they are gets one row.
func AnnexA(u *work.Unit, book *agency.Book, code string, on date.Date) (*Collection, error) {
	if on > u.Today {
		return nil, fault.New(fault.Invalid, "That day is to come: nobody knows yet how things will stand.")
	}
	return collect(u, book, code, scorecard.Period{First: on.AddMonths(-12), Last: on}, annexAMapping(), "annex a "+on.String())
}

// Collection is what is handed in, and what is not in it.
type Collection struct {
	Sheets []Sheet
	// ClosedChildren and ClosedFamilies are the records that are closed to whoever
	// makes it, whether or not they belong in it.
	ClosedChildren, ClosedFamilies int
	// Undated are children and families left out since their record says that their
	// way ended and not when, by the agency's own reference.
	Undated []string
}

// collecting is a collection being made.
type collecting struct {
	*work.Unit
	book   *agency.Book
	agency agency.Agency
	period scorecard.Period
	by     *Mapping
	note   string // what the audit record says it was for
	out    Collection

	adopting map[string]*adopter.Family // by child: the family that adopts them
	homes    map[string][]*row          // by family: the children they adopt
}

func collect(u *work.Unit, book *agency.Book, code string, period scorecard.Period, m *Mapping, note string) (*Collection, error) {
	if err := u.Allow(access.View, book.Thing(access.Return, code), ""); err != nil {
		return nil, err
	}
	whose, known := book.Agencies[code]
	if !known {
		return nil, work.ErrNotFound
	}
	c := &collecting{Unit: u, book: book, agency: whose, period: period, by: m, note: note, adopting: map[string]*adopter.Family{}, homes: map[string][]*row{}}
	if m.links(aChild) || m.links(aFamily) {
		if err := c.link(); err != nil {
			return nil, err
		}
	}
	rows := map[subject][]*row{}
	for _, s := range m.sheets {
		if err := c.load(rows, s.about); err != nil {
			return nil, err
		}
		sheet, err := s.sheet(rows[s.about])
		if err != nil {
			return nil, err
		}
		c.out.Sheets = append(c.out.Sheets, sheet)
	}
	return &c.out, nil
}

// links tells whether a mapping asks of children or of families what the other
// side's records say.
func (m *Mapping) links(about subject) bool {
	return slices.ContainsFunc(m.sheets, func(s mapped) bool {
		return slices.ContainsFunc(s.columns, func(c column) bool { return c.source.links && c.source.about == about })
	})
}

// load makes the rows about something, once. Records that no sheet asks about
// are not looked at.
func (c *collecting) load(rows map[subject][]*row, about subject) (err error) {
	if _, done := rows[about]; done {
		return nil
	}
	switch about {
	case aChild:
		rows[about], err = c.children()
	case aFamily:
		rows[about], err = c.families()
	case aPerson:
		err = c.load(rows, aFamily)
		rows[about] = persons(rows[aFamily])
	}
	return err
}

// children are the rows of the agency's children.
func (c *collecting) children() (rows []*row, err error) {
	list, err := child.Load(c.Tx, child.Query{Agencies: []string{c.agency.Code}})
	if err != nil {
		return nil, err
	}
	refs, err := child.Refs(c.Tx, c.agency.Code)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(one child.Child) bool { return !c.mayView(one) })
	c.out.ClosedChildren = len(refs) - len(list)
	groups := map[string][]child.Child{}
	for _, one := range list {
		if one.GroupRef != "" {
			groups[one.GroupRef] = append(groups[one.GroupRef], childAt(one, c.period.Last))
		}
	}
	for _, one := range list {
		r := c.childRow(one)
		r.group = groups[one.GroupRef]
		if c.by.links(aChild) {
			r.adoptive = c.adopting[one.ID]
		}
		if !c.belongs(one.Ref, one.Subject(), r.childIn, endedUndated(one)) {
			continue
		}
		if r.adoptive != nil {
			c.Saw(r.adoptive.Subject(), c.note)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (c *collecting) mayView(one child.Child) bool {
	return access.Can(c.Actor, access.View, one.Thing(c.book, access.Child)).Allow
}

// belongs tells whether a record belongs in the collection, and notes that it was
// seen; one that ended nobody knows when is told of instead.
func (c *collecting) belongs(ref string, subject work.Subject, in func() bool, undated bool) bool {
	if !in() {
		return false
	}
	c.Saw(subject, c.note)
	if undated {
		c.out.Undated = append(c.out.Undated, string(subject.Kind)+" "+ref)
	}
	return !undated
}

// families are the rows of the agency's families. Whoever may not see the days of
// a family's way to adopt has nothing to return of it.
func (c *collecting) families() (rows []*row, err error) {
	list, err := adopter.Load(c.Tx, adopter.Query{Agencies: []string{c.agency.Code}})
	if err != nil {
		return nil, err
	}
	all := 0
	err = c.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return c.Each(func(rows *sql.Rows) error { return rows.Scan(&all) }, "SELECT COUNT(*) FROM family WHERE agency_code = $1", c.agency.Code)
	})
	list = slices.DeleteFunc(list, func(f adopter.Family) bool {
		return !access.Can(c.Actor, access.View, f.Thing(c.book, access.Family)).Allow || !access.Can(c.Actor, access.View, f.Thing(c.book, access.FamilyPlaces)).Allow
	})
	c.out.ClosedFamilies = all - len(list)
	for _, f := range list {
		r := &row{agency: c.agency, period: c.period, family: familyAt(f, c.period.Last)}
		if c.by.links(aFamily) {
			r.homes = c.homes[f.ID]
		}
		known := len(f.Milestones) > 0 || f.ApprovedOn.Known()
		if !c.belongs(f.Ref, f.Subject(), func() bool { return r.familyIn(known) }, familyEndedUndated(f)) {
			continue
		}
		for _, home := range r.homes {
			c.Saw(home.child.Subject(), c.note)
		}
		rows = append(rows, r)
	}
	return rows, err
}

// persons are the rows of a family's adopters, one by one.
func persons(families []*row) (rows []*row) {
	for _, f := range families {
		for n := range max(1, f.family.Adopters.V) {
			one := *f
			one.person = n + 1
			rows = append(rows, &one)
		}
	}
	return rows
}

// link finds which family adopts which child.
func (c *collecting) link() error {
	var ids []string
	for _, q := range []link.AskQuery{{ChildAgencies: []string{c.agency.Code}}, {FamilyAgencies: []string{c.agency.Code}}} {
		q.States = []string{link.Yes}
		asks, err := link.Asks(c.Tx, q)
		if err != nil {
			return err
		}
		for _, a := range asks {
			ids = append(ids, a.Children...)
		}
	}
	if len(ids) == 0 {
		return nil // no IDs would be all
	}
	slices.Sort(ids)
	asks, err := link.Asks(c.Tx, link.AskQuery{Children: slices.Compact(ids), States: []string{link.Yes}})
	if err != nil {
		return err
	}
	families, err := c.asked(asks)
	if err != nil {
		return err
	}
	list, err := child.Load(c.Tx, child.Query{IDs: slices.Compact(ids)})
	for _, one := range list {
		if r := c.childRow(one); c.mayView(one) {
			if f := r.adopters(asks, families); f != nil {
				c.adopting[one.ID] = f
				c.homes[f.ID] = append(c.homes[f.ID], r)
			}
		}
	}
	return err
}

// asked are the families of some asks, as far as they may be seen.
func (c *collecting) asked(asks []link.Ask) (map[string]*adopter.Family, error) {
	ids := map[string]bool{}
	for _, a := range asks {
		ids[a.FamilyID] = true
	}
	list, err := adopter.Load(c.Tx, adopter.Query{IDs: slices.Sorted(maps.Keys(ids))})
	seen := map[string]*adopter.Family{}
	for _, f := range list {
		if f, there := f.For(c.Actor, c.book); there {
			seen[f.ID] = &f
		}
	}
	return seen, err
}

// row is what a row of a collection is about, as it stood on the last day.
type row struct {
	agency agency.Agency
	period scorecard.Period

	child    child.Child
	rounds   []Round
	group    []child.Child   // the children of the same group, this one among them
	adoptive *adopter.Family // the family that adopts the child, if Homeward links them

	family adopter.Family
	homes  []*row // the children the family adopts, as far as Homeward links them
	person int    // which of the family's adopters
}

func (c *collecting) childRow(whole child.Child) *row {
	one := childAt(whole, c.period.Last)
	return &row{agency: c.agency, period: c.period, child: one, rounds: Rounds(one)}
}

// childAt is a child as their record would have stood on a day.
func childAt(c child.Child, day date.Date) child.Child {
	c.Milestones = until(c.Milestones, day)
	for _, d := range []*date.Date{&c.EnteredCare, &c.DecisionDate, &c.OrderDate} {
		if *d > day {
			*d = 0
		}
	}
	return c
}

func familyAt(f adopter.Family, day date.Date) adopter.Family {
	f.Milestones = until(f.Milestones, day)
	if f.ApprovedOn > day {
		f.ApprovedOn = 0
	}
	return f
}

func until(list []child.Milestone, day date.Date) []child.Milestone {
	return slices.DeleteFunc(slices.Clone(list), func(m child.Milestone) bool { return m.Day > day })
}

// round is the decision that stands, or stood last.
func (r *row) round() Round {
	if len(r.rounds) == 0 {
		return Round{Reversed: happenedOn(r.child, "reversed")}
	}
	return r.rounds[len(r.rounds)-1]
}

// last is what happened last of a kind, on the way that began with the decision
// that stands: what came before an earlier one was reversed is of another way.
func (r *row) last(what string) (found child.Milestone) {
	var since date.Date
	if n := len(r.rounds); n > 1 {
		since = r.rounds[n-2].Reversed
	}
	for _, m := range r.child.Milestones {
		if m.What == what && m.Day > since && m.Day >= found.Day && (what != "reversed" || m.Day == r.round().Reversed) {
			found = m
		}
	}
	return found
}

func (r *row) day(what string) date.Date { return r.last(what).Day }

// standing is the day of a match or a placement, unless it ended in a disruption.
func (r *row) standing(what string) date.Date {
	if day := r.day(what); day > r.day("disrupted") {
		return day
	}
	return 0
}

// left is the day on which the child left care otherwise than by adoption, if
// they did not come back.
func (r *row) left() child.Milestone {
	if m := r.last("left_care"); m.Day > r.day("returned") {
		return m
	}
	return child.Milestone{}
}

// childIn tells whether the child's plan was adoption at any time in the period.
func (r *row) childIn() bool {
	begun := len(r.rounds) > 0 || r.child.OrderDate.Known() || r.day("matched").Known() || r.day("placed").Known() || r.day("adopted").Known()
	for _, ended := range []date.Date{r.day("adopted"), r.round().Reversed, r.left().Day} {
		if ended.Known() && ended < r.period.First {
			return false
		}
	}
	return begun
}

// endedUndated tells whether a child's plan ended on a day nobody knows.
func endedUndated(c child.Child) bool {
	switch c.Status {
	case "adopted":
		return !happenedOn(c, "adopted").Known()
	case "plan_changed":
		return !happenedOn(c, "reversed").Known() && !happenedOn(c, "left_care").Known()
	}
	return false
}

// familyDay is the last day something happened to a family.
func familyDay(f adopter.Family, kinds ...string) (day date.Date) {
	for _, m := range f.Milestones {
		if slices.Contains(kinds, m.What) {
			day = max(day, m.Day)
		}
	}
	return day
}

// familyIn tells whether the family was on its way to adopt at any time in the
// period. One that came back after it left is on its way again; one of which no
// day is known is on its way.
func (r *row) familyIn(known bool) bool {
	latest := max(r.family.ApprovedOn, familyDay(r.family, adopter.Milestones.Codes()...))
	ended := familyDay(r.family, "left", "not_approved", "adopted")
	switch {
	case !latest.Known():
		return !known // otherwise all of it came later
	case ended == latest:
		return ended >= r.period.First
	}
	return true
}

// familyEndedUndated tells whether a family's way ended on a day nobody knows.
func familyEndedUndated(f adopter.Family) bool {
	return f.Status == "closed" && !familyDay(f, "left", "not_approved", "adopted").Known() || f.Status == "adopted" && !familyDay(f, "adopted").Known()
}

// together are the kinds that happen to a child and their family on one day.
var together = []string{"matched", "placed", "adopted"}

// adopters is the family that adopts the child: one that said yes when it was
// asked and whose record tells of the match, the placement or the order on the
// same day as the child's; or, where a family's days are not known, the only one
// that said yes, if its record says that it is matched. Nobody else is taken for
// them.
func (r *row) adopters(asks []link.Ask, families map[string]*adopter.Family) *adopter.Family {
	broken := max(happenedOn(r.child, "disrupted"), happenedOn(r.child, "reversed"), r.left().Day)
	days := slices.DeleteFunc(until(r.child.Milestones, r.period.Last), func(m child.Milestone) bool { return !slices.Contains(together, m.What) || m.Day <= broken })
	said := map[string]bool{}
	for _, a := range asks {
		if slices.Contains(a.Children, r.child.ID) && a.ClosedOn > broken && a.ClosedOn <= r.period.Last {
			said[a.FamilyID] = true
		}
	}
	var found []*adopter.Family
	for id := range said {
		if f := families[id]; f != nil && len(days) > 0 && (sameDay(*f, days) || len(said) == 1 && saysMatched(*f)) {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func sameDay(f adopter.Family, days []child.Milestone) bool {
	return slices.ContainsFunc(days, func(m child.Milestone) bool { return child.Twice(f.Milestones, m) })
}

// saysMatched tells whether a family is matched on days that are not known.
func saysMatched(f adopter.Family) bool {
	return slices.Contains(together, f.Status) && !familyDay(f, together...).Known()
}

// subject is what the rows of a sheet are about.
type subject string

const (
	nobody  subject = ""
	aChild  subject = "children"
	aFamily subject = "families"
	aPerson subject = "adopters one by one"
)

// with is a subject that a sheet about one thing and a column about another have
// in common, if they have one.
func (s subject) with(o subject) (subject, bool) {
	switch {
	case s == nobody || s == o:
		return o, true
	case o == nobody || s == aPerson && o == aFamily:
		return s, true
	case s == aFamily && o == aPerson:
		return o, true
	}
	return s, false
}

// source is a value Homeward has: a day, or anything else as text.
type source struct {
	about subject
	day   func(*row) date.Date
	of    func(*row) string
	codes child.CodeSet // those a text can be
	links bool          // it tells of the other side: of a child's family, of a family's children
}

var yes = child.CodeSet{{Code: "yes", Label: "Yes"}}

// orders are what a child's way can end with.
var orders = child.CodeSet{{Code: "adoption", Label: "Adoption order"}, {Code: "sgo", Label: "Special guardianship order"}, {Code: "cao", Label: "Child arrangements or residence order"}}

// sources are the values a mapping can name.
var sources = sync.OnceValue(func() map[string]source {
	all := map[string]source{
		"agency.code":  {of: func(r *row) string { return r.agency.Code }},
		"agency.name":  {of: func(r *row) string { return r.agency.Name }},
		"agency.gss":   {of: func(r *row) string { return r.agency.GSS }},
		"period.first": {day: func(r *row) date.Date { return r.period.First }},
		"period.last":  {day: func(r *row) date.Date { return r.period.Last }},

		"child.ref":                   {about: aChild, of: func(r *row) string { return r.child.Ref }},
		"child.born":                  {about: aChild, day: func(r *row) date.Date { return r.child.Born }},
		"child.age":                   {about: aChild, of: age},
		"child.sex":                   {about: aChild, of: func(r *row) string { return r.child.Sex }, codes: child.Sexes},
		"child.ethnic":                {about: aChild, of: func(r *row) string { return r.child.Ethnic }, codes: child.Ethnicities},
		"child.disabled":              {about: aChild, of: disabled, codes: yes},
		"child.entered_care":          {about: aChild, day: func(r *row) date.Date { return r.child.EnteredCare }},
		"child.decision_date":         {about: aChild, day: func(r *row) date.Date { return r.round().Decided }},
		"child.first_decision_date":   {about: aChild, day: firstDecided},
		"child.order_date":            {about: aChild, day: func(r *row) date.Date { return r.child.OrderDate }},
		"child.match_standing":        {about: aChild, day: func(r *row) date.Date { return r.standing("matched") }},
		"child.placement_standing":    {about: aChild, day: func(r *row) date.Date { return r.standing("placed") }},
		"child.permanence_order":      {about: aChild, of: func(r *row) string { order, _ := r.order(); return order }, codes: orders},
		"child.permanence_order_date": {about: aChild, day: func(r *row) date.Date { _, day := r.order(); return day }},
		"child.family_finding":        {about: aChild, of: familyFinding, codes: adopter.YesNo},
		"child.in_group":              {about: aChild, of: inGroup, codes: yes},
		"child.placed_together":       {about: aChild, of: placedTogether},
		"child.family_ref":            {about: aChild, of: familyRef, links: true},

		"family.ref":              {about: aFamily, of: func(r *row) string { return r.family.Ref }},
		"family.adopters":         {about: aFamily, of: func(r *row) string { return count(r.family.Adopters.V) }},
		"family.registered_on":    {about: aFamily, day: func(r *row) date.Date { return familyDay(r.family, "registered", "fast_track") }},
		"family.fast_track":       {about: aFamily, of: func(r *row) string { return says(familyDay(r.family, "fast_track").Known()) }, codes: yes},
		"family.approved_on":      {about: aFamily, day: func(r *row) date.Date { return max(r.family.ApprovedOn, familyDay(r.family, "approved")) }},
		"family.early_permanence": {about: aFamily, of: earlyPermanence, codes: yes, links: true},
		"family.children_placed":  {about: aFamily, of: childrenPlaced, links: true},

		"adopter.id": {about: aPerson, of: func(r *row) string { return fmt.Sprintf("%s-%d", r.family.Ref, r.person) }},
	}
	for _, kind := range child.Milestones {
		what := kind.Code
		if what == "decided" {
			continue // decision_date and first_decision_date tell them apart
		}
		all["child.milestone."+what] = source{about: aChild, day: func(r *row) date.Date { return r.day(what) }}
		if codes := child.MilestoneDetails(what); codes != nil {
			all["child.detail."+what] = source{about: aChild, of: func(r *row) string { return r.last(what).Detail }, codes: codes}
		}
	}
	for _, kind := range adopter.Milestones {
		what := kind.Code
		all["family.milestone."+what] = source{about: aFamily, day: func(r *row) date.Date { return familyDay(r.family, what) }}
		if codes := adopter.MilestoneDetails(what); codes != nil {
			all["family.detail."+what] = source{about: aFamily, of: func(r *row) string { return familyDetail(r.family, what) }, codes: codes}
		}
	}
	return all
})

// says writes what is so; what is not so is not known, and blank.
func says(so bool) string {
	if so {
		return "yes"
	}
	return ""
}

// count writes a number; none is not known, and blank.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func age(r *row) string {
	if !r.child.Born.Known() || r.child.Born > r.period.Last {
		return ""
	}
	return strconv.Itoa(r.child.Born.YearsOn(r.period.Last))
}

// disabilities are the needs that make a child disabled in the sense of the
// Equality Act 2010, where they are known. To confirm.
var disabilities = []string{"learning_disability", "physical_disability", "sensory_impairment"}

func disabled(r *row) string {
	return says(slices.ContainsFunc(r.child.Needs, func(n child.Need) bool {
		return slices.Contains(disabilities, n.Code) && (n.Level == "known" || n.Level == "significant")
	}))
}

func firstDecided(r *row) date.Date {
	if len(r.rounds) == 0 {
		return 0
	}
	return r.rounds[0].Decided
}

// order is what the child's way ended with, and when.
func (r *row) order() (string, date.Date) {
	left := r.left()
	switch {
	case r.day("adopted").Known():
		return "adoption", r.day("adopted")
	case slices.Contains([]string{"E45", "E46", "E47", "E48"}, left.Detail):
		return "sgo", left.Day
	case left.Detail == "E41":
		return "cao", left.Day
	}
	return "", 0
}

// familyFinding tells whether a family was still looked for. Whether a search on
// hold now was on hold on the last day is not known.
func familyFinding(r *row) string {
	round := r.round()
	switch {
	case !round.Decided.Known():
		return ""
	case round.Reversed.Known() || r.standing("matched").Known() || r.standing("placed").Known() || r.day("adopted").Known() || r.left().Day.Known():
		return "no"
	case r.child.Status == "on_hold":
		return ""
	}
	return "yes"
}

func inGroup(r *row) string { return says(len(r.group) > 1) }

// placedTogether counts the children of the group who were placed on one day with
// this child, this child among them.
func placedTogether(r *row) string {
	day := r.standing("placed")
	if !day.Known() || len(r.group) < 2 {
		return ""
	}
	n := 0
	for _, c := range r.group {
		if child.Twice(c.Milestones, child.Milestone{What: "placed", Day: day}) {
			n++
		}
	}
	return count(n)
}

// familyRef is how the agency speaks of the family: of one of its own by the
// reference alone, as its list of families does.
func familyRef(r *row) string {
	switch {
	case r.adoptive == nil:
		return ""
	case r.adoptive.Agency == r.agency.Code:
		return r.adoptive.Ref
	}
	return r.adoptive.Name()
}

func familyDetail(f adopter.Family, what string) string {
	for _, m := range f.Milestones {
		if m.What == what && m.Day == familyDay(f, what) {
			return m.Detail
		}
	}
	return ""
}

// earlyPermanence tells whether a child the family adopts moved in as a foster
// child first, and not into another family.
func earlyPermanence(r *row) string {
	return says(slices.ContainsFunc(r.homes, func(home *row) bool {
		placed := home.last("placed").Detail
		return home.standing("early_placed").Known() && placed != "A4" && placed != "A6"
	}))
}

func childrenPlaced(r *row) string {
	n := 0
	for _, home := range r.homes {
		if home.standing("placed").Known() {
			n++
		}
	}
	return count(n)
}
