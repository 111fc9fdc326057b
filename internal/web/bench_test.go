package web

import (
	"database/sql"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/db"
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
