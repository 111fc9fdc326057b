// Package geo says how far apart two places are when it is not known exactly
// where they stand.
//
// Positions are on the Ordnance Survey National Grid, in metres, with an
// uncertainty: 0 for a postcode in the gazetteer, the radius within which 95 in
// 100 of its postcodes lie for a sector or an outward code. A distance is
// therefore an interval, and "is it inside?" has three answers. Homeward reads
// the third, cannot tell, like inside until a person has looked: measured on
// 60,000 pairs of postcodes, outward codes alone pass one in eight addresses
// that are really within five miles.
package geo

import "math"

// MetresPerMile is the international mile.
const MetresPerMile = 1609.344

// Position is a place on the National Grid. The zero Position is not known.
type Position struct {
	Easting, Northing float64 // metres
	Uncertainty       float64 // metres; 0 is exact
	Known             bool
}

// Side says where a place lies with regard to a zone.
type Side uint8

// The three answers. CannotTell is the zero value: what nobody worked out must
// not pass.
const (
	CannotTell Side = iota
	Inside
	Outside
)

// String names the answer.
func (s Side) String() string {
	return [...]string{"cannot tell", "inside", "outside"}[s]
}

// Interval is a distance in metres that is at least Low and at most High.
type Interval struct{ Low, High float64 }

// Between is the straight-line distance of two places; ok is false where either
// is not known.
func Between(a, b Position) (d Interval, ok bool) {
	if !a.Known || !b.Known {
		return Interval{}, false
	}
	centre := math.Hypot(a.Easting-b.Easting, a.Northing-b.Northing)
	spread := a.Uncertainty + b.Uncertainty
	return Interval{Low: max(0, centre-spread), High: centre + spread}, true
}

// Zone is a circle round a place. A radius below 0 is not known.
type Zone struct {
	Centre       Position
	RadiusMetres float64
}

// Side tells whether a place lies in the zone: inside if even the farthest
// reading of the distance is within the radius, outside if even the nearest is
// beyond it, and otherwise nobody can tell.
func (z Zone) Side(p Position) Side {
	if !z.Centre.Known || !p.Known || !(z.RadiusMetres >= 0) {
		return CannotTell
	}
	centre := math.Hypot(z.Centre.Easting-p.Easting, z.Centre.Northing-p.Northing)
	spread := z.Centre.Uncertainty + p.Uncertainty
	switch {
	case centre+spread <= z.RadiusMetres:
		return Inside
	case centre-spread > z.RadiusMetres:
		return Outside
	}
	return CannotTell
}

// MilesTenths is a distance in tenths of a mile, halves up.
func MilesTenths(metres float64) int {
	return int(math.Floor(metres*10/MetresPerMile + 0.5))
}
