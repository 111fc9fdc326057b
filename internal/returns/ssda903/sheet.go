package ssda903

import (
	"iter"
	"slices"
	"strings"

	"homeward/internal/date"
)

// Sheet is one table of a return in memory: all text of its cells end to end, and
// where each ends. It holds no pointers into itself and costs about the size of
// its file.
type Sheet struct {
	Table Table
	File  string // where it was read

	columns []Field      // as they stand in the file
	pos     [fields]int8 // where a field stands among the columns, -1 if nowhere
	dayPos  [fields]int8 // where a date stands among the dates
	dayCols []Field      // the dates
	text    string       // cells in capitals
	asRead  string       // cells as they were written, the same length
	ends    []uint32     // where each cell ends in text
	days    []date.Date  // dates of each row; 0 is blank or no day
	lines   []int32      // the line of the file, or the child's place in the XML
	marks   []uint32     // the last question (see Case.Find) that named the row
}

// newSheet makes an empty sheet. Columns the table has and the file lacks are not
// there: reading one is a fault of the program.
func newSheet(t Table, file string, columns []Field) *Sheet {
	s := &Sheet{Table: t, File: file, columns: columns}
	for f := range fields {
		s.pos[f] = int8(slices.Index(columns, f))
		s.dayPos[f] = -1
		if f.IsDate() && s.pos[f] >= 0 {
			s.dayPos[f] = int8(len(s.dayCols))
			s.dayCols = append(s.dayCols, f)
		}
	}
	return s
}

// Len is the number of rows.
func (s *Sheet) Len() int {
	if s == nil {
		return 0
	}
	return len(s.lines)
}

// Row gives the row of a number, from 0.
func (s *Sheet) Row(n int) Row { return Row{s, int32(n)} }

// Rows are the rows in the order of the file.
func (s *Sheet) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for n := range s.Len() {
			if !yield(s.Row(n)) {
				return
			}
		}
	}
}

// Has tells whether the sheet has a column.
func (s *Sheet) Has(f Field) bool { return s.pos[f] >= 0 }

// Row is one row of a sheet.
type Row struct {
	Sheet *Sheet
	N     int32 // from 0
}

func (r Row) span(f Field) (from, to uint32) {
	at := int(r.N)*len(r.Sheet.columns) + int(r.Sheet.pos[f])
	if r.Sheet.pos[f] < 0 {
		panic("ssda903: " + r.Sheet.Table.String() + " has no " + f.String())
	}
	if at > 0 {
		from = r.Sheet.ends[at-1]
	}
	return from, r.Sheet.ends[at]
}

// Text is a cell in capitals.
func (r Row) Text(f Field) string {
	from, to := r.span(f)
	return r.Sheet.text[from:to]
}

// Raw is a cell as it was written.
func (r Row) Raw(f Field) string {
	from, to := r.span(f)
	return r.Sheet.asRead[from:to]
}

// Day is the day a cell says; unknown where it is blank or no day.
func (r Row) Day(f Field) date.Date {
	at := r.Sheet.dayPos[f]
	if at < 0 {
		panic("ssda903: " + r.Sheet.Table.String() + " has no date " + f.String())
	}
	return r.Sheet.days[int(r.N)*len(r.Sheet.dayCols)+int(at)]
}

// Blank tells whether a cell is empty. A cell of spaces is not.
func (r Row) Blank(f Field) bool {
	from, to := r.span(f)
	return from == to
}

// Filled tells whether a cell holds anything.
func (r Row) Filled(f Field) bool { return !r.Blank(f) }

// Is tells whether a cell is one of some codes, to the letter.
func (r Row) Is(f Field, codes ...string) bool { return slices.Contains(codes, r.Text(f)) }

// AnyFilled tells whether one of some cells holds anything.
func (r Row) AnyFilled(list ...Field) bool { return slices.ContainsFunc(list, r.Filled) }

// AnyBlank tells whether one of some cells is empty.
func (r Row) AnyBlank(list ...Field) bool { return slices.ContainsFunc(list, r.Blank) }

// Line is where the row begins in its file.
func (r Row) Line() int { return int(r.Sheet.lines[r.N]) }

// building is a sheet being read.
type building struct {
	*Sheet
	capitals, asRead []byte
	lower            bool
}

func build(t Table, file string, columns []Field, size int) *building {
	return &building{Sheet: newSheet(t, file, columns), capitals: make([]byte, 0, size)}
}

// add takes one row; cells stand in the order of the columns.
func (b *building) add(line int, cells func(column int) string) {
	row := len(b.capitals)
	for i := range b.columns {
		b.capitals = append(b.capitals, cells(i)...)
		b.ends = append(b.ends, uint32(len(b.capitals)))
	}
	b.raise(row)
	for _, f := range b.dayCols {
		b.days = append(b.days, Day(cells(int(b.pos[f]))))
	}
	b.lines = append(b.lines, int32(line))
}

// raise puts a row's text into capitals, keeping what was written where that
// differs. Only the letters of the alphabet have a case here: the return's codes
// know no others.
func (b *building) raise(from int) {
	if !b.lower && slices.ContainsFunc(b.capitals[from:], isLower) {
		b.lower = true
		b.asRead = append(make([]byte, 0, cap(b.capitals)), b.capitals[:from]...)
	}
	if !b.lower {
		return
	}
	b.asRead = append(b.asRead, b.capitals[from:]...)
	for i := from; i < len(b.capitals); i++ {
		if isLower(b.capitals[i]) {
			b.capitals[i] -= 'a' - 'A'
		}
	}
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func (b *building) done() *Sheet {
	b.text = string(b.capitals)
	b.Sheet.asRead = b.text
	if b.lower {
		b.Sheet.asRead = string(b.asRead)
	}
	b.marks = make([]uint32, b.Len())
	return b.Sheet
}

// The years a day of the return may lie in, as the open validator's calendar has
// them.
const (
	firstCalendarYear = 1678
	lastCalendarYear  = 2261
)

// Day reads D/M/YYYY or DD/MM/YYYY, and nothing before or after. What is no day
// is unknown.
func Day(text string) date.Date {
	d, rest, ok := number(text, 2)
	if !ok || rest == "" || rest[0] != '/' {
		return 0
	}
	m, rest, ok := number(rest[1:], 2)
	if !ok || len(rest) != 5 || rest[0] != '/' {
		return 0
	}
	y, rest, ok := number(rest[1:], 4)
	if !ok || rest != "" || y < firstCalendarYear || y > lastCalendarYear {
		return 0
	}
	return civil(y, m, d)
}

// number reads up to some digits.
func number(text string, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(text) && i < most && text[i] >= '0' && text[i] <= '9' {
		n = n*10 + int(text[i]-'0')
		i++
	}
	return n, text[i:], i > 0
}

// monthDays are the days before each month of a common year.
var monthDays = [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

// civil is date.Of without its error, which a return's million dates would pay
// for; a test holds the two together.
func civil(y, m, d int) date.Date {
	if m < 1 || m > 12 || d < 1 {
		return 0
	}
	leap := y%4 == 0 && (y%100 != 0 || y%400 == 0)
	length := monthDays[m] - monthDays[m-1]
	if leap && m == 2 {
		length++
	}
	if d > length {
		return 0
	}
	before := y - 1
	n := before*365 + before/4 - before/100 + before/400 + monthDays[m-1] + d
	if leap && m > 2 {
		n++
	}
	return date.Date(n)
}

// PartlyKnown tells a DATE_PERM of which parts are not known: ZZ/MM/YYYY,
// ZZ/ZZ/YYYY or ZZ/ZZ/ZZZZ.
func PartlyKnown(text string) bool {
	text = strings.ToUpper(text)
	if text == "ZZ/ZZ/ZZZZ" {
		return true
	}
	rest, unknownDay := strings.CutPrefix(text, "ZZ/")
	if !unknownDay {
		return false
	}
	return Day("01/"+rest).Known() || strings.HasPrefix(rest, "ZZ/") && Day("01/01/"+rest[3:]).Known()
}
