package pool

import (
	"fmt"
	"math"
)

// Interval is a mean over replications, and how far from it the true one may lie:
// 95 times in 100 the range from Low to High holds it (Student's t). It is the
// chance of the laboratory alone: it says nothing of what the laboratory assumes.
type Interval struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Of   int     `json:"replications"`
}

// Estimate gives the interval of some independent values.
func Estimate(values []float64) Interval {
	n := float64(len(values))
	if n == 0 {
		return Interval{math.NaN(), math.Inf(-1), math.Inf(1), 0}
	}
	mean, squares := 0.0, 0.0
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	if n < 2 {
		return Interval{mean, math.Inf(-1), math.Inf(1), 1}
	}
	half := student(len(values)-1) * math.Sqrt(squares/(n-1)/n)
	return Interval{mean, mean - half, mean + half, len(values)}
}

// Differ gives the interval of the differences b-a of two policies, replication by
// replication: both had the same children and families.
func Differ(a, b []Result, of func(*Result) float64) (Interval, error) {
	if len(a) != len(b) {
		return Interval{}, fmt.Errorf("one run has %d replications and the other %d; finish both", len(a), len(b))
	}
	differences := make([]float64, len(a))
	for i := range a {
		differences[i] = of(&b[i]) - of(&a[i])
	}
	return Estimate(differences), nil
}

// Over gives the interval of a figure of each replication.
func Over(results []Result, of func(*Result) float64) Interval {
	list := make([]float64, len(results))
	for i := range results {
		list[i] = of(&results[i])
	}
	return Estimate(list)
}

// Tells whether the interval leaves no doubt on which side of nothing it lies.
func (i Interval) Tells() bool { return i.Low > 0 || i.High < 0 }

// Holds tells whether a value lies within.
func (i Interval) Holds(value float64) bool { return i.Low <= value && value <= i.High }

// Spread is the range within which 95 in 100 single replications fall: what one
// council may see in one year, where Estimate is about the mean of many.
func Spread(values []float64) Interval {
	i := Estimate(values)
	n := float64(len(values))
	half := (i.High - i.Mean) * math.Sqrt(n+1)
	return Interval{i.Mean, i.Mean - half, i.Mean + half, i.Of}
}

// students are the values of Student's t that 95 in 100 lie within, by degrees of
// freedom from 1.
var students = []float64{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
	2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042}

// student gives the same for any degrees: past the table by the first terms of its
// expansion about the normal distribution.
func student(degrees int) float64 {
	if degrees <= len(students) {
		return students[degrees-1]
	}
	const z = 1.959964
	d := float64(degrees)
	return z + (z*z*z+z)/(4*d) + (5*math.Pow(z, 5)+16*z*z*z+3*z)/(96*d*d)
}

// Flow is what was counted in a replication, over all its periods.
func (r *Result) Flow(name string) float64 {
	sum, at := 0.0, index(FlowNames, name)
	for i := range r.Periods {
		sum += float64(r.Periods[i].Flows[at])
	}
	return sum
}

// Stock is how many there were of something on the mean day.
func (r *Result) Stock(name string, periodDays int) float64 {
	sum, at := 0.0, index(StockNames, name)
	for i := range r.Periods {
		sum += float64(r.Periods[i].Days[at])
	}
	return sum / float64(periodDays*len(r.Periods))
}

func index(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	panic("pool: nothing is counted under the name " + name)
}
