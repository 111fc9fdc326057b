// Package lab makes regions that do not exist: children, families, agencies and
// the people who work there, to try Homeward on, to show it and to measure it.
// Nobody in them is real.
//
// It is pure: a seed, a scale and a day give the same region, byte for byte.
// What it draws from is the table data/moments.csv: published figures with their
// sources where there are any, assumptions marked as such where not; the tests
// measure what comes out against the same table. docs/lab.md tells what is
// synthetic, what rests on what, and what is assumed.
//
// Councils and regional agencies have their real names and codes, since they are
// public facts; the voluntary agencies, all people and all places are invented.
// A postcode has a real outward code and ends in letters that no postcode ends
// in, so it looks local and can be nobody's.
package lab

import (
	"time"

	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/exchange"
)

// Scale is how big a region is made.
type Scale string

// The scales.
const (
	// Pilot is D2N2: four councils, their regional agency and two voluntary
	// ones; 200 children and 120 families.
	Pilot Scale = "pilot"
	// Region is the East Midlands: ten councils, 1,000 children, 400 families.
	Region Scale = "region"
	// England is every council; 4,000 children, 1,700 approved families and
	// some on their way.
	England Scale = "england"
)

// Scales lists the scales, the smallest first.
func Scales() []Scale { return []Scale{Pilot, Region, England} }

// Synthetic is a region that does not exist, and what the exchange folder has no
// place for: its postcodes, its workers and who follows whom.
type Synthetic struct {
	Region       exchange.Region
	Gazetteer    []Postcode
	Workers      []agency.Worker
	ChildWorker  map[exchange.Key]string // the worker's ID
	FamilyWorker map[exchange.Key]string
}

// plan is what to make. The number of families that are not approved is the
// difference of the two.
type plan struct {
	name     string // part of every stream's name
	country  country
	children int
	families int
	approved int
	derby    bool // the counts of Derby's report of 2013
}

func planOf(scale Scale) plan {
	switch scale {
	case Pilot:
		return plan{name: "pilot", country: england().of("D2N2"), children: 200, families: 120, approved: 86}
	case Region:
		return plan{name: "region", country: england().of("EM"), children: 1000, families: 400, approved: 288}
	case England:
		return plan{name: "england", country: england().of(national), children: 4000, families: 1955, approved: 1700}
	}
	panic("lab: there is no scale " + string(scale))
}

// Generate makes the region of a scale, a seed and a day.
func Generate(scale Scale, seed uint64, asOf date.Date) *Synthetic {
	return newWorld(planOf(scale), seed, asOf).make()
}

// Derby2013 makes the children and families of Derby on 31 July 2013, as the
// council's report of that time counts them: 44 children whose plan is adoption,
// 19 alone, 8 pairs and 3 threes, needing 30 families; 11 families approved and
// 21 assessments under way.
func Derby2013(seed uint64) *Synthetic {
	p := plan{name: "derby2013", country: england().only("DER"), children: 44, families: 32, approved: 11, derby: true}
	return newWorld(p, seed, date.MustOf(2013, time.July, 31)).make()
}

// world is a region in the making.
type world struct {
	plan
	root   stream
	asOf   date.Date
	ground *ground
	// touched is called with the stream of everybody, for the test that a
	// further draw from it shifts nothing
	touched func(stream)
}

func newWorld(p plan, seed uint64, asOf date.Date) *world {
	root := newStream(seed, p.name)
	return &world{plan: p, root: root, asOf: asOf, ground: newGround(root), touched: func(stream) {}}
}

func (w *world) make() *Synthetic {
	s := &Synthetic{Region: exchange.Region{Agencies: w.country.agencies()}}
	groups := w.groups()
	for _, g := range groups {
		s.Region.Children = append(s.Region.Children, g.children...)
	}
	s.Region.Families = w.households()
	s.Region.Conflicts = w.conflicts(s.Region)
	s.Gazetteer = w.ground.gazetteer()
	w.staff(s, groups)
	return s
}
