package web

import (
	"cmp"
	"html/template"
	"strings"
	"sync"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/web/govuk"
)

// england is where times are told.
var england = sync.OnceValue(func() *time.Location {
	place, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // the zones are embedded in the program: see work
	}
	return place
})

// clockWords is the time of day in England: 14:05.
func clockWords(t time.Time) string { return t.In(england()).Format("15:04") }

// momentWords is a day and a time in England: 23 November 2026, 14:05.
func momentWords(t time.Time) string { return t.In(england()).Format("2 January 2006, 15:04") }

// personWords says who somebody is, as what they work, and for whom.
func personWords(book *agency.Book, id, code string) string {
	w, known := book.Workers[id]
	switch {
	case known:
		return cmp.Or(strings.TrimSpace(w.Name), w.ID) + ", " + w.Role.Label() + ", " + cmp.Or(book.Agencies[w.Agency].Name, w.Agency)
	case code == "":
		return "Whoever runs this installation"
	}
	return "Somebody of " + cmp.Or(book.Agencies[code].Name, code)
}

// actionWords say what an entry of the audit record says was done.
var actionWords = map[string]string{
	"added": "Made the record", "changed": "Changed the record", "searched": "Searched", "asked": "Asked a family",
	"glass broken": "Opened the record in an emergency", "reviewed": "Reviewed an opening in an emergency",
	"restricted": "Restricted the record", "unrestricted": "Lifted the restriction", "alert shown": "Was asked whether they know them",
	"answered no_tie": "Said that they do not know them", "answered tie": "Said that they know them: the record was closed to them",
	"reopened": "Opened the record again to somebody who knows them", "agreed to tell": "Agreed to tell the other side of an ask",
	"ended telling": "Ended what the other side of an ask is told", "signed in": "Signed in",
	"conflict recorded": "Recorded a conflict", "waiver: waived": "Waived an exclusion", "waiver ended": "Ended a waiver", "handed": "Handed over",
	"plan: kept together": "Said that the plan keeps them together", "plan: kept apart": "Said that the plan keeps them apart", "plan: taken back": "Took back what was said of the plan", "plan saved": "Saved the region’s plan",
	"held": "Gave a return", "took in": "Took a return in", "checked": "Marked a finding of a return as true", "unchecked": "Took a mark of a finding back", "downloaded": "Downloaded a return",
}

// viewWords say what of a record was seen, by how the entry's detail begins.
var viewWords = []struct{ begins, words string }{
	{"profile", "Saw what the child needs"}, {"disclosed: first name", "Was shown the child’s first name"}, {"disclosed: area", "Was shown the area where the family lives"},
	{"who looked", "Looked at who looked"}, {"families for the child", "Looked for families"}, {"home", "Saw it in a list"}, {"ask log", "Saw it in a list"},
	{"the region's plan", "Saw it in the region’s plan"}, {"as given", "Opened the return as it was given"}, {"into a return", "Wrote it into a return"},
	{"as a brother or sister", "Saw the name beside a brother or sister’s record"},
}

// whatWords says in plain words what was done.
func whatWords(e audit.Entry) string {
	switch e.Action {
	case "viewed":
		if e.Detail == "" {
			return "Opened the record"
		}
		for _, w := range viewWords {
			if strings.HasPrefix(e.Detail, w.begins) {
				return w.words
			}
		}
		return "Saw it in a list or beside another record"
	case "refused":
		return "Asked to " + cmp.Or(access.Action(e.Detail).Label(), "open") + " it and was refused"
	case "changed":
		if e.Detail != "" && e.Detail != "record" {
			return "Changed " + strings.ReplaceAll(e.Detail, " ", ", ")
		}
	}
	return cmp.Or(actionWords[e.Action], upperFirst(e.Action))
}

// didCell says what was done; what somebody should look at twice stands out.
func didCell(e audit.Entry) template.HTML {
	switch e.Action {
	case "refused":
		return markup("%v<br>%v", govuk.Tag{Text: "Refused", Classes: "govuk-tag--red"}.Render(), whatWords(e))
	case "glass broken":
		return markup("%v<br>%v", govuk.Tag{Text: "Emergency", Classes: "govuk-tag--red"}.Render(), whatWords(e))
	case "alert shown", "answered tie", "answered no_tie":
		return markup("%v<br>%v", govuk.Tag{Text: "May know them", Classes: "govuk-tag--orange"}.Render(), whatWords(e))
	}
	return markup("%v", whatWords(e))
}

// whatFor is the page or the command it was done by, or the reason given.
func whatFor(e audit.Entry, reasons map[string]string) string {
	if reason := reasons[e.Detail]; e.Action == "glass broken" && reason != "" {
		return "Reason given: " + reason
	}
	return upperFirst(e.Purpose)
}
