package plan

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestPeer writes instances and our plans of them for scripts/plan-peer, which
// lets another solver have them. It does nothing unless HOMEWARD_PLAN_PEER says
// where to write.
func TestPeer(t *testing.T) {
	dir := os.Getenv("HOMEWARD_PLAN_PEER")
	if dir == "" {
		t.Skip("scripts/plan-peer runs this")
	}
	for i := range 200 {
		d := seeded(uint64(i))
		groups, families, pairs := throw(d, 300)
		switch {
		case i%20 == 0:
			groups, pairs = groups*(i/20%2), nil
		case i%20 == 10:
			families, pairs = 0, nil
		case i%3 == 0:
			pairs = sparse(d, groups, families, 1+d(20), 1000, 1000+d(1001))
		}
		writePeer(t, filepath.Join(dir, fmt.Sprintf("check-%03d", i)), groups, families, pairs)
	}
	for i := range 12 {
		families := 440 + 20*i
		groups, pairs, splits := throwSplits(seeded(uint64(i)), 500, families, 20)
		writePeerSplits(t, filepath.Join(dir, fmt.Sprintf("split-%02d", i)), groups, families, pairs, splits)
	}
	for _, n := range []int{3000, 10000} {
		writePeer(t, filepath.Join(dir, fmt.Sprintf("speed-%05d", n)), n, n, region(n))
	}
}

// writePeerSplits writes an instance with splits and our plan of it in the same
// way; after the links come two numbers for each part: the whole, and the part.
func writePeerSplits(t *testing.T, path string, groups, families int, pairs []Pair, splits []Split) {
	t.Helper()
	from := cpu()
	p, err := SolveSplits(groups, families, pairs, splits, 20000)
	if err != nil || !p.Proven() {
		t.Fatalf("%s: %d of %d after %d tries (%v)", path, p.Total, p.Bound, p.Tried, err)
	}
	var parts [][]int32
	for _, s := range splits {
		for _, part := range s.Parts {
			parts = append(parts, []int32{int32(s.Whole), int32(part)})
		}
	}
	write(t, path, []int{groups, families, len(pairs), len(p.Links), int((cpu() - from).Microseconds())}, pairs, p.Links, parts)
}

// writePeer writes an instance and our plan of it as whole numbers of four bytes:
// groups, families, pairs, links and the microseconds it took, then three for
// each pair and three for each link.
func writePeer(t *testing.T, path string, groups, families int, pairs []Pair) {
	t.Helper()
	var s *Solver
	took := time.Hour
	for range 5 {
		from := cpu()
		s = solved(t, groups, families, pairs)
		took = min(took, cpu()-from)
	}
	links := s.Plan().Links
	write(t, path, []int{groups, families, len(pairs), len(links), int(took.Microseconds())}, pairs, links, nil)
}

func write(t *testing.T, path string, head []int, pairs, links []Pair, parts [][]int32) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(file)
	for _, n := range head {
		_ = binary.Write(out, binary.LittleEndian, int32(n))
	}
	for _, list := range [][]Pair{pairs, links} {
		for _, p := range list {
			_ = binary.Write(out, binary.LittleEndian, [3]int32{int32(p.Group), int32(p.Family), int32(p.Weight)})
		}
	}
	for _, p := range parts {
		_ = binary.Write(out, binary.LittleEndian, p)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
