package web

import (
	"html/template"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/work"
)

// profileBody is what a family's side sees of a child: what they need, not who
// or where they are.
type profileBody struct {
	Record  record
	Cards   []template.HTML
	Others  []siblingRow // those to be placed together with the child
	Because string       // why the reader may see it
	// Emergency is where the whole record may be opened by breaking the glass.
	Emergency inEmergency
}

func (v *visit) profileBody(u *work.Unit, b *link.Board, id string) (*profileBody, string, error) {
	c, err := child.FindProfile(u, b.Book, id)
	if err != nil {
		return nil, "", err
	}
	title := "Child " + c.ID
	body := &profileBody{Record: record{Name: title, Facts: b.Book.Agencies[c.Agency].Name + ", " + ageWords(c.Born, u.Today) + ", " + statusWords(c)}}
	body.Because = access.Can(u.Actor, access.Profile, c.Thing(b.Book, access.Child)).Reason
	body.Emergency = v.emergency(c.Thing(b.Book, access.Child))
	v.trustPages(&body.Record, c.Thing(b.Book, access.Child))
	who := facts("First name", c.GivenName, "Age", ageWords(c.Born, u.Today), "Sex", child.Sexes.Label(c.Sex), "Languages", languageWords(c.Languages), "Brothers and sisters", child.Plans.Label(c.Plan))
	waits := facts("Agency decision", sinceDays(c.DecisionDate, u.Today), "Placement order", sinceDays(c.OrderDate, u.Today))
	body.Cards = []template.HTML{
		factCard("About", append(who, waits...), "", ""), factCard("Needs", orNone(needFacts(c.Needs), "Needs"), "", ""),
		factCard("Contact planned", orNone(contactFacts(c.Contact), "Contact"), "", ""),
	}
	g, _ := b.Group(c.ID)
	for _, other := range b.Groups[g] {
		if other.ID != c.ID {
			u.Saw(other.Subject(), "age, beside the profile of child "+c.ID)
			body.Others = append(body.Others, siblingRow{childPath(other.ID), "Child " + other.ID, ageWords(other.Born, u.Today)})
		}
	}
	return body, title, nil
}

// sinceDays says how long ago a day was, without the day itself: a date can tell
// who a child is.
func sinceDays(d, today date.Date) string {
	if !d.Known() {
		return ""
	}
	return count(max(today.DaysSince(d), 0), "day", "days") + " ago"
}
