package match

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"homeward/internal/geo"
)

func TestAnotherFamilyNeverChangesTheOrderOfTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		c := smallCase(d)
		gone := d(len(c.Families))
		fewer := c
		fewer.Families = slices.Delete(slices.Clone(c.Families), gone, gone+1)
		all, rest := New(c), New(fewer)
		for g := range c.Groups {
			var want, got []Pair
			for _, pair := range all.List(g) {
				if int(pair.Family) == gone {
					continue
				}
				if int(pair.Family) > gone {
					pair.Family--
				}
				want = append(want, pair)
			}
			got = append(got, rest.List(g)...)
			if !slices.Equal(got, want) {
				t.Fatalf("group %d without family %d: %+v, want %+v\n%s", g, gone, got, want, show(c))
			}
		}
	})
}

// What is counted family by family is what a family's own list holds.
func TestFamilyCountsAreThoseOfTheFamilysOwnList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawn(t)
		c := smallCase(d)
		p := New(c)
		var groups []int
		for g := range c.Groups {
			if d(3) > 0 {
				groups = append(groups, g)
			}
		}
		for f, got := range p.FamilyCounts(groups) {
			var want Counts
			for _, pair := range p.ForFamily(f) {
				switch {
				case !slices.Contains(groups, int(pair.Group)):
				case pair.Outcome == Suitable:
					want.Suitable++
				case pair.Outcome == Stretch:
					want.Stretch++
				default:
					want.RuledOut++
				}
			}
			if got != want {
				t.Fatalf("family %d: %+v, want %+v\n%s", f, got, want, show(c))
			}
		}
	})
}

// blank takes something away from what is known of a family or a child.
func blank(d dice, c *Case) {
	f := &c.Families[d(len(c.Families))]
	children := c.Groups[d(len(c.Groups))].Children
	child := &children[d(len(children))]
	switch d(10) {
	case 0:
		f.AgeMin, f.AgeMax = Count{}, Count{}
	case 1:
		f.Sex = ""
	case 2:
		f.MaxChildren = Count{}
	case 3:
		f.Languages = nil
	case 4:
		f.ChildrenAtHome = Count{}
	case 5:
		f.Household = nil
	case 6:
		f.Training = ""
	case 7:
		child.Born = 0
	case 8:
		child.Sex = pick(d, "U", "")
	default:
		for i := range f.Offers {
			if d.chance(50) {
				f.Offers[i].Answer = Unanswered
			}
		}
	}
}

// Not knowing an answer never makes a limit or an exclusion, and only widens the
// interval of the score.
func TestUnknownIsNeverNo(t *testing.T) {
	for seed := range uint64(3000) {
		d := seeded(seed)
		c := smallCase(d)
		before := New(c)
		was := explainAll(before, &c)
		blank(d, &c)
		for i, now := range explainAll(New(c), &c) {
			old := was[i]
			if now.Low > old.Low || now.High < old.High {
				t.Fatalf("seed %d: %d to %d became %d to %d", seed, old.Low, old.High, now.Low, now.High)
			}
			if added := now.Excluded &^ old.Excluded; added != 0 {
				t.Fatalf("seed %d: a blank excludes by %v", seed, added.Codes())
			}
			for _, code := range now.Limits {
				if !slices.Contains(old.Limits, code) {
					t.Fatalf("seed %d: a blank makes the limit %s", seed, code)
				}
			}
		}
	}
}

// A place nobody can place may exclude by zone, and changes nothing else.
func TestAPlaceNotKnownExcludesByZoneAtMost(t *testing.T) {
	for seed := range uint64(1000) {
		d := seeded(seed)
		c := smallCase(d)
		was := explainAll(New(c), &c)
		f := d(len(c.Families))
		for i := range c.Families[f].Places {
			c.Families[f].Places[i].At = geo.Position{}
		}
		for i, now := range explainAll(New(c), &c) {
			old := was[i]
			if now.Excluded&^old.Excluded&^ExcludedByZone != 0 || old.Excluded&^now.Excluded != 0 {
				t.Fatalf("seed %d: excluded %v became %v", seed, old.Excluded.Codes(), now.Excluded.Codes())
			}
			if now.Low != old.Low || now.High != old.High || !slices.Equal(now.Limits, old.Limits) {
				t.Fatalf("seed %d: a place changes more than zones", seed)
			}
		}
	}
}

func TestNoLimitWithoutANo(t *testing.T) {
	for seed := range uint64(1000) {
		c := smallCase(seeded(seed))
		for _, e := range explainAll(New(c), &c) {
			for _, code := range e.Limits {
				_, offer, ok := strings.Cut(code, ":")
				if ok && naiveAnswer(&c.Families[e.Family], offer) != AnswerNo {
					t.Fatalf("seed %d: %s without a no", seed, code)
				}
			}
		}
	}
}

func explainAll(p *Pool, c *Case) []Explanation {
	var all []Explanation
	for g := range c.Groups {
		for f := range c.Families {
			all = append(all, p.Explain(g, f))
		}
	}
	return all
}

func TestTheSameFactsGiveTheSameListsToAll(t *testing.T) {
	for seed := range uint64(50) {
		c := smallCase(seeded(seed))
		p := New(c)
		want := explainAll(p, &c)
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() {
				if !reflect.DeepEqual(explainAll(New(c), &c), want) || !reflect.DeepEqual(explainAll(p, &c), want) {
					t.Errorf("seed %d: told differently", seed)
				}
			})
		}
		wait.Wait()
	}
}

// What is never used is not there to be used: no type the engine can reach has a
// field for it (docs/matching.md, 6).
func TestNoTypeHoldsWhatIsNeverUsed(t *testing.T) {
	never := regexp.MustCompile(`(?i)ethnic|heritage|religio|faith|marital|married|sexuality|orientation|adopter|gender|fee|price|cost`)
	seen := map[reflect.Type]bool{}
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		if seen[typ] {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			look(typ.Elem())
		case reflect.Struct:
			for field := range typ.Fields() {
				if never.MatchString(field.Name) {
					t.Errorf("%s has a field %s", typ, field.Name)
				}
				look(field.Type)
			}
		}
	}
	look(reflect.TypeFor[Case]())
	look(reflect.TypeFor[Pool]())
	if !seen[reflect.TypeFor[Family]()] || !seen[reflect.TypeFor[Child]()] {
		t.Error("the look did not reach families and children")
	}
}

// renamed gives every agency another name.
func renamed(c Case, name func(string) string) Case {
	ref := func(r Ref) Ref { return Ref{name(r.Agency), r.Ref} }
	out := c
	out.Groups, out.Families, out.Conflicts, out.Waivers = nil, slices.Clone(c.Families), nil, nil
	for _, g := range c.Groups {
		children := slices.Clone(g.Children)
		for i := range children {
			children[i].Ref = ref(children[i].Ref)
		}
		out.Groups = append(out.Groups, Group{children})
	}
	for i := range out.Families {
		out.Families[i].Ref = ref(out.Families[i].Ref)
	}
	for _, x := range c.Conflicts {
		out.Conflicts = append(out.Conflicts, Conflict{ref(x.Family), ref(x.Child)})
	}
	for _, w := range c.Waivers {
		out.Waivers = append(out.Waivers, Waiver{ref(w.Family), ref(w.Child), w.Exclusion})
	}
	return out
}

func TestAnAgencyCountsOnlyWhereItReservesAndInTheLastTie(t *testing.T) {
	for seed := range uint64(500) {
		c := smallCase(seeded(seed))
		swapped := renamed(c, func(a string) string { return map[string]string{"DER": "NOT", "NOT": "LEI", "LEI": "DER"}[a] })
		one := renamed(c, func(string) string { return "ONE" })
		was, swap, single := New(c), New(swapped), New(one)
		for g := range c.Groups {
			for f := range c.Families {
				old := was.Pair(g, f)
				if old != swap.Pair(g, f) {
					t.Fatalf("seed %d: a name changes %+v to %+v", seed, old, swap.Pair(g, f))
				}
				if unique(one) && old.Excluded&^ExcludedByReserved != single.Pair(g, f).Excluded {
					t.Fatalf("seed %d: one agency changes more than reserved", seed)
				}
			}
			if !slices.EqualFunc(was.List(g), swap.List(g), sameRank) {
				t.Fatalf("seed %d: names change more than ties", seed)
			}
		}
	}
}

// unique tells whether one agency's references still tell everybody apart; the
// cases number everybody, so they do unless a record is about nobody.
func unique(c Case) bool {
	nobody := func(r Ref) bool { return r.Ref == "nobody here" }
	return !slices.ContainsFunc(c.Conflicts, func(x Conflict) bool { return nobody(x.Family) || nobody(x.Child) })
}

// sameRank is equal but for who: the same outcome and the same score.
func sameRank(a, b Pair) bool {
	return a.Outcome == b.Outcome && a.Low == b.Low && a.High == b.High
}

// The atlas passes over most places; it must pass over none that count.
func TestTheAtlasPassesOverNothingThatCounts(t *testing.T) {
	for seed := range uint64(40) {
		d := seeded(seed)
		where := func() geo.Position {
			return geo.Position{
				Easting:     float64(d(60000)) * 1.7,
				Northing:    float64(d(60000)) * 1.3,
				Uncertainty: float64(pick(d, 0, 0, 99, 100, 101, 1000, d(12000), d(60000))),
				Known:       !d.chance(2),
			}
		}
		families := make([]Family, 100)
		for i := range families {
			families[i].Places = []Place{{"home", where()}, {"work", where()}}
		}
		var g Group
		for range 1 + d(3) {
			centre := where()
			centre.Known = true
			g.Children = append(g.Children, Child{Zones: []geo.Zone{{Centre: centre, RadiusMetres: float64(d(30000))}}})
		}
		shut, certain := newAtlas(families).shut(g)
		for f := range families {
			s, c := naiveZone(&g, &families[f])
			if shut.has(f) != s || certain.has(f) != c {
				t.Fatalf("seed %d, family %d: %v %v, want %v %v", seed, f, shut.has(f), certain.has(f), s, c)
			}
		}
	}
}

func TestAZoneIsNeverToldOnTheFamilysSide(t *testing.T) {
	centre := geo.Position{Easting: 436123, Northing: 335987, Known: true}
	e := explained(func(_ *Case, c *Child, f *Family) {
		c.Zones, f.Places = []geo.Zone{{Centre: centre, RadiusMetres: 8046.72}}, []Place{{"home", centre}}
	})
	for _, c := range e.Criteria {
		if strings.Contains(c.Code+c.Child+c.Family, "zone") {
			t.Errorf("%+v", c)
		}
	}
	if !slices.Equal(e.Exclusions, []ExclusionLine{{Code: "zone", Certain: true}}) || len(e.Limits) != 0 {
		t.Errorf("%+v", e)
	}
}
