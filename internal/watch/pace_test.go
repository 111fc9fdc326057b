package watch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/work"
)

// pace is what each request asks first, in a unit of its own.
func (r *region) pace(id string) (p watch.Pace) {
	r.t.Helper()
	r.do(id, func(u *work.Unit, book *agency.Book) (err error) { p, err = watch.PaceOf(u, book); return err })
	return p
}

// views notes that somebody was shown the records from one number to another.
func (r *region) views(id, detail string, from, to int) {
	r.t.Helper()
	r.do(id, func(u *work.Unit, _ *agency.Book) error {
		for n := from; n < to; n++ {
			u.Saw(subject(access.Child, "DER", fmt.Sprintf("CHLD%08d", n)), detail)
		}
		return nil
	})
}

func TestARecordOpenedCountsOnceAndOneInAListApart(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		var c child.Child
		var f adopter.Family
		r.do("der-mg", func(u *work.Unit, book *agency.Book) (err error) {
			if c, err = child.Save(u, book, child.Child{Agency: "DER", Ref: "C1"}); err != nil {
				return err
			}
			f, err = adopter.Save(u, book, adopter.Family{Agency: "DER", Ref: "F1"})
			return err
		})
		for range 3 {
			r.do("der-mg", func(u *work.Unit, book *agency.Book) error {
				if _, err := child.Find(u, book, c.ID); err != nil {
					return err
				}
				_, err := adopter.Find(u, book, f.ID)
				return err
			})
		}
		if got := r.pace("der-mg").Counts; !slices.Equal(got, []int{2, 2, 2, 2}) {
			t.Errorf("a child and a family, three times: %v", got)
		}
		r.do("der-aw", func(u *work.Unit, book *agency.Book) error { _, err := child.FindProfile(u, book, c.ID); return err })
		if got := r.pace("der-aw").Counts; !slices.Equal(got, []int{1, 1, 1, 1}) {
			t.Errorf("a profile: %v", got)
		}
		r.later(30 * time.Minute)
		r.views("der-mg", "list of families", 0, 25)
		if got := r.pace("der-mg").Counts; !slices.Equal(got, []int{0, 2, 25, 27}) {
			t.Errorf("a page of a list half an hour later: %v", got)
		}
	})
}

func TestOrdinaryWorkWithListsTroublesNobody(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		for page := range 20 { // in ten minutes, each of 25 others, with every second one's first record opened
			r.views("der-hf", "families for child X", page*25, page*25+25)
			if page%2 == 0 {
				r.views("der-hf", "", page*25, page*25+1)
			}
			r.later(30 * time.Second)
			if p := r.pace("der-hf"); p.Told || p.Refusal() != nil {
				t.Fatalf("page %d: %+v", page, p)
			}
		}
		r.wantTold(nil)
	})
}

func TestManyRecordsAreToldOnceAnHourAndTooManyRefused(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		r.views("der-hf", "", 0, 99)
		if p := r.pace("der-hf"); p.Told || r.told("der-il") != "" {
			t.Errorf("99: %+v", p)
		}
		r.views("der-hf", "profile", 99, 100)
		for range 3 {
			if p := r.pace("der-hf"); !p.Told || p.Refusal() != nil {
				t.Errorf("100: %+v", p)
			}
		}
		if got := r.told("der-il"); got != "many_records" {
			t.Errorf("told %q", got)
		}
		r.views("der-hf", "", 100, 299)
		if err := r.pace("der-hf").Refusal(); err != nil {
			t.Errorf("299: %v", err)
		}
		r.later(4 * time.Minute)
		r.views("der-hf", "", 299, 300)
		for range 3 {
			wantFault(t, "300", r.pace("der-hf").Refusal(), fault.Forbidden, "You have opened 300 records or more in 10 minutes. Your information lead has been told. Try again in 6 minutes.")
		}
		r.wantTold(map[string]string{"der-il": "many_records reading_stopped", "der-il2": "many_records reading_stopped"})
		if err := r.pace("der-mg").Refusal(); err != nil {
			t.Errorf("somebody else is stopped: %v", err)
		}
		if got := r.lastEntry(subject(access.Staff, "DER", "der-hf")); got != "der-hf refused view" {
			t.Errorf("entry %q", got)
		}
		r.later(6*time.Minute - time.Microsecond)
		wantFault(t, "a moment early", r.pace("der-hf").Refusal(), fault.Forbidden, "Try again in 1 minute.")
		r.later(2 * time.Microsecond)
		if err := r.pace("der-hf").Refusal(); err != nil {
			t.Errorf("after the window: %v", err)
		}
		if got := r.told("der-il"); got != "many_records reading_stopped" {
			t.Errorf("told more than once an hour: %q", got)
		}
	})
}

func TestOneWhoReadsSlowlyIsStoppedByTheHour(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		stopped, told := 0, 0
		for n := 0; n < 1000 && stopped == 0; n += 5 { // 5 records each 26 seconds: 115 in ten minutes, 692 in an hour
			r.views("der-hf", "", n, n+5)
			r.later(26 * time.Second)
			p := r.pace("der-hf")
			if p.Told && told == 0 {
				told = n + 5
			}
			if p.Refusal() != nil {
				stopped = n + 5
			}
		}
		if told != 100 || stopped != 600 {
			t.Errorf("told at %d, stopped at %d", told, stopped)
		}
	})
}

func TestGoingThroughListsIsStoppedToo(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		r.views("der-hf", "in the list of children waiting", 0, 1499)
		if p := r.pace("der-hf"); !p.Told || p.Refusal() != nil {
			t.Errorf("1,499: %+v", p)
		}
		r.views("der-hf", "list of families", 1499, 1500)
		wantFault(t, "1,500", r.pace("der-hf").Refusal(), fault.Forbidden, "You have looked at 1500 records or more in 10 minutes")
	})
}

func TestTheOperatorHasNoPace(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.Do(t.Context(), operator, "test", func(u *work.Unit) error {
			p, err := watch.PaceOf(u, &agency.Book{})
			if p.Told || p.Refusal() != nil {
				t.Errorf("%+v", p)
			}
			return err
		}))
	})
}

func TestLimitsGrowWithTheWindowAndAlertFirst(t *testing.T) {
	limits := watch.Limits()
	for i, l := range limits {
		if l.Alert <= 0 || l.Alert >= l.Stop || l.Window > time.Hour {
			t.Errorf("%+v", l)
		}
		if i%2 == 1 && (l.Opened != limits[i-1].Opened || l.Stop <= limits[i-1].Stop || l.Window <= limits[i-1].Window) {
			t.Errorf("%+v after %+v", l, limits[i-1])
		}
	}
	if strings.Contains(fmt.Sprint(watch.Pace{}.Refusal()), "%") {
		t.Error("a blank pace refuses")
	}
}

func TestTheWaitIsReckonedFromWhatWasTooMuch(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		r.views("der-hf", "list of families", 1000, 1100)
		r.later(5 * time.Minute)
		r.views("der-hf", "", 0, 300)
		wantFault(t, "300 opened", r.pace("der-hf").Refusal(), fault.Forbidden, "Try again in 10 minutes.")
	})
}
