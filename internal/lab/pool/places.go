package pool

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"sync"
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

// Council is where children come from and families live.
type Council struct {
	Code, Name   string
	Pool, Region string // its regional agency's pool; its region
	x, y, radius float64
	weight       float64 // adoptions a year
	ethnic       []float64
}

// Councils are all of England's.
var Councils = sync.OnceValue(func() []Council {
	var list []Council
	for _, r := range rows("places.csv") {
		c := Council{Code: r[0], Name: r[1], Pool: r[2], Region: r[3], x: number(r[4]), y: number(r[5]), radius: number(r[6]), weight: number(r[7])}
		for _, share := range r[8:] {
			c.ethnic = append(c.ethnic, number(share))
		}
		list = append(list, c)
	}
	return list
})

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
