package watch

import (
	"database/sql"
	"slices"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/notice"
	"homeward/internal/work"
)

// Record is a child's or a family's record as far as somebody may be known by
// it: the surnames and the postcodes that stand in it.
type Record struct {
	Of                  work.Subject
	Surnames, Postcodes []string
}

// Alert is what is to be asked or said before a record is shown to the unit's
// actor. The zero Alert is nothing.
type Alert struct {
	// Matched says how they may know the child or family, and never what it was.
	Matched []Match
	// Closed says that they have answered that they do.
	Closed bool
	// quiet: all that matched is their own surname, and very many people have it
	quiet bool
}

// Raised tells whether the actor has to answer before they see the record.
func (a Alert) Raised() bool { return len(a.Matched) > 0 }

// The answers, and what a manager may make of one.
const (
	noTieAnswer    = "no_tie"
	tieAnswer      = "tie"
	reopenedAnswer = "reopened"
)

// Answers are what a worker may say to an alert.
func Answers() []Choice {
	return []Choice{
		{noTieAnswer, "No, I do not know this child or family"},
		{tieAnswer, "Yes, or I may do. Close this record to me"},
	}
}

// ReasonsFor are the reasons that go with an answer. To confirm with each region.
func ReasonsFor(answer string) []Choice {
	switch answer {
	case noTieAnswer:
		return []Choice{
			{"same_name", "I have or know the name, and they are other people"},
			{"same_place", "I know the place and not the people"},
			{"work_alone", "I know them through this work and in no other way"},
		}
	case tieAnswer:
		return []Choice{
			{"relative", "They are related to me or to somebody close to me"},
			{"neighbour", "They are or were neighbours, friends or colleagues"},
			{"not_said", "I would rather not say"},
		}
	}
	return nil
}

// Check is asked before a record is shown, with what stands in it. An alert that
// is raised is put to the actor as a question on a page of its own; a record
// that is closed to them is not shown. Either is noted, so the unit must commit.
// Adopters have their own record alone, and nobody is asked for the operator.
func Check(u *work.Unit, r Record) (Alert, error) {
	a, err := look(u, r)
	switch {
	case err != nil:
		return Alert{}, err
	case a.Closed:
		_ = u.Refuse(access.View, r.Of) // noted; the page says why
	case a.Raised():
		u.Noted("alert shown", r.Of, a.detail())
	}
	return a, nil
}

func (a Alert) detail() string {
	list := make([]string, len(a.Matched))
	for i, m := range a.Matched {
		list[i] = string(m)
	}
	return strings.Join(list, " ")
}

// look compares. An answer settles what was there when it was given: what was
// declared since is asked about again.
func look(u *work.Unit, r Record) (a Alert, err error) {
	if u.Actor.Role == access.Adopter || u.Actor.Role == access.Operator {
		return a, nil
	}
	last, err := answered(u, r.Of)
	if err != nil || last.answer == tieAnswer {
		a.Closed = err == nil
		return a, err
	}
	declared, err := Declarations(u)
	if err != nil {
		return a, err
	}
	declared = slices.DeleteFunc(declared, func(d Declaration) bool { return !d.Made.After(last.at) })
	for _, m := range []Match{Surname, Postcode, Known} {
		if slices.ContainsFunc(r.values(m), func(v string) bool { return isDeclared(u, declared, m, v) }) {
			a.Matched = append(a.Matched, m)
		}
	}
	if last.answer == "" {
		a.addOwnSurname(u.Actor.Name, r.Surnames)
	}
	return a, nil
}

func (r Record) values(m Match) []string {
	return map[Match][]string{Surname: r.Surnames, Postcode: r.Postcodes, Known: {r.Of.ID}}[m]
}

func isDeclared(u *work.Unit, declared []Declaration, m Match, value string) bool {
	keys := keysOf(m, value)
	return slices.ContainsFunc(declared, func(d Declaration) bool {
		return d.Kind == m && slices.ContainsFunc(keys, func(k string) bool { return strings.Contains(d.hashes, hashOf(u, m, k)) })
	})
}

// addOwnSurname raises the alert where the worker's own surname stands in the
// record.
func (a *Alert) addOwnSurname(worker string, surnames []string) {
	own := surnameKeys(ownSurname(worker))
	var shared []string
	for _, s := range surnames {
		for _, key := range surnameKeys(s) {
			if slices.Contains(own, key) {
				shared = append(shared, key)
			}
		}
	}
	if len(shared) == 0 || slices.Contains(a.Matched, Surname) {
		return
	}
	a.quiet = len(a.Matched) == 0 && !slices.ContainsFunc(shared, func(key string) bool { return !slices.Contains(common, key) })
	a.Matched = append([]Match{Surname}, a.Matched...)
}

// past is what the actor said of a record before; blank if nothing.
type past struct {
	answer string
	at     time.Time
}

func answered(u *work.Unit, of work.Subject) (p past, err error) {
	of.Kind = access.RecordOf(of.Kind) // who knows a part knows the whole
	return p, u.Each(func(rows *sql.Rows) error {
		var at db.Instant
		err := rows.Scan(&p.answer, &at)
		p.at = at.Time
		return err
	}, "SELECT answer, at FROM knowing WHERE agency_code = $1 AND kind = $2 AND subject_id = $3 AND worker_id = $4", of.Agency, string(of.Kind), of.ID, u.Actor.ID)
}

// Answer records what the actor says to an alert, for the record as it stands.
// That they know somebody may be said without having been asked, and closes the
// record to them.
func Answer(u *work.Unit, book *agency.Book, r Record, answer, reason string) error {
	r.Of.Kind = access.RecordOf(r.Of.Kind)
	a, err := look(u, r)
	switch {
	case err != nil:
		return err
	case a.Closed:
		return u.Refuse(access.View, r.Of)
	case !among(Answers(), answer):
		return fault.New(fault.Invalid, "Choose whether you know this child or family.")
	case !among(ReasonsFor(answer), reason):
		return fault.New(fault.Invalid, "Choose the reason for your answer.")
	case answer == noTieAnswer && !a.Raised():
		return fault.New(fault.Conflict, "There is nothing to answer about this record. You have answered already, or nothing of yours is in it any more.")
	}
	// what was said in another window is not unsaid in this one
	if _, err := u.Exec(`INSERT INTO knowing (agency_code, kind, subject_id, worker_id, worker_agency, answer, reason, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (agency_code, kind, subject_id, worker_id) DO UPDATE SET answer = EXCLUDED.answer, reason = EXCLUDED.reason, at = EXCLUDED.at
		WHERE knowing.answer <> 'tie'`, r.Of.Agency, string(r.Of.Kind), r.Of.ID, u.Actor.ID, u.Actor.Agency, answer, reason, db.Instant{Time: u.Now}); err != nil {
		return err
	}
	u.Noted("answered "+answer, r.Of, strings.TrimSpace(reason+" "+a.detail()))
	return notice.Send(u, a.notices(u, book, r.Of, answer)...)
}

// notices are for the managers of whose record it is and, of a tie, for the
// worker's own.
func (a Alert) notices(u *work.Unit, book *agency.Book, of work.Subject, answer string) []notice.Notice {
	n := notice.Notice{Kind: notice.NoTie, About: of, ActorID: u.Actor.ID}
	if answer == noTieAnswer {
		if a.quiet {
			return nil
		}
		return tell(u, book, of.Agency, access.Manager, n)
	}
	n.Kind = notice.Tie
	list := tell(u, book, of.Agency, access.Manager, n)
	if u.Actor.Agency != of.Agency {
		list = append(list, tell(u, book, u.Actor.Agency, access.Manager, n)...)
	}
	return list
}

// Answered is what one worker said of one record.
type Answered struct {
	Of                   work.Subject
	WorkerID, WorkerFrom string
	Answer, Reason       string
	At                   time.Time
}

const mostAnswers = 500

// AnswersOf lists what workers said of an agency's records, to those who may
// restrict them: where a record is closed to somebody first, then the newest.
func AnswersOf(u *work.Unit, code string) ([]Answered, error) {
	if err := u.Allow(access.View, access.Thing{Kind: access.Restriction, Agency: code}, ""); err != nil {
		return nil, err
	}
	var list []Answered
	err := u.Each(func(rows *sql.Rows) error {
		var a Answered
		var at db.Instant
		err := rows.Scan(&a.Of.Agency, &a.Of.Kind, &a.Of.ID, &a.WorkerID, &a.WorkerFrom, &a.Answer, &a.Reason, &at)
		a.At = at.Time
		list = append(list, a)
		return err
	}, `SELECT agency_code, kind, subject_id, worker_id, worker_agency, answer, reason, at FROM knowing
		WHERE agency_code = $1 ORDER BY CASE answer WHEN 'tie' THEN 0 ELSE 1 END, at DESC, subject_id, worker_id LIMIT $2`, code, mostAnswers)
	return list, err
}

// Reopen lets a worker who said that they know a child or family see the record
// again: a slip, or a tie that a manager has judged. Nobody does it for
// themselves, and the information lead is told.
func Reopen(u *work.Unit, book *agency.Book, of work.Subject, workerID string) error {
	if err := u.Allow(access.Change, access.Thing{Kind: access.Restriction, Agency: of.Agency, ID: of.ID}, of.ID); err != nil {
		return err
	}
	if workerID == u.Actor.ID {
		_ = u.Refuse(access.Change, of) // noted; the words are these
		return fault.New(fault.Forbidden, "You said that you know this child or family. Another manager has to decide.")
	}
	result, err := u.Exec("UPDATE knowing SET answer = $1, at = $2 WHERE agency_code = $3 AND kind = $4 AND subject_id = $5 AND worker_id = $6 AND answer = $7",
		reopenedAnswer, db.Instant{Time: u.Now}, of.Agency, string(of.Kind), of.ID, workerID, tieAnswer)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return fault.New(fault.Conflict, "This record is not closed to that person.")
	}
	u.Noted("reopened", of, "to "+workerID)
	return notice.Send(u, tell(u, book, of.Agency, access.InformationLead, notice.Notice{Kind: notice.Reopened, About: of, ActorID: u.Actor.ID})...)
}
