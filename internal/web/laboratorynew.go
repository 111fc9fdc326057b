package web

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/lab/pool"
	"homeward/internal/lab/study"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// studyNewPage is the form by which the laboratory is asked.
type studyNewPage struct {
	*govuk.Form
	Name, Others, Text *govuk.TextField
	Scenario           *govuk.ChoiceField
	File               *govuk.FileField
	Focus              *govuk.ChoicesField
	Times              *govuk.NumberField[int]
	Codes              govuk.Details
}

// The councils that have asked the laboratory what pooling would change, and the
// region they are in.
var askingPools = []string{"D2N2", "LLLR"}

const (
	askingRegion = "EM"
	ownScenario  = "own"
)

func newStudyNewPage(own agency.Agency) *studyNewPage {
	p := &studyNewPage{Form: &govuk.Form{NoneRequired: true}} // some questions stand for one another: question asks for what is missing
	p.Name = p.Form.Text(govuk.Question{Name: "title", Label: "Title", Noun: "a title", Hint: "So that others know what was asked. Name no child and no family", Max: study.MostTitle})
	var scenarios []govuk.Option
	for _, name := range pool.Supplied() {
		if s, err := pool.Supply(name); err == nil { // they are part of the program, and tested
			scenarios = append(scenarios, govuk.Option{Value: name, Text: upperFirst(strings.ReplaceAll(name, "-", " ")), Hint: s.About})
		}
	}
	scenarios = append(scenarios, govuk.Option{Divider: "or"}, govuk.Option{Value: ownScenario, Text: "A scenario of your own", Hint: "As a file or as text, below"})
	p.Scenario = p.Radios(govuk.Question{Name: "scenario", Label: "Scenario", Noun: "a scenario", Options: scenarios, Hint: "How many children and families come, and how families are looked for"})
	p.File = p.Form.File(govuk.Question{Name: "file", Label: "File of your own scenario", Accept: []string{".json"}, MaxBytes: study.MostBytes,
		Hint: "Only for a scenario of your own. To begin one, download the scenario of a study from its page and change it"})
	p.Text = p.TextArea(govuk.Question{Name: "text", Label: "Or its text", Rows: 6})
	p.Focus = p.Checkboxes(govuk.Question{Name: "focus", Label: "Councils that decide", Noun: "the councils that decide", Options: focusOptions(own), Hint: "What pooling changes is counted for their children"})
	p.Others = p.Form.Text(govuk.Question{Name: "others", Label: "Other councils, by code", Hint: "With commas between, such as DEV, COR. The codes are at the foot of this page"})
	p.Times = p.WholeNumber(govuk.Question{Name: "times", Label: "How many times it is played", Noun: "how many times it is played", Min: 2, Max: study.MostReplications,
		Hint: "From 2 to 100. All of England over ten years, played 10 times, takes about a minute. Play it 20 times before you rely on it: the more often, the narrower the ranges"})
	p.Times.Set(10)
	p.Focus.Set(usualFocus(own)...)
	p.Codes = govuk.Details{SummaryText: "Codes of councils, pools and regions", HTML: codesTable().Render()}
	return p
}

// focusOptions are the groups that ask and the councils of their region, and the
// reader's own agency's pool where it is another.
func focusOptions(own agency.Agency) (options []govuk.Option) {
	groups := slices.Clone(askingPools)
	for _, p := range own.Pools {
		if !slices.Contains(groups, p) && p != askingRegion && len(pool.Members(p)) > 0 && len(pool.Members(p)) <= study.MostFocus {
			groups = append(groups, p)
		}
	}
	for _, name := range groups {
		options = append(options, govuk.Option{Value: name, Text: name, Hint: listWords(councilNames(pool.Members(name)))})
	}
	for _, c := range pool.Councils() {
		if c.Region == askingRegion || c.Code == own.Code {
			options = append(options, govuk.Option{Value: c.Code, Text: c.Name})
		}
	}
	return options
}

// usualFocus is what is ticked to begin with: the pool of the reader's agency, or
// their council.
func usualFocus(own agency.Agency) []string {
	for _, o := range focusOptions(own) {
		if slices.Contains(own.Pools, o.Value) {
			return []string{o.Value}
		}
	}
	if len(pool.Members(own.Code)) > 0 {
		return []string{own.Code}
	}
	return nil
}

func codesTable() govuk.Table {
	t := govuk.Table{Caption: "Codes", CaptionClasses: "govuk-visually-hidden", Stack: true,
		Head: []govuk.Cell{{Text: "Code"}, {Text: "Council"}, {Text: "Pool of its regional agency"}, {Text: "Region"}}}
	for _, c := range pool.Councils() {
		t.Rows = append(t.Rows, []govuk.Cell{{Text: c.Code}, {Text: c.Name}, {Text: c.Pool}, {Text: c.Region}})
	}
	return t
}

// studyNew puts a question to the laboratory.
func studyNew(v *visit) error {
	var p *studyNewPage
	var asked study.Study
	err := v.office("put to the laboratory", func(u *work.Unit, book *agency.Book) error {
		if err := u.Allow(access.Change, book.Thing(access.Study, v.actor.Agency), ""); err != nil {
			return err
		}
		p = newStudyNewPage(book.Agencies[v.actor.Agency])
		if !v.posted() || !p.Parse(v.r) {
			return nil
		}
		question, err := p.question()
		if err == nil && p.Valid() {
			asked, err = study.Ask(u, question)
		}
		return p.refused(err)
	})
	switch {
	case err != nil:
		return err
	case asked.ID != "":
		return v.done(studyPath(asked.ID), "The study is put to the laboratory. It goes on while you do other things.")
	}
	return v.show("laboratorynew", page{Title: "Ask the laboratory", Form: p.Form, Back: "/laboratory"}, p)
}

// question reads the form; what is wrong stands on it.
func (p *studyNewPage) question() (q study.Question, err error) {
	q = study.Question{Title: p.Name.Value, Replications: p.Times.Value}
	if p.Name.Value == "" {
		p.Name.Fail("Enter a title")
	}
	if p.Scenario.Value == "" {
		p.Scenario.Fail("Select a scenario")
	}
	if !p.Times.Given {
		p.Times.Fail("Enter how many times it is played")
	}
	for _, name := range append(slices.Clone(p.Focus.Values), strings.FieldsFunc(p.Others.Value, func(r rune) bool { return r == ',' || r == ' ' })...) {
		members := pool.Members(strings.ToUpper(name))
		if len(members) == 0 {
			p.Others.Fail(fmt.Sprintf("There is no council, pool or region %q. The codes are at the foot of this page", name))
		}
		q.Focus = append(q.Focus, members...)
	}
	if len(q.Focus) == 0 {
		p.Focus.Fail("Select the councils that decide")
	}
	q.Scenario, err = p.scenario()
	return q, err
}

// scenario is the JSON of what was chosen.
func (p *studyNewPage) scenario() ([]byte, error) {
	switch {
	case p.Scenario.Value == "":
		return nil, nil
	case p.Scenario.Value != ownScenario:
		s, err := pool.Supply(p.Scenario.Value)
		if err != nil {
			return nil, err
		}
		return json.Marshal(s)
	case p.File.Value != nil && p.Text.Value != "":
		p.File.Fail("Give your scenario as a file or as text, not both")
	case p.File.Value != nil:
		f, err := p.File.Value.Open()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(f)
	case p.Text.Value == "":
		p.File.Fail("Select the file of your scenario, or write its text")
	}
	return []byte(p.Text.Value), nil
}

// mostFaults is how much of what is wrong with a scenario is listed.
const mostFaults = 20

// refused says on the form what is wrong, field by field of the scenario, each
// with its mend.
func (p *studyNewPage) refused(err error) error {
	if k := fault.KindOf(err); err == nil || k != fault.Invalid && k != fault.Conflict {
		return err
	}
	lines := strings.Split(fault.Message(err), "\n")
	for i, line := range lines {
		if i == mostFaults {
			p.Fail(fmt.Sprintf("There are %d more faults in the scenario; mend these first", len(lines)-i), p.wrongAt())
			break
		}
		text, ofScenario := strings.CutPrefix(line, "scenario: ")
		if !ofScenario {
			p.Fail(text, "")
			continue
		}
		p.Fail("Scenario: "+text, p.wrongAt())
	}
	return nil
}

// wrongAt is where a scenario is mended.
func (p *studyNewPage) wrongAt() string {
	switch {
	case p.Scenario.Value != ownScenario:
		return "#scenario"
	case p.Text.Value != "":
		return "#text"
	}
	return "#file"
}
