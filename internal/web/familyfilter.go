package web

import (
	"cmp"
	"slices"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
)

// familyFilter is how the list may be narrowed and ordered: by what families
// offer and where they stand, never by who they are.
type familyFilter struct {
	Agency, Status, Number, Need, Sort *govuk.ChoiceField
	Only                               bool // there is one agency to see
}

// anyStatus asks for every status; without it the list is of those who wait.
const anyStatus = "any"

func newFamilyFilter(v *visit, b *link.Board) *familyFilter {
	form := &govuk.Form{Filter: true}
	agencies := ownFirst(b, v.actor.Agency)
	status := []govuk.Option{{Text: "Approved"}, {Value: anyStatus, Text: "Any status"}}
	for _, c := range adopter.Statuses {
		if c.Code != "approved" {
			status = append(status, govuk.Option{Value: c.Code, Text: c.Label})
		}
	}
	f := &familyFilter{
		Agency: form.Select(govuk.Question{Name: "agency", Label: "Agency", Options: agencies}),
		Status: form.Select(govuk.Question{Name: "status", Label: "Status", Options: status}),
		Number: form.Select(govuk.Question{Name: "number", Label: "Able to take", Hint: "Families who have not said how many are listed too", Options: []govuk.Option{
			{Text: "Any number"}, {Value: "1", Text: "1 child or more"}, {Value: "2", Text: "2 children or more"}, {Value: "3", Text: "3 children or more"}, {Value: "4", Text: "4 children or more"}}}),
		Need: form.Select(govuk.Question{Name: "need", Label: "Has said yes to", Hint: "Yes, or yes with support", Options: offerOptions()}),
		Sort: form.Select(govuk.Question{Name: "sort", Label: "Sort by", Options: []govuk.Option{
			{Text: "Longest since approval"}, {Value: "reference", Text: "Reference"}, {Value: "children", Text: "Most children they could be for"}}}),
		Only: len(agencies) < 3,
	}
	form.Read(v.r.URL.Query())
	return f
}

func offerOptions() []govuk.Option {
	options := []govuk.Option{{Text: "Anything"}}
	for _, c := range adopter.OfferCodes() {
		options = append(options, govuk.Option{Value: c.Code, Text: offerLabel(c.Code)})
	}
	return options
}

// ownFirst are the agencies whose families are on the board, the worker's own
// before the others.
func ownFirst(b *link.Board, own string) []govuk.Option {
	options := []govuk.Option{{Text: "All you may see"}}
	seen := map[string]bool{}
	for _, f := range b.Families {
		seen[f.Agency] = true
	}
	list := agencyOptions(slices.DeleteFunc(b.Book.List(), func(a agency.Agency) bool { return !seen[a.Code] }))
	slices.SortStableFunc(list, func(x, y govuk.Option) int { return rank(x.Value != own) - rank(y.Value != own) })
	return append(options, list...)
}

// rank makes an order of a condition: what it does not hold of comes first.
func rank(holds bool) int {
	if holds {
		return 1
	}
	return 0
}

// rows are the places on the board of the families that fit, in order, and how
// many more would but for their status.
func (f *familyFilter) rows(b *link.Board, own string) (rows []int, hidden int) {
	for i := range b.Families {
		switch fits, status := f.fits(&b.Families[i]), b.Families[i].Status; {
		case !fits:
		case f.Status.Value == anyStatus || status == cmp.Or(f.Status.Value, "approved"):
			rows = append(rows, i)
		default:
			hidden++
		}
	}
	order := f.order(b)
	slices.SortStableFunc(rows, func(x, y int) int {
		return cmp.Or(rank(b.Families[x].Agency != own)-rank(b.Families[y].Agency != own), order(x, y))
	})
	return rows, hidden
}

func (f *familyFilter) fits(family *adopter.Family) bool {
	if f.Agency.Value != "" && family.Agency != f.Agency.Value {
		return false
	}
	if number := f.Number.Value; number != "" && family.MaxChildren.Valid && family.MaxChildren.V < int(number[0]-'0') {
		return false
	}
	answer := family.Answer(f.Need.Value)
	return f.Need.Value == "" || answer == "yes" || answer == "support"
}

// order compares two places on the board, which is by agency and reference.
func (f *familyFilter) order(b *link.Board) func(x, y int) int {
	switch f.Sort.Value {
	case "reference":
		return cmp.Compare[int]
	case "children":
		could := b.CouldBeFor()
		return func(x, y int) int {
			return cmp.Or(could[y].Suitable-could[x].Suitable, could[y].Stretch-could[x].Stretch)
		}
	}
	return func(x, y int) int { return earlier(b.Families[x].ApprovedOn, b.Families[y].ApprovedOn) }
}
