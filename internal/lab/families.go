package lab

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/exchange"
	"homeward/internal/geo"
	"homeward/internal/link"
)

// household is a family in the making.
type household struct {
	stream
	holder  holder
	status  string
	pathway string // the row of the moments about what is not known yet
}

// households makes every family.
func (w *world) households() []adopter.Family {
	statuses, holders := w.familyStatuses(), readHolders(w.country)
	families := make([]adopter.Family, len(statuses))
	given := map[string]int{}
	for i, status := range statuses {
		h := household{stream: w.root.number("family", i), status: status, pathway: "approved"}
		if slices.Contains(mixOf("unsaid").names, status) {
			h.pathway = status
		}
		h.holder = holders.pick(h.stream)
		given[h.holder.Code]++
		families[i] = w.family(h, "F"+strconv.Itoa(given[h.holder.Code]))
		w.touched(h.stream)
	}
	return families
}

func (w *world) familyStatuses() []string {
	others := mixOf("family.other")
	if w.derby {
		others = mix{}.with("stage_one", value("family.other.stage_one")).with("stage_two", value("family.other.stage_two"))
	}
	list := slices.Repeat([]string{"approved"}, w.approved)
	list = append(list, others.deal(w.root.of("other statuses"), w.families-w.approved)...)
	return shuffle(w.root.of("family statuses"), list)
}

// holders are the agencies a family may be with: first the kind is drawn, then
// the agency.
type holders struct {
	kinds  mix
	ofKind map[string]mix
	byCode map[string]holder
}

func readHolders(c country) holders {
	h := holders{ofKind: map[string]mix{}, byCode: map[string]holder{}}
	for _, each := range c.holders {
		h.byCode[each.Code] = each
		h.ofKind[each.Kind] = h.ofKind[each.Kind].with(each.Code, each.weight)
	}
	for _, kind := range agency.Kinds() {
		if _, ok := h.ofKind[kind]; ok {
			h.kinds = h.kinds.with(kind, value("family.holder."+kind))
		}
	}
	return h
}

func (h holders) pick(s stream) holder {
	return h.byCode[s.pick("holder", h.ofKind[s.pick("kind of holder", h.kinds)])]
}

func (w *world) family(h household, ref string) adopter.Family {
	f := adopter.Family{Agency: h.holder.Code, Ref: ref, Status: h.status, Adopters: known(2)}
	if h.chance("single", value("family.single")) {
		f.Adopters = known(1)
	}
	f.Milestones = w.steps(h, w.approval(h, &f))
	w.wishes(h, &f)
	w.atHome(h, &f)
	w.offers(h, &f)
	w.places(h, &f)
	f.Adopters = unless(h.blank("family.adopters"), f.Adopters)
	return f
}

// approval says since when the family is approved and whether its council keeps
// it for its own children for now. It gives the day even where the record does
// not.
func (w *world) approval(h household, f *adopter.Family) (approved date.Date) {
	if h.pathway != "approved" {
		return 0
	}
	f.ApprovedOn = w.ago(h.of("since approval").ExpFloat64() * daysPerYear * value("family.wait_years"))
	until := f.ApprovedOn.AddMonths(int(value("family.reserved_months")))
	if h.holder.Kind == "LA" && h.status == "approved" && until > w.asOf && h.chance("reserved", value("family.reserved")) {
		f.ReservedUntil = until
	}
	approved = f.ApprovedOn
	f.ApprovedOn = unless(h.blank("family.approved_on"), f.ApprovedOn)
	return approved
}

// said tells whether the agency knows yet what the family says of something.
func (h household) said(field string) bool {
	return !h.chance("unsaid "+field, value("unsaid."+h.pathway))
}

func (w *world) wishes(h household, f *adopter.Family) {
	if h.said("max_children") {
		f.MaxChildren = known(h.whole("max children", "family.max_children"))
	}
	if h.said("age") {
		top := h.whole("age max", "family.age_max")
		if top == lastOf("family.age_max") {
			top += intn(h.of("age max more"), 0, int(value("family.age_max_more")))
		}
		f.AgeMin, f.AgeMax = known(min(h.whole("age min", "family.age_min"), top)), known(top)
	}
	if h.said("sex") {
		f.Sex = h.pick("sex", mixOf("family.sex"))
	}
	if h.said("training") {
		f.Training = h.pick("training", mixOf("family.training"))
	}
	if h.said("languages") {
		f.Languages = []string{"en"}
		if h.chance("another language", value("family.language.heritage")) {
			f.Languages = append(f.Languages, one(h.of("language"), spokenLanguages()))
		}
	}
}

func (s stream) whole(field, prefix string) int { return int(Number(s.pick(field, mixOf(prefix)))) }

func lastOf(prefix string) int {
	names := mixOf(prefix).names
	return int(Number(names[len(names)-1]))
}

func (w *world) atHome(h household, f *adopter.Family) {
	if !h.said("children_at_home") {
		return
	}
	f.ChildrenAtHome = known(h.whole("children at home", "family.at_home"))
	for i := range f.ChildrenAtHome.V {
		s := h.number("child at home", i)
		if !s.blank("family.birth_at_home") {
			years := s.of("age").Float64() * value("family.at_home_years")
			f.Household = append(f.Household, w.ago(years*daysPerYear))
		}
	}
}

// offers are the answers about needs and contact. Half of them follow how open
// the family is altogether, so that some say no to much and some to little,
// while each answer is as frequent as the moments say.
func (w *world) offers(h household, f *adopter.Family) {
	openness := h.of("openness").Float64()
	for _, code := range adopter.OfferCodes().Codes() {
		s := h.name("offer", code)
		if s.chance("unasked", value("unasked."+h.pathway)) {
			continue
		}
		at := s.of("answer").Float64()
		if s.chance("as open as ever", value("offer.openness")) {
			at = openness
		}
		o := adopter.Offer{Code: code, Answer: answer(at, value("offer.no."+code)), AnsweredOn: w.answered(s, f.ApprovedOn)}
		o.Answer = unless(s.chance("blank", value("offer.blank")), o.Answer)
		f.Offers = append(f.Offers, o)
	}
}

// answer turns a place between 0 and 1, closed to open, into an answer.
func answer(at, no float64) string {
	switch {
	case at < no:
		return "no"
	case at < no+(1-no)*value("offer.support"):
		return "support"
	}
	return "yes"
}

// asking is how many days before approval, or before today, families are asked.
const asking = 90

func (w *world) answered(s stream, approved date.Date) date.Date {
	if s.blank("offer.answered_on") {
		return 0
	}
	if !approved.Known() {
		approved = w.asOf
	}
	return approved.AddDays(-intn(s.of("answered"), 0, asking))
}

func (w *world) places(h household, f *adopter.Family) {
	in := one(h.of("home council"), h.holder.councils)
	home := w.ground.unit(h.of("home"), in)
	if h.chance("home outside", value("place.outside")) {
		miles := value("place.outside_miles")
		home = w.ground.between(h.of("home outside"), w.ground.around(in, 0, miles), in.centre, 0, miles+in.radius/geo.MetresPerMile)
	}
	w.place(h.name("place", "home"), f, "home", home)
	adopters := f.Adopters.V
	for i := range adopters {
		if s := h.number("work", i); s.chance("recorded", value("place.work")) {
			w.place(s, f, "work", w.nearby(s, in, home, value("place.work_miles")))
		}
	}
	if s := h.name("place", "school"); f.ChildrenAtHome.V > 0 && s.chance("recorded", value("place.school")) {
		w.place(s, f, "school", w.nearby(s, in, home, value("place.school_miles")))
	}
	if s := h.name("place", "relative"); s.chance("recorded", value("place.relative")) {
		w.place(s, f, "relative", w.nearby(s, in, home, value("place.outside_miles")))
	}
}

func (w *world) nearby(s stream, in council, home place, miles float64) place {
	return w.ground.between(s.of("postcode"), append(w.ground.around(in, 0, miles), in), home.spot, 0, miles)
}

func (w *world) place(s stream, f *adopter.Family, kind string, at place) {
	w.touched(s)
	text := w.ground.written(at, s.pick("written", mixOf("place.written")))
	if p := (adopter.Place{Kind: kind, Postcode: text}); !slices.Contains(f.Places, p) {
		f.Places = append(f.Places, p)
	}
}

// reasons are why a family must not be linked with a child.
var reasons = []string{
	"An adopter worked at the child's nursery.",
	"An adopter's sister is a foster carer of the child's cousin.",
	"The family knows the birth grandparents from their church.",
	"An adopter grew up in the same street as the birth mother.",
	"An adopter works with the birth father's brother.",
	"The family fostered a half-sister of the child.",
}

// conflicts are a few pairs, each of a family and a child on record.
func (w *world) conflicts(r exchange.Region) []link.Conflict {
	n := max(1, int(float64(len(r.Families))*value("conflict.share")/100))
	var list []link.Conflict
	taken := map[[2]int]bool{}
	for i := range n {
		s := w.root.number("conflict", i)
		w.touched(s)
		f, c := pair(s.of("pair"), len(r.Families), len(r.Children), taken)
		family, child := r.Families[f], r.Children[c]
		list = append(list, link.Conflict{
			FamilyAgency: family.Agency, FamilyRef: family.Ref, ChildAgency: child.Agency, ChildRef: child.Ref,
			Reason: one(s.of("reason"), reasons),
		})
	}
	return list
}

// pair draws a pair that was not drawn before.
func pair(r *rand.Rand, families, children int, taken map[[2]int]bool) (family, child int) {
	for {
		p := [2]int{r.IntN(families), r.IntN(children)}
		if !taken[p] {
			taken[p] = true
			return p[0], p[1]
		}
	}
}
