package web

import (
	"fmt"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/returns"
	"homeward/internal/work"
)

// returnRoutes is the statutory returns of a council: given, checked, compared
// with its records and written.
var returnRoutes = []route{
	{pattern: "GET /returns", section: "returns", to: to(access.View, access.Return), page: returnList},
	{pattern: "GET /returns/new", section: "returns", to: to(access.Change, access.Return), page: returnNew},
	{pattern: "POST /returns/new", section: "returns", to: to(access.Change, access.Return), page: returnNew, large: true, most: maxReturnBody},
	{pattern: "GET /returns/write", section: "returns", to: to(access.View, access.Return), page: sure(returnWrite)},
	{pattern: "POST /returns/write", section: "returns", to: to(access.View, access.Return), page: sure(returnWrite)},
	{pattern: "GET /returns/{reading}", section: "returns", to: to(access.View, access.Return), page: returnReading},
	{pattern: "GET /returns/{reading}/findings", section: "returns", to: to(access.View, access.Return), page: returnFindings},
	{pattern: "GET /returns/{reading}/findings.csv", section: "returns", to: to(access.View, access.Return), page: returnFindingsCSV},
	{pattern: "GET /returns/{reading}/findings/{finding}/true", section: "returns", to: to(access.Change, access.Return), page: returnTrue},
	{pattern: "POST /returns/{reading}/findings/{finding}/true", section: "returns", to: to(access.Change, access.Return), page: returnTrue},
	{pattern: "POST /returns/{reading}/findings/{finding}/true/end", section: "returns", to: to(access.Change, access.Return), page: returnNotTrue},
	{pattern: "GET /returns/{reading}/compare", section: "returns", to: to(access.Change, access.Return), page: returnCompare},
	{pattern: "POST /returns/{reading}/compare", section: "returns", to: to(access.Change, access.Return), page: returnCompare},
}

// withReturn runs one unit of work with the return of the path, for whoever may
// do that to it.
func (v *visit) withReturn(purpose string, act access.Action, fn func(*work.Unit, *agency.Book, returns.Reading) error) error {
	return v.office(purpose, func(u *work.Unit, book *agency.Book) error {
		r, err := returns.Find(u, book, act, v.r.PathValue("reading"))
		if err != nil {
			return err
		}
		return fn(u, book, r)
	})
}

// makesReturns tells whether the reader's agency is a council: no other makes
// these returns.
func (v *visit) makesReturns() bool { return v.book.Agencies[v.actor.Agency].Kind == "LA" }

func returnPath(id string) string { return "/returns/" + id }

// returnRecord heads a page of one return.
func (v *visit) returnRecord(book *agency.Book, r returns.Reading, current string) record {
	head := record{Name: returnTitle(r.Year), Facts: fmt.Sprintf("%s. %s. Given by %s on %s. %s about %s", book.Agencies[r.Agency].Name, returnStates[r.State].Text+withoutWords(r),
		r.ReadBy, momentWords(r.ReadAt), count(int(r.Rows), "row", "rows"), count(int(r.Children), "child", "children"))}
	path := returnPath(r.ID)
	add := func(text, href string) { head.Pages = append(head.Pages, recordPage{text, href, href == current}) }
	add("Summary", path)
	if rulesKnown(r.Year) {
		add("Findings", path+"/findings")
	}
	if r.State != returns.Replaced && access.Can(v.actor, access.Change, book.Thing(access.Return, r.Agency)).Allow {
		add("Compare with the records", path+"/compare")
	}
	return head
}
