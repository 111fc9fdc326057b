package web

import (
	"fmt"

	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// missingPage is the families to look for: briefs for recruitment.
type missingPage struct {
	Form   *govuk.Form
	Pool   *govuk.ChoiceField
	Groups int
	Rules  string
	Briefs []missingBrief
	Asked  []string // what tells the families apart
}

// missingBrief is one kind of family in words.
type missingBrief struct {
	Heading, Adds, Fits string
	Willing             []string
	Few                 bool
}

const (
	recruits = 10 // families looked for
	// fewChildren and fewer are not counted: a brief is made to be passed on, and
	// must not point to a child.
	fewChildren = 5
)

// missingFamilies shows which families nobody has recruited yet would add most to
// the plan.
func missingFamilies(v *visit) error {
	var p missingPage
	err := v.withBoard("families to look for", func(u *work.Unit, b *link.Board) error {
		pools := []govuk.Option{{Text: "Every pool"}}
		for _, pool := range poolsOf(seenAgencies(v.actor, b)) {
			pools = append(pools, govuk.Option{Value: pool, Text: pool})
		}
		p.Form = &govuk.Form{Filter: true}
		p.Pool = p.Form.Select(govuk.Question{Name: "pool", Label: "Pool", Options: pools})
		p.Form.Read(v.r.URL.Query())
		made, err := b.PlanFor(u, link.PlanWish{Pool: p.Pool.Value, Meeting: true})
		if err != nil {
			return err
		}
		p.Groups = made.Groups()
		p.Rules = "Rules " + made.Region.Pool.Rules().Version + ", as of " + made.AsOf().Long() + "."
		for _, w := range link.Willing {
			p.Asked = append(p.Asked, w.Label)
		}
		briefs, err := made.Missing(u, recruits)
		for _, brief := range briefs {
			p.Briefs = append(p.Briefs, missingWords(brief))
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.show("planmissing", page{Title: "Families to look for", Back: "/plan"}, p)
}

func missingWords(b link.Brief) missingBrief {
	m := missingBrief{Few: b.Counting <= fewChildren, Heading: fmt.Sprintf("%s for %s aged %d to %d", count(b.Families, "family", "families"), upTo(b.Children), b.AgeMin, b.AgeMax)}
	m.Adds = "The plan would weigh " + planPoints(b.Gain) + " points more"
	switch {
	case b.Links == 0:
		m.Adds += ". No more children would have a link: those who have one would have a family that fits better."
	case m.Few || b.Placed <= fewChildren:
		m.Adds += ", and a few more children would have a link."
	default:
		m.Adds += fmt.Sprintf(", and %s more children would have a link.", commas(b.Placed))
	}
	m.Fits = fmt.Sprintf("Such a family could be for %s who wait, in %s.", count(b.Counting, "child", "children"), count(b.Groups, "group", "groups"))
	for _, i := range b.Willing {
		m.Willing = append(m.Willing, upperFirst(link.Willing[i].Label))
	}
	return m
}

func upTo(n int) string {
	if n == 1 {
		return "one child"
	}
	return fmt.Sprintf("up to %d children", n)
}
