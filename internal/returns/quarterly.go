package returns

import (
	"bytes"
	_ "embed"
	commas "encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/returns/ssda903"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// Sheet is a table of a collection under the name the collection gives it.
type Sheet struct {
	Name    string
	Columns []string
	Rows    [][]string
}

// Mapping says what a collection's sheets hold: its columns in order, where each
// value comes from and how it is written. It is data, since a template changes
// more often than a program.
type Mapping struct{ sheets []mapped }

type mapped struct {
	name    string
	about   subject
	columns []column
}

type column struct {
	heading string
	line    int // of the mapping, for messages
	source  source
	fixed   string            // words of the mapping's own
	layout  string            // of a day
	codes   map[string]string // how codes are said; nil is as they are
}

// The columns of a mapping file.
var mappingColumns = []string{"sheet", "heading", "source", "written", "note"}

// layouts are the ways to write a day; blank is the first.
var layouts = map[string]string{"": "02/01/2006", "DD/MM/YYYY": "02/01/2006", "YYYY-MM-DD": "2006-01-02"}

// QuarterlyMapping is the mapping file Homeward comes with.
//
//go:embed quarterly.csv
var QuarterlyMapping string

// DefaultQuarterly is the mapping Homeward comes with: what can be seen of the
// quarterly collection, every row to confirm against the template of the quarter.
var DefaultQuarterly = builtIn(&QuarterlyMapping)

func builtIn(text *string) func() *Mapping {
	return sync.OnceValue(func() *Mapping {
		m, err := ReadMapping(strings.NewReader(*text))
		if err != nil {
			panic(err) // the table is part of the program
		}
		return m
	})
}

// mappingProblem is one thing wrong with a mapping.
func mappingProblem(line int, column, message string) Problem {
	return Problem{"the mapping", line, column, message}
}

// longestMapping bounds a mapping file, in bytes; the one Homeward comes with has
// some 5,000.
const longestMapping = 1_000_000

// ReadMapping reads a mapping file: CSV with the columns sheet, heading, source,
// written and note. It says all that is wrong, where, and what there is instead.
func ReadMapping(in io.Reader) (*Mapping, error) {
	text, err := io.ReadAll(io.LimitReader(in, longestMapping+1))
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "The mapping file cannot be read.", err)
	case len(text) > longestMapping:
		return nil, fault.New(fault.TooLarge, "The mapping file has more than a million bytes. Is it the right file?")
	case !utf8.Valid(text):
		return nil, mappingRefusal([]Problem{mappingProblem(1, "the file", "It is not UTF-8. Save it as CSV UTF-8.")})
	}
	return parseMapping(bytes.TrimPrefix(text, []byte("\ufeff")))
}

func parseMapping(text []byte) (*Mapping, error) {
	rows := commas.NewReader(bytes.NewReader(text))
	rows.Comment, rows.FieldsPerRecord = '#', -1
	m, heading := &Mapping{}, true
	var problems []Problem
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *commas.ParseError
		if errors.As(err, &bad) {
			return nil, mappingRefusal([]Problem{mappingProblem(bad.Line, fmt.Sprintf("character %d", bad.Column), "This is no CSV: look for a quote that is not closed.")})
		}
		line, _ := rows.FieldPos(0)
		if heading {
			if heading = false; !slices.Equal(row, mappingColumns) {
				return nil, mappingRefusal([]Problem{mappingProblem(line, "the headings", "Write them as "+strings.Join(mappingColumns, ",")+".")})
			}
			continue
		}
		problems = append(problems, m.add(line, row)...)
	}
	if len(m.sheets) == 0 && len(problems) == 0 {
		problems = []Problem{mappingProblem(1, "sheet", "The mapping has no rows.")}
	}
	if len(problems) > 0 {
		return nil, mappingRefusal(problems)
	}
	return m, nil
}

// mappingRefusal says the first problems of a mapping, and how many there are.
func mappingRefusal(list []Problem) error {
	const most = 20
	var text []string
	for _, p := range list[:min(most, len(list))] {
		text = append(text, p.String())
	}
	if len(list) > most {
		text = append(text, fmt.Sprintf("and %d more like these.", len(list)-most))
	}
	return fault.New(fault.Invalid, "The mapping cannot be used, and nothing was written. Mend it and try again:\n"+strings.Join(text, "\n"))
}

// add takes a row of the mapping in.
func (m *Mapping) add(line int, row []string) []Problem {
	if len(row) != len(mappingColumns) {
		return []Problem{mappingProblem(line, "the row", fmt.Sprintf("It has %d cells. Write %d, for %s.", len(row), len(mappingColumns), strings.Join(mappingColumns, ",")))}
	}
	var problems []Problem
	at := slices.IndexFunc(m.sheets, func(s mapped) bool { return s.name == row[0] })
	if at < 0 {
		problems = m.nameProblems(line, row[0])
		at = len(m.sheets)
		m.sheets = append(m.sheets, mapped{name: row[0]})
	}
	c, found := readColumn(line, row)
	problems = append(problems, found...)
	s := &m.sheets[at]
	about, ok := s.about.with(c.source.about)
	if !ok {
		problems = append(problems, mappingProblem(line, "source", fmt.Sprintf("The sheet %s has rows about %s, and this is about %s. Put it on another sheet.", s.name, s.about, c.source.about)))
	}
	s.about, s.columns = about, append(s.columns, c)
	return problems
}

// nameProblems says what is wrong with the name of a sheet.
func (m *Mapping) nameProblems(line int, name string) []Problem {
	const most = 31 // characters, as spreadsheet programs have it
	if name == "" || strings.TrimSpace(name) != name || utf8.RuneCountInString(name) > most || strings.ContainsAny(name, `[]:*?/\'`) || strings.EqualFold(name, "History") {
		return []Problem{mappingProblem(line, "sheet", fmt.Sprintf("No sheet can have the name %q. Write up to %d characters and none of []:*?/\\'.", name, most))}
	}
	for _, s := range m.sheets {
		if strings.EqualFold(s.name, name) {
			return []Problem{mappingProblem(line, "sheet", fmt.Sprintf("There is a sheet %s already. Write both in the same way.", s.name))}
		}
	}
	return nil
}

func readColumn(line int, row []string) (column, []Problem) {
	c := column{heading: row[1], line: line}
	var problems []Problem
	add := func(bad bool, field, message string) {
		if bad {
			problems = append(problems, mappingProblem(line, field, message))
		}
	}
	add(strings.TrimSpace(row[1]) == "", "heading", "Give the heading as the template has it.")
	name, written := row[2], row[3]
	s, known := sources()[name]
	c.source = s
	switch {
	case name == "fixed":
		c.fixed = written
	case name == "":
		add(written != "", "written", "There is nothing to write: give a source, or leave this blank.")
	case !known:
		add(true, "source", fmt.Sprintf("There is no value %q. Leave it blank, write fixed, or write one of: %s.", name, strings.Join(slices.Sorted(maps.Keys(sources())), " ")))
	case s.day != nil:
		c.layout, known = layouts[written]
		add(!known, "written", fmt.Sprintf("A day cannot be written %q. Write DD/MM/YYYY or YYYY-MM-DD.", written))
	default:
		var why string
		c.codes, why = readCodes(written, s.codes)
		add(why != "", "written", why)
	}
	return c, problems
}

// readCodes reads code=words|code=words, where a blank stands before =words and
// all that is not named before *=words.
func readCodes(written string, set child.CodeSet) (map[string]string, string) {
	if written == "" {
		return nil, ""
	}
	codes := map[string]string{}
	for pair := range strings.SplitSeq(written, "|") {
		code, words, ok := strings.Cut(pair, "=")
		_, twice := codes[code]
		switch {
		case !ok:
			return nil, fmt.Sprintf("%q says nothing. Write code=words, with | between one and the next.", pair)
		case twice:
			return nil, fmt.Sprintf("The code %q is there twice. Leave one of them.", code)
		case set != nil && code != "" && code != "*" && !set.Has(code):
			return nil, child.Refusal(code, set)
		}
		codes[code] = words
	}
	return codes, ""
}

// write gives a cell.
func (c column) write(r *row) (string, error) {
	switch {
	case c.source.of == nil && c.source.day == nil:
		return c.fixed, nil
	case c.source.day != nil:
		if day := c.source.day(r); day.Known() {
			return day.Time().Format(c.layout), nil
		}
		return "", nil
	}
	value := c.source.of(r)
	words, said := c.codes[value]
	rest, restSaid := c.codes["*"]
	switch {
	case said:
		return words, nil
	case c.codes == nil || value == "":
		return value, nil
	case restSaid:
		return rest, nil
	}
	return "", mappingRefusal([]Problem{mappingProblem(c.line, "written", fmt.Sprintf("A record has the code %q, and nothing says how to write it. Add %s=words, or *=words for all that is not named.", value, value))})
}

// sheet writes a sheet of rows.
func (s mapped) sheet(rows []*row) (Sheet, error) {
	out := Sheet{Name: s.name}
	for _, c := range s.columns {
		out.Columns = append(out.Columns, c.heading)
	}
	for _, r := range rows {
		cells := make([]string, len(s.columns))
		for i, c := range s.columns {
			var err error
			if cells[i], err = c.write(r); err != nil {
				return out, err
			}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out, nil
}

// Quarter is a quarter of the financial year: the first is April to June of the
// year it begins in.
type Quarter struct{ Begins, N int }

var quarterForm = regexp.MustCompile(`^(20\d\d)/(\d\d)-Q([1-4])$`)

// ParseQuarter reads 2025/26-Q1, which is April to June 2025.
func ParseQuarter(text string) (Quarter, error) {
	found := quarterForm.FindStringSubmatch(text)
	if found == nil {
		return Quarter{}, fault.New(fault.Invalid, fmt.Sprintf("%q is no quarter. Write the financial year and the quarter: 2025/26-Q1 is April to June 2025, 2025/26-Q4 is January to March 2026.", text))
	}
	begins, _ := strconv.Atoi(found[1])
	n, _ := strconv.Atoi(found[3])
	if q := (Quarter{begins, n}); q.String() == text {
		return q, nil
	}
	return Quarter{}, fault.New(fault.Invalid, fmt.Sprintf("%q is no quarter: the financial year that begins in %d is %s.", text, begins, ssda903.YearName(begins+1)))
}

// String writes 2025/26-Q1.
func (q Quarter) String() string { return fmt.Sprintf("%s-Q%d", ssda903.YearName(q.Begins+1), q.N) }

// Period is the quarter's first and last day.
func (q Quarter) Period() scorecard.Period {
	first := date.MustOf(q.Begins, time.April, 1).AddMonths(3 * (q.N - 1))
	return scorecard.Period{First: first, Last: first.AddMonths(3).AddDays(-1)}
}

var notInFileNames = regexp.MustCompile(`[^A-Za-z0-9-]+`)

// FileName is what the collection asked a file to be called in 2014/15, without
// its ending: 831LLLL_EDUCVA1_ALBQ1202526 for a council, by the Department's
// number. How it names other agencies is not known: by their code. To confirm.
func (q Quarter) FileName(a agency.Agency) string {
	who := notInFileNames.ReplaceAllString(a.Code, "-")
	for _, council := range gazetteer.Authorities() {
		if a.Kind == "LA" && a.GSS != "" && council.GSS == a.GSS && council.Number != "" {
			who = council.Number + "LLLL"
		}
	}
	return fmt.Sprintf("%s_EDUCVA1_ALBQ%d%d%02d", who, q.N, q.Begins, (q.Begins+1)%100)
}

// Quarterly makes an agency's quarterly adoption collection (first made for the
// Adoption Leadership Board in 2014) as a mapping says: a row for each child whose
// plan was adoption at any time in the quarter, brothers and sisters each their
// own, and one for each family on its way to adopt then. All is as it stood at
// the end of the quarter.
func Quarterly(u *work.Unit, book *agency.Book, code string, q Quarter, m *Mapping) (*Collection, error) {
	if q.Period().First > u.Today {
		return nil, fault.New(fault.Invalid, "The quarter "+q.String()+" has not begun.")
	}
	return collect(u, book, code, q.Period(), m, "quarterly "+q.String())
}
