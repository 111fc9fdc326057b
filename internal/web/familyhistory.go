package web

import (
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/work"
)

// familyHistory is what happened to a family and what changed in their record,
// the newest first.
func familyHistory(u *work.Unit, book *agency.Book, f adopter.Family) ([]event, error) {
	past, err := u.History(f.Subject())
	if err != nil {
		return nil, err
	}
	var events []event
	for _, p := range past {
		e, err := familyEvent(book, p)
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	events = append(events, milestoneEvents(f.Milestones, adopter.MilestoneWords)...)
	if f.ApprovedOn.Known() {
		events = append(events, event{Day: f.ApprovedOn, Title: "Approved to adopt"})
	}
	return newestFirst(events), nil
}

// familyEvent is one change of one part. That places changed is said, and never
// which: the chronology is read more widely than an address should be.
func familyEvent(book *agency.Book, p work.Past) (event, error) {
	switch p.Part {
	case "offers":
		return pastEvent(p, "What they have said changed", offerFacts)
	case "household":
		return pastEvent(p, "Children at home changed", bornFacts)
	case "milestones":
		return pastEvent(p, "What has happened changed", func(list []adopter.Milestone) []fact { return milestoneFacts(list, adopter.MilestoneWords) })
	case "places":
		return event{Day: work.Day(p.At), Title: "Places changed", By: p.ActorName}, nil
	}
	return pastEvent(p, "Record changed", func(f adopter.Family) []fact {
		return append(recordFacts(book, f, work.Day(p.At)), fact{"children_at_home", "Children at home", wholeWords(f.ChildrenAtHome)})
	})
}

func offerFacts(offers []adopter.Offer) []fact {
	var list []fact
	for _, o := range offers {
		list = append(list, fact{o.Code, adopter.OfferCodes().Label(o.Code), adopter.Answers.Label(o.Answer)})
	}
	return list
}

// bornFacts keys a birth date by itself: one added or removed is one change.
func bornFacts(household []date.Date) []fact {
	var list []fact
	for _, born := range household {
		list = append(list, fact{born.String(), "Born", born.Long()})
	}
	return list
}
