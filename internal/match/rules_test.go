package match

import (
	"slices"
	"testing"
	"time"

	"homeward/internal/date"
	"homeward/internal/geo"
)

// plain is a group of one and a family with nothing between them: approved,
// nothing said but that any sex is welcome and that nobody else is at home.
func plain() (Child, Family) {
	child := Child{Ref: Ref{"DER", "C1"}, Born: asOf.AddDays(-4*366 - 100), Sex: "F"}
	family := Family{
		Ref: Ref{"NOT", "F1"}, Status: "approved", MaxChildren: Count{1, true}, Sex: "any",
		AgeMin: Count{2, true}, AgeMax: Count{6, true}, ChildrenAtHome: Count{0, true},
	}
	return child, family
}

// explained makes a pool of one pair, changed from the plain one.
func explained(change func(*Case, *Child, *Family)) Explanation {
	child, family := plain()
	c := Case{AsOf: asOf}
	if change != nil {
		change(&c, &child, &family)
	}
	c.Groups = append(c.Groups, Group{Children: []Child{child}})
	c.Families = append(c.Families, family)
	return New(c).Explain(0, 0)
}

func value(t *testing.T, e Explanation, code string) (float64, string) {
	t.Helper()
	i := slices.IndexFunc(e.Criteria, func(c Criterion) bool { return c.Code == code })
	if i < 0 {
		return -1, "does not apply"
	}
	return e.Criteria[i].Value, e.Criteria[i].Outcome
}

func TestAPairWithNothingAgainstItIsSuitable(t *testing.T) {
	e := explained(nil)
	if e.Outcome != Suitable || e.Low != 1000 || e.High != 1000 || len(e.Exclusions)+len(e.Limits)+len(e.Ask) != 0 || e.Distance != nil {
		t.Errorf("%+v", e)
	}
}

func TestExclusions(t *testing.T) {
	at := geo.Position{Easting: 400000, Northing: 300000, Known: true}
	far := geo.Position{Easting: 500000, Northing: 300000, Known: true}
	zone := []geo.Zone{{Centre: at, RadiusMetres: 5 * geo.MetresPerMile}}
	home := []Place{{"home", far}}
	for _, c := range []struct {
		rule   string
		change func(*Case, *Child, *Family)
		want   []ExclusionLine
	}{
		{"on hold", func(_ *Case, _ *Child, f *Family) { f.Status = "on_hold" }, []ExclusionLine{{Code: "status"}}},
		{"a blank status is not approved", func(_ *Case, _ *Child, f *Family) { f.Status = "" }, []ExclusionLine{{Code: "status"}}},
		{"stage two", func(_ *Case, _ *Child, f *Family) { f.Status = "stage_two" }, []ExclusionLine{{Code: "status"}}},
		{"stage two, early search", func(c *Case, _ *Child, f *Family) { c.Early, f.Status = true, "stage_two" }, nil},
		{"stage one, early search", func(c *Case, _ *Child, f *Family) { c.Early, f.Status = true, "stage_one" }, []ExclusionLine{{Code: "status"}}},
		{"room for none", func(_ *Case, _ *Child, f *Family) { f.MaxChildren = Count{0, true} }, []ExclusionLine{{Code: "capacity"}}},
		{"room not known is no exclusion", func(_ *Case, _ *Child, f *Family) { f.MaxChildren = Count{} }, nil},
		{"no zone: a family without a home is not excluded", func(_ *Case, _ *Child, f *Family) { f.Places = nil }, nil},
		{"no home recorded is cannot tell", func(_ *Case, c *Child, f *Family) { c.Zones, f.Places = zone, []Place{{"work", far}} }, []ExclusionLine{{Code: "zone"}}},
		{"home far away", func(_ *Case, c *Child, f *Family) { c.Zones, f.Places = zone, home }, nil},
		{"work inside", func(_ *Case, c *Child, f *Family) { c.Zones, f.Places = zone, append([]Place{{"work", at}}, home...) }, []ExclusionLine{{Code: "zone", Certain: true}}},
		{"a place nobody can place", func(_ *Case, c *Child, f *Family) {
			c.Zones, f.Places = zone, append([]Place{{"school", geo.Position{}}}, home...)
		}, []ExclusionLine{{Code: "zone"}}},
		{"one certain inside makes it certain", func(_ *Case, c *Child, f *Family) {
			c.Zones, f.Places = zone, append([]Place{{"school", geo.Position{}}, {"relative", at}}, home...)
		}, []ExclusionLine{{Code: "zone", Certain: true}}},
		{"a blank radius", func(_ *Case, c *Child, f *Family) {
			c.Zones, f.Places = []geo.Zone{{Centre: at, RadiusMetres: -1}}, home
		}, []ExclusionLine{{Code: "zone"}}},
		{"a zone nobody can place", func(_ *Case, c *Child, f *Family) { c.Zones, f.Places = []geo.Zone{{RadiusMetres: 1}}, home }, []ExclusionLine{{Code: "zone"}}},
		{"conflict", func(c *Case, ch *Child, f *Family) { c.Conflicts = []Conflict{{f.Ref, ch.Ref}} }, []ExclusionLine{{Code: "conflict"}}},
		{"a conflict the other way round is another's", func(c *Case, ch *Child, f *Family) { c.Conflicts = []Conflict{{ch.Ref, f.Ref}} }, nil},
		{"reserved", func(_ *Case, _ *Child, f *Family) { f.ReservedUntil = asOf + 1 }, []ExclusionLine{{Code: "reserved"}}},
		{"reserved until today no longer reserves", func(_ *Case, _ *Child, f *Family) { f.ReservedUntil = asOf }, nil},
		{"reserved to the child's own agency", func(_ *Case, _ *Child, f *Family) { f.ReservedUntil, f.Ref.Agency = asOf+1, "DER" }, nil},
		{"waived stays listed", func(c *Case, ch *Child, f *Family) {
			f.Status, c.Waivers = "on_hold", []Waiver{{f.Ref, ch.Ref, ExcludedByStatus}}
		}, []ExclusionLine{{Code: "status", Waived: true}}},
		{"a waiver lifts no other exclusion", func(c *Case, ch *Child, f *Family) {
			f.Status, c.Waivers = "on_hold", []Waiver{{f.Ref, ch.Ref, ExcludedByZone}}
		}, []ExclusionLine{{Code: "status"}}},
	} {
		e := explained(c.change)
		if !slices.Equal(e.Exclusions, c.want) {
			t.Errorf("%s: %+v, want %+v", c.rule, e.Exclusions, c.want)
		}
		stands := slices.ContainsFunc(c.want, func(l ExclusionLine) bool { return !l.Waived })
		if (e.Outcome == RuledOut) != stands {
			t.Errorf("%s: outcome %s", c.rule, e.Outcome.Code())
		}
	}
}

func TestAConflictOrWaiverOfOneChildIsTheWholeGroups(t *testing.T) {
	child, family := plain()
	second := child
	second.Ref.Ref = "C2"
	family.MaxChildren.N = 2
	c := Case{AsOf: asOf, Groups: []Group{{[]Child{child, second}}}, Families: []Family{family}, Conflicts: []Conflict{{family.Ref, second.Ref}}}
	if p := New(c).Pair(0, 0); p.Outcome != RuledOut || p.Excluded != ExcludedByConflict {
		t.Errorf("%+v", p)
	}
	c.Waivers = []Waiver{{family.Ref, child.Ref, ExcludedByConflict}}
	if p := New(c).Pair(0, 0); p.Outcome != Suitable || p.Waived != ExcludedByConflict {
		t.Errorf("%+v", p)
	}
}

func TestStatedLimits(t *testing.T) {
	need := func(level Level, a Answer) func(*Case, *Child, *Family) {
		return func(_ *Case, c *Child, f *Family) {
			c.Needs, f.Offers = []Need{{"fasd", level}}, []Offer{{"fasd", a}}
		}
	}
	for _, c := range []struct {
		rule   string
		change func(*Case, *Child, *Family)
		want   []string
	}{
		{"too old", func(_ *Case, _ *Child, f *Family) { f.AgeMax.N = 3 }, []string{"age"}},
		{"too young", func(_ *Case, _ *Child, f *Family) { f.AgeMin.N = 5 }, []string{"age"}},
		{"at the bounds", func(_ *Case, _ *Child, f *Family) { f.AgeMin.N, f.AgeMax.N = 4, 4 }, nil},
		{"a blank bound is no limit", func(_ *Case, _ *Child, f *Family) { f.AgeMin, f.AgeMax = Count{}, Count{} }, nil},
		{"no birth date, no age limit", func(_ *Case, c *Child, f *Family) { c.Born, f.AgeMax.N = 0, 0 }, nil},
		{"a boy for a family of girls", func(_ *Case, c *Child, f *Family) { c.Sex, f.Sex = "M", "F" }, []string{"sex"}},
		{"sex not known", func(_ *Case, c *Child, f *Family) { c.Sex, f.Sex = "U", "F" }, nil},
		{"sex not said", func(_ *Case, _ *Child, f *Family) { f.Sex = "" }, nil},
		{"no to a possible need", need(LevelPossible, AnswerNo), []string{"need:fasd"}},
		{"no to a known need", need(LevelKnown, AnswerNo), []string{"need:fasd"}},
		{"no to a significant need", need(LevelSignificant, AnswerNo), []string{"need:fasd"}},
		{"no to a need nobody has assessed", need(LevelUnknown, AnswerNo), nil},
		{"with support is no limit", need(LevelSignificant, AnswerSupport), nil},
		{"not asked is never no", need(LevelSignificant, Unanswered), nil},
		{"contact", func(_ *Case, c *Child, f *Family) {
			c.Contacts, f.Offers = []string{"letterbox"}, []Offer{{"letterbox", AnswerNo}}
		}, []string{"contact:letterbox"}},
		{"in order", func(_ *Case, c *Child, f *Family) {
			c.Needs = []Need{{"neglect", LevelKnown}, {"fasd", LevelPossible}}
			c.Contacts, c.Sex, f.Sex, f.AgeMax.N = []string{"letterbox"}, "M", "F", 3
			f.Offers = []Offer{{"letterbox", AnswerNo}, {"neglect", AnswerNo}, {"fasd", AnswerNo}}
		}, []string{"age", "sex", "need:fasd", "need:neglect", "contact:letterbox"}},
	} {
		e := explained(c.change)
		want := []Outcome{Suitable, Stretch, Stretch, RuledOut, RuledOut, RuledOut}[len(c.want)]
		if !slices.Equal(e.Limits, c.want) || e.Outcome != want {
			t.Errorf("%s: %s, limits %v, want %s, %v", c.rule, e.Outcome.Code(), e.Limits, want.Code(), c.want)
		}
	}
}

func TestTheAgeLimitLooksAtTheOthersWhereOneBirthDateIsMissing(t *testing.T) {
	child, family := plain()
	other := Child{Ref: Ref{"DER", "C2"}, Sex: "F"}
	family.AgeMax.N, family.MaxChildren.N = 3, 2
	e := New(Case{AsOf: asOf, Groups: []Group{{[]Child{child, other}}}, Families: []Family{family}}).Explain(0, 0)
	if v, outcome := value(t, e, "age"); outcome != "unknown" || v != 0 || !slices.Equal(e.Limits, []string{"age"}) {
		t.Errorf("age %v %s, limits %v", v, outcome, e.Limits)
	}
	if e.Criteria[0].Child != "4, not recorded" {
		t.Errorf("reads %q", e.Criteria[0].Child)
	}
}

func TestCriteria(t *testing.T) {
	years := func(n int) date.Date { return asOf.AddMonths(-12 * n) }
	for _, c := range []struct {
		rule    string
		code    string
		change  func(*Case, *Child, *Family)
		value   float64
		outcome string
	}{
		{"a year outside", "age", func(_ *Case, _ *Child, f *Family) { f.AgeMax.N = 3 }, 0.5, "partly"},
		{"two years outside", "age", func(_ *Case, _ *Child, f *Family) { f.AgeMax.N = 2 }, 0, "not_met"},
		{"three years outside", "age", func(_ *Case, _ *Child, f *Family) { f.AgeMin.N, f.AgeMax = 7, Count{} }, 0, "not_met"},
		{"one bound", "age", func(_ *Case, _ *Child, f *Family) { f.AgeMin = Count{} }, 1, "met"},
		{"no bound", "age", func(_ *Case, _ *Child, f *Family) { f.AgeMin, f.AgeMax = Count{}, Count{} }, 0, "unknown"},
		{"born on 29 February, on 28 February", "age", func(c *Case, ch *Child, f *Family) {
			ch.Born, c.AsOf, f.AgeMax.N = leapDay, date.MustOf(2025, time.February, 28), 4
		}, 1, "met"},
		{"born on 29 February, on 1 March", "age", func(c *Case, ch *Child, f *Family) {
			ch.Born, c.AsOf, f.AgeMax.N = leapDay, date.MustOf(2025, time.March, 1), 4
		}, 0.5, "partly"},
		{"not yet born is 0", "age", func(_ *Case, c *Child, f *Family) { c.Born, f.AgeMin.N = asOf+30, 0 }, 1, "met"},
		{"any sex for a child of none recorded", "sex", func(_ *Case, c *Child, _ *Family) { c.Sex = "U" }, 1, "met"},
		{"girls, and one not known", "sex", func(_ *Case, c *Child, f *Family) { c.Sex, f.Sex = "", "F" }, 0, "unknown"},
		{"room not known", "capacity", func(_ *Case, _ *Child, f *Family) { f.MaxChildren = Count{} }, 0, "unknown"},
		{"no room", "capacity", func(_ *Case, _ *Child, f *Family) { f.MaxChildren.N = 0 }, 0, "not_met"},
		{"with support", "need:fasd", func(_ *Case, c *Child, f *Family) {
			c.Needs, f.Offers = []Need{{"fasd", LevelKnown}}, []Offer{{"fasd", AnswerSupport}}
		}, 0.6, "partly"},
		{"a need nobody has assessed still asks", "need:fasd", func(_ *Case, c *Child, _ *Family) { c.Needs = []Need{{"fasd", LevelUnknown}} }, 0, "unknown"},
		{"no children at home", "age_gap", func(_ *Case, c *Child, _ *Family) { c.Born = 0 }, 1, "met"},
		{"two years older", "age_gap", func(_ *Case, _ *Child, f *Family) {
			f.ChildrenAtHome, f.Household = Count{2, true}, []date.Date{years(9), years(6)}
		}, 1, "met"},
		{"as old", "age_gap", func(_ *Case, _ *Child, f *Family) {
			f.ChildrenAtHome, f.Household = Count{1, true}, []date.Date{years(4)}
		}, 0.5, "partly"},
		{"younger", "age_gap", func(_ *Case, _ *Child, f *Family) {
			f.ChildrenAtHome, f.Household = Count{1, true}, []date.Date{years(3)}
		}, 0, "not_met"},
		{"fewer birth dates than children", "age_gap", func(_ *Case, _ *Child, f *Family) {
			f.ChildrenAtHome, f.Household = Count{2, true}, []date.Date{years(9)}
		}, 0, "unknown"},
		{"children at home not known", "age_gap", func(_ *Case, _ *Child, f *Family) { f.ChildrenAtHome, f.Household = Count{}, []date.Date{years(9)} }, 0, "unknown"},
		{"English alone", "language", func(_ *Case, c *Child, _ *Family) { c.Languages = []string{"en"} }, -1, "does not apply"},
		{"shared", "language", func(_ *Case, c *Child, f *Family) {
			c.Languages, f.Languages = []string{"pl", "ur"}, []string{"en", "ur"}
		}, 1, "met"},
		{"English is not shared", "language", func(_ *Case, c *Child, f *Family) {
			c.Languages, f.Languages = []string{"pl", "en"}, []string{"en"}
		}, 0, "not_met"},
		{"not asked", "language", func(_ *Case, c *Child, f *Family) { c.Languages = []string{"pl"} }, 0, "unknown"},
		{"no significant need", "training", func(_ *Case, c *Child, _ *Family) { c.Needs = []Need{{"fasd", LevelKnown}} }, -1, "does not apply"},
		{"not trained", "training", func(_ *Case, c *Child, f *Family) {
			c.Needs, f.Training = []Need{{"fasd", LevelSignificant}}, "no"
		}, 0, "not_met"},
	} {
		v, outcome := value(t, explained(c.change), c.code)
		if v != c.value || outcome != c.outcome {
			t.Errorf("%s, %s: %v %s, want %v %s", c.code, c.rule, v, outcome, c.value, c.outcome)
		}
	}
}

// The worked example of docs/matching.md: 42/58 and 50/58.
func TestTheWorkedExampleOfTheDocument(t *testing.T) {
	e := explained(func(_ *Case, c *Child, f *Family) {
		c.Languages, c.Contacts = []string{"pl"}, []string{"letterbox"}
		c.Needs = []Need{{"fasd", LevelPossible}, {"attachment", LevelSignificant}}
		f.Offers = []Offer{{"attachment", AnswerSupport}, {"letterbox", AnswerYes}}
		f.Languages, f.Training, f.MaxChildren.N, f.ChildrenAtHome.N = []string{"en"}, "yes", 2, 1
	})
	if e.Low != 724 || e.High != 862 || e.Outcome != Suitable || !slices.Equal(e.Ask, []string{"age_gap", "need:fasd"}) {
		t.Fatalf("%+v", e)
	}
	want := []Criterion{
		{"age", "met", 15, 1, "4", "2-6"},
		{"sex", "met", 5, 1, "girl", "any"},
		{"capacity", "met", 5, 1, "1 child", "up to 2"},
		{"need:attachment", "partly", 10, 0.6, "significant", "yes, with support"},
		{"need:fasd", "unknown", 3, 0, "possible", "not asked"},
		{"contact:letterbox", "met", 6, 1, "planned", "yes"},
		{"age_gap", "unknown", 5, 0, "4", "1 child at home, a birth date is not recorded"},
		{"language", "not_met", 4, 0, "pl", "en"},
		{"training", "met", 5, 1, "1 significant need", "yes"},
	}
	if !slices.Equal(e.Criteria, want) {
		t.Errorf("%+v", e.Criteria)
	}
}

// 62.5 of 1000 is an exact half in tenths of a point: it goes up. In floating
// point many such halves go down.
func TestScoresAreRoundedOnceHalvesUp(t *testing.T) {
	for _, c := range []struct {
		points, weight int
		want           int16
	}{{0, 80, 0}, {2, 80, 3}, {6, 80, 8}, {800, 80, 1000}, {1, 30, 3}, {5, 30, 17}, {23, 40, 58}, {3, 8, 38}} {
		if got := rounded(c.points, c.weight); got != c.want {
			t.Errorf("100*%d/%d tenths = %d, want %d", c.points, c.weight, got, c.want)
		}
	}
	// low = 100/3 = 33.33.. and unknown 100/3: high is 66.7 from the sum, where
	// adding rounded parts would say 66.6.
	if low, high := rounded(100, 30), rounded(200, 30); low != 333 || high != 667 {
		t.Errorf("low %d, high %d", low, high)
	}
}

func TestDistanceIsAtLeastAndAtMost(t *testing.T) {
	mile := geo.MetresPerMile
	at := func(miles, u float64) geo.Position {
		return geo.Position{Easting: miles * mile, Uncertainty: u * mile, Known: true}
	}
	for _, c := range []struct {
		child, home geo.Position
		want        Miles
	}{
		{at(0, 0), at(31.24, 0), Miles{312, 312}},
		{at(0, 1), at(10, 2), Miles{70, 130}},
		{at(0, 4), at(3, 0), Miles{0, 70}},
	} {
		e := explained(func(_ *Case, ch *Child, f *Family) {
			ch.Home, f.Places = c.child, []Place{{"work", at(99, 0)}, {"home", c.home}}
		})
		if e.Distance == nil || *e.Distance != c.want {
			t.Errorf("%+v, want %+v", e.Distance, c.want)
		}
	}
}

func TestTheOrderOfAList(t *testing.T) {
	child, family := plain()
	like := func(agency, ref string, approved date.Date) Family {
		f := family
		f.Ref, f.ApprovedOn = Ref{agency, ref}, approved
		return f
	}
	best := like("NOT", "z", 0)
	poorer := like("DER", "a", asOf-900)
	poorer.MaxChildren = Count{}
	stretch := like("DER", "b", asOf-900)
	stretch.AgeMax.N = 3
	out := like("DER", "c", asOf-900)
	out.Status = "closed"
	c := Case{AsOf: asOf, Groups: []Group{{[]Child{child}}}, Families: []Family{
		out, stretch, poorer, best, like("NOT", "b", asOf-5), like("NOT", "B", asOf-5), like("LEI", "x", asOf-5), like("ZZZ", "x", asOf-6),
	}}
	var got []string
	for _, p := range New(c).List(0) {
		r := c.Families[p.Family].Ref
		got = append(got, r.Agency+"/"+r.Ref)
	}
	want := []string{"ZZZ/x", "LEI/x", "NOT/B", "NOT/b", "NOT/z", "DER/a", "DER/b", "DER/c"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRulesByDate(t *testing.T) {
	first := versions[0]
	for _, on := range []date.Date{0, first.From - 1, first.From, first.From + 1000} {
		if r := RulesOn(on); r.Version != "2026-11" || r.From != date.MustOf(2026, time.November, 1) {
			t.Errorf("on %s: %s", on, r.Version)
		}
	}
	later := Rules{Version: "later", From: asOf}
	versions = append(versions, later)
	defer func() { versions = versions[:1] }()
	if RulesOn(asOf-1).Version != "2026-11" || RulesOn(asOf).Version != "later" {
		t.Error("a version holds from its first day")
	}
	RulesOn(asOf - 1).Age.N = 99
	if RulesOn(asOf-1).Age.N != 15 {
		t.Error("a caller can change the rules of others")
	}
}

func TestCodes(t *testing.T) {
	all := ExcludedByStatus | ExcludedByCapacity | ExcludedByZone | ExcludedByConflict | ExcludedByReserved
	codes := all.Codes()
	if !slices.Equal(codes, []string{"status", "capacity", "zone", "conflict", "reserved"}) || Exclusion(0).Code() != "" {
		t.Errorf("%v", codes)
	}
	for _, code := range codes {
		if e, ok := ExclusionOf(code); !ok || e.Code() != code {
			t.Errorf("%s reads as %v", code, e)
		}
	}
	if _, ok := ExclusionOf("fee"); ok {
		t.Error("a fee excludes nobody")
	}
}
