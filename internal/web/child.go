package web

import (
	"cmp"
	"html/template"
	"strings"

	"homeward/internal/access"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// childBody is one child's record.
type childBody struct {
	Record     record
	Tiles      []tile
	NotListed  bool // waits, but the group does not
	Cards      []template.HTML
	Milestones *milestonesPart
	Siblings   []siblingRow
	Zones      *zonesPart // nil for whoever may not see them
	Chronology []event
	Earlier    int    // events that are not shown
	All        string // where they are
}

// siblingRow is a brother or sister.
type siblingRow struct{ Href, Name, Facts string }

// zonesPart is the zones of a child as a table.
type zonesPart struct {
	Table  govuk.Table
	None   bool
	Change string // where they are changed, if the reader may
}

// chronologyShown is how many events stand on the page unasked.
const chronologyShown = 20

// childPage shows one child: the whole record to whoever may see the child, what
// they need to whoever may see that much.
func childPage(v *visit) error {
	id := v.r.PathValue("id")
	p, name := page{Back: "/children"}, "child"
	var body any
	err := v.withBoard("child's record", func(u *work.Unit, b *link.Board) (err error) {
		if g, ok := b.Group(id); ok && !v.mayGroup(b, access.View, access.Child, only(b.Groups[g], id)) {
			p.Back, name = "/families", "child-profile"
			body, p.Title, err = v.profileBody(u, b, id)
			return err
		}
		body, p.Title, err = v.childBody(u, b, id)
		return err
	})
	if err != nil {
		return v.closed(access.Child, err)
	}
	return v.show(name, p, body)
}

func (v *visit) childBody(u *work.Unit, b *link.Board, id string) (*childBody, string, error) {
	c, err := child.Find(u, b.Book, id)
	if err != nil {
		return nil, "", err
	}
	asks, err := asksAbout(u, c.ID)
	if err != nil {
		return nil, "", err
	}
	places := maySeePlaces(u.Actor, b.Book, c)
	mayChange := v.mayGroup(b, access.Change, access.Child, child.Group{c})
	h := &history{u, b, c, places, asks}
	body := &childBody{Record: v.childRecord(b.Book, c, childPath(c.ID)), Tiles: v.childTiles(b, c, asks)}
	body.Cards = childCards(b, c, places, mayChange, u.Today)
	body.Milestones = milestonesOf(c.Milestones, child.MilestoneWords, c.MilestoneDoubts(), mayChange, childPath(c.ID))
	body.Siblings = siblingRows(u, b, c)
	if g, ok := b.Group(c.ID); ok {
		body.NotListed = c.Status == "waiting" && !b.Groups[g].Waits()
	}
	if places {
		body.Zones = v.zonesOf(c, u.Today, nil)
		if v.mayGroup(b, access.Change, access.ChildLocations, child.Group{c}) {
			body.Zones.Change = childPath(c.ID) + "/zones"
		}
	}
	if body.Chronology, err = h.events(); err != nil {
		return nil, "", err
	}
	body.cutChronology(v.r.URL.Query().Get("chronology") == "all", childPath(c.ID))
	return body, c.Agency + "/" + c.Ref, nil
}

func (body *childBody) cutChronology(all bool, path string) {
	if n := len(body.Chronology); n > chronologyShown && !all {
		body.Chronology, body.Earlier = body.Chronology[:chronologyShown], n-chronologyShown
		body.All = withQuery(path, "chronology", "all") + "#chronology"
	}
}

// childTiles are the child's waits and what has been found so far.
func (v *visit) childTiles(b *link.Board, c child.Child, asks []link.Ask) []tile {
	var tiles []tile
	add := func(n int, one, many, href string) { tiles = append(tiles, tile{n, noun(n, one, many), href}) }
	if c.Status == "waiting" {
		if since := daysSince(c.OrderDate, v.Desk.Today()); since.known {
			add(since.days, "day since the placement order", "days since the placement order", "")
		}
		if since := daysSince(c.DecisionDate, v.Desk.Today()); since.known {
			add(since.days, "day since the agency decision", "days since the agency decision", "")
		}
	}
	if g, ok := b.Group(c.ID); ok && v.mayGroup(b, access.FindFamilies, access.Child, b.Groups[g]) {
		add(b.Counts[g].Suitable, "suitable family", "suitable families", childFamiliesPath(c.ID))
		add(b.Counts[g].Stretch, "stretch family", "stretch families", childFamiliesPath(c.ID))
	}
	open := 0
	for _, a := range asks {
		if a.State == link.Open {
			open++
		}
	}
	add(open, "ask open", "asks open", "")
	return tiles
}

// childCards are the parts of the record as cards, each with the link that
// changes it.
func childCards(b *link.Board, c child.Child, places, mayChange bool, today date.Date) []template.HTML {
	path := ""
	if mayChange {
		path = childPath(c.ID)
	}
	who := whoFacts(c)
	for i := range who {
		if who[i].Label == "Born" && c.Born.Known() {
			who[i].Value += " (" + ageWords(c.Born, today) + ")"
		}
	}
	if places {
		who = append(who, placeFacts(c)...)
	}
	plan := append(planFacts(b.Book, c), dayFacts(c, func(d date.Date) string { return sinceWords(d, today) })...)
	return []template.HTML{
		factCard("Who", who, path, "edit"), factCard("Plan and dates", plan, path, "edit"),
		factCard("Needs", orNone(needFacts(c.Needs), "Needs"), path, "needs"), factCard("Contact planned", orNone(contactFacts(c.Contact), "Contact"), path, "contact"),
	}
}

// orNone says of a part with nothing in it that nothing is recorded.
func orNone(list []fact, label string) []fact {
	if len(list) == 0 {
		return facts(label, "None recorded")
	}
	return list
}

// factCard shows facts in a card; an empty path has no link to change them.
func factCard(title string, list []fact, path, form string) template.HTML {
	card := govuk.SummaryList{Card: &govuk.SummaryCard{Title: govuk.CardTitle{Text: title}}}
	if path != "" {
		card.Card.Actions.Items = []govuk.SummaryAction{{Href: path + "/" + form, Text: "Change"}}
	}
	for _, f := range list {
		card.Rows = append(card.Rows, govuk.SummaryRow{Key: govuk.Content{Text: f.Label}, Value: govuk.Content{Text: cmp.Or(f.Value, notRecorded)}})
	}
	return card.Render()
}

// siblingRows names the brothers and sisters and notes that they were seen.
func siblingRows(u *work.Unit, b *link.Board, c child.Child) []siblingRow {
	var rows []siblingRow
	for _, s := range siblings(b, c) {
		u.Saw(s.Subject(), "as a brother or sister of child "+c.ID)
		plan := cmp.Or(strings.ToLower(child.Plans.Label(s.Plan)), "plan not recorded")
		rows = append(rows, siblingRow{childPath(s.ID), s.Name(), ageWords(s.Born, u.Today) + ", " + s.Agency + "/" + s.Ref + ", " + statusWords(s) + ", " + plan})
	}
	return rows
}

// zonesOf shows the zones of a child; last, where given, adds a cell to each
// row by its place.
func (v *visit) zonesOf(c child.Child, today date.Date, last func(int, child.Zone) govuk.Cell) *zonesPart {
	t := govuk.Table{Caption: "Zones", CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true, Stack: true,
		Head: []govuk.Cell{{Text: "Postcode"}, {Text: "Radius"}, {Text: "What is there"}, {Text: "Review by"}}}
	if last != nil {
		t.Head = append(t.Head, govuk.Cell{Text: "Action"})
	}
	for i, z := range c.Zones {
		row := []govuk.Cell{{HTML: v.postcodeCell(z.Postcode)}, {Text: radiusCell(z)}, {Text: cmp.Or(child.ZoneKinds.Label(z.Kind), notRecorded)}, {HTML: reviewCell(z, today)}}
		if last != nil {
			row = append(row, last(i, z))
		}
		t.Rows = append(t.Rows, row)
	}
	return &zonesPart{Table: t, None: len(c.Zones) == 0}
}

// radiusCell says a radius; without one nobody can be told to be outside.
func radiusCell(z child.Zone) string {
	if !z.RadiusMiles.Valid {
		return "Not recorded: until it is, every family is ruled out"
	}
	return radiusWords(z)
}

// reviewCell says when a zone is due for review. A review that is late never
// lifts the zone.
func reviewCell(z child.Zone, today date.Date) template.HTML {
	if !z.ReviewBy.Known() {
		return notRecorded
	}
	cell := markup("%s", z.ReviewBy.Long())
	if z.ReviewBy < today {
		cell += " " + govuk.Tag{Text: "Review overdue", Classes: "govuk-tag--red"}.Render()
	}
	return cell
}
