package link

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	"homeward/internal/gazetteer"
	"homeward/internal/match"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
)

var today = date.MustOf(2026, 11, 23)

// pool is a small pool: a council with a child who has a zone and with a group
// of two, an agency with families, and a council and its family elsewhere.
type pool struct {
	t      *testing.T
	desk   *work.Desk
	finder Finder
	id     map[string]string
}

func actor(agencyCode string, role access.Role) access.Actor {
	return access.Actor{ID: agencyCode + string(role), Name: "A " + string(role), Agency: agencyCode, Role: role}
}

var (
	operator = access.Actor{ID: "op", Name: "Operator", Role: access.Operator}
	finder   = actor("DER", access.HomeFinder)
	manager  = actor("DER", access.Manager)
	answerer = actor("VAA1", access.AdopterWorker)
	stranger = actor("LEI", access.HomeFinder)
)

func whole(n int) sql.Null[int] { return sql.Null[int]{V: n, Valid: true} }

const postcodes = `pcds,east1m,north1m,gridind,doterm
DE22 3CV,434000,336000,1,
DE22 3CO,434100,336100,1,
S1 1CC,435000,387000,1,
`

func newPool(t *testing.T, d *db.DB) *pool {
	t.Helper()
	p := &pool{t: t, desk: &work.Desk{DB: d, AsOf: today}, id: map[string]string{}}
	path := filepath.Join(t.TempDir(), "gazetteer.csv")
	if err := os.WriteFile(path, []byte(postcodes), 0o600); err != nil {
		t.Fatal(err)
	}
	p.do(operator, func(u *work.Unit) error {
		if _, err := gazetteer.Load(u.Tx, path, today); err != nil {
			return err
		}
		if err := agency.Save(u, &agency.Book{}, []agency.Agency{
			{Code: "DER", Kind: "LA", Name: "Derby", Pools: []string{"EM"}}, {Code: "VAA1", Kind: "VAA", Name: "Lantern", Pools: []string{"EM"}},
			{Code: "LEI", Kind: "LA", Name: "Leicester", Pools: []string{"EM2"}},
		}); err != nil {
			return err
		}
		return share(u, "EM")
	})
	p.children(
		child.Child{Agency: "DER", Ref: "C1", Status: "waiting", Born: date.MustOf(2022, 1, 1), Needs: []child.Need{{Code: "fasd", Level: "known"}, {Code: "neglect", Level: "unknown"}},
			Contact: []child.Contact{{Kind: "letterbox"}},
			Zones:   []child.Zone{{Postcode: "DE22 3CV", RadiusMiles: sql.Null[float64]{V: 5, Valid: true}}}},
		child.Child{Agency: "DER", Ref: "G1", GroupRef: "G", Plan: "together", Status: "waiting"},
		child.Child{Agency: "DER", Ref: "G2", GroupRef: "G", Plan: "together", Status: "waiting"},
		child.Child{Agency: "DER", Ref: "H", Status: "on_hold"},
		child.Child{Agency: "LEI", Ref: "L1", Status: "waiting"},
	)
	p.families(
		adopter.Family{Agency: "VAA1", Ref: "FAR", Status: "approved", MaxChildren: whole(2), AgeMax: whole(9), Offers: []adopter.Offer{{Code: "fasd", Answer: "yes", AnsweredOn: date.MustOf(2026, 1, 1)}},
			Places: []adopter.Place{{Kind: "home", Postcode: "S1 1CC"}}},
		adopter.Family{Agency: "VAA1", Ref: "NEAR", Status: "approved", MaxChildren: whole(1), Places: []adopter.Place{{Kind: "home", Postcode: "DE22 3CO"}}},
		adopter.Family{Agency: "VAA1", Ref: "VAGUE", Status: "approved", MaxChildren: whole(1), Places: []adopter.Place{{Kind: "home", Postcode: "ZE1 1CC"}}},
		adopter.Family{Agency: "LEI", Ref: "L1", Status: "approved"},
	)
	return p
}

func (p *pool) try(a access.Actor, fn func(*work.Unit) error) error {
	return p.desk.Do(context.Background(), a, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		u.Actor = book.As(u.Actor)
		return fn(u)
	})
}

// share has the agencies of a pool agree to share.
func share(u *work.Unit, pool string) error {
	book, err := agency.Open(u)
	if err != nil {
		return err
	}
	_, err = agency.Propose(u, book, book.Among(pool))
	return err
}

func (p *pool) do(a access.Actor, fn func(*work.Unit) error) {
	p.t.Helper()
	if err := p.try(a, fn); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pool) tryBoard(a access.Actor, fn func(*work.Unit, *Board) error) error {
	return p.try(a, func(u *work.Unit) error {
		b, err := p.finder.Board(u, false)
		if err != nil {
			return err
		}
		return fn(u, b)
	})
}

func (p *pool) board(a access.Actor, fn func(*work.Unit, *Board) error) {
	p.t.Helper()
	if err := p.tryBoard(a, fn); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pool) children(list ...child.Child) {
	p.t.Helper()
	p.do(operator, func(u *work.Unit) error {
		var changes []child.Change
		for _, c := range list {
			c.ID = work.NewID()
			p.id[c.Agency+"/"+c.Ref] = c.ID
			changes = append(changes, child.Change{After: c})
		}
		return child.SaveAll(u, changes)
	})
}

func (p *pool) families(list ...adopter.Family) {
	p.t.Helper()
	p.do(operator, func(u *work.Unit) error {
		var changes []adopter.Change
		for _, f := range list {
			f.ID = work.NewID()
			p.id[f.Agency+"/"+f.Ref+" family"] = f.ID
			changes = append(changes, adopter.Change{After: f})
		}
		return adopter.SaveAll(u, changes)
	})
}

// change edits a family or child as its own agency would.
func (p *pool) changeFamily(ref string, edit func(*adopter.Family)) {
	p.t.Helper()
	p.do(operator, func(u *work.Unit) error {
		list, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{p.id[ref+" family"]}})
		if err != nil {
			return err
		}
		after := list[0]
		after.Places, after.Offers = slices.Clone(after.Places), slices.Clone(after.Offers)
		edit(&after)
		return adopter.SaveAll(u, []adopter.Change{{Before: &list[0], After: after}})
	})
}

// outcomes writes the list of a child as "FAR suitable", in order.
func (p *pool) outcomes(a access.Actor, ref string) []string {
	p.t.Helper()
	var got []string
	p.board(a, func(u *work.Unit, b *Board) error {
		l, err := b.FamiliesFor(u, p.id[ref])
		if err != nil {
			return err
		}
		for _, pair := range l.Pairs {
			got = append(got, l.Families[pair.Family].Ref+" "+pair.Outcome.Code())
		}
		return nil
	})
	return got
}

func TestAListHoldsOnlyWhatItsReaderMaySee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		if diff := cmp.Diff([]string{"FAR suitable", "NEAR ruled_out", "VAGUE ruled_out"}, p.outcomes(finder, "DER/C1")); diff != "" {
			t.Error(diff)
		}
		if got := p.outcomes(operator, "DER/C1"); len(got) != 4 {
			t.Errorf("the operator sees %v", got)
		}
		err := p.tryBoard(stranger, func(u *work.Unit, b *Board) error { _, err := b.FamiliesFor(u, p.id["DER/C1"]); return err })
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger opens the list: %v", err)
		}
		err = p.tryBoard(answerer, func(u *work.Unit, b *Board) error { _, err := b.FamiliesFor(u, p.id["DER/C1"]); return err })
		if fault.KindOf(err) != fault.Forbidden {
			t.Errorf("an adopters' worker opens the list: %v", err)
		}
	})
}

func TestAListShownIsOnTheRecordWithItsRules(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.outcomes(finder, "DER/G2")
		p.do(operator, func(u *work.Unit) error {
			for _, ref := range []string{"DER/G1", "DER/G2"} {
				entries, err := audit.Of(u.Tx, "child", "DER", p.id[ref], 5)
				if err != nil || len(entries) == 0 || !strings.Contains(entries[0].Detail, "rules 2026-11, as of 2026-11-23") || entries[0].Who.ID != finder.ID {
					t.Errorf("%s: %+v, %v", ref, entries, err)
				}
			}
			return nil
		})
	})
}

func TestABoardFollowsTheRecords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.outcomes(finder, "DER/C1")
		p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.Status = "on_hold" })
		if got := p.outcomes(finder, "DER/C1"); slices.Contains(got, "FAR suitable") {
			t.Errorf("the list is stale: %v", got)
		}
		err := p.try(finder, func(u *work.Unit) error {
			u.Did("changed", work.Subject{Kind: access.Child}, "")
			_, err := p.finder.Board(u, false)
			return err
		})
		if err == nil {
			t.Error("a board was made of what is not committed")
		}
	})
}

func TestWaitingGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		for _, c := range []struct {
			a    access.Actor
			want int
		}{{finder, 2}, {answerer, 0}, {stranger, 1}, {operator, 3}} {
			p.board(c.a, func(u *work.Unit, b *Board) error {
				if got := len(b.Waiting(u)); got != c.want {
					t.Errorf("%s sees %d waiting groups, want %d", c.a.ID, got, c.want)
				}
				return nil
			})
		}
	})
}

func waive(p *pool, a access.Actor, family, exclusion, finding, reason string, expires date.Date) error {
	return p.tryBoard(a, func(u *work.Unit, b *Board) error {
		return b.Waive(u, WaiverRequest{ChildID: p.id["DER/C1"], FamilyID: p.id[family+" family"], Exclusion: exclusion, Finding: finding, Reason: reason, ExpiresOn: expires})
	})
}

func TestWhatAWaiverAsksFor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		next := today.AddDays(90)
		for _, c := range []struct {
			name, family, exclusion, finding, reason string
			expires                                  date.Date
			a                                        access.Actor
			want                                     fault.Kind
		}{
			{"a home finder", "VAA1/NEAR", "zone", "waived", "r", next, finder, fault.Forbidden},
			{"a stranger", "VAA1/NEAR", "zone", "waived", "r", next, actor("LEI", access.Manager), fault.NotFound},
			{"no reason", "VAA1/NEAR", "zone", "waived", " ", next, manager, fault.Invalid},
			{"no future", "VAA1/NEAR", "zone", "waived", "r", today, manager, fault.Invalid},
			{"an exclusion that does not stand", "VAA1/NEAR", "status", "waived", "r", next, manager, fault.Conflict},
			{"no exclusion at all", "VAA1/NEAR", "age", "waived", "r", next, manager, fault.Conflict},
			{"certainly inside cannot be found outside", "VAA1/NEAR", "zone", "outside", "r", next, manager, fault.Invalid},
			{"an unknown finding", "VAA1/NEAR", "zone", "fine", "r", next, manager, fault.Invalid},
			{"another agency's family", "LEI/L1", "zone", "waived", "r", next, manager, fault.NotFound},
		} {
			if err := waive(p, c.a, c.family, c.exclusion, c.finding, c.reason, c.expires); fault.KindOf(err) != c.want {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}

func TestAWaiverLiftsWhileItsFactsHold(t *testing.T) {
	for name, end := range map[string]func(*pool){
		"the family moves": func(p *pool) {
			p.changeFamily("VAA1/NEAR", func(f *adopter.Family) { f.Places[0].Postcode = "DE22 3CV" })
		},
		"it expires": func(p *pool) { p.desk.AsOf = today.AddDays(90) },
		"a manager ends it": func(p *pool) {
			p.board(manager, func(u *work.Unit, b *Board) error { return b.EndWaiver(u, b.Waivers[0].ID) })
		},
		"a zone is added": func(p *pool) {
			p.do(operator, func(u *work.Unit) error {
				list, err := child.Load(u.Tx, child.Query{IDs: []string{p.id["DER/C1"]}})
				if err != nil {
					return err
				}
				after := list[0]
				after.Zones = append(slices.Clone(after.Zones), child.Zone{Postcode: "S1 1CC"})
				return child.SaveAll(u, []child.Change{{Before: &list[0], After: after}})
			})
		},
		"a later finding replaces it": func(p *pool) {
			if err := waive(p, manager, "VAA1/VAGUE", "zone", "inside", "asked the school", today.AddDays(30)); err != nil {
				p.t.Fatal(err)
			}
			if err := waive(p, manager, "VAA1/NEAR", "zone", "waived", "again", today.AddDays(1)); err != nil {
				p.t.Fatal(err)
			}
			p.desk.AsOf = today.AddDays(1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				p := newPool(t, d)
				if err := waive(p, manager, "VAA1/NEAR", "zone", "waived", "the father is abroad", today.AddDays(90)); err != nil {
					t.Fatal(err)
				}
				got := p.outcomes(finder, "DER/C1")
				if !slices.Contains(got, "NEAR suitable") || slices.Contains(got, "VAGUE suitable") {
					t.Fatalf("after the waiver: %v", got)
				}
				end(p)
				if got := p.outcomes(finder, "DER/C1"); slices.Contains(got, "NEAR suitable") {
					t.Errorf("the waiver still lifts: %v", got)
				}
			})
		})
	}
}

func TestACannotTellIsResolved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		if err := waive(p, manager, "VAA1/VAGUE", "zone", "inside", "visited", today.AddDays(30)); err != nil {
			t.Fatal(err)
		}
		if got := p.outcomes(finder, "DER/C1"); slices.Contains(got, "VAGUE suitable") {
			t.Errorf("found inside and listed: %v", got)
		}
		if err := waive(p, manager, "VAA1/VAGUE", "zone", "outside", "the new postcode is in Shetland", today.AddDays(30)); err != nil {
			t.Fatal(err)
		}
		if got := p.outcomes(finder, "DER/C1"); !slices.Contains(got, "VAGUE suitable") {
			t.Errorf("found outside and not listed: %v", got)
		}
		p.board(finder, func(u *work.Unit, b *Board) error {
			g, _ := b.Group(p.id["DER/C1"])
			f, _ := b.Family(p.id["VAA1/VAGUE family"])
			past := b.WaiversOf(g, f)
			if len(past) != 2 || !slices.ContainsFunc(past, func(w Waiver) bool { return w.Finding == "inside" && w.EndedOn == today }) {
				t.Errorf("findings kept: %+v", past)
			}
			rows, err := WaiverRows(u.Tx)
			if len(rows) != 2 || rows[0].ChildRef != "C1" || rows[0].Manager != manager.Name {
				t.Errorf("rows %+v", rows)
			}
			return err
		})
	})
}

func (p *pool) ask(a access.Actor, ref string, families ...string) ([]Ask, error) {
	var asks []Ask
	request := AskRequest{ChildID: p.id[ref]}
	for _, f := range families {
		request.Families = append(request.Families, p.id[f+" family"])
	}
	err := p.tryBoard(a, func(u *work.Unit, b *Board) (err error) { asks, err = b.Ask(u, request); return err })
	return asks, err
}

func TestAskingAFamily(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		asks, err := p.ask(finder, "DER/G2", "VAA1/FAR", "VAA1/FAR")
		if err != nil || len(asks) != 1 {
			t.Fatalf("%v, %v", asks, err)
		}
		// Ten working days from Monday 23 November.
		if asks[0].AnswerBy != date.MustOf(2026, 12, 7) || len(asks[0].Children) != 2 || asks[0].Rules != "2026-11" {
			t.Errorf("%+v", asks[0])
		}
		for _, c := range []struct {
			name string
			a    access.Actor
			ref  string
			fam  []string
			want fault.Kind
		}{
			{"twice at once", finder, "DER/G1", []string{"VAA1/FAR"}, fault.Conflict},
			{"nobody", finder, "DER/C1", nil, fault.Invalid},
			{"a ruled-out family", finder, "DER/C1", []string{"VAA1/FAR", "VAA1/NEAR"}, fault.Conflict},
			{"about a child who does not wait", finder, "DER/H", []string{"VAA1/FAR"}, fault.Conflict},
			{"a family elsewhere", finder, "DER/C1", []string{"LEI/L1"}, fault.NotFound},
			{"by a stranger", stranger, "DER/C1", []string{"LEI/L1"}, fault.NotFound},
			{"by the family's side", answerer, "DER/C1", []string{"VAA1/FAR"}, fault.Forbidden},
		} {
			if _, err := p.ask(c.a, c.ref, c.fam...); fault.KindOf(err) != c.want || err == nil {
				t.Errorf("asking %s: %v", c.name, err)
			}
		}
		p.do(operator, func(u *work.Unit) error {
			all, err := Asks(u.Tx, AskQuery{})
			if len(all) != 1 {
				t.Errorf("%d asks: one that failed left something", len(all))
			}
			return err
		})
	})
}

func (p *pool) close(a access.Actor, id string, c Closing) error {
	return p.tryBoard(a, func(u *work.Unit, b *Board) error { return b.Close(u, id, c) })
}

func TestAnsweringAnAsk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		asks, err := p.ask(finder, "DER/C1", "VAA1/FAR")
		if err != nil {
			t.Fatal(err)
		}
		id, yes := asks[0].ID, Closing{State: Yes, ReasonCode: "fits"}
		for _, c := range []struct {
			name string
			a    access.Actor
			how  Closing
			want fault.Kind
		}{
			{"by the asker", finder, yes, fault.Forbidden},
			{"by a stranger", stranger, yes, fault.NotFound},
			{"without a reason", answerer, Closing{State: No}, fault.Invalid},
			{"no for a need it does not name", answerer, Closing{State: No, ReasonCode: "need"}, fault.Invalid},
			{"another reason it does not say", answerer, Closing{State: NotNow, ReasonCode: "other_not_now"}, fault.Invalid},
			{"with a reason of another answer", answerer, Closing{State: Yes, ReasonCode: "age"}, fault.Invalid},
			{"maybe", answerer, Closing{State: "maybe"}, fault.Invalid},
			{"withdrawn by the family's side", answerer, Closing{State: Withdrawn, ReasonCode: "by_mistake"}, fault.Forbidden},
			{"closed before its day", finder, Closing{State: NoAnswer, ReasonCode: "no_answer"}, fault.Conflict},
		} {
			if err := p.close(c.a, id, c.how); fault.KindOf(err) != c.want || err == nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if err := p.close(answerer, id, yes); err != nil {
			t.Fatal(err)
		}
		if err := p.close(answerer, id, yes); fault.KindOf(err) != fault.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		// Once answered, the family may be asked again.
		if _, err := p.ask(finder, "DER/C1", "VAA1/FAR"); err != nil {
			t.Error(err)
		}
	})
}

func TestAnOverdueAskIsClosedAndAnOpenOneWithdrawn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		asks, err := p.ask(finder, "DER/G1", "VAA1/FAR")
		if err != nil {
			t.Fatal(err)
		}
		p.desk.AsOf = asks[0].AnswerBy.AddDays(1)
		if !asks[0].Overdue(p.desk.AsOf) || asks[0].Overdue(asks[0].AnswerBy) {
			t.Error("overdue from the day after")
		}
		if err := p.close(finder, asks[0].ID, Closing{State: NoAnswer, ReasonCode: "no_answer"}); err != nil {
			t.Error(err)
		}
		asks, err = p.ask(finder, "DER/G1", "VAA1/FAR")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.close(finder, asks[0].ID, Closing{State: Withdrawn, ReasonCode: "by_mistake"}); err != nil {
			t.Error(err)
		}
	})
}

func TestTheSupplyMapCountsWillingnessAsAskedAndAnswered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		supply := func(code string) (s Supply) {
			p.board(finder, func(u *work.Unit, b *Board) error {
				list, err := b.SupplyMap(u, []string{"DER", "VAA1"})
				for _, x := range list {
					if x.Code == code {
						s = x
					}
				}
				return err
			})
			return s
		}
		want := Supply{Code: "fasd", Children: 1, Yes: 1, Unanswered: 2, Willing: 1}
		if diff := cmp.Diff(want, supply("fasd")); diff != "" {
			t.Error(diff)
		}
		if s := supply("neglect"); s.Children != 0 {
			t.Errorf("a need of unknown level is waited with: %+v", s)
		}
		asks, err := p.ask(finder, "DER/C1", "VAA1/FAR")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.close(answerer, asks[0].ID, Closing{State: No, ReasonCode: "need", ReasonAbout: "fasd"}); err != nil {
			t.Fatal(err)
		}
		want.Asked, want.Declined, want.Willing = 1, 1, 0
		if diff := cmp.Diff(want, supply("fasd")); diff != "" {
			t.Error(diff)
		}
		// Asked about it again, and still yes.
		p.changeFamily("VAA1/FAR", func(f *adopter.Family) { f.Offers[0].AnsweredOn = today.AddDays(1) })
		if s := supply("fasd"); s.Willing != 1 {
			t.Errorf("asked again: %+v", s)
		}
	})
}

func TestDriftComparesWhatWasSaidWithWhatWasAnswered(t *testing.T) {
	f := adopter.Family{Sex: "any", AgeMax: whole(5), MaxChildren: whole(1), Offers: []adopter.Offer{{Code: "fasd", Answer: "yes"}, {Code: "neglect", Answer: "no"}}}
	asks := []Ask{
		{ID: "1", State: No, ReasonCode: "need", ReasonAbout: "fasd"},
		{ID: "2", State: Open},
		{ID: "3", State: NotNow, ReasonCode: "need_later", ReasonAbout: "fasd"},
		{ID: "4", State: No, ReasonCode: "need", ReasonAbout: "neglect"}, // as they said
		{ID: "5", State: No, ReasonCode: "age"},
		{ID: "6", State: No, ReasonCode: "number", Children: []string{"a", "b"}}, // they said one
		{ID: "7", State: Yes, ReasonCode: "fits"},
		{ID: "8", State: No, ReasonCode: "sex"}, // longer ago than is looked at
	}
	got := (&Board{}).Drifts(f, asks)
	want := []Drift{{Code: "fasd", Stated: "yes", Declined: 2, Last: asks[0]}, {Code: "age", Declined: 1, Last: asks[4]}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if DriftLabel("age") != "Age range" || DriftLabel("fasd") == "fasd" {
		t.Error("a drift is named by its code")
	}
}

func TestConflictsRuleOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPool(t, d)
		p.do(operator, func(u *work.Unit) error {
			c := child.Child{Agency: "DER", ID: p.id["DER/G1"]}
			f := adopter.Family{Agency: "VAA1", ID: p.id["VAA1/FAR family"]}
			return SaveConflicts(u, []NewConflict{{c, f, "knows the aunt"}})
		})
		if got := p.outcomes(finder, "DER/G2"); slices.Contains(got, "FAR suitable") {
			t.Errorf("a conflict with a sister does not count: %v", got)
		}
		p.do(operator, func(u *work.Unit) error {
			list, err := Conflicts(u.Tx)
			if diff := cmp.Diff([]Conflict{{"VAA1", "FAR", "DER", "G1", "knows the aunt"}}, list); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestEveryReasonIsSaidAndOfOneAnswer(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range States {
		if s.Code != Open && len(Reasons[s.Code]) == 0 {
			t.Errorf("%s ends without a reason", s.Code)
		}
		for _, r := range Reasons[s.Code] {
			if seen[r.Code] || ReasonLabel(r.Code) != r.Label {
				t.Errorf("reason %s", r.Code)
			}
			seen[r.Code] = true
		}
	}
	if _, ok := match.ExclusionOf("zone"); !ok {
		t.Error("the exclusion of a location is not named zone")
	}
}
