package child

import (
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"

	"github.com/google/go-cmp/cmp"
)

func on(d int) date.Date { return date.MustOf(2026, 5, d) }

func TestMilestonesThatCannotBeTogetherAreRefused(t *testing.T) {
	born := sample().Born
	for name, c := range map[string]struct {
		list []Milestone
		want string // a part of the message; blank is good
	}{
		"none":                                     {nil, ""},
		"no day":                                   {[]Milestone{{What: "matched"}}, "Give the day"},
		"on the day of birth":                      {[]Milestone{{What: "matched", Day: born}}, ""},
		"before birth":                             {[]Milestone{{What: "matched", Day: born - 1}}, "before the child was born"},
		"today":                                    {[]Milestone{{What: "matched", Day: today}}, ""},
		"tomorrow":                                 {[]Milestone{{What: "matched", Day: today + 1}}, "is to come"},
		"adopted, then given up on that day":       {[]Milestone{{What: "adopted", Day: on(1)}, {What: "reversed", Day: on(1)}}, "on one day, 1 May 2026"},
		"given up, then adopted on that day":       {[]Milestone{{What: "reversed", Day: on(1)}, {What: "adopted", Day: on(1)}}, "on one day, 1 May 2026"},
		"given up and adopted a day later":         {[]Milestone{{What: "reversed", Day: on(1)}, {What: "adopted", Day: on(2)}}, ""},
		"the same twice":                           {[]Milestone{{What: "placed", Day: on(1), Detail: "A4"}, {What: "placed", Day: on(1), Detail: "A6"}}, "there twice for 1 May 2026"},
		"placed twice":                             {[]Milestone{{What: "placed", Day: on(1)}, {What: "placed", Day: on(9)}}, ""},
		"in an order that makes no sense":          {[]Milestone{{What: "adopted", Day: on(1)}, {What: "placed", Day: on(9)}}, ""},
		"more said of what there is no more of":    {[]Milestone{{What: "matched", Day: on(1), Detail: "A4"}}, "Leave this blank"},
		"an adoption as a way of leaving care":     {[]Milestone{{What: "left_care", Day: on(1), Detail: "E11"}}, `"E11" is not one of`},
		"care that only went on as leaving it":     {[]Milestone{{What: "left_care", Day: on(1), Detail: "X1"}}, `"X1" is not one of`},
		"special guardianship as a way of leaving": {[]Milestone{{What: "left_care", Day: on(1), Detail: "E47"}}, ""},
	} {
		kid := sample()
		kid.Milestones = c.list
		problems := kid.Problems(today)
		if c.want == "" && len(problems) > 0 || c.want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Message, c.want)) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

func TestADoubtfulOrderIsSaidAndNotRefused(t *testing.T) {
	c := Child{DecisionDate: on(10), Milestones: []Milestone{{What: "placed", Day: on(5)}, {What: "matched", Day: on(7)}, {What: "placed", Day: on(20)}}}
	want := []string{
		"“Decision to match with a family” (7 May 2026) comes before “Decision that the child should be placed for adoption” (10 May 2026).",
		"“Placed for adoption” (5 May 2026) comes before “Decision to match with a family” (7 May 2026).",
	}
	if diff := cmp.Diff(want, c.MilestoneDoubts()); diff != "" {
		t.Error(diff)
	}
	c.Milestones = append(c.Milestones[:0], Milestone{What: "decided", Day: on(1)}, Milestone{What: "matched", Day: on(1)}, Milestone{What: "reversed", Day: on(2)}, Milestone{What: "adopted", Day: on(3)})
	if doubts := c.MilestoneDoubts(); doubts != nil {
		t.Errorf("a history with gaps: %q", doubts)
	}
}

func TestMilestonesAreForThoseWhoMaySeeWhoTheChildIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := desk(t, d)
		var c Child
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { c, err = Save(u, b, sample()); return err })
		partner := access.Actor{ID: "w4", Agency: "NOT", Role: access.HomeFinder}
		do(t, k, partner, func(u *work.Unit, b *agency.Book) error {
			p, err := FindProfile(u, b, c.ID)
			if len(p.Milestones) > 0 || len(p.Needs) != 2 {
				t.Errorf("a partner is shown %+v", p)
			}
			list, loadErr := Load(u.Tx, Query{IDs: []string{c.ID}})
			if loadErr != nil || len(list) != 1 {
				t.Fatalf("%d children, %v", len(list), loadErr)
			}
			if d.Dialect == db.PostgreSQL && len(list[0].Milestones) > 0 {
				t.Errorf("the second line gives a partner %+v", list[0].Milestones)
			}
			if seen, _ := list[0].For(u.Actor, b); len(seen.Milestones) > 0 {
				t.Errorf("a list gives a partner %+v", seen.Milestones)
			}
			return err
		})
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) error {
			own, err := Find(u, b, c.ID)
			if len(own.Milestones) != 4 || own.Milestones[3].What != "placed" {
				t.Errorf("the child's own worker is shown %+v", own.Milestones)
			}
			return err
		})
	})
}

func TestAChangedMilestoneKeepsWhatItSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := desk(t, d)
		var c Child
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) { c, err = Save(u, b, sample()); return err })
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) (err error) {
			if c, err = Find(u, b, c.ID); err != nil {
				return err
			}
			c.Milestones = slices.Clone(c.Milestones[:2])
			_, err = Save(u, b, c)
			return err
		})
		do(t, k, permanent, func(u *work.Unit, b *agency.Book) error {
			past, err := u.History(c.Subject())
			if len(past) != 1 || past[0].Part != "milestones" || !strings.Contains(past[0].Before, `"A6"`) || strings.Contains(past[0].After, `"A6"`) {
				t.Errorf("history %+v", past)
			}
			return err
		})
	})
}

// Each code of a milestone is a code of the return it comes from, or the returns
// cannot be read into it.
func TestCodesOfMilestonesAreNamed(t *testing.T) {
	for what := range milestoneDetails {
		if !Milestones.Has(what) {
			t.Errorf("details of %s, which is no milestone", what)
		}
	}
	if got := MilestoneWords(Milestone{What: "reversed", Detail: "RD3"}); got != "Decision that the child should no longer be placed for adoption: no adopters could be found" {
		t.Error(got)
	}
	if got := MilestoneWords(Milestone{What: "adopted"}); got != "Adoption order made" {
		t.Error(got)
	}
}
