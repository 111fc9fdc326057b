// Package date holds civil dates: a day in England, with no time and no zone.
//
// Statutory clocks, ages and waits all count days, so a day is a type of its
// own. The zero Date means "not known". Months are clipped (31 January plus a
// month is the last day of February), ages are completed years with someone born
// on 29 February a year older on 1 March of a common year, and working days
// leave out weekends and the bank holidays of England in the table beside this
// file.
package date

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Date is a day, counted from 1 January of year 1 as day 1. Zero is "not known".
type Date int32

const (
	secondsPerDay = 24 * 60 * 60
	// unixDay is the Date of 1 January 1970.
	unixDay = 719163
)

// Of gives the date of a year, month and day, or an error where the calendar
// has no such day.
func Of(year int, month time.Month, day int) (Date, error) {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != month || t.Day() != day || year < 1 || year > 9999 {
		return 0, fmt.Errorf("%04d-%02d-%02d is not a day of the calendar", year, month, day)
	}
	return ofTime(t), nil
}

// MustOf is Of for days written in source code.
func MustOf(year int, month time.Month, day int) Date {
	d, err := Of(year, month, day)
	if err != nil {
		panic(err)
	}
	return d
}

// In is the day of an instant in a place.
func In(t time.Time, place *time.Location) Date {
	y, m, d := t.In(place).Date()
	return MustOf(y, m, d)
}

func ofTime(t time.Time) Date { return Date(t.Unix()/secondsPerDay + unixDay) }

// Parse reads YYYY-MM-DD. An empty text is the unknown date.
func Parse(s string) (Date, error) {
	if s == "" {
		return 0, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date written YYYY-MM-DD", s)
	}
	return Of(t.Date())
}

// Known tells whether the date is known.
func (d Date) Known() bool { return d != 0 }

// Time is midnight UTC of the day.
func (d Date) Time() time.Time {
	return time.Unix((int64(d)-unixDay)*secondsPerDay, 0).UTC()
}

// Parts gives year, month and day.
func (d Date) Parts() (int, time.Month, int) { return d.Time().Date() }

// String writes YYYY-MM-DD, or nothing for the unknown date.
func (d Date) String() string {
	if !d.Known() {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// Long writes a date as people read it: 4 June 2025.
func (d Date) Long() string {
	if !d.Known() {
		return ""
	}
	return d.Time().Format("2 January 2006")
}

// AddDays counts calendar days.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// DaysSince counts the days from another date to this one.
func (d Date) DaysSince(earlier Date) int { return int(d) - int(earlier) }

// AddMonths counts calendar months, clipped to the end of a shorter month.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Parts()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return ofTime(first) + Date(min(day, last)) - 1
}

// YearsOn is an age: the completed years from a birth date to a day, never
// below 0 (a child not yet born is 0).
func (d Date) YearsOn(on Date) int {
	by, bm, bd := d.Parts()
	y, m, day := on.Parts()
	years := y - by
	if m < bm || (m == bm && day < bd) {
		years--
	}
	return max(years, 0)
}

// Value writes a date for the database; the unknown date is NULL.
func (d Date) Value() (driver.Value, error) {
	if !d.Known() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan reads a date as either database hands it back.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = 0
	case time.Time:
		*d = In(v, time.UTC)
	case string:
		return d.parse(v)
	case []byte:
		return d.parse(string(v))
	default:
		return fmt.Errorf("cannot read a date from %T", src)
	}
	return nil
}

func (d *Date) parse(s string) error {
	if len(s) > len(time.DateOnly) {
		s = s[:len(time.DateOnly)]
	}
	var err error
	*d, err = Parse(s)
	return err
}
