package link

import (
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// office is Derby with people who follow somebody: Wyn, who leaves, follows
// children W1, W2 and (restricted to somebody else) W3, and family WF, which was
// asked about W1.
type office struct {
	*pool
	who map[string]string // "DER manager" to the worker's reference
}

func newOffice(t *testing.T, d *db.DB) *office {
	o := &office{newPool(t, d), map[string]string{}}
	o.do(operator, func(u *work.Unit) error {
		book, err := agency.Open(u)
		for _, w := range book.Staff("") {
			o.who[w.Agency+" "+string(w.Role)] = w.ID
		}
		return err
	})
	wyn := o.who["DER home_finder"]
	for _, ref := range []string{"W1", "W2", "W3"} {
		o.children(child.Child{Agency: "DER", Ref: ref, Status: "waiting", Worker: wyn, Born: date.MustOf(2022, 1, 1)})
	}
	o.families(adopter.Family{Agency: "DER", Ref: "WF", Status: "approved", MaxChildren: whole(1), AgeMax: whole(9), Worker: wyn})
	o.restrict(t, "DER/W3", o.who["DER adopter_worker"])
	o.board(o.actor("DER manager"), func(u *work.Unit, b *Board) error {
		_, err := b.Ask(u, AskRequest{ChildID: o.id["DER/W1"], Families: []string{o.id["DER/WF family"]}})
		return err
	})
	return o
}

// restrict names one worker on a child's record and nobody else.
func (o *office) restrict(t *testing.T, key, worker string) {
	t.Helper()
	o.do(operator, func(u *work.Unit) error {
		s := work.Subject{Kind: access.Child, Agency: "DER", ID: o.id[key]}
		u.Did("restricted", s, "")
		if _, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ('DER', 'child', $1, 'known', 'x', $2)", s.ID, db.Instant{Time: u.Now}); err != nil {
			return err
		}
		_, err := u.Exec("INSERT INTO restriction_name (agency_code, kind, subject_id, worker_id) VALUES ('DER', 'child', $1, $2)", s.ID, worker)
		return err
	})
}

func (o *office) actor(who string) access.Actor {
	code, role, _ := strings.Cut(who, " ")
	return access.Actor{ID: o.who[who], Name: who, Agency: code, Role: access.Role(role)}
}

func (o *office) hand(who string, from, to string, keys ...string) (Caseload, error) {
	var ids []string
	for _, k := range keys {
		ids = append(ids, o.id[k])
	}
	var part Caseload
	return part, o.try(o.actor(who), func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err == nil {
			part, err = HandOver(u, book, from, to, ids)
		}
		return err
	})
}

// follows gives who follows a record of Derby's.
func (o *office) follows(key string) (worker string) {
	o.do(operator, func(u *work.Unit) (err error) { _, worker, err = Whose(u, o.id[key]); return err })
	return worker
}

func TestACaseloadIsHandedOverWithItsOpenAsksAndItsHistory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		wyn, manager := o.who["DER home_finder"], o.who["DER manager"]
		var c Caseload
		o.do(o.actor("DER manager"), func(u *work.Unit) error {
			book, err := agency.Open(u)
			if err == nil {
				c, err = CaseloadOf(u, book, wyn)
			}
			return err
		})
		if len(c.Children) != 2 || len(c.Families) != 1 || len(c.Asks) != 1 || c.Hidden != 1 {
			t.Fatalf("%d children, %d families, %d asks, %d hidden", len(c.Children), len(c.Families), len(c.Asks), c.Hidden)
		}
		part, err := o.hand("DER manager", wyn, manager, "DER/W1", "DER/WF family")
		if err != nil || part.Len() != 3 {
			t.Fatal(part.Len(), err)
		}
		for key, want := range map[string]string{"DER/W1": manager, "DER/W2": wyn, "DER/W3": wyn, "DER/WF family": manager} {
			if got := o.follows(key); got != want {
				t.Errorf("%s is followed by %s, want %s", key, got, want)
			}
		}
		o.do(operator, func(u *work.Unit) error {
			asks, err := Asks(u.Tx, AskQuery{Families: []string{o.id["DER/WF family"]}})
			if len(asks) != 1 || asks[0].Recipient != manager {
				t.Errorf("the ask: %+v", asks)
			}
			past, err2 := u.History(work.Subject{Kind: access.Child, Agency: "DER", ID: o.id["DER/W1"]})
			if len(past) != 1 || !strings.Contains(past[0].Before, wyn) || !strings.Contains(past[0].After, manager) {
				t.Errorf("the history: %+v", past)
			}
			if err == nil {
				err = err2
			}
			return err
		})
	})
}

func TestAHandOverIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		wyn := o.who["DER home_finder"]
		for _, try := range []struct {
			what string
			who  string
			to   string
			keys []string
			kind fault.Kind
		}{
			{"nothing at all", "DER manager", "DER manager", nil, fault.Invalid},
			{"a child restricted to others among them", "DER manager", "DER manager", []string{"DER/W1", "DER/W3"}, fault.NotFound},
			{"another agency's child among them", "DER manager", "DER manager", []string{"DER/W1", "LEI/L1"}, fault.NotFound},
			{"a child of the agency whom they do not follow", "DER manager", "DER manager", []string{"DER/W1", "DER/C1"}, fault.NotFound},
			{"no such record among them", "DER manager", "DER manager", []string{"DER/W1", "nothing"}, fault.NotFound},
			{"to somebody at another agency", "DER manager", "VAA1 manager", []string{"DER/W1"}, fault.Invalid},
			{"to themselves", "DER manager", "DER home_finder", []string{"DER/W1"}, fault.Invalid},
			{"to nobody", "DER manager", "nobody", []string{"DER/W1"}, fault.Invalid},
			{"a family to somebody who follows children", "DER manager", "DER permanence_worker", []string{"DER/W1", "DER/WF family"}, fault.Invalid},
			{"a child to somebody who follows families", "DER manager", "DER adopter_worker", []string{"DER/W1", "DER/WF family"}, fault.Invalid},
			{"anything to an administrator", "DER manager", "DER administrator", []string{"DER/W1"}, fault.Invalid},
			{"by an administrator", "DER administrator", "DER manager", []string{"DER/W1"}, fault.NotFound},
			{"by who follows them", "DER home_finder", "DER manager", []string{"DER/W1"}, fault.NotFound},
			{"by another agency's manager", "LEI manager", "LEI home_finder", []string{"DER/W1"}, fault.NotFound},
		} {
			if _, err := o.hand(try.who, wyn, o.who[try.to], try.keys...); fault.KindOf(err) != try.kind {
				t.Errorf("%s: %v", try.what, err)
			}
			for _, key := range []string{"DER/W1", "DER/W2", "DER/W3", "DER/WF family"} {
				if got := o.follows(key); got != wyn {
					t.Fatalf("%s: %s moved to %s", try.what, key, got)
				}
			}
		}
	})
}

func TestARestrictedRecordGoesOnlyFromAndToPeopleItNames(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		wyn := o.who["DER home_finder"]
		o.do(operator, func(u *work.Unit) error {
			u.Did("named", work.Subject{Kind: access.Child, Agency: "DER", ID: o.id["DER/W3"]}, "")
			_, err := u.Exec("INSERT INTO restriction_name (agency_code, kind, subject_id, worker_id) VALUES ('DER', 'child', $1, $2)", o.id["DER/W3"], o.who["DER manager"])
			return err
		})
		if _, err := o.hand("DER manager", wyn, o.who["DER permanence_worker"], "DER/W3"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("to somebody it does not name: %v", err)
		}
		if _, err := o.hand("DER manager", wyn, o.who["DER manager"], "DER/W3"); err != nil {
			t.Errorf("to somebody it names: %v", err)
		}
	})
}

func TestWhatNamesAWorkerIsCountedForWhoMayLookAtTheAgencysPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		counts := func(who, code string) (found map[string]Followed, err error) {
			return found, o.try(o.actor(who), func(u *work.Unit) error {
				book, err := agency.Open(u)
				if err == nil {
					found, err = FollowedBy(u, book, code)
				}
				return err
			})
		}
		found, err := counts("DER administrator", "DER")
		if want := (Followed{Children: 3, Families: 1, Asks: 1}); err != nil || found[o.who["DER home_finder"]] != want || len(found) != 1 {
			t.Errorf("%+v %v", found, err)
		}
		for _, who := range []string{"LEI administrator", "DER home_finder"} {
			if _, err := counts(who, "DER"); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", who, err)
			}
		}
	})
}
