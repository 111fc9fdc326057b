package adopter

import (
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
)

func TestAFamilysMilestonesStayWithTheirAgency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, f := saved(t, d)
		do(t, k, finder, func(u *work.Unit, b *agency.Book) error {
			list, err := Load(u.Tx, Query{IDs: []string{f.ID}})
			if len(list) != 1 || d.Dialect == db.PostgreSQL && len(list[0].Milestones) > 0 {
				t.Errorf("the second line gives a home finder of the pool %+v", list)
			}
			return err
		})
		// A colleague who does not support the family sees what it can offer.
		other := access.Actor{ID: "w9", Agency: "VAA1", Role: access.AdopterWorker, Team: "T2"}
		do(t, k, other, func(u *work.Unit, b *agency.Book) error {
			seen, err := Find(u, b, f.ID)
			if len(seen.Milestones) > 0 || len(seen.Offers) != 2 {
				t.Errorf("a colleague of another team is shown %+v", seen)
			}
			return err
		})
	})
}

func TestADoubtfulOrderIsSaid(t *testing.T) {
	f := Family{ApprovedOn: date.MustOf(2026, 4, 1), Milestones: []Milestone{{What: "matched", Day: date.MustOf(2026, 3, 1)}, {What: "enquired", Day: date.MustOf(2020, 3, 1)}}}
	if diff := cmp.Diff([]string{"“Matched with a child” (1 March 2026) comes before “Approved to adopt” (1 April 2026)."}, f.MilestoneDoubts()); diff != "" {
		t.Error(diff)
	}
	f.Milestones = append(f.Milestones, Milestone{What: "approved", Day: date.MustOf(2021, 3, 1)})
	if doubts := f.MilestoneDoubts(); doubts != nil {
		t.Errorf("approved before: %q", doubts)
	}
	if got := MilestoneWords(Milestone{What: "left", Detail: "c"}); got != "Left the process: refused" {
		t.Error(got)
	}
}
