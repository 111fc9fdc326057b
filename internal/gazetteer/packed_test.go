package gazetteer

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// packedSector is a sector to pack, with a unit for each point: AA, AB and on.
type packedSector struct {
	code  string
	units []point // in tens of metres
}

// encodePacked writes the packed file.
func encodePacked(sectors ...packedSector) string {
	b := []byte(packedMagic + "made by a test\nE06000015,E10000007\n")
	b = binary.AppendUvarint(b, uint64(len(sectors)))
	for _, s := range sectors {
		b = appendSector(b, s)
	}
	return string(b)
}

func appendSector(b []byte, s packedSector) []byte {
	b = append(append(b, byte(len(s.code))), s.code...)
	b = binary.AppendUvarint(b, uint64(len(s.units)))
	base := point{44000, 33000}
	b = binary.AppendUvarint(b, uint64(base.easting))
	b = binary.AppendUvarint(b, uint64(base.northing))
	b = append(b, 0)
	for i, at := range s.units {
		b = binary.AppendUvarint(b, 1<<1|uint64(i&1))
		if i&1 != 0 {
			b = append(b, 1) // every other unit is in another authority
		}
		b = appendZigzag(b, at.easting-base.easting)
		b = appendZigzag(b, at.northing-base.northing)
		base = at
	}
	return b
}

func appendZigzag(b []byte, n int) []byte {
	return binary.AppendUvarint(b, uint64(n<<1^n>>63))
}

func TestDamagedPackedFiles(t *testing.T) {
	good := encodePacked(packedSector{"ZY1 1", []point{{44001, 33001}, {43999, 32999}}})
	if _, err := readText("p", good); err != nil {
		t.Fatal(err)
	}
	head := packedMagic + "a\nE06000015\n"
	for _, c := range []struct{ name, content, want string }{
		{"nothing behind the head", head, "p: the packed"},
		{"only the first line", packedMagic, "p: the packed"},
		{"one byte short", good[:len(good)-1], "p, sector 1 ZY1 1: the packed"},
		{"one byte more", good + "x", "p, sector 1 ZY1 1: the packed"},
		{"no sector's name", head + "\x01\x02ZY", "p, sector 1 : the packed"},
		{"a name too long", head + "\x01\xffZY1 1", "p, sector 1 : the packed"},
		{"an outward code", head + "\x01\x03ZY1\x00\x00\x00\x00", "p, sector 1 ZY1: the packed"},
		{"more units than letters", head + "\x01\x05ZY1 1" + "\xa5\x05\x00\x00\x00", "p, sector 1 ZY1 1: the packed"},
		{"an authority that is not listed", head + "\x01\x05ZY1 1\x00\x00\x00\x01", "p, sector 1 ZY1 1: the packed"},
		{"two units of one name", head + "\x01\x05ZY1 1\x02\x00\x00\x00\x02\x00\x00\x00\x00\x00", "p, sector 1 ZY1 1: the packed"},
		{"letters beyond ZZ", head + "\x01\x05ZY1 1\x01\x00\x00\x00\xca\x0a\x00\x00", "p, sector 1 ZY1 1: the packed"},
		{"west of the grid", head + "\x01\x05ZY1 1\x01\x00\x00\x00\x02\x01\x00", "p, sector 1 ZY1 1: the packed"},
		{"a number without an end", head + strings.Repeat("\xff", 12), "p: the packed"},
	} {
		_, err := readText("p", c.content)
		checkFault(t, c.name, err, c.want)
	}
}

func FuzzPacked(f *testing.F) {
	fixture, err := os.ReadFile("testdata/packed.bin")
	if err != nil {
		f.Fatal(err)
	}
	good := encodePacked(packedSector{"ZY1 1", []point{{44001, 33001}, {43999, 32999}}}, packedSector{"E1W 9", []point{{0, 0}}})
	for _, seed := range []string{string(fixture), good, good[:40], "\nx\n\x01\x05ZY1 1"} {
		f.Add(strings.TrimPrefix(seed, packedMagic))
	}
	f.Fuzz(func(t *testing.T, content string) {
		r, err := readWithinText("p", packedMagic+content, limits{bytes: 1 << 20, rows: 5000})
		checkReading(t, r, err)
	})
}
