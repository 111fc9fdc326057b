package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/link"
	"homeward/internal/work"
)

// childPath leads to a child by the agencies' own references.
func (s *testSite) childPath(key string) string { return childPath(s.id[key]) }

// child reads a child as the record stands.
func (s *testSite) child(key string) child.Child {
	s.t.Helper()
	var list []child.Child
	if err := s.desk.DB.Read(s.t.Context(), func(tx *db.Tx) (err error) {
		list, err = child.Load(tx, child.Query{IDs: []string{s.id[key]}})
		return err
	}); err != nil || len(list) != 1 {
		s.t.Fatal(err, len(list))
	}
	return list[0]
}

func TestChildsRecord(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.ask("DER/C1", "VAA1/F1")
		b := s.as("DER", access.PermanenceWorker)
		page := b.get(s.childPath("DER/C1"), http.StatusOK)
		wants(t, page, []string{
			"Asha Testname DER/C1, 4 years, waiting for a family", "Families for this child", "294 days since the placement order", "385 days since the agency decision",
			"1 suitable family", "1 ask open", "Born 4 May 2022 (4 years)", "Sex Female", "Religion Not recorded", "Home postcode DE22 3CV",
			"Status Waiting for a family", "Brothers and sisters Not yet decided", "Entered care 1 March 2025 (632 days ago)",
			"Fetal alcohol spectrum disorder (FASD) Possible", "Letterbox 2 times a year", "DE22 3CV 5 miles Birth family's home", "Change zones",
			"Family VAA1/F1 asked", "23 November 2026 by Fay Finder", "To answer by 7 December 2026, in 14 days.", "Placement order 2 February 2026", "Born 4 May 2022",
		})
		if title, _, _ := strings.Cut(page, "</title>"); strings.Contains(title, "Asha") || !strings.Contains(title, "DER/C1") {
			t.Errorf("the title is %q", title)
		}
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "viewed" || e.Who.Role != string(access.PermanenceWorker) || e.Purpose != "child's record" {
			t.Errorf("%+v", e)
		}
	})
}

func TestChildsAsksAreNotedAsSeen(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		a := s.ask("DER/C1", "VAA1/F1")[0]
		s.close(a, link.Closing{State: link.No, ReasonCode: "need", ReasonAbout: "fasd"})
		page := s.as("DER", access.HomeFinder).get(s.childPath("DER/C1"), http.StatusOK)
		wants(t, page, []string{"Family VAA1/F1: no", "A need of the child: fetal alcohol", "0 asks open", "See this ask"})
		if e := s.entries(access.Ask, "VAA1", a.ID)[0]; e.Action != "viewed" {
			t.Errorf("%+v", e)
		}
	})
}

func TestBrothersAndSistersAreLinked(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		page := b.get(s.childPath("DER/C2"), http.StatusOK)
		wants(t, page, []string{"Brothers and sisters in the group Cora Samplesson , 17 months, DER/C3, waiting for a family, together"})
		if !strings.Contains(page, s.childPath("DER/C3")) {
			t.Error("the sister is not linked")
		}
		if e := s.entries(access.Child, "DER", s.id["DER/C3"])[0]; e.Action != "viewed" {
			t.Errorf("%+v", e)
		}
		s.operate(func(u *work.Unit) error {
			c := s.child("DER/C3")
			after := c
			after.Status = "on_hold"
			return child.SaveAll(u, []child.Change{{Before: &c, After: after}})
		})
		wants(t, b.get(s.childPath("DER/C2"), http.StatusOK), []string{"a brother or sister to be placed with them is not", "on hold, together"})
	})
}

func TestWhoMaySeeAChild(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		path := s.childPath("DER/C1")
		page := s.as("LEI", access.HomeFinder).get(path, http.StatusNotFound)
		wants(t, page, []string{"There is no such record, or it is not one you may see."}, "Asha", "DER")
		if e := s.entries(access.Child, "DER", s.id["DER/C1"])[0]; e.Action != "refused" || e.Who.Agency != "LEI" {
			t.Errorf("%+v", e)
		}
		s.as("DER", access.HomeFinder).get("/children/NOSUCHCHILD1", http.StatusNotFound)
		page = s.as("NOT", access.HomeFinder).get(path, http.StatusOK)
		wants(t, page, []string{"Derby, 4 years"}, "Asha", "DER/C1", "DE22", "Families for this child", path+"/edit")
		s.handHomeFinding("DER", "NOT")
		page = s.as("NOT", access.HomeFinder).get(path, http.StatusOK)
		wants(t, page, []string{"Asha Testname", "DE22 3CV", "Families for this child"}, path+"/edit", path+"/needs", path+"/zones", "Change zones")
	})
}

func TestTheFamilysSideSeesNeedsAndNotWhoOrWhere(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id := s.id["DER/C1"]
		for _, b := range []*browser{s.as("VAA1", access.AdopterWorker), s.as("NOT", access.Manager)} {
			page := b.get(childPath(id), http.StatusOK)
			wants(t, page, []string{"Child " + id, "Derby, 4 years", "Age 4 years", "Fetal alcohol spectrum disorder (FASD) Possible", "Letterbox 2 times a year", "Agency decision 385 days ago"},
				"Asha", "Testname", "DER/C1", "DE22", "2022", "Birth family", "Zones", "Ethnicity", "Religion", "Chronology", "/edit")
			if e := s.entries(access.Child, "DER", id)[0]; e.Action != "viewed" || e.Detail != "profile" {
				t.Errorf("%+v", e)
			}
		}
		page := s.as("VAA1", access.AdopterWorker).get(s.childPath("DER/C2"), http.StatusOK)
		wants(t, page, []string{"To be placed together with Child " + s.id["DER/C3"] + " , 17 months"}, "Cora", "Ben")
	})
}

func TestChronologySaysWhatChangedAndWhoDidIt(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		b.post(path+"/needs", needsOf("1", "fasd", "known", "attachment", "possible"), http.StatusOK)
		page := b.post(path+"/contact", url.Values{"version": {"2"}, "letterbox": {"yes"}, "letterbox_times": {"1"}, "digital": {"yes"}}, http.StatusOK)
		wants(t, page, []string{
			"Needs changed", "by Home finder, DER", "Fetal alcohol spectrum disorder (FASD) : was Possible, became Known",
			"Attachment difficulties : Possible was put in", "Neglect : Known was taken out",
			"Letterbox : was 2 times a year, became Once a year", "Digital : Planned, how often is not recorded was put in",
		})
	})
}

func TestWaiversAreInTheChronology(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.waive("DER/C1", "VAA1/F3", "zone")
		s.waive("DER/C2", "VAA1/F2", "capacity")
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get(s.childPath("DER/C1"), http.StatusOK), []string{"Family VAA1/F3: location not suitable", "by Mo Manager", "The exclusion is waived for this family.", "Seen and agreed", "Until 1 February 2027."})
		wants(t, b.get(s.childPath("DER/C3"), http.StatusOK), []string{"Family VAA1/F2: not room for all of them"}, "VAA1/F3")
	})
}

// waive records a manager's waiver.
func (s *testSite) waive(childKey, familyKey, exclusion string) {
	s.t.Helper()
	manager := access.Actor{ID: "manager", Name: "Mo Manager", Agency: "DER", Role: access.Manager}
	if err := s.do(manager, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		return b.Waive(u, link.WaiverRequest{ChildID: s.id[childKey], FamilyID: s.id["family "+familyKey], Exclusion: exclusion, Finding: "waived", Reason: "Seen and agreed", ExpiresOn: today.AddDays(70)})
	}); err != nil {
		s.t.Fatal(err)
	}
}

// TestLocationsStayOutOfAChronologyWithoutThem holds for a role that may see a
// child and not where they are, which the access table may come to have.
func TestLocationsStayOutOfAChronologyWithoutThem(t *testing.T) {
	text := func(v any) string { b, _ := json.Marshal(v); return string(b) }
	past := work.Past{Part: "record", ActorName: "A", At: today.Time(), Before: text(child.Child{Sex: "F", HomePostcode: "DE22 3CV"}), After: text(child.Child{Sex: "M", HomePostcode: "NG1 1CC"})}
	for _, places := range []bool{true, false} {
		e, err := childEvent(&agency.Book{}, past, places)
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(e.Changes, func(c change) bool { return c.Label == "Home postcode" })
		if told != places || e.Changes[0].Label != "Sex" {
			t.Errorf("places %t: %+v", places, e.Changes)
		}
	}
}

func TestALongChronologyIsCut(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, path := s.as("DER", access.HomeFinder), s.childPath("DER/C1")
		few := b.statementsFor(path)
		s.operate(func(u *work.Unit) error {
			for n := range int64(30) {
				if err := u.Keep(s.child("DER/C1").Subject(), n+2, "needs", []child.Need{}, []child.Need{{Code: "fasd", Level: "known"}}); err != nil {
					return err
				}
			}
			return nil
		})
		page := b.get(path, http.StatusOK)
		wants(t, page, []string{"Show 14 earlier entries"})
		if !strings.Contains(page, path+"?chronology=all#chronology") {
			t.Error("the rest is not linked")
		}
		if n := strings.Count(b.get(path+"?chronology=all", http.StatusOK), "hw-timeline__item"); n != 34 {
			t.Errorf("%d entries", n)
		}
		if many := b.statementsFor(path); many > few {
			t.Errorf("%d statements with 30 changes, %d with none", many, few)
		}
	})
}
