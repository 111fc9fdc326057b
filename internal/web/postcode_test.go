package web

import (
	"net/http"
	"net/url"
	"testing"

	"homeward/internal/access"
)

// A zone that cannot be placed rules every family out, and nobody would know why.
func TestAPostcodeThatCannotBePlacedSaysSo(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		const warning = "The gazetteer does not know this postcode"
		b := s.as("DER", access.HomeFinder)
		page := childPath(s.id["DER/C1"])
		b.get("/", http.StatusOK) // the gazetteer is read with the first board
		wants(t, b.get(page+"/zones", http.StatusOK), []string{"DE22 3CV"}, warning)
		wants(t, b.post(page+"/zones", url.Values{"version": {"1"}, "postcode": {"ZE9 9CC"}, "radius_miles": {"3"}}, http.StatusOK), []string{"ZE9 9CC " + warning})
		wants(t, b.get(page, http.StatusOK), []string{"ZE9 9CC " + warning})

		v := s.as("VAA1", access.AdopterWorker)
		family := familyPath(s.id["family VAA1/F1"])
		v.get("/", http.StatusOK)
		wants(t, v.get(family, http.StatusOK), []string{"S1 1CC"}, warning)
		wants(t, v.post(family+"/places", url.Values{"version": {"1"}, "kind": {"work"}, "postcode": {"ZE9 9CC"}}, http.StatusOK), []string{"ZE9 9CC " + warning})
	})
}
