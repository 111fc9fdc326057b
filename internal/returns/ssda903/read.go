package ssda903

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"homeward/internal/fault"
)

// What a return may be at most. England's 900,000 episodes are 70 MB.
const (
	mostRows  = 3_000_000 // in one table
	mostFiles = 200
)

// mostBytes is how much one file may have; only tests change it.
var mostBytes = 400_000_000

func invalid(message string) error { return fault.New(fault.Invalid, message) }

// File is one file of a return.
type File struct {
	Name string
	Size int64
	Open func() (io.ReadCloser, error)
}

// Reading is a return as it was read, and what there is to say about its files.
type Reading struct {
	Return
	Notes []string // files and columns passed over
}

// ReadPath reads a folder of CSV files or of one XML file, or one such file, as
// the return of a collection year.
func ReadPath(path string, year int) (*Reading, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no folder or file %s to read.", path), err)
	}
	if !info.IsDir() {
		return Read([]File{onDisk(path, filepath.Base(path), info.Size())}, year)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be read.", path), err)
	}
	var files []File
	for _, e := range entries {
		name := filepath.Join(path, e.Name())
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			files = append(files, onDisk(name, e.Name(), info.Size()))
		}
	}
	return Read(files, year)
}

func onDisk(path, name string, size int64) File {
	return File{name, size, func() (io.ReadCloser, error) { return os.Open(path) }}
}

// Read reads the files of a return: CSV tables known by their columns, whatever
// their names, or one XML file.
func Read(files []File, year int) (*Reading, error) {
	if year < FirstYear || year > LastYear {
		return nil, invalid(fmt.Sprintf("A collection year goes by the year it ends in, from %d (%s) to %d (%s).", FirstYear, YearName(FirstYear), LastYear, YearName(LastYear)))
	}
	r := &Reading{Return: Return{Year: year}}
	ofKind := map[string][]File{}
	for _, f := range files {
		kind := strings.ToLower(filepath.Ext(f.Name))
		if kind != ".csv" && kind != ".xml" {
			r.Notes = append(r.Notes, f.Name+" was passed over: it is neither CSV nor XML.")
			continue
		}
		ofKind[kind] = append(ofKind[kind], f)
	}
	switch csvs, xmls := ofKind[".csv"], ofKind[".xml"]; {
	case len(csvs)+len(xmls) == 0:
		return nil, invalid("There is no return there: no file that ends in .csv or .xml.")
	case len(csvs) > 0 && len(xmls) > 0:
		return nil, invalid(fmt.Sprintf("There are CSV files and XML there (%s, %s). Give the one or the other: they may not be the same return.", csvs[0].Name, xmls[0].Name))
	case len(xmls) > 1:
		return nil, invalid(fmt.Sprintf("There are two XML files there, %s and %s. Give the one to be read.", xmls[0].Name, xmls[1].Name))
	case len(xmls) == 1:
		return r, r.readFile(xmls[0], r.readXML)
	case len(csvs) > mostFiles:
		return nil, invalid(fmt.Sprintf("There are %d CSV files there; a return has at most twelve. Give the folder that holds only the return.", len(csvs)))
	default:
		for _, f := range csvs {
			if err := r.readFile(f, r.readCSV); err != nil {
				return nil, err
			}
		}
		return r, nil
	}
}

// readFile opens a file and has it read within bounds.
func (r *Reading) readFile(f File, read func(f File, in io.Reader) error) error {
	if f.Size > int64(mostBytes) {
		return fault.New(fault.TooLarge, fmt.Sprintf("%s has more than %d MB. A council's return is smaller by far; is it the right file?", f.Name, mostBytes/1_000_000))
	}
	in, err := f.Open()
	if err != nil {
		return fault.Wrap(fault.Invalid, f.Name+" cannot be opened.", err)
	}
	defer in.Close()
	return read(f, &bounded{in: in, name: f.Name, left: mostBytes})
}

// bounded reads no more than a file may have, whatever its size claimed to be.
type bounded struct {
	in   io.Reader
	name string
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, fault.New(fault.TooLarge, fmt.Sprintf("%s has more than %d MB. A council's return is smaller by far; is it the right file?", b.name, mostBytes/1_000_000))
	}
	return n, err
}

// readCSV reads one table.
func (r *Reading) readCSV(f File, in io.Reader) error {
	in, err := decoded(f.Name, in)
	if err != nil {
		return err
	}
	rows := csv.NewReader(in)
	rows.ReuseRecord, rows.FieldsPerRecord = true, -1
	head, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return invalid(f.Name + " is empty. Export it again, with its heading.")
	}
	if err != nil {
		return csvFault(f.Name, err)
	}
	table, columns, err := r.recognise(f.Name, slices.Clone(head))
	if err != nil {
		return err
	}
	if other := r.Sheets[table]; other != nil {
		return invalid(fmt.Sprintf("%s and %s both are %s. Give one year's files: last year's go in a folder of their own.", other.File, f.Name, table))
	}
	b := build(table, f.Name, columns.fields, int(min(f.Size, int64(mostBytes))))
	if err := b.take(rows, columns); err != nil {
		return err
	}
	r.Sheets[table] = b.done()
	return nil
}

// decoded refuses what is not UTF-8 by its first bytes, and takes a byte order
// mark off.
func decoded(name string, in io.Reader) (io.Reader, error) {
	var start [4]byte
	n, err := io.ReadFull(in, start[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	first := start[:n]
	if bytes.HasPrefix(first, []byte("\xff\xfe")) || bytes.HasPrefix(first, []byte("\xfe\xff")) || bytes.IndexByte(first, 0) >= 0 {
		return nil, invalid(name + " is written in UTF-16. Save it as UTF-8 (in Notepad or Excel: Save as, encoding UTF-8) and try again.")
	}
	return io.MultiReader(bytes.NewReader(bytes.TrimPrefix(first, []byte("\xef\xbb\xbf"))), in), nil
}

// layoutIn says which of a file's columns go where.
type layoutIn struct {
	fields []Field
	cells  []int // the place in the file of each field
	width  int
}

// recognise tells a table by the set of its columns, in any order.
func (r *Reading) recognise(name string, head []string) (Table, layoutIn, error) {
	if len(head) == 1 && strings.ContainsAny(head[0], ";\t|") {
		return 0, layoutIn{}, invalid(fmt.Sprintf("%s line 1: the columns are not separated by commas. Save the file as CSV with commas.", name))
	}
	at := map[Field]int{}
	var unknown []string
	for i, cell := range head {
		field, known := FieldNamed(strings.ToUpper(strings.TrimSpace(cell)))
		if _, again := at[field]; again && known {
			return 0, layoutIn{}, invalid(fmt.Sprintf("%s line 1: the column %s is there twice.", name, field))
		}
		if known {
			at[field] = i
		} else {
			unknown = append(unknown, quoted(cell))
		}
	}
	table, missing := closest(at)
	if len(missing) == len(table.Columns()) {
		return 0, layoutIn{}, invalid(fmt.Sprintf("%s line 1: this is no table of the return: none of its columns is there. The first line must name them (CHILD, DOB, ...).", name))
	}
	if len(missing) > 0 {
		return 0, layoutIn{}, invalid(fmt.Sprintf("%s line 1: this is no table of the return. It is nearest to %s, which also has %s.", name, table, joined(missing)))
	}
	in := layoutIn{width: len(head)}
	for _, f := range table.Columns() {
		in.fields = append(in.fields, f)
		in.cells = append(in.cells, at[f])
		delete(at, f)
	}
	for f := range at {
		unknown = append(unknown, f.String())
	}
	if slices.Sort(unknown); len(unknown) > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%s was read as %s; passed over: %s.", name, table, strings.Join(unknown, ", ")))
	}
	return table, in, nil
}

// closest is the table that all columns are there for, the widest if several,
// else the one that lacks the smallest part.
func closest(at map[Field]int) (best Table, missing []Field) {
	score := -1.0
	for t := range tables {
		var lacks []Field
		for _, f := range t.Columns() {
			if _, there := at[f]; !there {
				lacks = append(lacks, f)
			}
		}
		has := len(t.Columns()) - len(lacks)
		s := float64(has) / float64(len(t.Columns()))
		if len(lacks) == 0 {
			s += float64(has)
		}
		if s > score {
			best, missing, score = t, lacks, s
		}
	}
	return best, missing
}

func joined(list []Field) string {
	var names []string
	for _, f := range list {
		names = append(names, f.String())
	}
	return strings.Join(names, ", ")
}

func quoted(cell string) string {
	if len(cell) > 40 {
		cell = cell[:40] + "..."
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(cell, "?"))
}

// take reads the rows of a table. Blank lines are none.
func (b *building) take(rows *csv.Reader, in layoutIn) error {
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvFault(b.File, err)
		}
		if len(cells) == 1 && in.width > 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		line, _ := rows.FieldPos(0)
		switch i := slices.IndexFunc(cells, unreadable); {
		case len(cells) != in.width:
			return invalid(fmt.Sprintf("%s line %d: the row has %d cells and the heading %d. A comma inside a cell must stand in quotes.", b.File, line, len(cells), in.width))
		case i >= 0:
			return invalid(fmt.Sprintf("%s line %d, column %d: these are not characters of UTF-8. Save the file as CSV UTF-8 and try again.", b.File, line, i+1))
		case b.Len() == mostRows:
			return fault.New(fault.TooLarge, fmt.Sprintf("%s has more than %d rows.", b.File, mostRows))
		}
		b.add(line, func(column int) string { return cells[in.cells[column]] })
	}
}

// unreadable tells a cell that is not text.
func unreadable(cell string) bool { return !utf8.ValidString(cell) || strings.IndexByte(cell, 0) >= 0 }

// csvFault says where a file is not CSV, without quoting it.
func csvFault(name string, err error) error {
	var broken *csv.ParseError
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case !errors.As(err, &broken):
		return fault.Wrap(fault.Invalid, name+" could not be read to its end.", err)
	}
	return invalid(fmt.Sprintf("%s line %d: the quotes in this row are wrong. A cell in quotes begins and ends with one, and a quote inside it is written twice.", name, broken.StartLine))
}
