package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/date"
)

// recordOf is a child's record as a browser would send it.
func recordOf(version string, pairs ...string) url.Values {
	form := url.Values{"version": {version}, "given_name": {"Asha"}, "family_name": {"Newname"}, "born-day": {"4"}, "born-month": {"5"}, "born-year": {"2022"}, "sex": {"F"},
		"ethnic": {"AIND"}, "religion": {"Hindu"}, "languages": {"English, urdu; pl"}, "status": {"waiting"}, "plan": {"apart"}, "group_ref": {"G7"},
		"placement_order_date-day": {"2"}, "placement_order_date-month": {"Feb"}, "placement_order_date-year": {"2026"}, "home_postcode": {"de223cv"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestChildsRecordIsChanged(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.PermanenceWorker), s.childPath("DER/C1")
		wants(t, b.get(path+"/edit", http.StatusOK), []string{"Change the record", "cannot be changed here", "A blank is never read as no", "Permanence worker, DER"}, "(optional)", `name="child_ref"`)
		page := b.post(path+"/edit", recordOf("1", "worker", s.workerOf("DER", access.PermanenceWorker)), http.StatusOK)
		wants(t, page, []string{"The record is saved.", "Asha Newname", "Indian", "Hindu", "English, Polish, Urdu", "Apart", "G7", "Family name : was Testname, became Newname", "Agency decision Not recorded", "Worker Permanence worker, DER"})
		c := s.child("DER/C1")
		if c.Version != 2 || len(c.Needs) != 2 || len(c.Zones) != 1 || len(c.Contact) != 1 || c.HomePostcode != "DE22 3CV" || c.EnteredCare.Known() || c.OrderDate != date.MustOf(2026, 2, 2) {
			t.Errorf("saved as %+v", c)
		}
		if e := s.entries(access.Child, "DER", c.ID)[1]; e.Action != "changed" || e.Detail != "record identity" {
			t.Errorf("%+v", e)
		}
	})
}

func TestChildsRecordKeepsWhatSomebodyElseWrote(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		b.post(path+"/edit", recordOf("1"), http.StatusOK)
		for _, version := range []string{"1", "", "x", "99"} {
			page := b.post(path+"/edit", recordOf(version, "given_name", "Lost"), http.StatusUnprocessableEntity)
			wants(t, page, []string{"Somebody else changed this record while you had it open", "Error: Change the record"})
			if !strings.Contains(page, `href="`+path+`/edit"`) {
				t.Error("the form is not linked to be opened again")
			}
		}
		if c := s.child("DER/C1"); c.GivenName != "Asha" || c.Version != 2 {
			t.Errorf("%+v", c)
		}
	})
}

func TestChildsRecordMistakes(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		for _, c := range []struct{ field, value, message, href string }{
			{"born-year", "22", "Year must include 4 numbers", "#born-year"},
			{"born-day", "", "Born must include a day", "#born-day"},
			{"placement_order_date-year", "2027", "Placement order must be today or in the past", "#placement_order_date-day"},
			{"languages", "English, Klingon", "“Klingon” is not a language Homeward knows", "#languages"},
			{"home_postcode", "nowhere", "is not a postcode, a sector (NG3 4) or an outward code (NG3)", "#home_postcode"},
			{"placement_postcode", "123456789012", "Placement postcode must be 10 characters or less", "#placement_postcode"},
			{"sex", "X", "Select sex", "#sex"}, {"plan", "both", "Select brothers and sisters", "#plan"}, {"status", "lost", "Select status", "#status"},
			{"ethnic", "none", "Select ethnicity", "#ethnic"}, {"worker", "nobody", "Select worker", "#worker"},
			{"given_name", strings.Repeat("a", 201), "Given name must be 200 characters or less", "#given_name"},
		} {
			page := b.post(path+"/edit", recordOf("1", c.field, c.value), http.StatusUnprocessableEntity)
			wants(t, page, []string{c.message, "There is a problem"})
			if !strings.Contains(page, `href="`+c.href+`"`) {
				t.Errorf("%s: the mistake is not linked to %s", c.field, c.href)
			}
		}
		page := b.post(path+"/edit", recordOf("1", "born-year", "22", "home_postcode", "nowhere", "family_name", "<b>kept</b>"), http.StatusUnprocessableEntity)
		wants(t, page, []string{"Year must include 4 numbers", "is not a postcode"}, "<b>kept")
		if !strings.Contains(page, "&lt;b&gt;kept") {
			t.Error("what was typed is lost")
		}
		if c := s.child("DER/C1"); c.Version != 1 {
			t.Errorf("version %d", c.Version)
		}
	})
}

func TestChildIsAdded(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.PermanenceWorker)
		wants(t, b.get("/children/new", http.StatusOK), []string{"Add a child", "Your agency’s reference"}, `name="agency"`, "Record</a>")
		form := recordOf("", "child_ref", "C77")
		wants(t, b.post("/children/new", form, http.StatusOK), []string{"The child is added.", "DER/C77", "Asha Newname", "Needs None recorded"})
		page := b.post("/children/new", form, http.StatusUnprocessableEntity)
		wants(t, page, []string{"A child with this reference is already recorded."})
		if !strings.Contains(page, `href="#child_ref"`) {
			t.Error("the reference is not linked")
		}
		form.Set("child_ref", "")
		wants(t, b.post("/children/new", form, http.StatusUnprocessableEntity), []string{"Give the agency's own reference."})
		form.Set("child_ref", "A/B")
		wants(t, b.post("/children/new", form, http.StatusUnprocessableEntity), []string{"Take the / out of the reference."})
	})
}

func TestWhoMayChangeAChild(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := s.childPath("DER/C1")
		for _, form := range []string{"/edit", "/needs", "/contact", "/milestones", "/zones", "/zones/1/remove"} {
			s.as("LEI", access.HomeFinder).get(path+form, http.StatusNotFound)
			if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "refused" {
				t.Errorf("%s: %+v", form, e)
			}
			wants(t, s.as("NOT", access.HomeFinder).get(path+form, http.StatusForbidden), []string{"You may see this but not do that."}, "DE22")
			wants(t, s.as("NOT", access.HomeFinder).post(path+form, recordOf("1"), http.StatusForbidden), nil, "DE22")
			s.as("VAA1", access.AdopterWorker).get(path+form, http.StatusForbidden)
		}
		wants(t, s.as("VAA1", access.HomeFinder).get("/children/new", http.StatusForbidden), []string{"Your agency has no children of its own"})
		s.as("VAA1", access.AdopterWorker).post("/children/new", recordOf("", "child_ref", "X"), http.StatusForbidden)
		if c := s.child("DER/C1"); c.Version != 1 {
			t.Error("changed by somebody who may not")
		}
	})
}
