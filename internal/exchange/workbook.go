package exchange

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strconv"
	"strings"
)

// Workbooks are read here and not by excelize, which the tests hold this reader
// against: it does not tell a date from a number or a formula from its value,
// passes silently over XML it cannot read, believes the sizes a zip declares and
// unpacks every part of it.

// workbook is an open XLSX file.
type workbook struct {
	parts   map[string]*zip.File
	left    *budget
	sheets  []sheetPart
	strings []string
	// textHeld is the bytes the strings take, which stay in memory.
	textHeld int
	dates    []bool // by cell style: whether its number is a day
	epoch    epoch
}

// sheetPart is a sheet's name and the part it is in.
type sheetPart struct{ name, part string }

const damaged = fileFault("The workbook cannot be read: it is damaged, or not an .xlsx workbook. Open it in a spreadsheet program and save it again as .xlsx.")

// readWorkbook reads the sheets of a workbook as the files of a folder.
func readWorkbook(u Upload, o Options) (*Reading, error) {
	rd := newReader(o, "")
	err := rd.readSheets(u)
	if whole, ok := errors.AsType[fileFault](err); ok {
		rd.problem(u.Name, 1, "", string(whole))
		rd.broken = true
	} else if err != nil {
		return nil, err
	}
	return rd.finish()
}

func (rd *reader) readSheets(u Upload) (err error) {
	if u.Size > mostBytes {
		return errTooLarge
	}
	in, err := u.Open()
	if err != nil {
		return fileFault("The workbook cannot be opened. May you read it?")
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	w, err := openWorkbook(in, u.Size, &rd.left)
	if err != nil {
		return err
	}
	if err := rd.hold(w.textHeld / bytesPerRow); err != nil {
		return err
	}
	names := make([]string, len(w.sheets))
	for i, s := range w.sheets {
		names[i] = s.name
	}
	at := rd.sort(names)
	for _, f := range files {
		if i, ok := at[f.label()]; ok {
			if err := rd.readSheet(f, w, w.sheets[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (rd *reader) readSheet(f file, w *workbook, s sheetPart) error {
	part, err := w.open(s.part)
	if err != nil {
		rd.fails(f.label(), "", string(damaged))
		return nil
	}
	defer part.Close()
	return rd.readFile(f, (&sheet{walk: w.walk(part), book: w}).next)
}

func openWorkbook(in io.ReaderAt, size int64, left *budget) (*workbook, error) {
	if why := notAWorkbook(in); why != "" {
		return nil, why
	}
	archive, err := openZip(in, size)
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: map[string]*zip.File{}, left: left}
	sum := budget(mostBytes)
	for _, f := range archive.File {
		if err := sum.take(int64(min(f.UncompressedSize64, mostBytes+1))); err != nil {
			return nil, err
		}
		if w.parts[f.Name] != nil {
			return nil, damaged // two readers could take different ones
		}
		w.parts[f.Name] = f
	}
	return w, w.readFrame()
}

func notAWorkbook(in io.ReaderAt) fileFault {
	start := make([]byte, 4)
	n, _ := in.ReadAt(start, 0)
	switch string(start[:n]) {
	case "PK\x03\x04":
		return ""
	case "\xd0\xcf\x11\xe0":
		return "This workbook has a password or is of an old kind: save it as .xlsx without a password."
	}
	return "This is not an .xlsx workbook. Give a folder of CSV files, or a workbook saved as .xlsx."
}

// mostDirectory bounds the list of parts that a zip keeps at its end.
const mostDirectory = 4 << 20

// rationed is a reader at places that reads only so much.
type rationed struct {
	in   io.ReaderAt
	left *budget
}

func (r rationed) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.in.ReadAt(p, off)
	if tooMuch := r.left.take(int64(n)); tooMuch != nil {
		return 0, tooMuch
	}
	return n, err
}

func openZip(in io.ReaderAt, size int64) (*zip.Reader, error) {
	ration := budget(mostDirectory)
	archive, err := zip.NewReader(rationed{in, &ration}, size)
	switch {
	case errors.Is(err, errTooLarge), err == nil && len(archive.File) > mostFiles:
		return nil, errTooManyFiles
	case err != nil:
		return nil, damaged
	}
	ration = math.MaxInt64 // from here on, what is unpacked is metered
	return archive, nil
}

// open opens a part; what is read of it counts.
func (w *workbook) open(name string) (io.ReadCloser, error) {
	f := w.parts[name]
	if f == nil {
		return nil, damaged
	}
	part, err := f.Open()
	if err != nil {
		return nil, damaged
	}
	return part, nil
}

func (w *workbook) walk(part io.Reader) *walk {
	return newWalk(metered{part, w.left})
}

// each walks a part of the frame, calling fn at the start of every element.
func (w *workbook) each(name string, fn func(in *walk, e xml.StartElement) error) error {
	part, err := w.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	in := w.walk(part)
	for {
		token, err := in.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := fn(in, e); err != nil {
				return err
			}
		}
	}
}

// readFrame reads what the sheets rest on: their names, the shared strings and
// the styles.
func (w *workbook) readFrame() error {
	top, err := w.relations("")
	if err != nil {
		return err
	}
	main := top.byType["officeDocument"]
	to, err := w.relations(main)
	if err != nil {
		return err
	}
	if err := w.readSheetNames(main, to); err != nil {
		return err
	}
	if part := to.byType["sharedStrings"]; part != "" {
		if err := w.readStrings(part); err != nil {
			return err
		}
	}
	if part := to.byType["styles"]; part != "" {
		return w.readStyles(part)
	}
	return nil
}

// relations say which part another part means.
type relations struct{ byID, byType map[string]string }

func (w *workbook) relations(of string) (relations, error) {
	r := relations{map[string]string{}, map[string]string{}}
	folder, name := path.Split(of)
	err := w.each(folder+"_rels/"+name+".rels", func(_ *walk, e xml.StartElement) error {
		target := attr(e, "Target")
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", folder, target)
		}
		target = strings.TrimPrefix(target, "/")
		r.byID[attr(e, "Id")] = target
		r.byType[path.Base(attr(e, "Type"))] = target
		return nil
	})
	return r, err
}

// attr gives an attribute that has no name space of its own.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (w *workbook) readSheetNames(part string, to relations) error {
	return w.each(part, func(_ *walk, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.epoch = epoch1900
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				w.epoch = epoch1904
			}
		case "sheet":
			for _, a := range e.Attr {
				if a.Name.Local == "id" && a.Name.Space != "" {
					w.sheets = append(w.sheets, sheetPart{attr(e, "name"), to.byID[a.Value]})
				}
			}
			if len(w.sheets) > mostSheets {
				return damaged
			}
		}
		return nil
	})
}

const (
	// mostSheets bounds the sheets of a workbook.
	mostSheets = 1000
	// mostStrings bounds the shared strings, which stay in memory; bytesPerRow of
	// them weigh as much there as a row.
	mostStrings = 48 << 20
	bytesPerRow = 120
	// mostStyles is a little more than a spreadsheet program can have.
	mostStyles = 100_000
)

func (w *workbook) readStrings(part string) error {
	return w.each(part, func(in *walk, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := in.richText()
		if err != nil {
			return err
		}
		w.strings = append(w.strings, text)
		if w.textHeld += len(text) + 16; w.textHeld > mostStrings {
			return fileFault("The workbook holds more text than Homeward reads from one workbook: save its sheets as CSV files and give their folder.")
		}
		return nil
	})
}

// readStyles learns which cell styles show a number as a day.
func (w *workbook) readStyles(part string) error {
	custom := map[string]string{}
	inside := false
	return w.each(part, func(_ *walk, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = attr(e, "formatCode")
		case "cellXfs":
			inside = true
		case "cellStyles", "dxfs":
			inside = false
		case "xf":
			if !inside {
				return nil
			}
			id := attr(e, "numFmtId")
			w.dates = append(w.dates, showsDay(id, custom[id]))
			if len(w.dates) > mostStyles || len(custom) > mostStyles {
				return damaged
			}
		}
		return nil
	})
}

// showsDay tells whether a number format shows a date: one of the built-in ones,
// or one with a letter of a date outside what stands in quotes or brackets.
func showsDay(id, code string) bool {
	if code == "" {
		n, err := strconv.Atoi(id)
		return err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58)
	}
	var closing byte
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case closing != 0:
			if c == closing {
				closing = 0
			}
		case c == '"':
			closing = '"'
		case c == '[':
			closing = ']'
		case c == '\\' || c == '_' || c == '*':
			i++ // the next character stands for itself
		case strings.IndexByte("dDmMyYhHsS", c) >= 0:
			return true
		}
	}
	return false
}
