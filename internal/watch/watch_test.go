package watch_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/notice"
	"homeward/internal/work"
)

var operator = access.Actor{ID: "op", Name: "Operator", Role: access.Operator}

// region is two councils that share, a voluntary agency with them, and a council
// that shares with nobody. People are named for where they work and as what.
type region struct {
	*work.Desk
	t   *testing.T
	now time.Time
}

var staff = []agency.Worker{
	{ID: "der-hf", Agency: "DER", Name: "Ann Birchall", Role: access.HomeFinder},
	{ID: "der-pw", Agency: "DER", Name: "Pat Lomas", Role: access.PermanenceWorker},
	{ID: "der-aw", Agency: "DER", Name: "Alex Hollis", Role: access.AdopterWorker, Team: "T1"},
	{ID: "der-mg", Agency: "DER", Name: "Max Garside", Role: access.Manager},
	{ID: "der-mg2", Agency: "DER", Name: "Mo Khan", Role: access.Manager},
	{ID: "der-il", Agency: "DER", Name: "Ida Naylor", Role: access.InformationLead},
	{ID: "der-il2", Agency: "DER", Name: "Ira Oxley", Role: access.InformationLead},
	{ID: "der-ad", Agency: "DER", Name: "Ada Wragg", Role: access.Administrator},
	{ID: "not-hf", Agency: "NOT", Name: "Nia Fearnley", Role: access.HomeFinder},
	{ID: "not-pw", Agency: "NOT", Name: "Noor Akhtar", Role: access.PermanenceWorker},
	{ID: "not-mg", Agency: "NOT", Name: "Nils Coates", Role: access.Manager},
	{ID: "not-il", Agency: "NOT", Name: "Nan Swann", Role: access.InformationLead},
	{ID: "lei-hf", Agency: "LEI", Name: "Lee Marsden", Role: access.HomeFinder},
	{ID: "lei-il", Agency: "LEI", Name: "Lou Tranter", Role: access.InformationLead},
	{ID: "vaa-hf", Agency: "VAA", Name: "Val Rowley", Role: access.HomeFinder},
}

// Records that nothing but their reference is known of here: this room keeps
// nothing of children and families.
const (
	derChild  = "CHLDDDRR2345"
	notChild  = "CHLDNNTT2345"
	derFamily = "FMLYDDRR2345"
)

func each(t *testing.T, fn func(t *testing.T, r *region)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := &region{t: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
		r.Desk = &work.Desk{DB: d, Keys: key.New(), Now: func() time.Time { return r.now }}
		must(t, r.Do(context.Background(), operator, "test", func(u *work.Unit) error {
			err := agency.Save(u, &agency.Book{}, []agency.Agency{
				{Code: "DER", Kind: "LA", Name: "Derby", Pools: []string{"EM"}}, {Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: []string{"EM"}},
				{Code: "VAA", Kind: "VAA", Name: "Lantern", Pools: []string{"EM"}}, {Code: "LEI", Kind: "LA", Name: "Leicester"},
			}, staff...)
			if err != nil {
				return err
			}
			book, err := agency.Open(u)
			if err != nil {
				return err
			}
			_, err = agency.Propose(u, book, book.Among("EM"))
			return err
		}))
		fn(t, r)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as runs a unit of work for a worker as they stand at this moment.
func (r *region) as(id string, fn func(*work.Unit, *agency.Book) error) error {
	var actor access.Actor
	var known bool
	err := r.Do(context.Background(), operator, "recognise", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		actor, known = book.Actor(id)
		return nil
	})
	if err != nil || !known {
		r.t.Fatalf("%s: %v, %v", id, known, err)
	}
	return r.Do(context.Background(), actor, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return fn(u, book)
	})
}

func (r *region) do(id string, fn func(*work.Unit, *agency.Book) error) {
	r.t.Helper()
	must(r.t, r.as(id, fn))
}

func (r *region) later(d time.Duration) { r.now = r.now.Add(d) }

// told gives what somebody has open, by kind, in order.
func (r *region) told(id string) string {
	r.t.Helper()
	var kinds []string
	r.do(id, func(u *work.Unit, _ *agency.Book) error {
		list, err := notice.Open(u)
		for _, n := range list {
			kinds = append(kinds, string(n.Kind))
		}
		return err
	})
	slices.Sort(kinds)
	return strings.Join(kinds, " ")
}

func (r *region) wantTold(want map[string]string) {
	r.t.Helper()
	for _, w := range staff {
		if got := r.told(w.ID); got != want[w.ID] {
			r.t.Errorf("%s is told %q, want %q", w.ID, got, want[w.ID])
		}
	}
}

// entries gives the audit entries about a record, the oldest first: who, what,
// detail.
func (r *region) entries(of work.Subject) []string {
	r.t.Helper()
	var list []string
	must(r.t, r.DB.Read(context.Background(), func(tx *db.Tx) error {
		found, err := audit.Of(tx, string(of.Kind), of.Agency, of.ID, 100)
		for _, e := range found {
			list = append(list, strings.TrimSpace(e.Who.ID+" "+e.Action+" "+e.Detail))
		}
		return err
	}))
	slices.Reverse(list)
	return list
}

func (r *region) lastEntry(of work.Subject) string {
	r.t.Helper()
	list := r.entries(of)
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

func (r *region) count(query string, args ...any) (n int) {
	r.t.Helper()
	must(r.t, r.DB.Read(context.Background(), func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&n) }))
	return n
}

func wantFault(t *testing.T, what string, err error, kind fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(fault.Message(err), words) {
		t.Errorf("%s: %v", what, err)
	}
}

// atOnce runs something so often at the same time and gives how many were good;
// the others must be told that they were late.
func atOnce(t *testing.T, n int, fn func(i int) error) (good int) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			good++
		case fault.KindOf(err) != fault.Conflict:
			t.Error(err)
		}
	}
	return good
}

func thing(book *agency.Book, kind access.Kind, code, id, worker string) access.Thing {
	return book.Thing(kind, code, agency.Of{ID: id, Worker: worker})
}

func subject(kind access.Kind, code, id string) work.Subject {
	return work.Subject{Kind: kind, Agency: code, ID: id}
}

func may(u *work.Unit, t access.Thing) bool { return access.Can(u.Actor, access.View, t).Allow }
