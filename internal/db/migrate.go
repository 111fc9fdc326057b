package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"homeward/internal/fault"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

func (d *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	// Two that migrate at once: each step is a transaction, so one of them fails
	// and the database is whole.
	dialect := goose.DialectSQLite3
	if d.Dialect == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, d.write, files)
}

// versions gives the version of the database and that of this program.
func (d *DB) versions(ctx context.Context, p *goose.Provider) (has, wants int64, err error) {
	has, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fault.Wrap(fault.NotReady, fmt.Sprintf("The %s database cannot be read. Is it running, and is it Homeward's?", d.Dialect), err)
	}
	for _, s := range p.ListSources() {
		wants = max(wants, s.Version)
	}
	if has > wants {
		return has, wants, fault.New(fault.NotReady, fmt.Sprintf(
			"This database is of version %d and this program knows versions up to %d. Use a newer Homeward; nothing was changed.", has, wants))
	}
	return has, wants, nil
}

func (d *DB) checkVersion(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	has, wants, err := d.versions(ctx, p)
	if err != nil {
		return err
	}
	if has < wants {
		return fault.New(fault.NotReady, fmt.Sprintf(
			"This database is of version %d and this program needs version %d. Bring it up with: homeward migrate", has, wants))
	}
	return nil
}

// migrate brings the database to this program's version, each step in a
// transaction of its own.
func (d *DB) migrate(ctx context.Context) error {
	p, err := d.provider()
	if err != nil {
		return err
	}
	if _, _, err := d.versions(ctx, p); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
