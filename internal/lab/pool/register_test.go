package pool

import (
	"slices"
	"testing"
)

// TestRegisterFindsWhomGoingThroughAllFinds enters and takes out families at random
// and holds every search to the long way round.
func TestRegisterFindsWhomGoingThroughAllFinds(t *testing.T) {
	type entry struct {
		who, place int32
		key        uint64
		from       [3]int16
	}
	var d dice
	d.seed(1, 1, "register", "")
	upTo := func(n int) int { return int(d.float() * float64(n)) }
	var r register
	for range 3 { // in the same memory
		var in []entry
		r.reset(5)
		for step := range int32(2000) {
			if len(in) > 0 && d.chance(0.4) {
				i := upTo(len(in))
				r.drop(in[i].place, in[i].from)
				in = slices.Delete(in, i, i+1)
			} else {
				from := [3]int16{4, int16(2 + upTo(2)), int16(upTo(2))}
				key := familyKey(uint16(d.source.Uint64()), upTo(3), 2+upTo(9), 1+upTo(4))
				in = append(in, entry{step, r.add(step, key, offer{id: uint64(step)}, from), key, from})
			}
			asks := uint64(1)<<(ageBits+upTo(12)) | 1<<(sizeBits+upTo(4))
			for range 2 {
				asks |= 1 << upTo(16)
			}
			reach := int16(upTo(5))
			var want, got []int32
			for _, e := range in {
				if slices.Contains(e.from[:], reach) && asks&^e.key == 0 {
					want = append(want, e.who)
				}
			}
			for _, at := range r.open(reach, asks) {
				if got = append(got, r.who[at]); r.offers[at].id != uint64(r.who[at]) {
					t.Fatal("somebody else's offer stands in the place")
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("step %d: %v, want %v", step, got, want)
			}
		}
		if len(r.pages) > 12 {
			t.Errorf("%d pages for %d families", len(r.pages), len(in))
		}
	}
}

// TestOddsAreChances: whole numbers draw what parts of 1 drew, to the last bit.
func TestOddsAreChances(t *testing.T) {
	var a, b dice
	a.seed(1, 1, "odds", "")
	b.seed(1, 1, "odds", "")
	for i := range 100_000 {
		p := float64(i%1001) / 1000
		if i%3 == 0 {
			p = float64(i) / 3 / 100_000 * 3.1 // some above 1 too
		}
		if got, want := a.draw() < oddsOf(p), b.float() < p; got != want {
			t.Fatalf("%d: %v, want %v", i, got, want)
		}
	}
	for _, x := range []uint64{0, 1, 1 << 52, 1<<53 - 1} {
		p := float64(x) / (1 << 53)
		if oddsOf(p) != odds(x) {
			t.Errorf("the odds of %v are %d, want %d", p, oddsOf(p), x)
		}
	}
}
