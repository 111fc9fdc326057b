package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"homeward/internal/audit"
	"homeward/internal/date"
	"homeward/internal/db/dbtest"
	"homeward/internal/link"
	"homeward/internal/match"
	"homeward/internal/plan"
	"homeward/internal/work"
)

// assessedShop is the synthetic region, with a file in which every group of it may be
// placed in parts, each child alone.
type assessedShop struct {
	t            *testing.T
	address, dir string
}

func (a assessedShop) path(name string) string { return filepath.Join(a.dir, name) }

func (a assessedShop) homeward(args ...string) string {
	a.t.Helper()
	var out, errOut bytes.Buffer
	args = append([]string{"--db", a.address, "--keys", a.path("keys"), "--as-of", "2026-11-23"}, args...)
	if code := run(context.Background(), args, &out, &errOut); code != 0 {
		a.t.Fatalf("%v: exit %d\n%s", args, code, errOut.String())
	}
	return out.String()
}

func (a assessedShop) plan(args ...string) (p planJSON) {
	a.t.Helper()
	if err := json.Unmarshal([]byte(a.homeward(append([]string{"plan", "--json"}, args...)...)), &p); err != nil {
		a.t.Fatal(err)
	}
	return p
}

// fill brings the region in and writes the file; it gives how many groups are in it.
func (a assessedShop) fill() (groups int) {
	a.t.Helper()
	a.homeward("region", "write", a.path("region"))
	a.homeward("migrate")
	a.homeward("gazetteer", "load", a.path("region/gazetteer.csv"))
	a.homeward("import", a.path("region"))
	children := a.groupRefs()
	var file strings.Builder
	file.WriteString("agency_code,group_ref,child_ref,part,assessed_on,assessed_by\n")
	p := a.plan("--stretch")
	waiting := [][]refJSON{}
	for _, l := range p.Links {
		waiting = append(waiting, l.Group)
	}
	for _, l := range p.Unlinked {
		waiting = append(waiting, l.Group)
	}
	for _, group := range waiting {
		if len(group) < 2 {
			continue
		}
		groups++
		for i, c := range group {
			file.WriteString(strings.Join([]string{c.Agency, children[c], c.Ref, string(rune('A' + i)), "2026-10-01", "Team"}, ",") + "\n")
		}
	}
	if err := os.WriteFile(a.path("parts.csv"), []byte(file.String()), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return groups
}

// groupRefs reads the groups of the region's children.
func (a assessedShop) groupRefs() map[refJSON]string {
	a.t.Helper()
	f, err := os.Open(a.path("region/children.csv"))
	if err != nil {
		a.t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		a.t.Fatal(err)
	}
	of := map[refJSON]string{}
	for _, row := range rows { // agency_code, child_ref, group_ref
		of[refJSON{strings.TrimPrefix(row[0], "\ufeff"), row[1]}] = row[2]
	}
	return of
}

func TestTheSecondPlanStandsBesideThePlanAndChangesNothingOfIt(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		a := assessedShop{t, address, t.TempDir()}
		groups := a.fill()
		for _, args := range [][]string{{}, {"--stretch", "--priority", "0.5"}} {
			plan := append([]string{"plan"}, args...)
			asked := append([]string{"--assessed", a.path("parts.csv")}, args...)
			plain, with := a.homeward(append(plan, "--json")...), a.homeward(append([]string{"plan", "--json"}, asked...)...)
			if same, ok := strings.CutSuffix(plain, "}\n"); !ok || !strings.HasPrefix(with, same+`,"apart":{`) || strings.Contains(plain, "apart") {
				t.Fatalf("%v: the plan is not as it was", args)
			}
			text := a.homeward(plan...)
			if !strings.HasPrefix(a.homeward(append([]string{"plan"}, asked...)...), text+"\nIf assessed groups") || strings.Contains(text, "assessed") {
				t.Errorf("%v: for reading, the plan is not as it was", args)
			}
			p := a.plan(asked...)
			if len(p.Apart.Assessments) != groups || groups < 10 {
				t.Errorf("%d groups were assessed and %d are told of", groups, len(p.Apart.Assessments))
			}
			holdApart(t, p)
		}
	})
}

// holdApart counts the second plan again, from what it says.
func holdApart(t *testing.T, p planJSON) {
	t.Helper()
	a := p.Apart
	total, children, groups := int64(0), 0, 0
	seen, family := map[refJSON]bool{}, map[refJSON]refJSON{}
	for _, l := range a.Links {
		if total += l.Weight; seen[l.Family] {
			t.Errorf("%v has two links", l.Family)
		}
		seen[l.Family] = true
		for _, c := range l.Group {
			if _, twice := family[c]; twice {
				t.Errorf("%v has two links", c)
			}
			family[c] = l.Family
			children++
		}
	}
	whole := groups
	for _, g := range a.InParts {
		linked := 0
		for _, part := range g.Parts {
			for _, c := range part.Children {
				if f, ok := family[c]; ok != (part.Family != nil) || ok && f != *part.Family {
					t.Errorf("%v is with %v, and its part says %v", c, f, part.Family)
				}
			}
			if part.Family != nil {
				linked++
			}
		}
		if linked == len(g.Parts) {
			whole++
		}
		groups -= linked
	}
	before := 0
	for _, l := range p.Links {
		before += len(l.Group)
	}
	want := gainJSON{a.Weight - p.Weight, whole + groups + len(a.Links) - len(p.Links), children - before}
	if total != a.Weight || a.Gain != want || a.Gain.Weight < 0 || !a.Proven || a.Bound != a.Weight || (len(a.InParts) > 0) != (a.Gain.Weight > 0) {
		t.Errorf("weight %d of links, %+v, want gain %+v", total, a, want)
	}
	t.Logf("%d groups in parts, gain %+v", len(a.InParts), a.Gain)
}

func TestEveryGroupInPartsIsSoForAGain(t *testing.T) {
	apart, spared := 0, 0
	for seed := range uint64(1000) {
		r, groups := alikeRegion(t, rand.New(rand.NewPCG(seed, 0)))
		first, err := apartOf(r, groups, apartEffort)
		if err != nil {
			t.Fatal(err)
		}
		best, left, err := fewestApart(r, groups)
		if err != nil || best.Total != first.Total || !best.Proven() || len(left) != len(best.Splits) {
			t.Fatalf("seed %d: %d, at first %d, %v", seed, best.Total, first.Total, err)
		}
		for i := range left {
			without, err := apartOf(r, slices.Delete(slices.Clone(left), i, i+1), apartEffort)
			if err != nil || !best.Apart[i] || best.Splits[i].Whole != left[i].Group || without.Total >= best.Total {
				t.Fatalf("seed %d: group %d is in parts for nothing, %v", seed, left[i].Group, err)
			}
			apart++
		}
		for _, x := range first.Apart {
			if x {
				spared++
			}
		}
	}
	if spared -= apart; apart < 100 || spared < 5 {
		t.Errorf("%d groups were in parts and %d more were spared: too few", apart, spared)
	}
}

// alikeRegion is a small region whose pairs are much alike, so that many plans are
// as good as each other; every group of two was assessed.
func alikeRegion(t *testing.T, dice *rand.Rand) (*plan.Region, []assessedGroup) {
	t.Helper()
	q := plan.Question{Case: match.Case{Rules: match.RulesOn(date.MustOf(2026, 11, 23)), AsOf: date.MustOf(2026, 11, 23)}}
	var groups []assessedGroup
	for g := range 8 {
		one := match.Child{Ref: match.Ref{Agency: "A", Ref: string(rune('A' + g))}, Born: date.MustOf(2020+dice.IntN(2), 3, 1)}
		group := match.Group{Children: []match.Child{one}}
		if dice.IntN(3) > 0 {
			other := one
			other.Ref.Ref += "2"
			group.Children = append(group.Children, other)
			groups = append(groups, assessedGroup{Assessed: plan.Assessed{Group: g, Parts: [][]int{{0}, {1}}}})
		}
		q.Case.Groups = append(q.Case.Groups, group)
	}
	for f := range 8 {
		youngest := dice.IntN(7)
		q.Case.Families = append(q.Case.Families, match.Family{
			Ref: match.Ref{Agency: "B", Ref: string(rune('A' + f))}, Status: "approved", MaxChildren: match.Count{N: 1 + dice.IntN(2), Known: true},
			AgeMin: match.Count{N: max(youngest-1, 0), Known: true}, AgeMax: match.Count{N: youngest, Known: true},
		})
	}
	r, err := plan.For(q)
	if err != nil {
		t.Fatal(err)
	}
	return r, groups
}

func TestWhoeverIsShownInASecondPlanIsOnTheRecord(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		a := assessedShop{t, address, t.TempDir()}
		a.fill()
		p := a.plan("--stretch", "--assessed", a.path("parts.csv"))
		s := &shop{ctx: context.Background(), program: &program{DB: address, Keys: a.path("keys")}}
		desk, err := s.desk()
		if err != nil {
			t.Fatal(err)
		}
		err = desk.Do(s.ctx, operator, "test", func(u *work.Unit) error {
			b, err := new(link.Finder).Board(u, false)
			if err != nil {
				return err
			}
			details := func(kind string, ref refJSON, id string) string {
				list, err := audit.Of(u.Tx, kind, ref.Agency, id, 20)
				var all []string
				for _, e := range list {
					all = append(all, e.Detail)
				}
				return strings.Join(append(all, errText(err)), "\n")
			}
			c := p.Apart.Assessments[0].Group[0]
			id, err := findChild(b, c.Agency+"/"+c.Ref)
			if err != nil {
				return err
			}
			if told := details("child", c, id); !strings.Contains(told, "as if placed in parts: assessed on 2026-10-01, 2 parts") && !strings.Contains(told, "assessed on 2026-10-01, 3 parts") || strings.Contains(told, "Team") {
				t.Errorf("of the child: %s", told)
			}
			f := p.Apart.Links[0].Family
			for _, family := range b.Families {
				if told := details("family", f, family.ID); family.Agency == f.Agency && family.Ref == f.Ref && !strings.Contains(told, "beside the region's plan, as if") {
					t.Errorf("of the family: %s", told)
				}
			}
			return nil
		})
		if err := errors.Join(err, desk.DB.Close()); err != nil {
			t.Fatal(err)
		}
	})
}

func errText(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}
