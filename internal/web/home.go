package web

import (
	"cmp"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// homePage is what somebody sees first: what needs them today, then the children
// or the families they work with.
type homePage struct {
	Heading  string
	Today    string
	Notices  []noticeRow
	AllNotes string // where the rest of them are
	Todos    []todo
	Nothing  bool
	Pages    govuk.Pagination // of the one list the query opened
	Children *homeList
	Families *homeList
}

// homeList is the beginning of a list that has a page of its own.
type homeList struct {
	Intro, Empty   string
	Table          govuk.Table
	More, MoreHref string
}

// homeRows is how much of a list the home page shows.
const homeRows = 10

// home shows what needs the signed-in worker today and whom they work with. The
// query may open one of the lists of today as a whole.
func home(v *visit) error {
	p := homePage{Heading: "Home", Today: v.Desk.Today().Time().Weekday().String() + " " + v.Desk.Today().Long()}
	back := ""
	err := v.withBoard("home", func(u *work.Unit, b *link.Board) error {
		todos, err := v.todos(u, b)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(todos, func(t todo) bool { return t.Code == v.r.URL.Query().Get("show") }); i >= 0 {
			p.openTodo(v, u, todos[i])
			back = "/"
			return nil
		}
		for _, t := range todos {
			p.Todos = append(p.Todos, t.cut(u))
		}
		if err := p.notices(u); err != nil {
			return err
		}
		p.Nothing = len(todos) == 0 && len(p.Notices) == 0
		if p.Children, err = v.myChildren(u, b); err != nil {
			return err
		}
		p.Families = v.myFamilies(u, b)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("home", page{Title: p.Heading, Back: back, Wide: true}, p)
}

// openTodo makes the page of one list of today.
func (p *homePage) openTodo(v *visit, u *work.Unit, t todo) {
	p.Heading = t.Title
	from, to, pages := v.pageOf(len(t.Items), "")
	p.Pages = pages
	t.Items, t.More = t.Items[from:to], ""
	t.saw(u)
	p.Todos = []todo{t}
}

// follows tells whether a record is one the signed-in worker works with: it
// names them, or it is their agency's and names nobody, or they look after all
// of their agency's, or of a council's on whose behalf it works. It says what to show first and opens nothing: what may be
// seen is the access table's.
func (v *visit) follows(agencyCode, worker string) bool {
	whole := v.actor.Role == access.Manager || v.actor.Role == access.HomeFinder
	if agencyCode != v.actor.Agency {
		return whole && slices.ContainsFunc(v.actor.Ties, func(t access.Tie) bool { return t.Agency == agencyCode && t.Function != "" })
	}
	return whole || worker == "" || worker == v.actor.ID
}

// followsGroup is follows for children to be placed together.
func (v *visit) followsGroup(group child.Group) bool {
	return slices.ContainsFunc(group, func(c child.Child) bool { return v.follows(c.Agency, c.Worker) })
}

// myChildren is the worker's children who wait, the longest first, or nothing for
// somebody who follows no children at all.
func (v *visit) myChildren(u *work.Unit, b *link.Board) (*homeList, error) {
	if !v.may(b, access.View, access.Child, v.actor.Agency) || !hasChildren(b, v.actor.Agency) {
		return nil, nil
	}
	mine := slices.DeleteFunc(b.Waiting(u), func(g int) bool { return !v.followsGroup(b.Groups[g]) })
	slices.SortStableFunc(mine, func(x, y int) int { return compareWaits(b.Groups[x], b.Groups[y]) })
	shown := mine[:min(homeRows, len(mine))]
	body := &childrenBody{}
	for _, g := range shown {
		body.rows = append(body.rows, v.waitingRowOf(u, b, g))
	}
	body.drawDays()
	if err := body.countAsks(u, b, shown); err != nil {
		return nil, err
	}
	list := &homeList{Intro: "Those who wait longest come first. Brothers and sisters to be placed together are one row.",
		Empty: "No child you work with is waiting for a family.", Table: myChildrenTable(body.rows, u.Today), More: "All children waiting", MoreHref: "/children"}
	if len(mine) > len(shown) {
		list.More = "All children waiting, " + count(len(mine), "group", "groups") + " of yours among them"
	}
	return list, nil
}

// myChildrenTable is the list of children waiting without what is the same for
// all of one's own.
func myChildrenTable(rows []waitingRow, today date.Date) govuk.Table {
	t := govuk.Table{Caption: "Children waiting whom you work with", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Children"}, {Text: "Days since placement order"}, {Text: "Families"}, {Text: "Asks open"}}}
	most := 0
	for _, r := range rows {
		most = max(most, r.counts.Suitable+r.counts.Stretch)
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: childrenCell(r.group, today), Classes: "govuk-!-font-weight-regular"},
			{HTML: r.ordered.cell()}, {HTML: r.familiesCell(most)}, {HTML: r.asksCell()}})
	}
	return t
}

func hasChildren(b *link.Board, agencyCode string) bool {
	return slices.ContainsFunc(b.Groups, func(g child.Group) bool { return g[0].Agency == agencyCode })
}

// compareWaits puts the group that has waited longest since the placement order
// first, then those without one by their agency decision.
func compareWaits(a, b child.Group) int {
	return cmp.Or(compareDays(a.Ordered(), b.Ordered()), compareDays(a.Decided(), b.Decided()))
}

// compareDays puts the earlier day first, and one that is not known last.
func compareDays(a, b date.Date) int {
	if a.Known() != b.Known() {
		return rank(!a.Known()) - rank(!b.Known())
	}
	return cmp.Compare(a, b)
}

// myFamilies is the families an adopters' worker works with, those approved
// longest ago first.
func (v *visit) myFamilies(u *work.Unit, b *link.Board) *homeList {
	if v.actor.Role != access.AdopterWorker {
		return nil
	}
	var mine []int
	for f, family := range b.Families {
		if v.follows(family.Agency, family.Worker) && slices.Contains(searching, family.Status) {
			mine = append(mine, f)
		}
	}
	slices.SortStableFunc(mine, func(x, y int) int { return compareDays(b.Families[x].ApprovedOn, b.Families[y].ApprovedOn) })
	list := &homeList{Intro: "Families approved or in stage two; those approved longest ago come first.",
		Empty: "No family you work with is approved or in stage two.", More: "All families", MoreHref: "/families"}
	if len(mine) > homeRows {
		list.More = "All families, " + count(len(mine), "family", "families") + " of yours among them"
	}
	mine = mine[:min(homeRows, len(mine))]
	list.Table = myFamiliesTable(u, b, mine)
	return list
}

// searching are the statuses in which a family looks for a child.
var searching = []string{"approved", "stage_two"}

func myFamiliesTable(u *work.Unit, b *link.Board, families []int) govuk.Table {
	t := govuk.Table{Caption: "Families you work with", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Family"}, {Text: "Status"}, {Text: "Approved"}, {Text: "Children they could be for"}}}
	if len(families) == 0 {
		return t
	}
	counts, most := b.CouldBeFor(), 0
	for _, f := range families {
		most = max(most, counts[f].Suitable+counts[f].Stretch)
	}
	for _, f := range families {
		family, c := b.Families[f], counts[f]
		u.Saw(family.Subject(), "home")
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: anchor(familyPath(family.ID), family.Name())}, {Text: adopter.Statuses.Label(family.Status)},
			{Text: sinceWords(family.ApprovedOn, u.Today)}, {HTML: markup("%v suitable, %v stretch%v", c.Suitable, c.Stretch, drawStack(most, c.Suitable, c.Stretch))}})
	}
	return t
}
