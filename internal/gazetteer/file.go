package gazetteer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"homeward/internal/fault"
)

// maxLine bounds a line of text, so that a file without line ends cannot fill
// the memory.
const maxLine = 1 << 16

// errTooMuch is what a metered reader says when its limit is reached.
var errTooMuch = fault.New(fault.TooLarge, "The files are larger than any gazetteer (over 4 GB unpacked).")

// metered counts the bytes that pass down from what is left.
type metered struct {
	from io.Reader
	left *int64
}

func (m metered) Read(p []byte) (int, error) {
	if *m.left <= 0 {
		return 0, errTooMuch
	}
	n, err := m.from.Read(p[:min(int64(len(p)), *m.left)])
	*m.left -= int64(n)
	return n, err
}

func (r *Reading) readFile(path string) (err error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read as a file.", path), err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be opened.", path), err)
	}
	defer f.Close()
	return r.readStream(filepath.Base(path), f)
}

// readStream reads a file of any kind, packed or not.
func (r *Reading) readStream(name string, from io.Reader) error {
	in := bufio.NewReaderSize(from, maxLine)
	if starts(in, "\x1f\x8b") {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return fileFault(name, "it begins like a gzip file but is damaged. Fetch it again.", err)
		}
		in = bufio.NewReaderSize(unpacked, maxLine)
	}
	return r.readContent(name, bufio.NewReaderSize(metered{in, &r.left.bytes}, maxLine))
}

func (r *Reading) readContent(name string, in *bufio.Reader) error {
	if refusal := refuse(in); refusal != "" {
		return fileFault(name, refusal, nil)
	}
	if starts(in, packedMagic) {
		return r.readPacked(name, in)
	}
	if starts(in, "\xef\xbb\xbf") {
		_, _ = in.Discard(3) // just looked at
	}
	return r.readTable(&lines{in: in, file: name})
}

// refuse tells what is wrong with a file nobody could read as text, or nothing.
func refuse(in *bufio.Reader) string {
	switch {
	case starts(in, "PK\x03\x04"):
		return "it is a zip file or a workbook. Unzip it first and load the CSV files."
	case starts(in, "\x1f\x8b"):
		return "it is gzipped twice. Unpack it once and load it again."
	case starts(in, "\xff\xfe"), starts(in, "\xfe\xff"):
		return "it is in UTF-16. Save it again as CSV UTF-8."
	}
	if _, err := in.Peek(1); errors.Is(err, io.EOF) {
		return "it is empty. Fetch it again."
	}
	return ""
}

func starts(in *bufio.Reader, with string) bool {
	head, _ := in.Peek(len(with)) // a shorter file does not begin so; a failing one fails again when read
	return string(head) == with
}

// fileFault is a fault of a whole file, which counts as of its line 1.
func fileFault(name, problem string, cause error) error {
	return fault.Wrap(fault.Invalid, fmt.Sprintf("%s, line 1: %s", name, problem), cause)
}

// lines reads a CSV file, a record a line. No gazetteer has a line end within a
// cell, and to take one for a fault keeps an open quote from swallowing the file.
type lines struct {
	in    *bufio.Reader
	file  string
	n     int      // the line, the first being 1
	cells [][]byte // its cells, good until the next
	held  bool     // the line is to be given once more
}

// each calls fn for every further line and counts them; all must have as many
// cells.
func (l *lines) each(width int, fn func() error) (rows int, err error) {
	for {
		ok, err := l.next()
		if !ok {
			return rows, err
		}
		if len(l.cells) != width {
			return rows, l.fault("", fmt.Sprintf("there are %d cells where the first line has %d. Mend the line, or fetch the file again", len(l.cells), width))
		}
		if err := fn(); err != nil {
			return rows, err
		}
		rows++
	}
}

// next goes to the next line that is not blank; ok is false at the end and on a
// fault.
func (l *lines) next() (ok bool, err error) {
	if l.held {
		l.held = false
		return true, nil
	}
	for {
		text, err := l.in.ReadSlice('\n')
		if len(text) > 0 {
			l.n++
		}
		switch {
		case errors.Is(err, io.EOF) && len(text) == 0:
			return false, nil
		case errors.Is(err, bufio.ErrBufferFull):
			return false, l.fault("", fmt.Sprintf("the line is longer than %d characters. This is no gazetteer, or it has lost its line ends", maxLine))
		case err != nil && !errors.Is(err, io.EOF):
			return false, l.readFault(err)
		}
		if text = bytes.TrimRight(text, "\r\n"); len(bytes.TrimSpace(text)) > 0 {
			err := l.split(text)
			return err == nil, err
		}
	}
}

func (l *lines) readFault(err error) error {
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	return fault.Wrap(fault.Invalid, fmt.Sprintf("%s, after line %d: the rest cannot be read: the file is damaged or was cut short. Fetch it again.", l.file, l.n), err)
}

// split cuts a line into cells, in place: RFC 4180 save for line ends in cells.
func (l *lines) split(text []byte) error {
	l.cells = l.cells[:0]
	if bytes.IndexByte(text, 0) >= 0 {
		return l.fault("", "there is a NUL character: this is not a text file, or it is UTF-16. Save it again as CSV UTF-8")
	}
	for {
		cell, rest, err := l.cut(text)
		if err != nil {
			return err
		}
		l.cells = append(l.cells, cell)
		if rest == nil {
			return nil
		}
		text = rest
	}
}

// cut takes the first cell off a line; rest is nil after the last.
func (l *lines) cut(text []byte) (cell, rest []byte, err error) {
	if len(text) > 0 && text[0] == '"' {
		return l.cutQuoted(text[1:])
	}
	if i := bytes.IndexByte(text, ','); i >= 0 {
		return bytes.TrimSpace(text[:i]), text[i+1:], nil
	}
	return bytes.TrimSpace(text), nil, nil
}

func (l *lines) cutQuoted(text []byte) (cell, rest []byte, err error) {
	cell = text[:0] // written over what was read already
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			return nil, nil, l.fault("", fmt.Sprintf("cell %d has an open quote. Close it", len(l.cells)+1))
		}
		cell = append(cell, text[:i]...)
		text = text[i+1:]
		switch {
		case len(text) == 0:
			return bytes.TrimSpace(cell), nil, nil
		case text[0] == ',':
			return bytes.TrimSpace(cell), text[1:], nil
		case text[0] != '"':
			return nil, nil, l.fault("", fmt.Sprintf("cell %d goes on after its closing quote. Mend the quotes", len(l.cells)+1))
		}
		cell, text = append(cell, '"'), text[1:]
	}
}

// cell gives a cell of the line, which has as many as the first.
func (l *lines) cell(c column) []byte {
	if c.at < 0 {
		return nil
	}
	return l.cells[c.at]
}

// fault is a fault of this line. It never quotes what stands there.
func (l *lines) fault(column, problem string) error {
	where := fmt.Sprintf("%s, line %d", l.file, max(l.n, 1))
	if column != "" {
		where += ", column " + column
	}
	return fault.New(fault.Invalid, where+": "+strings.TrimSuffix(problem, ".")+".")
}
