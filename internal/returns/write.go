package returns

import (
	"cmp"
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// Write makes the return of a year from Homeward's records: the adoption tables
// (AD1, PlacedAdoption) from what the children's records say, and everything else
// as it was read from the return taken in for the year, if one was. A child whose
// adoption is in the records and who is in no table yet gets a row in Header.
func Write(u *work.Unit, book *agency.Book, code string, year int) (*ssda903.Return, error) {
	if err := u.Allow(access.View, book.Thing(access.Return, code), ""); err != nil {
		return nil, err
	}
	base, err := taken(u, code, year)
	if err != nil {
		return nil, err
	}
	list, err := child.Load(u.Tx, child.Query{Agencies: []string{code}})
	if err != nil {
		return nil, err
	}
	w := &writing{year: year, draft: ssda903.NewDraft(year), base: base, rows: map[string]*ssda903.Child{}, written: map[string]bool{}}
	w.copy()
	for _, c := range list {
		if access.Can(u.Actor, access.View, c.Thing(book, access.Child)).Allow {
			u.Saw(c.Subject(), "into a return")
			w.written[c.Ref] = true
			w.child(c)
		}
	}
	w.rest()
	return w.draft.Return(), nil
}

// taken is the return taken in for a year; an empty one where there is none.
func taken(u *work.Unit, code string, year int) (*ssda903.Return, error) {
	list, err := load(u, "agency_code = $1 AND year = $2 AND state = $3", code, year, Taken)
	if err != nil || len(list) == 0 {
		return &ssda903.Return{Year: year}, err
	}
	return list[0].Open(u)
}

// writing is a return being written.
type writing struct {
	year  int
	draft *ssda903.Draft
	base  *ssda903.Return
	rows  map[string]*ssda903.Child // by reference, as read

	written map[string]bool // the children whose records were written
}

// own are the tables Homeward's records are written to.
var own = []ssda903.Table{ssda903.AD1, ssda903.PlacedAdoption}

// copy writes what no room of Homeward owns as it was read.
func (w *writing) copy() {
	for t, s := range w.base.Sheets {
		if !slices.Contains(own, ssda903.Table(t)) {
			for r := range s.Rows() {
				w.as(r)
			}
		}
	}
	for c := range w.base.Children() {
		w.rows[c.Raw] = &c
	}
}

// as writes a row as it was read.
func (w *writing) as(r ssda903.Row) {
	var cells []string
	for _, f := range r.Sheet.Table.Columns() {
		cells = append(cells, r.Raw(f))
	}
	w.draft.Add(r.Sheet.Table, cells...)
}

func (w *writing) read(ref string, t ssda903.Table) []ssda903.Row {
	if c := w.rows[ref]; c != nil {
		return c.Rows(t)
	}
	return nil
}

func (w *writing) start() date.Date { return yearEnd(w.year - 1).AddDays(1) }
func (w *writing) end() date.Date   { return yearEnd(w.year) }

// child writes what a record says of the year.
func (w *writing) child(c child.Child) {
	rounds := Rounds(c)
	if adopted := happenedOn(c, "adopted"); adopted >= w.start() && adopted <= w.end() {
		w.header(c)
		w.adoption(c, rounds)
	}
	for _, d := range rounds {
		adopted := happenedOn(c, "adopted")
		over := d.Reversed.Known() && d.Reversed < w.start() || adopted.Known() && adopted < w.start()
		if d.Decided <= w.end() && !over {
			w.header(c)
			w.decision(c, d)
		}
	}
}

// Round is one agency decision and what became of it.
type Round struct {
	Decided, Reversed date.Date
	Why               string
}

// Rounds are the decisions about a child's plan in order, each with its reversal,
// if there was one before the next.
func Rounds(c child.Child) (list []Round) {
	for _, m := range c.Milestones {
		if m.What == "decided" {
			list = append(list, Round{Decided: m.Day})
		}
	}
	if c.DecisionDate.Known() {
		list = append(list, Round{Decided: c.DecisionDate})
	}
	slices.SortFunc(list, func(a, b Round) int { return cmp.Compare(a.Decided, b.Decided) })
	list = slices.CompactFunc(list, func(a, b Round) bool { return a.Decided == b.Decided })
	for i := range list {
		for _, m := range c.Milestones {
			next := i+1 < len(list)
			if m.What == "reversed" && m.Day >= list[i].Decided && (!next || m.Day <= list[i+1].Decided) && !list[i].Reversed.Known() {
				list[i].Reversed, list[i].Why = m.Day, m.Detail
			}
		}
	}
	return list
}

// happenedOn is the last day something happened on.
func happenedOn(c child.Child, what string) (day date.Date) {
	for _, m := range c.Milestones {
		if m.What == what {
			day = max(day, m.Day)
		}
	}
	return day
}

// header writes a child who is in no table that was read.
func (w *writing) header(c child.Child) {
	if w.rows[c.Ref] != nil {
		return
	}
	w.rows[c.Ref] = &ssda903.Child{}
	w.draft.Add(ssda903.Header, c.Ref, w.sex(c.Sex), ssda903.Written(c.Born), c.Ethnic, "", "", "")
}

// sex is written by number up to 2023/24.
func (w *writing) sex(code string) string {
	if w.year >= 2025 {
		return code
	}
	return map[string]string{"M": "1", "F": "2"}[code]
}

// adoption writes AD1. How many adopters there were, their sex and legal status
// are in no record of Homeward's yet: they are as they were read, or blank.
func (w *writing) adoption(c child.Child, rounds []Round) {
	adopters := []string{"", "", ""}
	for _, r := range w.read(c.Ref, ssda903.AD1) {
		adopters = []string{r.Raw(ssda903.NB_ADOPTR), r.Raw(ssda903.SEX_ADOPTR), r.Raw(ssda903.LS_ADOPTR)}
	}
	var decided date.Date
	if len(rounds) > 0 {
		decided = rounds[len(rounds)-1].Decided
	}
	cells := []string{c.Ref, ssda903.Written(c.Born), ssda903.Written(decided), ssda903.Written(happenedOn(c, "matched")), byFosterCarers(c)}
	w.draft.Add(ssda903.AD1, append(cells, adopters...)...)
}

// byFosterCarers is 1 where the child's foster carers adopted them, 0 where
// somebody else did, and blank where nothing says.
func byFosterCarers(c child.Child) string {
	if happenedOn(c, "fostered").Known() {
		return "1"
	}
	for _, m := range c.Milestones {
		switch {
		case m.What == "placed" && (m.Detail == "A3" || m.Detail == "A5"):
			return "1"
		case m.What == "placed" && m.Detail != "":
			return "0"
		}
	}
	return ""
}

func (w *writing) decision(c child.Child, d Round) {
	var ceased date.Date
	var why string
	if d.Reversed <= w.end() {
		ceased, why = d.Reversed, d.Why
	}
	w.draft.Add(ssda903.PlacedAdoption, c.Ref, ssda903.Written(c.Born), ssda903.Written(d.Decided), ssda903.Written(ceased), why)
}

// rest writes the adoption rows of children who have no record, or whose record
// is closed to whoever writes, as they were read: nobody is lost from a return.
func (w *writing) rest() {
	for _, t := range own {
		for r := range w.base.Sheets[t].Rows() {
			if !w.written[r.Raw(ssda903.CHILD)] {
				w.as(r)
			}
		}
	}
}
