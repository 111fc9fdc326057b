package pool

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/fault"
)

// Effect is what one way of pooling changes against another for the councils that
// decide: children a year more.
type Effect struct {
	InYear Interval `json:"more_within_year_a_year"` // placed within one year of the order
	Placed Interval `json:"more_placed_a_year"`      // within two
}

// End is an assumption at one end of its range, and the effect with it there.
type End struct {
	Value  float64 `json:"value"`
	Effect Effect  `json:"effect"`
}

// Assumption is a parameter for whose value there is no evidence, and what hangs
// on it. Its two ends are set against one another and not against the scenario as
// it stands: that shows twice as much of what it does beside the same chance, and
// no row shares its chance with another.
type Assumption struct {
	ID     string  `json:"id"`
	What   string  `json:"what"`
	Unit   string  `json:"unit"`
	Value  float64 `json:"value"`
	Source string  `json:"source"`
	Ends   [2]End  `json:"ends"`   // the low one, the high one
	Change Effect  `json:"change"` // of the effect, from the one to the other
}

// Variation says which assumptions the answer between two ways of pooling hangs on.
type Variation struct {
	Scenario     string       `json:"scenario"`
	Fingerprint  string       `json:"fingerprint"`
	Replications int          `json:"replications"`
	Focus        []string     `json:"focus"`
	From         string       `json:"from"`
	To           string       `json:"to"`
	As           Effect       `json:"as_it_stands"`
	Assumptions  []Assumption `json:"assumptions"` // what hangs most on one first
	Says         []string     `json:"says"`
}

// quarter is how far an assumption is varied to either side: 25 in 100 of its
// value, within the range of its row.
const quarter = 0.25

// assumptions are the parameters that a scenario assumes, in the table's order,
// with their two ends.
func (s *Scenario) assumptions() (list []Assumption) {
	for _, p := range Parameters() {
		if set, ok := s.Parameters[p.ID]; ok {
			p.Value, p.Mark, p.Source = *set.Value, set.Mark, set.Source
		}
		if p.Mark != "assumed" {
			continue
		}
		step := quarter * p.Value
		if step == 0 {
			step = quarter * (p.High - p.Low)
		}
		a := Assumption{ID: p.ID, What: p.What, Unit: p.Unit, Value: p.Value, Source: p.Source}
		a.Ends[0].Value, a.Ends[1].Value = max(p.Low, p.Value-step), min(p.High, p.Value+step)
		list = append(list, a)
	}
	return list
}

// assuming is the same scenario with another value of one parameter.
func (s *Scenario) assuming(id string, value float64) *Scenario {
	other := s.With(s.Name, s.Pools, s.Policy)
	if other.Parameters == nil {
		other.Parameters = map[string]Setting{}
	}
	other.Parameters[id] = Setting{Value: &value, Mark: "assumed", Source: "varied to see what hangs on it"}
	return other
}

// Vary plays the step from one of PoolOptions to another (by places) as the
// scenario stands, and again with every assumption in turn at either end of its
// range, always with the same luck. Done is told after each replication, of all.
func Vary(ctx context.Context, base *Scenario, focus []string, from, to int, o Options) (*Variation, error) {
	ways, err := Ways(base, focus)
	if err != nil {
		return nil, err
	}
	options, list := PoolOptions(focus), base.assumptions()
	if from == to || min(from, to) < 0 || max(from, to) >= len(options) {
		return nil, fault.New(fault.Invalid, "Name two of these ways of pooling by their numbers: "+numbered(options)+".")
	}
	step := &step{from: ways[from], to: ways[to], at: focusCells(base, focus), options: o, plays: 2 * (1 + 2*len(list))}
	as, err := step.play(ctx, func(s *Scenario) *Scenario { return s })
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := step.vary(ctx, &list[i]); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b Assumption) int { return cmp.Compare(b.size(), a.size()) })
	v := &Variation{Scenario: base.Name, Fingerprint: base.Fingerprint(), Replications: base.Replications, Focus: focus,
		From: options[from].Name, To: options[to].Name, As: as.effect(), Assumptions: list}
	v.Says = v.sentences()
	return v, nil
}

func numbered(options []Option) string {
	var list []string
	for i, o := range options {
		list = append(list, fmt.Sprintf("%d %s", i+1, o.Name))
	}
	return strings.Join(list, ", ")
}

// size is how much hangs on an assumption: what it changes of those placed within
// a year of the order.
func (a *Assumption) size() float64 { return math.Abs(a.Change.InYear.Mean) }

// step plays one way of pooling and another, under one assumption after another.
type step struct {
	from, to    *Scenario
	at          []int // the councils that decide
	options     Options
	done, plays int
}

// gains are what a step brings in each replication: children a year more placed
// within one year, and within two.
type gains [][2]float64

func (p *step) play(ctx context.Context, under func(*Scenario) *Scenario) (gains, error) {
	before, err := p.way(ctx, under(p.from))
	if err != nil {
		return nil, err
	}
	after, err := p.way(ctx, under(p.to))
	if err != nil {
		return nil, err
	}
	return after.less(before), nil
}

// vary plays the step with an assumption at either end.
func (p *step) vary(ctx context.Context, a *Assumption) error {
	var ends [2]gains
	for i := range ends {
		var err error
		if ends[i], err = p.play(ctx, func(s *Scenario) *Scenario { return s.assuming(a.ID, a.Ends[i].Value) }); err != nil {
			return err
		}
		a.Ends[i].Effect = ends[i].effect()
	}
	a.Change = ends[1].less(ends[0]).effect()
	return nil
}

// way plays one way of pooling.
func (p *step) way(ctx context.Context, s *Scenario) (placed gains, err error) {
	o := p.options
	if o.Progress != nil {
		o.Progress = func(done, total int) { p.options.Progress(p.done*total+done, p.plays*total) }
	}
	results, err := Play(ctx, s, o)
	if err != nil {
		return nil, err
	}
	p.done++
	years := float64(s.Periods*s.PeriodDays) / daysPerYear
	for i := range results {
		c := results[i].sum(p.at)
		placed = append(placed, [2]float64{float64(c.InYear) / years, float64(c.Placed) / years})
	}
	return placed, nil
}

// less takes away what came of the same replications otherwise.
func (g gains) less(other gains) gains {
	left := slices.Clone(g)
	for i := range left {
		left[i][0] -= other[i][0]
		left[i][1] -= other[i][1]
	}
	return left
}

func (g gains) effect() Effect {
	var within [2][]float64
	for _, gain := range g {
		within[0], within[1] = append(within[0], gain[0]), append(within[1], gain[1])
	}
	return Effect{InYear: Estimate(within[0]), Placed: Estimate(within[1])}
}

// sentences say what the answer hangs on.
func (v *Variation) sentences() []string {
	return []string{
		v.says("within one year", func(e Effect) Interval { return e.InYear }),
		v.says("within two years", func(e Effect) Interval { return e.Placed }),
		v.moved(),
		fmt.Sprintf("Each of the %d assumptions was set alone to either end of its range, all else as it was. Several at once may do what none does alone, "+
			"and the ranges (25 in 100 either way) are ours: nobody has measured how wrong an assumption may be.", len(v.Assumptions)),
	}
}

// moved names the assumptions that change the effect by more than chance does.
func (v *Variation) moved() string {
	var list []string
	for _, a := range v.Assumptions {
		if i := a.Change.InYear; i.Tells() {
			list = append(list, fmt.Sprintf("%s (%+.1f to %+.1f)", a.ID, tenth(i.Low), tenth(i.High)))
		}
	}
	text := "From their low to their high end, none changes what is placed within one year by more than this run can tell from chance."
	if list != nil {
		text = "From their low to their high end, these change what is placed within one year by more than chance, in children a year: " + strings.Join(list, ", ") + "."
	}
	return text + " Of so many, one in twenty would seem to by chance alone."
}

// says tells for one figure which assumptions could turn it, and which could leave
// no difference to be told.
func (v *Variation) says(when string, of func(Effect) Interval) string {
	as := of(v.As)
	text := change(fmt.Sprintf("From %s to %s, children of these councils placed %s", v.From, v.To, when), as, "a year", 1)
	if !as.Tells() {
		return text + " So there is no answer that an assumption could turn." + v.named(" One that can be told came of", func(e Effect) bool { return of(e).Tells() }, of)
	}
	turned := v.named(" It was turned by", func(e Effect) bool { return of(e).Tells() && of(e).Mean*as.Mean < 0 }, of)
	if turned == "" {
		turned = " No assumption alone turned it."
	} else {
		turned += " Where there is no effect at all, one end in forty would seem to turn it by chance alone."
	}
	return text + turned + v.named(" No difference that could be told from chance was left by", func(e Effect) bool { return !of(e).Tells() }, of)
}

// Figure writes a value to three figures, and whole from a hundred on.
func Figure(f float64) string {
	if math.Abs(f) >= 100 {
		return strconv.FormatFloat(math.Round(f), 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', 3, 64)
}

// tenth rounds. What rounds to nothing is 0, not -0.
func tenth(f float64) float64 { return math.Round(10*f)/10 + 0 }

// few is how many ends are named; of more it is said how many there are.
const few = 6

// named lists the ends that fit, with their figures; it says nothing if none does.
func (v *Variation) named(what string, fits func(Effect) bool, of func(Effect) Interval) string {
	var list []string
	for _, a := range v.Assumptions {
		for _, end := range a.Ends {
			if fits(end.Effect) {
				i := of(end.Effect)
				list = append(list, fmt.Sprintf("%s at %s (%.1f to %.1f a year)", a.ID, Figure(end.Value), tenth(i.Low), tenth(i.High)))
			}
		}
	}
	switch {
	case list == nil:
		return ""
	case len(list) > few:
		return fmt.Sprintf("%s %d of the %d ends.", what, len(list), 2*len(v.Assumptions))
	}
	return what + " " + strings.Join(list, ", ") + "."
}
