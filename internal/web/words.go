package web

import (
	"cmp"
	"html/template"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
)

// criterionWords are the criteria and limits that are neither a need nor a kind
// of contact.
var criterionWords = map[string]string{
	"age": "Age", "sex": "Sex", "capacity": "Number of children", "age_gap": "Age gap to the children at home",
	"language": "Language", "training": "Therapeutic parenting training",
}

// criterionLabel says the code of a criterion or a limit as people do.
func criterionLabel(code string) string {
	if label := criterionWords[code]; label != "" {
		return label
	}
	_, of, _ := strings.Cut(code, ":")
	return offerLabel(of)
}

// offerLabel says a need or a kind of contact where the two stand together:
// "Neglect", "Letterbox contact", "Direct contact with a birth parent".
func offerLabel(code string) string {
	if !child.ContactKinds.Has(code) {
		return child.Needs.Label(code)
	}
	kind, with, _ := strings.Cut(child.ContactKinds.Label(code), ", ")
	return strings.TrimSpace(kind + " contact " + with)
}

// exclusionWords say an exclusion so that a family's side may read it too: of a
// zone they are told no more than this.
var exclusionWords = map[string]string{
	"status": "Not approved", "capacity": "Not room for all of them", "zone": "Location not suitable",
	"conflict": "A conflict is recorded", "reserved": "Reserved to their own agency",
}

func exclusionLabel(code string) string { return exclusionWords[code] }

// outcomeTag shows an outcome as a word in a colour.
func outcomeTag(o match.Outcome) template.HTML {
	return [...]govuk.Tag{
		match.Suitable: {Text: "Suitable", Classes: "govuk-tag--green"},
		match.Stretch:  {Text: "Stretch", Classes: "govuk-tag--yellow"},
		match.RuledOut: {Text: "Ruled out", Classes: "govuk-tag--grey"},
	}[o].Render()
}

// postcodeCell shows a postcode, and what to know of one that cannot be placed.
func (v *visit) postcodeCell(postcode string) template.HTML {
	warning := v.finder.Warning(postcode)
	if warning == "" {
		return markup(`%s`, cmp.Or(postcode, notRecorded))
	}
	return markup(`%s <span class="govuk-hint govuk-!-font-size-16 govuk-!-margin-bottom-0">%s</span>`, postcode, warning)
}

func agencyOptions(list []agency.Agency) []govuk.Option {
	options := make([]govuk.Option, len(list))
	for i, a := range list {
		options[i] = govuk.Option{Value: a.Code, Text: a.Name + " (" + a.Code + ")"}
	}
	return options
}
