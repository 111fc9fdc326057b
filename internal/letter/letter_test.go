package letter

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"homeward/internal/chart"
)

func bars() chart.Bars {
	return chart.Bars{Title: "Days from entering care to moving in", Of: "Council", Measure: "Average days", Groups: []string{"Elmshire", "Ashby", "Thornton"},
		Series:    []chart.Series{{Name: "Days", Values: []chart.Value{chart.Of(412), chart.Of(463), chart.Instead("fewer than 6 children")}}},
		Threshold: &chart.Threshold{Name: "Threshold", At: 426}}
}

// board is a document with every kind of block in it. All of it is invented.
func board(t testing.TB) Document {
	t.Helper()
	drawn, err := Drawing(bars())
	if err != nil {
		t.Fatal(err)
	}
	long := Table{Caption: "Children waiting, by council", Header: []string{"Council", "Children", "Median days"}, Numeric: []bool{false, true, true}}
	for i := range 80 {
		long.Rows = append(long.Rows, []string{fmt.Sprintf("Council of Invented %d", i+1), fmt.Sprint(20 + i), fmt.Sprint(150 + i)})
	}
	return Document{Title: "Elmshire: adoption in the quarter to 30 June 2026", Blocks: []Block{
		Heading{1, "How long children wait"},
		Paragraph{{Text: "On 30 June "}, {Text: "34 children", Bold: true}, {Text: " waited for a family."}},
		drawn, Table(bars().Table()),
		Heading{2, "Since the last quarter"},
		List{"Six children were placed.", "Two decisions were reversed."},
		Heading{3, "By council"}, long,
		Heading{1, "What was not counted"},
		Table{Caption: "Children left out", Header: []string{"Reason", "Children"}},
		Plain("Frozen as published."),
	}}
}

func written(t testing.TB, d Document) map[string]string {
	t.Helper()
	b, err := DOCX(d)
	if err != nil {
		t.Fatal(err)
	}
	return parts(t, b)
}

// noTime is how the zip reader gives a part that bears no time.
const noTime = "1979-11-30 00:00:00"

func parts(t testing.TB, b []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range archive.File {
		if _, twice := all[f.Name]; twice || len(f.Extra) != 0 || f.Comment != "" || f.Modified.Format(time.DateTime) != noTime {
			t.Errorf("%s is there twice or says more than its name", f.Name)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(body)
	}
	return all
}

func elements(t testing.TB, body string) []xml.StartElement {
	t.Helper()
	var all []xml.StartElement
	for d := xml.NewDecoder(strings.NewReader(body)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			all = append(all, e.Copy())
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// TestAPackageIsWhole holds a document to what opens it: every part has a type,
// every relation leads to a part and every part is led to.
func TestAPackageIsWhole(t *testing.T) {
	all := written(t, board(t))
	types, defaults := map[string]bool{}, map[string]bool{}
	for _, e := range elements(t, all["[Content_Types].xml"]) {
		types[strings.TrimPrefix(attr(e, "PartName"), "/")] = true
		defaults[attr(e, "Extension")] = true
	}
	led := map[string]bool{"[Content_Types].xml": true}
	for name, body := range all {
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			elements(t, body)
		}
		if strings.HasSuffix(name, ".rels") {
			led[name] = true
			folder := path.Dir(path.Dir(name))
			ids := map[string]bool{}
			for _, e := range elements(t, body)[1:] {
				to := path.Join(folder, attr(e, "Target"))
				if all[to] == "" || attr(e, "TargetMode") != "" || ids[attr(e, "Id")] {
					t.Errorf("%s leads to %s, which is not there, or outside, or twice", name, to)
				}
				led[to], ids[attr(e, "Id")] = true, true
			}
		}
	}
	for name := range all {
		xmlPart := strings.HasSuffix(name, ".xml") && name != "[Content_Types].xml"
		if !led[name] || xmlPart && !types[name] || !defaults[strings.TrimPrefix(path.Ext(name), ".")] {
			t.Errorf("%s is led to by nothing or has no type", name)
		}
	}
	for name := range types {
		if name != "" && all[name] == "" {
			t.Errorf("%s has a type and is not there", name)
		}
	}
	embeds := regexp.MustCompile(`r:(?:embed|id)="([^"]+)"`).FindAllStringSubmatch(all["word/document.xml"], -1)
	if len(embeds) != 2 {
		t.Errorf("%d parts are used", len(embeds))
	}
	for _, m := range embeds {
		if !strings.Contains(all["word/_rels/document.xml.rels"], `Id="`+m[1]+`"`) {
			t.Errorf("%s leads nowhere", m[1])
		}
	}
}

// TestEveryStyleUsedIsThere names each style a paragraph or table has.
func TestEveryStyleUsedIsThere(t *testing.T) {
	all := written(t, board(t))
	there := map[string]string{}
	id := ""
	for _, e := range elements(t, all["word/styles.xml"]) {
		switch e.Name.Local {
		case "style":
			id = attr(e, "styleId")
		case "outlineLvl":
			there[id] = "level " + attr(e, "val")
		case "basedOn":
			if _, ok := there[attr(e, "val")]; !ok {
				t.Errorf("%s rests on %s, which does not come before it", id, attr(e, "val"))
			}
		}
		if id != "" && there[id] == "" {
			there[id] = "there"
		}
	}
	for _, m := range regexp.MustCompile(`<w:(?:pStyle|tblStyle) w:val="([^"]+)"`).FindAllStringSubmatch(all["word/document.xml"]+all["word/footer1.xml"], -1) {
		if there[m[1]] == "" {
			t.Errorf("the style %s is used and not there", m[1])
		}
	}
	for i, heading := range []string{"Heading1", "Heading2", "Heading3"} {
		if there[heading] != fmt.Sprint("level ", i) {
			t.Errorf("%s is no heading to a word processor", heading)
		}
	}
}

// TestADocumentCanBeReadAloud asks for what WCAG 1.1.1 and 1.3.1 and 3.1.1 need.
func TestADocumentCanBeReadAloud(t *testing.T) {
	all := written(t, board(t))
	body := all["word/document.xml"]
	if n := strings.Count(body, "<w:tbl>"); n != 3 || strings.Count(body, "<w:tblHeader/>") != n || strings.Count(body, "<w:tblCaption ") != n || strings.Count(body, `w:firstRow="1"`) != n {
		t.Errorf("of %d tables not every one has its header row flagged, and a caption", n)
	}
	if strings.Count(body, `<w:pStyle w:val="Caption"/>`) != 3 {
		t.Error("a table has no caption that is seen")
	}
	alt := chart.Alt(bars())
	for _, e := range elements(t, body) {
		if (e.Name.Local == "docPr" || e.Name.Local == "cNvPr") && attr(e, "descr") != alt {
			t.Errorf("a picture is said to be %q", attr(e, "descr"))
		}
	}
	if !strings.Contains(alt, "Ashby, 463") || !strings.Contains(all["word/styles.xml"], `<w:lang w:val="en-GB"`) {
		t.Error("the picture's words have no figures, or the language is not told")
	}
	if !strings.Contains(body, `<w:pStyle w:val="TableTextRight"/></w:pPr><w:r><w:t xml:space="preserve">463</w:t>`) {
		t.Error("numbers are not set to the right")
	}
	if !strings.Contains(all["word/footer1.xml"], " PAGE ") || !strings.Contains(body, `<w:b/></w:rPr><w:t xml:space="preserve">34 children</w:t>`) {
		t.Error("pages have no numbers, or bold words are lost")
	}
}

// TestADocumentSaysNothingOfItsMaker looks for what gives people away.
func TestADocumentSaysNothingOfItsMaker(t *testing.T) {
	all := written(t, board(t))
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	want := []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/_rels/document.xml.rels", "word/document.xml", "word/fontTable.xml",
		"word/footer1.xml", "word/media/image1.png", "word/numbering.xml", "word/settings.xml", "word/styles.xml"}
	if !slices.Equal(names, want) {
		t.Errorf("it has the parts %q", names)
	}
	var told []string
	for _, e := range elements(t, all["docProps/core.xml"]) {
		told = append(told, e.Name.Local)
	}
	if !slices.Equal(told, []string{"coreProperties", "title", "language"}) {
		t.Errorf("it tells of itself %q", told)
	}
	for name, body := range all {
		if m := regexp.MustCompile(`(?i)creator|lastModifiedBy|dcterms|rsid|w:author|company|revision|comment|vbaProject|External|hyperlink`).FindString(body); m != "" && !strings.HasSuffix(name, ".png") {
			t.Errorf("%s has %s", name, m)
		}
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	a, err := DOCX(board(t))
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := DOCX(board(t)); !bytes.Equal(a, b) {
		t.Error("it differs")
	}
}

func TestWordsAreEscapedAndControlCharactersDropped(t *testing.T) {
	evil := "<w:b/>&\"' \x00\x01\x0b\x1b\x7f\u0085\uFFFE\xff]]> a\nb"
	const want = `<w:b/>&"'  �]]> a b`
	all := written(t, Document{Title: evil, Blocks: []Block{Heading{1, evil}, Plain(evil), List{evil}, Table{Caption: evil, Header: []string{evil}, Rows: [][]string{{evil}}}, Picture{PNG: small(t), Alt: evil}}})
	for name, body := range all {
		if strings.HasSuffix(name, ".png") {
			continue
		}
		elements(t, body)
		if strings.ContainsAny(body, "\x00\x01\x0b\x1b\x7f\u0085\uFFFE") {
			t.Errorf("%s holds control characters", name)
		}
	}
	found := 0
	for d := xml.NewDecoder(strings.NewReader(all["word/document.xml"])); ; {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch e := token.(type) {
		case xml.CharData:
			if string(e) == want {
				found++
			}
		case xml.StartElement:
			if e.Name.Local == "docPr" && attr(e, "descr") == want {
				found++
			}
		}
	}
	if found != 8 {
		t.Errorf("the words stand %d times as they were meant", found)
	}
}

func small(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAPictureLeavesWhereItWasTaken puts words into a PNG, which must not come
// out of the document.
func TestAPictureLeavesWhereItWasTaken(t *testing.T) {
	clean := small(t)
	text := append([]byte("tEXt"), []byte("Author\x00Somebody")...)
	chunk := append([]byte{0, 0, 0, byte(len(text) - 4)}, text...)
	sum := crc32.ChecksumIEEE(text)
	chunk = append(chunk, byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum))
	const head = 8 + 25
	told := slices.Concat(clean[:head], chunk, clean[head:], []byte("trailing Somebody"))
	all := written(t, Document{Title: "x", Blocks: []Block{Picture{PNG: told, Alt: "grey", Millimetres: 40}}})
	if all["word/media/image1.png"] != string(clean) {
		t.Error("the picture keeps what was written into it")
	}
	if !strings.Contains(all["word/document.xml"], `<wp:extent cx="1440000" cy="720000"/>`) {
		t.Error("the picture does not stand as wide as was asked")
	}
	var high bytes.Buffer
	if err := png.Encode(&high, image.NewGray(image.Rect(0, 0, 10, 1000))); err != nil {
		t.Fatal(err)
	}
	if all := written(t, Document{Title: "x", Blocks: []Block{Picture{PNG: high.Bytes(), Alt: "high"}}}); !strings.Contains(all["word/document.xml"], `<wp:extent cx="81000" cy="8100000"/>`) {
		t.Error("a high picture is higher than the page, or out of shape")
	}
}

func TestADocumentNobodyCouldReadIsRefused(t *testing.T) {
	whole := small(t)
	for name, blocks := range map[string][]Block{
		"a blank heading":           {Heading{1, " \x00"}},
		"a level 0":                 {Heading{0, "x"}},
		"a level 4":                 {Heading{1, "x"}, Heading{2, "x"}, Heading{3, "x"}, Heading{4, "x"}},
		"a level skipped":           {Heading{1, "x"}, Heading{3, "x"}},
		"no level 1 first":          {Heading{2, "x"}},
		"no caption":                {Table{Header: []string{"a"}}},
		"no headings":               {Table{Caption: "x"}},
		"a row too long":            {Table{Caption: "x", Header: []string{"a"}, Rows: [][]string{{"1", "2"}}}},
		"a row too short":           {Table{Caption: "x", Header: []string{"a", "b"}, Rows: [][]string{{"1"}}}},
		"too many columns":          {Table{Caption: "x", Header: make([]string, 64)}},
		"no words of a picture":     {Picture{PNG: whole}},
		"no picture":                {Picture{Alt: "x"}},
		"half a picture":            {Picture{Alt: "x", PNG: whole[:len(whole)-4]}},
		"a picture of another kind": {Picture{Alt: "x", PNG: []byte("GIF89a")}},
		"too wide":                  {Picture{Alt: "x", PNG: whole, Millimetres: 171}},
		"less than no width":        {Picture{Alt: "x", PNG: whole, Millimetres: -1}},
	} {
		if _, err := DOCX(Document{Title: "x", Blocks: blocks}); err == nil {
			t.Errorf("%s: it is written", name)
		}
	}
	if _, err := DOCX(Document{Title: "\n"}); err == nil {
		t.Error("a document without a title is written")
	}
	if _, err := Drawing(chart.Bars{}); err == nil {
		t.Error("a chart that is wrong is drawn")
	}
}

// TestTwoHundredTablesTakeTenTimesTwenty counts what is written, not seconds.
func TestTwoHundredTablesTakeTenTimesTwenty(t *testing.T) {
	long := func(n int) int {
		d := Document{Title: "x"}
		for range n {
			d.Blocks = append(d.Blocks, Table(bars().Table()))
		}
		return len(written(t, d)["word/document.xml"])
	}
	if twenty, all := long(20)-long(0), long(200)-long(0); all != 10*twenty {
		t.Errorf("%d bytes for 20 and %d for 200", twenty, all)
	}
}

func TestAnyWordsMakeAWholeDocument(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		n := rapid.IntRange(1, 5).Draw(rt, "columns")
		table := Table{Caption: "c" + text.Draw(rt, "caption"), Header: rapid.SliceOfN(text, n, n).Draw(rt, "header"),
			Rows: rapid.SliceOfN(rapid.SliceOfN(text, n, n), 0, 4).Draw(rt, "rows")}
		for name, body := range written(t, Document{Title: "t" + text.Draw(rt, "title"), Blocks: []Block{table, Plain(text.Draw(rt, "words"))}}) {
			if d := xml.NewDecoder(strings.NewReader(body)); strings.HasSuffix(name, ".xml") {
				for {
					if _, err := d.Token(); errors.Is(err, io.EOF) {
						break
					} else if err != nil {
						rt.Fatalf("%s: %v", name, err)
					}
				}
			}
		}
	})
}

func TestACSVIsThatOfTheRFCAndCannotRun(t *testing.T) {
	got, err := CSV(Table{Caption: "not in it", Header: []string{"Council", "=Days"}, Rows: [][]string{{`Ashby, "new"`, "12"}, {"-1+1", "+44"}, {"@x", "|x"}, {"%x", "\tx"}, {"'=1", "a\nb"}, {"é\xff", ""}}})
	if err != nil {
		t.Fatal(err)
	}
	want := "Council,'=Days\r\n\"Ashby, \"\"new\"\"\",12\r\n'-1+1,'+44\r\n'@x,'|x\r\n'%x,'\tx\r\n''=1,\"a\r\nb\"\r\né\uFFFD,\r\n"
	if string(got) != want {
		t.Errorf("%q", got)
	}
	if rows, err := csv.NewReader(bytes.NewReader(got)).ReadAll(); err != nil || len(rows) != 7 {
		t.Errorf("%d rows are read: %v", len(rows), err)
	}
	numbers, err := CSV(Table{Header: []string{"-1", "Days"}, Numeric: []bool{false, true}, Rows: [][]string{{"-1", "-1.5"}, {"-2", "-1+1"}, {"-3", "-1e5"}, {"-4", "-"}}})
	if err != nil || string(numbers) != "'-1,Days\r\n'-1,-1.5\r\n'-2,'-1+1\r\n'-3,'-1e5\r\n'-4,'-\r\n" {
		t.Errorf("numbers are written %q, %v", numbers, err)
	}
	if _, err := CSV(Table{Header: []string{"a"}, Rows: [][]string{{}}}); err == nil {
		t.Error("a ragged table is written")
	}
}

func TestAWorkbookHoldsValuesAlone(t *testing.T) {
	sheets := []Sheet{
		{"A1 & <A2>", Table{Header: []string{"Council", "Days", "Code"}, Numeric: []bool{false, true}, Rows: [][]string{
			{"Elmshire", "412.5", "007"}, {"=1+1", "fewer than 6", "+44"}, {"12", "-3", ""}, {"x", "1e9", "0x1"}, {"y", "0123", "1"}}}},
		{"Empty", Table{Header: []string{"Nothing"}}},
	}
	b, err := Values(sheets)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Values(sheets); !bytes.Equal(b, again) {
		t.Error("the same sheets give other bytes")
	}
	for name, body := range parts(t, b) {
		elements(t, body)
		if m := regexp.MustCompile(`(?i)<f>|<f |hidden|comment|creator|lastModifiedBy|definedName|docProps|application|externalLink`).FindString(strings.ReplaceAll(body, "application/", "")); m != "" {
			t.Errorf("%s has %s", name, m)
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got := book.GetSheetList(); !slices.Equal(got, []string{"A1 & <A2>", "Empty"}) {
		t.Errorf("the sheets are %q", got)
	}
	for _, s := range sheets {
		for i, row := range append([][]string{s.Header}, s.Rows...) {
			for j, want := range row {
				at, _ := excelize.CoordinatesToCellName(j+1, i+1)
				got, err := book.GetCellValue(s.Name, at)
				formula, _ := book.GetCellFormula(s.Name, at)
				if err != nil || got != want || formula != "" {
					t.Errorf("%s of %s reads %q, formula %q: %v", at, s.Name, got, formula, err)
				}
			}
		}
	}
	for at, want := range map[string]excelize.CellType{"B2": excelize.CellTypeUnset, "B4": excelize.CellTypeUnset, "C2": excelize.CellTypeInlineString,
		"A3": excelize.CellTypeInlineString, "A4": excelize.CellTypeInlineString, "B3": excelize.CellTypeInlineString, "B5": excelize.CellTypeInlineString, "B6": excelize.CellTypeInlineString} {
		if got, _ := book.GetCellType("A1 & <A2>", at); got != want {
			t.Errorf("%s is of type %d, not %d", at, got, want)
		}
	}
}

func TestAWorkbookNoProgramOpensIsRefused(t *testing.T) {
	one := Table{Header: []string{"a"}}
	for _, names := range [][]string{{}, {""}, {"a", "A"}, {strings.Repeat("x", 32)}, {"a/b"}, {"a[b"}, {"'a"}, {"a'"}, {"History"}, {"a\x00"}, {" a"}} {
		var sheets []Sheet
		for _, n := range names {
			sheets = append(sheets, Sheet{n, one})
		}
		if _, err := Values(sheets); err == nil {
			t.Errorf("%q is written", names)
		}
	}
	if _, err := Values([]Sheet{{"a", Table{Header: []string{"a"}, Rows: [][]string{{"1", "2"}}}}}); err == nil {
		t.Error("a ragged sheet is written")
	}
}

// TestLibreOfficeOpensADocument lets Debian's libreoffice-writer-nogui read what
// we write. It belongs to the soak: the package is large.
func TestLibreOfficeOpensADocument(t *testing.T) {
	if os.Getenv("HOMEWARD_SOAK") == "" {
		t.Skip("LibreOffice is large: make soak runs it")
	}
	dir := t.TempDir()
	b, err := DOCX(board(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "board.docx"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"txt:Text (encoded):UTF8", "pdf"} {
		office := exec.CommandContext(t.Context(), "soffice", "--headless", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to", to, "--outdir", dir, filepath.Join(dir, "board.docx"))
		office.Env = append(os.Environ(), "HOME="+dir)
		if out, err := office.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "board.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Elmshire: adoption in the quarter", "How long children wait", "On 30 June 34 children waited for a family.", "Six children were placed.", "fewer than 6 children", "Council of Invented 80", "There are no rows."} {
		if !strings.Contains(string(text), want) {
			t.Errorf("LibreOffice does not show %q", want)
		}
	}
	if pdf, err := os.ReadFile(filepath.Join(dir, "board.pdf")); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("LibreOffice makes no PDF of it: %v", err)
	}
	if keep := os.Getenv("HOMEWARD_KEEP"); keep != "" {
		for _, name := range []string{"board.docx", "board.pdf"} {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(keep, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
