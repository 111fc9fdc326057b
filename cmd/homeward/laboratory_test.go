package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAStoppedRunOfTheLaboratoryGoesOnToTheSameBytes stops the command as people
// and machines do: asked to, and without being asked.
func TestAStoppedRunOfTheLaboratoryGoesOnToTheSameBytes(t *testing.T) {
	dir := t.TempDir()
	play := func(out string, more ...string) *exec.Cmd {
		args := append([]string{"laboratory", "run", "derby-2013", "--replications", "400", "--progress", "--out", out}, more...)
		return exec.Command("homeward", args...)
	}
	all := filepath.Join(dir, "all.jsonl")
	if text, err := play(all).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	want := read(t, all)
	for name, c := range map[string]struct {
		signal syscall.Signal
		code   int
		says   string
	}{"interrupted": {syscall.SIGINT, 1, "--resume"}, "killed": {syscall.SIGKILL, -1, ""}} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, name+".jsonl")
			code, said := stopEarly(t, play(out), c.signal)
			if code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("it ended with %d and said %s", code, said)
			}
			some := read(t, out)
			if len(some) == 0 || len(some) == len(want) || !bytes.HasPrefix(want, some) {
				t.Fatalf("it left %d bytes of %d", len(some), len(want))
			}
			if c.signal == syscall.SIGINT && some[len(some)-1] != '\n' {
				t.Error("its last line is not whole")
			}
			if text, err := play(out, "--resume").CombinedOutput(); err != nil || strings.Contains(string(text), "\n1 of 400") {
				t.Fatalf("%v: %s", err, text)
			}
			if !bytes.Equal(read(t, out), want) {
				t.Error("it went on to other bytes")
			}
		})
	}
}

// stopEarly sends a signal when the third replication is done, and gives how the
// command ended and what it said after that.
func stopEarly(t *testing.T, command *exec.Cmd, signal syscall.Signal) (code int, said string) {
	t.Helper()
	pipe, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var after strings.Builder
	for lines, sent := bufio.NewScanner(pipe), false; lines.Scan(); {
		if sent && !strings.Contains(lines.Text(), " of 400 replications") {
			after.WriteString(lines.Text())
		}
		if strings.HasPrefix(lines.Text(), "3 of ") {
			sent = true
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = command.Wait() // its code says how it ended
	return command.ProcessState.ExitCode(), after.String()
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
