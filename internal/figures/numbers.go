package figures

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// Numbers are records as one reader may see them counted. Of their own agency
// they see every number. What they are shown of others is worked out here, in one
// place, so that no page gives away by another road what this one hides:
//
//   - One period. Of others there are the last full year of the returns and the
//     three years that end with it, and no days of one's own choosing: two periods
//     that overlap can be subtracted.
//   - One set of totals. For each number the other agencies stand alone where they
//     have enough children, and the rest are put together, with the next smallest
//     until they have enough too. An area is shown a number only if it is made of
//     whole such blocks, and one's own agency. So however areas are added and
//     subtracted, nothing comes out but blocks, and none of those is small. Nought
//     is small: that a council had no child may tell as much as that it had one.
//   - Rounded. Counts go to the nearest 5 and averages to whole days, so that one
//     child more after a correction, or a child in one count and not in its
//     neighbour, does not show.
//   - No lists, spreads, days of single children, or fees of others: each is of a
//     child.
//
// What is enough is the scorecard's rule for tables: a count above Few; an average
// of more than Base; a share of which more than Few did and more than Few did not,
// of more than Base. This is arithmetic against one reader. Two agencies that put
// together what each sees of itself learn what both could have told each other.
type Numbers struct {
	*Records
	Book    *scorecard.Book
	Rules   scorecard.Rules
	actor   access.Actor
	own     string
	today   date.Date
	names   map[string]string
	without map[string]bool // agencies that are no councils and have no children
}

// roundTo is what others' counts are rounded to.
const roundTo = 5

// Reachable are the agencies whose numbers the actor may see.
func Reachable(u *work.Unit, book *agency.Book) ([]string, error) { return reachable(u, book) }

// For makes the records countable for a reader. They are of every agency the
// reader may see numbers of, or of their own alone: blocks are made of all the
// others.
func (r *Records) For(actor access.Actor, book *agency.Book, today date.Date) *Numbers {
	n := &Numbers{Records: r, Rules: scorecard.Usual(), actor: actor, own: actor.Agency, today: today, names: map[string]string{}, without: map[string]bool{}}
	n.Book = scorecard.New(r.Input, n.Rules)
	for _, code := range r.Agencies {
		n.names[code] = book.Agencies[code].Name
		n.without[code] = book.Agencies[code].Kind != "LA"
	}
	for _, j := range r.Journeys {
		n.without[j.Agency] = false
	}
	return n
}

// Own tells whether an area is the reader's own agency and nobody else's.
func (n *Numbers) Own(a scorecard.Area) bool { return Own(n.actor, a.Agencies) }

// LastYear is the calendar year in which the last full year of the returns ended.
func LastYear(today date.Date) int {
	year, month, _ := today.Parts()
	if month < 4 {
		return year - 1
	}
	return year
}

// SharedPeriod is the period of an indicator for other agencies.
func SharedPeriod(d scorecard.Definition, today date.Date) scorecard.Period {
	if d.Years == 3 {
		return scorecard.ThreeYears(LastYear(today))
	}
	return scorecard.Year(LastYear(today))
}

// others are the agencies of a list that are not the reader's own.
func (n *Numbers) others(codes []string) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == n.own })
}

// blocks puts agencies together until every total is enough. Where not even all
// together are, there are none.
func blocks(codes []string, size func(code string) int, enough func(codes []string) bool) (list [][]string) {
	codes = slices.Clone(codes)
	slices.SortStableFunc(codes, func(a, b string) int { return cmp.Compare(size(a), size(b)) })
	var small, alone []string
	for _, c := range codes {
		if enough([]string{c}) {
			alone = append(alone, c)
		} else {
			small = append(small, c)
		}
	}
	for len(small) > 0 && !enough(small) && len(alone) > 0 {
		small, alone = append(small, alone[0]), alone[1:]
	}
	for _, c := range alone {
		list = append(list, []string{c})
	}
	if len(small) > 0 && enough(small) {
		list = append(list, slices.Sorted(slices.Values(small)))
	}
	return list
}

// made tells whether some agencies are made of whole blocks. Those that count for
// nothing may be there or not.
func made(codes []string, list [][]string, nothing map[string]bool) bool {
	found := 0
	for _, block := range list {
		in := 0
		for _, c := range block {
			if slices.Contains(codes, c) {
				in++
			}
		}
		if in > 0 && in < len(block) {
			return false
		}
		found += in
	}
	want := 0
	for _, c := range codes {
		if !nothing[c] {
			want++
		}
	}
	return found == want && found > 0
}

// Activity is the records' Activity as the reader may see it.
func (n *Numbers) Activity(a scorecard.Area, p scorecard.Period) []Count {
	list := n.Records.Activity(a, p)
	if n.Own(a) {
		return list
	}
	each := map[string][]Count{}
	for _, c := range n.others(n.Agencies) {
		each[c] = n.Records.Activity(scorecard.Area{Agencies: []string{c}}, p)
	}
	for i := range list {
		c := &list[i]
		size := func(code string) int { return each[code][i].N }
		nothing := n.without
		if c.Of == Families {
			nothing = nil
		}
		enough := func(codes []string) bool { return sum(codes, size) > n.Rules.Few }
		shown := made(n.others(a.Agencies), blocks(counting(n.others(n.Agencies), nothing), size, enough), nothing)
		c.Hidden, c.Rounded, c.IDs = !shown || p != scorecard.Year(LastYear(n.today)), true, nil
		c.N = rounded(c.N)
		if c.Hidden {
			c.N = 0
		}
	}
	return list
}

func counting(codes []string, nothing map[string]bool) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return nothing[c] })
}

func sum(codes []string, size func(string) int) (total int) {
	for _, c := range codes {
		total += size(c)
	}
	return total
}

func rounded(n int) int { return (n + roundTo/2) / roundTo * roundTo }

// NotShown is why a number of others is hidden. It does not say how few: some are
// hidden to protect those that are few.
const NotShown = "not shown"

// Figure is an indicator for an area as the reader may see it. Of others it is
// that of SharedPeriod, whatever was asked for.
func (n *Numbers) Figure(indicator string, a scorecard.Area, p scorecard.Period) (scorecard.Figure, error) {
	d, known := scorecard.Define(indicator)
	if n.Own(a) || !known {
		return n.Book.Figure(indicator, a, p)
	}
	f, err := n.Book.Figure(indicator, a, SharedPeriod(d, n.today))
	if err != nil {
		return f, err
	}
	nothing := n.nothing(d, f.Period)
	if made(n.others(a.Agencies), n.figureBlocks(d, f.Period), nothing) {
		return hideParts(f), nil
	}
	f = hideParts(f)
	f.Why, f.Value, f.Denominator, f.Judged, f.Met = NotShown, 0, 0, false, false
	return f, nil
}

// nothing are the agencies that a number cannot be made of: those without
// children, and for a share of all who left care those whose leavers nobody has
// told.
func (n *Numbers) nothing(d scorecard.Definition, p scorecard.Period) map[string]bool {
	if d.Families {
		return nil
	}
	list := map[string]bool{}
	for _, c := range n.Agencies {
		list[c] = n.without[c]
		if d.Leavers && !list[c] {
			f, _ := n.Book.Figure(d.ID, scorecard.Area{Agencies: []string{c}}, p) // a definition in hand is known
			list[c] = f.Denominator == 0
		}
	}
	return list
}

// figureBlocks are the blocks of an indicator.
func (n *Numbers) figureBlocks(d scorecard.Definition, p scorecard.Period) [][]string {
	figure := func(codes ...string) scorecard.Figure {
		f, _ := n.Book.Figure(d.ID, scorecard.Area{Agencies: codes}, p) // a definition in hand is known
		return f
	}
	codes := counting(n.others(n.Agencies), n.nothing(d, p))
	size := map[string]int{}
	for _, c := range codes {
		f := figure(c)
		size[c] = map[bool]int{true: f.Numerator, false: f.Denominator}[f.Gives == scorecard.Number]
	}
	enough := func(codes []string) bool {
		f := figure(codes...)
		switch f.Gives {
		case scorecard.Days:
			return f.Why == "" && f.Denominator > n.Rules.Base
		case scorecard.Percent:
			return f.Why == "" && !n.Rules.HidesShare(f.Numerator, f.Denominator)
		}
		return f.Why == "" && f.Numerator > n.Rules.Few
	}
	return blocks(codes, func(code string) int { return size[code] }, enough)
}

// hideParts leaves of a figure what is shown of others.
func hideParts(f scorecard.Figure) scorecard.Figure {
	f.Cases, f.LeftOut, f.Lower, f.Median, f.Upper, f.Numerator = nil, nil, 0, 0, 0, 0
	f.Denominator = rounded(f.Denominator)
	f.Decimals = 0
	f.Value = math.Round(f.Value)
	if f.Gives == scorecard.Number {
		f.Value = float64(rounded(int(f.Value)))
	}
	return f
}

// Compared is the reader's own figure beside those of the others.
type Compared struct {
	Definition scorecard.Definition
	Period     scorecard.Period
	Rows       []ComparedRow
	Funnel     scorecard.Funnel // its Points are the rows', not hidden: draw the rows
	Left       []string         // agencies of which nothing is shown, by name
}

// ComparedRow is one agency, or several put together. Of others N and Value are
// rounded; where they stand was found before.
type ComparedRow struct {
	scorecard.Point
	Own      bool
	Together []string // the names, where there are several
	Why      string   // there is no value, because
}

// Compare sets councils beside one another over the three years, or the year,
// that the indicator takes.
func (n *Numbers) Compare(indicator string) (Compared, error) {
	d, known := scorecard.Define(indicator)
	if !known || d.Families || d.Gives == scorecard.Number {
		return Compared{}, fmt.Errorf("councils are not compared by %q", indicator)
	}
	c := Compared{Definition: d, Period: SharedPeriod(d, n.today)}
	list := n.figureBlocks(d, c.Period)
	areas := n.comparedAreas(d, list)
	figures := make([]scorecard.Figure, len(areas))
	for i, a := range areas {
		figures[i], _ = n.Book.Figure(indicator, a, c.Period) // a definition in hand is known
	}
	funnel, err := scorecard.CompareAreas(figures)
	c.Funnel = funnel
	for i, p := range funnel.Points {
		c.Rows = append(c.Rows, n.comparedRow(areas[i], figures[i], p))
	}
	for _, code := range n.others(n.Agencies) {
		in := func(block []string) bool { return slices.Contains(block, code) }
		if !n.without[code] && !slices.ContainsFunc(list, in) {
			c.Left = append(c.Left, n.names[code])
		}
	}
	return c, err
}

func (n *Numbers) comparedAreas(d scorecard.Definition, list [][]string) (areas []scorecard.Area) {
	if slices.Contains(n.Agencies, n.own) && !n.without[n.own] {
		areas = append(areas, scorecard.Area{Name: n.names[n.own], Agencies: []string{n.own}})
	}
	for _, block := range list {
		name := n.names[block[0]]
		if len(block) > 1 {
			name = fmt.Sprintf("%d councils together", len(block))
		}
		areas = append(areas, scorecard.Area{Name: name, Agencies: block})
	}
	slices.SortStableFunc(areas, func(a, b scorecard.Area) int {
		return cmp.Or(cmp.Compare(rank(n, a), rank(n, b)), cmp.Compare(a.Name, b.Name))
	})
	return areas
}

// Teams sets the teams of the reader's own agency beside one another, by whoever
// follows each child now: teamOf names a worker's team. Children nobody of a team
// follows are in none. They are one's own numbers, so none is hidden.
func (n *Numbers) Teams(indicator string, teamOf func(worker string) string) (Compared, error) {
	d, known := scorecard.Define(indicator)
	if !known || d.Families || d.Gives == scorecard.Number || d.Leavers {
		return Compared{}, fmt.Errorf("teams are not compared by %q", indicator)
	}
	c := Compared{Definition: d, Period: SharedPeriod(d, n.today)}
	var in scorecard.Input
	names := map[string]bool{}
	for _, j := range n.Journeys {
		if team := teamOf(n.Workers[j.ID]); j.Agency == n.own && team != "" {
			j.Agency = team
			names[team] = true
			in.Journeys = append(in.Journeys, j)
		}
	}
	book := scorecard.New(in, n.Rules)
	var list []scorecard.Figure
	for _, team := range slices.Sorted(maps.Keys(names)) {
		f, err := book.Figure(indicator, scorecard.Area{Name: team, Agencies: []string{team}}, c.Period)
		if err != nil {
			return c, err
		}
		list = append(list, f)
	}
	funnel, err := scorecard.CompareAreas(list)
	c.Funnel = funnel
	for i, p := range funnel.Points {
		c.Rows = append(c.Rows, ComparedRow{Point: p, Why: list[i].Why})
	}
	return c, err
}

// rank puts the reader's own agency first and those put together last.
func rank(n *Numbers, a scorecard.Area) int {
	switch {
	case n.Own(a):
		return 0
	case len(a.Agencies) == 1:
		return 1
	}
	return 2
}

func (n *Numbers) comparedRow(a scorecard.Area, f scorecard.Figure, p scorecard.Point) ComparedRow {
	row := ComparedRow{Point: p, Own: n.Own(a), Why: f.Why}
	if row.Own {
		return row
	}
	if len(a.Agencies) > 1 {
		for _, code := range a.Agencies {
			row.Together = append(row.Together, n.names[code])
		}
	}
	row.N, row.Value = rounded(p.N), math.Round(p.Value)
	if f.Gives == scorecard.Percent {
		row.Value = math.Round(100*p.Value) / 100
	}
	return row
}

// GroupWaits is how long one group of children waits with the reader's agency,
// and with all whose numbers the reader may see. Of all there are days only, to
// the nearest 5, and where enough children of others are in it: a median is no
// total, and cannot be subtracted.
type GroupWaits struct {
	Own      scorecard.GroupWait
	All      scorecard.Half
	AllShown bool
}

// Equality sets the waits of groups side by side, over the three years that ended
// last.
func (n *Numbers) Equality(clock, characteristic string) ([]GroupWaits, scorecard.Period, error) {
	p := scorecard.ThreeYears(LastYear(n.today))
	own, err := n.Book.Equality(clock, characteristic, scorecard.Area{Agencies: []string{n.own}}, p)
	if err != nil {
		return nil, p, err
	}
	others, err := n.Book.Equality(clock, characteristic, scorecard.Area{Agencies: n.others(n.Agencies)}, p)
	if err != nil {
		return nil, p, err
	}
	all, err := n.Book.Equality(clock, characteristic, scorecard.Area{Agencies: n.Agencies}, p)
	list := make([]GroupWaits, len(own))
	for i := range own {
		list[i] = GroupWaits{Own: own[i]}
		list[i].Own.Half = n.Enough(own[i].Curve).Half()
		if others[i].Children > n.Rules.Base {
			half := n.Enough(all[i].Curve).Half()
			list[i].All, list[i].AllShown = scorecard.Half{Day: nearDay(half.Day), Low: nearDay(half.Low), High: nearDay(half.High)}, true
		}
	}
	return list, p, err
}

// Enough is a curve as far as it rests on enough children: it ends, as it begins,
// where fewer wait. Beyond that one child would carry it to the top.
func (n *Numbers) Enough(c scorecard.Curve) scorecard.Curve {
	if i := slices.IndexFunc(c.Steps, func(s scorecard.Step) bool { return s.AtRisk < n.Rules.MinAtRisk }); i >= 0 {
		c.Steps = c.Steps[:i]
	}
	return c
}

func nearDay(day int) int {
	if day < 0 {
		return day
	}
	return rounded(day)
}
