package lab

import (
	"slices"
	"strings"
	"sync"

	"homeward/internal/agency"
)

// national is the pool every agency is in.
const national = "ENG"

// council is a local authority, with what is needed to place people in it.
type council struct {
	agency.Agency
	region, raa string
	centre      spot
	radius      float64 // metres, of the circle of its area
	outward     []string
	weight      float64 // adoptions a year
	ethnic      mix     // of its children with a plan for adoption
}

// holder is any agency that may hold families, and the councils it recruits in.
type holder struct {
	agency.Agency
	weight   float64
	councils []council
}

// country is every agency there is: councils, then regional, then voluntary
// agencies.
type country struct {
	councils []council
	holders  []holder
}

// england is the whole country. Sources: the head of each table in data.
var england = sync.OnceValue(func() country {
	pools := map[string]string{}
	for _, r := range rows("raas.csv") {
		pools[r[0]] = r[2]
	}
	ethnic := readEthnic()
	var c country
	for _, r := range rows("councils.csv") {
		l := readCouncil(r, pools, ethnic)
		c.councils = append(c.councils, l)
		c.holders = append(c.holders, holder{l.Agency, l.weight, []council{l}})
	}
	for _, r := range rows("raas.csv") {
		c.holders = append(c.holders, c.readRAA(r))
	}
	for _, r := range rows("vaas.csv") {
		c.holders = append(c.holders, c.readVAA(r))
	}
	return c
})

func readCouncil(r []string, pools map[string]string, ethnic map[string]mix) council {
	l := council{
		Agency:  agency.Agency{Code: r[0], Kind: "LA", Name: r[3], GSS: r[1], Pools: []string{pools[r[5]], r[4], national}},
		region:  r[4],
		raa:     r[5],
		centre:  spot{Number(r[6]), Number(r[7])},
		radius:  Number(r[8]),
		outward: strings.Split(r[9], "|"),
		weight:  Number(r[10]),
		ethnic:  ethnic[r[4]],
	}
	if own, ok := ethnic[l.Code]; ok {
		l.ethnic = own
	}
	return l
}

var ethnicGroups = []string{"white", "mixed", "asian", "black", "other"}

// readEthnic gives the ethnic groups of children with a plan for adoption by
// council or region: those looked after there, by the likelihood of such a plan.
func readEthnic() map[string]mix {
	areas := map[string]mix{}
	for _, r := range rows("ethnic.csv") {
		var m mix
		for i, name := range ethnicGroups {
			m = m.with(name, Number(r[i+1])*value("ethnic.factor."+name))
		}
		areas[r[0]] = m
	}
	return areas
}

func (c country) readRAA(r []string) holder {
	h := holder{Agency: agency.Agency{Code: r[0], Kind: "RAA", Name: r[1], Pools: []string{r[2]}}}
	for _, l := range c.councils {
		if l.raa == h.Code {
			h.councils, h.weight = append(h.councils, l), h.weight+l.weight
			h.Pools = append(h.Pools, l.region)
		}
	}
	h.Pools = append(distinct(h.Pools), national)
	return h
}

func (c country) readVAA(r []string) holder {
	h := holder{Agency: agency.Agency{Code: r[0], Kind: "VAA", Name: r[1], Pools: []string{r[2], national}}, weight: 1}
	if r[3] != "" {
		h.Pools = append([]string{r[3]}, h.Pools...)
	}
	for _, l := range c.councils {
		if slices.Contains(l.Pools, h.Pools[0]) {
			h.councils = append(h.councils, l)
		}
	}
	return h
}

func distinct(list []string) []string {
	var kept []string
	for _, s := range list {
		if !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// of is the part of the country that is in a pool.
func (c country) of(pool string) country {
	var part country
	for _, l := range c.councils {
		if slices.Contains(l.Pools, pool) {
			part.councils = append(part.councils, l)
		}
	}
	for _, h := range c.holders {
		if slices.Contains(h.Pools, pool) {
			part.holders = append(part.holders, h)
		}
	}
	return part
}

// only is one council by itself.
func (c country) only(code string) country {
	l := c.council(code)
	return country{[]council{l}, []holder{{l.Agency, l.weight, []council{l}}}}
}

func (c country) council(code string) council {
	return c.councils[slices.IndexFunc(c.councils, func(l council) bool { return l.Code == code })]
}

func (c country) agencies() []agency.Agency {
	var list []agency.Agency
	for _, h := range c.holders {
		list = append(list, h.Agency)
	}
	return list
}

func weights(councils []council) mix {
	var m mix
	for _, l := range councils {
		m = m.with(l.Code, l.weight)
	}
	return m
}
