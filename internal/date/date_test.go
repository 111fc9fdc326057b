package date

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestParseRefusesWhatTheCalendarLacks(t *testing.T) {
	for _, s := range []string{"2025-02-29", "2025-13-01", "2025-00-10", "21/11/2026", "2026-1-2", " 2026-01-02", "tomorrow"} {
		if d, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v, want an error", s, d)
		}
	}
	if d := day("2024-02-29"); d.String() != "2024-02-29" || d.Long() != "29 February 2024" {
		t.Errorf("leap day reads %s, %s", d, d.Long())
	}
	if d := day(""); d.Known() || d.String() != "" {
		t.Error("an empty text must be the unknown date")
	}
}

func TestMonthsAreClipped(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2025-01-31", 1, "2025-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2025-08-31", 6, "2026-02-28"},
		{"2025-03-31", -1, "2025-02-28"},
		{"2025-11-15", 14, "2027-01-15"},
	} {
		if got := day(c.from).AddMonths(c.months); got != day(c.want) {
			t.Errorf("%s + %d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestBornOn29FebruaryIsAYearOlderOn1March(t *testing.T) {
	born := day("2020-02-29")
	for on, want := range map[string]int{"2025-02-28": 4, "2025-03-01": 5, "2024-02-28": 3, "2024-02-29": 4, "2020-02-28": 0, "2019-01-01": 0} {
		if got := born.YearsOn(day(on)); got != want {
			t.Errorf("age on %s = %d, want %d", on, got, want)
		}
	}
}

func TestTenWorkingDaysAcrossTheQueensFuneral(t *testing.T) {
	// 19 September 2022 was a bank holiday that calendars from libraries miss.
	got, err := day("2022-09-08").AddWorkingDays(10)
	if err != nil || got != day("2022-09-23") {
		t.Errorf("got %s, %v, want 2022-09-23", got, err)
	}
	if name, ok := BankHoliday(day("2022-09-19")); !ok || name == "" {
		t.Error("the funeral is missing from the table")
	}
}

func TestWorkingDaysFailRatherThanGuess(t *testing.T) {
	if d, err := day("2030-12-20").AddWorkingDays(20); err == nil {
		t.Errorf("got %s beyond the table", d)
	}
}

func TestDatesSurviveBothDatabases(t *testing.T) {
	want := day("2026-11-21")
	for _, src := range []any{"2026-11-21", []byte("2026-11-21"), "2026-11-21 00:00:00+00:00", time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)} {
		var d Date
		if err := d.Scan(src); err != nil || d != want {
			t.Errorf("Scan(%v) = %v, %v", src, d, err)
		}
	}
	if v, err := Date(0).Value(); v != nil || err != nil {
		t.Errorf("the unknown date is written as %v", v)
	}
}

func TestDateArithmeticAgreesWithTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 1_000_000).Draw(t, "day")
		add := rapid.IntRange(-4000, 4000).Draw(t, "days")
		d := Date(n + 5000)
		y, m, dd := d.Parts()
		if MustOf(y, m, dd) != d {
			t.Fatalf("%v does not come back from its parts", d)
		}
		if got := d.AddDays(add).Time(); !got.Equal(d.Time().AddDate(0, 0, add)) {
			t.Fatalf("%v + %d = %v", d, add, got)
		}
		if back := d.AddDays(add).DaysSince(d); back != add {
			t.Fatalf("days since = %d, want %d", back, add)
		}
	})
}
