//go:build unix

package figures

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/lab"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// BenchmarkEngland loads ten years of England's records from SQLite, and makes
// every indicator of every council and of England for each of the ten years from
// them (limit 2 s). Run it with -benchtime 1x: one run is what people wait for.
// CPU time stands beside, since a machine busy with other things changes it less.
func BenchmarkEngland(b *testing.B) {
	d, err := db.Migrate(context.Background(), "sqlite:"+filepath.Join(b.TempDir(), "homeward.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	land := countryOf(lab.England)
	inUnit(b, d, func(u *work.Unit, _ *agency.Book) error { return land.write(u) })
	var loaded, made, cpu time.Duration
	var records *Records
	for b.Loop() {
		begun := time.Now()
		inUnit(b, d, func(u *work.Unit, book *agency.Book) (err error) {
			records, err = Load(u, book)
			return err
		})
		loaded += time.Since(begun)
		begun, cpu = time.Now(), cpu-processor(b)
		if n := scorecards(records, land.agencies); n == 0 {
			b.Fatal("no figures")
		}
		made, cpu = made+time.Since(begun), cpu+processor(b)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(len(records.Journeys)), "children")
	b.ReportMetric(loaded.Seconds()/float64(b.N), "load-s")
	b.ReportMetric(made.Seconds()/float64(b.N), "scorecards-s")
	b.ReportMetric(cpu.Seconds()/float64(b.N), "scorecards-cpu-s")
}

// processor is the time this process has been at work, garbage collection with it.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// scorecards makes them all, and says how many figures they have.
func scorecards(r *Records, agencies []agency.Agency) (figures int) {
	book, england := scorecard.New(r.Input, scorecard.Usual()), scorecard.Area{Name: "England", Agencies: r.Agencies}
	for year := firstYear; year <= lastYear; year++ {
		for _, a := range agencies {
			if a.Kind == "LA" {
				figures += len(book.Scorecard(scorecard.Area{Name: a.Name, Agencies: []string{a.Code}}, year))
			}
		}
		figures += len(book.Scorecard(england, year))
	}
	return figures
}
