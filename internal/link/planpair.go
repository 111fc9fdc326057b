package link

import (
	"database/sql"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/work"
)

// PlanPair is what a meeting said of one pair in the region's plan: that it is
// kept together whatever it costs the others, or kept apart. It holds until it is
// taken back. It plans and decides nothing.
type PlanPair struct {
	ID                     string
	ChildAgency, ChildID   string // the first child of the group then
	FamilyAgency, FamilyID string
	Verdict                string
	Reason                 string
	By, ByName             string
	MadeOn                 date.Date
}

// What a meeting may say of a pair.
const (
	KeptTogether = "together"
	KeptApart    = "apart"
)

// PlanVerdicts are these in words.
var PlanVerdicts = child.CodeSet{
	{Code: KeptTogether, Label: "Keep them together in the plan"},
	{Code: KeptApart, Label: "Keep them apart in the plan"},
}

// PlanPairRequest is what somebody says of a pair.
type PlanPairRequest struct{ ChildID, FamilyID, Verdict, Reason string }

// Problems says what is wrong with a request, field by field.
func (r PlanPairRequest) Problems() []fault.Problem {
	k := child.Checker{}
	k.Add(!PlanVerdicts.Has(r.Verdict), "verdict", "Select what the plan should do with them.")
	k.Add(strings.TrimSpace(r.Reason) == "", "reason", "Enter why.")
	return k.Problems
}

var planPairColumns = []string{
	"child_agency", "pair_id", "child_id", "family_agency", "family_id", "verdict", "reason", "made_by", "made_by_name", "made_on", "ended_on",
}

// PlanPairs are what is said of pairs now, the oldest first, as far as both sides
// of a pair are on the board.
func (b *Board) PlanPairs(u *work.Unit) ([]PlanPair, error) {
	var list []PlanPair
	err := u.Each(func(rows *sql.Rows) error {
		var x PlanPair
		var ended date.Date
		err := rows.Scan(&x.ChildAgency, &x.ID, &x.ChildID, &x.FamilyAgency, &x.FamilyID, &x.Verdict, &x.Reason, &x.By, &x.ByName, &x.MadeOn, &ended)
		_, child := b.groupOf[x.ChildID]
		if _, family := b.familyAt[x.FamilyID]; child && family {
			list = append(list, x)
		}
		return err
	}, "SELECT "+strings.Join(planPairColumns, ", ")+" FROM plan_pair WHERE ended_on IS NULL ORDER BY made_on, child_agency, pair_id")
	return list, err
}

// SayOfPair records what somebody says of a pair in the plan: whoever may ask
// families about the children may. What was said of the pair before is over.
func (b *Board) SayOfPair(u *work.Unit, r PlanPairRequest) error {
	g, err := b.FindGroup(u, access.MakeAsk, r.ChildID)
	if err != nil {
		return err
	}
	f, err := b.FindFamily(u, r.FamilyID)
	if err != nil {
		return err
	}
	if problems := r.Problems(); len(problems) > 0 {
		return fault.New(fault.Invalid, problems[0].Message)
	}
	said, err := b.PlanPairs(u)
	if err != nil {
		return err
	}
	if err := b.maySay(r, g, f, said); err != nil {
		return err
	}
	for _, x := range said {
		if b.groupOf[x.ChildID] != g || x.FamilyID != r.FamilyID {
			continue
		}
		if err := b.end(u, x); err != nil {
			return err
		}
	}
	lead, family := b.Groups[g][0], b.Families[f]
	row := []any{lead.Agency, work.NewID(), lead.ID, family.Agency, family.ID, r.Verdict, r.Reason, u.Actor.ID, u.Actor.Name, u.Today, date.Date(0)}
	if err := u.InsertMany("plan_pair", planPairColumns, [][]any{row}); err != nil {
		return err
	}
	u.Did("plan: kept "+r.Verdict, lead.Subject(), "family "+family.ID)
	u.Did("plan: kept "+r.Verdict, family.Subject(), "child "+lead.ID)
	return nil
}

// maySay tells why a pair cannot be kept together now.
func (b *Board) maySay(r PlanPairRequest, g, f int, said []PlanPair) error {
	if !b.Groups[g].Waits() {
		return fault.New(fault.Conflict, "The plan is for children whose status is “waiting”. These are not in it.")
	}
	if r.Verdict != KeptTogether {
		return nil
	}
	if b.Pool.Pair(g, f).Outcome == match.RuledOut {
		return fault.New(fault.Conflict, "The rules rule this family out for these children, so the plan cannot keep them together. See what stands against the family first.")
	}
	taken := slices.ContainsFunc(said, func(x PlanPair) bool {
		sameGroup, sameFamily := b.groupOf[x.ChildID] == g, b.familyAt[x.FamilyID] == f
		return x.Verdict == KeptTogether && sameGroup != sameFamily
	})
	if taken {
		return fault.New(fault.Conflict, "The children or the family are kept together with somebody else already. Take that back first.")
	}
	return nil
}

// TakeBack ends what was said of a pair.
func (b *Board) TakeBack(u *work.Unit, pairID string) error {
	said, err := b.PlanPairs(u)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(said, func(x PlanPair) bool { return x.ID == pairID })
	if i < 0 {
		return work.ErrNotFound
	}
	if _, err := b.FindGroup(u, access.MakeAsk, said[i].ChildID); err != nil {
		return err
	}
	return b.end(u, said[i])
}

func (b *Board) end(u *work.Unit, x PlanPair) error {
	if _, err := u.Exec("UPDATE plan_pair SET ended_on = $1 WHERE child_agency = $2 AND pair_id = $3 AND ended_on IS NULL", u.Today, x.ChildAgency, x.ID); err != nil {
		return err
	}
	u.Did("plan: taken back", work.Subject{Kind: access.Child, Agency: x.ChildAgency, ID: x.ChildID}, "family "+x.FamilyID)
	u.Did("plan: taken back", work.Subject{Kind: access.Family, Agency: x.FamilyAgency, ID: x.FamilyID}, "child "+x.ChildID)
	return nil
}
