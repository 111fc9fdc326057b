package scorecard

import (
	"fmt"
	"time"

	"homeward/internal/date"
)

// Period is the days a figure is for, its first and last among them: the returns
// speak of 1 April to 31 March.
type Period struct{ First, Last date.Date }

// Year is the reporting year that ends on 31 March of a calendar year.
func Year(ends int) Period { return years(ends, 1) }

// ThreeYears are the three reporting years that end with one, over which the
// scorecard takes its averages.
func ThreeYears(ends int) Period { return years(ends, 3) }

func years(ends, n int) Period {
	return Period{date.MustOf(ends-n, time.April, 1), date.MustOf(ends, time.March, 31)}
}

// Rolling is the months that end with a day.
func Rolling(last date.Date, months int) Period {
	return Period{last.AddDays(1).AddMonths(-months), last}
}

// RollingQuarters are n periods of some months each, the last one ending with a
// day and each a quarter after the one before.
func RollingQuarters(last date.Date, months, n int) []Period {
	list := make([]Period, n)
	for i := range list {
		end := last.AddDays(1).AddMonths(-3 * (n - 1 - i)).AddDays(-1)
		list[i] = Rolling(end, months)
	}
	return list
}

// Contains tells whether a known day is in the period.
func (p Period) Contains(d date.Date) bool { return d.Known() && p.First <= d && d <= p.Last }

// String says the period in words.
func (p Period) String() string { return fmt.Sprintf("%s to %s", p.First.Long(), p.Last.Long()) }

// reportingYears are the years the period is made of, or none where it is not
// made of whole ones.
func (p Period) reportingYears() []int {
	var list []int
	last := yearOf(p.Last)
	for y := yearOf(p.First); y <= last; y++ {
		list = append(list, y)
	}
	if p != years(last, len(list)) {
		return nil
	}
	return list
}

// yearOf is the calendar year in which a day's reporting year ends.
func yearOf(d date.Date) int {
	y, m, _ := d.Parts()
	if m >= time.April {
		y++
	}
	return y
}

// Threshold is the longest average wait the Department accepted, for the three
// years that end in one of some years.
type Threshold struct {
	Indicators []string
	Days       int
	From, To   int // the years the three years end in; To 0 is "and after"
	Source     string
	Status     Status
}

// thresholds leave out the three years to March 2013: what we have seen for them
// (about 608 and 182 days) is not verified, so nothing is judged by it.
var thresholds = []Threshold{
	{[]string{"A1", "A10"}, 639, 2011, 2012, "Yorkshire Post, https://www.yorkshirepost.co.uk/news/councils-attacked-failing-meet-adoption-threshold-1877092", ToConfirm},
	{[]string{"A2"}, 213, 2011, 2012, "Yorkshire Post, as for A1", ToConfirm},
	{[]string{"A1", "A10"}, 547, 2014, 2014, wolverhampton, Verified},
	{[]string{"A2"}, 182, 2014, 2014, wolverhampton, Verified},
	{[]string{"A1", "A10"}, 487, 2015, 2015, wolverhampton, Verified},
	{[]string{"A2"}, 152, 2015, 2015, wolverhampton, Verified},
	{[]string{"A1", "A10"}, 426, 2016, 0, "DfE, 14 January 2014, in months, https://gov.uk/government/news/adoption-scorecards-and-thresholds-published; in days in http://democracy.sheffield.gov.uk/mgAi.aspx?ID=11016", Verified},
	{[]string{"A2"}, 121, 2016, 0, "DfE, as for A1; in days in https://moderngov.cheshireeast.gov.uk/mgAi.aspx?ID=53804", Verified},
}

// ThresholdOf is the threshold of an indicator in the year a day is in.
func ThresholdOf(indicator string, day date.Date) (Threshold, bool) {
	year := yearOf(day)
	for _, t := range thresholds {
		for _, id := range t.Indicators {
			if id == indicator && t.From <= year && (t.To == 0 || year <= t.To) {
				return t, true
			}
		}
	}
	return Threshold{}, false
}
