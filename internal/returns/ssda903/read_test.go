package ssda903_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
)

func file(name, text string) ssda903.File {
	return ssda903.File{Name: name, Size: int64(len(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

// read reads files given as name and text.
func read(pairs ...string) (*ssda903.Reading, error) {
	var files []ssda903.File
	for i := 0; i < len(pairs); i += 2 {
		files = append(files, file(pairs[i], pairs[i+1]))
	}
	return ssda903.Read(files, 2026)
}

// secret stands in cells of files that are refused: no message may repeat it.
const secret = "Lovelace"

const reviews = "CHILD,DOB,REVIEW,REVIEW_CODE\n"

func utf16Of(text string, little, mark bool) string {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	var out []byte
	for _, u := range units {
		if little {
			out = append(out, byte(u), byte(u>>8))
		} else {
			out = append(out, byte(u>>8), byte(u))
		}
	}
	return string(out)
}

func TestATableIsReadHoweverItIsWritten(t *testing.T) {
	row := "A1,01/02/2015,03/04/2025,PN1"
	for name, text := range map[string]string{
		"plain":                reviews + row + "\n",
		"no line feed at last": reviews + row,
		"Windows lines":        strings.ReplaceAll(reviews+row+"\n", "\n", "\r\n"),
		"a byte order mark":    "\xef\xbb\xbf" + reviews + row + "\n",
		"another order":        "review_code, Review ,DOB,child\nPN1,03/04/2025,01/02/2015,A1\n",
		"quotes":               "\"CHILD\",\"DOB\",REVIEW,REVIEW_CODE\nA1,\"01/02/2015\",03/04/2025,\"PN1\"\n",
		"blank lines":          reviews + "\n" + row + "\n\n   \n\n",
		"blank lines first":    "\n\n" + reviews + row + "\n",
	} {
		r, err := read("anything.csv", text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s := r.Sheets[ssda903.Reviews]
		if got := rowsOf(s); len(got) != 1 || strings.Join(got[0], ",") != row {
			t.Errorf("%s: read as %q", name, got)
		}
		if s.Row(0).Day(ssda903.REVIEW) != date.MustOf(2025, 4, 3) {
			t.Errorf("%s: the review is on %s", name, s.Row(0).Day(ssda903.REVIEW))
		}
		if len(r.Notes) > 0 {
			t.Errorf("%s: there is something to say: %q", name, r.Notes)
		}
	}
}

func TestCellsAreKeptToTheLetter(t *testing.T) {
	r, err := read("r.csv", reviews+"\" a,1\",\"01/02/2015\",\"line\none\",\"quote \"\" it\"\n ,,,\n")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{" a,1", "01/02/2015", "line\none", `quote " it`}, {" ", "", "", ""}}
	if got := rowsOf(r.Sheets[ssda903.Reviews]); !same(got, want) {
		t.Errorf("read as %q", got)
	}
	second := r.Sheets[ssda903.Reviews].Row(1)
	if second.Line() != 4 || second.Blank(ssda903.CHILD) || second.Filled(ssda903.DOB) {
		t.Errorf("line %d, blank %v", second.Line(), second.Blank(ssda903.CHILD))
	}
}

func TestATableOfAHeadingAloneIsThereWithoutRows(t *testing.T) {
	r, err := read("r.csv", reviews)
	if err != nil || r.Sheets[ssda903.Reviews] == nil || r.Sheets[ssda903.Reviews].Len() != 0 || r.Sheets[ssda903.Header] != nil {
		t.Errorf("%v, %v", r, err)
	}
}

func TestWhatIsPassedOverIsNoted(t *testing.T) {
	r, err := read("r.csv", "CHILD,DOB,Shoe size,REVIEW,REVIEW_CODE,SEX\nA1,,43,,,M\n", "notes.txt", secret)
	if err != nil {
		t.Fatal(err)
	}
	notes := strings.Join(r.Notes, "\n")
	for _, word := range []string{"notes.txt", "Shoe size", "SEX", "Reviews"} {
		if !strings.Contains(notes, word) {
			t.Errorf("no note of %s in %q", word, notes)
		}
	}
}

func TestAFileThatIsNoTableIsRefusedWithFileLineAndMend(t *testing.T) {
	row := secret + ",01/02/2015,03/04/2025,PN1\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "r.csv is empty. Export it again"},
		{"a mark and nothing", "\xef\xbb\xbf", "r.csv is empty"},
		{"blank lines only", "\n\n\n", "r.csv is empty"},
		{"UTF-16", utf16Of(reviews+row, true, true), "r.csv is written in UTF-16. Save it as UTF-8"},
		{"UTF-16, big end first", utf16Of(reviews+row, false, true), "r.csv is written in UTF-16"},
		{"UTF-16 without a mark", utf16Of(reviews+row, true, false), "r.csv is written in UTF-16"},
		{"UTF-16 without a mark, big end first", utf16Of(reviews+row, false, false), "r.csv is written in UTF-16"},
		{"semicolons", strings.ReplaceAll(reviews+row, ",", ";"), "r.csv line 1: the columns are not separated by commas. Save the file as CSV with commas."},
		{"tabs", strings.ReplaceAll(reviews+row, ",", "\t"), "r.csv line 1: the columns are not separated by commas"},
		{"bars", strings.ReplaceAll(reviews+row, ",", "|"), "r.csv line 1: the columns are not separated by commas"},
		{"a column missing", "CHILD,DOB,REVIEW\nA1,,\n", "r.csv line 1: this is no table of the return. It is nearest to Reviews, which also has REVIEW_CODE."},
		{"a column twice", "CHILD,DOB,REVIEW,REVIEW_CODE,dob\nA1,,,,\n", "r.csv line 1: the column DOB is there twice."},
		{"no heading", row, "r.csv line 1: this is no table of the return"},
		{"another table", "name,age\n" + secret + ",7\n", "r.csv line 1: this is no table of the return"},
		{"a row too short", reviews + row + "A2,01/02/2015\n", "r.csv line 3: the row has 2 cells and the heading 4. A comma inside a cell must stand in quotes."},
		{"a row too long", reviews + "\n" + row[:len(row)-1] + "," + secret + "\n", "r.csv line 3: the row has 5 cells and the heading 4"},
		{"a quote within", reviews + row + "A\"" + secret + ",,,\n", "r.csv line 3: the quotes in this row are wrong. A cell in quotes begins and ends with one"},
		{"a quote that is not closed", reviews + "A1,\"" + row, "r.csv line 2: the quotes in this row are wrong"},
		{"text behind a quote", reviews + "\"A1\"" + secret + ",,,\n", "r.csv line 2: the quotes in this row are wrong"},
		{"a byte that is no UTF-8", reviews + row + "A1,,\xe9" + secret + ",\n", "r.csv line 3, column 3: these are not characters of UTF-8. Save the file as CSV UTF-8"},
		{"a NUL", reviews + "A1,,,\x00" + secret + "\n", "r.csv line 2, column 4"},
		{"lone carriage returns", strings.ReplaceAll(reviews+row, "\n", "\r"), "r.csv line 1"},
	} {
		r, err := read("r.csv", c.text)
		if r != nil && err != nil && r.Sheets[ssda903.Reviews] != nil {
			t.Errorf("%s: something was taken in", c.name)
		}
		refused(t, c.name, err, fault.Invalid, c.want)
	}
}

// refused fails unless an error says what it must to the person, and repeats no
// cell.
func refused(t *testing.T, name string, err error, kind fault.Kind, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s: taken in, want %q", name, want)
	case fault.KindOf(err) != kind || !strings.HasPrefix(fault.Message(err), want):
		t.Errorf("%s: %q, want %q", name, err, want)
	case strings.Contains(err.Error(), secret):
		t.Errorf("%s: a cell was repeated: %v", name, err)
	}
}

func TestFilesThatAreNotOneReturnAreRefused(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		want  string
	}{
		{"none", nil, "There is no return there"},
		{"none that is one", []string{"a.txt", secret}, "There is no return there"},
		{"one table twice", []string{"a.csv", reviews, "b.csv", reviews}, "a.csv and b.csv both are Reviews. Give one year's files"},
		{"tables and XML", []string{"a.csv", reviews, "b.xml", "<EXPSSDA903/>"}, "There are CSV files and XML there (a.csv, b.xml)"},
		{"two of XML", []string{"a.xml", "<EXPSSDA903/>", "b.xml", "<EXPSSDA903/>"}, "There are two XML files there, a.xml and b.xml"},
	} {
		_, err := read(c.files...)
		refused(t, c.name, err, fault.Invalid, c.want)
	}
	many := make([]string, 0, 600)
	for i := range 300 {
		many = append(many, fmt.Sprintf("%d.csv", i), reviews)
	}
	_, err := read(many...)
	refused(t, "300 files", err, fault.Invalid, "There are 300 CSV files there")
}

func TestAYearIsOneThatIsKnown(t *testing.T) {
	for _, year := range []int{0, 2018, 2028, 26} {
		_, err := ssda903.Read([]ssda903.File{file("r.csv", reviews)}, year)
		refused(t, fmt.Sprint(year), err, fault.Invalid, "A collection year goes by the year it ends in, from 2019 (2018/19) to 2027 (2026/27).")
	}
	for _, year := range []int{2019, 2022, 2028} {
		_, err := ssda903.Check(&ssda903.Return{Year: year}, nil, ssda903.Aids{})
		refused(t, fmt.Sprint(year), err, fault.Invalid, "There are no published rules for the collection year")
	}
}

// held is how much memory is taken beyond what was before, after fn.
func held(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAFileTooLargeIsRefusedUnread(t *testing.T) {
	dir := t.TempDir()
	huge, err := os.Create(filepath.Join(dir, "header.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(huge.Truncate(1<<30), huge.Close()); err != nil {
		t.Fatal(err)
	}
	taken := held(func() { _, err = ssda903.ReadPath(dir, 2026) })
	refused(t, "1 GB", err, fault.TooLarge, "header.csv has more than 400 MB")
	if taken > 1<<20 {
		t.Errorf("%d bytes were taken", taken)
	}
}

// endless repeats a text for ever, and counts what it gave.
type endless struct {
	text  string
	at    int
	given int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	e.given += len(p)
	return len(p), nil
}

func (*endless) Close() error { return nil }

// lying is a file whose size says less than it has.
func lying(name, head, text string) (ssda903.File, *endless) {
	e := &endless{text: text}
	return ssda903.File{Name: name, Size: 100, Open: func() (io.ReadCloser, error) {
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(strings.NewReader(head), e), e}, nil
	}}, e
}

func TestAFileThatLiesAboutItsSizeStopsAtTheBound(t *testing.T) {
	defer ssda903.WithMostBytes(5_000_000)()
	for _, c := range []struct{ name, file, head, text, want string }{
		{"rows", "r.csv", reviews, strings.Repeat("x", 4000) + ",,,\n", "r.csv has more than 5 MB"},
		{"short rows", "r.csv", reviews, ",,,\n", "r.csv has more than"},
		{"blank lines", "r.csv", reviews, "\n", "r.csv has more than 5 MB"},
		{"one cell", "r.csv", reviews, "x", "r.csv "},
		{"one element", "r.xml", "<EXPSSDA903><CHILD><HEADER><DOB>", "x", "r.xml "},
		{"children", "r.xml", "<EXPSSDA903>", "<CHILD><HEADER><CHILDID>A1</CHILDID></HEADER></CHILD>", "r.xml"},
		{"elements of no meaning", "r.xml", "<EXPSSDA903><CHILD><HEADER>", "<X></X>", "r.xml has more than 5 MB"},
		{"rows of one child", "r.xml", "<EXPSSDA903><CHILD><HEADER>", "<OC2></OC2>", "r.xml"},
		{"one name", "r.xml", "<", "x", "r.xml"},
	} {
		f, e := lying(c.file, c.head, c.text)
		var err error
		taken := held(func() { _, err = ssda903.Read([]ssda903.File{f}, 2026) })
		refused(t, c.name, err, fault.TooLarge, c.want)
		if e.given > 5_500_000 {
			t.Errorf("%s: %d bytes were read", c.name, e.given)
		}
		if taken > 500_000_000 {
			t.Errorf("%s: %d MB were allocated", c.name, taken/1_000_000)
		}
		t.Logf("%s: %d MB read, %d MB allocated in all: %v", c.name, e.given/1_000_000, taken/1_000_000, err)
	}
}

// child is an XML return of one child.
func child(inside string) string {
	return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EXPSSDA903>\n<CHILD>\n" + inside + "\n</CHILD>\n</EXPSSDA903>\n"
}

func TestXMLIsRefusedWithFileLineAndMend(t *testing.T) {
	bomb := `<!DOCTYPE x [<!ENTITY a "` + secret + `"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "r.xml line 1: the file ends before the return does. Export it again."},
		{"no element", "<?xml version=\"1.0\"?>\n", "r.xml line 2: the file ends before the return does"},
		{"another root", "\n<RETURN><CHILD/></RETURN>", "r.xml line 2: the outermost element is not EXPSSDA903"},
		{"another encoding", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><EXPSSDA903/>", "r.xml line 1: this cannot be read as XML in UTF-8"},
		{"UTF-16", utf16Of("<EXPSSDA903/>", true, true), "r.xml is written in UTF-16"},
		{"a document type", "<!DOCTYPE EXPSSDA903>\n<EXPSSDA903/>", "r.xml line 1: a document type has no place in a return"},
		{"a document type behind the root", "<EXPSSDA903>\n<!DOCTYPE x>\n</EXPSSDA903>", "r.xml line 2: a document type has no place in a return"},
		{"billion laughs", bomb + "<EXPSSDA903>&c;</EXPSSDA903>", "r.xml line 1: a document type has no place in a return"},
		{"an entity of its own", child("<HEADER><CHILDID>&c;</CHILDID></HEADER>"), "r.xml line 4: this is not XML as the return is written (no entities, every element closed)"},
		{"an outer entity", "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/hostname\">]>\n<EXPSSDA903>&f;</EXPSSDA903>", "r.xml line 1: a document type has no place in a return"},
		{"not closed", "<EXPSSDA903>\n<CHILD><HEADER><CHILDID>" + secret, "r.xml line 2: this is not XML as the return is written"},
		{"closed by another", child("<HEADER><CHILDID>" + secret + "</UPN></HEADER>"), "r.xml line 4: this is not XML as the return is written"},
		{"a row beside the children", "<EXPSSDA903>\n<EPISODE/>\n</EXPSSDA903>", "r.xml line 2: between EXPSSDA903 and the children only CHILD may stand."},
		{"an element in a cell", child("<HEADER><DOB>\n<b>" + secret + "</b></DOB></HEADER>"), "r.xml line 5: this element may hold text only."},
		{"too deep", child(strings.Repeat("<HEADER>", 40)), "r.xml line 4: the elements nest too deep for a return."},
		{"rows too deep", child(strings.Repeat("<EPISODE>", 40)), "r.xml line 4: the elements nest too deep for a return."},
		{"no UTF-8", child("<HEADER><UPN>\xe9" + secret + "</UPN></HEADER>"), "r.xml line 4"},
		{"a NUL", child("<HEADER><UPN>\x00" + secret + "</UPN></HEADER>"), "r.xml line 4"},
	} {
		r, err := read("r.xml", c.text)
		refused(t, c.name, err, fault.Invalid, c.want)
		if r != nil && err != nil && r.XML {
			t.Errorf("%s: something was taken in", c.name)
		}
	}
}

func TestXMLIsReadInAnyOrderOfElements(t *testing.T) {
	r, err := read("r.xml", child(`<EPISODE><PL>U6</PL><DECOM>01/04/2024</DECOM><DEC/></EPISODE>
<HEADER><AD_PLACED><DATE_PLACED>01/05/2024</DATE_PLACED></AD_PLACED><UASC>0</UASC><SHOES>43</SHOES><SHOES>44</SHOES><IN_TOUCH>YES</IN_TOUCH>
<DOB>02/03/2015</DOB><CHILDID>a&amp;1</CHILDID><UPN></UPN></HEADER>`))
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[ssda903.Table]string{
		ssda903.Header:         "a&1,,02/03/2015,,,,",
		ssda903.Episodes:       "a&1,01/04/2024,,,,U6,,,,,,,",
		ssda903.PlacedAdoption: "a&1,02/03/2015,01/05/2024,,",
		ssda903.OC3:            "a&1,02/03/2015,YES,,",
	} {
		if got := rowsOf(r.Sheets[table]); len(got) != 1 || strings.Join(got[0], ",") != want {
			t.Errorf("%s: %q", table, got)
		}
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "SHOES") {
		t.Errorf("the unknown element is noted so: %q", r.Notes)
	}
	if r.Sheets[ssda903.SWEpisodes] != nil || r.Sheets[ssda903.AD1].Len() != 0 {
		t.Error("there is what the XML does not have")
	}
}

func TestAChildWithoutHeaderIsARowWithoutCHILD(t *testing.T) {
	r, err := read("r.xml", child("<EPISODE><DECOM>01/04/2024</DECOM></EPISODE>"))
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Sheets[ssda903.Episodes]; e.Len() != 1 || e.Row(0).Filled(ssda903.CHILD) || r.Sheets[ssda903.Header].Len() != 1 {
		t.Errorf("%d episodes, %d headers", e.Len(), r.Sheets[ssda903.Header].Len())
	}
	if _, err := ssda903.Check(&r.Return, nil, ssda903.Aids{}); err != nil {
		t.Error(err)
	}
}

// byTime is Day by the standard library.
func byTime(text string) date.Date {
	at, err := time.Parse("2/1/2006", text)
	if err != nil || at.Year() < 1678 || at.Year() > 2261 {
		return 0
	}
	d, err := date.Of(at.Date())
	if err != nil {
		return 0
	}
	return d
}

func TestADayIsDMYAndNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"1/4/2020": "2020-04-01", "01/04/2020": "2020-04-01", "29/02/2024": "2024-02-29", "29/2/2000": "2000-02-29", "31/12/2261": "2261-12-31", "01/01/1678": "1678-01-01",
		"": "", " ": "", "01/04/20": "", "2020-04-01": "", "31/02/2024": "", "29/02/2023": "", "29/02/1900": "", "zz/zz/2009": "", "00/01/2020": "", "01/00/2020": "", "01/13/2020": "",
		"32/01/2020": "", "01/04/2020 ": "", " 01/04/2020": "", "01/04/2020 00:00": "", "001/04/2020": "", "01/004/2020": "", "01/04/02020": "", "01/04/1677": "", "01/04/2262": "",
		"-1/04/2020": "", "+1/04/2020": "", "1//2020": "", "//": "", "1/4/": "", "１/4/2020": "", "01/04/2020\n": "", "01.04.2020": "", "01/Apr/2020": "", "99/99/2020": "",
	} {
		if got := ssda903.Day(text).String(); got != want {
			t.Errorf("%q is read as %q", text, got)
		}
	}
}

func TestADayIsTheCalendarsDay(t *testing.T) {
	known := 0
	for year := 1677; year <= 2262; year++ {
		for month := range 14 {
			for day := range 33 {
				text := fmt.Sprintf("%02d/%02d/%04d", day, month, year)
				want, err := date.Of(year, time.Month(month), day)
				if err != nil || year < 1678 || year > 2261 {
					want = 0
				}
				got := ssda903.Day(text)
				if got != want {
					t.Fatalf("%s is day %d, not %d", text, got, want)
				}
				if got.Known() {
					known++
				}
			}
		}
	}
	if want := date.MustOf(2261, 12, 31).DaysSince(date.MustOf(1678, 1, 1)) + 1; known != want {
		t.Errorf("%d days, not %d", known, want)
	}
}

func TestADayAgreesWithTheStandardLibrary(t *testing.T) {
	pieces := []string{"0", "1", "2", "3", "9", "/", "/", "2024", "1900", "2000", "02", "29", "30", "31", "12", " ", "-", "z", "é"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
		if got, want := ssda903.Day(text), byTime(text); got != want {
			t.Fatalf("%q is day %d, the library says %d", text, got, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		text := fmt.Sprintf("%d/%d/%d", rapid.IntRange(0, 32).Draw(t, "day"), rapid.IntRange(0, 13).Draw(t, "month"), rapid.IntRange(1600, 2300).Draw(t, "year"))
		if got, want := ssda903.Day(text), byTime(text); got != want {
			t.Fatalf("%q is day %d, the library says %d", text, got, want)
		}
	})
}

func TestAReturnOfAnotherYearIsDoubted(t *testing.T) {
	text := "CHILD,DOB,REVIEW,REVIEW_CODE\n" + strings.Repeat("A1,01/02/2015,03/04/2024,PN1\n", 30)
	r, err := read("r.csv", text)
	if err != nil {
		t.Fatal(err)
	}
	if notes := r.Doubts(); len(notes) != 1 || !slices.ContainsFunc(notes, func(n string) bool { return strings.Contains(n, "2025/26") }) {
		t.Errorf("last year's reviews are taken as this year's: %q", notes)
	}
}
