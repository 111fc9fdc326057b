package watch_test

import (
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/work"
)

func (r *region) restrict(by, reason string, names ...string) error {
	return r.as(by, func(u *work.Unit, book *agency.Book) error {
		return watch.Restrict(u, book, thing(book, access.Child, "DER", derChild, "der-pw"), reason, names)
	})
}

func (r *region) unrestrict(by string) error {
	return r.as(by, func(u *work.Unit, book *agency.Book) error {
		return watch.Unrestrict(u, book, thing(book, access.Child, "DER", derChild, ""))
	})
}

func TestARestrictedRecordIsOpenToThoseNamedAlone(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "connected", "der-pw", "der-mg2", "der-pw"))
		for id, want := range map[string]bool{"der-mg2": true, "der-hf": false, "der-mg": false} {
			// As the access table has it; the database may not even give the others the row.
			got := false
			r.do(id, func(u *work.Unit, book *agency.Book) error {
				of := thing(book, access.Child, "DER", derChild, "der-pw")
				of.Restricted = true
				got = may(u, of)
				return nil
			})
			if got != want {
				t.Errorf("%s sees it: %v", id, got)
			}
		}
		if got := r.lastEntry(subject(access.Child, "DER", derChild)); got != "der-mg restricted connected" {
			t.Errorf("entry %q", got)
		}
		var list []watch.Restriction
		r.do("der-il", func(u *work.Unit, _ *agency.Book) (err error) { list, err = watch.Restrictions(u, "DER"); return err })
		if len(list) != 1 || strings.Join(list[0].Names, " ") != "der-mg2 der-pw" || list[0].Reason != "connected" || list[0].SetBy != "der-mg" || !list[0].SetAt.Equal(r.now) {
			t.Errorf("%+v", list)
		}
		r.wantTold(nil)
	})
}

func TestGlassOfARestrictedRecordCanBeBroken(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "threat", "der-pw"))
		_, err := r.breakFor("der-hf", access.Child, "DER", derChild, why, r.now)
		must(t, err)
		if !r.sees("der-hf", access.Child, "DER", derChild) {
			t.Error("it is closed still")
		}
		// One who cannot even read that it is restricted hands in a plain thing.
		r.do("der-mg2", func(u *work.Unit, book *agency.Book) error {
			_, err := watch.Break(u, book, access.Thing{Kind: access.Child, Agency: "DER", ID: derChild}, why, r.now)
			return err
		})
		_, err = r.breakFor("der-pw", access.Child, "DER", derChild, why, r.now)
		wantFault(t, "somebody it names", err, fault.Conflict, "open to you already")
	})
}

func TestARestrictionIsRefusedWithoutLeaveReasonOrAnybodyToNameIt(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		r.leave("not-pw")
		for _, c := range []struct {
			what, by, reason string
			names            []string
			want             fault.Kind
			words            string
		}{
			{"a home finder", "der-hf", "threat", []string{"der-pw"}, fault.NotFound, ""},
			{"an information lead", "der-il", "threat", []string{"der-pw"}, fault.Forbidden, ""},
			{"a partner's manager", "not-mg", "threat", []string{"der-pw"}, fault.NotFound, ""},
			{"no reason", "der-mg", "", []string{"der-pw"}, fault.Invalid, "Choose why"},
			{"a reason in words", "der-mg", "her aunt works here", []string{"der-pw"}, fault.Invalid, "Choose why"},
			{"nobody", "der-mg", "threat", nil, fault.Invalid, "at least one"},
			{"nobody known", "der-mg", "threat", []string{"der-pw", "xx"}, fault.Invalid, "Name only"},
			{"an administrator", "der-mg", "threat", []string{"der-pw", "der-ad"}, fault.Invalid, "Name only"},
			{"a partner", "der-mg", "threat", []string{"der-pw", "not-hf"}, fault.Invalid, "Name only"},
			{"somebody who left", "der-mg", "threat", []string{"der-pw", "not-pw"}, fault.Invalid, "Name only"},
		} {
			wantFault(t, c.what, r.restrict(c.by, c.reason, c.names...), c.want, c.words)
		}
		for name, kind := range map[string]access.Kind{"an ask": access.Ask, "nothing": ""} {
			err := r.as("der-mg", func(u *work.Unit, book *agency.Book) error {
				return watch.Restrict(u, book, thing(book, kind, "DER", derChild, ""), "threat", []string{"der-pw"})
			})
			wantFault(t, name, err, fault.NotFound, "")
		}
		wantFault(t, "lifting none", r.unrestrict("der-mg"), fault.Conflict, "not restricted")
		if n := r.count("SELECT COUNT(*) FROM restriction"); n != 0 {
			t.Errorf("%d restrictions", n)
		}
	})
}

func TestWhoFindsHomesForTheCouncilCanBeNamed(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		r.do("der-il", func(u *work.Unit, book *agency.Book) error {
			return agency.HandFunction(u, book, agency.Held{Agency: "DER", Function: access.HomeFinding, Holder: "NOT"})
		})
		must(t, r.restrict("der-mg", "threat", "not-hf"))
	})
}

func TestChangingAndLiftingARestrictionIsKeptAndTold(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "threat", "der-pw"))
		r.wantTold(nil)
		must(t, r.restrict("der-mg2", "connected", "der-mg2"))
		both := map[string]string{"der-il": "restriction_changed", "der-il2": "restriction_changed"}
		r.wantTold(both)
		wantFault(t, "a home finder lifts it", r.unrestrict("der-hf"), fault.NotFound, "")
		must(t, r.unrestrict("der-mg"))
		if got := r.told("der-il"); got != "restriction_changed restriction_changed" {
			t.Errorf("the lead is told %q", got)
		}
		must(t, r.restrict("der-mg", "known", "der-hf"))
		var past []string
		r.do("der-mg", func(u *work.Unit, _ *agency.Book) error {
			list, err := u.History(subject(access.Restriction, "DER", derChild))
			for _, p := range list {
				past = append(past, p.ActorID+p.Before+p.After)
			}
			return err
		})
		if len(past) != 4 || !strings.Contains(past[2], `"threat"`) || !strings.Contains(past[2], `"connected"`) || !strings.HasPrefix(past[1], "der-mg{") || !strings.HasSuffix(past[1], "null") || !strings.Contains(past[0], "null{") {
			t.Errorf("history %v", past)
		}
		if n := r.count("SELECT COUNT(*) FROM restriction_name"); n != 1 {
			t.Errorf("%d names", n)
		}
	})
}

func TestTwoWhoRestrictAtOnceLeaveOneRestriction(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "threat", "der-pw"))
		good := atOnce(t, 4, func(i int) error {
			return r.restrict([]string{"der-mg", "der-mg2"}[i%2], "known", []string{"der-pw", "der-hf"}[i%2])
		})
		if n := r.count("SELECT COUNT(*) FROM restriction_name"); n != 1 || good == 0 {
			t.Errorf("%d names after %d", n, good)
		}
		if n := r.count("SELECT COUNT(*) FROM history WHERE kind = 'restriction'"); n != good+1 {
			t.Errorf("%d kept of %d", n, good+1)
		}
	})
}

func TestManagersAreToldWhenNobodyNamedIsLeft(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "threat", "der-pw", "der-hf"))
		leaves := func(id string) {
			r.leave(id)
			r.do("der-ad", func(u *work.Unit, book *agency.Book) error { return watch.Leaves(u, book, id) })
		}
		leaves("der-il2")
		leaves("der-pw")
		for _, id := range []string{"der-mg", "der-mg2"} {
			if got := r.told(id); got != "" {
				t.Errorf("one is left, and %s is told %q", id, got)
			}
		}
		leaves("der-hf")
		for _, id := range []string{"der-mg", "der-mg2"} {
			if got := r.told(id); got != "nobody_named" {
				t.Errorf("nobody is left, and %s is told %q", id, got)
			}
		}
		_, err := r.breakFor("der-mg", access.Child, "DER", derChild, why, r.now)
		must(t, err) // the record is closed, not lost
	})
}

func TestOneWhoIsToLeaveCountsAsGone(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "threat", "der-hf"))
		r.do("der-ad", func(u *work.Unit, book *agency.Book) error { return watch.Leaves(u, book, "der-hf") })
		if got := r.told("der-mg"); got != "nobody_named" {
			t.Errorf("told %q", got)
		}
	})
}
