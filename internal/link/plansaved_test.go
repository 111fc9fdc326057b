package link

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/audit"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/work"
)

// twoLinks is the pool with a family more, so that its plan has two links: of C1
// with TWO, and of G1 and G2 with FAR, who alone has room for both.
func twoLinks(t *testing.T, d *db.DB) *pool {
	t.Helper()
	p := newPool(t, d)
	p.families(adopter.Family{Agency: "VAA1", Ref: "TWO", Status: "approved", MaxChildren: whole(1), AgeMax: whole(9), Offers: []adopter.Offer{{Code: "fasd", Answer: "yes", AnsweredOn: date.MustOf(2026, 1, 1)}},
		Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}}})
	return p
}

func (p *pool) trySave(a access.Actor, w PlanWish, note string) (s SavedPlan, err error) {
	w.Meeting = true
	return s, p.tryBoard(a, func(u *work.Unit, b *Board) error {
		made, err := b.PlanFor(u, w)
		if err == nil {
			s, err = made.Save(u, note, made.Seal())
		}
		return err
	})
}

func (p *pool) save(note string) SavedPlan {
	p.t.Helper()
	s, err := p.trySave(finder, PlanWish{}, note)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// fates gives what became of a plan's suggestions, such as "C1 TWO not_asked".
func (p *pool) fates(a access.Actor, id string) (list []string, hidden int) {
	p.t.Helper()
	p.board(a, func(u *work.Unit, b *Board) error {
		f, err := b.SavedPlan(u, id)
		if err != nil {
			return err
		}
		hidden = f.Hidden
		for _, s := range f.Suggestions {
			list = append(list, s.words()+" "+s.Fate.Code)
			s.Show(u, f.SavedPlan)
		}
		slices.Sort(list)
		return nil
	})
	return list, hidden
}

func (s Suggestion) words() string {
	var refs []string
	for _, c := range s.Children {
		refs = append(refs, c.Ref)
	}
	return strings.Join(refs, "+") + " " + s.Family.Ref
}

func (p *pool) wantFates(id string, hidden int, want ...string) {
	p.t.Helper()
	if got, n := p.fates(finder, id); !slices.Equal(got, want) || n != hidden {
		p.t.Errorf("%v and %d hidden, want %v and %d", got, n, want, hidden)
	}
}

func (p *pool) changeChild(ref string, edit func(*child.Child)) {
	p.t.Helper()
	p.do(operator, func(u *work.Unit) error {
		list, err := child.Load(u.Tx, child.Query{IDs: []string{p.id[ref]}})
		if err != nil {
			return err
		}
		after := list[0]
		edit(&after)
		return child.SaveAll(u, []child.Change{{Before: &list[0], After: after}})
	})
}

// restricted closes a record to everybody.
func (p *pool) restricted(s work.Subject) {
	p.t.Helper()
	p.do(operator, func(u *work.Unit) error {
		u.Did("restricted", s, "threat")
		_, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ($1, $2, $3, 'threat', 'm', $4)", s.Agency, string(s.Kind), s.ID, db.Instant{Time: u.Now})
		return err
	})
}

func TestAPlanIsSavedAsItStoodAndStaysSo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		p.board(finder, func(u *work.Unit, b *Board) error {
			return b.SayOfPair(u, PlanPairRequest{p.id["DER/C1"], p.id["VAA1/TWO family"], KeptTogether, "as we said"})
		})
		s := p.save("  The meeting in November ")
		if s.Agency != "DER" || s.Note != "The meeting in November" || s.Links != 2 || s.Children != 3 || s.Groups != 2 || s.Families != 4 || s.MostLinks != 2 || s.Weight != s.Fit || s.Rules != "2026-11" || s.SavedOn != today {
			t.Errorf("saved %+v", s)
		}
		p.changeFamily("VAA1/TWO", func(f *adopter.Family) { f.Status = "on_hold" })
		p.board(manager, func(u *work.Unit, b *Board) error { // a colleague
			list, err := b.SavedPlans(u)
			if err != nil || len(list) != 1 || list[0].ID != s.ID || list[0].Weight != s.Weight || list[0].ByName != finder.Name || !list[0].Alike(s) {
				t.Errorf("listed %+v, %v", list, err)
			}
			f, err := b.SavedPlan(u, s.ID)
			if err != nil || len(f.Suggestions) != 2 || f.Hidden != 0 || f.Links != 2 {
				t.Fatalf("%+v, %v", f, err)
			}
			for _, x := range f.Suggestions {
				if x.Kept != (x.Family.Ref == "TWO") || !x.Grouped || x.High < x.Low || x.High == 0 {
					t.Errorf("%s: %+v", x.words(), x)
				}
			}
			return nil
		})
		p.do(operator, func(u *work.Unit) error {
			entries, err := audit.Of(u.Tx, "plan", "DER", s.ID, 9)
			if err != nil || len(entries) != 2 || entries[1].Action != "plan saved" || entries[1].Who.ID != finder.ID || strings.Contains(entries[1].Detail, "November") ||
				!strings.Contains(entries[1].Detail, "2 links of 2 groups and 4 families") || entries[0].Action != "viewed" || entries[0].Who.ID != manager.ID {
				t.Errorf("on the record: %+v, %v", entries, err)
			}
			return nil
		})
		for _, table := range []string{"plan_saved", "plan_saved_link", "plan_saved_without", "plan_saved_family"} {
			for _, query := range []string{"UPDATE " + table + " SET plan_id = 'x'", "DELETE FROM " + table} {
				err := p.try(operator, func(u *work.Unit) error {
					if _, err := u.Exec("INSERT INTO plan_saved_without SELECT agency_code, plan_id, child_agency, child_id, child_ids, 0 FROM plan_saved_link"); err != nil {
						return err
					}
					if _, err := u.Exec("INSERT INTO plan_saved_family SELECT agency_code, plan_id, family_agency, family_id FROM plan_saved_link"); err != nil {
						return err
					}
					_, err := u.Exec(query)
					return err
				})
				if err == nil || !strings.Contains(err.Error(), table) {
					t.Errorf("%s: %v", query, err)
				}
			}
		}
	})
}

func TestSavingTwiceSavesOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		first := p.save("November")
		if again := p.save(" November"); again.ID != first.ID {
			t.Error("the form sent twice saved two plans")
		}
		others := []SavedPlan{p.save("December")}
		if stretch, err := p.trySave(manager, PlanWish{Stretch: true}, "November"); err != nil || stretch.Alike(first) {
			t.Errorf("%+v, %v", stretch, err)
		} else {
			others = append(others, stretch)
		}
		p.desk.AsOf = today.AddDays(1)
		others = append(others, p.save("November"))
		p.changeFamily("VAA1/TWO", func(f *adopter.Family) { f.Status = "on_hold" })
		others = append(others, p.save("November"))
		ids := map[string]bool{first.ID: true}
		for _, o := range others {
			ids[o.ID] = true
		}
		p.board(manager, func(u *work.Unit, b *Board) error {
			list, err := b.SavedPlans(u)
			if err != nil || len(list) != 5 || len(ids) != 5 || list[0].ID != others[3].ID || list[4].ID != first.ID {
				t.Errorf("%d plans of %d are listed, the newest %+v, %v", len(list), len(ids), list[0], err)
			}
			return nil
		})
	})
}

func TestAPlanSentTwiceAtTheSameMomentIsOnePlan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		var ids [4]string
		var senders sync.WaitGroup
		for i := range ids {
			senders.Go(func() {
				s, err := p.trySave(finder, PlanWish{}, "November")
				if ids[i] = s.ID; err != nil {
					t.Error(err)
				}
			})
		}
		senders.Wait()
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Errorf("saved as %v", ids)
			}
		}
		p.wantFates(ids[0], 0, "C1 TWO not_asked", "G1+G2 FAR not_asked")
	})
}

func TestOnlyThePlanThatWasLookedAtIsSaved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		seal := func() (seal string) {
			p.board(finder, func(u *work.Unit, b *Board) error {
				made, err := b.PlanFor(u, PlanWish{Meeting: true})
				seal = made.Seal()
				return err
			})
			return seal
		}
		before := seal()
		if before != seal() {
			t.Fatal("one plan has two seals")
		}
		for what, change := range map[string]func(){
			"said": func() {
				p.board(finder, func(u *work.Unit, b *Board) error {
					return b.SayOfPair(u, PlanPairRequest{p.id["DER/C1"], p.id["VAA1/TWO family"], KeptTogether, "x"})
				})
			},
			"children": func() {
				p.children(child.Child{Agency: "DER", Ref: "NEW", Status: "waiting", Needs: []child.Need{{Code: "aggression", Level: "known"}}})
			},
		} {
			before := seal()
			change()
			if seal() == before {
				t.Errorf("%s changed and the seal did not", what)
			}
			err := p.tryBoard(finder, func(u *work.Unit, b *Board) error {
				made, err := b.PlanFor(u, PlanWish{Meeting: true})
				if err == nil {
					_, err = made.Save(u, "", before)
				}
				return err
			})
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s changed, and the plan was saved: %v", what, err)
			}
		}
	})
}

func TestWhoMaySaveAPlanAndWhoMayReadIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		for note, want := range map[string]fault.Kind{strings.Repeat("é", MaxPlanNote): 0, strings.Repeat("é", MaxPlanNote+1): fault.Invalid} {
			if _, err := p.trySave(finder, PlanWish{}, note); (err != nil) != (want != 0) || err != nil && fault.KindOf(err) != want {
				t.Errorf("a note of %d bytes: %v", len(note), err)
			}
		}
		for a, want := range map[access.Role]fault.Kind{access.PermanenceWorker: fault.Forbidden, access.AdopterWorker: fault.NotFound, access.DataOfficer: fault.NotFound} {
			if _, err := p.trySave(actor("DER", a), PlanWish{}, ""); fault.KindOf(err) != want {
				t.Errorf("a %s saves: %v", a, err)
			}
		}
		if _, err := p.trySave(actor("VAA1", access.HomeFinder), PlanWish{}, ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a plan for nobody is saved: %v", err)
		}
		s := p.save("")
		read := func(a access.Actor, id string) error {
			return p.tryBoard(a, func(u *work.Unit, b *Board) error { _, err := b.SavedPlan(u, id); return err })
		}
		for _, a := range []access.Actor{stranger, actor("VAA1", access.Manager), actor("DER", access.AdopterWorker)} {
			theirs, none := read(a, s.ID), read(a, "NOSUCHPLAN22")
			if fault.KindOf(theirs) != fault.NotFound || theirs.Error() != none.Error() {
				t.Errorf("%s: %v, of none %v", a.ID, theirs, none)
			}
			if err := p.tryBoard(a, func(u *work.Unit, b *Board) error { _, err := b.ComparePlans(u, s.ID, s.ID); return err }); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s compares: %v", a.ID, err)
			}
			p.board(actor(a.Agency, access.HomeFinder), func(u *work.Unit, b *Board) error {
				if list, err := b.SavedPlans(u); a.Agency != "DER" && len(list) > 0 || err != nil {
					t.Errorf("%s lists %+v, %v", a.Agency, list, err)
				}
				return nil
			})
		}
		p.do(operator, func(u *work.Unit) error {
			entries, err := audit.Of(u.Tx, "plan", "DER", s.ID, 20)
			refused := slices.DeleteFunc(entries, func(e audit.Entry) bool { return e.Action != "refused" })
			if err != nil || len(refused) != 6 || refused[0].Who.ID == finder.ID {
				t.Errorf("refusals on the owner's record: %+v, %v", refused, err)
			}
			return nil
		})
		if got, hidden := p.fates(actor("DER", access.PermanenceWorker), s.ID); len(got) != 2 || hidden != 0 {
			t.Errorf("a permanence worker reads %v and %d hidden", got, hidden)
		}
	})
}

func TestWhatBecameOfASuggestion(t *testing.T) {
	const day = date.Date(20000)
	waits, placed := child.Group{{Status: "waiting"}}, child.Group{{Status: "waiting"}, {Status: "placed"}}
	ask := func(family, state, reason string, closed date.Date) Ask {
		return Ask{ID: family + state + reason, FamilyID: family, State: state, ReasonCode: reason, AskedOn: day - 30, ClosedOn: closed}
	}
	asks := func(list ...Ask) []Ask { return list }
	later, earlier := day+3, day-3
	for name, c := range map[string]struct {
		asks        []Ask
		children    child.Group
		excluded    match.Exclusion
		want        string
		ask, before string
		codes       string
	}{
		"nobody was asked":                         {nil, waits, 0, NotAsked, "", "", ""},
		"another family was asked":                 {asks(ask("G", Open, "", 0)), waits, 0, NotAsked, "", "", ""},
		"another family said yes, they still wait": {asks(ask("G", Yes, "fits", later)), waits, 0, NotAsked, "", "", ""},
		"the family said no before the plan":       {asks(ask("F", No, "age", earlier)), waits, 0, NotAsked, "", "Fnoage", ""},
		"asked":                                    {asks(ask("F", Open, "", 0)), waits, 0, StillAsked, "Fopen", "", ""},
		"asked again after a no":                   {asks(ask("F", No, "age", later), ask("F", Open, "", 0)), waits, 0, StillAsked, "Fopen", "", ""},
		"the later of two answers":                 {asks(ask("F", NotNow, "need_information", later), ask("F", Yes, "fits", later+1), ask("F", No, "age", earlier)), waits, 0, SaidYes, "Fyesfits", "", ""},
		"no answer":                                {asks(ask("F", NoAnswer, "no_answer", later)), waits, 0, Unanswered, "Fno_answerno_answer", "", ""},
		"yes":                                      {asks(ask("F", Yes, "fits", day)), waits, 0, SaidYes, "Fyesfits", "", ""},
		"yes, and they are placed":                 {asks(ask("F", Yes, "fits", later)), placed, match.ExcludedByStatus, SaidYes, "Fyesfits", "", ""},
		"no":                                       {asks(ask("F", No, "age", later)), waits, 0, SaidNo, "Fnoage", "", ""},
		"no, and they are placed with another":     {asks(ask("F", No, "age", later), ask("G", Yes, "fits", later)), placed, match.ExcludedByZone, SaidNo, "Fnoage", "", ""},
		"not now":                                  {asks(ask("F", NotNow, "circumstances", later)), waits, 0, SaidNo, "Fnot_nowcircumstances", "", ""},
		"withdrawn":                                {asks(ask("F", Withdrawn, "by_mistake", later)), waits, 0, AskTakenBack, "Fwithdrawnby_mistake", "", ""},
		"withdrawn for another family":             {asks(ask("F", Withdrawn, "linked_elsewhere", later)), waits, 0, LinkedElsewhere, "Fwithdrawnlinked_elsewhere", "", ""},
		"another family said yes and they do not wait": {asks(ask("G", Yes, "fits", later), ask("F", Open, "", 0)), placed, 0, LinkedElsewhere, "Fopen", "", ""},
		"another family said yes long before the plan": {asks(ask("G", Yes, "fits", earlier)), placed, 0, NotWaiting, "", "", ""},
		"they do not wait":                   {nil, placed, match.ExcludedByStatus, NotWaiting, "", "", ""},
		"the family is on hold":              {asks(ask("F", Open, "", 0)), waits, match.ExcludedByStatus, FamilyTaken, "Fopen", "", "status"},
		"the family is reserved":             {nil, waits, match.ExcludedByReserved, FamilyTaken, "", "", "reserved"},
		"a zone":                             {nil, waits, match.ExcludedByZone | match.ExcludedByStatus, RuledOutSince, "", "", "zone"},
		"a conflict, although they said yes": {asks(ask("F", Yes, "fits", later)), waits, match.ExcludedByConflict | match.ExcludedByZone, RuledOutSince, "Fyesfits", "", "zone conflict"},
		"no room, and nobody waits":          {nil, placed, match.ExcludedByCapacity, RuledOutSince, "", "", "capacity"},
	} {
		f := standing{saved: day, children: c.children, family: "F", asks: c.asks, excluded: c.excluded}.fate()
		id := func(a *Ask) string {
			if a == nil {
				return ""
			}
			return a.ID
		}
		if f.Code != c.want || id(f.Ask) != c.ask || id(f.Before) != c.before || strings.Join(f.Exclusions, " ") != c.codes {
			t.Errorf("%s: %s, ask %q, before %q, %v", name, f.Code, id(f.Ask), id(f.Before), f.Exclusions)
		}
		if !Fates.Has(f.Code) {
			t.Errorf("%s has no words", f.Code)
		}
	}
}

func TestWhatBecameOfEachSuggestionIsFollowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		s := p.save("")
		p.wantFates(s.ID, 0, "C1 TWO not_asked", "G1+G2 FAR not_asked")
		p.desk.AsOf = today.AddDays(2)
		asked, err := p.ask(finder, "DER/C1", "VAA1/TWO")
		if err != nil {
			t.Fatal(err)
		}
		p.wantFates(s.ID, 0, "C1 TWO asked", "G1+G2 FAR not_asked")
		if err := p.close(answerer, asked[0].ID, Closing{State: No, ReasonCode: "age"}); err != nil {
			t.Fatal(err)
		}
		p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.ReservedUntil = today.AddDays(9) })
		p.wantFates(s.ID, 0, "C1 TWO no", "G1+G2 FAR family")
		p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.ReservedUntil = 0; f.MaxChildren = whole(1) })
		p.wantFates(s.ID, 0, "C1 TWO no", "G1+G2 FAR excluded")
		p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.MaxChildren = whole(2) })
		if asked, err = p.ask(finder, "DER/G2", "VAA1/FAR"); err != nil { // one of the group stands for all
			t.Fatal(err)
		}
		if err := p.close(answerer, asked[0].ID, Closing{State: Yes, ReasonCode: "fits"}); err != nil {
			t.Fatal(err)
		}
		p.wantFates(s.ID, 0, "C1 TWO no", "G1+G2 FAR yes")
		// What was shown is on the records of each.
		p.do(operator, func(u *work.Unit) error {
			for kind, subject := range map[access.Kind][2]string{access.Child: {"DER", p.id["DER/G2"]}, access.Family: {"VAA1", p.id["VAA1/FAR family"]}, access.Ask: {"VAA1", asked[0].ID}} {
				entries, err := audit.Of(u.Tx, string(kind), subject[0], subject[1], 20)
				if err != nil || !slices.ContainsFunc(entries, func(e audit.Entry) bool {
					return e.Action == "viewed" && e.Detail == "the region's plan as it was saved: "+s.ID
				}) {
					t.Errorf("%s: %+v, %v", kind, entries, err)
				}
			}
			return nil
		})
		// A plan saved after an answer does not count it again.
		p.desk.AsOf = today.AddDays(3)
		p.wantFates(p.save("").ID, 0, "C1 TWO not_asked", "G1+G2 FAR not_asked")
	})
}

func TestWhomTheReaderMayNotSeeIsOnlyCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		s := p.save("")
		p.restricted(work.Subject{Kind: access.Child, Agency: "DER", ID: p.id["DER/G2"]})
		p.wantFates(s.ID, 1, "C1 TWO not_asked") // one of a group takes the group away
		p.restricted(work.Subject{Kind: access.Family, Agency: "VAA1", ID: p.id["VAA1/TWO family"]})
		p.wantFates(s.ID, 2)
		before := func(id string) (n int) {
			p.do(operator, func(u *work.Unit) error {
				entries, err := audit.Of(u.Tx, "child", "DER", p.id[id], 50)
				n = len(entries)
				return err
			})
			return n
		}
		n := before("DER/G2")
		p.fates(finder, s.ID)
		if before("DER/G2") != n {
			t.Error("who is not shown is noted as seen")
		}
		p.do(operator, func(u *work.Unit) error {
			u.Did("unrestricted", work.Subject{Kind: access.Child, Agency: "DER", ID: "x"}, "")
			_, err := u.Exec("DELETE FROM restriction")
			return err
		})
		p.wantFates(s.ID, 0, "C1 TWO not_asked", "G1+G2 FAR not_asked")
		p.do(operator, func(u *work.Unit) error {
			u.Did("left", work.Subject{Kind: access.Agreement, Agency: "VAA1", ID: "x"}, "")
			_, err := u.Exec("UPDATE agreement_party SET left_at = $1 WHERE agency_code = 'VAA1'", db.Instant{Time: u.Now.Add(-1)})
			return err
		})
		p.wantFates(s.ID, 2)
	})
}

func TestChildrenWhoAreGroupedOtherwiseNowAreStillFollowed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := twoLinks(t, d)
		s := p.save("")
		grouped := func(want bool) {
			t.Helper()
			p.wantFates(s.ID, 0, "C1 TWO not_asked", "G1+G2 FAR not_asked")
			p.board(finder, func(u *work.Unit, b *Board) error {
				f, err := b.SavedPlan(u, s.ID)
				for _, x := range f.Suggestions {
					if x.Family.Ref == "FAR" && x.Grouped != want {
						t.Errorf("grouped as then: %v", x.Grouped)
					}
				}
				return err
			})
		}
		grouped(true)
		p.changeChild("DER/G2", func(c *child.Child) { c.Plan = "apart" })
		grouped(false)
		p.restricted(work.Subject{Kind: access.Child, Agency: "DER", ID: p.id["DER/G2"]})
		p.wantFates(s.ID, 1, "C1 TWO not_asked") // G1 alone would tell of G2
	})
}

// compared gives the comparison of two plans, such as "new: C1 TWO family_new".
func (p *pool) compared(earlier, later SavedPlan) (list []string, hidden int) {
	p.t.Helper()
	p.board(finder, func(u *work.Unit, b *Board) error {
		c, err := b.ComparePlans(u, earlier.ID, later.ID)
		if err != nil {
			return err
		}
		for name, moves := range map[string][]PlanMove{"both": c.Both, "new": c.New, "gone": c.Gone} {
			for _, m := range moves {
				list = append(list, strings.TrimSpace(fmt.Sprintf("%s: %s %s", name, m.words(), m.Why)))
			}
		}
		slices.Sort(list)
		hidden = c.Hidden
		return nil
	})
	return list, hidden
}

func TestTwoSavedPlansAreCompared(t *testing.T) {
	say := func(p *pool, child, family, verdict string) {
		p.t.Helper()
		p.board(finder, func(u *work.Unit, b *Board) error {
			return b.SayOfPair(u, PlanPairRequest{p.id[child], p.id[family+" family"], verdict, "x"})
		})
	}
	another := func(p *pool) {
		p.children(child.Child{Agency: "DER", Ref: "NEW", Status: "waiting"})
		p.families(adopter.Family{Agency: "VAA1", Ref: "NF", Status: "approved", MaxChildren: whole(3), Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}}})
		say(p, "DER/NEW", "VAA1/NF", KeptTogether)
	}
	for name, c := range map[string]struct {
		before, between func(*pool)
		want            []string
		hidden          int
	}{
		"nothing changed":      {nil, nil, []string{"both: C1 TWO", "both: G1+G2 FAR"}, 0},
		"a child new to wait":  {nil, another, []string{"both: C1 TWO", "both: G1+G2 FAR", "new: NEW NF children_new"}, 0},
		"a family is on hold":  {nil, func(p *pool) { p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.Status = "on_hold" }) }, []string{"both: C1 TWO", "gone: G1+G2 FAR family_gone"}, 0},
		"a family is back":     {func(p *pool) { p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.Status = "on_hold" }) }, func(p *pool) { p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.Status = "approved" }) }, []string{"both: C1 TWO", "new: G1+G2 FAR family_new"}, 0},
		"the children placed":  {nil, func(p *pool) { p.changeChild("DER/C1", func(c *child.Child) { c.Status = "placed" }) }, []string{"both: G1+G2 FAR", "gone: C1 TWO children_gone"}, 0},
		"kept apart now":       {nil, func(p *pool) { say(p, "DER/G1", "VAA1/FAR", KeptApart) }, []string{"both: C1 TWO", "gone: G1+G2 FAR apart"}, 0},
		"rearranged, and kept": {nil, func(p *pool) { say(p, "DER/C1", "VAA1/FAR", KeptTogether) }, []string{"gone: C1 TWO rearranged_out", "gone: G1+G2 FAR rearranged_out", "new: C1 FAR kept"}, 0},
		"kept no longer": {func(p *pool) { say(p, "DER/C1", "VAA1/FAR", KeptTogether) }, func(p *pool) {
			p.board(finder, func(u *work.Unit, b *Board) error {
				said, err := b.PlanPairs(u)
				if err != nil {
					return err
				}
				return b.TakeBack(u, said[0].ID)
			})
		}, []string{"gone: C1 FAR rearranged_out", "new: C1 TWO rearranged_in", "new: G1+G2 FAR rearranged_in"}, 0},
		"apart no longer": {func(p *pool) { say(p, "DER/G1", "VAA1/FAR", KeptApart) }, func(p *pool) {
			p.board(finder, func(u *work.Unit, b *Board) error {
				said, err := b.PlanPairs(u)
				if err != nil {
					return err
				}
				return b.TakeBack(u, said[0].ID)
			})
		}, []string{"both: C1 TWO", "new: G1+G2 FAR was_apart"}, 0},
		"answered no": {nil, func(p *pool) {
			asked, err := p.ask(finder, "DER/C1", "VAA1/TWO")
			if err == nil {
				err = p.close(answerer, asked[0].ID, Closing{State: No, ReasonCode: "age"})
			}
			if err != nil {
				p.t.Fatal(err)
			}
			say(p, "DER/C1", "VAA1/TWO", KeptApart)
		}, []string{"gone: C1 TWO answered_no", "gone: G1+G2 FAR rearranged_out", "new: C1 FAR rearranged_in"}, 0},
		"answered yes, and linked": {nil, func(p *pool) {
			asked, err := p.ask(finder, "DER/C1", "VAA1/TWO")
			if err == nil {
				err = p.close(answerer, asked[0].ID, Closing{State: Yes, ReasonCode: "fits"})
			}
			if err != nil {
				p.t.Fatal(err)
			}
			p.changeChild("DER/C1", func(c *child.Child) { c.Status = "linked" })
			p.changeFamily("VAA1/TWO", func(f *adopter.Family) { f.Status = "linked" })
		}, []string{"both: G1+G2 FAR", "gone: C1 TWO answered_yes"}, 0},
		"a record changed": {func(p *pool) {
			say(p, "DER/C1", "VAA1/TWO", KeptTogether)
			p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.MaxChildren = whole(1) })
			p.families(adopter.Family{Agency: "VAA1", Ref: "ONE", Status: "approved", MaxChildren: whole(1), AgeMax: whole(9), Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}}})
		}, func(p *pool) { p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.MaxChildren = whole(2) }) }, []string{"both: C1 TWO", "new: G1+G2 FAR nobody_then"}, 0},
		"no room now": {func(p *pool) { another(p); say(p, "DER/C1", "VAA1/TWO", KeptTogether) }, func(p *pool) {
			p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.MaxChildren = whole(1) })
		}, []string{"both: C1 TWO", "both: NEW NF", "gone: G1+G2 FAR not_allowed"}, 0},
		"grouped otherwise": {nil, func(p *pool) {
			p.changeChild("DER/G2", func(c *child.Child) { c.Plan = "apart" })
			say(p, "DER/G2", "VAA1/FAR", KeptTogether)
		}, []string{"both: C1 TWO", "both: G2 FAR", "new: G1 NEAR family_new"}, 0},
		"restricted since": {nil, func(p *pool) { p.restricted(work.Subject{Kind: access.Child, Agency: "DER", ID: p.id["DER/C1"]}) }, []string{"both: G1+G2 FAR"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				p := twoLinks(t, d)
				if c.before != nil {
					c.before(p)
				}
				earlier := p.save("earlier")
				p.desk.AsOf = today.AddDays(30)
				if c.between != nil {
					c.between(p)
				}
				later := p.save("later")
				got, hidden := p.compared(earlier, later)
				if !slices.Equal(got, c.want) || hidden != c.hidden {
					t.Errorf("%q and %d hidden, want %q and %d", got, hidden, c.want, c.hidden)
				}
				if err := p.tryBoard(finder, func(u *work.Unit, b *Board) error { _, err := b.ComparePlans(u, later.ID, earlier.ID); return err }); fault.KindOf(err) != fault.Invalid {
					t.Errorf("the later before the earlier: %v", err)
				}
			})
		})
	}
}
