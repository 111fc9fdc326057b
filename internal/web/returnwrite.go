package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// returnWritePage is the form to download what Homeward writes.
type returnWritePage struct {
	*govuk.Form
	Year, As *govuk.ChoiceField
}

func newReturnWritePage(v *visit) *returnWritePage {
	p := &returnWritePage{Form: &govuk.Form{}}
	p.Year = p.Select(govuk.Question{Name: "year", Label: "Collection year", Noun: "the collection year", Options: returnYears(), Hint: "From 1 April to 31 March"})
	p.Year.Set(v.lastReturnYear())
	p.As = p.Radios(govuk.Question{Name: "as", Label: "What kind of file?", Noun: "what kind of file", Options: []govuk.Option{
		{Value: "csv", Text: "CSV files, in one zip file"}, {Value: "xml", Text: "XML", Hint: "It has no place for social workers or deprivation of liberty"}}})
	p.As.Set("csv")
	return p
}

// returnWrite gives the return that Homeward writes from its records as a file.
func returnWrite(v *visit) error {
	if !v.makesReturns() {
		return v.redirect("/returns") // which says why not
	}
	p := newReturnWritePage(v)
	if v.posted() && p.Parse(v.r) {
		data, err := p.write(v)
		if err == nil {
			kind := map[string]string{"csv": "application/zip", "xml": "application/xml"}[p.As.Value]
			return v.download(p.name(v), kind, data)
		}
		if err := unlessFault(p.Form, err); err != nil {
			return err
		}
	}
	return v.show("returnwrite", page{Title: "Write a return", Form: p.Form, Back: "/returns"}, p)
}

// name is what the file is called: the council, the year and nobody.
func (p *returnWritePage) name(v *visit) string {
	ending := map[string]string{"csv": "zip", "xml": "xml"}[p.As.Value]
	return fmt.Sprintf("ssda903-%s-%s.%s", v.actor.Agency, p.Year.Value, ending)
}

func (p *returnWritePage) write(v *visit) (data []byte, err error) {
	year, err := strconv.Atoi(p.Year.Value)
	if err != nil {
		return nil, err
	}
	err = v.office("write a return", func(u *work.Unit, book *agency.Book) error {
		written, err := returns.Write(u, book, v.actor.Agency, year)
		if err != nil {
			return err
		}
		u.Noted("downloaded", work.Subject{Kind: access.Return, Agency: v.actor.Agency}, p.Year.Value+" "+p.As.Value)
		data, err = packed(written, p.As.Value)
		return err
	})
	return data, err
}

// packed is a return as one file.
func packed(r *ssda903.Return, as string) ([]byte, error) {
	var out bytes.Buffer
	if as == "xml" {
		err := r.WriteXML(&out)
		return out.Bytes(), err
	}
	archive, files := zip.NewWriter(&out), 0
	for _, sheet := range r.Sheets {
		if sheet.Len() == 0 {
			continue
		}
		to, err := archive.Create(sheet.Table.FileName())
		if err == nil {
			err = sheet.WriteCSV(to)
		}
		if err != nil {
			return nil, err
		}
		files++
	}
	if files == 0 {
		return nil, fault.New(fault.Invalid, "There is nothing to write for this year: no return was taken in, and no record tells of a decision or an adoption in it.")
	}
	err := archive.Close() // which writes the end of it
	return out.Bytes(), err
}
