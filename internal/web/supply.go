package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// supplyPage is what families are willing to take on against what the children
// who wait bring with them. It counts families and names none.
type supplyPage struct {
	Kind, Pool, Sort *govuk.ChoiceField
	Chosen           []chosen
	Sentence, Over   string
	Table            govuk.Table
	Empty            bool
}

// supply shows the supply map over the agencies the worker may see.
func supply(v *visit) error {
	var p supplyPage
	err := v.withBoard("supply map", func(u *work.Unit, b *link.Board) error {
		p.ask(v, b)
		agencies := p.agencies(v, b)
		list, err := b.SupplyMap(u, agencies)
		if err != nil {
			return err
		}
		p.describe(v, b, agencies, list)
		u.Searched("supply", v.r.URL.RawQuery, len(agencies))
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("supply", page{Title: "Supply map", Wide: true}, p)
}

// agencyKinds are the kinds of agency as people say them.
var agencyKinds = map[string]string{"LA": "Councils", "VAA": "Voluntary adoption agencies", "RAA": "Regional adoption agencies"}

func (p *supplyPage) ask(v *visit, b *link.Board) {
	kinds, pools := []govuk.Option{{Text: "Every kind"}}, []govuk.Option{{Text: "Every pool"}}
	for _, kind := range agency.Kinds() {
		kinds = append(kinds, govuk.Option{Value: kind, Text: agencyKinds[kind]})
	}
	for _, pool := range poolsOf(seenAgencies(v.actor, b)) {
		pools = append(pools, govuk.Option{Value: pool, Text: pool})
	}
	form := &govuk.Form{Filter: true}
	p.Kind = form.Select(govuk.Question{Name: "kind", Label: "Kind of agency", Options: kinds})
	p.Pool = form.Select(govuk.Question{Name: "pool", Label: "Pool", Options: pools})
	p.Sort = form.Select(govuk.Question{Name: "sort", Label: "Sort by", Options: []govuk.Option{
		{Text: "Widest gap"}, {Value: "children", Text: "Most children waiting"}, {Value: "name", Text: "Need"}}})
	form.Read(v.r.URL.Query())
	for _, c := range []*govuk.ChoiceField{p.Kind, p.Pool} {
		if c.Value != "" {
			p.Chosen = append(p.Chosen, chosen{c.Label + ": " + optionText(c), v.queryWith(c.Name, "")})
		}
	}
}

// seenAgencies are those whose children or families the worker may look at.
func seenAgencies(actor access.Actor, b *link.Board) []agency.Agency {
	seen := append(b.Book.Where(actor, access.Profile, access.Child), b.Book.Where(actor, access.View, access.Family)...)
	return slices.DeleteFunc(b.Book.List(), func(a agency.Agency) bool { return !slices.Contains(seen, a.Code) })
}

func poolsOf(agencies []agency.Agency) []string {
	var pools []string
	for _, a := range agencies {
		pools = append(pools, a.Pools...)
	}
	slices.Sort(pools)
	return slices.Compact(pools)
}

// agencies are the codes of those that pass the filter.
func (p *supplyPage) agencies(v *visit, b *link.Board) []string {
	var codes []string
	for _, a := range seenAgencies(v.actor, b) {
		if (p.Kind.Value == "" || a.Kind == p.Kind.Value) && (p.Pool.Value == "" || slices.Contains(a.Pools, p.Pool.Value)) {
			codes = append(codes, a.Code)
		}
	}
	return codes
}

// gap is how many more children wait with a need than families are willing.
func gap(s link.Supply) int { return s.Children - s.Willing }

func (p *supplyPage) describe(v *visit, b *link.Board, agencies []string, list []link.Supply) {
	within := func(act access.Action, kind access.Kind) int {
		codes := b.Book.Where(v.actor, act, kind)
		return len(slices.DeleteFunc(codes, func(code string) bool { return !slices.Contains(agencies, code) }))
	}
	p.Over = fmt.Sprintf("Children waiting with %s and approved families of %s, as far as you may look at them.",
		count(within(access.Profile, access.Child), "agency", "agencies"), count(within(access.View, access.Family), "agency", "agencies"))
	slices.SortStableFunc(list, func(x, y link.Supply) int { return gap(y) - gap(x) })
	p.Sentence = gapSentence(list)
	switch p.Sort.Value {
	case "children":
		slices.SortStableFunc(list, func(x, y link.Supply) int { return y.Children - x.Children })
	case "name":
		slices.SortStableFunc(list, func(x, y link.Supply) int { return strings.Compare(offerLabel(x.Code), offerLabel(y.Code)) })
	}
	p.Table = supplyTable(list)
	p.Empty = !slices.ContainsFunc(list, func(s link.Supply) bool { return s.Children+s.Yes+s.Support+s.No+s.Unanswered > 0 })
}

// gapSentence names the three widest gaps of a list in their order.
func gapSentence(list []link.Supply) string {
	var words []string
	for _, s := range list {
		if gap(s) > 0 && len(words) < 3 {
			words = append(words, fmt.Sprintf("%s (%s, %s)", midSentence(offerLabel(s.Code)),
				count(s.Children, "child waits", "children wait"), count(s.Willing, "family is willing", "families are willing")))
		}
	}
	switch len(words) {
	case 0:
		return "For no need and no kind of contact do more children wait than families are willing."
	case 1:
		return "The widest gap is " + words[0] + ". No other need has one."
	}
	return "The widest gaps are " + listWords(words) + "."
}

func supplyTable(list []link.Supply) govuk.Table {
	figure := func(text string) govuk.Cell { return govuk.Cell{Text: text, Format: "numeric"} }
	t := govuk.Table{Caption: "Children waiting and what families have said, by need and kind of contact", CaptionClasses: "govuk-table__caption--m", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Need or contact"}, figure("Children waiting"), {Text: "What approved families have said"}, figure("Willing"), figure("Gap"), figure("Asked"), figure("Agreed"), figure("Declined for it")}}
	for _, s := range list {
		t.Rows = append(t.Rows, []govuk.Cell{{Text: offerLabel(s.Code)}, figure(fmt.Sprint(s.Children)), {HTML: saidCell(s)}, figure(fmt.Sprint(s.Willing)),
			figure(strings.Replace(fmt.Sprint(gap(s)), "-", "−", 1)), figure(fmt.Sprint(s.Asked)), figure(fmt.Sprint(s.Agreed)), figure(fmt.Sprint(s.Declined))})
	}
	return t
}

// saidCell draws and says what families have said of one need.
func saidCell(s link.Supply) template.HTML {
	words := fmt.Sprintf("%d yes, %d with support, %d no, %d not asked", s.Yes, s.Support, s.No, s.Unanswered)
	return markup(`%s<span class="govuk-!-font-size-16">%s</span>`, drawStack(s.Yes+s.Support+s.No+s.Unanswered, s.Yes, s.Support, s.No, s.Unanswered), words)
}
