package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/link"
	"homeward/internal/work"

	"github.com/chromedp/chromedp"
)

// TestTheTrustPagesAreAccessible looks at the pages that need a state nobody
// comes by in a crawl: restricted, opened in an emergency, closed, told.
func TestTheTrustPagesAreAccessible(t *testing.T) {
	s := browserSite(t)
	record, family := childPath(s.id["DER/C1"]), familyPath(s.id["family VAA1/F3"])
	ask := s.ask("DER/C2", "VAA1/F1")[0]
	s.tellEachOther(ask)
	s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
	s.restrict(access.Family, "VAA1/F3", s.worker("VAA1", access.Manager))
	s.as("NOT", access.HomeFinder).breakGlass(childPath(s.id["DER/C2"]))
	s.as("LEI", access.HomeFinder).get(record, http.StatusNotFound)
	finder := s.as("DER", access.HomeFinder)
	finder.declare("surname", "Samplesson")
	b := chromium(t, s)
	see := func(code string, role access.Role, paths ...string) {
		b.signIn(code, role)
		for _, path := range paths {
			b.width(1280)
			b.open(path)
			name := strings.NewReplacer("/", "-", s.id["DER/C1"], "c1", s.id["DER/C2"], "c2", s.id["family VAA1/F3"], "f3", ask.ID, "ask").Replace(path)
			b.look(string(role)+" "+path, "trust-"+string(role)+name)
		}
	}
	see("DER", access.HomeFinder, record, record+"/glass", childPath(s.id["DER/C2"]), "/account/declarations")
	finder.breakGlass(record)
	see("DER", access.HomeFinder, record)
	see("VAA1", access.AdopterWorker, family, family+"/glass", askPath(ask.ID), childPath(s.id["DER/C2"]))
	see("DER", access.PermanenceWorker, record, record+"/knowing", askPath(ask.ID))
	finder.post(childPath(s.id["DER/C2"])+"/knowing", url.Values{"answer": {"tie relative"}}, http.StatusOK)
	see("DER", access.HomeFinder, childPath(s.id["DER/C2"]))
	see("DER", access.Manager, "/", childPath(s.id["DER/C2"])+"/restrict", childPath(s.id["DER/C2"])+"/looks", "/notices")
	see("DER", access.InformationLead, "/", "/looks", "/glass", record+"/looks", record+"/restrict", "/looks/by/"+s.worker("DER", access.HomeFinder))
	b.mistake(record+"/glass", access.Manager)
	s.opened(s.actor("NOT", access.HomeFinder), 301)
	see("NOT", access.HomeFinder, "/children")
}

// mistake sends a form empty and looks at what comes of it.
func (b *tab) mistake(path string, role access.Role) {
	b.t.Helper()
	b.signIn("DER", role)
	b.width(1280)
	b.open(path)
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(`main form[method="post"] button`, chromedp.NodeVisible)); err != nil {
		b.t.Fatal(err)
	}
	b.look("mistakes on "+path, "trust-mistakes")
}

// tellEachOther has both sides of an ask agree to tell.
func (s *testSite) tellEachOther(a link.Ask) {
	s.t.Helper()
	on := func(who access.Actor, fn func(*work.Unit, *link.Board) error) {
		s.t.Helper()
		if err := s.desk.Do(context.Background(), who, "test", func(u *work.Unit) error {
			b, err := s.site.finder.Board(u, false)
			if err != nil {
				return err
			}
			return fn(u, b)
		}); err != nil {
			s.t.Fatal(err)
		}
	}
	worker := s.actor("VAA1", access.AdopterWorker)
	on(worker, func(u *work.Unit, b *link.Board) error {
		return b.Close(u, a.ID, link.Closing{State: link.Yes, ReasonCode: "fits"})
	})
	on(worker, func(u *work.Unit, b *link.Board) error { return b.Agree(u, a.ID, link.FamilySide) })
	on(s.actor("DER", access.HomeFinder), func(u *work.Unit, b *link.Board) error { return b.Agree(u, a.ID, link.ChildSide) })
}
