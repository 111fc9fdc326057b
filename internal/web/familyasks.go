package web

import (
	"cmp"
	"html/template"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familyAsks are the children a family was asked about, the newest ask first.
type familyAsks struct {
	Table govuk.Table
	More  string // how many older ones are not shown
	None  bool
}

// asksOf shows the asks of a family that the worker may see: all of them to
// whoever answers for the family, and to a child's side those about children
// they find families for.
func (v *visit) asksOf(u *work.Unit, b *link.Board, asks []link.Ask) familyAsks {
	list := familyAsks{Table: govuk.Table{Caption: "Asks and answers", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Asked about"}, {Text: "Asked by"}, {Text: "State"}, {Text: "When, and why"}}}}
	older := 0
	for _, a := range asks {
		switch {
		case !v.maySeeAsk(b, a):
		case len(list.Table.Rows) == pageSize:
			older++
		default:
			line, asked := askLineOf(a, u.Today), askedAbout(b, a)
			list.Table.Rows = append(list.Table.Rows, []govuk.Cell{
				{HTML: anchor(line.Href, v.askedWords(b, a, asked))}, {Text: a.AskedByName}, {HTML: line.Tag}, {Text: upperFirst(line.Words)}})
			u.Saw(a.Subject(), "asks of a family")
			sawGroup(u, asked, "asks of a family")
		}
	}
	list.None = len(list.Table.Rows) == 0
	if older > 0 {
		list.More = count(older, "older ask is", "older asks are") + " not shown here."
	}
	return list
}

func (v *visit) maySeeAsk(b *link.Board, a link.Ask) bool {
	return !b.Hides(v.actor, a) && (v.may(b, access.View, access.Ask, a.FamilyAgency) || b.MayAskAbout(v.actor, a))
}

// askedAbout are the children an ask was about then, as far as they are among
// those the worker may look at.
func askedAbout(b *link.Board, a link.Ask) child.Group {
	var asked child.Group
	for _, id := range a.Children {
		if g, ok := b.Group(id); ok {
			i := slices.IndexFunc(b.Groups[g], func(c child.Child) bool { return c.ID == id })
			asked = append(asked, b.Groups[g][i])
		}
	}
	return asked
}

// askedWords names them to whoever may see who they are.
func (v *visit) askedWords(b *link.Board, a link.Ask, asked child.Group) string {
	if len(asked) == 0 {
		return listWords(a.Children)
	}
	return v.childrenWords(b, asked)
}

// driftRow is a stated preference beside recent answers that go against it.
type driftRow struct {
	Label, Stated, Declined string
	LastHref, CorrectHref   string
}

func driftRows(b *link.Board, f adopter.Family, asks []link.Ask) []driftRow {
	var rows []driftRow
	for _, d := range b.Drifts(f, asks) {
		rows = append(rows, driftRow{
			Label: link.DriftLabel(d.Code), Stated: statedWords(f, d),
			Declined: "Declined " + times(d.Declined) + " because of it, last on " + d.Last.ClosedOn.Long(),
			LastHref: askPath(d.Last.ID), CorrectHref: familyPath(f.ID) + correctAt(d.Code),
		})
	}
	return rows
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return count(n, "time", "times")
}

// statedWords is what the record says a family has said.
func statedWords(f adopter.Family, d link.Drift) string {
	switch d.Code {
	case "age":
		return ageRangeWords(f)
	case "sex":
		return adopter.Sexes.Label(f.Sex)
	case "number":
		return "Up to " + count(f.MaxChildren.V, "child", "children")
	}
	return cmp.Or(adopter.Answers.Label(d.Stated), "Not asked yet")
}

// correctAt is the field that holds a stated preference.
func correctAt(code string) string {
	if field, ok := map[string]string{"age": "age_min", "sex": "sex", "number": "max_children"}[code]; ok {
		return "/edit#" + field
	}
	return "/offers#" + code
}

// correctText says which link that is.
func (d driftRow) CorrectText() template.HTML {
	return markup(`Correct what they have said<span class="govuk-visually-hidden"> about %s</span>`, midSentence(d.Label))
}
