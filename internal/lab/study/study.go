// Package study keeps the questions that agencies put to the pool laboratory: one
// scenario, the councils that decide, and, when it has been played, the table of
// what every way of pooling comes to.
//
// Everybody in a study is invented (package pool), so nothing in it is of a child
// or a family. It belongs to the agency that asked: what a council thinks of doing
// is its own until it says so. Basis: councils decide together whether to pool
// families (section 3ZA of the Adoption and Children Act 2002 lets regions be
// formed), and members may ask what a figure rests on.
package study

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"homeward/internal/access"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/fault"
	"homeward/internal/lab/pool"
	"homeward/internal/work"
)

// State is how far a study is.
type State string

// The states. Playing is also what waits for its turn.
const (
	Playing State = "playing"
	Stopped State = "stopped"
	Done    State = "done"
	Failed  State = "failed"
)

// The limits of a study, so that one question does not keep others waiting.
const (
	MostBytes        = 256 << 10 // of a scenario
	MostReplications = 100
	MostFocus        = 20
	MostTitle        = 100
	mostPlaying      = 6 // of an agency: one is played and five wait
)

// Study is one question.
type Study struct {
	Agency, ID, Title string
	Scenario          pool.Scenario
	Text              []byte // the scenario as it is kept
	Fingerprint       string
	Rules             int // the version of the rules it is played by
	Focus             []string
	State             State
	Reason            string // why it failed
	By, ByName        string
	On                date.Date
	At                time.Time // which goes first
	Played, Of        int       // replications of all ways of pooling together
	Ahead             int       // of the agency's own, that are played first

	result []byte // the table, once it is done
}

// Subject is the study in the record of what was done.
func (s Study) Subject() work.Subject {
	return work.Subject{Kind: access.Study, Agency: s.Agency, ID: s.ID}
}

// Question is what somebody asks.
type Question struct {
	Title        string
	Scenario     []byte // JSON
	Focus        []string
	Replications int
}

// read makes a study of a question, and says all that is wrong with it.
func (q Question) read() (s Study, err error) {
	s.Title = strings.TrimSpace(q.Title)
	switch n := utf8.RuneCountInString(s.Title); {
	case n == 0 || n > MostTitle:
		return s, fault.New(fault.Invalid, fmt.Sprintf("Give the study a title of %d characters or less.", MostTitle))
	case len(q.Scenario) > MostBytes:
		return s, fault.New(fault.Invalid, fmt.Sprintf("The scenario is larger than %d kB. Take out what it does not need.", MostBytes>>10))
	case q.Replications < 2 || q.Replications > MostReplications:
		return s, fault.New(fault.Invalid, fmt.Sprintf("Play it from 2 to %d times.", MostReplications))
	}
	scenario, err := pool.Read(bytes.NewReader(q.Scenario))
	if err != nil {
		return s, err
	}
	for _, c := range pool.Councils() { // each once, in one order
		if slices.Contains(q.Focus, c.Code) {
			s.Focus = append(s.Focus, c.Code)
		}
	}
	if len(s.Focus) == 0 || len(s.Focus) > MostFocus {
		return s, fault.New(fault.Invalid, fmt.Sprintf("Choose the councils that decide: from 1 to %d.", MostFocus))
	}
	scenario.Replications = q.Replications
	if err := scenario.Check(); err != nil {
		return s, err
	}
	if _, err := pool.Ways(scenario, s.Focus); err != nil {
		return s, err
	}
	s.Scenario, s.Fingerprint, s.Rules = *scenario, scenario.Fingerprint(), pool.Rules
	text, err := encode(scenario)
	s.Text = []byte(text)
	return s, err
}

// Ask puts a question to the laboratory for the actor's agency. It is played in
// its turn.
func Ask(u *work.Unit, q Question) (Study, error) {
	if err := u.Allow(access.Change, access.Thing{Kind: access.Study, Agency: u.Actor.Agency}, ""); err != nil {
		return Study{}, err
	}
	s, err := q.read()
	if err != nil {
		return s, err
	}
	if err := room(u); err != nil {
		return s, err
	}
	s.Agency, s.ID, s.State, s.By, s.ByName, s.On, s.At = u.Actor.Agency, work.NewID(), Playing, u.Actor.ID, u.Actor.Name, u.Today, u.Now
	_, err = u.Exec(`INSERT INTO study (agency_code, study_id, title, scenario, fingerprint, rules, focus, replications, state, reason, asked_by, asked_by_name, asked_on, asked_at, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, '')`,
		s.Agency, s.ID, s.Title, string(s.Text), s.Fingerprint, s.Rules, strings.Join(s.Focus, " "), q.Replications, string(s.State), s.By, s.ByName, s.On, db.Instant{Time: s.At})
	u.Noted("put to the laboratory", s.Subject(), s.Fingerprint)
	return s, err
}

// room refuses one study more than an agency may have waiting.
func room(u *work.Unit) error {
	var n int
	err := u.QueryRow("SELECT COUNT(*) FROM study WHERE agency_code = $1 AND state = 'playing'", u.Actor.Agency).Scan(&n)
	if err == nil && n >= mostPlaying {
		return fault.New(fault.Conflict, fmt.Sprintf("Your agency has one study being played and %d waiting, which is as many as may wait. Stop one, or wait until one is done.", mostPlaying-1))
	}
	return err
}

const columns = `SELECT agency_code, study_id, title, scenario, fingerprint, rules, focus, state, reason, asked_by, asked_by_name, asked_on, asked_at, result,
	(SELECT COUNT(*) FROM study_result r WHERE r.agency_code = s.agency_code AND r.study_id = s.study_id),
	(SELECT COUNT(*) FROM study o WHERE o.agency_code = s.agency_code AND o.state = 'playing' AND o.asked_at < s.asked_at)
	FROM study s`

func scan(rows *sql.Rows) (s Study, err error) {
	var at db.Instant
	var focus, state, scenario, result string
	if err := rows.Scan(&s.Agency, &s.ID, &s.Title, &scenario, &s.Fingerprint, &s.Rules, &focus, &state, &s.Reason, &s.By, &s.ByName, &s.On, &at, &result, &s.Played, &s.Ahead); err != nil {
		return s, err
	}
	s.At, s.Focus, s.State, s.Text, s.result = at.Time, strings.Fields(focus), State(state), []byte(scenario), []byte(result)
	if err := json.Unmarshal(s.Text, &s.Scenario); err != nil {
		return s, fmt.Errorf("scenario of study %s: %w", s.ID, err)
	}
	s.Of = len(pool.PoolOptions(s.Focus)) * s.Scenario.Replications
	if s.State == Done {
		s.Played = s.Of
	}
	return s, nil
}

func load(u *work.Unit, where string, args ...any) (list []Study, err error) {
	return list, u.Each(func(rows *sql.Rows) error {
		s, err := scan(rows)
		list = append(list, s)
		return err
	}, columns+where, args...)
}

// List gives the studies of the actor's agency, the newest first.
func List(u *work.Unit) ([]Study, error) {
	if err := u.Allow(access.View, access.Thing{Kind: access.Study, Agency: u.Actor.Agency}, ""); err != nil {
		return nil, err
	}
	u.Saw(work.Subject{Kind: access.Study, Agency: u.Actor.Agency}, "list of studies")
	return load(u, " WHERE agency_code = $1 ORDER BY asked_at DESC, study_id", u.Actor.Agency)
}

// Find gives one study of the actor's agency.
func Find(u *work.Unit, id string) (Study, error) { return find(u, access.View, id) }

func find(u *work.Unit, act access.Action, id string) (Study, error) {
	list, err := load(u, " WHERE agency_code = $1 AND study_id = $2", u.Actor.Agency, id)
	if err != nil {
		return Study{}, err
	}
	if len(list) == 0 {
		return Study{}, u.Refuse(act, work.Subject{Kind: access.Study, Agency: u.Actor.Agency})
	}
	s := list[0]
	if err := u.Allow(act, access.Thing{Kind: access.Study, Agency: s.Agency, ID: s.ID}, s.ID); err != nil {
		return Study{}, err
	}
	u.Saw(s.Subject(), "")
	return s, nil
}

// Stop keeps a study from being played further. What has been played stays.
func Stop(u *work.Unit, id string) error {
	return turn(u, id, "stopped", Stopped, "It is not being played, so it cannot be stopped.", Playing)
}

// GoOn has a study that was stopped, or has failed, played from where it was.
func GoOn(u *work.Unit, id string) error {
	if err := u.Allow(access.Change, access.Thing{Kind: access.Study, Agency: u.Actor.Agency}, id); err != nil {
		return err
	}
	if err := room(u); err != nil {
		return err
	}
	return turn(u, id, "went on", Playing, "It is being played or done already.", Stopped, Failed)
}

// turn takes a study from one state to another.
func turn(u *work.Unit, id, action string, to State, otherwise string, from ...State) error {
	s, err := find(u, access.Change, id)
	if err != nil {
		return err
	}
	if !slices.Contains(from, s.State) {
		return fault.New(fault.Conflict, otherwise)
	}
	u.Noted(action, s.Subject(), "")
	_, err = u.Exec("UPDATE study SET state = $1, reason = '' WHERE agency_code = $2 AND study_id = $3 AND state = $4", string(to), s.Agency, s.ID, string(s.State))
	return err
}

// Table is what came of a study that is done.
func (s Study) Table() (*pool.Table, error) {
	if s.State != Done {
		return nil, fault.New(fault.Conflict, "This study is not done yet, so it has no results.")
	}
	t := &pool.Table{}
	return t, json.Unmarshal(s.result, t)
}

// JSON is the table as `homeward laboratory options --json` writes it: the same
// scenario has the same bytes there.
func (s Study) JSON() ([]byte, error) {
	if s.State != Done {
		return nil, errors.New("a study that is not done has no results")
	}
	return indented(s.result)
}

// ScenarioJSON is the scenario as a person reads it, to be played elsewhere.
func (s Study) ScenarioJSON() ([]byte, error) { return indented(s.Text) }

func indented(text []byte) ([]byte, error) {
	var out bytes.Buffer
	err := json.Indent(&out, text, "", "  ")
	out.WriteByte('\n')
	return out.Bytes(), err
}

// encode writes JSON as it is, < and & too.
func encode(v any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return strings.TrimSuffix(out.String(), "\n"), err
}
