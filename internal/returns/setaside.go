package returns

import (
	"encoding/json"
	"slices"
	"strings"

	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/fault"
	"homeward/internal/returns/ssda903"
	"homeward/internal/work"
)

// SetAside is a child of whom a return says what no record can hold. Nothing of
// it is taken in; the rest of the return can be.
type SetAside struct {
	Ref      string
	Problems []Problem
	Record   *child.Child `json:"-"` // nil for a child who is new to Homeward
}

// Without are the children who are set aside as somebody decided, by reference.
// Of a child whose conflicts nobody has decided it cannot be told yet, unless
// they could be no record either way.
func (c *Comparison) Without(decide Decide) []SetAside {
	list := slices.Clone(c.SetAside)
	for _, one := range c.Children {
		list = append(list, c.setAside(one, decide)...)
	}
	slices.SortFunc(list, func(a, b SetAside) int { return strings.Compare(a.Ref, b.Ref) })
	return list
}

func (c *Comparison) setAside(one Compared, decide Decide) []SetAside {
	take, known := one.decided(decide)
	if !known {
		return nil
	}
	if problems := one.problems(c.Reading.Agency, c.today, take); len(problems) > 0 {
		return []SetAside{{one.Ref, problems, one.Record}}
	}
	return nil
}

// never tells what keeps a child from being a record whatever is decided.
func (c Compared) never(agency string, today date.Date) []Problem {
	if kept := c.problems(agency, today, func(d Difference) bool { return !d.Standing.asked() }); len(kept) == 0 {
		return nil
	}
	return c.problems(agency, today, func(Difference) bool { return true })
}

// with is the child's record with what is taken of the return.
func (c Compared) with(agency string, take func(Difference) bool) child.Child {
	after := c.start(agency)
	for _, d := range c.Differences {
		if take(d) {
			d.apply(&after)
		}
	}
	return after
}

// start is the record before anything is taken.
func (c Compared) start(agency string) child.Child {
	if c.Record == nil {
		return child.Child{Agency: agency, Ref: c.Ref, Plan: "undecided", HomePostcode: c.HomePostcode, PlacementPostcode: c.PlacementPostcode}
	}
	after := *c.Record
	after.Milestones = slices.Clone(after.Milestones)
	return after
}

// problems says what of what is taken keeps the child from being a record, where
// it stands and how to mend it. What is to blame is what a record could do
// without: the facts are tried one after the other.
func (c Compared) problems(agency string, today date.Date, take func(Difference) bool) (list []Problem) {
	whole := c.with(agency, take).Problems(today)
	if len(whole) == 0 {
		return nil
	}
	good := c.start(agency)
	before := good.Problems(today)
	for _, p := range before {
		list = append(list, c.own(p))
	}
	for _, d := range c.Differences {
		if !take(d) {
			continue
		}
		tried := good
		tried.Milestones = slices.Clone(good.Milestones)
		d.apply(&tried)
		fresh := slices.DeleteFunc(tried.Problems(today), func(p fault.Problem) bool { return slices.Contains(before, p) })
		if len(fresh) > 0 {
			list = append(list, d.problem(fresh[0]))
		} else {
			good = tried
		}
	}
	if len(list) == 0 {
		list = append(list, c.own(whole[0]))
	}
	return list
}

// problem says where a fact that cannot stand is.
func (d Difference) problem(p fault.Problem) Problem {
	if p.Field == "detail" {
		return problem(d.row, d.why, p.Message)
	}
	return problem(d.row, d.column, p.Message)
}

// ownColumns are the columns of what a new record has besides facts.
var ownColumns = map[string]ssda903.Field{"home_postcode": ssda903.HOME_POST, "placement_postcode": ssda903.PL_POST}

// own says where something is that is no fact of the return's: a new child's
// reference or places, or what the record says already.
func (c Compared) own(p fault.Problem) Problem {
	if c.Record != nil {
		return Problem{File: "the record in Homeward", Field: p.Field, Message: p.Message}
	}
	if column, places := ownColumns[p.Field]; places && c.last.Sheet != nil {
		return problem(c.last, column, p.Message)
	}
	return problem(c.first, ssda903.CHILD, p.Message)
}

// setAsideFor is what the children set aside are sealed for; the owner is the
// reading.
const setAsideFor = "return set aside"

func (r Reading) sealSetAside(u *work.Unit, list []SetAside) ([]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(list)
	return u.Keys().Seal(setAsideFor, r.Agency+"/"+r.ID, text), err
}

// TakenWithout are the children whom a return was taken in without, and how many
// more there are whose records are closed to whoever asks.
func (r Reading) TakenWithout(u *work.Unit) (list []SetAside, closed int, err error) {
	if r.SetAside == 0 {
		return nil, 0, nil
	}
	var sealed []byte
	if err := u.QueryRow("SELECT set_aside_sealed FROM return_reading WHERE agency_code = $1 AND reading_id = $2", r.Agency, r.ID).Scan(&sealed); err != nil {
		return nil, 0, err
	}
	text, err := u.Keys().Unseal(setAsideFor, r.Agency+"/"+r.ID, sealed)
	if err != nil {
		return nil, 0, err
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, 0, err
	}
	records, shut, err := r.records(u)
	all := len(list)
	list = slices.DeleteFunc(list, func(one SetAside) bool { return shut[one.Ref] })
	for i := range list {
		list[i].Record = records[list[i].Ref]
	}
	return list, all - len(list), err
}
