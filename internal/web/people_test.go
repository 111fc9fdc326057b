package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/work"
)

// workerNow is somebody as the book has them now.
func (s *testSite) workerNow(id string) (w agency.Worker) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err == nil {
			w = book.Workers[id]
		}
		return err
	})
	return w
}

// personBoxes is the form of a person as a browser would send it.
func personBoxes(name string, role access.Role, more ...string) url.Values {
	form := url.Values{"name": {name}, "role": {string(role)}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

var linkOnPage = regexp.MustCompile(`/join/([A-Z0-9]{20,})`)

func TestAnAdministratorAddsSomebodyAndTheLinkIsShownOnceAndNowhereElse(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Administrator)
		wants(t, b.get("/people", http.StatusOK), []string{"People at Derby", "Add a person", "Manager, DER", "6 people"}, "LEI")
		page := b.post("/people/new", personBoxes("Wren <i>Example</i>", access.HomeFinder, "sign_in_name", "wren@example.org"), http.StatusOK)
		wants(t, page, []string{"Pass this link on", "You see it this once", "Wren <i>Example</i>"}, "<i>Example")
		found := linkOnPage.FindStringSubmatch(page)
		if found == nil {
			t.Fatal("no link on the page")
		}
		var i account.Invitation
		s.operate(func(u *work.Unit) (err error) { i, err = account.Invited(u, found[1]); return err })
		if w := s.workerNow(i.WorkerID); w.Agency != "DER" || w.Role != access.HomeFinder || i.SignInName != "wren@example.org" {
			t.Errorf("invited: %+v %+v", w, i)
		}
		for _, path := range []string{"/people", personPath(i.WorkerID), personPath(i.WorkerID) + "/invite"} {
			page := b.get(path, http.StatusOK)
			wants(t, page, []string{"Wren"}, found[1])
		}
		wants(t, b.get(personPath(i.WorkerID), http.StatusOK), []string{"Invited", "wren@example.org", "Make a new link to sign in"})
		if strings.Contains(s.log.String(), found[1]) || strings.Contains(s.log.String(), "wren@example.org") {
			t.Error("the log holds the link or the sign-in name")
		}
		again := b.post(personPath(i.WorkerID)+"/invite", url.Values{"sign_in_name": {"wren@example.org"}}, http.StatusOK)
		if other := linkOnPage.FindStringSubmatch(again); other == nil || other[1] == found[1] {
			t.Error("a second link is another one")
		}
		if err := s.do(operator, func(u *work.Unit) error { _, err := account.Invited(u, found[1]); return err }); err == nil {
			t.Error("the first link is still good")
		}
		before := len(s.people("DER"))
		wants(t, b.post("/people/new", personBoxes("Wren Again", access.HomeFinder, "sign_in_name", "wren@example.org"), http.StatusUnprocessableEntity), []string{"This sign-in name is taken"})
		if after := len(s.people("DER")); after != before {
			t.Error("somebody was added although their link could not be made")
		}
	})
}

func (s *testSite) people(code string) (list []agency.Worker) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err == nil {
			list = book.Staff(code)
		}
		return err
	})
	return list
}

// TestPeopleAreThereForTheirOwnAgencyAlone tries every page about a person as the
// administrator, manager and information lead of another agency, and as those of
// their own agency who do not keep its people.
func TestPeopleAreThereForTheirOwnAgencyAlone(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id := s.workerOf("DER", access.PermanenceWorker)
		before := s.workerNow(id)
		tried := 0
		for _, who := range []struct {
			agency string
			role   access.Role
		}{{"LEI", access.Administrator}, {"LEI", access.Manager}, {"LEI", access.InformationLead}, {"NOT", access.Administrator}, {"DER", access.HomeFinder}, {"DER", access.AdopterWorker}} {
			b := s.as(who.agency, who.role)
			for _, r := range officeRoutes {
				method, path, _ := strings.Cut(r.pattern, " ")
				if !strings.HasPrefix(path, "/people/{id}") {
					continue
				}
				tried++
				path = strings.Replace(path, "{id}", id, 1)
				if method == http.MethodGet {
					wants(t, b.get(path, http.StatusNotFound), nil, before.Name)
					continue
				}
				b.post(path, url.Values{"name": {"Taken Over"}, "role": {"manager"}, "sign_in_name": {"taken"}, "agency": {who.agency}, "whole": {"all"}, "to": {s.workerOf(who.agency, access.Manager)}}, http.StatusNotFound)
			}
		}
		if tried < 6*14 || s.workerNow(id) != before {
			t.Errorf("%d tried; %+v", tried, s.workerNow(id))
		}
	})
}

func TestManagersAndInformationLeadsLookAndDoNotChange(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		id := s.workerOf("DER", access.HomeFinder)
		for _, role := range []access.Role{access.Manager, access.InformationLead} {
			b := s.as("DER", role)
			wants(t, b.get("/people", http.StatusOK), []string{"Home finder, DER"}, "/people/new")
			wants(t, b.get(personPath(id), http.StatusOK), []string{"Home finder, DER"}, "/end", "/reset")
			wants(t, b.get("/teams", http.StatusOK), []string{"There are no teams yet"}, "Add this team")
			b.get("/people/new", http.StatusForbidden)
			b.post("/people/new", personBoxes("Another", access.HomeFinder, "sign_in_name", "another"), http.StatusForbidden)
			b.post(personPath(id)+"/end", nil, http.StatusForbidden)
			b.post("/teams", url.Values{"name": {"North"}}, http.StatusForbidden)
		}
	})
}

// TestNobodyMakesThemselvesMore is what a form of groups in another product once
// let people do: change what they themselves work as.
func TestNobodyMakesThemselvesMore(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b, me := s.as("DER", access.Administrator), s.workerOf("DER", access.Administrator)
		b.post("/teams", url.Values{"name": {"North"}}, http.StatusOK)
		team := s.team("DER", "North")
		wants(t, b.get(personPath(me), http.StatusOK), []string{"This is you", "Change your name"}, "/end", "/reset")
		wants(t, b.post(personPath(me)+"/edit", personBoxes("Manager me", access.Manager), http.StatusUnprocessableEntity), []string{"There is a problem"})
		wants(t, b.post(personPath(me)+"/edit", personBoxes("Me", access.Administrator, "team", team), http.StatusUnprocessableEntity), []string{"You cannot change your own role or team"})
		for _, part := range []string{"/end", "/reset", "/reopen", "/return"} {
			wants(t, b.post(personPath(me)+part, nil, http.StatusUnprocessableEntity), []string{"You cannot do this to yourself"})
		}
		wants(t, b.post("/teams/"+team, url.Values{"worker": {me}}, http.StatusUnprocessableEntity), []string{"Select who is in this team"})
		if w := s.workerNow(me); w.Role != access.Administrator || w.Team != "" || w.LeftOn.Known() {
			t.Errorf("changed: %+v", w)
		}
		wants(t, b.post(personPath(me)+"/edit", personBoxes("A New Name", access.Administrator), http.StatusOK), []string{"Saved."})
		for role, status := range map[access.Role]int{access.HomeFinder: http.StatusNotFound, access.Manager: http.StatusForbidden} {
			s.as("DER", role).post(personPath(s.workerOf("DER", role))+"/edit", personBoxes("Me", access.Administrator), status)
		}
	})
}

// team finds a team by its name.
func (s *testSite) team(code, name string) (id string) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		book, err := agency.Open(u)
		for _, t := range book.Teams {
			if t.Agency == code && t.Name == name {
				id = t.ID
			}
		}
		return err
	})
	return id
}

func TestAHandMadeFormReachesNoOtherAgency(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		s.as("LEI", access.Administrator).post("/teams", url.Values{"name": {"Theirs"}}, http.StatusOK)
		theirs := s.team("LEI", "Theirs")
		b := s.as("DER", access.Administrator)
		b.get("/teams/"+theirs, http.StatusNotFound)
		b.post("/teams/"+theirs, url.Values{"worker": {s.workerOf("DER", access.HomeFinder)}}, http.StatusNotFound)
		b.post("/teams", url.Values{"name": {"North"}}, http.StatusOK)
		north, id, stranger := s.team("DER", "North"), s.workerOf("DER", access.HomeFinder), s.workerOf("LEI", access.HomeFinder)
		for what, form := range map[string]url.Values{
			"another agency's team": personBoxes("Fay", access.HomeFinder, "team", theirs), "a role that is none": personBoxes("Fay", "operator"),
			"an adopter": personBoxes("Fay", access.Adopter), "nobody": personBoxes(" ", access.HomeFinder),
		} {
			b.post(personPath(id)+"/edit", form, http.StatusUnprocessableEntity)
			if w := s.workerNow(id); w.Name == "Fay" {
				t.Errorf("%s: %+v", what, w)
			}
		}
		b.post(personPath(id)+"/edit", personBoxes("Fay", access.HomeFinder, "team", north, "agency", "LEI", "agency_code", "LEI", "worker_id", stranger, "left_on", "2026-01-01"), http.StatusOK)
		if w := s.workerNow(id); w.Agency != "DER" || w.Team != north || w.Name != "Fay" || w.LeftOn.Known() {
			t.Errorf("%+v", w)
		}
		b.post("/teams/"+north, url.Values{"worker": {stranger}}, http.StatusUnprocessableEntity)
		if w := s.workerNow(stranger); w.Agency != "LEI" || w.Team != "" {
			t.Errorf("%+v", w)
		}
		wants(t, b.post("/teams", url.Values{"name": {"north"}}, http.StatusUnprocessableEntity), []string{"There is a team called north already."})
	})
}

func TestPeopleArePutInATeamAndTakenOut(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Administrator)
		b.post("/teams", url.Values{"name": {"North"}}, http.StatusOK)
		team, fay, pip := s.team("DER", "North"), s.workerOf("DER", access.HomeFinder), s.workerOf("DER", access.PermanenceWorker)
		wants(t, b.post("/teams/"+team, url.Values{"worker": {fay, pip}}, http.StatusOK), []string{"Saved.", "North", "Home finder, DER", "Permanence worker, DER"})
		b.post("/teams/"+team, url.Values{"worker": {pip}}, http.StatusOK)
		if s.workerNow(fay).Team != "" || s.workerNow(pip).Team != team {
			t.Errorf("%+v %+v", s.workerNow(fay), s.workerNow(pip))
		}
		wants(t, b.get("/people?team="+team, http.StatusOK), []string{"1 person", "Permanence worker, DER"}, "Home finder, DER")
	})
}

func TestEndingSomebodysWorkClosesTheirSessionAndLeavesTheirWorkToAManager(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		leaver := s.workerOf("DER", access.PermanenceWorker)
		s.followedBy(leaver, "DER/C1")
		theirs := s.as("DER", access.PermanenceWorker)
		wants(t, theirs.get(childPath(s.id["DER/C1"]), http.StatusOK), []string{"Asha"})
		b := s.as("DER", access.Administrator)
		wants(t, b.get(personPath(leaver)+"/end", http.StatusOK), []string{"End this person’s work here", "1 child", "Manager, DER can hand it over"}, "Asha")
		wants(t, b.post(personPath(leaver)+"/end", nil, http.StatusOK), []string{"Their work here has ended.", "Left"})
		wants(t, theirs.page(childPath(s.id["DER/C1"])), []string{"Sign in"}, "Asha")
		b.post(personPath(leaver)+"/end", nil, http.StatusUnprocessableEntity)
		b.post(personPath(leaver)+"/invite", url.Values{"sign_in_name": {"another"}}, http.StatusNotFound)
		manager := s.as("DER", access.Manager)
		wants(t, manager.get("/people", http.StatusOK), []string{"Left, with work still in their name", "Hand over the work of Permanence worker, DER"})
		wants(t, b.get("/people", http.StatusOK), nil, "Left, with work")
		wants(t, b.get("/people?account=left", http.StatusOK), []string{"1 person", "Permanence worker, DER"})
		wants(t, b.post(personPath(leaver)+"/return", nil, http.StatusOK), []string{"They work here again."})
		if s.workerNow(leaver).LeftOn.Known() {
			t.Error("the day they left is still there")
		}
	})
}

// followedBy has a worker follow some children.
func (s *testSite) followedBy(worker string, keys ...string) {
	s.t.Helper()
	for _, key := range keys {
		before := s.child(key)
		after := before
		after.Worker = worker
		s.operate(func(u *work.Unit) error { return child.SaveAll(u, []child.Change{{Before: &before, After: after}}) })
	}
}

// hasAccount tells whether somebody has an account that is active.
func (s *testSite) hasAccount(worker string) (has bool) {
	s.t.Helper()
	s.operate(func(u *work.Unit) error {
		a, found, err := account.OfWorker(u, worker)
		has = found && a.State == account.Active
		return err
	})
	return has
}

func TestTheLastAdministratorStays(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		last := s.workerOf("DER", access.Administrator)
		leaving := agency.Worker{Agency: "DER", Name: "Leaving Administrator", Role: access.Administrator}
		s.operate(func(u *work.Unit) error {
			book, err := agency.Open(u)
			if err == nil {
				leaving, err = agency.SaveWorker(u, book, leaving)
			}
			return err
		})
		b := s.asWorker(leaving.ID)
		s.operate(func(u *work.Unit) error { // who is about to leave is not counted
			u.Did("changed", leaving.Subject(), "")
			_, err := u.Exec("UPDATE worker SET left_on = $1 WHERE worker_id = $2", today+7, leaving.ID)
			return err
		})
		s.asWorker(last)
		if !s.hasAccount(last) {
			t.Fatal("the standing administrator cannot sign in")
		}
		for path, form := range map[string]url.Values{"/end": nil, "/edit": personBoxes("Administrator", access.Manager)} {
			wants(t, b.post(personPath(last)+path, form, http.StatusUnprocessableEntity), []string{"the agency's last administrator"})
		}
		if w := s.workerNow(last); w.Role != access.Administrator || w.LeftOn.Known() {
			t.Errorf("%+v", w)
		}
	})
}

func TestThePeopleListSendsNoMoreStatementsForMorePeople(t *testing.T) {
	eachSite(t, func(t *testing.T, s *testSite) {
		b := s.as("DER", access.Administrator)
		few := b.statementsFor("/people")
		s.operate(func(u *work.Unit) error {
			book, err := agency.Open(u)
			for range 40 {
				if err == nil {
					_, err = agency.SaveWorker(u, book, agency.Worker{Agency: "DER", Name: "Another Person", Role: access.HomeFinder})
				}
			}
			return err
		})
		if many := b.statementsFor("/people"); many != few {
			t.Errorf("%d statements for few people, %d for many", few, many)
		}
		wants(t, b.get("/people?page=2", http.StatusOK), []string{"46 people"})
	})
}
