package account

import (
	"database/sql"

	"homeward/internal/access"
	"homeward/internal/db"
	"homeward/internal/work"
)

// Pending gives the invitations of an agency that are still good, by worker. The
// caller has asked access.
func Pending(u *work.Unit, agencyCode string) (map[string]Invitation, error) {
	if !may(u, agencyCode) {
		return nil, u.Refuse(access.View, work.Subject{Kind: kind, Agency: agencyCode})
	}
	found := map[string]Invitation{}
	return found, u.Each(func(rows *sql.Rows) error {
		var i Invitation
		var made, expires db.Instant
		err := rows.Scan(&i.Agency, &i.ID, &i.WorkerID, &i.SignInName, &i.Kind, &made, &expires)
		i.Made, i.Expires = made.Time, expires.Time
		found[i.WorkerID] = i
		return err
	}, `SELECT agency_code, invitation_id, worker_id, sign_in_name, kind, made_at, expires_at FROM invitation
		WHERE agency_code = $1 AND used_at IS NULL AND expires_at > $2`, agencyCode, db.Instant{Time: u.Now})
}
