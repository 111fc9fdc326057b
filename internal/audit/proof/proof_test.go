package proof

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var (
	noon    = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	seed    = bytes.Repeat([]byte{7}, 32)
	sign, _ = Signer(seed)
	public  = publicOf(seed)
)

func publicOf(seed []byte) string { _, public := Signer(seed); return public }

// The tree is held to tlog's own, which keeps every hash.
func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	var ours Tree
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(at []int64) (found []tlog.Hash, err error) {
		for _, i := range at {
			found = append(found, stored[i])
		}
		return found, nil
	})
	for n := range int64(600) {
		hash := Hash(fmt.Append(nil, n))
		ours.Add(hash)
		added, err := tlog.StoredHashes(n, []byte(hash), read)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, added...)
		if want, err := tlog.TreeHash(n+1, read); err != nil || ours.Root() != want {
			t.Fatalf("root over %d: %v, want %v, %v", n+1, ours.Root(), want, err)
		}
		again, err := treeOf(n+1, ours.Edge())
		if err != nil || again.Root() != ours.Root() {
			t.Fatalf("from its edge at %d: %v, %v", n+1, again.Root(), err)
		}
	}
}

func TestATreeGoesOnOnlyFromTheEdgeThatWasSigned(t *testing.T) {
	w := NewWalk()
	for n := range 11 {
		if err := w.Pass(Hash(fmt.Append(nil, n))); err != nil {
			t.Fatal(err)
		}
	}
	head := w.Head(noon)
	on, err := Resume(head, w.Edge(), w.Prev())
	if err != nil {
		t.Fatal(err)
	}
	if on.Pass("x") != nil || w.Pass("x") != nil || on.Head(noon) != w.Head(noon) {
		t.Error("from its edge the tree grows otherwise")
	}
	for name, edge := range map[string]string{"none": "", "one too few": strings.Fields(w.Edge())[0], "not hashes": "a b c", "another tree's": w.Edge()} {
		if _, err := Resume(head, edge, ""); err == nil {
			t.Errorf("went on from an edge that is %s", name)
		}
	}
}

func TestAHeadIsTakenOnlyAsItWasSigned(t *testing.T) {
	head := Head{Size: 42, Root: tlog.RecordHash([]byte("x")), At: noon}
	signed, err := head.Sign(sign)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenHead([]byte(signed), public+"\n"); err != nil || got != head {
		t.Fatalf("%v, %v", got, err)
	}
	for i := range signed {
		for bit := range 8 {
			flipped := []byte(signed)
			flipped[i] ^= 1 << bit
			if _, err := OpenHead(flipped, public); err == nil {
				t.Errorf("bit %d of byte %d flipped, and taken: %q", bit, i, flipped)
			}
		}
		if _, err := OpenHead([]byte(signed[:i]), public); err == nil {
			t.Errorf("cut at %d, and taken", i)
		}
	}
	if _, err := OpenHead([]byte(signed), publicOf(bytes.Repeat([]byte{8}, 32))); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("another key: %v", err)
	}
	if _, err := OpenHead([]byte(signed), "no key"); err == nil || !strings.Contains(err.Error(), "public key") {
		t.Errorf("no key: %v", err)
	}
}

// What our own key signed for another purpose is no head.
func TestANoteThatIsNoHeadIsRefused(t *testing.T) {
	root := tlog.Hash{}.String()
	for _, text := range []string{
		"another-origin\n42\n" + root + "\n2026-11-22T12:00:00Z\n",
		Origin + "\n042\n" + root + "\n2026-11-22T12:00:00Z\n",
		Origin + "\n0\n" + root + "\n2026-11-22T12:00:00Z\n",
		Origin + "\n-1\n" + root + "\n2026-11-22T12:00:00Z\n",
		Origin + "\n42\nroot\n2026-11-22T12:00:00Z\n",
		Origin + "\n42\n" + root + "\nyesterday\n",
		Origin + "\n42\n" + root + "\n",
		Origin + "\n42\n" + root + "\n2026-11-22T12:00:00Z\nmore\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, sign)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenHead(signed, public); err == nil {
			t.Errorf("taken: %q", text)
		}
	}
}

// The bytes that are hashed are a promise to every head kept elsewhere: they do
// not change.
func TestTheHashedBytesOfAnEntryAreThese(t *testing.T) {
	e := Entry{Seq: 7, At: "2026-11-22T09:00:00.000007Z", ActorAgency: "DER", ActorID: "w1", ActorRole: "home_finder", Purpose: `a "page" <&> é`,
		Action: "viewed", Kind: "child", Agency: "NOT", Subject: "c1", Detail: "", Salt: "S", Prev: "ab"}
	const want = `{"seq":7,"at":"2026-11-22T09:00:00.000007Z","actor_agency":"DER","actor_id":"w1","actor_role":"home_finder","purpose":"a \"page\" <&> é",` +
		`"action":"viewed","kind":"child","agency":"NOT","subject":"c1","detail":"","salt":"S","prev":"ab"}`
	if got := string(e.Text()); got != want {
		t.Errorf("%s", got)
	}
	if got := Hash(e.Text()); got != "403131fbe4c7332177961a220fafdb103df166877de2c49d8ad56b12bae594d2" { // by sha256sum
		t.Error(got)
	}
}

// small is an export of n entries of which every third is shown.
func small(n int64) (entries []byte, w *Walk) {
	w = NewWalk()
	for seq := range n {
		e := Entry{Seq: seq + 1, Action: "viewed", Salt: "s", Prev: w.Prev()}
		line := e.Text()
		hash := Hash(line)
		if seq%3 > 0 {
			line = Hidden(seq+1, hash, w.Prev())
		}
		entries = append(append(entries, line...), '\n')
		if err := w.Pass(hash); err != nil {
			panic(err)
		}
	}
	return entries, w
}

func TestAnExportIsHeldToItsHeadAndToOlderOnes(t *testing.T) {
	entries, w := small(30)
	head, _ := w.Head(noon).Sign(sign)
	_, older := small(20)
	kept, _ := older.Head(noon.Add(-time.Hour)).Sign(sign)
	_, more := small(31)
	later, _ := more.Head(noon).Sign(sign)

	r, err := Check(bytes.NewReader(entries), []byte(head), public, []byte(kept))
	if err != nil || r.Shown != 10 || r.Hidden != 20 || len(r.Older) != 1 || r.Older[0].Size != 20 {
		t.Fatalf("%+v, %v", r, err)
	}
	other := bytes.Replace(entries, []byte(`{"seq":2,"hash":"`), []byte(`{"seq":2,"hash":"0`), 1)
	for name, c := range map[string]struct {
		entries    []byte
		head, kept string
		says       string
	}{
		"the head kept covers more":      {entries, head, later, "entries from 31 on are missing"},
		"the export's head covers more":  {entries, later, kept, "entry 31 is missing"},
		"the export's head covers fewer": {entries, kept, kept, "entry 21 is not among"},
		"a hash that is none":            {other, head, kept, "entry 3 or the one before it"},
		"no entries":                     {nil, head, kept, "entry 1 is missing"},
		"half a line":                    {entries[:len(entries)-1], head, kept, "entry 30 is not a whole line"},
		"an empty line":                  {append([]byte("\n"), entries...), head, kept, "entry 1 cannot be read"},
		"a line without end":             {bytes.Repeat([]byte("x"), longestLine+1), head, kept, "entry 1 is not a whole line"},
		"no head":                        {entries, "", kept, HeadFile},
		"no head kept":                   {entries, head, "something else", "the head you kept"},
	} {
		if _, err := Check(bytes.NewReader(c.entries), []byte(c.head), public, []byte(c.kept)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestATextCannotStandBesideAHashThatIsNotItsOwn(t *testing.T) {
	entries, w := small(3)
	head, _ := w.Head(noon).Sign(sign)
	first, rest, _ := bytes.Cut(entries, []byte("\n"))
	hash := Hash(first)
	for _, line := range []string{
		fmt.Sprintf(`{"seq":1,"hash":"%s","action":"never"}`, hash),
		fmt.Sprintf(`{"seq":1,"hash":"%s","prev":"","action":"never"}`, hash),
		fmt.Sprintf(`{"seq":1,"hash":"%s","prev":"","hash":"%s"}`, Hash(nil), hash),
		fmt.Sprintf(`{"seq":1,"action":"never","salt":"s","prev":"","hash":"%s"}`, hash),
		fmt.Sprintf(`{"seq": 1,"hash":"%s","prev":""}`, hash),
		fmt.Sprintf(`{"seq":1,"hash":"\u00%x%s","prev":""}`, hash[0], hash[1:]),
		strings.Replace(string(first), "viewed", "never", 1),
		string(first) + " ",
		string(first) + "\r",
	} {
		forged := []byte(line + "\n" + string(rest))
		if _, err := Check(bytes.NewReader(forged), []byte(head), public); err == nil {
			t.Errorf("taken: %s", line)
		}
	}
}

// FuzzCheck: whatever a file holds, it is read or refused in words, never taken
// for what it is not.
func FuzzCheck(f *testing.F) {
	entries, w := small(5)
	head, _ := w.Head(noon).Sign(sign)
	f.Add(entries, []byte(head))
	f.Add([]byte("{}\n"), []byte(""))
	f.Fuzz(func(t *testing.T, e, h []byte) {
		if _, err := Check(bytes.NewReader(e), h, public); err == nil && (!bytes.Equal(h, []byte(head)) || bytes.Count(e, []byte("\n")) != 5) {
			t.Errorf("taken: %q %q", e, h)
		}
	})
}
