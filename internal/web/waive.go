package web

import (
	"html/template"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// waivePage is what rules one family out for a child, what managers found about
// it, and for a manager the form to record a finding.
type waivePage struct {
	Heading  string
	Record   record
	Family   string
	Href     string
	Tag      template.HTML
	Standing []reason // the exclusions, waived or not
	None     bool
	Form     *waiveForm
	Do       string // what the form does
	Intro    string // who does it, and what for
	Who      string // who can, for anybody else
	Findings []findingRow
	Path     string
}

// findingRow is one finding ever recorded about the pair.
type findingRow struct {
	ID, What, Finding, Reason, By string
	Tag                           template.HTML
	Until                         string
	MayEnd                        bool
}

// waiveForm is what a manager finds about one exclusion.
type waiveForm struct {
	Form      *govuk.Form
	Exclusion *govuk.ChoiceField
	Finding   *govuk.ChoiceField
	Reason    *govuk.TextField
	Expires   *govuk.DateField
}

func newWaiveForm(v *visit) *waiveForm {
	f := &waiveForm{Form: &govuk.Form{}}
	var exclusions []govuk.Option
	for e := match.ExcludedByStatus; e.Code() != ""; e <<= 1 {
		exclusions = append(exclusions, govuk.Option{Value: e.Code(), Text: exclusionLabel(e.Code())})
	}
	f.Exclusion = f.Form.Radios(govuk.Question{Name: "exclusion", Label: "Which exclusion is it about?", Noun: "the exclusion it is about", Options: exclusions})
	f.Finding = f.Form.Radios(govuk.Question{Name: "finding", Label: "What did you find?", Noun: "what you found", Options: codeOptions(link.Findings, "")})
	f.Reason = f.Form.TextArea(govuk.Question{Name: "reason", Label: "Why, or how you checked", Noun: "why the exclusion is waived, or how you checked", Max: 2000, Rows: 4,
		Hint: "The child’s side sees this. Do not write an address"})
	f.Expires = f.Form.Date(govuk.Question{Name: "expires_on", Label: "Expires on", Noun: "the day it expires", NotBefore: v.Desk.Today() + 1,
		Hint: "From this day the exclusion stands again. It ends sooner by itself if the facts it was found on change"})
	return f
}

// waive shows what rules a family out and records what a manager finds about it.
func waive(v *visit) error {
	f := newWaiveForm(v)
	if v.posted() {
		err := v.withBoard("waive an exclusion", func(u *work.Unit, b *link.Board) error {
			_, err := b.FindGroup(u, access.Waive, v.r.PathValue("id"))
			return err
		})
		if err != nil {
			return err
		}
	}
	if v.posted() && f.Form.Parse(v.r) {
		r := link.WaiverRequest{ChildID: v.r.PathValue("id"), FamilyID: v.r.PathValue("family"), Exclusion: f.Exclusion.Value, Finding: f.Finding.Value,
			Reason: f.Reason.Value, ExpiresOn: f.Expires.Value}
		fields := map[string]failing{"finding": f.Finding, "reason": f.Reason, "expires_on": f.Expires}
		if failFields(f.Form, fields, r.Problems(v.Desk.Today())) {
			err := v.withBoard("waive an exclusion", func(u *work.Unit, b *link.Board) error { return b.Waive(u, r) })
			if err == nil {
				return v.done(waivePath(r.ChildID, r.FamilyID), "Finding recorded until "+r.ExpiresOn.Long()+".")
			}
			if err := unlessFault(f.Form, err); err != nil {
				return err
			}
		}
	}
	return v.showWaive(f)
}

// endWaiver ends a finding before it expires.
func endWaiver(v *visit) error {
	err := v.withBoard("end a waiver", func(u *work.Unit, b *link.Board) error { return b.EndWaiver(u, v.r.PostFormValue("waiver")) })
	if err != nil {
		return err
	}
	return v.done(waivePath(v.r.PathValue("id"), v.r.PathValue("family")), "Finding ended. The exclusion stands again if the facts still say so.")
}

func (v *visit) showWaive(f *waiveForm) error {
	id := v.r.PathValue("id")
	p := waivePage{Path: waivePath(id, v.r.PathValue("family"))}
	title := ""
	err := v.withBoard("waive an exclusion", func(u *work.Unit, b *link.Board) error {
		g, err := b.FindGroup(u, access.FindFamilies, id)
		if err != nil {
			return err
		}
		at, err := b.FindFamily(u, v.r.PathValue("family"))
		if err != nil {
			return err
		}
		group, family := b.Groups[g], b.Families[at]
		sawGroup(u, group, "waivers with family "+family.ID)
		u.Saw(family.Subject(), "waivers with child "+group[0].ID)
		title = "Waivers for " + groupTitle(group) + " and family " + family.Name()
		p.Record = v.groupRecord(b.Book, group, id, "")
		p.Heading, p.Family, p.Href = "What rules this family out", family.Name()+", "+b.Book.Agencies[family.Agency].Name, familyPath(family.ID)
		p.describe(v, b, g, at, f)
		return nil
	})
	if err != nil {
		return err
	}
	view := page{Title: title, Back: childFamiliesPath(id) + "?outcome=ruled_out"}
	if p.Form != nil {
		view.Form = f.Form
	}
	return v.show("waive", view, p)
}

func (p *waivePage) describe(v *visit, b *link.Board, g, at int, f *waiveForm) {
	lead := b.Groups[g][0].Agency
	near := v.mayGroup(b, access.View, access.ChildLocations, b.Groups[g])
	x := explain(b, g, at, near)
	p.Tag = outcomeTag(x.Outcome)
	for _, e := range x.Exclusions {
		p.Standing = append(p.Standing, reason{e.Code, x.exclusionWords(e), e.Waived})
	}
	p.None = len(x.Exclusions) == 0
	mayWaive := v.mayGroup(b, access.Waive, access.Child, b.Groups[g])
	p.findings(b, g, at, near, mayWaive)
	switch {
	case !mayWaive:
		p.Who = whoCanWaive(b, lead)
	case x.Excluded != 0:
		f.offer(x)
		p.Form = f
		p.Do, p.Intro = "Record what you found", "You, "+v.actor.Name+", are the manager named on it. It holds for this family and no other."
		if len(f.Finding.Options) == 1 {
			p.Do = "Waive an exclusion"
		}
		if x.Excluded == x.Waived {
			p.Intro += " It takes the place of what was found before."
		}
	}
}

// offer leaves on the form what can be found about this pair.
func (f *waiveForm) offer(x explained) {
	f.Exclusion.Options = nil
	for _, e := range x.Exclusions {
		f.Exclusion.Options = append(f.Exclusion.Options, govuk.Option{Value: e.Code, Text: x.exclusionWords(e)})
	}
	if len(f.Exclusion.Options) == 1 && f.Exclusion.Value == "" {
		f.Exclusion.Set(f.Exclusion.Options[0].Value)
	}
	if x.Excluded&match.ExcludedByZone == 0 || x.ZoneCertain {
		f.Finding.Options = slices.DeleteFunc(f.Finding.Options, func(o govuk.Option) bool { return o.Value != "waived" })
		f.Finding.Set("waived")
	}
}

// whoCanWaive tells anybody else whom to go to.
func whoCanWaive(b *link.Board, agencyCode string) string {
	var names []string
	for _, w := range b.Book.Staff(agencyCode) {
		if access.Can(access.Actor{ID: w.ID, Agency: w.Agency, Team: w.Team, Role: w.Role}, access.Waive, b.Book.Thing(access.Child, agencyCode)).Allow {
			names = append(names, w.Name)
		}
	}
	words := "Only a manager of " + b.Book.Agencies[agencyCode].Name + " can waive an exclusion for its own children, or resolve one that cannot be told."
	if len(names) > 0 {
		words += " Ask " + strings.Join(names, " or ") + "."
	}
	return words
}

// findings are what was ever found between the two, the newest first. What was
// written about a zone is for those who may see it.
func (p *waivePage) findings(b *link.Board, g, at int, near, mayEnd bool) {
	for _, w := range b.WaiversOf(g, at) {
		row := findingRow{ID: w.ID, What: exclusionLabel(w.Exclusion), Finding: link.Findings.Label(w.Finding), Reason: w.Reason,
			By: w.ManagerName + ", " + w.DecidedOn.Long(), MayEnd: mayEnd && b.Stands(w)}
		if w.Exclusion == "zone" && !near {
			row.Finding, row.Reason = "", ""
		}
		row.Tag, row.Until = findingState(b, w)
		p.Findings = append(p.Findings, row)
	}
}

// findingState says whether a finding stands, and if not why it ended.
func findingState(b *link.Board, w link.Waiver) (tag template.HTML, until string) {
	ended := govuk.Tag{Text: "Ended", Classes: "govuk-tag--grey"}.Render()
	switch {
	case b.Stands(w):
		return govuk.Tag{Text: "Stands", Classes: "govuk-tag--green"}.Render(), "Expires on " + w.ExpiresOn.Long()
	case w.EndedOn.Known():
		return ended, "Ended on " + w.EndedOn.Long()
	case w.ExpiresOn <= b.AsOf():
		return ended, "Expired on " + w.ExpiresOn.Long()
	}
	return ended, "The facts it was found on have changed"
}
