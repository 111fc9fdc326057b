package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"homeward/internal/fault"
	"homeward/internal/lab/pool"
)

type assumptionsCommand struct {
	Focus    []string `required:"" help:"The councils that decide: codes of councils, regional agencies' pools (D2N2), regions (EM) or LLLR." placeholder:"CODE"`
	Scenario string   `help:"A scenario's file, or the name of one that comes with Homeward." default:"balanced" placeholder:"FILE.json|NAME"`
	From     int      `help:"The way of pooling to go from, by its place in the table of options: 1 is each council by itself." default:"1"`
	To       int      `help:"The way to go to." default:"2"`
	JSON     bool     `help:"Write JSON." name:"json"`
	played
}

// Run plays every assumption at either end, and writes when all is played.
func (c assumptionsCommand) Run(s *shop) error {
	scenario, err := c.read(c.Scenario)
	if err != nil {
		return err
	}
	if err := scenario.Check(); err != nil {
		return err
	}
	focus, err := focusOf(c.Focus)
	if err != nil {
		return err
	}
	v, err := pool.Vary(s.ctx, scenario, focus, c.From-1, c.To-1, c.options(s))
	if errors.Is(err, context.Canceled) {
		return fault.New(fault.NotReady, "Stopped. What hangs on the assumptions is written when all of it is played: nothing is written.")
	} else if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(s.out, v)
	}
	out := bufio.NewWriter(s.out)
	writeVariation(out, scenario, v)
	return out.Flush()
}

// writeVariation writes the assumptions as Markdown, that first on which most hangs.
func writeVariation(out io.Writer, s *pool.Scenario, v *pool.Variation) {
	fmt.Fprintf(out, "# What the answer hangs on, for %s\n\n", strings.Join(councilNames(v.Focus), ", "))
	fmt.Fprintf(out, "From %s to %s. Scenario %s (%s), seed %d: %d replications of %d periods of %d days, the same luck in every row. Figures are children of these councils a year; each is a mean and the range that holds the true mean 95 times in 100, if all other assumptions are true (docs/laboratory.md).\n\n",
		v.From, v.To, v.Scenario, v.Fingerprint, s.Seed, v.Replications, s.Periods, s.PeriodDays)
	if v.Replications < fewReplications {
		fmt.Fprint(out, "So few replications make rough ranges, some of them too narrow by chance: play 20 before you rely on one.\n\n")
	}
	fmt.Fprintf(out, "As the scenario stands: %s more placed within one year, %s within two. With each assumption in turn at either end of its range:\n\n", ranged(v.As.InYear, 1), ranged(v.As.Placed, 1))
	fmt.Fprintln(out, "| assumption | as it stands | low to high end | within one year: low end | high end | change | within two: low end | high end | change |")
	fmt.Fprintln(out, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, a := range v.Assumptions {
		low, high := a.Ends[0], a.Ends[1]
		fmt.Fprintf(out, "| %s: %s | %s %s | %s to %s |", a.ID, a.What, pool.Figure(a.Value), a.Unit, pool.Figure(low.Value), pool.Figure(high.Value))
		for _, i := range []pool.Interval{low.Effect.InYear, high.Effect.InYear, a.Change.InYear, low.Effect.Placed, high.Effect.Placed, a.Change.Placed} {
			fmt.Fprintf(out, " %s |", ranged(i, 1))
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out)
	for _, says := range v.Says {
		fmt.Fprintln(out, "-", says)
	}
}
