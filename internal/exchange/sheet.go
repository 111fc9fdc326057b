package exchange

import (
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The most rows and columns a sheet has.
const (
	mostRows    = 1 << 20
	mostColumns = 1 << 14
)

// sheet reads the rows of one sheet.
type sheet struct {
	walk  *walk
	book  *workbook
	width int // how many cells the header has
	row   int
}

// next gives the next row that holds anything.
func (s *sheet) next() (record, error) {
	for {
		token, err := s.walk.next()
		if err != nil {
			return record{}, err
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "row" {
			continue
		}
		rec, err := s.readRow(e)
		if err != nil {
			return record{}, err
		}
		if rec.fault != nil || !isBlank(rec.cells) {
			return s.fit(rec), nil
		}
	}
}

func isBlank(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// fit makes a row as wide as the header: what is blank at the end of a row is
// not in the file.
func (s *sheet) fit(rec record) record {
	for len(rec.cells) > 0 && rec.cells[len(rec.cells)-1] == "" {
		rec.cells = rec.cells[:len(rec.cells)-1]
	}
	if s.width == 0 {
		s.width = len(rec.cells)
	}
	if rec.fault == nil && len(rec.cells) > s.width {
		rec.fault = &cellFault{s.width - 1, fmt.Sprintf("Cell %s stands to the right of the header: take it out, or give its column a heading.", s.cellName(len(rec.cells)-1))}
	}
	for len(rec.cells) < s.width {
		rec.cells = append(rec.cells, "")
	}
	rec.text = func() string { return joined(rec.cells) }
	return rec
}

// joined writes a row as CSV.
func joined(cells []string) string {
	var text strings.Builder
	w := csv.NewWriter(&text)
	_ = w.Write(cells) // a strings.Builder takes everything
	w.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

func (s *sheet) cellName(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name + strconv.Itoa(s.row)
}

// readRow reads the cells of a row.
func (s *sheet) readRow(row xml.StartElement) (record, error) {
	s.row++
	if r := attr(row, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < 1 || n > mostRows {
			return record{}, damaged
		}
		s.row = n
	}
	rec := record{line: s.row}
	column := -1
	err := s.walk.inside(func(token xml.Token) error {
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "c" {
			return nil
		}
		var err error
		if column, err = columnOf(attr(e, "r"), column+1); err != nil {
			return err
		}
		return s.readCell(e, column, &rec)
	})
	return rec, err
}

// columnOf gives the column of a cell's name, counted from 0; a cell without
// one stands after the one before.
func columnOf(name string, after int) (int, error) {
	n := 0
	for i := 0; i < len(name) && name[i] >= 'A' && name[i] <= 'Z' && n <= mostColumns; i++ {
		n = n*26 + int(name[i]-'A') + 1
	}
	if name == "" {
		n = after + 1
	}
	if n < 1 || n > mostColumns {
		return 0, damaged
	}
	return n - 1, nil
}

// readCell reads one cell into its place in the row.
func (s *sheet) readCell(c xml.StartElement, column int, rec *record) error {
	var value string
	formula := false
	err := s.walk.inside(func(token xml.Token) (err error) {
		e, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "v":
			value, err = s.walk.plainText()
		case e.Name.Local == "is":
			value, err = s.walk.richText()
		case e.Name.Local == "f":
			formula = true
		}
		return err
	})
	if err != nil {
		return err
	}
	kind := attr(c, "t")
	switch {
	case formula:
		rec.refuse(column, fmt.Sprintf("Cell %s holds a formula: paste its value in its place.", s.cellName(column)))
	case kind == "e":
		rec.refuse(column, fmt.Sprintf("Cell %s holds the error %s: write its value.", s.cellName(column), value))
	}
	value, err = s.said(kind, attr(c, "s"), value)
	if err != nil || value == "" {
		return err
	}
	for len(rec.cells) <= column {
		rec.cells = append(rec.cells, "")
	}
	rec.cells[column] = value
	return nil
}

// refuse notes the first thing wrong with a row.
func (rec *record) refuse(column int, message string) {
	if rec.fault == nil {
		rec.fault = &cellFault{column, message}
	}
}

// said gives a cell as text: what somebody reads in it, dates as YYYY-MM-DD.
func (s *sheet) said(kind, style, value string) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(s.book.strings) {
			return "", damaged
		}
		return s.book.strings[i], nil
	case "b":
		return map[string]string{"0": "FALSE", "1": "TRUE"}[value], nil
	case "d":
		return strings.TrimSuffix(value, "T00:00:00"), nil
	case "", "n":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			return value, nil
		}
		if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.book.dates) && s.book.dates[i] {
			return s.book.epoch.day(n), nil
		}
		return number(n), nil
	}
	return value, nil
}

func number(n float64) string { return strconv.FormatFloat(n+0, 'f', -1, 64) }

// epoch is the day a workbook counts its days from. The zero epoch is 1900's.
type epoch bool

const (
	epoch1900 epoch = false
	epoch1904 epoch = true
)

// day writes a day counted from the epoch. Spreadsheets count a 29 February
// 1900, which there was not: it is written, and refused as no day.
func (e epoch) day(n float64) string {
	const last = 2958465 // 31 December 9999
	days := math.Floor(n)
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case days < 0 || days > last || e == epoch1900 && days == 0:
		return number(n)
	case e == epoch1904:
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return "1900-02-29"
	case days < 60:
		from = from.AddDate(0, 0, 1)
	}
	day := from.AddDate(0, 0, int(days)).Format(time.DateOnly)
	if seconds := math.Round((n - days) * 24 * 60 * 60); seconds > 0 {
		return day + " " + time.Unix(int64(seconds), 0).UTC().Format(time.TimeOnly)
	}
	return day
}

// unescape reads the characters XML cannot hold, which a workbook writes
// _x0001_; escape writes them so.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var out strings.Builder
	for len(text) > 0 {
		if r, ok := escaped(text); ok {
			out.WriteRune(r)
			text = text[len("_x0000_"):]
			continue
		}
		out.WriteByte(text[0])
		text = text[1:]
	}
	return out.String()
}

// escaped reads the escape that a text begins with.
func escaped(text string) (rune, bool) {
	if len(text) < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil && utf8.ValidRune(rune(n))
}

func escape(text string) string {
	var out strings.Builder
	for i, r := range text {
		_, looksEscaped := escaped(text[i:])
		if looksEscaped || r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			fmt.Fprintf(&out, "_x%04X_", r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
