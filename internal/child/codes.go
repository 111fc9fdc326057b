package child

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Code is one value of a code set, and how people say it.
type Code struct{ Code, Label string }

// CodeSet is a list of codes in the order people are shown them.
type CodeSet []Code

// Has tells whether a code is of the set.
func (s CodeSet) Has(code string) bool {
	return slices.ContainsFunc(s, func(c Code) bool { return c.Code == code })
}

// Label says a code as people do; a code that is not of the set says itself.
func (s CodeSet) Label(code string) string {
	for _, c := range s {
		if c.Code == code {
			return c.Label
		}
	}
	return code
}

// Codes lists the codes, for messages.
func (s CodeSet) Codes() []string {
	codes := make([]string, len(s))
	for i, c := range s {
		codes[i] = c.Code
	}
	return codes
}

// Needs are the needs families are asked about. Source: docs/exchange.md; the
// words follow what agencies ask adopters to consider (docs/glossary.md).
var Needs = CodeSet{
	{"alcohol_exposure", "Alcohol in pregnancy"},
	{"drug_exposure", "Drugs in pregnancy"},
	{"fasd", "Fetal alcohol spectrum disorder (FASD)"},
	{"developmental_uncertainty", "Developmental uncertainty"},
	{"learning_disability", "Learning disability"},
	{"physical_disability", "Physical disability"},
	{"sensory_impairment", "Sensory impairment"},
	{"health_condition", "Health condition"},
	{"genetic_risk", "Genetic risk"},
	{"parental_mental_ill_health", "Mental ill-health of a birth parent"},
	{"parental_learning_disability", "Learning disability of a birth parent"},
	{"neglect", "Neglect"},
	{"emotional_abuse", "Emotional abuse"},
	{"physical_abuse", "Physical abuse"},
	{"sexual_abuse", "Sexual abuse"},
	{"domestic_abuse", "Domestic abuse"},
	{"sexualised_behaviour", "Sexualised behaviour"},
	{"aggression", "Aggression"},
	{"attachment", "Attachment difficulties"},
	{"sleep_or_eating", "Sleep or eating difficulties"},
	{"conceived_by_rape", "Conceived by rape"},
	{"limited_history", "Limited family history"},
	{"legal_uncertainty", "Legal uncertainty"},
	{"blood_borne_virus", "Blood-borne virus risk"},
}

// Levels are how much of a need a child has, from least to most.
var Levels = CodeSet{
	{"unknown", "Not known"}, {"possible", "Possible"}, {"known", "Known"}, {"significant", "Significant"},
}

// ContactKinds are the kinds of contact planned after adoption.
var ContactKinds = CodeSet{
	{"direct_parent", "Direct, with a birth parent"},
	{"direct_sibling", "Direct, with a brother or sister"},
	{"direct_relative", "Direct, with another relative"},
	{"letterbox", "Letterbox"},
	{"digital", "Digital"},
}

// ZoneKinds are why a family must not live near a place.
var ZoneKinds = CodeSet{
	{"birth_home", "Birth family's home"},
	{"birth_relative", "A birth relative's home"},
	{"school", "School"},
	{"work", "A birth relative's work"},
	{"contact_venue", "Contact venue"},
	{"other", "Other"},
}

// Plans say whether brothers and sisters are to be placed together.
var Plans = CodeSet{{"together", "Together"}, {"apart", "Apart"}, {"undecided", "Not yet decided"}}

// Sexes are as the SSDA903 return has them.
var Sexes = CodeSet{{"F", "Female"}, {"M", "Male"}, {"U", "Not known or not yet born"}}

// Statuses are where a child's plan stands.
var Statuses = CodeSet{
	{"waiting", "Waiting for a family"}, {"on_hold", "On hold"}, {"linked", "Linked"}, {"matched", "Matched"},
	{"placed", "Placed"}, {"adopted", "Adopted"}, {"plan_changed", "Plan changed"},
}

// Ethnicities are the codes of the SSDA903 return (collection year 2025/26).
var Ethnicities = CodeSet{
	{"WBRI", "White British"}, {"WIRI", "White Irish"}, {"WIRT", "Traveller of Irish heritage"},
	{"WROM", "Gypsy or Roma"}, {"WOTH", "Any other White background"},
	{"MWBC", "White and Black Caribbean"}, {"MWBA", "White and Black African"}, {"MWAS", "White and Asian"}, {"MOTH", "Any other Mixed background"},
	{"AIND", "Indian"}, {"APKN", "Pakistani"}, {"ABAN", "Bangladeshi"}, {"AOTH", "Any other Asian background"},
	{"BCRB", "Caribbean"}, {"BAFR", "African"}, {"BOTH", "Any other Black background"},
	{"CHNE", "Chinese"}, {"OOTH", "Any other ethnic group"}, {"REFU", "Refused"}, {"NOBT", "Not yet obtained"},
}

// languagesCSV is ISO 639-1. Source: the standard's two-letter codes.
//
//go:embed languages.csv
var languagesCSV string

// Languages are the two-letter codes of ISO 639-1.
var Languages = sync.OnceValue(func() CodeSet {
	var set CodeSet
	for line := range strings.Lines(languagesCSV) {
		code, name, _ := strings.Cut(strings.TrimSpace(line), ",")
		set = append(set, Code{code, name})
	}
	return set
})

var languageNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for _, c := range Languages() {
		names[c.Code] = c.Label
	}
	return names
})

// IsLanguage tells whether a code is of ISO 639-1.
func IsLanguage(code string) bool { return languageNames()[code] != "" }
