package watch

import (
	"database/sql"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// Terms of breaking glass. To confirm with the information leads of each region.
const (
	GlassLasts      = time.Hour
	ConfirmedWithin = 10 * time.Minute // how long ago somebody proved again who they are
	ReviewWithin    = 5 * 24 * time.Hour
	ReasonLeast     = 20 // characters
	ReasonMost      = 1000
)

// ErrConfirm is given where somebody has to prove again who they are first.
var ErrConfirm = fault.New(fault.Forbidden, "Confirm that it is you before you break the glass.")

// Glass is one record that somebody opened in an emergency. The reason stays
// here: the audit record has the glass's reference alone.
type Glass struct {
	ID                   string
	Of                   work.Subject
	ActorAgency, ActorID string
	Reason               string
	Opened, Until        time.Time
	ReviewedBy           string
	Reviewed             time.Time
	Finding              string
}

// Overdue tells whether nobody has reviewed it in time.
func (g Glass) Overdue(now time.Time) bool {
	return g.Reviewed.IsZero() && now.Sub(g.Opened) > ReviewWithin
}

// Subject names the glass for the audit record.
func (g Glass) Subject() work.Subject {
	return work.Subject{Kind: access.Glass, Agency: g.Of.Agency, ID: g.ID}
}

// Findings are what a review may find.
func Findings() []Choice {
	return []Choice{
		{"justified", "It was right to open this record"},
		{"not_justified", "It was not right to open this record"},
		{"needs_enquiry", "It needs an enquiry"},
	}
}

// Break opens a record that is closed to the unit's actor, for GlassLasts, with
// a reason, and has told others of it once the unit commits. The caller has
// found the thing, whoever may see it, and says when the actor last proved who
// they are.
func Break(u *work.Unit, book *agency.Book, thing access.Thing, reason string, confirmed time.Time) (Glass, error) {
	g := Glass{
		ID: work.NewID(), Of: subjectOf(thing), ActorAgency: u.Actor.Agency, ActorID: u.Actor.ID,
		Reason: strings.Join(strings.Fields(reason), " "), Opened: u.Now, Until: u.Now.Add(GlassLasts),
	}
	thing.Kind = g.Of.Kind
	if !isRecord(g.Of) {
		return Glass{}, u.Refuse(access.BreakGlass, g.Of)
	}
	var err error
	if thing.Restricted, err = isRestricted(u, g.Of); err != nil {
		return Glass{}, err
	}
	if thing.Restricted && !atHome(u.Actor, thing.Agency) {
		return Glass{}, u.Refuse(access.BreakGlass, g.Of) // that it exists is not told
	}
	if err := u.Allow(access.BreakGlass, thing, thing.ID); err != nil {
		return Glass{}, err
	}
	if confirmed.After(u.Now) || u.Now.Sub(confirmed) > ConfirmedWithin {
		return Glass{}, ErrConfirm
	}
	if err := g.hindered(u, thing); err != nil {
		return Glass{}, err
	}
	if err := g.insert(u); err != nil {
		return Glass{}, err
	}
	u.Noted("glass broken", g.Of, g.ID)
	return g, notice.Send(u, g.notices(u, book, thing.Worker)...)
}

// hindered says why a record is not to be opened although the actor may break
// glass.
func (g Glass) hindered(u *work.Unit, thing access.Thing) error {
	known, err := answered(u, g.Of)
	if err != nil {
		return err
	}
	switch n := utf8.RuneCountInString(g.Reason); {
	case known.answer == tieAnswer:
		return fault.New(fault.Forbidden, "You have said that you know this child or family, so you cannot break the glass on this record. Ask a manager to look at it.")
	case !opens(u.Actor, thing):
		return fault.New(fault.Conflict, "This record is open to you already. There is no glass to break.")
	case n < ReasonLeast:
		return fault.New(fault.Invalid, "Say in at least 20 characters why you need to open this record now.")
	case n > ReasonMost:
		return fault.New(fault.Invalid, "Give the reason in no more than 1,000 characters.")
	}
	return nil
}

// opens tells whether breaking the glass would show the actor any part of the
// record that they cannot see without.
func opens(a access.Actor, record access.Thing) bool {
	with := a
	with.Opened = append(slices.Clone(a.Opened), access.Opened{Kind: record.Kind, Agency: record.Agency, ID: record.ID})
	return slices.ContainsFunc(access.Kinds(), func(k access.Kind) bool {
		part := record
		part.Kind = k
		return access.RecordOf(k) == record.Kind && !access.Can(a, access.View, part).Allow && access.Can(with, access.View, part).Allow
	})
}

func (g Glass) insert(u *work.Unit) error {
	_, err := u.Exec(`INSERT INTO glass (agency_code, glass_id, kind, subject_id, actor_agency, actor_id, reason, opened_at, until_at, reviewed_by, finding)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '')`,
		g.Of.Agency, g.ID, string(g.Of.Kind), g.Of.ID, g.ActorAgency, g.ActorID, g.Reason, db.Instant{Time: g.Opened}, db.Instant{Time: g.Until})
	return err
}

// notices are for the information leads of whose record it is and of whoever
// broke the glass, and for the worker who follows the record.
func (g Glass) notices(u *work.Unit, book *agency.Book, follower string) []notice.Notice {
	n := notice.Notice{Kind: notice.GlassOfOurs, About: g.Subject(), ActorID: g.ActorID}
	list := tell(u, book, g.Of.Agency, access.InformationLead, n)
	if g.ActorAgency != g.Of.Agency {
		n.Kind = notice.GlassByUs
		list = append(list, tell(u, book, g.ActorAgency, access.InformationLead, n)...)
	}
	if w, ok := book.Workers[follower]; ok && w.ID != g.ActorID && !w.Gone(u.Today) {
		list = append(list, notice.Notice{Agency: w.Agency, Worker: w.ID, Kind: notice.GlassFollowed, About: g.Of, ActorID: g.ActorID})
	}
	return list
}

const mostGlasses = 500

// Glasses lists the records of an agency that were opened by breaking glass, to
// its information lead: those nobody has reviewed first, then the newest.
func Glasses(u *work.Unit, code string) ([]Glass, error) {
	if err := u.Allow(access.View, access.Thing{Kind: access.Glass, Agency: code}, ""); err != nil {
		return nil, err
	}
	list, err := glasses(u, "agency_code = $1 ORDER BY CASE WHEN reviewed_at IS NULL THEN 0 ELSE 1 END, opened_at DESC, glass_id LIMIT $2", code, mostGlasses)
	for _, g := range list {
		u.Saw(g.Subject(), "")
	}
	return list, err
}

// Mine lists the glass that the unit's actor has broken and that is open still,
// so that a page can say until when.
func Mine(u *work.Unit) ([]Glass, error) {
	return glasses(u, "actor_id = $1 AND until_at > $2 ORDER BY until_at", u.Actor.ID, db.Instant{Time: u.Now})
}

func glasses(u *work.Unit, where string, args ...any) ([]Glass, error) {
	var list []Glass
	err := u.Each(func(rows *sql.Rows) error {
		var g Glass
		var opened, until, reviewed db.Instant
		err := rows.Scan(&g.Of.Agency, &g.ID, &g.Of.Kind, &g.Of.ID, &g.ActorAgency, &g.ActorID, &g.Reason, &opened, &until, &g.ReviewedBy, &reviewed, &g.Finding)
		g.Opened, g.Until, g.Reviewed = opened.Time, until.Time, reviewed.Time
		list = append(list, g)
		return err
	}, "SELECT agency_code, glass_id, kind, subject_id, actor_agency, actor_id, reason, opened_at, until_at, reviewed_by, reviewed_at, finding FROM glass WHERE "+where, args...)
	return list, err
}

// Review records what an information lead of the agency whose record it was
// finds of a broken glass, once. Nobody reviews their own.
func Review(u *work.Unit, glassID, finding string) error {
	found, err := glasses(u, "glass_id = $1", glassID)
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0].Of.Agency != u.Actor.Agency {
		return u.Refuse(access.Review, work.Subject{Kind: access.Glass, Agency: u.Actor.Agency, ID: glassID})
	}
	g := found[0]
	if err := u.Allow(access.Review, access.Thing{Kind: access.Glass, Agency: g.Of.Agency, ID: g.ID}, g.ID); err != nil {
		return err
	}
	switch {
	case g.ActorID == u.Actor.ID:
		_ = u.Refuse(access.Review, g.Subject()) // noted; the words are these
		return fault.New(fault.Forbidden, "You broke this glass yourself. Another information lead of your agency has to review it.")
	case !among(Findings(), finding):
		return fault.New(fault.Invalid, "Choose what you find.")
	}
	return g.review(u, finding)
}

func (g Glass) review(u *work.Unit, finding string) error {
	result, err := u.Exec("UPDATE glass SET reviewed_by = $1, reviewed_at = $2, finding = $3 WHERE agency_code = $4 AND glass_id = $5 AND reviewed_at IS NULL",
		u.Actor.ID, db.Instant{Time: u.Now}, finding, g.Of.Agency, g.ID)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fault.New(fault.Conflict, "This has been reviewed already.")
	}
	u.Noted("reviewed", g.Subject(), finding)
	return notice.Settle(u, g.Subject())
}
