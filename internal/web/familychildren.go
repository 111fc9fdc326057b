package web

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familyChildren are the children one family could be for, a page at a time.
type familyChildren struct {
	Summary   string
	WhyNone   string // where there are none
	Early     bool   // with early search
	EarlyHref string // to have it, where it would make a difference
	Table     govuk.Table
	Pages     govuk.Pagination
}

// childrenFor lists the children a family could be for. An explanation is made
// only for those shown.
func (v *visit) childrenFor(u *work.Unit, b *link.Board, f adopter.Family) familyChildren {
	var list familyChildren
	at, ok := b.Family(f.ID)
	if !ok {
		return list
	}
	pairs := b.ChildrenFor(at)
	list.describe(v, f, pairs)
	from, to, pages := v.pageOf(len(pairs), "children")
	list.Pages = pages
	list.Table = govuk.Table{Caption: "Children this family could be for", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Children"}, {Text: "Outcome"}, {Text: "Fit"}, {Text: "Needs that matter"}, {Text: "Ask next"}}}
	for _, pair := range pairs[from:to] {
		list.Table.Rows = append(list.Table.Rows, v.childRow(b, pair))
		sawGroup(u, b.Groups[pair.Group], "children a family could be for")
	}
	return list
}

func (list *familyChildren) describe(v *visit, f adopter.Family, pairs []match.Pair) {
	suitable := 0
	for _, pair := range pairs {
		suitable += rank(pair.Outcome == match.Suitable)
	}
	list.Early = v.early()
	list.Summary = count(suitable, "suitable", "suitable") + ", " + count(len(pairs)-suitable, "stretch", "stretch") +
		". Children placed together count as one."
	switch {
	case len(pairs) > 0:
	case f.Status == "stage_two" && !list.Early:
		list.WhyNone = "This family is in stage two. Until they are approved they are ruled out for every child, unless you search early."
		list.EarlyHref = v.queryWith("early", "1")
	case f.Status != "approved" && f.Status != "stage_two":
		list.WhyNone = "Children are found for families whose status is approved. The status of this family is " +
			midSentence(cmp.Or(adopter.Statuses.Label(f.Status), notRecorded)) + ", so they are ruled out for every child."
	default:
		list.WhyNone = "There are no children waiting, among those you may look at, whom this family could be for as things are recorded."
	}
}

func (v *visit) childRow(b *link.Board, pair match.Pair) []govuk.Cell {
	group := b.Groups[pair.Group]
	x := explain(b, int(pair.Group), int(pair.Family), false)
	return []govuk.Cell{
		{HTML: v.whoCell(b, group)}, {HTML: outcomeCell(x)},
		{HTML: markup(`%s%s`, fitWords(pair.Low, pair.High), drawInterval(pair.Low, pair.High))},
		{HTML: bullets(mattering(x))}, {HTML: bullets(x.questions(), "Nothing is left to ask")},
	}
}

// whoCell says which children these are: by name where the worker may see who
// they are, else by Homeward's reference, and nothing of where they are.
func (v *visit) whoCell(b *link.Board, group child.Group) template.HTML {
	agencyCode := group[0].Agency
	who := markup("%s", v.childrenWords(b, group))
	if v.mayGroup(b, access.FindFamilies, access.Child, group) {
		who = anchor(childFamiliesPath(group[0].ID), v.childrenWords(b, group))
	}
	return markup(`%s<br><span class="govuk-!-font-weight-regular">%s, %s</span>`, who, v.agesWords(group), b.Book.Agencies[agencyCode].Name)
}

// outcomeCell is the outcome with what stands against it.
func outcomeCell(x explained) template.HTML {
	cell := outcomeTag(x.Outcome)
	for _, r := range x.against() {
		words := r.Words
		if r.Waived {
			words += " (waived by a manager)"
		}
		cell += markup(`<br><span class="govuk-!-font-size-16">%s</span>`, words)
	}
	return cell
}

// mostMattering is how many needs and contacts a row of the list names.
const mostMattering = 4

// mattering are the needs and the contact that would decide, the heaviest first:
// the significant ones, and those the family has not simply said yes to. Where
// there is none it says why.
func mattering(x explained) (words []string, none string) {
	var deciding []match.Criterion
	none = "None recorded"
	for _, c := range x.Criteria {
		kind, _, _ := strings.Cut(c.Code, ":")
		if kind != "need" && kind != "contact" {
			continue
		}
		none = "Yes to all of them"
		if c.Outcome != match.Met || c.Child == "significant" {
			deciding = append(deciding, c)
		}
	}
	slices.SortStableFunc(deciding, func(a, b match.Criterion) int { return b.Weight - a.Weight })
	for i, c := range deciding {
		if i == mostMattering {
			words = append(words, fmt.Sprintf("and %d more", len(deciding)-i))
			break
		}
		words = append(words, criterionLabel(c.Code)+" ("+c.Child+"): "+c.Family)
	}
	return words, none
}
