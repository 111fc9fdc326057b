package link

import (
	"cmp"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/match"
	"homeward/internal/plan"
	"homeward/internal/work"
)

// Asking is what the families there are already could add, if somebody asked
// them. An answer counts only as answered: a family that has not been asked, or has
// since declined a child in a way that goes against its yes, has not said yes.
type Asking struct {
	Approved int // families of the plan
	Sets     []Answered
	// Groups have families who could be theirs, and none of these has said yes to
	// everything the children bring with them. Asking opens at most so much.
	Groups, Children int
	Links            int             // of the plan that rest on an answer nobody has given
	Gain             int64           // the most the plan could weigh more if every family that has not been asked said yes
	Families         []AskableFamily // whom the reader may record answers of, those first whose yes would open most
}

// Answered is what approved families have said to one of Willing.
type Answered struct {
	Yes, No, Part, None int // to all of it, no to some, not asked about some, or about anything
	Groups, Children    int // of Asking.Groups, whom a yes to this alone would open
}

// AskableFamily is a family, by its place in the plan, that could be for groups who
// bring with them something it has not been asked about; and how many of these are
// of Asking.Groups: its yes would open them.
type AskableFamily struct{ Family, Groups, Opens int }

// codes is a set of needs and kinds of contact: there are fewer than 64.
type codes uint64

var codeOf = func() map[string]codes {
	bits := map[string]codes{}
	for i, c := range adopter.OfferCodes() {
		bits[c.Code] = 1 << i
	}
	return bits
}()

func codesOf(list []string) (set codes) {
	for _, code := range list {
		set |= codeOf[code]
	}
	return set
}

// willing is the codes of each of Willing.
var willing = func() (sets []codes) {
	for _, w := range Willing {
		sets = append(sets, codesOf(w.Codes))
	}
	return sets
}()

// Asking works out what to ask. It shows no family: whoever names one notes it.
func (p *RegionPlan) Asking(u *work.Unit) (Asking, error) {
	open, err := p.unanswered(u)
	if err != nil {
		return Asking{}, err
	}
	a := Asking{Sets: make([]Answered, len(Willing))}
	opens := make([]AskableFamily, len(p.families))
	for f := range p.families {
		if opens[f].Family = f; p.Family(f).Status == "approved" {
			a.answered(open[f], p.solved.said[f].no)
		}
	}
	for g := range p.groups {
		a.group(p, g, open, opens)
	}
	for _, x := range opens {
		if family := p.Family(x.Family); x.Groups > 0 && access.Can(u.Actor, access.Change, family.Thing(p.board.Book, access.Family)).Allow {
			a.Families = append(a.Families, x)
		}
	}
	slices.SortStableFunc(a.Families, func(x, y AskableFamily) int { return cmp.Or(y.Opens-x.Opens, y.Groups-x.Groups) })
	sure, err := p.solved.answered()
	a.Gain = sure.Weight - p.Plan.Total
	u.Searched("supply", p.words()+", not asked", a.Groups)
	return a, err
}

// said is what one family has answered.
type said struct{ yes, no codes }

// answersOf are what the families of a plan have answered.
func (p *RegionPlan) answersOf() []said {
	list := make([]said, len(p.families))
	for f := range list {
		for _, o := range p.Family(f).Offers {
			switch o.Answer {
			case "no":
				list[f].no |= codeOf[o.Code]
			case "yes", "support":
				list[f].yes |= codeOf[o.Code]
			}
		}
	}
	return list
}

// unanswered gives, for each family, what it has not been asked, or not since it
// declined a child in a way that goes against its yes.
func (p *RegionPlan) unanswered(u *work.Unit) ([]codes, error) {
	var agencies []string
	for f := range p.families {
		if code := p.Family(f).Agency; len(agencies) == 0 || agencies[len(agencies)-1] != code {
			agencies = append(agencies, code) // the board is in their order
		}
	}
	asks, about, err := asksOf(u, agencies)
	if err != nil {
		return nil, err
	}
	open := make([]codes, len(p.families))
	for f := range open {
		open[f] = ^(p.solved.said[f].yes | p.solved.said[f].no)
	}
	for at, last := range p.board.doubted(asks, about) {
		f, ok := p.FamilyPlace(at[0])
		if !ok {
			continue
		}
		for _, o := range p.Family(f).Offers {
			if o.Code == at[1] && o.Answer != "no" && o.AnsweredOn <= last {
				open[f] |= codeOf[o.Code]
			}
		}
	}
	return open, nil
}

// answered counts one approved family.
func (a *Asking) answered(open, no codes) {
	a.Approved++
	for i, set := range willing {
		s := &a.Sets[i]
		switch {
		case open&set == set:
			s.None++
		case open&set != 0:
			s.Part++
		case no&set != 0:
			s.No++
		default:
			s.Yes++
		}
	}
}

// group counts one group, and for each family that could be theirs what it has not
// been asked.
func (a *Asking) group(p *RegionPlan, g int, open []codes, opens []AskableFamily) {
	brings, size := p.brings(g), len(p.Group(g))
	if f, linked := p.Region.Family(g); linked && open[f]&brings != 0 {
		a.Links++
	}
	some, said, alone := false, false, make([]bool, len(a.Sets))
	for f := range p.Region.Near(g) {
		lacks := open[f] & brings
		if some = true; lacks == 0 {
			said = true // yes to all they bring
			continue
		}
		opens[f].Groups++
		for i := range alone {
			alone[i] = alone[i] || lacks&^willing[i] == 0
		}
	}
	if !some || said {
		return
	}
	a.Groups, a.Children = a.Groups+1, a.Children+size
	for i, opened := range alone {
		if opened {
			a.Sets[i].Groups, a.Sets[i].Children = a.Sets[i].Groups+1, a.Sets[i].Children+size
		}
	}
	for f := range p.Region.Near(g) {
		opens[f].Opens++
	}
}

// brings is what the children of a group are known or thought to bring with them.
func (p *RegionPlan) brings(g int) (set codes) {
	for _, c := range p.board.known.Groups[p.groups[g]].Children {
		for _, n := range c.Needs {
			if n.Level > match.LevelUnknown {
				set |= codeOf[n.Code]
			}
		}
		set |= codesOf(c.Contacts)
	}
	return set
}

// allYes is the plan as it would be if every family said yes to whatever it has not
// been asked: no real answers make it weigh more.
func (s *solved) allYes() (plan.Figures, error) {
	q := s.question()
	for f := range q.Case.Families {
		family := &q.Case.Families[f]
		said := slices.Clone(family.Offers)
		for _, c := range adopter.OfferCodes() {
			i := slices.IndexFunc(said, func(o match.Offer) bool { return o.Code == c.Code })
			if i < 0 {
				said = append(said, match.Offer{Code: c.Code, Answer: match.AnswerYes})
			} else if said[i].Answer == match.Unanswered {
				said[i].Answer = match.AnswerYes
			}
		}
		family.Offers = said
	}
	r, err := plan.For(q)
	if err != nil {
		return plan.Figures{}, err
	}
	if _, err := s.asked.heed(r); err != nil {
		return plan.Figures{}, err
	}
	return r.Figures(), nil
}
