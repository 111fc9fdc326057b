package lab

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"homeward/internal/geo"
)

// unitLetters end a synthetic postcode. Royal Mail uses none of them there, so
// no postcode made here can be anybody's.
const unitLetters = "CIKMOV"

// spot is a place on the National Grid, in metres.
type spot struct{ easting, northing float64 }

func (s spot) miles(to spot) float64 {
	return math.Hypot(s.easting-to.easting, s.northing-to.northing) / geo.MetresPerMile
}

// scatter is a place within metres of another, as likely anywhere there.
func (s spot) scatter(r *rand.Rand, metres float64) spot {
	angle, reach := 2*math.Pi*r.Float64(), metres*math.Sqrt(r.Float64())
	return spot{math.Round(s.easting + reach*math.Cos(angle)), math.Round(s.northing + reach*math.Sin(angle))}
}

// How far postcodes scatter, as parts of the radius of their council.
const (
	outwardScatter = 0.75
	sectorScatter  = 0.35
	unitScatter    = 0.10
)

// Council is what of a council the pool laboratory builds on.
type Council struct {
	Code, Name, Pool, Region string
	X, Y, Radius             float64   // metres: of its centre on the National Grid, and of the circle of its area
	Adoptions                float64   // a year
	Ethnic                   []float64 // shares of its children with a plan for adoption, as ethnicGroups, to a thousandth
}

// Councils are all of England's.
func Councils() (list []Council) {
	for _, l := range england().councils {
		c := Council{Code: l.Code, Name: l.Name, Pool: l.Pools[0], Region: l.region, X: l.centre.easting, Y: l.centre.northing, Radius: l.radius, Adoptions: l.weight}
		sum := 0.0
		for _, share := range l.ethnic.shares {
			sum += share
		}
		for _, share := range l.ethnic.shares {
			c.Ethnic = append(c.Ethnic, math.Round(1000*share/sum)/1000)
		}
		list = append(list, c)
	}
	return list
}

// place is a postcode and where it is.
type place struct {
	postcode string
	spot
}

// ground gives out postcodes and remembers which. The outward codes are real
// ones of the council; where they and their postcodes lie is invented.
type ground struct {
	root     stream
	councils []council
	spots    map[string]spot // of outward codes and sectors
	used     map[string]spot // of whole postcodes
}

func newGround(root stream) *ground {
	return &ground{root: root, councils: england().councils, spots: map[string]spot{}, used: map[string]spot{}}
}

// unit draws a postcode of a council.
func (g *ground) unit(r *rand.Rand, c council) place {
	outward := one(r, c.outward)
	sector := outward + " " + string("123456789"[r.IntN(9)])
	unit := sector + string(unitLetters[r.IntN(len(unitLetters))]) + string(unitLetters[r.IntN(len(unitLetters))])
	middle := g.spot(sector, g.spot(outward, c.centre, c.radius*outwardScatter), c.radius*sectorScatter)
	return place{unit, g.root.name("unit", unit).scattered(middle, c.radius*unitScatter)}
}

func (g *ground) spot(code string, around spot, metres float64) spot {
	s, ok := g.spots[code]
	if !ok {
		s = g.root.name("area", code).scattered(around, metres)
		g.spots[code] = s
	}
	return s
}

func (s stream) scattered(around spot, metres float64) spot {
	return around.scatter(s.of("position"), metres)
}

// keep puts a postcode in the gazetteer, and gives its text.
func (g *ground) keep(p place) string {
	g.used[p.postcode] = p.spot
	return p.postcode
}

// tries bounds how often a place at a distance is looked for; the last one found
// then has to do.
const tries = 40

// between draws a postcode of some councils at a distance from a place.
func (g *ground) between(r *rand.Rand, among []council, from spot, low, high float64) place {
	var p place
	for range tries {
		p = g.unit(r, one(r, among))
		if d := from.miles(p.spot); d >= low && d <= high {
			break
		}
	}
	return p
}

// around lists the councils whose centre lies at a distance in miles from that
// of one, the one itself left out; there is always at least the nearest.
func (g *ground) around(c council, low, high float64) []council {
	var near []council
	nearest, least := c, math.Inf(1)
	for _, l := range g.councils {
		d := c.centre.miles(l.centre)
		if l.Code == c.Code {
			continue
		}
		if d < least {
			nearest, least = l, d
		}
		if d >= low && d <= high {
			near = append(near, l)
		}
	}
	if near == nil {
		near = append(near, nearest)
	}
	return near
}

// written is how a record has a postcode: whole, its sector, its outward code,
// or not at all.
func (g *ground) written(p place, form string) string {
	outward, inward, _ := strings.Cut(p.postcode, " ")
	switch form {
	case "unit":
		return g.keep(p)
	case "sector":
		return outward + " " + inward[:1]
	case "outward":
		return outward
	}
	return ""
}

// gazetteer lists the postcodes given out.
func (g *ground) gazetteer() []Postcode {
	var list []Postcode
	for text, s := range g.used {
		list = append(list, Postcode{text, int(s.easting), int(s.northing)})
	}
	slices.SortFunc(list, func(a, b Postcode) int { return strings.Compare(a.Text, b.Text) })
	return list
}
