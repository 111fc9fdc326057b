package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/watch"
	"homeward/internal/work"
)

const whyNow = "The carer rang: somebody is at the door with the child's name"

func (b *browser) breakGlass(path string) string {
	b.t.Helper()
	b.get(path+"/glass", http.StatusOK)
	return b.post(path+"/glass", url.Values{"reason": {whyNow}}, http.StatusOK)
}

func TestARestrictedRecordSaysThatMuchToItsOwnAgencyAndNothingToOthers(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := childPath(s.id["DER/C1"])
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
		for _, role := range []access.Role{access.HomeFinder, access.Manager} {
			b := s.as("DER", role)
			wants(t, b.get(record, http.StatusForbidden), []string{"This record is restricted to the people named on it.", "Open in an emergency"}, derCanaries...)
			for _, part := range []string{"/edit", "/zones", "/families"} {
				b.no(record+part, derCanaries...)
			}
		}
		for _, who := range []struct {
			code string
			role access.Role
		}{{"DER", access.AdopterWorker}, {"DER", access.InformationLead}, {"DER", access.Administrator}, {"NOT", access.HomeFinder}, {"NOT", access.Manager},
			{"VAA1", access.AdopterWorker}, {"VAA1", access.Manager}, {"LEI", access.HomeFinder}, {"LEI", access.Manager}} {
			b := s.as(who.code, who.role)
			b.no(record, derCanaries...)
			b.no(record+"/glass", derCanaries...)
			b.post(record+"/glass", url.Values{"reason": {whyNow}}, http.StatusNotFound)
		}
		named := s.as("DER", access.PermanenceWorker)
		wants(t, named.get(record, http.StatusOK), []string{"Restricted. Only the people named on this record can open it.", "Asha"}, "Open in an emergency")
	})
}

func TestBrokenGlassOpensOneRecordForAnHourAndOthersAreTold(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.later(0)
		record := childPath(s.id["DER/C1"])
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get(record+"/glass", http.StatusOK), []string{"What happens next", "for 60 minutes", "the information lead of Derby", "within 5 days"}, derCanaries...)
		wants(t, b.post(record+"/glass", url.Values{"reason": {"Urgent"}}, http.StatusUnprocessableEntity), []string{"must be 20 characters or more"})
		wants(t, b.post(record+"/glass", url.Values{"reason": {strings.Repeat(" x ", 4)}}, http.StatusUnprocessableEntity), []string{"There is a problem"})
		wants(t, b.breakGlass(record), []string{"Done The record is open to you for 60 minutes.", "Opened in an emergency. It closes in 60 minutes", "Asha", "Restricted."})
		b.get(record+"/edit", http.StatusForbidden)
		b.get(childPath(s.id["DER/C2"]), http.StatusOK)
		b.get(record+"/glass", http.StatusConflict)

		s.later(20 * time.Minute)
		wants(t, b.get(record, http.StatusOK), []string{"It closes in 40 minutes"})
		wants(t, s.as("DER", access.Manager).get(record, http.StatusForbidden), []string{"restricted to the people named on it"}, "Asha")
		wants(t, s.as("DER", access.InformationLead).get("/", http.StatusOK), []string{"A record of your agency was opened by breaking glass."}, derCanaries...)

		s.later(20 * time.Minute)
		b.get("/", http.StatusOK)
		s.later(21 * time.Minute)
		wants(t, b.get(record, http.StatusForbidden), []string{"restricted to the people named on it"}, derCanaries...)
		if strings.Contains(s.log.String(), "at the door") {
			t.Error("the log holds the reason")
		}
		for _, e := range s.entries(access.Child, "DER", s.id["DER/C1"]) {
			if strings.Contains(e.Detail, "door") {
				t.Error("the audit record holds the reason")
			}
		}
	})
}

func TestBreakingGlassAsksToConfirmFirst(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.later(0)
		record := childPath(s.id["DER/C1"])
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
		b := s.as("DER", access.HomeFinder)
		s.later(11 * time.Minute)
		wants(t, b.get(record+"/glass", http.StatusOK), []string{"Confirm"}, "Open this record")
		b.post(record+"/glass", url.Values{"reason": {whyNow}}, http.StatusOK)
		wants(t, b.get(record, http.StatusForbidden), nil, "Asha")
		if n := s.counted("glass broken"); n != 0 {
			t.Errorf("%d glasses broken without confirming", n)
		}
	})
}

func TestAPartnersGlassIsToldToBothAgenciesAndReviewedByTheOwner(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.later(0)
		record := childPath(s.id["DER/C1"])
		wants(t, s.as("VAA1", access.AdopterWorker).get(record, http.StatusOK), []string{"What this child needs"}, "Open in an emergency")
		for _, role := range []access.Role{access.AdopterWorker, access.HomeFinder, access.Manager} {
			v := s.as("VAA1", role)
			v.get(record+"/glass", http.StatusForbidden)
			v.post(record+"/glass", url.Values{"reason": {whyNow}}, http.StatusForbidden)
		}
		s.as("LEI", access.HomeFinder).get(record+"/glass", http.StatusNotFound)

		b := s.as("NOT", access.HomeFinder)
		wants(t, b.get(record, http.StatusOK), []string{"What this child needs", "Open in an emergency"}, "Asha", "Testname")
		wants(t, b.breakGlass(record), []string{"Asha", "It closes in 60 minutes"})

		theirs := s.as("NOT", access.InformationLead)
		wants(t, theirs.get("/", http.StatusOK), []string{"Somebody in your agency opened another agency's record by breaking glass."}, derCanaries...)
		wants(t, theirs.get("/glass", http.StatusOK), []string{"Opened by your people, at other agencies", "Child " + s.id["DER/C1"] + ", DER", whyNow, "Nothing is waiting for a review."}, "Record what you find", "Asha")
		lead := s.as("DER", access.InformationLead)
		page := lead.get("/glass", http.StatusOK)
		wants(t, page, []string{"Child " + s.id["DER/C1"] + ", DER To review", "Home finder, NOT", whyNow, "What do you find?"}, derCanaries...)
		wants(t, lead.get(record+"/looks", http.StatusOK), []string{"Emergency", "Reason given: " + whyNow})
		wants(t, s.as("DER", access.Manager).get(record+"/looks", http.StatusOK), []string{"Emergency"}, "at the door")

		review := "/glass/" + s.glassID() + "/review"
		finding := func(code string) url.Values { return url.Values{"finding-" + s.glassID(): {code}} }
		theirs.post(review, finding("justified"), http.StatusNotFound)
		s.as("DER", access.Manager).post(review, finding("justified"), http.StatusNotFound)
		s.as("LEI", access.InformationLead).post(review, finding("justified"), http.StatusNotFound)
		lead.post("/glass/nothing/review", finding("justified"), http.StatusNotFound)
		wants(t, lead.post(review, finding(""), http.StatusUnprocessableEntity), []string{"There is a problem", "Select what you find"})
		s.later(6 * 24 * time.Hour)
		lead = s.as("DER", access.InformationLead)
		wants(t, lead.get("/glass", http.StatusOK), []string{"Review overdue"})
		wants(t, lead.post(review, finding("not_justified"), http.StatusOK), []string{"Your finding is recorded.", "Found: It was not right to open this record", "Nothing is waiting for a review."}, "Review overdue")
		wants(t, lead.post(review, finding("justified"), http.StatusUnprocessableEntity), []string{"This has been reviewed already."})
	})
}

func (s *testSite) glassID() (id string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		return u.QueryRow("SELECT glass_id FROM glass").Scan(&id)
	})
	return id
}

func TestNobodyReviewsTheGlassTheyBroke(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.restrict(access.Child, "DER/C1", s.worker("DER", access.PermanenceWorker))
		finder := s.worker("DER", access.HomeFinder)
		s.asWorker(finder).breakGlass(childPath(s.id["DER/C1"]))
		s.operate(func(u *work.Unit) error {
			_, err := u.Exec("UPDATE worker SET role = $1 WHERE worker_id = $2", string(access.InformationLead), finder)
			return err
		})
		b := s.asWorker(finder)
		wants(t, b.get("/glass", http.StatusOK), []string{"You broke this glass yourself."}, "Record what you find")
		b.post("/glass/"+s.glassID()+"/review", url.Values{"finding-" + s.glassID(): {"justified"}}, http.StatusForbidden)
		if n := s.counted("reviewed"); n != 0 {
			t.Errorf("%d reviews", n)
		}
	})
}

func TestAFamilysGlass(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := familyPath(s.id["family VAA1/F1"])
		s.restrict(access.Family, "VAA1/F1", s.worker("VAA1", access.Manager))
		secrets := []string{"S1 1CC", "VAA1/F1"}
		b := s.as("VAA1", access.AdopterWorker)
		wants(t, b.get(record, http.StatusForbidden), []string{"restricted to the people named on it", "Open in an emergency"}, secrets...)
		for _, code := range []string{"DER", "NOT", "LEI"} {
			s.as(code, access.Manager).no(record, secrets...)
			s.as(code, access.Manager).no(record+"/glass", secrets...)
		}
		wants(t, b.breakGlass(record), []string{"Opened in an emergency.", "S1 1CC", "VAA1/F1"})
		b.get(record+"/edit", http.StatusForbidden)
		wants(t, s.as("VAA1", access.InformationLead).get("/glass", http.StatusOK), []string{"Family " + s.id["family VAA1/F1"]}, "S1 1CC")
	})
}

func TestWhatTheGlassIsOfferedFor(t *testing.T) {
	own := access.Thing{Kind: access.Child, Agency: "DER", ID: "c", Worker: "other", Team: "T2"}
	restricted := own
	restricted.Restricted = true
	near := access.Actor{ID: "w", Agency: "NOT", Role: access.HomeFinder, Ties: []access.Tie{{Agency: "DER", Name: "EM", Covers: access.Covers()}}}
	holder := near
	holder.Ties = []access.Tie{{Agency: "DER", Function: access.HomeFinding}}
	for _, c := range []struct {
		name  string
		actor access.Actor
		thing access.Thing
		want  bool
	}{
		{"a partner, what is shared", near, own, true},
		{"a partner, restricted", near, restricted, false},
		{"whoever finds homes for it, restricted", holder, restricted, true},
		{"its own home finder, open to them", access.Actor{ID: "w", Agency: "DER", Role: access.HomeFinder}, own, false},
		{"its own home finder, restricted", access.Actor{ID: "w", Agency: "DER", Role: access.HomeFinder}, restricted, true},
		{"its own permanence worker, another team's", access.Actor{ID: "w", Agency: "DER", Team: "T1", Role: access.PermanenceWorker}, own, true},
		{"a stranger", access.Actor{ID: "w", Agency: "LEI", Role: access.HomeFinder}, own, false},
		{"an information lead", access.Actor{ID: "w", Agency: "DER", Role: access.InformationLead}, restricted, false},
	} {
		if got := watch.Breakable(c.actor, c.thing); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
