package watch_test

import (
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/work"
)

const why = "The police ask where the child is placed tonight."

// breakGlass has somebody break the glass on Nottingham's child, having just
// proved who they are.
func (r *region) breakGlass(id string) (g watch.Glass, err error) {
	return r.breakFor(id, access.Child, "NOT", notChild, why, r.now)
}

func (r *region) breakFor(id string, kind access.Kind, code, record, reason string, confirmed time.Time) (g watch.Glass, err error) {
	err = r.as(id, func(u *work.Unit, book *agency.Book) (err error) {
		g, err = watch.Break(u, book, thing(book, kind, code, record, strings.ToLower(code)+"-pw"), reason, confirmed)
		return err
	})
	return g, err
}

func (r *region) sees(id string, kind access.Kind, code, record string) (yes bool) {
	r.t.Helper()
	r.do(id, func(u *work.Unit, book *agency.Book) error {
		yes = may(u, thing(book, kind, code, record, ""))
		return nil
	})
	return yes
}

func TestBrokenGlassOpensOneRecordForAnHour(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		if r.sees("der-hf", access.Child, "NOT", notChild) {
			t.Fatal("it was open before")
		}
		g, err := r.breakGlass("der-hf")
		must(t, err)
		if !g.Until.Equal(r.now.Add(time.Hour)) {
			t.Errorf("%+v", g)
		}
		for _, c := range []struct {
			who    string
			kind   access.Kind
			code   string
			record string
			want   bool
		}{
			{"der-hf", access.Child, "NOT", notChild, true}, {"der-hf", access.ChildLocations, "NOT", notChild, true},
			{"der-hf", access.Child, "NOT", "CHLDTHER2345", false}, {"der-hf", access.Child, "LEI", notChild, false}, {"der-mg", access.Child, "NOT", notChild, false},
		} {
			if got := r.sees(c.who, c.kind, c.code, c.record); got != c.want {
				t.Errorf("%+v: %v", c, got)
			}
		}
		r.later(time.Hour - time.Microsecond)
		var mine []watch.Glass
		r.do("der-hf", func(u *work.Unit, _ *agency.Book) (err error) { mine, err = watch.Mine(u); return err })
		if len(mine) != 1 || mine[0].Of != g.Of || !r.sees("der-hf", access.Child, "NOT", notChild) {
			t.Errorf("it closed early: %+v", mine)
		}
		r.later(time.Microsecond)
		r.do("der-hf", func(u *work.Unit, _ *agency.Book) (err error) { mine, err = watch.Mine(u); return err })
		if len(mine) != 0 || r.sees("der-hf", access.Child, "NOT", notChild) {
			t.Errorf("it did not close: %+v", mine)
		}
		_, err = r.breakGlass("der-hf")
		must(t, err) // and can be broken again
	})
}

func TestBreakingGlassTellsBothAgenciesAndWhoFollows(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		g, err := r.breakGlass("der-hf")
		must(t, err)
		r.wantTold(map[string]string{"not-il": "glass_of_ours", "not-pw": "glass_followed", "der-il": "glass_by_us", "der-il2": "glass_by_us"})
		if got := r.lastEntry(g.Of); got != "der-hf glass broken "+g.ID {
			t.Errorf("entry %q", got)
		}
		if n := r.count("SELECT COUNT(*) FROM audit_entry WHERE detail LIKE '%police%' OR purpose LIKE '%police%'"); n != 0 {
			t.Error("the reason is in the audit record")
		}
	})
}

func TestWithinOneAgencyTheLeadIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		_, err := r.breakFor("der-aw", access.Family, "DER", derFamily, why, r.now)
		must(t, err)
		r.wantTold(map[string]string{"der-il": "glass_of_ours", "der-il2": "glass_of_ours", "der-pw": "glass_followed"})
	})
}

func TestWithNoInformationLeadManagersAreTold(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		r.leave("not-il")
		_, err := r.breakGlass("der-hf")
		must(t, err)
		if got := r.told("not-mg"); got != "glass_of_ours" {
			t.Errorf("the manager is told %q", got)
		}
	})
}

// leave ends somebody's work.
func (r *region) leave(id string) {
	r.t.Helper()
	must(r.t, r.Do(r.t.Context(), operator, "leave", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		w := book.Workers[id]
		w.LeftOn = u.Today
		_, err = agency.SaveWorker(u, book, w)
		return err
	}))
}

func TestGlassIsNotBrokenWithoutLeaveConfirmationOrReason(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		for _, c := range []struct {
			what, who string
			kind      access.Kind
			code, id  string
			reason    string
			confirmed time.Duration
			want      fault.Kind
			words     string
		}{
			{"a council that shares nothing", "lei-hf", access.Child, "NOT", notChild, why, 0, fault.NotFound, ""},
			{"of one that shares nothing", "der-hf", access.Child, "LEI", "CHLDLL234567", why, 0, fault.NotFound, ""},
			{"a voluntary agency", "vaa-hf", access.Child, "NOT", notChild, why, 0, fault.Forbidden, ""},
			{"an administrator", "der-ad", access.Child, "DER", derChild, why, 0, fault.NotFound, ""},
			{"an information lead", "der-il", access.Child, "DER", derChild, why, 0, fault.NotFound, ""},
			{"another agency's family", "der-hf", access.Family, "NOT", "FMLYNNTT2345", why, 0, fault.Forbidden, ""},
			{"no record", "der-hf", access.Child, "NOT", "", why, 0, fault.NotFound, ""},
			{"no agency", "der-hf", access.Child, "", notChild, why, 0, fault.NotFound, ""},
			{"what is no record", "der-hf", access.Ask, "NOT", "SK2345678923", why, 0, fault.NotFound, ""},
			{"long since confirmed", "der-hf", access.Child, "NOT", notChild, why, -10*time.Minute - time.Microsecond, fault.Forbidden, "Confirm that it is you"},
			{"confirmed tomorrow", "der-hf", access.Child, "NOT", notChild, why, time.Second, fault.Forbidden, "Confirm that it is you"},
			{"no reason", "der-hf", access.Child, "NOT", notChild, "", 0, fault.Invalid, "at least 20 characters"},
			{"a short reason in many spaces", "der-hf", access.Child, "NOT", notChild, "  court\n\n\t          date   ", 0, fault.Invalid, "at least 20 characters"},
			{"a reason one letter short", "der-hf", access.Child, "NOT", notChild, "é placed here today", 0, fault.Invalid, "at least 20 characters"},
			{"a book of a reason", "der-hf", access.Child, "NOT", notChild, strings.Repeat("a reason ", 200), 0, fault.Invalid, "1,000"},
			{"what is open already", "der-hf", access.Child, "DER", derChild, why, 0, fault.Conflict, "open to you already"},
		} {
			_, err := r.breakFor(c.who, c.kind, c.code, c.id, c.reason, r.now.Add(c.confirmed))
			wantFault(t, c.what, err, c.want, c.words)
		}
		if n := r.count("SELECT COUNT(*) FROM glass") + r.count("SELECT COUNT(*) FROM notice"); n != 0 {
			t.Errorf("%d rows of what was refused", n)
		}
		if got := r.lastEntry(subject(access.Child, "NOT", notChild)); got != "vaa-hf refused break_glass" {
			t.Errorf("entry %q", got)
		}
		_, err := r.breakFor("der-hf", access.Child, "NOT", notChild, why, time.Time{})
		if err != watch.ErrConfirm {
			t.Errorf("never confirmed: %v", err)
		}
		_, err = r.breakFor("der-hf", access.Child, "NOT", notChild, "é placed here today.", r.now.Add(-10*time.Minute))
		must(t, err)
		_, err = r.breakGlass("der-hf")
		wantFault(t, "broken twice", err, fault.Conflict, "open to you already")
	})
}

func TestALeadOfTheOwningAgencyReviewsAndNobodyElse(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		g, err := r.breakGlass("der-hf")
		must(t, err)
		review := func(id, glass, finding string) error {
			return r.as(id, func(u *work.Unit, _ *agency.Book) error { return watch.Review(u, glass, finding) })
		}
		for _, id := range []string{"der-il", "der-hf", "not-mg", "not-hf", "lei-il", "der-ad"} {
			wantFault(t, id, review(id, g.ID, "justified"), fault.NotFound, "")
		}
		wantFault(t, "no such glass", review("not-il", "23456789BCDF", "justified"), fault.NotFound, "")
		wantFault(t, "no finding", review("not-il", g.ID, "fine"), fault.Invalid, "Choose what you find")
		err = r.Do(t.Context(), operator, "test", func(u *work.Unit) error { return watch.Review(u, g.ID, "justified") })
		wantFault(t, "the operator", err, fault.NotFound, "")
		must(t, review("not-il", g.ID, "not_justified"))
		wantFault(t, "again", review("not-il", g.ID, "justified"), fault.Conflict, "reviewed already")
		if got := r.told("not-il"); got != "" {
			t.Errorf("still to do: %q", got)
		}
		if got := r.told("der-il"); got != "glass_by_us" {
			t.Errorf("the other agency's notice: %q", got)
		}
		var list []watch.Glass
		r.do("not-il", func(u *work.Unit, _ *agency.Book) (err error) { list, err = watch.Glasses(u, "NOT"); return err })
		if len(list) != 1 || list[0].Finding != "not_justified" || list[0].ReviewedBy != "not-il" || list[0].Reason != why || list[0].ActorAgency != "DER" {
			t.Errorf("%+v", list)
		}
		if got := strings.Join(r.entries(g.Subject()), ", "); !strings.Contains(got, "not-il reviewed not_justified") || !strings.HasSuffix(got, "not-il viewed") {
			t.Errorf("the review and the look are not both on the record: %s", got)
		}
	})
}

func TestNobodyReviewsTheirOwnGlassWhateverTheyBecame(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		g, err := r.breakFor("der-aw", access.Family, "DER", derFamily, why, r.now)
		must(t, err)
		r.do("der-ad", func(u *work.Unit, book *agency.Book) error {
			w := book.Workers["der-aw"]
			w.Role, w.Team = access.InformationLead, ""
			_, err := agency.SaveWorker(u, book, w)
			return err
		})
		err = r.as("der-aw", func(u *work.Unit, _ *agency.Book) error { return watch.Review(u, g.ID, "justified") })
		wantFault(t, "their own", err, fault.Forbidden, "yourself")
		if got := r.lastEntry(g.Subject()); got != "der-aw refused review" {
			t.Errorf("entry %q", got)
		}
		if got := r.told("der-aw"); got != "" {
			t.Errorf("their own notice is theirs to settle: %q", got)
		}
	})
}

func TestTwoReviewsAtOnceAreOne(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		g, err := r.breakFor("der-aw", access.Family, "DER", derFamily, why, r.now)
		must(t, err)
		good := atOnce(t, 6, func(i int) error {
			return r.as([]string{"der-il", "der-il2"}[i%2], func(u *work.Unit, _ *agency.Book) error {
				return watch.Review(u, g.ID, []string{"justified", "not_justified"}[i%2])
			})
		})
		if good != 1 || r.count("SELECT COUNT(*) FROM audit_entry WHERE action = 'reviewed'") != 1 {
			t.Errorf("%d reviews", good)
		}
	})
}

func TestWhatNobodyReviewedIsListedFirstAndOverdueAfterFiveDays(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		first, err := r.breakGlass("der-hf")
		must(t, err)
		r.later(2 * time.Hour)
		second, err := r.breakGlass("der-hf")
		must(t, err)
		r.do("not-il", func(u *work.Unit, _ *agency.Book) error { return watch.Review(u, second.ID, "justified") })
		var list []watch.Glass
		r.do("not-il", func(u *work.Unit, _ *agency.Book) (err error) { list, err = watch.Glasses(u, "NOT"); return err })
		if len(list) != 2 || list[0].ID != first.ID {
			t.Fatalf("%+v", list)
		}
		at := first.Opened.Add(watch.ReviewWithin)
		if list[0].Overdue(at) || !list[0].Overdue(at.Add(time.Second)) || list[1].Overdue(at.Add(time.Hour*1000)) {
			t.Error("overdue is not after five days and unreviewed")
		}
		for id, kind := range map[string]fault.Kind{"not-mg": fault.NotFound, "der-il": fault.NotFound, "not-hf": fault.NotFound} {
			err := r.as(id, func(u *work.Unit, _ *agency.Book) error { _, err := watch.Glasses(u, "NOT"); return err })
			wantFault(t, id, err, kind, "")
		}
	})
}

func TestOneWhoFollowsARecordIsNotToldOfTheirOwnDeed(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.restrict("der-mg", "threat", "der-mg2"))
		_, err := r.breakFor("der-pw", access.Child, "DER", derChild, why, r.now)
		must(t, err)
		if n := r.count("SELECT COUNT(*) FROM notice WHERE worker_id = 'der-pw'"); n != 0 {
			t.Errorf("%d notices for them", n)
		}
	})
}
