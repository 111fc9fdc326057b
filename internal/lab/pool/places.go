package pool

import (
	"embed"
	"slices"
	"sync"

	"homeward/internal/lab"
)

//go:embed data/*.csv scenarios/*.json
var data embed.FS

func rows(name string) [][]string { return lab.Rows(data, name) }

// Council is where children come from and families live. Its pool is that of its
// regional agency.
type Council = lab.Council

// Councils are all of England's.
var Councils = sync.OnceValue(lab.Councils)

// England is the pool of every council.
const England = "ENG"

// lllr are the four councils round Leicester and Lincoln, which with the four of
// D2N2 make the eight that asked.
var lllr = []string{"LEI", "LEC", "LIN", "RUT"}

// Members are the councils of a pool, a region, a council by itself, LLLR or
// England; none if there is no such place.
func Members(name string) []string {
	if name == "LLLR" {
		return slices.Clone(lllr)
	}
	var codes []string
	for _, c := range Councils() {
		if name == England || slices.Contains([]string{c.Code, c.Pool, c.Region}, name) {
			codes = append(codes, c.Code)
		}
	}
	return codes
}
