package gazetteer

import (
	"bytes"
	"compress/gzip"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward/internal/fault"
	"homeward/internal/geo"
)

func exact(easting, northing float64) geo.Position {
	return geo.Position{Easting: easting, Northing: northing, Known: true}
}

func vague(easting, northing, uncertainty float64) geo.Position {
	return geo.Position{Easting: easting, Northing: northing, Uncertainty: uncertainty, Known: true}
}

// ofONS is what the three ONS fixtures say, each in its own headings.
var ofONS = map[string]geo.Position{
	"ZY1 1CI":  exact(440012, 330022),
	"ZY1 1CK":  vague(440112, 330122, 500), // ended before 2000: 8
	"ZY1 1CM":  vague(440212, 330222, 500), // imputed: 5
	"ZY1 1CO":  {},                         // 9
	"ZY1 1CV":  vague(440412, 330422, 500), // the sector's mean: 6
	"ZY2 2II":  exact(442012, 332022),
	"ZY22 1MO": exact(443012, 333022),
	"BT1 1CI":  {}, // on the Irish grid
}

func TestEveryFormatIsKnownByItsContent(t *testing.T) {
	onsReport := Report{Parts: []Part{{ONS, 1, 8}}, Rough: 3, Unplaced: 2, Ended: 2}
	for _, c := range []struct {
		path   string
		places map[string]geo.Position
		report Report
	}{
		{"codepoint", map[string]geo.Position{
			"ZY1 1CI": exact(440010, 330020), "ZY1 1CK": vague(440110, 330120, 500), "ZY1 1CM": vague(440210, 330220, 500),
			"ZY1 1CO": {}, "ZY11 1CV": exact(441010, 331020), "ZZ9A 9CI": exact(450010, 340020), "ZZ1 9MM": exact(450110, 340120),
		}, Report{Parts: []Part{{CodePointOpen, 2, 7}}, Rough: 2, Unplaced: 1}},
		{"onspd_older.csv", ofONS, onsReport},
		{"nspl_2024.csv", ofONS, onsReport},
		{"nspl_2026.csv", ofONS, onsReport},
		{"packed.bin", ofPacked, Report{Parts: []Part{{Packed, 1, 4}}}},
		{"packed.bin.gz", ofPacked, Report{Parts: []Part{{Packed, 1, 4}}}},
		{"sectors.csv", map[string]geo.Position{
			"ZY1 1": vague(440200, 330200, 700), "ZY11 1CI": vague(441000, 331000, 350.5), "ZY1 2": {},
		}, Report{Parts: []Part{{Sectors, 1, 2}}}},
		{"outcodes.csv", map[string]geo.Position{
			"ZY1": vague(440500, 330500, 2000), "ZY1 1CI": vague(440500, 330500, 2000), "ZY22": vague(443100, 333100, 1800),
		}, Report{Parts: []Part{{Outcodes, 1, 4}}}},
	} {
		r, err := Read(filepath.Join("testdata", c.path))
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		if diff := cmp.Diff(c.report, r.Report); diff != "" {
			t.Errorf("%s: report (-want +got)\n%s", c.path, diff)
		}
		checkPlaces(t, c.path, r.Table(), c.places)
	}
}

var ofPacked = map[string]geo.Position{
	"ZY1 1CI": exact(440010, 330020), "ZY1 1CK": exact(439910, 330120), "ZY1 1VV": exact(440510, 329520), "ZZ9A 9MM": exact(450010, 340020),
	"ZY1 1CJ": {},
}

func checkPlaces(t *testing.T, name string, table *Table, want map[string]geo.Position) {
	t.Helper()
	got := map[string]geo.Position{}
	for text := range maps.Keys(want) {
		got[text] = table.Place(text)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: places (-want +got)\n%s", name, diff)
	}
}

// readText reads a file of this name and content.
func readText(name, content string) (*Reading, error) {
	return readWithinText(name, content, usualLimits)
}

func readWithinText(name, content string, within limits) (*Reading, error) {
	r := &Reading{left: within, areas: map[Postcode]*[]unit{}, centres: map[Postcode]centre{}}
	err := r.readStream(name, strings.NewReader(content))
	r.settle()
	return r, err
}

func gzipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const (
	onsHead    = "pcds,doterm,oseast1m,osnrth1m,osgrdind\n"
	sectorHead = "sector,easting,northing,r95_m\n"
)

func TestEdgesOfARow(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          geo.Position // of ZY1 1CI
	}{
		{"a blank quality is not known to be exact", onsHead + "ZY1 1CI,,440000,330000,\n", vague(440000, 330000, 500)},
		{"nor is a file without that column", "pcd,east1m,north1m\nZY11CI,440000,330000\n", vague(440000, 330000, 500)},
		{"the scale of OS under a heading of ONS", onsHead + "ZY1 1CI,,440000,330000,40\n", exact(440000, 330000)},
		{"decimals are rounded", onsHead + "ZY1 1CI,,440000.5,330000.49,1\n", exact(440001, 330000)},
		{"no coordinates", onsHead + "ZY1 1CI,,,,1\n", geo.Position{}},
		{"both 0", onsHead + "ZY1 1CI,,0,0,1\n", geo.Position{}},
		{"quality 9 whatever the coordinates", onsHead + "ZY1 1CI,,440000,330000,9\n", geo.Position{}},
		{"the farthest corner of the grid", onsHead + "ZY1 1CI,,700000,1300000,1\n", exact(700000, 1300000)},
		{"the last row wins", onsHead + "ZY1 1CI,,440000,330000,1\nzy11ci,,441000,331000,1\n", exact(441000, 331000)},
		{"also when it has no position", onsHead + "ZY1 1CI,,440000,330000,1\nZY1 1CI,,,,9\n", geo.Position{}},
		{"spaces, blank lines, capitals and quotes", " PCDS ,\"OSEAST1M\",OSNRTH1M,OSGRDIND\r\n\r\n\" zy11ci \", 440000 ,\"330000\",\"1\"\r\n", exact(440000, 330000)},
		{"a quoted comma in a column nobody needs", "pcds,name,oseast1m,osnrth1m,osgrdind\nZY1 1CI,\"a, \"\"b\"\"\",440000,330000,1", exact(440000, 330000)},
		{"only a heading", onsHead, geo.Position{}},
		{"gzipped CSV", gzipped(t, onsHead+"ZY1 1CI,,440000,330000,1\n"), exact(440000, 330000)},
	} {
		r, err := readText("file", c.content)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := r.Table().Place("ZY1 1CI"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func checkFault(t *testing.T, name string, err error, want string) {
	t.Helper()
	if fault.KindOf(err) != fault.Invalid || !strings.HasPrefix(fault.Message(err), want) {
		t.Errorf("%s: %v, want %q", name, err, want)
	}
}

func TestAFaultNamesFileLineColumnAndMend(t *testing.T) {
	row := "ZY1 1CI,,440000,330000,1\n"
	for _, c := range []struct{ name, content, want string }{
		{"empty", "", "f.csv, line 1: it is empty"},
		{"only blank lines", "\n\r\n  \n", "f.csv, line 1: it is empty"},
		{"only a byte order mark", "\xef\xbb\xbf", "f.csv, line 1: it is empty"},
		{"an exchange file", "agency_code,child_ref\nDER,C1\n", "f.csv, line 1: it is none of Code-Point Open"},
		{"Code-Point's own headings", "PC,PQ,EA,NO,CY,RH,LH,CC,DC,WC\n", "f.csv, line 1: it is none of"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "f.csv, line 1: it is none of"},
		{"a zip file", "PK\x03\x04rest", "f.csv, line 1: it is a zip file"},
		{"UTF-16 little", "\xff\xfep\x00c\x00", "f.csv, line 1: it is in UTF-16"},
		{"UTF-16 big", "\xfe\xff\x00p\x00c", "f.csv, line 1: it is in UTF-16"},
		{"UTF-16 without a mark", "p\x00c\x00d\x00\n\x00", "f.csv, line 1: there is a NUL character"},
		{"NUL", onsHead + "ZY1 1C\x00I,,440000,330000,1\n", "f.csv, line 2: there is a NUL character"},
		{"gzip within gzip", gzipped(t, gzipped(t, onsHead)), "f.csv, line 1: it is gzipped twice"},
		{"gzip cut short", gzipped(t, onsHead+strings.Repeat(row, 100))[:60], "f.csv, "},
		{"gzip damaged", "\x1f\x8b\x00\x00\x00", "f.csv, line 1: it begins like a gzip file but is damaged"},
		{"no easting", "pcds,osnrth1m,osgrdind\n", "f.csv, line 1, column oseast1m or east1m: the column is missing"},
		{"no northing", "pcds,oseast1m,osgrdind\n", "f.csv, line 1, column osnrth1m or north1m: the column is missing"},
		{"no radius", "sector,easting,northing\n", "f.csv, line 1, column r95_m: the column is missing"},
		{"too few cells", onsHead + row + "ZY1 1CK,,440000,330000\n", "f.csv, line 3: there are 4 cells where the first line has 5"},
		{"too many cells", onsHead + "ZY1 1CK,,440000,330000,1,\n", "f.csv, line 2: there are 6 cells"},
		{"an open quote", onsHead + row + "\"ZY1 1CK,,440000,330000,1\n" + row, "f.csv, line 3: cell 1 has an open quote. Close it"},
		{"a quote closed early", onsHead + "\"ZY1\" 1CK,,440000,330000,1\n", "f.csv, line 2: cell 1 goes on after its closing quote"},
		{"no postcode", onsHead + "\n" + row + ",,440000,330000,1\n", "f.csv, line 4, column pcds: this is not a whole postcode"},
		{"a sector for a postcode", onsHead + "ZY1 1,,440000,330000,1\n", "f.csv, line 2, column pcds: this is not a whole postcode"},
		{"quality 0", onsHead + "ZY1 1CI,,440000,330000,0\n", "f.csv, line 2, column osgrdind: the positional quality"},
		{"quality 91", onsHead + "ZY1 1CI,,440000,330000,91\n", "f.csv, line 2, column osgrdind: the positional quality"},
		{"quality in words", onsHead + "ZY1 1CI,,440000,330000,good\n", "f.csv, line 2, column osgrdind: the positional quality"},
		{"one coordinate", onsHead + "ZY1 1CI,,440000,,1\n", "f.csv, line 2, column osnrth1m: this is not a number of metres"},
		{"a negative coordinate", onsHead + "ZY1 1CI,,-1,330000,1\n", "f.csv, line 2, column oseast1m: this is not a number of metres"},
		{"off the grid", onsHead + "ZY1 1CI,,700001,330000,1\n", "f.csv, line 2, column oseast1m: this is not a number of metres"},
		{"far off the grid", onsHead + "ZY1 1CI,,440000,99999999999999999999,1\n", "f.csv, line 2, column osnrth1m: this is not a number of metres"},
		{"degrees", onsHead + "ZY1 1CI,,NaN,Inf,1\n", "f.csv, line 2, column oseast1m: this is not a number of metres"},
		{"Code-Point", "\"ZY1 1CI\",10,440000,x,a,b,c,d,e,f\n", "f.csv, line 1, column 4 (northing): this is not a number of metres"},
		{"a sector without its space", sectorHead + "ZY11,440000,330000,100\n", "f.csv, line 2, column sector: this is not a sector with its space"},
		{"an outward code that is none", "outcode,easting,northing,r95_m\nZY1 1,440000,330000,100\n", "f.csv, line 2, column outcode: this is not an outward code"},
		{"a centre without a position", sectorHead + "ZY1 1,,,100\n", "f.csv, line 2, column easting: this is not a number of metres"},
		{"a centre off the grid", sectorHead + "ZY1 1,440000,1300001,100\n", "f.csv, line 2, column northing: this is not a number of metres"},
		{"no radius in a row", sectorHead + "ZY1 1,440000,330000,\n", "f.csv, line 2, column r95_m: this is not a number of metres"},
		{"a negative radius", sectorHead + "ZY1 1,440000,330000,-1\n", "f.csv, line 2, column r95_m: this is not a number of metres"},
		{"an endless radius", sectorHead + "ZY1 1,440000,330000,inf\n", "f.csv, line 2, column r95_m: this is not a number of metres"},
		{"no line ends", onsHead + strings.Repeat("x", maxLine+1), "f.csv, line 2: the line is longer than 65536 characters"},
	} {
		_, err := readText("f.csv", c.content)
		checkFault(t, c.name, err, c.want)
	}
}

func TestAFaultNeverQuotesACell(t *testing.T) {
	_, err := readText("f.csv", onsHead+"Ada Lovelace,,1,2,3\n")
	if err == nil || strings.Contains(err.Error(), "Lovelace") {
		t.Errorf("the wrong file was quoted: %v", err)
	}
}

func TestHugeInputIsRefused(t *testing.T) {
	bomb := gzipped(t, onsHead+strings.Repeat("\n", 1<<20))
	for _, c := range []struct {
		name, content string
		within        limits
	}{
		{"more bytes unpacked than allowed", bomb, limits{bytes: 1 << 16, rows: 10}},
		{"more rows than allowed", onsHead + strings.Repeat("ZY1 1CI,,1,1,1\n", 11), limits{bytes: 1 << 16, rows: 10}},
		{"more sectors than allowed", sectorHead + strings.Repeat("ZY1 1,1,1,1\n", 11), limits{bytes: 1 << 16, rows: 10}},
		{"more packed postcodes than allowed", encodePacked(packedSector{"ZY1 1", make([]point, 11)}), limits{bytes: 1 << 16, rows: 10}},
		{"more packed bytes than allowed", encodePacked(packedSector{"ZY1 1", make([]point, 600)}), limits{bytes: 300, rows: 1000}},
	} {
		if _, err := readWithinText("f", c.content, c.within); fault.KindOf(err) != fault.TooLarge {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestAFolderIsReadInTheOrderOfNames(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "1.csv", onsHead+"ZY1 1CI,,440000,330000,1\nZY1 1CK,,440000,330000,1\n")
	write(t, dir, "2", gzipped(t, onsHead+"ZY1 1CI,,441000,331000,1\n"))
	write(t, dir, "3.csv", sectorHead+"ZY1 1,442000,332000,100\n")
	write(t, dir, "4", encodePacked(packedSector{"ZY1 2", []point{{44300, 33300}}}))
	r, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkPlaces(t, "folder", r.Table(), map[string]geo.Position{
		"ZY1 1CI": exact(441000, 331000), "ZY1 1CK": exact(440000, 330000), "ZY1 1CM": vague(442000, 332000, 100), "ZY1 2AA": exact(443000, 333000),
	})
	want := []Part{{ONS, 2, 3}, {Sectors, 1, 1}, {Packed, 1, 1}}
	if !slices.Equal(r.Report.Parts, want) {
		t.Errorf("parts are %v, want %v", r.Report.Parts, want)
	}
}

func TestAnythingElseInAFolderIsAFault(t *testing.T) {
	empty, nested, foreign := t.TempDir(), t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(nested, "Data"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, foreign, "a.csv", onsHead)
	write(t, foreign, "licence.txt", "You may use this.\n")
	for path, want := range map[string]string{
		empty:                           "The folder " + empty + " is empty",
		nested:                          "The folder " + nested + " holds a folder, Data.",
		foreign:                         "licence.txt, line 1: it is none of",
		filepath.Join(empty, "no file"): "There is no file or folder",
		os.DevNull:                      os.DevNull + " cannot be read as a file",
	} {
		_, err := Read(path)
		checkFault(t, path, err, want)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{onsHead + "ZY1 1CI,,440000,330000,1\n", sectorHead + "\"ZY1 1\",1,2,3\r\n", "\"ZY1 1CI\",10,1,2,,,,,,\n", "\xef\xbb\xbfoutcode,easting,northing,r95_m\nE1W,1,2,3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content string) {
		r, err := readWithinText("f", content, limits{bytes: 1 << 20, rows: 1000})
		checkReading(t, r, err)
	})
}

// checkReading holds for whatever was read: a fault a person can act on, or a
// table in which every postcode is found on the grid.
func checkReading(t *testing.T, r *Reading, err error) {
	t.Helper()
	if kind := fault.KindOf(err); err != nil && kind != fault.Invalid && kind != fault.TooLarge {
		t.Fatalf("a fault nobody can act on: %v", err)
	}
	table := r.Table()
	for outward, area := range r.areas {
		for _, u := range *area {
			p := postcodeOf(outward, u)
			got, basis := table.Lookup(p)
			if u.has(unplaced) == (basis == ByUnit) || got.Easting > maxEasting || got.Northing > maxNorthing {
				t.Fatalf("%v placed at %v on basis %d", p, got, basis)
			}
		}
	}
}

// postcodeOf is the postcode of a unit.
func postcodeOf(outward Postcode, u unit) Postcode {
	letters := int(u.key() & (1<<10 - 1))
	return join(outward.text[:sizeOfOutward], u.sector(), 'A'+byte(letters/26), 'A'+byte(letters%26))
}
