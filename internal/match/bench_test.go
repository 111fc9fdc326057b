//go:build unix

package match

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"homeward/internal/geo"
)

// A national pool: every group of England against every family. Times are CPU
// time of the whole process, garbage collection included, so that a busy
// machine does not change them much.
const (
	benchSeed     = 20261121
	benchGroups   = 3000
	benchFamilies = 3000
	naiveGroups   = benchGroups / 10 // the plain forms do a tenth, and say so
)

var benchNeeds = strings.Fields(`alcohol_exposure drug_exposure fasd developmental_uncertainty
	learning_disability physical_disability sensory_impairment health_condition genetic_risk
	parental_mental_ill_health parental_learning_disability neglect emotional_abuse physical_abuse
	sexual_abuse domestic_abuse sexualised_behaviour aggression attachment sleep_or_eating
	conceived_by_rape limited_history legal_uncertainty blood_borne_virus`)

var benchContacts = strings.Fields(`direct_parent direct_sibling direct_relative letterbox digital`)

// bigCase is 3,000 groups and 3,000 families over England. With every criterion
// set, all 37 apply to every pair (24 needs, 5 kinds of contact, 8 others);
// otherwise a child has about a third of the needs.
func bigCase(everyCriterion bool) Case {
	d := seeded(benchSeed)
	c := Case{AsOf: asOf}
	for i := range benchGroups {
		c.Groups = append(c.Groups, bigGroup(d, i, everyCriterion))
	}
	for i := range benchFamilies {
		c.Families = append(c.Families, bigFamily(d, i))
	}
	for range benchFamilies / 2 {
		c.Conflicts = append(c.Conflicts, Conflict{anyFamily(d, &c), anyChild(d, &c)})
		c.Waivers = append(c.Waivers, Waiver{anyFamily(d, &c), anyChild(d, &c), ExcludedByZone})
	}
	return c
}

func bigAgency(d dice) string { return "A" + strconv.Itoa(d(150)) }

func bigPosition(d dice) geo.Position {
	return geo.Position{
		Easting: 140000 + float64(d(510000)), Northing: 20000 + float64(d(600000)),
		Uncertainty: float64(pick(d, 0, 0, 0, 0, 0, 0, 0, 0, 2500, 9000)), Known: !d.chance(1),
	}
}

func bigGroup(d dice, i int, everyCriterion bool) Group {
	agency, area := bigAgency(d), bigPosition(d)
	area.Known = true
	var g Group
	for n := range pick(d, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3) {
		child := Child{
			Ref: Ref{agency, fmt.Sprintf("C%d-%d", i, n)}, Born: asOf.AddDays(-d(8 * 365)),
			Sex: pick(d, "M", "F"), Home: area,
		}
		for _, code := range benchNeeds {
			if everyCriterion || d.chance(30) {
				child.Needs = append(child.Needs, Need{code, pick(d, LevelUnknown, LevelPossible, LevelPossible, LevelKnown, LevelSignificant)})
			}
		}
		for _, kind := range benchContacts {
			if everyCriterion || d.chance(30) {
				child.Contacts = append(child.Contacts, kind)
			}
		}
		if everyCriterion || d.chance(15) {
			child.Languages = []string{pick(d, "pl", "ur", "ro", "pa")}
		}
		for range d(4) {
			centre := geo.Position{Easting: area.Easting + float64(d(20000)), Northing: area.Northing + float64(d(20000)), Known: true}
			child.Zones = append(child.Zones, geo.Zone{Centre: centre, RadiusMetres: float64(1+d(20)) * geo.MetresPerMile})
		}
		g.Children = append(g.Children, child)
	}
	return g
}

func bigFamily(d dice, i int) Family {
	f := Family{
		Ref: Ref{bigAgency(d), fmt.Sprintf("F%d", i)}, ApprovedOn: asOf.AddDays(-d(900)),
		Status:      pick(d, "approved", "approved", "stage_two", "linked", "placed"),
		MaxChildren: Count{pick(d, 1, 1, 2, 2, 3), !d.chance(5)},
		AgeMin:      Count{d(3), !d.chance(10)}, AgeMax: Count{2 + d(8), !d.chance(5)},
		Sex: pick(d, "any", "any", "any", "M", "F", ""), Languages: throwSome(d, 20, "en", "pl", "ur", "ro", "pa"),
		ChildrenAtHome: Count{d(3), !d.chance(10)}, Training: pick(d, "yes", "no", ""),
		Places: []Place{{"home", bigPosition(d)}, {"work", bigPosition(d)}},
	}
	if d.chance(15) {
		f.ReservedUntil = asOf.AddDays(30)
	}
	for range f.ChildrenAtHome.N {
		f.Household = append(f.Household, asOf.AddDays(-d(15*365)))
	}
	for _, code := range slices.Concat(benchNeeds, benchContacts) {
		f.Offers = append(f.Offers, Offer{code, pick(d, AnswerYes, AnswerYes, AnswerYes, AnswerSupport, AnswerSupport, AnswerNo, Unanswered)})
	}
	return f
}

// cpu is the CPU time the process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cpuOf is the CPU time of one run of something, the best of some runs.
func cpuOf(runs int, do func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range runs {
		start := cpu()
		do()
		best = min(best, cpu()-start)
	}
	return best
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

// reportCPU reports CPU time for each run of the loop.
func reportCPU(b *testing.B, start time.Duration) {
	b.ReportMetric(ms(cpu()-start)/float64(b.N), "cpu-ms/op")
}

// allPairs is exclusions for all pairs, limits, low and high for those no
// exclusion rules out; dst is used again and again.
func allPairs(p *Pool, dst []Pair) (survivors, sum int) {
	for g := range p.c.Groups {
		dst = p.Survivors(g, dst[:0])
		survivors += len(dst)
		for i := range dst {
			sum += int(dst[i].Low) + int(dst[i].High)
		}
	}
	return survivors, sum
}

func benchmarkBoth(b *testing.B, run func(b *testing.B, c Case)) {
	b.Run("37criteria", func(b *testing.B) { run(b, bigCase(true)) })
	b.Run("typical", func(b *testing.B) { run(b, bigCase(false)) })
}

func BenchmarkAllPairs(b *testing.B) {
	benchmarkBoth(b, func(b *testing.B, c Case) {
		p := New(c)
		dst := make([]Pair, 0, len(c.Families))
		var survivors int
		start := cpu()
		for b.Loop() {
			survivors, _ = allPairs(p, dst)
		}
		reportCPU(b, start)
		pairs := len(c.Groups) * len(c.Families)
		b.ReportMetric(100*float64(survivors)/float64(pairs), "%survivors")
		b.ReportMetric(criteriaPerGroup(p), "criteria/group")
		b.Logf("seed %d, %d pairs", benchSeed, pairs)
	})
}

func criteriaPerGroup(p *Pool) float64 {
	n := 0
	for g := range p.groups {
		n += len(p.criteria(g, 0))
	}
	return float64(n) / float64(len(p.groups))
}

// BenchmarkAllPairsNaive is the same work one pair at a time: exclusions first,
// then the criteria of those that survive. "reasons" makes a struct and a list of
// its criteria for each pair that survives, as most programs would; "plain" only
// adds up. Both have the answers in an array and add in whole numbers: the
// reference's maps and fractions would be far slower and flatter the engine. A
// tenth of the groups is done and multiplied by ten; the ratios are of CPU time
// within one run.
func BenchmarkAllPairsNaive(b *testing.B) {
	benchmarkBoth(b, func(b *testing.B, c Case) {
		p := New(c)
		dst := make([]Pair, 0, len(c.Families))
		families := plainFamilies(&c)
		var engine, plain, reasons time.Duration
		var plainSum, reasonSum int
		for b.Loop() {
			engine = cpuOf(5, func() { allPairs(p, dst) })
			plain = cpuOf(3, func() { plainSum = plainPairs(&c, families) }) * benchGroups / naiveGroups
			reasons = cpuOf(2, func() { reasonSum = reasonPairs(&c, families) }) * benchGroups / naiveGroups
		}
		if want := engineSum(p); plainSum != want || reasonSum != want {
			b.Fatalf("the plain forms add up to %d and %d, the engine to %d", plainSum, reasonSum, want)
		}
		b.ReportMetric(ms(engine), "engine-cpu-ms")
		b.ReportMetric(ms(plain), "plain-cpu-ms")
		b.ReportMetric(ms(reasons), "reasons-cpu-ms")
		b.ReportMetric(float64(plain)/float64(engine), "plain/engine")
		b.ReportMetric(float64(reasons)/float64(engine), "reasons/engine")
		b.Logf("seed %d; the plain forms did %d of %d groups", benchSeed, naiveGroups, benchGroups)
	})
}

// plainFamily is a family with its answers ready, as anybody would write it.
type plainFamily struct {
	*Family
	answers [64]Answer
}

func plainFamilies(c *Case) []plainFamily {
	out := make([]plainFamily, len(c.Families))
	for i := range out {
		out[i].Family = &c.Families[i]
		for n, offer := range c.Families[i].Offers {
			out[i].answers[n] = offer.Answer // offers are in one order in bigCase
		}
	}
	return out
}

// plainGroup is a group's needs and contacts with places in a family's answers.
type plainGroup struct {
	*Group
	needs                   []Need
	needAt, contactAt       []int
	needCodes, contactCodes []string
	conflicts               map[Ref]bool
	waivers                 map[Ref]Exclusion
	significant, foreign    bool
}

func plainGroupOf(c *Case, i int) plainGroup {
	order := slices.Concat(benchNeeds, benchContacts)
	g := plainGroup{Group: &c.Groups[i], conflicts: map[Ref]bool{}, waivers: map[Ref]Exclusion{}}
	g.needs = naiveNeeds(g.Group)
	for _, n := range g.needs {
		g.needAt = append(g.needAt, slices.Index(order, n.Code))
		g.needCodes = append(g.needCodes, "need:"+n.Code)
		g.significant = g.significant || n.Level == LevelSignificant
	}
	for _, kind := range naiveContacts(g.Group) {
		g.contactCodes = append(g.contactCodes, "contact:"+kind)
		g.contactAt = append(g.contactAt, slices.Index(order, kind))
	}
	for _, child := range g.Children {
		for _, x := range c.Conflicts {
			if x.Child == child.Ref {
				g.conflicts[x.Family] = true
			}
		}
		for _, w := range c.Waivers {
			if w.Child == child.Ref {
				g.waivers[w.Family] |= w.Exclusion
			}
		}
	}
	_, g.foreign = naiveLanguage(g.Group, &Family{})
	return g
}

// plainExcluded stops at the first exclusion, cheapest first.
func plainExcluded(c *Case, g *plainGroup, f *plainFamily) bool {
	waived := func(e Exclusion) bool { return len(g.waivers) > 0 && g.waivers[f.Ref]&e != 0 }
	switch {
	case f.Status != "approved" && !waived(ExcludedByStatus),
		f.MaxChildren.Known && f.MaxChildren.N < len(g.Children) && !waived(ExcludedByCapacity),
		f.ReservedUntil > c.AsOf && f.Ref.Agency != g.Children[0].Ref.Agency && !waived(ExcludedByReserved),
		len(g.conflicts) > 0 && g.conflicts[f.Ref] && !waived(ExcludedByConflict):
		return true
	}
	zone, _ := naiveZone(g.Group, f.Family)
	return zone && !waived(ExcludedByZone)
}

// plainSum is a score being added up.
type plainSum struct{ points, unknown, total, limits int }

func (s *plainSum) add(weight, tenths int) {
	s.total += weight
	if tenths < 0 {
		s.unknown += weight
	} else {
		s.points += weight * tenths
	}
}

func (s *plainSum) scores() (low, high int) {
	return int(rounded(s.points, s.total)), int(rounded(s.points+10*s.unknown, s.total))
}

var (
	plainWeights = [...]int{LevelUnknown: 2, LevelPossible: 3, LevelKnown: 6, LevelSignificant: 10}
	plainValues  = [...]int{Unanswered: -1, AnswerNo: 0, AnswerSupport: 6, AnswerYes: 10}
	plainTrained = map[string]int{"yes": 10, "no": 0, "": -1}
)

func plainScore(c *Case, g *plainGroup, f *plainFamily) plainSum {
	var s plainSum
	s.add(15, naiveAge(c, g.Group, f.Family))
	s.add(5, naiveSex(g.Group, f.Family))
	s.add(5, naiveCapacity(g.Group, f.Family))
	for i, n := range g.needs {
		a := f.answers[g.needAt[i]]
		s.add(plainWeights[n.Level], plainValues[a])
		if a == AnswerNo && n.Level >= LevelPossible {
			s.limits++
		}
	}
	for _, at := range g.contactAt {
		a := f.answers[at]
		s.add(6, plainValues[a])
		if a == AnswerNo {
			s.limits++
		}
	}
	s.add(5, naiveGap(c, g.Group, f.Family))
	if g.foreign {
		tenths, _ := naiveLanguage(g.Group, f.Family)
		s.add(4, tenths)
	}
	if g.significant {
		s.add(5, plainTrained[f.Training])
	}
	return s
}

// plainPairs adds up the scores, so that they can be held against the engine's.
func plainPairs(c *Case, families []plainFamily) (sum int) {
	for i := range naiveGroups {
		g := plainGroupOf(c, i)
		for f := range families {
			if plainExcluded(c, &g, &families[f]) {
				continue
			}
			s := plainScore(c, &g, &families[f])
			low, high := s.scores()
			sum += low + high
		}
	}
	return sum
}

// reasonPairs makes a struct and its lines for each pair that survives.
func reasonPairs(c *Case, families []plainFamily) (sum int) {
	for i := range naiveGroups {
		g := plainGroupOf(c, i)
		for f := range families {
			if plainExcluded(c, &g, &families[f]) {
				continue
			}
			pair := reasonPair(c, &g, &families[f])
			sum += pair.low + pair.high
		}
	}
	return sum
}

func engineSum(p *Pool) (sum int) {
	for g := range naiveGroups {
		for _, pair := range p.Survivors(g, nil) {
			sum += int(pair.Low) + int(pair.High)
		}
	}
	return sum
}

func reasonPair(c *Case, g *plainGroup, f *plainFamily) naivePair {
	var pair naivePair
	var s plainSum
	line := func(code string, weight, tenths int) {
		pair.lines = append(pair.lines, naiveLine{code, weight, tenths})
		s.add(weight, tenths)
	}
	line("age", 15, naiveAge(c, g.Group, f.Family))
	line("sex", 5, naiveSex(g.Group, f.Family))
	line("capacity", 5, naiveCapacity(g.Group, f.Family))
	for i, n := range g.needs {
		a := f.answers[g.needAt[i]]
		line(g.needCodes[i], plainWeights[n.Level], plainValues[a])
		if a == AnswerNo && n.Level >= LevelPossible {
			pair.limits = append(pair.limits, g.needCodes[i])
		}
	}
	for i, at := range g.contactAt {
		a := f.answers[at]
		line(g.contactCodes[i], 6, plainValues[a])
		if a == AnswerNo {
			pair.limits = append(pair.limits, g.contactCodes[i])
		}
	}
	line("age_gap", 5, naiveGap(c, g.Group, f.Family))
	if g.foreign {
		tenths, _ := naiveLanguage(g.Group, f.Family)
		line("language", 4, tenths)
	}
	if g.significant {
		line("training", 5, plainTrained[f.Training])
	}
	pair.low, pair.high = s.scores()
	return pair
}

// BenchmarkOneGroup is what a page shows: the whole list of one group and why of
// its first 20.
func BenchmarkOneGroup(b *testing.B) {
	c := bigCase(true)
	p := New(c)
	start := cpu()
	g := 0
	for b.Loop() {
		for _, pair := range p.List(g)[:20] {
			if e := p.Explain(int(pair.Group), int(pair.Family)); len(e.Criteria) == 0 {
				b.Fatal("nothing explained")
			}
		}
		g = (g + 1) % len(c.Groups)
	}
	reportCPU(b, start)
}

// BenchmarkOneFamily is the same page from the family's side.
func BenchmarkOneFamily(b *testing.B) {
	c := bigCase(true)
	p := New(c)
	start := cpu()
	f := 0
	for b.Loop() {
		p.ForFamily(f)
		f = (f + 1) % len(c.Families)
	}
	reportCPU(b, start)
}

// BenchmarkAllCounts is how many families each of 3,000 groups has.
func BenchmarkAllCounts(b *testing.B) {
	p := New(bigCase(true))
	start := cpu()
	for b.Loop() {
		p.AllCounts()
	}
	reportCPU(b, start)
}

// BenchmarkNew is making the pool: columns, bits, and every place against every
// zone.
func BenchmarkNew(b *testing.B) {
	c := bigCase(true)
	start := cpu()
	for b.Loop() {
		New(c)
	}
	reportCPU(b, start)
}
