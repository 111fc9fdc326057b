package scorecard

import "testing"

// BenchmarkScorecardEngland is every indicator of every council, and of England,
// for ten years, indexing included. The limit is 2 seconds on one core.
func BenchmarkScorecardEngland(b *testing.B) {
	in := seeded(1).england()
	adopted := 0
	for _, j := range in.Journeys {
		if j.Adopted.Known() {
			adopted++
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		book, figures := New(in, Usual()), 0
		agencies := book.Agencies()
		for year := 2016; year <= 2025; year++ {
			for _, a := range agencies {
				figures += len(book.Scorecard(Area{a, []string{a}}, year))
			}
			figures += len(book.Scorecard(Area{"England", agencies}, year))
		}
		if figures != 10*154*len(definitions) {
			b.Fatal(figures, "figures")
		}
	}
	b.ReportMetric(float64(adopted), "adopted")
}
