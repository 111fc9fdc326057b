package web

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// agreementsPage is the sharing agreements an agency is a party to.
type agreementsPage struct {
	Agency     string
	Table      govuk.Table
	Pagination govuk.Pagination
	None       bool
	MayChange  bool
}

// agreements lists what the agency has agreed with others or is asked to.
func agreements(v *visit) error {
	var p agreementsPage
	err := v.office("agreements", func(u *work.Unit, book *agency.Book) error {
		own := v.actor.Agency
		if err := u.Allow(access.View, book.Thing(access.Agreement, own), ""); err != nil {
			return err
		}
		list := agreementsOf(book, own, u.Today)
		from, to, pages := v.pageOf(len(list), "")
		p.Agency, p.None, p.Pagination = book.Agencies[own].Name, len(list) == 0, pages
		p.MayChange = access.Can(v.actor, access.Change, book.Thing(access.Agreement, own)).Allow
		p.Table = agreementsTable(book, own, list[from:to], u.Today)
		u.Saw(work.Subject{Kind: access.Agreement, Agency: own}, "list")
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("agreements", page{Title: "Sharing agreements", Wide: true}, p)
}

// The ways an agreement may stand for one of its parties, in the order that the
// list has them.
var agreementStates = []govuk.Tag{
	{Text: "Waits for us to sign", Classes: "govuk-tag--yellow"}, {Text: "In force", Classes: "govuk-tag--green"},
	{Text: "Waits for others to sign", Classes: "govuk-tag--blue"}, {Text: "Not begun", Classes: "govuk-tag--blue"},
	{Text: "We have left", Classes: "govuk-tag--grey"}, {Text: "Ended", Classes: "govuk-tag--grey"},
}

// agreementState is how an agreement stands for one of its parties on a day.
func agreementState(a agency.Agreement, code string, day date.Date) int {
	p, _ := a.Party(code)
	others := slices.ContainsFunc(a.Parties, func(o agency.Party) bool { return o.Agency != code && o.InForce() })
	switch {
	case a.Until.Known() && a.Until <= day:
		return 5
	case !p.Left.IsZero():
		return 4
	case p.Signed.IsZero():
		return 0
	case a.From > day:
		return 3
	case !others:
		return 2
	}
	return 1
}

func agreementTag(a agency.Agreement, code string, day date.Date) template.HTML {
	return agreementStates[agreementState(a, code, day)].Render()
}

// agreementsOf are the agreements an agency is a party to: what waits for it
// first.
func agreementsOf(book *agency.Book, code string, day date.Date) []agency.Agreement {
	list := slices.DeleteFunc(slices.Clone(book.Agreements), func(a agency.Agreement) bool { _, party := a.Party(code); return !party })
	slices.SortStableFunc(list, func(x, y agency.Agreement) int {
		return cmp.Or(agreementState(x, code, day)-agreementState(y, code, day), cmp.Compare(y.From, x.From))
	})
	return list
}

func agreementsTable(book *agency.Book, own string, list []agency.Agreement, day date.Date) govuk.Table {
	t := govuk.Table{Caption: "Sharing agreements", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Agreement"}, {Text: "State"}, {Text: "What is shared"}, {Text: "With"}, {Text: "Days"}}}
	for _, a := range list {
		var with []string
		for _, p := range a.Parties {
			if p.Agency != own {
				with = append(with, p.Agency)
			}
		}
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: anchor(agreementPath(a.ID), a.Name)}, {HTML: agreementTag(a, own, day)},
			{HTML: bullets(coverWords(a), "")}, {Text: listWords(with)}, {Text: daysWords(a.From, a.Until)}})
	}
	return t
}

func coverWords(a agency.Agreement) (words []string) {
	for _, c := range a.Covers {
		words = append(words, upperFirst(c.Label()))
	}
	return words
}

// daysWords says from when until when; until is the first day it no longer is so.
func daysWords(from, until date.Date) string {
	if !until.Known() {
		return "From " + from.Long() + ", with no end"
	}
	return "From " + from.Long() + " up to and including " + until.AddDays(-1).Long()
}

func agreementPath(id string) string { return "/agreements/" + id }

// agreementPage is one agreement.
type agreementPage struct {
	Name        string
	Tag         template.HTML
	Facts       govuk.SummaryList
	Parties     govuk.Table
	Sign, Leave string // where it is done, to those who may
}

// findAgreement gives the agreement of the path to somebody of a party to it. One
// their agency is no party to is not there for them.
func (v *visit) findAgreement(u *work.Unit, book *agency.Book, act access.Action) (agency.Agreement, error) {
	a, known := book.Agreement(v.r.PathValue("id"))
	if _, party := a.Party(v.actor.Agency); !known || !party {
		return a, u.Refuse(act, work.Subject{Kind: access.Agreement, ID: v.r.PathValue("id")})
	}
	return a, u.Allow(act, book.Thing(access.Agreement, v.actor.Agency), a.ID)
}

// agreement shows one agreement: what it is for, what it shares, who has signed.
func agreement(v *visit) error {
	var p agreementPage
	err := v.office("agreement", func(u *work.Unit, book *agency.Book) error {
		a, err := v.findAgreement(u, book, access.View)
		if err != nil {
			return err
		}
		own := v.actor.Agency
		u.Saw(work.Subject{Kind: access.Agreement, Agency: own, ID: a.ID}, "")
		p.Name, p.Tag, p.Facts, p.Parties = a.Name, agreementTag(a, own, u.Today), agreementFacts(a), partiesTable(book, a)
		if !access.Can(v.actor, access.Change, book.Thing(access.Agreement, own)).Allow {
			return nil
		}
		if side, _ := a.Party(own); side.InForce() {
			p.Leave = agreementPath(a.ID) + "/leave"
		} else {
			p.Sign = agreementPath(a.ID) + "/sign"
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("agreement", page{Title: "A sharing agreement", Back: "/agreements"}, p)
}

func agreementFacts(a agency.Agreement) govuk.SummaryList {
	pool := "Whoever the parties are"
	if a.Pool != "" {
		pool = "Only while both are members of the pool " + a.Pool
	}
	row := func(key string, value govuk.Content) govuk.SummaryRow {
		return govuk.SummaryRow{Key: govuk.Content{Text: key}, Value: value}
	}
	return govuk.SummaryList{Rows: []govuk.SummaryRow{
		row("What it is for", govuk.Content{Text: a.Purpose}), row("What is shared", govuk.Content{HTML: bullets(coverWords(a), "")}),
		row("Between whom", govuk.Content{Text: pool}), row("Days", govuk.Content{Text: daysWords(a.From, a.Until)}),
	}}
}

func partiesTable(book *agency.Book, a agency.Agreement) govuk.Table {
	t := govuk.Table{Caption: "Parties", Stack: true, FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "Agency"}, {Text: "Signed"}, {Text: "Left"}}}
	for _, p := range a.Parties {
		name := book.Agencies[p.Agency].Name
		if a.Pool != "" && !slices.Contains(book.Agencies[p.Agency].Pools, a.Pool) {
			name += " (not in the pool " + a.Pool + ", so nothing is shared with it)"
		}
		t.Rows = append(t.Rows, []govuk.Cell{{Text: name}, {Text: instantDay(p.Signed, "Not yet")}, {Text: instantDay(p.Left, "No")}})
	}
	return t
}

func instantDay(at db.Instant, none string) string {
	if at.IsZero() {
		return none
	}
	return work.Day(at.Time).Long()
}

// agreementSign puts the agency's name to an agreement; the page says first what
// that opens.
func agreementSign(v *visit) error {
	return v.agreementDo("sign an agreement", agency.Sign, "Signed. What it shares is open from the next page.", func(a agency.Agreement, book *agency.Book, own string) officeConfirm {
		c := officeConfirm{Heading: "Sign this agreement for " + book.Agencies[own].Name, Button: "Sign for our agency",
			Lines: []string{"You sign as your agency’s information governance lead. You can leave again at any time."}}
		c.Points = sharingLost(withSide(book, a, own, true), book, own)
		c.Lines = append(c.Lines, pointsIntro(c.Points, "Signing opens at once, both ways:", "Nothing opens yet: no other party has signed, the agreement has not begun, or it is already shared by another."))
		return c
	})
}

// agreementLeave ends what an agreement opens; the page says first what closes.
func agreementLeave(v *visit) error {
	return v.agreementDo("leave an agreement", agency.Leave, "Your agency has left. What it shared is closed from the next page.", func(a agency.Agreement, book *agency.Book, own string) officeConfirm {
		c := officeConfirm{Heading: "Leave this agreement", Button: "Leave now", Warning: true,
			Lines: []string{"It closes at once, also to people who have a page open: their next page does not show it any more. Open asks stay on both sides’ ask logs."}}
		c.Points = sharingLost(book, withSide(book, a, own, false), own)
		c.Lines = append(c.Lines, pointsIntro(c.Points, "This closes, both ways:", "Nothing closes: what it shares is not open now, or another agreement shares it too."))
		return c
	})
}

func pointsIntro(points []string, some, none string) string {
	if len(points) > 0 {
		return some
	}
	return none
}

// agreementDo shows the question about an agreement, or does what it asked.
func (v *visit) agreementDo(purpose string, do func(*work.Unit, *agency.Book, string) error, message string, ask func(agency.Agreement, *agency.Book, string) officeConfirm) error {
	var c officeConfirm
	form := &govuk.Form{}
	err := v.office(purpose, func(u *work.Unit, book *agency.Book) error {
		a, err := v.findAgreement(u, book, access.Change)
		if err != nil {
			return err
		}
		c = ask(a, book, v.actor.Agency)
		c.Record, c.Cancel = record{Name: a.Name, Facts: a.Purpose}, agreementPath(a.ID)
		if v.posted() {
			return do(u, book, a.ID)
		}
		u.Saw(work.Subject{Kind: access.Agreement, Agency: v.actor.Agency, ID: a.ID}, purpose)
		return nil
	})
	if err == nil && v.posted() {
		return v.done(c.Cancel, message)
	}
	if err := unlessFault(form, err); err != nil {
		return err
	}
	return v.showConfirm(c.Heading, c, page{Form: form})
}

// withSide is the book as it would be if a party had signed, or had left.
func withSide(book *agency.Book, a agency.Agreement, code string, signed bool) *agency.Book {
	other := *book
	other.Agreements = slices.Clone(book.Agreements)
	for i, x := range other.Agreements {
		if x.ID != a.ID {
			continue
		}
		parties := slices.Clone(x.Parties)
		for j, p := range parties {
			if p.Agency == code {
				parties[j] = agency.Party{Agency: code}
				if signed {
					parties[j].Signed = db.Instant{Time: date.MustOf(2000, 1, 1).Time()} // some instant: that there is one is what counts
				}
			}
		}
		other.Agreements[i].Parties = parties
	}
	return &other
}

// sharingLost says, agency by agency, what one book shares with an agency by
// agreement and another does not.
func sharingLost(before, after *agency.Book, own string) []string {
	shares := func(b *agency.Book, code string, c access.Cover) bool {
		return slices.ContainsFunc(b.Ties(own), func(t access.Tie) bool { return t.Agency == code && slices.Contains(t.Covers, c) })
	}
	var lines []string
	for _, a := range before.List() {
		var lost []string
		for _, c := range access.Covers() {
			if shares(before, a.Code, c) && !shares(after, a.Code, c) {
				lost = append(lost, c.Label())
			}
		}
		if len(lost) > 0 {
			lines = append(lines, a.Name+": "+strings.Join(lost, "; "))
		}
	}
	return lines
}
