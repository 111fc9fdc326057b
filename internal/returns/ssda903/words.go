package ssda903

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/date"
)

// where are the rows whose field is one of some codes.
func where(rows []Row, f Field, codes ...string) (list []Row) {
	for _, r := range rows {
		if r.Is(f, codes...) {
			list = append(list, r)
		}
	}
	return list
}

// wholeNumber reads a cell as a whole number of 0 or more; 01 and 1.0 are 1.
func wholeNumber(text string) (int, bool) {
	if strings.ContainsAny(text, "_XxPpNnIi") { // forms of Go's own
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != float64(int(n)) || n < 0 {
		return 0, false
	}
	return int(n), true
}

// rowOf makes a rule of a test of one row.
func rowOf(t Table, rule Rule, wrong func(c *Case, r Row) bool) Rule {
	rule.Of, rule.Needs = t, append(needs(t), rule.Needs...)
	rule.Row = func(c *Case, r Row) {
		if wrong(c, r) {
			c.Find(r)
		}
	}
	return rule
}

// alone is rowOf of a rule that says which table.
func alone(rule Rule, wrong func(c *Case, r Row) bool) Rule { return rowOf(rule.Of, rule, wrong) }

// findWhere names those rows that are bad.
func (c *Case) findWhere(rows []Row, bad func(Row) bool) {
	for _, r := range rows {
		if bad(r) {
			c.Find(r)
		}
	}
}

// earlier tells whether both days are known and the first is before the second.
func earlier(a, b date.Date) bool { return a.Known() && a < b }

// notAfter is earlier or the same day.
func notAfter(a, b date.Date) bool { return a.Known() && a <= b }

// ever is later than any day.
const ever = date.Date(math.MaxInt32)

// orEver is a day, or ever where it is not known.
func orEver(d date.Date) date.Date {
	if !d.Known() {
		return ever
	}
	return d
}

// clashing names those of a child's times that begin before the one before them
// ended, or that follow one without an end. They come in the order they ended, or
// began where they go on.
func clashing(t Table, from, until Field) func(*Case) {
	ended := func(r Row) date.Date { return orEver(cmp.Or(r.Day(until), r.Day(from))) }
	return func(c *Case) {
		if len(c.Rows(t)) < 2 {
			return
		}
		times := slices.Clone(c.Rows(t))
		slices.SortStableFunc(times, func(a, b Row) int {
			return cmp.Or(cmp.Compare(ended(a), ended(b)), cmp.Compare(orEver(a.Day(from)), orEver(b.Day(from))))
		})
		for i := 1; i < len(times); i++ {
			if before := times[i-1].Day(until); !before.Known() || earlier(times[i].Day(from), before) {
				c.Find(times[i])
			}
		}
	}
}

// outsideCare names those of a child's times that end outside every period of
// care, or go on though every one that had begun is over.
func outsideCare(t Table, from, until Field) func(*Case) {
	return func(c *Case) {
		if len(c.Rows(t)) == 0 || len(c.Dated) == 0 {
			return
		}
		care := spells(c)
		c.findWhere(c.Rows(t), func(r Row) bool {
			switch began, ended := r.Day(from), r.Day(until); {
			case !began.Known():
				return false
			case !ended.Known():
				return reached(care, began) != ever
			default:
				return reached(care, ended) < ended
			}
		})
	}
}

// temporary tells a placement that is to end with the child's return.
func temporary(e Row) bool { return e.Is(PLACE, "T0", "T1", "T2", "T3", "T4") }
