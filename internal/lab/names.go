package lab

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"homeward/internal/child"
)

// heritage is what names people of an ethnic code are given here, and what
// languages and religions may be recorded for them. It says nothing of anybody.
type heritage struct{ given, family, languages, religions []string }

var (
	christian = []string{"Christian", "Church of England", "Roman Catholic"}
	muslim    = []string{"Muslim"}
	mixed     = []string{"Christian", "Muslim", "Roman Catholic"}
)

var unspecified = heritage{[]string{"british"}, []string{"british"}, nil, christian}

var heritages = map[string]heritage{
	"WIRI": {[]string{"irish", "british"}, []string{"irish"}, nil, []string{"Roman Catholic"}},
	"WIRT": {[]string{"irish", "british"}, []string{"irish"}, nil, []string{"Roman Catholic"}},
	"WROM": {[]string{"romanian", "british"}, []string{"romanian"}, []string{"ro"}, christian},
	"WOTH": {[]string{"polish", "romanian", "turkish"}, []string{"polish", "romanian", "turkish"}, []string{"pl", "ro", "lt", "tr"}, []string{"Roman Catholic", "Christian", "Orthodox"}},
	"MWBC": {[]string{"british", "caribbean"}, []string{"british", "caribbean"}, nil, christian},
	"MWBA": {[]string{"british", "west_african"}, []string{"british", "west_african"}, nil, christian},
	"MWAS": {[]string{"british", "pakistani", "indian"}, []string{"british", "pakistani", "indian"}, nil, mixed},
	"MOTH": {[]string{"british", "arab", "other_asian", "turkish"}, []string{"british", "arab", "other_asian", "turkish"}, nil, mixed},
	"AIND": {[]string{"indian"}, []string{"indian"}, []string{"pa", "gu", "hi"}, []string{"Hindu", "Sikh"}},
	"APKN": {[]string{"pakistani"}, []string{"pakistani"}, []string{"ur", "pa"}, muslim},
	"ABAN": {[]string{"bangladeshi"}, []string{"bangladeshi"}, []string{"bn"}, muslim},
	"AOTH": {[]string{"other_asian"}, []string{"other_asian"}, []string{"ta", "vi", "tl", "ne"}, []string{"Hindu", "Buddhist", "Christian"}},
	"CHNE": {[]string{"chinese", "british"}, []string{"chinese"}, []string{"zh"}, []string{"Buddhist", "Christian"}},
	"BCRB": {[]string{"caribbean", "british"}, []string{"caribbean"}, nil, christian},
	"BAFR": {[]string{"west_african", "east_african"}, []string{"west_african", "east_african"}, []string{"yo", "ig", "so", "ti", "am", "ar"}, mixed},
	"BOTH": {[]string{"caribbean", "british"}, []string{"caribbean", "west_african"}, nil, christian},
	"OOTH": {[]string{"arab", "turkish"}, []string{"arab", "turkish"}, []string{"ar", "ku", "fa"}, muslim},
}

func heritageOf(ethnic string) heritage {
	if h, ok := heritages[ethnic]; ok {
		return h
	}
	return unspecified
}

// names are the lists by group and part, such as "british boy".
var names = sync.OnceValue(func() map[string][]string {
	lists := map[string][]string{}
	for _, r := range rows("names.csv") {
		lists[r[0]+" "+r[1]] = strings.Split(r[2], "|")
	}
	return lists
})

func surname(r *rand.Rand, ethnic string) string {
	return one(r, names()[one(r, heritageOf(ethnic).family)+" family"])
}

func givenName(r *rand.Rand, ethnic, sex string, elder []child.Child) string {
	part := " girl"
	if sex == "M" {
		part = " boy"
	}
	for {
		name := one(r, names()[one(r, heritageOf(ethnic).given)+part])
		if !slices.ContainsFunc(elder, func(c child.Child) bool { return c.GivenName == name }) {
			return name
		}
	}
}

// spokenLanguages are the languages of all heritages, each once, in order.
var spokenLanguages = sync.OnceValue(func() []string {
	list := []string{"cy", "fr", "es", "it", "pt"}
	for _, h := range heritages {
		list = append(list, h.languages...)
	}
	slices.Sort(list)
	return slices.Compact(list)
})
