package pool

// group is children who are to be placed together: one child, or brothers and
// sisters.
type group struct {
	id       uint64
	born     [4]int32 // days, the youngest first
	x, y     float32  // the home they came from
	zone     float32  // metres round it, squared
	entered  int32
	decided  int32
	ordered  int32
	changes  int32 // the day on which the plan is changed for want of a family
	since    int32 // waiting since, this time
	family   int32
	asks     int32  // the latest, in sim.asks
	asked    uint64 // a bit for each family asked, which some share: none means never
	stamp    int32
	shelf    int32 // its place on the shelf it is on; none
	on       int16 // the shelf, in sim.idle
	needs    uint16
	council  int16
	size     uint8
	ethnic   uint8 // for the report alone
	state    uint8
	open     uint8 // asks not answered yet
	attempts uint8 // links agreed so far
	counted  bool  // in the results
	placed   bool  // has been, once
	comes    bool  // to an order
	carers   bool  // has its family already
}

// offer is what of a family a search weighs, beside its key.
type offer struct {
	id      uint64
	x, y    float32
	unasked uint16 // needs it was not asked about
	council int16
	number  uint8 // of children at most
}

// family is a household that takes one group.
type family struct {
	offer
	key      uint64 // what it says it would take
	would    uint64 // what it would take
	approved int32
	leaves   int32 // the day on which it gives up for want of a child
	with     int32 // the group it is asked about or matched with
	stamp    int32
	place    int32 // in the register; none
	shelf    int32 // for plans; none
	state    uint8
	vaa      bool
	approves bool // comes to approval
}

// What a group or a family is at. Not every one is of both.
const (
	coming   uint8 = iota // towards the order, or the approval
	waiting               // a family is being looked for; a family may be asked
	asked                 // a family, about a group
	matching              // a link is agreed
	moving                // the match is decided
	settled               // placed
	gone
)

// comesGroup draws a group whose plan becomes adoption today.
func (m *setup) comesGroup(d *dice, council int16, day int32) group {
	c := &m.councils[council]
	g := group{council: council, decided: day, shelf: none, asks: none, family: none}
	g.size = uint8(d.pick(m.sizes)) + 1
	years := d.pick(m.entryAges)
	age := (float64(years) + d.float()) * daysPerYear
	g.entered = day - m.spans.of(d.source.Uint64(), m.p.toDecision[years]*daysPerMonth)
	g.ordered = day + m.spans.of(d.source.Uint64(), m.p.toOrder)
	born := g.entered - int32(age)
	for i := range g.size {
		g.born[i] = born
		born -= max(300, m.spans.of(d.source.Uint64(), m.p.gapDays))
	}
	for _, born := range g.born[:g.size] {
		g.needs |= m.childNeeds(d, ageOn(g.ordered, born))
	}
	g.ethnic = uint8(d.pick(c.Ethnic))
	g.x, g.y = scatter(d, c, c.Radius*m.p.scatter)
	radius := float32(m.spans.of(d.source.Uint64(), max(1, m.p.zoneMetres)))
	if !d.chance(m.p.zoneNone) && m.p.zoneMetres > 0 {
		g.zone = radius * radius
	}
	g.changes = g.ordered + int32(m.p.changeAfter) + whole(d.exponential()*m.p.change)
	g.comes, g.carers = !d.chance(m.p.noOrder), d.chance(m.p.ownCarers)
	return g
}

func (m *setup) childNeeds(d *dice, years int) (needs uint16) {
	for i, n := range m.needs {
		share := n.younger
		if years >= 5 {
			share = n.older
		}
		needs |= bit(d.draw() < share) << i
	}
	return needs
}

// registers draws a family that starts stage one, and gives the day on which it
// will be approved or leave.
func (m *setup) registers(d *dice, council int16, day int32) (f family, until int32) {
	f = family{offer: offer{council: council}, place: none, shelf: none, with: none}
	f.number = uint8(d.pick(m.maxChildren)) + 1
	ageMax := ageMaxYears[d.pick(m.ageMaxes)]
	ageMin := min(ageMinYears[d.pick(m.ageMins)], ageMax)
	would, said, unasked := m.answers(d)
	f.key, f.would = familyKey(said, ageMin, ageMax, int(f.number)), familyKey(would, ageMin, ageMax, int(f.number))
	f.unasked = unasked
	f.vaa = d.chance(m.p.vaa)
	c := &m.councils[council]
	metres := c.Radius * m.p.scatter
	if d.chance(m.p.outside) || f.vaa {
		metres = c.Radius + m.p.outsideMetres
	}
	f.x, f.y = scatter(d, c, metres)
	one, two := m.spans.of(d.source.Uint64(), m.p.stageOne), m.spans.of(d.source.Uint64(), m.p.stageTwo)
	leavesOne, leavesTwo := d.chance(m.p.stageOneLeaves), d.chance(m.p.stageTwoLeaves)
	patience := whole(d.exponential() * m.p.patience)
	f.approves = !leavesOne && !leavesTwo
	until = day + one
	if !leavesOne {
		until += two
	}
	f.approved, f.leaves = until, until+patience
	return f, until
}

// answers are which needs a family would take, which it says it would take, and
// which it was not asked about. A family ticks more than it would take: of what
// it would refuse it has said so only as often as the information is good.
func (m *setup) answers(d *dice) (would, said, unasked uint16) {
	openness := d.draw()
	for i, n := range m.needs {
		at, tells, skipped := d.draw(), bit(d.draw() < m.p.information), bit(d.draw() < m.p.unasked)
		if d.draw() < m.p.openness {
			at = openness
		}
		takes := bit(at >= n.no)
		would |= takes << i
		said |= (takes | skipped | 1&^tells) << i
		unasked |= skipped << i
	}
	return would, said, unasked
}

// bit is 1 for yes: chance is hard to foresee, and this takes no branch.
func bit(yes bool) (b uint16) {
	if yes {
		b = 1
	}
	return b
}
