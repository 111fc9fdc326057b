package web

import (
	"html/template"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
)

// record heads every page of one record: whose it is, and its other pages.
type record struct {
	Name, Facts string
	Pages       []recordPage
	Warnings    []template.HTML // that it is restricted, or open because its glass was broken
}

// recordPage is one page of a record.
type recordPage struct {
	Text, Href string
	Current    bool
}

// childRecord heads a page of one child; current is the path of the page shown.
func (v *visit) childRecord(book *agency.Book, c child.Child, current string) record {
	r := record{Name: c.Name(), Facts: c.Agency + "/" + c.Ref + ", " + ageWords(c.Born, v.Desk.Today()) + ", " + statusWords(c)}
	add := func(text, href string) { r.Pages = append(r.Pages, recordPage{text, href, href == current}) }
	add("Record", childPath(c.ID))
	if access.Can(v.actor, access.FindFamilies, c.Thing(book, access.Child)).Allow {
		add("Families for this child", childFamiliesPath(c.ID))
	}
	v.trustPages(&r, c.Thing(book, access.Child))
	return r
}
