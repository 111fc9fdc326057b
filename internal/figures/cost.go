package figures

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"homeward/internal/date"
	"homeward/internal/scorecard"
)

//go:embed fees.csv
var feesCSV string

// Fee is what an agency pays for children who move in with another agency's
// family, from one day until another.
type Fee struct {
	Provider    string // SSDA903 PLACE_PROVIDER
	Children    int    // who move in together
	From, Until date.Date
	Pounds      int
	Status      string // verified or to confirm
}

// Fees are the fees known, with where they come from at the head of fees.csv.
var Fees = mustReadFees(feesCSV)

func mustReadFees(text string) (list []Fee) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil {
		panic(err) // the table is part of the program
	}
	for _, row := range rows[1:] {
		children, err1 := strconv.Atoi(row[1])
		from, err2 := date.Parse(row[2])
		until, err3 := date.Parse(row[3])
		pounds, err4 := strconv.Atoi(row[4])
		for _, err := range []error{err1, err2, err3, err4} {
			if err != nil {
				panic(fmt.Sprintf("fees.csv: %v: %v", row, err))
			}
		}
		list = append(list, Fee{row[0], children, from, until, pounds, row[5]})
	}
	return list
}

// feeFor is the fee for a group that moves in on a day. The council's own
// families cost no fee.
func feeFor(provider string, children int, day date.Date) (fee Fee, known bool) {
	if provider == "PR0" || provider == "PR1" {
		return Fee{Provider: provider, Children: children, Status: "verified"}, true
	}
	i := slices.IndexFunc(Fees, func(f Fee) bool {
		return f.Provider == provider && f.Children == children && f.From <= day && (!f.Until.Known() || day <= f.Until)
	})
	if i < 0 {
		return Fee{}, false
	}
	return Fees[i], true
}

// Placements is what the children placed for adoption in a period came to, by
// whether they moved inside the council's area (M18).
type Placements struct {
	Where     string // Inside the area, Outside the area, Not known
	Side      string // inside, outside, unknown
	Children  int
	Health    int // of them with health needs
	Pounds    int // in fees to other agencies, as far as a fee is known
	ToConfirm int // pounds of it that rest on rates to be confirmed
	Unpriced  int // children whose fee is not known
	IDs       []string
}

// Placed gives the placements of a period, inside and outside the area. Fees are
// for children who move in together, by the day they do.
func (r *Records) Placed(a scorecard.Area, p scorecard.Period) []Placements {
	list := []Placements{{Where: "Inside the area", Side: "inside"}, {Where: "Outside the area", Side: "outside"}, {Where: "Not known", Side: "unknown"}}
	type together struct {
		agency, group, provider string
		day                     date.Date
	}
	groups := map[together][]int{}
	var order []together
	for i, j := range r.Journeys {
		if !slices.Contains(a.Agencies, j.Agency) || !p.Contains(j.Placed) {
			continue
		}
		at := &list[map[scorecard.Side]int{scorecard.Inside: 0, scorecard.Outside: 1, scorecard.SideUnknown: 2}[j.InsideArea]]
		at.Children++
		at.IDs = append(at.IDs, j.ID)
		if j.Health {
			at.Health++
		}
		group := j.Group
		if group == "" {
			group = "\x00" + j.ID
		}
		g := together{j.Agency, group, r.Placements[j.ID].Provider, j.Placed}
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], i)
	}
	for _, g := range order {
		members := groups[g]
		at := &list[map[scorecard.Side]int{scorecard.Inside: 0, scorecard.Outside: 1, scorecard.SideUnknown: 2}[r.Journeys[members[0]].InsideArea]]
		fee, known := feeFor(g.provider, len(members), g.day)
		if !known {
			at.Unpriced += len(members)
			continue
		}
		at.Pounds += fee.Pounds
		if fee.Status != "verified" {
			at.ToConfirm += fee.Pounds
		}
	}
	return list
}
