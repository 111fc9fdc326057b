package web

import (
	"cmp"
	"errors"
	"html/template"
	"strconv"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// editing is a form on one child's record.
type editing struct {
	Form     *govuk.Form
	Record   *record
	Heading  string
	Intro    []string
	Sections []formSection
	Version  string // of the record as the person saw it
	Button   string
	Cancel   string

	child    child.Child
	book     *agency.Book
	conflict failing // the field a conflict is about, where it is about one
}

// formSection is questions under a heading of their own.
type formSection struct {
	Heading, Intro string
	Columns        bool // many short questions, side by side where there is room
	Fields         []rendered
}

// rendered is a question that shows itself.
type rendered interface{ Render() template.HTML }

// newEditing starts a form whose questions may all be left blank: what is not
// known is never asked to be made up, and "optional" on every label says nothing.
func newEditing(heading, button string) *editing {
	return &editing{Form: &govuk.Form{NoneRequired: true}, Heading: heading, Button: button}
}

// openChild opens a child's record for somebody who may change it, zones and
// all: a form that saves a record must hold the whole of it.
func (v *visit) openChild(heading string) (*editing, error) {
	e := newEditing(heading, "Save")
	err := v.do("change a child's record", func(u *work.Unit) (err error) {
		if e.book, err = agency.Open(u); err != nil {
			return err
		}
		if e.child, err = child.Find(u, e.book, v.r.PathValue("id")); err != nil {
			return err
		}
		for _, kind := range []access.Kind{access.Child, access.ChildLocations} {
			if err := u.Allow(access.Change, e.child.Thing(e.book, kind), e.child.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.Cancel = childPath(e.child.ID)
	r := v.childRecord(e.book, e.child, "")
	e.Record = &r
	e.Version = strconv.FormatInt(e.child.Version, 10)
	return e, nil
}

// sent tells whether a form was sent, and reads it with the version of the record
// it was made from. What is wrong with it stands on the form; the rules of the
// domain are asked all the same, so that everything to mend is said at once.
func (v *visit) sent(e *editing) bool {
	if !v.posted() {
		return false
	}
	e.Form.Parse(v.r)
	e.Version = v.r.PostFormValue("version")
	var err error
	if e.child.Version, err = strconv.ParseInt(e.Version, 10, 64); err != nil {
		e.child.Version = -1 // no version of anything: a conflict
	}
	return true
}

// saveChild writes the child of a form and redirects, or says on the form why it
// could not. The unit that fails is rolled back as a whole; what the form shows
// was noted by the one that opened it.
func (v *visit) saveChild(e *editing, to, message string) (saved bool, err error) {
	err = v.do("change a child's record", func(u *work.Unit) error {
		e.child, err = child.Save(u, e.book, e.child)
		return err
	})
	switch {
	case err == nil:
		return true, v.done(cmp.Or(to, childPath(e.child.ID)), message)
	case errors.Is(err, work.ErrMoved):
		e.Form.Fail(fault.Message(err), v.r.URL.Path)
		return false, nil
	case e.conflict != nil && fault.KindOf(err) == fault.Conflict:
		e.conflict.Fail(fault.Message(err))
		return false, nil
	}
	return false, unlessFault(e.Form, err)
}

// showEditing shows a form on a child's record.
func (v *visit) showEditing(e *editing) error {
	title := e.Heading
	if e.child.ID != "" {
		title += ", " + e.child.Agency + "/" + e.child.Ref
	}
	return v.show("child-form", page{Title: title, Back: e.Cancel, Form: e.Form}, e)
}
