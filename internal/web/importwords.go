package web

import (
	"fmt"
	"strings"

	"homeward/internal/exchange"
	"homeward/internal/web/govuk"
)

// describe says what was read, and row by row what is wrong with it.
func (p *importPage) describe(r *exchange.Reading) {
	p.Read = govuk.Table{Caption: "Files read", CaptionClasses: "govuk-table__caption--m", FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "File"}, {Text: "Rows", Format: "numeric"}}}
	for _, f := range r.Files {
		p.Read.Rows = append(p.Read.Rows, []govuk.Cell{{Text: f.File}, {Text: fmt.Sprint(f.Rows), Format: "numeric"}})
	}
	for _, n := range r.Notes {
		p.Notes = append(p.Notes, n.String())
	}
	if r.Count == 0 {
		return
	}
	p.Fail(count(r.Count, "problem was", "problems were")+" found in the files. Nothing was imported", "#problems")
	p.Problems = &govuk.Table{Caption: problemsCaption(r), CaptionClasses: "govuk-table__caption--m", Stack: true, FirstCellIsHeader: true, Attributes: govuk.Attributes{"id": "problems"},
		Head: []govuk.Cell{{Text: "File"}, {Text: "Line", Format: "numeric"}, {Text: "Column"}, {Text: "What is wrong, and how to mend it"}}}
	for _, x := range r.Problems[:min(mostProblems, len(r.Problems))] {
		p.Problems.Rows = append(p.Problems.Rows, []govuk.Cell{{Text: x.File}, {Text: fmt.Sprint(x.Line), Format: "numeric"}, {Text: x.Column}, {Text: x.Message}})
	}
}

func problemsCaption(r *exchange.Reading) string {
	if r.Count > mostProblems {
		return fmt.Sprintf("The first %d of %d problems", mostProblems, r.Count)
	}
	return "Problems"
}

// importKinds are the kinds of record in a result, in the order they are shown.
func importKinds(r exchange.Result) []struct {
	Label string
	exchange.Count
} {
	return []struct {
		Label string
		exchange.Count
	}{{"Agencies", r.Agencies}, {"Children", r.Children}, {"Families", r.Families}, {"Conflicts", r.Conflicts}}
}

func countsTable(r exchange.Result) *govuk.Table {
	figure := func(n int) govuk.Cell { return govuk.Cell{Text: fmt.Sprint(n), Format: "numeric"} }
	t := &govuk.Table{Caption: "What this import would do", CaptionClasses: "govuk-table__caption--m", FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Records"}, {Text: "New", Format: "numeric"}, {Text: "Changed", Format: "numeric"}, {Text: "The same", Format: "numeric"}}}
	for _, k := range importKinds(r) {
		t.Rows = append(t.Rows, []govuk.Cell{{Text: k.Label}, figure(k.New), figure(k.Changed), figure(k.Same)})
	}
	return t
}

// resultWords says in one sentence what an import changes.
func resultWords(r exchange.Result) string {
	var words []string
	for _, k := range importKinds(r) {
		if k.New+k.Changed > 0 {
			words = append(words, fmt.Sprintf("%s: %d new, %d changed", strings.ToLower(k.Label), k.New, k.Changed))
		}
	}
	if len(words) == 0 {
		return "nothing new and nothing changed"
	}
	return strings.Join(words, "; ")
}
