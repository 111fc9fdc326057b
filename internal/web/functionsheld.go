package web

import (
	"slices"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// functionsPage is who carries which function out for whom.
type functionsPage struct {
	Own        string
	OwnHref    string
	ForOthers  []string // what the reader's own agency carries out for others
	Table      govuk.Table
	Pagination govuk.Pagination
}

// functionsHeld shows who does what for whom, council by council.
func functionsHeld(v *visit) error {
	var p functionsPage
	err := v.office("who does what for whom", func(u *work.Unit, book *agency.Book) error {
		own := v.actor.Agency
		if err := u.Allow(access.View, book.Thing(access.Agreement, own), ""); err != nil {
			return err
		}
		u.Saw(work.Subject{Kind: "function", Agency: own}, "list")
		list := functionOwners(book, own)
		from, to, pages := v.pageOf(len(list), "all")
		p.Own, p.OwnHref, p.Pagination = book.Agencies[own].Name, functionsPath(own), pages
		p.Table = functionsTable(book, list[from:to])
		for _, t := range book.Ties(own) {
			if t.Function != "" {
				p.ForOthers = append(p.ForOthers, book.Agencies[t.Agency].Name+": "+midSentence(t.Function.Label()))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("functionsheld", page{Title: "Who does what for whom", Back: "/agreements", Wide: true}, p)
}

// functionOwners are the agencies whose functions these are: councils, the
// reader's own agency, and any other that ever handed one over; the own first.
func functionOwners(book *agency.Book, own string) []agency.Agency {
	list := slices.DeleteFunc(book.List(), func(a agency.Agency) bool {
		handed := slices.ContainsFunc(book.Functions, func(h agency.Held) bool { return h.Agency == a.Code })
		return a.Kind != "LA" && a.Code != own && !handed
	})
	slices.SortStableFunc(list, func(x, y agency.Agency) int { return rank(x.Code != own) - rank(y.Code != own) })
	return list
}

func functionsTable(book *agency.Book, list []agency.Agency) govuk.Table {
	t := govuk.Table{Caption: "Who does what, council by council", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "For whom"}}}
	for _, f := range access.Functions() {
		t.Head = append(t.Head, govuk.Cell{Text: f.Label()})
	}
	for _, a := range list {
		row := []govuk.Cell{{HTML: anchor(functionsPath(a.Code), a.Name)}}
		for _, f := range access.Functions() {
			row = append(row, govuk.Cell{Text: holderWords(book, a.Code, f)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func holderWords(book *agency.Book, code string, f access.Function) string {
	if holder := book.HolderOf(code, f); holder != code {
		return book.Agencies[holder].Name
	}
	return "Itself"
}

func functionsPath(code string) string { return "/functions/" + code }

// functionsOf shows one agency's functions: who carries each out now, and who did
// before.
func functionsOf(v *visit) error {
	var p struct {
		Name      string
		Table     govuk.Table
		History   govuk.Table
		NoHistory bool
	}
	err := v.office("who does what for whom", func(u *work.Unit, book *agency.Book) error {
		a, known := book.Agencies[v.r.PathValue("agency")]
		if err := u.Allow(access.View, book.Thing(access.Agreement, v.actor.Agency), ""); err != nil {
			return err
		}
		if !known {
			return work.ErrNotFound
		}
		u.Saw(work.Subject{Kind: "function", Agency: a.Code}, "")
		p.Name = a.Name
		p.Table = holdersTable(book, a, access.Can(v.actor, access.Change, book.Thing(access.Agreement, a.Code)).Allow)
		p.History = heldTable(book, a.Code)
		p.NoHistory = len(p.History.Rows) == 0
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("functionsof", page{Title: "Who does what for one agency", Back: "/functions"}, p)
}

func holdersTable(book *agency.Book, a agency.Agency, mayChange bool) govuk.Table {
	t := govuk.Table{Caption: "Now", Stack: true, FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "Function"}, {Text: "Carried out by"}}}
	if mayChange {
		t.Head = append(t.Head, govuk.Cell{HTML: `<span class="govuk-visually-hidden">Change</span>`})
	}
	for _, f := range access.Functions() {
		row := []govuk.Cell{{Text: f.Label()}, {Text: holderWords(book, a.Code, f)}}
		if mayChange {
			row = append(row, govuk.Cell{HTML: markup(`<a class="govuk-link" href="%s">Change<span class="govuk-visually-hidden"> who carries out: %s</span></a>`, functionsPath(a.Code)+"/"+string(f), f.Label())})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// heldTable is every time somebody else carried a function out, the newest
// first.
func heldTable(book *agency.Book, code string) govuk.Table {
	t := govuk.Table{Caption: "Carried out by others, with days", Stack: true, FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "Function"}, {Text: "By"}, {Text: "Days"}}}
	for _, h := range slices.Backward(book.Functions) {
		if h.Agency == code {
			t.Rows = append(t.Rows, []govuk.Cell{{Text: h.Function.Label()}, {Text: book.Agencies[h.Holder].Name}, {Text: heldDays(h)}})
		}
	}
	return t
}

func heldDays(h agency.Held) string {
	if h.Until.Known() && h.Until == h.From {
		return "Handed over and taken back on " + h.From.Long()
	}
	return daysWords(h.From, h.Until)
}

// functionHand has another agency carry a function out, or takes it back.
func functionHand(v *visit) error {
	form := &govuk.Form{}
	p := struct {
		Name, Function, Opens string
		Holder                *govuk.ChoiceField
		Cancel                string
	}{Cancel: functionsPath(v.r.PathValue("agency"))}
	saved := false
	err := v.office("hand a function over", func(u *work.Unit, book *agency.Book) error {
		h := agency.Held{Agency: v.r.PathValue("agency"), Function: access.Function(v.r.PathValue("function"))}
		if err := u.Allow(access.Change, book.Thing(access.Agreement, h.Agency), string(h.Function)); err != nil {
			return err
		}
		if !slices.Contains(access.Functions(), h.Function) {
			return work.ErrNotFound
		}
		p.Name, p.Function, p.Opens = book.Agencies[h.Agency].Name, h.Function.Label(), functionOpens[h.Function]
		p.Holder = form.Select(govuk.Question{Name: "holder", Label: "Who carries it out?", Noun: "who carries it out", Options: holderOptions(book, h)})
		if !v.posted() {
			p.Holder.Set(book.HolderOf(h.Agency, h.Function))
			u.Saw(work.Subject{Kind: "function", Agency: h.Agency, ID: string(h.Function)}, "to change")
			return nil
		}
		if saved = form.Parse(v.r); !saved {
			return nil
		}
		h.Holder = p.Holder.Value
		return agency.HandFunction(u, book, h)
	})
	if p.Holder == nil {
		return err
	}
	if saved && err == nil {
		return v.done(p.Cancel, "Changed from today. What the agency before saw by it is closed from the next page.")
	}
	if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.show("functionhand", page{Title: "Change who carries out a function", Back: p.Cancel, Form: form}, p)
}

// functionOpens says what handing a function over lets the other agency do here.
var functionOpens = map[access.Function]string{
	access.HomeFinding: "Its home finders and managers see who your children are, what they need and where they are, look for families for them and ask. They do not change your records.",
	access.Recruitment: "Its adopters’ workers and managers see and change your families’ records, with where they live, and answer asks for you.",
	access.Panels:      "It opens no record by itself: panel members read the papers on their agenda.",
	access.Support:     "It opens no record here yet.",
	access.Letterbox:   "It opens no record here yet.",
	access.Records:     "Its records custodians see your sealed adoption records.",
}

func holderOptions(book *agency.Book, h agency.Held) []govuk.Option {
	options := []govuk.Option{{Value: h.Agency, Text: book.Agencies[h.Agency].Name + " itself"}}
	for _, a := range book.List() {
		if a.Code != h.Agency && !(h.Function == access.HomeFinding && a.Kind == "VAA") {
			options = append(options, govuk.Option{Value: a.Code, Text: a.Name})
		}
	}
	return options
}
