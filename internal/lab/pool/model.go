// Package pool is the pool laboratory: it plays what happens to children waiting
// for adoption and to families, day by day over years, under one way of pooling
// and looking or another, to show councils what a bigger pool would change and
// for whom. Nobody in it is real and nothing in it says anything about any one
// child: it knows rates, shares and times, most of them published or fitted to
// what is (data/parameters.csv), many of them assumed.
//
// It is pure: a scenario gives the same bytes on any number of processors. The
// same children and families come whatever the policy, so policies are compared
// on the same luck. A child's ethnic group is drawn for the report and nothing
// else reads it: no rule matches or orders by it (Adoption and Children Act
// 2002; Equality Act 2010). Money is counted and steers nothing.
//
// docs/laboratory.md is its model card: what it is for, what it is not, what it
// agrees with and what is assumed.
package pool

import (
	"math"
	"math/bits"
	"slices"

	"homeward/internal/lab"
)

// need is a row of data/needs.csv.
type need struct {
	younger, older, no odds
	disability         bool
}

// readNeeds gives them with families who say no so many times as often.
func readNeeds(closed float64) (list []need) {
	for _, r := range rows("needs.csv") {
		list = append(list, need{oddsOf(lab.Number(r[1])), oddsOf(lab.Number(r[2])), oddsOf(lab.Number(r[3]) * closed), r[4] == "yes"})
	}
	return list
}

// setup is a scenario made ready to be played, which playing does not change.
type setup struct {
	scenario     *Scenario
	v            values
	councils     []Council
	pool         []int16 // of each council
	focus        []bool  // of each council
	needs        []need
	disabilities uint16
	spans        *spans
	planner      Planner

	groupsADay, familiesADay []float64 // of each council, at their most
	childFlow, familyFlow    flow
	sizes, entryAges         []float64
	maxChildren              []float64
	ageMaxes, ageMins        []float64
	fees                     [5]int64
	vaaFee                   int64

	warm, measured, end int32 // days: the first that counts, the first that does not, the last

	p draws
}

// draws are the parameters read while playing.
type draws struct {
	noOrder, ownCarers, toOrder, gapDays, scatter, outside, outsideMetres, zoneNone, zoneMetres float64
	stageOneLeaves, stageTwoLeaves, stageOne, stageTwo, vaa                                     float64
	openness, unasked, information                                                              odds
	accepts, acceptsMore, acceptsOlder, ask, browse, match, falls, move, adopted, disrupts      float64
	changeAfter, change, patience                                                               float64
	toDecision                                                                                  []float64
}

const (
	metresPerMile = 1609.344
	daysPerMonth  = 365.25 / 12
)

// ageMaxYears and ageMinYears are what the rows of age_max and age_min stand for.
var (
	ageMaxYears = []int{2, 4, 6, 10}
	ageMinYears = []int{0, 1, 2, 3}
	entryYears  = []int{0, 1, 2, 3, 4, 5, 6}
)

func newSetup(s *Scenario, planner Planner) *setup {
	m := &setup{scenario: s, v: s.values(), councils: s.councils(), planner: planner}
	m.needs = readNeeds(m.v.of("closed"))
	m.pool = s.poolOf(m.councils)
	for _, c := range m.councils {
		m.focus = append(m.focus, slices.Contains(s.Focus, c.Code))
	}
	for i, n := range m.needs {
		if n.disability {
			m.disabilities |= 1 << i
		}
	}
	m.spans = newSpans(m.v.of("spread"))
	m.readMixes()
	m.readDraws()
	m.childFlow, m.familyFlow = newFlow(s.Children), newFlow(s.Families)
	m.readRates()
	m.warm = int32(s.WarmUpYears * daysPerYear)
	m.measured = m.warm + int32(s.Periods*s.PeriodDays)
	m.end = m.measured + followDays
	return m
}

func (m *setup) readMixes() {
	m.sizes = append([]float64{0}, m.v.of("group_2"), m.v.of("group_3"), m.v.of("group_4"))
	m.sizes[0] = max(0, 1-m.sizes[1]-m.sizes[2]-m.sizes[3])
	m.entryAges = m.v.list("entry_age", entryYears...)
	m.maxChildren = m.v.list("max_children", 1, 2, 3, 4)
	m.ageMaxes, m.ageMins = m.v.list("age_max", ageMaxYears...), m.v.list("age_min", ageMinYears...)
	for size, fee := range m.v.list("fee", 1, 2, 3, 4) {
		m.fees[size+1] = int64(fee)
	}
	m.vaaFee = int64(m.v.of("fee.vaa"))
}

func (m *setup) readDraws() {
	of := m.v.of
	m.p = draws{
		noOrder: of("no_order"), ownCarers: of("own_carers"), toOrder: of("to_order_days"), gapDays: of("gap_months") * daysPerMonth,
		scatter: of("scatter"), outside: of("outside"), outsideMetres: of("outside_miles") * metresPerMile, zoneNone: of("zone_none"), zoneMetres: of("zone_miles") * metresPerMile,
		stageOneLeaves: of("stage_one_leaves"), stageTwoLeaves: of("stage_two_leaves"),
		stageOne: of("stage_one_days"), stageTwo: of("stage_two_days"), vaa: of("vaa"),
		openness: oddsOf(of("openness")), unasked: oddsOf(of("unasked")), information: oddsOf(of("information")),
		accepts: of("accepts"), acceptsMore: of("accepts_more"), acceptsOlder: of("accepts_older"), ask: of("ask_days"), browse: of("browse_days"), match: of("match_days"), falls: of("match_falls"),
		move: of("move_days"), adopted: of("adopted_days"), disrupts: of("disrupts"),
		changeAfter: of("plan_change_after"), change: of("plan_change_days"), patience: of("patience_days"),
		toDecision: m.v.list("to_decision_months", entryYears...),
	}
}

func (m *setup) readRates() {
	england, meanSize, sizes := 0.0, 0.0, 0.0
	for _, c := range Councils() {
		england += c.Adoptions
	}
	for i, share := range m.sizes {
		meanSize, sizes = meanSize+float64(i+1)*share, sizes+share
	}
	groups := m.v.of("children_a_year") / (meanSize / sizes) / daysPerYear * m.childFlow.most
	families := m.v.of("families_a_year") / daysPerYear * m.familyFlow.most
	for _, c := range m.councils {
		m.groupsADay = append(m.groupsADay, groups*c.Adoptions/england)
		m.familiesADay = append(m.familiesADay, families*c.Adoptions/england)
	}
}

// flow is how many come in each period against what is usual. Before the first
// period it is as in the first, and after the last as in the last.
type flow struct {
	periods []float64
	most    float64
}

func newFlow(periods []float64) flow {
	f := flow{periods, 1}
	if len(periods) > 0 {
		f.most = 0
	}
	for _, p := range periods {
		f.most = max(f.most, p)
	}
	return f
}

// keeps tells whether somebody who would come where most come does come in a
// period.
func (f flow) keeps(d *dice, period int) bool {
	if len(f.periods) == 0 {
		return true
	}
	return d.chance(f.periods[min(max(period, 0), len(f.periods)-1)] / f.most)
}

func (m *setup) period(day int32) int { return int(day-m.warm) / m.scenario.PeriodDays }

// A key has a bit for each thing asked or offered: each need, each age in years,
// each number of children. A family stands open to a group when none of the
// group's bits is missing from the family's, which takes one operation.
const (
	ageBits  = 16
	sizeBits = 32
	keyBits  = sizeBits + 4
	oldest   = 15
)

func (m *setup) groupKey(g *group, day int32) uint64 {
	key := uint64(g.needs) | 1<<(sizeBits+g.size-1)
	for _, born := range g.born[:g.size] {
		key |= 1 << (ageBits + ageOn(day, born))
	}
	return key
}

func ageOn(day, born int32) int { return min(oldest, max(0, int(float64(day-born)/365.25))) }

func familyKey(needs uint16, ageMin, ageMax, number int) uint64 {
	key := uint64(needs) | (1<<number-1)<<sizeBits
	for age := ageMin; age <= ageMax; age++ {
		key |= 1 << (ageBits + age)
	}
	return key
}

// class is one of four by how much a family must be ready for.
func (m *setup) needClass(needs uint16) int {
	switch n := bits.OnesCount16(needs); {
	case needs&m.disabilities != 0:
		return 3
	case n >= 3:
		return 2
	case n >= 1:
		return 1
	}
	return 0
}

func ageClass(years int) int {
	switch {
	case years < 1:
		return 0
	case years < 3:
		return 1
	case years < 5:
		return 2
	}
	return 3
}

// scatter is a place within metres of a council's centre, as likely anywhere in
// the circle.
func scatter(d *dice, c *Council, metres float64) (x, y float32) {
	angle, reach := 2*math.Pi*d.float(), metres*math.Sqrt(d.float())
	return float32(c.X + reach*math.Cos(angle)), float32(c.Y + reach*math.Sin(angle))
}
