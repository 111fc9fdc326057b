package account

import (
	"context"
	"fmt"
	"net/netip"

	"strings"
	"sync"
	"testing"
	"time"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/key"
	"homeward/internal/work"

	"github.com/pquerna/otp/totp"
)

// weak makes the tests quick; TestTheStrengthOfAHash holds the real one.
var weak = strength{memory: 64, passes: 1, lanes: 1}

const (
	password = "glacier tambourine velvet"
	another  = "plinth marmalade orbit"
)

var (
	office   = Source{Address: netip.MustParseAddr("192.0.2.10")}
	stranger = Source{Address: netip.MustParseAddr("198.51.100.7")}
	command  = access.Actor{ID: "command-line", Role: access.Operator}
)

// house is two agencies with their people, and a gate whose clock a test moves.
type house struct {
	*testing.T
	db   *db.DB
	g    *Gate
	desk *work.Desk
	now  time.Time
	mu   sync.Mutex
	// secrets is every account's TOTP secret, by its worker.
	secrets map[string]string
	// said is everything that must be found in no audit entry.
	said []string
}

func eachHouse(t *testing.T, fn func(*house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newHouse(t, d)) })
}

var staff = []agency.Worker{
	{ID: "wadmin", Agency: "DER", Name: "Ada Example", Role: access.Administrator},
	{ID: "wsecond", Agency: "DER", Name: "Sam Example", Role: access.Administrator},
	{ID: "wfinder", Agency: "DER", Name: "Fay Example", Role: access.HomeFinder},
	{ID: "wother", Agency: "DER", Name: "Oz Example", Role: access.HomeFinder},
	{ID: "wlei", Agency: "LEI", Name: "Lee Example", Role: access.Administrator},
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{T: t, db: d, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), secrets: map[string]string{}}
	h.desk = &work.Desk{DB: d, Keys: key.New(), Now: h.clock}
	var err error
	if h.g, err = New(Config{Desk: h.desk, Origin: "https://homeward.example.org"}); err != nil {
		t.Fatal(err)
	}
	h.g.oven.strength, h.g.oven.nobody.strength = weak, weak
	h.do(command, func(u *work.Unit) error {
		return agency.Save(u, &agency.Book{}, []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derbyshire Example Council"}, {Code: "LEI", Kind: "LA", Name: "Leicester Example"}}, staff...)
	})
	return h
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// try runs one unit of work.
func (h *house) try(who access.Actor, fn func(*work.Unit) error) error {
	return h.desk.Do(context.Background(), who, "test", fn)
}

func (h *house) do(who access.Actor, fn func(*work.Unit) error) {
	h.Helper()
	if err := h.try(who, fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) refuses(err error, kind fault.Kind, says string) {
	h.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(fault.Message(err), says) {
		h.Errorf("got %v, wants %q", err, says)
	}
}

func actor(worker string) access.Actor {
	for _, w := range staff {
		if w.ID == worker {
			return access.Actor{ID: w.ID, Name: w.Name, Agency: w.Agency, Role: w.Role}
		}
	}
	panic(worker)
}

func nameOf(worker string) string { return worker + "@example.org" }

func (h *house) invite(worker string) (token string) {
	h.Helper()
	h.do(command, func(u *work.Unit) (err error) { token, err = Invite(u, worker, nameOf(worker)); return err })
	return token
}

func (h *house) invited(token string) (i Invitation) {
	h.Helper()
	h.do(Doorkeeper, func(u *work.Unit) (err error) { i, err = Invited(u, token); return err })
	return i
}

// accept answers an invitation with a password and codes from an app.
func (h *house) accept(token, password string, from Source) (Accepted, error) {
	h.Helper()
	i := h.invited(token)
	e, err := h.g.NewTOTP(i)
	if err != nil {
		h.Fatal(err)
	}
	h.secrets[i.WorkerID] = e.Secret
	h.said = append(h.said, e.Secret, token, password, i.SignInName)
	done, err := h.g.Accept(context.Background(), Acceptance{Token: token, Password: password, TOTP: e.Kept, Code: h.code(i.WorkerID)}, from)
	h.said = append(h.said, done.Recovery...)
	return done, err
}

// join gives a worker an account, opened somewhere nobody else comes from, with
// its first code spent.
func (h *house) join(worker string) Accepted {
	h.Helper()
	done, err := h.accept(h.invite(worker), password, Source{Address: netip.MustParseAddr("203.0.113.250")})
	if err != nil || done.Outcome != SignedIn {
		h.Fatal(done.Outcome, err)
	}
	h.later(time.Minute)
	return done
}

func (h *house) code(worker string) string {
	h.Helper()
	code, err := totp.GenerateCode(h.secrets[worker], h.clock())
	if err != nil {
		h.Fatal(err)
	}
	return code
}

func (h *house) password(worker, password string, from Source) Result {
	h.Helper()
	r, err := h.g.Password(context.Background(), nameOf(worker), password, from)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

// signIn goes through both steps.
func (h *house) signIn(worker string, from Source) Result {
	h.Helper()
	r := h.password(worker, password, from)
	if r.Outcome != NeedsCode {
		return r
	}
	return h.give(r.Pending, h.code(worker), from)
}

func (h *house) give(pending, code string, from Source) Result {
	h.Helper()
	r, err := h.g.Code(context.Background(), pending, code, from)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *house) recognised(f Facts) (ok bool) {
	h.Helper()
	h.do(Doorkeeper, func(u *work.Unit) (err error) { _, ok, err = h.g.Recognise(u, f); return err })
	return ok
}

func (h *house) account(worker string) (a Account) {
	h.Helper()
	h.do(command, func(u *work.Unit) (err error) { a, _, err = OfWorker(u, worker); return err })
	return a
}

// entries gives the audit entries about accounts, as "action detail".
func (h *house) entries() (list []string) {
	h.Helper()
	h.do(command, func(u *work.Unit) error {
		rows, err := u.Query("SELECT action, detail, subject_id, actor_id FROM audit_entry WHERE kind = 'account' ORDER BY seq")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var action, detail, subject, who string
			if err := rows.Scan(&action, &detail, &subject, &who); err != nil {
				return err
			}
			list = append(list, strings.TrimSpace(action+" "+detail)+"|"+subject+"|"+who)
		}
		return rows.Err()
	})
	return list
}

func (h *house) hasEntry(action string) {
	h.Helper()
	for _, e := range h.entries() {
		if strings.HasPrefix(e, action+"|") {
			return
		}
	}
	h.Errorf("no entry %q among %v", action, h.entries())
}

func TestSigningInTakesAPasswordAndACode(t *testing.T) {
	eachHouse(t, func(h *house) {
		joined := h.join("wfinder")
		if len(joined.Recovery) != 10 || joined.Device == "" || !h.recognised(joined.Facts) {
			h.Fatalf("joining gave %+v", joined)
		}
		for _, typed := range []string{" WFinder@Example.ORG ", "ｗｆｉｎｄｅｒ@example.org"} {
			h.later(time.Minute)
			r, err := h.g.Password(context.Background(), typed, password, office)
			if err != nil || r.Outcome != NeedsCode || r.Facts.Account != "" {
				h.Fatal(r.Outcome, err)
			}
			r = h.give(r.Pending, h.code("wfinder")[:3]+" "+h.code("wfinder")[3:], office)
			if r.Outcome != SignedIn || r.Account.Worker.ID != "wfinder" || !h.recognised(r.Facts) {
				h.Fatalf("%+v", r)
			}
		}
		if a := h.account("wfinder"); !a.Used.Equal(h.now) || !a.TOTP || a.RecoveryLeft != 10 {
			h.Errorf("%+v", a)
		}
		h.hasEntry("signed in totp")
		if r := h.password("wfinder", password+"x", office); r.Outcome != Refused || r.Words() == "" {
			h.Errorf("wrong password: %v", r.Outcome)
		}
		h.hasEntry("refused password")
	})
}

func TestANameThatIsNotThereCostsTheSameWorkAndGetsTheSameAnswer(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		var work []strength
		h.g.oven.spent = func(s strength) { work = append(work, s) }
		wrong := h.password("wfinder", "not the password", office)
		unknown := h.password("nobody", "not the password", office)
		if wrong != unknown {
			h.Errorf("%+v and %+v", wrong, unknown)
		}
		if len(work) != 2 || work[0] != work[1] {
			h.Errorf("work %v", work)
		}
		for range 4 {
			h.password("wfinder", "not the password", stranger)
			h.password("nobody", "not the password", stranger)
		}
		wrong, unknown = h.password("wfinder", "not the password", stranger), h.password("nobody", "not the password", stranger)
		if wrong != unknown || wrong.Outcome != Held {
			h.Errorf("held: %+v and %+v", wrong, unknown)
		}
		h.said = append(h.said, nameOf("nobody"), "not the password")
		h.nothingSaid()
	})
}

// nothingSaid looks for secrets and names in the audit record.
func (h *house) nothingSaid() {
	h.Helper()
	all := strings.Join(h.entries(), "\n")
	for _, secret := range h.said {
		if strings.Contains(all, secret) {
			h.Errorf("the audit record says %q", secret)
		}
	}
}

func TestGuessesOfOnePersonsPasswordAreFew(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		checked := 0
		h.g.oven.spent = func(strength) { checked++ }
		// A guesser who comes back as soon as they may, for a day.
		var at []time.Time
		for begin := h.now; h.now.Sub(begin) < 24*time.Hour; {
			before := checked
			r := h.password("wfinder", "a guess", Source{Address: netip.AddrFrom4([4]byte{10, 0, byte(len(at)), 1})})
			if checked > before {
				at = append(at, h.now)
			} else if r.Outcome != Held {
				h.Fatal(r.Outcome)
			} else {
				h.later(r.Until.Sub(h.now))
			}
		}
		most := 0
		for i := range at {
			n := 0
			for _, t := range at[i:] {
				if t.Sub(at[i]) < time.Hour {
					n++
				}
			}
			most = max(most, n)
		}
		h.Logf("guesses: at most %d in an hour, %d in a day", most, len(at))
		if most > 30 || most < freeTries || len(at) > 100 {
			h.Errorf("%d guesses in an hour, %d in a day", most, len(at))
		}
	})
}

// The count is forgotten after an hour, and still no way of waiting makes eight
// guesses an hour.
func TestTheGuesserWhoWaitsGainsNothing(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for burst := 1; burst <= 20; burst++ {
		n, now, tl := 0, begin, tally{}
		for now.Sub(begin) < 24*time.Hour {
			for range burst {
				if held := tl.nameHeld(); held.After(now) {
					now = held
				}
				tl.wrong, tl.last = tl.wrong+1, now
				n++
			}
			now, tl = now.Add(forgetAfter+time.Second), tally{}
		}
		if hours := now.Sub(begin).Hours(); float64(n) > 8*hours {
			t.Errorf("bursts of %d: %d guesses in %.0f hours", burst, n, hours)
		}
	}
}

func TestAHundredGuessesAtOnceCountAsAHundred(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		var checked sync.Map
		n := 0
		h.g.oven.spent = func(strength) { h.mu.Lock(); n++; h.mu.Unlock() }
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				r, err := h.g.Password(context.Background(), nameOf("wfinder"), fmt.Sprint("guess ", i), stranger)
				if err == nil {
					checked.Store(i, r.Outcome)
				}
			})
		}
		all.Wait()
		if n != freeTries {
			h.Errorf("%d guesses were checked, of 40 at once", n)
		}
	})
}

func TestWrongTriesForOnePersonKeepNobodyElseOut(t *testing.T) {
	eachHouse(t, func(h *house) {
		own := Source{Device: h.join("wfinder").Device, Address: office.Address}
		h.join("wother")
		for i := range 500 {
			if i > 0 && i%100 == 0 {
				h.later(time.Minute)
			}
			h.password("wfinder", "a guess", office)
		}
		if r := h.signIn("wfinder", Source{Device: "made up", Address: office.Address}); r.Outcome != Held {
			h.Errorf("a strange device for the name that is guessed at: %v", r.Outcome)
		}
		if r := h.signIn("wother", office); r.Outcome != SignedIn {
			h.Errorf("a colleague on a new device at the same address: %v", r.Outcome)
		}
		if r := h.signIn("wfinder", own); r.Outcome != SignedIn {
			h.Errorf("themselves on their own device: %v", r.Outcome)
		}
		// The device is theirs alone.
		h.later(2 * time.Hour)
		for range freeTries {
			h.password("wother", "a guess", own)
		}
		if r := h.signIn("wother", own); r.Outcome != Held {
			h.Errorf("somebody else's device: %v", r.Outcome)
		}
	})
}

func TestAnAddressThatTriesManyNamesIsSlowedForThoseAlone(t *testing.T) {
	eachHouse(t, func(h *house) {
		own := Source{Device: h.join("wfinder").Device, Address: office.Address}
		h.join("wother")
		for i := range sourceSlow {
			h.password(fmt.Sprint("name", i), "a guess", office)
		}
		if r := h.password("name7", "a guess", office); r.Outcome != Held {
			h.Errorf("a name that failed: %v", r.Outcome)
		}
		if r := h.password("name7", "a guess", stranger); r.Outcome != Refused {
			h.Errorf("the same name from elsewhere: %v", r.Outcome)
		}
		if r := h.signIn("wother", office); r.Outcome != SignedIn {
			h.Errorf("a colleague on a new device: %v", r.Outcome)
		}
		for i := sourceSlow; i < sourceFlood; i++ {
			h.password(fmt.Sprint("name", i), "a guess", office)
		}
		entries := len(h.entries())
		for i := range 50 {
			if r := h.password(fmt.Sprint("more", i%2), "a guess", office); r.Outcome != Held {
				h.Fatalf("in a flood: %v", r.Outcome)
			}
		}
		if more := len(h.entries()) - entries; more > 2 {
			h.Errorf("50 held tries made %d entries", more)
		}
		h.later(time.Second)
		if r := h.signIn("wfinder", own); r.Outcome != SignedIn {
			h.Errorf("somebody on their own device, in a flood: %v", r.Outcome)
		}
		h.later(sourceWindow + time.Minute)
		if r := h.password("more0", "a guess", office); r.Outcome != Refused {
			h.Errorf("after the flood: %v", r.Outcome)
		}
	})
}

func TestIPv6IsCountedByItsNetwork(t *testing.T) {
	one, two := Source{Address: netip.MustParseAddr("2001:db8:1:2::1")}, Source{Address: netip.MustParseAddr("2001:db8:1:2:ffff::9")}
	if one.network() != two.network() || one.network() == (Source{Address: netip.MustParseAddr("2001:db8:1:3::1")}).network() {
		t.Error(one.network(), two.network())
	}
	if (Source{Address: netip.MustParseAddr("::ffff:192.0.2.10")}).network() != office.network() {
		t.Error("an IPv4 address written as IPv6 is another")
	}
}

func TestACodeIsGoodOnceAndForAStepEitherSide(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		pending := h.password("wfinder", password, office).Pending
		code := h.code("wfinder")
		if r := h.give(pending, code, office); r.Outcome != SignedIn {
			h.Fatal(r.Outcome)
		}
		if r := h.give(pending, code, office); r.Outcome != Refused {
			h.Errorf("the same code again: %v", r.Outcome)
		}
		for _, c := range []struct {
			after time.Duration
			want  Outcome
		}{{30 * time.Second, SignedIn}, {90 * time.Second, Refused}} {
			h.later(5 * time.Minute)
			pending := h.password("wfinder", password, office).Pending
			code := h.code("wfinder")
			h.later(c.after)
			if r := h.give(pending, code, office); r.Outcome != c.want {
				h.Errorf("a code %s old: %v", c.after, r.Outcome)
			}
		}
	})
}

func TestOfTwoWhoGiveTheSameCodeOneGetsIn(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		pending, code := h.password("wfinder", password, office).Pending, h.code("wfinder")
		in := make(chan Outcome, 4)
		var all sync.WaitGroup
		for range cap(in) {
			all.Go(func() {
				r, err := h.g.Code(context.Background(), pending, code, office)
				if err != nil {
					h.Error(err)
				}
				in <- r.Outcome
			})
		}
		all.Wait()
		close(in)
		n := 0
		for outcome := range in {
			if outcome == SignedIn {
				n++
			}
		}
		if n != 1 {
			h.Errorf("%d got in with one code", n)
		}
	})
}

func TestARecoveryCodeIsGoodOnce(t *testing.T) {
	eachHouse(t, func(h *house) {
		codes := h.join("wfinder").Recovery
		h.join("wother")
		typed := strings.ToLower(strings.ReplaceAll(codes[3], "-", " "))
		r := h.give(h.password("wfinder", password, office).Pending, typed, office)
		if r.Outcome != SignedIn || r.Facts.Factor != FactorRecovery {
			h.Fatal(r.Outcome)
		}
		h.hasEntry("used a recovery code 9 left")
		if r := h.give(h.password("wfinder", password, office).Pending, codes[3], office); r.Outcome != Refused {
			h.Errorf("a second time: %v", r.Outcome)
		}
		if r := h.give(h.password("wother", password, office).Pending, codes[4], office); r.Outcome != Refused {
			h.Errorf("another's: %v", r.Outcome)
		}
		h.nothingSaid()
	})
}

func TestWrongCodesLeadBackToTheBeginningAndAreHeldWithTheName(t *testing.T) {
	eachHouse(t, func(h *house) {
		own := Source{Device: h.join("wfinder").Device}
		pending := h.password("wfinder", password, office).Pending
		for n := 1; n <= pendingTry; n++ {
			r := h.give(pending, "000000", office)
			if want := map[bool]Outcome{true: Refused, false: StartAgain}[n < pendingTry]; r.Outcome != want {
				h.Fatalf("wrong code %d: %v", n, r.Outcome)
			}
			pending = r.Pending
		}
		if r := h.password("wfinder", password, office); r.Outcome != Held {
			h.Errorf("the right password after wrong codes: %v", r.Outcome)
		}
		if r := h.signIn("wfinder", own); r.Outcome != SignedIn {
			h.Errorf("on their own device: %v", r.Outcome)
		}
		if r := h.give("not sealed by us", "000000", office); r.Outcome != StartAgain {
			h.Errorf("a forged step: %v", r.Outcome)
		}
		h.later(24 * time.Hour)
		r := h.password("wfinder", password, office)
		h.later(pendingLife + time.Second)
		if r := h.give(r.Pending, h.code("wfinder"), office); r.Outcome != StartAgain {
			h.Errorf("too late: %v", r.Outcome)
		}
	})
}

func TestManyWrongCodesAfterTheRightPasswordBurnIt(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		var begun string
		for n := range burntAfter {
			h.later(2 * time.Hour) // patient enough never to be held
			if n == burntAfter-1 {
				begun = h.password("wfinder", password, stranger).Pending
			}
			h.give(h.password("wfinder", password, stranger).Pending, "000000", stranger)
		}
		if r := h.password("wfinder", password, stranger); r.Outcome != IsBurnt {
			h.Fatalf("after %d wrong codes: %v", burntAfter, r.Outcome)
		}
		if r := h.give(begun, h.code("wfinder"), stranger); r.Outcome != IsBurnt {
			h.Errorf("a sign-in begun before: %v", r.Outcome)
		}
		if r := h.password("wfinder", "another password", stranger); r.Outcome != Refused {
			h.Errorf("whoever does not know the password learns that: %v", r.Outcome)
		}
		var token string
		h.do(command, func(u *work.Unit) (err error) { token, err = InviteReset(u, h.g.mustID(u, "wfinder")); return err })
		if done, err := h.accept(token, another, office); err != nil || done.Outcome != SignedIn {
			h.Error(done.Outcome, err)
		}
	})
}

func (g *Gate) mustID(u *work.Unit, worker string) string {
	a, _, err := OfWorker(u, worker)
	if err != nil {
		panic(err)
	}
	return a.ID
}

func TestARefusalIsWrittenDownAndTheCountStays(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		id := h.account("wfinder").ID
		h.password("wfinder", "a guess", office)
		want := "refused password|" + id + "|sign-in"
		if got := h.entries(); got[len(got)-1] != want {
			h.Errorf("last entry %q", got[len(got)-1])
		}
		var n int
		h.do(command, func(u *work.Unit) error { return u.QueryRow("SELECT SUM(wrong) FROM sign_in_try").Scan(&n) })
		if n != 2 { // by name and by address
			h.Errorf("counted %d", n)
		}
		h.later(25 * time.Hour)
		h.do(command, Sweep)
		h.do(command, func(u *work.Unit) error { return u.QueryRow("SELECT COUNT(*) FROM sign_in_try").Scan(&n) })
		if n != 0 {
			h.Errorf("%d old tries stay", n)
		}
	})
}

func TestAnAccountThatNobodyUsesFor45DaysIsDormant(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		h.join("wadmin")
		used := h.account("wfinder").Used
		h.later(used.Add(dormantAfter).Sub(h.now))
		if a := h.account("wfinder"); a.State != Active {
			h.Fatalf("at 45 days to the second: %s", a.State)
		}
		h.later(time.Second)
		if a := h.account("wfinder"); a.State != Dormant {
			h.Fatalf("after 45 days: %s", a.State)
		}
		if r := h.password("wfinder", "a guess", office); r.Outcome != Refused {
			h.Errorf("who knows no password learns that it is dormant: %v", r.Outcome)
		}
		if r := h.signIn("wfinder", office); r.Outcome != IsDormant || r.Facts.Account != "" {
			h.Errorf("%v", r.Outcome)
		}
		id := h.account("wfinder").ID
		h.refuses(h.try(actor("wlei"), func(u *work.Unit) error { return Reopen(u, id) }), fault.NotFound, "")
		h.do(actor("wadmin"), func(u *work.Unit) error { return Reopen(u, id) })
		h.later(time.Minute)
		if r := h.signIn("wfinder", office); r.Outcome != SignedIn {
			h.Errorf("opened again: %v", r.Outcome)
		}
		h.refuses(h.try(actor("wadmin"), func(u *work.Unit) error { return Reopen(u, id) }), fault.Conflict, "reset link")
	})
}

func TestAnOldHashIsMadeAgainAtTheNextSignIn(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		h.g.oven.strength = strength{memory: 128, passes: 2, lanes: 1}
		stored := func() (hash string) {
			h.do(command, func(u *work.Unit) error { return u.QueryRow("SELECT password FROM account").Scan(&hash) })
			return hash
		}
		before := stored()
		h.password("wfinder", "a guess", office)
		if stored() != before {
			h.Error("a wrong password made a new hash")
		}
		if r := h.signIn("wfinder", office); r.Outcome != SignedIn || !strings.Contains(stored(), "m=128,t=2,p=1") {
			h.Errorf("%v %s", r.Outcome, stored())
		}
		if r := h.password("wfinder", password, office); r.Outcome != NeedsCode {
			h.Errorf("with the new hash: %v", r.Outcome)
		}
	})
}

func TestTheTableHoldsNoSecretThatCanBeRead(t *testing.T) {
	eachHouse(t, func(h *house) {
		done := h.join("wfinder")
		h.signIn("wfinder", office)
		secrets := append([]string{h.secrets["wfinder"], password, done.Device}, done.Recovery...)
		h.do(command, func(u *work.Unit) error {
			for _, table := range []string{"account", "recovery_code", "invitation", "sign_in_device", "sign_in_try"} {
				text, err := dump(u, table)
				if err != nil {
					return err
				}
				if text == "" {
					h.Errorf("%s is empty", table)
				}
				for _, secret := range secrets {
					if strings.Contains(text, secret) || strings.Contains(text, squeeze(secret)) {
						h.Errorf("%s holds %q", table, secret)
					}
				}
			}
			return nil
		})
	})
}

func dump(u *work.Unit, table string) (text string, err error) {
	rows, err := u.Query("SELECT * FROM " + table)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	for rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			return "", err
		}
		for _, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			text += fmt.Sprint(v, " ")
		}
	}
	return text, rows.Err()
}

func TestASecretSealedForOneAccountOpensInNoOther(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		h.join("wother")
		h.do(command, func(u *work.Unit) error {
			_, err := u.Exec("UPDATE account SET totp = (SELECT totp FROM account WHERE worker_id = 'wother') WHERE worker_id = 'wfinder'")
			return err
		})
		r := h.password("wfinder", password, office)
		_, err := h.g.Code(context.Background(), r.Pending, h.code("wother"), office)
		h.refuses(err, fault.NotReady, "key file")
	})
}

func TestDemonstrationAccounts(t *testing.T) {
	eachHouse(t, func(h *house) {
		has := func() (yes bool) {
			h.do(command, func(u *work.Unit) (err error) { yes, err = HasDemonstration(u); return err })
			return yes
		}
		if has() {
			h.Fatal("before there is one")
		}
		baked := 0
		h.g.oven.spent = func(strength) { baked++ }
		var made []Account
		h.do(command, func(u *work.Unit) (err error) {
			made, err = h.g.Demonstrate(context.Background(), u, staff)
			return err
		})
		if !has() || len(made) != len(staff) || baked != 1 {
			h.Fatalf("%d made with %d hashes", len(made), baked)
		}
		code, err := DemonstrationCode(h.now)
		if err != nil {
			h.Fatal(err)
		}
		for _, a := range made {
			r, err := h.g.Password(context.Background(), a.SignInName, DemonstrationPassword, office)
			if err != nil || r.Outcome != NeedsCode {
				h.Fatal(a.SignInName, r.Outcome, err)
			}
			if r := h.give(r.Pending, code, office); r.Outcome != SignedIn || r.Account.Worker.ID != a.Worker.ID || !r.Account.Demonstration {
				h.Errorf("%s: %v", a.SignInName, r.Outcome)
			}
		}
	})
}
