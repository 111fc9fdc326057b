package web

import (
	"slices"

	"homeward/internal/adopter"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// answerForm is what a family's worker answers. The reason names the answer, so
// that the two cannot disagree.
type answerForm struct {
	Form   *govuk.Form
	Reason *govuk.ChoiceField
	About  *govuk.ChoiceField
	Note   *govuk.TextField
}

func newAnswerForm() *answerForm {
	f := &answerForm{Form: &govuk.Form{}}
	f.Reason = f.Form.Radios(govuk.Question{Name: "reason_code", Label: "What does the family say, and why?", Noun: "the family’s answer", Options: answerOptions(), Classes: "govuk-radios--small"})
	f.About = f.Form.Select(govuk.Question{Name: "reason_about", Label: "Which need or contact is the reason about?", Optional: true,
		Hint: "Only for an answer that turns on a need of the child or on the contact planned", Options: codeOptions(adopter.OfferCodes(), "Not about one need or kind of contact")})
	f.Note = f.Form.TextArea(govuk.Question{Name: "reason_note", Label: "In a few words", Noun: "the reason", Optional: true, Max: 2000, Rows: 3,
		Hint: "Needed for “another reason”. Do not write names or addresses"})
	return f
}

// answerStates are the answers a family gives.
var answerStates = []string{link.Yes, link.NotNow, link.No}

func answerOptions() []govuk.Option {
	var options []govuk.Option
	for _, state := range answerStates {
		for _, r := range link.Reasons[state] {
			options = append(options, govuk.Option{Value: r.Code, Text: link.States.Label(state) + ": " + midSentence(r.Label)})
		}
	}
	return options
}

// about puts the children's own needs and contact first among what an answer may
// be about.
func (f *answerForm) about(b *link.Board, a link.Ask) {
	own := map[string]bool{}
	for _, c := range askedAbout(b, a) {
		for _, n := range c.Needs {
			own[n.Code] = true
		}
		for _, p := range c.Contact {
			own[p.Kind] = true
		}
	}
	others := f.About.Options[1:]
	slices.SortStableFunc(others, func(x, y govuk.Option) int { return rank(own[y.Value]) - rank(own[x.Value]) })
}

func (f *answerForm) closing() link.Closing {
	c := link.Closing{ReasonCode: f.Reason.Value, ReasonAbout: f.About.Value, ReasonNote: f.Note.Value}
	for _, state := range answerStates {
		if link.Reasons[state].Has(c.ReasonCode) {
			c.State = state
		}
	}
	return c
}

// mayEnd refuses whoever may not end an ask in a way, before their form is read.
func (v *visit) mayEnd(state string) error {
	return v.withBoard("ask", func(u *work.Unit, b *link.Board) error { return b.MayEnd(u, v.r.PathValue("id"), state) })
}

// answerAsk records what a family says.
func answerAsk(v *visit) error {
	if err := v.mayEnd(link.Yes); err != nil {
		return err
	}
	f := newAnswerForm()
	if f.Form.Parse(v.r) {
		c := f.closing()
		if failFields(f.Form, map[string]failing{"reason_code": f.Reason, "reason_about": f.About, "reason_note": f.Note}, c.Problems()) {
			err := v.closeAsk(c)
			if err == nil {
				return v.done(askPath(v.r.PathValue("id")), "Answer recorded: "+midSentence(link.States.Label(c.State))+".")
			}
			if err := unlessFault(f.Form, err); err != nil {
				return err
			}
		}
	}
	return v.showAsk(f, newWithdrawForm(), f.Form)
}

// withdrawForm is why whoever asked takes an ask back.
type withdrawForm struct {
	Form   *govuk.Form
	Reason *govuk.ChoiceField
	Note   *govuk.TextField
}

func newWithdrawForm() *withdrawForm {
	f := &withdrawForm{Form: &govuk.Form{}}
	f.Reason = f.Form.Radios(govuk.Question{Name: "withdraw_reason", Label: "Why is it withdrawn?", Noun: "why it is withdrawn", Classes: "govuk-radios--small", Options: codeOptions(link.Reasons[link.Withdrawn], "")})
	f.Note = f.Form.TextArea(govuk.Question{Name: "withdraw_note", Label: "In a few words", Noun: "the reason", Optional: true, Max: 2000, Rows: 3,
		Hint: "The family’s worker sees this. Do not write names or addresses"})
	return f
}

// withdrawAsk takes an ask back before it was answered.
func withdrawAsk(v *visit) error {
	if err := v.mayEnd(link.Withdrawn); err != nil {
		return err
	}
	f := newWithdrawForm()
	if f.Form.Parse(v.r) {
		c := link.Closing{State: link.Withdrawn, ReasonCode: f.Reason.Value, ReasonNote: f.Note.Value}
		if failFields(f.Form, map[string]failing{"reason_code": f.Reason, "reason_note": f.Note}, c.Problems()) {
			err := v.closeAsk(c)
			if err == nil {
				return v.done(askPath(v.r.PathValue("id")), "Ask withdrawn. The family’s worker sees why.")
			}
			if err := unlessFault(f.Form, err); err != nil {
				return err
			}
		}
	}
	return v.showAsk(newAnswerForm(), f, f.Form)
}

// closeAskUnanswered closes an ask whose day has passed.
func closeAskUnanswered(v *visit) error {
	err := v.closeAsk(link.Closing{State: link.NoAnswer, ReasonCode: "no_answer"})
	if err == nil {
		return v.done(askPath(v.r.PathValue("id")), "Ask closed without an answer. The family can be asked again.")
	}
	form := &govuk.Form{}
	if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.showAsk(newAnswerForm(), newWithdrawForm(), form)
}

func (v *visit) closeAsk(c link.Closing) error {
	return v.withBoard("ask", func(u *work.Unit, b *link.Board) error { return b.Close(u, v.r.PathValue("id"), c) })
}
