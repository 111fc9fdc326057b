package watch

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSurnamesAreComparedByWhatIsTheSame(t *testing.T) {
	for name, want := range map[string]string{
		"Hollis": "hollis", " HOLLIS ": "hollis", "O'Brien": "obrien", "O’Brien": "obrien", "O´Brien": "obrien", "O‘Brien": "obrien", "O Brien": "obrien brien",
		"Smith-Jones": "smithjones smith jones", "Smith–Jones": "smithjones smith jones", "Smith Jones": "smithjones smith jones", "Smith - Jones": "smithjones smith jones",
		"Müller": "muller", "Mu\u0308ller": "muller", "Łukasiewicz": "lukasiewicz", "Ørsted": "orsted", "Groß": "gross", "Şahin": "sahin", "Yıldız": "yildiz", "İnce": "ince",
		"Nguyễn": "nguyen", "van der Berg": "vanderberg berg", "de Souza": "desouza souza", "El-Sayed": "elsayed sayed", "Mc Donagh": "mcdonagh donagh",
		"Le": "le", "Al": "al", "St. John": "stjohn john", "ﬁelding": "fielding", "": "", "-": "", "’": "", "123": "",
	} {
		if diff := cmp.Diff(want, strings.Join(surnameKeys(name), " ")); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
	}
}

func TestTheSurnameInAWorkersName(t *testing.T) {
	for name, want := range map[string]string{
		"Ann Birchall": "Birchall", "Ann Grace Smith-Jones": "Smith-Jones", "Ann van der Berg": "van der Berg", "Ann O Brien": "O Brien", "Ann Mc Donagh": "Mc Donagh",
		"Birchall": "Birchall", "Birchall, Ann": "Birchall", "Ann Birchall (she/her)": "Birchall", "Ann Birchall, RSW": "Birchall", "Al Murray": "Murray", "El Sayed": "Sayed", "": "", "  ": "", "(": "",
	} {
		if got := ownSurname(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCommonSurnamesAreWrittenAsTheyAreCompared(t *testing.T) {
	for _, s := range common {
		if !slices.Equal(surnameKeys(s), []string{s}) {
			t.Errorf("%s", s)
		}
	}
}

func TestASurnameMatchesItselfHoweverItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zàâäçéèñóöúüłøåśžčğşæœ][a-zàâäçéèñóöúüłøåśžčğşæœ' -]{0,20}`).Draw(t, "name")
		keys := surnameKeys(name)
		for _, written := range []string{strings.ToUpper(name), strings.ReplaceAll(name, " ", "  "), strings.ReplaceAll(name, "'", "’"), " " + name + "."} {
			if diff := cmp.Diff(keys, surnameKeys(written)); diff != "" {
				t.Fatalf("%q and %q: %s", name, written, diff)
			}
		}
	})
}
