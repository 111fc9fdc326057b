package web

import (
	"net/http"
	"net/url"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/work"
)

// fillS3 is the region of scenario S3: a boy of five with developmental delay who
// has waited 15 months, and four families whose stated preferences fit.
func (s *testSite) fillS3() {
	s.t.Helper()
	boy := child.Child{Agency: "DER", Ref: "S3", GivenName: "Tom", FamilyName: "Testerton", Born: date.MustOf(2021, 6, 1), Sex: "M", Status: "waiting",
		HomePostcode: "DE22 3CV", DecisionDate: date.MustOf(2025, 5, 1), OrderDate: date.MustOf(2025, 8, 23),
		Needs: []child.Need{{Code: "developmental_uncertainty", Level: "known"}}}
	if err := s.addChild(boy); err != nil {
		s.t.Fatal(err)
	}
	for _, f := range []struct{ agency, ref, home string }{{"NOT", "A", "NG1 1CC"}, {"NOT", "B", "NG1 1CC"}, {"VAA1", "C", "S9 9CC"}, {"NOT", "D", "LE1 1CC"}} {
		s.addFamily(adopter.Family{Agency: f.agency, Ref: f.ref, Status: "approved", ApprovedOn: date.MustOf(2026, 1, 5), MaxChildren: whole(1), AgeMin: whole(2), AgeMax: whole(6), Sex: "any",
			ChildrenAtHome: whole(0), Offers: []adopter.Offer{{Code: "developmental_uncertainty", Answer: "yes"}}, Places: []adopter.Place{{Kind: "home", Postcode: f.home}}})
	}
}

// supplyOf is what the supply map of the pool says of a need.
func (s *testSite) supplyOf(need string) (supply link.Supply) {
	s.t.Helper()
	finder := access.Actor{ID: "finder", Agency: "DER", Role: access.HomeFinder}
	if err := s.do(finder, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		list, err := b.SupplyMap(u, []string{"DER", "NOT", "VAA1"})
		for _, row := range list {
			if row.Code == need {
				supply = row
			}
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return supply
}

// TestS3AskedDeclinedLearned is the asking part of scenario S3: two decline with
// reasons, one agrees, one never answers, and what was learned shows.
func TestS3AskedDeclinedLearned(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.fillS3()
		finder := s.as("DER", access.HomeFinder)
		wants(t, finder.get(s.familiesPath("DER/S3"), http.StatusOK), []string{"457 days since the placement order", "NOT/A", "NOT/B", "VAA1/C", "NOT/D"})
		before := s.supplyOf("developmental_uncertainty")
		finder.post(newAskPath(s.id["DER/S3"]), s.asking(date.MustOf(2026, 12, 7), "NOT/A", "NOT/B", "VAA1/C", "NOT/D"), http.StatusOK)
		asks := map[string]link.Ask{}
		for _, a := range s.allAsks() {
			asks[a.FamilyID] = a
		}
		of := func(family string) link.Ask { return asks[s.id["family "+family]] }

		s.desk.AsOf = date.MustOf(2026, 12, 2)
		notts, lantern := s.as("NOT", access.AdopterWorker), s.as("VAA1", access.AdopterWorker)
		notts.post(askPath(of("NOT/A").ID)+"/answer", url.Values{"reason_code": {"need"}, "reason_about": {"developmental_uncertainty"}}, http.StatusOK)
		notts.post(askPath(of("NOT/B").ID)+"/answer", url.Values{"reason_code": {"age"}, "reason_note": {"They hoped for a younger child after all"}}, http.StatusOK)
		lantern.post(askPath(of("VAA1/C").ID)+"/answer", url.Values{"reason_code": {"hear_more"}}, http.StatusOK)
		finder.post(askPath(of("NOT/D").ID)+"/close", nil, http.StatusUnprocessableEntity)

		s.desk.AsOf = date.MustOf(2026, 12, 8)
		wants(t, finder.get("/asks?box=mine&state=overdue", http.StatusOK), []string{"1 ask, 1 of them overdue", "NOT/D", "Tom Testerton"}, "NOT/A")
		wants(t, finder.post(askPath(of("NOT/D").ID)+"/close", nil, http.StatusOK), []string{"Closed without an answer", "No answer by the day it was asked for"})
		s.checkS3Answers(t)
		s.checkS3Drifts(t, notts)

		after := s.supplyOf("developmental_uncertainty")
		if after.Willing != before.Willing-2 || after.Asked != 4 || after.Agreed != 1 || after.Declined != 1 {
			t.Errorf("the supply map says %+v, before %+v", after, before)
		}
		wants(t, finder.get(s.familiesPath("DER/S3"), http.StatusOK), []string{"2 December 2026: a need of the child: developmental uncertainty", "2 December 2026: age", "8 December 2026: no answer by the day it was asked for"})
	})
}

// checkS3Answers checks that every ask has ended with a reason.
func (s *testSite) checkS3Answers(t *testing.T) {
	t.Helper()
	want := map[string][2]string{"NOT/A": {link.No, "need"}, "NOT/B": {link.No, "age"}, "VAA1/C": {link.Yes, "hear_more"}, "NOT/D": {link.NoAnswer, "no_answer"}}
	for _, a := range s.allAsks() {
		for family, end := range want {
			if a.FamilyID == s.id["family "+family] && (a.State != end[0] || a.ReasonCode != end[1]) {
				t.Errorf("%s ended %s because of %q", family, a.State, a.ReasonCode)
			}
		}
	}
}

// checkS3Drifts checks that A and B, and they alone, are put before their worker
// for a talk about their preferences.
func (s *testSite) checkS3Drifts(t *testing.T, worker *browser) {
	t.Helper()
	for family, code := range map[string]string{"NOT/A": "developmental_uncertainty", "NOT/B": "age", "VAA1/C": "", "NOT/D": ""} {
		var asks []link.Ask
		for _, a := range s.allAsks() {
			if a.FamilyID == s.id["family "+family] {
				asks = append(asks, a)
			}
		}
		got, record := "", s.family(family)
		s.operate(func(u *work.Unit) error {
			b, err := s.site.finder.Board(u, false)
			if err != nil {
				return err
			}
			for _, d := range b.Drifts(record, asks) {
				got += d.Code
			}
			return nil
		})
		if got != code {
			t.Errorf("%s drifts in %q, want %q", family, got, code)
		}
	}
	wants(t, worker.get("/", http.StatusOK), []string{"2 families have preferences to talk through", "NOT/A : developmental uncertainty", "NOT/B : age range"}, "VAA1/C")
	wants(t, worker.get(s.familyPath("NOT/A"), http.StatusOK), []string{"Stated preference against recent answers"})
}
