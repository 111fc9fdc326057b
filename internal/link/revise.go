package link

import "homeward/internal/work"

// RevisedConflict is a conflict already recorded whose reason was put another
// way.
type RevisedConflict struct {
	NewConflict
	Before string
}

// ReviseConflicts writes other reasons of conflicts, with what they said before
// kept. It asks nobody's leave: the import does.
func ReviseConflicts(u *work.Unit, list []RevisedConflict) error {
	for _, c := range list {
		pair := work.Subject{Kind: "conflict", Agency: c.Child.Agency, ID: c.Child.ID + " " + c.Family.ID}
		past, err := u.History(pair)
		if err != nil {
			return err
		}
		if err := u.Keep(pair, int64(len(past)+1), "reason", c.Before, c.Reason); err != nil {
			return err
		}
		if _, err := u.Exec("UPDATE conflict SET reason = $1 WHERE child_agency = $2 AND child_id = $3 AND family_agency = $4 AND family_id = $5",
			c.Reason, c.Child.Agency, c.Child.ID, c.Family.Agency, c.Family.ID); err != nil {
			return err
		}
		u.Did("conflict reworded", c.Child.Subject(), "family "+c.Family.ID)
		u.Did("conflict reworded", c.Family.Subject(), "child "+c.Child.ID)
	}
	return nil
}
