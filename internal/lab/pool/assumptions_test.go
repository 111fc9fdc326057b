package pool

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

func vary(t *testing.T, s *Scenario, o Options) *Variation {
	t.Helper()
	v, err := Vary(t.Context(), s, Members("D2N2"), 0, 1, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestWhatHangsOnAnAssumptionIsTheTableWithIt plays some ends by hand, and the whole
// again on one processor.
func TestWhatHangsOnAnAssumptionIsTheTableWithIt(t *testing.T) {
	s := supply(t, "balanced", "D2N2", 2).with("accepts", 0.9)
	s.WarmUpYears, s.Periods = 1, 2
	told, total := 0, 0
	v := vary(t, s, Options{Processors: 2, Progress: func(done, of int) {
		if told, total = told+1, of; done != told {
			t.Fatalf("after %d it said %d", told, done)
		}
	}})
	if told != total || total != 2*2*(1+2*len(v.Assumptions)) {
		t.Errorf("the last progress was %d of %d", told, total)
	}
	gain := func(s *Scenario) Effect {
		table, err := Decide(t.Context(), s, Members("D2N2"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return Effect{InYear: table.Rows[1].MoreInYear, Placed: table.Rows[1].MorePlaced}
	}
	same := func(what string, got, want Effect) {
		for _, pair := range [][2]float64{{got.InYear.Mean, want.InYear.Mean}, {got.InYear.Low, want.InYear.Low}, {got.Placed.Mean, want.Placed.Mean}, {got.Placed.High, want.Placed.High}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("%s: %+v, the table has %+v", what, got, want)
			}
		}
	}
	same("as it stands", v.As, gain(s))
	for _, a := range v.Assumptions[:3] {
		same(a.ID, a.Ends[0].Effect, gain(s.with(a.ID, a.Ends[0].Value)))
		same(a.ID, a.Ends[1].Effect, gain(s.with(a.ID, a.Ends[1].Value)))
		if got, want := a.Change.InYear.Mean, a.Ends[1].Effect.InYear.Mean-a.Ends[0].Effect.InYear.Mean; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s changes %v, its ends differ by %v", a.ID, got, want)
		}
	}
	one, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if two, _ := json.Marshal(vary(t, s, Options{})); string(one) != string(two) {
		t.Error("played again on one processor, it says something else")
	}
	if !slices.IsSortedFunc(v.Assumptions, func(a, b Assumption) int { return int(math.Copysign(1, b.size()-a.size())) }) {
		t.Error("that on which most hangs does not come first")
	}
	if i := slices.IndexFunc(v.Assumptions, func(a Assumption) bool { return a.ID == "browse_days" }); v.Assumptions[i].Change != (Effect{Interval{Of: 2}, Interval{Of: 2}}) {
		t.Errorf("how often families look for themselves changes what workers do: %+v", v.Assumptions[i])
	}
}

func TestWhatIsAssumedIsVariedByAQuarterWithinItsRange(t *testing.T) {
	s := supply(t, "scarcity-2025", "D2N2", 2).with("accepts", 0.9).with("zone_none", 0).with("adopted_days", 300)
	published := 0.8
	s.Parameters["information"] = Setting{&published, "published", "a test"}
	ends := map[string][2]float64{}
	for _, a := range s.assumptions() {
		ends[a.ID] = [2]float64{a.Ends[0].Value, a.Ends[1].Value}
	}
	for id, want := range map[string][2]float64{
		"accepts":         {0.675, 1},
		"zone_none":       {0, 0.25},
		"adopted_days":    {225, 375},
		"children_a_year": {2527.5, 4212.5},
		"ask_days":        {21, 35},
	} {
		if got := ends[id]; math.Abs(got[0]-want[0]) > 1e-9 || math.Abs(got[1]-want[1]) > 1e-9 {
			t.Errorf("%s is varied from %v to %v, want %v", id, got[0], got[1], want)
		}
	}
	for _, id := range []string{"information", "move_days", "fee.1", "stage_one_days"} {
		if _, ok := ends[id]; ok {
			t.Errorf("%s is not assumed and is varied", id)
		}
	}
	for id, e := range ends {
		for _, value := range e {
			if err := s.assuming(id, value).Check(); err != nil {
				t.Error(err)
			}
		}
	}
	if *s.Parameters["accepts"].Value != 0.9 {
		t.Error("the scenario itself was changed")
	}
}

func TestWaysThatAreNotThereAreNotCompared(t *testing.T) {
	s := small(t)
	for _, pair := range [][2]int{{0, 0}, {-1, 1}, {0, 99}, {5, 0}} {
		if _, err := Vary(t.Context(), s, Members("D2N2"), pair[0], pair[1], Options{}); err == nil || !strings.Contains(err.Error(), "2 D2N2 (four councils)") {
			t.Errorf("from %d to %d: %v", pair[0], pair[1], err)
		}
	}
	if _, err := Vary(t.Context(), s, []string{"XYZ"}, 0, 1, Options{}); err == nil {
		t.Error("a council that is not there was taken")
	}
	s.Replications = 1
	if _, err := Vary(t.Context(), s, Members("D2N2"), 0, 1, Options{}); err == nil {
		t.Error("one replication was taken for an answer")
	}
	s.Replications = 50
	ctx, stop := context.WithCancel(t.Context())
	_, err := Vary(ctx, s, Members("D2N2"), 0, 1, Options{Progress: func(int, int) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("stopped, it ended with %v", err)
	}
}

func TestSentencesSayWhatCouldTurnTheAnswer(t *testing.T) {
	gain, none, loss := Interval{3, 1, 5, 9}, Interval{1, -1, 3, 9}, Interval{-3, -5, -1, 9}
	with := func(as Interval, ends ...Interval) string {
		v := &Variation{From: "a", To: "b", As: Effect{as, as}}
		for i := 0; i < len(ends); i += 2 {
			a := Assumption{ID: string(rune('p' + i/2))}
			a.Ends = [2]End{{0.25, Effect{ends[i], ends[i]}}, {0.5, Effect{ends[i+1], ends[i+1]}}}
			a.Change = Effect{ends[i+1], ends[i+1]}
			v.Assumptions = append(v.Assumptions, a)
		}
		return strings.Join(v.sentences(), " ")
	}
	for _, c := range []struct {
		said      string
		says, not []string
	}{
		{with(gain, gain, gain), []string{"1.0 to 5.0 more a year. No assumption alone turned it.", "p (+1.0 to +5.0)"}, []string{"turned by", "No difference", "one end in forty"}},
		{with(gain, gain, loss), []string{"It was turned by p at 0.5 (-5.0 to -1.0 a year). Where there is no effect at all, one end in forty"}, []string{"No assumption alone"}},
		{with(loss, gain, loss), []string{"It was turned by p at 0.25 (1.0 to 5.0 a year)."}, nil},
		{with(gain, none, gain, gain, none), []string{"No assumption alone turned it. No difference that could be told from chance was left by p at 0.25 (-1.0 to 3.0 a year), q at 0.5"}, nil},
		{with(none, none, gain), []string{"no difference that this run can tell", "no answer that an assumption could turn", "One that can be told came of p at 0.5"}, []string{"turned by"}},
		{with(gain, none, none, none, none, none, none, none, none), []string{"left by 8 of the 8 ends.", "none changes what is placed"}, []string{"p at"}},
	} {
		for _, says := range append(c.says, "one in twenty would seem to by chance", "Several at once") {
			if !strings.Contains(c.said, says) {
				t.Errorf("%q is not said: %s", says, c.said)
			}
		}
		for _, not := range c.not {
			if strings.Contains(c.said, not) {
				t.Errorf("%q is said: %s", not, c.said)
			}
		}
	}
}
