package invent

import (
	"slices"
	"strconv"
	"strings"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// test is what else a row must be for a plant to fit it.
type test func(k *kid, r *record) bool

// edit is the usual plant: in the first row of a table that it fits, cells are
// set, and the rule must name the row.
//
// What a row must be is words: F=A|B is one of, F~A|B is not one of, F! is
// filled, F? is blank. What is set is words as well: F=text, or a day F=@end+1,
// counted from begun (1 April), end, dob, a field, or a birthday (@18+0). _ is a
// space.
func edit(rule, table, must, set string, tests ...test) plant {
	t, fits, change := tableOf(table), conditions(must), changesOf(set)
	return plant{rule: rule, spoil: func(k *kid) []*record {
		for _, r := range k.now[t] {
			if fits(r) && !slices.ContainsFunc(tests, func(is test) bool { return !is(k, r) }) && change(k, r) {
				return []*record{r}
			}
		}
		return nil
	}}
}

// with names further rows, of other tables or all of one.
func (p plant) with(tables ...string) plant {
	spoil := p.spoil
	p.spoil = func(k *kid) []*record {
		rows := spoil(k)
		for _, t := range tables {
			if len(rows) > 0 {
				rows = append(rows, k.now[tableOf(t)]...)
			}
		}
		return rows
	}
	return p
}

func (p plant) since(year int) plant { p.from = year; return p }
func (p plant) until(year int) plant { p.to = year; return p }

// extra is a plant of one row too many: the rule must name it.
func extra(rule, table, cells string, tests ...test) plant {
	t, change := tableOf(table), changesOf(cells)
	return plant{rule: rule, spoil: func(k *kid) []*record {
		if slices.ContainsFunc(tests, func(is test) bool { return !is(k, nil) }) || len(k.now[ssda903.Header]) != 1 {
			return nil
		}
		r := &record{table: t, child: k.id, cells: make([]string, len(t.Columns()))}
		r.set(ssda903.CHILD, k.id)
		r.set(ssda903.DOB, k.now[ssda903.Header][0].get(ssda903.DOB))
		if !change(k, r) {
			return nil
		}
		return []*record{k.add(t, r.cells...)}
	}}
}

func tableOf(name string) ssda903.Table {
	t, ok := ssda903.TableNamed(name)
	if !ok {
		panic("invent: no table " + name)
	}
	return t
}

func fieldOf(name string) ssda903.Field {
	f, ok := ssda903.FieldNamed(name)
	if !ok {
		panic("invent: no field " + name)
	}
	return f
}

func conditions(must string) func(r *record) bool {
	var list []func(r *record) bool
	for _, word := range strings.Fields(must) {
		at := strings.IndexAny(word, "=~!?")
		f, codes := fieldOf(word[:at]), strings.Split(word[at+1:], "|")
		list = append(list, map[byte]func(r *record) bool{
			'=': func(r *record) bool { return slices.Contains(codes, r.get(f)) },
			'~': func(r *record) bool { return !slices.Contains(codes, r.get(f)) },
			'!': func(r *record) bool { return r.get(f) != "" },
			'?': func(r *record) bool { return r.get(f) == "" },
		}[word[at]])
	}
	return func(r *record) bool {
		return !slices.ContainsFunc(list, func(is func(r *record) bool) bool { return !is(r) })
	}
}

// changesOf gives what sets cells; it sets none where a day is counted from one
// that is not there.
func changesOf(set string) func(k *kid, r *record) bool {
	type change struct {
		f    ssda903.Field
		text func(k *kid, r *record) (string, bool)
	}
	var list []change
	for _, word := range strings.Fields(set) {
		name, value, _ := strings.Cut(word, "=")
		text := strings.ReplaceAll(value, "_", " ")
		c := change{fieldOf(name), func(*kid, *record) (string, bool) { return text, true }}
		if day, is := strings.CutPrefix(value, "@"); is {
			c.text = dayOf(day)
		}
		list = append(list, c)
	}
	return func(k *kid, r *record) bool {
		texts := make([]string, len(list))
		for i, c := range list {
			text, ok := c.text(k, r)
			if !ok {
				return false
			}
			texts[i] = text
		}
		for i, c := range list {
			r.set(c.f, texts[i])
		}
		return true
	}
}

func dayOf(word string) func(k *kid, r *record) (string, bool) {
	name, days := word, 0
	if at := strings.IndexAny(word, "+-"); at > 0 {
		name = word[:at]
		days, _ = strconv.Atoi(word[at:])
	}
	return func(k *kid, r *record) (string, bool) {
		var d date.Date
		switch years, err := strconv.Atoi(name); {
		case err == nil:
			d = k.birthday(years)
		case name == "begun":
			d = k.begun
		case name == "end":
			d = k.end
		case name == "dob":
			d = k.dob()
		default:
			d = r.day(fieldOf(name))
		}
		if !d.Known() {
			return "", false
		}
		return ssda903.Written(d.AddDays(days)), true
	}
}

// Tests of a row and its child.

func female(k *kid, _ *record) bool { return strings.Contains("2F", k.sex()) }
func male(k *kid, _ *record) bool   { return !female(k, nil) }

func (k *kid) sex() string { return k.now[ssda903.Header][0].get(ssda903.SEX) }

func (k *kid) episodes() []*record { return k.now[ssda903.Episodes] }

func first(k *kid, r *record) bool { return k.episodes()[0] == r }
func final(k *kid, r *record) bool { return k.episodes()[len(k.episodes())-1] == r }

func notFirst(k *kid, r *record) bool { return !first(k, r) }
func notFinal(k *kid, r *record) bool { return !final(k, r) }

// continuing is a child's first episode, which last year's return left open.
func continuing(k *kid, r *record) bool {
	return first(k, r) && r.day(ssda903.DECOM) < k.begun && len(k.last[ssda903.Episodes]) > 0
}

// bothYears is a child of last year's return as well.
func bothYears(k *kid, _ *record) bool { return len(k.last[ssda903.Header]) == 1 }

// inCare is a child whose last episode is open, not of short breaks, and never
// left in the year.
func inCare(k *kid, _ *record) bool {
	list := k.episodes()
	if len(list) == 0 || list[len(list)-1].get(ssda903.DEC) != "" || shortBreaks(k, nil) {
		return false
	}
	for _, e := range list[:len(list)-1] {
		if e.get(ssda903.REC) != "X1" {
			return false
		}
	}
	return true
}

// left is a child whose every episode has ended, and whose care was one period.
func left(k *kid, _ *record) bool {
	list := k.episodes()
	if len(list) == 0 || list[len(list)-1].get(ssda903.DEC) == "" || shortBreaks(k, nil) {
		return false
	}
	for _, e := range list[:len(list)-1] {
		if e.get(ssda903.REC) != "X1" {
			return false
		}
	}
	return true
}

func shortBreaks(k *kid, _ *record) bool {
	list := k.episodes()
	return len(list) > 0 && (list[0].get(ssda903.LS) == "V3" || list[0].get(ssda903.LS) == "V4")
}

func without(tables ...string) test {
	return func(k *kid, _ *record) bool {
		return !slices.ContainsFunc(tables, func(t string) bool { return len(k.now[tableOf(t)]) > 0 })
	}
}

func having(tables ...string) test {
	return func(k *kid, _ *record) bool {
		return !slices.ContainsFunc(tables, func(t string) bool { return len(k.now[tableOf(t)]) == 0 })
	}
}

// aged is a child whose years on 31 March lie within two ages, both with them.
func aged(from, to int) test {
	return func(k *kid, _ *record) bool {
		age := k.dob().YearsOn(k.end)
		return from <= age && age <= to
	}
}

// lasts is an episode of more days than some, to its end or the year's.
func lasts(days int) test {
	return func(k *kid, r *record) bool {
		until := r.day(ssda903.DEC)
		if !until.Known() {
			until = k.end
		}
		return until.DaysSince(r.day(ssda903.DECOM)) > days
	}
}

// young is an episode that begins before a birthday.
func young(years int) test {
	return func(k *kid, r *record) bool { return r.day(ssda903.DECOM) < k.birthday(years) }
}

// leftYoung is one that ends before a birthday.
func leftYoung(years int) test {
	return func(k *kid, r *record) bool {
		d := r.day(ssda903.DEC)
		return d.Known() && d < k.birthday(years)
	}
}

// neighbour is the episode some places on.
func (k *kid) neighbour(r *record, by int) *record {
	at := slices.Index(k.episodes(), r) + by
	if at < 0 || at >= len(k.episodes()) {
		return nil
	}
	return k.episodes()[at]
}

// beside is an episode whose neighbour some places on is of a kind.
func beside(by int, must string) test {
	is := conditions(must)
	return func(k *kid, r *record) bool {
		other := k.neighbour(r, by)
		return other != nil && is(other)
	}
}
