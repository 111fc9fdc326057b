package agency

import (
	"database/sql"
	"slices"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Held is a function that one agency carries out on another's behalf, for some
// days. Whose function it is stays responsible for the child's journey; each
// agency decides function by function (flexible levels of service).
type Held struct {
	Agency   string // on whose behalf
	Function access.Function
	Holder   string // by whom
	From     date.Date
	Until    date.Date // the first day it no longer does
}

// Holds tells whether the function is held on a day.
func (h Held) Holds(day date.Date) bool { return within(day, h.From, h.Until) }

func (h Held) subject() work.Subject {
	return work.Subject{Kind: "function", Agency: h.Agency, ID: string(h.Function)}
}

func (b *Book) loadFunctions(tx *db.Tx) error {
	return tx.Each(func(rows *sql.Rows) error {
		var h Held
		err := rows.Scan(&h.Agency, &h.Function, &h.Holder, &h.From, &h.Until)
		b.Functions = append(b.Functions, h)
		return err
	}, "SELECT agency_code, function, holder, from_day, until_day FROM function_held ORDER BY agency_code, function, from_day")
}

// HolderOf gives who carries a function out for an agency on the book's day:
// the agency itself unless it has handed it to another.
func (b *Book) HolderOf(code string, f access.Function) string {
	for _, h := range b.Functions {
		if h.Agency == code && h.Function == f && h.Holds(b.day) {
			return h.Holder
		}
	}
	return code
}

func (h Held) problem(book *Book) string {
	kind := book.Agencies[h.Holder].Kind
	switch {
	case !slices.Contains(access.Functions(), h.Function):
		return "Choose the function."
	case kind == "":
		return "Choose the agency that carries it out."
	case h.Function == access.HomeFinding && kind == "VAA":
		return "A voluntary agency is on the family's side and cannot find homes on a council's behalf. Choose a council or a regional agency."
	}
	return ""
}

// HandFunction has another agency carry a function out from the unit's day; the
// agency itself takes it back. What the former holder saw by it closes at the
// next request.
func HandFunction(u *work.Unit, book *Book, h Held) error {
	if err := u.Allow(access.Change, book.Thing(access.Agreement, h.Agency), string(h.Function)); err != nil {
		return err
	}
	if problem := h.problem(book); problem != "" {
		return fault.New(fault.Invalid, problem)
	}
	if book.HolderOf(h.Agency, h.Function) == h.Holder {
		return fault.New(fault.Conflict, "That agency carries this out already.")
	}
	if _, err := u.Exec("UPDATE function_held SET until_day = $1 WHERE agency_code = $2 AND function = $3 AND (until_day IS NULL OR until_day > $1)",
		u.Today, h.Agency, string(h.Function)); err != nil {
		return err
	}
	u.Did("handed", h.subject(), h.Holder)
	if h.Holder == h.Agency {
		return nil
	}
	_, err := u.Exec(`INSERT INTO function_held (agency_code, function, holder, from_day) VALUES ($1, $2, $3, $4)
		ON CONFLICT (agency_code, function, from_day) DO UPDATE SET holder = EXCLUDED.holder, until_day = NULL`, h.Agency, string(h.Function), h.Holder, u.Today)
	return err
}
