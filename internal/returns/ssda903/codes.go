package ssda903

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

//go:embed codes.csv
var codesCSV string

// Code is one code of a field, and the collection years it is in force in.
type Code struct {
	Field       Field
	Code, Label string
	From, To    int // To is 0 while it is in force
}

var allCodes = mustReadCodes(codesCSV)

func mustReadCodes(text string) (list []Code) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil {
		panic(err) // the table is part of the program
	}
	for _, row := range rows[1:] {
		field, known := FieldNamed(row[0])
		from, err := strconv.Atoi(row[2])
		to, errTo := strconv.Atoi(row[3])
		if !known || err != nil || row[3] != "" && errTo != nil {
			panic(fmt.Sprint("codes.csv: ", row))
		}
		list = append(list, Code{field, row[1], row[4], from, to})
	}
	return list
}

func (c Code) in(year int) bool { return c.From <= year && (c.To == 0 || year <= c.To) }

// Codes lists the codes of a field in a collection year; none for a field that
// has none.
func Codes(f Field, year int) (list []Code) {
	for _, c := range allCodes {
		if c.Field == f && c.in(year) {
			list = append(list, c)
		}
	}
	return list
}

// Label says what a code means in a collection year; nothing where it is none of
// the year's, or its meaning is not known.
func Label(f Field, code string, year int) string {
	for _, c := range allCodes {
		if c.Field == f && c.in(year) && c.Code == strings.ToUpper(code) {
			return c.Label
		}
	}
	return ""
}
