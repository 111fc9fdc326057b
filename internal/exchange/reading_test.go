package exchange

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"homeward/internal/fault"
)

// folder is the files of an exchange folder by name.
type folder map[string]string

// section reads "-- name --" and what follows it.
func section(text string) folder {
	files := folder{}
	name := ""
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "-- "); ok {
			name = strings.TrimSuffix(strings.TrimSpace(rest), " --")
			files[name] = ""
			continue
		}
		if name != "" {
			files[name] += line
		}
	}
	return files
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// good is a small region with everything in it, and nothing wrong.
func good(t testing.TB) folder { return section(testdata(t, "region.txt")) }

// with puts files in place of others.
func (f folder) with(more folder) folder {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

func (f folder) write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range f {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (f folder) read(t testing.TB, o Options) *Reading {
	t.Helper()
	o.Today = today
	r, err := ReadPath(f.write(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func said(r *Reading) []string {
	var lines []string
	for _, p := range slices.Concat(r.Problems, r.Notes) {
		lines = append(lines, p.String())
	}
	return lines
}

// expect holds what was said against how each line must begin.
func expect(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("missing: %s", want[i])
		case i >= len(want):
			t.Errorf("too many: %s", got[i])
		case !strings.HasPrefix(got[i], want[i]):
			t.Errorf("got  %s\nwant %s", got[i], want[i])
		}
	}
}

func TestTheGoodRegionIsGood(t *testing.T) {
	r := good(t).read(t, Options{})
	expect(t, said(r), nil)
	region := r.Region()
	if len(region.Children) != 3 || len(region.Families) != 2 || len(region.Conflicts) != 1 || len(region.Children[0].Zones) != 2 || len(region.Families[0].Household) != 2 {
		t.Errorf("read %+v", region)
	}
}

func TestEachRefusalNamesFileLineAndColumn(t *testing.T) {
	for i, one := range strings.Split(testdata(t, "refused.txt"), "\n== ")[1:] {
		title, text, _ := strings.Cut(one, "\n")
		t.Run(fmt.Sprint(i, " ", title), func(t *testing.T) {
			at := strings.Index("\n"+text, "\n> ")
			var want []string
			for line := range strings.Lines(text[at:]) {
				if line = strings.TrimSpace(line); line != "" {
					want = append(want, strings.TrimPrefix(line, "> "))
				}
			}
			expect(t, said(good(t).with(section(text[:at])).read(t, Options{})), want)
		})
	}
}

func TestFilesThatAreNotCSVAreRefusedOnLineOne(t *testing.T) {
	const needs = "agency_code,child_ref,need,level\nDER,C1,fasd,known\n"
	utf16 := func(mark string, order func(byte) string) string {
		for _, c := range []byte(needs) {
			mark += order(c)
		}
		return mark
	}
	cases := map[string]struct{ text, want string }{
		"UTF-16 with its mark":          {utf16("\xff\xfe", func(c byte) string { return string(rune(c)) + "\x00" }), "needs.csv:1: agency_code: This is not UTF-8 text (it may be UTF-16)"},
		"UTF-16 the other way round":    {utf16("\xfe\xff", func(c byte) string { return "\x00" + string(rune(c)) }), "needs.csv:1: agency_code: This is not UTF-8 text (it may be UTF-16)"},
		"UTF-16 without":                {utf16("", func(c byte) string { return string(rune(c)) + "\x00" }), "needs.csv:1: agency_code: This is not UTF-8 text (it may be UTF-16)"},
		"a picture":                     {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "needs.csv:1: agency_code: This is not UTF-8 text"},
		"a workbook":                    {"PK\x03\x04\x14\x00\x06\x00", "needs.csv:1: agency_code: This is a workbook, not CSV"},
		"a page of the web":             {"<!DOCTYPE html>\n<html></html>\n", "needs.csv:1: agency_code: This line holds none of the names"},
		"a header in the wrong quotes":  {"agency_code,child\"_ref,need,level\n", "needs.csv:1: agency_code: The quotes of this cell are wrong"},
		"a cell of Windows-1252":        {needs + "DER,C2,fasd,ma\xefs\n", "needs.csv:3: level: The cell is not UTF-8 text"},
		"a NUL":                         {needs + "DER,C2,fasd\x00,known\n", "needs.csv:3: need: The cell holds a NUL"},
		"lines of an old Macintosh":     {strings.ReplaceAll(needs, "\n", "\r"), "needs.csv:1: level: This column is missing"},
		"a reference of 201 characters": {needs + "DER," + strings.Repeat("é", 201) + ",fasd,known\n", "needs.csv:3: child_ref: The cell holds 201 characters: shorten it to 200."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := good(t).with(folder{"needs.csv": c.text}).read(t, Options{})
			if r.Count == 0 || !strings.HasPrefix(r.Problems[0].String(), c.want) {
				t.Errorf("got %q\nwant %s", said(r), c.want)
			}
		})
	}
}

func TestWhatIsAllowedAtTheEdges(t *testing.T) {
	crlf := folder{}
	for name, text := range good(t) {
		crlf[name] = "\xef\xbb\xbf" + strings.ReplaceAll(text, "\n", "\r\n")
	}
	turned := good(t)
	turned["needs.csv"] = "level,extra,need,child_ref,agency_code\n\n,,neglect,C1,DER\npossible,x,fasd,C1,DER\n   \nunknown,,fasd,C2,DER"
	for name, f := range map[string]folder{"a mark, CR LF": crlf, "columns in any order, blank lines, no last line end": turned} {
		t.Run(name, func(t *testing.T) {
			r := f.read(t, Options{})
			if r.Count > 0 {
				t.Fatal(said(r))
			}
			mustBeSame(t, good(t).read(t, Options{}).Region(), r.Region())
		})
	}
}

func TestFilesMayBeMissing(t *testing.T) {
	for name := range good(t) {
		if name == "agencies.csv" || name == "children.csv" || name == "families.csv" {
			continue
		}
		f := good(t)
		delete(f, name)
		if r := f.read(t, Options{}); r.Count > 0 {
			t.Errorf("without %s: %v", name, said(r))
		}
	}
	_, err := ReadPath(folder{"letter.txt": "x"}.write(t), Options{})
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), "agencies.csv, children.csv") {
		t.Errorf("a folder with nothing of the exchange: %v", err)
	}
	if _, err := ReadPath(filepath.Join(t.TempDir(), "nowhere"), Options{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no folder: %v", err)
	}
}

func TestRowsMayNameWhatIsKnown(t *testing.T) {
	f := folder{"needs.csv": "agency_code,child_ref,need,level\nNOT,C1,fasd,known\nNOT,C2,fasd,known\n"}
	r := f.read(t, Options{Known: Known{Agencies: map[string]bool{"NOT": true}, Children: map[Key]bool{{"NOT", "C1"}: true}}})
	expect(t, said(r), []string{`needs.csv:3: child_ref: "C2" of NOT is not in children.csv`})
	if len(r.Region().Children) != 0 || len(r.children.entries) != 1 {
		t.Errorf("a child that is only named is not of the region: %+v", r.Region())
	}
}

func TestProblemsAreCountedPastTheThousandListed(t *testing.T) {
	rows := "agency_code,child_ref,need,level\n" + strings.Repeat("DER,C1,shyness,known\n", 2500)
	r := good(t).with(folder{"needs.csv": rows}).read(t, Options{})
	if len(r.Problems) != MostListed || r.Count != 2500 || r.Skipped != 2500 {
		t.Errorf("%d listed, %d counted, %d skipped", len(r.Problems), r.Count, r.Skipped)
	}
	if got := fault.Message(r.Refusal(false)); got != "2500 problems. Nothing was imported." {
		t.Error(got)
	}
}

// TestSkippedRowsTakeTheirDependentsAlong: a child whose row is bad keeps its
// needs and conflicts out, and nobody else's.
func TestSkippedRowsTakeTheirDependentsAlong(t *testing.T) {
	f := good(t)
	f["children.csv"] = strings.Replace(f["children.csv"], "WBRI", "WHITE", 1)
	f["zones.csv"] += "DER,C2,nowhere,1,school,\n"
	var skipped bytes.Buffer
	r := f.read(t, Options{Skip: &skipped})
	if r.Count != 2 || r.Refusal(false) == nil || r.Refusal(true) != nil {
		t.Fatalf("%d problems, %v, %v", r.Count, r.Refusal(false), r.Refusal(true))
	}
	rows, err := csv.NewReader(&skipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows {
		got = append(got, strings.Join(row, " / "))
	}
	expect(t, got, []string{
		"file / line / column / problem / row",
		`children.csv / 2 / ethnic / "WHITE" is not one of`,
		"needs.csv / 2 / child_ref / It belongs to line 2 of children.csv, which was not taken. / DER,C1,fasd,possible",
		"needs.csv / 3 / child_ref / It belongs to line 2 of children.csv",
		"contact.csv / 2 / child_ref / It belongs to line 2 of children.csv",
		"contact.csv / 3 / child_ref / It belongs to line 2 of children.csv",
		"zones.csv / 2 / child_ref / It belongs to line 2 of children.csv",
		"zones.csv / 3 / child_ref / It belongs to line 2 of children.csv",
		`zones.csv / 5 / postcode / "nowhere" is not a postcode, a sector (NG3 4) or an outward code (NG3). / DER,C2,nowhere,1,school,`,
	})
	if r.Skipped != len(rows)-1 {
		t.Errorf("%d skipped, %d rows", r.Skipped, len(rows)-1)
	}
	region := r.Region()
	if len(region.Children) != 2 || region.Children[0].Ref != "C2" || len(region.Children[0].Needs) != 1 || len(region.Children[0].Zones) != 1 || len(region.Conflicts) != 1 {
		t.Errorf("kept %+v", region)
	}
}

func TestASkippedAgencyTakesEverythingOfIt(t *testing.T) {
	f := good(t)
	f["agencies.csv"] = strings.Replace(f["agencies.csv"], "VAA", "CHARITY", 1)
	r := f.read(t, Options{})
	region := r.Region()
	if r.Count != 1 || len(region.Agencies) != 1 || len(region.Families) != 0 || len(region.Conflicts) != 0 || len(region.Children) != 3 || r.Skipped != 1+2+3+3+3+1 {
		t.Errorf("%d problems, %d skipped, %+v", r.Count, r.Skipped, region)
	}
}

func TestAFileThatEndsEarlyCannotBeSkipped(t *testing.T) {
	f := good(t)
	f["zones.csv"] = strings.Replace(f["zones.csv"], "radius_miles", "radius", 1)
	r := f.read(t, Options{Skip: &bytes.Buffer{}})
	if r.Refusal(true) == nil {
		t.Error("the zones of a file without its column were taken for none")
	}
}

func TestSkippedRowsAreDisarmed(t *testing.T) {
	f := good(t)
	f["families.csv"] += "=cmd(),F9,,,,,,,,,,,\n"
	var skipped bytes.Buffer
	f.read(t, Options{Skip: &skipped})
	if !strings.Contains(skipped.String(), `,"'=cmd(),F9`) {
		t.Errorf("written %s", skipped.String())
	}
}

// TestNothingOutsideTheFolderIsRead: a link that leads out, a folder and a pipe
// in the place of a file are refused by name, and other things passed over.
func TestNothingOutsideTheFolderIsRead(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte(good(t)["needs.csv"]), 0o600); err != nil {
		t.Fatal(err)
	}
	f := good(t)
	delete(f, "needs.csv")
	delete(f, "zones.csv")
	delete(f, "places.csv")
	dir := f.write(t)
	for _, err := range []error{
		os.Symlink(outside, filepath.Join(dir, "needs.csv")),
		os.Mkdir(filepath.Join(dir, "zones.csv"), 0o700),
		os.Symlink("contact.csv", filepath.Join(dir, "inside")),
		os.Mkdir(filepath.Join(dir, "more"), 0o700),
		os.Symlink("nowhere", filepath.Join(dir, "dangling")),
		os.Symlink("../"+filepath.Base(dir)+"/household.csv", filepath.Join(dir, "places.csv")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := ReadPath(dir, Options{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, said(r), []string{
		"needs.csv:1: This is a link that leads nowhere, or out of the folder",
		"places.csv:1: This is a link that leads nowhere, or out of the folder",
		"zones.csv:1: This is not a file",
		"dangling:1: This is not a file",
		"more:1: This folder was passed over",
		"inside:1: This is not one of the exchange's names",
	})
}

func TestUploadsAreReadByName(t *testing.T) {
	dir := good(t).write(t)
	var uploads []Upload
	for name, text := range good(t) {
		uploads = append(uploads, Upload{`C:\region\` + name, int64(len(text)), func() (Opened, error) { return os.Open(filepath.Join(dir, name)) }})
	}
	r, err := ReadUploads(uploads, Options{Today: today})
	if err != nil || r.Count > 0 {
		t.Fatal(err, r.Problems)
	}
	mustBeSame(t, good(t).read(t, Options{}).Region(), r.Region())
	r, err = ReadUploads(append(uploads, uploads[0]), Options{Today: today})
	if err != nil || r.Count != 1 || !strings.Contains(r.Problems[0].Message, "given twice") {
		t.Errorf("a name twice: %v, %v", said(r), err)
	}
}
