package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// savedPlansPage is the plans the reader's agency has saved.
type savedPlansPage struct {
	Table      govuk.Table
	Pagination govuk.Pagination
	MaySave    bool
}

// savedPlans lists them, the newest first.
func savedPlans(v *visit) error {
	var p savedPlansPage
	err := v.withBoard("saved plans", func(u *work.Unit, b *link.Board) error {
		list, err := b.SavedPlans(u)
		if err != nil {
			return err
		}
		p.MaySave = v.may(b, access.Save, access.Plan, v.actor.Agency)
		from, to, pages := v.pageOf(len(list), "")
		p.Pagination = pages
		p.Table = govuk.Table{Caption: "Saved plans", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
			Head: []govuk.Cell{{Text: "Saved on"}, {Text: "What it is for"}, {Text: "What it counts"}, numeric("Groups"), numeric("Links"), numeric("Children with a link"), {Text: "Saved by"}}}
		for _, s := range list[from:to] {
			p.Table.Rows = append(p.Table.Rows, []govuk.Cell{
				{HTML: markup(`<a class="govuk-link" href="%s">%s<span class="govuk-visually-hidden">, %s</span></a>`, savedPlanPath(s.ID), s.SavedOn.Long(), clockWords(s.SavedAt))},
				{Text: cmp.Or(s.Note, "Not said")}, {Text: wishWords(s.Wish)}, numeric(commas(s.Groups)), numeric(commas(s.Links)), numeric(commas(s.Children)), {Text: s.ByName},
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("plansaved", page{Title: "Saved plans", Back: "/plan", Wide: true}, p)
}

// wishWords says what a plan was asked to count.
func wishWords(w link.PlanWish) string {
	words := "Suitable families"
	if w.Stretch {
		words = "Suitable families and those who would stretch"
	}
	if w.Pool != "" {
		words += ", pool " + w.Pool
	}
	if w.Priority > 0 {
		words += ", priority " + w.Priority.String()
	}
	return words
}

// savedPlanHead is what stands above both parts of a saved plan.
type savedPlanHead struct {
	Heading, Note, About string
	Tabs                 []recordPage
}

func (v *visit) savedPlanHead(s link.SavedPlan) savedPlanHead {
	compared := v.r.URL.Query().Get("part") == "compared"
	return savedPlanHead{
		Heading: "Plan saved on " + s.SavedOn.Long(), Note: s.Note,
		About: fmt.Sprintf("Saved by %s at %s. It counts: %s. Rules %s. It stays as it was saved.", s.ByName, clockWords(s.SavedAt), midSentence(wishWords(s.Wish)), s.Rules),
		Tabs: []recordPage{{"What became of each suggestion", savedPlanPath(s.ID), !compared},
			{"Compared with the plan before", withQuery(savedPlanPath(s.ID), "part", "compared"), compared}},
	}
}

// savedPlanPage is one saved plan, with what became of what it suggested.
type savedPlanPage struct {
	savedPlanHead
	Tiles       []tile
	Fates       govuk.Table
	Hidden      string
	Filter      string // which of them are shown
	All         string // where all of them are
	Suggestions []planSuggestion
	First       int
	Showing     string
	Pagination  govuk.Pagination
	Empty       string
}

// planSuggestion is one link a plan suggested, as a line of a list.
type planSuggestion struct {
	Children, ChildrenHref     string
	Family, FamilyHref, Agency string
	Low, High                  int16
	Fit                        string
	Tag                        template.HTML
	Words                      []string
	Href, Link                 string // what to do next
}

// fateGroup is fates that a meeting counts together.
type fateGroup struct {
	code, text, class string
	fates             []string
}

var fateGroups = []fateGroup{
	{"todo", "Not asked yet", "govuk-tag--grey", []string{link.NotAsked}},
	{"asked", "Asked, no answer", "govuk-tag--blue", []string{link.StillAsked, link.Unanswered}},
	{"yes", "Yes", "govuk-tag--green", []string{link.SaidYes}},
	{"no", "No or not now", "govuk-tag--orange", []string{link.SaidNo}},
	{"overtaken", "Overtaken by something else", "govuk-tag--yellow", []string{link.AskTakenBack, link.LinkedElsewhere, link.NotWaiting, link.FamilyTaken, link.RuledOutSince}},
}

func fateGroupOf(f link.Fate) fateGroup {
	return fateGroups[slices.IndexFunc(fateGroups, func(g fateGroup) bool { return slices.Contains(g.fates, f.Code) })]
}

// savedPlan shows one saved plan: what became of it, or what is other in it than
// in one before.
func savedPlan(v *visit) error {
	if v.r.URL.Query().Get("part") == "compared" {
		return comparedPlan(v)
	}
	var p savedPlanPage
	err := v.withBoard("a saved plan", func(u *work.Unit, b *link.Board) error {
		f, err := b.SavedPlan(u, v.r.PathValue("plan"))
		if err != nil {
			return err
		}
		p.savedPlanHead = v.savedPlanHead(f.SavedPlan)
		p.Tiles = []tile{{Count: f.Links, Label: noun(f.Links, "link", "links")}, {Count: f.Children, Label: noun(f.Children, "child with a link", "children with a link")},
			{Count: f.Groups - f.Links, Label: noun(f.Groups-f.Links, "group with no link", "groups with no link")}}
		p.Hidden = hiddenWords(f.Hidden, "the plan")
		p.list(v, u, b, f)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("plansavedone", page{Title: p.Heading, Back: "/plan/saved", Wide: true}, p)
}

// hiddenWords says that some suggestions are not shown, and never which.
func hiddenWords(n int, of string) string {
	if n == 0 {
		return ""
	}
	return count(n, "suggestion", "suggestions") + " of " + of + noun(n, " is", " are") + " not shown: you may not see the children or the family now, or their records are closed."
}

// list counts what became of the suggestions, and shows those that were asked for.
func (p *savedPlanPage) list(v *visit, u *work.Unit, b *link.Board, f *link.FollowedPlan) {
	show := slices.IndexFunc(fateGroups, func(g fateGroup) bool { return g.code == v.r.URL.Query().Get("show") })
	list := f.Suggestions
	p.Fates = v.fatesTable(list)
	p.Empty = "The plan had no link."
	if f.Links > 0 {
		p.Empty = "No suggestion to show."
	}
	if show >= 0 {
		p.Filter, p.All = fateGroups[show].text, v.queryWith("show", "")
		list = slices.DeleteFunc(list, func(s link.Suggestion) bool { return fateGroupOf(s.Fate).code != fateGroups[show].code })
	}
	from, to, pages := v.pageBy(planPageSize, len(list), "list")
	p.First, p.Pagination, p.Showing = from+1, pages, fmt.Sprintf("Showing %d to %d of %s", from+1, to, count(len(list), "suggestion", "suggestions"))
	for _, s := range list[from:to] {
		s.Show(u, f.SavedPlan)
		line := v.suggestionLine(b, s)
		g := fateGroupOf(s.Fate)
		line.Tag = govuk.Tag{Text: link.Fates.Label(s.Fate.Code), Classes: g.class + " hw-tag--whole"}.Render()
		line.Words = append(line.Words, fateWords(s, u.Today)...)
		switch {
		case s.Fate.Ask != nil:
			line.Href, line.Link = askPath(s.Fate.Ask.ID), "Open the ask"
		case s.Fate.Code == link.NotAsked:
			line.Href, line.Link = withQuery(newAskPath(s.Children[0].ID), "family", s.Family.ID), "Ask this family"
		}
		p.Suggestions = append(p.Suggestions, line)
	}
}

// fatesTable draws how many suggestions came to what; each count leads to them.
func (v *visit) fatesTable(list []link.Suggestion) govuk.Table {
	t := govuk.Table{Caption: "What became of the suggestions", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Classes: "hw-bars",
		Head: []govuk.Cell{{Text: "How they stand today"}, {HTML: `<span class="govuk-visually-hidden">Drawn</span>`}, {Text: "Suggestions", Format: "numeric"}}}
	for _, g := range fateGroups {
		n := 0
		for _, s := range list {
			if fateGroupOf(s.Fate).code == g.code {
				n++
			}
		}
		name := govuk.Cell{Text: g.text}
		if n > 0 {
			name = govuk.Cell{HTML: anchor(v.queryWith("show", g.code)+"#list", g.text)}
		}
		t.Rows = append(t.Rows, []govuk.Cell{name, {HTML: drawShare(n, len(list), 1), Classes: "hw-bars__bar"}, {Text: commas(n), Format: "numeric"}})
	}
	return t
}

// suggestionLine is what stands of a link in every list of it.
func (v *visit) suggestionLine(b *link.Board, s link.Suggestion) planSuggestion {
	line := planSuggestion{
		Children: v.childrenWords(b, s.Children), ChildrenHref: childFamiliesPath(s.Children[0].ID),
		Family: s.Family.Name(), FamilyHref: familyPath(s.Family.ID), Agency: b.Book.Agencies[s.Family.Agency].Name,
		Low: s.Low, High: s.High, Fit: fitWords(s.Low, s.High) + " when it was saved",
	}
	if s.Kept {
		line.Words = append(line.Words, "Kept together by the meeting.")
	}
	if !s.Grouped {
		line.Words = append(line.Words, fmt.Sprintf("It was a group of %d then. The children are grouped otherwise now.", len(s.Children)))
	}
	return line
}
