// Package notice holds what somebody must be told: a row for whoever works as
// something in an agency, or for one worker, committed with what it tells of, so
// that one is never there without the other.
//
// A notice names no person. It says its kind in a fixed sentence, and which
// record it is about by Homeward's own reference; who may see that record is
// asked when they open it. It stays open until somebody says it is done, and
// nobody says so of a notice about what they did themselves.
package notice

import (
	"database/sql"
	"fmt"
	"time"

	"homeward/internal/access"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Kind is what a notice tells.
type Kind string

// The kinds.
const (
	GlassOfOurs        Kind = "glass_of_ours"
	GlassByUs          Kind = "glass_by_us"
	GlassFollowed      Kind = "glass_followed"
	RestrictionChanged Kind = "restriction_changed"
	NobodyNamed        Kind = "nobody_named"
	NoTie              Kind = "no_tie"
	Tie                Kind = "tie"
	Reopened           Kind = "reopened"
	DeclarationEnded   Kind = "declaration_ended"
	ManyRecords        Kind = "many_records"
	ReadingStopped     Kind = "reading_stopped"
)

var sentences = map[Kind]string{
	GlassOfOurs:        "A record of your agency was opened by breaking glass. Review whether it was right within 5 days.",
	GlassByUs:          "Somebody in your agency opened another agency's record by breaking glass. That agency will review whether it was right.",
	GlassFollowed:      "A record you follow was opened by breaking glass.",
	RestrictionChanged: "The restriction of a record was changed or lifted.",
	NobodyNamed:        "Nobody named on a restricted record works there any more. Name somebody else, or lift the restriction.",
	NoTie:              "Somebody was asked whether they know a child or family before they opened the record, and said that they do not.",
	Tie:                "Somebody said that they know a child or family. The record is closed to them.",
	Reopened:           "A record was opened again to somebody who had said that they know the child or family.",
	DeclarationEnded:   "Somebody took back something they had declared about people they know.",
	ManyRecords:        "Somebody in your agency is opening many records in a short time. Find out why.",
	ReadingStopped:     "Somebody in your agency was stopped for a while because they opened too many records in a short time. Find out why.",
}

// Kinds lists the kinds.
func Kinds() []Kind {
	return []Kind{GlassOfOurs, GlassByUs, GlassFollowed, RestrictionChanged, NobodyNamed, NoTie, Tie, Reopened, DeclarationEnded, ManyRecords, ReadingStopped}
}

// Sentence says a kind as people do.
func (k Kind) Sentence() string { return sentences[k] }

// Notice is one thing that somebody must be told.
type Notice struct {
	ID      string
	Agency  string      // whose people are told
	Role    access.Role // those who work there as this,
	Worker  string      // or this one
	Kind    Kind
	About   work.Subject
	ActorID string // whose deed it tells of, if anybody's: they cannot say it is done
	MadeAt  time.Time
	DoneBy  string
	DoneAt  time.Time
}

var columns = []string{"agency_code", "notice_id", "role", "worker_id", "kind", "about_kind", "about_agency", "about_id", "actor_id", "made_at", "done_by", "done_at"}

// Send writes notices in the unit of what they tell of. They may be for another
// agency, whose notices the sender cannot read.
func Send(u *work.Unit, notices ...Notice) error {
	rows := make([][]any, len(notices))
	for i, n := range notices {
		if n.Kind.Sentence() == "" || n.Agency == "" || (n.Role == "") == (n.Worker == "") {
			return fmt.Errorf("notice: one of kind %q is for nobody, for two or of no kind", n.Kind)
		}
		rows[i] = []any{n.Agency, work.NewID(), string(n.Role), n.Worker, string(n.Kind), string(n.About.Kind), n.About.Agency, n.About.ID,
			n.ActorID, db.Instant{Time: u.Now}, "", db.Instant{}}
	}
	return u.InsertMany("notice", columns, rows)
}

// Most is how many notices a list holds.
const Most = 200

// mine is the open and done notices for one person; it takes what args gives.
const mine = "agency_code = $1 AND (worker_id = $2 OR role = $3) AND actor_id <> $2"

// args are for mine. Somebody without a name or a role would be told what is for
// nobody in particular: they are given a blank agency, which is told nothing.
func args(a access.Actor) []any {
	if a.ID == "" || a.Role == "" {
		return []any{"", "", ""}
	}
	return []any{a.Agency, a.ID, string(a.Role)}
}

// Open gives the notices for the unit's actor that nobody has dealt with, the
// newest first.
func Open(u *work.Unit) ([]Notice, error) {
	var list []Notice
	err := u.Each(func(rows *sql.Rows) error {
		var n Notice
		var made db.Instant
		err := rows.Scan(&n.Agency, &n.ID, &n.Role, &n.Worker, &n.Kind, &n.About.Kind, &n.About.Agency, &n.About.ID, &n.ActorID, &made)
		n.MadeAt = made.Time
		list = append(list, n)
		return err
	}, `SELECT agency_code, notice_id, role, worker_id, kind, about_kind, about_agency, about_id, actor_id, made_at
		FROM notice WHERE `+mine+` AND done_at IS NULL ORDER BY made_at DESC, notice_id LIMIT $4`, append(args(u.Actor), Most)...)
	return list, err
}

// Done says that a notice for the unit's actor has been dealt with.
func Done(u *work.Unit, id string) error {
	result, err := u.Exec("UPDATE notice SET done_by = $2, done_at = $4 WHERE "+mine+" AND notice_id = $5 AND done_at IS NULL",
		append(args(u.Actor), db.Instant{Time: u.Now}, id)...)
	if err != nil {
		return err
	}
	about := work.Subject{Kind: "notice", Agency: u.Actor.Agency, ID: id}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		u.Noted("done", about, "")
		return err
	}
	var theirs int
	if err := u.QueryRow("SELECT COUNT(*) FROM notice WHERE "+mine+" AND notice_id = $4", append(args(u.Actor), id)...).Scan(&theirs); err != nil {
		return err
	}
	if theirs == 0 {
		return u.Refuse(access.Change, about)
	}
	return fault.New(fault.Conflict, "Somebody has said already that this is done.")
}

// Settle says of the notices that the actor's agency has about something that
// they have been dealt with: by what the actor did about it.
func Settle(u *work.Unit, about work.Subject) error {
	_, err := u.Exec(`UPDATE notice SET done_by = $1, done_at = $2
		WHERE agency_code = $3 AND about_kind = $4 AND about_agency = $5 AND about_id = $6 AND actor_id <> $1 AND done_at IS NULL`,
		u.Actor.ID, db.Instant{Time: u.Now}, u.Actor.Agency, string(about.Kind), about.Agency, about.ID)
	return err
}

// SentSince tells whether the actor's agency was told something about something
// since an instant, dealt with or not.
func SentSince(u *work.Unit, k Kind, about work.Subject, since time.Time) (bool, error) {
	var n int
	err := u.QueryRow("SELECT COUNT(*) FROM notice WHERE agency_code = $1 AND kind = $2 AND about_kind = $3 AND about_agency = $4 AND about_id = $5 AND made_at > $6",
		u.Actor.Agency, string(k), string(about.Kind), about.Agency, about.ID, db.Instant{Time: since}).Scan(&n)
	return n > 0, err
}
