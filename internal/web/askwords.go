package web

import (
	"html/template"
	"strings"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
)

// askTags are how an ask stands, in words and a colour.
var askTags = map[string]govuk.Tag{
	link.Open: {Text: "Waiting for an answer", Classes: "govuk-tag--blue hw-tag--whole"}, link.Yes: {Text: "Yes", Classes: "govuk-tag--green"},
	link.NotNow: {Text: "Not now", Classes: "govuk-tag--yellow"}, link.No: {Text: "No", Classes: "govuk-tag--grey"},
	link.Withdrawn: {Text: "Withdrawn", Classes: "govuk-tag--grey"}, link.NoAnswer: {Text: "No answer", Classes: "govuk-tag--orange"},
}

// askTag says how an ask stands today.
func askTag(a link.Ask, today date.Date) template.HTML {
	if a.Overdue(today) {
		return govuk.Tag{Text: "Overdue", Classes: "govuk-tag--red"}.Render()
	}
	return askTags[a.State].Render()
}

// reasonWords is why an ask ended as it did: "A need of the child: neglect".
func reasonWords(a link.Ask) string {
	words := link.ReasonLabel(a.ReasonCode)
	if a.ReasonAbout != "" {
		words += ": " + midSentence(adopter.OfferCodes().Label(a.ReasonAbout))
	}
	return words
}

// answerByWords is the day an ask is to be answered by, seen from today.
func answerByWords(a link.Ask, today date.Date) string {
	switch days := a.AnswerBy.DaysSince(today); {
	case days < 0:
		return a.AnswerBy.Long() + ", " + count(-days, "day", "days") + " ago"
	case days == 0:
		return a.AnswerBy.Long() + ", today"
	default:
		return a.AnswerBy.Long() + ", in " + count(days, "day", "days")
	}
}

// workerWords names a family's worker, or says that its agency answers.
func workerWords(book *agency.Book, workerID, agencyCode string) string {
	if w, ok := book.Workers[workerID]; ok && strings.TrimSpace(w.Name) != "" {
		return w.Name + ", " + agencyCode
	}
	return "Anyone who answers for " + agencyCode
}

// askLine is one ask of a family about the children of a page.
type askLine struct {
	Tag         template.HTML
	Words, Href string
}

// askLineOf says when a family was asked and what it said. What it said in its
// own words stays on the page of the ask.
func askLineOf(a link.Ask, today date.Date) askLine {
	words := "asked " + a.AskedOn.Long() + ", to answer by " + answerByWords(a, today)
	if a.State != link.Open {
		words = a.ClosedOn.Long() + ": " + midSentence(reasonWords(a))
	}
	return askLine{askTag(a, today), words, askPath(a.ID)}
}
