package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
)

// Past makes the children of a scale's councils whose plan for adoption came to
// its end in so many whole reporting years before a day and in what has gone of
// the present one: adopted, or the plan given up. They are no part of a region,
// whose children are on their way still; together they are what the scorecard
// counts. What they draw from is data/past.csv.
func Past(scale Scale, seed uint64, asOf date.Date, years int) (list []child.Child) {
	p := newPast(scale, seed, asOf)
	next := map[string]*numbers{}
	for _, e := range p.endings(years) {
		if next[e.council.Code] == nil {
			next[e.council.Code] = &numbers{}
		}
		list = append(list, p.children(e, next[e.council.Code])...)
	}
	return list
}

// PastFamilies makes the families of that past: those who adopted the children
// of Past, with the days on which they did, and some who left or were refused.
func PastFamilies(scale Scale, seed uint64, asOf date.Date, years int) (list []adopter.Family) {
	p := newPast(scale, seed, asOf)
	of, given := readHolders(p.country), map[string]int{}
	for _, e := range p.endings(years) {
		if !e.adopted {
			continue
		}
		for _, f := range p.households(e, of) {
			given[f.Agency]++
			f.Ref = "PF" + strconv.Itoa(given[f.Agency])
			list = append(list, f)
		}
	}
	return list
}

// bygone are the figures of past.csv, with its mixes.
type bygone struct {
	figures []moment
	at      map[string]moment
	mixes   map[string]mix
}

var before = sync.OnceValue(func() bygone {
	b := bygone{at: map[string]moment{}, mixes: map[string]mix{}}
	for _, m := range readMoments("past.csv") {
		b.figures, b.at[m.id] = append(b.figures, m), m
		if cut := strings.LastIndexByte(m.id, '.'); cut > 0 {
			b.mixes[m.id[:cut]] = b.mixes[m.id[:cut]].with(m.id[cut+1:], m.value)
		}
	}
	return b
})

// was is a figure of the past, which must be in the table.
func was(id string) float64 {
	m, ok := before().at[id]
	if !ok {
		panic("lab: no figure of the past " + id)
	}
	return m.value
}

// inYear is a figure of a reporting year, or of the nearest that has one.
func inYear(kind string, ends int) float64 {
	known := before().mixes[kind].names
	first, last := int(Number(known[0])), int(Number(known[len(known)-1]))
	return was(fmt.Sprintf("%s.%d", kind, min(max(ends, first), last)))
}

type past struct {
	*world
	councils mix
}

func newPast(scale Scale, seed uint64, asOf date.Date) past {
	p := planOf(scale)
	p.name += " past"
	return past{newWorld(p, seed, asOf), weights(p.country.councils)}
}

// ended is a child, or brothers and sisters, whose plan has come to its end.
type ended struct {
	group
	adopted bool
	ends    int       // the reporting year, by the calendar year it ends in
	day     date.Date // of the adoption order, or of the decision to give the plan up
	age     int       // days, of the youngest on entry
	way     way
}

// way is what happened to a group. A day that did not come is not known.
type way struct {
	entered, decided, ordered, fostered, early, matched, placed date.Date
	consent                                                     bool
}

// endings are the groups by year. Each year has streams of its own, so that
// asking for more years changes nobody.
func (p past) endings(years int) (list []*ended) {
	share := p.councils.total() / weights(england().councils).total()
	this := reportingYear(p.asOf + 1) // the year that is not over when the day is
	for ends := this - years; ends <= this; ends++ {
		first := date.MustOf(ends-1, time.April, 1)
		last := min(p.asOf, date.MustOf(ends, time.March, 31))
		part := float64(last.DaysSince(first)+1) / float64(date.MustOf(ends, time.April, 1).DaysSince(first))
		adopted := inYear("adopted", ends) * part * share
		for kind, children := range map[string]float64{"adopted": adopted, "reversed": adopted * was("reversed")} {
			for i, size := range sizesOf(int(math.Round(children))) {
				s := p.root.number(kind, ends).number("group", i)
				e := &ended{group: group{stream: s, size: size}, adopted: kind == "adopted", ends: ends}
				e.day = first.AddDays(s.of("day").IntN(last.DaysSince(first) + 1))
				list = append(list, p.live(e))
			}
		}
	}
	slices.SortFunc(list, func(a, b *ended) int {
		return int(a.day-b.day)*2 + strings.Compare(string(a.stream), string(b.stream))
	})
	return list
}

// reportingYear is the calendar year in which a day's reporting year ends.
func reportingYear(d date.Date) int {
	year, month, _ := d.Parts()
	if month >= time.April {
		year++
	}
	return year
}

// sizesOf shares children out into groups as they come into the system.
func sizesOf(children int) (list []int) {
	all := mixOf("group.size")
	each := 0.0
	for i, share := range all.shares {
		each += share * Number(all.names[i])
	}
	for i, share := range slices.Backward(all.shares) {
		if size := i + 1; size > 1 {
			list = append(list, slices.Repeat([]int{size}, int(math.Round(share*float64(children)/each)))...)
		}
	}
	for _, size := range list {
		children -= size
	}
	return append(list, slices.Repeat([]int{1}, max(0, children))...)
}

// live draws what a group's life was, told backwards from its end.
func (p past) live(e *ended) *ended {
	e.council = p.country.council(e.pick("council", p.councils))
	years := int(Number(e.pick("age at entry", before().mixes["entry.age"])))
	e.lot.years = years
	e.age = int((float64(years) + e.of("months at entry").Float64()) * daysPerYear)
	if years == 0 && e.chance("newborn", was("newborn")) {
		e.age = int(newborns * e.of("days at entry").Float64())
	}
	if e.adopted {
		e.toAdoption()
	} else {
		e.toReversal()
	}
	return e
}

func months(r *rand.Rand, mean, cv float64) int { return int(gamma(r, mean*daysPerMonth, cv)) }

// lognormal draws a length of time that is mostly short and now and then long.
func lognormal(r *rand.Rand, mean, cv float64) float64 {
	variance := math.Log(1 + cv*cv)
	return mean * math.Exp(r.NormFloat64()*math.Sqrt(variance)-variance/2)
}

// Bounds of a life: an order needs ten weeks with the family (Adoption and
// Children Act 2002 section 42), and nobody is looked for for ever.
const (
	tenWeeks = 70
	longest  = 6 * daysPerYear
)

// toAdoption tells the stages of a child who was adopted. The eldest says how
// long the search and the last stage take, since brothers and sisters go as one.
func (e *ended) toAdoption() {
	eldest := min(e.eldest(), 7)
	if e.size > 1 {
		eldest = min(eldest, 6) // of the oldest, few are matched so soon; they are alone
	}
	wait := lognormal(e.of("to match"), was("match_fit")*daysPerMonth*was("match."+strconv.Itoa(eldest)), was("match_cv"))
	if e.size > 1 {
		wait += value("wait.sibling_extra") * e.of("longer as a group").ExpFloat64()
	}
	wait = min(wait, longest) * inYear("pace", e.ends)
	w := &e.way
	w.placed = e.day.AddDays(-max(tenWeeks, months(e.of("to order"), was("order."+strconv.Itoa(eldest)), was("order_cv"))))
	w.matched = w.placed.AddDays(-months(e.of("to placement"), was("placing"), was("placing_cv")))
	w.decided = w.matched.AddDays(-int(wait))
	w.entered = w.decided.AddDays(-e.toDecision())
	e.staying()
	if w.consent = e.chance("consent", was("consent")); !w.consent {
		w.ordered = min(w.placed, w.decided.AddDays(e.toCourt()))
	}
}

func (e *ended) toDecision() int {
	mean := was("decision."+strconv.Itoa(e.lot.years)) * inYear("pace", e.ends)
	return months(e.of("to decision"), mean, value("stage.entry_to_decision_cv"))
}

func (e *ended) toCourt() int {
	return int(gamma(e.of("to placement order"), was("court"), value("stage.decision_to_order_cv")))
}

// staying says whether the child lived with the family before the match.
func (e *ended) staying() {
	w := &e.way
	switch span := float64(w.matched.DaysSince(w.entered)); {
	case e.chance("fostered", was("fostered")):
		w.fostered = w.entered.AddDays(int(e.of("fostered since").Float64() * span / 2))
	case e.lot.years == 0 && e.chance("early", was("early")):
		w.early = w.entered.AddDays(int(min(span, e.of("early since").Float64()*2*daysPerMonth)))
	}
}

// toReversal tells the stages of a child whose plan was given up.
func (e *ended) toReversal() {
	w := &e.way
	why, stood := e.why(), was("stood")
	if why == "RD2" {
		stood = was("stood.RD2")
	}
	w.decided = e.day.AddDays(-1 - months(e.of("stood"), stood, was("stood_cv")))
	w.entered = w.decided.AddDays(-e.toDecision())
	if ordered := w.decided.AddDays(e.toCourt()); why != "RD2" && ordered < e.day {
		w.ordered = ordered
	}
}

func (e *ended) why() string { return e.pick("why", before().mixes["why"]) }

// eldest is the age of the eldest on entry, in years.
func (e *ended) eldest() int {
	on := e.day // any day will do: only the gaps count
	return births(e.stream, e.size, on.AddDays(-e.age))[0].YearsOn(on)
}

// children writes the records of a group.
func (p past) children(e *ended, next *numbers) (list []child.Child) {
	ethnic := e.ethnic("ethnic")
	family, happened := surname(e.of("family name"), ethnic), p.happened(e)
	plan := ""
	if e.size > 1 {
		e.ref, plan = "P"+next.group(), e.pick("plan", mixOf("group.plan"))
	}
	for i, born := range births(e.stream, e.size, e.way.entered.AddDays(-e.age)) {
		s := e.number("child", i)
		c := child.Child{
			Agency: e.council.Code, Ref: "P" + next.child(), GroupRef: e.ref, Plan: plan, FamilyName: family, Ethnic: ethnic,
			Sex: s.pick("sex", mixOf("child.sex")), Status: map[bool]string{true: "adopted", false: "plan_changed"}[e.adopted],
			Born: unless(s.blank("child.born"), born), EnteredCare: unless(e.blank("child.entered_care"), e.way.entered),
			DecisionDate: unless(e.blank("child.decision_date"), e.way.decided), OrderDate: e.way.ordered,
			Needs: needs(s, e.stream, born.YearsOn(e.day) >= olderYears), Milestones: slices.Clone(happened),
		}
		c.GivenName = givenName(s.of("given name"), ethnic, c.Sex, list)
		list = append(list, c)
	}
	return list
}

// leastRepeat is the fewest days in which there was room for a first match and
// placement that came to nothing.
const leastRepeat = 120

// happened is what happened to a group, as milestones.
func (p past) happened(e *ended) (h history) {
	w := e.way
	if span := w.decided.DaysSince(w.entered); span >= leastBefore && e.chance("again", was("again")) {
		h.add("decided", "", w.entered.AddDays(span*2/5))
		h.add("reversed", e.pick("why before", before().mixes["why"]), w.entered.AddDays(span*7/10))
	}
	searched := w.matched
	if !e.adopted {
		searched = e.day
	}
	since := max(w.decided, w.ordered)
	if span := searched.DaysSince(since); span >= leastRepeat && !w.fostered.Known() && !w.early.Known() && e.chance("disrupted", was("disrupted")) {
		h.add("matched", "", since.AddDays(span/4))
		h.add("placed", w.code(false), since.AddDays(span/3))
		h.add("disrupted", "", since.AddDays(span*2/3))
	}
	if e.adopted {
		e.family(&h)
		return h
	}
	h.add("reversed", e.why(), e.day)
	how := e.pick("left", before().mixes["left"])
	if left := e.day.AddDays(months(e.of("left after"), was("left_after"), was("stood_cv"))); how != "stay" && left <= p.asOf {
		h.add("left_care", how, left)
	}
	return h
}

// family is how a group came to the family that adopted it.
func (e *ended) family(h *history) {
	w := e.way
	if w.fostered.Known() {
		h.add("fostered", "", w.fostered)
	}
	if w.early.Known() {
		h.add("early_placed", "U5", w.early)
	}
	h.add("matched", "", w.matched)
	h.add("placed", w.code(w.fostered.Known() || w.early.Known()), w.placed)
	unopposed := w.consent || e.chance("unopposed", (was("unopposed")-was("consent"))/(1-was("consent")))
	h.add("adopted", map[bool]string{true: "E11", false: "E12"}[unopposed], e.day)
}

// code is the kind of placement: with consent or under an order, with those the
// child lived with or with others (SSDA903 PLACE).
func (w way) code(stayed bool) string {
	switch {
	case w.consent && stayed:
		return "A3"
	case w.consent:
		return "A4"
	case stayed:
		return "A5"
	}
	return "A6"
}

// households are the family that adopted a group, and sometimes beside it one
// that went away with no child.
func (p past) households(e *ended, of holders) (list []adopter.Family) {
	s := e.name("family", "own")
	day := e.way.matched
	if e.way.early.Known() {
		day = e.way.early
	}
	wait := value("family.wait_years") * daysPerYear
	if e.way.fostered.Known() {
		wait = 2 * daysPerMonth // foster carers are approved for the child they have
	}
	f := p.approved(s, of, "adopted", day.AddDays(-int(s.of("wait").ExpFloat64()*wait)))
	for _, m := range []struct {
		what string
		day  date.Date
	}{{"matched", e.way.matched}, {"placed", e.way.placed}, {"adopted", e.day}} {
		f.Milestones = append(f.Milestones, child.Milestone{What: m.what, Day: m.day, Source: madeUp})
	}
	list = append(list, f)
	for _, way := range []string{"left", "refused"} {
		if s := e.name("family", way); s.chance("there", was("family."+way)) {
			list = append(list, p.gone(s, of, way, e.day))
		}
	}
	return list
}

// approved is a family with its steps, told backwards from its approval.
func (p past) approved(s stream, of holders, status string, on date.Date) adopter.Family {
	h := household{stream: s, status: status, pathway: "approved", holder: of.pick(s)}
	f := adopter.Family{Agency: h.holder.Code, Status: status, ApprovedOn: on, Adopters: known(2)}
	if s.chance("single", value("family.single")) {
		f.Adopters = known(1)
	}
	f.Milestones = p.steps(h, on)
	return f
}

// gone is a family that was refused, or approved and left, by a day.
func (p past) gone(s stream, of holders, way string, by date.Date) adopter.Family {
	if way == "refused" {
		f := p.approved(s, of, "closed", by)
		f.ApprovedOn = 0
		f.Milestones = append(f.Milestones, child.Milestone{What: "not_approved", Day: by, Source: madeUp})
		return f
	}
	f := p.approved(s, of, "closed", by.AddDays(-int(s.of("stayed").Float64()*2*daysPerYear)))
	f.Milestones = append(f.Milestones, child.Milestone{What: "left", Detail: "a", Day: by, Source: madeUp})
	return f
}
