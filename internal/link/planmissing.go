package link

import (
	"cmp"
	"fmt"
	"slices"

	"homeward/internal/adopter"
	"homeward/internal/geo"
	"homeward/internal/match"
	"homeward/internal/plan"
	"homeward/internal/work"
)

// Willingness is some needs and kinds of contact that a recruiter looks for
// together. To all others an offer says yes: they are what nearly every child
// brings.
type Willingness struct {
	Label string
	Codes []string
}

// Willing are the answers that tell recruited families apart. Which needs belong
// together is a judgement of practice, as the weights of the rules are.
var Willing = []Willingness{
	{"alcohol or drugs in pregnancy, or FASD", []string{"alcohol_exposure", "drug_exposure", "fasd"}},
	{"a disability or a health condition", []string{"learning_disability", "physical_disability", "sensory_impairment", "health_condition", "blood_borne_virus"}},
	{"an uncertain future", []string{"developmental_uncertainty", "genetic_risk", "parental_mental_ill_health", "parental_learning_disability", "legal_uncertainty", "limited_history"}},
	{"harm that shows in behaviour", []string{"sexual_abuse", "sexualised_behaviour", "aggression", "conceived_by_rape"}},
	{"seeing the birth family", []string{"direct_parent", "direct_sibling", "direct_relative"}},
}

// sizes and ages are the other two questions of a recruitment.
var (
	recruitSizes = []int{1, 2, 3}
	recruitAges  = [][2]int{{0, 2}, {0, 5}, {4, 10}, {0, 10}}
)

// Brief is a kind of family to look for.
type Brief struct {
	Families         int   // how many of the kind
	Children         int   // that each could take
	AgeMin, AgeMax   int   // it could take
	Willing          []int // places in Willing
	Gain             int64 // what they add to the plan with those of the briefs before
	Links, Placed    int   // groups, and children, who have a link more
	Groups, Counting int   // waiting groups such a family could be for, and the children in them
}

// demand is how much is asked of a family: of two who add as much, the one of
// whom less is asked is looked for.
func (b Brief) demand() int {
	return len(b.Willing) + b.Children - 1 + slices.Index(recruitAges, [2]int{b.AgeMin, b.AgeMax})
}

// briefs are all kinds of family there are to look for, those of whom least is
// asked first.
func briefs() (list []Brief) {
	for set := range 1 << len(Willing) {
		var willing []int
		for i := range Willing {
			if set>>i&1 == 1 {
				willing = append(willing, i)
			}
		}
		for _, size := range recruitSizes {
			for _, ages := range recruitAges {
				list = append(list, Brief{Children: size, AgeMin: ages[0], AgeMax: ages[1], Willing: willing})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Brief) int { return cmp.Compare(a.demand(), b.demand()) })
	return list
}

// farAway is a home outside every zone there could be: where a family would have
// to live is for the worker who finds it.
var farAway = []match.Place{{Kind: "home", At: geo.Position{Easting: -1e7, Northing: -1e7, Known: true}}}

// offer is a family of the kind.
func (b Brief) offer() plan.Offer {
	known := func(n int) match.Count { return match.Count{N: n, Known: true} }
	o := plan.Offer{Children: known(b.Children), AgeMin: known(b.AgeMin), AgeMax: known(b.AgeMax), Sex: "any", Training: "yes", AtHome: known(0), Places: farAway}
	for _, code := range adopter.OfferCodes() {
		answer := match.AnswerYes
		for i, w := range Willing {
			if slices.Contains(w.Codes, code.Code) && !slices.Contains(b.Willing, i) {
				answer = match.AnswerNo
			}
		}
		o.Answers = append(o.Answers, match.Offer{Code: code.Code, Answer: answer})
	}
	return o
}

func offersOf(list []Brief) []plan.Offer {
	offers := make([]plan.Offer, len(list))
	for i, b := range list {
		offers[i] = b.offer()
	}
	return offers
}

// Missing is up to so many families to look for, put together by kind: one after
// the other the family that adds most to the plan with those before it. It says
// how many groups each kind could be for. Of one agency they are families that
// would be for its children first, as if reserved to it. That it was asked for is
// noted; it names nobody.
func (p *RegionPlan) Missing(u *work.Unit, agencyCode string, families int) ([]Brief, error) {
	list, err := p.solved.briefs(agencyCode, families)
	u.Searched("supply", p.words()+", for "+cmp.Or(agencyCode, "all"), len(list))
	return list, err
}

// briefs works the families to look for out once.
func (s *solved) briefs(agencyCode string, families int) ([]Brief, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := fmt.Sprint(agencyCode, " ", families)
	if list, known := s.recruit[key]; known {
		return list, nil
	}
	all := briefs()
	missing := s.missing().For(s.asked.of(agencyCode))
	recruits, err := missing.Best(families)
	if err != nil {
		return nil, err
	}
	var list []Brief
	at := map[int]int{}
	for _, r := range recruits {
		if _, there := at[r.Offer]; !there {
			at[r.Offer] = len(list)
			list = append(list, all[r.Offer])
			list[at[r.Offer]].Groups, list[at[r.Offer]].Counting = s.asked.counted(missing.Groups(r.Offer))
		}
		b := &list[at[r.Offer]]
		b.Families++
		b.Gain, b.Links, b.Placed = b.Gain+r.Gain, b.Links+r.Links, b.Placed+r.Children
	}
	s.recruit[key] = list
	return list, nil
}

// of tells which groups are of one agency; all are where it is blank.
func (p *RegionPlan) of(agencyCode string) func(g int) bool {
	return func(g int) bool { return agencyCode == "" || p.Group(g)[0].Agency == agencyCode }
}

// counted is how many groups there are, and how many children in them.
func (p *RegionPlan) counted(list []int) (groups, children int) {
	for _, g := range list {
		children += len(p.Group(g))
	}
	return len(list), children
}

// AgencyLack is what one agency's waiting children lack in the plan.
type AgencyLack struct {
	Agency            string
	Groups, Unlinked  int   // that wait; of these without a link
	Children, Without int   // in them
	Best              Brief // the kind of family that would add most if it were for this agency's children alone; no family if none would
}

// Lacks are the agencies whose children wait, those with most groups without a
// link first. That it was asked for is noted; it names nobody.
func (p *RegionPlan) Lacks(u *work.Unit) []AgencyLack {
	list := p.solved.lacks()
	u.Searched("supply", p.words()+", by agency", len(list))
	return list
}

func (s *solved) lack() []AgencyLack {
	var list []AgencyLack
	at, p := map[string]int{}, &s.asked
	part := func(g int) int { return at[p.Group(g)[0].Agency] }
	for g := range p.groups {
		code := p.Group(g)[0].Agency
		if _, there := at[code]; !there {
			at[code] = len(list)
			list = append(list, AgencyLack{Agency: code})
		}
		a := &list[part(g)]
		a.Groups, a.Children = a.Groups+1, a.Children+len(p.Group(g))
		if _, linked := s.region.Family(g); !linked {
			a.Unlinked, a.Without = a.Unlinked+1, a.Without+len(p.Group(g))
		}
	}
	all := briefs()
	for i, best := range s.missing().BestOf(len(list), part) {
		if best.Gain > 0 {
			b := all[best.Offer]
			b.Families, b.Gain = 1, best.Gain
			b.Groups, b.Counting = p.counted(s.missing().For(p.of(list[i].Agency)).Groups(best.Offer))
			list[i].Best = b
		}
	}
	slices.SortFunc(list, func(a, b AgencyLack) int { return cmp.Or(b.Unlinked-a.Unlinked, cmp.Compare(a.Agency, b.Agency)) })
	return list
}
