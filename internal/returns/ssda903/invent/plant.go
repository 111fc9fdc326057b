package invent

import (
	"slices"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// Expected is a row that a rule must name: what Plant spoiled is told so. Other
// rules may find the same edit.
type Expected struct {
	Rule  string `json:"rule"`
	Table string `json:"table"`
	Row   int    `json:"row"` // from 0
	Child string `json:"child"`
}

// plant is one fault. It spoils the rows of a child it fits and gives those that
// the rule must name; nothing, and nothing spoiled, where it does not fit.
type plant struct {
	rule     string
	from, to int // collection years; 0 is no bound
	spoil    func(k *kid) []*record
}

func (p *plant) inForce(year int) bool { return p.from <= year && (p.to == 0 || year <= p.to) }

// record is a row that may be changed.
type record struct {
	table ssda903.Table
	child string
	cells []string
	gone  bool
	n     int // its row, once written
}

func (r *record) get(f ssda903.Field) string { return r.cells[slices.Index(r.table.Columns(), f)] }

func (r *record) set(f ssda903.Field, text string) {
	r.cells[slices.Index(r.table.Columns(), f)] = text
}

func (r *record) day(f ssda903.Field) date.Date { return ssda903.Day(r.get(f)) }

func (r *record) setDay(f ssda903.Field, d date.Date) { r.set(f, ssda903.Written(d)) }

// kid is a child's rows of both years; last year's are to look at only.
type kid struct {
	id         string
	year       int
	begun, end date.Date
	now, last  map[ssda903.Table][]*record
	all        *book
}

// book is a return as rows.
type book struct {
	year   int
	tables map[ssda903.Table][]*record
}

func open(y *ssda903.Return) *book {
	b := &book{y.Year, map[ssda903.Table][]*record{}}
	for _, t := range ssda903.Tables(y.Year) {
		for row := range y.Sheets[t].Rows() {
			r := &record{table: t, child: row.Raw(ssda903.CHILD)}
			for _, f := range t.Columns() {
				r.cells = append(r.cells, row.Raw(f))
			}
			b.tables[t] = append(b.tables[t], r)
		}
	}
	return b
}

func (b *book) byChild() map[string]map[ssda903.Table][]*record {
	of := map[string]map[ssda903.Table][]*record{}
	for t, rows := range b.tables {
		for _, r := range rows {
			if of[r.child] == nil {
				of[r.child] = map[ssda903.Table][]*record{}
			}
			of[r.child][t] = append(of[r.child][t], r)
		}
	}
	return of
}

func (b *book) close() *ssda903.Return {
	draft := ssda903.NewDraft(b.year)
	for _, t := range ssda903.Tables(b.year) {
		n := 0
		for _, r := range b.tables[t] {
			if !r.gone {
				r.n = n
				draft.Add(t, r.cells...)
				n++
			}
		}
	}
	return draft.Return()
}

func (k *kid) add(t ssda903.Table, cells ...string) *record {
	r := &record{table: t, child: k.id, cells: cells}
	k.all.tables[t] = append(k.all.tables[t], r)
	return r
}

func remove(rows []*record) {
	for _, r := range rows {
		r.gone = true
	}
}

// dob is the birth date in Header.
func (k *kid) dob() date.Date {
	if h := k.now[ssda903.Header]; len(h) == 1 {
		return h[0].day(ssda903.DOB)
	}
	return 0
}

func (k *kid) birthday(years int) date.Date { return ssda903.Birthday(k.dob(), years) }

// Rules lists the rules that have a plant in a year.
func Rules(year int) (list []string) {
	for i := range plants {
		if plants[i].inForce(year) && !slices.Contains(list, plants[i].rule) {
			list = append(list, plants[i].rule)
		}
	}
	return list
}

// Plant spoils an invented return: one fault a child, as many as there are
// children fit for them. A return of 3,000 children has one for every plant.
func Plant(now, last *ssda903.Return, seed uint64) (faulty *ssda903.Return, expected []Expected) {
	this := open(now)
	of, before := this.byChild(), open(last).byChild()
	var ids []string
	for _, h := range this.tables[ssda903.Header] {
		ids = append(ids, h.child)
	}
	d := newDice(seed, now.Year)
	d.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	type named struct {
		rule string
		rows []*record
	}
	var found []named
	for _, i := range scarcestFirst(now.Year, ids, func(id string) *kid { return this.kid(id, of, before) }) {
		for at, id := range ids {
			if id == "" {
				continue
			}
			if rows := plants[i].spoil(this.kid(id, of, before)); len(rows) > 0 {
				found = append(found, named{plants[i].rule, rows})
				ids[at] = "" // a child bears one fault
				break
			}
		}
	}
	faulty = this.close()
	for _, f := range found {
		for _, r := range f.rows {
			expected = append(expected, Expected{f.rule, r.table.String(), r.n, r.cells[0]})
		}
	}
	return faulty, expected
}

func (b *book) kid(id string, of, before map[string]map[ssda903.Table][]*record) *kid {
	return &kid{id, b.year, date.MustOf(b.year-1, 4, 1), date.MustOf(b.year, 3, 31), of[id], before[id], b}
}

// scarcestFirst puts the plants that few children fit before the others, so that
// these do not take them. It tries them on copies.
func scarcestFirst(year int, ids []string, of func(id string) *kid) (order []int) {
	fit := map[int]int{}
	for i := range plants {
		if !plants[i].inForce(year) {
			continue
		}
		order = append(order, i)
		for _, id := range ids[:min(len(ids), sample)] {
			if len(plants[i].spoil(of(id).copy())) > 0 {
				fit[i]++
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return fit[a] - fit[b] })
	return order
}

// sample is how many children say how scarce those are that a plant fits.
const sample = 150

func (k *kid) copy() *kid {
	c := *k
	c.all = &book{k.year, map[ssda903.Table][]*record{ssda903.Header: k.all.tables[ssda903.Header]}}
	c.now = map[ssda903.Table][]*record{}
	for t, rows := range k.now {
		for _, r := range rows {
			again := *r
			again.cells = slices.Clone(r.cells)
			c.now[t] = append(c.now[t], &again)
		}
	}
	return &c
}
