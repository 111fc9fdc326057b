package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/exchange"
	"homeward/internal/work"
)

// importDerby takes in Derby of 2013 from the folder a reader can import.
func importDerby(_ *testSite, u *work.Unit) error {
	reading, err := exchange.ReadPath(filepath.Join("..", "figures", "testdata", "derby2013"), exchange.Options{Today: today})
	if err != nil {
		return err
	}
	_, err = exchange.Import(u, &agency.Book{}, reading)
	return err
}

func derbySite(t *testing.T, d *db.DB) *testSite { return newSite(t, d, importDerby) }

const derbyPage = "/numbers?period=chosen&from-day=1&from-month=4&from-year=2013&to-day=31&to-month=7&to-year=2013"

func TestTheDerbyPageOf2013(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := derbySite(t, d).as("DER", access.Manager)
		page := b.get(derbyPage, http.StatusOK)
		wants(t, page, []string{"Derby, 1 April 2013 to 31 July 2013."})
		for row, n := range map[string]int{"Adoption orders granted": 27, "Children placed for adoption": 20, "Children matched and not yet placed, at the end": 16,
			"Children whose plan is adoption, no family yet": 44, "Families those children need": 30, "Adoptive families approved": 11, "Assessments under way, at the end": 21} {
			if got := numbersRow(t, page, row); !strings.HasPrefix(got, row+" "+strconv.Itoa(n)) {
				t.Errorf("want %d: %s", n, got)
			}
		}
	})
}

// numbersRow is the text of one row of a table of numbers.
func numbersRow(t *testing.T, page, label string) string {
	t.Helper()
	for _, row := range strings.Split(page, "<tr")[1:] {
		row, _, _ = strings.Cut(row, "</tr>")
		if text := textOf("<table><tr" + row + "</tr></table>"); strings.HasPrefix(text, label) {
			return text
		}
	}
	t.Fatalf("no row %s:\n%s", label, textOf(page))
	return ""
}

// linkOf is where the number of a row leads to.
func linkOf(t *testing.T, page, path, holds string) string {
	t.Helper()
	for _, part := range strings.Split(page, `href="`)[1:] {
		to, _, _ := strings.Cut(part, `"`)
		if to = strings.ReplaceAll(to, "&amp;", "&"); strings.HasPrefix(to, path) && strings.Contains(to, holds) {
			return to
		}
	}
	t.Fatalf("no link to %s with %s", path, holds)
	return ""
}

func TestANumberOpensItsChildrenAndFamilies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := derbySite(t, d)
		b := s.as("DER", access.Manager)
		page := b.get(derbyPage, http.StatusOK)
		list := b.get(linkOf(t, page, "/numbers/children", "count=matched"), http.StatusOK)
		wants(t, list, []string{"16 children", "DER/D048", "DER/D063"}, "NOT/N", "DER/D047<", "not open to you")
		if n := strings.Count(list, `href="/children/`); n != 16 {
			t.Errorf("%d of 16 children are listed", n)
		}
		wants(t, b.get(linkOf(t, page, "/numbers/children", "count=plan"), http.StatusOK), []string{"44 children", "DER/D078", "Next page"})
		wants(t, b.get(linkOf(t, page, "/numbers/families", "count=approved"), http.StatusOK), []string{"11 families", "DER/F01", "DER/F11"}, "DER/F12", "NOT/F")
		if len(s.entries(access.Figures, "DER", "")) == 0 {
			t.Error("that numbers were looked at is not on the record")
		}
	})
}

// A restricted child counts, since the council answers for every one, and is not
// listed.
func TestARestrictedChildCountsAndIsNotListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := derbySite(t, d)
		var id string
		s.operate(func(u *work.Unit) error {
			list, err := child.Load(u.Tx, child.Query{Agencies: []string{"DER"}})
			for _, c := range list {
				if c.Ref == "D050" {
					id = c.ID
				}
			}
			if err != nil {
				return err
			}
			u.Did("restricted", work.Subject{Kind: access.Restriction, Agency: "DER"}, "test")
			return restrictTo(u, work.Subject{Kind: access.Child, Agency: "DER", ID: id}, "nobody-"+id)
		})
		b := s.as("DER", access.HomeFinder)
		page := b.get(derbyPage, http.StatusOK)
		if got := numbersRow(t, page, "Children matched and not yet placed"); !strings.Contains(got, " 16") {
			t.Error(got)
		}
		for _, path := range []string{linkOf(t, page, "/numbers/children", "count=matched"), linkOf(t, page, "/numbers/children", "count=matched") + "&csv=1"} {
			list := b.get(path, http.StatusOK)
			if strings.Contains(list, "D050") || strings.Contains(list, id) || !strings.Contains(list, "D051") {
				t.Errorf("%s: the restricted child is listed, or nobody is", path)
			}
		}
		wants(t, b.get(linkOf(t, page, "/numbers/children", "count=matched"), http.StatusOK), []string{"16 children", "1 more is not open to you."})
		for _, e := range s.entries(access.Child, "DER", id) {
			if e.Action == "viewed" {
				t.Error("the record says that the restricted child was seen")
			}
		}
	})
}

func TestEachPageOfNumbersIsDownloadedWithoutFormulas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := derbySite(t, d)
		s.operate(func(u *work.Unit) error {
			list, err := child.Load(u.Tx, child.Query{Agencies: []string{"DER"}})
			if err != nil {
				return err
			}
			changed := list[47]
			changed.GivenName = "=1+1"
			return child.SaveAll(u, []child.Change{{Before: &list[47], After: changed}})
		})
		b := s.as("DER", access.Manager)
		for _, path := range []string{derbyPage, "/numbers/scorecard?", "/numbers/waiting?", "/numbers/compare?", linkOf(t, b.get(derbyPage, http.StatusOK), "/numbers/children", "count=matched")} {
			text := b.get(path+"&csv=1", http.StatusOK)
			in := csv.NewReader(strings.NewReader(text))
			in.FieldsPerRecord = -1
			rows, err := in.ReadAll()
			if err != nil || len(rows) < 3 {
				t.Errorf("%s: %d rows, %v\n%s", path, len(rows), err, text)
			}
			for _, row := range rows {
				for _, cell := range row {
					if strings.HasPrefix(cell, "=") {
						t.Errorf("%s: a spreadsheet runs %q", path, cell)
					}
				}
			}
			if strings.Contains(path, "count=matched") && !strings.Contains(text, "'=1+1") {
				t.Errorf("%s: the child is not there", path)
			}
		}
		wants(t, b.get(derbyPage+"&csv=1", http.StatusOK), []string{"Adoption orders granted,27"})
	})
}

func TestPagesOfNumbersAreForThoseWhoAnswerForThem(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		paths := []string{"/numbers", "/numbers/scorecard", "/numbers/waiting", "/numbers/compare", "/numbers/children?count=plan&from=2026-04-01&to=2026-11-23", "/numbers/families?count=approved&from=2026-04-01&to=2026-11-23"}
		for _, role := range []access.Role{access.Administrator, access.InformationLead} {
			for _, path := range paths {
				wants(t, s.as("DER", role).get(path, http.StatusNotFound), []string{"There is no such record, or it is not one you may see."})
			}
		}
		b := s.as("DER", access.PermanenceWorker)
		for _, path := range paths {
			b.get(path, http.StatusOK)
		}
		for _, path := range []string{"/numbers?area=LEI", "/numbers?area=NOT", "/numbers?area=pool:EM", "/numbers/scorecard?area=NOT", "/numbers/waiting?area=NOT", "/numbers/compare?area=LEI", "/numbers/children?count=plan&area=NOT&from=2026-04-01&to=2026-11-23",
			"/numbers/children?count=plan&from=2026-04-01", "/numbers/children?count=nothing&from=2026-04-01&to=2026-11-23", "/numbers/children?count=approved&from=2026-04-01&to=2026-11-23"} {
			b.get(path, http.StatusNotFound) // a worker sees the numbers of their own agency alone
		}
		officer := s.officer("DER") // sees every child of their council, and no family
		wants(t, officer.get("/numbers/children?count=plan&area=DER&from=2026-04-01&to=2026-11-23", http.StatusOK), []string{"3 children", "Asha"}, "not open to you")
		officer.get("/numbers?area=NOT", http.StatusOK)
		wants(t, s.as("DER", access.Manager).get("/numbers/scorecard", http.StatusOK), []string{"A10.", "no children"}, "NaN")
	})
}

func TestAPeriodThatIsNoneIsSaid(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Manager)
		wants(t, b.get("/numbers?period=chosen", http.StatusUnprocessableEntity), []string{"There is a problem", "Enter the first day"})
		wants(t, b.get("/numbers?from-day=2&from-month=4&from-year=2026&to-day=1&to-month=4&to-year=2026", http.StatusUnprocessableEntity), []string{"The last day must not be before the first day"})
		wants(t, b.get("/numbers?from-day=31&from-month=2&from-year=2026", http.StatusUnprocessableEntity), []string{"There is a problem"})
		for preset, says := range map[string]string{"": "1 April 2026 to 23 November 2026", "this-quarter": "1 October 2026 to 23 November 2026", "last-quarter": "1 July 2026 to 30 September 2026",
			"last-year": "1 April 2025 to 31 March 2026", "three-years": "1 April 2023 to 31 March 2026"} {
			wants(t, b.get("/numbers?period="+preset, http.StatusOK), []string{"Derby, " + says})
		}
	})
}

// crowd is agencies that share numbers, with so many children adopted, each 400
// days and a few after entering care, in the last full year.
func crowd(t *testing.T, d *db.DB, adopted map[string]int) *testSite {
	return newSite(t, d, func(s *testSite, u *work.Unit) error {
		var list []agency.Agency
		for _, code := range []string{"DER", "NOT", "LEI", "LIN"} {
			list = append(list, agency.Agency{Code: code, Kind: "LA", Name: "Council " + code, Pools: []string{"EM"}})
		}
		list[0].Pools, list[1].Pools = []string{"D2N2", "EM"}, []string{"D2N2", "EM"}
		if err := agency.Save(u, &agency.Book{}, list); err != nil {
			return err
		}
		if err := share(u, "EM"); err != nil {
			return err
		}
		var children []child.Child
		for code, n := range adopted {
			for i := range n {
				entered := date.MustOf(2024, 1, 1).AddDays(7 * i)
				children = append(children, child.Child{Agency: code, Ref: fmt.Sprintf("ZQ%s%d", code, i), GivenName: "Zqname" + code, Status: "adopted", Born: date.MustOf(2022, 1, 1), EnteredCare: entered, DecisionDate: entered.AddDays(100), OrderDate: entered.AddDays(150),
					Milestones: []child.Milestone{{What: "matched", Day: entered.AddDays(300)}, {What: "placed", Day: entered.AddDays(400 + i)}, {What: "adopted", Day: date.MustOf(2025, 6, 1)}}})
			}
		}
		return s.save(u, children, nil)
	})
}

// A partner by agreement sees numbers, the small ones hidden, and nobody.
func TestAPartnerSeesMaskedNumbersAndNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := crowd(t, d, map[string]int{"DER": 12, "NOT": 3, "LEI": 13, "LIN": 22})
		b := s.as("DER", access.Manager)
		orders := func(area string) string {
			return strings.TrimPrefix(numbersRow(t, b.get("/numbers?area="+area, http.StatusOK), "Adoption orders granted"), "Adoption orders granted ")
		}
		for area, want := range map[string]string{"NOT": "not shown", "LEI": "not shown", "LIN": "20", "pool:D2N2": "not shown", "pool:EM": "50"} {
			if got := orders(area); got != want {
				t.Errorf("%s: %s, want %s", area, got, want)
			}
		}
		if got := numbersRow(t, b.get("/numbers?period=last-year", http.StatusOK), "Adoption orders granted"); !strings.HasPrefix(got, "Adoption orders granted 12") {
			t.Error("of their own every number is shown: " + got)
		}
		for _, path := range []string{"/numbers?area=LIN", "/numbers?area=LIN&period=chosen&from-day=1&from-month=5&from-year=2025&to-day=2&to-month=6&to-year=2025", "/numbers/scorecard?area=LIN", "/numbers/scorecard?area=LIN&year=2024", "/numbers/scorecard?area=pool:EM", "/numbers/compare", "/numbers/compare?indicator=A3&by=sex"} {
			for _, form := range []string{"", "&csv=1"} {
				if !strings.Contains(path, "?") {
					path += "?"
				}
				page := b.get(path+form, http.StatusOK)
				for _, secret := range []string{"ZQNOT", "ZQLEI", "ZQLIN", "ZqnameNOT", "ZqnameLEI", "ZqnameLIN", s.id["LIN/ZQLIN1"]} {
					if strings.Contains(page, secret) {
						t.Errorf("%s tells %s", path, secret)
					}
				}
				if strings.Contains(page, "/numbers/children?area=LIN") {
					t.Errorf("%s leads to others' children", path)
				}
			}
		}
		wants(t, b.get("/numbers?area=LIN&period=three-years", http.StatusOK), []string{"1 April 2025 to 31 March 2026", "Of others you see the last full year"}, "Where children were placed")
		wants(t, b.get("/numbers/scorecard?area=LIN", http.StatusOK), []string{"411 days", "about 20 children"}, "every child’s wait", "Half waited")
		b.get("/numbers/waiting?area=LIN", http.StatusNotFound)
		b.get("/numbers/children?indicator=A1&area=LIN&from=2023-04-01&to=2026-03-31", http.StatusNotFound)
		compared := b.get("/numbers/compare", http.StatusOK)
		wants(t, compared, []string{"2 councils together: Council LEI and Council NOT", "Council LIN 20 411", "2 councils together 15", "Council DER 12 406"})
	})
}

// yearsOfRecords is five councils that have shared numbers for years, with waits that
// differ: no two children's are the same.
func yearsOfRecords(s *testSite, u *work.Unit) error {
	sizes := map[string]int{"DER": 64, "NOT": 40, "LEI": 26, "LIN": 6, "STO": 90}
	var list []agency.Agency
	for code := range sizes {
		list = append(list, agency.Agency{Code: code, Kind: "LA", Name: map[string]string{"DER": "Derby", "NOT": "Nottingham", "LEI": "Leicester", "LIN": "Lincolnshire", "STO": "Stoke"}[code], Pools: []string{"EM"}})
	}
	if err := agency.Save(u, &agency.Book{}, list); err != nil {
		return err
	}
	if err := share(u, "EM"); err != nil {
		return err
	}
	workers, err := twoTeams(u, "DER")
	if err != nil {
		return err
	}
	var children []child.Child
	for code, n := range sizes {
		for i := range n {
			entered := date.MustOf(2020, 3, 1).AddDays(i * 2200 / n)
			wait := 250 + i*i*37%430 + n
			c := child.Child{Agency: code, Ref: fmt.Sprintf("C%d", i+1), GivenName: "Zqname" + code, Status: "adopted", Sex: "FM"[i%2 : i%2+1], Born: entered.AddDays(-(i % 7) * 300), Ethnic: []string{"WBRI", "MWBC", "APKN"}[i%3],
				EnteredCare: entered, DecisionDate: entered.AddDays(120), OrderDate: entered.AddDays(180)}
			for what, after := range map[string]int{"matched": wait - 60, "placed": wait, "adopted": wait + 200} {
				if at := entered.AddDays(after); at <= today {
					c.Milestones = append(c.Milestones, child.Milestone{What: what, Day: at})
				}
			}
			if entered.AddDays(wait+200) > today {
				c.Status = "waiting"
			}
			if code == "DER" {
				c.Worker = workers[i%3%2]
			}
			children = append(children, c)
		}
	}
	return s.save(u, children, nil)
}

// twoTeams puts two of an agency's workers into a team each, and gives who they are.
func twoTeams(u *work.Unit, code string) (workers []string, err error) {
	book, err := agency.Open(u)
	if err != nil {
		return nil, err
	}
	staff := book.Staff(code)
	for i, name := range []string{"North team", "South team"} {
		id := code + name
		if _, err := u.Exec("INSERT INTO team (agency_code, team_id, name) VALUES ($1, $2, $3)", code, id, name); err != nil {
			return nil, err
		}
		if _, err := u.Exec("UPDATE worker SET team_id = $1 WHERE worker_id = $2", id, staff[i].ID); err != nil {
			return nil, err
		}
		workers = append(workers, staff[i].ID)
	}
	return workers, nil
}

// Teams are compared within one's own agency, and no other agency's.
func TestTeamsOfOnesOwnAgencyAreCompared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, yearsOfRecords)
		wants(t, s.as("DER", access.Manager).get("/numbers/compare", http.StatusOK), []string{"By team of your agency", "North team", "South team", "none is hidden"})
		wants(t, s.as("NOT", access.Manager).get("/numbers/compare", http.StatusOK), []string{"By council"}, "North team", "By team of your agency")
	})
}

// The page of Derby is looked at as its members were shown it; the others over
// years of records, where there is something to draw.
func TestThePagesOfNumbersAreAccessible(t *testing.T) {
	t.Parallel() // it waits for a browser or a database more than it reckons
	look := func(fill func(*testSite, *work.Unit) error, paths map[string]string) {
		d, err := db.Migrate(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "homeward.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		b := chromium(t, newSite(t, d, fill))
		b.signIn("DER", access.Manager)
		for name, path := range paths {
			b.width(1280)
			b.open(path)
			b.look(path, "numbers-"+name)
		}
	}
	look(importDerby, map[string]string{"derby": derbyPage, "derby-behind": "/numbers/children?count=plan&area=DER&from=2013-04-01&to=2013-07-31", "mistake": "/numbers?period=chosen"})
	look(yearsOfRecords, map[string]string{"waiting": "/numbers/waiting", "scorecard": "/numbers/scorecard", "compare": "/numbers/compare", "compare-share": "/numbers/compare?indicator=A3&by=sex", "others": "/numbers/scorecard?area=STO", "others-done": "/numbers?area=pool:EM",
		"behind": "/numbers/children?indicator=A3&area=DER&from=2023-04-01&to=2026-03-31"})
}

// However many children there are, a page is counted in as many statements.
func TestNumbersAreCountedInTheSameStatementsHoweverManyChildren(t *testing.T) {
	paths := []string{"/numbers", "/numbers/scorecard", "/numbers/compare", "/numbers/children?count=adopted&from=2025-04-01&to=2026-03-31"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		few := map[string]int{}
		s := crowd(t, d, map[string]int{"DER": 2, "NOT": 1})
		b := s.as("DER", access.Manager)
		for _, path := range paths {
			few[path] = b.statementsFor(path)
		}
		s.operate(func(u *work.Unit) error {
			var more []child.Child
			for i := range 60 {
				more = append(more, child.Child{Agency: "DER", Ref: fmt.Sprintf("M%d", i), Status: "adopted", EnteredCare: date.MustOf(2024, 1, 1), DecisionDate: date.MustOf(2024, 3, 1),
					Milestones: []child.Milestone{{What: "placed", Day: date.MustOf(2025, 1, 1)}, {What: "adopted", Day: date.MustOf(2025, 7, 1)}}})
			}
			return s.save(u, more, nil)
		})
		for _, path := range paths {
			if n := b.statementsFor(path); n != few[path] {
				t.Errorf("%s: %d statements for 62 children, %d for 2", path, n, few[path])
			}
		}
	})
}

func TestWhoWaitsSaysWhatItIsNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d, yearsOfRecords)
		b := s.as("DER", access.Manager)
		page := b.get("/numbers/waiting", http.StatusOK)
		wants(t, page, []string{"9 children are waiting", "5 children are past the threshold of 426 days; 2 children will pass it within 90 days if nothing happens first", "Past it by 176 days", "30 days left", "no forecast", "half had moved in by day 556"}, "ZqnameNOT")
		wants(t, b.get("/numbers/waiting?clock=order-match", http.StatusOK), []string{"threshold of 121 days"})
		wants(t, b.get("/numbers/waiting?clock=decision-placed", http.StatusOK), []string{"There is no threshold for this wait"})
		wants(t, b.get("/numbers/waiting?clock=none", http.StatusUnprocessableEntity), []string{"Select which wait"})
		// A worker of the team that follows none of them sees how many and not whom.
		wants(t, s.as("DER", access.AdopterWorker).get("/numbers/waiting", http.StatusOK), []string{"5 children are past the threshold", "7 more are not open to you."}, "ZqnameDER")
	})
}

func TestTheScorecardSaysWhatItIsMadeOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := newSite(t, d, yearsOfRecords).as("DER", access.Manager)
		page := b.get("/numbers/scorecard", http.StatusOK)
		wants(t, page, []string{"17,076 days over 32 children", "426 days Not met", "Definition to confirm", "the number who left care is not known for DER in the year to March 2024", "no families",
			"Three years to 31 March 2026", "Twelve months to 23 November 2026", "457.25 days", "Published for England, 1 April 2015 to 31 March 2018: 486 days", "the day it was published is not known", "Published for Derby", "disagrees with"}, "NaN", "0 families")
		list := b.get(linkOf(t, page, "/numbers/children", "indicator=A3"), http.StatusOK)
		wants(t, list, []string{"49 children", "731 No Adopted"})
		wants(t, b.get(linkOf(t, page, "/numbers/children", "indicator=A3")+"&page=2", http.StatusOK), []string{"Yes: fewer than 426 days"})
	})
}
