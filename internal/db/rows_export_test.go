package db

import "context"

// OneConnection leaves the pool with one connection.
func (d *DB) OneConnection() { d.write.SetMaxOpenConns(1) }

// Left tells as whom, and in which role, a connection is between transactions.
func (d *DB) Left(ctx context.Context) (as, role string) {
	_ = d.write.QueryRowContext(ctx, "SELECT COALESCE(current_setting('homeward.role', true), ''), current_setting('role')").Scan(&as, &role)
	return as, role
}
