package lab

import (
	"slices"
	"strconv"

	"homeward/internal/child"
)

// shared is what brothers and sisters have in common.
type shared struct {
	course
	plan      string
	ethnic    string
	family    string // name
	religion  string
	language  []string
	home      string
	placement string
	zones     []child.Zone
	contact   []child.Contact
	happened  history
}

// record makes the children of a group.
func (w *world) record(g *group, next *numbers) []child.Child {
	in := shared{course: w.course(g), ethnic: g.ethnic("ethnic"), contact: g.contact()}
	in.family = surname(g.of("family name"), in.ethnic)
	in.religion, in.language = g.religion(in.ethnic), g.language(in.ethnic)
	in.home, in.placement, in.zones = w.locations(g)
	in.happened = w.happened(g, in.course)
	if g.size > 1 {
		g.ref, in.plan = next.group(), g.pick("plan", mixOf("group.plan"))
	}
	if w.derby && g.size > 1 {
		in.plan = "together"
	}
	var children []child.Child
	for i := range g.size {
		children = append(children, w.child(g, in, i, next.child(), children))
	}
	return children
}

// child makes one child, whose given name is none of the elder ones'.
func (w *world) child(g *group, in shared, i int, ref string, elder []child.Child) child.Child {
	s := g.number("child", i)
	w.touched(s)
	born := in.births[i]
	c := child.Child{
		Agency: g.council.Code, Ref: ref, GroupRef: g.ref, Plan: in.plan, FamilyName: in.family,
		Sex: s.pick("sex", mixOf("child.sex")), Ethnic: in.ethnic, Religion: in.religion, Languages: slices.Clone(in.language),
		HomePostcode: in.home, PlacementPostcode: in.placement, OrderDate: in.ordered, Status: g.status,
		Zones: slices.Clone(in.zones), Contact: slices.Clone(in.contact), Milestones: slices.Clone(in.happened), Needs: needs(s, g.stream, born.YearsOn(w.asOf) >= olderYears),
	}
	if i > 0 && s.chance("half sibling", value("group.half_sibling")) {
		c.Ethnic = g.ethnic("ethnic " + strconv.Itoa(i))
	}
	c.GivenName = givenName(s.of("given name"), c.Ethnic, c.Sex, elder)
	c.Born = unless(s.blank("child.born"), born)
	c.EnteredCare = unless(g.blank("child.entered_care"), in.entered)
	c.DecisionDate = unless(g.blank("child.decision_date"), in.decided)
	c.GivenName = unless(s.blank("child.given_name"), c.GivenName)
	c.Ethnic = unless(s.blank("child.ethnic"), c.Ethnic)
	if s.blank("child.sex") {
		c.Sex = one(s.of("sex not known"), []string{"", "U"})
	}
	return c
}

// unless gives a field, or nothing where it is left blank.
func unless[T any](blank bool, field T) T {
	if blank {
		var nothing T
		return nothing
	}
	return field
}

func (g *group) ethnic(field string) string {
	if g.chance(field+" not known", value("ethnic.unknown")) {
		return one(g.of(field+" why"), []string{"REFU", "NOBT"})
	}
	kind := g.pick(field+" group", g.council.ethnic)
	return g.pick(field+" code", mixOf("ethnic.code."+kind))
}

func (g *group) religion(ethnic string) string {
	switch {
	case !g.chance("religion recorded", value("religion.known")):
		return ""
	case g.chance("religion none", value("religion.none")):
		return "None"
	}
	return one(g.of("religion"), heritageOf(ethnic).religions)
}

func (g *group) language(ethnic string) []string {
	spoken := heritageOf(ethnic).languages
	switch {
	case len(spoken) > 0 && g.chance("language of heritage", value("language.heritage")):
		return []string{one(g.of("language"), spoken)}
	case g.chance("language English only", value("language.english")):
		return []string{"en"}
	}
	return nil
}

// ofParents are the needs that come from the birth parents, which brothers and
// sisters share.
var ofParents = []string{
	"genetic_risk", "parental_mental_ill_health", "parental_learning_disability", "neglect", "domestic_abuse",
	"drug_exposure", "limited_history", "legal_uncertainty",
}

func needs(s, parents stream, isOlder bool) []child.Need {
	var found []child.Need
	disability := ""
	if s.chance("disability", value("need.disability")) {
		disability = s.pick("disability kind", mixOf("need.disability_kind"))
	}
	for _, n := range child.Needs.Codes() {
		from := s
		if slices.Contains(ofParents, n) {
			from = parents
		}
		switch {
		case n == disability:
			found = append(found, child.Need{Code: n, Level: disabilityLevel(s)})
		case n == "fasd" && !has(found, "alcohol_exposure"):
		case from.chance("need "+n, likelihood(n, isOlder)):
			found = append(found, child.Need{Code: n, Level: level(s, n)})
		}
	}
	return found
}

func has(needs []child.Need, code string) bool {
	return slices.ContainsFunc(needs, func(n child.Need) bool { return n.Code == code })
}

// likelihood is how many children have a need, of those of an age.
func likelihood(code string, isOlder bool) float64 {
	if m, ok := byID["need.older."+code]; ok && isOlder {
		return m.value
	}
	return value("need.share." + code)
}

// level draws how much of a need; a disability of a child who is not counted as
// disabled is only suspected.
func level(s stream, code string) string {
	if slices.Contains(mixOf("need.disability_kind").names, code) {
		return "possible"
	}
	l := s.pick("level "+code, mixOf("need.level"))
	return unless(l == "blank", l)
}

func disabilityLevel(s stream) string {
	known, significant := value("need.level.known"), value("need.level.significant")
	return s.pick("disability level", mix{}.with("known", known).with("significant", significant))
}

func (g *group) contact() []child.Contact {
	var planned []child.Contact
	for _, kind := range child.ContactKinds.Codes() {
		if !g.chance("contact "+kind, value("contact.share."+kind)) {
			continue
		}
		often := mixOf("contact.meetings")
		if kind == "letterbox" || kind == "digital" {
			often = mixOf("contact.letters")
		}
		p := child.Contact{Kind: kind}
		if !g.chance("contact times blank "+kind, value("blank.contact.times")) {
			p.TimesAYear = known(Number(g.pick("contact times "+kind, often)))
		}
		planned = append(planned, p)
	}
	return planned
}
