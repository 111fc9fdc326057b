package web

import (
	"cmp"
	"html/template"
	"maps"
	"slices"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/chart"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/figures"
	"homeward/internal/scorecard"
	"homeward/internal/work"
)

// behindOne is one child or family of a number.
type behindOne struct {
	id   string
	days string // the wait, where the number takes one
	note string // that they counted in a percentage, or why they were left out
}

// figuresBehind lists the children or families a number is made of, of the
// reader's own agency, and of those whom the reader may open.
func figuresBehind(kind access.Kind) func(*visit) error {
	return func(v *visit) error {
		p := v.newFigures("The children behind a number")
		if kind == access.Family {
			p.Heading = "The families behind a number"
		}
		err := v.withFigures("behind a number", false, func(u *work.Unit, book *agency.Book, of *figuresOf) error {
			period, ok := v.periodOf()
			title, list, found := of.behind(v, kind, period)
			if !ok || !found || !of.own {
				return u.Refuse(access.View, work.Subject{Kind: access.Figures, Agency: of.area.Agencies[0]})
			}
			p.Lead = title + ", " + of.area.Name + ", " + period.String() + "."
			return v.addBehind(u, book, p, kind, list)
		})
		if err != nil {
			return err
		}
		return v.showFigures(p)
	}
}

// periodOf is the period of a link: its two days.
func (v *visit) periodOf() (p scorecard.Period, ok bool) {
	var err1, err2 error
	p.First, err1 = date.Parse(v.r.URL.Query().Get("from"))
	p.Last, err2 = date.Parse(v.r.URL.Query().Get("to"))
	return p, err1 == nil && err2 == nil && p.First.Known() && p.First <= p.Last
}

// behind finds what the query asks for: a count of what was done, the children
// placed somewhere, or an indicator.
func (of *figuresOf) behind(v *visit, kind access.Kind, p scorecard.Period) (title string, list []behindOne, found bool) {
	q := v.r.URL.Query()
	families := kind == access.Family
	for _, c := range of.Activity(of.area, p) {
		if c.ID == q.Get("count") && (c.Of == figures.Families) == families {
			return c.Title, ofIDs(c.IDs), true
		}
	}
	for _, w := range of.Placed(of.area, p) {
		if w.Side == q.Get("placed") && !families {
			return "Children placed: " + midSentence(w.Where), ofIDs(w.IDs), true
		}
	}
	d, known := scorecard.Define(q.Get("indicator"))
	if !known || d.Families != families {
		return "", nil, false
	}
	f, err := of.Figure(d.ID, of.area, p)
	return d.ID + ". " + d.Title + ": " + figureWords(f), ofFigure(d, f), err == nil
}

func ofIDs(ids []string) (list []behindOne) {
	for _, id := range ids {
		list = append(list, behindOne{id: id})
	}
	return list
}

func ofFigure(d scorecard.Definition, f scorecard.Figure) (list []behindOne) {
	for _, c := range slices.Backward(f.Cases) { // the longest wait first
		b := behindOne{id: c.ID}
		if d.Start != 0 {
			b.days = commas(c.Days)
		}
		if f.Gives == scorecard.Percent && !d.Leavers {
			b.note = map[bool]string{true: "Yes: " + d.Hit.Words, false: "No"}[c.Counted]
		}
		list = append(list, b)
	}
	for _, reason := range slices.Sorted(maps.Keys(f.LeftOut)) {
		for _, id := range f.LeftOut[reason] {
			list = append(list, behindOne{id: id, note: "Left out: " + reason})
		}
	}
	return list
}

// idsOf gives each child or family once: a child decided twice counts twice and
// is one child.
func idsOf(list []behindOne) (ids []string) {
	for _, b := range list {
		ids = append(ids, b.id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// opened is one record that the reader may open, as a list shows it.
type opened struct {
	subject work.Subject
	name    string
	link    template.HTML
	status  string // as it is today
}

// openRecords gives those of some children or families whom the reader may open,
// and how many they may not.
func openRecords(u *work.Unit, book *agency.Book, kind access.Kind, ids []string) (open map[string]opened, closed int, err error) {
	open = map[string]opened{}
	switch {
	case len(ids) == 0: // none asked for would mean all
	case kind == access.Family:
		err = openFamilies(u, book, ids, open)
	default:
		err = openChildren(u, book, ids, open)
	}
	return open, len(ids) - len(open), err
}

func openChildren(u *work.Unit, book *agency.Book, ids []string, open map[string]opened) error {
	list, err := child.Load(u.Tx, child.Query{IDs: ids})
	for _, c := range list {
		if access.Can(u.Actor, access.View, c.Thing(book, access.Child)).Allow {
			ref := c.Agency + "/" + c.Ref
			open[c.ID] = opened{c.Subject(), givenName(c) + ", " + ref, markup(`%s, %s`, anchor(childPath(c.ID), givenName(c)), ref), child.Statuses.Label(c.Status)}
		}
	}
	return err
}

func openFamilies(u *work.Unit, book *agency.Book, ids []string, open map[string]opened) error {
	list, err := adopter.Load(u.Tx, adopter.Query{IDs: ids})
	for _, f := range list {
		if access.Can(u.Actor, access.View, f.Thing(book, access.Family)).Allow {
			open[f.ID] = opened{f.Subject(), f.Name(), anchor(familyPath(f.ID), f.Name()), adopter.Statuses.Label(f.Status)}
		}
	}
	return err
}

func notOpen(n int) template.HTML {
	return markup("%s more %s not open to you.", commas(n), noun(n, "is", "are"))
}

// openTable shows one page of a list of records, whose names lead to them, and
// notes whom it shows. What is taken away as CSV is the whole list.
func (v *visit) openTable(u *work.Unit, part *figuresPart, t chart.Table, records []opened) {
	from, to, pages := v.pageOf(len(t.Rows), part.ID)
	if v.r.URL.Query().Get("csv") != "" {
		from, to = 0, len(t.Rows)
	}
	links := map[[2]int]template.HTML{}
	for i, o := range records[from:to] {
		u.Saw(o.subject, "behind a number")
		links[[2]int{i, 0}] = o.link
	}
	part.taken = t
	t.Rows = t.Rows[from:to]
	part.Table, part.Pages = tableOf(t, links), pages
}

// addBehind lists whom a number is made of.
func (v *visit) addBehind(u *work.Unit, book *agency.Book, p *figuresPage, kind access.Kind, list []behindOne) error {
	ids := idsOf(list)
	open, closed, err := openRecords(u, book, kind, ids)
	if err != nil {
		return err
	}
	one, many, head := "child", "children", "Child"
	if kind == access.Family {
		one, many, head = "family", "families", "Family"
	}
	list = slices.DeleteFunc(list, func(b behindOne) bool { return open[b.id].name == "" })
	if !slices.ContainsFunc(list, func(b behindOne) bool { return b.days != "" }) { // a wait has an order of its own
		slices.SortStableFunc(list, func(a, b behindOne) int { return cmp.Compare(open[a.id].name, open[b.id].name) })
	}
	t := chart.Table{Caption: upperFirst(many) + " behind the number", Header: []string{head, "Days", "In the number", "Today"}, Numeric: []bool{false, true}}
	var records []opened
	for _, b := range list {
		records = append(records, open[b.id])
		t.Rows = append(t.Rows, []string{open[b.id].name, cmp.Or(b.days, "none taken"), cmp.Or(b.note, "Counted"), open[b.id].status})
	}
	part := figuresPart{ID: "behind", Heading: count(len(ids), one, many)}
	if len(ids) == 0 {
		part.Words = []template.HTML{"Nobody is counted here, and nobody was left out."}
	}
	if closed > 0 {
		part.Words = append(part.Words, notOpen(closed))
	}
	v.openTable(u, &part, t, records)
	p.add(part)
	return nil
}
