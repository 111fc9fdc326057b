package adopter

import (
	"context"
	"database/sql"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
)

var today = date.MustOf(2026, 11, 23)

func whole(n int) sql.Null[int] { return sql.Null[int]{V: n, Valid: true} }

func sample() Family {
	return Family{
		Agency: "VAA1", Ref: "F1", Adopters: whole(2), ApprovedOn: date.MustOf(2026, 4, 1), Status: "approved", MaxChildren: whole(0), AgeMin: whole(0), Sex: "any",
		Languages: []string{"en"}, ChildrenAtHome: whole(2), Training: "yes", ReservedUntil: date.MustOf(2026, 12, 1),
		Offers:    []Offer{{"neglect", "support", date.MustOf(2026, 5, 1)}, {"letterbox", "", 0}},
		Household: []date.Date{date.MustOf(2018, 1, 1), date.MustOf(2018, 1, 1)},
		Places:    []Place{{"work", "NG1"}, {"home", "NG1 1CC"}, {"work", ""}},
		Milestones: []Milestone{
			{What: "approved", Day: date.MustOf(2021, 4, 1), Source: child.ByWorker}, {What: "left", Day: date.MustOf(2022, 4, 1), Detail: "a"},
			{What: "enquired", Day: date.MustOf(2020, 4, 1)},
		},
	}
}

var (
	worker    = access.Actor{ID: "w1", Name: "Alex Worker", Agency: "VAA1", Role: access.AdopterWorker}
	finder    = access.Actor{ID: "w2", Name: "Fay Finder", Agency: "DER", Role: access.HomeFinder}
	elsewhere = access.Actor{ID: "w3", Name: "Lee Elsewhere", Agency: "LEI", Role: access.HomeFinder}
)

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

func saved(t *testing.T, d *db.DB) (*work.Desk, Family) {
	t.Helper()
	k := &work.Desk{DB: d, AsOf: today}
	var f Family
	do(t, k, access.Actor{Role: access.Operator}, func(u *work.Unit, b *agency.Book) error {
		if err := agency.Save(u, b, []agency.Agency{
			{Code: "VAA1", Kind: "VAA", Name: "Lantern", Pools: []string{"EM"}}, {Code: "DER", Kind: "LA", Name: "Derby", Pools: []string{"EM"}},
			{Code: "LEI", Kind: "LA", Name: "Leicester", Pools: []string{"EM2"}},
		}); err != nil {
			return err
		}
		return share(u, "EM")
	})
	do(t, k, worker, func(u *work.Unit, b *agency.Book) (err error) { f, err = Save(u, b, sample()); return err })
	return k, f
}

func TestWhatIsSavedComesBackAndPlacesStayAtHome(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, f := saved(t, d)
		var own, shared Family
		do(t, k, worker, func(u *work.Unit, b *agency.Book) (err error) { own, err = Find(u, b, f.ID); return err })
		do(t, k, finder, func(u *work.Unit, b *agency.Book) (err error) { shared, err = Find(u, b, f.ID); return err })
		want := sample().normal()
		want.ID, want.Version = f.ID, 1
		if diff := cmp.Diff(want, own); diff != "" {
			t.Error(diff)
		}
		want.Places, want.Milestones = nil, nil
		if diff := cmp.Diff(want, shared); diff != "" {
			t.Errorf("what a home finder of the pool sees: %s", diff)
		}
	})
}

func TestWhoMaySeeAndChangeAFamily(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, f := saved(t, d)
		find := func(u *work.Unit, b *agency.Book) error { _, err := Find(u, b, f.ID); return err }
		save := func(u *work.Unit, b *agency.Book) error {
			g := sample()
			g.ID, g.Version = f.ID, f.Version
			_, err := Save(u, b, g)
			return err
		}
		for _, x := range []struct {
			name  string
			actor access.Actor
			fn    func(*work.Unit, *agency.Book) error
			want  fault.Kind
		}{
			{"elsewhere finds", elsewhere, find, fault.NotFound},
			{"elsewhere saves", elsewhere, save, fault.NotFound},
			{"a home finder of the pool saves", finder, save, fault.Forbidden},
		} {
			if err := try(k, x.actor, x.fn); fault.KindOf(err) != x.want {
				t.Errorf("%s: %v", x.name, err)
			}
		}
	})
}

func TestAChangedAnswerKeepsTheOldOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, f := saved(t, d)
		do(t, k, worker, func(u *work.Unit, b *agency.Book) error {
			g, err := Find(u, b, f.ID)
			if err != nil {
				return err
			}
			g.Offers = []Offer{{"neglect", "no", today}}
			_, err = Save(u, b, g)
			return err
		})
		do(t, k, worker, func(u *work.Unit, b *agency.Book) error {
			g, err := Find(u, b, f.ID)
			if err != nil {
				return err
			}
			past, err := u.History(f.Subject())
			if len(past) != 1 || past[0].Part != "offers" || g.Answer("neglect") != "no" || g.Answer("fasd") != "" || len(g.Places) != 3 {
				t.Errorf("%+v %+v", past, g)
			}
			return err
		})
		if err := try(k, worker, func(u *work.Unit, b *agency.Book) error { _, err := Save(u, b, f); return err }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an old version was saved: %v", err)
		}
	})
}

func TestEveryProblemIsNamed(t *testing.T) {
	for field, spoil := range map[string]func(*Family){
		"family_ref":       func(f *Family) { f.Ref = "a/b" },
		"adopters":         func(f *Family) { f.Adopters = whole(3) },
		"status":           func(f *Family) { f.Status = "waiting" },
		"max_children":     func(f *Family) { f.MaxChildren = whole(-1) },
		"age_min":          func(f *Family) { f.AgeMin, f.AgeMax = whole(5), whole(4) },
		"age_max":          func(f *Family) { f.AgeMin, f.AgeMax = sql.Null[int]{}, whole(-4) },
		"sex":              func(f *Family) { f.Sex = "U" },
		"languages":        func(f *Family) { f.Languages = []string{"EN"} },
		"children_at_home": func(f *Family) { f.ChildrenAtHome = whole(-1) },
		"training":         func(f *Family) { f.Training = "maybe" },
		"code":             func(f *Family) { f.Offers[0].Code = "ethnicity" },
		"answer":           func(f *Family) { f.Offers[0].Answer = "maybe" },
		"born":             func(f *Family) { f.Household[0] = today + 1 },
		"postcode":         func(f *Family) { f.Places[0].Postcode = "12345" },
		"kind":             func(f *Family) { f.Places[0].Kind = "home" },
		"what":             func(f *Family) { f.Milestones[0].What = "decided" },
		"day":              func(f *Family) { f.Milestones[0] = f.Milestones[2] },
		"detail":           func(f *Family) { f.Milestones[0].Detail = "a" },
	} {
		f := sample()
		spoil(&f)
		problems := f.Problems(today)
		if len(problems) != 1 || problems[0].Field != field || problems[0].Message == "" {
			t.Errorf("%s: %v", field, problems)
		}
	}
	for name, f := range map[string]Family{"whole": sample(), "blank": {Agency: "VAA1", Ref: "X"}} {
		if p := f.Problems(today); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}
