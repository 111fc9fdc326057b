package scorecard

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"homeward/internal/date"
)

// Published is a value that somebody has published, as they published it. It
// stands beside Homeward's own figure and is never overwritten: where two sources
// disagree, both are kept.
type Published struct {
	Area      string
	Indicator string // an indicator's ID or a wait's
	Unit      string
	Period    Period // a day that the source does not tell is blank
	Value     float64
	On        date.Date // published on; blank where not known
	Source    string
	Note      string
}

//go:embed published.csv
var publishedCSV string

var publishedValues = sync.OnceValue(func() []Published {
	list, err := ReadPublished(publishedCSV)
	if err != nil {
		panic(err) // the table is part of the program
	}
	return list
})

// PublishedOf lists the published values of an area and an indicator, all there
// are, among those Homeward comes with and those handed over.
func PublishedOf(area, indicator string, own ...Published) []Published {
	var list []Published
	for _, values := range [][]Published{publishedValues(), own} {
		for _, p := range values {
			if p.Area == area && p.Indicator == indicator {
				list = append(list, p)
			}
		}
	}
	return list
}

// ReadPublished reads a table of published values: area, indicator, unit, first,
// last, value, published_on, source, note.
func ReadPublished(text string) ([]Published, error) {
	lines := csv.NewReader(strings.NewReader(text))
	lines.FieldsPerRecord = 9
	rows, err := lines.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the table of published values cannot be read: %w", err)
	}
	var list []Published
	for i, row := range rows {
		if i == 0 {
			continue // the heading
		}
		p, err := readPublished(row)
		if err != nil {
			return nil, fmt.Errorf("line %d of the published values: %w", i+1, err)
		}
		list = append(list, p)
	}
	return list, nil
}

func readPublished(row []string) (Published, error) {
	p := Published{Area: row[0], Indicator: row[1], Unit: row[2], Source: row[7], Note: row[8]}
	for i, to := range map[int]*date.Date{3: &p.Period.First, 4: &p.Period.Last, 6: &p.On} {
		day, err := date.Parse(row[i])
		if err != nil {
			return p, err
		}
		*to = day
	}
	var err error
	if p.Value, err = strconv.ParseFloat(row[5], 64); err != nil || math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
		return p, fmt.Errorf("%q is not a number", row[5])
	}
	if p.Area == "" || p.Indicator == "" || p.Source == "" {
		return p, fmt.Errorf("a published value needs an area, an indicator and a source")
	}
	return p, nil
}
