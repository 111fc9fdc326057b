package match

import "slices"

// verdict is what one criterion says of one pair: its weight (0: it does not
// apply), its value in tenths or undecided, and whether a stated limit stands
// against the pair as well.
type verdict struct {
	weight, value int
	limit         bool
}

// ageRange is the ages a family has said it could be a home for.
type ageRange struct{ min, max Count }

// outside is by how many whole years the youngest and the oldest of some
// children lie outside the range, 0 if they do not.
func (r ageRange) outside(youngest, oldest int) int {
	years := 0
	if r.min.Known {
		years = max(years, r.min.N-youngest)
	}
	if r.max.Known {
		years = max(years, oldest-r.max.N)
	}
	return years
}

// age scores the worst child; the limit looks at the children with a birth date
// even where another's is missing (docs/matching.md, 2 and 3).
func (r *Rules) age(g *group, want ageRange) verdict {
	v := verdict{weight: r.Age.N, value: undecided}
	years := 0
	if g.dated {
		years = want.outside(g.youngest, g.oldest)
		v.limit = years > 0
	}
	if g.allDated && (want.min.Known || want.max.Known) {
		v.value = max(0, full-years*r.AgeSlope.N)
	}
	return v
}

// sex is the wish of a family: one child known to be the other sex is no,
// whatever the rest; else one not known leaves it open (docs/matching.md, 3).
func (r *Rules) sex(g *group, want sexWish) verdict {
	v := verdict{weight: r.Sex.N, value: full}
	switch {
	case want == wishAny:
	case want == wishNotKnown:
		v.value = undecided
	case want == wishGirls && g.boys, want == wishBoys && g.girls:
		v.value, v.limit = 0, true
	case g.unsexed:
		v.value = undecided
	}
	return v
}

// capacity is whether the family has room for the whole group.
func (r *Rules) capacity(g *group, room Count) verdict {
	v := verdict{weight: r.Capacity.N, value: undecided}
	if room.Known {
		v.value = 0
		if room.N >= g.size {
			v.value = full
		}
	}
	return v
}

// answered is the value of a family's answer.
func (r *Rules) answered(a Answer) int {
	switch a {
	case AnswerYes:
		return full
	case AnswerSupport:
		return r.Support.N
	case AnswerNo:
		return 0
	}
	return undecided
}

// need weighs by the level; a level nobody knows makes no limit.
func (r *Rules) need(level Level, a Answer) verdict {
	return verdict{weight: r.Need[level].N, value: r.answered(a), limit: a == AnswerNo && level >= LevelPossible}
}

// contact is whether the family would keep up contact that is planned.
func (r *Rules) contact(a Answer) verdict {
	return verdict{weight: r.Contact.N, value: r.answered(a), limit: a == AnswerNo}
}

// atHome is the youngest child a family has at home.
type atHome struct {
	none, known bool
	youngest    int // in completed years
}

// ageGap compares the youngest child at home with the oldest of the group.
func (r *Rules) ageGap(g *group, home atHome) verdict {
	v := verdict{weight: r.AgeGap.N, value: undecided}
	gap := home.youngest - g.oldest
	switch {
	case home.none:
		v.value = full
	case !home.known || !g.allDated:
	case gap >= r.GapYears.N:
		v.value = full
	case gap >= 0:
		v.value = r.GapPartly.N
	default:
		v.value = 0
	}
	return v
}

// language asks of each child with a language other than English whether the
// family speaks one of that child's.
func (r *Rules) language(g *group, spoken []string) verdict {
	if len(g.tongues) == 0 {
		return verdict{}
	}
	v := verdict{weight: r.Language.N, value: full}
	if len(spoken) == 0 {
		v.value = undecided
		return v
	}
	for _, tongues := range g.tongues {
		shared := func(language string) bool { return slices.Contains(spoken, language) }
		if !slices.ContainsFunc(tongues, shared) {
			v.value = 0
		}
	}
	return v
}

// training is asked for where a need of the group is significant.
func (r *Rules) training(g *group, done schooling) verdict {
	if !g.significant {
		return verdict{}
	}
	v := verdict{weight: r.Training.N, value: undecided}
	switch done {
	case trained:
		v.value = full
	case untrained:
		v.value = 0
	}
	return v
}

// sexWish is whether a family has said girls, boys or either.
type sexWish uint8

const (
	wishNotKnown sexWish = iota
	wishGirls
	wishBoys
	wishAny
	wishes // how many there are
)

func wishOf(sex string) sexWish {
	switch sex {
	case "F":
		return wishGirls
	case "M":
		return wishBoys
	case "any":
		return wishAny
	}
	return wishNotKnown
}

// schooling is whether a family has had the training for significant needs.
type schooling uint8

const (
	trainingNotKnown schooling = iota
	untrained
	trained
	schoolings // how many there are
)

func schoolingOf(training string) schooling {
	switch training {
	case "yes":
		return trained
	case "no":
		return untrained
	}
	return trainingNotKnown
}
