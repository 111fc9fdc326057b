// Package scorecard turns children's and families' journeys into the numbers
// councils answer for: the adoption scorecard (A1 to A16), the waits behind it,
// how councils compare, and what of it may be shown to the public.
//
// The Department for Education began the scorecards in May 2012. What each
// indicator counts is data, in indicator.go, each with the source we have for it
// and whether that source settles it. Three questions the sources leave open are
// switches in Rules, and every figure names the ones it used. A20 is not here:
// nobody has shown us its definition.
//
// The package is pure. It takes dates and gives figures; a figure hands back the
// IDs of the children or families behind it, and whoever shows it must first ask
// whether the reader may see them. Nothing here predicts what will become of one
// child: the waits of a group describe the group.
package scorecard

import "homeward/internal/date"

// Journey is one child's way through one period of care, as dates. Zero is "not
// known, or has not happened".
type Journey struct {
	Agency, ID string // the council's code, and Homeward's own id of the child
	Group      string // brothers and sisters placed together; blank if none
	Born       date.Date
	Sex        string // M, F or U
	Ethnic     string // an SSDA903 code, such as WBRI
	Disabled   bool

	EnteredCare date.Date
	Decided     date.Date // that the child should be placed for adoption; the latest decision
	Ordered     date.Date // the court's placement (once: freeing) order
	Matched     date.Date
	Fostered    date.Date // moved in, as a foster child, with the carers who adopt
	EarlyPlaced date.Date // fostering for adoption, or concurrent planning
	Placed      date.Date // moved in as a child placed for adoption
	Adopted     date.Date // the day of the court's order
	Reversed    date.Date // the latest decision given up; blank while it stands
	LeftCare    date.Date

	ReversedWhy string  // RD1 to RD4
	Earlier     []Round // decisions before the latest, each given up
	FosterCarer bool    // adopted by, or placed with, the child's foster carers
	InsideArea  Side    // where the placement is
	Health      bool    // has a health need
}

// Round is one decision for adoption and its reversal.
type Round struct {
	Decided, Reversed date.Date
	Why               string
}

// Side tells whether a placement is in the council's own area. Scotland, Wales
// and Northern Ireland are outside.
type Side int8

// The sides; zero is "not known".
const (
	SideUnknown Side = iota
	Inside
	Outside
)

// Household is one adopting family's way.
type Household struct {
	Agency, ID              string
	Enquired, Registered    date.Date
	StageOne, StageOneEnded date.Date
	StageTwo, StageTwoEnded date.Date // the end of stage two is the application
	Approved                date.Date
	Matched, Placed, Left   date.Date
	FastTrack               bool
}

// Area is what a figure is for: a council, a regional agency, a pool, England. A
// figure for several councils is taken over their children, never over their
// figures.
type Area struct {
	Name     string
	Agencies []string
}

// Input is everything the figures are made from.
type Input struct {
	Journeys   []Journey
	Households []Household
	// Leavers is how many children left care, by agency and by the calendar year
	// in which the reporting year ends. A child is counted once a year, at the
	// last leaving.
	Leavers map[string]map[int]int
}

// event is a day in a journey.
type event int

const (
	noEvent event = iota
	enteredCare
	decided
	ordered
	matched
	placed
	movedIn // placed, or earlier where A10 stops the clock earlier
	adopted
	reversed
	leftCare
	registered
	approved
	left
	events
)

// String says an event in a sentence: "the day of ... is not known".
func (e event) String() string { return eventWords[e] }

var eventWords = [events]string{
	enteredCare: "entering care", decided: "the decision", ordered: "the placement order", matched: "the match",
	placed: "moving in", movedIn: "moving in", adopted: "the adoption order", reversed: "the reversal", leftCare: "leaving care",
	registered: "registering", approved: "approval", left: "leaving",
}

// life is a journey or a household as the engine sees it.
type life struct {
	id        string
	at        [events]date.Date
	child     *Journey   // nil for a family
	family    *Household // nil for a child
	rounds    []Round    // the child's decisions before the latest
	leftAgain bool       // this child left care once more, later in the same year
}

func childLife(j *Journey, r Rules) life {
	l := life{id: j.ID, child: j, rounds: j.Earlier}
	l.at = [events]date.Date{
		enteredCare: j.EnteredCare, decided: j.Decided, ordered: j.Ordered, matched: j.Matched, placed: j.Placed,
		movedIn: j.movedIn(r), adopted: j.Adopted, reversed: j.Reversed, leftCare: j.leftCare(),
	}
	return l
}

func familyLife(h *Household) life {
	l := life{id: h.ID, family: h}
	l.at = [events]date.Date{registered: h.Registered, approved: h.Approved, matched: h.Matched, placed: h.Placed, left: h.Left}
	return l
}

// leftCare is the day of leaving; an adoption order ends care even where nobody
// has written that day twice.
func (j *Journey) leftCare() date.Date {
	if j.LeftCare.Known() {
		return j.LeftCare
	}
	return j.Adopted
}

// movedIn is where A10 stops the clock. For foster carers who adopt it is the
// day the child came to them, and where nobody knows that day the wait is not
// known either: the day of placement would make it look longer than it was.
func (j *Journey) movedIn(r Rules) date.Date {
	day := j.Placed
	if j.FosterCarer {
		if !j.Fostered.Known() {
			return 0
		}
		day = earliest(day, j.Fostered)
	}
	if r.EarlyStopsA10 {
		day = earliest(day, j.EarlyPlaced)
	}
	return day
}

// round is the latest decision made by a day, and whether there is one.
func (j *Journey) round(by date.Date) (Round, bool) {
	latest := Round{j.Decided, j.Reversed, j.ReversedWhy}
	found := happened(j.Decided, by)
	for _, e := range j.Earlier {
		if happened(e.Decided, by) && (!found || e.Decided > latest.Decided) {
			latest, found = e, true
		}
	}
	return latest, found
}

// earliest is the earlier of two days, an unknown one not counted.
func earliest(a, b date.Date) date.Date {
	if !a.Known() || b.Known() && b < a {
		return b
	}
	return a
}

// happened tells whether a day is known and not after another.
func happened(d, by date.Date) bool { return d.Known() && d <= by }
