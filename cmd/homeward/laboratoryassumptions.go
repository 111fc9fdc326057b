package main

import (
	"fmt"
	"io"
	"strings"

	"homeward/internal/lab/pool"
)

type assumptionsCommand struct {
	From int `help:"The way of pooling to go from, by its place in the table of options: 1 is each council by itself." default:"1"`
	To   int `help:"The way to go to." default:"2"`
	deciding
}

// Run plays every assumption at either end.
func (c assumptionsCommand) Run(s *shop) error {
	scenario, focus, err := c.question()
	if err != nil {
		return err
	}
	v, err := pool.Vary(s.ctx, scenario, focus, c.From-1, c.To-1, c.options(s))
	return c.answer(s, v, err, func(out io.Writer) { writeVariation(out, scenario, v) })
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
