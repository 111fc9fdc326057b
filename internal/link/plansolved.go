package link

import (
	"fmt"
	"slices"
	"sync"

	"homeward/internal/fault"
	"homeward/internal/plan"
	"homeward/internal/plan/proof"
)

// shelf keeps the plans of one revision that were worked out last, since a meeting
// looks at the same plan page after page. Who may see whom is asked before a plan
// is looked for: a plan is found by just the groups and families it is made of.
type shelf struct {
	mu   sync.Mutex
	kept []*solved // the latest last
}

// maxPlans bounds the plans kept: one of the whole country takes some 30 MB.
const maxPlans = 8

// find gives the plan that somebody asks for, whether it has been worked out or is
// to be.
func (s *shelf) find(p *RegionPlan) *solved {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.kept, func(x *solved) bool { return x.answers(p) })
	var found *solved
	if at >= 0 {
		found = s.kept[at]
		s.kept = slices.Delete(s.kept, at, at+1)
	} else {
		found = newSolved(p)
	}
	s.kept = append(s.kept, found)
	if len(s.kept) > maxPlans {
		s.kept = slices.Delete(s.kept, 0, 1)
	}
	return found
}

// solved is a plan worked out once, for all who may ask for it. Nothing in it
// changes any more.
type solved struct {
	asked RegionPlan // the wish, the board and the places of groups and families

	plan      func() error // works out what follows
	region    *plan.Region
	links     plan.Plan
	unkept    []PlanPair
	said      []said // of each family
	stretched func() (plan.Figures, error)
	answered  func() (plan.Figures, error)

	missing func() *plan.Missing // of all kinds of family there are to look for
	lacks   func() []AgencyLack
	mu      sync.Mutex
	recruit map[string][]Brief // by whose children they are for first
}

func newSolved(p *RegionPlan) *solved {
	s := &solved{asked: *p, recruit: map[string][]Brief{}}
	s.plan = sync.OnceValue(s.solve)
	s.stretched = sync.OnceValues(s.stretch)
	s.missing = sync.OnceValue(func() *plan.Missing { return s.region.Missing(offersOf(briefs())) })
	s.answered = sync.OnceValues(s.allYes)
	s.lacks = sync.OnceValue(s.lack)
	return s
}

// answers tells whether this is the plan that is asked for.
func (s *solved) answers(p *RegionPlan) bool {
	q := &s.asked
	return q.board == p.board && q.Wish == p.Wish && slices.Equal(q.groups, p.groups) && slices.Equal(q.families, p.families) && slices.Equal(q.Said, p.Said)
}

// question is what the plan is asked for: of the records as they are, though the
// board shows them only as far as they may be seen.
func (s *solved) question() plan.Question {
	p, b := &s.asked, s.asked.board
	q := plan.Question{Stretch: p.Wish.Stretch, Priority: p.Wish.Priority, Case: b.known}
	q.Case.Early, q.Case.Groups, q.Case.Families = false, nil, nil
	for _, g := range p.groups {
		q.Case.Groups, q.Ordered = append(q.Case.Groups, b.known.Groups[g]), append(q.Ordered, b.ordered[g])
	}
	for _, f := range p.families {
		q.Case.Families = append(q.Case.Families, b.known.Families[f])
	}
	return q
}

// solve makes the plan as the meeting said, and proves it.
func (s *solved) solve() (err error) {
	if s.region, err = plan.For(s.question()); err != nil {
		return err
	}
	if s.unkept, err = s.asked.heed(s.region); err != nil {
		return err
	}
	s.links, s.said = s.region.Plan(), s.asked.answersOf()
	if err := proof.Verify(s.region.Instance(), s.links); err != nil {
		return fmt.Errorf("link: the plan is not proved: %w", err)
	}
	return nil
}

// heed keeps together and apart in a region what the meeting said, and gives what
// cannot be kept.
func (p *RegionPlan) heed(r *plan.Region) (unkept []PlanPair, err error) {
	for _, x := range p.Said {
		g, _ := p.Place(x.ChildID)
		f, _ := p.FamilyPlace(x.FamilyID)
		keep := r.Pin
		if x.Verdict == KeptApart {
			keep = r.Forbid
		}
		if err := keep(g, f); err != nil && fault.KindOf(err) == fault.Internal {
			return nil, err
		} else if err != nil && x.Verdict == KeptTogether { // those who may not be linked are apart already
			unkept = append(unkept, x)
		}
	}
	return unkept, nil
}

func (s *solved) stretch() (plan.Figures, error) {
	r, err := s.region.Stretched()
	if err != nil {
		return plan.Figures{}, err
	}
	if _, err := s.asked.heed(r); err != nil {
		return plan.Figures{}, err
	}
	return r.Figures(), nil
}
