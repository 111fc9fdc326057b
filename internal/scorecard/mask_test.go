package scorecard

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// text is a masked table for comparing.
func (m Masked) text() string {
	var lines []string
	for _, row := range m.Cells {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.String())
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n")
}

func tableOf(counts ...[]int) Table {
	t := Table{Counts: counts}
	for range counts {
		t.Rows = append(t.Rows, "row")
	}
	for range counts[0] {
		t.Cols = append(t.Cols, "column")
	}
	return t
}

func TestOneSmallCountTakesThreeOthersWithIt(t *testing.T) {
	// The 3 could be had from its row or its column, and either partner from the
	// other: a rectangle hides all four. 7, 8 and 9 are the cheapest corners.
	got := Mask(tableOf([]int{3, 7, 40}, []int{8, 9, 50}, []int{60, 70, 80}), Usual()).text()
	if want := "c c 40 50\nc c 50 67\n60 70 80 210\n71 86 170 327"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNothingIsHiddenWhereNothingIsSmall(t *testing.T) {
	got := Mask(tableOf([]int{6, 7}, []int{8, 9}), Usual()).text()
	if want := "6 7 13\n8 9 17\n14 16 30"; got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestNoughtIsHiddenToo(t *testing.T) {
	got := Mask(tableOf([]int{0, 20}, []int{30, 40}), Usual()).text()
	if want := "c c 20\nc c 70\n30 60 90"; got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTwoSmallCountsDoNotProtectEachOther(t *testing.T) {
	// 1 and 2 in one row are a small count together: 43 - 40 would give away
	// three children, so the row's 40 is hidden as well.
	got := Mask(tableOf([]int{1, 2, 40}, []int{20, 30, 50}), Usual())
	if !got.Cells[0][2].Hidden && !got.Cells[0][3].Hidden {
		t.Errorf("row 1 shows how many are hidden in it:\n%s", got.text())
	}
}

func TestATableOfFewChildrenShowsNothing(t *testing.T) {
	for _, x := range []Table{tableOf([]int{1, 2}), {Cols: []string{"a"}}, {}} {
		for _, row := range Mask(x, Usual()).Cells {
			for _, c := range row {
				if !c.Hidden {
					t.Errorf("%+v is shown in part: %v", x.Counts, row)
				}
			}
		}
	}
}

// others calls fn with the tables, totals included, that would be published like
// one: all whose cells differ by no more than one child, which is enough, since
// any other table differs from it by rings of one child more and one fewer.
func (m Masked) others(counts [][]int, fn func(n [][]int)) {
	rows, cols := len(m.Cells)-1, len(m.Cells[0])-1
	n := newMasking(Table{Rows: make([]string, rows), Cols: make([]string, cols), Counts: counts}, false).n
	var try func(i int)
	try = func(i int) {
		if i == rows*cols {
			if m.reads(n) {
				fn(n)
			}
			return
		}
		r, c := i/cols, i%cols
		if c == 0 && r > 0 && !m.Cells[r-1][cols].Hidden && n[r-1][cols] != m.Cells[r-1][cols].N {
			return // a row's total is shown and wrong already
		}
		if !m.Cells[r][c].Hidden {
			try(i + 1)
			return
		}
		for _, by := range []int{-1, 0, 1} {
			if n[r][c]+by < 0 {
				continue
			}
			add(n, r, c, by)
			try(i + 1)
			add(n, r, c, -by)
		}
	}
	try(0)
}

func add(n [][]int, r, c, by int) {
	rows, cols := len(n)-1, len(n[0])-1
	n[r][c] += by
	n[r][cols] += by
	n[rows][c] += by
	n[rows][cols] += by
}

func (m Masked) reads(n [][]int) bool {
	for i, row := range m.Cells {
		for j, c := range row {
			if !c.Hidden && c.N != n[i][j] {
				return false
			}
		}
	}
	return true
}

// anyTable draws small tables with many small counts.
func anyTable(t *rapid.T) Table {
	shape := rapid.SampledFrom([][2]int{{1, 2}, {1, 4}, {2, 1}, {2, 2}, {2, 3}, {3, 2}, {2, 4}, {3, 3}, {4, 2}}).Draw(t, "shape")
	var counts [][]int
	for range shape[0] {
		counts = append(counts, rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 6), rapid.IntRange(0, 40)), shape[1], shape[1]).Draw(t, "row"))
	}
	return tableOf(counts...)
}

func TestNoHiddenCountCanBeWorkedOutAndNoShownOneIsSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, r := anyTable(t), Usual()
		r.Few = rapid.IntRange(0, 5).Draw(t, "few")
		m := Mask(x, r)
		real := newMasking(x, false).n
		// Random sums of hidden counts that are small: an attacker who can add
		// and subtract must not get at them either.
		sums := smallLines(m, real, r.Few)
		for range 10 {
			if s := smallSum(t, m, real, r.Few); s != nil {
				sums = append(sums, s)
			}
		}
		differs, sumDiffers := map[at]bool{}, make([]bool, len(sums))
		m.others(x.Counts, func(n [][]int) {
			for i, row := range n {
				for j := range row {
					differs[at{i, j}] = differs[at{i, j}] || n[i][j] != real[i][j]
				}
			}
			for i, s := range sums {
				sumDiffers[i] = sumDiffers[i] || sumOf(n, s) != sumOf(real, s)
			}
		})
		for i, row := range m.Cells {
			for j, c := range row {
				if c.Hidden && !differs[at{i, j}] {
					t.Fatalf("%v few %d: %d at %d, %d can be worked out from\n%s", x.Counts, r.Few, real[i][j], i, j, m.text())
				}
				if !c.Hidden && c.N <= r.Few {
					t.Fatalf("%v few %d: %d is shown", x.Counts, r.Few, c.N)
				}
			}
		}
		if i := slices.Index(sumDiffers, false); i >= 0 {
			t.Fatalf("%v few %d: the small sum of %v can be worked out from\n%s", x.Counts, r.Few, sums[i], m.text())
		}
	})
}

// smallLines are the hidden counts of each row and column in which they add up to
// few or fewer: what its total less the shown ones would give away.
func smallLines(m Masked, n [][]int, few int) [][][]bool {
	var sums [][][]bool
	rows, cols := len(n)-1, len(n[0])-1
	for line := range rows + cols {
		chosen, any := make([][]bool, rows), false
		for i := range chosen {
			chosen[i] = make([]bool, cols)
			for j := range chosen[i] {
				chosen[i][j] = m.Cells[i][j].Hidden && (line == i || line == rows+j)
				any = any || chosen[i][j]
			}
		}
		if any && sumOf(n, chosen) <= few {
			sums = append(sums, chosen)
		}
	}
	return sums
}

// smallSum draws inner cells, hidden ones, whose counts add up to few or fewer.
func smallSum(t *rapid.T, m Masked, n [][]int, few int) [][]bool {
	chosen, sum, any := make([][]bool, len(n)-1), 0, false
	for i := range chosen {
		chosen[i] = make([]bool, len(n[0])-1)
		for j := range chosen[i] {
			if m.Cells[i][j].Hidden && sum+n[i][j] <= few && rapid.Bool().Draw(t, "in") {
				chosen[i][j], sum, any = true, sum+n[i][j], true
			}
		}
	}
	if !any {
		return nil
	}
	return chosen
}

func sumOf(n [][]int, chosen [][]bool) int {
	sum := 0
	for i, row := range chosen {
		for j, in := range row {
			if in {
				sum += n[i][j]
			}
		}
	}
	return sum
}

func TestRoundingOnlyTellsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, r := anyTable(t), Usual()
		plain := Mask(x, r)
		r.RoundTo = 5
		for i, row := range Mask(x, r).Cells {
			for j, c := range row {
				exact := plain.Cells[i][j]
				if c.Hidden != exact.Hidden || c.N%5 != 0 || c.N-exact.N > 2 || exact.N-c.N > 2 {
					t.Fatalf("%v shown as %v", exact, c)
				}
			}
		}
	})
}

func TestSharesOfFewAreHidden(t *testing.T) {
	for _, c := range []struct {
		did, of int
		want    bool
	}{{5, 40, true}, {6, 40, false}, {6, 10, true}, {6, 12, false}, {6, 11, true}, {35, 40, true}, {34, 40, false}, {0, 0, true}} {
		if got := Usual().HidesShare(c.did, c.of); got != c.want {
			t.Errorf("%d of %d hidden: %t", c.did, c.of, got)
		}
	}
}
