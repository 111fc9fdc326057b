package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/lab"
	"homeward/internal/work"
)

// BenchmarkPages measures the server's time of every kind of page over the
// synthetic country, for one home finder (limit 100 ms at the 95th percentile).
// Each page is asked for with many different records. The first page after a
// change reads the whole country again; it is reported as first-ms.
func BenchmarkPages(b *testing.B) {
	s := labSite(b, lab.England)
	finder := s.as("DER", access.HomeFinder)
	s.operate(func(u *work.Unit) error { u.Did("changed", work.Subject{Kind: access.Child}, ""); return nil })
	begun := time.Now()
	finder.get("/children", http.StatusOK)
	first := time.Since(begun)
	var all []time.Duration
	slowest := map[string]time.Duration{}
	for b.Loop() {
		for _, path := range s.benchPaths() {
			begun := time.Now()
			finder.get(path, http.StatusOK)
			took := time.Since(begun)
			all = append(all, took)
			pattern := patternOf(path)
			slowest[pattern] = max(slowest[pattern], took)
		}
	}
	slices.Sort(all)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(first), "first-ms")
	b.ReportMetric(ms(all[len(all)/2]), "p50-ms")
	b.ReportMetric(ms(all[len(all)*95/100]), "p95-ms")
	b.ReportMetric(ms(all[len(all)-1]), "max-ms")
	b.ReportMetric(float64(len(all)), "requests")
	for pattern, d := range slowest {
		b.Logf("%-40s at most %6.1f ms", pattern, ms(d))
	}
}

// benchPaths asks for every kind of page about twenty different records.
func (s *testSite) benchPaths() []string {
	paths := []string{"/", "/children", "/children?page=40", "/children?sort=suitable&need=fasd", "/families", "/families?page=30", "/asks", "/asks?state=all", "/supply", "/help/matching", "/import"}
	var children, families []string
	for key, id := range s.id {
		if strings.HasPrefix(key, "family ") {
			families = append(families, id)
		} else {
			children = append(children, id)
		}
	}
	slices.Sort(children)
	slices.Sort(families)
	for i := range 20 {
		c, f, g := children[i*len(children)/20], families[i*len(families)/20], families[(i*len(families)/20+7)%len(families)]
		paths = append(paths, childPath(c), childFamiliesPath(c), childFamiliesPath(c)+"?outcome=ruled_out", childFamiliesPath(c)+"?early=1",
			withQuery("/children/"+c+"/compare", "family", f, "family", g), withQuery("/children/"+c+"/ask", "family", f), familyPath(f))
	}
	return paths
}
