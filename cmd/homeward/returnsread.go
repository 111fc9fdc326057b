package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// ofCouncil says whose return is meant, and of which year.
type ofCouncil struct {
	LA   string `required:"" help:"The council: its code in Homeward, the Department's (831) or GSS (E06000015)." name:"la" placeholder:"CODE"`
	Year int    `required:"" help:"The year the collection ends in: 2026 for 2025/26." placeholder:"YEAR"`
}

// find gives the council's code in Homeward.
func (c ofCouncil) find(book *agency.Book) (string, error) {
	if a, known := book.Agencies[c.LA]; known {
		return a.Code, nil
	}
	gss, err := authority(c.LA)
	if err != nil {
		return "", err
	}
	for _, a := range book.List() {
		if a.GSS == gss {
			return a.Code, nil
		}
	}
	return "", fault.New(fault.NotFound, fmt.Sprintf("No council in Homeward has the code %s. Import it with agencies.csv first.", c.LA))
}

// at runs one unit of work for the council.
func (c ofCouncil) at(s *shop, fn func(u *work.Unit, book *agency.Book, code string) error) error {
	return s.withDesk("returns", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		code, err := c.find(book)
		if err != nil {
			return err
		}
		return fn(u, book, code)
	})
}

type returnsReadCommand struct {
	Source string `arg:"" help:"The folder with the return's CSV files or its XML." placeholder:"DIR"`
	ofCouncil
	Gazetteer string `help:"A gazetteer with authorities (ONSPD, NSPL), to tell placements in the council's area from others." placeholder:"FILE"`
	DryRun    bool   `help:"Show the comparison, and take nothing in."`
	Conflicts string `help:"What goes where the return and a record differ: keep the record, or take the return." enum:"keep,take,ask" default:"ask"`
	Anew      bool   `help:"Let --conflicts go for what was decided before, too."`
	Without   int    `help:"Take the others in where no record can hold what the return says of so many children." placeholder:"N"`
}

// decide says what --conflicts says; of what was decided before only if asked to.
func (c returnsReadCommand) decide(_ string, s returns.Standing) (take, known bool) {
	return c.Conflicts == "take", c.Conflicts != "ask" && (c.Anew || s == returns.Conflicting)
}

// Run reads a return, shows what it says beside the records, and takes it in.
func (c returnsReadCommand) Run(s *shop) error {
	files, err := uploads(c.Source)
	if err != nil {
		return err
	}
	var comparison *returns.Comparison
	err = c.at(s, func(u *work.Unit, book *agency.Book, code string) (err error) {
		comparison, err = returns.Preview(u, book, code, c.Year, files)
		return err
	})
	if err != nil {
		return err
	}
	tellComparison(s.out, comparison)
	without := comparison.Without(c.decide)
	tellSetAside(s.out, without)
	switch conflicts := comparison.Conflicts(); {
	case c.DryRun:
		return nil
	case conflicts > 0 && c.Conflicts == "ask":
		return fault.New(fault.Invalid, fmt.Sprintf("The return and the records differ in %d facts. Say --conflicts keep or --conflicts take, or decide one by one on the page. Nothing was taken in.", conflicts))
	case len(without) != c.Without:
		return fault.New(fault.Invalid, fmt.Sprintf("No record can hold what the return says of %d children. Mend what is wrong and give the return again, or say --without %d to take the others in. Nothing was taken in.", len(without), len(without)))
	}
	var around returns.Around
	if c.Gazetteer != "" {
		if around.Places, err = gazetteer.ReadPlaces(c.Gazetteer); err != nil {
			return err
		}
	}
	var outcome returns.Outcome
	err = c.at(s, func(u *work.Unit, book *agency.Book, code string) error {
		reading, err := returns.Hold(u, book, code, c.Year, files)
		if err != nil {
			return err
		}
		around.Authority = book.Agencies[code].GSS
		reading.Around = around
		outcome, err = returns.Take(u, book, reading, c.decide, c.Without)
		return err
	})
	if err == nil {
		fmt.Fprintf(s.out, "Taken in: %d children added, %d changed, %d facts, %d kept as the record has them, %d children set aside.\n", outcome.Added, outcome.Changed, outcome.Facts, outcome.Kept, outcome.SetAside)
	}
	return err
}

// uploads reads the files of a folder, or one file, within bounds.
func uploads(path string) (list []returns.Upload, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no folder or file %s to read.", path), err)
	}
	names := []string{path}
	if info.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be read.", path), err)
		}
		names = nil
		for _, e := range entries {
			names = append(names, filepath.Join(path, e.Name()))
		}
	}
	left := int64(returns.MostAtOnce)
	for _, name := range names {
		kind := strings.ToLower(filepath.Ext(name))
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() || kind != ".csv" && kind != ".xml" {
			continue
		}
		if left -= info.Size(); left < 0 {
			return nil, fault.New(fault.TooLarge, fmt.Sprintf("The files have more than %d MB. A council's return is smaller by far; is it the right folder?", returns.MostAtOnce/1_000_000))
		}
		data, err := readWhole(name, info.Size())
		if err != nil {
			return nil, err
		}
		list = append(list, returns.Upload{Name: filepath.Base(name), Data: data})
	}
	return list, nil
}

func readWhole(name string, size int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, name+" cannot be opened.", err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, size))
}

// tellComparison writes a comparison.
func tellComparison(out io.Writer, c *returns.Comparison) {
	for _, one := range c.Children {
		who := "new to Homeward"
		if one.Record != nil {
			who = "known"
		}
		fmt.Fprintf(out, "%s (%s)\n", one.Ref, who)
		for _, d := range one.Differences {
			record := ""
			if d.Record != "" {
				record = ", the record: " + d.Record
			}
			if d.Before != nil {
				record += fmt.Sprintf(", kept by %s on %s", d.Before.By, work.Day(d.Before.At).Long())
			}
			fmt.Fprintf(out, "    %-11s %s: %s%s [%s]\n", d.Standing, d.Field, d.Value, record, d.Source)
		}
	}
	fmt.Fprintf(out, "%d children with something new or different, %d conflicts, %d unchanged.\n", len(c.Children), c.Conflicts(), c.Unchanged)
	if c.Restricted > 0 {
		fmt.Fprintf(out, "%d children have restricted records and are left out.\n", c.Restricted)
	}
}

// tellSetAside lists the children who can be no record, and what to mend.
func tellSetAside(out io.Writer, list []returns.SetAside) {
	for _, one := range list {
		for _, p := range one.Problems {
			fmt.Fprintf(out, "%s is set aside: %s\n", one.Ref, p)
		}
	}
}

type returnsWriteCommand struct {
	Target string `arg:"" help:"The folder to write, which must be empty or not there; or a file that ends in .xml." placeholder:"DIR"`
	ofCouncil
}

// Run writes a return from Homeward's records.
func (c returnsWriteCommand) Run(s *shop) error {
	var written *ssda903.Return
	err := c.at(s, func(u *work.Unit, book *agency.Book, code string) (err error) {
		written, err = returns.Write(u, book, code, c.Year)
		return err
	})
	if err != nil {
		return err
	}
	if strings.EqualFold(filepath.Ext(c.Target), ".xml") {
		var text bytes.Buffer
		if err := written.WriteXML(&text); err != nil {
			return err
		}
		return writeNew(c.Target, text.Bytes())
	}
	if err := emptyFolder(c.Target); err != nil {
		return err
	}
	for _, sheet := range written.Sheets {
		if sheet.Len() == 0 {
			continue
		}
		var text bytes.Buffer
		if err := sheet.WriteCSV(&text); err != nil {
			return err
		}
		if err := writeNew(filepath.Join(c.Target, sheet.Table.FileName()), text.Bytes()); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s: %d rows\n", sheet.Table, sheet.Len())
	}
	return nil
}

// emptyFolder makes a folder, or takes one that holds nothing: what is written
// there is not to be taken for part of something older.
func emptyFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be made.", path), err)
	}
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) > 0 {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s is not empty. Name one that is not there yet.", path), err)
	}
	return nil
}
