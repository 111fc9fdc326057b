package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"

	"homeward/internal/fault"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// steps is the migrations of one dialect: those common to both, and those of its
// own folder.
type steps struct{ own string }

// Open finds a step in the dialect's folder or in the common one.
func (s steps) Open(name string) (fs.File, error) {
	if f, err := migrations.Open(path.Join("migrations", s.own, name)); err == nil {
		return f, nil
	}
	return migrations.Open(path.Join("migrations", name))
}

// Glob lists the steps of both folders.
func (s steps) Glob(pattern string) ([]string, error) {
	var names []string
	for _, folder := range []string{"migrations", path.Join("migrations", s.own)} {
		found, err := fs.Glob(migrations, path.Join(folder, pattern))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			names = append(names, path.Base(f))
		}
	}
	return names, nil
}

func (d *DB) provider() (*goose.Provider, error) {
	// Two that migrate at once: each step is a transaction, so one of them fails
	// and the database is whole.
	dialect, files := goose.DialectSQLite3, steps{"sqlite"}
	if d.Dialect == PostgreSQL {
		dialect, files = goose.DialectPostgres, steps{"postgres"}
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
	if err := d.makeRole(ctx); err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
