package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheets gives the rows of a folder's files by their names as sheets.
func (f folder) sheets(t testing.TB) map[string][][]string {
	t.Helper()
	all := map[string][][]string{}
	for name, text := range f {
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(name, ".csv")] = rows
	}
	return all
}

// asAWorkbook saves a folder as somebody with a spreadsheet program would, with
// excelize in the program's place: days and numbers are no text.
func asAWorkbook(t testing.TB, f folder, change func(*excelize.File)) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	day, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	check(err)
	iso := "yyyy\\-mm\\-dd;@"
	ownDay, err := book.NewStyle(&excelize.Style{CustomNumFmt: &iso})
	check(err)
	for name, rows := range f.sheets(t) {
		_, err := book.NewSheet(name)
		check(err)
		for i, row := range rows {
			for j, cell := range row {
				at, err := excelize.CoordinatesToCellName(j+1, i+1)
				check(err)
				switch d, err := time.Parse(time.DateOnly, cell); {
				case err == nil:
					check(book.SetCellValue(name, at, d))
					check(book.SetCellStyle(name, at, at, []int{day, ownDay}[(i+j)%2]))
				case regexp.MustCompile(`^[0-9.]+$`).MatchString(cell):
					check(book.SetCellDefault(name, at, cell))
				default:
					check(book.SetCellStr(name, at, cell))
				}
			}
		}
	}
	if change != nil {
		change(book)
	}
	path := filepath.Join(t.TempDir(), "region.xlsx")
	check(book.SaveAs(path))
	return path
}

func readPath(t testing.TB, path string) *Reading {
	t.Helper()
	r, err := ReadPath(path, Options{Today: today})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAWorkbookReadsAsTheFolderDoes(t *testing.T) {
	want := good(t).read(t, Options{}).Region()
	since1904 := func(book *excelize.File) {
		yes := true
		if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		// The days are counted anew: the style stays.
		for name, rows := range good(t).sheets(t) {
			for i, row := range rows {
				for j, cell := range row {
					at, _ := excelize.CoordinatesToCellName(j+1, i+1)
					if d, err := time.Parse(time.DateOnly, cell); err == nil {
						if err := book.SetCellInt(name, at, int64(d.Sub(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)).Hours()/24)); err != nil {
							t.Fatal(err)
						}
					}
				}
			}
		}
	}
	for name, change := range map[string]func(*excelize.File){"counting from 1900": nil, "counting from 1904": since1904} {
		t.Run(name, func(t *testing.T) {
			r := readPath(t, asAWorkbook(t, good(t), change))
			expect(t, said(r), []string{"Sheet1:1: This is not one of the exchange's names"})
			mustBeSame(t, want, r.Region())
		})
	}
}

func TestCellsOfAWorkbookThatAreNoValues(t *testing.T) {
	path := asAWorkbook(t, good(t), func(book *excelize.File) {
		for _, err := range []error{
			book.SetCellFormula("needs", "C3", `"neg"&"lect"`),
			book.SetCellValue("contact", "D2", true),
			book.SetCellValue("zones", "H3", "beyond"),
			book.SetCellValue("zones", "F2", 46388.5),
			book.SetCellValue("places", "C2", "#N/A"),
			book.SetCellRichText("children", "E2", []excelize.RichTextRun{{Text: "An"}, {Text: "n", Font: &excelize.Font{Bold: true}}}),
			book.SetSheetName("household", "Household"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	r := readPath(t, path)
	expect(t, said(r), []string{
		"household:1: \"Household\" must be named household.",
		"needs:3: need: Cell C3 holds a formula: paste its value in its place.",
		`contact:2: times_a_year: "TRUE" is not a number`,
		`zones:2: review_by: "2027-01-01 12:00:00" is not a date`,
		"zones:3: review_by: Cell H3 stands to the right of the header",
		`places:2: kind: "#N/A" is not one of`,
		"Sheet1:1: This is not one of the exchange's names",
		"zones:1: 2 zones could not be taken",
	})
	if got := r.Region().Children[0].GivenName; got != "Ann" {
		t.Errorf("rich text reads %q", got)
	}
}

// made is a workbook written by hand: some parts in place of those of a good one.
func made(t testing.TB, parts map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made.xlsx")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	all := frameOf("needs")
	for name, text := range parts {
		all[name] = text
	}
	for name, text := range all {
		part, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{w.Close(), out.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const sheetOne = "xl/worksheets/sheet1.xml"

// frameOf is a workbook with one sheet.
func frameOf(name string) map[string]string {
	return map[string]string{
		"_rels/.rels":                topRelations,
		"xl/workbook.xml":            `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets><sheet name="` + name + `" sheetId="1" r:id="a"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="` + packages + `relationships"><Relationship Id="a" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		sheetOne:                     sheetOf(`<row><c t="inlineStr"><is><t>agency_code</t></is></c><c t="str"><v>child_ref</v></c><c t="inlineStr"><is><t>need</t></is></c><c t="inlineStr"><is><t>level</t></is></c></row>`),
	}
}

func sheetOf(rows string) string {
	return `<worksheet xmlns="` + main + `"><sheetData>` + rows + `</sheetData></worksheet>`
}

func TestWorkbooksThatAreNone(t *testing.T) {
	deep := strings.Repeat("<a>", 1000)
	for name, c := range map[string]struct {
		parts map[string]string
		want  string
	}{
		"no frame":             {map[string]string{"_rels/.rels": ""}, "made.xlsx:1: The workbook cannot be read: it is damaged"},
		"no XML":               {map[string]string{sheetOne: "rows"}, "needs:1: There is nothing in it"},
		"cut short":            {map[string]string{sheetOne: `<worksheet><sheetData><row><c t="inlineStr"><is><t>agency_code`}, "needs:1: The workbook cannot be read: it is damaged"},
		"crossed tags":         {map[string]string{sheetOne: `<worksheet><a></b></worksheet>`}, "needs:1: The workbook cannot be read: it is damaged"},
		"deep":                 {map[string]string{sheetOne: deep}, "needs:1: The workbook cannot be read: it is damaged"},
		"a document type":      {map[string]string{sheetOne: `<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>`}, "needs:1: The workbook cannot be read: it is damaged"},
		"an entity":            {map[string]string{sheetOne: sheetOf(`<row><c t="inlineStr"><is><t>&lol;</t></is></c></row>`)}, "needs:1: The workbook cannot be read: it is damaged"},
		"a string that is not": {map[string]string{sheetOne: sheetOf(`<row><c t="s"><v>7</v></c></row>`)}, "needs:1: The workbook cannot be read: it is damaged"},
		"a row too far":        {map[string]string{sheetOne: sheetOf(`<row r="1048577"/>`)}, "needs:1: The workbook cannot be read: it is damaged"},
		"a column too far":     {map[string]string{sheetOne: sheetOf(`<row r="1"><c r="XFE1" t="str"><v>x</v></c></row>`)}, "needs:1: The workbook cannot be read: it is damaged"},
		"a part outside":       {map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="x/worksheet" Target="../../../etc/passwd"/></Relationships>`}, "needs:1: The workbook cannot be read: it is damaged"},
		"only headings":        {nil, ""},
		"in other tongues":     {map[string]string{"xl/workbook.xml": `<?xml version="1.0" encoding="UTF-16"?><a/>`}, "made.xlsx:1: The workbook cannot be read: it is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			r := readPath(t, made(t, c.parts))
			if got := strings.Join(said(r), "; "); !strings.HasPrefix(got, c.want) || (c.want == "") != (got == "") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for text, want := range map[string]string{
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "region.xlsx:1: This workbook has a password",
		"agency_code,child_ref\n":          "region.xlsx:1: This is not an .xlsx workbook",
		"":                                 "region.xlsx:1: This is not an .xlsx workbook",
		"PK\x03\x04 and no more":           "region.xlsx:1: The workbook cannot be read: it is damaged",
	} {
		dir := folder{"region.xlsx": text}.write(t)
		expect(t, said(readPath(t, filepath.Join(dir, "region.xlsx"))), []string{want})
	}
}

func TestAWorkbookCarriesValuesAndNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "region.xlsx")
	region := good(t).read(t, Options{}).Region()
	region.Children[0].GivenName = "=1+1"
	if err := WriteWorkbook(path, region); err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for _, part := range archive.File {
		if regexp.MustCompile("docProps|calc|pivot|comment|external|custom|vba").MatchString(part.Name) || part.Modified.Year() > 1980 {
			t.Errorf("part %s of %v", part.Name, part.Modified)
		}
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile("<f[ >]|hidden|definedName").Match(text) {
			t.Errorf("%s holds %s", part.Name, text)
		}
	}
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	want := []string{"agencies", "children", "families", "needs", "contact", "zones", "offers", "household", "places", "conflicts", "waivers"}
	if got := book.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %v", got)
	}
	rows, err := book.GetRows("children")
	if err != nil || rows[1][4] != "=1+1" || rows[1][9] != "Church of England, lapsed" || rows[1][14] != "2025-06-01" {
		t.Errorf("another reader has %q, %v", rows, err)
	}
	if kind, err := book.GetCellType("children", "E2"); err != nil || kind != excelize.CellTypeInlineString {
		t.Errorf("E2 is of type %v, %v", kind, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestDaysOfAWorkbook(t *testing.T) {
	for n, want := range map[float64]string{
		1: "1900-01-01", 59: "1900-02-28", 60: "1900-02-29", 61: "1900-03-01", 46347: "2026-11-21", 46347.25: "2026-11-21 06:00:00",
		2958465: "9999-12-31", 2958466: "2958466", 0: "0", -1: "-1", 0.5: "0.5",
	} {
		if got := epoch1900.day(n); got != want {
			t.Errorf("%v is %s, not %s", n, got, want)
		}
	}
	if got := epoch1904.day(0); got != "1904-01-01" {
		t.Errorf("1904: %s", got)
	}
	for code, want := range map[string]bool{
		"yyyy-mm-dd": true, "d.m.yy": true, "[$-809]dd mmmm yyyy;@": true, "h:mm": true, "0.00": false, "General": false, `0 "days"`: false, `0.0\d`: false,
		"[Red]0": false, "#,##0_d": false, "@": false,
	} {
		if got := showsDay("164", code); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
	for id, want := range map[string]bool{"0": false, "14": true, "22": true, "49": false, "57": true, "": false} {
		if got := showsDay(id, ""); got != want {
			t.Errorf("format %s: %v", id, got)
		}
	}
}

func FuzzReadWorkbook(f *testing.F) {
	f.Add([]byte(sheetOf(`<row r="1"><c r="A1" t="inlineStr"><is><t>agency_code</t></is></c></row><row r="2"><c r="A2" s="1"><v>46347</v></c><c r="B2" t="b"><v>1</v></c></row>`)))
	f.Add([]byte(sheetOf(`<row><c t="s"><v>0</v></c><c t="e"><v>#REF!</v></c><c><f>1+1</f><v>2</v></c><c t="d"><v>2026-11-21T00:00:00</v></c></row>`)))
	f.Add([]byte(sheetOf(`<row><c t="str"><v>_x0041_ &amp; _x0000_</v></c><c t="inlineStr"><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c></row>`)))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Add([]byte("<a><b></a>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		parts := frameOf("needs")
		parts[sheetOne] = string(text)
		for name, text := range parts {
			part, err := w.Create(name)
			if err == nil {
				_, err = io.WriteString(part, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := readWorkbook(inMemory("made.xlsx", file.Bytes()), Options{Today: today}); err != nil {
			t.Fatal(err)
		}
		// The bytes as they are stand for what a damaged zip may hold.
		if _, err := readWorkbook(inMemory("raw.xlsx", append([]byte("PK\x03\x04"), text...)), Options{Today: today}); err != nil {
			t.Fatal(err)
		}
	})
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

func inMemory(name string, text []byte) Upload {
	return Upload{name, int64(len(text)), func() (Opened, error) { return memory{bytes.NewReader(text)}, nil }}
}
