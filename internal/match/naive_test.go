package match

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/date"
	"homeward/internal/geo"
)

// The reference: the rules of docs/matching.md written out for one pair at a
// time, with nothing shared, nothing precomputed and no arithmetic but exact
// fractions. It uses none of the engine's functions; the engine must agree with
// it on every pair.

type naiveLine struct {
	code   string
	weight int
	tenths int // -1 not known
}

type naivePair struct {
	group, family int
	exclusions    []ExclusionLine
	limits        []string
	lines         []naiveLine
	low, high     int
	outcome       string
}

func naive(c *Case, gi, fi int) naivePair {
	g, f := &c.Groups[gi], &c.Families[fi]
	p := naivePair{group: gi, family: fi}
	p.exclusions = naiveExclusions(c, g, f)
	p.limits = naiveLimits(c, g, f)
	p.lines = naiveLines(c, g, f)
	p.outcome = naiveOutcome(p.exclusions, p.limits)
	return p
}

func (p *naivePair) scoreExactly() {
	low, unknown, total := new(big.Rat), new(big.Rat), new(big.Rat)
	for _, l := range p.lines {
		w := big.NewRat(int64(l.weight), 1)
		total.Add(total, w)
		if l.tenths < 0 {
			unknown.Add(unknown, w)
			continue
		}
		low.Add(low, new(big.Rat).Mul(w, big.NewRat(int64(l.tenths), 10)))
	}
	p.low = roundHalvesUp(low, total)
	p.high = roundHalvesUp(new(big.Rat).Add(low, unknown), total)
}

// roundHalvesUp is 100*part/total in tenths.
func roundHalvesUp(part, total *big.Rat) int {
	x := new(big.Rat).Quo(part, total)
	x.Mul(x, big.NewRat(1000, 1)).Add(x, big.NewRat(1, 2))
	return int(new(big.Int).Div(x.Num(), x.Denom()).Int64())
}

func naiveExclusions(c *Case, g *Group, f *Family) []ExclusionLine {
	var lines []ExclusionLine
	add := func(holds, certain bool, code string, e Exclusion) {
		if holds {
			lines = append(lines, ExclusionLine{Code: code, Certain: certain, Waived: naiveWaived(c, g, f, e)})
		}
	}
	add(f.Status != "approved" && !(c.Early && f.Status == "stage_two"), false, "status", ExcludedByStatus)
	add(f.MaxChildren.Known && len(g.Children) > f.MaxChildren.N, false, "capacity", ExcludedByCapacity)
	zone, certain := naiveZone(g, f)
	add(zone, certain, "zone", ExcludedByZone)
	conflict, reserved := false, false
	for _, child := range g.Children {
		conflict = conflict || slices.Contains(c.Conflicts, Conflict{Family: f.Ref, Child: child.Ref})
		reserved = reserved || f.ReservedUntil.Known() && f.ReservedUntil.DaysSince(c.AsOf) > 0 && child.Ref.Agency != f.Ref.Agency
	}
	add(conflict, false, "conflict", ExcludedByConflict)
	add(reserved, false, "reserved", ExcludedByReserved)
	return lines
}

func naiveWaived(c *Case, g *Group, f *Family, e Exclusion) bool {
	for _, w := range c.Waivers {
		for _, child := range g.Children {
			if w.Family == f.Ref && w.Child == child.Ref && w.Exclusion&e != 0 {
				return true
			}
		}
	}
	return false
}

func naiveZone(g *Group, f *Family) (excluded, certain bool) {
	home := false
	for _, place := range f.Places {
		home = home || place.Kind == "home"
	}
	for _, child := range g.Children {
		for _, zone := range child.Zones {
			excluded = excluded || !home
			for _, place := range f.Places {
				side := zone.Side(place.At)
				excluded = excluded || side != geo.Outside
				certain = certain || side == geo.Inside
			}
		}
	}
	return excluded, certain
}

func naiveLimits(c *Case, g *Group, f *Family) []string {
	var limits []string
	age, sex := false, false
	for _, child := range g.Children {
		if child.Born.Known() {
			years := child.Born.YearsOn(c.AsOf)
			age = age || f.AgeMin.Known && years < f.AgeMin.N || f.AgeMax.Known && years > f.AgeMax.N
		}
		sex = sex || f.Sex == "M" && child.Sex == "F" || f.Sex == "F" && child.Sex == "M"
	}
	if age {
		limits = append(limits, "age")
	}
	if sex {
		limits = append(limits, "sex")
	}
	for _, n := range naiveNeeds(g) {
		if n.Level >= LevelPossible && naiveAnswer(f, n.Code) == AnswerNo {
			limits = append(limits, "need:"+n.Code)
		}
	}
	for _, kind := range naiveContacts(g) {
		if naiveAnswer(f, kind) == AnswerNo {
			limits = append(limits, "contact:"+kind)
		}
	}
	return limits
}

func naiveNeeds(g *Group) []Need {
	highest := map[string]Level{}
	for _, child := range g.Children {
		for _, n := range child.Needs {
			if n.Level != NoNeed {
				highest[n.Code] = max(highest[n.Code], n.Level)
			}
		}
	}
	needs := make([]Need, 0, len(highest))
	for code, level := range highest {
		needs = append(needs, Need{code, level})
	}
	slices.SortFunc(needs, func(a, b Need) int { return strings.Compare(a.Code, b.Code) })
	return needs
}

func naiveContacts(g *Group) []string {
	var kinds []string
	for _, child := range g.Children {
		kinds = append(kinds, child.Contacts...)
	}
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

func naiveAnswer(f *Family, code string) Answer {
	a := Unanswered
	for _, offer := range f.Offers {
		if offer.Code == code {
			a = offer.Answer
		}
	}
	return a
}

func naiveOutcome(exclusions []ExclusionLine, limits []string) string {
	if len(limits) >= 3 || slices.ContainsFunc(exclusions, func(e ExclusionLine) bool { return !e.Waived }) {
		return "ruled_out"
	}
	if len(limits) > 0 {
		return "stretch"
	}
	return "suitable"
}

func naiveLines(c *Case, g *Group, f *Family) []naiveLine {
	lines := []naiveLine{
		{"age", 15, naiveAge(c, g, f)},
		{"sex", 5, naiveSex(g, f)},
		{"capacity", 5, naiveCapacity(g, f)},
	}
	significant := false
	for _, n := range naiveNeeds(g) {
		weight := map[Level]int{LevelUnknown: 2, LevelPossible: 3, LevelKnown: 6, LevelSignificant: 10}[n.Level]
		lines = append(lines, naiveLine{"need:" + n.Code, weight, naiveValue(naiveAnswer(f, n.Code))})
		significant = significant || n.Level == LevelSignificant
	}
	for _, kind := range naiveContacts(g) {
		lines = append(lines, naiveLine{"contact:" + kind, 6, naiveValue(naiveAnswer(f, kind))})
	}
	lines = append(lines, naiveLine{"age_gap", 5, naiveGap(c, g, f)})
	if tenths, applies := naiveLanguage(g, f); applies {
		lines = append(lines, naiveLine{"language", 4, tenths})
	}
	if significant {
		training, ok := map[string]int{"yes": 10, "no": 0}[f.Training]
		if !ok {
			training = -1
		}
		lines = append(lines, naiveLine{"training", 5, training})
	}
	return lines
}

func naiveValue(a Answer) int {
	return map[Answer]int{AnswerYes: 10, AnswerSupport: 6, AnswerNo: 0, Unanswered: -1}[a]
}

func naiveAge(c *Case, g *Group, f *Family) int {
	if !f.AgeMin.Known && !f.AgeMax.Known {
		return -1
	}
	worst := 10
	for _, child := range g.Children {
		if !child.Born.Known() {
			return -1
		}
		years, y := child.Born.YearsOn(c.AsOf), 0
		if f.AgeMin.Known && years < f.AgeMin.N {
			y = f.AgeMin.N - years
		}
		if f.AgeMax.Known && years > f.AgeMax.N {
			y = max(y, years-f.AgeMax.N)
		}
		worst = min(worst, max(0, 10-5*y))
	}
	return worst
}

func naiveSex(g *Group, f *Family) int {
	if f.Sex == "any" {
		return 10
	}
	if f.Sex != "M" && f.Sex != "F" {
		return -1
	}
	value := 10
	for _, child := range g.Children {
		if child.Sex != "M" && child.Sex != "F" {
			value = -1
		}
	}
	for _, child := range g.Children {
		if f.Sex == "M" && child.Sex == "F" || f.Sex == "F" && child.Sex == "M" {
			value = 0
		}
	}
	return value
}

func naiveCapacity(g *Group, f *Family) int {
	switch {
	case !f.MaxChildren.Known:
		return -1
	case f.MaxChildren.N >= len(g.Children):
		return 10
	}
	return 0
}

func naiveGap(c *Case, g *Group, f *Family) int {
	if f.ChildrenAtHome.Known && f.ChildrenAtHome.N == 0 {
		return 10
	}
	oldest, youngest, given := math.MinInt, math.MaxInt, 0
	for _, child := range g.Children {
		if !child.Born.Known() {
			return -1
		}
		oldest = max(oldest, child.Born.YearsOn(c.AsOf))
	}
	for _, born := range f.Household {
		if born.Known() {
			given++
			youngest = min(youngest, born.YearsOn(c.AsOf))
		}
	}
	if !f.ChildrenAtHome.Known || given < f.ChildrenAtHome.N {
		return -1
	}
	switch gap := youngest - oldest; {
	case gap >= 2:
		return 10
	case gap >= 0:
		return 5
	}
	return 0
}

func naiveLanguage(g *Group, f *Family) (tenths int, applies bool) {
	tenths = 10
	for _, child := range g.Children {
		other, shared := false, false
		for _, language := range child.Languages {
			if language != "en" {
				other = true
				shared = shared || slices.Contains(f.Languages, language)
			}
		}
		applies = applies || other
		if other && !shared {
			tenths = 0
		}
	}
	if len(f.Languages) == 0 {
		tenths = -1
	}
	return tenths, applies
}

func naiveDistance(g *Group, f *Family) *Miles {
	for _, place := range f.Places {
		if place.Kind != "home" {
			continue
		}
		at, child := place.At, g.Children[0].Home
		if !at.Known || !child.Known {
			return nil
		}
		d, u := math.Hypot(at.Easting-child.Easting, at.Northing-child.Northing), at.Uncertainty+child.Uncertainty
		tenths := func(metres float64) int { return int(math.Floor(metres/1609.344*10 + 0.5)) }
		return &Miles{Low: tenths(max(0, d-u)), High: tenths(d + u)}
	}
	return nil
}

// naiveAgeTexts are the two sides of the age criterion of a single child.
func naiveAgeTexts(c *Case, child *Child, f *Family) (string, string) {
	bound := func(n Count) string {
		if n.Known {
			return strconv.Itoa(n.N)
		}
		return ""
	}
	family := bound(f.AgeMin) + "-" + bound(f.AgeMax)
	if family == "-" {
		family = ""
	}
	return strconv.Itoa(child.Born.YearsOn(c.AsOf)), family
}

// naiveBefore tells whether a comes before b in a group's list.
func naiveBefore(c *Case, a, b *naivePair) bool {
	rank := map[string]int{"suitable": 0, "stretch": 1, "ruled_out": 2}
	if a.outcome != b.outcome {
		return rank[a.outcome] < rank[b.outcome]
	}
	if a.low != b.low {
		return a.low > b.low
	}
	if a.high != b.high {
		return a.high > b.high
	}
	fa, fb := &c.Families[a.family], &c.Families[b.family]
	since := func(f *Family) date.Date {
		if !f.ApprovedOn.Known() {
			return math.MaxInt32
		}
		return f.ApprovedOn
	}
	if since(fa) != since(fb) {
		return since(fa) < since(fb)
	}
	if fa.Ref.Agency != fb.Ref.Agency {
		return fa.Ref.Agency < fb.Ref.Agency
	}
	return fa.Ref.Ref < fb.Ref.Ref
}
