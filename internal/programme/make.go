package programme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/figures"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// form is the form of a pack's JSON.
const form = 1

// The wait that packs speak of.
const waitClock = "care-placed"

// maker makes one pack.
type maker struct {
	u                  *work.Unit
	register           *agency.Book
	records            *figures.Records
	book               *scorecard.Book
	rules              scorecard.Rules
	publisher          string
	area               Area
	quarter            Quarter
	counted            map[key]counts
	children, families map[string]int // on record, by agency
}

// Make makes the pack of an area and a quarter from the records as they stand, for
// whoever may see the numbers of all its agencies. Nothing is kept.
func Make(u *work.Unit, book *agency.Book, publisher string, area Area, q Quarter) (Pack, error) {
	records, err := figures.Load(u, book, area.codes()...)
	if err != nil {
		return Pack{}, err
	}
	m := &maker{u: u, register: book, records: records, rules: scorecard.Usual(), publisher: publisher, area: area, quarter: q,
		counted: map[key]counts{}, children: map[string]int{}, families: map[string]int{}}
	m.book = scorecard.New(records.Input, m.rules)
	for _, j := range records.Journeys {
		m.children[j.Agency]++
	}
	for _, h := range records.Households {
		m.families[h.Agency]++
	}
	p := Pack{Form: form, Publisher: Member{publisher, book.Agencies[publisher].Name}, Area: area, Quarter: q, AsOf: u.Today.String(), Rules: rulesName(m.rules)}
	if p.Revision, err = u.Revision(); err != nil {
		return Pack{}, err
	}
	for _, section := range []func() (Section, error){m.done, m.scorecard, m.waits, m.equality, m.councils, m.placements, m.quality, m.definitions, m.reading} {
		s, err := section()
		if err != nil {
			return Pack{}, err
		}
		if s.ID != "" {
			p.Sections = append(p.Sections, s)
		}
	}
	return p, nil
}

func rulesName(r scorecard.Rules) string {
	return fmt.Sprintf("few %d, base %d, nearest %d, curve from %d, below nought %d, early stops %t", r.Few, r.Base, nearest, r.MinAtRisk, r.Negative, r.EarlyStopsA10)
}

// near tells whether a count is given to the nearest 5.
func (m *maker) near(id string) bool {
	return m.area.several() || slices.Contains(stock, id) || slices.ContainsFunc(waits[:], func(row [3]string) bool { return slices.Contains(row[:], id) })
}

// count is a number of the area's quarter.
func (m *maker) count(q Quarter, id string) number { return m.of(m.area.codes(), q)[id] }

// tell writes a count as it may be told.
func (m *maker) tell(q Quarter, id string) string {
	switch n := m.count(q, id); {
	case !n.shown:
		return hidden
	case m.near(id):
		return about(n.n)
	default:
		return strconv.Itoa(n.n)
	}
}

func (m *maker) value(q Quarter, id string) Value {
	told, err := strconv.Atoi(m.tell(q, id))
	return Value{N: float64(told), Hidden: err != nil}
}

// quarters are the quarter and the four before it, the earliest first.
func (m *maker) quarters() (list []Quarter) {
	for back := 4; back >= 0; back-- {
		list = append(list, m.quarter.Back(back))
	}
	return list
}

// said are the counts that are put into words, what they say, and their short
// names in the chart.
var said = []struct{ id, words, short string }{
	{"adopted", "adoption orders were granted", "Adoption orders"},
	{"placed", "children were placed for adoption", "Children placed"},
	{"decided", "decisions were made that a child should be placed for adoption", "New decisions"},
	{"ordered", "placement orders were made", "Placement orders"},
	{"approved", "adoptive families were approved", ""},
}

// done is what was done, in the quarter and the four before.
func (m *maker) done() (Section, error) {
	s := Section{ID: "done", Heading: "What was done"}
	quarters := m.quarters()
	t := Table{ID: "activity", Caption: "What was done and how things stood", Header: []string{"Count"}}
	for _, q := range quarters {
		t.Header = append(t.Header, q.short())
	}
	for _, count := range m.records.Activity(m.area.counted(), m.quarter.Period()) {
		row := []string{count.Title}
		if m.near(count.ID) {
			row[0] += " (nearest 5)"
		}
		for _, q := range quarters {
			row = append(row, m.tell(q, count.ID))
		}
		t.Rows = append(t.Rows, row)
	}
	d := Drawing{ID: "activity", Table: t.ID, Title: "Orders, placements and decisions by quarter", Of: "Quarter", Measure: "How many"}
	for _, q := range quarters {
		d.Places = append(d.Places, q.short())
	}
	for _, c := range said {
		s.Words = append(s.Words, m.sentence(c.words, c.id))
		if c.short == "" {
			continue
		}
		line := Series{Name: c.short}
		for _, q := range quarters {
			line.Values = append(line.Values, m.value(q, c.id))
		}
		d.Series = append(d.Series, line)
	}
	s.Tables = []Table{t}
	if d.shows() {
		s.Drawings = []Drawing{d}
	}
	return s, nil
}

// sentence says a count and how it stands to the quarter before.
func (m *maker) sentence(words, id string) string {
	now, before := m.value(m.quarter, id), m.value(m.quarter.Back(1), id)
	if now.Hidden {
		return fmt.Sprintf("How many %s is not shown: it is small, or would give a small number away.", words)
	}
	text, about := fmt.Sprintf("%.0f %s", now.N, words), ""
	if m.near(id) {
		text, about = "About "+text, "about "
	}
	if before.Hidden {
		return text + ". The number of the quarter before is not shown."
	}
	return text + ", " + about + change(int(now.N-before.N)) + "."
}

func change(by int) string {
	switch {
	case by > 0:
		return fmt.Sprintf("%d more than in the quarter before", by)
	case by < 0:
		return fmt.Sprintf("%d fewer than in the quarter before", -by)
	}
	return "as many as in the quarter before"
}

// waits is who has no family yet or has not moved in.
func (m *maker) waits() (Section, error) {
	last := m.quarter.Period().Last
	threshold, _ := scorecard.ThresholdOf("A1", last)
	s := Section{ID: "waiting", Heading: "Children waiting"}
	s.Words = append(s.Words, m.sentence("children whose plan is adoption had no family yet at the end of the quarter", "plan"))
	if past, all := m.tell(m.quarter, "past"), m.tell(m.quarter, "waiting"); past != hidden && all != hidden {
		s.Words = append(s.Words, fmt.Sprintf("Of about %s children who had not moved in, about %s came into care more than %d days before. That is the threshold for moving in.", all, past, threshold.Days))
	}
	s.Words = append(s.Words, "This is how things stood. It says nothing about when any child will move in.")
	t := Table{ID: "waits", Caption: "Children waiting on " + last.Long() + ", to the nearest 5", Header: []string{"Children", fmt.Sprintf("More than %d days since they came into care", threshold.Days), "Fewer, or not known", "All"}}
	for i, name := range []string{"With no family yet", "Matched, not moved in", "All"} {
		row := []string{name}
		for _, id := range waits[i] {
			row = append(row, m.tell(m.quarter, id))
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []Table{t}
	return s, nil
}

// quality is what is known of the records the numbers are made of.
func (m *maker) quality() (Section, error) {
	s := Section{ID: "quality", Heading: "How good the records are"}
	reasons := map[string]bool{}
	for _, id := range headline {
		f, err := m.book.Figure(id, m.area.counted(), scorecard.ThreeYears(m.year()))
		if err != nil {
			return s, err
		}
		for reason := range f.LeftOut {
			reasons[reason] = true
		}
	}
	if len(reasons) == 0 {
		s.Words = append(s.Words, "No child was left out of the scorecard’s numbers.")
	} else {
		s.Words = append(s.Words, "Some children are left out of the scorecard’s numbers because: "+strings.Join(sorted(reasons), "; ")+".")
	}
	open, err := m.openFindings()
	if err != nil || open == nil {
		return s, err
	}
	s.Tables = []Table{*open}
	return s, nil
}

// year is the calendar year in which the last reporting year had ended.
func (m *maker) year() int {
	if m.quarter.N == 4 {
		return m.quarter.Ends
	}
	return m.quarter.Ends - 1
}
