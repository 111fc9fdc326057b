package invent

import (
	"fmt"
	"strings"

	"homeward/internal/date"
	"homeward/internal/gazetteer"
	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/aids"
)

// Authority is the council whose return is invented.
const Authority = "E06000015"

// site is somewhere a child may live: its postcode, the provider registered there
// and what kind of provider that is.
type site struct{ post, urn, provider string }

// district is a postcode district and where it lies. No unit of a real postcode
// ends in the letters used here (C I K M O V).
type district struct {
	outward           string
	easting, northing int
	authority         string
}

var (
	homes   = district{"DE21", 438000, 338000, Authority} // families' own, and nobody else's
	inside  = []district{{"DE1", 435000, 336000, Authority}, {"DE22", 433000, 338000, Authority}, {"DE23", 433500, 333500, Authority}, {"DE24", 437000, 332500, Authority}}
	outside = []district{{"NG1", 457000, 340000, "E06000018"}, {"NG5", 458000, 344000, "E06000018"}, {"LE3", 456000, 304000, "E06000016"}, {"DE55", 443000, 357000, "E10000007"}}
	far     = district{"ZE1", 447000, 1141000, gazetteer.Scotland} // nobody is placed there
	abroad  = []district{{"EH3", 324000, 674000, gazetteer.Scotland}, {"LL11", 333000, 351000, gazetteer.Wales}}
)

const units = 360 // of each district

// post is a postcode of a district, by number.
func (d district) post(n int) string {
	const letters = "CIKMOV"
	n %= units
	return fmt.Sprintf("%s %d%c%c", d.outward, n/36, letters[n/6%6], letters[n%6])
}

// stock is everywhere a child can be placed.
type stock struct {
	carers map[string][]site // by the kind of provider: the fostering or adoption agency; its own postcode
	homes  map[string][]site // by the code of placement
	places []gazetteer.PlaceRow
	urns   map[string][]aids.Provider
	closed string // the URN of one that closed
}

// The providers whose placements may be only of their own registered address.
var residential = []string{"K1", "K2", "K3", "R3", "S1"}

// closed is when one agency was.
var closed = date.MustOf(2012, 6, 30)

var country = build()

func build() *stock {
	s := &stock{carers: map[string][]site{}, homes: map[string][]site{}, urns: map[string][]aids.Provider{}}
	for _, list := range [][]district{{homes, far}, inside, outside, abroad} {
		for _, d := range list {
			for n := range units {
				s.places = append(s.places, gazetteer.PlaceRow{Postcode: d.post(n), Place: gazetteer.Place{
					Easting: d.easting + n%20*90, Northing: d.northing + n/20*90, Located: true, Authority: d.authority}})
			}
		}
	}
	for n, provider := range []string{"PR1", "PR2", "PR2", "PR4", "PR4", "PR4", "PR4", "PR5", "PR5"} {
		s.carers[provider] = append(s.carers[provider], s.register(provider, n, strings.Split("U1 U2 U3 U4 U5 U6 A3 A4 A5 A6", " ")))
	}
	shut := s.register("PR4", 19, []string{"U1", "U3", "U4", "U6"}) // and nobody is placed with
	s.urns[shut.urn][0].Closed = closed
	s.closed = shut.urn
	for i, place := range residential {
		for n, provider := range strings.Split("PR1 PR1 PR1 PR2 PR2 PR2 PR4 PR4 PR4 PR4 PR4 PR4 PR4 PR4 PR4 PR5 PR5", " ") {
			codes := []string{place}
			if place == "K3" {
				codes = append(codes, "H5")
			}
			s.homes[place] = append(s.homes[place], s.register(provider, 20+20*i+n, codes))
		}
	}
	return s
}

// register makes a provider: the council's own inside, another council's outside,
// and others either way.
func (s *stock) register(provider string, n int, places []string) site {
	all := inside
	if provider == "PR2" || provider != "PR1" && n%2 == 1 {
		all = outside
	}
	at := site{all[n%len(all)].post(200 + n), fmt.Sprintf("SC9%05d", 137*n+11), provider}
	s.urns[at.urn] = []aids.Provider{{URN: at.urn, Places: places, Providers: []string{provider}, Postcode: strings.ReplaceAll(at.post, " ", "")}}
	return at
}

// Aids are the gazetteer and the list of providers that fit an invented return.
func Aids() ssda903.Aids {
	return ssda903.Aids{Places: gazetteer.MakePlaces(country.places), Providers: country.urns, Authority: Authority}
}

// carer is a foster or adoptive family of an agency: it lives anywhere.
func (s *stock) carer(d dice) site {
	list := s.carers[pick(d, "PR1", "PR1", "PR1", "PR2", "PR4", "PR4", "PR5")]
	at := list[d.IntN(len(list))]
	at.post = pick(d, pick(d, inside...), pick(d, inside...), pick(d, outside...)).post(d.IntN(200))
	return at
}

// elsewhere is an address without a registered provider.
func elsewhere(d dice, provider string) site {
	return site{post: pick(d, pick(d, inside...), pick(d, outside...)).post(d.IntN(200)), provider: provider}
}
