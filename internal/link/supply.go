package link

import (
	"database/sql"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
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
	// Willing is the families who say yes and have not lately declined because
	// of it: willingness as asked and answered, not as ticked.
	Willing int
}

// SupplyMap counts, for every need and kind of contact, over the children and
// families of some agencies, as far as the actor may see them. It shows counts
// of families, never a family.
func (b *Board) SupplyMap(u *work.Unit, agencies []string) ([]Supply, error) {
	// Asks are counted where the family is seen: whoever sees another agency's
	// children alone learns nothing of what its families said.
	asked := slices.DeleteFunc(b.Book.Where(u.Actor, access.View, access.Family), func(code string) bool { return !slices.Contains(agencies, code) })
	tallies, err := askTallies(u, asked)
	if err != nil {
		return nil, err
	}
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
	declined, err := recentDeclines(u, asked)
	if err != nil {
		return nil, err
	}
	b.countFamilies(list, at, agencies, declined)
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

func (b *Board) countFamilies(list []Supply, at map[string]int, agencies []string, declined map[[2]string]date.Date) {
	for _, f := range b.Families {
		if f.Status != "approved" || !slices.Contains(agencies, f.Agency) {
			continue
		}
		said := map[string]adopter.Offer{}
		for _, o := range f.Offers {
			said[o.Code] = o
		}
		for code, i := range at {
			last, ok := declined[[2]string{f.ID, code}]
			list[i].count(said[code].Answer, ok && said[code].AnsweredOn <= last)
		}
	}
}

func (s *Supply) count(answer string, declined bool) {
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
	if (answer == "yes" || answer == "support") && !declined {
		s.Willing++
	}
}

// askTallies counts asks by the needs and contact of the children asked about.
func askTallies(u *work.Unit, agencies []string) (map[string]Supply, error) {
	if len(agencies) == 0 {
		return nil, nil // a query for no agency would be one for all
	}
	asks, err := Asks(u.Tx, AskQuery{FamilyAgencies: agencies})
	if err != nil {
		return nil, err
	}
	codes, err := codesAsked(u)
	if err != nil {
		return nil, err
	}
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
	return tallies, nil
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

// recentDeclines gives, by family and code, the day an ask last ended with a no,
// or a not now, about that code. A family that has been asked about the code
// again since has spoken anew.
func recentDeclines(u *work.Unit, agencies []string) (map[[2]string]date.Date, error) {
	if len(agencies) == 0 {
		return nil, nil
	}
	asks, err := Asks(u.Tx, AskQuery{FamilyAgencies: agencies, States: []string{No, NotNow}})
	if err != nil {
		return nil, err
	}
	declined := map[[2]string]date.Date{}
	for _, a := range asks {
		if key := [2]string{a.FamilyID, a.ReasonAbout}; a.ReasonAbout != "" {
			declined[key] = max(declined[key], a.ClosedOn)
		}
	}
	return declined, nil
}

// Drift is a stated preference that recent answers do not bear out: a reason to
// talk with the family, nothing more.
type Drift struct {
	Code     string // the need, the kind of contact, or "age", "sex", "number"
	Stated   string // what the family has said, in its own code
	Declined int    // how many recent asks it declined for this
	Last     Ask
}

// recentAsks is how many of a family's latest answers are looked at.
const recentAsks = 6

// Drifts compares what a family has said with its latest answers. Asks come
// newest first, as Asks gives them.
func Drifts(f adopter.Family, asks []Ask) []Drift {
	var drifts []Drift
	at := map[string]int{}
	looked := 0
	for _, a := range asks {
		if looked == recentAsks {
			break
		}
		if a.State == Open || a.State == Withdrawn || a.State == NoAnswer {
			continue
		}
		looked++
		code, stated, contradicts := contradiction(f, a)
		if !contradicts {
			continue
		}
		if _, ok := at[code]; !ok {
			at[code] = len(drifts)
			drifts = append(drifts, Drift{Code: code, Stated: stated, Last: a})
		}
		drifts[at[code]].Declined++
	}
	return drifts
}

// contradiction tells whether an answer goes against what the family has said.
// The engine lists a child inside the family's limits before outside, so a "no"
// for age, sex or number says the limit may be narrower than recorded.
func contradiction(f adopter.Family, a Ask) (code, stated string, ok bool) {
	if !declines(a) {
		return "", "", false
	}
	switch a.ReasonCode {
	case "need", "need_later", "contact":
		stated = f.Answer(a.ReasonAbout)
		return a.ReasonAbout, stated, stated == "yes" || stated == "support"
	case "age":
		return "age", "", f.AgeMin.Valid || f.AgeMax.Valid
	case "sex":
		return "sex", f.Sex, f.Sex == "any"
	case "number":
		return "number", "", f.MaxChildren.Valid && f.MaxChildren.V > 1
	}
	return "", "", false
}

// DriftLabel says what a drift is about as people do.
func DriftLabel(code string) string {
	labels := map[string]string{"age": "Age range", "sex": "Sex", "number": "Number of children"}
	if label := labels[code]; label != "" {
		return label
	}
	return append(append(child.CodeSet{}, child.Needs...), child.ContactKinds...).Label(code)
}
