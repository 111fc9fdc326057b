package returns

import (
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// Mark is a finding somebody has checked and found to be true.
type Mark struct {
	ID, Rule, Reason, By string
	At                   time.Time

	key string
}

// Finding is what a rule found, and whether somebody has checked it.
type Finding struct {
	ssda903.Finding
	Mark *Mark
	key  string
}

// Key names a finding on a form. It rests on what the row says.
func (f Finding) Key() string { return f.key }

// Checked is a reading as the rules find it.
type Checked struct {
	Reading  Reading
	Findings []Finding
	Closed   int // findings about children whose records are restricted, left out
	NotRun   []ssda903.NotRun
	Run      int
}

// Open counts the findings nobody has checked.
func (c Checked) Open() (n int) {
	for _, f := range c.Findings {
		if f.Mark == nil {
			n++
		}
	}
	return n
}

// Check runs the year's rules over a reading, with the year before if it was
// given. Findings about a child whose record is restricted are counted and shown
// to nobody it does not name. What somebody has checked keeps its mark as long as the row says the
// same.
func Check(u *work.Unit, book *agency.Book, r Reading, aids ssda903.Aids) (*Checked, error) {
	if err := u.Allow(access.View, book.Thing(access.Return, r.Agency), r.ID); err != nil {
		return nil, err
	}
	if aids.Authority == "" {
		aids.Authority = book.Agencies[r.Agency].GSS
	}
	now, err := r.Open(u)
	if err != nil {
		return nil, err
	}
	last, err := r.YearBefore(u)
	if err != nil {
		return nil, err
	}
	result, err := ssda903.Check(now, last, aids)
	if err != nil {
		return nil, err
	}
	marks, err := r.marks(u)
	if err != nil {
		return nil, err
	}
	_, closed, err := r.records(u)
	if err != nil {
		return nil, err
	}
	c := &Checked{Reading: r, NotRun: result.NotRun, Run: result.Run}
	for _, f := range append(result.Findings, result.Prior...) {
		if closed[f.Row.Raw(ssda903.CHILD)] {
			c.Closed++
			continue
		}
		key := r.restsOn(u, f)
		c.Findings = append(c.Findings, Finding{f, marks[key], key})
	}
	return c, nil
}

// restsOn is what a mark rests on: the rule, the child and everything the row
// says, by keyed hash.
func (r Reading) restsOn(u *work.Unit, f ssda903.Finding) string {
	says := []string{fmt.Sprint(r.Year), f.Rule.Code, f.Row.Sheet.Table.String(), fmt.Sprint(f.Prior)}
	for _, field := range f.Row.Sheet.Table.Columns() {
		says = append(says, f.Row.Raw(field))
	}
	return u.Hash("return finding", strings.Join(says, "\x00"))
}

func (r Reading) marks(u *work.Unit) (map[string]*Mark, error) {
	marks := map[string]*Mark{}
	return marks, u.Each(func(rows *sql.Rows) error {
		m := &Mark{}
		var at db.Instant
		err := rows.Scan(&m.ID, &m.Rule, &m.key, &m.Reason, &m.By, &at)
		m.At = at.Time
		marks[m.key] = m
		return err
	}, "SELECT mark_id, rule, rests_on, reason, made_by_name, made_at FROM return_mark WHERE agency_code = $1 AND year = $2 AND ended_at IS NULL ORDER BY made_at", r.Agency, r.Year)
}

// longestReason is in characters.
const longestReason = 1000

// MarkTrue notes that a finding was checked and is true, with the reason, which is
// kept at every later check of the year until the row says something else.
func MarkTrue(u *work.Unit, book *agency.Book, r Reading, f Finding, reason string) error {
	if err := u.Allow(access.Change, book.Thing(access.Return, r.Agency), r.ID); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return fault.New(fault.Invalid, "Write why it is true, so that whoever checks next need not ask again.")
	case utf8.RuneCountInString(reason) > longestReason:
		return fault.New(fault.Invalid, fmt.Sprintf("Write the reason in %d characters or fewer.", longestReason))
	case f.Mark != nil:
		return fault.New(fault.Conflict, "Somebody has checked this finding already.")
	}
	id := work.NewID()
	_, err := u.Exec(`INSERT INTO return_mark (agency_code, mark_id, year, rule, table_name, rests_on, reason, made_by, made_by_name, made_at, ended_by, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', NULL)`,
		r.Agency, id, r.Year, f.Rule.Code, f.Row.Sheet.Table.String(), f.key, reason, u.Actor.ID, u.Actor.Name, db.Instant{Time: u.Now})
	u.Noted("checked", r.Subject(), "rule "+f.Rule.Code)
	return err
}

// Unmark takes a mark back.
func Unmark(u *work.Unit, book *agency.Book, r Reading, m *Mark) error {
	if err := u.Allow(access.Change, book.Thing(access.Return, r.Agency), r.ID); err != nil {
		return err
	}
	_, err := u.Exec("UPDATE return_mark SET ended_by = $3, ended_at = $4 WHERE agency_code = $1 AND mark_id = $2 AND ended_at IS NULL", r.Agency, m.ID, u.Actor.ID, db.Instant{Time: u.Now})
	u.Noted("unchecked", r.Subject(), "rule "+m.Rule)
	return err
}
