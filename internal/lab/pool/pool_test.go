package pool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// supply reads a scenario and makes it a size that a test can play.
func supply(t *testing.T, name, councils string, replications int) *Scenario {
	t.Helper()
	s, err := Supply(name)
	if err != nil {
		t.Fatal(err)
	}
	s.Councils, s.Replications = []string{councils}, replications
	return s
}

// with sets a parameter.
func (s *Scenario) with(id string, value float64) *Scenario {
	other := s.With(s.Name, s.Pools, s.Policy)
	if other.Parameters == nil {
		other.Parameters = map[string]Setting{}
	}
	other.Parameters[id] = Setting{&value, "assumed", "a test"}
	return other
}

func playAll(t *testing.T, s *Scenario) []Result {
	t.Helper()
	results, err := Play(t.Context(), s, Options{Processors: 2})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestEventsOfADayComeInTheOrderTheyWereForeseen(t *testing.T) {
	var q queue
	q.reset(10)
	for i := range int32(5) {
		q.put(3, 0, i, 0)
	}
	q.put(2, 0, 9, 0)
	q.put(10, 0, 99, 0) // beyond the end
	var order []int32
	for q.day = range int32(10) {
		for e, ok := q.take(); ok; e, ok = q.take() {
			order = append(order, e.who)
		}
	}
	if !slices.Equal(order, []int32{9, 0, 1, 2, 3, 4}) {
		t.Errorf("they came as %v", order)
	}
	if len(q.events) != 6 {
		t.Errorf("%d events hold six", len(q.events))
	}
}

func TestAnEventInThePastIsAFault(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it was taken")
		}
	}()
	var q queue
	q.reset(10)
	q.day = 5
	q.put(4, 0, 0, 0)
}

func TestEveryParameterHasAUnitARangeAndASource(t *testing.T) {
	for _, p := range Parameters() {
		if p.What == "" || p.Unit == "" || p.Source == "" || !slices.Contains(marks, p.Mark) {
			t.Errorf("%s lacks something", p.ID)
		}
		if p.Value < p.Low || p.Value > p.High || p.Low >= p.High {
			t.Errorf("%s: %v is not within %v to %v", p.ID, p.Value, p.Low, p.High)
		}
		if p.Mark == "published" && !strings.Contains(p.Source, "http") && !strings.Contains(p.Source, "DfE") && !strings.Contains(p.Source, "as fee.2") {
			t.Errorf("%s is published where?", p.ID)
		}
	}
}

func TestABadScenarioNamesTheFieldAndTheMend(t *testing.T) {
	good, err := data.ReadFile("scenarios/balanced.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, field, mend string }{
		{`"seed": 1`, `"sede": 1`, "sede", "spelling"},
		{`"periods": 10`, `"periods": "ten"`, "periods", "whole number"},
		{`"periods": 10`, `"periods": 0`, "periods: 0", "from 1 to 200"},
		{`"replications": 20`, `"replications": -1`, "replications", "from 1 to"},
		{`"priority": 0`, `"priority": 1.5`, "policy.priority", "from 0 to 1"},
		{`"search": "worker"`, `"search": "magic"`, "policy.search", "worker or adopter or plan"},
		{`"pool_first_days": 180`, `"pool_first_days": 10`, "policy.pool_first_days", "from 60"},
		{`"open_links": 1`, `"open_links": 9`, "policy.open_links", "from 1 to 5"},
		{`"ENG"`, `"XYZ"`, "councils[0]", "no council"},
		{`"pools": []`, `"pools": [["DER"], ["D2N2"]]`, "pools[1]: DER", "one pool"},
		{`"seed": 1`, `"seed": 1, "parameters": {"childern_a_year": {"value": 1, "mark": "assumed", "source": "x"}}`, "parameters.childern_a_year", "no such parameter"},
		{`"seed": 1`, `"seed": 1, "parameters": {"accepts": {"value": 2, "mark": "assumed", "source": "x"}}`, "parameters.accepts.value", "from 0.01 to 1"},
		{`"seed": 1`, `"seed": 1, "parameters": {"accepts": {"mark": "assumed", "source": "x"}}`, "parameters.accepts.value", "missing"},
		{`"seed": 1`, `"seed": 1, "parameters": {"accepts": {"value": 0.5, "mark": "known", "source": "x"}}`, "parameters.accepts.mark", "published, derived, assumed"},
		{`"seed": 1`, `"seed": 1, "parameters": {"accepts": {"value": 0.5, "mark": "assumed"}}`, "parameters.accepts.source", "say where"},
		{`"seed": 1`, `"seed": 1, "children_by_period": [1, -2]`, "children_by_period[1]", "from 0 to 5"},
		{`"pools": []`, `"pools": [], "focus": ["DERBY"]`, "focus[0]", "code of one"},
		{`"seed": 1,`, `"seed": 1`, "line 5", "comma"},
	} {
		text := strings.Replace(string(good), c.from, c.to, 1)
		if text == string(good) {
			t.Fatalf("the scenario has no %s", c.from)
		}
		_, err := Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), c.field) || !strings.Contains(err.Error(), c.mend) {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	if _, err := Read(strings.NewReader(string(good) + "{}")); err == nil {
		t.Error("two scenarios in one file were taken for one")
	}
	if _, err := Read(strings.NewReader("")); err == nil {
		t.Error("nothing was taken for a scenario")
	}
	if _, err := Supply("../data/needs"); err == nil {
		t.Error("a file that is no scenario was supplied")
	}
}

func TestSuppliedScenariosCanBePlayed(t *testing.T) {
	for _, name := range Supplied() {
		s, err := Supply(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.Name != name {
			t.Errorf("%s is called %s", name, s.Name)
		}
	}
}

// written plays a scenario to bytes.
func written(t *testing.T, s *Scenario, o Options) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Run(t.Context(), s, &out, o); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func small(t *testing.T) *Scenario {
	s := supply(t, "balanced", "D2N2", 5)
	s.WarmUpYears, s.Periods = 1, 2
	return s
}

func TestOneProcessorOrMoreGiveTheSameBytes(t *testing.T) {
	for _, search := range []string{ByWorker, ByAdopter, ByPlan} {
		s := small(t)
		s.Policy.Search = search
		one := written(t, s, Options{})
		for _, n := range []int{2, 3, 8} {
			if !bytes.Equal(one, written(t, s, Options{Processors: n})) {
				t.Errorf("%s: %d processors give other bytes", search, n)
			}
		}
		s.Seed++
		if bytes.Equal(one, written(t, s, Options{})) {
			t.Errorf("%s: another seed gives the same", search)
		}
	}
}

// TestAKilledRunResumes cuts the file anywhere and goes on from there.
func TestAKilledRunResumes(t *testing.T) {
	s := small(t)
	all := written(t, s, Options{})
	for cut := 0; cut <= len(all); cut += 1 + len(all)/97 {
		results, whole, err := Resume(s, bytes.NewReader(all[:cut]))
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		again := bytes.NewBuffer(slices.Clone(all[:whole]))
		if err := Run(t.Context(), s, again, Options{Processors: 2, Done: len(results)}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.Bytes(), all) {
			t.Fatalf("cut at %d, it goes on to other bytes", cut)
		}
	}
}

func TestResultsOfAnotherScenarioAreNotAddedTo(t *testing.T) {
	s := small(t)
	all := written(t, s, Options{})
	for name, other := range map[string]*Scenario{
		"seed":      func() *Scenario { o := *s; o.Seed++; return &o }(),
		"policy":    func() *Scenario { o := *s; o.Policy.OwnDays = 7; return &o }(),
		"parameter": s.with("accepts", 0.3),
	} {
		if _, _, err := Resume(other, bytes.NewReader(all)); err == nil {
			t.Errorf("another %s was taken for the same scenario", name)
		}
	}
	for _, text := range []string{"a shopping list\n", "a shopping list", "{", "{}\n"} {
		if _, _, err := Resume(s, strings.NewReader(text)); (err == nil) != (text == "{") {
			t.Errorf("a file of %q: %v", text, err)
		}
	}
	damaged := bytes.Replace(all, []byte(`{"replication":2`), []byte(`{"replication":7`), 1)
	if _, _, err := Resume(s, bytes.NewReader(damaged)); err == nil || !strings.Contains(err.Error(), "line 4") {
		t.Errorf("a damaged line: %v", err)
	}
}

func TestARunCanBeCancelledAndSaysHowFarItIs(t *testing.T) {
	s := small(t)
	s.Replications = 1000
	ctx, stop := context.WithCancel(t.Context())
	var told []int
	var out bytes.Buffer
	err := Run(ctx, s, &out, Options{Processors: 2, Progress: func(done, total int) {
		told = append(told, done)
		if total != 1000 {
			t.Errorf("%d in all", total)
		}
		if done == 3 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("it ended with %v", err)
	}
	results, whole, err := Resume(s, bytes.NewReader(out.Bytes()))
	if err != nil || int(whole) != out.Len() || len(results) != len(told) {
		t.Errorf("it left %d results of %d, %d of %d bytes whole: %v", len(results), len(told), whole, out.Len(), err)
	}
}

func TestAFaultInAPlannerIsAnErrorOfTheRun(t *testing.T) {
	s := small(t)
	s.Policy.Search = ByPlan
	var out bytes.Buffer
	err := Run(t.Context(), s, &out, Options{planner: func(int, int, []Pair, []int32) { panic("no plan") }})
	if err == nil || !strings.Contains(err.Error(), "no plan") {
		t.Errorf("it ended with %v", err)
	}
}

func TestMemoryStaysFlatOverReplications(t *testing.T) {
	s := supply(t, "balanced", "EM", 1)
	player := newSim(newSetup(s, Greedy))
	used := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	play := func(i int) *Result {
		r, err := player.play(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for i := range 8 {
		play(i)
	}
	before, events := used(), int64(0)
	for i := range 8 {
		events += play(i).Events
	}
	if grown := used() - before; grown > 64<<10 {
		t.Errorf("eight further replications of %d events took %d bytes", events, grown)
	}
}

// TestTheSameChildrenAndFamiliesComeUnderEveryPolicy is what lets policies be
// compared on the same luck.
func TestTheSameChildrenAndFamiliesComeUnderEveryPolicy(t *testing.T) {
	type who struct {
		id      uint64
		ordered int32
		needs   uint16
		key     uint64
	}
	come := func(s *Scenario) (list []who) {
		player := newSim(newSetup(s, Greedy))
		if _, err := player.play(t.Context(), 3); err != nil {
			t.Fatal(err)
		}
		for i := range player.groups {
			g := &player.groups[i]
			list = append(list, who{id: g.id, ordered: g.ordered, needs: g.needs})
		}
		for i := range player.families {
			list = append(list, who{id: player.families[i].id, key: player.families[i].key})
		}
		slices.SortFunc(list, func(a, b who) int { return int(int64(a.id>>1) - int64(b.id>>1)) })
		return list
	}
	s := small(t)
	first := come(s)
	if len(first) < 500 {
		t.Fatalf("only %d came", len(first))
	}
	for _, search := range []string{ByAdopter, ByPlan} {
		p := s.Policy
		p.Search, p.OwnDays, p.OpenLinks = search, 0, 3
		if !reflect.DeepEqual(first, come(s.With("other", [][]string{{England}}, p))) {
			t.Errorf("others come when the search is %s", search)
		}
	}
	for _, g := range first {
		if g.id == 0 {
			t.Fatal("somebody has no name")
		}
	}
}

// TestEthnicityAndMoneySteerNothing plays the same with every child of another
// ethnic group, and with other fees.
func TestEthnicityAndMoneySteerNothing(t *testing.T) {
	s := small(t)
	play := func(change func(*setup)) Result {
		m := newSetup(s, Greedy)
		change(m)
		r, err := newSim(m).play(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		r.Children.Ethnic = [5]Cell{}
		for i := range r.Periods {
			r.Periods[i].Flows[fPounds] = 0
		}
		return *r
	}
	as := play(func(*setup) {})
	other := play(func(m *setup) {
		m.councils = slices.Clone(m.councils)
		for i := range m.councils {
			m.councils[i].Ethnic = []float64{0, 0, 0, 1, 0}
		}
		m.vaaFee, m.fees = 1, [5]int64{}
	})
	if !reflect.DeepEqual(as, other) {
		t.Error("something hangs on a child's ethnic group or on a fee")
	}
	source, err := os.ReadFile("search.go")
	if err != nil || strings.Contains(string(source), "ethnic") {
		t.Errorf("the search knows of ethnicity (%v)", err)
	}
}

// TestTheBooksBalance counts everybody again at the end.
func TestTheBooksBalance(t *testing.T) {
	for _, search := range []string{ByWorker, ByAdopter, ByPlan} {
		s := small(t)
		s.Policy.Search, s.Policy.OpenLinks = search, 2
		player := newSim(newSetup(s, Greedy))
		if _, err := player.play(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		var level [stocks]int64
		taken := map[int32]int{}
		for i := range player.groups {
			g := &player.groups[i]
			n := int64(g.size)
			switch g.state {
			case coming:
				level[sDeciding] += n
			case waiting:
				level[sWaiting] += n
				level[sWaitingGroups]++
				level[sWaitingSiblings] += siblings(g)
				level[sWaitingOlder] += older(g)
			case matching, moving:
				level[sMatched] += n
				level[sMatchedSiblings] += siblings(g)
			case settled:
				level[sPlaced] += n
			}
			if g.family != none && (g.state == matching || g.state == moving || g.state == settled) {
				taken[g.family]++
			}
			if (g.shelf != none) != (g.state == waiting && int(g.open) < s.Policy.OpenLinks) {
				t.Fatalf("%s: a group in state %d with %d asks is shelved wrongly", search, g.state, g.open)
			}
		}
		for family, many := range taken {
			if many > 1 {
				t.Errorf("%s: family %d has %d groups", search, family, many)
			}
		}
		for i := range player.families {
			switch f := &player.families[i]; {
			case f.state == coming:
				level[sAssessed]++
				if !f.vaa {
					level[sAssessedOwn]++
				}
			case f.state == waiting || f.state == asked:
				level[sFamilies]++
			}
		}
		if level != player.level {
			t.Errorf("%s: counted again %v, as it went %v", search, level, player.level)
		}
	}
}

func TestIntervalsAreStudents(t *testing.T) {
	i := Estimate([]float64{1, 2, 3, 4, 5})
	if i.Mean != 3 || math.Abs(i.High-4.963) > 0.001 || math.Abs(i.Low-1.037) > 0.001 {
		t.Errorf("%v", i)
	}
	for degrees, want := range map[int]float64{1: 12.706, 30: 2.042, 40: 2.021, 60: 2.000, 120: 1.980, 100000: 1.960} {
		if got := student(degrees); math.Abs(got-want) > 0.001 {
			t.Errorf("t of %d degrees is %v, want %v", degrees, got, want)
		}
	}
	if one := Estimate([]float64{7}); one.Tells() || !one.Holds(-1e9) {
		t.Error("one value tells something")
	}
	if _, err := Differ(make([]Result, 2), make([]Result, 3), func(*Result) float64 { return 0 }); err == nil {
		t.Error("runs of different lengths were paired")
	}
	var d dice
	d.seed(1, 1, "test", "test")
	held := 0
	for range 2000 {
		values := make([]float64, 8)
		for j := range values {
			values[j] = d.exponential() + d.exponential() + d.exponential() + d.exponential()
		}
		if Estimate(values).Holds(4) {
			held++
		}
	}
	if held < 1840 || held > 1960 {
		t.Errorf("the interval held the mean %d times in 2000", held)
	}
}

func TestSentencesPromiseNothing(t *testing.T) {
	wide, sure := Interval{2, -1, 5, 20}, Interval{3, 1.2, 4.8, 20}
	for _, c := range []struct {
		i    Interval
		want string
	}{
		{wide, "X: no difference that this run can tell from chance (from 1.0 fewer to 5.0 more a year)."},
		{sure, "X: 1.2 to 4.8 more a year."},
		{Interval{-3, -4.8, -1.2, 20}, "X: 1.2 to 4.8 fewer a year."},
		{Interval{0.1, 0.01, 0.2, 20}, "X: hardly a difference (at most 0.2 more a year)."},
		{Interval{-0.1, -0.2, -0.01, 20}, "X: hardly a difference (at most 0.2 fewer a year)."},
		{Estimate([]float64{4}), "X: too few replications to tell."},
	} {
		if got := change("X", c.i, "a year", 1); got != c.want {
			t.Errorf("%v: %s", c.i, got)
		}
	}
	r := Row{MorePlaced: wide, MoreInYear: wide, ElsewhereMore: wide, Kinds: []Kind{{"needs", "a disability", 9, wide}}}
	if said := strings.Join(r.sentences(), " "); strings.Contains(said, "disability") || !strings.Contains(said, "no promise") {
		t.Error(said)
	}
}

func TestResultsAreOneLineOfJSONEach(t *testing.T) {
	s := small(t)
	lines := bytes.Split(bytes.TrimSpace(written(t, s, Options{})), []byte("\n"))
	if len(lines) != 1+s.Replications {
		t.Fatalf("%d lines", len(lines))
	}
	var h head
	if err := json.Unmarshal(lines[0], &h); err != nil || len(h.Flows) != flows || len(h.Stocks) != stocks || len(h.Councils) != 4 {
		t.Errorf("the head is %s (%v)", lines[0], err)
	}
}
