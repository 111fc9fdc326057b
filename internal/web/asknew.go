package web

import (
	"fmt"
	"strings"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// newAskPage asks some families about a child, or about brothers and sisters to
// be placed together, before anybody is asked.
type newAskPage struct {
	Heading, Button  string
	Record           record
	Brief            groupBrief
	Families         []askedFamily // who will be asked
	Left             []leftFamily  // who was chosen and cannot be
	Nobody           string
	Form             *govuk.Form
	AnswerBy         *govuk.DateField
	Note             *govuk.TextField
	Early            bool
	List, FamilyNote string
}

// askedFamily is one family that will be asked, and what to think of first.
type askedFamily struct {
	ID, Name, Href, Agency, Worker string
	Warnings                       []string
}

// leftFamily is one that cannot be asked, and why.
type leftFamily struct{ Name, Href, Why string }

// newAsk asks families: who, about whom, by when, and a note; then records it.
func newAsk(v *visit) error {
	p := newAskPage{Early: v.early()}
	if p.ask(v) {
		asked, err := p.send(v)
		if err == nil {
			return v.done("/asks?box=mine", askedMessage(asked, p.AnswerBy.Value))
		}
		if err := unlessFault(p.Form, err); err != nil {
			return err
		}
	}
	return p.show(v)
}

// send records the asks; if any cannot be made, none is.
func (p *newAskPage) send(v *visit) (asked int, err error) {
	err = v.withSearch("ask families", p.Early, func(u *work.Unit, b *link.Board) error {
		asks, err := b.Ask(u, link.AskRequest{ChildID: v.r.PathValue("id"), Families: v.r.PostForm["family"], AnswerBy: p.AnswerBy.Value, Note: p.Note.Value})
		asked = len(asks)
		return err
	})
	return asked, err
}

// show says who would be asked, before they are.
func (p *newAskPage) show(v *visit) error {
	id, title := v.r.PathValue("id"), ""
	err := v.withSearch("ask families", p.Early, func(u *work.Unit, b *link.Board) error {
		g, err := b.FindGroup(u, access.MakeAsk, id)
		if err != nil {
			return err
		}
		title = "Ask about " + groupTitle(b.Groups[g])
		return p.describe(v, u, b, g, id)
	})
	if err != nil {
		return err
	}
	return v.show("asknew", page{Title: title, Back: p.List, Form: p.Form}, p)
}

func askedMessage(n int, by date.Date) string {
	if n == 1 {
		return "1 family asked. Its worker has until " + by.Long() + " to answer."
	}
	return fmt.Sprintf("%d families asked. Their workers have until %s to answer.", n, by.Long())
}

// ask declares the form, and reads it where it was sent.
func (p *newAskPage) ask(v *visit) bool {
	today := v.Desk.Today()
	p.Form = &govuk.Form{}
	p.AnswerBy = p.Form.Date(govuk.Question{Name: "answer_by", Label: "Answer by", NotBefore: today, Noun: "the day to answer by", Hint: answerByHint(today)})
	p.Note = p.Form.TextArea(govuk.Question{Name: "note", Label: "Note to the family’s worker", Noun: "the note", Optional: true, Max: 2000, Rows: 4,
		Hint: "For example, who to telephone. Do not write names, addresses or anything that tells where a child lives or lived"})
	if v.posted() {
		return p.Form.Parse(v.r)
	}
	if by, err := today.AddWorkingDays(link.AnswerDays); err == nil {
		p.AnswerBy.Set(by)
	}
	return false
}

// answerByHint is how the suggested day was reckoned, with the bank holidays
// that were left out by name.
func answerByHint(today date.Date) string {
	words := fmt.Sprintf("%d working days from today, %s %s, unless you change it. Weekends and bank holidays in England are not counted", link.AnswerDays, today.Time().Weekday(), today.Long())
	by, err := today.AddWorkingDays(link.AnswerDays)
	if err != nil {
		return "For example, 27 11 2026"
	}
	for d := today + 1; d <= by; d++ {
		if name, ok := date.BankHoliday(d); ok {
			words += fmt.Sprintf(". %s, %s, is left out", name, d.Long())
		}
	}
	return words
}

// describe says who would be asked, and who of those chosen cannot be.
func (p *newAskPage) describe(v *visit, u *work.Unit, b *link.Board, g int, id string) error {
	group := b.Groups[g]
	p.Record, p.Brief = v.groupRecord(b.Book, group, id, ""), v.briefOf(group)
	p.List = childFamiliesPath(id)
	if p.Early {
		p.List = withQuery(p.List, "early", "1")
	}
	sawGroup(u, group, "ask families")
	families, err := p.chosen(v, u, b)
	if err != nil {
		return err
	}
	earlier, err := v.askedBefore(u, group, b, families)
	if err != nil {
		return err
	}
	for _, f := range families {
		u.Saw(b.Families[f].Subject(), "ask about child "+group[0].ID)
		x := explain(b, g, f, v.mayGroup(b, access.View, access.ChildLocations, group))
		p.place(v, b, x, earlier[x.Family.ID])
	}
	p.conclude(v, b, group)
	return nil
}

// chosen are the families the query or the form names, each of whom the worker
// must be allowed to see.
func (p *newAskPage) chosen(v *visit, u *work.Unit, b *link.Board) ([]int, error) {
	var list []int
	seen := map[int]bool{}
	for _, id := range v.r.Form["family"] {
		f, err := b.FindFamily(u, id)
		if err != nil {
			return nil, err
		}
		if !seen[f] {
			list = append(list, f)
		}
		seen[f] = true
	}
	return list, nil
}

// pastAsks are a family's asks: about these children, and open about others.
type pastAsks struct {
	these []link.Ask
	other int
}

// askedBefore gives the asks of some families, in two statements each.
func (v *visit) askedBefore(u *work.Unit, group child.Group, b *link.Board, families []int) (map[string]pastAsks, error) {
	var ids []string
	for _, f := range families {
		ids = append(ids, b.Families[f].ID)
	}
	past := map[string]pastAsks{}
	these, err := asksByFamily(u, group.IDs(), ids)
	if err != nil || len(ids) == 0 {
		return past, err
	}
	open, err := link.Reckoned(u, link.AskQuery{Families: ids, States: []string{link.Open}})
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		past[id] = pastAsks{these: these[id]}
	}
	for _, a := range open {
		if x := past[a.FamilyID]; !isOneOf(a.ID, x.these) {
			x.other++
			past[a.FamilyID] = x
		}
	}
	return past, nil
}

func isOneOf(id string, asks []link.Ask) bool {
	for _, a := range asks {
		if a.ID == id {
			return true
		}
	}
	return false
}

// place puts a chosen family with those to be asked or with those who cannot be.
func (p *newAskPage) place(v *visit, b *link.Board, x explained, past pastAsks) {
	f, today := x.Family, v.Desk.Today()
	for _, a := range past.these {
		if a.State == link.Open {
			p.Left = append(p.Left, leftFamily{f.Name(), askPath(a.ID), "asked already on " + a.AskedOn.Long() + ", and has not answered yet"})
			return
		}
	}
	if standing := x.Excluded &^ x.Waived; standing != 0 {
		p.Left = append(p.Left, leftFamily{f.Name(), familyPath(f.ID), "ruled out: " + midSentence(x.standing()) + ". A manager may waive it first"})
		return
	}
	asked := askedFamily{f.ID, f.Name(), familyPath(f.ID), b.Book.Agencies[f.Agency].Name, workerWords(b.Book, f.Worker, f.Agency), nil}
	for _, a := range past.these {
		if a.State == link.No || a.State == link.NotNow {
			asked.Warnings = append(asked.Warnings, "Said “"+midSentence(link.States.Label(a.State))+"” before, on "+askLineOf(a, today).Words)
		}
	}
	if past.other > 0 {
		asked.Warnings = append(asked.Warnings, "Has "+count(past.other, "other ask", "other asks")+" to answer about other children")
	}
	for _, r := range x.against() {
		asked.Warnings = append(asked.Warnings, r.Words)
	}
	p.Families = append(p.Families, asked)
}

// standing says the exclusions that rule the pair out.
func (x explained) standing() string {
	var words []string
	for _, e := range x.Exclusions {
		if !e.Waived {
			words = append(words, x.exclusionWords(e))
		}
	}
	return strings.Join(words, "; ")
}

// conclude heads the page by how many can be asked.
func (p *newAskPage) conclude(v *visit, b *link.Board, group child.Group) {
	switch {
	case !group.Waits():
		p.Families = nil
		p.Nobody = "No family can be asked about " + theseChildren(len(group)) + " now: families are asked about children whose status is “waiting”."
	case len(p.Families) == 0 && len(p.Left) == 0:
		p.Nobody = "No family was selected. Go back to the list and select one or more."
	case len(p.Families) == 0:
		p.Nobody = "None of the selected families can be asked now."
	}
	who := count(len(p.Families), "family", "families")
	p.Heading, p.Button = "Ask "+who+" about "+theseChildren(len(group)), "Ask "+who
	if len(p.Families) == 0 {
		p.Heading = "Ask families about " + theseChildren(len(group))
	}
	p.FamilyNote = "The family’s worker is sent Homeward’s reference, ages, sex, needs, contact, the number of brothers and sisters and a rough distance: no name, no postcode and no zone."
}
