package pool

import "math/bits"

// register is the families that may be asked, of all councils. Sixty-four stand on
// a page, and for each bit of a key the page has a word that says which of them have
// it: the families who stand open to a group are those in the words of all its
// bits. That takes a handful of operations for sixty-four families, where going
// through their keys takes one for each and a reach for memory besides.
type register struct {
	pages  []page
	keys   []uint64 // by place, as the next two
	offers []offer
	who    []int32
	free   []int32    // places that nobody has
	found  [][]uint64 // of each reach, by page: which families a group that looks so far finds
	list   []int32    // the last one made
}

type page [keyBits]uint64

func (r *register) reset(reaches int) {
	r.pages, r.keys, r.offers, r.who, r.free = r.pages[:0], r.keys[:0], r.offers[:0], r.who[:0], r.free[:0]
	for len(r.found) < reaches {
		r.found = append(r.found, nil)
	}
	for i := range r.found {
		r.found[i] = r.found[i][:0]
	}
}

// add enters a family, to be found from some reaches, and gives its place.
func (r *register) add(who int32, key uint64, o offer, from [3]int16) (at int32) {
	if n := len(r.free); n > 0 {
		at, r.free = r.free[n-1], r.free[:n-1]
	} else {
		at = r.room()
	}
	p, bit := &r.pages[at/64], at%64
	for other := key ^ r.keys[at]; other != 0; other &= other - 1 {
		p[bits.TrailingZeros64(other)] ^= 1 << bit
	}
	r.keys[at], r.who[at], r.offers[at] = key, who, o
	for _, reach := range from {
		r.found[reach][at/64] |= 1 << bit
	}
	return at
}

func (r *register) room() (at int32) {
	at = int32(len(r.who))
	r.keys, r.who, r.offers = append(r.keys, 0), append(r.who, none), append(r.offers, offer{})
	if at%64 == 0 {
		r.pages = append(r.pages, page{})
		for i := range r.found {
			r.found[i] = append(r.found[i], 0)
		}
	}
	return at
}

// drop takes out a family: nobody finds it any more.
func (r *register) drop(at int32, from [3]int16) {
	for _, reach := range from {
		r.found[reach][at/64] &^= 1 << (at % 64)
	}
	r.free = append(r.free, at)
}

// open lists the places of those found who have all that a key asks, until the
// next list is made.
func (r *register) open(reach int16, key uint64) []int32 {
	r.list = r.list[:0]
	asks, many := listed(key)
	for at, found := range r.found[reach] {
		p := &r.pages[at]
		for _, bit := range asks[:many] {
			if found &= p[bit]; found == 0 {
				break
			}
		}
		for ; found != 0; found &= found - 1 {
			r.list = append(r.list, int32(at*64+bits.TrailingZeros64(found)))
		}
	}
	return r.list
}

// listed gives the bits of a key, those first that fewest families have.
func listed(key uint64) (list [keyBits]uint8, many int) {
	for ; key != 0; many++ {
		top := bits.Len64(key) - 1
		list[many], key = uint8(top), key&^(1<<top)
	}
	return list, many
}
