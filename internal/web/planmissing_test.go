package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/work"
)

func TestSomebodyDescribesAFamilyAndSeesWhatItWouldAdd(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get("/plan/missing", http.StatusOK), []string{"What would this family add?", "See what it would add", "Anywhere safe"}, "What it would add</h3>", "Error:")
		page := b.get("/plan/missing?children=1&age-from=3&age-to=6&willing=0&where=anywhere", http.StatusOK)
		wants(t, page, []string{"1 family for one child aged 3 to 6", "and 1 more group of children would have a link", "It could be for a few children who wait. Do not pass this on"}, "Asha")
		wants(t, b.get("/plan/missing?children=1&age-from=12&age-to=14&where=anywhere", http.StatusOK), []string{"It would add nothing to the plan", "It could be for no children who wait."})
		for query, says := range map[string]string{
			"children=0&age-from=0&age-to=5&where=anywhere":   "Enter how many children, from 1 to 10.",
			"children=x&age-from=0&age-to=5&where=anywhere":   "How many children it could take must be a whole number",
			"children=&age-from=0&age-to=5&where=anywhere":    "Enter a number",
			"children=1&age-from=6&age-to=5&where=anywhere":   "Enter an oldest age that is not below the youngest.",
			"children=1&age-from=0&age-to=40&where=anywhere":  "Enter an age from 0 to 17.",
			"children=1&age-from=-1&age-to=4&where=anywhere":  "From what age must be 0 or more",
			"children=1&age-from=0&age-to=5&where=VAA1":       "Select where it would live", // too few homes: it was not offered
			"children=1&age-from=0&age-to=5":                  "Select where it would live",
			"children=1&age-from=0&age-to=5&willing=9&where=": "Select what it would say yes to",
		} {
			wants(t, b.get("/plan/missing?"+query, http.StatusUnprocessableEntity), []string{"There is a problem", says, "Who to recruit"}, "It could be for")
		}
	})
}

func TestFamiliesMayBeForOneAgencysChildrenFirst(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.handHomeFinding("NOT", "DER")
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get("/plan/missing", http.StatusOK), []string{"Derby’s children first", "Nottingham’s children first", "What each agency’s waiting children lack",
			"Not said: it could be for five or fewer children, and may point to one of them"}, "Leicester")
		wants(t, b.get("/plan/missing?first=NOT", http.StatusOK), []string{"Who to recruit: for Nottingham’s children first", "counted for Nottingham’s children alone"})
		wants(t, b.get("/plan/missing?first=LEI", http.StatusOK), []string{"Who to recruit"}, "Leicester") // not offered: it counts as empty
		wants(t, s.as("DER", access.Manager).get("/plan/missing?pool=D2N2&first=DER&children=1&age-from=0&age-to=9&where=anywhere", http.StatusOK), []string{"1 family for one child aged 0 to 9"})
	})
}

func TestFamiliesThatHaveNotBeenAskedAreNamedToWhoeverMayAskThem(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		wants(t, s.as("DER", access.HomeFinder).get("/plan/missing", http.StatusOK), []string{"Ask the families there are first", "Derby A few A few Not said", "There are 3 approved families in this plan", "every family said yes to all it has not been asked",
			"yes to all, 1 asked about part, 0 no to some, 2 not asked"}, "Families you could ask first")
		s.operate(func(u *work.Unit) error {
			return s.save(u, nil, []adopter.Family{{Agency: "DER", Ref: "OWN", Status: "approved", MaxChildren: whole(1), AgeMin: whole(0), AgeMax: whole(9), Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}}}})
		})
		page := s.as("DER", access.HomeFinder).get("/plan/missing", http.StatusOK)
		wants(t, page, []string{"Families you could ask first", "DER/OWN"}, "VAA1/F")
		if e := s.entries(access.Family, "DER", s.id["family DER/OWN"]); len(e) == 0 || !strings.HasPrefix(e[0].Detail, "the region's plan") {
			t.Errorf("a family that was named is not on the record: %+v", e)
		}
		// A worker of the family's agency who may not record its answers is not told.
		wants(t, s.as("NOT", access.HomeFinder).get("/plan/missing", http.StatusOK), nil, "DER/OWN", "Families you could ask first")
	})
}

func TestAgenciesWithManyChildrenAreCountedAndOthersNot(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.operate(func(u *work.Unit) error {
			var list []child.Child
			for i := range 9 {
				list = append(list, child.Child{Agency: "DER", Ref: fmt.Sprint("M", i), GivenName: "Many", FamilyName: "Canary", Status: "waiting", Born: today.AddDays(-900), Needs: []child.Need{{Code: "fasd", Level: "known"}}})
			}
			return s.save(u, list, nil)
		})
		s.handHomeFinding("NOT", "DER")
		page := s.as("DER", access.HomeFinder).get("/plan/missing", http.StatusOK)
		wants(t, page, []string{"willing: alcohol or drugs in pregnancy, or FASD. It would add"}, "Canary", "DER/M")
		if n := s.as("DER", access.HomeFinder).statementsFor("/plan/missing"); n > 60 {
			t.Errorf("%d statements", n)
		}
	})
}
