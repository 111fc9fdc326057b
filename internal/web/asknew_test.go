package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/link"
)

// asking is the form that asks families, as a browser would send it.
func (s *testSite) asking(by date.Date, families ...string) url.Values {
	form := s.families(families...)
	for name, value := range dateBoxes("answer_by", by) {
		form[name] = value
	}
	return form
}

// dateBoxes are the three boxes of a date.
func dateBoxes(name string, d date.Date) url.Values {
	boxes := url.Values{}
	for i, part := range strings.Split(d.Time().Format("2 1 2006"), " ") {
		boxes.Set(name+"-"+[]string{"day", "month", "year"}[i], part)
	}
	return boxes
}

// allAsks reads every ask there is.
func (s *testSite) allAsks() (list []link.Ask) {
	s.t.Helper()
	if err := s.desk.DB.Read(context.Background(), func(tx *db.Tx) (err error) { list, err = link.Asks(tx, link.AskQuery{}); return err }); err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestAskingFamilies(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), newAskPath(s.id["DER/C1"])
		page := b.get(path+"?"+s.families("VAA1/F1", "VAA1/F2", "VAA1/F3").Encode(), http.StatusOK)
		wants(t, page, []string{"Ask 2 families about this child", "Asha Testname", "VAA1/F1 , Lantern Adoption. Goes to: Anyone who answers for VAA1", "Age: 4; the family said 0 to 3",
			"Cannot be asked", "VAA1/F3 : ruled out: a place of theirs is inside a zone", "10 working days from today, Monday 23 November 2026", "no name, no postcode and no zone", "Do not write names"}, "DE22")
		for _, box := range []string{`value="7"`, `value="12"`, `value="2026"`} {
			if !strings.Contains(page, box) {
				t.Errorf("the day to answer by is not filled in with %s", box)
			}
		}
		form := s.asking(date.MustOf(2026, 12, 7), "VAA1/F1", "VAA1/F2")
		form.Set("note", "Ring me on Thursday")
		wants(t, b.post(path, form, http.StatusOK), []string{"2 families asked. Their workers have until 7 December 2026 to answer.", "Asked by me", "Asha Testname"})
		asks := s.allAsks()
		if len(asks) != 2 || asks[0].Note != "Ring me on Thursday" || asks[0].AnswerBy != date.MustOf(2026, 12, 7) || asks[0].Rules != "2026-11" {
			t.Errorf("asked %+v", asks)
		}
		actions := map[string]int{}
		for _, a := range asks {
			for _, e := range s.entries(access.Ask, "VAA1", a.ID) {
				actions[e.Action]++
			}
		}
		if actions["asked"] != 2 {
			t.Errorf("on the record: %v", actions)
		}
	})
}

func TestBankHolidaysAreNamedInTheDayToAnswerBy(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.desk.AsOf = date.MustOf(2026, 12, 18)
		page := s.as("DER", access.HomeFinder).get(newAskPath(s.id["DER/C1"])+"?"+s.families("VAA1/F1").Encode(), http.StatusOK)
		wants(t, page, []string{"Ask 1 family", "25 December 2026, is left out", "1 January 2027, is left out"})
	})
}

func TestMistakesInAsking(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), newAskPath(s.id["DER/C1"])
		for _, mistake := range []struct {
			name, value, says, linked string
		}{
			{"answer_by-day", "", "The day to answer by must include a day", "#answer_by-day"},
			{"answer_by-month", "14", "The day to answer by must be a real date", "#answer_by-month"},
			{"answer_by-year", "2025", "The day to answer by must be the same as or after 23 November 2026", "#answer_by-day"},
			{"note", strings.Repeat("n", 2001), "The note must be 2000 characters or less", "#note"},
		} {
			form := s.asking(date.MustOf(2026, 12, 7), "VAA1/F1")
			form.Set(mistake.name, mistake.value)
			page := b.post(path, form, http.StatusUnprocessableEntity)
			wants(t, page, []string{"There is a problem", mistake.says, "Error: Ask about DER/C1", "Ask 1 family"})
			if !strings.Contains(page, `href="`+mistake.linked+`"`) {
				t.Errorf("%q is not linked to %s", mistake.says, mistake.linked)
			}
		}
		wants(t, b.post(path, s.asking(date.MustOf(2026, 12, 7)), http.StatusUnprocessableEntity), []string{"Select at least one family to ask.", "No family was selected"})
		wants(t, b.post(path, s.asking(date.MustOf(2026, 12, 7), "VAA1/F1", "VAA1/F3"), http.StatusUnprocessableEntity), []string{"Family VAA1/F3 is ruled out for this child.", "Ask 1 family"})
		if asks := s.allAsks(); len(asks) != 0 {
			t.Errorf("asked all the same: %+v", asks)
		}
	})
}

func TestNobodyIsAskedTwiceAtOnce(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		first := s.ask("DER/C1", "VAA1/F1")[0]
		b, path := s.as("DER", access.HomeFinder), newAskPath(s.id["DER/C1"])
		page := b.post(path, s.asking(date.MustOf(2026, 12, 7), "VAA1/F1", "VAA1/F2"), http.StatusUnprocessableEntity)
		wants(t, page, []string{"has been asked about this child already and has not answered yet. Nobody was asked.", "VAA1/F1 : asked already on 23 November 2026", "Ask 1 family"})
		if asks := s.allAsks(); len(asks) != 1 {
			t.Errorf("%d asks", len(asks))
		}
		if n := s.counted("asked"); n != 1 {
			t.Errorf("%d entries say that somebody was asked", n)
		}
		s.close(first, link.Closing{State: link.NotNow, ReasonCode: "circumstances"})
		s.ask("NOT/N1", "VAA1/F1")
		wants(t, b.get(path+"?"+s.families("VAA1/F1").Encode(), http.StatusOK), []string{"Said “not now” before, on 23 November 2026: family's circumstances at the moment", "Has 1 other ask to answer about other children"}, "Noor")
	})
}

// counted is how many entries of the audit record have an action.
func (s *testSite) counted(action string) (n int) {
	s.t.Helper()
	if err := s.desk.DB.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow("SELECT COUNT(*) FROM audit_entry WHERE action = $1", action).Scan(&n)
	}); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func TestWhoMayAsk(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path, form := newAskPath(s.id["DER/C1"]), s.asking(date.MustOf(2026, 12, 7), "VAA1/F1")
		for _, method := range []string{"get", "post"} {
			stranger, families := s.as("LEI", access.HomeFinder), s.as("VAA1", access.AdopterWorker)
			if method == "get" {
				stranger.get(path, http.StatusNotFound)
				families.get(path, http.StatusForbidden)
			} else {
				stranger.post(path, form, http.StatusNotFound)
				families.post(path, form, http.StatusForbidden)
			}
			if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "refused" || e.Detail != "make_ask" {
				t.Errorf("the refusal is on the record as %+v", e)
			}
		}
		b := s.as("DER", access.PermanenceWorker)
		b.get(path+"?"+s.families("LEI/L1").Encode(), http.StatusNotFound)
		if s.lastAction("LEI/L1") != "refused" {
			t.Error("asking another region's family is not on the record")
		}
		b.post(path, form, http.StatusOK)
		wants(t, s.as("DER", access.HomeFinder).get(newAskPath(s.id["DER/C9"])+"?"+s.families("VAA1/F1").Encode(), http.StatusOK), []string{"No family can be asked about this child now"}, "<form method=\"post\" novalidate")
	})
}

func TestAskingEarly(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), newAskPath(s.id["DER/C2"])
		wants(t, b.get(path+"?"+s.families("NOT/F1").Encode(), http.StatusOK), []string{"NOT/F1 : ruled out: not approved: stage two"})
		form := s.asking(date.MustOf(2026, 12, 7), "NOT/F1")
		form.Set("early", "1")
		wants(t, b.get(path+"?early=1&"+s.families("NOT/F1").Encode(), http.StatusOK), []string{"Ask 1 family about these children"})
		wants(t, b.post(path, form, http.StatusOK), []string{"1 family asked. Its worker has until 7 December 2026 to answer."})
	})
}
