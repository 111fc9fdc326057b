package study

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/lab/pool"
	"homeward/internal/work"
)

var (
	manager  = access.Actor{ID: "w1", Name: "Mo Manager", Agency: "DER", Role: access.Manager}
	stranger = access.Actor{ID: "w2", Name: "Lee Elsewhere", Agency: "LEI", Role: access.Manager}
	finder   = access.Actor{ID: "w3", Name: "Fay Finder", Agency: "DER", Role: access.HomeFinder}
	operator = access.Actor{ID: "operator", Role: access.Operator}
)

// small is a year of the four councils of D2N2.
const small = `{"name": "small", "about": "for tests", "seed": 5, "replications": 9, "warm_up_years": 0, "periods": 1, "period_days": 365, "councils": ["D2N2", "LEI"], "pools": [],
	"policy": {"search": "worker", "own_first_days": 30, "pool_first_days": 60, "beyond_the_pool": true, "open_links": 1, "priority": 0, "plan_every_days": 7, "fees_owed_between": "agencies"}}`

func question() Question {
	return Question{Title: "Two councils", Scenario: []byte(small), Focus: []string{"NOT", "DER"}, Replications: 3}
}

// bench is a desk over two agencies, with a clock that goes on by a second each
// time it is asked.
type bench struct {
	*testing.T
	desk  *work.Desk
	asked atomic.Int64 // how often the clock was
}

func each(t *testing.T, fn func(b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := &bench{T: t}
		begun := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		b.desk = &work.Desk{DB: d.As(db.Scope{}), Now: func() time.Time { return begun.Add(time.Duration(b.asked.Add(1)) * time.Second) }}
		b.must(operator, func(u *work.Unit) error {
			return agency.Save(u, &agency.Book{}, []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derby"}, {Code: "LEI", Kind: "LA", Name: "Leicester"}})
		})
		fn(b)
	})
}

func (b *bench) do(a access.Actor, fn func(*work.Unit) error) error {
	return b.desk.Do(context.Background(), a, "test", fn)
}

func (b *bench) must(a access.Actor, fn func(*work.Unit) error) {
	b.Helper()
	if err := b.do(a, fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) ask(a access.Actor, q Question) (s Study) {
	b.Helper()
	b.must(a, func(u *work.Unit) (err error) { s, err = Ask(u, q); return err })
	return s
}

func (b *bench) find(a access.Actor, id string) (s Study) {
	b.Helper()
	b.must(a, func(u *work.Unit) (err error) { s, err = Find(u, id); return err })
	return s
}

func (b *bench) player() *Player {
	return &Player{Desk: b.desk, Log: slog.New(slog.DiscardHandler)}
}

// step plays so many replications.
func (b *bench) step(p *Player, n int) {
	b.Helper()
	for range n {
		if played, err := p.Step(context.Background()); err != nil || !played {
			b.Fatal(played, err)
		}
	}
}

// whole plays all there is.
func (b *bench) whole() {
	b.Helper()
	for p := b.player(); ; {
		if played, err := p.Step(context.Background()); err != nil {
			b.Fatal(err)
		} else if !played {
			return
		}
	}
}

// decided is the table of a question as the command line works it out.
func decided(t *testing.T, q Question) string {
	t.Helper()
	s, err := pool.Read(strings.NewReader(string(q.Scenario)))
	if err != nil {
		t.Fatal(err)
	}
	s.Replications = q.Replications
	table, err := pool.Decide(t.Context(), s, []string{"DER", "NOT"}, pool.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(table); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func results(b *bench, a access.Actor, id string) string {
	b.Helper()
	text, err := b.find(a, id).JSON()
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func TestAStudyEndsInTheTableOfTheCommandLine(t *testing.T) {
	want := decided(t, question())
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		b.whole()
		if got := results(b, manager, id); got != want {
			b.Errorf("it ends in\n%s\nand not in\n%s", got, want)
		}
		s := b.find(manager, id)
		table, err := s.Table()
		if err != nil || len(table.Rows) < 2 || s.Played != s.Of || table.Replications != 3 {
			b.Errorf("%+v, %v", s, err)
		}
		var left int
		b.must(operator, func(u *work.Unit) error { return u.QueryRow("SELECT COUNT(*) FROM study_result").Scan(&left) })
		if left != 0 {
			b.Errorf("%d replications are kept that nobody needs", left)
		}
	})
}

// TestAStudyThatWasKilledOrStoppedGoesOnToTheSameBytes drops the player between
// replications and in the middle of one.
func TestAStudyThatWasKilledOrStoppedGoesOnToTheSameBytes(t *testing.T) {
	want := decided(t, question())
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		b.step(b.player(), 4)
		if s := b.find(manager, id); s.State != Playing || s.Played != 4 {
			b.Fatalf("after four replications: %s, %d of %d", s.State, s.Played, s.Of)
		}
		killed, kill := context.WithCancel(context.Background())
		kill()
		if played, err := b.player().Step(killed); played || err == nil {
			b.Error("a player that was killed played on")
		}
		b.must(manager, func(u *work.Unit) error { return Stop(u, id) })
		if played, err := b.player().Step(context.Background()); played || err != nil {
			b.Error("a study that was stopped is played on", err)
		}
		if s := b.find(manager, id); s.State != Stopped || s.Played != 4 {
			b.Errorf("stopped: %s, %d", s.State, s.Played)
		}
		b.must(manager, func(u *work.Unit) error { return GoOn(u, id) })
		b.whole()
		if results(b, manager, id) != want {
			b.Error("it went on to another table")
		}
	})
}

// TestWhatIsStoppedWhileItIsPlayedStaysStopped has somebody stop it between the
// drawing of a replication and its end.
func TestWhatIsStoppedWhileItIsPlayedStaysStopped(t *testing.T) {
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		var next *lot
		b.must(laboratory, func(u *work.Unit) (err error) { next, err = draw(u); return err })
		line, err := next.play(t.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.must(manager, func(u *work.Unit) error { return Stop(u, id) })
		b.must(laboratory, func(u *work.Unit) error { return next.keep(u, line) })
		if s := b.find(manager, id); s.State != Stopped || s.Played != 0 {
			b.Errorf("%s, %d", s.State, s.Played)
		}
	})
}

// TestSeveralServersPlayOneStudyTogether has two players take the same
// replications, and each put what it played there.
func TestSeveralServersPlayOneStudyTogether(t *testing.T) {
	want := decided(t, question())
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		for b.find(manager, id).State == Playing {
			var one, other *lot
			b.must(laboratory, func(u *work.Unit) (err error) { one, err = draw(u); return err })
			b.must(laboratory, func(u *work.Unit) (err error) { other, err = draw(u); return err })
			for _, l := range []*lot{one, other, one} {
				line, err := l.play(t.Context())
				if err != nil {
					b.Fatal(err)
				}
				b.must(laboratory, func(u *work.Unit) error { return l.keep(u, line) })
			}
		}
		if results(b, manager, id) != want {
			b.Error("two servers made another table than one")
		}
	})
}

func TestAPlayerPlaysAllAndEndsWithItsContext(t *testing.T) {
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		ctx, stop := context.WithCancel(context.Background())
		idle, ended := make(chan time.Time), make(chan struct{})
		go func() { b.player().Play(ctx, idle); close(ended) }()
		idle <- time.Time{} // taken when there is nothing left to play
		if s := b.find(manager, id); s.State != Done {
			b.Errorf("it is %s", s.State)
		}
		stop()
		<-ended
	})
}

func TestALongStudyOfOneAgencyDoesNotKeepAnothersWaiting(t *testing.T) {
	each(t, func(b *bench) {
		long := question()
		long.Replications = 50
		first := b.ask(manager, long).ID
		second := b.ask(manager, question()).ID
		b.step(b.player(), 3)
		short := b.ask(stranger, question()).ID
		if s := b.find(manager, second); s.Ahead != 1 {
			b.Errorf("%d are ahead of the second", s.Ahead)
		}
		b.step(b.player(), 3+2*b.find(stranger, short).Of)
		if a, z := b.find(manager, first), b.find(stranger, short); z.State != Done || a.Played < 5 || b.find(manager, second).Played != 0 {
			b.Errorf("the short one is %s, of the long one %d are played", z.State, a.Played)
		}
	})
}

func TestResultsOfOtherRulesAreNotMixed(t *testing.T) {
	want := decided(t, question())
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		b.step(b.player(), 5)
		b.must(operator, func(u *work.Unit) error {
			_, err := u.Exec("UPDATE study SET fingerprint = 'ofbefore', rules = 0")
			return err
		})
		b.step(b.player(), 1)
		if s := b.find(manager, id); s.Played != 1 || s.Rules != pool.Rules || s.Fingerprint == "ofbefore" {
			b.Errorf("%d played by rules %d", s.Played, s.Rules)
		}
		b.whole()
		if results(b, manager, id) != want {
			b.Error("another table")
		}
	})
}

func TestAStudyThatCannotBePlayedSaysWhyAndLetsOthersBePlayed(t *testing.T) {
	each(t, func(b *bench) {
		broken, good := b.ask(manager, question()).ID, b.ask(manager, question()).ID
		b.must(operator, func(u *work.Unit) error {
			_, err := u.Exec("UPDATE study SET scenario = $1 WHERE study_id = $2", strings.Replace(small, `"warm_up_years": 0`, `"warm_up_years": 99`, 1), broken)
			return err
		})
		b.whole()
		s := b.find(manager, broken)
		if s.State != Failed || !strings.Contains(s.Reason, "warm_up_years: 99 is out of range; write from 0 to 30") {
			b.Errorf("%s: %s", s.State, s.Reason)
		}
		if got := b.find(manager, good); got.State != Done {
			b.Errorf("the other is %s", got.State)
		}
		b.must(laboratory, func(u *work.Unit) error { return fail(u, Study{Agency: "DER", ID: good}, context.DeadlineExceeded) })
		if got := b.find(manager, good); got.State != Done {
			b.Error("what is done failed after it")
		}
		b.must(manager, func(u *work.Unit) error { return GoOn(u, broken) })
		b.must(laboratory, func(u *work.Unit) error { return fail(u, s, fmt.Errorf("panic: secret")) })
		if s := b.find(manager, broken); s.State != Failed || strings.Contains(s.Reason, "secret") || !strings.Contains(s.Reason, s.ID) {
			b.Error(s.Reason)
		}
	})
}

func TestABadQuestionNamesWhatIsWrongAndTheMend(t *testing.T) {
	each(t, func(b *bench) {
		for says, change := range map[string]func(*Question){
			"Give the study a title":                    func(q *Question) { q.Title = " " },
			"title of 100 characters or less":           func(q *Question) { q.Title = strings.Repeat("x", 101) },
			"larger than 256 kB":                        func(q *Question) { q.Scenario = make([]byte, MostBytes+1) },
			"from 2 to 100 times":                       func(q *Question) { q.Replications = 101 },
			"Choose the councils that decide":           func(q *Question) { q.Focus = []string{"NOWHERE"} },
			"of the councils \"DER, DEV\" some are not": func(q *Question) { q.Focus = []string{"DER", "DEV"} },
			"there is no such field":                    func(q *Question) { q.Scenario = []byte(`{"nmae": "x"}`) },
			"periods: 0 is out of range":                func(q *Question) { q.Scenario = []byte(strings.Replace(small, `"periods": 1`, `"periods": 0`, 1)) },
			"the file ends too early":                   func(q *Question) { q.Scenario = []byte(small[:80]) },
		} {
			q := question()
			change(&q)
			err := b.do(manager, func(u *work.Unit) error { _, err := Ask(u, q); return err })
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Message(err), says) {
				b.Errorf("%v, not %q", err, says)
			}
		}
		b.must(manager, func(u *work.Unit) error {
			list, err := List(u)
			if len(list) != 0 {
				b.Errorf("%d were kept", len(list))
			}
			return err
		})
	})
}

func TestAStudyIsItsAgencysAndNobodyElses(t *testing.T) {
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		none := b.do(stranger, func(u *work.Unit) error { _, err := Find(u, "NOSUCHTHING2"); return err })
		for name, try := range map[string]func(*work.Unit) error{
			"seen":    func(u *work.Unit) error { _, err := Find(u, id); return err },
			"stopped": func(u *work.Unit) error { return Stop(u, id) },
			"gone on": func(u *work.Unit) error { return GoOn(u, id) },
		} {
			if err := b.do(stranger, try); fault.KindOf(err) != fault.NotFound || fault.Message(err) != fault.Message(none) {
				b.Errorf("%s by a stranger: %v", name, err)
			}
		}
		if b.find(finder, id).ID != id {
			b.Error("a home finder does not see it")
		}
		for name, try := range map[string]func(*work.Unit) error{
			"stopped": func(u *work.Unit) error { return Stop(u, id) },
			"gone on": func(u *work.Unit) error { return GoOn(u, id) },
			"asked":   func(u *work.Unit) error { _, err := Ask(u, question()); return err },
		} {
			if err := b.do(finder, try); fault.KindOf(err) != fault.Forbidden {
				b.Errorf("%s by a home finder: %v", name, err)
			}
		}
		panel := access.Actor{ID: "w4", Agency: "DER", Role: access.PanelMember}
		if err := b.do(panel, func(u *work.Unit) error { _, err := Find(u, id); return err }); fault.KindOf(err) != fault.NotFound {
			b.Errorf("a panel member: %v", err)
		}
	})
}

func TestStatesAreHeldTo(t *testing.T) {
	each(t, func(b *bench) {
		id := b.ask(manager, question()).ID
		if err := b.do(manager, func(u *work.Unit) error { return GoOn(u, id) }); fault.KindOf(err) != fault.Conflict {
			b.Errorf("what is played goes on: %v", err)
		}
		if _, err := b.find(manager, id).Table(); fault.KindOf(err) != fault.Conflict {
			b.Errorf("a table of what is not done: %v", err)
		}
		b.whole()
		if err := b.do(manager, func(u *work.Unit) error { return Stop(u, id) }); fault.KindOf(err) != fault.Conflict {
			b.Errorf("what is done was stopped: %v", err)
		}
		for range mostPlaying {
			id = b.ask(manager, question()).ID
		}
		err := b.do(manager, func(u *work.Unit) error { _, err := Ask(u, question()); return err })
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Message(err), "5 waiting") {
			b.Errorf("a seventh: %v", err)
		}
		b.must(manager, func(u *work.Unit) error { return Stop(u, id) })
		b.ask(manager, question())
		if err := b.do(manager, func(u *work.Unit) error { return GoOn(u, id) }); fault.KindOf(err) != fault.Conflict {
			b.Errorf("one too many went on: %v", err)
		}
		b.ask(stranger, question()) // others have room of their own
	})
}

func TestWhatIsDoneToAStudyIsOnTheRecordAndChangesNoRecordsRevision(t *testing.T) {
	each(t, func(b *bench) {
		revision := func() (n int64) {
			b.must(operator, func(u *work.Unit) (err error) { n, err = u.Revision(); return err })
			return n
		}
		before := revision()
		id := b.ask(manager, question()).ID
		b.must(manager, func(u *work.Unit) error { return Stop(u, id) })
		b.must(manager, func(u *work.Unit) error { return GoOn(u, id) })
		b.whole()
		var did []string
		b.must(operator, func(u *work.Unit) error {
			list, err := audit.Of(u.Tx, string(access.Study), "DER", id, 20)
			for _, e := range list {
				if e.Action != "viewed" {
					did = append(did, e.Who.ID+" "+e.Action)
				}
			}
			return err
		})
		if got := strings.Join(did, ", "); got != "laboratory played, w1 went on, w1 stopped, w1 put to the laboratory" {
			b.Error(got)
		}
		if revision() != before {
			b.Error("boards are read anew because of a study")
		}
	})
}

func TestAssumptionsBeginWithWhatTheScenarioChanges(t *testing.T) {
	q := question()
	q.Scenario = []byte(strings.Replace(small, `"pools": [],`, `"pools": [], "parameters": {"vaa": {"value": 0.3, "mark": "published", "source": "somewhere"}},`, 1))
	s, err := q.read()
	if err != nil {
		t.Fatal(err)
	}
	list := s.Assumptions()
	if len(list) < 40 || list[0].ID != "vaa" || !list[0].Changed || list[0].Value != 0.3 || list[0].Source != "somewhere" || list[0].Usual == 0.3 {
		t.Errorf("%d, the first %+v", len(list), list[0])
	}
	for _, a := range list[1:] {
		if a.Changed || a.Mark != "assumed" || a.Value != a.Usual {
			t.Errorf("%+v", a)
		}
	}
}
