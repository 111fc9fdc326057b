package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

var (
	kinds   = []Kind{Child, ChildLocations, Family, FamilyPlaces, Ask, Exchange}
	actions = []Action{Profile, View, Change, FindFamilies, MakeAsk, Answer, Waive, Import}
)

// open writes what a role may do at a distance: the whole matrix, to be read by
// a person.
func open(role Role, agency string, pools []string) string {
	actor := Actor{ID: "w", Agency: "DER", Role: role, Pools: []string{"D2N2", "EM"}}
	var lines []string
	for _, k := range kinds {
		var may []string
		for _, act := range actions {
			if Can(actor, act, Thing{k, agency, pools}).Allow {
				may = append(may, string(act))
			}
		}
		if len(may) > 0 {
			lines = append(lines, fmt.Sprintf("%s:%s", k, strings.Join(may, "+")))
		}
	}
	return strings.Join(lines, " ")
}

func TestTheWholeTable(t *testing.T) {
	for _, c := range []struct {
		role Role
		far  string
		want string
	}{
		{PermanenceWorker, "own", "child:profile+view+change+find_families+make_ask child_locations:view+change family:view"},
		{PermanenceWorker, "pool", "family:view"},
		{HomeFinder, "own", "child:profile+view+change+find_families+make_ask child_locations:view+change family:view+change family_places:view+change ask:view+answer exchange:import"},
		{HomeFinder, "pool", "child:profile+view+find_families+make_ask child_locations:view family:view exchange:import"},
		{AdopterWorker, "own", "child:profile family:view+change family_places:view+change ask:view+answer"},
		{AdopterWorker, "pool", "child:profile"},
		{Manager, "own", "child:profile+view+change+find_families+make_ask+waive child_locations:view+change family:view+change family_places:view+change ask:view+answer"},
		{Manager, "pool", "child:profile family:view"},
		{PermanenceWorker, "elsewhere", ""},
		{HomeFinder, "elsewhere", ""},
		{AdopterWorker, "elsewhere", ""},
		{Manager, "elsewhere", ""},
		{Role(""), "own", ""},
		{Role("head_of_service"), "pool", ""},
	} {
		agency, pools := "DER", []string{"D2N2", "EM"}
		if c.far != "own" {
			agency = "NOT"
		}
		if c.far == "elsewhere" {
			pools = []string{"NW"}
		}
		// An agency's own things are in its own pools; what "own" adds is left.
		got := open(c.role, agency, pools)
		if c.far == "own" {
			got = open(c.role, agency, nil)
		}
		if got != c.want {
			t.Errorf("%s, %s:\n got %s\nwant %s", c.role, c.far, got, c.want)
		}
	}
}

func TestNobodyWithoutAnAgencyAndNothingWithoutOne(t *testing.T) {
	for _, r := range Roles() {
		if Can(Actor{Role: r}, View, Thing{Kind: Child}).Allow {
			t.Errorf("%s without an agency sees a child without one", r)
		}
	}
}

func TestAVoluntaryAgencySeesWhatOthersChildrenNeedAndNothingElse(t *testing.T) {
	for _, role := range Roles() {
		actor := Actor{ID: "w", Agency: "VAA1", Role: role, Pools: []string{"EM"}, Voluntary: true}
		for _, k := range kinds {
			for _, act := range actions {
				if Can(actor, act, Thing{k, "DER", []string{"EM"}}).Allow && !(k == Child && act == Profile) {
					t.Errorf("%s of a voluntary agency may %s another's %s", role, act, k)
				}
			}
		}
	}
	if !Can(Actor{Agency: "VAA1", Role: AdopterWorker, Voluntary: true}, Answer, Thing{Kind: Ask, Agency: "VAA1"}).Allow {
		t.Error("a voluntary agency cannot answer for its own families")
	}
}

func TestTheFamilysSideNeverSeesLocations(t *testing.T) {
	actor := Actor{Agency: "VAA1", Role: AdopterWorker, Pools: []string{"EM"}}
	for _, agency := range []string{"VAA1", "DER"} {
		if Can(actor, View, Thing{ChildLocations, agency, []string{"EM"}}).Allow {
			t.Errorf("an adopters' worker sees zones of %s", agency)
		}
	}
}

func TestEveryRowGivesAReasonAndEveryRoleALabel(t *testing.T) {
	for _, r := range table {
		if r.reason == "" || !slices.Contains(Roles(), r.role) {
			t.Errorf("row %+v", r)
		}
	}
	for _, r := range append(Roles(), Operator) {
		if r.Label() == "" {
			t.Errorf("%q has no label", r)
		}
	}
	if d := Can(Actor{}, View, Thing{}); d.Allow || d.Reason == "" {
		t.Errorf("default: %+v", d)
	}
}
