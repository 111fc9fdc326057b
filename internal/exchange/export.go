package exchange

import (
	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/fault"
	"homeward/internal/link"
	"homeward/internal/work"
)

// Export reads the whole region to be written, and notes every record as seen.
// Only the operator of the installation has everything before them.
func Export(u *work.Unit, book *agency.Book) (Region, error) {
	if u.Actor.Role != access.Operator {
		return Region{}, fault.New(fault.Forbidden, "Only the operator of this installation writes the whole region out.")
	}
	r := Region{Agencies: book.List()}
	var err error
	if r.Children, err = child.Load(u.Tx, child.Query{}); err != nil {
		return r, err
	}
	if r.Families, err = adopter.Load(u.Tx, adopter.Query{}); err != nil {
		return r, err
	}
	if r.Conflicts, err = link.Conflicts(u.Tx); err != nil {
		return r, err
	}
	if r.Waivers, err = link.WaiverRows(u.Tx); err != nil {
		return r, err
	}
	r.inOrder()
	for i := range r.Children {
		u.Saw(r.Children[i].Subject(), "")
	}
	for i := range r.Families {
		u.Saw(r.Families[i].Subject(), "")
	}
	return r, nil
}

// inOrder puts everything that is not in an order of its own into one, so that
// the same region gives the same bytes whichever database it came from.
func (r *Region) inOrder() {
	for i := range r.Children {
		c := &r.Children[i]
		c.Needs = child.Order(c.Needs, func(n child.Need) string { return n.Code })
		c.Contact = child.Order(c.Contact, func(p child.Contact) string { return p.Kind })
		c.Milestones = child.InOrder(c.Milestones)
	}
	for i := range r.Families {
		f := &r.Families[i]
		f.Offers = child.Order(f.Offers, func(o adopter.Offer) string { return o.Code })
		f.Milestones = child.InOrder(f.Milestones)
	}
	r.Conflicts = child.Order(r.Conflicts, func(c link.Conflict) string {
		return key(c.ChildAgency, c.ChildRef, c.FamilyAgency, c.FamilyRef)
	})
	r.Waivers = child.Order(r.Waivers, func(w link.WaiverRow) string {
		return key(w.ChildAgency, w.ChildRef, w.FamilyAgency, w.FamilyRef, w.DecidedOn, w.Exclusion, w.Finding, w.Ended, w.Reason)
	})
}
