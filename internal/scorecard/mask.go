package scorecard

import (
	"cmp"
	"slices"
	"strconv"
)

// Table is counts to be published: rows by columns, without their totals.
type Table struct {
	Title      string
	Rows, Cols []string
	Counts     [][]int
}

// Cell is a published count, or one that is hidden; a hidden one carries no
// number at all.
type Cell struct {
	N      int
	Hidden bool
}

// String writes the count, or the statistics' sign for one that is hidden. It
// does not say "5 or fewer": some are hidden only to protect those.
func (c Cell) String() string {
	if c.Hidden {
		return "c"
	}
	return strconv.Itoa(c.N)
}

// Masked is a table as it may be published, its totals in a last row and column.
type Masked struct {
	Title      string
	Rows, Cols []string
	Cells      [][]Cell
}

// Mask hides every count and total of Few or fewer, nought among them (that
// nobody is disabled may tell as much as that one child is), and as many others
// as it takes that adding and subtracting what is shown gives none of them away.
// For each of them there is a table of counts that agrees with everything shown
// and has more than Few in that cell: so none can be worked out, and no sum of
// hidden counts that can be worked out is itself small.
//
// That is a promise against arithmetic. Somebody who knows this code can ask
// besides which tables it would have hidden in just this way, and may rule some
// out; no method that hides as little as it can is free of that.
//
// It protects one table. Two tables of overlapping children can be subtracted
// from each other whatever is hidden in each, and rounding alone does not help:
// enough rounded answers give the counts away. So nobody is given a mask for
// questions of their own; Release publishes a set of tables that stays safe
// together.
func Mask(t Table, r Rules) Masked {
	m := newMasking(t, false)
	m.protect(r.Few)
	return m.masked(t, r.RoundTo)
}

// masking is a table with its totals while cells are being hidden.
type masking struct {
	rows, cols int // without totals, so also the index of the totals
	n          [][]int
	hidden     [][]bool
	rowsKnown  bool // row totals stay shown
}

func newMasking(t Table, rowsKnown bool) *masking {
	m := &masking{rows: len(t.Rows), cols: len(t.Cols), rowsKnown: rowsKnown}
	m.n, m.hidden = make([][]int, m.rows+1), make([][]bool, m.rows+1)
	for i := range m.n {
		m.n[i], m.hidden[i] = make([]int, m.cols+1), make([]bool, m.cols+1)
	}
	for i, row := range t.Counts {
		for j, n := range row {
			m.n[i][j] = n
			m.n[i][m.cols] += n
			m.n[m.rows][j] += n
			m.n[m.rows][m.cols] += n
		}
	}
	return m
}

// at is a cell's place; the totals are the last row and column.
type at struct{ row, col int }

func (m *masking) protect(few int) {
	var small []at
	for i, row := range m.n {
		for j, n := range row {
			if n <= few && !(m.rowsKnown && j == m.cols) {
				m.hidden[i][j] = true
				small = append(small, at{i, j})
			}
		}
	}
	for _, c := range small {
		for need := m.short(c, few+1); need > 0; need = m.short(c, few+1) {
			corners := m.cheapest(c, need)
			if corners == nil { // a table of one line: nothing in it can be shown
				m.hideAll()
				return
			}
			m.hide(corners)
		}
	}
}

func (m *masking) hideAll() {
	for _, row := range m.hidden {
		for j := range row {
			row[j] = true
		}
	}
}

// mixed tells the total of one row or column: it counts against the cells that it
// adds up, so where they go up it goes down.
func (m *masking) mixed(c at) bool { return (c.row == m.rows) != (c.col == m.cols) }

const plenty = 1 << 30

// room is how far a cell may go up or down in a table of counts, none below 0;
// up and down are as of the cells, not of their totals.
func (m *masking) room(n [][]int, c at, up bool) int {
	if up != m.mixed(c) {
		return plenty
	}
	return n[c.row][c.col]
}

// short is by how much a hidden cell falls short of a number in every table of
// counts that agrees with what is shown. It raises the cell by rings of
// hidden cells that go up and down in turn, each sharing a row or column with the
// next, so that all that is shown stays as it is: this is the largest flow
// through the cell (Ford and Fulkerson).
func (m *masking) short(c at, number int) int {
	n := make([][]int, len(m.n))
	for i := range n {
		n[i] = slices.Clone(m.n[i])
	}
	for n[c.row][c.col] < number {
		ring := m.ring(n, c)
		if ring == nil {
			break
		}
		by := number - n[c.row][c.col]
		for i, x := range ring {
			by = min(by, m.room(n, x, i%2 == 0 == m.mixed(c)))
		}
		n[c.row][c.col] += by
		for i, x := range ring {
			n[x.row][x.col] += m.signed(by, x, i%2 == 0 == m.mixed(c))
		}
	}
	return number - n[c.row][c.col]
}

// signed is a change of a cell as written in the table.
func (m *masking) signed(by int, c at, up bool) int {
	if up != m.mixed(c) {
		return by
	}
	return -by
}

// ring finds the rest of a ring by which a cell can be raised: hidden cells with
// room that lead from its column back to its row (of a total, which goes down
// when it is raised, from its row back to its column).
func (m *masking) ring(n [][]int, c at) []at {
	from, to := m.rows+1+c.col, c.row // a line is a row, or after the rows a column
	if m.mixed(c) {
		from, to = to, from
	}
	through := make([]*at, m.rows+m.cols+2) // the cell by which a line was reached
	through[from] = &c
	for open := []int{from}; len(open) > 0; {
		line := open[len(open)-1]
		open = open[:len(open)-1]
		for _, x := range m.line(line) {
			next, up := m.rows+1+x.col, line <= m.rows
			if !up {
				next = x.row
			}
			if through[next] == nil && x != c && m.hidden[x.row][x.col] && m.room(n, x, up) > 0 {
				through[next], open = &x, append(open, next)
			}
		}
	}
	return m.trace(through, from, to)
}

// line is the cells of a row or a column.
func (m *masking) line(line int) []at {
	var list []at
	if line <= m.rows {
		for col := range m.cols + 1 {
			list = append(list, at{line, col})
		}
		return list
	}
	for row := range m.rows + 1 {
		list = append(list, at{row, line - m.rows - 1})
	}
	return list
}

// trace goes back along the lines reached, and gives the cells in order.
func (m *masking) trace(through []*at, from, to int) []at {
	var ring []at
	for line := to; line != from; {
		x := through[line]
		if x == nil {
			return nil
		}
		ring = append(ring, *x)
		if line <= m.rows {
			line = m.rows + 1 + x.col
		} else {
			line = x.row
		}
	}
	slices.Reverse(ring)
	return ring
}

// cheapest is the other three corners of a rectangle by which a cell can be
// raised as needed, or as far as a rectangle goes, at the least cost: totals are
// dearest, then the number of cells, then the children in them. Where row totals
// may be hidden the cell with its own two totals and the grand one always does;
// where not, the row's other cells together do, since the row has more than Few.
func (m *masking) cheapest(c at, need int) []at {
	var best []at
	lowest := -1
	for row := range m.n {
		for col := range m.n[row] {
			if row == c.row || col == c.col || m.rowsKnown && col == m.cols {
				continue
			}
			three := []at{{c.row, col}, {row, c.col}, {row, col}}
			cost, gain := m.cost(three), m.gain(c, three)
			if gain < need {
				cost += 1 << 50
			}
			if gain > 0 && !m.allHidden(three) && (lowest < 0 || cost < lowest) {
				best, lowest = three, cost
			}
		}
	}
	return best
}

// gain is by how much a rectangle can raise a cell.
func (m *masking) gain(c at, three []at) int {
	up := !m.mixed(c)
	return min(m.room(m.n, three[0], !up), m.room(m.n, three[1], !up), m.room(m.n, three[2], up))
}

func (m *masking) allHidden(cells []at) bool {
	return !slices.ContainsFunc(cells, func(c at) bool { return !m.hidden[c.row][c.col] })
}

func (m *masking) cost(cells []at) int {
	cost := 0
	for _, c := range cells {
		switch {
		case m.hidden[c.row][c.col]:
		case c.row == m.rows || c.col == m.cols:
			cost += 1<<40 + m.n[c.row][c.col]
		default:
			cost += 1<<20 + m.n[c.row][c.col]
		}
	}
	return cost
}

func (m *masking) hide(cells []at) {
	for _, c := range cells {
		m.hidden[c.row][c.col] = true
	}
}

// masked writes what may be seen. Rounding comes last and can only tell less.
func (m *masking) masked(t Table, roundTo int) Masked {
	out := Masked{t.Title, append(slices.Clone(t.Rows), "Total"), append(slices.Clone(t.Cols), "Total"), make([][]Cell, m.rows+1)}
	for i, row := range m.n {
		out.Cells[i] = make([]Cell, m.cols+1)
		for j, n := range row {
			if m.hidden[i][j] {
				out.Cells[i][j] = Cell{Hidden: true}
				continue
			}
			out.Cells[i][j] = Cell{N: rounded(n, roundTo)}
		}
	}
	return out
}

func rounded(n, to int) int {
	if to < 2 {
		return n
	}
	return (n + to/2) / to * to
}

// HidesShare tells whether a percentage may not be published: too few children
// did, too few did not, or there are too few in all.
func (r Rules) HidesShare(did, of int) bool {
	return did <= r.Few || of-did <= r.Few || of <= r.Base
}

// byCount orders rows from the fewest children to the most.
func byCount(counts []int) []int {
	order := make([]int, len(counts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
	return order
}
