package returns

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/work"
)

func two() sql.Null[int] { return sql.Null[int]{V: 2, Valid: true} }

func (c *council) annexA(actor access.Actor, on string) (made *Collection) {
	c.t.Helper()
	c.do(actor, func(u *work.Unit, book *agency.Book) (err error) {
		made, err = AnnexA(u, book, "DER", at(on))
		return err
	})
	return made
}

// The headings of lists 10 and 11, by hand.
const (
	list10 = "Child Unique ID; Family identifier; Gender; Ethnicity; Date of Birth; Age of Child (Years); Does the Child have a Disability; Date the Child Entered Care; " +
		"Date of Decision that Child Should be Placed for Adoption; Date of Placement Order; Date of Matching Child and Prospective Adopters; Date Placed for Adoption; " +
		"Date of Adoption Order; Date of Decision that Child Should No Longer be Placed for Adoption; Reason Why Child No Longer Placed for Adoption; " +
		"Date the child was placed for fostering in FFA or concurrent planning placement"
	list11 = "Individual adopter identifier; Family identifier; Gender; Ethnicity; Disability; Is the (prospective) adopter fostering for adoption?; Date enquiry received; " +
		"Date Stage 1 started; Date Stage 1 ended; Date Stage 2 started; Date Stage 2 ended; Date application submitted; Date application approved; " +
		"Date adopter matched with child(ren); Date child/children placed with adopter(s); No. of children placed; Date of Adoption Order; Date of leaving adoption process; " +
		"Reason for leaving adoption process"
)

func TestListsTenAndElevenHaveTheirHeadingsInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		made := c.annexA(c.officer("DER"), "2026-10-01")
		if len(made.Sheets) != 2 || made.Sheets[0].Name != "List 10" || made.Sheets[1].Name != "List 11" {
			t.Fatal(made.Sheets)
		}
		for i, want := range []string{list10, list11} {
			if got := strings.Join(made.Sheets[i].Columns, "; "); got != want || len(made.Sheets[i].Rows) != 0 {
				t.Errorf("%s is\n%s, want\n%s\nwith no rows: %v", made.Sheets[i].Name, got, want, made.Sheets[i].Rows)
			}
		}
	})
}

func TestEveryCodedAnswerOfListTenHasItsLetter(t *testing.T) {
	for _, set := range []struct {
		heading string
		codes   child.CodeSet
		blank   string
	}{{"Gender", child.Sexes, "c) Not stated/recorded"}, {"Ethnicity", child.Ethnicities, "u) UNKNOWN"}, {"Reason Why Child No Longer Placed for Adoption", child.MilestoneDetails("reversed"), ""}} {
		s := annexAMapping().sheets[0]
		at := slices.IndexFunc(s.columns, func(c column) bool { return c.heading == set.heading })
		said := map[string]bool{}
		for _, code := range set.codes {
			words := s.columns[at].codes[code.Code]
			if len(words) < 3 || words[1] != ')' || said[words] && set.heading != "Gender" {
				t.Errorf("%s %s is written %q", set.heading, code.Code, words)
			}
			said[words] = true
		}
		if got, err := s.columns[at].write(&row{}); err != nil || got != set.blank {
			t.Errorf("%s that is not known is written %q: %v", set.heading, got, err)
		}
	}
}

func TestListTenIsOfTheTwelveMonthsBeforeTheDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		decided := at("2024-01-01")
		c.hold([]child.Child{
			{Ref: "adopted-day", DecisionDate: decided, Milestones: things("adopted 2025-10-01")},
			{Ref: "adopted-day-before", DecisionDate: decided, Milestones: things("adopted 2025-09-30")},
			{Ref: "reversed-day", DecisionDate: decided, Milestones: things("reversed 2025-10-01 RD1")},
			{Ref: "reversed-day-before", DecisionDate: decided, Milestones: things("reversed 2025-09-30 RD1")},
			{Ref: "waits-for-years", DecisionDate: at("2019-01-01")},
			{Ref: "decided-that-day", DecisionDate: at("2026-10-01")},
			{Ref: "decided-after", DecisionDate: at("2026-10-02")},
			{Ref: "full", Sex: "F", Ethnic: "MWBC", Born: at("2022-10-02"), EnteredCare: at("2024-01-05"), DecisionDate: decided, OrderDate: at("2024-03-03"), Status: "matched",
				Needs:      []child.Need{{Code: "sensory_impairment", Level: "known"}},
				Milestones: things("early_placed 2024-02-02 U5", "matched 2026-01-01", "placed 2026-02-01 A6", "disrupted 2026-03-01", "matched 2026-09-09")},
			{Ref: "gone-wrong", DecisionDate: decided, Needs: []child.Need{{Code: "learning_disability", Level: "possible"}}, Milestones: things("matched 2026-01-01", "placed 2026-02-01 A6", "disrupted 2026-03-01")},
			{Ref: "not-any-more", DecisionDate: decided, Milestones: things("reversed 2026-01-02 RD4")},
		}, nil)
		made := c.annexA(c.officer("DER"), "2026-10-01")
		if got := firstCells(made, 0); got != "adopted-day decided-that-day full gone-wrong not-any-more reversed-day waits-for-years" {
			t.Error("list 10 has", got)
		}
		for _, r := range made.Sheets[0].Rows {
			want := map[string]string{
				"full":         "full||b) Female|f) MWBC|02/10/2022|3|a) Yes|05/01/2024|01/01/2024|03/03/2024|09/09/2026||||" + "|02/02/2024",
				"gone-wrong":   "gone-wrong||c) Not stated/recorded|u) UNKNOWN|||||01/01/2024|||||||",
				"not-any-more": "not-any-more||c) Not stated/recorded|u) UNKNOWN|||||01/01/2024|||||02/01/2026|d) Any other reason|",
			}[r[0]]
			if got := strings.Join(r, "|"); want != "" && got != want {
				t.Errorf("list 10 says\n%s, want\n%s", got, want)
			}
		}
	})
}

func TestListElevenHasARowForEachPersonOfAFamily(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		c.hold(nil, []adopter.Family{
			{Ref: "F1", Adopters: two(), Status: "approved", ApprovedOn: at("2026-06-01"),
				Milestones: things("enquired 2025-11-01", "registered 2025-11-20", "stage_one 2025-12-01", "stage_one_ended 2026-02-01", "stage_two 2026-02-10", "applied 2026-05-05")},
			{Ref: "F2", Adopters: sql.Null[int]{V: 1, Valid: true}, Status: "closed", Milestones: things("enquired 2020-01-01", "left 2025-10-01 c")},
			{Ref: "F3", Status: "closed", Milestones: things("enquired 2020-01-01", "left 2025-09-30 c")},
			{Ref: "F4", Status: "enquiry", Milestones: things("enquired 2026-10-01")},
			{Ref: "F5", Status: "enquiry", Milestones: things("enquired 2026-10-02")},
		})
		made := c.annexA(c.manager("DER"), "2026-10-01")
		var got []string
		for _, r := range made.Sheets[1].Rows {
			got = append(got, strings.Join(r, "|"))
		}
		same := "|F1|||||01/11/2025|01/12/2025|01/02/2026|10/02/2026|05/05/2026|05/05/2026|01/06/2026||||||"
		want := []string{"F1-1" + same, "F1-2" + same, "F2-1|F2|||||01/01/2020|||||||||||01/10/2025|c) Application refused", "F4-1|F4|||||01/10/2026||||||||||||"}
		if !slices.Equal(got, want) {
			t.Errorf("list 11 is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestAnAdoptiveFamilyIsNamedOnlyWhereBothRecordsSaySo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		decided := at("2024-01-01")
		ids := c.hold([]child.Child{
			{Ref: "matched", DecisionDate: decided, Milestones: things("early_placed 2026-01-15 U5", "matched 2026-02-02", "placed 2026-03-03 A5")},
			{Ref: "other-family", DecisionDate: decided, Milestones: things("matched 2026-02-03")},
			{Ref: "said-yes-only", DecisionDate: decided},
			{Ref: "no-days", DecisionDate: decided, Milestones: things("matched 2026-02-04")},
			{Ref: "two-said-yes", DecisionDate: decided, Milestones: things("matched 2026-02-05")},
			{Ref: "disrupted", DecisionDate: decided, Milestones: things("matched 2026-02-06", "placed 2026-03-06 A6", "disrupted 2026-04-06")},
			{Ref: "never-asked", DecisionDate: decided, Milestones: things("matched 2026-02-02")},
			{Ref: "voluntary", DecisionDate: decided, Milestones: things("matched 2026-02-07")},
			{Ref: "later", DecisionDate: decided, Milestones: things("matched 2026-11-01")},
		}, []adopter.Family{
			{Ref: "F1", Status: "placed", Milestones: things("matched 2026-02-02", "placed 2026-03-03")},
			{Ref: "F2", Status: "matched", Milestones: things("matched 2026-05-05")},
			{Ref: "F3", Status: "matched"},
			{Ref: "F4", Status: "matched"}, {Ref: "F5", Status: "matched"},
			{Ref: "F6", Status: "placed", Milestones: things("matched 2026-02-06", "placed 2026-03-06")},
			{Agency: "VAA1", Ref: "V1", Status: "matched", Milestones: things("matched 2026-02-07")},
		})
		for _, ask := range [][3]string{{"DER", "F1", "matched"}, {"DER", "F2", "other-family"}, {"DER", "F2", "said-yes-only"}, {"DER", "F3", "no-days"}, {"DER", "F4", "two-said-yes"}, {"DER", "F5", "two-said-yes"},
			{"DER", "F6", "disrupted"}, {"VAA1", "V1", "voluntary"}, {"DER", "F3", "later"}} {
			c.saidYes(ask[0], ids[ask[1]], "2026-01-10", ids[ask[2]])
		}
		identifiers := func(actor access.Actor) (list []string) {
			for ref, cells := range c.annexA(actor, "2026-10-01").cells(t, "List 10") {
				if cells["Family identifier"] != "" {
					list = append(list, ref+" "+cells["Family identifier"])
				}
			}
			slices.Sort(list)
			return list
		}
		// No agreement opens the voluntary agency's family to the council's manager,
		// and a data officer sees no family at all.
		if got := identifiers(operator); !slices.Equal(got, []string{"matched F1", "no-days F3", "voluntary VAA1/V1"}) {
			t.Error("the operator reads", got)
		}
		if got := identifiers(c.manager("DER")); !slices.Equal(got, []string{"matched F1", "no-days F3"}) {
			t.Error("the manager reads", got)
		}
		if got := identifiers(c.officer("DER")); got != nil {
			t.Error("the data officer reads", got)
		}
		f1 := c.annexA(c.manager("DER"), "2026-10-01").cells(t, "List 11")["F1-1"]
		if f1["No. of children placed"] != "1" || f1["Is the (prospective) adopter fostering for adoption?"] != "Yes" {
			t.Error("what list 11 says of the family:", f1)
		}
	})
}

func TestClosedRecordsAreLeftOutAndCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		ids := c.hold([]child.Child{{Ref: "open", DecisionDate: at("2026-01-01"), Milestones: things("matched 2026-02-02")}, {Ref: "closed", DecisionDate: at("2026-01-01")}},
			[]adopter.Family{{Ref: "F1", Status: "approved"}, {Ref: "F2", Status: "matched", Milestones: things("matched 2026-02-02")}})
		c.saidYes("DER", ids["F2"], "2026-01-10", ids["open"])
		c.restrict("child", ids["closed"])
		c.restrict("family", ids["F2"])
		for _, one := range []struct {
			actor access.Actor
			want  string
		}{{c.officer("DER"), "open  1 2"}, {c.manager("DER"), "open F1-1 1 1"}, {operator, "closed open F1-1 F2-1 0 0"}} {
			made := c.annexA(one.actor, "2026-10-01")
			if got := fmt.Sprint(firstCells(made, 0), " ", firstCells(made, 1), " ", made.ClosedChildren, " ", made.ClosedFamilies); got != one.want {
				t.Errorf("for %s: %q and not %q", one.actor.Role, got, one.want)
			}
			if ref := made.cells(t, "List 10")["open"]["Family identifier"]; (ref != "") != (one.actor.Role == access.Operator) {
				t.Errorf("for %s a restricted family is named %q", one.actor.Role, ref)
			}
		}
	})
}

func TestEveryRecordInACollectionIsOnTheAuditRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		ids := c.hold([]child.Child{{Ref: "in", DecisionDate: at("2025-05-01")}, {Ref: "out"}, {Ref: "linked", DecisionDate: at("2026-01-01"), Milestones: things("matched 2026-02-02")}},
			[]adopter.Family{{Ref: "F1", Status: "approved"}, {Agency: "VAA1", Ref: "V1", Milestones: things("matched 2026-02-02")}})
		c.saidYes("VAA1", ids["V1"], "2026-01-10", ids["linked"])
		c.quarterly(c.manager("DER"), "2025/26-Q1", DefaultQuarterly())
		c.annexA(c.manager("DER"), "2026-10-01")
		c.annexA(operator, "2026-10-02")
		seen := map[string]int{}
		c.do(operator, func(u *work.Unit, _ *agency.Book) error {
			return u.Each(func(rows *sql.Rows) error {
				var id, detail string
				err := rows.Scan(&id, &detail)
				seen[id+" "+detail]++
				return err
			}, "SELECT subject_id, detail FROM audit_entry WHERE action = 'viewed'")
		})
		for _, ref := range []string{"in", "F1"} {
			for _, detail := range []string{"quarterly 2025/26-Q1", "annex a 2026-10-01"} {
				if seen[ids[ref]+" "+detail] != 1 {
					t.Errorf("%s for %s is on the record %d times", ref, detail, seen[ids[ref]+" "+detail])
				}
			}
		}
		// The family of another agency is named to the operator alone.
		if seen[ids["V1"]+" annex a 2026-10-02"] != 1 || seen[ids["V1"]+" annex a 2026-10-01"] != 0 {
			t.Error("the family that adopts is not on the record as it was seen:", seen)
		}
		if len(seen) != 9 { // in and F1 three times, linked twice, V1 once
			t.Error("more is on the record than was seen:", seen)
		}
	})
}
