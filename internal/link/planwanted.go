package link

import (
	"cmp"
	"fmt"
	"slices"

	"homeward/internal/access"
	"homeward/internal/fault"
	"homeward/internal/geo"
	"homeward/internal/match"
	"homeward/internal/plan"
	"homeward/internal/work"
)

// Wanted is one family that does not exist yet, as somebody describes it.
type Wanted struct {
	Children       int // it could take
	AgeMin, AgeMax int
	Willing        []int  // places in Willing
	First          string // the agency whose children it is for first; blank for all
	Area           string // it lives where this agency's families do; blank for outside every zone
}

// The most of each that is asked about: more children than any group has, and the
// age at which childhood ends.
const (
	MostChildren = 10
	OldestAge    = 17
)

// Problems says what is wrong with a description, field by field.
func (w Wanted) Problems() []fault.Problem {
	var found []fault.Problem
	add := func(bad bool, field, message string) {
		if bad {
			found = append(found, fault.Problem{Field: field, Message: message})
		}
	}
	add(w.Children < 1 || w.Children > MostChildren, "children", fmt.Sprintf("Enter how many children, from 1 to %d.", MostChildren))
	add(w.AgeMin < 0 || w.AgeMin > OldestAge, "age-from", fmt.Sprintf("Enter an age from 0 to %d.", OldestAge))
	add(w.AgeMax < 0 || w.AgeMax > OldestAge, "age-to", fmt.Sprintf("Enter an age from 0 to %d.", OldestAge))
	add(w.AgeMin > w.AgeMax, "age-to", "Enter an oldest age that is not below the youngest.")
	for _, i := range w.Willing {
		add(i < 0 || i >= len(Willing), "willing", "Select what the family would say yes to.")
	}
	return found
}

func (w Wanted) brief() Brief {
	return Brief{Families: 1, Children: w.Children, AgeMin: w.AgeMin, AgeMax: w.AgeMax, Willing: w.Willing}
}

// Added is what a family would add to the plan.
type Added struct {
	Brief
	// InArea says that the family was weighed up where it lives. Otherwise it was
	// weighed up as outside every zone: because nobody asked about an area, or
	// because living there changes nothing or too little to be told. Nobody
	// is told which of the two.
	InArea bool
}

// What where a family lives may be told by. A number that few children's zones
// make would point at where one of them must not be, and so at somebody who may
// be hiding there.
const (
	leastShutChildren = 6
	leastShutGroups   = 3
	leastShutZones    = 2
)

// Weigh is what one family would add to the plan, exactly. That it was asked for
// is noted; it names nobody.
func (p *RegionPlan) Weigh(u *work.Unit, w Wanted) (Added, error) {
	if problems := w.Problems(); len(problems) > 0 {
		return Added{}, fault.New(fault.Invalid, problems[0].Message)
	}
	missing := p.Region.Missing([]plan.Offer{w.brief().offer()}).For(p.of(w.First))
	u.Searched("supply", fmt.Sprintf("%s, a family for %d aged %d to %d, yes to %v, first %s, area %s",
		p.words(), w.Children, w.AgeMin, w.AgeMax, w.Willing, cmp.Or(w.First, "all"), cmp.Or(w.Area, "any")), 1)
	added := Added{Brief: w.brief()}
	if w.Area != "" {
		shut, err := p.shut(w.Area)
		if err != nil {
			return added, err
		}
		if added.InArea = p.mayTell(u.Actor, missing.Worth(0), shut); added.InArea {
			missing = missing.For(func(g int) bool { return p.of(w.First)(g) && shut[g] == nil })
		}
	}
	recruits, err := missing.Best(1)
	for _, r := range recruits {
		added.Gain, added.Links, added.Placed = r.Gain, r.Links, r.Children
	}
	added.Groups, added.Counting = p.counted(missing.Groups(0))
	return added, err
}

// The homes of an area that are tried out, and how few do not stand for one.
const (
	mostHomes  = 40
	leastHomes = 6
)

// Areas are the agencies enough of whose approved families have a home that can be
// placed: where they live stands for the agency's area.
func (p *RegionPlan) Areas() []string {
	homes := p.homes()
	var codes []string
	for code, list := range homes {
		if len(list) >= leastHomes {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// homes are where approved families of the plan live, by agency. They are for
// reckoning and never for showing.
func (p *RegionPlan) homes() map[string][]geo.Position {
	homes := map[string][]geo.Position{}
	for _, f := range p.families {
		family := &p.board.known.Families[f]
		for _, place := range family.Places {
			if family.Status == "approved" && place.Kind == "home" && place.At.Known {
				homes[family.Ref.Agency] = append(homes[family.Ref.Agency], place.At)
			}
		}
	}
	return homes
}

// shut gives, for each group that most homes of an area would shut a family out
// of, the middles of the zones that do.
func (p *RegionPlan) shut(area string) (map[int][]geo.Position, error) {
	homes := p.homes()[area]
	if len(homes) < leastHomes {
		return nil, fault.New(fault.Invalid, "Too few families of that agency are recorded with their homes to stand for its area. Choose another area, or anywhere safe.")
	}
	step := (len(homes) + mostHomes - 1) / mostHomes
	shut := map[int][]geo.Position{}
	for i, g := range p.groups {
		tried, inside, middles := 0, 0, []geo.Position(nil)
		for h := 0; h < len(homes); h += step {
			zones := shutting(p.board.known.Groups[g], homes[h])
			if tried++; len(zones) > 0 {
				inside, middles = inside+1, append(middles, zones...)
			}
		}
		if 2*inside > tried {
			shut[i] = middles
		}
	}
	return shut, nil
}

// shutting are the middles of the zones of a group that a home is not outside of.
func shutting(g match.Group, home geo.Position) (middles []geo.Position) {
	for _, c := range g.Children {
		for _, z := range c.Zones {
			if z.Side(home) != geo.Outside {
				middles = append(middles, z.Centre)
			}
		}
	}
	return middles
}

// mayTell tells whether what living in an area changes may be told: enough groups
// are shut out each of whom alone would have made the family add more, there are
// enough children in them and enough places behind it, and the reader may see the
// zones of all of them.
func (p *RegionPlan) mayTell(actor access.Actor, worth map[int]int64, shut map[int][]geo.Position) bool {
	within := int64(0) // what the family adds in the area
	for g, gain := range worth {
		if shut[g] == nil {
			within = max(within, gain)
		}
	}
	groups, children, zones := 0, 0, map[geo.Position]bool{}
	for g, middles := range shut {
		if worth[g] <= within {
			continue
		}
		if !p.board.seesWhere(actor, p.groups[g]) {
			return false
		}
		groups, children = groups+1, children+len(p.Group(g))
		for _, at := range middles {
			if at.Known {
				zones[at] = true
			}
		}
	}
	return groups >= leastShutGroups && children >= leastShutChildren && len(zones) >= leastShutZones
}

// seesWhere tells whether an actor may see where the children of a group must not
// be.
func (b *Board) seesWhere(actor access.Actor, g int) bool {
	for _, c := range b.Groups[g] {
		if !access.Can(actor, access.View, c.Thing(b.Book, access.ChildLocations)).Allow {
			return false
		}
	}
	return true
}
