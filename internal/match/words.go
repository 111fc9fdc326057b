package match

import (
	"strconv"
	"strings"

	"homeward/internal/date"
)

// The two sides of a criterion in the words of the field. What a blank means is
// said, not left to be guessed: an answer nobody asked for is not a no.
const (
	notRecorded = "not recorded"
	notAsked    = "not asked"
)

// each writes something of each child, in the order of the children.
func each(children []Child, say func(*Child) string) string {
	words := make([]string, len(children))
	for i := range children {
		words[i] = say(&children[i])
	}
	return strings.Join(words, ", ")
}

func agesText(children []Child, on date.Date) string {
	return each(children, func(c *Child) string {
		if !c.Born.Known() {
			return notRecorded
		}
		return strconv.Itoa(c.Born.YearsOn(on))
	})
}

// rangeText leaves a blank bound out: "2-6", "2-", "-6" or nothing at all.
func rangeText(f *Family) string {
	if !f.AgeMin.Known && !f.AgeMax.Known {
		return ""
	}
	return f.AgeMin.text() + "-" + f.AgeMax.text()
}

func (c Count) text() string {
	if !c.Known {
		return ""
	}
	return strconv.Itoa(c.N)
}

func sexesText(children []Child) string {
	return each(children, func(c *Child) string {
		switch c.Sex {
		case "F":
			return "girl"
		case "M":
			return "boy"
		}
		return "not known"
	})
}

func wishText(w sexWish) string {
	return [...]string{wishNotKnown: notRecorded, wishGirls: "girls", wishBoys: "boys", wishAny: "any"}[w]
}

func childrenText(n int) string {
	if n == 1 {
		return "1 child"
	}
	return strconv.Itoa(n) + " children"
}

func roomText(room Count) string {
	if !room.Known {
		return notRecorded
	}
	return "up to " + room.text()
}

func levelText(l Level) string {
	switch l {
	case LevelPossible:
		return "possible"
	case LevelKnown:
		return "known"
	case LevelSignificant:
		return "significant"
	}
	return "not known"
}

func answerText(a Answer) string {
	switch a {
	case AnswerYes:
		return "yes"
	case AnswerSupport:
		return "yes, with support"
	case AnswerNo:
		return "no"
	}
	return notAsked
}

func oldestText(g *group) string {
	switch {
	case !g.allDated:
		return "a birth date is not recorded"
	case g.size == 1:
		return strconv.Itoa(g.oldest)
	}
	return "oldest " + strconv.Itoa(g.oldest)
}

func homeText(children Count, home atHome) string {
	switch {
	case home.none:
		return "no children at home"
	case home.known:
		return "youngest at home " + strconv.Itoa(home.youngest)
	case children.Known:
		return childrenText(children.N) + " at home, a birth date is not recorded"
	}
	return notRecorded
}

// tonguesText writes a child's languages with commas, children apart with "; ".
func tonguesText(tongues [][]string) string {
	words := make([]string, len(tongues))
	for i, languages := range tongues {
		words[i] = strings.Join(languages, ", ")
	}
	return strings.Join(words, "; ")
}

func spokenText(languages []string) string {
	if len(languages) == 0 {
		return notRecorded
	}
	return strings.Join(languages, ", ")
}

func significantText(needs []groupNeed) string {
	n := 0
	for _, need := range needs {
		if need.level == LevelSignificant {
			n++
		}
	}
	if n == 1 {
		return "1 significant need"
	}
	return strconv.Itoa(n) + " significant needs"
}

func trainingText(s schooling) string {
	return [...]string{trainingNotKnown: notRecorded, untrained: "no", trained: "yes"}[s]
}
