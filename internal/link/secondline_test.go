//go:build homeward_first_line_off

package link

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// secret finds the canaries of an agency: who its children are, where they and
// its families live, and what was said of them before.
var secret = regexp.MustCompile(`CANARY([A-Z0-9]+)`)

// TestTheSecondLineHoldsAlone has access answer yes to everything, and asks for
// everything as people of other agencies: what PostgreSQL gives them holds no
// canary but their own. Run by scripts/second-line.
func TestTheSecondLineHoldsAlone(t *testing.T) {
	if !access.Can(access.Actor{}, access.Change, access.Thing{}).Allow {
		t.Fatal("the first line is on: this test proves nothing")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if d.Dialect != db.PostgreSQL {
			t.Skip("SQLite has no second line")
		}
		p := secrets(t, d)
		looks, crossed := 0, 0
		for _, code := range []string{"DER", "NOT", "VAA1", "LEI"} {
			for _, role := range append(access.StaffRoles(), access.Administrator) {
				found := p.everythingTo(actor(code, role), &looks)
				own := slices.DeleteFunc(slices.Clone(found), func(whose string) bool { return whose != code })
				if role == access.HomeFinder && len(own) == 0 {
					t.Errorf("%s of %s does not even get its own: this test looks in the wrong place", role, code)
				}
				for _, whose := range found {
					if whose != code {
						crossed++
						t.Errorf("%s of %s gets canaries of %s", role, code, whose)
					}
				}
			}
		}
		if all := p.everythingTo(operator, &looks); len(all) != 4 {
			t.Errorf("the operator, the control, gets the canaries of %v", all)
		}
		t.Logf("%d things looked at by people with the first line off, %d crossed between agencies", looks, crossed)
	})
}

// secrets is the pool with another council that shares with the first, and one
// child and family of each agency that are canaries through and through.
func secrets(t *testing.T, d *db.DB) *pool {
	t.Helper()
	p := newPool(t, d)
	p.do(operator, func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		if err := agency.Save(u, book, []agency.Agency{{Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: []string{"EM"}}}); err != nil {
			return err
		}
		return share(u, "EM")
	})
	for _, code := range []string{"DER", "NOT", "VAA1", "LEI"} {
		word := func(of string) string { return "CANARY" + code + " " + of }
		p.children(child.Child{
			Agency: code, Ref: "X" + code, Status: "waiting", Born: date.MustOf(2022, 1, 1), GivenName: word("given"), FamilyName: word("family"), Ethnic: word("ethnic"), Religion: word("religion"),
			HomePostcode: word("home"), PlacementPostcode: word("placement"), Zones: []child.Zone{{Postcode: word("zone"), RadiusMiles: sql.Null[float64]{V: 5, Valid: true}}},
		})
		p.families(adopter.Family{Agency: code, Ref: "X" + code, Status: "approved", MaxChildren: whole(1), Places: []adopter.Place{{Kind: "home", Postcode: word("lives")}}})
		p.do(operator, func(u *work.Unit) error {
			return change(u, p.id[code+"/X"+code], p.id[code+"/X"+code+" family"], word("now"))
		})
	}
	for _, code := range []string{"DER", "NOT", "LEI"} {
		saved, err := p.trySave(actor(code, access.HomeFinder), PlanWish{Stretch: true}, "CANARY"+code+" note")
		if err != nil {
			t.Fatal(err)
		}
		p.id["plan "+code] = saved.ID
	}
	return p
}

// change has a child and a family say something else than before.
func change(u *work.Unit, childID, familyID, now string) error {
	children, err := child.Load(u.Tx, child.Query{IDs: []string{childID}})
	if err != nil {
		return err
	}
	after := children[0]
	after.GivenName, after.HomePostcode = now, now
	if err := child.SaveAll(u, []child.Change{{Before: &children[0], After: after}}); err != nil {
		return err
	}
	families, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{familyID}})
	if err != nil {
		return err
	}
	moved := families[0]
	moved.Places = []adopter.Place{{Kind: "home", Postcode: now}}
	return adopter.SaveAll(u, []adopter.Change{{Before: &families[0], After: moved}})
}

// everythingTo asks for all there is in every way there is, and tells whose
// canaries came back. A refusal or nothing is what there should be of others.
func (p *pool) everythingTo(a access.Actor, looks *int) (whose []string) {
	p.t.Helper()
	see := func(thing any, err error) {
		*looks++
		if err != nil && fault.KindOf(err) != fault.NotFound {
			p.t.Errorf("%s of %s: %v", a.Role, a.Agency, err)
		}
		for _, found := range secret.FindAllStringSubmatch(fmt.Sprintf("%+v", thing), -1) {
			whose = append(whose, found[1])
		}
	}
	// Each in a unit of its own: a refusal is the end of one.
	ask := func(fn func(*work.Unit, *Board) (any, error)) {
		p.t.Helper()
		var thing any
		err := p.tryBoard(a, func(u *work.Unit, b *Board) (err error) { thing, err = fn(u, b); return err })
		see(thing, err)
	}
	ask(func(_ *work.Unit, b *Board) (any, error) { return []any{b.Groups, b.Families, b.Waivers}, nil })
	ask(func(u *work.Unit, _ *Board) (any, error) { return child.Load(u.Tx, child.Query{}) })
	ask(func(u *work.Unit, _ *Board) (any, error) { return adopter.Load(u.Tx, adopter.Query{}) })
	ask(func(u *work.Unit, _ *Board) (any, error) { return Asks(u.Tx, AskQuery{}) })
	ask(func(u *work.Unit, b *Board) (any, error) { return b.SavedPlans(u) })
	for _, code := range []string{"DER", "NOT", "VAA1", "LEI"} {
		childID, familyID := p.id[code+"/X"+code], p.id[code+"/X"+code+" family"]
		ask(func(u *work.Unit, b *Board) (any, error) { return child.Find(u, b.Book, childID) })
		ask(func(u *work.Unit, b *Board) (any, error) { return child.FindProfile(u, b.Book, childID) })
		ask(func(u *work.Unit, b *Board) (any, error) { return adopter.Find(u, b.Book, familyID) })
		ask(func(u *work.Unit, b *Board) (any, error) { return b.FamiliesFor(u, childID) })
		ask(func(u *work.Unit, b *Board) (any, error) { return b.SavedPlan(u, p.id["plan "+code]) })
		ask(func(u *work.Unit, _ *Board) (any, error) {
			return u.History(work.Subject{Kind: access.Child, Agency: code, ID: childID})
		})
		ask(func(u *work.Unit, _ *Board) (any, error) {
			return u.History(work.Subject{Kind: access.Family, Agency: code, ID: familyID})
		})
		ask(func(u *work.Unit, _ *Board) (any, error) {
			return audit.Of(u.Tx, string(access.Child), code, childID, 100)
		})
	}
	slices.Sort(whose)
	return slices.Compact(whose)
}
