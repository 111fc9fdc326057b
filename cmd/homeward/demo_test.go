package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/figures"
	"homeward/internal/key"
	"homeward/internal/lab"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// demonstrated is a demonstration's database as far as its past.
func demonstrated(t *testing.T, today date.Date) *work.Desk {
	t.Helper()
	d, err := db.Migrate(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "homeward.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	desk := &work.Desk{DB: d, Keys: key.New(), AsOf: today}
	s := &shop{ctx: context.Background(), program: &program{}, out: io.Discard, err: io.Discard, log: slog.Default()}
	region, dir := lab.Generate(lab.Pilot, 1, today), t.TempDir()
	for _, step := range []func() error{
		func() error { return agree(s, desk, region) },
		func() error { return settle(s, desk, region, dir) },
		func() error { return remember(s, desk, syntheticFlags{Seed: 1, Scale: lab.Pilot}) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return desk
}

// A data officer of one council sees numbers that live: the scorecard of their own
// council and, since the pool's agreement shares figures, of the others.
func TestTheDemonstrationsNumbersLive(t *testing.T) {
	desk := demonstrated(t, date.MustOf(2026, time.November, 22))
	var officer access.Actor
	err := desk.Do(context.Background(), operator, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		for _, w := range book.Staff("DER") {
			if w.Role == access.DataOfficer {
				officer, _ = book.Actor(w.ID)
			}
		}
		return err
	})
	if err != nil || officer.ID == "" {
		t.Fatal("nobody makes Derby's returns", err)
	}
	err = desk.Do(context.Background(), officer, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		records, err := figures.Load(u, book)
		if err != nil {
			return err
		}
		scores := scorecard.New(records.Input, scorecard.Usual())
		for _, council := range []string{"DER", "DBY", "NOT", "NTT"} {
			for year := 2019; year <= 2026; year++ {
				for _, f := range scores.Scorecard(scorecard.Area{Name: council, Agencies: []string{council}}, year) {
					if f.Gives == scorecard.Days && (f.Why != "" || f.Value < 100 && f.Indicator != "A2" || len(f.Cases) < 20) {
						t.Errorf("%s of %s, %s: %s of %d children", f.Indicator, council, f.Period, f, len(f.Cases))
					}
				}
			}
		}
		f, err := scores.Figure("A4", scorecard.Area{Name: "DER", Agencies: []string{"DER"}}, scorecard.Year(2026))
		if err != nil || f.Why != "" || f.Numerator < 10 {
			t.Errorf("Derby took its return in, and still A4 is %s of %d: %v", f, f.Numerator, err)
		}
		for _, id := range []string{"A12", "F1", "F2"} {
			f, err := scores.Figure(id, scorecard.Area{Name: "all", Agencies: records.Agencies}, scorecard.Year(2026))
			if err != nil || f.Why != "" || len(f.Cases) < 50 {
				t.Errorf("%s is %s of %d families: %v", id, f, len(f.Cases), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stands(t, desk)
}

// stands looks at what the return added, and that everything is on the record.
func stands(t *testing.T, desk *work.Desk) {
	t.Helper()
	err := desk.Do(context.Background(), operator, "test", func(u *work.Unit) error {
		for query, least := range map[string]int{
			"SELECT COUNT(*) FROM return_reading WHERE state = 'taken' AND agency_code = 'DER'":                        1,
			"SELECT COUNT(*) FROM child WHERE child_ref LIKE 'HW%' AND status = 'adopted'":                             10,
			"SELECT COUNT(*) FROM return_fact WHERE field = 'placed_area'":                                             10,
			"SELECT COUNT(*) FROM audit_entry WHERE purpose = 'demo' AND kind = 'child' AND action = 'added'":          1500,
			"SELECT COUNT(*) FROM audit_entry WHERE purpose = 'demo' AND kind = 'family' AND action = 'added'":         1000,
			"SELECT COUNT(*) FROM child WHERE agency_code = 'DER' AND child_ref LIKE 'P%' AND status = 'adopted'":      150,
			"SELECT COUNT(*) FROM agreement WHERE covers LIKE '%figures%' AND pool = 'D2N2'":                           1,
			"SELECT COUNT(DISTINCT status) FROM child WHERE child_ref LIKE 'HW%' AND status IN ('waiting', 'adopted')": 1,
		} {
			var n int
			if err := u.QueryRow(query).Scan(&n); err != nil {
				return fmt.Errorf("%s: %w", query, err)
			}
			t.Logf("%6d: %s", n, query)
			if n < least {
				t.Errorf("%d, want %d or more: %s", n, least, query)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAReturnOfTheDemonstrationIsOneThatCanBeInvented(t *testing.T) {
	for day, want := range map[string]int{"2026-11-22": 2026, "2026-03-31": 2025, "2026-04-01": 2026, "2013-07-31": 2023, "2040-01-01": 2027} {
		on, err := date.Parse(day)
		if err != nil {
			t.Fatal(err)
		}
		if got := lastReturn(on); got != want {
			t.Errorf("on %s the last return is %d, want %d", day, got, want)
		}
	}
}
