package web

import (
	"html/template"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// returnListPage is the returns an agency gave, the latest year first.
type returnListPage struct {
	Agency     string
	Council    bool
	MayGive    bool
	Table      govuk.Table
	Pagination govuk.Pagination
	None       bool
}

// returnList lists the returns of the reader's agency.
func returnList(v *visit) error {
	p := returnListPage{Council: v.makesReturns()}
	err := v.office("returns", func(u *work.Unit, book *agency.Book) error {
		own := v.actor.Agency
		list, err := returns.Readings(u, book, own)
		if err != nil {
			return err
		}
		u.Saw(work.Subject{Kind: access.Return, Agency: own}, "list")
		from, to, pages := v.pageOf(len(list), "")
		p.Agency, p.None, p.Pagination = book.Agencies[own].Name, len(list) == 0, pages
		p.MayGive = access.Can(u.Actor, access.Change, book.Thing(access.Return, own)).Allow
		p.Table = returnTable(list[from:to])
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("returns", page{Title: "Returns", Wide: true}, p)
}

// returnStates say how a return stands.
var returnStates = map[string]govuk.Tag{
	returns.Held:     {Text: "Given, not taken in", Classes: "govuk-tag--blue"},
	returns.Taken:    {Text: "Taken in", Classes: "govuk-tag--green"},
	returns.Replaced: {Text: "Replaced by a later one", Classes: "govuk-tag--grey"},
}

// stateOfReturn says how a return stands, and without whom it was taken in.
func stateOfReturn(r returns.Reading) template.HTML {
	return returnStates[r.State].Render() + markup(`%s`, withoutWords(r))
}

// withoutWords go on from the state of a return that was taken in without some
// children.
func withoutWords(r returns.Reading) string {
	who := count(r.SetAside, "child", "children")
	switch {
	case r.SetAside == 0:
		return ""
	case r.State == returns.Taken:
		return " without " + who
	}
	return ", was taken in without " + who
}

func returnTitle(year int) string { return "SSDA903 return, " + ssda903.YearName(year) }

func returnTable(list []returns.Reading) govuk.Table {
	t := govuk.Table{Caption: "Returns given", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Year"}, {Text: "State"}, {Text: "Given by"}, {Text: "Given on"}, numeric("Rows"), numeric("Children")}}
	for _, r := range list {
		link := markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden">, given on %s</span></a>`, returnPath(r.ID), ssda903.YearName(r.Year), momentWords(r.ReadAt))
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: link}, {HTML: stateOfReturn(r)}, {Text: r.ReadBy}, {Text: momentWords(r.ReadAt)},
			numeric(commas(int(r.Rows))), numeric(commas(int(r.Children)))})
	}
	return t
}

// numeric is a cell or a head of figures.
func numeric(text string) govuk.Cell { return govuk.Cell{Text: text, Format: "numeric"} }

// returnYears are the collection years to choose from, the latest first.
func returnYears() (options []govuk.Option) {
	for y := ssda903.LastYear; y >= ssda903.FirstYear; y-- {
		options = append(options, govuk.Option{Value: strconv.Itoa(y), Text: ssda903.YearName(y)})
	}
	return options
}

// lastReturnYear is the last collection year that has ended: each ends on 31
// March.
func (v *visit) lastReturnYear() string {
	year, month, _ := v.Desk.Today().Parts()
	if month <= 3 {
		year--
	}
	return strconv.Itoa(min(max(year, ssda903.FirstYear), ssda903.LastYear))
}

// rulesKnown tells whether the rules of a year are published.
func rulesKnown(year int) bool { return ssda903.RulesKnown(year) == nil }
