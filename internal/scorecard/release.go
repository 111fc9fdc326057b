package scorecard

import (
	"errors"
	"fmt"
	"slices"
)

// Release is everything that is published about the children of one indicator in
// one period: for each characteristic a table of areas by groups.
//
// It stays safe as a whole, however its tables are added and subtracted. Areas
// that share no child are the rows; an area with few children is put together
// with others until the row has more than Few, so that every row's total is
// shown, in every table the same. Each table is then masked with those totals
// taken as known. So for every hidden count there is another set of children, some of
// whom have changed places within one characteristic and nothing else, that
// agrees with everything the release shows.
//
// What it does not promise: a second release over the same children by other
// areas, or over a period that overlaps, can be subtracted from this one. Publish
// one set of areas and periods that do not overlap; rounding to 5 on top blurs
// what a mistake there would give away.
type Release struct {
	Indicator string
	Period    Period
	Together  []string // the areas in the row "Others"
	Tables    []Masked
}

// others is the row of areas with few children.
const others = "Others"

// Release publishes an indicator's children, one table for each characteristic.
func (b *Book) Release(indicator string, areas []Area, p Period) (Release, error) {
	d := define(indicator)
	if d == nil {
		return Release{}, unknownIndicator(indicator)
	}
	if d.Families {
		return Release{}, errors.New("only indicators of children are published by characteristic")
	}
	if agency, twice := overlap(areas); twice {
		return Release{}, fmt.Errorf("%s is in two of the areas, so one could be worked out from the other: choose areas that share no council", agency)
	}
	rows := b.byArea(d, areas, p)
	rel := Release{Indicator: d.ID, Period: p}
	rows, rel.Together = together(rows, b.rules.Few)
	if len(rows) == 0 {
		return rel, fmt.Errorf("there are %d children or fewer in all: too few to publish anything", b.rules.Few)
	}
	for _, c := range characteristics {
		t := tabulate(c, rows)
		m := newMasking(t, true)
		m.protect(b.rules.Few)
		rel.Tables = append(rel.Tables, m.masked(t, b.rules.RoundTo))
	}
	return rel, nil
}

// overlap finds an agency that is in two areas.
func overlap(areas []Area) (string, bool) {
	seen := map[string]bool{}
	for _, a := range areas {
		for _, agency := range a.once() {
			if seen[agency] {
				return agency, true
			}
			seen[agency] = true
		}
	}
	return "", false
}

// row is an area and its children, each once.
type row struct {
	name     string
	children []*Journey
}

func (b *Book) byArea(d *Definition, areas []Area, p Period) []row {
	rows := make([]row, len(areas))
	for i, a := range areas {
		rows[i].name = a.Name
		seen := map[string]bool{}
		b.each(d, a, p, func(l *life, _ Case, reason string) {
			if reason == "" && !seen[l.id] {
				seen[l.id] = true
				rows[i].children = append(rows[i].children, l.child)
			}
		})
	}
	return rows
}

// together puts areas with few children into one row, and the next smallest with
// them until that row has enough. It gives no rows where all of them have few.
func together(rows []row, few int) ([]row, []string) {
	counts := make([]int, len(rows))
	for i, r := range rows {
		counts[i] = len(r.children)
	}
	small := row{name: others}
	var joined []string
	in := make([]bool, len(rows))
	for _, i := range byCount(counts) {
		if counts[i] > few && (len(joined) == 0 || len(small.children) > few) {
			break
		}
		small.children, joined, in[i] = append(small.children, rows[i].children...), append(joined, rows[i].name), true
	}
	var out []row
	for i, r := range rows {
		if !in[i] {
			out = append(out, r)
		}
	}
	if len(small.children) > few {
		out = append(out, small)
	}
	slices.Sort(joined)
	return out, joined
}

func tabulate(c Characteristic, rows []row) Table {
	t := Table{Title: c.Title, Cols: c.Groups}
	for _, r := range rows {
		counts := make([]int, len(c.Groups))
		for _, j := range r.children {
			counts[c.group(j)]++
		}
		t.Rows, t.Counts = append(t.Rows, r.name), append(t.Counts, counts)
	}
	return t
}
