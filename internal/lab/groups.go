package lab

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"homeward/internal/child"
	"homeward/internal/date"
)

const (
	daysPerYear  = 365.25
	daysPerMonth = daysPerYear / 12
)

// group is a child, or brothers and sisters, as their stream draws them.
type group struct {
	stream
	council  council
	size     int
	status   string
	lot      lot
	ref      string // blank for a child alone
	children []child.Child
}

// groups makes every child, in sibling groups.
func (w *world) groups() []group {
	sizes := w.sizes()
	councils := weights(w.country.councils).deal(w.root.of("group councils"), len(sizes))
	statuses := w.statuses(len(sizes))
	lots := map[bool]*lots{alone: w.lots("alone", count(sizes, alone)), together: w.lots("together", count(sizes, together))}
	groups := make([]group, len(sizes))
	next := map[string]*numbers{}
	for i, size := range sizes {
		g := group{stream: w.root.number("group", i), council: w.country.council(councils[i]), size: size, status: statuses[i]}
		if next[councils[i]] == nil {
			next[councils[i]] = &numbers{}
		}
		g.lot = lots[size > 1].next()
		g.children = w.record(&g, next[councils[i]])
		w.touched(g.stream)
		groups[i] = g
	}
	return groups
}

// Whether a group is of one or of more.
const (
	alone    = false
	together = true
)

func count(sizes []int, more bool) int {
	n := 0
	for _, size := range sizes {
		if size > 1 == more {
			n++
		}
	}
	return n
}

// lot is what weighs most on a group's course: the age of its youngest on coming
// into care and its place, from 0 to 1, among all from the shortest wait to the
// longest. Lots are dealt evenly, so that a small region too has its share of
// each.
type lot struct {
	years int
	rank  float64
}

type lots struct {
	years []string
	ranks []float64
}

func (w *world) lots(name string, n int) *lots {
	l := &lots{years: mixOf("entry.age").deal(w.root.of("ages at entry "+name), n)}
	within := w.root.of("ranks within " + name)
	for i := range n {
		l.ranks = append(l.ranks, (float64(i)+within.Float64())/float64(n))
	}
	shuffle(w.root.of("ranks "+name), l.ranks)
	return l
}

func (l *lots) next() lot {
	dealt := lot{int(Number(l.years[0])), l.ranks[0]}
	l.years, l.ranks = l.years[1:], l.ranks[1:]
	return dealt
}

// numbers counts the references an agency has given.
type numbers struct{ children, groups int }

func (n *numbers) child() string {
	n.children++
	return "C" + strconv.Itoa(n.children)
}

func (n *numbers) group() string {
	n.groups++
	return "G" + strconv.Itoa(n.groups)
}

const largestGroup = 4

// sizes shares the children out into groups of those found waiting on a day:
// groups come as the moments say, and those that wait longer are found more
// often.
func (w *world) sizes() []int {
	if w.derby {
		return shuffle(w.root.of("group sizes"), repeated(map[int]int{1: 19, 2: 8, 3: 3}))
	}
	var found mix
	children := 0.0
	for size := 1; size <= largestGroup; size++ {
		found = found.with(strconv.Itoa(size), value(fmt.Sprintf("group.size.%d", size))*meanWait(size))
		children += float64(size) * found.shares[size-1]
	}
	many := map[int]int{}
	left := w.children
	for size := largestGroup; size > 1; size-- {
		many[size] = int(math.Round(float64(w.children) * found.shares[size-1] / children))
		left -= size * many[size]
	}
	many[1] = left
	return shuffle(w.root.of("group sizes"), repeated(many))
}

func repeated(many map[int]int) []int {
	var list []int
	for size := 1; size <= largestGroup; size++ {
		for range many[size] {
			list = append(list, size)
		}
	}
	return list
}

func (w *world) statuses(n int) []string {
	if w.derby {
		return mix{}.with("waiting", 1).deal(w.root.of("group statuses"), n)
	}
	return mixOf("child.status").deal(w.root.of("group statuses"), n)
}

// waitFrom is the mean of the days from order to match: by Little's law the
// children waiting over the orders made in a year are the mean wait of all, to
// which older children add by their factor and sibling groups by their days.
func waitFrom(size int, isOlder bool) float64 {
	inGroups, all := 0.0, 0.0
	for n := 1; n <= largestGroup; n++ {
		children := float64(n) * value(fmt.Sprintf("group.size.%d", n))
		all += children
		if n > 1 {
			inGroups += children
		}
	}
	extra, factor := value("wait.sibling_extra"), value("wait.older_factor")
	days := (daysPerYear*value("wait.stock_years") - extra*inGroups/all) / (1 + value("wait.older_groups")*(factor-1))
	if isOlder {
		days *= factor
	}
	if size > 1 {
		days += extra
	}
	return days
}

func meanWait(size int) float64 {
	older := value("wait.older_groups")
	return older*waitFrom(size, true) + (1-older)*waitFrom(size, false)
}

// course is what has happened to a group so far. A day that has not come is not
// known.
type course struct {
	entered, decided, ordered date.Date
	matched                   date.Date
	births                    []date.Date // the eldest first
}

const (
	olderYears = 5  // years, from when a child waits longer
	oldest     = 14 // years: few plans for adoption last beyond
	newborns   = 14 // days
)

// attempts bounds how often a course is drawn to find one on which no child is
// too old by now.
const attempts = 50

// course is what has happened to the group so far, told backwards from today:
// how long the group has waited says when the order was, the order when the
// decision was, the decision the entry.
func (w *world) course(g *group) (c course) {
	for i := range attempts {
		s := g.number("course", i)
		if i > 0 {
			g.lot = lot{s.whole("age at entry", "entry.age"), s.of("rank").Float64()}
		}
		c = w.oneCourse(g, s)
		if float64(w.asOf.DaysSince(c.births[0])) < oldest*daysPerYear {
			break
		}
	}
	return c
}

func (w *world) oneCourse(g *group, s stream) course {
	years := g.lot.years
	age := (float64(years) + s.of("months at entry").Float64()) * daysPerYear
	if years == 0 && s.chance("newborn", value("entry.newborn")) {
		age = newborns * s.of("days at entry").Float64()
	}
	toDecision := gamma(s.of("entry to decision"), daysPerMonth*value(fmt.Sprintf("stage.entry_to_decision.%d", years)), value("stage.entry_to_decision_cv"))
	mean, cv := value("stage.decision_to_order"), value("stage.decision_to_order_cv")
	var c course
	if g.early() && g.chance("no order", value("waiting.no_order")) {
		c.decided = w.ago(gammaElapsed(s.of("since decision"), mean, cv))
	} else {
		toOrder := gamma(s.of("decision to order"), mean, cv)
		isOlder := (age+toDecision+toOrder)/daysPerYear >= olderYears
		c.ordered = w.ago(waitFrom(g.size, isOlder)*exponential(g.lot.rank) + g.since(s))
		if g.status == "matched" || g.status == "placed" {
			c.matched = w.ago(g.since(s))
		}
		c.decided = c.ordered.AddDays(-int(toOrder))
	}
	c.entered = c.decided.AddDays(-int(toDecision))
	c.births = births(s, g.size, c.entered.AddDays(-int(age)))
	return c
}

func (w *world) ago(days float64) date.Date { return w.asOf.AddDays(-int(days)) }

// early tells whether there may be no order yet.
func (g *group) early() bool { return g.status == "waiting" || g.status == "on_hold" }

// since is how many days ago a matched or placed group stopped waiting.
func (g *group) since(s stream) float64 {
	toPlaced := daysPerMonth * value("stage.match_to_placed")
	part := s.of("since match").Float64()
	switch g.status {
	case "matched":
		return part * toPlaced
	case "placed":
		return toPlaced + part*daysPerMonth*value("stage.placed_to_adopted")
	}
	return 0
}

// births goes back from the youngest to the eldest.
func births(s stream, size int, youngest date.Date) []date.Date {
	born := make([]date.Date, size)
	day := youngest
	for i := size - 1; i >= 0; i-- {
		born[i] = day
		day = day.AddDays(-gap(s.number("gap", i)))
	}
	return born
}

// leastGap is in days: ten months.
const leastGap = 304

// gap is the days between a child and the next elder one.
func gap(s stream) int {
	if s.chance("twins", value("group.twins")) {
		return 0
	}
	days := gamma(s.of("days"), daysPerMonth*value("group.gap"), value("group.gap_cv"))
	return max(leastGap, int(days))
}

// intn draws a whole number from low to high, both of them among it.
func intn(r *rand.Rand, low, high int) int { return low + r.IntN(high-low+1) }
