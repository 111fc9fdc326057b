package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/programme"
	"homeward/internal/web"
	"homeward/internal/work"
)

// packCommand writes a pack as a file: from the records as a preview, or as a
// version of it was published. People publish on the pages.
type packCommand struct {
	Target  string `arg:"" help:"A document, whose name ends in .docx, or its tables as CSV, in .zip." placeholder:"FILE.docx|FILE.zip"`
	LA      string `required:"" help:"The agency: its code in Homeward; a council also by the Department's (831) or GSS (E06000015)." name:"la" placeholder:"CODE"`
	Quarter string `required:"" help:"The quarter, from the first, which begins in April." placeholder:"2025/26-Q2"`
	Area    string `help:"Several agencies that it is one of, by the area's name (default the agency alone)." placeholder:"NAME"`
	Version int    `help:"The version that was published (default a preview from the records)." placeholder:"N"`
}

// Run writes the pack.
func (c packCommand) Run(s *shop) error {
	write := map[string]func(programme.Pack) ([]byte, error){".docx": web.PackDocument, ".zip": web.PackTables}[strings.ToLower(filepath.Ext(c.Target))]
	if write == nil {
		return fault.New(fault.Usage, "Name the file of the pack with .docx at its end, or .zip for its tables.")
	}
	q, err := programme.ParseQuarter(c.Quarter)
	if err != nil {
		return err
	}
	var p programme.Pack
	err = ofCouncil{LA: c.LA}.at(s, func(u *work.Unit, book *agency.Book, code string) (err error) {
		area, err := c.area(u, book, code)
		if err != nil {
			return err
		}
		if c.Version > 0 {
			p, err = published(u, book, code, area, q, c.Version)
			return err
		}
		p, err = programme.Make(u, book, code, area, q)
		return err
	})
	if err != nil {
		return err
	}
	data, err := write(p)
	if err != nil {
		return err
	}
	return writeNew(c.Target, data)
}

// area finds the area by its name.
func (c packCommand) area(u *work.Unit, book *agency.Book, code string) (programme.Area, error) {
	var names []string
	for _, a := range programme.Areas(u, book, code) {
		if c.Area == "" || c.Area == a.Name {
			return a, nil // the agency alone is the first
		}
		names = append(names, a.Name)
	}
	return programme.Area{}, fault.New(fault.Invalid, fmt.Sprintf("There is no area %q with %s in it. There are: %s.", c.Area, code, strings.Join(names, "; ")))
}

func published(u *work.Unit, book *agency.Book, code string, area programme.Area, q programme.Quarter, version int) (programme.Pack, error) {
	list, err := programme.List(u, book)
	if err != nil {
		return programme.Pack{}, err
	}
	i := slices.IndexFunc(list, func(l programme.Listed) bool {
		return l.Publisher == code && l.Area == area.Name && l.Quarter == q && l.Version == version
	})
	if i < 0 {
		return programme.Pack{}, fault.New(fault.Invalid, fmt.Sprintf("Version %d of this pack was not published.", version))
	}
	p, err := programme.Find(u, book, list[i].ID)
	return p.Pack, err
}
