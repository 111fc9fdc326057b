package match

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"homeward/internal/geo"
)

// atlas finds the families near a zone without looking at those far away. It
// never decides: whatever it does not pass over, geo.Zone.Side decides.
type atlas struct {
	families int
	bands    []band
	// unplaced are the families that are cannot tell for any zone: those with a
	// place nobody can place, or with no home recorded.
	unplaced bitmap
}

// band holds places about as vague as each other, by easting: one vague place
// must not widen the search for the exact ones.
type band struct {
	upTo  float64 // the largest uncertainty in it, in metres
	spots []spot
}

// spot is a place of a family.
type spot struct {
	at     geo.Position
	family int
}

func newAtlas(families []Family) *atlas {
	a := &atlas{
		families: len(families),
		bands:    []band{{upTo: 100}, {upTo: 1000}, {upTo: 10000}, {upTo: math.Inf(1)}},
		unplaced: newBitmap(len(families)),
	}
	for f := range families {
		home := false
		for _, place := range families[f].Places {
			home = home || place.Kind == "home"
			a.add(spot{place.At, f})
		}
		if !home {
			a.unplaced.set(f)
		}
	}
	for i := range a.bands {
		slices.SortFunc(a.bands[i].spots, func(x, y spot) int {
			return cmp.Compare(x.at.Easting, y.at.Easting)
		})
	}
	return a
}

func (a *atlas) add(s spot) {
	if !s.at.Known || !finite(s.at) {
		a.unplaced.set(s.family)
		return
	}
	i := slices.IndexFunc(a.bands, func(b band) bool { return s.at.Uncertainty <= b.upTo })
	a.bands[i].spots = append(a.bands[i].spots, s)
}

// finite tells whether a position is numbers one can measure with.
func finite(p geo.Position) bool {
	sum := p.Easting + p.Northing + p.Uncertainty
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

// shut is the set of families that the zones of a group's children exclude, and
// the set of those that are certainly in one: nil where there is no zone. Every
// place is held against every zone, so that one certain inside is found
// whatever else cannot be told.
func (a *atlas) shut(children Group) (shut, certain bitmap) {
	for _, child := range children.Children {
		for _, zone := range child.Zones {
			if shut == nil {
				shut, certain = slices.Clone(a.unplaced), newBitmap(a.families)
			}
			a.hold(zone, shut, certain)
		}
	}
	return shut, certain
}

// hold holds every place against one zone.
func (a *atlas) hold(zone geo.Zone, shut, certain bitmap) {
	if !zone.Centre.Known || !finite(zone.Centre) || !(zone.RadiusMetres >= 0) {
		for f := range a.families {
			shut.set(f)
		}
		return
	}
	for _, b := range a.bands {
		b.near(zone, func(s spot) {
			switch zone.Side(s.at) {
			case geo.Inside:
				certain.set(s.family)
				shut.set(s.family)
			case geo.CannotTell:
				shut.set(s.family)
			}
		})
	}
}

// near hands over every place that could be other than outside the zone: a place
// farther than the radius and both uncertainties on one axis alone is outside.
// The metre and the billionth on top are far more than rounding can lose.
func (b band) near(zone geo.Zone, hand func(spot)) {
	c := zone.Centre
	reach := zone.RadiusMetres + c.Uncertainty + b.upTo
	reach += 1 + 1e-9*(math.Abs(reach)+math.Abs(c.Easting)+math.Abs(c.Northing))
	from := sort.Search(len(b.spots), func(i int) bool { return b.spots[i].at.Easting >= c.Easting-reach })
	for _, s := range b.spots[from:] {
		if s.at.Easting > c.Easting+reach {
			return
		}
		if math.Abs(s.at.Northing-c.Northing) <= reach {
			hand(s)
		}
	}
}
