package web

import (
	"database/sql"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/db/dbtest"
	"homeward/internal/link"
	"homeward/internal/work"
)

// The matrix: every route of the table, asked for as every role of an agency that
// owns a record, of one that shares by an agreement, of a voluntary one that
// does, of one that carries out functions for the owner, and of a foreign one;
// for records that are the actor's own, their team's, their agency's, and
// restricted. Every field holds a value found nowhere else, and every byte of
// every answer, every address and the log are searched for all of them. What may
// be in an answer is asked of the access table alone.

// canary is one value that stands in one field of one record, and what opens it.
type canary struct {
	text   string
	record work.Subject
	worker string
	kind   access.Kind
	act    access.Action
}

// matrix is the region of the matrix and who asks.
type matrix struct {
	*testSite
	book       *agency.Book
	restricted map[string]bool // by the agency's reference
	canaries   []canary
	children   []child.Child
	families   []adopter.Family
	asks       []link.Ask
	packs      map[string]string // by the agency that published them
	studies    map[string]string // by the agency that asked
	plans      map[string]string // by the agency that saved them
	given      []givenReturn
	letters    int
	gazetteer  strings.Builder
	control    bool                            // leaks are expected: to prove that they are found
	judge      func(access.Actor, canary) bool // whether somebody may be told a canary
	requests   atomic.Int64
	leaks      atomic.Int64
}

// secret makes a value found nowhere else that looks like no word.
func (m *matrix) secret() string {
	m.letters++
	n := m.letters
	return "Zq" + string([]byte{byte('a' + n/676%26), byte('a' + n/26%26), byte('a' + n%26)}) + "xw"
}

// postcode makes a postcode found nowhere else; its unit has letters that cannot
// exist.
func (m *matrix) postcode(outward string) string {
	const unit = "CIKMOV"
	m.letters++
	n := m.letters
	code := fmt.Sprintf("%s %d%c%c", outward, n%10, unit[n/10%6], unit[n/60%6])
	north := map[string]int{"DE22": 336000, "DE23": 334000, "NG1": 340000, "S1": 387000}[outward]
	fmt.Fprintf(&m.gazetteer, "%s,434000,%d,1,\n", code, north)
	return code
}

func (m *matrix) plant(text string, record work.Subject, worker string, act access.Action, kind access.Kind) string {
	m.canaries = append(m.canaries, canary{text, record, worker, kind, act})
	return text
}

var matrixAgencies = []string{"DER", "NOT", "VAA1", "RAA1", "LEI"}

// soak asks for every cell there is; without it, of cells that are alike, one.
var soak = os.Getenv("HOMEWARD_SOAK") != ""

// staff is a worker of every role for every agency; a council has two teams.
func (m *matrix) staff() []agency.Worker {
	var list []agency.Worker
	for _, code := range matrixAgencies {
		roles := access.Roles()
		if !soak && code != "DER" && code != "LEI" {
			roles = access.StaffRoles()
		}
		for _, role := range roles {
			list = append(list, agency.Worker{ID: code + "-" + string(role), Agency: code, Name: "Worker " + code + " " + role.Label(), Role: role})
		}
	}
	for _, role := range access.StaffRoles() {
		list = append(list, agency.Worker{ID: "DER-2-" + string(role), Agency: "DER", Name: "Second " + role.Label(), Role: role, Team: "T2"})
	}
	return list
}

func (m *matrix) fill(u *work.Unit) error {
	m.people()
	if err := m.placePostcodes(u, m.gazetteer.String()); err != nil {
		return err
	}
	em := []string{"EM"}
	agencies := []agency.Agency{{Code: "DER", Kind: "LA", Name: "Derby", Pools: em}, {Code: "NOT", Kind: "LA", Name: "Nottingham", Pools: em},
		{Code: "VAA1", Kind: "VAA", Name: "Lantern Adoption", Pools: em}, {Code: "RAA1", Kind: "RAA", Name: "Together Adoption"}, {Code: "LEI", Kind: "LA", Name: "Leicester"}}
	if err := agency.Save(u, &agency.Book{}, agencies, m.staff()...); err != nil {
		return err
	}
	if _, err := u.Exec("INSERT INTO team (agency_code, team_id, name) VALUES ('DER', 'T2', 'Second team')"); err != nil {
		return err
	}
	if err := share(u, "EM"); err != nil {
		return err
	}
	if err := m.handOver(u); err != nil {
		return err
	}
	return m.save(u, m.children, m.families)
}

func (m *matrix) handOver(u *work.Unit) error {
	book, err := agency.Open(u)
	for _, f := range []access.Function{access.HomeFinding, access.Recruitment} {
		if err == nil {
			err = agency.HandFunction(u, book, agency.Held{Agency: "DER", Function: f, Holder: "RAA1"})
		}
	}
	return err
}

// people are children and families of every standing, with a canary in every
// field that holds text, open and restricted. In a soak every agency has them
// all; else the owner has, and of the others the fewest that tell them apart.
func (m *matrix) people() {
	m.restricted = map[string]bool{}
	for _, code := range matrixAgencies {
		workers := []string{"%s-1", "%s-2", ""}
		if code != "DER" && !soak {
			workers = workers[2:]
		}
		for _, worker := range workers {
			worker = strings.NewReplacer("%s-1", code+"-%s", "%s-2", code+"-2-%s").Replace(worker)
			records := []bool{false}
			if soak || code == "NOT" || code == "VAA1" || worker == code+"-%s" {
				records = []bool{false, true}
			}
			for _, restricted := range records {
				c, f := m.child(code, strings.ReplaceAll(worker, "%s", "permanence_worker")), m.family(code, strings.ReplaceAll(worker, "%s", "adopter_worker"))
				m.restricted[c.Ref], m.restricted[f.Ref] = restricted, restricted
				if code != "VAA1" {
					m.children = append(m.children, c)
				}
				m.families = append(m.families, f)
			}
		}
	}
}

func (m *matrix) child(code, worker string) child.Child {
	c := child.Child{Agency: code, Ref: m.secret(), Worker: worker, GivenName: m.secret(), FamilyName: m.secret(), Born: date.MustOf(2022, 5, 4), Sex: "F", Status: "waiting", Plan: "undecided",
		HomePostcode: m.postcode("DE22"), PlacementPostcode: m.postcode("NG1"), EnteredCare: date.MustOf(2025, 3, 1), DecisionDate: date.MustOf(2025, 11, 3), OrderDate: date.MustOf(2026, 2, 2),
		Needs: []child.Need{{Code: "fasd", Level: "possible"}}, Contact: []child.Contact{{Kind: "letterbox"}},
		Zones:      []child.Zone{{Postcode: m.postcode("DE23"), RadiusMiles: sql.Null[float64]{V: 5, Valid: true}, Kind: "birth_home"}},
		Milestones: []child.Milestone{{What: "matched", Day: date.MustOf(2026, 3, 1), Source: m.secret()}}}
	return c
}

func (m *matrix) family(code, worker string) adopter.Family {
	return adopter.Family{Agency: code, Ref: m.secret(), Worker: worker, Adopters: whole(2), ApprovedOn: date.MustOf(2026, 4, 1), Status: "approved", MaxChildren: whole(2), AgeMin: whole(0), AgeMax: whole(6), Sex: "any",
		ChildrenAtHome: whole(0), Training: "yes", Places: []adopter.Place{{Kind: "home", Postcode: m.postcode("S1")}},
		Offers:     []adopter.Offer{{Code: "fasd", Answer: "yes"}, {Code: "letterbox", Answer: "yes"}},
		Milestones: []adopter.Milestone{{What: "enquired", Day: date.MustOf(2025, 3, 1), Source: m.secret()}}}
}

// settle gives every record its reference in Homeward, plants what it holds and
// restricts every second one.
func (m *matrix) settle(t *testing.T) {
	t.Helper()
	for i := range m.children {
		c := &m.children[i]
		c.ID = m.id[c.Agency+"/"+c.Ref]
		for _, text := range []string{c.Ref, c.GivenName, c.FamilyName, c.Milestones[0].Source} {
			m.plant(text, c.Subject(), c.Worker, access.View, access.Child)
		}
		for _, text := range []string{c.HomePostcode, c.PlacementPostcode, c.Zones[0].Postcode} {
			m.plant(text, c.Subject(), c.Worker, access.View, access.ChildLocations)
		}
	}
	for i := range m.families {
		f := &m.families[i]
		f.ID = m.id["family "+f.Agency+"/"+f.Ref]
		m.plant(f.Ref, f.Subject(), f.Worker, access.View, access.Family)
		m.plant(f.Places[0].Postcode, f.Subject(), f.Worker, access.View, access.FamilyPlaces)
		m.plant(f.Milestones[0].Source, f.Subject(), f.Worker, access.View, access.FamilyPlaces)
	}
	if err := m.do(operator, func(u *work.Unit) error {
		for _, c := range m.children {
			if m.restricted[c.Ref] {
				if err := restrictTo(u, c.Subject(), c.Agency+"-manager"); err != nil {
					return err
				}
			}
		}
		for _, f := range m.families {
			if m.restricted[f.Ref] {
				if err := restrictTo(u, f.Subject(), f.Agency+"-manager"); err != nil {
					return err
				}
			}
		}
		u.Did("restricted", work.Subject{Kind: access.Restriction, Agency: "DER"}, "for the matrix")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	m.someAsks(t)
	m.someReturns(t)
	m.somePacksOf(t)
	m.someStudiesOf(t)
	m.somePlansOf(t)
	if err := m.do(operator, func(u *work.Unit) (err error) { m.book, err = agency.Open(u); return err }); err != nil {
		t.Fatal(err)
	}
}

func restrictTo(u *work.Unit, s work.Subject, worker string) error {
	if _, err := u.Exec("INSERT INTO restriction (agency_code, kind, subject_id, reason, set_by, set_at) VALUES ($1, $2, $3, 'other', 'operator', $4)", s.Agency, string(s.Kind), s.ID, "2026-11-01T00:00:00.000000Z"); err != nil {
		return err
	}
	_, err := u.Exec("INSERT INTO restriction_name (agency_code, kind, subject_id, worker_id) VALUES ($1, $2, $3, $4)", s.Agency, string(s.Kind), s.ID, worker)
	return err
}

// someAsks are made of families of three agencies about Derby's first child.
func (m *matrix) someAsks(t *testing.T) {
	t.Helper()
	request := link.AskRequest{ChildID: m.children[0].ID}
	for _, code := range []string{"VAA1", "NOT", "DER"} {
		i := slices.IndexFunc(m.families, func(f adopter.Family) bool { return f.Agency == code })
		request.Families = append(request.Families, m.families[i].ID)
	}
	finder := access.Actor{ID: "DER-home_finder", Name: "Finder", Agency: "DER", Role: access.HomeFinder}
	if err := m.do(finder, func(u *work.Unit) error {
		b, err := m.site.finder.Board(u, false)
		if err != nil {
			return err
		}
		m.asks, err = b.Ask(u, request)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// may asks the access table whether an actor may be told a canary.
func (m *matrix) may(a access.Actor, c canary) bool {
	return access.Can(a, c.act, m.book.Thing(c.kind, c.record.Agency, agency.Of{ID: c.record.ID, Worker: c.worker})).Allow
}

// search counts the canaries in some text that an actor may not be told.
func (m *matrix) search(t *testing.T, a access.Actor, where, text string) {
	text = strings.ToLower(html.UnescapeString(text))
	squeezed := strings.NewReplacer(" ", "", "%20", "", "+", "").Replace(text)
	for _, c := range m.canaries {
		found := strings.ToLower(c.text)
		if !strings.Contains(text, found) && !strings.Contains(squeezed, strings.ReplaceAll(found, " ", "")) {
			continue
		}
		if !m.judge(a, c) {
			m.leaks.Add(1)
			if m.control {
				continue
			}
			t.Errorf("%s as %s %s: tells %s %s of %s", where, a.Agency, a.Role, c.kind, c.text, c.record.Agency)
		}
	}
}

// target is one way to fill in a route's path, and the thing it stands for.
type target struct {
	path  string
	thing func(kind access.Kind) access.Thing // nil where the path names no record
}

// targets fills in a route's path with every record it could name.
func (m *matrix) targets(t *testing.T, pattern string) []target {
	t.Helper()
	_, path, _ := strings.Cut(pattern, " ")
	path = strings.NewReplacer("{$}", "", "{family}", m.families[0].ID, "{n}", "0", "{issuer}", "NOSUCHTHING2", "{token}", "NOSUCHTHING2").Replace(path)
	if !strings.Contains(path, "{") {
		return []target{{path: path}}
	}
	var list []target
	add := func(id string, thing func(kind access.Kind) access.Thing) {
		list = append(list, target{strings.NewReplacer("{id}", id).Replace(path), thing})
	}
	switch {
	case strings.HasPrefix(path, "/children/"):
		for _, c := range m.children {
			add(c.ID, func(kind access.Kind) access.Thing { return c.Thing(m.book, kind) })
		}
	case strings.HasPrefix(path, "/families/"):
		for _, f := range m.families {
			add(f.ID, func(kind access.Kind) access.Thing { return f.Thing(m.book, kind) })
		}
	case strings.HasPrefix(path, "/asks/"):
		for _, a := range m.asks {
			add(a.ID, func(kind access.Kind) access.Thing {
				if access.RecordOf(kind) == access.Child {
					return m.children[0].Thing(m.book, kind)
				}
				return m.book.Thing(kind, a.FamilyAgency, agency.Of{ID: a.ID})
			})
		}
	default:
		list = m.officeTargets(path)
	}
	if len(list) == 0 {
		t.Errorf("the matrix does not know what stands in %s: write it in", pattern)
	}
	return list
}

// cell asks for one route about one target as one actor.
func (m *matrix) cell(t *testing.T, b *browser, a access.Actor, r route, at target) {
	method, _, _ := strings.Cut(r.pattern, " ")
	allowed := r.open || r.to.any
	switch {
	case allowed:
	case at.thing != nil:
		allowed = access.Can(a, r.to.act, at.thing(r.to.kind)).Allow
	case method == http.MethodGet:
		allowed = r.to.opens(a.Role) // a list, of nothing perhaps
	default:
		allowed = access.Can(a, r.to.act, access.Thing{Kind: r.to.kind, Agency: a.Agency}).Allow
	}
	if method == http.MethodPost && allowed {
		return // what somebody may do is tried by the tests of each page
	}
	m.requests.Add(1)
	answer, err := m.send(b, method, at.path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	where := r.pattern
	m.search(t, a, where, string(body))
	m.search(t, a, where+" (address)", answer.Header.Get("Location")+" "+at.path)
	for name, values := range answer.Header {
		m.search(t, a, where+" (header "+name+")", strings.Join(values, " "))
	}
	closed := answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusForbidden
	if !allowed && !closed {
		t.Errorf("%s as %s %s answers %d to what the table does not open", at.path, a.Agency, a.Role, answer.StatusCode)
	}
	if answer.StatusCode >= 500 {
		t.Errorf("%s as %s %s answers %d", r.pattern, a.Agency, a.Role, answer.StatusCode)
	}
}

func (m *matrix) send(b *browser, method, path string) (*http.Response, error) {
	client := *b.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if method == http.MethodPost {
		return client.PostForm(b.http.URL+path, url.Values{"version": {"1"}, "family": {m.families[0].ID}, "worker": {"DER-home_finder"}})
	}
	return client.Get(b.http.URL + path)
}

// askAll asks for every route as one person.
func (m *matrix) askAll(t *testing.T, w agency.Worker) {
	actor, ok := m.book.Actor(w.ID)
	if !ok {
		t.Error("no worker", w.ID)
		return
	}
	b := m.asWorker(w.ID)
	for _, r := range routes {
		if slices.Contains(ends, r.pattern) {
			continue
		}
		targets := m.targets(t, r.pattern)
		if !r.open && !r.to.opens(actor.Role) && !soak {
			targets = targets[:1] // the gate is shut before any record is looked at
		}
		for _, at := range targets {
			m.cell(t, b, actor, r, at)
		}
	}
}

// ends are the routes that end the session of whoever asks for them.
var ends = []string{"POST /sign-out"}

func TestTheMatrixOfRoutesRolesAndRelationsHasNoLeak(t *testing.T) {
	t.Parallel() // it waits for a browser or a database more than it reckons
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		m := &matrix{}
		m.judge = m.may
		m.testSite = newSite(t, d, func(s *testSite, u *work.Unit) error {
			m.testSite = s
			return m.fill(u)
		})
		m.settle(t)
		before := m.revision()
		var askers sync.WaitGroup
		staff := make(chan agency.Worker)
		for range 4 {
			askers.Go(func() {
				for w := range staff {
					m.askAll(t, w)
				}
			})
		}
		for _, w := range m.staff() {
			staff <- w
		}
		close(staff)
		askers.Wait()
		if after := m.revision(); after != before {
			t.Errorf("what nobody may do changed something: revision %d, then %d", before, after)
		}
		m.search(t, access.Actor{}, "the log", m.log.String())
		t.Logf("%d routes, %d people, %d records, %d canaries: %d requests, %d leaks", len(routes), len(m.staff()), len(m.children)+len(m.families), len(m.canaries), m.requests.Load(), m.leaks.Load())
	})
}

func TestEveryRouteHasAGate(t *testing.T) {
	for _, r := range routes {
		opens := 0
		for _, role := range access.Roles() {
			if r.to.opens(role) {
				opens++
			}
		}
		if r.open == (opens > 0) {
			t.Errorf("%s: a route is open to all, or says by its gate to whom, and to somebody", r.pattern)
		}
		if !r.open && !r.to.any && (r.to.kind.Label() == "" || r.to.act.Label() == "") {
			t.Errorf("%s: its gate names no kind or action of the access table", r.pattern)
		}
	}
	closed := route{pattern: "GET /new", page: func(*visit) error { return nil }}
	for _, role := range access.Roles() {
		if closed.to.opens(role) {
			t.Errorf("a route without a gate opens to a %s", role)
		}
	}
}

// revision is how often anything was changed.
func (s *testSite) revision() (n int64) {
	s.t.Helper()
	if err := s.do(operator, func(u *work.Unit) (err error) { n, err = u.Revision(); return err }); err != nil {
		s.t.Fatal(err)
	}
	return n
}
