// Package programme is what a regional agency's board and its councils steer by.
// So far it holds packs: a quarter's numbers of an area with words, tables and
// charts, made to be passed on.
//
// A pack is a preview until somebody publishes it. Then it is kept whole, as data,
// with who, when and what it rests on, under its SHA-256, and is never changed;
// the record of what was done names that sum. After corrections the same area and
// quarter is published again as the next version, with every number that differs.
//
// Basis: councils give members the numbers of their adoption service (Derby did so
// in 2013); which reports the law asks for, and how often, is to be confirmed.
//
// # What a pack may tell
//
// A pack leaves the building, so it is written as if everybody read it, its own
// council's numbers too: no list, no spread, nothing of one child. Beyond that:
//
//   - A count of one quarter is shown if it is more than the rules' Few; nought is
//     not. Counts that add up (who waits) are masked together, by scorecard.Mask.
//     Whether a quarter's count is shown rests on that quarter alone, so that it is
//     the same in every pack that has it.
//   - How things stand at a quarter's end, and what is taken over longer spells,
//     hangs together with the next pack's. So it is given to the nearest 5, shares
//     and averages only where they rest on enough children, and the waits of groups
//     in months and without any count.
//   - A count for several agencies is shown only if it stays more than Few when
//     everything that packs of single agencies show is taken away, and then the
//     largest of the rest, which its agency knows itself. It is given to the
//     nearest 5.
//
// This is arithmetic against whoever holds packs alone. Who knows children
// otherwise, or publishes areas that overlap (two pools with most agencies in
// common), can tell more. A correction shows in the next version as a change of a
// count that is not small.
package programme

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// Pack is a quarter's numbers of an area. Its JSON is what is frozen.
type Pack struct {
	Form      int      `json:"form"` // of this JSON
	Publisher Member   `json:"publisher"`
	Area      Area     `json:"area"`
	Quarter   Quarter  `json:"quarter"`
	Version   int      `json:"version"`   // 0 until it is published
	Published string   `json:"published"` // the day
	AsOf      string   `json:"as_of"`     // the day the records were read
	Revision  int64    `json:"revision"`  // of the records
	Rules     string   `json:"rules"`
	Sections  Sections `json:"sections"`
}

// Sections are the parts of a pack.
type Sections []Section

// Section is words, tables and the drawings of those tables.
type Section struct {
	ID       string    `json:"id"`
	Heading  string    `json:"heading"`
	Words    []string  `json:"words,omitempty"`
	Tables   []Table   `json:"tables,omitempty"`
	Drawings []Drawing `json:"drawings,omitempty"`
}

// Table is rows of text; the first cell names the row and is its own.
type Table struct {
	ID      string     `json:"id"`
	Caption string     `json:"caption"`
	Header  []string   `json:"header"`
	Rows    [][]string `json:"rows"`
}

// Member is an agency by code and name.
type Member struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Area is what a pack is for: an agency, or several together.
type Area struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Agencies []Member `json:"agencies"`
}

func (a Area) codes() (list []string) {
	for _, m := range a.Agencies {
		list = append(list, m.Code)
	}
	return list
}

func (a Area) several() bool { return len(a.Agencies) > 1 }

func (a Area) counted() scorecard.Area { return scorecard.Area{Name: a.Name, Agencies: a.codes()} }

// Areas are what an agency may publish packs of: itself, the councils it finds
// homes for with it, and its pools, as far as the actor may see their numbers.
func Areas(u *work.Unit, book *agency.Book, publisher string) (list []Area) {
	open := book.Where(u.Actor, access.View, access.Figures)
	if !slices.Contains(open, publisher) {
		return nil
	}
	area := func(id, name string, codes []string) Area {
		a := Area{ID: id, Name: name}
		for _, code := range slices.Sorted(slices.Values(codes)) {
			a.Agencies = append(a.Agencies, Member{code, book.Agencies[code].Name})
		}
		return a
	}
	own := book.Agencies[publisher]
	list = append(list, area(own.Code, own.Name, []string{publisher}))
	finds, pools := []string{publisher}, map[string][]string{}
	for _, code := range open {
		if code != publisher && book.HolderOf(code, access.HomeFinding) == publisher {
			finds = append(finds, code)
		}
		for _, pool := range book.Agencies[code].Pools {
			pools[pool] = append(pools[pool], code)
		}
	}
	if len(finds) > 1 {
		list = append(list, area("home finding", own.Name+" and the councils it finds homes for", finds))
	}
	for _, pool := range slices.Sorted(maps.Keys(pools)) {
		if slices.Contains(own.Pools, pool) && len(pools[pool]) > 1 {
			list = append(list, area("pool "+pool, pool, pools[pool]))
		}
	}
	return list
}

// FindArea is one of the areas by its ID.
func FindArea(u *work.Unit, book *agency.Book, publisher, id string) (Area, error) {
	list := Areas(u, book, publisher)
	i := slices.IndexFunc(list, func(a Area) bool { return a.ID == id })
	if i < 0 {
		return Area{}, work.ErrNotFound
	}
	return list[i], nil
}

// Quarter is three months of a reporting year, which ends in March of a calendar
// year. The first begins in April.
type Quarter struct{ Ends, N int }

var quarterText = regexp.MustCompile(`^(\d{4})/(\d{2})-Q([1-4])$`)

// ParseQuarter reads 2025/26-Q2.
func ParseQuarter(text string) (Quarter, error) {
	m := quarterText.FindStringSubmatch(text)
	if m == nil {
		return Quarter{}, fault.New(fault.Invalid, "Write a quarter as 2025/26-Q2: the year from April to March, and its first to fourth quarter.")
	}
	begins, _ := strconv.Atoi(m[1]) // digits alone
	n, _ := strconv.Atoi(m[3])
	q := Quarter{begins + 1, n}
	if q.String() != text || begins < 1990 || begins > 2100 {
		return Quarter{}, fault.New(fault.Invalid, fmt.Sprintf("%s is no reporting year: 2025/26 runs from April 2025 to March 2026.", text[:7]))
	}
	return q, nil
}

// QuarterOf is the quarter a day is in.
func QuarterOf(day date.Date) Quarter {
	year, month, _ := day.Parts()
	if month < time.April {
		return Quarter{year, 4}
	}
	return Quarter{year + 1, (int(month) - 1) / 3}
}

// Ended are the last n quarters that had ended by a day, the latest first.
func Ended(today date.Date, n int) (list []Quarter) {
	for q := QuarterOf(today).Back(1); len(list) < n; q = q.Back(1) {
		list = append(list, q)
	}
	return list
}

// String writes 2025/26-Q2.
func (q Quarter) String() string {
	return fmt.Sprintf("%d/%02d-Q%d", q.Ends-1, q.Ends%100, q.N)
}

// MarshalText writes it into JSON.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads it from JSON.
func (q *Quarter) UnmarshalText(text []byte) (err error) {
	*q, err = ParseQuarter(string(text))
	return err
}

// Back is the quarter n before.
func (q Quarter) Back(n int) Quarter {
	count := q.Ends*4 + q.N - 1 - n
	return Quarter{count / 4, count%4 + 1}
}

// Period is its days.
func (q Quarter) Period() scorecard.Period {
	first := date.MustOf(q.Ends-1, time.April, 1).AddMonths(3 * (q.N - 1))
	return scorecard.Period{First: first, Last: first.AddMonths(3).AddDays(-1)}
}

// Words are its months: July to September 2025.
func (q Quarter) Words() string { return q.words("January") }

// short is its months for the head of a column.
func (q Quarter) short() string { return q.words("Jan") }

func (q Quarter) words(month string) string {
	p := q.Period()
	return p.First.Time().Format(month) + " to " + p.Last.Time().Format(month+" 2006")
}

// Title names the pack.
func (p Pack) Title() string { return p.Area.Name + ": adoption, " + p.Quarter.Words() }

// Change is one number that differs between two packs of an area and a quarter.
type Change struct{ Section, Table, Row, Column, Was, Is string }

// nothing stands for a number that the other pack does not have.
const nothing = "not in it"

// Changes lists every number in which two packs differ, in the order of the pack.
// Words and drawings say what the tables do; only where there is no table are
// words themselves compared.
func Changes(was, is Pack) (list []Change) {
	if a, b := fmt.Sprint(was.Area.codes()), fmt.Sprint(is.Area.codes()); a != b {
		list = append(list, Change{"Area", "Agencies", "Agencies", "", a, b})
	}
	before, after := was.Sections.cells(), is.Sections.cells()
	values := func(cells []cell) map[Change]string {
		m := map[Change]string{}
		for _, c := range cells {
			m[c.at] = c.says
		}
		return m
	}
	old, now := values(before), values(after)
	for _, c := range after {
		if w, there := old[c.at]; !there || w != c.says {
			c.at.Was, c.at.Is = cmp.Or(w, nothing), c.says
			list = append(list, c.at)
		}
	}
	for _, c := range before {
		if _, there := now[c.at]; !there {
			c.at.Was, c.at.Is = c.says, nothing
			list = append(list, c.at)
		}
	}
	return list
}

// cell is what stands in one place of a pack.
type cell struct {
	at   Change // without what it says
	says string
}

func (s Sections) cells() (list []cell) {
	for _, section := range s {
		for _, t := range section.Tables {
			for _, row := range t.Rows {
				for i, says := range row[1:] {
					list = append(list, cell{Change{Section: section.Heading, Table: t.Caption, Row: row[0], Column: t.Header[i+1]}, says})
				}
			}
		}
		for i, words := range section.Words {
			if len(section.Tables) == 0 {
				list = append(list, cell{Change{Section: section.Heading, Row: fmt.Sprintf("Sentence %d", i+1)}, words})
			}
		}
	}
	return list
}
