package watch

import (
	"slices"
	"strings"
	"unicode"

	"homeward/internal/gazetteer"

	"golang.org/x/text/unicode/norm"
)

// letters are those that Unicode does not take apart into a plain letter and a
// mark, as English records write them.
var letters = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "ħ", "h", "ŋ", "n")

// apostrophes stand inside a name and do not part it.
const apostrophes = "'’‘ʼʻ`´′＇"

// particles are no part of a name to know somebody by when others follow.
var particles = []string{
	"abu", "al", "ap", "ben", "bin", "bint", "da", "dal", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "ibn",
	"la", "las", "le", "les", "lo", "los", "mac", "mc", "o", "st", "ten", "ter", "ul", "ur", "van", "von", "zu",
}

// words are the words of a name without case, accents and apostrophes.
func words(name string) []string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(apostrophes, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(name))
	return strings.FieldsFunc(letters.Replace(strings.ToLower(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mc, r) })
}

// surnameKeys are what a surname is compared by: the whole of it in one word,
// and each part of one that has several.
func surnameKeys(name string) []string {
	parts := words(name)
	keys := []string{strings.Join(parts, "")}
	for _, p := range parts {
		if !slices.Contains(particles, p) && p != keys[0] {
			keys = append(keys, p)
		}
	}
	if keys[0] == "" {
		return nil
	}
	return keys
}

// ownSurname is the surname in a worker's name as their agency wrote it: its last
// word with the particles before it, or what stands before a comma.
func ownSurname(name string) string {
	name, _, _ = strings.Cut(name, "(") // what somebody would be called by, or works as
	before, _, _ := strings.Cut(name, ",")
	list := strings.Fields(before)
	if len(list) == 0 {
		return ""
	}
	from := len(list) - 1
	for from > 1 && isParticle(list[from-1]) {
		from--
	}
	return strings.Join(list[from:], " ")
}

func isParticle(word string) bool {
	w := words(word)
	return len(w) == 1 && slices.Contains(particles, w[0])
}

// postcodeKey is what a whole postcode is compared by. Less than a whole one says
// too little: thousands live in a sector.
func postcodeKey(text string) (string, bool) {
	p, err := gazetteer.Parse(text)
	if err != nil || p.Kind() != gazetteer.Unit {
		return "", false
	}
	return strings.ReplaceAll(p.Canonical(), " ", ""), true
}

// common are surnames that so many people in England have that sharing one says
// little: the commonest on the electoral register of 1996
// (homepages.newnet.co.uk/dance/webpjd/offstats/comtable.htm), and from general
// knowledge those of South Asian families; to confirm with each region. They raise
// the question like any other, and spare the manager a notice.
var common = strings.Fields(`
	smith jones taylor brown williams wilson johnson davies davis robinson wright thompson evans walker white roberts green hall wood
	jackson clarke clark thomas lewis harris edwards hughes turner hill moore ward martin cooper king morris baker allen harrison scott
	patel khan hussain hossain ali ahmed ahmad begum bibi singh kaur akhtar islam rahman uddin miah shah mohammed muhammad malik iqbal`)
