package web

import (
	"fmt"
	"slices"

	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// comparedPlanPage is a saved plan beside one that was saved before it.
type comparedPlanPage struct {
	savedPlanHead
	Form        *govuk.Form
	Before      *govuk.ChoiceField
	Path        string
	None        bool // nothing was saved before it
	Unlike      string
	Figures     govuk.Table
	Kinds       []recordPage
	ListHeading string
	Hidden      string
	Suggestions []planSuggestion
	First       int
	Showing     string
	Pagination  govuk.Pagination
	Empty       string
}

// comparedPlan shows what is other in a plan than in one before it.
func comparedPlan(v *visit) error {
	p := comparedPlanPage{Path: v.r.URL.Path}
	err := v.withBoard("two saved plans compared", func(u *work.Unit, b *link.Board) error {
		f, err := b.SavedPlan(u, v.r.PathValue("plan"))
		if err != nil {
			return err
		}
		p.savedPlanHead = v.savedPlanHead(f.SavedPlan)
		all, err := b.SavedPlans(u)
		if err != nil {
			return err
		}
		before := p.ask(v, f.SavedPlan, all)
		if p.None = before == ""; p.None {
			return nil
		}
		c, err := b.ComparePlans(u, before, f.ID)
		if err != nil {
			return err
		}
		p.compare(v, u, b, c)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("plancompared", page{Title: "Compared: " + midSentence(p.Heading), Back: "/plan/saved", Wide: true}, p)
}

// ask asks which plan to compare with: unless another is chosen the last one that
// was asked for alike, and without one the last.
func (p *comparedPlanPage) ask(v *visit, s link.SavedPlan, all []link.SavedPlan) string {
	all = slices.DeleteFunc(all, func(x link.SavedPlan) bool { return !x.SavedAt.Before(s.SavedAt) })
	if len(all) == 0 {
		return ""
	}
	alike := max(0, slices.IndexFunc(all, s.Alike))
	q := govuk.Question{Name: "before", Label: "Compare with", Classes: "govuk-!-width-full"}
	for _, x := range all {
		text := x.SavedOn.Long() + ", " + clockWords(x.SavedAt)
		if x.Note != "" {
			text += ": " + x.Note
		}
		q.Options = append(q.Options, govuk.Option{Value: x.ID, Text: text})
	}
	p.Form = &govuk.Form{Filter: true}
	p.Before = p.Form.Select(q)
	p.Before.Options = q.Options // one is always chosen
	p.Form.Read(v.r.URL.Query())
	if p.Before.Value == "" {
		p.Before.Set(all[alike].ID)
	}
	return p.Before.Value
}

// moveKinds are the lists of a comparison.
var moveKinds = []struct{ code, text, heading, empty string }{
	{"", "New", "Links that are new in this plan", "No link is new in this plan."},
	{"gone", "No longer there", "Links that are no longer there", "Every link of the plan before is in this plan too."},
	{"both", "In both", "Links in both plans", "The two plans have no link in common."},
}

func (p *comparedPlanPage) compare(v *visit, u *work.Unit, b *link.Board, c *link.PlanComparison) {
	if !c.Before.Alike(c.After) {
		p.Unlike = "The two plans do not count the same. The plan before counts: " + midSentence(wishWords(c.Before.Wish)) + ". Some of what is other comes from that."
	}
	p.Figures = comparedFigures(c.Before, c.After)
	p.Hidden = hiddenWords(c.Hidden, "the two plans")
	lists := [][]link.PlanMove{c.New, c.Gone, c.Both}
	show := 0
	for i, k := range moveKinds {
		if k.code != "" && k.code == v.r.URL.Query().Get("show") {
			show = i
		}
	}
	for i, k := range moveKinds {
		p.Kinds = append(p.Kinds, recordPage{k.text + " (" + commas(len(lists[i])) + ")", v.queryWith("show", k.code) + "#list", i == show})
	}
	p.ListHeading, p.Empty = moveKinds[show].heading, moveKinds[show].empty
	list, of := lists[show], c.After
	if moveKinds[show].code == "gone" {
		of = c.Before
	}
	from, to, pages := v.pageBy(planPageSize, len(list), "list")
	p.First, p.Pagination, p.Showing = from+1, pages, fmt.Sprintf("Showing %d to %d of %s", from+1, to, count(len(list), "link", "links"))
	for _, m := range list[from:to] {
		m.Show(u, of)
		line := v.suggestionLine(b, m.Suggestion)
		if m.Why != "" {
			line.Words = append([]string{moveWords[m.Why]}, line.Words...)
		}
		if m.Why == link.AnsweredYes || m.Why == link.AnsweredNo {
			line.Words = append(line.Words, askedWords(*m.Fate.Ask, u.Today))
		}
		p.Suggestions = append(p.Suggestions, line)
	}
}

// moveWords say why a link is in one of two plans alone.
var moveWords = map[string]string{
	link.ChildrenNew:   "The children are new to the plan: they were not in the plan before.",
	link.FamilyNew:     "The family is new to the plan: nobody in the plan before could be linked with it.",
	link.WasApart:      "They were kept apart when the plan before was saved.",
	link.KeptByThem:    "The meeting keeps them together now.",
	link.NobodyThen:    "No family could be theirs when the plan before was saved. A record has changed since.",
	link.RearrangedIn:  "Both were in the plan before. Arranged like this, the whole is better now.",
	link.AnsweredYes:   "The family was asked and said yes.",
	link.AnsweredNo:    "The family was asked and did not say yes.",
	link.ApartNow:      "The meeting keeps them apart now.",
	link.ChildrenGone:  "The children were not in the later plan: they did not wait any more.",
	link.FamilyGone:    "Nobody in the later plan could be linked with the family.",
	link.NotAllowed:    "The rules do not allow the pair in the plan today.",
	link.RearrangedOut: "Both are still there. Arranged otherwise, the whole is better now.",
}

// comparedFigures is the two plans in numbers.
func comparedFigures(before, after link.SavedPlan) govuk.Table {
	t := govuk.Table{Caption: "In numbers: the plan of " + before.SavedOn.Long() + ", and this one", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "What"}, numeric("Before"), numeric("This plan"), numeric("Change")}}
	add := func(text string, a, b int) {
		t.Rows = append(t.Rows, []govuk.Cell{{Text: text}, numeric(commas(a)), numeric(commas(b)), numeric(moreOrFewer(a, b, commas))})
	}
	add("Groups who wait", before.Groups, after.Groups)
	add("Families", before.Families, after.Families)
	add("Links", before.Links, after.Links)
	add("Children with a link", before.Children, after.Children)
	add("Groups with no link", before.Groups-before.Links, after.Groups-after.Links)
	add("Links at most", before.MostLinks, after.MostLinks)
	points := func(n int) string { return planPoints(int64(n)) }
	a, b := int(before.Weight), int(after.Weight)
	t.Rows = append(t.Rows, []govuk.Cell{{Text: "Points together"}, numeric(points(a)), numeric(points(b)), numeric(moreOrFewer(a, b, points))})
	return t
}

// moreOrFewer says how much more or less a number is.
func moreOrFewer(before, after int, words func(int) string) string {
	switch {
	case after > before:
		return words(after-before) + " more"
	case after < before:
		return words(before-after) + " fewer"
	}
	return "The same"
}
