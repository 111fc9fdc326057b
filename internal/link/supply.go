package link

import (
	"database/sql"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/date"
	"homeward/internal/work"
)

// Supply is one need or kind of contact: who waits with it, what approved
// families have said, and what they said when they were asked.
type Supply struct {
	Code                         string
	Children                     int // waiting with it
	Yes, Support, No, Unanswered int // approved families, by what they have said
	Asked, Agreed, Declined      int // asks about a child with it; agreed of these; declined because of it
	// Willing is the families who say yes and have not, since they said so,
	// declined a child with it in a way that goes against what they have said:
	// willingness as asked and answered, not as ticked.
	Willing int
}

// SupplyMap counts, for every need and kind of contact, over the children and
// families of some agencies, as far as the actor may see them. It shows counts
// of families, never a family.
func (b *Board) SupplyMap(u *work.Unit, agencies []string) ([]Supply, error) {
	// Asks are counted where the family is seen: whoever sees another agency's
	// children alone learns nothing of what its families said.
	asked := slices.DeleteFunc(b.Book.Where(u.Actor, access.View, access.Family), func(code string) bool { return !slices.Contains(agencies, code) })
	asks, codes, err := asksOf(u, asked)
	if err != nil {
		return nil, err
	}
	tallies := askTallies(asks, codes)
	var list []Supply
	for _, code := range adopter.OfferCodes() {
		s := tallies[code.Code]
		s.Code = code.Code
		list = append(list, s)
	}
	at := map[string]int{}
	for i, s := range list {
		at[s.Code] = i
	}
	b.countChildren(list, at, agencies)
	b.countFamilies(list, at, agencies, b.doubted(asks, codes))
	return list, nil
}

func (b *Board) countChildren(list []Supply, at map[string]int, agencies []string) {
	for _, g := range b.Groups {
		if !g.Waits() || !slices.Contains(agencies, g[0].Agency) {
			continue
		}
		for _, c := range g {
			for _, n := range c.Needs {
				if n.Level != "" && n.Level != "unknown" {
					list[at[n.Code]].Children++
				}
			}
			for _, p := range c.Contact {
				list[at[p.Kind]].Children++
			}
		}
	}
}

func (b *Board) countFamilies(list []Supply, at map[string]int, agencies []string, doubted map[[2]string]date.Date) {
	for _, f := range b.Families {
		if f.Status != "approved" || !slices.Contains(agencies, f.Agency) {
			continue
		}
		said := map[string]adopter.Offer{}
		for _, o := range f.Offers {
			said[o.Code] = o
		}
		for code, i := range at {
			last, ok := doubted[[2]string{f.ID, code}]
			list[i].count(said[code].Answer, ok && said[code].AnsweredOn <= last)
		}
	}
}

func (s *Supply) count(answer string, doubted bool) {
	switch answer {
	case "yes":
		s.Yes++
	case "support":
		s.Support++
	case "no":
		s.No++
	default:
		s.Unanswered++
	}
	if (answer == "yes" || answer == "support") && !doubted {
		s.Willing++
	}
}

// asksOf gives the asks of some agencies' families, and by ask the needs and
// kinds of contact of its children.
func asksOf(u *work.Unit, agencies []string) ([]Ask, map[string]map[string]bool, error) {
	if len(agencies) == 0 {
		return nil, nil, nil // a query for no agency would be one for all
	}
	asks, err := Reckoned(u, AskQuery{FamilyAgencies: agencies})
	if err != nil {
		return nil, nil, err
	}
	scope := u.Scope()
	scope.Engine = true
	var codes map[string]map[string]bool
	err = u.Within(scope, func() error { codes, err = codesAsked(u); return err })
	return asks, codes, err
}

// askTallies counts asks by the needs and contact of the children asked about.
func askTallies(asks []Ask, codes map[string]map[string]bool) map[string]Supply {
	tallies := map[string]Supply{}
	for _, a := range asks {
		for code := range codes[a.ID] {
			s := tallies[code]
			s.Asked++
			if a.State == Yes {
				s.Agreed++
			}
			if declines(a) && a.ReasonAbout == code {
				s.Declined++
			}
			tallies[code] = s
		}
	}
	return tallies
}

func declines(a Ask) bool { return a.State == No || a.State == NotNow }

// codesAsked gives, by ask, the needs and kinds of contact of its children.
func codesAsked(u *work.Unit) (map[string]map[string]bool, error) {
	codes := map[string]map[string]bool{}
	return codes, u.Each(func(rows *sql.Rows) error {
		var ask, code string
		err := rows.Scan(&ask, &code)
		if codes[ask] == nil {
			codes[ask] = map[string]bool{}
		}
		codes[ask][code] = true
		return err
	}, `SELECT a.ask_id, n.need FROM ask_child a JOIN child_need n ON n.agency_code = a.child_agency AND n.child_id = a.child_id WHERE n.level NOT IN ('', 'unknown')
		UNION SELECT a.ask_id, p.kind FROM ask_child a JOIN child_contact p ON p.agency_code = a.child_agency AND p.child_id = a.child_id`)
}

// doubted gives, by family and code, the day a family last declined a child with
// that need, or that contact planned, in a way that goes against what it has
// said (Drifts): until it has been asked about it again, its yes is not counted
// as willingness.
func (b *Board) doubted(asks []Ask, codes map[string]map[string]bool) map[[2]string]date.Date {
	doubted := map[[2]string]date.Date{}
	for _, a := range asks {
		f, ok := b.Family(a.FamilyID)
		if !ok {
			continue
		}
		about, _, contradicts := b.contradiction(b.Families[f], a)
		for code := range codes[a.ID] {
			// A no because of one need says nothing of the others; a no because
			// of age, sex or number says the family would not take this child.
			if contradicts && (a.ReasonAbout == "" || about == code) {
				key := [2]string{a.FamilyID, code}
				doubted[key] = max(doubted[key], a.ClosedOn)
			}
		}
	}
	return doubted
}
