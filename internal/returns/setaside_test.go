package returns

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// faulty is asRead where some lines say something else.
func faulty(swaps ...string) []Upload {
	files := asRead()
	for i := range files {
		files[i].Data = []byte(strings.NewReplacer(swaps...).Replace(string(files[i].Data)))
	}
	return files
}

// setAside compares a return and says who is set aside, and where what is wrong
// stands.
func (c *council) setAside(files []Upload, decide Decide) (list []string) {
	c.t.Helper()
	c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
		comparison, err := Preview(u, book, "DER", 2026, files)
		if err != nil {
			return err
		}
		for _, one := range comparison.Without(decide) {
			for _, p := range one.Problems {
				list = append(list, one.Ref+" "+p.Where()+" "+p.Field)
			}
		}
		return nil
	})
	return list
}

func TestWhoIsSetAsideIsToldWithFileLineAndField(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		for what, one := range map[string]struct{ was, is, want string }{
			"a code that is none":           {"01/02/2023,WBRI", "01/02/2023,QQQQ", "A1 header.csv line 2 ETHNIC"},
			"a reason that is none":         {"03/12/2025,E4A", "03/12/2025,E99", "D1 episodes.csv line 7 REC"},
			"a postcode that is none":       {"01/12/2025,L,E1,N1,U6,PR1,,,,DE1 1CI", "01/12/2025,L,E1,N1,U6,PR1,,,,NOWHERE AT ALL", "A1 episodes.csv line 3 HOME_POST"},
			"a match before the birth":      {"01/03/2025,01/05/2025,1", "01/03/2025,01/05/2020,1", "B1 ad1.csv line 2 DATE_MATCH"},
			"a day to come":                 {"01/08/2025,RD3", "01/08/2027,RD3", "C1 placed.csv line 4 DATE_PLACED_CEASED"},
			"the same thing twice on a day": {"C1,10/10/2022,01/11/2025,,", "C1,10/10/2022,01/11/2025,01/08/2025,RD4", "C1 placed.csv line 5 DATE_PLACED_CEASED"},
		} {
			if got := c.setAside(faulty(one.was, one.is), undecided); strings.Join(got, "; ") != one.want {
				t.Errorf("%s: %q, want %q", what, got, one.want)
			}
		}
		if got := c.setAside(faulty("01/02/2023,WBRI", "01/02/2023,QQQQ", "03/12/2025,E4A", "03/12/2025,E99"), undecided); len(got) != 2 {
			t.Error("of two children:", got)
		}
		if got := c.setAside(asRead(), undecided); len(got) != 0 {
			t.Error("nothing is wrong, and set aside is", got)
		}
	})
}

func TestWhoCanBeNoRecordIsSetAsideWholeAndTheOthersAreTakenIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		// B1, with a new ethnic code that is none, is told of a placement too.
		files := faulty("05/05/2021,MWBC", "05/05/2021,QQQQ")
		for _, n := range []int{0, 2} {
			if _, err := c.takeWithout(n, 2026, files, undecided); fault.KindOf(err) != fault.Conflict || c.child("A1").ID != "" {
				t.Errorf("with %d confirmed: %v", n, err)
			}
		}
		o, err := c.takeWithout(1, 2026, files, undecided)
		if err != nil || o.Added != 3 || o.SetAside != 1 || c.child("B1").ID != "" || c.child("A1").ID == "" {
			t.Fatal(o, err, c.child("B1").ID)
		}
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			list, err := Readings(u, book, "DER")
			if err != nil || len(list) != 1 || list[0].SetAside != 1 || list[0].State != Taken {
				t.Errorf("the return says of itself %+v (%v)", list, err)
			}
			aside, closed, err := list[0].TakenWithout(u)
			if len(aside) != 1 || aside[0].Ref != "B1" || closed != 0 || len(aside[0].Problems) != 1 || !strings.Contains(aside[0].Problems[0].String(), `header.csv line 3, ETHNIC: "QQQQ" is not one of`) {
				t.Errorf("it was taken in without %+v, %d", aside, closed)
			}
			return err
		})
		c.do(operator, func(u *work.Unit, _ *agency.Book) error {
			var sealed []byte
			if err := u.QueryRow("SELECT set_aside_sealed FROM return_reading").Scan(&sealed); err != nil || len(sealed) == 0 || strings.Contains(string(sealed), "B1") {
				t.Errorf("who was set aside is readable in the database: %q (%v)", sealed, err)
			}
			told := 0
			err := u.QueryRow("SELECT COUNT(*) FROM audit_entry WHERE action = 'took in' AND detail = '1 set aside'").Scan(&told)
			if told != 1 {
				t.Error("the audit record does not say that one was set aside")
			}
			return err
		})
		// Mended and given again, the child is taken in and the return is whole.
		if o, err := c.take(2026, asRead(), undecided); err != nil || o.Added != 1 || o.SetAside != 0 || c.child("B1").Status != "adopted" {
			t.Error("mended:", o, err)
		}
	})
}

// TestNothingOfWhoIsSetAsideIsHalfSaved: a known child's record, what was said of
// it and what was decided stand as they stood.
func TestNothingOfWhoIsSetAsideIsHalfSaved(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		if _, err := c.take(2026, asRead(), undecided); err != nil {
			t.Fatal(err)
		}
		c.change("B1", func(b *child.Child) { b.OrderDate = date.MustOf(2025, 5, 21) })
		before, said := c.child("B1"), c.said("B1")
		// With a better birthday, another provider, a conflict and a code that is none.
		files := faulty("B1,M,05/05/2021,MWBC", "B1,M,06/05/2021,QQQQ", "A5,PR1", "A5,PR3")
		o, err := c.takeWithout(1, 2026, files, undecided)
		if err != nil || o != (Outcome{SetAside: 1}) {
			t.Fatal(o, err)
		}
		if after := c.child("B1"); after.Version != before.Version || after.Born != before.Born || c.said("B1") != said {
			t.Errorf("half-saved: %+v\n%s\nbefore\n%s", after, c.said("B1"), said)
		}
	})
}

// TestWhoWasSetAsideIsNotListedOnceTheirRecordIsClosed counts them instead.
func TestWhoWasSetAsideIsNotListedOnceTheirRecordIsClosed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		if _, err := c.take(2026, asRead(), undecided); err != nil {
			t.Fatal(err)
		}
		if _, err := c.takeWithout(1, 2026, faulty("01/02/2023,WBRI", "01/02/2023,QQQQ"), undecided); err != nil {
			t.Fatal(err)
		}
		ada := c.child("A1")
		c.do(operator, func(u *work.Unit, _ *agency.Book) error {
			_, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ('DER', 'child', $1, 'known', 'x', $2)", ada.ID, db.Instant{Time: u.Now})
			return err
		})
		c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			list, err := load(u, "agency_code = 'DER' AND state = $1", Taken)
			if err != nil {
				return err
			}
			aside, closed, err := list[0].TakenWithout(u)
			if len(aside) != 0 || closed != 1 {
				t.Errorf("listed %+v, %d closed", aside, closed)
			}
			return err
		})
	})
}

// TestADecisionCanSetAChildAside: with the record's own birthday what the return
// tells came before the child was born; with the return's it did not.
func TestADecisionCanSetAChildAside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		c.do(operator, func(u *work.Unit, book *agency.Book) error {
			_, err := child.Save(u, book, child.Child{Agency: "DER", Ref: "B1", Born: date.MustOf(2025, 5, 10), Plan: "undecided", Status: "waiting"})
			return err
		})
		keep, take := decided(false), decided(true)
		if got := c.setAside(asRead(), undecided); len(got) != 0 {
			t.Error("set aside before it is decided:", got)
		}
		if got := c.setAside(asRead(), keep); len(got) == 0 || !strings.HasPrefix(got[0], "B1 episodes.csv line 4 DECOM") {
			t.Error("with the record's birthday:", got)
		}
		if o, err := c.take(2026, asRead(), take); err != nil || o.Added != 3 || c.child("B1").Born != date.MustOf(2021, 5, 5) {
			t.Error("with the return's:", o, err)
		}
	})
}

// decided decides every conflict alike, and leaves what was decided before.
func decided(take bool) Decide {
	return func(_ string, s Standing) (bool, bool) { return take, s == Conflicting }
}

// anew decides everything alike.
func anew(take bool) Decide { return func(string, Standing) (bool, bool) { return take, true } }

// change changes a record as somebody in Homeward would.
func (c *council) change(ref string, fn func(*child.Child)) {
	c.t.Helper()
	after := c.child(ref)
	fn(&after)
	c.do(operator, func(u *work.Unit, book *agency.Book) error { _, err := child.Save(u, book, after); return err })
}

// said is all that is kept of what returns said of a child.
func (c *council) said(ref string) (all string) {
	c.t.Helper()
	id := c.child(ref).ID
	c.do(operator, func(u *work.Unit, _ *agency.Book) error {
		for _, query := range []string{"SELECT field, value || source FROM return_fact WHERE child_id = $1 ORDER BY 1", "SELECT fact, rests_on || decided_by FROM return_decision WHERE child_id = $1 ORDER BY 1"} {
			if err := u.Each(func(rows *sql.Rows) error {
				var a, b string
				err := rows.Scan(&a, &b)
				all += fmt.Sprintln(a, b)
				return err
			}, query, id); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}
