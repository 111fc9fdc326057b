package web

import (
	"fmt"
	"html/template"

	"homeward/internal/chart"
	"homeward/internal/lab/pool"
	"homeward/internal/lab/study"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// studyShown is a study on its page: how far it is, and when it is done what came
// of it.
type studyShown struct {
	Title, Path string
	Facts       []string
	Tag         govuk.Tag
	Promise     string

	Playing, Stopped, Done bool
	Reason                 string // why it failed
	Progress               string
	Bar                    template.HTML
	MayAsk                 bool

	Parts []studySection
}

// studySection is a part of the results as it is shown.
type studySection struct {
	ID, Heading string
	Words       []string
	Points      []string
	Shown       []template.HTML
}

// studyPage shows one study.
func studyPage(v *visit) error {
	var s study.Study
	if err := v.do("a study", func(u *work.Unit) (err error) { s, err = study.Find(u, v.r.PathValue("study")); return err }); err != nil {
		return err
	}
	p, err := v.newStudyShown(s)
	if err != nil {
		return err
	}
	return v.show("laboratorystudy", page{Title: s.Title, Back: "/laboratory", Wide: true}, p)
}

func (v *visit) newStudyShown(s study.Study) (p studyShown, err error) {
	p = studyShown{Title: s.Title, Path: studyPath(s.ID), Facts: studyFacts(s), Tag: stateTag(s), Promise: pool.Promise, MayAsk: v.mayAskLaboratory(),
		Playing: s.State == study.Playing, Stopped: s.State == study.Stopped, Done: s.State == study.Done, Reason: s.Reason}
	if !p.Done {
		p.Progress = fmt.Sprintf("%s of %s replications are played.", commas(s.Played), commas(s.Of))
		if p.Playing && s.Ahead > 0 {
			p.Progress += fmt.Sprintf(" It waits for its turn: %s of your agency’s %s played first.", count(s.Ahead, "study", "studies"), noun(s.Ahead, "is", "are"))
		}
		done := int16(1000 * s.Played / max(s.Of, 1))
		p.Bar = drawInterval(done, done)
		return p, nil
	}
	t, err := s.Table()
	if err != nil {
		return p, err
	}
	for _, part := range studyParts(s, t) {
		shown, err := part.show()
		if err != nil {
			return p, err
		}
		p.Parts = append(p.Parts, shown)
	}
	return p, nil
}

// show draws a part for a page.
func (s studyPart) show() (studySection, error) {
	shown := studySection{ID: s.ID, Heading: s.Heading, Words: s.Words, Points: s.Points}
	for _, t := range s.Tables {
		shown.Shown = append(shown.Shown, studyTable(t).Render())
	}
	for i, c := range s.Charts {
		drawn, err := drawChart(c, fmt.Sprintf("%s-%d", s.ID, i+1), true)
		if err != nil {
			return shown, err
		}
		shown.Shown = append(shown.Shown, markup(`<h3 class="govuk-heading-s">%s</h3>%s`, c.Name(), drawn))
	}
	for _, t := range s.Aside {
		shown.Shown = append(shown.Shown, govuk.Details{SummaryText: t.Caption, HTML: studyTable(t).Render()}.Render())
	}
	return shown, nil
}

func studyTable(t chart.Table) govuk.Table {
	shown := tableOf(t, nil)
	shown.Stack = true
	return shown
}

// studyFacts say what was asked, by whom and when, and how it is played: all that
// is needed to play it again to the same results.
func studyFacts(s study.Study) []string {
	sc := s.Scenario
	before := ""
	if sc.WarmUpYears > 0 {
		before = fmt.Sprintf(", after %s that %s not counted", count(sc.WarmUpYears, "year", "years"), noun(sc.WarmUpYears, "is", "are"))
	}
	return []string{
		"Councils that decide: " + listWords(councilNames(s.Focus)) + ".",
		"Scenario “" + sc.Name + "”. " + sc.About,
		fmt.Sprintf("Put to the laboratory by %s on %s.", s.ByName, s.On.Long()),
		fmt.Sprintf("Each way of pooling is played %d times, with the same invented children and families: %s of %d days%s.",
			sc.Replications, count(sc.Periods, "period", "periods"), sc.PeriodDays, before),
		fmt.Sprintf("Seed %d, fingerprint %s, version %d of the laboratory’s rules. The same gives the same results.", sc.Seed, s.Fingerprint, s.Rules),
	}
}

func studyStop(v *visit) error {
	return v.turnStudy("stop a study", study.Stop, "The study is stopped. What has been played is kept.")
}

func studyGoOn(v *visit) error {
	return v.turnStudy("go on with a study", study.GoOn, "The study goes on from where it was.")
}

func (v *visit) turnStudy(purpose string, turn func(*work.Unit, string) error, done string) error {
	id := v.r.PathValue("study")
	if err := v.do(purpose, func(u *work.Unit) error { return turn(u, id) }); err != nil {
		return err
	}
	return v.done(studyPath(id), done)
}
