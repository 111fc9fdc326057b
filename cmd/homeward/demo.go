package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"homeward/internal/access"
	"homeward/internal/adopter"
	"homeward/internal/agency"
	"homeward/internal/child"
	"homeward/internal/db"
	"homeward/internal/exchange"
	"homeward/internal/fault"
	"homeward/internal/gazetteer"
	"homeward/internal/lab"
	"homeward/internal/link"
	"homeward/internal/match"
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
	desk := &work.Desk{DB: d, AsOf: s.program.AsOf.Date}
	region := lab.Generate(c.Scale, c.Seed, desk.Today())
	if err := settle(s, desk, region, dir); err != nil {
		return err
	}
	if err := someAsks(s, desk); err != nil {
		return err
	}
	tellSignIns(s, region)
	return s.serve(&web.Site{Desk: desk, Synthetic: true}, c.Listen)
}

// settle records a synthetic region with its postcodes, workers and caseloads.
func settle(s *shop, desk *work.Desk, region *lab.Synthetic, dir string) error {
	path := filepath.Join(dir, "gazetteer.csv")
	if err := writeGazetteer(path, region); err != nil {
		return err
	}
	return desk.Do(s.ctx, operator, "demo", func(u *work.Unit) error {
		if _, err := gazetteer.Load(u.Tx, path, u.Today); err != nil {
			return err
		}
		if err := agency.Save(u, &agency.Book{}, region.Region.Agencies, region.Workers...); err != nil {
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
		return link.SaveConflicts(u, conflicts)
	})
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
	past := &work.Desk{DB: desk.DB, Now: desk.Now, AsOf: desk.Today().AddDays(-firstAskedAgo)}
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

// asHomeFinder makes the unit act as a home finder of the group's council.
func asHomeFinder(u *work.Unit, b *link.Board, g int) *work.Unit {
	for _, w := range b.Book.Staff(b.Groups[g][0].Agency) {
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

func tellSignIns(s *shop, region *lab.Synthetic) {
	fmt.Fprintf(s.out, "A synthetic region: %d agencies, %d children, %d families. Nobody in it is real.\n",
		len(region.Region.Agencies), len(region.Region.Children), len(region.Region.Families))
	fmt.Fprintln(s.out, "Sign in by choosing an agency and a worker, for instance:")
	shown := map[access.Role]bool{}
	for _, w := range region.Workers {
		if !shown[w.Role] {
			shown[w.Role] = true
			fmt.Fprintf(s.out, "  %-20s %s, %s\n", w.Role.Label(), w.Name, w.Agency)
		}
	}
}
