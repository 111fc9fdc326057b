package invent

import (
	"fmt"
	"strings"

	"homeward/internal/date"
	"homeward/internal/returns/ssda903"
)

// detail is what comes with being looked after.
func (l *life) detail() {
	l.upn = fmt.Sprintf("%c%012d", "ABCDEFGHJKLMNPQRTUVWXYZ"[l.IntN(23)], 300_000_000_000+l.number*1009%500_000_000_000)
	if l.uasc {
		l.upn = "UN3"
	}
	l.perm = l.permanence()
	if l.short {
		return
	}
	l.motherhood()
	l.reviewed()
	l.allocated()
	l.absences()
	l.deprived()
}

func (l *life) first() date.Date { return l.stays[0].from }

// until is the day care ended, or the day after what is known.
func (l *life) until() date.Date {
	if at := l.now(); at.to.Known() {
		return at.to
	}
	return l.end + 1
}

// permanence is an earlier order. It is asked of those who came into care since
// April 2016.
func (l *life) permanence() []string {
	from := l.first()
	switch {
	case from < date.MustOf(2016, 4, 1):
		return nil
	case l.ageOn(from) < 2 || l.chance(92):
		return []string{"Z1", "", ""}
	}
	y, _, _ := from.Parts()
	day := pick(l.dice, fmt.Sprintf("zz/%02d/%d", 1+l.IntN(12), y-1), fmt.Sprintf("ZZ/ZZ/%d", y-1), "zz/zz/zzzz", ssda903.Written(max(l.dob+30, from-400)))
	return []string{pick(l.dice, "P1", "P2", "P3", "P4"), pick(l.dice, "831", "830", "856", "891", "WAL", "999"), day}
}

func (l *life) motherhood() {
	from, to := max(l.first()+1, l.dob.AddMonths(12*15)), l.until()-1
	if l.sex == "F" && l.kind != careLeaver && from < to && l.chance(25) {
		l.mother = clear(l.between(from, to))
		if l.mother <= from {
			l.mother = 0
		}
	}
}

func (l *life) reviewed() {
	for d := max(l.first()+20, l.before-30); d < l.until(); d += date.Date(120 + l.IntN(60)) {
		if l.inCare(d) {
			l.reviews = append(l.reviews, d)
		}
	}
}

func (l *life) inCare(d date.Date) bool {
	for _, s := range l.stays {
		if s.from <= d && (d < s.to || !s.to.Known()) {
			return true
		}
	}
	return false
}

var changes = []string{"MANAGE", "LEFTRL", "ORGRST", "TSPROC", "ABSENC", "CHCHAN", "PCCHAN", "OTHERS"}

// allocated are the child's social workers, one after another, from the beginning
// of care to its end.
func (l *life) allocated() {
	why := "FCONTA"
	for d := l.first(); d < l.until(); {
		to := max(d, l.before-100) + date.Date(60+l.IntN(400))
		if to >= l.until()-10 {
			to = l.until()
		} else {
			to = clear(to)
		}
		if again := l.cameBack(); d < again && again < to {
			to = again
		}
		known := to
		if to > l.end {
			known = 0
		}
		l.workers = append(l.workers, spell{d, known, why, fmt.Sprintf("SW%07d", l.IntN(4000))})
		d, why = to, pick(l.dice, changes...)
	}
}

// cameBack is the day the latest of several periods of care began.
func (l *life) cameBack() (again date.Date) {
	for _, s := range l.stays[1:] {
		if s.rne == "S" {
			again = s.from
		}
	}
	return again
}

// absences are times missing or away, each within one episode.
func (l *life) absences() {
	for _, s := range l.stays {
		until := s.to
		if !until.Known() {
			until = l.end + 2
		}
		if l.ageOn(s.from) < 10 || until < l.before || until-max(s.from, l.before-20) < 6 || !l.chance(18) {
			continue
		}
		from := l.between(max(s.from, l.before-20)+1, until-4)
		if s.from < l.begun-9 && until > l.begun+9 {
			from = l.begun - date.Date(1+l.IntN(3))
		}
		l.missing = append(l.missing, spell{from: from, to: min(from+date.Date(l.IntN(6)), until-2), code: pick(l.dice, "M", "M", "A")})
	}
}

// deprived are orders that deprive the child of liberty where they live.
func (l *life) deprived() {
	for _, s := range l.stays {
		until := s.to
		if !until.Known() {
			until = l.end
		}
		if from := max(s.from, l.begun) + 1; (s.place == "K2" || s.place == "Z12") && until-from > 9 && l.chance(30) {
			to := min(from+date.Date(3+l.IntN(80)), until-2)
			if !s.to.Known() && l.chance(50) {
				to = 0
			}
			l.liberty = append(l.liberty, spell{from: from, to: to})
		}
	}
}

// upnIn is the child's number in a year: those too young for school have none.
func (c *child) upnIn(year int) string {
	if !c.uasc && ssda903.Birthday(c.dob, 4) > date.MustOf(year-1, 8, 31) {
		return "UN1"
	}
	return c.upn
}

// placeIn is a placement's code as a year has it.
func placeIn(place string, year int) string {
	switch {
	case place == "K3" && year <= 2024:
		return "H5"
	case strings.HasPrefix(place, "Z") && year <= 2025:
		return "Z1"
	}
	return place
}
