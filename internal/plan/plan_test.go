package plan

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"homeward/internal/date"
	"homeward/internal/match"
	"homeward/internal/plan/proof"
)

var asOf = date.MustOf(2026, 11, 21)

// throwCase throws children and families of few kinds, so that rules meet often:
// ages, sex, two needs, how many, who is approved, conflicts.
func throwCase(d dice, groups, families int) match.Case {
	c := match.Case{AsOf: asOf}
	for g := range groups {
		var group match.Group
		for n := range 1 + d(3)/2 {
			child := match.Child{Ref: match.Ref{Agency: "DER", Ref: name('c', g) + name('-', n)}, Born: asOf.AddDays(-200 - d(2500)), Sex: "MF"[d(2):][:1]}
			if d(2) == 0 {
				child.Needs = append(child.Needs, match.Need{Code: "fasd", Level: match.Level(1 + d(4))})
			}
			if d(3) == 0 {
				child.Needs = append(child.Needs, match.Need{Code: "attachment", Level: match.Level(1 + d(4))})
			}
			group.Children = append(group.Children, child)
		}
		c.Groups = append(c.Groups, group)
	}
	for f := range families {
		c.Families = append(c.Families, throwOffer(d).Family(c.AsOf))
		family := &c.Families[f]
		family.Ref = match.Ref{Agency: "NOT", Ref: name('f', f)}
		if d(8) == 0 {
			family.Status = "withdrawn"
		}
		if groups > 0 && d(4) == 0 {
			c.Conflicts = append(c.Conflicts, match.Conflict{Family: family.Ref, Child: c.Groups[d(groups)].Children[0].Ref})
		}
	}
	return c
}

func name(kind rune, i int) string { return string(kind) + strings.Repeat("i", i) }

func throwOffer(d dice) Offer {
	return Offer{
		Children: match.Count{N: 1 + d(3), Known: true},
		AgeMin:   match.Count{N: d(4), Known: d(2) == 0},
		AgeMax:   match.Count{N: 2 + d(5), Known: d(4) > 0},
		Sex:      []string{"any", "any", "M", "F", ""}[d(5)],
		Answers:  []match.Offer{{Code: "fasd", Answer: match.Answer(d(4))}, {Code: "attachment", Answer: match.Answer(d(4))}},
		Training: []string{"yes", "no", ""}[d(3)],
		AtHome:   match.Count{Known: d(2) == 0},
	}
}

// throwQuestion asks about a thrown case.
func throwQuestion(d dice, groups, families int) Question {
	q := Question{Case: throwCase(d, groups, families), Stretch: d(2) == 0, Priority: Priority(d(3) * 400_000)}
	for range groups {
		q.Ordered = append(q.Ordered, []date.Date{0, asOf.AddDays(-d(1000)), asOf.AddDays(d(10))}[d(3)])
	}
	return q
}

func planned(t testing.TB, q Question) *Region {
	t.Helper()
	r, err := For(q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPriorityIsRoundedHalvesUpFromTheExactFraction(t *testing.T) {
	for _, p := range []Priority{0, 1, 3, 100_000, 250_000, 333_333, 500_000, 730_000, 999_999, 1_000_000} {
		for c := range 23 {
			for _, days := range []int{-5, 0, 1, 73, 100, 364, 365, 729, 730, 731, 5000} {
				scarcity := big.NewRat(int64(500*(20-min(c, 20))), 20)
				wait := big.NewRat(500*int64(min(max(days, 0), 730)), 730)
				exact := new(big.Rat).Mul(big.NewRat(int64(p), 1_000_000), scarcity.Add(scarcity, wait))
				exact.Add(exact, big.NewRat(1, 2))
				if want := new(big.Int).Quo(exact.Num(), exact.Denom()).Int64(); p.Bonus(c, days) != want {
					t.Fatalf("priority %s, %d candidates, %d days: %d, want %d", p, c, days, p.Bonus(c, days), want)
				}
			}
		}
	}
}

func TestPriorityIsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]Priority{"0": 0, "1": 1_000_000, "0.5": 500_000, "0.25": 250_000, "0.000001": 1, "0.999999": 999_999} {
		if got, err := ParsePriority(text); err != nil || got != want || got.String() != text {
			t.Errorf("%q is read as %d (%v) and written as %q", text, got, err, got)
		}
	}
	for _, text := range []string{"", "-0.1", "1.1", "1.000001", "2", "0.0000001", "0,5", "half", ".5", "1.", "0x1", "1e0", "NaN", "00.5", "0.-5", "0.5.5"} {
		if got, err := ParsePriority(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestPlanIsMadeOfThePairsTheRulesAllow(t *testing.T) {
	for seed := range uint64(200) {
		d := seeded(seed)
		q := throwQuestion(d, d(12), d(12))
		r := planned(t, q)
		if err := proof.Verify(r.Instance(), r.Plan()); err != nil {
			t.Fatal(err)
		}
		got := map[[2]int]int64{}
		for _, p := range r.Instance().Pairs {
			got[[2]int{p.Group, p.Family}] = p.Weight
		}
		for g := range q.Case.Groups {
			allowed := 0
			for _, p := range r.Pool.List(g) {
				if p.Outcome == match.Suitable || q.Stretch && p.Outcome == match.Stretch {
					allowed++
				}
			}
			days := 0
			if ordered := q.Ordered[g]; ordered.Known() {
				days = asOf.DaysSince(ordered)
			}
			for _, p := range r.Pool.List(g) {
				at := [2]int{g, int(p.Family)}
				if p.Outcome == match.Suitable || q.Stretch && p.Outcome == match.Stretch {
					if want := 1000 + int64(p.Low) + q.Priority.Bonus(allowed, days); got[at] != want {
						t.Fatalf("seed %d: %v weighs %d, want %d", seed, at, got[at], want)
					}
					delete(got, at)
				}
			}
			if r.Candidates(g) != allowed {
				t.Fatalf("seed %d: group %d has %d candidates, want %d", seed, g, r.Candidates(g), allowed)
			}
		}
		if len(got) > 0 {
			t.Fatalf("seed %d: pairs that may not be linked: %v", seed, got)
		}
	}
}

func TestPlanWithoutPriorityStandsBeside(t *testing.T) {
	differ := 0
	for seed := range uint64(200) {
		d := seeded(seed)
		q := throwQuestion(d, 12, 8)
		with := planned(t, q)
		beside, err := with.WithoutPriority()
		if err != nil {
			t.Fatal(err)
		}
		q.Priority = 0
		alone := planned(t, q)
		f := with.Figures()
		if want := alone.Figures(); beside.Fit != want.Weight || beside.Weight != want.Weight || want.Weight != alone.Plan().Total {
			t.Fatalf("seed %d: beside it %+v, alone %+v", seed, beside, want)
		}
		if f.Weight != with.Plan().Total || f.Links != len(with.Plan().Links) || f.Fit > beside.Fit {
			t.Fatalf("seed %d: with priority %+v, without %+v", seed, f, beside)
		}
		if f.Fit < beside.Fit {
			differ++
		}
	}
	if differ == 0 {
		t.Error("priority never cost anything: nothing was tested")
	}
}

func TestMostLinksIsTheBestOfThePlansWithMost(t *testing.T) {
	more := 0
	for seed := range uint64(300) {
		d := seeded(seed)
		q := throwQuestion(d, 6, 5)
		q.Priority = 0
		r := planned(t, q)
		for _, p := range r.Instance().Pairs {
			p.Weight = int64(1000 + 1000*d(2)) // so far apart that many links may weigh less than few
			if err := r.solver.SetWeight(p); err != nil {
				t.Fatal(err)
			}
		}
		pairs := r.Instance().Pairs
		most, err := r.MostLinks()
		if err != nil {
			t.Fatal(err)
		}
		one, heavy := slices.Clone(pairs), slices.Clone(pairs)
		for i := range pairs {
			one[i].Weight, heavy[i].Weight = 1, pairs[i].Weight+1_000_000
		}
		links := bruteForce(6, one)
		if int64(most.Links) != links || most.Fit != bruteForce(6, heavy)-links*1_000_000 {
			t.Fatalf("seed %d: %+v, want %d links", seed, most, links)
		}
		if most.Links > r.Figures().Links {
			more++
		}
	}
	if more < 3 {
		t.Errorf("only %d times are most links more than the best plan has", more)
	}
}

func TestMeetingsPinsAndBarsHoldInEveryFigure(t *testing.T) {
	tried := 0
	for seed := range uint64(100) {
		q := throwQuestion(seeded(seed), 8, 6)
		r := planned(t, q)
		if len(r.Plan().Links) < 2 {
			continue
		}
		link := r.Plan().Links[0]
		others, err := r.Alternatives(link.Group, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range others {
			tried++
			if i > 0 && o.Weight > others[i-1].Weight {
				t.Fatal("the best alternative is not first")
			}
			before := r.Plan().Total
			if err := r.Pin(link.Group, o.Family); err != nil {
				t.Fatal(err)
			}
			if err := proof.Verify(r.Instance(), r.Plan()); err != nil || before-r.Plan().Total != o.Cost {
				t.Fatalf("seed %d: costs %d, said %d (%v)", seed, before-r.Plan().Total, o.Cost, err)
			}
			beside, err := r.WithoutPriority()
			if err != nil || r.Figures().Fit > beside.Fit {
				t.Fatalf("seed %d: the pin does not hold beside: %+v (%v)", seed, beside, err)
			}
			if err := r.Release(link.Group, o.Family); err != nil || r.Plan().Total != before {
				t.Fatalf("seed %d: released, the plan is not as good as before (%v)", seed, err)
			}
		}
		if err := r.Forbid(link.Group, link.Family); err != nil {
			t.Fatal(err)
		}
		if f, linked := r.solver.Family(link.Group); linked && f == link.Family {
			t.Fatalf("seed %d: forbidden and linked", seed)
		}
		others, err = r.Alternatives(link.Group, 100)
		if err != nil || slices.ContainsFunc(others, func(o Alternative) bool { return o.Family == link.Family }) {
			t.Fatalf("seed %d: forbidden and an alternative: %+v (%v)", seed, others, err)
		}
		most, err := r.MostLinks()
		if err != nil || most.Links < r.Figures().Links {
			t.Fatalf("seed %d: %+v (%v)", seed, most, err)
		}
	}
	if tried < 50 {
		t.Errorf("only %d alternatives tried", tried)
	}
}

func TestPlanSaysWhyAGroupHasNoLink(t *testing.T) {
	changes, links := 0, 0
	for seed := range uint64(200) {
		d := seeded(seed)
		q := throwQuestion(d, 8, 8)
		r := planned(t, q)
		for g := range q.Case.Groups {
			if _, linked := r.solver.Family(g); linked {
				continue
			}
			why, err := r.Why(g)
			if err != nil {
				t.Fatal(err)
			}
			alone, opens := naiveWhy(r, g)
			if len(why.Alone) != len(alone) || len(why.Changes) != len(opens) {
				t.Fatalf("seed %d, group %d: %+v, want %v and %v", seed, g, why, alone, opens)
			}
			for i, a := range why.Alone {
				if alone[a.Code] != a.Families || i > 0 && a.Families > why.Alone[i-1].Families {
					t.Fatalf("seed %d, group %d: %+v, want %v", seed, g, why.Alone, alone)
				}
			}
			for _, c := range why.Changes {
				changes++
				checkChange(t, r, g, c, opens[c.Code])
				if c.Links {
					links++
				}
			}
		}
	}
	if changes < 100 || links < 20 {
		t.Errorf("only %d changes, %d with a link: too little was tested", changes, links)
	}
}

// naiveWhy counts from the explanations: what alone stands against how many, and
// whom each change would bring in.
func naiveWhy(r *Region, g int) (alone map[string]int, opens map[string][]int32) {
	alone, opens = map[string]int{}, map[string][]int32{}
	for f := range r.question.Case.Families {
		e := r.Pool.Explain(g, f)
		var exclusions []string
		for _, x := range e.Exclusions {
			if !x.Waived {
				exclusions = append(exclusions, x.Code)
			}
		}
		against := append(slices.Clone(exclusions), e.Limits...)
		if len(against) == 1 && !r.allows(e.Pair) {
			alone[against[0]]++
		}
		bearable := 0 // so many limits a pair in the plan may have
		if r.question.Stretch {
			bearable = 2
		}
		for i, code := range against {
			excluded, limited := len(exclusions), len(e.Limits)
			if i < excluded {
				excluded--
			} else {
				limited--
			}
			if excluded == 0 && limited <= bearable && !r.allows(e.Pair) {
				opens[code] = append(opens[code], int32(f))
			}
		}
	}
	return alone, opens
}

func checkChange(t *testing.T, r *Region, g int, c Change, opens []int32) {
	t.Helper()
	families := slices.Clone(c.Families)
	slices.Sort(families)
	if !slices.Equal(families, opens) {
		t.Fatalf("group %d without %s: %v, want %v", g, c.Code, families, opens)
	}
	pairs := r.Instance().Pairs
	for _, f := range opens {
		pairs = append(pairs, Pair{Group: g, Family: int(f), Weight: 1000 + int64(r.Pool.Pair(g, int(f)).Low) + r.Bonus(g)})
	}
	full := solved(t, len(r.question.Case.Groups), len(r.question.Case.Families), pairs)
	if c.Gain != full.Total()-r.Plan().Total {
		t.Fatalf("group %d without %s gains %d, want %d", g, c.Code, c.Gain, full.Total()-r.Plan().Total)
	}
	if c.Gain > 0 && !c.Links {
		t.Fatalf("group %d without %s: the plan gains and the group does not", g, c.Code)
	}
}

func TestPlacementOrdersMustFitTheGroups(t *testing.T) {
	q := throwQuestion(seeded(1), 3, 3)
	q.Ordered = q.Ordered[:2]
	if _, err := For(q); err == nil {
		t.Error("no complaint")
	}
	q.Ordered = nil
	planned(t, q)
}

func TestPlanOfFewerFamiliesIsTheSameWeightFromEitherSide(t *testing.T) {
	for seed := range uint64(300) {
		groups, families, pairs := throw(seeded(seed), 40)
		s, err := scarceFirst(groups, families, pairs)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, s)
		if want := solved(t, groups, families, pairs).Total(); s.Total() != want {
			t.Fatalf("seed %d: %d, want %d", seed, s.Total(), want)
		}
	}
}

func TestCostHoldsBesidePinsAndAtTheHeaviestWeights(t *testing.T) {
	costs := 0
	for seed := range uint64(200) {
		d := seeded(seed)
		s := solved(t, 8, 6, sparse(d, 8, 6, 4, Heaviest-50, Heaviest))
		for range 2 {
			_ = s.Pin(d(8), d(6))
			_ = s.Forbid(d(8), d(6))
		}
		for g := range 8 {
			for f := range 6 {
				try := s.Copy()
				if err := try.Pin(g, f); err != nil {
					continue
				}
				costs++
				if got, err := s.Cost(g, f); err != nil || got != s.Total()-try.Total() {
					t.Fatalf("seed %d: %d with %d costs %d (%v), want %d", seed, g, f, got, err, s.Total()-try.Total())
				}
			}
		}
	}
	if costs < 1000 {
		t.Errorf("only %d costs", costs)
	}
}

func TestASharedPlanIsNotChangedByOneOfItsReaders(t *testing.T) {
	q := throwQuestion(seeded(3), 8, 8)
	r := planned(t, q)
	link, most := r.Plan().Links[0], must(r.MostLinks())
	one, other := r.Shared(), r.Shared()
	if err := one.Forbid(link.Group, link.Family); err != nil {
		t.Fatal(err)
	}
	if f, _ := other.solver.Family(link.Group); f != link.Family || other.Plan().Total != r.Plan().Total || must(other.MostLinks()) != most {
		t.Error("what one reader keeps apart is apart for another")
	}
	if f, linked := one.solver.Family(link.Group); linked && f == link.Family || must(one.MostLinks()).Links > most.Links {
		t.Error("forbidden and linked")
	}
	again, err := r.Stretched()
	q.Stretch = true
	if want := planned(t, q); err != nil || again.Plan().Total != want.Plan().Total || again.Figures() != want.Figures() {
		t.Errorf("with stretches: %+v (%v), want %+v", again.Figures(), err, want.Figures())
	}
}

func must(f Figures, err error) Figures {
	if err != nil {
		panic(err)
	}
	return f
}
