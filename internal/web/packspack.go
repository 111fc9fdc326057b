package web

import (
	"fmt"
	"html/template"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/programme"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// packShown is a pack on a page: a preview, or as published.
type packShown struct {
	Title    string
	Facts    []string // who, when and of what
	Sections []packSection
	Path     string
	Latest   bool

	Preview bool
	Choice  *packNewPage
	Seal    string
}

// packSection is a section of a pack with its drawings drawn.
type packSection struct {
	ID, Heading string
	Words       []string
	Parts       []template.HTML
}

func newPackShown(made programme.Pack) (packShown, error) {
	p := packShown{Title: made.Title(), Facts: packFacts(made)}
	for _, s := range made.Sections {
		shown := packSection{ID: s.ID, Heading: s.Heading, Words: s.Words}
		for _, d := range s.Drawings {
			drawn, err := drawChart(d.Chart(), "pack-"+d.ID, true)
			if err != nil {
				return p, err
			}
			shown.Parts = append(shown.Parts, markup(`<h3 class="govuk-heading-s">%s</h3>%s`, d.Title, drawn))
		}
		for _, t := range s.Tables {
			shown.Parts = append(shown.Parts, tableOf(t.Chart(), nil).Render())
		}
		p.Sections = append(p.Sections, shown)
	}
	return p, nil
}

// packFacts say what a pack is, on its page and in its document.
func packFacts(p programme.Pack) []string {
	var names []string
	for _, a := range p.Area.Agencies {
		names = append(names, a.Name)
	}
	facts := []string{"Quarter " + p.Quarter.String() + ": " + p.Quarter.Period().String() + ".", "Agencies: " + listWords(names) + "."}
	if p.Version > 0 {
		facts = append(facts, fmt.Sprintf("Version %d, published by %s on %s.", p.Version, p.Publisher.Name, isoWords(p.Published)))
	}
	facts = append(facts, "“c” stands for a number that is not shown because it, or another, is small.")
	return append(facts, fmt.Sprintf("From the records as they stood on %s, revision %d.", isoWords(p.AsOf), p.Revision))
}

// withPack runs one unit of work with the pack of the path.
func (v *visit) withPack(purpose string, fn func(*work.Unit, *agency.Book, programme.Published) error) error {
	return v.office(purpose, func(u *work.Unit, book *agency.Book) error {
		p, err := programme.Find(u, book, v.r.PathValue("pack"))
		if err != nil {
			return err
		}
		return fn(u, book, p)
	})
}

// packPage shows a pack as it was published.
func packPage(v *visit) error {
	var shown packShown
	err := v.withPack("a pack", func(u *work.Unit, _ *agency.Book, p programme.Published) (err error) {
		if shown, err = newPackShown(p.Pack); err != nil {
			return err
		}
		shown.Path = packPath(p.ID)
		shown.Latest, err = programme.Latest(u, p)
		return err
	})
	if err != nil {
		return err
	}
	return v.show("packspack", page{Title: shown.Title, Back: "/packs", Wide: true}, shown)
}

// packChangesPage is what differs between a pack and the version before, and
// between it and the records as they stand.
type packChangesPage struct {
	Title       string
	First       bool
	Since       govuk.Table
	Pagination  govuk.Pagination
	Until       bool // what would differ now is asked
	Now         govuk.Table
	More        int    // that would differ and are not listed
	PublishNext string // where the next version is made
}

// changesShown is how many numbers that would differ now are listed.
const changesShown = 50

// packChanges lists what changed.
func packChanges(v *visit) error {
	var shown packChangesPage
	err := v.withPack("what changed in a pack", func(u *work.Unit, book *agency.Book, p programme.Published) error {
		shown.Title = fmt.Sprintf("%s, version %d", p.Title(), p.Version)
		before, there, err := programme.Before(u, p)
		if err != nil {
			return err
		}
		if shown.First = !there; there {
			list := programme.Changes(before.Pack, p.Pack)
			from, to, pages := v.pageOf(len(list), "")
			shown.Since, shown.Pagination = changesTable("Numbers that changed", list[from:to], "Version "+strconv.Itoa(before.Version), "Version "+strconv.Itoa(p.Version)), pages
		}
		return shown.now(v, u, book, p)
	})
	if err != nil {
		return err
	}
	return v.show("packschanges", page{Title: "What changed: " + shown.Title, Back: packPath(v.r.PathValue("pack")), Wide: true}, shown)
}

// now asks what would differ in the latest version, for those who may publish the
// next.
func (p *packChangesPage) now(v *visit, u *work.Unit, book *agency.Book, of programme.Published) error {
	latest, err := programme.Latest(u, of)
	if err != nil || !latest || of.Publisher.Code != v.actor.Agency || !access.Can(u.Actor, access.Change, book.Thing(access.Figures, of.Publisher.Code)).Allow {
		return err
	}
	_, list, err := programme.Again(u, book, of.ID)
	if err != nil {
		return err
	}
	p.Until, p.More = true, max(0, len(list)-changesShown)
	p.Now = changesTable("Numbers that would change now", list[:len(list)-p.More], "As published", "Now")
	if len(list) > 0 {
		p.PublishNext = withQuery("/packs/new", "area", of.Area.ID, "quarter", of.Quarter.String())
	}
	return nil
}

func changesTable(caption string, list []programme.Change, was, is string) govuk.Table {
	t := govuk.Table{Caption: caption, CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Number"}, {Text: "Table"}, {Text: "Column"}, numeric(was), numeric(is)}}
	for _, c := range list {
		of := c.Table
		if of == "" {
			of = c.Section
		}
		t.Rows = append(t.Rows, []govuk.Cell{{Text: c.Row}, {Text: of}, {Text: c.Column}, numeric(c.Was), numeric(c.Is)})
	}
	return t
}
