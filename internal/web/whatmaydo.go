package web

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/work"
)

// whatMayPage is what the access table opens to the signed-in person, in words
// made from the table itself.
type whatMayPage struct {
	Who       string
	Groups    []whatMayGroup
	Never     []string // kinds nothing opens to their role
	Voluntary bool
	Left      bool // nothing is open at all
}

// whatMayGroup is what is open of one group of records: "of your own agency".
type whatMayGroup struct {
	Of      string
	Reasons []whatMayReason
	ByTie   bool     // it rests on an agreement or a function
	Now     []string // the agencies that stand so at present
}

// whatMayReason is what is open for one reason.
type whatMayReason struct {
	Why string
	May []string
}

// whatMayDo shows the signed-in person what they may do, whose records it is
// about, and what is never open to them.
func whatMayDo(v *visit) error {
	var p whatMayPage
	err := v.office("what you may do", func(u *work.Unit, book *agency.Book) error {
		u.Saw(work.Subject{Kind: access.Staff, Agency: v.actor.Agency, ID: v.actor.ID}, "what they may do")
		p = whatMayOf(v.actor, book)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("whatmaydo", page{Title: "What you may do"}, p)
}

func whatMayOf(a access.Actor, book *agency.Book) whatMayPage {
	p := whatMayPage{Who: a.Role.Label() + " at " + book.Agencies[a.Agency].Name, Voluntary: a.Voluntary}
	open := map[access.Kind]bool{}
	for _, o := range access.OpenTo(a.Role) {
		if !couldHold(a, o) {
			continue
		}
		open[o.Kind] = true
		p.add(a, book, o)
	}
	for _, k := range access.Kinds() {
		if !open[k] {
			p.Never = append(p.Never, upperFirst(k.Label()))
		}
	}
	p.Left = len(p.Groups) == 0
	return p
}

func (p *whatMayPage) add(a access.Actor, book *agency.Book, o access.Opening) {
	i := slices.IndexFunc(p.Groups, func(g whatMayGroup) bool { return g.Of == o.Of })
	if i < 0 {
		i = len(p.Groups)
		p.Groups = append(p.Groups, whatMayGroup{Of: o.Of})
	}
	g := &p.Groups[i]
	g.say(o)
	g.ByTie = g.ByTie || restsOnTie(a, o)
	for _, t := range a.Ties {
		if line := tieWords(book, t); opensBy(a, o, t) && !slices.Contains(g.Now, line) {
			g.Now = append(g.Now, line)
		}
	}
}

// say adds one row of the table to the words of its group.
func (g *whatMayGroup) say(o access.Opening) {
	i := slices.IndexFunc(g.Reasons, func(r whatMayReason) bool { return r.Why == o.Reason })
	if i < 0 {
		i = len(g.Reasons)
		g.Reasons = append(g.Reasons, whatMayReason{Why: o.Reason})
	}
	var may []string
	for _, act := range o.Actions {
		may = append(may, act.Label())
	}
	g.Reasons[i].May = append(g.Reasons[i].May, upperFirst(listWords(may))+" "+o.Kind.Label())
}

// tieWords says which agency, and why its things may be open.
func tieWords(book *agency.Book, t access.Tie) string {
	name := book.Agencies[t.Agency].Name
	if t.Function != "" {
		return name + ", by carrying out " + midSentence(t.Function.Label())
	}
	return name + ", by the agreement “" + t.Name + "”"
}

// opensBy tells whether one tie by itself is why the table opens something.
func opensBy(a access.Actor, o access.Opening, t access.Tie) bool {
	a.Ties, a.Opened, a.NamedOn = []access.Tie{t}, nil, nil
	return opens(a, o, access.Thing{Kind: o.Kind, Agency: t.Agency, ID: "any"})
}

// opens tells whether a row of the table opens a thing in every way it names.
func opens(a access.Actor, o access.Opening, t access.Thing) bool {
	return o.Holds(a, t) && !slices.ContainsFunc(o.Actions, func(act access.Action) bool { return !access.Can(a, act, t).Allow })
}

// someTies are ties of every sort to an agency that does not exist.
func someTies() (ties []access.Tie) {
	for _, f := range access.Functions() {
		ties = append(ties, access.Tie{Agency: "?", Function: f})
	}
	for _, c := range access.Covers() {
		ties = append(ties, access.Tie{Agency: "?", Covers: []access.Cover{c}})
	}
	return ties
}

func restsOnTie(a access.Actor, o access.Opening) bool {
	return slices.ContainsFunc(someTies(), func(t access.Tie) bool { return opensBy(a, o, t) })
}

// couldHold tells whether a row could open anything to somebody at all: much is
// shut to a voluntary agency whatever its people are called.
func couldHold(a access.Actor, o access.Opening) bool {
	if restsOnTie(a, o) {
		return true
	}
	a.Ties, a.Agendas = nil, []string{"any"}
	a.Opened = []access.Opened{{Kind: access.RecordOf(o.Kind), Agency: "?", ID: "any"}}
	for _, code := range []string{a.Agency, "?"} {
		for _, t := range []access.Thing{
			{Agency: code}, {Agency: code, ID: "any", Disclosed: []string{a.Agency}, Agenda: "any"}, {Agency: code, ID: a.Family},
		} {
			if t.Kind = o.Kind; opens(a, o, t) {
				return true
			}
		}
	}
	return false
}
