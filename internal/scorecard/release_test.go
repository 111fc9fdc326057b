package scorecard

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"homeward/internal/date"
)

// region is nine councils with some children waiting in each, in one with few and
// in one with none.
func region(seed uint64) ([]Journey, []Area) {
	d := seeded(seed)
	var list []Journey
	var areas []Area
	for a, n := range []int{60, 40, 33, 25, 18, 12, 9, 3, 0} {
		code := fmt.Sprintf("L%d", a)
		areas = append(areas, Area{code, []string{code}})
		for i := range n {
			j := Journey{Agency: code, ID: fmt.Sprintf("%s-%d", code, i), Decided: d.after(day("2024-01-01"), 500), Disabled: d.chance(10),
				Sex: []string{"F", "M"}[d.IntN(2)], Ethnic: []string{"WBRI", "WBRI", "WBRI", "MWBC", "MWBC", "BAFR", "AIND", "OOTH", "NOBT"}[d.IntN(9)]}
			j.Born = j.Decided.AddDays(-d.IntN(2600))
			if d.chance(55) {
				j.Group = "g"
			}
			list = append(list, j)
		}
	}
	return list, areas
}

func released(t *testing.T, list []Journey, areas []Area, r Rules) Release {
	t.Helper()
	rel, err := New(Input{Journeys: list}, r).Release("A9", areas, Year(2026))
	if err != nil {
		t.Fatal(err)
	}
	return rel
}

// rename gives a child the characteristic of a group, and changes nothing else.
func rename(j Journey, characteristic, group int) Journey {
	switch characteristics[characteristic].ID {
	case "age":
		j.Born = []date.Date{j.Decided, j.Decided.AddMonths(-12 * 2), j.Decided.AddMonths(-12 * 6), j.Decided.AddMonths(-12 * 11), 0}[group]
	case "sex":
		j.Sex = []string{"F", "M", "U"}[group]
	case "ethnicity":
		j.Ethnic = []string{"WBRI", "MWBC", "AIND", "BAFR", "OOTH", "NOBT"}[group]
	case "siblings":
		j.Group = []string{"g", ""}[group]
	case "disability":
		j.Disabled = group == 0
	}
	return j
}

// question is a count an attacker would like to know: of some areas' children
// with one of some characteristics.
type question struct {
	characteristic int
	rows           map[string]bool
	groups         map[int]bool
}

func (q question) of(list []Journey, row map[string]string) int {
	n := 0
	for i := range list {
		if q.rows[row[list[i].Agency]] && q.groups[characteristics[q.characteristic].group(&list[i])] {
			n++
		}
	}
	return n
}

// doubt looks for other children, who agree with all that the release shows and
// with whom the question has another answer: they swap one characteristic, two
// areas and two groups at a time, or move between two groups whose totals are
// hidden. same is whether the release of one such set reads exactly the same.
func doubt(q question, list []Journey, row map[string]string, rel Release, again func([]Journey) Release) (found, same bool) {
	c := characteristics[q.characteristic]
	cells := map[string]map[int][]int{} // the children by row and group
	for _, name := range row {
		cells[name] = map[int][]int{}
	}
	for i := range list {
		in := cells[row[list[i].Agency]]
		g := c.group(&list[i])
		in[g] = append(in[g], i)
	}
	try := func(moves ...[2]int) { // child, group
		other := slices.Clone(list)
		for _, m := range moves {
			other[m[0]] = rename(other[m[0]], q.characteristic, m[1])
		}
		if !same && q.of(other, row) != q.of(list, row) && rel.agrees(other, row) {
			found, same = true, reflect.DeepEqual(rel, again(other))
		}
	}
	names := rel.Tables[0].Rows[:len(rel.Tables[0].Rows)-1]
	for _, one := range names {
		for from := range c.Groups {
			for to := range c.Groups {
				if from == to || len(cells[one][from]) == 0 || q.rows[one] && q.groups[from] == q.groups[to] {
					continue
				}
				try([2]int{cells[one][from][0], to})
				for _, two := range names {
					if two != one && len(cells[two][to]) > 0 {
						try([2]int{cells[one][from][0], to}, [2]int{cells[two][to][0], from})
					}
				}
			}
		}
	}
	return found, same
}

// agrees tells whether children are as a release shows them, in every table.
func (rel Release) agrees(list []Journey, row map[string]string) bool {
	for k, x := range rel.Tables {
		n := make([][]int, len(x.Rows))
		for i := range n {
			n[i] = make([]int, len(x.Cols))
		}
		for i := range list {
			add(n, slices.Index(x.Rows, row[list[i].Agency]), characteristics[k].group(&list[i]), 1)
		}
		if !x.reads(n) {
			return false
		}
	}
	return true
}

func TestTwoHundredQuestionsOfAReleaseGiveNoSmallCountAway(t *testing.T) {
	asked, small, alike := 0, 0, 0
	for seed := range uint64(5) {
		list, areas := region(seed)
		r := Usual()
		rel := released(t, list, areas, r)
		row := map[string]string{}
		for _, a := range areas {
			row[a.Name] = a.Name
		}
		for _, name := range rel.Together {
			row[name] = others
		}
		d := seeded(seed + 100)
		for range 60 {
			q := question{d.IntN(len(characteristics)), map[string]bool{}, map[int]bool{}}
			names := rel.Tables[q.characteristic].Rows
			for range 1 + d.IntN(2) {
				q.rows[names[d.IntN(len(names)-1)]] = true
			}
			for g := range characteristics[q.characteristic].Groups {
				q.groups[g] = d.chance(30)
			}
			asked++
			if n := q.of(list, row); n > r.Few || len(groupsOf(q)) == 0 {
				continue
			}
			small++
			found, same := doubt(q, list, row, rel, func(other []Journey) Release { return released(t, other, areas, r) })
			if same {
				alike++
			}
			if !rel.agrees(list, row) || !found {
				t.Errorf("seed %d: %s of %v, groups %v is worked out as %d from\n%s", seed, characteristics[q.characteristic].ID, q.rows, groupsOf(q), q.of(list, row), rel.Tables[q.characteristic].text())
			}
		}
	}
	t.Logf("%d questions, %d of them with a small answer; %d keep their secret from one who knows the method too", asked, small, alike)
	if asked < 200 || small < 40 {
		t.Error("the attack asks too little")
	}
}

func groupsOf(q question) []int {
	var list []int
	for g, in := range q.groups {
		if in {
			list = append(list, g)
		}
	}
	return list
}

func TestEveryTableOfAReleaseShowsTheSameRowTotals(t *testing.T) {
	list, areas := region(9)
	rel := released(t, list, areas, Usual())
	if want := "L7 L8"; strings.Join(rel.Together, " ") != want && len(rel.Together) < 2 {
		t.Errorf("put together: %v", rel.Together)
	}
	for _, x := range rel.Tables {
		for i, row := range x.Cells {
			total := row[len(row)-1]
			if total.Hidden || total.N <= 5 || total != rel.Tables[0].Cells[i][len(rel.Tables[0].Cells[i])-1] {
				t.Errorf("%s: the total of %s is %v", x.Title, x.Rows[i], total)
			}
			for _, c := range row {
				if !c.Hidden && c.N <= 5 {
					t.Errorf("%s shows %d", x.Title, c.N)
				}
			}
		}
	}
}

func TestARowsTotalIsNeverHiddenToProtectTheRow(t *testing.T) {
	// A's three twos could swap with B's fifties by two at a time only; a table by
	// itself hides A's total, a release hides more of B.
	var list []Journey
	for i := range 156 {
		agency := "B"
		if i >= 150 {
			agency = "A"
		}
		list = append(list, Journey{Agency: agency, ID: fmt.Sprint(i), Decided: day("2026-01-01"), Sex: []string{"F", "M", "U"}[i%3]})
	}
	rel := released(t, list, []Area{{"A", []string{"A"}}, {"B", []string{"B"}}}, Usual())
	if got := rel.Tables[1].text(); !strings.HasPrefix(got, "c c c 6\n") || !strings.Contains(got, " 150\n") {
		t.Errorf("by sex:\n%s", got)
	}
	if alone := Mask(tableOf([]int{2, 2, 2}, []int{50, 50, 50}), Usual()); !alone.Cells[0][3].Hidden {
		t.Errorf("alone:\n%s", alone.text())
	}
}

func TestSmallAreasArePutTogetherUntilTheyAreEnough(t *testing.T) {
	rowsOf := func(counts ...int) []row {
		var rows []row
		for i, n := range counts {
			rows = append(rows, row{string(rune('a' + i)), make([]*Journey, n)})
		}
		return rows
	}
	for _, c := range []struct {
		counts []int
		want   string
	}{
		{[]int{6, 7}, "a6 b7 []"},
		{[]int{30, 0, 20}, "a30 Others20 [b c]"}, // nought alone is a small count, so the next smallest joins it
		{[]int{3, 30, 4, 20}, "b30 d20 Others7 [a c]"},
		{[]int{3, 30, 1}, "Others34 [a b c]"},
		{[]int{3, 1}, "[a b]"},
		{nil, "[]"},
	} {
		rows, joined := together(rowsOf(c.counts...), 5)
		got := ""
		for _, r := range rows {
			got += fmt.Sprint(r.name, len(r.children), " ")
		}
		if got += fmt.Sprint(joined); got != c.want {
			t.Errorf("%v: %s, want %s", c.counts, got, c.want)
		}
	}
}

func TestAReleaseRefusesWhatCouldBeSubtracted(t *testing.T) {
	list, areas := region(1)
	b := New(Input{Journeys: list}, Usual())
	for name, x := range map[string]struct {
		indicator string
		areas     []Area
	}{
		"a council in two areas": {"A9", append(areas[:3:3], Area{"both", []string{"L0", "L1"}})},
		"families":               {"A11", areas},
		"no such indicator":      {"A20", areas},
		"three children":         {"A9", areas[7:8]},
		"nobody":                 {"A9", nil},
	} {
		if rel, err := b.Release(x.indicator, x.areas, Year(2026)); err == nil || len(rel.Tables) > 0 {
			t.Errorf("%s: %v, %d tables", name, err, len(rel.Tables))
		}
	}
}

func TestAChildDecidedTwiceIsOneChildInARelease(t *testing.T) {
	var list []Journey
	for i := range 20 {
		list = append(list, Journey{Agency: "DER", ID: fmt.Sprint(i), Decided: day("2026-01-01"), Earlier: []Round{{day("2025-05-01"), day("2025-09-01"), "RD4"}}})
	}
	rel, err := New(Input{Journeys: list}, Usual()).Release("A15", []Area{derby}, Year(2026))
	if err != nil {
		t.Fatal(err)
	}
	last := rel.Tables[0].Cells[1]
	if n := last[len(last)-1].N; n != 20 {
		t.Errorf("%d children", n)
	}
}
