package main

import (
	"errors"
	"fmt"

	"homeward/internal/gazetteer"
	"homeward/internal/work"
)

type gazetteerCommand struct {
	Load gazetteerLoad `cmd:"" help:"Load a file or folder: OS Code-Point Open, ONSPD, NSPL, the packed file, sectors or outward codes."`
}

type gazetteerLoad struct {
	Path string `arg:"" help:"The file, or the folder of CSV files."`
}

// Run reads the files before it takes the database, so that nobody waits.
func (c gazetteerLoad) Run(s *shop) (err error) {
	desk, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.DB.Close()) }()
	reading, err := gazetteer.Read(c.Path)
	if err != nil {
		return err
	}
	var report gazetteer.Report
	err = desk.Do(s.ctx, operator, "gazetteer load", func(u *work.Unit) (err error) {
		report, err = reading.Store(u.Tx, c.Path, u.Today)
		u.Did("loaded", work.Subject{Kind: "gazetteer"}, fmt.Sprintf("load %d", report.Load))
		return err
	})
	if err == nil {
		tellLoad(s, report)
	}
	return err
}

func tellLoad(s *shop, r gazetteer.Report) {
	for _, part := range r.Parts {
		fmt.Fprintf(s.err, "Read %s: %d rows in %d files.\n", part.Source, part.Rows, part.Files)
	}
	for _, note := range []struct {
		n    int
		what string
	}{
		{r.Rough, "postcodes are placed to 500 metres only"}, {r.Unplaced, "rows give no position"},
		{r.Ended, "postcodes are no longer in use; they are kept, since old addresses have them"},
		{r.QualityUnknown, "files do not say how good a position is; theirs are taken as within 500 metres"},
	} {
		if note.n > 0 {
			fmt.Fprintf(s.err, "%d %s.\n", note.n, note.what)
		}
	}
	fmt.Fprintf(s.err, "Wrote %d areas and %d centres that were new or had changed.\n", r.AreasWritten, r.CentresWritten)
}
