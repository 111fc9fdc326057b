package returns

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/audit"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/key"
	"homeward/internal/returns/ssda903/invent"
	"homeward/internal/work"
)

// TestMain lets the test program run itself as a process of its own, to be killed.
func TestMain(m *testing.M) {
	if os.Getenv("RETURNS_TEST_DB") == "" {
		os.Exit(m.Run())
	}
	if err := takeAndTell(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// takeAndTell takes the one return that is held in, and tells when it begins and,
// if asked, when all is written and nothing committed, where it waits to be killed.
func takeAndTell() error {
	d, err := db.Open(context.Background(), os.Getenv("RETURNS_TEST_DB"))
	if err != nil {
		return err
	}
	ring, err := key.Open(os.Getenv("RETURNS_TEST_KEYS"))
	if err != nil {
		return err
	}
	fmt.Println("begins")
	err = takeHeld(&work.Desk{DB: d, AsOf: date.MustOf(2026, 11, 22), Keys: ring}, func() {
		if os.Getenv("RETURNS_TEST_WAIT") != "" {
			fmt.Println("written")
			select {}
		}
	})
	fmt.Println("done")
	return err
}

// takeHeld takes in the one return there is.
func takeHeld(desk *work.Desk, written func()) error {
	officer := access.Actor{ID: "DER-data", Name: "Data DER", Agency: "DER", Role: access.DataOfficer}
	return desk.Do(context.Background(), officer, "test", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		u.Actor = book.As(u.Actor)
		list, err := Readings(u, book, "DER")
		if err != nil {
			return err
		}
		_, err = Take(u, book, list[0], undecided, 0)
		written()
		return err
	})
}

// there is what a return leaves behind, in one look.
type there struct {
	State                                                string
	Children, Milestones, Facts, Leavers, History, Audit int
}

func (c *council) there() (all there) {
	c.t.Helper()
	c.do(operator, func(u *work.Unit, _ *agency.Book) error {
		if _, err := audit.Verify(u.Tx); err != nil {
			return err
		}
		return u.QueryRow(`SELECT (SELECT MIN(state) FROM return_reading), (SELECT COUNT(*) FROM child), (SELECT COUNT(*) FROM child_milestone), (SELECT COUNT(*) FROM return_fact),
			(SELECT COUNT(*) FROM return_leavers), (SELECT COUNT(*) FROM history WHERE kind = 'child'), (SELECT COUNT(DISTINCT subject_id) FROM audit_entry WHERE action = 'took in')`).
			Scan(&all.State, &all.Children, &all.Milestones, &all.Facts, &all.Leavers, &all.History, &all.Audit)
	})
	return all
}

// TestATakingInThatIsKilledLeavesNothingOrEverything kills the program that takes
// a return in: as it begins, when all is written and nothing committed, and at any
// moment. What is left is what was there or all of it, and a return that was not
// taken in can be.
func TestATakingInThatIsKilledLeavesNothingOrEverything(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	now, _ := invent.Return(invent.Options{Seed: 5, Children: 600, Year: 2026, Episodes: 6})
	files := sheets(t, now)
	whole, took := map[db.Dialect]there{}, map[db.Dialect]time.Duration{}
	nothing, everything := map[db.Dialect]int{}, map[db.Dialect]int{}
	for run := range 7 {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			c := newCouncil(t, d)
			path := filepath.Join(t.TempDir(), "keys")
			ring, err := key.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			c.desk.Keys = ring
			c.do(c.officer("DER"), func(u *work.Unit, book *agency.Book) error {
				_, err := Hold(u, book, "DER", 2026, files)
				return err
			})
			k := killing{t: t, env: []string{"RETURNS_TEST_DB=" + dbtest.Address(t, d), "RETURNS_TEST_KEYS=" + path}}
			switch run {
			case 0:
				took[d.Dialect] = k.run("done", 0)
				whole[d.Dialect] = c.there()
			case 1:
				k.run("begins", 0)
			case 2:
				k.env = append(k.env, "RETURNS_TEST_WAIT=1")
				k.run("written", 0)
			default:
				k.run("begins", took[d.Dialect]/3+time.Duration(rand.Int64N(int64(took[d.Dialect]))))
			}
			switch got := c.there(); got {
			case there{State: Held}:
				nothing[d.Dialect]++
				if err := takeHeld(c.desk, func() {}); err != nil || c.there() != whole[d.Dialect] {
					t.Errorf("taken in after all: %v, %+v, want %+v", err, c.there(), whole[d.Dialect])
				}
			case whole[d.Dialect]:
				everything[d.Dialect]++
			default:
				t.Errorf("run %d left %+v of %+v", run, got, whole[d.Dialect])
			}
		})
	}
	for dialect := range whole {
		t.Logf("%s: nothing %d times, everything %d times of %+v, which takes %s", dialect, nothing[dialect], everything[dialect], whole[dialect], took[dialect])
		if whole[dialect].Children < 20 || nothing[dialect] < 2 {
			t.Error("the kills did not fall where they prove anything")
		}
	}
}

// killing runs this program on its own.
type killing struct {
	t   *testing.T
	env []string
}

// run starts taking in, waits until it says something and then a while, kills it,
// and gives how long that was from when it began.
func (k killing) run(until string, after time.Duration) time.Duration {
	k.t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), k.env...)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		k.t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	start, text := time.Now(), ""
	for text != until && said.Scan() {
		if text = said.Text(); text == "begins" {
			start = time.Now()
		}
	}
	took := time.Since(start)
	if text != until {
		k.t.Fatalf("it never said %q but %q", until, text)
	}
	time.Sleep(after)
	_ = c.Process.Kill() // SIGKILL; it may be over
	_ = c.Wait()
	return took
}
