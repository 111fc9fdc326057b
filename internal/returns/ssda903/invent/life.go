package invent

import (
	"fmt"
	"strings"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// child is all there is to know of a child by the end of the year.
type child struct {
	id       string
	number   uint64
	sex      string
	dob      date.Date
	ethnic   string
	upn      string
	home     string
	cin      string
	mother   date.Date // when she became one
	uasc     bool
	short    bool // short breaks only
	stays    []stay
	decided  date.Date // that the child should be placed for adoption
	reversed date.Date
	why      string
	adoption []string // DATE_MATCH, FOSTER_CARE, NB_ADOPTR, SEX_ADOPTR, LS_ADOPTR
	perm     []string // PREV_PERM, LA_PERM, DATE_PERM
	workers  []spell
	missing  []spell
	liberty  []spell
	reviews  []date.Date
	after    []string // IN_TOUCH, ACTIV, ACCOM, in the year after leaving
}

// stay is an episode.
type stay struct {
	from, to                    date.Date
	rne, ls, place, rec, reason string
	site
}

// spell is a time something held, of a code and by somebody.
type spell struct {
	from, to date.Date
	code, by string
}

// life is a child's life being lived.
type life struct {
	dice
	*child
	kind               kind
	year               int
	before, begun, end date.Date // 1 April last year and this, and 31 March
	gap                int       // between changes, in days
}

// live takes the child into care and, it may be, out of it.
func (l *life) live() {
	switch l.kind {
	case newcomer:
		l.dob = l.birth(0, 17, l.end-60)
		l.care(l.between(max(l.dob, l.begun), l.end-25), 0)
	case leaver:
		l.leave(l.begun+8, l.end-12)
	case gone:
		l.leave(l.before+40, l.begun-12)
	case careLeaver:
		l.grow()
	case returned:
		l.dob = l.birth(1, 16, l.begun-60)
		away := l.between(l.begun+10, l.begun+150)
		l.care(l.between(max(l.dob, l.begun-900), away-35), away)
		l.care(l.between(away+20, away+100), 0)
	case adopted:
		l.adopt()
	case alone:
		l.arrive()
	case respite:
		l.dob = l.birth(5, 15, l.before)
		l.breaks()
	case longRespite:
		l.dob = l.birth(5, 15, l.before)
		l.short = true
		at := site{provider: "PR4"}
		l.stays = []stay{{from: l.between(l.before-300, l.begun+200), rne: "S", ls: "V4", place: pick(l.dice, "K2", "U6"), site: at}}
	default:
		l.dob = l.birth(1, 17, l.begun-60)
		l.care(l.between(max(l.dob, l.before-2200), l.begun-30), 0)
	}
}

// birth is a birthday of a child who by the end of the year is of some age, born
// before a day. None is born about 1 April, where the ages of the rules turn: the
// plants are born then.
func (l *life) birth(least, most int, before date.Date) date.Date {
	return clear(l.between(l.end.AddMonths(-12*(most+1))+40, min(before, l.end.AddMonths(-12*least))))
}

// clear moves a day away from the end of the year.
func clear(d date.Date) date.Date {
	if _, m, day := d.Parts(); m == 3 && day >= 15 || m == 4 && day <= 6 {
		return d - 25
	}
	return d
}

func (l *life) eighteen() date.Date { return ssda903.Birthday(l.dob, 18) }

func (l *life) leave(from, to date.Date) {
	var until date.Date
	if l.chance(40) {
		l.dob = clear(l.between(from+10, to).AddMonths(-12 * 18))
		until = l.eighteen()
	} else {
		l.dob = l.birth(1, 17, l.before-60)
		until = min(clear(l.between(from, to)), l.eighteen())
	}
	l.care(l.between(max(l.dob, l.before-2200), until-40), until)
}

// grow is a child who left last year, of an age to be asked about as a care leaver
// this year, after more than 13 weeks in care since 14 and some since 16.
func (l *life) grow() {
	until := clear(l.between(l.before+125, l.begun-12))
	if l.chance(50) {
		l.dob = clear(until.AddMonths(-12 * 18))
		until = l.eighteen()
	} else {
		l.dob = clear(l.between(until.AddMonths(-12*18)+40, until.AddMonths(-12*16)-60))
	}
	l.care(l.between(l.before-900, until-200), until)
	touch := pick(l.dice, "YES", "YES", "YES", "NO", "REFU", "NREQ", "RHOM")
	activity, home := pick(l.dice, "F1", "P1", "F2", "P2", "F4", "P4", "F5", "P5", "G4", "G5", "G6"), pick(l.dice, "B1", "C1", "D1", "E1", "H1", "K1", "R1", "S2", "U1", "V1", "W1", "X2", "Y1")
	if touch == "RHOM" {
		activity, home = "0", "0"
	}
	l.after = []string{touch, activity, home}
}

func (l *life) arrive() {
	l.uasc, l.cin, l.ethnic = true, "N8", pick(l.dice, "BAFR", "AOTH", "OOTH", "WOTH")
	l.dob = l.birth(15, 17, l.end)
	l.care(l.between(max(l.begun-500, l.dob.AddMonths(12*14)), l.end-30), 0)
}

// breaks are a series of short breaks.
func (l *life) breaks() {
	l.short = true
	at := site{provider: pick(l.dice, "PR4", "PR5", "PR1")}
	place := pick(l.dice, "K2", "U6", "U3")
	for d := l.before + date.Date(10+l.IntN(60)); d < l.end-20; d += date.Date(14 + l.IntN(28)) {
		if to := d + date.Date(1+l.IntN(3)); clear(d) == d && clear(to) == to {
			l.stays = append(l.stays, stay{from: d, to: to, rne: "S", ls: "V3", place: place, rec: "E4A", site: at})
		}
	}
}

// care is a period of care, from and until a day; until the end of what is known
// if that is not known.
func (l *life) care(from, until date.Date) {
	l.enter(from)
	l.walk(from, l.limit(until), anywhere)
	l.exit(until)
}

func (l *life) limit(until date.Date) date.Date {
	if until.Known() {
		return until
	}
	return l.end
}

// enter begins a period of care.
func (l *life) enter(from date.Date) {
	first := stay{from: from, rne: "S", ls: pick(l.dice, "V2", "V2", "C1", "C1", "C2", "L2", "L1")}
	if l.uasc {
		first.ls = "V2"
	} else if l.ageOn(from) >= 12 && l.chance(4) {
		first.ls = "J1"
	}
	l.stays = append(l.stays, l.place(first, anywhere))
}

// exit ends a period of care.
func (l *life) exit(until date.Date) {
	if !until.Known() {
		return
	}
	at := l.now()
	at.to, at.rec = until, pick(l.dice, "E4A", "E4A", "E4B", "E13", "E41", "E47", "E48", "E3", "E8", "E16", "E2")
	foster := strings.HasPrefix(at.place, "U")
	switch age := l.ageOn(until); {
	case age >= 18 && foster:
		at.rec = pick(l.dice, "E17", "E5", "E6")
	case age >= 18:
		at.rec = pick(l.dice, "E5", "E6", "E7")
	case l.kind == returned:
		at.rec = pick(l.dice, "E4A", "E4B", "E13")
	case l.kind == careLeaver:
		at.rec = pick(l.dice, "E5", "E6", "E4A", "E9")
	case foster && l.chance(30):
		at.rec = pick(l.dice, "E45", "E46")
	}
}

func (l *life) now() *stay { return &l.stays[len(l.stays)-1] }

func (l *life) ageOn(d date.Date) int { return l.dob.YearsOn(d) }

// bound is what changes may come about.
type bound int

const (
	anywhere   bound = iota
	fostered         // in foster care, whatever the order
	underOrder       // in foster care, under an order that stays
)

// walk goes from change to change, most of them in the two years there are
// returns of.
func (l *life) walk(from, to date.Date, b bound) {
	d := from + 1 + date.Date(l.IntN(2*l.gap))
	if early := l.before - date.Date(l.IntN(200)); d < early {
		d = max(d, early)
	}
	if order := l.now().ls; order == "L1" || order == "L2" {
		d = from + map[string]date.Date{"L1": 2, "L2": 14}[order]
		l.change(d, "L")
		d += 1 + date.Date(l.IntN(2*l.gap))
	}
	for ; d < to; d += 1 + date.Date(l.IntN(2*l.gap)) {
		if l.chance(12) && d+9 < to {
			d = l.away(d)
			continue
		}
		l.change(d, l.reason(b))
	}
}

func (l *life) reason(b bound) string {
	if b == underOrder {
		return pick(l.dice, "P", "P", "T")
	}
	return pick(l.dice, "P", "P", "P", "P", "L", "T", "B", "U")
}

// orders are what one order turns into.
var orders = map[string]string{"V2": "C1", "C1": "C2", "C2": "C1", "L1": "C1", "L2": "C1", "J1": "C2", "E1": "E1"}

// sameCarer are placements that turn into one another where the carer stays.
var sameCarer = map[string]string{"U6": "U4", "U4": "U6", "U3": "U1", "U1": "U3"}

// change begins a new episode.
func (l *life) change(d date.Date, rne string) {
	was := l.now()
	next := stay{from: d, rne: rne, ls: was.ls, place: was.place, site: was.site}
	if (rne == "T" || rne == "U") && sameCarer[was.place] == "" {
		next.rne = map[string]string{"T": "P", "U": "B"}[rne]
	}
	if strings.Contains("LBU", next.rne) {
		next.ls = orders[was.ls]
	}
	switch next.rne {
	case "T", "U":
		next.place, was.reason = sameCarer[was.place], "PLACE"
	case "P", "B":
		b := anywhere
		if l.kind == adopted {
			b = fostered
		}
		next = l.place(next, b)
		was.reason = pick(l.dice, "CARPL", "CLOSE", "ALLEG", "STAND", "APPRR", "CREQB", "CREQO", "CHILD", "LAREQ", "OTHER")
		if next.place == "R5" {
			was.reason = "CUSTOD"
		}
	}
	l.follow(next)
}

// follow ends an episode where the next begins.
func (l *life) follow(next stay) {
	l.now().to, l.now().rec = next.from, "X1"
	l.stays = append(l.stays, next)
}

// away is a temporary placement and the return from it.
func (l *life) away(d date.Date) (back date.Date) {
	was := *l.now()
	if was.place == "P1" {
		return d
	}
	temporary := stay{from: d, rne: "P", ls: was.ls, place: pick(l.dice, "T0", "T1", "T2", "T4"), site: site{post: elsewhere(l.dice, "").post}}
	for temporary.post == was.post {
		temporary.post = elsewhere(l.dice, "").post
	}
	l.follow(temporary)
	back = d + date.Date(2+l.IntN(5))
	l.follow(stay{from: back, rne: "P", ls: was.ls, place: was.place, site: was.site})
	return back
}

// place finds a new placement, fit for the child's age and order and not where
// they are.
func (l *life) place(s stay, b bound) stay {
	was := s.post
	for s.place, s.site = l.choose(s, b); s.post == was; {
		s.place, s.site = l.choose(s, b)
	}
	return s
}

func (l *life) choose(s stay, b bound) (string, site) {
	age := l.ageOn(s.from)
	if b != anywhere || age < 3 && l.chance(80) || l.chance(60) {
		if age < 3 && l.chance(20) {
			return pick(l.dice, "U2", "U5"), country.carer(l.dice)
		}
		return pick(l.dice, "U6", "U6", "U4", "U1", "U3"), country.carer(l.dice)
	}
	home := func(place string) (string, site) { return place, pick(l.dice, country.homes[place]...) }
	switch at := l.IntN(20); {
	case at < 6 && age >= 6:
		return home("K2")
	case at == 6 && age >= 12:
		return home("K1")
	case at < 10 && age >= 16:
		return l.supported(s.from)
	case at == 10 && age >= 8:
		return home("S1")
	case at == 11 && age < 3:
		return home("R3")
	case at == 12 && age >= 10:
		return "R1", elsewhere(l.dice, "PR4")
	case at == 13:
		return "R2", elsewhere(l.dice, "PR3")
	case at == 14 && age >= 12:
		return "R5", elsewhere(l.dice, "PR3")
	case at == 15 && age >= 16:
		return "P3", elsewhere(l.dice, "PR4")
	case at == 16 && age >= 12:
		return pick(l.dice, "Z11", "Z12", "Z13", "Z14"), elsewhere(l.dice, "")
	case at == 17:
		return "U6", site{post: pick(l.dice, abroad...).post(l.IntN(units)), provider: "PR4"}
	case at > 17 && (s.ls == "C1" || s.ls == "C2") && !l.uasc:
		return "P1", site{post: l.home, provider: "PR0"}
	}
	return "U6", country.carer(l.dice)
}

// supported is supported accommodation: until 2023 it had no provider that was
// registered, and was called semi-independent or independent living.
func (l *life) supported(from date.Date) (string, site) {
	if l.year <= 2024 && l.chance(30) {
		return "P2", elsewhere(l.dice, "PR4")
	}
	at := pick(l.dice, country.homes["K3"]...)
	if from < date.MustOf(2023, 4, 1) {
		at.urn = "XXXXXXX" // not known
	}
	return "K3", at
}

// adopt is the way to adoption: into care, the decision, the order, the family,
// the court. Some children are still on it, and for some the plan changes.
func (l *life) adopt() {
	consent := l.chance(15)
	var order, matched, placed, court date.Date
	for ok := false; !ok; ok = court > l.begun+10 {
		l.dob = clear(l.between(l.end-1500, l.end-400))
		from := l.between(max(l.dob, l.end-1300), l.end-40)
		l.decided = from + date.Date(60+l.IntN(150))
		order = l.decided + date.Date(1+l.IntN(60))
		matched = order + date.Date(10+l.IntN(150))
		placed = matched + date.Date(5+l.IntN(40))
		court = clear(placed + date.Date(90+l.IntN(200)))
		l.stays = []stay{l.place(stay{from: from, rne: "S", ls: map[bool]string{true: "V2", false: "C1"}[consent]}, fostered)}
	}
	first := l.stays[0].from
	if consent {
		l.walk(first, min(placed, l.end), underOrder)
	} else {
		l.walk(first, min(order, l.end), fostered)
		if order < l.end {
			l.change(order, "L")
			l.now().ls = "E1"
		}
		if l.chance(25) {
			l.reverse(order)
			return
		}
		l.walk(order, min(placed, l.end), underOrder)
	}
	if placed < l.end {
		l.placeForAdoption(placed, consent)
	}
	if court <= l.end-8 {
		l.now().to, l.now().rec = court, map[bool]string{true: "E11", false: "E12"}[consent]
		l.adoption = append([]string{ssda903.Written(matched), map[bool]string{true: "1", false: "0"}[strings.Contains("A3 A5", l.now().place)]}, pick(l.dice,
			[]string{"1", "F1", "L0"}, []string{"1", "M1", "L0"}, []string{"2", "MF", "L11"}, []string{"2", "MF", "L3"}, []string{"2", "FF", "L12"}, []string{"2", "MM", "L2"},
			[]string{"2", "FF", "L4"})...)
	}
}

// placeForAdoption is with the foster carers or with a new family.
func (l *life) placeForAdoption(d date.Date, consent bool) {
	was := l.now()
	with, new := "A5", "A6"
	if consent {
		with, new = "A3", "A4"
	}
	if l.chance(20) {
		was.reason = "PLACE"
		l.follow(stay{from: d, rne: "T", ls: was.ls, place: with, site: was.site})
		return
	}
	was.reason = "CARPL"
	next := l.place(stay{from: d, rne: "P", ls: was.ls, site: was.site}, fostered)
	next.place = new
	l.follow(next)
}

// reverse is a plan that changes: the order ends with the decision.
func (l *life) reverse(order date.Date) {
	at := clear(order + date.Date(40+l.IntN(300)))
	l.walk(order, min(at, l.end), underOrder)
	if at >= l.end {
		return
	}
	l.change(at, "L")
	l.now().ls = "C2"
	l.reversed, l.why = at, fmt.Sprintf("RD%d", 1+l.IntN(4))
	l.walk(at, l.end, fostered)
}
