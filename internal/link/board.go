package link

import (
	"errors"
	"strings"
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

	couldBeFor func() []match.Counts
}

// records is every record as it stood at one revision.
type records struct {
	revision, gazetteer int64
	book                *agency.Book
	groups              []child.Group
	families            []adopter.Family
	conflicts           []Conflict
	waivers             []Waiver
}

// Finder keeps records and boards in memory and makes them anew when a record
// changed.
type Finder struct {
	mu      sync.Mutex
	table   *gazetteer.Table
	records *records
	boards  map[boardKey]*Board
}

// boardKey says whose board it is: everybody who sees the same agencies on the
// same day shares one.
type boardKey struct {
	asOf               date.Date
	early              bool
	children, families string
}

// maxBoards bounds the boards kept; each is small beside the records.
const maxBoards = 64

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
	book := f.records.book
	children := book.Where(u.Actor, access.Profile, access.Child)
	families := book.Where(u.Actor, access.View, access.Family)
	key := boardKey{u.Today, early, strings.Join(children, "|"), strings.Join(families, "|")}
	if b := f.boards[key]; b != nil {
		return b, nil
	}
	if f.boards == nil || len(f.boards) >= maxBoards {
		f.boards = map[boardKey]*Board{}
	}
	b := f.makeBoard(u.Today, early, children, families)
	f.boards[key] = b
	return b, nil
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

// refresh reads the records again if any changed since.
func (f *Finder) refresh(u *work.Unit) error {
	revision, err := u.Revision()
	if err != nil {
		return err
	}
	version, err := gazetteer.Version(u.Tx)
	if err != nil {
		return err
	}
	if f.records != nil && f.records.revision == revision && f.records.gazetteer == version {
		return nil
	}
	if f.table == nil || f.records == nil || f.records.gazetteer != version {
		if f.table, err = gazetteer.Open(u.Tx); err != nil {
			return err
		}
	}
	f.boards = nil
	f.records, err = loadRecords(u, revision, version)
	return err
}

func loadRecords(u *work.Unit, revision, version int64) (*records, error) {
	r := &records{revision: revision, gazetteer: version}
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
	r.waivers, err = loadWaivers(u.Tx)
	return r, err
}

func (f *Finder) makeBoard(asOf date.Date, early bool, children, families []string) *Board {
	r := f.records
	b := &Board{Book: r.book, Waivers: r.waivers, asOf: asOf, groupOf: map[string]int{}, familyAt: map[string]int{}}
	sees := func(codes []string) map[string]bool {
		set := map[string]bool{}
		for _, code := range codes {
			set[code] = true
		}
		return set
	}
	seen := sees(children)
	for _, g := range r.groups {
		if seen[g[0].Agency] {
			b.Groups = append(b.Groups, g)
		}
	}
	seen = sees(families)
	for _, family := range r.families {
		if seen[family.Agency] {
			b.Families = append(b.Families, family)
		}
	}
	b.index()
	b.Pool = match.New(b.facts(early, feeder{f.table}, r.conflicts))
	b.Counts = b.Pool.AllCounts()
	b.couldBeFor = sync.OnceValue(func() []match.Counts { return b.Pool.FamilyCounts(b.waiting()) })
	return b
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

func (b *Board) facts(early bool, feed feeder, conflicts []Conflict) match.Case {
	c := match.Case{Rules: match.RulesOn(b.asOf), AsOf: b.asOf, Early: early}
	for _, group := range b.Groups {
		c.Groups = append(c.Groups, feed.group(group))
	}
	for _, family := range b.Families {
		c.Families = append(c.Families, feed.family(family))
	}
	for _, x := range conflicts {
		c.Conflicts = append(c.Conflicts, match.Conflict{
			Family: match.Ref{Agency: x.FamilyAgency, Ref: x.FamilyRef}, Child: match.Ref{Agency: x.ChildAgency, Ref: x.ChildRef},
		})
	}
	for _, w := range b.Waivers {
		if exclusion, ok := match.ExclusionOf(w.Exclusion); ok && b.InForce(w) {
			c.Waivers = append(c.Waivers, match.Waiver{Family: b.familyRef(w.FamilyID), Child: b.childRef(w.ChildID), Exclusion: exclusion})
		}
	}
	return c
}

func (b *Board) familyRef(id string) match.Ref {
	f := b.Families[b.familyAt[id]]
	return match.Ref{Agency: f.Agency, Ref: f.Ref}
}

func (b *Board) childRef(id string) match.Ref {
	for _, c := range b.Groups[b.groupOf[id]] {
		if c.ID == id {
			return match.Ref{Agency: c.Agency, Ref: c.Ref}
		}
	}
	return match.Ref{}
}

// feeder turns records into the facts of the engine, placing every postcode.
type feeder struct{ table *gazetteer.Table }

var levels = map[string]match.Level{
	"": match.LevelUnknown, "unknown": match.LevelUnknown, "possible": match.LevelPossible,
	"known": match.LevelKnown, "significant": match.LevelSignificant,
}

func (feed feeder) group(group child.Group) match.Group {
	var g match.Group
	for _, c := range group {
		m := match.Child{
			Ref: match.Ref{Agency: c.Agency, Ref: c.Ref}, Born: c.Born, Sex: c.Sex, Languages: c.Languages, Home: feed.table.Place(c.HomePostcode),
		}
		for _, n := range c.Needs {
			m.Needs = append(m.Needs, match.Need{Code: n.Code, Level: levels[n.Level]})
		}
		for _, p := range c.Contact {
			m.Contacts = append(m.Contacts, p.Kind)
		}
		for _, z := range c.Zones {
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
	for _, p := range f.Places {
		m.Places = append(m.Places, match.Place{Kind: p.Kind, At: feed.table.Place(p.Postcode)})
	}
	return m
}
