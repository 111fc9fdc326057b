// Package access answers one question: may this person do this to this thing,
// and why? It is pure: it is handed facts, it holds one table, and what the
// table does not open is closed.
//
// This is the first small table: a worker of the child's or the family's
// agency, a home finder of the pool, and the operator of the installation. The
// answer's reason is plain English, since people are shown it.
package access

import "slices"

// Role is what a person works as.
type Role string

// The roles of the first table.
const (
	// PermanenceWorker follows children whose plan is adoption, for a council.
	PermanenceWorker Role = "permanence_worker"
	// HomeFinder looks for families for children, across the pool.
	HomeFinder Role = "home_finder"
	// AdopterWorker assesses and supports a family, and answers for it.
	AdopterWorker Role = "adopter_worker"
	// Manager decides waivers for the agency's own children.
	Manager Role = "manager"
	// Operator runs the installation from its command line.
	Operator Role = "operator"
)

// Roles lists the roles people sign in with.
func Roles() []Role { return []Role{HomeFinder, PermanenceWorker, AdopterWorker, Manager} }

// Label names a role as people say it.
func (r Role) Label() string {
	return map[Role]string{
		PermanenceWorker: "Permanence worker", HomeFinder: "Home finder", AdopterWorker: "Adopters' worker",
		Manager: "Manager", Operator: "Operator",
	}[r]
}

// Actor is who asks.
type Actor struct {
	ID, Name, Agency string
	Role             Role
	Pools            []string // the pools of the actor's agency
	// Voluntary says that the agency is a voluntary one: whatever they are
	// called, its people are on the family's side.
	Voluntary bool
}

// Kind is what is asked about.
type Kind string

// The kinds of thing. A child's locations are apart from the child, and a
// family's from the family: they are what a leak would hurt most.
const (
	Child          Kind = "child"
	ChildLocations Kind = "child_locations" // zones, home and placement postcodes
	Family         Kind = "family"
	FamilyPlaces   Kind = "family_places"
	Ask            Kind = "ask" // belongs to the agency that has to answer it
	Exchange       Kind = "exchange"
)

// Thing is one thing asked about: its kind, the agency it belongs to, and the
// pools that agency is in.
type Thing struct {
	Kind   Kind
	Agency string
	Pools  []string
}

// Action is what is to be done.
type Action string

// The actions.
const (
	// Profile is to see a child's needs without who or where they are.
	Profile Action = "profile"
	View    Action = "view"
	Change  Action = "change"
	// FindFamilies is to open the list of families for a child.
	FindFamilies Action = "find_families"
	// MakeAsk is to ask a family about a child.
	MakeAsk Action = "make_ask"
	Answer  Action = "answer"
	Waive   Action = "waive"
	Import  Action = "import"
)

// relation is how far a thing is from the actor.
type relation int

const (
	own  relation = iota // of the actor's own agency
	pool                 // of an agency that shares a pool with the actor's
)

type row struct {
	role     Role
	relation relation
	kind     Kind
	actions  []Action
	reason   string
}

const (
	ownChild   = "You work for the council whose child this is."
	ownFamily  = "You work for the agency that holds this family."
	poolFinder = "You are a home finder in a pool this agency belongs to."
)

// table is everything that is open.
var table = []row{
	{PermanenceWorker, own, Child, []Action{Profile, View, Change, FindFamilies, MakeAsk}, ownChild},
	{PermanenceWorker, own, ChildLocations, []Action{View, Change}, ownChild},
	{HomeFinder, own, Child, []Action{Profile, View, Change, FindFamilies, MakeAsk}, ownChild},
	{HomeFinder, own, ChildLocations, []Action{View, Change}, ownChild},
	{Manager, own, Child, []Action{Profile, View, Change, FindFamilies, MakeAsk, Waive}, ownChild},
	{Manager, own, ChildLocations, []Action{View, Change}, ownChild},

	{AdopterWorker, own, Family, []Action{View, Change}, ownFamily},
	{AdopterWorker, own, FamilyPlaces, []Action{View, Change}, ownFamily},
	{AdopterWorker, own, Ask, []Action{View, Answer}, ownFamily},
	{HomeFinder, own, Family, []Action{View, Change}, ownFamily},
	{HomeFinder, own, FamilyPlaces, []Action{View, Change}, ownFamily},
	{HomeFinder, own, Ask, []Action{View, Answer}, ownFamily},
	{Manager, own, Family, []Action{View, Change}, ownFamily},
	{Manager, own, FamilyPlaces, []Action{View, Change}, ownFamily},
	{Manager, own, Ask, []Action{View, Answer}, ownFamily},

	{HomeFinder, pool, Child, []Action{Profile, View, FindFamilies, MakeAsk}, poolFinder},
	{HomeFinder, pool, ChildLocations, []Action{View}, poolFinder},
	{HomeFinder, pool, Family, []Action{View}, poolFinder},
	{PermanenceWorker, own, Family, []Action{View}, ownFamily},
	{HomeFinder, own, Exchange, []Action{Import}, ownChild},
	{HomeFinder, pool, Exchange, []Action{Import}, poolFinder},
	{PermanenceWorker, pool, Family, []Action{View}, "You are finding a family for a child, and this family's agency is in your pool."},
	{Manager, pool, Family, []Action{View}, "You are finding a family for a child, and this family's agency is in your pool."},
	{Manager, pool, Child, []Action{Profile}, "You answer for families this child could be for. You see needs, not who or where the child is."},
	{AdopterWorker, own, Child, []Action{Profile}, "You support families this child could be for. You see needs, not who or where the child is."},
	{AdopterWorker, pool, Child, []Action{Profile}, "You support families this child could be for. You see needs, not who or where the child is."},
}

// Decision is an answer and its reason.
type Decision struct {
	Allow  bool
	Reason string
}

// Can answers whether the actor may do this to this thing.
func Can(a Actor, act Action, t Thing) Decision {
	if a.Role == Operator {
		return Decision{true, "You operate this installation; every step is on its record."}
	}
	if a.Voluntary && a.Agency != t.Agency && !(t.Kind == Child && act == Profile) {
		return Decision{false, "A voluntary agency is on the family's side: of other agencies it sees what children need, and nothing else."}
	}
	for _, r := range table {
		if r.role == a.Role && r.kind == t.Kind && r.relation.holds(a, t) && slices.Contains(r.actions, act) {
			return Decision{true, r.reason}
		}
	}
	return Decision{false, "Nothing in the access table opens this to your role."}
}

func (r relation) holds(a Actor, t Thing) bool {
	if a.Agency == "" || t.Agency == "" {
		return false
	}
	if r == own {
		return a.Agency == t.Agency
	}
	return slices.ContainsFunc(a.Pools, func(p string) bool { return slices.Contains(t.Pools, p) })
}
