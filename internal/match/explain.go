package match

import (
	"slices"

	"homeward/internal/geo"
)

// Explain is why a pair has its outcome and its score, line by line. What it
// says of the family holds nothing of any zone: the exclusion's code is all.
func (p *Pool) Explain(g, f int) Explanation {
	pair := p.Pair(g, f)
	criteria := p.criteria(g, f)
	return Explanation{
		Pair:       pair,
		Exclusions: exclusionLines(pair),
		Limits:     p.limitCodes(pair),
		Criteria:   criteria,
		Ask:        ask(criteria),
		Distance:   p.distance(g, f),
	}
}

func exclusionLines(pair Pair) []ExclusionLine {
	lines := []ExclusionLine{}
	for e := pair.Excluded; e != 0; e &= e - 1 {
		one := e &^ (e - 1)
		lines = append(lines, ExclusionLine{
			Code:    one.Code(),
			Certain: one == ExcludedByZone && pair.ZoneCertain,
			Waived:  pair.Waived&one != 0,
		})
	}
	return lines
}

func (p *Pool) limitCodes(pair Pair) []string {
	g := &p.groups[pair.Group]
	codes := []string{}
	for _, i := range p.limits(g, int(pair.Family), nil) {
		codes = append(codes, p.barrier(g, i))
	}
	return codes
}

// ask is the unknown criteria, the heaviest first: the questions that would tell
// the most.
func ask(criteria []Criterion) []string {
	unknown := slices.DeleteFunc(slices.Clone(criteria), func(c Criterion) bool { return c.Outcome != NotKnown })
	slices.SortStableFunc(unknown, func(a, b Criterion) int { return b.Weight - a.Weight })
	codes := make([]string, len(unknown))
	for i, c := range unknown {
		codes[i] = c.Code
	}
	return codes
}

// criteria are the lines of all criteria that apply (docs/matching.md, 3).
func (p *Pool) criteria(g, f int) []Criterion {
	gr, r, t := &p.groups[g], p.rules, &p.traits[f]
	children, family := p.c.Groups[g].Children, &p.c.Families[f]
	lines := []Criterion{
		line("age", r.age(gr, p.ages.kinds[t.age]), agesText(children, p.c.AsOf), rangeText(family)),
		line("sex", r.sex(gr, t.sex), sexesText(children), wishText(t.sex)),
		line("capacity", r.capacity(gr, family.MaxChildren), childrenText(gr.size), roomText(family.MaxChildren)),
	}
	for _, n := range gr.needs {
		a := p.answer(f, n.code)
		lines = append(lines, line("need:"+p.codes[n.code], r.need(n.level, a), levelText(n.level), answerText(a)))
	}
	for _, code := range gr.contacts {
		a := p.answer(f, code)
		lines = append(lines, line("contact:"+p.codes[code], r.contact(a), "planned", answerText(a)))
	}
	home := p.homes.kinds[t.home]
	lines = append(lines,
		line("age_gap", r.ageGap(gr, home), oldestText(gr), homeText(family.ChildrenAtHome, home)),
		line("language", r.language(gr, family.Languages), tonguesText(gr.tongues), spokenText(family.Languages)),
		line("training", r.training(gr, t.training), significantText(gr.needs), trainingText(t.training)))
	return slices.DeleteFunc(lines, func(c Criterion) bool { return c.Weight == 0 })
}

func line(code string, v verdict, child, family string) Criterion {
	c := Criterion{Code: code, Outcome: outcomeOf(v.value), Weight: v.weight, Child: child, Family: family}
	if v.value != undecided {
		c.Value = float64(v.value) / full
	}
	return c
}

// distance is from the family's home to the first child's, nil where either
// cannot be placed.
func (p *Pool) distance(g, f int) *Miles {
	places, children := p.c.Families[f].Places, p.c.Groups[g].Children
	home := slices.IndexFunc(places, func(at Place) bool { return at.Kind == "home" })
	if home < 0 || len(children) == 0 {
		return nil
	}
	d, ok := geo.Between(places[home].At, children[0].Home)
	if !ok {
		return nil
	}
	return &Miles{Low: geo.MilesTenths(d.Low), High: geo.MilesTenths(d.High)}
}
