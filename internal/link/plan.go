package link

import (
	"cmp"
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/plan"
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

	solved           *solved
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
	p := &RegionPlan{Wish: w, board: b}
	for _, g := range b.waiting() {
		if lead := b.Groups[g][0]; member(lead.Agency) && b.mayFind(u.Actor, g) {
			p.groups = append(p.groups, g)
		}
	}
	for f, family := range b.Families {
		if member(family.Agency) {
			p.families = append(p.families, f)
		}
	}
	if w.Meeting {
		if err := p.listen(u); err != nil {
			return nil, err
		}
	}
	u.Searched(access.Child, "", len(p.groups))
	return p, p.take(b.plans.find(p))
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

// take takes the plan over from what has been worked out, if its proof holds.
func (p *RegionPlan) take(s *solved) error {
	if err := s.plan(); err != nil {
		return err
	}
	p.solved, p.Region, p.Plan, p.Unkept = s, s.region.Shared(), s.links, s.unkept
	return nil
}

// Stretched is what the plan would be in numbers if stretches were allowed too.
func (p *RegionPlan) Stretched() (plan.Figures, error) { return p.solved.stretched() }

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
