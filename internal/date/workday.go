package date

import (
	_ "embed"
	"fmt"
	"strings"
	"time"
)

// The bank holidays of England, 2005 to 2030. Source: own rules and the
// proclaimed days; 2019 to 2027 checked equal to gov.uk's published list (OGL
// v3.0). The last years are by rule only: a proclamation can still add a day.
//
//go:embed bank_holidays.csv
var bankHolidaysCSV string

var (
	bankHolidays = mustReadHolidays(bankHolidaysCSV)
	// firstYear and lastYear bound the table: outside it nobody knows.
	firstYear, lastYear = 2005, 2030
)

func mustReadHolidays(text string) map[Date]string {
	holidays := map[Date]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
		cells := strings.Split(strings.TrimSpace(line), ",")
		d, err := Parse(cells[0])
		if err != nil {
			panic(err) // the table is part of the program
		}
		holidays[d] = cells[1]
	}
	return holidays
}

// BankHoliday names the bank holiday of a day in England, if it is one.
func BankHoliday(d Date) (string, bool) {
	name, ok := bankHolidays[d]
	return name, ok
}

// IsWorkingDay tells whether a day is neither a weekend nor a bank holiday.
func (d Date) IsWorkingDay() bool {
	if w := d.Time().Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	_, holiday := bankHolidays[d]
	return !holiday
}

// AddWorkingDays counts n working days on from a date, the day itself not
// counted, and fails rather than guess beyond the years of the table.
func (d Date) AddWorkingDays(n int) (Date, error) {
	for n > 0 {
		d++
		if y, _, _ := d.Parts(); y < firstYear || y > lastYear {
			return 0, fmt.Errorf("the bank holidays of %d are not in Homeward's table (%d to %d)", y, firstYear, lastYear)
		}
		if d.IsWorkingDay() {
			n--
		}
	}
	return d, nil
}
