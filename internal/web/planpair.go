package web

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// planPairPage is where somebody says that the plan keeps a pair together or
// apart, and takes it back.
type planPairPage struct {
	Record               record
	Family, Href, Path   string
	Said, Reason, SaidBy string
	ID                   string
	Form                 *govuk.Form
	Verdict              *govuk.ChoiceField
	Why                  *govuk.TextField
	Closed               string // why nothing can be said now
}

func newPlanPair(v *visit) *planPairPage {
	p := &planPairPage{Form: &govuk.Form{}, Path: planPairPath(v.r.PathValue("id"), v.r.PathValue("family"))}
	p.Verdict = p.Form.Radios(govuk.Question{Name: "verdict", Label: "What should the plan do with them?", Noun: "what the plan should do with them", Options: codeOptions(link.PlanVerdicts, "")})
	p.Why = p.Form.TextArea(govuk.Question{Name: "reason", Label: "Why", Noun: "why", Max: 1000, Rows: 3, Hint: "Everybody who plans for these children sees this. Do not write an address"})
	return p
}

// planPair records what is said of a pair, and shows what was.
func planPair(v *visit) error {
	p := newPlanPair(v)
	if v.posted() {
		err := v.withBoard("say of a pair in the plan", func(u *work.Unit, b *link.Board) error {
			_, err := b.FindGroup(u, access.MakeAsk, v.r.PathValue("id"))
			return err
		})
		if err != nil {
			return err
		}
	}
	if v.posted() && p.Form.Parse(v.r) {
		r := link.PlanPairRequest{ChildID: v.r.PathValue("id"), FamilyID: v.r.PathValue("family"), Verdict: p.Verdict.Value, Reason: p.Why.Value}
		if failFields(p.Form, map[string]failing{"verdict": p.Verdict, "reason": p.Why}, r.Problems()) {
			err := v.withBoard("say of a pair in the plan", func(u *work.Unit, b *link.Board) error { return b.SayOfPair(u, r) })
			if err == nil {
				return v.done("/plan?part=said", saidWords(r.Verdict)+" in the plan. The plan has been worked out again.")
			}
			if err := unlessFault(p.Form, err); err != nil {
				return err
			}
		}
	}
	return p.show(v)
}

// endPlanPair takes back what was said.
func endPlanPair(v *visit) error {
	err := v.withBoard("take back what was said of a pair", func(u *work.Unit, b *link.Board) error { return b.TakeBack(u, v.r.PostFormValue("pair")) })
	if err != nil {
		return err
	}
	return v.done("/plan?part=said", "Taken back. The plan has been worked out again.")
}

func (p *planPairPage) show(v *visit) error {
	id, title := v.r.PathValue("id"), ""
	err := v.withBoard("a pair in the plan", func(u *work.Unit, b *link.Board) error {
		g, err := b.FindGroup(u, access.MakeAsk, id)
		if err != nil {
			return err
		}
		f, err := b.FindFamily(u, v.r.PathValue("family"))
		if err != nil {
			return err
		}
		group, family := b.Groups[g], b.Families[f]
		sawGroup(u, group, "the plan, with family "+family.ID)
		u.Saw(family.Subject(), "the plan, with child "+group[0].ID)
		title = "Keep together or apart: " + groupTitle(group) + " and family " + family.Name()
		p.Record = v.groupRecord(b.Book, group, id, "")
		p.Family, p.Href = family.Name()+", "+b.Book.Agencies[family.Agency].Name, familyPath(family.ID)
		if !group.Waits() {
			p.Closed = "The plan is for children whose status is “waiting”. " + upperFirst(theseChildren(len(group))) + " cannot be in it now."
		}
		said, err := b.PlanPairs(u)
		i := slices.IndexFunc(said, func(x link.PlanPair) bool { return x.FamilyID == family.ID && slices.Contains(group.IDs(), x.ChildID) })
		if i >= 0 {
			p.ID, p.Said, p.Reason, p.SaidBy = said[i].ID, saidWords(said[i].Verdict), said[i].Reason, said[i].ByName+", "+said[i].MadeOn.Long()
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.show("planpair", page{Title: title, Back: "/plan", Form: p.Form}, p)
}
