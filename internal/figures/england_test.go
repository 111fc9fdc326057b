package figures

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/lab"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// The indicators that come from children once more, in plain SQL over the tables
// of the records, for every council and period at once. It is written from what
// the scorecard says of each indicator and from what a milestone is, not from
// this package: slow, and by another way.
const inSQL = `WITH
p (first_day, last_day) AS (VALUES %s),
ended AS MATERIALIZED (
	SELECT agency_code, child_id, MAX(CASE WHEN what = 'disrupted' THEN day END) AS disrupted, MAX(CASE WHEN what = 'returned' THEN day END) AS returned
	FROM child_milestone GROUP BY agency_code, child_id),
happened AS (
	SELECT m.agency_code, m.child_id, m.what, m.day, m.detail FROM child_milestone m
	JOIN ended e ON e.agency_code = m.agency_code AND e.child_id = m.child_id
	WHERE NOT (m.what IN ('matched', 'placed', 'early_placed') AND e.disrupted IS NOT NULL AND m.day < e.disrupted)
	AND NOT (m.what = 'left_care' AND e.returned IS NOT NULL AND m.day < e.returned)),
life AS MATERIALIZED (
	SELECT c.agency_code AS agency, c.child_id AS id, c.entered_care AS entered, c.placement_order_date AS ordered,
		MAX(CASE WHEN h.what = 'matched' THEN h.day END) AS matched,
		MAX(CASE WHEN h.what = 'fostered' THEN h.day END) AS fostered,
		MAX(CASE WHEN h.what = 'placed' THEN h.day END) AS placed,
		MAX(CASE WHEN h.what = 'placed' AND h.detail IN ('A3', 'A5') THEN 1 ELSE 0 END) AS stayed,
		MAX(CASE WHEN h.what = 'early_placed' THEN 1 ELSE 0 END) AS early,
		MAX(CASE WHEN h.what = 'adopted' THEN h.day END) AS adopted,
		MAX(CASE WHEN h.what = 'left_care' THEN h.day END) AS gone
	FROM child c LEFT JOIN happened h ON h.agency_code = c.agency_code AND h.child_id = c.child_id
	GROUP BY c.agency_code, c.child_id, c.entered_care, c.placement_order_date),
decision AS (
	SELECT agency_code AS agency, child_id AS id, day AS decided FROM child_milestone WHERE what = 'decided'
	UNION SELECT agency_code, child_id, decision_date FROM child WHERE decision_date IS NOT NULL),
following AS (SELECT agency, id, decided, LEAD(decided) OVER (PARTITION BY agency, id ORDER BY decided) AS again FROM decision),
round AS MATERIALIZED (
	SELECT f.agency, f.id, f.decided, f.again, MIN(r.day) AS reversed FROM following f
	LEFT JOIN child_milestone r ON r.agency_code = f.agency AND r.child_id = f.id AND r.what = 'reversed' AND r.day >= f.decided AND (f.again IS NULL OR r.day <= f.again)
	GROUP BY f.agency, f.id, f.decided, f.again),
adoption AS MATERIALIZED (
	SELECT l.*, p.first_day, p.last_day FROM life l JOIN p ON l.adopted BETWEEN p.first_day AND p.last_day),
waiting AS MATERIALIZED (
	SELECT l.*, p.first_day, p.last_day FROM p
	JOIN round r ON r.decided <= p.last_day AND (r.again IS NULL OR r.again > p.last_day) AND (r.reversed IS NULL OR r.reversed > p.last_day)
	JOIN life l ON l.agency = r.agency AND l.id = r.id
	WHERE (l.adopted IS NULL OR l.adopted > p.last_day) AND (l.gone IS NULL OR l.gone > p.last_day)),
stopped AS (
	SELECT agency, first_day, last_day, entered, CASE
		WHEN fostered < placed OR placed IS NULL THEN fostered
		WHEN fostered IS NULL AND stayed = 1 AND early = 0 THEN NULL
		ELSE placed END AS moved
	FROM adoption),
court AS (
	SELECT agency, first_day, last_day, days(matched, ordered) AS waited FROM adoption
	WHERE ordered IS NOT NULL AND matched IS NOT NULL AND placed < adopted),
soon AS (
	SELECT agency, first_day, last_day, days(placed, entered) AS waited FROM adoption
	UNION ALL
	SELECT agency, first_day, last_day, CASE WHEN placed <= last_day THEN days(placed, entered) ELSE days(last_day, entered) END FROM waiting)
SELECT 'A1', agency, first_day, last_day, SUM(days(placed, entered)), COUNT(*) FROM adoption WHERE placed >= entered GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A10', agency, first_day, last_day, SUM(days(moved, entered)), COUNT(*) FROM stopped WHERE moved >= entered GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A2', agency, first_day, last_day, SUM(CASE WHEN waited > 0 THEN waited ELSE 0 END), COUNT(*) FROM court GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A3', agency, first_day, last_day, SUM(CASE WHEN waited < 426 THEN 1 ELSE 0 END), COUNT(*) FROM soon WHERE waited >= 0 GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A4', a.agency, a.first_day, a.last_day, COUNT(*), (SELECT SUM(y.children) FROM return_leavers y
	WHERE y.agency_code = a.agency AND y.year > year(a.first_day) AND y.year <= year(a.last_day)) FROM adoption a GROUP BY a.agency, a.first_day, a.last_day
UNION ALL
SELECT 'A5', m.agency_code, first_day, last_day, COUNT(*), 0 FROM child_milestone m JOIN p ON m.what = 'reversed' AND m.day BETWEEN first_day AND last_day GROUP BY m.agency_code, first_day, last_day
UNION ALL
SELECT 'A15', agency, first_day, last_day, COUNT(*), 0 FROM decision JOIN p ON decided BETWEEN first_day AND last_day GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A16', agency, first_day, last_day, COUNT(*), 0 FROM life JOIN p ON ordered BETWEEN first_day AND last_day GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A9', agency, first_day, last_day, COUNT(*), 0 FROM waiting WHERE placed IS NULL OR placed > last_day GROUP BY agency, first_day, last_day
UNION ALL
SELECT 'A14', agency, first_day, last_day, COUNT(*), 0 FROM waiting WHERE (placed IS NULL OR placed > last_day) AND ordered <= last_day GROUP BY agency, first_day, last_day`

// fromChildren are the indicators asked of both.
var fromChildren = []string{"A1", "A10", "A2", "A3", "A4", "A5", "A9", "A14", "A15", "A16"}

// days and year are the two things the databases say differently.
var said = map[db.Dialect][2]string{
	db.SQLite:     {"(julianday($1) - julianday($2))", "CAST(strftime('%Y', $1) AS INTEGER)"},
	db.PostgreSQL: {"($1 - $2)", "EXTRACT(YEAR FROM $1)"},
}

var (
	daysBetween = regexp.MustCompile(`days\(([a-z_]+), ([a-z_]+)\)`)
	yearOfDay   = regexp.MustCompile(`year\(([a-z_.]+)\)`)
)

func query(dialect db.Dialect, periods []scorecard.Period) string {
	literal := map[db.Dialect]string{db.SQLite: "('%s', '%s')", db.PostgreSQL: "(DATE '%s', DATE '%s')"}[dialect]
	var list []string
	for _, p := range periods {
		list = append(list, fmt.Sprintf(literal, p.First, p.Last))
	}
	text := strings.Replace(inSQL, "%s", strings.Join(list, ", "), 1)
	text = daysBetween.ReplaceAllString(text, said[dialect][0])
	return yearOfDay.ReplaceAllString(text, said[dialect][1])
}

// asked is one figure.
type asked struct {
	indicator, agency string
	period            scorecard.Period
}

var operatorActor = access.Actor{ID: "operator", Name: "Operator", Role: access.Operator}

// bySQL asks the database.
func bySQL(t *testing.T, u *work.Unit, periods []scorecard.Period) map[asked][2]int {
	t.Helper()
	found := map[asked][2]int{}
	err := u.Each(func(rows *sql.Rows) error {
		var a asked
		var numerator, denominator float64
		err := rows.Scan(&a.indicator, &a.agency, &a.period.First, &a.period.Last, &numerator, &denominator)
		found[a] = [2]int{int(numerator), int(denominator)}
		return err
	}, query(u.Dialect, periods))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// country is a part of England, with those on their way and those whose way is
// over, on the day a reporting year ended.
type country struct {
	agencies []agency.Agency
	children []child.Child
	families []adopter.Family
}

const firstYear, lastYear = 2016, 2025

var yearsEnd = date.MustOf(lastYear, time.March, 31)

func countryOf(scale lab.Scale) country {
	now := lab.Generate(scale, 1, yearsEnd).Region
	years := lastYear - firstYear + 1
	return country{now.Agencies, append(now.Children, lab.Past(scale, 1, yearsEnd, years)...), append(now.Families, lab.PastFamilies(scale, 1, yearsEnd, years)...)}
}

// write puts a country into the tables, and made-up numbers of those who left
// care.
func (c country) write(u *work.Unit) error {
	var agencies, children, who, milestones, needs, families, steps, leavers [][]any
	for _, a := range c.agencies {
		agencies = append(agencies, []any{a.Code, a.Kind, a.Name, a.GSS})
		for year := firstYear; year <= lastYear && a.Kind == "LA"; year++ {
			leavers = append(leavers, []any{a.Code, year, 400 + len(leavers)%300, "made up"})
		}
	}
	for i, x := range c.children {
		id := fmt.Sprint("C", i)
		children = append(children, []any{x.Agency, id, x.Ref, 1, "", x.GroupRef, x.Plan, x.Born, x.Sex, "", x.EnteredCare, x.DecisionDate, x.OrderDate, x.Status})
		who = append(who, []any{x.Agency, id, "", "", x.Ethnic, ""})
		milestones = append(milestones, child.MilestoneRows(x.Agency, id, x.Milestones)...)
		for _, n := range x.Needs {
			needs = append(needs, []any{x.Agency, id, n.Code, n.Level})
		}
	}
	for i, f := range c.families {
		id := fmt.Sprint("F", i)
		families = append(families, []any{f.Agency, id, f.Ref, 1, "", f.ApprovedOn, f.Status, "", "", ""})
		steps = append(steps, child.MilestoneRows(f.Agency, id, f.Milestones)...)
	}
	for _, table := range []struct {
		name, columns string
		rows          [][]any
	}{
		{"agency", "agency_code kind name gss", agencies},
		{"child", "agency_code child_id child_ref version worker_id group_ref plan born sex languages entered_care decision_date placement_order_date status", children},
		{"child_identity", "agency_code child_id given_name family_name ethnic religion", who},
		{"child_milestone", "agency_code child_id what day detail source", milestones},
		{"child_need", "agency_code child_id need level", needs},
		{"family", "agency_code family_id family_ref version worker_id approved_on status sex languages training", families},
		{"family_milestone", "agency_code family_id what day detail source", steps},
		{"return_leavers", "agency_code year children source", leavers},
	} {
		if err := u.InsertMany(table.name, strings.Fields(table.columns), table.rows); err != nil {
			return err
		}
	}
	return nil
}

// inUnit runs fn as the operator.
func inUnit(t testing.TB, d *db.DB, fn func(u *work.Unit, book *agency.Book) error) {
	t.Helper()
	desk := &work.Desk{DB: d, AsOf: yearsEnd.AddDays(30)}
	err := desk.Do(context.Background(), operatorActor, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		return fn(u, book)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every indicator that comes from children, for every council, year and three
// years, is the same from the records through this package and the scorecard, and
// from the tables in SQL. All of England takes a minute or more: it is asked where
// HOMEWARD_SOAK is set, and the East Midlands always.
func TestEveryFigureIsTheSameInPlainSQL(t *testing.T) {
	scale := lab.Region
	if os.Getenv("HOMEWARD_SOAK") != "" {
		scale = lab.England
	}
	land := countryOf(scale)
	var periods []scorecard.Period
	for year := firstYear; year <= lastYear; year++ {
		periods = append(periods, scorecard.Year(year))
		if year >= firstYear+2 {
			periods = append(periods, scorecard.ThreeYears(year))
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inUnit(t, d, func(u *work.Unit, _ *agency.Book) error { return land.write(u) })
		inUnit(t, d, func(u *work.Unit, book *agency.Book) error {
			records, err := Load(u, book)
			if err != nil {
				return err
			}
			want := bySQL(t, u, periods)
			scores := scorecard.New(records.Input, scorecard.Usual())
			compared, wrong := map[string]int{}, map[string]int{}
			for _, a := range land.agencies {
				if a.Kind != "LA" {
					continue
				}
				for _, p := range periods {
					for _, id := range fromChildren {
						f, err := scores.Figure(id, scorecard.Area{Name: a.Name, Agencies: []string{a.Code}}, p)
						if err != nil {
							return err
						}
						got, sql := [2]int{f.Numerator, f.Denominator}, want[asked{id, a.Code, p}]
						if id == "A4" && sql[1] == 0 {
							sql[1] = got[1] // nobody was adopted: SQL has no row
						}
						if got != sql {
							if wrong[id]++; wrong[id] <= 3 {
								t.Errorf("%s of %s, %s: %v from the records, %v in SQL", id, a.Code, p, got, sql)
							}
						}
						compared[id] += len(f.Cases)
					}
				}
			}
			t.Logf("%d children; looked at for each indicator: %v; differing figures: %v", len(records.Journeys), compared, wrong)
			for _, id := range fromChildren {
				if compared[id] < 200 {
					t.Errorf("%s looked at %d children only: that says little", id, compared[id])
				}
			}
			return nil
		})
	})
}

// A wrong query would agree with nothing; this says that SQL counts whom it is
// told of and nobody else: an adoption more is one more in A1 and A4.
func TestSQLSeesOneChildMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := scorecard.Year(lastYear)
		day := func(text string) date.Date { v, _ := date.Parse(text); return v }
		one := child.Child{Agency: "DER", Ref: "1", Status: "adopted", EnteredCare: day("2023-05-01"), DecisionDate: day("2023-10-01"), OrderDate: day("2023-12-01"),
			Milestones: []child.Milestone{{What: "matched", Day: day("2024-02-01")}, {What: "placed", Day: day("2024-03-01"), Detail: "A6"}, {What: "adopted", Day: day("2024-12-01")}}}
		land := country{agencies: []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derby"}}, children: []child.Child{one}}
		inUnit(t, d, func(u *work.Unit, _ *agency.Book) error { return land.write(u) })
		inUnit(t, d, func(u *work.Unit, _ *agency.Book) error {
			got := bySQL(t, u, []scorecard.Period{p})
			for id, want := range map[string][2]int{"A1": {305, 1}, "A10": {305, 1}, "A2": {62, 1}, "A3": {1, 1}, "A4": {1, 409}} {
				if have := got[asked{id, "DER", p}]; have != want {
					t.Errorf("%s: %v, want %v", id, have, want)
				}
			}
			if n := len(got); n != 5 || !slices.Contains(fromChildren, "A16") {
				t.Errorf("%d figures: %v", n, got)
			}
			return nil
		})
	})
}
