package gazetteer

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward/internal/fault"
)

func TestEveryAuthorityIsListedOnceForEachOfItsCodes(t *testing.T) {
	codes, live := map[string]bool{}, map[string]string{}
	for _, a := range Authorities() {
		if codes[a.GSS] || !isGSS([]byte(a.GSS)) || a.Name == "" || !a.From.Known() || a.To.Known() && a.To <= a.From {
			t.Errorf("%+v", a)
		}
		codes[a.GSS] = true
		if a.To.Known() {
			continue
		}
		if live[a.Number] != "" || len(a.Number) != 3 {
			t.Errorf("%s has the number of %s", a.Name, live[a.Number])
		}
		live[a.Number] = a.GSS
		if got, ok := AuthorityOf(a.Number); !ok || got != a.GSS {
			t.Errorf("%s is %s, want %s", a.Number, got, a.GSS)
		}
	}
	if len(live) != 153 || len(codes) != 172 {
		t.Errorf("%d authorities are live of %d codes", len(live), len(codes))
	}
}

func TestTheNewestCodeOfAnAuthorityStandsForAll(t *testing.T) {
	for number, want := range map[string]string{
		"831": "E06000015", // Derby
		"370": "E08000038", // Barnsley, of 2025
		"929": "E06000057", // Northumberland, a county until 2009, of 2013
		"825": "E06000060", // Buckinghamshire, a county until 2020
		"909": "E10000006", // Cumbria, which ended
		"838": "E06000059", // Dorset, of another number than the county
		"835": "E10000009",
		"":    "", "x": "", "999": "", "83": "",
	} {
		if got, ok := AuthorityOf(number); got != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", number, got, want)
		}
	}
}

func TestTheListOfAuthoritiesIsACopy(t *testing.T) {
	Authorities()[0].GSS = "changed"
	if authorities[0].GSS == "changed" {
		t.Error("the table can be changed from outside")
	}
}

// placesOf reads a file of this name and content.
func placesOf(name, content string) (*Places, error) { return placesWithin(name, content, usualLimits) }

func placesWithin(name, content string, within limits) (*Places, error) {
	r := newPlacing(within)
	err := r.readStream(name, bufio.NewReader(strings.NewReader(content)))
	return r.places(), err
}

func checkFound(t *testing.T, name string, p *Places, want map[string]Place) {
	t.Helper()
	got := map[string]Place{}
	for text := range maps.Keys(want) {
		place, ok := p.Find(text)
		if !ok && place != (Place{}) {
			t.Errorf("%s: %s is not there and at %v", name, text, place)
		}
		if ok {
			got[text] = place
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", name, diff)
	}
}

func in(authority string) Place { return Place{440000, 330000, true, authority} }

func TestTheAuthorityIsTheCountyOrElseTheDistrict(t *testing.T) {
	for _, c := range []struct{ name, county, district, want string }{
		{"a unitary", "", "E06000015", "E06000015"},
		{"and under a code for no county", "E99999999", "E06000015", "E06000015"},
		{"a district of a county", "E10000007", "E07000001", "E10000007"},
		{"a metropolitan district", "E99999999", "E08000001", "E08000001"},
		{"one of a metropolitan county", "E11000001", "E08000001", "E08000001"},
		{"a London borough", "E99999999", "E09000007", "E09000007"},
		{"a county with no district", "E10000007", "", "E10000007"},
		{"a code newer than the table", "", "E06000099", "E06000099"},
		{"a code of before", "", "E08000016", "E08000038"},
		{"a county of before", "E10000023", "E07000163", "E06000065"},
		{"Scotland", "S99999999", "S12000033", Scotland},
		{"Wales", "W99999999", "W06000001", Wales},
		{"Northern Ireland", "N99999999", "N09000003", NorthernIreland},
		{"Jersey", "L99999999", "L99999999", ""},
		{"a district that lost its county", "E99999999", "E07000001", ""},
		{"nowhere", "", "", ""},
	} {
		for head, row := range map[string]string{
			"pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,oseast1m,osnrth1m,osgrdind":         "ZY11CI,,ZY1 1CI,198001,,%s,,%s,440000,330000,1",
			"pcds,doterm,oseast1m,osnrth1m,osgrdind,cty,ced,laua,ward":                        "ZY1 1CI,,440000,330000,1,%s,,%s,",
			"pcd7,pcds,doterm,east1m,north1m,gridind,cty26cd,ced26cd,lad26cd,wd26cd,ctry26cd": "ZY1 1CI,ZY1 1CI,,440000,330000,1,%s,,%s,,",
			"\"PCDS\",\"DOTERM\",\"OSEAST1M\",\"OSNRTH1M\",\"OSGRDIND\",\"OSCTY\",\"OSLAUA\"": "\"ZY1 1CI\",\"\",440000,330000,1,\"%s\",\"%s\"",
			"\"ZY1 1CK\",10,1,1,\"E92000001\",\"\",\"\",\"\",\"\",\"\"":                       "\"ZY1 1CI\",10,440000,330000,\"E92000001\",\"\",\"\",\"%s\",\"%s\",\"E05000001\"",
		} {
			p, err := placesOf("f", head+"\n"+fmt.Sprintf(row, c.county, c.district)+"\n")
			if err != nil || !p.HasAuthorities() {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			checkFound(t, c.name+" under "+head, p, map[string]Place{"ZY1 1CI": in(c.want)})
		}
	}
}

func TestTheGazetteersOwnFixturesHavePlaces(t *testing.T) {
	for path, want := range map[string]map[string]Place{
		"codepoint": {
			"ZY1 1CI": {440010, 330020, true, "E06000015"}, "zy11ci": {440010, 330020, true, "E06000015"},
			"ZY1 1CO": {0, 0, false, "E06000015"}, "ZZ9A 9CI": {450010, 340020, true, "E10000007"},
		},
		"packed.bin.gz":   {"ZY1 1CI": {440010, 330020, true, "E06000015"}, "ZZ9A 9MM": {450010, 340020, true, "E10000007"}},
		"onspd_older.csv": {"ZY1 1CK": {440112, 330122, true, ""}, "ZY1 1CO": {}, "BT1 1CI": {}},
		"nspl_2024.csv":   {"ZY2 2II": {442012, 332022, true, ""}},
		"nspl_2026.csv":   {"ZY221MO": {443012, 333022, true, ""}},
	} {
		p, err := ReadPlaces(filepath.Join("testdata", path))
		if err != nil || !p.HasAuthorities() {
			t.Errorf("%s: %v", path, err)
			continue
		}
		checkFound(t, path, p, want)
	}
}

func TestAPackedUnitIsInItsSectorsAuthorityOrItsOwn(t *testing.T) {
	p, err := placesOf("p", encodePacked(packedSector{"ZY1 1", []point{{44001, 33001}, {43999, 32999}, {44002, 33002}}}))
	if err != nil {
		t.Fatal(err)
	}
	checkFound(t, "packed", p, map[string]Place{
		"ZY1 1AA": {440010, 330010, true, "E06000015"},
		"ZY1 1AB": {439990, 329990, true, "E10000007"},
		"ZY1 1AC": {440020, 330020, true, "E06000015"},
	})
}

const placeHead = "pcds,doterm,oseast1m,osnrth1m,osgrdind,oscty,oslaua\n"

func TestOnlyAWholePostcodeInTheFileIsFound(t *testing.T) {
	p, err := placesOf("f", placeHead+"ZY1 1CI,,440000,330000,1,,E06000015\nZY1 1CK,199606,440000,330000,8,,E06000015\nZY1 1CM,,,,9,,E06000015\n")
	if err != nil {
		t.Fatal(err)
	}
	checkFound(t, "found", p, map[string]Place{
		"ZY1 1CI": in("E06000015"), "zy11ci": in("E06000015"), " ZY 11 CI\t": in("E06000015"),
		"ZY1 1CK": in("E06000015"), // no longer in use
		"ZY1 1CM": {0, 0, false, "E06000015"},
	})
	for _, text := range []string{"", " ", "ZY1 1CO", "ZY1", "ZY1 1", "ZY1 1C", "zz/zz/2009", "ZY1 1CI2", "ÂZY1 1CI"} {
		if place, ok := p.Find(text); ok || place != (Place{}) {
			t.Errorf("%q was found at %v", text, place)
		}
	}
	if p.Units() != 3 {
		t.Errorf("there are %d", p.Units())
	}
}

func TestAGazetteerDeniesAPostcodeOnlyOfItsOwnAreas(t *testing.T) {
	p, err := placesOf("f", placeHead+"ZY1 1CI,,440000,330000,1,,E06000015\nE1W 1CI,,440000,330000,1,,E09000030\n")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"ZY9 9CI": true, "E2 1CI": true, "ec1a 1ci": false, "BT1 1CI": false, "Z1 1CI": false,
		"": true, "BT1": true, "not a postcode": true, // which there is not, anywhere
	} {
		if got := p.Covers(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAFileWithoutAuthoritiesSaysSo(t *testing.T) {
	const row = "ZY1 1CI,,440000,330000,1"
	for _, c := range []struct {
		name, content string
		has           bool
		want          string
	}{
		{"neither column", onsHead + row + "\n", false, ""},
		{"only the county's", "pcds,doterm,oseast1m,osnrth1m,osgrdind,oscty\n" + row + ",E10000007\n", false, "E10000007"},
		{"only the district's, and counties in it", "pcds,doterm,oseast1m,osnrth1m,osgrdind,oslaua\n" + row + ",E10000007\n", true, "E10000007"},
		{"only the district's, of a county", "pcds,doterm,oseast1m,osnrth1m,osgrdind,oslaua\n" + row + ",E07000001\n", false, ""},
		{"blank cells", placeHead + row + ",,\n", true, ""},
	} {
		p, err := placesOf("f", c.content)
		if err != nil || p.HasAuthorities() != c.has {
			t.Errorf("%s: %v, %v", c.name, p.HasAuthorities(), err)
			continue
		}
		checkFound(t, c.name, p, map[string]Place{"ZY1 1CI": in(c.want)})
	}
}

func TestAnAuthorityIsHeldByAnyOfItsCodes(t *testing.T) {
	p, err := placesOf("f", placeHead+"ZY1 1CI,,440000,330000,1,,E08000016\nZY1 1CK,,440000,330000,1,,\n")
	if err != nil {
		t.Fatal(err)
	}
	for gss, want := range map[string]bool{"E08000038": true, "E08000016": true, "E06000015": false, "E10000006": false, "": false} {
		if got := p.HoldsAuthority(gss); got != want {
			t.Errorf("%q: %v", gss, got)
		}
	}
}

func TestPlacesOfAFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "1.csv", placeHead+"ZY1 1CI,,1,1,1,,E06000016\nZY1 1CK,,440000,330000,1,,E06000016\n")
	write(t, dir, "2", gzipped(t, placeHead+"ZY1 1CI,,440000,330000,1,,E06000015\n"))
	write(t, dir, "3.csv", sectorHead+"ZY1 1,442000,332000,100\n")
	write(t, dir, "4.csv", "outcode,easting,northing,r95_m\nZY1,1,2,3\n")
	p, err := ReadPlaces(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkFound(t, "folder", p, map[string]Place{"ZY1 1CI": in("E06000015"), "ZY1 1CK": in("E06000016")})
	write(t, dir, "5.csv", onsHead+"ZY1 1CM,,440000,330000,1\n")
	if p, err = ReadPlaces(dir); err != nil || p.HasAuthorities() {
		t.Errorf("one file without authorities went unnoticed: %v", err)
	}
}

func TestAFaultOfAPlaceNamesFileLineColumnAndMend(t *testing.T) {
	row := "ZY1 1CI,,440000,330000,1,,E06000015\n"
	for _, c := range []struct{ name, content, want string }{
		{"empty", "", "f.csv, line 1: it is empty"},
		{"only blank lines", "\n \n", "f.csv, line 1: it is empty"},
		{"another file", "CHILD,DECOM\n", "f.csv, line 1: it is none of Code-Point Open"},
		{"a zip file", "PK\x03\x04rest", "f.csv, line 1: it is a zip file"},
		{"UTF-16", "\xff\xfep\x00", "f.csv, line 1: it is in UTF-16"},
		{"gzip damaged", "\x1f\x8b\x00\x00", "f.csv, line 1: it begins like a gzip file but is damaged"},
		{"gzip within gzip", gzipped(t, gzipped(t, placeHead)), "f.csv, line 1: it is gzipped twice"},
		{"no easting", "pcds,osnrth1m,oslaua\n", "f.csv, line 1, column oseast1m or east1m: the column is missing"},
		{"too few cells", placeHead + row + "ZY1 1CK\n", "f.csv, line 3: there are 1 cells"},
		{"no postcode", placeHead + "DE22,,440000,330000,1,,E06000015\n", "f.csv, line 2, column pcds: this is not a whole postcode"},
		{"the codes of before 2011", placeHead + row + "ZY1 1CK,,440000,330000,1,00,00FK\n", "f.csv, line 3, column oslaua: this is not a code such as E06000015. Correct it, or load a file of 2011"},
		{"a name", placeHead + "ZY1 1CI,,440000,330000,1,,Derby\n", "f.csv, line 2, column oslaua: this is not a code"},
		{"a county's name", placeHead + "ZY1 1CI,,440000,330000,1,E10 Derbyshire,E07000001\n", "f.csv, line 2, column oscty: this is not a code"},
		{"nine characters", placeHead + "ZY1 1CI,,440000,330000,1,,E0600001X\n", "f.csv, line 2, column oslaua: this is not a code"},
		{"Code-Point", "\"ZY1 1CI\",10,1,1,,,,,x,\n", "f.csv, line 1, column 9 (district): this is not a code"},
		{"more authorities than fit", placeHead + many(row, 256), "f.csv, line 257, column oslaua: there are more authorities"},
		{"a sector's fault", sectorHead + "ZY11,1,1,1\n", "f.csv, line 2, column sector: this is not a sector"},
	} {
		_, err := placesOf("f.csv", c.content)
		checkFault(t, c.name, err, c.want)
	}
	if _, err := placesOf("f.csv", placeHead+many(row, 255)); err != nil {
		t.Errorf("255 authorities: %v", err)
	}
}

func many(row string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(row, "E06000015", fmt.Sprintf("E06%06d", i), 1))
	}
	return b.String()
}

func TestWhatHoldsNoPlacesIsAFault(t *testing.T) {
	empty, nested, sectors, foreign := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(nested, "Data"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, sectors, "s.csv", sectorHead+"ZY1 1,442000,332000,100\n")
	write(t, foreign, "a.csv", placeHead+"ZY1 1CI,,440000,330000,1,,E06000015\n")
	write(t, foreign, "licence.txt", "You may use this.\n")
	for path, want := range map[string]string{
		empty:                           "The folder " + empty + " is empty",
		nested:                          "The folder " + nested + " holds a folder, Data.",
		sectors:                         filepath.Base(sectors) + ", line 1: there are no whole postcodes",
		foreign:                         "licence.txt, line 1: it is none of",
		filepath.Join(empty, "no file"): "There is no file or folder",
		os.DevNull:                      os.DevNull + " cannot be read as a file",
	} {
		p, err := ReadPlaces(path)
		checkFault(t, path, err, want)
		if p != nil {
			t.Errorf("%s: there are places all the same", path)
		}
	}
}

func TestDamagedPackedPlaces(t *testing.T) {
	good := encodePacked(packedSector{"ZY1 1", []point{{44001, 33001}, {43999, 32999}}})
	head := packedMagic + "a\nE06000015\n"
	for _, c := range []struct{ name, content, want string }{
		{"only the first line", packedMagic, "p: the packed"},
		{"no codes", packedMagic + "a\nDerby\n\x00", "p: the packed"},
		{"one byte short", good[:len(good)-1], "p, sector 1 ZY1 1: the packed"},
		{"one byte more", good + "x", "p, sector 1 ZY1 1: the packed"},
		{"a usual authority that is not listed", head + "\x01\x05ZY1 1\x01\x00\x00\x01\x02\x00\x00", "p, sector 1 ZY1 1: the packed"},
		{"a unit's authority that is not listed", head + "\x01\x05ZY1 1\x01\x00\x00\x00\x03\x01\x00\x00", "p, sector 1 ZY1 1: the packed"},
		{"two units of one name", head + "\x01\x05ZY1 1\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00", "p, sector 1 ZY1 1: the packed"},
		{"letters beyond ZZ", head + "\x01\x05ZY1 1\x01\x00\x00\x00\xca\x0a\x00\x00", "p, sector 1 ZY1 1: the packed"},
	} {
		_, err := placesOf("p", c.content)
		checkFault(t, c.name, err, c.want)
	}
}

func TestHugePlacesAreRefused(t *testing.T) {
	row := "ZY1 1CI,,1,1,1,,E06000015\n"
	for name, content := range map[string]string{
		"rows":        placeHead + strings.Repeat(row, 11),
		"bytes":       gzipped(t, placeHead+strings.Repeat("\n", 1<<17)),
		"packed rows": encodePacked(packedSector{"ZY1 1", make([]point, 11)}),
	} {
		if _, err := placesWithin("f", content, limits{bytes: 1 << 16, rows: 10}); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("more %s than allowed: %v", name, err)
		}
	}
}

func TestPlacesMadeOfRowsAreFound(t *testing.T) {
	want := map[string]Place{"ZY1 1CI": in("E06000015"), "ZY2 1CI": {Authority: Scotland}, "ZY2 1CK": in("")}
	rows := []PlaceRow{}
	for text, place := range want {
		rows = append(rows, PlaceRow{text, place})
	}
	p := MakePlaces(rows)
	checkFound(t, "made", p, want)
	if !p.HasAuthorities() {
		t.Error("they have no authorities")
	}
	for _, bad := range []PlaceRow{{"ZY1", in("")}, {"", in("")}, {"ZY1 1CI", Place{Easting: -1, Located: true}}, {"ZY1 1CI", Place{Northing: maxNorthing + 1, Located: true}}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v was taken in", bad)
				}
			}()
			MakePlaces([]PlaceRow{bad})
		}()
	}
}

func TestFindingAllocatesNothing(t *testing.T) {
	p := MakePlaces([]PlaceRow{{"ZY1 1CI", in("E06000015")}})
	for _, text := range []string{"zy1 1ci", "ZY1 1CM", "no postcode", ""} {
		if n := testing.AllocsPerRun(100, func() { p.Find(text) }); n != 0 {
			t.Errorf("finding %q allocates %v times", text, n)
		}
	}
}

// FuzzReadPlaces holds Places to Read, which knows the same files: both refuse, or
// both know the same postcodes in the same positions.
func FuzzReadPlaces(f *testing.F) {
	packed := encodePacked(packedSector{"ZY1 1", []point{{44001, 33001}, {43999, 32999}}}, packedSector{"E1W 9", []point{{0, 0}}})
	for _, seed := range []string{
		placeHead + "ZY1 1CI,,440000,330000,1,E10000007,E07000001\nBT1 1CI,,1,1,1,,N09000003\n", sectorHead + "\"ZY1 1\",1,2,3\r\n", packed, packed[:50],
		"\"ZY1 1CI\",10,1,2,,,,,E06000015,\n", "\xef\xbb\xbfpcd7,east1m,north1m,lad26cd\nZY11CI,0,0,S12000033", onsHead + "ZY1 1CI,199001,1,1,9\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		within := limits{bytes: 1 << 20, rows: 2000}
		p, err := placesWithin("f", content, within)
		r, other := readWithinText("f", content, within)
		if kind := fault.KindOf(err); err != nil && kind != fault.Invalid && kind != fault.TooLarge {
			t.Fatalf("a fault nobody can act on: %v", err)
		}
		if other != nil && err == nil {
			t.Fatalf("taken in, but Read says %v", other)
		}
		if err == nil {
			checkSame(t, p, r)
		}
	})
}

func checkSame(t *testing.T, p *Places, r *Reading) {
	t.Helper()
	if table := r.Table(); table.Units() != p.Units() {
		t.Fatalf("%d postcodes, not %d", p.Units(), table.Units())
	}
	for outward, area := range r.areas {
		for _, u := range *area {
			text, at := postcodeOf(outward, u).Canonical(), u.position()
			place, ok := p.Find(text)
			if !ok || place.Located == u.has(unplaced) || place.Located && (float64(place.Easting) != at.Easting || float64(place.Northing) != at.Northing) {
				t.Fatalf("%s is at %v, not %v", text, place, at)
			}
			nation := slices.Contains([]string{"", Scotland, Wales, NorthernIreland}, place.Authority)
			if !nation && !isGSS([]byte(place.Authority)) || !p.Covers(text) {
				t.Fatalf("%s is in %q", text, place.Authority)
			}
		}
	}
}

func BenchmarkReadPlaces(b *testing.B) {
	content, asked := synthetic()
	before := resident()
	var p *Places
	for b.Loop() {
		var err error
		if p, err = placesOf("p", content); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((resident()-before)/1e6, "MB")
	b.ReportMetric(float64(p.Units()), "postcodes")
	if _, ok := p.Find(asked[0]); !ok {
		b.Errorf("%s is not known", asked[0])
	}
}
