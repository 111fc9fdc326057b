package match

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"homeward/internal/date"
)

// Pool is a Case made ready for many questions. What rules families out is a
// bitmap over them, one column for each exclusion, so that pairs are dismissed 64
// at a time; what a family has answered is a few bytes, so that the rest are
// scored by looking up what each byte means to the group. An explanation is made
// only for what is shown.
//
// What a Pool says never changes after New: any number of goroutines may ask it. It keeps
// the Case's slices, which the caller must leave alone. References are taken to
// be unique among children and among families.
type Pool struct {
	c     Case
	rules *Rules

	codes []string // every need and kind of contact of a child, in byte order
	width int      // bytes that a family's answers take

	// said holds the answers, two bits a code and so four codes a byte; those of
	// family f are at [f*width : (f+1)*width].
	said []byte

	traits    []traits
	ages      column[ageRange]
	rooms     column[Count]
	homes     column[atHome]
	languages column[string] // a family's list, joined
	spoken    [][]string     // the same lists, apart

	groups      []group
	familyOrder []int32 // families by time since approval, agency, reference
	groupOrder  []int32 // groups by agency, first reference

	sheets sync.Pool // of *sheet
}

// traits are a family's facts as places in the pool's columns of distinct ones:
// thousands of families share some dozens of age ranges.
type traits struct {
	age, room, home, language uint32
	sex                       sexWish
	training                  schooling
}

// column holds the distinct values of one fact.
type column[K comparable] struct {
	kinds []K
	at    map[K]uint32
}

// place is where a value stands in the column, which takes it in if need be.
func (c *column[K]) place(k K) uint32 {
	i, ok := c.at[k]
	if !ok {
		if c.at == nil {
			c.at = map[K]uint32{}
		}
		i = uint32(len(c.kinds))
		c.at[k] = i
		c.kinds = append(c.kinds, k)
	}
	return i
}

// New makes a pool. A Case without rules has those of its as-of date.
func New(c Case) *Pool {
	if c.Rules == nil {
		c.Rules = RulesOn(c.AsOf)
	}
	p := &Pool{c: c, rules: c.Rules}
	p.collectCodes()
	p.addFamilies()
	p.addGroups()
	p.familyOrder = inOrderOf(len(c.Families), func(a, b int32) int { return compareFamilies(&c.Families[a], &c.Families[b]) })
	p.groupOrder = inOrderOf(len(c.Groups), func(a, b int32) int { return compareRefs(c.Groups[a].first(), c.Groups[b].first()) })
	return p
}

// Rules is the version the pool works with.
func (p *Pool) Rules() *Rules { return p.rules }

// first is the reference of the group's first child.
func (g Group) first() Ref {
	if len(g.Children) == 0 {
		return Ref{}
	}
	return g.Children[0].Ref
}

// inOrderOf is 0 to n-1 in an order; equals stay as they were.
func inOrderOf(n int, compare func(a, b int32) int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, compare)
	return order
}

// compareFamilies puts the family that has waited longest since approval first
// and one without an approval date last; agency and reference only so that the
// order is always the same one (docs/matching.md, 4).
func compareFamilies(a, b *Family) int {
	if a.ApprovedOn.Known() != b.ApprovedOn.Known() {
		if a.ApprovedOn.Known() {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.ApprovedOn, b.ApprovedOn), compareRefs(a.Ref, b.Ref))
}

func compareRefs(a, b Ref) int {
	return cmp.Or(strings.Compare(a.Agency, b.Agency), strings.Compare(a.Ref, b.Ref))
}

// collectCodes takes in the codes of every child. What a family has said about
// a code no child has cannot matter.
func (p *Pool) collectCodes() {
	seen := map[string]bool{}
	for _, g := range p.c.Groups {
		for _, child := range g.Children {
			for _, n := range child.Needs {
				seen[n.Code] = true
			}
			for _, kind := range child.Contacts {
				seen[kind] = true
			}
		}
	}
	p.codes = make([]string, 0, len(seen))
	for code := range seen {
		p.codes = append(p.codes, code)
	}
	slices.Sort(p.codes)
	p.width = (len(p.codes) + 3) / 4
}

// addFamilies fills the columns and the bits of the answers.
func (p *Pool) addFamilies() {
	places := make(map[string]int, len(p.codes))
	for i, code := range p.codes {
		places[code] = i
	}
	p.said = make([]byte, len(p.c.Families)*p.width)
	p.traits = make([]traits, len(p.c.Families))
	for f := range p.c.Families {
		family := &p.c.Families[f]
		p.traits[f] = p.traitsOf(family)
		for _, offer := range family.Offers {
			if i, ok := places[offer.Code]; ok {
				p.note(f, i, offer.Answer)
			}
		}
	}
}

// note writes an answer down; of two about the same code the later holds.
func (p *Pool) note(f, code int, a Answer) {
	at, shift := f*p.width+code/4, code%4*2
	p.said[at] = p.said[at]&^(3<<shift) | byte(a&3)<<shift
}

// answer reads an answer back.
func (p *Pool) answer(f, code int) Answer {
	return Answer(p.said[f*p.width+code/4] >> (code % 4 * 2) & 3)
}

func (p *Pool) traitsOf(f *Family) traits {
	t := traits{
		age:      p.ages.place(ageRange{f.AgeMin, f.AgeMax}),
		room:     p.rooms.place(f.MaxChildren),
		home:     p.homes.place(p.atHome(f)),
		language: p.languages.place(strings.Join(f.Languages, "|")),
		sex:      wishOf(f.Sex),
		training: schoolingOf(f.Training),
	}
	if int(t.language) == len(p.spoken) {
		p.spoken = append(p.spoken, f.Languages)
	}
	return t
}

// atHome is the age of the youngest child at home; birth dates are missing when
// fewer are given than children (docs/matching.md, 3).
func (p *Pool) atHome(f *Family) atHome {
	if !f.ChildrenAtHome.Known {
		return atHome{}
	}
	if f.ChildrenAtHome.N == 0 {
		return atHome{none: true}
	}
	given, last := 0, date.Date(0)
	for _, born := range f.Household {
		if born.Known() {
			given++
			last = max(last, born)
		}
	}
	if given < f.ChildrenAtHome.N {
		return atHome{}
	}
	return atHome{known: true, youngest: last.YearsOn(p.c.AsOf)}
}
