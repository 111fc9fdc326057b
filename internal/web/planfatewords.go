package web

import (
	"slices"
	"strings"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
)

// fateWords says what became of a suggestion, in sentences.
func fateWords(s link.Suggestion, today date.Date) []string {
	f := s.Fate
	var words []string
	switch f.Code {
	case link.LinkedElsewhere:
		if f.Ask == nil || f.Ask.State != link.Withdrawn {
			words = append(words, "Another family said yes. "+waitsWords(s.Children))
		}
	case link.NotWaiting:
		words = append(words, waitsWords(s.Children))
	case link.FamilyTaken:
		words = append(words, awayWords(s.Family, f))
	case link.RuledOutSince:
		words = append(words, "The rules rule the family out for them now: "+midSentence(exclusionsWords(f.Exclusions))+".")
	}
	if f.Ask != nil {
		words = append(words, askedWords(*f.Ask, today))
	}
	if f.Code == link.SaidYes && !s.Children.Waits() {
		words = append(words, waitsWords(s.Children))
	}
	if f.Before != nil {
		words = append(words, "Before the plan was saved: "+midSentence(askedWords(*f.Before, today)))
	}
	return words
}

// askedWords is an ask in a sentence or two.
func askedWords(a link.Ask, today date.Date) string {
	words := "Asked on " + a.AskedOn.Long() + "."
	switch {
	case a.Overdue(today):
		return words + " No answer yet. It was to be answered by " + a.AnswerBy.Long() + "."
	case a.State == link.Open:
		return words + " No answer yet. It is to be answered by " + a.AnswerBy.Long() + "."
	case a.State == link.NoAnswer:
		return words + " Closed without an answer on " + a.ClosedOn.Long() + "."
	}
	return words + " " + link.States.Label(a.State) + " on " + a.ClosedOn.Long() + ": " + midSentence(reasonWords(a)) + "."
}

// waitsWords says that children no longer wait, by how they stand.
func waitsWords(group child.Group) string {
	var states []string
	for _, c := range group {
		if words := statusWords(c); !slices.Contains(states, words) {
			states = append(states, words)
		}
	}
	return upperFirst(theseChildren(len(group))) + map[bool]string{true: " does", false: " do"}[len(group) == 1] + " not wait now. Status: " + listWords(states) + "."
}

// awayWords says why a family is not there to be linked.
func awayWords(f adopter.Family, fate link.Fate) string {
	if slices.Contains(fate.Exclusions, "status") {
		return "The family is not there to be linked now. Status: " + strings.ToLower(adopter.Statuses.Label(f.Status)) + "."
	}
	return "The family is reserved to its own agency until " + f.ReservedUntil.Long() + "."
}

func exclusionsWords(codes []string) string {
	var words []string
	for i, code := range codes {
		label := exclusionLabel(code)
		if i > 0 {
			label = midSentence(label)
		}
		words = append(words, label)
	}
	return listWords(words)
}
