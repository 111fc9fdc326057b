package web

import (
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// tellingPart is what the two sides of an ask have agreed to tell each other, and
// what they have told.
type tellingPart struct {
	Whose string
	Facts govuk.SummaryList
	Agree []agreeButton
	End   link.Side // for which side its reader may end it, if for one
}

// agreeButton agrees for one side.
type agreeButton struct {
	Side  link.Side
	Words string
}

var askSideWords = map[link.Side]string{link.ChildSide: "the child’s side", link.FamilySide: "the family’s side"}

// telling is offered once the family has answered yes.
func (v *visit) telling(u *work.Unit, b *link.Board, a link.Ask) (*tellingPart, error) {
	if a.State != link.Yes {
		return nil, nil
	}
	d, err := link.DisclosureOf(u, a)
	if err != nil {
		return nil, err
	}
	p := &tellingPart{Whose: "the child’s first name"}
	if len(a.Children) > 1 {
		p.Whose = "the children’s first names"
	}
	for _, side := range []link.Side{link.ChildSide, link.FamilySide} {
		p.side(v, b, a, d, side)
	}
	return p, p.told(u, b, a)
}

// side says whether a side has agreed, and offers it to whoever may.
func (p *tellingPart) side(v *visit, b *link.Board, a link.Ask, d link.Disclosure, side link.Side) {
	by, at, agreed := d.Agreed(side)
	may := b.MayAgree(v.actor, a, side)
	words := "Has not agreed yet"
	if agreed {
		code := map[link.Side]string{link.ChildSide: a.ChildAgency, link.FamilySide: a.FamilyAgency}[side]
		words = "Agreed on " + momentWords(at) + " by " + personWords(b.Book, by, code)
	}
	p.add(upperFirst(askSideWords[side]), words)
	if may && !agreed {
		p.Agree = append(p.Agree, agreeButton{side, "Agree for " + askSideWords[side]})
	}
	if may && d.Begun() {
		p.End = side
	}
}

func (p *tellingPart) add(key, value string) {
	p.Facts.Rows = append(p.Facts.Rows, govuk.SummaryRow{Key: govuk.Content{Text: key}, Value: govuk.Content{Text: value}})
}

// told adds what its reader is told, once both have agreed.
func (p *tellingPart) told(u *work.Unit, b *link.Board, a link.Ask) error {
	names, err := b.FirstNames(u, a)
	if err != nil {
		return err
	}
	if len(names) > 0 {
		p.add(upperFirst(p.Whose), listWords(names))
	}
	area, err := b.HomeArea(u, a)
	if area != "" {
		p.add("Where the family lives", area)
	}
	return err
}

// agreeToTell agrees for one side of an ask to tell the other.
func agreeToTell(side link.Side) func(*visit) error {
	return func(v *visit) error {
		id := v.r.PathValue("id")
		err := v.withBoard("agree to tell", func(u *work.Unit, b *link.Board) error { return b.Agree(u, id, side) })
		return v.afterTelling(id, err, "Your side’s agreement is recorded.")
	}
}

// stopTelling ends what the two sides tell each other.
func stopTelling(side link.Side) func(*visit) error {
	return func(v *visit) error {
		id := v.r.PathValue("id")
		err := v.withBoard("stop telling", func(u *work.Unit, b *link.Board) error { return b.EndDisclosure(u, id, side) })
		return v.afterTelling(id, err, "Nothing more is told. Both sides have to agree again.")
	}
}

// afterTelling goes back to the ask, with what went wrong on top of it.
func (v *visit) afterTelling(id string, err error, message string) error {
	if err == nil {
		return v.done(askPath(id)+"#telling", message)
	}
	form := &govuk.Form{}
	if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.showAsk(newAnswerForm(), newWithdrawForm(), form)
}
