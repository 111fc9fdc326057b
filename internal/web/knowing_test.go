package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/work"
)

func (b *browser) declare(kind, value string) string {
	b.t.Helper()
	return b.post("/account/declarations", url.Values{"kind": {kind}, "value": {value}}, http.StatusOK)
}

func TestSomebodyWhoMayKnowAChildIsAskedBeforeTheRecordIsShown(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := childPath(s.id["DER/C1"])
		b := s.as("DER", access.HomeFinder)
		wants(t, b.declare("surname", "Testname"), []string{"Declared.", "A surname"}, "Testname")
		for _, path := range []string{record, record + "/edit", record + "/families", record + "/zones"} {
			wants(t, b.get(path, http.StatusOK), []string{"You may know this child", "a surname in the record"}, append(derCanaries, s.id["DER/C1"]+"/edit")...)
		}
		b.post(record+"/edit", url.Values{"version": {"1"}, "given_name": {"X"}}, http.StatusOK)
		if e := s.entries(access.Child, "DER", s.id["DER/C1"]); e[0].Action != "alert shown" {
			t.Errorf("on the record: %+v", e[0])
		}
		wants(t, b.post(record+"/knowing", url.Values{}, http.StatusUnprocessableEntity), []string{"There is a problem", "Select whether you know this child"}, derCanaries...)
		b.post(record+"/knowing", url.Values{"answer": {"no_tie neighbour"}}, http.StatusUnprocessableEntity)
		wants(t, b.post(record+"/knowing", url.Values{"answer": {"no_tie same_name"}}, http.StatusOK), []string{"You can open this record.", "Asha"})
		wants(t, b.get(record, http.StatusOK), []string{"Asha"})
		wants(t, s.as("DER", access.Manager).get("/", http.StatusOK), []string{"Somebody was asked whether they know a child or family"})
	})
}

func TestATieClosesTheRecordUntilAManagerOpensItAgain(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := childPath(s.id["DER/C1"])
		b := s.as("DER", access.HomeFinder)
		b.declare("postcode", "de22 3cv")
		wants(t, b.get(record, http.StatusOK), []string{"You may know this child", "a postcode in the record"}, derCanaries...)
		wants(t, b.post(record+"/knowing", url.Values{"answer": {"tie neighbour"}}, http.StatusOK), []string{"The record is closed to you"})
		for _, path := range []string{record, record + "/edit", record + "/families", record + "/knowing"} {
			wants(t, b.get(path, http.StatusNotFound), []string{"because you said that you know the child or family"}, derCanaries...)
		}
		b.post(record+"/knowing", url.Values{"answer": {"no_tie same_name"}}, http.StatusNotFound)
		manager := s.as("DER", access.Manager)
		wants(t, manager.get("/", http.StatusOK), []string{"Somebody said that they know a child or family."})
		wants(t, manager.get(record+"/restrict", http.StatusOK), []string{"Closed to people who know them", "Home finder, DER", "neighbours", "Open it to them again"}, derCanaries...)
		wants(t, manager.post(record+"/restrict/reopen", url.Values{"worker": {s.worker("DER", access.HomeFinder)}}, http.StatusOK), []string{"The record is open to them again."})
		wants(t, b.get(record, http.StatusOK), []string{"Asha"})
	})
}

func TestAnAlertIsNoWayToFindOutWhatIsInARecord(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record, family := childPath(s.id["DER/C1"]), familyPath(s.id["family VAA1/F1"])
		for _, b := range []*browser{s.as("NOT", access.HomeFinder), s.as("VAA1", access.AdopterWorker), s.as("DER", access.AdopterWorker)} {
			b.declare("surname", "Testname")
			b.declare("postcode", "DE22 3CV")
			wants(t, b.get(record, http.StatusOK), []string{"What this child needs"}, "You may know", "Testname")
		}
		finder := s.as("DER", access.HomeFinder)
		finder.declare("postcode", "S1 1CC")
		wants(t, finder.get(family, http.StatusOK), []string{"VAA1/F1"}, "You may know", "S1 1CC")
		own := s.as("VAA1", access.Manager)
		own.declare("postcode", "s11cc")
		wants(t, own.get(family, http.StatusOK), []string{"You may know this family", "a postcode in the record"}, "S1 1CC", "VAA1/F1")
		stranger := s.as("LEI", access.HomeFinder)
		stranger.declare("record", s.id["DER/C1"])
		stranger.no(record, derCanaries...)
		stranger.no(record+"/knowing", derCanaries...)
		stranger.post(record+"/knowing", url.Values{"answer": {"tie relative"}}, http.StatusNotFound)
		partner := s.as("NOT", access.Manager)
		partner.declare("record", s.id["DER/C1"])
		wants(t, partner.get(record, http.StatusOK), []string{"You may know this child", "you have declared this record itself"}, derCanaries...)
	})
}

func TestAnybodyMaySayUnaskedThatTheyKnowAChild(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		record := childPath(s.id["DER/C2"])
		b := s.as("DER", access.PermanenceWorker)
		wants(t, b.get(record, http.StatusOK), []string{"Do you know them?"})
		wants(t, b.get(record+"/knowing", http.StatusOK), []string{"Do you know this child?", "Nothing we can compare"}, "Samplesson", "No: ")
		b.post(record+"/knowing", url.Values{"answer": {"no_tie same_name"}}, http.StatusUnprocessableEntity)
		b.post(record+"/knowing", url.Values{"answer": {"tie not_said"}}, http.StatusOK)
		b.get(record, http.StatusNotFound)
	})
}

func TestWhatIsDeclaredCannotBeReadAgain(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get("/account/declarations", http.StatusOK), []string{"You have declared nothing yet."})
		for kind, value := range map[string]string{"surname": "Canarysurname", "postcode": "NG1 1CC", "record": s.id["DER/C1"]} {
			if page := b.declare(kind, value); strings.Contains(page, value) {
				t.Errorf("the page says %q", value)
			}
		}
		for _, bad := range []url.Values{{"kind": {"surname"}}, {"value": {"Example"}}, {"kind": {"postcode"}, "value": {"NG1"}}, {"kind": {"hobby"}, "value": {"chess"}}, {"kind": {"surname"}, "value": {"Canarysurname"}}} {
			wants(t, b.post("/account/declarations", bad, http.StatusUnprocessableEntity), []string{"There is a problem"})
		}
		if strings.Contains(s.log.String(), "Canarysurname") {
			t.Error("the log holds what was declared")
		}
		var id string
		s.operate(func(u *work.Unit) error {
			var kept string
			if err := u.QueryRow("SELECT declaration_id, value_hash FROM declaration WHERE kind = 'surname'").Scan(&id, &kept); err != nil {
				return err
			}
			if strings.Contains(strings.ToLower(kept), "canary") {
				t.Error("the database holds what was declared")
			}
			return nil
		})
		end := "/account/declarations/" + id + "/end"
		s.as("DER", access.Manager).post(end, nil, http.StatusNotFound)
		s.as("LEI", access.HomeFinder).post(end, nil, http.StatusNotFound)
		wants(t, b.post(end, nil, http.StatusOK), []string{"Taken back."})
		b.post(end, nil, http.StatusNotFound)
		wants(t, s.as("DER", access.Manager).get("/notices", http.StatusOK), []string{"Somebody took back something they had declared"}, "Canarysurname")
	})
}
