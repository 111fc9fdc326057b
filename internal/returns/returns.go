// Package returns reads, checks and writes what councils must return: the
// SSDA903, the quarterly adoption collection, and Annex A for inspectors.
//
// A council keeps its children in a system of its own, and what it can export
// without asking anybody is the SSDA903. It is held as it was given, sealed, with
// every child the council looks after. What it says of the children whose plan is
// or was adoption is compared with their records; somebody sees the comparison
// and takes it in; each fact keeps where it came from. The rest stays in the
// return and is written back as it was read.
//
// Basis: Children Act 1989 section 83 (returns to the Secretary of State).
package returns

import (
	"database/sql"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// Reading is a return as it was given.
type Reading struct {
	ID, Agency      string
	Year            int
	State           string // held, taken or replaced
	Rows, Children  int64
	SetAside        int    // how many children it was taken in without
	ReadBy          string // the name of who gave it
	ReadAt, TakenAt time.Time

	Around Around // given, not kept
}

// The states of a reading. It is held until somebody takes it in; the one taken
// in for a year is replaced by the next.
const (
	Held     = "held"
	Taken    = "taken"
	Replaced = "replaced"
)

// Subject names the reading for the audit record.
func (r Reading) Subject() work.Subject {
	return work.Subject{Kind: access.Return, Agency: r.Agency, ID: r.ID}
}

// MostAtOnce bounds what is held of one return, in bytes: a council's is some 5 MB.
const MostAtOnce = 60_000_000

// Upload is one file of a return.
type Upload struct {
	Name string
	Data []byte
}

func (f Upload) file() ssda903.File {
	return ssda903.File{Name: f.Name, Size: int64(len(f.Data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(string(f.Data))), nil
	}}
}

// Hold keeps a return as it was given, for an agency, if it can be read and
// believed: nothing of one that cannot is kept.
func Hold(u *work.Unit, book *agency.Book, code string, year int, files []Upload) (Reading, error) {
	r, _, err := given(u, book, code, year, files)
	if err != nil {
		return Reading{}, err
	}
	return r, r.write(u, files)
}

// Preview compares a return with the records without keeping it.
func Preview(u *work.Unit, book *agency.Book, code string, year int, files []Upload) (*Comparison, error) {
	r, said, err := given(u, book, code, year, files)
	if err != nil {
		return nil, err
	}
	return r.beside(u, said)
}

// given reads a return that was given for an agency.
func given(u *work.Unit, book *agency.Book, code string, year int, files []Upload) (Reading, *ssda903.Return, error) {
	if err := u.Allow(access.Change, book.Thing(access.Return, code), ""); err != nil {
		return Reading{}, nil, err
	}
	if book.Agencies[code].Kind != "LA" {
		return Reading{}, nil, fault.New(fault.Invalid, "Only a council makes this return.")
	}
	read, err := parse(year, files)
	if err != nil {
		return Reading{}, nil, err
	}
	if problems := Problems(read); len(problems) > 0 {
		return Reading{}, nil, refusal(problems)
	}
	r := Reading{ID: work.NewID(), Agency: code, Year: year, State: Held, ReadBy: u.Actor.Name, ReadAt: u.Now}
	for _, s := range read.Sheets {
		r.Rows += int64(s.Len())
	}
	r.Children = int64(read.Sheets[ssda903.Header].Len())
	return r, read, nil
}

func parse(year int, files []Upload) (*ssda903.Return, error) {
	var list []ssda903.File
	total := 0
	for _, f := range files {
		total += len(f.Data)
		list = append(list, f.file())
	}
	if total > MostAtOnce {
		return nil, fault.New(fault.TooLarge, fmt.Sprintf("The files have more than %d MB. A council's return is smaller by far; is it the right one?", MostAtOnce/1_000_000))
	}
	read, err := ssda903.Read(list, year)
	if err != nil {
		return nil, err
	}
	return &read.Return, nil
}

func (r Reading) write(u *work.Unit, files []Upload) error {
	_, err := u.Exec(`INSERT INTO return_reading (agency_code, reading_id, year, state, rows_read, children, read_by, read_by_name, read_at, taken_by, taken_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', NULL)`,
		r.Agency, r.ID, r.Year, r.State, r.Rows, r.Children, u.Actor.ID, r.ReadBy, db.Instant{Time: r.ReadAt})
	if err != nil {
		return err
	}
	for n, f := range files {
		_, err := u.Exec("INSERT INTO return_file (agency_code, reading_id, n, name, sealed) VALUES ($1, $2, $3, $4, $5)",
			r.Agency, r.ID, n, f.Name, u.Keys().Seal(sealedFor, r.owner(n), f.Data))
		if err != nil {
			return err
		}
	}
	u.Noted("held", r.Subject(), fmt.Sprintf("%d, %d rows", r.Year, r.Rows))
	return nil
}

// sealedFor is what a return's files are sealed for; the owner is the file.
const sealedFor = "returns"

func (r Reading) owner(n int) string { return fmt.Sprintf("%s/%s/%d", r.Agency, r.ID, n) }

// Readings lists the returns an agency gave, the latest year and reading first.
func Readings(u *work.Unit, book *agency.Book, code string) (list []Reading, err error) {
	if err := u.Allow(access.View, book.Thing(access.Return, code), ""); err != nil {
		return nil, err
	}
	return load(u, "agency_code = $1", code)
}

func load(u *work.Unit, where string, args ...any) (list []Reading, err error) {
	return list, u.Each(func(rows *sql.Rows) error {
		var r Reading
		var read, taken db.Instant
		err := rows.Scan(&r.Agency, &r.ID, &r.Year, &r.State, &r.Rows, &r.Children, &r.ReadBy, &read, &taken, &r.SetAside)
		r.ReadAt, r.TakenAt = read.Time, taken.Time
		list = append(list, r)
		return err
	}, `SELECT agency_code, reading_id, year, state, rows_read, children, read_by_name, read_at, taken_at, set_aside FROM return_reading
		WHERE `+where+` ORDER BY year DESC, read_at DESC, reading_id`, args...)
}

// Find gives one reading to somebody who may see it.
func Find(u *work.Unit, book *agency.Book, act access.Action, id string) (Reading, error) {
	list, err := load(u, "reading_id = $1", id)
	if err != nil {
		return Reading{}, err
	}
	if len(list) == 0 {
		return Reading{}, u.Refuse(act, work.Subject{Kind: access.Return, ID: id})
	}
	return list[0], u.Allow(act, book.Thing(access.Return, list[0].Agency), id)
}

// Open gives what a reading says, and notes that it was looked at.
func (r Reading) Open(u *work.Unit) (*ssda903.Return, error) {
	files, err := r.Files(u)
	if err != nil {
		return nil, err
	}
	u.Saw(r.Subject(), fmt.Sprintf("as given, %d", r.Year))
	return parse(r.Year, files)
}

// Files gives the files of a reading as they were given.
func (r Reading) Files(u *work.Unit) (files []Upload, err error) {
	err = u.Each(func(rows *sql.Rows) error {
		var n int
		var f Upload
		var sealed []byte
		if err := rows.Scan(&n, &f.Name, &sealed); err != nil {
			return err
		}
		f.Data, err = u.Keys().Unseal(sealedFor, r.owner(n), sealed)
		files = append(files, f)
		return err
	}, "SELECT n, name, sealed FROM return_file WHERE agency_code = $1 AND reading_id = $2 ORDER BY n", r.Agency, r.ID)
	return files, err
}

// YearBefore gives the return of the year before, taken in or else held, if one
// was given; the rules compare the two.
func (r Reading) YearBefore(u *work.Unit) (*ssda903.Return, error) {
	list, err := load(u, "agency_code = $1 AND year = $2 AND state <> $3", r.Agency, r.Year-1, Replaced)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at := max(0, slices.IndexFunc(list, func(r Reading) bool { return r.State == Taken }))
	return list[at].Open(u)
}

// Problem is a row that cannot be believed, and how to mend it.
type Problem struct {
	File    string
	Line    int
	Field   string
	Message string
}

// Where is the file and line; what a record says already is on no line.
func (p Problem) Where() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s line %d", p.File, p.Line)
}

func (p Problem) String() string {
	return fmt.Sprintf("%s, %s: %s", p.Where(), p.Field, p.Message)
}

// Problems says what in a return cannot be believed: rows of nobody, a child
// listed twice, a date that is none. Findings of the rules are another matter: a
// return may have those and still be taken in.
func Problems(r *ssda903.Return) (list []Problem) {
	listed := map[string]int{}
	for _, s := range r.Sheets {
		for row := range s.Rows() {
			if row.Blank(ssda903.CHILD) {
				list = append(list, problem(row, ssda903.CHILD, "Whose row is it? Write the child's reference."))
			}
			list = append(list, dateProblems(row)...)
			if s.Table != ssda903.Header {
				continue
			}
			if first, again := listed[row.Text(ssda903.CHILD)]; again && row.Filled(ssda903.CHILD) {
				list = append(list, problem(row, ssda903.CHILD, fmt.Sprintf("The child is on line %d already. Leave one of the two.", first)))
			}
			listed[row.Text(ssda903.CHILD)] = row.Line()
		}
	}
	for _, doubt := range r.Doubts() {
		list = append(list, Problem{File: "the return", Line: 1, Field: "year", Message: doubt})
	}
	return list
}

func dateProblems(row ssda903.Row) (list []Problem) {
	for _, f := range row.Sheet.Table.Columns() {
		if f.IsDate() && row.Filled(f) && !row.Day(f).Known() && !(f == ssda903.DATE_PERM && ssda903.PartlyKnown(row.Text(f))) {
			list = append(list, problem(row, f, "This is no day of the calendar written DD/MM/YYYY."))
		}
	}
	return list
}

func problem(row ssda903.Row, f ssda903.Field, message string) Problem {
	return Problem{row.Sheet.File, row.Line(), f.String(), message}
}

// refusal says the first problems, and how many there are.
func refusal(list []Problem) error {
	const most = 20
	text := make([]string, 0, most+1)
	for _, p := range list[:min(most, len(list))] {
		text = append(text, p.String())
	}
	if len(list) > most {
		text = append(text, fmt.Sprintf("and %d more like these.", len(list)-most))
	}
	return fault.New(fault.Invalid, fmt.Sprintf("Nothing was taken in. Mend what is wrong where the return comes from, and give it again:\n%s", strings.Join(text, "\n")))
}

// yearEnd is the day a collection year ends on.
func yearEnd(year int) date.Date { return date.MustOf(year, time.March, 31) }
