package web

import (
	"fmt"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/programme"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// packsPage is the packs published by agencies whose numbers the reader may see.
type packsPage struct {
	Table      govuk.Table
	Pagination govuk.Pagination
	None       bool
	MayPublish bool
}

// packs lists them, the latest quarter first.
func packs(v *visit) error {
	var p packsPage
	err := v.office("packs", func(u *work.Unit, book *agency.Book) error {
		own := book.Thing(access.Figures, v.actor.Agency)
		if err := u.Allow(access.View, own, ""); err != nil {
			return err
		}
		list, err := programme.List(u, book)
		if err != nil {
			return err
		}
		u.Saw(work.Subject{Kind: access.Figures, Agency: v.actor.Agency}, "list of packs")
		from, to, pages := v.pageOf(len(list), "")
		p = packsPage{Table: packsTable(book, list[from:to]), Pagination: pages, None: len(list) == 0, MayPublish: access.Can(v.actor, access.Change, own).Allow}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("packs", page{Title: "Packs", Back: "/numbers", Wide: true}, p)
}

func packsTable(book *agency.Book, list []programme.Listed) govuk.Table {
	t := govuk.Table{Caption: "Packs published", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Area"}, {Text: "Quarter"}, numeric("Version"), {Text: "Published by"}, {Text: "Published"}}}
	for _, l := range list {
		link := markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden">, %s, version %s</span></a>`, packPath(l.ID), l.Area, l.Quarter.Words(), l.Version)
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: link}, {Text: l.Quarter.Words()}, numeric(fmt.Sprint(l.Version)), {Text: l.By + ", " + book.Agencies[l.Publisher].Name}, {Text: momentWords(l.At)}})
	}
	return t
}

func packPath(id string) string { return "/packs/" + id }

// packNewPage is the choice of a pack to make.
type packNewPage struct {
	*govuk.Form
	Area, Quarter *govuk.ChoiceField
}

// quartersOffered is how far back packs are made: three years.
const quartersOffered = 12

func newPackNewPage(v *visit, areas []programme.Area) *packNewPage {
	p := &packNewPage{Form: &govuk.Form{}}
	var names, quarters []govuk.Option
	for _, a := range areas {
		names = append(names, govuk.Option{Value: a.ID, Text: a.Name})
	}
	for _, q := range programme.Ended(v.Desk.Today(), quartersOffered) {
		quarters = append(quarters, govuk.Option{Value: q.String(), Text: q.Words()})
	}
	p.Area = p.Select(govuk.Question{Name: "area", Label: "Area", Noun: "the area", Options: names, Hint: "Your own agency, or several that it is one of"})
	p.Quarter = p.Select(govuk.Question{Name: "quarter", Label: "Quarter", Noun: "the quarter", Options: quarters, Hint: "Only quarters that have ended"})
	return p
}

// packNew asks for an area and a quarter, shows the pack as it would be published,
// and publishes it.
func packNew(v *visit) error {
	var form *packNewPage
	var made programme.Pack
	var published programme.Published
	err := v.office("make a pack", func(u *work.Unit, book *agency.Book) error {
		own := v.actor.Agency
		if err := u.Allow(access.Change, book.Thing(access.Figures, own), ""); err != nil {
			return err
		}
		form = newPackNewPage(v, programme.Areas(u, book, own))
		if !form.given(v) {
			return nil
		}
		area, err := programme.FindArea(u, book, own, form.Area.Value)
		if err != nil {
			return err
		}
		quarter, err := programme.ParseQuarter(form.Quarter.Value)
		if err != nil {
			return err
		}
		if v.posted() {
			published, err = programme.Publish(u, book, own, area, quarter, v.r.PostForm.Get("seal"))
			if err = unlessFault(form.Form, err); err != nil || form.Valid() {
				return err
			}
		}
		made, err = programme.Make(u, book, own, area, quarter)
		return err
	})
	switch {
	case err != nil:
		return err
	case published.ID != "":
		return v.done(packPath(published.ID), fmt.Sprintf("Version %d is published. It stays as it is now.", published.Version))
	case made.Form == 0:
		return v.show("packsnew", page{Title: "Make a pack", Form: form.Form, Back: "/packs"}, form)
	}
	return v.previewPack(form, made)
}

// given tells whether a good area and quarter were asked for.
func (p *packNewPage) given(v *visit) bool {
	if v.posted() {
		return p.Parse(v.r)
	}
	query := v.r.URL.Query()
	return (query.Has("area") || query.Has("quarter")) && p.Read(query)
}

func (v *visit) previewPack(form *packNewPage, made programme.Pack) error {
	p, err := newPackShown(made)
	if err != nil {
		return err
	}
	if p.Seal, err = made.Seal(); err != nil {
		return err
	}
	p.Preview, p.Choice = true, form
	return v.show("packspack", page{Title: "Preview: " + made.Title(), Form: form.Form, Back: "/packs/new", Wide: true}, p)
}
