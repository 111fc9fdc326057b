package match

import "slices"

// group is a Group made ready: what its children have between them, and which
// families no rule of safety or law lets be theirs.
type group struct {
	size             int
	dated, allDated  bool // a birth date is known, every birth date is
	youngest, oldest int  // in completed years, of those with a birth date
	girls, boys      bool
	unsexed          bool // a child's sex is U or blank
	needs            []groupNeed
	contacts         []int      // places in Pool.codes, rising
	tongues          [][]string // the languages of each child with one other than English
	significant      bool

	weight int // of all criteria that apply

	shut    [len(exclusionCodes)]bitmap // the families each exclusion stands against; nil for none
	certain bitmap                      // those certainly in a zone
	waivers map[int32]Exclusion
}

// groupNeed is a need of the group: the highest level of any of its children.
type groupNeed struct {
	code  int // place in Pool.codes
	level Level
}

// addGroups makes the groups ready, and with them the columns of exclusions.
func (p *Pool) addGroups() {
	p.groups = make([]group, len(p.c.Groups))
	e := newExcluder(p)
	for i := range p.c.Groups {
		g := &p.groups[i]
		for c := range p.c.Groups[i].Children {
			p.addChild(g, &p.c.Groups[i].Children[c])
		}
		slices.SortFunc(g.needs, func(a, b groupNeed) int { return a.code - b.code })
		slices.Sort(g.contacts)
		p.weigh(g)
		e.exclude(g, p.c.Groups[i])
	}
	e.conflictsAndWaivers()
}

// addChild adds what one child has to what the group has.
func (p *Pool) addChild(g *group, c *Child) {
	g.allDated = c.Born.Known() && (g.allDated || g.size == 0)
	if c.Born.Known() {
		age := c.Born.YearsOn(p.c.AsOf)
		if !g.dated {
			g.youngest, g.oldest = age, age
		}
		g.dated, g.youngest, g.oldest = true, min(g.youngest, age), max(g.oldest, age)
	}
	g.size++
	g.girls = g.girls || c.Sex == "F"
	g.boys = g.boys || c.Sex == "M"
	g.unsexed = g.unsexed || c.Sex != "F" && c.Sex != "M"
	for _, n := range c.Needs {
		p.addNeed(g, n)
	}
	for _, kind := range c.Contacts {
		if i := p.code(kind); !slices.Contains(g.contacts, i) {
			g.contacts = append(g.contacts, i)
		}
	}
	english := func(language string) bool { return language == "en" }
	if tongues := slices.DeleteFunc(slices.Clone(c.Languages), english); len(tongues) > 0 {
		g.tongues = append(g.tongues, tongues)
	}
}

func (p *Pool) addNeed(g *group, n Need) {
	if n.Level == NoNeed {
		return
	}
	g.significant = g.significant || n.Level == LevelSignificant
	code := p.code(n.Code)
	for i := range g.needs {
		if g.needs[i].code == code {
			g.needs[i].level = max(g.needs[i].level, n.Level)
			return
		}
	}
	g.needs = append(g.needs, groupNeed{code, n.Level})
}

// code is the place of a code that collectCodes took in.
func (p *Pool) code(code string) int {
	i, _ := slices.BinarySearch(p.codes, code)
	return i
}

// weigh adds up the weights of all criteria that apply.
func (p *Pool) weigh(g *group) {
	r := p.rules
	g.weight = r.Age.N + r.Sex.N + r.Capacity.N + r.AgeGap.N + len(g.contacts)*r.Contact.N +
		r.language(g, nil).weight + r.training(g, trainingNotKnown).weight
	for _, n := range g.needs {
		g.weight += r.Need[n.level].N
	}
}
