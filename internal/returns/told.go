package returns

import (
	"fmt"
	"slices"

	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/gazetteer"
	"homeward/internal/returns/ssda903"
)

// Fact is one thing a return says of a child, and where it says it.
type Fact struct {
	Field  string // of the child's record: born, sex, ..., or "milestone"
	Value  string // as the record has it
	Source string // SSDA903 2025/26 Header row 12 (header.csv line 14)

	Milestone child.Milestone // where Field says so

	row         ssda903.Row
	column, why ssda903.Field // where it stands, and the code that says more of a milestone
}

// The fields of a child's record a return tells of.
var fields = []string{"born", "sex", "ethnic", "entered_care", "decision_date", "placement_order_date", "status"}

// milestone is the field of what happened on a day.
const milestone = "milestone"

// Told is what a return says of one child whose plan is or was adoption.
type Told struct {
	Ref   string // CHILD, which is the council's own reference
	Facts []Fact

	// Aside is what no record has a place for and the figures want: with whom the
	// child was placed (placed_provider) and whether in the council's area
	// (placed_area: inside or outside).
	Aside []Fact

	HomePostcode, PlacementPostcode string // for a child who is new to Homeward

	first, last ssda903.Row // the child's first row of all, and their last episode
}

// Around is what tells where places are, if anything does.
type Around struct {
	Places    *gazetteer.Places
	Authority string // the council's own, GSS
}

// side tells whether a postcode is in the council's area.
func (a Around) side(postcode string) string {
	if a.Places == nil || !a.Places.HasAuthorities() || !a.Places.HoldsAuthority(a.Authority) {
		return ""
	}
	switch place, known := a.Places.Find(postcode); {
	case !known || place.Authority == "":
		return ""
	case place.Authority == a.Authority:
		return "inside"
	}
	return "outside"
}

// Tell reads what a return says of the children whose plan is or was adoption:
// those with an agency decision, a placement or freeing order, an adoption
// placement or an adoption, and those Homeward knows already. Everybody else
// stays in the return's own rows.
//
// An event that began before the year is told by the return of the year it began
// in: an episode says when the order was made, or the child moved in, only if
// nothing shows that it goes on from an earlier one.
func Tell(r *ssda903.Return, known func(ref string) bool, around Around) []Told {
	var list []Told
	for c := range r.Children() {
		if c.Raw == "" || !adoption(c) && !known(c.Raw) {
			continue
		}
		t := &telling{Told: Told{Ref: c.Raw, first: firstRow(r, c)}, year: r.Year, child: c, around: around}
		t.header()
		t.episodes()
		t.decisions()
		t.match()
		t.status()
		t.sort()
		list = append(list, t.Told)
	}
	return list
}

// firstRow is the first row a child has in any table.
func firstRow(r *ssda903.Return, c ssda903.Child) ssda903.Row {
	for t := range r.Sheets {
		if rows := c.Rows(ssda903.Table(t)); len(rows) > 0 {
			return rows[0]
		}
	}
	return ssda903.Row{}
}

// adoption tells whether anything of a child's is about adoption.
func adoption(c ssda903.Child) bool {
	return len(c.Rows(ssda903.PlacedAdoption)) > 0 || len(c.Rows(ssda903.AD1)) > 0 ||
		slices.ContainsFunc(c.Rows(ssda903.Episodes), func(e ssda903.Row) bool {
			return underOrder(e) || adoptionPlace(e) || adopted(e)
		})
}

func adoptionPlace(e ssda903.Row) bool { return e.Is(ssda903.PLACE, "A3", "A4", "A5", "A6") }
func early(e ssda903.Row) bool         { return e.Is(ssda903.PLACE, "U2", "U5") }
func underOrder(e ssda903.Row) bool    { return e.Is(ssda903.LS, "E1", "D1") }
func adopted(e ssda903.Row) bool       { return e.Is(ssda903.REC, "E11", "E12") }

// telling is Told while it is being put together.
type telling struct {
	Told
	year   int
	child  ssda903.Child
	around Around

	decided, reversed date.Date // the latest decision, and its reversal
	placed            bool
	ended             string // the code care ended with, if it did
}

func (t *telling) source(r ssda903.Row) string {
	return fmt.Sprintf("SSDA903 %s %s row %d (%s line %d)", ssda903.YearName(t.year), r.Sheet.Table, r.N+1, r.Sheet.File, r.Line())
}

func (t *telling) fact(field, value string, r ssda903.Row, column ssda903.Field) {
	if value != "" {
		t.Facts = append(t.Facts, Fact{Field: field, Value: value, Source: t.source(r), row: r, column: column})
	}
}

// happened tells what happened on the day in one column; the code in another, if
// there is one, says more.
func (t *telling) happened(what string, r ssda903.Row, column ssda903.Field, why ...ssda903.Field) {
	m := child.Milestone{What: what, Day: r.Day(column), Source: t.source(r)}
	if !m.Day.Known() {
		return
	}
	f := Fact{Field: milestone, Value: what + " " + m.Day.String(), Source: m.Source, row: r, column: column, why: column}
	if len(why) > 0 {
		f.why, m.Detail = why[0], r.Text(why[0])
	}
	f.Milestone = m
	t.Facts = append(t.Facts, f)
}

// sexes are the codes up to 2023/24 and since.
var sexes = map[string]string{"1": "M", "2": "F", "M": "M", "F": "F", "U": "U"}

func (t *telling) header() {
	for _, h := range t.child.Rows(ssda903.Header)[:min(1, len(t.child.Rows(ssda903.Header)))] {
		t.fact("born", h.Day(ssda903.DOB).String(), h, ssda903.DOB)
		t.fact("sex", sexes[h.Text(ssda903.SEX)], h, ssda903.SEX)
		t.fact("ethnic", h.Text(ssda903.ETHNIC), h, ssda903.ETHNIC)
	}
}

// episodes tells of care, the order, the placement and the adoption.
func (t *telling) episodes() {
	list := ssda903.ByDay(t.child.Rows(ssda903.Episodes), ssda903.DECOM)
	for i, e := range list {
		var before *ssda903.Row
		if i > 0 {
			before = &list[i-1]
		}
		if e.Is(ssda903.RNE, "S") {
			t.replace("entered_care", e, ssda903.DECOM)
			t.ended = ""
			if before != nil {
				t.happened("returned", e, ssda903.DECOM)
			}
		}
		if underOrder(e) && newHere(e, before, underOrder, "S", "L", "B", "U") {
			t.replace("placement_order_date", e, ssda903.DECOM)
		}
		t.place(e, before)
		t.end(e)
	}
	if len(list) > 0 {
		t.last = list[len(list)-1]
		t.HomePostcode, t.PlacementPostcode = t.last.Raw(ssda903.HOME_POST), t.last.Raw(ssda903.PL_POST)
	}
}

// newHere tells whether what an episode says began with it: the one before says
// otherwise, or there is none in the file and the reason for the episode is one
// of those that begin it.
func newHere(e ssda903.Row, before *ssda903.Row, same func(ssda903.Row) bool, begins ...string) bool {
	if before != nil && before.Day(ssda903.DEC) >= e.Day(ssda903.DECOM) {
		return !same(*before)
	}
	return e.Is(ssda903.RNE, begins...)
}

func (t *telling) place(e ssda903.Row, before *ssda903.Row) {
	if adoptionPlace(e) {
		t.placed = true
		t.Aside = nil
		for _, f := range []Fact{{Field: "placed_provider", Value: e.Text(ssda903.PLACE_PROVIDER)}, {Field: "placed_area", Value: t.around.side(e.Text(ssda903.PL_POST))}} {
			if f.Source = t.source(e); f.Value != "" {
				t.Aside = append(t.Aside, f)
			}
		}
		if newHere(e, before, adoptionPlace, "S", "P", "T", "B", "U") {
			t.happened("placed", e, ssda903.DECOM, ssda903.PLACE)
		}
	}
	if early(e) && newHere(e, before, early, "S", "P", "T", "B", "U") {
		t.happened("early_placed", e, ssda903.DECOM, ssda903.PLACE)
	}
}

func (t *telling) end(e ssda903.Row) {
	switch code := e.Text(ssda903.REC); {
	case code == "" || code == "X1" || !e.Day(ssda903.DEC).Known():
	case adopted(e):
		t.ended = code
		t.happened("adopted", e, ssda903.DEC, ssda903.REC)
	default:
		t.ended = code
		t.happened("left_care", e, ssda903.DEC, ssda903.REC)
	}
}

// replace keeps the last day an ordered list says of a field.
func (t *telling) replace(field string, r ssda903.Row, column ssda903.Field) {
	t.Facts = slices.DeleteFunc(t.Facts, func(f Fact) bool { return f.Field == field })
	t.fact(field, r.Day(column).String(), r, column)
}

// decisions tells of every agency decision: the latest is the record's, those
// before it are milestones, and so is every reversal.
func (t *telling) decisions() {
	list := ssda903.ByDay(t.child.Rows(ssda903.PlacedAdoption), ssda903.DATE_PLACED)
	for i, p := range list {
		if i == len(list)-1 {
			t.decided, t.reversed = p.Day(ssda903.DATE_PLACED), p.Day(ssda903.DATE_PLACED_CEASED)
			t.replace("decision_date", p, ssda903.DATE_PLACED)
		} else {
			t.happened("decided", p, ssda903.DATE_PLACED)
		}
		t.happened("reversed", p, ssda903.DATE_PLACED_CEASED, ssda903.REASON_PLACED_CEASED)
	}
}

// match tells of the match, and of foster carers who adopt.
func (t *telling) match() {
	for _, a := range t.child.Rows(ssda903.AD1)[:min(1, len(t.child.Rows(ssda903.AD1)))] {
		t.happened("matched", a, ssda903.DATE_MATCH)
		if !t.decided.Known() {
			t.replace("decision_date", a, ssda903.DATE_INT)
		}
		if a.Is(ssda903.FOSTER_CARE, "1") {
			t.fostered()
		}
	}
}

// fostered tells when the child moved in with the foster carers who adopted them:
// back from the adoption placement while the carer stays the same (a new episode
// for the legal status alone, or for a placement that changed in kind and not in
// carer).
func (t *telling) fostered() {
	list := ssda903.ByDay(t.child.Rows(ssda903.Episodes), ssda903.DECOM)
	at := slices.IndexFunc(list, adoptionPlace)
	for ; at > 0; at-- {
		if !list[at].Is(ssda903.RNE, "L", "T", "U") {
			break
		}
	}
	if at >= 0 && !adoptionPlace(list[at]) && list[at].Is(ssda903.RNE, "S", "P", "B") {
		t.happened("fostered", list[at], ssda903.DECOM)
	}
}

// status tells where the child's plan stands, if the year's rows show it.
func (t *telling) status() {
	rows := t.child.Rows(ssda903.Episodes)
	if len(rows) == 0 {
		return
	}
	source := rows[len(rows)-1]
	switch {
	case t.ended == "E11" || t.ended == "E12":
		t.fact("status", "adopted", source, ssda903.REC)
	case t.ended != "" || t.reversed.Known():
		t.fact("status", "plan_changed", source, ssda903.REC)
	case t.placed:
		t.fact("status", "placed", source, ssda903.PLACE)
	case t.decided.Known():
		t.fact("status", "waiting", source, ssda903.CHILD)
	}
}

// sort puts what is told in the order of the record, then of the days.
func (t *telling) sort() {
	slices.SortStableFunc(t.Facts, func(a, b Fact) int {
		pa, pb := slices.Index(fields, a.Field), slices.Index(fields, b.Field)
		if pa < 0 && pb < 0 {
			return int(a.Milestone.Day - b.Milestone.Day)
		}
		return (pa+len(fields)+1)%(len(fields)+1) - (pb+len(fields)+1)%(len(fields)+1)
	})
}
