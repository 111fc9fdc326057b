package match

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// differs says where the engine and the reference do not agree about a case, or
// nothing.
func differs(c Case) string {
	p := New(c)
	for g := range c.Groups {
		reference := make([]naivePair, len(c.Families))
		for f := range c.Families {
			reference[f] = naive(&c, g, f)
			reference[f].scoreExactly()
			if d := differsPair(&c, p, &reference[f]); d != "" {
				return fmt.Sprintf("group %d, family %d: %s", g, f, d)
			}
		}
		if d := differsList(&c, p, g, reference); d != "" {
			return fmt.Sprintf("group %d: %s", g, d)
		}
	}
	return differsForFamily(&c, p)
}

func differsPair(c *Case, p *Pool, want *naivePair) string {
	got := p.Explain(want.group, want.family)
	if got.Pair != p.Pair(want.group, want.family) {
		return "Explain and Pair disagree"
	}
	if int(got.Low) != want.low || int(got.High) != want.high || got.Outcome.Code() != want.outcome {
		return fmt.Sprintf("scores %d to %d, %s; want %d to %d, %s", got.Low, got.High, got.Outcome.Code(), want.low, want.high, want.outcome)
	}
	if !slices.Equal(got.Exclusions, want.exclusions) || !slices.Equal(got.Limits, want.limits) || int(got.Pair.Limits) != len(want.limits) {
		return fmt.Sprintf("excluded %v, limits %v; want %v, %v", got.Exclusions, got.Limits, want.exclusions, want.limits)
	}
	g, f := &c.Groups[want.group], &c.Families[want.family]
	if !reflect.DeepEqual(got.Distance, naiveDistance(g, f)) {
		return fmt.Sprintf("distance %v", got.Distance)
	}
	return differsLines(c, g, f, got, want)
}

func differsLines(c *Case, g *Group, f *Family, got Explanation, want *naivePair) string {
	var lines []naiveLine
	var unknown []naiveLine
	for _, l := range got.Criteria {
		line := naiveLine{l.Code, l.Weight, int(l.Value*10 + 0.5)}
		outcome := map[bool]string{true: "partly", false: "not_met"}[l.Value > 0]
		if l.Value == 1 {
			outcome = "met"
		}
		if l.Outcome == "unknown" {
			outcome, line.tenths = "unknown", -1
			unknown = append(unknown, line)
		}
		if l.Outcome != outcome {
			return fmt.Sprintf("%s is %s at %v", l.Code, l.Outcome, l.Value)
		}
		lines = append(lines, line)
	}
	if !slices.Equal(lines, want.lines) {
		return fmt.Sprintf("criteria %v, want %v", lines, want.lines)
	}
	slices.SortStableFunc(unknown, func(a, b naiveLine) int { return b.weight - a.weight })
	if len(got.Ask) != len(unknown) {
		return fmt.Sprintf("ask %v, want %v", got.Ask, unknown)
	}
	for i, code := range got.Ask {
		if code != unknown[i].code {
			return fmt.Sprintf("ask %v, want %v", got.Ask, unknown)
		}
	}
	child, family := naiveAgeTexts(c, &g.Children[0], f)
	if a := got.Criteria[0]; a.Family != family || len(g.Children) == 1 && g.Children[0].Born.Known() && a.Child != child {
		return fmt.Sprintf("age reads %q against %q", a.Child, a.Family)
	}
	return ""
}

func differsList(c *Case, p *Pool, g int, reference []naivePair) string {
	slices.SortFunc(reference, func(a, b naivePair) int {
		if naiveBefore(c, &a, &b) {
			return -1
		}
		return 1
	})
	list := p.List(g)
	var counts Counts
	survivors := 0
	for i, want := range reference {
		if int(list[i].Family) != want.family || list[i] != p.Pair(g, want.family) {
			return fmt.Sprintf("place %d is %+v, want family %d", i, list[i], want.family)
		}
		switch want.outcome {
		case "suitable":
			counts.Suitable++
		case "stretch":
			counts.Stretch++
		default:
			counts.RuledOut++
		}
		if !slices.ContainsFunc(want.exclusions, func(e ExclusionLine) bool { return !e.Waived }) {
			survivors++
		}
	}
	if p.Counts(g) != counts || p.AllCounts()[g] != counts {
		return fmt.Sprintf("counts %+v, want %+v", p.Counts(g), counts)
	}
	if d := differsSurvivors(p, g, survivors); d != "" {
		return d
	}
	return differsReasons(p, g, reference)
}

func differsSurvivors(p *Pool, g, want int) string {
	survivors := p.Survivors(g, nil)
	for i, pair := range survivors {
		if pair != p.Pair(g, int(pair.Family)) || i > 0 && survivors[i-1].Family >= pair.Family {
			return fmt.Sprintf("survivor %+v", pair)
		}
	}
	if len(survivors) != want {
		return fmt.Sprintf("%d survivors, want %d", len(survivors), want)
	}
	return ""
}

// differsReasons takes each code away from each pair and looks what comes of it.
func differsReasons(p *Pool, g int, reference []naivePair) string {
	reasons, opened := map[string]Reason{}, map[string][]int32{}
	for _, pair := range reference {
		codes := standing(pair)
		for _, code := range codes {
			r := reasons[code]
			r.Code = code
			switch alone := len(codes) == 1; {
			case pair.outcome == "ruled_out" && alone:
				r.Families, r.Alone = r.Families+1, r.Alone+1
			case pair.outcome == "ruled_out":
				r.Families++
			case alone:
				r.Stretched++
			}
			reasons[code] = r
			if pair.outcome == "ruled_out" && naiveOutcome(without(pair, code)) != "ruled_out" {
				opened[code] = append(opened[code], int32(pair.family))
			}
		}
	}
	for code, r := range reasons {
		if r.Families+r.Stretched == 0 {
			delete(reasons, code)
		}
	}
	got := p.Reasons(g)
	for i, r := range got {
		if reasons[r.Code] != r || i > 0 && got[i-1].Families < r.Families {
			return fmt.Sprintf("reasons %+v, want %+v", got, reasons)
		}
	}
	openings := p.OneChange(g)
	for i, o := range openings {
		if !slices.Equal(opened[o.Code], o.Families) || i > 0 && len(openings[i-1].Families) < len(o.Families) {
			return fmt.Sprintf("openings %+v, want %+v", openings, opened)
		}
	}
	if len(got) != len(reasons) || len(openings) != len(opened) {
		return fmt.Sprintf("reasons %+v, openings %+v; want %+v, %+v", got, openings, reasons, opened)
	}
	return ""
}

func standing(pair naivePair) []string {
	var codes []string
	for _, e := range pair.exclusions {
		if !e.Waived {
			codes = append(codes, e.Code)
		}
	}
	return append(codes, pair.limits...)
}

func without(pair naivePair, code string) ([]ExclusionLine, []string) {
	exclusions := slices.DeleteFunc(slices.Clone(pair.exclusions), func(e ExclusionLine) bool { return e.Code == code })
	limits := slices.DeleteFunc(slices.Clone(pair.limits), func(l string) bool { return l == code })
	return exclusions, limits
}

func differsForFamily(c *Case, p *Pool) string {
	var groups []int
	for g := range c.Groups {
		groups = append(groups, g)
	}
	counts := p.FamilyCounts(groups)
	for f := range c.Families {
		list := p.ForFamily(f)
		var want [3]int
		for _, pair := range list {
			want[pair.Outcome]++
		}
		if counts[f] != (Counts{want[Suitable], want[Stretch], want[RuledOut]}) {
			return fmt.Sprintf("family %d counts %+v, want %v", f, counts[f], want)
		}
		if len(list) != len(c.Groups) {
			return fmt.Sprintf("family %d has %d groups", f, len(list))
		}
		for i, pair := range list {
			if pair != p.Pair(int(pair.Group), f) {
				return fmt.Sprintf("family %d: %+v is another from the group's side", f, pair)
			}
			if i > 0 && !groupBefore(c, list[i-1], pair) {
				return fmt.Sprintf("family %d: group %d before %d", f, list[i-1].Group, pair.Group)
			}
		}
	}
	return ""
}

func groupBefore(c *Case, a, b Pair) bool {
	switch {
	case a.Outcome != b.Outcome:
		return a.Outcome < b.Outcome
	case a.Low != b.Low:
		return a.Low > b.Low
	case a.High != b.High:
		return a.High > b.High
	}
	x, y := c.Groups[a.Group].Children[0].Ref, c.Groups[b.Group].Children[0].Ref
	return x.Agency < y.Agency || x.Agency == y.Agency && x.Ref < y.Ref
}

func TestTheEngineIsTheRulesWrittenOutOnThousandsOfCases(t *testing.T) {
	for seed := range uint64(4000) {
		c := smallCase(seeded(seed))
		if d := differs(c); d != "" {
			t.Fatalf("seed %d: %s\n%s", seed, d, show(c))
		}
	}
}

func TestTheEngineIsTheRulesWrittenOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := smallCase(drawn(t))
		if d := differs(c); d != "" {
			t.Fatalf("%s\n%s", d, show(c))
		}
	})
}

// Codes come in words of 64; nothing may depend on there being one word.
func TestMoreCodesThanAWordHolds(t *testing.T) {
	for seed := range uint64(60) {
		d := seeded(seed)
		c := smallCase(d)
		for i := range c.Groups {
			child := &c.Groups[i].Children[0]
			for n := range 200 {
				child.Needs = append(child.Needs, Need{fmt.Sprintf("need %03d", n), Level(d(5))})
				if d.chance(20) {
					child.Contacts = append(child.Contacts, fmt.Sprintf("need %03d", n))
				}
			}
		}
		for i := range c.Families {
			for n := range 200 {
				answer := pick(d, AnswerYes, AnswerYes, AnswerYes, AnswerSupport, Unanswered, AnswerNo)
				if n >= 3 && i%2 == 0 && answer == AnswerNo {
					answer = AnswerYes
				}
				c.Families[i].Offers = append(c.Families[i].Offers, Offer{fmt.Sprintf("need %03d", n), answer})
			}
		}
		if d := differs(c); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

// Families come in words of 64 as well.
func TestAsManyFamiliesAsThereAre(t *testing.T) {
	child, family := plain()
	for _, n := range []int{0, 1, 63, 64, 65, 127, 128, 130} {
		c := Case{AsOf: asOf, Groups: []Group{{[]Child{child}}}}
		for i := range n {
			f := family
			f.Ref.Ref = fmt.Sprint(i)
			if i%3 == 0 {
				f.Status = "closed"
			}
			c.Families = append(c.Families, f)
		}
		if d := differs(c); d != "" {
			t.Errorf("%d families: %s", n, d)
		}
	}
	if p := New(Case{AsOf: asOf, Families: []Family{family}}); len(p.ForFamily(0)) != 0 || len(p.AllCounts()) != 0 {
		t.Error("no group, no line")
	}
}
