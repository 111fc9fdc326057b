package exchange

import (
	"encoding/csv"
	"fmt"
	"io"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/link"
)

// Options say how to read.
type Options struct {
	// Known is what is recorded already: rows may name it.
	Known Known
	// Today is the day a birth date may not be past.
	Today date.Date
	// Skip takes the rows that cannot be taken, as CSV; nil: they are only
	// counted.
	Skip io.Writer
}

// Key names a child or a family as its agency does.
type Key struct{ Agency, Ref string }

// Known is what the database has already.
type Known struct {
	Agencies           map[string]bool
	Children, Families map[Key]bool
}

// Problem is something wrong at one place of one file, in words that say how to
// mend it.
type Problem struct {
	File    string // children.csv, or the sheet's name
	Line    int    // the physical line the record starts on, the header being 1
	Column  string
	Message string
}

// String writes the problem on one line.
func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Column, p.Message)
}

// Tally counts the rows of one file.
type Tally struct {
	File    string
	Rows    int // every row under the header
	Bad     int // those with a problem of their own
	Skipped int // those that cannot be taken: the bad ones and what depends on one
}

// Reading is what was read: the good rows, and what is wrong with the others.
type Reading struct {
	Problems []Problem // the first MostListed
	Count    int       // of all problems
	Notes    []Problem // what was passed over, and is not wrong
	Files    []Tally   // in the order they were read
	Skipped  int       // rows with a problem, and rows that depend on one of them
	broken   bool      // a file could not be read to its end

	agencies  []agency.Agency
	children  roll[child.Child]
	families  roll[adopter.Family]
	conflicts []link.Conflict
	partial   map[string]bool // parts of which a row was skipped, by key(part, agency, ref)
}

// MostListed is how many problems, and how many notes, are kept to be listed.
const MostListed = 1000

// Refusal is the error to give where there are problems; nil where everything
// is good. Rows with a problem can be skipped; a file that could not be read to
// its end cannot, since nobody knows what it would have said.
func (r *Reading) Refusal(skipBad bool) error {
	switch {
	case r.Count == 0:
		return nil
	case r.broken:
		return fault.New(fault.Invalid, plural(r.Count, "problem")+". A file cannot be read to its end, so nothing was imported.")
	case skipBad:
		return nil
	}
	return fault.New(fault.Invalid, plural(r.Count, "problem")+". Nothing was imported.")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Region is what the files themselves list. Rows about a child or a family that
// is recorded already, and not listed, are not in it.
func (r *Reading) Region() Region {
	return Region{Agencies: r.agencies, Children: r.children.listed(), Families: r.families.listed(), Conflicts: r.conflicts}
}

// roll is the children, or the families, that rows were about.
type roll[T any] struct {
	entries []*entry[T]
	index   map[Key]*entry[T]
	named   func(agency, ref string) T
}

// entry is what the files say of one child or family.
type entry[T any] struct {
	record T
	listed bool // it has a row of its own
}

func newRoll[T any](named func(agency, ref string) T) roll[T] {
	return roll[T]{index: map[Key]*entry[T]{}, named: named}
}

// at gives the entry of a key, made where there is none yet.
func (r *roll[T]) at(agency, ref string) *entry[T] {
	k := Key{agency, ref}
	e := r.index[k]
	if e == nil {
		e = &entry[T]{record: r.named(agency, ref)}
		r.index[k] = e
		r.entries = append(r.entries, e)
	}
	return e
}

// list sets the row of its own of an entry.
func (r *roll[T]) list(agency, ref string, record T) { *r.at(agency, ref) = entry[T]{record, true} }

func (r *roll[T]) listed() []T {
	var list []T
	for _, e := range r.entries {
		if e.listed {
			list = append(list, e.record)
		}
	}
	return list
}

// kind is a kind of record that rows name.
type kind int

const (
	anAgency kind = iota
	aChild
	aFamily
)

// subject is one record that rows name.
type subject struct {
	kind        kind
	agency, ref string
}

// mention is a record that a row needs, and the columns that name it.
type mention struct {
	subject
	agencyColumn, refColumn string
}

// standing is where a record that the files name stands.
type standing struct {
	line int
	bad  bool // its row was not taken
}

// reader is a reading under way.
type reader struct {
	Reading
	options Options
	suffix  string // of a file's name: ".csv", or nothing for a sheet
	left    budget
	files   map[string]*Tally
	unread  map[kind]bool // kinds of record whose own file could not be read
	stands  map[subject]standing
	// seen holds the keys of the file being read, by the line that has them.
	seen map[string]int
	held int // how many rows and keys are held in memory
	skip *csv.Writer
}

// mostHeld bounds what one reading holds, in rows of parts: five times all of
// England's. A row that is a record of its own weighs as much as several.
const (
	mostHeld     = 500_000
	recordWeighs = 5
)

var errTooManyRows = fault.New(fault.TooLarge, "There are more rows than Homeward takes in at once. Import a few agencies at a time.")

func newReader(o Options, suffix string) *reader {
	rd := &reader{
		options: o, suffix: suffix, left: budget(mostBytes),
		files: map[string]*Tally{}, unread: map[kind]bool{}, stands: map[subject]standing{},
	}
	rd.children = newRoll(func(agency, ref string) child.Child { return child.Child{Agency: agency, Ref: ref} })
	rd.families = newRoll(func(agency, ref string) adopter.Family { return adopter.Family{Agency: agency, Ref: ref} })
	rd.partial = map[string]bool{}
	if o.Skip != nil {
		rd.skip = csv.NewWriter(o.Skip)
		_ = rd.skip.Write([]string{"file", "line", "column", "problem", "row"}) // as in skipped
	}
	return rd
}

// finish closes the account of a reading.
func (rd *reader) finish() (*Reading, error) {
	for _, f := range files {
		if t := rd.files[f.label()]; t != nil {
			rd.Files = append(rd.Files, *t)
			rd.Skipped += t.Skipped
		}
	}
	if z := rd.files["zones"]; z != nil && z.Bad > 0 {
		rd.note(z.File, "", plural(z.Bad, "zone")+" could not be taken. Where such rows are skipped, no family is kept away from there: mend these rows first.")
	}
	if len(rd.files) == 0 && rd.Count == 0 {
		return nil, fault.New(fault.Invalid, "There is no file of an exchange folder here. Its files are named "+rd.everyName()+".")
	}
	if rd.skip != nil {
		rd.skip.Flush()
		if err := rd.skip.Error(); err != nil {
			return nil, fault.Wrap(fault.Invalid, "The rows that cannot be taken could not be written. Is there room, and may you write there?", err)
		}
	}
	return &rd.Reading, nil
}

// everyName lists the files for a message.
func (rd *reader) everyName() string {
	var names string
	for i, f := range files {
		switch i {
		case 0:
		case len(files) - 1:
			names += " and "
		default:
			names += ", "
		}
		names += f.label() + rd.suffix
	}
	return names
}

// problem notes something wrong.
func (rd *reader) problem(file string, line int, column, message string) {
	rd.Count++
	if len(rd.Problems) < MostListed {
		rd.Problems = append(rd.Problems, Problem{file + rd.suffix, line, column, message})
	}
}

// fails notes that a whole file cannot be read; what depends on it is not
// reported as well.
func (rd *reader) fails(label, column, message string) {
	rd.problem(label, 1, column, message)
	rd.broken = true
	switch label {
	case "agencies":
		rd.unread[anAgency], rd.unread[aChild], rd.unread[aFamily] = true, true, true
	case "children":
		rd.unread[aChild] = true
	case "families":
		rd.unread[aFamily] = true
	}
}

// note notes what was passed over; file is the whole name.
func (rd *reader) note(file, column, message string) {
	if len(rd.Notes) < MostListed {
		rd.Notes = append(rd.Notes, Problem{file, 1, column, message})
	}
}

// hold counts what is held in memory.
func (rd *reader) hold(weight int) error {
	if rd.held += weight; rd.held > mostHeld {
		return errTooManyRows
	}
	return nil
}

// skipped writes a row that cannot be taken.
func (rd *reader) skipped(file string, rec record, column, problem string) {
	rd.files[file].Skipped++
	if rd.skip == nil {
		return
	}
	cells := []string{file + rd.suffix, fmt.Sprint(rec.line), column, problem, rec.text()}
	for i := range cells {
		cells[i] = Disarm(cells[i])
	}
	// An error stays with the writer: finish asks for it.
	_ = rd.skip.Write(cells)
}

// lookup tells where a record that a row names stands.
func (rd *reader) lookup(s subject) (found standing, known bool) {
	if at, ok := rd.stands[s]; ok {
		return at, true
	}
	switch s.kind {
	case anAgency:
		known = rd.options.Known.Agencies[s.agency]
	case aChild:
		known = rd.options.Known.Children[Key{s.agency, s.ref}]
	case aFamily:
		known = rd.options.Known.Families[Key{s.agency, s.ref}]
	}
	return standing{}, known || rd.unread[s.kind]
}
