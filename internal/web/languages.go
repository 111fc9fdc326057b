package web

import (
	"strings"

	"homeward/internal/child"
	"homeward/internal/web/govuk"
)

// languageWords names languages: "English, Urdu".
func languageWords(codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		names[i] = child.Languages().Label(code)
	}
	return strings.Join(names, ", ")
}

// languagesQuestion asks for languages in words: nobody knows the codes, and a
// list of 180 boxes is no question.
func languagesQuestion(label string) govuk.Question {
	return govuk.Question{Name: "languages", Label: label, Optional: true, Max: 500,
		Hint: "Names or two-letter codes, with commas between. For example, English, Polish"}
}

// readLanguages gives the codes of the languages that were typed; what is not
// known as a language fails the field.
func readLanguages(field *govuk.TextField) []string {
	var codes []string
	for _, text := range strings.FieldsFunc(field.Value, func(r rune) bool { return r == ',' || r == ';' }) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		code := languageCode(text)
		if code == "" {
			field.Fail("“" + text + "” is not a language Homeward knows. Enter its English name, such as Polish, or its two-letter code, such as pl")
		}
		codes = append(codes, code)
	}
	return codes
}

func languageCode(text string) string {
	for _, c := range child.Languages() {
		if strings.EqualFold(text, c.Label) || strings.EqualFold(text, c.Code) {
			return c.Code
		}
	}
	return ""
}
