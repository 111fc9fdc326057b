package watch_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/work"
)

func record(surname, postcode string) watch.Record {
	return watch.Record{Of: subject(access.Child, "DER", derChild), Surnames: []string{surname}, Postcodes: []string{postcode}}
}

func (r *region) declare(id string, kind watch.Match, value string) error {
	return r.as(id, func(u *work.Unit, _ *agency.Book) error { return watch.Declare(u, kind, value) })
}

func (r *region) check(id string, what watch.Record) (a watch.Alert) {
	r.t.Helper()
	r.do(id, func(u *work.Unit, _ *agency.Book) (err error) { a, err = watch.Check(u, what); return err })
	return a
}

// matched says an alert in short.
func (r *region) matched(id string, what watch.Record) string {
	r.t.Helper()
	a := r.check(id, what)
	if a.Closed {
		return "closed"
	}
	return strings.Trim(fmt.Sprint(a.Matched), "[]")
}

func (r *region) answer(id string, what watch.Record, answer, reason string) error {
	return r.as(id, func(u *work.Unit, book *agency.Book) error { return watch.Answer(u, book, what, answer, reason) })
}

func TestWhoMayKnowAChildIsAskedBeforeTheRecordIsShown(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.declare("der-hf", watch.Surname, "Śmigły-O’Hara"))
		must(t, r.declare("der-hf", watch.Postcode, "de22 3cv"))
		must(t, r.declare("der-hf", watch.Known, "chld ddrr 2345"))
		other := func(surname, postcode string) watch.Record {
			rec := record(surname, postcode)
			rec.Of.ID = "THRCHLD23456"
			return rec
		}
		for _, c := range []struct {
			name string
			rec  watch.Record
			want string
		}{
			{"nothing", other("Radford", "NG3 4ZZ"), ""},
			{"their own surname", other("BIRCHALL", ""), "surname"},
			{"a part of it in two", other("Stubbs-Birchall", ""), "surname"},
			{"a declared surname whole", other("smigly o'hara", ""), "surname"},
			{"a part of a declared surname", other("OHARA", ""), "surname"},
			{"a declared postcode", other("Radford", "DE223CV"), "postcode"},
			{"the sector of it alone", other("Radford", "DE22 3"), ""},
			{"blanks", other("", ""), ""},
			{"the record itself", record("Radford", ""), "record"},
			{"all of it", record("Birchall", "DE22 3CV"), "surname postcode record"},
		} {
			if got := r.matched("der-hf", c.rec); got != c.want {
				t.Errorf("%s: %q, want %q", c.name, got, c.want)
			}
		}
		if got := r.matched("der-mg", record("Birchall", "DE22 3CV")); got != "" {
			t.Errorf("another worker is asked: %q", got)
		}
		if got := r.lastEntry(subject(access.Child, "DER", derChild)); got != "der-hf alert shown surname postcode record" {
			t.Errorf("entry %q", got)
		}
	})
}

func TestWhatIsDeclaredIsKeptAsHashesAlone(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.declare("der-hf", watch.Surname, "Quilligan-Tully"))
		must(t, r.declare("der-hf", watch.Postcode, "DE22 3CV"))
		must(t, r.declare("der-hf", watch.Known, derChild))
		for _, table := range []string{"declaration", "audit_entry"} {
			column := map[string]string{"declaration": "value_hash", "audit_entry": "detail"}[table]
			for _, plain := range []string{"quilligan", "tully", "de22", "3cv", strings.ToLower(derChild)} {
				if n := r.count("SELECT COUNT(*) FROM "+table+" WHERE lower("+column+") LIKE $1", "%"+plain+"%"); n != 0 {
					t.Errorf("%s holds %s", table, plain)
				}
			}
		}
		var list []watch.Declaration
		r.do("der-hf", func(u *work.Unit, _ *agency.Book) (err error) { list, err = watch.Declarations(u); return err })
		if len(list) != 3 || !list[0].Made.Equal(r.now) {
			t.Errorf("%+v", list)
		}
	})
}

func TestADeclarationSaysWhatIsWrongWithIt(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.declare("der-hf", watch.Surname, "Tully"))
		for _, c := range []struct {
			kind  watch.Match
			value string
			want  fault.Kind
			words string
		}{
			{watch.Surname, " - ’ ", fault.Invalid, "Enter a surname"},
			{watch.Surname, "", fault.Invalid, "Enter a surname"},
			{watch.Surname, "TULLY", fault.Conflict, "already"},
			{watch.Postcode, "DE22", fault.Invalid, "whole postcode"},
			{watch.Postcode, "DE22 3", fault.Invalid, "whole postcode"},
			{watch.Postcode, "Derby", fault.Invalid, "whole postcode"},
			{watch.Known, "DER/C17", fault.Invalid, "12 letters"},
			{"car", "a red one", fault.Invalid, "Choose what"},
		} {
			wantFault(t, string(c.kind)+" "+c.value, r.declare("der-hf", c.kind, c.value), c.want, c.words)
		}
		must(t, r.declare("der-mg", watch.Surname, "Tully")) // that somebody else did is not told
	})
}

func TestNoTieGoesOnAndTheManagerIsTold(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Birchall", "")
		must(t, r.answer("der-hf", rec, "no_tie", "same_name"))
		if got := r.matched("der-hf", rec); got != "" {
			t.Errorf("asked again: %q", got)
		}
		r.wantTold(map[string]string{"der-mg": "no_tie", "der-mg2": "no_tie"})
		if got := r.lastEntry(rec.Of); got != "der-hf answered no_tie same_name surname" {
			t.Errorf("entry %q", got)
		}
		// What is declared since is asked about, and the answer does not cover it.
		r.later(1000)
		must(t, r.declare("der-hf", watch.Surname, "Birchall"))
		if got := r.matched("der-hf", rec); got != "surname" {
			t.Errorf("declared since: %q", got)
		}
		must(t, r.answer("der-hf", rec, "no_tie", "same_name"))
		if got := r.matched("der-hf", rec); got != "" {
			t.Errorf("asked again: %q", got)
		}
	})
}

func TestATieClosesTheRecordAndBothManagersAreTold(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Fearnley", "")
		must(t, r.answer("not-hf", rec, "tie", "relative"))
		r.wantTold(map[string]string{"der-mg": "tie", "der-mg2": "tie", "not-mg": "tie"})
		if got := r.matched("not-hf", rec); got != "closed" {
			t.Errorf("%q", got)
		}
		part := rec
		part.Of.Kind = access.ChildLocations
		if got := r.matched("not-hf", part); got != "closed" {
			t.Errorf("a part of it: %q", got)
		}
		if got := r.lastEntry(part.Of); got != "not-hf refused view" {
			t.Errorf("entry %q", got)
		}
		wantFault(t, "a second thought", r.answer("not-hf", rec, "no_tie", "same_name"), fault.NotFound, "")
		_, err := r.breakFor("not-hf", access.Child, "DER", derChild, why, r.now)
		wantFault(t, "breaking the glass", err, fault.Forbidden, "know this child or family")
		if got := r.matched("der-hf", rec); got != "" {
			t.Errorf("closed to another: %q", got)
		}
	})
}

func TestATieCanBeSaidUnasked(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Radford", "")
		wantFault(t, "no tie unasked", r.answer("der-hf", rec, "no_tie", "same_name"), fault.Conflict, "nothing to answer")
		must(t, r.answer("der-hf", rec, "tie", "not_said"))
		r.wantTold(map[string]string{"der-mg": "tie", "der-mg2": "tie"})
		if got := r.matched("der-hf", rec); got != "closed" {
			t.Errorf("%q", got)
		}
	})
}

func TestAnAnswerNeedsAReasonOfItsOwn(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Birchall", "")
		for _, c := range [][2]string{{"", ""}, {"maybe", "same_name"}, {"no_tie", ""}, {"no_tie", "relative"}, {"tie", "same_name"}, {"reopened", ""}, {"reopened", "same_name"}} {
			wantFault(t, strings.Join(c[:], " "), r.answer("der-hf", rec, c[0], c[1]), fault.Invalid, "Choose")
		}
		r.wantTold(nil)
	})
}

func TestAVeryCommonSurnameIsAskedAboutAndTheManagerIsSpared(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Khan", "")
		if got := r.matched("der-mg2", rec); got != "surname" {
			t.Fatalf("not asked: %q", got)
		}
		must(t, r.answer("der-mg2", rec, "no_tie", "same_name"))
		r.wantTold(nil)
		if n := r.count("SELECT COUNT(*) FROM knowing WHERE answer = 'no_tie'"); n != 1 {
			t.Errorf("%d answers", n)
		}
		half := record("Khan-Quilligan", "") // Khan alone is shared
		half.Of.ID = "RDDCHLD23456"
		must(t, r.answer("der-mg2", half, "no_tie", "same_name"))
		r.wantTold(nil)
		must(t, r.declare("der-mg2", watch.Postcode, "DE22 3CV"))
		more := record("Khan", "DE22 3CV")
		more.Of.ID = "MRRCHLD23456"
		must(t, r.answer("der-mg2", more, "no_tie", "same_place"))
		if got := r.told("der-mg"); got != "no_tie" {
			t.Errorf("name and postcode: the manager is told %q", got)
		}
		if got := r.told("der-mg2"); got != "" {
			t.Errorf("their own answer is theirs to settle: %q", got)
		}
	})
}

func TestAManagerReopensAndNobodyForThemselves(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Garside", "")
		must(t, r.answer("der-mg", rec, "tie", "neighbour"))
		reopen := func(by, whom string) error {
			return r.as(by, func(u *work.Unit, book *agency.Book) error { return watch.Reopen(u, book, rec.Of, whom) })
		}
		wantFault(t, "themselves", reopen("der-mg", "der-mg"), fault.Forbidden, "Another manager")
		for by, kind := range map[string]fault.Kind{"der-hf": fault.NotFound, "der-il": fault.Forbidden, "not-mg": fault.NotFound} {
			wantFault(t, by, reopen(by, "der-mg"), kind, "")
		}
		wantFault(t, "nothing closed", reopen("der-mg2", "der-hf"), fault.Conflict, "not closed")
		must(t, reopen("der-mg2", "der-mg"))
		if got := r.matched("der-mg", rec); got != "" {
			t.Errorf("%q", got)
		}
		if got := r.told("der-il"); got != "reopened" {
			t.Errorf("the lead is told %q", got)
		}
		var list []watch.Answered
		r.do("der-mg2", func(u *work.Unit, _ *agency.Book) (err error) { list, err = watch.AnswersOf(u, "DER"); return err })
		if len(list) != 1 || list[0].Answer != "reopened" || list[0].Reason != "neighbour" || list[0].WorkerID != "der-mg" || list[0].Of != rec.Of {
			t.Errorf("%+v", list)
		}
		err := r.as("der-hf", func(u *work.Unit, _ *agency.Book) error { _, err := watch.AnswersOf(u, "DER"); return err })
		wantFault(t, "a home finder reads answers", err, fault.NotFound, "")
	})
}

func TestTakingADeclarationBackIsTold(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		must(t, r.declare("der-hf", watch.Surname, "Tully"))
		var list []watch.Declaration
		r.do("der-hf", func(u *work.Unit, _ *agency.Book) (err error) { list, err = watch.Declarations(u); return err })
		back := func(id string) error {
			return r.as(id, func(u *work.Unit, book *agency.Book) error { return watch.TakeBack(u, book, list[0].ID) })
		}
		for _, id := range []string{"der-mg", "not-hf"} {
			wantFault(t, id, back(id), fault.NotFound, "")
		}
		must(t, back("der-hf"))
		wantFault(t, "twice", back("der-hf"), fault.NotFound, "")
		if got := r.matched("der-hf", record("Tully", "")); got != "" {
			t.Errorf("%q", got)
		}
		r.wantTold(map[string]string{"der-mg": "declaration_ended", "der-mg2": "declaration_ended"})
	})
}

func TestAdoptersAndTheOperatorAreNotAsked(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		for _, role := range []access.Role{access.Adopter, access.Operator} {
			must(t, r.Do(t.Context(), access.Actor{ID: "x", Name: "Ann Birchall", Agency: "DER", Role: role}, "test", func(u *work.Unit) error {
				if a, err := watch.Check(u, record("Birchall", "")); a.Raised() || err != nil {
					t.Errorf("%s: %+v, %v", role, a, err)
				}
				return nil
			}))
		}
	})
}

func TestTheOnlyManagersAnswerIsToldToTheInformationLead(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		rec := record("Coates", "")
		rec.Of = subject(access.Child, "NOT", notChild)
		must(t, r.answer("not-mg", rec, "no_tie", "same_name"))
		r.wantTold(map[string]string{"not-il": "no_tie"})
	})
}

func TestATieSaidInAnotherWindowStands(t *testing.T) {
	each(t, func(t *testing.T, r *region) {
		for n := range 5 {
			rec := record("Birchall", "")
			rec.Of.ID = fmt.Sprintf("CHLD%08d", n)
			var wg sync.WaitGroup
			for _, a := range [][2]string{{"no_tie", "same_name"}, {"tie", "relative"}, {"no_tie", "same_name"}} {
				wg.Go(func() { _ = r.answer("der-hf", rec, a[0], a[1]) }) // the late are refused
			}
			wg.Wait()
			if got := r.matched("der-hf", rec); got != "closed" {
				t.Errorf("round %d: %q", n, got)
			}
		}
	})
}
