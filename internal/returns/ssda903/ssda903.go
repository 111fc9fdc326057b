// Package ssda903 reads, checks and writes the SSDA903: the return of the
// children a council in England looks after, collected each year by the
// Department for Education from 1 April to 31 March.
//
// A return is twelve tables (Header, Episodes, ...), a CSV file each, or one XML
// file. A collection year goes by the year it ends in: 2026 is 2025/26. Tables,
// columns and codes are dated by collection year, since they change.
//
// The checks are the collection's own validation rules, each a small unit in one
// of the rules*.go files. Rules see text in capitals and never change it; a cell
// is blank only if it is empty, and a date counts only if it is a real day
// written D/M/YYYY. All a rule may compare is one child's rows of this year and
// of last, so the whole run is one pass over the children, linear in the rows.
//
// Source of the tables, codes and conditions: the open validator of
// data-to-insight (csc-validator-be-903, MIT, read as a statement of facts), as
// set down rule by rule, with the published wording where the two differ. What
// Homeward does otherwise than that validator stands with each rule (Differs).
package ssda903

import (
	"strconv"
	"strings"
)

// Table is one of the return's tables.
type Table uint8

// The tables.
const (
	Header Table = iota
	Episodes
	Reviews
	Unaccompanied // UASC
	OC2
	OC3
	AD1
	PlacedAdoption
	PrevPerm
	Missing
	SWEpisodes
	DoLo

	tables
)

// Field is a column of a table.
type Field uint8

// The fields, by the names the return gives them.
const (
	CHILD Field = iota
	SEX
	DOB
	ETHNIC
	UPN
	MOTHER
	MC_DOB
	DECOM
	RNE
	LS
	CIN
	PLACE
	PLACE_PROVIDER
	DEC
	REC
	REASON_PLACE_CHANGE
	HOME_POST
	PL_POST
	URN
	REVIEW
	REVIEW_CODE
	DUC
	SDQ_SCORE
	SDQ_REASON
	CONVICTED
	HEALTH_CHECK
	IMMUNISATIONS
	TEETH_CHECK
	HEALTH_ASSESSMENT
	SUBSTANCE_MISUSE
	INTERVENTION_RECEIVED
	INTERVENTION_OFFERED
	IN_TOUCH
	ACTIV
	ACCOM
	DATE_INT
	DATE_MATCH
	FOSTER_CARE
	NB_ADOPTR
	SEX_ADOPTR
	LS_ADOPTR
	DATE_PLACED
	DATE_PLACED_CEASED
	REASON_PLACED_CEASED
	PREV_PERM
	LA_PERM
	DATE_PERM
	MISSING
	MIS_START
	MIS_END
	SW_ID
	SW_DECOM
	SW_DEC
	SW_REASON
	DOLO_START
	DOLO_END
	UASC // a field of the XML's header; the CSV says the same by a row of its own table

	fields
)

var fieldNames = strings.Fields(`CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE
	HOME_POST PL_POST URN REVIEW REVIEW_CODE DUC SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT
	SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED IN_TOUCH ACTIV ACCOM DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR
	LS_ADOPTR DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED PREV_PERM LA_PERM DATE_PERM MISSING MIS_START MIS_END SW_ID SW_DECOM
	SW_DEC SW_REASON DOLO_START DOLO_END UASC`)

func (f Field) String() string { return fieldNames[f] }

// IsDate tells the fields that hold a day. DATE_PERM is one too, but parts of it
// may be unknown, so its rules read it for themselves.
func (f Field) IsDate() bool {
	switch f {
	case DOB, MC_DOB, DECOM, DEC, REVIEW, DUC, DATE_INT, DATE_MATCH, DATE_PLACED, DATE_PLACED_CEASED, DATE_PERM, MIS_START, MIS_END, SW_DECOM, SW_DEC, DOLO_START, DOLO_END:
		return true
	}
	return false
}

// layout is a table: its name, its columns in the order they are written, and
// the first collection year that has it.
type layout struct {
	name    string
	columns []Field
	from    int
}

// Source: column order of csc-validator-be-903 config.py; SWEpisodes since
// 2023/24, DoLo since 2026/27.
var layouts = [tables]layout{
	Header:         {"Header", []Field{CHILD, SEX, DOB, ETHNIC, UPN, MOTHER, MC_DOB}, FirstYear},
	Episodes:       {"Episodes", []Field{CHILD, DECOM, RNE, LS, CIN, PLACE, PLACE_PROVIDER, DEC, REC, REASON_PLACE_CHANGE, HOME_POST, PL_POST, URN}, FirstYear},
	Reviews:        {"Reviews", []Field{CHILD, DOB, REVIEW, REVIEW_CODE}, FirstYear},
	Unaccompanied:  {"UASC", []Field{CHILD, SEX, DOB, DUC}, FirstYear},
	OC2:            {"OC2", []Field{CHILD, DOB, SDQ_SCORE, SDQ_REASON, CONVICTED, HEALTH_CHECK, IMMUNISATIONS, TEETH_CHECK, HEALTH_ASSESSMENT, SUBSTANCE_MISUSE, INTERVENTION_RECEIVED, INTERVENTION_OFFERED}, FirstYear},
	OC3:            {"OC3", []Field{CHILD, DOB, IN_TOUCH, ACTIV, ACCOM}, FirstYear},
	AD1:            {"AD1", []Field{CHILD, DOB, DATE_INT, DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR, LS_ADOPTR}, FirstYear},
	PlacedAdoption: {"PlacedAdoption", []Field{CHILD, DOB, DATE_PLACED, DATE_PLACED_CEASED, REASON_PLACED_CEASED}, FirstYear},
	PrevPerm:       {"PrevPerm", []Field{CHILD, DOB, PREV_PERM, LA_PERM, DATE_PERM}, FirstYear},
	Missing:        {"Missing", []Field{CHILD, DOB, MISSING, MIS_START, MIS_END}, FirstYear},
	SWEpisodes:     {"SWEpisodes", []Field{CHILD, DOB, SW_ID, SW_DECOM, SW_DEC, SW_REASON}, 2024},
	DoLo:           {"DoLo", []Field{CHILD, DOB, DOLO_START, DOLO_END}, 2027},
}

func (t Table) String() string { return layouts[t].name }

// Columns are the table's columns in the order they are written.
func (t Table) Columns() []Field { return layouts[t].columns }

// Tables lists the tables a collection year has.
func Tables(year int) (list []Table) {
	for t := range tables {
		if year >= layouts[t].from {
			list = append(list, t)
		}
	}
	return list
}

// TableNamed gives a table by its name.
func TableNamed(name string) (Table, bool) {
	for t := range tables {
		if layouts[t].name == name {
			return t, true
		}
	}
	return 0, false
}

// FieldNamed gives a field by its name.
func FieldNamed(name string) (Field, bool) {
	for f, n := range fieldNames {
		if n == name {
			return Field(f), true
		}
	}
	return 0, false
}

// The collection years that can be read, and the first whose rules are known.
const (
	FirstYear      = 2019
	LastYear       = 2027
	FirstRulesYear = 2023
)

// YearName is a collection year as people say it: 2026 is 2025/26.
func YearName(year int) string {
	return strconv.Itoa(year-1) + "/" + strconv.Itoa(year%100 + 100)[1:]
}
