package pool

import (
	"math"
	"slices"
)

// reach is how far a group looks today: one number for each council's own
// families, then one for each pool's, then that of all, and last one from which
// nobody looks.
func (s *sim) reach(g *group) int16 {
	p := &s.scenario.Policy
	switch since := int(s.day - g.ordered); {
	case since < p.OwnDays:
		return g.council
	case p.Beyond && since >= p.PoolDays:
		return s.all()
	}
	return s.ofPool(g.council)
}

func (s *sim) ofPool(council int16) int16 { return int16(len(s.councils)) + s.pool[council] }

func (s *sim) all() int16 { return int16(len(s.idle) - 2) }

// finders gives the reaches of those who find a family. A voluntary agency's is
// no council's own.
func (s *sim) finders(f *family) [3]int16 {
	own := f.council
	if f.vaa {
		own = s.all() + 1
	}
	return [3]int16{s.all(), s.ofPool(f.council), own}
}

func miles(g *group, f *offer) float64 {
	return math.Hypot(float64(g.x-f.x), float64(g.y-f.y)) / metresPerMile
}

// mayAsk tells whether nothing else stands against a pair within reach whose
// keys agree: the family is not near the home the children came from, and has
// not been asked about them before.
func (s *sim) mayAsk(g *group, who int32, f *offer) bool {
	dx, dy := g.x-f.x, g.y-f.y
	if dx*dx+dy*dy < g.zone {
		return false
	}
	if g.asked&(1<<(who%64)) == 0 {
		return true
	}
	for at := g.asks; at != none; at = s.asks[at].next {
		if s.asks[at].family == who {
			return false
		}
	}
	return true
}

// fit is how well a pair is known to suit, from 0 to 100: less for each need the
// family was not asked about, for each place it has beyond what the group needs
// (others need it more), and if it is another council's.
func fit(g *group, f *offer) int32 {
	points := 100 - 12*int32(unknowns(g, f)) - 8*int32(f.number-g.size)
	if g.council != f.council {
		points -= 10
	}
	return max(points, 0)
}

// urgency is how long a group has waited and how much it asks, from 0 to 100.
func (s *sim) urgency(g *group) int32 {
	wait := min(s.day-g.ordered, followDays) * 50 / followDays
	return wait + min(50, int32(12*(g.size-1))+int32(6*s.needClass(g.needs)))
}

// worth weighs a pair by the policy's priority.
func (s *sim) worth(g *group, f *offer) int32 {
	p := s.scenario.Policy.Priority
	if p == 0 {
		return fit(g, f)
	}
	return int32((1-p)*float64(fit(g, f)) + p*float64(s.urgency(g)))
}

// best keeps the best of what it is shown; of equals, that of more luck.
type best struct {
	who   int32
	worth int32
	luck  uint64
}

// sees tells whether another is better than the best so far.
func (b *best) sees(worth int32, luck uint64) bool {
	return b.who == none || worth > b.worth || worth == b.worth && luck > b.luck
}

// look is what a group's worker does when a wait begins, an answer was no, a
// child has a birthday or the search widens: asks about the best families there
// are, as many as may be asked at once.
func (s *sim) look(who int32, g *group) {
	if s.scenario.Policy.Search != ByWorker {
		return
	}
	for g.state == waiting && int(g.open) < s.scenario.Policy.OpenLinks {
		found := s.bestFamily(g)
		if found == none {
			return
		}
		s.ask(who, g, found, &s.families[found])
	}
}

func (s *sim) bestFamily(g *group) int32 {
	top := best{who: none}
	for _, at := range s.register.open(s.reach(g), s.groupKey(g, s.day)) {
		f := &s.register.offers[at]
		worth := fit(g, f)
		if worth < top.worth {
			continue
		}
		who, luck := s.register.who[at], s.between(g, f)
		if top.sees(worth, luck) && s.mayAsk(g, who, f) {
			top = best{who, worth, luck}
		}
	}
	return top.who
}

// consider is what workers do when a family is free: the best group for it asks.
func (s *sim) consider(who int32, f *family) {
	if f.state != waiting {
		return
	}
	key, top := f.key, best{who: none}
	for _, reach := range s.finders(f) {
		shelf := &s.idle[reach]
		for i, needed := range shelf.keys {
			if needed&^key != 0 {
				continue
			}
			g := &s.groups[shelf.who[i]]
			worth, luck := s.worth(g, &f.offer), s.between(g, &f.offer)
			if top.sees(worth, luck) && s.mayAsk(g, who, &f.offer) {
				top = best{shelf.who[i], worth, luck}
			}
		}
	}
	if top.who != none {
		s.ask(top.who, &s.groups[top.who], who, f)
	}
}

// browses is what a family does that looks for itself: it knows what it would
// take and asks about the children most families ask about: young, alone, with
// little known against them.
func (s *sim) browses(who int32, f *family) {
	top := best{who: none}
	for _, reach := range s.finders(f) {
		shelf := &s.idle[reach]
		for i, needed := range shelf.keys {
			if needed&^f.would != 0 {
				continue
			}
			g := &s.groups[shelf.who[i]]
			worth, luck := s.appeal(g), s.between(g, &f.offer)
			if top.sees(worth, luck) && s.mayAsk(g, who, &f.offer) {
				top = best{shelf.who[i], worth, luck}
			}
		}
	}
	if top.who == none {
		s.put(s.day+s.spans.of(mix(f.id, uint64(s.day)), s.p.browse), evBrowses, who, f.stamp)
		return
	}
	s.ask(top.who, &s.groups[top.who], who, f)
}

func (s *sim) appeal(g *group) int32 {
	return -int32(10*s.needClass(g.needs)) - 5*int32(ageOn(s.day, g.born[g.size-1])) - 10*int32(g.size-1)
}

// Pair is a group and a family that may be linked, by their places in the two
// lists of a plan, and what the link would be worth. Pairs come group by group.
type Pair struct{ Group, Family, Worth int32 }

// before tells whether a pair of the same group is the better.
func (p Pair) before(q Pair) bool {
	return p.Worth > q.Worth || p.Worth == q.Worth && p.Family < q.Family
}

// Planner chooses links, each group and each family in at most one: it gives for
// each group its family or -1, in links, which has a place for each group. It
// must give the same links for the same pairs.
type Planner func(groups, families int, pairs []Pair, links []int32)

// Greedy takes the pair of most worth, then the next that is still possible, and
// so on: what a meeting does that goes down a list.
func Greedy(groups, families int, pairs []Pair, links []int32) {
	for i := range links {
		links[i] = none
	}
	order, taken := make([]uint64, len(pairs)), make([]bool, families)
	for i, p := range pairs {
		order[i] = uint64(math.MaxInt32-p.Worth)<<32 | uint64(i)
	}
	slices.Sort(order)
	for _, o := range order {
		p := pairs[uint32(o)]
		if links[p.Group] == none && !taken[p.Family] {
			links[p.Group], taken[p.Family] = p.Family, true
		}
	}
}

// planning is what a plan is made from, kept for its memory.
type planning struct {
	groups, families []int32
	at               []int32 // place in families, by family
	pairs            []Pair
	links            []int32
}

// linkWorth is what a link is worth before its fit: two are worth more than one.
const linkWorth = 1000

// plans makes the plan of all together, and asks about every link in it.
func (s *sim) plans() {
	s.put(s.day+int32(s.scenario.Policy.PlanDays), evPlans, 0, 0)
	p := &s.plan
	p.groups, p.families, p.pairs = p.groups[:0], p.families[:0], p.pairs[:0]
	for len(p.at) < len(s.families) {
		p.at = append(p.at, none)
	}
	for i := range s.free {
		for _, who := range s.free[i].who {
			p.at[who] = int32(len(p.families))
			p.families = append(p.families, who)
		}
	}
	for i := range s.idle {
		for _, who := range s.idle[i].who {
			s.pairsOf(who, &s.groups[who])
		}
	}
	p.links = slices.Grow(p.links[:0], len(p.groups))[:len(p.groups)]
	s.planner(len(p.groups), len(p.families), p.pairs, p.links)
	for i, link := range p.links {
		if link != none {
			s.ask(p.groups[i], &s.groups[p.groups[i]], p.families[link], &s.families[p.families[link]])
		}
	}
}

// planChoices is how many families a group has in a plan at most, the best ones:
// further ones change a plan hardly and cost most of its time.
const planChoices = 20

func (s *sim) pairsOf(who int32, g *group) {
	p := &s.plan
	group, first := int32(len(p.groups)), len(p.pairs)
	p.groups = append(p.groups, who)
	for _, at := range s.register.open(s.reach(g), s.groupKey(g, s.day)) {
		f, family := &s.register.offers[at], s.register.who[at]
		pair := Pair{group, p.at[family], linkWorth + s.worth(g, f)}
		full := len(p.pairs)-first == planChoices
		if full && !pair.before(p.pairs[len(p.pairs)-1]) || !s.mayAsk(g, family, f) {
			continue
		}
		if !full {
			p.pairs = append(p.pairs, pair)
		}
		i := len(p.pairs) - 1
		for ; i > first && pair.before(p.pairs[i-1]); i-- {
			p.pairs[i] = p.pairs[i-1]
		}
		p.pairs[i] = pair
	}
}
