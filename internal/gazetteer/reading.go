package gazetteer

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"homeward/internal/fault"
)

// Source is the kind of a file that was read.
type Source string

// The kinds of file Read knows.
const (
	CodePointOpen Source = "Code-Point Open"
	ONS           Source = "ONSPD or NSPL"
	Packed        Source = "packed postcodes"
	Sectors       Source = "sectors"
	Outcodes      Source = "outward codes"
)

// Part counts what one kind of file brought.
type Part struct {
	Source Source
	Files  int
	Rows   int
}

// Report says what was read and, once stored, what that changed.
type Report struct {
	Parts          []Part
	Rough          int   // rows whose position is 500 m out
	Unplaced       int   // rows without a position
	Ended          int   // rows of postcodes no longer in use
	QualityUnknown int   // files that say nothing of quality
	AreasWritten   int   // outward codes whose postcodes changed
	CentresWritten int   // sectors and outward codes whose centre changed
	Load           int64 // the number of the load: see Version
}

func (r *Report) part(s Source) *Part {
	i := slices.IndexFunc(r.Parts, func(p Part) bool { return p.Source == s })
	if i < 0 {
		r.Parts = append(r.Parts, Part{Source: s})
		i = len(r.Parts) - 1
	}
	return &r.Parts[i]
}

// limits bound what one reading may cost, whatever the files claim.
type limits struct {
	bytes int64 // of all files, unpacked
	rows  int   // of all files
}

// The largest of the files, ONSPD, has 2.7 million rows in 1.3 GB.
var usualLimits = limits{bytes: 4 << 30, rows: 10_000_000}

// Reading is what files said, held in memory.
type Reading struct {
	Report  Report
	left    limits
	areas   map[Postcode]*[]unit
	centres map[Postcode]centre
	// the area the last unit went to: rows mostly come area by area
	lastOutward Postcode
	lastArea    *[]unit
}

// Read reads a file, or every file of a folder in the order of their names.
func Read(path string) (*Reading, error) { return readWithin(path, usualLimits) }

func readWithin(path string, within limits) (*Reading, error) {
	r := &Reading{left: within, areas: map[Postcode]*[]unit{}, centres: map[Postcode]centre{}}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no file or folder %s to read.", path), err)
	case info.IsDir():
		err = r.readFolder(path)
	default:
		err = r.readFile(path)
	}
	if err != nil {
		return nil, err
	}
	r.settle()
	return r, nil
}

func (r *Reading) readFolder(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be read.", path), err)
	}
	if len(entries) == 0 {
		return fault.New(fault.Invalid, fmt.Sprintf("The folder %s is empty.", path))
	}
	for _, entry := range entries {
		if err := r.readEntry(path, entry); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reading) readEntry(folder string, entry fs.DirEntry) error {
	if entry.IsDir() {
		return fault.New(fault.Invalid, fmt.Sprintf(
			"The folder %s holds a folder, %s. Give the folder that holds only the files (for Code-Point Open: Data/CSV).", folder, entry.Name()))
	}
	return r.readFile(filepath.Join(folder, entry.Name()))
}

func (r *Reading) addUnit(p Postcode, u unit) error {
	if err := r.takeRow(); err != nil {
		return err
	}
	if outward := p.Outward(); outward != r.lastOutward || r.lastArea == nil {
		r.lastOutward, r.lastArea = outward, r.areas[outward]
		if r.lastArea == nil {
			r.lastArea = new([]unit)
			r.areas[outward] = r.lastArea
		}
	}
	*r.lastArea = append(*r.lastArea, u)
	r.count(u)
	return nil
}

func (r *Reading) count(u unit) {
	switch {
	case u.has(unplaced):
		r.Report.Unplaced++
	case u.has(rough):
		r.Report.Rough++
	}
	if u.has(ended) {
		r.Report.Ended++
	}
}

func (r *Reading) addCentre(p Postcode, c centre) error {
	if err := r.takeRow(); err != nil {
		return err
	}
	r.centres[p] = c
	return nil
}

func (r *Reading) takeRow() error {
	if r.left.rows == 0 {
		return fault.New(fault.TooLarge, "There are more rows than a gazetteer of the whole country has. Load fewer files at a time.")
	}
	r.left.rows--
	return nil
}

// settle sorts every area and lets the newest row of a postcode win.
func (r *Reading) settle() {
	for _, area := range r.areas {
		*area = newest(*area)
	}
	r.lastArea = nil
}

// newest sorts units by postcode and keeps the last given of each. Where they
// came in order, as they do in every published file, that is one pass.
func newest(units []unit) []unit {
	byKey := func(a, b unit) int { return int(a.key()) - int(b.key()) }
	if !slices.IsSortedFunc(units, byKey) {
		slices.SortStableFunc(units, byKey)
	}
	kept := units[:0]
	for _, u := range units {
		if n := len(kept); n > 0 && kept[n-1].key() == u.key() {
			kept[n-1] = u
			continue
		}
		kept = append(kept, u)
	}
	return kept
}

// merge joins two sorted areas; where both have a postcode, the newer one's row
// stays.
func merge(older, newer []unit) []unit {
	both := make([]unit, 0, len(older)+len(newer))
	for len(older) > 0 && len(newer) > 0 {
		switch o, n := older[0], newer[0]; {
		case o.key() < n.key():
			both, older = append(both, o), older[1:]
		case o.key() == n.key():
			older = older[1:]
		default:
			both, newer = append(both, n), newer[1:]
		}
	}
	return append(append(both, older...), newer...)
}

// Table is a gazetteer of this reading alone.
func (r *Reading) Table() *Table {
	areas := make(map[Postcode][]unit, len(r.areas))
	for outward, area := range r.areas {
		areas[outward] = *area
	}
	return newTable(areas, r.centres)
}
