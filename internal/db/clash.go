package db

import (
	"errors"

	"homeward/internal/fault"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// The codes by which PostgreSQL says that two did the same at once: the same key
// twice, a transaction that could not be put in order, two that wait for each
// other.
var clashes = map[string]bool{"23505": true, "40001": true, "40P01": true}

// explain gives words to an error of two people doing the same at the same
// moment; any other error stays as it is.
func explain(err error) error {
	if err == nil {
		return nil
	}
	pg, isPG := errors.AsType[*pgconn.PgError](err)
	lite, isLite := errors.AsType[*sqlite.Error](err)
	if isPG && clashes[pg.Code] || isLite && (lite.Code() == lib.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == lib.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return fault.Wrap(fault.Conflict, "Somebody else recorded the same at the same moment. Nothing was changed: look at what is there now.", err)
	}
	return err
}
