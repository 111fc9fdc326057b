package invent_test

import (
	"strings"
	"testing"

	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
)

func years(t *testing.T, fn func(t *testing.T, year int)) {
	t.Helper()
	for year := ssda903.FirstRulesYear; year <= ssda903.LastYear; year++ {
		t.Run(ssda903.YearName(year), func(t *testing.T) { fn(t, year) })
	}
}

// clean fails for everything a check finds, by rule.
func clean(t *testing.T, now, last *ssda903.Return, given ssda903.Aids) *ssda903.Result {
	t.Helper()
	result, err := ssda903.Check(now, last, given)
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, f := range append(result.Findings, result.Prior...) {
		counted[f.Rule.Code]++
		if counted[f.Rule.Code] > 2 {
			continue
		}
		t.Errorf("%s (%s) %v prior %v", f.Rule.Code, f.Rule.Says, f.Line(), f.Prior)
		for c := range now.Children() {
			if c.Raw == f.Row.Raw(ssda903.CHILD) {
				for table := range ssda903.Table(12) {
					for _, r := range c.Rows(table) {
						t.Log(table, r.N, written(r))
					}
				}
			}
		}
	}
	for code, n := range counted {
		t.Logf("%s: %d", code, n)
	}
	return result
}

func written(r ssda903.Row) string {
	var cells []string
	for _, f := range r.Sheet.Table.Columns() {
		cells = append(cells, r.Raw(f))
	}
	return strings.Join(cells, ",")
}

func TestAnInventedReturnIsWithoutFindings(t *testing.T) {
	years(t, func(t *testing.T, year int) {
		for _, o := range []invent.Options{{Seed: 1, Children: 1200, Year: year}, {Seed: 2, Children: 500, Year: year, Episodes: 10}, {Seed: 3, Children: 500, Year: year, Episodes: 1}} {
			now, last := invent.Return(o)
			clean(t, now, last, invent.Aids())
			clean(t, now, nil, ssda903.Aids{})
		}
	})
}

// unplanted are the rules that no single edit of an invented return can break,
// and why.
var unplanted = map[string]string{
	"105":  "only the XML says the flag, and an invented return is one of tables",
	"205C": "only the XML has a row of UASC for a child who is none",
	"303":  "only the XML can say the flag and DUC apart",
	"348":  "nobody is a care leaver in both invented years",
	"411":  "it can never find anything",
	"706":  "last year's DoLo exists only in a return of 2027/28",
}

func TestEveryPlantedFaultIsFound(t *testing.T) {
	years(t, func(t *testing.T, year int) {
		for seed := range uint64(2) {
			now, last := invent.Return(invent.Options{Seed: 11 + seed, Children: 3000, Year: year})
			faulty, expected := invent.Plant(now, last, seed)
			result, err := ssda903.Check(faulty, last, invent.Aids())
			if err != nil {
				t.Fatal(err)
			}
			found := map[invent.Expected]bool{}
			for _, f := range result.Findings {
				l := f.Line()
				found[invent.Expected{Rule: l.Rule, Table: l.Table, Row: l.Row, Child: l.Child}] = true
			}
			planted := map[string]bool{}
			for _, e := range expected {
				planted[e.Rule] = true
				if !found[e] {
					t.Errorf("seed %d: rule %s does not name %s row %d of %s", seed, e.Rule, e.Table, e.Row, e.Child)
					about(t, faulty, last, e.Child)
				}
			}
			for _, rule := range ssda903.RulesIn(year) {
				if why := unplanted[rule.Code]; planted[rule.Code] == (why != "") {
					t.Errorf("seed %d: rule %s is planted: %v, reason not to: %q", seed, rule.Code, planted[rule.Code], why)
				}
			}
			if seed == 0 {
				t.Logf("%d rules of %d have a plant that was found, on %d rows", len(planted), len(ssda903.RulesIn(year)), len(expected))
			}
		}
	})
}

// about logs all rows of a child.
func about(t *testing.T, now, last *ssda903.Return, child string) {
	t.Helper()
	for name, y := range map[string]*ssda903.Return{"this year": now, "last year": last} {
		if y == nil {
			continue
		}
		for table, sheet := range y.Sheets {
			for r := range sheet.Rows() {
				if r.Raw(ssda903.CHILD) == child {
					t.Log(name, ssda903.Table(table), r.N, written(r))
				}
			}
		}
	}
}

func TestTheSameSeedMakesTheSameReturn(t *testing.T) {
	text := func(seed uint64) string {
		now, last := invent.Return(invent.Options{Seed: seed, Children: 200, Year: 2026})
		faulty, _ := invent.Plant(now, last, seed)
		var all strings.Builder
		for _, y := range []*ssda903.Return{now, last, faulty} {
			for _, table := range ssda903.Tables(y.Year) {
				if err := y.Sheets[table].WriteCSV(&all); err != nil {
					t.Fatal(err)
				}
			}
		}
		return all.String()
	}
	if first, again := text(1), text(1); first != again || first == text(2) {
		t.Error("the seed does not say what is invented")
	}
}

func TestAnInventedReturnHasWhatTheCodesCanSay(t *testing.T) {
	now, _ := invent.Return(invent.Options{Seed: 1, Children: 3000, Year: 2026, Episodes: 11})
	if n := now.Sheets[ssda903.Header].Len(); n != 3000 {
		t.Errorf("%d children", n)
	}
	if n := now.Sheets[ssda903.Episodes].Len(); n < 25000 || n > 36000 {
		t.Errorf("%d episodes", n)
	}
	seen := map[string]bool{}
	for e := range now.Sheets[ssda903.Episodes].Rows() {
		for _, f := range []ssda903.Field{ssda903.LS, ssda903.PLACE, ssda903.REC, ssda903.RNE, ssda903.PLACE_PROVIDER} {
			seen[e.Text(f)] = true
		}
	}
	for _, code := range strings.Fields("V2 V3 V4 C1 C2 E1 L1 L2 J1 U1 U2 U3 U4 U5 U6 A3 A4 A5 A6 K1 K2 K3 P1 P3 R1 R2 R3 R5 S1 T0 T1 T2 T4 Z11 Z12 Z13 Z14 X1 E11 E12 E2 E3 E4A E17 E45 S P L T B U PR0 PR1 PR2 PR3 PR4 PR5") {
		if !seen[code] {
			t.Errorf("no episode has %s", code)
		}
	}
	for _, table := range ssda903.Tables(2026) {
		if now.Sheets[table].Len() < 20 {
			t.Errorf("%s has %d rows", table, now.Sheets[table].Len())
		}
	}
}
