package exchange

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// scanned is what the scanner makes of a text: the records up to the first one
// with something wrong, and whether there was one.
func scanned(t interface{ Fatal(...any) }, text []byte) (records [][]string, lines []int, wrong bool) {
	s := newScanner(bytes.NewReader(text))
	for {
		rec, err := s.next()
		if err == io.EOF {
			return records, lines, false
		}
		if err != nil {
			t.Fatal(err)
		}
		if rec.fault != nil {
			return records, lines, true
		}
		records = append(records, rec.cells)
		lines = append(lines, rec.line)
	}
}

// standard is what encoding/csv makes of it, with the apostrophe of a disarmed
// cell taken away and lines of spaces passed over, as the scanner does.
func standard(text []byte) (records [][]string, lines []int, wrong bool) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return records, lines, false
		}
		if err != nil {
			return records, lines, true
		}
		line, _ := r.FieldPos(0)
		if len(cells) == 1 && len(bytes.TrimSpace([]byte(cells[0]))) == 0 && !quotedLine(text, line) {
			continue
		}
		for i := range cells {
			cells[i] = rearm(cells[i])
		}
		records = append(records, cells)
		lines = append(lines, line)
	}
}

func quotedLine(text []byte, line int) bool {
	return bytes.ContainsRune(bytes.Split(text, []byte("\n"))[line-1], '"')
}

func sameCSV(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, text []byte) {
	if bytes.Contains(text, []byte("\r\n")) && bytes.ContainsRune(text, '"') {
		return // where they differ: CR LF inside quotes
	}
	got, lines, wrong := scanned(t, text)
	want, wantLines, wantWrong := standard(text)
	if wrong != wantWrong || !slices.EqualFunc(got, want, slices.Equal[[]string]) || !slices.Equal(lines, wantLines) {
		t.Fatalf("%q\ngot  %q %v %v\nwant %q %v %v", text, got, lines, wrong, want, wantLines, wantWrong)
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"", "\n", "a,b\n", "a,\"b\"\n", "\"a\nb\",c\r\n\r\nd,e", "a,b\r", "\"a", "a\"b", "\"a\"b", "\"a\"\"b\"", "'=1,''=2,'x,=3\n", "\xef\xbb\xbfa\n",
		" \n,\n\"\"\n", "\"a\r\nb\"", "a\rb\n", "\"\"\"\"", "a,\x00\xff\n", "\u0085\n\u2003\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sameCSV(t, text)
		for _, file := range files {
			rd := newReader(Options{Today: today}, ".csv")
			if err := rd.readFile(file, newScanner(bytes.NewReader(text)).next); err != nil {
				t.Fatal(err)
			}
			if _, err := rd.finish(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTheScannerReadsAsTheStandardLibraryDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sameCSV(t, []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", ",", ",", "\"", "\"", "\n", "\r", " ", "'", "=", "é", "\xff"}), 0, 30).Draw(t, "text"), "")))
	})
}

func TestACellKeepsEveryCharacter(t *testing.T) {
	got, lines, wrong := scanned(t, []byte("\"a\r\nb\rc\n\"\"d\"\"\",e\rf\r\n\r\n\"g\",h"))
	want := [][]string{{"a\r\nb\rc\n\"d\"", "e\rf"}, {"g", "h"}}
	if wrong || !slices.EqualFunc(got, want, slices.Equal[[]string]) || !slices.Equal(lines, []int{1, 5}) {
		t.Errorf("%q %v %v", got, lines, wrong)
	}
}

func TestCellsASpreadsheetCouldRunAreDisarmed(t *testing.T) {
	for cell, written := range map[string]string{
		"=1": "'=1", "+44": "'+44", "-": "'-", "@x": "'@x", "|": "'|", "%": "'%", "\tx": "'\tx", "\rx": "'\rx",
		"'=1": "''=1", "''-": "'''-", "'": "'", "''": "''", "'x": "'x", "": "", "x=1": "x=1", " =1": " =1",
	} {
		if got := Disarm(cell); got != written || rearm(got) != cell {
			t.Errorf("%q is written %q and read %q", cell, got, rearm(got))
		}
	}
	if got := rearm("=1"); got != "=1" {
		t.Errorf("a cell nobody disarmed is read %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("'=+-@|%\t\rx")), 0, 6, -1).Draw(t, "cell")
		if rearm(Disarm(cell)) != cell || strings.ContainsAny(Disarm(cell)[:min(1, len(Disarm(cell)))], dangerous) {
			t.Fatalf("%q is written %q", cell, Disarm(cell))
		}
	})
}
