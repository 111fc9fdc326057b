package plan

import (
	"slices"
	"strconv"
	"sync"

	"homeward/internal/date"
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

// Family is the offer come true on a day, of no agency.
func (o Offer) Family(asOf date.Date) match.Family {
	return match.Family{
		Status:         "approved",
		ApprovedOn:     asOf,
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

// Missing weighs up families that do not exist yet against one region's plan. Any
// number may ask it at once, as long as the region does not change.
type Missing struct {
	region *Region
	pool   *match.Pool
	offers int
	only   func(group int) bool // nil: for all groups
	kept   *kept
}

// kept is which offers each group could be linked with, once somebody has asked.
type kept struct {
	once sync.Once
	fits [][]fit
}

// fit is an offer that a group could be linked with, and how much is known to fit.
type fit struct {
	offer int32
	low   int16
}

// Missing makes offers ready to be weighed up.
func (r *Region) Missing(offers []Offer) *Missing {
	c := match.Case{Rules: r.Pool.Rules(), AsOf: r.question.Case.AsOf, Groups: r.question.Case.Groups}
	for i, o := range offers {
		family := o.Family(c.AsOf)
		family.Ref.Ref = "offer " + strconv.Itoa(i)
		c.Families = append(c.Families, family)
	}
	return &Missing{region: r, pool: match.New(c), offers: len(offers), kept: &kept{}}
}

// For is the same offers for some of the groups alone: families who would be kept
// for them first. They may still free for others whom these are linked with now.
func (m *Missing) For(groups func(g int) bool) *Missing {
	part := *m
	part.only = groups
	return &part
}

// Gained is what one offer would add to the plan.
type Gained struct {
	Offer int
	Gain  int64 // 0: nothing
	Group int   // the group that would have it; -1 for none
}

// Gains is what each offer alone would add to the plan, exactly. The priority of
// a group stays as it is, though the newcomer makes it less scarce. It goes through
// the pairs group by group and keeps none: thousands of groups and offers make more
// pairs than need be in memory at once.
func (m *Missing) Gains() []Gained {
	var pairs []match.Pair
	var fits []fit
	return m.gains(m.region.solver, func(g int) []fit {
		fits, pairs = m.look(g, fits[:0], pairs[:0])
		return fits
	})
}

// look adds to fits the offers that a group could be linked with.
func (m *Missing) look(g int, fits []fit, pairs []match.Pair) ([]fit, []match.Pair) {
	pairs = m.pool.Survivors(g, pairs)
	for _, p := range pairs {
		if m.region.allows(p) {
			fits = append(fits, fit{p.Family, p.Low})
		}
	}
	return fits, pairs
}

// fits are the offers that a group could be linked with, looked up once for all.
func (m *Missing) fits(g int) []fit {
	m.kept.once.Do(func() {
		var pairs []match.Pair
		for g := range m.region.bonus {
			var fits []fit
			fits, pairs = m.look(g, nil, pairs[:0])
			m.kept.fits = append(m.kept.fits, fits)
		}
	})
	return m.kept.fits[g]
}

func (m *Missing) gains(s *Solver, fits func(g int) []fit) []Gained {
	all := make([]Gained, m.offers)
	for i := range all {
		all[i] = Gained{Offer: i, Group: alone}
	}
	for g, loss := range s.GroupLosses()[:len(m.region.bonus)] {
		if m.only != nil && !m.only(g) {
			continue
		}
		beside := Base + m.region.bonus[g] - loss // what a link gains beside its fit
		for _, x := range fits(g) {
			if gain := beside + int64(x.low); gain > all[x.offer].Gain {
				all[x.offer].Gain, all[x.offer].Group = gain, g
			}
		}
	}
	return all
}

// best is the offer that adds most, and of two that add as much the first.
func best(all []Gained) Gained {
	best := Gained{Group: alone}
	for _, x := range all {
		if x.Gain > best.Gain {
			best = x
		}
	}
	return best
}

// BestOf is, for each part of the region, the offer that would add most if it were
// for that part's groups alone. Part says which part a group is of, from 0.
func (m *Missing) BestOf(parts int, part func(group int) int) []Gained {
	most := make([][]Gained, parts)
	for g, loss := range m.region.solver.GroupLosses()[:len(m.region.bonus)] {
		at := part(g)
		if most[at] == nil {
			most[at] = make([]Gained, m.offers)
		}
		beside := Base + m.region.bonus[g] - loss
		for _, x := range m.fits(g) {
			if gain := beside + int64(x.low); gain > most[at][x.offer].Gain {
				most[at][x.offer] = Gained{int(x.offer), gain, g}
			}
		}
	}
	list := make([]Gained, parts)
	for i, all := range most {
		list[i] = best(all)
	}
	return list
}

// Groups are the groups that an offer could be linked with.
func (m *Missing) Groups(offer int) (list []int) {
	for g := range m.region.bonus {
		if _, ok := m.fit(g, offer); ok && (m.only == nil || m.only(g)) {
			list = append(list, g)
		}
	}
	return list
}

func (m *Missing) fit(g, offer int) (fit, bool) {
	fits := m.fits(g)
	i, ok := slices.BinarySearchFunc(fits, int32(offer), func(x fit, offer int32) int { return int(x.offer - offer) })
	if !ok {
		return fit{}, false
	}
	return fits[i], true
}

// Worth is what the plan would gain by the link of each group with an offer, the
// other groups placed again as is best; 0 or less: nothing. A group that the offer
// could not be linked with is not there.
func (m *Missing) Worth(offer int) map[int]int64 {
	worth, losses := map[int]int64{}, m.region.solver.GroupLosses()
	for _, g := range m.Groups(offer) {
		if losses[g] == Never {
			continue
		}
		x, _ := m.fit(g, offer)
		worth[g] = Base + m.region.bonus[g] + int64(x.low) - losses[g]
	}
	return worth
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
	s := m.region.solver.sketch()
	before := m.region.figures(s, s)
	var list []Recruit
	for range k {
		next := best(m.gains(s, m.fits))
		if next.Group == alone {
			break
		}
		if _, err := s.AddFamily(m.candidates(s, next.Offer)); err != nil {
			return nil, err
		}
		after := m.region.figures(s, s)
		list = append(list, Recruit{next.Offer, next.Gain, after.Links - before.Links, after.Children - before.Children})
		before = after
	}
	return list, nil
}

// candidates are the groups an offer could be linked with.
func (m *Missing) candidates(s *Solver, offer int) (list []Candidate) {
	for g := range m.region.bonus {
		if s.groups.gone[g] || m.only != nil && !m.only(g) {
			continue
		}
		if p := m.pool.Pair(g, offer); m.region.allows(p) {
			list = append(list, Candidate{At: g, Weight: m.region.weight(p)})
		}
	}
	return list
}
