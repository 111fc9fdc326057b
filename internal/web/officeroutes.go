package web

import (
	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/work"
)

// officeRoutes is keeping an agency's house: its people, agreements and who does
// what for whom.
var officeRoutes = []route{
	{pattern: "GET /people", section: "people", to: to(access.View, access.Staff), page: people},
	{pattern: "GET /people/new", section: "people", to: to(access.Change, access.Staff), page: sure(personNew)},
	{pattern: "POST /people/new", section: "people", to: to(access.Change, access.Staff), page: sure(personNew)},
	{pattern: "GET /people/{id}", section: "people", to: to(access.View, access.Staff), page: person},
	{pattern: "GET /people/{id}/edit", section: "people", to: to(access.Change, access.Staff), page: sure(personEdit)},
	{pattern: "POST /people/{id}/edit", section: "people", to: to(access.Change, access.Staff), page: sure(personEdit)},
	{pattern: "GET /people/{id}/invite", section: "people", to: to(access.Change, access.Staff), page: sure(personInvite)},
	{pattern: "POST /people/{id}/invite", section: "people", to: to(access.Change, access.Staff), page: sure(personInvite)},
	{pattern: "GET /people/{id}/reset", section: "people", to: to(access.Change, access.Staff), page: sure(personReset)},
	{pattern: "POST /people/{id}/reset", section: "people", to: to(access.Change, access.Staff), page: sure(personReset)},
	{pattern: "GET /people/{id}/reopen", section: "people", to: to(access.Change, access.Staff), page: sure(personReopen)},
	{pattern: "POST /people/{id}/reopen", section: "people", to: to(access.Change, access.Staff), page: sure(personReopen)},
	{pattern: "GET /people/{id}/end", section: "people", to: to(access.Change, access.Staff), page: sure(personEnd)},
	{pattern: "POST /people/{id}/end", section: "people", to: to(access.Change, access.Staff), page: sure(personEnd)},
	{pattern: "GET /people/{id}/return", section: "people", to: to(access.Change, access.Staff), page: sure(personReturn)},
	{pattern: "POST /people/{id}/return", section: "people", to: to(access.Change, access.Staff), page: sure(personReturn)},
	{pattern: "GET /people/{id}/caseload", section: "people", to: to(access.View, access.Caseload), page: sure(caseload)},
	{pattern: "POST /people/{id}/caseload", section: "people", to: to(access.Change, access.Caseload), page: sure(caseload)},
	{pattern: "GET /teams", section: "people", to: to(access.View, access.Staff), page: teams},
	{pattern: "POST /teams", section: "people", to: to(access.Change, access.Staff), page: sure(teams)},
	{pattern: "GET /teams/{id}", section: "people", to: to(access.Change, access.Staff), page: sure(teamPeople)},
	{pattern: "POST /teams/{id}", section: "people", to: to(access.Change, access.Staff), page: sure(teamPeople)},
	{pattern: "GET /why", section: "people", to: to(access.View, access.Staff), page: whySee},
	{pattern: "POST /why", section: "people", to: to(access.View, access.Staff), page: whySee},
	{pattern: "GET /agreements", section: "agreements", to: to(access.View, access.Agreement), page: agreements},
	{pattern: "GET /agreements/new", section: "agreements", to: to(access.Change, access.Agreement), page: sure(agreementNew)},
	{pattern: "POST /agreements/new", section: "agreements", to: to(access.Change, access.Agreement), page: sure(agreementNew)},
	{pattern: "GET /agreements/{id}", section: "agreements", to: to(access.View, access.Agreement), page: agreement},
	{pattern: "GET /agreements/{id}/sign", section: "agreements", to: to(access.Change, access.Agreement), page: sure(agreementSign)},
	{pattern: "POST /agreements/{id}/sign", section: "agreements", to: to(access.Change, access.Agreement), page: sure(agreementSign)},
	{pattern: "GET /agreements/{id}/leave", section: "agreements", to: to(access.Change, access.Agreement), page: sure(agreementLeave)},
	{pattern: "POST /agreements/{id}/leave", section: "agreements", to: to(access.Change, access.Agreement), page: sure(agreementLeave)},
	{pattern: "GET /functions", section: "agreements", to: to(access.View, access.Agreement), page: functionsHeld},
	{pattern: "GET /functions/{agency}", section: "agreements", to: to(access.View, access.Agreement), page: functionsOf},
	{pattern: "GET /functions/{agency}/{function}", section: "agreements", to: to(access.Change, access.Agreement), page: sure(functionHand)},
	{pattern: "POST /functions/{agency}/{function}", section: "agreements", to: to(access.Change, access.Agreement), page: sure(functionHand)},
	{pattern: "GET /what-you-may-do", to: anybody, page: whatMayDo},
}

// sure is a page that changes what people may see or do: whoever opens it has
// confirmed within the last minutes that it is them.
func sure(p func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		if ok, err := v.confirmed(); err != nil || !ok {
			return err
		}
		return p(v)
	}
}

// office runs one unit of work with the agencies' book.
func (v *visit) office(purpose string, fn func(*work.Unit, *agency.Book) error) error {
	return v.do(purpose, func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return fn(u, book)
	})
}

// officeConfirm is a page that says what something does and asks whether to do
// it.
type officeConfirm struct {
	Record  record
	Heading string
	Lines   []string
	Points  []string // what exactly, one by one
	Button  string
	Warning bool
	Cancel  string
}

// showConfirm shows the question; back is where somebody goes who does not want
// it.
func (v *visit) showConfirm(title string, c officeConfirm, p page) error {
	p.Title, p.Back = title, c.Cancel
	return v.show("officeconfirm", p, c)
}
