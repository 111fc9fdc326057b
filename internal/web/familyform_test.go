package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/date"
)

// familyAnswers is a family's record as a browser would send it.
func familyAnswers(version string) url.Values {
	return url.Values{"version": {version}, "status": {"approved"}, "approved_on-day": {"2"}, "approved_on-month": {"4"}, "approved_on-year": {"2026"},
		"max_children": {"3"}, "age_min": {"1"}, "age_max": {"7"}, "sex": {"F"}, "languages": {"English, Polish"}, "training": {"no"}, "adopters": {"1"}}
}

func TestFamilyRecordIsCorrected(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		wants(t, b.get(path+"/edit", http.StatusOK), []string{"Correct the record", "VAA1/F1", "Leave empty what is not known"})
		page := b.post(path+"/edit", familyAnswers("1"), http.StatusOK)
		wants(t, page, []string{"The record was saved", "Up to 3", "Aged 1 to 7", "Girls only", "English, Polish", "was Up to 2, became Up to 3"})
		f := s.family("VAA1/F1")
		if f.Version != 2 || f.Adopters.V != 1 || len(f.Offers) != 3 || len(f.Places) != 1 {
			t.Errorf("saved as %+v", f)
		}
		if s.lastAction("VAA1/F1") != "viewed" || s.entries(access.Family, "VAA1", f.ID)[1].Action != "changed" {
			t.Error("the change is not on the record")
		}
	})
}

func TestFamilyRecordKeepsWhatSomebodyElseWrote(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		b.post(path+"/edit", familyAnswers("1"), http.StatusOK)
		late := familyAnswers("1")
		late.Set("max_children", "1")
		page := b.post(path+"/edit", late, http.StatusUnprocessableEntity)
		wants(t, page, []string{"Somebody else changed this record"})
		if !strings.Contains(page, `name="version" value="1"`) {
			t.Error("the form shown again must still say what was seen")
		}
		b.post(path+"/edit", late, http.StatusUnprocessableEntity) // sending it again changes nothing
		if f := s.family("VAA1/F1"); f.MaxChildren.V != 3 {
			t.Errorf("up to %d children", f.MaxChildren.V)
		}
	})
}

func TestFamilyRecordMistakes(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		for _, c := range []struct{ field, value, message, href string }{
			{"age_min", "9", "Youngest age must be the same as or below the oldest age", "#age_min"},
			{"age_max", "x", "Oldest age they could take must be a whole number", "#age_max"},
			{"max_children", "-1", "The number of children must be 0 or more", "#max_children"},
			{"max_children", "99999999999", "The number of children must be", "#max_children"},
			{"languages", "Klingon", "“Klingon” is not a language", "#languages"},
			{"status", "asleep", "Select status", "#status"},
			{"adopters", "3", "Select how many adopters there are", "#adopters"},
			{"worker", "somebody", "Select their worker", "#worker"},
			{"approved_on-day", "31", "The day they were approved must be a real date", "#approved_on-day"},
			{"approved_on-year", "2027", "The day they were approved must be today or in the past", "#approved_on-day"},
		} {
			form := familyAnswers("1")
			form.Set(c.field, c.value)
			page := b.post(path+"/edit", form, http.StatusUnprocessableEntity)
			wants(t, page, []string{"There is a problem", c.message})
			if !strings.Contains(page, `href="`+c.href+`"`) {
				t.Errorf("%s=%s: the mistake does not lead to %s", c.field, c.value, c.href)
			}
		}
		if s.family("VAA1/F1").Version != 1 {
			t.Error("a form with a mistake changed the record")
		}
	})
}

func TestFamilyFormsAreForItsOwnAgency(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		pool, other := s.as("DER", access.HomeFinder), s.as("LEI", access.HomeFinder)
		for _, page := range []string{"/edit", "/offers", "/household", "/milestones", "/places", "/places/remove?place=0&version=1"} {
			path := s.familyPath("VAA1/F1") + page
			wants(t, pool.get(path, http.StatusForbidden), []string{"You may see this but not do that"}, "S1 1CC")
			other.get(path, http.StatusNotFound)
			pool.post(path, url.Values{"version": {"1"}}, http.StatusForbidden)
			other.post(path, url.Values{"version": {"1"}}, http.StatusNotFound)
		}
		if s.family("VAA1/F1").Version != 1 {
			t.Error("somebody else changed the record")
		}
	})
}

func TestFamilyIsAdded(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("VAA1", access.AdopterWorker)
		form := familyAnswers("0")
		page := b.post("/families/new", form, http.StatusUnprocessableEntity)
		wants(t, page, []string{"Enter your agency’s reference for the family"})
		form.Set("family_ref", `F9"><script>alert(1)</script>`)
		wants(t, b.post("/families/new", form, http.StatusUnprocessableEntity), []string{"Take the / out of the reference"}, "<script>")
		form.Set("family_ref", `F9 <b>bold`)
		page = b.post("/families/new", form, http.StatusOK)
		wants(t, page, []string{"The family was added", "VAA1/F9 <b>bold", "Up to 3"}, "<b>bold")
		wants(t, b.post("/families/new", form, http.StatusUnprocessableEntity), []string{"already recorded"})
		s.as("DER", access.PermanenceWorker).get("/families/new", http.StatusForbidden)
	})
}

func TestFamilyOffers(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		form := s.offers("VAA1/F1")
		form.Set("fasd", "no")
		form.Set("letterbox", notAsked)
		form.Set("digital", "support")
		wants(t, b.post(path+"/offers", form, http.StatusOK), []string{"What they have said was saved", "No (1)", "They answered on 23 November 2026"})
		f := s.family("VAA1/F1")
		want := map[string]adopter.Offer{
			"fasd": {Code: "fasd", Answer: "no", AnsweredOn: today}, "digital": {Code: "digital", Answer: "support", AnsweredOn: today}, "neglect": {Code: "neglect", Answer: "yes"}}
		if len(f.Offers) != len(want) {
			t.Errorf("offers are %+v", f.Offers)
		}
		for _, o := range f.Offers {
			if o != want[o.Code] {
				t.Errorf("%s: %+v", o.Code, o)
			}
		}
		form.Set("version", "2")
		form.Set("fasd", "maybe")
		form.Del("neglect")
		wants(t, b.post(path+"/offers", form, http.StatusUnprocessableEntity), []string{"Select an answer about fetal alcohol spectrum disorder (FASD)", "Select an answer about neglect"})
	})
}

func TestFamilyHousehold(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		born := func(form url.Values, name, day, month, year string) url.Values {
			form.Set(name+"-day", day)
			form.Set(name+"-month", month)
			form.Set(name+"-year", year)
			return form
		}
		form := born(url.Values{"version": {"1"}, "children_at_home": {"0"}}, "another", "1", "2", "2019")
		wants(t, b.post(path+"/household", form, http.StatusUnprocessableEntity), []string{"There are birth dates of 1 child here: enter 1 or more, or remove a child"})
		form.Set("children_at_home", "2")
		form.Set("then", "another")
		wants(t, b.post(path+"/household", form, http.StatusOK), []string{"The children at home were saved. Add the next one", "Child 1: date of birth"})
		form = born(born(url.Values{"version": {"2"}, "children_at_home": {"2"}}, "born-0", "1", "2", "2019"), "another", "30", "2", "2021")
		wants(t, b.post(path+"/household", form, http.StatusUnprocessableEntity), []string{"The date of birth must be a real date"})
		born(form, "another", "28", "2", "2021")
		wants(t, b.post(path+"/household", form, http.StatusOK), []string{"The children at home were saved", "2. Ages: 7 years and 5 years"})
		form = born(born(url.Values{"version": {"3"}, "children_at_home": {"1"}, "remove-0": {"yes"}}, "born-0", "x", "", ""), "born-1", "28", "2", "2021")
		wants(t, b.post(path+"/household", form, http.StatusOK), []string{"1. Ages: 5 years"})
		if f := s.family("VAA1/F1"); len(f.Household) != 1 || f.Household[0] != date.MustOf(2021, 2, 28) {
			t.Errorf("at home: %v", f.Household)
		}
	})
}

func TestFamilyPlaces(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		wants(t, b.get(path+"/places", http.StatusOK), []string{"Home", "S1 1CC", "Remove"})
		for _, c := range []struct{ kind, postcode, message string }{
			{"", "", "Select what the place is"}, {"school", "", "Enter the postcode"}, {"school", "nowhere", "is not a postcode"},
			{"home", "NG1 1CC", "A family has one home"}, {"home", "s11cc", "This place is recorded already"},
		} {
			form := url.Values{"version": {"1"}, "kind": {c.kind}, "postcode": {c.postcode}}
			wants(t, b.post(path+"/places", form, http.StatusUnprocessableEntity), []string{c.message})
		}
		wants(t, b.post(path+"/places", url.Values{"version": {"1"}, "kind": {"school"}, "postcode": {"ng1 1cc"}}, http.StatusOK), []string{"The place was added", "School or nursery", "NG1 1CC"})
		b.get(path+"/places/remove?place=0&version=1", http.StatusConflict)
		b.get(path+"/places/remove?place=7&version=2", http.StatusConflict)
		wants(t, b.get(path+"/places/remove?place=0&version=2", http.StatusOK), []string{"Are you sure", "home S1 1CC", "ruled out for every child with a zone", "Keep it"})
		wants(t, b.post(path+"/places/remove", url.Values{"place": {"0"}, "version": {"2"}}, http.StatusOK), []string{"The place was removed", "NG1 1CC"}, "S1 1CC")
		if f := s.family("VAA1/F1"); len(f.Places) != 1 || f.Places[0].Kind != "school" {
			t.Errorf("places are %v", f.Places)
		}
	})
}
