package web

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/watch"
	"homeward/internal/work"
)

// What the tests of restricted records, broken glass and who looked share.

// derCanaries are what of the child DER/C1 must never reach whom it is not for.
var derCanaries = []string{"Asha", "Testname", "DER/C1", "DE22", "birth_home", "Birth family"}

// worker gives the standing worker of an agency and role.
func (s *testSite) worker(code string, role access.Role) (id string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		for _, w := range book.Staff(code) {
			if w.Role == role {
				id = w.ID
			}
		}
		return nil
	})
	if id == "" {
		s.t.Fatalf("no %s works for %s", role, code)
	}
	return id
}

// actor is a standing worker as access sees them.
func (s *testSite) actor(code string, role access.Role) (a access.Actor) {
	s.t.Helper()
	id := s.worker(code, role)
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err == nil {
			a, _ = book.Actor(id)
		}
		return err
	})
	return a
}

// restrict restricts a record to some of the workers, as the agency's manager.
func (s *testSite) restrict(kind access.Kind, key string, named ...string) {
	s.t.Helper()
	code, _, _ := strings.Cut(key, "/")
	id := s.id[key]
	if kind == access.Family {
		id = s.id["family "+key]
	}
	manager := s.actor(code, access.Manager)
	err := s.desk.Do(context.Background(), manager, "test", func(u *work.Unit) error {
		book, t, _, err := thingOf(u, kind, id)
		if err != nil {
			return err
		}
		return watch.Restrict(u, book, t, "threat", named)
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// later moves the clock on.
func (s *testSite) later(d time.Duration) {
	at := s.desk.Clock().Add(d)
	s.desk.Now = func() time.Time { return at }
}

// no checks that a page answers as for a record that does not exist, and that
// nothing of it is in the answer.
func (b *browser) no(path string, secrets ...string) {
	b.t.Helper()
	page := b.get(path, http.StatusNotFound)
	wants(b.t.(*testing.T), page, []string{"There is no such record, or it is not one you may see."}, append(secrets, "restricted", "emergency", "glass")...)
}

var mainPart = regexp.MustCompile(`<main[\s\S]*</main>`)
var mainHref = regexp.MustCompile(`href="(/[^"#]*)"`)

// hrefs are where the main part of a page leads.
func hrefs(page string) []string {
	var list []string
	for _, m := range mainHref.FindAllStringSubmatch(mainPart.FindString(page), -1) {
		list = append(list, m[1])
	}
	slices.Sort(list)
	return slices.Compact(list)
}
