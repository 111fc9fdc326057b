package link

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/gazetteer"
	"homeward/internal/geo"
	"homeward/internal/match"
	"homeward/internal/work"
)

// Board is what one worker may look at: the children of the agencies they find
// families for or answer about, the families of the agencies they see, and the
// engine's answers about these. Nothing of anyone else is in it, so that no
// count or list made from it can tell of them. It is read-only once made, and it
// holds people's records: whoever shows any of it notes what was seen.
type Board struct {
	Book     *agency.Book
	Groups   []child.Group
	Families []adopter.Family
	Pool     *match.Pool
	Counts   []match.Counts // of every group
	Waivers  []Waiver       // every one kept, in force or not

	asOf     date.Date
	groupOf  map[string]int // by child reference in Homeward
	familyAt map[string]int // by family reference in Homeward

	feed       feeder // where people are: for reckoning, never for showing
	couldBeFor func() []match.Counts

	// For the region's plan, by their places: the facts the engine was fed, the
	// groups' placement orders, and the plans made of them.
	known   match.Case
	ordered []date.Date
	plans   *shelf
}

// Finder keeps boards in memory and makes them anew when a record changed.
type Finder struct {
	mu        sync.Mutex
	table     *gazetteer.Table
	revision  int64
	gazetteer int64
	boards    map[boardKey]*Board
	plans     *shelf // made of the boards
}

// boardKey says whose board it is: everybody for whom access answers alike on
// the same day shares one.
type boardKey struct {
	asOf  date.Date
	early bool
	whose string
}

// maxBoards bounds the boards kept.
const maxBoards = 32

// Board gives the board of this unit's actor and day, with early search on or
// off.
func (f *Finder) Board(u *work.Unit, early bool) (*Board, error) {
	if u.Changed() {
		return nil, errors.New("link: ask for the board before anything is changed: what is not committed must not be kept")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.refresh(u); err != nil {
		return nil, err
	}
	key := boardKey{u.Today, early, whose(u.Actor)}
	if b := f.boards[key]; b != nil {
		return b, nil
	}
	if f.boards == nil || len(f.boards) >= maxBoards {
		f.boards, f.plans = map[boardKey]*Board{}, &shelf{}
	}
	b, err := f.load(u, early)
	if err == nil {
		b.plans, f.boards[key] = f.plans, b
	}
	return b, err
}

// whose tells apart actors for whom access answers differently: what a row of the
// table may depend on.
func whose(a access.Actor) string {
	return fmt.Sprint([]any{a.Agency, a.Role, a.Team, a.Voluntary, a.Family, a.Ties, a.Opened, a.NamedOn})
}

// Warning is what a person should be told of a postcode that the gazetteer
// cannot place, or nothing. A zone nobody can place rules every family out, and a
// family nobody can place is ruled out for every child with a zone.
func (f *Finder) Warning(postcode string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := gazetteer.Parse(postcode)
	if f.table == nil || err != nil || postcode == "" {
		return "" // a blank says for itself that nobody knows
	}
	_, basis := f.table.Lookup(p)
	return basis.Warning()
}

// refresh forgets the boards if anything changed since they were made.
func (f *Finder) refresh(u *work.Unit) error {
	revision, err := u.Revision()
	if err != nil {
		return err
	}
	version, err := gazetteer.Version(u.Tx)
	if err != nil {
		return err
	}
	if f.table == nil || f.gazetteer != version {
		if f.table, err = gazetteer.Open(u.Tx); err != nil {
			return err
		}
		f.gazetteer, f.boards = version, nil
	}
	if f.revision != revision {
		f.revision, f.boards = revision, nil
	}
	return nil
}

// load reads the records on the actor's own behalf: what is not for them the
// database may not even give. Where children and families are is read apart, for
// the engine alone.
func (f *Finder) load(u *work.Unit, early bool) (*Board, error) {
	r := &records{feed: feeder{table: f.table}}
	var err error
	if r.book, err = agency.Open(u); err != nil {
		return nil, err
	}
	children, err := child.Load(u.Tx, child.Query{})
	if err != nil {
		return nil, err
	}
	r.groups = child.Groups(children)
	if r.families, err = adopter.Load(u.Tx, adopter.Query{}); err != nil {
		return nil, err
	}
	if r.conflicts, err = Conflicts(u.Tx); err != nil {
		return nil, err
	}
	if r.closed, err = child.Closed(u.Tx); err != nil {
		return nil, err
	}
	if r.waivers, err = loadWaivers(u.Tx); err != nil {
		return nil, err
	}
	if r.feed.wheres, err = child.Wheres(u.Tx); err != nil {
		return nil, err
	}
	if r.feed.places, err = adopter.PlacesOf(u.Tx); err != nil {
		return nil, err
	}
	return r.board(u, early), nil
}

// records is every record as it stood at one revision, for one actor.
type records struct {
	book      *agency.Book
	groups    []child.Group
	families  []adopter.Family
	conflicts []Conflict
	waivers   []Waiver
	closed    map[[2]string][]string // restricted children, by their group
	feed      feeder
}

// board keeps what the actor may see, in as much detail as they may see it. The
// engine is fed from the records themselves.
func (r *records) board(u *work.Unit, early bool) *Board {
	b := &Board{Book: r.book, Waivers: r.waivers, asOf: u.Today, feed: r.feed, groupOf: map[string]int{}, familyAt: map[string]int{}}
	var groups []child.Group
	for _, g := range r.groups {
		if seen, there := seenGroup(u.Actor, r.book, g); there && r.whole(g) {
			groups, b.Groups = append(groups, g), append(b.Groups, seen)
		}
	}
	var families []adopter.Family
	for _, family := range r.families {
		if seen, there := family.For(u.Actor, r.book); there {
			families, b.Families = append(families, family), append(b.Families, seen)
		}
	}
	r.groups, r.families = groups, families
	b.index()
	b.known = b.facts(r, early)
	for _, g := range r.groups {
		b.ordered = append(b.ordered, g.Ordered())
	}
	b.Pool = match.New(b.known)
	b.Counts = b.Pool.AllCounts()
	b.couldBeFor = sync.OnceValue(func() []match.Counts { return b.Pool.FamilyCounts(b.waiting()) })
	return b
}

// whole tells whether nobody is missing from a group whose record the database
// does not even give to the reader.
func (r *records) whole(g child.Group) bool {
	lead := g[0]
	if lead.GroupRef == "" || lead.Plan != "together" {
		return true
	}
	return !slices.ContainsFunc(r.closed[[2]string{lead.Agency, lead.GroupRef}], func(id string) bool { return !slices.Contains(g.IDs(), id) })
}

// seenGroup is a group as far as an actor may see it. One child who is not there
// for them takes the group away: half of it would tell of the other half.
func seenGroup(actor access.Actor, book *agency.Book, group child.Group) (child.Group, bool) {
	seen := make(child.Group, len(group))
	for i, c := range group {
		var there bool
		if seen[i], there = c.For(actor, book); !there {
			return nil, false
		}
	}
	return seen, true
}

func (b *Board) index() {
	for g, group := range b.Groups {
		for _, c := range group {
			b.groupOf[c.ID] = g
		}
	}
	for f, family := range b.Families {
		b.familyAt[family.ID] = f
	}
}

// Group gives the place of the group a child is in.
func (b *Board) Group(childID string) (int, bool) {
	g, ok := b.groupOf[childID]
	return g, ok
}

// Family gives the place of a family.
func (b *Board) Family(familyID string) (int, bool) {
	f, ok := b.familyAt[familyID]
	return f, ok
}

// facts feeds the engine: from the records as they are, at the places of the
// board's own groups and families.
func (b *Board) facts(r *records, early bool) match.Case {
	c := match.Case{Rules: match.RulesOn(b.asOf), AsOf: b.asOf, Early: early}
	for _, group := range r.groups {
		c.Groups = append(c.Groups, r.feed.group(group))
	}
	for _, family := range r.families {
		c.Families = append(c.Families, r.feed.family(family))
	}
	for _, x := range r.conflicts {
		c.Conflicts = append(c.Conflicts, match.Conflict{
			Family: match.Ref{Agency: x.FamilyAgency, Ref: x.FamilyRef}, Child: match.Ref{Agency: x.ChildAgency, Ref: x.ChildRef},
		})
	}
	for _, w := range b.Waivers {
		if exclusion, ok := match.ExclusionOf(w.Exclusion); ok && b.InForce(w) {
			c.Waivers = append(c.Waivers, match.Waiver{Family: b.familyRef(r, w.FamilyID), Child: b.childRef(r, w.ChildID), Exclusion: exclusion})
		}
	}
	return c
}

func (b *Board) familyRef(r *records, id string) match.Ref {
	f := r.families[b.familyAt[id]]
	return match.Ref{Agency: f.Agency, Ref: f.Ref}
}

func (b *Board) childRef(r *records, id string) match.Ref {
	for _, c := range r.groups[b.groupOf[id]] {
		if c.ID == id {
			return match.Ref{Agency: c.Agency, Ref: c.Ref}
		}
	}
	return match.Ref{}
}

// feeder turns records into the facts of the engine, placing every postcode.
type feeder struct {
	table  *gazetteer.Table
	wheres map[string]child.Where
	places map[string][]adopter.Place
}

var levels = map[string]match.Level{
	"": match.LevelUnknown, "unknown": match.LevelUnknown, "possible": match.LevelPossible,
	"known": match.LevelKnown, "significant": match.LevelSignificant,
}

func (feed feeder) group(group child.Group) match.Group {
	var g match.Group
	for _, c := range group {
		m := match.Child{
			Ref: match.Ref{Agency: c.Agency, Ref: c.Ref}, Born: c.Born, Sex: c.Sex, Languages: c.Languages, Home: feed.table.Place(feed.wheres[c.ID].HomePostcode),
		}
		for _, n := range c.Needs {
			m.Needs = append(m.Needs, match.Need{Code: n.Code, Level: levels[n.Level]})
		}
		for _, p := range c.Contact {
			m.Contacts = append(m.Contacts, p.Kind)
		}
		for _, z := range feed.wheres[c.ID].Zones {
			m.Zones = append(m.Zones, feed.zone(z))
		}
		g.Children = append(g.Children, m)
	}
	return g
}

func (feed feeder) zone(z child.Zone) geo.Zone {
	radius := -1.0 // not known
	if z.RadiusMiles.Valid {
		radius = z.RadiusMiles.V * geo.MetresPerMile
	}
	return geo.Zone{Centre: feed.table.Place(z.Postcode), RadiusMetres: radius}
}

var answers = map[string]match.Answer{
	"": match.Unanswered, "no": match.AnswerNo, "support": match.AnswerSupport, "yes": match.AnswerYes,
}

func (feed feeder) family(f adopter.Family) match.Family {
	m := match.Family{
		Ref: match.Ref{Agency: f.Agency, Ref: f.Ref}, Status: f.Status, ApprovedOn: f.ApprovedOn, ReservedUntil: f.ReservedUntil,
		MaxChildren: match.Count{N: f.MaxChildren.V, Known: f.MaxChildren.Valid},
		AgeMin:      match.Count{N: f.AgeMin.V, Known: f.AgeMin.Valid}, AgeMax: match.Count{N: f.AgeMax.V, Known: f.AgeMax.Valid},
		Sex: f.Sex, Languages: f.Languages, Household: f.Household, Training: f.Training,
		ChildrenAtHome: match.Count{N: f.ChildrenAtHome.V, Known: f.ChildrenAtHome.Valid},
	}
	for _, o := range f.Offers {
		m.Offers = append(m.Offers, match.Offer{Code: o.Code, Answer: answers[o.Answer]})
	}
	for _, p := range feed.places[f.ID] {
		m.Places = append(m.Places, match.Place{Kind: p.Kind, At: feed.table.Place(p.Postcode)})
	}
	return m
}
