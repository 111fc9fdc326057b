package scorecard

import (
	"database/sql"
	"fmt"
	"math"
	"testing"

	_ "modernc.org/sqlite"
)

// The indicators once more, in plain SQL from their definitions and not from the
// engine, slow and without an index. j is a journey; r every decision, seq 0 the
// latest of its journey. Each query gives agency, numerator and denominator for
// the days :first to :last.
var inSQL = map[string]string{
	"A1": `SELECT agency, SUM(julianday(placed) - julianday(entered)), COUNT(*) FROM j
		WHERE adopted BETWEEN :first AND :last AND placed >= entered GROUP BY agency`,
	"A10": `WITH s AS (SELECT agency, entered, CASE
			WHEN NOT carer THEN placed
			WHEN fostered IS NULL THEN NULL
			WHEN placed < fostered THEN placed
			ELSE fostered END AS stopped
			FROM j WHERE adopted BETWEEN :first AND :last)
		SELECT agency, SUM(julianday(stopped) - julianday(entered)), COUNT(*) FROM s WHERE stopped >= entered GROUP BY agency`,
	"A2": `SELECT agency, SUM(MAX(0, julianday(matched) - julianday(ordered))), COUNT(*) FROM j
		WHERE adopted BETWEEN :first AND :last AND ordered IS NOT NULL AND matched IS NOT NULL AND placed < adopted GROUP BY agency`,
	"A3": `WITH w AS (
			SELECT agency, julianday(placed) - julianday(entered) AS days FROM j WHERE adopted BETWEEN :first AND :last
			UNION ALL
			SELECT agency, julianday(CASE WHEN placed <= :last THEN placed ELSE :last END) - julianday(entered) FROM j
			WHERE id IN (SELECT id FROM standing) AND (adopted IS NULL OR adopted > :last) AND (leftcare IS NULL OR leftcare > :last))
		SELECT agency, SUM(days < 426), COUNT(*) FROM w WHERE days >= 0 GROUP BY agency`,
	"A5":  `SELECT agency, COUNT(*), 0 FROM r JOIN j USING (id) WHERE r.reversed BETWEEN :first AND :last GROUP BY agency`,
	"A15": `SELECT agency, COUNT(*), 0 FROM r JOIN j USING (id) WHERE r.decided BETWEEN :first AND :last GROUP BY agency`,
	"A16": `SELECT agency, COUNT(*), 0 FROM j WHERE ordered BETWEEN :first AND :last GROUP BY agency`,
	"A9":  `SELECT agency, COUNT(*), 0 FROM j WHERE id IN (SELECT id FROM standing) AND ` + notGone + ` GROUP BY agency`,
	"A14": `SELECT agency, COUNT(*), 0 FROM j WHERE id IN (SELECT id FROM standing) AND ordered <= :last AND ` + notGone + ` GROUP BY agency`,
}

const notGone = `COALESCE(placed, '9999') > :last AND COALESCE(adopted, '9999') > :last AND COALESCE(leftcare, '9999') > :last`

// standing is whose latest decision by :last had not been given up by then.
const standing = `WITH standing AS (
	SELECT r.id FROM r WHERE r.decided <= :last AND COALESCE(r.reversed, '9999') > :last
	AND NOT EXISTS (SELECT 1 FROM r later WHERE later.id = r.id AND later.decided <= :last AND (later.decided, -later.seq) > (r.decided, -r.seq)))
	SELECT * FROM (`

func loaded(t *testing.T, journeys []Journey) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // a memory of its own for each connection
	run := func(q string, args ...any) {
		if _, err := db.Exec(q, args...); err != nil {
			t.Fatal(err)
		}
	}
	run(`CREATE TABLE j (id TEXT, agency TEXT, entered DATE, ordered DATE, matched DATE, fostered DATE, placed DATE, adopted DATE, leftcare DATE, carer BOOLEAN)`)
	run(`CREATE TABLE r (id TEXT, seq INTEGER, decided DATE, reversed DATE)`)
	run(`BEGIN`)
	for _, j := range journeys {
		run(`INSERT INTO j VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, j.ID, j.Agency, j.EnteredCare, j.Ordered, j.Matched, j.Fostered, j.Placed, j.Adopted, j.LeftCare, j.FosterCarer)
		run(`INSERT INTO r VALUES ($1, 0, $2, $3)`, j.ID, j.Decided, j.Reversed)
		for i, e := range j.Earlier {
			run(`INSERT INTO r VALUES ($1, $2, $3, $4)`, j.ID, i+1, e.Decided, e.Reversed)
		}
	}
	run(`COMMIT`)
	run(`CREATE INDEX r_id ON r (id)`)
	return db
}

// asked is what SQL says of an indicator and a period, by agency.
func asked(t *testing.T, db *sql.DB, id string, p Period) map[string][2]int {
	t.Helper()
	query := inSQL[id]
	if id == "A3" || id == "A9" || id == "A14" {
		query = standingIn(query)
	}
	rows, err := db.Query(query, sql.Named("first", p.First), sql.Named("last", p.Last))
	if err != nil {
		t.Fatal(id, err)
	}
	defer rows.Close()
	out := map[string][2]int{}
	for rows.Next() {
		var agency string
		var n, d float64
		if err := rows.Scan(&agency, &n, &d); err != nil {
			t.Fatal(err)
		}
		out[agency] = [2]int{int(math.Round(n)), int(d)}
	}
	return out
}

func standingIn(query string) string { return standing + query + `)` }

func TestTheEngineAgreesWithSQLWrittenFromTheDefinitions(t *testing.T) {
	for seed := range uint64(2) {
		list := seeded(seed).muddles(10, 300)
		db, b := loaded(t, list), New(Input{Journeys: list}, Usual())
		counted := map[string]int{}
		for id := range inSQL {
			for year := 2019; year <= 2027; year++ {
				for _, p := range []Period{Year(year), ThreeYears(year)} {
					want := asked(t, db, id, p)
					for _, agency := range b.Agencies() {
						f, err := b.Figure(id, Area{agency, []string{agency}}, p)
						if err != nil {
							t.Fatal(err)
						}
						if got := [2]int{f.Numerator, f.Denominator}; got != want[agency] {
							t.Errorf("seed %d, %s of %s, %s: the engine says %v, SQL %v", seed, id, agency, p, got, want[agency])
						}
						counted[id] += len(f.Cases)
						agreesOnTheValue(t, f)
					}
				}
			}
		}
		t.Logf("seed %d: children counted by indicator: %s", seed, fmt.Sprint(counted))
		for id, n := range counted {
			if n < 500 {
				t.Errorf("%s looked at %d children only: the test says little", id, n)
			}
		}
	}
}

func agreesOnTheValue(t *testing.T, f Figure) {
	t.Helper()
	if f.Denominator == 0 {
		return
	}
	want := float64(f.Numerator) / float64(f.Denominator)
	if f.Gives == Percent {
		want *= 100
	}
	if f.Value != math.Floor(want+0.5) {
		t.Errorf("%s is %v, want %v rounded", f.Indicator, f.Value, want)
	}
}
