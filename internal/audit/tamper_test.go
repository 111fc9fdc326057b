package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"homeward/internal/audit/proof"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/key"
)

// theRecord fills a database with a record of three agencies' doings, in three
// parts with a head signed after each.
func theRecord(t *testing.T, d *db.DB, part int) (signed [3]Signed) {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, 2))
	agencies := []string{"DER", "NOT", "LEI"}
	for i := range signed {
		for n := range part {
			e := entry(i*part + n)
			e.Agency, e.Who.Agency, e.Who.ID = agencies[dice.IntN(3)], agencies[dice.IntN(3)], fmt.Sprint("w", dice.IntN(9))
			e.Action, e.Detail = []string{"viewed", "changed", "refused"}[dice.IntN(3)], fmt.Sprintf("version %d", dice.IntN(5))
			write(t, d, func(tx *db.Tx) error { return Append(tx, []Entry{e}) })
		}
		signed[i] = checkpoint(t, d, nine.Add(time.Duration(i)*time.Hour))
	}
	return signed
}

// forgery is an agency's export in the hands of somebody who has every entry's
// text and, for some of the tamperings, the signing key itself.
type forgery struct {
	*rand.Rand
	full  []proof.Entry
	lines []string
	head  string
	early Signed // a true head, older than the one kept elsewhere
	kept  int    // how many entries the head kept elsewhere covers
}

func (f *forgery) any() int { return f.IntN(len(f.lines)) }

// shown gives one of the lines that are in full.
func (f *forgery) shown() int {
	for {
		if i := f.any(); !strings.Contains(f.lines[i], `"hash":`) {
			return i
		}
	}
}

// swap puts one of the first n entries in another's place, and that in its.
func (f *forgery) swap(n int) {
	i := f.IntN(n)
	j := (i + 1 + f.IntN(len(f.lines)-1)) % len(f.lines)
	f.full[i], f.full[j] = f.full[j], f.full[i]
	f.lines[i], f.lines[j] = f.lines[j], f.lines[i]
}

func (f *forgery) remove(i int) {
	f.full, f.lines = slices.Delete(f.full, i, i+1), slices.Delete(f.lines, i, i+1)
}

func (f *forgery) putIn(i int) {
	e := f.full[f.IntN(len(f.full))]
	f.full, f.lines = slices.Insert(f.full, i, e), slices.Insert(f.lines, i, "")
}

// alter makes one field of an entry say something else.
func (f *forgery) alter(e *proof.Entry) {
	field := []*string{&e.At, &e.ActorAgency, &e.ActorID, &e.ActorRole, &e.Purpose, &e.Action, &e.Kind, &e.Agency, &e.Subject, &e.Detail, &e.Salt}[f.IntN(11)]
	*field += string(rune('a' + f.IntN(26)))
}

// rechain writes everything anew as Homeward would have: numbers, hashes, lines.
func (f *forgery) rechain() *proof.Walk {
	w := proof.NewWalk()
	for i := range f.full {
		e := &f.full[i]
		e.Seq, e.Prev = int64(i+1), w.Prev()
		text := e.Text()
		hash := proof.Hash(text)
		f.lines[i] = string(text)
		if e.Agency != "DER" && e.ActorAgency != "DER" {
			f.lines[i] = string(proof.Hidden(e.Seq, hash, e.Prev))
		}
		if err := w.Pass(hash); err != nil {
			panic(err)
		}
	}
	return w
}

// resign rechains and signs a new head with a key.
func (f *forgery) resign(ring *key.Ring) {
	signer, _ := proof.Signer(ring.Derive(signing))
	note, err := f.rechain().Head(nine).Sign(signer)
	if err != nil {
		panic(err)
	}
	f.head = note
}

func flip(dice *rand.Rand, text string) string {
	b := []byte(text)
	b[dice.IntN(len(b))] ^= 1 << dice.IntN(8)
	return string(b)
}

// ways are those to tamper with an export. Whoever signs has the database and
// the key file; what they rewrite lies before the head that was kept elsewhere,
// since later entries no kept head covers yet.
var ways = []struct {
	name   string
	tamper func(*forgery)
}{
	{"a bit flipped", func(f *forgery) {
		all := flip(f.Rand, strings.Join(f.lines, "\n"))
		f.lines = strings.Split(all, "\n")
	}},
	{"a character changed", func(f *forgery) {
		i := f.any()
		b := []byte(f.lines[i])
		b[f.IntN(len(b))] = byte(' ' + f.IntN(95))
		f.lines[i] = string(b)
	}},
	{"a field changed", func(f *forgery) {
		i := f.shown()
		f.alter(&f.full[i])
		f.lines[i] = string(f.full[i].Text())
	}},
	{"an entry hidden under another hash", func(f *forgery) {
		i := f.any()
		f.lines[i] = string(proof.Hidden(int64(i+1), proof.Hash([]byte{byte(f.Int()), byte(f.Int())}), f.full[i].Prev))
	}},
	{"an entry taken out", func(f *forgery) { f.remove(f.any()) }},
	{"an entry taken out, the rest rechained", func(f *forgery) { f.remove(f.any()); f.rechain() }},
	{"two entries swapped", func(f *forgery) { f.swap(len(f.lines)) }},
	{"two entries swapped, all rechained", func(f *forgery) { f.swap(len(f.lines)); f.rechain() }},
	{"an entry twice", func(f *forgery) { i := f.any(); f.lines = slices.Insert(f.lines, i, f.lines[i]) }},
	{"an entry put in, the rest rechained", func(f *forgery) { f.putIn(f.any()); f.rechain() }},
	{"the end cut off", func(f *forgery) { f.lines = f.lines[:f.any()] }},
	{"rewritten from an entry on", func(f *forgery) { f.alter(&f.full[f.any()]); f.rechain() }},
	{"the head changed", func(f *forgery) { f.head = flip(f.Rand, f.head) }},
	{"rewritten and signed with another key", func(f *forgery) { f.alter(&f.full[f.any()]); f.resign(key.New()) }},
	{"cut back to an older head", func(f *forgery) { f.lines, f.head = f.lines[:f.early.Size], f.early.Note }},

	{"rewritten from an entry on and signed", func(f *forgery) { f.alter(&f.full[f.IntN(f.kept)]); f.resign(ring) }},
	{"an entry taken out and signed", func(f *forgery) { f.remove(f.IntN(f.kept)); f.resign(ring) }},
	{"two entries swapped and signed", func(f *forgery) { f.swap(f.kept); f.resign(ring) }},
	{"an entry put in and signed", func(f *forgery) { f.putIn(f.IntN(f.kept)); f.resign(ring) }},
	{"the end cut off and signed", func(f *forgery) {
		n := 1 + f.IntN(f.kept-1)
		f.full, f.lines = f.full[:n], f.lines[:n]
		f.resign(ring)
	}},
	{"the end written over with earlier entries and signed", func(f *forgery) {
		n := 1 + f.IntN(f.kept-1)
		for i := n; i < len(f.full); i++ {
			f.full[i] = f.full[f.IntN(n)]
		}
		f.resign(ring)
	}},
}

const wantCaught = 10_000

// TestTenThousandTamperingsAreCaughtByTheOutsideVerifier checks an agency's
// export with its public key and a head it kept, both from elsewhere.
func TestTenThousandTamperingsAreCaughtByTheOutsideVerifier(t *testing.T) {
	d := open(t, "sqlite:"+t.TempDir()+"/homeward.db")
	signed := theRecord(t, d, 70)
	early, kept, last := signed[0], signed[1], signed[2]
	theirs, _ := export(t, d, "DER", last.Head)
	everything, _ := export(t, d, "", last.Head)
	var full []proof.Entry
	for decoder := json.NewDecoder(bytes.NewReader(everything)); decoder.More(); {
		var e proof.Entry
		if err := decoder.Decode(&e); err != nil {
			t.Fatal(err)
		}
		full = append(full, e)
	}
	lines := strings.Split(strings.TrimSuffix(string(theirs), "\n"), "\n")
	public := PublicKey(ring)
	check := func(lines []string, head string, older ...[]byte) error {
		_, err := proof.Check(strings.NewReader(strings.Join(lines, "\n")+"\n"), []byte(head), public, older...)
		return err
	}
	outside := []byte(kept.Note)

	// The control: the export as it is, and as a forger who changes nothing would
	// write it, are good; so everything below is caught for what was changed.
	if err := check(lines, last.Note, outside); err != nil {
		t.Fatalf("the untouched export: %v", err)
	}
	same := &forgery{full: slices.Clone(full), lines: slices.Clone(lines)}
	same.resign(ring)
	if !slices.Equal(same.lines, lines) || check(same.lines, same.head, outside) != nil {
		t.Fatal("the forger does not write as Homeward does")
	}

	dice := rand.New(rand.NewPCG(2026, 11))
	caught, done := 0, map[string]int{}
	for n := 0; n < wantCaught; {
		way := ways[n%len(ways)]
		f := &forgery{Rand: dice, full: slices.Clone(full), lines: slices.Clone(lines), head: last.Note, early: early, kept: int(kept.Size)}
		way.tamper(f)
		if slices.Equal(f.lines, lines) && f.head == last.Note {
			continue // changed for the same: no tampering
		}
		n++
		done[way.name]++
		if err := check(f.lines, f.head, outside); err == nil {
			t.Errorf("tampering %d, %s: not caught", n, way.name)
			continue
		}
		caught++
		// A record rewritten and signed with the true key is good in itself: it is
		// the head kept elsewhere that gives it away.
		if signed := strings.HasSuffix(way.name, "and signed"); signed && done[way.name] == 1 && check(f.lines, f.head) != nil {
			t.Errorf("%s: bad even without the head kept elsewhere, so this tries nothing", way.name)
		}
	}
	if len(done) != len(ways) {
		t.Errorf("only %d ways tried", len(done))
	}
	fmt.Printf("audit: %d of %d tamperings caught, in %d ways\n", caught, wantCaught, len(done))
}

// owner is somebody with the run of the database: no guard holds them.
type owner struct {
	t *testing.T
	*sql.DB
	*rand.Rand
}

func ownerOf(t *testing.T, address string) owner {
	t.Helper()
	driver, guards := "pgx", []string{"ALTER TABLE audit_entry DISABLE TRIGGER ALL", "ALTER TABLE audit_head DISABLE TRIGGER ALL", "ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL"}
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, address, guards = "sqlite", path, nil
		for _, table := range []string{"audit_entry", "audit_head", "audit_checkpoint"} {
			for _, guard := range []string{"update", "delete", "replace"} {
				guards = append(guards, "DROP TRIGGER "+table+"_"+guard)
			}
		}
	}
	pool, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { pool.Close() })
	o := owner{t, pool, rand.New(rand.NewPCG(3, 5))}
	for _, guard := range guards {
		o.do(guard)
	}
	return o
}

func (o owner) do(statement string, args ...any) {
	o.t.Helper()
	if _, err := o.Exec(statement, args...); err != nil {
		o.t.Fatalf("%s: %v", statement, err)
	}
}

var auditTables = []string{"audit_entry", "audit_head", "audit_checkpoint"}

func (o owner) restore() {
	for _, table := range auditTables {
		o.do("DELETE FROM " + table)
		o.do("INSERT INTO " + table + " SELECT * FROM true_" + table)
	}
}

// rewrite changes one entry and everything that was ever computed from it.
func (o owner) rewrite(d *db.DB, k int64) {
	var rows []row
	read(o.t, d, func(tx *db.Tx) error {
		return each(tx, func(r row) error { rows = append(rows, r); return nil }, "seq > $1 ORDER BY seq", 0)
	})
	prev := ""
	for _, r := range rows {
		if r.Seq == k {
			r.Who.ID = "somebody-else"
		}
		prev = proof.Hash(r.hashed(r.Seq, r.salt, prev).Text())
		o.do("UPDATE audit_entry SET actor_id = $1, hash = $2 WHERE seq = $3", r.Who.ID, prev, r.Seq)
	}
	o.do("UPDATE audit_head SET hash = $1", prev)
}

// signAnew does what the command would, with the installation's own key.
func (o owner) signAnew(d *db.DB) {
	o.do("DELETE FROM audit_checkpoint")
	checkpoint(o.t, d, nine)
}

// byOwner are tamperings in the database itself, each of a record of n entries
// whose head over the first kept was taken elsewhere.
var byOwner = []struct {
	name   string
	tamper func(o owner, d *db.DB, n, kept int64)
}{
	{"a field changed", func(o owner, _ *db.DB, n, _ int64) {
		column := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == "seq" || c == "at" })[o.IntN(len(columns)-2)]
		o.do("UPDATE audit_entry SET "+column+" = "+column+" || 'x' WHERE seq = $1", 1+o.Int64N(n))
	}},
	{"an instant changed", func(o owner, _ *db.DB, n, _ int64) {
		o.do("UPDATE audit_entry SET at = $1 WHERE seq = $2", db.Instant{Time: nine.AddDate(1, 0, 0)}, 1+o.Int64N(n))
	}},
	{"an entry taken out", func(o owner, _ *db.DB, n, _ int64) { o.do("DELETE FROM audit_entry WHERE seq = $1", 1+o.Int64N(n)) }},
	{"two entries swapped", func(o owner, _ *db.DB, n, _ int64) {
		i := 1 + o.Int64N(n-1)
		o.do("UPDATE audit_entry SET seq = -1 WHERE seq = $1", i)
		o.do("UPDATE audit_entry SET seq = $1 WHERE seq = $2", i, i+1)
		o.do("UPDATE audit_entry SET seq = $1 WHERE seq = -1", i+1)
	}},
	{"an entry moved to the end", func(o owner, _ *db.DB, n, _ int64) {
		o.do("UPDATE audit_entry SET seq = $1 WHERE seq = $2", n+1, 1+o.Int64N(n))
	}},
	{"the end cut off", func(o owner, _ *db.DB, n, _ int64) { o.do("DELETE FROM audit_entry WHERE seq > $1", o.Int64N(n)) }},
	{"the end cut off, with its head and heads", func(o owner, _ *db.DB, _, kept int64) {
		end := 1 + o.Int64N(kept-1)
		o.do("DELETE FROM audit_entry WHERE seq > $1", end)
		o.do("DELETE FROM audit_checkpoint WHERE size > $1", end)
		o.do("UPDATE audit_head SET seq = $1, hash = (SELECT hash FROM audit_entry WHERE seq = $2)", end, end)
	}},
	{"everything taken out", func(o owner, _ *db.DB, _, _ int64) {
		for _, table := range auditTables {
			o.do("DELETE FROM " + table)
		}
	}},
	{"rewritten from an entry on", func(o owner, d *db.DB, _, kept int64) { o.rewrite(d, 1+o.Int64N(kept)) }},
	{"rewritten from an entry on, and no head left", func(o owner, d *db.DB, _, kept int64) {
		o.rewrite(d, 1+o.Int64N(kept))
		o.do("DELETE FROM audit_checkpoint")
	}},
	{"rewritten from an entry on and signed", func(o owner, d *db.DB, _, kept int64) {
		o.rewrite(d, 1+o.Int64N(kept))
		o.signAnew(d)
	}},
	{"a head changed", func(o owner, _ *db.DB, _, kept int64) {
		o.do("UPDATE audit_checkpoint SET note = REPLACE(note, '2026', '2027') WHERE size = $1", kept)
	}},
	{"a head moved", func(o owner, _ *db.DB, _, kept int64) {
		o.do("UPDATE audit_checkpoint SET size = size - 1 WHERE size = $1", kept)
	}},
	{"a tree changed", func(o owner, _ *db.DB, n, _ int64) {
		o.do("UPDATE audit_checkpoint SET edge = (SELECT edge FROM true_audit_checkpoint WHERE size < $1 LIMIT 1) WHERE size = $2", n, n)
	}},
	{"the end of the record changed", func(o owner, _ *db.DB, n, _ int64) { o.do("UPDATE audit_head SET seq = seq - 1") }},
}

// TestTamperingAsOwnerOfTheDatabaseIsCaught has the guards taken away, as only
// the owner of the database can, and verifies with one head kept elsewhere.
func TestTamperingAsOwnerOfTheDatabaseIsCaught(t *testing.T) {
	const each = 10
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		d := open(t, address)
		signed := theRecord(t, d, 12)
		kept, n := signed[1].Head, signed[2].Size
		o := ownerOf(t, address)
		for _, table := range auditTables {
			o.do("CREATE TABLE true_" + table + " AS SELECT * FROM " + table)
		}
		caught := 0
		for _, way := range byOwner {
			for range each {
				way.tamper(o, d, n, kept.Size)
				if _, err := wholly(d, kept); err != nil {
					caught++
				} else {
					t.Errorf("%s: not caught", way.name)
				}
				o.restore()
				if good, err := wholly(d, kept); err != nil || good != n {
					t.Fatalf("the control, untouched after %q: %d, %v", way.name, good, err)
				}
			}
		}
		t.Logf("%d of %d caught, in %d ways", caught, each*len(byOwner), len(byOwner))
	})
}

// TestARecordThatWasTamperedWithIsNotSigned: a false entry is found before a
// head is signed over it, and in words that say which.
func TestARecordThatWasTamperedWithIsNotSigned(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		d := open(t, address)
		fill(t, d, 10)
		checkpoint(t, d, nine)
		fill(t, d, 10)
		o := ownerOf(t, address)
		for statement, says := range map[string]string{
			"UPDATE audit_entry SET actor_id = 'w2' WHERE seq = 17": "entry 17 does not give its hash",
			"DELETE FROM audit_entry WHERE seq = 15":                "entry 15 is missing",
			"DELETE FROM audit_entry WHERE seq > 16":                "it ends with entry 16, and entries up to 20 were written",
			"DELETE FROM audit_entry WHERE seq = 10":                "entry 11 does not give its hash",
			"UPDATE audit_checkpoint SET edge = ''":                 "does not fit its size",
			"UPDATE audit_checkpoint SET note = 'x'":                "not a head",
			"DELETE FROM audit_head":                                "where it ends is not recorded",
		} {
			for _, table := range auditTables {
				o.do("DROP TABLE IF EXISTS true_" + table)
				o.do("CREATE TABLE true_" + table + " AS SELECT * FROM " + table)
			}
			o.do(statement)
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := Checkpoint(tx, ring, nine); return err })
			if err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %v; want %q", statement, err, says)
			}
			o.restore()
		}
		if s := checkpoint(t, d, nine); s.Size != 20 {
			t.Errorf("the control: %d", s.Size)
		}
	})
}
