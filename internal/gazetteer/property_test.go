package gazetteer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"homeward/internal/geo"
)

// row is a row of an ONS file over a handful of postcodes, so that they meet.
type row struct {
	code              string
	easting, northing int
	quality           int
	ended             bool
}

var rowGen = rapid.Custom(func(t *rapid.T) row {
	return row{
		code: rapid.SampledFrom([]string{"ZY1", "ZY11", "ZZ9A"}).Draw(t, "outward") + " " +
			rapid.StringMatching(`[0-2][CIK][MOV]`).Draw(t, "inward"),
		easting:  rapid.IntRange(1, maxEasting).Draw(t, "easting"),
		northing: rapid.IntRange(0, maxNorthing).Draw(t, "northing"),
		quality:  rapid.IntRange(1, 9).Draw(t, "quality"),
		ended:    rapid.Bool().Draw(t, "ended"),
	}
})

func (r row) String() string {
	end := ""
	if r.ended {
		end = "202001"
	}
	return fmt.Sprintf("%s,%s,%d,%d,%d\n", r.code, end, r.easting, r.northing, r.quality)
}

func (r row) position() geo.Position {
	switch {
	case r.quality == 9:
		return geo.Position{}
	case r.quality >= 5:
		return vague(float64(r.easting), float64(r.northing), 500)
	}
	return exact(float64(r.easting), float64(r.northing))
}

// naive is the gazetteer in its plainest form.
type naive map[string]geo.Position

func (n naive) place(code string) geo.Position {
	outward, inward, _ := strings.Cut(code, " ")
	for _, text := range []string{code, outward + " " + inward[:1], outward} {
		if p := n[text]; p.Known {
			return p
		}
	}
	return geo.Position{}
}

func TestLookupsEqualANaiveMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rowGen, 0, 30).Draw(t, "rows")
		want := naive{}
		units, centres := onsHead, sectorHead
		for _, r := range rows {
			units += r.String()
			want[r.code] = r.position()
		}
		for _, s := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"ZY1 0", "ZY11 1", "ZZ9A 2"}), rapid.ID).Draw(t, "sectors") {
			centres += s + ",1000,2000,300\n"
			want[s] = vague(1000, 2000, 300)
		}
		table := mustRead(t, units, centres)
		for range 20 {
			code := rowGen.Draw(t, "asked").code
			if got := table.Place(code); got != want.place(code) {
				t.Fatalf("%s is at %v, want %v", code, got, want.place(code))
			}
		}
	})
}

// mustRead makes a table of files, read in their order.
func mustRead(t *rapid.T, files ...string) *Table {
	r := &Reading{left: usualLimits, areas: map[Postcode]*[]unit{}, centres: map[Postcode]centre{}}
	for _, content := range files {
		if err := r.readStream("f", strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	r.settle()
	return r.Table()
}

func TestTheOrderOfDifferentPostcodesIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfNDistinct(rowGen, 0, 20, func(r row) string { return r.code }).Draw(t, "rows")
		lines := make([]string, len(rows))
		for i, r := range rows {
			lines[i] = r.String()
		}
		shuffled := rapid.Permutation(lines).Draw(t, "shuffled")
		a, b := mustRead(t, onsHead+strings.Join(lines, "")), mustRead(t, onsHead+strings.Join(shuffled, ""))
		if !slices.Equal(a.units, b.units) {
			t.Fatalf("%v differs from %v", a.units, b.units)
		}
	})
}

func TestMergingEqualsReadingAllAtOnce(t *testing.T) {
	units := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) unit {
		return unit(rapid.Uint64Range(0, 20).Draw(t, "key"))<<keyShift | unit(rapid.Uint64Range(0, 1<<30).Draw(t, "rest"))
	}), 0, 40)
	rapid.Check(t, func(t *rapid.T) {
		older, newer := units.Draw(t, "older"), units.Draw(t, "newer")
		want := newest(slices.Concat(older, newer))
		if got := merge(newest(slices.Clone(older)), newest(slices.Clone(newer))); !slices.Equal(got, want) {
			t.Fatalf("%x, want %x", got, want)
		}
		again, err := decodeArea(nil, encodeArea(want))
		if err != nil || !slices.Equal(again, want) {
			t.Fatalf("stored as %x, read back as %x, %v", want, again, err)
		}
	})
}

func TestPackedRoundTrip(t *testing.T) {
	at := rapid.Custom(func(t *rapid.T) point {
		return point{rapid.IntRange(0, maxEasting/packedMetres).Draw(t, "easting"), rapid.IntRange(0, maxNorthing/packedMetres).Draw(t, "northing")}
	})
	rapid.Check(t, func(t *rapid.T) {
		sectors := []packedSector{
			{"ZY1 1", rapid.SliceOfN(at, 0, 60).Draw(t, "ZY1 1")},
			{"E1W 0", rapid.SliceOfN(at, 0, 3).Draw(t, "E1W 0")},
			{"ZY1 0", rapid.SliceOfN(at, 0, 3).Draw(t, "ZY1 0")},
		}
		table := mustRead(t, encodePacked(sectors...))
		for _, s := range sectors {
			for i, want := range s.units {
				code := fmt.Sprintf("%s%c%c", s.code, 'A'+i/26, 'A'+i%26)
				if got := table.Place(code); got != exact(float64(want.easting*10), float64(want.northing*10)) {
					t.Fatalf("%s is at %v, want %v", code, got, want)
				}
			}
		}
	})
}
