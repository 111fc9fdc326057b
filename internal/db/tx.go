package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// Tx is one transaction, with the context of whoever asked for it.
type Tx struct {
	Dialect    Dialect
	Statements int // how many were sent, so that tests can count them
	ctx        context.Context
	tx         *sql.Tx
	scope      Scope
}

// Context is the context of whoever asked.
func (t *Tx) Context() context.Context { return t.ctx }

// Scope is on whose behalf the transaction runs.
func (t *Tx) Scope() Scope { return t.scope }

// Within runs fn on somebody else's behalf, in the same transaction, and goes back
// whatever fn says: who asked may go on after an error.
func (t *Tx) Within(s Scope, fn func() error) (err error) {
	before := t.scope
	if err := t.enter(s); err != nil {
		return err
	}
	defer func() {
		// Where fn broke the transaction there is no going back, and none is needed.
		if back := t.enter(before); err == nil {
			err = back
		}
	}()
	return fn()
}

// entering takes the role that owns nothing and says on whose behalf, until the
// transaction ends (internal/db/migrations/postgres/00004_rows.sql reads it).
const entering = `SELECT set_config('role', 'homeward_app', true), set_config('homeward.actor', $1, true), set_config('homeward.agency', $2, true),
	set_config('homeward.role', $3, true), set_config('homeward.day', $4, true), set_config('homeward.now', $5, true), set_config('homeward.engine', $6, true)`

// enter tells the database on whose behalf statements run from here on. It counts
// as no statement: it is the same for every transaction.
func (t *Tx) enter(s Scope) error {
	t.scope = s
	if t.Dialect != PostgreSQL {
		return nil
	}
	_, err := t.tx.ExecContext(t.ctx, entering, s.Actor, s.Agency, s.Role, s.day(), s.now(), s.engine())
	return err
}

func (s Scope) day() string {
	if !s.Day.Known() {
		return ""
	}
	return s.Day.String()
}

func (s Scope) now() string {
	if s.Now.IsZero() {
		return ""
	}
	return s.Now.UTC().Format(instantLayout)
}

func (s Scope) engine() string {
	if s.Engine {
		return "on"
	}
	return ""
}

// Exec runs a statement that gives back no rows.
func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	t.Statements++
	result, err := t.tx.ExecContext(t.ctx, query, args...)
	return result, explain(err)
}

// Query runs a statement that gives back rows.
func (t *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	t.Statements++
	return t.tx.QueryContext(t.ctx, query, args...)
}

// QueryRow runs a statement that gives back at most one row.
func (t *Tx) QueryRow(query string, args ...any) *sql.Row {
	t.Statements++
	return t.tx.QueryRowContext(t.ctx, query, args...)
}

// Each runs a query and calls scan for every row.
func (t *Tx) Each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// manyParameters bounds one statement's parameters; both databases take more.
const manyParameters = 8000

// insertParameters bounds the parameters of one INSERT. SQLite finds $1 by its
// name among all the others, so that a statement's cost is the square of them:
// 8,000 took seven times as long for the same rows.
const insertParameters = 200

// InsertMany inserts rows of equal length, many in a statement.
func (t *Tx) InsertMany(table string, columns []string, rows [][]any) error {
	step := max(1, insertParameters/len(columns))
	for len(rows) > 0 {
		n := min(step, len(rows))
		if err := t.insert(table, columns, rows[:n]); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

func (t *Tx) insert(table string, columns []string, rows [][]any) error {
	var query strings.Builder
	query.WriteString("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES ")
	args := make([]any, 0, len(rows)*len(columns))
	for i, row := range rows {
		if i > 0 {
			query.WriteByte(',')
		}
		query.WriteString("(" + Params(len(args)+1, len(columns)) + ")")
		args = append(args, row...)
	}
	_, err := t.Exec(query.String(), args...)
	return err
}

// Params writes n placeholders beginning with $first: "$3,$4,$5".
func Params(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(first + i))
	}
	return b.String()
}

// Args turns a list into arguments for Params.
func Args[T any](list []T) []any {
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = v
	}
	return args
}

// InChunks calls fn with pieces of a list short enough for one statement. An
// empty list calls nothing.
func InChunks[T any](list []T, fn func([]T) error) error {
	for len(list) > 0 {
		n := min(manyParameters, len(list))
		if err := fn(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// In is one condition: a column is one of some values. No values: no condition.
// Within, where given, wraps the condition in another: "id IN (SELECT ... WHERE %s)".
type In struct {
	Column string
	Values []string
	Within string
}

func (c In) term(first int) string {
	term := c.Column + " IN (" + Params(first, len(c.Values)) + ")"
	if c.Within != "" {
		return fmt.Sprintf(c.Within, term)
	}
	return term
}

// Where writes conditions as a WHERE clause with its arguments; where none asks
// for anything it is empty.
func Where(conditions ...In) (string, []any) {
	var terms []string
	var args []any
	for _, c := range conditions {
		if len(c.Values) == 0 {
			continue
		}
		terms = append(terms, c.term(len(args)+1))
		args = append(args, Args(c.Values)...)
	}
	if len(terms) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}
