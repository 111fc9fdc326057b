package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/work"
)

type matchCommand struct {
	Child string `help:"The child whose group's list to give, as AGENCY/REF." placeholder:"AGENCY/REF" xor:"which" required:""`
	All   bool   `help:"Every waiting group, one JSON object a line." xor:"which" required:""`
	Early bool   `help:"Early search: families in stage two count as approved ones do."`
	Top   string `help:"How many families of each list: a number, or all." placeholder:"N|all"`
	JSON  bool   `help:"Write JSON." name:"json"`
}

// firstOfEach is how many families --all gives of each list by default.
const firstOfEach = 20

// top is how many families of a list are wanted; below 0 all.
func (c matchCommand) top() (int, error) {
	switch {
	case c.Top == "all", c.Top == "" && !c.All:
		return -1, nil
	case c.Top == "":
		return firstOfEach, nil
	}
	n, err := strconv.Atoi(c.Top)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Usage, "--top takes a whole number, or all.")
	}
	return n, nil
}

// Run lists families.
func (c matchCommand) Run(s *shop) error {
	top, err := c.top()
	if err != nil {
		return err
	}
	if c.All && !c.JSON {
		return fault.New(fault.Usage, "match --all writes JSON: add --json.")
	}
	var lists []*link.List
	// The lists are made, and that they were is committed, before one is written.
	err = s.withDesk("match", func(u *work.Unit) error {
		b, err := new(link.Finder).Board(u, c.Early)
		if err != nil {
			return err
		}
		lists, err = c.lists(u, b, top)
		return err
	})
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(s.out, 1<<20)
	for _, l := range lists {
		if err := c.write(out, l, top, s); err != nil {
			return err
		}
	}
	return out.Flush()
}

func (c matchCommand) lists(u *work.Unit, b *link.Board, top int) ([]*link.List, error) {
	if c.Child != "" {
		id, err := findChild(b, c.Child)
		if err != nil {
			return nil, err
		}
		l, err := b.FamiliesFor(u, id)
		return []*link.List{l}, err
	}
	var lists []*link.List
	for _, g := range b.Waiting(u) {
		l, err := b.FamiliesFor(u, b.Groups[g][0].ID)
		if err != nil {
			return nil, err
		}
		if top >= 0 && top < len(l.Pairs) {
			l.Pairs = slices.Clone(l.Pairs[:top]) // the rest of the country's lists is let go
		}
		lists = append(lists, l)
	}
	return lists, nil
}

func findChild(b *link.Board, name string) (string, error) {
	agency, ref, _ := strings.Cut(name, "/")
	for _, group := range b.Groups {
		for _, c := range group {
			if c.Agency == agency && c.Ref == ref {
				return c.ID, nil
			}
		}
	}
	return "", fault.New(fault.NotFound, fmt.Sprintf("There is no child %s. Name a child as AGENCY/REF, in the agency's own codes.", name))
}

func (c matchCommand) write(out *bufio.Writer, l *link.List, top int, s *shop) error {
	if top < 0 || top > len(l.Pairs) {
		top = len(l.Pairs)
	}
	if !c.JSON {
		return writeTable(out, l, top)
	}
	line, err := json.Marshal(listJSON(l, top))
	if err != nil {
		return err
	}
	_, err = out.Write(append(line, '\n'))
	return err
}

// The JSON of a list, as docs/exchange.md publishes it.
type (
	refJSON struct {
		Agency string `json:"agency"`
		Ref    string `json:"ref"`
	}
	matchJSON struct {
		Rules    string       `json:"rules"`
		AsOf     string       `json:"as_of"`
		Group    []refJSON    `json:"group"`
		Counts   countsJSON   `json:"counts"`
		Families []familyJSON `json:"families"`
	}
	countsJSON struct {
		Suitable int `json:"suitable"`
		Stretch  int `json:"stretch"`
		RuledOut int `json:"ruled_out"`
	}
	familyJSON struct {
		Agency     string          `json:"agency"`
		Ref        string          `json:"ref"`
		Outcome    string          `json:"outcome"`
		Low        tenths          `json:"low"`
		High       tenths          `json:"high"`
		Exclusions []exclusionJSON `json:"exclusions"`
		Limits     []string        `json:"limits"`
		Ask        []string        `json:"ask"`
		Criteria   []criterionJSON `json:"criteria"`
		Distance   *milesJSON      `json:"distance_miles"`
	}
	exclusionJSON struct {
		Code    string `json:"code"`
		Certain *bool  `json:"certain,omitempty"`
		Waived  bool   `json:"waived,omitempty"`
	}
	criterionJSON struct {
		Code    string   `json:"code"`
		Outcome string   `json:"outcome"`
		Weight  int      `json:"weight"`
		Value   *float64 `json:"value"`
		Child   string   `json:"child"`
		Family  string   `json:"family"`
	}
	milesJSON struct {
		Low  tenths `json:"low"`
		High tenths `json:"high"`
	}
)

// tenths writes a whole number of tenths exactly: 612 is 61.2.
type tenths int

// MarshalJSON writes the number.
func (t tenths) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "%d.%d", int(t)/10, int(t)%10), nil
}

func listJSON(l *link.List, top int) matchJSON {
	counts := l.Counts[l.G]
	m := matchJSON{Rules: l.Pool.Rules().Version, AsOf: l.AsOf().String(), Counts: countsJSON(counts), Families: []familyJSON{}}
	for _, c := range l.Group {
		m.Group = append(m.Group, refJSON{c.Agency, c.Ref})
	}
	for _, pair := range l.Pairs[:top] {
		m.Families = append(m.Families, pairJSON(l, pair))
	}
	return m
}

func pairJSON(l *link.List, pair match.Pair) familyJSON {
	e := l.Pool.Explain(l.G, int(pair.Family))
	f := l.Families[pair.Family]
	j := familyJSON{
		Agency: f.Agency, Ref: f.Ref, Outcome: e.Outcome.Code(), Low: tenths(e.Low), High: tenths(e.High),
		Exclusions: []exclusionJSON{}, Limits: append([]string{}, e.Limits...), Ask: append([]string{}, e.Ask...), Criteria: []criterionJSON{},
	}
	for _, x := range e.Exclusions {
		line := exclusionJSON{Code: x.Code, Waived: x.Waived}
		if x.Code == match.ExcludedByZone.Code() {
			line.Certain = &x.Certain
		}
		j.Exclusions = append(j.Exclusions, line)
	}
	for _, c := range e.Criteria {
		line := criterionJSON{Code: c.Code, Outcome: c.Outcome, Weight: c.Weight, Child: c.Child, Family: c.Family}
		if c.Outcome != "unknown" {
			line.Value = &c.Value
		}
		j.Criteria = append(j.Criteria, line)
	}
	if e.Distance != nil {
		j.Distance = &milesJSON{tenths(e.Distance.Low), tenths(e.Distance.High)}
	}
	return j
}

// writeTable writes a list for reading in a terminal.
func writeTable(out *bufio.Writer, l *link.List, top int) error {
	counts := l.Counts[l.G]
	fmt.Fprintf(out, "Families for %s (rules %s, as of %s): %d suitable, %d stretch, %d ruled out\n",
		groupName(l.Group), l.Pool.Rules().Version, l.AsOf(), counts.Suitable, counts.Stretch, counts.RuledOut)
	for _, pair := range l.Pairs[:top] {
		f, e := l.Families[pair.Family], l.Pool.Explain(l.G, int(pair.Family))
		var against []string
		for _, x := range e.Exclusions {
			against = append(against, x.Code)
		}
		fmt.Fprintf(out, "%-9s %5.1f to %5.1f  %-16s %s\n", e.Outcome.Code(), float64(e.Low)/10, float64(e.High)/10,
			f.Name(), strings.Join(append(against, e.Limits...), " "))
	}
	return nil
}

func groupName(group child.Group) string {
	names := make([]string, len(group))
	for i, c := range group {
		names[i] = c.Agency + "/" + c.Ref
	}
	return strings.Join(names, ", ")
}
