package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"homeward/internal/date"
	"homeward/internal/geo"
)

// dice gives a number of 0 to n-1. Cases are thrown with it, whether rapid
// holds the dice (and shrinks what fails) or a seed does (and thousands are
// cheap).
type dice func(n int) int

func seeded(seed uint64) dice {
	r := rand.New(rand.NewPCG(seed, seed))
	return r.IntN
}

func drawn(t *rapid.T) dice {
	return func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "") }
}

func (d dice) chance(percent int) bool { return d(100) < percent }

func pick[T any](d dice, from ...T) T { return from[d(len(from))] }

var (
	asOf     = date.MustOf(2026, 11, 21)
	agencies = []string{"DER", "NOT", "LEI"}
	needs    = []string{"aggression", "attachment", "fasd", "neglect", "direct_parent"} // one is a kind of contact as well
	contacts = []string{"digital", "direct_parent", "letterbox"}
	leapDay  = date.MustOf(2020, 2, 29)
)

// smallCase throws few groups and families, with every blank there is, so that
// rules meet often.
func smallCase(d dice) Case {
	c := Case{AsOf: pick(d, asOf, date.MustOf(2026, 2, 28), date.MustOf(2026, 3, 1)), Early: d.chance(30)}
	for i := range 1 + d(4) {
		c.Groups = append(c.Groups, throwGroup(d, &c, i))
	}
	for i := range 1 + d(6) {
		c.Families = append(c.Families, throwFamily(d, &c, i))
	}
	for range d(4) {
		c.Conflicts = append(c.Conflicts, Conflict{Family: anyFamily(d, &c), Child: anyChild(d, &c)})
	}
	for range d(8) {
		w := Waiver{Family: anyFamily(d, &c), Child: anyChild(d, &c), Exclusion: Exclusion(1 << d(5))}
		c.Waivers = append(c.Waivers, w)
	}
	return c
}

func anyFamily(d dice, c *Case) Ref {
	if d.chance(5) {
		return Ref{"DER", "nobody here"}
	}
	return c.Families[d(len(c.Families))].Ref
}

func anyChild(d dice, c *Case) Ref {
	if d.chance(5) {
		return Ref{"DER", "nobody here"}
	}
	children := c.Groups[d(len(c.Groups))].Children
	return children[d(len(children))].Ref
}

func throwGroup(d dice, c *Case, i int) Group {
	agency := pick(d, agencies...)
	var g Group
	for n := range pick(d, 1, 1, 1, 2, 3) {
		g.Children = append(g.Children, Child{
			Ref:       Ref{agency, fmt.Sprintf("C%d%d", i, n)},
			Born:      throwBirth(d, c.AsOf),
			Sex:       pick(d, "M", "F", "M", "F", "U", ""),
			Languages: throwSome(d, 20, "en", "pl", "ur", "ro"),
			Contacts:  throwSome(d, 25, contacts...),
			Zones:     throwZones(d),
			Needs:     throwNeeds(d),
			Home:      throwPosition(d),
		})
	}
	return g
}

func throwBirth(d dice, on date.Date) date.Date {
	switch d(10) {
	case 0:
		return 0
	case 1:
		return on.AddDays(1 + d(90)) // not yet born
	case 2:
		return leapDay
	}
	return on.AddDays(-d(10 * 366))
}

func throwSome(d dice, percent int, from ...string) []string {
	var some []string
	for _, s := range from {
		if d.chance(percent) {
			some = append(some, s)
		}
	}
	return some
}

func throwNeeds(d dice) []Need {
	var some []Need
	for _, code := range needs {
		if d.chance(50) {
			some = append(some, Need{code, Level(d(5))})
		}
	}
	return some
}

func throwPosition(d dice) geo.Position {
	if d.chance(5) {
		return geo.Position{}
	}
	return geo.Position{
		Easting:     400000 + float64(d(50)*1000),
		Northing:    300000 + float64(d(3)*1000),
		Uncertainty: float64(pick(d, 0, 0, 0, 500, 4000, 12000)),
		Known:       true,
	}
}

func throwZones(d dice) []geo.Zone {
	var zones []geo.Zone
	for range pick(d, 0, 0, 0, 1, 2) {
		zones = append(zones, geo.Zone{Centre: throwPosition(d), RadiusMetres: pick(d, 0, 1000, 5000, 20000, 5*geo.MetresPerMile, -1)})
	}
	return zones
}

func throwFamily(d dice, c *Case, i int) Family {
	f := Family{
		Ref:            Ref{pick(d, agencies...), fmt.Sprintf("F%d", i)},
		Status:         pick(d, "approved", "approved", "approved", "approved", "stage_two", "on_hold", ""),
		ApprovedOn:     pick(d, 0, asOf.AddDays(-100), asOf.AddDays(-d(500))),
		ReservedUntil:  pick(d, 0, 0, c.AsOf, c.AsOf.AddDays(1), c.AsOf.AddDays(-1)),
		MaxChildren:    throwCount(d, 4),
		AgeMin:         throwCount(d, 5),
		AgeMax:         throwCount(d, 9),
		Sex:            pick(d, "M", "F", "any", "any", ""),
		Languages:      throwSome(d, 30, "en", "pl", "ur", "ro"),
		ChildrenAtHome: throwCount(d, 3),
		Training:       pick(d, "yes", "no", ""),
	}
	for range d(4) {
		f.Household = append(f.Household, throwBirth(d, c.AsOf))
	}
	for _, code := range append(allCodes, allCodes[0]) { // one twice: the later holds
		if d.chance(80) {
			f.Offers = append(f.Offers, Offer{code, Answer(d(4))})
		}
	}
	for _, kind := range throwSome(d, 50, "home", "school", "work", "relative", "home") {
		f.Places = append(f.Places, Place{kind, throwPosition(d)})
	}
	return f
}

func throwCount(d dice, n int) Count {
	if d.chance(20) {
		return Count{}
	}
	return Count{d(n + 1), true}
}

var allCodes = slices.Clip(distinct(append(slices.Clone(needs), contacts...)))

func distinct(codes []string) []string {
	slices.Sort(codes)
	return slices.Compact(codes)
}

// show writes a case so that a failure can be read.
func show(c Case) string {
	var b strings.Builder
	fmt.Fprintf(&b, "as of %s, early %v\n", c.AsOf, c.Early)
	for _, g := range c.Groups {
		fmt.Fprintf(&b, "group %+v\n", g)
	}
	for _, f := range c.Families {
		fmt.Fprintf(&b, "family %+v\n", f)
	}
	fmt.Fprintf(&b, "conflicts %+v\nwaivers %+v\n", c.Conflicts, c.Waivers)
	return b.String()
}
