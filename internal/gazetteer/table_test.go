package gazetteer

import (
	"testing"

	"homeward/internal/geo"
)

func code(t testing.TB, text string) Postcode {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return p
}

// tableOf makes a table of units (at 440000, 330000) and centres (with 1,000 m).
func tableOf(t testing.TB, units, centres []string) *Table {
	t.Helper()
	r := &Reading{left: usualLimits, areas: map[Postcode]*[]unit{}, centres: map[Postcode]centre{}}
	for _, text := range units {
		flags := unit(0)
		if text[0] == '-' { // no longer in use
			text, flags = text[1:], ended
		}
		p := code(t, text)
		if err := r.addUnit(p, makeUnit(p, 440000, 330000, flags)); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range centres {
		if err := r.addCentre(code(t, text), centre{441000, 331000, 1000}); err != nil {
			t.Fatal(err)
		}
	}
	r.settle()
	return r.Table()
}

func TestUnitThenSectorThenOutwardCode(t *testing.T) {
	table := tableOf(t, []string{"ZY1 1CI", "ZY2 1CI"}, []string{"ZY1 1", "ZY1"})
	unitAt := geo.Position{Easting: 440000, Northing: 330000, Known: true}
	centreAt := geo.Position{Easting: 441000, Northing: 331000, Uncertainty: 1000, Known: true}
	for _, c := range []struct {
		text  string
		want  geo.Position
		basis Basis
	}{
		{"zy11ci", unitAt, ByUnit},
		{"ZY1 1CK", centreAt, BySector},
		{"ZY1 1", centreAt, BySector},
		{"ZY1 2CI", centreAt, ByOutward},
		{"ZY1 2", centreAt, ByOutward},
		{"ZY1", centreAt, ByOutward},
		{"ZY2 1CI", unitAt, ByUnit},
		{"ZY2 1CK", geo.Position{}, NotFound}, // no centre is made up from the units
		{"ZY2", geo.Position{}, NotFound},
		{"ZY3 1CI", geo.Position{}, NotFound},
		{"", geo.Position{}, NotFound},
	} {
		p := code(t, c.text)
		got, basis := table.Lookup(p)
		if got != c.want || basis != c.basis {
			t.Errorf("%q: %v on basis %d, want %v on %d", c.text, got, basis, c.want, c.basis)
		}
		if table.Place(c.text) != got || table.PlaceParsed(p) != got {
			t.Errorf("%q: Place, PlaceParsed and Lookup differ", c.text)
		}
		if warned := basis.Warning() != ""; warned == got.Known {
			t.Errorf("%q: placed is %v, warned is %v", c.text, got.Known, warned)
		}
	}
	if table.Place("not a postcode").Known {
		t.Error("a text that is no postcode was placed")
	}
}

func TestNoTableKnowsNothing(t *testing.T) {
	var table *Table
	if table.Place("ZY1 1CI").Known || table.Units() != 0 || table.Centres() != 0 {
		t.Error("a nil table knows something")
	}
}

// Matching rules, section 5: a text that could be a sector without its space and
// is also an outward code cannot be placed, with a warning.
func TestABareTextWithTwoReadingsIsNotPlaced(t *testing.T) {
	for _, c := range []struct {
		name           string
		units, centres []string
		text           string
		want           Basis
	}{
		{"both have a centre", nil, []string{"NG34", "NG3 4"}, "NG34", Ambiguous},
		{"the sector has a postcode", []string{"NG3 4CI"}, []string{"NG34"}, "NG34", Ambiguous},
		{"the sector is another's neighbour", nil, []string{"NG10", "NG1", "NG1 1"}, "NG10", ByOutward},
		{"the sector had a postcode once", []string{"-DE2 2CI"}, []string{"DE22"}, "DE22", ByOutward},
		{"no sectors of the shorter code are known, so none can be denied", nil, []string{"NG10", "NG1"}, "NG10", Ambiguous},
		{"the shorter code is not known", nil, []string{"DE22"}, "DE22", ByOutward},
		{"only the sector is known: its space counts", nil, []string{"NG3 4", "NG3"}, "NG34", NotFound},
		{"the outward code has units and no centre", []string{"NG34 1CI"}, []string{"NG3 4"}, "NG34", Ambiguous},
		{"with its space it is a sector", nil, []string{"NG34", "NG3 4"}, "NG3 4", BySector},
		{"a whole postcode has one reading", nil, []string{"NG34", "NG3 4"}, "NG34 1CI", ByOutward},
		{"a letter at the end", nil, []string{"E1W", "E1"}, "E1W", ByOutward},
	} {
		table := tableOf(t, c.units, c.centres)
		got, basis := table.Lookup(code(t, c.text))
		if basis != c.want || got.Known != (basis == ByOutward || basis == BySector) {
			t.Errorf("%s: %s placed %v on basis %d, want %d", c.name, c.text, got.Known, basis, c.want)
		}
	}
}

func TestPlacingAllocatesNothing(t *testing.T) {
	table := tableOf(t, []string{"ZY1 1CI", "ZY1 1CK"}, []string{"ZY1 1", "ZY1", "ZY11"})
	for _, text := range []string{"zy1 1ci", "ZY1 1CM", "ZY1 2", "ZY11", "ZY9", "no postcode", ""} {
		if n := testing.AllocsPerRun(100, func() { table.Place(text) }); n != 0 {
			t.Errorf("placing %q allocates %v times", text, n)
		}
	}
}
