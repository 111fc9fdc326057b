package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
)

func (s *testSite) pairPath(childKey, family string) string {
	return planPairPath(s.id[childKey], s.id["family "+family])
}

func TestThePlanIsAListToTalkAbout(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		for _, role := range []access.Role{access.HomeFinder, access.Manager} {
			b := s.as("DER", role)
			wants(t, b.get("/", http.StatusOK), []string{"Plan"})
			wants(t, b.get("/plan", http.StatusOK), []string{"It is not a decision", "Rules 2026-11, as of 23 November 2026", "Links (1)", "No link (1)", "The links weigh 200.0 points together.",
				"Asha Testname", "VAA1/F1", "Lantern Adoption", "Known to fit 100.0 of 100", "If families who would stretch counted too, 2 groups would have a link: 1 more."}, "DE22", "Noor", "LEI/")
		}
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get("/plan?part=without&priority=0.5", http.StatusOK), []string{"Ben Samplesson and Cora Samplesson", "1 family could be theirs, but the plan needs it for other children.",
			"Not room for all of them", "the plan would weigh 123.8 points more", "it needs a recorded assessment", "The priority of 0.5 costs 0.0 points"})
		wants(t, b.get("/plan?stretch=1", http.StatusOK), []string{"Links (2)", "Other families, and what the plan would lose", "Stretch"}, "If families who would stretch counted too")
		if e := s.entries(access.Child, "DER", s.id["DER/C1"]); !strings.HasPrefix(e[0].Detail, "the region's plan: rules 2026-11") {
			t.Errorf("the plan that was shown is not on the record: %+v", e[0])
		}
	})
}

func TestAPriorityOutOfItsRangeIsRefusedOnTheForm(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		for _, bad := range []string{"2", "-1", "much", "0.1234567"} {
			wants(t, b.get(withQuery("/plan", "priority", bad), http.StatusUnprocessableEntity), []string{"Priority must be a number from 0 to 1, such as 0.25", "Links (1)"})
		}
		wants(t, b.get("/plan?pool=EM2", http.StatusUnprocessableEntity), []string{"Select pool", "Links (1)"}) // it was not offered
		wants(t, b.get("/plan?page=99&part=nothing", http.StatusOK), []string{"Showing 1 to 1 of 1 group"})
	})
}

func TestAMeetingKeepsAPairTogetherOrApart(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		path := s.pairPath("DER/C2", "VAA1/F1")
		wants(t, b.get(path, http.StatusOK), []string{"Keep together or apart", "Ben Samplesson and Cora Samplesson", "VAA1/F1, Lantern Adoption", "It asks nobody and decides nothing."}, "Take back")
		wants(t, b.post(path, url.Values{}, http.StatusUnprocessableEntity), []string{"Select what the plan should do with them", "Enter why"})
		wants(t, b.post(path, url.Values{"verdict": {"together"}, "reason": {"Their <b>worker</b> knows them"}}, http.StatusOK),
			[]string{"Kept together in the plan.", "Kept together: Ben Samplesson and Cora Samplesson and VAA1/F1", "Their <b>worker</b> knows them", "Home finder, DER, 23 November 2026"}, "<b>worker")
		wants(t, b.get("/plan", http.StatusOK), []string{"Kept together by Home finder, DER", "Ben Samplesson", "Said of pairs (1)"}, "Asha")
		wants(t, b.post(s.pairPath("DER/C1", "VAA1/F1"), url.Values{"verdict": {"together"}, "reason": {"x"}}, http.StatusUnprocessableEntity), []string{"kept together with somebody else already"})
		wants(t, b.post(s.pairPath("DER/C1", "VAA1/F3"), url.Values{"verdict": {"together"}, "reason": {"x"}}, http.StatusUnprocessableEntity), []string{"The rules rule this family out for these children"})
		if e := s.entries(access.Family, "VAA1", s.id["family VAA1/F1"]); e[0].Action == "" || !strings.Contains(e[0].Detail+e[1].Detail+e[2].Detail+e[3].Detail, "child "+s.id["DER/C2"]) {
			t.Errorf("not on the family's record: %+v", e[:4])
		}
		wants(t, b.post(path, url.Values{"verdict": {"apart"}, "reason": {"Too far"}}, http.StatusOK), []string{"Kept apart: Ben", "Too far"}, "knows them")
		page := b.get(path, http.StatusOK)
		wants(t, page, []string{"Kept apart now", "Take back"})
		id := page[strings.Index(page, `name="pair" value="`)+len(`name="pair" value="`):]
		id = id[:strings.IndexByte(id, '"')]
		s.as("VAA1", access.AdopterWorker).post(path+"/end", url.Values{"pair": {id}}, http.StatusForbidden)
		s.as("NOT", access.HomeFinder).get("/plan?part=said", http.StatusOK)
		wants(t, b.post(path+"/end", url.Values{"pair": {id}}, http.StatusOK), []string{"Taken back.", "Nothing has been said of any pair."})
		b.post(path+"/end", url.Values{"pair": {id}}, http.StatusNotFound)
	})
}

func TestThePlanShowsNobodyWhomTheReaderMayNotPlanFor(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.as("DER", access.HomeFinder).post(s.pairPath("DER/C1", "VAA1/F1"), url.Values{"verdict": {"together"}, "reason": {"Asha’s canary"}}, http.StatusOK)
		for _, part := range []string{"", "without", "said"} {
			at := withQuery("/plan", "part", part)
			wants(t, s.as("LEI", access.HomeFinder).get(at, http.StatusOK), nil, "Asha", "DER/", "VAA1", "canary")
			wants(t, s.as("VAA1", access.AdopterWorker).get(at, http.StatusOK), []string{"There is nobody to plan for."}, "Asha", "canary", "F1<")
			wants(t, s.as("NOT", access.HomeFinder).get(at, http.StatusOK), nil, "Asha", "canary", "Samplesson")
		}
	})
}

func TestBriefsForRecruitmentDoNotPointToAChild(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Manager)
		wants(t, b.get("/plan", http.StatusOK), []string{"Families to look for"})
		wants(t, b.get("/plan/missing", http.StatusOK), []string{"1 family for one child aged 0 to 5", "Alcohol or drugs in pregnancy, or FASD", "and a few more children would have a link", "Do not pass this on.", "63 parts in 100"},
			"Asha", "Ben", "DER/C", "Such a family could be for")
		wants(t, s.as("VAA1", access.AdopterWorker).get("/plan/missing", http.StatusOK), []string{"There is nobody to plan for."})
	})
}
