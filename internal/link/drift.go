package link

import (
	"homeward/internal/adopter"
	"homeward/internal/child"
)

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
func (b *Board) Drifts(f adopter.Family, asks []Ask) []Drift {
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
		code, stated, contradicts := b.contradiction(f, a)
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

// contradiction tells whether an answer goes against what the family has said: a
// no because of a need it said yes to, or because of the age, sex or number of
// children that lie inside what it said it could take.
func (b *Board) contradiction(f adopter.Family, a Ask) (code, stated string, ok bool) {
	if !declines(a) {
		return "", "", false
	}
	switch a.ReasonCode {
	case "need", "need_later", "contact":
		stated = f.Answer(a.ReasonAbout)
		return a.ReasonAbout, stated, stated == "yes" || stated == "support"
	case "age":
		return "age", "", b.agesFit(f, a)
	case "sex":
		return "sex", f.Sex, f.Sex == "any"
	case "number":
		return "number", "", f.MaxChildren.Valid && f.MaxChildren.V >= len(a.Children)
	}
	return "", "", false
}

// agesFit tells whether the children of an ask were, on the day of it, of the
// ages the family says it could take, as far as their ages are known.
func (b *Board) agesFit(f adopter.Family, a Ask) bool {
	if !f.AgeMin.Valid && !f.AgeMax.Valid {
		return false // it has said nothing of ages
	}
	g, ok := b.Group(a.ChildID)
	if !ok {
		return true
	}
	for _, c := range b.Groups[g] {
		age := c.Born.YearsOn(a.AskedOn)
		if c.Born.Known() && (f.AgeMin.Valid && age < f.AgeMin.V || f.AgeMax.Valid && age > f.AgeMax.V) {
			return false
		}
	}
	return true
}

// DriftLabel says what a drift is about as people do.
func DriftLabel(code string) string {
	labels := map[string]string{"age": "Age range", "sex": "Sex", "number": "Number of children"}
	if label := labels[code]; label != "" {
		return label
	}
	return append(append(child.CodeSet{}, child.Needs...), child.ContactKinds...).Label(code)
}
