package gazetteer

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"homeward/internal/date"
	"homeward/internal/db"
)

// An area is stored as a byte that tells the layout, then its units in order,
// eight bytes each, the highest first.
const (
	areaLayout = 1
	unitSize   = 8
)

// rowsAtOnce bounds the areas sent in one statement, some 5 kB each.
const rowsAtOnce = 256

// Load reads a file or a folder and merges it with what is stored. On any fault
// nothing has been written; the caller's transaction makes it whole.
func Load(tx *db.Tx, path string, on date.Date) (Report, error) {
	r, err := Read(path)
	if err != nil {
		return Report{}, err
	}
	return r.Store(tx, filepath.Base(path), on)
}

// Store merges a reading with what is stored, writing only what changed. The
// name says where it came from.
//
// The number of the load is taken first: of two loads at the same time the
// second then fails on it, and neither merges with what it has not seen.
func (r *Reading) Store(tx *db.Tx, name string, on date.Date) (Report, error) {
	if err := r.storeLoad(tx, name, on); err != nil {
		return Report{}, fmt.Errorf("note the load of a gazetteer: %w", err)
	}
	if err := r.storeAreas(tx); err != nil {
		return Report{}, fmt.Errorf("store postcodes: %w", err)
	}
	if err := r.storeCentres(tx); err != nil {
		return Report{}, fmt.Errorf("store sectors and outward codes: %w", err)
	}
	return r.Report, nil
}

func (r *Reading) storeLoad(tx *db.Tx, name string, on date.Date) error {
	last, err := Version(tx)
	if err != nil {
		return err
	}
	var rows [][]any
	for i, p := range r.Report.Parts {
		rows = append(rows, []any{last + 1 + int64(i), name, string(p.Source), p.Rows, on})
	}
	r.Report.Load = last + int64(len(rows))
	return tx.InsertMany("gazetteer_load", []string{"n", "source", "kind", "units", "loaded_on"}, rows)
}

func (r *Reading) storeAreas(tx *db.Tx) error {
	if len(r.areas) == 0 {
		return nil
	}
	changed := make(map[Postcode][]unit, len(r.areas))
	for outward, area := range r.areas {
		changed[outward] = *area
	}
	err := eachArea(tx, func(outward Postcode, stored []unit) {
		newer, ok := changed[outward]
		if !ok {
			return
		}
		if merged := merge(stored, newer); slices.Equal(merged, stored) {
			delete(changed, outward)
		} else {
			changed[outward] = merged
		}
	})
	if err != nil {
		return err
	}
	r.Report.AreasWritten = len(changed)
	return replace(tx, "gazetteer_area", []string{"outcode", "units"}, changed, func(area []unit) []any {
		return []any{encodeArea(area)}
	})
}

func (r *Reading) storeCentres(tx *db.Tx) error {
	if len(r.centres) == 0 {
		return nil
	}
	stored, err := readStoredCentres(tx)
	if err != nil {
		return err
	}
	changed := maps.Clone(r.centres)
	maps.DeleteFunc(changed, func(p Postcode, c centre) bool {
		old, ok := stored[p]
		return ok && old == c
	})
	r.Report.CentresWritten = len(changed)
	return replace(tx, "gazetteer_centre", []string{"code", "easting", "northing", "r95_m"}, changed, func(c centre) []any {
		return []any{c.easting, c.northing, c.r95}
	})
}

// replace writes rows by their code, which is the first column, in place of
// those that are there.
func replace[V any](tx *db.Tx, table string, columns []string, changed map[Postcode]V, cells func(V) []any) error {
	for codes := range slices.Chunk(sortedCodes(changed), rowsAtOnce) {
		keys, rows := make([]any, len(codes)), make([][]any, len(codes))
		for i, code := range codes {
			keys[i] = code.Canonical()
			rows[i] = append([]any{keys[i]}, cells(changed[code])...)
		}
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE "+columns[0]+" IN ("+db.Params(1, len(keys))+")", keys...); err != nil {
			return err
		}
		if err := tx.InsertMany(table, columns, rows); err != nil {
			return err
		}
	}
	return nil
}

// Open reads the stored gazetteer into memory. One that was never loaded is a
// table that knows no postcode.
func Open(tx *db.Tx) (*Table, error) {
	var stored int64
	if err := tx.QueryRow("SELECT COALESCE(SUM(LENGTH(units)), 0) FROM gazetteer_area").Scan(&stored); err != nil {
		return nil, fmt.Errorf("measure the gazetteer: %w", err)
	}
	t := &Table{units: make([]unit, 0, stored/unitSize), areas: map[Postcode]span{}}
	if err := eachArea(tx, t.add); err != nil {
		return nil, fmt.Errorf("read the gazetteer's postcodes: %w", err)
	}
	var err error
	if t.centres, err = readStoredCentres(tx); err != nil {
		return nil, fmt.Errorf("read the gazetteer's sectors and outward codes: %w", err)
	}
	return t, nil
}

// Version is the number of the last load, 0 before any. A running server opens
// the gazetteer again when it has grown.
func Version(tx *db.Tx) (int64, error) {
	var n int64
	err := tx.QueryRow("SELECT COALESCE(MAX(n), 0) FROM gazetteer_load").Scan(&n)
	return n, err
}

// Loaded is one kind of file that was loaded once.
type Loaded struct {
	Number int64
	Name   string // of the file or folder
	Source Source
	Rows   int
	On     date.Date
}

// Loads tells what was loaded, the last first.
func Loads(tx *db.Tx) ([]Loaded, error) {
	var loads []Loaded
	err := tx.Each(func(rows *sql.Rows) error {
		var l Loaded
		if err := rows.Scan(&l.Number, &l.Name, &l.Source, &l.Rows, &l.On); err != nil {
			return err
		}
		loads = append(loads, l)
		return nil
	}, "SELECT n, source, kind, units, loaded_on FROM gazetteer_load ORDER BY n DESC")
	return loads, err
}

// eachArea gives every stored area in turn; its units are good until fn returns.
func eachArea(tx *db.Tx, fn func(outward Postcode, units []unit)) error {
	var units []unit
	return tx.Each(func(rows *sql.Rows) error {
		var code string
		var stored sql.RawBytes
		if err := rows.Scan(&code, &stored); err != nil {
			return err
		}
		p, ok := parse(code)
		if !ok || p.Kind() != Outward {
			return fmt.Errorf("stored area %q is no outward code", code)
		}
		var err error
		if units, err = decodeArea(units[:0], stored); err != nil {
			return fmt.Errorf("stored area %s: %w", code, err)
		}
		fn(p, units)
		return nil
	}, "SELECT outcode, units FROM gazetteer_area ORDER BY outcode")
}

func readStoredCentres(tx *db.Tx) (map[Postcode]centre, error) {
	centres := map[Postcode]centre{}
	err := tx.Each(func(rows *sql.Rows) error {
		var code string
		var c centre
		if err := rows.Scan(&code, &c.easting, &c.northing, &c.r95); err != nil {
			return err
		}
		p, ok := parse(code)
		if !ok || (p.Kind() != Sector && p.Kind() != Outward) {
			return fmt.Errorf("stored centre %q is no sector or outward code", code)
		}
		centres[p] = c
		return nil
	}, "SELECT code, easting, northing, r95_m FROM gazetteer_centre")
	return centres, err
}

func encodeArea(units []unit) []byte {
	b := make([]byte, 1, 1+len(units)*unitSize)
	b[0] = areaLayout
	for _, u := range units {
		b = binary.BigEndian.AppendUint64(b, uint64(u))
	}
	return b
}

// decodeArea appends the units of a stored area, which must be in order: the
// search relies on it.
func decodeArea(units []unit, b []byte) ([]unit, error) {
	if len(b)%unitSize != 1 || b[0] != areaLayout {
		return nil, fmt.Errorf("%d bytes of a layout this program does not know", len(b))
	}
	for b = b[1:]; len(b) > 0; b = b[unitSize:] {
		u := unit(binary.BigEndian.Uint64(b))
		if n := len(units); n > 0 && units[n-1].key() >= u.key() {
			return nil, fmt.Errorf("unit %d is out of order", n)
		}
		units = append(units, u)
	}
	return units, nil
}
