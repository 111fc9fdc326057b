package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"text/tabwriter"
	"time"

	"homeward/internal/access"
	"homeward/internal/account"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/date"
	"homeward/internal/db"
	"homeward/internal/exchange"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/key"
	"homeward/internal/lab"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/returns"
	"homeward/internal/returns/ssda903"
	"homeward/internal/returns/ssda903/invent"
	"homeward/internal/scorecard"
	"homeward/internal/web"
	"homeward/internal/work"
)

type demoCommand struct {
	syntheticFlags
	Listen string `help:"The address to listen on; only this machine's own." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
}

// Run makes the region in a folder that goes when the demonstration ends.
func (c demoCommand) Run(s *shop) (err error) {
	dir, err := os.MkdirTemp("", "homeward-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d, err := db.Migrate(s.ctx, "sqlite:"+filepath.Join(dir, "homeward.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	desk := &work.Desk{DB: d, AsOf: s.program.AsOf.Date, Keys: key.New()}
	region := lab.Generate(c.Scale, c.Seed, desk.Today())
	if err := agree(s, desk, region); err != nil {
		return err
	}
	if err := settle(s, desk, region, dir); err != nil {
		return err
	}
	if err := remember(s, desk, c.syntheticFlags); err != nil {
		return err
	}
	if err := someAsks(s, desk); err != nil {
		return err
	}
	named, err := openAccounts(s, desk)
	if err != nil {
		return err
	}
	tellSignIns(s, region, named)
	ctx, stop := context.WithCancel(s.ctx)
	var laboratory sync.WaitGroup
	laboratory.Go(func() { playStudies(ctx, desk, s.log) })
	defer laboratory.Wait()
	defer stop()
	return s.serve(&web.Site{Desk: desk, Synthetic: true, Demonstration: named, Origin: localOrigin(c.Listen)}, c.Listen)
}

// localOrigin is the address of this machine by name: passkeys belong to names.
func localOrigin(listen string) string {
	_, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return ""
	}
	return "http://localhost:" + port
}

// agreedAgo is how long before the demonstration its agencies began to share:
// longer than its oldest ask.
const agreedAgo = 365 // days

// agree records the agencies with everybody who works there, the agreements that
// each pool shares by, and which councils have their regional agency find homes.
func agree(s *shop, desk *work.Desk, region *lab.Synthetic) error {
	then := &work.Desk{DB: desk.DB, Now: desk.Now, Keys: desk.Keys, AsOf: desk.Today().AddDays(-agreedAgo)}
	return then.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		workers := append(slices.Clone(region.Workers), officers(region.Region.Agencies)...)
		if err := agency.Save(u, &agency.Book{}, region.Region.Agencies, workers...); err != nil {
			return err
		}
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		for _, pool := range pools(region.Region.Agencies) {
			if a := book.Among(pool); len(a.Parties) > 1 {
				if _, err := agency.Propose(u, book, a); err != nil {
					return err
				}
			}
		}
		return handOver(u, book)
	})
}

// officers are those who keep an agency's house, make its returns and figures,
// sit on its panel and keep its records: roles that a region's caseloads do not ask for.
func officers(agencies []agency.Agency) (list []agency.Worker) {
	for _, a := range agencies {
		roles := []access.Role{access.Administrator, access.InformationLead, access.DataOfficer}
		if a.Kind == "LA" {
			roles = append(roles, access.PanelMember, access.RecordsCustodian)
		}
		for _, role := range roles {
			list = append(list, agency.Worker{ID: work.NewID(), Agency: a.Code, Name: role.Label() + ", " + a.Code, Role: role})
		}
	}
	return list
}

func pools(agencies []agency.Agency) (list []string) {
	for _, a := range agencies {
		list = append(list, a.Pools...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// handOver has every other council of a regional agency's pool leave home
// finding to it, so that both ways of working can be seen.
func handOver(u *work.Unit, book *agency.Book) error {
	councils := 0
	for _, council := range book.List() {
		i := slices.IndexFunc(book.List(), func(r agency.Agency) bool {
			return r.Kind == "RAA" && council.Kind == "LA" && len(council.Pools) > 0 && slices.Contains(r.Pools, council.Pools[0])
		})
		if i < 0 {
			continue
		}
		if councils++; councils%2 == 1 {
			continue
		}
		if err := agency.HandFunction(u, book, agency.Held{Agency: council.Code, Function: access.HomeFinding, Holder: book.List()[i].Code}); err != nil {
			return err
		}
	}
	return nil
}

// openAccounts makes an account for everybody who works in the demonstration and
// for one adopter. It gives one of each role, to be named.
func openAccounts(s *shop, desk *work.Desk) (named []account.Account, err error) {
	gate, err := account.New(account.Config{Desk: desk})
	if err != nil {
		return nil, err
	}
	err = desk.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		all, err := gate.Demonstrate(s.ctx, u, slices.SortedFunc(maps.Values(book.Workers), byAgencyThenID))
		named = oneOfEach(all)
		return err
	})
	return named, err
}

func byAgencyThenID(a, b agency.Worker) int {
	return cmp.Or(cmp.Compare(a.Agency, b.Agency), cmp.Compare(a.ID, b.ID))
}

// oneOfEach takes the first account of each role from the agency where there are
// most roles.
func oneOfEach(all []account.Account) (named []account.Account) {
	roles := map[string]map[access.Role]bool{}
	for _, a := range all {
		if roles[a.Worker.Agency] == nil {
			roles[a.Worker.Agency] = map[access.Role]bool{}
		}
		roles[a.Worker.Agency][a.Worker.Role] = true
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b account.Account) int {
		return cmp.Compare(len(roles[b.Worker.Agency]), len(roles[a.Worker.Agency]))
	})
	for _, role := range access.Roles() {
		if i := slices.IndexFunc(all, func(a account.Account) bool { return a.Worker.Role == role }); i >= 0 {
			named = append(named, all[i])
		}
	}
	return named
}

// oneAdopter enters an adopter of one family, who sees its record and no other.
func oneAdopter(u *work.Unit, families []adopter.Change) error {
	if len(families) == 0 {
		return nil
	}
	book, err := agency.Open(u)
	if err != nil {
		return err
	}
	f := families[0].After
	_, err = agency.SaveWorker(u, book, agency.Worker{Agency: f.Agency, Name: "Adopter, " + f.Agency, Role: access.Adopter, Family: f.ID})
	return err
}

// settle records a synthetic region's postcodes and its children and families
// with whoever follows each.
func settle(s *shop, desk *work.Desk, region *lab.Synthetic, dir string) error {
	path := filepath.Join(dir, "gazetteer.csv")
	if err := writeGazetteer(path, region); err != nil {
		return err
	}
	return desk.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		if _, err := gazetteer.Load(u.Tx, path, u.Today); err != nil {
			return err
		}
		children, families := map[exchange.Key]child.Child{}, map[exchange.Key]adopter.Family{}
		var newChildren []child.Change
		for _, c := range region.Region.Children {
			key := exchange.Key{Agency: c.Agency, Ref: c.Ref}
			c.ID, c.Worker = work.NewID(), region.ChildWorker[key]
			children[key] = c
			newChildren = append(newChildren, child.Change{After: c})
		}
		var newFamilies []adopter.Change
		for _, f := range region.Region.Families {
			key := exchange.Key{Agency: f.Agency, Ref: f.Ref}
			f.ID, f.Worker = work.NewID(), region.FamilyWorker[key]
			families[key] = f
			newFamilies = append(newFamilies, adopter.Change{After: f})
		}
		var conflicts []link.NewConflict
		for _, x := range region.Region.Conflicts {
			conflicts = append(conflicts, link.NewConflict{
				Child:  children[exchange.Key{Agency: x.ChildAgency, Ref: x.ChildRef}],
				Family: families[exchange.Key{Agency: x.FamilyAgency, Ref: x.FamilyRef}], Reason: x.Reason,
			})
		}
		if err := child.SaveAll(u, newChildren); err != nil {
			return err
		}
		if err := adopter.SaveAll(u, newFamilies); err != nil {
			return err
		}
		if err := oneAdopter(u, newFamilies); err != nil {
			return err
		}
		return link.SaveConflicts(u, conflicts)
	})
}

// pastYears are how many whole reporting years a demonstration looks back on: of
// England fewer, so that it starts while somebody waits.
var pastYears = map[lab.Scale]int{lab.Pilot: 10, lab.Region: 10, lab.England: 3}

// remember adds the children and families whose way has ended, so that the pages
// of numbers have something to count. Of one council, where it is there, the last
// year is told by the return it made, which is held and taken in.
func remember(s *shop, desk *work.Desk, c syntheticFlags) error {
	children := lab.Past(c.Scale, c.Seed, desk.Today(), pastYears[c.Scale])
	families := lab.PastFamilies(c.Scale, c.Seed, desk.Today(), pastYears[c.Scale])
	return desk.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		book, err := agency.Open(u)
		if err != nil {
			return err
		}
		council, year := returning(book), lastReturn(u.Today)
		var ended []child.Change
		for _, c := range children {
			if c.Agency == council && endedIn(c, year) {
				continue
			}
			c.ID = work.NewID()
			ended = append(ended, child.Change{After: c})
		}
		if err := child.SaveAll(u, ended); err != nil {
			return err
		}
		var adopted []adopter.Change
		for _, f := range families {
			f.ID = work.NewID()
			adopted = append(adopted, adopter.Change{After: f})
		}
		if err := adopter.SaveAll(u, adopted); err != nil || council == "" {
			return err
		}
		given, _ := invent.Return(invent.Options{Seed: c.Seed, Children: returnedChildren, Year: year})
		return takeIn(u, book, council, given)
	})
}

// returnedChildren are in the return: looked after at some time of the year.
const returnedChildren = 900

// returning is the council that invented returns are of, blank where it is not there.
func returning(book *agency.Book) string {
	for _, a := range book.List() {
		if a.GSS == invent.Authority {
			return a.Code
		}
	}
	return ""
}

// The years whose returns can be invented.
const firstInvented, lastInvented = 2023, 2027

// lastReturn is the latest collection that is over on a day, as far as returns
// can be invented.
func lastReturn(today date.Date) int {
	year, month, _ := today.Parts()
	if month < time.April {
		year--
	}
	return min(max(year, firstInvented), lastInvented)
}

// endedIn tells whether a child's plan came to its end in a reporting year.
func endedIn(c child.Child, year int) bool {
	p := scorecard.Year(year)
	return slices.ContainsFunc(c.Milestones, func(m child.Milestone) bool {
		return (m.What == "adopted" || m.What == "reversed") && p.Contains(m.Day)
	})
}

// takeIn holds a return as a council gives it, and takes it in.
func takeIn(u *work.Unit, book *agency.Book, council string, given *ssda903.Return) error {
	var files []returns.Upload
	for _, t := range ssda903.Tables(given.Year) {
		if given.Sheets[t] == nil || given.Sheets[t].Len() == 0 {
			continue
		}
		var text bytes.Buffer
		if err := given.Sheets[t].WriteCSV(&text); err != nil {
			return err
		}
		files = append(files, returns.Upload{Name: t.FileName(), Data: text.Bytes()})
	}
	reading, err := returns.Hold(u, book, council, given.Year, files)
	if err != nil {
		return err
	}
	reading.Around = returns.Around{Places: invent.Aids().Places, Authority: invent.Authority}
	_, err = returns.Take(u, book, reading, func(string, returns.Standing) (take, known bool) { return true, true }, 0)
	return err
}

// The asks of a demonstration: how many groups are asked about, of how many
// families each, how long ago.
const (
	askedGroups   = 24
	askedFamilies = 3
	firstAskedAgo = 21 // days
)

// someAsks has home finders ask about a few children and families answer, so
// that the pages have something to show. Who answers what follows the engine's
// order and nothing else.
func someAsks(s *shop, desk *work.Desk) error {
	var finder link.Finder
	past := &work.Desk{DB: desk.DB, Now: desk.Now, Keys: desk.Keys, AsOf: desk.Today().AddDays(-firstAskedAgo)}
	var asks []link.Ask
	err := past.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		b, err := finder.Board(u, false)
		if err != nil {
			return err
		}
		waiting := b.Waiting(u)
		for i, g := range waiting {
			if i%max(1, len(waiting)/askedGroups) != 0 {
				continue
			}
			made, err := b.Ask(asHomeFinder(u, b, g), link.AskRequest{ChildID: b.Groups[g][0].ID, Families: bestFamilies(b, g), AnswerBy: u.Today.AddDays(7 + i%21)})
			if err != nil && fault.KindOf(err) != fault.Invalid { // nobody to ask
				return err
			}
			asks = append(asks, made...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return someAnswers(s, desk, &finder, asks)
}

// asHomeFinder makes the unit act as a home finder of whoever finds homes for the
// group's council.
func asHomeFinder(u *work.Unit, b *link.Board, g int) *work.Unit {
	for _, w := range b.Book.Staff(b.Book.HolderOf(b.Groups[g][0].Agency, access.HomeFinding)) {
		if w.Role == access.HomeFinder {
			u.Actor, _ = b.Book.Actor(w.ID)
		}
	}
	return u
}

func bestFamilies(b *link.Board, g int) []string {
	var ids []string
	for _, pair := range b.Pool.List(g)[:min(askedFamilies, len(b.Families))] {
		if pair.Outcome != match.RuledOut {
			ids = append(ids, b.Families[pair.Family].ID)
		}
	}
	return ids
}

// someAnswers answers two asks in three, each in turn another way.
func someAnswers(s *shop, desk *work.Desk, finder *link.Finder, asks []link.Ask) error {
	ways := []link.Closing{
		{State: link.Yes, ReasonCode: "hear_more"}, {State: link.No, ReasonCode: "age"},
		{State: link.NotNow, ReasonCode: "considering_another"}, {State: link.No, ReasonCode: "distance"},
	}
	return desk.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		b, err := finder.Board(u, false)
		if err != nil {
			return err
		}
		for i, a := range asks {
			if i%3 == 0 {
				continue
			}
			if err := b.Close(asFamilyWorker(u, b, a), a.ID, ways[i%len(ways)]); err != nil {
				return err
			}
		}
		return nil
	})
}

func asFamilyWorker(u *work.Unit, b *link.Board, a link.Ask) *work.Unit {
	if actor, ok := b.Book.Actor(a.Recipient); ok {
		u.Actor = actor
	}
	return u
}

func tellSignIns(s *shop, region *lab.Synthetic, named []account.Account) {
	fmt.Fprintf(s.out, "A synthetic region: %d agencies, %d children, %d families. Nobody in it is real.\n",
		len(region.Region.Agencies), len(region.Region.Children), len(region.Region.Families))
	fmt.Fprintf(s.out, "Every account has the password \"%s\"; the code that an app would show stands on the page after it.\n", account.DemonstrationPassword)
	fmt.Fprintln(s.out, "Some accounts; for another agency put its code after the dot:")
	out := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "  WORKS AS\tNAME\tSIGN-IN NAME")
	for _, a := range named {
		fmt.Fprintf(out, "  %s\t%s\t%s\n", a.Worker.Role.Label(), a.Worker.Name, a.SignInName)
	}
	_ = out.Flush() // where nobody reads it, the pages say the same
}
