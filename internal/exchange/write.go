package exchange

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"homeward/internal/fault"
)

// Children's and families' records are for whoever wrote them alone.
const (
	folderMode = 0o700
	fileMode   = 0o600
)

// WriteFolder writes a region as a folder of CSV files, each with its header
// even where it has no rows, so that no file of an earlier writing is taken for
// one of this; an optional one without rows is taken away instead. Other files in
// the folder stay as they are. Every file is whole on the disk before the first
// takes its name.
func WriteFolder(dir string, r Region) error {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return cannotWrite(dir, err)
	}
	var drafts []*draft
	defer func() {
		for _, d := range drafts {
			d.drop()
		}
	}()
	var gone []string
	for _, f := range written() {
		name := filepath.Join(dir, f.label()+".csv")
		if !f.wanted(&r) {
			gone = append(gone, name)
			continue
		}
		d, err := newDraft(name)
		if err != nil {
			return cannotWrite(dir, err)
		}
		drafts = append(drafts, d)
		if err := d.fill(func(out io.Writer) error { return writeCSV(out, f, &r) }); err != nil {
			return cannotWrite(dir, err)
		}
	}
	for _, name := range gone {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return cannotWrite(dir, err)
		}
	}
	// What other rows name comes last: a folder that was left half named holds
	// rows of children it does not list, and is refused, not children whose zones
	// are missing.
	for _, d := range slices.Backward(drafts) {
		if err := d.take(); err != nil {
			return cannotWrite(dir, err)
		}
	}
	return nil
}

// WriteWorkbook writes a region as one XLSX workbook, a sheet for each file.
func WriteWorkbook(name string, r Region) error {
	d, err := newDraft(name)
	if err != nil {
		return cannotWrite(name, err)
	}
	defer d.drop()
	if err := d.fill(func(out io.Writer) error { return writeXLSX(out, &r) }); err != nil {
		return cannotWrite(name, err)
	}
	if err := d.take(); err != nil {
		return cannotWrite(name, err)
	}
	return nil
}

func cannotWrite(name string, err error) error {
	return fault.Wrap(fault.NotReady, fmt.Sprintf("%s cannot be written. Is there room, and may you write there?", name), err)
}

// draft is a file that has not taken its name yet.
type draft struct {
	file *os.File
	name string
}

func newDraft(name string) (*draft, error) {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*.part")
	if err != nil {
		return nil, err
	}
	return &draft{file, name}, file.Chmod(fileMode)
}

// fill writes the file, to the disk.
func (d *draft) fill(write func(io.Writer) error) error {
	out := bufio.NewWriterSize(d.file, 64<<10)
	if err := write(out); err != nil {
		return errors.Join(err, d.file.Close())
	}
	return errors.Join(out.Flush(), d.file.Sync(), d.file.Close())
}

// take gives the file its name, in place of what had it.
func (d *draft) take() error { return os.Rename(d.file.Name(), d.name) }

// drop takes away a draft that did not get its name.
func (d *draft) drop() { _ = os.Remove(d.file.Name()) } // of one that did, there is nothing left

func writeCSV(out io.Writer, f file, r *Region) error {
	w := csv.NewWriter(out)
	put := func(cells []string) error {
		for i := range cells {
			cells[i] = Disarm(cells[i])
		}
		return w.Write(cells)
	}
	if err := errors.Join(put(f.headings()), f.write(r, put)); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// The parts of a workbook that say nothing of the rows. There are no document
// properties: who wrote it, and when, is nobody's business who gets it.
const (
	xmlHead  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	main     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	office   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages = "http://schemas.openxmlformats.org/package/2006/"
	content  = "application/vnd.openxmlformats-officedocument.spreadsheetml."

	topRelations = xmlHead + `<Relationships xmlns="` + packages + `relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	// The one cell style is text, so that what is typed into a column later stays
	// as it was typed.
	styles = xmlHead + `<styleSheet xmlns="` + main + `"><fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)

// Sheet is one sheet of a workbook to be written. It holds values alone: no
// formula, comment or hidden row.
type Sheet struct {
	Name    string
	Columns int
	// Numeric tells which columns hold numbers, from the left. A cell of theirs
	// below the first row is a number where it reads as one; all else is text.
	Numeric []bool
	// Each gives the rows one after another, the headings first.
	Each func(put func(cells []string) error) error
}

func writeXLSX(out io.Writer, r *Region) error {
	var sheets []Sheet
	for _, f := range written() {
		if !f.wanted(r) {
			continue
		}
		headings := f.headings()
		sheets = append(sheets, Sheet{Name: f.label(), Columns: len(headings), Each: func(put func([]string) error) error {
			return errors.Join(put(headings), f.write(r, put))
		}})
	}
	return WriteSheets(out, sheets)
}

// WriteSheets writes a workbook of values. The same sheets give the same bytes,
// which say nothing of who wrote them or when.
func WriteSheets(out io.Writer, sheets []Sheet) error {
	archive := zip.NewWriter(out)
	types, relations, book := frame(sheets)
	for _, part := range [][2]string{
		{"[Content_Types].xml", types}, {"_rels/.rels", topRelations}, {"xl/workbook.xml", book},
		{"xl/_rels/workbook.xml.rels", relations}, {"xl/styles.xml", styles},
	} {
		w, err := archive.Create(part[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			return err
		}
	}
	for i, s := range sheets {
		w, err := archive.Create(sheetName(i))
		if err != nil {
			return err
		}
		if err := writeSheet(w, s); err != nil {
			return err
		}
	}
	return archive.Close()
}

func sheetName(i int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1) }

// frame writes the parts that list the sheets.
func frame(sheets []Sheet) (types, relations, book string) {
	var t, l, b strings.Builder
	for i, s := range sheets {
		fmt.Fprintf(&t, `<Override PartName="/%s" ContentType="%sworksheet+xml"/>`, sheetName(i), content)
		fmt.Fprintf(&l, `<Relationship Id="rId%d" Type="%s/worksheet" Target="/%s"/>`, i+1, office, sheetName(i))
		fmt.Fprintf(&b, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, html.EscapeString(s.Name), i+1, i+1)
	}
	return xmlHead + `<Types xmlns="` + packages + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + content + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + content + `styles+xml"/>` + t.String() + `</Types>`,
		xmlHead + `<Relationships xmlns="` + packages + `relationships">` + l.String() +
			`<Relationship Id="rId0" Type="` + office + `/styles" Target="/xl/styles.xml"/></Relationships>`,
		xmlHead + `<workbook xmlns="` + main + `" xmlns:r="` + office + `"><sheets>` + b.String() + `</sheets></workbook>`
}

func writeSheet(out io.Writer, s Sheet) error {
	w := bufio.NewWriterSize(out, 64<<10)
	fmt.Fprintf(w, xmlHead+`<worksheet xmlns="%s"><cols><col min="1" max="%d" width="18" style="1"/></cols><sheetData>`, main, s.Columns)
	row := 0
	put := func(cells []string) error {
		row++
		return writeRow(w, row, cells, s.Numeric)
	}
	if err := s.Each(put); err != nil {
		return err
	}
	_, _ = w.WriteString(`</sheetData></worksheet>`)
	return w.Flush()
}

// plainNumber is a number that a spreadsheet program shows as it was written.
var plainNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,3})?$`)

var errSheetFull = errors.New("a sheet holds no more than 1,048,576 rows")

// writeRow writes a row of cells; a blank one is left out. An error of the writer
// stays with it until it is flushed.
func writeRow(w *bufio.Writer, row int, cells []string, numeric []bool) error {
	if row > mostRows {
		return errSheetFull
	}
	fmt.Fprintf(w, `<row r="%d">`, row)
	at := sheet{row: row}
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		if row > 1 && i < len(numeric) && numeric[i] && plainNumber.MatchString(cell) {
			_, _ = w.WriteString(`<c r="` + at.cellName(i) + `"><v>` + cell + `</v></c>`)
			continue
		}
		_, _ = w.WriteString(`<c r="` + at.cellName(i) + `" s="1" t="inlineStr"><is><t xml:space="preserve">`)
		_ = xml.EscapeText(w, []byte(escape(cell)))
		_, _ = w.WriteString(`</t></is></c>`)
	}
	_, err := w.WriteString(`</row>`)
	return err
}
