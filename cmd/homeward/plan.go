package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"strings"

	"homeward/internal/child"
	"homeward/internal/link"
	"homeward/internal/plan"
	"homeward/internal/work"
)

type planCommand struct {
	Stretch  bool   `help:"Allow pairs that are a stretch too."`
	Priority string `help:"How far to favour children who wait longest and have the fewest families: from 0 to 1." default:"0" placeholder:"P"`
	Pool     string `help:"The groups and the families of this pool's agencies alone." placeholder:"CODE"`
	JSON     bool   `help:"Write JSON." name:"json"`
	Assessed string `help:"Write beside the plan what would be if the groups in this file, which a recorded assessment says may be placed in parts, were placed so. It is never the plan." placeholder:"FILE.csv"`
}

// Run makes the region's plan. It is proved, and that it was made is committed,
// before a line of it is written.
func (c planCommand) Run(s *shop) error {
	priority, err := plan.ParsePriority(c.Priority)
	if err != nil {
		return err
	}
	file, err := c.assessments(s)
	if err != nil {
		return err
	}
	var out planJSON
	var p *link.RegionPlan
	err = s.withDesk("plan", func(u *work.Unit) error {
		b, err := new(link.Finder).Board(u, false)
		if err != nil {
			return err
		}
		p, err = b.PlanFor(u, link.PlanWish{Stretch: c.Stretch, Priority: priority, Pool: c.Pool})
		if err != nil {
			return err
		}
		if file.check(b, p); len(file.problems) > 0 {
			return nil // that records were looked at to find them is noted
		}
		notePlan(u, p)
		out, err = regionJSON(p)
		return err
	})
	if err != nil {
		return err
	}
	if err := file.refusal(s); err != nil {
		return err
	}
	if out.Apart, err = file.beside(s, p); err != nil {
		return err
	}
	w := bufio.NewWriterSize(s.out, 1<<20)
	if c.JSON {
		err = json.NewEncoder(w).Encode(out)
	} else {
		out.table(w)
	}
	if err != nil {
		return err
	}
	return w.Flush()
}

// notePlan notes everybody the plan tells of.
func notePlan(u *work.Unit, p *link.RegionPlan) {
	for g := range p.Groups() {
		p.ShowGroup(u, g)
	}
	told := map[int]bool{}
	for _, l := range p.Plan.Links {
		told[l.Family] = true
	}
	for f, price := range p.Plan.FamilyPrices {
		if told[f] || price > 0 {
			p.ShowFamily(u, f)
		}
	}
}

// The JSON of a plan, as docs/exchange.md publishes it.
type (
	planJSON struct {
		Rules           string          `json:"rules"`
		AsOf            string          `json:"as_of"`
		Weight          int64           `json:"weight"`
		Proof           proofJSON       `json:"proof"`
		Links           []linkJSON      `json:"links"`
		Unlinked        []unlinkedJSON  `json:"unlinked"`
		WithoutPriority withoutPriority `json:"without_priority"`
		Apart           *apartJSON      `json:"apart,omitempty"` // only where it was asked for
	}
	proofJSON struct {
		Total    int64         `json:"dual_total"`
		Groups   []groupPrice  `json:"groups"`
		Families []familyPrice `json:"families"`
	}
	groupPrice struct {
		Group []refJSON `json:"group"`
		Price int64     `json:"price"`
	}
	familyPrice struct {
		refJSON
		Price int64 `json:"price"`
	}
	linkJSON struct {
		Group  []refJSON `json:"group"`
		Family refJSON   `json:"family"`
		Weight int64     `json:"weight"`
	}
	unlinkedJSON struct {
		Group      []refJSON      `json:"group"`
		Candidates int            `json:"candidates"`
		Reasons    map[string]int `json:"reasons"`
	}
	withoutPriority struct {
		Weight int64 `json:"weight"`
		Links  int   `json:"links"`
	}
)

func regionJSON(p *link.RegionPlan) (planJSON, error) {
	out := planJSON{Rules: p.Region.Pool.Rules().Version, AsOf: p.AsOf().String(), Weight: p.Plan.Total, Proof: priceJSON(p), Links: []linkJSON{}, Unlinked: []unlinkedJSON{}}
	for _, l := range p.Plan.Links {
		out.Links = append(out.Links, linkJSON{refsOf(p.Group(l.Group)), familyRef(p, l.Family), l.Weight})
	}
	for _, g := range p.Unlinked() {
		out.Unlinked = append(out.Unlinked, unlinkedJSON{refsOf(p.Group(g)), p.Region.Candidates(g), reasonsJSON(p, g)})
	}
	pure, err := p.Region.WithoutPriority()
	out.WithoutPriority = withoutPriority{pure.Weight, pure.Links}
	return out, err
}

// reasonsJSON counts the families that one code alone stands against: in a plan
// of suitable pairs also those whom one limit makes a stretch.
func reasonsJSON(p *link.RegionPlan, g int) map[string]int {
	reasons := map[string]int{}
	for _, r := range p.Region.Pool.Reasons(g) {
		alone := r.Alone
		if !p.Wish.Stretch {
			alone += r.Stretched
		}
		if alone > 0 {
			reasons[r.Code] = alone
		}
	}
	return reasons
}

// priceJSON leaves out the prices that are 0.
func priceJSON(p *link.RegionPlan) proofJSON {
	out := proofJSON{Groups: []groupPrice{}, Families: []familyPrice{}}
	for g, price := range p.Plan.GroupPrices {
		if out.Total += price; price > 0 {
			out.Groups = append(out.Groups, groupPrice{refsOf(p.Group(g)), price})
		}
	}
	for f, price := range p.Plan.FamilyPrices {
		if out.Total += price; price > 0 {
			out.Families = append(out.Families, familyPrice{familyRef(p, f), price})
		}
	}
	return out
}

func refsOf(group child.Group) []refJSON {
	refs := make([]refJSON, len(group))
	for i, c := range group {
		refs[i] = refJSON{c.Agency, c.Ref}
	}
	return refs
}

func familyRef(p *link.RegionPlan, f int) refJSON {
	family := p.Family(f)
	return refJSON{family.Agency, family.Ref}
}

// table writes the plan for reading in a terminal.
func (p planJSON) table(w *bufio.Writer) {
	fmt.Fprintf(w, "The region's plan (rules %s, as of %s): %d of %d groups have a link, weight %d. A list to talk about and no decision.\n",
		p.Rules, p.AsOf, len(p.Links), len(p.Links)+len(p.Unlinked), p.Weight)
	for _, l := range p.Links {
		fmt.Fprintf(w, "%5d  %s with %s/%s\n", l.Weight, names(l.Group), l.Family.Agency, l.Family.Ref)
	}
	for _, x := range p.Unlinked {
		fmt.Fprintf(w, "no link for %s: %d families could be theirs\n", names(x.Group), x.Candidates)
	}
	if p.Apart != nil {
		p.Apart.table(w)
	}
}

func names(group []refJSON) string {
	list := make([]string, len(group))
	for i, c := range group {
		list[i] = c.Agency + "/" + c.Ref
	}
	return strings.Join(list, ", ")
}
