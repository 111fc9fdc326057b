package web

import (
	"fmt"
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// findFamiliesPage is the families for one child, or for brothers and sisters to
// be placed together.
type findFamiliesPage struct {
	Record     record
	Brief      groupBrief
	Heading    string
	Rules      string
	Tabs       []recordPage
	Early      bool
	EarlyHref  string
	Heading2   string
	Opens      string // the one change the list is narrowed to
	Chosen     []chosen
	Rows       []familyRow
	First      int
	Showing    string
	Pagination govuk.Pagination
	Why        *whyRuledOut
	AskButton  string // where families are asked, if this worker may
	NoAsk      string // or why nobody can be
	Compare    string
	Empty      string
}

// outcomePart is one part of the list.
type outcomePart struct {
	outcome          match.Outcome
	tab, head, empty string
}

var outcomeParts = []outcomePart{
	{match.Suitable, "Suitable", "Suitable families", "No family is suitable as the records stand now. Look at those who would stretch, then at why families are ruled out and what one change would open."},
	{match.Stretch, "Stretch", "Families who would stretch", "No family is a stretch: one or two of its stated limits against."},
	{match.RuledOut, "Ruled out", "Families ruled out", "No family is ruled out."},
}

// familyRow is one family of the list.
type familyRow struct {
	ID, Name, Href string
	Agency, Worker string
	Tag            template.HTML
	Low, High      int16
	Fit, Distance  string
	Against        []reason
	Questions      []string
	Asks           []askLine
	Criteria       template.HTML
	Links          []rowLink
}

// rowLink is a link of one row; About tells a screen reader which row.
type rowLink struct{ Text, About, Href string }

// findFamilies shows which families could be a child's, why, and whom to ask
// next. The list is the engine's; only what is shown is explained.
func findFamilies(v *visit) error {
	id, early := v.r.PathValue("id"), v.early()
	p := findFamiliesPage{Early: early}
	title := ""
	err := v.withSearch("families for a child", early, func(u *work.Unit, b *link.Board) error {
		l, err := b.FamiliesFor(u, id)
		if err != nil {
			return err
		}
		title = "Families for " + groupTitle(l.Group)
		s := newFamilySearch(v, l, id, early)
		p.describe(s)
		pairs := p.choose(s)
		from, to, links := v.pageOf(len(pairs), "")
		p.First, p.Pagination = from+1, links
		p.Showing = fmt.Sprintf("Showing %d to %d of %s, in the order of the list", from+1, to, count(len(pairs), "family", "families"))
		if p.Rows, err = s.rows(u, pairs[from:to]); err != nil {
			return err
		}
		s.noteSeen(u)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("findfamilies", page{Title: title, Back: childPath(id), Wide: true}, p)
}

// familySearch is one list being shown to one worker.
type familySearch struct {
	*visit
	*link.List
	id    string // the child whose page this is
	early bool
	near  bool // may know what a zone is about
	asks  bool // may ask families about these children
	seen  map[int32]bool
}

func newFamilySearch(v *visit, l *link.List, id string, early bool) *familySearch {
	return &familySearch{visit: v, List: l, id: id, early: early, seen: map[int32]bool{},
		near: v.mayGroup(l.Board, access.View, access.ChildLocations, l.Group),
		asks: v.mayGroup(l.Board, access.MakeAsk, access.Child, l.Group) && l.Group.Waits()}
}

// earlyFlag is the query's value for early search.
func (s *familySearch) earlyFlag() string {
	if s.early {
		return "1"
	}
	return ""
}

// listHref is the list with one of its outcomes chosen.
func (s *familySearch) listHref(o match.Outcome, opens string) string {
	return withQuery(childFamiliesPath(s.id), "outcome", o.Code(), "opens", opens, "early", s.earlyFlag())
}

func (p *findFamiliesPage) describe(s *familySearch) {
	p.Record = s.groupRecord(s.Book, s.Group, s.id, childFamiliesPath(s.id))
	p.Brief = s.briefOf(s.Group)
	p.Heading = "Families for " + theseChildren(len(s.Group))
	p.Rules = "Rules " + s.Pool.Rules().Version + ", as of " + s.AsOf().Long() + ". The same facts give the same list."
	p.Compare = comparePath(s.id)
	if s.asks {
		p.AskButton = newAskPath(s.id)
	} else if !s.Group.Waits() {
		p.NoAsk = "No family can be asked about " + theseChildren(len(s.Group)) + " now: families are asked about children whose status is “waiting”."
	}
	on := "1"
	if s.early {
		on = ""
	}
	p.EarlyHref = withQuery(childFamiliesPath(s.id), "outcome", s.r.URL.Query().Get("outcome"), "early", on)
}

// choose takes the pairs of the chosen outcome out of the list; a query nobody
// offered gives the suitable ones.
func (p *findFamiliesPage) choose(s *familySearch) []match.Pair {
	counts, query := s.Counts[s.G], s.r.URL.Query()
	numbers := []int{counts.Suitable, counts.Stretch, counts.RuledOut}
	chosen := max(0, slices.IndexFunc(outcomeParts, func(h outcomePart) bool { return h.outcome.Code() == query.Get("outcome") }))
	for i, h := range outcomeParts {
		p.Tabs = append(p.Tabs, recordPage{fmt.Sprintf("%s (%d)", h.tab, numbers[i]), s.listHref(h.outcome, ""), i == chosen})
	}
	h := outcomeParts[chosen]
	p.Heading2, p.Empty = h.head, h.empty
	pairs := slices.DeleteFunc(slices.Clone(s.Pairs), func(pair match.Pair) bool { return pair.Outcome != h.outcome })
	if h.outcome == match.RuledOut {
		p.AskButton = "" // those that can be asked all the same have a link of their own
		pairs = p.explainRuledOut(s, pairs, query.Get("opens"))
	}
	return pairs
}

// rows explains the families of one page, with what each was asked before.
func (s *familySearch) rows(u *work.Unit, pairs []match.Pair) ([]familyRow, error) {
	var ids []string
	for _, pair := range pairs {
		ids = append(ids, s.Families[pair.Family].ID)
	}
	asks, err := asksByFamily(u, s.Group.IDs(), ids)
	if err != nil {
		return nil, err
	}
	var rows []familyRow
	for _, pair := range pairs {
		s.seen[pair.Family] = true
		rows = append(rows, s.row(pair, asks[s.Families[pair.Family].ID]))
	}
	return rows, nil
}

// row is one family as the list shows it.
func (s *familySearch) row(pair match.Pair, asks []link.Ask) familyRow {
	x := explain(s.Board, s.G, int(pair.Family), s.near)
	f := x.Family
	r := familyRow{
		ID: f.ID, Name: f.Name(), Href: familyPath(f.ID), Agency: s.Book.Agencies[f.Agency].Name, Worker: workerWords(s.Book, f.Worker, f.Agency),
		Tag: outcomeTag(pair.Outcome), Low: pair.Low, High: pair.High, Fit: fitWords(pair.Low, pair.High), Distance: distanceWords(x.Distance),
		Against: x.against(), Questions: x.questions(), Criteria: x.criteriaTable("What " + f.Name() + " offers beside what is needed"),
	}
	open := false
	for _, a := range asks {
		open = open || a.State == link.Open
		r.Asks = append(r.Asks, askLineOf(a, s.Desk.Today()))
	}
	if s.asks && !open && pair.Excluded == pair.Waived {
		r.Links = append(r.Links, rowLink{"Ask this family", f.Name(), withQuery(newAskPath(s.id), "family", f.ID, "early", s.earlyFlag())})
	}
	if pair.Excluded != 0 {
		r.Links = append(r.Links, rowLink{"Waive or resolve", "what rules out " + f.Name(), waivePath(s.id, f.ID)})
	}
	return r
}

// asksByFamily gives the asks of some families about some children, the newest
// first.
func asksByFamily(u *work.Unit, children, families []string) (map[string][]link.Ask, error) {
	by := map[string][]link.Ask{}
	if len(families) == 0 {
		return by, nil
	}
	asks, err := link.Asks(u.Tx, link.AskQuery{Children: children, Families: families})
	for _, a := range asks {
		by[a.FamilyID] = append(by[a.FamilyID], a)
	}
	return by, err
}

// noteSeen notes every family the page shows.
func (s *familySearch) noteSeen(u *work.Unit) {
	for f := range s.Families {
		if s.seen[int32(f)] {
			u.Saw(s.Families[f].Subject(), "families for child "+s.Group[0].ID)
		}
	}
}
