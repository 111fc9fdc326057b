package web

import (
	"errors"
	"net/http"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/exchange"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// sessionUpload is the key of what somebody has sent to be imported.
const sessionUpload = "upload"

// importPage is the form of an import and what came of reading the files.
type importPage struct {
	*govuk.Form
	Files    *govuk.FileField
	Summary  string
	Counts   *govuk.Table // what would change; nil where nothing was read, or not all was good
	Read     govuk.Table  // the files and their rows
	Notes    []string
	Problems *govuk.Table
}

// mostProblems is how many problems the page lists; all are counted.
const mostProblems = 100

func newImportPage() *importPage {
	p := &importPage{Form: &govuk.Form{}}
	p.Files = p.File(govuk.Question{Name: "files", Label: "Files", Noun: "the files to import", Accept: []string{".csv", ".xlsx"}, Multiple: true,
		Hint: "The CSV files of an exchange folder, all at once, or one XLSX workbook. Up to 30 MB together"})
	return p
}

// errUploadTooLarge is what to say of an upload that is cut off.
var errUploadTooLarge = fault.New(fault.TooLarge, "The files are larger than 30 MB together. Nothing was imported. Send a few agencies at a time, or have them imported from the command line.")

// errUploadGone is what to say where there is nothing to confirm.
var errUploadGone = fault.New(fault.Conflict, "The files are no longer kept, so nothing was imported. Choose them again.")

// importFiles shows the form, and reads what is sent: everything is checked and
// counted before anything is saved.
func importFiles(v *visit) error {
	if v.posted() {
		if err := v.r.ParseMultipartForm(formMemory); err != nil {
			if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
				return errUploadTooLarge
			}
		}
	}
	known, err := v.recorded()
	if err != nil {
		return err
	}
	p := newImportPage()
	if v.posted() && p.Parse(v.r) {
		if err := p.preview(v, known, uploadsOf(p.Files)); unlessFault(p.Form, err) != nil {
			return err
		}
	}
	return v.showImport(p)
}

func (v *visit) showImport(p *importPage) error {
	title := "Import"
	if p.Counts != nil {
		title = "Check before you import"
	}
	return v.show("importpage", page{Title: title, Form: p.Form}, p)
}

// formMemory is how much of an upload is held in memory: all of it, so that
// none is ever written to a temporary file.
const formMemory = maxImportBody + 1<<20

// recorded is what rows may name, for somebody who may import.
func (v *visit) recorded() (known exchange.Known, err error) {
	err = v.do("import", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		if err := u.Allow(access.Import, book.Thing(access.Exchange, v.actor.Agency), ""); err != nil {
			return err
		}
		known, err = exchange.Recorded(u, book)
		return err
	})
	return known, err
}

func uploadsOf(field *govuk.FileField) []exchange.Upload {
	var files []exchange.Upload
	for _, f := range field.Values {
		files = append(files, exchange.Upload{Name: f.Filename, Size: f.Size, Open: func() (exchange.Opened, error) { return f.Open() }})
	}
	return files
}

// preview reads the files and says what an import would do. Good ones are kept
// until they are confirmed.
func (p *importPage) preview(v *visit, known exchange.Known, files []exchange.Upload) error {
	reading, err := exchange.ReadUploads(files, exchange.Options{Known: known, Today: v.Desk.Today()})
	if err != nil {
		return err
	}
	p.describe(reading)
	if reading.Count > 0 {
		return nil
	}
	err = v.do("import preview", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		result, err := exchange.Preview(u, book, reading)
		p.Counts = countsTable(result)
		p.Summary = resultWords(result)
		u.Saw(work.Subject{Kind: access.Exchange, Agency: v.actor.Agency, ID: "upload"}, "import preview: "+p.Summary)
		return err
	})
	if err != nil {
		p.Counts = nil
		return err
	}
	v.uploads.drop(v.sessions.GetString(v.r.Context(), sessionUpload))
	v.sessions.Put(v.r.Context(), sessionUpload, v.uploads.keep(v.actor.ID, files))
	return nil
}

// importConfirm imports what was previewed, all of it or nothing. It is read
// again: what is recorded may have moved on.
func importConfirm(v *visit) error {
	known, err := v.recorded()
	if err != nil {
		return err
	}
	id := v.sessions.GetString(v.r.Context(), sessionUpload)
	files, ok := v.uploads.find(id, v.actor.ID)
	if !ok {
		return errUploadGone
	}
	reading, err := exchange.ReadUploads(files, exchange.Options{Known: known, Today: v.Desk.Today()})
	if err != nil {
		return err
	}
	if reading.Count > 0 {
		p := newImportPage()
		p.describe(reading)
		return v.showImport(p)
	}
	var result exchange.Result
	err = v.do("import", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		result, err = exchange.Import(u, book, reading)
		return err
	})
	if err != nil {
		return err
	}
	v.forgetUpload()
	return v.done("/import", "Imported. "+upperFirst(resultWords(result))+".")
}

// importCancel forgets what was previewed.
func importCancel(v *visit) error {
	v.forgetUpload()
	return v.done("/import", "Nothing was imported.")
}

func (v *visit) forgetUpload() {
	v.uploads.drop(v.sessions.PopString(v.r.Context(), sessionUpload))
}
