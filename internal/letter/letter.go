// Package letter writes what leaves on paper or as a file: documents for a word
// processor, tables as CSV and workbooks of values.
//
// A Document is headings, paragraphs, lists, tables and pictures, and no more: a
// screen reader finds its way by them (WCAG 2.2, 1.3.1), and a reader of twenty
// years hence will still open them. What is written says nothing of who wrote it,
// when, or on what machine, and the same content gives the same bytes, so that
// what was published can be told from what was not.
//
// The format of documents is WordprocessingML, ECMA-376 part 1.
package letter

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"unicode/utf8"

	"homeward/internal/chart"
	"homeward/internal/exchange"
)

// Document is a title and what stands below it.
type Document struct {
	Title  string
	Blocks []Block
}

// Block is a Heading, Paragraph, List, Table or Picture.
type Block interface {
	check(*progress) error
	write(*writer)
}

// Heading opens a part of a document. Levels go from 1 to 3 and skip none on the
// way down.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is runs of words.
type Paragraph []Run

// Run is words of one weight.
type Run struct {
	Text string
	Bold bool
}

// Plain is a paragraph of plain words.
func Plain(text string) Paragraph { return Paragraph{{Text: text}} }

// List is short points.
type List []string

// Table is a table with its caption; a chart gives one of itself.
type Table chart.Table

// Picture is a PNG with the words that stand for it.
type Picture struct {
	PNG []byte
	Alt string
	// Millimetres is how wide it stands, from 10 to the 170 that a page has room
	// for; 0 is that width.
	Millimetres int
}

// Drawing makes a picture of a chart.
func Drawing(c chart.Chart) (Picture, error) {
	drawn, err := chart.PNG(c)
	return Picture{PNG: drawn, Alt: chart.Alt(c)}, err
}

// progress is what of a document has been checked.
type progress struct{ level int }

func (d Document) check() error {
	if said(d.Title) == "" {
		return errors.New("a document has no title")
	}
	var p progress
	for i, b := range d.Blocks {
		if err := b.check(&p); err != nil {
			return fmt.Errorf("block %d of the document: %w", i+1, err)
		}
	}
	return nil
}

func (h Heading) check(p *progress) error {
	switch {
	case said(h.Text) == "":
		return errors.New("a heading is blank")
	case h.Level < 1 || h.Level > 3 || h.Level > p.level+1:
		return fmt.Errorf("a heading of level %d follows one of level %d", h.Level, p.level)
	}
	p.level = h.Level
	return nil
}

func (Paragraph) check(*progress) error { return nil }
func (List) check(*progress) error      { return nil }

// mostColumns is what a word processor takes.
const mostColumns = 63

func (t Table) check(*progress) error {
	if said(t.Caption) == "" {
		return errors.New("a table has no caption")
	}
	if len(t.Header) > mostColumns {
		return fmt.Errorf("a table of %d columns has no room in a document", len(t.Header))
	}
	return t.even()
}

// even holds every row to the headings.
func (t Table) even() error {
	if len(t.Header) == 0 || len(t.Numeric) > len(t.Header) {
		return errors.New("a table has too few headings")
	}
	for i, row := range t.Rows {
		if len(row) != len(t.Header) {
			return fmt.Errorf("row %d of a table has %d cells below %d headings", i+1, len(row), len(t.Header))
		}
	}
	return nil
}

func (p Picture) check(*progress) error {
	if said(p.Alt) == "" {
		return errors.New("a picture has no words that stand for it")
	}
	if p.Millimetres != 0 && (p.Millimetres < 10 || p.Millimetres > textWide) {
		return fmt.Errorf("a picture %d mm wide has no room on the page", p.Millimetres)
	}
	if _, err := bare(p.PNG); err != nil {
		return err
	}
	size, err := png.DecodeConfig(bytes.NewReader(p.PNG))
	if err != nil || size.Width == 0 || size.Height == 0 {
		return errNoPNG
	}
	return nil
}

var errNoPNG = errors.New("a picture is no whole PNG")

const pngMark = "\x89PNG\r\n\x1a\n"

// bare leaves of a PNG what is needed to see it: a camera or a program can have
// written anything into the rest.
func bare(picture []byte) ([]byte, error) {
	rest, ok := bytes.CutPrefix(picture, []byte(pngMark))
	if !ok {
		return nil, errNoPNG
	}
	kept := []byte(pngMark)
	for len(rest) >= 12 {
		long := uint64(binary.BigEndian.Uint32(rest)) + 12
		if long > uint64(len(rest)) {
			return nil, errNoPNG
		}
		kind := string(rest[4:8])
		switch kind {
		case "IHDR", "PLTE", "tRNS", "IDAT", "IEND":
			kept = append(kept, rest[:long]...)
		}
		if rest = rest[long:]; kind == "IEND" {
			return kept, nil
		}
	}
	return nil, errNoPNG
}

// said is what is left of words that a document can hold.
func said(text string) string { return strings.TrimSpace(clean(text)) }

// clean gives words as a document can hold them: on one line, without what is no
// character of XML and without control characters.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

var plainNumber = regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]+)?$`)

// CSV writes a table's headings and rows as RFC 4180 has it, in UTF-8. Cells that
// a spreadsheet program could run are disarmed as in the exchange folder; a number
// in a column of numbers cannot be run, whatever its sign.
func CSV(t Table) ([]byte, error) {
	if err := t.even(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = strings.ToValidUTF8(cell, "\uFFFD"); !t.numeric(i) || !plainNumber.MatchString(cell) {
				cells[i] = exchange.Disarm(cells[i])
			}
		}
		_ = w.Write(cells) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// Sheet is a table under the name of a sheet.
type Sheet struct {
	Name string
	Table
}

// mostName is the longest name a spreadsheet program gives a sheet.
const mostName = 31

// Values writes an XLSX workbook that holds values alone, each sheet's headings
// in its first row. Numbers are numbers where their column says so.
func Values(sheets []Sheet) ([]byte, error) {
	if len(sheets) == 0 {
		return nil, errors.New("a workbook has no sheets")
	}
	taken := map[string]bool{}
	var out []exchange.Sheet
	for _, s := range sheets {
		if err := s.even(); err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.Name, err)
		}
		name := strings.ToLower(s.Name)
		if !goodName(s.Name) || taken[name] {
			return nil, fmt.Errorf("no sheet can have the name %q here", s.Name)
		}
		taken[name] = true
		out = append(out, exchange.Sheet{Name: s.Name, Columns: len(s.Header), Numeric: s.Numeric, Each: s.each})
	}
	var b bytes.Buffer
	err := exchange.WriteSheets(&b, out)
	return b.Bytes(), err
}

func (s Sheet) each(put func([]string) error) error {
	if err := put(s.Header); err != nil {
		return err
	}
	for _, row := range s.Rows {
		if err := put(row); err != nil {
			return err
		}
	}
	return nil
}

// goodName tells whether spreadsheet programs take a name for a sheet.
func goodName(name string) bool {
	return name != "" && name == said(name) && utf8.RuneCountInString(name) <= mostName && !strings.ContainsAny(name, `[]:*?/\`) &&
		!strings.HasPrefix(name, "'") && !strings.HasSuffix(name, "'") && !strings.EqualFold(name, "History")
}
