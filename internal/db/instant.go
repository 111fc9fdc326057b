package db

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instantLayout is UTC to the microsecond, which both databases keep, and which
// sorts as text in the order of time.
const instantLayout = "2006-01-02T15:04:05.000000Z"

// Instant carries a time to and from a TIMESTAMPTZ column: SQLite hands text
// back, PostgreSQL a time. The zero Instant is NULL.
type Instant struct{ time.Time }

// Value writes the instant.
func (i Instant) Value() (driver.Value, error) {
	if i.IsZero() {
		return nil, nil
	}
	return i.UTC().Format(instantLayout), nil
}

// Scan reads the instant as either database hands it back.
func (i *Instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		i.Time = time.Time{}
	case time.Time:
		i.Time = v.UTC()
	case string:
		t, err := time.Parse(time.RFC3339Nano, v)
		if err != nil {
			return fmt.Errorf("read an instant: %w", err)
		}
		i.Time = t.UTC()
	default:
		return fmt.Errorf("cannot read an instant from %T", src)
	}
	return nil
}
