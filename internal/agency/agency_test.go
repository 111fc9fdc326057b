package agency

import (
	"context"
	"testing"

	"homeward/internal/access"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
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
	if err := k.Do(context.Background(), access.Actor{}, "test", func(u *work.Unit) (err error) { b, err = Open(u); return err }); err != nil {
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
		if len(b.Staff("DER")) != 4 || len(b.Staff("V")) != 3 || len(b.Staff("")) != 7 {
			t.Errorf("standing workers: %d, %d", len(b.Staff("DER")), len(b.Staff("V")))
		}
		der.Name, der.Pools = "Derby City Council", []string{"EM"}
		if !save(t, k, der) {
			t.Error("a new name is a change")
		}
		b = open(t, k)
		if got := b.Agencies["DER"]; got.Name != "Derby City Council" || len(got.Pools) != 1 || len(b.Staff("DER")) != 4 {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhereAnActorMayAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := &work.Desk{DB: d}
		save(t, k, Agency{Code: "A", Kind: "LA", Name: "A", Pools: []string{"P"}}, Agency{Code: "B", Kind: "LA", Name: "B", Pools: []string{"P", "Q"}}, Agency{Code: "C", Kind: "LA", Name: "C", Pools: []string{"Q"}})
		b := open(t, k)
		var finder string
		for _, w := range b.Staff("A") {
			if w.Role == access.HomeFinder {
				finder = w.ID
			}
		}
		actor, ok := b.Actor(finder)
		if !ok {
			t.Fatal("no such actor")
		}
		if diff := cmp.Diff([]string{"A", "B"}, b.Where(actor, access.View, access.Child)); diff != "" {
			t.Error(diff)
		}
		if _, ok := b.Actor("nobody"); ok {
			t.Error("nobody is somebody")
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
