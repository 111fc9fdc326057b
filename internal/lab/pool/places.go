package pool

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"homeward/internal/lab"
)

//go:embed data/*.csv scenarios/*.json
var data embed.FS

// rows reads a table of this package, without its notes and heading. The tables
// are part of the program, so a fault in one stops it.
func rows(name string) [][]string {
	f, err := data.Open("data/" + name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comment = '#'
	all, err := in.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("pool: %s: %v", name, err))
	}
	return all[1:]
}

func number(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("pool: %v", err))
	}
	return f
}

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
