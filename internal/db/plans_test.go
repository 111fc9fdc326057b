package db_test

import (
	"testing"

	"homeward/internal/db"
)

// TestASavedPlanTellsOfNobodyWhomItsReaderMayNotSee: of the children and families
// of other agencies there is, in a plan saved long ago, what there is of them
// today.
func TestASavedPlanTellsOfNobodyWhomItsReaderMayNotSee(t *testing.T) {
	onPostgres(t, func(r *region) {
		own := map[string]any{"agency_code": "DER", "plan_id": of("DER", "plan"), "n": 9, "child_agency": "NOT", "child_id": of("NOT", "child"), "child_ids": "x " + of("NOT", "child"),
			"family_agency": "VAA1", "family_id": of("VAA1", "family")}
		for _, table := range []string{"plan_saved_link", "plan_saved_without", "plan_saved_family"} {
			r.put(table, "DER", own)
		}
		finder := worker("DER", "home_finder")
		expect := func(when string, links, without, families int) {
			t.Helper()
			for query, want := range map[string]int{
				"plan_saved_link WHERE n = 9": links, "plan_saved_without WHERE child_agency = 'NOT'": without, "plan_saved_family WHERE family_agency = 'VAA1'": families, "plan_saved": 1,
			} {
				if got := r.count(finder, query); got != want {
					t.Errorf("%s: %d of %s, want %d", when, got, query, want)
				}
			}
		}
		expect("somebody else finds their homes", 0, 0, 1)
		r.operator("UPDATE function_held SET function = 'home_finding', holder = 'DER', until_day = NULL WHERE agency_code = 'NOT'")
		expect("they find the homes", 1, 1, 1)
		r.put("restriction", "NOT", map[string]any{"agency_code": "NOT", "kind": "child", "subject_id": of("NOT", "child")})
		expect("one of the children is restricted", 0, 0, 1)
		r.operator("DELETE FROM restriction WHERE agency_code = 'NOT' AND subject_id = $1", of("NOT", "child"))
		r.put("restriction", "VAA1", map[string]any{"agency_code": "VAA1", "kind": "family", "subject_id": of("VAA1", "family")})
		expect("the family is restricted", 0, 1, 0)
		r.operator("DELETE FROM restriction WHERE agency_code = 'VAA1' AND subject_id = $1", of("VAA1", "family"))
		r.operator("UPDATE agreement SET until_day = $1 WHERE agreement_id = 'A2'", day)
		expect("the agreement with the family's agency has ended", 0, 1, 0)
		r.operator("UPDATE function_held SET until_day = $1 WHERE agency_code = 'NOT'", day)
		expect("home finding was taken back", 0, 0, 0)
		if n := r.count(worker("NOT", "manager"), "plan_saved WHERE agency_code = 'DER'") + r.count(worker("DER", "adopter_worker"), "plan_saved"); n != 0 {
			t.Errorf("%d plans are read by others", n)
		}
	})
}

func TestASavedPlanIsNeverChanged(t *testing.T) {
	onPostgres(t, func(r *region) {
		const saving = `INSERT INTO plan_saved SELECT agency_code, $1, saved_on, saved_at, saved_by, saved_by_name, note, stretch, priority, pool, rules,
			group_count, family_count, link_count, child_count, most_links, weight, fit, $1 FROM plan_saved WHERE agency_code = 'DER' AND plan_id = $2`
		for who, may := range map[db.Scope]bool{worker("DER", "home_finder"): true, worker("DER", "manager"): true, worker("DER", "permanence_worker"): false, worker("DER", "adopter_worker"): false, worker("NOT", "manager"): false} {
			n, err := r.exec(who, saving, who.Role, of("DER", "plan"))
			if did := err == nil && n == 1; did != may {
				t.Errorf("%s of %s saves one: %d, %v", who.Role, who.Agency, n, err)
			}
		}
		for _, table := range []string{"plan_saved", "plan_saved_link", "plan_saved_without", "plan_saved_family"} {
			for _, query := range []string{"UPDATE " + table + " SET plan_id = plan_id", "DELETE FROM " + table} {
				if n, err := r.exec(worker("DER", "manager"), query); err == nil && n > 0 {
					t.Errorf("%s reached %d rows", query, n)
				}
			}
		}
	})
}
