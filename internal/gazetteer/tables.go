package gazetteer

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// column is one a reader needs: its name for people, and where it stands, -1 if
// the file has none.
type column struct {
	name string
	at   int
}

// unitColumns are what is needed of a file of whole postcodes.
type unitColumns struct{ postcode, quality, easting, northing, ended column }

// codePointOpen has no heading and always these ten columns.
var codePointOpen = unitColumns{
	postcode: column{"1 (postcode)", 0},
	quality:  column{"2 (positional quality)", 1},
	easting:  column{"3 (easting)", 2},
	northing: column{"4 (northing)", 3},
	ended:    column{"", -1},
}

const codePointWidth = 10

// The headings of ONSPD and NSPL, which changed in 2025.
var (
	onsPostcode = regexp.MustCompile(`^pcd[s278]?$`)
	onsEasting  = regexp.MustCompile(`^(os)?east1m$`)
	onsNorthing = regexp.MustCompile(`^(os)?no?rth1m$`)
	onsQuality  = regexp.MustCompile(`^(os)?gri?dind$`)
	onsEnded    = regexp.MustCompile(`^doterm$`)
)

// readTable reads a CSV file of whichever kind its first line shows.
func (r *Reading) readTable(l *lines) error {
	ok, err := l.next()
	if err != nil {
		return err
	}
	if !ok {
		return fileFault(l.file, "it is empty. Fetch it again.", nil)
	}
	head := headings(l)
	switch {
	case head.find(onsPostcode, "").at >= 0:
		return r.readONS(l, head)
	case head.named("sector").at >= 0:
		return r.readCentres(l, head, Sectors, head.named("sector"), Sector)
	case head.named("outcode").at >= 0:
		return r.readCentres(l, head, Outcodes, head.named("outcode"), Outward)
	case len(l.cells) == codePointWidth && isUnit(l.cells[0]):
		l.held = true // there is no heading: the first line is a row
		return r.readUnits(l, CodePointOpen, codePointOpen, codePointWidth)
	}
	return fileFault(l.file, "it is none of Code-Point Open (CSV without headings), ONSPD or NSPL (a column pcds), sectors (a column sector), "+
		"outward codes (a column outcode) or packed postcodes. Take it out of the folder, or load the right file.", nil)
}

func isUnit(cell []byte) bool {
	p, ok := parse(cell)
	return ok && p.Kind() == Unit
}

// heading is the names of the columns, in small letters.
type heading []string

func headings(l *lines) heading {
	h := make(heading, len(l.cells))
	for i, cell := range l.cells {
		h[i] = strings.ToLower(string(cell))
	}
	return h
}

// find gives the last column whose name matches: of the postcode's spellings
// (pcd, pcd2, pcds; pcd7, pcd8, pcds) any will do. One that is missing goes by
// the name it is given here.
func (h heading) find(pattern *regexp.Regexp, missing string) column {
	for i := len(h) - 1; i >= 0; i-- {
		if pattern.MatchString(h[i]) {
			return column{h[i], i}
		}
	}
	return column{missing, -1}
}

func (h heading) named(name string) column {
	return column{name, slices.Index(h, name)}
}

// require faults a file that lacks a column it cannot do without.
func (l *lines) require(columns ...column) error {
	for _, c := range columns {
		if c.at < 0 {
			return l.fault(c.name, "the column is missing. Load the file as it was published")
		}
	}
	return nil
}

func (r *Reading) readONS(l *lines, h heading) error {
	c := unitColumns{
		postcode: h.find(onsPostcode, "pcds"),
		quality:  h.find(onsQuality, "osgrdind or gridind"),
		easting:  h.find(onsEasting, "oseast1m or east1m"),
		northing: h.find(onsNorthing, "osnrth1m or north1m"),
		ended:    h.find(onsEnded, "doterm"),
	}
	if err := l.require(c.easting, c.northing); err != nil {
		return err
	}
	if c.quality.at < 0 {
		r.Report.QualityUnknown++
	}
	return r.readUnits(l, ONS, c, len(h))
}

func (r *Reading) readUnits(l *lines, source Source, c unitColumns, width int) error {
	rows, err := l.each(width, func() error {
		p, u, err := l.unit(c)
		if err != nil {
			return err
		}
		return r.addUnit(p, u)
	})
	r.Report.part(source).add(rows)
	return err
}

func (p *Part) add(rows int) {
	p.Files++
	p.Rows += rows
}

func (l *lines) unit(c unitColumns) (Postcode, unit, error) {
	p, ok := parse(l.cell(c.postcode))
	if !ok || p.Kind() != Unit {
		return p, 0, l.fault(c.postcode.name, "this is not a whole postcode. Correct it or leave the row out")
	}
	flags, err := l.quality(c.quality)
	if err != nil {
		return p, 0, err
	}
	if len(l.cell(c.ended)) > 0 {
		flags |= ended
	}
	if flags.has(unplaced) {
		return p, makeUnit(p, 0, 0, flags), nil
	}
	easting, northing, placed, err := l.metres(c.easting, c.northing)
	if err != nil {
		return p, 0, err
	}
	if !placed {
		flags |= unplaced
	}
	return p, makeUnit(p, easting, northing, flags), nil
}

// quality reads a positional quality on either scale: OS writes 10 to 90, ONS
// the same without the nought.
func (l *lines) quality(c column) (unit, error) {
	cell := l.cell(c)
	if len(cell) == 0 {
		return rough, nil
	}
	q, ok := whole(cell)
	if ok && q < 10 {
		q *= 10
	}
	switch {
	case !ok || q < 10 || q > 90:
		return 0, l.fault(c.name, "the positional quality is none of 10 to 90 or 1 to 9. Correct it or leave the row out")
	case q == 90:
		return unplaced, nil
	case q >= 50:
		return rough, nil
	}
	return 0, nil
}

// metres reads coordinates. Both blank, or both 0, is no position: the corner of
// the grid is in the sea.
func (l *lines) metres(e, n column) (easting, northing int, placed bool, err error) {
	if len(l.cell(e)) == 0 && len(l.cell(n)) == 0 {
		return 0, 0, false, nil
	}
	easting, ok := whole(l.cell(e))
	if !ok || easting > maxEasting {
		return 0, 0, false, l.fault(e.name, offGrid)
	}
	northing, ok = whole(l.cell(n))
	if !ok || northing > maxNorthing {
		return 0, 0, false, l.fault(n.name, offGrid)
	}
	return easting, northing, easting != 0 || northing != 0, nil
}

const offGrid = "this is not a number of metres on the National Grid. Correct it or leave the row out"

// whole reads a number that is not negative, rounded where it has decimals. It
// stands in the way of every row, so the common case is done by hand.
func whole(cell []byte) (int, bool) {
	n := 0
	for _, c := range cell {
		if !isDigit(c) || n > 1<<24 {
			f, ok := number(cell)
			return int(math.Round(f)), ok && f < 1<<24
		}
		n = n*10 + int(c-'0')
	}
	return n, len(cell) > 0
}

// number reads a finite number that is not negative.
func number(cell []byte) (float64, bool) {
	f, err := strconv.ParseFloat(string(cell), 64)
	plain := !bytes.ContainsAny(cell, "xXpP_") // ParseFloat takes programmers' spellings too
	return f, err == nil && plain && f >= 0 && !math.IsInf(f, 1)
}

// centreColumns are what is needed of a file of sectors or outward codes.
type centreColumns struct{ code, easting, northing, r95 column }

func (r *Reading) readCentres(l *lines, h heading, source Source, code column, kind Kind) error {
	c := centreColumns{code, h.named("easting"), h.named("northing"), h.named("r95_m")}
	if err := l.require(c.easting, c.northing, c.r95); err != nil {
		return err
	}
	rows, err := l.each(len(h), func() error { return r.readCentre(l, c, kind) })
	r.Report.part(source).add(rows)
	return err
}

func (r *Reading) readCentre(l *lines, c centreColumns, kind Kind) error {
	p, ok := parse(l.cell(c.code))
	if !ok || p.Kind() != kind {
		return l.fault(c.code.name, fmt.Sprintf("this is not %s. Correct it or leave the row out", nameOf[kind]))
	}
	easting, ok := number(l.cell(c.easting))
	if !ok || easting > maxEasting {
		return l.fault(c.easting.name, offGrid)
	}
	northing, ok := number(l.cell(c.northing))
	if !ok || northing > maxNorthing {
		return l.fault(c.northing.name, offGrid)
	}
	r95, ok := number(l.cell(c.r95))
	if !ok {
		return l.fault(c.r95.name, "this is not a number of metres. Correct it or leave the row out")
	}
	return r.addCentre(p, centre{easting, northing, r95})
}

var nameOf = map[Kind]string{
	Sector:  "a sector with its space (NG3 4)",
	Outward: "an outward code (DE22)",
}
