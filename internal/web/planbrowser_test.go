package web

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"homeward/internal/access"
	"homeward/internal/lab"
)

var pairLink = regexp.MustCompile(`/children/[A-Z0-9]+/families/[A-Z0-9]+/plan`)

// TestEveryPartOfThePlanIsAccessible looks at what the links of the crawl do not
// come by: the parts of the plan, a mistake, and a pair of which something is said.
func TestEveryPartOfThePlanIsAccessible(t *testing.T) {
	s := labSite(t, lab.Pilot)
	finder := s.as("DER", access.HomeFinder)
	pairs := pairLink.FindAllString(finder.get("/plan", http.StatusOK), -1)
	if len(pairs) < 2 {
		t.Fatal("the plan has no pairs")
	}
	finder.post(pairs[0], url.Values{"verdict": {"apart"}, "reason": {"They live too near a school the child goes to"}}, http.StatusOK)
	b := chromium(t, s)
	b.signIn("DER", access.HomeFinder)
	for name, path := range map[string]string{"without": "/plan?part=without&priority=1", "said": "/plan?part=said", "mistake": "/plan?priority=2", "pair": pairs[0], "missing": "/plan/missing", "offer": "/plan/missing?children=2&age-from=0&age-to=6&willing=0&where=anywhere&first=DER", "offer-mistake": "/plan/missing?children=0&age-from=0&age-to=6&where=anywhere", "stretch": "/plan?stretch=1&page=2"} {
		b.width(1280)
		b.open(path)
		b.look(name, "plan-"+name)
	}
}
