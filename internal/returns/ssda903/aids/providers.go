// Package aids reads what some checks of an SSDA903 return need beside the
// return: the list of providers that Ofsted registers.
//
// Ofsted sends councils that list, as a sheet for children's homes and one for
// other providers of care to children, or both in one, with headings that vary.
// A council saves it as CSV, the closed providers with those still open. It
// stays on the council's machine: nothing of it is part of Homeward.
//
// Where a postcode lies is the gazetteer's to say.
package aids

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"homeward/internal/date"
	"homeward/internal/fault"
)

// Provider is a row of the list. A URN has several where it was registered again.
type Provider struct {
	URN       string    // in capitals
	Places    []string  // the codes of placement it may be used for: K2, U1
	Providers []string  // the codes of provider it may be: PR1, PR4
	Closed    date.Date // the day its registration ended, if it did
	Postcode  string    // in capitals, without spaces
}

// maxBytes bounds a list; Ofsted's are some 10 MB.
const maxBytes = 50_000_000

// ReadProviders reads a list saved as CSV, by URN. A fault names line and column
// and never quotes a cell: the file may have been the wrong one.
func ReadProviders(path string) (map[string][]Provider, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("There is no file %s to read.", path), err)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Invalid, fmt.Sprintf("%s is not a file. Give the list of providers, saved as CSV.", path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be opened.", path), err)
	}
	defer f.Close()
	return readProviders(filepath.Base(path), f)
}

func readProviders(name string, in io.Reader) (map[string][]Provider, error) {
	text, err := io.ReadAll(io.LimitReader(in, maxBytes+1))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s cannot be read to its end.", name), err)
	}
	if len(text) > maxBytes {
		return nil, fault.New(fault.TooLarge, fmt.Sprintf("%s is larger than any list of providers (over 50 MB).", name))
	}
	if problem := refuse(text); problem != "" {
		return nil, fileFault(name, problem)
	}
	l := newList(name, text)
	if err := l.readHeadings(); err != nil {
		return nil, err
	}
	providers, err := l.readRows()
	if err != nil {
		return nil, err
	}
	if len(providers) == 0 {
		return nil, fileFault(name, "there is no provider below the headings. Save the sheet again")
	}
	return providers, nil
}

// refuse tells what is wrong with a file nobody could read as CSV, or nothing.
func refuse(text []byte) string {
	begins := func(with string) bool { return bytes.HasPrefix(text, []byte(with)) }
	switch {
	case begins("PK\x03\x04"), begins("\xd0\xcf\x11\xe0"):
		return "it is a workbook. Save the sheet as CSV, and give that file"
	case begins("\xff\xfe"), begins("\xfe\xff"):
		return "it is in UTF-16. Save the sheet as CSV UTF-8"
	case bytes.IndexByte(text, 0) >= 0:
		return "this is not a text file. Save the sheet as CSV UTF-8"
	}
	return ""
}

func fileFault(name, problem string) error {
	return fault.New(fault.Invalid, fmt.Sprintf("%s, line 1: %s.", name, problem))
}

// The columns, each with what it goes by in Ofsted's lists and in the checks'
// own files, the surer before the less sure.
const (
	urn = iota
	places
	providerCodes
	closed
	postcode
	columns
)

var spellings = [columns][]string{
	urn:           {"urn"},
	places:        {"place codes", "placement code", "provider placement code"},
	providerCodes: {"provider codes", "placement provider code", "provider code"},
	closed:        {"reg end", "closed date", "deregistration date"},
	postcode:      {"setting postcode", "setting address postcode", "postcode"},
}

// mends says of each column but the URN's what to do where there is none.
var mends = [columns]struct{ column, mend string }{
	places:        {"Placement code", "the column is missing. Add it, with the codes of placement of each provider"},
	providerCodes: {"Placement provider code", "the column is missing. Add it, with the codes of provider of each"},
	closed:        {"Closed date", "the column is missing. Put open and closed providers in one sheet, with this column, blank for those still open"},
	postcode:      {"Setting postcode", "the column is missing. Add it, with the postcode of each provider"},
}

// list reads one file.
type list struct {
	name  string
	in    *csv.Reader
	width int
	at    [columns]int    // where each column stands
	as    [columns]string // and its heading
}

func newList(name string, text []byte) *list {
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	in.FieldsPerRecord = -1 // a title above the headings has as many as it likes
	in.ReuseRecord = true
	return &list{name: name, in: in}
}

// mostAbove is how many lines of titles may stand above the headings.
const mostAbove = 20

func (l *list) readHeadings() error {
	for range mostAbove {
		row, err := l.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if l.take(row); l.at[urn] < 0 {
			continue
		}
		for c := range columns {
			if l.at[c] < 0 {
				return l.fault(mends[c].column, mends[c].mend)
			}
		}
		return nil
	}
	return fileFault(l.name, "there is no column URN. Give Ofsted's list of providers with its headings, saved as CSV with commas")
}

func (l *list) take(row []string) {
	l.width = len(row)
	names := make([]string, len(row))
	for i, cell := range row {
		names[i] = strings.ToLower(plain(strings.ReplaceAll(cell, "_", " ")))
	}
	for c := range columns {
		l.at[c] = -1
		for _, name := range slices.Backward(spellings[c]) {
			if i := slices.Index(names, name); i >= 0 {
				l.at[c], l.as[c] = i, plain(row[i])
			}
		}
	}
}

func (l *list) next() ([]string, error) {
	row, err := l.in.Read()
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, fault.Wrap(fault.Invalid, fmt.Sprintf("%s, line %d: the quotes of a cell are wrong. Save the sheet as CSV again.", l.name, parse.StartLine), parse.Err)
	}
	return row, err
}

func (l *list) readRows() (map[string][]Provider, error) {
	providers := map[string][]Provider{}
	for {
		row, err := l.next()
		if err == io.EOF {
			return providers, nil
		}
		if err != nil {
			return nil, err
		}
		p, err := l.provider(row)
		if err != nil {
			return nil, err
		}
		if p.URN != "" { // no episode can name one without
			providers[p.URN] = append(providers[p.URN], p)
		}
	}
}

func (l *list) provider(row []string) (Provider, error) {
	if len(row) != l.width {
		return Provider{}, l.fault("", fmt.Sprintf("there are %d cells where the headings are %d. Mend the line, or save the sheet as CSV again", len(row), l.width))
	}
	cell := func(c int) string { return strings.ToUpper(plain(row[l.at[c]])) }
	closing, ok := day(cell(closed))
	if !ok {
		return Provider{}, l.fault(l.as[closed], "this is not a day such as 31/03/2025 or 2025-03-31. Correct it, or leave it blank if the provider is open")
	}
	return Provider{
		URN:       strings.Clone(number(cell(urn))), // a cell keeps its whole line in memory
		Places:    codes(cell(places)),
		Providers: codes(cell(providerCodes)),
		Closed:    closing,
		Postcode:  strings.Clone(strings.ReplaceAll(cell(postcode), " ", "")),
	}, nil
}

// fault is a fault of the line read last.
func (l *list) fault(column, problem string) error {
	line, _ := l.in.FieldPos(0)
	where := fmt.Sprintf("%s, line %d", l.name, line)
	if column != "" {
		where += ", column " + column
	}
	return fault.New(fault.Invalid, where+": "+problem+".")
}

// plain is a cell with one space where there were several, or one that cannot be
// seen, and none around it.
func plain(cell string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(cell, " ")), " ")
}

// number takes off a URN the decimal that a spreadsheet's column of numbers has.
func number(urn string) string {
	digits, ok := strings.CutSuffix(urn, ".0")
	if ok && strings.Trim(digits, "0123456789") == "" {
		return digits
	}
	return urn
}

// codes parts a list of codes, none of which has a comma, slash or space in it.
func codes(cell string) []string {
	return strings.FieldsFunc(strings.Clone(cell), func(r rune) bool { return strings.ContainsRune(",;/ ", r) })
}

// day reads a day as England or a database writes it; a midnight behind it is the
// spreadsheet's.
func day(cell string) (d date.Date, ok bool) {
	if cell == "" {
		return 0, true
	}
	for _, midnight := range []string{" 00:00:00", "T00:00:00", " 00:00"} {
		cell = strings.TrimSuffix(cell, midnight)
	}
	for _, layout := range []string{"2/1/2006", time.DateOnly} {
		if t, err := time.Parse(layout, cell); err == nil {
			d, err := date.Of(t.Date())
			return d, err == nil
		}
	}
	return 0, false
}
