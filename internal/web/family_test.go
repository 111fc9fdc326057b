package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/link"
	"homeward/internal/work"
)

func (s *testSite) familyPath(name string) string { return familyPath(s.id["family "+name]) }

// close ends an ask as its family's worker would.
func (s *testSite) close(a link.Ask, c link.Closing) {
	s.t.Helper()
	worker := access.Actor{ID: "worker", Name: "Wendy Worker", Agency: a.FamilyAgency, Role: access.AdopterWorker}
	if err := s.do(worker, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		return b.Close(u, a.ID, c)
	}); err != nil {
		s.t.Fatal(err)
	}
}

func TestFamily(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.handHomeFinding("NOT", "DER")
		path := s.familyPath("VAA1/F1")
		own := s.as("VAA1", access.AdopterWorker).get(path, http.StatusOK)
		wants(t, own, []string{
			"Family VAA1/F1", "Lantern Adoption", "1 April 2026", "Up to 2", "Aged 0 to 6", "English, Urdu", "Number of adopters", "None",
			"Yes (3)", "No (0)", "Not asked yet (26)", "S1 1CC", "Add or remove places", "Change what they have said",
			"Suitable", s.id["DER/C1"], s.id["DER/C2"] + " and " + s.id["DER/C3"], "6 years and 17 months", "Known to fit 100.0 of 100",
			"has not been asked about a child", "Approved to adopt"},
			// nothing of who the children are, where they were or of other regions
			"Asha", "Noor", "Inventham", "DE22 3CV", "/children/", s.id["LEI/L1"])
		if s.lastAction("VAA1/F1") != "viewed" || s.entries(access.Child, "DER", s.id["DER/C1"])[0].Action != "viewed" {
			t.Error("the family or a child shown is not noted as seen")
		}
		finder := s.as("DER", access.HomeFinder).get(path, http.StatusOK)
		wants(t, finder, []string{"Asha Testname", "Ben Samplesson and Cora Samplesson", "Noor Inventham"},
			"S1 1CC", "Number of adopters", "Change<span", "Add or remove places")
		if !strings.Contains(finder, childFamiliesPath(s.id["DER/C1"])) {
			t.Error("no way to the families for a child")
		}
	})
}

func TestFamilyNotForOthers(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := s.familyPath("VAA1/F1")
		wants(t, s.as("LEI", access.HomeFinder).get(path, http.StatusNotFound), []string{"There is no such record"}, "VAA1/F1")
		if s.lastAction("VAA1/F1") != "refused" {
			t.Error("the refusal is not on the record")
		}
		s.as("NOT", access.AdopterWorker).get(path, http.StatusNotFound)
		s.as("DER", access.HomeFinder).get("/families/nobody", http.StatusNotFound)
	})
}

func TestFamilyRuledOutForAll(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("NOT", access.HomeFinder)
		path := s.familyPath("NOT/F1")
		wants(t, b.get(path, http.StatusOK), []string{"stage two", "Search early"})
		wants(t, b.get(path+"?early=1", http.StatusOK), []string{"With early search", "Noor Inventham"})
	})
}

func TestFamilyAsksAndDrift(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := s.familyPath("VAA1/F1")
		first := s.ask("DER/C1", "VAA1/F1")[0]
		s.close(first, link.Closing{State: link.No, ReasonCode: "need", ReasonAbout: "fasd"})
		s.ask("NOT/N1", "VAA1/F1")
		own := s.as("VAA1", access.AdopterWorker).get(path, http.StatusOK)
		wants(t, own, []string{"Stated preference against recent answers", "Fetal alcohol spectrum disorder (FASD)", "Declined once because of it, last on 23 November 2026",
			"need of the child", "Waiting for an answer", "Fay Finder", s.id["NOT/N1"]}, "Asha", "Noor")
		for _, link := range []string{path + "/offers#fasd", askPath(first.ID)} {
			if !strings.Contains(own, `href="`+link+`"`) {
				t.Errorf("no link to %s", link)
			}
		}
		wants(t, s.as("DER", access.HomeFinder).get(path, http.StatusOK), []string{"Asha Testname", "need of the child"}, "Stated preference")
		// A council's manager sees the family, and no ask about other councils' children.
		wants(t, s.as("DER", access.Manager).get(path, http.StatusOK), []string{"Asha Testname", "need of the child"}, "Noor", "Waiting for an answer")
	})
}

func TestFamilyStatementsDoNotGrow(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		b.get(path, http.StatusOK)
		few := b.statementsFor(path)
		s.ask("DER/C1", "VAA1/F1")
		s.ask("NOT/N1", "VAA1/F1")
		if many := b.statementsFor(path); many != few {
			t.Errorf("%d statements with two asks, %d with none", many, few)
		}
	})
}

func TestFamilyHistory(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("VAA1", access.AdopterWorker), s.familyPath("VAA1/F1")
		b.post(path+"/places", url.Values{"version": {"1"}, "kind": {"work"}, "postcode": {"NG1 1CC"}}, http.StatusOK)
		form := s.offers("VAA1/F1")
		form.Set("fasd", "support")
		form.Set("version", "2")
		b.post(path+"/offers", form, http.StatusOK)
		page := b.get(path, http.StatusOK)
		wants(t, page, []string{"Places changed", "What they have said changed", "was Yes, became Yes, with support", "Adopters' worker, VAA1"})
		_, history, _ := strings.Cut(page, `id="history"`)
		if strings.Contains(history, "NG1 1CC") {
			t.Error("the history tells a postcode")
		}
	})
}

// offers is the form of what a family has said, as a browser would send it.
func (s *testSite) offers(name string) url.Values {
	s.t.Helper()
	form := url.Values{"version": {"1"}}
	f := newOffersForm(s.family(name))
	for _, field := range append(f.Needs, f.Contact...) {
		form.Set(field.Name, field.Value)
	}
	return form
}

// family reads a family as it is recorded.
func (s *testSite) family(name string) adopter.Family {
	s.t.Helper()
	var f adopter.Family
	if err := s.desk.Do(context.Background(), operator, "test", func(u *work.Unit) error {
		list, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{s.id["family "+name]}})
		if err == nil {
			f = list[0]
		}
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return f
}
