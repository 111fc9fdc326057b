package exchange

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"homeward/internal/fault"
)

// record is one row as it stands in a file.
type record struct {
	line  int // the physical line it starts on
	cells []string
	fault *cellFault    // the row cannot be told into cells
	text  func() string // the whole row, to be shown
}

// cellFault is why a row cannot be told into cells, and at which of them.
type cellFault struct {
	cell    int
	message string
}

// rows gives one record after the other, and io.EOF after the last. A fileFault
// is for whoever wrote the file; any other error is Homeward's own.
type rows func() (record, error)

// fileFault is what is wrong with a whole file.
type fileFault string

func (f fileFault) Error() string { return string(f) }

// layout is what the header of a file says: its names, and the cell that each
// column of the table is in.
type layout struct {
	names []string
	at    []int
}

// readFile reads one file of the folder: its header, then its rows.
func (rd *reader) readFile(f file, next rows) error {
	err := rd.readRows(f, next)
	if whole, ok := errors.AsType[fileFault](err); ok {
		rd.fails(f.label(), "", string(whole))
		return nil
	}
	return err
}

func (rd *reader) readRows(f file, next rows) error {
	tally := &Tally{File: f.label() + rd.suffix}
	rd.files[f.label()] = tally
	rd.seen = map[string]int{}
	head, err := next()
	if err == io.EOF {
		return fileFault("There is nothing in it: write the header line, or leave the file out.")
	}
	if err != nil {
		return err
	}
	in, ok := rd.readHeader(f, head)
	if !ok {
		return nil
	}
	for {
		rec, err := next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		tally.Rows++
		if err := f.take(rd, rec, in); err != nil {
			return err
		}
	}
}

// readHeader finds the columns. Every column must be there: a file without its
// column "status" would otherwise blank the status of children already known.
func (rd *reader) readHeader(f file, head record) (layout, bool) {
	in := layout{names: head.cells}
	wanted := f.headings()
	if mend := notAHeader(head, wanted); mend != "" {
		rd.fails(f.label(), wanted[0], mend)
		return in, false
	}
	before := rd.Count
	for _, name := range wanted {
		in.at = append(in.at, slices.Index(head.cells, name))
		switch times := count(head.cells, name); {
		case times == 0:
			rd.fails(f.label(), name, "This column is missing: add it to the header"+nearly(head.cells, name)+". Its cells may be left blank where nothing is known.")
		case times > 1:
			rd.fails(f.label(), name, "This column is there more than once: keep the one that is right.")
		}
	}
	for _, name := range head.cells {
		if !slices.Contains(wanted, name) {
			rd.note(f.label()+rd.suffix, clip(name), "This column is not one of the exchange's and was passed over.")
		}
	}
	return in, rd.Count == before
}

// notAHeader says why a first line cannot be a header at all.
func notAHeader(head record, wanted []string) string {
	text := strings.Join(head.cells, ",")
	should := " The first line must be the header: " + strings.Join(wanted, ",") + "."
	switch {
	case strings.HasPrefix(text, "PK\x03\x04"):
		return "This is a workbook, not CSV: give the workbook by itself, with its name ending .xlsx."
	case strings.ContainsRune(text, 0):
		return "This is not UTF-8 text (it may be UTF-16): save it as CSV UTF-8."
	case !utf8.ValidString(text):
		return "This is not UTF-8 text: save it as CSV UTF-8."
	case head.fault != nil:
		return head.fault.message + should
	case slices.ContainsFunc(wanted, func(name string) bool { return slices.Contains(head.cells, name) }):
		return ""
	}
	for _, sep := range []struct{ mark, name string }{{";", "semicolons"}, {"\t", "tabs"}} {
		if slices.Contains(strings.Split(text, sep.mark), wanted[0]) {
			return "Its cells are separated by " + sep.name + ": save it as comma-separated."
		}
	}
	return "This line holds none of the names of its columns." + should
}

func count(names []string, name string) (n int) {
	for _, other := range names {
		if other == name {
			n++
		}
	}
	return n
}

// nearly names a heading that was probably meant.
func nearly(names []string, name string) string {
	for _, other := range names {
		if strings.EqualFold(strings.TrimSpace(other), name) {
			return fmt.Sprintf(" (%s must be written %s)", quoted(other), name)
		}
	}
	return ""
}

func clip(name string) string {
	if tooLong(name, longestWord) != "" {
		return quoted(name)
	}
	return name
}

// take reads one row and keeps it if it is good.
func (t table[R]) take(rd *reader, rec record, in layout) error {
	var row R
	if broken := rec.broken(in); broken != nil {
		t.refuse(rd, rec, row, []fault.Problem{{Field: in.name(broken.cell), Message: broken.message}})
		return nil
	}
	row, found := t.parse(rd, rec, in)
	missing, behind := t.mentions(rd, row)
	found = append(found, missing...)
	again, isNew := t.again(rd, rec.line, row)
	if again.Message != "" && len(found) == 0 {
		found = append(found, again)
	}
	if t.clash != nil && len(found) == 0 {
		found = t.clash(&rd.Reading, row)
	}
	t.stand(rd, row, rec.line, len(found) > 0 || behind.Message != "")
	switch {
	case len(found) > 0:
		t.refuse(rd, rec, row, found)
	case behind.Message != "":
		t.skip(rd, rec, row, behind.Field, behind.Message)
	default:
		t.keep(&rd.Reading, row)
		isNew = true
	}
	switch {
	case !isNew:
		return nil
	case t.defines != nil:
		return rd.hold(recordWeighs)
	}
	return rd.hold(1)
}

// parse reads the cells, and asks the room whose record it is what is wrong.
func (t table[R]) parse(rd *reader, rec record, in layout) (row R, found []fault.Problem) {
	for i, c := range t.columns {
		if mend := c.set(&row, rec.cells[in.at[i]]); mend != "" {
			found = append(found, fault.Problem{Field: c.name, Message: mend})
		}
	}
	unread := found
	for _, p := range t.problems(row, rd.options.Today) {
		// A cell that could not be read is not also blank.
		if !slices.ContainsFunc(unread, func(q fault.Problem) bool { return q.Field == p.Field }) {
			found = append(found, p)
		}
	}
	return row, found
}

// broken tells why a row cannot be told into the cells of the header.
func (rec record) broken(in layout) *cellFault {
	switch has, want := len(rec.cells), len(in.names); {
	case rec.fault != nil:
		return rec.fault
	case has < want:
		return &cellFault{has, fmt.Sprintf("The row has %d cells and the header %d: write one cell for each column, blank where nothing is known.", has, want)}
	case has > want:
		return &cellFault{want - 1, fmt.Sprintf("The row has %d cells and the header %d: a cell that holds a comma must stand in quotes.", has, want)}
	}
	return unreadable(rec.cells)
}

func unreadable(cells []string) *cellFault {
	for i, cell := range cells {
		if !utf8.ValidString(cell) {
			return &cellFault{i, "The cell is not UTF-8 text: save the file as CSV UTF-8."}
		}
		if strings.ContainsRune(cell, 0) {
			return &cellFault{i, "The cell holds a NUL character, which no text has: take it out."}
		}
	}
	return nil
}

func (in layout) name(cell int) string {
	if cell < 0 || cell >= len(in.names) {
		return ""
	}
	return clip(in.names[cell])
}

// mentions finds the records a row names. A record nobody has is a problem; one
// whose own row was not taken keeps this row behind as well.
func (t table[R]) mentions(rd *reader, row R) (missing []fault.Problem, behind fault.Problem) {
	if t.names == nil {
		return nil, behind
	}
	for _, m := range t.names(row) {
		if m.agency == "" || m.ref == "" && m.kind != anAgency {
			continue // already said to be blank
		}
		for _, c := range m.chain() {
			at, known := rd.lookup(c.subject)
			if !known {
				missing = append(missing, c.missing(rd.suffix))
				break
			}
			if at.bad && behind.Message == "" {
				behind = fault.Problem{Field: c.column, Message: fmt.Sprintf("It belongs to line %d of %s, which was not taken.", at.line, c.file()+rd.suffix)}
			}
		}
	}
	return missing, behind
}

// needed is one record that must be there, and the column that names it.
type needed struct {
	subject
	column string
}

// chain is the records a mention needs, the agency first.
func (m mention) chain() []needed {
	agency := needed{subject{anAgency, m.agency, ""}, m.agencyColumn}
	if m.kind == anAgency {
		return []needed{agency}
	}
	return []needed{agency, {m.subject, m.refColumn}}
}

func (s subject) file() string { return [...]string{"agencies", "children", "families"}[s.kind] }

func (n needed) missing(suffix string) fault.Problem {
	where := n.file() + suffix
	message := fmt.Sprintf("No agency %s is in %s or recorded already: add its row there, or correct the code.", quoted(n.agency), where)
	if n.kind != anAgency {
		message = fmt.Sprintf("%s of %s is not in %s or recorded already: add the row there, or correct the reference.", quoted(n.ref), n.agency, where)
	}
	return fault.Problem{Field: n.column, Message: message}
}

// again says what to mend where an earlier row has the key of this one; isNew
// tells that none has, and that this row now holds it.
func (t table[R]) again(rd *reader, line int, row R) (mend fault.Problem, isNew bool) {
	if t.key == nil {
		return mend, false
	}
	k := t.key(row)
	if earlier := rd.seen[k]; earlier > 0 {
		return fault.Problem{Field: t.second[0], Message: fmt.Sprintf(t.second[1], earlier)}, false
	}
	rd.seen[k] = line
	return mend, true
}

// stand notes where the record a row is stands. The first row of a record is
// the one that counts.
func (t table[R]) stand(rd *reader, row R, line int, bad bool) {
	if t.defines == nil {
		return
	}
	s := t.defines(row)
	if _, ok := rd.stands[s]; !ok {
		rd.stands[s] = standing{line, bad}
	}
}

func (t table[R]) refuse(rd *reader, rec record, row R, found []fault.Problem) {
	rd.files[t.name].Bad++
	messages := make([]string, len(found))
	for i, p := range found {
		rd.problem(t.name, rec.line, p.Field, p.Message)
		messages[i] = p.Message
	}
	t.skip(rd, rec, row, found[0].Field, strings.Join(messages, " "))
}

// skip sets a row aside, and remembers that the part it is of is not whole: of
// one record, or where nobody can tell whose row it was, of any.
func (t table[R]) skip(rd *reader, rec record, row R, column, problem string) {
	rd.skipped(t.name, rec, column, problem)
	if t.names == nil {
		return
	}
	for _, m := range t.names(row) {
		if _, known := rd.lookup(m.subject); !known {
			m.subject = subject{}
		}
		rd.partial[key(t.name, m.agency, m.ref)] = true
	}
}

// replaced tells whether what the files say of a part of a record is all there
// is of it; where rows were skipped it is not, and what was there stays.
func (r *Reading) replaced(part, agency, ref string) bool {
	return !r.partial[key(part, agency, ref)] && !r.partial[key(part, "", "")]
}
