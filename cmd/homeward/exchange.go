package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/exchange"
	"homeward/internal/fault"
	"homeward/internal/lab"
	"homeward/internal/work"
)

type importCommand struct {
	Source  string `arg:"" help:"The exchange folder, or a workbook (.xlsx)."`
	DryRun  bool   `help:"Say what would change, and change nothing."`
	SkipBad string `help:"Import the good rows and write the others to this file." placeholder:"FILE"`
}

// Run reads everything before it takes the database to write.
func (c importCommand) Run(s *shop) (err error) {
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	options := exchange.Options{Today: desk.Today()}
	if options.Known, err = recorded(s, desk); err != nil {
		return err
	}
	aside, err := c.openAside()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, aside.discard()) }()
	if aside != nil {
		options.Skip = aside.file
	}
	reading, err := exchange.ReadPath(c.Source, options)
	if err != nil {
		return err
	}
	tellReading(s, reading)
	if err := reading.Refusal(c.SkipBad != ""); err != nil {
		return err
	}
	if !c.DryRun {
		if err := aside.keep(c.SkipBad); err != nil {
			return err
		}
	}
	return c.apply(s, desk, reading)
}

func recorded(s *shop, desk *work.Desk) (known exchange.Known, err error) {
	err = desk.Do(s.ctx, operator, "import", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		known, err = exchange.Recorded(u, book)
		return err
	})
	return known, err
}

// aside is the file the rows that cannot be taken go to: a temporary one beside
// where it is wanted, until the import is done.
type aside struct{ file *os.File }

func (c importCommand) openAside() (*aside, error) {
	if c.SkipBad == "" {
		return nil, nil
	}
	f, err := os.CreateTemp(filepath.Dir(c.SkipBad), ".homeward-skipped-*")
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be written.", c.SkipBad), err)
	}
	return &aside{f}, nil
}

// keep gives the file its name.
func (a *aside) keep(name string) error {
	if a == nil {
		return nil
	}
	if err := os.Rename(a.file.Name(), name); err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be written. Nothing was imported.", name), err)
	}
	return nil
}

// discard takes away what was not kept.
func (a *aside) discard() error {
	if a == nil {
		return nil
	}
	err := os.Remove(a.file.Name())
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return errors.Join(a.file.Close(), err)
}

func (c importCommand) apply(s *shop, desk *work.Desk, reading *exchange.Reading) error {
	step, said := exchange.Import, "Imported"
	if c.DryRun {
		step, said = exchange.Preview, "Nothing was changed. An import would bring"
	}
	var result exchange.Result
	err := desk.Do(s.ctx, operator, "import", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		result, err = step(u, book, reading)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s:\n", said)
	for _, line := range []struct {
		what  string
		count exchange.Count
	}{{"agencies", result.Agencies}, {"children", result.Children}, {"families", result.Families}, {"conflicts", result.Conflicts}} {
		fmt.Fprintf(s.err, "  %s: %d new, %d changed, %d as they were\n", line.what, line.count.New, line.count.Changed, line.count.Same)
	}
	return nil
}

func tellReading(s *shop, r *exchange.Reading) {
	for _, n := range r.Notes {
		fmt.Fprintln(s.err, "note:", n)
	}
	for _, p := range r.Problems {
		fmt.Fprintln(s.err, p)
	}
	if r.Count > len(r.Problems) {
		fmt.Fprintf(s.err, "and %d more problems\n", r.Count-len(r.Problems))
	}
}

// writeNew writes a file that holds people's records: for its owner alone, and
// never through a link somebody left there.
func writeNew(path string, content []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be written.", path), err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be written.", path), err)
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

type exportCommand struct {
	Target string `arg:"" help:"The folder to write, or a workbook if the name ends in .xlsx."`
}

// Run writes the region once the record of its reading is committed.
func (c exportCommand) Run(s *shop) error {
	var region exchange.Region
	err := s.withDesk("export", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		region, err = exchange.Export(u, book)
		return err
	})
	if err != nil {
		return err
	}
	if strings.EqualFold(filepath.Ext(c.Target), ".xlsx") {
		return exchange.WriteWorkbook(c.Target, region)
	}
	return exchange.WriteFolder(c.Target, region)
}

type regionCommand struct {
	Write regionWrite `cmd:"" help:"Write a synthetic region as an exchange folder with its own gazetteer.csv."`
}

type regionWrite struct {
	Dir string `arg:"" help:"The folder to write."`
	syntheticFlags
}

// syntheticFlags choose a synthetic region.
type syntheticFlags struct {
	Seed  uint64    `help:"The seed: the same seed and day give the same bytes." default:"1" placeholder:"N"`
	Scale lab.Scale `help:"How big: pilot (D2N2), region (East Midlands) or england." default:"pilot" enum:"pilot,region,england"`
}

// Run writes the folder.
func (c regionWrite) Run(s *shop) error {
	desk := &work.Desk{AsOf: s.program.AsOf.Date}
	region := lab.Generate(c.Scale, c.Seed, desk.Today())
	if err := exchange.WriteFolder(c.Dir, region.Region); err != nil {
		return err
	}
	return writeGazetteer(filepath.Join(c.Dir, "gazetteer.csv"), region)
}

func writeGazetteer(path string, region *lab.Synthetic) error {
	var file bytes.Buffer
	if err := region.WriteGazetteer(&file); err != nil {
		return err
	}
	return writeNew(path, file.Bytes())
}
