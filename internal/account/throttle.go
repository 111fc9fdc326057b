package account

import (
	"fmt"
	"net/netip"
	"time"

	"homeward/internal/db"
	"homeward/internal/work"
)

// Wrong tries are counted on two tallies. One is the name's: after five wrong
// tries it is held for a minute, then two, four, up to thirty, until an hour has
// gone by without one. Holding a name would let anybody keep somebody out of
// their own account, so a device which that person has signed in on before is
// counted on a tally of its own instead (OWASP: device cookies). The other is
// the network address's: a whole council may stand behind one, so that many
// wrong tries from it hold only the names that were tried wrongly, and nobody
// who comes with their own device.
//
// A try is counted before it is checked and taken back if it was right, so that
// a hundred at once count as a hundred. A held try is not checked and not
// counted.
const (
	freeTries   = 5
	firstHold   = time.Minute
	longestHold = 30 * time.Minute
	forgetAfter = time.Hour

	sourceWindow = 15 * time.Minute
	sourceSlow   = 100  // wrong tries in a window: names tried wrongly are held
	sourceFlood  = 1000 // every name is, but for known devices
)

// Source is where a try comes from.
type Source struct {
	Device  string     // the value of the device cookie; "" for none
	Address netip.Addr // of the network
}

// network is what counts as one address: whoever has an IPv6 address has 2^64.
func (s Source) network() string {
	address := s.Address.Unmap()
	if address.Is6() {
		if p, err := address.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return address.String()
}

// tally is a count of wrong tries.
type tally struct {
	key         string
	wrong, told int
	first, last time.Time
}

// nameHeld is until when a name, or a name on its own device, is held.
func (t tally) nameHeld() time.Time {
	if t.wrong < freeTries {
		return time.Time{}
	}
	hold := longestHold
	if doublings := t.wrong - freeTries; doublings < 5 {
		hold = min(hold, firstHold<<doublings)
	}
	return t.last.Add(hold)
}

// sourceHeld is until when an address is held for a name.
func (t tally) sourceHeld(nameFailed bool) time.Time {
	if t.wrong >= sourceFlood || t.wrong >= sourceSlow && nameFailed {
		return t.first.Add(sourceWindow)
	}
	return time.Time{}
}

// ticket is one try that was let through to be checked, or held.
type ticket struct {
	keys  []string // the tallies it is counted on
	until time.Time
	tell  bool // the first to be held on this count: the record says so once
}

func (t ticket) held() bool { return !t.until.IsZero() }

// count counts a try to sign in as somebody, unless it is held.
func (g *Gate) count(u *work.Unit, name string, from Source) (ticket, error) {
	known, err := g.knows(u, name, from.Device)
	if err != nil {
		return ticket{}, err
	}
	if known {
		own, err := readTally(u, g.ring.Hash("try on device", name+"\x00"+from.Device), forgetAfter, true)
		if err != nil {
			return ticket{}, err
		}
		return admitTry(u, own.nameHeld(), own)
	}
	named, err := readTally(u, g.ring.Hash("try", name), forgetAfter, true)
	if err != nil {
		return ticket{}, err
	}
	source, err := readTally(u, g.sourceKey(from), sourceWindow, false)
	if err != nil {
		return ticket{}, err
	}
	until := named.nameHeld()
	if s := source.sourceHeld(named.wrong > 0); s.After(until) {
		until = s
	}
	return admitTry(u, until, named, source)
}

func (g *Gate) sourceKey(from Source) string { return g.ring.Hash("try from", from.network()) }

func admitTry(u *work.Unit, until time.Time, tallies ...tally) (t ticket, err error) {
	held := until.After(u.Now)
	if held {
		t.until, t.tell = until, tallies[0].told != tallies[0].wrong
		tallies[0].told = tallies[0].wrong
		return t, writeTally(u, tallies[0])
	}
	for _, tally := range tallies {
		if tally.wrong == 0 {
			tally.first = u.Now
		}
		tally.wrong, tally.last = tally.wrong+1, u.Now
		if err := writeTally(u, tally); err != nil {
			return t, err
		}
		t.keys = append(t.keys, tally.key)
	}
	return t, nil
}

// readTally reads a tally and holds its row until the unit ends, so that tries
// at the same moment come one after another. It is forgotten some time after the
// last try, or after the first.
func readTally(u *work.Unit, key string, after time.Duration, sinceLast bool) (tally, error) {
	t := tally{key: key}
	var first, last db.Instant
	err := u.QueryRow(`INSERT INTO sign_in_try (key_hash, wrong, told, first_at, last_at) VALUES ($1, 0, 0, $2, $2)
		ON CONFLICT (key_hash) DO UPDATE SET wrong = sign_in_try.wrong RETURNING wrong, told, first_at, last_at`, key, db.Instant{Time: u.Now}).
		Scan(&t.wrong, &t.told, &first, &last)
	t.first, t.last = first.Time, last.Time
	begin := t.first
	if sinceLast {
		begin = t.last
	}
	if u.Now.Sub(begin) > after {
		t.wrong, t.told = 0, 0
	}
	return t, err
}

func writeTally(u *work.Unit, t tally) error {
	_, err := u.Exec("UPDATE sign_in_try SET wrong = $2, told = $3, first_at = $4, last_at = $5 WHERE key_hash = $1",
		t.key, t.wrong, t.told, db.Instant{Time: t.first}, db.Instant{Time: t.last})
	return err
}

// uncount takes back a try that was right, or was never checked.
func uncount(u *work.Unit, t ticket) error {
	for _, key := range t.keys {
		if _, err := u.Exec("UPDATE sign_in_try SET wrong = wrong - 1 WHERE key_hash = $1 AND wrong > 0", key); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gate) deviceHash(device string) string { return g.ring.Hash("device", device) }

// knows tells whether somebody has signed in by this name on this device.
func (g *Gate) knows(u *work.Unit, name, device string) (bool, error) {
	if device == "" {
		return false, nil
	}
	var n int
	err := u.QueryRow("SELECT COUNT(*) FROM sign_in_device d JOIN account a ON a.agency_code = d.agency_code AND a.account_id = d.account_id WHERE a.sign_in_name = $1 AND d.device_hash = $2",
		name, g.deviceHash(device)).Scan(&n)
	return n > 0, err
}

// remember notes that an account signed in on a device.
func (g *Gate) remember(u *work.Unit, a Account, device string) error {
	_, err := u.Exec(`INSERT INTO sign_in_device (agency_code, account_id, device_hash, seen_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (agency_code, account_id, device_hash) DO UPDATE SET seen_at = $4`,
		a.Worker.Agency, a.ID, g.deviceHash(device), db.Instant{Time: u.Now})
	return err
}

// Sweep takes away what is no longer counted or known: tries of a day ago,
// sessions that have run out, devices not seen for a year.
func Sweep(u *work.Unit) error {
	for table, until := range map[string]time.Time{
		"sign_in_try WHERE last_at": u.Now.Add(-24 * time.Hour), "session WHERE expiry": u.Now, "sign_in_device WHERE seen_at": u.Now.AddDate(-1, 0, 0),
	} {
		if _, err := u.Exec(fmt.Sprintf("DELETE FROM %s <= $1", table), db.Instant{Time: until}); err != nil {
			return err
		}
	}
	return nil
}
