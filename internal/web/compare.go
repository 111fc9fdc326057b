package web

import (
	"fmt"
	"html/template"
	"slices"

	"homeward/internal/link"
	"homeward/internal/work"
)

// compareAtMost is how many families stand side by side.
const compareAtMost = 4

// comparePage is some families of one list side by side.
type comparePage struct {
	Record   record
	Brief    groupBrief
	Rules    string
	Notice   string // when other than two to four families were chosen
	Children string // the head of the children's column
	Families []comparedFamily
	Rows     []comparedRow
	Ask      string
	Early    bool
	List     string
}

type comparedFamily struct {
	ID, Name, Href, Agency string
	MayAsk                 bool
}

// comparedRow is one line: what the children need beside each family.
type comparedRow struct {
	Name, Child string
	Cells       []comparedCell
}

// comparedCell is one family's side of a line.
type comparedCell struct {
	Drawn template.HTML
	Words string
	Tag   template.HTML
	List  []string
}

// compare puts up to four families side by side for one child.
func compare(v *visit) error {
	id, early := v.r.PathValue("id"), v.early()
	var p comparePage
	title := ""
	err := v.withSearch("compare families", early, func(u *work.Unit, b *link.Board) error {
		l, err := b.FamiliesFor(u, id)
		if err != nil {
			return err
		}
		title = "Compare families for " + groupTitle(l.Group)
		s := newFamilySearch(v, l, id, early)
		chosen := s.chosenFamilies(&p)
		p.describe(s)
		asks, err := asksByFamily(u, l.Group.IDs(), s.idsOf(chosen))
		if err != nil {
			return err
		}
		p.fill(s, chosen, asks)
		s.noteSeen(u)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("compare", page{Title: title, Back: p.List, Wide: true}, p)
}

// chosenFamilies are the families the query names, each once and at most four.
// One that is not on the board is left out: there may be none such.
func (s *familySearch) chosenFamilies(p *comparePage) []int {
	var chosen []int
	for _, id := range s.r.URL.Query()["family"] {
		if f, ok := s.Board.Family(id); ok && !slices.Contains(chosen, f) {
			chosen = append(chosen, f)
		}
	}
	switch n := len(chosen); {
	case n == 0:
		p.Notice = "No family was selected. Go back to the list and select two to four."
	case n == 1:
		p.Notice = "Only one family was selected, so there is nothing to compare it with. Go back to the list and select two to four."
	case n > compareAtMost:
		p.Notice = fmt.Sprintf("%d families were selected. The first four are compared: more do not fit side by side.", n)
		chosen = chosen[:compareAtMost]
	}
	return chosen
}

func (s *familySearch) idsOf(families []int) []string {
	var ids []string
	for _, f := range families {
		ids = append(ids, s.Families[f].ID)
	}
	return ids
}

func (p *comparePage) describe(s *familySearch) {
	p.Record = s.groupRecord(s.Book, s.Group, s.id, "")
	p.Brief = s.briefOf(s.Group)
	p.Rules = "Rules " + s.Pool.Rules().Version + ", as of " + s.AsOf().Long() + "."
	p.Children, p.Early = upperFirst(theseChildren(len(s.Group))), s.early
	p.List = withQuery(childFamiliesPath(s.id), "early", s.earlyFlag())
}

func (p *comparePage) fill(s *familySearch, chosen []int, asks map[string][]link.Ask) {
	var each []explained
	for _, f := range chosen {
		x := explain(s.Board, s.G, f, s.near)
		s.seen[int32(f)] = true
		each = append(each, x)
		mayAsk := s.asks && x.Excluded == x.Waived && !slices.ContainsFunc(asks[x.Family.ID], func(a link.Ask) bool { return a.State == link.Open })
		if mayAsk {
			p.Ask = newAskPath(s.id)
		}
		p.Families = append(p.Families, comparedFamily{x.Family.ID, x.Family.Name(), familyPath(x.Family.ID), s.Book.Agencies[x.Family.Agency].Name, mayAsk})
	}
	if len(each) > 0 {
		p.sumUp(s, each, asks)
		p.criteria(each)
	}
}

// sumUp adds the lines that are of the pair as a whole.
func (p *comparePage) sumUp(s *familySearch, each []explained, asks map[string][]link.Ask) {
	add := func(name, child string, cell func(explained) comparedCell) {
		row := comparedRow{Name: name, Child: child}
		for _, x := range each {
			row.Cells = append(row.Cells, cell(x))
		}
		p.Rows = append(p.Rows, row)
	}
	add("Outcome", "", func(x explained) comparedCell { return comparedCell{Tag: outcomeTag(x.Outcome)} })
	add("Fit", "", func(x explained) comparedCell {
		return comparedCell{Drawn: drawInterval(x.Low, x.High), Words: fitWords(x.Low, x.High)}
	})
	add("Distance", "", func(x explained) comparedCell { return comparedCell{Words: distanceWords(x.Distance)} })
	add("Against", "", func(x explained) comparedCell { return comparedCell{List: reasonList(x), Words: "Nothing"} })
	add("Asked before", "", func(x explained) comparedCell {
		cell := comparedCell{Words: "Not asked"}
		for _, a := range asks[x.Family.ID] {
			cell.List = append(cell.List, link.States.Label(a.State)+", "+askLineOf(a, s.Desk.Today()).Words)
		}
		return cell
	})
}

func reasonList(x explained) []string {
	var list []string
	for _, r := range x.against() {
		words := r.Words
		if r.Waived {
			words += " (waived)"
		}
		list = append(list, words)
	}
	return list
}

// criteria adds a line for each criterion. They depend on the children alone, so
// every family has the same.
func (p *comparePage) criteria(each []explained) {
	for i, c := range each[0].Criteria {
		row := comparedRow{Name: criterionLabel(c.Code), Child: upperFirst(sideWords(c.Code, c.Child))}
		for _, x := range each {
			mine := x.Criteria[i]
			row.Cells = append(row.Cells, comparedCell{Words: upperFirst(sideWords(mine.Code, mine.Family)), Tag: criterionTags[mine.Outcome]})
		}
		p.Rows = append(p.Rows, row)
	}
}
