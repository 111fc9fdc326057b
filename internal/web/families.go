package web

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familiesPage is the list of families as the page shows it.
type familiesPage struct {
	Filter  *familyFilter
	Summary string

	Elsewhere, EverythingHref string // how many the status alone leaves out, and where they are
	AddHref                   string // where to add one, if the worker may

	Chosen     []chosen
	Table      govuk.Table
	Pagination govuk.Pagination
	Empty      bool // nobody fits the filter
	Nobody     bool // there is nobody at all
}

// families lists the families the worker may see, their own agency's first.
func families(v *visit) error {
	var p familiesPage
	err := v.withBoard("families", func(u *work.Unit, b *link.Board) error {
		p.Filter = newFamilyFilter(v, b)
		rows, hidden := p.Filter.rows(b, v.actor.Agency)
		p.describe(v, b, len(rows), hidden)
		u.Searched(access.Family, v.r.URL.RawQuery, len(rows))
		from, to, links := v.pageOf(len(rows), "total")
		p.Pagination = links
		p.Table = familiesTable(b, rows[from:to], rows, u.Today)
		for _, f := range rows[from:to] {
			u.Saw(b.Families[f].Subject(), "list of families")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("families", page{Title: "Families", Wide: true}, p)
}

// describe says in words what the list holds and by what it is filtered.
func (p *familiesPage) describe(v *visit, b *link.Board, rows, hidden int) {
	p.Empty, p.Nobody = rows == 0, len(b.Families) == 0
	p.Summary = count(rows, "family", "families")
	if hidden > 0 && p.Filter.Status.Value == "" {
		p.Elsewhere = count(hidden, "family has", "families have") + " another status."
		p.EverythingHref = v.queryWith("status", anyStatus)
	}
	if access.Can(v.actor, access.Change, b.Book.Thing(access.Family, v.actor.Agency)).Allow {
		p.AddHref = "/families/new"
	}
	for _, c := range []*govuk.ChoiceField{p.Filter.Agency, p.Filter.Status, p.Filter.Number, p.Filter.Need} {
		if c.Value != "" {
			p.Chosen = append(p.Chosen, chosen{c.Label + ": " + optionText(c), v.queryWith(c.Name, "")})
		}
	}
}

// optionText is the words of the option that was chosen.
func optionText(c *govuk.ChoiceField) string {
	for _, o := range c.Options {
		if o.Value == c.Value {
			return o.Text
		}
	}
	return ""
}

func familiesTable(b *link.Board, shown, all []int, today date.Date) govuk.Table {
	t := govuk.Table{Caption: "Families", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Family"}, {Text: "Agency"}, {Text: "Status"}, {Text: "Approved"}, {Text: "Could take"}, {Text: "Children they could be for"}}}
	could, most := b.CouldBeFor(), 0
	for _, f := range all {
		most = max(most, could[f].Suitable+could[f].Stretch)
	}
	for _, i := range shown {
		f := b.Families[i]
		t.Rows = append(t.Rows, []govuk.Cell{
			{HTML: anchor(familyPath(f.ID), f.Name())}, {Text: b.Book.Agencies[f.Agency].Name}, {Text: cmp.Or(adopter.Statuses.Label(f.Status), notRecorded)},
			{Text: sinceWords(f.ApprovedOn, today)}, {Text: takesWords(f)}, {HTML: couldBeFor(could[i], most)},
		})
	}
	return t
}

// couldBeFor says and draws how many groups of children a family could be for.
func couldBeFor(c match.Counts, most int) template.HTML {
	return markup(`%s suitable, %s stretch%s`, c.Suitable, c.Stretch, drawStack(most, c.Suitable, c.Stretch))
}

// takesWords says whom a family could take: "Up to 2, aged 0 to 6, girls only".
func takesWords(f adopter.Family) string {
	words := []string{"number not recorded"}
	if f.MaxChildren.Valid {
		words[0] = fmt.Sprintf("up to %d", f.MaxChildren.V)
	}
	words = append(words, strings.ToLower(ageRangeWords(f)))
	if f.Sex == "F" || f.Sex == "M" {
		words = append(words, strings.ToLower(adopter.Sexes.Label(f.Sex)))
	}
	text := strings.Join(words, ", ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// ageRangeWords says the ages a family could take.
func ageRangeWords(f adopter.Family) string {
	switch from, to := f.AgeMin, f.AgeMax; {
	case from.Valid && to.Valid && from.V == to.V:
		return fmt.Sprintf("Aged %d", from.V)
	case from.Valid && to.Valid:
		return fmt.Sprintf("Aged %d to %d", from.V, to.V)
	case from.Valid:
		return fmt.Sprintf("Aged %d or over", from.V)
	case to.Valid:
		return fmt.Sprintf("Aged %d or under", to.V)
	}
	return "Age range not recorded"
}
