package scorecard

import (
	"fmt"
	"slices"
	"strings"
)

// Characteristic divides children into groups, every child into one.
type Characteristic struct {
	ID, Title string
	Groups    []string
	group     func(j *Journey) int // the place in Groups
}

const notKnown = "Not known"

var characteristics = []Characteristic{
	{"age", "Age at the decision", []string{"Under 1", "1 to 4", "5 to 9", "10 and over", notKnown}, ageGroup},
	{"sex", "Sex", []string{"Girls", "Boys", notKnown}, sexGroup},
	{"ethnicity", "Ethnic group", ethnicGroups, ethnicGroup},
	{"siblings", "Brothers and sisters", []string{"Placed with brothers or sisters", "Placed alone"}, func(j *Journey) int { return either(j.Group != "") }},
	{"disability", "Disability", []string{"Disabled", "Not recorded as disabled"}, func(j *Journey) int { return either(j.Disabled) }},
}

// Characteristics lists the ways children are compared.
func Characteristics() []Characteristic { return slices.Clone(characteristics) }

func characteristic(id string) (Characteristic, error) {
	for _, c := range characteristics {
		if c.ID == id {
			return c, nil
		}
	}
	return Characteristic{}, fmt.Errorf("there is no characteristic %q: choose one of those listed", id)
}

func either(first bool) int {
	if first {
		return 0
	}
	return 1
}

func ageGroup(j *Journey) int {
	if !j.Born.Known() || !j.Decided.Known() {
		return 4
	}
	switch age := j.Born.YearsOn(j.Decided); {
	case age < 1:
		return 0
	case age < 5:
		return 1
	case age < 10:
		return 2
	default:
		return 3
	}
}

func sexGroup(j *Journey) int {
	switch j.Sex {
	case "F":
		return 0
	case "M":
		return 1
	default:
		return 2
	}
}

// ethnicGroups are those of the published tables, which put Chinese with Asian
// although the return's codes do not.
var ethnicGroups = []string{"White", "Mixed", "Asian", "Black", "Other", notKnown}

func ethnicGroup(j *Journey) int {
	switch {
	case j.Ethnic == "" || j.Ethnic == "REFU" || j.Ethnic == "NOBT":
		return 5
	case j.Ethnic == "CHNE":
		return 2
	}
	if i := strings.Index("WMABO", j.Ethnic[:1]); i >= 0 {
		return i
	}
	return 5
}

// GroupWait is how long one group of children waits.
type GroupWait struct {
	Group    string
	Children int
	Half     Half // by when half have done waiting, with its interval
	Curve    Curve
}

// Equality sets the waits of groups of children side by side, those still
// waiting counted for as long as they have waited. Two intervals that overlap do
// not show that the groups wait differently, nor that they wait alike.
func (b *Book) Equality(clockID, characteristicID string, a Area, p Period) ([]GroupWait, error) {
	c, err := clock(clockID)
	if err != nil {
		return nil, err
	}
	by, err := characteristic(characteristicID)
	if err != nil {
		return nil, err
	}
	spells := make([][]spell, len(by.Groups))
	b.spells(c, a, p, func(l *life, s spell, reason string) {
		if reason == "" && s.enter < s.exit {
			g := by.group(l.child)
			spells[g] = append(spells[g], s)
		}
	})
	list := make([]GroupWait, len(by.Groups))
	for i, g := range by.Groups {
		curve := estimate(spells[i], b.rules.MinAtRisk)
		list[i] = GroupWait{g, len(spells[i]), curve.Half(), curve}
	}
	return list, nil
}
