package web

import (
	"database/sql"
	"slices"
	"strconv"

	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// zonesBody is the zones of a child with the form that adds one.
type zonesBody struct {
	*editing
	Zones  *zonesPart
	Action string // where the form goes: not always to the address it stands at
}

// zoneForm is the questions about one zone.
type zoneForm struct {
	postcode *govuk.TextField
	radius   *govuk.NumberField[float64]
	kind     *govuk.ChoiceField
	review   *govuk.DateField
}

// childZones lists a child's zones, each with a way to remove it, and adds one.
func childZones(v *visit) error {
	e, err := v.openChild("Zones")
	if err != nil {
		return err
	}
	f := askZone(e, v)
	if v.sent(e) {
		zone := f.zone()
		if zone.Postcode == "" {
			f.postcode.Fail("Enter a postcode, a sector or the first part of a postcode")
		}
		if failFields(e.Form, f.fields(), zone.Problems()) {
			before := e.child.Zones
			e.child.Zones = append(slices.Clone(before), zone)
			if saved, err := v.saveChild(e, childPath(e.child.ID)+"/zones", "The zone is added."); saved || err != nil {
				return err
			}
			e.child.Zones = before
		}
	}
	return v.showZones(e)
}

// showZones shows the zones as they are now, and the form that adds one.
func (v *visit) showZones(e *editing) error {
	e.Heading, e.Button, e.Cancel = "Zones", "Add this zone", childPath(e.child.ID)
	body := zonesBody{e, v.zonesOf(e.child, v.Desk.Today(), func(i int, z child.Zone) govuk.Cell {
		return govuk.Cell{HTML: markup(`<a class="govuk-link" href="%s">Remove<span class="govuk-visually-hidden"> the zone %s</span></a>`, zonePath(e.child.ID, i), zoneWords(z))}
	}), e.Cancel + "/zones"}
	return v.show("child-zones", page{Title: "Zones, " + e.child.Agency + "/" + e.child.Ref, Back: e.Cancel, Form: e.Form}, body)
}

// zonePath leads to the page that removes a zone, by its place in the list: its
// postcode has no place in an address.
func zonePath(id string, i int) string {
	return childPath(id) + "/zones/" + strconv.Itoa(i+1) + "/remove"
}

func askZone(e *editing, v *visit) *zoneForm {
	f := &zoneForm{
		postcode: e.Form.Text(govuk.Question{Name: "postcode", Label: "Postcode", Hint: "A whole postcode if it is known. A sector such as NG3 4 or the first part such as NG3 will do", Max: 10, Autocomplete: "off", Classes: "govuk-input--width-10"}),
		radius:   e.Form.Number(govuk.Question{Name: "radius_miles", Label: "Radius", Suffix: "miles", Max: 500, Hint: "In a straight line. Until it is recorded, every family is ruled out"}),
		kind:     e.Form.Select(govuk.Question{Name: "kind", Label: "What is there", Options: codeOptions(child.ZoneKinds, notRecorded)}),
		review:   e.Form.Date(govuk.Question{Name: "review_by", Label: "Review by", NotBefore: v.Desk.Today(), Hint: "The zone stands until it is removed, reviewed or not"}),
	}
	e.Sections = []formSection{{Fields: []rendered{f.postcode, f.radius, f.kind, f.review}}}
	return f
}

func (f *zoneForm) zone() child.Zone {
	return child.Zone{Postcode: f.postcode.Value, RadiusMiles: sql.Null[float64]{V: child.Radius(f.radius.Value), Valid: f.radius.Given}, Kind: f.kind.Value, ReviewBy: f.review.Value}
}

func (f *zoneForm) fields() map[string]failing {
	return map[string]failing{"postcode": f.postcode, "radius_miles": f.radius, "kind": f.kind}
}

// zoneRemoval is the page that asks whether a zone is to be removed.
type zoneRemoval struct {
	*editing
	Facts govuk.SummaryList
}

// childZoneRemove removes a zone, once somebody has said so on a page of its
// own. Where the record moved on, the place in the list may be another zone's:
// the list is shown again instead.
func childZoneRemove(v *visit) error {
	e, err := v.openChild("Remove this zone?")
	if err != nil {
		return err
	}
	before, now := e.child.Zones, e.Version
	e.Cancel = childPath(e.child.ID) + "/zones"
	i, err := strconv.Atoi(v.r.PathValue("n"))
	i--
	inside := err == nil && i >= 0 && i < len(before)
	switch {
	case !v.posted() && !inside:
		return work.ErrNotFound
	case !v.posted():
		return v.show("child-zone-remove", page{Title: e.Heading, Back: e.Cancel}, zoneRemoval{e, zoneSummary(before[i])})
	case !inside:
		e.Form.Fail(fault.Message(work.ErrMoved), e.Cancel)
	case v.sent(e):
		e.child.Zones = slices.Delete(slices.Clone(before), i, i+1)
		if saved, err := v.saveChild(e, e.Cancel, "The zone is removed."); saved || err != nil {
			return err
		}
	}
	e.child.Zones, e.Version = before, now
	askZone(e, v)
	return v.showZones(e)
}

func zoneSummary(z child.Zone) govuk.SummaryList {
	var list govuk.SummaryList
	for _, f := range facts("Postcode", z.Postcode, "Radius", radiusWords(z), "What is there", child.ZoneKinds.Label(z.Kind), "Review by", z.ReviewBy.Long()) {
		if f.Value != "" {
			list.Rows = append(list.Rows, govuk.SummaryRow{Key: govuk.Content{Text: f.Label}, Value: govuk.Content{Text: f.Value}})
		}
	}
	return list
}
