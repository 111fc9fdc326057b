package chart

import (
	"fmt"
	"math"
	"strings"
)

// The samples are one chart of each kind as it is used, and those that are hard
// to lay out. All figures are invented.
func samples() map[string]Chart {
	long := strings.Repeat("An authority whose name is longer than any name should be ", 3)
	return map[string]Chart{
		"bars":           councils(9),
		"bars-grouped":   grouped(),
		"bars-153":       councils(153),
		"bars-long":      Bars{Title: "Long names", Of: "Council", Measure: long, Groups: []string{long, strings.Repeat("x", 200), "Short"}, Series: []Series{{long, []Value{Of(3), Of(1), Instead(long)}}}},
		"bars-one":       Bars{Title: "One", Of: "Council", Measure: "Days", Groups: []string{"Elmshire"}, Series: []Series{{"Days", []Value{Of(412)}}}},
		"bars-zero":      Bars{Title: "Noughts", Of: "Council", Measure: "Children", Groups: []string{"Elmshire", "Ashby"}, Series: []Series{{"Children", []Value{Of(0), Of(0)}}}},
		"bars-none":      Bars{Title: "Nothing", Of: "Council", Measure: "Days"},
		"bars-withheld":  Bars{Title: "Withheld", Of: "Council", Measure: "Children", Groups: []string{"Elmshire"}, Series: []Series{{"Children", []Value{Instead("5 or fewer")}}}},
		"funnel":         funnel(9, 2),
		"funnel-153":     funnel(153, 10),
		"funnel-one":     Funnel{Title: "One", Of: "Children", Measure: "Days", Points: []Point{{Name: "Elmshire", N: 12, Value: Of(400), Own: true}}, Pooled: 400},
		"ranges":         ranges(),
		"ranges-changes": changes(20),
		"ranges-one":     Ranges{Title: "One", Of: "Way", Measure: "Days", Groups: []string{"Alone"}, Series: []Spread{{"Days", []Range{{Mean: 200, Low: 200, High: 200}}}}},
		"ranges-zero":    Ranges{Title: "Noughts", Of: "Way", Measure: "More", Nought: "as many", Groups: []string{"Alone", long}, Series: []Spread{{long, []Range{{Quiet: true, Says: long}, {}}}}},
		"ranges-far":     Ranges{Title: "Far", Of: "Way", Measure: long, Groups: []string{"Alone"}, Series: []Spread{{"x", []Range{{Mean: 0, Low: -1e12, High: 1e12}}}}},
		"ranges-none":    Ranges{Title: "Nothing", Of: "Way", Measure: "Days"},
		"steps":          steps(),
		"steps-one":      Steps{Title: "One", Days: "Days", Measure: "Children still waiting", Curves: []Curve{{Name: "All", Steps: []Step{{0, 1, 1, 1, 1}}}}},
		"strip":          strip(3, 34),
		"strip-crowd":    strip(1, 2000),
		"strip-one":      Strip{Title: "One", Measure: "Days", Lines: []Line{{Name: "All", Dots: []Dot{{Days: 12}}, Median: Of(12)}}},
		"strip-equal":    Strip{Title: "Equal", Measure: "Days", Lines: []Line{{Name: "All", Dots: make([]Dot, 40), Median: Of(0)}}},
		"trend":          trend(),
		"trend-one":      Trend{Title: "One", Of: "Year", Measure: "Days", Periods: []string{"2026"}, Series: []Series{{"Elmshire", []Value{Of(400)}}}},
		"trend-withheld": Trend{Title: "Withheld", Of: "Year", Measure: "Days", Periods: []string{"2025", "2026"}, Series: []Series{{"Elmshire", []Value{Instead("fewer than 6"), {}}}}},
	}
}

func councils(n int) Bars {
	b := Bars{Title: "Days from entering care to moving in", Of: "Council", Measure: "Average days", Threshold: &Threshold{"Threshold", 426}}
	values := []Value{}
	for i := range n {
		b.Groups = append(b.Groups, fmt.Sprintf("Council of Invented %d", i+1))
		switch {
		case i == 3:
			values = append(values, Instead("fewer than 6 children"))
		default:
			values = append(values, Of(float64(300+(i*97)%290)))
		}
	}
	b.Series = []Series{{"Days", values}}
	return b
}

func grouped() Bars {
	return Bars{Title: "Waiting by age and year", Of: "Age at decision", Measure: "Children", Groups: []string{"Under 1", "1 to 4", "5 to 9", "10 and over"},
		Series: []Series{{"2024", []Value{Of(34), Of(61), Of(22), Instead("c")}}, {"2025", []Value{Of(31), Of(66), Of(19), Of(6)}}, {"2026", []Value{Of(28), Of(70), Of(25), Of(7)}}, {"Region", []Value{Of(40), Of(70), Of(30), Of(10)}}}}
}

func funnel(n, own int) Funnel {
	f := Funnel{Title: "Days from placement order to match", Of: "Children adopted in three years", Measure: "Average days from the placement order to the match", Pooled: 190}
	for i := range n {
		many := 6 + (i*37)%140
		f.Points = append(f.Points, Point{Name: fmt.Sprintf("Council of Invented %d", i+1), N: many, Own: i < own,
			Value: Of(190 + 300*math.Sin(float64(i)*2.4)/math.Sqrt(float64(many))), Says: "within the limits"})
	}
	f.Points = append(f.Points, Point{Name: "Small", Value: Instead("fewer than 6 children")})
	for many := 2; many <= 200; many += 2 {
		wide := 260 / math.Sqrt(float64(many))
		f.Limits = append(f.Limits, Limits{many, max(0, 190-1.96*wide), 190 + 1.96*wide, max(0, 190-3.09*wide), 190 + 3.09*wide})
	}
	return f
}

func ranges() Ranges {
	return Ranges{Title: "Placed of 100 children", Of: "Way of pooling", Measure: "Of 100 children with a placement order", Decimals: 1, Groups: []string{"Each council by itself", "Elmshire and Ashby (four councils)", "The whole of Invented"},
		Series: []Spread{
			{"within two years", []Range{{Mean: 91.2, Low: 90.7, High: 91.7}, {Mean: 93.6, Low: 93.1, High: 94.2}, {Mean: 92.9, Low: 92.3, High: 93.5}}},
			{"within one year", []Range{{Mean: 75.2, Low: 74.3, High: 76.1}, {Mean: 83.4, Low: 82.7, High: 84}, {Mean: 81.3, Low: 80.5, High: 82.1}}}}}
}

func changes(n int) Ranges {
	c := Ranges{Title: "Who gains and who loses", Of: "Children", Measure: "More placed, of 100 of their kind", Decimals: 1, Nought: "as many", Quiet: "cannot be told from chance", Series: []Spread{{Name: "More placed"}}}
	for i := range n {
		mean := 6 * math.Sin(float64(i)*1.7)
		r := Range{Mean: mean, Low: mean - 2, High: mean + 2}
		if r.Quiet = r.Low <= 0 && r.High >= 0; r.Quiet {
			r.Says = "cannot be told from chance"
		}
		c.Groups, c.Series[0].Ranges = append(c.Groups, fmt.Sprintf("Age: of invented kind %d", i+1)), append(c.Series[0].Ranges, r)
	}
	return c
}

func steps() Steps {
	curve := func(name string, fall float64) Curve {
		c := Curve{Name: name, Steps: []Step{{0, 1, 1, 1, 80}}}
		for i := 1; i < 20; i++ {
			share := math.Exp(-fall * float64(i) / 8)
			c.Steps = append(c.Steps, Step{i * 31, share, max(0, share-.02*math.Sqrt(float64(i))), min(1, share+.02*math.Sqrt(float64(i))), 80 - 4*i})
			if i%4 == 0 {
				c.Left = append(c.Left, i*31+11)
			}
		}
		return c
	}
	return Steps{Title: "Children waiting for a match", Days: "Days since the placement order", Measure: "Children still waiting", Curves: []Curve{curve("One child alone", 1), curve("Brothers and sisters together", .45)}, Threshold: &Threshold{"Threshold", 121}}
}

func strip(lines, dots int) Strip {
	c := Strip{Title: "Every child's days", Measure: "Days from the placement order to the match", Threshold: &Threshold{"Threshold", 121}}
	for i := range lines {
		l := Line{Name: fmt.Sprintf("Council of Invented %d", i+1), Median: Of(160)}
		for j := range dots {
			l.Dots = append(l.Dots, Dot{Days: 30 + math.Abs(math.Sin(float64(j*(i+1))))*float64(j*7%400), Open: j%9 == 0})
		}
		c.Lines = append(c.Lines, l)
	}
	return c
}

func trend() Trend {
	return Trend{Title: "Days from entering care to moving in", Of: "Three years ending", Measure: "Average days", Periods: []string{"2015", "2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2024", "2025", "2026"},
		Series: []Series{
			{"Elmshire", []Value{Of(610), Of(590), Of(571), Of(540), Of(530), Of(521), Instead("fewer than 6"), Of(499), Of(470), Of(450), Of(440), Of(431)}},
			{"Region", []Value{Of(560), Of(550), Of(548), Of(530), Of(515), Of(500), Of(490), Of(480), Of(475), Of(466), Of(455), Of(449)}}},
		Published: []Series{{"Department for Education, June 2019", []Value{Of(608), Of(593), Of(571), Of(545), {}, {}, {}, {}, {}, {}, {}, {}}}},
		Threshold: &Series{"Threshold of the year", []Value{Of(547), Of(487), Of(426), Of(426), Of(426), Of(426), Of(426), Of(426), Of(426), Of(426), Of(426), Of(426)}}}
}
