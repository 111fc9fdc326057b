package gazetteer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"homeward/internal/db"
)

// England has 9,132 sectors and 1,491,107 postcodes; this has about as many.
const (
	manySectors    = 9_132
	unitsPerSector = 164
)

// synthetic is a packed file as large as England's, and some of its postcodes.
var synthetic = sync.OnceValues(func() (string, []string) {
	random := rand.New(rand.NewPCG(1, 2))
	var sectors []packedSector
	var asked []string
	for i := range manySectors {
		s := packedSector{code: fmt.Sprintf("%c%c%d %d", 'A'+i/10/26/26, 'A'+i/10/26%26, i/10%26+1, i%10)}
		middle := point{20_000 + random.IntN(40_000), 10_000 + random.IntN(40_000)}
		for range unitsPerSector {
			s.units = append(s.units, point{middle.easting + random.IntN(200), middle.northing + random.IntN(200)})
		}
		sectors = append(sectors, s)
		u := random.IntN(unitsPerSector)
		asked = append(asked, fmt.Sprintf("%s%c%c", s.code, 'A'+u/26, 'A'+u%26))
	}
	random.Shuffle(len(asked), func(i, j int) { asked[i], asked[j] = asked[j], asked[i] })
	return encodePacked(sectors...), asked
})

// resident is what is reachable, in bytes.
func resident() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func syntheticTable(b *testing.B) *Table {
	b.Helper()
	content, _ := synthetic()
	r, err := readText("p", content)
	if err != nil {
		b.Fatal(err)
	}
	return r.Table()
}

func BenchmarkReadEngland(b *testing.B) {
	content, _ := synthetic()
	for b.Loop() {
		if _, err := readText("p", content); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlace(b *testing.B) {
	before := resident()
	table := syntheticTable(b)
	size := resident() - before
	_, asked := synthetic()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if !table.Place(asked[i%len(asked)]).Known {
			b.Fatalf("%s is not known", asked[i%len(asked)])
		}
		i++
	}
	b.ReportMetric(size/1e6, "MB")
	b.ReportMetric(float64(table.Units()), "postcodes")
}

func BenchmarkStoreEngland(b *testing.B) {
	content, _ := synthetic()
	for b.Loop() {
		d := benchDB(b)
		store(b, d, content)
	}
}

func BenchmarkOpenEngland(b *testing.B) {
	content, _ := synthetic()
	d := benchDB(b)
	store(b, d, content)
	for b.Loop() {
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			_, err := Open(tx)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func benchDB(b *testing.B) *db.DB {
	b.Helper()
	d, err := db.Migrate(context.Background(), "sqlite:"+filepath.Join(b.TempDir(), "homeward.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := d.Close(); err != nil {
			b.Error(err)
		}
	})
	return d
}

func store(b *testing.B, d *db.DB, content string) {
	b.Helper()
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		r, err := readText("p", content)
		if err != nil {
			return err
		}
		_, err = r.Store(tx, "p", loadedOn)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkReadCodePointOpen(b *testing.B) {
	var content strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&content, "\"ZY%d %d%c%c\",10,%d,%d,\"E92000001\",\"E19000001\",\"E18000004\",\"\",\"E06000015\",\"E05000001\"\r\n",
			i/6760, i/676%10, 'A'+i/26%26, 'A'+i%26, 400_000+i, 300_000+i)
	}
	b.SetBytes(int64(content.Len()))
	for b.Loop() {
		if _, err := readText("p", content.String()); err != nil {
			b.Fatal(err)
		}
	}
}
