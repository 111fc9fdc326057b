package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"homeward/internal/audit/proof"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// export writes a folder as Homeward does: n entries, and beside it the public
// key and the head over the first kept entries, as a council keeps them.
func export(t *testing.T, n, kept int64) (dir, key, head string) {
	t.Helper()
	home := t.TempDir()
	dir, key, head = filepath.Join(home, "export"), filepath.Join(home, "key"), filepath.Join(home, "head")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	signer, public := proof.Signer(bytes.Repeat([]byte{1}, 32))
	sign := func(path string, h proof.Head) {
		text, err := h.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		put(t, path, text)
	}
	var lines bytes.Buffer
	w := proof.NewWalk()
	for seq := range n {
		text := proof.Entry{Seq: seq + 1, Action: "viewed", Prev: w.Prev()}.Text()
		lines.Write(append(text, '\n'))
		if err := w.Pass(proof.Hash(text)); err != nil {
			t.Fatal(err)
		}
		if w.Size() == kept {
			sign(head, w.Head(noon))
		}
	}
	sign(filepath.Join(dir, proof.HeadFile), w.Head(noon.Add(time.Hour)))
	put(t, filepath.Join(dir, proof.EntriesFile), lines.String())
	put(t, key, public+"\n")
	return dir, key, head
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestACouncilChecksAnExport(t *testing.T) {
	dir, key, head := export(t, 9, 4)
	for _, args := range [][]string{{dir, "--key", key, "--head", head}, {"--key", key, "--head=" + head, dir}, {"--head", head, dir, "--key", key}} {
		var out, errOut bytes.Buffer
		if code := run(args, &out, &errOut); code != 0 || errOut.Len() > 0 {
			t.Errorf("%v: %d %s", args, code, errOut.String())
		}
		const want = "As it was written: 9 entries, 9 of them in full, under the head signed 2026-11-22T13:00:00Z.\n" +
			"The first 4 are those of the head you kept, signed 2026-11-22T12:00:00Z.\n"
		if out.String() != want {
			t.Errorf("%s", out.String())
		}
	}
	var out, errOut bytes.Buffer
	if code := run([]string{dir, "--key", key}, &out, &errOut); code != 0 || !strings.Contains(errOut.String(), "Without a head you kept") {
		t.Errorf("without a head: %d %s", code, errOut.String())
	}
}

func TestWhatWasTamperedWithIsSaidAndEndsWithOne(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(dir, key, head string)
		says   string
	}{
		"an entry changed": {func(dir, _, _ string) {
			path := filepath.Join(dir, proof.EntriesFile)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			put(t, path, strings.Replace(string(text), `"seq":3,"at":""`, `"seq":3,"at":"x"`, 1))
		}, "entry 4 or the one before it"},
		"rewritten and signed": {func(dir, _, _ string) {
			other, _, _ := export(t, 9, 4) // the same entries
			text, err := os.ReadFile(filepath.Join(other, proof.EntriesFile))
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(text), "\n")
			signer, _ := proof.Signer(bytes.Repeat([]byte{1}, 32))
			w := proof.NewWalk()
			if err := w.Pass(proof.Hash([]byte(first))); err != nil {
				t.Fatal(err)
			}
			head, err := w.Head(noon).Sign(signer)
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, proof.EntriesFile), first+"\n")
			put(t, filepath.Join(dir, proof.HeadFile), head)
		}, "entries from 2 on are missing"},
		"another key": {func(_, key, _ string) {
			_, public := proof.Signer(bytes.Repeat([]byte{2}, 32))
			put(t, key, public)
		}, "another key"},
		"a head that is none": {func(_, _, head string) { put(t, head, "x") }, "the head you kept"},
	} {
		dir, key, head := export(t, 9, 4)
		c.tamper(dir, key, head)
		var out, errOut bytes.Buffer
		if code := run([]string{dir, "--key", key, "--head", head}, &out, &errOut); code != 1 || !strings.Contains(errOut.String(), c.says) || out.Len() > 0 {
			t.Errorf("%s: %d %s%s", name, code, out.String(), errOut.String())
		}
	}
}

func TestWhatCannotBeCheckedIsNotCalledGoodOrBad(t *testing.T) {
	dir, key, head := export(t, 9, 4)
	for _, args := range [][]string{
		{}, {dir}, {"--key", key}, {dir, dir, "--key", key}, {dir, "--key"}, {dir, "--key", key, "--other"},
		{dir, "--key", key + "x"}, {dir + "x", "--key", key}, {dir, "--key", key, "--head", head + "x"},
	} {
		var out, errOut bytes.Buffer
		if code := run(args, &out, &errOut); code != 2 || out.Len() > 0 || strings.Contains(errOut.String(), "NOT AS") {
			t.Errorf("%v: %d %s%s", args, code, out.String(), errOut.String())
		}
	}
}
