package web

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/audit"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"
)

// TestWhereTheRecordCannotBeWrittenNoPageShowsAnybody takes the audit record away
// under the running site: no request of anybody answers with a person's data, and
// nothing changes.
func TestWhereTheRecordCannotBeWrittenNoPageShowsAnybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &matrix{}
		m.judge = func(access.Actor, canary) bool { return false }
		m.testSite = newSite(t, d, func(s *testSite, u *work.Unit) error {
			m.testSite = s
			return m.fill(u)
		})
		m.settle(t)
		finder, worker := m.asWorker("DER-home_finder"), m.asWorker("VAA1-adopter_worker")
		shown := finder.get(childPath(m.children[0].ID), http.StatusOK)
		if !strings.Contains(shown, m.children[0].GivenName) {
			t.Fatal("the page shows nobody even while the record can be written: this test proves nothing")
		}
		before := m.revision()
		dbtest.Owner(t, dbtest.Address(t, d), "ALTER TABLE audit_entry RENAME TO taken_away")
		answered := 0
		for _, b := range []*browser{finder, worker} {
			for _, r := range routes {
				method, _, _ := strings.Cut(r.pattern, " ")
				for _, at := range m.targets(t, r.pattern)[:1] {
					answer, err := m.send(b, method, at.path)
					if err != nil {
						t.Fatal(err)
					}
					body, err := io.ReadAll(answer.Body)
					answer.Body.Close()
					if err != nil {
						t.Fatal(err)
					}
					answered++
					m.search(t, access.Actor{}, r.pattern, string(body))
				}
			}
		}
		dbtest.Owner(t, dbtest.Address(t, d), "ALTER TABLE taken_away RENAME TO audit_entry")
		if after := m.revision(); after != before {
			t.Errorf("something was changed without an entry: revision %d, then %d", before, after)
		}
		m.search(t, access.Actor{}, "the log", m.log.String())
		t.Logf("%d requests while the record could not be written, %d canaries, %d shown", answered, len(m.canaries), m.leaks.Load())
	})
}

// TestS1AWorkerWithNoRightToTheChildFindsNothingAndIsOnTheRecord is the other half
// of scenario S1: the same search, by a worker of Leicester.
func TestS1AWorkerWithNoRightToTheChildFindsNothingAndIsOnTheRecord(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := childFamiliesPath(s.id["DER/C1"])
		s.as("DER", access.HomeFinder).get(path, http.StatusOK)
		stranger := s.as("LEI", access.HomeFinder)
		unknown := stranger.get(childFamiliesPath("NOSUCHCHILD2"), http.StatusNotFound)
		if page := stranger.get(path, http.StatusNotFound); page != unknown {
			t.Error("a child elsewhere is told from one who does not exist")
		}
		last := s.entries(access.Child, "DER", s.id["DER/C1"])[0]
		if last.Action != "refused" || last.Who.Agency != "LEI" || last.Detail != string(access.FindFamilies) {
			t.Errorf("on the record of the child's agency: %+v", last)
		}
	})
}

// TestASearchIsOnTheRecordWhateverItFinds: that somebody looked through a list is
// written down although nobody was in it, and what they looked for by keyed hash.
func TestASearchIsOnTheRecordWhateverItFinds(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("LEI", access.HomeFinder)
		for _, path := range []string{"/children?need=fasd", "/families?need=fasd", "/asks?state=all", "/supply?pool=EM"} {
			before := s.entriesSince(0)
			b.get(path, http.StatusOK)
			found := slices.ContainsFunc(s.entriesSince(len(before)), func(e audit.Entry) bool {
				return e.Action == "searched" && e.Who.Agency == "LEI" && strings.Contains(e.Detail, "found, terms ") && !strings.Contains(e.Detail, "fasd") && !strings.Contains(e.Detail, "EM")
			})
			if !found {
				t.Errorf("%s left no entry", path)
			}
		}
	})
}
