package child

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var today = date.MustOf(2026, 11, 23)

func miles(n float64) sql.Null[float64] { return sql.Null[float64]{V: n, Valid: true} }

func sample() Child {
	return Child{
		Agency: "DER", Ref: "C1", GroupRef: "G1", Plan: "together", GivenName: "Asha", FamilyName: "Testname", Born: date.MustOf(2020, 2, 29), Sex: "F",
		Ethnic: "MWBC", Religion: "None", Languages: []string{"ur", "en"}, HomePostcode: "de22 3cv", EnteredCare: date.MustOf(2025, 1, 1), Status: "waiting",
		Needs:   []Need{{"neglect", "known"}, {"fasd", ""}},
		Contact: []Contact{{"letterbox", miles(2)}, {"digital", sql.Null[float64]{}}},
		Zones:   []Zone{{"NG3 4", miles(5.12345), "birth_home", date.MustOf(2027, 1, 1)}, {"", sql.Null[float64]{}, "", 0}},
		Milestones: []Milestone{
			{"placed", date.MustOf(2026, 3, 1), "A6", "SSDA903 2025/26 Episodes row 12"}, {"matched", date.MustOf(2026, 2, 1), "", ByWorker},
			{"early_placed", date.MustOf(2026, 2, 1), "", ""}, {"returned", date.MustOf(2020, 2, 29), "", ""},
		},
	}
}

var (
	operator  = access.Actor{ID: "op", Name: "Operator", Role: access.Operator}
	permanent = access.Actor{ID: "w1", Name: "Pat Worker", Agency: "DER", Role: access.PermanenceWorker}
	adopters  = access.Actor{ID: "w2", Name: "Alex Worker", Agency: "DER", Role: access.AdopterWorker}
	elsewhere = access.Actor{ID: "w3", Name: "Lee Elsewhere", Agency: "LEI", Role: access.HomeFinder}
)

// desk is a desk with two agencies.
func desk(t *testing.T, d *db.DB) *work.Desk {
	t.Helper()
	k := &work.Desk{DB: d, AsOf: today}
	do(t, k, operator, func(u *work.Unit, _ *agency.Book) error {
		if err := agency.Save(u, &agency.Book{}, []agency.Agency{
			{Code: "DER", Kind: "LA", Name: "Derby", Pools: []string{"EM"}}, {Code: "LEI", Kind: "LA", Name: "Leicester", Pools: []string{"EM2"}},
			{Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: []string{"EM"}},
		}); err != nil {
			return err
		}
		return share(u, "EM")
	})
	return k
}

func try(k *work.Desk, actor access.Actor, fn func(*work.Unit, *agency.Book) error) error {
	return k.Do(context.Background(), actor, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		u.Actor = book.As(u.Actor)
		return fn(u, book)
	})
}

// share has the agencies of a pool agree to share.
func share(u *work.Unit, pool string) error {
	book, err := agency.Open(u)
	if err != nil {
		return err
	}
	_, err = agency.Propose(u, book, book.Among(pool))
	return err
}

func do(t *testing.T, k *work.Desk, actor access.Actor, fn func(*work.Unit, *agency.Book) error) {
	t.Helper()
	if err := try(k, actor, fn); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsSavedComesBackInOneForm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := desk(t, d)
		var saved, found Child
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { saved, err = Save(u, b, sample()); return err })
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { found, err = Find(u, b, saved.ID); return err })
		want := sample().normal()
		want.ID, want.Version = saved.ID, 1
		if diff := cmp.Diff(want, found); diff != "" {
			t.Error(diff)
		}
		if found.HomePostcode != "DE22 3CV" || found.Zones[slices.IndexFunc(found.Zones, func(z Zone) bool { return z.Postcode == "NG3 4" })].RadiusMiles.V != 5.123 {
			t.Errorf("postcode %q, zones %v", found.HomePostcode, found.Zones)
		}
	})
}

func TestAChangeKeepsWhatWasSaidBefore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := desk(t, d)
		var c Child
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { c, err = Save(u, b, sample()); return err })
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) {
			if c, err = Find(u, b, c.ID); err != nil {
				return err
			}
			changed := c
			changed.Status, changed.Zones = "on_hold", nil
			_, err = Save(u, b, changed)
			return err
		})
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) error {
			past, err := u.History(c.Subject())
			if err != nil {
				return err
			}
			var parts []string
			for _, p := range past {
				parts = append(parts, fmt.Sprint(p.Version, p.Part, p.ActorName))
			}
			if !slices.Equal(parts, []string{"2recordPat Worker", "2zonesPat Worker"}) {
				t.Errorf("history %v", parts)
			}
			now, err := Find(u, b, c.ID)
			if now.Status != "on_hold" || len(now.Zones) != 0 || len(now.Needs) != 2 || now.Version != 2 {
				t.Errorf("now %+v", now)
			}
			return err
		})
		// The version seen before is no longer the record's.
		err := try(k, permanent, func(u *work.Unit, b *agency.Book) error { _, err := Save(u, b, c); return err })
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("an old version was saved: %v", err)
		}
	})
}

func TestSavingTheSameAgainChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := desk(t, d)
		var c Child
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { c, err = Save(u, b, sample()); return err })
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) error {
			before, err := u.Revision()
			if err != nil {
				return err
			}
			again := sample()
			again.ID, again.Version, again.HomePostcode = c.ID, 1, "DE223CV"
			slices.Reverse(again.Needs)
			if _, err := Save(u, b, again); err != nil || u.Changed() {
				t.Errorf("changed %v after revision %d, %v", u.Changed(), before, err)
			}
			return nil
		})
	})
}

func TestWhoMaySeeAndChangeAChild(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := desk(t, d)
		var c Child
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { c, err = Save(u, b, sample()); return err })
		find := func(u *work.Unit, b *agency.Book) error { _, err := Find(u, b, c.ID); return err }
		save := func(u *work.Unit, b *agency.Book) error { _, err := Save(u, b, sample()); return err }
		for _, x := range []struct {
			name  string
			actor access.Actor
			fn    func(*work.Unit, *agency.Book) error
			want  fault.Kind
		}{
			{"a worker elsewhere finds", elsewhere, find, fault.NotFound},
			{"a worker elsewhere saves", elsewhere, save, fault.NotFound},
			{"an adopters' worker finds", adopters, find, fault.Forbidden},
			{"a second child of the same reference", permanent, save, fault.Conflict},
		} {
			if err := try(k, x.actor, x.fn); fault.KindOf(err) != x.want {
				t.Errorf("%s: %v", x.name, err)
			}
		}
		// A home finder of a council it shares with sees needs, not who; once
		// theirs finds homes for the child's council, they see who.
		partner := access.Actor{ID: "w4", Agency: "NOT", Role: access.HomeFinder}
		if err := try(k, partner, find); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a partner finds: %v", err)
		}
		lead := access.Actor{ID: "w5", Agency: "DER", Role: access.InformationLead}
		do(t, k, lead, func(u *work.Unit, b *agency.Book) error {
			return agency.HandFunction(u, b, agency.Held{Agency: "DER", Function: access.HomeFinding, Holder: "NOT"})
		})
		do(t, k, partner, find)
	})
}

func TestGroupsAreThoseTogetherOfOneAgency(t *testing.T) {
	groups := Groups([]Child{
		{Agency: "DER", Ref: "b", GroupRef: "1", Plan: "together"}, {Agency: "DER", Ref: "a", GroupRef: "1", Plan: "together"},
		{Agency: "NOT", Ref: "c", GroupRef: "1", Plan: "together"}, {Agency: "DER", Ref: "d", GroupRef: "1", Plan: "apart"},
		{Agency: "DER", Ref: "e", Plan: "together"}, {Agency: "DER", Ref: "f", Plan: "together"}, {Agency: "DER", Ref: "B", GroupRef: "1", Plan: "together"},
	})
	var got []string
	for _, g := range groups {
		name := g[0].Agency
		for _, c := range g {
			name += " " + c.Ref
		}
		got = append(got, name)
	}
	if diff := cmp.Diff([]string{"DER B a b", "DER d", "DER e", "DER f", "NOT c"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAGroupWaitsWhenEveryChildDoes(t *testing.T) {
	first, second := date.MustOf(2026, 1, 1), date.MustOf(2026, 2, 1)
	g := Group{{Status: "waiting", OrderDate: second}, {Status: "waiting"}, {Status: "waiting", OrderDate: first, DecisionDate: first}}
	if !g.Waits() || g.Ordered() != first || g.Decided() != first {
		t.Errorf("waits %v, ordered %s", g.Waits(), g.Ordered())
	}
	g[1].Status = ""
	if g.Waits() {
		t.Error("a child of no known status waits")
	}
}

func TestEveryProblemIsNamed(t *testing.T) {
	for field, spoil := range map[string]func(*Child){
		"child_ref":          func(c *Child) { c.Ref = "" },
		"plan":               func(c *Child) { c.Plan = "maybe" },
		"sex":                func(c *Child) { c.Sex = "m" },
		"ethnic":             func(c *Child) { c.Ethnic = "British" },
		"status":             func(c *Child) { c.Status = "Waiting" },
		"languages":          func(c *Child) { c.Languages = []string{"polish"} },
		"home_postcode":      func(c *Child) { c.HomePostcode = "Derby" },
		"placement_postcode": func(c *Child) { c.PlacementPostcode = "???" },
		"need":               func(c *Child) { c.Needs[0].Code = "" },
		"level":              func(c *Child) { c.Needs[0].Level = "high" },
		"kind":               func(c *Child) { c.Contact[0].Kind = "letter" },
		"times_a_year":       func(c *Child) { c.Contact[0].TimesAYear = miles(0.5) },
		"radius_miles":       func(c *Child) { c.Zones[0].RadiusMiles = miles(-1) },
		"postcode":           func(c *Child) { c.Zones[0].Postcode = "NG" },
		"what":               func(c *Child) { c.Milestones[0].What, c.Milestones[0].Detail = "moved", "" },
		"day":                func(c *Child) { c.Milestones[0].Day = today + 1 },
		"detail":             func(c *Child) { c.Milestones[0].Detail = "E11" },
		"source":             func(c *Child) { c.Milestones[0].Source = strings.Repeat("é", 201) },
	} {
		c := sample()
		spoil(&c)
		problems := c.Problems(today)
		if len(problems) != 1 || problems[0].Field != field || problems[0].Message == "" {
			t.Errorf("%s: %v", field, problems)
		}
	}
	for name, c := range map[string]Child{"whole": sample(), "blank": {Agency: "DER", Ref: "X"}} {
		if p := c.Problems(today); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}

func TestLanguagesAreISO639(t *testing.T) {
	if len(Languages()) != 183 || !IsLanguage("pl") || IsLanguage("") || IsLanguage("xx") || Languages().Label("pa") != "Punjabi" {
		t.Errorf("%d languages", len(Languages()))
	}
}

func TestNormalIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := sample()
		c.Needs = rapid.Permutation(c.Needs).Draw(t, "needs")
		c.Zones = rapid.Permutation(c.Zones).Draw(t, "zones")
		c.Milestones = rapid.Permutation(c.Milestones).Draw(t, "milestones")
		c.Languages = rapid.Permutation([]string{"ur", "en", "ur"}).Draw(t, "languages")
		once := c.normal()
		if diff := cmp.Diff(once, once.normal()) + cmp.Diff(once, sample().normal()); diff != "" {
			t.Fatal(diff)
		}
	})
}
