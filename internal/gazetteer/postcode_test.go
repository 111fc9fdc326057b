package gazetteer

import (
	"regexp"
	"strings"
	"testing"

	"homeward/internal/fault"
)

func TestParseShapes(t *testing.T) {
	for _, c := range []struct {
		text, want string
		kind       Kind
	}{
		{"", "", Blank},
		{" \t", "", Blank},
		{"Z9 9CI", "Z9 9CI", Unit},
		{"Z99 9CI", "Z99 9CI", Unit},
		{"ZZ9 9CI", "ZZ9 9CI", Unit},
		{"ZZ99 9CI", "ZZ99 9CI", Unit},
		{"Z9Z 9CI", "Z9Z 9CI", Unit},
		{"ZZ9Z 9CI", "ZZ9Z 9CI", Unit},
		{"GIR 0AA", "GIR 0AA", Unit},
		{"gir0aa", "GIR 0AA", Unit},
		{"zz999ci", "ZZ99 9CI", Unit},
		{"  Z Z 9 9 9 C I ", "ZZ99 9CI", Unit},
		{"ZZ99  9CI", "ZZ99 9CI", Unit},
		{"ZZ99\u00a09CI", "ZZ99 9CI", Unit},
		{"ng34mv", "NG3 4MV", Unit},
		{"NG3 4", "NG3 4", Sector},
		{" ng3  4 ", "NG3 4", Sector},
		{"NG34 4", "NG34 4", Sector},
		{"E1W 3", "E1W 3", Sector},
		{"EC1A 1", "EC1A 1", Sector},
		{"NG3", "NG3", Outward},
		{"ng34", "NG34", Outward},
		{"E1", "E1", Outward},
		{"E1W", "E1W", Outward},
		{"EC1A", "EC1A", Outward},
		{"GIR", "GIR", Outward},
	} {
		p, err := Parse(c.text)
		if err != nil || p.Canonical() != c.want || p.Kind() != c.kind {
			t.Errorf("Parse(%q) = %q of kind %d, %v; want %q of kind %d", c.text, p, p.Kind(), err, c.want, c.kind)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"NG", "N", "9", "NG3-4", "NG 34", "NG 3", "NG 3 4", "N G3 4", // no space within an outward code that stands bare
		"E1W3", "NG312", "EC1A1", // a sector without its space
		"NGG3 4AA", "N333 4AA", "9G3 4AA", "N3AA 4AA", "NG3 AAA", "NG3 44A", "NG3 4A", "ZZ99 9CIX", "ZZ999 9CI",
		"GIR 1AA", "GIR 0AB", "ABC 0AA", "ÑG3 4AA", "NG3 4Å", "NG3 4\x00A", "NG3,4AA", "unknown", "n/a",
	} {
		p, err := Parse(text)
		if fault.KindOf(err) != fault.Invalid || p != (Postcode{}) {
			t.Errorf("Parse(%q) = %q, %v; want it refused", text, p, err)
		}
		if text != "" && err != nil && strings.Contains(err.Error(), text) && len(text) > 3 {
			t.Errorf("Parse(%q) repeats the text, which may say where somebody lives", text)
		}
	}
}

func TestPostcodesAreComparedByMeaning(t *testing.T) {
	a, _ := Parse("ng3 4mv")
	b, _ := Parse("N G34MV")
	if a != b {
		t.Errorf("%v and %v differ", a, b)
	}
	sector, ok := a.Sector()
	if want, _ := Parse("NG3 4"); !ok || sector != want {
		t.Errorf("the sector of %v is %v", a, sector)
	}
	if want, _ := Parse("NG3"); a.Outward() != want || sector.Outward() != want {
		t.Errorf("the outward code of %v is %v", a, a.Outward())
	}
}

func TestSectorReading(t *testing.T) {
	for text, want := range map[string]string{
		"NG34": "NG3 4", "E10": "E1 0", "NG3": "", "E1": "", "E1W": "", "EC1A": "", "GIR": "", "NG3 4": "", "NG34 4MV": "", "": "",
	} {
		p, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if sector, ok := p.SectorReading(); sector.Canonical() != want || ok != (want != "") {
			t.Errorf("%q may be the sector %q, want %q", text, sector, want)
		}
	}
}

// The same grammar in other words.
var (
	wholeShape   = regexp.MustCompile(`^(?:([A-Z]{1,2}[0-9]{1,2}|[A-Z]{1,2}[0-9][A-Z])([0-9])([A-Z]{2})|(GIR)(0)(AA))$`)
	sectorShape  = regexp.MustCompile(`^([A-Z]{1,2}[0-9]{1,2}|[A-Z]{1,2}[0-9][A-Z]|GIR) +([0-9])$`)
	outwardShape = regexp.MustCompile(`^([A-Z]{1,2}[0-9]{1,2}|[A-Z]{1,2}[0-9][A-Z]|GIR)$`)
	anySpace     = regexp.MustCompile("(?: |\t|\r|\n|\u00a0)+")
)

// wantCanonical is what Parse should make of a text.
func wantCanonical(text string) (string, bool) {
	upper := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
	spaced := strings.Trim(anySpace.ReplaceAllString(upper, " "), " ")
	if m := wholeShape.FindStringSubmatch(strings.ReplaceAll(spaced, " ", "")); m != nil {
		return m[1] + m[4] + " " + m[2] + m[5] + m[3] + m[6], true
	}
	if m := sectorShape.FindStringSubmatch(spaced); m != nil {
		return m[1] + " " + m[2], true
	}
	return spaced, spaced == "" || outwardShape.MatchString(spaced)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "DE22 3CV", "ng3 4", "NG34", "gir 0aa", "E1W", "E1W3", " E C1A\u00a01BB", "NG 34", "\xc2", "NG3\xc24", "İ9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		want, ok := wantCanonical(text)
		if ok != (err == nil) || (ok && p.Canonical() != want) {
			t.Fatalf("Parse(%q) = %q, %v; want %q, %v", text, p, err, want, ok)
		}
		if again, err := Parse(p.Canonical()); err != nil || again != p {
			t.Fatalf("%q does not read back: %q, %v", p, again, err)
		}
	})
}

func TestCanonicalText(t *testing.T) {
	for text, want := range map[string]string{"de223ci": "DE22 3CI", " ng3  4": "NG3 4", "ng34": "NG34", "": "", "the Ritz ": "the Ritz "} {
		if got := Canonical(text); got != want {
			t.Errorf("Canonical(%q) = %q, want %q", text, got, want)
		}
	}
}
