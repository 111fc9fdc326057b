// Package figures gives councils the numbers they answer for: the adoption
// scorecard, what was done in a period, how councils compare, what placements
// inside and outside the area cost. It reads children's and families' records as
// days and groups, and never a name, a reference or a place.
//
// Whose numbers somebody sees the access table says (Figures). Of their own
// agency they see every number; of another, which shares numbers by agreement or
// whose home finding theirs does, the small ones are hidden.
package figures

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// Records are the children's and families' ways as dates, of the agencies whose
// numbers somebody may see.
type Records struct {
	Agencies []string // in order
	scorecard.Input
	Placements map[string]Placement // where children were placed, by the child's id
	Workers    map[string]string    // who follows each child now, by the child's id
	Disrupted  map[string][]Attempt // matches and placements that ended without an order, by the child's id
}

// Attempt is a match, and mostly a placement, that ended without an order: it
// counts in the periods it happened in.
type Attempt struct{ Matched, Placed, Ended date.Date }

// Placement is with whom and where a child was placed for adoption, as the return
// says.
type Placement struct {
	Provider string         // SSDA903 PLACE_PROVIDER: PR1 the council itself or its agency, PR2 another, PR3 a voluntary agency
	Area     scorecard.Side // of the council
}

// Load reads the records of agencies; none named means all whose numbers the
// actor may see. It notes that numbers of each were looked at.
//
// Restricted records count, since a council answers for every child. They are
// read on the operator's behalf for the reckoning alone: what is given back names
// nobody, and whoever opens the children behind a number asks for each.
func Load(u *work.Unit, book *agency.Book, codes ...string) (*Records, error) {
	open, err := reachable(u, book)
	if err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		codes = open
	}
	for _, code := range codes {
		if err := u.Allow(access.View, book.Thing(access.Figures, code), ""); err != nil {
			return nil, err
		}
		if !slices.Contains(open, code) {
			return nil, work.ErrNotFound
		}
		u.Saw(work.Subject{Kind: access.Figures, Agency: code}, "")
	}
	r := &Records{Agencies: slices.Sorted(slices.Values(codes)), Placements: map[string]Placement{}, Workers: map[string]string{}, Disrupted: map[string][]Attempt{}}
	r.Leavers = map[string]map[int]int{}
	if len(codes) == 0 {
		return r, nil
	}
	return r, u.Tx.Within(db.Scope{Role: string(access.Operator)}, func() error { return r.load(u.Tx) })
}

// reachable are the agencies whose numbers the actor may see, by the access table
// and, where the database guards rows, by its own reckoning too.
func reachable(u *work.Unit, book *agency.Book) ([]string, error) {
	codes := book.Where(u.Actor, access.View, access.Figures)
	if u.Dialect != db.PostgreSQL || u.Actor.Role == access.Operator {
		return codes, nil
	}
	var second []string
	err := u.Each(func(rows *sql.Rows) error {
		var code string
		err := rows.Scan(&code)
		second = append(second, code)
		return err
	}, "SELECT unnest(reach('figures'))")
	return slices.DeleteFunc(codes, func(c string) bool { return !slices.Contains(second, c) }), err
}

// Own tells whether every one of some agencies is the actor's own: their small
// numbers are shown.
func Own(actor access.Actor, codes []string) bool {
	return actor.Role == access.Operator || !slices.ContainsFunc(codes, func(c string) bool { return c != actor.Agency })
}

func (r *Records) load(tx *db.Tx) error {
	children, err := r.children(tx)
	if err != nil {
		return err
	}
	families, err := r.families(tx)
	if err != nil {
		return err
	}
	for _, load := range []func(*db.Tx) error{
		func(tx *db.Tx) error { return r.happened(tx, children) },
		func(tx *db.Tx) error { return r.needs(tx, children) },
		func(tx *db.Tx) error { return r.steps(tx, families) },
		r.facts, r.leavers,
	} {
		if err := load(tx); err != nil {
			return err
		}
	}
	r.groups()
	return nil
}

func (r *Records) where(prefix string) (string, []any) {
	return db.Where(db.In{Column: prefix + "agency_code", Values: r.Agencies})
}

// children reads the records themselves.
func (r *Records) children(tx *db.Tx) (map[string]int, error) {
	at := map[string]int{}
	where, args := r.where("c.")
	err := tx.Each(func(rows *sql.Rows) error {
		var j scorecard.Journey
		var plan, worker string
		err := rows.Scan(&j.Agency, &j.ID, &worker, &j.Group, &plan, &j.Born, &j.Sex, &j.Ethnic, &j.EnteredCare, &j.Decided, &j.Ordered)
		if plan != "together" {
			j.Group = ""
		}
		r.Workers[j.ID] = worker
		at[j.ID] = len(r.Journeys)
		r.Journeys = append(r.Journeys, j)
		return err
	}, `SELECT c.agency_code, c.child_id, c.worker_id, c.group_ref, c.plan, c.born, c.sex, i.ethnic, c.entered_care, c.decision_date, c.placement_order_date
		FROM child c JOIN child_identity i ON i.agency_code = c.agency_code AND i.child_id = c.child_id`+where+" ORDER BY c.agency_code, c.child_id", args...)
	return at, err
}

// happened reads what happened to the children, in the order it did: a later
// match or placement takes the place of one before it that ended.
func (r *Records) happened(tx *db.Tx, at map[string]int) error {
	where, args := r.where("")
	decided := map[string][]date.Date{}
	reversed := map[string][]child.Milestone{}
	err := tx.Each(func(rows *sql.Rows) error {
		var id string
		var m child.Milestone
		if err := rows.Scan(&id, &m.What, &m.Day, &m.Detail); err != nil {
			return err
		}
		i, known := at[id]
		if !known {
			return nil
		}
		switch m.What {
		case "decided":
			decided[id] = append(decided[id], m.Day)
		case "reversed":
			reversed[id] = append(reversed[id], m)
		default:
			if j := &r.Journeys[i]; m.What == "disrupted" {
				r.Disrupted[id] = append(r.Disrupted[id], Attempt{j.Matched, j.Placed, m.Day})
			}
			note(&r.Journeys[i], m)
		}
		return nil
	}, "SELECT child_id, what, day, detail FROM child_milestone"+where+" ORDER BY agency_code, child_id, day, what", args...)
	for id, i := range at {
		rounds(&r.Journeys[i], decided[id], reversed[id])
	}
	return err
}

// note writes what happened on a day.
func note(j *scorecard.Journey, m child.Milestone) {
	switch m.What {
	case "matched":
		j.Matched = m.Day
	case "fostered":
		j.Fostered, j.FosterCarer = m.Day, true
	case "early_placed":
		j.EarlyPlaced = first(j.EarlyPlaced, m.Day)
	case "placed":
		j.Placed = m.Day
		stayed := m.Detail == "A3" || m.Detail == "A5"
		j.FosterCarer = j.Fostered.Known() || stayed && !j.EarlyPlaced.Known()
	case "disrupted":
		j.Matched, j.Placed, j.EarlyPlaced, j.FosterCarer = 0, 0, 0, j.Fostered.Known()
	case "adopted":
		j.Adopted = m.Day
	case "left_care":
		j.LeftCare = m.Day
	case "returned":
		j.LeftCare = 0
	}
}

func first(a, b date.Date) date.Date {
	if a.Known() {
		return a
	}
	return b
}

// rounds puts decisions and reversals together: the latest decision is the
// journey's, with its reversal if it has one; those before it are rounds.
func rounds(j *scorecard.Journey, decided []date.Date, reversed []child.Milestone) {
	if j.Decided.Known() {
		decided = append(decided, j.Decided)
	}
	slices.Sort(decided)
	decided = slices.Compact(decided)
	used := map[date.Date]bool{}
	for i, d := range decided {
		last := i+1 == len(decided)
		var end child.Milestone
		for _, m := range reversed {
			if m.Day >= d && (last || m.Day <= decided[i+1]) && !end.Day.Known() {
				end = m
				used[m.Day] = true
			}
		}
		switch {
		case last:
			j.Decided, j.Reversed, j.ReversedWhy = d, end.Day, end.Detail
		case end.Day.Known():
			j.Earlier = append(j.Earlier, scorecard.Round{Decided: d, Reversed: end.Day, Why: end.Detail})
		}
	}
	for _, m := range reversed {
		if !used[m.Day] { // of a decision whose day nobody wrote down
			j.Earlier = append(j.Earlier, scorecard.Round{Reversed: m.Day, Why: m.Detail})
		}
	}
}

// disabilities are the needs that say a child is disabled, healthNeeds those that
// say their health needs care (docs/exchange.md; M18).
var (
	disabilities = []string{"learning_disability", "physical_disability", "sensory_impairment"}
	healthNeeds  = []string{"health_condition", "fasd", "blood_borne_virus", "physical_disability", "sensory_impairment"}
)

func (r *Records) needs(tx *db.Tx, at map[string]int) error {
	where, args := r.where("")
	return tx.Each(func(rows *sql.Rows) error {
		var id, need, level string
		err := rows.Scan(&id, &need, &level)
		if i, known := at[id]; known && (level == "known" || level == "significant") {
			j := &r.Journeys[i]
			j.Disabled = j.Disabled || slices.Contains(disabilities, need)
			j.Health = j.Health || slices.Contains(healthNeeds, need)
		}
		return err
	}, "SELECT child_id, need, level FROM child_need"+where, args...)
}

func (r *Records) families(tx *db.Tx) (map[string]int, error) {
	at := map[string]int{}
	where, args := r.where("")
	return at, tx.Each(func(rows *sql.Rows) error {
		var h scorecard.Household
		err := rows.Scan(&h.Agency, &h.ID, &h.Approved)
		at[h.ID] = len(r.Households)
		r.Households = append(r.Households, h)
		return err
	}, "SELECT agency_code, family_id, approved_on FROM family"+where+" ORDER BY agency_code, family_id", args...)
}

// steps reads the families' way to approval and after.
func (r *Records) steps(tx *db.Tx, at map[string]int) error {
	where, args := r.where("")
	return tx.Each(func(rows *sql.Rows) error {
		var id, what string
		var day date.Date
		err := rows.Scan(&id, &what, &day)
		i, known := at[id]
		if !known {
			return err
		}
		h := &r.Households[i]
		into := map[string]*date.Date{"enquired": &h.Enquired, "registered": &h.Registered, "stage_one": &h.StageOne, "stage_one_ended": &h.StageOneEnded,
			"stage_two": &h.StageTwo, "applied": &h.StageTwoEnded, "approved": &h.Approved, "matched": &h.Matched, "placed": &h.Placed, "left": &h.Left, "not_approved": &h.Left}
		switch {
		case what == "fast_track":
			h.Registered, h.FastTrack = day, true
		case what == "approved":
			h.Approved = first(h.Approved, day)
		case into[what] != nil:
			*into[what] = day
		}
		return err
	}, "SELECT family_id, what, day FROM family_milestone"+where+" ORDER BY family_id, day, what", args...)
}

// facts reads where children were placed, and with whom.
func (r *Records) facts(tx *db.Tx) error {
	where, args := r.where("")
	err := tx.Each(func(rows *sql.Rows) error {
		var id, field, value string
		err := rows.Scan(&id, &field, &value)
		p := r.Placements[id]
		switch field {
		case "placed_provider":
			p.Provider = value
		case "placed_area":
			p.Area = map[string]scorecard.Side{"inside": scorecard.Inside, "outside": scorecard.Outside}[value]
		default:
			return err
		}
		r.Placements[id] = p
		return err
	}, "SELECT child_id, field, value FROM return_fact"+where, args...)
	for i := range r.Journeys {
		r.Journeys[i].InsideArea = r.Placements[r.Journeys[i].ID].Area
	}
	return err
}

func (r *Records) leavers(tx *db.Tx) error {
	where, args := r.where("")
	return tx.Each(func(rows *sql.Rows) error {
		var code string
		var year, n int
		err := rows.Scan(&code, &year, &n)
		if r.Leavers[code] == nil {
			r.Leavers[code] = map[int]int{}
		}
		r.Leavers[code][year] = n
		return err
	}, "SELECT agency_code, year, children FROM return_leavers"+where, args...)
}

// groups leaves a group to children who are placed with brothers or sisters: one
// child by themselves is in none.
func (r *Records) groups() {
	size := map[[2]string]int{}
	for _, j := range r.Journeys {
		size[[2]string{j.Agency, j.Group}]++
	}
	for i := range r.Journeys {
		if j := &r.Journeys[i]; size[[2]string{j.Agency, j.Group}] < 2 {
			j.Group = ""
		}
	}
}

// Areas are what the actor may ask the numbers of: each agency, their own first,
// and the pools that several of them are in.
func Areas(actor access.Actor, book *agency.Book, codes []string) (list []scorecard.Area) {
	pools := map[string][]string{}
	for _, code := range codes {
		a := book.Agencies[code]
		list = append(list, scorecard.Area{Name: a.Name, Agencies: []string{code}})
		for _, pool := range a.Pools {
			pools[pool] = append(pools[pool], code)
		}
	}
	slices.SortStableFunc(list, func(a, b scorecard.Area) int {
		own := func(x scorecard.Area) int { return map[bool]int{true: 0, false: 1}[x.Agencies[0] == actor.Agency] }
		return cmp.Or(cmp.Compare(own(a), own(b)), strings.Compare(a.Name, b.Name))
	})
	for _, pool := range slices.Sorted(maps.Keys(pools)) {
		if len(pools[pool]) > 1 {
			list = append(list, scorecard.Area{Name: pool, Agencies: pools[pool]})
		}
	}
	return list
}
