package link

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// AnswerDays is how many working days a family's worker has to answer, unless
// whoever asks says otherwise. Practice, not law: to confirm with each pool.
const AnswerDays = 10

// Ask is one family asked about one child or group.
type Ask struct {
	ID                     string
	ChildAgency, ChildID   string   // the first child of the group then
	Children               []string // every child asked about, by the agency's reference
	FamilyAgency, FamilyID string
	Recipient              string // the family's worker, if the family has one
	AskedBy, AskedByName   string
	AskedOn, AnswerBy      date.Date
	Note                   string
	Rules                  string // the version of the rules whose list it came from
	State                  string
	ReasonCode             string
	ReasonAbout            string // the need or kind of contact the reason is about
	ReasonNote             string
	ClosedBy, ClosedByName string
	ClosedOn               date.Date
}

// The states of an ask.
const (
	Open      = "open"
	Yes       = "yes"
	NotNow    = "not_now"
	No        = "no"
	Withdrawn = "withdrawn"
	NoAnswer  = "no_answer"
)

// States are how an ask stands.
var States = child.CodeSet{
	{Code: Open, Label: "Waiting for an answer"}, {Code: Yes, Label: "Yes"}, {Code: NotNow, Label: "Not now"}, {Code: No, Label: "No"},
	{Code: Withdrawn, Label: "Withdrawn"}, {Code: NoAnswer, Label: "Closed without an answer"},
}

// Reasons are why an ask ended as it did, by how it ended. The families' words
// collected by agencies, to confirm with each pool; a code is never reused.
var Reasons = map[string]child.CodeSet{
	Yes: {{Code: "fits", Label: "What the family hoped for"}, {Code: "hear_more", Label: "The family would like to hear more"}},
	NotNow: {
		{Code: "considering_another", Label: "Already considering another child"}, {Code: "need_information", Label: "More information needed first"},
		{Code: "circumstances", Label: "Family's circumstances at the moment"}, {Code: "need_later", Label: "A need the family could take later, with support"},
		{Code: "other_not_now", Label: "Another reason"},
	},
	No: {
		{Code: "need", Label: "A need of the child"}, {Code: "contact", Label: "The contact planned"}, {Code: "age", Label: "Age"},
		{Code: "sex", Label: "Sex"}, {Code: "number", Label: "Number of children"}, {Code: "home", Label: "The children at home"},
		{Code: "distance", Label: "Distance or location"}, {Code: "left", Label: "The family is no longer waiting"}, {Code: "other_no", Label: "Another reason"},
	},
	Withdrawn: {
		{Code: "linked_elsewhere", Label: "The child is linked with another family"}, {Code: "plan_changed", Label: "The child's plan changed"},
		{Code: "by_mistake", Label: "Asked by mistake"}, {Code: "other_withdrawn", Label: "Another reason"},
	},
	NoAnswer: {{Code: "no_answer", Label: "No answer by the day it was asked for"}},
}

// ReasonLabel says a reason as people do.
func ReasonLabel(code string) string {
	for _, set := range Reasons {
		if set.Has(code) {
			return set.Label(code)
		}
	}
	return code
}

// Overdue tells whether an ask is open past the day it was to be answered by.
func (a Ask) Overdue(today date.Date) bool { return a.State == Open && a.AnswerBy < today }

// Subject names the ask for the audit record. It belongs to the agency that has
// to answer it.
func (a Ask) Subject() work.Subject {
	return work.Subject{Kind: access.Ask, Agency: a.FamilyAgency, ID: a.ID}
}

var askColumns = []string{
	"child_agency", "ask_id", "child_id", "family_agency", "family_id", "recipient_id", "asked_by", "asked_by_name", "asked_on", "answer_by",
	"note", "rules", "state", "reason_code", "reason_about", "reason_note", "closed_by", "closed_by_name", "closed_on",
}

// AskQuery says which asks to load. Empty lists mean all.
type AskQuery struct {
	IDs, ChildAgencies, FamilyAgencies, Families, States []string
	Children                                             []string // asks about any of these
	AskedBy                                              []string // by any of these workers
}

// Asks reads asks, the newest first. It asks nobody's leave.
func Asks(tx *db.Tx, q AskQuery) ([]Ask, error) {
	where, args := db.Where(
		db.In{Column: "ask_id", Values: q.IDs}, db.In{Column: "child_agency", Values: q.ChildAgencies},
		db.In{Column: "family_agency", Values: q.FamilyAgencies}, db.In{Column: "family_id", Values: q.Families},
		db.In{Column: "state", Values: q.States}, db.In{Column: "asked_by", Values: q.AskedBy},
		db.In{Column: "child_id", Values: q.Children, Within: "ask_id IN (SELECT ask_id FROM ask_child WHERE %s)"},
	)
	var list []Ask
	at := map[string]int{}
	err := tx.Each(func(rows *sql.Rows) error {
		var a Ask
		err := rows.Scan(&a.ChildAgency, &a.ID, &a.ChildID, &a.FamilyAgency, &a.FamilyID, &a.Recipient, &a.AskedBy, &a.AskedByName, &a.AskedOn, &a.AnswerBy,
			&a.Note, &a.Rules, &a.State, &a.ReasonCode, &a.ReasonAbout, &a.ReasonNote, &a.ClosedBy, &a.ClosedByName, &a.ClosedOn)
		at[a.ID] = len(list)
		list = append(list, a)
		return err
	}, "SELECT "+strings.Join(askColumns, ", ")+" FROM ask"+where+" ORDER BY asked_on DESC, ask_id", args...)
	if err != nil {
		return nil, err
	}
	return list, tx.Each(func(rows *sql.Rows) error {
		var ask, id string
		err := rows.Scan(&ask, &id)
		if i, ok := at[ask]; ok {
			list[i].Children = append(list[i].Children, id)
		}
		return err
		// A child whose row is not for the reader stays among those asked about: an ask
		// about nobody would be one that anything may be done with.
	}, `SELECT x.ask_id, x.child_id FROM ask_child x LEFT JOIN child c ON c.agency_code = x.child_agency AND c.child_id = x.child_id
		WHERE x.ask_id IN (SELECT ask_id FROM ask`+where+") ORDER BY x.ask_id, c.child_ref, x.child_id", args...)
}

// AskedChildren tells which children of some agencies a family was ever asked
// about.
func AskedChildren(tx *db.Tx, agencies []string) (map[string]bool, error) {
	where, args := db.Where(db.In{Column: "child_agency", Values: agencies})
	asked := map[string]bool{}
	return asked, tx.Each(func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		asked[id] = true
		return err
	}, "SELECT DISTINCT child_id FROM ask_child"+where, args...)
}

// AskRequest is one child or group and the families to be asked.
type AskRequest struct {
	ChildID  string
	Families []string
	AnswerBy date.Date // not known: AnswerDays working days from today
	Note     string
}

// maxNote bounds what people write in one field.
const maxNote = 2000

// Ask records that families are asked about a child and the children to be
// placed with them. All are asked or none. A family that an exclusion stands
// against is not asked: a manager waives it first. Limits do not forbid asking:
// people may say more than they have ticked.
func (b *Board) Ask(u *work.Unit, r AskRequest) ([]Ask, error) {
	g, err := b.FindGroup(u, access.MakeAsk, r.ChildID)
	if err != nil {
		return nil, err
	}
	group := b.Groups[g]
	if err := r.complete(u.Today); err != nil {
		return nil, err
	}
	var asks []Ask
	for _, id := range r.Families {
		f, err := b.FindFamily(u, id)
		if err != nil {
			return nil, err
		}
		if err := b.mayAsk(g, f); err != nil {
			return nil, err
		}
		asks = append(asks, b.newAsk(u, r, group, b.Families[f]))
	}
	return asks, saveAsks(u, group, asks)
}

func (r *AskRequest) complete(today date.Date) (err error) {
	if !r.AnswerBy.Known() {
		if r.AnswerBy, err = today.AddWorkingDays(AnswerDays); err != nil {
			return fault.Wrap(fault.Invalid, "Enter the day to answer by.", err)
		}
	}
	slices.Sort(r.Families)
	r.Families = slices.Compact(r.Families)
	switch {
	case len(r.Families) == 0:
		return fault.New(fault.Invalid, "Select at least one family to ask.")
	case r.AnswerBy < today:
		return fault.New(fault.Invalid, "The day to answer by must be today or later.")
	case len(r.Note) > maxNote:
		return fault.New(fault.Invalid, "The note must be 2,000 characters or fewer.")
	}
	return nil
}

func (b *Board) mayAsk(g, f int) error {
	pair, family := b.Pool.Pair(g, f), b.Families[f]
	if !b.Groups[g].Waits() {
		return fault.New(fault.Conflict, "Families are asked about children who are waiting. Look at the status of every child of the group.")
	}
	if pair.Excluded&^pair.Waived != 0 {
		return fault.New(fault.Conflict, fmt.Sprintf("Family %s is ruled out for this child. A manager may waive the exclusion first.", family.Name()))
	}
	return nil
}

func (b *Board) newAsk(u *work.Unit, r AskRequest, group child.Group, f adopter.Family) Ask {
	a := Ask{
		ID: work.NewID(), ChildAgency: group[0].Agency, ChildID: group[0].ID, FamilyAgency: f.Agency, FamilyID: f.ID, Recipient: f.Worker,
		AskedBy: u.Actor.ID, AskedByName: u.Actor.Name, AskedOn: u.Today, AnswerBy: r.AnswerBy, Note: strings.TrimSpace(r.Note),
		Rules: b.Pool.Rules().Version, State: Open,
	}
	for _, c := range group {
		a.Children = append(a.Children, c.ID)
	}
	return a
}

func saveAsks(u *work.Unit, group child.Group, asks []Ask) error {
	var rows, children [][]any
	var families []string
	for _, a := range asks {
		families = append(families, a.FamilyID)
		rows = append(rows, []any{a.ChildAgency, a.ID, a.ChildID, a.FamilyAgency, a.FamilyID, a.Recipient, a.AskedBy, a.AskedByName, a.AskedOn, a.AnswerBy,
			a.Note, a.Rules, a.State, "", "", "", "", "", date.Date(0)})
		for _, id := range a.Children {
			children = append(children, []any{a.ChildAgency, a.ID, id})
		}
		u.Did("asked", a.Subject(), "child "+a.ChildID+" family "+a.FamilyID)
	}
	open, err := Asks(u.Tx, AskQuery{Children: group.IDs(), Families: families, States: []string{Open}})
	if err != nil {
		return err
	}
	if len(open) > 0 {
		return fault.New(fault.Conflict, "One of these families has been asked about this child already and has not answered yet. Nobody was asked.")
	}
	if err := u.InsertMany("ask", askColumns, rows); err != nil {
		return err
	}
	return u.InsertMany("ask_child", []string{"child_agency", "ask_id", "child_id"}, children)
}

// Closing is how an ask ends: its new state, and why.
type Closing struct {
	State, ReasonCode, ReasonAbout, ReasonNote string
}

// Problems says what is wrong with an answer, field by field.
func (c Closing) Problems() []fault.Problem {
	k := child.Checker{}
	k.Add(!slices.Contains([]string{Yes, NotNow, No, Withdrawn, NoAnswer}, c.State), "state", "Select the answer.")
	k.Add(Reasons[c.State] != nil && !Reasons[c.State].Has(c.ReasonCode), "reason_code", "Select the reason.")
	set := map[string]child.CodeSet{"need": child.Needs, "need_later": child.Needs, "contact": child.ContactKinds}[c.ReasonCode]
	k.Add(set != nil && !set.Has(c.ReasonAbout), "reason_about", "Select which one the reason is about.")
	k.Add(set == nil && c.ReasonAbout != "", "reason_about", "This reason is not about a need or a kind of contact.")
	k.Add(strings.HasPrefix(c.ReasonCode, "other_") && strings.TrimSpace(c.ReasonNote) == "", "reason_note", "Enter the reason in a few words.")
	k.Add(len(c.ReasonNote) > maxNote, "reason_note", "The reason must be 2,000 characters or fewer.")
	return k.Problems
}

// Close ends an ask: the family's agency answers it; whoever may ask about the
// child withdraws it, or closes it once its day has passed. Each end is said
// once.
func (b *Board) Close(u *work.Unit, id string, c Closing) error {
	a, err := FindAsk(u, id)
	if err != nil {
		return err
	}
	if err := b.allowEnd(u, a, c.State); err != nil {
		return err
	}
	if c.State == NoAnswer && !a.Overdue(u.Today) {
		return fault.New(fault.Conflict, "The day to answer by has not passed yet.")
	}
	if problems := c.Problems(); len(problems) > 0 {
		return fault.New(fault.Invalid, problems[0].Message)
	}
	result, err := u.Exec(`UPDATE ask SET state = $1, reason_code = $2, reason_about = $3, reason_note = $4, closed_by = $5, closed_by_name = $6, closed_on = $7
		WHERE child_agency = $8 AND ask_id = $9 AND state = 'open'`,
		c.State, c.ReasonCode, c.ReasonAbout, strings.TrimSpace(c.ReasonNote), u.Actor.ID, u.Actor.Name, u.Today, a.ChildAgency, a.ID)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n != 1 {
		return fault.New(fault.Conflict, "This has been answered or closed already. Look at what it says now.")
	}
	u.Did("ask: "+c.State, a.Subject(), c.ReasonCode)
	return nil
}

// MayEnd refuses whoever may not end an ask in a way. One of whose sides they are
// not on is not there for them.
func (b *Board) MayEnd(u *work.Unit, id, state string) error {
	a, err := FindAsk(u, id)
	if err != nil {
		return err
	}
	return b.allowEnd(u, a, state)
}

func (b *Board) allowEnd(u *work.Unit, a Ask, state string) error {
	answering, asking := b.Book.Thing(access.Ask, a.FamilyAgency), b.childThing(a.ChildAgency, a.ChildID)
	may := func() error { return u.Allow(access.Answer, answering, a.ID) }
	if state == Withdrawn || state == NoAnswer {
		may = func() error { return u.Allow(access.MakeAsk, asking, a.ChildID) }
	}
	err := may()
	sees := access.Can(u.Actor, access.View, answering).Allow || access.Can(u.Actor, access.MakeAsk, asking).Allow
	switch {
	case err == nil:
		return nil
	case sees:
		return fault.New(fault.Forbidden, "You may see this but not do that. It is the other side's to do.")
	}
	return work.ErrNotFound
}

// MayAskAbout tells whether an actor may ask about the children of an ask, and so
// withdraw it.
func (b *Board) MayAskAbout(actor access.Actor, a Ask) bool {
	return access.Can(actor, access.MakeAsk, b.childThing(a.ChildAgency, a.ChildID)).Allow
}

// FindAsk reads one ask. It asks nobody's leave.
func FindAsk(u *work.Unit, id string) (Ask, error) {
	list, err := Asks(u.Tx, AskQuery{IDs: []string{id}})
	if err != nil {
		return Ask{}, err
	}
	if len(list) == 0 {
		return Ask{}, missingAsk(u, id)
	}
	return list[0], nil
}

// missingAsk refuses an ask that is not there for the unit's actor, or not at
// all, in the same words.
func missingAsk(u *work.Unit, id string) error {
	s := work.Subject{Kind: access.Ask, ID: id}
	err := u.Within(db.Scope{Role: string(access.Operator)}, func() error {
		return u.Each(func(rows *sql.Rows) error { return rows.Scan(&s.Agency) }, "SELECT family_agency FROM ask WHERE ask_id = $1", id)
	})
	if err != nil {
		return err
	}
	return u.Refuse(access.View, s)
}

// Reckoned reads asks to count with and to show to nobody: whoever may know what
// a family can offer may know how it answered, and not about whom.
func Reckoned(u *work.Unit, q AskQuery) (list []Ask, err error) {
	scope := u.Scope()
	scope.Engine = true
	err = u.Within(scope, func() error { list, err = Asks(u.Tx, q); return err })
	return list, err
}
