package lab

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strconv"
)

// stream is where the chance of one thing comes from: the seed, the scale, what
// kind of thing it is and its number. Every field draws from a source of its
// own, so that a field added later changes no other field of anybody.
type stream string

func newStream(seed uint64, scale string) stream {
	return stream(strconv.FormatUint(seed, 10) + "/" + scale)
}

func (s stream) number(kind string, n int) stream { return s.name(kind, strconv.Itoa(n)) }

func (s stream) name(kind, name string) stream { return s + stream("/"+kind+"/"+name) }

// of is the source of one field.
func (s stream) of(field string) *rand.Rand {
	h := sha256.Sum256([]byte(string(s) + "/" + field))
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(h[:8]), binary.BigEndian.Uint64(h[8:16])))
}

// chance is true as often as p says.
func (s stream) chance(field string, p float64) bool { return s.of(field).Float64() < p }

// pick draws one of a mix.
func (s stream) pick(field string, m mix) string { return m.pick(s.of(field)) }

// blank tells whether a field is left blank, as often as the moments say.
func (s stream) blank(id string) bool { return s.chance("blank."+id, value("blank."+id)) }

// one draws one of a list, each as likely as another.
func one[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// shuffle mixes a list in place and gives it back.
func shuffle[T any](r *rand.Rand, list []T) []T {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// exponential is the time, with mean 1, that so many of a hundred fall short of.
func exponential(rank float64) float64 { return -math.Log(1 - rank) }

// gamma draws a length of time of a mean and a spread (standard deviation over
// mean, at most 1).
func gamma(r *rand.Rand, mean, cv float64) float64 {
	shape := 1 / (cv * cv)
	return gammaOfShape(r, shape) * mean / shape
}

// gammaElapsed draws how much of such a length has gone by for one found under
// way on a given day: long ones are found more often, at any point of them.
func gammaElapsed(r *rand.Rand, mean, cv float64) float64 {
	shape := 1 / (cv * cv)
	return gammaOfShape(r, shape+1) * mean / shape * r.Float64()
}

// gammaOfShape is Marsaglia and Tsang's method, for shapes of 1 and more.
func gammaOfShape(r *rand.Rand, shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
