package exchange

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"homeward/internal/fault"
)

// mostBytes bounds a folder or a workbook, unpacked.
const mostBytes = 500_000_000

var errTooLarge = fault.New(fault.TooLarge, "There are more than 500 MB (unpacked). Import a few agencies at a time.")

// mostFiles bounds the files of a folder and the parts of a workbook.
const mostFiles = 10_000

var errTooManyFiles = fault.New(fault.TooLarge, "There are more than 10,000 files there. Give the folder or workbook that holds only the exchange's.")

// budget is how many bytes may still be read.
type budget int64

// take counts bytes against the budget.
func (b *budget) take(n int64) error {
	if n < 0 || n > int64(*b) {
		*b = 0
		return errTooLarge
	}
	*b -= budget(n)
	return nil
}

// metered counts what is really read, whatever a size has claimed.
type metered struct {
	in   io.Reader
	left *budget
}

func (m metered) Read(p []byte) (int, error) {
	n, err := m.in.Read(p)
	if tooMuch := m.left.take(int64(n)); tooMuch != nil {
		return 0, tooMuch
	}
	return n, err
}

// Upload is one file given by name: of a folder, or sent by a browser
// (multipart.FileHeader has the three).
type Upload struct {
	Name string
	Size int64
	Open func() (Opened, error)
}

// Opened is an open file: *os.File and multipart.File are.
type Opened interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// ReadPath reads an exchange folder or a workbook.
func ReadPath(name string, o Options) (*Reading, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no folder or workbook %s to read.", name), err)
	case info.IsDir():
		return readFolder(name, o)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Invalid, fmt.Sprintf("%s is neither a folder nor a workbook.", name))
	}
	return readWorkbook(Upload{filepath.Base(name), info.Size(), func() (Opened, error) { return os.Open(name) }}, o)
}

// ReadUploads reads the CSV files of a folder, or one workbook, given by name.
func ReadUploads(uploads []Upload, o Options) (*Reading, error) {
	uploads = slices.Clone(uploads)
	for i := range uploads {
		uploads[i].Name = path.Base(strings.ReplaceAll(uploads[i].Name, `\`, "/"))
	}
	if len(uploads) == 1 && strings.EqualFold(path.Ext(uploads[0].Name), ".xlsx") {
		return readWorkbook(uploads[0], o)
	}
	return readCSV(newReader(o, ".csv"), uploads)
}

// readFolder reads the files of a folder. They are opened inside the folder: a
// link or a name that leads out of it is refused.
func readFolder(name string, o Options) (*Reading, error) {
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be read.", name), err)
	}
	defer root.Close()
	names, err := listFolder(root)
	if err != nil {
		return nil, err
	}
	rd := newReader(o, ".csv")
	var uploads []Upload
	for _, name := range names {
		info, err := root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			rd.passOver(name, info, err)
			continue
		}
		uploads = append(uploads, Upload{name, info.Size(), func() (Opened, error) { return root.Open(name) }})
	}
	return readCSV(rd, uploads)
}

func listFolder(root *os.Root) ([]string, error) {
	folder, err := root.Open(".")
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The folder cannot be read.", err)
	}
	defer folder.Close()
	entries, err := folder.ReadDir(mostFiles + 1)
	if err != nil && err != io.EOF {
		return nil, fault.Wrap(fault.Invalid, "The folder cannot be read.", err)
	}
	if len(entries) > mostFiles {
		return nil, errTooManyFiles
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, nil
}

// passOver notes what is no file; where it has the name of one, nothing may be
// imported without it.
func (rd *reader) passOver(name string, info fs.FileInfo, err error) {
	label, what := rd.identify(name)
	switch {
	case what != aTable && info != nil && info.IsDir():
		rd.note(name, "", "This folder was passed over: files are read from the folder that was given alone.")
	case what != aTable:
		rd.note(name, "", "This is not a file and was passed over.")
	case err != nil:
		rd.fails(label, "", "This is a link that leads nowhere, or out of the folder: put the file itself there.")
	default:
		rd.fails(label, "", "This is not a file: put a CSV file of this name there.")
	}
}

// identity is what a name stands for.
type identity int

const (
	unknown identity = iota
	aTable
	passedOver
)

// identify tells what a file name or a sheet name stands for, and its label.
func (rd *reader) identify(name string) (label string, what identity) {
	label, found := strings.CutSuffix(name, rd.suffix)
	if !found {
		return name, unknown
	}
	if label == waivers.name || label == "gazetteer" {
		return label, passedOver
	}
	for _, f := range files {
		if f.label() == label {
			return label, aTable
		}
	}
	return name, unknown
}

// sort puts what was given by name in the order it is read in, and notes what
// is passed over.
func (rd *reader) sort(names []string) map[string]int {
	at := map[string]int{}
	for i, name := range names {
		label, what := rd.identify(name)
		_, twice := at[label]
		switch {
		case what == aTable && twice:
			rd.fails(label, "", "This name was given twice: give each file once.")
		case what == aTable:
			at[label] = i
		case label == waivers.name:
			rd.note(name, "", "Waivers were passed over: a file lifts no exclusion, a manager does so on screen.")
		case what == unknown:
			rd.unknown(name)
		}
	}
	return at
}

// unknown notes a name that is not the exchange's. One that only a capital or a
// space sets apart is refused: zones in "Zones.csv" must not go unread.
func (rd *reader) unknown(name string) {
	for _, f := range files {
		if should := f.label() + rd.suffix; strings.EqualFold(strings.TrimSpace(name), should) {
			rd.fails(f.label(), "", fmt.Sprintf("%s must be named %s.", quoted(name), should))
			return
		}
	}
	rd.note(clip(name), "", "This is not one of the exchange's names and was passed over.")
}

// readCSV reads files by their names, in the order that what a row names comes
// before it.
func readCSV(rd *reader, uploads []Upload) (*Reading, error) {
	names := make([]string, len(uploads))
	sum := budget(mostBytes)
	for i, u := range uploads {
		names[i] = u.Name
		if err := sum.take(u.Size); err != nil {
			return nil, err
		}
	}
	at := rd.sort(names)
	for _, f := range files {
		i, ok := at[f.label()]
		if !ok {
			continue
		}
		if err := rd.readUpload(f, uploads[i]); err != nil {
			return nil, err
		}
	}
	return rd.finish()
}

func (rd *reader) readUpload(f file, u Upload) error {
	in, err := u.Open()
	if err != nil {
		rd.fails(f.label(), "", "The file cannot be opened. May you read it?")
		return nil
	}
	err = rd.readFile(f, newScanner(metered{in, &rd.left}).next)
	return errors.Join(err, in.Close())
}
