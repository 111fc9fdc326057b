package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// spent is what one run of the command cost.
type spent struct {
	wall time.Duration
	cpu  time.Duration
	peak float64 // megabytes
}

// measure runs the command as a process of its own, so that its memory is its
// own too.
func measure(b *testing.B, dir string, args ...string) spent {
	b.Helper()
	command := exec.Command("homeward", args...)
	command.Dir, command.Env = dir, append(os.Environ(), "HOMEWARD_DB=sqlite:bench.db")
	begun := time.Now()
	if out, err := command.Output(); err != nil {
		b.Fatalf("%v: %v\n%.500s", args, err, out)
	}
	state := command.ProcessState
	usage := state.SysUsage().(*syscall.Rusage)
	return spent{time.Since(begun), state.UserTime() + state.SystemTime(), float64(usage.Maxrss) / 1024}
}

func (s spent) report(b *testing.B, of string) {
	b.ReportMetric(s.wall.Seconds(), of+"-s")
	b.ReportMetric(s.cpu.Seconds(), of+"-cpu-s")
	b.ReportMetric(s.peak, of+"-MB")
}

// BenchmarkEngland imports the synthetic country on SQLite (limit 10 s) and lists
// the families of every waiting group (limits 5 s, 500 MB). Run it with
// -benchtime 1x: one run is what people wait for.
func BenchmarkEngland(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		measure(b, dir, "region", "write", "england", "--scale", "england", "--as-of", "2026-11-21")
		measure(b, dir, "migrate")
		measure(b, dir, "gazetteer", "load", filepath.Join("england", "gazetteer.csv"))
		measure(b, dir, "import", "england", "--as-of", "2026-11-21").report(b, "import")
		measure(b, dir, "match", "--all", "--json", "--as-of", "2026-11-21").report(b, "match-all")
	}
	b.ReportMetric(0, "ns/op")
}
