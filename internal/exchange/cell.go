package exchange

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"homeward/internal/child"
	"homeward/internal/date"
)

// column is one column of a file: how a row says it, and how a cell sets it.
// Reading and writing share it, so that neither can forget a column.
type column[R any] struct {
	name string
	get  func(*R) string
	set  func(*R, string) (mend string)
}

// field makes a column from a place in the row, a way to write its value and a
// way to read it. What cannot be read leaves the place as it was: not known.
func field[R, V any](name string, at func(*R) *V, write func(V) string, read func(string) (V, string)) column[R] {
	return column[R]{
		name: name,
		get:  func(r *R) string { return write(*at(r)) },
		set: func(r *R, cell string) string {
			v, mend := read(cell)
			if mend == "" {
				*at(r) = v
			}
			return mend
		},
	}
}

// text is a column of people's own words, kept to the character.
func text[R any](name string, at func(*R) *string) column[R] {
	return field(name, at, same, func(cell string) (string, string) { return cell, tooLong(cell, longestText) })
}

// word is a column of codes, references and postcodes.
func word[R any](name string, at func(*R) *string) column[R] {
	return field(name, at, same, readWord)
}

// list is a column of words with | between them.
func list[R any](name string, at func(*R) *[]string) column[R] {
	return field(name, at, func(l []string) string { return strings.Join(l, "|") }, readList)
}

// day is a column of dates.
func day[R any](name string, at func(*R) *date.Date) column[R] {
	return field(name, at, date.Date.String, readDay)
}

// whole is a column of whole numbers.
func whole[R any](name string, at func(*R) *sql.Null[int]) column[R] {
	return field(name, at, func(n sql.Null[int]) string {
		if !n.Valid {
			return ""
		}
		return strconv.Itoa(n.V)
	}, readWhole)
}

// decimal is a column of numbers.
func decimal[R any](name string, at func(*R) *sql.Null[float64]) column[R] {
	return field(name, at, writeDecimal, readDecimal)
}

// miles is a column of distances, kept to three decimals.
func miles[R any](name string, at func(*R) *sql.Null[float64]) column[R] {
	return field(name, at, writeDecimal, func(cell string) (sql.Null[float64], string) {
		n, mend := readDecimal(cell)
		if n.V > 0 { // a little less than 0 is refused, not rounded up to it
			n.V = child.Radius(n.V)
		}
		return n, mend
	})
}

func same(s string) string { return s }

// The longest cells. A key longer than longestWord does not fit an index of
// PostgreSQL; a text longer than longestText does not fit a spreadsheet's cell.
const (
	longestWord = 200
	longestList = 2000
	longestText = 32767
)

func tooLong(cell string, most int) string {
	if len(cell) <= most || utf8.RuneCountInString(cell) <= most {
		return ""
	}
	return fmt.Sprintf("The cell holds %d characters: shorten it to %d.", utf8.RuneCountInString(cell), most)
}

func readWord(cell string) (string, string) { return cell, tooLong(cell, longestWord) }

func readList(cell string) ([]string, string) {
	if mend := tooLong(cell, longestList); mend != "" {
		return nil, mend
	}
	parts := child.SplitList(cell)
	if slices.Contains(parts, "") {
		return nil, "Write the list with one | between two entries, and none before the first or after the last."
	}
	for _, p := range parts {
		if mend := tooLong(p, longestWord); mend != "" {
			return nil, mend
		}
	}
	return parts, ""
}

func readDay(cell string) (date.Date, string) {
	d, err := date.Parse(cell)
	if err == nil {
		return d, ""
	}
	if looksLikeDay(cell) {
		return 0, fmt.Sprintf("The calendar has no day %s: write the day that is meant.", cell)
	}
	return 0, fmt.Sprintf("%s is not a date written YYYY-MM-DD, such as 2026-11-21.", quoted(cell))
}

// looksLikeDay tells a day that is not in the calendar (2025-02-29) from a text
// that is no date at all.
func looksLikeDay(cell string) bool {
	const shape = "dddd-dd-dd"
	if len(cell) != len(shape) {
		return false
	}
	for i := range shape {
		if digit := cell[i] >= '0' && cell[i] <= '9'; digit != (shape[i] == 'd') || !digit && cell[i] != '-' {
			return false
		}
	}
	return true
}

func readWhole(cell string) (sql.Null[int], string) {
	if cell == "" {
		return sql.Null[int]{}, ""
	}
	n, err := strconv.ParseInt(cell, 10, 32) // 32 bits: an INTEGER of PostgreSQL
	if err != nil {
		return sql.Null[int]{}, fmt.Sprintf("%s is not a whole number such as 2.", quoted(cell))
	}
	return sql.Null[int]{V: int(n), Valid: true}, ""
}

func readDecimal(cell string) (sql.Null[float64], string) {
	if cell == "" {
		return sql.Null[float64]{}, ""
	}
	n, err := strconv.ParseFloat(cell, 64)
	// Letters other than an exponent's are Inf, NaN and hexadecimal.
	if err != nil || math.IsInf(n, 0) || strings.Trim(cell, "+-.0123456789eE") != "" {
		return sql.Null[float64]{}, fmt.Sprintf("%s is not a number such as 2 or 0.5.", quoted(cell))
	}
	return sql.Null[float64]{V: n + 0, Valid: true}, "" // -0 + 0 is 0
}

func writeDecimal(n sql.Null[float64]) string {
	if !n.Valid {
		return ""
	}
	return strconv.FormatFloat(n.V, 'f', -1, 64)
}

// quoted shows a cell in a message: what fits, with what cannot be seen made
// visible.
func quoted(cell string) string {
	const most = 60
	if utf8.RuneCountInString(cell) <= most {
		return strconv.Quote(cell)
	}
	return strconv.Quote(string([]rune(cell)[:most])) + "…"
}
