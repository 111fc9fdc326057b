package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/lab"
	"homeward/internal/link"
	"homeward/internal/work"
)

// savedBy saves the plan of an agency's home finder with a note.
func (s *testSite) savedBy(code, note string) (saved link.SavedPlan) {
	s.t.Helper()
	finder := access.Actor{ID: code + "-saver", Name: "Home finder of " + code, Agency: code, Role: access.HomeFinder}
	if err := s.do(finder, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		made, err := b.PlanFor(u, link.PlanWish{Meeting: true})
		if err != nil {
			return err
		}
		saved, err = made.Save(u, note, made.Seal())
		return err
	}); err != nil {
		s.t.Fatal(err)
	}
	return saved
}

// somePlans are two saved plans of Derby's, between which a pair was kept apart,
// for the crawl.
func (s *testSite) somePlans() {
	s.t.Helper()
	first := s.savedBy("DER", "The meeting in October")
	finder := access.Actor{ID: "DER-saver", Name: "Home finder", Agency: "DER", Role: access.HomeFinder}
	if err := s.do(finder, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		f, err := b.SavedPlan(u, first.ID)
		if err != nil {
			return err
		}
		for i, x := range f.Suggestions[:2] {
			r := link.PlanPairRequest{ChildID: x.Children[0].ID, FamilyID: x.Family.ID, Verdict: []string{link.KeptApart, link.KeptTogether}[i], Reason: "As the meeting said"}
			if err := b.SayOfPair(u, r); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	s.savedBy("DER", "The meeting in November")
}

// somePlansOf saves a plan of every agency that finds homes for somebody.
func (m *matrix) somePlansOf(t *testing.T) {
	t.Helper()
	m.plans = map[string]string{}
	for _, code := range []string{"DER", "NOT", "RAA1", "LEI"} {
		m.plans[code] = m.savedBy(code, "").ID
	}
}

// planTargets are the saved plans that stand in the path.
func (m *matrix) planTargets(path string) (list []target) {
	for code, id := range m.plans {
		list = append(list, target{strings.Replace(path, "{plan}", id, 1), func(kind access.Kind) access.Thing { return m.book.Thing(kind, code) }})
	}
	return list
}

// savePlan looks at the plan and saves it.
func (b *browser) savePlan(query, note string, status int) string {
	b.t.Helper()
	m := sealField.FindStringSubmatch(b.get("/plan"+query, http.StatusOK))
	if m == nil {
		b.t.Fatal("the plan cannot be saved")
	}
	return b.post("/plan"+query, url.Values{"note": {note}, "seal": {m[1]}}, status)
}

var savedPlanLink = regexp.MustCompile(`href="(/plan/saved/[2-9B-Z]{12})"`)

// lastSaved is the path of the plan saved last.
func (b *browser) lastSaved() string {
	b.t.Helper()
	m := savedPlanLink.FindStringSubmatch(b.get("/plan/saved", http.StatusOK))
	if m == nil {
		b.t.Fatal("no plan is listed")
	}
	return m[1]
}

func TestAPlanIsSavedAndWhatBecameOfItIsFollowed(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		wants(t, b.get("/plan/saved", http.StatusOK), []string{"No plan has been saved yet. Open the plan and save it."})
		wants(t, b.get("/plan", http.StatusOK), []string{"Saved plans", "Save this plan", "What you save the plan for (optional)"})
		wants(t, b.savePlan("", "The <b>November</b> meeting", http.StatusOK), []string{"The plan is saved. It stays as it is now.", "Plan saved on 23 November 2026", "The <b>November</b> meeting",
			"It counts: suitable families. Rules 2026-11.", "1 link", "1 group with no link", "Not asked yet 1", "Asked, no answer 0", "Asha Testname with VAA1/F1", "Lantern Adoption",
			"Known to fit 100.0 of 100 when it was saved", "Ask this family"}, "<b>November", "not shown", "Samplesson")
		path := b.lastSaved()
		b.savePlan("", "The <b>November</b> meeting", http.StatusOK) // sent twice
		list := b.get("/plan/saved", http.StatusOK)
		wants(t, list, []string{"23 November 2026", "The <b>November</b> meeting", "Suitable families", "Home finder, DER"})
		if n := strings.Count(list, `href="/plan/saved/`); n != 1 {
			t.Errorf("%d plans are listed", n)
		}
		wants(t, b.savePlan("?stretch=1&priority=0.5", "", http.StatusOK), []string{"suitable families and those who would stretch, priority 0.5", "Ben Samplesson and Cora Samplesson"})

		ask := s.ask("DER/C1", "VAA1/F1")[0]
		page := b.get(path, http.StatusOK)
		wants(t, page, []string{"Asked, no answer 1", "Not asked yet 0", "Asked on 23 November 2026. No answer yet. It is to be answered by 7 December 2026.", "Open the ask"}, "Ask this family")
		s.as("VAA1", access.AdopterWorker).post(askPath(ask.ID)+"/answer", url.Values{"state": {"no"}, "reason_no": {"age"}, "reason_code": {"age"}}, http.StatusOK)
		wants(t, b.get(path, http.StatusOK), []string{"No or not now 1", "No on 23 November 2026: age."})
		wants(t, b.get(path+"?show=no", http.StatusOK), []string{"Showing 1 to 1 of 1 suggestion", "Show every suggestion", "Asha"})
		wants(t, b.get(path+"?show=yes", http.StatusOK), []string{"No suggestion to show"}, "Asha")
		if e := s.entries(access.Child, "DER", s.id["DER/C1"]); !strings.HasPrefix(e[0].Detail, "the region's plan as it was saved: ") && !strings.HasPrefix(e[1].Detail, "the region's plan as it was saved: ") {
			t.Errorf("what was shown is not on the record: %+v", e[:2])
		}
	})
}

func TestWhatIsWrongWithSavingAPlanIsSaidOnTheForm(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		wants(t, b.savePlan("", strings.Repeat("x", 201), http.StatusUnprocessableEntity), []string{"What you save the plan for must be 200 characters or less", "Links (1)"})
		wants(t, b.post("/plan?stretch=1", url.Values{"seal": sealField.FindStringSubmatch(b.get("/plan", http.StatusOK))[1:]}, http.StatusUnprocessableEntity), []string{"The plan has changed since you looked at it. Nothing was saved", "Links (2)"})
		wants(t, b.post("/plan?priority=9", url.Values{"seal": {"x"}}, http.StatusUnprocessableEntity), []string{"Priority must be a number from 0 to 1"})
		wants(t, s.as("VAA1", access.HomeFinder).post("/plan", url.Values{}, http.StatusUnprocessableEntity), []string{"There is nobody to plan for, so there is no plan to save."})
		wants(t, b.get("/plan/saved", http.StatusOK), []string{"No plan has been saved yet"})
		worker := s.as("DER", access.PermanenceWorker)
		wants(t, worker.get("/plan", http.StatusOK), []string{"Saved plans"}, "Save this plan")
		worker.post("/plan", url.Values{}, http.StatusForbidden)
		s.as("DER", access.AdopterWorker).post("/plan", url.Values{}, http.StatusNotFound)
	})
}

func TestASavedPlanIsItsAgencysAlone(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Manager)
		b.savePlan("", "canary", http.StatusOK)
		path := b.lastSaved()
		for _, who := range []*browser{s.as("LEI", access.HomeFinder), s.as("NOT", access.Manager), s.as("VAA1", access.HomeFinder), s.as("DER", access.AdopterWorker)} {
			for _, query := range []string{"", "?part=compared"} {
				if who.get(path+query, http.StatusNotFound) != who.get("/plan/saved/NOSUCHPLAN22"+query, http.StatusNotFound) {
					t.Error("another agency's plan is told from one that does not exist")
				}
			}
		}
		wants(t, s.as("LEI", access.HomeFinder).get("/plan/saved", http.StatusOK), []string{"No plan has been saved yet"}, "canary")
		wants(t, s.as("DER", access.PermanenceWorker).get(path, http.StatusOK), []string{"canary"})
	})
}

func TestOfASavedPlanWhoIsClosedIsOnlyCounted(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		b.savePlan("", "", http.StatusOK)
		path := b.lastSaved()
		b.savePlan("?stretch=1", "", http.StatusOK)
		s.operate(func(u *work.Unit) error {
			subject := work.Subject{Kind: access.Child, Agency: "DER", ID: s.id["DER/C1"]}
			u.Did("restricted", subject, "")
			return restrictTo(u, subject, "nobody")
		})
		const closed = "1 suggestion of the plan is not shown: you may not see the children or the family now, or their records are closed."
		wants(t, b.get(path, http.StatusOK), []string{closed, "1 link", "No suggestion to show"}, "Asha", "VAA1/F1", s.id["DER/C1"])
		wants(t, b.get(b.lastSaved()+"?part=compared", http.StatusOK), []string{"of the two plans"}, "Asha", s.id["DER/C1"])
	})
}

func TestASavedPlanIsComparedWithTheOneBefore(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		b.savePlan("", "October", http.StatusOK)
		first := b.lastSaved()
		wants(t, b.get(first+"?part=compared", http.StatusOK), []string{"No plan was saved before this one."})
		b.savePlan("?stretch=1", "Stretching", http.StatusOK)
		b.post(s.pairPath("DER/C2", "VAA1/F1"), url.Values{"verdict": {"together"}, "reason": {"As we said"}}, http.StatusOK)
		b.savePlan("", "November", http.StatusOK)
		path := b.lastSaved() + "?part=compared"
		wants(t, b.get(path, http.StatusOK), []string{"October", "In numbers: the plan of 23 November 2026, and this one", "Children with a link 1 2 1 more", "New (1)", "No longer there (1)", "In both (0)", "Ben Samplesson and Cora Samplesson with VAA1/F1",
			"The meeting keeps them together now.", "Kept together by the meeting."}, "do not count the same", "Asha")
		wants(t, b.get(path+"&show=gone", http.StatusOK), []string{"Links that are no longer there", "Asha Testname", "Both are still there. Arranged otherwise"}, "Samplesson")
		wants(t, b.get(path+"&show=both", http.StatusOK), []string{"The two plans have no link in common."}, "Asha")
		stretching := regexp.MustCompile(`<option value="([2-9B-Z]{12})"[^>]*>[^<]*Stretching`).FindStringSubmatch(b.get(path, http.StatusOK))
		if stretching == nil {
			t.Fatal("the plan between cannot be chosen")
		}
		wants(t, b.get(withQuery(strings.TrimSuffix(path, "?part=compared"), "part", "compared", "before", stretching[1]), http.StatusOK), []string{"The two plans do not count the same. The plan before counts: suitable families and those who would stretch."})
		wants(t, b.get(path+"&before=NOSUCHPLAN22", http.StatusOK), []string{"New (1)"}) // a link somebody kept is no mistake
		if n := strings.Count(b.get(first+"?part=compared&before="+stretching[1], http.StatusOK), "<option"); n != 0 {
			t.Error("a plan is compared with a later one")
		}
	})
}

func TestEveryFateAndEveryMoveHasItsWords(t *testing.T) {
	ask := &link.Ask{AskedOn: today - 9, AnswerBy: today - 1, ClosedOn: today, State: link.Yes, ReasonCode: "fits"}
	family := adopter.Family{Agency: "VAA1", Ref: "F1", Status: "on_hold", ReservedUntil: today + 9}
	one, two := child.Group{{Status: "placed"}}, child.Group{{Status: "linked"}, {Status: "waiting"}}
	with := func(edit func(*link.Ask)) *link.Ask { a := *ask; edit(&a); return &a }
	open := with(func(a *link.Ask) { a.State, a.ReasonCode = link.Open, "" })
	for name, c := range map[string]struct {
		fate  link.Fate
		group child.Group
		want  string
	}{
		"not asked":        {link.Fate{Code: link.NotAsked}, one, ""},
		"asked before":     {link.Fate{Code: link.NotAsked, Before: ask}, one, "Before the plan was saved: asked on 14 November 2026. Yes on 23 November 2026: what the family hoped for."},
		"overdue":          {link.Fate{Code: link.StillAsked, Ask: open}, one, "Asked on 14 November 2026. No answer yet. It was to be answered by 22 November 2026."},
		"unanswered":       {link.Fate{Code: link.Unanswered, Ask: with(func(a *link.Ask) { a.State = link.NoAnswer })}, one, "Asked on 14 November 2026. Closed without an answer on 23 November 2026."},
		"yes":              {link.Fate{Code: link.SaidYes, Ask: ask}, two, "Asked on 14 November 2026. Yes on 23 November 2026: what the family hoped for. These children do not wait now. Status: linked and waiting for a family."},
		"no":               {link.Fate{Code: link.SaidNo, Ask: with(func(a *link.Ask) { a.State, a.ReasonCode, a.ReasonAbout = link.NotNow, "need_later", "fasd" })}, one, "Asked on 14 November 2026. Not now on 23 November 2026: a need the family could take later, with support: fetal alcohol spectrum disorder (FASD)."},
		"withdrawn":        {link.Fate{Code: link.AskTakenBack, Ask: with(func(a *link.Ask) { a.State, a.ReasonCode = link.Withdrawn, "by_mistake" })}, one, "Asked on 14 November 2026. Withdrawn on 23 November 2026: asked by mistake."},
		"linked, told":     {link.Fate{Code: link.LinkedElsewhere, Ask: with(func(a *link.Ask) { a.State, a.ReasonCode = link.Withdrawn, "linked_elsewhere" })}, one, "Asked on 14 November 2026. Withdrawn on 23 November 2026: the child is linked with another family."},
		"linked, seen":     {link.Fate{Code: link.LinkedElsewhere, Ask: open}, two, "Another family said yes. These children do not wait now. Status: linked and waiting for a family. Asked on 14 November 2026. No answer yet. It was to be answered by 22 November 2026."},
		"not waiting":      {link.Fate{Code: link.NotWaiting}, one, "This child does not wait now. Status: placed."},
		"on hold":          {link.Fate{Code: link.FamilyTaken, Exclusions: []string{"status"}}, one, "The family is not there to be linked now. Status: on hold."},
		"reserved":         {link.Fate{Code: link.FamilyTaken, Exclusions: []string{"reserved"}}, one, "The family is reserved to its own agency until 2 December 2026."},
		"ruled out":        {link.Fate{Code: link.RuledOutSince, Exclusions: []string{"zone", "conflict"}}, one, "The rules rule the family out for them now: location not suitable and a conflict is recorded."},
		"ruled out, asked": {link.Fate{Code: link.RuledOutSince, Exclusions: []string{"zone"}, Ask: ask}, one, "The rules rule the family out for them now: location not suitable. Asked on 14 November 2026. Yes on 23 November 2026: what the family hoped for."},
	} {
		got := strings.Join(fateWords(link.Suggestion{Children: c.group, Family: family, Fate: c.fate}, today), " ")
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
	for _, f := range link.Fates {
		if fateGroupOf(link.Fate{Code: f.Code}).text == "" {
			t.Errorf("%s is in no group", f.Code)
		}
	}
	for _, why := range []string{link.ChildrenNew, link.FamilyNew, link.WasApart, link.KeptByThem, link.NobodyThen, link.RearrangedIn,
		link.AnsweredYes, link.AnsweredNo, link.ApartNow, link.ChildrenGone, link.FamilyGone, link.NotAllowed, link.RearrangedOut} {
		if moveWords[why] == "" {
			t.Errorf("%s has no words", why)
		}
	}
}

func TestASavedPlanIsReadInFewStatementsHoweverLongItIs(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.HomeFinder)
		b.savePlan("", "", http.StatusOK)
		one := b.lastSaved()
		b.savePlan("?stretch=1", "", http.StatusOK)
		two := b.lastSaved()
		if few, many := b.statementsFor(one), b.statementsFor(two); few != many {
			t.Errorf("%d statements for one link, %d for two", few, many)
		}
	})
}

// TestEveryPartOfASavedPlanIsAccessible looks at a plan after a month of asks, and
// at what is other in the next.
func TestEveryPartOfASavedPlanIsAccessible(t *testing.T) {
	s := labSite(t, lab.Pilot)
	first := s.savedBy("DER", "The meeting in October")
	s.amongAsks(first)
	s.savedBy("DER", "The meeting in November")
	b := chromium(t, s)
	b.signIn("DER", access.HomeFinder)
	second := s.as("DER", access.HomeFinder).lastSaved()
	for name, path := range map[string]string{"became": savedPlanPath(first.ID), "overtaken": savedPlanPath(first.ID) + "?show=overtaken", "none": savedPlanPath(first.ID) + "?part=compared",
		"new": second + "?part=compared", "gone": second + "?part=compared&show=gone", "both": second + "?part=compared&show=both"} {
		b.width(1280)
		b.open(path)
		b.look(name, "saved-"+name)
	}
}

// amongAsks asks about some of a plan's suggestions, has some of the asks answered,
// and takes a child and a family away.
func (s *testSite) amongAsks(p link.SavedPlan) {
	s.t.Helper()
	var list []link.Suggestion
	finder := access.Actor{ID: "DER-saver", Name: "Home finder", Agency: "DER", Role: access.HomeFinder}
	if err := s.do(finder, func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		f, err := b.SavedPlan(u, p.ID)
		if err != nil {
			return err
		}
		list = f.Suggestions
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	s.operate(func(u *work.Unit) error {
		b, err := s.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		for i, state := range []string{"", link.Yes, link.No, link.NotNow, link.Withdrawn} {
			x := list[i]
			asks, err := b.Ask(u, link.AskRequest{ChildID: x.Children[0].ID, Families: []string{x.Family.ID}})
			if err == nil && state != "" {
				err = b.Close(u, asks[0].ID, link.Closing{State: state, ReasonCode: link.Reasons[state][0].Code, ReasonAbout: map[bool]string{true: "fasd"}[state == link.No]})
			}
			if err != nil {
				return err
			}
		}
		return b.SayOfPair(u, link.PlanPairRequest{ChildID: list[2].Children[0].ID, FamilyID: list[2].Family.ID, Verdict: link.KeptApart, Reason: "They have said no"})
	})
	s.operate(func(u *work.Unit) error {
		placed, gone, closed := list[5].Children[0], list[6].Family, list[7].Children[0]
		after, away := placed, gone
		after.Status, away.Status = "placed", "on_hold"
		if err := child.SaveAll(u, []child.Change{{Before: &placed, After: after}}); err != nil {
			return err
		}
		if err := adopter.SaveAll(u, []adopter.Change{{Before: &gone, After: away}}); err != nil {
			return err
		}
		u.Did("restricted", closed.Subject(), "")
		return restrictTo(u, closed.Subject(), "nobody")
	})
}
