package pool

import (
	"context"
	"math/bits"
	"slices"
)

// What happens.
const (
	evChildren uint8 = iota // to a council: a group comes
	evFamilies              // to a council: a family registers
	evOrdered               // to a group, and so down to evAdopted
	evBirthday
	evWiden
	evChanges
	evFalls
	evMatched
	evPlaced
	evDisrupts
	evAdopted
	evAssessed // to a family, and so down to evBrowses
	evAnswers
	evGivesUp
	evBrowses
	evPlans  // to all
	evCloses // a period
)

// sim plays replications of one scenario, one after another in the same memory.
type sim struct {
	*setup
	queue
	tally
	luck     uint64 // of the replication
	groups   []group
	families []family
	asks     []ask
	idle     []shelf  // groups that may ask, by reach
	register register // families that may be asked
	free     []shelf  // the same of each council, for plans alone
	comes    []source
	joins    []source
	plan     planning
}

// source is where a council's groups or families come from.
type source struct {
	dice dice
	at   float64 // days: when the last one came
	many uint64
	name uint64
}

// ask remembers that a group has asked about a family, so that it is not asked
// again, and which the group asked about before.
type ask struct{ family, next int32 }

func newSim(m *setup) *sim {
	n, pools := len(m.councils), int(slices.Max(m.pool))+1
	return &sim{setup: m, idle: make([]shelf, n+pools+2), free: make([]shelf, n), comes: make([]source, n), joins: make([]source, n)}
}

// play gives the result of a replication, which stands until the next is played.
func (s *sim) play(ctx context.Context, replication int) (*Result, error) {
	s.begin(replication)
	for s.day = range s.end {
		for {
			e, ok := s.take()
			if !ok {
				break
			}
			s.Events++
			s.happens(e)
		}
		if s.day%daysPerYear == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return &s.Result, nil
}

func (s *sim) begin(replication int) {
	s.queue.reset(s.end)
	s.tally.reset(replication, len(s.councils))
	s.groups, s.families, s.asks = s.groups[:0], s.families[:0], s.asks[:0]
	seed := s.scenario.Seed
	s.luck = mix(seed, uint64(replication))
	for day, i := s.warm, 0; i <= s.scenario.Periods; day, i = day+int32(s.scenario.PeriodDays), i+1 {
		s.put(day, evCloses, int32(i), 0)
	}
	s.register.reset(len(s.idle))
	for i := range s.idle {
		s.idle[i].reset()
	}
	for i := range s.councils {
		s.free[i].reset()
		s.comes[i].begin(seed, uint64(replication), "children", s.councils[i].Code)
		s.joins[i].begin(seed, uint64(replication), "families", s.councils[i].Code)
		s.next(&s.comes[i], s.groupsADay[i], evChildren, int32(i))
		s.next(&s.joins[i], s.familiesADay[i], evFamilies, int32(i))
	}
	if s.scenario.Policy.Search == ByPlan {
		s.put(int32(s.scenario.Policy.PlanDays), evPlans, 0, 0)
	}
}

func (c *source) begin(seed, replication uint64, kind, council string) {
	*c = source{}
	c.dice.seed(seed, replication, kind, council)
	c.name = c.dice.source.Uint64()
}

// next foresees the next comer.
func (s *sim) next(c *source, aDay float64, kind uint8, who int32) {
	if aDay <= 0 {
		return
	}
	if c.at += c.dice.exponential() / aDay; c.at < float64(s.end) {
		s.put(int32(c.at), kind, who, 0)
	}
}

// id names a comer the same under every policy.
func (c *source) id() uint64 {
	c.many++
	return mix(c.name, c.many)
}

func (s *sim) happens(e event) {
	switch e.kind {
	case evChildren:
		s.children(e.who)
	case evFamilies:
		s.household(e.who)
	case evPlans:
		s.plans()
	case evCloses:
		s.close(s.day, e.who > 0)
	case evAssessed, evAnswers, evGivesUp, evBrowses:
		s.toFamily(e, &s.families[e.who])
	default:
		s.toGroup(e, &s.groups[e.who])
	}
}

func (s *sim) toGroup(e event, g *group) {
	switch {
	case e.kind == evOrdered:
		s.ordered(e.who, g)
	case e.kind == evWiden:
		s.widens(e.who, g)
	case e.kind == evChanges:
		if g.state == waiting && g.changes == s.day {
			s.changesPlan(e.who, g)
		}
	case e.stamp != g.stamp: // overtaken
	case e.kind == evBirthday:
		s.birthday(e.who, g)
	case e.kind == evFalls:
		s.falls(e.who, g)
	case e.kind == evMatched:
		s.matched(e.who, g)
	case e.kind == evPlaced:
		s.moved(e.who, g)
	case e.kind == evDisrupts:
		s.disrupted(e.who, g)
	case e.kind == evAdopted:
		s.flow(fAdopted, int64(g.size))
		s.stock(s.day, sPlaced, -int64(g.size))
		g.state = gone
	}
}

func (s *sim) toFamily(e event, f *family) {
	switch {
	case e.kind == evAssessed:
		s.assessed(e.who, f)
	case e.kind == evGivesUp:
		if f.state == waiting {
			s.givesUp(e.who, f)
		}
	case e.stamp != f.stamp: // overtaken
	case e.kind == evAnswers:
		s.answered(e.who, f)
	case e.kind == evBrowses:
		s.browses(e.who, f)
	}
}

func (s *sim) children(council int32) {
	c := &s.comes[council]
	if s.childFlow.keeps(&c.dice, s.period(s.day)) {
		g := s.comesGroup(&c.dice, int16(council), s.day)
		g.id = c.id()
		s.groups = append(s.groups, g)
		s.stock(s.day, sDeciding, int64(g.size))
		s.put(g.ordered, evOrdered, int32(len(s.groups)-1), 0)
	}
	s.next(c, s.groupsADay[council], evChildren, council)
}

func (s *sim) household(council int32) {
	c := &s.joins[council]
	if s.familyFlow.keeps(&c.dice, s.period(s.day)) {
		f, until := s.registers(&c.dice, int16(council), s.day)
		f.id = c.id()
		s.families = append(s.families, f)
		s.flow(fRegistered, 1)
		s.assessedBy(&f, 1)
		s.put(until, evAssessed, int32(len(s.families)-1), 0)
	}
	s.next(c, s.familiesADay[council], evFamilies, council)
}

func (s *sim) ordered(who int32, g *group) {
	n := int64(g.size)
	s.stock(s.day, sDeciding, -n)
	if !g.comes {
		g.state = gone
		return
	}
	s.flow(fOrdered, n)
	s.flow(fOrderedGroups, 1)
	s.flow(fOrderedSiblings, siblings(g))
	if s.day >= s.warm && s.day < s.measured {
		g.counted = true
		s.Children.ordered(s.setup, g)
		if s.focus[g.council] {
			s.Focus.ordered(s.setup, g)
		}
	}
	p := s.scenario.Policy
	if p.OwnDays > 0 {
		s.put(s.day+int32(p.OwnDays), evWiden, who, 0)
	}
	if p.Beyond && p.PoolDays > 0 {
		s.put(s.day+int32(p.PoolDays), evWiden, who, 0)
	}
	if g.carers {
		s.goesToPanel(who, g)
		return
	}
	s.put(g.changes, evChanges, who, 0)
	s.waits(who, g)
}

func siblings(g *group) int64 {
	if g.size > 1 {
		return int64(g.size)
	}
	return 0
}

func older(g *group) (n int64) {
	for _, born := range g.born[:g.size] {
		if ageOn(g.ordered, born) >= 5 {
			n++
		}
	}
	return n
}

// waitingBy moves a group into (1) or out of (-1) the stock of those who wait.
func (s *sim) waitingBy(g *group, sign int64) {
	s.stock(s.day, sWaiting, sign*int64(g.size))
	s.stock(s.day, sWaitingGroups, sign)
	s.stock(s.day, sWaitingSiblings, sign*siblings(g))
	s.stock(s.day, sWaitingOlder, sign*older(g))
}

// waits begins a wait: after the order, or when a link has come to nothing.
func (s *sim) waits(who int32, g *group) {
	g.state, g.since, g.family = waiting, s.day, none
	g.stamp++
	s.waitingBy(g, 1)
	s.putGroup(who, g)
	s.nextBirthday(who, g)
	s.look(who, g)
}

// stopsWaiting ends it.
func (s *sim) stopsWaiting(g *group) {
	if g.shelf != none {
		s.takeGroup(g)
	}
	g.stamp++
	s.waitingBy(g, -1)
	s.flow(fSpells, 1)
	s.flow(fSpellDays, int64(s.day-g.since))
}

// putGroup puts a group where those find it whom it reaches today.
func (s *sim) putGroup(who int32, g *group) {
	g.on = s.reach(g)
	s.idle[g.on].add(who, s.groupKey(g, s.day), &g.shelf)
}

func (s *sim) widens(who int32, g *group) {
	if g.state != waiting || g.shelf == none {
		return // it reaches further when it may ask again
	}
	s.takeGroup(g)
	s.putGroup(who, g)
	s.look(who, g)
}

func (s *sim) takeGroup(g *group) {
	if moved := s.idle[g.on].drop(g.shelf); moved != none {
		s.groups[moved].shelf = g.shelf
	}
	g.shelf = none
}

func (s *sim) takeFamily(f *family) {
	if f.place != none {
		s.register.drop(f.place, s.finders(f))
	}
	if f.shelf != none {
		if moved := s.free[f.council].drop(f.shelf); moved != none {
			s.families[moved].shelf = f.shelf
		}
	}
	f.place, f.shelf = none, none
}

func (s *sim) nextBirthday(who int32, g *group) {
	next := s.end
	for _, born := range g.born[:g.size] {
		at := born + int32(float64(ageOn(s.day, born)+1)*365.25) + 1
		next = min(next, max(at, s.day+1))
	}
	s.put(next, evBirthday, who, g.stamp)
}

func (s *sim) birthday(who int32, g *group) {
	if g.shelf != none {
		s.idle[g.on].keys[g.shelf] = s.groupKey(g, s.day)
	}
	s.nextBirthday(who, g)
	s.look(who, g)
}

func (s *sim) changesPlan(who int32, g *group) {
	s.stopsWaiting(g)
	s.flow(fChanged, int64(g.size))
	g.state = gone
	s.letGo(who, g)
}

// letGo frees the families a group has asked about and needs no more.
func (s *sim) letGo(who int32, g *group) {
	for at := g.asks; at != none && g.open > 0; at = s.asks[at].next {
		if f := &s.families[s.asks[at].family]; f.state == asked && f.with == who {
			g.open--
			s.release(s.asks[at].family, f)
		}
	}
}

// release makes a family free again, or lets it leave if its patience is over.
func (s *sim) release(who int32, f *family) {
	f.state, f.with = waiting, none
	f.stamp++
	if f.leaves <= s.day {
		s.givesUp(who, f)
		return
	}
	s.isFree(who, f)
}

func (s *sim) isFree(who int32, f *family) {
	if s.scenario.Policy.Search == ByAdopter {
		s.put(s.day+s.spans.of(mix(f.id, uint64(s.day)), s.p.browse), evBrowses, who, f.stamp)
		return
	}
	f.place = s.register.add(who, f.key, f.offer, s.finders(f))
	if s.scenario.Policy.Search == ByPlan {
		s.free[f.council].add(who, f.key, &f.shelf)
	} else {
		s.consider(who, f)
	}
}

func (s *sim) givesUp(who int32, f *family) {
	s.takeFamily(f)
	f.state = gone
	f.stamp++
	s.flow(fGaveUp, 1)
	s.stock(s.day, sFamilies, -1)
}

func (s *sim) assessedBy(f *family, sign int64) {
	s.stock(s.day, sAssessed, sign)
	if !f.vaa {
		s.stock(s.day, sAssessedOwn, sign)
	}
}

func (s *sim) assessed(who int32, f *family) {
	s.assessedBy(f, -1)
	if !f.approves {
		f.state = gone
		return
	}
	f.state = waiting
	s.flow(fApproved, 1)
	if !f.vaa {
		s.flow(fApprovedOwn, 1)
	}
	s.stock(s.day, sFamilies, 1)
	s.put(f.leaves, evGivesUp, who, 0)
	s.isFree(who, f)
}

// asks about a family: the answer comes later.
func (s *sim) ask(group int32, g *group, who int32, f *family) {
	s.takeFamily(f)
	f.state, f.with = asked, group
	f.stamp++
	s.asks = append(s.asks, ask{who, g.asks})
	g.asks = int32(len(s.asks) - 1)
	g.asked |= 1 << (who % 64)
	if g.open++; int(g.open) == s.scenario.Policy.OpenLinks {
		s.takeGroup(g)
	}
	s.flow(fAsks, 1)
	s.put(s.day+s.spans.of(s.between(g, &f.offer), s.p.ask), evAnswers, who, f.stamp)
}

// between is the luck of a group and a family with one another: the same
// whenever, and under whatever policy, they come together.
func (s *sim) between(g *group, f *offer) uint64 { return mix(g.id^s.luck, f.id) }

// agrees tells whether an ask is answered yes by all: nothing the group needs is
// refused, and they suit one another.
func (s *sim) agrees(g *group, f *family) bool {
	return g.needs&^uint16(f.would) == 0 && unit(mix(s.between(g, &f.offer), 1)) < s.suits(g)
}

// suits is how often a group and a family suit one another.
func (s *sim) suits(g *group) float64 {
	chance := s.p.accepts
	for range g.size - 1 {
		chance *= s.p.acceptsMore
	}
	if older(g) > 0 {
		chance *= s.p.acceptsOlder
	}
	return chance
}

func (s *sim) answered(who int32, f *family) {
	group := f.with
	g := &s.groups[group]
	g.open--
	if s.agrees(g, f) {
		s.linked(group, g, who, f)
		return
	}
	s.flow(fRefused, 1)
	if g.shelf == none {
		s.putGroup(group, g)
	}
	s.look(group, g)
	s.release(who, f)
}

// linked: both sides have agreed, and the match goes to panel.
func (s *sim) linked(group int32, g *group, who int32, f *family) {
	s.stopsWaiting(g)
	g.family, f.state = who, matching
	f.stamp++
	s.stock(s.day, sFamilies, -1)
	s.goesToPanel(group, g)
	s.letGo(group, g)
}

// goesToPanel: a family is found, or was there already.
func (s *sim) goesToPanel(group int32, g *group) {
	g.state = matching
	g.attempts++
	s.flow(fAgreed, int64(g.size))
	s.matchedBy(g, 1)
	luck := s.attempt(g, evMatched)
	days := s.spans.of(luck, s.p.match)
	if g.family != none && unit(mix(luck, 1)) < s.p.falls {
		s.put(s.day+days, evFalls, group, g.stamp)
	} else {
		s.put(s.day+days, evMatched, group, g.stamp)
	}
}

// attempt is the luck of a group in something, by how many links it has had.
func (s *sim) attempt(g *group, what uint8) uint64 {
	return mix(g.id^s.luck, uint64(g.attempts)<<8|uint64(what))
}

func (s *sim) matchedBy(g *group, sign int64) {
	s.stock(s.day, sMatched, sign*int64(g.size))
	s.stock(s.day, sMatchedSiblings, sign*siblings(g))
}

// secondChance is how long a plan stands at least when a link or a placement has
// come to nothing.
const secondChance = 180

func (s *sim) waitsAgain(who int32, g *group) {
	if g.changes < s.day+secondChance {
		g.changes = s.day + secondChance
		s.put(g.changes, evChanges, who, 0)
	}
	s.waits(who, g)
}

func (s *sim) falls(who int32, g *group) {
	s.matchedBy(g, -1)
	f, family := &s.families[g.family], g.family
	s.stock(s.day, sFamilies, 1)
	s.waitsAgain(who, g)
	s.release(family, f)
}

func (s *sim) matched(who int32, g *group) {
	n := int64(g.size)
	g.state = moving
	s.flow(fMatched, n)
	s.flow(fMatchedGroups, 1)
	s.flow(fMatchedSiblings, siblings(g))
	if !g.placed {
		days := n * int64(s.day-g.ordered)
		s.flow(fWaits, n)
		s.flow(fWaitDays, days)
		if g.size > 1 {
			s.flow(fWaitsSiblings, n)
			s.flow(fWaitDaysSiblings, days)
		}
	}
	s.put(s.day+s.spans.of(s.attempt(g, evPlaced), s.p.move), evPlaced, who, g.stamp)
}

func (s *sim) moved(who int32, g *group) {
	n := int64(g.size)
	g.state = settled
	s.matchedBy(g, -1)
	s.stock(s.day, sPlaced, n)
	s.flow(fPlaced, n)
	s.flow(fPlacedGroups, 1)
	s.flow(fEntryDays, n*int64(s.day-g.entered))
	if g.family != none {
		f := &s.families[g.family]
		f.state = settled
		s.flow(fMilesOf, n)
		s.flow(fMiles, n*int64(miles(g, &f.offer)))
		s.pays(g, f)
	}
	if g.counted && !g.placed {
		s.Children.placed(s.setup, g, s.day)
		if s.focus[g.council] {
			s.Focus.placed(s.setup, g, s.day)
		}
	}
	g.placed = true
	luck := s.attempt(g, evAdopted)
	days := s.spans.of(luck, s.p.adopted)
	if unit(mix(luck, 1)) < s.p.disrupts {
		s.put(s.day+max(1, days/2), evDisrupts, who, g.stamp)
	} else {
		s.put(s.day+days, evAdopted, who, g.stamp)
	}
}

func (s *sim) disrupted(who int32, g *group) {
	s.stock(s.day, sPlaced, -int64(g.size))
	s.flow(fDisrupted, int64(g.size))
	g.family = none
	s.waitsAgain(who, g)
}

// pays counts the fee, which is owed to a voluntary agency, and between councils
// or between regional agencies as the policy says. It steers nothing.
func (s *sim) pays(g *group, f *family) {
	from, to := &s.councils[g.council], &s.councils[f.council]
	far := from.Code != to.Code
	if s.scenario.Policy.FeesOwed == "agencies" {
		far = from.Pool != to.Pool
	}
	fee := s.fees[g.size]
	switch {
	case f.vaa:
		fee = max(fee, s.vaaFee)
	case !far:
		return
	}
	s.flow(fPaid, 1)
	s.flow(fPounds, fee)
}

// shelf is who waits in a council, with their keys side by side: what is read
// over and over is all that is in it.
type shelf struct {
	keys []uint64
	who  []int32
}

func (s *shelf) reset() { s.keys, s.who = s.keys[:0], s.who[:0] }

func (s *shelf) add(who int32, key uint64, at *int32) {
	*at = int32(len(s.who))
	s.keys, s.who = append(s.keys, key), append(s.who, who)
}

// drop takes away what is at a place; what stood last now stands there, and is
// given back, unless it was itself the last.
func (s *shelf) drop(at int32) (moved int32) {
	last := int32(len(s.who) - 1)
	moved = s.who[last]
	s.keys[at], s.who[at] = s.keys[last], moved
	s.keys, s.who = s.keys[:last], s.who[:last]
	if at == last {
		return none
	}
	return moved
}

func unknowns(g *group, f *offer) int { return bits.OnesCount16(g.needs & f.unasked) }
