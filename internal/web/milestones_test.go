package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/work"
)

// happened sets the milestones of C1 of Derby and of the first family.
func (s *testSite) happened(list []child.Milestone, steps []adopter.Milestone) {
	s.t.Helper()
	c, f := s.child("DER/C1"), s.family("VAA1/F1")
	if err := s.do(operator, func(u *work.Unit) error {
		after, now := c, f
		after.Milestones, now.Milestones = list, steps
		if err := child.SaveAll(u, []child.Change{{Before: &c, After: after}}); err != nil {
			return err
		}
		return adopter.SaveAll(u, []adopter.Change{{Before: &f, After: now}})
	}); err != nil {
		s.t.Fatal(err)
	}
}

var (
	placedOnce = []child.Milestone{
		{What: "matched", Day: date.MustOf(2026, 6, 1), Source: "SSDA903 2026/27 AD1 row 4"},
		{What: "placed", Day: date.MustOf(2026, 7, 1), Detail: "A6", Source: "SSDA903 2026/27 Episodes row 12"},
	}
	enquiredOnce = []adopter.Milestone{{What: "enquired", Day: date.MustOf(2025, 2, 3), Source: "List of enquiries"}}
)

// entry is one entry of the form as a browser would send it; the suffix is
// blank for the one to be added.
func entry(form url.Values, suffix, what string, day, month, year int) url.Values {
	form.Set("what"+suffix, what)
	for part, n := range map[string]int{"day": day, "month": month, "year": year} {
		form.Set("day"+suffix+"-"+part, fmt.Sprint(n))
	}
	return form
}

func TestWhatHasHappenedToAChildIsShownAndChanged(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.PermanenceWorker), s.childPath("DER/C1")
		wants(t, b.get(path, http.StatusOK), []string{"What has happened Nothing is recorded yet. Change what has happened"})
		s.happened(placedOnce, nil)
		page := b.get(path, http.StatusOK)
		wants(t, page, []string{
			"Decision to match with a family 1 June 2026 SSDA903 2026/27 AD1 row 4",
			"Placed for adoption: under a placement order, with a new family 1 July 2026 SSDA903 2026/27 Episodes row 12",
		}, "They may be a mistake")
		if first, second := strings.Index(page, ">1 June 2026<"), strings.Index(page, ">1 July 2026<"); first > second {
			t.Error("the oldest is not the first")
		}
		wants(t, b.get(path+"/milestones", http.StatusOK), []string{"Entry 1: what happened", "Where this is from: SSDA903 2026/27 AD1 row 4.", "Entry 2: did this happen?", "Add something that happened"})

		// One stays, one is taken out, one is added.
		form := entry(url.Values{"version": {"2"}, "remove-1": {"yes"}}, "-0", "matched", 1, 6, 2026)
		entry(form, "-1", "nonsense", 99, 99, 1)
		entry(form, "", "placed:A5", 5, 7, 2026)
		page = b.post(path+"/milestones", form, http.StatusOK)
		wants(t, page, []string{
			"What has happened is saved.", "Placed for adoption: under a placement order, with their foster carers 5 July 2026 Entered by a worker", "1 June 2026 SSDA903 2026/27 AD1 row 4",
			"What has happened changed", "1 July 2026 (SSDA903 2026/27 Episodes row 12) was taken out", "5 July 2026 (Entered by a worker) was put in",
		})
		if c := s.child("DER/C1"); len(c.Milestones) != 2 || c.Milestones[0] != placedOnce[0] || c.Milestones[1].Source != child.ByWorker || c.Version != 3 || len(c.Needs) != 2 || len(c.Zones) != 1 {
			t.Errorf("%+v", c)
		}
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[1]; e.Action != "changed" || e.Detail != "milestones" {
			t.Errorf("%+v", e)
		}
		// A day corrected is a worker's now; the next entry can follow at once.
		form = entry(url.Values{"version": {"3"}, "then": {"another"}}, "-0", "matched", 2, 6, 2026)
		entry(form, "-1", "placed:A5", 5, 7, 2026)
		wants(t, b.post(path+"/milestones", form, http.StatusOK), []string{"What has happened is saved. Add the next one.", "Entry 2: what happened"})
		if c := s.child("DER/C1"); c.Milestones[0].Day != date.MustOf(2026, 6, 2) || c.Milestones[0].Source != child.ByWorker {
			t.Errorf("%+v", c.Milestones)
		}
	})
}

func TestMistakesInWhatHasHappened(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.happened(placedOnce, nil)
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")+"/milestones"
		whole := func() url.Values {
			return entry(entry(url.Values{"version": {"2"}}, "-0", "matched", 1, 6, 2026), "-1", "placed:A6", 1, 7, 2026)
		}
		for _, c := range []struct {
			form          url.Values
			message, href string
		}{
			{entry(whole(), "", "adopted", 24, 11, 2026), "The day it happened must be today or in the past", "#day-day"},
			{entry(whole(), "", "adopted", 31, 2, 2026), "The day it happened must be a real date", "#day-day"},
			{entry(whole(), "", "adopted:RD1", 1, 8, 2026), "Select what happened", "#what"},
			{entry(whole(), "", "", 1, 8, 2026), "Select what happened", "#what"},
			{entry(whole(), "", "matched", 3, 5, 2022), "before the child was born", "#day-day"},
			{entry(whole(), "", "placed:A4", 1, 7, 2026), "is there twice for 1 July 2026", "#day-day"},
			{entry(entry(whole(), "-0", "adopted:E11", 1, 8, 2026), "", "reversed:RD4", 1, 8, 2026), "on one day, 1 August 2026", "#day-day"},
			{url.Values{"version": {"2"}, "what-0": {"matched"}, "what-1": {"placed"}}, "Enter the day it happened", "#day-0-day"},
			{url.Values{"version": {"2"}}, "Select what happened", "#what-0"}, // an entry is taken out by saying so
			{url.Values{"version": {"1"}, "remove-0": {"yes"}, "remove-1": {"yes"}}, "Somebody else changed this record", ""},
			{url.Values{"remove-0": {"yes"}, "remove-1": {"yes"}}, "Somebody else changed this record", ""},
		} {
			page := b.post(path, c.form, http.StatusUnprocessableEntity)
			wants(t, page, []string{"There is a problem", c.message})
			if c.href != "" && !strings.Contains(page, `href="`+c.href+`"`) {
				t.Errorf("%s: the mistake does not lead to %s", c.message, c.href)
			}
		}
		if c := s.child("DER/C1"); c.Version != 2 || len(c.Milestones) != 2 {
			t.Errorf("a form with a mistake changed the record: %+v", c)
		}
		wants(t, b.post(path, entry(whole(), "", "adopted:E12", 1, 6, 2026), http.StatusOK), []string{
			"What has happened is saved.", "Look at these days again. They may be a mistake", "“Adoption order made” (1 June 2026) comes before “Placed for adoption” (1 July 2026).",
		})
	})
}

func TestABirthDateAfterWhatHasHappenedIsRefused(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.happened(placedOnce, nil)
		page := s.as("DER", access.HomeFinder).post(s.childPath("DER/C1")+"/edit", recordOf("2", "born-year", "2026", "born-month", "9"), http.StatusUnprocessableEntity)
		wants(t, page, []string{"is dated 1 June 2026, before the child was born. Correct this day or the day of birth."})
	})
}

func TestAFamilysStepsAreShownAndChangedByTheirOwnAgency(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		wants(t, b.get(path, http.StatusOK), []string{"What has happened Nothing is recorded yet. Change what has happened"})
		s.happened(nil, enquiredOnce)
		wants(t, b.get(path, http.StatusOK), []string{"Enquired 3 February 2025 List of enquiries"})
		wants(t, b.get(path+"/milestones", http.StatusOK), []string{"Entry 1: what happened", "Where this is from: list of enquiries."})
		form := entry(entry(url.Values{"version": {"2"}}, "-0", "enquired", 3, 2, 2025), "", "left:a", 1, 9, 2026)
		wants(t, b.post(path+"/milestones", form, http.StatusOK), []string{"What has happened is saved.", "Left the process: they withdrew 1 September 2026 Entered by a worker", "What has happened changed"})
		if f := s.family("VAA1/F1"); len(f.Milestones) != 2 || f.Milestones[0] != enquiredOnce[0] || f.Version != 3 || len(f.Offers) != 3 || len(f.Places) != 1 {
			t.Errorf("%+v", f)
		}
		wants(t, b.post(path+"/milestones", url.Values{"version": {"2"}}, http.StatusUnprocessableEntity), []string{"Somebody else changed this record"})
		wants(t, b.post(path+"/milestones", entry(url.Values{"version": {"3"}, "remove-0": {"yes"}}, "-1", "left", 1, 9, 2027), http.StatusUnprocessableEntity), []string{"must be today or in the past"})

		shared := s.as("DER", access.HomeFinder).get(path, http.StatusOK)
		wants(t, shared, []string{"Approved on"}, "What has happened", "List of enquiries", "3 February 2025", "/milestones")
	})
}

func TestWhatHasHappenedToAChildIsNotInAProfile(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.happened(placedOnce, nil)
		for _, b := range []*browser{s.as("VAA1", access.AdopterWorker), s.as("NOT", access.Manager)} {
			wants(t, b.get(s.childPath("DER/C1"), http.StatusOK), []string{"Derby, 4 years"}, "What has happened", "Placed for adoption", "SSDA903", "/milestones")
		}
	})
}
