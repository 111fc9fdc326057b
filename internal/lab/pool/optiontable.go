package pool

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Option is one way of pooling a decision might choose.
type Option struct {
	Name  string
	Pools [][]string // what is not named is in its regional agency's pool
}

// PoolOptions are the ways to pool for some councils that decide, from each by
// itself to the whole country.
func PoolOptions(focus []string) []Option {
	var alone [][]string
	for _, code := range focus {
		alone = append(alone, []string{code})
	}
	eight := slices.Concat(Members("D2N2"), lllr)
	list := []Option{
		{"each council by itself", alone},
		{"D2N2 (four councils)", [][]string{Members("D2N2")}},
		{"LLLR (four councils)", [][]string{lllr}},
		{"D2N2 and LLLR (eight councils)", [][]string{eight}},
		{"East Midlands", [][]string{Members("EM")}},
		{"England", [][]string{Members(England)}},
	}
	return slices.DeleteFunc(list, func(o Option) bool { return !o.reaches(focus) })
}

// reaches tells whether an option changes anything for the councils that decide.
func (o Option) reaches(focus []string) bool {
	for _, pool := range o.Pools {
		for _, code := range focus {
			if slices.Contains(pool, code) {
				return true
			}
		}
	}
	return false
}

// Table compares options for the councils that decide.
type Table struct {
	Scenario     string   `json:"scenario"`
	Fingerprint  string   `json:"fingerprint"` // of the scenario: the same one gives the same table
	Replications int      `json:"replications"`
	Focus        []string `json:"focus"`
	Base         string   `json:"base"` // the option the others are set against
	Rows         []Row    `json:"options"`
}

// Row is what one option comes to. Shares are in 100 children with an order in
// the measured time.
type Row struct {
	Option        string   `json:"option"`
	Placed        Interval `json:"placed_in_100"`             // within two years of the order
	InYear        Interval `json:"placed_within_year_in_100"` // within one
	Days          Interval `json:"days_to_placement"`         // from the order, of those placed within two years
	PoundsEach    Interval `json:"pounds_for_each_placement"` // fees owed, over all councils of the scenario
	MorePlaced    Interval `json:"more_placed_a_year"`        // against the base: children of the councils that decide
	MoreInYear    Interval `json:"more_within_year_a_year"`
	ElsewhereMore Interval `json:"elsewhere_more_a_year"` // of all the other councils' together
	Kinds         []Kind   `json:"kinds"`
	Says          []string `json:"says"`
}

// Kind is what an option changes for one kind of child.
type Kind struct {
	Of       string   `json:"of"` // age, siblings, needs, ethnicity or council
	Name     string   `json:"name"`
	Children float64  `json:"children"` // a replication: of the councils that decide
	Change   Interval `json:"change"`   // more placed within two years, in 100
}

// Ways are the scenarios that a decision of some councils is played as, one for
// each way of pooling; the others are set against the first.
func Ways(base *Scenario, focus []string) ([]*Scenario, error) {
	if len(focus) == 0 || len(focusCells(base, focus)) != len(focus) {
		return nil, refused("of the councils %q some are not in %q; name each once, by codes that are in it", strings.Join(focus, ", "), base.Name)
	}
	if base.Replications < 2 {
		return nil, refused("replications: one replication tells nothing of chance; write 2 or more, better 20")
	}
	watched := *base
	watched.Focus = focus
	var ways []*Scenario
	for _, option := range PoolOptions(focus) {
		ways = append(ways, watched.With(base.Name+": "+option.Name, option.Pools, base.Policy))
	}
	return ways, nil
}

// Decide plays every option and sets each against the first. Done is told after
// each replication, of all options together.
func Decide(ctx context.Context, base *Scenario, focus []string, o Options) (*Table, error) {
	ways, err := Ways(base, focus)
	if err != nil {
		return nil, err
	}
	tell, results := o.Progress, make([][]Result, len(ways))
	for i, way := range ways {
		if tell != nil {
			o.Progress = func(done, total int) { tell(i*total+done, len(ways)*total) }
		}
		if results[i], err = Play(ctx, way, o); err != nil {
			return nil, err
		}
	}
	return Tabulate(base, focus, results)
}

// Tabulate sets what came of every way of pooling against the first: the results
// are those of Ways, in its order, each with all its replications.
func Tabulate(base *Scenario, focus []string, results [][]Result) (*Table, error) {
	options, at := PoolOptions(focus), focusCells(base, focus)
	if len(results) != len(options) {
		return nil, fmt.Errorf("%d ways of pooling were played, not %d", len(results), len(options))
	}
	table := &Table{Scenario: base.Name, Fingerprint: base.Fingerprint(), Replications: base.Replications, Focus: focus, Base: options[0].Name}
	for i, option := range options {
		row, err := newRow(base, option.Name, at, results[0], results[i])
		if err != nil {
			return nil, err
		}
		if i == 0 {
			row.Says = []string{"The other options are set against this one, for the same children and families."}
		}
		table.Rows = append(table.Rows, row)
	}
	return table, nil
}

func focusCells(s *Scenario, focus []string) (at []int) {
	for i, c := range s.councils() {
		if slices.Contains(focus, c.Code) {
			at = append(at, i)
		}
	}
	return at
}

// sum adds up the cells of some councils.
func (r *Result) sum(at []int) (all Cell) {
	for _, i := range at {
		c := r.Children.Council[i]
		all.Children, all.InYear, all.Placed, all.Days = all.Children+c.Children, all.InYear+c.InYear, all.Placed+c.Placed, all.Days+c.Days
	}
	return all
}

func inHundred(part, of int64) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(part) / float64(of)
}

func newRow(s *Scenario, name string, at []int, base, results []Result) (row Row, err error) {
	years := float64(s.Periods*s.PeriodDays) / daysPerYear
	row = Row{
		Option:     name,
		Placed:     Over(results, func(r *Result) float64 { c := r.sum(at); return inHundred(c.Placed, c.Children) }),
		InYear:     Over(results, func(r *Result) float64 { c := r.sum(at); return inHundred(c.InYear, c.Children) }),
		Days:       Over(results, func(r *Result) float64 { c := r.sum(at); return float64(c.Days) / math.Max(1, float64(c.Placed)) }),
		PoundsEach: Over(results, func(r *Result) float64 { return r.Flow("fees_pounds") / math.Max(1, r.Flow("groups_placed")) }),
	}
	for into, of := range map[*Interval]func(*Result) float64{
		&row.MorePlaced:    func(r *Result) float64 { return float64(r.sum(at).Placed) / years },
		&row.MoreInYear:    func(r *Result) float64 { return float64(r.sum(at).InYear) / years },
		&row.ElsewhereMore: func(r *Result) float64 { return float64(r.Children.All[0].Placed-r.sum(at).Placed) / years },
	} {
		if *into, err = Differ(base, results, of); err != nil {
			return row, err
		}
	}
	row.Kinds = append(kinds(base, results), s.ofCouncils(at, base, results)...)
	row.Says = row.sentences()
	return row, nil
}

// kinds sets every kind of child of the councils that decide against the same in the
// other run.
func kinds(base, results []Result) (list []Kind) {
	for _, k := range []struct {
		of    string
		names []string
		cells func(*Result) []Cell
	}{
		{"age", AgeNames, func(r *Result) []Cell { return r.Focus.Age[:] }},
		{"siblings", SizeNames, func(r *Result) []Cell { return r.Focus.Size[:] }},
		{"needs", NeedNames, func(r *Result) []Cell { return r.Focus.Need[:] }},
		{"ethnicity", EthnicNames, func(r *Result) []Cell { return r.Focus.Ethnic[:] }},
	} {
		for i, name := range k.names {
			list = append(list, kind(k.of, name, base, results, func(r *Result) Cell { return k.cells(r)[i] }))
		}
	}
	return list
}

func (s *Scenario) ofCouncils(at []int, base, results []Result) (list []Kind) {
	councils := s.councils()
	for _, i := range at {
		list = append(list, kind("council", councils[i].Name, base, results, func(r *Result) Cell { return r.Children.Council[i] }))
	}
	return list
}

// kind sets one cell of a run against the other's; both have as many replications.
func kind(of, name string, base, results []Result, cell func(*Result) Cell) Kind {
	share := func(r *Result) float64 { c := cell(r); return inHundred(c.Placed, c.Children) }
	change, _ := Differ(base, results, share)
	return Kind{of, name, Over(results, func(r *Result) float64 { return float64(cell(r).Children) }).Mean, change}
}
