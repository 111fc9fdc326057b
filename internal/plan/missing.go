package plan

import (
	"strconv"

	"homeward/internal/match"
)

// Offer is a family that does not exist yet, as a recruiter could look for it.
// What is left blank is not known of it, as of any family. Without a place
// nobody can tell that it is outside a zone, so it is nothing to a group with one.
type Offer struct {
	Children       match.Count // the most it could take
	AgeMin, AgeMax match.Count
	Sex            string        // M, F, any or blank
	Answers        []match.Offer // to needs and kinds of contact
	Training       string        // yes, no or blank
	Languages      []string
	Places         []match.Place
	AtHome         match.Count // children living there already
}

// family is the offer as an approved family.
func (o Offer) family(i int, q *Question) match.Family {
	return match.Family{
		Ref:            match.Ref{Ref: "offer " + strconv.Itoa(i)},
		Status:         "approved",
		ApprovedOn:     q.Case.AsOf,
		MaxChildren:    o.Children,
		AgeMin:         o.AgeMin,
		AgeMax:         o.AgeMax,
		Sex:            o.Sex,
		Languages:      o.Languages,
		ChildrenAtHome: o.AtHome,
		Training:       o.Training,
		Offers:         o.Answers,
		Places:         o.Places,
	}
}

// Missing weighs up families that do not exist yet against one region's plan.
type Missing struct {
	region *Region
	pool   *match.Pool
	offers int
}

// Missing makes offers ready to be weighed up.
func (r *Region) Missing(offers []Offer) *Missing {
	c := match.Case{Rules: r.Pool.Rules(), AsOf: r.question.Case.AsOf, Groups: r.question.Case.Groups}
	for i, o := range offers {
		c.Families = append(c.Families, o.family(i, &r.question))
	}
	return &Missing{region: r, pool: match.New(c), offers: len(offers)}
}

// Gained is what one offer would add to the plan.
type Gained struct {
	Offer int
	Gain  int64 // 0: nothing
	Group int   // the group that would have it; -1 for none
}

// Gains is what each offer alone would add to the plan, exactly. The priority of
// a group stays as it is, though the newcomer makes it less scarce.
func (m *Missing) Gains() []Gained { return m.gains(m.region.solver) }

// gains goes through the pairs group by group and keeps none: thousands of groups
// and offers make more pairs than need be in memory at once.
func (m *Missing) gains(s *Solver) []Gained {
	all := make([]Gained, m.offers)
	for i := range all {
		all[i] = Gained{Offer: i, Group: alone}
	}
	var pairs []match.Pair
	for g, loss := range s.GroupLosses()[:len(m.region.bonus)] {
		pairs = m.pool.Survivors(g, pairs[:0])
		beside := Base + m.region.bonus[g] - loss // what a link gains beside its fit
		for i := range pairs {
			p := &pairs[i]
			if gain := beside + int64(p.Low); gain > all[p.Family].Gain && m.region.allows(*p) {
				all[p.Family].Gain, all[p.Family].Group = gain, g
			}
		}
	}
	return all
}

// Recruit is one family of a list to be recruited.
type Recruit struct {
	Offer    int
	Gain     int64 // what it adds to the plan and those before it in the list
	Links    int   // how many more groups then have a link
	Children int   // and children
}

// Best is up to k families to recruit, each the one that adds most to the plan
// with those before it; the same offer may come again. The list ends where no
// offer adds anything.
//
// A family adds no more to a larger plan than to a smaller one, and never takes
// anything away: the weight of the best plan is a monotone submodular function of
// the families added, so such a list adds at least 1 - 1/e (63 parts in 100) of
// what the best k together could (Nemhauser, Wolsey and Fisher 1978). The first
// is the best single one.
func (m *Missing) Best(k int) ([]Recruit, error) {
	s := m.region.solver.Copy()
	before := m.region.figures(s, s)
	var list []Recruit
	for range k {
		best := Gained{Group: alone}
		for _, g := range m.gains(s) {
			if g.Gain > best.Gain {
				best = g
			}
		}
		if best.Group == alone {
			break
		}
		if _, err := s.AddFamily(m.candidates(s, best.Offer)); err != nil {
			return nil, err
		}
		after := m.region.figures(s, s)
		list = append(list, Recruit{best.Offer, best.Gain, after.Links - before.Links, after.Children - before.Children})
		before = after
	}
	return list, nil
}

// candidates are the groups an offer could be linked with.
func (m *Missing) candidates(s *Solver, offer int) (list []Candidate) {
	for g := range m.region.bonus {
		if p := m.pool.Pair(g, offer); m.region.allows(p) && !s.groups.gone[g] {
			list = append(list, Candidate{At: g, Weight: m.region.weight(p)})
		}
	}
	return list
}
