package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// askPage is one ask. Whoever asked and whoever is asked see the same of the
// children: what they need, not who or where they are.
type askPage struct {
	Heading  string
	Tag      template.HTML
	Who      template.HTML // which children, for whoever asks for them and may see who they are
	Facts    govuk.SummaryList
	Pair     *askedPair // the explanation, where both are still to be found
	Moved    string     // what is other now than when it was asked
	Timeline []event
	Answer   *answerForm   // for who answers, while the ask is open
	Withdraw *withdrawForm // for who asked, while the ask is open
	Close    bool          // whoever asked may close it: its day has passed
	Waiting  string        // whose turn it is, where there is nothing to do here
	Telling  *tellingPart  // what both sides may agree to tell, once the answer is yes
	Path     string
}

// askedPair is why this family could, or could not, be these children's.
type askedPair struct {
	Tag       template.HTML
	Low, High int16
	Fit       string
	Against   []reason
	Questions []string
	Criteria  template.HTML
}

// ask shows one ask.
func ask(v *visit) error { return v.showAsk(newAnswerForm(), newWithdrawForm(), nil) }

// showAsk shows an ask with its forms; posted is the one that was sent, if one
// was and was not accepted.
func (v *visit) showAsk(answer *answerForm, withdraw *withdrawForm, posted *govuk.Form) error {
	p := askPage{Path: askPath(v.r.PathValue("id"))}
	err := v.withBoard("ask", func(u *work.Unit, b *link.Board) error {
		a, err := v.findAsk(u, b)
		if err != nil {
			return err
		}
		p.describe(v, u, b, a)
		p.explain(b, a)
		p.offer(v, b, a, answer, withdraw)
		p.Telling, err = v.telling(u, b, a)
		return err
	})
	if err != nil {
		return err
	}
	return v.show("ask", page{Title: p.Heading, Back: "/asks", Form: posted}, p)
}

// findAsk reads the ask of the page for either of its sides.
func (v *visit) findAsk(u *work.Unit, b *link.Board) (link.Ask, error) {
	a, err := link.FindAsk(u, v.r.PathValue("id"))
	if err != nil {
		return a, err
	}
	if !v.maySeeAsk(b, a) {
		return a, cmp.Or(u.Allow(access.View, b.Book.Thing(access.Ask, a.FamilyAgency), a.ID), work.ErrNotFound)
	}
	u.Saw(a.Subject(), "")
	return a, nil
}

// describe says who is asked, about whom, by whom and when.
func (p *askPage) describe(v *visit, u *work.Unit, b *link.Board, a link.Ask) {
	asked := askedAbout(b, a)
	sawGroup(u, asked, "profile, in an ask")
	p.Heading = "Ask about " + count(len(a.Children), "child", "children")
	p.Tag = askTag(a, u.Today)
	if len(asked) > 0 && v.mayGroup(b, access.View, access.Child, asked) && v.mayGroup(b, access.MakeAsk, access.Child, asked) {
		p.Who = markup("%v. %v", v.childrenWords(b, asked), anchor(childFamiliesPath(a.ChildID), "Families for "+theseChildren(len(asked))))
	}
	add := func(key, value string) {
		if value != "" {
			p.Facts.Rows = append(p.Facts.Rows, govuk.SummaryRow{Key: govuk.Content{Text: key}, Value: govuk.Content{Text: value}})
		}
	}
	p.Facts.Rows = append(p.Facts.Rows, govuk.SummaryRow{Key: govuk.Content{Text: "Homeward’s reference"}, Value: govuk.Content{HTML: v.childLinks(b, a)}})
	add("Council", b.Book.Agencies[a.ChildAgency].Name)
	if len(asked) > 0 {
		add("Age", v.agesWords(asked))
		add("Needs", cmp.Or(strings.Join(needsWords(asked), ", "), "None recorded"))
		add("Contact planned", cmp.Or(strings.Join(contactWords(asked), ", "), "None recorded"))
	}
	add("Brothers and sisters", siblingsWords(len(a.Children)))
	add("Distance from the family’s home", upperFirst(v.bandOf(b, a)))
	p.Facts.Rows = append(p.Facts.Rows, govuk.SummaryRow{Key: govuk.Content{Text: "Family"}, Value: govuk.Content{HTML: v.familyCell(u, b, a)}})
	add("To answer", workerWords(b.Book, a.Recipient, a.FamilyAgency))
	if a.Note != "" {
		p.Facts.Rows = append(p.Facts.Rows, govuk.SummaryRow{Key: govuk.Content{Text: "Note"}, Value: govuk.Content{HTML: markup(`<span class="hw-lines">%v</span>`, a.Note)}})
	}
	p.Timeline = askTimeline(a, u.Today.DaysSince(a.AnswerBy))
}

// childLinks are Homeward's references of the children, as links for whoever has
// a page of them to open.
func (v *visit) childLinks(b *link.Board, a link.Ask) template.HTML {
	var links template.HTML
	for i, id := range a.Children {
		if i > 0 {
			links += "<br>"
		}
		if _, there := b.Group(id); there {
			links += anchor(childPath(id), id)
		} else {
			links += markup("%v", id)
		}
	}
	return links
}

// siblingsWords says how many are to be placed together, and no more of them.
func siblingsWords(n int) string {
	if n == 1 {
		return "To be placed alone"
	}
	return fmt.Sprintf("%d children to be placed together", n)
}

// bandOf is the distance of an ask's pair, rough for everybody.
func (v *visit) bandOf(b *link.Board, a link.Ask) string {
	g, ok := b.Group(a.ChildID)
	f, found := b.Family(a.FamilyID)
	if !ok || !found {
		return ""
	}
	return distanceBand(b.Pool.Explain(g, f).Distance)
}

// askTimeline is what happened to an ask and what is to come; late is by how
// many days its day has passed.
func askTimeline(a link.Ask, late int) []event {
	events := []event{{Day: a.AskedOn, Title: "Asked", By: a.AskedByName, Lines: []string{"From a list by rules " + a.Rules}}}
	by := event{Day: a.AnswerBy, Title: "To be answered by this day", Due: late <= 0}
	if a.State == link.Open {
		if late > 0 {
			by.Title = "Overdue: it was to be answered by this day, " + count(late, "day", "days") + " ago"
		}
		return append(events, by)
	}
	ended := event{Day: a.ClosedOn, Title: link.States.Label(a.State), By: a.ClosedByName, Lines: []string{reasonWords(a)}}
	if a.ReasonNote != "" {
		ended.Lines = append(ended.Lines, a.ReasonNote)
	}
	if a.ClosedOn > a.AnswerBy {
		return append(events, event{Day: a.AnswerBy, Title: "Was to be answered by this day"}, ended)
	}
	return append(events, ended)
}

// explain adds why the family could be the children's, as the records stand now.
func (p *askPage) explain(b *link.Board, a link.Ask) {
	g, ok := b.Group(a.ChildID)
	f, found := b.Family(a.FamilyID)
	if !ok || !found {
		p.Moved = "The children or the family are no longer among those you may look at, so nothing is explained here."
		return
	}
	if now := b.Groups[g].IDs(); !sameSet(now, a.Children) {
		p.Moved = fmt.Sprintf("This was asked about %s. As recorded now, %s to be placed together; what follows is about them.",
			count(len(a.Children), "child", "children"), count(len(now), "child is", "children are"))
	}
	x := explain(b, g, f, false)
	p.Pair = &askedPair{Tag: outcomeTag(x.Outcome), Low: x.Low, High: x.High, Fit: fitWords(x.Low, x.High),
		Against: x.against(), Questions: x.questions(), Criteria: x.criteriaTable("What is needed and what the family has said")}
}

func sameSet(a, b []string) bool {
	return slices.Equal(child.Set(a), child.Set(b))
}

// offer adds the forms of whoever may use them.
func (p *askPage) offer(v *visit, b *link.Board, a link.Ask, answer *answerForm, withdraw *withdrawForm) {
	if a.State != link.Open {
		return
	}
	late := a.Overdue(v.Desk.Today())
	if v.may(b, access.Answer, access.Ask, a.FamilyAgency) {
		answer.about(b, a)
		p.Answer = answer
	}
	if b.MayAskAbout(v.actor, a) {
		p.Withdraw, p.Close = withdraw, late
	}
	if p.Answer == nil {
		p.Waiting = "It is " + a.FamilyAgency + "’s turn to answer."
	}
}
