package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"homeward/internal/db/dbtest"
)

// listed is a line of match --all as a script reads it.
type listed struct {
	Group    []refJSON
	Families []struct {
		refJSON
		Outcome string
		Low     float64
	}
}

// name makes one key of a group.
func (l listed) name() string { return names(l.Group) }

// TestThePlansProofHoldsAgainstTheLists takes nothing of the plan on trust: it
// reads the two commands' output, as anyone may, and holds one to the other.
func TestThePlansProofHoldsAgainstTheLists(t *testing.T) {
	dbtest.EachAddress(t, func(t *testing.T, address string) {
		dir := t.TempDir()
		homeward := func(args ...string) string {
			t.Helper()
			var out, errOut bytes.Buffer
			args = append([]string{"--db", address, "--keys", filepath.Join(dir, "keys"), "--as-of", "2026-11-23"}, args...)
			if code := run(context.Background(), args, &out, &errOut); code != 0 {
				t.Fatalf("%v: exit %d\n%s", args, code, errOut.String())
			}
			return out.String()
		}
		homeward("region", "write", filepath.Join(dir, "region"))
		homeward("migrate")
		homeward("gazetteer", "load", filepath.Join(dir, "region", "gazetteer.csv"))
		homeward("import", filepath.Join(dir, "region"))
		lists := homeward("match", "--all", "--json", "--top", "all")
		for _, stretch := range []bool{false, true} {
			args := []string{"plan", "--json"}
			if stretch {
				args = append(args, "--stretch")
			}
			var p planJSON
			if err := json.Unmarshal([]byte(homeward(args...)), &p); err != nil {
				t.Fatal(err)
			}
			holdPlan(t, p, lists, stretch)
		}
	})
}

func holdPlan(t *testing.T, p planJSON, lists string, stretch bool) {
	t.Helper()
	price, sum := map[string]int64{}, int64(0)
	for _, g := range p.Proof.Groups {
		price["group "+names(g.Group)] = g.Price
		sum += g.Price
	}
	for _, f := range p.Proof.Families {
		price["family "+names([]refJSON{f.refJSON})] = f.Price
		sum += f.Price
	}
	if sum != p.Weight || p.Proof.Total != p.Weight || len(p.Links) == 0 || len(p.Unlinked) == 0 {
		t.Fatalf("prices add up to %d, said %d, weight %d, %d links, %d without", sum, p.Proof.Total, p.Weight, len(p.Links), len(p.Unlinked))
	}
	allowed, groups := map[string]int64{}, 0
	for line := range strings.Lines(lists) {
		var l listed
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		groups++
		for _, f := range l.Families {
			if f.Outcome != "suitable" && (f.Outcome != "stretch" || !stretch) {
				continue
			}
			family, weight := names([]refJSON{f.refJSON}), 1000+int64(f.Low*10+0.5)
			allowed[l.name()+" with "+family] = weight
			if paid := price["group "+l.name()] + price["family "+family]; weight > paid {
				t.Fatalf("%s with %s would weigh %d and their prices are %d", l.name(), family, weight, paid)
			}
		}
	}
	holdLinks(t, p, allowed)
	if groups != len(p.Links)+len(p.Unlinked) {
		t.Errorf("%d groups wait and the plan tells of %d", groups, len(p.Links)+len(p.Unlinked))
	}
}

// holdLinks holds the links to the pairs that are allowed.
func holdLinks(t *testing.T, p planJSON, allowed map[string]int64) {
	t.Helper()
	total, taken := int64(0), map[string]bool{}
	for _, l := range p.Links {
		family := names([]refJSON{l.Family})
		if weight, ok := allowed[names(l.Group)+" with "+family]; !ok || weight != l.Weight || taken[family] {
			t.Errorf("%s with %s: weight %d, want %d, allowed %v, taken %v", names(l.Group), family, l.Weight, weight, ok, taken[family])
		}
		taken[family] = true
		total += l.Weight
	}
	if total != p.Weight || p.WithoutPriority.Weight != p.Weight || p.WithoutPriority.Links != len(p.Links) {
		t.Errorf("the links weigh %d and the plan says %d, without priority %+v", total, p.Weight, p.WithoutPriority)
	}
}
