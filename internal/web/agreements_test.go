package web

import (
	"net/http"
	"net/url"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/work"
)

// agreementNamed finds an agreement by its name.
func (s *testSite) agreementNamed(name string) (id string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		for _, a := range book.Agreements {
			if a.Name == name {
				id = a.ID
			}
		}
		return err
	})
	return id
}

func proposal(name string, parties ...string) url.Values {
	form := dateBoxes("from", today)
	form["name"], form["purpose"], form["party"], form["covers"] = []string{name}, []string{"Finding families."}, parties, []string{"child_profiles", "family_profiles"}
	return form
}

// TestLeavingAnAgreementClosesThePartnersOpenPages leaves with the partner's
// session open: their next request finds nothing.
func TestLeavingAnAgreementClosesThePartnersOpenPages(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := agreementPath(s.agreementNamed("Sharing in EM"))
		partner, family := s.as("NOT", access.HomeFinder), s.familyPath("VAA1/F1")
		wants(t, partner.get(family, http.StatusOK), []string{"VAA1/F1"})
		lead := s.as("VAA1", access.InformationLead)
		wants(t, lead.get("/agreements", http.StatusOK), []string{"Sharing in EM", "In force", "DER and NOT"}, "LEI")
		wants(t, lead.get(path, http.StatusOK), []string{"Only while both are members of the pool EM", "Derby", "Nottingham", "Leave this agreement"})
		wants(t, lead.get(path+"/leave", http.StatusOK), []string{"This closes, both ways:", "Nottingham: what children need, without who or where they are; what families can offer"}, "Leicester")
		wants(t, lead.post(path+"/leave", nil, http.StatusOK), []string{"Your agency has left.", "We have left"})
		partner.get(family, http.StatusNotFound)
		wants(t, partner.get("/families", http.StatusOK), nil, "VAA1/F1", "Lantern")
		lead.post(path+"/leave", nil, http.StatusUnprocessableEntity)
		wants(t, lead.get(path+"/sign", http.StatusOK), []string{"Signing opens at once, both ways:", "Derby: what children need"})
		wants(t, lead.post(path+"/sign", nil, http.StatusOK), []string{"Signed.", "In force"})
		partner.get(family, http.StatusOK)
	})
}

func TestAnAgreementProposedForOthersOpensNothingUntilTheySign(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		lead, theirs := s.as("DER", access.InformationLead), s.as("LEI", access.InformationLead)
		finder, family := s.as("DER", access.HomeFinder), s.familyPath("LEI/L1")
		page := lead.post("/agreements/new", proposal("East together", "LEI"), http.StatusOK)
		wants(t, page, []string{"Proposed, and signed for your agency.", "Waits for others to sign", "Leicester", "Not yet"})
		finder.get(family, http.StatusNotFound)
		path := agreementPath(s.agreementNamed("East together"))
		wants(t, theirs.get("/agreements", http.StatusOK), []string{"East together", "Waits for us to sign"}, "Sharing in EM")
		s.as("LEI", access.Manager).post(path+"/sign", nil, http.StatusForbidden)
		s.as("NOT", access.InformationLead).post(path+"/sign", nil, http.StatusNotFound)
		s.as("NOT", access.InformationLead).get(path, http.StatusNotFound)
		theirs.get(agreementPath(s.agreementNamed("Sharing in EM")), http.StatusNotFound)
		finder.get(family, http.StatusNotFound)
		theirs.post(path+"/sign", nil, http.StatusOK)
		finder.get(family, http.StatusOK)
	})
}

func TestMistakesInAProposal(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		lead := s.as("DER", access.InformationLead)
		for _, mistake := range []struct{ name, value, says string }{
			{"name", "", "Enter the agreement’s name"}, {"purpose", " ", "Enter what the sharing is for"}, {"party", "", "Select the agencies you share with"},
			{"party", "NOBODY", "Select the agencies you share with"}, {"covers", "names", "Select what is shared"}, {"from-day", "40", "The first day must be a real date"}, {"pool", "NONE", "Select the pool"},
		} {
			form := proposal("East together", "LEI")
			form.Set(mistake.name, mistake.value)
			if mistake.value == "" {
				form.Del(mistake.name)
			}
			wants(t, lead.post("/agreements/new", form, http.StatusUnprocessableEntity), []string{"There is a problem", mistake.says})
		}
		form := proposal("East together", "LEI")
		form.Set("until-day", "1")
		form.Set("until-month", "1")
		form.Set("until-year", "2020")
		wants(t, lead.post("/agreements/new", form, http.StatusUnprocessableEntity), []string{"The agreement must end after it begins."})
		if s.agreementNamed("East together") != "" {
			t.Error("something was proposed")
		}
		s.as("DER", access.Manager).post("/agreements/new", proposal("East together", "LEI"), http.StatusForbidden)
	})
}

func TestWhoDoesWhatForWhomIsChangedByWhoseItIs(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		finder, path := s.as("DER", access.HomeFinder), s.childPath("NOT/N1")
		if page := finder.page(path); !hasNot(page, "Noor") {
			t.Error("seen before anything was handed")
		}
		wants(t, finder.get("/functions", http.StatusOK), []string{"Responsibility for the child’s journey always stays with the council.", "Nottingham", "Itself"})
		derby := s.as("DER", access.InformationLead)
		derby.get("/functions/NOT/home_finding", http.StatusNotFound)
		derby.post("/functions/NOT/home_finding", url.Values{"holder": {"DER"}}, http.StatusNotFound)
		lead := s.as("NOT", access.InformationLead)
		lead.post("/functions/NOT/home_finding", url.Values{"holder": {"VAA1"}}, http.StatusUnprocessableEntity)
		lead.get("/functions/NOT/everything", http.StatusNotFound)
		lead.get("/functions/NOBODY", http.StatusNotFound)
		wants(t, lead.post("/functions/NOT/home_finding", url.Values{"holder": {"DER"}}, http.StatusOK), []string{"Changed from today.", "From 23 November 2026, with no end"})
		wants(t, finder.get(path, http.StatusOK), []string{"Noor"})
		wants(t, finder.get("/functions", http.StatusOK), []string{"What Derby does for others", "Nottingham: home finding and matching"})
		wants(t, finder.get("/functions/NOT", http.StatusOK), []string{"Derby"}, "/functions/NOT/home_finding")
		lead.post("/functions/NOT/home_finding", url.Values{"holder": {"NOT"}}, http.StatusOK)
		if page := finder.page(path); !hasNot(page, "Noor") {
			t.Error("seen after it was taken back")
		}
	})
}
