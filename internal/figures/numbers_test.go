package figures

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/scorecard"
)

var day = date.MustOf(2026, 11, 23)

// numbersOf is councils with so many orders each in the last full year.
func numbersOf(orders map[string]int) *Numbers {
	r := &Records{}
	book := &agency.Book{Agencies: map[string]agency.Agency{}}
	for code, n := range orders {
		r.Agencies = append(r.Agencies, code)
		book.Agencies[code] = agency.Agency{Code: code, Kind: "LA", Name: code}
		for i := range n {
			r.Journeys = append(r.Journeys, scorecard.Journey{Agency: code, ID: fmt.Sprint(code, i), EnteredCare: date.MustOf(2024, 1, 1), Decided: date.MustOf(2024, 3, 1), Placed: date.MustOf(2025, 1, 1+i%28), Adopted: date.MustOf(2025, 6, 1)})
		}
	}
	slices.Sort(r.Agencies)
	return r.For(access.Actor{Agency: "A", Role: access.Manager}, book, day)
}

func ordersOf(n *Numbers, p scorecard.Period, codes ...string) Count {
	return n.Activity(scorecard.Area{Name: strings.Join(codes, "+"), Agencies: codes}, p)[0]
}

func TestASmallNumberOfAnotherIsHiddenAndSoIsTheNextSmallest(t *testing.T) {
	n := numbersOf(map[string]int{"A": 3, "B": 2, "C": 8, "D": 40})
	year := scorecard.Year(2026)
	for _, c := range []struct {
		codes  []string
		want   int
		hidden bool
	}{
		{[]string{"A"}, 3, false}, {[]string{"B"}, 0, true}, {[]string{"C"}, 0, true}, {[]string{"D"}, 40, false},
		{[]string{"B", "C"}, 10, false}, {[]string{"A", "B"}, 0, true}, {[]string{"C", "D"}, 0, true}, {[]string{"A", "B", "C", "D"}, 55, false},
	} {
		if got := ordersOf(n, year, c.codes...); got.N != c.want || got.Hidden != c.hidden || (got.IDs != nil) != slices.Equal(c.codes, []string{"A"}) {
			t.Errorf("%v: %+v", c.codes, got)
		}
	}
	if got := ordersOf(n, scorecard.Period{First: date.MustOf(2025, 5, 1), Last: date.MustOf(2025, 7, 1)}, "D"); !got.Hidden {
		t.Error("others' numbers of days of one's own choosing are shown:", got)
	}
}

func TestWhereAllTogetherAreFewNothingIsShown(t *testing.T) {
	n := numbersOf(map[string]int{"A": 30, "B": 2, "C": 1})
	for _, codes := range [][]string{{"B"}, {"C"}, {"B", "C"}, {"A", "B", "C"}} {
		if got := ordersOf(n, scorecard.Year(2026), codes...); !got.Hidden || got.N != 0 {
			t.Errorf("%v: %+v", codes, got)
		}
		f, err := n.Figure("A1", scorecard.Area{Agencies: codes}, scorecard.ThreeYears(2026))
		if err != nil || f.Why != NotShown || f.Value+float64(f.Numerator+f.Denominator+len(f.Cases)+len(f.LeftOut)) != 0 {
			t.Errorf("%v: %+v %v", codes, f, err)
		}
	}
}

// Whatever areas are asked for, what is shown is a sum of blocks and one's own,
// and no sum or difference of blocks is a small count of part of one.
func TestNoDifferenceOfAreasGivesASmallNumberAway(t *testing.T) {
	dice := rand.New(rand.NewPCG(4, 2013))
	for range 60 {
		orders := map[string]int{"A": dice.IntN(9)}
		codes := []string{"B", "C", "D", "E", "F"}
		for _, c := range codes {
			orders[c] = dice.IntN(14)
		}
		n := numbersOf(orders)
		for _, with := range []string{"", "A"} {
			shown := map[int]bool{} // which sets of others are shown
			for set := 1; set < 1<<len(codes); set++ {
				var area []string
				for i, c := range codes {
					if set>>i&1 == 1 {
						area = append(area, c)
					}
				}
				if with != "" {
					area = append(area, with)
				}
				shown[set] = !ordersOf(n, scorecard.Year(2026), area...).Hidden
			}
			for x := range shown {
				for y := range shown {
					if !shown[x] || !shown[y] || x&y != y || x == y {
						continue
					}
					rest := 0
					for i, c := range codes {
						if (x&^y)>>i&1 == 1 {
							rest += orders[c]
						}
					}
					if rest <= n.Rules.Few {
						t.Fatalf("%v: %b less %b gives %d away", orders, x, y, rest)
					}
				}
			}
		}
	}
}

func TestAnAverageOfOthersIsOfMoreThanTen(t *testing.T) {
	n := numbersOf(map[string]int{"A": 4, "B": 10, "C": 11, "D": 25})
	c, err := n.Compare("A1")
	if err != nil || len(c.Rows) != 3 || c.Rows[0].Area != "A" || c.Rows[0].N != 4 || c.Rows[1].Area != "D" || c.Rows[1].N != 25 || c.Rows[2].N != 20 || !slices.Equal(c.Rows[2].Together, []string{"B", "C"}) || c.Left != nil {
		t.Errorf("%+v %v", c.Rows, err)
	}
	if _, err := n.Compare("H7"); err == nil {
		t.Error("councils are compared by a number")
	}
}

func TestTheLastFullYearEndsInMarch(t *testing.T) {
	for d, want := range map[date.Date]int{date.MustOf(2026, 3, 31): 2025, date.MustOf(2026, 4, 1): 2026, date.MustOf(2026, 11, 23): 2026} {
		if got := LastYear(d); got != want {
			t.Errorf("%s: %d", d, got)
		}
	}
}
