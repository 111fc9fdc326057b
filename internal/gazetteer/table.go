package gazetteer

import (
	"maps"
	"slices"
	"sort"

	"homeward/internal/geo"
)

// roughMetres is how far out a row of positional quality 50 and above is taken
// to be.
const roughMetres = 500

// unit is one whole postcode within its outward code, in one word that sorts by
// postcode:
//
//	63..60 sector's digit  59..50 letters  49..30 easting  29..9 northing  8..0 flags
type unit uint64

const (
	keyShift      = 50
	sectorShift   = 60
	eastingShift  = 30
	northingShift = 9
	eastingMask   = 1<<20 - 1
	northingMask  = 1<<21 - 1
)

// The flags of a unit.
const (
	rough    unit = 1 << iota // not exact: roughMetres out
	unplaced                  // known to exist, but without a position
	ended                     // no longer in use
)

// The extent of the National Grid, in metres.
const (
	maxEasting  = 700_000
	maxNorthing = 1_300_000
)

// makeUnit packs a whole postcode; the coordinates must be within the grid.
func makeUnit(p Postcode, easting, northing int, flags unit) unit {
	if p.isIrish() {
		flags |= unplaced
	}
	if flags&unplaced != 0 {
		easting, northing, flags = 0, 0, flags&^rough
	}
	return unit(p.text[4]-'0')<<sectorShift | unit(lettersOf(p))<<keyShift |
		unit(easting)<<eastingShift | unit(northing)<<northingShift | flags
}

func lettersOf(p Postcode) int { return int(p.text[5]-'A')*26 + int(p.text[6]-'A') }

// key orders the units of an outward code: sector, then letters.
func (u unit) key() uint64     { return uint64(u) >> keyShift }
func (u unit) sector() byte    { return '0' + byte(u>>sectorShift) }
func (u unit) has(f unit) bool { return u&f != 0 }

func (u unit) position() geo.Position {
	p := geo.Position{
		Easting:  float64(u >> eastingShift & eastingMask),
		Northing: float64(u >> northingShift & northingMask),
		Known:    true,
	}
	if u.has(rough) {
		p.Uncertainty = roughMetres
	}
	return p
}

// centre is the middle of a sector or an outward code, and how far it reaches.
type centre struct{ easting, northing, r95 float64 }

func (c centre) position() geo.Position {
	return geo.Position{Easting: c.easting, Northing: c.northing, Uncertainty: c.r95, Known: true}
}

// Table is a gazetteer in memory. It never changes, so any number may ask it at
// once. A nil Table knows no postcode.
type Table struct {
	units   []unit // by outward code, then by key
	areas   map[Postcode]span
	centres map[Postcode]centre
}

// span is where the units of an outward code stand in Table.units.
type span struct{ from, to int32 }

// newTable puts areas, each sorted by key, and centres together.
func newTable(areas map[Postcode][]unit, centres map[Postcode]centre) *Table {
	total := 0
	for _, units := range areas {
		total += len(units)
	}
	t := &Table{units: make([]unit, 0, total), areas: make(map[Postcode]span, len(areas)), centres: maps.Clone(centres)}
	for _, outward := range sortedCodes(areas) {
		t.add(outward, areas[outward])
	}
	return t
}

func (t *Table) add(outward Postcode, units []unit) {
	from := len(t.units)
	t.units = append(t.units, units...)
	t.areas[outward] = span{int32(from), int32(len(t.units))}
}

func sortedCodes[V any](m map[Postcode]V) []Postcode {
	return slices.SortedFunc(maps.Keys(m), func(a, b Postcode) int {
		return slices.Compare(a.text[:], b.text[:])
	})
}

// Units is how many whole postcodes the table holds.
func (t *Table) Units() int {
	if t == nil {
		return 0
	}
	return len(t.units)
}

// Centres is how many sectors and outward codes the table has a centre of.
func (t *Table) Centres() int {
	if t == nil {
		return 0
	}
	return len(t.centres)
}

// Basis is what a position rests on, or why there is none.
type Basis uint8

// The bases. NotFound is the zero value.
const (
	NotFound  Basis = iota
	ByUnit          // the postcode's own row
	BySector        // its sector's centre
	ByOutward       // its outward code's centre
	Ambiguous       // an outward code, or a sector without its space
)

// Warning is what a person should be told of a postcode that could not be
// placed, or nothing.
func (b Basis) Warning() string {
	switch b {
	case NotFound:
		return "The gazetteer does not know this postcode, so nothing can be measured from it."
	case Ambiguous:
		return "This can be read as an outward code or as a sector without its space, so it cannot be placed. " +
			"Give the whole postcode, or write the sector with its space (NG3 4)."
	}
	return ""
}

// Place gives the position of a text; one that is no postcode has none.
func (t *Table) Place(text string) geo.Position {
	p, _ := parse(text) // what is not a postcode is blank, and a blank has no position
	position, _ := t.Lookup(p)
	return position
}

// PlaceParsed gives the position of a postcode, a sector or an outward code.
func (t *Table) PlaceParsed(p Postcode) geo.Position {
	position, _ := t.Lookup(p)
	return position
}

// Lookup gives the position of a postcode, a sector or an outward code, and what
// it rests on.
func (t *Table) Lookup(p Postcode) (geo.Position, Basis) {
	if t == nil {
		return geo.Position{}, NotFound
	}
	switch p.Kind() {
	case Unit:
		if u, ok := t.unit(p); ok && !u.has(unplaced) {
			return u.position(), ByUnit
		}
	case Outward:
		if t.isAmbiguous(p) {
			return geo.Position{}, Ambiguous
		}
	}
	return t.byCentre(p)
}

func (t *Table) byCentre(p Postcode) (geo.Position, Basis) {
	if sector, ok := p.Sector(); ok {
		if c, ok := t.centres[sector]; ok {
			return c.position(), BySector
		}
	}
	if c, ok := t.centres[p.Outward()]; ok {
		return c.position(), ByOutward
	}
	return geo.Position{}, NotFound
}

func (t *Table) area(outward Postcode) []unit {
	s := t.areas[outward]
	return t.units[s.from:s.to]
}

func (t *Table) unit(p Postcode) (unit, bool) {
	area, key := t.area(p.Outward()), makeUnit(p, 0, 0, 0).key()
	i := search(area, key)
	if i == len(area) || area[i].key() != key {
		return 0, false
	}
	return area[i], true
}

func search(area []unit, key uint64) int {
	return sort.Search(len(area), func(i int) bool { return area[i].key() >= key })
}

// isAmbiguous tells whether an outward code the table knows may as well be a
// sector without its space.
func (t *Table) isAmbiguous(outward Postcode) bool {
	sector, ok := outward.SectorReading()
	if !ok || !t.knows(outward) {
		return false
	}
	return t.knows(sector) || (t.knows(sector.Outward()) && !t.knowsSectorsOf(sector.Outward()))
}

// knows tells whether there is such a sector or outward code: it has a centre or
// a postcode in use. Those no longer in use are passed over, or Derby's old DE2
// would make DE22 ambiguous for ever.
func (t *Table) knows(code Postcode) bool {
	if _, ok := t.centres[code]; ok {
		return true
	}
	area := t.area(code.Outward())
	if digit := code.text[4]; digit != 0 {
		first := makeUnit(code.withSector(digit).firstUnit(), 0, 0, 0).key()
		area = area[search(area, first):]
		area = area[:sort.Search(len(area), func(i int) bool { return area[i].sector() > digit })]
	}
	return slices.ContainsFunc(area, func(u unit) bool { return !u.has(ended) })
}

// firstUnit is the sector's unit AA.
func (p Postcode) firstUnit() Postcode {
	p.text[5], p.text[6] = 'A', 'A'
	return p
}

func (t *Table) knowsSectorsOf(outward Postcode) bool {
	for digit := byte('0'); digit <= '9'; digit++ {
		if t.knows(outward.withSector(digit)) {
			return true
		}
	}
	return false
}
