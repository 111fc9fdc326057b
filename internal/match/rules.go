package match

import (
	"time"

	"homeward/internal/date"
)

// Setting is one number of the rules and why it is that number.
type Setting struct {
	N      int
	Source string
}

// Rules is one version of the numbers the engine works with. A weight says how
// much a criterion counts; a value is in tenths, so that every score is an
// exact fraction. Changing a number is a new version with its own first day.
//
// The weights are a judgement of practice and not a measurement: nobody has
// evidence that could train them (docs/matching.md, 7).
type Rules struct {
	Version string
	From    date.Date

	// The weights of the criteria; those of a need by its level.
	Age, Sex, Capacity, Contact, AgeGap, Language, Training Setting
	Need                                                    [LevelSignificant + 1]Setting

	Support       Setting // value in tenths of "yes, with support"
	AgeSlope      Setting // tenths lost for each whole year outside the range
	GapYears      Setting // an age gap of so many years has the full value
	GapPartly     Setting // value in tenths of a smaller gap that is not below 0
	StretchLimits Setting // so many stated limits are a stretch, more rule out
}

// versions are the rules by their first day. A version that has been in force
// is never edited: every list shown is logged with it.
var versions = []Rules{{
	Version: "2026-11",
	From:    date.MustOf(2026, time.November, 1),

	Age:      Setting{15, "the family's range is the core of what it was approved to consider; age at placement is among the attested risks of disruption (Wijedasa and Selwyn 2017)"},
	Sex:      Setting{5, "a family's own wish; practice, not evidence"},
	Capacity: Setting{5, "also an exclusion, so it tells apart only the families who have not been asked"},
	Contact:  Setting{6, "equal to a known need: a child's planned contact stands or falls with the family's agreement"},
	AgeGap:   Setting{5, "many agencies want the adopted child youngest by about two years; practice, not verified, so it only scores"},
	Language: Setting{4, "practice: a shared language helps a child, and another can be learned, so it never excludes"},
	Training: Setting{5, "preparation for significant needs can still be given, so it weighs less than the need itself"},
	Need: [LevelSignificant + 1]Setting{
		LevelUnknown:     {2, "nobody has assessed it: worth a question, little more"},
		LevelPossible:    {3, "half of a known need"},
		LevelKnown:       {6, "the unit the other levels are set against"},
		LevelSignificant: {10, "poor matches come with underplayed difficulties (Farmer and Dance), so these weigh most after age"},
	},

	Support:       Setting{6, "more than half: the family is willing, and support is the agency's to give"},
	AgeSlope:      Setting{5, "a year outside is half the value, two are none"},
	GapYears:      Setting{2, "the usual gap in agency policies; practice, not verified"},
	GapPartly:     Setting{5, "the order of ages is kept, the usual gap is not"},
	StretchLimits: Setting{2, "a family may be asked to stretch once or twice, not talked out of most of what it said"},
}}

// RulesOn is the version in force on a day; before the first version, the first.
func RulesOn(d date.Date) *Rules {
	r := versions[0]
	for _, v := range versions[1:] {
		if v.From <= d {
			r = v
		}
	}
	return &r
}
