package account

import (
	"context"

	"homeward/internal/db"
)

// IssuersOf lists the councils' sign-ins an account is joined to.
func IssuersOf(tx *db.Tx, accountID string) ([]Issuer, error) {
	return oidcIssuers(tx, " WHERE issuer_id IN (SELECT issuer_id FROM identity WHERE account_id = $1) ORDER BY agency_code, url, issuer_id", accountID)
}

// Look gives what was kept and leaves it there.
func (s *Sessions) Look(ctx context.Context, what string) string {
	return s.GetString(ctx, "kept "+what)
}
