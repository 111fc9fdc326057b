package web

import "homeward/internal/date"

// ageWords says an age as people do: in months below two years. A birth date
// that is not known is no age at all.
func ageWords(born, today date.Date) string {
	switch years := born.YearsOn(today); {
	case !born.Known():
		return "age not known"
	case born > today:
		return "not yet born"
	case years >= 2:
		return count(years, "year", "years")
	}
	months := 0
	for born.AddMonths(months+1) <= today {
		months++
	}
	return count(months, "month", "months")
}

// sinceWords says a day and how long ago it was.
func sinceWords(d, today date.Date) string {
	switch days := today.DaysSince(d); {
	case !d.Known():
		return "Not recorded"
	case days == 0:
		return d.Long() + " (today)"
	case days < 0:
		return d.Long() + " (in " + count(-days, "day", "days") + ")"
	default:
		return d.Long() + " (" + count(days, "day", "days") + " ago)"
	}
}
