package web

import (
	"homeward/internal/child"
	"homeward/internal/web/govuk"
)

// noNeed is the answer that a child does not have a need recorded.
const noNeed = "none"

// childNeeds changes what a child needs: every need on one page.
func childNeeds(v *visit) error {
	e, err := v.openChild("Needs")
	if err != nil {
		return err
	}
	e.Intro = []string{"“Not known” says that there may be this need and nobody can tell yet. “Possible” and above are what families are asked about."}
	fields := askNeeds(e)
	if v.sent(e) && allAnswered(e, fields) {
		e.child.Needs = readNeeds(fields, e.child.Needs)
		if saved, err := v.saveChild(e, "", "The needs are saved."); saved || err != nil {
			return err
		}
	}
	return v.showEditing(e)
}

func askNeeds(e *editing) []*govuk.ChoiceField {
	levels := append([]govuk.Option{{Value: noNeed, Text: "None recorded"}}, codeOptions(child.Levels, "")...)
	had := levelsOf(e.child.Needs)
	section := formSection{Columns: true}
	var fields []*govuk.ChoiceField
	for _, need := range child.Needs {
		f := e.Form.Select(govuk.Question{Name: need.Code, Label: need.Label, Noun: "a level for " + need.Label, Options: levels})
		// A browser sends what it shows: the empty option has no place here.
		f.Options = levels
		f.Set(noNeed)
		if level, ok := had[need.Code]; ok {
			f.Set(level)
		}
		fields = append(fields, f)
		section.Fields = append(section.Fields, f)
	}
	e.Sections = []formSection{section}
	return fields
}

// allAnswered refuses a form that leaves a need out: nothing is taken for none.
func allAnswered(e *editing, fields []*govuk.ChoiceField) bool {
	for _, f := range fields {
		if f.Value == "" {
			f.Fail("Select " + f.Noun)
		}
	}
	return e.Form.Valid()
}

// levelsOf gives the levels by need; a blank one is not known.
func levelsOf(needs []child.Need) map[string]string {
	levels := map[string]string{}
	for _, n := range needs {
		if levels[n.Code] = n.Level; n.Level == "" {
			levels[n.Code] = "unknown"
		}
	}
	return levels
}

// readNeeds makes needs of the answers. A level that was blank and still is not
// known stays blank: nothing about it changed.
func readNeeds(fields []*govuk.ChoiceField, before []child.Need) []child.Need {
	blank := map[string]bool{}
	for _, n := range before {
		blank[n.Code] = n.Level == ""
	}
	var needs []child.Need
	for _, f := range fields {
		switch {
		case f.Value == noNeed:
		case f.Value == "unknown" && blank[f.Name]:
			needs = append(needs, child.Need{Code: f.Name})
		default:
			needs = append(needs, child.Need{Code: f.Name, Level: f.Value})
		}
	}
	return needs
}
