package gazetteer

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/fault"
	"homeward/internal/geo"
)

var loadedOn = date.MustOf(2026, 11, 21)

// inWrite runs fn in a transaction that must succeed.
func inWrite(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, d *db.DB, path string) (report Report) {
	t.Helper()
	inWrite(t, d, func(tx *db.Tx) (err error) {
		report, err = Load(tx, path, loadedOn)
		return err
	})
	return report
}

// open reads what is stored, as a server does.
func open(t *testing.T, d *db.DB) (table *Table, version int64) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) (err error) {
		if table, err = Open(tx); err != nil {
			return err
		}
		version, err = Version(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return table, version
}

func TestNothingLoadedKnowsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		table, version := open(t, d)
		if version != 0 || table.Units() != 0 || table.Place("ZY1 1CI").Known {
			t.Errorf("version %d, %d units", version, table.Units())
		}
	})
}

func TestLoadsMergeAndTheNewestRowWins(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		first := load(t, d, "testdata/codepoint")
		if first.AreasWritten != 4 || first.Load != 1 {
			t.Errorf("first load: %+v", first)
		}
		load(t, d, "testdata/sectors.csv")
		load(t, d, "testdata/outcodes.csv")
		second := load(t, d, "testdata/nspl_2026.csv")
		if second.AreasWritten != 4 || second.Load != 4 {
			t.Errorf("second load: %+v", second)
		}
		table, version := open(t, d)
		if version != 4 || table.Units() != 11 || table.Centres() != 6 {
			t.Errorf("version %d, %d units, %d centres", version, table.Units(), table.Centres())
		}
		checkPlaces(t, "merged", table, map[string]geo.Position{
			"ZY1 1CI":  exact(440012, 330022),       // the newer row
			"ZY1 1CO":  vague(440200, 330200, 700),  // without a position: its sector
			"ZY1 2CI":  vague(440500, 330500, 2000), // its outward code
			"ZY11 1CV": exact(441010, 331020),       // only in the first
			"ZY22 1MO": exact(443012, 333022),       // only in the second
			"ZY11":     {},                          // or ZY1 1?
			"ZY12":     vague(445500, 335500, 1500), // ZY1 has no sector 2
			"BT1 1CI":  {},
		})
	})
}

func TestLoadingAgainWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, path := range []string{"testdata/codepoint", "testdata/sectors.csv", "testdata/packed.bin.gz"} {
			load(t, d, path)
			if again := load(t, d, path); again.AreasWritten != 0 || again.CentresWritten != 0 {
				t.Errorf("%s: %+v", path, again)
			}
		}
	})
}

func TestAFaultLeavesEverythingAsItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		write(t, dir, "1.csv", onsHead+"ZY1 1CI,,440000,330000,1\n")
		write(t, dir, "2.csv", onsHead+"ZY1 1CI,,440000,330000,x\n")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := Load(tx, dir, loadedOn)
			return err
		})
		if fault.ExitCode(err) != 3 || !strings.Contains(fault.Message(err), "2.csv, line 2, column osgrdind") {
			t.Errorf("%v", err)
		}
		if table, version := open(t, d); version != 0 || table.Units() != 0 {
			t.Errorf("version %d, %d units are left", version, table.Units())
		}
	})
}

func TestLoadsAreListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		dir := t.TempDir()
		write(t, dir, "1.csv", onsHead+"ZY1 1CI,,440000,330000,1\n")
		write(t, dir, "2.csv", sectorHead+"ZY1 1,440000,330000,1\nZY1 2,440000,330000,1\n")
		load(t, d, "testdata/packed.bin")
		load(t, d, dir)
		var loads []Loaded
		inWrite(t, d, func(tx *db.Tx) (err error) {
			loads, err = Loads(tx)
			return err
		})
		name := filepath.Base(dir)
		want := []Loaded{{3, name, Sectors, 2, loadedOn}, {2, name, ONS, 1, loadedOn}, {1, "packed.bin", Packed, 4, loadedOn}}
		if diff := cmp.Diff(want, loads); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestDamagedStorageIsRefused(t *testing.T) {
	good := encodeArea([]unit{1 << keyShift, 2 << keyShift})
	for name, units := range map[string][]byte{
		"empty": {}, "another layout": {2}, "cut short": good[:len(good)-1], "out of order": encodeArea([]unit{2 << keyShift, 1 << keyShift}),
	} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			inWrite(t, d, func(tx *db.Tx) error {
				return tx.InsertMany("gazetteer_area", []string{"outcode", "units"}, [][]any{{"ZY1", units}})
			})
			err := d.Read(context.Background(), func(tx *db.Tx) error {
				_, err := Open(tx)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), "ZY1") {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
