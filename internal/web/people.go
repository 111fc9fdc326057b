package web

import (
	"cmp"
	"html/template"
	"slices"
	"strings"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/date"
	"homeward/internal/link"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// staffing is the people of one agency with their accounts and what names them.
type staffing struct {
	book     *agency.Book
	today    date.Date
	accounts map[string]account.Account // by worker
	pending  map[string]account.Invitation
	followed map[string]link.Followed
}

// staffingOf reads it for the actor's own agency, to those who may look.
func staffingOf(u *work.Unit, book *agency.Book) (s staffing, err error) {
	own := u.Actor.Agency
	if err := u.Allow(access.View, book.Thing(access.Staff, own), ""); err != nil {
		return s, err
	}
	s = staffing{book: book, today: u.Today, accounts: map[string]account.Account{}}
	list, err := account.List(u, own)
	if err != nil {
		return s, err
	}
	for _, a := range list {
		s.accounts[a.Worker.ID] = a
	}
	if s.pending, err = account.Pending(u, own); err != nil {
		return s, err
	}
	s.followed, err = link.FollowedBy(u, book, own)
	return s, err
}

// The ways an account may stand, as the list says and filters it.
const (
	accountNone    = "none"
	accountInvited = "invited"
	accountLeft    = "left"
)

// accountState is how somebody's way in stands.
func (s staffing) accountState(w agency.Worker) string {
	a, has := s.accounts[w.ID]
	_, invited := s.pending[w.ID]
	switch {
	case w.Gone(s.today):
		return accountLeft
	case has:
		return string(a.State)
	case invited:
		return accountInvited
	}
	return accountNone
}

var accountStates = []govuk.Option{
	{Value: string(account.Active), Text: "Active"}, {Value: accountInvited, Text: "Invited"}, {Value: string(account.Dormant), Text: "Dormant"},
	{Value: string(account.Ended), Text: "Ended"}, {Value: accountNone, Text: "No account"}, {Value: accountLeft, Text: "Left"},
}

func accountTag(state string) template.HTML {
	colours := map[string]string{string(account.Active): "green", accountInvited: "blue", string(account.Dormant): "yellow"}
	i := slices.IndexFunc(accountStates, func(o govuk.Option) bool { return o.Value == state })
	return govuk.Tag{Text: accountStates[i].Text, Classes: "govuk-tag--" + cmp.Or(colours[state], "grey")}.Render()
}

// lastUse is the day of somebody's last sign-in.
func lastUse(used time.Time) string {
	if used.IsZero() {
		return "Never"
	}
	return work.Day(used).Long()
}

// people are those who work for the agency or did, by name; adopters are not
// among them.
func (s staffing) people(code string) []agency.Worker {
	var list []agency.Worker
	for _, w := range s.book.Workers {
		if w.Agency == code && w.Role != access.Adopter {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(x, y agency.Worker) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.ID, y.ID))
	})
	return list
}

// peoplePage is the list of an agency's people.
type peoplePage struct {
	Agency     string
	Filter     *peopleFilter
	MayChange  bool
	Leavers    []peopleLeaver // who have left with work in their name, to those who hand it over
	Summary    string
	Chosen     []chosen
	Table      govuk.Table
	Pagination govuk.Pagination
	Empty      bool
}

type peopleLeaver struct{ Href, Name, What string }

// peopleFilter narrows the list. Without a state it is of those who work there.
type peopleFilter struct{ Role, Team, State *govuk.ChoiceField }

func newPeopleFilter(v *visit, book *agency.Book) *peopleFilter {
	form := &govuk.Form{Filter: true}
	roles := []govuk.Option{{Text: "Any role"}}
	for _, r := range access.Roles() {
		if r != access.Adopter {
			roles = append(roles, govuk.Option{Value: string(r), Text: r.Label()})
		}
	}
	f := &peopleFilter{
		Role:  form.Select(govuk.Question{Name: "role", Label: "Role", Options: roles}),
		Team:  form.Select(govuk.Question{Name: "team", Label: "Team", Options: append([]govuk.Option{{Text: "Any team"}}, teamOptions(book, v.actor.Agency)...)}),
		State: form.Select(govuk.Question{Name: "account", Label: "Account", Options: append([]govuk.Option{{Text: "All who work here"}}, accountStates...)}),
	}
	form.Read(v.r.URL.Query())
	return f
}

func (f *peopleFilter) fits(w agency.Worker, state string) bool {
	return (f.Role.Value == "" || f.Role.Value == string(w.Role)) && (f.Team.Value == "" || f.Team.Value == w.Team) &&
		(f.State.Value == state || f.State.Value == "" && state != accountLeft)
}

// teamOptions are the teams of an agency, by name.
func teamOptions(book *agency.Book, code string) []govuk.Option {
	var options []govuk.Option
	for _, t := range teamsOf(book, code) {
		options = append(options, govuk.Option{Value: t.ID, Text: t.Name})
	}
	return options
}

// people lists who works for the agency, as what, and how their accounts stand.
func people(v *visit) error {
	var p peoplePage
	err := v.office("people", func(u *work.Unit, book *agency.Book) error {
		s, err := staffingOf(u, book)
		if err != nil {
			return err
		}
		own := v.actor.Agency
		p.Agency, p.Filter = book.Agencies[own].Name, newPeopleFilter(v, book)
		p.MayChange = access.Can(v.actor, access.Change, book.Thing(access.Staff, own)).Allow
		hands := access.Can(v.actor, access.Change, book.Thing(access.Caseload, own)).Allow
		p.fill(v, s, hands)
		return nil
	})
	if err != nil {
		return err
	}
	return v.show("people", page{Title: "People", Wide: true}, p)
}

func (p *peoplePage) fill(v *visit, s staffing, hands bool) {
	var fit []agency.Worker
	for _, w := range s.people(v.actor.Agency) {
		state := s.accountState(w)
		if p.Filter.fits(w, state) {
			fit = append(fit, w)
		}
		if followed := s.followed[w.ID]; hands && state == accountLeft && followed.Any() {
			p.Leavers = append(p.Leavers, peopleLeaver{personPath(w.ID) + "/caseload", w.Name, followedWords(followed)})
		}
	}
	from, to, pages := v.pageOf(len(fit), "total")
	p.Summary, p.Empty, p.Pagination = count(len(fit), "person", "people"), len(fit) == 0, pages
	p.Table = s.table(fit[from:to])
	for _, c := range []*govuk.ChoiceField{p.Filter.Role, p.Filter.Team, p.Filter.State} {
		if c.Value != "" {
			p.Chosen = append(p.Chosen, chosen{c.Label + ": " + optionText(c), v.queryWith(c.Name, "")})
		}
	}
}

func (s staffing) table(list []agency.Worker) govuk.Table {
	t := govuk.Table{Caption: "People", CaptionClasses: "govuk-visually-hidden", Stack: true, FirstCellIsHeader: true,
		Head: []govuk.Cell{{Text: "Name"}, {Text: "Role"}, {Text: "Team"}, {Text: "Account"}, {Text: "Last signed in"}, {Text: "Follows"}}}
	for _, w := range list {
		used := ""
		if a, has := s.accounts[w.ID]; has {
			used = lastUse(a.Used)
		}
		t.Rows = append(t.Rows, []govuk.Cell{{HTML: anchor(personPath(w.ID), w.Name)}, {Text: w.Role.Label()}, {Text: cmp.Or(s.book.Teams[w.Team].Name, "No team")},
			{HTML: accountTag(s.accountState(w))}, {Text: cmp.Or(used, "Never")}, {Text: followedWords(s.followed[w.ID])}})
	}
	return t
}

// followedWords says how much names somebody.
func followedWords(f link.Followed) string {
	var words []string
	for _, part := range []struct {
		n         int
		one, many string
	}{{f.Children, "child", "children"}, {f.Families, "family", "families"}, {f.Asks, "open ask", "open asks"}} {
		if part.n > 0 {
			words = append(words, count(part.n, part.one, part.many))
		}
	}
	return cmp.Or(listWords(words), "Nothing")
}

func personPath(id string) string { return "/people/" + id }
