package pool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"homeward/internal/fault"
)

// Scenario is all that a run hangs on. It is written as JSON: docs/laboratory.md
// tells what each field means.
type Scenario struct {
	Name         string             `json:"name"`
	About        string             `json:"about"`
	Seed         uint64             `json:"seed"`
	Replications int                `json:"replications"`
	WarmUpYears  int                `json:"warm_up_years"`
	Periods      int                `json:"periods"`
	PeriodDays   int                `json:"period_days"`
	Councils     []string           `json:"councils"`        // codes of councils, pools or regions
	Pools        [][]string         `json:"pools"`           // each of codes like these; councils in none are in their regional agency's
	Focus        []string           `json:"focus,omitempty"` // codes of councils whose children are also counted by themselves
	Children     []float64          `json:"children_by_period,omitempty"`
	Families     []float64          `json:"families_by_period,omitempty"`
	Policy       Policy             `json:"policy"`
	Parameters   map[string]Setting `json:"parameters,omitempty"`
}

// Policy is how families are looked for.
type Policy struct {
	Search    string  `json:"search"`            // worker, adopter or plan
	OwnDays   int     `json:"own_first_days"`    // the council's own families alone so long after the order
	PoolDays  int     `json:"pool_first_days"`   // then those of its pool, till so long after the order; then all
	Beyond    bool    `json:"beyond_the_pool"`   // whether there is a "then all"
	OpenLinks int     `json:"open_links"`        // asks a group may have open at once
	Priority  float64 `json:"priority"`          // 0: fit alone; 1: wait and hardness alone
	PlanDays  int     `json:"plan_every_days"`   // for plan
	Planner   string  `json:"planner,omitempty"` // for plan: greedy, also if not said, or exact
	FeesOwed  string  `json:"fees_owed_between"` // councils or agencies
}

// Searches are the ways in which families are looked for.
const (
	ByWorker  = "worker"
	ByAdopter = "adopter"
	ByPlan    = "plan"
)

// planners are the ways in which a plan is made.
var planners = map[string]Planner{"": Greedy, "greedy": Greedy, "exact": Exact}

// followDays is how long after its order what became of a group is looked at;
// the children of the last so many days of a run are in no result.
const followDays = 730

const daysPerYear = 365

// Read takes a scenario from its file, and says all that is wrong with it.
func Read(in io.Reader) (*Scenario, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	s := &Scenario{}
	if err := decoder.Decode(s); err != nil {
		return nil, mend(text, err)
	}
	if decoder.More() {
		return nil, refused("there is something after its closing brace; take it away")
	}
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// Check says all that is wrong with a scenario: for those who change one.
func (s *Scenario) Check() error {
	if faults := s.faults(); len(faults) > 0 {
		return refused("%s", strings.Join(faults, "\nscenario: "))
	}
	return nil
}

// refused is what is wrong with a scenario, and how to mend it.
func refused(format string, args ...any) error {
	return fault.New(fault.Invalid, "scenario: "+fmt.Sprintf(format, args...))
}

// mend says in our words what the decoder says in its own.
func mend(text []byte, err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return refused("%s: this is a %s; write a %s", wrong.Field, wrong.Value, wanted(wrong.Type.Kind().String()))
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return refused("%s: there is no such field; take it away or mend its spelling", strings.Trim(field, `"`))
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		line := bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n")) + 1
		return refused("line %d is not JSON; look for a missing comma, quote or brace there", line)
	}
	return refused("the file ends too early; look for a missing brace")
}

func wanted(kind string) string {
	switch {
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return "whole number"
	case strings.HasPrefix(kind, "float"):
		return "number"
	case kind == "bool":
		return "true or false"
	case kind == "slice":
		return "list"
	case kind == "string":
		return "text in quotes"
	}
	return "{ } with its fields"
}

func (s *Scenario) faults() (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	within := func(field string, value, low, high int) {
		if value < low || value > high {
			say("%s: %d is out of range; write from %d to %d", field, value, low, high)
		}
	}
	among := func(field, value string, words ...string) {
		if !slices.Contains(words, value) {
			say("%s: %q is not known; write %s", field, value, strings.Join(words, " or "))
		}
	}
	if s.Name == "" {
		say("name: missing; give the scenario a name")
	}
	within("replications", s.Replications, 1, 10_000)
	within("warm_up_years", s.WarmUpYears, 0, 30)
	within("periods", s.Periods, 1, 200)
	within("period_days", s.PeriodDays, 7, 3650)
	within("periods times period_days", s.Periods*s.PeriodDays, 7, 100*daysPerYear)
	among("policy.search", s.Policy.Search, ByWorker, ByAdopter, ByPlan)
	among("policy.fees_owed_between", s.Policy.FeesOwed, "councils", "agencies")
	within("policy.own_first_days", s.Policy.OwnDays, 0, 3650)
	within("policy.pool_first_days", s.Policy.PoolDays, s.Policy.OwnDays, 7300)
	within("policy.open_links", s.Policy.OpenLinks, 1, 5)
	if s.Policy.Search == ByPlan {
		within("policy.plan_every_days", s.Policy.PlanDays, 1, 365)
	}
	if s.Policy.Planner != "" {
		among("policy.planner", s.Policy.Planner, "greedy", "exact")
	}
	if p := s.Policy.Priority; p < 0 || p > 1 {
		say("policy.priority: %v is out of range; write from 0 to 1", p)
	}
	for name, flow := range map[string][]float64{"children_by_period": s.Children, "families_by_period": s.Families} {
		for i, f := range flow {
			if f < 0 || f > 5 {
				say("%s[%d]: %v is out of range; write from 0 to 5 (1 is as usual)", name, i, f)
			}
		}
	}
	slices.Sort(faults)
	return append(append(faults, s.placeFaults()...), checkSettings(s.Parameters)...)
}

// placeFaults says what is wrong with the councils and how they are shared out.
func (s *Scenario) placeFaults() (faults []string) {
	codes := map[string]bool{}
	for i, name := range s.Councils {
		if len(Members(name)) == 0 {
			faults = append(faults, fmt.Sprintf("councils[%d]: there is no council, pool or region %q; docs/laboratory.md says where the codes are", i, name))
		}
		for _, code := range Members(name) {
			codes[code] = true
		}
	}
	for i, code := range s.Focus {
		if !codes[code] {
			faults = append(faults, fmt.Sprintf("focus[%d]: %q is no council of this scenario; write the code of one in councils", i, code))
		}
	}
	if len(codes) == 0 {
		faults = append(faults, "councils: nobody is here; write the codes of councils, pools or regions, or ENG")
	}
	in := map[string]int{}
	for i, members := range s.Pools {
		for _, name := range members {
			if len(Members(name)) == 0 {
				faults = append(faults, fmt.Sprintf("pools[%d]: there is no council, pool or region %q", i, name))
			}
			for _, code := range Members(name) {
				if at, ok := in[code]; ok && at != i {
					faults = append(faults, fmt.Sprintf("pools[%d]: %s is in pools[%d] already; a council is in one pool", i, code, at))
				}
				in[code] = i
			}
		}
	}
	return faults
}

// councils are those of the scenario, each once, in the order of the table.
func (s *Scenario) councils() (list []Council) {
	wanted := map[string]bool{}
	for _, name := range s.Councils {
		for _, code := range Members(name) {
			wanted[code] = true
		}
	}
	for _, c := range Councils() {
		if wanted[c.Code] {
			list = append(list, c)
		}
	}
	return list
}

// poolOf numbers the pool of each of these councils.
func (s *Scenario) poolOf(councils []Council) []int16 {
	named, numbers := map[string]string{}, map[string]int16{}
	for i, members := range s.Pools {
		for _, name := range members {
			for _, code := range Members(name) {
				named[code] = fmt.Sprint(i)
			}
		}
	}
	pools := make([]int16, len(councils))
	for i, c := range councils {
		name, ok := named[c.Code]
		if !ok {
			name = c.Pool
		}
		if _, ok := numbers[name]; !ok {
			numbers[name] = int16(len(numbers))
		}
		pools[i] = numbers[name]
	}
	return pools
}

// Rules is the version of the rules by which a scenario is played. A change that
// gives other results from the same scenario raises it, so that results of two
// versions are never put into one file.
const Rules = 1

// Fingerprint tells one scenario, played by these rules, from any other: results
// are only ever put beside those of the same.
func (s *Scenario) Fingerprint() string {
	text, err := json.Marshal(struct {
		Rules    int
		Scenario Scenario
		Values   values
	}{Rules, *s, s.values()})
	if err != nil {
		panic(err) // it was read from JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// With is the same scenario under another policy and other pools; the children
// and the families who come are the same.
func (s *Scenario) With(name string, pools [][]string, policy Policy) *Scenario {
	other := *s
	other.Name, other.Pools, other.Policy = name, pools, policy
	other.Parameters = maps.Clone(s.Parameters)
	return &other
}

// Supplied are the names of the scenarios that come with Homeward.
func Supplied() (names []string) {
	entries, err := data.ReadDir("scenarios")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	return names
}

// Supply reads one of them.
func Supply(name string) (*Scenario, error) {
	f, err := data.Open("scenarios/" + name + ".json")
	if err != nil {
		return nil, refused("there is no scenario %q; there are %s", name, strings.Join(Supplied(), ", "))
	}
	defer f.Close()
	return Read(f)
}
