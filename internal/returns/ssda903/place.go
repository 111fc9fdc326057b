package ssda903

import "math"

// What the return derives from its postcodes, by the gazetteer the operator
// gave. A postcode is matched in capitals without its spaces.

// authority is the upper-tier authority of the placement's postcode: its GSS
// code, or SCO, WAL, NIR outside England. It is unknown where the postcode is
// blank, not in the gazetteer, or in no authority.
func (c *Case) authority(e Row) (code string, known bool) {
	place, ok := c.Aids.Places.Find(e.Text(PL_POST))
	return place.Authority, ok && place.Authority != ""
}

// metresAMile is the figure the return's distances are reckoned with.
const metresAMile = 1609.3

// tenths is the distance between home and placement in tenths of a mile, as the
// return rounds it; unknown where either postcode is blank or cannot be placed.
func (c *Case) tenths(e Row) (n int, known bool) {
	home, okHome := c.Aids.Places.Find(e.Text(HOME_POST))
	placed, okPlaced := c.Aids.Places.Find(e.Text(PL_POST))
	if !okHome || !okPlaced || !home.Located || !placed.Located {
		return 0, false
	}
	metres := math.Hypot(float64(home.Easting-placed.Easting), float64(home.Northing-placed.Northing))
	return int(math.RoundToEven(metres / metresAMile * 10)), true
}

// inEngland tells whether an authority's code is one of England: the others are
// SCO, WAL, NIR, and CON and NUK in older files.
func inEngland(authority string) bool {
	switch authority {
	case "CON", "NIR", "SCO", "WAL", "NUK":
		return false
	}
	return true
}
