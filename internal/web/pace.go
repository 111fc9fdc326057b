package web

import (
	"net/http"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/watch"
	"homeward/internal/work"
)

// readingSections are the parts of the site whose pages show people's records.
var readingSections = []string{"home", "children", "families", "asks", "supply", "import", "returns", "plan"}

// beforePage asks, in a unit of its own that commits whatever comes of it, what
// has to be asked before a page that shows records: whether its reader has been
// opening too many, and whether they may know the child or the family. Where
// either stands in the way it answers in place of the page.
func (v *visit) beforePage() (answered bool, err error) {
	if !slices.Contains(readingSections, v.route.section) {
		return false, nil
	}
	var pace watch.Pace
	var alert watch.Alert
	err = v.do("opening a page", func(u *work.Unit) (err error) {
		if pace, err = watch.PaceOf(u, v.book); err != nil || pace.Refusal() != nil {
			return err
		}
		alert, err = v.alertOf(u, v.book)
		return err
	})
	switch {
	case err != nil:
		return true, err
	case pace.Refusal() != nil:
		return true, v.tooMany(pace.Refusal())
	case alert.Closed:
		return true, errKnown
	case alert.Raised():
		return true, v.askWhetherKnown(alert)
	}
	return false, nil
}

// alertOf looks whether the reader may know the child or family of the page, and
// until when the glass they broke on it is open.
func (v *visit) alertOf(u *work.Unit, book *agency.Book) (watch.Alert, error) {
	kind, id := v.recordOfPath()
	if id == "" {
		return watch.Alert{}, nil
	}
	if err := v.glassOf(u, id); err != nil || v.route.apart {
		return watch.Alert{}, err
	}
	r, there, err := seenRecord(u, book, kind, id)
	if err != nil || !there {
		return watch.Alert{}, err
	}
	return watch.Check(u, r)
}

// recordOfPath is the record the path names, if it names one.
func (v *visit) recordOfPath() (kind access.Kind, id string) {
	switch _, path, _ := strings.Cut(v.route.pattern, " "); {
	case strings.HasPrefix(path, "/children/{id}"):
		return access.Child, v.r.PathValue("id")
	case strings.HasPrefix(path, "/families/{id}"):
		return access.Family, v.r.PathValue("id")
	}
	return "", ""
}

// seenRecord is a record as far as its reader may see it: what they could not
// read in it is not compared, or whoever declares a surname could ask the alert
// for it.
func seenRecord(u *work.Unit, book *agency.Book, kind access.Kind, id string) (r watch.Record, there bool, err error) {
	if kind == access.Family {
		return seenFamily(u, book, id)
	}
	list, err := child.Load(u.Tx, child.Query{IDs: []string{id}})
	if err != nil || len(list) == 0 {
		return r, false, err
	}
	c, there := list[0].For(u.Actor, book)
	r = watch.Record{Of: list[0].Subject(), Surnames: present(c.FamilyName), Postcodes: present(c.HomePostcode, c.PlacementPostcode)}
	for _, z := range c.Zones {
		r.Postcodes = append(r.Postcodes, present(z.Postcode)...)
	}
	return r, there, nil
}

// present are the words that are not blank.
func present(words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return strings.TrimSpace(w) == "" })
}

// tooMany says that somebody has to wait, and what for.
func (v *visit) tooMany(refusal error) error {
	return v.showStatus(http.StatusTooManyRequests, "pace", page{Title: "You have to wait"}, fault.Message(refusal))
}
