package web

import (
	"strconv"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// changing opens the family of the path to somebody who may change it.
func (v *visit) changing(purpose string) (f adopter.Family, book *agency.Book, err error) {
	err = v.do(purpose, func(u *work.Unit) error {
		if book, err = agency.Open(u); err != nil {
			return err
		}
		if f, err = adopter.Find(u, book, v.r.PathValue("id")); err != nil {
			return err
		}
		return u.Allow(access.Change, f.Thing(book, access.Family), f.ID)
	})
	return f, book, err
}

// saveFamily writes a family as a form left it and goes on to a part of their
// pages. A fault is shown on the form; if the record moved on since the form was
// opened, nothing is written.
func (v *visit) saveFamily(form *govuk.Form, f adopter.Family, part, message string) (gone bool, err error) {
	err = v.do("save family", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		f, err = adopter.Save(u, book, f)
		return err
	})
	if err != nil {
		return false, unlessFault(form, err)
	}
	return true, v.done(familyPath(f.ID)+part, message)
}

// familyHead is what every form about a family has: whose it is, and the
// version that was seen when it was opened.
type familyHead struct {
	Record  record
	Version int64
	Cancel  string
}

// headOf keeps the version of a form that is shown again: it is still what the
// person saw. It sets that of the family too, for what is about to be saved.
func (v *visit) headOf(book *agency.Book, f *adopter.Family) familyHead {
	head := familyHead{Record: v.familyRecord(book, *f), Cancel: familyPath(f.ID)}
	if v.posted() {
		f.Version, _ = strconv.ParseInt(v.r.PostFormValue("version"), 10, 64) // none is no version
	}
	head.Version = f.Version
	return head
}
