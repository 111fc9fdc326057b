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
	"homeward/internal/plan"
	"homeward/internal/work"
)

// withPlan runs fn with the plan of an actor.
func (p *pool) withPlan(a access.Actor, w PlanWish, fn func(*work.Unit, *RegionPlan) error) {
	p.t.Helper()
	p.board(a, func(u *work.Unit, b *Board) error {
		made, err := b.PlanFor(u, w)
		if err != nil {
			return err
		}
		return fn(u, made)
	})
}

func (p *pool) weighed(a access.Actor, w Wanted) (added Added) {
	p.t.Helper()
	p.withPlan(a, PlanWish{}, func(u *work.Unit, made *RegionPlan) (err error) {
		added, err = made.Weigh(u, w)
		return err
	})
	return added
}

func TestADescribedFamilyAddsWhatItWouldIfItWereThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		_, _, before := p.planned(finder, PlanWish{})
		w := Wanted{Children: 1, AgeMin: 3, AgeMax: 6, Willing: []int{0, 4}}
		added := p.weighed(finder, w)
		if added.Gain <= 0 || added.Links != 1 || added.Groups != 1 || added.Counting != 1 || added.InArea {
			t.Fatalf("%+v", added)
		}
		p.families(w.brief().approved("NEW"))
		if _, _, now := p.planned(finder, PlanWish{}); now.Plan.Total != before.Plan.Total+added.Gain {
			t.Errorf("come true the plan weighs %d, want %d", now.Plan.Total, before.Plan.Total+added.Gain)
		}
		// To a child of five, and to one who says no to what the child has, it is nothing.
		for _, w := range []Wanted{{Children: 1, AgeMin: 10, AgeMax: 12, Willing: []int{0}}, {Children: 1, AgeMin: 3, AgeMax: 6}} {
			if added := p.weighed(finder, w); added.Gain != 0 {
				t.Errorf("%+v adds %+v", w, added)
			}
		}
		for field, w := range map[string]Wanted{"children": {Children: 0}, "age-from": {Children: 1, AgeMin: -1}, "age-to": {Children: 1, AgeMin: 5, AgeMax: 4}, "willing": {Children: 1, Willing: []int{9}}} {
			if problems := w.Problems(); len(problems) != 1 || problems[0].Field != field {
				t.Errorf("%+v: %v, want %s", w, problems, field)
			}
			err := p.tryBoard(finder, func(u *work.Unit, b *Board) error {
				made, err := b.PlanFor(u, PlanWish{})
				if err != nil {
					return err
				}
				_, err = made.Weigh(u, w)
				return err
			})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v", w, err)
			}
		}
	})
}

func TestFamiliesForOneAgencyAreForItsChildrenFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.withPlan(operator, PlanWish{}, func(u *work.Unit, made *RegionPlan) error {
			lacks := made.Lacks(u)
			if len(lacks) != 2 || lacks[0].Agency != "DER" || lacks[0].Groups != 2 || lacks[0].Children != 3 || lacks[1].Agency != "LEI" || lacks[0].Best.Families != 1 {
				t.Errorf("%+v", lacks)
			}
			all, err := made.Missing(u, "", 10)
			if err != nil {
				return err
			}
			der, err := made.Missing(u, "DER", 10)
			if err != nil {
				return err
			}
			gain := func(list []Brief) (sum int64) {
				for _, b := range list {
					sum += b.Gain
				}
				return sum
			}
			if len(der) == 0 || der[0].Gain != lacks[0].Best.Gain || gain(der) > gain(all) {
				t.Errorf("for DER %+v, for all %+v, lacks %+v", der, all, lacks)
			}
			for _, b := range der {
				if b.Groups > 2 {
					t.Errorf("a family for DER's two groups could be for %d", b.Groups)
				}
			}
			nobody, err := made.Missing(u, "VAA1", 10)
			if err != nil || len(nobody) != 0 {
				t.Errorf("families for an agency without children: %+v (%v)", nobody, err)
			}
			return nil
		})
		p.withPlan(finder, PlanWish{}, func(u *work.Unit, made *RegionPlan) error {
			if lacks := made.Lacks(u); len(lacks) != 1 || lacks[0].Unlinked != 1 || lacks[0].Without != len(made.Group(made.Unlinked()[0])) {
				t.Errorf("%+v", lacks)
			}
			return nil
		})
	})
}

// crowd is children with zones, and homes in the middle of them.
func (p *pool) crowd(zones ...string) {
	for i, postcode := range zones {
		p.children(child.Child{Agency: "DER", Ref: fmt.Sprintf("Z%d-1", i), GroupRef: fmt.Sprint("Z", i), Plan: "together", Status: "waiting", Born: date.MustOf(2022, 1, 1),
			Zones: []child.Zone{{Postcode: postcode, RadiusMiles: c5, Kind: "birth_relative"}}},
			child.Child{Agency: "DER", Ref: fmt.Sprintf("Z%d-2", i), GroupRef: fmt.Sprint("Z", i), Plan: "together", Status: "waiting", Born: date.MustOf(2023, 1, 1)})
	}
	for i := range leastHomes {
		p.families(adopter.Family{Agency: "DER", Ref: fmt.Sprint("HOME", i), Status: "approved", MaxChildren: whole(1), Places: []adopter.Place{{Kind: "home", Postcode: "DE22 3CO"}}})
	}
}

var c5 = func() (r child.Zone) { r.RadiusMiles.V, r.RadiusMiles.Valid = 5, true; return r }().RadiusMiles

func TestWhereAFamilyLivesIsNotToldByFewChildrenOrOneZone(t *testing.T) {
	two := []string{"DE22 3CV", "DE22 3CO"}
	for name, c := range map[string]struct {
		zones []string
		told  bool
	}{
		"nobody has a zone there": {nil, false},
		"one group":               {two[:1], false},
		"two groups":              {two, false},
		"three groups, one place": {[]string{two[0], two[0], two[0]}, false},
		"three groups, two zones": {[]string{two[0], two[1], two[0]}, true},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				p := newPool(t, d)
				p.crowd(c.zones...)
				w := Wanted{Children: 2, AgeMin: 0, AgeMax: 10}
				outside := p.weighed(finder, w)
				w.Area = "DER"
				there := p.weighed(finder, w)
				if there.InArea != c.told {
					t.Fatalf("told is %v", there.InArea)
				}
				if c.told && there.Gain >= outside.Gain {
					t.Errorf("in the zones it adds %d, outside %d", there.Gain, outside.Gain)
				}
				if there.InArea = false; !c.told && fmt.Sprint(there) != fmt.Sprint(outside) {
					t.Errorf("not told, and still another answer: %+v, %+v", there, outside)
				}
			})
		})
	}
}

func TestAnAreaOfFewFamiliesIsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.withPlan(finder, PlanWish{}, func(u *work.Unit, made *RegionPlan) error {
			if areas := made.Areas(); len(areas) != 0 {
				t.Errorf("areas %v", areas)
			}
			_, err := made.Weigh(u, Wanted{Children: 1, AgeMax: 5, Area: "VAA1"})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("one family's home stands for an area: %v", err)
			}
			return nil
		})
		p.crowd()
		p.withPlan(finder, PlanWish{}, func(u *work.Unit, made *RegionPlan) error {
			if areas := made.Areas(); !slices.Equal(areas, []string{"DER"}) {
				t.Errorf("areas %v", areas)
			}
			return nil
		})
	})
}

// TestWhoeverPlansForAChildMaySeeWhereTheyMustNotBe holds what telling of an area
// rests on: it tells the reader nothing that the children's own records would not.
func TestWhoeverPlansForAChildMaySeeWhereTheyMustNotBe(t *testing.T) {
	ties := map[string][]access.Tie{"none": nil, "home finding": {{Agency: "NOT", Function: access.HomeFinding}}, "recruitment": {{Agency: "NOT", Function: access.Recruitment}},
		"agreement": {{Agency: "NOT", Name: "x", Covers: access.Covers()}}}
	planned := 0
	for _, role := range access.Roles() {
		for name, tie := range ties {
			for _, owner := range []string{"DER", "NOT"} {
				a := access.Actor{ID: "w", Agency: "DER", Team: "t", Role: role, Ties: tie}
				for _, team := range []string{"t", "other"} {
					thing := access.Thing{Kind: access.Child, Agency: owner, ID: "c", Worker: "x", Team: team}
					if !access.Can(a, access.FindFamilies, thing).Allow {
						continue
					}
					planned++
					if thing.Kind = access.ChildLocations; !access.Can(a, access.View, thing).Allow {
						t.Errorf("a %s (%s) finds families for a child of %s and may not see where they must not be", role, name, owner)
					}
				}
			}
		}
	}
	if planned < 10 {
		t.Errorf("only %d may plan", planned)
	}
}

func TestAnAnswerCountsOnlyAsAskedAndAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		asking := func(a access.Actor) (got Asking) {
			p.withPlan(a, PlanWish{}, func(u *work.Unit, made *RegionPlan) (err error) {
				got, err = made.Asking(u)
				return err
			})
			return got
		}
		// FAR has said yes to FASD and nothing else; C1 brings FASD and letterbox contact.
		before := asking(operator)
		if before.Approved != 4 || before.Groups != 1 || before.Children != 1 || before.Gain <= 0 {
			t.Fatalf("%+v", before)
		}
		if s := before.Sets[0]; s.Part != 1 || s.None != 3 || s.Yes != 0 || s.Groups != 0 {
			t.Errorf("alcohol, drugs or FASD: %+v", s)
		}
		// The most it could add is what it adds if all say yes.
		_, _, plan := p.planned(operator, PlanWish{})
		for _, ref := range []string{"VAA1/FAR", "VAA1/NEAR", "VAA1/VAGUE", "LEI/L1"} {
			p.changeFamily(ref, func(f *adopter.Family) {
				f.Offers = nil
				for _, c := range adopter.OfferCodes() {
					f.Offers = append(f.Offers, adopter.Offer{Code: c.Code, Answer: "yes", AnsweredOn: date.MustOf(2026, 1, 1)})
				}
			})
		}
		if _, _, now := p.planned(operator, PlanWish{}); now.Plan.Total != plan.Plan.Total+before.Gain {
			t.Errorf("all say yes and the plan weighs %d, want %d", now.Plan.Total, plan.Plan.Total+before.Gain)
		}
		if after := asking(operator); after.Groups != 0 || after.Gain != 0 || after.Links != 0 || after.Sets[0].Yes != 4 || len(after.Families) != 0 {
			t.Errorf("all have said yes: %+v", after)
		}
		// A yes that is not borne out is no longer one.
		var asked []Ask
		p.board(finder, func(u *work.Unit, b *Board) (err error) {
			asked, err = b.Ask(u, AskRequest{ChildID: p.id["DER/C1"], Families: []string{p.id["VAA1/FAR family"]}})
			return err
		})
		p.board(answerer, func(u *work.Unit, b *Board) error {
			return b.Close(u, asked[0].ID, Closing{State: No, ReasonCode: "need", ReasonAbout: "fasd"})
		})
		if now := asking(operator); now.Sets[0].Yes != 3 || now.Sets[0].Part != 1 || now.Groups != 1 || now.Sets[0].Groups != 1 {
			t.Errorf("after a no because of FASD: %+v", now)
		}
		// A home finder of another agency is told of no family they may not record answers of.
		if got := asking(finder); len(got.Families) != 0 {
			t.Errorf("a home finder is to ask %+v", got.Families)
		}
	})
}

func TestAPlanIsWorkedOutAgainWhenAnythingChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		_, _, first := p.planned(finder, PlanWish{})
		_, _, again := p.planned(finder, PlanWish{})
		if first.solved != again.solved {
			t.Error("the same plan was worked out twice")
		}
		if _, _, other := p.planned(manager, PlanWish{}); other.board == first.board && other.solved == first.solved {
			t.Log("a manager shares it") // whoever may see the same may have the same
		}
		if _, _, other := p.planned(finder, PlanWish{Stretch: true}); other.solved == first.solved {
			t.Error("another wish, the same plan")
		}
		if err := p.tryBoard(finder, func(u *work.Unit, b *Board) error {
			return b.SayOfPair(u, PlanPairRequest{p.id["DER/G1"], p.id["VAA1/FAR family"], KeptApart, "as we said"})
		}); err != nil {
			t.Fatal(err)
		}
		if links, _, other := p.planned(finder, PlanWish{Meeting: true}); other.solved == first.solved || links["G1"] != "" {
			t.Errorf("kept apart, and still %v", links)
		}
		p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.Status = "on_hold" })
		if links, _, other := p.planned(finder, PlanWish{}); other.solved == first.solved || links["G1"] == "FAR" || links["C1"] == "FAR" {
			t.Errorf("a family on hold is still linked: %v", links)
		}
	})
}

func TestAPlanSomebodyElseLookedAtIsStillNotedAndAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		links, _, _ := p.planned(finder, PlanWish{})
		p.planned(finder, PlanWish{})
		for ref := range links {
			p.do(operator, func(u *work.Unit) error {
				entries, err := audit.Of(u.Tx, "child", "DER", p.id["DER/"+ref], 9)
				shown := slices.DeleteFunc(entries, func(e audit.Entry) bool { return !strings.HasPrefix(e.Detail, "the region's plan") })
				if err != nil || len(shown) != 2 {
					t.Errorf("%s was shown twice and is on the record %d times (%v)", ref, len(shown), err)
				}
				return nil
			})
		}
		// Whoever shares a board with somebody who may plan for more is given their own.
		worker := access.Actor{ID: "nobody's", Agency: "DER", Role: access.PermanenceWorker}
		if _, _, made := p.planned(worker, PlanWish{}); made.Groups() > 2 {
			t.Errorf("a worker plans for %d groups", made.Groups())
		}
	})
}

func TestManyMayAskOnePlanAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.withPlan(finder, PlanWish{}, func(_ *work.Unit, made *RegionPlan) error {
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					mine := &RegionPlan{Wish: made.Wish, board: made.board, groups: made.groups, families: made.families}
					if err := mine.take(made.solved); err != nil {
						t.Error(err)
					}
					if _, err := mine.Stretched(); err != nil {
						t.Error(err)
					}
					if _, err := mine.Region.MostLinks(); err != nil {
						t.Error(err)
					}
					if _, err := mine.solved.briefs("", 3); err != nil {
						t.Error(err)
					}
					l := mine.Plan.Links[0]
					if _, err := mine.Region.Alternatives(l.Group, 3); err != nil {
						t.Error(err)
					}
					if err := mine.Region.Forbid(l.Group, l.Family); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if f, ok := made.Region.Family(made.Plan.Links[0].Group); !ok || f != made.Plan.Links[0].Family {
				t.Error("what one forbids another has lost")
			}
			return nil
		})
	})
}

func TestOnlySoManyPlansAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.board(finder, func(u *work.Unit, b *Board) error {
			for i := range maxPlans + 3 {
				if _, err := b.PlanFor(u, PlanWish{Priority: plan.Priority(i)}); err != nil {
					return err
				}
			}
			if len(b.plans.kept) != maxPlans {
				t.Errorf("%d plans kept", len(b.plans.kept))
			}
			return nil
		})
	})
}

func TestCodesFitIntoASet(t *testing.T) {
	if n := len(adopter.OfferCodes()); n > 63 || len(codeOf) != n {
		t.Errorf("%d codes", n)
	}
}
