package web

import (
	"slices"
	"strings"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// teamPage is a team and who of the agency's people is in it.
type teamPage struct {
	Name   string
	Form   *govuk.Form
	People *govuk.ChoicesField
	Nobody bool
}

// teamsPage is an agency's teams.
type teamsPage struct {
	Table govuk.Table
	None  bool
	Form  *govuk.Form // for whoever may add one
	Name  *govuk.TextField
}

// teamsOf are the teams of an agency, by name.
func teamsOf(book *agency.Book, code string) []agency.Team {
	var list []agency.Team
	for _, t := range book.Teams {
		if t.Agency == code {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(x, y agency.Team) int { return strings.Compare(x.Name, y.Name) })
	return list
}

// teams lists the agency's teams and adds one.
func teams(v *visit) error {
	p := teamsPage{Form: &govuk.Form{}}
	p.Name = p.Form.Text(govuk.Question{Name: "name", Label: "Name of the team", Noun: "the team’s name", Max: 100})
	may, added := false, agency.Team{}
	err := v.office("teams", func(u *work.Unit, book *agency.Book) (err error) {
		own := v.actor.Agency
		if err := u.Allow(access.View, book.Thing(access.Staff, own), ""); err != nil {
			return err
		}
		may = access.Can(v.actor, access.Change, book.Thing(access.Staff, own)).Allow
		p.fill(book, own, may)
		if v.posted() && (!may || p.Form.Parse(v.r)) {
			added, err = agency.AddTeam(u, book, agency.Team{Agency: own, Name: p.Name.Value})
		}
		return err
	})
	if err := unlessFault(p.Form, err); err != nil {
		return err
	}
	if added.ID != "" && err == nil {
		return v.done("/teams/"+added.ID, "Team added. Choose who is in it.")
	}
	view := page{Title: "Teams", Back: "/people", Form: p.Form}
	if !may {
		p.Form, view.Form = nil, nil
	}
	return v.show("teams", view, p)
}

func (p *teamsPage) fill(book *agency.Book, own string, may bool) {
	p.Table = govuk.Table{Caption: "Teams", CaptionClasses: "govuk-visually-hidden", FirstCellIsHeader: true, Head: []govuk.Cell{{Text: "Team"}, {Text: "People"}}}
	for _, t := range teamsOf(book, own) {
		var names []string
		for _, w := range book.Staff(own) {
			if w.Team == t.ID {
				names = append(names, w.Name)
			}
		}
		name := govuk.Cell{Text: t.Name}
		if may {
			name = govuk.Cell{HTML: anchor("/teams/"+t.ID, t.Name)}
		}
		p.Table.Rows = append(p.Table.Rows, []govuk.Cell{name, {HTML: bullets(names, "Nobody yet")}})
	}
	p.None = len(p.Table.Rows) == 0
}

// teamPeople puts people in a team and takes them out. Nobody moves themselves.
func teamPeople(v *visit) error {
	p := teamPage{Form: &govuk.Form{NoneRequired: true}}
	saved := false
	err := v.office("people of a team", func(u *work.Unit, book *agency.Book) error {
		t := book.Teams[v.r.PathValue("id")]
		if err := u.Allow(access.Change, book.Thing(access.Staff, t.Agency), t.ID); err != nil {
			return err
		}
		movable := slices.DeleteFunc(book.Staff(t.Agency), func(w agency.Worker) bool { return w.ID == v.actor.ID })
		p.offer(book, t, movable)
		if !v.posted() {
			u.Saw(work.Subject{Kind: "team", Agency: t.Agency, ID: t.ID}, "")
			return nil
		}
		if saved = p.Form.Parse(v.r); !saved {
			return nil
		}
		return p.save(u, book, t, movable)
	})
	if err := unlessFault(p.Form, err); err != nil || p.People == nil {
		return err
	}
	if saved && err == nil {
		return v.done("/teams", "Saved. What people may see follows at their next page.")
	}
	return v.show("teampeople", page{Title: "People of a team", Back: "/teams", Form: p.Form}, p)
}

func (p *teamPage) offer(book *agency.Book, t agency.Team, movable []agency.Worker) {
	var options []govuk.Option
	var in []string
	for _, w := range movable {
		hint := w.Role.Label()
		if w.Team != "" && w.Team != t.ID {
			hint += ", now in " + book.Teams[w.Team].Name
		}
		options = append(options, govuk.Option{Value: w.ID, Text: w.Name, Hint: hint})
		if w.Team == t.ID {
			in = append(in, w.ID)
		}
	}
	p.Name, p.Nobody = t.Name, len(options) == 0
	p.People = p.Form.Checkboxes(govuk.Question{Name: "worker", Label: "Who is in this team?", Noun: "who is in this team", Options: options})
	p.People.Set(in...)
}

func (p *teamPage) save(u *work.Unit, book *agency.Book, t agency.Team, movable []agency.Worker) error {
	for _, w := range movable {
		now := w
		switch in := p.People.Has(w.ID); {
		case in:
			now.Team = t.ID
		case w.Team == t.ID:
			now.Team = ""
		}
		if now == w {
			continue
		}
		if _, err := account.SaveWorker(u, book, now); err != nil {
			return err
		}
	}
	return nil
}
