package web

import (
	"cmp"
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// asksPage is the ask log, as one box of it stands.
type asksPage struct {
	Boxes, States []recordPage
	Summary       string
	Table         govuk.Table
	Pagination    govuk.Pagination
	Empty         string
}

// askBox is one way of looking at the ask log.
type askBox struct {
	code, text, empty string
	toAnswer          bool // asks of the agency's own families, rather than asks made
}

var askBoxes = []askBox{
	{"answer", "To answer", "There is nothing here to answer.", true},
	{"mine", "Asked by me", "You have no asks like this. Open a child waiting and look for families to ask.", false},
	{"agency", "My agency’s asks", "There are no asks like this about your agency’s children or made by your agency.", false},
}

// askState is how the asks of a box may stand.
type askState struct {
	code, text string
	states     []string
}

var askStates = []askState{
	{"open", "Waiting for an answer", []string{link.Open}},
	{"overdue", "Overdue", []string{link.Open}},
	{"answered", "Answered", []string{link.Yes, link.NotNow, link.No}},
	{"closed", "Withdrawn or closed", []string{link.Withdrawn, link.NoAnswer}},
	{"all", "All", nil},
}

// asks shows who was asked about which children, by whom and by when, and what
// they said: what is overdue stands first and says so.
func asks(v *visit) error {
	var p asksPage
	err := v.withBoard("asks", func(u *work.Unit, b *link.Board) error {
		box := v.askBox(b)
		state := max(0, slices.IndexFunc(askStates, func(s askState) bool { return s.code == v.r.URL.Query().Get("state") }))
		p.link(v, b, box, state)
		list, err := v.askList(u, b, box, askStates[state])
		if err != nil {
			return err
		}
		u.Searched(access.Ask, v.r.URL.RawQuery, len(list))
		from, to, pages := v.pageOf(len(list), "")
		p.Pagination, p.Empty = pages, box.empty
		p.Summary = count(len(list), "ask", "asks") + overdueWords(list, u.Today)
		p.fill(v, u, b, box, list[from:to])
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("asks", page{Title: "Asks", Wide: true}, p)
}

// usesBox tells whether the signed-in worker has a use for a box.
func (v *visit) usesBox(b *link.Board, box askBox) bool {
	if box.toAnswer {
		return v.may(b, access.Answer, access.Ask, v.actor.Agency)
	}
	return len(b.Book.Where(v.actor, access.MakeAsk, access.Child)) > 0
}

// askBox is the box the query names, or the first that there is a use for.
func (v *visit) askBox(b *link.Board) askBox {
	var first *askBox
	for i, box := range askBoxes {
		if !v.usesBox(b, box) {
			continue
		}
		if first == nil {
			first = &askBoxes[i]
		}
		if box.code == v.r.URL.Query().Get("box") {
			return box
		}
	}
	if first == nil {
		return askBoxes[0]
	}
	return *first
}

func (p *asksPage) link(v *visit, b *link.Board, box askBox, state int) {
	for _, other := range askBoxes {
		if v.usesBox(b, other) {
			p.Boxes = append(p.Boxes, recordPage{other.text, withQuery("/asks", "box", other.code), other.code == box.code})
		}
	}
	for i, s := range askStates {
		p.States = append(p.States, recordPage{s.text, withQuery("/asks", "box", box.code, "state", s.code), i == state})
	}
}

// askList loads the asks of a box, the ones still to be answered by their day,
// the others newest first. It leaves out what the worker may not look at.
func (v *visit) askList(u *work.Unit, b *link.Board, box askBox, state askState) ([]link.Ask, error) {
	var list []link.Ask
	seen := map[string]bool{}
	for _, q := range v.askQueries(b, box) {
		q.States = state.states
		asks, err := link.Asks(u.Tx, q)
		if err != nil {
			return nil, err
		}
		for _, a := range asks {
			if !seen[a.ID] && v.maySeeAsk(b, a) && (state.code != "overdue" || a.Overdue(u.Today)) {
				list = append(list, a)
			}
			seen[a.ID] = true
		}
	}
	slices.SortStableFunc(list, byAnswerDay)
	return list, nil
}

// askQueries are what a box holds: an agency's asks are those about its children
// and those its workers made about the pool's.
func (v *visit) askQueries(b *link.Board, box askBox) []link.AskQuery {
	switch {
	case !v.usesBox(b, box):
		return nil
	case box.toAnswer:
		return []link.AskQuery{{FamilyAgencies: []string{v.actor.Agency}}}
	case box.code == "mine":
		return []link.AskQuery{{AskedBy: []string{v.actor.ID}}}
	}
	made := link.AskQuery{}
	for _, w := range b.Book.Staff(v.actor.Agency) {
		made.AskedBy = append(made.AskedBy, w.ID)
	}
	return []link.AskQuery{{ChildAgencies: []string{v.actor.Agency}}, made}
}

// byAnswerDay puts open asks first, the one to be answered soonest at the top.
func byAnswerDay(a, b link.Ask) int {
	if (a.State == link.Open) != (b.State == link.Open) {
		if a.State == link.Open {
			return -1
		}
		return 1
	}
	if a.State == link.Open {
		return cmp.Compare(a.AnswerBy, b.AnswerBy)
	}
	return cmp.Compare(b.ClosedOn, a.ClosedOn)
}

func overdueWords(list []link.Ask, today date.Date) string {
	n := 0
	for _, a := range list {
		if a.Overdue(today) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return ", " + count(n, "of them overdue", "of them overdue")
}

func (p *asksPage) fill(v *visit, u *work.Unit, b *link.Board, box askBox, list []link.Ask) {
	p.Table = govuk.Table{Caption: box.text, CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Children"}, {Text: "Family"}, {Text: "State"}, {Text: "Answer by, or answered"}, {Text: "Asked"}, {Text: "To answer"}}}
	for _, a := range list {
		p.Table.Rows = append(p.Table.Rows, v.askRow(u, b, box, a))
	}
}

// askRow is one ask. To whoever answers, the children are Homeward's references
// and their ages; to whoever asked, who they are.
func (v *visit) askRow(u *work.Unit, b *link.Board, box askBox, a link.Ask) []govuk.Cell {
	asked := askedAbout(b, a)
	u.Saw(a.Subject(), "ask log")
	sawGroup(u, asked, "ask log")
	who := listWords(a.Children)
	if !box.toAnswer {
		who = v.askedWords(b, a, asked)
	}
	children := anchor(askPath(a.ID), who)
	if ages := v.agesWords(asked); ages != "" {
		children += markup(`<br><span class="govuk-!-font-weight-regular">%v</span>`, ages)
	}
	return []govuk.Cell{
		{HTML: children}, {HTML: v.familyCell(u, b, a)}, {HTML: askTag(a, u.Today)}, {Text: whenWords(a, u.Today)},
		{HTML: markup("%v<br>%v", a.AskedOn.Long(), a.AskedByName)}, {Text: workerWords(b.Book, a.Recipient, a.FamilyAgency)},
	}
}

// familyCell names the family an ask is to, to whoever may see it.
func (v *visit) familyCell(u *work.Unit, b *link.Board, a link.Ask) template.HTML {
	f, ok := b.Family(a.FamilyID)
	if !ok {
		return markup("A family of %v", a.FamilyAgency)
	}
	u.Saw(b.Families[f].Subject(), "ask log")
	return anchor(familyPath(a.FamilyID), b.Families[f].Name())
}

// whenWords is the day an ask is to be answered by, or was ended and why.
func whenWords(a link.Ask, today date.Date) string {
	if a.State == link.Open {
		return answerByWords(a, today)
	}
	return a.ClosedOn.Long() + ": " + midSentence(reasonWords(a))
}
