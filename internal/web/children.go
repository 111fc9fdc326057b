package web

import (
	"cmp"
	"html/template"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// childrenBody is the list of children waiting.
type childrenBody struct {
	Filter  *childrenFilter
	Chosen  []chosen
	Tiles   []tile
	Waiting int // groups, whatever the filter
	MaySee  bool
	MayAdd  bool

	Groups, Children int // that pass the filter, on all pages
	From, To         int // of the groups, on this page
	LongestDays      int
	Table            govuk.Table
	Pages            govuk.Pagination

	rows []waitingRow
}

// tile is a figure above a list; Href, if there is one, shows what it counts.
type tile struct {
	Count       int
	Label, Href string
}

// waitingRow is one group in the list.
type waitingRow struct {
	group            child.Group
	agency, plan     string
	decided, ordered daysBar
	counts           match.Counts
	families         string // where its families are listed, if they may be
	open, overdue    int    // asks
}

// daysBar is a number of days with a bar drawn for comparison.
type daysBar struct {
	known bool
	days  int
	bar   template.HTML
}

// children lists the groups of children who wait for a family, brothers and
// sisters as one row.
func children(v *visit) error {
	var body *childrenBody
	err := v.withBoard("children waiting", func(u *work.Unit, b *link.Board) (err error) {
		body, err = v.childrenPage(u, b)
		return err
	})
	if err != nil {
		return err
	}
	return v.show("children", page{Title: "Children waiting", Wide: true}, body)
}

func (v *visit) childrenPage(u *work.Unit, b *link.Board) (*childrenBody, error) {
	visible := b.Book.Where(u.Actor, access.View, access.Child)
	waiting := b.Waiting(u)
	body := &childrenBody{Waiting: len(waiting), MaySee: len(visible) > 0, MayAdd: len(mayAddFor(b.Book, u.Actor)) > 0}
	body.Filter = newChildrenFilter(v.r.URL.Query(), agenciesOf(b, waiting))
	body.Chosen = body.Filter.chosen(v)
	body.Tiles = waitingTiles(b, waiting, u.Today)
	list := body.Filter.apply(b, waiting, u.Today)
	u.Searched(access.Child, v.r.URL.RawQuery, len(list))
	body.Groups = len(list)
	for _, g := range list {
		body.Children += len(b.Groups[g])
	}
	from, to, pages := v.pageOf(len(list), "total")
	body.From, body.To, body.Pages = from+1, to, pages
	for _, g := range list[from:to] {
		body.rows = append(body.rows, v.waitingRowOf(u, b, g))
	}
	body.drawDays()
	if err := body.countAsks(u, b, list[from:to]); err != nil {
		return nil, err
	}
	body.Table = waitingTable(body.rows, u.Today)
	return body, nil
}

// agenciesOf gives the agencies that some groups are of, to choose among.
func agenciesOf(b *link.Board, groups []int) []agency.Agency {
	seen := map[string]bool{}
	for _, g := range groups {
		seen[b.Groups[g][0].Agency] = true
	}
	var list []agency.Agency
	for _, a := range b.Book.List() {
		if seen[a.Code] {
			list = append(list, a)
		}
	}
	return list
}

// aYear is the wait that the tile above the list counts.
const aYear = 365

func waitingTiles(b *link.Board, waiting []int, today date.Date) []tile {
	var children, long, unsuited int
	for _, g := range waiting {
		children += len(b.Groups[g])
		if waitsLonger(b.Groups[g], aYear, today) {
			long++
		}
		if b.Counts[g].Suitable == 0 {
			unsuited++
		}
	}
	return []tile{
		{children, noun(children, "child", "children") + " waiting, in " + count(len(waiting), "group", "groups"), "/children"},
		{long, noun(long, "group", "groups") + " over a year since the placement order", "/children?longer=365#total"},
		{unsuited, noun(unsuited, "group", "groups") + " with no suitable family", "/children?unsuited=yes#total"},
	}
}

func (v *visit) waitingRowOf(u *work.Unit, b *link.Board, g int) waitingRow {
	group := b.Groups[g]
	lead := group[0]
	row := waitingRow{
		group: group, agency: b.Book.Agencies[lead.Agency].Name, plan: planWords(group), counts: b.Counts[g],
		decided: daysSince(group.Decided(), u.Today), ordered: daysSince(group.Ordered(), u.Today),
	}
	if v.mayGroup(b, access.FindFamilies, access.Child, group) {
		row.families = childFamiliesPath(lead.ID)
	}
	for _, c := range group {
		u.Saw(c.Subject(), "in the list of children waiting")
	}
	return row
}

func waitingTable(rows []waitingRow, today date.Date) govuk.Table {
	t := govuk.Table{Caption: "Children waiting, those to be placed together in one row", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Children"}, {Text: "Agency"}, {Text: "Plan"}, {Text: "Days since placement order"}, {Text: "Days since agency decision"},
			{Text: "Families"}, {Text: "Asks open"}}}
	most := 0
	for _, r := range rows {
		most = max(most, r.counts.Suitable+r.counts.Stretch)
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, []govuk.Cell{
			{HTML: childrenCell(r.group, today), Classes: "govuk-!-font-weight-regular hw-names"}, {Text: r.agency}, {Text: r.plan},
			{HTML: r.ordered.cell()}, {HTML: r.decided.cell()}, {HTML: r.familiesCell(most)}, {HTML: r.asksCell()},
		})
	}
	return t
}

// childrenCell names the children of a group, each with a link, age and
// reference.
func childrenCell(g child.Group, today date.Date) template.HTML {
	var cell template.HTML
	for _, c := range g {
		cell += markup(`<div><a class="govuk-link govuk-!-font-weight-bold" href="%s">%s</a>, %s <span class="govuk-hint govuk-!-font-size-16 govuk-!-margin-bottom-0">%s</span></div>`,
			childPath(c.ID), givenName(c), strings.ReplaceAll(ageWords(c.Born, today), " ", "\u00a0"), c.Agency+"/"+c.Ref)
	}
	return cell
}

// givenName is what a child is called in a list.
func givenName(c child.Child) string { return cmp.Or(c.GivenName, "Name not recorded") }

func (d daysBar) cell() template.HTML {
	if !d.known {
		return notRecorded
	}
	return markup("%s%s", commas(d.days), d.bar)
}

func (r waitingRow) familiesCell(most int) template.HTML {
	words := markup("%s suitable, %s stretch", commas(r.counts.Suitable), commas(r.counts.Stretch))
	drawing := drawStack(most, r.counts.Suitable, r.counts.Stretch)
	if r.families == "" {
		return words + drawing
	}
	var names []string
	for _, c := range r.group {
		names = append(names, givenName(c))
	}
	return markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden"> for %s</span></a>%s`, r.families, words, listWords(names), drawing)
}

func (r waitingRow) asksCell() template.HTML {
	cell := markup("%s", commas(r.open))
	if r.overdue > 0 {
		cell += " " + govuk.Tag{Text: count(r.overdue, "overdue", "overdue"), Classes: "govuk-tag--red"}.Render()
	}
	return cell
}

// planWords says the plan of a group; of a child with no brothers or sisters
// recorded there is none to say.
func planWords(g child.Group) string {
	lead := g[0]
	switch {
	case len(g) > 1:
		return "Together, " + count(len(g), "child", "children")
	case lead.Plan == "" && lead.GroupRef == "":
		return "One child"
	}
	return "One child. Brothers and sisters: " + cmp.Or(planInSentence[lead.Plan], "plan not recorded")
}

var planInSentence = map[string]string{"together": "together", "apart": "apart", "undecided": "not yet decided"}

// daysSince counts the days since a day; a day to come counts none.
func daysSince(d, today date.Date) daysBar {
	if !d.Known() {
		return daysBar{}
	}
	return daysBar{known: true, days: max(today.DaysSince(d), 0)}
}

// drawDays draws every bar against the longest wait on the page, so that bars
// of both columns compare.
func (body *childrenBody) drawDays() {
	for _, row := range body.rows {
		body.LongestDays = max(body.LongestDays, row.decided.days, row.ordered.days)
	}
	for i := range body.rows {
		for _, bar := range []*daysBar{&body.rows[i].ordered, &body.rows[i].decided} {
			if bar.known {
				bar.bar = drawShare(bar.days, body.LongestDays, 1)
			}
		}
	}
}

// countAsks counts the open asks about the groups shown, in two statements
// however many there are.
func (body *childrenBody) countAsks(u *work.Unit, b *link.Board, shown []int) error {
	var ids []string
	at := map[int]*waitingRow{}
	for i, g := range shown {
		at[g] = &body.rows[i]
		for _, c := range b.Groups[g] {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	asks, err := link.Asks(u.Tx, link.AskQuery{Children: ids, States: []string{link.Open}})
	for _, a := range asks {
		g, ok := b.Group(a.ChildID)
		row := at[g]
		if !ok || row == nil {
			continue
		}
		row.open++
		if a.Overdue(u.Today) {
			row.overdue++
		}
	}
	return err
}

// mayAddFor gives the agencies an actor may add a child for: councils and the
// regional agencies that act for them. A voluntary agency has no children of
// its own.
func mayAddFor(book *agency.Book, actor access.Actor) []agency.Agency {
	var list []agency.Agency
	for _, code := range book.Where(actor, access.Change, access.Child) {
		if a := book.Agencies[code]; a.Kind != "VAA" {
			list = append(list, a)
		}
	}
	return list
}

// errNoChildrenHere is what to say where an agency has no children to add.
var errNoChildrenHere = fault.New(fault.Forbidden, "Your agency has no children of its own, so there is nothing to add here.")
