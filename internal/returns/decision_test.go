package returns

import (
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"
)

// standings compares a return and says how each difference stands.
func (c *council) standings(files []Upload) string {
	c.t.Helper()
	var list []string
	c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
		comparison, err := Preview(u, book, "DER", 2026, files)
		if err != nil {
			return err
		}
		for _, one := range comparison.Children {
			for _, d := range one.Differences {
				says := one.Ref + " " + strings.TrimSuffix(d.Field+" "+d.Milestone.What, " ") + " " + string(d.Standing)
				if d.Before != nil {
					says += " by " + d.Before.By
				}
				list = append(list, says)
			}
		}
		return nil
	})
	return strings.Join(list, ", ")
}

// differing is a council that has taken its return in, and in whose records
// somebody wrote another order of A1's and another match of B1's.
func differing(t *testing.T, d *db.DB) *council {
	t.Helper()
	c := newCouncil(t, d)
	if _, err := c.take(2026, asRead(), undecided); err != nil {
		t.Fatal(err)
	}
	c.change("A1", func(a *child.Child) { a.OrderDate = date.MustOf(2025, 12, 2) })
	c.change("B1", func(b *child.Child) {
		for i := range b.Milestones {
			if b.Milestones[i].What == "matched" {
				b.Milestones[i] = child.Milestone{What: "matched", Day: date.MustOf(2025, 5, 2)}
			}
		}
	})
	return c
}

func TestWhatWasKeptIsNotAskedAgainWhileBothSidesSayTheSame(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := differing(t, d)
		if got := c.standings(asRead()); got != "A1 placement_order_date conflicting, B1 milestone matched conflicting" {
			t.Fatal(got)
		}
		if o, err := c.take(2026, asRead(), decided(false)); err != nil || o.Kept != 2 {
			t.Fatal(o, err)
		}
		before := "A1 placement_order_date decided by Data DER, B1 milestone matched decided by Data DER"
		if got := c.standings(asRead()); got != before {
			t.Error("the next return asks:", got)
		}
		manager := access.Actor{ID: "boss", Name: "Another", Agency: "DER", Role: access.Manager}
		c.do(manager, func(u *work.Unit, book *agency.Book) error {
			r, err := Hold(u, book, "DER", 2026, asRead())
			if err != nil {
				return err
			}
			o, err := Take(u, book, r, undecided, 0)
			if o != (Outcome{Kept: 2}) {
				t.Error("what was decided before is asked, or done otherwise:", o)
			}
			return err
		})
		if got := c.standings(asRead()); got != before {
			t.Error("who decided first is forgotten:", got)
		}
		c.do(operator, func(u *work.Unit, _ *agency.Book) error {
			if said := c.kept(u); strings.Contains(said, "2025") || !strings.Contains(said, "placement_order_date") {
				t.Error("a value is in what is remembered:", said)
			}
			return nil
		})
	})
}

// kept is every decision as the database has it.
func (c *council) kept(u *work.Unit) (all string) {
	c.t.Helper()
	for _, column := range []string{"fact", "rests_on", "decided_by_name"} {
		var text string
		if err := u.QueryRow("SELECT MIN(" + column + ") || MAX(" + column + ") FROM return_decision").Scan(&text); err != nil {
			c.t.Error(err)
		}
		all += text + " "
	}
	return all
}

func TestADecisionEndsWhenEitherSideSaysSomethingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := differing(t, d)
		if _, err := c.take(2026, asRead(), decided(false)); err != nil {
			t.Fatal(err)
		}
		for what, files := range map[string][]Upload{
			"A1 placement_order_date conflicting, B1 milestone matched decided by Data DER": faulty("A1,01/06/2025,S,C1,N1,U6,PR1,01/12/2025", "A1,01/06/2025,S,C1,N1,U6,PR1,03/12/2025", "A1,01/12/2025", "A1,03/12/2025"),
			"A1 placement_order_date decided by Data DER, B1 milestone matched conflicting": faulty("01/05/2025,1,2", "04/05/2025,1,2"),
		} {
			if got := c.standings(files); got != what {
				t.Errorf("the return says something else: %s, want %s", got, what)
			}
		}
		c.change("A1", func(a *child.Child) { a.OrderDate = date.MustOf(2025, 12, 9) })
		if got := c.standings(asRead()); got != "A1 placement_order_date conflicting, B1 milestone matched decided by Data DER" {
			t.Error("the record says something else:", got)
		}
	})
}

func TestADecisionCanBeMadeAnewAndIsThenForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := differing(t, d)
		if _, err := c.take(2026, asRead(), decided(false)); err != nil {
			t.Fatal(err)
		}
		if o, err := c.take(2026, asRead(), decided(true)); err != nil || o != (Outcome{Kept: 2}) {
			t.Error("a decision about what is asked now undid one made before:", o, err)
		}
		if o, err := c.take(2026, asRead(), anew(true)); err != nil || o.Changed != 2 || o.Kept != 0 || c.child("A1").OrderDate != date.MustOf(2025, 12, 1) {
			t.Error("decided anew:", o, err)
		}
		// The record comes to say again what was once kept: that is asked anew.
		c.change("A1", func(a *child.Child) { a.OrderDate = date.MustOf(2025, 12, 2) })
		if got := c.standings(asRead()); got != "A1 placement_order_date conflicting" {
			t.Error("the old decision came back:", got)
		}
	})
}
