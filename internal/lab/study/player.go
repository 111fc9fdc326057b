package study

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"
	"time"

	"homeward/internal/access"
	"homeward/internal/fault"
	"homeward/internal/lab/pool"
	"homeward/internal/work"
)

// laboratory is who studies are played by. PostgreSQL lets it see studies and
// nothing else of any agency.
var laboratory = access.Actor{ID: "laboratory", Role: "laboratory"}

// longest is how long one replication may take: a scenario may ask for more than
// anybody would wait for.
const longest = 10 * time.Minute

// Player plays what has been asked, one replication at a time, on one processor,
// so that pages stay quick. After each it asks again whose turn it is, keeps what
// came of it, and forgets all else: killed at any moment, another goes on.
//
// Several servers over one database may each have one. None claims anything:
// whoever plays a replication gets the same line, so each takes one that is missing
// by lot, and what another has put there meanwhile stands. They share the work, and
// no lease has to run out after one of them is killed. The end, where the table is
// made, is put by whoever holds the study's row.
type Player struct {
	Desk *work.Desk
	Log  *slog.Logger
}

// Play plays until the context ends. Where there is nothing to play it looks again
// whenever idle says so.
func (p *Player) Play(ctx context.Context, idle <-chan time.Time) {
	for ctx.Err() == nil {
		played, err := p.Step(ctx)
		if err != nil && ctx.Err() == nil {
			p.Log.Error("a study could not be played further", "error", err)
		}
		if played && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-idle:
		}
	}
}

// lot is a replication to be played.
type lot struct {
	Study
	way, replication int
}

// Step plays one replication, and tells whether there was one to play.
func (p *Player) Step(ctx context.Context) (played bool, err error) {
	var next *lot
	if err := p.do(ctx, func(u *work.Unit) (err error) { next, err = draw(u); return err }); err != nil || next == nil {
		return false, err
	}
	line, err := next.play(ctx)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		p.Log.Error("a study failed", "study", next.ID, "way", next.way, "replication", next.replication, "error", err)
		return true, p.do(ctx, func(u *work.Unit) error { return fail(u, next.Study, err) })
	}
	return true, p.do(ctx, func(u *work.Unit) error { return next.keep(u, line) })
}

func (p *Player) do(ctx context.Context, fn func(*work.Unit) error) error {
	return p.Desk.Do(ctx, laboratory, "laboratory", fn)
}

// draw takes a replication that is missing: of every agency's oldest study that is
// not done, the one of which least has been played, so that a long question of one
// agency does not keep a short one of another waiting.
func draw(u *work.Unit) (*lot, error) {
	list, err := load(u, " WHERE state = 'playing' ORDER BY asked_at, study_id")
	if err != nil {
		return nil, err
	}
	first := map[string]bool{}
	list = slices.DeleteFunc(list, func(s Study) bool {
		behind := first[s.Agency]
		first[s.Agency] = true
		return behind
	})
	if len(list) == 0 {
		return nil, nil
	}
	s := slices.MinFunc(list, func(a, b Study) int { return a.Played - b.Played })
	if now := s.Scenario.Fingerprint(); now != s.Fingerprint {
		if err := startAgain(u, &s, now); err != nil {
			return nil, err
		}
	}
	return missing(u, s)
}

// startAgain drops what was played by other rules than those of now.
func startAgain(u *work.Unit, s *Study, fingerprint string) error {
	s.Fingerprint, s.Rules = fingerprint, pool.Rules
	if _, err := u.Exec("DELETE FROM study_result WHERE agency_code = $1 AND study_id = $2", s.Agency, s.ID); err != nil {
		return err
	}
	_, err := u.Exec("UPDATE study SET fingerprint = $1, rules = $2 WHERE agency_code = $3 AND study_id = $4", s.Fingerprint, s.Rules, s.Agency, s.ID)
	return err
}

func missing(u *work.Unit, s Study) (*lot, error) {
	there := map[[2]int]bool{}
	if err := u.Each(func(rows *sql.Rows) error {
		var way, replication int
		err := rows.Scan(&way, &replication)
		there[[2]int{way, replication}] = true
		return err
	}, "SELECT way, replication FROM study_result WHERE agency_code = $1 AND study_id = $2", s.Agency, s.ID); err != nil {
		return nil, err
	}
	var left []lot
	for way := range s.Of / s.Scenario.Replications {
		for replication := range s.Scenario.Replications {
			if !there[[2]int{way, replication}] {
				left = append(left, lot{s, way, replication})
			}
		}
	}
	if len(left) == 0 {
		return nil, s.finish(u)
	}
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(left))))
	if err != nil {
		return nil, err
	}
	return &left[n.Int64()], nil
}

// play plays it; a scenario that another version took and this one refuses fails
// in words.
func (l *lot) play(ctx context.Context) ([]byte, error) {
	if err := l.Scenario.Check(); err != nil {
		return nil, err
	}
	ways, err := pool.Ways(&l.Scenario, l.Focus)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, longest)
	defer stop()
	return pool.PlayOne(ctx, ways[l.way], l.replication)
}

// keep puts what was played beside the rest, unless the study was stopped
// meanwhile, and makes the table when nothing is missing.
func (l *lot) keep(u *work.Unit, line []byte) error {
	// This takes the study's row, also where several servers play.
	held, err := u.Exec("UPDATE study SET state = 'playing' WHERE agency_code = $1 AND study_id = $2 AND state = 'playing' AND fingerprint = $3", l.Agency, l.ID, l.Fingerprint)
	if err != nil {
		return err
	}
	if n, err := held.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if _, err := u.Exec("INSERT INTO study_result (agency_code, study_id, way, replication, result) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
		l.Agency, l.ID, l.way, l.replication, string(line)); err != nil {
		return err
	}
	var n int
	if err := u.QueryRow("SELECT COUNT(*) FROM study_result WHERE agency_code = $1 AND study_id = $2", l.Agency, l.ID).Scan(&n); err != nil || n < l.Of {
		return err
	}
	return l.finish(u)
}

// finish makes the table. The replications it is made of are not needed any more:
// the scenario gives the same ones again.
func (s Study) finish(u *work.Unit) error {
	results := make([][]pool.Result, s.Of/s.Scenario.Replications)
	if err := u.Each(func(rows *sql.Rows) error {
		var way int
		var line string
		if err := rows.Scan(&way, &line); err != nil {
			return err
		}
		var r pool.Result
		err := json.Unmarshal([]byte(line), &r)
		results[way] = append(results[way], r)
		return err
	}, "SELECT way, result FROM study_result WHERE agency_code = $1 AND study_id = $2 ORDER BY way, replication", s.Agency, s.ID); err != nil {
		return err
	}
	table, err := pool.Tabulate(&s.Scenario, s.Focus, results)
	if err != nil {
		return err
	}
	text, err := encode(table)
	if err != nil {
		return err
	}
	if _, err := u.Exec("UPDATE study SET state = 'done', result = $1 WHERE agency_code = $2 AND study_id = $3", text, s.Agency, s.ID); err != nil {
		return err
	}
	u.Noted("played", s.Subject(), s.Fingerprint)
	_, err = u.Exec("DELETE FROM study_result WHERE agency_code = $1 AND study_id = $2", s.Agency, s.ID)
	return err
}

// fail ends a study that cannot be played, with what somebody can do about it.
func fail(u *work.Unit, s Study, cause error) error {
	reason := "There is a fault in the laboratory. Tell whoever runs this installation the reference " + s.ID + "; what happened is in its log."
	switch {
	case fault.KindOf(cause) == fault.Invalid: // by a later version, which reads scenarios in another way
		reason = fault.Message(cause)
	case errors.Is(cause, context.DeadlineExceeded):
		reason = fmt.Sprintf("One replication took longer than %d minutes. Ask a smaller question: fewer councils, fewer years, or families looked for by workers instead of plans.", int(longest.Minutes()))
	}
	u.Noted("failed", s.Subject(), "")
	_, err := u.Exec("UPDATE study SET state = 'failed', reason = $1 WHERE agency_code = $2 AND study_id = $3 AND state = 'playing'", reason, s.Agency, s.ID)
	return err
}
