package ssda903

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const rulesPage = "../../../docs/ssda903-rules.md"

// rulesText is the page of all rules as the program has them.
func rulesText() string {
	var b strings.Builder
	b.WriteString(`# The rules SSDA903 returns are checked by

Written from the rules themselves (` + "`HOMEWARD_WRITE_RULES=1 go test ./internal/returns/ssda903`" + `); a test holds the page to
them. "Years" are collection years by the year they end in: 2026 is 2025/26. The conditions were read from the open validator
of data-to-insight (csc-validator-be-903, MIT) and set down in our own words; where its code, its messages and the published
rule differ, the last column says what Homeward does otherwise and why. Every version of a rule has vectors of its own, some
that fail it and some that pass, in ` + "`internal/returns/ssda903/testdata/vectors`" + `.

| year | rules |
| --- | --- |
`)
	for year := FirstRulesYear; year <= LastYear; year++ {
		fmt.Fprintf(&b, "| %s | %d |\n", YearName(year), len(RulesIn(year)))
	}
	b.WriteString("\n| rule | years | what is wrong | tables | done otherwise than the open validator |\n| --- | --- | --- | --- | --- |\n")
	seen := map[*Rule]bool{}
	differ, versions := 0, 0
	for year := FirstRulesYear; year <= LastYear; year++ {
		for _, r := range RulesIn(year) {
			if seen[r] {
				continue
			}
			seen[r] = true
			versions++
			if r.Differs != "" {
				differ++
			}
		}
	}
	for _, r := range sortedRules() {
		years := fmt.Sprintf("%d–%d", r.From, r.To)
		switch r.To {
		case 0:
			years = fmt.Sprintf("%d–", r.From)
		case r.From:
			years = fmt.Sprint(r.From)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Code, years, cell(r.Says), strings.Join(needWords(r), ", "), cell(r.Differs))
	}
	fmt.Fprintf(&b, "\n%d rules in %d versions; %d versions are done otherwise than the open validator does.\n", codes(), versions, differ)
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

func codes() int {
	all := map[string]bool{}
	for i := range rules {
		all[rules[i].Code] = true
	}
	return len(all)
}

func needWords(r *Rule) (list []string) {
	for _, n := range r.Needs {
		switch {
		case n == NeedsPlaces:
			list = append(list, "gazetteer")
		case n == NeedsAuthorities:
			list = append(list, "gazetteer with authorities")
		case n == NeedsProviders:
			list = append(list, "providers")
		case n == NeedsOwnAuthority:
			list = append(list, "the council's code")
		case n&lastYear != 0:
			list = append(list, "last year's "+Table(n&0xff).String())
		default:
			list = append(list, Table(n&0xff).String())
		}
	}
	return list
}

func sortedRules() (list []*Rule) {
	for year := FirstRulesYear; year <= LastYear; year++ {
		for _, r := range RulesIn(year) {
			if r.From == year || year == FirstRulesYear {
				list = append(list, r)
			}
		}
	}
	sortByCode(list)
	return list
}

func TestThePageOfRulesIsTheRules(t *testing.T) {
	want := rulesText()
	if os.Getenv("HOMEWARD_WRITE_RULES") != "" {
		if err := os.WriteFile(rulesPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(rulesPage)
	if err != nil || string(got) != want {
		t.Error("docs/ssda903-rules.md is not what the rules say: HOMEWARD_WRITE_RULES=1 writes it anew", err)
	}
}

// TestAsManyRulesAsThereAre: the numbers of the collection's rules by year, as
// they were counted when they were set down.
func TestAsManyRulesAsThereAre(t *testing.T) {
	for year, want := range map[int]int{2023: 288, 2024: 301, 2025: 305, 2026: 311, 2027: 322} {
		list := RulesIn(year)
		if len(list) != want {
			t.Errorf("%d: %d rules, want %d", year, len(list), want)
		}
		seen := map[string]bool{}
		for _, r := range list {
			if seen[r.Code] {
				t.Errorf("%d: rule %s is there twice", year, r.Code)
			}
			seen[r.Code] = true
			if r.Says == "" || (r.Row == nil) == (r.Child == nil) && r.Whole == nil {
				t.Errorf("rule %s of %d says nothing or does nothing", r.Code, r.From)
			}
		}
	}
}
