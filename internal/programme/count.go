package programme

import (
	"slices"
	"strconv"

	"homeward/internal/figures"
	"homeward/internal/scorecard"
)

// number is a count and whether a pack may tell it.
type number struct {
	n     int
	shown bool
	of    string // children, families or groups
}

// stock are the counts at a quarter's end. From one end to the next they move by
// what was decided, placed and given up, and what is small among that could be had
// from the rest: so they are given to the nearest 5.
var stock = []string{"matched", "plan", "needed", "assessed"}

// hidden is the statistics' sign for a number that is kept back.
const hidden = "c"

// nearest is what counts that overlap or add up across agencies are rounded to.
const nearest = 5

func rounded(n int) int { return (n + nearest/2) / nearest * nearest }

// about is how many children something rests on.
func about(n int) string { return strconv.Itoa(rounded(n)) }

// counts are an area's numbers of one quarter, by what they count.
type counts map[string]number

// Everybody an agency has on record: never told, only whether it is nobody.
const everyChild, everyFamily = "every child", "every family"

// waits are the counts that add up: children with no family yet and matched ones
// by whether they are past the threshold, with their totals.
var waits = [3][3]string{{"plan past", "plan rest", "plan"}, {"matched past", "matched rest", "matched"}, {"past", "rest", "waiting"}}

// of counts an area's quarter, each number with whether it may be told.
func (m *maker) of(codes []string, q Quarter) counts {
	if len(codes) == 1 {
		return m.single(codes[0], q)
	}
	var parts []counts
	for _, code := range codes {
		parts = append(parts, m.single(code, q))
	}
	return together(parts, m.rules)
}

// key is one agency's quarter.
type key struct {
	code string
	q    Quarter
}

// single counts one agency's quarter.
func (m *maker) single(code string, q Quarter) counts {
	if c, known := m.counted[key{code, q}]; known {
		return c
	}
	area, c := scorecard.Area{Agencies: []string{code}}, counts{}
	list := m.records.Activity(area, q.Period())
	for _, a := range list {
		c[a.ID] = number{a.N, a.N > m.rules.Few, a.Of}
	}
	for id, n := range m.waiting(area, q, list) {
		c[id] = number{n: n, of: "children"}
	}
	c.mask(m.rules)
	c[everyChild], c[everyFamily] = number{n: m.children[code]}, number{n: m.families[code]}
	m.counted[key{code, q}] = c
	return c
}

// waiting divides the children with no family yet and the matched ones by whether
// they are past the threshold on the quarter's last day.
func (m *maker) waiting(area scorecard.Area, q Quarter, list []figures.Count) map[string]int {
	n := map[string]int{}
	o, err := m.book.Outlook(waitClock, area, q.Period())
	if err != nil {
		panic(err) // the clock is written in this package
	}
	past := map[string]bool{}
	for _, w := range o.Past {
		past[w.ID] = true
	}
	for i, id := range []string{"plan", "matched"} {
		at := slices.IndexFunc(list, func(c figures.Count) bool { return c.ID == id })
		for _, child := range list[at].IDs {
			column := map[bool]int{true: 0, false: 1}[past[child]]
			for _, cell := range []string{waits[i][column], waits[i][2], waits[2][column], waits[2][2]} {
				n[cell]++
			}
		}
	}
	return n
}

// mask tells which of the counts that add up may be told.
func (c counts) mask(r scorecard.Rules) {
	t := scorecard.Table{Rows: []string{"plan", "matched"}, Cols: []string{"past", "rest"}}
	for _, row := range waits[:2] {
		t.Counts = append(t.Counts, []int{c[row[0]].n, c[row[1]].n})
	}
	masked := scorecard.Mask(t, r)
	for i, row := range waits {
		for j, id := range row {
			c[id] = number{c[id].n, !masked.Cells[i][j].Hidden, "children"}
		}
	}
	c.needed()
}

// needed hides how many families children need where how many children need one is
// hidden: there are no fewer of them, and hardly more.
func (c counts) needed() {
	if n := c["needed"]; !c["plan"].shown {
		n.shown = false
		c["needed"] = n
	}
}

// together adds up what several agencies have. A sum is told only if packs of
// single agencies cannot be taken from it to leave a small one.
func together(parts []counts, r scorecard.Rules) counts {
	sum := counts{}
	for _, part := range parts {
		for id, n := range part {
			sum[id] = number{sum[id].n + n.n, true, n.of}
		}
	}
	for id, n := range sum {
		n.shown = n.n > r.Few && rest(parts, id, r)
		sum[id] = n
	}
	needed := sum["needed"]
	alone := map[string]bool{"plan": sum["plan"].shown, "matched": sum["matched"].shown}
	sum.mask(r)
	for _, row := range waits {
		for _, id := range row {
			if sum[id].shown && !rest(parts, id, r) {
				sum["needed"] = needed // it may stand where the division of waits does not
				sum.keepBack(alone)
				return sum
			}
		}
	}
	return sum
}

// keepBack hides how waits divide and their total; without those the two counts it
// is made of do not add up to anything that is told.
func (c counts) keepBack(alone map[string]bool) {
	for _, row := range waits {
		for _, id := range row {
			c[id] = number{c[id].n, alone[id], "children"}
		}
	}
	c.needed()
}

// rest tells whether a sum can stand beside what its parts show: nothing is left
// when those are taken away, or more than Few even for the agency with the most of
// what is left, which knows its own. An agency that has none of the sort at all is
// known to have none.
func rest(parts []counts, id string, r scorecard.Rules) bool {
	left, most, any := 0, 0, false
	for _, part := range parts {
		if n := part[id]; !n.shown && !part.none(n.of) {
			left, most, any = left+n.n, max(most, n.n), true
		}
	}
	return !any || left-most > r.Few
}

// none tells whether an agency has nobody of a sort on record: a voluntary agency
// has no children, and some councils no families.
func (c counts) none(of string) bool {
	if of == "families" {
		return c[everyFamily].n == 0
	}
	return c[everyChild].n == 0
}
