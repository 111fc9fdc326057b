package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
)

type returnsInventCommand struct {
	Folder   string `arg:"" help:"A new or empty folder: this and last go in it." placeholder:"DIR"`
	Children int    `help:"How many children." default:"300" placeholder:"N"`
	Episodes int    `help:"About how many episodes a child has." default:"2" placeholder:"N"`
	Seed     uint64 `help:"The same seed makes the same return." default:"1" placeholder:"N"`
	Year     int    `required:"" help:"The year the collection ends in: 2026 for 2025/26." placeholder:"YEAR"`
	Faults   bool   `help:"Plant faults, and write the rows the check must name to expected.jsonl."`
	XML      bool   `help:"Write XML, without the tables that has no place for (SWEpisodes, DoLo)." name:"xml"`
}

// mostInvented is how many children a return may have: more than England's.
const mostInvented = 200_000

// Run invents a return.
func (c returnsInventCommand) Run(s *shop) error {
	if err := ssda903.RulesKnown(c.Year); err != nil {
		return err
	}
	if c.Children < 1 || c.Children > mostInvented || c.Episodes < 1 || c.Episodes > 50 {
		return fault.New(fault.Invalid, fmt.Sprintf("Give 1 to %d children, with 1 to 50 episodes each.", mostInvented))
	}
	if c.Faults && c.XML {
		return fault.New(fault.Invalid, "Faults are planted in tables that XML has no place for: leave out --faults or --xml.")
	}
	if list, err := os.ReadDir(c.Folder); err == nil && len(list) > 0 {
		return fault.New(fault.Invalid, fmt.Sprintf("The folder %s is not empty. Give a new one: nothing is written over.", c.Folder))
	}
	now, last := invent.Return(invent.Options{Seed: c.Seed, Children: c.Children, Episodes: c.Episodes, Year: c.Year})
	if c.Faults {
		faulty, expected := invent.Plant(now, last, c.Seed)
		now = faulty
		if err := writeExpected(c.Folder, expected); err != nil {
			return err
		}
	}
	for name, y := range map[string]*ssda903.Return{"this": now, "last": last} {
		if err := c.write(filepath.Join(c.Folder, name), y); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(s.out, "Invented %d children and %d episodes of %s in %s.\n", now.Sheets[ssda903.Header].Len(), now.Sheets[ssda903.Episodes].Len(), ssda903.YearName(c.Year), c.Folder)
	return err
}

func (c returnsInventCommand) write(dir string, y *ssda903.Return) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be made.", dir), err)
	}
	if c.XML {
		y.Sheets[ssda903.SWEpisodes], y.Sheets[ssda903.DoLo] = nil, nil
		return writeTo(filepath.Join(dir, "return.xml"), y.WriteXML)
	}
	for _, t := range ssda903.Tables(y.Year) {
		if err := writeTo(filepath.Join(dir, t.FileName()), y.Sheets[t].WriteCSV); err != nil {
			return err
		}
	}
	return nil
}

func writeExpected(dir string, expected []invent.Expected) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be made.", dir), err)
	}
	return writeTo(filepath.Join(dir, "expected.jsonl"), func(to io.Writer) error {
		lines := json.NewEncoder(to)
		for _, e := range expected {
			if err := lines.Encode(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeTo writes a file that is not there yet.
func writeTo(path string, write func(to io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be written.", path), err)
	}
	if err := write(file); err != nil {
		_ = file.Close() // the first error tells
		return err
	}
	return file.Close()
}
