package db

import (
	"context"
	"database/sql"
	_ "embed" // role.sql
	"errors"

	"homeward/internal/fault"
)

//go:embed role.sql
var roleSQL string

// makeRole makes the role that every transaction runs in, where there is none:
// roles belong to the server, not to the database. See docs/adr/0012-second-line.md.
func (d *DB) makeRole(ctx context.Context) error {
	if d.Dialect != PostgreSQL {
		return nil
	}
	if _, err := d.write.ExecContext(ctx, roleSQL); err != nil {
		return fault.Wrap(fault.NotReady, "The role homeward_app cannot be made, or this database's owner cannot take it. "+
			"Ask whoever runs the server for: CREATE ROLE homeward_app NOLOGIN NOINHERIT; GRANT homeward_app TO the owner.", err)
	}
	return d.checkRole(ctx)
}

// checkRole refuses a role that the row policies would not hold, and a sign-in
// that cannot take it. Where there is none yet nothing was migrated.
func (d *DB) checkRole(ctx context.Context) error {
	if d.Dialect != PostgreSQL {
		return nil
	}
	var strong, taken bool
	err := d.read.QueryRowContext(ctx, "SELECT rolsuper OR rolbypassrls OR rolcanlogin, pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = 'homeward_app'").Scan(&strong, &taken)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fault.Wrap(fault.NotReady, "The PostgreSQL database cannot be read. Is it running, and is it Homeward's?", err)
	case strong:
		return fault.New(fault.NotReady, "The role homeward_app may do more than it should, so rows are not guarded. "+
			"Ask whoever runs the server for: ALTER ROLE homeward_app NOSUPERUSER NOBYPASSRLS NOLOGIN. Nothing was changed.")
	case !taken:
		return fault.New(fault.NotReady, "Homeward signs in to the database as somebody who may not take the role homeward_app. "+
			"Ask whoever runs the server for: GRANT homeward_app TO whoever Homeward signs in as.")
	}
	return nil
}
