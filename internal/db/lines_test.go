package db_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
)

// uses is what each use of reach mirrors: who may do what to which kind of thing.
var uses = map[string]struct {
	kind   access.Kind
	action access.Action
}{
	"profile": {access.Child, access.Profile}, "identity": {access.Child, access.View}, "change_child": {access.Child, access.Change},
	"family": {access.Family, access.View}, "family_places": {access.FamilyPlaces, access.View}, "change_family": {access.Family, access.Change},
	"make_ask": {access.Child, access.MakeAsk}, "answer": {access.Ask, access.Answer}, "waive": {access.Child, access.Waive},
	"staff": {access.Staff, access.Change}, "agreements": {access.Agreement, access.Change}, "restrict": {access.Restriction, access.Change}, "review": {access.Glass, access.Review},
	"returns": {access.Return, access.Change}, "figures": {access.Figures, access.View},
}

// TestTheTwoLinesSayTheSame asks both lines, for every role, about an agency of
// each tie: a row in the access table is a row in reach, and the other way round.
func TestTheTwoLinesSayTheSame(t *testing.T) {
	onPostgres(t, func(r *region) {
		r.put("agency", "FIN", map[string]any{"agency_code": "FIN", "kind": "LA"})
		r.operator("UPDATE agreement SET covers = 'child_profiles', pool = '' WHERE agreement_id = 'A1'")
		r.agreement("A9", "", "DER", "FIN")
		r.operator("UPDATE agreement SET covers = 'family_profiles figures' WHERE agreement_id = 'A9'")
		r.operator("UPDATE agreement SET until_day = $1 WHERE agreement_id = 'A2'", day)
		none := date.Date(0)
		r.put("function_held", "LEI", map[string]any{"agency_code": "LEI", "function": "home_finding", "holder": "DER", "until_day": none})
		r.put("function_held", "VAA1", map[string]any{"agency_code": "VAA1", "function": "recruitment", "holder": "DER", "until_day": none})
		ties := []access.Tie{
			{Agency: "NOT", Covers: []access.Cover{access.ChildProfiles}}, {Agency: "FIN", Covers: []access.Cover{access.FamilyProfiles, access.SharedFigures}},
			{Agency: "LEI", Function: access.HomeFinding}, {Agency: "VAA1", Function: access.Recruitment},
		}
		compared, opened := 0, 0
		for _, kind := range []string{"LA", "VAA"} {
			r.operator("UPDATE agency SET kind = $1 WHERE agency_code = 'DER'", kind)
			for _, role := range access.Roles() {
				actor := access.Actor{ID: of("DER", "worker"), Agency: "DER", Role: role, Ties: ties, Voluntary: kind == "VAA"}
				for use, asks := range uses {
					var first []string
					for _, code := range append([]string{"FIN"}, agencies...) {
						if access.Can(actor, asks.action, access.Thing{Kind: asks.kind, Agency: code}).Allow {
							first = append(first, code)
						}
					}
					second := r.reach(worker("DER", string(role)), use)
					if kind == "VAA" { // finds homes for nobody: the register refuses it, and so does reach
						first = slices.DeleteFunc(first, func(code string) bool { return code == "LEI" })
					}
					slices.Sort(first)
					compared++
					opened += len(first)
					if !slices.Equal(first, second) {
						t.Errorf("%s of a %s, %s: the first line opens %v, the second %v", role, kind, use, first, second)
					}
				}
			}
		}
		t.Logf("%d compared, %d agencies opened", compared, opened)
		if opened < 50 {
			t.Error("hardly anything is open: this test looks in the wrong place")
		}
	})
}

func (r *region) reach(s db.Scope, use string) (codes []string) {
	r.t.Helper()
	r.as(s, func(tx *db.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var list string
			err := rows.Scan(&list)
			codes = strings.FieldsFunc(list, func(c rune) bool { return c == ',' })
			return err
		}, "SELECT array_to_string(reach($1), ',')", use)
	})
	slices.Sort(codes)
	return slices.Compact(codes)
}
