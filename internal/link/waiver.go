package link

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/work"
)

// Waiver is what a named manager found about one exclusion between a family and
// the group a child is in: that it is waived, or what a cannot-tell turned out
// to be. It holds for the facts it was found on and until it expires: a new
// zone, a family that moved, a sister who joined the group end it by themselves.
type Waiver struct {
	ID                     string
	ChildAgency, ChildID   string // the first child of the group then
	FamilyAgency, FamilyID string
	Exclusion              string
	Finding                string
	Reason                 string
	Basis                  string // a digest of the facts it was found on
	ManagerID, ManagerName string
	DecidedOn, ExpiresOn   date.Date
	EndedOn                date.Date
}

// Findings are what a manager may find.
var Findings = child.CodeSet{
	{Code: "waived", Label: "The exclusion is waived for this family"},
	{Code: "outside", Label: "Checked: the family is outside every zone"},
	{Code: "inside", Label: "Checked: the family is inside a zone"},
}

// lifts tells whether a finding takes the exclusion away.
func lifts(finding string) bool { return finding == "waived" || finding == "outside" }

var waiverColumns = []string{
	"child_agency", "waiver_id", "child_id", "family_agency", "family_id", "exclusion", "finding", "reason", "basis",
	"manager_id", "manager_name", "decided_on", "expires_on", "ended_on",
}

func loadWaivers(tx *db.Tx) ([]Waiver, error) {
	var list []Waiver
	err := tx.Each(func(rows *sql.Rows) error {
		var w Waiver
		err := rows.Scan(&w.ChildAgency, &w.ID, &w.ChildID, &w.FamilyAgency, &w.FamilyID, &w.Exclusion, &w.Finding, &w.Reason, &w.Basis,
			&w.ManagerID, &w.ManagerName, &w.DecidedOn, &w.ExpiresOn, &w.EndedOn)
		list = append(list, w)
		return err
	}, "SELECT "+strings.Join(waiverColumns, ", ")+" FROM waiver ORDER BY child_agency, decided_on, waiver_id")
	return list, err
}

// InForce tells whether a waiver lifts its exclusion today.
func (b *Board) InForce(w Waiver) bool {
	return lifts(w.Finding) && b.Stands(w)
}

// Stands tells whether a finding still stands: not ended, not expired (the day
// of expiry is no longer covered), and found on the facts as they are now.
func (b *Board) Stands(w Waiver) bool {
	g, ok := b.groupOf[w.ChildID]
	f, found := b.familyAt[w.FamilyID]
	if !ok || !found || w.EndedOn.Known() || w.ExpiresOn <= b.asOf {
		return false
	}
	return w.Basis == b.feed.basis(w.Exclusion, b.Groups[g], b.Families[f])
}

// basis digests the facts an exclusion was found on. It is a digest because it
// covers addresses, which no other table should repeat.
func (feed feeder) basis(exclusion string, group child.Group, family adopter.Family) string {
	var facts []string
	for _, c := range group {
		facts = append(facts, c.ID)
		if exclusion == "zone" {
			for _, z := range feed.wheres[c.ID].Zones {
				facts = append(facts, fmt.Sprint("zone ", z.Postcode, z.RadiusMiles))
			}
		}
	}
	switch exclusion {
	case "zone":
		for _, p := range feed.places[family.ID] {
			facts = append(facts, fmt.Sprint("place ", p.Kind, p.Postcode))
		}
	case "status":
		facts = append(facts, family.Status)
	case "capacity":
		facts = append(facts, fmt.Sprint(family.MaxChildren))
	case "reserved":
		facts = append(facts, family.ReservedUntil.String())
	}
	slices.Sort(facts)
	sum := sha256.Sum256([]byte(exclusion + "\n" + strings.Join(facts, "\n")))
	return hex.EncodeToString(sum[:])
}

// WaiverRequest is what a manager says about one exclusion of one pair.
type WaiverRequest struct {
	ChildID, FamilyID, Exclusion, Finding, Reason string
	ExpiresOn                                     date.Date
}

// Problems says what is wrong with a request, field by field.
func (r WaiverRequest) Problems(today date.Date) []fault.Problem {
	k := child.Checker{}
	k.Add(!Findings.Has(r.Finding), "finding", "Select what you found.")
	k.Add(r.Finding == "waived" && strings.TrimSpace(r.Reason) == "", "reason", "Enter why the exclusion is waived.")
	k.Add(r.Finding != "waived" && strings.TrimSpace(r.Reason) == "", "reason", "Enter how you checked.")
	k.Add(r.ExpiresOn <= today, "expires_on", "The day it expires must be in the future.")
	return k.Problems
}

// Waive records a manager's finding. Only a manager of the child's own agency
// may; the exclusion must stand against the pair now, and a cannot-tell is the
// only thing that can be found inside or outside.
func (b *Board) Waive(u *work.Unit, r WaiverRequest) error {
	g, err := b.FindGroup(u, access.Waive, r.ChildID)
	if err != nil {
		return err
	}
	f, err := b.FindFamily(u, r.FamilyID)
	if err != nil {
		return err
	}
	lead, family := b.Groups[g][0], b.Families[f]
	if problems := r.Problems(u.Today); len(problems) > 0 {
		return fault.New(fault.Invalid, problems[0].Message)
	}
	pair := b.Pool.Pair(g, f)
	exclusion, ok := match.ExclusionOf(r.Exclusion)
	switch {
	case !ok || pair.Excluded&exclusion == 0:
		return fault.New(fault.Conflict, "This exclusion does not stand between this child and this family now.")
	case r.Finding != "waived" && (r.Exclusion != "zone" || pair.ZoneCertain):
		return fault.New(fault.Invalid, "Only a location that could not be told can be found inside or outside.")
	}
	return b.saveWaiver(u, r, lead, family, b.feed.basis(r.Exclusion, b.Groups[g], family))
}

func (b *Board) saveWaiver(u *work.Unit, r WaiverRequest, lead child.Child, family adopter.Family, basis string) error {
	// What was found before about the same exclusion of the same pair is over.
	if _, err := u.Exec(`UPDATE waiver SET ended_on = $1 WHERE ended_on IS NULL AND child_agency = $2 AND child_id = $3
		AND family_agency = $4 AND family_id = $5 AND exclusion = $6`, u.Today, lead.Agency, lead.ID, family.Agency, family.ID, r.Exclusion); err != nil {
		return err
	}
	row := []any{lead.Agency, work.NewID(), lead.ID, family.Agency, family.ID, r.Exclusion, r.Finding, r.Reason, basis,
		u.Actor.ID, u.Actor.Name, u.Today, r.ExpiresOn, date.Date(0)}
	if err := u.InsertMany("waiver", waiverColumns, [][]any{row}); err != nil {
		return err
	}
	u.Did("waiver: "+r.Finding, lead.Subject(), r.Exclusion+" family "+family.ID)
	u.Did("waiver: "+r.Finding, family.Subject(), r.Exclusion+" child "+lead.ID)
	return nil
}

// EndWaiver ends a finding before it expires.
func (b *Board) EndWaiver(u *work.Unit, id string) error {
	i := slices.IndexFunc(b.Waivers, func(w Waiver) bool { return w.ID == id })
	if i < 0 {
		return work.ErrNotFound
	}
	w := b.Waivers[i]
	if err := u.Allow(access.Waive, b.childThing(w.ChildAgency, w.ChildID), w.ChildID); err != nil {
		return err
	}
	if _, err := u.Exec("UPDATE waiver SET ended_on = $1 WHERE child_agency = $2 AND waiver_id = $3 AND ended_on IS NULL", u.Today, w.ChildAgency, w.ID); err != nil {
		return err
	}
	u.Did("waiver ended", work.Subject{Kind: access.Child, Agency: w.ChildAgency, ID: w.ChildID}, w.Exclusion+" family "+w.FamilyID)
	return nil
}

// WaiversOf gives what was ever found between a group and a family, the newest
// first.
func (b *Board) WaiversOf(g, f int) []Waiver {
	var list []Waiver
	for _, w := range slices.Backward(b.Waivers) {
		if at, ok := b.groupOf[w.ChildID]; ok && at == g && w.FamilyID == b.Families[f].ID {
			list = append(list, w)
		}
	}
	return list
}

// WaiverRows reads every waiver as the exchange folder writes it.
func WaiverRows(tx *db.Tx) ([]WaiverRow, error) {
	var list []WaiverRow
	err := tx.Each(func(rows *sql.Rows) error {
		var w WaiverRow
		var decided, expires, ended date.Date
		err := rows.Scan(&w.FamilyAgency, &w.FamilyRef, &w.ChildAgency, &w.ChildRef, &w.Exclusion, &w.Finding, &w.Reason, &w.Manager, &decided, &expires, &ended)
		w.DecidedOn, w.ExpiresOn, w.Ended = decided.String(), expires.String(), ended.String()
		list = append(list, w)
		return err
	}, `SELECT f.agency_code, f.family_ref, c.agency_code, c.child_ref, w.exclusion, w.finding, w.reason, w.manager_name, w.decided_on, w.expires_on, w.ended_on
		FROM waiver w
		JOIN child c ON c.agency_code = w.child_agency AND c.child_id = w.child_id
		JOIN family f ON f.agency_code = w.family_agency AND f.family_id = w.family_id
		ORDER BY c.agency_code, c.child_ref, f.agency_code, f.family_ref, w.decided_on, w.waiver_id`)
	return list, err
}
