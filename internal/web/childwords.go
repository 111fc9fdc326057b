package web

import (
	"cmp"
	"strconv"
	"strings"

	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
)

// fact is one thing a record says, in words. Key tells it from the others of
// its part where two have the same label.
type fact struct{ Key, Label, Value string }

// notRecorded stands where a record says nothing: not known, never no.
const notRecorded = "Not recorded"

// whoFacts are who a child is.
func whoFacts(c child.Child) []fact {
	return facts(
		"Given name", c.GivenName, "Family name", c.FamilyName, "Born", c.Born.Long(), "Sex", child.Sexes.Label(c.Sex),
		"Ethnicity", child.Ethnicities.Label(c.Ethnic), "Religion", c.Religion, "Languages", languageWords(c.Languages))
}

// planFacts are where the child's plan stands, without its days.
func planFacts(book *agency.Book, c child.Child) []fact {
	return facts("Status", child.Statuses.Label(c.Status), "Brothers and sisters", child.Plans.Label(c.Plan), "Group reference", c.GroupRef,
		"Worker", book.Workers[c.Worker].Name)
}

// placeFacts are where the child was and is: never for a family's side.
func placeFacts(c child.Child) []fact {
	return facts("Home postcode", c.HomePostcode, "Placement postcode", c.PlacementPostcode)
}

// dayFacts are the days of the child's plan, as words makes them.
func dayFacts(c child.Child, words func(date.Date) string) []fact {
	return facts("Entered care", words(c.EnteredCare), "Agency decision", words(c.DecisionDate), "Placement order", words(c.OrderDate))
}

// facts makes facts of labels and values in turn.
func facts(pairs ...string) []fact {
	list := make([]fact, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, fact{pairs[i], pairs[i], pairs[i+1]})
	}
	return list
}

func needFacts(needs []child.Need) []fact {
	var list []fact
	for _, n := range needs {
		list = append(list, fact{n.Code, child.Needs.Label(n.Code), child.Levels.Label(cmp.Or(n.Level, "unknown"))})
	}
	return list
}

func contactFacts(contact []child.Contact) []fact {
	var list []fact
	for _, p := range contact {
		list = append(list, fact{p.Kind, child.ContactKinds.Label(p.Kind), timesWords(p)})
	}
	return list
}

func timesWords(p child.Contact) string {
	switch {
	case !p.TimesAYear.Valid:
		return "Planned, how often is not recorded"
	case p.TimesAYear.V == 1:
		return "Once a year"
	}
	return decimal(p.TimesAYear.V) + " times a year"
}

func zoneFacts(zones []child.Zone) []fact {
	var list []fact
	for _, z := range zones {
		words := zoneWords(z)
		list = append(list, fact{words, "Zone", words})
	}
	return list
}

// zoneWords says a zone on one line.
func zoneWords(z child.Zone) string {
	words := []string{cmp.Or(z.Postcode, "postcode not recorded"), radiusWords(z), cmp.Or(child.ZoneKinds.Label(z.Kind), "kind not recorded")}
	if z.ReviewBy.Known() {
		words = append(words, "review by "+z.ReviewBy.Long())
	}
	return strings.Join(words, ", ")
}

func radiusWords(z child.Zone) string {
	switch {
	case !z.RadiusMiles.Valid:
		return "radius not recorded"
	case z.RadiusMiles.V == 1:
		return "1 mile"
	}
	return decimal(z.RadiusMiles.V) + " miles"
}

// decimal writes a number with the decimals it has.
func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func statusWords(c child.Child) string {
	return strings.ToLower(cmp.Or(child.Statuses.Label(c.Status), "status not recorded"))
}
