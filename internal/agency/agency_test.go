package agency

import (
	"context"
	"testing"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func save(t *testing.T, k *work.Desk, list ...Agency) (changed bool) {
	t.Helper()
	err := k.Do(context.Background(), access.Actor{ID: "op", Role: access.Operator}, "test", func(u *work.Unit) error {
		b, err := Open(u)
		if err != nil {
			return err
		}
		err = Save(u, b, list)
		changed = u.Changed()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func open(t *testing.T, k *work.Desk) (b *Book) {
	t.Helper()
	if err := k.Do(context.Background(), operator, "test", func(u *work.Unit) (err error) { b, err = Open(u); return err }); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnAgencyIsSavedOnceAndItsHistoryKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := &work.Desk{DB: d}
		der := Agency{Code: "DER", Kind: "LA", Name: "Derby", GSS: "E06000015", Pools: []string{"EM", "D2N2"}}
		vaa := Agency{Code: "V", Kind: "VAA", Name: "Lantern"}
		if !save(t, k, der, vaa) || save(t, k, der, vaa) {
			t.Error("the first save changes, the second does not")
		}
		b := open(t, k)
		if diff := cmp.Diff([]string{"D2N2", "EM"}, b.Agencies["DER"].Pools); diff != "" {
			t.Error(diff)
		}
		if len(b.Staff("DER")) != 6 || len(b.Staff("V")) != 5 || len(b.Staff("")) != 11 {
			t.Errorf("standing workers: %d, %d", len(b.Staff("DER")), len(b.Staff("V")))
		}
		der.Name, der.Pools = "Derby City Council", []string{"EM"}
		if !save(t, k, der) {
			t.Error("a new name is a change")
		}
		b = open(t, k)
		if got := b.Agencies["DER"]; got.Name != "Derby City Council" || len(got.Pools) != 1 || len(b.Staff("DER")) != 6 {
			t.Errorf("%+v", got)
		}
	})
}

// do runs fn as somebody, with what the book says of them.
func do(t *testing.T, k *work.Desk, a access.Actor, fn func(*work.Unit, *Book) error) error {
	t.Helper()
	return k.Do(context.Background(), a, "test", func(u *work.Unit) error {
		b, err := Open(u)
		if err != nil {
			return err
		}
		u.Actor = b.As(u.Actor)
		return fn(u, b)
	})
}

var operator = access.Actor{ID: "op", Role: access.Operator}

func lead(code string) access.Actor {
	return access.Actor{ID: "lead " + code, Agency: code, Role: access.InformationLead}
}

// region is two councils, a voluntary agency and a regional one in a pool, and a
// council that is in none.
func region(t *testing.T, d *db.DB, day date.Date) *work.Desk {
	t.Helper()
	k := &work.Desk{DB: d, AsOf: day}
	p := []string{"EM"}
	save(t, k, Agency{Code: "DER", Kind: "LA", Name: "Derby", Pools: p}, Agency{Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: p},
		Agency{Code: "VAA", Kind: "VAA", Name: "Lantern", Pools: p}, Agency{Code: "RAA", Kind: "RAA", Name: "Together", Pools: p}, Agency{Code: "LEI", Kind: "LA", Name: "Leicester"})
	return k
}

// sees gives where an agency's home finder may see what, today.
func sees(t *testing.T, k *work.Desk, code string, act access.Action, kind access.Kind) (codes []string) {
	t.Helper()
	if err := do(t, k, access.Actor{ID: "w", Agency: code, Role: access.HomeFinder}, func(u *work.Unit, b *Book) error {
		codes = b.Where(u.Actor, act, kind)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return codes
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

var day = date.MustOf(2026, 11, 23)

func TestAPoolAloneOpensNothingAndAnAgreementWhatItCovers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := region(t, d, day)
		same(t, "in one pool", sees(t, k, "DER", access.Profile, access.Child), "DER")
		var a Agreement
		if err := do(t, k, lead("DER"), func(u *work.Unit, b *Book) (err error) {
			proposal := b.Among("EM")
			proposal.Covers = []access.Cover{access.FamilyProfiles}
			a, err = Propose(u, b, proposal)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		same(t, "proposed, and signed by one", sees(t, k, "DER", access.View, access.Family), "DER")
		sign := func(code string) error {
			return do(t, k, lead(code), func(u *work.Unit, b *Book) error { return Sign(u, b, a.ID) })
		}
		if err := sign("NOT"); err != nil {
			t.Fatal(err)
		}
		same(t, "signed by two", sees(t, k, "DER", access.View, access.Family), "DER", "NOT")
		same(t, "what it does not cover", sees(t, k, "DER", access.Profile, access.Child), "DER")
		same(t, "who has not signed", sees(t, k, "VAA", access.View, access.Family), "VAA")
		if err := sign("LEI"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("no party signs: %v", err)
		}
		if err := sign("NOT"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("signs twice: %v", err)
		}
		if err := do(t, k, access.Actor{ID: "m", Agency: "VAA", Role: access.Manager}, func(u *work.Unit, b *Book) error { return Sign(u, b, a.ID) }); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a manager signs: %v", err)
		}
	})
}

func TestEndingAnAgreementOrMembershipEndsAccessAtTheNextRequest(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := region(t, d, day)
		var id string
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(do(t, k, operator, func(u *work.Unit, b *Book) error {
			a := b.Among("EM")
			a.Until = day.AddDays(10)
			a, err := Propose(u, b, a)
			id = a.ID
			return err
		}))
		same(t, "in force", sees(t, k, "DER", access.View, access.Family), "DER", "NOT", "RAA", "VAA")
		must(do(t, k, lead("NOT"), func(u *work.Unit, b *Book) error { return Leave(u, b, id) }))
		same(t, "one left", sees(t, k, "DER", access.View, access.Family), "DER", "RAA", "VAA")
		same(t, "who left", sees(t, k, "NOT", access.View, access.Family), "NOT")
		must(do(t, k, lead("NOT"), func(u *work.Unit, b *Book) error { return Sign(u, b, id) }))
		same(t, "back again", sees(t, k, "NOT", access.View, access.Family), "DER", "NOT", "RAA", "VAA")
		save(t, k, Agency{Code: "VAA", Kind: "VAA", Name: "Lantern"})
		same(t, "out of the pool", sees(t, k, "DER", access.View, access.Family), "DER", "NOT", "RAA")
		later := &work.Desk{DB: d, AsOf: day.AddDays(10)}
		same(t, "the day it ends", sees(t, later, "DER", access.View, access.Family), "DER")
		earlier := &work.Desk{DB: d, AsOf: day.AddDays(-1)}
		same(t, "before it began", sees(t, earlier, "DER", access.View, access.Family), "DER")
	})
}

func TestAFunctionIsHandedByWhoseItIsAndOpensItToTheHolderAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := region(t, d, day)
		hand := func(who access.Actor, h Held) error {
			return do(t, k, who, func(u *work.Unit, b *Book) error { return HandFunction(u, b, h) })
		}
		finding := Held{Agency: "DER", Function: access.HomeFinding, Holder: "RAA"}
		if err := hand(lead("RAA"), finding); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the holder helps itself: %v", err)
		}
		if err := hand(access.Actor{ID: "m", Agency: "DER", Role: access.Manager}, finding); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a manager hands it: %v", err)
		}
		if err := hand(lead("DER"), Held{Agency: "DER", Function: access.HomeFinding, Holder: "VAA"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("home finding to a voluntary agency: %v", err)
		}
		if err := hand(lead("DER"), finding); err != nil {
			t.Fatal(err)
		}
		same(t, "who children are", sees(t, k, "RAA", access.View, access.Child), "DER", "RAA")
		same(t, "where they are", sees(t, k, "RAA", access.View, access.ChildLocations), "DER", "RAA")
		same(t, "what is changed", sees(t, k, "RAA", access.Change, access.Child), "RAA")
		same(t, "others", sees(t, k, "NOT", access.View, access.Child), "NOT")
		if err := hand(lead("DER"), Held{Agency: "DER", Function: access.HomeFinding, Holder: "DER"}); err != nil {
			t.Fatal(err)
		}
		same(t, "taken back", sees(t, k, "RAA", access.View, access.Child), "RAA")
		if err := hand(lead("DER"), finding); err != nil {
			t.Fatal("handed again on the same day:", err)
		}
		same(t, "handed again", sees(t, k, "RAA", access.View, access.Child), "DER", "RAA")
	})
}

func TestNobodyChangesTheirOwnRoleOrTeamAndALeaverIsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := region(t, d, day)
		find := func(b *Book, code string, role access.Role) Worker {
			for _, w := range b.Staff(code) {
				if w.Role == role {
					return w
				}
			}
			return Worker{}
		}
		b := open(t, k)
		admin := find(b, "DER", access.Administrator)
		me, _ := b.Actor(admin.ID)
		change := func(w Worker) error {
			return do(t, k, me, func(u *work.Unit, b *Book) error { _, err := SaveWorker(u, b, w); return err })
		}
		self := admin
		self.Role = access.Manager
		if err := change(self); fault.KindOf(err) != fault.Invalid {
			t.Errorf("an administrator made herself a manager: %v", err)
		}
		theirs := find(b, "NOT", access.HomeFinder)
		theirs.Role = access.Manager
		if err := change(theirs); fault.KindOf(err) != fault.NotFound {
			t.Errorf("changed another agency's worker: %v", err)
		}
		taken := find(b, "NOT", access.HomeFinder)
		taken.Agency = "DER"
		if err := change(taken); fault.KindOf(err) != fault.NotFound {
			t.Errorf("took another agency's worker: %v", err)
		}
		leaver := find(b, "DER", access.HomeFinder)
		leaver.LeftOn = day
		if err := change(leaver); err != nil {
			t.Fatal(err)
		}
		if _, ok := open(t, k).Actor(leaver.ID); ok {
			t.Error("who has left is still somebody")
		}
		var team Team
		if err := do(t, k, me, func(u *work.Unit, b *Book) (err error) {
			team, err = AddTeam(u, b, Team{Agency: "DER", Name: " North "})
			return err
		}); err != nil || team.Name != "North" {
			t.Fatal(team, err)
		}
		stranger := find(b, "NOT", access.Administrator)
		stranger.Team = team.ID
		other, _ := b.Actor(find(b, "NOT", access.Administrator).ID)
		if err := do(t, k, other, func(u *work.Unit, b *Book) error { _, err := SaveWorker(u, b, stranger); return err }); fault.KindOf(err) != fault.Invalid {
			t.Errorf("into another agency's team: %v", err)
		}
	})
}

func TestAnAgencysProblems(t *testing.T) {
	for field, a := range map[string]Agency{
		"agency_code": {Code: "A/B", Kind: "LA", Name: "n"}, "kind": {Code: "A", Kind: "la", Name: "n"}, "name": {Code: "A", Kind: "RAA"},
	} {
		if p := a.Problems(); len(p) != 1 || p[0].Field != field {
			t.Errorf("%s: %v", field, p)
		}
	}
}
