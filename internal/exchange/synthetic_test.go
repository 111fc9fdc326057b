package exchange

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
)

var today = date.MustOf(2026, 11, 21)

// size is how big a region is.
type size struct{ agencies, children, families, offers, zones int }

// england is the size of the synthetic country: 4,000 children, 1,700
// families, 50,000 answers, 10,000 zones.
var england = size{agencies: 150, children: 4000, families: 1700, offers: 29, zones: 5}

// synthetic makes a region of a size; the same seed makes the same.
func synthetic(seed uint64, n size) Region {
	dice := rand.New(rand.NewPCG(seed, 1))
	var r Region
	for i := range n.agencies {
		r.Agencies = append(r.Agencies, agency.Agency{
			Code: fmt.Sprintf("A%03d", i), Kind: "LA", Name: fmt.Sprintf("Council %d", i), GSS: fmt.Sprintf("E%08d", i), Pools: []string{"EAST", fmt.Sprintf("P%d", i%12)},
		})
	}
	for i := range n.children {
		r.Children = append(r.Children, syntheticChild(dice, n, i))
	}
	for i := range n.families {
		r.Families = append(r.Families, syntheticFamily(dice, n, i))
	}
	for i := range n.children / 20 {
		c, f := r.Children[i], r.Families[i%len(r.Families)]
		r.Conflicts = append(r.Conflicts, link.Conflict{FamilyAgency: f.Agency, FamilyRef: f.Ref, ChildAgency: c.Agency, ChildRef: c.Ref, Reason: "They live in one street"})
	}
	return r
}

func some[T any](dice *rand.Rand, list []T) T { return list[dice.IntN(len(list))] }

func code(dice *rand.Rand, set child.CodeSet) string { return some(dice, set).Code }

// noPostcode is a postcode that cannot exist.
func noPostcode(dice *rand.Rand) string {
	return fmt.Sprintf("%s%d %d%c%c", some(dice, []string{"DE", "NG", "LE", "LN", "S"}), 1+dice.IntN(20), dice.IntN(10), some(dice, []byte("CIKMOV")), some(dice, []byte("CIKMOV")))
}

func recent(dice *rand.Rand, years int) date.Date { return today.AddDays(-dice.IntN(365 * years)) }

func syntheticChild(dice *rand.Rand, n size, i int) child.Child {
	c := child.Child{
		Agency: fmt.Sprintf("A%03d", dice.IntN(n.agencies)), Ref: fmt.Sprintf("C%d", i), Plan: code(dice, child.Plans),
		GivenName: fmt.Sprintf("Given%d", i), FamilyName: fmt.Sprintf("Family%d", i), Born: recent(dice, 10), Sex: code(dice, child.Sexes),
		Ethnic: code(dice, child.Ethnicities), Religion: "none known", Languages: []string{"pl"}, HomePostcode: noPostcode(dice), PlacementPostcode: noPostcode(dice),
		EnteredCare: recent(dice, 3), DecisionDate: recent(dice, 1), OrderDate: recent(dice, 1), Status: "waiting",
	}
	for _, need := range child.Needs {
		if dice.IntN(4) == 0 {
			c.Needs = append(c.Needs, child.Need{Code: need.Code, Level: code(dice, child.Levels)})
		}
	}
	for _, k := range child.ContactKinds[:2] {
		c.Contact = append(c.Contact, child.Contact{Kind: k.Code, TimesAYear: sql.Null[float64]{V: float64(1 + dice.IntN(12)), Valid: true}})
	}
	if i%10 == 0 {
		c.Milestones = []child.Milestone{{What: "matched", Day: today.AddDays(-1), Source: "row 1"}, {What: "placed", Day: today, Detail: "A6", Source: "row 2"}}
		c.Born = min(c.Born, today.AddDays(-1))
	}
	for range dice.IntN(n.zones + 1) {
		c.Zones = append(c.Zones, child.Zone{
			Postcode: noPostcode(dice), RadiusMiles: sql.Null[float64]{V: child.Radius(dice.Float64() * 20), Valid: true}, Kind: code(dice, child.ZoneKinds), ReviewBy: today.AddDays(dice.IntN(400)),
		})
	}
	return c
}

func number1(n int) sql.Null[int] { return sql.Null[int]{V: n, Valid: true} }

func syntheticFamily(dice *rand.Rand, n size, i int) adopter.Family {
	f := adopter.Family{
		Agency: fmt.Sprintf("A%03d", dice.IntN(n.agencies)), Ref: fmt.Sprintf("F%d", i), Adopters: number1(1 + dice.IntN(2)), ApprovedOn: recent(dice, 2), Status: "approved",
		MaxChildren: number1(1 + dice.IntN(3)), AgeMin: number1(0), AgeMax: number1(dice.IntN(9)), Sex: code(dice, adopter.Sexes), Languages: []string{"ur"},
		ChildrenAtHome: number1(dice.IntN(2)), Training: code(dice, adopter.YesNo), ReservedUntil: today.AddDays(dice.IntN(90)),
	}
	for _, o := range adopter.OfferCodes()[:n.offers] {
		f.Offers = append(f.Offers, adopter.Offer{Code: o.Code, Answer: code(dice, adopter.Answers), AnsweredOn: recent(dice, 1)})
	}
	for range dice.IntN(3) {
		f.Household = append(f.Household, recent(dice, 12))
	}
	for i, what := range []string{"enquired", "registered", "stage_one", "stage_two", "applied"} {
		f.Milestones = append(f.Milestones, adopter.Milestone{What: what, Day: today.AddDays(i - 900), Source: child.ByWorker})
	}
	for _, k := range adopter.PlaceKinds {
		f.Places = append(f.Places, adopter.Place{Kind: k.Code, Postcode: noPostcode(dice)})
	}
	return f
}

// differences says where two regions do not mean the same; ids, versions and
// workers are not of a region.
func differences(a, b Region) (found []string) {
	compare := func(what string, same bool) {
		if !same {
			found = append(found, what)
		}
	}
	compare("agencies", slices.EqualFunc(inOrder(a.Agencies), inOrder(b.Agencies), agency.Agency.Equal))
	compare("number of children", len(a.Children) == len(b.Children))
	compare("number of families", len(a.Families) == len(b.Families))
	children, families := map[Key]child.Child{}, map[Key]adopter.Family{}
	for _, c := range b.Children {
		c.ID, c.Version, c.Worker = "", 0, ""
		children[Key{c.Agency, c.Ref}] = c
	}
	for _, f := range b.Families {
		f.ID, f.Version, f.Worker = "", 0, ""
		families[Key{f.Agency, f.Ref}] = f
	}
	for _, c := range a.Children {
		c.ID, c.Version, c.Worker = "", 0, ""
		if parts := child.Differs(c, children[Key{c.Agency, c.Ref}]); len(parts) > 0 {
			found = append(found, fmt.Sprint("child ", c, " in ", parts, " was ", children[Key{c.Agency, c.Ref}]))
		}
	}
	for _, f := range a.Families {
		f.ID, f.Version, f.Worker = "", 0, ""
		if parts := adopter.Differs(f, families[Key{f.Agency, f.Ref}]); len(parts) > 0 {
			found = append(found, fmt.Sprint("family ", f, " in ", parts, " was ", families[Key{f.Agency, f.Ref}]))
		}
	}
	compare("conflicts", slices.Equal(ordered(a.Conflicts), ordered(b.Conflicts)))
	return found
}

func inOrder(list []agency.Agency) []agency.Agency {
	return child.Order(list, func(a agency.Agency) string { return a.Code })
}

func ordered(list []link.Conflict) []link.Conflict {
	return child.Order(list, func(c link.Conflict) string { return fmt.Sprintf("%q", c) })
}

func mustBeSame(t interface {
	Helper()
	Fatalf(string, ...any)
}, want, got Region) {
	t.Helper()
	if d := differences(want, got); len(d) > 0 {
		t.Fatalf("%d differences, the first: %s", len(d), d[0])
	}
}

// read reads a path that has nothing wrong in it.
func mustRead(t testing.TB, path string, o Options) *Reading {
	t.Helper()
	o.Today = today
	r, err := ReadPath(path, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Problems {
		t.Error(p)
	}
	if r.Count > 0 {
		t.FailNow()
	}
	return r
}
