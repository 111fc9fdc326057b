package web

import (
	"fmt"
	"html/template"

	"homeward/internal/child"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
)

// Installation is who runs this copy of Homeward: what its accessibility
// statement says of them. What is left empty the statement marks as missing.
type Installation struct {
	Organisation string
	Email, Phone string // for people who cannot use a page
	Tested       string // when and by whom the pages were tested
}

// helpMatching says in plain English how families are found. Its numbers are
// those of the rules in force, so that the page cannot say anything else than
// the engine does.
func helpMatching(v *visit) error {
	today := v.Desk.Today()
	rules := match.RulesOn(today)
	body := struct {
		Version, From, Today string
		Exclusions           []explainedCode
		Stretch              int
		Criteria             template.HTML
		NeverUsed            []string
	}{
		Version: rules.Version, From: rules.From.Long(), Today: today.Long(),
		Exclusions: exclusionHelp, Stretch: rules.StretchLimits.N, Criteria: criteriaHelp(rules),
		NeverUsed: neverUsed,
	}
	return v.show("helpmatching", page{Title: "How families are found"}, body)
}

// explainedCode is a code of the engine, its words and what it means.
type explainedCode struct{ Code, Label, Means string }

// exclusionHelp explains the exclusions in the order of the engine.
var exclusionHelp = []explainedCode{
	{"status", exclusionLabel("status"), "The family is not approved to adopt. With early search, families in stage two count too."},
	{"capacity", exclusionLabel("capacity"), "There are more children to be placed together than the family can take."},
	{"zone", exclusionLabel("zone"), "The family’s home, school, work or a relative’s home lies inside an area the child must be kept away from, or it cannot be told. The area and its reason are never shown to the family’s side."},
	{"conflict", exclusionLabel("conflict"), "A reason why this family and this child must not be linked is recorded."},
	{"reserved", exclusionLabel("reserved"), "The family’s agency keeps them for its own children until a day that has not come yet."},
}

// neverUsed is what no list excludes, limits, orders or scores by, whoever asks.
var neverUsed = []string{
	"ethnicity", "religion", "marital status", "sexuality", "the age or the number of the adopters", "the fee between agencies",
}

// tenths writes a value in tenths as people read it: 6 is 0.6, 10 is 1.
func tenths(n int) string {
	if n == 10 {
		return "1"
	}
	return fmt.Sprintf("0.%d", n)
}

// criteriaHelp is the table of the criteria with the weights of the rules.
func criteriaHelp(r *match.Rules) template.HTML {
	t := govuk.Table{Caption: "The criteria and how much each counts", CaptionClasses: "govuk-table__caption--s", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Criterion"}, {Text: "Weight", Format: "numeric"}, {Text: "How it is valued"}, {Text: "Why this weight"}}}
	add := func(label string, s match.Setting, how string) {
		t.Rows = append(t.Rows, []govuk.Cell{{Text: label}, {Text: fmt.Sprint(s.N), Format: "numeric"}, {Text: how}, {Text: upperFirst(s.Source)}})
	}
	answer := fmt.Sprintf("The family’s answer: yes 1, yes with support %s, no 0.", tenths(r.Support.N))
	add(criterionLabel("age"), r.Age, fmt.Sprintf("1 inside the ages the family has said; %s less for each year outside. The child farthest outside counts.", tenths(r.AgeSlope.N)))
	for _, level := range needLevels {
		add("A need: "+midSentence(child.Levels.Label(level.code)), r.Need[level.level], answer)
	}
	add("A planned contact", r.Contact, answer)
	add(criterionLabel("sex"), r.Sex, "1 if the family’s wish fits every child, 0 if it does not.")
	add(criterionLabel("capacity"), r.Capacity, "1 if there is room for all the children, 0 if there is not.")
	add(criterionLabel("age_gap"), r.AgeGap, fmt.Sprintf("1 with no children at home, or if the youngest at home is %d years or more older than the child; %s if older by less; 0 if younger.", r.GapYears.N, tenths(r.GapPartly.N)))
	add(criterionLabel("language"), r.Language, "Where a child has a language other than English: 1 if the family speaks it, 0 if not.")
	add(criterionLabel("training"), r.Training, "Where a need is significant: 1 if the family has had it, 0 if not.")
	return t.Render()
}

// needLevels are the levels of a need in the engine's words and the record's.
var needLevels = []struct {
	code  string
	level match.Level
}{{"significant", match.LevelSignificant}, {"known", match.LevelKnown}, {"possible", match.LevelPossible}, {"unknown", match.LevelUnknown}}

// helpAccessibility is the accessibility statement. Each installation completes
// it with who to turn to and when it was tested.
func helpAccessibility(v *visit) error {
	return v.show("helpaccessibility", page{Title: "Accessibility"}, v.Installation)
}
