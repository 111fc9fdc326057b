package lab

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
)

// sample is a figure measured in a region, and its standard error.
type sample struct{ got, se float64 }

// share is how many of a list something holds of. A list that clusters, such as
// brothers and sisters, varies more than one of strangers.
func share[T any](list []T, holds func(T) bool) sample {
	n := 0
	for _, x := range list {
		if holds(x) {
			n++
		}
	}
	return proportion(float64(n)/float64(len(list)), len(list))
}

const clustering = 1.25

// proportion takes one more of each kind for the error, so that none of a few is
// not taken to be sure.
func proportion(p float64, n int) sample {
	q := (p*float64(n) + 1) / float64(n+2)
	return sample{p, clustering * math.Sqrt(q*(1-q)/float64(n))}
}

func mean(list []float64) sample {
	sum, squares := 0.0, 0.0
	for _, x := range list {
		sum, squares = sum+x, squares+x*x
	}
	n := float64(len(list))
	m := sum / n
	return sample{m, math.Sqrt(max(0, squares/n-m*m) / n)}
}

func only[T any](list []T, holds func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !holds(x) })
}

// kin is a sibling group as the records have it, whatever the plan.
type kin []child.Child

// view is a region, sorted as the gauges ask for it.
type view struct {
	asOf     date.Date
	children []child.Child
	waiting  []child.Child // those with the status waiting
	ordered  []child.Child // those of them with an order
	kins     []kin
	waits    []kin // with an order and every birth date
	families []adopter.Family
	approved []adopter.Family
	kinds    map[string]string // of agencies
	place    map[string]spot
	region   *Synthetic
}

func look(s *Synthetic, asOf date.Date) *view {
	v := &view{asOf: asOf, region: s, children: s.Region.Children, families: s.Region.Families, kinds: map[string]string{}, place: map[string]spot{}}
	for _, a := range s.Region.Agencies {
		v.kinds[a.Code] = a.Kind
	}
	for _, p := range s.Gazetteer {
		v.place[p.Text] = spot{float64(p.Easting), float64(p.Northing)}
	}
	v.waiting = only(v.children, func(c child.Child) bool { return c.Status == "waiting" })
	v.ordered = only(v.waiting, func(c child.Child) bool { return c.OrderDate.Known() })
	v.approved = only(v.families, func(f adopter.Family) bool { return f.Status == "approved" })
	for i, c := range v.children {
		if i > 0 && c.GroupRef != "" && c.GroupRef == v.children[i-1].GroupRef && c.Agency == v.children[i-1].Agency {
			last := len(v.kins) - 1
			v.kins[last] = append(v.kins[last], c)
			continue
		}
		v.kins = append(v.kins, kin{c})
	}
	v.waits = only(v.kins, func(k kin) bool { return k[0].Status == "waiting" && k[0].OrderDate.Known() && k.youngest().Known() })
	return v
}

// youngest is the youngest's birth date, not known where one of them is not.
func (k kin) youngest() date.Date {
	last := date.Date(0)
	for _, c := range k {
		if !c.Born.Known() {
			return 0
		}
		last = max(last, c.Born)
	}
	return last
}

func (v *view) days(k kin) float64 { return float64(v.asOf.DaysSince(k[0].OrderDate)) }

// class is what the mean wait depends on: alone or not, young or older.
func (k kin) class() [2]bool {
	return [2]bool{len(k) > 1, k.youngest().YearsOn(k[0].OrderDate) >= olderYears}
}

// waitOf is the mean days waited by groups of a class: as waits are exponential,
// also the mean of the whole wait.
func (v *view) waitOf(class [2]bool) sample {
	var days []float64
	for _, k := range v.waits {
		if k.class() == class {
			days = append(days, v.days(k))
		}
	}
	return mean(days)
}

// flow is what Little's law makes of the stock: how many a year of the things
// counted in it come and go, if each class waits as long as measured.
func (v *view) flow(count func(kin) float64) float64 {
	waits, sum := map[[2]bool]float64{}, 0.0
	for _, k := range v.waits {
		if waits[k.class()] == 0 {
			waits[k.class()] = v.waitOf(k.class()).got
		}
		sum += count(k) * daysPerYear / waits[k.class()]
	}
	return sum
}

func size(k kin) float64 { return float64(len(k)) }
func once(kin) float64   { return 1 }

func countOlder(k kin) float64 {
	n := 0.0
	for _, c := range k {
		if c.Born.YearsOn(c.OrderDate) >= olderYears {
			n++
		}
	}
	return n
}

func sizeIf(holds func(kin) bool, size func(kin) float64) func(kin) float64 {
	return func(k kin) float64 {
		if holds(k) {
			return size(k)
		}
		return 0
	}
}

func (v *view) flowShare(of, all func(kin) float64) sample {
	return proportion(v.flow(of)/v.flow(all), len(v.waits))
}

// gauge measures a moment; its name is the last word of the id.
type gauge func(v *view, name string) sample

func children(list func(*view) []child.Child, holds func(v *view, c child.Child, name string) bool) gauge {
	return func(v *view, name string) sample {
		return share(list(v), func(c child.Child) bool { return holds(v, c, name) })
	}
}

func families(list func(*view) []adopter.Family, holds func(v *view, f adopter.Family, name string) bool) gauge {
	return func(v *view, name string) sample {
		return share(list(v), func(f adopter.Family) bool { return holds(v, f, name) })
	}
}

func allChildren(v *view) []child.Child     { return v.children }
func orderedOnly(v *view) []child.Child     { return v.ordered }
func allFamilies(v *view) []adopter.Family  { return v.families }
func approvedOnly(v *view) []adopter.Family { return v.approved }

func inCare(v *view) []child.Child {
	return only(v.ordered, func(c child.Child) bool { return c.EnteredCare.Known() })
}

func inCareTogether(v *view) []child.Child {
	return only(inCare(v), func(c child.Child) bool { return c.GroupRef != "" })
}

func longInCare(v *view, c child.Child, _ string) bool {
	return c.EnteredCare <= v.asOf.AddMonths(-18)
}

func knownEthnic(list func(*view) []child.Child) func(*view) []child.Child {
	return func(v *view) []child.Child {
		return only(list(v), func(c child.Child) bool { return ethnicGroup(c.Ethnic) != "" })
	}
}

func ethnicGroup(code string) string {
	for _, g := range ethnicGroups {
		if slices.Contains(mixOf("ethnic.code."+g).names, code) {
			return g
		}
	}
	return ""
}

func hasNeed(v *view, c child.Child, name string) bool { return has(c.Needs, name) }

func disabled(_ *view, c child.Child, _ string) bool {
	return slices.ContainsFunc(c.Needs, func(n child.Need) bool {
		return slices.Contains(mixOf("need.disability_kind").names, n.Code) && (n.Level == "known" || n.Level == "significant")
	})
}

func gaugeKins(holds func(k kin, name string) bool) gauge {
	return func(v *view, name string) sample {
		return share(v.kins, func(k kin) bool { return holds(k, name) })
	}
}

func zonesOf(v *view) []child.Zone {
	var list []child.Zone
	for _, k := range v.kins {
		list = append(list, k[0].Zones...)
	}
	return list
}

func gaugeZones(holds func(child.Zone) bool) gauge {
	return func(v *view, _ string) sample { return share(zonesOf(v), holds) }
}

func isUnit(text string) bool { _, in, _ := strings.Cut(text, " "); return len(in) == 3 }

func offersOf(list []adopter.Family, keep func(adopter.Offer) bool) []adopter.Offer {
	var offers []adopter.Offer
	for _, f := range list {
		offers = append(offers, only(f.Offers, keep)...)
	}
	return offers
}

// gauges measure the moments that have a tolerance: by id, or by what stands
// before the id's last word and a star.
var gauges = map[string]gauge{
	"flow.in_groups": func(v *view, _ string) sample {
		return v.flowShare(sizeIf(func(k kin) bool { return len(k) > 1 }, size), size)
	},
	"wait.older_flow": func(v *view, _ string) sample { return v.flowShare(countOlder, size) },
	"wait.older_groups": func(v *view, _ string) sample {
		return v.flowShare(sizeIf(func(k kin) bool { return k.class()[1] }, once), once)
	},
	"wait.stock_years": gaugeStock,
	"wait.sibling_extra": func(v *view, _ string) sample {
		together, alone := v.waitOf([2]bool{true, false}), v.waitOf([2]bool{false, false})
		return sample{together.got - alone.got, math.Hypot(together.se, alone.se)}
	},
	"wait.older_factor": func(v *view, _ string) sample {
		old, young := v.waitOf([2]bool{false, true}), v.waitOf([2]bool{false, false})
		ratio := old.got / young.got
		return sample{ratio, ratio * math.Hypot(old.se/old.got, young.se/young.got)}
	},
	"stage.entry_to_decision.*": gaugeDecision,
	"stage.decision_to_order":   gaugeOrder,
	"group.gap":                 gaugeGap,
	"group.plan.*": func(v *view, name string) sample {
		return share(only(v.kins, func(k kin) bool { return len(k) > 1 }), func(k kin) bool { return k[0].Plan == name })
	},
	"waiting.in_groups":             children(orderedOnly, func(_ *view, c child.Child, _ string) bool { return c.GroupRef != "" }),
	"waiting.over_five":             children(orderedOnly, func(v *view, c child.Child, _ string) bool { return c.Born.Known() && c.Born.YearsOn(v.asOf) >= 5 }),
	"waiting.bame":                  children(knownEthnic(orderedOnly), func(_ *view, c child.Child, _ string) bool { return ethnicGroup(c.Ethnic) != "white" }),
	"waiting.over_18_months":        children(inCare, longInCare),
	"waiting.groups_over_18_months": children(inCareTogether, longInCare),
	"waiting.no_order":              children(func(v *view) []child.Child { return v.waiting }, func(_ *view, c child.Child, _ string) bool { return !c.OrderDate.Known() }),
	"child.sex.*":                   children(allChildren, func(_ *view, c child.Child, name string) bool { return c.Sex == name }),
	"ethnic.*":                      children(knownEthnic(allChildren), func(_ *view, c child.Child, name string) bool { return ethnicGroup(c.Ethnic) == name }),
	"ethnic.unknown":                children(allChildren, func(_ *view, c child.Child, _ string) bool { return c.Ethnic == "REFU" || c.Ethnic == "NOBT" }),
	"placement.over_20_miles":       gaugePlacement,
	"blank.child.given_name":        children(allChildren, func(_ *view, c child.Child, _ string) bool { return c.GivenName == "" }),
	"blank.child.born":              children(allChildren, func(_ *view, c child.Child, _ string) bool { return !c.Born.Known() }),
	"blank.child.sex":               children(allChildren, func(_ *view, c child.Child, _ string) bool { return c.Sex == "" || c.Sex == "U" }),
	"blank.child.ethnic":            children(allChildren, func(_ *view, c child.Child, _ string) bool { return c.Ethnic == "" }),
	"blank.child.home_postcode":     children(allChildren, func(_ *view, c child.Child, _ string) bool { return c.HomePostcode == "" }),
	"blank.child.placement_postcode": children(allChildren, func(_ *view, c child.Child, _ string) bool {
		return c.PlacementPostcode == ""
	}),
	"blank.child.entered_care":  children(allChildren, func(_ *view, c child.Child, _ string) bool { return !c.EnteredCare.Known() }),
	"blank.child.decision_date": children(allChildren, func(_ *view, c child.Child, _ string) bool { return !c.DecisionDate.Known() }),
	"need.disability":           children(allChildren, disabled),
	"need.share.*":              children(allChildren, hasNeed),
	"need.share.fasd": children(func(v *view) []child.Child {
		return only(v.children, func(c child.Child) bool { return has(c.Needs, "alcohol_exposure") })
	}, hasNeed),
	"contact.share.*": gaugeKins(func(k kin, name string) bool {
		return slices.ContainsFunc(k[0].Contact, func(c child.Contact) bool { return c.Kind == name })
	}),
	"zone.none":         gaugeKins(func(k kin, _ string) bool { return len(k[0].Zones) == 0 }),
	"zone.written.*":    gaugeZones(func(z child.Zone) bool { return isUnit(z.Postcode) }),
	"blank.zone.radius": gaugeZones(func(z child.Zone) bool { return !z.RadiusMiles.Valid }),
	"zone.mean_radius": func(v *view, _ string) sample {
		var miles []float64
		for _, z := range zonesOf(v) {
			if z.RadiusMiles.Valid {
				miles = append(miles, z.RadiusMiles.V)
			}
		}
		return mean(miles)
	},
	"family.holder.*": families(allFamilies, func(v *view, f adopter.Family, name string) bool { return v.kinds[f.Agency] == name }),
	"family.single":   families(allFamilies, func(_ *view, f adopter.Family, _ string) bool { return f.Adopters.Valid && f.Adopters.V == 1 }),
	"family.wait_years": func(v *view, _ string) sample {
		var years []float64
		for _, f := range v.approved {
			if f.ApprovedOn.Known() {
				years = append(years, float64(v.asOf.DaysSince(f.ApprovedOn))/daysPerYear)
			}
		}
		return mean(years)
	},
	"family.max_children.*": families(saying(func(f adopter.Family) bool { return f.MaxChildren.Valid }), func(_ *view, f adopter.Family, name string) bool { return strconv.Itoa(f.MaxChildren.V) == name }),
	"family.age_max.*": families(saying(func(f adopter.Family) bool { return f.AgeMax.Valid }), func(_ *view, f adopter.Family, name string) bool {
		return strconv.Itoa(f.AgeMax.V) == name || (name == "8" && f.AgeMax.V >= 8)
	}),
	"family.age_min.*":         families(saying(func(f adopter.Family) bool { return f.AgeMin.Valid }), func(_ *view, f adopter.Family, name string) bool { return strconv.Itoa(f.AgeMin.V) == name }),
	"family.sex.*":             families(saying(func(f adopter.Family) bool { return f.Sex != "" }), func(_ *view, f adopter.Family, name string) bool { return f.Sex == name }),
	"family.language.heritage": families(saying(func(f adopter.Family) bool { return f.Languages != nil }), func(_ *view, f adopter.Family, _ string) bool { return len(f.Languages) > 1 }),
	"family.training.*":        families(saying(func(f adopter.Family) bool { return f.Training != "" }), func(_ *view, f adopter.Family, name string) bool { return f.Training == name }),
	"family.at_home.*":         families(saying(func(f adopter.Family) bool { return f.ChildrenAtHome.Valid }), func(_ *view, f adopter.Family, name string) bool { return strconv.Itoa(f.ChildrenAtHome.V) == name }),
	"family.reserved": families(func(v *view) []adopter.Family {
		months := int(value("family.reserved_months"))
		return only(v.approved, func(f adopter.Family) bool {
			return v.kinds[f.Agency] == "LA" && f.ApprovedOn.Known() && f.ApprovedOn.AddMonths(months) > v.asOf
		})
	}, func(_ *view, f adopter.Family, _ string) bool { return f.ReservedUntil.Known() }),
	"blank.family.adopters":    families(allFamilies, func(_ *view, f adopter.Family, _ string) bool { return !f.Adopters.Valid }),
	"blank.family.approved_on": families(approvedOnly, func(_ *view, f adopter.Family, _ string) bool { return !f.ApprovedOn.Known() }),
	"unsaid.approved":          families(approvedOnly, func(_ *view, f adopter.Family, _ string) bool { return !f.MaxChildren.Valid }),
	"unasked.approved": func(v *view, _ string) sample {
		asked := 0
		for _, f := range v.approved {
			asked += len(f.Offers)
		}
		all := len(v.approved) * len(adopter.OfferCodes())
		return proportion(1-float64(asked)/float64(all), all)
	},
	"offer.no.*": func(v *view, name string) sample {
		given := offersOf(v.families, func(o adopter.Offer) bool { return o.Code == name && o.Answer != "" })
		return share(given, func(o adopter.Offer) bool { return o.Answer == "no" })
	},
	"offer.support": func(v *view, _ string) sample {
		open := offersOf(v.families, func(o adopter.Offer) bool { return o.Answer == "yes" || o.Answer == "support" })
		return proportion(share(open, func(o adopter.Offer) bool { return o.Answer == "support" }).got, len(v.families))
	},
	"place.work": func(v *view, _ string) sample {
		adopters, works := 0, 0
		for _, f := range only(v.families, func(f adopter.Family) bool { return f.Adopters.Valid }) {
			adopters += f.Adopters.V
			works += len(only(f.Places, func(p adopter.Place) bool { return p.Kind == "work" }))
		}
		return proportion(float64(works)/float64(adopters), adopters)
	},
	"place.relative": families(allFamilies, func(_ *view, f adopter.Family, _ string) bool {
		return slices.ContainsFunc(f.Places, func(p adopter.Place) bool { return p.Kind == "relative" })
	}),
	"place.written.*": func(v *view, _ string) sample {
		var places []adopter.Place
		for _, f := range v.families {
			places = append(places, f.Places...)
		}
		return share(places, func(p adopter.Place) bool { return isUnit(p.Postcode) })
	},
	"conflict.share": func(v *view, _ string) sample {
		return sample{100 * float64(len(v.region.Region.Conflicts)) / float64(len(v.families)), 0}
	},
}

func saying(said func(adopter.Family) bool) func(*view) []adopter.Family {
	return func(v *view) []adopter.Family { return only(v.families, said) }
}

func gaugeStock(v *view, _ string) sample {
	stock := 0.0
	for _, k := range v.waits {
		stock += size(k)
	}
	years := stock / v.flow(size)
	return sample{years, years / math.Sqrt(float64(len(v.waits)))}
}

func gaugeDecision(v *view, name string) sample {
	var months []float64
	for _, k := range v.kins {
		c, youngest := k[0], k.youngest()
		if youngest.Known() && c.EnteredCare.Known() && c.DecisionDate.Known() && strconv.Itoa(youngest.YearsOn(c.EnteredCare)) == name {
			months = append(months, float64(c.DecisionDate.DaysSince(c.EnteredCare))/daysPerMonth)
		}
	}
	// of a few, the sample says little of its own spread
	few := value("stage.entry_to_decision_cv") * value("stage.entry_to_decision."+name) / math.Sqrt(float64(len(months)))
	m := mean(months)
	return sample{m.got, max(m.se, few)}
}

func gaugeOrder(v *view, _ string) sample {
	var days []float64
	for _, k := range v.kins {
		if k[0].OrderDate.Known() && k[0].DecisionDate.Known() {
			days = append(days, float64(k[0].OrderDate.DaysSince(k[0].DecisionDate)))
		}
	}
	return mean(days)
}

func gaugeGap(v *view, _ string) sample {
	var months []float64
	for _, k := range v.kins {
		for i := 1; i < len(k); i++ {
			if k[i-1].Born.Known() && k[i].Born > k[i-1].Born {
				months = append(months, float64(k[i].Born.DaysSince(k[i-1].Born))/daysPerMonth)
			}
		}
	}
	return mean(months)
}

func gaugePlacement(v *view, _ string) sample {
	known := only(v.children, func(c child.Child) bool { return c.HomePostcode != "" && c.PlacementPostcode != "" })
	return share(known, func(c child.Child) bool {
		return v.place[c.HomePostcode].miles(v.place[c.PlacementPostcode]) > farMiles
	})
}

func gaugeOf(id string) gauge {
	if g, ok := gauges[id]; ok {
		return g
	}
	return gauges[id[:strings.LastIndexByte(id, '.')]+".*"]
}

// ofEngland are the moments that hold for the country and not for each part.
func ofEngland(id string) bool {
	return id == "waiting.bame" || (strings.HasPrefix(id, "ethnic.") && id != "ethnic.unknown")
}

// errors are how many standard errors of the sample are allowed besides the
// tolerance: of 130 figures measured in a small region some lie beyond two.
var errors = map[Scale]float64{Pilot: 3, Region: 3, England: 2}

// TestMoments measures every figure that has a tolerance, at every scale. Run it
// with -v for the table.
func TestMoments(t *testing.T) {
	for _, scale := range Scales() {
		v := look(made[scale](), day)
		for _, m := range moments {
			if math.IsNaN(m.tolerance) || (ofEngland(m.id) && scale != England) {
				continue
			}
			g := gaugeOf(m.id)
			if g == nil {
				t.Errorf("nothing measures %s", m.id)
				continue
			}
			got := g(v, m.id[strings.LastIndexByte(m.id, '.')+1:])
			within := m.tolerance + errors[scale]*got.se
			t.Logf("%-8s %-34s got %8.3f  want %8.3f  tolerance %.3f + %.3f  %s", scale, m.id, got.got, m.value, m.tolerance, errors[scale]*got.se, m.unit)
			if !(math.Abs(got.got-m.value) <= within) {
				t.Errorf("%s %s: got %.3f, want %.3f within %.3f", scale, m.id, got.got, m.value, within)
			}
		}
	}
}
