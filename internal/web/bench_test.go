package web

import (
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/db"
	"homeward/internal/lab"
	"homeward/internal/work"
)

// BenchmarkPages measures the server's time of every kind of page over the
// synthetic country, for one home finder, and of the region's plan for one who
// finds homes for every council (limit 100 ms at the 95th percentile for any
// page). Each page is asked for with many different records. The first page after
// a change reads the whole country again, and the first plan is worked out: these
// are reported as first-ms and plan-first-ms.
func BenchmarkPages(b *testing.B) {
	s := labSite(b, lab.England)
	finder := s.as("DER", access.HomeFinder)
	s.everybodysHomes("DER")
	var all, plans, firsts timings
	change := func() {
		s.operate(func(u *work.Unit) error { u.Did("changed", work.Subject{Kind: access.Child}, ""); return nil })
	}
	finder.get("/plan?page=2", http.StatusOK)
	change()
	first := finder.took("/children")
	for b.Loop() {
		for _, path := range s.benchPaths() {
			all.add(path, finder.took(path))
		}
		for _, path := range planPaths {
			change()
			finder.took("/families")
			firsts.add(path, finder.took(path))
		}
		for i := range 6 {
			for _, path := range planPaths {
				if d := finder.took(path); i > 0 {
					plans.add(path, d)
				}
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(inMS(first.clock), "first-ms")
	b.ReportMetric(inMS(first.cpu), "first-cpu-ms")
	all.report(b, "")
	plans.report(b, "plan-")
	firsts.report(b, "plan-first-")
}

// planPaths are the pages of the plan, and what may be asked of it.
var planPaths = []string{"/plan", "/plan?page=2", "/plan?part=without", "/plan?part=without&page=3", "/plan?priority=0.5", "/plan?pool=D2N2&part=without", "/plan?stretch=1", "/plan/missing", "/plan/missing?pool=D2N2",
	"/plan/missing?first=NOT", "/plan/missing?children=2&age-from=0&age-to=6&willing=0&where=DER"}

// everybodysHomes has one agency find homes for every council.
func (s *testSite) everybodysHomes(holder string) {
	var councils []string
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		for _, a := range book.List() {
			if a.Kind == "LA" && a.Code != holder {
				councils = append(councils, a.Code)
			}
		}
		return err
	})
	for _, c := range councils {
		s.handHomeFinding(c, holder)
	}
}

// took is the time of a page by the clock, and of that the processor's: of a machine
// with other work to do the second tells more.
type took struct{ clock, cpu time.Duration }

// took asks for a page and gives how long the whole of it took, the browser's part
// too.
func (b *browser) took(path string) took {
	begun, used := time.Now(), cpuUsed()
	b.get(path, http.StatusOK)
	return took{time.Since(begun), cpuUsed() - used}
}

func cpuUsed() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timings are what pages took, by their address.
type timings struct {
	all     []took
	slowest map[string]took
}

func (t *timings) add(path string, d took) {
	if t.slowest == nil {
		t.slowest = map[string]took{}
	}
	at := patternOf(path)
	if strings.HasPrefix(path, "/plan") {
		at = path
	}
	s := t.slowest[at]
	t.all, t.slowest[at] = append(t.all, d), took{max(s.clock, d.clock), max(s.cpu, d.cpu)}
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (t *timings) report(b *testing.B, name string) {
	for unit, of := range map[string]func(took) time.Duration{"ms": func(d took) time.Duration { return d.clock }, "cpu-ms": func(d took) time.Duration { return d.cpu }} {
		slices.SortFunc(t.all, func(x, y took) int { return int(of(x) - of(y)) })
		b.ReportMetric(inMS(of(t.all[len(t.all)/2])), name+"p50-"+unit)
		b.ReportMetric(inMS(of(t.all[len(t.all)*95/100])), name+"p95-"+unit)
		b.ReportMetric(inMS(of(t.all[len(t.all)-1])), name+"max-"+unit)
	}
	b.ReportMetric(float64(len(t.all)), name+"requests")
	for _, at := range slices.Sorted(maps.Keys(t.slowest)) { // a benchmark's own log is cut off after ten lines
		fmt.Printf("    %s%-70s at most %6.1f ms, %6.1f of the processor\n", name, at, inMS(t.slowest[at].clock), inMS(t.slowest[at].cpu))
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

// BenchmarkAudit states what the audit record costs a page that shows one child:
// the time of the page over the time it would take without the entries it
// writes. The entries are written once more, alone, for their share.
func BenchmarkAudit(b *testing.B) {
	s := labSite(b, lab.Region)
	finder := s.as("DER", access.HomeFinder)
	id := ""
	for key, ref := range s.id {
		if strings.HasPrefix(key, "DER/") && (id == "" || ref < id) {
			id = ref
		}
	}
	finder.get(childPath(id), http.StatusOK)
	written := s.entriesSince(0)
	finder.get(childPath(id), http.StatusOK)
	entries := s.entriesSince(len(written))
	alone := func(entries []audit.Entry) time.Duration {
		begun := time.Now()
		if err := s.desk.DB.Write(b.Context(), func(tx *db.Tx) error { return audit.Append(tx, entries) }); err != nil {
			b.Fatal(err)
		}
		return time.Since(begun)
	}
	var page, audited []time.Duration
	for b.Loop() {
		begun := time.Now()
		finder.get(childPath(id), http.StatusOK)
		page = append(page, time.Since(begun))
		audited = append(audited, alone(entries)-alone(nil))
	}
	slices.Sort(page)
	slices.Sort(audited)
	p, a := page[len(page)/2], audited[len(audited)/2]
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(p.Microseconds())/1000, "page-ms")
	b.ReportMetric(float64(a.Microseconds())/1000, "audit-ms")
	b.ReportMetric(float64(p)/float64(p-a), "ratio")
	b.ReportMetric(float64(len(entries)), "entries")
}

// entriesSince gives what the audit record says after some entries.
func (s *testSite) entriesSince(n int) (list []audit.Entry) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		return u.Each(func(rows *sql.Rows) error {
			e := audit.Entry{At: u.Now}
			err := rows.Scan(&e.Who.Agency, &e.Who.ID, &e.Who.Role, &e.Purpose, &e.Action, &e.Kind, &e.Agency, &e.Subject, &e.Detail)
			list = append(list, e)
			return err
		}, "SELECT actor_agency, actor_id, actor_role, purpose, action, kind, agency_code, subject_id, detail FROM audit_entry WHERE seq > $1 ORDER BY seq", n)
	})
	return list
}
