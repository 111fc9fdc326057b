package lab

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Postcode is a row of a synthetic region's own gazetteer.
type Postcode struct {
	Text              string
	Easting, Northing int // metres
}

// headings are those of NSPL since 2025 that a gazetteer needs.
var headings = []string{"pcd7", "pcd8", "pcds", "dointr", "doterm", "usrtypind", "east1m", "north1m", "gridind"}

// Introduced and quality of every synthetic postcode: long in use, and exact.
const (
	introduced = "198001"
	smallUser  = "0"
	exact      = "1"
)

// WriteGazetteer writes the postcodes of the region as gazetteer.csv.
func (s *Synthetic) WriteGazetteer(to io.Writer) error {
	out := csv.NewWriter(to)
	table := [][]string{headings}
	for _, p := range s.Gazetteer {
		table = append(table, p.row())
	}
	return out.WriteAll(table)
}

func (p Postcode) row() []string {
	outward, inward, _ := strings.Cut(p.Text, " ")
	pad := func(width int) string { return outward + strings.Repeat(" ", width-len(outward)) + inward }
	return []string{pad(4), pad(5), p.Text, introduced, "", smallUser, strconv.Itoa(p.Easting), strconv.Itoa(p.Northing), exact}
}
