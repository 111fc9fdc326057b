package lab

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

//go:embed data/*.csv
var data embed.FS

func rows(name string) [][]string { return Rows(data, name) }

// Rows reads one of a package's own tables, without its notes and heading. The
// tables are part of the program, so a fault in one stops it.
func Rows(of embed.FS, name string) [][]string {
	f, err := of.Open("data/" + name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comment = '#'
	all, err := in.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("lab: %s: %v", name, err))
	}
	return all[1:]
}

// Number reads a number of such a table.
func Number(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("lab: %v", err))
	}
	return f
}

// moment is one figure of moments.csv.
type moment struct {
	id, metric, unit, source string
	value, tolerance         float64 // no tolerance: NaN
}

// moments are the figures in the order of the table.
var moments = readMoments("moments.csv")

var byID = indexMoments()

var mixes = readMixes()

func readMoments(name string) []moment {
	var list []moment
	for _, r := range rows(name) {
		m := moment{id: r[0], metric: r[1], value: Number(r[2]), unit: r[3], tolerance: math.NaN(), source: r[5]}
		if r[4] != "" {
			m.tolerance = Number(r[4])
		}
		list = append(list, m)
	}
	return list
}

func indexMoments() map[string]moment {
	index := map[string]moment{}
	for _, m := range moments {
		index[m.id] = m
	}
	return index
}

// value is the figure of a moment, which must be in the table.
func value(id string) float64 {
	m, ok := byID[id]
	if !ok {
		panic("lab: no moment " + id)
	}
	return m.value
}

// mix is what something may be, and how often it is each.
type mix struct {
	names  []string
	shares []float64
}

func readMixes() map[string]mix {
	found := map[string]mix{}
	for _, m := range moments {
		cut := strings.LastIndexByte(m.id, '.')
		x := found[m.id[:cut]]
		found[m.id[:cut]] = x.with(m.id[cut+1:], m.value)
	}
	return found
}

func (m mix) with(name string, share float64) mix {
	return mix{append(slices.Clip(m.names), name), append(slices.Clip(m.shares), share)}
}

// mixOf is the mix of the moments whose ids are the prefix and one more word.
func mixOf(prefix string) mix {
	m, ok := mixes[prefix]
	if !ok {
		panic("lab: no moments " + prefix)
	}
	return m
}

func (m mix) total() float64 {
	sum := 0.0
	for _, s := range m.shares {
		sum += s
	}
	return sum
}

func (m mix) pick(r *rand.Rand) string {
	at := r.Float64() * m.total()
	for i, s := range m.shares {
		if at -= s; at < 0 {
			return m.names[i]
		}
	}
	return m.names[len(m.names)-1]
}

// counts shares n out by the mix, to the nearest whole number and n in all: the
// largest remainders are rounded up.
func (m mix) counts(n int) []int {
	counts, order := make([]int, len(m.shares)), make([]int, len(m.shares))
	rest := make([]float64, len(m.shares))
	left := n
	for i, s := range m.shares {
		exact := s / m.total() * float64(n)
		counts[i], order[i] = int(exact), i
		rest[i] = exact - float64(counts[i])
		left -= counts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(math.Copysign(1, rest[b]-rest[a])) })
	for _, i := range order[:left] {
		counts[i]++
	}
	return counts
}

// deal gives n names whose numbers are as the mix says, in random order.
func (m mix) deal(r *rand.Rand, n int) []string {
	var hand []string
	for i, c := range m.counts(n) {
		hand = append(hand, slices.Repeat(m.names[i:i+1], c)...)
	}
	return shuffle(r, hand)
}
