package web

import (
	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/watch"
	"homeward/internal/web/govuk"
	"homeward/internal/work"
)

// personForm is who somebody is and what they work as.
type personForm struct {
	*govuk.Form
	Name       *govuk.TextField
	Role, Team *govuk.ChoiceField
	SignInName *govuk.TextField // of a new person
}

func newPersonForm(book *agency.Book, code string) *personForm {
	f := &personForm{Form: &govuk.Form{}}
	f.Name = f.Text(govuk.Question{Name: "name", Label: "Full name", Noun: "the person’s name", Max: 200, Autocomplete: "off"})
	f.Role = f.Radios(govuk.Question{Name: "role", Label: "What do they work as?", Noun: "what they work as", Options: roleOptions(book.Agencies[code].Kind)})
	if teams := teamOptions(book, code); len(teams) > 0 {
		f.Team = f.Select(govuk.Question{Name: "team", Label: "Team", Optional: true, Options: append([]govuk.Option{{Text: "No team"}}, teams...),
			Hint: "People of one team see each other’s children and families"})
	}
	return f
}

// roleWords say what each role is for, to who chooses one.
var roleWords = map[access.Role]string{
	access.HomeFinder:       "Looks for families for children",
	access.PermanenceWorker: "Follows children whose plan is adoption",
	access.AdopterWorker:    "Assesses and supports families, and answers asks",
	access.Manager:          "Decides waivers and restrictions and hands work over",
	access.Administrator:    "Keeps accounts and teams. Sees no child and no family",
	access.InformationLead:  "Signs agreements and checks who looked. Sees no child and no family",
	access.DataOfficer:      "Makes the council’s returns and the figures. Sees who a child is, not where, and no family",
	access.PanelMember:      "Reads the papers of a panel they sit on",
	access.RecordsCustodian: "Keeps the sealed records of adoptions",
}

func roleOptions(kind string) []govuk.Option {
	var options []govuk.Option
	for _, r := range access.Roles() {
		if r != access.Adopter && !(kind == "VAA" && r == access.PermanenceWorker) {
			options = append(options, govuk.Option{Value: string(r), Text: r.Label(), Hint: roleWords[r]})
		}
	}
	return options
}

// of is a worker as the form leaves them.
func (f *personForm) of(w agency.Worker) agency.Worker {
	w.Name, w.Role = f.Name.Value, access.Role(f.Role.Value)
	if f.Team != nil {
		w.Team = f.Team.Value
	}
	return w
}

// personFormPage is the form to add or change somebody.
type personFormPage struct {
	Heading string
	Form    *personForm
	Self    bool
	Button  string
	Cancel  string
}

// personNew adds somebody and makes the link by which they make their account.
func personNew(v *visit) error {
	var f *personForm
	var link invited
	err := v.office("add a person", func(u *work.Unit, book *agency.Book) error {
		own := v.actor.Agency
		if err := u.Allow(access.Change, book.Thing(access.Staff, own), ""); err != nil {
			return err
		}
		f = newPersonForm(book, own)
		f.SignInName = f.Text(signInNameQuestion)
		if !v.posted() || !f.Parse(v.r) {
			return nil
		}
		w, err := agency.SaveWorker(u, book, f.of(agency.Worker{Agency: own}))
		if err != nil {
			return err
		}
		link, err = v.invite(u, w, f.SignInName.Value)
		return err
	})
	return v.afterPerson(err, link, f, personFormPage{Heading: "Add a person", Button: "Add and make a link", Cancel: "/people"})
}

// afterPerson shows the link that was made, or the form: again, if something in
// it could not be.
func (v *visit) afterPerson(err error, link invited, f *personForm, p personFormPage) error {
	if f == nil {
		return err
	}
	if err != nil {
		if err := unlessFault(f.Form, err); err != nil {
			return err
		}
	}
	if link.Link != "" && err == nil {
		return v.showInvited(link)
	}
	p.Form = f
	return v.show("personform", page{Title: p.Heading, Back: p.Cancel, Form: f.Form}, p)
}

// personEdit changes somebody's name, role or team. What they may do changes at
// their next request.
func personEdit(v *visit) error {
	var f *personForm
	p := personFormPage{Heading: "Change a person", Button: "Save", Cancel: personPath(v.r.PathValue("id"))}
	saved := false
	err := v.office("change a person", func(u *work.Unit, book *agency.Book) error {
		w, err := v.findPerson(u, book, access.Change)
		if err != nil {
			return err
		}
		f, p.Self = newPersonForm(book, w.Agency), w.ID == v.actor.ID
		if !v.posted() {
			f.set(w)
			u.Saw(w.Subject(), "to change")
			return nil
		}
		if saved = f.Parse(v.r); !saved {
			return nil
		}
		return savePerson(u, book, w, f.of(w))
	})
	if saved && err == nil {
		return v.done(p.Cancel, "Saved. What they may see and do follows at their next page.")
	}
	return v.afterPerson(err, invited{}, f, p)
}

func (f *personForm) set(w agency.Worker) {
	f.Name.Set(w.Name)
	f.Role.Set(string(w.Role))
	if f.Team != nil {
		f.Team.Set(w.Team)
	}
}

// savePerson writes a worker. Another role may leave nobody who can open a
// restricted record, and its managers are told.
func savePerson(u *work.Unit, book *agency.Book, before, after agency.Worker) error {
	if before.Role != after.Role || !before.Gone(u.Today) && after.Gone(u.Today) {
		if err := watch.Leaves(u, book, before.ID); err != nil {
			return err
		}
	}
	_, err := account.SaveWorker(u, book, after)
	return err
}

// signInNameQuestion asks for what somebody signs in by.
var signInNameQuestion = govuk.Question{Name: "sign_in_name", Label: "Sign-in name", Noun: "a sign-in name", Max: 254, Autocomplete: "off",
	Hint: "Such as their work e-mail address. No other person of any agency may have the same", Classes: "govuk-input--width-20"}
