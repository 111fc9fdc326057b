package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/work"
)

// todo is one kind of thing that needs somebody today.
type todo struct {
	Code, Title, Why string
	Late             bool // some of it is overdue
	Items            []todoItem
	More, MoreHref   string
}

// todoItem is one of them; Note stands beside the link.
type todoItem struct {
	Text, Href, Note string
	Tag              template.HTML
	subjects         []work.Subject // whose records it shows
}

// todoShown is how many of a kind the home page shows.
const todoShown = 5

// The days that make something wait for somebody.
const (
	waiverWarning = 14 // days before a waiver expires
	unaskedAfter  = 90 // days since the placement order with nobody asked
)

// cut leaves the beginning of a list and a link to the whole of it.
func (t todo) cut(u *work.Unit) todo {
	if n := len(t.Items); n > todoShown {
		t.More = fmt.Sprintf("See all %d", n)
		t.MoreHref = cmp.Or(t.MoreHref, "/?show="+t.Code)
		t.Items = t.Items[:todoShown]
	} else {
		t.More = ""
	}
	t.saw(u)
	return t
}

// saw notes what is shown.
func (t todo) saw(u *work.Unit) {
	for _, item := range t.Items {
		for _, s := range item.subjects {
			u.Saw(s, "home: "+t.Code)
		}
	}
}

// todos are the kinds of which there is something, the most pressing first.
func (v *visit) todos(u *work.Unit, b *link.Board) ([]todo, error) {
	toAnswer, err := v.asksToAnswer(u, b)
	if err != nil {
		return nil, err
	}
	made, err := v.asksMade(u, b)
	if err != nil {
		return nil, err
	}
	unasked, err := v.unasked(u, b)
	if err != nil {
		return nil, err
	}
	drifts, err := v.drifting(u, b)
	if err != nil {
		return nil, err
	}
	all := append(append([]todo{toAnswer}, made...), v.zonesToReview(u, b), v.waiversExpiring(b), unasked, drifts)
	return slices.DeleteFunc(all, func(t todo) bool { return len(t.Items) == 0 }), nil
}

// asksToAnswer are the open asks to families the worker answers for.
func (v *visit) asksToAnswer(u *work.Unit, b *link.Board) (todo, error) {
	t := todo{Code: "answer", Why: "Families of yours have been asked about these children.", MoreHref: "/asks?box=answer"}
	answers := b.Book.Where(v.actor, access.Answer, access.Ask)
	if len(answers) == 0 {
		return t, nil
	}
	list, err := link.Asks(u.Tx, link.AskQuery{FamilyAgencies: answers, States: []string{link.Open}})
	list = slices.DeleteFunc(list, func(a link.Ask) bool { return b.Hides(v.actor, a) || !v.follows(a.FamilyAgency, a.Recipient) })
	slices.SortStableFunc(list, byAnswerDay)
	for _, a := range list {
		t.Late = t.Late || a.Overdue(u.Today)
		asked := askedAbout(b, a)
		t.Items = append(t.Items, todoItem{Text: b.FamilyName(a.FamilyID) + ": child " + listWords(a.Children), Href: askPath(a.ID),
			Tag: askTag(a, u.Today), Note: "answer by " + answerByWords(a, u.Today), subjects: subjectsOf(a, asked)})
	}
	t.Title = count(len(list), "ask to answer", "asks to answer")
	return t, err
}

func subjectsOf(a link.Ask, asked child.Group) []work.Subject {
	list := []work.Subject{a.Subject()}
	for _, c := range asked {
		list = append(list, c.Subject())
	}
	return list
}

// asksMade are the worker's own asks that are overdue, and those answered since
// the last working day.
func (v *visit) asksMade(u *work.Unit, b *link.Board) ([]todo, error) {
	since := lastWorkingDay(u.Today)
	overdue := todo{Code: "overdue", Late: true, Why: "Ring the family’s worker, or close the ask and look at who else could be asked.", MoreHref: "/asks?box=mine&state=overdue"}
	answered := todo{Code: "answered", Why: "Answered since " + since.Time().Weekday().String() + " " + since.Long() + ".", MoreHref: "/asks?box=mine&state=answered"}
	if len(b.Book.Where(v.actor, access.MakeAsk, access.Child)) == 0 {
		return nil, nil
	}
	list, err := link.Asks(u.Tx, link.AskQuery{AskedBy: []string{v.actor.ID}, States: []string{link.Open, link.Yes, link.NotNow, link.No}})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, byAnswerDay)
	for _, a := range list {
		switch {
		case !v.maySeeAsk(b, a):
		case a.Overdue(u.Today):
			overdue.Items = append(overdue.Items, v.madeItem(b, a, u.Today))
		case a.State != link.Open && a.ClosedOn >= since:
			answered.Items = append(answered.Items, v.madeItem(b, a, u.Today))
		}
	}
	overdue.Title = count(len(overdue.Items), "ask of yours is overdue", "asks of yours are overdue")
	answered.Title = count(len(answered.Items), "new answer", "new answers")
	return []todo{overdue, answered}, nil
}

func (v *visit) madeItem(b *link.Board, a link.Ask, today date.Date) todoItem {
	asked := askedAbout(b, a)
	return todoItem{Text: b.FamilyName(a.FamilyID) + " for " + v.askedWords(b, a, asked), Href: askPath(a.ID), Tag: askTag(a, today), Note: whenWords(a, today), subjects: subjectsOf(a, asked)}
}

// lastWorkingDay is the working day before a day: what was answered on a Friday
// is news on Monday.
func lastWorkingDay(d date.Date) date.Date {
	for d--; !d.IsWorkingDay(); d-- {
	}
	return d
}

// settled are the statuses in which nobody looks for a family any more.
var settled = []string{"placed", "adopted", "plan_changed"}

// zonesToReview are the children with a zone whose review date has passed: the
// zone stands, and somebody should look whether it still must.
func (v *visit) zonesToReview(u *work.Unit, b *link.Board) todo {
	t := todo{Code: "zones", Why: "The review date has passed. The zone still rules families out until it is changed."}
	for _, group := range b.Groups {
		for _, c := range group {
			if !v.follows(c.Agency, c.Worker) || slices.Contains(settled, c.Status) || !v.mayGroup(b, access.View, access.ChildLocations, child.Group{c}) {
				continue
			}
			if due := earliestReview(c); due.Known() && due < u.Today {
				t.Items = append(t.Items, todoItem{Text: v.childrenWords(b, child.Group{c}), Href: childPath(c.ID), Note: "review was due " + sinceWords(due, u.Today), subjects: []work.Subject{c.Subject()}})
			}
		}
	}
	t.Title = count(len(t.Items), "child has a zone to review", "children have a zone to review")
	return t
}

func earliestReview(c child.Child) date.Date {
	var first date.Date
	for _, z := range c.Zones {
		if z.ReviewBy.Known() && (!first.Known() || z.ReviewBy < first) {
			first = z.ReviewBy
		}
	}
	return first
}

// waiversExpiring are the waivers in force for the worker's children that expire
// within two weeks.
func (v *visit) waiversExpiring(b *link.Board) todo {
	t := todo{Code: "waivers", Why: "When a waiver expires its exclusion stands again."}
	for _, w := range b.Waivers {
		g, ok := b.Group(w.ChildID)
		if !ok || !b.InForce(w) || w.ExpiresOn > b.AsOf()+waiverWarning || !v.followsGroup(b.Groups[g]) || !v.mayGroup(b, access.FindFamilies, access.Child, b.Groups[g]) {
			continue
		}
		item := todoItem{Text: b.FamilyName(w.FamilyID) + " for " + v.childrenWords(b, b.Groups[g]), Href: waivePath(w.ChildID, w.FamilyID), Note: "expires on " + w.ExpiresOn.Long()}
		for _, c := range b.Groups[g] {
			item.subjects = append(item.subjects, c.Subject())
		}
		t.Items = append(t.Items, item)
	}
	t.Title = count(len(t.Items), "waiver expires within two weeks", "waivers expire within two weeks")
	return t
}

// unasked are the worker's children who have waited long since the placement
// order and about whom nobody was ever asked, the longest first.
func (v *visit) unasked(u *work.Unit, b *link.Board) (todo, error) {
	t := todo{Code: "unasked", Late: true, Why: "No family has ever been asked about them. Look at who could be."}
	if !v.may(b, access.MakeAsk, access.Child, v.actor.Agency) {
		return t, nil
	}
	asked, err := link.AskedChildren(u.Tx, []string{v.actor.Agency})
	if err != nil {
		return t, err
	}
	waiting := b.Waiting(u)
	slices.SortStableFunc(waiting, func(x, y int) int { return compareWaits(b.Groups[x], b.Groups[y]) })
	for _, g := range waiting {
		group := b.Groups[g]
		ordered := group.Ordered()
		if !v.followsGroup(group) || !ordered.Known() || u.Today.DaysSince(ordered) <= unaskedAfter || slices.ContainsFunc(group, func(c child.Child) bool { return asked[c.ID] }) {
			continue
		}
		item := todoItem{Text: v.childrenWords(b, group), Href: childFamiliesPath(group[0].ID),
			Note: v.waitingWords(group) + "; " + count(b.Counts[g].Suitable, "suitable family", "suitable families")}
		for _, c := range group {
			item.subjects = append(item.subjects, c.Subject())
		}
		t.Items = append(t.Items, item)
	}
	t.Title = count(len(t.Items), "group has waited over 90 days with nobody asked", "groups have waited over 90 days with nobody asked")
	return t, nil
}

// drifting are the families whose stated preferences recent answers do not bear
// out: a reason to talk with them.
func (v *visit) drifting(u *work.Unit, b *link.Board) (todo, error) {
	t := todo{Code: "drifts", Why: "What they have said and what they answered differ. Talk it through with them, then correct the record if it changed."}
	if !v.may(b, access.Change, access.Family, v.actor.Agency) {
		return t, nil
	}
	list, err := link.Asks(u.Tx, link.AskQuery{FamilyAgencies: []string{v.actor.Agency}, States: answerStates})
	if err != nil {
		return t, err
	}
	by := map[string][]link.Ask{}
	for _, a := range list {
		by[a.FamilyID] = append(by[a.FamilyID], a)
	}
	for _, f := range b.Families {
		if len(by[f.ID]) == 0 || !v.follows(f.Agency, f.Worker) {
			continue
		}
		var labels []string
		for _, d := range b.Drifts(f, by[f.ID]) {
			labels = append(labels, midSentence(link.DriftLabel(d.Code)))
		}
		if len(labels) > 0 {
			t.Items = append(t.Items, todoItem{Text: f.Name(), Href: familyPath(f.ID), Note: listWords(labels), subjects: []work.Subject{f.Subject()}})
		}
	}
	t.Title = count(len(t.Items), "family has preferences to talk through", "families have preferences to talk through")
	return t, nil
}
