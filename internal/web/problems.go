package web

import (
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
)

// failing is a field of a form that can be told it is wrong.
type failing interface{ Fail(message string) }

// failFields tells each field what the rules of the domain find wrong with it;
// what is of no field here heads the page. It tells whether all is well.
func failFields(form *govuk.Form, fields map[string]failing, problems []fault.Problem) bool {
	for _, p := range problems {
		if field := fields[p.Field]; field != nil {
			field.Fail(p.Message)
		} else {
			form.Fail(p.Message, "")
		}
	}
	return form.Valid()
}

// codeOptions are the codes of a set to choose from, the blank one first where
// it has words.
func codeOptions(set child.CodeSet, blank string) []govuk.Option {
	var options []govuk.Option
	if blank != "" {
		options = append(options, govuk.Option{Text: blank})
	}
	for _, c := range set {
		options = append(options, govuk.Option{Value: c.Code, Text: c.Label})
	}
	return options
}
