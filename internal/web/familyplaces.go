package web

import (
	"slices"
	"strconv"
	"strings"

	"homeward/internal/adopter"
	"homeward/internal/gazetteer"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// familyPlacesPart is a family's places on their page, for whoever may see them.
type familyPlacesPart struct {
	Table    govuk.Table
	None     bool
	ChangeAt string // where they are added and removed, if the worker may
}

func (v *visit) placesPart(f adopter.Family, mayChange bool) *familyPlacesPart {
	p := &familyPlacesPart{None: len(f.Places) == 0, Table: v.placesTable(f, false)}
	if mayChange {
		p.ChangeAt = familyPath(f.ID) + "/places"
	}
	return p
}

// placesTable lists a family's places; with removal each has a link to the page
// that asks first.
func (v *visit) placesTable(f adopter.Family, removal bool) govuk.Table {
	t := govuk.Table{Caption: "Places", CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "Place"}, {Text: "Postcode"}}}
	if removal {
		t.Head = append(t.Head, govuk.Cell{HTML: `<span class="govuk-visually-hidden">Remove</span>`})
	}
	for i, p := range f.Places {
		row := []govuk.Cell{{Text: adopter.PlaceKinds.Label(p.Kind)}, {HTML: v.postcodeCell(p.Postcode)}}
		if removal {
			href := withQuery(familyPath(f.ID)+"/places/remove", "place", strconv.Itoa(i), "version", strconv.FormatInt(f.Version, 10))
			row = append(row, govuk.Cell{HTML: markup(`<a class="govuk-link" href="%s">Remove<span class="govuk-visually-hidden"> %s</span></a>`, href, placeWords(p))})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// placeWords says a place in the middle of a sentence.
func placeWords(p adopter.Place) string {
	return strings.TrimSpace(midSentence(adopter.PlaceKinds.Label(p.Kind)) + " " + p.Postcode)
}

// placeForm asks for one more place.
type placeForm struct {
	*govuk.Form
	Kind     *govuk.ChoiceField
	Postcode *govuk.TextField
}

func newPlaceForm() *placeForm {
	f := &placeForm{Form: &govuk.Form{}}
	f.Kind = f.Radios(govuk.Question{Name: "kind", Label: "What is the place?", Noun: "what the place is", Options: codeOptions(adopter.PlaceKinds, "")})
	f.Postcode = f.Text(govuk.Question{Name: "postcode", Label: "Postcode", Noun: "the postcode", Max: 10, Classes: "govuk-input--width-10",
		Hint: "If that is all you know, a sector such as NG3 4 or an outward code such as NG3 will do"})
	return f
}

// addTo adds the place to a family, if it can be one of theirs.
func (form *placeForm) addTo(f *adopter.Family) bool {
	place := adopter.Place{Kind: form.Kind.Value, Postcode: form.Postcode.Value}
	same := func(p adopter.Place) bool {
		return p.Kind == place.Kind && gazetteer.Canonical(p.Postcode) == gazetteer.Canonical(place.Postcode)
	}
	if slices.ContainsFunc(f.Places, same) {
		form.Postcode.Fail("This place is recorded already")
	}
	if place.Kind == "home" && slices.ContainsFunc(f.Places, func(p adopter.Place) bool { return p.Kind == "home" }) {
		form.Kind.Fail("A family has one home. Remove the home that is recorded first")
	}
	fields := map[string]failing{"kind": form.Kind, "postcode": form.Postcode}
	f.Places = append(slices.Clone(f.Places), place)
	return failFields(form.Form, fields, place.Problems())
}

// familyPlaces shows a family's places and adds one.
func familyPlaces(v *visit) error {
	f, book, err := v.changing("family places")
	if err != nil {
		return err
	}
	body := struct {
		familyHead
		Form  *placeForm
		Table govuk.Table
		None  bool
	}{v.headOf(book, &f), newPlaceForm(), v.placesTable(f, true), len(f.Places) == 0}
	if v.posted() && body.Form.Parse(v.r) && body.Form.addTo(&f) {
		if gone, err := v.saveFamily(body.Form.Form, f, "/places", "The place was added"); err != nil || gone {
			return err
		}
	}
	return v.show("familyplaces", page{Title: "Places of family " + f.Name(), Form: body.Form.Form, Back: familyPath(f.ID)}, body)
}

// familyPlaceRemove asks before a place is removed: it may be all that keeps a
// family away from a child's zone.
func familyPlaceRemove(v *visit) error {
	f, book, err := v.changing("family places")
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(v.r.FormValue("place"))
	version, _ := strconv.ParseInt(v.r.FormValue("version"), 10, 64)
	if err != nil || at < 0 || at >= len(f.Places) || version != f.Version {
		return work.ErrMoved
	}
	form := &govuk.Form{}
	body := struct {
		familyHead
		At                  int
		Place, Action, Back string
		Home                bool
	}{v.headOf(book, &f), at, placeWords(f.Places[at]), familyPath(f.ID) + "/places/remove", familyPath(f.ID) + "/places", f.Places[at].Kind == "home"}
	if v.posted() {
		f.Places = slices.Delete(slices.Clone(f.Places), at, at+1)
		if gone, err := v.saveFamily(form, f, "/places", "The place was removed"); err != nil || gone {
			return err
		}
	}
	return v.show("familyplaceremove", page{Title: "Remove a place of family " + f.Name(), Form: form, Back: body.Back}, body)
}
