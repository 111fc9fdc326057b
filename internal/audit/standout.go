package audit

import (
	"time"

	"homeward/internal/db"
)

// StandOut gives what somebody should look at twice in the records of one agency
// since an instant, the newest first, at most limit: what was refused, and
// records opened by breaking glass.
func StandOut(tx *db.Tx, agency string, since time.Time, limit int) ([]Written, error) {
	return list(tx, "agency_code = $1 AND action IN ('refused', 'glass broken') AND at >= $2 ORDER BY seq DESC LIMIT $3", agency, db.Instant{Time: since}, limit)
}
