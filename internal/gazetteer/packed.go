package gazetteer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"homeward/internal/fault"
)

// The packed file is England's postcodes to 10 m in 4 MB: the line RAAPC1, a line
// of attribution, a line of authorities' codes; then unsigned varints: how many
// sectors; and for each sector its name behind a byte for its length, how many
// units, a base easting and northing, a byte for its authority; then for each
// unit (step<<1)|flag, where the steps count up from one before AA, a byte for
// another authority if the flag is set, and zig-zag varints of the way from the
// unit before, or from the base. It says nothing of quality or of postcodes
// ended, and every position in it counts as exact. Authorities are passed over.
const (
	packedMagic  = "RAAPC1\n"
	packedMetres = 10
	unitsASector = 26 * 26
)

// packedFile reads that format. The first failure stays in err, and everything
// read after it is 0: the callers look once a unit.
type packedFile struct {
	in          *bufio.Reader
	name        string
	sector      uint64 // which, the first being 1
	sectorName  string
	authorities int
	err         error
}

var (
	errPackedValue  = errors.New("a value out of its range")
	errPackedBehind = errors.New("something stands behind the last sector")
)

func (r *Reading) readPacked(name string, in *bufio.Reader) error {
	f := &packedFile{in: in, name: name}
	f.head()
	rows := 0
	for n := f.uint(); f.err == nil && f.sector < n; {
		f.sector++
		read, err := r.readPackedSector(f)
		if err != nil {
			return err
		}
		rows += read
	}
	f.finish()
	if f.err != nil {
		return f.fault()
	}
	r.Report.part(Packed).add(rows)
	return nil
}

// readPackedSector reads the units of one sector; only a fault of the reading
// itself (too many rows) comes back, the file's own stays in the file.
func (r *Reading) readPackedSector(f *packedFile) (rows int, err error) {
	sector := f.code()
	units := f.upTo(unitsASector)
	at := point{f.upTo(maxEasting / packedMetres), f.upTo(maxNorthing / packedMetres)}
	f.authority()
	letters := -1
	for range units {
		letters = f.letters(letters)
		at = f.step(at)
		if f.err != nil {
			return rows, nil
		}
		p := join(sector.text[:sizeOfOutward], sector.text[4], 'A'+byte(letters/26), 'A'+byte(letters%26))
		if err := r.addUnit(p, makeUnit(p, at.easting*packedMetres, at.northing*packedMetres, 0)); err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

type point struct{ easting, northing int }

func (f *packedFile) fail(err error) {
	if f.err == nil && err != nil {
		f.err = err
	}
}

func (f *packedFile) head() {
	for range 2 { // the name of the format and the attribution
		_, err := f.in.ReadSlice('\n')
		f.fail(err)
	}
	authorities, err := f.in.ReadSlice('\n')
	f.fail(err)
	f.authorities = strings.Count(string(authorities), ",") + 1
}

func (f *packedFile) uint() uint64 {
	if f.err != nil {
		return 0
	}
	v, err := binary.ReadUvarint(f.in)
	f.fail(err)
	return v
}

func (f *packedFile) upTo(most int) int {
	v := f.uint()
	if v > uint64(most) {
		f.fail(errPackedValue)
		return 0
	}
	return int(v)
}

func (f *packedFile) byte() byte {
	if f.err != nil {
		return 0
	}
	b, err := f.in.ReadByte()
	f.fail(err)
	return b
}

func (f *packedFile) code() Postcode {
	text := make([]byte, f.byte())
	if f.err == nil {
		_, err := io.ReadFull(f.in, text)
		f.fail(err)
	}
	p, ok := parse(text)
	if !ok || p.Kind() != Sector {
		f.fail(errPackedValue)
	}
	f.sectorName = p.Canonical()
	return p
}

func (f *packedFile) authority() {
	if int(f.byte()) >= f.authorities {
		f.fail(errPackedValue)
	}
}

// letters gives the next unit's letters, which go up, as a number.
func (f *packedFile) letters(last int) int {
	v := f.upTo(unitsASector<<1 | 1)
	if v&1 != 0 {
		f.authority()
	}
	next := last + v>>1
	if v>>1 == 0 || next >= unitsASector {
		f.fail(errPackedValue)
		return 0
	}
	return next
}

func (f *packedFile) step(from point) point {
	to := point{from.easting + f.zigzag(), from.northing + f.zigzag()}
	if to.easting < 0 || to.easting > maxEasting/packedMetres || to.northing < 0 || to.northing > maxNorthing/packedMetres {
		f.fail(errPackedValue)
		return point{}
	}
	return to
}

func (f *packedFile) zigzag() int {
	const farthest = 2 * maxNorthing / packedMetres
	v := f.upTo(farthest)
	return v>>1 ^ -(v & 1)
}

func (f *packedFile) finish() {
	if f.err != nil {
		return
	}
	if _, err := f.in.ReadByte(); err == nil {
		f.fail(errPackedBehind)
	} else if !errors.Is(err, io.EOF) {
		f.fail(err)
	}
}

func (f *packedFile) fault() error {
	if fault.KindOf(f.err) != fault.Internal {
		return f.err
	}
	where := f.name
	if f.sector > 0 {
		where += fmt.Sprintf(", sector %d %s", f.sector, f.sectorName)
	}
	return fault.Wrap(fault.Invalid, where+": the packed postcodes are damaged or cut short. Fetch the file again.", f.err)
}
