package scorecard

import (
	"slices"

	"homeward/internal/date"
)

// Kind is what an indicator gives.
type Kind int8

// The kinds.
const (
	Number  Kind = iota // how many
	Days                // the average of their waits
	Percent             // the share of them that did
)

// Definition is one indicator: whom it counts, which wait it takes, whom it
// leaves out and why, how it is rounded, and who says so.
type Definition struct {
	ID, Title string
	Families  bool // counts families, not children
	Gives     Kind
	Unit      string
	Decimals  int
	Years     int // how many reporting years the scorecard takes together

	// Whom it counts: all for whom In happened in the period, and all who
	// on its last day stand so that everything in Since has happened and nothing
	// in Unless has. "Decided" in Since means a decision that stands.
	In            event
	Every         bool // a child decided or reversed twice in the period counts twice
	Since, Unless []event

	Start, Stop event // the wait
	Running     bool  // of those still waiting, the wait so far
	Floor       bool  // a wait that ends before it begins is 0 days
	Hit         test  // what makes a wait count in a percentage
	Leavers     bool  // the percentage is of all who left care
	Except      []exception

	Source string
	Status Status
}

// test says in words what it asks of a wait.
type test struct {
	Words string
	ok    func(l *life, start, stop date.Date) bool
}

// exception leaves out those it applies to, and says why.
type exception struct {
	Reason  string
	applies func(l *life) bool
}

func underDays(n int, words string) test {
	return test{words, func(_ *life, start, stop date.Date) bool { return stop.DaysSince(start) < n }}
}

func withinMonths(n int, words string) test {
	return test{words, func(_ *life, start, stop date.Date) bool { return stop <= start.AddMonths(n) }}
}

func fromMonths(n int, words string) test {
	return test{words, func(_ *life, start, stop date.Date) bool { return stop >= start.AddMonths(n) }}
}

var (
	noOrder   = exception{"no placement order", func(l *life) bool { return !l.at[ordered].Known() }}
	notPlaced = exception{"not placed before the adoption order", func(l *life) bool {
		return !l.at[placed].Known() || l.at[placed] >= l.at[adopted]
	}}
	leftLater  = exception{"left care again later in the same year", func(l *life) bool { return l.leftAgain }}
	noStageOne = exception{"fast track, with no dates of stage one", func(l *life) bool {
		return l.family.FastTrack && !(l.family.StageOne.Known() && l.family.StageOneEnded.Known())
	}}
	noSide = exception{"not known whether inside or outside the area", func(l *life) bool { return l.child.InsideArea == SideUnknown }}

	isOutside = test{"placed outside the area", func(l *life, _, _ date.Date) bool { return l.child.InsideArea == Outside }}
	hasHealth = test{"has a health need", func(l *life, _, _ date.Date) bool { return l.child.Health }}
)

const (
	titles        = "titles: https://vdocument.in/adoption-scorecards-year-ending-march-2018-march-or-those-still-going-through-the.html"
	wolverhampton = "Wolverhampton report, https://docplayer.net/amp/20077661-Analysis-of-adoption-scorecard-information-2011-2014.html"
	lginform      = "LG Inform, https://id.esd.org.uk/metricType/912"
	lait          = "method text of the DfE local authority interactive tool, measure 208"
	firstForum    = "http://first4adoption.org.uk/adoption-map/information-data"
	ours          = "Homeward's own count, from the brief of the regional agencies; not a scorecard indicator"
)

// gone are the ways a child stops waiting for a placement, other than a decision
// given up.
var gone = []event{placed, adopted, leftCare}

var definitions = []Definition{
	{ID: "A10", Title: "Average time from entering care to moving in with the adoptive family, counting the move to foster carers who adopt", Gives: Days, Unit: "days", Years: 3,
		In: adopted, Start: enteredCare, Stop: movedIn, Source: wolverhampton, Status: ToConfirm},
	{ID: "A1", Title: "Average time from entering care to moving in with the adoptive family", Gives: Days, Unit: "days", Years: 3,
		In: adopted, Start: enteredCare, Stop: placed, Source: titles, Status: Verified},
	{ID: "A2", Title: "Average time from the placement order to the match", Gives: Days, Unit: "days", Years: 3,
		In: adopted, Start: ordered, Stop: matched, Floor: true, Except: []exception{noOrder, notPlaced}, Source: lginform, Status: Verified},
	{ID: "A3", Title: "Children who wait less than 14 months from entering care to moving in", Gives: Percent, Unit: "%", Years: 3,
		In: adopted, Since: []event{decided}, Unless: []event{adopted, leftCare}, Start: enteredCare, Stop: placed, Running: true,
		Hit: underDays(426, "fewer than 426 days"), Source: titles, Status: Verified},
	{ID: "A4", Title: "Children adopted, of all who left care", Gives: Percent, Unit: "%", Decimals: 1, Years: 3,
		In: adopted, Leavers: true, Except: []exception{leftLater}, Source: lait, Status: Verified},
	{ID: "A5", Title: "Decisions for adoption that were given up", Unit: "decisions", Years: 1,
		In: reversed, Every: true, Source: titles, Status: Verified},
	{ID: "A9", Title: "Children with a decision, not yet placed", Unit: "children", Years: 1,
		Since: []event{decided}, Unless: gone, Source: titles, Status: Verified},
	{ID: "A14", Title: "Children with a decision and a placement order, not yet placed", Unit: "children", Years: 1,
		Since: []event{decided, ordered}, Unless: gone, Source: titles + "; how it splits A9 is our reading", Status: ToConfirm},
	{ID: "A15", Title: "New decisions for adoption", Unit: "decisions", Years: 1,
		In: decided, Every: true, Source: titles, Status: Verified},
	{ID: "A16", Title: "New placement orders", Unit: "orders", Years: 1,
		In: ordered, Source: titles, Status: Verified},
	{ID: "A11", Title: "Approved families waiting for a match", Families: true, Unit: "families", Years: 1,
		Since: []event{approved}, Unless: []event{matched, placed, left}, Source: titles, Status: Verified},
	{ID: "A12", Title: "Matched families that waited three months or more from approval", Families: true, Gives: Percent, Unit: "%", Years: 1,
		In: matched, Start: approved, Stop: matched, Hit: fromMonths(3, "three months or more"), Source: titles, Status: Verified},
	{ID: "A13", Title: "Families registered whose assessment is not finished", Families: true, Unit: "families", Years: 1,
		Since: []event{registered}, Unless: []event{approved, left}, Source: titles + "; that registering opens the application is our reading", Status: ToConfirm},
	{ID: "F1", Title: "Families approved within six months of registering", Families: true, Gives: Percent, Unit: "%", Years: 1,
		In: approved, Start: registered, Stop: approved, Hit: withinMonths(6, "within six months"), Except: []exception{noStageOne}, Source: firstForum, Status: Verified},
	{ID: "F2", Title: "Families matched within three months of approval", Families: true, Gives: Percent, Unit: "%", Years: 1,
		In: matched, Start: approved, Stop: matched, Hit: withinMonths(3, "within three months"), Source: firstForum, Status: Verified},
	{ID: "H1", Title: "Children whose plan is adoption", Unit: "children", Years: 1,
		Since: []event{decided}, Unless: []event{adopted, leftCare}, Source: ours, Status: Verified},
	{ID: "H2", Title: "Children placed", Unit: "children", Years: 1, In: placed, Source: ours, Status: Verified},
	{ID: "H3", Title: "Children matched, not yet placed", Unit: "children", Years: 1,
		Since: []event{decided, matched}, Unless: gone, Source: ours, Status: Verified},
	{ID: "H4", Title: "Families approved", Families: true, Unit: "families", Years: 1, In: approved, Source: ours, Status: Verified},
	{ID: "H5", Title: "Children placed outside the council's area", Gives: Percent, Unit: "%", Years: 1,
		In: placed, Hit: isOutside, Except: []exception{noSide}, Source: ours, Status: Verified},
	{ID: "H6", Title: "Children placed who have a health need", Gives: Percent, Unit: "%", Years: 1,
		In: placed, Hit: hasHealth, Source: ours, Status: Verified},
	{ID: "H7", Title: "Adoption orders granted", Unit: "children", Years: 1, In: adopted, Source: ours, Status: Verified},
}

// Definitions lists the indicators in the order a scorecard shows them.
func Definitions() []Definition { return slices.Clone(definitions) }

// Define finds an indicator.
func Define(id string) (Definition, bool) {
	if d := define(id); d != nil {
		return *d, true
	}
	return Definition{}, false
}

func define(id string) *Definition {
	for i := range definitions {
		if definitions[i].ID == id {
			return &definitions[i]
		}
	}
	return nil
}
