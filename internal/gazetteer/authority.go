package gazetteer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"homeward/internal/date"
	"homeward/internal/fault"
)

// Authority is an upper-tier authority of England: a county, a unitary, a
// metropolitan district or a London borough; the council that answers for a
// child. One that was re-coded stands in the table once for each code.
type Authority struct {
	GSS    string // the code of the Office for National Statistics
	Number string // the three digits of the Department for Education; blank where it had none
	Name   string
	From   date.Date // the first day of the code, 2009 for all that were there then
	To     date.Date // its last, or none
}

// The table's sources stand in its first lines.
//
//go:embed authorities.csv
var authoritiesCSV string

var authorities = mustReadAuthorities(authoritiesCSV)

func mustReadAuthorities(text string) []Authority {
	in := csv.NewReader(strings.NewReader(text))
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil {
		panic(err) // the table is part of the program
	}
	var list []Authority
	for _, row := range rows[1:] {
		from, err := date.Parse(row[3])
		to, err2 := date.Parse(row[4])
		if err := errors.Join(err, err2); err != nil {
			panic(err)
		}
		list = append(list, Authority{row[0], row[1], row[2], from, to})
	}
	return list
}

// Authorities lists the authorities, those that ended too, by their codes.
func Authorities() []Authority { return slices.Clone(authorities) }

// AuthorityOf gives the code of the authority of a DfE number: of several the
// newest, by which Places names it too, and the last of one that ended.
func AuthorityOf(number string) (gss string, ok bool) {
	var newest Authority
	for _, a := range authorities {
		if number != "" && a.Number == number && a.From >= newest.From {
			newest = a
		}
	}
	return newest.GSS, newest.GSS != ""
}

// newestCode gives the code an authority has now: Barnsley and Sheffield had
// another until 2025, and files of either year are about.
func newestCode(gss string) string {
	i := slices.IndexFunc(authorities, func(a Authority) bool { return a.GSS == gss })
	if i < 0 {
		return gss // newer than the table
	}
	if now, ok := AuthorityOf(authorities[i].Number); ok {
		return now
	}
	return gss
}

// What stands for an authority outside England, in a return to the Department
// for Education.
const (
	Scotland        = "SCO"
	Wales           = "WAL"
	NorthernIreland = "NIR"
)

// Place is where a whole postcode is.
type Place struct {
	// Easting and Northing are metres on the National Grid, if it is Located. A
	// postcode of Northern Ireland never is, nor one without a position.
	Easting, Northing int
	Located           bool
	// Authority is the GSS code of the upper-tier authority; Scotland, Wales or
	// NorthernIreland; or blank where the file gives none (the Channel Islands).
	Authority string
}

// Places is a gazetteer of whole postcodes with the authority each lies in, for
// the returns councils make. Those no longer in use count as well. It lies in
// memory, eight bytes a postcode, and never changes.
type Places struct {
	table       *Table   // whose units have, in the place of flags, an authority and whether they are located
	authorities []string // by the units' numbers
	areas       map[[2]byte]bool
	lacking     bool
}

// A unit of Places has nine bits where a Table has flags.
const (
	located        unit = 1
	authorityShift      = 1
	authorityMask       = 1<<8 - 1
	flagsMask      unit = 1<<northingShift - 1
)

// ReadPlaces reads a file, or every file of a folder, as Read does, for whole
// postcodes and their authorities.
func ReadPlaces(path string) (*Places, error) {
	files, err := filesAt(path)
	if err != nil {
		return nil, err
	}
	r := newPlacing(usualLimits)
	for _, file := range files {
		if err := r.readFile(file); err != nil {
			return nil, err
		}
	}
	places := r.places()
	if places.Units() == 0 {
		return nil, fileFault(filepath.Base(path), "there are no whole postcodes. Load Code-Point Open, ONSPD, NSPL or packed postcodes.", nil)
	}
	return places, nil
}

// PlaceRow is a postcode and where it is.
type PlaceRow struct {
	Postcode string
	Place    Place
}

// MakePlaces makes a gazetteer of rows that a program or a test is sure of: one
// that could not stand in a file is a panic.
func MakePlaces(rows []PlaceRow) *Places {
	r := newPlacing(usualLimits)
	for _, row := range rows {
		if err := r.addRow(row); err != nil {
			panic(err)
		}
	}
	return r.places()
}

func (r *placing) addRow(row PlaceRow) error {
	p, ok := parse(row.Postcode)
	if !ok || p.Kind() != Unit {
		return errShape
	}
	flags := unit(0)
	if !row.Place.Located {
		flags = unplaced
	}
	at := row.Place
	if uint(at.Easting) > maxEasting || uint(at.Northing) > maxNorthing {
		return fault.New(fault.Invalid, offGrid)
	}
	authority, ok := r.numberOf([]byte(at.Authority))
	if !ok {
		return fault.New(fault.Invalid, tooManyAuthorities)
	}
	return r.add(p, makeUnit(p, at.Easting, at.Northing, flags), authority)
}

// Find gives the place of a whole postcode, in capitals or not, with spaces or
// without; ok is false if the gazetteer does not hold it.
func (p *Places) Find(text string) (place Place, ok bool) {
	code, _ := parse(text) // what is not a postcode is blank
	if code.Kind() != Unit {
		return Place{}, false
	}
	u, ok := p.table.unit(code)
	if !ok {
		return Place{}, false
	}
	place = Place{Located: u.has(located), Authority: p.authorities[u>>authorityShift&authorityMask]}
	if place.Located {
		place.Easting, place.Northing = int(u>>eastingShift&eastingMask), int(u>>northingShift&northingMask)
	}
	return place, true
}

// Covers tells whether the gazetteer can deny that there is such a postcode,
// should it not find it: it holds others of its postal area (DE), or the text
// has not the shape of one. Code-Point Open does not cover Northern Ireland.
func (p *Places) Covers(text string) bool {
	code, _ := parse(text)
	return code.Kind() != Unit || p.areas[code.area()]
}

// area is the one or two letters a postcode begins with.
func (p Postcode) area() [2]byte {
	if isDigit(p.text[1]) {
		return [2]byte{p.text[0]}
	}
	return [2]byte{p.text[0], p.text[1]}
}

// Units is how many postcodes there are.
func (p *Places) Units() int { return p.table.Units() }

// HasAuthorities tells whether the authority of every postcode could be read: a
// file may have no such column, or districts without their counties.
func (p *Places) HasAuthorities() bool { return !p.lacking }

// HoldsAuthority tells whether the gazetteer has postcodes in an authority, by any
// of its codes. If not, because it ended or the gazetteer is of somewhere else,
// every place would seem to be outside it.
func (p *Places) HoldsAuthority(gss string) bool {
	return gss != "" && slices.Contains(p.authorities, newestCode(gss))
}

func filesAt(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no file or folder %s to read.", path), err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("The folder %s cannot be read.", path), err)
	}
	var files []string
	for _, e := range entries {
		if e.IsDir() {
			return nil, fault.New(fault.Invalid, fmt.Sprintf(
				"The folder %s holds a folder, %s. Give the folder that holds only the files (for Code-Point Open: Data/CSV).", path, e.Name()))
		}
		files = append(files, filepath.Join(path, e.Name()))
	}
	if len(files) == 0 {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("The folder %s is empty.", path))
	}
	return files, nil
}

// placing reads files into Places. It has a Reading bound and sort the postcodes;
// that one's report means nothing, since it counts flags that are not there.
type placing struct {
	reading     *Reading
	authorities []string // those met so far, the first being none
	numbers     map[string]unit
	lacking     bool
}

func newPlacing(within limits) *placing {
	return &placing{
		reading:     &Reading{left: within, areas: map[Postcode]*[]unit{}, centres: map[Postcode]centre{}},
		authorities: []string{""},
		numbers:     map[string]unit{"": 0},
	}
}

func (r *placing) places() *Places {
	r.reading.settle()
	p := &Places{table: r.reading.Table(), areas: map[[2]byte]bool{}, lacking: r.lacking}
	for outward := range p.table.areas {
		p.areas[outward.area()] = true
	}
	for _, gss := range r.authorities {
		p.authorities = append(p.authorities, newestCode(gss))
	}
	return p
}

func (r *placing) readFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read as a file.", path), err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be opened.", path), err)
	}
	defer f.Close()
	return r.readStream(filepath.Base(path), bufio.NewReaderSize(f, maxLine))
}

func (r *placing) readStream(name string, in *bufio.Reader) error {
	if starts(in, "\x1f\x8b") {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return fileFault(name, "it begins like a gzip file but is damaged. Fetch it again.", err)
		}
		in = bufio.NewReaderSize(unpacked, maxLine)
	}
	in = bufio.NewReaderSize(metered{in, &r.reading.left.bytes}, maxLine)
	if refusal := refuse(in); refusal != "" {
		return fileFault(name, refusal, nil)
	}
	if starts(in, packedMagic) {
		return r.readPacked(name, in)
	}
	if starts(in, "\xef\xbb\xbf") {
		_, _ = in.Discard(3) // just looked at
	}
	return r.readTable(&lines{in: in, file: name})
}

// authorityColumns are what tells the authority: the county's code, or if there
// is no county the district's.
type authorityColumns struct{ county, district column }

var codePointAuthority = authorityColumns{county: column{"8 (county)", 7}, district: column{"9 (district)", 8}}

// The headings of ONSPD and NSPL.
var (
	onsCounty   = regexp.MustCompile(`^(os)?cty$|^cty\d\dcd$`)
	onsDistrict = regexp.MustCompile(`^(os)?laua$|^lad\d\dcd$`)
)

// readTable reads a file of whole postcodes. Any other is checked and passed
// over: the postcodes of a sector may lie in several authorities.
func (r *placing) readTable(l *lines) error {
	ok, err := l.next()
	if err != nil {
		return err
	}
	head := headings(l)
	switch {
	case ok && head.find(onsPostcode, "").at >= 0:
		return r.readONS(l, head)
	case ok && len(l.cells) == codePointWidth && isUnit(l.cells[0]):
		l.held = true
		return r.readUnits(l, codePointOpen, codePointAuthority, codePointWidth)
	}
	l.held = ok
	return r.reading.readTable(l)
}

func (r *placing) readONS(l *lines, h heading) error {
	c := unitColumns{
		postcode: h.find(onsPostcode, "pcds"),
		quality:  h.find(onsQuality, "osgrdind or gridind"),
		easting:  h.find(onsEasting, "oseast1m or east1m"),
		northing: h.find(onsNorthing, "osnrth1m or north1m"),
		ended:    h.find(onsEnded, "doterm"),
	}
	a := authorityColumns{county: h.find(onsCounty, "oscty"), district: h.find(onsDistrict, "oslaua")}
	r.lacking = r.lacking || a.district.at < 0
	if err := l.require(c.easting, c.northing); err != nil {
		return err
	}
	return r.readUnits(l, c, a, len(h))
}

func (r *placing) readUnits(l *lines, c unitColumns, a authorityColumns, width int) error {
	_, err := l.each(width, func() error {
		p, u, err := l.unit(c)
		if err != nil {
			return err
		}
		authority, err := r.authority(l, a)
		if err != nil {
			return err
		}
		return r.add(p, u, authority)
	})
	return err
}

func (r *placing) add(p Postcode, u, authority unit) error {
	if !u.has(unplaced) {
		authority |= located
	}
	return r.reading.addUnit(p, u&^flagsMask|authority)
}

// authority gives the number of a row's authority, in its place in a unit.
func (r *placing) authority(l *lines, c authorityColumns) (unit, error) {
	county, district := l.cell(c.county), l.cell(c.district)
	if bytes.HasPrefix(county, []byte("E10")) {
		c.district, district = c.county, county
	}
	if len(district) > 0 && !isGSS(district) {
		return 0, l.fault(c.district.name, "this is not a code such as E06000015. Correct it, or load a file of 2011 or later")
	}
	if c.county.at < 0 && bytes.HasPrefix(district, []byte("E07")) {
		r.lacking = true
	}
	n, ok := r.number(district)
	if !ok {
		return 0, l.fault(c.district.name, tooManyAuthorities)
	}
	return n, nil
}

const tooManyAuthorities = "there are more authorities than the country has. Load the file as it was published"

// number gives the number of an authority by a GSS code, in its place in a unit.
// Of a district which has a county above it that is none.
func (r *placing) number(code []byte) (n unit, ok bool) {
	if len(code) == 0 {
		return 0, true
	}
	switch string(code[:3]) {
	case "E06", "E08", "E09", "E10":
		return r.numberOf(code)
	}
	return r.numberOf(nations[code[0]])
}

// numberOf gives the number of an authority by its name in Place.
func (r *placing) numberOf(name []byte) (n unit, ok bool) {
	n, ok = r.numbers[string(name)]
	if !ok && len(r.authorities) <= authorityMask {
		n, ok = unit(len(r.authorities))<<authorityShift, true
		r.authorities = append(r.authorities, string(name))
		r.numbers[string(name)] = n
	}
	return n, ok
}

var nations = map[byte][]byte{'S': []byte(Scotland), 'W': []byte(Wales), 'N': []byte(NorthernIreland)}

// isGSS tells whether a text has the shape of a code: a letter and eight digits.
func isGSS(code []byte) bool {
	return len(code) == 9 && isLetter(code[0]) && !slices.ContainsFunc(code[1:], func(c byte) bool { return !isDigit(c) })
}

// readPacked reads packed postcodes, whose list of authorities is taken in here.
func (r *placing) readPacked(name string, in *bufio.Reader) error {
	f := &packedFile{in: in, name: name}
	numbers := r.packedHead(f)
	for n := f.uint(); f.err == nil && f.sector < n; {
		f.sector++
		if err := r.readPackedSector(f, numbers); err != nil {
			return err
		}
	}
	f.finish()
	if f.err != nil {
		return f.fault()
	}
	return nil
}

func (r *placing) packedHead(f *packedFile) (numbers []unit) {
	var line []byte
	for range 3 { // the name of the format, the attribution, the authorities
		var err error
		line, err = f.in.ReadSlice('\n')
		f.fail(err)
	}
	for code := range bytes.SplitSeq(bytes.TrimSpace(line), []byte(",")) {
		n, ok := unit(0), isGSS(code)
		if ok {
			n, ok = r.number(code)
		}
		if !ok {
			f.fail(errPackedValue)
		}
		numbers = append(numbers, n)
	}
	f.authorities = len(numbers)
	return numbers
}

func (r *placing) readPackedSector(f *packedFile, numbers []unit) error {
	sector := f.code()
	units := f.upTo(unitsASector)
	at := point{f.upTo(maxEasting / packedMetres), f.upTo(maxNorthing / packedMetres)}
	usual := f.authorityHere()
	letters, authority := -1, 0
	for range units {
		letters, authority = f.unitIn(letters, usual)
		at = f.step(at)
		if f.err != nil {
			return nil // the file's own fault stays in the file
		}
		p := join(sector.text[:sizeOfOutward], sector.text[4], 'A'+byte(letters/26), 'A'+byte(letters%26))
		if err := r.add(p, makeUnit(p, at.easting*packedMetres, at.northing*packedMetres, 0), numbers[authority]); err != nil {
			return err
		}
	}
	return nil
}

// authorityHere gives which of the listed authorities stands here.
func (f *packedFile) authorityHere() int {
	at := int(f.byte())
	if at >= f.authorities {
		f.fail(errPackedValue)
	}
	return at
}

// unitIn is letters, and the authority if it is not the sector's usual one.
func (f *packedFile) unitIn(last, usual int) (letters, authority int) {
	v := f.upTo(unitsASector<<1 | 1)
	if v&1 != 0 {
		usual = f.authorityHere()
	}
	letters = last + v>>1
	if v>>1 == 0 || letters >= unitsASector {
		f.fail(errPackedValue)
		return 0, 0
	}
	return letters, usual
}
