package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
)

func zoneOf(version string, pairs ...string) url.Values {
	form := url.Values{"version": {version}, "postcode": {"ng1 1cc"}, "radius_miles": {"2.5"}, "kind": {"school"}, "review_by-day": {"1"}, "review_by-month": {"6"}, "review_by-year": {"2027"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestAZoneIsAddedAndRemoved(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		wants(t, b.get(path+"/zones", http.StatusOK), []string{"A family’s side never sees a zone", "Zones now", "DE22 3CV", "Remove the zone DE22 3CV, 5 miles, Birth family's home"})
		page := b.post(path+"/zones", zoneOf("1"), http.StatusOK)
		wants(t, page, []string{"The zone is added.", "NG1 1CC", "2.5 miles", "School", "1 June 2027"})
		wants(t, b.get(path, http.StatusOK), []string{"Zones changed", "Zone : NG1 1CC, 2.5 miles, School, review by 1 June 2027 was put in"})

		page = b.get(path+"/zones/2/remove", http.StatusOK)
		wants(t, page, []string{"Remove this zone?", "Postcode NG1 1CC", "Keep it"})
		if c := s.child("DER/C1"); len(c.Zones) != 2 {
			t.Error("asking removed it")
		}
		wants(t, b.post(path+"/zones/2/remove", url.Values{"version": {"2"}}, http.StatusOK), []string{"The zone is removed."}, "NG1 1CC")
		if c := s.child("DER/C1"); len(c.Zones) != 1 || c.Zones[0].Postcode != "DE22 3CV" || c.Version != 3 {
			t.Errorf("%+v", c)
		}
		for _, n := range []string{"2", "0", "-1", "x"} {
			b.get(path+"/zones/"+n+"/remove", http.StatusNotFound)
		}
		wants(t, b.post(path+"/zones/1/remove", url.Values{"version": {"3"}}, http.StatusOK), []string{"The zone is removed.", "None recorded."}) // the last one goes too
	})
}

func TestRemovingAZoneOfARecordThatMovedOn(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		b.post(path+"/zones", zoneOf("1"), http.StatusOK)
		for _, n := range []string{"1", "9"} { // the place may be another zone's by now, or nobody's
			page := b.post(path+"/zones/"+n+"/remove", url.Values{"version": {"1"}}, http.StatusUnprocessableEntity)
			wants(t, page, []string{"Somebody else changed this record", "DE22 3CV", "NG1 1CC", "Add a zone"})
			if !strings.Contains(page, `action="`+path+`/zones"`) || !strings.Contains(page, `name="version" value="2"`) {
				t.Error("the form shown instead does not work on the record as it is now")
			}
		}
		wants(t, b.post(path+"/zones", zoneOf("1"), http.StatusUnprocessableEntity), []string{"Somebody else changed this record"})
		if c := s.child("DER/C1"); len(c.Zones) != 2 {
			t.Errorf("%+v", c.Zones)
		}
	})
}

func TestZoneMistakes(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		page := b.post(path+"/zones", zoneOf("1", "postcode", "nonsense", "radius_miles", "-2", "kind", "pub", "review_by-year", "2020"), http.StatusUnprocessableEntity)
		wants(t, page, []string{`"nonsense" is not a postcode`, "Radius must be 0 or more", "Select what is there", "Review by must be the same as or after 23 November 2026"})
		for _, href := range []string{"#postcode", "#radius_miles", "#kind", "#review_by-day"} {
			if !strings.Contains(page, `href="`+href+`"`) {
				t.Errorf("%s is not linked", href)
			}
		}
		wants(t, b.post(path+"/zones", zoneOf("1", "postcode", ""), http.StatusUnprocessableEntity), []string{"Enter a postcode, a sector or the first part of a postcode"})
		wants(t, b.post(path+"/zones", zoneOf("1", "radius_miles", "", "kind", "", "review_by-day", "", "review_by-month", "", "review_by-year", ""), http.StatusOK), []string{"Not recorded: until it is, every family is ruled out"})
	})
}
