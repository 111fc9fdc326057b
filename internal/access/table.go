package access

import "slices"

// relation is how a thing stands to the actor.
type relation struct {
	name  string // as people say it, after "of"
	holds func(Actor, Thing) bool
}

// The relations. One for a thing without an ID says whether it may hold for any
// thing of the agency.
var (
	own  = relation{"your own agency", func(a Actor, t Thing) bool { return a.Agency == t.Agency }}
	team = relation{"yourself or your team", func(a Actor, t Thing) bool {
		return a.Agency == t.Agency && (t.ID == "" || t.Worker == a.ID || t.Team == a.Team)
	}}
	finding    = relation{"councils your agency finds homes for", function(HomeFinding)}
	recruiting = relation{"councils your agency recruits and supports adopters for", function(Recruitment)}
	holding    = relation{"councils your agency holds records for", function(Records)}
	children   = relation{"agencies that share what children need with yours", shared(ChildProfiles)}
	families   = relation{"agencies that share what families can offer with yours", shared(FamilyProfiles)}
	figures    = relation{"agencies that share numbers with yours", shared(SharedFigures)}
	disclosed  = relation{"the other side of an ask, once both sides have agreed to tell", func(a Actor, t Thing) bool { return slices.Contains(t.Disclosed, a.Agency) }}
	glass      = relation{"a record whose glass you have broken, while it lasts", opened}
	agenda     = relation{"the agenda of a panel you sit on", func(a Actor, t Thing) bool {
		return t.Agenda != "" && slices.Contains(a.Agendas, t.Agenda)
	}}
	ownFamily = relation{"your own family", func(a Actor, t Thing) bool {
		return a.Family != "" && a.Agency == t.Agency && t.ID == a.Family
	}}
	// near is any agency the actor's has a tie to: whose records may be opened by
	// breaking glass in an emergency.
	near = relation{"agencies that share with yours", func(a Actor, t Thing) bool {
		return shared(ChildProfiles)(a, t) || shared(FamilyProfiles)(a, t) || function(HomeFinding)(a, t) || function(Recruitment)(a, t)
	}}
)

func function(f Function) func(Actor, Thing) bool {
	return func(a Actor, t Thing) bool {
		return slices.ContainsFunc(a.Ties, func(tie Tie) bool { return tie.Agency == t.Agency && tie.Function == f })
	}
}

func shared(c Cover) func(Actor, Thing) bool {
	return func(a Actor, t Thing) bool {
		return slices.ContainsFunc(a.Ties, func(tie Tie) bool { return tie.Agency == t.Agency && slices.Contains(tie.Covers, c) })
	}
}

func opened(a Actor, t Thing) bool { return among(a.Opened, t) }

// among tells whether a thing, or the record it is part of, is on a list.
func among(list []Opened, t Thing) bool {
	return slices.ContainsFunc(list, func(o Opened) bool {
		return o.Agency == t.Agency && o.ID == t.ID && t.ID != "" && RecordOf(o.Kind) == RecordOf(t.Kind)
	})
}

// RecordOf is the record a part belongs to.
func RecordOf(k Kind) Kind {
	switch k {
	case ChildLocations, ChildHealth, BirthFamily:
		return Child
	case FamilyIdentity, FamilyPlaces:
		return Family
	}
	return k
}

type row struct {
	role     Role
	relation relation
	kind     Kind
	actions  []Action
	reason   string
}

const (
	ownChild      = "You work for the council whose child this is."
	teamChild     = "You or your team follow this child."
	ownFamilies   = "You work for the agency that holds this family."
	teamFamily    = "You or your team support this family."
	forCouncil    = "Your agency finds homes on this council's behalf."
	forAgency     = "Your agency recruits and supports adopters on this agency's behalf."
	sharedChild   = "An agreement shares what children need with your agency. You see needs, not who or where the child is."
	sharedFamily  = "An agreement shares what families can offer with your agency. You see that, not who they are or where they live."
	bothAgreed    = "Both sides have agreed that yours is told."
	brokenGlass   = "You broke the glass on this record. It is open to you for a short time, and others have been told."
	onBothSides   = "You support families this child could be for. You see needs, not who or where the child is."
	forFinding    = "You are finding a family for a child."
	mayBreak      = "In an emergency you may open a record that is closed to you. You give a reason, it lasts an hour, and others are told."
	ownStaff      = "You are an administrator of this agency."
	ownLead       = "You answer for this agency's information."
	ownManager    = "You are a manager of this agency."
	ownReturn     = "You answer for this agency's returns."
	ownFigures    = "These are your own agency's numbers."
	ownPlans      = "Your agency saved this plan. You see those of its children and families whom you may see now."
	sharedFigures = "An agreement shares numbers with your agency. Small numbers are hidden."
	ownStudy      = "Your agency has put this to the pool laboratory. Nobody in it is real."
)

// childParts are the parts of a child's record beside who they are.
var childParts = []Kind{ChildLocations, ChildHealth, BirthFamily}

// familyParts are the parts of a family's record beside what they can offer.
var familyParts = []Kind{FamilyIdentity, FamilyPlaces}

// table is everything that is open.
var table = slices.Concat(childRows(), familyRows(), findingRows(), officeRows(), figureRows(), []row{
	// Rooms that come later have their rows already: a paper, a sealed record,
	// an adopter's own pages.
	{PanelMember, agenda, Paper, []Action{View}, "This paper is on the agenda of a panel you sit on."},
	{RecordsCustodian, own, Sealed, []Action{View}, "You keep this agency's adoption records."},
	{RecordsCustodian, holding, Sealed, []Action{View}, "Your agency holds this agency's adoption records on its behalf."},
	{Adopter, ownFamily, Family, []Action{View}, "This is your own family's record."},
	{Adopter, ownFamily, FamilyIdentity, []Action{View}, "This is your own family's record."},
	{Adopter, ownFamily, FamilyPlaces, []Action{View}, "This is your own family's record."},
})

// childRows: a council's own people and its children.
func childRows() []row {
	work := []Action{Profile, View, Change, FindFamilies, MakeAsk, Disclose}
	rows := []row{
		{PermanenceWorker, team, Child, work, teamChild},
		{PermanenceWorker, own, Child, []Action{Profile}, ownChild},
		{HomeFinder, own, Child, work, ownChild},
		{Manager, own, Child, append(slices.Clone(work), Waive), ownChild},
		{AdopterWorker, own, Child, []Action{Profile}, onBothSides},
		{PermanenceWorker, own, Child, []Action{BreakGlass}, mayBreak},
		{HomeFinder, own, Child, []Action{BreakGlass}, mayBreak},
		{Manager, own, Child, []Action{BreakGlass}, mayBreak},
		{HomeFinder, near, Child, []Action{BreakGlass}, mayBreak},
		{Manager, near, Child, []Action{BreakGlass}, mayBreak},
	}
	for _, part := range childParts {
		rows = append(rows, row{PermanenceWorker, team, part, []Action{View, Change}, teamChild},
			row{HomeFinder, own, part, []Action{View, Change}, ownChild}, row{Manager, own, part, []Action{View, Change}, ownChild})
	}
	for _, role := range []Role{PermanenceWorker, HomeFinder, Manager} {
		rows = append(rows, row{role, glass, Child, []Action{Profile, View}, brokenGlass}, row{role, glass, ChildLocations, []Action{View}, brokenGlass})
	}
	return rows
}

// familyRows: an agency's own people and its families, and those who recruit for
// it.
func familyRows() []row {
	rows := []row{
		{PermanenceWorker, own, Family, []Action{View}, ownFamilies},
		{AdopterWorker, own, Family, []Action{BreakGlass}, mayBreak},
		{Manager, own, Family, []Action{BreakGlass}, mayBreak},
	}
	for _, part := range append([]Kind{Family}, familyParts...) {
		rows = append(rows,
			row{AdopterWorker, team, part, []Action{View, Change}, teamFamily},
			row{HomeFinder, own, part, []Action{View, Change}, ownFamilies}, row{Manager, own, part, []Action{View, Change}, ownFamilies},
			row{AdopterWorker, recruiting, part, []Action{View, Change}, forAgency}, row{Manager, recruiting, part, []Action{View, Change}, forAgency})
		for _, role := range []Role{AdopterWorker, Manager} {
			rows = append(rows, row{role, glass, part, []Action{View}, brokenGlass})
		}
	}
	for _, role := range []Role{AdopterWorker, HomeFinder, Manager} {
		rows = append(rows, row{role, own, Ask, []Action{View, Answer, Disclose}, ownFamilies}, row{role, recruiting, Ask, []Action{View, Answer, Disclose}, forAgency})
	}
	return append(rows, row{AdopterWorker, own, Family, []Action{View}, ownFamilies})
}

// findingRows: finding families across agencies. What an agreement shares is
// needs and offers; who and where come once both sides agree, and to nobody but
// those who carry the child's home finding out.
func findingRows() []row {
	rows := []row{
		{HomeFinder, finding, Child, []Action{Profile, View, FindFamilies, MakeAsk, Disclose}, forCouncil},
		{HomeFinder, finding, ChildLocations, []Action{View}, forCouncil},
		{Manager, finding, Child, []Action{Profile, View, FindFamilies, MakeAsk, Disclose}, forCouncil},
		{Manager, finding, ChildLocations, []Action{View}, forCouncil},
		{HomeFinder, own, Exchange, []Action{Import}, ownChild},
		// Whoever finds families for a team's children alone would save another plan.
		{HomeFinder, own, Plan, []Action{View, Save}, ownPlans},
		{Manager, own, Plan, []Action{View, Save}, ownPlans},
		{PermanenceWorker, own, Plan, []Action{View}, ownPlans},
	}
	for _, role := range []Role{HomeFinder, PermanenceWorker, Manager} {
		rows = append(rows, row{role, families, Family, []Action{View}, sharedFamily}, row{role, finding, Family, []Action{View}, forFinding},
			row{role, disclosed, FamilyIdentity, []Action{View}, bothAgreed})
	}
	for _, role := range []Role{HomeFinder, AdopterWorker, Manager} {
		rows = append(rows, row{role, children, Child, []Action{Profile}, sharedChild}, row{role, disclosed, Child, []Action{Profile, View}, bothAgreed})
	}
	return rows
}

// figureRows: returns, numbers and studies. Whoever makes a council's return sees every
// child in it, and of their records who they are, not where they must not be;
// others see numbers, and of another agency the small ones hidden.
func figureRows() []row {
	rows := []row{
		{DataOfficer, own, Return, []Action{View, Change}, ownReturn},
		{Manager, own, Return, []Action{View, Change}, ownReturn},
		{DataOfficer, own, Child, []Action{Profile, View}, ownReturn},
	}
	for _, role := range []Role{DataOfficer, Manager} {
		rows = append(rows, row{role, own, Figures, []Action{View, Change}, ownFigures}, row{role, figures, Figures, []Action{View}, sharedFigures},
			row{role, finding, Figures, []Action{View}, forCouncil})
	}
	for _, role := range []Role{HomeFinder, PermanenceWorker, AdopterWorker} {
		rows = append(rows, row{role, own, Figures, []Action{View}, ownFigures}, row{role, own, Study, []Action{View}, ownStudy})
	}
	for _, role := range []Role{DataOfficer, Manager, InformationLead} {
		rows = append(rows, row{role, own, Study, []Action{View, Change}, ownStudy})
	}
	return rows
}

// officeRows: those who keep an agency's house.
func officeRows() []row {
	rows := []row{
		{Administrator, own, Staff, []Action{View, Change}, ownStaff},
		{Administrator, own, Agreement, []Action{View}, ownStaff},
		{Manager, own, Staff, []Action{View}, ownManager},
		{Manager, own, Caseload, []Action{View, Change}, ownManager},
		{Manager, own, Restriction, []Action{View, Change}, ownManager},
		{Manager, own, AuditRecord, []Action{View}, ownManager},
		{InformationLead, own, Staff, []Action{View}, ownLead},
		{InformationLead, own, Agreement, []Action{View, Change}, ownLead},
		{InformationLead, own, AuditRecord, []Action{View}, ownLead},
		{InformationLead, own, Glass, []Action{View, Review}, ownLead},
		{InformationLead, own, Restriction, []Action{View}, ownLead},
	}
	for _, role := range []Role{PermanenceWorker, HomeFinder, AdopterWorker, Manager} {
		rows = append(rows, row{role, own, Agreement, []Action{View}, "Agreements are open to everybody whose work rests on them."})
	}
	return rows
}

// Opening is one thing that is open to a role, for a page that says so.
type Opening struct {
	Of      string // whose things: "your own agency"
	Kind    Kind
	Actions []Action
	Reason  string

	relation relation
}

// Holds tells whether a thing stands to an actor as the opening asks.
func (o Opening) Holds(a Actor, t Thing) bool { return o.relation.holds(a, t) }

// OpenTo lists what the table opens to a role, in the order of the table.
func OpenTo(role Role) []Opening {
	var list []Opening
	for _, r := range table {
		if r.role == role {
			list = append(list, Opening{r.relation.name, r.kind, r.actions, r.reason, r.relation})
		}
	}
	return list
}

// Reaches tells whether the table opens anything of a kind to a role at all.
func Reaches(role Role, kind Kind) bool {
	return firstLineOff || slices.ContainsFunc(table, func(r row) bool { return r.role == role && r.kind == kind })
}
