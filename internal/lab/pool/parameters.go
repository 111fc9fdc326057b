package pool

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"homeward/internal/lab"
)

// Parameter is one number the laboratory works with.
type Parameter struct {
	ID, What, Unit string
	Low, High      float64
	Value          float64
	Mark, Source   string // Mark: published, derived or assumed
}

var marks = []string{"published", "derived", "assumed"}

// Parameters are all there are, with the values that hold where a scenario says
// nothing else.
var Parameters = sync.OnceValue(func() []Parameter {
	var list []Parameter
	for _, r := range rows("parameters.csv") {
		list = append(list, Parameter{ID: r[0], What: r[1], Unit: r[2], Low: lab.Number(r[3]), High: lab.Number(r[4]), Value: lab.Number(r[5]), Mark: r[6], Source: r[7]})
	}
	return list
})

// Setting is what a scenario says of a parameter: another value, and where that
// value comes from.
type Setting struct {
	Value  *float64 `json:"value"`
	Mark   string   `json:"mark"`
	Source string   `json:"source"`
}

// values are the parameters of one scenario by their ids.
type values map[string]float64

func (s *Scenario) values() values {
	v := values{}
	for _, p := range Parameters() {
		v[p.ID] = p.Value
		if set, ok := s.Parameters[p.ID]; ok {
			v[p.ID] = *set.Value
		}
	}
	return v
}

// of is a parameter's value, which must be in the table.
func (v values) of(id string) float64 {
	f, ok := v[id]
	if !ok {
		panic("pool: no parameter " + id)
	}
	return f
}

// list gives the values of a parameter that has one for each of a few names.
func (v values) list(id string, names ...int) []float64 {
	var list []float64
	for _, name := range names {
		list = append(list, v.of(id+"."+strconv.Itoa(name)))
	}
	return list
}

// checkSettings says what is wrong with a scenario's settings, in their order.
func checkSettings(settings map[string]Setting) (faults []string) {
	known := map[string]Parameter{}
	for _, p := range Parameters() {
		known[p.ID] = p
	}
	for id, set := range settings {
		p, ok := known[id]
		if !ok {
			faults = append(faults, fmt.Sprintf("parameters.%s: there is no such parameter; docs/laboratory.md lists them", id))
			continue
		}
		faults = append(faults, p.check(set)...)
	}
	slices.Sort(faults)
	return faults
}

func (p Parameter) check(set Setting) (faults []string) {
	at := "parameters." + p.ID
	switch {
	case set.Value == nil:
		faults = append(faults, at+".value: missing; write a number of "+p.Unit)
	case *set.Value < p.Low || *set.Value > p.High:
		faults = append(faults, fmt.Sprintf("%s.value: %v is out of range; write from %v to %v (%s)", at, *set.Value, p.Low, p.High, p.Unit))
	}
	if !slices.Contains(marks, set.Mark) {
		faults = append(faults, fmt.Sprintf("%s.mark: %q is not a mark; write %s", at, set.Mark, strings.Join(marks, ", ")))
	}
	if set.Source == "" {
		faults = append(faults, at+".source: missing; say where the value comes from, or why it is assumed")
	}
	return faults
}
