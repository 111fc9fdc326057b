package ssda903_test

import (
	"bytes"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
)

// council is a return of 3,000 children and about 30,000 episodes, with the year
// before.
func council() (now, last *ssda903.Return) {
	return invent.Return(invent.Options{Seed: 1, Children: 3000, Episodes: 11, Year: 2026})
}

// BenchmarkCheck is all rules, with every aid, over a council's return in memory.
func BenchmarkCheck(b *testing.B) {
	now, last := council()
	given := invent.Aids()
	b.ReportMetric(float64(now.Sheets[ssda903.Episodes].Len()), "episodes")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ssda903.Check(now, last, given); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRead is the reading of its largest table.
func BenchmarkRead(b *testing.B) {
	now, _ := council()
	var text bytes.Buffer
	if err := now.Sheets[ssda903.Episodes].WriteCSV(&text); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ssda903.Read([]ssda903.File{file("episodes.csv", text.String())}, 2026); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteJSON is the report of a council's return with 300 faults.
func BenchmarkWriteJSON(b *testing.B) {
	now, last := council()
	faulty, _ := invent.Plant(now, last, 1)
	result, err := ssda903.Check(faulty, last, invent.Aids())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := result.WriteJSON(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCouncil is the whole process that checks a council's return with the
// year before (limits 0.6 s, 150 MB), BenchmarkEngland that of England's 83,000
// children and 900,000 episodes (20 s, 1.5 GB). Run them with -benchtime 1x or
// a few: they are what people wait for.
func BenchmarkCouncil(b *testing.B) { process(b, 3000) }

func BenchmarkEngland(b *testing.B) { process(b, 83000) }

func process(b *testing.B, children int) {
	dir := b.TempDir()
	homeward := filepath.Join(dir, "homeward")
	if out, err := exec.Command("go", "build", "-o", homeward, "homeward/cmd/homeward").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(homeward, "returns", "invent", filepath.Join(dir, "r"), "--children", strconv.Itoa(children), "--episodes", "12", "--year", "2026", "--faults").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var wall, cpu, peak float64
	for b.Loop() {
		check := exec.Command(homeward, "returns", "check", filepath.Join(dir, "r", "this"), "--prior", filepath.Join(dir, "r", "last"), "--year", "2026", "--json")
		begun := time.Now()
		if out, err := check.Output(); err != nil {
			b.Fatalf("%v\n%.500s", err, out)
		}
		state := check.ProcessState
		wall += time.Since(begun).Seconds()
		cpu += (state.UserTime() + state.SystemTime()).Seconds()
		peak = max(peak, float64(state.SysUsage().(*syscall.Rusage).Maxrss)/1024)
	}
	b.ReportMetric(wall/float64(b.N), "s")
	b.ReportMetric(cpu/float64(b.N), "cpu-s")
	b.ReportMetric(peak, "MB")
	b.ReportMetric(0, "ns/op")
}
