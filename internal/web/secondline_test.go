//go:build homeward_first_line_off

package web

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"
)

// inForceAlone is what PostgreSQL may give an agency's people where the access
// table says yes to everything: their own agency's, that of a council on whose
// behalf they work, and of agencies they share with the reference by which the
// agency knows a record, which stands in the row of what is shared.
func inForceAlone(a access.Actor, c canary, reference bool) bool {
	owner := c.record.Agency
	shares := slices.Contains([]string{"DER", "NOT", "VAA1"}, a.Agency) && slices.Contains([]string{"DER", "NOT", "VAA1"}, owner)
	return owner == a.Agency || a.Agency == "RAA1" && owner == "DER" || reference && shares
}

// TestTheSecondLineHoldsAlone opens every page there is as people of other
// agencies in a build whose access table says yes to everything: still nothing
// crosses that PostgreSQL guards.
func TestTheSecondLineHoldsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &matrix{control: d.Dialect == db.SQLite}
		m.testSite = newSite(t, d, func(s *testSite, u *work.Unit) error {
			m.testSite = s
			return m.fill(u)
		})
		m.judge = func(a access.Actor, c canary) bool {
			reference := slices.ContainsFunc(m.families, func(f adopter.Family) bool { return f.Ref == c.text }) ||
				slices.ContainsFunc(m.children, func(k child.Child) bool { return k.Ref == c.text })
			return inForceAlone(a, c, reference)
		}
		m.settle(t)
		if m.control { // no second line (docs/adr/0012-second-line.md): what is searched for is found
			actor, _ := m.book.Actor("LEI-home_finder")
			m.open(t, m.asWorker(actor.ID), actor)
			if m.leaks.Load() < 20 {
				t.Errorf("with both lines off only %d canaries cross: the search looks in the wrong place", m.leaks.Load())
			}
			return
		}
		var opened atomic.Int64
		var people sync.WaitGroup
		for _, code := range []string{"NOT", "VAA1", "RAA1", "LEI"} {
			people.Go(func() {
				for _, role := range access.StaffRoles() {
					actor, _ := m.book.Actor(code + "-" + string(role))
					opened.Add(int64(m.open(t, m.asWorker(actor.ID), actor)))
				}
			})
		}
		people.Wait()
		t.Logf("the first line off: %d pages opened, %d canaries, %d crossed", opened.Load(), len(m.canaries), m.leaks.Load())
		if opened.Load() < 500 {
			t.Errorf("only %d pages were opened: this proves little", opened.Load())
		}
	})
}

// open asks for every page as one person, and gives how many opened.
func (m *matrix) open(t *testing.T, b *browser, a access.Actor) (opened int) {
	for _, r := range routes {
		if !strings.HasPrefix(r.pattern, http.MethodGet) || r.open {
			continue
		}
		for _, at := range m.targets(t, r.pattern) {
			answer, err := m.send(b, http.MethodGet, at.path)
			if err != nil {
				t.Error(err)
				return opened
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil {
				t.Error(err)
			}
			if answer.StatusCode == http.StatusOK {
				opened++
			}
			m.search(t, a, r.pattern, string(body))
		}
	}
	return opened
}
