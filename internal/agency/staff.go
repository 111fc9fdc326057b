package agency

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/work"
)

// Worker is somebody who works for an agency, or an adopter with it, and as
// what. Whether they can sign in is the account's to say.
type Worker struct {
	ID, Agency, Name string
	Role             access.Role
	Team             string    // a reference, or "" in an agency without teams
	LeftOn           date.Date // the first day they no longer work here
	Family           string    // of an adopter
}

// Gone tells whether a worker has left.
func (w Worker) Gone(day date.Date) bool { return w.LeftOn.Known() && w.LeftOn <= day }

// Subject names the worker for the audit record.
func (w Worker) Subject() work.Subject {
	return work.Subject{Kind: access.Staff, Agency: w.Agency, ID: w.ID}
}

// Team is a team of an agency: its people share their work.
type Team struct{ Agency, ID, Name string }

func (b *Book) loadWorkers(tx *db.Tx) error {
	return tx.Each(func(rows *sql.Rows) error {
		var w Worker
		err := rows.Scan(&w.Agency, &w.ID, &w.Name, &w.Role, &w.Team, &w.LeftOn, &w.Family)
		b.Workers[w.ID] = w
		return err
	}, "SELECT agency_code, worker_id, name, role, team_id, left_on, family_id FROM worker")
}

func (b *Book) loadTeams(tx *db.Tx) error {
	return tx.Each(func(rows *sql.Rows) error {
		var t Team
		err := rows.Scan(&t.Agency, &t.ID, &t.Name)
		b.Teams[t.ID] = t
		return err
	}, "SELECT agency_code, team_id, name FROM team")
}

// Staff gives those who work for an agency, by name; an empty code means all.
// Those who have left are not among them, and adopters are not staff.
func (b *Book) Staff(code string) []Worker {
	var list []Worker
	for _, w := range b.Workers {
		if (code == "" || w.Agency == code) && !w.Gone(b.day) && w.Role != access.Adopter {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(x, y Worker) int {
		return strings.Compare(x.Agency+"\x00"+x.Name+x.ID, y.Agency+"\x00"+y.Name+y.ID)
	})
	return list
}

func staffOf(a Agency, staff []Worker) []Worker {
	var own []Worker
	for _, w := range staff {
		if w.Agency == a.Code {
			own = append(own, w)
		}
	}
	if len(own) > 0 {
		return own
	}
	return posts(a)
}

// posts is one worker of each role an agency works with, named by it. A VAA has
// no children of its own, so nobody there follows one.
func posts(a Agency) []Worker {
	var staff []Worker
	for _, role := range append(access.StaffRoles(), access.Administrator, access.InformationLead) {
		if a.Kind == "VAA" && role == access.PermanenceWorker {
			continue
		}
		staff = append(staff, Worker{ID: work.NewID(), Agency: a.Code, Name: role.Label() + ", " + a.Code, Role: role})
	}
	return staff
}

var workerColumns = []string{"agency_code", "worker_id", "name", "role", "team_id", "left_on", "family_id"}

func addWorkers(u *work.Unit, workers []Worker) error {
	rows := make([][]any, len(workers))
	for i, w := range workers {
		rows[i] = []any{w.Agency, w.ID, w.Name, string(w.Role), w.Team, w.LeftOn, w.Family}
		u.Did("added", w.Subject(), string(w.Role))
	}
	return u.InsertMany("worker", workerColumns, rows)
}

// SaveWorker writes a worker as an administrator left them: a new one (no ID) or
// a changed one. Nobody changes their own role or team: a second administrator
// does.
func SaveWorker(u *work.Unit, book *Book, w Worker) (Worker, error) {
	if err := u.Allow(access.Change, book.Thing(access.Staff, w.Agency), w.ID); err != nil {
		return w, err
	}
	old, known := book.Workers[w.ID]
	if known && old.Agency != w.Agency {
		return w, work.ErrNotFound
	}
	if problem := workerProblem(u, book, old, w); problem != "" {
		return w, fault.New(fault.Invalid, problem)
	}
	if !known {
		w.ID = work.NewID()
		return w, addWorkers(u, []Worker{w})
	}
	if err := keep(u, w.Subject(), old, w); err != nil {
		return w, err
	}
	_, err := u.Exec("UPDATE worker SET name = $3, role = $4, team_id = $5, left_on = $6, family_id = $7 WHERE agency_code = $1 AND worker_id = $2",
		w.Agency, w.ID, w.Name, string(w.Role), w.Team, w.LeftOn, w.Family)
	u.Did("changed", w.Subject(), string(w.Role))
	return w, err
}

func workerProblem(u *work.Unit, book *Book, old, w Worker) string {
	t, known := book.Teams[w.Team]
	switch {
	case strings.TrimSpace(w.Name) == "":
		return "Enter the person's name."
	case !slices.Contains(access.Roles(), w.Role):
		return "Choose what they work as."
	case w.Role == access.PermanenceWorker && book.Agencies[w.Agency].Kind == "VAA":
		return "A voluntary agency has no children of its own to follow. Choose another role."
	case w.Team != "" && (!known || t.Agency != w.Agency):
		return "Choose a team of this agency."
	case old.ID != "" && old.ID == u.Actor.ID && (old.Role != w.Role || old.Team != w.Team || old.LeftOn != w.LeftOn):
		return "You cannot change your own role or team, or end your own work. Ask another administrator."
	}
	return ""
}

// AddTeam makes a team.
func AddTeam(u *work.Unit, book *Book, t Team) (Team, error) {
	if err := u.Allow(access.Change, book.Thing(access.Staff, t.Agency), ""); err != nil {
		return t, err
	}
	t.Name = strings.TrimSpace(t.Name)
	if t.Name == "" {
		return t, fault.New(fault.Invalid, "Enter the team's name.")
	}
	for _, other := range book.Teams {
		if other.Agency == t.Agency && strings.EqualFold(other.Name, t.Name) {
			return t, fault.New(fault.Invalid, fmt.Sprintf("There is a team called %s already.", t.Name))
		}
	}
	t.ID = work.NewID()
	u.Did("added", work.Subject{Kind: "team", Agency: t.Agency, ID: t.ID}, "")
	_, err := u.Exec("INSERT INTO team (agency_code, team_id, name) VALUES ($1, $2, $3)", t.Agency, t.ID, t.Name)
	return t, err
}
