package web

import (
	"fmt"
	"html/template"
	"strconv"

	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/link"
)

// functions are what templates may call: words for codes, and nothing that
// decides anything. Content is chosen in handlers.
var functions = template.FuncMap{
	"need":         adopter.OfferCodes().Label,
	"level":        child.Levels.Label,
	"contactKind":  child.ContactKinds.Label,
	"zoneKind":     child.ZoneKinds.Label,
	"plan":         child.Plans.Label,
	"childStatus":  child.Statuses.Label,
	"sex":          child.Sexes.Label,
	"language":     child.Languages().Label,
	"ethnicity":    child.Ethnicities.Label,
	"familyStatus": adopter.Statuses.Label,
	"answer":       adopter.Answers.Label,
	"placeKind":    adopter.PlaceKinds.Label,
	"askState":     link.States.Label,
	"askReason":    link.ReasonLabel,
	"points":       points,
	"count":        count,
	"commas":       commas,
	"interval":     drawInterval,
	"share":        drawShare,
}

// points writes tenths of a point: 612 is 61.2.
func points(tenths int16) string { return fmt.Sprintf("%d.%d", tenths/10, tenths%10) }

// count writes a number with its noun: 1 child, 2 children.
func count(n int, one, many string) string { return commas(n) + " " + noun(n, one, many) }

// commas writes a whole number with commas: 3,277.
func commas(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", commas(n/1000), n%1000)
}

// noun is the form of a noun that goes with a number.
func noun(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
