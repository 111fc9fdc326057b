package ssda903

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"homeward/internal/gazetteer"
	"homeward/internal/returns/ssda903/aids"
)

// A vector is one small return for one rule, in testdata/vectors/*.txt:
//
//	== 334 2026 a decision before the latest period of care began
//	Episodes CHILD RNE DECOM
//	         A     S   01/04/2020  !
//	         B     S   01/04/2020
//	AD1 CHILD DATE_INT
//	    A     01/03/2020  !
//	    B     01/04/2020
//
// The head names the rule, the collection year and what is shown. A table's line
// names its columns; the others are blank. A row is its cells with spaces
// between: - is a blank cell, _ stands for a space within one. Rows that end in !
// are those the rule must name, and it may name no others. "Episodes_last" is
// last year's table. Tables the rule needs and the vector does not list are
// there without rows; "absent OC3" takes one away. "xml" makes both years XML.
// Aids: "Authority E06000015", "Gazetteer POSTCODE EASTING NORTHING AUTHORITY"
// and "Providers URN PLACES PROVIDERS CLOSED POSTCODE", each with rows below.
type vector struct {
	file       string
	line       int
	code       string
	year       int
	words      string
	now, last  [tables]*table
	xml        bool
	absent     []string
	places     [][]string
	providers  [][]string
	authority  string
	hasPlaces  bool
	hasWorkers bool
}

// table is a table of a vector.
type table struct {
	columns []Field
	rows    [][]string
	marked  []bool
}

func TestEveryRuleHasItsVectors(t *testing.T) {
	type version struct {
		code string
		from int
	}
	failing, passing := map[version]bool{}, map[version]bool{}
	for _, v := range readVectors(t) {
		rule := ruleFor(v.code, v.year)
		if rule == nil {
			t.Errorf("%s:%d: there is no rule %s in %d", v.file, v.line, v.code, v.year)
			continue
		}
		bad, good := v.run(t, rule)
		failing[version{rule.Code, rule.From}] = failing[version{rule.Code, rule.From}] || bad
		passing[version{rule.Code, rule.From}] = passing[version{rule.Code, rule.From}] || good
	}
	for i := range rules {
		at := version{rules[i].Code, rules[i].From}
		if never := strings.Contains(rules[i].Differs, "never fires"); !failing[at] && !never {
			t.Errorf("rule %s of %d has no vector that fails it", at.code, at.from)
		}
		if !passing[at] {
			t.Errorf("rule %s of %d has no vector that passes it", at.code, at.from)
		}
	}
}

func ruleFor(code string, year int) *Rule {
	for i := range rules {
		if rules[i].Code == code && rules[i].inForce(year) {
			return &rules[i]
		}
	}
	return nil
}

// run checks a vector, and tells whether it has a row the rule must name and a
// child it must not.
func (v *vector) run(t *testing.T, rule *Rule) (bad, good bool) {
	t.Helper()
	now, last, given := v.returns(t, rule)
	s := &Setup{Year: v.year, Start: start(v.year), End: end(v.year), Now: now, Last: last, Aids: given}
	if why := s.whyNot(rule); why != "" {
		t.Errorf("%s:%d: rule %s is not run: %s", v.file, v.line, rule.Code, why)
		return
	}
	r := newRun(s)
	r.rules, r.notRun = []*Rule{rule}, nil
	r.children()
	found := map[string]bool{}
	for _, f := range r.found {
		at := key(f.Row.Sheet.Table, f.Prior, int(f.Row.N))
		if found[at] {
			t.Errorf("%s:%d: rule %s names %s twice", v.file, v.line, rule.Code, at)
		}
		found[at] = true
		if len(f.Fields()) == 0 {
			t.Errorf("%s:%d: rule %s names no field", v.file, v.line, rule.Code)
		}
	}
	faulty, all := map[string]bool{}, map[string]bool{}
	for _, prior := range []bool{false, true} {
		for at, tab := range map[bool][tables]*table{false: v.now, true: v.last}[prior] {
			if tab == nil {
				continue
			}
			child := slices.Index(tab.columns, CHILD)
			for n, marked := range tab.marked {
				place := key(Table(at), prior, n)
				id := tab.rows[n][child]
				all[id] = true
				faulty[id] = faulty[id] || marked
				if marked != found[place] {
					t.Errorf("%s:%d: rule %s in %d (%s): %s is named: %v, should be: %v", v.file, v.line, rule.Code, v.year, v.words, place, found[place], marked)
				}
			}
		}
	}
	for id := range all {
		bad, good = bad || faulty[id], good || !faulty[id]
	}
	return bad, good
}

func key(t Table, prior bool, n int) string {
	return fmt.Sprintf("%s%s row %d", t, map[bool]string{true: "_last"}[prior], n)
}

func (v *vector) returns(t *testing.T, rule *Rule) (now, last *Return, a Aids) {
	t.Helper()
	now, last = &Return{Year: v.year, XML: v.xml}, &Return{Year: v.year - 1, XML: v.xml}
	usesLast := false
	for _, n := range rule.Needs {
		if at := Table(n & 0xff); n&^lastYear < Need(tables) {
			if n&lastYear != 0 {
				usesLast = true
				last.Sheets[at] = v.last[at].sheet(at, v.xml)
			} else {
				now.Sheets[at] = v.now[at].sheet(at, v.xml)
			}
		}
	}
	for at := range tables {
		if v.now[at] != nil {
			now.Sheets[at] = v.now[at].sheet(at, v.xml)
		}
		if v.last[at] != nil {
			usesLast = true
			last.Sheets[at] = v.last[at].sheet(at, v.xml)
		}
	}
	for _, name := range v.absent {
		if at, ok := TableNamed(strings.TrimSuffix(name, "_last")); ok && strings.HasSuffix(name, "_last") {
			last.Sheets[at] = nil
		} else if ok {
			now.Sheets[at] = nil
		}
	}
	if !usesLast {
		last = nil
	}
	a.Authority = v.authority
	if v.hasPlaces {
		a.Places = places(t, v.places)
	}
	if v.hasWorkers {
		a.Providers = providers(v.providers)
	}
	return now, last, a
}

// sheet is the table as it would have been read.
func (tab *table) sheet(t Table, asXML bool) *Sheet {
	columns := t.Columns()
	if t == Header && asXML {
		columns = append(slices.Clone(columns), UASC)
	}
	b := build(t, t.String()+".csv", columns, 0)
	if tab == nil {
		return b.done()
	}
	for n, row := range tab.rows {
		b.add(n+2, func(column int) string {
			if at := slices.Index(tab.columns, columns[column]); at >= 0 {
				return row[at]
			}
			return ""
		})
	}
	return b.done()
}

// places are read from a file as operators load one.
func places(t *testing.T, rows [][]string) *gazetteer.Places {
	t.Helper()
	laua := map[string]string{"SCO": "S12000036", "WAL": "W06000015", "NIR": "N09000003"}
	text := "pcds,doterm,oscty,oslaua,oseast1m,osnrth1m,osgrdind\n"
	for _, r := range rows {
		authority := r[3]
		if country, abroad := laua[authority]; abroad {
			authority = country
		}
		text += fmt.Sprintf("%s,,,%s,%s,%s,1\n", r[0], authority, r[1], r[2])
	}
	path := filepath.Join(t.TempDir(), "places.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := gazetteer.ReadPlaces(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func providers(rows [][]string) map[string][]aids.Provider {
	list := map[string][]aids.Provider{}
	for _, r := range rows {
		list[r[0]] = append(list[r[0]], aids.Provider{URN: r[0], Places: split(r[1]), Providers: split(r[2]), Closed: Day(r[3]), Postcode: r[4]})
	}
	return list
}

func split(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, ",")
}

func readVectors(t *testing.T) (list []*vector) {
	t.Helper()
	files, err := filepath.Glob("testdata/vectors/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v *vector
		var rows func(cells []string, marked bool)
		for n, line := range strings.Split(string(text), "\n") {
			words := strings.Fields(line)
			fail := func(why string) { t.Fatalf("%s:%d: %s", name, n+1, why) }
			switch {
			case len(words) == 0 || words[0] == "#":
			case words[0] == "==":
				year, err := strconv.Atoi(words[2])
				if err != nil {
					fail("the head is == rule year words")
				}
				v = &vector{file: name, line: n + 1, code: words[1], year: year, words: strings.Join(words[3:], " ")}
				list = append(list, v)
				rows = nil
			case strings.TrimLeft(line, " \t") == line:
				rows = v.heading(words, fail)
			case rows == nil:
				fail("a row without a table")
			default:
				marked := words[len(words)-1] == "!"
				if marked {
					words = words[:len(words)-1]
				}
				for i, w := range words {
					words[i] = strings.ReplaceAll(strings.Replace(w, "-", "", map[bool]int{true: 1}[w == "-"]), "_", " ")
				}
				rows(words, marked)
			}
		}
	}
	return list
}

// heading reads a line that begins a table or an aid, and gives what takes its
// rows.
func (v *vector) heading(words []string, fail func(string)) func([]string, bool) {
	switch words[0] {
	case "xml":
		v.xml = true
		return nil
	case "absent":
		v.absent = append(v.absent, words[1:]...)
		return nil
	case "Authority":
		v.authority = words[1]
		return nil
	case "Gazetteer":
		v.hasPlaces = true
		return func(cells []string, _ bool) { v.places = append(v.places, cells) }
	case "Providers":
		v.hasWorkers = true
		return func(cells []string, _ bool) { v.providers = append(v.providers, cells) }
	}
	base, prior := strings.CutSuffix(words[0], "_last")
	t, ok := TableNamed(base)
	if !ok {
		fail("there is no table " + words[0])
	}
	tab := &table{}
	for _, w := range words[1:] {
		f, ok := FieldNamed(w)
		if !ok {
			fail("there is no field " + w)
		}
		if !slices.Contains(t.Columns(), f) && !(v.xml && f == UASC && t == Header) {
			fail(base + " has no " + w)
		}
		tab.columns = append(tab.columns, f)
	}
	if !slices.Contains(tab.columns, CHILD) {
		fail("a table needs CHILD")
	}
	if prior {
		v.last[t] = tab
	} else {
		v.now[t] = tab
	}
	return func(cells []string, marked bool) {
		if len(cells) != len(tab.columns) {
			fail(fmt.Sprintf("%d cells under %d columns", len(cells), len(tab.columns)))
		}
		tab.rows = append(tab.rows, cells)
		tab.marked = append(tab.marked, marked)
	}
}
