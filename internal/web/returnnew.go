package web

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/returns"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// maxReturnBody is what a return may be with what a form puts around its files.
const maxReturnBody = returns.MostAtOnce + 1<<20

// returnNewPage is the form to give a return.
type returnNewPage struct {
	*govuk.Form
	Year  *govuk.ChoiceField
	Files *govuk.FileField
}

func newReturnNewPage(v *visit) *returnNewPage {
	p := &returnNewPage{Form: &govuk.Form{}}
	p.Year = p.Select(govuk.Question{Name: "year", Label: "Collection year", Noun: "the collection year", Options: returnYears(), Hint: "From 1 April to 31 March"})
	p.Year.Set(v.lastReturnYear())
	p.Files = p.File(govuk.Question{Name: "files", Label: "Files of the return", Noun: "the files of the return", Accept: []string{".csv", ".xml"}, Multiple: true,
		Hint: fmt.Sprintf("All the CSV files of this one year together, or its one XML file. Up to %d MB together", returns.MostAtOnce/1_000_000)})
	return p
}

var errReturnTooLarge = fault.New(fault.TooLarge, fmt.Sprintf("The files are larger than %d MB together, and nothing was kept. A council’s return is smaller by far: choose the files of one year’s return alone.", returns.MostAtOnce/1_000_000))

// returnNew takes a return as it is given: it is read and kept if it can be
// believed. No record changes.
func returnNew(v *visit) error {
	if !v.makesReturns() {
		return v.redirect("/returns") // which says why not
	}
	if v.posted() {
		err := v.r.ParseMultipartForm(maxReturnBody + 1<<20) // in memory, all of it: none is written to a temporary file
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return errReturnTooLarge
		}
	}
	p := newReturnNewPage(v)
	if v.posted() && p.Parse(v.r) {
		held, err := p.hold(v)
		if err == nil {
			return v.done(returnPath(held.ID), "The return is kept, sealed. No record has changed.")
		}
		if err := p.refused(err); err != nil {
			return err
		}
	}
	return v.show("returnnew", page{Title: "Give a return", Form: p.Form, Back: "/returns"}, p)
}

func (p *returnNewPage) hold(v *visit) (held returns.Reading, err error) {
	files, err := returnUploads(p.Files)
	if err != nil {
		return held, err
	}
	year, err := strconv.Atoi(p.Year.Value)
	if err != nil {
		return held, err
	}
	err = v.office("give a return", func(u *work.Unit, book *agency.Book) error {
		held, err = returns.Hold(u, book, v.actor.Agency, year, files)
		return err
	})
	return held, err
}

// refused says on the form what cannot be read or believed, line by line.
func (p *returnNewPage) refused(err error) error {
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
		return err
	}
	lines := strings.Split(fault.Message(err), "\n")
	for _, line := range lines {
		p.Fail(line, "#"+p.Files.Name)
	}
	return nil
}

func returnUploads(field *govuk.FileField) (list []returns.Upload, err error) {
	for _, f := range field.Values {
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(in)
		if err := errors.Join(err, in.Close()); err != nil {
			return nil, err
		}
		list = append(list, returns.Upload{Name: f.Filename, Data: data})
	}
	return list, nil
}
