package link

import (
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/audit"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

var fasdHome = []adopter.Place{{Kind: "work", Postcode: "DE22 3CO"}, {Kind: "home", Postcode: "S1 1CC"}}

// told is a pool with one child of every canary and an ask about them.
func told(t *testing.T, d *db.DB) (*pool, Ask) {
	t.Helper()
	p := newPool(t, d)
	p.children(child.Child{Agency: "DER", Ref: "CANARYREF", GivenName: "Asha", FamilyName: "Canaryname", Ethnic: "CANARYETHNIC", Religion: "CANARYRELIGION",
		HomePostcode: "DE22 3CV", PlacementPostcode: "DE22 3CO", Status: "waiting", Born: date.MustOf(2022, 1, 1)})
	p.families(adopter.Family{Agency: "VAA1", Ref: "TOLD", Status: "approved", MaxChildren: whole(1), Places: fasdHome})
	var asks []Ask
	p.do(finder, func(u *work.Unit) error {
		b, err := p.finder.Board(u, false)
		if err != nil {
			return err
		}
		asks, err = b.Ask(u, AskRequest{ChildID: p.id["DER/CANARYREF"], Families: []string{p.id["VAA1/TOLD family"]}})
		return err
	})
	return p, asks[0]
}

func (p *pool) agree(a access.Actor, ask Ask, side Side) error {
	return p.tryBoard(a, func(u *work.Unit, b *Board) error { return b.Agree(u, ask.ID, side) })
}

func (p *pool) yes(ask Ask) {
	p.t.Helper()
	if err := p.tryBoard(answerer, func(u *work.Unit, b *Board) error { return b.Close(u, ask.ID, Closing{State: Yes, ReasonCode: "fits"}) }); err != nil {
		p.t.Fatal(err)
	}
}

// hears is what somebody is told through an ask.
func (p *pool) hears(a access.Actor, ask Ask) (names []string, area string) {
	p.t.Helper()
	if err := p.tryBoard(a, func(u *work.Unit, b *Board) (err error) {
		if names, err = b.FirstNames(u, ask); err != nil {
			return err
		}
		area, err = b.HomeArea(u, ask)
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return names, area
}

func kindOf(err error) fault.Kind {
	if err == nil {
		return -1
	}
	return fault.KindOf(err)
}

func TestNothingIsToldBeforeBothSidesAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, ask := told(t, d)
		if err := p.agree(finder, ask, ChildSide); kindOf(err) != fault.Conflict {
			t.Errorf("agreed before the family answered: %v", err)
		}
		p.yes(ask)
		for _, refused := range []struct {
			who  access.Actor
			side Side
		}{{stranger, ChildSide}, {stranger, FamilySide}, {answerer, ChildSide}, {finder, FamilySide}, {actor("DER", access.Administrator), ChildSide},
			{actor("VAA1", access.InformationLead), FamilySide}, {actor("VAA1", access.PermanenceWorker), FamilySide}} {
			if err := p.agree(refused.who, ask, refused.side); kindOf(err) != fault.NotFound && kindOf(err) != fault.Forbidden {
				t.Errorf("%s of %s agreed for the %s side: %v", refused.who.Role, refused.who.Agency, refused.side, err)
			}
		}
		if err := p.agree(stranger, ask, ChildSide); kindOf(err) != fault.NotFound {
			t.Errorf("a stranger learns that there is something: %v", err)
		}
		for _, step := range []func() error{
			func() error { return nil },
			func() error { return p.agree(finder, ask, ChildSide) },
		} {
			if err := step(); err != nil {
				t.Fatal(err)
			}
			if names, _ := p.hears(answerer, ask); len(names) > 0 {
				t.Errorf("the family's side was told %v before it agreed itself", names)
			}
			if _, area := p.hears(finder, ask); area != "" {
				t.Errorf("the child's side was told %s", area)
			}
		}
		if err := p.agree(manager, ask, ChildSide); kindOf(err) != fault.Conflict {
			t.Errorf("agreed twice: %v", err)
		}
	})
}

func TestEachSideHearsItsOwnPartAndNoMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, ask := told(t, d)
		p.yes(ask)
		p.bothAgree(ask)
		if names, _ := p.hears(answerer, ask); !slices.Equal(names, []string{"Asha"}) {
			t.Errorf("the family's side hears %v", names)
		}
		if _, area := p.hears(finder, ask); area != "S1" {
			t.Errorf("the child's side hears %q", area)
		}
		if names, area := p.hears(stranger, ask); len(names) > 0 || area != "" {
			t.Errorf("a stranger hears %v and %q", names, area)
		}
		if _, area := p.hears(actor("DER", access.AdopterWorker), ask); area != "" {
			t.Errorf("an adopters' worker of the council hears %q of another agency's family", area)
		}
		p.nothingMore(t, ask)
		p.childOnRecord(t, ask)
	})
}

func (p *pool) bothAgree(ask Ask) {
	p.t.Helper()
	for who, side := range map[*access.Actor]Side{&finder: ChildSide, &answerer: FamilySide} {
		if err := p.agree(*who, ask, side); err != nil {
			p.t.Fatal(err)
		}
	}
}

// nothingMore looks at everything the family's side gets of a child they were
// told of, through the record and through the board.
func (p *pool) nothingMore(t *testing.T, ask Ask) {
	t.Helper()
	err := p.tryBoard(answerer, func(u *work.Unit, b *Board) error {
		profile, err := child.FindProfile(u, b.Book, ask.ChildID)
		if err != nil {
			return err
		}
		if profile.GivenName != "Asha" || profile.FamilyName+profile.Ref+profile.HomePostcode+profile.PlacementPostcode+profile.Ethnic+profile.Religion+profile.GroupRef != "" || len(profile.Zones) > 0 {
			t.Errorf("the profile has %+v", profile)
		}
		g, _ := b.Group(ask.ChildID)
		for _, c := range b.Groups[g] {
			if c.GivenName+c.FamilyName+c.Ref+c.HomePostcode != "" {
				t.Errorf("the board has %+v", c)
			}
		}
		if b.SeesWho(u.Actor, g) {
			t.Error("the board lists the child by name")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for _, role := range []access.Role{access.AdopterWorker, access.HomeFinder, access.Manager} {
		err := p.tryBoard(actor("VAA1", role), func(u *work.Unit, b *Board) error {
			c, err := child.Find(u, b.Book, ask.ChildID)
			if err == nil {
				t.Errorf("a %s opens the whole record: %+v", role, c)
			}
			return err
		})
		if kindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func (p *pool) childOnRecord(t *testing.T, ask Ask) {
	t.Helper()
	p.do(operator, func(u *work.Unit) error {
		list, err := audit.Of(u.Tx, "child", "DER", ask.ChildID, 100)
		var seen, agreed int
		for _, e := range list {
			if e.Action == "viewed" && e.Detail == "disclosed: first name" && e.Who.Agency == "VAA1" {
				seen++
			}
			if e.Action == "agreed to tell" {
				agreed++
			}
			if strings.Contains(e.Detail, "Asha") {
				t.Errorf("the audit record names the child: %+v", e)
			}
		}
		if seen == 0 || agreed != 2 {
			t.Errorf("%d views and %d agreements on the record", seen, agreed)
		}
		return err
	})
}

func TestOnePersonCannotAgreeForBothSides(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, _ := told(t, d)
		p.families(adopter.Family{Agency: "DER", Ref: "OWN", Status: "approved", MaxChildren: whole(1), Places: fasdHome})
		var asks []Ask
		if err := p.tryBoard(finder, func(u *work.Unit, b *Board) (err error) {
			asks, err = b.Ask(u, AskRequest{ChildID: p.id["DER/CANARYREF"], Families: []string{p.id["DER/OWN family"]}})
			if err != nil {
				return err
			}
			return b.Close(u, asks[0].ID, Closing{State: Yes, ReasonCode: "fits"})
		}); err != nil {
			t.Fatal(err)
		}
		if err := p.agree(finder, asks[0], ChildSide); err != nil {
			t.Fatal(err)
		}
		if err := p.agree(finder, asks[0], FamilySide); kindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "Somebody else") {
			t.Errorf("the same person agreed for both: %v", err)
		}
		if err := p.agree(actor("DER", access.AdopterWorker), asks[0], FamilySide); err != nil {
			t.Error(err)
		}
		// The council's own adopters' worker is told the first name, and has not
		// got the record.
		if names, _ := p.hears(actor("DER", access.AdopterWorker), asks[0]); !slices.Equal(names, []string{"Asha"}) {
			t.Errorf("hears %v", names)
		}
		err := p.tryBoard(actor("DER", access.AdopterWorker), func(u *work.Unit, b *Board) error {
			_, err := child.Find(u, b.Book, p.id["DER/CANARYREF"])
			return err
		})
		if err == nil {
			t.Error("an adopters' worker of the council opens the record of a child they were told of")
		}
	})
}

func TestEndingClosesAtTheNextRequestAndBothAreAskedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, ask := told(t, d)
		end := func(a access.Actor) error {
			side := FamilySide
			if a.Agency == "DER" {
				side = ChildSide
			}
			return p.tryBoard(a, func(u *work.Unit, b *Board) error { return b.EndDisclosure(u, ask.ID, side) })
		}
		p.yes(ask)
		if err := end(finder); kindOf(err) != fault.Conflict {
			t.Errorf("ended what was not agreed: %v", err)
		}
		p.bothAgree(ask)
		if err := end(stranger); kindOf(err) != fault.NotFound {
			t.Errorf("a stranger ended it: %v", err)
		}
		if err := end(answerer); err != nil {
			t.Fatal(err)
		}
		if names, _ := p.hears(answerer, ask); len(names) > 0 {
			t.Errorf("still told: %v", names)
		}
		if _, area := p.hears(finder, ask); area != "" {
			t.Errorf("still told: %v", area)
		}
		if err := end(finder); kindOf(err) != fault.Conflict {
			t.Errorf("ended twice: %v", err)
		}
		if err := p.agree(finder, ask, ChildSide); err != nil {
			t.Fatal(err)
		}
		if names, _ := p.hears(answerer, ask); len(names) > 0 {
			t.Errorf("an agreement that was ended counts again: %v", names)
		}
		if err := p.agree(answerer, ask, FamilySide); err != nil {
			t.Fatal(err)
		}
		if names, _ := p.hears(answerer, ask); len(names) != 1 {
			t.Errorf("told %v after both agreed anew", names)
		}
	})
}

func TestTheEndOfAnAgreementOrARestrictionEndsTheTelling(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p, ask := told(t, d)
		p.yes(ask)
		p.bothAgree(ask)
		p.do(operator, func(u *work.Unit) error {
			u.Did("restricted", work.Subject{Kind: access.Child, Agency: "DER", ID: ask.ChildID}, "threat")
			_, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ('DER', 'child', $1, 'threat', 'm', $2)", ask.ChildID, db.Instant{Time: u.Now})
			return err
		})
		if names, _ := p.hears(answerer, ask); len(names) > 0 {
			t.Errorf("told of a restricted child: %v", names)
		}
		if err := p.agree(finder, ask, ChildSide); kindOf(err) != fault.NotFound {
			t.Errorf("a home finder who is not named agreed for a restricted child: %v", err)
		}
		p.do(operator, func(u *work.Unit) error {
			u.Did("unrestricted", work.Subject{Kind: access.Child, Agency: "DER", ID: ask.ChildID}, "")
			_, err := u.Exec("DELETE FROM restriction")
			return err
		})
		if names, _ := p.hears(answerer, ask); len(names) != 1 {
			t.Fatalf("told %v", names)
		}
		p.do(operator, func(u *work.Unit) error {
			u.Did("left", work.Subject{Kind: access.Agreement, Agency: "VAA1", ID: "x"}, "")
			_, err := u.Exec("UPDATE agreement_party SET left_at = $1 WHERE agency_code = 'VAA1'", db.Instant{Time: u.Now.Add(-time.Minute)})
			return err
		})
		if names, _ := p.hears(answerer, ask); len(names) > 0 {
			t.Errorf("told %v after the agreement ended", names)
		}
	})
}
