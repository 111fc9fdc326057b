package programme

import (
	"fmt"
	"slices"

	"homeward/internal/chart"
)

// Drawing is a chart of a table of its section, as data.
type Drawing struct {
	ID        string       `json:"id"`
	Table     string       `json:"table"` // whose figures it draws
	Title     string       `json:"title"`
	Of        string       `json:"of"`
	Measure   string       `json:"measure"`
	Places    []string     `json:"places,omitempty"` // of a trend
	Series    []Series     `json:"series,omitempty"`
	Threshold *Series      `json:"threshold,omitempty"`
	Funnel    *FunnelShape `json:"funnel,omitempty"`
}

// Series is a line of a trend.
type Series struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
}

// Value is a figure, or none because it is kept back.
type Value struct {
	N      float64 `json:"n"`
	Hidden bool    `json:"hidden,omitempty"`
}

// FunnelShape is the points and limits of a funnel.
type FunnelShape struct {
	Pooled float64  `json:"pooled"`
	Points []Point  `json:"points"`
	Limits []Limits `json:"limits"`
}

// Point is one council in a funnel.
type Point struct {
	Name  string `json:"name"`
	N     int    `json:"n"`
	Value Value  `json:"value"`
	Own   bool   `json:"own,omitempty"`
	Says  string `json:"says,omitempty"`
}

// Limits are how far chance takes a council of n children.
type Limits struct {
	N       int     `json:"n"`
	Low95   float64 `json:"low95"`
	High95  float64 `json:"high95"`
	Low998  float64 `json:"low998"`
	High998 float64 `json:"high998"`
}

func (v Value) chart() chart.Value {
	if v.Hidden {
		return chart.Instead("not shown")
	}
	return chart.Of(v.N)
}

func (s Series) chart() chart.Series {
	out := chart.Series{Name: s.Name}
	for _, v := range s.Values {
		out.Values = append(out.Values, v.chart())
	}
	return out
}

// shows tells whether a trend has anything to draw.
func (d Drawing) shows() bool {
	return slices.ContainsFunc(d.Series, func(s Series) bool { return slices.ContainsFunc(s.Values, func(v Value) bool { return !v.Hidden }) })
}

// Chart is the drawing as it is drawn.
func (d Drawing) Chart() chart.Chart {
	if d.Funnel != nil {
		f := chart.Funnel{Title: d.Title, Of: d.Of, Measure: d.Measure, Pooled: d.Funnel.Pooled}
		for _, p := range d.Funnel.Points {
			f.Points = append(f.Points, chart.Point{Name: p.Name, N: p.N, Value: p.Value.chart(), Own: p.Own, Says: p.Says})
		}
		for _, l := range d.Funnel.Limits {
			f.Limits = append(f.Limits, chart.Limits(l))
		}
		return f
	}
	t := chart.Trend{Title: d.Title, Of: d.Of, Measure: d.Measure, Periods: d.Places}
	for _, s := range d.Series {
		t.Series = append(t.Series, s.chart())
	}
	if d.Threshold != nil {
		line := d.Threshold.chart()
		t.Threshold = &line
	}
	return t
}

// Chart is the table as charts and documents know tables.
func (t Table) Chart() chart.Table {
	out := chart.Table{Caption: t.Caption, Header: t.Header, Rows: t.Rows}
	for i := range t.Header {
		out.Numeric = append(out.Numeric, i > 0 && t.numbers(i))
	}
	return out
}

// numbers tells whether a column holds numbers.
func (t Table) numbers(column int) bool {
	for _, row := range t.Rows {
		var n float64
		if _, err := fmt.Sscanf(row[column], "%g", &n); err != nil && row[column] != hidden {
			return false
		}
	}
	return true
}
