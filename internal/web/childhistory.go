package web

import (
	"cmp"
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/work"
)

// history gathers one child's chronology for somebody who may see the child.
type history struct {
	*work.Unit
	board  *link.Board
	child  child.Child
	places bool // zones and postcodes may be seen too
	asks   []link.Ask
}

// events are everything there is, the newest first.
func (h *history) events() ([]event, error) {
	past, err := h.History(h.child.Subject())
	if err != nil {
		return nil, err
	}
	list := append(h.waivers(), h.askEvents()...)
	for _, p := range past {
		if p.Part == "zones" && !h.places {
			continue
		}
		e, err := childEvent(h.board.Book, p, h.places)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return newestFirst(append(list, h.milestones()...)), nil
}

// milestones are the days of the child's life and plan.
func (h *history) milestones() []event {
	var list []event
	add := func(d date.Date, title string) {
		if d.Known() {
			list = append(list, event{Day: d, Title: title})
		}
	}
	c := h.child
	list = milestoneEvents(c.Milestones, child.MilestoneWords)
	add(c.OrderDate, "Placement order")
	add(c.DecisionDate, "Agency decision that the child should be placed for adoption")
	add(c.EnteredCare, "Entered care")
	if c.Born <= h.Today {
		add(c.Born, "Born")
	}
	return list
}

// childParts says which part of a child's record changed.
var childParts = map[string]string{"record": "Record changed", "needs": "Needs changed", "contact": "Contact plan changed", "zones": "Zones changed", "milestones": "What has happened changed"}

// childEvent puts one change kept in the history into words.
func childEvent(book *agency.Book, p work.Past, places bool) (event, error) {
	switch title := childParts[p.Part]; p.Part {
	case "needs":
		return pastEvent(p, title, needFacts)
	case "contact":
		return pastEvent(p, title, contactFacts)
	case "milestones":
		return pastEvent(p, title, func(list []child.Milestone) []fact { return milestoneFacts(list, child.MilestoneWords) })
	case "zones":
		return pastEvent(p, title, zoneFacts)
	default:
		return pastEvent(p, title, func(c child.Child) []fact { return childFacts(book, c, places) })
	}
}

// childFacts are everything the record itself says, needs and zones apart.
func childFacts(book *agency.Book, c child.Child, places bool) []fact {
	list := append(whoFacts(c), planFacts(book, c)...)
	if places {
		list = append(list, placeFacts(c)...)
	}
	return append(list, dayFacts(c, date.Date.Long)...)
}

// askEvents are the asks about the child, and how each ended.
func (h *history) askEvents() []event {
	var list []event
	for _, a := range h.asks {
		family := familyName(h.board, a.FamilyID)
		if a.State != link.Open {
			list = append(list, event{Day: a.ClosedOn, Title: family + ": " + midSentence(link.States.Label(a.State)), By: a.ClosedByName, Lines: oneLine(reasonWords(a))})
		}
		e := event{Day: a.AskedOn, Title: family + " asked", By: a.AskedByName, Href: askPath(a.ID), Link: "See this ask"}
		if a.State == link.Open {
			e.Lines = oneLine("To answer by " + answerByWords(a, h.Today) + ".")
		}
		list = append(list, e)
	}
	return list
}

// oneLine is a text as lines, none where it is empty.
func oneLine(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// familyName is how a family is spoken of; one the reader may not see has no
// name here.
func familyName(b *link.Board, id string) string {
	if f, ok := b.Family(id); ok {
		return "Family " + b.Families[f].Name()
	}
	return "A family you may not see"
}

// waivers are what managers found about an exclusion between the child's group
// and a family. A finding about a zone is told like the zone.
func (h *history) waivers() []event {
	g, ok := h.board.Group(h.child.ID)
	if !ok {
		return nil
	}
	var list []event
	for _, w := range slices.Backward(h.board.Waivers) {
		if at, ok := h.board.Group(w.ChildID); !ok || at != g || w.Exclusion == "zone" && !h.places {
			continue
		}
		list = append(list, h.waiver(w)...)
	}
	return list
}

func (h *history) waiver(w link.Waiver) []event {
	about := familyName(h.board, w.FamilyID) + ": " + midSentence(exclusionLabel(w.Exclusion))
	begun := event{Day: w.DecidedOn, Title: about, By: w.ManagerName, Lines: []string{link.Findings.Label(w.Finding) + ".", w.Reason, "Until " + w.ExpiresOn.Long() + "."}}
	if !w.EndedOn.Known() {
		return []event{begun}
	}
	return []event{{Day: w.EndedOn, Title: about + ": finding ended"}, begun}
}

// asksAbout reads the asks about a child, and notes that they were shown.
func asksAbout(u *work.Unit, id string) ([]link.Ask, error) {
	asks, err := link.Asks(u.Tx, link.AskQuery{Children: []string{id}})
	for _, a := range asks {
		u.Saw(a.Subject(), "in the chronology of child "+id)
	}
	return asks, err
}

// siblings are the other children with the same group reference: placed
// together with the child or not.
func siblings(b *link.Board, c child.Child) []child.Child {
	if c.GroupRef == "" {
		return nil
	}
	var list []child.Child
	for _, g := range b.Groups {
		for _, other := range g {
			if other.Agency == c.Agency && other.GroupRef == c.GroupRef && other.ID != c.ID {
				list = append(list, other)
			}
		}
	}
	slices.SortFunc(list, func(x, y child.Child) int { return cmp.Compare(x.Ref, y.Ref) })
	return list
}

// maySeePlaces tells whether an actor may see where a child was and is.
func maySeePlaces(actor access.Actor, book *agency.Book, c child.Child) bool {
	return access.Can(actor, access.View, c.Thing(book, access.ChildLocations)).Allow
}
