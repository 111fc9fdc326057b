package returns

import (
	"fmt"
	"slices"
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

// at is a day written 2025-06-30.
func at(text string) date.Date {
	d, err := date.Parse(text)
	if err != nil {
		panic(err)
	}
	return d
}

// things makes milestones of "matched 2025-06-01" or "placed 2025-06-01 A4".
func things(list ...string) (out []child.Milestone) {
	for _, text := range list {
		words := append(strings.Fields(text), "")
		out = append(out, child.Milestone{What: words[0], Day: at(words[1]), Detail: words[2], Source: child.ByWorker})
	}
	return out
}

// manager sees the families of their agency too.
func (c *council) manager(code string) access.Actor {
	return access.Actor{ID: code + "-manager", Name: "Manager " + code, Agency: code, Role: access.Manager}
}

// hold keeps children and families; it gives the IDs by reference.
func (c *council) hold(children []child.Child, families []adopter.Family) map[string]string {
	c.t.Helper()
	ids := map[string]string{}
	c.do(operator, func(u *work.Unit, book *agency.Book) error {
		var added []child.Change
		for _, one := range children {
			one.ID, one.Plan = work.NewID(), "undecided"
			if one.Agency == "" {
				one.Agency = "DER"
			}
			if one.GroupRef != "" {
				one.Plan = "together"
			}
			ids[one.Ref] = one.ID
			if problems := one.Problems(u.Today); len(problems) > 0 {
				c.t.Fatal(one.Ref, problems)
			}
			added = append(added, child.Change{After: one})
		}
		if err := child.SaveAll(u, added); err != nil {
			return err
		}
		var kept []adopter.Change
		for _, f := range families {
			f.ID = work.NewID()
			if f.Agency == "" {
				f.Agency = "DER"
			}
			ids[f.Ref] = f.ID
			if problems := f.Problems(u.Today); len(problems) > 0 {
				c.t.Fatal(f.Ref, problems)
			}
			kept = append(kept, adopter.Change{After: f})
		}
		return adopter.SaveAll(u, kept)
	})
	return ids
}

// saidYes records that a family of an agency was asked about children of Derby,
// and said yes on a day.
func (c *council) saidYes(familyAgency, family, day string, children ...string) {
	c.t.Helper()
	c.do(operator, func(u *work.Unit, _ *agency.Book) error {
		id := work.NewID()
		_, err := u.Exec(`INSERT INTO ask (child_agency, ask_id, child_id, family_agency, family_id, recipient_id, asked_by, asked_by_name, asked_on, answer_by, note, rules,
			state, reason_code, reason_about, reason_note, closed_by, closed_by_name, closed_on) VALUES ('DER', $1, $2, $3, $4, '', 'x', 'X', $5, $5, '', '', 'yes', 'fits', '', '', 'y', 'Y', $5)`,
			id, children[0], familyAgency, family, at(day))
		for _, one := range children {
			if err == nil {
				_, err = u.Exec("INSERT INTO ask_child (child_agency, ask_id, child_id) VALUES ('DER', $1, $2)", id, one)
			}
		}
		return err
	})
}

// restrict closes a record to everybody.
func (c *council) restrict(kind, id string) {
	c.t.Helper()
	c.do(operator, func(u *work.Unit, _ *agency.Book) error {
		_, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ('DER', $1, $2, 'known', 'x', $3)", kind, id, db.Instant{Time: u.Now})
		return err
	})
}

func mapping(t *testing.T, rows ...string) *Mapping {
	t.Helper()
	m, err := ReadMapping(strings.NewReader("sheet,heading,source,written,note\n" + strings.Join(rows, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (c *council) quarterly(actor access.Actor, quarter string, m *Mapping) (made *Collection) {
	c.t.Helper()
	q, err := ParseQuarter(quarter)
	if err != nil {
		c.t.Fatal(err)
	}
	c.do(actor, func(u *work.Unit, book *agency.Book) (err error) {
		made, err = Quarterly(u, book, "DER", q, m)
		return err
	})
	return made
}

// cells gives the rows of a sheet by their first cell.
func (made *Collection) cells(t *testing.T, sheet string) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	for _, s := range made.Sheets {
		if s.Name != sheet {
			continue
		}
		for _, r := range s.Rows {
			if out[r[0]] != nil {
				t.Errorf("%s has two rows of %s", sheet, r[0])
			}
			out[r[0]] = map[string]string{}
			for i, cell := range r {
				out[r[0]][s.Columns[i]] = cell
			}
		}
	}
	return out
}

func firstCells(made *Collection, sheet int) string {
	var list []string
	for _, r := range made.Sheets[sheet].Rows {
		list = append(list, r[0])
	}
	return strings.Join(list, " ")
}

func TestAQuarterIsOneOfTheFinancialYear(t *testing.T) {
	for text, want := range map[string]string{
		"2025/26-Q1": "2025-04-01 2025-06-30", "2025/26-Q2": "2025-07-01 2025-09-30", "2025/26-Q3": "2025-10-01 2025-12-31", "2025/26-Q4": "2026-01-01 2026-03-31", "2023/24-Q4": "2024-01-01 2024-03-31",
		"2099/00-Q1": "2099-04-01 2099-06-30",
	} {
		q, err := ParseQuarter(text)
		if p := q.Period(); err != nil || p.First.String()+" "+p.Last.String() != want || q.String() != text {
			t.Errorf("%s is %v (%s): %v", text, p, q, err)
		}
	}
	for _, text := range []string{"", "2025-Q1", "2025/26", "2025/27-Q1", "2025/26-Q5", "2025/26-q1", "2025/26-Q0", "25/26-Q1", "2025/26-Q1 "} {
		if q, err := ParseQuarter(text); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), "quarter") {
			t.Errorf("%q is %v: %v", text, q, err)
		}
	}
}

func TestTheFileIsNamedAsTheCollectionAsked(t *testing.T) {
	q := Quarter{2014, 1}
	for _, one := range []struct {
		agency agency.Agency
		want   string
	}{
		{agency.Agency{Code: "DER", Kind: "LA", GSS: "E06000015"}, "831LLLL_EDUCVA1_ALBQ1201415"},
		{agency.Agency{Code: "DER", Kind: "LA"}, "DER_EDUCVA1_ALBQ1201415"},
		{agency.Agency{Code: "../VAA 1", Kind: "VAA"}, "-VAA-1_EDUCVA1_ALBQ1201415"},
	} {
		if got := q.FileName(one.agency); got != one.want {
			t.Errorf("%s is called %s", one.agency.Code, got)
		}
	}
}

func TestEachChildWhosePlanWasAdoptionInTheQuarterHasARow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		decided := at("2024-06-01")
		c.hold([]child.Child{
			{Ref: "waits", DecisionDate: decided},
			{Ref: "last-day", DecisionDate: at("2025-06-30")},
			{Ref: "day-after", DecisionDate: at("2025-07-01")},
			{Ref: "adopted-before", DecisionDate: decided, Status: "adopted", Milestones: things("adopted 2025-03-31")},
			{Ref: "adopted-first-day", DecisionDate: decided, Status: "adopted", Milestones: things("adopted 2025-04-01 E11")},
			{Ref: "adopted-after", DecisionDate: decided, Status: "adopted", Milestones: things("adopted 2025-07-01")},
			{Ref: "reversed-before", DecisionDate: decided, Milestones: things("reversed 2025-03-31 RD3")},
			{Ref: "reversed-in", DecisionDate: decided, Milestones: things("reversed 2025-06-30 RD2")},
			{Ref: "decided-again", DecisionDate: at("2025-05-01"), Milestones: things("decided 2023-01-01", "matched 2023-02-01", "reversed 2024-01-01 RD1")},
			{Ref: "guardian", DecisionDate: decided, Milestones: things("left_care 2025-05-05 E46")},
			{Ref: "guardian-before", DecisionDate: decided, Milestones: things("left_care 2025-03-05 E46")},
			{Ref: "no-plan", EnteredCare: at("2024-01-01")},
			{Ref: "nobody-knows-when", DecisionDate: decided, Status: "adopted"},
			{Ref: "elsewhere", Agency: "LEI", DecisionDate: decided},
		}, nil)
		made := c.quarterly(c.officer("DER"), "2025/26-Q1", DefaultQuarterly())
		rows := made.cells(t, "Adoptions")
		if got := firstCells(made, 0); got != "adopted-after adopted-first-day decided-again guardian last-day reversed-in waits" {
			t.Error("rows of", got)
		}
		if !slices.Equal(made.Undated, []string{"child nobody-knows-when"}) {
			t.Error("not told of:", made.Undated)
		}
		for ref, want := range map[string]map[string]string{
			"waits":             {"Date of agency decision": "01/06/2024", "C3 Family finding": "Yes", "Date of order": ""},
			"adopted-first-day": {"Date of order": "01/04/2025", "Type of order": "Adoption", "C3 Family finding": "No"},
			// What came after the quarter is not known at its end.
			"adopted-after": {"Date of order": "", "Type of order": "", "C3 Family finding": "Yes"},
			"reversed-in":   {"Date decision reversed": "30/06/2025", "Reason decision reversed": "RD2", "C3 Family finding": "No"},
			// The match belongs to the plan that was reversed.
			"decided-again": {"Date of agency decision": "01/05/2025", "B4 Date of match": "", "Date decision reversed": "", "C3 Family finding": "Yes"},
			"guardian":      {"Type of order": "SGO", "Date of order": "05/05/2025"},
		} {
			for heading, cell := range want {
				if got := rows[ref][heading]; got != cell {
					t.Errorf("%s, %s: %q and not %q", ref, heading, got, cell)
				}
			}
		}
	})
}

func TestBrothersAndSistersEachHaveARow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		decided := at("2024-06-01")
		c.hold([]child.Child{
			{Ref: "G1", GroupRef: "G", DecisionDate: decided, Milestones: things("placed 2025-05-01 A6")},
			{Ref: "G2", GroupRef: "G", DecisionDate: decided, Milestones: things("placed 2025-05-01 A6")},
			{Ref: "G3", GroupRef: "G", DecisionDate: decided, Milestones: things("placed 2025-05-20 A6")},
			{Ref: "S", DecisionDate: decided, Milestones: things("placed 2025-05-01 A6")},
		}, nil)
		rows := c.quarterly(c.officer("DER"), "2025/26-Q1", DefaultQuarterly()).cells(t, "Adoptions")
		for ref, want := range map[string]string{"G1": "yes 2", "G2": "yes 2", "G3": "yes 1", "S": " "} {
			if got := rows[ref]["Part of a sibling group"] + " " + rows[ref]["Number placed together (including this child)"]; got != want {
				t.Errorf("%s: %q and not %q", ref, got, want)
			}
		}
	})
}

func TestEachFamilyOnItsWayInTheQuarterHasARow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		c.hold(nil, []adopter.Family{
			{Ref: "F-asks", Status: "enquiry", Milestones: things("enquired 2025-06-30")},
			{Ref: "F-later", Status: "enquiry", Milestones: things("enquired 2025-07-01")},
			{Ref: "F-left-before", Status: "closed", Milestones: things("enquired 2024-01-01", "left 2025-03-31 a")},
			{Ref: "F-left", Status: "closed", Milestones: things("enquired 2024-01-01", "fast_track 2024-02-01", "left 2025-04-01 b")},
			{Ref: "F-back", Status: "stage_one", Milestones: things("enquired 2024-01-01", "left 2024-03-31 a", "enquired 2025-01-10")},
			{Ref: "F-approved", Status: "approved", ApprovedOn: at("2023-05-05")},
			{Ref: "F-no-days", Status: "approved"},
			{Ref: "F-closed", Status: "closed"},
			{Ref: "F-elsewhere", Agency: "VAA1", Status: "approved"},
		})
		made := c.quarterly(c.manager("DER"), "2025/26-Q1", DefaultQuarterly())
		if got := firstCells(made, 1); got != "F-approved F-asks F-back F-left F-no-days" {
			t.Error("rows of", got)
		}
		if !slices.Equal(made.Undated, []string{"family F-closed"}) {
			t.Error("not told of:", made.Undated)
		}
		left := made.cells(t, "Adopters")["F-left"]
		if got := fmt.Sprint(left["Date left"], left["Reason left"], left["Fast track"], left["Date of registration of interest"], left["Number of adopters"]); got != "01/04/2025On holdYes01/02/2024" {
			t.Error("what is said of a family that left:", got)
		}
	})
}

func TestNobodyInScopeGivesTheHeadingsAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		made := c.quarterly(c.officer("DER"), "2025/26-Q1", DefaultQuarterly())
		var names []string
		for _, s := range made.Sheets {
			names = append(names, s.Name)
			if len(s.Rows) != 0 || len(s.Columns) == 0 {
				t.Errorf("%s has %d rows under %d headings", s.Name, len(s.Rows), len(s.Columns))
			}
		}
		if got := strings.Join(names, ", "); got != "Adoptions, Adopters, Special guardianship, Adoption support, Complaints and allegations, Intercountry" {
			t.Error("the sheets are", got)
		}
	})
}

func TestOneOwnMappingDecidesTheColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		c.hold([]child.Child{{Ref: "A1", Sex: "F", DecisionDate: at("2024-06-01")}, {Ref: "A2", Sex: "U", DecisionDate: at("2024-06-01")}}, nil)
		m := mapping(t, `Kids,Decided,child.decision_date,YYYY-MM-DD,`, `Kids,"Sex, of the child",child.sex,F=girl|*=not said,`, `Kids,Provider,fixed,PR1,`, `Kids,Blank,,,`, `Kids,Council,agency.gss,,`, `Kids,Ethnic,child.ethnic,=unknown,`)
		made := c.quarterly(c.officer("DER"), "2025/26-Q1", m)
		if got := fmt.Sprint(made.Sheets); got != "[{Kids [Decided Sex, of the child Provider Blank Council Ethnic] [[2024-06-01 girl PR1  E06000015 unknown] [2024-06-01 not said PR1  E06000015 unknown]]}]" {
			t.Error(got)
		}
		q := Quarter{2025, 1}
		err := c.try(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
			_, err := Quarterly(u, book, "DER", q, mapping(t, "Kids,Ref,child.ref,,", "Kids,Sex,child.sex,F=girl,"))
			return err
		})
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), `line 3, written: A record has the code "U"`) {
			t.Error("a code nobody said how to write is written:", err)
		}
	})
}

func TestABadMappingSaysWhereAndWhatThereIs(t *testing.T) {
	for name, bad := range map[string]struct{ text, want string }{
		"no rows":       {"sheet,heading,source,written,note\n", "has no rows"},
		"empty":         {"", "has no rows"},
		"headings":      {"sheet,column,source,written,note\n", "line 1, the headings: Write them as sheet,heading,source,written,note"},
		"source":        {"sheet,heading,source,written,note\nA,B,child.shoe_size,,\n", `line 2, source: There is no value "child.shoe_size". Leave it blank, write fixed, or write one of: adopter.id agency.code`},
		"listed":        {"sheet,heading,source,written,note\nA,B,child,,\n", "child.milestone.matched"},
		"heading":       {"# a\nsheet,heading,source,written,note\n\nA,,child.ref,,\n", "line 4, heading"},
		"cells":         {"sheet,heading,source,written,note\nA,B,child.ref\n", "line 2, the row: It has 3 cells. Write 5"},
		"day":           {"sheet,heading,source,written,note\nA,B,child.born,MM/DD/YYYY,\n", `line 2, written: A day cannot be written "MM/DD/YYYY". Write DD/MM/YYYY or YYYY-MM-DD.`},
		"code":          {"sheet,heading,source,written,note\nA,B,child.sex,X=other,\n", `line 2, written: "X" is not one of: F M U`},
		"pair":          {"sheet,heading,source,written,note\nA,B,child.sex,M,\n", `line 2, written: "M" says nothing`},
		"code twice":    {"sheet,heading,source,written,note\nA,B,child.sex,M=a|M=b,\n", `The code "M" is there twice`},
		"nothing":       {"sheet,heading,source,written,note\nA,B,,PR1,\n", "line 2, written: There is nothing to write"},
		"two things":    {"sheet,heading,source,written,note\nA,B,child.ref,,\nA,C,family.ref,,\n", "line 3, source: The sheet A has rows about children, and this is about families"},
		"sheet name":    {"sheet,heading,source,written,note\nA/B,B,child.ref,,\n", "line 2, sheet: No sheet can have the name"},
		"sheet unnamed": {"sheet,heading,source,written,note\n,B,child.ref,,\n", "line 2, sheet"},
		"sheet twice":   {"sheet,heading,source,written,note\nA,B,child.ref,,\na,B,child.ref,,\n", "line 3, sheet: There is a sheet A already"},
		"quote":         {"sheet,heading,source,written,note\nA,\"B,child.ref,,\n", "line"},
		"not UTF-8":     {"sheet,heading,source,written,note\nA,\xff,child.ref,,\n", "not UTF-8"},
		"several":       {"sheet,heading,source,written,note\nA,B,x,,\nA,,child.ref,,\n", "line 3, heading"},
	} {
		m, err := ReadMapping(strings.NewReader(bad.text))
		if m != nil || fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), bad.want) {
			t.Errorf("%s: %v", name, fault.Message(err))
		}
	}
	if _, err := ReadMapping(strings.NewReader(strings.Repeat("#", longestMapping+1))); fault.KindOf(err) != fault.TooLarge {
		t.Error("a mapping of any length is read:", err)
	}
	if _, err := ReadMapping(strings.NewReader("\ufeff" + QuarterlyMapping)); err != nil {
		t.Error("a spreadsheet program's mark at the beginning is not read over:", err)
	}
}

func TestOnlyThoseWhoAnswerForReturnsMakeTheCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCouncil(t, d)
		c.hold([]child.Child{{Ref: "A1", DecisionDate: at("2025-06-01")}}, nil)
		for _, stranger := range []access.Actor{c.officer("LEI"), c.manager("VAA1"), {ID: "h", Agency: "DER", Role: access.HomeFinder}, {ID: "w", Agency: "DER", Role: access.PermanenceWorker}, {ID: "a", Agency: "DER", Role: access.Administrator}} {
			for name, fn := range map[string]func(*work.Unit, *agency.Book) error{
				"quarterly": func(u *work.Unit, b *agency.Book) error {
					_, err := Quarterly(u, b, "DER", Quarter{2025, 1}, DefaultQuarterly())
					return err
				},
				"annex a": func(u *work.Unit, b *agency.Book) error { _, err := AnnexA(u, b, "DER", u.Today); return err },
			} {
				if err := c.try(stranger, fn); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s of %s makes %s: %v", stranger.Role, stranger.Agency, name, err)
				}
			}
		}
		for name, err := range map[string]error{
			"an agency there is not": c.try(operator, func(u *work.Unit, b *agency.Book) error { _, err := AnnexA(u, b, "NONE", u.Today); return err }),
		} {
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, err := range map[string]error{
			"a quarter to come": c.try(operator, func(u *work.Unit, b *agency.Book) error {
				_, err := Quarterly(u, b, "DER", Quarter{2026, 4}, DefaultQuarterly())
				return err
			}),
			"a day to come": c.try(operator, func(u *work.Unit, b *agency.Book) error { _, err := AnnexA(u, b, "DER", u.Today+1); return err }),
		} {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
