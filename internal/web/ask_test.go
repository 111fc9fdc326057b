package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/match"
)

// TestTheRecipientSeesNeedsAndNotWhoOrWhere: an ask tells a family's worker what
// the child needs, and nothing that tells who or where the child is.
func TestTheRecipientSeesNeedsAndNotWhoOrWhere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F2")[0]
		page := s.as("VAA1", access.AdopterWorker).get(askPath(a.ID), http.StatusOK)
		wants(t, page, []string{"Ask about 1 child", "Waiting for an answer", s.id["DER/C1"], "Derby", "4 years", "Neglect (known)", "Letterbox", "To be placed alone", "Under 20 miles", "VAA1/F2",
			"Asked 23 November 2026 by Fay Finder", "From a list by rules 2026-11", "To be answered by this day 7 December 2026",
			"Stretch", "Known to fit", "Age 4 0 to 3 Partly met", "Record the answer"},
			"Asha", "Testname", "DER/C1", "DE22", "NG1", "Birth family", "14.5", "May", "Withdraw", "Close without")
		if e := s.entries(access.Ask, "VAA1", a.ID)[0]; e.Action != "viewed" || e.Who.Agency != "VAA1" {
			t.Errorf("on the record: %+v", e)
		}
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Detail != "profile, in an ask" {
			t.Errorf("on the record of the child: %+v", e)
		}
	})
}

func TestAnAskAboutBrothersAndSisters(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C2", "VAA1/F1")[0]
		b := s.as("VAA1", access.AdopterWorker)
		wants(t, b.get(askPath(a.ID), http.StatusOK), []string{"Ask about 2 children", s.id["DER/C2"], s.id["DER/C3"], "6 years and 17 months", "2 children to be placed together", "Not known"}, "Ben", "Samplesson")
		// A sister who joins the group later was not asked about.
		if err := s.addChild(child.Child{Agency: "DER", Ref: "C4", GroupRef: "G1", Plan: "together", Status: "waiting"}); err != nil {
			t.Fatal(err)
		}
		wants(t, b.get(askPath(a.ID), http.StatusOK), []string{"This was asked about 2 children. As recorded now, 3 children are to be placed together"}, s.id["DER/C4"])
	})
}

func TestWhoSeesAnAsk(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		asker := s.as("DER", access.HomeFinder).get(askPath(a.ID), http.StatusOK)
		wants(t, asker, []string{"It is VAA1’s turn to answer.", "Asha Testname. Families for this child", "20 to 40 miles", "Why is it withdrawn?"}, "Record the answer", "DE22", "Close without")
		for _, other := range []struct {
			agency string
			role   access.Role
		}{{"LEI", access.HomeFinder}, {"NOT", access.AdopterWorker}, {"NOT", access.Manager}} {
			wants(t, s.as(other.agency, other.role).get(askPath(a.ID), http.StatusNotFound), []string{"There is no such record"}, "Asha", s.id["DER/C1"])
			if e := s.entries(access.Ask, "VAA1", a.ID)[0]; e.Action != "refused" || e.Who.Agency != other.agency {
				t.Errorf("the refusal is on the record as %+v", e)
			}
		}
		s.as("DER", access.HomeFinder).get(askPath("nothing"), http.StatusNotFound)
	})
}

func TestAnswering(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		b, path := s.as("VAA1", access.AdopterWorker), askPath(a.ID)+"/answer"
		answer := url.Values{"reason_code": {"need_later"}, "reason_about": {"fasd"}, "reason_note": {"after <b>training</b>"}}
		page := b.post(path, answer, http.StatusOK)
		wants(t, page, []string{"Answer recorded: not now.", "Not now 23 November 2026 by Adopters' worker, VAA1", "A need the family could take later, with support: fetal alcohol", "after <b>training</b>"}, "<b>training", "Record the answer")
		got := s.allAsks()[0]
		if got.State != link.NotNow || got.ReasonAbout != "fasd" || got.ClosedOn != today {
			t.Errorf("recorded %+v", got)
		}
		if e := s.entries(access.Ask, "VAA1", a.ID); e[1].Action != "ask: not_now" {
			t.Errorf("on the record: %+v", e)
		}
		wants(t, b.post(path, answer, http.StatusUnprocessableEntity), []string{"This has been answered or closed already. Look at what it says now.", "Not now"})
		wants(t, s.as("DER", access.HomeFinder).get(askPath(a.ID), http.StatusOK), []string{"Not now"}, "Why is it withdrawn?", "turn to answer")
	})
}

func TestMistakesInAnswering(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		b := s.as("VAA1", access.AdopterWorker)
		for _, mistake := range []struct {
			form         url.Values
			says, linked string
		}{
			{url.Values{}, "Select the family’s answer", "#reason_code"},
			{url.Values{"reason_code": {"linked_elsewhere"}}, "Select the family’s answer", "#reason_code"},
			{url.Values{"reason_code": {"need"}}, "Select which one the reason is about.", "#reason_about"},
			{url.Values{"reason_code": {"need"}, "reason_about": {"letterbox"}}, "Select which one the reason is about.", "#reason_about"},
			{url.Values{"reason_code": {"age"}, "reason_about": {"fasd"}}, "This reason is not about a need or a kind of contact.", "#reason_about"},
			{url.Values{"reason_code": {"other_no"}}, "Enter the reason in a few words.", "#reason_note"},
			{url.Values{"reason_code": {"age"}, "reason_note": {strings.Repeat("x", 2001)}}, "The reason must be 2000 characters or less", "#reason_note"},
		} {
			page := b.post(askPath(a.ID)+"/answer", mistake.form, http.StatusUnprocessableEntity)
			wants(t, page, []string{"There is a problem", mistake.says, "Record the answer"})
			if !strings.Contains(page, `href="`+mistake.linked+`"`) {
				t.Errorf("%q is not linked to %s", mistake.says, mistake.linked)
			}
		}
		if got := s.allAsks()[0]; got.State != link.Open {
			t.Errorf("recorded all the same: %+v", got)
		}
	})
}

func TestOnlyTheFamilysAgencyAnswersAndOnlyTheChildsSideWithdraws(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		asker, worker := s.as("DER", access.HomeFinder), s.as("VAA1", access.AdopterWorker)
		asker.post(askPath(a.ID)+"/answer", url.Values{"reason_code": {"fits"}}, http.StatusForbidden)
		worker.post(askPath(a.ID)+"/withdraw", url.Values{"withdraw_reason": {"by_mistake"}}, http.StatusForbidden)
		worker.post(askPath(a.ID)+"/close", nil, http.StatusForbidden)
		s.as("LEI", access.HomeFinder).post(askPath(a.ID)+"/withdraw", url.Values{"withdraw_reason": {"by_mistake"}}, http.StatusNotFound)
		if got := s.allAsks()[0]; got.State != link.Open {
			t.Fatalf("closed by somebody who may not: %+v", got)
		}
		wants(t, asker.post(askPath(a.ID)+"/withdraw", nil, http.StatusUnprocessableEntity), []string{"Select why it is withdrawn"})
		wants(t, asker.post(askPath(a.ID)+"/withdraw", url.Values{"withdraw_reason": {"other_withdrawn"}}, http.StatusUnprocessableEntity), []string{"Enter the reason in a few words."})
		wants(t, asker.post(askPath(a.ID)+"/withdraw", url.Values{"withdraw_reason": {"linked_elsewhere"}}, http.StatusOK),
			[]string{"Ask withdrawn.", "Withdrawn", "The child is linked with another family"}, "Why is it withdrawn?")
	})
}

func TestAnAskIsClosedUnansweredOnlyWhenItsDayHasPassed(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		b := s.as("DER", access.HomeFinder)
		wants(t, b.post(askPath(a.ID)+"/close", nil, http.StatusUnprocessableEntity), []string{"The day to answer by has not passed yet."})
		s.desk.AsOf = date.MustOf(2026, 12, 8)
		wants(t, b.get(askPath(a.ID), http.StatusOK), []string{"Overdue: it was to be answered by this day, 1 day ago", "Close without an answer"})
		wants(t, b.post(askPath(a.ID)+"/close", nil, http.StatusOK), []string{"Ask closed without an answer.", "Closed without an answer", "Was to be answered by this day 7 December 2026"})
	})
}

func TestDistanceBands(t *testing.T) {
	for _, c := range []struct {
		d    *match.Miles
		want string
	}{{nil, "not known"}, {&match.Miles{Low: 0, High: 0}, "under 20 miles"}, {&match.Miles{Low: 199, High: 199}, "under 20 miles"}, {&match.Miles{Low: 200, High: 399}, "20 to 40 miles"},
		{&match.Miles{Low: 400, High: 4000}, "over 40 miles"}, {&match.Miles{Low: 150, High: 250}, "under 20 miles or 20 to 40 miles"}, {&match.Miles{Low: 100, High: 900}, "not known"}} {
		if got := distanceBand(c.d); got != c.want {
			t.Errorf("%v is %q, want %q", c.d, got, c.want)
		}
	}
}
