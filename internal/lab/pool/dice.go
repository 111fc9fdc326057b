package pool

import (
	"hash/fnv"
	"math"
	"math/bits"
	"math/rand/v2"
)

// dice are the chance of one kind of comer in one council: what the children
// and families are is drawn from dice of their own as they come, so the same
// ones come whatever the policy. All that may happen between a child and a family
// goes by luck instead, which hangs on who they are and not on what was drawn
// before. Both together are the common random numbers that let two policies be
// compared on the same children.
type dice struct{ source rand.PCG }

func (d *dice) seed(seed, replication uint64, kind, council string) {
	h := fnv.New64a()
	h.Write([]byte(kind + "/" + council))
	d.source.Seed(mix(seed, h.Sum64()), mix(replication, h.Sum64()))
}

func (d *dice) float() float64 { return unit(d.source.Uint64()) }

func (d *dice) chance(p float64) bool { return d.draw() < oddsOf(p) }

// odds are a chance in whole numbers, for what is drawn most: draw is below them
// just when float is below the chance.
type odds uint64

func oddsOf(p float64) odds { return odds(math.Ceil(p * (1 << 53))) }

func (d *dice) draw() odds { return odds(d.source.Uint64() >> 11) }

// exponential draws a time of mean 1.
func (d *dice) exponential() float64 { return -math.Log(1 - d.float()) }

// whole turns a length into whole days, one at least.
func whole(days float64) int32 { return int32(max(1, math.Round(days))) }

// pick draws from shares, which need not add up to 1.
func (d *dice) pick(shares []float64) int {
	sum := 0.0
	for _, s := range shares {
		sum += s
	}
	at := d.float() * sum
	for i, s := range shares {
		if at -= s; at < 0 {
			return i
		}
	}
	return len(shares) - 1
}

// unit turns bits into a number from 0 to less than 1.
func unit(x uint64) float64 { return float64(x>>11) / (1 << 53) }

// mix stirs two numbers into one, each bit of which hangs on all of theirs.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	x := high ^ low ^ a
	x = (x ^ x>>32) * 0xd6e8feb86659fd93
	x = (x ^ x>>29) * 0xa0761d6478bd642f
	return x ^ x>>32
}

// spans turns luck into lengths of time of mean 1 and a spread, by a table of
// equal steps: log-normal, which needs no loop and takes one number.
type spans [1024]float64

func newSpans(spread float64) *spans {
	sigma := math.Sqrt(math.Log(1 + spread*spread))
	s, sum := &spans{}, 0.0
	for i := range s {
		s[i] = math.Exp(sigma * math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(len(s))-1))
		sum += s[i]
	}
	for i := range s {
		s[i] *= float64(len(s)) / sum
	}
	return s
}

func (s *spans) of(luck uint64, mean float64) int32 { return whole(s[luck>>54] * mean) }
