// Package link brings children and families together: it feeds the engine from
// the records of both, shows its lists, keeps what people decided about a pair
// (a conflict, a waiver, a cannot-tell resolved), and the asks: who was asked
// about which child, by whom, to answer by when, and what they said.
//
// An ask is open until it is answered yes, not now or no, withdrawn, or closed
// without an answer; each of these ends carries a reason. Asking is practice,
// not law: the days to answer and the reasons are editable data marked "to
// confirm" (docs/adr/0009-asks.md).
package link

import (
	"database/sql"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/work"
)

// Conflict is a recorded reason why a family must not be linked with a child.
// The four keys are the agencies' own references.
type Conflict struct {
	FamilyAgency, FamilyRef, ChildAgency, ChildRef, Reason string
}

// Conflicts reads every conflict, by child and family.
func Conflicts(tx *db.Tx) ([]Conflict, error) {
	var list []Conflict
	err := tx.Each(func(rows *sql.Rows) error {
		var c Conflict
		err := rows.Scan(&c.FamilyAgency, &c.FamilyRef, &c.ChildAgency, &c.ChildRef, &c.Reason)
		list = append(list, c)
		return err
	}, `SELECT f.agency_code, f.family_ref, c.agency_code, c.child_ref, x.reason
		FROM conflict x
		JOIN child c ON c.agency_code = x.child_agency AND c.child_id = x.child_id
		JOIN family f ON f.agency_code = x.family_agency AND f.family_id = x.family_id
		ORDER BY c.agency_code, c.child_ref, f.agency_code, f.family_ref`)
	return list, err
}

// NewConflict is a conflict to be recorded between two records.
type NewConflict struct {
	Child  child.Child
	Family adopter.Family
	Reason string
}

// SaveConflicts writes new conflicts. It asks nobody's leave: the import does.
func SaveConflicts(u *work.Unit, list []NewConflict) error {
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{c.Child.Agency, c.Child.ID, c.Family.Agency, c.Family.ID, c.Reason}
		u.Did("conflict recorded", c.Child.Subject(), "family "+c.Family.ID)
		u.Did("conflict recorded", c.Family.Subject(), "child "+c.Child.ID)
	}
	return u.InsertMany("conflict", []string{"child_agency", "child_id", "family_agency", "family_id", "reason"}, rows)
}

// WaiverRow is a waiver as the exchange folder writes it.
type WaiverRow struct {
	FamilyAgency, FamilyRef, ChildAgency, ChildRef                   string
	Exclusion, Finding, Reason, Manager, DecidedOn, ExpiresOn, Ended string
}
