package notice

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

var (
	finder   = access.Actor{ID: "der-hf", Agency: "DER", Role: access.HomeFinder}
	manager  = access.Actor{ID: "der-mg", Agency: "DER", Role: access.Manager}
	another  = access.Actor{ID: "der-mg2", Agency: "DER", Role: access.Manager}
	partner  = access.Actor{ID: "not-mg", Agency: "NOT", Role: access.Manager}
	about    = work.Subject{Kind: access.Child, Agency: "DER", ID: "CHLD23456789"}
	managers = Notice{Agency: "DER", Role: access.Manager, Kind: Tie, About: about, ActorID: "der-hf"}
)

type desk struct {
	*work.Desk
	t   *testing.T
	now time.Time
}

func each(t *testing.T, fn func(t *testing.T, k *desk)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := &desk{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
		k.Desk = &work.Desk{DB: d, Now: func() time.Time { return k.now }}
		k.do(access.Actor{ID: "op", Role: access.Operator}, func(u *work.Unit) error {
			return agency.Save(u, &agency.Book{}, []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derby"}, {Code: "NOT", Kind: "LA", Name: "Nottingham"}})
		})
		fn(t, k)
	})
}

func (k *desk) try(a access.Actor, fn func(*work.Unit) error) error {
	return k.Do(context.Background(), a, "test", fn)
}

func (k *desk) do(a access.Actor, fn func(*work.Unit) error) {
	k.t.Helper()
	if err := k.try(a, fn); err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) open(a access.Actor) (list []Notice) {
	k.t.Helper()
	k.do(a, func(u *work.Unit) (err error) { list, err = Open(u); return err })
	return list
}

func (k *desk) send(list ...Notice) {
	k.t.Helper()
	k.do(finder, func(u *work.Unit) error { return Send(u, list...) })
}

func TestANoticeIsForARoleOfOneAgencyOrForOneWorker(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		one := Notice{Agency: "DER", Worker: "der-mg2", Kind: GlassFollowed, About: about}
		abroad := Notice{Agency: "NOT", Role: access.Manager, Kind: Tie, About: about, ActorID: "der-hf"}
		k.send(managers, one)
		k.now = k.now.Add(time.Minute)
		k.send(abroad, managers)
		for _, c := range []struct {
			who  access.Actor
			want string
		}{
			{manager, "tie tie"}, {another, "glass_followed tie tie"}, {partner, "tie"}, {finder, ""},
			{access.Actor{}, ""}, {access.Actor{Agency: "DER"}, ""}, {access.Actor{Agency: "DER", ID: "x"}, ""}, {access.Actor{Agency: "DER", Role: access.Manager}, ""},
		} {
			var got []string
			for _, n := range k.open(c.who) {
				got = append(got, string(n.Kind))
			}
			slices.Sort(got)
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%+v is told %q, want %q", c.who, s, c.want)
			}
		}
		if got := k.open(manager)[0]; got.About != about || got.ActorID != "der-hf" || !got.MadeAt.Equal(k.now) || got.ID == "" {
			t.Errorf("%+v", got)
		}
	})
}

func TestAnUnitThatFailsTellsNobody(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		err := k.try(finder, func(u *work.Unit) error {
			if err := Send(u, managers); err != nil {
				return err
			}
			return fault.New(fault.Invalid, "no")
		})
		if fault.KindOf(err) != fault.Invalid || len(k.open(manager)) != 0 {
			t.Errorf("%v, %v", err, k.open(manager))
		}
	})
}

func TestANoticeForNobodyIsNotTaken(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		for name, n := range map[string]Notice{
			"nobody": {Agency: "DER", Kind: Tie}, "two": {Agency: "DER", Kind: Tie, Role: access.Manager, Worker: "w"},
			"no agency": {Kind: Tie, Role: access.Manager}, "no kind": {Agency: "DER", Role: access.Manager}, "unknown": {Agency: "DER", Role: access.Manager, Kind: "gossip"},
		} {
			if err := k.try(finder, func(u *work.Unit) error { return Send(u, n) }); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
	})
}

func TestOnlyWhoIsToldSaysDoneAndOnce(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.send(managers)
		id := k.open(manager)[0].ID
		done := func(a access.Actor) error { return k.try(a, func(u *work.Unit) error { return Done(u, id) }) }
		for _, a := range []access.Actor{finder, partner, {}, {ID: "der-ad", Agency: "DER", Role: access.Administrator}} {
			if err := done(a); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%+v said done: %v", a, err)
			}
		}
		if err := done(manager); err != nil {
			t.Fatal(err)
		}
		if err := done(another); fault.KindOf(err) != fault.Conflict {
			t.Errorf("said done twice: %v", err)
		}
		if len(k.open(another)) != 0 {
			t.Error("what is done is still open")
		}
	})
}

func TestNobodySettlesWhatIsAboutThemselves(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		n := managers
		n.ActorID = manager.ID
		k.send(n)
		if len(k.open(manager)) != 0 || len(k.open(another)) != 1 {
			t.Fatal("a notice is with the one it is about")
		}
		id := k.open(another)[0].ID
		if err := k.try(manager, func(u *work.Unit) error { return Done(u, id) }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("they said done themselves: %v", err)
		}
		k.do(manager, func(u *work.Unit) error { return Settle(u, about) })
		if len(k.open(another)) != 1 {
			t.Error("they settled it themselves")
		}
		k.do(partner, func(u *work.Unit) error { return Settle(u, about) })
		if len(k.open(another)) != 1 {
			t.Error("another agency settled it")
		}
		k.do(another, func(u *work.Unit) error { return Settle(u, about) })
		if len(k.open(another)) != 0 {
			t.Error("it was not settled")
		}
	})
}

func TestTwoWhoSayDoneAtOnceAreOne(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.send(managers)
		id := k.open(manager)[0].ID
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() {
				errs[i] = k.try([]access.Actor{manager, another}[i%2], func(u *work.Unit) error { return Done(u, id) })
			})
		}
		wg.Wait()
		good := 0
		for _, err := range errs {
			if err == nil {
				good++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d said done", good)
		}
	})
}

func TestWhetherSomethingWasToldLately(t *testing.T) {
	each(t, func(t *testing.T, k *desk) {
		k.send(managers)
		k.now = k.now.Add(time.Hour)
		for _, c := range []struct {
			kind  Kind
			about work.Subject
			since time.Duration
			want  bool
		}{{Tie, about, -time.Hour - 1000, true}, {Tie, about, -time.Hour, false}, {NoTie, about, -2 * time.Hour, false}, {Tie, work.Subject{Kind: access.Child, Agency: "DER", ID: "x"}, -2 * time.Hour, false}} {
			k.do(finder, func(u *work.Unit) error {
				got, err := SentSince(u, c.kind, c.about, k.now.Add(c.since))
				if got != c.want {
					t.Errorf("%+v: %v", c, got)
				}
				return err
			})
		}
	})
}

func TestEveryKindIsASentence(t *testing.T) {
	if len(Kinds()) != len(sentences) {
		t.Errorf("%d kinds, %d sentences", len(Kinds()), len(sentences))
	}
	for _, k := range Kinds() {
		if s := k.Sentence(); !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "%{") {
			t.Errorf("%s: %q", k, s)
		}
	}
}
