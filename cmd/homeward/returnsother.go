package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/letter"
	"homeward/internal/returns"
	"homeward/internal/work"
)

// collection is where a collection is written, and whose it is.
type collection struct {
	Target string `arg:"" help:"A workbook, whose name ends in .xlsx; or a folder, empty or not there yet, for a CSV file of each sheet." placeholder:"FILE.xlsx|DIR"`
	LA     string `required:"" help:"The agency: its code in Homeward; a council also by the Department's (831) or GSS (E06000015)." name:"la" placeholder:"CODE"`
}

// collect makes the collection in one unit of work and writes it. The names of its
// CSV files begin with what name gives.
func (c collection) collect(s *shop, name func(agency.Agency) string, fn func(u *work.Unit, book *agency.Book, code string) (*returns.Collection, error)) error {
	var made *returns.Collection
	var whose agency.Agency
	err := ofCouncil{LA: c.LA}.at(s, func(u *work.Unit, book *agency.Book, code string) (err error) {
		whose = book.Agencies[code]
		made, err = fn(u, book, code)
		return err
	})
	if err != nil {
		return err
	}
	if err := c.write(name(whose), made); err != nil {
		return err
	}
	tellCollection(s, made)
	return nil
}

// write writes a workbook of values, or a CSV file of each sheet.
func (c collection) write(name string, made *returns.Collection) error {
	var sheets []letter.Sheet
	for _, sheet := range made.Sheets {
		sheets = append(sheets, letter.Sheet{Name: sheet.Name, Table: letter.Table{Header: sheet.Columns, Rows: sheet.Rows}})
	}
	if strings.EqualFold(filepath.Ext(c.Target), ".xlsx") {
		book, err := letter.Values(sheets)
		if err != nil {
			return err
		}
		return writeNew(c.Target, book)
	}
	if err := emptyFolder(c.Target); err != nil {
		return err
	}
	for _, sheet := range sheets {
		text, err := letter.CSV(sheet.Table)
		if err != nil {
			return err
		}
		if err := writeNew(filepath.Join(c.Target, name+"_"+strings.ReplaceAll(sheet.Name, " ", "_")+".csv"), text); err != nil {
			return err
		}
	}
	return nil
}

// tellCollection says what was written, and what was left out.
func tellCollection(s *shop, made *returns.Collection) {
	for _, sheet := range made.Sheets {
		fmt.Fprintf(s.out, "%s: %d rows\n", sheet.Name, len(sheet.Rows))
	}
	if made.ClosedChildren+made.ClosedFamilies > 0 {
		fmt.Fprintf(s.out, "%d children and %d families have records that are closed to you, and are left out.\n", made.ClosedChildren, made.ClosedFamilies)
	}
	if len(made.Undated) > 0 {
		fmt.Fprintf(s.out, "Left out, since the record says that it ended and not when. Write the day and make this again: %s.\n", strings.Join(made.Undated, ", "))
	}
	fmt.Fprintln(s.err, "homeward: note: this names children and families. Hand it in through the collection's own secure service, never by e-mail, and delete the file afterwards.")
}

type returnsQuarterlyCommand struct {
	collection
	Quarter string `required:"" help:"The financial year and the quarter: 2025/26-Q1 is April to June 2025." placeholder:"2025/26-Q1"`
	Mapping string `help:"A mapping file of one's own, since the template changes: begin it from what \"returns mapping\" writes." placeholder:"FILE"`
}

// Run writes the quarterly collection.
func (c returnsQuarterlyCommand) Run(s *shop) error {
	quarter, err := returns.ParseQuarter(c.Quarter)
	if err != nil {
		return err
	}
	mapping, err := c.mapping()
	if err != nil {
		return err
	}
	name := func(a agency.Agency) string {
		name := quarter.FileName(a)
		fmt.Fprintf(s.err, "homeward: note: the collection asks for a workbook called %s.xlsx, unless its guidance for the quarter says otherwise.\n", name)
		return name
	}
	return c.collect(s, name, func(u *work.Unit, book *agency.Book, code string) (*returns.Collection, error) {
		return returns.Quarterly(u, book, code, quarter, mapping)
	})
}

func (c returnsQuarterlyCommand) mapping() (m *returns.Mapping, err error) {
	if c.Mapping == "" {
		return returns.DefaultQuarterly(), nil
	}
	f, err := os.Open(c.Mapping)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The mapping file %s cannot be opened.", c.Mapping), err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return returns.ReadMapping(f)
}

type returnsMappingCommand struct{}

// Run writes the mapping Homeward comes with, to begin one's own from.
func (returnsMappingCommand) Run(s *shop) error {
	_, err := io.WriteString(s.out, returns.QuarterlyMapping)
	return err
}

type returnsAnnexACommand struct {
	collection
	On day `required:"" help:"The day the lists are of: they go back twelve months from it." placeholder:"DATE"`
}

// Run writes lists 10 and 11 of Annex A.
func (c returnsAnnexACommand) Run(s *shop) error {
	name := func(agency.Agency) string { return "annex_a_lists_10_and_11" }
	return c.collect(s, name, func(u *work.Unit, book *agency.Book, code string) (*returns.Collection, error) {
		return returns.AnnexA(u, book, code, c.On.Date)
	})
}
