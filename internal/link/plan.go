package link

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/plan"
	"homeward/internal/plan/proof"
	"homeward/internal/work"
)

// PlanWish is what somebody asks of the region's plan.
type PlanWish struct {
	Stretch  bool // allow pairs that are a stretch too
	Priority plan.Priority
	Pool     string // of this pool's agencies alone; blank for all on the board
	Meeting  bool   // as a meeting said: pairs kept together and kept apart
}

// RegionPlan is the plan of what one worker may plan for: the groups that wait and
// whose children they may find families for, and the families of their board.
// Groups and families go by their places in the plan. Like its Region it is for
// one goroutine.
type RegionPlan struct {
	Wish   PlanWish
	Region *plan.Region
	Plan   plan.Plan  // proved the best
	Said   []PlanPair // at the meeting, of groups and families of the plan
	Unkept []PlanPair // of these, what the plan cannot do: the rules or the other pairs have changed

	question         plan.Question
	board            *Board
	groups, families []int // their places on the board
}

// PlanFor answers a wish. A plan that is not proved the best is given to nobody.
// That it was asked for is noted here; whoever shows a group or a family of it
// notes that.
func (b *Board) PlanFor(u *work.Unit, w PlanWish) (*RegionPlan, error) {
	member, err := b.memberOf(w.Pool)
	if err != nil {
		return nil, err
	}
	c, ordered, err := b.everything(u)
	if err != nil {
		return nil, err
	}
	p := &RegionPlan{Wish: w, board: b}
	q := plan.Question{Stretch: w.Stretch, Priority: w.Priority, Case: c}
	q.Case.Groups, q.Case.Families = nil, nil
	for _, g := range b.waiting() {
		if lead := b.Groups[g][0]; member(lead.Agency) && b.mayFind(u.Actor, g) {
			p.groups, q.Case.Groups, q.Ordered = append(p.groups, g), append(q.Case.Groups, c.Groups[g]), append(q.Ordered, ordered[g])
		}
	}
	for f, family := range b.Families {
		if member(family.Agency) {
			p.families, q.Case.Families = append(p.families, f), append(q.Case.Families, c.Families[f])
		}
	}
	if p.question = q; w.Meeting {
		if err := p.listen(u); err != nil {
			return nil, err
		}
	}
	u.Searched(access.Child, "", len(p.groups))
	return p, p.solve()
}

// listen takes in what the meeting said of the plan's pairs.
func (p *RegionPlan) listen(u *work.Unit) error {
	said, err := p.board.PlanPairs(u)
	for _, x := range said {
		_, group := p.Place(x.ChildID)
		if _, family := p.FamilyPlace(x.FamilyID); group && family {
			p.Said = append(p.Said, x)
		}
	}
	return err
}

// region solves a question as the meeting said, and gives what it could not keep
// to.
func (p *RegionPlan) region(q plan.Question) (r *plan.Region, unkept []PlanPair, err error) {
	if r, err = plan.For(q); err != nil {
		return nil, nil, err
	}
	for _, x := range p.Said {
		g, _ := p.Place(x.ChildID)
		f, _ := p.FamilyPlace(x.FamilyID)
		keep := r.Pin
		if x.Verdict == KeptApart {
			keep = r.Forbid
		}
		if err := keep(g, f); err != nil && fault.KindOf(err) == fault.Internal {
			return nil, nil, err
		} else if err != nil && x.Verdict == KeptTogether { // those who may not be linked are apart already
			unkept = append(unkept, x)
		}
	}
	return r, unkept, nil
}

// Stretched is what the plan would be in numbers if stretches were allowed too.
func (p *RegionPlan) Stretched() (plan.Figures, error) {
	q := p.question
	q.Stretch = true
	r, _, err := p.region(q)
	if err != nil {
		return plan.Figures{}, err
	}
	return r.Figures(), nil
}

// solve makes the plan, and takes it if its proof holds.
func (p *RegionPlan) solve() (err error) {
	if p.Region, p.Unkept, err = p.region(p.question); err != nil {
		return err
	}
	p.Plan = p.Region.Plan()
	if err := proof.Verify(p.Region.Instance(), p.Plan); err != nil {
		return fmt.Errorf("link: the plan is not proved: %w", err)
	}
	return nil
}

// memberOf tells who is of a pool.
func (b *Board) memberOf(pool string) (func(agencyCode string) bool, error) {
	in := func(code string) bool { return pool == "" || slices.Contains(b.Book.Agencies[code].Pools, pool) }
	if !slices.ContainsFunc(b.Book.List(), func(a agency.Agency) bool { return in(a.Code) }) && pool != "" {
		return nil, fault.New(fault.NotFound, fmt.Sprintf("There is no pool %q on this day. Name a pool by its code, as agencies.csv does.", pool))
	}
	return in, nil
}

// mayFind tells whether somebody may find families for a whole group.
func (b *Board) mayFind(actor access.Actor, g int) bool {
	return !slices.ContainsFunc(b.Groups[g], func(c child.Child) bool {
		return !access.Can(actor, access.FindFamilies, c.Thing(b.Book, access.Child)).Allow
	})
}

// everything is the facts of all on the board, by their places there, and the
// groups' placement orders. The board keeps its records only as far as they may
// be shown; the engine works from the records as they are, so they are read again.
func (b *Board) everything(u *work.Unit) (c match.Case, ordered []date.Date, err error) {
	children, err := child.Load(u.Tx, child.Query{})
	if err != nil {
		return c, nil, err
	}
	r := &records{feed: b.feed, groups: child.Groups(children)}
	if r.families, err = adopter.Load(u.Tx, adopter.Query{}); err != nil {
		return c, nil, err
	}
	if r.conflicts, err = Conflicts(u.Tx); err != nil {
		return c, nil, err
	}
	r.groups = slices.DeleteFunc(r.groups, func(g child.Group) bool { _, there := b.groupOf[g[0].ID]; return !there })
	r.families = slices.DeleteFunc(r.families, func(f adopter.Family) bool { _, there := b.familyAt[f.ID]; return !there })
	if !b.holds(r) {
		return c, nil, errors.New("link: the records are not those of the board")
	}
	for _, g := range r.groups {
		ordered = append(ordered, g.Ordered())
	}
	return b.facts(r, false), ordered, nil
}

// holds tells whether records are those of the board, each at its place.
func (b *Board) holds(r *records) bool {
	sameGroup := func(x, y child.Group) bool { return slices.Equal(x.IDs(), y.IDs()) }
	sameFamily := func(x, y adopter.Family) bool { return x.ID == y.ID }
	return slices.EqualFunc(r.groups, b.Groups, sameGroup) && slices.EqualFunc(r.families, b.Families, sameFamily)
}

// Groups is how many groups the plan is for.
func (p *RegionPlan) Groups() int { return len(p.groups) }

// Families is how many families the plan is for.
func (p *RegionPlan) Families() int { return len(p.families) }

// Group is the children in one place of the plan.
func (p *RegionPlan) Group(g int) child.Group { return p.board.Groups[p.groups[g]] }

// Family is the family in one place of the plan.
func (p *RegionPlan) Family(f int) adopter.Family { return p.board.Families[p.families[f]] }

// Place is the place of a group in the plan, by one of its children.
func (p *RegionPlan) Place(childID string) (int, bool) {
	g, ok := p.board.Group(childID)
	if !ok {
		return 0, false
	}
	return slices.BinarySearch(p.groups, g)
}

// FamilyPlace is the place of a family in the plan.
func (p *RegionPlan) FamilyPlace(familyID string) (int, bool) {
	f, ok := p.board.Family(familyID)
	if !ok {
		return 0, false
	}
	return slices.BinarySearch(p.families, f)
}

// Unlinked gives the places of the groups that have no link.
func (p *RegionPlan) Unlinked() []int {
	linked := make([]bool, len(p.groups))
	for _, l := range p.Plan.Links {
		linked[l.Group] = true
	}
	var list []int
	for g := range p.groups {
		if !linked[g] {
			list = append(list, g)
		}
	}
	return list
}

// ShowGroup notes that somebody was shown what the plan says of a group.
func (p *RegionPlan) ShowGroup(u *work.Unit, g int) {
	for _, c := range p.Group(g) {
		u.Saw(c.Subject(), "the region's plan: "+p.words())
	}
}

// ShowFamily notes the same of a family.
func (p *RegionPlan) ShowFamily(u *work.Unit, f int) {
	u.Saw(p.Family(f).Subject(), "the region's plan: "+p.words())
}

// words says which plan it is, in versions and codes.
func (p *RegionPlan) words() string {
	pairs := "suitable pairs"
	if p.Wish.Stretch {
		pairs = "suitable and stretch pairs"
	}
	return fmt.Sprintf("rules %s, as of %s, %s, priority %s, pool %s",
		p.Region.Pool.Rules().Version, p.board.asOf, pairs, p.Wish.Priority, cmp.Or(p.Wish.Pool, "all"))
}

// AsOf is the day the plan is reckoned on.
func (p *RegionPlan) AsOf() date.Date { return p.board.asOf }
