package web

import (
	"homeward/internal/access"
	"homeward/internal/work"
)

// gate is whom a route lets in before it has looked at any record: those whose
// role the access table opens something of the kind to. What they may do to the
// one record they ask for is asked again by the domain. A route without a gate
// lets nobody in.
type gate struct {
	kind access.Kind
	act  access.Action // what the route does to a record of the kind
	any  bool          // everybody who is signed in
}

// anybody is the gate of pages that show the reader's own: what is in them is
// asked about record by record.
var anybody = gate{any: true}

// to is the gate of pages that do something to a record of a kind.
func to(act access.Action, kind access.Kind) gate { return gate{kind: kind, act: act} }

func (g gate) opens(role access.Role) bool { return g.any || access.Reaches(role, g.kind) }

// enter refuses whoever the route's gate does not open to, in the words for what
// does not exist. That they tried is on the record.
func (v *visit) enter() error {
	if v.route.to.opens(v.actor.Role) {
		return nil
	}
	return v.do("closed page", func(u *work.Unit) error {
		return u.Refuse(v.route.to.act, work.Subject{Kind: v.route.to.kind, Agency: v.actor.Agency})
	})
}
