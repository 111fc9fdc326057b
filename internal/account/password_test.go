package account

import (
	"context"
	"strings"
	"testing"
	"time"

	"homeward/internal/db"
	"homeward/internal/fault"
)

func instant(t time.Time) db.Instant { return db.Instant{Time: t} }

func TestTheStrengthOfAHash(t *testing.T) {
	o := newOven(current)
	hash, err := o.make(context.Background(), password)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(hash, err)
	}
	again, err := o.make(context.Background(), password)
	if err != nil || again == hash {
		t.Error("the same salt twice", err)
	}
	for given, want := range map[string]bool{password: true, password + " ": false, "": false} {
		if right, stale, err := o.check(context.Background(), hash, given); right != want || stale || err != nil {
			t.Errorf("%q: %v %v %v", given, right, stale, err)
		}
	}
	cut := hash[:len(hash)-4]
	for _, broken := range []string{"", "x", cut, strings.Replace(hash, "argon2id", "argon2i", 1), strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "v=19", "v=16", 1)} {
		if right, _, err := o.check(context.Background(), broken, password); right || err != nil {
			t.Errorf("%q opens: %v", broken, err)
		}
	}
}

func TestThePasswordTypedOnAnotherKeyboardIsTheSame(t *testing.T) {
	o := newOven(weak)
	hash, err := o.make(context.Background(), "caf\u00e9 tambourine")
	if err != nil {
		t.Fatal(err)
	}
	if right, _, err := o.check(context.Background(), hash, "cafe\u0301 tambourine"); !right || err != nil {
		t.Error("é in two pieces is another", err)
	}
}

func TestAFloodOfSignInsWaitsAndIsThenTurnedAway(t *testing.T) {
	o := newOven(weak)
	o.wait = time.Millisecond
	for range cap(o.slots) {
		o.slots <- struct{}{}
	}
	_, err := o.make(context.Background(), password)
	if fault.KindOf(err) != fault.NotReady || !strings.Contains(fault.Message(err), "Wait a minute") {
		t.Error(err)
	}
	<-o.slots
	if _, err := o.make(context.Background(), password); err != nil {
		t.Error("with a slot free", err)
	}
}

func TestATryThatCouldNotBeCheckedIsNotCounted(t *testing.T) {
	eachHouse(t, func(h *house) {
		h.join("wfinder")
		h.g.oven.wait = time.Millisecond
		for range cap(h.g.oven.slots) {
			h.g.oven.slots <- struct{}{}
		}
		for range freeTries + 1 {
			_, err := h.g.Password(context.Background(), nameOf("wfinder"), password, office)
			h.refuses(err, fault.NotReady, "Wait a minute")
		}
		for range cap(h.g.oven.slots) {
			<-h.g.oven.slots
		}
		h.g.oven.wait = time.Minute
		if r := h.password("wfinder", password, office); r.Outcome != NeedsCode {
			h.Error(r.Outcome)
		}
	})
}

func TestPasswordsThatWillNotDo(t *testing.T) {
	names := []string{"fay.sandringham@derbyshire.gov.uk", "Derbyshire County Council", "DER"}
	for _, bad := range []string{
		"", "elevenchars", strings.Repeat("long ", 26), "aaaaaaaaaaaaaaa", "ababababababab", "123456789012", "qwertyuiopas", "1qaz2wsx3edc", "0987654321abc"[:12],
		"password1234", "P@ssw0rd123456", "Password!!!!!!", "passwordpassword", "letmeinletmein", "Summer2024!!!", "iloveyou12345", "liverpoolfootball1", "welcomewelcome",
		"adoption2026!!", "socialworker1", "SANDRINGHAM plinth", "my derbyshire plinth", "HomeWard plinth", "council plinth orbit", "fay.sandringham!",
	} {
		if problem(bad, names...) == "" {
			t.Errorf("%q would do", bad)
		}
	}
	for _, good := range []string{password, another, "correct horse battery staple", "twelve chars", strings.Repeat("a long one ", 11), "лодка окно зонтик", "n7#vQ2!zLp0w", "wonderful velocity"} {
		if wrong := problem(good, names...); wrong != "" {
			t.Errorf("%q: %s", good, wrong)
		}
	}
}

func TestSignInNamesHaveOneForm(t *testing.T) {
	for given, want := range map[string]string{" Ann@Example.ORG\t": "ann@example.org", "ＡＮＮ@example.org": "ann@example.org", "ann": "ann", "ﬁona": "fiona"} {
		if got := normal(given); got != want {
			t.Errorf("%q is %q", given, got)
		}
	}
}

func TestRecoveryCodesAreUnlikeOneAnother(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		code := newRecoveryCode()
		if seen[code] || len(squeeze(code)) != recoveryLength || strings.Trim(code, codeLetters+"-") != "" {
			t.Fatalf("%q", code)
		}
		seen[code] = true
	}
}

func BenchmarkHash(b *testing.B) {
	o := newOven(current)
	hash, err := o.make(context.Background(), password)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if right, _, err := o.check(context.Background(), hash, password); !right || err != nil {
			b.Fatal(err)
		}
	}
}
