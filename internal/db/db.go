// Package db is one handle on SQLite or PostgreSQL: opening, migrating and
// transactions. It knows nothing of adoption, and nobody above it knows which
// of the two databases is there: there is one SQL text, with $1 placeholders.
//
// SQLite runs with a write-ahead log, full synchronisation (a power cut after
// an answer went out loses nothing), foreign keys on, and one writer that takes
// its lock when it begins. See docs/adr/0005-sqlite-durability.md.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"homeward/internal/date"
	"homeward/internal/fault"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib" // also the PostgreSQL driver, named "pgx"
	_ "modernc.org/sqlite"           // the SQLite driver, named "sqlite"
)

// Dialect is which database is behind a handle.
type Dialect int

// The two databases.
const (
	SQLite Dialect = iota
	PostgreSQL
)

// String names the database.
func (d Dialect) String() string { return [...]string{"SQLite", "PostgreSQL"}[d] }

// sqliteReaders is how many SQLite connections may read beside the writer.
const sqliteReaders = 4

// postgresConnections is how many connections one server has to PostgreSQL.
const postgresConnections = 20

// DB is one handle on one database, and on whose behalf it is used.
type DB struct {
	Dialect Dialect
	write   *sql.DB
	read    *sql.DB
	scope   Scope
}

// Scope is on whose behalf a transaction runs. PostgreSQL's row policies read
// it, so that rows which are not theirs are not there for them. The zero scope
// is nobody, who sees no row that belongs to an agency.
type Scope struct {
	Actor, Agency, Role string
	Day                 date.Date
	Now                 time.Time
	// Engine says that the rows are read to reckon with and are shown to nobody:
	// places, for distances and exclusions.
	Engine bool
}

// As is the same database on somebody's behalf.
func (d *DB) As(s Scope) *DB {
	as := *d
	as.scope = s
	return &as
}

// Open opens a database that exists and is of this program's version.
func Open(ctx context.Context, address string) (*DB, error) {
	d, err := open(address, false)
	if err != nil {
		return nil, err
	}
	err = d.checkRole(ctx)
	if err == nil {
		err = d.checkVersion(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Migrate opens a database as its owner, making an SQLite file where there is
// none, and brings it to this program's version. It refuses a newer one. What it
// gives back is for work as any other: the owner's connections are closed.
func Migrate(ctx context.Context, address string) (*DB, error) {
	d, err := open(address, true)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.migrate(ctx), d.Close()); err != nil {
		return nil, err
	}
	return open(address, false)
}

// open opens a database; as its owner, who makes what is not there yet.
func open(address string, owner bool) (*DB, error) {
	switch {
	case strings.HasPrefix(address, "sqlite:"):
		return openSQLite(strings.TrimPrefix(address, "sqlite:"), owner)
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		return openPostgres(address, owner)
	}
	return nil, fault.New(fault.Usage, "The database must be sqlite:PATH or a postgres:// URL.")
}

func openSQLite(path string, create bool) (*DB, error) {
	if path == "" || path == ":memory:" {
		return nil, fault.New(fault.Usage, "Name the file of the SQLite database: sqlite:PATH.")
	}
	if err := ensureFile(path, create); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, "&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", sqliteDSN(path, "&_pragma=query_only(1)"))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	return &DB{Dialect: SQLite, write: write, read: read}, nil
}

// ensureFile makes the file readable by its owner alone: the write-ahead log
// takes the same permissions from it.
func ensureFile(path string, create bool) error {
	_, err := os.Stat(path)
	if err == nil {
		return nil
	}
	if !create {
		return fault.Wrap(fault.NotReady, fmt.Sprintf("There is no database at %s. Make one with: homeward migrate", path), err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fault.Wrap(fault.NotReady, fmt.Sprintf("The database file %s cannot be made. Does its folder %s exist, and may you write there?", path, filepath.Dir(path)), err)
	}
	return f.Close()
}

func sqliteDSN(path, more string) string {
	// WAL is set first: the other pragmas of a fresh connection then hold for it.
	const pragmas = "?mode=rw&_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	return "file:" + (&url.URL{Path: path}).EscapedPath() + pragmas + more
}

func openPostgres(address string, owner bool) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, "The postgres:// URL of the database cannot be read.", err)
	}
	if owner {
		// Policies hold the owner too: a step that moves rows would find none.
		config.RuntimeParams["homeward.role"] = "operator"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(postgresConnections)
	pool.SetMaxIdleConns(postgresConnections) // to begin one costs more than most pages do
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{Dialect: PostgreSQL, write: pool, read: pool}, nil
}

// Close closes every connection.
func (d *DB) Close() error {
	if d.write == d.read {
		return d.write.Close()
	}
	return errors.Join(d.read.Close(), d.write.Close())
}

// Version is what the database says of itself, for logs.
func (d *DB) Version(ctx context.Context) (string, error) {
	query := "SELECT sqlite_version()"
	if d.Dialect == PostgreSQL {
		query = "SHOW server_version"
	}
	var v string
	err := d.read.QueryRowContext(ctx, query).Scan(&v)
	return d.Dialect.String() + " " + v, err
}

// Write runs fn in one transaction that may change things: it is committed if
// fn returns nil and rolled back otherwise, whatever happens.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return run(ctx, d, d.write, nil, fn)
}

// Read runs fn in one transaction that sees one state and changes nothing.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	options := &sql.TxOptions{ReadOnly: true}
	if d.Dialect == PostgreSQL {
		options.Isolation = sql.LevelRepeatableRead
	}
	return run(ctx, d, d.read, options, fn)
}

func run(ctx context.Context, d *DB, pool *sql.DB, options *sql.TxOptions, fn func(*Tx) error) error {
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error, a panic, or a goroutine that was ended: nothing stays
			_ = tx.Rollback()
		}
	}()
	t := &Tx{Dialect: d.Dialect, ctx: ctx, tx: tx}
	if err := t.enter(d.scope); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true
	return nil
}
