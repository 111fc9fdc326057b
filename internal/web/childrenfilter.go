package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
)

// childrenFilter narrows and orders the list of children waiting. Ethnicity and
// religion are not among its questions and cannot be.
type childrenFilter struct {
	*govuk.Form
	Agency, Youngest, Oldest, Size, Need, Sort *govuk.ChoiceField
	Longer                                     *govuk.NumberField[int]
	Unsuited                                   *govuk.ChoicesField
}

// ageBand is a range of completed years.
type ageBand struct {
	code, label string
	from, to    int
}

// ageBands are of adoption's own ages: most children who wait are under five.
var ageBands = []ageBand{
	{"0", "Under 1", 0, 0}, {"1-2", "1 to 2", 1, 2}, {"3-4", "3 to 4", 3, 4}, {"5-6", "5 to 6", 5, 6}, {"7", "7 and over", 7, 200},
}

// unknownAge is the band of whoever has no birth date recorded.
const unknownAge = "unknown"

// childrenOrders are the orders the list may stand in, the usual one first.
var childrenOrders = child.CodeSet{
	{Code: "order", Label: "Longest since order"}, {Code: "decision", Label: "Longest since decision"},
	{Code: "fewest", Label: "Fewest suitable families"}, {Code: "youngest", Label: "Youngest first"}, {Code: "oldest", Label: "Oldest first"},
}

func newChildrenFilter(query url.Values, agencies []agency.Agency) *childrenFilter {
	f := &childrenFilter{Form: &govuk.Form{Filter: true}}
	any := func(options []govuk.Option) []govuk.Option { return append([]govuk.Option{{Text: "Any"}}, options...) }
	f.Sort = f.Select(govuk.Question{Name: "sort", Label: "Sort by", Options: codeOptions(childrenOrders, "")})
	f.Agency = f.Select(govuk.Question{Name: "agency", Label: "Agency", Options: any(agencyOptions(agencies))})
	f.Youngest = f.Select(govuk.Question{Name: "youngest", Label: "Age of the youngest", Options: any(bandOptions())})
	f.Oldest = f.Select(govuk.Question{Name: "oldest", Label: "Age of the oldest", Options: any(bandOptions())})
	f.Size = f.Select(govuk.Question{Name: "size", Label: "Children placed together", Options: any([]govuk.Option{{Value: "1", Text: "1 child"}, {Value: "2", Text: "2 children"}, {Value: "3", Text: "3 or more"}})})
	f.Need = f.Select(govuk.Question{Name: "need", Label: "Need, possible or more", Options: any(codeOptions(child.Needs, ""))})
	f.Longer = f.WholeNumber(govuk.Question{Name: "longer", Label: "Waiting longer than", Hint: "Days since the placement order", Suffix: "days"})
	f.Unsuited = f.Checkboxes(govuk.Question{Name: "unsuited", Label: "Families", Options: []govuk.Option{{Value: "yes", Text: "No suitable family"}}})
	f.Read(query)
	f.Sort.Set(cmp.Or(f.Sort.Value, childrenOrders[0].Code))
	return f
}

func bandOptions() []govuk.Option {
	var options []govuk.Option
	for _, b := range ageBands {
		options = append(options, govuk.Option{Value: b.code, Text: b.label})
	}
	return append(options, govuk.Option{Value: unknownAge, Text: "Age not known"})
}

// bandOf gives the band of a birth date.
func bandOf(born, today date.Date) string {
	if !born.Known() {
		return unknownAge
	}
	years := born.YearsOn(today)
	i := slices.IndexFunc(ageBands, func(b ageBand) bool { return years >= b.from && years <= b.to })
	return ageBands[i].code
}

// births gives the birth dates of the youngest and the oldest; neither is known
// while one child's is not.
func births(g child.Group) (youngest, oldest date.Date) {
	for _, c := range g {
		if !c.Born.Known() {
			return 0, 0
		}
		if youngest = max(youngest, c.Born); !oldest.Known() || c.Born < oldest {
			oldest = c.Born
		}
	}
	return youngest, oldest
}

// keeps tells whether a group passes the filter.
func (f *childrenFilter) keeps(g child.Group, suitable int, today date.Date) bool {
	youngest, oldest := births(g)
	is := func(field *govuk.ChoiceField, value string) bool { return field.Value == "" || field.Value == value }
	switch {
	case !is(f.Agency, g[0].Agency), !is(f.Youngest, bandOf(youngest, today)), !is(f.Oldest, bandOf(oldest, today)),
		!is(f.Size, strconv.Itoa(min(len(g), 3))),
		f.Need.Value != "" && !hasNeed(g, f.Need.Value),
		f.Longer.Given && !waitsLonger(g, f.Longer.Value, today),
		f.Unsuited.Has("yes") && suitable > 0:
		return false
	}
	return true
}

// hasNeed tells whether a child of the group has a need, as the engine counts
// it: a level not known is a question, no need.
func hasNeed(g child.Group, code string) bool {
	return slices.ContainsFunc(g, func(c child.Child) bool {
		return slices.ContainsFunc(c.Needs, func(n child.Need) bool { return n.Code == code && n.Level != "" && n.Level != "unknown" })
	})
}

func waitsLonger(g child.Group, days int, today date.Date) bool {
	ordered := g.Ordered()
	return ordered.Known() && today.DaysSince(ordered) > days
}

// apply gives the places of the groups that pass, in the order asked for. What
// is not known comes last; ties stand by agency and reference, as the board
// does.
func (f *childrenFilter) apply(b *link.Board, waiting []int, today date.Date) []int {
	var list []int
	for _, g := range waiting {
		if f.keeps(b.Groups[g], b.Counts[g].Suitable, today) {
			list = append(list, g)
		}
	}
	slices.SortStableFunc(list, func(x, y int) int { return f.compare(b, x, y) })
	return list
}

func (f *childrenFilter) compare(b *link.Board, x, y int) int {
	g, h := b.Groups[x], b.Groups[y]
	youngest, oldest := births(g)
	youngestY, oldestY := births(h)
	switch f.Sort.Value {
	case "decision":
		return earlier(g.Decided(), h.Decided())
	case "fewest":
		return cmp.Or(cmp.Compare(b.Counts[x].Suitable, b.Counts[y].Suitable), cmp.Compare(b.Counts[x].Stretch, b.Counts[y].Stretch), earlier(g.Ordered(), h.Ordered()))
	case "youngest":
		return cmp.Compare(youngestY, youngest)
	case "oldest":
		return earlier(oldest, oldestY)
	}
	return earlier(g.Ordered(), h.Ordered())
}

// earlier puts the earlier day first and the unknown one last.
func earlier(a, b date.Date) int {
	if a.Known() != b.Known() {
		if a.Known() {
			return -1
		}
		return 1
	}
	return cmp.Compare(a, b)
}

// chosen says what the list is filtered by.
func (f *childrenFilter) chosen(v *visit) []chosen {
	var list []chosen
	for _, c := range []*govuk.ChoiceField{f.Agency, f.Youngest, f.Oldest, f.Size, f.Need} {
		if c.Value != "" {
			list = append(list, chosen{c.Label + ": " + optionText(c), v.queryWith(c.Name, "")})
		}
	}
	if f.Longer.Given {
		list = append(list, chosen{"Waiting longer than " + count(f.Longer.Value, "day", "days"), v.queryWith(f.Longer.Name, "")})
	}
	if f.Unsuited.Has("yes") {
		list = append(list, chosen{"No suitable family", v.queryWith(f.Unsuited.Name, "")})
	}
	return list
}
