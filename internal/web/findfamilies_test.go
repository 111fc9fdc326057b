package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/work"
)

// families is the ids of families, as a query or a form names them.
func (s *testSite) families(names ...string) url.Values {
	q := url.Values{}
	for _, name := range names {
		q.Add("family", s.id["family "+name])
	}
	return q
}

func (s *testSite) familiesPath(childKey string) string { return childFamiliesPath(s.id[childKey]) }

func TestFamiliesForAChild(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.familiesPath("DER/C1")
		page := b.get(path, http.StatusOK)
		wants(t, page, []string{"Families for this child", "Asha Testname", "Neglect (known), Fetal alcohol spectrum disorder (FASD) (possible)", "Letterbox",
			"294 days since the placement order", "Rules 2026-11, as of 23 November 2026. The same facts give the same list.",
			"Suitable (1)", "Stretch (1)", "Ruled out (2)", "VAA1/F1", "Lantern Adoption", "Known to fit 100.0 of 100", "31.7 miles away", "Each criterion with both values",
			"Ask this family", "Ask these families", "Compare"},
			"VAA1/F2", "S1 1CC", "DE22", "LEI", "Number of adopters")
		if again := b.get(path, http.StatusOK); textOf(again) != textOf(page) {
			t.Error("the same facts gave another list")
		}
		seen := s.entries(access.Child, "DER", s.id["DER/C1"])[0]
		if seen.Action != "viewed" || !strings.Contains(seen.Detail, "rules 2026-11, as of 2026-11-23, 1 suitable, 1 stretch, 2 ruled out") {
			t.Errorf("the list is on the record as %+v", seen)
		}
		if s.lastAction("VAA1/F1") != "viewed" || s.lastAction("VAA1/F2") == "viewed" {
			t.Error("not just the families shown are noted as seen")
		}
		if title := page[strings.Index(page, "<title>"):strings.Index(page, "</title>")]; strings.Contains(title, "Asha") || !strings.Contains(title, "DER/C1") {
			t.Errorf("the title is %q", title)
		}
	})
}

func TestWhatStandsAgainstAStretchAndWhatToAsk(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		page := s.as("DER", access.HomeFinder).get(s.familiesPath("DER/C1")+"?outcome=stretch", http.StatusOK)
		wants(t, page, []string{"VAA1/F2", "Age: 4; the family said 0 to 3", "Ask this next", "Could they meet this need: fetal alcohol spectrum disorder (FASD) (possible)?",
			"Would they keep up this contact: letterbox?", "Are there children at home, and how old are they?", "could be up to", "Not asked", "Yes, with support", "Partly met"}, "VAA1/F1")
	})
}

func TestRuledOutFamiliesAndWhy(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := s.familiesPath("DER/C1") + "?outcome=ruled_out"
		page := s.as("DER", access.HomeFinder).get(path, http.StatusOK)
		wants(t, page, []string{"One change opens", "1 family has a place inside a zone. A manager may waive that for one family, with a reason.",
			"Reasons families are ruled out", "A place inside a zone, or it cannot be told",
			"A place of theirs is inside a zone", "Not approved: stage two", "Waive or resolve"}, "DE22", "birth_home", "Birth family", "Ask these families", "Ask this family")
		wants(t, s.as("DER", access.HomeFinder).get(s.familiesPath("DER/C2")+"?outcome=ruled_out", http.StatusOK), []string{"1 of them is in stage two: an early search lists them with the approved."})
		narrowed := s.as("DER", access.HomeFinder).get(path+"&opens=zone", http.StatusOK)
		wants(t, narrowed, []string{"VAA1/F3", "Only the families this change opens", "Showing 1 to 1 of 1 family"}, "NOT/F1", "Reasons families are ruled out")
	})
}

// TestS1OneChangeOpensTheSeparation: a family with room for one of two is ruled
// out by capacity, and shown with what separating them would need.
func TestS1OneChangeOpensTheSeparation(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		page := s.as("DER", access.HomeFinder).get(s.familiesPath("DER/C3")+"?outcome=ruled_out", http.StatusOK)
		wants(t, page, []string{"Families for these children", "Ben Samplesson and Cora Samplesson", "DER/C2 (6 years), DER/C3 (17 months), to be placed together",
			"could be asked if the children were placed apart. That separates brothers and sisters: it needs a recorded assessment.",
			"VAA1/F2 : room for 1, and there are 2 children"})
	})
}

func TestEarlySearchTakesInStageTwo(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.familiesPath("DER/C2")
		wants(t, b.get(path, http.StatusOK), []string{"Only approved families are listed", "Search early"}, "NOT/F1")
		wants(t, b.get(path+"?early=1", http.StatusOK), []string{"Early search is on", "NOT/F1", "List approved families only"})
	})
}

func TestFamiliesForAChildOfOthers(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := s.familiesPath("DER/C1")
		wants(t, s.as("LEI", access.HomeFinder).get(path, http.StatusNotFound), []string{"There is no such record"}, "Asha", "VAA1")
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "refused" || e.Who.Agency != "LEI" {
			t.Errorf("the refusal is on the record as %+v", e)
		}
		wants(t, s.as("VAA1", access.AdopterWorker).get(path, http.StatusForbidden), []string{"You may see this but not do that"}, "Asha")
		s.as("NOT", access.Manager).get(path, http.StatusForbidden)
		s.as("DER", access.HomeFinder).get(childFamiliesPath("nobody"), http.StatusNotFound)
	})
}

func TestNobodySuitableSaysWhereToLook(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		if err := s.addChild(child.Child{Agency: "DER", Ref: "C5", Status: "on_hold", Sex: "M", Born: date.MustOf(2010, 1, 1),
			Zones: []child.Zone{{}}}); err != nil {
			t.Fatal(err)
		}
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get(s.familiesPath("DER/C5"), http.StatusOK), []string{"No family is suitable", "No family can be asked about this child now", "none recorded"}, "Ask these")
		wants(t, b.get(s.familiesPath("DER/C5")+"?outcome=ruled_out", http.StatusOK), []string{"it cannot be told whether a place of theirs is inside a zone. A manager can check and resolve it.",
			"Cannot tell whether a place of theirs is inside a zone"})
		for _, nonsense := range []string{"?outcome=best&page=x&early=maybe", "?outcome=ruled_out&opens=nothing&page=-7", "?page=999999999999999999999", "?outcome=ruled_out&page=8"} {
			b.get(s.familiesPath("DER/C1")+nonsense, http.StatusOK)
		}
	})
}

func (s *testSite) addChild(c child.Child) error {
	return s.desk.Do(s.t.Context(), operator, "test", func(u *work.Unit) error { return s.save(u, []child.Child{c}, nil) })
}

func (s *testSite) addFamily(f adopter.Family) {
	s.t.Helper()
	if err := s.desk.Do(s.t.Context(), operator, "test", func(u *work.Unit) error { return s.save(u, nil, []adopter.Family{f}) }); err != nil {
		s.t.Fatal(err)
	}
}

func TestAnEarlierAnswerAndAnOpenAskStandInTheRow(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		asked := s.ask("DER/C1", "VAA1/F1", "VAA1/F2")
		for _, a := range asked {
			if a.FamilyID == s.id["family VAA1/F2"] {
				s.close(a, link.Closing{State: link.No, ReasonCode: "need", ReasonAbout: "fasd", ReasonNote: "a word of theirs"})
			}
		}
		b, path := s.as("DER", access.HomeFinder), s.familiesPath("DER/C1")
		wants(t, b.get(path, http.StatusOK), []string{"Waiting for an answer", "asked 23 November 2026, to answer by 7 December 2026, in 14 days"}, "Ask this family")
		wants(t, b.get(path+"?outcome=stretch", http.StatusOK), []string{"No", "23 November 2026: a need of the child: fetal alcohol spectrum disorder (FASD)", "Ask this family"}, "a word of theirs")
	})
}

func TestFamiliesForAChildArePagedInAFixedNumberOfStatements(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.familiesPath("DER/C2")
		b.get(path, http.StatusOK)
		few := b.statementsFor(path)
		s.manyFamilies(60)
		b.get(path, http.StatusOK)
		if many := b.statementsFor(path); many != few {
			t.Errorf("%d statements for 25 rows, %d for one", many, few)
		}
		page := b.get(path+"?page=2", http.StatusOK)
		wants(t, page, []string{"Showing 26 to 50 of", "in the order of the list"})
		if n := strings.Count(page, `class="hw-family"`); n != pageSize {
			t.Errorf("%d families on a page", n)
		}
	})
}

func TestWhatAFamilyIsCalledIsNotReadAsMarkup(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.addFamily(adopter.Family{Agency: "VAA1", Ref: `<script>alert(1)</script>`, Status: "approved", Languages: []string{`<b>`}})
		b := s.as("DER", access.HomeFinder)
		for _, path := range []string{s.familiesPath("DER/C1"),
			comparePath(s.id["DER/C1"]) + "?" + s.families(`VAA1/<script>alert(1)</script>`).Encode(), newAskPath(s.id["DER/C1"]) + "?" + s.families(`VAA1/<script>alert(1)</script>`).Encode()} {
			if page := b.get(path, http.StatusOK); strings.Contains(page, "<script") || strings.Contains(page, "<b>") {
				t.Errorf("%s holds what somebody wrote as markup", path)
			}
		}
	})
}
