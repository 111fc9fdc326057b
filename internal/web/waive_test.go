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

func (s *testSite) waivePath(childKey, family string) string {
	return waivePath(s.id[childKey], s.id["family "+family])
}

// foundForm is the form of a finding, as a browser would send it.
func foundForm(exclusion, found, reason string, expires date.Date) url.Values {
	form := dateBoxes("expires_on", expires)
	form.Set("exclusion", exclusion)
	form.Set("finding", found)
	form.Set("reason", reason)
	return form
}

func TestAManagerWaivesAnExclusion(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.Manager), s.waivePath("DER/C1", "VAA1/F3")
		wants(t, b.get(path, http.StatusOK), []string{"What rules this family out", "Asha Testname", "VAA1/F3, Lantern Adoption", "Ruled out", "A place of theirs is inside a zone",
			"You, Manager, DER, are the manager named on it.", "Waive an exclusion", "Nothing has been recorded."}, "DE22", "Checked")
		page := b.post(path, foundForm("zone", "waived", "The <i>birth family</i> has moved away", date.MustOf(2026, 12, 20)), http.StatusOK)
		wants(t, page, []string{"Finding recorded until 20 December 2026.", "Waived", "Stands", "The exclusion is waived for this family. Expires on 20 December 2026",
			"The <i>birth family</i> has moved away", "By Manager, DER, 23 November 2026", "End this finding"}, "<i>birth")
		if e := s.entries(access.Child, "DER", s.id["DER/C1"]); e[2].Action != "waiver: waived" && e[1].Action != "waiver: waived" {
			t.Errorf("on the record: %+v", e[:3])
		}
		finder := s.as("DER", access.HomeFinder)
		wants(t, finder.get(s.familiesPath("DER/C1"), http.StatusOK), []string{"VAA1/F3", "A place of theirs is inside a zone Waived", "Suitable (2)"})

		id := page[strings.Index(page, `name="waiver" value="`)+len(`name="waiver" value="`):]
		id = id[:strings.IndexByte(id, '"')]
		finder.post(path+"/end", url.Values{"waiver": {id}}, http.StatusForbidden)
		wants(t, b.post(path+"/end", url.Values{"waiver": {id}}, http.StatusOK), []string{"Finding ended.", "Ended on 23 November 2026", "Ruled out"}, "End this finding")
		b.post(path+"/end", url.Values{"waiver": {"nothing"}}, http.StatusNotFound)
		wants(t, finder.get(s.familiesPath("DER/C1"), http.StatusOK), []string{"Suitable (1)"}, "VAA1/F3")
	})
}

func TestAManagerResolvesWhatCannotBeTold(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.addFamily(adopter.Family{Agency: "VAA1", Ref: "F8", Status: "approved", MaxChildren: whole(1), Places: []adopter.Place{{Kind: "home", Postcode: "ZE9"}}})
		b, path := s.as("DER", access.Manager), s.waivePath("DER/C1", "VAA1/F8")
		wants(t, b.get(path, http.StatusOK), []string{"Cannot tell whether a place of theirs is inside a zone", "What did you find?", "Checked: the family is outside every zone", "Checked: the family is inside a zone"})
		wants(t, b.post(path, foundForm("zone", "inside", "Spoke to them", date.MustOf(2027, 11, 23)), http.StatusOK), []string{"Ruled out", "Checked: the family is inside a zone. Expires on"})
		wants(t, b.post(path, foundForm("zone", "outside", "Looked at a map", date.MustOf(2027, 11, 23)), http.StatusOK), []string{"Suitable", "Waived", "It takes the place of what was found before.", "Ended on 23 November 2026", "Stands"})
	})
}

func TestMistakesInAWaiver(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.Manager), s.waivePath("DER/C1", "VAA1/F3")
		for _, mistake := range []struct{ name, value, says, linked string }{
			{"reason", " ", "Enter why the exclusion is waived, or how you checked", "#reason"},
			{"reason", strings.Repeat("x", 2001), "must be 2000 characters or less", "#reason"},
			{"finding", "", "Select what you found", "#finding"},
			{"exclusion", "fee", "Select the exclusion it is about", "#exclusion"},
			{"expires_on-day", "", "The day it expires must include a day", "#expires_on-day"},
			{"expires_on-year", "2026", "The day it expires must be the same as or after 24 November 2026", "#expires_on-day"},
		} {
			form := foundForm("zone", "waived", "Moved away", date.MustOf(2027, 11, 23))
			form.Set(mistake.name, mistake.value)
			page := b.post(path, form, http.StatusUnprocessableEntity)
			wants(t, page, []string{"There is a problem", mistake.says})
			if !strings.Contains(page, `href="`+mistake.linked+`"`) {
				t.Errorf("%q is not linked to %s", mistake.says, mistake.linked)
			}
		}
		expires := date.MustOf(2027, 11, 23)
		wants(t, b.post(path, foundForm("capacity", "waived", "Why not", expires), http.StatusUnprocessableEntity), []string{"This exclusion does not stand between this child and this family now."})
		wants(t, b.post(path, foundForm("zone", "outside", "Looked", expires), http.StatusUnprocessableEntity), []string{"Only a location that could not be told can be found inside or outside."})
		wants(t, b.get(s.waivePath("DER/C1", "VAA1/F1"), http.StatusOK), []string{"No exclusion stands between them now"}, `name="reason"`)
		if n := s.counted("waiver: waived"); n != 0 {
			t.Errorf("%d waivers on the record", n)
		}
	})
}

func TestOnlyAManagerOfTheChildsAgencyWaives(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path, form := s.waivePath("DER/C1", "VAA1/F3"), foundForm("zone", "waived", "Moved away", date.MustOf(2027, 11, 23))
		finder := s.as("DER", access.HomeFinder)
		wants(t, finder.get(path, http.StatusOK), []string{"Only a manager of Derby can waive an exclusion", "Ask Manager, DER."}, `name="reason"`)
		finder.post(path, form, http.StatusForbidden)
		s.as("NOT", access.Manager).get(path, http.StatusForbidden)
		s.as("NOT", access.Manager).post(path, form, http.StatusForbidden)
		s.as("LEI", access.Manager).get(path, http.StatusNotFound)
		s.as("LEI", access.Manager).post(path, form, http.StatusNotFound)
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "refused" || e.Who.Agency != "LEI" || e.Detail != "waive" {
			t.Errorf("the refusal is on the record as %+v", e)
		}
		s.as("DER", access.Manager).get(s.waivePath("DER/C1", "LEI/L1"), http.StatusNotFound)
		if s.lastAction("LEI/L1") != "refused" || s.counted("waiver: waived") != 0 {
			t.Error("another region's family, or a waiver of somebody who may not")
		}
	})
}
