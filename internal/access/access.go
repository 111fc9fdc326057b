// Package access answers one question: may this person do this to this thing,
// and why? It is pure: it is handed facts, it holds one table (table.go), and
// what the table does not open is closed.
//
// An answer rests on three things: what somebody works as (role), how the thing
// stands to them (relation: their own family, their team's, their agency's, a
// council's whose function their agency carries out, one shared by an agreement,
// one opened by breaking glass), and which part of the record is asked for
// (kind: what a child needs is apart from who they are and from where they are).
// The reason is plain English, since people are shown it.
package access

import "slices"

// Role is what a person works as.
type Role string

// The roles.
const (
	// PermanenceWorker follows children whose plan is adoption, for a council.
	PermanenceWorker Role = "permanence_worker"
	// HomeFinder looks for families for children.
	HomeFinder Role = "home_finder"
	// AdopterWorker assesses and supports a family, and answers for it.
	AdopterWorker Role = "adopter_worker"
	// Manager decides waivers and restrictions for the agency's own records and
	// hands caseloads over.
	Manager Role = "manager"
	// Administrator keeps the agency's accounts and teams, and sees no record of
	// a child or a family.
	Administrator Role = "administrator"
	// InformationLead answers for the agency's information: agreements, who
	// looked at what, glass that was broken.
	InformationLead Role = "information_lead"
	// DataOfficer answers for the agency's returns and figures.
	DataOfficer Role = "data_officer"
	// PanelMember reads the papers on the agenda of a panel they sit on.
	PanelMember Role = "panel_member"
	// RecordsCustodian keeps the sealed records of adoptions.
	RecordsCustodian Role = "records_custodian"
	// Adopter sees their own family's record.
	Adopter Role = "adopter"
	// Operator runs the installation from its command line.
	Operator Role = "operator"
)

var labels = map[Role]string{
	PermanenceWorker: "Permanence worker", HomeFinder: "Home finder", AdopterWorker: "Adopters' worker", Manager: "Manager",
	Administrator: "Administrator", InformationLead: "Information governance lead", DataOfficer: "Performance and data officer", PanelMember: "Panel member",
	RecordsCustodian: "Adoption records custodian", Adopter: "Adopter", Operator: "Operator",
}

// Roles lists the roles people sign in with.
func Roles() []Role {
	return []Role{HomeFinder, PermanenceWorker, AdopterWorker, Manager, Administrator, InformationLead, DataOfficer, PanelMember, RecordsCustodian, Adopter}
}

// StaffRoles lists the roles of those who work with children and families every
// day; an agency without people yet gets one of each.
func StaffRoles() []Role { return []Role{HomeFinder, PermanenceWorker, AdopterWorker, Manager} }

// Label names a role as people say it.
func (r Role) Label() string { return labels[r] }

// Function is something one agency may carry out on a council's behalf. The
// council stays responsible for the child's journey: that is no function.
type Function string

// The functions, as regional agencies split them (process.md 7.1; each partner
// can switch a line).
const (
	HomeFinding Function = "home_finding" // early tracking, family finding, matching
	Recruitment Function = "recruitment"  // recruiting, preparing, assessing and supporting adopters to a match
	Panels      Function = "panels"       // running joint panels
	Support     Function = "support"      // support after placement, birth relatives
	Letterbox   Function = "letterbox"    // contact and letterbox
	Records     Function = "records"      // holding adoption records on the owner's behalf
)

// Functions lists the functions.
func Functions() []Function {
	return []Function{HomeFinding, Recruitment, Panels, Support, Letterbox, Records}
}

// Label names a function as people say it.
func (f Function) Label() string {
	return map[Function]string{HomeFinding: "Home finding and matching", Recruitment: "Recruitment, assessment and support of adopters",
		Panels: "Panels", Support: "Adoption support", Letterbox: "Contact and letterbox", Records: "Holding adoption records"}[f]
}

// Kind is what is asked about: a kind of record, or one part of it.
type Kind string

// The kinds of thing. A child's locations are apart from the child, and a
// family's from the family: they are what a leak would hurt most.
const (
	// Child: action Profile is what the child needs; View is who they are.
	Child          Kind = "child"
	ChildLocations Kind = "child_locations" // zones, home and placement postcodes
	ChildHealth    Kind = "child_health"    // medical reports
	BirthFamily    Kind = "birth_family"    // who the birth relatives are
	// Family is what a family can offer.
	Family         Kind = "family"
	FamilyIdentity Kind = "family_identity" // who the adopters are
	FamilyPlaces   Kind = "family_places"   // where they live
	Ask            Kind = "ask"             // belongs to the agency that has to answer it
	Exchange       Kind = "exchange"        // an exchange folder of the agency's
	Staff          Kind = "worker"          // workers, teams and accounts
	Caseload       Kind = "caseload"        // who follows which child or family
	Agreement      Kind = "agreement"       // sharing agreements, and functions carried out for others
	AuditRecord    Kind = "audit_record"    // who looked at what
	Glass          Kind = "glass"           // records opened by breaking glass
	Restriction    Kind = "restriction"     // records only people named may see
	Paper          Kind = "paper"           // a panel's paper
	Sealed         Kind = "sealed_record"   // the record of an adoption, sealed
	Return         Kind = "return"          // a statutory return: every child the council looks after
	Figures        Kind = "figures"         // numbers about children and families
	Study          Kind = "study"           // a question put to the pool laboratory: nobody in it is real
	Plan           Kind = "plan"            // the region's plan as it was saved
)

// Kinds lists the kinds, each with what people call it.
func Kinds() []Kind {
	return []Kind{Child, ChildLocations, ChildHealth, BirthFamily, Family, FamilyIdentity, FamilyPlaces, Ask, Exchange, Staff, Caseload,
		Agreement, AuditRecord, Glass, Restriction, Paper, Sealed, Return, Figures, Plan, Study}
}

// Label names a kind as people say it.
func (k Kind) Label() string {
	return map[Kind]string{
		Child: "children", ChildLocations: "where children come from, live and must not be placed", ChildHealth: "children's health reports",
		BirthFamily: "who children's birth relatives are", Family: "what families can offer", FamilyIdentity: "who families are", FamilyPlaces: "where families live",
		Ask: "asks", Exchange: "exchange folders", Staff: "people who work here and their accounts", Caseload: "who follows which child or family",
		Agreement: "sharing agreements and who does what for whom", AuditRecord: "the record of who looked", Glass: "records opened by breaking glass",
		Restriction: "restrictions of records", Paper: "panel papers", Sealed: "sealed adoption records",
		Return: "statutory returns of every child looked after", Figures: "numbers about children and families",
		Study: "studies of the pool laboratory, in which nobody is real",
		Plan:  "the region's plans, as they stand on a day",
	}[k]
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
	// BreakGlass is to open, for a short time and with a reason, a record that
	// is closed to the actor.
	BreakGlass Action = "break_glass"
	// Disclose is to agree that the other side of an ask is told who and where.
	Disclose Action = "disclose"
	// Review is to judge afterwards whether something was right.
	Review Action = "review"
	// Save is to keep something as it stands.
	Save Action = "save"
)

// Label names an action as people say it.
func (a Action) Label() string {
	return map[Action]string{
		Profile: "see the needs of", View: "see", Change: "change", FindFamilies: "find families for", MakeAsk: "ask about", Answer: "answer",
		Waive: "waive an exclusion for", Import: "import", BreakGlass: "break the glass on", Disclose: "agree to tell the other side about", Review: "review",
		Save: "save",
	}[a]
}

// Actor is who asks.
type Actor struct {
	ID, Name, Agency string
	Team             string // of the agency; an agency without teams is one team
	Role             Role
	// Voluntary says that the agency is a voluntary one: whatever they are
	// called, its people are on the family's side.
	Voluntary bool
	Ties      []Tie    // why another agency's things may be open to this one, today
	Family    string   // an adopter's own family
	Agendas   []string // the panel meetings a member sits on
	Opened    []Opened // records whose glass the actor has broken, while it lasts
	NamedOn   []Opened // restricted records that name the actor
}

// Tie is one reason why things of another agency may be open: a function carried
// out on its behalf, or an agreement in force between the two.
type Tie struct {
	Agency   string
	Function Function // carried out for that agency, or "" for an agreement
	Name     string   // the agreement's
	Covers   []Cover  // what the agreement shares
}

// Cover is what an agreement may share.
type Cover string

// What agreements share: of children their needs and never who they are, of
// families what they can offer and never who they are; and numbers.
const (
	ChildProfiles  Cover = "child_profiles"
	FamilyProfiles Cover = "family_profiles"
	// SharedFigures are numbers, the small ones hidden.
	SharedFigures Cover = "figures"
)

// Covers lists what an agreement may share.
func Covers() []Cover { return []Cover{ChildProfiles, FamilyProfiles, SharedFigures} }

// Label says a cover as people do.
func (c Cover) Label() string {
	return map[Cover]string{ChildProfiles: "what children need, without who or where they are", FamilyProfiles: "what families can offer, without who they are or where they live",
		SharedFigures: "numbers about children and families, the small ones hidden"}[c]
}

// Opened is one record that is open to somebody in particular.
type Opened struct {
	Kind   Kind
	Agency string
	ID     string
}

// Thing is one thing asked about. A thing without an ID stands for those of the
// agency in general: "may I see children of this council at all".
type Thing struct {
	Kind       Kind
	Agency     string
	ID         string
	Worker     string   // who follows it
	Team       string   // the team of whoever follows it
	Restricted bool     // open only to those it names
	Disclosed  []string // the agencies both sides agreed to tell who and where
	Agenda     string   // the panel meeting a paper is for
}

// Decision is an answer and its reason.
type Decision struct {
	Allow  bool
	Reason string
}

// Can answers whether the actor may do this to this thing.
func Can(a Actor, act Action, t Thing) Decision {
	if firstLineOff {
		return Decision{true, "The first line is switched off in this test build."}
	}
	if a.Role == Operator {
		return Decision{true, "You operate this installation; every step is on its record."}
	}
	if d, vetoed := veto(a, act, t); vetoed {
		return d
	}
	for _, r := range table {
		if r.role == a.Role && r.kind == t.Kind && slices.Contains(r.actions, act) && r.relation.holds(a, t) {
			return Decision{true, r.reason}
		}
	}
	return Decision{false, "Nothing in the access table opens this to your role."}
}

// veto is what no row of the table opens.
func veto(a Actor, act Action, t Thing) (Decision, bool) {
	if a.Agency == "" || t.Agency == "" {
		return Decision{false, "It is not known whose this is."}, true
	}
	profile := t.Kind == Child && (act == Profile || act == View && slices.Contains(t.Disclosed, a.Agency))
	held := slices.Contains([]Kind{Family, FamilyIdentity, FamilyPlaces, Ask}, t.Kind) && function(Recruitment)(a, t)
	if a.Voluntary && a.Agency != t.Agency && !profile && !held {
		return Decision{false, "A voluntary agency is on the family's side: of other agencies it sees what children need, and nothing else."}, true
	}
	looks := (act == Profile || act == View) && opened(a, t) // broken glass lets look and not touch
	if t.Restricted && act != BreakGlass && !among(a.NamedOn, t) && !looks {
		return Decision{false, "This record is restricted to the people named on it."}, true
	}
	return Decision{}, false
}
