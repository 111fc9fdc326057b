// Package match says which families could be a family for which children, and
// why. It is pure: it takes facts, it gives back lists, and the same facts give
// the same lists.
//
// Nothing here predicts or decides. An exclusion is a matter of safety or law
// and rules a pair out; a stated limit is what a family has said, and one or
// two make a stretch; a score is an interval, because what is not known is
// neither yes nor no but a question to ask. Ethnicity, religion, marital
// status, sexuality, the age or number of adopters and the inter-agency fee are
// not in any type of this package, so that nothing can use them.
//
// The rules are docs/matching.md; the versions of their weights are in rules.go.
package match

import (
	"homeward/internal/date"
	"homeward/internal/geo"
)

// Ref is an agency's own reference of a child or a family.
type Ref struct{ Agency, Ref string }

// Count is a whole number that may not be known.
type Count struct {
	N     int
	Known bool
}

// Level is how much of a need a child has.
type Level uint8

// The levels in their order; NoNeed is the zero value.
const (
	NoNeed Level = iota
	LevelUnknown
	LevelPossible
	LevelKnown
	LevelSignificant
)

// Answer is what a family has said about a need or a kind of contact.
type Answer uint8

// The answers. Unanswered is the zero value: it is never read as no.
const (
	Unanswered Answer = iota
	AnswerNo
	AnswerSupport
	AnswerYes
)

// Need is one need of a child.
type Need struct {
	Code  string
	Level Level
}

// Child is what the rules look at of a child.
type Child struct {
	Ref       Ref
	Born      date.Date // 0 not known
	Sex       string    // M, F, U or blank
	Languages []string  // ISO 639-1; "en" never counts as one to be shared
	Needs     []Need
	Contacts  []string // kinds of contact planned
	Zones     []geo.Zone
	Home      geo.Position
}

// Group is the children to be placed together: all of one agency, by reference
// in byte order. A child on their own is a group of one.
type Group struct{ Children []Child }

// Offer is a family's answer about a need or a kind of contact.
type Offer struct {
	Code   string
	Answer Answer
}

// Place is somewhere a family is to be found.
type Place struct {
	Kind string // home, school, work or relative
	At   geo.Position
}

// Family is what the rules look at of a household.
type Family struct {
	Ref            Ref
	Status         string
	ApprovedOn     date.Date
	ReservedUntil  date.Date
	MaxChildren    Count
	AgeMin, AgeMax Count
	Sex            string   // M, F, any or blank
	Languages      []string // empty: not known
	ChildrenAtHome Count
	Household      []date.Date // birth dates of the children at home; 0 not known
	Training       string      // yes, no or blank
	Offers         []Offer
	Places         []Place
}

// Conflict is a recorded reason why a family must not be linked with a child.
type Conflict struct{ Family, Child Ref }

// Waiver lifts one exclusion between a family and the group a child is in: a
// named manager waived it, or somebody resolved a cannot-tell. Whoever calls
// the engine passes only those in force.
type Waiver struct {
	Family, Child Ref
	Exclusion     Exclusion
}

// Case is everything one run of the engine looks at.
type Case struct {
	Rules     *Rules
	AsOf      date.Date
	Early     bool // early search: stage two families count as approved do
	Groups    []Group
	Families  []Family
	Conflicts []Conflict
	Waivers   []Waiver
}

// Exclusion is a reason of safety or law that rules a pair out.
type Exclusion uint8

// The exclusions, as bits of a set.
const (
	ExcludedByStatus Exclusion = 1 << iota
	ExcludedByCapacity
	ExcludedByZone
	ExcludedByConflict
	ExcludedByReserved
)

// Outcome is what the rules say of a pair.
type Outcome uint8

// The outcomes in the order of a list.
const (
	Suitable Outcome = iota
	Stretch
	RuledOut
)

// Pair is one family's line in a group's list.
type Pair struct {
	Group, Family int32 // places in Case.Groups and Case.Families
	Low, High     int16 // tenths of a point, 0 to 1000
	Outcome       Outcome
	Limits        uint8     // how many stated limits stand against
	Excluded      Exclusion // the set of exclusions, the waived ones too
	Waived        Exclusion // those of Excluded that no longer rule out
	ZoneCertain   bool      // certainly inside a zone, rather than cannot tell
}

// Counts is how many families of a list have each outcome.
type Counts struct{ Suitable, Stretch, RuledOut int }

// Criterion is one line of an explanation: both values side by side.
type Criterion struct {
	Code    string
	Outcome string // met, partly, not_met or unknown
	Weight  int
	Value   float64 // meaningless where the outcome is unknown
	Child   string
	Family  string
}

// ExclusionLine is one exclusion of an explanation.
type ExclusionLine struct {
	Code    string
	Certain bool // of a zone only: certainly inside, rather than cannot tell
	Waived  bool
}

// Miles is a distance in tenths of a mile, at least and at most.
type Miles struct{ Low, High int }

// Explanation is why a pair has its outcome and its score.
type Explanation struct {
	Pair
	Exclusions []ExclusionLine
	Limits     []string
	Criteria   []Criterion
	Ask        []string // the unknown criteria, the heaviest first
	Distance   *Miles   // the family's home to the first child's; nil where either cannot be placed
}

// Reason is how often one exclusion or limit stands against a group's families.
type Reason struct {
	Code     string
	Families int // ruled-out families it stands against
	Alone    int // of these, the families it alone stands against

	// Stretched is the families that are a stretch by this limit alone: where
	// only suitable pairs are allowed, it alone stands against them too.
	Stretched int
}

// Opening is one change that would bring families into a group's list.
type Opening struct {
	Code     string
	Families []int32 // in the order of the list
}
