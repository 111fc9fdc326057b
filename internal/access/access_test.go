package access

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var actions = []Action{Profile, View, Change, FindFamilies, MakeAsk, Answer, Waive, Import, BreakGlass, Disclose, Review, Save}

// stances are how a thing may stand to an actor of DER, team T1, worker "w".
var stances = []struct {
	name  string
	tie   *Tie
	thing Thing
	more  func(*Actor)
}{
	{"their own", nil, Thing{Agency: "DER", ID: "x", Worker: "w", Team: "T1"}, nil},
	{"their team's", nil, Thing{Agency: "DER", ID: "x", Worker: "other", Team: "T1"}, nil},
	{"their agency's", nil, Thing{Agency: "DER", ID: "x", Worker: "other", Team: "T2"}, nil},
	{"their agency's, nobody follows it", nil, Thing{Agency: "DER", ID: "x"}, nil},
	{"restricted to others", nil, Thing{Agency: "DER", ID: "x", Worker: "w", Team: "T1", Restricted: true}, nil},
	{"restricted to them", nil, Thing{Agency: "DER", ID: "x", Worker: "other", Team: "T1", Restricted: true}, func(a *Actor) {
		for _, k := range []Kind{Child, Family, Ask, Paper, Sealed} {
			a.NamedOn = append(a.NamedOn, Opened{k, "DER", "x"})
		}
	}},
	{"restricted, glass broken", nil, Thing{Agency: "DER", ID: "x", Worker: "other", Team: "T2", Restricted: true}, func(a *Actor) {
		a.Opened = []Opened{{Child, "DER", "x"}, {Family, "DER", "x"}}
	}},
	{"shared by an agreement", &Tie{Agency: "NOT", Name: "EM", Covers: Covers()}, Thing{Agency: "NOT", ID: "x", Worker: "other", Team: "T1"}, nil},
	{"shared, children alone", &Tie{Agency: "NOT", Name: "EM", Covers: []Cover{ChildProfiles}}, Thing{Agency: "NOT", ID: "x"}, nil},
	{"shared and disclosed", &Tie{Agency: "NOT", Name: "EM", Covers: Covers()}, Thing{Agency: "NOT", ID: "x", Disclosed: []string{"DER"}}, nil},
	{"shared, glass broken", &Tie{Agency: "NOT", Name: "EM", Covers: Covers()}, Thing{Agency: "NOT", ID: "x"}, func(a *Actor) {
		a.Opened = []Opened{{Child, "NOT", "x"}, {Family, "NOT", "x"}}
	}},
	{"home finding held", &Tie{Agency: "NOT", Function: HomeFinding}, Thing{Agency: "NOT", ID: "x"}, nil},
	{"recruitment held", &Tie{Agency: "NOT", Function: Recruitment}, Thing{Agency: "NOT", ID: "x"}, nil},
	{"records held", &Tie{Agency: "NOT", Function: Records}, Thing{Agency: "NOT", ID: "x"}, nil},
	{"on their agenda", nil, Thing{Agency: "NOT", ID: "x", Agenda: "meeting"}, func(a *Actor) { a.Agendas = []string{"meeting"} }},
	{"their own family", nil, Thing{Agency: "DER", ID: "x", Team: "T2"}, func(a *Actor) { a.Family = "x" }},
	{"another's", nil, Thing{Agency: "LEI", ID: "x", Worker: "w", Team: "T1"}, nil},
	{"another's, same team name", nil, Thing{Agency: "LEI", ID: "x"}, func(a *Actor) { a.Team = "" }},
	{"nobody's", nil, Thing{ID: "x"}, nil},
}

// matrix writes the whole table as answers: role, stance, whether the actor's
// agency is voluntary, and what they may do.
func matrix() string {
	var b strings.Builder
	fmt.Fprintln(&b, "role\tthing\tagency of the actor\tmay")
	for _, role := range append(Roles(), "head_of_service", "") {
		for _, s := range stances {
			for _, voluntary := range []bool{false, true} {
				a := Actor{ID: "w", Agency: "DER", Team: "T1", Role: role, Voluntary: voluntary}
				if s.tie != nil {
					a.Ties = []Tie{*s.tie}
				}
				if s.more != nil {
					s.more(&a)
				}
				kind := map[bool]string{false: "council", true: "voluntary"}[voluntary]
				if may := mayDo(a, s.thing); may != "" {
					fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", role, s.name, kind, may)
				}
			}
		}
	}
	return b.String()
}

func mayDo(a Actor, t Thing) string {
	var lines []string
	for _, k := range Kinds() {
		var may []string
		for _, act := range actions {
			t.Kind = k
			if Can(a, act, t).Allow {
				may = append(may, string(act))
			}
		}
		if len(may) > 0 {
			lines = append(lines, fmt.Sprintf("%s:%s", k, strings.Join(may, "+")))
		}
	}
	return strings.Join(lines, " ")
}

// TestTheWholeTable holds the answers to a file that people read and reviewed.
// Where the table is meant to change, write it anew with HOMEWARD_WRITE_TABLE=1
// and read what changed.
func TestTheWholeTable(t *testing.T) {
	path := filepath.Join("testdata", "table.tsv")
	got := matrix()
	if os.Getenv("HOMEWARD_WRITE_TABLE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	was := strings.Split(string(want), "\n")
	for _, line := range strings.Split(got, "\n") {
		if !slices.Contains(was, line) {
			t.Errorf("not in the reviewed table:\n%s", line)
		}
	}
	if got != string(want) && !t.Failed() {
		t.Error("the reviewed table opens more than the access table does now, or in another order")
	}
}

func TestNobodyWithoutAnAgencyAndNothingWithoutOne(t *testing.T) {
	for _, r := range Roles() {
		for _, k := range Kinds() {
			for _, act := range actions {
				if Can(Actor{Role: r}, act, Thing{Kind: k}).Allow || Can(Actor{Role: r, Agency: "DER"}, act, Thing{Kind: k}).Allow || Can(Actor{Role: r}, act, Thing{Kind: k, Agency: "DER"}).Allow {
					t.Errorf("%s may %s a %s of nobody", r, act, k)
				}
			}
		}
	}
}

// everything is an actor of an agency with every tie to DER there can be but
// broken glass and what both sides agreed to tell.
func everything(role Role, voluntary bool) Actor {
	a := Actor{ID: "w", Agency: "VAA1", Role: role, Voluntary: voluntary, Ties: []Tie{{Agency: "DER", Name: "EM", Covers: Covers()}}}
	for _, f := range Functions() {
		if !voluntary || f != Recruitment {
			a.Ties = append(a.Ties, Tie{Agency: "DER", Function: f})
		}
	}
	return a
}

func TestAVoluntaryAgencySeesWhatOthersChildrenNeedAndNothingElse(t *testing.T) {
	for _, role := range Roles() {
		for _, k := range Kinds() {
			for _, act := range actions {
				if Can(everything(role, true), act, Thing{Kind: k, Agency: "DER", ID: "x"}).Allow && !(k == Child && act == Profile) {
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
	for _, role := range []Role{AdopterWorker, Adopter, PanelMember, Administrator, InformationLead, RecordsCustodian} {
		for _, code := range []string{"VAA1", "DER"} {
			if Can(everything(role, false), View, Thing{Kind: ChildLocations, Agency: code, ID: "x", Disclosed: []string{"VAA1"}}).Allow {
				t.Errorf("%s sees zones of %s", role, code)
			}
		}
	}
}

func TestAnAgreementNeverOpensWhoOrWhere(t *testing.T) {
	for _, role := range Roles() {
		a := Actor{ID: "w", Agency: "NOT", Role: role, Ties: []Tie{{Agency: "DER", Name: "EM", Covers: Covers()}}}
		for _, k := range []Kind{ChildLocations, ChildHealth, BirthFamily, FamilyIdentity, FamilyPlaces} {
			if Can(a, View, Thing{Kind: k, Agency: "DER", ID: "x"}).Allow {
				t.Errorf("an agreement opens %s to a %s", k, role)
			}
		}
		if Can(a, View, Thing{Kind: Child, Agency: "DER", ID: "x"}).Allow {
			t.Errorf("an agreement tells a %s who a child is", role)
		}
	}
}

func TestWhoKeepsTheHouseSeesNoRecord(t *testing.T) {
	for _, role := range []Role{Administrator, InformationLead} {
		for _, k := range []Kind{Child, ChildLocations, ChildHealth, BirthFamily, Family, FamilyIdentity, FamilyPlaces, Ask, Paper, Sealed} {
			for _, act := range actions {
				if Can(Actor{ID: "w", Agency: "DER", Role: role}, act, Thing{Kind: k, Agency: "DER", ID: "x"}).Allow {
					t.Errorf("%s may %s %s", role, act, k)
				}
			}
		}
	}
}

func TestEveryRowGivesAReasonAndEverythingALabel(t *testing.T) {
	for _, r := range table {
		if r.reason == "" || r.relation.name == "" || !slices.Contains(Roles(), r.role) || r.kind.Label() == "" {
			t.Errorf("row %+v", r)
		}
		for _, act := range r.actions {
			if act.Label() == "" {
				t.Errorf("%q has no label", act)
			}
		}
	}
	for _, r := range append(Roles(), Operator) {
		if r.Label() == "" || r != Operator && len(OpenTo(r)) == 0 {
			t.Errorf("%q has no label, or nothing is open to it", r)
		}
	}
	if d := Can(Actor{}, View, Thing{}); d.Allow || d.Reason == "" {
		t.Errorf("default: %+v", d)
	}
	if firstLineOff {
		t.Error("the first line is off in this build")
	}
}
