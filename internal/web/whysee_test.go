package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
)

func TestWhyAPersonSeesARecordIsAnsweredWithoutShowingIt(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id, finder := s.id["DER/C1"], s.workerOf("DER", access.HomeFinder)
		secrets := []string{"Asha", "Testname", "DE22", "DER/C1", "fasd", "FASD"}
		for _, role := range []access.Role{access.Administrator, access.Manager, access.InformationLead} {
			b := s.as("DER", role)
			page := b.post("/why", url.Values{"person": {finder}, "reference": {id}}, http.StatusOK)
			wants(t, page, []string{"Home finder, DER and a child’s record of Derby", "Who the child is", "Yes", "You work for the council whose child this is."}, secrets...)
			page = b.post("/why", url.Values{"person": {s.workerOf("DER", access.AdopterWorker)}, "reference": {id}}, http.StatusOK)
			wants(t, page, []string{"Where the child is, and zones", "No", "Nothing in the access table opens this to your role."}, secrets...)
		}
		e := s.entries(access.Child, "DER", id)
		if len(e) < 6 || e[0].Action != "viewed" || !strings.Contains(e[0].Detail, "why worker") {
			t.Errorf("on the record: %+v", e[0])
		}
		if strings.Contains(s.log.String(), id) {
			t.Error("the log holds the reference")
		}
	})
}

func TestWhyIsAnsweredForTheAskersOwnAgencyAlone(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, finder := s.as("DER", access.InformationLead), s.workerOf("DER", access.HomeFinder)
		unknown := b.post("/why", url.Values{"person": {finder}, "reference": {"BBBBBBBBBBBB"}}, http.StatusNotFound)
		for _, key := range []string{"NOT/N1", "LEI/L1", "family VAA1/F1", "family LEI/L1"} {
			if page := b.post("/why", url.Values{"person": {finder}, "reference": {s.id[key]}}, http.StatusNotFound); page != unknown {
				t.Errorf("%s is answered otherwise than what does not exist", key)
			}
		}
		if e := s.entries(access.Child, "LEI", s.id["LEI/L1"]); len(e) == 0 || e[0].Action != "refused" || e[0].Who.Agency != "DER" {
			t.Errorf("that Derby asked about Leicester's child is not on the record: %+v", e)
		}
		b.post("/why", url.Values{"person": {s.workerOf("LEI", access.HomeFinder)}, "reference": {s.id["DER/C1"]}}, http.StatusUnprocessableEntity)
		b.post("/why", url.Values{"person": {finder}}, http.StatusUnprocessableEntity)
		for _, role := range []access.Role{access.HomeFinder, access.AdopterWorker, access.PermanenceWorker} {
			s.as("DER", role).post("/why", url.Values{"person": {finder}, "reference": {s.id["DER/C1"]}}, http.StatusNotFound)
		}
	})
}
