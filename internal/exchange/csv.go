package exchange

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// mostOfRecord bounds one record, and so what an open quote can swallow.
const mostOfRecord = 1 << 20

// scanner reads CSV as RFC 4180 has it, strictly. It is not encoding/csv, which
// turns CR LF inside a cell into LF, holds whatever follows an open quote in
// memory, and does not keep the row as it was written; a test holds the two
// together on everything else.
type scanner struct {
	in    *bufio.Reader
	line  int // physical lines read
	raw   []byte
	ended bool // the last line has been read

	cells []byte
	ends  []int
}

func newScanner(in io.Reader) *scanner {
	s := &scanner{in: bufio.NewReaderSize(in, 64<<10)}
	if mark, err := s.in.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = s.in.Discard(3) // peeked at: it is there
	}
	return s
}

// next reads a record; blank lines are none.
func (s *scanner) next() (record, error) {
	var start int
	for s.raw = s.raw[:0]; len(bytes.TrimSpace(s.raw)) == 0; {
		s.raw = s.raw[:0]
		start = s.line + 1
		if err := s.more(); err != nil {
			return record{}, s.explain(err, start)
		}
	}
	broken, err := s.split()
	if err != nil {
		return record{}, s.explain(err, start)
	}
	return record{line: start, cells: s.strings(), fault: broken, text: s.text}, nil
}

var errLongRecord = fmt.Errorf("a record of more than %d bytes", mostOfRecord)

func (s *scanner) explain(err error, start int) error {
	if err == errLongRecord {
		return fileFault(fmt.Sprintf("The row on line %d does not end within a million characters: is a closing quote missing there?", start))
	}
	return err
}

// more reads one physical line after what there is, or gives io.EOF.
func (s *scanner) more() error {
	before := len(s.raw)
	for {
		piece, err := s.in.ReadSlice('\n')
		s.raw = append(s.raw, piece...)
		switch {
		case len(s.raw) > mostOfRecord:
			return errLongRecord
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(s.raw) > before:
			s.ended = true
		case err != nil:
			return err
		}
		s.line++
		return nil
	}
}

// Where in a cell the scanner is.
const (
	cellStart = iota
	inPlain
	inQuotes
	afterQuotes
)

// split tells the record into cells, reading on where a quoted cell does.
func (s *scanner) split() (*cellFault, error) {
	s.cells, s.ends = s.cells[:0], s.ends[:0]
	state := cellStart
	for i := 0; ; i++ {
		if state != inQuotes && s.lineEnds(i) {
			s.ends = append(s.ends, len(s.cells))
			return nil, nil
		}
		if i == len(s.raw) {
			switch err := s.more(); err {
			case nil:
			case io.EOF:
				return &cellFault{len(s.ends), "A quote is opened in this row and never closed: close it, and write a quote inside a cell twice."}, nil
			default:
				return nil, err
			}
		}
		c := s.raw[i]
		switch {
		case state == inQuotes && c == '"':
			state = afterQuotes
		case state == afterQuotes && c == '"':
			s.cells = append(s.cells, c)
			state = inQuotes
		case state == inQuotes:
			s.cells = append(s.cells, c)
		case c == ',':
			s.ends = append(s.ends, len(s.cells))
			state = cellStart
		case c == '"' && state == cellStart:
			state = inQuotes
		case c == '"' || state == afterQuotes:
			return &cellFault{len(s.ends), "The quotes of this cell are wrong: a cell in quotes begins and ends with one, and a quote inside it is written twice."}, nil
		default:
			s.cells = append(s.cells, c)
			state = inPlain
		}
	}
}

// lineEnds tells whether nothing but the end of the line is left.
func (s *scanner) lineEnds(i int) bool {
	switch rest := s.raw[i:]; len(rest) {
	case 0:
		return true
	case 1:
		return rest[0] == '\n' || rest[0] == '\r' && s.ended
	case 2:
		return rest[0] == '\r' && rest[1] == '\n'
	}
	return false
}

// strings gives the cells, all cut from one string, disarmed no more.
func (s *scanner) strings() []string {
	all := string(s.cells)
	cells := make([]string, len(s.ends))
	from := 0
	for i, to := range s.ends {
		cells[i] = rearm(all[from:to])
		from = to
	}
	return cells
}

// text is the record as it stands in the file, without the end of its line.
func (s *scanner) text() string {
	text := strings.TrimRight(string(s.raw), "\r\n")
	if !utf8.ValidString(text) {
		return strings.ToValidUTF8(text, "\uFFFD")
	}
	return text
}

// A spreadsheet takes a cell that begins with one of these for a formula.
const dangerous = "=+-@|%\t\r"

// armed tells whether a cell is one a spreadsheet could run, however many
// apostrophes stand in front.
func armed(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.IndexByte(dangerous, rest[0]) >= 0
}

// Disarm puts an apostrophe in front of a cell a spreadsheet could run; rearm
// takes it away again.
func Disarm(cell string) string {
	if armed(cell) {
		return "'" + cell
	}
	return cell
}

func rearm(cell string) string {
	if strings.HasPrefix(cell, "'") && armed(cell) {
		return cell[1:]
	}
	return cell
}
