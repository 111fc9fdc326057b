package web

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/watch"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// looksShown is how many entries of the audit record a page shows.
const looksShown = 50

// whoLookedPage is who looked at one record. It names the record by Homeward's
// reference alone: whoever answers for information need not see it.
type whoLookedPage struct {
	Heading string
	Record  string
	Table   govuk.Table
	Empty   string
	Earlier string // where older entries are
	Newest  string // back to the newest, from an older page
}

// whoLooked shows who looked at one record, when, what they did and for what.
func whoLooked(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		id := v.r.PathValue("id")
		p := whoLookedPage{Heading: "Who looked", Record: recordWords(kind, id), Empty: "Nobody has looked at this record."}
		err := v.do("who looked", func(u *work.Unit) error {
			book, of, err := lookedRecord(u, kind, id)
			if err != nil {
				return err
			}
			p.Record += ", " + book.Agencies[of.Agency].Name
			u.Saw(of, "who looked")
			return p.fill(v, u, book, of)
		})
		if err != nil {
			return err
		}
		return v.show("wholooked", page{Title: p.Heading + " at " + recordWords(kind, id), Back: v.looksBack(kind, id), Wide: true}, p)
	}
}

// looksBack is where the page leads back to: the record, for whoever may open
// records of its kind, or the page where its reference was given.
func (v *visit) looksBack(kind access.Kind, id string) string {
	if access.Can(v.actor, access.View, access.Thing{Kind: kind, Agency: v.actor.Agency}).Allow {
		return recordPath(kind, id)
	}
	return "/looks"
}

// lookedRecord finds a record for somebody who may see who looked at it. Whoever
// could open it but for a restriction may not: they may be why it is restricted.
// That leaves those who answer for the agency's information.
func lookedRecord(u *work.Unit, kind access.Kind, id string) (*agency.Book, work.Subject, error) {
	book, t, there, err := thingOf(u, kind, id)
	of := work.Subject{Kind: kind, Agency: t.Agency, ID: id}
	if err != nil || !there {
		if err == nil {
			err = missing(u, kind, access.View, id)
		}
		return nil, of, err
	}
	if t.Restricted && !access.Can(u.Actor, access.View, t).Allow && !access.Can(u.Actor, access.View, book.Thing(access.Glass, t.Agency)).Allow {
		return nil, of, u.Refuse(access.View, of)
	}
	return book, of, u.Allow(access.View, book.Thing(access.AuditRecord, t.Agency), id)
}

func (p *whoLookedPage) fill(v *visit, u *work.Unit, book *agency.Book, of work.Subject) error {
	before, _ := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64) // anything else is from the newest
	list, err := audit.OfPage(u.Tx, string(of.Kind), of.Agency, of.ID, max(before, 0), looksShown+1)
	if err != nil {
		return err
	}
	if before > 0 {
		p.Newest = v.r.URL.Path
	}
	if len(list) > looksShown {
		list = list[:looksShown]
		p.Earlier = withQuery(v.r.URL.Path, "before", strconv.FormatInt(list[looksShown-1].Seq, 10))
	}
	reasons, err := glassReasons(u, of.Agency)
	p.Table = looksTable(p.Heading, book, list, false, reasons)
	return err
}

// glassReasons are the reasons given for broken glass, for whoever may read them.
func glassReasons(u *work.Unit, code string) (map[string]string, error) {
	if !access.Can(u.Actor, access.View, access.Thing{Kind: access.Glass, Agency: code}).Allow {
		return nil, nil
	}
	list, err := watch.Glasses(u, code)
	reasons := map[string]string{}
	for _, g := range list {
		reasons[g.ID] = g.Reason
	}
	return reasons, err
}

// looksTable shows entries of the audit record; named says that they are about
// different records.
func looksTable(caption string, book *agency.Book, list []audit.Written, named bool, reasons map[string]string) govuk.Table {
	t := govuk.Table{Caption: caption, CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "When"}, {Text: "Who"}, {Text: "What"}, {Text: "What for"}}}
	if named {
		t.Head = append(t.Head, govuk.Cell{Text: "Record"})
	}
	for _, e := range list {
		row := []govuk.Cell{{Text: momentWords(e.At)}, {Text: personWords(book, e.Who.ID, e.Who.Agency)}, {HTML: didCell(e.Entry)}, {Text: whatFor(e.Entry, reasons)}}
		if named {
			row = append(row, govuk.Cell{HTML: subjectCell(e.Entry)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// subjectCell names the record of an entry by reference, with who looked at it.
func subjectCell(e audit.Entry) template.HTML {
	kind := access.Kind(e.Kind)
	if (kind == access.Child || kind == access.Family) && e.Subject != "" {
		return markup("%v<br>%v", anchor(recordPath(kind, e.Subject)+"/looks", recordWords(kind, e.Subject)), e.Agency)
	}
	return markup("%v %v", upperFirst(kind.Label()), e.Agency)
}

// looksPage is where a reference is given, and what stands out of late.
type looksPage struct {
	Form      *govuk.Form
	Reference *govuk.TextField
	Glass     bool // whether the reader reviews broken glass
	Table     govuk.Table
	Days      int
}

// standsOutDays is how far back the page looks.
const standsOutDays = 30

// looks leads from a reference to who looked at its record, and lists what stands
// out in those of the reader's agency: refusals and broken glass.
func looks(v *visit) error {
	p := looksPage{Form: &govuk.Form{}, Days: standsOutDays}
	p.Reference = p.Form.Text(govuk.Question{Name: "reference", Label: "Homeward’s reference of the child or family", Noun: "the reference", Max: 40,
		Hint: "12 letters and numbers, as on a notice or at the top of the record", Classes: "govuk-input--width-20", Autocomplete: "off"})
	if v.posted() && p.Form.Parse(v.r) {
		path, err := v.pathOfReference(strings.ToUpper(strings.Join(strings.Fields(p.Reference.Value), "")))
		if path != "" || err != nil {
			return orRedirect(v, path, err)
		}
		p.Reference.Fail("There is no record of your agency with this reference")
	}
	err := v.do("who looked", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		if err := u.Allow(access.View, book.Thing(access.AuditRecord, u.Actor.Agency), ""); err != nil {
			return err
		}
		p.Glass = access.Can(u.Actor, access.View, book.Thing(access.Glass, u.Actor.Agency)).Allow
		list, err := audit.StandOut(u.Tx, u.Actor.Agency, u.Now.Add(-standsOutDays*24*time.Hour), looksShown)
		if err != nil {
			return err
		}
		u.Saw(work.Subject{Kind: access.AuditRecord, Agency: u.Actor.Agency}, "refusals and broken glass")
		list = slices.DeleteFunc(list, func(e audit.Written) bool { return !p.Glass && hides(u, book, e.Entry) })
		reasons, err := glassReasons(u, u.Actor.Agency)
		p.Table = looksTable("What stands out", book, list, true, reasons)
		return err
	})
	if err != nil {
		return err
	}
	return v.show("looks", page{Title: "Who looked", Form: p.Form, Wide: true}, p)
}

// hides tells whether an entry is about a record that is restricted to others.
func hides(u *work.Unit, book *agency.Book, e audit.Entry) bool {
	t := book.Thing(access.Kind(e.Kind), e.Agency, agency.Of{ID: e.Subject})
	return t.Restricted && !slices.Contains(u.Actor.NamedOn, access.Opened{Kind: access.RecordOf(t.Kind), Agency: t.Agency, ID: t.ID})
}

func orRedirect(v *visit, path string, err error) error {
	if err != nil {
		return err
	}
	return v.redirect(path)
}

// pathOfReference is the page of who looked at the record of a reference, if it
// is one that the reader may be shown.
func (v *visit) pathOfReference(id string) (path string, err error) {
	err = v.do("who looked", func(u *work.Unit) error {
		kind, code, err := ownerOf(u, id)
		if err == nil && code == u.Actor.Agency {
			path = recordPath(kind, id) + "/looks"
		} else if err == nil {
			_ = u.Refuse(access.View, work.Subject{Kind: access.AuditRecord, Agency: code, ID: id}) // noted; the form says it
		}
		return err
	})
	return path, err
}

// ownerOf tells what a reference is of, and whose.
func ownerOf(u *work.Unit, id string) (kind access.Kind, code string, err error) {
	if code, err = child.OwnerOf(u.Tx, id); err != nil || code != "" {
		return access.Child, code, err
	}
	err = u.Within(db.Scope{Role: string(access.Operator)}, func() error {
		list, err := adopter.Load(u.Tx, adopter.Query{IDs: []string{id}})
		if len(list) == 1 {
			code = list[0].Agency
		}
		return err
	})
	return access.Family, code, err
}

// looksBy shows what one person of the reader's agency did of late.
func looksBy(v *visit) error {
	p := whoLookedPage{Heading: "What one person looked at", Empty: "Nothing is on the record of this person."}
	err := v.do("what one person looked at", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		w := book.Workers[v.r.PathValue("worker")]
		if w.Agency != u.Actor.Agency {
			w.ID = v.r.PathValue("worker")
			return u.Refuse(access.View, work.Subject{Kind: access.AuditRecord, Agency: w.Agency, ID: w.ID})
		}
		if err := u.Allow(access.View, book.Thing(access.AuditRecord, w.Agency), w.ID); err != nil {
			return err
		}
		list, err := audit.By(u.Tx, w.ID, 200)
		u.Saw(w.Subject(), "who looked")
		list = slices.DeleteFunc(list, func(e audit.Written) bool { return hides(u, book, e.Entry) && !mayReview(u) })
		p.Record = personWords(book, w.ID, w.Agency)
		p.Table = looksTable(p.Heading, book, list, true, nil)
		return err
	})
	if err != nil {
		return err
	}
	return v.show("wholooked", page{Title: p.Heading, Back: "/looks", Wide: true}, p)
}

func mayReview(u *work.Unit) bool {
	return access.Can(u.Actor, access.View, access.Thing{Kind: access.Glass, Agency: u.Actor.Agency}).Allow
}
