package web

import (
	"fmt"
	"html/template"
	"slices"

	"homeward/internal/match"
	"homeward/internal/web/govuk"
)

// whyRuledOut is why a list is as short as it is, and what one change would open.
type whyRuledOut struct {
	Reasons  govuk.Table
	Openings []opening
}

// opening is one change and the families it would bring into the list.
type opening struct {
	Words         string
	Families      []openedFamily
	More, AllHref string
}

type openedFamily struct{ Name, Href, Why string }

// openedShown is how many families of an opening are named on the panel; the
// list narrowed to it has them all.
const openedShown = 5

// explainRuledOut fills the panels above the ruled-out families, and narrows
// the list to those that the one change named in the query would open.
func (p *findFamiliesPage) explainRuledOut(s *familySearch, pairs []match.Pair, opens string) []match.Pair {
	openings := s.Pool.OneChange(s.G)
	// Approval is the one change nobody makes for this child's sake.
	slices.SortStableFunc(openings, func(a, b match.Opening) int { return rank(a.Code == "status") - rank(b.Code == "status") })
	for _, o := range openings {
		if o.Code != opens {
			continue
		}
		p.Opens = s.openingWords(o)
		p.Chosen = []chosen{{"Only the families this change opens", s.listHref(match.RuledOut, "")}}
		return slices.DeleteFunc(pairs, func(pair match.Pair) bool { return !slices.Contains(o.Families, pair.Family) })
	}
	p.Why = &whyRuledOut{Reasons: s.reasonsTable()}
	for _, o := range openings {
		p.Why.Openings = append(p.Why.Openings, s.opening(o))
	}
	return pairs
}

// reasonsTable is how many families each reason rules out, and how many it alone.
func (s *familySearch) reasonsTable() govuk.Table {
	t := govuk.Table{Caption: "Reasons families are ruled out", CaptionClasses: "govuk-table__caption--m", FirstCellIsHeader: true, Classes: "hw-bars",
		Head: []govuk.Cell{{Text: "Reason"}, {HTML: `<span class="govuk-visually-hidden">Drawn</span>`}, {Text: "Rules out", Format: "numeric"}, {Text: "On its own", Format: "numeric"}}}
	reasons := slices.DeleteFunc(s.Pool.Reasons(s.G), func(r match.Reason) bool { return r.Families == 0 })
	if len(reasons) == 0 {
		return t
	}
	largest := reasons[0].Families // they come with the commonest first
	for _, r := range reasons {
		bars := drawShare(r.Families, largest, 1) + drawShare(r.Alone, largest, 2)
		t.Rows = append(t.Rows, []govuk.Cell{{Text: s.reasonWords(r.Code)}, {HTML: template.HTML(bars), Classes: "hw-bars__bar"},
			{Text: fmt.Sprint(r.Families), Format: "numeric"}, {Text: fmt.Sprint(r.Alone), Format: "numeric"}})
	}
	return t
}

// reasonWords says an exclusion or a limit where no family is spoken of.
func (s *familySearch) reasonWords(code string) string {
	if code == "zone" && s.near {
		return "A place inside a zone, or it cannot be told"
	}
	if _, ok := match.ExclusionOf(code); ok {
		return exclusionLabel(code)
	}
	return criterionLabel(code)
}

func (s *familySearch) opening(o match.Opening) opening {
	n := min(openedShown, len(o.Families))
	view := opening{Words: s.openingWords(o), AllHref: s.listHref(match.RuledOut, o.Code), More: "See " + count(len(o.Families), "family", "families") + " in the list"}
	for _, f := range o.Families[:n] {
		s.seen[f] = true
		view.Families = append(view.Families, s.opened(int(f), o.Code))
	}
	return view
}

// opened names one family with what stands against it: for the number of
// children, how many of them it could take.
func (s *familySearch) opened(f int, code string) openedFamily {
	x := explain(s.Board, s.G, f, s.near)
	view := openedFamily{Name: x.Family.Name(), Href: familyPath(x.Family.ID)}
	for _, r := range x.against() {
		if r.Code == code {
			view.Why = midSentence(r.Words)
		}
	}
	return view
}

// openingWords says what one change would open, and who can make it.
func (s *familySearch) openingWords(o match.Opening) string {
	n := count(len(o.Families), "family", "families")
	switch o.Code {
	case "capacity":
		if len(s.Group) > 1 {
			return n + " could be asked if the children were placed apart. That separates brothers and sisters: it needs a recorded assessment."
		}
		return n + " could be asked if they had room. Ask their worker whether what is recorded still holds."
	case "zone":
		return s.zoneWords(o)
	case "conflict":
		return n + " could be asked but for a recorded conflict. A manager may waive it for one family, with a reason."
	case "reserved":
		return n + " could be asked if their own agency released them before the reservation ends."
	case "status":
		return s.statusOpeningWords(o, n)
	}
	return n + " would be a stretch but for what they have said about: " + midSentence(criterionLabel(o.Code)) + ". Ask their worker whether it still holds."
}

// zoneWords tells apart the families certainly inside a zone, which nobody
// resolves, and those of whom it cannot be told.
func (s *familySearch) zoneWords(o match.Opening) string {
	n := count(len(o.Families), "family", "families")
	if !s.near {
		return n + " could be asked but for where they live. A manager of the child’s agency can look at it."
	}
	unsure := 0
	for _, f := range o.Families {
		if !s.Pool.Pair(s.G, int(f)).ZoneCertain {
			unsure++
		}
	}
	inside := len(o.Families) - unsure
	words := ""
	if unsure > 0 {
		words = "For " + count(unsure, "family", "families") + " it cannot be told whether a place of theirs is inside a zone. A manager can check and resolve it. "
	}
	if inside > 0 {
		words += count(inside, "family has", "families have") + " a place inside a zone. A manager may waive that for one family, with a reason."
	}
	return words
}

func (s *familySearch) statusOpeningWords(o match.Opening, n string) string {
	stageTwo := 0
	for _, f := range o.Families {
		if s.Families[f].Status == "stage_two" {
			stageTwo++
		}
	}
	words := n + " could be asked if they were approved and not yet linked."
	if stageTwo > 0 {
		words += " " + count(stageTwo, "of them is", "of them are") + " in stage two: an early search lists them with the approved."
	}
	return words
}
