package link

import (
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/audit"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/match"
	"homeward/internal/plan"
	"homeward/internal/work"
)

// planned gives the plan of an actor by the agencies' references: what has a
// link, and what has none.
func (p *pool) planned(a access.Actor, w PlanWish) (links map[string]string, without []string, made *RegionPlan) {
	p.t.Helper()
	links = map[string]string{}
	p.board(a, func(u *work.Unit, b *Board) (err error) {
		if made, err = b.PlanFor(u, w); err != nil {
			return err
		}
		for _, l := range made.Plan.Links {
			links[made.Group(l.Group)[0].Ref] = made.Family(l.Family).Ref
			made.ShowGroup(u, l.Group)
		}
		for _, g := range made.Unlinked() {
			without = append(without, made.Group(g)[0].Ref)
		}
		return nil
	})
	return links, without, made
}

func TestThePlanIsOfTheGroupsWhoseFamiliesTheReaderMayFind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		links, without, made := p.planned(finder, PlanWish{})
		// FAR alone is far enough from C1's zone and alone has room for two.
		if len(links)+len(without) != 2 || len(links) != 1 || made.Families() != 3 {
			t.Errorf("links %v, without %v, %d families", links, without, made.Families())
		}
		if links, without, made := p.planned(stranger, PlanWish{}); links["L1"] != "L1" || len(without) != 0 || made.Families() != 1 {
			t.Errorf("a stranger plans %v, %v, %d families", links, without, made.Families())
		}
		if _, _, made := p.planned(answerer, PlanWish{}); made.Groups() != 0 {
			t.Errorf("a family's worker plans for %d groups", made.Groups())
		}
		if links, _, _ := p.planned(operator, PlanWish{Pool: "EM2"}); len(links) != 1 || links["L1"] != "L1" {
			t.Errorf("the plan of one pool: %v", links)
		}
	})
}

func TestAPlanShownIsOnTheRecordWithItsRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		half, err := plan.ParsePriority("0.5")
		if err != nil {
			t.Fatal(err)
		}
		links, _, _ := p.planned(finder, PlanWish{Stretch: true, Priority: half})
		p.do(operator, func(u *work.Unit) error {
			for ref := range links {
				entries, err := audit.Of(u.Tx, "child", "DER", p.id["DER/"+ref], 5)
				if err != nil || len(entries) == 0 || !strings.Contains(entries[0].Detail, "rules 2026-11, as of 2026-11-23, suitable and stretch pairs, priority 0.5, pool all") {
					t.Errorf("%s: %+v, %v", ref, entries, err)
				}
			}
			return nil
		})
	})
}

func TestThePlanKeepsToWhatWasSaidOfPairs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		say := func(a access.Actor, child, family, verdict string) error {
			return p.tryBoard(a, func(u *work.Unit, b *Board) error {
				return b.SayOfPair(u, PlanPairRequest{p.id[child], p.id[family], verdict, "as we said"})
			})
		}
		meeting := PlanWish{Meeting: true}
		kept := func(child, family, verdict string) {
			t.Helper()
			if err := say(finder, child, family, verdict); err != nil {
				t.Fatal(err)
			}
		}
		kept("DER/G2", "VAA1/FAR family", KeptTogether)
		if links, without, _ := p.planned(finder, meeting); links["G1"] != "FAR" || len(without) != 1 || without[0] != "C1" {
			t.Errorf("kept together: %v, without %v", links, without)
		}
		// One family is kept for one group, and a pair that is ruled out for none.
		for child, family := range map[string]string{"DER/C1": "VAA1/FAR family", "DER/G1": "VAA1/NEAR family"} {
			if err := say(finder, child, family, KeptTogether); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s with %s: %v", child, family, err)
			}
		}
		// What is said later holds: apart, the other group may have the family.
		kept("DER/G1", "VAA1/FAR family", KeptApart)
		links, without, made := p.planned(finder, meeting)
		if links["C1"] != "FAR" || len(without) != 1 || len(made.Said) != 1 || len(made.Unkept) != 0 {
			t.Errorf("kept apart: %v, without %v, said %+v", links, without, made.Said)
		}
		// Whoever asks for the plain plan has the plain plan.
		if _, _, plain := p.planned(finder, PlanWish{}); len(plain.Said) != 0 {
			t.Errorf("the plain plan heard %+v", plain.Said)
		}
		for _, a := range []access.Actor{stranger, answerer} {
			if err := say(a, "DER/C1", "VAA1/FAR family", KeptApart); err == nil {
				t.Errorf("%s says something of a pair", a.ID)
			}
			if err := p.tryBoard(a, func(u *work.Unit, b *Board) error { return b.TakeBack(u, made.Said[0].ID) }); err == nil {
				t.Errorf("%s takes it back", a.ID)
			}
		}
		p.board(finder, func(u *work.Unit, b *Board) error { return b.TakeBack(u, made.Said[0].ID) })
		if err := p.tryBoard(finder, func(u *work.Unit, b *Board) error { return b.TakeBack(u, made.Said[0].ID) }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("taken back twice: %v", err)
		}
		if _, _, made := p.planned(finder, meeting); len(made.Said) != 0 {
			t.Errorf("taken back and still said: %+v", made.Said)
		}
		for _, r := range []PlanPairRequest{{Verdict: "perhaps", Reason: "x"}, {Verdict: KeptApart, Reason: " "}} {
			if len(r.Problems()) != 1 {
				t.Errorf("%+v: %v", r, r.Problems())
			}
		}
	})
}

// approved is a brief come true: a family of just its kind.
func (b Brief) approved(ref string) adopter.Family {
	f := adopter.Family{Agency: "VAA1", Ref: ref, Status: "approved", MaxChildren: whole(b.Children), AgeMin: whole(b.AgeMin), AgeMax: whole(b.AgeMax), Sex: "any", Training: "yes",
		ChildrenAtHome: whole(0), Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}}}
	for _, o := range b.offer().Answers {
		f.Offers = append(f.Offers, adopter.Offer{Code: o.Code, Answer: map[match.Answer]string{match.AnswerYes: "yes", match.AnswerNo: "no"}[o.Answer]})
	}
	return f
}

func TestTheFamiliesToLookForAddWhatTheBriefsSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		var briefs []Brief
		_, without, before := p.planned(finder, PlanWish{})
		p.board(finder, func(u *work.Unit, b *Board) error {
			made, err := b.PlanFor(u, PlanWish{})
			if err != nil {
				return err
			}
			briefs, err = made.Missing(u, "", 10)
			return err
		})
		// C1 is four and known to have FASD: a family for them leaves FAR, who has
		// room for two, to the others. Nothing more than that is asked of it.
		if len(briefs) != 2 || len(without) != 1 {
			t.Fatalf("%+v, without %v", briefs, without)
		}
		if x := briefs[0]; x.Children != 1 || x.AgeMax != 5 || len(x.Willing) != 1 || x.Willing[0] != 0 || x.Links != 1 || x.Placed != 2 || x.Groups != 1 || x.Counting != 1 {
			t.Errorf("the first brief is %+v", x)
		}
		want := before.Plan.Total
		for i, x := range briefs {
			want += x.Gain
			if x.Families != 1 {
				t.Fatalf("brief %d is for %d families", i, x.Families)
			}
			p.families(x.approved("NEW" + string(rune('0'+i))))
			if _, _, now := p.planned(finder, PlanWish{}); now.Plan.Total != want {
				t.Errorf("with brief %d come true the plan weighs %d, want %d", i, now.Plan.Total, want)
			}
		}
	})
}

func TestEveryCodeOfABriefIsOneThatFamiliesAreAskedAbout(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range Willing {
		for _, code := range w.Codes {
			if !adopter.OfferCodes().Has(code) || seen[code] {
				t.Errorf("%s is not a code, or stands twice", code)
			}
			seen[code] = true
		}
	}
	for i, b := range briefs()[1:] {
		if b.demand() < briefs()[i].demand() {
			t.Fatalf("more is asked in brief %d than in the next", i)
		}
	}
}
