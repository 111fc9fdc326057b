package gazetteer

import "homeward/internal/fault"

// Kind is how much of a postcode a text gives.
type Kind uint8

// The kinds, from nothing to everything.
const (
	Blank   Kind = iota
	Outward      // DE22
	Sector       // DE22 3
	Unit         // DE22 3CV
)

// Postcode is a whole postcode, a sector or an outward code. Two are equal (==)
// when they mean the same. The zero Postcode is blank.
type Postcode struct {
	// text is the outward code filled up with zeros, the sector's digit, the
	// unit's two letters.
	text [sizeOfCode]byte
}

const (
	sizeOfOutward = 4
	sizeOfInward  = 3
	sizeOfCode    = sizeOfOutward + sizeOfInward
)

var errShape = fault.New(fault.Invalid,
	"This is not a postcode, a sector or an outward code. Write it like DE22 3CV, NG3 4 (with its space) or DE22.")

// Parse reads a postcode, a sector or an outward code. A blank text is the blank
// Postcode.
func Parse(text string) (Postcode, error) {
	p, ok := parse(text)
	if !ok {
		return Postcode{}, errShape
	}
	return p, nil
}

func parse[T string | []byte](text T) (Postcode, bool) {
	s, ok := scan(text)
	if !ok {
		return Postcode{}, false
	}
	b := s.letters[:s.n]
	switch {
	case s.n == 0:
		return Postcode{}, true
	case s.gaps == 0 && isOutward(b):
		return join(b, 0, 0, 0), true
	case s.gaps == 1 && s.gapAt == s.n-1 && isDigit(b[s.gapAt]) && isOutward(b[:s.gapAt]):
		return join(b[:s.gapAt], b[s.gapAt], 0, 0), true
	case isWhole(b):
		in := b[s.n-sizeOfInward:]
		return join(b[:s.n-sizeOfInward], in[0], in[1], in[2]), true
	}
	return Postcode{}, false
}

func join(outward []byte, sector, first, second byte) Postcode {
	var p Postcode
	copy(p.text[:sizeOfOutward], outward)
	p.text[4], p.text[5], p.text[6] = sector, first, second
	return p
}

// scanned is a text in capitals without its spaces.
type scanned struct {
	letters [sizeOfCode]byte
	n       int
	gaps    int // runs of spaces inside
	gapAt   int // how many letters stand before the last of them
}

func scan[T string | []byte](text T) (s scanned, ok bool) {
	gap := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			gap = s.n > 0
			continue
		case c == 0xc2 && i+1 < len(text) && text[i+1] == 0xa0: // a no-break space, from spreadsheets
			gap = s.n > 0
			i++
			continue
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		if s.n == sizeOfCode {
			return s, false
		}
		if gap {
			s.gaps, s.gapAt, gap = s.gaps+1, s.n, false
		}
		s.letters[s.n] = c
		s.n++
	}
	return s, true
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

// isOutward tells whether a text has the shape of an outward code. GIR is the
// one that has none: Girobank's, still listed.
func isOutward(b []byte) bool {
	if len(b) < 2 || len(b) > sizeOfOutward {
		return false
	}
	var shape [sizeOfOutward]byte
	for i, c := range b {
		switch {
		case isDigit(c):
			shape[i] = '9'
		case isLetter(c):
			shape[i] = 'A'
		}
	}
	switch string(shape[:len(b)]) {
	case "A9", "A99", "AA9", "AA99", "A9A", "AA9A":
		return true
	}
	return string(b) == "GIR"
}

func isWhole(b []byte) bool {
	if len(b) < 2+sizeOfInward {
		return false
	}
	out, in := b[:len(b)-sizeOfInward], b[len(b)-sizeOfInward:]
	if string(out) == "GIR" {
		return string(in) == "0AA"
	}
	return isDigit(in[0]) && isLetter(in[1]) && isLetter(in[2]) && isOutward(out)
}

// Kind tells how much of a postcode is there.
func (p Postcode) Kind() Kind {
	switch {
	case p.text[5] != 0:
		return Unit
	case p.text[4] != 0:
		return Sector
	case p.text[0] != 0:
		return Outward
	}
	return Blank
}

// Canonical writes it as Royal Mail does, in capitals and with its one space:
// DE22 3CV, DE22 3, DE22.
func (p Postcode) Canonical() string {
	var b [sizeOfCode + 1]byte
	n := p.outwardSize()
	copy(b[:], p.text[:n])
	if p.text[4] == 0 {
		return string(b[:n])
	}
	b[n], b[n+1] = ' ', p.text[4]
	n += 2
	if p.text[5] != 0 {
		n += copy(b[n:], p.text[5:])
	}
	return string(b[:n])
}

// String is Canonical.
func (p Postcode) String() string { return p.Canonical() }

func (p Postcode) outwardSize() int {
	n := 0
	for n < sizeOfOutward && p.text[n] != 0 {
		n++
	}
	return n
}

// Outward is the outward code it lies in.
func (p Postcode) Outward() Postcode { return join(p.text[:sizeOfOutward], 0, 0, 0) }

// Sector is the sector it lies in; ok is false for an outward code.
func (p Postcode) Sector() (sector Postcode, ok bool) {
	if p.text[4] == 0 {
		return Postcode{}, false
	}
	return p.withSector(p.text[4]), true
}

func (p Postcode) withSector(digit byte) Postcode {
	return join(p.text[:sizeOfOutward], digit, 0, 0)
}

// SectorReading is the sector that a bare outward code would be if its space had
// been left out: NG3 4 of NG34. Most outward codes have none.
func (p Postcode) SectorReading() (sector Postcode, ok bool) {
	n := p.outwardSize()
	if p.Kind() != Outward || !isDigit(p.text[n-1]) || !isOutward(p.text[:n-1]) {
		return Postcode{}, false
	}
	return join(p.text[:n-1], p.text[n-1], 0, 0), true
}

// isIrish tells whether it lies in Northern Ireland, whose published
// coordinates are on another grid.
func (p Postcode) isIrish() bool {
	return p.text[0] == 'B' && p.text[1] == 'T'
}
