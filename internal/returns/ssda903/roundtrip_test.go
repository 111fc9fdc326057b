package ssda903_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
)

// rowsOf are a sheet's cells as they were written.
func rowsOf(s *ssda903.Sheet) (rows [][]string) {
	for r := range s.Rows() {
		var cells []string
		for _, f := range s.Table.Columns() {
			cells = append(cells, r.Raw(f))
		}
		rows = append(rows, cells)
	}
	return rows
}

func same(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}

// written is a return as its files, which are then read.
func written(t *testing.T, y *ssda903.Return) *ssda903.Return {
	t.Helper()
	var files []ssda903.File
	for _, table := range ssda903.Tables(y.Year) {
		var text bytes.Buffer
		if err := y.Sheets[table].WriteCSV(&text); err != nil {
			t.Fatal(err)
		}
		files = append(files, file(table.FileName(), text.String()))
	}
	read, err := ssda903.Read(files, y.Year)
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Notes) > 0 {
		t.Errorf("there is something to say about what was written: %q", read.Notes)
	}
	return &read.Return
}

func findings(t *testing.T, now, last *ssda903.Return) (lines []ssda903.Line) {
	t.Helper()
	result, err := ssda903.Check(now, last, invent.Aids())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(result.Findings, result.Prior...) {
		lines = append(lines, f.Line())
	}
	return lines
}

func TestWhatIsWrittenAsCSVIsReadAsItWas(t *testing.T) {
	for year := ssda903.FirstRulesYear; year <= ssda903.LastYear; year++ {
		now, last := invent.Return(invent.Options{Seed: 7, Children: 700, Year: year})
		faulty, _ := invent.Plant(now, last, 7)
		lastRead := written(t, last)
		for name, y := range map[string]*ssda903.Return{"clean": now, "faulty": faulty} {
			read := written(t, y)
			for _, table := range ssda903.Tables(year) {
				if !same(rowsOf(y.Sheets[table]), rowsOf(read.Sheets[table])) {
					t.Errorf("%d, %s: %s differs", year, name, table)
				}
			}
			before, after := findings(t, y, last), findings(t, read, lastRead)
			if (name == "clean") != (len(before) == 0) {
				t.Errorf("%d, %s: %d findings", year, name, len(before))
			}
			if !slices.EqualFunc(before, after, func(a, b ssda903.Line) bool {
				return a.Rule == b.Rule && a.Table == b.Table && a.Row == b.Row && a.Child == b.Child && slices.Equal(a.Fields, b.Fields)
			}) {
				t.Errorf("%d, %s: %d findings before, %d after", year, name, len(before), len(after))
			}
		}
	}
}

// The XML keeps each table's rows in the order of their children, as the invented
// return has them. It has no place for social workers and orders of deprivation.
func TestWhatIsWrittenAsXMLIsReadAsItWas(t *testing.T) {
	now, last := invent.Return(invent.Options{Seed: 8, Children: 600, Year: 2026})
	nowRead, lastRead := throughXML(t, now), throughXML(t, last)
	for table := ssda903.Header; table < ssda903.SWEpisodes; table++ {
		before, after := rowsOf(now.Sheets[table]), rowsOf(nowRead.Sheets[table])
		if table == ssda903.Unaccompanied {
			after = slices.DeleteFunc(after, func(cells []string) bool { return cells[3] == "" }) // a flag of 0
		}
		if !same(before, after) {
			t.Errorf("%s differs: %d rows, %d after", table, len(before), len(after))
		}
	}
	flagged := 0
	for h := range nowRead.Sheets[ssda903.Header].Rows() {
		if h.Text(ssda903.UASC) == "1" {
			flagged++
		}
	}
	if own := now.Sheets[ssda903.Unaccompanied].Len(); flagged != own || own == 0 {
		t.Errorf("%d are flagged, %d have a row in UASC", flagged, own)
	}
	if lines := findings(t, nowRead, lastRead); len(lines) > 0 {
		t.Errorf("%d findings after, first %v", len(lines), lines[0])
	}
}

func throughXML(t *testing.T, y *ssda903.Return) *ssda903.Return {
	t.Helper()
	var text bytes.Buffer
	if err := y.WriteXML(&text); err == nil || text.Len() > 0 {
		t.Fatal("social workers were left out of the XML without a word")
	}
	tables := *y
	tables.Sheets[ssda903.SWEpisodes], tables.Sheets[ssda903.DoLo] = nil, nil
	if err := tables.WriteXML(&text); err != nil {
		t.Fatal(err)
	}
	read, err := ssda903.Read([]ssda903.File{file("return.xml", text.String())}, y.Year)
	if err != nil {
		t.Fatal(err)
	}
	return &read.Return
}

func TestLowerCaseIsKeptAsItWasWrittenAndRulesSeeCapitals(t *testing.T) {
	now, last := invent.Return(invent.Options{Seed: 9, Children: 400, Year: 2026})
	lower := func(y *ssda903.Return) *ssda903.Return {
		draft := ssda903.NewDraft(y.Year)
		for _, table := range ssda903.Tables(y.Year) {
			for _, cells := range rowsOf(y.Sheets[table]) {
				for i := range cells {
					cells[i] = strings.ToLower(cells[i])
				}
				draft.Add(table, cells...)
			}
		}
		return draft.Return()
	}
	small, smallLast := lower(now), lower(last)
	if lines := findings(t, small, smallLast); len(lines) > 0 {
		t.Errorf("%d findings for small letters, first %v", len(lines), lines[0])
	}
	read := written(t, small)
	first := read.Sheets[ssda903.Header].Row(0)
	if raw, text := first.Raw(ssda903.ETHNIC), first.Text(ssda903.ETHNIC); raw != strings.ToLower(text) || text != strings.ToUpper(raw) || raw == text {
		t.Errorf("written %q, seen as %q", raw, text)
	}
	if !same(rowsOf(read.Sheets[ssda903.Episodes]), rowsOf(small.Sheets[ssda903.Episodes])) {
		t.Error("small letters were not kept")
	}
}
