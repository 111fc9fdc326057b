package web

import (
	"fmt"
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/plan"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// regionPlanPage is the region's plan as a list to talk about at a meeting.
type regionPlanPage struct {
	Form       *govuk.Form
	Stretch    *govuk.ChoicesField
	Priority   *govuk.TextField
	Pool       *govuk.ChoiceField
	Save       *planSave // for whoever may save it
	MaySee     bool      // saved plans
	Groups     int
	Rules      string
	Tiles      []tile
	Sentences  []string
	Tabs       []recordPage
	Heading    string
	Links      []planLink
	Unlinked   []planUnlinked
	Said       []planSaid
	First      int
	Showing    string
	Pagination govuk.Pagination
	Empty      string
}

// planLink is one link of the plan, and what else the children could have.
type planLink struct {
	Children, ChildrenHref     string
	Brief                      groupBrief
	Family, FamilyHref, Agency string
	Tag                        template.HTML
	Low, High                  int16
	Fit, Said, SayHref         string
	Others                     govuk.Table
}

// planUnlinked is a group without a link, and why.
type planUnlinked struct {
	Children, ChildrenHref string
	Brief                  groupBrief
	Why                    string
	Reasons                govuk.Table
	Changes                []string
}

// planSaid is what was said of a pair.
type planSaid struct {
	Children, Family, Verdict, Reason, By, Href string
	Unkept                                      bool
}

const (
	planPageSize = 10 // groups on a page: each has its alternatives worked out
	planOthers   = 3  // alternatives shown
)

// regionPlan shows the plan of all the reader may plan for.
func regionPlan(v *visit) error {
	var p regionPlanPage
	var saved link.SavedPlan
	err := v.withBoard("the region’s plan", func(u *work.Unit, b *link.Board) error {
		p.ask(v, b)
		priority, err := plan.ParsePriority(p.Priority.Value)
		if p.Priority.Value == "" {
			priority = 0
		} else if err != nil {
			p.Priority.Fail("Priority must be a number from 0 to 1, such as 0.25")
		}
		w := link.PlanWish{Stretch: p.Stretch.Has("1"), Priority: priority, Pool: p.Pool.Value, Meeting: true}
		made, err := b.PlanFor(u, w)
		if err != nil {
			return err
		}
		p.offerToSave(v, b, made)
		if v.posted() {
			if saved, err = p.save(v, u, made); err != nil || saved.ID != "" {
				return err
			}
		}
		return p.describe(&planTable{v, u, b, made})
	})
	if err != nil {
		return err
	}
	if saved.ID != "" {
		return v.done(savedPlanPath(saved.ID), "The plan is saved. It stays as it is now.")
	}
	form := p.Form
	if v.posted() && form.Valid() {
		form = p.Save.Form
	}
	return v.show("plan", page{Title: "The region’s plan", Form: form, Wide: true}, p)
}

// planSave is the form that saves the plan.
type planSave struct {
	Form       *govuk.Form
	Note       *govuk.TextField
	Href, Seal string
}

func (p *regionPlanPage) offerToSave(v *visit, b *link.Board, made *link.RegionPlan) {
	p.MaySee = v.may(b, access.View, access.Plan, v.actor.Agency)
	if !v.posted() && (made.Groups() == 0 || !v.may(b, access.Save, access.Plan, v.actor.Agency)) {
		return
	}
	p.Save = &planSave{Form: &govuk.Form{}, Href: v.queryWith("part", ""), Seal: made.Seal()}
	p.Save.Note = p.Save.Form.Text(govuk.Question{Name: "note", Label: "What you save the plan for", Optional: true, Max: link.MaxPlanNote,
		Hint: "For example, a meeting. Everybody at your agency who plans sees this. Do not write a name or an address"})
}

// save saves the plan that was asked for, if it is the one that was looked at.
func (p *regionPlanPage) save(v *visit, u *work.Unit, made *link.RegionPlan) (link.SavedPlan, error) {
	if !p.Form.Valid() || !p.Save.Form.Parse(v.r) {
		return link.SavedPlan{}, nil
	}
	s, err := made.Save(u, p.Save.Note.Value, v.r.PostForm.Get("seal"))
	return s, unlessFault(p.Save.Form, err)
}

func (p *regionPlanPage) ask(v *visit, b *link.Board) {
	pools := []govuk.Option{{Text: "Every pool"}}
	for _, pool := range poolsOf(seenAgencies(v.actor, b)) {
		pools = append(pools, govuk.Option{Value: pool, Text: pool})
	}
	p.Form = &govuk.Form{NoneRequired: true}
	p.Priority = p.Form.Text(govuk.Question{Name: "priority", Label: "Priority", Classes: "govuk-input--width-4", Max: 20, Optional: true,
		Hint: "From 0 to 1: how far to favour children who wait longest and have the fewest families"})
	p.Pool = p.Form.Select(govuk.Question{Name: "pool", Label: "Pool", Options: pools})
	p.Stretch = p.Form.Checkboxes(govuk.Question{Name: "stretch", Label: "Families who would stretch", Optional: true, Options: []govuk.Option{{Value: "1", Text: "Count them too"}}})
	p.Form.Read(v.r.URL.Query())
}

// planTable is one plan being shown to one reader.
type planTable struct {
	*visit
	u *work.Unit
	b *link.Board
	p *link.RegionPlan
}

func (p *regionPlanPage) describe(t *planTable) error {
	p.Groups = t.p.Groups()
	p.Rules = "Rules " + t.p.Region.Pool.Rules().Version + ", as of " + t.p.AsOf().Long() + ". The same facts give the same plan."
	if err := p.figures(t); err != nil {
		return err
	}
	without := t.p.Unlinked()
	part := t.r.URL.Query().Get("part")
	tab := func(text, value string) {
		p.Tabs = append(p.Tabs, recordPage{text, t.queryWith("part", value), part == value})
	}
	if part != "without" && part != "said" {
		part = ""
	}
	tab("Links ("+commas(len(t.p.Plan.Links))+")", "")
	tab("No link ("+commas(len(without))+")", "without")
	tab("Said of pairs ("+commas(len(t.p.Said))+")", "said")
	switch part {
	case "without":
		return p.unlinked(t, without)
	case "said":
		p.said(t)
		return nil
	}
	return p.links(t)
}

// planPoints is a weight in points, of which a link has 100 beside its fit.
func planPoints(tenths int64) string { return commas(int(tenths/10)) + fmt.Sprintf(".%d", tenths%10) }

// figures are the plan in numbers and sentences.
func (p *regionPlanPage) figures(t *planTable) error {
	now := t.p.Region.Figures()
	most, err := t.p.Region.MostLinks()
	if err != nil {
		return err
	}
	p.Tiles = []tile{{Count: now.Links, Label: noun(now.Links, "link", "links")}, {Count: now.Children, Label: noun(now.Children, "child with a link", "children with a link")},
		{Count: t.p.Groups() - now.Links, Label: noun(t.p.Groups()-now.Links, "group with no link", "groups with no link")}}
	counts := " points together. Each link counts 100 points, and up to 100 more for what is known to fit"
	if t.p.Wish.Priority > 0 {
		counts += ", and what the priority adds"
	}
	proved := ". No other list of links weighs more: a check that shares nothing with the planning has proved it."
	if len(t.p.Said) > 0 {
		proved = ". No other list that keeps to what was said of pairs weighs more: a check that shares nothing with the planning has proved it."
	}
	p.Sentences = append(p.Sentences, "The links weigh "+planPoints(now.Weight)+counts+proved)
	if most.Links > now.Links {
		p.Sentences = append(p.Sentences, fmt.Sprintf("At most %s could have a link. That would cost %s points of fit and priority.", count(most.Links, "group", "groups"), planPoints(now.Weight-most.Weight)))
	}
	if !t.p.Wish.Stretch {
		stretched, err := t.p.Stretched()
		if err != nil {
			return err
		}
		p.Sentences = append(p.Sentences, fmt.Sprintf("If families who would stretch counted too, %s would have a link: %s more.",
			count(stretched.Links, "group", "groups"), commas(max(0, stretched.Links-now.Links))))
	}
	if t.p.Wish.Priority > 0 {
		pure, err := t.p.Region.WithoutPriority()
		if err != nil {
			return err
		}
		p.Sentences = append(p.Sentences, fmt.Sprintf("The priority of %s costs %s points: without it there would be %s weighing %s, and this list weighs %s if the priority is left out.",
			t.p.Wish.Priority, planPoints(pure.Fit-now.Fit), count(pure.Links, "link", "links"), planPoints(pure.Fit), planPoints(now.Fit)))
	}
	return nil
}

// cut cuts this page out of a list of groups.
func (p *regionPlanPage) cut(t *planTable, n int) (from, to int) {
	from, to, p.Pagination = t.pageBy(planPageSize, n, "list")
	p.First, p.Showing = from+1, fmt.Sprintf("Showing %d to %d of %s", from+1, to, count(n, "group", "groups"))
	return from, to
}

func (p *regionPlanPage) links(t *planTable) error {
	p.Heading, p.Empty = "Links to talk about", "No link can be made for the children who wait as the records stand now. Look at why under “No link”."
	all := t.p.Plan.Links
	from, to := p.cut(t, len(all))
	for _, l := range all[from:to] {
		row, err := t.link(l)
		if err != nil {
			return err
		}
		p.Links = append(p.Links, row)
	}
	return nil
}

func (t *planTable) link(l plan.Pair) (planLink, error) {
	group, family := t.p.Group(l.Group), t.p.Family(l.Family)
	t.p.ShowGroup(t.u, l.Group)
	t.p.ShowFamily(t.u, l.Family)
	pair := t.p.Region.Pool.Pair(l.Group, l.Family)
	row := planLink{
		Children: t.childrenWords(t.b, group), ChildrenHref: childFamiliesPath(group[0].ID), Brief: t.briefOf(group),
		Family: family.Name(), FamilyHref: familyPath(family.ID), Agency: t.b.Book.Agencies[family.Agency].Name, Tag: outcomeTag(pair.Outcome),
		Low: pair.Low, High: pair.High, Fit: fitWords(pair.Low, pair.High), SayHref: planPairPath(group[0].ID, family.ID),
	}
	for _, x := range t.p.Said {
		if slices.Contains(group.IDs(), x.ChildID) && x.FamilyID == family.ID && x.Verdict == link.KeptTogether {
			row.Said = "Kept together by " + x.ByName + ", " + x.MadeOn.Long() + ": " + x.Reason
		}
	}
	others, err := t.p.Region.Alternatives(l.Group, planOthers)
	row.Others = t.others(l.Group, others)
	return row, err
}

// others are the families a group could have instead, and what each would cost.
func (t *planTable) others(g int, others []plan.Alternative) govuk.Table {
	table := govuk.Table{Caption: "Other families, and what the plan would lose", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "Family"}, {Text: "Known to fit"}, {Text: "The plan would lose"}, {HTML: `<span class="govuk-visually-hidden">Say something of this pair</span>`}}}
	dearest := int64(1)
	for _, o := range others {
		dearest = max(dearest, o.Cost)
	}
	lead := t.p.Group(g)[0].ID
	for _, o := range others {
		t.p.ShowFamily(t.u, o.Family)
		family, pair := t.p.Family(o.Family), t.p.Region.Pool.Pair(g, o.Family)
		cost := "Nothing: that plan is as good"
		if o.Cost > 0 {
			cost = planPoints(o.Cost) + " points"
		}
		table.Rows = append(table.Rows, []govuk.Cell{
			{HTML: markup(`%s<br>%s`, anchor(familyPath(family.ID), family.Name()), t.b.Book.Agencies[family.Agency].Name)},
			{HTML: markup(`%s%s`, drawInterval(pair.Low, pair.High), fitWords(pair.Low, pair.High))},
			{HTML: markup(`%s%s`, drawShare(int(o.Cost), int(dearest), 2), cost)},
			{HTML: markup(`<a class="govuk-link" href="%s">Keep together or apart<span class="govuk-visually-hidden">: %s and %s</span></a>`, planPairPath(lead, family.ID), t.childrenWords(t.b, t.p.Group(g)), family.Name())},
		})
	}
	return table
}

func (p *regionPlanPage) unlinked(t *planTable, without []int) error {
	p.Heading, p.Empty = "Children with no link in this plan", "Every group has a link in this plan."
	from, to := p.cut(t, len(without))
	for _, g := range without[from:to] {
		why, err := t.p.Region.Why(g)
		if err != nil {
			return err
		}
		t.p.ShowGroup(t.u, g)
		group := t.p.Group(g)
		p.Unlinked = append(p.Unlinked, planUnlinked{Children: t.childrenWords(t.b, group), ChildrenHref: childFamiliesPath(group[0].ID), Brief: t.briefOf(group),
			Why: candidatesWords(why.Candidates), Reasons: reasonsAlone(why.Alone), Changes: changesWords(why.Changes, len(group))})
	}
	return nil
}

func candidatesWords(n int) string {
	if n == 0 {
		return "No family could be linked with them as the records stand now."
	}
	return count(n, "family could be theirs, but the plan needs it", "families could be theirs, but the plan needs them") + " for other children."
}

func reasonsAlone(list []plan.Alone) govuk.Table {
	t := govuk.Table{Caption: "What alone stands against a family", CaptionClasses: "govuk-table__caption--s", FirstCellIsHeader: true, Classes: "hw-bars",
		Head: []govuk.Cell{{Text: "Reason"}, {HTML: `<span class="govuk-visually-hidden">Drawn</span>`}, {Text: "Families", Format: "numeric"}}}
	for _, a := range list { // the commonest come first
		t.Rows = append(t.Rows, []govuk.Cell{{Text: barrierWords(a.Code)}, {HTML: drawShare(a.Families, list[0].Families, 1), Classes: "hw-bars__bar"}, {Text: commas(a.Families), Format: "numeric"}})
	}
	return t
}

// barrierWords says an exclusion or a limit where no family is spoken of.
func barrierWords(code string) string {
	if words := exclusionLabel(code); words != "" {
		return words
	}
	return criterionLabel(code)
}

// changesWords says what the plan would be if one thing did not stand against a
// group of so many children.
func changesWords(list []plan.Change, children int) (words []string) {
	for _, c := range list {
		line := barrierWords(c.Code) + ": without it, " + count(len(c.Families), "more family", "more families") + " could be theirs, "
		if c.Links {
			line += "they would have a link, and the plan would weigh " + planPoints(c.Gain) + " points more."
		} else {
			line += "but the plan would still need them for other children."
		}
		if c.Code == "capacity" && children > 1 {
			line += " To place the children apart separates brothers and sisters: it needs a recorded assessment."
		}
		words = append(words, line)
	}
	return words
}

// said lists what was said of pairs, and what the plan cannot keep to.
func (p *regionPlanPage) said(t *planTable) {
	p.Heading, p.Empty = "Pairs kept together or apart", "Nothing has been said of any pair. Open a link of the plan and choose “Keep together or apart”."
	from, to := p.cut(t, len(t.p.Said))
	p.Showing = ""
	for _, x := range t.p.Said[from:to] {
		g, _ := t.p.Place(x.ChildID)
		f, _ := t.p.FamilyPlace(x.FamilyID)
		t.p.ShowGroup(t.u, g)
		t.p.ShowFamily(t.u, f)
		p.Said = append(p.Said, planSaid{t.childrenWords(t.b, t.p.Group(g)), t.p.Family(f).Name(), saidWords(x.Verdict), x.Reason, x.ByName + ", " + x.MadeOn.Long(),
			planPairPath(x.ChildID, x.FamilyID), slices.Contains(t.p.Unkept, x)})
	}
}

func saidWords(verdict string) string {
	if verdict == link.KeptTogether {
		return "Kept together"
	}
	return "Kept apart"
}
