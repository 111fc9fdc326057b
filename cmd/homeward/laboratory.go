package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"

	"homeward/internal/fault"
	"homeward/internal/lab/pool"
)

// laboratoryCommand plays what pooling would change. It opens no database: nobody
// in the laboratory is real.
type laboratoryCommand struct {
	Scenarios scenariosCommand   `cmd:"" help:"List the scenarios that come with Homeward."`
	Scenario  scenarioCommand    `cmd:"" help:"Print a scenario, to begin one of your own from."`
	Play      laboratoryRun      `cmd:"" name:"run" help:"Play a scenario and write what came of each replication."`
	Options   poolOptionsCommand `cmd:"" help:"Compare ways of pooling for the councils that decide."`
	Vary      assumptionsCommand `cmd:"" name:"assumptions" help:"Say which assumptions a comparison of two ways of pooling hangs on."`
}

type scenariosCommand struct{}

// Run lists them.
func (scenariosCommand) Run(s *shop) error {
	for _, name := range pool.Supplied() {
		scenario, err := pool.Supply(name)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(s.out, "%-22s %s\n", name, scenario.About); err != nil {
			return err
		}
	}
	return nil
}

type scenarioCommand struct {
	Name string `arg:"" help:"Its name in the list of scenarios."`
}

// Run prints it.
func (c scenarioCommand) Run(s *shop) error {
	scenario, err := pool.Supply(c.Name)
	if err != nil {
		return err
	}
	return writeJSON(s.out, scenario)
}

func writeJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// played is what a scenario is, and what the command line changes of it.
type played struct {
	Replications *int `help:"How many times, in place of the scenario's own number." placeholder:"N"`
	Progress     bool `help:"Say on standard error how far it is."`
}

// read takes a scenario from its file, or one that comes with Homeward.
func (c played) read(name string) (*pool.Scenario, error) {
	scenario, err := readScenario(name)
	if err != nil {
		return nil, err
	}
	if c.Replications != nil {
		scenario.Replications = *c.Replications
	}
	return scenario, nil
}

func readScenario(name string) (*pool.Scenario, error) {
	if !strings.ContainsAny(name, `./\`) {
		return pool.Supply(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, fmt.Sprintf("The scenario %s cannot be read. Give a file, or one of these names: %s.", name, strings.Join(pool.Supplied(), ", ")), err)
	}
	defer f.Close()
	return pool.Read(f)
}

func (c played) options(s *shop) pool.Options {
	o := pool.Options{Processors: runtime.GOMAXPROCS(0)}
	if c.Progress {
		o.Progress = func(done, total int) { fmt.Fprintf(s.err, "%d of %d replications\n", done, total) }
	}
	return o
}

type laboratoryRun struct {
	Scenario string `arg:"" help:"A scenario's file, or the name of one that comes with Homeward." placeholder:"FILE.json|NAME"`
	Out      string `required:"" help:"The file of results: a line that says what they are, then a line of JSON for each replication." placeholder:"FILE.jsonl"`
	Resume   bool   `help:"Go on with a run that was stopped, where its whole lines end."`
	Planner  string `help:"How families are looked for, in place of the scenario's way: by workers, or by plans made greedily or exactly." enum:"worker,greedy,exact," default:""`
	played
}

// Run plays it.
func (c laboratoryRun) Run(s *shop) (err error) {
	scenario, err := c.read(c.Scenario)
	if err != nil {
		return err
	}
	switch c.Planner {
	case "":
	case pool.ByWorker:
		scenario.Policy.Search = pool.ByWorker
	default:
		scenario.Policy.Search, scenario.Policy.Planner = pool.ByPlan, c.Planner
	}
	if err := scenario.Check(); err != nil {
		return err
	}
	out, done, err := c.open(scenario)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	o := c.options(s)
	o.Done = done
	return c.stopped(pool.Run(s.ctx, scenario, out, o))
}

// open makes the file of results, or takes up one that is there; it says how many
// replications are in it. Nothing is cut off a file that is not this scenario's.
func (c laboratoryRun) open(scenario *pool.Scenario) (f *os.File, done int, err error) {
	flags := os.O_RDWR | os.O_CREATE | os.O_EXCL
	if c.Resume {
		flags = os.O_RDWR | os.O_CREATE
	}
	f, err = os.OpenFile(c.Out, flags, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, 0, fault.New(fault.Invalid, fmt.Sprintf("There is a file %s already. Give another name, or add --resume to go on with it: nothing is written over.", c.Out))
	} else if err != nil {
		return nil, 0, fault.Wrap(fault.Invalid, fmt.Sprintf("The file %s cannot be written.", c.Out), err)
	}
	results, whole, err := pool.Resume(scenario, f)
	if err != nil {
		return nil, 0, errors.Join(fault.Wrap(fault.KindOf(err), c.Out+": "+fault.Message(err), err), f.Close())
	}
	if err := f.Truncate(whole); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	_, err = f.Seek(whole, io.SeekStart)
	return f, len(results), err
}

// stopped says how to go on with a run that did not end.
func (c laboratoryRun) stopped(err error) error {
	var disk *os.PathError
	switch {
	case errors.Is(err, context.Canceled):
		return fault.New(fault.NotReady, fmt.Sprintf("Stopped. The replications that were done are in %s; give the same command with --resume to go on from there.", c.Out))
	case errors.As(err, &disk):
		return fault.Wrap(fault.NotReady, fmt.Sprintf("The file %s could not be written further. Make room, then give the same command with --resume.", c.Out), err)
	}
	return err
}

// deciding is a question of councils that decide.
type deciding struct {
	Focus    []string `required:"" help:"The councils that decide: codes of councils, regional agencies' pools (D2N2), regions (EM) or LLLR." placeholder:"CODE"`
	Scenario string   `help:"A scenario's file, or the name of one that comes with Homeward." default:"balanced" placeholder:"FILE.json|NAME"`
	JSON     bool     `help:"Write JSON." name:"json"`
	played
}

// question reads what is asked.
func (c deciding) question() (scenario *pool.Scenario, focus []string, err error) {
	if scenario, err = c.read(c.Scenario); err == nil {
		err = scenario.Check()
	}
	if err != nil {
		return nil, nil, err
	}
	focus, err = focusOf(c.Focus)
	return scenario, focus, err
}

// answer writes what came of it, as JSON or in words, when all is played.
func (c deciding) answer(s *shop, v any, err error, words func(io.Writer)) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fault.New(fault.NotReady, "Stopped. It is written when all of it is played: nothing is written.")
	case err != nil:
		return err
	case c.JSON:
		return writeJSON(s.out, v)
	}
	out := bufio.NewWriter(s.out)
	words(out)
	return out.Flush()
}

type poolOptionsCommand struct{ deciding }

// Run compares the ways of pooling.
func (c poolOptionsCommand) Run(s *shop) error {
	scenario, focus, err := c.question()
	if err != nil {
		return err
	}
	table, err := pool.Decide(s.ctx, scenario, focus, c.options(s))
	return c.answer(s, table, err, func(out io.Writer) { writeOptions(out, scenario, table) })
}

// focusOf gives the councils that the command line names.
func focusOf(names []string) (focus []string, err error) {
	for _, name := range names {
		members := pool.Members(name)
		if len(members) == 0 {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("--focus: there is no council, pool or region %q; docs/laboratory.md says where the codes are.", name))
		}
		focus = append(focus, members...)
	}
	return focus, nil
}

// writeOptions writes the table for a report, as Markdown, which is readable in a
// terminal too.
func writeOptions(out io.Writer, s *pool.Scenario, t *pool.Table) {
	fmt.Fprintf(out, "# Ways of pooling, for %s\n\n", strings.Join(councilNames(t.Focus), ", "))
	fmt.Fprintf(out, "Scenario %s (%s), seed %d: %d replications of %d periods of %d days. Every figure is a mean and the range that holds the true mean 95 times in 100, if the laboratory's assumptions are true (docs/laboratory.md).\n\n",
		t.Scenario, t.Fingerprint, s.Seed, t.Replications, s.Periods, s.PeriodDays)
	if t.Replications < fewReplications {
		fmt.Fprint(out, "So few replications make rough ranges, some of them too narrow by chance: play 20 before you rely on one.\n\n")
	}
	fmt.Fprintln(out, "| pool | placed within two years, in 100 | within one, in 100 | days to placement | more placed within two years, a year | within one, a year | other councils, more a year | fee for each placement, all councils, £ |")
	fmt.Fprintln(out, "| --- | --- | --- | --- | --- | --- | --- | --- |")
	for i, r := range t.Rows {
		fmt.Fprintf(out, "| %s | %s | %s | %s |", r.Option, ranged(r.Placed, 1), ranged(r.InYear, 1), ranged(r.Days, 1))
		for _, more := range []pool.Interval{r.MorePlaced, r.MoreInYear, r.ElsewhereMore} {
			fmt.Fprintf(out, " %s |", against(i, more))
		}
		fmt.Fprintf(out, " %s |\n", ranged(r.PoundsEach, 0))
	}
	writeKinds(out, t)
	for _, r := range t.Rows {
		fmt.Fprintf(out, "\n## %s\n\n", r.Option)
		for _, says := range r.Says {
			fmt.Fprintln(out, "-", says)
		}
	}
}

// fewReplications is below how many the table says that they are few.
const fewReplications = 10

func councilNames(codes []string) (names []string) {
	for _, c := range pool.Councils() {
		if slices.Contains(codes, c.Code) {
			names = append(names, c.Name)
		}
	}
	return names
}

// writeKinds shows every kind of child, also those for whom nothing can be told.
func writeKinds(out io.Writer, t *pool.Table) {
	fmt.Fprintf(out, "\n## Who gains and who loses\n\nMore placed within two years, in 100 of their kind, than with %s. Where the range holds 0 this run cannot tell. With so many ranges some will miss by chance.\n\n| children of these councils | in a replication |", t.Base)
	for _, r := range t.Rows[1:] {
		fmt.Fprintf(out, " %s |", r.Option)
	}
	fmt.Fprintf(out, "\n| --- | --- |%s\n", strings.Repeat(" --- |", len(t.Rows)-1))
	for i, kind := range t.Rows[0].Kinds {
		fmt.Fprintf(out, "| %s: %s | %.0f |", kind.Of, kind.Name, kind.Children)
		for _, r := range t.Rows[1:] {
			fmt.Fprintf(out, " %s |", ranged(r.Kinds[i].Change, 1))
		}
		fmt.Fprintln(out)
	}
}

// against is a change against the first row, which has none.
func against(row int, i pool.Interval) string {
	if row == 0 {
		return "–"
	}
	return ranged(i, 1)
}

// ranged writes an interval. What rounds to nothing is 0, not -0.
func ranged(i pool.Interval, decimals int) string {
	round := func(f float64) float64 {
		scale := math.Pow10(decimals)
		return math.Round(f*scale)/scale + 0
	}
	return fmt.Sprintf("%.*f (%.*f to %.*f)", decimals, round(i.Mean), decimals, round(i.Low), decimals, round(i.High))
}
