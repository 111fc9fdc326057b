package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
)

func TestContactPlannedIsChanged(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		page := b.get(path+"/contact", http.StatusOK)
		if !strings.Contains(page, `name="letterbox_times" type="text" spellcheck="false" value="2"`) {
			t.Error("the form does not show what is recorded")
		}
		page = b.post(path+"/contact", url.Values{"version": {"1"}, "direct_sibling": {"yes"}, "direct_sibling_times": {"1.5"}, "digital": {"yes"}}, http.StatusOK)
		wants(t, page, []string{"The contact plan is saved.", "Direct, with a brother or sister 1.5 times a year", "Digital Planned, how often is not recorded"}, "Letterbox 2")
		if c := s.child("DER/C1"); len(c.Contact) != 2 || len(c.Needs) != 2 {
			t.Errorf("%+v", c)
		}
	})
}

func TestContactMistakes(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		page := b.post(path+"/contact", url.Values{"version": {"1"}, "letterbox": {"yes"}, "letterbox_times": {"0"}, "digital_times": {"3"}, "direct_parent": {"maybe"}}, http.StatusUnprocessableEntity)
		wants(t, page, []string{"Times a year for letterbox must be between 1 and 366", "Select “Planned” for digital, or take the number out", "Select whether this is planned"})
		for _, href := range []string{"#letterbox_times", "#digital", "#direct_parent"} {
			if !strings.Contains(page, `href="`+href+`"`) {
				t.Errorf("%s is not linked", href)
			}
		}
		wants(t, b.post(path+"/contact", url.Values{"version": {"0"}}, http.StatusUnprocessableEntity), []string{"Somebody else changed this record"})
		if c := s.child("DER/C1"); c.Version != 1 {
			t.Errorf("version %d", c.Version)
		}
	})
}
